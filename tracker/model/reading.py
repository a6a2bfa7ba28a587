"""The content of a page: a table of strings, a validated reading, a snapshot with resolved models; a board's state after it."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from msgspec import Struct

from tracker.model.ids import BoardId, EntryId, EventId, MetricId, ModelId, Sha256

if TYPE_CHECKING:
    from tracker.model.declared import Metric

_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The content of the bytes, as published text; None where the publisher wrote nothing.

    `columns` are the wanted columns that the source has; `rows` have the same columns, in the publisher's order. `facts` are
    statements about the whole board, such as `version`, `stated_on` and `total`. `page_starts` is where each body's rows begin.
    """

    columns: tuple[str, ...]
    rows: Sequence[Sequence[str | None]]
    facts: Mapping[str, str] = field(default_factory=dict)
    page_starts: tuple[int, ...] = (0,)


class Measure(Struct, frozen=True, kw_only=True, gc=False):
    """A metric's value for one entry, in the metric's unit.

    `low`, `high` bound it at 95 %, if published. `decimals` is the published number of decimals (after scaling; the publisher may
    have dropped trailing zeros). `raw` is the cell as published.
    """

    value: float
    low: float | None = None
    high: float | None = None
    estimated: bool = False
    decimals: int = 0
    raw: str = ""

    @property
    def half_width(self) -> float | None:
        """Half of the published interval, if any."""
        return None if self.low is None or self.high is None else (self.high - self.low) / 2


class Confidence(StrEnum):
    """The confidence of an identity: `stated` by the name, by an `alias` in the lexicon, or `unsure`."""

    STATED = "stated"
    ALIAS = "alias"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The model that a published name means (docs/decisions/0011-identity.md); empty fields are unknown.

    `lab` made the model (`OpenAI`), `country` is the lab's, in two letters, `family` is the brand line (`Qwen`, `Mistral Small`),
    `generation` its number (`3.5`, `4o`), `tier` the place in the line (`mini`, `pro`, `opus`). Sizes are in 10⁹ parameters, as
    the name states them. `reasoning` is `on`, `off` or `unspecified`; `date` is as stated. `line_title` is family and generation
    as people write them (`GPT-5`, `o3`). `model` is the same for the same weights or the same API model, `variant` also for the
    same flags; both are None if the name is ambiguous. `reason` is the reason of the decision. `guessed_lab`: somebody else may
    have made it, as the name has words of its own beside a brand on which others build, or only a path names a maker.
    `guessed_family`: the brand is not declared.
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
    guessed_lab: bool = False
    guessed_family: bool = False

    @property
    def line(self) -> tuple[str, str, str]:
        """Lab, family and generation: the product line."""
        return (self.lab, self.family, self.generation)

    @property
    def model_id(self) -> ModelId | None:
        """`model`, by the name that scorers of name resolution use."""
        return self.model

    @property
    def variant_id(self) -> str | None:
        """`variant`, likewise."""
        return self.variant

    @property
    def org(self) -> str | None:
        """`lab`, likewise; None if unknown."""
        return self.lab or None


NOTE = "note"
"""The attribute with the remark that a publisher glues to a name."""


