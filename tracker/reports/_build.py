"""Events, checks and health → a report: what happened on each board within a window of time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from tracker.model import BoardId, BoardReport, Check, Event, EventId, Gap, Health, Report, Result
from tracker.reports.folding import fold

_TIMES_THE_USUAL_PAUSE = 3
_LEAST_GAP = timedelta(days=3)


def build(
    health: Sequence[Health],
    events: Sequence[Event],
    checks: Mapping[BoardId, Sequence[Check]],
    *,
    since: datetime,
    until: datetime,
    news_only: bool = True,
) -> Report:
    """What changed on the boards of `health` in since ≤ recorded_at < until; the order of the arguments' items does not matter.

    Events outside the window are left out. Without `news_only` those kept only in the record become
    stories too. `checks` may reach back before the window: the more of them, the better a board's
    usual pause is known. `BoardReport.checks` counts those within it that saw the board.

    Raises:
        ValueError: the window ends before it begins, a board stands twice in `health`, an event is
            of a board that does not, or two different events have one id.
    """
    if until < since:
        raise ValueError(f"report: the window ends at {until}, before it begins at {since}; expected since ≤ until")
    _refuse_repeated(health)
    by_board: dict[BoardId, list[Event]] = {one.board: [] for one in health}
    for event in _once(events):
        if event.board not in by_board:
            raise ValueError(f"{event.board}: event {event.id} is of a board without health; pass the health of every board")
        if since <= event.recorded_at < until:
            by_board[event.board].append(event)
    window = (since, until)
    boards = [_board(one, by_board[one.board], checks.get(one.board, ()), window, news_only=news_only) for one in health]
    return Report(since=since, until=until, boards=tuple(sorted(boards, key=_place)))


def _refuse_repeated(health: Sequence[Health]) -> None:
    seen: set[BoardId] = set()
    for one in health:
        if one.board in seen:
            raise ValueError(f"{one.board}: stands twice in the health of the boards; pass each board once")
        seen.add(one.board)


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
    seen = sorted({check.observed_at for check in checks if _saw(check) and check.observed_at < window[1]})
    return BoardReport(
        health=health,
        stories=fold(shown),
        gaps=_gaps(seen, window[0]),
        checks=sum(at >= window[0] for at in seen),
        recorded=len(events) - len(shown),
    )


def _saw(check: Check) -> bool:
    """Whether the check tells how the board was: accepted, or still as accepted."""
    return check.result in (Result.ACCEPTED, Result.UNCHANGED)


def _gaps(seen: Sequence[datetime], since: datetime) -> tuple[Gap, ...]:
    """Pauses that end within the window and are far longer than the board's median one (the lower of two middle ones)."""
    pauses = sorted(later - earlier for earlier, later in pairwise(seen))
    if not pauses:
        return ()
    limit = _TIMES_THE_USUAL_PAUSE * pauses[(len(pauses) - 1) // 2]
    return tuple(
        Gap(after=earlier, until=later)
        for earlier, later in pairwise(seen)
        if later >= since and later - earlier > limit and later - earlier >= _LEAST_GAP
    )


def _place(board: BoardReport) -> tuple[int, str, str]:
    """Sorts the board with the weightiest story first, quiet ones last."""
    heaviest = max((story.lead.weight for story in board.stories), default=-1)
    return (-heaviest, board.health.title, board.health.board)
