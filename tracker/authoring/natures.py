"""The nature of a figure, which is how its values behave from day to day: by the words of its header, and by its cells."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from itertools import takewhile

from tracker.authoring.columns import Cells
from tracker.authoring.proposal import Guess
from tracker.authoring.sheet import RawSheet
from tracker.authoring.words import CHANGE, COUNT, ENERGY, FITTED, HIGHER, LIVE, LOWER, PRICE, set_of
from tracker.model import Nature
from tracker.reading.units import is_time

LEAST_ELO = 100
"""A rating whose values are all smaller is an average of stars or marks, not fitted to games."""
MOST_MARKS = 10
"""Whole numbers up to this one may be marks, such as five stars."""
MANY_TOKENS = 10_000_000
"""Numbers of tokens from here on are usage, which differs from day to day."""
MANY = 1_000
"""Whole numbers from here on may be counted, whatever their header says; smaller ones are likelier a score."""

_SAMPLE = set_of("votes vote reviews wins won")
"""Counts that are the sample behind a score, if the table has one."""
POINTS = _SAMPLE | set_of("""
    stars stargazers downloads likes hearts pulls installs forks subscribers followers members users players viewers contributors
    visitors listeners views visits plays streams upvotes points pts titles medals gold silver bronze trophies goals assists runs
    commits citations reputation sales attendance population revenue turnover grossing worth gdp cap
    """)
"""What is counted or summed up, so that two values are in order without any error."""
_UNITS: Mapping[str, str] = {
    "stargazers": "stars",
    "pts": "points",
    "vote": "votes",
    "won": "wins",
    "population": "people",
    **dict.fromkeys(("gold", "silver", "bronze"), "medals"),
    **dict.fromkeys(("reputation", "attendance", "revenue", "turnover", "grossing", "worth", "gdp", "cap"), ""),
}
"""The unit of points, if it is not the word itself."""
_LARGE = {"k": "thousand ", "thousands": "thousand ", "m": "million ", "millions": "million ", "b": "billion ", "bn": "billion "}
_TOTALS = set_of("total sum")
_PARTS = set_of("points pts")
_NOT_COUNTED = FITTED | set_of(
    "average avg mean median rate ratio per percent percentage pct % share growth index score rank conceded against time ms"
)
"""With these words beside it, what is counted is not the figure."""
SCORES = FITTED | (HIGHER - POINTS - COUNT - set_of("total overall"))
"""The words of scores, and of ratings."""
_SOLVED = set_of("solved resolved passed correct problems tasks")
"""What is a share of all tasks on some boards, and a number of tasks on others."""
_ANY_SCORE = set_of("score scores")
"""What both benchmarks and games call their figures."""


def nature_of(cells: Cells, sheet: RawSheet) -> Guess[Nature]:
    """The nature of a figure; unsure where its numbers may be counted or scored."""
    words, leaf = {*cells.words}, {*cells.leaf}
    if "better" in leaf:
        return Guess(value=Nature.TESTED, sure=0.7, why="its header says which figures are better")
    if _is_price({*takewhile(lambda word: word != "per", cells.words)} or words) and not cells.is_rate:
        return Guess(value=Nature.LISTED, sure=0.8, why="a price")
    is_usage = "tokens" in words and max(cells.values, default=0.0) >= MANY_TOKENS
    if cells.is_rate or is_usage or (words & LIVE and not words & {"score"}):
        return Guess(value=Nature.LIVE, sure=0.8, why="a speed or a time, which differs from day to day")
    if not words & _NOT_COUNTED and "%" not in "".join(cells.known[:50]):
        if leaf & POINTS:
            return _counted(cells, sheet)
        if leaf & _TOTALS and _whole(cells) and any({*other.leaf} & (POINTS - _SAMPLE) for other in sheet.figures):
            return Guess(value=Nature.POINTS, sure=0.8, why="a total of what is counted")
    counts = bool(leaf & COUNT and not leaf & HIGHER - COUNT and not leaf & _NOT_COUNTED) or cells.leaf[-1:] == ("count",)
    if counts and all(value == int(value) for value in cells.values):
        return Guess(value=Nature.COUNT, sure=0.8, why="whole numbers that count")
    stars = words & FITTED <= {"rating"} and max(cells.values, default=0.0) < LEAST_ELO
    is_score = words & {"score", "arena"} and cells.values and min(cells.values) >= 600 and max(cells.values) <= 3200
    if (words & FITTED and not stars) or is_score:
        return Guess(value=Nature.FITTED, sure=0.8, why="a rating on the Elo scale")
    is_large = not words & (SCORES - _ANY_SCORE | LOWER) and max(cells.values, default=0.0) >= MANY and not is_time(cells.unit)
    if _whole(cells) and (is_large or (leaf <= _SOLVED and not cells.part and "%" not in "".join(cells.known))):
        return Guess(value=Nature.TESTED, sure=0.6, why="its whole numbers may be counted, or scored")
    return Guess(value=Nature.TESTED, sure=0.7, why="figures")


def unit_of(cells: Cells) -> str:
    """The unit of points by their header: `stars`, `million views`; "" if it names none."""
    name = next((word for word in (*cells.leaf, *cells.words) if word in POINTS), "")
    unit = _UNITS.get(name, name)
    return unit and next((_LARGE[word] for word in cells.leaf if word in _LARGE), "") + unit


def _counted(cells: Cells, sheet: RawSheet) -> Guess[Nature]:
    leaf, name = {*cells.leaf}, next(word for word in cells.leaf if word in POINTS)
    if leaf & POINTS <= _SAMPLE and any(_is_score(other) for other in sheet.figures if other is not cells):
        return Guess(value=Nature.COUNT, sure=0.8, why="the sample behind a score")
    if not (leaf & _LARGE.keys() or _whole(cells)):
        if leaf & _PARTS:
            return Guess(value=Nature.TESTED, sure=0.7, why="points that are not whole")
        return Guess(value=Nature.TESTED, sure=0.6, why=f"its header says {name!r}, but its numbers are not whole")
    if leaf & _PARTS and not leaf <= _PARTS | _TOTALS | {"league", "match", "championship"} and _has_parts(sheet):
        return Guess(value=Nature.TESTED, sure=0.7, why="points in several tests")
    if name == "stars" and max(cells.values) <= MOST_MARKS:
        return Guess(value=Nature.TESTED, sure=0.6, why="its stars may be counted, or given as marks")
    return Guess(value=Nature.POINTS, sure=0.8, why=f"{name!r} are counted, without any error")


def _has_parts(sheet: RawSheet) -> bool:
    """Whether several columns have points, each of a test of its own, and none has the points themselves."""
    leaves = [{*cells.leaf} for cells in sheet.figures if {*cells.leaf} & _PARTS]
    return len(leaves) > 1 and not any(leaf <= _PARTS | _TOTALS for leaf in leaves)


def _is_score(cells: Cells) -> bool:
    return bool({*cells.words} & SCORES) or not _whole(cells)


def _whole(cells: Cells) -> bool:
    """Whether all values are whole numbers, or halves, which some games give."""
    return bool(cells.values) and all(2 * value == int(2 * value) for value in cells.values)


def _is_price(words: AbstractSet[str]) -> bool:
    """Whether a header with these words is that of a price: `Cost per 1M tokens`, but not `Speed per dollar`, `Revenue ($M)`."""
    return bool(words & PRICE) and not words & (LIVE | {"total", "run"} | CHANGE | POINTS | ENERGY)
