"""What a model's price was at a time, and how exactly that is known."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tracker.errors import DeclarationError
from tracker.model import BoardId, EntryId, Measure, Metric
from tracker.ports import Store
from tracker.query.filters import Filters, metrics_of
from tracker.query.find import Listed
from tracker.query.since import course, looked_at, value_at
from tracker.toml import quoted
from tracker.wording import machine_time


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceAt:
    """An entry's price at a time, as a board listed it.

    It came later than `after` (None: no earlier look, or the entry came with it) and not later than `since`, and was last seen
    at `seen_at`, at or before that time. The first look after it, at `next_at` (None: there is none yet), showed `next` (None:
    no price). `is_certain`: whether the looks before and after agree; None without a look after.
    """

    board: BoardId
    entry: EntryId
    name: str
    metric: Metric
    measure: Measure
    after: datetime | None
    since: datetime
    seen_at: datetime
    next_at: datetime | None
    next: Measure | None

    @property
    def is_certain(self) -> bool | None:
        """Whether the looks before and after agree."""
        if self.next_at is None:
            return None
        return self.next is not None and self.next.value == self.measure.value


def prices(name: str, entries: Iterable[Listed], store: Store, only: Filters, at: datetime) -> tuple[PriceAt, ...]:
    """The listed prices at a time of the entries that a name means, by board.

    On each metric of that topic, or on those of them that the filters mean.

    Raises:
        DeclarationError: none was on record.
    """
    found, first = [], []
    for listed in entries:
        board, entry = listed.state.board, listed.entry
        looks = looked_at(store, board.id)
        every = metrics_of(board, only) if only.metrics or only.topics else board.metrics
        for metric in (metric for metric in every if metric.topic == "price"):
            spans = course(store, board.id, entry.id, metric.id)
            first += [spans[0].valid_from] if spans else []
            measure, place = value_at(spans, at), bisect_right(looks, at)
            if measure is None or not place:
                continue
            since = max(span.valid_from for span in spans if span.valid_from <= at)
            before, next_at = bisect_left(looks, since), looks[place] if place < len(looks) else None
            found.append(
                PriceAt(
                    board=board.id,
                    entry=entry.id,
                    name=entry.name,
                    metric=metric,
                    measure=measure,
                    after=looks[before - 1] if before else None,
                    since=since,
                    seen_at=looks[place - 1],
                    next_at=next_at,
                    next=value_at(spans, next_at) if next_at is not None else None,
                )
            )
    if not found:
        known = f"the first is of {machine_time(min(first))}" if first else "no board lists one"
        raise DeclarationError(f"{quoted(name)}: no price was on record at {machine_time(at)}; {known}")
    return tuple(found)
