"""Locks between processes: who holds one is named, and who ends gives it back, however that is."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from store_world import BOARD, OTHER, day

from tracker.errors import StoreError
from tracker.model import Capture
from tracker.stores.archive import FileArchive
from tracker.stores.hosts import SqliteHosts
from tracker.stores.locks import POLL_S, Holder, Taken, held, holder

ROOT = Path(__file__).resolve().parents[2]
HOLD = """
import sys
from pathlib import Path
from tracker.stores.locks import held
with held(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


@contextmanager
def another(path: Path, code: str = HOLD) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the lock until it is given a line, or killed."""
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        try:
            yield child
        finally:
            child.kill()


class Waiting:
    """Counts the waits, and after so many does something in their place."""

    def __init__(self, after: int = 0, *, then: object = None) -> None:
        self.waits, self._after, self._then = 0, after, then

    def __call__(self, seconds: float) -> None:
        assert seconds == POLL_S
        self.waits += 1
        if self.waits == self._after and callable(self._then):
            self._then()


def test_a_free_lock_has_no_holder(tmp_path: Path):
    assert holder(tmp_path / "lock") is None
    with held(tmp_path / "lock"):
        pass
    assert holder(tmp_path / "lock") is None


def test_a_lock_of_another_process_is_refused_and_its_holder_named(tmp_path: Path):
    path = tmp_path / "locks" / "lock"
    with another(path) as child:
        found = holder(path)
        assert found is not None
        assert found.pid == child.pid
        with pytest.raises(Taken, match=rf"lock: held by process {child.pid} on .+, since 2.+ UTC; end it"), held(path):
            pass
        assert holder(path) == found


def test_a_second_block_of_the_same_process_is_refused_too(tmp_path: Path):
    with held(tmp_path / "lock"):
        with pytest.raises(Taken, match=f"held by process {os.getpid()} "), held(tmp_path / "lock"):
            pass
        assert str(holder(tmp_path / "lock")).startswith(f"process {os.getpid()} on ")


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path):
    with another(tmp_path / "lock") as child:
        child.kill()
        child.wait()
        assert holder(tmp_path / "lock") is None
        with held(tmp_path / "lock"):
            found = holder(tmp_path / "lock")
            assert found is not None
            assert found.pid == os.getpid()


def test_a_patient_process_gets_the_lock_when_it_is_released(tmp_path: Path):
    with another(tmp_path / "lock") as child:
        waiting = Waiting(3, then=lambda: (child.kill(), child.wait()))
        with held(tmp_path / "lock", patience_s=100.0, sleep=waiting):
            assert waiting.waits == 3


def test_waiting_for_a_lock_ends_with_the_patience(tmp_path: Path):
    waiting = Waiting()
    with held(tmp_path / "lock"), pytest.raises(Taken, match="held by"), held(tmp_path / "lock", patience_s=1.0, sleep=waiting):
        pass
    assert waiting.waits * POLL_S == pytest.approx(1.0, abs=2 * POLL_S)


def test_a_block_that_raises_releases_the_lock(tmp_path: Path):
    with pytest.raises(ZeroDivisionError), held(tmp_path / "lock"):
        raise ZeroDivisionError
    assert holder(tmp_path / "lock") is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": "x", "host": 1, "since": 2}', "[" * 4096])
def test_a_file_without_a_holder_is_held_by_another_process(tmp_path: Path, text: str):
    with held(tmp_path / "lock"):
        (tmp_path / "lock").write_text(text, encoding="utf-8")
        assert holder(tmp_path / "lock") == Holder(pid=0, host="", since="")
        with pytest.raises(Taken, match="held by another process"), held(tmp_path / "lock"):
            pass


def test_a_lock_that_cannot_be_created_names_its_path(tmp_path: Path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with (
        pytest.raises(StoreError, match=r"file/lock: cannot be locked: .+; check the disk and the path"),
        held(tmp_path / "file" / "lock"),
    ):
        pass


def test_the_turn_at_a_host_is_a_lock_between_processes_for_that_host_alone(tmp_path: Path):
    with closing(SqliteHosts(tmp_path / "hosts.db")) as hosts, hosts.turn("acme.example"):
        (first,) = (tmp_path / "locks").iterdir()
        assert holder(first) is not None
        with hosts.turn("other.example"):
            assert len(list((tmp_path / "locks").iterdir())) == 2
    assert [holder(path) for path in (tmp_path / "locks").iterdir()] == [None, None]


# ── leases ───────────────────────────────────────────────────────────────────────────────────────

LEASE = """
import sys
from pathlib import Path
from tracker.model import BoardId
from tracker.stores.archive import FileArchive
with FileArchive(Path(sys.argv[1])).lease(BoardId("acme/text")):
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_a_lease_is_for_one_board_and_names_its_holder(tmp_path: Path):
    with another(tmp_path, LEASE) as child:
        archive = FileArchive(tmp_path, lease_s=0.0)
        with pytest.raises(Taken, match=f"held by process {child.pid} "), archive.lease(BOARD):
            pass
        with archive.lease(OTHER):
            pass
        child.kill()
        child.wait()
        with archive.lease(BOARD):
            pass


def test_waiting_for_a_lease_uses_the_sleep_of_the_archive(tmp_path: Path):
    with another(tmp_path, LEASE) as child:
        waiting = Waiting(2, then=lambda: (child.kill(), child.wait()))
        with FileArchive(tmp_path, sleep=waiting).lease(BOARD):
            assert waiting.waits == 2


def test_leases_are_not_mistaken_for_boards(tmp_path: Path):
    archive = FileArchive(tmp_path)
    with archive.lease(BOARD), archive.lease(OTHER):
        archive.keep(Capture(board=BOARD, observed_at=day(0), url="u", bodies=(b"x",)))
        assert archive.boards() == (BOARD,)
        assert archive.check(BOARD) == ()
