"""One metric of one board that a claim speaks of: the entries meant, their values in words, and the answer with its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tracker.claims._records import Claim, ClaimVerdict, Figure, Ground, Mention, Since
from tracker.claims.matching import is_in
from tracker.claims.record import Record
from tracker.claims.weight import Weight, weigh_in
from tracker.model import Entry, EntryId, EventId, Metric, Span
from tracker.query.find import BoardAt
from tracker.wording import difference, number

_TURNED = {ClaimVerdict.SUPPORTED: ClaimVerdict.CONTRADICTED, ClaimVerdict.CONTRADICTED: ClaimVerdict.SUPPORTED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpublished:
    """A metric that is not published for both sides: whether the subject and the rival have a value, and are listed at all."""

    case: Case
    valued: tuple[bool, bool]
    listed: tuple[bool, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A claim on one metric of one board, and the record that decides it."""

    claim: Claim
    record: Record
    state: BoardAt
    metric: Metric

    @property
    def title(self) -> str:
        """The metric with its board, for people."""
        return f"{self.metric.title or self.metric.id} ({self.state.board.title})"

    @property
    def rival(self) -> Mention:
        """The rival of a claim that must have one."""
        assert self.claim.rival is not None
        return self.claim.rival

    def on(self, mention: Mention) -> tuple[Entry, ...]:
        """The entries of the board that a mention means."""
        return self.record.on(self.state, mention)

    def has(self, entry: Entry) -> bool | None:
        """Whether an entry is of the claim's class; None if the board does not say."""
        return is_in(entry, self.state.board, self.claim.group)

    def valued(self, entries: Iterable[Entry]) -> tuple[Entry, ...]:
        """Those with a value."""
        return tuple(entry for entry in entries if self.metric.id in entry.measures)

    def value(self, entry: Entry) -> float:
        """The value of an entry that has one."""
        return entry.measures[self.metric.id].value

    def estimated(self, entry: Entry) -> bool:
        """Whether that value is an estimate."""
        return entry.measures[self.metric.id].estimated

    def weigh(self, entry: Entry, other: Entry) -> Weight:
        """The order of two entries with a value."""
        return weigh_in(self.state.snapshot, self.metric, entry, other)

    def course(self, entry: EntryId) -> tuple[Span, ...]:
        """The values of an entry over time."""
        return self.record.course(self.state.board.id, entry, self.metric.id)

    def gap(self, gap: float, entry: Entry, other: Entry) -> str:
        """The size of the gap between two entries, with as many decimals as their values."""
        return difference(abs(gap), self.metric, *(each.measures[self.metric.id].value for each in (entry, other)))

    def shown(self, entry: Entry) -> str:
        """`GPT-4 12.75 (estimated)`; with the interval if one is published."""
        measure = entry.measures[self.metric.id]
        width = f" ± {difference(measure.half_width, self.metric)}" if measure.half_width is not None else ""
        return f"{entry.name} {number(measure.value, self.metric)}{width}{' (estimated)' if measure.estimated else ''}"

    def ground(
        self,
        verdict: ClaimVerdict,
        reason: str,
        entries: Sequence[Entry],
        *,
        others: str = "other",
        events: tuple[EventId, ...] | None = None,
        caveats: Iterable[str] = (),
        since: Since | None = None,
    ) -> Ground:
        """The answer. `entries` are the subject and those that it is compared with; `verdict` is without the `not`."""
        board, at, metric = self.state.board, self.state.snapshot.observed_at, self.metric
        return Ground(
            board=board.id,
            title=board.title,
            metric=metric.id,
            metric_title=metric.title or metric.id,
            unit=metric.unit,
            verdict=turned(verdict, self.claim),
            reason=reason,
            observed_at=at,
            segment=self.record.segment(board.id, metric.id, at),
            since=since,
            figures=tuple(self._figure(others if place else "subject", entry) for place, entry in enumerate(entries)),
            caveats=tuple(caveats),
            events=self.record.events_of(board.id, metric.id, entries[0].id) if events is None else events,
        )

    def _figure(self, of: str, entry: Entry) -> Figure:
        measure, bodies = entry.measures[self.metric.id], self.state.snapshot.sha256
        return Figure(
            of=of,
            entry=entry.id,
            name=entry.name,
            value=measure.value,
            low=measure.low,
            high=measure.high,
            estimated=measure.estimated,
            sha256=bodies[min(entry.page, len(bodies) - 1)],
        )


def turned(verdict: ClaimVerdict, claim: Claim) -> ClaimVerdict:
    """The verdict on the claim with its `not`."""
    return _TURNED.get(verdict, verdict) if claim.negated else verdict
