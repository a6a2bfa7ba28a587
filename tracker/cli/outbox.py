"""`tracker outbox`."""

from __future__ import annotations

from collections.abc import Sequence

import click

from tracker.cli._group import LazyGroup
from tracker.cli._open import as_json
from tracker.cli._print import picked, print_json, print_table, when
from tracker.clock import SystemClock
from tracker.errors import DeclarationError
from tracker.model import Delivery
from tracker.ports import ServiceState
from tracker.wording import count
from tracker.workspace import Settings
from tracker.workspace.api import Workspace

_of_route = click.option("--route", help="Only on this route.")
_of_events = click.argument("events", nargs=-1, metavar="[EVENT]...")


@click.group("outbox", cls=LazyGroup)
def command() -> None:
    """List pending deliveries, retry them, or drop them.

    A delivery is one event that waits for one route. If it could not be sent for days, it is dead and waits for you.
    """


@command.command("list")
@_of_events
@_of_route
@as_json
@click.pass_obj
def list_(settings: Settings, events: Sequence[str], route: str | None, *, as_json: bool) -> None:
    """List waiting and dead deliveries: all, those of a route, or those of some EVENTs."""
    with Workspace(settings) as workspace:
        deliveries = _chosen(workspace.store.service, events, route)
    if as_json:
        print_json(map(_row, deliveries))
    else:
        header = ("event", "route", "board", "queued", "state", "tries", "due", "error", "headline")
        print_table(header, map(_cells, deliveries), right=frozenset(("tries",)))


@command.command("retry")
@_of_events
@_of_route
@click.pass_obj
def retry(settings: Settings, events: Sequence[str], route: str | None) -> None:
    """Make dead and postponed deliveries due at once: all, those of a route, or those of some EVENTs."""
    with Workspace(settings) as workspace:
        deliveries = [delivery for delivery in _chosen(workspace.store.service, events, route) if delivery.dead or delivery.tries]
        workspace.store.service.revive(deliveries)
    number = count(len(deliveries), "delivery", "deliveries")
    click.echo(f"{number} due at once; the next delivery takes {'it' if len(deliveries) == 1 else 'them'} up")


@command.command("drop")
@_of_events
@_of_route
@click.pass_obj
def drop(settings: Settings, events: Sequence[str], route: str | None) -> None:
    """Drop deliveries for good: those of a route, those of some EVENTs, or those of some EVENTs on a route."""
    if not events and route is None:
        raise DeclarationError("outbox drop: nothing is named; expected EVENT or --route ROUTE (tracker outbox list)")
    from tracker.notify import outbox  # noqa: PLC0415  # only this command

    with Workspace(settings) as workspace:
        deliveries = _chosen(workspace.store.service, events, route)
        outbox.drop(workspace.store.service, deliveries, SystemClock().now())
    click.echo(f"{count(len(deliveries), 'delivery', 'deliveries')} dropped")


def _chosen(service: ServiceState, events: Sequence[str], route: str | None) -> list[Delivery]:
    """The chosen deliveries, waiting ones first. Raises DeclarationError for a route or an event without any."""
    deliveries = [*service.deliveries(), *service.deliveries(dead=True)]
    if route is not None:
        routes = sorted({delivery.route for delivery in deliveries})
        if route not in routes:
            expected = f"expected one of: {', '.join(routes) or 'none'}"
            raise DeclarationError(f'route "{route}": nothing of it is in the outbox; {expected}')
        deliveries = [delivery for delivery in deliveries if delivery.route == route]
    for event in events:
        if not any(delivery.event.id.startswith(event) for delivery in deliveries):
            raise DeclarationError(f'event "{event}": not in the outbox; expected the beginning of an id (tracker outbox list)')
    return [delivery for delivery in deliveries if not events or delivery.event.id.startswith(tuple(events))]


def _row(delivery: Delivery) -> dict[str, object]:
    return {
        "event": delivery.event.id,
        "route": delivery.route,
        **picked(delivery.event, "board kind headline"),
        "queued_at": delivery.queued_at,
        "state": _state(delivery),
        **picked(delivery, "message counted tries not_before error"),
    }


def _cells(delivery: Delivery) -> tuple[object, ...]:
    event, due = delivery.event, when(delivery.not_before)
    sent = (when(delivery.queued_at), _state(delivery), delivery.tries, due, delivery.error)
    return (event.id, delivery.route, event.board, *sent, event.headline)


def _state(delivery: Delivery) -> str:
    return "dead" if delivery.dead else "put off" if delivery.tries else "waits"
