"""The records that pass between the steps of the line; one word per thing (docs/reference/words.md).

Frozen values only: no step keeps state in them, and none of them opens a file or a socket.
Times are aware UTC datetimes cut to whole seconds. Shares lie between 0 and 1.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from math import hypot
from typing import Any, NewType

BoardId = NewType("BoardId", str)
"""`<source>/<board>`, as the file under `schedules/` is named."""
EntryId = NewType("EntryId", str)
"""The publisher's own key of an entry within one board."""
MetricId = NewType("MetricId", str)
ModelId = NewType("ModelId", str)
EventId = NewType("EventId", str)
Sha256 = NewType("Sha256", str)
"""Hash of a body as received, lower-case hex."""


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
"""Stands in an address for the newest release (`Newest`)."""
ASKED_FOR = "{each}"
"""Stands in an address for each of the values (`Each`)."""
ROW = "$row"
"""The column of a row's place on its pages, from 1: the rank where a page ranks by its order alone."""
EACH = "$each"
"""The column of that value."""


# ── 1. declared ──────────────────────────────────────────────────────────────────────────────────


class Nature(StrEnum):
    """How the values of a metric behave, and so what counts as a change (docs/decisions/0003-comparability.md)."""

    TESTED = "tested"
    FITTED = "fitted"
    LIVE = "live"
    LISTED = "listed"
    COUNT = "count"


