"""Cuts a sentence into pieces with a meaning: names, verbs, topics, boards, classes, numbers, dates. Every word is in one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from msgspec import Struct

from tracker.claims import figures, names, words
from tracker.claims._records import Amount, MentionKind, Period, PieceKind
from tracker.claims.figures import Reading
from tracker.claims.names import Named, Vocabulary
from tracker.model import Board

Meaning = TypeVar("Meaning")


class Piece(Struct, frozen=True, kw_only=True):
    """A stretch of a sentence and its meaning: `value` is a Sense, Mention, ModelGroup, Amount, Period, text, or scores."""

    kind: PieceKind
    text: str
    start: int
    end: int
    value: object = None

    def reads(self, *texts: str) -> bool:
        """Whether it is one of these words."""
        return self.text.casefold() in texts

    def of(self, meaning: type[Meaning]) -> Meaning:
        """The value, which has that type because of the kind of the piece."""
        assert isinstance(self.value, meaning)
        return self.value


class Titles(Struct, frozen=True, kw_only=True):
    """What boards and metrics are called: phrases of words → the piece they make. `now` is the time of the record."""

    boards: Mapping[tuple[str, ...], str] = {}
    topics: Mapping[tuple[str, ...], str] = {}
    now: datetime


_WORD = re.compile(r"n['’]t\b|['’]s\b|\$?\d+(?:,\d{3})+(?:\.\d+)?|\$?\d+(?:\.\d+)?|[^\W\d_]+(?=n['’]t\b)|[^\W\d_]+|[^\w\s]|_")


def titles(boards: Iterable[Board], now: datetime) -> Titles:
    """The phrases by which people refer to these boards and their metrics."""
    places: dict[tuple[str, ...], str] = {}
    topics = {_words(phrase): topic for phrase, topic in words.SYNONYMS.items()}
    declared = tuple(boards)
    sources = [board.id.partition("/")[0] for board in declared]
    for board in declared:
        source, _, part = board.id.partition("/")
        if sources.count(source) > 1 and part.isalpha() and not _is_common(part):
            topics.setdefault((part,), canonical(part))
        for phrase in _board_phrases(board):
            places.setdefault(phrase, " ".join(phrase))
        for metric in board.metrics:
            if metric.topic:
                topics.setdefault(_words(metric.topic), canonical(metric.topic))
            title = _words(metric.title or metric.id)
            if not title or title[-1] in words.PREPOSITIONS:
                continue  # an id such as `price_in`: "the lowest price in the top 3" does not name a metric
            if len(title) > 1 or (len(title[0]) > 4 and not _is_common(title[0])):
                topics.setdefault(title, " ".join(title))
    return Titles(boards=places, topics=topics, now=now)


def _is_common(word: str) -> bool:
    return word in words.FILLERS or word in words.SENSES


def _board_phrases(board: Board) -> Iterator[tuple[str, ...]]:
    """A board's publisher, its title and the parts of it: `artificial analysis`, `aa`, `arena text`, `text arena`."""
    source, _, part = board.id.partition("/")
    head, _, rest = board.title.partition(":")
    texts = (source, head, head.partition(" (")[0], board.title, f"{head} {part}", f"{part} {head}", f"{head} {rest}", board.id)
    yield from filter(None, map(_words, texts))
    yield ("".join(_words(source)),)  # AlpacaEval
    initials = "".join(word[0] for word in _words(head))
    if len(initials) > 1:
        yield (initials,)


def canonical(topic: str) -> str:
    """One word for a topic, however it is spelled."""
    folded = " ".join(_words(topic))
    return words.SYNONYMS.get(folded, folded)


def _words(text: str) -> tuple[str, ...]:
    return tuple(word[0].casefold() for word in _WORD.finditer(text) if word[0] not in "-–/_.")


class _Token(Struct, frozen=True):
    text: str
    start: int
    end: int


