"""The protocols through which the line meets the outside world; `stores/`, `fetch/` and `clock` implement them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from tracker.model import (
    Begun,
    Board,
    BoardId,
    BoardState,
    Capture,
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
    IndexLine,
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
    Verdict,
)
from tracker.model.names import Lexicon


class Clock(Protocol):
    """The time, and waiting for it."""

    def now(self) -> datetime:
        """Aware UTC."""

    def sleep(self, seconds: float) -> None:
        """Return after that time (a test's clock returns at once)."""


class Hosts(Protocol):
    """When each host was last asked and may be asked again, and what its keys have spent; outlives the process."""

    def last_request(self, host: str) -> datetime | None:
        """When we last asked the host, if ever."""

    def not_before(self, host: str) -> datetime | None:
        """The earliest time of the next request to a host, or for a board, if there is one."""

    def turn(self, host: str) -> AbstractContextManager[None]:
        """Within the block no other thread or process with the same memory asks the host."""

    def failures(self, host: str) -> int:
        """How many fetches of the host failed in a row."""

    def note_failures(self, host: str, failures: int) -> None:
        """Remember how many fetches failed in a row; 0 after an answer."""

    def note_request(self, host: str, at: datetime) -> None:
        """Remember that the host was asked at that time."""

    def note_not_before(self, host: str, at: datetime | None) -> None:
        """Remember the earliest time of the next request to a host, or for the board of that id, or forget it with None."""

    def was_public(self, host: str) -> bool:
        """Whether the host once answered at a public address."""

    def note_public(self, host: str) -> None:
        """Remember that it did."""

    def spend(self, key: str, at: datetime, most: int) -> datetime | None:
        """Count a request with a key, unless it would be one more than `most` within 24 hours: then when it may be sent."""


class Archive(Protocol):
    """Every distinct body once, and an append-only index of fetches and decisions per board."""

    def keep(self, capture: Capture, *, verdict: Verdict | None = None, error: str = "") -> IndexLine:
        """Store new bodies and append a line: `verdict`, `revisit` if the last content line has the same bodies, or `new`.

        `verdict` and `error` are for what a server sent with an error. Keeping a capture again returns its line and appends none;
        it restores bodies that have gone missing.

        Raises:
            StoreError: there is no body, one is too large, or the index has other bodies for this `observed_at`.
        """

    def last(self, board: BoardId) -> IndexLine | None:
        """The last line that brought content (`new` or `revisit`), if any: whose validators to send, and what a 304 confirms."""

    def newest(self, board: BoardId) -> datetime | None:
        """When the last line of the index was observed."""

    def note(self, board: BoardId, line: IndexLine) -> None:
        """Append a line without a body: 304, a failed fetch, a person's decision. Raises StoreError for `new` and `revisit`."""

    def lease(self, board: BoardId) -> AbstractContextManager[None]:
        """Within the block no other thread or process adds captures of the board or syncs its history.

        Raises StoreError, naming the holder, if the lease is not released in time.
        """

    def begin(self, board: BoardId, capture: Begun | None) -> None:
        """Note, for the holder of the lease, the capture that is about to be processed; None if none is."""

    def begun(self, board: BoardId) -> Begun | None:
        """The capture last noted by `begin`."""

    def boards(self) -> tuple[BoardId, ...]:
        """Boards with a non-empty index, sorted."""

    def index(self, board: BoardId, offset: int = 0) -> tuple[Sequence[IndexLine], int]:
        """The lines after `offset` bytes of the index, in file order, and the offset after the last complete line.

        A torn last line (a crash, or another process writing) is left out. A board without an index has no lines.

        Raises:
            StoreError: a line is damaged, or no line begins at `offset`.
        """

    def raw(self, board: BoardId, start: int, end: int | None = None) -> bytes:
        """The bytes of the board's index from `start` up to `end`, as far as there are any."""

    def restore_index(self, board: BoardId, known: bytes, *, drop: bool = False) -> int:
        """Make the index begin with `known`, what it once was, followed by the later lines that it has.

        The damaged file is kept. With `drop`, known lines whose bodies are gone are left out, and so is what cannot be read.
        Returns where the known lines end.

        Raises:
            StoreError: the bodies of a known line are gone, or more is damaged than `known` can replace.
        """

    def body(self, board: BoardId, sha256: Sha256) -> bytes:
        """The body with that hash, verified. Raises StoreError if it is missing, damaged or too large."""


class Store(Protocol):
    """The history of all boards, derived from the archive; `tests/stores/` holds the one suite for all stores."""

    def check_place(self) -> None:
        """Raise StoreError if what is stored now would be lost, because the store was replaced or deleted."""

    def position(self, board: BoardId) -> int:
        """The byte of the board's index up to which everything is stored."""

    def move_position(self, board: BoardId, position: int, lines: bytes = b"") -> None:
        """Note that everything up to this byte of the index is stored; `lines` is the piece of the index that ends there."""

    def indexed(self, board: BoardId, *, last: bool = False) -> bytes:
        """The noted pieces of the board's index, from its beginning, or only the `last`; empty for a store that lacks them."""

    def declare(self, board: Board, names: Lexicon | None = None, rules: str = "") -> None:
        """Note a board's declaration, so that its history can be read without the schedules.

        Its next steps are made with these `names` and versions of `rules`, from which the reasons of corrections follow.
        """

    def declared(self, board: BoardId) -> Board | None:
        """The declaration with which the board was last synced."""

    @property
    def service(self) -> ServiceState:
        """What cannot be derived: outbox, receipts, pauses, notices, counts. A replay does not change it."""

    def save(self, step: Step, deliveries: Sequence[Delivery] = (), holds: Mapping[str, str] | None = None) -> None:
        """Store a step in one transaction, with its deliveries and what the watches remember of the board after it.

        Raises StoreError for a step that is not later than the last.
        """

    def identify(self, board: Board, version: str, resolve: Callable[[PublishedEntry], Entry]) -> None:
        """Resolve the model of each entry that was ever listed, unless that version of the names did so for all."""

    def identities(self, board: BoardId, version: str) -> Mapping[tuple[str, str], Identity]:
        """What that version of the names resolved on the board, by the name and the maker that the board states ("" for none)."""

    def rewriting(self, board: BoardId) -> AbstractContextManager[None]:
        """Rewrite the board's derived history in one transaction: readers see the old one or the new one.

        Events of the old history that the new one lacks are kept as withdrawn.
        """

    def boards(self) -> tuple[BoardId, ...]:
        """Boards with any check, sorted."""

    def past(self, board: BoardId) -> BoardState:
        """The state after the board's last step; an empty one for an unknown board."""

    def latest(self, board: BoardId, metrics: Iterable[MetricId] | None = None) -> StoredSnapshot | None:
        """The last accepted snapshot, with some metrics or (by default) all; positions and models are not stored."""

    def latest_bodies(self, board: BoardId) -> tuple[Sha256, ...] | None:
        """The bodies of the last accepted snapshot, without reading what they showed; None if there is none."""

    def at(self, board: BoardId, at: datetime, metrics: Iterable[MetricId] | None = None) -> StoredSnapshot | None:
        """The last snapshot accepted at or before `at`, with some metrics or (by default) all."""

    def checks(self, board: BoardId) -> Iterator[Check]:
        """Every check of the board, oldest first."""

    def last_check(self, board: BoardId) -> Check | None:
        """The board's newest check."""

    def recent(self, board: BoardId, most: int) -> Sequence[Check]:
        """At most `most` checks of the board, newest first."""

    def spans(self, board: BoardId, entry: EntryId, metric: MetricId) -> Sequence[Span]:
        """An entry's values over time, oldest first."""

    def rank_spans(self, board: BoardId, entry: EntryId) -> Sequence[RankSpan]:
        """An entry's ranks on the primary metric over time, oldest first."""

    def segments(self, board: BoardId) -> Sequence[Segment]:
        """Where each metric's segments begin, by time and metric."""

    def events(self, wanted: EventFilter) -> Iterator[Event]:
        """Events in the order (recorded_at, board, as detected)."""

    def event(self, event: str) -> Event | None:
        """The event whose id begins with `event`, if any. Raises StoreError if there are several."""

    def corrections(self) -> Iterator[Correction]:
        """The events that a rewriting withdrew, changed or added, oldest rewriting first, then by board and event."""

    def withdrawn(self, board: BoardId) -> Sequence[EventId]:
        """Events that a replay did not find again, sorted."""


class ServiceState(Protocol):
    """What the service must remember because no replay restores it. Every call is one transaction."""

    def post(self, deliveries: Iterable[Delivery]) -> int:
        """Queue deliveries, except events that the route already has in the outbox or a receipt. Returns how many were new."""

    def deliveries(self, route: str | None = None, *, dead: bool = False) -> Sequence[Delivery]:
        """The waiting (or dead) deliveries of one route or all, by `queued_at`, event id and route."""

    def bind(self, deliveries: Iterable[Delivery], message: str, *, counted: bool = False) -> None:
        """Note, before sending, which message these deliveries go out in; `counted`: the message only counts them."""

    def put_off(self, deliveries: Iterable[Delivery], *, not_before: datetime, error: str) -> None:
        """Note a failed attempt and when the next one is due."""

    def dead_letter(self, deliveries: Iterable[Delivery], *, error: str) -> None:
        """Give deliveries up: they are dead until a person revives or drops them."""

    def revive(self, deliveries: Iterable[Delivery]) -> None:
        """Make dead or postponed deliveries due at once, as if never tried; they keep their message."""

    def receive(self, receipts: Iterable[Receipt]) -> None:
        """Store receipts and remove their deliveries from the outbox."""

    def receipts(self, route: str | None = None, *, since: datetime | None = None) -> Sequence[Receipt]:
        """The receipts of one route or all with `delivered_at` ≥ since, by time and event id."""

    def route_since(self, route: str, now: datetime) -> datetime:
        """When the route was first asked for: `now` the first time. It does not get older events.

        If that was later than `now`, the clock was ahead then, and nobody knows the time: it is a week before `now`.
        """

    def holds(self, board: BoardId) -> Mapping[str, str]:
        """What each watch, by the hash of its question, remembers of a board, as text; written by `Store.save`."""

    def pause(self, pause: Pause) -> None:
        """Pause a board, or change the reason."""

    def resume(self, board: BoardId) -> bool:
        """End a board's pause. Returns whether there was one."""

    def pauses(self) -> Mapping[BoardId, Pause]:
        """The paused boards."""

    def open_notice(self, notice: Notice, deliveries: Iterable[Delivery] = ()) -> bool:
        """Open a notice of the tracker's own trouble and post its deliveries.

        Returns False if a notice of that kind and subject is open: its message is updated, and nothing is posted.
        """

    def close_notice(self, kind: str, subject: str, at: datetime, deliveries: Iterable[Delivery] = ()) -> Notice | None:
        """Close a notice and post the deliveries about that. Returns the closed notice, None if none was open."""

    def notices(self, *, ended: bool = False) -> Sequence[Notice]:
        """The open notices, or the last 100 that ended, oldest first."""

    def count(self, amounts: Mapping[CounterKey, float]) -> None:
        """Add amounts to counters."""

    def counts(self) -> Mapping[CounterKey, float]:
        """All counters, sorted by key."""


Environment = Mapping[str, str]
"""The source of secrets: `os.environ`, or a test's dict."""
