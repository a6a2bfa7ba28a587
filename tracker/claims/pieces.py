"""Cuts a sentence into pieces that mean something: names, verbs, topics, boards, classes, numbers, dates. Every word is in one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache

from tracker.claims import names, scores
from tracker.claims._records import Amount, Mention, MentionKind, ModelGroup, Period
from tracker.claims.names import Named, Vocabulary
from tracker.claims.scores import Score
from tracker.claims.words import (
    ATTRIBUTIONS,
    BOUNDS,
    BREAKS,
    EVERY,
    EVERYWHERE,
    FILLERS,
    FIRSTS,
    GROUPS,
    HEDGES,
    INTENSITIES,
    JOINS,
    MONTHS,
    NEARLY,
    NEGATIONS,
    NUMBERS,
    ORDINALS,
    PREPOSITIONS,
    REFERENCES,
    SENSES,
    SHARES,
    SYNONYMS,
    TURNS,
    Sense,
)
from tracker.model import Board


class PieceKind(StrEnum):
    """What a piece is for."""

    NAME = "name"
    SIZE = "size"
    SENSE = "sense"
    FIRST = "first"
    TOP = "top"
    SCORE = "score"
    TOPIC = "topic"
    BOARD = "board"
    GROUP = "group"
    AMOUNT = "amount"
    SINCE = "since"
    AT = "at"
    NOT = "not"
    NEAR = "near"
    HEDGE = "hedge"
    BY = "by"
    FROM = "from"
    IN = "in"
    JOIN = "join"
    BREAK = "break"
    REFERENCE = "reference"
    OWN = "own"
    FILL = "fill"
    DEGREE = "degree"
    TURN = "turn"
    WORD = "word"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of a sentence and what it means: `value` is a Sense, a Mention, a ModelGroup, an Amount, a Period, text, or the figures of a score."""

    kind: PieceKind
    text: str
    start: int
    end: int
    value: object = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Titles:
    """What boards and metrics are called: phrases of words → the piece they make."""

    boards: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    topics: Mapping[tuple[str, ...], str] = field(default_factory=dict)


_WORD = re.compile(r"n['’]t\b|['’]s\b|\$?\d+(?:,\d{3})+(?:\.\d+)?|\$?\d+(?:\.\d+)?|[^\W\d_]+(?=n['’]t\b)|[^\W\d_]+|[^\w\s]|_")


# ── what boards are called ───────────────────────────────────────────────────────────────────────


def titles(boards: Iterable[Board]) -> Titles:
    """The phrases under which people speak of these boards and their metrics."""
    places: dict[tuple[str, ...], str] = {}
    topics = {_words(phrase): topic for phrase, topic in SYNONYMS.items()}
    every = tuple(boards)
    sources = [board.id.partition("/")[0] for board in every]
    for board in every:
        source, _, part = board.id.partition("/")
        if sources.count(source) > 1 and part.isalpha() and part not in FILLERS and part not in SENSES:
            topics.setdefault((part,), canonical(part))
        for phrase in _board_phrases(board):
            if phrase and phrase not in places:
                places[phrase] = " ".join(phrase)
        for metric in board.metrics:
            if metric.topic:
                topics.setdefault(_words(metric.topic), canonical(metric.topic))
            title = _words(metric.title or metric.id)
            if not title or title[-1] in PREPOSITIONS:
                continue  # an id such as `price_in`: "the lowest price in the top 3" names no metric
            if len(title) > 1 or (title and len(title[0]) > 4 and title[0] not in FILLERS and title[0] not in SENSES):
                topics.setdefault(title, " ".join(title))
    return Titles(boards=places, topics=topics)


def _board_phrases(board: Board) -> Iterator[tuple[str, ...]]:
    """A board's publisher, its title and the parts of it: `artificial analysis`, `aa`, `livebench`, `arena text`, `text arena`."""
    source, _, part = board.id.partition("/")
    head, _, rest = board.title.partition(":")
    for text in (source, head, board.title, f"{head} {part}", f"{part} {head}", f"{head} {rest}", board.id):
        yield _words(text)
    initials = "".join(word[0] for word in _words(head))
    if len(initials) > 1 and len(initials) == len(_words(head)):
        yield (initials,)


_SPELLINGS: Mapping[tuple[str, ...], tuple[str, ...]] = {
    ("lmarena",): ("arena",),
    ("lm", "arena"): ("arena",),
    ("chatbot", "arena"): ("arena",),
    ("lmsys",): ("arena",),
    ("swe", "bench"): ("swebench",),
    ("live", "bench"): ("livebench",),
}
"""Other names under which publishers go."""


