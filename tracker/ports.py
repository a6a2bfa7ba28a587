"""What the line needs from the outside world, as protocols; `stores/`, `fetch/` and `clock` fulfil them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from tracker.model import (
    Board,
    BoardId,
    BoardState,
    Capture,
    Check,
    CounterKey,
    Delivery,
    EntryId,
    Event,
    EventFilter,
    EventId,
    IndexLine,
    MetricId,
    Notice,
    Pause,
    RankSpan,
    Receipt,
    Segment,
    Sha256,
    Span,
    Step,
    StoredSnapshot,
    Verdict,
)


class Clock(Protocol):
    """The time, and waiting for it."""

    def now(self) -> datetime:
        """Aware UTC."""
        ...

    def sleep(self, seconds: float) -> None:
        """Return after that many seconds (a test's clock returns at once)."""
        ...


class Hosts(Protocol):
    """When each host was last asked and when it may be asked again; survives between runs."""

    def last_request(self, host: str) -> datetime | None:
        """When we last asked this host, None if never."""
        ...

    def not_before(self, host: str) -> datetime | None:
        """The time a publisher asked us to wait for (Retry-After), None if none."""
        ...

    def turn(self, host: str) -> AbstractContextManager[None]:
        """Nobody else who remembers hosts in the same place, in whatever process, asks this host within the block."""
        ...

    def failures(self, host: str) -> int:
        """How many fetches in a row the host failed."""
        ...

    def note_failures(self, host: str, failures: int) -> None:
        """Remember how many fetches in a row it failed; 0 when it answered."""
        ...

    def note_request(self, host: str, at: datetime) -> None:
        """Remember that the host was asked at that time."""
        ...

    def note_not_before(self, host: str, at: datetime | None) -> None:
        """Remember (or forget, with None) that the host asked us to come back at that time."""
        ...


class Archive(Protocol):
    """Every distinct body once, and an append-only index of fetches and decisions per board."""

    def keep(self, capture: Capture, *, verdict: Verdict | None = None, error: str = "") -> IndexLine:
        """Store the bodies not yet held and append one line: new, revisit for the same bodies as the last content line, or the verdict given."""
        ...

    def last(self, board: BoardId) -> IndexLine | None:
        """The newest line by place that is new or a revisit, None if there is none."""
        ...

    def newest(self, board: BoardId) -> datetime | None:
        """When the line that stands last in the index was observed."""
        ...

    def note(self, board: BoardId, line: IndexLine) -> None:
        """Append a line that brings no new body: 304, a failed fetch, a person's decision."""
        ...

    def lease(self, board: BoardId) -> AbstractContextManager[None]:
        """Within the block nobody else, in whatever process, brings captures of the board in or settles its history.

        Raises StoreError, naming who has it, when it is not given back in time.
        """
        ...

    def boards(self) -> tuple[BoardId, ...]:
        """Boards with an index, sorted."""
        ...

    def index(self, board: BoardId, offset: int = 0) -> tuple[Sequence[IndexLine], int]:
        """The lines that stand after `offset` bytes of the index, in file order, and the offset behind the last whole one."""
        ...

    def body(self, board: BoardId, sha256: Sha256) -> bytes:
        """The body of that hash, verified. Raises StoreError when it is missing or damaged."""
        ...


class Store(Protocol):
    """The history of all boards, derived from the archive; `tests/stores/` holds the one suite for all stores."""

    def position(self, board: BoardId) -> int:
        """Up to which byte of the board's index everything is stored."""
        ...

    def move_position(self, board: BoardId, position: int) -> None:
        """Note that everything up to that byte of the index is stored."""
        ...

    def declare(self, board: Board) -> None:
        """Note a board's declaration, so that its history can be read without the schedules."""
        ...

    def declared(self, board: BoardId) -> Board | None:
        """The declaration a board was last settled with."""
        ...

    @property
    def service(self) -> ServiceState:
        """What cannot be derived: outbox, receipts, pauses, notices, counts. A replay leaves it as it is."""
        ...

    def save(self, step: Step, deliveries: Sequence[Delivery] = (), holds: Mapping[str, str] | None = None) -> None:
        """Store one step whole or not at all, and with it what it has to tell and what the watches hold of the board after it.

        Raises StoreError for a step that is not later than the last.
        """
        ...

    def rewriting(self, board: BoardId) -> AbstractContextManager[None]:
        """Forget the board's derived history and write it anew, in one transaction: readers see the old or the new.

        Events that were there and do not come again are kept as withdrawn.
        """
        ...

    def boards(self) -> tuple[BoardId, ...]:
        """Boards with any check, sorted."""
        ...

    def past(self, board: BoardId) -> BoardState:
        """What is remembered of the board; an empty BoardState for an unknown one."""
        ...

    def latest(self, board: BoardId) -> StoredSnapshot | None:
        """The last accepted snapshot, rebuilt: positions and models are not kept."""
        ...

    def at(self, board: BoardId, at: datetime, metrics: Iterable[MetricId] | None = None) -> StoredSnapshot | None:
        """The last snapshot accepted not later than `at`, with those metrics (all by default)."""
        ...

    def checks(self, board: BoardId) -> Iterator[Check]:
        """Every check of the board, oldest first."""
        ...

    def last_check(self, board: BoardId) -> Check | None:
        """The board's newest check."""
        ...

    def recent(self, board: BoardId, most: int) -> Sequence[Check]:
        """The board's newest checks, so many at most, newest first."""
        ...

    def spans(self, board: BoardId, entry: EntryId, metric: MetricId) -> Sequence[Span]:
        """An entry's values over time, oldest first."""
        ...

    def rank_spans(self, board: BoardId, entry: EntryId) -> Sequence[RankSpan]:
        """An entry's ranks on the primary metric over time, oldest first."""
        ...

    def segments(self, board: BoardId) -> Sequence[Segment]:
        """Where comparable stretches begin, by time and metric."""
        ...

    def events(self, wanted: EventFilter) -> Iterator[Event]:
        """Events in the order (recorded_at, board, as detected)."""
        ...

    def event(self, event: str) -> Event | None:
        """The event whose id begins so, None if there is none. Raises StoreError if there are several."""
        ...

    def withdrawn(self, board: BoardId) -> Sequence[EventId]:
        """Events that a replay no longer found, sorted."""
        ...


class ServiceState(Protocol):
    """What the service itself must remember and no replay can bring back; every call is one transaction."""

    def post(self, deliveries: Iterable[Delivery]) -> int:
        """Put deliveries into the outbox, but for those whose event was already posted to that route or has a receipt. How many were new."""
        ...

    def deliveries(self, route: str | None = None, *, dead: bool = False) -> Sequence[Delivery]:
        """The deliveries that wait (or the dead ones), of one route or all: by `queued_at`, then event id, then route."""
        ...

    def bind(self, deliveries: Iterable[Delivery], message: str, *, counted: bool = False) -> None:
        """Note that these deliveries go out in that message, before it is sent; `counted`: that they are only counted in it."""
        ...

    def put_off(self, deliveries: Iterable[Delivery], *, not_before: datetime, error: str) -> None:
        """Note a failed try and when the next one is due."""
        ...

    def dead_letter(self, deliveries: Iterable[Delivery], *, error: str) -> None:
        """Give deliveries up: they are dead until somebody revives or drops them."""
        ...

    def revive(self, deliveries: Iterable[Delivery]) -> None:
        """Dead (or put off) deliveries are due at once, as if they had never been tried; they keep their message."""
        ...

    def receive(self, receipts: Iterable[Receipt]) -> None:
        """Take deliveries out of the outbox against their receipts."""
        ...

    def receipts(self, route: str | None = None, *, since: datetime | None = None) -> Sequence[Receipt]:
        """Receipts of one route or all with `delivered_at` ≥ since: by time, then event id."""
        ...

    def route_since(self, route: str, now: datetime) -> datetime:
        """When the route was first asked for; that is `now` the first time. Older events are not told on it."""
        ...

    def holds(self, board: BoardId) -> Mapping[str, str]:
        """What each watch (by the hash of what it asks) remembers of a board, as text; written by `Store.save`."""
        ...

    def pause(self, pause: Pause) -> None:
        """Pause a board, or change the reason."""
        ...

    def resume(self, board: BoardId) -> bool:
        """Take a board's pause away; whether there was one."""
        ...

    def pauses(self) -> Mapping[BoardId, Pause]:
        """The boards that are paused."""
        ...

    def open_notice(self, notice: Notice, deliveries: Iterable[Delivery] = ()) -> bool:
        """Note a trouble of ours, and post what is to be told of it.

        False where one of that kind and subject is open already: its message is brought up to date, and nothing is told.
        """
        ...

    def close_notice(self, kind: str, subject: str, at: datetime, deliveries: Iterable[Delivery] = ()) -> Notice | None:
        """Note that it is over, and post what is to be told of that; the notice as it was closed, None where none was open."""
        ...

    def notices(self, *, ended: bool = False) -> Sequence[Notice]:
        """The open notices, or those that have ended (the last 100), oldest first."""
        ...

    def count(self, amounts: Mapping[CounterKey, float]) -> None:
        """Add amounts to counters."""
        ...

    def counts(self) -> Mapping[CounterKey, float]:
        """Every counter, sorted by its key."""
        ...


Environment = Mapping[str, str]
"""Where secrets come from: `os.environ`, or a test's dict."""
