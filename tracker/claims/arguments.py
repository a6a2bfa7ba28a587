"""Reads what stands left and right of one verb: subjects, rivals, topics, boards, classes, amounts, dates.

A word that could change the meaning is never skipped: it raises `NotUnderstoodError`. What is merely not judged is quoted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from tracker.claims._records import Amount, Mention, MentionKind, ModelGroup, Period, PieceKind, Relation
from tracker.claims.clauses import Clause, is_copula
from tracker.claims.pieces import Piece
from tracker.claims.words import EVERY_ONE, PASTS, SOME_ONE


class NotUnderstoodError(Exception):
    """These words cannot be read as a claim; the message says why."""


@dataclass(slots=True)
class Bundle:
    """Rivals and the topics said of them: `B in coding and C in maths` are two."""

    rivals: list[Mention] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    negated: bool = False


@dataclass(slots=True)
class Said:
    """What one clause says, being gathered."""

    subjects: list[Mention] = field(default_factory=list)
    bundles: list[Bundle] = field(default_factory=lambda: [Bundle()])
    topics: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    group: ModelGroup = field(default_factory=ModelGroup)
    amount: Amount | None = None
    since: Period | None = None
    negated: bool = False
    near: bool = False
    refers: bool = False
    leads: bool = False
    read_as: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


# ── left of the verb ─────────────────────────────────────────────────────────────────────────────


def read_left(clause: Clause, said: Said) -> None:
    """Subjects, and what stands between them and the verb."""
    pieces = list(clause.left)
    last = max((place for place, piece in enumerate(pieces) if piece.kind in (PieceKind.NAME, PieceKind.REFERENCE)), default=-1)
    if clause.sense.relation is not Relation.FIRST and last < 0:
        last = max((place for place, piece in enumerate(pieces) if piece.kind is PieceKind.GROUP), default=-1)
    fenced = _fenced(pieces)
    for place, piece in enumerate(pieces):
        strict = place > last and place not in fenced
        if _says_more(pieces, place, fenced):
            said.unread.append(piece.text)
            continue
        if piece.kind is PieceKind.NAME:
            _check_joined(pieces, place, fenced)
        if piece.kind is PieceKind.AMOUNT and any(
            one.kind not in (PieceKind.FILL, PieceKind.DEGREE) for one in pieces[place + 1 :]
        ):
            raise NotUnderstoodError(f'"{piece.text}": it does not say of what')  # "A, twice as large, beats B"
        _read_left_piece(replace(piece, value=_quantified(pieces, place)), said, clause, strict=strict)


def _says_more(pieces: Sequence[Piece], place: int, fenced: set[int]) -> bool:
    """Whether a piece only says more of a model that is named: who made it, what it came after, of which class it is."""
    if pieces[place].kind is PieceKind.NAME:
        return _is_maker(pieces[place].mention, pieces[:place]) or _is_apposed(pieces, place, fenced)
    return _describes(pieces, place, fenced)


def _is_apposed(pieces: Sequence[Piece], place: int, fenced: set[int]) -> bool:
    """Whether a name only says more of the one before: `GPT-5.5, the successor to GPT-5.4,` or `GPT-5.5, OpenAI's flagship,`."""
    marks = [mark for mark in range(len(pieces)) if pieces[mark].text in (",", "(", ")", "—", "–")]
    start = max((mark for mark in marks if mark < place), default=-1)
    if place not in fenced or not any(piece.kind is PieceKind.NAME for piece in pieces[: max(start, 0)]):
        return False
    end = min((mark for mark in marks if mark > place), default=len(pieces))
    return any(
        piece.kind is PieceKind.OWN or (piece.kind is PieceKind.WORD and piece.text.isalnum()) for piece in pieces[start:end]
    )


def _check_joined(pieces: Sequence[Piece], place: int, fenced: set[int]) -> None:
    """Two names before a verb must be joined, or the words between them may say anything: `Lab A tested B`."""
    first = next((later for later in range(place - 1, -1, -1) if pieces[later].kind is PieceKind.NAME), None)
    owner = place + 1 < len(pieces) and pieces[place + 1].kind is PieceKind.OWN  # "is Google's best model"
    if first is None or owner or place in fenced or first in fenced:
        return
    between = pieces[first + 1 : place]
    joined = any(
        piece.kind in (PieceKind.JOIN, PieceKind.BREAK, PieceKind.OWN, PieceKind.IN) or piece.text in "()" for piece in between
    )
    if not joined or any(piece.kind is PieceKind.WORD and piece.text.isalnum() for piece in between):
        raise NotUnderstoodError(
            f'"{pieces[first].text}" before "{pieces[place].text}": it does not say how they belong together'
        )


_FIGURE = re.compile(r"\$?\d")


def _describes(pieces: Sequence[Piece], place: int, fenced: set[int]) -> bool:
    """Whether a class only says more of a model that is named: `open-source Kimi K2.6`, `Kimi K2.6 (open weights)`."""
    if pieces[place].kind is not PieceKind.GROUP:
        return False
    if place in fenced and any(piece.kind is PieceKind.NAME for piece in pieces[:place]):
        return True
    after = next((piece for piece in pieces[place + 1 :] if piece.text.casefold() not in ("model", "models", "llm")), None)
    before = pieces[place - 1].text.casefold() if place else ""
    return after is not None and after.kind is PieceKind.NAME and before not in ("in", "of", "among", "for", "at")


def _quantified(pieces: Sequence[Piece], place: int) -> object:
    """A mention with the word that stands before it when all of a line, or of a lab's models, are meant."""
    value = pieces[place].value
    return replace(value, quantifier=_quantifier(pieces[:place])) if isinstance(value, Mention) else value


