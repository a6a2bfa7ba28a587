"""`tracker daemon` as a separate process, with real signals and a server on this machine."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest
from cli_world import BODIES, DECLARATION, World, csv
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tracker.model import BoardId
from tracker.stores.sqlite import SqliteStore

ROOT = Path(__file__).resolve().parents[2]
SIX = "a:90:2 b:80:3 c:70:1 d:60:1 e:50:1 f:40:1"
TEXT = BoardId("acme/text")
PATIENCE_S = 60.0
ROUTE = """
[[route]]
name = "all"
channel = "file"
address = "{path}"
kind = ["new_leader", "tracker_trouble", "tracker_recovered"]
"""


class Child:
    """`tracker daemon` on a world's folder, killed at the end of the block if it still runs."""

    def __init__(self, world: World, *args: str, env: dict[str, str] | None = None) -> None:
        where = ["--store", str(world.store), "--schedules", str(world.folder / "schedules")]
        command = [sys.executable, "-c", "from tracker.cli import main; main()", *where, "daemon", *args]
        self._lines: list[str] = []
        self._new = threading.Condition()
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, **(env or {})}
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            with self._new:
                self._lines.append(line)
                self._new.notify_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join()
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self.process.stdout.close()
        self.process.stderr.close()

    @property
    def output(self) -> str:
        return "".join(self._lines)

    def says(self, pattern: str, times: int = 1) -> None:
        """Wait until it has printed the pattern that often."""
        with self._new:
            assert self._new.wait_for(lambda: len(re.findall(pattern, self.output)) >= times, PATIENCE_S), self.output

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def ended(self) -> int:
        """Its exit code after it ended."""
        code = self.process.wait(PATIENCE_S)
        self._reader.join()
        return code


class Publisher:
    """A server whose answers can be delayed."""

    def __init__(self, server: HTTPServer) -> None:
        self.server = server
        self.asked = threading.Event()
        self.goes_on = threading.Event()
        self.goes_on.set()
        server.clear()
        self.clear()

    def clear(self) -> None:
        """Show nothing; there is no robots.txt."""
        self.server.clear_all_handlers()
        self.server.expect_request("/robots.txt").respond_with_data("", status=404)

    def shows(self, text: str, board: str = "acme/text") -> None:
        body = csv(text)

        def answer(_: Request) -> Response:
            self.asked.set()
            assert self.goes_on.wait(PATIENCE_S)
            return Response(body, content_type="text/csv")

        self.server.expect_request(f"/{board}").respond_with_handler(answer)

    def fetches(self, board: str = "acme/text") -> int:
        return len([request for request, _ in self.server.log if request.path == f"/{board}"])


@pytest.fixture(scope="module")
def running() -> Iterator[HTTPServer]:
    with HTTPServer(host="127.0.0.1", threaded=True) as server:
        yield server


@pytest.fixture
def publisher(running: HTTPServer) -> Iterator[Publisher]:
    made = Publisher(running)
    yield made
    made.goes_on.set()


def declare(world: World, publisher: Publisher, board: str = "acme/text", cadence: str = "@daily") -> None:
    address = f'"{publisher.server.url_for(f"/{board}")}"\ngap_s = 0'
    world.declare(board, DECLARATION.replace('"https://acme.example/text.csv"', address).replace("@daily", cadence))


def checks(world: World, board: BoardId = TEXT) -> list[str]:
    with SqliteStore(world.store / "tracker.db") as store:
        return [check.result.value for check in store.checks(board)]


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.02)


@pytest.mark.slow
def test_the_daemon_reads_due_boards_obeys_sighup_and_exits_cleanly(world: World, publisher: Publisher):
    declare(world, publisher)
    publisher.shows(SIX)
    publisher.shows(SIX, "acme/new")
    with Child(world) as child:
        child.says('board read board="acme/text" news=0 result="accepted" entries=6')
        declare(world, publisher, "acme/new")
        child.signal(signal.SIGHUP)
        child.says('board read board="acme/new"')
        child.signal(signal.SIGTERM)
        assert child.ended() == 0
        assert "daemon stopped left=false" in child.output
    assert checks(world) == ["accepted"]
    with Child(world) as child:
        child.says("daemon ready boards=2")
        child.signal(signal.SIGINT)
        assert child.ended() == 0
    assert publisher.fetches() == 1, "it is not due again, whoever asks"