class Kind(StrEnum):
    """What an attribute's text stands for, so that `Yes`, `true` and `1` are not three licences."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    FLAG = "flag"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pagination:
    """How one board is spread over several answers.

    `kind`: `page_number` (send `param` = `start`, start+1 …), `cursor` (send `param` = what `next`
    finds in the answer), `offset` (send `param` = 0, `size`, 2·`size` …) or `link` (follow the Link
    header's rel=next). `more` is a JMESPath that must be true for another page to be asked for;
    without it a page without records, or without a cursor, is the last.
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
    """Where the newest release of a board is found; `{newest}` in addresses and params is replaced by it.

    `find` is a regular expression with one group, searched in what `url` answers (or in the file that
    the one group of `follow` finds there): every match is a candidate, compared by the numbers in it.
    `replace` rewrites a candidate (`-` → `_`). The newest one whose body begins with `begins` is taken.
    """

    url: str
    find: str
    follow: str = ""
    replace: Mapping[str, str] = field(default_factory=dict)
    begins: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Each:
    """A board spread over one answer per value: `{each}` in the address and params is replaced by each of them.

    The values are listed here, or found by the JMESPath `find` in what `url` answers.
    """

    values: tuple[str, ...] = ()
    url: str = ""
    find: str = ""
    max_values: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked for. Header values and params may name secrets as `${NAME}`, read from the environment at fetch time.

    `member` is the one file that is kept of an answer that is a ZIP archive.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """All rows with the same `key` become one row.

    With `by`, each of its values `v` becomes columns of its own, called `v:column`; a column without
    such a prefix is the first value that its rows have. `take` says what becomes of several cells
    for one place: `only` refuses them, `first` takes the first, `mean` the mean of the numbers.
    """

    key: tuple[str, ...]
    by: str = ""
    take: str = "only"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parse:
    """Which parser reads the bytes, with its options (`tracker/parsers/<format>.py` documents them), and how its rows are grouped."""

    format: str
    options: Mapping[str, object] = field(default_factory=dict)
    group: Group | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """Where a value stands: the first of `sources` that the table has. `missing` lists the texts that mean unknown."""

    sources: tuple[str, ...]
    missing: frozenset[str] = frozenset()
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A column of numbers that can be compared.

    `scale` multiplies published values into `unit` (1000000 for dollars per token → per 1M tokens).
    `low`, `high` name the columns of a published interval, `plus_minus` a column holding `6`, `±6`
    or `+5/-4`; an interval inside the cell itself (`1504 ±6`) needs none of them.
    `half_width_factor` turns a published standard error into a 95 % half-width (1.96).
    `stated_error` is the publisher's own error between two entries, at 95 %, in `unit`.
    `mean_of` computes the metric as the plain mean of other metrics (None if one of them is missing),
    `blend_of` as their mean with these weights.
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
    stated_error: float | None = None
    volatile: bool = False
    mean_of: tuple[MetricId, ...] = ()
    blend_of: tuple[tuple[MetricId, Decimal], ...] = ()

    @property
    def parts(self) -> tuple[MetricId, ...]:
        """The metrics it is computed from, none where it is published."""
        return self.mean_of or tuple(part for part, _ in self.blend_of)

    def better(self, one: float, other: float) -> bool:
        """Whether `one` stands above `other`. False for a metric without a direction."""
        if self.higher_is_better is None:
            return False
        return one > other if self.higher_is_better else one < other

    def standing(self, value: float) -> float:
        """A number that sorts the best first: smaller is better."""
        return -value if self.higher_is_better else value

    @property
    def ranked(self) -> bool:
        """Whether its order is news: a measured quality with a direction, not a price, a speed or a count."""
        return self.higher_is_better is not None and self.nature in (Nature.TESTED, Nature.FITTED) and not self.volatile


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a metric's values must satisfy to be credible, in the metric's unit."""

    min: float | None = None
    max: float | None = None
    min_filled: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """When a table is credible.

    `depth`: `whole` (all entries are shown), `varies` (the page is cut where it pleases) or a
    number (the top N). `max_drop` is the largest believable loss of entries between two readings of a whole board.
    `duplicates`: what a key that occurs twice means: `refuse` (the table is wrong), `ambiguous`
    (those entries are left out, and nothing is concluded about them) or `first`, `best` (the best by the primary metric).
    `stale_after_s`: how long a board may show the same content before that is trouble; None: learned from its rhythm.
    """

    depth: str | int = "whole"
    min_entries: int = 1
    max_drop: float = 0.3
    duplicates: str = "refuse"
    bounds: Mapping[MetricId, Bounds] = field(default_factory=dict)
    stale_after_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Hours of every day in which nothing is done: from `start` up to `end`, in minutes after midnight; over midnight where `end` ≤ `start`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """A further answer that a board's table is joined with. A column `<name>:<column>` of the board stands in it.

    `key` are its columns that equal the board's key, in the same order. With `means` it has no
    key: each of its rows is a name (first column, `$key`) and a list of columns of the board's own table (`$value`, as
    JSON), `<name>:<row>` is the mean of those, and `<name>:*` the mean of all these means.
    A payload that is not `required` may be absent: then its columns are. A body that does not begin with `begins` is no answer.
    """

    name: str
    request: Request
    parse: Parse
    key: tuple[Column, ...] = ()
    means: bool = False
    required: bool = True
    begins: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """One ranking, as declared in `schedules/<source>/<board>.toml`.

    It is fetched when its `cadence` asks for it in its `time_zone`, up to `jitter_s` later, and never in its `quiet` windows.
    """

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
    enabled: bool = True
    payloads: tuple[Payload, ...] = ()

    @property
    def primary(self) -> Metric | None:
        """The metric that ranks the board, if it has one."""
        return next((metric for metric in self.metrics if metric.primary), None)

    def asked_with(self) -> tuple[str, ...]:
        """Every text of its requests that may name a secret: URLs, values of headers and params."""
        requests = (self.request, *(payload.request for payload in self.payloads))
        return tuple(text for one in requests for text in (one.url, *one.headers.values(), *one.params.values()))

    def metric(self, metric: MetricId) -> Metric:
        """The metric of that id. Raises KeyError."""
        for one in self.metrics:
            if one.id == metric:
                return one
        raise KeyError(metric)


# ── 3. fetched ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What the publisher gave us to ask "has it changed?" with (RFC 9110 §8.8)."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """The bytes one fetch received. Several bodies where a board is spread over several answers, in their order.

    `url` never contains a secret: it is the declared one, with `${NAME}` left as it stands, and `{newest}` filled in.
    `parts` says what each body belongs to: a payload's name, `@value` for one of `Each`'s values, or both (`name@value`);
    empty for the board's own pages. None at all where all are.
    """

    board: BoardId
    observed_at: datetime
    url: str
    bodies: tuple[bytes, ...]
    status: int = 200
    content_type: str = ""
    validators: Validators = Validators()
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """The publisher answered 304: the last capture still holds."""

    board: BoardId
    observed_at: datetime
    url: str
    validators: Validators = Validators()


# ── 4. kept ──────────────────────────────────────────────────────────────────────────────────────


class Verdict(StrEnum):
    """What one fetch came to, as the archive's index says it."""

    NEW = "new"
    REVISIT = "revisit"
    NOT_MODIFIED = "not_modified"
    REFUSED = "refused"
    GONE = "gone"
    TRANSIENT = "transient"
    ACCEPT = "accept"
    REJECT = "reject"


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexLine:
    """One line of a board's index: a fetch, or a person's decision about the reading of `observed_at`.

    `sha256` holds one hash per body of the capture; empty when nothing was received. `parts` is as in `Capture`.
    """

    observed_at: datetime
    url: str
    verdict: Verdict
    status: int = 0
    sha256: tuple[Sha256, ...] = ()
    etag: str | None = None
    last_modified: str | None = None
    content_type: str = ""
    error: str = ""
    by: str = ""
    reason: str = ""
    parts: tuple[str, ...] = ()


