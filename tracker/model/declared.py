"""The declaration of a board in `schedules/`: how to fetch, read and check it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from tracker.model.ids import BoardId, MetricId

CADENCES: Mapping[str, str] = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
"""The short forms of a cadence, as five-field cron expressions."""
NEWEST = "{newest}"
"""The placeholder for the newest release (`Newest`)."""
ASKED_FOR = "{each}"
"""The placeholder for each of the values (`Each`)."""
SURPLUS = "$surplus"
"""A column that says, of a row with more cells than the header, how many it has: all its cells may be shifted."""
ROW = "$row"
"""The column of a row's number on its pages, from 1: the rank if a page ranks by order alone."""
EACH = "$each"
"""The column of the value of `Each`."""


class Nature(StrEnum):
    """The behaviour of a metric's values, which decides what counts as a change (docs/decisions/0003-comparability.md)."""

    TESTED = "tested"
    FITTED = "fitted"
    LIVE = "live"
    LISTED = "listed"
    COUNT = "count"
    POINTS = "points"


class Kind(StrEnum):
    """The type of a text, so that `Yes`, `true` and `1` are equal.

    NUMBERED: a name after its place, such as `1. Heron`. DISTANCE: from a value to the end of its interval.
    """

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    FLAG = "flag"
    NUMBERED = "numbered"
    DISTANCE = "distance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pagination:
    """How a board is spread over several answers.

    `kind`: `page_number` (send `param` = `start`, start+1 …), `cursor` (send `param` = the match of `next` in the answer),
    `offset` (send `param` = 0, `size`, 2·`size` …) or `link` (follow the Link header's rel=next). `more` is a JMESPath that must
    be true for another request; by default a page without records, or without a cursor, is the last.
    """

    kind: str
    param: str = ""
    start: int = 1
    size: int = 100
    next: str = ""
    more: str = ""
    records: str = ""
    max_pages: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Newest:
    """How to find the newest release of a board, which replaces `{newest}` in addresses and params.

    `find` is a regular expression with one group, searched in the answer of `url` (or in the file that the one group of `follow`
    finds there): every match is a candidate, compared by its numbers. `replace` rewrites a candidate (`-` → `_`). The newest one
    whose body begins with `begins` is taken.
    """

    url: str
    find: str
    follow: str = ""
    replace: Mapping[str, str] = field(default_factory=dict)
    begins: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Each:
    """A board of one answer per value, for `{each}`: listed here, or found by the JMESPath `find` in the answer of `url`."""

    values: tuple[str, ...] = ()
    url: str = ""
    find: str = ""
    max_values: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request. Header values and params may name secrets as `${NAME}`, which are read from the environment at fetch time.

    `member` is the file to keep from an answer that is a ZIP archive. `max_per_day` bounds the requests in 24 hours with the same
    key, or without a key to the same host, over all boards; 0 does not. `allow_private`: a public host may become private.
    """

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)
    pagination: Pagination | None = None
    newest: Newest | None = None
    each: Each | None = None
    member: str = ""
    max_bytes: int = 32_000_000
    timeout_s: float = 30.0
    gap_s: float = 2.0
    max_per_day: int = 0
    allow_private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """All rows with the same `key` become one row.

    With `by`, each of its values `v` becomes columns named `v:column`; a column without such a prefix has the first value of its
    rows. Of several cells for one place, `take` = `only` refuses them, `first` takes the first, `mean` the mean of the numbers.
    """

    key: tuple[str, ...]
    by: str = ""
    take: str = "only"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parse:
    """The parser for the bytes, its options (see `tracker/parsers/<format>.py`), and how to group its rows."""

    format: str
    options: Mapping[str, object] = field(default_factory=dict)
    group: Group | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: the first of `sources` that the table has. `missing` are the texts that mean unknown.

    `part` chooses one figure of cells that hold several (`$5 / $25`), from 1; with 0 a cell is one figure.
    """

    sources: tuple[str, ...]
    missing: frozenset[str] = frozenset()
    kind: Kind = Kind.TEXT
    part: int = 0


