"""`tracker status`."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta

import click

from tracker.cli._open import as_json, print_json, when
from tracker.model import State
from tracker.query.vitals import BoardVitals, RouteVitals, Vitals
from tracker.wording import count, safe, span
from tracker.workspace import Settings
from tracker.workspace.api import Workspace
from tracker.workspace.status import Status


@click.command("status")
@as_json
@click.pass_obj
def command(settings: Settings, *, as_json: bool) -> None:
    """Show problems first, then the state of boards and deliveries.

    Read from the store alone: no daemon needs to run. Exit code 1 when somebody should look: a board is broken, stale or
    paused by the tracker itself, a file of the schedules is wrong, a delivery is dead, or a notice is open.
    """
    with Workspace(settings) as workspace:
        found = workspace.status()
    if as_json:
        print_json(_rows(found))
    else:
        for line in _lines(found):
            click.echo(safe(line))
    sys.exit(1 if found.troubled else 0)


# ── for people ───────────────────────────────────────────────────────────────────────────────────


def _lines(found: Status) -> Iterator[str]:
    troubles = [*([found.disk] if found.disk else ()), *found.errors, *_troubles(found.vitals)]
    yield from troubles
    if troubles:
        yield ""
    yield f"daemon: {found.daemon or 'none runs on this store'}"
    yield from _summary(found.vitals)


def _troubles(found: Vitals) -> Iterator[str]:
    """A line for each thing that somebody should look at."""
    for one in found.boards:
        if one.troubled:
            yield f"{one.health.board}: {one.health.state}: {one.health.reason}{_failing(one)}; last read {_ago(one.success_age_s)}"
    for route in found.routes:
        if route.dead:
            yield f'route "{route.route}": {count(route.dead, "dead delivery", "dead deliveries")}: {route.error} (tracker outbox list)'
    for notice in found.notices:
        if notice.kind != "declaration":  # said as the file stands now
            yield f"{' '.join(filter(None, (notice.kind, notice.subject)))}: {notice.message} (since {when(notice.since)})"


def _failing(one: BoardVitals) -> str:
    return f"; {count(one.failures, 'failure')} in a row since {when(one.failing_since)}" if one.failures else ""


def _summary(found: Vitals) -> Iterator[str]:
    states = Counter(one.health.state for one in found.boards)
    told = ", ".join(f"{states[state]} {state}" for state in State if states[state])
    yield f"{count(len(found.boards), 'board')}{f': {told}' if told else ''}{_next_due(found)}"
    yield _fetches(found)
    yield from map(_delivery, found.routes)
    events = sorted(found.events.items(), key=lambda pair: (-pair[1], pair[0]))
    yield f"events: {', '.join(f'{count} {kind}' for kind, count in events) or 'none counted'}"


def _next_due(found: Vitals) -> str:
    paused = State.PAUSED
    due = sorted((due, one.health.board) for one in found.boards if (due := one.health.due_at) and one.health.state is not paused)
    return f"; next due {due[0][1]} {_until(due[0][0], found.at)}" if due else ""


def _fetches(found: Vitals) -> str:
    verdicts: Counter[str] = Counter()
    for one in found.boards:
        verdicts.update(one.fetches)
    told = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.most_common())
    size = sum(one.fetch_bytes for one in found.boards) / 1e6
    spent = sum(one.read_s + one.detect_s + one.store_s for one in found.boards)
    return f"fetches: {told}; {size:.1f} MB, {spent:.1f} s of work" if told else "fetches: none counted"


def _delivery(route: RouteVitals) -> str:
    oldest = f" (oldest {span(timedelta(seconds=route.oldest_age_s))})" if route.oldest_age_s is not None else ""
    failed = f", {count(route.send_failures, 'try', 'tries')} failed" if route.send_failures else ""
    return f'route "{route.route}": {route.waiting} waiting{oldest}, {route.dead} dead, {route.sent} sent{failed}'


def _ago(age_s: float | None) -> str:
    return "never" if age_s is None else f"{span(timedelta(seconds=age_s))} ago"


def _until(due: datetime, now: datetime) -> str:
    return f"in {span(due - now)}" if due > now else "now"


# ── for programs ─────────────────────────────────────────────────────────────────────────────────


def _rows(status: Status) -> Iterator[dict[str, object]]:
    """One object for the whole, then one for each declaration that is wrong, each board, route and notice; `what` tells them apart."""
    found, daemon = status.vitals, asdict(status.daemon) if status.daemon else None
    yield {
        "what": "tracker",
        "at": found.at,
        "troubled": status.troubled,
        "daemon": daemon,
        "disk": status.disk,
        "events": found.events,
    }
    for error in status.errors:
        yield {"what": "declaration", "message": error}
    for one in found.boards:
        yield {"what": "board", "troubled": one.troubled, **_board(one)}
    for route in found.routes:
        yield {"what": "route", **asdict(route)}
    for notice in found.notices:
        yield {"what": "notice", **asdict(notice)}


def _board(one: BoardVitals) -> dict[str, object]:
    """The health's own keys stand beside the others."""
    plain = asdict(one)
    return {**plain.pop("health"), **plain}