@pytest.mark.slow
def test_a_new_file_is_noticed_without_a_signal(world: World, publisher: Publisher):
    declare(world, publisher)
    publisher.shows(SIX)
    publisher.shows(SIX, "acme/new")
    with Child(world) as child:
        child.says("board read")
        declare(world, publisher, "acme/new")
        child.says('board read board="acme/new"')


@pytest.mark.slow
def test_sigterm_lets_running_fetches_finish(world: World, publisher: Publisher):
    declare(world, publisher)
    publisher.goes_on.clear()
    publisher.shows(SIX)
    with Child(world) as child:
        assert publisher.asked.wait(PATIENCE_S)
        child.signal(signal.SIGTERM)
        child.says("daemon stops under_way=true")
        assert child.process.poll() is None
        publisher.goes_on.set()
        assert child.ended() == 0
        assert "daemon stopped left=false" in child.output
    assert checks(world) == ["accepted"]


@pytest.mark.slow
def test_sigterm_waits_no_longer_than_its_limit(world: World, publisher: Publisher):
    declare(world, publisher)
    publisher.goes_on.clear()
    publisher.shows(SIX)
    with Child(world, "--stop-within", "1s") as child:
        assert publisher.asked.wait(PATIENCE_S)
        child.signal(signal.SIGTERM)
        assert child.ended() == 0
        assert "daemon stopped left=true" in child.output
    assert checks(world) == []


@pytest.mark.slow
def test_a_second_sigterm_exits_at_once(world: World, publisher: Publisher):
    declare(world, publisher)
    publisher.goes_on.clear()
    publisher.shows(SIX)
    with Child(world) as child:
        assert publisher.asked.wait(PATIENCE_S)
        child.signal(signal.SIGTERM)
        child.says("daemon stops under_way=true")
        child.signal(signal.SIGTERM)
        assert child.ended() == 0
        assert "daemon stopped" not in child.output
    publisher.goes_on.set()
    with Child(world) as child:
        child.says("board read")
    assert checks(world) == ["accepted"], "what was given up is fetched by the next one"


@pytest.mark.slow
def test_a_second_daemon_names_the_holder_of_the_store_and_exits_with_3(world: World, publisher: Publisher):
    declare(world, publisher)
    publisher.shows(SIX)
    with Child(world) as first:
        first.says("daemon ready")
        with Child(world) as second:
            assert second.ended() == 3
            (line,) = second.output.splitlines()
        assert re.search(rf"daemon\.lock: held by process {first.process.pid} on .+, since .+; end it", line)
        first.signal(signal.SIGKILL)
        first.ended()
        with Child(world) as third:
            third.says("daemon ready")


@pytest.mark.slow
def test_a_run_beside_a_daemon_duplicates_no_work(world: World, publisher: Publisher):
    declare(world, publisher, cadence="@weekly")
    publisher.shows(SIX)
    with Child(world) as child:
        child.says("board read")
        assert world.run("run", "--due").code == 0
        assert publisher.fetches() == 1, "the daemon has just read it"
        publisher.clear()
        publisher.shows(SIX.replace("b:80", "b:95"))
        ran = world.run("run", "acme/text")
        assert ran.code == 0
        assert "new_leader" in ran.out
        child.signal(signal.SIGHUP)
        child.says("declarations read", 2)
        child.signal(signal.SIGTERM)
        assert child.ended() == 0
    assert publisher.fetches() == 2
    assert checks(world) == ["accepted", "accepted"]
    assert len([row for row in world.run("events", "--json").rows if row["kind"] == "new_leader"]) == 1


