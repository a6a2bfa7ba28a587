"""Reads the arguments of one verb, left and right of it: subjects, rivals, topics, boards, classes, amounts, dates.

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
    """Rivals and the topics and boards said of them: `B in coding and C in maths` are two."""

    rivals: list[Mention] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    negated: bool = False


@dataclass(slots=True)
class Arguments:
    """What one clause says, being gathered. `refers`: it has a pronoun. `leads`: it is about the lead."""

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

    @property
    def rivals(self) -> list[Mention]:
        """Those of all bundles."""
        return [rival for bundle in self.bundles for rival in bundle.rivals]


# ── left of the verb ─────────────────────────────────────────────────────────────────────────────

_MARKS = (",", "(", ")", "—", "–")


def read_left(clause: Clause, arguments: Arguments) -> None:
    """The subjects, and what is between them and the verb."""
    pieces = clause.left
    last = _last(pieces, PieceKind.NAME, PieceKind.REFERENCE)
    if clause.sense.relation is not Relation.FIRST and last < 0:
        last = _last(pieces, PieceKind.GROUP)
    fenced = _fenced(pieces)
    for place, piece in enumerate(pieces):
        if _says_more(pieces, place, fenced):
            arguments.unread.append(piece.text)
            continue
        if piece.kind is PieceKind.NAME:
            _check_joined(pieces, place, fenced)
        if piece.kind is PieceKind.AMOUNT and any(_has_content(later) for later in pieces[place + 1 :]):
            raise NotUnderstoodError(f'"{piece.text}": it does not say of what')  # "A, twice as large, beats B"
        _read_left_piece(clause, place, arguments, strict=place > last and place not in fenced)


def _last(pieces: Sequence[Piece], *kinds: PieceKind) -> int:
    return max((place for place, piece in enumerate(pieces) if piece.kind in kinds), default=-1)


def _has_content(piece: Piece) -> bool:
    return piece.kind not in (PieceKind.FILL, PieceKind.DEGREE)


def _is_word(piece: Piece) -> bool:
    return piece.kind is PieceKind.WORD and piece.text.isalnum()


def _fenced(pieces: Sequence[Piece]) -> set[int]:
    """Places between two commas or brackets: said in passing."""
    marks = [place for place, piece in enumerate(pieces) if piece.text in _MARKS]
    return {place for start, end in pairwise(marks) for place in range(start, end + 1)}


def _says_more(pieces: Sequence[Piece], place: int, fenced: set[int]) -> bool:
    """Whether a piece only says more of a model that is named: who made it, what it came after, of which class it is."""
    if pieces[place].kind is PieceKind.NAME:
        return _is_maker(pieces[place].mention, pieces[:place]) or _is_apposed(pieces, place, fenced)
    return _describes(pieces, place, fenced)


def _is_maker(mention: Mention, before: Sequence[Piece]) -> bool:
    """`by Anthropic`, `from OpenAI` says who made a model, and does not name one."""
    return mention.kind is MentionKind.LAB and bool(before) and before[-1].reads("by", "from", "of")


def _is_apposed(pieces: Sequence[Piece], place: int, fenced: set[int]) -> bool:
    """Whether a name only says more of the one before: `GPT-5.5, the successor to GPT-5.4,` or `GPT-5.5, OpenAI's flagship,`."""
    marks = [mark for mark, piece in enumerate(pieces) if piece.text in _MARKS]
    start = max((mark for mark in marks if mark < place), default=0)
    end = min((mark for mark in marks if mark > place), default=len(pieces))
    named = any(piece.kind is PieceKind.NAME for piece in pieces[:start])
    return place in fenced and named and any(piece.kind is PieceKind.OWN or _is_word(piece) for piece in pieces[start:end])


def _describes(pieces: Sequence[Piece], place: int, fenced: set[int]) -> bool:
    """Whether a class only says more of a model that is named: `open-source Kimi K2.6`, `Kimi K2.6 (open weights)`."""
    if pieces[place].kind is not PieceKind.GROUP:
        return False
    if place in fenced and any(piece.kind is PieceKind.NAME for piece in pieces[:place]):
        return True
    after = next((piece.kind for piece in pieces[place + 1 :] if not piece.reads("model", "models", "llm")), None)
    return after is PieceKind.NAME and not (place and pieces[place - 1].reads("in", "of", "among", "for", "at"))


def _check_joined(pieces: Sequence[Piece], place: int, fenced: set[int]) -> None:
    """Two names before a verb must be joined, or the words between them may say anything: `Lab A tested B`."""
    first = _last(pieces[:place], PieceKind.NAME)
    owner = place + 1 < len(pieces) and pieces[place + 1].kind is PieceKind.OWN  # "is Google's best model"
    if first < 0 or owner or place in fenced or first in fenced:
        return
    between, joins = pieces[first + 1 : place], (PieceKind.JOIN, PieceKind.BREAK, PieceKind.OWN, PieceKind.IN)
    joined = any(piece.kind in joins or piece.text in "()" for piece in between)
    if not joined or any(_is_word(piece) for piece in between):
        names = f'"{pieces[first].text}" before "{pieces[place].text}"'
        raise NotUnderstoodError(f"{names}: it does not say how they belong together")


def _read_left_piece(clause: Clause, place: int, arguments: Arguments, *, strict: bool) -> None:
    piece = clause.left[place]
    match piece.kind:
        case PieceKind.NAME if piece.mention.kind is MentionKind.LAB and clause.sense.superlative and _owns(clause.left, place):
            arguments.group |= ModelGroup(lab=piece.mention.lab)  # "OpenAI's best model is"
        case PieceKind.NAME:
            arguments.subjects.append(_quantified(piece.mention, clause.left[:place]))
        case PieceKind.REFERENCE:
            arguments.refers = True
        case PieceKind.GROUP:
            _read_left_group(clause, place, arguments)
        case PieceKind.TOPIC:
            arguments.topics.append(str(piece.value))
        case PieceKind.BOARD:
            arguments.sources.append(str(piece.value))
        case PieceKind.NOT:
            arguments.negated = not arguments.negated
        case PieceKind.NEAR:
            arguments.near = True
        case _:
            _read_common(piece, arguments, strict=strict, passive=clause.sense.swap)


def _owns(pieces: Sequence[Piece], place: int) -> bool:
    """Whether an `'s` follows, and then the verb."""
    return place == len(pieces) - 2 and pieces[-1].kind is PieceKind.OWN


def _quantified(mention: Mention, before: Sequence[Piece]) -> Mention:
    """A mention with the word before it (`all`, `every`, `each`, `any`), if all of a line or of a lab's models are meant."""
    return replace(mention, quantifier=_quantifier(before))