def _quantifier(before: Sequence[Piece]) -> str:
    """`all`, `every`, `each`, `any`; empty where what follows is not said to be all of something."""
    for piece in reversed(before):
        if piece.text.casefold() in EVERY_ONE:
            return piece.text
        if piece.kind not in (PieceKind.FILL, PieceKind.GROUP, PieceKind.DEGREE) or piece.text.casefold() not in _BETWEEN:
            break
    return ""


_BETWEEN = frozenset(("the", "of", "other", "its", "their", "these", "those", "new", "latest"))


def _fenced(pieces: Sequence[Piece]) -> set[int]:
    """Places between two commas or brackets: said in passing."""
    marks = [place for place, piece in enumerate(pieces) if piece.text in (",", "(", ")", "—", "–")]
    return {place for start, end in pairwise(marks) for place in range(start, end + 1)}


def _read_left_piece(piece: Piece, said: Said, clause: Clause, *, strict: bool) -> None:
    kind = piece.kind
    if (
        kind is PieceKind.NAME
        and piece.mention.kind is MentionKind.LAB
        and clause.sense.superlative
        and _owns(clause.left, piece)
    ):
        said.group |= ModelGroup(lab=piece.mention.lab)  # "OpenAI's best model is"
    elif kind is PieceKind.NAME:
        said.subjects.append(piece.mention)
    elif kind is PieceKind.REFERENCE:
        said.refers = True
    elif kind is PieceKind.GROUP and isinstance(piece.value, ModelGroup):
        _read_left_group(piece, piece.value, said, clause)
    elif kind is PieceKind.TOPIC:
        said.topics.append(str(piece.value))
    elif kind is PieceKind.BOARD:
        said.sources.append(str(piece.value))
    elif kind is PieceKind.NOT:
        said.negated = not said.negated
    elif kind is PieceKind.NEAR:
        said.near = True
    else:
        _read_common(piece, said, strict=strict, passive=clause.sense.swap)


def _owns(pieces: Sequence[Piece], piece: Piece) -> bool:
    """Whether an `'s` follows, and then the verb."""
    return pieces[-1].kind is PieceKind.OWN and pieces[-2:-1] == [piece]


def _read_left_group(piece: Piece, group: ModelGroup, said: Said, clause: Clause) -> None:
    """A group before the verb is spoken of itself, unless a model is: then the group says among whom."""
    named = any(one.kind in (PieceKind.NAME, PieceKind.REFERENCE) for one in clause.left)
    if named or clause.sense.relation is Relation.FIRST:
        said.group |= group
    elif said.subjects and said.subjects[-1].kind is MentionKind.GROUP:
        both = said.subjects[-1].group | group
        said.subjects[-1] = replace(said.subjects[-1], text=f"{said.subjects[-1].text} {piece.text}", name=str(both), group=both)
    else:
        said.subjects.append(_class(piece, group, clause.left))


