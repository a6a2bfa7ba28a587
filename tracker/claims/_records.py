"""What passes between the steps of checking: the claims of a sentence, and the record's answer to each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum

from tracker.model import BoardId, EntryId, EventId, MetricId, Sha256


class ClaimVerdict(StrEnum):
    """What the record says to a claim (docs/reference/claims.md).

    `not comparable`: the models are on record, but no figure allows the comparison. `not on record`: the record lacks the
    model, or does not reach back far enough. `not understood`: no claim could be read from those words.
    """

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    MIXED = "mixed"
    NOT_COMPARABLE = "not comparable"
    NOT_ON_RECORD = "not on record"
    NOT_UNDERSTOOD = "not understood"


class Relation(StrEnum):
    """What a claim says about its subject; `judge.JUDGES` names the judge of each."""

    ABOVE = "above"
    LEVEL = "level"
    LEAD = "lead"
    RANK = "rank"
    FIRST = "first"
    GAIN = "gain"
    PRICE = "price"
    RATIO = "ratio"
    SCORE = "score"


class MentionKind(StrEnum):
    """What a stretch of a sentence names: a `model` or line, a `lab`, or a `group` of models."""

    MODEL = "model"
    LAB = "lab"
    GROUP = "group"


PieceKind = StrEnum(
    "PieceKind",
    "NAME SIZE SENSE FIRST TOP SCORE TOPIC BOARD GROUP AMOUNT SINCE AT NOT HEDGE BY FROM IN JOIN BREAK REFERENCE"
    " OWN FILL DEGREE TURN WORD",
)
"""What a piece of a sentence is for."""


_CODES = ("CN", "US", "FR", "KR", "CA", "IL", "AE", "JP", "DE")
_ADJECTIVES = ("Chinese", "American", "French", "Korean", "Canadian", "Israeli", "Emirati", "Japanese", "German")
COUNTRIES: Mapping[str, str] = dict(zip(_CODES, _ADJECTIVES, strict=True))
"""The code of a lab's country → of that country, in English."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelGroup:
    """A class of models; a field that is None is not a condition. Sizes are in 10⁹ parameters; `under_b` is exclusive.

    `under_usd`: `output price` or `input price`, and its exclusive limit per 10⁶ tokens.
    """

    open_weights: bool | None = None
    under_b: float | None = None
    over_b: float | None = None
    reasoning: str | None = None
    country: str | None = None
    lab: str | None = None
    under_usd: tuple[str, float] | None = None

    def __or__(self, other: ModelGroup) -> ModelGroup:
        """Both conditions together."""
        return replace(self, **{name: value for name, value in asdict(other).items() if value is not None})

    def __bool__(self) -> bool:
        return self != ModelGroup()

    def __str__(self) -> str:
        weights = {True: "open-weights", False: "closed", None: ""}[self.open_weights]
        reasoning = {"on": "reasoning", "off": "non-reasoning", None: ""}[self.reasoning]
        size = f"over {self.over_b:g}B" if self.over_b is not None else ""
        size = f"under {self.under_b:g}B" if self.under_b is not None else size
        country = COUNTRIES.get(self.country, self.country) if self.country else ""
        price = f"under ${self.under_usd[1]:g} in {self.under_usd[0]}" if self.under_usd is not None else ""
        lab = f"of {self.lab}" if self.lab else ""
        return " ".join(filter(None, (country, weights, reasoning, "models", size, price, lab)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A gap or a score: `value` in `unit` (points, percent, times, usd, tokens/s, or none), as precise as it was written.

    A percentage is one of the `base`: the rival's value or the subject's. `bound`: empty (exactly this), `least`, `most`,
    `about`, and of scores the exclusive `over` and `under`.
    """

    value: float
    unit: str
    decimals: int = 0
    bound: str = ""
    base: str = "rival"
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A model, a lab or a group as a sentence names it.

    `text` is as written, `name` in full (`Qwen3.5 14B` for "the 14B"). `line` is its line, if the sentence leaves that to be
    understood. `lab` is the lab before a name, or the lab itself. `quantifier` is the word by which all of it is meant, not its
    best. Of a model, `group` is the class that its entries must be of, and `figure` the value that it is said to have.
    """

    text: str
    name: str
    kind: MentionKind = MentionKind.MODEL
    line: str = ""
    lab: str = ""
    group: ModelGroup = ModelGroup()
    quantifier: str = ""
    figure: Amount | None = None

    @property
    def whole(self) -> Mention:
        """Its line, or itself."""
        return Mention(text=self.line, name=self.line, lab=self.lab) if self.line else self


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A rank in a sentence: `top` or better, or `exact`ly that; `moved` there `up` or `down`; counted by `models`, not rows."""

    top: int
    exact: bool = False
    moved: str = ""
    models: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A day, a month or a year as written: from `start` to `end`, which is exclusive."""

    text: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One thing that a sentence says, in the words `quote`. "B trails A" is read as A above B.

    `topic` and `sources` are as written, or empty. `inner` is the relation in which the first is first. `lapsed`: it held
    before ("no longer"). `passing`: it came about (by overtaking; the lead was taken). `degree`: by a lot (`strong`) or a little
    (`weak`). `place` is the rank that is claimed. `end`: the number itself is meant, the `high` or the `low` one, and not the
    better one; or the `ratio` of two prices; or that neither is above (`level`). `read_as` says what was understood though not
    written.
    """

    quote: str
    relation: Relation
    subject: Mention
    rival: Mention | None = None
    topic: str = ""
    sources: tuple[str, ...] = ()
    group: ModelGroup = ModelGroup()
    negated: bool = False
    lapsed: bool = False
    passing: bool = False
    degree: str = ""
    inner: Relation | None = None
    amount: Amount | None = None
    place: Place = Place(top=1)
    end: str = ""
    since: Period | None = None
    at: Period | None = None
    read_as: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """Words from which no claim could be read, and why. `checkable`: they are about models and seem to claim something."""

    quote: str
    reason: str
    checkable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A value behind an answer, as published in one snapshot; `of` says whose: subject, rival or other."""

    of: str
    entry: EntryId
    name: str
    value: float
    low: float | None = None
    high: float | None = None
    estimated: bool = False
    sha256: Sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """Since when it holds: later than `after` (None: there is no earlier reading), not later than `until`.

    `how`: `passing`, `debut` (a line passed by a new member), `entry` (above from the subject's first value on),
    `rival_entry` (the rival's first value was below), or `start` (it held when the segment, or the record, began).
    `upper` is the name of the entry that was above from then on; empty for a rank.
    """

    after: datetime | None
    until: datetime
    how: str
    upper: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What one metric of one board says to a claim.

    `observed_at` is the snapshot with the figures, `segment` the time since which the metric's values are comparable.
    `reason` is one sentence, `caveats` are further ones. `events` are the ids of events that report it.
    """

    board: BoardId
    title: str
    metric: MetricId
    metric_title: str
    unit: str
    verdict: ClaimVerdict
    reason: str
    observed_at: datetime
    segment: datetime | None = None
    since: Since | None = None
    figures: tuple[Figure, ...] = ()
    caveats: tuple[str, ...] = ()
    events: tuple[EventId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The answer to one claim, or to words from which none could be read (`claim` is None then).

    `suggestions` are models or metrics that are on record instead. `instead` are findings on the nearest claim that can be
    answered: the line instead of a size it does not have, the ranking metric instead of one that is not published.
    """

    quote: str
    verdict: ClaimVerdict
    reason: str
    claim: Claim | None = None
    grounds: tuple[Ground, ...] = ()
    suggestions: tuple[str, ...] = ()
    instead: tuple[Finding, ...] = ()
