"""A naive store: keeps every step and answers by looking at all of them. The suite compares the SQLite store with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from tracker.errors import StoreError
from tracker.model import (
    Board,
    BoardId,
    BoardState,
    Check,
    Correction,
    CounterKey,
    Delivery,
    Entry,
    EntryId,
    Event,
    EventFilter,
    EventId,
    Identity,
    Measure,
    MetricId,
    Notice,
    Pause,
    PublishedEntry,
    RankSpan,
    Receipt,
    Segment,
    Sha256,
    Span,
    Step,
    StoredSnapshot,
)
from tracker.model.names import Lexicon
from tracker.stores._changes import new_segments, ranks
from tracker.stores.service_state import UNSURE

T = TypeVar("T")


def stored(snapshot: StoredSnapshot) -> StoredSnapshot:
    """A snapshot as a store can give it back: in the order of keys, without positions and models."""
    entries = {key: _only(PublishedEntry, entry, position=0) for key, entry in sorted(snapshot.entries.items())}
    return _only(StoredSnapshot, snapshot, entries=entries)


def _only(kind: type[T], record: object, **changes: object) -> T:
    """A record of that kind, with the values of one that has more fields."""
    return kind(**{field.name: getattr(record, field.name) for field in fields(kind) if field.init} | changes)


class MemoryStore:
    """A list of steps per board."""

    def __init__(self) -> None:
        self._steps: dict[BoardId, list[Step]] = {}
        self._positions: dict[BoardId, int] = {}
        self._indices: dict[BoardId, list[bytes]] = {}
        self._declared: dict[BoardId, Board] = {}
        self._withdrawn: dict[BoardId, set[EventId]] = {}
        self._service = MemoryServiceState()

    def check_place(self) -> None:  # it has no file
        pass

    @property
    def service(self) -> MemoryServiceState:
        return self._service

    def position(self, board: BoardId) -> int:
        return self._positions.get(board, 0)

    def move_position(self, board: BoardId, position: int, lines: bytes = b"") -> None:
        self._positions[board] = position
        if lines:
            self._indices.setdefault(board, []).append(lines)

    def indexed(self, board: BoardId, *, last: bool = False) -> bytes:
        return b"".join(self._indices.get(board, [])[-1 if last else 0 :])

    def declare(self, board: Board, names: Lexicon | None = None, rules: str = "") -> None:  # it has no vintages
        self._declared[board.id] = board

    def declared(self, board: BoardId) -> Board | None:
        return self._declared.get(board)

    def save(self, step: Step, deliveries: Sequence[Delivery] = (), holds: Mapping[str, str] | None = None) -> None:
        steps = self._steps.setdefault(step.check.board, [])
        if steps and steps[-1].check.observed_at >= step.check.observed_at:
            raise StoreError(
                f"{step.check.board}: a step at {step.check.observed_at} is not later than the last stored;"
                " another run stored it, run the command again"
            )
        steps.append(step)
        self._service.post(deliveries)
        if holds is not None:
            self._service.hold(step.check.board, holds)

    def identify(self, board: Board, version: str, resolve: Callable[[PublishedEntry], Entry]) -> None:
        """A naive store resolves names whenever it is asked."""

    def identities(self, board: BoardId, version: str) -> Mapping[tuple[str, str], Identity]:
        return {}

    @contextmanager
    def rewriting(self, board: BoardId) -> Iterator[None]:
        old, position, declared = self._steps.get(board, []), self.position(board), self._declared.pop(board, None)
        service = self._service.copy()
        self._steps[board], self._positions[board], indices = [], 0, self._indices.pop(board, [])
        try:
            yield
        except BaseException:
            self._indices[board] = indices
            self._steps[board], self._positions[board] = old, position
            self._service.become(service)
            self._declared.pop(board, None)
            if declared is not None:
                self._declared[board] = declared
            raise
        now = {event.id for step in self._steps[board] for event in step.events}
        before = {event.id for step in old for event in step.events}
        self._withdrawn[board] = (self._withdrawn.get(board, set()) | before) - now

    def boards(self) -> tuple[BoardId, ...]:
        return tuple(sorted(board for board, steps in self._steps.items() if steps))

    def past(self, board: BoardId) -> BoardState:
        steps = self._steps.get(board)
        return steps[-1].past if steps else BoardState()

    def latest(self, board: BoardId, metrics: Iterable[MetricId] | None = None) -> StoredSnapshot | None:
        return self.at(board, datetime.max.replace(tzinfo=UTC), metrics)

    def latest_bodies(self, board: BoardId) -> tuple[Sha256, ...] | None:
        return next((diff.after.sha256 for step in reversed(self._steps.get(board, [])) if (diff := step.diff)), None)

    def at(self, board: BoardId, at: datetime, metrics: Iterable[MetricId] | None = None) -> StoredSnapshot | None:
        found = next((snapshot for snapshot in reversed(self._snapshots(board)) if snapshot.observed_at <= at), None)
        if found is None or metrics is None:
            return found
        only = frozenset(metrics)
        entries = {
            entry: replace(listed, measures={metric: listed.measures[metric] for metric in listed.measures if metric in only})
            for entry, listed in found.entries.items()
        }
        return replace(found, entries=entries)

    def checks(self, board: BoardId) -> Iterator[Check]:
        return (step.check for step in self._steps.get(board, []))

    def last_check(self, board: BoardId) -> Check | None:
        steps = self._steps.get(board)
        return steps[-1].check if steps else None

    def recent(self, board: BoardId, most: int) -> Sequence[Check]:
        return [step.check for step in reversed(self._steps.get(board, []))][:most]

    def spans(self, board: BoardId, entry: EntryId, metric: MetricId) -> Sequence[Span]:
        values = [
            (snapshot.observed_at, snapshot.entries[entry].measures.get(metric) if entry in snapshot.entries else None)
            for snapshot in self._snapshots(board)
        ]
        return [
            Span(valid_from=start, valid_to=end, measure=value)
            for start, end, value in _stretches(values)
            if isinstance(value, Measure)
        ]

    def rank_spans(self, board: BoardId, entry: EntryId) -> Sequence[RankSpan]:
        primary = next((step.diff.board.primary for step in self._steps.get(board, []) if step.diff), None)
        if primary is None or primary.higher_is_better is None:
            return []
        values = [(snapshot.observed_at, ranks(snapshot, primary).get(entry)) for snapshot in self._snapshots(board)]
        return [
            RankSpan(valid_from=start, valid_to=end, rank=value)
            for start, end, value in _stretches(values)
            if isinstance(value, int)
        ]

    def segments(self, board: BoardId) -> Sequence[Segment]:
        found = [segment for step in self._steps.get(board, []) if step.diff for segment in new_segments(step.diff)]
        return sorted(found, key=lambda segment: (segment.started_at, segment.metric))

    def events(self, wanted: EventFilter) -> Iterator[Event]:
        every = [event for board in sorted(self._steps) for step in self._steps[board] for event in step.events]
        return (event for event in sorted(every, key=lambda event: (event.recorded_at, event.board)) if _wants(wanted, event))

    def event(self, event: str) -> Event | None:
        found = [candidate for candidate in self.events(EventFilter()) if candidate.id.startswith(event)]
        if len(found) > 1:
            raise StoreError(f"event {event!r}: {len(found)} event ids start with that; give more characters")
        return found[0] if found else None

    def corrections(self) -> Iterator[Correction]:
        return iter(())  # it keeps no vintages

    def withdrawn(self, board: BoardId) -> Sequence[EventId]:
        return sorted(self._withdrawn.get(board, ()))

    def _snapshots(self, board: BoardId) -> list[StoredSnapshot]:
        return [stored(step.diff.after) for step in self._steps.get(board, []) if step.diff]


def _wants(wanted: EventFilter, event: Event) -> bool:
    """Whether the event passes the filter."""
    parties = {party.entry for party in (*event.subjects, *event.rivals)}
    return (
        (wanted.board is None or event.board == wanted.board)
        and (not wanted.kinds or event.kind in wanted.kinds)
        and (not wanted.grades or event.grade in wanted.grades)
        and (wanted.since is None or event.recorded_at >= wanted.since)
        and (wanted.until is None or event.recorded_at < wanted.until)
        and (wanted.is_news is None or event.is_news == wanted.is_news)
        and (wanted.entry is None or wanted.entry in parties)
        and (not wanted.fact or wanted.fact in event.facts)
    )


class MemoryServiceState:
    """The service state, as long as the process lives."""

    def __init__(self) -> None:
        self._deliveries: dict[tuple[EventId, str], Delivery] = {}
        self._receipts: dict[tuple[EventId, str], Receipt] = {}
        self._routes: dict[str, datetime] = {}
        self._holds: dict[BoardId, Mapping[str, str]] = {}
        self._pauses: dict[BoardId, Pause] = {}
        self._notices: list[Notice] = []
        self._counts: dict[CounterKey, float] = {}

    def copy(self) -> MemoryServiceState:
        """A copy."""
        other = MemoryServiceState()
        other.become(self)
        return other

    def become(self, other: MemoryServiceState) -> None:
        """Take over the content of another."""
        for name, held in vars(other).items():
            setattr(self, name, held.copy())

    def post(self, deliveries: Iterable[Delivery]) -> int:
        before = len(self._deliveries)
        for delivery in deliveries:
            if _key(delivery) not in self._receipts:
                self._deliveries.setdefault(_key(delivery), delivery)
        return len(self._deliveries) - before

    def deliveries(self, route: str | None = None, *, dead: bool = False) -> Sequence[Delivery]:
        found = [delivery for delivery in self._deliveries.values() if delivery.dead == dead and route in (None, delivery.route)]
        return sorted(found, key=lambda delivery: (delivery.queued_at, delivery.event.id, delivery.route))

    def bind(self, deliveries: Iterable[Delivery], message: str, *, counted: bool = False) -> None:
        self._change(deliveries, lambda delivery: replace(delivery, message=message, counted=counted))

    def put_off(self, deliveries: Iterable[Delivery], *, not_before: datetime, error: str) -> None:
        self._change(deliveries, lambda delivery: replace(delivery, tries=delivery.tries + 1, not_before=not_before, error=error))

    def dead_letter(self, deliveries: Iterable[Delivery], *, error: str) -> None:
        self._change(deliveries, lambda delivery: replace(delivery, tries=delivery.tries + 1, dead=True, error=error))

    def revive(self, deliveries: Iterable[Delivery]) -> None:
        self._change(deliveries, lambda delivery: replace(delivery, tries=0, dead=False, not_before=None))

    def _change(self, deliveries: Iterable[Delivery], change: Callable[[Delivery], Delivery]) -> None:
        for key in map(_key, deliveries):
            if key in self._deliveries:
                self._deliveries[key] = change(self._deliveries[key])

    def receive(self, receipts: Iterable[Receipt]) -> None:
        for receipt in receipts:
            self._receipts.setdefault((receipt.event, receipt.route), receipt)
            self._deliveries.pop((receipt.event, receipt.route), None)

    def receipts(self, route: str | None = None, *, since: datetime | None = None) -> Sequence[Receipt]:
        found = [receipt for receipt in self._receipts.values() if route in (None, receipt.route)]
        found = [receipt for receipt in found if since is None or receipt.delivered_at >= since]
        return sorted(found, key=lambda receipt: (receipt.delivered_at, receipt.event, receipt.route))

    def route_since(self, route: str, now: datetime) -> datetime:
        first = self._routes.setdefault(route, now)
        self._routes[route] = first if first <= now else now - UNSURE
        return self._routes[route]

    def holds(self, board: BoardId) -> Mapping[str, str]:
        return self._holds.get(board, {})

    def hold(self, board: BoardId, holds: Mapping[str, str]) -> None:
        """Replace what the watches remember of a board."""
        self._holds[board] = dict(sorted(holds.items()))

    def pause(self, pause: Pause) -> None:
        self._pauses[pause.board] = pause

    def resume(self, board: BoardId) -> bool:
        return self._pauses.pop(board, None) is not None

    def pauses(self) -> Mapping[BoardId, Pause]:
        return dict(sorted(self._pauses.items()))

    def open_notice(self, notice: Notice, deliveries: Iterable[Delivery] = ()) -> bool:
        place = self._open_place(notice.kind, notice.subject)
        if place is None:
            name = (notice.kind, notice.subject, notice.since)
            self._notices = [notice for notice in self._notices if (notice.kind, notice.subject, notice.since) != name] + [notice]
            self.post(deliveries)
            return True
        self._notices[place] = replace(self._notices[place], message=notice.message)
        return False

    def close_notice(self, kind: str, subject: str, at: datetime, deliveries: Iterable[Delivery] = ()) -> Notice | None:
        place = self._open_place(kind, subject)
        if place is None:
            return None
        self._notices[place] = replace(self._notices[place], ended_at=at)
        self.post(deliveries)
        return self._notices[place]

    def _open_place(self, kind: str, subject: str) -> int | None:
        return next(
            (
                at
                for at, notice in enumerate(self._notices)
                if (notice.kind, notice.subject, notice.ended_at) == (kind, subject, None)
            ),
            None,
        )

    def notices(self, *, ended: bool = False) -> Sequence[Notice]:
        found = [notice for notice in self._notices if (notice.ended_at is not None) == ended]
        latest = sorted(found, key=lambda notice: notice.ended_at or notice.since)[-100:]
        return sorted(latest, key=lambda notice: (notice.since, notice.kind, notice.subject))

    def count(self, amounts: Mapping[CounterKey, float]) -> None:
        for name, amount in amounts.items():
            self._counts[name] = self._counts.get(name, 0.0) + amount

    def counts(self) -> Mapping[CounterKey, float]:
        return dict(sorted(self._counts.items(), key=lambda pair: (pair[0].what, pair[0].subject, pair[0].verdict or "")))


class MemoryHosts:
    """When hosts were asked, as long as the process lives."""

    def __init__(self) -> None:
        self._asked: dict[str, datetime] = {}
        self._not_before: dict[str, datetime | None] = {}
        self._failures: dict[str, int] = {}
        self._public: set[str] = set()
        self._spent: dict[str, list[datetime]] = {}

    def was_public(self, host: str) -> bool:
        return host in self._public

    def note_public(self, host: str) -> None:
        self._public.add(host)

    def spend(self, key: str, at: datetime, most: int) -> datetime | None:
        day = timedelta(days=1)
        spent = self._spent[key] = sorted(min(time, at) for time in self._spent.get(key, ()) if time > at - day)
        if len(spent) >= most:
            return spent[-most] + day
        spent.append(at)
        return None

    def turn(self, host: str) -> AbstractContextManager[None]:
        return nullcontext()

    def failures(self, host: str) -> int:
        return self._failures.get(host, 0)

    def last_request(self, host: str) -> datetime | None:
        return self._asked.get(host)

    def not_before(self, host: str) -> datetime | None:
        return self._not_before.get(host)

    def note_failures(self, host: str, failures: int) -> None:
        self._failures[host] = failures

    def note_request(self, host: str, at: datetime) -> None:
        self._asked[host] = at

    def note_not_before(self, host: str, at: datetime | None) -> None:
        self._not_before[host] = at


def _key(delivery: Delivery) -> tuple[EventId, str]:
    return delivery.event.id, delivery.route


def _stretches(values: Iterable[tuple[datetime, object]]) -> list[tuple[datetime, datetime | None, object]]:
    """Half-open stretches of equal values; the last is open."""
    found: list[tuple[datetime, datetime | None, object]] = []
    for at, value in values:
        if found and found[-1][2] == value:
            continue
        if found:
            found[-1] = (found[-1][0], at, found[-1][2])
        found.append((at, None, value))
    return found
