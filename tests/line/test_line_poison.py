"""A capture with which processes end: tried once more by itself, then left out until a person accepts it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from line_world import BOARD, OTHER, at, board, csv, keep

from tracker.errors import Defect, Poisonous, StoreError
from tracker.line import apart, proof, sync
from tracker.line.sync import Outcome
from tracker.model import Begun, BoardId, Reading, Result, Verdict
from tracker.stores.archive import FileArchive
from tracker.stores.sqlite import SqliteStore
from tracker.workspace.names import default_lexicon

STATES = ("a:90 b:80", "a:91 b:80", "a:92 b:80")


@pytest.fixture
def archive(tmp_path: Path) -> FileArchive:
    archive = FileArchive(tmp_path / "captures")
    keep(archive, {number: csv(state) for number, state in enumerate(STATES)})
    return archive


@pytest.fixture
def store(tmp_path: Path):
    with SqliteStore(tmp_path / "tracker.db") as store:
        yield store


def ended(archive: FileArchive, number: int, *, times: int, board_id: BoardId = BOARD) -> None:
    """That number of processes ended while they processed that capture."""
    with archive.lease(board_id):
        archive.begin(board_id, Begun(observed_at=at(number), times=times))


class Reader:
    """Reads here, and notes which captures were to be read alone. Fails on the capture with `fails` in it."""

    def __init__(self, fails: bytes = b"\0", error: Exception | None = None) -> None:
        self.fails = fails
        self.error = error or StoreError("the disk fails")
        self.alone: list[bool] = []

    def __call__(self, board, bodies, *, alone: bool = False, **more) -> Reading:  # as the protocol
        self.alone.append(alone)
        if self.fails in bodies[0]:
            raise self.error
        return apart.here(board, bodies, **more)


def synced(archive: FileArchive, store: SqliteStore, reader: Reader | None = None) -> Outcome:
    return sync.sync_board(board(), archive, store, lexicon=default_lexicon(), read=reader or Reader())


def results(store: SqliteStore) -> list[Result]:
    return [check.result for check in store.checks(BOARD)]


def test_a_capture_with_which_a_process_ended_is_tried_once_more_by_itself(archive: FileArchive, store: SqliteStore):
    ended(archive, 1, times=1)
    reader = Reader()
    assert synced(archive, store, reader).error is None
    assert reader.alone == [False, True, False]
    assert results(store) == [Result.ACCEPTED] * 3


def test_a_capture_with_which_two_processes_ended_is_left_out_and_the_others_are_read(archive: FileArchive, store: SqliteStore):
    ended(archive, 1, times=2)
    outcome = synced(archive, store)
    assert results(store) == [Result.ACCEPTED, Result.REJECTED, Result.ACCEPTED]
    assert isinstance(outcome.error, Poisonous)
    assert outcome.failed
    assert str(outcome.error) == (
        "acme/text: the tracker ended or failed 2 times while it processed this capture, of 2026-03-02T06:00:00Z; left out;"
        " to try it again: tracker quarantine accept acme/text 2026-03-02T06:00:00Z"
    )
    assert synced(archive, store).error is None, "it is reported once"


def test_a_person_has_it_tried_again_by_accepting_it(archive: FileArchive, store: SqliteStore):
    ended(archive, 1, times=2)
    synced(archive, store)
    proof.decide(board(), at(1), Verdict.ACCEPT, by="me", reason="fixed", archive=archive, store=store, lexicon=default_lexicon())
    assert results(store) == [Result.ACCEPTED] * 3


def test_a_replay_leaves_it_out_as_well(archive: FileArchive, store: SqliteStore):
    ended(archive, 1, times=2)
    outcome = sync.replay(board(), archive, store, default_lexicon())
    assert isinstance(outcome.error, Poisonous)
    assert results(store) == [Result.ACCEPTED, Result.REJECTED, Result.ACCEPTED]


def test_the_same_bytes_stay_out_and_the_next_ones_are_read(archive: FileArchive, store: SqliteStore):
    ended(archive, 2, times=2)
    synced(archive, store)
    keep(archive, {3: csv(STATES[2]), 4: csv("a:93 b:80")})
    reader = Reader()
    synced(archive, store, reader)
    assert results(store) == [Result.ACCEPTED, Result.ACCEPTED, Result.REJECTED, Result.REJECTED, Result.ACCEPTED]
    assert len(reader.alone) == 1


def test_an_error_is_not_the_end_of_a_process(archive: FileArchive, store: SqliteStore):
    for _ in range(3):
        with pytest.raises(StoreError):
            synced(archive, store, Reader(fails=b"91"))
        assert archive.begun(BOARD) is None
    assert synced(archive, store).error is None
    assert results(store) == [Result.ACCEPTED] * 3


def test_a_capture_on_which_the_tracker_itself_fails_is_left_out_after_two_tries(archive: FileArchive, store: SqliteStore):
    reader = Reader(fails=b"91", error=ZeroDivisionError("a slip"))
    for _ in range(2):
        with pytest.raises(Defect, match=r"^acme/text: ZeroDivisionError of the tracker's own: a slip; what fails twice"):
            synced(archive, store, reader)
    outcome = synced(archive, store, reader)
    assert isinstance(outcome.error, Poisonous)
    assert results(store) == [Result.ACCEPTED, Result.REJECTED, Result.ACCEPTED]


def test_a_defect_counts_also_when_a_person_runs_the_tracker(archive: FileArchive, store: SqliteStore):
    reader = Reader(fails=b"91", error=ZeroDivisionError("a slip"))
    for _ in range(2):
        with pytest.raises(Defect):
            sync.sync_board(board(), archive, store, default_lexicon(), attended=True, read=reader)
    outcome = sync.sync_board(board(), archive, store, default_lexicon(), attended=True, read=reader)
    assert isinstance(outcome.error, Poisonous)


def test_a_lack_of_memory_is_not_the_fault_of_a_capture(archive: FileArchive, store: SqliteStore):
    with pytest.raises(MemoryError):
        synced(archive, store, Reader(fails=b"91", error=MemoryError()))
    assert archive.begun(BOARD) is None


def test_a_note_about_a_capture_that_is_not_in_the_index_changes_nothing(archive: FileArchive, store: SqliteStore):
    ended(archive, 7, times=2)
    ended(archive, 1, times=2, board_id=OTHER)
    assert synced(archive, store).error is None
    assert results(store) == [Result.ACCEPTED] * 3


@pytest.mark.parametrize("text", ["", "2", "2 ", "x 2026-03-02T06:00:00+00:00", "2 yesterday"])
def test_a_damaged_note_is_none(archive: FileArchive, store: SqliteStore, text: str):
    ended(archive, 1, times=2)
    assert archive.begun(BOARD) == Begun(observed_at=at(1), times=2)
    archive._begun(BOARD).write_text(text)
    assert archive.begun(BOARD) is None
    assert synced(archive, store).error is None


KILLED = """
import os, signal, sys
from pathlib import Path
from line_world import board
from tracker.line import apart, sync
from tracker.model.names import EMPTY_LEXICON
from tracker.stores.archive import FileArchive
from tracker.stores.sqlite import SqliteStore

