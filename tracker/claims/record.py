"""The record as a claim sees it: boards as of a time, who a mention is there, and how two sides stood over time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from tracker.claims._records import Claim, Mention, MentionKind
from tracker.claims.matching import is_called, is_in, metrics_of
from tracker.claims.pieces import canonical
from tracker.events import KINDS
from tracker.identity import resolve, resolve_models
from tracker.model import (
    BoardId,
    Entry,
    EntryId,
    Event,
    EventFilter,
    EventId,
    Identity,
    Metric,
    MetricId,
    Snapshot,
    Span,
    name_tokens,
)
from tracker.model.names import Lexicon
from tracker.ports import Store
from tracker.query.find import BoardAt, Found, Listed, MatchKind, find, plain
from tracker.query.since import course as course_of
from tracker.query.since import looked_at, segment_start

_MOST_EVENTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A store as of a time, with every board's entries resolved. `memo` holds what was worked out once."""

    store: Store
    states: tuple[BoardAt, ...]
    lexicon: Lexicon
    at: datetime | None = None
    memo: dict[tuple[Any, ...], Any] = field(default_factory=dict)

    # ── boards and metrics ───────────────────────────────────────────────────────────────────────

    def boards(self, sources: Sequence[str]) -> tuple[BoardAt, ...]:
        """The boards that a sentence's sources mean; all where it names none."""
        return tuple(state for state in self.states if not sources or any(is_called(state.board, source) for source in sources))

    def once_called(self, source: str) -> bool:
        """Whether a source means a board of the store, though it may have had nothing by the time asked about."""
        declared = (self.store.declared(board) for board in self.store.boards())
        return any(is_called(board, source) for board in declared if board is not None)

    def once_listed(self) -> Iterator[Entry]:
        """An entry for every name that any board ever listed, now or then, without its values and its model."""
        for board in self.store.boards():
            for entry, known in self.store.past(board).known.items():
                yield from (Entry(id=entry, name=name, position=0, who=Identity()) for name in sorted(known.names))

    def scope(self, claim: Claim) -> tuple[tuple[BoardAt, Metric], ...]:
        """The metrics that a claim speaks of, board by board."""
        states = self.boards(claim.sources)
        return tuple(
            (state, metric) for state in states for metric in metrics_of(state.board, claim.topic, named=bool(claim.sources))
        )

    def topics(self, sources: Sequence[str] = ()) -> tuple[str, ...]:
        """What these boards measure, in their own words."""
        topics = {canonical(metric.topic) for state in self.boards(sources) for metric in state.board.metrics if metric.topic}
        return tuple(sorted(topics))

    # ── models ───────────────────────────────────────────────────────────────────────────────────

    def found(self, mention: Mention) -> Found:
        """The listed entries that a mention means, on all boards."""
        key = ("found", mention)
        if key not in self.memo:
            self.memo[key] = self._found(mention, self.states)
        known: Found = self.memo[key]
        return known

    def _found(self, mention: Mention, states: Sequence[BoardAt]) -> Found:
        if mention.sort is MentionKind.MODEL:
            return find(mention.name, states, self.lexicon, org=mention.lab or None)
        every = [Listed(state=state, entry=entry) for state in states for entry in state.snapshot.entries.values()]
        if mention.sort is MentionKind.LINE:
            return self._product(mention, every)
        chosen = tuple(one for one in every if self._is_meant(mention, one))
        who = resolve(mention.name, None, None, lexicon=self.lexicon)
        line = self._found(mention.whole, states).entries if mention.sort is MentionKind.VAGUE and mention.line else ()
        return Found(name=mention.name, who=who, way=MatchKind.LINE if chosen else MatchKind.NOT, entries=chosen, line=line)

    def _product(self, mention: Mention, every: Sequence[Listed]) -> Found:
        """The plain members of a product line that was looked up by its lab, family and generation."""
        line = tuple(one for one in every if one.entry.who.line == mention.product)
        lab, family, generation = mention.product
        found = Found(
            name=mention.name,
            who=Identity(lab=lab, family=family, generation=generation),
            way=MatchKind.LINE,
            entries=line,
            line=line,
        )
        return replace(found, entries=plain(found, line))

    def _is_meant(self, mention: Mention, one: Listed) -> bool:
        if mention.sort is MentionKind.LAB:
            wanted = {name_tokens(mention.lab), name_tokens(mention.text)}
            return bool(wanted & {name_tokens(one.entry.who.lab), name_tokens(one.entry.attributes.get("creator", ""))} - {()})
        return (
            mention.sort is MentionKind.GROUP and bool(mention.group) and is_in(one.entry, one.state.board, mention.group) is True
        )

    def on(self, state: BoardAt, mention: Mention) -> tuple[Entry, ...]:
        """The entries of one board that a mention means."""
        return tuple(one.entry for one in self.found(mention).by_board.get(state.board.id, ()))

    def ever_on(self, state: BoardAt, mention: Mention) -> tuple[EntryId, ...]:
        """The same with the keys of those that the board listed before and lists no more, or not this far down."""
        now = [entry.id for entry in self.on(state, mention)]
        return (*now, *(one.entry.id for one in self._gone(mention).by_board.get(state.board.id, ())))

    def ever(self, mention: Mention) -> bool:
        """Whether any board lists it, or did."""
        return bool(self.found(mention).entries or self._gone(mention).entries)

    def _gone(self, mention: Mention) -> Found:
        key = ("gone", mention)
        if key not in self.memo:
            self.memo[key] = self._found(mention, self._ghosts())
        known: Found = self.memo[key]
        return known

    def _ghosts(self) -> tuple[BoardAt, ...]:
        """Every board with the entries that it does not list now but did."""
        if ("ghosts",) not in self.memo:
            self.memo["ghosts",] = tuple(self._ghost(state) for state in self.states)
        known: tuple[BoardAt, ...] = self.memo["ghosts",]
        return known

    def _ghost(self, state: BoardAt) -> BoardAt:
        known = self.store.past(state.board.id).known
        gone = {
            entry: Entry(id=entry, name=one.name, position=0, who=resolve(one.name, None, state.board.id, lexicon=self.lexicon))
            for entry, one in known.items()
            if entry not in state.snapshot.entries and (self.at is None or one.first_seen <= self.at)
        }
        return BoardAt(board=state.board, snapshot=replace(state.snapshot, entries=gone))

    # ── time ─────────────────────────────────────────────────────────────────────────────────────

    def course(self, board: BoardId, entry: EntryId, metric: MetricId) -> tuple[Span, ...]:
        """An entry's values over time up to the time asked about."""
        key = ("course", board, entry, metric)
        if key not in self.memo:
            spans = course_of(self.store, board, entry, metric)
            self.memo[key] = tuple(span for span in spans if self.at is None or span.valid_from <= self.at)
        known: tuple[Span, ...] = self.memo[key]
        return known

    def looks(self, board: BoardId) -> list[datetime]:
        """When the board was read, oldest first."""
        key = ("looks", board)
        if key not in self.memo:
            self.memo[key] = looked_at(self.store, board)
        known: list[datetime] = self.memo[key]
        return known

    def segment(self, board: BoardId, metric: MetricId, at: datetime | None = None) -> datetime | None:
        """Since when the metric's values are comparable with those of the time."""
        return segment_start(self.store, board, metric, at or self.at)

    def together(self, state: BoardAt, metric: Metric, mine: Sequence[EntryId], theirs: Sequence[EntryId]) -> BoardAt | None:
        """The last accepted snapshot in which both sides had a value of the metric; None where they never had at once."""
        times = [self._last_valued(state, metric, side) for side in (mine, theirs)]
        seen = min((time for time in times if time is not None), default=None)
        if seen is None or None in times:
            return None
        snapshot = self.store.at(state.board.id, seen)
        return BoardAt(board=state.board, snapshot=resolve_models(snapshot, self.lexicon)) if snapshot else None

    def _last_valued(self, state: BoardAt, metric: Metric, side: Sequence[EntryId]) -> datetime | None:
        ends = [span.valid_to for entry in side for span in self.course(state.board.id, entry, metric.id)[-1:]]
        now = state.snapshot.observed_at
        return max((now if end is None or end > now else end - timedelta(seconds=1) for end in ends), default=None)

    def events(self, board: BoardId, metric: MetricId, mine: Iterable[EntryId], theirs: Iterable[EntryId]) -> tuple[EventId, ...]:
        """The last events in which one of these passed one of those on the metric."""
        rivals = set(theirs)
        found = {
            event.id: event.recorded_at
            for entry in mine
            for event in self.store.events(EventFilter(board=board, entry=entry))
            if event.metric == metric
            and any(party.entry == entry for party in event.subjects)
            and rivals & {party.entry for party in event.rivals}
            and (self.at is None or event.recorded_at <= self.at)
        }
        return tuple(sorted(found, key=lambda event: found[event])[-_MOST_EVENTS:])

    def events_of(self, board: BoardId, metric: MetricId, entry: EntryId) -> tuple[EventId, ...]:
        """The last events that tell of an entry's place on the metric."""
        found = [
            event.id
            for event in self.store.events(EventFilter(board=board, entry=entry))
            if event.metric == metric and _is_of_place(event) and any(party.entry == entry for party in event.subjects)
            and (self.at is None or event.recorded_at <= self.at)
        ]  # fmt: skip
        return tuple(found[-_MOST_EVENTS:])


def _is_of_place(event: Event) -> bool:
    return event.kind in KINDS and KINDS[event.kind].places


def sha_of(snapshot: Snapshot, entry: Entry) -> Any:
    """The hash of the body that an entry stands in."""
    return snapshot.sha256[min(entry.page, len(snapshot.sha256) - 1)]
