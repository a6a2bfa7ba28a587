"""`tracker outbox`."""

from __future__ import annotations

from collections.abc import Sequence

import click

from tracker.cli._open import as_json, history_of, print_json, print_table, when
from tracker.clock import SystemClock
from tracker.errors import DeclarationError
from tracker.model import Letter
from tracker.ports import Ledger
from tracker.workspace import Settings

_of_route = click.option("--route", help="Only on this route.")
_of_events = click.argument("events", nargs=-1, metavar="[EVENT]...")


@click.group("outbox")
def command() -> None:
    """List what waits to be delivered, try it again, or drop it.

    A letter is one event that waits for one route. What could not be delivered for days is dead: it waits for you.
    """


@command.command("list")
@_of_events
@_of_route
@as_json
@click.pass_obj
def list_(settings: Settings, events: Sequence[str], route: str | None, *, as_json: bool) -> None:
    """List the letters that wait and those that are dead: all, those of a route, or those of some EVENTs."""
    with history_of(settings) as store:
        found = _chosen(store.ledger, events, route)
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
    """Make letters due at once that are dead or were put off: all, those of a route, or those of some EVENTs."""
    with history_of(settings) as store:
        found = [one for one in _chosen(store.ledger, events, route) if one.dead or one.tries]
        store.ledger.revive(found)
    click.echo(f"{_count(found)} due at once; the next delivery takes {'it' if len(found) == 1 else 'them'} up")


@command.command("drop")
@_of_events
@_of_route
@click.pass_obj
def drop(settings: Settings, events: Sequence[str], route: str | None) -> None:
    """Drop letters, never to be delivered: those of a route, those of some EVENTs, or those that are of both."""
    if not events and route is None:
        raise DeclarationError("outbox drop: nothing is named; expected EVENT or --route ROUTE (tracker outbox list)")
    from tracker.notify import outbox  # noqa: PLC0415  # only this command needs what sends

    with history_of(settings) as store:
        found = _chosen(store.ledger, events, route)
        outbox.drop(store.ledger, found, SystemClock().now())
    click.echo(f"{_count(found)} dropped")


def _chosen(ledger: Ledger, events: Sequence[str], route: str | None) -> list[Letter]:
    """The letters, waiting ones first. Raises DeclarationError for a route or an event that none is of."""
    every = [*ledger.letters(), *ledger.letters(dead=True)]
    if route is not None and route not in (routes := {one.route for one in every}):
        raise DeclarationError(
            f'route "{route}": nothing of it is in the outbox; expected one of: {", ".join(sorted(routes)) or "none"}'
        )
    found = [one for one in every if route in (None, one.route)]
    for event in events:
        if not any(one.event.id.startswith(event) for one in found):
            raise DeclarationError(f'event "{event}": not in the outbox; expected the beginning of an id (tracker outbox list)')
    return [one for one in found if not events or one.event.id.startswith(tuple(events))]


def _row(letter: Letter) -> dict[str, object]:
    return {
        "event": letter.event.id,
        "route": letter.route,
        "board": letter.event.board,
        "kind": letter.event.kind,
        "headline": letter.event.headline,
        "queued_at": letter.queued_at,
        "state": _state(letter),
        "message": letter.message,
        "tries": letter.tries,
        "not_before": letter.not_before,
        "error": letter.error,
    }


def _state(letter: Letter) -> str:
    return "dead" if letter.dead else "put off" if letter.tries else "waits"


def _count(letters: Sequence[Letter]) -> str:
    return f"{len(letters)} letter{'' if len(letters) == 1 else 's'}"
