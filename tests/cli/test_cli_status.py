"""`tracker status`: problems first, from the store alone, with an exit code for scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cli_world import BODIES, DECLARATION, World
from kit import counter
from test_cli_help import modules

from tracker.model import Begun, BoardId, Counted, Delivery, EventFilter, Notice, Pause, Verdict
from tracker.stores import locks
from tracker.stores.archive import FileArchive
from tracker.stores.sqlite import SqliteStore
from tracker.workspace import Settings
from tracker.workspace.api import Workspace
from tracker.workspace.status import disk_trouble

NOW = datetime.now(UTC).replace(microsecond=0)
TEXT, CODE = BoardId("acme/text"), BoardId("acme/code")
RECENT = {
    (NOW - timedelta(days=2)).strftime("%Y-%m-%dT%H%M%SZ"): "a:90 b:80 c:70",
    (NOW - timedelta(hours=1)).strftime("%Y-%m-%dT%H%M%SZ"): "a:90 b:95 c:70",
}


@contextmanager
def store_of(world: World) -> Iterator[SqliteStore]:
    with SqliteStore(world.store / "tracker.db") as store:
        yield store


@pytest.fixture
def fine(world: World) -> World:
    """One board, read an hour ago."""
    world.imported(RECENT)
    return world


def test_status_without_problems_exits_with_0(fine: World):
    ran = fine.run("status")
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0] == "daemon: none runs on this store"
    assert re.match(r"1 board: 1 ok; next due acme/text (in .+|now)$", lines[1])  # by the time of day


def test_a_board_that_is_no_longer_read_comes_first(world: World):
    world.imported(BODIES)
    ran = world.run("status")
    assert ran.code == 1
    assert ran.out.splitlines()[0].startswith("acme/text: stale: not read since 2026-03-05 06:00 UTC; last read ")
    assert ran.out.splitlines()[1] == ""


def test_a_broken_board_shows_how_often_and_since_when(fine: World):
    at = (NOW - timedelta(minutes=5)).strftime("%Y-%m-%dT%H%M%SZ")
    fine.run("import", TEXT, fine.bodies({at: "<html>moved</html>"}, "later", raw=True))
    ran = fine.run("status")
    assert ran.code == 1
    assert ran.out.startswith("acme/text: broken: ")
    assert f"; 1 failure in a row since {at[:10]} {at[11:13]}:{at[13:15]} UTC; last read " in ran.out
    assert re.search(r"last read \d+ minutes ago$", ran.out.splitlines()[0])


@pytest.mark.parametrize(("by", "code"), [("tracker", 1), ("ann", 0)])
def test_a_pause_needs_attention_only_if_the_tracker_paused_the_board(fine: World, by: str, code: int):
    with store_of(fine) as store:
        store.service.pause(Pause(board=TEXT, since=NOW, by=by, reason="401"))
    ran = fine.run("status")
    assert ran.code == code
    assert ran.out.startswith(f"acme/text: paused: by {by} since ") is bool(code)
    assert "1 board: 1 paused\n" in ran.out


def test_a_disabled_or_removed_board_needs_no_attention(world: World):
    world.imported(BODIES)
    world.declare("acme/code")
    assert world.run("status").code == 1
    world.declare("acme/text", DECLARATION.replace('cadence = "@daily"', "enabled = false"))
    assert world.run("status").code == 0
    (world.folder / "schedules/acme/text.toml").unlink()
    ran = world.run("status")
    assert (ran.code, "1 board: 1 never read" in ran.out) == (0, True)


def test_a_wrong_file_is_reported_and_its_board_is_still_watched(fine: World):
    fine.declare("acme/text", DECLARATION.replace("cadence", "cadenza"))
    ran = fine.run("status")
    assert ran.code == 1
    assert "cadenza" in ran.out.splitlines()[0]
    assert ran.out.startswith("schedules/acme/text.toml: ")
    assert "1 board: 1 ok" in ran.out


def test_a_board_that_was_never_read_is_not_counted_as_ok(fine: World):
    fine.declare("acme/code")
    ran = fine.run("status")
    assert (ran.code, "2 boards: 1 ok, 1 never read; " in ran.out) == (0, True)


def test_the_reason_does_not_repeat_the_board(fine: World):
    at = (NOW - timedelta(minutes=5)).strftime("%Y-%m-%dT%H%M%SZ")
    fine.run("import", TEXT, fine.bodies({at: "<html>moved</html>"}, "later", raw=True))
    for command in (("status",), ("boards",), ("report",), ("report", "--format", "markdown")):
        assert "acme/text: broken: acme/text" not in (out := fine.run(*command).out)
        assert not re.search("acme/text: (?!broken)", out.replace("schedules/", ""))


def test_boards_that_are_no_longer_declared_are_left_out(fine: World):
    (fine.folder / "nothing").mkdir()
    ran = fine.plain("--store", fine.store, "--schedules", fine.folder / "nothing", "status")
    assert (ran.code, "1 ok" in ran.out) == (0, False)


def test_dead_deliveries_and_open_notices_come_first(fine: World):
    with store_of(fine) as store:
        event = next(store.events(EventFilter(board=TEXT)))
        deliveries = [Delivery(event=event, route=route, queued_at=NOW - timedelta(hours=3)) for route in ("chat", "ops")]
        store.service.post(deliveries)
        store.service.dead_letter(deliveries[1:], error="410, the webhook is gone")
        store.service.open_notice(Notice(kind="clock", subject="host", message="set back by 3 h", since=NOW))
        store.service.count({counter(Counted.SENT, "ops"): 2, counter(Counted.SEND_FAILURES, "ops"): 1})
    ran = fine.run("status")
    assert ran.code == 1
    first, second, empty, *rest = ran.out.splitlines()
    assert first == 'route "ops": 1 dead delivery: 410, the webhook is gone (tracker outbox list)'
    assert second.startswith("clock host: set back by 3 h (since ")
    assert empty == ""
    assert 'route "chat": 1 waiting (oldest 3 hours), 0 dead, 0 sent' in rest
    assert 'route "ops": 0 waiting, 1 dead, 2 sent, 1 try failed' in rest


def test_counts_are_summed_over_boards(fine: World):
    fine.declare(CODE)
    with store_of(fine) as store:
        store.service.count(
            {
                counter(Counted.FETCHES, TEXT, Verdict.NEW): 2,
                counter(Counted.FETCHES, CODE, Verdict.NEW): 3,
                counter(Counted.FETCHES, CODE, Verdict.GONE): 1,
            }
        )
        store.service.count(
            {
                counter(Counted.FETCH_BYTES, TEXT): 1_500_000,
                counter(Counted.READ_SECONDS, TEXT): 1.25,
                counter(Counted.STORE_SECONDS, CODE): 1,
            }
        )
        store.service.count({counter(Counted.EVENTS, "debut"): 3, counter(Counted.EVENTS, "overtake"): 30})
    lines = fine.run("status").out.splitlines()
    assert "fetches: 5 new, 1 gone; 1.5 MB, 2.2 s of work" in lines
    assert "events: 30 overtake, 3 debut" in lines


def test_the_holder_of_the_store_is_shown(fine: World):
    with locks.held(fine.store / "daemon.lock"):
        assert fine.run("status").out.startswith("daemon: process ")
        (whole, *_) = fine.run("status", "--json").rows
        assert set(whole["daemon"]) == {"pid", "host", "since"}
    assert fine.run("status").out.startswith("daemon: none")


def test_programs_get_one_object_for_the_whole_and_for_each_part(fine: World):
    fine.declare("acme/wrong", "title = 3")
    with store_of(fine) as store:
        event = next(store.events(EventFilter(board=TEXT)))
        store.service.post([Delivery(event=replace(event), route="ops", queued_at=NOW)])
        store.service.open_notice(Notice(kind="clock", subject="host", message="set back", since=NOW))
    ran = fine.run("status", "--json")
    assert ran.code == 1
    assert [row["what"] for row in ran.rows] == ["tracker", "declaration", "board", "route", "notice"]
    whole, wrong, board, route, notice = ran.rows
    assert (whole["troubled"], whole["daemon"]) == (True, None)
    assert "acme/wrong.toml" in str(wrong["message"])
    assert (board["board"], board["state"], board["troubled"], board["entries"], board["failures"]) == (TEXT, "ok", False, 3, 0)
    assert board["last_success"] == (NOW - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert (route["route"], route["waiting"], notice["message"]) == ("ops", 1, "set back")


def test_published_text_cannot_control_the_terminal(fine: World):
    with store_of(fine) as store:
        store.service.open_notice(Notice(kind="clock", subject="\x1b[2Jhost", message="a\nb", since=NOW))
    ran = fine.run("status")
    assert ran.out.replace("\n", "").isprintable()
    assert ran.out.splitlines()[0].startswith("clock host: a b (since ")


def test_a_folder_without_a_store_is_refused(world: World):
    ran = world.run("status")
    assert (ran.code, "no tracker.db here" in ran.error) == (2, True)


@pytest.mark.parametrize(
    "form", ["html_table", *(pytest.param(form, marks=pytest.mark.slow) for form in ("json_records", "csv_table"))]
)
@pytest.mark.parametrize("args", [("status",), pytest.param(("status", "--json"), marks=pytest.mark.slow)], ids=" ".join)
def test_status_imports_neither_the_network_nor_parsers(fine: World, args: tuple[str, ...], form: str):
    fine.declare("acme/page", DECLARATION.replace('"csv_table"', f'"{form}"\nrecords = "rows"'))
    loaded = modules("--store", str(fine.store), "--schedules", str(fine.folder / "schedules"), *args)
    assert "tracker.stores.sqlite" in loaded
    assert loaded & {"httpx", "rich", "sqlite_utils", "lxml", "bs4", "jinja2", "starlette", "tracker.line"} == set()


def test_a_full_disk_and_an_unwritable_file_are_problems(fine: World):
    settings = Settings(store=fine.store, schedules=fine.folder / "schedules")
    assert disk_trouble(settings, 1_000_000) == ""
    assert disk_trouble(settings, 999_999) == f"{fine.store}: 999999 bytes free; expected 1000000 at least; make space"


def test_a_problem_with_the_disk_makes_the_whole_need_attention(fine: World):
    with Workspace(Settings(store=fine.store, schedules=fine.folder / "schedules")) as workspace:
        found = workspace.status()
    assert not found.troubled
    assert replace(found, disk="full").troubled


def test_a_capture_that_is_left_out_is_a_notice_whichever_command_meets_it(world: World):
    world.imported()
    archive = FileArchive(world.store / "captures")
    at = datetime(2026, 3, 6, 6, tzinfo=UTC)
    with archive.lease(TEXT):
        archive.begin(TEXT, Begun(observed_at=at, times=2))
    ran = world.run(
        "import", "acme/text", world.bodies({"2026-03-06T060000Z": "a:99:2 b:80:3 c:70:1 d:60:1 e:50:1 g:97:9"}, "more")
    )
    retry = "tracker quarantine accept acme/text 2026-03-06T06:00:00Z"
    assert (ran.code, retry in ran.error) == (1, True)
    assert retry in next(line for line in world.run("status").out.splitlines() if line.startswith("poison"))
