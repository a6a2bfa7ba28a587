"""The bodies of a board's captures: one file each, whose name states its encoding."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256 as hash_of
from pathlib import Path
from typing import Generic, TypeVar

from tracker.errors import StoreError
from tracker.model import Sha256
from tracker.stores.archive.disk import TEMPORARY, BoardFolder, regular

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ZstdError = zstd.ZstdError

LEVEL = 6
"""Measured by `bench/archive.py`: level 7 takes a fifth more time for 4 % fewer bytes, level 4 keeps 2.6 times the bytes."""
SMALL = 16 * 1024
"""Smaller bodies are stored alone: a keyframe would save too little to justify a second file."""
WORTH = 0.5
"""A body is stored against a keyframe if that takes at most this share of its size alone."""
MIN_MATCH = 6
"""A board's text repeats in whole cells and rows; ignoring shorter matches saves 9 % of the bytes in the same time."""
_NO_MEMORY = "Allocation error"
"""What zstd says if it gets no memory."""
TIME = "%Y%m%dT%H%M%SZ"
_BODY = re.compile(
    r"(?P<sha256>[0-9a-f]{64})\."
    r"(?:raw|(?:key-(?P<at>[0-9]{8}T[0-9]{6}Z)-(?P<page>[0-9]{1,6})\.|on-(?P<keyframe>[0-9a-f]{64})\.)?zst)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedBody:
    """One body of a capture: its page, and when it was observed."""

    sha256: Sha256
    body: bytes
    at: datetime
    page: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBody:
    """A body's file. `at` is set for a keyframe, `keyframe` for a body that needs one."""

    path: Path
    sha256: Sha256
    at: datetime | None = None
    page: int = 0
    keyframe: Sha256 | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyListing:
    """The contents of a board's folder of bodies when its modification time was `stamp`."""

    stamp: int
    held: Mapping[Sha256, StoredBody]
    leftovers: tuple[Path, ...] = ()


K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """The last values used, at most `size`: a service that runs for a year must not grow with its archive."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: dict[K, V] = {}
        self._lock = threading.Lock()

    def get(self, key: K) -> V | None:
        """The value, if it is still remembered."""
        with self._lock:
            value = self._values.pop(key, None)
            if value is not None:
                self._values[key] = value
            return value

    def put(self, key: K, value: V) -> None:
        """Remember a value, and forget the one used longest ago if there are too many."""
        with self._lock:
            self._values.pop(key, None)
            self._values[key] = value
            while len(self._values) > self._size:
                del self._values[next(iter(self._values))]


def sha256_of(body: bytes) -> Sha256:
    """The hash that names a body."""
    return Sha256(hash_of(body).hexdigest())


def _window(length: int) -> int:
    """The smallest window that covers that many bytes, within what zstd can do."""
    low, high = zstd.CompressionParameter.window_log.bounds()
    return min(max(length.bit_length(), low), high)


@contextmanager
def _memory() -> Iterator[None]:
    """Raise MemoryError where zstd, as for damage, raises ZstdError."""
    try:
        yield
    except zstd.ZstdError as error:
        if _NO_MEMORY in str(error):
            raise MemoryError from error
        raise


def compressed(body: bytes, prefix: bytes, level: int) -> bytes:
    """The body as one zstd frame, with a raw prefix unless that is empty."""
    options: dict[int, int] = {
        zstd.CompressionParameter.compression_level: level,
        zstd.CompressionParameter.window_log: _window(len(prefix) + len(body)),
        zstd.CompressionParameter.min_match: MIN_MATCH,
    }
    with _memory():
        return zstd.compress(body, options=options, zstd_dict=zstd.ZstdDict(prefix, is_raw=True).as_prefix if prefix else None)


def decompressed(held: StoredBody, prefix: bytes, max_bytes: int) -> bytes:
    """The body in the file, of at most `max_bytes`. Raises ZstdError for a damaged file, and MemoryError."""
    stored = regular(held.path).read_bytes()
    if held.path.suffix == ".raw":
        return stored
    inflater = zstd.ZstdDecompressor(
        zstd_dict=zstd.ZstdDict(prefix, is_raw=True).as_prefix if prefix else None,
        options={zstd.DecompressionParameter.window_log_max: _window(len(prefix) + max_bytes)},
    )
    with _memory():
        body = inflater.decompress(stored, max_length=max_bytes + 1)
    if len(body) > max_bytes:
        raise zstd.ZstdError(f"more than {max_bytes} bytes inflated")
    if not inflater.eof or inflater.unused_data:
        raise zstd.ZstdError("cut off" if not inflater.eof else "followed by other bytes")
    return body


def time_text(at: datetime) -> str:
    """The time in a keyframe's name."""
    return at.astimezone(UTC).strftime(TIME).rjust(16, "0")  # glibc writes the year 999 in three digits


def _time(stated: str | None) -> datetime | None:
    """None also for an impossible time: such a body can be read, but is no longer chosen as a keyframe."""
    try:
        return datetime.strptime(stated, TIME).replace(tzinfo=UTC) if stated else None
    except ValueError:
        return None


def stored_bodies(paths: Iterable[Path]) -> dict[Sha256, StoredBody]:
    """The bodies in the files, by the files' names; other files are ignored."""
    held = {}
    for path in paths:
        if named := _BODY.fullmatch(path.name):
            sha256 = Sha256(named["sha256"])
            held[sha256] = StoredBody(
                path=path,
                sha256=sha256,
                at=_time(named["at"]),
                page=int(named["page"] or 0),
                keyframe=Sha256(named["keyframe"]) if named["keyframe"] else None,
            )
    return held


def damaged(folder: BoardFolder, held: StoredBody, found: str) -> StoreError:
    """The error for a file whose content is not its body."""
    return StoreError(
        f"{folder.board}: body {held.sha256} is damaged ({held.path}: {found}); restore the file from a copy of the archive,"
        " or delete it and import that state again"
    )


def listing_of(folder: BoardFolder, stamp: int) -> BodyListing:
    """List the folder of bodies, which may not exist yet; `stamp` is its modification time in ns."""
    try:
        paths = sorted(folder.bodies.iterdir(), reverse=True)  # if a body has two files, the keyframe comes last and wins
    except FileNotFoundError:
        paths = []
    leftovers = tuple(path for path in paths if path.name.startswith(TEMPORARY))
    return BodyListing(stamp=stamp, held=stored_bodies(paths), leftovers=leftovers)