# ── 5. parsed ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What the bytes show, all of it text as published; None where the publisher wrote nothing at all.

    `columns` are those of the wanted columns that the source has, `rows` are aligned with them and
    stand in the publisher's order. `facts` are things said once for the whole board, such as
    `version`, `stated_on` and `total`. `page_starts` is where each body's rows begin.
    """

    columns: tuple[str, ...]
    rows: Sequence[Sequence[str | None]]
    facts: Mapping[str, str] = field(default_factory=dict)
    page_starts: tuple[int, ...] = (0,)


# ── 6. checked ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A metric's value for one entry, in the metric's unit.

    `low`, `high` bound it at 95 % where the publisher says so. `decimals` is how many were
    published (after scaling; trailing zeros may have been dropped by the publisher). `raw` is the cell as published.
    """

    value: float
    low: float | None = None
    high: float | None = None
    estimated: bool = False
    decimals: int = 0
    raw: str = ""

    @property
    def half_width(self) -> float | None:
        """Half of the published interval, None without one."""
        return None if self.low is None or self.high is None else (self.high - self.low) / 2


class Confidence(StrEnum):
    """How sure an identity is: `stated` by the name itself, by an `alias` that a person wrote down, or `unsure`."""

    STATED = "stated"
    ALIAS = "alias"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who a published name stands for (docs/decisions/0011-identity.md); empty fields are not known.

    `lab` made the model (`OpenAI`), `country` is the lab's as two letters, `family` is the brand line (`Qwen`, `Mistral
    Small`), `generation` its number (`3.5`, `4o`), `tier` the place in the line (`mini`, `pro`, `opus`). Sizes are in 10⁹
    parameters, and only what the name states. `reasoning` is `on`, `off` or `unspecified`; `date` as stated.
    `line_title` is family and generation as people write them (`GPT-5`, `o3`), empty without a family.
    `model` is the same for the same weights or the same API model, `variant` also for the same flags;
    both are None where the name leaves open which model it means. `reason` says how it was decided.
    """

    name: str = ""
    lab: str = ""
    country: str = ""
    family: str = ""
    generation: str = ""
    line_title: str = ""
    tier: str = ""
    size_total_b: float | None = None
    size_active_b: float | None = None
    tune: str = ""
    kind: str = ""
    reasoning: str = "unspecified"
    effort: str = ""
    thinking_budget: str = ""
    quant: str = ""
    context: str = ""
    serving: str = ""
    harness: str = ""
    preview: bool = False
    date: str = ""
    model: ModelId | None = None
    variant: str | None = None
    confidence: Confidence = Confidence.UNSURE
    reason: str = ""

    @property
    def line(self) -> tuple[str, str, str]:
        """Lab, family and generation: the product line."""
        return (self.lab, self.family, self.generation)

    @property
    def model_id(self) -> ModelId | None:
        """`model`, by the name used outside."""
        return self.model

    @property
    def variant_id(self) -> str | None:
        """`variant`, by the name used outside."""
        return self.variant

    @property
    def org(self) -> str | None:
        """`lab`, by the name used outside; None where it is not known."""
        return self.lab or None


NOBODY = Identity()
"""The identity of an entry that was not resolved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a board.

    `position` counts from 1 in the publisher's order; `rank` is the publisher's own, if it states
    one. `page` is the body it stands in. `attributes` has only those that are known. `measures` has only measured or
    estimated values: a metric that is absent is unknown, not zero. `who` is the model it was resolved to; stores do not keep it.
    """

    id: EntryId
    name: str
    position: int
    rank: int | None = None
    page: int = 0
    attributes: Mapping[str, str] = field(default_factory=dict)
    measures: Mapping[MetricId, Measure] = field(default_factory=dict)
    who: Identity = NOBODY


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A table understood: typed, with names as published.

    `depth` is the number of entries the page let us see, None when it shows the whole board.
    `ambiguous` are keys that occurred more than once and so name no entry, `unnamed` their rows' values of the primary metric. `metrics` are those whose column the page has.
    """

    board: BoardId
    entries: tuple[Entry, ...]
    depth: int | None = None
    ambiguous: frozenset[EntryId] = frozenset()
    unnamed: tuple[float, ...] = ()
    metrics: frozenset[MetricId] = frozenset()
    version: str = ""
    stated_on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """Sizes of the last accepted snapshots, against which a new one is judged. Empty at the start."""

    entries: tuple[int, ...] = ()
    filled: Mapping[MetricId, tuple[float, ...]] = field(default_factory=dict)


# ── 7. resolved ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A reading with its models resolved, at the time it was observed, with the bodies it was read from."""

    board: BoardId
    observed_at: datetime
    url: str
    sha256: tuple[Sha256, ...]
    entries: Mapping[EntryId, Entry]
    depth: int | None = None
    ambiguous: frozenset[EntryId] = frozenset()
    unnamed: tuple[float, ...] = ()
    metrics: frozenset[MetricId] = frozenset()
    version: str = ""
    stated_on: str = ""

    @property
    def digest(self) -> str:
        """Names the bytes of this snapshot, whatever the number of bodies."""
        return "+".join(self.sha256)


# ── 8. compared ──────────────────────────────────────────────────────────────────────────────────


class Comparability(StrEnum):
    """What two snapshots' values of one metric may be used for (docs/decisions/0003-comparability.md)."""

    COMPARABLE = "comparable"
    PRECISION = "precision-only"
    REBASED = "re-based"
    DRIFTED = "drifted"
    INCOMMENSURABLE = "incommensurable"
    APPEARED = "appeared"
    VANISHED = "vanished"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A value that changed beyond precision. `shift` is after − before, without the drift of a fitted board.

    `significant` is True beyond the stated error, beyond the intervals, or where a tested metric
    states neither; always False for live metrics and counts.
    """

    before: Measure
    after: Measure
    shift: float
    significant: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricDiff:
    """The verdict on one metric, with the figures it was drawn from.

    `common` entries have a value in both snapshots, `moved` of them changed beyond precision,
    `rounded` of them within it. `intercept` and `slope` are the common drift of a fitted board
    (after ≈ intercept + slope · before). `moves` is empty unless the values are comparable.
    """

    metric: MetricId
    verdict: Comparability
    reason: str = ""
    common: int = 0
    moved: int = 0
    rounded: int = 0
    filled_before: int = 0
    filled_after: int = 0
    median_shift: float = 0.0
    intercept: float = 0.0
    slope: float = 1.0
    moves: Mapping[EntryId, Move] = field(default_factory=dict)

    @property
    def usable(self) -> bool:
        """Whether anything may be said about single entries."""
        return self.verdict in (Comparability.COMPARABLE, Comparability.PRECISION)


@dataclass(frozen=True, slots=True, kw_only=True)
class RankMove:
    """An exact account of one survivor's rank on the primary metric: after − before is the sum of the four parts.

    `moves` is what happened among the survivors themselves, the only part that is news;
    `unrounded` is what finer decimals did to ties.
    """

    entry: EntryId
    before: int
    after: int
    arrivals_above: int
    departures_above: int
    moves: int
    unrounded: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """How a board changed between two accepted snapshots of it, after deciding what can be compared.

    `arrived` would have been visible before, `revealed` stand below what the earlier page let us
    see; `missing` would have to be visible now, `hidden` need not be. `cap` is the round number of
    rows at which the page seems to be cut. `respelled` maps an entry to the key it had before: `before`
    has it under its new one. `before` is None for a board's first snapshot;
    `seen_until` is when it was last seen unchanged. `restart` says why nothing in the two can be compared.
    """

    board: Board
    before: Snapshot | None
    after: Snapshot
    seen_until: datetime | None = None
    common: tuple[EntryId, ...] = ()
    arrived: tuple[EntryId, ...] = ()
    revealed: tuple[EntryId, ...] = ()
    missing: tuple[EntryId, ...] = ()
    hidden: tuple[EntryId, ...] = ()
    respelled: Mapping[EntryId, EntryId] = field(default_factory=dict)
    restart: str = ""
    cap: int | None = None
    metrics: Mapping[MetricId, MetricDiff] = field(default_factory=dict)
    ranks: tuple[RankMove, ...] = ()

    @property
    def entries_before(self) -> Mapping[EntryId, Entry]:
        """The entries of `before` under the keys they had then."""
        entries = self.before.entries if self.before else {}
        return {self.respelled.get(entry, entry): one for entry, one in entries.items()} if self.respelled else entries


def folded_name(name: str) -> tuple[str, ...]:
    """A name's words and numbers without case and punctuation: `Llama-2 7B` is `llama 2 7b`, not `Llama 27B` and not `Llama 2.7B`."""
    return tuple(_WORDS_AND_NUMBERS.findall(unicodedata.normalize("NFKC", name).casefold()))


_WORDS_AND_NUMBERS = re.compile(r"[0-9]+(?:\.[0-9]+)*|[^\W\d_]+|\+")


def competition_ranks(metric: Metric, values: Mapping[EntryId, float], others: Sequence[float] = ()) -> dict[EntryId, int]:
    """Each entry's rank, 1 for the best; ties share the best rank of their group ("1224").

    `others` are values of rows that stand on the board as well but name no entry.
    """
    order = sorted(metric.standing(value) for value in (*values.values(), *others))
    return {entry: 1 + bisect_left(order, metric.standing(value)) for entry, value in values.items()}


def certainty(metric: Metric, one: Measure, other: Measure) -> str:
    """How sure the order of two measured values is: `decisive`, `supported` or `nominal`.

    Decisive: their 95 % intervals are disjoint. Supported: z = Δ/√(σa²+σb²) ≥ 1.96, σ = half-width/1.96, where both have
    an interval, else beyond the metric's stated error. Both also need a gap beyond the stated error, if there is one.

    Source: docs/decisions/0004-overtakes.md
    """
    gap = abs(one.value - other.value)
    if metric.stated_error is not None and gap <= metric.stated_error:
        return "nominal"
    low, high = sorted((one, other), key=lambda measure: measure.value)
    if low.high is not None and high.low is not None and low.high < high.low:
        return "decisive"
    mine, theirs = one.half_width, other.half_width
    if mine is not None and theirs is not None:
        return "supported" if gap > 0 and gap >= hypot(mine, theirs) else "nominal"
    return "supported" if metric.stated_error is not None else "nominal"


def would_be_shown(diff: Diff, entry: EntryId, last: float | None) -> bool:
    """Whether an entry with that last known primary value would have to be visible in `diff.after`, were it still listed."""
    if diff.cap is not None or entry in diff.after.ambiguous:
        return False
    if diff.after.depth is None:
        return True
    primary = diff.board.primary
    return primary is not None and last is not None and surely_inside(diff.after, primary, last)


def surely_inside(snapshot: Snapshot, primary: Metric, value: float) -> bool:
    """Whether a value stands above the lowest that a page of limited depth shows, by more than its interval."""
    shown = [entry.measures[primary.id] for entry in snapshot.entries.values() if primary.id in entry.measures]
    if not shown:
        return False
    floor = max(shown, key=lambda measure: primary.standing(measure.value))
    margin = max(primary.stated_error or 0.0, floor.half_width or 0.0)
    return primary.standing(value) < primary.standing(floor.value) - margin


# ── 9. detected ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """An entry as an event speaks of it; `model` is empty where its name leaves open which model it is."""

    entry: EntryId
    name: str
    model: ModelId = ModelId("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Where a fact stands: which bytes, fetched from where and when, and the cell as published (None: not there)."""

    sha256: str
    url: str
    observed_at: datetime
    entry: EntryId | None = None
    metric: MetricId | None = None
    raw: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A change that means something.

    It happened later than `after` and not later than `until` (`after` is None when there was
    nothing before). `told` is True for news, False for what is only kept in the record. `weight` orders
    events in a report, 0–100. `rule` names the file that found it and its version.
    """

    id: EventId
    kind: str
    grade: str
    weight: int
    told: bool
    board: BoardId
    metric: MetricId | None
    subjects: tuple[Party, ...]
    rivals: tuple[Party, ...]
    after: datetime | None
    until: datetime
    headline: str
    facts: Mapping[str, object]
    evidence: tuple[Evidence, ...]
    rule: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is remembered of an entry of a board, listed or not.

    `last_seen` is None while it is listed, else the last accepted snapshot that had it, `primary`
    its value then and `last_in`, `last_url` the bytes. `missing_since` is the first snapshot in
    which it would have had to be visible and was not; `departed` is True once that was confirmed
    and told, or when it goes on under another key or belongs to a table that was replaced. `names` are all it ever bore, `name` is the last. `scored` says whether it ever had a
    primary value: empty, `estimated` or `measured`.
    """

    name: str
    names: frozenset[str]
    first_seen: datetime
    last_seen: datetime | None = None
    last_in: str = ""
    last_url: str = ""
    primary: float | None = None
    missing_since: datetime | None = None
    departed: bool = False
    scored: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """An overtake that waits to be sustained: it has held for `held` accepted snapshots so far."""

    event: EventId
    metric: MetricId
    subject: EntryId
    rivals: tuple[EntryId, ...]
    since: datetime
    held: int = 0


class Trouble(StrEnum):
    """Why nothing could be read."""

    FETCH = "fetch"
    PAGE = "page"
    PARSE = "parse"
    CONTRACT = "contract"
    QUARANTINE = "quarantine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A fetch that gave no accepted snapshot: what failed, and in our own words why. `passing`: it may be gone at the next try."""

    board: BoardId
    observed_at: datetime
    url: str
    sha256: tuple[Sha256, ...]
    trouble: Trouble
    error: str
    message: str
    passing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A reading held in quarantine: when, and which entries it had."""

    observed_at: datetime
    entries: frozenset[EntryId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What must be remembered of a board to judge its next snapshot; small, and a fold over its accepted snapshots.

    `listed_since`: when the first snapshot was accepted. `leaders` are the acknowledged ones per
    metric. `changed_at` holds the last times the content changed, oldest first. `failing_since` is the first of the
    `failures` in a row that the last readings were, `passing` whether the last of them may be gone at the next try. `broken_since`, `stale_since` and `capped_at` are open troubles. `suspects` are the readings quarantined in a row.
    `memory` is what an event kind remembers for itself, by kind: plain JSON, small (`events.MEMORIES`).
    """

    known: Mapping[EntryId, Known] = field(default_factory=dict)
    leaders: Mapping[MetricId, tuple[EntryId, ...]] = field(default_factory=dict)
    pending: tuple[Pending, ...] = ()
    sizes: tuple[int, ...] = ()
    filled: Mapping[MetricId, tuple[float, ...]] = field(default_factory=dict)
    drifted: frozenset[MetricId] = frozenset()
    changed_at: tuple[datetime, ...] = ()
    seen_until: datetime | None = None
    failing_since: datetime | None = None
    failures: int = 0
    passing: bool = False
    broken_since: datetime | None = None
    broken_by: str = ""
    stale_since: datetime | None = None
    capped_at: int | None = None
    cap_told: bool = False
    suspects: tuple[Suspect, ...] = ()
    memory: Mapping[str, Any] = field(default_factory=dict)


# ── 10. stored ───────────────────────────────────────────────────────────────────────────────────


class Result(StrEnum):
    """What one line of the archive's index came to."""

    ACCEPTED = "accepted"
    QUARANTINED = "quarantined"
    REJECTED = "rejected"
    UNCHANGED = "unchanged"
    UNREADABLE = "unreadable"
    FAILED = "failed"


class State(StrEnum):
    """How a board is."""

    OK = "ok"
    PARTIAL = "partial"
    STALE = "stale"
    BROKEN = "broken"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One fetch as the store remembers it. `entries` is how many the reading had, None where nothing could be read."""

    board: BoardId
    observed_at: datetime
    result: Result
    url: str
    sha256: tuple[Sha256, ...] = ()
    status: int = 0
    entries: int | None = None
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one line of the index added to a board's history; stored as one transaction. `diff` is there when it was accepted.

    `agreed_since` is the time of the first of several readings in quarantine that this one agrees with: they are right.
    `took` is how many seconds it took, by what was done (`read`, `detect`); no part of the history.
    """

    check: Check
    past: Past
    diff: Diff | None = None
    events: tuple[Event, ...] = ()
    agreed_since: datetime | None = None
    took: Mapping[str, float] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch [valid_from, valid_to) in which an entry's published value of a metric did not change; open where `valid_to` is None."""

    valid_from: datetime
    valid_to: datetime | None
    measure: Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class RankSpan:
    """A stretch in which an entry's rank on the primary metric did not change."""

    valid_from: datetime
    valid_to: datetime | None
    rank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of time, from `started_at` on, in which a metric's values are comparable. `reason`: why it began."""

    metric: MetricId
    started_at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFilter:
    """Which events are asked for; None and empty ask for all. `since` ≤ recorded_at < `until`. `entry` asks for a party of that key."""

    board: BoardId | None = None
    kinds: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    told: bool | None = None
    entry: EntryId | None = None


# ── 11. reported ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How a board is, and since when. `due_at` is the next time its cadence asks for it; `reason` says why it is not ok."""

    board: BoardId
    title: str
    page: str
    attribution: str
    state: State
    reason: str = ""
    enabled: bool = True
    entries: int | None = None
    last_checked: datetime | None = None
    last_accepted: datetime | None = None
    last_changed: datetime | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A stretch without an accepted snapshot, much longer than the board's usual one: what happened in it is dated only by its ends."""

    after: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Events that tell one thing: the weightiest leads, the others (of the same entry, or siblings of one release) are folded into it."""

    lead: Event
    folded: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardReport:
    """One board in a report: its stories by weight, its gaps, and how many events were only kept in the record."""

    health: Health
    stories: tuple[Story, ...] = ()
    gaps: tuple[Gap, ...] = ()
    checks: int = 0
    untold: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What changed on some boards in since ≤ recorded_at < until; boards with the weightiest story first, quiet ones last."""

    since: datetime
    until: datetime
    boards: tuple[BoardReport, ...]


# ── 12. delivered, and what the service remembers of itself; none of it can be derived ───────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One event that waits in the outbox for one route; there is never a second one for the same event and route.

    `message` names the message it was put into, so that another try sends the very same one; empty before the first.
    `tries` failed so far, the last with `error`; not tried before `not_before`. `dead`: given up, a person decides.
    """

    event: Event
    route: str
    queued_at: datetime
    message: str = ""
    tries: int = 0
    not_before: datetime | None = None
    error: str = ""
    dead: bool = False


class How(StrEnum):
    """How a letter left the outbox."""

    SENT = "sent"
    COUNTED = "counted"
    """Among the "and 14 more" of a message."""
    DROPPED = "dropped"
    """By a person, or because the event was withdrawn before it was told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """That an event was delivered on a route: when, in which message, and about which subject (for the cool-down)."""

    event: EventId
    route: str
    delivered_at: datetime
    how: How = How.SENT
    message: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A board that is not fetched until somebody resumes it. `by` is who decided, `tracker` for ourselves."""

    board: BoardId
    since: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Trouble of the tracker's own (a file in `schedules/`, a route, the clock), from `since` on; `ended_at` when it is over.

    `kind` and `subject` name it: of the two there is one open notice at most.
    """

    kind: str
    subject: str
    message: str
    since: datetime
    ended_at: datetime | None = None
