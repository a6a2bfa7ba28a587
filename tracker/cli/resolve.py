"""`tracker resolve`."""

from __future__ import annotations

from dataclasses import asdict

import click

from tracker.cli._open import as_json, report_errors
from tracker.cli._print import print_json
from tracker.cli._time import known_at
from tracker.wording import safe
from tracker.workspace import Settings
from tracker.workspace.api import Workspace
from tracker.workspace.names import names_of
from tracker.workspace.opening import history_if_any
from tracker.workspace.resolution import resolved


@click.command("resolve")
@click.argument("name")
@click.option("--org", help="The lab that a board states with the name.")
@click.option("--source", help="The board that lists the name, or its source.")
@known_at
@as_json
@click.pass_obj
def command(settings: Settings, name: str, org: str | None, source: str | None, *, as_json: bool) -> None:
    """Show which model a name stands for, and why.

    Nearest models are those of the store that look alike: a suggestion, never a match.
    """
    if settings.known_at is not None:
        with Workspace(settings, report_errors) as workspace:
            found = workspace.resolution(name, org=org, source=source)
    else:
        known = names_of(settings)
        report_errors(known.errors)
        with history_if_any(settings) as store:
            found = resolved(name, org, source, settings=settings, store=store, lexicon=known.lexicon)
    identity = asdict(found.identity)
    if as_json:
        print_json([{**identity, "listed": found.listed, "nearest": found.nearest}])
        return
    for key, value in identity.items():
        if value not in ("", None, False):
            click.echo(f"{key + ':':17} {safe(str(value))}")
    for title, names in (("listed as:", found.listed), ("nearest:", found.nearest)):
        for number, listed in enumerate(names):
            click.echo(f"{'' if number else title:17} {safe(listed)}")
