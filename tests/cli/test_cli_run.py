"""`tracker run` with a server on this machine: due boards, keys, failures."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cli_world import DECLARATION, World, csv
from pytest_httpserver import HTTPServer

from tracker.cli.run import run
from tracker.clock import FixedClock
from tracker.daemon.delivery import lock_of
from tracker.model import BoardId, EventFilter
from tracker.stores import locks
from tracker.stores.archive import FileArchive
from tracker.stores.sqlite import SqliteStore
from tracker.workspace import Settings

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 3, 1, 6, tzinfo=UTC)
SIX = "a:90:2 b:80:3 c:70:1 d:60:1 e:50:1 f:40:1"


@pytest.fixture(scope="module")
def running() -> Iterator[HTTPServer]:
    with HTTPServer(host="127.0.0.1") as server:
        yield server


@pytest.fixture
def server(running: HTTPServer) -> HTTPServer:
    running.clear()
    return running


def declare(world: World, server: HTTPServer, board: str = "acme/text", **changes: str) -> None:
    text = DECLARATION.replace('"https://acme.example/text.csv"', f'"{server.url_for(f"/{board}")}"\ngap_s = 0')
    for old, new in changes.items():
        text = text.replace({"request": "[request]", "cadence": 'cadence = "@daily"'}[old], new)
    world.declare(board, text)


def shows(server: HTTPServer, text: str, board: str = "acme/text", status: int = 200) -> None:
    server.clear_all_handlers()
    server.expect_request("/robots.txt").respond_with_data("", status=404)
    server.expect_request(f"/{board}").respond_with_data(text, status=status, content_type="text/csv")


def settings(world: World) -> Settings:
    return Settings(store=world.store, schedules=world.folder / "schedules")


def test_run_fetches_and_prints_what_changed(world: World, server: HTTPServer):
    declare(world, server)
    shows(server, csv(SIX))
    assert run(settings(world), (), FixedClock(NOW)) == 0
    shows(server, csv(SIX.replace("b:80", "b:95")))
    assert run(settings(world), (), FixedClock(NOW + timedelta(days=1))) == 0
    out = world.captured.readouterr().out.splitlines()
    assert out[0] == "2026-03-01 06:00 UTC  acme/text: accepted, 6 entries"
    assert out[1] == "2026-03-02 06:00 UTC  acme/text: accepted, 6 entries"
    assert out[2] == "    new_leader: Model B leads Acme Arena (Score) with 95, ahead of Model A (90), which led before."


@pytest.mark.slow
def test_run_with_due_fetches_only_due_boards(world: World, server: HTTPServer):
    declare(world, server)
    shows(server, csv(SIX))
    for hours, requests in ((0, 1), (17, 1), (18, 2)):
        assert run(settings(world), (), FixedClock(NOW + timedelta(hours=hours)), due=True) == 0
        assert len([request for request, _ in server.log if request.path == "/acme/text"]) == requests


def asked(server: HTTPServer, board: str = "acme/text") -> int:
    return len([request for request, _ in server.log if request.path == f"/{board}"])


@pytest.mark.slow
def test_run_with_due_retries_a_silent_board_after_five_minutes_and_then_ten(world: World, server: HTTPServer):
    declare(world, server)
    shows(server, "down", status=500)
    for minutes, tries in ((0, 1), (4, 1), (7, 2), (14, 2), (19, 3), (37, 3), (42, 4)):
        run(settings(world), (), FixedClock(NOW + timedelta(minutes=minutes)), due=True)
        assert asked(server) == 3 * tries, minutes
    shows(server, csv(SIX))
    assert run(settings(world), (), FixedClock(NOW + timedelta(hours=2)), due=True) == 0
    before = asked(server)
    run(settings(world), (), FixedClock(NOW + timedelta(hours=3)), due=True)
    assert asked(server) == before


@pytest.mark.slow
def test_run_without_due_fetches_a_board_that_failed_a_moment_ago(world: World, server: HTTPServer):
    declare(world, server)
    shows(server, "gone", status=404)
    for minutes in (0, 1):
        assert run(settings(world), (), FixedClock(NOW + timedelta(minutes=minutes))) == 1
    assert asked(server) == 2


@pytest.mark.slow
def test_run_fetches_neither_disabled_boards_nor_those_without_a_key(world: World, server: HTTPServer):
    declare(world, server, cadence='enabled = false\ncadence = "@daily"')
    declare(world, server, "acme/key", request='[request]\nheaders = { x-api-key = "${TRACKER_TEST_NO_SUCH_KEY}" }')
    assert run(settings(world), (), FixedClock(NOW)) == 0
    out, err = world.captured.readouterr()
    assert (out, "tracker: nothing to fetch: no board is enabled, has its key and is not paused" in err) == ("", True)
    assert run(settings(world), (), FixedClock(NOW), due=True) == 0
    assert world.captured.readouterr() == ("", "")
    assert server.log == []


def test_run_refuses_a_named_board_without_its_key_and_records_nothing(world: World, server: HTTPServer):
    declare(world, server, "acme/key", request='[request]\nheaders = { x-api-key = "${TRACKER_TEST_NO_SUCH_KEY}" }')
    for args in ((), ("--due",), ("--json",)):
        ran = world.run("run", "acme/key", *args)
        assert (ran.code, ran.out) == (2, "")
        assert ran.error == (
            "tracker: acme/key: no key; expected TRACKER_TEST_NO_SUCH_KEY in the environment "
            "(export TRACKER_TEST_NO_SUCH_KEY=...)"
        )
    assert (world.store.exists(), server.log) == (False, [])


def test_with_json_each_failure_of_a_board_is_reported_on_stderr(world: World, server: HTTPServer):
    declare(world, server)
    shows(server, "gone", status=404)
    for number in range(2):
        assert run(settings(world), (), FixedClock(NOW + timedelta(days=number)), as_json=True) == 1
        out, err = world.captured.readouterr()
        assert [json.loads(line)["kind"] for line in out.splitlines()] == ["board_broken"][number:]
        line = err.splitlines()[-1]
        assert len(err.splitlines()) == 2 - number, "the first run also says where it created the store"
        assert line.startswith("tracker: acme/text: ")
        assert "404" in line


def test_a_wrong_declaration_fails_the_run_and_stops_no_other_board(world: World, server: HTTPServer):
    declare(world, server)
    world.declare("acme/wrong", "title = 3")
    shows(server, csv(SIX))
    assert run(settings(world), (), FixedClock(NOW)) == 2
    out, err = world.captured.readouterr()
    assert "acme/text: accepted, 6 entries" in out
    assert "acme/wrong.toml" in err
    shows(server, "gone", status=404)
    assert run(settings(world), (), FixedClock(NOW + timedelta(days=1))) == 2


def test_a_typo_in_a_declaration_loses_no_history(world: World, server: HTTPServer):
    declare(world, server)
    for number, text in enumerate((SIX, SIX.replace("b:80", "b:95"))):
        shows(server, csv(text))
        run(settings(world), (), FixedClock(NOW + timedelta(days=number)))
    events = world.run("events", "--json").out
    right = (world.folder / "schedules/acme/text.toml").read_text(encoding="utf-8")
    world.declare("acme/text", right.replace('from = "score"', 'from = "scor"'))
    world.captured.readouterr()
    shows(server, csv(SIX) + "\n")
    assert run(settings(world), (), FixedClock(NOW + timedelta(days=2))) == 2
    out, err = world.captured.readouterr()
    assert out.startswith("2026-03-03 06:00 UTC  acme/text: accepted, 6 entries\n")
    assert "acme/text: the changed declaration is not applied, the previous one is in force: with the changed one, " in err
    assert err.endswith("correct the file, or apply it with: tracker replay acme/text\n")
    assert world.run("events", "--json").out.startswith(events)
    status = world.run("status")
    assert "\nnot_applied: acme/text: the changed declaration is not applied, " in status.out
    replayed = world.run("replay")
    assert (replayed.code, "3 accepted" in replayed.out) == (2, True)
    world.declare("acme/text", right)
    assert run(settings(world), (), FixedClock(NOW + timedelta(days=3))) == 0
    assert "not_applied" not in world.run("status").out


def test_a_changed_declaration_is_one_line_and_only_new_events(world: World, server: HTTPServer):
    declare(world, server)
    for number, text in enumerate((SIX, SIX.replace("b:80", "b:95"), SIX)):
        shows(server, csv(text) + "\n" * number)
        run(settings(world), (), FixedClock(NOW + timedelta(days=number)), as_json=True)
    printed = {json.loads(line)["id"] for line in world.captured.readouterr().out.splitlines()}
    before = world.run("status", "--json").rows[0]["events"]
    right = (world.folder / "schedules/acme/text.toml").read_text(encoding="utf-8")
    world.declare("acme/text", right.partition("[metrics.price]")[0])
    world.captured.readouterr()
    assert run(settings(world), (), FixedClock(NOW + timedelta(days=3))) == 0
    assert world.captured.readouterr().out.splitlines() == [
        "2026-03-03 06:00 UTC  acme/text: declaration changed: 3 readings rebuilt, 4 events differ",
        "2026-03-04 06:00 UTC  acme/text: unchanged",
    ]
    assert world.run("status", "--json").rows[0]["events"] == before
    world.declare("acme/text", right)
    shows(server, csv(SIX.replace("b:80", "b:95")))
    assert run(settings(world), (), FixedClock(NOW + timedelta(days=4)), as_json=True) == 0
    again = {json.loads(line)["id"] for line in world.captured.readouterr().out.splitlines()}
    assert again
    assert not again & printed


def test_a_wrong_file_of_names_stops_no_board(world: World, server: HTTPServer):
    declare(world, server)
    (world.folder / "schedules/models").mkdir()
    (world.folder / "schedules/models/acme.toml").write_text('lab = "Acme"\nspelings = []\n', encoding="utf-8")
    shows(server, csv(SIX))
    for names in ((), ("acme/text",)):
        assert run(settings(world), names, FixedClock(NOW)) == 2
        out, err = world.captured.readouterr()
        assert "acme/text: accepted, 6 entries" in out or "acme/text: unchanged" in out
        assert err.count("schedules/models/acme.toml: spelings is unknown") == 1


def test_the_exit_code_is_that_of_the_run(world: World, server: HTTPServer):
    declare(world, server)
    shows(server, csv(SIX))
    assert world.run("run", "acme/text").code == 0
    shows(server, "<!doctype html><title>Just a moment...</title>")
    assert world.run("run").code == 1
    unknown = world.run("run", "acme/none")
    assert (unknown.code, "acme/none" in unknown.error) == (2, True)


@pytest.mark.slow
def test_a_replay_exits_with_0_if_all_was_rebuilt_even_if_the_newest_fetch_failed(world: World, server: HTTPServer):
    declare(world, server)
    shows(server, csv(SIX))
    assert world.run("run").code == 0
    shows(server, "gone", status=404)
    assert world.run("run").code == 1
    (world.store / "tracker.db").unlink()
    replayed = world.run("replay")
    assert (replayed.code, "1 accepted, 1 failed" in replayed.out) == (0, True)


def test_a_run_without_boards_is_an_error_and_creates_nothing(world: World):
    for args in ((), ("--due",)):
        ran = world.run("run", *args)
        assert (ran.code, ran.out) == (2, "")
        assert ran.error.startswith(f"tracker: no board is declared in {world.folder / 'schedules'}; expected ")
    assert not world.store.exists()


# ── sending ──────────────────────────────────────────────────────────────────────────────────────


def route(world: World, address: Path) -> None:
    text = f'[[route]]\nname = "sent"\nchannel = "file"\naddress = "{address}"\n'
    (world.folder / "schedules" / "routes.toml").write_text(text, encoding="utf-8")


def kinds_in(sent: Path) -> list[str]:
    """The kinds of all events of all messages in the file."""
    lines = sent.read_text(encoding="utf-8").splitlines()
    return sorted(event["kind"] for line in lines for event in json.loads(line)["events"])


def change_twice(world: World, server: HTTPServer, first: int = 0) -> None:
    for number, text in enumerate((SIX, SIX.replace("b:80", "b:95"))):
        shows(server, csv(text))
        run(settings(world), (), FixedClock(NOW + timedelta(days=first + number)))


def test_run_sends_news_once(world: World, server: HTTPServer):
    declare(world, server)
    sent = world.folder / "sent.txt"
    route(world, sent)
    change_twice(world, server)
    once = sent.read_text(encoding="utf-8")
    assert kinds_in(sent) == ["new_leader", "overtake", "rank_move", "score_revision"]
    run(settings(world), (), FixedClock(NOW + timedelta(days=2)))
    assert sent.read_text(encoding="utf-8") == once
    with SqliteStore(world.store / "tracker.db") as store:
        assert list(store.service.deliveries()) == []
        assert {receipt.route for receipt in store.service.receipts()} == {"sent"}


@pytest.mark.slow
def test_beside_a_daemon_run_leaves_sending_to_it(world: World, server: HTTPServer):
    declare(world, server)
    sent = world.folder / "sent.txt"
    route(world, sent)
    with locks.held(lock_of(world.store)):
        change_twice(world, server)
    assert not sent.exists()
    with SqliteStore(world.store / "tracker.db") as store:
        assert len(store.service.deliveries("sent")) > 0
    run(settings(world), (), FixedClock(NOW + timedelta(days=2)))
    assert "Model B leads" in sent.read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_lock_file_that_cannot_be_created_is_a_store_error(world: World, server: HTTPServer):
    declare(world, server)
    route(world, world.folder / "sent.txt")
    shows(server, csv(SIX))
    lock_of(world.store).mkdir(parents=True)
    ran = world.run("run")
    assert (ran.code, "cannot be locked" in ran.error) == (3, True)


@pytest.mark.slow
def test_a_failing_route_keeps_its_deliveries_and_fails_no_board(world: World, server: HTTPServer):
    declare(world, server)
    route(world, world.folder / "no" / "such" / "folder" / "sent.txt")
    (world.folder / "no").write_text("a file", encoding="utf-8")
    shows(server, csv(SIX))
    assert run(settings(world), (), FixedClock(NOW)) == 0
    shows(server, csv(SIX.replace("b:80", "b:95")))
    world.captured.readouterr()
    assert run(settings(world), (), FixedClock(NOW + timedelta(days=1))) == 0
    (line,) = world.captured.readouterr().err.splitlines()
    assert line.startswith("tracker: route sent: ")
    assert line.endswith("; kept in the outbox (tracker outbox list)")
    with SqliteStore(world.store / "tracker.db") as store:
        assert {delivery.tries for delivery in store.service.deliveries("sent")} == {1}


# ── several processes at once ────────────────────────────────────────────────────────────────────

TRACKER = [sys.executable, "-c", "from tracker.cli import main; main()"]


def started(world: World, *args: str | Path) -> subprocess.Popen[str]:
    where = ["--store", str(world.store), "--schedules", str(world.folder / "schedules")]
    return subprocess.Popen(
        [*TRACKER, *where, *map(str, args)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    )


def ended(processes: Sequence[subprocess.Popen[str]]) -> list[tuple[int, str]]:
    outputs = [process.communicate(timeout=60) for process in processes]
    return [(process.returncode, err) for process, (_, err) in zip(processes, outputs, strict=True)]


@pytest.mark.slow
def test_concurrent_runs_succeed_and_duplicate_no_event_and_no_delivery(world: World, server: HTTPServer):
    declare(world, server)
    sent = world.folder / "sent.txt"
    route(world, sent)
    shows(server, csv(SIX))
    assert world.run("run").code == 0
    shows(server, csv(SIX.replace("b:80", "b:95")))
    assert ended([started(world, "run") for _ in range(3)]) == [(0, "")] * 3
    with SqliteStore(world.store / "tracker.db") as store:
        assert len(list(store.checks(BoardId("acme/text")))) == 4
        leads = [event for event in store.events(EventFilter()) if event.kind == "new_leader"]
        assert len(leads) == 1
        assert FileArchive(world.store / "captures").check(BoardId("acme/text")) == ()
        left = {delivery.event.id for delivery in store.service.deliveries()} & {
            receipt.event for receipt in store.service.receipts()
        }
        assert left == set()
    assert world.run("run").code == 0
    assert kinds_in(sent) == ["new_leader", "overtake", "rank_move", "score_revision"]


@pytest.mark.slow
def test_an_import_beside_a_run_of_the_same_board_succeeds_and_duplicates_no_event(world: World, server: HTTPServer):
    declare(world, server)
    states = {f"2026-02-{number:02}T060000Z": f"{SIX} g:{50 + number}" for number in range(1, 25)}
    bodies = world.bodies(states)
    shows(server, csv(f"{SIX} g:99"))
    SqliteStore(world.store / "tracker.db").close()
    assert ended([started(world, "import", "acme/text", bodies), started(world, "run")]) == [(0, "")] * 2
    with SqliteStore(world.store / "tracker.db") as store:
        assert len(list(store.checks(BoardId("acme/text")))) == len(states) + 1
        events = list(store.events(EventFilter()))
        position = store.position(BoardId("acme/text"))
    assert position == FileArchive(world.store / "captures").index(BoardId("acme/text"))[1]
    assert world.run("replay").code == 0
    with SqliteStore(world.store / "tracker.db") as store:
        assert [event.id for event in store.events(EventFilter())] == [event.id for event in events]
