"""Pauses in the readings of a board."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median_low

from tracker.model import Gap

_TIMES_THE_USUAL_PAUSE = 3
_LEAST_GAP = timedelta(days=3)


def gaps(seen: Sequence[datetime], since: datetime) -> tuple[Gap, ...]:
    """Pauses that end within the window and are much longer than the board's (lower) median."""
    if len(seen) < 2:
        return ()
    limit = _TIMES_THE_USUAL_PAUSE * median_low([later - earlier for earlier, later in pairwise(seen)])
    return tuple(
        Gap(after=earlier, until=later)
        for earlier, later in pairwise(seen)
        if later >= since and later - earlier > limit and later - earlier >= _LEAST_GAP
    )
