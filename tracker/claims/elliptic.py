"""Puts elliptic names together: `Qwen3.5's 72B`, `the 14B`, `its mid-size model`; and comparisons whose topic stands inside."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from tracker.claims._records import Mention, MentionKind, PieceKind, Relation
from tracker.claims.names import SIZE
from tracker.claims.pieces import Piece
from tracker.claims.words import Sense

_GLUED_SIZE = re.compile(rf"[-_](?:{SIZE.pattern})(?=[-_]|$)")


def joined(pieces: Sequence[Piece]) -> list[Piece]:
    """Names put together with what belongs to them: `Qwen3.5` `'s` `72B` is one name, `the` `14B` of the line spoken of is one."""
    found: list[Piece] = []
    place = 0
    while place < len(pieces):
        piece = pieces[place]
        size = _own_size(pieces, place)
        if size:
            found.append(_member(pieces[place : place + size]))
            place += size
        else:
            found.append(piece)
            place += 1
    return found


_COMPARATIVES: Mapping[str, Sense] = {
    "better": Sense(relation=Relation.ABOVE),
    "stronger": Sense(relation=Relation.ABOVE),
    "worse": Sense(relation=Relation.ABOVE, swap=True),
    "weaker": Sense(relation=Relation.ABOVE, swap=True),
    "higher": Sense(relation=Relation.ABOVE, end="high"),
    "lower": Sense(relation=Relation.ABOVE, end="low"),
}


def compared(pieces: Sequence[Piece]) -> list[Piece]:
    """`lower latency than` is a comparison in latency."""
    found = list(pieces)
    for place in range(len(found) - 2):
        piece, topic, than = found[place : place + 3]
        sense = _COMPARATIVES.get(piece.text.casefold())
        if sense is not None and topic.kind is PieceKind.TOPIC and than.text.casefold() == "than":
            found[place : place + 3] = [
                replace(piece, kind=PieceKind.SENSE, value=sense),
                topic,
                replace(than, kind=PieceKind.FILL),
            ]
    return found


_VAGUE = frozenset(("mid size", "mid sized", "midsize", "smaller", "smallest", "larger", "largest", "biggest", "medium sized", "small", "mid", "big", "bigger", "flagship"))  # fmt: skip


def _own_size(pieces: Sequence[Piece], place: int) -> int:
    """How many pieces from here are one elliptic name: NAME 's SIZE, NAME 's mid-size, its SIZE, the SIZE, SIZE NAME; 0 for none."""
    piece, rest = pieces[place], pieces[place + 1 :]
    if piece.kind is PieceKind.NAME and rest and rest[0].kind is PieceKind.OWN:
        if len(rest) > 1 and rest[1].kind is PieceKind.SIZE:
            return 3
        return 2 + _vague(rest[1:]) if _vague(rest[1:]) else 0
    if piece.kind is PieceKind.SIZE and rest and rest[0].kind is PieceKind.NAME:
        return 2
    determined = piece.kind is PieceKind.REFERENCE or piece.text.casefold() in ("the", "its", "their")
    if determined and rest and rest[0].kind is PieceKind.SIZE:
        return 3 if len(rest) > 1 and rest[1].kind is PieceKind.NAME else 2
    if piece.text.casefold() in ("its", "their"):
        return 1 + _vague(rest) if _vague(rest) else 0
    return 0


def _vague(pieces: Sequence[Piece]) -> int:
    """How many pieces say which of a line only vaguely; they must be followed by `model` or the like."""
    words: list[str] = []
    longest = 0
    for count, piece in enumerate(pieces[:3], start=1):
        words += piece.text.casefold().replace("-", " ").split()
        followed = count < len(pieces) and pieces[count].text.casefold().startswith(("model", "version", "variant", "one"))
        if " ".join(words) in _VAGUE and followed:
            longest = count
    return longest


def _member(pieces: Sequence[Piece]) -> Piece:
    """One piece for an elliptic name; its line is empty where the sentence leaves it to be understood."""
    name = next((piece.mention for piece in pieces if piece.kind is PieceKind.NAME), None)
    size = next((f"{piece.value:g}B" for piece in pieces if piece.kind is PieceKind.SIZE), "")
    text = " ".join(piece.text for piece in pieces).replace(" 's", "'s").replace(" ’s", "’s")
    line = without_size(name.name) if name else ""
    mention = Mention(
        text=text,
        name=f"{line} {size}".strip() if size else line,
        kind=MentionKind.MODEL if size else MentionKind.VAGUE,
        line=line,
        lab=name.lab if name else "",
    )
    return Piece(kind=PieceKind.NAME, text=text, start=pieces[0].start, end=pieces[-1].end, value=mention)


def without_size(name: str) -> str:
    """The line of a name: `Qwen3.5 397B A17B (Reasoning)` and `qwen3.5-397b-a17b` are of Qwen3.5."""
    words = (_GLUED_SIZE.sub("", word) for word in name.partition(" (")[0].split() if not SIZE.fullmatch(word))
    return " ".join(word for word in words if word)


def is_elliptic(mention: Mention) -> bool:
    """Whether the line that it is of is left to be understood: `14B`, or one of a line that no figure tells."""
    return mention.kind is MentionKind.VAGUE or (mention.name[:1].isdigit() and mention.name.endswith("B"))
