"""Since when one model is above another, in a cell of a table."""

from __future__ import annotations

from tracker.cli._open import zone
from tracker.query.compared import period_of
from tracker.query.since import HowAbove, Interval


def above_since(since: Interval | None) -> str:
    """`passed 2026-04-18`, `entered above between 2026-04-22 and 2026-04-24`."""
    words = {HowAbove.START: "already when comparable data begins,", HowAbove.PASSING: "passed", HowAbove.ENTRY: "entered above"}
    if since is None:
        return ""
    period = period_of(since, zone()).removeprefix("between ").replace(" and ", " … ")
    return f"{words.get(since.how, 'the other entered below')} {period}"
