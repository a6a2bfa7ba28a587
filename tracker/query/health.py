"""The state of a board: ok, partial, stale, broken, paused or never read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

from tracker import cadence
from tracker.events import board_partial
from tracker.model import Board, Check, Health, Result, State
from tracker.ports import Environment, Store
from tracker.query.due import due_at, missing_keys
from tracker.wording import listed, when

LATE_AFTER = 3
"""How many times of its cadence may pass without an accepted or unchanged reading before a board is stale."""


def health(board: Board, store: Store, *, now: datetime, environment: Environment | None = None, zone: tzinfo = UTC) -> Health:
    """The state of a board, with the reason and when it is due.

    Paused: switched off, by somebody, or no key. The reason is for people; times in it are in `zone`.
    """
    past, last = store.past(board.id), store.last_check(board.id)
    accepted = store.at(board.id, last.observed_at, ()) if last else None
    state, reason = _state(board, store, now=now, environment=environment, zone=zone)
    return Health(
        board=board.id,
        title=board.title,
        page=board.page,
        attribution=board.attribution,
        state=state,
        reason=reason.removeprefix(f"{board.id}: "),
        enabled=board.enabled,
        entries=len(accepted.entries) if accepted else None,
        last_checked=last.observed_at if last else None,
        last_accepted=accepted.observed_at if accepted else None,
        last_changed=past.changed_at[-1] if past.changed_at else None,
        left_out=tuple(row.why for row in past.left_out.values() if row.has_row),
        due_at=due_at(board, store, now) if last and board.enabled else None,
    )


def _state(board: Board, store: Store, *, now: datetime, environment: Environment | None, zone: tzinfo) -> tuple[State, str]:
    past, last = store.past(board.id), store.last_check(board.id)
    missing = missing_keys(board, environment) if environment is not None else ()
    if not board.enabled:
        return State.PAUSED, f"disabled; terms: {board.terms}" if board.terms else "disabled"
    if (pause := store.service.pauses().get(board.id)) is not None:
        return State.PAUSED, f"by {pause.by} since {when(pause.since, zone)}: {pause.reason}"
    if missing:
        return State.PAUSED, f"no key: set {', '.join(missing)}"
    if past.broken_since is not None:
        return State.BROKEN, past.broken_by
    if past.stale_since is not None:
        since = when(past.changed_at[-1], zone) if past.changed_at else "the start"
        return State.STALE, f"the content has not changed since {since}"
    if last is not None and _late(board, read := _last_read(last, store), now):
        return State.STALE, f"not read since {when(read, zone)}{f': {last.message}' if last.message else ''}"
    if past.cap_told:
        gone = listed(board_partial.withheld(past).values())
        return State.PARTIAL, f"cut off at {past.capped_at} rows{f'; not shown: {gone}' if gone else ''}"
    if past.left_out:
        return State.PARTIAL, board_partial.left_out(past.left_out)
    failure = last.message if last is not None and last.result is Result.FAILED else ""
    return State.OK if past.changed_at else State.NEVER_READ, failure  # an answer without a change is not a reading


def _last_read(last: Check, store: Store) -> datetime:
    """When the board last answered; the first try if it never did."""
    if last.result is not Result.FAILED:
        return last.observed_at
    checks = list(store.checks(last.board))
    return max((check.observed_at for check in checks if check.result is not Result.FAILED), default=checks[0].observed_at)


def _late(board: Board, read: datetime, now: datetime) -> bool:
    due = read
    for _ in range(LATE_AFTER):
        due = cadence.next_due(board, due)
    return now > due + timedelta(hours=1)
