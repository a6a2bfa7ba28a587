"""The archive: every distinct body once per board, and an append-only index of fetches and decisions.

    <root>/roots.jsonl                      one root a day over the indexes of all boards
    <root>/<source>/<board>/index.jsonl     one JSON object per fetch or decision, in order of arrival
    <root>/<source>/<board>/index.jsonl.damaged-…   what it was before `restore_index`
    <root>/<source>/<board>/bodies/         one file per distinct body; its name states its encoding:
        <sha256>.raw                        as received
        <sha256>.zst                        zstd, alone
        <sha256>.key-<time>-<page>.zst      zstd, alone: a keyframe, with its time and its page of the capture
        <sha256>.on-<sha256>.zst            zstd, with that keyframe as a raw prefix

No body needs more than one other to be read. `FileArchive._squeeze` decides when to make a keyframe;
`bench/archive.py` measures the effect. Readers take no lock and never write, so they also work on a read-only disk.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from tracker.clock import SystemClock
from tracker.errors import StoreError
from tracker.model import Begun, BoardId, Capture, IndexLine, Sha256, Verdict, kept_and_pruned
from tracker.ports import Clock
from tracker.stores.archive import bodies, chain, disk, roots
from tracker.stores.archive.bodies import BodyListing, ReceivedBody, Recent, StoredBody, ZstdError
from tracker.stores.archive.disk import BoardFolder, disk_errors
from tracker.stores.archive.index import (
    CONTENT,
    append,
    decoded,
    encoded,
    existing_line,
    is_of,
    last_line,
    line_of,
    read_from,
    repair_end,
    restored,
)
from tracker.stores.locks import Taken, held, lock
from tracker.wording import machine_time

MAX_BYTES = 64_000_000
KEYFRAMES_IN_MEMORY, KEYFRAME_IN_MEMORY = 4, 8_000_000
"""The number kept, and the bytes of the largest."""
LISTINGS_IN_MEMORY = 4
"""Boards whose listing of bodies is kept in memory."""

log = logging.getLogger("tracker.stores")


class FileArchive:
    """Captures in files below `root`; fulfils `ports.Archive`. Threads and processes may share it.

    `max_bytes` bounds a body, written or read. `patience_s` is how long to wait for another writer of the board, `lease_s`
    for another holder of its lease. Every method raises StoreError if the disk, the archive or the board's id is at fault.
    """

    def __init__(
        self,
        root: Path,
        *,
        max_bytes: int = MAX_BYTES,
        level: int = bodies.LEVEL,
        patience_s: float = 30.0,
        lease_s: float = 600.0,
        sleep: Callable[[float], None] = time.sleep,
        clock: Clock | None = None,
    ) -> None:
        self._root = root
        self._max_bytes = max_bytes
        self._level = level
        self._patience_s = patience_s
        self._lease_s = lease_s
        self._sleep = sleep
        self._clock = clock or SystemClock()
        self._listings = Recent[BoardId, BodyListing](LISTINGS_IN_MEMORY)
        self._keyframes = Recent[tuple[BoardId, Sha256], bytes](KEYFRAMES_IN_MEMORY)

    def keep(self, capture: Capture, *, verdict: Verdict | None = None, error: str = "") -> IndexLine:
        folder = self._folder(capture.board)
        received = self._received(capture)
        hashes = tuple(body.sha256 for body in received)
        with disk_errors(folder.board, folder.index), self._locked(folder) as index:
            existing = existing_line(folder, index, capture.observed_at, hashes)
            line = existing or line_of(capture, hashes, last_line(folder, index), verdict=verdict, error=error)
            line = replace(line, received_at=self._clock.now()) if existing is None else line
            written = encoded(folder, line)  # before the bodies: a line that cannot be written leaves none behind
            for body in received:
                self._store(folder, body)
            if existing is None:
                append(index, written)
            return line

    def note(self, board: BoardId, line: IndexLine) -> None:
        folder = self._folder(board)
        if line.verdict in CONTENT:
            raise StoreError(f"{board}: a note has the verdict {line.verdict.value!r}, which needs bodies; use keep")
        written = encoded(folder, replace(line, received_at=self._clock.now()))
        with disk_errors(board, folder.index), self._locked(folder) as index:
            append(index, written)

    def lease(self, board: BoardId) -> AbstractContextManager[None]:
        folder = self._folder(board)
        path = self._root / ".locks" / folder.board.replace("/", "--")
        return held(path, patience_s=self._lease_s, sleep=self._sleep)

    def begin(self, board: BoardId, capture: Begun | None) -> None:
        path = self._begun(board)
        with disk_errors(board, path):
            if capture is None:
                path.unlink(missing_ok=True)
            else:  # not synced to the disk: it is for the death of a process, not of the machine
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(f"{capture.times} {capture.observed_at.isoformat()}", encoding="ascii")

    def begun(self, board: BoardId) -> Begun | None:
        path = self._begun(board)
        with disk_errors(board, path):
            try:
                times, _, at = disk.regular(path).read_text(encoding="ascii").partition(" ")
                return Begun(observed_at=datetime.fromisoformat(at), times=int(times))
            except (FileNotFoundError, ValueError):  # half written, or edited by hand
                return None

    def _begun(self, board: BoardId) -> Path:
        return self._root / ".locks" / f"{self._folder(board).board.replace('/', '--')}@begun"

    def boards(self) -> tuple[BoardId, ...]:
        with disk_errors("archive", self._root):
            names = (
                BoardId(f"{source.name}/{board.name}")
                for source in disk.folders_in(self._root)
                for board in disk.folders_in(source)
            )
            return tuple(sorted(board for board in names if disk.is_board(board) and disk.size_of(self._folder(board).index)))

    def index(self, board: BoardId, offset: int = 0) -> tuple[Sequence[IndexLine], int]:
        folder = self._folder(board)
        with disk_errors(board, folder.index):
            *lines, _torn = read_from(folder, offset).split(b"\n")
            return tuple(decoded(folder, raw) for raw in lines), offset + sum(map(len, lines)) + len(lines)

    def raw(self, board: BoardId, start: int, end: int | None = None) -> bytes:
        folder = self._folder(board)
        with disk_errors(board, folder.index):
            try:
                with disk.regular(folder.index).open("rb") as index:
                    index.seek(start)
                    return index.read() if end is None else index.read(end - start)
            except FileNotFoundError:
                return b""

    def restore_index(self, board: BoardId, known: bytes, *, drop: bool = False) -> int:
        folder = self._folder(board)
        with disk_errors(board, folder.index), self._locked(folder) as index:
            current = os.pread(index, os.fstat(index).st_size, 0)
            lines, lost = restored(folder, known, current, drop=drop)
            held = self._listing(folder, fresh=True).held
            known_lines = [decoded(folder, raw) for raw in lines]
            pruned = {sha256 for line in known_lines if line.verdict is Verdict.PRUNE for sha256 in line.sha256}
            gone = {raw for raw in lost if not held.keys() | pruned >= set(decoded(folder, raw).sha256)}
            if gone and not drop:
                time = machine_time(decoded(folder, min(gone)).observed_at)
                raise StoreError(
                    f"{board}: {folder.index} lacks the capture of {time}, which the history has, and its body is gone;"
                    f" restore captures from a newer copy, or give that state up with: tracker replay {board}"
                )
            start = b"" if gone else known  # without a known line, those behind it are linked to others
            former, bodies_of = known_lines[: known.count(b"\n")], held.keys() | pruned
            is_ours = [number < len(former) or is_of(line, former, bodies_of) for number, line in enumerate(known_lines)]
            later = [
                raw for number, raw in enumerate(lines) if number >= start.count(b"\n") and raw not in gone and is_ours[number]
            ]
            linked = [line + b"\n" for line in chain.relinked(later, start)]
            whole = start + b"".join(linked)
            if whole != current:
                disk.keep_copy(folder.index)
                disk.write_whole(folder.index, whole)
                log.warning("index restored", extra={"board": board, "lines": len(lost) - len(gone), "given_up": len(gone)})
            return len(start) or sum(map(len, linked[: known.count(b"\n") - len(gone)]))

    def last(self, board: BoardId) -> IndexLine | None:
        return self._latest(board, CONTENT)

    def newest(self, board: BoardId) -> datetime | None:
        line = self._latest(board, frozenset(Verdict))
        return line.observed_at if line else None

    def _latest(self, board: BoardId, verdicts: frozenset[Verdict]) -> IndexLine | None:
        """Read the index backwards, so that its length does not matter."""
        folder = self._folder(board)
        with disk_errors(board, folder.index):
            try:
                with disk.regular(folder.index).open("rb") as index:
                    return last_line(folder, index.fileno(), verdicts)
            except FileNotFoundError:
                return None

    def body(self, board: BoardId, sha256: Sha256) -> bytes:
        folder = self._folder(board)
        with disk_errors(board, folder.bodies):
            stored = self._find(folder, sha256)
            prefix = self._keyframe(folder, stored.keyframe) if stored.keyframe else b""
            return self._inflate(folder, stored, prefix)

    def check(self, board: BoardId) -> tuple[str, ...]:
        """The problems of a board's captures, one line each.

        Every line of the index must follow from those before it; every body that it names must exist and match its hash.
        """
        folder = self._folder(board)
        try:
            lines, _ = self.index(folder.board)
        except StoreError as error:
            return (str(error),)
        text = read_from(folder, 0)
        problems = dict.fromkeys(
            f"{board}: {folder.index}: {problem}; to restore it: tracker replay {board}"
            for problem in chain.walk(text).problems.values()
        )
        kept, _ = kept_and_pruned(lines)
        named = (sha256 for line in kept if line.verdict is not Verdict.PRUNE for sha256 in line.sha256)
        for sha256 in dict.fromkeys(named):
            try:
                self.body(board, sha256)
            except StoreError as error:
                problems[str(error)] = None  # a damaged keyframe is reported once, however many bodies need it
        return tuple(problems)

    def with_keyframes(self, board: BoardId, hashes: Iterable[Sha256]) -> frozenset[Sha256]:
        """These bodies, and those without which they cannot be read."""
        held, wanted = self._listing(self._folder(board), fresh=True).held, frozenset(hashes)
        return wanted.union(key for sha256 in wanted if (stored := held.get(sha256)) and (key := stored.keyframe))

    def size(self, board: BoardId, hashes: Iterable[Sha256]) -> int:
        """The bytes of the files of these bodies."""
        held = self._listing(self._folder(board), fresh=True).held
        return sum(disk.size_of(held[sha256].path) for sha256 in hashes if sha256 in held)

    def prune(self, board: BoardId, hashes: Iterable[Sha256], now: datetime, *, by: str) -> None:
        """Note that these bodies are deleted, then delete them, and what an earlier prune that was cut off has left.

        A body that another one needs stays, and so does one that came again later.
        """
        folder = self._folder(board)
        line = IndexLine(observed_at=now, url="", verdict=Verdict.PRUNE, sha256=tuple(sorted(hashes)), by=by, received_at=now)
        with disk_errors(board, folder.index), self._locked(folder) as index:
            if line.sha256:
                append(index, encoded(folder, line))
            lines, _ = kept_and_pruned(self.index(board)[0])
            pruned = {sha256 for line in lines if line.verdict is Verdict.PRUNE for sha256 in line.sha256}
            kept = {sha256 for line in lines if line.verdict is not Verdict.PRUNE for sha256 in line.sha256}
            held = self._listing(folder, fresh=True).held
            needed = self.with_keyframes(board, held.keys() - pruned | kept)
            for sha256 in sorted(pruned & held.keys() - needed):
                held[sha256].path.unlink()
            disk.sync_folder(folder.bodies)

    def seal(self, now: datetime) -> None:
        """Note the root of all boards, unless one of the same day (UTC) is noted."""
        path = self._root / roots.NAME
        with disk_errors("archive", path):
            if not self._root.is_dir() or not roots.is_due(path, now):
                return
            with held(self._root / ".locks" / roots.NAME, patience_s=self._patience_s, sleep=self._sleep):
                if roots.is_due(path, now):
                    roots.add(path, self.heads(), now)

    def audit(self) -> tuple[str, ...]:
        """The problems of all boards, and what the roots contradict, one line each."""
        problems = [problem for board in self.boards() for problem in self.check(board)]
        with disk_errors("archive", self._root):
            return (*problems, *roots.problems(self._root / roots.NAME, self._walks()))

    def indices(self) -> dict[BoardId, bytes]:
        """The index of each board as written."""
        return {board: read_from(self._folder(board), 0) for board in self.boards()}

    def heads(self) -> dict[str, chain.Head]:
        """The head of the chain of each board's index; `chain.root` of them is the root of the archive."""
        return {board: walk.head for board, walk in self._walks().items()}

    def _walks(self) -> dict[str, chain.Walk]:
        return {board: chain.walk(text) for board, text in self.indices().items()}

    def _received(self, capture: Capture) -> tuple[ReceivedBody, ...]:
        if not capture.bodies:
            raise StoreError(f"{capture.board}: a capture has no body, expected at least one; use note")
        if capture.observed_at.tzinfo is None:
            raise StoreError(f"{capture.board}: observed_at {capture.observed_at} has no time zone; make it UTC")
        if (largest := max(map(len, capture.bodies))) > self._max_bytes:
            raise StoreError(f"{capture.board}: body of {largest} bytes, expected at most {self._max_bytes}; raise max_bytes")
        return tuple(
            ReceivedBody(sha256=bodies.sha256_of(body), body=body, at=capture.observed_at, page=page)
            for page, body in enumerate(capture.bodies)
        )

    def _store(self, folder: BoardFolder, received: ReceivedBody) -> None:
        """Write the body unless it is stored. The index is locked, so nobody else writes here."""
        listing = self._listing(folder)
        for leftover in listing.leftovers:  # of a writer that crashed
            leftover.unlink(missing_ok=True)
        listing = self._listing(folder, fresh=True) if listing.leftovers else listing
        if received.sha256 in listing.held:
            return
        ending, squeezed = self._squeeze(folder, listing, received)
        path = folder.bodies / f"{received.sha256}{ending}"
        disk.write_whole(path, squeezed)
        held = {**listing.held, **bodies.stored_bodies((path,))}
        self._listings.put(folder.board, BodyListing(stamp=disk.modified_at_ns(folder.bodies), held=held))

    def _squeeze(self, folder: BoardFolder, listing: BodyListing, received: ReceivedBody) -> tuple[str, bytes]:
        """The end of the body's file name, and the file's content.

        A large body is stored against the nearest keyframe; if that saves too little, it becomes a keyframe itself. So a new
        keyframe follows a redesign of the page. One per week took 1.6 times the bytes on a real series of uneven gaps.
        """
        if len(received.body) < bodies.SMALL:
            alone = bodies.compressed(received.body, b"", self._level)
            return (".zst", alone) if len(alone) < len(received.body) else (".raw", received.body)
        keyframe, prefix = self._nearest(folder, listing, received)
        if keyframe:
            squeezed = bodies.compressed(received.body, prefix, self._level)
            if len(squeezed) / len(received.body) <= bodies.WORTH * keyframe.path.stat().st_size / len(prefix):
                return f".on-{keyframe.sha256}.zst", squeezed
        return f".key-{bodies.time_text(received.at)}-{received.page}.zst", bodies.compressed(received.body, b"", self._level)

    def _nearest(self, folder: BoardFolder, listing: BodyListing, received: ReceivedBody) -> tuple[StoredBody | None, bytes]:
        """The keyframe nearest in page, then in time, and its body; None if none is readable.

        None also if other bodies need this one (its file was lost): a keyframe must be stored alone.
        """
        stored = listing.held.values()
        if any(body.keyframe == received.sha256 for body in stored):
            return None, b""
        keyframes = [(abs(key.page - received.page), abs(key.at - received.at), key.sha256) for key in stored if key.at]
        if not keyframes:
            return None, b""
        nearest = listing.held[min(keyframes)[-1]]
        try:
            return nearest, self._keyframe(folder, nearest.sha256)
        except (StoreError, OSError):
            return None, b""  # `check` reports it; a damaged old keyframe must not stop new captures

    def _keyframe(self, folder: BoardFolder, sha256: Sha256) -> bytes:
        body = self._keyframes.get((folder.board, sha256))
        if body is None:
            stored = self._find(folder, sha256)
            if stored.keyframe:
                raise bodies.damaged(folder, stored, "a keyframe that needs another one")
            body = self._inflate(folder, stored, b"")
            if len(body) <= KEYFRAME_IN_MEMORY:
                self._keyframes.put((folder.board, sha256), body)
        return body

    def _inflate(self, folder: BoardFolder, stored: StoredBody, prefix: bytes) -> bytes:
        limit = self._max_bytes + self._max_bytes // 128 + 1024  # zstd adds at most 1/256 to incompressible bytes
        if (size := stored.path.stat().st_size) > limit:
            raise bodies.damaged(folder, stored, f"file of {size} bytes, expected at most {limit}")
        try:
            body = bodies.decompressed(stored, prefix, self._max_bytes)
        except ZstdError as error:
            raise bodies.damaged(folder, stored, str(error)) from error
        if (actual := bodies.sha256_of(body)) != stored.sha256:
            raise bodies.damaged(folder, stored, f"sha256 {actual}")
        return body

    def _folder(self, board: BoardId) -> BoardFolder:
        if not disk.is_board(board):
            raise StoreError(f"board {board!r} is not an id, expected <source>/<board> of a-z 0-9 . _ -; rename its TOML file")
        root = self._root / board
        return BoardFolder(board=board, index=root / "index.jsonl", bodies=root / "bodies")

    def _find(self, folder: BoardFolder, sha256: Sha256) -> StoredBody:
        listing = self._listing(folder)
        if sha256 not in listing.held:
            listing = self._listing(folder, fresh=True)  # the folder may have changed within one tick of the clock
        if sha256 not in listing.held:
            lines = reversed(self.index(folder.board)[0])
            if at := next((line.observed_at for line in lines if line.verdict is Verdict.PRUNE and sha256 in line.sha256), None):
                raise StoreError(
                    f"{folder.board}: body {sha256} was deleted by tracker prune at {machine_time(at)}; nothing is wrong"
                )
            raise StoreError(
                f"{folder.board}: body {sha256} is missing in {folder.bodies}; restore it from a copy of the archive,"
                " or import that state again"
            )
        return listing.held[sha256]

    def _listing(self, folder: BoardFolder, *, fresh: bool = False) -> BodyListing:
        stamp = disk.modified_at_ns(folder.bodies)
        known = self._listings.get(folder.board)
        if known is None or fresh or known.stamp != stamp:
            known = bodies.listing_of(folder, stamp)
            self._listings.put(folder.board, known)
        return known

    @contextmanager
    def _locked(self, folder: BoardFolder) -> Iterator[int]:
        """The index, open for appending, with a complete last line, and locked within the block."""
        disk.make_folder(folder.bodies)
        index = os.open(disk.regular(folder.index), os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            if not lock(index, self._patience_s, self._sleep):
                raise Taken(
                    f"{folder.board}: {folder.index} found locked by another process for {self._patience_s:g} s;"
                    " end that process or try later"
                )
            if not disk.is_file(folder.index, index):
                raise Taken(f"{folder.board}: {folder.index} was restored by another process; run this again")
            if not os.fstat(index).st_size:
                disk.sync_folder(folder.index.parent)
            repair_end(index)
            yield index
        finally:
            os.close(index)  # this releases the lock
