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

import errno
import fcntl
import os
import re
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from hashlib import sha256 as hash_of
from pathlib import Path
from typing import Annotated

import msgspec

from tracker.errors import StoreError
from tracker.model import BoardId, Capture, IndexLine, Sha256, Verdict
from tracker.stores.locks import Taken
from tracker.stores.locks import held as lock_held

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LEVEL = 6
"""Measured by `bench/archive.py`: level 7 takes a fifth more time for 4 % fewer bytes, level 4 keeps 2.6 times the bytes."""
SMALL = 16 * 1024
"""Bodies below stand alone: a keyframe would save too little to be worth a second file."""
MAX_BYTES = 64_000_000
WORTH = 0.5
"""A body is written against a keyframe when that takes at most this share of what it would take alone."""
MIN_MATCH = 6
"""Short matches only cost: the text of a board repeats in whole cells and rows (−9 % bytes in the same time)."""
KEYFRAMES_IN_MEMORY = 4
SHELVES_IN_MEMORY = 4
"""Of so many boards it is remembered which bodies there are; of others the folder is listed again."""

BLOCK = 64 * 1024
LOCK_POLL_S = 0.02
TEMPORARY = ".tmp-"
TIME = "%Y%m%dT%H%M%SZ"
CONTENT = frozenset({Verdict.NEW, Verdict.REVISIT})

_BOARD = re.compile(r"[a-z0-9._-]+/[a-z0-9._-]+")
_BODY = re.compile(
    r"(?P<sha256>[0-9a-f]{64})\."
    r"(?:raw|(?:key-(?P<at>[0-9]{8}T[0-9]{6}Z)-(?P<page>[0-9]{1,6})\.|on-(?P<keyframe>[0-9a-f]{64})\.)?zst)"
)
_REMEDIES = {
    errno.ENOSPC: "free some space and run again, nothing half-written is referenced",
    errno.EDQUOT: "raise the quota or free some space and run again, nothing half-written is referenced",
    errno.EROFS: "the disk is read-only, mount it writable or name another --store",
    errno.EACCES: "make it accessible to this user or name another --store",
    errno.EPERM: "make it accessible to this user or name another --store",
}