class Source(NamedTuple):
    """The bytes in which something was read, their address and their time."""

    sha256: Sha256
    url: str
    observed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedEntry:
    """One line of a board as published; its model is not resolved.

    `position` counts from 1 in the publisher's order, and is 0 in entries from a store; `rank` is the publisher's own, if
    stated. `page` is the number of its body. `attributes` has only known ones. `measures` has only measured or estimated values:
    an absent metric is unknown, not zero. `source` is where it was read, if not in the bytes of its snapshot.
    """

    id: EntryId
    name: str
    position: int
    rank: int | None = None
    page: int = 0
    attributes: Mapping[str, str] = field(default_factory=dict)
    measures: Mapping[MetricId, Measure] = field(default_factory=dict)
    source: Source | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A row that is left out: why, its entry as last read (None: never), and the values that wait for a second reading.

    `is_new`: the reading before had no such row. `has_row` is False for an entry without one, which a new row may be.
    A `doubtful` value is None if it is gone. The entry was last known at `seen`; `since` is the first reading with these values.
    `place` is the value with which the row counts in the ranks of the board.
    """

    why: str
    last: PublishedEntry | None = None
    is_new: bool = False
    has_row: bool = True
    doubtful: Mapping[MetricId, float | None] = field(default_factory=dict)
    seen: datetime | None = None
    since: datetime | None = None
    place: Measure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(PublishedEntry):
    """One line of a board with its resolved model."""

    who: Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A validated table: typed, with names as published.

    `depth` is the number of entries that the page shows, None if it shows the whole board. `ambiguous` are keys without an entry:
    they occurred more than once, or their row cannot be read; `unnamed` are their rows' values of the primary metric,
    `unnamed_estimates` those that are estimates, except for rows that should have been readable: `unread` says why they are not,
    and `places` are the primary values that they show. `metrics` are those with a column. `left_out` names rows that are the mean
    or the median of all others. `unended`: the last line of a body has no end, in a format of lines.
    """

    board: BoardId
    entries: tuple[PublishedEntry, ...]
    depth: int | None = None
    ambiguous: frozenset[EntryId] = frozenset()
    unnamed: tuple[float, ...] = ()
    unnamed_estimates: tuple[float, ...] = ()
    metrics: frozenset[MetricId] = frozenset()
    version: str = ""
    stated_on: str = ""
    left_out: tuple[str, ...] = ()
    unread: Mapping[EntryId, str] = field(default_factory=dict)
    places: Mapping[EntryId, Measure] = field(default_factory=dict)
    unended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSnapshot:
    """A reading with its time and its bodies, as in a store; `tracker.identity.resolve_models` makes it a `Snapshot`."""

    board: BoardId
    observed_at: datetime
    url: str
    sha256: tuple[Sha256, ...]
    entries: Mapping[EntryId, PublishedEntry]
    depth: int | None = None
    ambiguous: frozenset[EntryId] = frozenset()
    unnamed: tuple[float, ...] = ()
    unnamed_estimates: tuple[float, ...] = ()
    metrics: frozenset[MetricId] = frozenset()
    version: str = ""
    stated_on: str = ""
    _made: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def digest(self) -> str:
        """The name of this snapshot's bytes, for any number of bodies."""
        return "+".join(self.sha256)

    @property
    def unnamed_measured(self) -> tuple[float, ...]:
        """The primary values of rows that name no entry, without estimates."""
        return tuple((Counter(self.unnamed) - Counter(self.unnamed_estimates)).elements())

    @property
    def versions(self) -> Mapping[str, str]:
        """The versions that the publisher states, by payload; "" is the board's own answer."""
        own, *further = self.version.split("\n")
        return {"": own, **dict(line.split(": ", 1) for line in further)}

    def version_for(self, metric: Metric) -> str:
        """The version of the payload that a metric is from if it states one, otherwise of the board's own answer."""
        return self.versions[self.version_part(metric)]

    def version_part(self, metric: Metric) -> str:
        """The payload whose version holds for a metric; "" is the board's own answer."""
        payload = next(iter(metric.column.sources), "").partition(":")[0]  # a mean of other metrics has no source
        return payload if payload in self.versions else ""

    def once(self, key: Hashable, make: Callable[[], _Made]) -> _Made:
        """What `make` gives, made at the first call with a key: the kinds share it, and the next snapshot is compared with it."""
        if key not in self._made:
            self._made[key] = make()
        made: _Made = self._made[key]
        return made

    def measures(self, metric: MetricId) -> Mapping[EntryId, Measure]:
        """Every entry's measure of a metric."""

        def make() -> Mapping[EntryId, Measure]:
            return {entry: found for entry, row in self.entries.items() if (found := row.measures.get(metric)) is not None}

        return self.once((metric, "measures"), make)

    def values(self, metric: MetricId, *, estimates: bool = True) -> Mapping[EntryId, float]:
        """Every entry's value of a metric, measured or estimated."""

        def make() -> Mapping[EntryId, float]:
            shown = self.measures(metric).items()
            return {entry: measure.value for entry, measure in shown if estimates or not measure.estimated}

        return self.once((metric, estimates), make)

    def measured(self, metric: MetricId) -> Mapping[EntryId, float]:
        """Every entry's measured value of a metric, without estimates. Nearly every event kind needs it."""
        return self.values(metric, estimates=False)

    def standings(self, metric: Metric) -> Sequence[tuple[float, EntryId]]:
        """The measured values with their entries, as numbers that sort the best first; equal ones by key."""
        sign, has = metric.sort_key(1.0), self.measured(metric.id).items
        return self.once((metric.id, "standings"), lambda: sorted((sign * value, entry) for entry, value in has()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot(StoredSnapshot):
    """A reading with resolved models, its time and its bodies; `names` is the version of the names that resolved them."""

    entries: Mapping[EntryId, Entry]
    names: str = field(default="", compare=False)


@lru_cache(maxsize=1 << 15)
def name_tokens(name: str) -> tuple[str, ...]:
    """A name's words and numbers without case and punctuation: `Llama-2 7B` is `llama 2 7b`, unlike `Llama 27B`."""
    return tuple(_WORDS_AND_NUMBERS.findall(unicodedata.normalize("NFKC", name).casefold()))


def is_new_version(old: str, new: str) -> bool:
    """Whether a publisher states another version than before; no statement is unknown, and `v4.1` is `4.1`."""
    words = [tuple(word for word in name_tokens(text) if word not in ("v", "version")) for text in (old, new)]
    return bool(old and new) and words[0] != words[1]


def spelling_of(name: str) -> str:
    """A name without blanks and accents: `Local AI` is `LocalAI`, and `Llama 3 1B` is not `Llama 31B`."""
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", name.casefold()))
    return _BLANKS.sub("", " ".join(name_tokens(plain)))


_ACCENTS = re.compile(r"(?<=[a-z])[\u0300-\u036f]+")
_BLANKS = re.compile(r"(?<![0-9]) | (?![0-9])")
"""Blanks between words, not those between two numbers."""
_WORDS_AND_NUMBERS = re.compile(r"[0-9]+(?:\.[0-9]+)*|[^\W\d_]+|\+")


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRecord:
    """The memory of an entry of a board, listed or not.

    `last_seen` is None while it is listed; otherwise it is the last accepted snapshot with it, `primary` its value then, and
    `last_in`, `last_url` the bytes. `missing_since` is the first snapshot without it that should have shown it. `departed` is
    True once that was confirmed and reported, or if it continues under another key or belongs to a replaced table. `names` are
    all its names, `name` is the last. `scored` is empty, `estimated` or `measured`: whether it ever had a primary value.
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
class PendingOvertake:
    """An overtake that is not yet sustained; it has held for `held` accepted snapshots. `grade` is that of its event."""

    event: EventId
    metric: MetricId
    subject: EntryId
    rivals: tuple[EntryId, ...]
    since: datetime
    held: int = 0
    grade: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldReading:
    """A reading in quarantine: its time, its entries, their values of the primary metric and the median half-width of these."""

    observed_at: datetime
    entries: frozenset[EntryId]
    values: Mapping[EntryId, float] = field(default_factory=dict)
    half_width: float | None = None

    def measure(self, entry: EntryId) -> Measure:
        """An entry's value, with that half-width."""
        value, half_width = self.values[entry], self.half_width
        return (
            Measure(value=value) if half_width is None else Measure(value=value, low=value - half_width, high=value + half_width)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A page that waits for a second reading: why, its bodies, the odd values that it shows, and how often one has waited."""

    why: str
    sha256: tuple[Sha256, ...]
    values: Mapping[EntryId, float | None] = field(default_factory=dict)
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardState:
    """The memory of a board for judging its next snapshot: small, and a fold over its accepted snapshots.

    `leaders` are the acknowledged ones per metric. `changed_at` has the last times when the content changed, oldest first. The
    last `failures` readings failed, the first at `failing_since`; `passing`: the next try may succeed. `broken_since`,
    `stale_since`, `capped_at` and `left_out` (rows of the last accepted snapshot) are open troubles. `suspects` are the last
    readings in quarantine, and the last page is `waiting` if another has to confirm it. `bodies` are digests of those accepted
    last. `memory` is the memory of each event kind: plain JSON, small (`events.kind.Detection`).
    """

    known: Mapping[EntryId, EntryRecord] = field(default_factory=dict)
    leaders: Mapping[MetricId, tuple[EntryId, ...]] = field(default_factory=dict)
    pending: tuple[PendingOvertake, ...] = ()
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
    suspects: tuple[HeldReading, ...] = ()
    waiting: Waiting | None = None
    bodies: tuple[str, ...] = ()
    left_out: Mapping[EntryId, LeftOut] = field(default_factory=dict)
    memory: Mapping[str, Any] = field(default_factory=dict)
