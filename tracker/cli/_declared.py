"""The declarations of the workspace, for the commands that need them."""

from __future__ import annotations

import click

from tracker import schedules
from tracker.wording import safe


def tell_troubles(found: schedules.Schedules, *, is_all: bool) -> None:
    """Say on stderr what is wrong with declarations, a line for each. If that `is_all` there is, the last of it is raised."""
    troubles = list(found.troubles.values())
    last = troubles.pop() if troubles and is_all else None
    for error in troubles:
        click.echo(f"tracker: {safe(str(error))}", err=True)
    if last is not None:
        raise last
