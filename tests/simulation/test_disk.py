"""The simulated disk: it fails where it is told to, a dead process writes nothing, and power takes what was not synced."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from simulation.disk import Crash, Disk, Fault, Operation, Plan
from tracker.stores.archive.disk import write_whole
from tracker.stores.sqlite import SqliteStore


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    (tmp_path / "store").mkdir()
    disk = Disk(tmp_path / "store")
    with disk.installed():
        yield disk


@pytest.fixture
def folder(disk: Disk) -> Path:
    return Path(disk.root)


def at(kind: str, fault: Fault, number: int = 1) -> Plan:
    seen = 0

    def plan(operation: Operation) -> Fault | None:
        nonlocal seen
        seen += operation.kind == kind
        return fault if operation.kind == kind and seen == number else None

    return plan


def _synced(path: Path, content: bytes, then: Path | None = None) -> None:
    try:
        with path.open("wb", buffering=0) as file:
            file.write(content)
            os.fsync(file.fileno())
    finally:
        if then is not None:
            then.write_bytes(content)


@pytest.mark.parametrize(
    ("kind", "fault", "left"),
    [
        ("create", Fault.FULL, None),
        ("write", Fault.FULL, b""),
        ("write", Fault.TORN, b"whole "),
        ("sync", Fault.ERROR, b"whole content"),
    ],
)
def test_an_operation_that_fails_does_nothing_or_half(disk: Disk, folder: Path, kind: str, fault: Fault, left: bytes | None):
    disk.plan = at(kind, fault)
    with pytest.raises(OSError, match=r"No space|Input/output"):
        _synced(folder / "a", b"whole content")
    assert ((folder / "a").read_bytes() if (folder / "a").exists() else None) == left


def test_a_dead_process_writes_nothing_more(disk: Disk, folder: Path):
    disk.plan = at("write", Fault.CRASH)
    with pytest.raises(Crash):
        _synced(folder / "a", b"first", then=folder / "b")
    disk.plan = lambda _: None
    disk.revive()
    assert [path.name for path in folder.iterdir()] == ["a"]


def test_power_takes_what_was_not_synced_but_may_keep_its_name(disk: Disk, folder: Path):
    write_whole(folder / "a", b"synced")
    (folder / "new").write_bytes(b"not synced")
    (folder / "new").replace(folder / "a")
    disk.kill(Fault.POWER)
    disk.revive()
    assert (folder / "a").read_bytes() == b""


def test_power_may_take_names_as_well(disk: Disk, folder: Path):
    write_whole(folder / "a", b"synced")
    (folder / "new").write_bytes(b"not synced")
    (folder / "new").replace(folder / "a")
    disk.kill(Fault.POWER_ALL)
    disk.revive()
    assert [(path.name, path.read_bytes()) for path in folder.iterdir()] == [("a", b"synced")]


def test_power_takes_nothing_that_was_written_whole(disk: Disk, folder: Path):
    write_whole(folder / "a", b"synced")
    disk.kill(Fault.POWER_ALL)
    disk.revive()
    assert (folder / "a").read_bytes() == b"synced"


@pytest.mark.parametrize("fault", [Fault.FULL, Fault.ERROR, Fault.TORN, Fault.CRASH, Fault.TORN_CRASH])
def test_a_commit_that_sqlite_cannot_write_has_no_effect(disk: Disk, folder: Path, fault: Fault):
    with closing(sqlite3.connect(folder / "a.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE numbers (number)")
        disk.plan = at("sqlite write", fault)
        with pytest.raises(sqlite3.OperationalError, match=r"full|I/O"):
            connection.execute("INSERT INTO numbers VALUES (1)")
    assert disk.dead == ("dies" in fault)
    disk.plan = lambda _: None
    disk.revive()
    with closing(sqlite3.connect(folder / "a.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("SELECT count(*) FROM numbers").fetchone() == (0,)


def test_operations_are_named_by_the_place_in_the_package_that_does_them(disk: Disk, folder: Path):
    seen: set[str] = set()

    def note(operation: Operation) -> None:
        seen.add(f"{operation.kind} {operation.site.rpartition(':')[0]}")

    disk.plan = note
    write_whole(folder / "a", b"content")
    SqliteStore(folder / "tracker.db").close()
    assert {"rename stores/archive/disk.py:write_whole", "sync stores/archive/disk.py:sync_folder"} <= seen
    assert {"sqlite open stores/sqlite_file.py:_connected", "sqlite write stores/sqlite_file.py:close"} <= seen
