"""`tracker outbox`."""

from __future__ import annotations

from collections.abc import Sequence

import click

from tracker.cli._group import SuggestingGroup
from tracker.cli._open import as_json, print_json, print_table, when
from tracker.clock import SystemClock
from tracker.errors import DeclarationError
from tracker.model import Delivery
from tracker.ports import ServiceState
from tracker.wording import count
from tracker.workspace import Settings
from tracker.workspace.opening import history_of

_of_route = click.option("--route", help="Only on this route.")
_of_events = click.argument("events", nargs=-1, metavar="[EVENT]...")


@click.group("outbox", cls=SuggestingGroup)
def command() -> None:
    """List pending deliveries, retry them, or drop them.

    A delivery is one event that waits for one route. What could not be delivered for days is dead: it waits for you.
    """


@command.command("list")
@_of_events
@_of_route
@as_json
@click.pass_obj
def list_(settings: Settings, events: Sequence[str], route: str | None, *, as_json: bool) -> None:
    """List the deliveries that wait and those that are dead: all, those of a route, or those of some EVENTs."""
    with history_of(settings) as store:
        found = _chosen(store.service, events, route)
    if as_json:
        print_json(_row(one) for one in found)
        return
    header = ("event", "route", "board", "queued", "state", "tries", "due", "error", "headline")
    shown = ((one.event.id, one.route, one.event.board, when(one.queued_at), _state(one), one.tries, when(one.not_before), one.error, one.event.headline) for one in found)  # fmt: skip
    print_table(header, shown, right=frozenset(("tries",)))


@command.command("retry")
@_of_events
@_of_route
@click.pass_obj
def retry(settings: Settings, events: Sequence[str], route: str | None) -> None:
    """Make deliveries due at once that are dead or were put off: all, those of a route, or those of some EVENTs."""
    with history_of(settings) as store:
        found = [one for one in _chosen(store.service, events, route) if one.dead or one.tries]
        store.service.revive(found)
    click.echo(
        f"{count(len(found), 'delivery', 'deliveries')} due at once; the next delivery takes {'it' if len(found) == 1 else 'them'} up"
    )


@command.command("drop")
@_of_events
@_of_route
@click.pass_obj
def drop(settings: Settings, events: Sequence[str], route: str | None) -> None:
    """Drop deliveries, never to be delivered: those of a route, those of some EVENTs, or those that are of both."""
    if not events and route is None:
        raise DeclarationError("outbox drop: nothing is named; expected EVENT or --route ROUTE (tracker outbox list)")
    from tracker.notify import outbox  # noqa: PLC0415  # only this command needs what sends

    with history_of(settings) as store:
        found = _chosen(store.service, events, route)
        outbox.drop(store.service, found, SystemClock().now())
    click.echo(f"{count(len(found), 'delivery', 'deliveries')} dropped")


def _chosen(service: ServiceState, events: Sequence[str], route: str | None) -> list[Delivery]:
    """The deliveries, waiting ones first. Raises DeclarationError for a route or an event that none is of."""
    every = [*service.deliveries(), *service.deliveries(dead=True)]
    if route is not None and route not in (routes := {one.route for one in every}):
        raise DeclarationError(
            f'route "{route}": nothing of it is in the outbox; expected one of: {", ".join(sorted(routes)) or "none"}'
        )
    found = [one for one in every if route in (None, one.route)]
    for event in events:
        if not any(one.event.id.startswith(event) for one in found):
            raise DeclarationError(f'event "{event}": not in the outbox; expected the beginning of an id (tracker outbox list)')
    return [one for one in found if not events or one.event.id.startswith(tuple(events))]


def _row(delivery: Delivery) -> dict[str, object]:
    return {
        "event": delivery.event.id,
        "route": delivery.route,
        "board": delivery.event.board,
        "kind": delivery.event.kind,
        "headline": delivery.event.headline,
        "queued_at": delivery.queued_at,
        "state": _state(delivery),
        "message": delivery.message,
        "counted": delivery.counted,
        "tries": delivery.tries,
        "not_before": delivery.not_before,
        "error": delivery.error,
    }


def _state(delivery: Delivery) -> str:
    return "dead" if delivery.dead else "put off" if delivery.tries else "waits"