def cut(sentence: str, known: Vocabulary, called: Titles) -> tuple[Piece, ...]:
    """The pieces of a sentence, in order; together they have all of its words."""
    matches = _WORD.finditer(sentence)
    tokens = [_Token(word[0].casefold().replace("’", "'"), word.start(), word.end()) for word in matches]
    tokens = [token for token in tokens if not (token.text in ("-", "‑") and _is_inside(sentence, token))]
    titled = (PieceKind.TOPIC, PieceKind.BOARD, PieceKind.AT, PieceKind.SINCE)
    taken = [(piece.start, piece.end) for piece in _scan(tokens, sentence, (), called) if piece.kind in titled]
    named = [
        name
        for name in names.find(sentence, known, taken=taken)  # a lab's name inside the title of a board does not mention the lab
        if name.mention.kind is not MentionKind.LAB or not any(start <= name.start and name.end <= end for start, end in taken)
    ]
    return tuple(_scan(tokens, sentence, named, called))


def _is_inside(sentence: str, token: _Token) -> bool:
    """Whether a hyphen joins two words."""
    around = sentence[max(0, token.start - 1) : token.start] + sentence[token.end : token.end + 1]
    return len(around) == 2 and not any(sign.isspace() for sign in around)


def _scan(tokens: Sequence[_Token], sentence: str, named: Sequence[Named], called: Titles) -> Iterator[Piece]:
    at = {name.start: name for name in named}
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if name := at.get(token.start):
            text = sentence[name.start : name.end]
            yield Piece(kind=PieceKind.NAME, text=text, start=name.start, end=name.end, value=name.mention)
            place = next((later for later in range(place, len(tokens)) if tokens[later].start >= name.end), len(tokens))
            continue
        far = min(place + _LONGEST, len(tokens))
        limit = next((later for later in range(place + 1, far) if tokens[later].start in at), far)
        size, kind, value = _longest([token.text for token in tokens[place:limit]], called)
        end = tokens[place + size - 1].end
        text = sentence[token.start : end]
        if isinstance(value, Period | Amount):
            value = replace(value, text=text)
        if kind is PieceKind.SCORE and place and tokens[place - 1].text == "by":
            kind = PieceKind.WORD  # "beats B by over 5": it does not say of what
        yield Piece(kind=kind, text=text, start=token.start, end=end, value=value)
        place += size


_LONGEST = 9


def _longest(tokens: Sequence[str], called: Titles) -> Reading:
    """The longest phrase that begins here, with its meaning; a single unknown word if there is none."""
    if figure := figures.read(tokens, called.now):
        return figure
    for size in range(len(tokens), 0, -1):
        phrase = tuple(tokens[:size])
        joined = " ".join(phrase)
        if board := words.PUBLISHERS.get(joined) or called.boards.get(phrase):
            return size, PieceKind.BOARD, board
        if joined in _PHRASES:
            return (size, *_PHRASES[joined])
        if topic := called.topics.get(phrase):
            return size, PieceKind.TOPIC, topic
        if group := words.GROUPS.get(joined):
            return size, PieceKind.GROUP, group
    return 1, PieceKind.WORD, None


_PHRASES: Mapping[str, tuple[PieceKind, object]] = {
    phrase: (kind, value)
    for kind, phrases in (
        (PieceKind.FILL, words.FILLERS),
        (PieceKind.DEGREE, words.DEGREES),
        (PieceKind.TURN, words.TURNS),
        (PieceKind.IN, words.PREPOSITIONS),
        (PieceKind.JOIN, words.JOINS),
        (PieceKind.BREAK, words.BREAKS),
        (PieceKind.REFERENCE, words.REFERENCES),
        (PieceKind.FROM, words.ATTRIBUTIONS),
        (PieceKind.NOT, words.NEGATIONS),
        (PieceKind.HEDGE, words.HEDGES),
        (PieceKind.FIRST, words.FIRSTS),
        (PieceKind.SENSE, words.SENSES),
        (PieceKind.BY, ("by",)),
        (PieceKind.OWN, ("'s",)),
    )
    for phrase, value in (phrases.items() if isinstance(phrases, Mapping) else ((phrase, phrase) for phrase in phrases))
}
"""Later ones win: a verb over a small word."""
