"""`tracker replay`."""

from __future__ import annotations

import click

from tracker import pipeline
from tracker.cli._declared import chosen, declared
from tracker.cli._open import opened
from tracker.cli.import_ import summary
from tracker.errors import DeclarationError
from tracker.settings import Settings


@click.command("replay")
@click.argument("boards", nargs=-1)
@click.pass_obj
def command(settings: Settings, boards: tuple[str, ...]) -> None:
    """Rebuild the history from the archive and the schedules.

    Each board is written anew in one transaction; event ids are the same as before where nothing
    changed, and events that no longer follow are kept as withdrawn.
    """
    with opened(settings) as (archive, store):
        known = declared(settings)
        kept = [board for board in archive.boards() if not boards or board in boards]
        undeclared = [board for board in kept if board not in known.boards]
        if undeclared:
            raise DeclarationError(
                f"{', '.join(undeclared)}: captures without a declaration in {settings.schedules}; expected one TOML each"
            )
        for board in chosen(settings, list(boards or kept)):
            summary(pipeline.replay(board, archive, store))
            if withdrawn := store.withdrawn(board.id):
                click.echo(f"{board.id}: {len(withdrawn)} events of earlier replays no longer follow (kept as withdrawn)")
