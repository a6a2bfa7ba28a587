"""The nature of a figure, which is how its values behave from day to day."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from tracker.authoring.columns import Cells
from tracker.authoring.proposal import Guess
from tracker.authoring.words import CHANGE, COUNT, FITTED, HIGHER, LIVE, PER_SECOND, PRICE, TOKENS
from tracker.model import Nature

LEAST_ELO = 100
"""A rating whose values are all smaller is an average of stars or marks, not fitted to games."""


def nature_of(cells: Cells) -> Guess[Nature]:
    """The nature of a figure, by the words of its header and its values."""
    words, text = {*cells.words}, " ".join(cells.words)
    is_rate = any(phrase in text for phrase in PER_SECOND)
    if _is_price(words) and not is_rate:
        return Guess(value=Nature.LISTED, sure=0.8, why="a price")
    if is_rate or (words & LIVE and not words & {"score"}):
        return Guess(value=Nature.LIVE, sure=0.8, why="a speed or a time, which differs from day to day")
    if {*cells.leaf} & COUNT and not {*cells.leaf} & HIGHER - COUNT and all(value == int(value) for value in cells.values):
        return Guess(value=Nature.COUNT, sure=0.8, why="whole numbers that count")
    stars = words & FITTED <= {"rating"} and max(cells.values, default=0.0) < LEAST_ELO
    is_score = words & {"score", "arena"} and cells.values and min(cells.values) >= 600 and max(cells.values) <= 3200
    if (words & FITTED and not stars) or is_score:
        return Guess(value=Nature.FITTED, sure=0.8, why="a rating on the Elo scale")
    return Guess(value=Nature.TESTED, sure=0.7, why="figures")


def _is_price(words: AbstractSet[str]) -> bool:
    """Whether a header with these words is that of a price: `Cost per 1M tokens`, but not `Speed per dollar`."""
    return bool(words & PRICE) and not words & (LIVE - TOKENS | {"total", "run"} | CHANGE)
