"""`tracker notify`."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import click

from tracker import notify, watches
from tracker.cli._group import SuggestingGroup
from tracker.cli._open import as_json, print_json, print_table, report_errors
from tracker.clock import SystemClock
from tracker.errors import DeclarationError
from tracker.model import Delivery
from tracker.notify import Route, Routes
from tracker.workspace import Settings
from tracker.workspace.names import lexicon_of
from tracker.workspace.opening import history_if_any


@click.group("notify", cls=SuggestingGroup)
def command() -> None:
    """List the routes, or send a test message on one.

    A route says which news goes to which channel, and when, in the file routes.toml of the schedules folder.
    """


@command.command("list")
@as_json
@click.pass_obj
def list_(settings: Settings, *, as_json: bool) -> int:
    """List the routes with what waits on each, and what is wrong with the file."""
    routes = _load(settings)
    waiting, dead = _depths(settings)
    rows = [
        {
            "route": one.name,
            "channel": one.channel,
            "enabled": one.enabled,
            "wants": _wants(one),
            "when": _when(one),
            "waiting": waiting[one.name],
            "dead": dead[one.name],
        }
        for one in routes.routes
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
    """Send one message on a ROUTE now, marked as a test, whatever its hours and caps; nothing is queued or received for it."""
    from tracker.fetch import post  # noqa: PLC0415  # only this command sends
    from tracker.notify.channels import open_channel  # noqa: PLC0415  # as above
    from tracker.notify.outbox import send_test  # noqa: PLC0415  # as above

    chosen = _load(settings).route(route)
    message = send_test(chosen, open_channel(chosen, os.environ, post), SystemClock().now())
    click.echo(f"{chosen.name}: {chosen.channel} took the test message {message.id}")


def _load(settings: Settings) -> Routes:
    path, wrong = settings.declaration("routes.toml"), tuple[DeclarationError, ...]()
    try:
        names = [one.name for one in watches.load(settings.declaration("watches.toml"), lexicon_of(settings))]
    except DeclarationError as error:  # the routes that name no watch hold
        names, wrong = [], (error,)
    found = notify.load(path, watches=names)
    return replace(found, errors=(*wrong, *found.errors))


def _depths(settings: Settings) -> tuple[Counter[str], Counter[str]]:
    """How many deliveries wait on each route, and how many are dead; none where there is no store yet."""
    with history_if_any(settings) as store:
        return _by_route(store.service.deliveries()), _by_route(store.service.deliveries(dead=True))


def _by_route(deliveries: Iterable[Delivery]) -> Counter[str]:
    return Counter(delivery.route for delivery in deliveries)


def _wants(route: Route) -> str:
    asked = {"kind": route.kinds, "grade": route.grades, "board": route.boards, "watch": route.watches}
    said = [f"{key} {', '.join(values)}" for key, values in asked.items() if values]
    said += [f"weight {route.min_weight} or more"] if route.min_weight else []
    return "; ".join(said) or ("all news" if route.news_only else "all events")


def _when(route: Route) -> str:
    said = [f"digest {route.digest}" if route.digest else "at once"]
    said += [f"most {route.most_per_hour} an hour"] if route.most_per_hour else []
    said += [f"quiet {', '.join(_hours(one.start) + '-' + _hours(one.end) for one in route.quiet)}"] if route.quiet else []
    return "; ".join(said) + (f" ({route.time_zone})" if route.digest or route.quiet else "")


def _hours(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
