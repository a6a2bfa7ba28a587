"""`tracker board`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import click

from tracker.cli import _cases
from tracker.cli._declared import declared
from tracker.cli._open import as_json, board_of, opened, print_json, print_table, stamp, user
from tracker.cli._text import safe
from tracker.clock import SystemClock
from tracker.errors import DeclarationError
from tracker.model import Board, BoardId, Pause
from tracker.settings import Settings


LATER: Mapping[str, tuple[str, str]] = {
    "new": ("new", "Declare a board from its page: find the table, say what its columns mean, write the declaration and its test."),
    "heal": ("heal", "Find what replaced the columns that a page no longer has, and show the change to the declaration."),
}
"""Commands that are loaded only when they are called → (module in this package, what it does)."""


class _WithLater(click.Group):
    """A group of which some commands are known by name and short help alone."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted((*super().list_commands(ctx), *LATER))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in LATER:
            return super().get_command(ctx, cmd_name)
        later: click.Command = import_module(f"tracker.cli.{LATER[cmd_name][0]}").command
        return later

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        here = {name: one.get_short_help_str(formatter.width) for name, one in self.commands.items()}
        rows = {**here, **{name: text for name, (_, text) in LATER.items()}}
        with formatter.section("Commands"):
            formatter.write_dl([(name, rows[name]) for name in self.list_commands(ctx)])


@click.group("board", cls=_WithLater)
def command() -> None:
    """Show one board, test its declaration, pause or resume it."""


@command.command("show")
@click.argument("board")
@as_json
@click.pass_obj
def show(settings: Settings, board: str, *, as_json: bool) -> None:
    """Print a board's declaration: where it is read, its metrics, and the head of its last reading."""
    with opened(settings) as (_, store):
        one = board_of(settings, store, board)
        latest = store.latest(one.id)
    if as_json:
        print_json([_described(one)])
        return
    click.echo(
        f"{one.title}\n  page: {one.page}\n  read: {one.request.method} {one.request.url} as {one.parse.format}, {one.cadence} {one.time_zone}"
    )
    click.echo(f"  terms: {one.terms}\n  attribution: {one.attribution}\n  enabled: {'yes' if one.enabled else 'no'}")
    print_table(
        ("metric", "title", "unit", "better", "nature", "topic", ""),
        (
            (m.id, m.title, m.unit, _better(m.higher_is_better), m.nature, m.topic, "primary" if m.primary else "")
            for m in one.metrics
        ),
    )
    if latest is not None:
        click.echo(f"last accepted {stamp(latest.observed_at)}: {len(latest.entries)} entries (tracker standings {one.id})")


@command.command("pause")
@click.argument("board")
@click.option("--reason", required=True, help="Why; shown wherever the board's health is.")
@click.option("--by", default=None, help="Who decided; your user name by default.")
@click.pass_obj
def pause(settings: Settings, board: str, reason: str, by: str | None) -> None:
    """Do not fetch a board until it is resumed; a running daemon takes notice."""
    with opened(settings) as (_, store):
        one = declared(settings).board(board)
        paused = Pause(board=one.id, since=SystemClock().now(), by=safe(by or user()), reason=safe(reason))
        store.ledger.pause(paused)
    click.echo(f"{one.id}: paused (tracker board resume {one.id})")


@command.command("resume")
@click.argument("board")
@click.pass_obj
def resume(settings: Settings, board: str) -> None:
    """Fetch a paused board again, from its next time on."""
    with opened(settings) as (_, store):
        known = {str(one) for one in store.ledger.pauses()}
        if not store.ledger.resume(BoardId(board)):
            paused = ", ".join(sorted(known)) or "none"
            raise DeclarationError(f'board "{safe(board)}" is not paused; paused: {paused}')
    click.echo(f"{board}: resumed")


def _described(board: Board) -> dict[str, object]:
    return {
        "board": board.id,
        "title": board.title,
        "page": board.page,
        "url": board.request.url,
        "format": board.parse.format,
        "cadence": board.cadence,
        "time_zone": board.time_zone,
        "attribution": board.attribution,
        "terms": board.terms,
        "enabled": board.enabled,
        "metrics": [
            {
                "id": m.id,
                "title": m.title,
                "unit": m.unit,
                "higher_is_better": m.higher_is_better,
                "nature": m.nature,
                "topic": m.topic,
                "primary": m.primary,
            }
            for m in board.metrics
        ],
    }


def _better(higher: bool | None) -> str:
    return "" if higher is None else "higher" if higher else "lower"


@command.command("test")
@click.argument("boards", nargs=-1)
@click.option("--cases", type=click.Path(file_okay=False, path_type=Path), default=Path("tests/boards"), show_default=True, help="Folder of test folders.")  # fmt: skip
@click.option("--save", is_flag=True, help="Write what is read as the expectation; read it like code before you commit it.")
@as_json
@click.pass_obj
def test(settings: Settings, boards: tuple[str, ...], cases: Path, *, save: bool, as_json: bool) -> None:
    """Read the pages kept in a board's test folder and compare with what is expected there.

    <cases>/<source>/<board>/page.* must give expected.json; every page in hostile/ must be refused with
    the error class its name ends in.
    """
    known = declared(settings)
    names = boards or tuple(board for board in known.boards if (cases / board).is_dir())
    results = [_cases.try_folder(known.board(name), cases / name, save=save) for name in names]
    if as_json:
        print_json({"board": one.board, "ok": one.ok, "cases": one.cases, "problems": list(one.problems)} for one in results)
    else:
        for one in results:
            click.echo(f"{one.board}: {'ok' if one.ok else 'FAILED'}, {one.cases} pages")
            for problem in one.problems:
                click.echo(f"    {safe(problem)}")
    sys.exit(0 if all(one.ok for one in results) else 1)