def canonical(topic: str) -> str:
    """One word for a topic, however it is spelled."""
    folded = " ".join(_words(topic))
    return SYNONYMS.get(folded, folded)


def _words(text: str) -> tuple[str, ...]:
    return tuple(found[0].casefold() for found in _WORD.finditer(text) if found[0] not in "-–/_.")


# ── cutting ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    end: int


def cut(sentence: str, known: Vocabulary, called: Titles) -> tuple[Piece, ...]:
    """The pieces of a sentence, in order; together they hold all of its words."""
    tokens = [_Token(found[0].casefold().replace("’", "'"), found.start(), found.end()) for found in _WORD.finditer(sentence)]
    tokens = [token for token in tokens if not (token.text in ("-", "‑") and _inside(sentence, token))]
    taken = [
        (one.start, one.end)
        for one in _scan(tokens, sentence, (), called)
        if one.kind in (PieceKind.TOPIC, PieceKind.BOARD, PieceKind.AT, PieceKind.SINCE)
    ]
    named = names.find(sentence, known, taken=taken)
    named = tuple(one for one in named if not _is_title(one, taken))
    return tuple(_scan(tokens, sentence, named, called))


def _inside(sentence: str, token: _Token) -> bool:
    """Whether a hyphen joins two words."""
    around = sentence[max(0, token.start - 1) : token.start] + sentence[token.end : token.end + 1]
    return len(around) == 2 and not any(one.isspace() for one in around)


def _is_title(one: Named, taken: Sequence[tuple[int, int]]) -> bool:
    """A lab's name inside the title of a board is no mention of the lab."""
    return one.mention.kind is MentionKind.LAB and any(start <= one.start and one.end <= end for start, end in taken)


def _scan(tokens: Sequence[_Token], sentence: str, named: Sequence[Named], called: Titles) -> Iterator[Piece]:
    at = {one.start: one for one in named}
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if token.start in at:
            one = at[token.start]
            yield Piece(kind=PieceKind.NAME, text=sentence[one.start : one.end], start=one.start, end=one.end, value=one.mention)
            place = next((later for later in range(place, len(tokens)) if tokens[later].start >= one.end), len(tokens))
            continue
        far = min(place + _LONGEST, len(tokens))
        limit = next((later for later in range(place + 1, far) if tokens[later].start in at), far)
        size, kind, value = _longest(tokens[place:limit], called)
        end = tokens[place + size - 1].end
        if isinstance(value, Period | Amount):
            value = replace(value, text=sentence[token.start : end])
        if kind is PieceKind.SCORE and place and tokens[place - 1].text == "by":
            kind = PieceKind.WORD  # "beats B by over 5": of what is not said
        yield Piece(kind=kind, text=sentence[token.start : end], start=token.start, end=end, value=value)
        place += size


_LONGEST = 9


def _longest(tokens: Sequence[_Token], called: Titles) -> tuple[int, PieceKind, object]:
    """The longest phrase that begins here, with what it means; a single unknown word where none does."""
    words = tuple(token.text for token in tokens)
    for read in (_score, _period, _top, _group_of_size, _amount):
        if found := read(words):
            return found
    for size in range(len(words), 0, -1):
        phrase = words[:size]
        if spelled := _SPELLINGS.get(phrase):
            return size, PieceKind.BOARD, " ".join(spelled)
        if found_in := called.boards.get(phrase):
            return size, PieceKind.BOARD, found_in
        joined = " ".join(phrase)
        if joined in EVERYWHERE:
            return size, PieceKind.TOPIC, EVERY
        if joined in _PHRASES:
            return (size, *_PHRASES[joined])
        if topic := called.topics.get(phrase):
            return size, PieceKind.TOPIC, topic
        if group := GROUPS.get(joined):
            return size, PieceKind.GROUP, group
    return 1, PieceKind.WORD, None


def _phrases() -> Iterator[tuple[str, tuple[PieceKind, object]]]:
    """Later ones win: a verb over a small word."""
    for kind, phrases in (
        (PieceKind.FILL, FILLERS),
        (PieceKind.DEGREE, INTENSITIES),
        (PieceKind.TURN, TURNS),
        (PieceKind.IN, PREPOSITIONS),
        (PieceKind.JOIN, JOINS),
        (PieceKind.BREAK, BREAKS),
        (PieceKind.REFERENCE, REFERENCES),
        (PieceKind.FROM, ATTRIBUTIONS),
        (PieceKind.NOT, NEGATIONS),
        (PieceKind.NEAR, NEARLY),
        (PieceKind.HEDGE, HEDGES),
        (PieceKind.FIRST, FIRSTS),
    ):
        for phrase in phrases:
            yield phrase, (kind, phrase)
    for phrase, sense in SENSES.items():
        yield phrase, (PieceKind.SENSE, sense)
    yield "by", (PieceKind.BY, None)
    yield "'s", (PieceKind.OWN, None)