class _Line(msgspec.Struct, omit_defaults=True, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """An `IndexLine` as the index writes it, in this order of keys."""

    observed_at: Annotated[datetime, msgspec.Meta(tz=True)]
    url: str
    verdict: Verdict
    status: int = 0
    sha256: tuple[Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")], ...] = ()
    etag: str | None = None
    last_modified: str | None = None
    content_type: str = ""
    error: str = ""
    by: str = ""
    reason: str = ""
    parts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.verdict in CONTENT and not self.sha256:
            raise ValueError(f"verdict {self.verdict} without a body's sha256")


_NAMES = tuple(one.name for one in fields(IndexLine))
_DECODER = msgspec.json.Decoder(_Line)
_UNREADABLE = (ValueError, OverflowError, RecursionError)
"""What msgspec raises on hostile text; its own errors and those of Unicode are ValueErrors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a board's captures are kept."""

    board: BoardId
    index: Path
    bodies: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class _Received:
    """One body of a capture: as which page of it, and when, it was observed."""

    sha256: Sha256
    body: bytes
    at: datetime
    page: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """A body's file. `at` is set for a keyframe, `keyframe` for a body that needs one."""

    path: Path
    sha256: Sha256
    at: datetime | None = None
    page: int = 0
    keyframe: Sha256 | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shelf:
    """What a board's folder of bodies held when its modification time was `stamp`."""

    stamp: int
    held: Mapping[Sha256, _Held]
    leftovers: tuple[Path, ...] = ()


class _Recent:
    """The keyframes used last, so that reading or writing a series inflates its keyframe once."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._bodies: dict[tuple[BoardId, Sha256], bytes] = {}
        self._lock = threading.Lock()

    def get(self, board: BoardId, sha256: Sha256) -> bytes | None:
        with self._lock:
            body = self._bodies.pop((board, sha256), None)
            if body is not None:
                self._bodies[board, sha256] = body
            return body

    def put(self, board: BoardId, sha256: Sha256, body: bytes) -> None:
        with self._lock:
            self._bodies[board, sha256] = body
            while len(self._bodies) > self._size:
                del self._bodies[next(iter(self._bodies))]


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


# ── the index ────────────────────────────────────────────────────────────────────────────────────


def _line(
    capture: Capture, hashes: tuple[Sha256, ...], before: IndexLine | None, *, verdict: Verdict | None, error: str
) -> IndexLine:
    seen = Verdict.REVISIT if before and before.sha256 == hashes else Verdict.NEW
    return IndexLine(
        observed_at=capture.observed_at,
        url=capture.url,
        verdict=verdict or seen,
        error=error,
        status=capture.status,
        sha256=hashes,
        etag=capture.validators.etag,
        last_modified=capture.validators.last_modified,
        content_type=capture.content_type,
        parts=capture.parts,
    )


def _written(place: _Place, line: IndexLine) -> bytes:
    """The line as the index holds it, proven readable."""
    try:
        if line.observed_at.tzinfo is None:
            raise ValueError("observed_at has no time zone")
        values = {name: getattr(line, name) for name in _NAMES} | {"observed_at": line.observed_at.astimezone(UTC)}
        written = msgspec.json.encode(_Line(**values))
        _DECODER.decode(written)
    except _UNREADABLE as error:
        raise StoreError(f"{place.board}: an index line cannot be written: {error}; correct the capture or note") from error
    return written + b"\n"


def _read(place: _Place, raw: bytes) -> IndexLine:
    try:
        return IndexLine(**msgspec.structs.asdict(_DECODER.decode(raw)))
    except _UNREADABLE as error:
        number = [*place.index.read_bytes().split(b"\n"), raw].index(raw) + 1
        raise StoreError(
            f"{place.board}: {place.index}: line {number} is damaged ({error}), found {raw[:60]!r};"
            " restore the file from a copy of the archive, or correct that line"
        ) from error


def _standing(place: _Place, index: int, observed_at: datetime, hashes: tuple[Sha256, ...]) -> IndexLine | None:
    """The content line of that time, if the index has it. Raises StoreError when it is about other bodies."""
    for raw in _lines_at(index, observed_at):
        line = _read(place, raw)
        if line.verdict in CONTENT and line.sha256 != hashes:
            raise StoreError(
                f"{place.board}: {observed_at.isoformat()} found in the index with body {line.sha256[0]}, expected {hashes[0]};"
                " a board shows one state at a time, correct the time of this capture"
            )
        if line.verdict in CONTENT:
            return line
    return None


def _lines_at(index: int, observed_at: datetime) -> Iterator[bytes]:
    """The lines of that time. Found as text, which costs 0.1 ms per 1,000 lines and not 7."""
    text = os.pread(index, os.fstat(index).st_size, 0)
    begin = msgspec.json.encode({"observed_at": observed_at.astimezone(UTC)})[:-1]  # inside a text the quotes are escaped
    start = text.find(begin)
    while start >= 0:
        end = text.index(b"\n", start)
        yield text[start:end]
        start = text.find(begin, end)


def _last(place: _Place, index: int, verdicts: frozenset[Verdict] = CONTENT) -> IndexLine | None:
    lines = (_read(place, raw) for raw in _lines_back(index))
    return next((line for line in lines if line.verdict in verdicts), None)


def _lines_back(index: int, block: int = BLOCK) -> Iterator[bytes]:
    """The whole lines, last first, read a block at a time."""
    end = _end(index, block)
    if not end:
        return
    start, rest = end - 1, b""
    while start:
        length = min(start, block)
        start -= length
        rest, *lines = (os.pread(index, length, start) + rest).split(b"\n")
        yield from reversed(lines)
    yield rest


def _end(index: int, block: int = BLOCK) -> int:
    """The offset behind the last whole line."""
    start = os.fstat(index).st_size
    while start:
        length = min(start, block)
        start -= length
        found = os.pread(index, length, start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
    return 0


def _from(place: _Place, offset: int) -> bytes:
    """The index from that offset, which must be where a line begins."""
    try:
        with place.index.open("rb") as index:
            index.seek(max(offset - 1, 0))
            before, text = index.read(1 if offset else 0), index.read()
    except FileNotFoundError:
        before, text = b"", b""
    if offset and before != b"\n":
        raise StoreError(
            f"{place.board}: no line of {place.index} begins at byte {offset}; the index was replaced, read it from 0"
        )
    return text


def _append(index: int, written: bytes) -> None:
    """Write the line at once and durably, or leave the index as it was."""
    size = os.fstat(index).st_size
    try:
        if os.write(index, written) != len(written):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))  # noqa: TRY301 - as the next write would
        os.fsync(index)
    except OSError:
        os.ftruncate(index, size)
        raise


def _mend(index: int) -> None:
    """End a last line that lacks only its newline, cut off one that a crash tore."""
    end, size = _end(index), os.fstat(index).st_size
    if end == size:
        return
    try:
        _DECODER.decode(os.pread(index, size - end, end))
    except _UNREADABLE:
        os.ftruncate(index, end)
    else:
        os.write(index, b"\n")


# ── bodies ───────────────────────────────────────────────────────────────────────────────────────


def _sha256(body: bytes) -> Sha256:
    return Sha256(hash_of(body).hexdigest())


def _window(length: int) -> int:
    """The smallest window that covers that many bytes, within what zstd can do."""
    low, high = zstd.CompressionParameter.window_log.bounds()
    return min(max(length.bit_length(), low), high)


def _compress(body: bytes, prefix: bytes, level: int) -> bytes:
    options: dict[int, int] = {
        zstd.CompressionParameter.compression_level: level,
        zstd.CompressionParameter.window_log: _window(len(prefix) + len(body)),
        zstd.CompressionParameter.min_match: MIN_MATCH,
    }
    return zstd.compress(body, options=options, zstd_dict=zstd.ZstdDict(prefix, is_raw=True).as_prefix if prefix else None)


def _contents(held: _Held, prefix: bytes, max_bytes: int) -> bytes:
    """What the file holds, inflated no further than `max_bytes`. Raises ZstdError."""
    stored = held.path.read_bytes()
    if held.path.suffix == ".raw":
        return stored
    inflater = zstd.ZstdDecompressor(
        zstd_dict=zstd.ZstdDict(prefix, is_raw=True).as_prefix if prefix else None,
        options={zstd.DecompressionParameter.window_log_max: _window(len(prefix) + max_bytes)},
    )
    body = inflater.decompress(stored, max_length=max_bytes + 1)
    if len(body) > max_bytes:
        raise zstd.ZstdError(f"more than {max_bytes} bytes inflated")
    if not inflater.eof or inflater.unused_data:
        raise zstd.ZstdError("cut off" if not inflater.eof else "followed by other bytes")
    return body


def _stated(at: datetime) -> str:
    return at.astimezone(UTC).strftime(TIME).rjust(16, "0")  # glibc writes the year 999 in three digits


def _time(stated: str | None) -> datetime | None:
    """None for an impossible time, too: such a body is read as any other, and no longer chosen as a keyframe."""
    try:
        return datetime.strptime(stated, TIME).replace(tzinfo=UTC) if stated else None
    except ValueError:
        return None


def _named(paths: Iterable[Path]) -> dict[Sha256, _Held]:
    """What the names of those files say; files that hold no body are left out."""
    held = {}
    for path in paths:
        if named := _BODY.fullmatch(path.name):
            sha256 = Sha256(named["sha256"])
            held[sha256] = _Held(
                path=path,
                sha256=sha256,
                at=_time(named["at"]),
                page=int(named["page"] or 0),
                keyframe=Sha256(named["keyframe"]) if named["keyframe"] else None,
            )
    return held


def _damaged(place: _Place, held: _Held, found: str) -> StoreError:
    return StoreError(
        f"{place.board}: body {held.sha256} is damaged ({held.path}: {found}); restore the file from a copy of the archive,"
        " or delete it and import that state again"
    )


# ── the disk ─────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def _disk(place: str, path: Path) -> Iterator[None]:
    """Turn what the disk refuses into a StoreError with the path and what to do."""
    try:
        yield
    except OSError as error:
        remedy = _REMEDIES.get(error.errno or 0, "see that the disk is well and the path is right")
        raise StoreError(f"{place}: {error.filename or path}: {error.strerror or error}; {remedy}") from error


def _is_board(name: str) -> bool:
    return bool(_BOARD.fullmatch(name)) and not {".", ".."} & set(name.split("/"))


def _folders(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as inside:
            return [Path(one.path) for one in inside if one.is_dir()]
    except FileNotFoundError:
        return []


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _stamp(folder: Path) -> int:
    try:
        return folder.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def _scan(place: _Place, stamp: int) -> _Shelf:
    try:
        paths = sorted(place.bodies.iterdir(), reverse=True)  # of two files of one body, the keyframe comes last and counts
    except FileNotFoundError:
        paths = []
    leftovers = tuple(path for path in paths if path.name.startswith(TEMPORARY))
    return _Shelf(stamp=stamp, held=_named(paths), leftovers=leftovers)


def _lock(index: int) -> bool:
    try:
        fcntl.flock(index, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_whole(path: Path, stored: bytes) -> None:
    """Write a file so that after a crash it is either whole or not there."""
    temporary = path.with_name(f"{TEMPORARY}{path.name[:16]}")
    try:
        with temporary.open("wb") as file:
            file.write(stored)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)
