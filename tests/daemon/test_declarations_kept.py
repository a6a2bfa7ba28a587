"""Files that change under a running daemon: a wrong file keeps its last content, and is news once."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from daemon_world import BOARD, DAY, HOUR, ROUTE, START, Daemon

from tracker.model import BoardId, Result
from tracker.schedules.formats import formats
from tracker.workspace import Settings
from tracker.workspace.declarations import Declarations

MINUTE = timedelta(minutes=1)


def routes(daemon: Daemon) -> list[str]:
    return [route.name for route in daemon.loop.declared.routes]


def test_a_new_board_is_fetched_without_a_restart(daemon: Daemon):
    daemon.declare()
    daemon.run(HOUR)
    daemon.declare("new")
    daemon.run(MINUTE)
    assert daemon.times("acme/new") == [START + HOUR]
    assert daemon.times() == [START]


def test_a_board_without_its_file_is_no_longer_fetched(daemon: Daemon):
    daemon.declare(cadence="@hourly")
    daemon.declare("other", cadence="@hourly")
    daemon.run(HOUR)
    daemon.remove("acme/text.toml")
    daemon.run(3 * HOUR)
    assert daemon.times() == [START, START + HOUR]
    assert len(daemon.times("acme/other")) == 5
    assert daemon.checks(), "its history stays"


def test_a_disabled_board_is_no_longer_fetched(daemon: Daemon):
    daemon.declare(cadence="@hourly")
    daemon.run(HOUR)
    daemon.declare(cadence="@hourly", more="enabled = false\n")
    daemon.run(3 * HOUR)
    assert len(daemon.times()) == 2


def test_a_new_cadence_applies_at_once(daemon: Daemon):
    daemon.declare(cadence="@daily")
    daemon.run(HOUR)
    daemon.declare(cadence="*/20 * * * *")
    daemon.run(HOUR)
    assert [(at - START) // MINUTE for at in daemon.times()] == [0, 60, 80, 100, 120]


def test_new_defaults_of_a_folder_apply_at_once(daemon: Daemon):
    daemon.write("acme/text.toml", BOARD.format(name="text", cadence="x", host="a.test").replace('cadence = "x"\n', ""))
    daemon.write("acme/_defaults.toml", 'cadence = "@daily"\n')
    daemon.run(HOUR)
    assert daemon.loop.declared.errors == {}
    daemon.write("acme/_defaults.toml", 'cadence = "@hourly"\n')
    daemon.run(3 * HOUR)
    assert [(at - START) // HOUR for at in daemon.times()] == [0, 1, 2, 3, 4]


def test_a_broken_declaration_keeps_the_last_one_and_is_news_once_as_is_its_repair(daemon: Daemon):
    daemon.write("routes.toml", ROUTE)
    daemon.declare(cadence="@hourly")
    daemon.run(HOUR)
    path = daemon.folder / "schedules/acme/text.toml"
    good = path.read_text(encoding="utf-8")
    for wrong in ("not toml at all", good.replace("csv_table", "csv_tabel")):
        path.write_text(wrong, encoding="utf-8")
        daemon.run(2 * HOUR)
    assert len(daemon.times()) == 6
    assert list(daemon.open()) == [("declaration", next(iter(daemon.loop.declared.errors)))]
    assert 'parse.format = "csv_tabel" is unknown' in next(iter(daemon.open().values())), "what it says is brought up to date"
    path.write_text(good, encoding="utf-8")
    daemon.run(HOUR)
    assert daemon.open() == {}
    began, ended = daemon.news()
    assert "acme/text.toml" in began
    assert ended.startswith("Over: ")
    assert ended.endswith("It lasted 4 hours.")


def test_a_broken_declaration_keeps_the_last_one_after_a_restart(daemon: Daemon):
    daemon.write("routes.toml", ROUTE)
    daemon.declare(cadence="@hourly")
    daemon.run(HOUR)
    daemon.write("acme/text.toml", "not toml at all")
    daemon.run(HOUR)
    daemon.restart()
    daemon.run(2 * HOUR)
    assert len(daemon.times()) == 5
    assert len(daemon.news()) == 1, "a restart does not repeat it"


def test_a_file_repaired_while_the_daemon_was_down_is_news_at_the_start(daemon: Daemon):
    daemon.write("routes.toml", ROUTE)
    daemon.declare()
    daemon.run()
    good = (daemon.folder / "schedules/acme/text.toml").read_text(encoding="utf-8")
    daemon.write("acme/text.toml", "not toml at all")
    daemon.run()
    daemon.store.close()
    daemon.write("acme/text.toml", good)
    daemon.restart()
    daemon.run(HOUR)
    assert daemon.open() == {}
    assert [line[:5] for line in daemon.news()] != []
    assert daemon.news()[-1].startswith("Over: ")


def test_a_broken_declaration_never_stops_the_other_boards(daemon: Daemon):
    daemon.declare()
    daemon.write("acme/bad.toml", "[[[")
    daemon.run()
    assert daemon.times() == [START]
    assert [kind for kind, _ in daemon.open()] == ["declaration"]


def test_broken_routes_keep_their_last_form_and_a_wrong_one_does_not_affect_the_others(daemon: Daemon):
    daemon.declare()
    daemon.write("routes.toml", ROUTE)
    daemon.run()
    assert routes(daemon) == ["all"]
    daemon.write("routes.toml", "[[[")
    daemon.run(MINUTE)
    assert routes(daemon) == ["all"]
    daemon.write("routes.toml", ROUTE.replace('"stdout"', '"pigeon"') + ROUTE.replace('"all"', '"more"'))
    daemon.run(MINUTE)
    assert sorted(routes(daemon)) == ["all", "more"]
    assert [kind for kind, _ in daemon.open()] == ["declaration"]
    daemon.write("routes.toml", ROUTE.replace('"all"', '"more"'))
    daemon.run(MINUTE)
    assert routes(daemon) == ["more"]
    assert daemon.open() == {}


def test_a_removed_route_ends_even_if_another_has_an_error(daemon: Daemon):
    daemon.declare()
    daemon.write("routes.toml", ROUTE + ROUTE.replace('"all"', '"more"'))
    daemon.run()
    assert sorted(routes(daemon)) == ["all", "more"]
    daemon.write("routes.toml", ROUTE.replace('"stdout"', '"more"'))
    daemon.run(MINUTE)
    assert routes(daemon) == ["all"]


def test_a_route_gets_no_news_from_before_it_existed(daemon: Daemon):
    daemon.declare("bad", cadence="@daily")
    daemon.write("acme/wrong.toml", "[[[")
    daemon.run(HOUR)
    daemon.write("routes.toml", ROUTE)
    daemon.run(HOUR)
    assert daemon.news() == []


def test_broken_watches_keep_their_last_form(daemon: Daemon):
    daemon.declare()
    (daemon.folder / "schedules/watches.toml").write_text("", encoding="utf-8")
    daemon.run()
    assert daemon.open() == {}
    daemon.write("watches.toml", "[[[")
    daemon.run(MINUTE)
    assert next(subject for _, subject in daemon.open()).endswith("watches.toml")
    daemon.remove("watches.toml")
    daemon.run(MINUTE)
    assert daemon.open() == {}


@pytest.mark.slow
def test_a_broken_lexicon_keeps_its_last_form(daemon: Daemon):
    daemon.declare()
    (daemon.folder / "schedules/models").mkdir()
    daemon.write("models/acme.toml", 'lab = "Acme"\nspellings = ["acme"]\n')
    daemon.run()
    before = daemon.loop.declared
    assert before.errors == {}
    daemon.write("models/acme.toml", "[[[")
    daemon.run(MINUTE)
    assert daemon.loop.declared.lexicon is before.lexicon
    assert list(daemon.open()) == [("declaration", "schedules/models/acme.toml")]


def test_a_declaration_that_loses_history_is_a_notice_until_it_is_corrected(daemon: Daemon):
    daemon.write("routes.toml", ROUTE)
    board = daemon.declare(cadence="@hourly")
    daemon.run(HOUR)
    path = daemon.folder / "schedules/acme/text.toml"
    right = path.read_text(encoding="utf-8")
    daemon.write("acme/text.toml", right.replace('from = "score"', 'from = "scor"'))
    daemon.run(3 * HOUR)
    assert list(daemon.open()) == [("not_applied", board)]
    assert [headline.partition(":")[0] for headline in daemon.news()] == ["acme/text"]
    assert len(daemon.times()) == 5, "it is fetched at its times, no more often"
    assert {check.result for check in daemon.checks()} == {Result.ACCEPTED, Result.UNCHANGED}
    daemon.write("acme/text.toml", right)
    daemon.run(HOUR)
    assert list(daemon.open()) == []
    assert len(daemon.news()) == 2


def test_names_that_are_wrong_from_the_start_leave_the_other_files_in_force(daemon: Daemon):
    daemon.declare()
    (daemon.folder / "schedules/models").mkdir()
    daemon.write("models/acme.toml", "[[[")
    daemon.write("models/zog.toml", 'lab = "Zog"\n')
    daemon.run()
    assert "Zog" in {lab.lab for lab in daemon.loop.declared.lexicon.labs.values()}
    assert list(daemon.open()) == [("declaration", "schedules/models/acme.toml")]


def test_files_are_read_again_only_after_a_change(daemon: Daemon):
    daemon.declare()
    daemon.run()
    before = daemon.loop.declared
    daemon.run(HOUR)
    assert daemon.loop.declared is before
    path = daemon.folder / "schedules/acme/text.toml"
    os.utime(path, ns=(1, 1))
    daemon.run(MINUTE)
    assert daemon.loop.declared is not before


def test_a_replaced_file_of_the_same_size_and_time_is_noticed(daemon: Daemon):
    """As `mv` and git do."""
    daemon.declare(cadence="@daily")
    daemon.run()
    path = daemon.folder / "schedules/acme/text.toml"
    new = path.with_suffix(".new")
    new.write_text(path.read_text(encoding="utf-8").replace("@daily", "@hourl"), encoding="utf-8")
    os.utime(new, ns=(path.stat().st_mtime_ns, path.stat().st_mtime_ns))
    new.replace(path)
    daemon.run(MINUTE)
    assert [kind for kind, _ in daemon.open()] == ["declaration"]


def test_a_requested_reload_reads_everything(daemon: Daemon):
    daemon.declare()
    daemon.run()
    before = daemon.loop.declared
    daemon.loop.reload()
    assert daemon.loop.wake.is_set()
    daemon.run()
    assert daemon.loop.declared is not before


@pytest.mark.slow
@pytest.mark.parametrize("gone", ["", "schedules"])
def test_a_missing_folder_keeps_all_declarations(daemon: Daemon, gone: str):
    daemon.declare(cadence="@hourly")
    daemon.run()
    if gone:
        (daemon.folder / gone).rename(daemon.folder / "elsewhere")
    daemon.run(DAY / 4)
    assert len(daemon.times()) == 7
    assert len(daemon.open()) == len([gone] * bool(gone))


def test_a_workspace_reads_shipped_boards_below_its_own(daemon: Daemon, tmp_path: Path):
    daemon.declare()
    daemon.declare("other")
    own = tmp_path / "own"
    (own / "acme").mkdir(parents=True)
    settings = Settings(store=daemon.folder, schedules=own, shipped=daemon.folder / "schedules", boards=("acme/t*",))
    declarations = Declarations(settings, formats(), lambda _: None)
    assert [*declarations.read().boards] == ["acme/text"]
    (own / "acme" / "text.toml").write_text('title = "Mine"\n', encoding="utf-8")
    assert declarations.changed()
    assert declarations.read().boards[BoardId("acme/text")].title == "Mine"
    (own / "acme" / "text.toml").write_text("title = 3\n", encoding="utf-8")
    kept = declarations.read()
    assert (kept.boards[BoardId("acme/text")].title, list(kept.errors)) == ("Mine", ["own/acme/text.toml"])
