"""Bodies in files, as they are imported: dated by their names, plain or gzipped."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from tracker.errors import DeclarationError

_DATED = re.compile(r"(\d{4}-\d\d-\d\dT\d{6}Z)(?:\.[A-Za-z0-9]+)*")


def dated(paths: Iterable[Path], not_after: datetime | None = None) -> list[tuple[datetime, Path]]:
    """Files by the time in their names, earliest first.

    Raises:
        DeclarationError: a file's name has no time, or one later than `not_after`.
    """
    files = sorted((_observed_at(path), path) for path in paths)
    if files and not_after is not None and files[-1][0] > not_after:
        raise DeclarationError(f"{files[-1][1]}: the name's time is in the future; expected one up to now; nothing was imported")
    return files


def _observed_at(path: Path) -> datetime:
    match = _DATED.fullmatch(path.name)
    try:
        return datetime.strptime(match[1] if match else path.name, "%Y-%m-%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        expected = "expected YYYY-MM-DDTHHMMSSZ.ext or .ext.gz; rename the file"
        raise DeclarationError(f"{path}: the name has no time; {expected}") from None


def read_body(path: Path, max_bytes: int) -> bytes:
    """The body in a file, plain or gzipped. Raises DeclarationError if it cannot be read, or is longer than `max_bytes`."""
    try:
        stored = path.read_bytes()
        body = _unpacked(stored, max_bytes + 1) if path.suffix == ".gz" else stored
    except (OSError, EOFError, zlib.error) as error:
        raise DeclarationError(f"{path}: cannot be read: {error}; expected a body, plain or gzipped") from error
    if len(body) > max_bytes:
        raise DeclarationError(f"{path}: more than {max_bytes} bytes; raise request.max_bytes if that is right")
    return body


def _unpacked(stored: bytes, most: int) -> bytes:
    """The members of a gzip file, at most `most` bytes. Raises EOFError, zlib.error."""
    body = b""
    while stored and len(body) < most:
        member = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        body += member.decompress(stored, most - len(body))
        if not member.eof and len(body) < most:
            raise EOFError("the file ends before its packed content does")
        stored = member.unused_data.lstrip(b"\0")
    return body
