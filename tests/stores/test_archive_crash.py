"""The archive stays whole at whatever moment a writer dies, and however many write at once."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tracker.clock import FixedClock
from tracker.errors import StoreError
from tracker.model import BoardId, Capture, IndexLine, Verdict
from tracker.stores.archive import FileArchive
from tracker.stores.archive.disk import TEMPORARY
from tracker.stores.locks import POLL_S

BOARD = BoardId("arena/text")
START = datetime(2026, 4, 10, tzinfo=UTC)
CHECKOUT = Path(__file__).resolve().parents[2]

WRITER = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tracker.model import BoardId, Capture
from tracker.stores.archive import FileArchive

root, first, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
archive = FileArchive(root)
for n in range(first, first + count):
    at = datetime(2026, 4, 10, tzinfo=UTC) + timedelta(hours=n)
    body = b"".join(b"%d row %d\\n" % (i * i, n if i % 500 == 0 else i) for i in range(3000))
    capture = Capture(board=BoardId("arena/text"), observed_at=at, url="u", bodies=(body, b"%d" % n))
    print(archive.keep(capture).sha256[0], flush=True)
"""


def writer(root: Path, first: int, count: int) -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": str(CHECKOUT)}
    arguments = [sys.executable, "-c", WRITER, str(root), str(first), str(count)]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, env=environment)


def capture(body: bytes, hours: int = 0) -> Capture:
    return Capture(board=BOARD, observed_at=START + timedelta(hours=hours), url="u", bodies=(body,))


def index_of(root: Path) -> Path:
    return root / BOARD / "index.jsonl"


@pytest.mark.slow
def test_an_index_torn_at_any_byte_is_read_to_its_last_complete_line_and_repaired(tmp_path: Path) -> None:
    lines = [FileArchive(tmp_path, clock=FixedClock(START)).keep(capture(b"%d" % n, n)) for n in range(2)]
    whole = index_of(tmp_path).read_bytes()
    first = whole.index(b"\n") + 1
    for length in range(len(whole)):
        index_of(tmp_path).write_bytes(whole[:length])
        archive, kept = FileArchive(tmp_path, clock=FixedClock(START)), 1 if length >= first else 0
        assert archive.index(BOARD) == (tuple(lines[:kept]), first * kept)
        assert archive.last(BOARD) == (lines[0] if kept else None)
        assert [archive.keep(capture(b"%d" % n, n)) for n in range(2)] == lines
        assert index_of(tmp_path).read_bytes() == whole


def test_a_reader_continues_from_its_offset_after_the_torn_line_was_rewritten(tmp_path: Path) -> None:
    archive = FileArchive(tmp_path)
    first = archive.keep(capture(b"a"))
    with index_of(tmp_path).open("ab") as index:
        index.write(b'{"observed_at":"2026-04-10T01:0')
    lines, offset = archive.index(BOARD)
    second = archive.keep(capture(b"b", 1))
    assert (lines, archive.index(BOARD, offset)[0]) == ((first,), (second,))


def test_temporary_files_of_a_crashed_writer_are_ignored_and_removed(tmp_path: Path) -> None:
    archive = FileArchive(tmp_path)
    archive.keep(capture(b"a"))
    leftover = tmp_path / BOARD / "bodies" / f"{TEMPORARY}deadbeef"
    leftover.write_bytes(b"half")
    assert FileArchive(tmp_path).check(BOARD) == ()
    assert leftover.exists()
    archive.keep(capture(b"b", 1))
    assert not leftover.exists()


def test_the_next_keep_uses_a_body_that_lost_its_index_line(tmp_path: Path) -> None:
    archive = FileArchive(tmp_path)
    archive.keep(capture(b"a"))
    index_of(tmp_path).write_bytes(b"")
    assert FileArchive(tmp_path).keep(capture(b"a")).verdict is Verdict.NEW
    assert len(list(tmp_path.rglob("bodies/*"))) == 1


@pytest.mark.slow
def test_a_killed_writer_loses_nothing_that_it_reported(tmp_path: Path) -> None:
    reported: list[str] = []
    for attempt in range(8):
        process = writer(tmp_path, len(reported), 10_000)
        assert process.stdout
        reported.append(process.stdout.readline().strip())
        time.sleep(0.003 * attempt)
        process.send_signal(signal.SIGKILL)
        reported += process.stdout.read().split()
        process.wait()
        process.stdout.close()
        archive = FileArchive(tmp_path)
        kept = [line.sha256[0] for line in archive.index(BOARD)[0]]
        assert kept[: len(reported)] == reported
        assert len(kept) - len(reported) <= 1, "at most the line that it could no longer report"
        assert archive.check(BOARD) == ()
        reported = [str(sha256) for sha256 in kept]


