"""The hash chain of a board's index, and Merkle roots over the heads of all chains.

A line of the index ends with its link: `"chain":"<sha256>"`, the SHA-256 of the link before it, in hexadecimal, followed by the
line's own bytes before that key. So no line can be changed, dropped, inserted or moved without breaking the chain at that place.
The first link follows the SHA-256 of all bytes before it, so an index that an earlier version began is chained from its next line
on. The head of a board is the number of its lines and its last link.

A root is the Merkle tree hash (RFC 6962, section 2.1) over the heads of all boards, sorted by id; one leaf is
`<board> <lines> <link>`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

_KEY = b',"chain":"'
_END = b'"}'
_LENGTH = len(_KEY) + 64 + len(_END)
_NOTHING = hashlib.sha256(b"").hexdigest()


class Head(NamedTuple):
    """How far a board's index reached: its number of lines, and the link of the last one."""

    lines: int
    link: str


class Walk(NamedTuple):
    """The link after each line of an index, and by number the lines that do not follow from those before them, with a message."""

    links: Sequence[str]
    problems: Mapping[int, str]

    @property
    def head(self) -> Head:
        """The head after the last line."""
        return Head(len(self.links), self.links[-1] if self.links else _NOTHING)


def linked(line: bytes, before: str) -> bytes:
    """A JSON object of one line, with its link to the line before."""
    content = line[: -len(b"}")]
    return content + _KEY + _link(before, content).encode() + _END


def relinked(lines: Iterable[bytes], text: bytes) -> Iterator[bytes]:
    """Lines with their links to each other, where they follow the lines of `text`; whatever they followed before."""
    before = link_after(text)
    for line in lines:
        content, stated = _parts(line)
        yield (following := linked(line if stated is None else content + b"}", before))
        before = link_after(following + b"\n")


def link_after(text: bytes) -> str:
    """The link after the last complete line of an index; after lines without one, the hash of them all."""
    _, stated = _parts(text[:-1].rpartition(b"\n")[2])
    return stated or hashlib.sha256(text).hexdigest()


def has_link(line: bytes) -> bool:
    """Whether a line ends with a link."""
    return _parts(line)[1] is not None


def follows(line: bytes, others: Iterable[bytes], text: bytes) -> bool:
    """Whether a line with a link was written after one of the others, or at the end of `text`, and was not changed since."""
    content, stated = _parts(line)
    links = (link for other in others if (link := _parts(other)[1]) is not None)
    return any(_link(link, content) == stated for link in (link_after(text), *links))


def walk(text: bytes) -> Walk:
    """Follow the chain through an index. A torn last line is left out."""
    *lines, _torn = text.split(b"\n")
    before, everything, is_chained = _NOTHING, hashlib.sha256(), False
    links: list[str] = []
    problems: dict[int, str] = {}
    for number, line in enumerate(lines, 1):
        content, stated = _parts(line)
        if stated is None:
            if is_chained:
                problems[number] = f"line {number} has no link to the line before; expected one"
            everything.update(line + b"\n")
            before = before if is_chained else everything.hexdigest()
        else:
            if _link(before, content) != stated:
                problems[number] = f"line {number} does not follow from those before it: one was changed, dropped, added or moved"
            before, is_chained = stated, True
        links.append(before)
    return Walk(links, problems)


def root(heads: Mapping[str, Head]) -> str:
    """The Merkle tree hash over the heads of boards."""
    return tree_hash(_leaves(heads)).hex()


def path_to_root(board: str, heads: Mapping[str, Head]) -> list[tuple[str, str]]:
    """The hashes that lead from a board's head to the root (RFC 6962, section 2.1.1), each with its side: `left` or `right`."""
    leaves, at, path = _leaves(heads), sorted(heads).index(board), list[tuple[str, str]]()
    while len(leaves) > 1:
        split = _split(leaves)
        left, right = leaves[:split], leaves[split:]
        path.append(("right", tree_hash(right).hex()) if at < split else ("left", tree_hash(left).hex()))
        leaves, at = (left, at) if at < split else (right, at - split)
    return path[::-1]


def _leaves(heads: Mapping[str, Head]) -> list[bytes]:
    return [f"{board} {head.lines} {head.link}".encode() for board, head in sorted(heads.items())]


def tree_hash(leaves: Sequence[bytes]) -> bytes:
    """The Merkle tree hash of RFC 6962, section 2.1."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = _split(leaves)
    return hashlib.sha256(b"\x01" + tree_hash(leaves[:split]) + tree_hash(leaves[split:])).digest()


def _split(leaves: Sequence[bytes]) -> int:
    """The largest power of two below the number of leaves."""
    return 1 << (len(leaves) - 1).bit_length() - 1


def _link(before: str, content: bytes) -> str:
    return hashlib.sha256(before.encode() + content).hexdigest()


def _parts(line: bytes) -> tuple[bytes, str | None]:
    """A line's bytes before its link, and the link, if it has one."""
    content, end = line[:-_LENGTH], line[-_LENGTH:]
    if not (end.startswith(_KEY) and end.endswith(_END)):
        return line, None
    return content, end[len(_KEY) : -len(_END)].decode(errors="replace")