def _quantifier(before: Sequence[Piece]) -> str:
    for piece in reversed(before):
        if piece.reads(*EVERY_ONE):
            return piece.text
        if piece.kind not in (PieceKind.FILL, PieceKind.GROUP, PieceKind.DEGREE) or not piece.reads(*_BETWEEN):
            break
    return ""


_BETWEEN = ("the", "of", "other", "its", "their", "these", "those", "new", "latest")


def _read_left_group(clause: Clause, place: int, arguments: Arguments) -> None:
    """A group before the verb is the subject, unless a model is: then the group says among whom."""
    piece = clause.left[place]
    named = any(other.kind in (PieceKind.NAME, PieceKind.REFERENCE) for other in clause.left)
    if named or clause.sense.relation is Relation.FIRST:
        arguments.group |= _group(piece)
    else:
        _add_group(arguments.subjects, piece, clause.left[:place])


def _group(piece: Piece) -> ModelGroup:
    assert isinstance(piece.value, ModelGroup)
    return piece.value


def _add_group(mentions: list[Mention], piece: Piece, before: Sequence[Piece]) -> None:
    """A class as a subject or rival, with the word that says whether all or one of it is meant; a second narrows the first."""
    group = _group(piece)
    if mentions and mentions[-1].kind is MentionKind.GROUP:
        last, group = mentions[-1], mentions[-1].group | group
        mentions[-1] = replace(last, text=f"{last.text} {piece.text}", name=str(group), group=group)
        return
    article = before[-1].text if before and before[-1].reads(*SOME_ONE) else ""
    quantifier = _quantifier(before) or article
    mentions.append(Mention(text=piece.text, name=str(group), kind=MentionKind.GROUP, group=group, quantifier=quantifier))