def _class(piece: Piece, group: ModelGroup, among: Sequence[Piece]) -> Mention:
    """A class as somebody spoken of, with the word that says whether all of it or one of it is meant."""
    before = among[: among.index(piece)]
    one = before[-1].text if before and before[-1].text.casefold() in SOME_ONE else ""
    return Mention(text=piece.text, name=str(group), kind=MentionKind.GROUP, group=group, quantifier=_quantifier(before) or one)


# ── right of the verb ────────────────────────────────────────────────────────────────────────────


def read_right(clause: Clause, said: Said) -> None:
    """Rivals, topics, boards, classes, amounts and dates, in any order that can be told apart."""
    for place, piece in enumerate(clause.right):
        before = clause.right[:place]
        if _describes(clause.right, place, set()):
            said.unread.append(piece.text)
        elif piece.kind is PieceKind.NAME:
            _read_right_name(clause, replace(piece.mention, quantifier=_quantifier(before)), before, said)
        elif piece.kind in (PieceKind.TOPIC, PieceKind.BOARD):
            bundle = said.bundles[-1]
            (bundle.topics if piece.kind is PieceKind.TOPIC else bundle.sources).append(str(piece.value))
        elif piece.kind is PieceKind.GROUP and isinstance(piece.value, ModelGroup):
            _read_right_group(clause, piece, piece.value, said)
        elif piece.kind is PieceKind.NOT:
            _read_right_not(clause.right, place, said)
        elif piece.kind is PieceKind.WORD and any(one.isalnum() for one in piece.text):
            _read_right_word(piece, before, said)
        elif piece.text.casefold() != "than" or any(one.kind is not PieceKind.FILL for one in before):
            _read_right_rest(clause, piece, place, said)


def _is_maker(mention: Mention, before: Sequence[Piece]) -> bool:
    """`by Anthropic`, `from OpenAI` says who made a model, and names none."""
    return mention.kind is MentionKind.LAB and bool(before) and before[-1].text.casefold() in ("by", "from", "of")


def _read_right_name(clause: Clause, mention: Mention, before: Sequence[Piece], said: Said) -> None:
    if _is_maker(mention, before):
        if any(bundle.rivals for bundle in said.bundles):
            said.unread.append(mention.text)  # "GPT-5 from OpenAI"
        else:
            said.group |= ModelGroup(lab=mention.lab)  # "the best model from OpenAI"
        return
    if _names_the_subject(clause, said, before):
        said.subjects.append(mention)
        return
    named = max((place for place, piece in enumerate(before) if piece.kind is PieceKind.NAME), default=-1)
    between = [piece for piece in before[named + 1 :] if piece.kind is PieceKind.WORD or (named >= 0 and is_copula(piece))]
    if between:
        raise NotUnderstoodError(f'"{between[-1].text}" before "{mention.text}"')
    bundle = said.bundles[-1]
    if (bundle.topics or bundle.sources) and bundle.rivals:
        said.bundles.append(Bundle(negated=bundle.negated))
    said.bundles[-1].rivals.append(mention)


def _read_right_word(piece: Piece, before: Sequence[Piece], said: Said) -> None:
    """After a preposition a word is what is compared; right after a name it may be anything, so nothing is read."""
    if _FIGURE.search(piece.text) and (not before or before[-1].text != "("):
        raise NotUnderstoodError(f'"{piece.text}": it does not say of what')
    topics = said.bundles[-1].topics
    if (
        topics
        and before
        and before[-1].kind is PieceKind.WORD
        and topics[-1].endswith(before[-1].text)
        and piece.start - before[-1].end < 2
    ):
        topics[-1] = f"{topics[-1]}{'-' if piece.start > before[-1].end else ''}{piece.text}"  # "on MMLU-Pro"
        return
    if _is_unknown_topic(before):
        topics.append(piece.text)
        return
    if piece.text[0].isupper() and len(before) > 1 and before[-1].kind is PieceKind.JOIN and before[-2].kind is PieceKind.NAME:
        said.bundles[-1].rivals.append(Mention(text=piece.text, name=piece.text))  # "beats GPT-4 and Mystery"
        return
    if before and before[-1].kind in (PieceKind.NAME, PieceKind.OWN):
        raise NotUnderstoodError(f'"{piece.text}" after "{before[-1].text}"')
    said.unread.append(piece.text)


