"""The index of a board's captures: one JSON object per line, appended whole or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Collection, Iterator
from dataclasses import fields
from datetime import UTC, datetime
from operator import ne
from typing import Annotated

import msgspec

from tracker.errors import StoreError
from tracker.model import Capture, IndexLine, Part, Sha256, Verdict
from tracker.stores.archive.chain import follows, has_link, link_after, linked
from tracker.stores.archive.disk import BoardFolder, regular
from tracker.stores.sqlite_errors import Newer, newer
from tracker.wording import machine_time, visible

BLOCK = 64 * 1024
_REMEDY = "restore the file from a copy of the archive, or correct that line, or give up what it said with: tracker replay"
CONTENT = frozenset({Verdict.NEW, Verdict.REVISIT})
_DECISIONS = frozenset({Verdict.ACCEPT, Verdict.REJECT})
_JOINT = b'}{"observed_at":'
"""Where two lines lost the newline between them: inside a string, the quotes would be escaped."""


class _Line(msgspec.Struct, omit_defaults=True, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """An `IndexLine` as written to the index, in this order of keys."""

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
    origin: str = ""
    received_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    chain: Annotated[str, msgspec.Meta(pattern=r"\A(?:[0-9a-f]{64})?\Z")] = ""

    def __post_init__(self) -> None:
        if self.verdict in CONTENT and not self.sha256:
            raise ValueError(f"verdict {self.verdict} without a body's sha256")


_NAMES = tuple(field.name for field in fields(IndexLine))
_DECODER = msgspec.json.Decoder(_Line)
_UNREADABLE = (ValueError, OverflowError, RecursionError)
"""What msgspec raises on hostile text; its own errors and Unicode errors are ValueErrors."""


def line_of(
    capture: Capture, hashes: tuple[Sha256, ...], before: IndexLine | None, *, verdict: Verdict | None, error: str
) -> IndexLine:
    """The line for a capture. Without a verdict it is `revisit` if the last content line, `before`, has the same bodies."""
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
        origin=capture.origin,
    )


def encoded(folder: BoardFolder, line: IndexLine) -> bytes:
    """The line as the index stores it, without its link and newline; checked by reading it back."""
    try:
        if line.observed_at.tzinfo is None:
            raise ValueError("observed_at has no time zone")
        stored = {"observed_at": line.observed_at.astimezone(UTC), "parts": tuple(map(str, line.parts))}
        written = msgspec.json.encode(_Line(**{name: getattr(line, name) for name in _NAMES} | stored))
        _DECODER.decode(written)
    except _UNREADABLE as error:
        raise StoreError(f"{folder.board}: an index line cannot be written: {error}; correct the capture or note") from error
    return written


def decoded(folder: BoardFolder, raw: bytes) -> IndexLine:
    """Read a line of the index, given without its newline. Raises StoreError with the line's number."""
    try:
        stored = _DECODER.decode(raw)
        if stored.chain and not has_link(raw):
            raise ValueError("its link is not at its end")  # as for any other damage
        values = {name: getattr(stored, name) for name in _NAMES}
        return IndexLine(**values | {"parts": tuple(map(Part.parse, stored.parts))})
    except _UNREADABLE as error:
        if later := _later_keys(raw):
            raise newer(folder.index, later) from error
        number = [*regular(folder.index).read_bytes().split(b"\n"), raw].index(raw) + 1
        found = visible(raw[:60].decode(errors="replace"))
        problem = f"{folder.board}: {folder.index}: line {number} is damaged ({error})"
        raise StoreError(f"{problem}, found: {found}; {_REMEDY} {folder.board}") from error


def _later_keys(raw: bytes) -> str:
    """The keys of a line that this version does not know; "" for no line at all, or if a key differs from ours by one byte."""
    try:
        keys = msgspec.json.decode(raw, type=dict[str, object]).keys()
    except _UNREADABLE:
        return ""
    unknown = sorted(keys - {*_Line.__struct_fields__})
    is_garbled = any(len(key) == len(own) and sum(map(ne, key, own)) == 1 for key in unknown for own in _Line.__struct_fields__)
    return ", ".join(unknown) if "observed_at" in keys and not is_garbled else ""


