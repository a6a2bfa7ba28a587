"""Puts names together with what belongs to them: `Qwen3.5's 72B`, `the 14B`, `open-weights Kimi K2.6`, `GPT-5 (57.2)`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import reduce
from operator import or_

from msgspec import structs

from tracker.claims._records import Amount, Mention, ModelGroup, PieceKind
from tracker.claims.names import SIZE
from tracker.claims.pieces import Piece
from tracker.claims.words import COMPARATIVES, NOUNS, Sense

_GLUED_SIZE = re.compile(rf"[-_](?:{SIZE.pattern})(?=[-_]|$)")
_FIGURE = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")


def joined(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces with every name, its elliptic size, its class and its figure as one."""
    for rule in (_elliptic, _figure, _classes, _class_before, _class_after):
        pieces = _each(pieces, rule)
    return [_plain(pieces, place) for place in range(len(pieces))]


def _each(pieces: Sequence[Piece], rule: Callable[[Sequence[Piece]], tuple[int, Piece] | None]) -> list[Piece]:
    """The pieces in which a rule has merged what it reads."""
    read: list[Piece] = []
    place = 0
    while place < len(pieces):
        size, piece = rule(pieces[place:]) or (1, pieces[place])
        read.append(piece)
        place += size
    return read


def _merged(pieces: Sequence[Piece], kind: PieceKind, value: object) -> Piece:
    text = re.sub(r" (?=['’]s|\))|(?<=\() ", "", " ".join(piece.text for piece in pieces))
    return Piece(kind=kind, text=text, start=pieces[0].start, end=pieces[-1].end, value=value)


def _plain(pieces: Sequence[Piece], place: int) -> Piece:
    """`just overtook`, `just 2 points`, `the new Kimi K2.6` say no more than without that word; elsewhere it may."""
    piece, after = pieces[place], pieces[place + 1] if place + 1 < len(pieces) else None
    if after is None or piece.kind is not PieceKind.WORD:
        return piece
    moved = after.kind is PieceKind.SENSE and after.of(Sense).passing
    denied = place > 0 and pieces[place - 1].kind is PieceKind.NOT
    just = piece.reads("just") and not denied and (moved or after.kind is PieceKind.AMOUNT)
    return structs.replace(piece, kind=PieceKind.FILL) if just or (piece.reads("new") and after.kind is PieceKind.NAME) else piece


# ── sizes ────────────────────────────────────────────────────────────────────────────────────────


def _elliptic(pieces: Sequence[Piece]) -> tuple[int, Piece] | None:
    """NAME 's SIZE, its SIZE, the SIZE, SIZE NAME: one name; its line is empty if the sentence leaves it to be understood."""
    piece, kinds = pieces[0], [following.kind for following in pieces[1:3]]
    if piece.kind is PieceKind.NAME and kinds == [PieceKind.OWN, PieceKind.SIZE]:
        count = 3
    elif piece.kind is PieceKind.SIZE and kinds[:1] == [PieceKind.NAME]:
        count = 2
    elif kinds[:1] == [PieceKind.SIZE] and (piece.kind is PieceKind.REFERENCE or piece.reads("the", "its", "their")):
        count = 3 if kinds[1:] == [PieceKind.NAME] else 2
    else:
        return None
    name = next((each.of(Mention) for each in pieces[:count] if each.kind is PieceKind.NAME), None)
    size = next(f"{each.value:g}B" for each in pieces[:count] if each.kind is PieceKind.SIZE)
    line = without_size(name.name) if name else ""
    merged = _merged(pieces[:count], PieceKind.NAME, None)
    mention = Mention(text=merged.text, name=f"{line} {size}".strip(), line=line, lab=name.lab if name else "")
    return count, structs.replace(merged, value=mention)


def without_size(name: str) -> str:
    """The line of a name: `Qwen3.5 397B A17B (Reasoning)` and `qwen3.5-397b-a17b` are of Qwen3.5."""
    words = (_GLUED_SIZE.sub("", word) for word in name.partition(" (")[0].split() if not SIZE.fullmatch(word))
    return " ".join(filter(None, words))


