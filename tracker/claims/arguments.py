"""Reads the arguments of one verb, left and right of it: subjects, rivals, topics, boards, classes, amounts, dates.

Every piece is accounted for: one that no rule reads raises `NotUnderstoodError`, which names it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from msgspec import Struct

from tracker.claims._records import Amount, Mention, MentionKind, ModelGroup, Period, PieceKind, Relation
from tracker.claims.clauses import Clause, is_copula
from tracker.claims.pieces import Piece
from tracker.claims.words import AMONG, EVERY_ONE, NOUNS, PASTS, SOME_ONE, WEEKDAYS


class NotUnderstoodError(Exception):
    """These words cannot be read as a claim; the message says why."""


class Arguments(Struct):
    """What one clause says, being gathered. `refers`: its pronoun. `past`: "was" is read, because of a date or a passive.

    `strange`: a topic that no board has.
    """

    subjects: list[Mention] = []
    rivals: list[Mention] = []
    topics: list[str] = []
    sources: list[str] = []
    group: ModelGroup = ModelGroup()
    amount: Amount | None = None
    since: Period | None = None
    degree: str = ""
    negated: bool = False
    lapsed: bool = False
    refers: str = ""
    past: bool = False
    strange: str = ""
    read_as: list[str] = []


_READ_BEFORE = (
    *(PieceKind.FILL, PieceKind.FROM, PieceKind.JOIN, PieceKind.BREAK, PieceKind.IN, PieceKind.BY, PieceKind.OWN, PieceKind.AT),
)
"""What needs no rule: words without a meaning of their own, and dates, which are read for the whole sentence."""
_WHO = (PieceKind.NAME, PieceKind.GROUP)


def read_arguments(clause: Clause, arguments: Arguments) -> None:
    """Left of the verb the subjects, right of it the rivals; topics, boards, classes, amounts and dates on either side.

    Raises:
        NotUnderstoodError: a piece is not read.
    """
    for side, read in ((clause.left, _read_left), (clause.right, _read_right)):
        for place, piece in enumerate(side):
            if piece.kind in (PieceKind.TOPIC, PieceKind.BOARD):
                (arguments.topics if piece.kind is PieceKind.TOPIC else arguments.sources).append(str(piece.value))
            elif not read(clause, piece, side[:place], side[place + 1 :], arguments):
                _read_common(piece, side[place + 1 :], arguments)
    if arguments.strange and len(arguments.topics) > 1:
        raise NotUnderstoodError(f'"{arguments.strange}" is not understood beside another topic; ask without it')


def _read_left(clause: Clause, piece: Piece, before: Sequence[Piece], after: Sequence[Piece], arguments: Arguments) -> bool:
    """Whether it is something that only the left side has: a subject, a pronoun, a `not`."""
    match piece.kind:
        case PieceKind.NAME:
            _read_subject(clause, piece, before, after, arguments)
        case PieceKind.GROUP:
            _read_left_group(clause, piece, before, arguments)
        case PieceKind.REFERENCE:
            _read_reference(piece, before, arguments)
        case PieceKind.NOT if arguments.subjects or arguments.refers or not _kinds(after, *_WHO) or _is_none(piece, after):
            arguments.negated, arguments.lapsed = not arguments.negated, piece.reads("no longer")
        case PieceKind.AMOUNT if any(later.kind is not PieceKind.FILL for later in after):
            raise NotUnderstoodError(f'"{piece.text}": it does not say of what')  # "A, twice as large, beats B"
        case _:
            return False
    return True


def _kinds(pieces: Sequence[Piece], *kinds: PieceKind) -> list[Piece]:
    return [piece for piece in pieces if piece.kind in kinds]


def _is_none(piece: Piece, after: Sequence[Piece]) -> bool:
    """Whether it is the `no` of `no open model`."""
    return piece.reads("no", "not") and bool(_kinds(_content(after)[:1], PieceKind.GROUP))


def _content(pieces: Sequence[Piece]) -> list[Piece]:
    return [piece for piece in pieces if piece.kind is not PieceKind.FILL]


def _read_subject(clause: Clause, piece: Piece, before: Sequence[Piece], after: Sequence[Piece], arguments: Arguments) -> None:
    mention = piece.of(Mention)
    if _is_maker(mention, before, arguments.subjects):
        arguments.subjects[-1] = _narrowed(arguments.subjects[-1], ModelGroup(lab=mention.lab))
    elif mention.kind is MentionKind.LAB and clause.sense.superlative and [later.kind for later in after] == [PieceKind.OWN]:
        arguments.group |= ModelGroup(lab=mention.lab)  # "OpenAI's best model is"
    else:
        last = max((place for place, other in enumerate(before) if other.kind is PieceKind.NAME), default=None)
        between = [] if last is None else _content(before[last + 1 :])
        if last is not None and (not between or any(other.kind is not PieceKind.JOIN for other in between)):
            names = f'"{before[last].text}" before "{piece.text}"'
            raise NotUnderstoodError(f"{names}: it does not say how they belong together")
        arguments.subjects.append(replace(mention, quantifier=_quantifier(before)))


def _is_maker(mention: Mention, before: Sequence[Piece], named: Sequence[Mention]) -> bool:
    """`Kimi K2.6 by Moonshot`, `GPT-5 from OpenAI` says who made a model, and does not name another."""
    after_name = [other.kind for other in before[-2:-1]] == [PieceKind.NAME] and before[-1].reads("by", "from", "of")
    return mention.kind is MentionKind.LAB and bool(named) and after_name


def _narrowed(mention: Mention, group: ModelGroup) -> Mention:
    return replace(mention, group=mention.group | group)


def _read_reference(piece: Piece, before: Sequence[Piece], arguments: Arguments) -> None:
    """`A, which …` is said of A. Any other pronoun must have one meaning (`grammar`)."""
    follows = bool(before) and [other.kind for other in before if not other.reads(",")][-1:] == [PieceKind.NAME]
    if follows and len(arguments.subjects) == 1:
        return
    if arguments.subjects or piece.reads("which", "that", "who"):
        raise NotUnderstoodError(f'"{piece.text}": it does not say which model that is; name it')
    arguments.refers = piece.text


def _quantifier(before: Sequence[Piece]) -> str:
    """The word before a name (`all`, `every`, `each`, `any`) by which all of a line, or of a lab's models, are meant."""
    for piece in reversed(before):
        if piece.reads(*EVERY_ONE):
            return piece.text
        if piece.kind not in (PieceKind.FILL, PieceKind.GROUP) or not piece.reads("the", "of", "other", "its", "their", "new"):
            break
    return ""