def read(board, bodies, *, alone=False, **more):
    if b"91" in bodies[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    return apart.here(board, bodies, **more)

folder = Path(sys.argv[1])
with SqliteStore(folder / "tracker.db") as store:
    sync.sync_board(board(), FileArchive(folder / "captures"), store, lexicon=EMPTY_LEXICON, read=read)
"""


@pytest.mark.slow
def test_a_capture_that_kills_every_process_stops_the_board_twice_and_no_more(archive: FileArchive, tmp_path: Path):
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    environment = {"PYTHONPATH": ":".join(filter(None, sys.path))}
    ends = [subprocess.run(command, env=environment, check=False).returncode for _ in range(3)]
    assert ends == [-9, -9, 0]
    with SqliteStore(tmp_path / "tracker.db") as store:
        assert results(store) == [Result.ACCEPTED, Result.REJECTED, Result.ACCEPTED]
    assert archive.begun(BOARD) is None


KILLED_AT_RANDOM = KILLED.replace("read=read)", "read=read, attended=True)")


@pytest.mark.slow
def test_a_person_may_kill_an_import_at_one_capture_as_often_as_they_like(
    archive: FileArchive, store: SqliteStore, tmp_path: Path
):
    command = [sys.executable, "-c", KILLED_AT_RANDOM, str(tmp_path)]
    environment = {"PYTHONPATH": ":".join(filter(None, sys.path))}
    ends = [subprocess.run(command, env=environment, check=False).returncode for _ in range(3)]
    assert ends == [-9, -9, -9]
    assert archive.begun(BOARD) == Begun(observed_at=at(1), times=0)
    reader = Reader()
    assert synced(archive, store, reader).error is None
    assert reader.alone[-2:] == [True, False], "it is read alone, so that its process would end first"
    assert set(results(store)) == {Result.ACCEPTED}
