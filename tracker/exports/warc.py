"""WARC 1.1: every capture with its bodies and each line of the archive's index: an import elsewhere gives the same history.

A body is a `resource` record, once; after it, a `metadata` record has the line of the index that names it. Needs warcio (extra
`archive`).

Source: https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/
"""

from __future__ import annotations

import hashlib
import io
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import msgspec
from warcio.warcwriter import WARCWriter

from tracker.errors import DeclarationError
from tracker.exports.contents import Contents
from tracker.exports.places import as_text, new_file
from tracker.exports.warc_file import LINE, LINES, OURS, StoredLine
from tracker.model import BoardId, IndexLine, Sha256, Verdict, kept_and_pruned
from tracker.wording import machine_time

_RECORDS = uuid.UUID("5b0a7a53-94cf-5d43-a1b5-2c5a40e1cf7e")
"""The name space of the records' ids: the same archive gives the same bytes."""


def write(contents: Contents, path: Path) -> int:
    """Write the captures of the boards, gzipped if the file's name ends so, and return the number of records."""
    if contents.only.metrics or contents.only.topics or contents.entries is not None:
        raise DeclarationError("export warc: writes whole captures; leave out the conditions on metrics and models")
    with new_file(path) as partial, partial.open("wb") as file:
        records = WarcRecords(file, gzipped=path.suffix == ".gz")
        lines = {board.id: sum(1 for _ in _lines(contents, board.id)) for board in contents.boards}
        records.add("warcinfo", "", as_text({**contents.metadata(), LINES: lines}).encode(), contents.as_of, OURS)
        for board in contents.boards:
            _write_board(contents, board.id, records)
    return records.number


def _lines(contents: Contents, board: BoardId) -> Iterator[IndexLine]:
    kept, _ = kept_and_pruned(contents.archive.index(board)[0])
    return (line for line in kept if line.verdict is not Verdict.PRUNE and contents.has(line.observed_at))


def _write_board(contents: Contents, board: BoardId, records: WarcRecords) -> None:
    written: set[Sha256] = set()
    for line in _lines(contents, board):
        at, address = machine_time(line.observed_at), line.url or f"urn:tracker:{board}"
        for sha256 in dict.fromkeys(line.sha256):
            if sha256 not in written:
                body = contents.archive.body(board, sha256)
                records.add("resource", address, body, at, line.content_type or "application/octet-stream")
                written.add(sha256)
        records.add("metadata", address, msgspec.json.encode(StoredLine(board=board, line=line)), at, LINE)


class WarcRecords:
    """Appends records whose bytes depend on what they hold alone."""

    def __init__(self, file: IO[bytes], *, gzipped: bool) -> None:
        self._writer = WARCWriter(file, gzip=gzipped, warc_version="1.1")
        self.number = 0

    def add(self, kind: str, address: str, content: bytes, at: str, content_type: str) -> None:
        """Append a record, dated by a text in RFC 3339."""
        self.number += 1
        name = uuid.uuid5(_RECORDS, f"{self.number} {kind} {address} {at} {hashlib.sha256(content).hexdigest()}")
        headers = {"WARC-Record-ID": f"<urn:uuid:{name}>", "WARC-Date": at or "1970-01-01T00:00:00Z"}
        self._writer.write_record(
            self._writer.create_warc_record(
                address,
                kind,
                payload=io.BytesIO(content),
                length=len(content),
                warc_content_type=content_type,
                warc_headers_dict=headers,
            )
        )
