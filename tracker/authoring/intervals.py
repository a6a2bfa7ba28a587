"""The columns that state the error of a figure beside them: bounds, half-widths, standard errors. They never rank a board."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from tracker.authoring.columns import Cells
from tracker.authoring.words import (
    AROUND,
    BOUND_HIGH,
    BOUND_LOW,
    COUNT,
    DEVIATION,
    EFFORT,
    FITTED,
    HALF,
    HIGHER,
    LOWER,
    RANK,
    STANDARD_ERROR,
    words_of,
)

BOUNDED = frozenset(("rating", "score", "rank", "elo"))
"""Beside these words, `lower` and `upper` are bounds even if no figure lies between them."""
FACTORS: Mapping[str, float] = {"90": 1.19, "99": 0.76}
"""Level of a published interval → the factor that converts its half-width to one of 95 %."""
SIGNS = {"+": "above", "-": "below", "−": "below", "–": "below"}
"""The headers of the distances to the ends of an interval, each in a column of its own, and their roles."""
RATED = FITTED | BOUNDED
"""Words of figures that have such distances; beside others, `+` and `-` may be wins and losses."""
LEAST_PREFIX = 3
MOST = 0.8
"""Share of the rows (0–1) in which both distances are nearly the same."""
_SIDES = BOUND_LOW | BOUND_HIGH | HALF | STANDARD_ERROR | DEVIATION | AROUND


@dataclass(frozen=True, slots=True, kw_only=True)
class Intervals:
    """The interval of each figure as the keys of its declaration, by label, and the errors without a figure, by label.

    `sides` are the labels of all columns that are errors, `unclear` the reasons why some of them are not declared.
    """

    keys: Mapping[str, Mapping[str, object]]
    sides: frozenset[str]
    unclear: Mapping[str, str]


def intervals_of(columns: Sequence[Cells]) -> Intervals:
    """Find the columns that state errors, and the figure of each."""
    kinds = {cells.label: _kind(cells, columns) for cells in columns}
    figures = [cells for cells in columns if cells.numeric >= 0.5 and not kinds[cells.label]]
    keys: dict[str, Mapping[str, object]] = {cells.label: _factor(cells.header) for cells in figures if cells.has_intervals}
    owned: dict[str, dict[str, Cells]] = {}
    places = {cells.label: place for place, cells in enumerate(columns)}
    for cells in columns:
        owner = _owner(cells, figures, places) if kinds[cells.label] else None
        if owner is not None and owner.label not in keys:
            owned.setdefault(owner.label, {}).setdefault(kinds[cells.label], cells)
    used: set[str] = set()
    for cells in figures:
        found = owned.get(cells.label, {})
        low, high = found.get("low"), found.get("high")
        below, above = found.get("below"), found.get("above")
        half = next((found[kind] for kind in ("plus_minus", "standard_error") if kind in found), None)
        if low is not None and high is not None and _between(low, cells, high):
            keys[cells.label] = {"low": _declared(low), "high": _declared(high)}
            used |= {low.label, high.label}
        elif below is not None and above is not None and _are_distances(below, cells, above):
            keys[cells.label] = {
                name: {"from": side.header, "kind": "distance"} for name, side in (("low", below), ("high", above))
            }
            used |= {below.label, above.label}
        elif half is not None and _fits(half, cells):
            kind = kinds[half.label]
            keys[cells.label] = {kind: half.header, **(_factor(half.header) if kind == "plus_minus" else {})}
            used.add(half.label)
    certain = {cells.label for cells in columns if kinds[cells.label] and _is_certain(cells, kinds[cells.label])}
    named = {side.label for label, found in owned.items() for side in found.values() if keys.get(label)}
    unclear = {label: _why(kinds[label]) for label in certain - used - named}
    return Intervals(keys=keys, sides=frozenset(used | certain), unclear=unclear)


def _declared(cells: Cells) -> object:
    return {"from": cells.header, "part": cells.part} if cells.part else cells.header


def _factor(header: str) -> dict[str, object]:
    """What makes a half-width one of 95 %. A deviation is at least as large as a standard error, and counts as one."""
    words = {*words_of(header)}
    if words & (STANDARD_ERROR | DEVIATION) and not words & HALF - {"±"}:
        return {"half_width_factor": 1.96}
    level = next((level for level in FACTORS if level in words), "")
    return {"half_width_factor": FACTORS[level]} if level else {}


def _kind(cells: Cells, columns: Sequence[Cells]) -> str:
    """The role that a header gives a column: low, high, below, above, plus_minus, standard_error, deviation, or ""."""
    leaf = {*cells.leaf}
    if sign := SIGNS.get(cells.title.rpartition(" ")[2]):
        return sign
    if cells.has_intervals or "better" in leaf:
        return ""
    if cells.remark and any(other is not cells and other.title == cells.title for other in columns):
        return "standard_error" if _factor(cells.remark) else "plus_minus"  # `Score (95% CI)` beside `Score`
    if leaf & BOUND_LOW or leaf & BOUND_HIGH:
        return "low" if leaf & BOUND_LOW else "high"
    if leaf & (STANDARD_ERROR - {"err"}) or (leaf & {"std", "standard"} and leaf & {"err", "error"}):
        return "standard_error"
    of_another = "standard" in leaf and any({*other.leaf} == leaf - {"standard"} for other in columns if other is not cells)
    if leaf & DEVIATION or of_another:
        return "deviation"
    return "plus_minus" if leaf & HALF else ""


def _is_certain(cells: Cells, kind: str) -> bool:
    """Whether the header alone makes it an error; a column called `low` or `max` may be a figure of its own."""
    words = {*cells.leaf}
    bound = kind in ("low", "high")
    return not bound or bool(cells.role or words & (HALF | BOUNDED | {"bound", "025", "975", "2.5", "97.5", "lcb", "ucb"}))


def _why(kind: str) -> str:
    if kind == "deviation":
        return "a deviation shows how results spread, which is not the error of a value"
    if kind in SIGNS.values():
        return "one end of an interval, or what is won and lost: it is not certain of which figure"
    return "an error or a bound of a figure, but it is not certain of which"


def _owner(cells: Cells, figures: Sequence[Cells], places: Mapping[str, int]) -> Cells | None:
    """The figure that an error belongs to: the one that its header names, otherwise the score before it, or the only one."""
    rest = {*cells.words} - _SIDES
    scores = [figure for figure in figures if not {*figure.words} & (COUNT | EFFORT)]
    named = [figure for figure in figures if all(_is_in(word, figure.words) for word in rest)]
    likely = named if rest and named else scores if not rest or (len(scores) == 1 and not rest & RANK) else []

    def distance(figure: Cells) -> tuple[int, bool, bool, int]:
        steps = places[cells.label] - places[figure.label]
        return len({*figure.words} - rest) if rest else 0, (HIGHER | LOWER - RANK).isdisjoint(figure.words), steps < 0, abs(steps)

    return min(likely, key=distance, default=None)


def _is_in(word: str, words: Sequence[str]) -> bool:
    """Whether a word, or an abbreviation of it, is among the words: `acc` in `accuracy`."""
    return any(
        word == other or (min(len(word), len(other)) >= LEAST_PREFIX and (word.startswith(other) or other.startswith(word)))
        for other in words
    )


def _between(low: Cells, cells: Cells, high: Cells) -> bool:
    """Whether each value lies between its bounds, and where the headers may mean extremes, whether most bounds are near."""
    numbers = zip(low.numbers, cells.numbers, high.numbers, strict=True)
    rows = [(a, b, c) for a, b, c in numbers if a is not None and b is not None and c is not None]
    if not any(a < c for a, _, c in rows) or not all(a <= b <= c for a, b, c in rows):
        return False
    spread = max(b for _, b, _ in rows) - min(b for _, b, _ in rows)
    return _is_certain(low, "low") or median(c - a for a, _, c in rows) <= spread


def _are_distances(below: Cells, cells: Cells, above: Cells) -> bool:
    """Whether two columns are the distances of a rating to its bounds: of a credible size, and nearly the same in most rows."""
    pairs = [(abs(a), abs(b)) for a, b in zip(below.numbers, above.numbers, strict=True) if a is not None and b is not None]
    if not (RATED & {*cells.leaf} and pairs) or max(map(max, pairs)) > max(cells.values) - min(cells.values):
        return False
    return sum(max(pair) <= 2 * min(pair) + 1 for pair in pairs) >= MOST * len(pairs)


def _fits(half: Cells, cells: Cells) -> bool:
    """Whether half-widths are numbers of a credible size."""
    if not half.known or not cells.values or any(not cell.lstrip("(±+-− ")[:1].isdigit() for cell in half.known[:20]):
        return False
    spread = max(cells.values) - min(cells.values)
    return not half.values or (min(half.values) >= 0 and max(half.values) <= max(spread, 1.0))