# ── right of the verb ────────────────────────────────────────────────────────────────────────────

_FIGURE = re.compile(r"\$?\d")


def read_right(clause: Clause, arguments: Arguments) -> None:
    """Rivals, topics, boards, classes, amounts and dates, in any order that is unambiguous."""
    for place, piece in enumerate(clause.right):
        before, bundle = clause.right[:place], arguments.bundles[-1]
        if piece.kind is PieceKind.REFERENCE or _describes(clause.right, place, set()):
            arguments.unread.append(piece.text)
            continue
        match piece.kind:
            case PieceKind.NAME:
                _read_right_name(clause, piece, before, arguments)
            case PieceKind.TOPIC:
                bundle.topics.append(str(piece.value))
            case PieceKind.BOARD:
                bundle.sources.append(str(piece.value))
            case PieceKind.GROUP:
                _read_right_group(clause, piece, arguments)
            case PieceKind.NOT:
                _read_right_not(clause.right, place, arguments)
            case PieceKind.WORD if any(sign.isalnum() for sign in piece.text):
                _read_right_word(piece, before, arguments)
            case _ if not piece.reads("than") or any(other.kind is not PieceKind.FILL for other in before):
                _read_right_rest(clause, piece, before, arguments)


def _read_right_name(clause: Clause, piece: Piece, before: Sequence[Piece], arguments: Arguments) -> None:
    mention = _quantified(piece.mention, before)
    if _is_maker(mention, before):
        if arguments.rivals:
            arguments.unread.append(mention.text)  # "GPT-5 from OpenAI"
        else:
            arguments.group |= ModelGroup(lab=mention.lab)  # "the best model from OpenAI"
        return
    subject_missing = clause.sense.superlative and not arguments.subjects and not arguments.refers
    if subject_missing and any(is_copula(other) or other.text == ":" for other in before):
        arguments.subjects.append(mention)  # "The best open-weights model is X"
        return
    named = _last(before, PieceKind.NAME)
    for other in reversed(before[named + 1 :]):
        if other.kind is PieceKind.WORD or (named >= 0 and is_copula(other)):
            raise NotUnderstoodError(f'"{other.text}" before "{mention.text}"')
    bundle = arguments.bundles[-1]
    if (bundle.topics or bundle.sources) and bundle.rivals:
        arguments.bundles.append(Bundle(negated=bundle.negated))
    arguments.bundles[-1].rivals.append(mention)


def _read_right_word(piece: Piece, before: Sequence[Piece], arguments: Arguments) -> None:
    """After a preposition a word is what is compared; right after a name it may be anything, so nothing is read."""
    last = before[-1] if before else None
    if _FIGURE.search(piece.text) and (last is None or last.text != "("):
        raise NotUnderstoodError(f'"{piece.text}": it does not say of what')
    bundle = arguments.bundles[-1]
    topics = bundle.topics
    if last is not None and _continues_topic(topics, last, piece):
        topics[-1] = f"{topics[-1]}{'-' if piece.start > last.end else ''}{piece.text}"  # "on MMLU-Pro"
    elif _is_unknown_topic(before):
        topics.append(piece.text)
    elif piece.text[0].isupper() and [other.kind for other in before[-2:]] == [PieceKind.NAME, PieceKind.JOIN]:
        bundle.rivals.append(Mention(text=piece.text, name=piece.text))  # "beats GPT-4 and Mystery"
    elif last is not None and last.kind in (PieceKind.NAME, PieceKind.OWN):
        raise NotUnderstoodError(f'"{piece.text}" after "{last.text}"')
    else:
        arguments.unread.append(piece.text)