def _read_right_rest(clause: Clause, piece: Piece, place: int, said: Said) -> None:
    if piece.kind is PieceKind.REFERENCE:
        said.unread.append(piece.text)
        return
    if piece.kind is PieceKind.AMOUNT and isinstance(piece.value, Amount) and not clause.sense.price_word:
        by = any(one.kind is PieceKind.BY for one in clause.right[max(0, place - 2) : place])
        if not by and (piece.value.unit == "times" or clause.sense.relation is Relation.LEAD):
            raise NotUnderstoodError(f'"{piece.text}": it does not say of what')  # "at half the size"
    _read_common(piece, said, strict=False, passive=False)


def _names_the_subject(clause: Clause, said: Said, before: Sequence[Piece]) -> bool:
    """`The best open-weights model is X`: the subject comes last."""
    superlative = clause.sense.superlative and not said.subjects and not said.refers
    return superlative and any(is_copula(piece) or piece.text == ":" for piece in before)


def _read_right_group(clause: Clause, piece: Piece, group: ModelGroup, said: Said) -> None:
    """After a verb that needs a rival a group is the rival; after `best` it says among whom."""
    sense = clause.inner or clause.sense
    bundle = said.bundles[-1]
    if sense.rival == "must" and not bundle.rivals:
        bundle.rivals.append(_class(piece, group, clause.right))
    elif bundle.rivals and bundle.rivals[-1].kind is MentionKind.GROUP:
        both = bundle.rivals[-1].group | group
        bundle.rivals[-1] = replace(bundle.rivals[-1], text=f"{bundle.rivals[-1].text} {piece.text}", name=str(both), group=both)
    else:
        said.group |= group


def _read_right_not(pieces: Sequence[Piece], place: int, said: Said) -> None:
    """`but not in maths` is a claim of its own, turned round; any other `not` after the verb is not understood."""
    after_but = any(piece.kind is PieceKind.BREAK and piece.text.casefold() == "but" for piece in pieces[:place])
    rest = [piece for piece in pieces[place + 1 :] if piece.kind in (PieceKind.TOPIC, PieceKind.BOARD, PieceKind.NAME)]
    if not after_but or not rest:
        raise NotUnderstoodError(f'"{pieces[place].text}" after the verb')
    last = said.bundles[-1]
    rivals = [] if rest[0].kind is PieceKind.NAME else list(last.rivals)
    sources = [] if any(piece.kind is PieceKind.BOARD for piece in rest) else list(last.sources)
    said.bundles.append(Bundle(rivals=rivals, sources=sources, negated=True))


def _is_unknown_topic(before: Sequence[Piece]) -> bool:
    """`in juggling`: what follows a preposition is what is compared, though no board has it."""
    last = next((piece for piece in reversed(before) if piece.kind not in (PieceKind.FILL, PieceKind.DEGREE)), None)
    small = [piece for piece in before[-2:] if piece.text.casefold() in ("in", "on", "at", "for")]
    return (last is not None and last.kind is PieceKind.IN) or bool(small)


# ── either side ──────────────────────────────────────────────────────────────────────────────────


def _read_common(piece: Piece, said: Said, *, strict: bool, passive: bool) -> None:
    """What means the same on both sides; a word that could change the meaning is not skipped."""
    kind = piece.kind
    if kind is PieceKind.AMOUNT and isinstance(piece.value, Amount):
        if said.amount is not None:
            raise NotUnderstoodError(f'"{said.amount.text}" and "{piece.text}" at once')
        said.amount = piece.value
    elif kind is PieceKind.SINCE and isinstance(piece.value, Period):
        said.since = piece.value
    elif kind is PieceKind.HEDGE:
        raise NotUnderstoodError(f'"{piece.text}" says what may be, or what somebody says; the record only knows what is')
    elif kind is PieceKind.TURN and not (passive and piece.text.casefold() in PASTS):
        raise NotUnderstoodError(f'"{piece.text}" changes what it says')
    elif kind in (PieceKind.SIZE, PieceKind.NEAR) or piece.text.isdecimal():
        raise NotUnderstoodError(f'"{piece.text}": it does not say what this belongs to')
    elif kind is PieceKind.DEGREE:
        said.unread.append(piece.text)
    elif kind is PieceKind.WORD and any(one.isalnum() for one in piece.text):
        if strict:
            raise NotUnderstoodError(f'"{piece.text}" between the model and the verb')
        said.unread.append(piece.text)