def _is_among(before: Sequence[Piece]) -> bool:
    """Whether a class says among whom: `among open models`, `best of the open models`."""
    last = [piece for piece in before if not piece.reads("the", "all", "other")][-1:]
    return bool(last) and last[0].reads(*AMONG)


def _as_mention(piece: Piece, before: Sequence[Piece]) -> Mention:
    """A class as a subject or rival, with the word that says whether all or one of it is meant."""
    group = piece.of(ModelGroup)
    article = before[-1].text if before and before[-1].reads(*SOME_ONE) else ""
    quantifier = _quantifier(before) or article
    return Mention(text=piece.text, name=str(group), kind=MentionKind.GROUP, group=group, quantifier=quantifier)


def _read_left_group(clause: Clause, piece: Piece, before: Sequence[Piece], arguments: Arguments) -> None:
    """A class before the verb is the subject, or says among whom."""
    if clause.sense.relation is Relation.FIRST or _is_among(before):
        arguments.group |= piece.of(ModelGroup)
    elif arguments.subjects or arguments.refers:
        raise NotUnderstoodError(f'"{piece.text}": it does not say what this belongs to')
    else:
        arguments.subjects.append(_as_mention(piece, before))


# ── right of the verb ────────────────────────────────────────────────────────────────────────────


def _read_right(clause: Clause, piece: Piece, before: Sequence[Piece], _: Sequence[Piece], arguments: Arguments) -> bool:
    """Whether it is something that only the right side has: a rival, an unknown topic."""
    match piece.kind:
        case PieceKind.NAME:
            _read_rival(clause, piece, before, arguments)
        case PieceKind.GROUP:
            _read_right_group(clause, piece, before, arguments)
        case PieceKind.WORD if any(sign.isalnum() for sign in piece.text):
            _read_right_word(piece, before, arguments)
        case PieceKind.AMOUNT if _is_loose(clause, piece, before):
            raise NotUnderstoodError(f'"{piece.text}": it does not say of what')  # "at half the size"
        case _:
            return piece.reads("than") and all(other.kind in (PieceKind.IN, PieceKind.TOPIC) for other in _content(before))
    return True


def _read_rival(clause: Clause, piece: Piece, before: Sequence[Piece], arguments: Arguments) -> None:
    mention, rivals = replace(piece.of(Mention), quantifier=_quantifier(before)), arguments.rivals
    if _is_maker(mention, before, rivals):
        rivals[-1] = _narrowed(rivals[-1], ModelGroup(lab=mention.lab))  # "GPT-5 from OpenAI"
        return
    if mention.kind is MentionKind.LAB and before and before[-1].reads("by", "from", "of"):
        if rivals or not clause.sense.superlative:
            raise NotUnderstoodError(f'"{piece.text}": it does not say of what')
        arguments.group |= ModelGroup(lab=mention.lab)  # "the best model from OpenAI"
        return
    subject_missing = clause.sense.superlative and not arguments.subjects and not arguments.refers
    if subject_missing and any(is_copula(other) or other.text == ":" for other in before):
        arguments.subjects.append(mention)  # "The best open-weights model is X"
        return
    last = max((place for place, other in enumerate(before) if other.kind is PieceKind.NAME), default=-1)
    between = before[last + 1 :]
    strange = [other for other in between if other.kind not in (PieceKind.FILL, PieceKind.JOIN) or is_copula(other)]
    if last >= 0 and (strange or not _kinds(between, PieceKind.JOIN)):
        raise NotUnderstoodError(f'"{(strange or [before[last]])[0].text}" before "{mention.text}"')
    rivals.append(mention)


