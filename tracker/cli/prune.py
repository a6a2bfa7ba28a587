"""`tracker prune`."""

from __future__ import annotations

import click

from tracker.cli._open import report_errors, user
from tracker.clock import SystemClock
from tracker.wording import count
from tracker.workspace import Settings
from tracker.workspace.ids import known
from tracker.workspace.names import names_of
from tracker.workspace.opening import board_of, opened


@click.command("prune")
@click.argument("boards", nargs=-1)
@click.option("--keep", type=click.Choice(["monthly"]), required=True, help="What to keep besides what is needed.")
@click.option("--dry-run", is_flag=True, help="Only show what would be deleted.")
@click.pass_obj
def command(settings: Settings, boards: tuple[str, ...], *, keep: str, dry_run: bool) -> int:  # noqa: ARG001  # one choice so far
    """Delete bodies of captures that nothing needs any more.

    All boards, or those named. Kept are the evidence of news, readings that were not accepted, the last reading of each month,
    those of the last 31 days, and whatever the news follow from. The index and its chain stay whole, and the database keeps what
    it read; a later replay has the states that are left. Exit code 3 if a board's archive is damaged; nothing of it is deleted.
    """
    from tracker.line import sync  # noqa: PLC0415  # loads the pipeline
    from tracker.line.isolation import of_one  # noqa: PLC0415  # as above
    from tracker.line.prune import prune  # noqa: PLC0415  # as above

    settings.require_store()
    freed, code, now = 0, 0, SystemClock().now()
    with opened(settings) as (archive, store):
        lexicon = names_of(settings).lexicon
        for name in [known(settings, store, board) for board in boards] or store.boards():
            board = board_of(settings, store, name)
            try:
                pruned = prune(board, archive, store, lexicon, now, by=user(), is_trial=dry_run)
                if not dry_run:
                    sync.sync_board(board, archive, store, lexicon, now=now)
            except Exception as error:  # noqa: BLE001  # damage of one board, or a defect, does not stop the others
                code = max(code, report_errors([of_one(name, error)]))
                continue
            freed += pruned.bytes
            click.echo(f"{name}: {pruned.bodies:,} of {count(pruned.of, 'body', 'bodies')}, {_size(pruned.bytes)}")
    click.echo(f"{'would free' if dry_run else 'freed'} {_size(freed)}")
    return code


def _size(size: int) -> str:
    return f"{size / 1e6:,.1f} MB" if size >= 1e6 else f"{size / 1e3:,.1f} kB"