def is_elliptic(mention: Mention) -> bool:
    """Whether its line is left to be understood: `14B`."""
    return mention.name[:1].isdigit() and mention.name.endswith("B")


# ── figures ──────────────────────────────────────────────────────────────────────────────────────


def _figure(pieces: Sequence[Piece]) -> tuple[int, Piece] | None:
    """NAME ( figure ), and NAME 's figure: the figure that the name is said to have."""
    if pieces[0].kind is not PieceKind.NAME or len(pieces) < 3 or pieces[0].of(Mention).figure is not None:
        return None
    amount = _number(pieces[2])
    bracketed = pieces[1].text == "(" and [piece.text for piece in pieces[3:4]] == [")"]
    if amount is None or not (bracketed or pieces[1].kind is PieceKind.OWN):
        return None
    count = 4 if bracketed else 3
    return count, _merged(pieces[:count], PieceKind.NAME, replace(pieces[0].of(Mention), figure=amount))


def _number(piece: Piece) -> Amount | None:
    """A figure by itself, or in points or per cent."""
    if isinstance(piece.value, Amount) and piece.kind is PieceKind.AMOUNT and piece.value.unit in ("points", "percent"):
        return piece.value
    if piece.kind is not PieceKind.WORD or not _FIGURE.fullmatch(piece.text):
        return None
    plain = piece.text.replace(",", "")
    return Amount(value=float(plain), unit="", decimals=len(plain.partition(".")[2]), text=piece.text)


# ── classes ──────────────────────────────────────────────────────────────────────────────────────


def _classes(pieces: Sequence[Piece]) -> tuple[int, Piece] | None:
    """Classes in a row, with the noun among them, are one: `open models under 40B`."""
    count, groups = 0, []
    for piece in pieces:
        if isinstance(piece.value, ModelGroup):
            groups.append(piece.value)
        elif not groups or not piece.reads(*NOUNS):
            break
        count += 1
    return (count, _merged(pieces[:count], PieceKind.GROUP, reduce(or_, groups))) if groups else None


def _class_before(pieces: Sequence[Piece]) -> tuple[int, Piece] | None:
    """`open-source Kimi K2.6`: only such entries of it are meant."""
    if len(pieces) < 2 or pieces[0].kind is not PieceKind.GROUP or pieces[1].kind is not PieceKind.NAME:
        return None
    return 2, _narrowed(pieces[:2], pieces[1].of(Mention), pieces[0].of(ModelGroup))


def _class_after(pieces: Sequence[Piece]) -> tuple[int, Piece] | None:
    """`Kimi K2.6 (open weights)`, `Kimi K2.6, an open model,`: likewise."""
    closing = {"(": ")", ",": ","}.get(pieces[1].text) if len(pieces) > 3 else None
    if pieces[0].kind is not PieceKind.NAME or closing is None:
        return None
    rest = 3 if pieces[2].reads("a", "an") else 2
    inside = pieces[rest : rest + 2]
    if [piece.kind for piece in inside][:1] != [PieceKind.GROUP] or [piece.text for piece in inside][1:] != [closing]:
        return None
    return rest + 2, _narrowed(pieces[: rest + 2], pieces[0].of(Mention), inside[0].of(ModelGroup))


def _narrowed(pieces: Sequence[Piece], mention: Mention, group: ModelGroup) -> Piece:
    return _merged(pieces, PieceKind.NAME, replace(mention, group=mention.group | group))


# ── comparisons with their topic inside ──────────────────────────────────────────────────────────


def compared(pieces: Sequence[Piece]) -> list[Piece]:
    """`lower latency than` is a comparison in latency."""
    read = list(pieces)
    for place in range(len(read) - 2):
        piece, topic, than = read[place : place + 3]
        sense = COMPARATIVES.get(piece.text.casefold())
        if sense is not None and topic.kind is PieceKind.TOPIC and than.reads("than"):
            read[place] = structs.replace(piece, kind=PieceKind.SENSE, value=sense)
            read[place + 2] = structs.replace(than, kind=PieceKind.FILL)
    return read