@pytest.mark.slow
def test_news_and_the_daemons_own_problems_are_sent_at_once(world: World, publisher: Publisher, tmp_path: Path):
    declare(world, publisher, cadence="@weekly")
    publisher.shows(SIX)
    sent = tmp_path / "sent.txt"
    (world.folder / "schedules/routes.toml").write_text(ROUTE.format(path=sent), encoding="utf-8")
    with Child(world) as child:
        child.says("board read")
        world.declare("acme/bad", "[[[")
        child.says("trouble kind=")
        until(lambda: sent.exists() and "acme/bad.toml" in sent.read_text(encoding="utf-8"))
        (world.folder / "schedules/acme/bad.toml").unlink()
        child.says("trouble ended")
        until(lambda: "Over: " in sent.read_text(encoding="utf-8"))
        child.signal(signal.SIGTERM)
        assert child.ended() == 0


@pytest.mark.slow
def test_a_damaged_database_is_rebuilt_and_the_daemon_continues(world: World, publisher: Publisher):
    declare(world, publisher, cadence="@weekly")
    publisher.shows(SIX)
    with Child(world) as child:
        child.says("board read")
        child.signal(signal.SIGTERM)
        assert child.ended() == 0
    before = checks(world)
    for path in world.store.glob("tracker.db*"):
        path.write_bytes(b"rubbish!" * 4096)
    with Child(world) as child:
        child.says("store rebuilt spoilt=")
        child.says("daemon ready")
        assert checks(world) == before
    assert publisher.fetches() == 1


def measures_lost(path: Path) -> None:
    """Overwrite a page that nothing reads until a board changes."""
    with closing(sqlite3.connect(path)) as file:
        (root,) = file.execute("SELECT rootpage FROM sqlite_master WHERE name = '_measures'").fetchone()
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(b"\xee" * 4096)


@pytest.mark.slow
def test_damage_is_noticed_at_the_start_and_a_second_time_within_an_hour_ends_the_daemon(world: World, publisher: Publisher):
    declare(world, publisher, cadence="@weekly")
    publisher.shows(SIX)
    world.run("run")
    before = world.run("standings", "acme/text").out
    measures_lost(world.store / "tracker.db")
    with Child(world) as child:
        child.says("store rebuilt spoilt=")
        child.says("daemon ready")
        child.signal(signal.SIGTERM)
        assert child.ended() == 0
    assert world.run("standings", "acme/text").out == before
    measures_lost(world.store / "tracker.db")
    with Child(world) as child:
        assert child.ended() == 3
        assert re.search(
            r"is damaged again, after it was rebuilt at .*; expected a sound disk \(.*tracker replay\)", child.output
        )
    assert world.run("replay").code == 0
    assert world.run("standings", "acme/text").out == before


@pytest.mark.slow
def test_a_damaged_file_of_hosts_costs_neither_the_database_nor_a_fetch(world: World, publisher: Publisher):
    declare(world, publisher, cadence="@weekly")
    publisher.shows(SIX)
    world.store.mkdir()
    (world.store / "hosts.db").write_bytes(b"garbage" * 700)
    with Child(world) as child:
        child.says("hosts.db was damaged and has been created again")
        child.says("board read")
        child.signal(signal.SIGTERM)
        assert child.ended() == 0
    assert not list(world.store.glob("*spoilt*"))
    (world.store / "hosts.db").write_bytes(b"garbage" * 700)
    assert world.run("run", "acme/text").code == 0
    assert publisher.fetches() == 2


@pytest.mark.slow
def test_a_database_deleted_under_a_daemon_is_restored_when_the_next_one_starts(world: World, publisher: Publisher):
    declare(world, publisher, cadence="@weekly")
    publisher.shows(SIX)
    with Child(world) as child:
        child.says("board read")
        assert world.run("board", "pause", "acme/text", "--reason", "terms").code == 0
        for path in world.store.glob("tracker.db*"):
            path.unlink()
        child.signal(signal.SIGTERM)
        child.ended()
    with Child(world) as child:
        child.says("store rebuilt")
        child.says("daemon ready")
    assert checks(world) == ["accepted"]
    assert world.run("run", "acme/text").code == 2, "still paused"


@pytest.mark.slow
def test_a_folder_that_cannot_be_written_is_one_line_and_exit_3(world: World, publisher: Publisher):
    declare(world, publisher)
    (world.store / "daemon.lock").mkdir(parents=True)
    with Child(world) as child:
        assert child.ended() == 3
        (line,) = child.output.splitlines()
    assert "cannot be locked" in line
    assert "check the disk and the path" in line