def _continues_topic(topics: Sequence[str], last: Piece, piece: Piece) -> bool:
    adjacent = last.kind is PieceKind.WORD and piece.start - last.end < 2
    return adjacent and bool(topics) and topics[-1].endswith(last.text)


def _is_unknown_topic(before: Sequence[Piece]) -> bool:
    """`in juggling`: what follows a preposition is what is compared, though no board has it."""
    last = next((piece for piece in reversed(before) if _has_content(piece)), None)
    return (last is not None and last.kind is PieceKind.IN) or any(piece.reads("in", "on", "at", "for") for piece in before[-2:])


def _read_right_rest(clause: Clause, piece: Piece, before: Sequence[Piece], arguments: Arguments) -> None:
    if piece.kind is PieceKind.AMOUNT and isinstance(piece.value, Amount) and not clause.sense.price_word:
        by = any(other.kind is PieceKind.BY for other in before[-2:])
        if not by and (piece.value.unit == "times" or clause.sense.relation is Relation.LEAD):
            raise NotUnderstoodError(f'"{piece.text}": it does not say of what')  # "at half the size"
    _read_common(piece, arguments, strict=False, passive=False)


def _read_right_group(clause: Clause, piece: Piece, arguments: Arguments) -> None:
    """After a verb that needs a rival, a group is the rival; after `best`, it says among whom."""
    rivals = arguments.bundles[-1].rivals
    needed = (clause.inner or clause.sense).rival == "must" and not rivals
    if needed or (rivals and rivals[-1].kind is MentionKind.GROUP):
        _add_group(rivals, piece, clause.right[: clause.right.index(piece)])
    else:
        arguments.group |= _group(piece)


def _read_right_not(pieces: Sequence[Piece], place: int, arguments: Arguments) -> None:
    """`but not in maths` is a claim of its own, negated; any other `not` after the verb is not understood."""
    after_but = any(piece.kind is PieceKind.BREAK and piece.reads("but") for piece in pieces[:place])
    rest = [piece.kind for piece in pieces[place + 1 :] if piece.kind in (PieceKind.TOPIC, PieceKind.BOARD, PieceKind.NAME)]
    if not after_but or not rest:
        raise NotUnderstoodError(f'"{pieces[place].text}" after the verb')
    last = arguments.bundles[-1]
    rivals = [] if rest[0] is PieceKind.NAME else list(last.rivals)
    sources = [] if PieceKind.BOARD in rest else list(last.sources)
    arguments.bundles.append(Bundle(rivals=rivals, sources=sources, negated=True))


# ── either side ──────────────────────────────────────────────────────────────────────────────────


def _read_common(piece: Piece, arguments: Arguments, *, strict: bool, passive: bool) -> None:
    """What means the same on both sides; a word that could change the meaning is not skipped."""
    kind, text = piece.kind, f'"{piece.text}"'
    if kind is PieceKind.AMOUNT and isinstance(piece.value, Amount):
        if arguments.amount is not None:
            raise NotUnderstoodError(f'"{arguments.amount.text}" and {text} at once')
        arguments.amount = piece.value
    elif kind is PieceKind.SINCE and isinstance(piece.value, Period):
        arguments.since = piece.value
    elif kind is PieceKind.HEDGE:
        raise NotUnderstoodError(f"{text} says what may be, or what somebody says; the record only knows what is")
    elif kind is PieceKind.TURN and not (passive and piece.reads(*PASTS)):
        raise NotUnderstoodError(f"{text} changes what it says")
    elif kind in (PieceKind.SIZE, PieceKind.NEAR) or piece.text.isdecimal():
        raise NotUnderstoodError(f"{text}: it does not say what this belongs to")
    elif kind is PieceKind.DEGREE or (kind is PieceKind.WORD and any(sign.isalnum() for sign in piece.text)):
        if strict and kind is PieceKind.WORD:
            raise NotUnderstoodError(f"{text} between the model and the verb")
        arguments.unread.append(piece.text)
