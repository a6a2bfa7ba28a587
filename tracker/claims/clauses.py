"""Divides a sentence's pieces into clauses, one per verb or comparative, and finds what all of them share."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from itertools import dropwhile, pairwise, takewhile
from operator import or_

from msgspec import Struct
from msgspec.structs import replace

from tracker.claims._records import Mention, MentionKind, ModelGroup, Period, PieceKind, Place, Relation
from tracker.claims.figures import Score
from tracker.claims.pieces import Piece
from tracker.claims.words import Sense


class Clause(Struct):
    """One verb and what belongs to it, being read."""

    anchor: Piece
    sense: Sense
    inner: Sense | None = None
    top: Place | None = None
    figures: tuple[Score, ...] = ()
    left: list[Piece] = []
    right: list[Piece] = []

    @property
    def pieces(self) -> list[Piece]:
        """All of them, in order."""
        return [*self.left, self.anchor, *self.right]


_SMALL = (PieceKind.FILL, PieceKind.DEGREE, PieceKind.NOT, PieceKind.AMOUNT)
_ENDS = (PieceKind.JOIN, PieceKind.BREAK)
_WHO = (PieceKind.NAME, PieceKind.REFERENCE, PieceKind.GROUP)


def divide(pieces: Sequence[Piece]) -> list[Clause]:
    """One clause per verb, with the pieces between two verbs divided among them."""
    pieces = _best_as_subject(pieces)
    anchors = _anchors(pieces)
    if not anchors:
        return []
    opening, start, _ = anchors[0]
    opening.left = [*pieces[:start], *opening.left]
    for (clause, _, last), (following, first, _) in pairwise(anchors):
        gap = pieces[last + 1 : first]
        cut = _cut_between(gap, clause, following)
        clause.right, following.left = gap[:cut], [*gap[cut:], *following.left]
    closing, _, end = anchors[-1]
    closing.right = pieces[end + 1 :]
    return [clause for clause, _, _ in anchors]


def _best_as_subject(pieces: Sequence[Piece]) -> list[Piece]:
    """`the best open-weights model` before a verb, or after one that needs a rival, is a group that is mentioned, not a claim."""
    read = list(pieces)
    for place, piece in enumerate(read):
        if piece.kind is not PieceKind.SENSE or not piece.of(Sense).superlative or (place and is_copula(read[place - 1])):
            continue
        of_group = (piece.kind in (PieceKind.GROUP, PieceKind.FILL) and not is_copula(piece) for piece in read[place + 1 :])
        end = place + 1 + len(list(takewhile(bool, of_group)))
        groups = [member.value for member in read[place + 1 : end] if isinstance(member.value, ModelGroup)]
        named = any(before.kind is PieceKind.NAME for before in read[:place])
        verb_next = next((later.kind for later in read[end:] if later.kind not in _SMALL), None) is PieceKind.SENSE
        if groups and (_needs_a_rival(read[:place]) or (verb_next and not named)):
            group = reduce(or_, groups)
            text = " ".join(member.text for member in read[place:end])
            mention = Mention(text=text, name=str(group), kind=MentionKind.GROUP, group=group)
            merged = Piece(kind=PieceKind.NAME, text=text, start=piece.start, end=read[end - 1].end, value=mention)
            return _best_as_subject([*read[:place], merged, *read[end:]])
    return read


def _needs_a_rival(before: Sequence[Piece]) -> bool:
    """`ahead of` or `leads` right before `the best open-source model`: that is the rival."""
    last = next((piece for piece in reversed(before) if piece.kind not in (PieceKind.FILL, PieceKind.DEGREE)), None)
    return last is not None and last.kind is PieceKind.SENSE and last.of(Sense).rival != "no"


def is_copula(piece: Piece) -> bool:
    """Whether it is a form of `to be`, or used as one."""
    return piece.reads("is", "are", "was", "were", "as", "becomes", "became", "become", "remains", "now", "be")


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
    anchors: list[tuple[Clause, int, int]] = []
    place = 0
    while place < len(pieces):
        piece, clause, last = pieces[place], None, place
        if piece.kind is PieceKind.FIRST:
            clause, last = _first(pieces, place)
        elif _restricts(pieces[:place], anchors):
            pass
        elif piece.kind is PieceKind.SENSE and _is_verb(piece.of(Sense), pieces[:place]):
            clause, last = _verb(pieces, place)
        elif isinstance(piece.value, Place):
            clause = Clause(anchor=piece, sense=_RANKS, top=piece.value)
        elif piece.kind is PieceKind.SCORE and _is_of_something(pieces, place, anchors):
            clause = Clause(anchor=piece, sense=_SCORES, figures=piece.of(tuple))
        if clause is not None:
            anchors.append((clause, place, last))
        place = last + 1
    return anchors


def _restricts(before: Sequence[Piece], anchors: Sequence[tuple[Clause, int, int]]) -> bool:
    """`the cheapest model to score above 50`, `the best in the top 10`: what says among whom by a verb is not read."""
    if not anchors or not anchors[-1][0].sense.superlative:
        return bool(before) and before[-1].reads("to")
    return not any(piece.kind in (*_ENDS, PieceKind.NAME) or is_copula(piece) for piece in before[anchors[-1][2] + 1 :])


def _is_verb(sense: Sense, before: Sequence[Piece]) -> bool:
    """`the leader` and `its rival` are said of somebody; they claim something only in `is the leader`, `A and B rival C`."""
    if sense.noun:
        return any(is_copula(piece) for piece in [each for each in before if not each.reads("a", "the")][-1:])
    return sense.number != "many" or not before or not before[-1].reads("the", "a", "an", "its", "their", "'s")


def _first(pieces: Sequence[Piece], place: int) -> tuple[Clause, int]:
    """`the first open-source model to beat`: the verb after it is what the first is first at."""
    clause = Clause(anchor=pieces[place], sense=Sense(relation=Relation.FIRST, rival="may"))
    for later, piece in enumerate(pieces[place + 1 :], start=place + 1):
        if piece.kind in (PieceKind.SENSE, PieceKind.TOP, PieceKind.SCORE):
            clause.inner = {PieceKind.TOP: _RANKS, PieceKind.SCORE: _SCORES}.get(piece.kind) or piece.of(Sense)
            clause.top = piece.value if isinstance(piece.value, Place) else None
            clause.figures = piece.of(tuple) if piece.kind is PieceKind.SCORE else ()
            clause.left += [between for between in pieces[place + 1 : later] if between.kind is not PieceKind.BREAK]
            return clause, later
        if piece.kind is PieceKind.NAME or (piece.kind is PieceKind.BREAK and piece.text != ":"):
            break
    return clause, place


def _verb(pieces: Sequence[Piece], place: int) -> tuple[Clause, int]:
    """A verb; `costs` includes `half as much as`."""
    clause, last = Clause(anchor=pieces[place], sense=pieces[place].of(Sense)), place
    if clause.sense.relation is Relation.LEAD and place and pieces[place - 1].reads("becomes", "became", "become"):
        clause.sense = replace(clause.sense, passing=True)
    of_price = (PieceKind.AMOUNT, PieceKind.FILL)
    price = next((later for later in range(place + 1, len(pieces)) if pieces[later].kind not in of_price), place)
    following = pieces[price].of(Sense) if price > place and pieces[price].kind is PieceKind.SENSE else None
    if clause.sense.price_word and following and following.relation is Relation.PRICE:
        clause.sense, last = replace(following, price_word=True), price
    clause.left += pieces[place + 1 : last]
    return clause, last


def _cut_between(gap: Sequence[Piece], clause: Clause, following: Clause) -> int:
    """Where the pieces of one verb end and the subject of the next begins."""
    content = [place for place, piece in enumerate(gap) if piece.kind not in _SMALL]
    if not content:  # negations and amounts belong to the second verb
        leading = (PieceKind.NOT, PieceKind.AMOUNT)
        return next((place for place, piece in enumerate(gap) if piece.kind in leading), len(gap))
    if gap[content[-1]].kind in _ENDS:
        return content[-1]
    needs = "must" in (clause.sense.rival, clause.inner and clause.inner.rival)
    ends = [place for place in content if gap[place].kind in _ENDS]
    cuts = [place for place in ends if _is_subject(gap[place + 1 :]) and (not needs or _names(gap[:place]))]
    if not cuts:
        return ends[-1] if ends and not _names(gap[ends[-1] :]) else content[-1] + 1
    if following.sense.number == "one":
        return cuts[-1]
    several = [place for place in cuts if _names(gap[place:]) > 1]
    if following.sense.number == "many" and several:
        return several[-1]
    return next((place for place in cuts if gap[place].kind is PieceKind.BREAK), cuts[0])


def _names(pieces: Sequence[Piece]) -> int:
    return sum(piece.kind in (PieceKind.NAME, PieceKind.REFERENCE) for piece in pieces)


def _is_subject(pieces: Sequence[Piece]) -> bool:
    """Whether pieces read as the subject of a clause: names, perhaps after `in coding,`, and nothing about them yet."""
    kinds = [piece.kind for piece in pieces if piece.kind not in (*_SMALL, PieceKind.HEDGE)]
    kinds = list(dropwhile(_ENDS.__contains__, kinds))
    if kinds[:1] == [PieceKind.IN]:
        kinds = list(dropwhile(lambda kind: kind not in (*_ENDS, PieceKind.NAME), kinds))
        kinds = kinds[1:] if kinds and kinds[0] in _ENDS else kinds
    allowed = {*_WHO, PieceKind.JOIN, PieceKind.OWN, PieceKind.TOPIC}
    return bool(kinds) and kinds[0] in _WHO and allowed.issuperset(kinds)


class SharedWords(Struct, frozen=True, kw_only=True):
    """What a sentence says once for all verbs: sources, topics in front, a date; `unsure`: why the verb of a date is unclear."""

    sources: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    at: Period | None = None
    unsure: str = ""


def shared(clauses: Sequence[Clause], pieces: Sequence[Piece], attributed: Sequence[str]) -> SharedWords:
    """Attributions are of the whole sentence, and so are boards and topics before its first name, and a date at its end."""
    left = clauses[0].left
    first = next((place for place, piece in enumerate(left) if piece.kind in _WHO), 0)
    sources = [str(piece.value) for piece in left[:first] if piece.kind is PieceKind.BOARD]
    topics = tuple(str(piece.value) for piece in left[:first] if piece.kind is PieceKind.TOPIC)
    front = [piece for piece in left[:first] if piece.kind not in (PieceKind.BOARD, PieceKind.TOPIC)]
    clauses[0].left = [*front, *left[first:]]
    dates = [piece.value for piece in pieces if piece.kind is PieceKind.AT and isinstance(piece.value, Period)]
    return SharedWords(
        sources=tuple(dict.fromkeys([*attributed, *sources])),
        topics=topics,
        at=dates[-1] if dates else None,
        unsure=_unsure_date(clauses, dates),
    )


def _unsure_date(clauses: Sequence[Clause], dates: Sequence[Period]) -> str:
    """Why the verb of a date is not clear: two dates, or several verbs and the date is not in front. Empty if it is clear."""
    if len(set(dates)) > 1:
        return f'"{dates[0].text}" and "{dates[-1].text}": one date in a sentence is read'
    front = list(takewhile(lambda piece: piece.kind not in _WHO, clauses[0].left))
    if len(clauses) < 2 or not dates or any(piece.kind is PieceKind.AT for piece in front):
        return ""
    return f'"{dates[0].text}": it does not say of which verb'


def hearsay(pieces: Sequence[Piece]) -> str:
    """The word by which a sentence is what may be, or what somebody says: a hedge, or an attribution to a lab."""
    for before, piece in pairwise(pieces):
        attributed = before.kind in (PieceKind.FROM, PieceKind.IN) and not before.reads("from")
        in_front = before.reads("with", "from") and before is pieces[0]
        if piece.kind is PieceKind.NAME and piece.of(Mention).kind is MentionKind.LAB and (attributed or in_front):
            return f"{before.text} {piece.text}"
    return next((piece.text for piece in pieces if piece.kind is PieceKind.HEDGE), "")


def attributions(part: list[Piece]) -> list[str]:
    """The boards, or unknown sources, after `per`, `according to`, `via`; removed from the part. `from` needs a board."""
    sources: list[str] = []
    place = 0
    while place < len(part):
        named = _attributed(part[place:]) if part[place].kind is PieceKind.FROM else []
        if named:
            sources += [str(piece.value) if piece.kind is PieceKind.BOARD else piece.text for piece in named]
            del part[place : part.index(named[-1]) + 1]
        else:
            place += 1
    return sources


def _attributed(rest: Sequence[Piece]) -> list[Piece]:
    """The boards, or the words used as one, that follow an attribution."""
    named: list[Piece] = []
    for before, piece in pairwise(rest):
        unknown = piece.kind is PieceKind.WORD
        listed = not named or (before.kind is PieceKind.JOIN and piece.text[0].isupper())
        if piece.kind is PieceKind.BOARD or (unknown and listed and not rest[0].reads("from")):
            named.append(piece)
        elif piece.kind not in (PieceKind.FILL, PieceKind.OWN) and not (piece.kind is PieceKind.JOIN and named):
            break
    return named
