"""`tracker notify`."""

from __future__ import annotations

import os
from collections import Counter

import click

from tracker.cli._group import LazyGroup
from tracker.cli._open import as_json, report_errors
from tracker.cli._print import picked, print_json, print_table
from tracker.clock import SystemClock
from tracker.notify import Route, Routes
from tracker.workspace import Settings
from tracker.workspace.names import names_of
from tracker.workspace.opening import history_if_any
from tracker.workspace.rules import routes_of


@click.group("notify", cls=LazyGroup)
def command() -> None:
    """List the routes, or send a test message on one.

    A route says which news goes to which channel, and when, in the file routes.toml of the schedules folder.
    """


@command.command("list")
@as_json
@click.pass_obj
def list_(settings: Settings, *, as_json: bool) -> int:
    """List the routes with their deliveries, and errors in the file."""
    routes = _routes(settings)
    with history_if_any(settings) as store:
        waiting, dead = (Counter(delivery.route for delivery in store.service.deliveries(dead=dead)) for dead in (False, True))
    rows = [
        {
            "route": route.name,
            **picked(route, "channel enabled"),
            "wants": _wants(route),
            "when": _when(route),
            "waiting": waiting[route.name],
            "dead": dead[route.name],
        }
        for route in routes.routes
    ]
    if as_json:
        print_json(rows)
    else:
        print_table(tuple(rows[0]) if rows else ("route",), (tuple(row.values()) for row in rows))
    return report_errors(routes.errors)


@command.command("test")
@click.argument("route")
@click.pass_obj
def test(settings: Settings, route: str) -> None:
    """Send one message on a ROUTE now, marked as a test, despite its hours and caps; nothing is queued or recorded."""
    from tracker.notify.channels import open_channel  # noqa: PLC0415  # only this command sends
    from tracker.notify.outbox import send_test  # noqa: PLC0415  # as above

    chosen = _routes(settings).route(route)
    message = send_test(chosen, open_channel(chosen, os.environ), SystemClock().now())
    click.echo(f"{chosen.name}: {chosen.channel} took the test message {message.id}")


def _routes(settings: Settings) -> Routes:
    names = names_of(settings)
    report_errors(names.errors)
    return routes_of(settings, names.lexicon)[0]


def _wants(route: Route) -> str:
    filters = {"kind": route.kinds, "grade": route.grades, "board": route.boards, "watch": route.watches}
    parts = [f"{key} {', '.join(values)}" for key, values in filters.items() if values]
    parts += [f"weight {route.min_weight} or more"] if route.min_weight else []
    return "; ".join(parts) or ("all news" if route.news_only else "all events")


def _when(route: Route) -> str:
    parts = [f"digest {route.digest}" if route.digest else "at once"]
    parts += [f"most {route.most_per_hour} an hour"] if route.most_per_hour else []
    hours = ", ".join(f"{_hours(quiet.start)}-{_hours(quiet.end)}" for quiet in route.quiet)
    parts += [f"quiet {hours}"] if hours else []
    return "; ".join(parts) + (f" ({route.time_zone})" if route.digest or route.quiet else "")


def _hours(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