def restored(folder: BoardFolder, known: bytes, current: bytes, *, drop: bool) -> tuple[list[bytes], frozenset[bytes]]:
    """The lines of an index that was shortened, garbled, joined or merged, and those of them that it lacked.

    `known` is what it once was. Other lines follow if their links show that they were not changed. Without a link, a line counts
    as a changed one if it has the time of a lost fetch or, among the known lines, its bodies.

    Raises:
        StoreError: there are more damaged pieces than lost lines, so that a line may be lost that is not known; with `drop`, it
            is given up, unless no line is known.
    """
    lines, pieces = known.split(b"\n")[:-1], _pieces(current)
    left, there = frozenset(lines).intersection(pieces), frozenset(pieces)
    lost = [line for line in lines if line not in there]
    fetches = [line for line in (decoded(folder, raw) for raw in lost) if line.verdict not in _DECISIONS]
    times, bodies = {line.observed_at for line in fetches}, {line.sha256 for line in fetches if line.sha256}
    last = max((number for number, piece in enumerate(pieces) if piece in left), default=0)
    later: list[bytes] = []
    damage: list[StoreError] = []
    for number, piece in ((number, piece) for number, piece in enumerate(pieces) if piece not in left):
        try:
            line = decoded(folder, piece)
            if has_link(piece) and not follows(piece, (*lines, *pieces), current[: current.find(piece)]):
                time = machine_time(line.observed_at)
                raise StoreError(f"{folder.board}: {folder.index}: the line of {time} was changed; {_REMEDY} {folder.board}")  # noqa: TRY301
        except Newer:
            raise
        except StoreError as error:
            damage.append(error)
            continue
        is_changed = line.observed_at in times or (number < last and line.sha256 in bodies)
        if has_link(piece) or line.verdict in _DECISIONS or not is_changed:
            later.append(piece)
    if len(damage) > len(lost) and not (drop and lines):
        raise damage[0]
    return [*lines, *later], frozenset(lost)


def is_of(line: IndexLine, former: Collection[IndexLine], bodies: Collection[Sha256]) -> bool:
    """Whether a line that nothing has read belongs to the board with these former lines, and not to another one's index."""
    if line.verdict in _DECISIONS or not line.sha256:
        times, named = {known.observed_at for known in former}, {sha256 for known in former for sha256 in known.sha256}
        is_named = not named.isdisjoint(line.sha256) if line.verdict is Verdict.PRUNE else line.observed_at in times
        return not former or is_named or (not line.sha256 and line.url in {known.url for known in former})
    return set(line.sha256).issubset(bodies)


def _pieces(current: bytes) -> list[bytes]:
    """The lines of a damaged index, also where two are joined; an end that a crash tore is left out."""
    *whole, torn = current.replace(_JOINT, b"}\n{" + _JOINT[2:]).split(b"\n")
    pieces = (piece.strip(b"\0") for piece in (*whole, torn if _is_line(torn) else b""))
    return [piece for piece in pieces if piece]


def _is_line(raw: bytes) -> bool:
    try:
        _DECODER.decode(raw)
    except _UNREADABLE:
        return False
    return True


def existing_line(folder: BoardFolder, index: int, observed_at: datetime, hashes: tuple[Sha256, ...]) -> IndexLine | None:
    """The content line of that time, if the index has one. Raises StoreError if it names other bodies."""
    text = os.pread(index, os.fstat(index).st_size, 0)  # searching the text takes 0.1 ms per 1,000 lines instead of 7
    begin = msgspec.json.encode({"observed_at": observed_at.astimezone(UTC)})[:-1]  # inside a string the quotes would be escaped
    start = text.find(begin)
    while start >= 0:
        end = text.index(b"\n", start)
        line = decoded(folder, text[start:end])
        start = text.find(begin, end)
        if line.verdict in CONTENT and line.sha256 != hashes:
            raise StoreError(
                f"{folder.board}: {machine_time(observed_at)} is in the index with body {line.sha256[0]}, expected {hashes[0]};"
                " a board has one state at a time, correct the time of this capture"
            )
        if line.verdict in CONTENT:
            return line
    return None


def last_line(folder: BoardFolder, index: int, verdicts: frozenset[Verdict] = CONTENT) -> IndexLine | None:
    """The last line with one of the verdicts, if any."""
    lines = (decoded(folder, raw) for raw in lines_back(index))
    return next((line for line in lines if line.verdict in verdicts), None)


def lines_back(index: int, block: int = BLOCK) -> Iterator[bytes]:
    """The complete lines, last first, read a block at a time."""
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
    """The offset after the last complete line."""
    start = os.fstat(index).st_size
    while start:
        length = min(start, block)
        start -= length
        found = os.pread(index, length, start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
    return 0


def read_from(folder: BoardFolder, offset: int) -> bytes:
    """The index from an offset at which a line begins."""
    try:
        with regular(folder.index).open("rb") as index:
            index.seek(max(offset - 1, 0))
            before, text = index.read(1 if offset else 0), index.read()
    except FileNotFoundError:
        before, text = b"", b""
    if offset and before != b"\n":
        raise StoreError(
            f"{folder.board}: no line of {folder.index} begins at byte {offset}; the index was replaced, read it from 0"
        )
    return text


def append(index: int, line: bytes) -> None:
    """Append the line, linked to the one before, durably in one write, or leave the index unchanged."""
    size = os.fstat(index).st_size
    last = next(lines_back(index), b"")
    before = link_after(last + b"\n") if has_link(last) else link_after(os.pread(index, size, 0))
    written = linked(line, before) + b"\n"
    try:
        if os.write(index, written) != len(written):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))  # noqa: TRY301  # as the next write would
        os.fsync(index)
    except OSError:
        os.ftruncate(index, size)
        raise


def repair_end(index: int) -> None:
    """Complete a last line that lacks only its newline; remove one that a crash tore."""
    end, size = _end(index), os.fstat(index).st_size
    if end == size:
        return
    if _is_line(os.pread(index, size - end, end)):
        os.write(index, b"\n")
    else:
        os.ftruncate(index, end)
