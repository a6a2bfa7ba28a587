"""The differences between two snapshots of a board, and what they add to its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from tracker.model.captured import Check
from tracker.model.declared import Board
from tracker.model.events import Event
from tracker.model.ids import EntryId, MetricId
from tracker.model.reading import BoardState, Entry, LeftOut, Measure, Snapshot


class Comparability(StrEnum):
    """How far two snapshots' values of one metric can be compared (docs/decisions/0003-comparability.md)."""

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

    `significant` is True beyond the stated error, beyond the intervals, or if a tested metric states neither; always True for
    points. `unsure_origin`: the value before may have been an estimate, or a mean of fewer parts, because other scores of the
    entry appear with the new one, or it has the values of a row that comes or goes; then it is not significant.
    """

    before: Measure
    after: Measure
    shift: float
    significant: bool
    unsure_origin: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricDiff:
    """The verdict on one metric, with its figures.

    `common` entries have a value in both snapshots; `moved` of them changed beyond precision, `rounded` within it. `intercept`
    and `slope` are the common drift of a fitted board (after ≈ intercept + slope · before). `moves` is empty unless the values
    are comparable.
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
        """Whether single entries can be compared."""
        return self.verdict in (Comparability.COMPARABLE, Comparability.PRECISION)


class RankMove(Struct, frozen=True, kw_only=True, gc=False):
    """An exact account of one survivor's rank on the primary metric: after − before is the sum of the four parts.

    `moves` is the part among the survivors, which alone is news; `unrounded` is the effect of finer decimals on ties.
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
    """The changes of a board between two accepted snapshots, after deciding what can be compared.

    `arrived` entries would have been visible before, `revealed` ones are below the depth of the earlier page; `missing` ones
    would be visible now, `hidden` ones need not be. `cap` is the number of rows at which the page seems to be cut. `is_top`: it
    seems to show only the best; of the `hidden`, `fell_out` are those that others may have displaced there.
    `rekeyed` maps an entry to its former key; `before` has it under the new one. Of the `revealed`, `relisted` maps an entry to
    the one that had its name and other values, and `returned` to the missing one that it is; `doubtful` maps an entry to all
    whose new label it may be. `before` is None for a board's first snapshot, and was last seen unchanged at `seen_until`.
    `restart` is the reason if nothing in the two can be compared. `left_out` are the rows of `after` without an entry;
    the `carried` entries of `before` are from earlier readings, as its own left them out; `read_again` are the rows
    that were left out until now.
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
    fell_out: tuple[EntryId, ...] = ()
    rekeyed: Mapping[EntryId, EntryId] = field(default_factory=dict)
    relisted: Mapping[EntryId, EntryId] = field(default_factory=dict)
    returned: Mapping[EntryId, EntryId] = field(default_factory=dict)
    doubtful: Mapping[EntryId, Sequence[EntryId]] = field(default_factory=dict)
    restart: str = ""
    cap: int | None = None
    is_top: bool = False
    metrics: Mapping[MetricId, MetricDiff] = field(default_factory=dict)
    ranks: tuple[RankMove, ...] = ()
    left_out: Mapping[EntryId, LeftOut] = field(default_factory=dict)
    read_again: Mapping[EntryId, LeftOut] = field(default_factory=dict)
    carried: frozenset[EntryId] = frozenset()

    @property
    def entries_before(self) -> Mapping[EntryId, Entry]:
        """The entries that `before` shows itself, under their keys of that time."""
        entries = self.before.entries if self.before else {}
        if not (self.rekeyed or self.carried):
            return entries
        return {self.rekeyed.get(key, key): entry for key, entry in entries.items() if key not in self.carried}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The effect of one line of the index on a board's history, stored in one transaction. `diff` is set if it was accepted.

    `agreed_since` is the time of the first of several readings in quarantine that agree with this one, and so are right. `took`
    is the seconds of each activity (`read`, `detect`), which are not part of the history.
    """

    check: Check
    past: BoardState
    diff: Diff | None = None
    events: tuple[Event, ...] = ()
    agreed_since: datetime | None = None
    took: Mapping[str, float] = field(default_factory=dict, compare=False)
