"""What the pages ask of the daemon."""

from __future__ import annotations

from dataclasses import dataclass

STUCK_AFTER_S = 900.0
"""A main loop that has not turned for this long is stuck: rewriting a history of years takes only minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """The daemon at the moment of a request.

    `idle_s` is the time since the last turn of its main loop (or since the start), by a clock that nobody can set. `boards` is
    how many are declared. `troubles` is whatever else stops its work (the store does not open), one line each.
    """

    idle_s: float
    boards: int
    troubles: tuple[str, ...] = ()