LED_TOPICS = ("overall", "reasoning", "coding", "maths", "agentic")
"""Topics on whose metrics another leader is news, besides the metric that ranks a board."""
TOPICS = (
    *LED_TOPICS,
    *("agentic coding", "calibration", "context", "creative writing", "data analysis", "design", "documents"),
    *("emotional intelligence", "hallucination", "image editing", "image to video", "instruction following", "knowledge"),
    *("language", "latency", "popularity", "price", "search", "size", "speech to text", "speed", "text to image"),
    *("text to speech", "text to video", "tool use", "usage", "video editing", "vision"),
)
"""The topics of metrics: one spelling each, so that boards, watches and claims mean the same."""
_PERCENT_FACTORS = {"ratio": 100.0, "share": 100.0, "%": 1.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A numeric column to compare.

    `scale` converts published values to `unit` (1000000 for dollars per token → per 1M tokens). `low`, `high` are the columns of
    a published interval, `plus_minus` is a column with `6`, `±6` or `+5/-4`; an interval inside the cell (`1504 ±6`) needs none
    of them. `half_width_factor` converts a published standard error to a 95 % half-width (1.96). `estimated` is a flag column;
    without one, a value is an estimate where the column `measured_with` has none. `stated_error` is the publisher's own error
    between two entries, at 95 %, in `unit`. `mean_of` computes the metric as the mean of other metrics
    (None if one of them is missing), `blend_of` as their weighted mean.
    """

    id: MetricId
    title: str
    column: Column
    nature: Nature
    unit: str = ""
    topic: str = ""
    higher_is_better: bool | None = None
    primary: bool = False
    scale: Decimal = Decimal(1)
    low: Column | None = None
    high: Column | None = None
    plus_minus: Column | None = None
    half_width_factor: float = 1.0
    estimated: Column | None = None
    measured_with: Column | None = None
    stated_error: float | None = None
    volatile: bool = False
    mean_of: tuple[MetricId, ...] = ()
    blend_of: tuple[tuple[MetricId, Decimal], ...] = ()

    @property
    def parts(self) -> tuple[MetricId, ...]:
        """The metrics from which it is computed; none if it is published."""
        return self.mean_of or tuple(part for part, _ in self.blend_of)

    def better(self, value: float, other: float) -> bool:
        """Whether `value` ranks above `other`. False for a metric without a direction."""
        if self.higher_is_better is None:
            return False
        return value > other if self.higher_is_better else value < other

    def sort_key(self, value: float) -> float:
        """A number that sorts the best value first: smaller is better."""
        return -value if self.higher_is_better else value

    @property
    def percent_factor(self) -> float | None:
        """The factor that converts its values to per cent: 100 for a share of 0–1, 1 for `%`; None for other units."""
        return _PERCENT_FACTORS.get(self.unit.casefold())

    @property
    def ranked(self) -> bool:
        """Whether its order shows quality: a measured score with a direction, not a price, a speed, a count or points."""
        return self.higher_is_better is not None and self.nature in (Nature.TESTED, Nature.FITTED) and not self.volatile

    @property
    def is_cost(self) -> bool:
        """Whether it is an amount of money, of which less is better."""
        return self.higher_is_better is False and (self.topic == "price" or self.unit.startswith("USD"))

    @property
    def exact(self) -> bool:
        """Whether two published values are in order without any error: points that were counted, or places."""
        return self.nature is Nature.POINTS

    @property
    def ordered(self) -> bool:
        """Whether its order is news: of quality, or of points."""
        return self.ranked or (self.exact and not self.volatile)

    @property
    def places(self) -> bool:
        """Whether its values are places: one entry moves another."""
        return self.exact and self.higher_is_better is False

    @property
    def accumulates(self) -> bool:
        """Whether its values are expected to grow: points, but not places."""
        return self.exact and self.higher_is_better is True


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The credible values of a metric, in its unit."""

    min: float | None = None
    max: float | None = None
    min_filled: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """Conditions for a credible table.

    `depth`: `whole` (all entries are shown), `varies` (the page is cut anywhere) or a number (the top N). `max_drop` is the
    largest credible loss of entries between two readings of a whole board. `duplicates`: the meaning of a key that occurs twice:
    `refuse` (the table is wrong), `ambiguous` (those entries are left out, without any conclusion), `first`, `best` (by the
    primary metric), or by default a row that cannot be read. `stale_after_s`: how long unchanged content is credible; None:
    learned from the board's rhythm.
    """

    depth: str | int = "whole"
    min_entries: int = 1
    max_drop: float = 0.3
    duplicates: str = ""
    bounds: Mapping[MetricId, Bounds] = field(default_factory=dict)
    stale_after_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Daily hours without fetches, from `start` up to `end`, in minutes after midnight; across midnight if `end` ≤ `start`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """A further answer to join with a board's table. It has the board's columns named `<name>:<column>`.

    `key` are its columns that equal the board's key, in the same order. With `means` it has no key: each of its rows is a name
    (`$key`) and a list of columns of the board's own table (`$value`, as JSON); `<name>:<row>` is their mean, and `<name>:*` the
    mean of all these means. Unless it is `required`, it may be absent, with its columns. A body with another beginning than
    `begins` does not count as an answer.
    """

    name: str
    request: Request
    parse: Parse
    key: tuple[Column, ...] = ()
    means: bool = False
    required: bool = True
    begins: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastSource:
    """Where the past of a board is: the `kind` (`git`, `wayback`, `hf`, `dir`), and the repository, page, dataset or folder.

    `path` is the file in a repository or dataset. With `every` (`hour`, `day`, `week`, `month`), the last state of each such span
    is taken. `by_commit`: the committer's time counts, not the author's.
    """

    kind: str
    place: str
    path: str = ""
    every: str = ""
    by_commit: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """One ranking, from `schedules/<source>/<board>.toml`: fetched by `cadence`, up to `jitter_s` later, never in `quiet`."""

    id: BoardId
    title: str
    page: str
    request: Request
    parse: Parse
    key: tuple[Column, ...]
    name: Column
    rank: Column | None = None
    attributes: Mapping[str, Column] = field(default_factory=dict)
    metrics: tuple[Metric, ...] = ()
    contract: Contract = Contract()
    cadence: str = "0 6 * * *"
    time_zone: str = "UTC"
    jitter_s: float = 0.0
    quiet: tuple[Window, ...] = ()
    attribution: str = ""
    terms: str = ""
    redistribution: str = "allowed"
    enabled: bool = True
    payloads: tuple[Payload, ...] = ()
    backfill: tuple[PastSource, ...] = ()

    @property
    def primary(self) -> Metric | None:
        """The metric that ranks the board, if it has one."""
        return next((metric for metric in self.metrics if metric.primary), None)

    def asked_with(self) -> tuple[str, ...]:
        """Every text of its requests that may name a secret: URLs, values of headers and params."""
        requests = (self.request, *(payload.request for payload in self.payloads))
        return tuple(text for asked in requests for text in (asked.url, *asked.headers.values(), *asked.params.values()))

    def metric(self, metric: MetricId) -> Metric:
        """The metric of that id. Raises KeyError."""
        for declared in self.metrics:
            if declared.id == metric:
                return declared
        raise KeyError(metric)
