"""`tracker verify`."""

from __future__ import annotations

import sys
from typing import cast

import click

from tracker.cli._open import as_json, print_json
from tracker.cli.events import across
from tracker.errors import DeclarationError, StoreError
from tracker.line import proof
from tracker.model import BoardId, Event, EventFilter
from tracker.stores.sqlite import SqliteStore
from tracker.wording import safe
from tracker.workspace import Settings
from tracker.workspace.names import lexicon_of
from tracker.workspace.opening import board_of, kept, known


@click.command("verify")
@click.argument("events", nargs=-1)
@click.option("--board", help="Every event of this board.")
@click.option("--all", "every", is_flag=True, help="Every event in the store.")
@as_json
@click.pass_obj
def command(settings: Settings, events: tuple[str, ...], board: str | None, *, every: bool, as_json: bool) -> None:
    """Derive events again from the stored bytes and compare.

    EVENTS are ids or their beginnings; a consensus of boards stands for the events it rests on. Exit code 1 when one does
    not follow from the bytes.
    """
    with kept(settings) as (archive, store):
        wanted = _wanted(settings, store, events, board, every=every)
        by_board: dict[BoardId, list[Event]] = {}
        for event in wanted:
            by_board.setdefault(event.board, []).append(event)
        results: list[proof.Verification] = []
        damaged = False
        for name, some in sorted(by_board.items()):
            try:
                results += proof.verify(some, board_of(settings, store, name), archive, lexicon_of(settings))
            except StoreError as error:  # one board's damage hides no other's verdict
                damaged = True
                click.echo(f"tracker: {safe(str(error))}", err=True)
    if as_json:
        print_json(
            {
                "id": one.event.id,
                "holds": one.holds,
                "differences": list(one.differences),
                "reworded": list(one.reworded),
            }
            for one in results
        )
    else:
        for one in results:
            click.echo(f"{one.event.id[:12]}  {_verdict(one)}  {safe(one.event.headline)}")
            for difference in (*one.differences, *one.reworded):
                click.echo(f"    {safe(difference)}")
        click.echo(f"{sum(one.holds for one in results)} of {len(results)} events hold")
    sys.exit(StoreError.exit_code if damaged else 0 if all(one.holds for one in results) else 1)


def _verdict(one: proof.Verification) -> str:
    if not one.holds:
        return "DOES NOT HOLD"
    return "holds, reworded" if one.reworded else "holds"


def _wanted(settings: Settings, store: SqliteStore, events: tuple[str, ...], board: str | None, *, every: bool) -> list[Event]:
    if every or board:
        return list(store.events(EventFilter(board=known(settings, store, board) if board else None)))
    if not events:
        raise DeclarationError("verify: no event named; expected ids, --board BOARD or --all (tracker events lists them)")
    wanted = [one for name in events for one in _named(settings, store, name)]
    return list({event.id: event for event in wanted}.values())


def _named(settings: Settings, store: SqliteStore, name: str) -> list[Event]:
    event = store.event(name)
    if event is not None:
        return [event]
    told = next((one for one in across(settings, store) if one.id.startswith(name)), None)
    if told is None:
        raise DeclarationError(f'event "{name}" is unknown; expected an id or its beginning (tracker events lists them)')
    parts = [store.event(str(part)) for part in cast("list[str]", told.facts["events"])]
    return [part for part in parts if part is not None]
