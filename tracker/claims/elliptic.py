"""Puts elliptic names together: `Qwen3.5's 72B`, `the 14B`, `its mid-size model`; and comparisons with their topic inside."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from tracker.claims._records import Mention, MentionKind, PieceKind, Relation
from tracker.claims.names import SIZE
from tracker.claims.pieces import Piece
from tracker.claims.words import Sense

_GLUED_SIZE = re.compile(rf"[-_](?:{SIZE.pattern})(?=[-_]|$)")


def joined(pieces: Sequence[Piece]) -> list[Piece]:
    """Elliptic names as one piece each: `Qwen3.5` `'s` `72B`, and `the` `14B` of the line mentioned last."""
    names: list[Piece] = []
    place = 0
    while place < len(pieces):
        size = _own_size(pieces, place)
        names.append(_member(pieces[place : place + size]) if size else pieces[place])
        place += size or 1
    return names


_BETTER = Sense(relation=Relation.ABOVE)
_COMPARATIVES: Mapping[str, Sense] = {
    **dict.fromkeys(("better", "stronger"), _BETTER),
    **dict.fromkeys(("worse", "weaker"), replace(_BETTER, swap=True)),
    "higher": replace(_BETTER, end="high"),
    "lower": replace(_BETTER, end="low"),
}


def compared(pieces: Sequence[Piece]) -> list[Piece]:
    """`lower latency than` is a comparison in latency."""
    read = list(pieces)
    for place in range(len(read) - 2):
        piece, topic, than = read[place : place + 3]
        sense = _COMPARATIVES.get(piece.text.casefold())
        if sense is not None and topic.kind is PieceKind.TOPIC and than.reads("than"):
            read[place] = replace(piece, kind=PieceKind.SENSE, value=sense)
            read[place + 2] = replace(than, kind=PieceKind.FILL)
    return read


_VAGUE = frozenset((
    "mid size", "mid sized", "midsize", "medium sized", "smaller", "smallest", "larger", "largest", "bigger", "biggest", "small",
    "mid", "big", "flagship",
))  # fmt: skip


def _own_size(pieces: Sequence[Piece], place: int) -> int:
    """How many pieces from here are one elliptic name: NAME 's SIZE, NAME 's mid-size, its SIZE, the SIZE, SIZE NAME; or 0."""
    piece, rest = pieces[place], pieces[place + 1 :]
    kinds = [following.kind for following in rest[:2]]
    if piece.kind is PieceKind.NAME and kinds[:1] == [PieceKind.OWN]:
        vague = _vague(rest[1:])
        return 3 if kinds[1:] == [PieceKind.SIZE] else 2 + vague if vague else 0
    if piece.kind is PieceKind.SIZE and kinds[:1] == [PieceKind.NAME]:
        return 2
    if kinds[:1] == [PieceKind.SIZE] and (piece.kind is PieceKind.REFERENCE or piece.reads("the", "its", "their")):
        return 3 if kinds[1:] == [PieceKind.NAME] else 2
    vague = _vague(rest) if piece.reads("its", "their") else 0
    return 1 + vague if vague else 0


def _vague(pieces: Sequence[Piece]) -> int:
    """How many pieces say only vaguely which of a line; `model` or the like must follow."""
    words: list[str] = []
    longest = 0
    for count, (piece, following) in enumerate(pairwise(pieces[:4]), start=1):
        words += piece.text.casefold().replace("-", " ").split()
        if " ".join(words) in _VAGUE and following.text.casefold().startswith(("model", "version", "variant", "one")):
            longest = count
    return longest


def _member(pieces: Sequence[Piece]) -> Piece:
    """One piece for an elliptic name; its line is empty if the sentence leaves it to be understood."""
    name = next((piece.mention for piece in pieces if piece.kind is PieceKind.NAME), None)
    size = next((f"{piece.value:g}B" for piece in pieces if piece.kind is PieceKind.SIZE), "")
    text = " ".join(piece.text for piece in pieces).replace(" 's", "'s").replace(" ’s", "’s")
    line = without_size(name.name) if name else ""
    mention = Mention(
        text=text,
        name=f"{line} {size}".strip(),
        kind=MentionKind.MODEL if size else MentionKind.VAGUE,
        line=line,
        lab=name.lab if name else "",
    )
    return Piece(kind=PieceKind.NAME, text=text, start=pieces[0].start, end=pieces[-1].end, value=mention)


def without_size(name: str) -> str:
    """The line of a name: `Qwen3.5 397B A17B (Reasoning)` and `qwen3.5-397b-a17b` are of Qwen3.5."""
    words = (_GLUED_SIZE.sub("", word) for word in name.partition(" (")[0].split() if not SIZE.fullmatch(word))
    return " ".join(filter(None, words))


def is_elliptic(mention: Mention) -> bool:
    """Whether its line is left to be understood: `14B`, or a vague member of a line."""
    return mention.kind is MentionKind.VAGUE or (mention.name[:1].isdigit() and mention.name.endswith("B"))
