"""`roots.jsonl`: a chain of daily Merkle roots over the heads of all boards, each with the heads that are new in it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec

from tracker.stores.archive import chain
from tracker.stores.archive.chain import Head, Walk
from tracker.stores.archive.disk import regular
from tracker.wording import machine_time

NAME = "roots.jsonl"


class Root(msgspec.Struct, omit_defaults=True, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """A root as written: `heads` are those of boards whose head was another one in the root before."""

    at: Annotated[datetime, msgspec.Meta(tz=True)]
    root: str
    heads: dict[str, Head]
    chain: str = ""


_DECODER = msgspec.json.Decoder(Root)


def is_due(path: Path, now: datetime) -> bool:
    """Whether the last root is of an earlier day (UTC), or cannot be read."""
    try:
        *_, last = _read(path).split(b"\n")[:-1]
        return _DECODER.decode(last).at.astimezone(UTC).date() < now.astimezone(UTC).date()
    except ValueError:
        return True


def add(path: Path, heads: Mapping[str, Head], now: datetime) -> None:
    """Append a root over these heads durably."""
    text = _read(path)
    known: dict[str, Head] = {}
    for root in _roots(text):
        known |= root.heads if root is not None else {}
    new = {board: head for board, head in heads.items() if known.get(board) != head}
    line = msgspec.json.encode(Root(at=now.astimezone(UTC), root=chain.root(heads), heads=new))
    with regular(path).open("ab") as file:
        if text and not text.endswith(b"\n"):
            file.truncate(text.rfind(b"\n") + 1)  # a crash tore it
            text = text[: text.rfind(b"\n") + 1]
        file.write(chain.linked(line, chain.link_after(text)) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def problems(path: Path, walks: Mapping[str, Walk]) -> Iterator[str]:
    """What contradicts the roots: in the file itself up to its first problem, or in the indexes, which were walked."""
    text = _read(path)
    wrong = chain.walk(text).problems
    heads: dict[str, Head] = {}
    for number, root in enumerate(_roots(text), 1):
        heads |= root.heads if root is not None else {}
        if root is None or number in wrong or chain.root(heads) != root.root:
            problem = wrong.get(number) or f"line {number} is not a root of its heads: it was changed"
            yield f"{path}: {problem}; the roots from there on prove nothing"
            return
        yield from (found for board, head in root.heads.items() if (found := _contradicted(board, head, root.at, walks)))


def _contradicted(board: str, head: Head, at: datetime, walks: Mapping[str, Walk]) -> str:
    links = walks[board].links if board in walks else ()
    if len(links) < head.lines:
        return f"{board}: the index has {len(links):,} lines; it had {head.lines:,} on {machine_time(at)}: lines were dropped"
    if links[head.lines - 1] != head.link:
        return f"{board}: line {head.lines} of the index is not that of {machine_time(at)}: it, or one before it, was replaced"
    return ""


def _read(path: Path) -> bytes:
    try:
        return regular(path).read_bytes()
    except FileNotFoundError:
        return b""


def _roots(text: bytes) -> Iterator[Root | None]:
    """The roots; None for a line that cannot be read."""
    for line in text.split(b"\n")[:-1]:
        try:
            yield _DECODER.decode(line)
        except ValueError:
            yield None
