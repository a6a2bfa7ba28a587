"""One set of filters for every question: which boards, metrics, models, events and times it is about."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase

from tracker.errors import DeclarationError
from tracker.model import Board, BoardId, EntryId, Metric
from tracker.toml import meant, quoted

_MOST_LISTED = 40
"""Known words up to this number are all listed in a message."""
EntryKey = tuple[BoardId, EntryId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Conditions; None and empty allow all. Several values of one condition are alternatives.

    `boards` are ids, sources or patterns (`lmarena/*`), `models` names in any spelling, families and labs. `rivals` are names of
    models that were passed. `countries` have two letters. Sizes are total parameters in 10⁹, `max_price` is in USD per 1M
    tokens. `reasoning`: whether it is known to be on, or off. `since` ≤ time < `until`; `at`: as of that time. `top` limits the
    answer, `sort` orders it by a column (`-` reverses it), `columns` names those to show.
    """

    boards: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    rivals: tuple[str, ...] = ()
    labs: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    open_weights: bool | None = None
    max_size: float | None = None
    min_size: float | None = None
    max_price: float | None = None
    reasoning: bool | None = None
    kinds: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    at: datetime | None = None
    top: int | None = None
    sort: str = ""
    columns: tuple[str, ...] = ()

    @property
    def traits(self) -> tuple[str, ...]:
        """The traits that the conditions are about, by their name in `Traits`, of those that other boards may state."""
        asked = {
            "open_weights": self.open_weights is not None,
            "size_total_b": self.max_size is not None or self.min_size is not None,
            "price": self.max_price is not None,
        }
        return tuple(name for name, is_asked in asked.items() if is_asked)

    @property
    def about_models(self) -> bool:
        """Whether any condition is about models."""
        return bool(self.traits or self.models or self.labs or self.countries) or self.reasoning is not None


EVERYTHING = Filters()


def boards_of(only: Filters, boards: Sequence[Board]) -> tuple[Board, ...]:
    """The boards that are meant, in their order: by id, source or pattern, and with a metric that is meant.

    Raises:
        DeclarationError: a name, topic or metric means none of them.
    """
    for name in only.boards:
        if not any(_is_meant(board, name) for board in boards):
            known = {board.id for board in boards} | {board.id.partition("/")[0] for board in boards}
            raise unknown_word("board", name, known)
    named = [board for board in boards if not only.boards or any(_is_meant(board, name) for name in only.boards)]
    check_words("topic", only.topics, {metric.topic for board in named for metric in board.metrics} - {""})
    check_words("metric", only.metrics, {metric.id for board in named for metric in board.metrics})
    return tuple(board for board in named if metrics_of(board, only) or not (only.metrics or only.topics))


def _is_meant(board: Board, name: str) -> bool:
    return board.id == name or board.id.partition("/")[0] == name or fnmatchcase(board.id, name)


def metrics_of(board: Board, only: Filters) -> tuple[Metric, ...]:
    """The metrics of a board that are meant; the one that ranks it if no condition is about metrics."""
    if not (only.metrics or only.topics):
        return tuple(metric for metric in board.metrics if metric.primary)
    return tuple(metric for metric in board.metrics if is_wanted(metric, only))


def is_wanted(metric: Metric, only: Filters) -> bool:
    """Whether a metric has one of the ids and one of the topics."""
    return (not only.metrics or metric.id in only.metrics) and (not only.topics or metric.topic in only.topics)


def is_within(at: datetime, only: Filters) -> bool:
    """Whether `since` ≤ a time < `until`."""
    return (only.since is None or at >= only.since) and (only.until is None or at < only.until)


def check_words(what: str, words: Iterable[str], known: Collection[str]) -> None:
    """Refuse a word that is not known. Raises DeclarationError, with the nearest."""
    for word in words:
        if word not in known:
            raise unknown_word(what, word, known)


def unknown_word(what: str, word: str, known: Collection[str]) -> DeclarationError:
    """The error for a word that is none of those known; it names the nearest."""
    if len(known) <= _MOST_LISTED:
        return DeclarationError(f"{what} {quoted(word)} is unknown{meant(word, known)}")
    from tracker.identity import nearest  # noqa: PLC0415  # only for an error

    near = nearest(word, sorted(known), 3)
    suggestion = f"; did you mean {' or '.join(map(quoted, near))}?" if near else ""
    return DeclarationError(f"{what} {quoted(word)} is unknown{suggestion} ({len(known)} are known)")