@pytest.mark.slow
def test_log_lines_may_be_json_and_contain_no_secret(world: World, publisher: Publisher):
    address = publisher.server.url_for("/acme/text")
    request = f'"{address}?key=${{ACME_KEY}}"\ngap_s = 0'
    world.declare("acme/text", DECLARATION.replace('"https://acme.example/text.csv"', request))
    publisher.server.expect_request("/acme/text").respond_with_data("no", status=403)
    with Child(world, "--log-format", "json", env={"ACME_KEY": "hunter2hunter2"}) as child:
        child.says("board failed")
        child.signal(signal.SIGTERM)
        assert child.ended() == 0
        assert [json.loads(line)["level"] for line in child.output.splitlines()]
        assert "hunter2" not in child.output


# ── a service manager ────────────────────────────────────────────────────────────────────────────


@pytest.mark.slow
def test_the_service_manager_is_notified_of_readiness_life_reloading_and_stopping(
    world: World, publisher: Publisher, tmp_path: Path
):
    declare(world, publisher)
    publisher.shows(SIX)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(PATIENCE_S)

        def hears(wanted: str) -> str:
            while not (heard := manager.recv(4096).decode()).startswith(wanted):
                pass
            return heard

        with Child(world, env={"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "200000"}) as child:
            assert hears("") == "READY=1\nSTATUS=watching", "the first word is that it is ready"
            hears("WATCHDOG=1")
            hears("WATCHDOG=1")
            before_us = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
            child.signal(signal.SIGHUP)
            reloading = hears("RELOADING=1")
            after_us = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
            assert before_us <= int(reloading.partition("MONOTONIC_USEC=")[2]) <= after_us
            assert hears("READY=1")
            child.signal(signal.SIGTERM)
            hears("STOPPING=1")
            assert child.ended() == 0


# ── dry run ────────────────────────────────────────────────────────────────────────────


def test_a_dry_run_prints_twenty_due_times_with_local_times_and_does_nothing(world: World):
    text = DECLARATION.replace('cadence = "@daily"', 'cadence = "30 8 * * *"\ntime_zone = "Europe/Berlin"')
    world.declare("acme/text", text)
    world.declare("acme/other")
    world.declare("acme/off", "enabled = false\n" + DECLARATION)
    ran = world.run("daemon", "--dry-run", "--json")
    assert ran.code == 0
    assert len(ran.rows) == 20
    assert [row["due_at"] for row in ran.rows] == sorted(row["due_at"] for row in ran.rows)
    assert {row["board"] for row in ran.rows} == {"acme/text", "acme/other"}
    locals_ = {row["local"].split(" ", 1)[1] for row in ran.rows[2:] if row["board"] == "acme/text"}
    assert locals_ <= {"08:30 CET", "08:30 CEST"}
    assert locals_
    assert not world.store.exists()
    table = world.run("daemon", "--dry-run")
    assert len([line for line in table.out.splitlines() if " UTC  " in line]) == 20


def test_a_dry_run_considers_earlier_readings(world: World):
    world.imported(BODIES)
    rows = world.run("daemon", "--dry-run", "--json").rows
    assert len(rows) == 20
    assert not (world.store / "daemon.lock").exists()


def test_a_dry_run_without_boards_is_an_error(world: World):
    world.declare("acme/off", "enabled = false\n" + DECLARATION)
    ran = world.run("daemon", "--dry-run")
    assert (ran.code, ran.out) == (2, "")
    assert "no board is enabled and has its keys; expected one (tracker boards)" in ran.error


@pytest.mark.slow
@pytest.mark.parametrize(
    "args", [("--deadline", "10"), ("--parallel", "0"), ("--stop-within", "soon"), ("--http", "example.org:80")]
)
def test_wrong_options_are_one_line_and_exit_2(world: World, publisher: Publisher, args: tuple[str, str]):
    declare(world, publisher)
    with Child(world, *args) as child:
        assert child.ended() == 2
        assert args[1] in child.output
