"""`tracker capture`."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

import click

from tracker.cli._decision import decision
from tracker.cli._filters import filters
from tracker.cli._group import LazyGroup
from tracker.cli._open import as_json, report_errors
from tracker.cli._print import print_json, print_table
from tracker.cli._time import known_at
from tracker.model import Verdict
from tracker.query.filters import Filters, is_within
from tracker.query.times import check_times
from tracker.wording import machine_time
from tracker.workspace import Settings
from tracker.workspace.api import Workspace

LATER: Mapping[str, tuple[str, str]] = {
    "show": ("capture_show", "Show the table of a stored capture as it is read, or its bytes."),
    "open": ("capture_open", "Write the bytes of a capture to a temporary file, and open it as text."),
    "diff": ("capture_diff", "Compare two stored captures: the cells that differ, side by side, then the text."),
}
"""Command → (module in this package, short help)."""


@click.group("capture", cls=LazyGroup, later=LATER)
def command() -> None:
    """List, show or compare a board's captures, or strike one that does not count.

    A capture with a wrong date, say, is struck with a reason; the archive keeps it, and it can be restored.
    """


@command.command("list")
@click.argument("board")
@click.option("--last", default=20, help="At most this number of fetches and decisions; 20 by default.")
@filters("since", "until")
@known_at
@as_json
@click.pass_obj
def list_(settings: Settings, board: str, last: int, only: Filters, *, as_json: bool) -> None:
    """List the last fetches and decisions of a board in the order of the archive, newest first."""
    check_times(since=only.since, until=only.until)
    with Workspace(settings, report_errors) as workspace:
        captures = reversed(workspace.captures(board))
    within = (row for row in captures if is_within(row.observed_at, only))
    rows = [(machine_time(row.observed_at), str(row.verdict), row.state, row.by, row.reason) for row in islice(within, last)]
    if as_json:
        print_json(dict(zip(("observed_at", "verdict", "state", "by", "reason"), row, strict=True)) for row in rows)
    else:
        print_table(("at", "verdict", "in history", "by", "reason"), rows)


command.add_command(decision(Verdict.STRIKE, "Strike a capture: history becomes what it would be without it."))
command.add_command(decision(Verdict.RESTORE, "Restore a capture that was struck: it counts again."))
