"""What can follow on the command line, for a shell that asks: it waits for the answer, so no declaration is read."""

from __future__ import annotations

import click

from tracker.cli._open import located
from tracker.errors import TrackerError
from tracker.workspace.opening import ids


def boards(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001  # click's signature
    """The ids that begin so, by the names of the files that declare them; broken declarations are among them."""
    given = ctx.find_root().params
    try:
        settings = located(given["store"], given["schedules"])
    except TrackerError:
        return []  # the command itself will say what is wrong
    return sorted(name for name in ids(settings) if name.startswith(incomplete))
