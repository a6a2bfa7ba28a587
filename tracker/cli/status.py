"""`tracker status`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta

import click

from tracker.cli._open import as_json
from tracker.cli._print import print_json, when
from tracker.model import State
from tracker.query.vitals import Vitals
from tracker.wording import count, safe, span
from tracker.workspace import Settings
from tracker.workspace.api import Workspace
from tracker.workspace.status import Status


@click.command("status")
@as_json
@click.pass_obj
def command(settings: Settings, *, as_json: bool) -> int:
    """Show problems first, then the state of boards and deliveries.

    Read from the store alone, with or without a daemon. Exit code 1 if something needs attention: a board is broken, stale
    or paused by the tracker itself, a file of the schedules is wrong, a delivery is dead, or a notice is open.
    """
    with Workspace(settings) as workspace:
        status = workspace.status()
    if as_json:
        print_json(_rows(status))
    else:
        for line in _lines(status):
            click.echo(safe(line))
    return 1 if status.troubled else 0


def _lines(status: Status) -> Iterator[str]:
    problems = [*([status.disk] if status.disk else ()), *status.errors, *_problems(status.vitals)]
    yield from problems
    if problems:
        yield ""
    yield f"daemon: {status.daemon or 'none runs on this store'}"
    yield from _summary(status.vitals)


def _problems(vitals: Vitals) -> Iterator[str]:
    for board in vitals.boards:
        if board.troubled:
            failing = f"; {count(board.failures, 'failure')} in a row since {when(board.failing_since)}" if board.failures else ""
            read = "never" if board.success_age_s is None else f"{span(timedelta(seconds=board.success_age_s))} ago"
            yield f"{board.health.board}: {board.health.state}: {board.health.reason}{failing}; last read {read}"
    for route in vitals.routes:
        if route.dead:
            dead = count(route.dead, "dead delivery", "dead deliveries")
            yield f'route "{route.route}": {dead}: {route.error} (tracker outbox list)'
    for notice in vitals.notices:
        if notice.kind != "declaration":  # the errors have the file's present state
            subject = "" if notice.message.startswith(notice.subject) else f" {notice.subject}"
            yield f"{notice.kind}{subject}: {notice.message} (since {when(notice.since)})"


def _summary(vitals: Vitals) -> Iterator[str]:
    states = Counter(board.health.state for board in vitals.boards)
    counts = ", ".join(f"{states[state]} {state}" for state in State if states[state])
    yield f"{count(len(vitals.boards), 'board')}{f': {counts}' if counts else ''}{_next_due(vitals)}"
    yield _fetches(vitals)
    for route in vitals.routes:
        oldest = f" (oldest {span(timedelta(seconds=route.oldest_age_s))})" if route.oldest_age_s is not None else ""
        failed = f", {count(route.send_failures, 'try', 'tries')} failed" if route.send_failures else ""
        yield f'route "{route.route}": {route.waiting} waiting{oldest}, {route.dead} dead, {route.sent} sent{failed}'
    events = sorted(vitals.events.items(), key=lambda pair: (-pair[1], pair[0]))
    yield f"events: {', '.join(f'{number} {kind}' for kind, number in events) or 'none counted'}"


def _next_due(vitals: Vitals) -> str:
    healths = (board.health for board in vitals.boards if board.health.state is not State.PAUSED)
    due = min(((health.due_at, health.board) for health in healths if health.due_at), default=None)
    if due is None:
        return ""
    at, board = due
    return f"; next due {board} {f'in {span(at - vitals.at)}' if at > vitals.at else 'now'}"


def _fetches(vitals: Vitals) -> str:
    verdicts = sum((Counter(board.fetches) for board in vitals.boards), Counter[str]())
    counts = ", ".join(f"{number} {verdict}" for verdict, number in verdicts.most_common())
    size = sum(board.fetch_bytes for board in vitals.boards) / 1e6
    spent = sum(board.read_s + board.detect_s + board.store_s for board in vitals.boards)
    return f"fetches: {counts}; {size:.1f} MB, {spent:.1f} s of work" if counts else "fetches: none counted"


def _rows(status: Status) -> Iterator[dict[str, object]]:
    """One object for the whole, then one for each wrong declaration, board, route and notice; `what` has the type."""
    vitals, daemon = status.vitals, status.daemon and asdict(status.daemon)
    head = {"what": "tracker", "at": vitals.at, "troubled": status.troubled}
    yield {**head, "daemon": daemon, "disk": status.disk, "events": vitals.events}
    for error in status.errors:
        yield {"what": "declaration", "message": error}
    for board in vitals.boards:
        fields = asdict(board)
        yield {"what": "board", "troubled": board.troubled, **fields.pop("health"), **fields}
    yield from ({"what": "route", **asdict(route)} for route in vitals.routes)
    yield from ({"what": "notice", **asdict(notice)} for notice in vitals.notices)
