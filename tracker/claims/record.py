"""The record as a claim sees it: boards as of a time, what words mean on them, entries of a class, values over time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Concatenate, ParamSpec, TypeVar

from msgspec import Struct

from tracker.claims._records import Claim, Mention, MentionKind, ModelGroup
from tracker.claims.pieces import canonical
from tracker.claims.words import NARROW
from tracker.events import KINDS
from tracker.identity import resolve, resolve_models
from tracker.model import (
    Board,
    BoardId,
    Entry,
    EntryId,
    Event,
    EventFilter,
    EventId,
    Identity,
    Metric,
    MetricId,
    Nature,
    Span,
    name_tokens,
)
from tracker.model.names import Lexicon
from tracker.ports import Store
from tracker.query.find import BoardAt, Found, MatchKind, find, listed_on, remembered, states
from tracker.query.since import course, looked_at, segment_start
from tracker.traits import reasons, traits


def is_called(board: Board, source: str) -> bool:
    """Whether people mean this board by these words: `artificial analysis`, `aa`, `arena`, `arena text`."""
    words = name_tokens(source)
    own = {*name_tokens(board.id), *name_tokens(board.title)}
    head = name_tokens(board.title.partition(":")[0])
    initials = "".join(word[0] for word in head) if len(head) > 1 else None
    if words == (initials,) or "".join(words) in own | {"".join(name_tokens(board.id.partition("/")[0]))}:
        return True
    return bool(words) and all(any(token == word or (len(word) > 4 and token.endswith(word)) for token in own) for word in words)


_TIME_UNITS = ("s", "ms", "seconds", "second", "sec")


def topic_of(metric: Metric) -> str:
    """A metric's topic in one word; a time is a latency, though its board calls it speed."""
    topic = canonical(metric.topic)
    return "latency" if topic == "speed" and metric.unit.casefold() in _TIME_UNITS else topic


def is_titled(metric: Metric, topic: str) -> bool:
    """Whether a topic is the very title of a metric."""
    return name_tokens(topic) in (name_tokens(metric.title), name_tokens(metric.id))


def metrics_of(board: Board, topic: str, *, named: bool) -> tuple[Metric, ...]:
    """The metrics of a board that a topic means.

    Without a topic, the metric that ranks the board, if that is of models in general or the sentence `named` the board. Points
    rank only a board that is named: they show what is popular, not what is better.
    """
    directed = [metric for metric in board.metrics if metric.higher_is_better is not None]
    wanted, part = canonical(topic), canonical(board.id.partition("/")[2])
    if not topic or wanted == "overall":
        general = [metric for metric in directed if metric.primary and (metric.ranked or (named and metric.ordered))]
        return tuple(metric for metric in general if named or (part not in NARROW and topic_of(metric) in ("overall", "")))
    if titled := [metric for metric in directed if is_titled(metric, topic)]:
        return tuple(titled)
    if wanted in _PRICES:
        about = [metric for metric in directed if topic_of(metric) == "price" and _PRICES[wanted] & _words_of(metric)]
    else:
        about = [metric for metric in directed if topic_of(metric) == wanted and not metric.volatile]
    if wanted == "price":  # input and output prices if both are listed, otherwise any price
        listed = [metric for metric in about if metric.nature is Nature.LISTED]
        about = [metric for metric in listed if {"in", "out", "input", "output"} & _words_of(metric)] or listed or about
    whole = [metric for metric in directed if metric.primary and part == wanted]
    return tuple(dict.fromkeys([*about, *whole]))


_PRICES: Mapping[str, frozenset[str]] = {
    "input price": frozenset(("in", "input", "prompt")),
    "output price": frozenset(("out", "output", "completion")),
}


def _words_of(metric: Metric) -> frozenset[str]:
    return frozenset(name_tokens(metric.id.replace("_", " ")))


