"""A proposal for an undeclared page: the table that is a leaderboard and the meaning of its columns, each with its certainty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from tracker.model import Nature, Parse

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

SURE = 0.7
"""A guess at least this sure is accepted without asking."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess(Generic[T_co]):  # Python 3.11 has no `Guess[T]`
    """A value, how sure it is (0–1), and the reason in a few words."""

    value: T_co
    sure: float
    why: str


def stated(value: T) -> Guess[T]:
    """What the user stated counts as certain."""
    return Guess(value=value, sure=1.0, why="stated")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What the user stated about a page; None or empty where nothing was stated. `table` counts from 1.

    `without` are the names of rows that are not entries, `entries` those of rows that are.
    `stated_error` is the error of the difference between two entries, at 95 %, in the unit of the metric that ranks the board.
    `dots_group`: dots such as that of `22.911` group thousands, instead of separating decimals.
    """

    key: tuple[str, ...] = ()
    name: str | None = None
    metric: str | None = None
    nature: Nature | None = None
    higher_is_better: bool | None = None
    stated_error: float | None = None
    table: int | None = None
    without: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()
    dots_group: bool | None = None

    @property
    def say_that_it_ranks(self) -> bool:
        """Whether the user named the table, or the figure that ranks it, or said something of that figure."""
        said = (self.table, self.metric, self.nature, self.higher_is_better, self.stated_error)
        return any(answer is not None for answer in said)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that were named."""
        return tuple(column for column in (*self.key, self.name, self.metric) if column)


NO_ANSWERS = Answers()


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A table-like part of a page: how `parsers.parse` reads it, and the columns and rows that this gives.

    `score` (0–1) is its likeness to a leaderboard, `why` the reasons for and against, `doubt` why it may be something else ("" if
    the table itself shows that it ranks). `place` says where it is, `names` are the first texts of the column that most likely
    names its rows, `seen` is the number of its rows on the page, `left_out` are the names of rows that are not entries, each with
    the reason. In the column `numbered`, the page has places before the names. The page says that it ranks by `ranked_by`,
    and that there are `total` entries, more than it shows (0 if it does not). `better` is the direction that the page states, if
    the rows are in the order of one figure that it fits.
    `suspects` are rows that may be no entries, each with the reason. `dots_group` is the user's answer; dots that group thousands
    are no longer in the rows.
    """

    parse: Parse
    columns: tuple[str, ...]
    rows: Sequence[Sequence[str | None]]
    score: float
    why: tuple[str, ...]
    doubt: str = ""
    place: str = ""
    names: tuple[str, ...] = ()
    seen: int = 0
    left_out: tuple[tuple[str, str], ...] = ()
    numbered: str = ""
    ranked_by: str = ""
    better: bool | None = None
    total: int = 0
    suspects: tuple[tuple[str, str], ...] = ()
    dots_group: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricGuess:
    """One metric. A direction of None is unknown. `interval` has the keys that declare its error (`low`, `plus_minus` …).

    `has_error` is also true if the interval is in the cells themselves. `part` chooses one figure of cells that hold several;
    `label` then differs from the column. `samples` are the first texts. `has_open_dots`: nobody says what their dots mean.
    """

    id: str
    column: str
    label: str
    title: str
    nature: Guess[Nature]
    unit: Guess[str]
    topic: Guess[str]
    higher_is_better: Guess[bool | None]
    scale: str = "1"
    part: int = 0
    interval: Mapping[str, object] = field(default_factory=dict)
    has_error: bool = False
    samples: tuple[str, ...] = ()
    has_open_dots: bool = False

    @property
    def sides(self) -> set[str]:
        """The columns of the interval."""
        texts = (value["from"] if isinstance(value, Mapping) else value for value in self.interval.values())
        return {text for text in texts if isinstance(text, str)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """The declaration proposed for one candidate.

    `tables` are all tables of the page, `table` is the candidate's number among them, counted from 1. `attributes` are pairs of
    attribute and column. `as_ranking` are the metrics, each as if it ranked the board. `primary` is a metric's id, "" where
    nothing ranks. `duplicates` is the contract's rule for a key that occurs twice.
    """

    tables: Sequence[Candidate]
    candidate: Candidate
    table: Guess[int]
    key: Guess[tuple[str, ...]]
    name: Guess[str]
    rank: Guess[str] | None
    attributes: tuple[tuple[str, str], ...]
    metrics: tuple[MetricGuess, ...]
    as_ranking: tuple[MetricGuess, ...]
    primary: Guess[str]
    duplicates: str
    stated_error: float | None = None

    @property
    def ranking(self) -> MetricGuess | None:
        """The metric that ranks the board, if there is one."""
        return next((metric for metric in self.metrics if metric.id == self.primary.value), None)

    @property
    def lacks_error(self) -> bool:
        """Whether nobody states the error of the metric that ranks the board."""
        metric, natures = self.ranking, (Nature.TESTED, Nature.FITTED)
        return metric is not None and metric.nature.value in natures and not metric.has_error and self.stated_error is None

    def has_direction(self, metric: MetricGuess) -> bool:
        """Whether more or less of it is better: of a count, only if it ranks the board."""
        return metric.nature.value is not Nature.COUNT or metric.id == self.primary.value
