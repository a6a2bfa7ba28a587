"""`tracker watch`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import click

from tracker.cli._group import LazyGroup
from tracker.cli._open import as_json, report_errors
from tracker.cli._print import picked, print_json, print_table, when
from tracker.cli._time import UNTIL, Time
from tracker.model import Party
from tracker.watches import Firing, Watch
from tracker.wording import safe
from tracker.workspace import Settings
from tracker.workspace.api import Workspace
from tracker.workspace.firings import watches_of
from tracker.workspace.names import names_of


@click.group("watch", cls=LazyGroup)
def command() -> None:
    """List your watches, or show when they would have fired.

    A watch is your rule on events or standings, in the file watches.toml of the schedules folder.
    """


@command.command("list")
@as_json
@click.pass_obj
def list_(settings: Settings, *, as_json: bool) -> None:
    """List the watches."""
    names = names_of(settings)
    report_errors(names.errors)
    declared = watches_of(settings, names.lexicon)
    if as_json:
        print_json({"name": watch.name, "over": _over(watch), "asks": dict(watch.asks)} for watch in declared)
    else:
        print_table(("watch", "over", "asks for"), ((watch.name, _over(watch), _asks(watch)) for watch in declared))


@command.command("test")
@click.argument("name", required=False)
@click.option("--board", help="Only on this board.")
@click.option("--since", type=Time(), help="Only changes since that time (ISO, or an age such as 7d).")
@click.option("--until", type=UNTIL, help="Only changes before that time.")
@as_json
@click.pass_obj
def test(
    settings: Settings, name: str | None, board: str | None, since: datetime | None, until: datetime | None, *, as_json: bool
) -> None:
    """Run watches (or the one of that NAME) over history, and show when each would have fired."""
    with Workspace(settings, report_errors) as workspace:
        chosen = watches_of(settings, workspace.lexicon, name)
        fired = workspace.firings(name, board=board, since=since, until=until)
    if as_json:
        print_json(map(_row, fired))
        return
    for watch in chosen:
        _print(watch, [firing for firing in fired if firing.watch == watch.name])


def _over(watch: Watch) -> str:
    return "standings" if watch.standing else "events"


def _asks(watch: Watch) -> str:
    """The keys and values of a watch, as in its file."""
    return ", ".join(f"{key} {_text(value)}" for key, value in watch.asks.items())


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return " or ".join(map(str, value)) if isinstance(value, list) else str(value)


def _row(firing: Firing) -> dict[str, object]:
    return {
        **picked(firing, "watch board metric after until already headline event"),
        "subjects": [_party(party) for party in firing.subjects],
        **picked(firing, "value rank"),
        "leader": _party(firing.leader) if firing.leader else None,
        "leader_value": firing.leader_value,
        "evidence": [picked(evidence, "sha256 observed_at entry metric raw") for evidence in firing.evidence],
    }


def _party(party: Party) -> dict[str, object]:
    return {"entry": party.entry, "name": party.name, "model": party.model or None}


def _print(watch: Watch, fired: Sequence[Firing]) -> None:
    new = sum(not firing.already for firing in fired)
    click.echo(f"\n{safe(watch.name)}: {f'would have fired {new} times' if new != 1 else 'would have fired once'}")
    for firing in fired:
        proof = f"event {firing.event[:12]}" if firing.event else f"evidence {firing.evidence[0].sha256[:12]}"
        mark = "  (already so)" if firing.already else ""
        click.echo(f"  {when(firing.until)}  {safe(firing.headline)}  [{proof}]{mark}")
