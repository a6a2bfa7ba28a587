"""Inflates bodies (gzip, deflate or plain) in small steps, so that a bomb never reaches memory.

RFC 9110 §8.4.1 (codings), RFC 1952 (gzip: several members may follow each other), RFC 1950 and 1951
(deflate: with a zlib header as the standard says, or raw as some servers send it).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from io import BytesIO

IN_STEP = 16 * 1024
"""Compressed bytes per call of zlib, which copies the rest of its input each time."""
OUT_STEP = 64 * 1024
"""The most inflated bytes outside the body at any time."""
OVERHEAD = 64 * 1024
"""Compressed bytes allowed beyond `max_bytes`: more than gzip adds to incompressible bytes; also stops endless empty members."""
CODINGS = {"": "", "identity": "", "gzip": "gzip", "x-gzip": "gzip", "deflate": "deflate"}

GZIP_WINDOW = 16 + zlib.MAX_WBITS
RAW_WINDOW = -zlib.MAX_WBITS


class Garbled(Exception):
    """The bytes are not what their Content-Encoding says, or end too early."""


class Inflater:
    """Collects one body of at most `max_bytes` inflated bytes. Raises Garbled for a coding that we did not ask for."""

    def __init__(self, content_encoding: str, max_bytes: int) -> None:
        self._coding = _coding(content_encoding)
        self._max_bytes = max_bytes
        self._body = BytesIO()
        self._received = 0
        self._members = 0
        self._held = b""
        self._stream: zlib._Decompress | None = None

    @property
    def body(self) -> bytes:
        """The bytes inflated so far, at most `max_bytes`."""
        return self._body.getvalue()

    def feed(self, raw: bytes) -> bool:
        """Add the next bytes as sent. False if the body is too large; drops the excess. Raises Garbled for another coding."""
        self._received += len(raw)
        return self._take(raw) and self._received <= self._max_bytes + OVERHEAD

    def finish(self) -> None:
        """End the body. Raises Garbled if the compressed stream has not ended."""
        if self._held or self._stream is not None:
            raise Garbled(f"the {self._coding} stream ends in the middle")

    def _take(self, raw: bytes) -> bool:
        for piece in self._inflated(raw) if self._coding else (raw,):
            room = self._max_bytes - self._body.tell()
            self._body.write(piece[:room])
            if len(piece) > room:
                return False
        return True

    def _inflated(self, raw: bytes) -> Iterator[bytes]:
        try:
            for start in range(0, len(raw), IN_STEP):
                yield from self._step(self._held + raw[start : start + IN_STEP])
        except zlib.error as error:
            raise Garbled(f"not a {self._coding} stream ({error})") from error

    def _step(self, pending: bytes) -> Iterator[bytes]:
        """Inflate `pending`, at most `OUT_STEP` bytes at a time."""
        self._held = b""
        while True:
            if self._stream is None:
                pending = self._open(pending)
            if self._stream is None:
                self._held = pending
                return
            piece = self._stream.decompress(pending, OUT_STEP)
            yield piece
            if self._stream.eof:
                pending, self._stream = self._stream.unused_data, None
                self._members += 1
                continue
            pending = self._stream.unconsumed_tail
            if not pending and len(piece) < OUT_STEP:
                return

    def _open(self, pending: bytes) -> bytes:
        """Begin the next member with the returned bytes; no stream yet if they are too few to detect its format."""
        if self._members:
            if self._coding == "deflate" and pending:
                raise Garbled("bytes follow the end of the deflate stream")
            pending = pending.lstrip(b"\0")  # gzip may be padded with zeros, and followed by another member
        if self._coding == "gzip" and pending:
            self._stream = zlib.decompressobj(GZIP_WINDOW)
        elif self._coding == "deflate" and len(pending) > 1:
            # RFC 1950 §2.2: method 8, and the first two bytes divisible by 31; a raw stream cannot begin with these.
            has_header = pending[0] & 0x0F == 8 and int.from_bytes(pending[:2]) % 31 == 0
            self._stream = zlib.decompressobj(zlib.MAX_WBITS if has_header else RAW_WINDOW)
        return pending


def _coding(content_encoding: str) -> str:
    named = [part for part in (part.strip().lower() for part in content_encoding.split(",")) if part not in ("", "identity")]
    if len(named) > 1 or (named and named[0] not in CODINGS):
        raise Garbled(f"Content-Encoding is {content_encoding[:60]!r}, expected gzip, deflate or none")
    return CODINGS[named[0]] if named else ""
