"""The archive: every distinct body once per board, and an append-only index of fetches and decisions.

    <root>/<source>/<board>/index.jsonl     one JSON object per fetch or decision, in order of arrival
    <root>/<source>/<board>/bodies/         one file per distinct body; its name tells how to read it:
        <sha256>.raw                        as received
        <sha256>.zst                        zstd, alone
        <sha256>.key-<time>-<page>.zst      zstd, alone: a keyframe, observed at that time as that page of its capture
        <sha256>.on-<sha256>.zst            zstd, with that keyframe as a raw prefix

There are no chains: any body is read with at most one other. When a keyframe is made: `FileArchive._squeeze`;
what it is worth: `bench/archive.py`. Readers take no lock and never write, so an archive on a read-only disk can be read.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path

from tracker.errors import StoreError
from tracker.model import BoardId, Capture, IndexLine, Sha256, Verdict
from tracker.stores.archive.bodies import (
    LEVEL,
    SMALL,
    WORTH,
    _compress,
    _contents,
    _damaged,
    _Held,
    _named,
    _Received,
    _Recent,
    _scan,
    _sha256,
    _Shelf,
    _stated,
    zstd,
)
from tracker.stores.archive.disk import (
    LOCK_POLL_S,
    _disk,
    _folders,
    _is_board,
    _lock,
    _make_folder,
    _Place,
    _size,
    _stamp,
    _sync_folder,
    _write_whole,
)
from tracker.stores.archive.index import CONTENT, _append, _from, _last, _line, _mend, _read, _standing, _written
from tracker.stores.locks import Taken
from tracker.stores.locks import held as lock_held

MAX_BYTES = 64_000_000
KEYFRAMES_IN_MEMORY = 4
SHELVES_IN_MEMORY = 4
"""Of so many boards it is remembered which bodies there are; of others the folder is listed again."""


class FileArchive:
    """Captures in files below `root`; fulfils `ports.Archive`. Safe to use from several threads and processes.

    `max_bytes` bounds a body, kept or read. `patience_s` is how long to wait for another writer of the same board,
    `lease_s` for another that has the board's lease; `sleep` waits between two tries. Every method raises StoreError, in one line, when the disk, the archive or the
    board's id is at fault.
    """

    def __init__(
        self,
        root: Path,
        *,
        max_bytes: int = MAX_BYTES,
        level: int = LEVEL,
        patience_s: float = 30.0,
        lease_s: float = 600.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._root = root
        self._max_bytes = max_bytes
        self._level = level
        self._patience_s = patience_s
        self._lease_s = lease_s
        self._sleep = sleep
        self._shelves: dict[BoardId, _Shelf] = {}
        self._recent = _Recent(KEYFRAMES_IN_MEMORY)

    # ── writing ──────────────────────────────────────────────────────────────────────────────────

    def keep(self, capture: Capture, *, verdict: Verdict | None = None, error: str = "") -> IndexLine:
        """Store the bodies not yet held and append one line: `new`, or `revisit` for the bodies of the last content line.

        What a server sent with an error is kept under the `verdict` given, with the `error` in our words.

        Keeping a capture again appends nothing and returns the line that stands; it does write bodies
        that have gone missing since.

        Raises:
            StoreError: there is no body, one is larger than `max_bytes`, or the index has other
                bodies for this very `observed_at`.
        """
        place = self._place(capture.board)
        received = self._received(capture)
        hashes = tuple(one.sha256 for one in received)
        with _disk(place.board, place.index), self._locked(place) as index:
            standing = _standing(place, index, capture.observed_at, hashes)
            line = standing or _line(capture, hashes, _last(place, index), verdict=verdict, error=error)
            written = _written(place, line)  # before the bodies: a line that cannot be written leaves none behind
            for one in received:
                self._store(place, one)
            if standing is None:
                _append(index, written)
            return line

    def note(self, board: BoardId, line: IndexLine) -> None:
        """Append a line that brings no new body: 304, a failed fetch, a person's decision.

        Raises:
            StoreError: the line's verdict is `new` or `revisit`, which only `keep` writes.
        """
        place = self._place(board)
        if line.verdict in CONTENT:
            raise StoreError(f"{board}: a note found with verdict {line.verdict.value!r}, which needs its bodies; use keep")
        written = _written(place, line)
        with _disk(board, place.index), self._locked(place) as index:
            _append(index, written)

    def lease(self, board: BoardId) -> AbstractContextManager[None]:
        """Within the block nobody else, in whatever process, brings captures of the board in or settles its history."""
        place = self._place(board)
        path = self._root / ".locks" / place.board.replace("/", "--")
        return lock_held(path, patience_s=self._lease_s, sleep=self._sleep)

    # ── reading ──────────────────────────────────────────────────────────────────────────────────

    def boards(self) -> tuple[BoardId, ...]:
        """Boards with an index that is not empty, sorted."""
        with _disk("archive", self._root):
            names = (BoardId(f"{source.name}/{board.name}") for source in _folders(self._root) for board in _folders(source))
            return tuple(sorted(board for board in names if _is_board(board) and _size(self._place(board).index)))

    def index(self, board: BoardId, offset: int = 0) -> tuple[Sequence[IndexLine], int]:
        """The lines that stand after `offset` bytes of the index, in file order, and the offset behind the last whole one.

        A torn last line (a crash, or another process writing) is left out: the offset stays before it.
        A board without an index has no lines.

        Raises:
            StoreError: a line is damaged (its number is told), or `offset` is not where a line begins.
        """
        place = self._place(board)
        with _disk(board, place.index):
            *lines, _torn = _from(place, offset).split(b"\n")
            return tuple(_read(place, raw) for raw in lines), offset + sum(map(len, lines)) + len(lines)

    def last(self, board: BoardId) -> IndexLine | None:
        """The latest line that brought content, None if there is none: whose validators to send, what a 304 stands for.

        Reads the index backwards, so that its length does not matter.
        """
        return self._latest(board, CONTENT)

    def newest(self, board: BoardId) -> datetime | None:
        """When the line that stands last in the index was observed."""
        line = self._latest(board, frozenset(Verdict))
        return line.observed_at if line else None

    def _latest(self, board: BoardId, verdicts: frozenset[Verdict]) -> IndexLine | None:
        place = self._place(board)
        with _disk(board, place.index):
            try:
                index = os.open(place.index, os.O_RDONLY)
            except FileNotFoundError:
                return None
            try:
                return _last(place, index, verdicts)
            finally:
                os.close(index)

    def body(self, board: BoardId, sha256: Sha256) -> bytes:
        """The body of that hash, verified.

        Raises:
            StoreError: it is missing, damaged, or larger than `max_bytes`.
        """
        place = self._place(board)
        with _disk(board, place.bodies):
            held = self._find(place, sha256)
            prefix = self._keyframe(place, held.keyframe) if held.keyframe else b""
            return self._inflate(place, held, prefix)

    def check(self, board: BoardId) -> tuple[str, ...]:
        """What is wrong with a board's captures, a line each: every body the index names must be there and be itself."""
        place = self._place(board)
        try:
            lines, _ = self.index(place.board)
        except StoreError as error:
            return (str(error),)
        problems: dict[str, None] = {}
        for sha256 in dict.fromkeys(sha256 for line in lines for sha256 in line.sha256):
            try:
                self.body(board, sha256)
            except StoreError as error:
                problems[str(error)] = None  # a keyframe is named once, however many bodies need it
        return tuple(problems)

    # ── bodies ───────────────────────────────────────────────────────────────────────────────────

    def _received(self, capture: Capture) -> tuple[_Received, ...]:
        if not capture.bodies:
            raise StoreError(f"{capture.board}: a capture found without a body, expected at least one; use note")
        if capture.observed_at.tzinfo is None:
            raise StoreError(f"{capture.board}: observed_at {capture.observed_at} found without a time zone; make it UTC")
        if (largest := max(map(len, capture.bodies))) > self._max_bytes:
            raise StoreError(f"{capture.board}: body of {largest} bytes, expected at most {self._max_bytes}; raise max_bytes")
        return tuple(
            _Received(sha256=_sha256(body), body=body, at=capture.observed_at, page=page)
            for page, body in enumerate(capture.bodies)
        )

    def _store(self, place: _Place, one: _Received) -> None:
        """Write the body unless it is held. The index is locked, so nobody else writes here."""
        shelf = self._swept(place)
        if one.sha256 in shelf.held:
            return
        ending, squeezed = self._squeeze(place, shelf, one)
        path = place.bodies / f"{one.sha256}{ending}"
        _write_whole(path, squeezed)
        self._put_shelf(place, _Shelf(stamp=_stamp(place.bodies), held={**shelf.held, **_named((path,))}))

    def _squeeze(self, place: _Place, shelf: _Shelf, one: _Received) -> tuple[str, bytes]:
        """How the body's file name ends, and what the file holds.

        A large body is written against the nearest keyframe; where that does not save enough, it becomes a
        keyframe itself. So a new one is made when the page is built anew and not when a week is over (which took
        1.6 times the bytes on a real series of uneven gaps), and the order of arrival matters little.
        """
        if len(one.body) < SMALL:
            alone = _compress(one.body, b"", self._level)
            return (".zst", alone) if len(alone) < len(one.body) else (".raw", one.body)
        keyframe, prefix = self._nearest(place, shelf, one)
        if keyframe:
            squeezed = _compress(one.body, prefix, self._level)
            if len(squeezed) / len(one.body) <= WORTH * keyframe.path.stat().st_size / len(prefix):
                return f".on-{keyframe.sha256}.zst", squeezed
        return f".key-{_stated(one.at)}-{one.page}.zst", _compress(one.body, b"", self._level)

    def _nearest(self, place: _Place, shelf: _Shelf, one: _Received) -> tuple[_Held | None, bytes]:
        """The keyframe nearest in page, then in time, and its body; None where there is none that can be read.

        None, too, if other bodies need this one (its file was lost): a keyframe must stand alone.
        """
        if any(held.keyframe == one.sha256 for held in shelf.held.values()):
            return None, b""
        keyframes = [(abs(held.page - one.page), abs(held.at - one.at), held.sha256) for held in shelf.held.values() if held.at]
        if not keyframes:
            return None, b""
        nearest = shelf.held[min(keyframes)[-1]]
        try:
            return nearest, self._keyframe(place, nearest.sha256)
        except (StoreError, OSError):
            return None, b""  # `check` tells of it; a damaged old keyframe must not stop the board from being kept

    def _keyframe(self, place: _Place, sha256: Sha256) -> bytes:
        body = self._recent.get(place.board, sha256)
        if body is None:
            held = self._find(place, sha256)
            if held.keyframe:
                raise _damaged(place, held, "a keyframe that needs another one")
            body = self._inflate(place, held, b"")
            self._recent.put(place.board, sha256, body)
        return body

    def _inflate(self, place: _Place, held: _Held, prefix: bytes) -> bytes:
        limit = self._max_bytes + self._max_bytes // 128 + 1024  # zstd adds at most 1/256 to what cannot be squeezed
        if (size := held.path.stat().st_size) > limit:
            raise _damaged(place, held, f"file of {size} bytes, expected at most {limit}")
        try:
            body = _contents(held, prefix, self._max_bytes)
        except zstd.ZstdError as error:
            raise _damaged(place, held, str(error)) from error
        if (found := _sha256(body)) != held.sha256:
            raise _damaged(place, held, f"sha256 {found}")
        return body

    # ── folders ──────────────────────────────────────────────────────────────────────────────────

    def _place(self, board: BoardId) -> _Place:
        if not _is_board(board):
            raise StoreError(f"board {board!r} is no id, expected <source>/<board> of a-z 0-9 . _ -; rename its TOML file")
        folder = self._root / board
        return _Place(board=board, index=folder / "index.jsonl", bodies=folder / "bodies")

    def _find(self, place: _Place, sha256: Sha256) -> _Held:
        shelf = self._shelf(place)
        if sha256 not in shelf.held:
            shelf = self._shelf(place, fresh=True)  # a clock tick may hide a change in the folder
        if sha256 not in shelf.held:
            raise StoreError(
                f"{place.board}: body {sha256} is missing in {place.bodies}; restore it from a copy of the archive,"
                " or import that state again"
            )
        return shelf.held[sha256]

    def _shelf(self, place: _Place, *, fresh: bool = False) -> _Shelf:
        stamp = _stamp(place.bodies)
        known = self._shelves.get(place.board)
        if known is None or fresh or known.stamp != stamp:
            known = _scan(place, stamp)
            self._put_shelf(place, known)
        return known

    def _put_shelf(self, place: _Place, shelf: _Shelf) -> None:
        """Remember a shelf, and forget the one that was put longest ago: a service that runs for a year must not grow with its archive."""
        self._shelves.pop(place.board, None)
        self._shelves[place.board] = shelf
        while len(self._shelves) > SHELVES_IN_MEMORY:
            self._shelves.pop(next(iter(self._shelves)), None)

    def _swept(self, place: _Place) -> _Shelf:
        """The shelf, after what a crashed writer left behind is gone. The index is locked."""
        shelf = self._shelf(place)
        for leftover in shelf.leftovers:
            leftover.unlink(missing_ok=True)
        return self._shelf(place, fresh=True) if shelf.leftovers else shelf

    @contextmanager
    def _locked(self, place: _Place) -> Iterator[int]:
        """The index, open for appending, whole to its last line, and ours alone until the end."""
        _make_folder(place.bodies)
        index = os.open(place.index, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            self._wait_for(place, index)
            if not os.fstat(index).st_size:
                _sync_folder(place.index.parent)
            _mend(index)
            yield index
        finally:
            os.close(index)  # this gives the lock back

    def _wait_for(self, place: _Place, index: int) -> None:
        for _ in range(int(self._patience_s / LOCK_POLL_S) + 1):
            if _lock(index):
                return
            self._sleep(LOCK_POLL_S)
        raise Taken(
            f"{place.board}: {place.index} found locked by another process for {self._patience_s:g} s;"
            " end that process or try later"
        )