def _read_right_word(piece: Piece, before: Sequence[Piece], arguments: Arguments) -> None:
    """After a preposition a word is what is compared, though no board has it; anywhere else it may mean anything."""
    last, topics = before[-1] if before else None, arguments.topics
    figure = piece.text.lstrip("$")[:1].isdigit()
    if last is not None and last.kind is PieceKind.WORD and topics and topics[-1].endswith(last.text):
        hyphen = piece.start - last.end == 1 and piece.text[0].isupper()
        topics[-1] = f"{topics[-1]}{'-' if hyphen else ' '}{piece.text}"  # "on MMLU-Pro"
    elif figure:
        raise NotUnderstoodError(f'"{piece.text}": it does not say of what')
    elif piece.reads(*WEEKDAYS):
        raise NotUnderstoodError(f'"{piece.text}": it does not say of which week; give the date')
    elif _kinds(_content(before)[-1:], PieceKind.IN) or any(other.reads("in", "on", "at", "for") for other in before[-2:]):
        arguments.strange = piece.text
        topics.append(piece.text)
    elif piece.text[0].isupper() and [other.kind for other in before[-2:]] == [PieceKind.NAME, PieceKind.JOIN]:
        arguments.rivals.append(Mention(text=piece.text, name=piece.text))  # "beats GPT-4 and Mystery"
    else:
        raise NotUnderstoodError(f'"{piece.text}" is not understood, and may change the meaning; ask without it')


def _is_loose(clause: Clause, piece: Piece, before: Sequence[Piece]) -> bool:
    """Whether an amount after the verb may be one of something else."""
    by = any(other.kind is PieceKind.BY for other in before[-2:])
    times = isinstance(piece.value, Amount) and piece.value.unit == "times"
    return not clause.sense.price_word and not by and (times or clause.sense.relation is Relation.LEAD)


def _read_right_group(clause: Clause, piece: Piece, before: Sequence[Piece], arguments: Arguments) -> None:
    """A class after a verb is the rival; after `best` or `among`, it says among whom."""
    if _is_among(before) or (clause.inner or clause.sense).rival == "no":
        arguments.group |= piece.of(ModelGroup)
    elif not arguments.rivals or _kinds(before, PieceKind.JOIN):
        arguments.rivals.append(_as_mention(piece, before))
    else:
        raise NotUnderstoodError(f'"{piece.text}": it does not say what this belongs to')


# ── either side ──────────────────────────────────────────────────────────────────────────────────


def _read_common(piece: Piece, after: Sequence[Piece], arguments: Arguments) -> None:
    """What means the same on both sides. Whatever has no rule ends here, and is refused."""
    text = f'"{piece.text}"'
    if isinstance(piece.value, Amount) and piece.kind is PieceKind.AMOUNT:
        if arguments.amount is not None:
            raise NotUnderstoodError(f'"{arguments.amount.text}" and {text} at once')
        arguments.amount = piece.value
    elif piece.kind is PieceKind.SINCE and isinstance(piece.value, Period):
        arguments.since = piece.value
    elif piece.kind is PieceKind.DEGREE and not arguments.degree and not _is_class(after):
        arguments.degree = str(piece.value)
    elif piece.reads("both", *EVERY_ONE) and not _kinds(_content(after)[:1], *_WHO, *([PieceKind.TOPIC] * piece.reads("both"))):
        raise NotUnderstoodError(f"{text}: it does not say all of what; ask for one model, topic or board at a time")
    elif piece.kind is PieceKind.REFERENCE:
        raise NotUnderstoodError(f"{text}: it does not say which model that is; name it")
    elif piece.kind is PieceKind.TURN and not (arguments.past and piece.reads(*PASTS)):
        raise NotUnderstoodError(f"{text} changes what it says")
    elif piece.kind is PieceKind.SIZE or piece.text.isdecimal():
        raise NotUnderstoodError(f"{text}: it does not say what this belongs to")
    elif piece.kind not in (*_READ_BEFORE, PieceKind.SINCE, PieceKind.TURN) and any(sign.isalnum() for sign in piece.text):
        ask = 'ask for models "under 40B"' if piece.kind is PieceKind.DEGREE else "ask without it"
        raise NotUnderstoodError(f"{text} is not understood, and may change the meaning; {ask}")


def _is_class(after: Sequence[Piece]) -> bool:
    """Whether a word of degree is a restriction: `the best small model` says among whom, and not by how much."""
    return bool(_kinds(after, *_WHO)) or any(piece.reads(*NOUNS) for piece in after[:1])
