"""Builds a report from events, checks and health: the changes of each board within a window of time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from tracker.model import BoardId, BoardReport, Check, Event, EventId, Health, Report, Top
from tracker.reports.folding import fold
from tracker.reports.gaps import gaps

_NEVER = datetime.max.replace(tzinfo=UTC)


def build(
    health: Sequence[Health],
    events: Sequence[Event],
    checks: Mapping[BoardId, Sequence[Check]],
    *,
    since: datetime,
    until: datetime,
    news_only: bool = True,
    tops: Mapping[BoardId, Top | None] = {},
) -> Report:
    """The changes on the boards of `health` in since ≤ recorded_at < until; the order of the arguments' items does not matter.

    Without `news_only`, events that are only recorded become stories too; otherwise only those that take back what is reported,
    such as a price that returns. `checks` reach back before the window, to show each
    board's first reading and its usual pause; `BoardReport.checks` counts those within the window that saw the board.

    Raises:
        ValueError: the window ends before it begins, `health` has a board twice, an event is of another board, or two different
            events have one id.
    """
    if until < since:
        raise ValueError(f"report: the window ends at {until}, before it begins at {since}; expected since ≤ until")
    by_board: dict[BoardId, list[Event]] = {state.board: [] for state in health}
    if len(by_board) < len(health):
        board = Counter(state.board for state in health).most_common(1)[0][0]
        raise ValueError(f"{board}: is twice in the health of the boards; pass each board once")
    for event in _once(events):
        if event.board not in by_board:
            raise ValueError(f"{event.board}: event {event.id} is of a board without health; pass the health of every board")
        if since <= event.recorded_at < until:
            by_board[event.board].append(event)
    window = (since, until)
    boards = [
        replace(
            _board(state, by_board[state.board], checks.get(state.board, ()), window, news_only=news_only),
            top=tops.get(state.board),
        )
        for state in health
    ]
    return Report(since=since, until=until, boards=tuple(sorted(boards, key=_place)))


def _once(events: Iterable[Event]) -> Iterable[Event]:
    known: dict[EventId, Event] = {}
    for event in events:
        if known.setdefault(event.id, event) != event:
            raise ValueError(f"{event.board}: two different events have the id {event.id}; replay the board (tracker replay)")
    return known.values()


def _board(
    health: Health, events: list[Event], checks: Sequence[Check], window: tuple[datetime, datetime], *, news_only: bool
) -> BoardReport:
    shown = [event for event in events if event.is_news or not news_only]
    shown += _taking_back(events, shown) if news_only else ()
    seen = sorted({check.observed_at for check in checks if check.was_read and check.observed_at < window[1]})
    return BoardReport(
        health=health,
        stories=fold(shown),
        gaps=gaps(seen, window[0]),
        checks=sum(at >= window[0] for at in seen),
        recorded=len(events) - len(shown),
        is_first=len(seen) == 1 and seen[0] >= window[0],
    )


def _taking_back(events: Iterable[Event], shown: Iterable[Event]) -> list[Event]:
    """The recorded events after which an entry is as it was before a reported one, which would be out of date without them."""
    told: dict[tuple[object, ...], datetime] = {}
    for event in shown:
        for state in _states(event, "before"):
            told[state] = min(event.recorded_at, told.get(state, event.recorded_at))
    later = (event for event in events if not event.is_news)
    return [event for event in later if any(told.get(state, _NEVER) < event.recorded_at for state in _states(event, "after"))]


def _states(event: Event, side: str) -> Iterator[tuple[object, ...]]:
    """Of each entry of an event, what it was `before` or is `after`, if the event is about a single property or value."""
    value, former = event.facts.get(side), event.facts.get("key_before")
    if isinstance(value, str | float):
        for entry in {*(party.entry for party in event.subjects), *([former] if former else ())}:
            yield event.kind, event.metric, event.facts.get("attribute"), entry, value


def _place(board: BoardReport) -> tuple[int, str, str]:
    """Sort the board with the weightiest story first, quiet ones last."""
    heaviest = max((story.lead.weight for story in board.stories), default=-1)
    return (-heaviest, board.health.title, board.health.board)