_PHRASES: Mapping[str, tuple[PieceKind, object]] = dict(_phrases())


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────

_NUMBER = re.compile(r"\$?\d+(?:,\d{3})*(?:\.\d+)?")
_UNITS: Mapping[str, str] = {
    **dict.fromkeys(("point", "points", "pts", "pt", "elo"), "points"),
    **dict.fromkeys(("%", "percent"), "percent"),
    **dict.fromkeys(("x", "times", "fold", "×"), "times"),
}


def _score(words: Sequence[str]) -> tuple[int, PieceKind, object] | None:
    """`scores 57`, `above 50`, `costs $5 per million tokens`."""
    found = scores.read(words)
    return (found[0], PieceKind.SCORE, found[1]) if found else None


def _amount(words: Sequence[str]) -> tuple[int, PieceKind, object] | None:
    """`by 3.5 points`, `40 %`, `twice`, `half`, `2x`, `more than 5 points`; the number must have a unit."""
    bound, skip = _bound(words)
    if share := _share(words[skip:]):
        size, value = share
        text = " ".join(words[: skip + size])
        return skip + size, PieceKind.AMOUNT, Amount(value=value, unit="times", decimals=1, bound=bound or "about", text=text)
    rest = words[skip:]
    if len(rest) < 2 or not (_NUMBER.fullmatch(rest[0]) or rest[0] in NUMBERS):
        return None
    if rest[1] == "percentage" and len(rest) > 2 and rest[2].startswith("point"):
        return _counted(words, skip, 3, "points", bound)
    if rest[1] in _UNITS:
        size = 3 if _UNITS[rest[1]] == "points" and len(rest) > 2 and rest[1] == "elo" and rest[2] in _UNITS else 2
        return _counted(words, skip, size, _UNITS[rest[1]], bound)
    return None


def _counted(words: Sequence[str], skip: int, size: int, unit: str, bound: str) -> tuple[int, PieceKind, object]:
    number = words[skip].replace(",", "").lstrip("$")
    value = float(NUMBERS.get(number, 0) or number)
    decimals = len(number.partition(".")[2])
    text = " ".join(words[: skip + size])
    return skip + size, PieceKind.AMOUNT, Amount(value=value, unit=unit, decimals=decimals, bound=bound, text=text)


def _bound(words: Sequence[str]) -> tuple[str, int]:
    for size in (3, 2, 1):
        if bound := BOUNDS.get(" ".join(words[:size])):
            return bound, size
    return "", 0


def _share(words: Sequence[str]) -> tuple[int, float] | None:
    for size in (2, 1):
        if (share := SHARES.get(" ".join(words[:size]))) is not None and len(words) >= size:
            return size, share
    return None


def _top(words: Sequence[str]) -> tuple[int, PieceKind, object] | None:
    """`top 3`, `the top ten`, `number two`, `# 4`, `ranks fifth`, `second place`."""
    skip = int(words[0] in ("the", "ranks", "ranked", "rank", "in"))
    skip += int(skip > 0 and len(words) > 1 and words[1] == "the")
    rest = words[skip:]
    if len(rest) > 1 and rest[0] == "top" and (place := _count(rest[1])):
        return skip + 2, PieceKind.TOP, place
    if (
        len(rest) > 1
        and rest[0] in ("number", "#", "no", "rank")
        and (place := _count(rest[-1] if rest[1] == "." else rest[1]))
        and place > 1
    ):
        return skip + 2, PieceKind.TOP, (place,)
    place, used = _ordinal(rest)
    after = rest[used : used + 1]
    if place and (words[0] in ("ranks", "ranked", "rank") or tuple(after) in (("place",), ("overall",), ("on",))):
        return skip + used, PieceKind.TOP, (place,)
    return None


def _ordinal(words: Sequence[str]) -> tuple[int, int]:
    """A place and how many words it takes: `third`, `3rd`; 0 for none, and for the first, which is a verb of its own."""
    if len(words) > 1 and words[0].isdecimal() and len(words[0]) < 4 and words[1] in ("st", "nd", "rd", "th"):
        return int(words[0]), 2
    place = ORDINALS.get(words[0], 0) if words else 0
    return (place, 1) if place > 1 else (0, 0)


def _count(word: str) -> int:
    return NUMBERS.get(word, 0) or (int(word) if word.isdecimal() and 0 < len(word) < 4 else 0)


_SIZE_AFTER = frozenset(("b", "billion", "bn"))


