"""`tracker replay`."""

from __future__ import annotations

import click

from tracker.cli.import_ import summary
from tracker.errors import DeclarationError
from tracker.line import sync
from tracker.model import BoardId
from tracker.workspace import Settings
from tracker.workspace.declared import declared
from tracker.workspace.names import lexicon_of
from tracker.workspace.opening import opened


@click.command("replay")
@click.argument("boards", nargs=-1)
@click.pass_obj
def command(settings: Settings, boards: tuple[str, ...]) -> None:
    """Rebuild the history from the archive and the declarations.

    Each board is written anew in one transaction; event ids are the same as before where nothing
    changed, and events that no longer follow are kept as withdrawn. A board that the schedules do not
    declare is read as it was last declared. A board whose newest capture was not accepted is rebuilt like any other.
    """
    if not settings.captures.is_dir():
        settings.require_store()
    with opened(settings) as (archive, store):
        known = declared(settings)
        held = archive.boards()
        lost = [name for name in boards or store.boards() if name not in held]
        if lost:
            raise DeclarationError(
                f"{', '.join(lost)}: no captures in {settings.captures}; a replay would leave nothing of the history"
            )
        lexicon = lexicon_of(settings)
        for name in boards or held:
            board = known.boards.get(BoardId(name)) or store.declared(BoardId(name)) or known.board(BoardId(name))
            summary(sync.replay(board, archive, store, lexicon))
            if withdrawn := store.withdrawn(board.id):
                click.echo(f"{board.id}: {len(withdrawn)} events of earlier replays no longer follow (kept as withdrawn)")