def is_meant(entry: Entry, state: BoardAt, mention: Mention) -> bool:
    """Whether an entry is of the lab, the class, or the lab's class that a mention names."""
    if mention.kind is MentionKind.LAB:
        of_lab = not _labs(entry).isdisjoint((name_tokens(mention.lab), name_tokens(mention.text)))
        return of_lab and is_in(entry, state, mention.group) is True
    return mention.kind is MentionKind.GROUP and bool(mention.group) and is_in(entry, state, mention.group) is True


def same_model(entry: Entry, other: Entry) -> bool:
    """Whether two entries are of one model: itself, or another variant of it."""
    return entry.id == other.id or (entry.who.model is not None and entry.who.model == other.who.model)


def _labs(entry: Entry) -> set[tuple[str, ...]]:
    return {name_tokens(entry.who.lab), name_tokens(entry.attributes.get("creator", ""))} - {()}


def _reasoning(entry: Entry, state: BoardAt) -> str | None:
    """`on` or `off`, None if it is not stated. An effort states it only if the board lists the same model without reasoning."""
    if (stated := reasons(entry)) != "unspecified":
        return stated
    by_effort = entry.who.effort not in ("", "none")
    others = state.snapshot.entries.values() if by_effort else ()
    return "on" if any(same_model(entry, other) and reasons(other) == "off" for other in others) else None


def is_in(entry: Entry, state: BoardAt, group: ModelGroup) -> bool | None:
    """Whether an entry is of a class; None if the record does not say."""
    known = traits(entry, state.board)
    size, labs = known.size_total_b, _labs(entry)
    reasoning = _reasoning(entry, state) if group.reasoning else None
    what, limit = group.under_usd or ("", 0.0)
    priced = [metric for metric in metrics_of(state.board, what, named=True) if what and metric.unit.startswith("USD per 1M")]
    price = next((entry.measures[metric.id].value for metric in priced if metric.id in entry.measures), None)
    conditions = (
        (group.open_weights, known.open_weights, known.open_weights == group.open_weights),
        (group.under_b, size, size is not None and group.under_b is not None and size < group.under_b),
        (group.over_b, size, size is not None and group.over_b is not None and size > group.over_b),
        (group.reasoning, reasoning, reasoning == group.reasoning),
        (group.country, known.who.country or None, known.who.country == group.country),
        (group.under_usd, price, price is not None and price < limit),
        (group.lab, labs or None, group.lab is not None and name_tokens(group.lab) in labs),
    )
    asked = [(stated, holds) for wanted, stated, holds in conditions if wanted is not None]
    if any(stated is not None and not holds for stated, holds in asked):
        return False
    return None if any(stated is None for stated, _ in asked) else True


_MOST_EVENTS = 3
P = ParamSpec("P")
T = TypeVar("T")


def _once(derive: Callable[Concatenate[Record, P], T]) -> Callable[Concatenate[Record, P], T]:
    """Derive an answer of the record once for the same arguments, which are given by position."""

    def remember(record: Record, /, *args: P.args, **more: P.kwargs) -> T:
        key = (derive.__name__, *args)
        if key not in record.memo:
            record.memo[key] = derive(record, *args, **more)
        derived: T = record.memo[key]
        return derived

    return remember


