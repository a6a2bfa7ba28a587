"""Divides a sentence's pieces into clauses, one per verb or comparative, and finds what all of them share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from tracker.claims._records import Mention, MentionKind, ModelGroup, Period, PieceKind, Relation
from tracker.claims.figures import Score
from tracker.claims.pieces import Piece
from tracker.claims.words import Sense


@dataclass(slots=True)
class Clause:
    """One verb and what belongs to it, being read."""

    anchor: Piece
    sense: Sense
    inner: Sense | None = None
    top: object = None
    figures: tuple[Score, ...] = ()
    within: int | None = None
    left: list[Piece] = field(default_factory=list)
    right: list[Piece] = field(default_factory=list)


def divide(pieces: Sequence[Piece]) -> list[Clause]:
    """One clause per verb, with the pieces between two verbs shared out."""
    pieces = _best_as_subject(pieces)
    anchors = _anchors(pieces)
    clauses = [clause for clause, _, _ in anchors]
    start = 0
    for place, (clause, first, last) in enumerate(anchors):
        before = pieces[start:first] if place == 0 else []
        clause.left = [*before, *clause.left]
        until = anchors[place + 1][1] if place + 1 < len(anchors) else len(pieces)
        gap = pieces[last + 1 : until]
        if place + 1 < len(anchors):
            cut = _cut_between(gap, clause, anchors[place + 1][0])
            clause.right = list(gap[:cut])
            clauses[place + 1].left = [*gap[cut:], *clauses[place + 1].left]
        else:
            clause.right = list(gap)
    return clauses


def _best_as_subject(pieces: Sequence[Piece]) -> list[Piece]:
    """`the best open-weights model` before a verb, or after one that wants a rival, is a group that is spoken of, not a claim."""
    found = list(pieces)
    for place, piece in enumerate(found):
        if piece.kind is not PieceKind.SENSE or not piece.sense.superlative or (place and is_copula(found[place - 1])):
            continue
        end = place + 1
        while end < len(found) and found[end].kind in (PieceKind.GROUP, PieceKind.FILL) and not is_copula(found[end]):
            end += 1
        groups = [one.value for one in found[place + 1 : end] if isinstance(one.value, ModelGroup)]
        between = (PieceKind.FILL, PieceKind.DEGREE, PieceKind.AMOUNT, PieceKind.NOT, PieceKind.NEAR)
        verb = next((later for later in range(end, len(found)) if found[later].kind not in between), len(found))
        if groups and (
            _wants_a_rival(found[:place])
            or (_is_verb(found, verb) and not any(one.kind is PieceKind.NAME for one in found[:place]))
        ):
            mention = _group_mention(found[place:end], groups)
            merged = Piece(kind=PieceKind.NAME, text=mention.text, start=piece.start, end=found[end - 1].end, value=mention)
            return _best_as_subject([*found[:place], merged, *found[end:]])
    return found


def _is_verb(pieces: Sequence[Piece], place: int) -> bool:
    return place < len(pieces) and pieces[place].kind is PieceKind.SENSE


def _wants_a_rival(before: Sequence[Piece]) -> bool:
    """`ahead of` right before `the best open-source model`: that is whom it is ahead of."""
    last = next((piece for piece in reversed(before) if piece.kind not in (PieceKind.FILL, PieceKind.DEGREE)), None)
    return last is not None and last.kind is PieceKind.SENSE and last.sense.rival == "must"


def _group_mention(pieces: Sequence[Piece], groups: Sequence[ModelGroup]) -> Mention:
    group = ModelGroup()
    for one in groups:
        group |= one
    text = " ".join(piece.text for piece in pieces)
    return Mention(text=text, name=str(group), kind=MentionKind.GROUP, group=group)


def is_copula(piece: Piece) -> bool:
    """Whether it is a form of `to be`, or stands for one."""
    return piece.text.casefold() in ("is", "are", "was", "were", "as", "becomes", "became", "become", "remains", "now", "be")


_RANKS = Sense(relation=Relation.RANK, rival="no")
_SCORES = Sense(relation=Relation.SCORE, rival="no")


def _is_of_something(pieces: Sequence[Piece], place: int, before: Sequence[tuple[Clause, int, int]]) -> bool:
    """`: 57` follows a name, `of 1.5 %` a topic, a price without a verb another price; other scores bring their verb."""
    last = pieces[place - 1].kind if place else None
    opening = pieces[place].text.casefold()
    if opening[0] in ":—–-=":
        return last is PieceKind.NAME
    if opening.startswith("of "):
        return last is PieceKind.TOPIC
    return not opening.startswith("$") or (last is PieceKind.JOIN and any(clause.figures for clause, _, _ in before))


def _anchors(pieces: Sequence[Piece]) -> list[tuple[Clause, int, int]]:
    """(clause, first piece, last piece) of every verb; `first … to beat` and `costs half as much as` are one verb."""
    found: list[tuple[Clause, int, int]] = []
    place = 0
    while place < len(pieces):
        piece = pieces[place]
        if piece.kind is PieceKind.FIRST:
            taken = _first(pieces, place)
        elif piece.kind is PieceKind.SENSE:
            taken = _verb(pieces, place)
        elif piece.kind is PieceKind.TOP:
            taken = Clause(anchor=piece, sense=_RANKS, top=piece.value), place
        elif piece.kind is PieceKind.SCORE and _is_of_something(pieces, place, found):
            taken = Clause(anchor=piece, sense=_SCORES, figures=piece.scores), place
        else:
            place += 1
            continue
        clause, last = taken
        found.append((clause, place, last))
        place = last + 1
    return found


def _first(pieces: Sequence[Piece], place: int) -> tuple[Clause, int]:
    """`the first open-source model to beat`: the verb after it is what the first is first at."""
    clause = Clause(anchor=pieces[place], sense=Sense(relation=Relation.FIRST, rival="may"))
    last = place
    for later in range(place + 1, len(pieces)):
        piece = pieces[later]
        if piece.kind in (PieceKind.SENSE, PieceKind.TOP, PieceKind.SCORE):
            clause.inner = {PieceKind.TOP: _RANKS, PieceKind.SCORE: _SCORES}.get(piece.kind) or piece.sense
            clause.top = piece.value if piece.kind is PieceKind.TOP else None
            clause.figures = piece.scores if piece.kind is PieceKind.SCORE else ()
            clause.left += [one for one in pieces[place + 1 : later] if one.kind is not PieceKind.BREAK]
            return clause, later
        if piece.kind is PieceKind.NAME or (piece.kind is PieceKind.BREAK and piece.text != ":"):
            break
    return clause, last


def _verb(pieces: Sequence[Piece], place: int) -> tuple[Clause, int]:
    """A verb; `costs` takes in `half as much as`, `twice the price of` its amount."""
    clause = Clause(anchor=pieces[place], sense=pieces[place].sense)
    last = place
    if clause.sense.superlative and (end := _within(pieces, place)):
        top = pieces[end].value
        clause.within = top if isinstance(top, int) else None
        clause.left += pieces[place + 1 : end]
        return clause, end
    if clause.sense.price_word:
        for later in range(place + 1, len(pieces)):
            piece = pieces[later]
            if piece.kind is PieceKind.SENSE and piece.sense.relation is Relation.PRICE:
                clause.sense, last = replace(piece.sense, price_word=True), later
                clause.left += pieces[place + 1 : later]
                break
            if piece.kind not in (PieceKind.AMOUNT, PieceKind.FILL, PieceKind.DEGREE, PieceKind.NEAR):
                break
    return clause, last


def _within(pieces: Sequence[Piece], place: int) -> int:
    """Where `the cheapest model in the top 10` ends; 0 where no such top follows."""
    for later in range(place + 1, len(pieces)):
        if pieces[later].kind is PieceKind.TOP and isinstance(pieces[later].value, int):
            return later
        if pieces[later].kind not in (PieceKind.FILL, PieceKind.DEGREE, PieceKind.IN, PieceKind.TOPIC):
            break
    return 0


_ENDS = (PieceKind.JOIN, PieceKind.BREAK)


def _cut_between(gap: Sequence[Piece], clause: Clause, following: Clause) -> int:
    """Where what belongs to one verb ends and the subject of the next begins."""
    content = [
        place
        for place, piece in enumerate(gap)
        if piece.kind not in (PieceKind.FILL, PieceKind.DEGREE, PieceKind.NOT, PieceKind.NEAR, PieceKind.AMOUNT)
    ]
    if not content or gap[content[-1]].kind in _ENDS:
        return content[-1] if content else _leading(gap)
    needs = clause.sense.rival == "must" or (clause.inner is not None and clause.inner.rival == "must")
    cuts = [
        place
        for place in content
        if gap[place].kind in _ENDS and _is_subject(gap[place + 1 :]) and (not needs or _names(gap[:place]))
    ]
    if not cuts:
        last = max((place for place in content if gap[place].kind in _ENDS), default=len(gap))
        return last if last < len(gap) and not _names(gap[last:]) else content[-1] + 1
    if following.sense.number == "one":
        return cuts[-1]
    several = [place for place in cuts if _names(gap[place:]) > 1]
    if following.sense.number == "many" and several:
        return several[-1]
    hard = [place for place in cuts if gap[place].kind is PieceKind.BREAK]
    return hard[0] if hard else cuts[0]


def _leading(gap: Sequence[Piece]) -> int:
    """Only small words between two verbs: negations and amounts belong to the second."""
    return next(
        (place for place, piece in enumerate(gap) if piece.kind in (PieceKind.NOT, PieceKind.NEAR, PieceKind.AMOUNT)), len(gap)
    )


def _names(pieces: Sequence[Piece]) -> int:
    return sum(piece.kind is PieceKind.NAME or piece.kind is PieceKind.REFERENCE for piece in pieces)


def _is_subject(pieces: Sequence[Piece]) -> bool:
    """Whether pieces read as the subject of a clause: names, perhaps after `in coding,`; nothing said of them yet."""
    rest = [
        piece
        for piece in pieces
        if piece.kind not in (PieceKind.FILL, PieceKind.DEGREE, PieceKind.NOT, PieceKind.NEAR, PieceKind.AMOUNT, PieceKind.HEDGE)
    ]
    while rest and rest[0].kind in _ENDS:
        rest = rest[1:]
    if rest and rest[0].kind is PieceKind.IN:
        end = next((place for place, piece in enumerate(rest) if piece.kind in (*_ENDS, PieceKind.NAME)), len(rest))
        rest = rest[end:]
        rest = rest[1:] if rest and rest[0].kind in _ENDS else rest
    if not rest or rest[0].kind not in (PieceKind.NAME, PieceKind.REFERENCE, PieceKind.GROUP):
        return False
    return all(
        piece.kind in (PieceKind.NAME, PieceKind.REFERENCE, PieceKind.GROUP, PieceKind.JOIN, PieceKind.OWN, PieceKind.TOPIC)
        for piece in rest
    )


# ── what all clauses of a sentence share ─────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedWords:
    """What is said once for all verbs of a sentence: whose figures, which board or topic in front, which date; `unsure` says why it is not sure of what a date is said."""

    sources: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    at: Period | None = None
    unsure: str = ""


def shared(clauses: Sequence[Clause], pieces: Sequence[Piece], attributed: Sequence[str]) -> SharedWords:
    """Attributions count for the whole sentence wherever they stand; so does what stands before its first name, or a date at its end."""
    sources = list(attributed)
    first = next(
        (
            place
            for place, piece in enumerate(clauses[0].left)
            if piece.kind in (PieceKind.NAME, PieceKind.REFERENCE, PieceKind.GROUP)
        ),
        0,
    )
    front = clauses[0].left[:first]
    sources += [str(piece.value) for piece in front if piece.kind is PieceKind.BOARD]
    topics = tuple(str(piece.value) for piece in front if piece.kind is PieceKind.TOPIC)
    clauses[0].left = [
        piece for piece in clauses[0].left if piece not in front or piece.kind not in (PieceKind.BOARD, PieceKind.TOPIC)
    ]
    dates = [piece.value for piece in pieces if piece.kind is PieceKind.AT and isinstance(piece.value, Period)]
    return SharedWords(
        sources=tuple(dict.fromkeys(sources)),
        topics=topics,
        at=dates[-1] if dates else None,
        unsure=_unsure_date(clauses, dates),
    )


def _unsure_date(clauses: Sequence[Clause], dates: Sequence[Period]) -> str:
    """Why it is not sure of which verb a date is said: two dates, or one in the middle of several verbs. Empty where it is."""
    if len(set(dates)) > 1:
        return f'"{dates[0].text}" and "{dates[-1].text}": one date in a sentence is read'
    inside = [piece for clause in clauses[:-1] for piece in clause.right if piece.kind is PieceKind.AT]
    inside += [piece for clause in clauses[1:] for piece in clause.left if piece.kind is PieceKind.AT]
    return f'"{inside[0].text}": it does not say of which verb' if inside else ""


def attributions(part: list[Piece]) -> list[str]:
    """What stands after `per`, `according to`, `via`, a board or not; it is taken out of the part. `from` needs a board."""
    found: list[str] = []
    place = 0
    while place < len(part):
        named = _attributed(part[place:]) if part[place].kind is PieceKind.FROM else []
        if named:
            found += [str(piece.value) if piece.kind is PieceKind.BOARD else piece.text for piece in named]
            del part[place : part.index(named[-1]) + 1]
        else:
            place += 1
    return found


def _attributed(rest: Sequence[Piece]) -> list[Piece]:
    """The boards, or the words in the place of one, that follow an attribution."""
    named: list[Piece] = []
    for before, piece in pairwise(rest):
        stranger = piece.kind is PieceKind.WORD or (piece.kind is PieceKind.NAME and piece.mention.kind is MentionKind.LAB)
        listed = not named or (before.kind is PieceKind.JOIN and piece.text[0].isupper())
        if piece.kind is PieceKind.BOARD or (stranger and listed and rest[0].text.casefold() != "from"):
            named.append(piece)
        elif piece.kind not in (PieceKind.FILL, PieceKind.OWN) and not (piece.kind is PieceKind.JOIN and named):
            break
    return named
