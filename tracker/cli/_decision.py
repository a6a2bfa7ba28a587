"""Commands that note a decision about a capture."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import click

from tracker.cli._open import report_errors, user
from tracker.cli._outcome import report_refusal, summary
from tracker.cli._time import Time
from tracker.clock import SystemClock
from tracker.line import proof
from tracker.model import BoardId, Verdict
from tracker.ports import Store
from tracker.wording import safe
from tracker.workspace import Settings
from tracker.workspace.names import names_of
from tracker.workspace.opening import board_of, opened
from tracker.workspace.rules import telling_of


def decision(verdict: Verdict, text: str, find: Callable[[Store, BoardId], datetime] | None = None) -> click.Command:
    """A command that notes a decision about a board's capture, by default the one that `find` finds, if it is given."""

    @click.command(verdict.value, help=text)
    @click.argument("board")
    @click.argument("at", type=Time(), required=find is None)
    @click.option("--reason", default="", help="Why; kept in the archive with the decision.")
    @click.option("--by", default=None, help="Who decided; your user name by default.")
    @click.pass_obj
    def decide(settings: Settings, board: str, at: datetime | None, reason: str, by: str | None) -> int:
        settings.require_store()
        names, now = names_of(settings), SystemClock().now()
        report_errors(names.errors)
        with opened(settings) as (archive, store):
            declared = board_of(settings, store, board)
            telling, errors = telling_of(settings, names.lexicon, store, now)
            outcome = proof.decide(
                declared,
                find(store, declared.id) if at is None and find is not None else at or now,
                verdict,
                by=safe(by or user()),
                reason=safe(reason),
                archive=archive,
                store=store,
                lexicon=names.lexicon,
                telling=telling,
                now=now,
            )
            report_refusal(outcome, store, now)
        summary(outcome)
        return report_errors(errors)

    return decide