class Record(Struct, frozen=True, kw_only=True):
    """A store as of a time, with the entries of every board resolved. `memo` keeps what was derived from it.

    `chosen`: these are the boards that were asked, and a sentence need not name them.
    """

    store: Store
    states: tuple[BoardAt, ...]
    lexicon: Lexicon
    at: datetime | None = None
    chosen: bool = False
    memo: dict[tuple[Any, ...], Any] = {}

    @_once
    def as_of(self, at: datetime) -> Record:
        """The same boards as of an earlier time."""
        boards = [state.board.id for state in self.states]
        then = states(self.store, at=at, lexicon=self.lexicon, boards=boards) if boards else ()
        return Record(store=self.store, states=then, lexicon=self.lexicon, at=at, chosen=self.chosen)

    @property
    def now(self) -> datetime:
        """The time of the record: the one asked for, or that of the last snapshot."""
        return self.at or max((state.snapshot.observed_at for state in self.states), default=datetime.min.replace(tzinfo=UTC))

    # ── boards and metrics ───────────────────────────────────────────────────────────────────────

    def boards(self, sources: Sequence[str]) -> tuple[BoardAt, ...]:
        """The boards that a sentence's sources mean; all if it names none."""
        return tuple(state for state in self.states if not sources or any(is_called(state.board, source) for source in sources))

    def once_listed(self) -> Iterator[Entry]:
        """An entry for each name that any board ever listed, without its values and its model."""
        for board in self.store.boards():
            for entry, known in self.store.past(board).known.items():
                yield from (Entry(id=entry, name=name, position=0, who=Identity()) for name in sorted(known.names))

    def scope(self, claim: Claim) -> tuple[tuple[BoardAt, Metric], ...]:
        """The metrics that a claim speaks of, board by board."""
        states, named = self.boards(claim.sources), self.chosen or bool(claim.sources)
        return tuple((state, metric) for state in states for metric in metrics_of(state.board, claim.topic, named=named))

    def topics(self, sources: Sequence[str] = ()) -> tuple[str, ...]:
        """What these boards measure, in their own words."""
        topics = {canonical(metric.topic) for state in self.boards(sources) for metric in state.board.metrics if metric.topic}
        return tuple(sorted(topics))

    # ── models ───────────────────────────────────────────────────────────────────────────────────

    @_once
    def found(self, mention: Mention) -> Found:
        """The listed entries that a mention means, on all boards."""
        return self._found(mention, self.states)

    def on(self, state: BoardAt, mention: Mention) -> tuple[Entry, ...]:
        """The entries of one board that a mention means."""
        return tuple(listed.entry for listed in self.found(mention).by_board.get(state.board.id, ()))

    def unclassed(self, state: BoardAt, mention: Mention) -> tuple[Entry, ...]:
        """The entries that may be of a mention's class, or may not: the board does not say."""
        if not mention.group or mention.kind is MentionKind.LAB:
            return ()
        of_model = mention.kind is MentionKind.MODEL
        entries = self.on(state, replace(mention, group=ModelGroup())) if of_model else state.snapshot.entries.values()
        return tuple(entry for entry in entries if is_in(entry, state, mention.group) is None)

    def ever(self, mention: Mention) -> bool:
        """Whether any board lists it, or did."""
        return bool(self.found(mention).entries or self._gone(mention).entries)

    def ever_on(self, state: BoardAt, mention: Mention) -> tuple[EntryId, ...]:
        """The keys of the same, and of those that the board listed before and no longer lists, or not this far down."""
        gone = self._gone(mention).by_board.get(state.board.id, ())
        return (*(entry.id for entry in self.on(state, mention)), *(listed.entry.id for listed in gone))

    @_once
    def remembered(self, board: BoardId) -> tuple[Entry, ...]:
        """All entries that a board ever listed, each as it was last seen."""
        (with_gone,) = remembered(self.store, [state for state in self.states if state.board.id == board], self.lexicon)
        return tuple(with_gone.snapshot.entries.values())

    def _found(self, mention: Mention, states: Sequence[BoardAt]) -> Found:
        if mention.kind is MentionKind.MODEL and mention.group:  # only its entries that are of the class
            found = self._found(replace(mention, group=ModelGroup()), states)
            chosen = tuple(each for each in found.entries if is_in(each.entry, each.state, mention.group))
            return replace(found, entries=chosen, way=found.way if chosen else MatchKind.NOT)
        if mention.kind is MentionKind.MODEL:
            found = find(mention.name, states, self.lexicon, org=mention.lab or None)
            plus = "+" in name_tokens(mention.name)  # K2+ is not K2, whatever the lexicon knows
            chosen = tuple(each for each in found.entries if not plus or any("+" in name_tokens(name) for name in each.names))
            return replace(found, entries=chosen, way=found.way if chosen else MatchKind.NOT)
        candidates = listed_on(states)
        chosen = tuple(listed for listed in candidates if is_meant(listed.entry, listed.state, mention))
        who = resolve(mention.name, None, None, lexicon=self.lexicon)
        return Found(name=mention.name, who=who, way=MatchKind.LINE if chosen else MatchKind.NOT, entries=chosen)

    @_once
    def _gone(self, mention: Mention) -> Found:
        """The entries that a mention means among those that the boards listed before."""
        return self._found(mention, self._departed())

    @_once
    def _departed(self) -> tuple[BoardAt, ...]:
        """Every board with the entries that it listed before and does not list now."""
        departed = []
        for state in self.states:
            board, listed = state.board.id, state.snapshot.entries
            gone = {
                key: Entry(id=key, name=entry.name, position=0, who=resolve(entry.name, None, board, lexicon=self.lexicon))
                for key, entry in self.store.past(board).known.items()
                if key not in listed and (self.at is None or entry.first_seen <= self.at)
            }
            departed.append(replace(state, snapshot=replace(state.snapshot, entries=gone)))
        return tuple(departed)

    # ── time ─────────────────────────────────────────────────────────────────────────────────────

    @_once
    def course(self, board: BoardId, entry: EntryId, metric: MetricId) -> tuple[Span, ...]:
        """An entry's values over time, up to the time of the record."""
        spans = course(self.store, board, entry, metric)
        return tuple(span for span in spans if self.at is None or span.valid_from <= self.at)

    @_once
    def looks(self, board: BoardId) -> list[datetime]:
        """When the board was read, oldest first."""
        return looked_at(self.store, board)

    def segment(self, board: BoardId, metric: MetricId, at: datetime | None = None) -> datetime | None:
        """Since when the metric's values are comparable with those of the time."""
        return segment_start(self.store, board, metric, at or self.at)

    def together(self, state: BoardAt, metric: Metric, subjects: Sequence[EntryId], rivals: Sequence[EntryId]) -> BoardAt | None:
        """The last accepted snapshot in which both sides had a value of the metric; None if there is none."""
        times = [self._last_valued(state, metric, side) for side in (subjects, rivals)]
        seen = min((time for time in times if time is not None), default=None)
        if seen is None or None in times:
            return None
        snapshot = self.store.at(state.board.id, seen)
        return BoardAt(board=state.board, snapshot=resolve_models(snapshot, self.lexicon)) if snapshot else None

    def _last_valued(self, state: BoardAt, metric: Metric, side: Sequence[EntryId]) -> datetime | None:
        ends = [span.valid_to for entry in side for span in self.course(state.board.id, entry, metric.id)[-1:]]
        now = state.snapshot.observed_at
        return max((now if end is None or end > now else end - timedelta(seconds=1) for end in ends), default=None)

    def events(self, board: BoardId, metric: MetricId, upper: Iterable[EntryId], lower: Iterable[EntryId]) -> tuple[EventId, ...]:
        """The last events in which one of these passed one of those on the metric."""
        rivals = set(lower)
        passed = {
            event.id: event.recorded_at
            for entry in upper
            for event in self._events(board, metric, entry)
            if rivals & {party.entry for party in event.rivals}
        }
        return tuple(sorted(passed, key=lambda event: passed[event])[-_MOST_EVENTS:])

    def events_of(self, board: BoardId, metric: MetricId, entry: EntryId) -> tuple[EventId, ...]:
        """The last events about an entry's place on the metric."""
        events = self._events(board, metric, entry)
        return tuple([event.id for event in events if event.kind in KINDS and KINDS[event.kind].places][-_MOST_EVENTS:])

    def _events(self, board: BoardId, metric: MetricId, entry: EntryId) -> Iterator[Event]:
        """The events on the metric that have an entry as their subject."""
        for event in self.store.events(EventFilter(board=board, entry=entry)):
            by_then = self.at is None or event.recorded_at <= self.at
            if by_then and event.metric == metric and any(party.entry == entry for party in event.subjects):
                yield event
