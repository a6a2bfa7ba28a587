"""`tracker settle`."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import datetime

import click

from tracker.cli._open import as_json, complete_boards, report_errors
from tracker.cli._print import print_json, when
from tracker.cli._time import Time, known_at
from tracker.query.settle import Placed
from tracker.wording import machine_time, number, safe
from tracker.workspace import Settings
from tracker.workspace.api import Workspace

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class _Check(Time):
    """A time, or a day, which stays a date without a zone: the rule states the time of the check."""

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        return datetime.fromisoformat(str(value)) if _DAY.fullmatch(str(value)) else super().convert(value, param, ctx)


@click.command("settle")
@click.argument("rule")
@click.argument("board", shell_complete=complete_boards)
@click.option("--at", type=_Check(), required=True, help="Time of the check; of a day, the time that the rule states.")
@known_at
@as_json
@click.pass_obj
def command(settings: Settings, rule: str, board: str, at: datetime, *, as_json: bool) -> int:
    """Show who was first on a board at a time, by a published rule.

    RULE is the name of a file in schedules/rules: arena-score, arena-rank, first, or one of yours. The answer is from the last
    reading before that time, and says if the next one has another winner. Exit code 1 if no state covers the time.
    """
    with Workspace(settings, report_errors) as workspace:
        stated, at, found = workspace.settle(rule, board, at)
        metric = workspace.board(board).metric(found.metric) if found else None
    if as_json:
        about = {"rule": rule, "board": board, "at": machine_time(at), "source": stated.source, "settled": found is not None}
        print_json([about | (asdict(found) | {"at": machine_time(at)} if found else {"reason": "no state covers T"})])
        return 0 if found else 1
    click.echo(safe(f"{stated.title}: {stated.wording} ({stated.source})"))
    if found is None:
        click.echo(safe(f"{board}: no state covers {when(at)}: a reading before it and one after it are needed"))
        return 1

    def shown(placed: Placed) -> str:
        return f"{placed.name} ({placed.lab + ', ' if placed.lab else ''}{number(placed.value, metric)})"

    click.echo(safe(f"First on {board} at {when(at)}: {shown(found.winner)}"))
    if found.runner_up:
        click.echo(safe(f"Second: {shown(found.runner_up)}{f', by {found.tie_break}' if found.tie_break else ''}"))
    click.echo(f"From the reading of {when(found.before)}; the next one is of {when(found.after)}.")
    if not found.certain:
        click.echo(
            safe(f"The next reading has another winner, {shown(found.winner_after)}: which of them the page showed is open.")
        )
    return 0
