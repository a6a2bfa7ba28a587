"""What a page says: a table of strings, a validated reading, and the same with its models resolved."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tracker.model.ids import BoardId, EntryId, MetricId, ModelId, Sha256


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
        """`model`, as those who score the resolution of names against labels call it."""
        return self.model

    @property
    def variant_id(self) -> str | None:
        """`variant`, likewise."""
        return self.variant

    @property
    def org(self) -> str | None:
        """`lab`, likewise; None where it is not known."""
        return self.lab or None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedEntry:
    """One line of a board as published: which model it is, is not resolved.

    `position` counts from 1 in the publisher's order, and is 0 in what a store gives back; `rank` is the publisher's own, if
    it states one. `page` is the body it stands in. `attributes` has only those that are known. `measures` has only measured
    or estimated values: a metric that is absent is unknown, not zero.
    """

    id: EntryId
    name: str
    position: int
    rank: int | None = None
    page: int = 0
    attributes: Mapping[str, str] = field(default_factory=dict)
    measures: Mapping[MetricId, Measure] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(PublishedEntry):
    """One line of a board, with the model it was resolved to."""

    who: Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A table understood: typed, with names as published.

    `depth` is the number of entries the page let us see, None when it shows the whole board.
    `ambiguous` are keys that occurred more than once and so name no entry, `unnamed` their rows' values of the primary metric. `metrics` are those whose column the page has.
    """

    board: BoardId
    entries: tuple[PublishedEntry, ...]
    depth: int | None = None
    ambiguous: frozenset[EntryId] = frozenset()
    unnamed: tuple[float, ...] = ()
    metrics: frozenset[MetricId] = frozenset()
    version: str = ""
    stated_on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSnapshot:
    """A reading at the time it was observed, with the bodies it was read from, as a store keeps it: models are not resolved.

    `tracker.identity.resolve_models` makes it a `Snapshot`.
    """

    board: BoardId
    observed_at: datetime
    url: str
    sha256: tuple[Sha256, ...]
    entries: Mapping[EntryId, PublishedEntry]
    depth: int | None = None
    ambiguous: frozenset[EntryId] = frozenset()
    unnamed: tuple[float, ...] = ()
    metrics: frozenset[MetricId] = frozenset()
    version: str = ""
    stated_on: str = ""
    _values: dict[MetricId, Mapping[EntryId, float]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _measured: dict[MetricId, Mapping[EntryId, float]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def digest(self) -> str:
        """Names the bytes of this snapshot, whatever the number of bodies."""
        return "+".join(self.sha256)

    def values(self, metric: MetricId) -> Mapping[EntryId, float]:
        """Every entry's value of a metric, measured or estimated. Gathered once, as is `measured`."""
        if metric not in self._values:
            self._values[metric] = {
                entry: row.measures[metric].value for entry, row in self.entries.items() if metric in row.measures
            }
        return self._values[metric]

    def measured(self, metric: MetricId) -> Mapping[EntryId, float]:
        """Every entry's measured value of a metric; estimates are left out. Nearly every event kind asks for it."""
        if metric not in self._measured:
            self._measured[metric] = {
                entry: measure.value
                for entry, row in self.entries.items()
                if (measure := row.measures.get(metric)) is not None and not measure.estimated
            }
        return self._measured[metric]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot(StoredSnapshot):
    """A reading with its models resolved, at the time it was observed, with the bodies it was read from."""

    entries: Mapping[EntryId, Entry]


def name_tokens(name: str) -> tuple[str, ...]:
    """A name's words and numbers without case and punctuation: `Llama-2 7B` is `llama 2 7b`, not `Llama 27B` and not `Llama 2.7B`."""
    return tuple(_WORDS_AND_NUMBERS.findall(unicodedata.normalize("NFKC", name).casefold()))


_WORDS_AND_NUMBERS = re.compile(r"[0-9]+(?:\.[0-9]+)*|[^\W\d_]+|\+")