def _group_of_size(words: Sequence[str]) -> tuple[int, PieceKind, object] | None:
    """`under 15B`, `sub 15B`, `≤ 40B`, `below 4 billion parameters`; or a size by itself, `14B`."""
    bounds = {"under": 1, "below": 1, "sub": 1, "≤": 1, "<": 1, "smaller": 2, "less": 2, "up": 2, "fewer": 2}
    over = {"over": 1, "above": 1, ">": 1, "≥": 1, "larger": 2, "bigger": 2}
    skip = bounds.get(words[0]) or over.get(words[0]) or 0
    if skip == 2 and (len(words) < 2 or words[1] not in ("than", "to")):
        return None
    found = _size(words[skip:])
    if found is None:
        return None
    used, size = found
    if skip == 0:
        return used, PieceKind.SIZE, size
    within = words[0] in ("≤", "up", "≥")
    edge = size + (1e-9 if within and words[0] != "≥" else 0)
    group = ModelGroup(over_b=size) if words[0] in over else ModelGroup(under_b=edge)
    return skip + used, PieceKind.GROUP, group


def _size(words: Sequence[str]) -> tuple[int, float] | None:
    """A number of parameters in 10⁹ and how many words it takes."""
    if len(words) < 2 or not _NUMBER.fullmatch(words[0]) or words[1] not in _SIZE_AFTER:
        return None
    used = 2
    while used < len(words) and words[used] in ("parameter", "parameters", "params"):
        used += 1
    return used, float(words[0].replace(",", "").lstrip("$"))


# ── dates ────────────────────────────────────────────────────────────────────────────────────────

_SINCE = frozenset(("since", "from"))
_AS_OF = (("as", "of"), ("as", "at"), ("on",), ("in",), ("by",), ("at",))


def _period(words: Sequence[str]) -> tuple[int, PieceKind, object] | None:
    """`since 2026-05-14`, `as of 14 May 2026`, `in May 2026`. A date without a year is none."""
    kind, skip = (PieceKind.SINCE, 1) if words[0] in _SINCE else (PieceKind.AT, 0)
    for phrase in _AS_OF:
        if tuple(words[: len(phrase)]) == phrase:
            skip = len(phrase)
            break
    if skip == 0:
        return None
    found = _date(words[skip:])
    if found is None:
        return None
    used, start, end = found
    text = " ".join(words[: skip + used])
    return skip + used, kind, Period(text=text, start=start, end=end)


def _date(words: Sequence[str]) -> tuple[int, datetime, datetime] | None:
    readings = (
        (3, lambda y, m, d: (y, m, d)),
        (3, lambda d, m, y: (y, m, d)),
        (3, lambda m, d, y: (y, m, d)),
        (2, lambda m, y: (y, m, None)),
        (2, lambda y, m: (y, m, None)),
        (1, lambda y: (y, None, None)),
    )
    plain = [word for word in words[:6] if word not in (",", "st", "nd", "rd", "th", "the", "of")]
    for size, order in readings:
        if len(plain) >= size and (found := _day(*order(*plain[:size]))):
            used = _used(words, size)
            return used, *found
    return None


def _used(words: Sequence[str], size: int) -> int:
    seen = used = 0
    while seen < size:
        seen += words[used] not in (",", "st", "nd", "rd", "th", "the", "of")
        used += 1
    return used


@cache
def _day(year: str, month: str | None, day: str | None) -> tuple[datetime, datetime] | None:
    """The stretch a date stands for, None where it is none."""
    if not (year.isdecimal() and len(year) == 4 and 2000 <= int(year) < 2100):
        return None
    if month is None:
        return datetime(int(year), 1, 1, tzinfo=UTC), datetime(int(year) + 1, 1, 1, tzinfo=UTC)
    number = MONTHS.get(month) or (int(month) if month.isdecimal() and len(month) == 2 else 0)
    if not 1 <= number <= 12:
        return None
    if day is None:
        return datetime(int(year), number, 1, tzinfo=UTC), datetime(int(year) + number // 12, number % 12 + 1, 1, tzinfo=UTC)
    if not (day.isdecimal() and len(day) <= 2):
        return None
    try:
        start = datetime(int(year), number, int(day), tzinfo=UTC)
    except ValueError:
        return None
    return start, start + timedelta(days=1)


def mention_of(piece: Piece) -> Mention:
    """The mention that a name piece holds."""
    assert isinstance(piece.value, Mention)
    return piece.value


def sense_of(piece: Piece) -> Sense:
    """What a verb piece claims."""
    assert isinstance(piece.value, Sense)
    return piece.value


def scores_of(piece: Piece) -> tuple[Score, ...]:
    """The figures that a score piece states."""
    assert isinstance(piece.value, tuple)
    return piece.value