@pytest.mark.slow
def test_two_writers_of_one_board_lose_nothing(tmp_path: Path) -> None:
    processes = [writer(tmp_path, 0, 30), writer(tmp_path, 15, 30)]
    for process in processes:
        process.communicate(timeout=60)
        assert process.returncode == 0
    archive = FileArchive(tmp_path)
    times = [line.observed_at for line in archive.index(BOARD)[0]]
    assert sorted(times) == [START + timedelta(hours=n) for n in range(45)]
    assert archive.check(BOARD) == ()
    assert len([path for path in tmp_path.rglob("bodies/*") if ".key-" in path.name]) == 1


def test_a_capture_is_on_the_disk_before_keep_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    FileArchive(tmp_path).keep(capture(b"a"))
    index, calls = index_of(tmp_path).stat().st_ino, []

    def recorded(name: str, call: Callable[..., object]) -> Callable[..., object]:
        def record(handle: int, *rest: object) -> object:
            calls.append((name, "index" if os.fstat(handle).st_ino == index else "body"))
            return call(handle, *rest)

        return record

    for name in ("write", "fsync"):
        monkeypatch.setattr(os, name, recorded(name, getattr(os, name)))
    FileArchive(tmp_path).keep(capture(b"b", 1))
    assert calls == [("fsync", "body"), ("fsync", "body"), ("write", "index"), ("fsync", "index")], (
        "the file, its folder, the line"
    )


def test_threads_share_one_archive(tmp_path: Path) -> None:
    archive, failures = FileArchive(tmp_path, patience_s=60), []

    def keep(first: int) -> None:
        try:
            for n in range(first, first + 10):
                body = b"%d" % n * 9000
                sha256 = archive.keep(capture(body, n)).sha256[0]
                assert archive.body(BOARD, sha256) == body
        except Exception as error:  # noqa: BLE001  # the assertion below reports it
            failures.append(error)

    threads = [threading.Thread(target=keep, args=(first,)) for first in (0, 5, 10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(archive.index(BOARD)[0]) == 20


def test_a_writer_waits_for_another_only_as_long_as_its_patience(tmp_path: Path) -> None:
    waited: list[float] = []
    archive = FileArchive(tmp_path, patience_s=1, sleep=waited.append)
    with (
        FileArchive(tmp_path)._locked(archive._folder(BOARD)),
        pytest.raises(StoreError, match="locked by another process for 1 s"),
    ):
        archive.note(BOARD, IndexLine(observed_at=START, url="u", verdict=Verdict.GONE))
    assert sum(waited) == pytest.approx(1, abs=POLL_S)
    assert archive.index(BOARD) == ((), 0)


PRUNER = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from tracker.model import BoardId
from tracker.stores.archive import FileArchive

left = int(sys.argv[2])

def count(event, arguments):
    global left
    if event in ("open", "os.remove") and sys.argv[1] in str(arguments[0]):
        left -= 1
        if not left:
            os.kill(os.getpid(), 9)

archive, board = FileArchive(Path(sys.argv[1])), BoardId("arena/text")
hashes = [line.sha256[0] for line in archive.index(board)[0][:4]]
sys.addaudithook(count)
archive.prune(board, hashes, datetime(2026, 5, 1, tzinfo=UTC), by="ann")
"""


@pytest.mark.slow
def test_a_prune_that_is_killed_at_any_step_leaves_a_sound_archive_and_is_completed(tmp_path: Path) -> None:
    ended = []
    for step in range(1, 12):
        root = tmp_path / str(step)
        archive = FileArchive(root, clock=FixedClock(START))
        lines = [archive.keep(capture(b"%d" % n, n)) for n in range(6)]
        command = [sys.executable, "-c", PRUNER, str(root), str(step)]
        ended.append(subprocess.run(command, env=os.environ | {"PYTHONPATH": str(CHECKOUT)}, check=False).returncode)
        again = FileArchive(root)
        assert again.check(BOARD) == ()
        is_noted = again.index(BOARD)[0][-1].verdict is Verdict.PRUNE
        again.prune(BOARD, () if is_noted else [line.sha256[0] for line in lines[:4]], START, by="ann")
        assert again.check(BOARD) == ()
        assert sorted(path.name[:64] for path in (root / BOARD / "bodies").iterdir()) == sorted(
            line.sha256[0] for line in lines[4:]
        )
    assert (ended[0], ended[5], ended[-1]) == (-signal.SIGKILL, -signal.SIGKILL, 0), "every step was tried"
