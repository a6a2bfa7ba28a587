"""A disk that fills up during work: a clean error, nothing damaged, nothing lost, and work continues once there is space.

`bench/full_disk.py` does the same at every amount of space that is left.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from daemon_world import HOUR, ROUTE, Daemon, csv, showing

from tracker.stores import service_state, vintages
from tracker.stores.archive import FileArchive

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
STATES = 12
BOARDS = ("a", "b", "c")
PAGE = 4096


def state(day: int) -> str:
    """400 entries, a third of which move every day."""
    return " ".join(f"m{model}:{(model * 7919 + (day * 31 if model % 3 == 0 else 0)) % 9973 / 100}" for model in range(400))


def derived(path: Path) -> Mapping[str, list[tuple[object, ...]]]:
    """Every row that comes from the archive."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        dated = {"_sqlite_migrations", "changes", "indices"}  # they say when they were written
        kept = [name for name in names if name not in service_state.TABLES | vintages.TABLES | dated]
        return {name: sorted(connection.execute(f"SELECT * FROM {name}").fetchall(), key=repr) for name in kept}


# ── an import ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("disk")
    (folder / "bodies").mkdir()
    for day in range(STATES):
        (folder / "bodies" / f"2026-03-{day + 1:02}T060000Z.csv").write_bytes(csv(state(day)))
    with time_machine.travel(0) as traveller:
        made = Daemon(folder=folder, traveller=traveller)
        made.declare("text")
        made.store.close()
    return folder


def imported(world: Path, store: Path, most_bytes: int | None = None) -> tuple[int, str]:
    """The exit code of an import that may write no larger file, and its output without the line about the new store."""
    limit = f"resource.setrlimit(resource.RLIMIT_FSIZE, ({most_bytes},) * 2)" if most_bytes else "pass"
    code = f"import resource; {limit}; from tracker.cli import main; main()"
    where = ["--store", store, "--schedules", world / "schedules"]
    command = [sys.executable, "-c", code, *where, "import", "acme/text", world / "bodies"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    return ran.returncode, ran.stderr.replace(f"tracker: created the store {store}\n", "")


@pytest.fixture(scope="module")
def undisturbed(world: Path) -> Mapping[str, list[tuple[object, ...]]]:
    assert imported(world, world / "undisturbed") == (0, "")
    return derived(world / "undisturbed/tracker.db")


@pytest.mark.parametrize("pages", [1, 8, 60, 100])
def test_an_import_on_a_full_disk_fails_in_one_line_and_can_be_continued(
    world: Path, undisturbed: Mapping[str, list[tuple[object, ...]]], tmp_path: Path, pages: int
):
    """A limit on the size of a file needs no rights; a write beyond it fails as on a full disk."""
    code, output = imported(world, tmp_path, pages * PAGE)
    assert code == 3
    (line,) = output.splitlines()
    assert str(tmp_path) in line
    assert "expected" in line or "free space" in line or "see that" in line
    if (tmp_path / "tracker.db").exists():
        derived(tmp_path / "tracker.db")
    assert FileArchive(tmp_path / "captures").check("acme/text") == ()
    code, output = imported(world, tmp_path)
    assert (code, output.partition(" and no usable service.bak")[0]) in ((0, ""), (0, "tracker: There was no history"))
    assert len(output.splitlines()) <= 1
    assert derived(tmp_path / "tracker.db") == undisturbed
    assert FileArchive(tmp_path / "captures").check("acme/text") == ()


# ── a day of the daemon ──────────────────────────────────────────────────────────────────────────


class Disk:
    """A small one of its own, in memory."""

    def __init__(self, place: Path, size_kb: int) -> None:
        place.mkdir()
        self.place = place
        made = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size_kb}k", "tmpfs", place], capture_output=True, text=True, check=False
        )
        if made.returncode:
            pytest.skip(f"no disk may be mounted here: {made.stderr.strip()}")

    def fill(self, free_kb: int = 0) -> None:
        """Leave so much free."""
        with (self.place / "ballast").open("wb", buffering=0) as file:
            try:
                while file.write(bytes(PAGE)) == PAGE:
                    pass
            except OSError:
                file.truncate(max(0, file.tell() - free_kb * 1024))

    def empty(self) -> None:
        (self.place / "ballast").unlink()

    def remount(self, how: str) -> None:
        """`ro` or `rw`. Nobody may have a file open there."""
        subprocess.run(["mount", "-o", f"remount,{how}", self.place], check=True)

    def close(self) -> None:
        subprocess.run(["umount", "--lazy", self.place], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    made = Disk(tmp_path / "small", 24000)
    yield made
    made.close()


def day(daemon: Daemon, disk: Disk | None, free_kb: int) -> None:
    """24 hours of three boards, of which the disk is full from the 8th to the 14th."""
    daemon.write("routes.toml", ROUTE)
    for name in BOARDS:
        daemon.declare(name, cadence="@hourly")
    for hour in range(24):
        daemon.answers.update({f"acme/{name}": showing(state(hour // 2 * 2)) for name in BOARDS})
        if disk and hour == 8:
            disk.fill(free_kb)
        if disk and hour == 14:
            assert daemon.loop.trouble
            disk.empty()
        daemon.run(HOUR)


@pytest.mark.parametrize("free_kb", [0, 12, 24])
def test_a_day_with_a_full_disk_loses_nothing_that_was_received(
    tmp_path: Path, clock: time_machine.Traveller, disk: Disk, free_kb: int
):
    daemon = Daemon(folder=disk.place, traveller=clock)
    day(daemon, disk, free_kb)
    assert daemon.loop.trouble == ""
    assert [one for one in daemon.ended() if one[0] == "store"] == [("store", "")]
    trouble = [line for line in daemon.news() if "store could not be written" in line]
    assert [line.startswith("Over: ") for line in trouble] == [False, True]
    read = {name: [check.observed_at for check in daemon.checks(f"acme/{name}")] for name in BOARDS}
    asked = {name: daemon.times(f"acme/{name}") for name in BOARDS}
    assert read == asked, "whatever was fetched is in history, at its time"
    for name in BOARDS:
        assert daemon.archive.check(f"acme/{name}") == ()
        assert len(read[name]) >= 24 - 7
        assert len(set(asked[name])) == len(asked[name]), "nothing is fetched twice"
    daemon.store.close()
    before = derived(disk.place / "tracker.db")
    daemon.restart()
    daemon.run(timedelta(minutes=1))
    daemon.store.close()
    assert derived(disk.place / "tracker.db") == before


def test_a_read_only_folder_is_an_error_in_one_line_and_nothing_changes(
    world: Path, undisturbed: Mapping[str, list[tuple[object, ...]]], disk: Disk
):
    store = disk.place / "store"
    assert imported(world, store) == (0, "")
    disk.remount("ro")
    code, output = imported(world, store)
    disk.remount("rw")
    assert code == 3
    (line,) = output.splitlines()
    assert "expected a writable" in line or "Read-only" in line
    assert derived(store / "tracker.db") == undisturbed
    assert imported(world, store) == (0, "")
    assert derived(store / "tracker.db") == undisturbed


def test_a_day_with_enough_space_on_the_same_disk_has_no_errors(tmp_path: Path, clock: time_machine.Traveller, disk: Disk):
    daemon = Daemon(folder=disk.place, traveller=clock)
    day(daemon, None, 0)
    assert daemon.ended() == []
    assert [len(daemon.checks(f"acme/{name}")) for name in BOARDS] == [25, 25, 25]
    daemon.store.close()
