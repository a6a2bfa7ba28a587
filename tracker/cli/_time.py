"""Times as options, and the time of the record that a command answers from."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import click

from tracker.cli._open import zone
from tracker.query.times import EXPECTED, Edge, time_of
from tracker.workspace import Settings


class Time(click.ParamType[datetime]):
    """A time as people type it (`query.times`), in the workspace's zone; of a period that edge."""

    name = "time"

    def __init__(self, edge: Edge = Edge.BEGIN) -> None:
        self.edge = edge

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            return time_of(str(value), datetime.now(zone(ctx)), self.edge)
        except (ValueError, OverflowError):
            self.fail(f"{str(value)!r} is not a time; expected {EXPECTED}", param, ctx)


AT, UNTIL = Time(Edge.LAST), Time(Edge.END)
"""As of a time, or before it: of a day, week or month its end."""


def _as_known(ctx: click.Context, param: click.Parameter, value: datetime | None) -> None:  # noqa: ARG001  # click's signature
    """Let the command answer from the record of that time."""
    settings = ctx.find_object(Settings)
    if value is not None and settings is not None:
        ctx.obj = replace(settings, known_at=value)


known_at = click.option(
    "--known-at",
    type=AT,
    expose_value=False,
    callback=_as_known,
    help="As the record was at that time (of a day its end), with the names, rules and declarations of then.",
)
"""Answers what the record said then, in a command that opens its workspace with the settings of its context."""
