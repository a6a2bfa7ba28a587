"""The metrics of a candidate: the nature, unit, direction and interval of each, and the one that ranks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product

from tracker.authoring.candidates import is_share
from tracker.authoring.columns import Cells
from tracker.authoring.natures import LEAST_ELO, nature_of, unit_of
from tracker.authoring.proposal import SURE, Answers, Guess, MetricGuess, stated
from tracker.authoring.sheet import RawSheet, stated_direction
from tracker.authoring.words import (
    ASIDE,
    AVERAGE,
    BOUND_HIGH,
    BOUND_LOW,
    ERROR,
    FITTED,
    HALF,
    HIGHER,
    LIMIT,
    LOWER,
    OVERALL,
    PRICE,
    TOKENS,
    TOPICS,
    words_of,
)
from tracker.model import Nature

MAX_METRICS = 40
MANY_TOKENS = 10_000_000
ENOUGH = 8
"""Rows from which an order cannot be chance."""
POSITION = "position"
MATRIX = 3
"""Minimum number of columns between 0 and 100 to take them for benchmark scores."""

TOTALS = frozenset(("points", "pts"))
"""Points that sum up what the other columns count: wins, draws, medals."""

_PER_MILLION = re.compile(r"(?:\$|usd|per|1) (?:m|million)\b")
_PER_THOUSAND = re.compile(r"(?:\$|usd|per|1) k tok")
_BAD_ID = re.compile(r"[^a-z0-9]+")


def metrics_of(sheet: RawSheet, taken: set[str]) -> Iterator[MetricGuess]:
    """The figures, except those taken as key or name, and the bounds and errors of other figures."""
    bounds = {cells.header: _bounds_of(cells, sheet) for cells in sheet.figures}
    sides = {column for columns in bounds.values() for column in columns.values()}
    used: set[str] = set()
    if sheet.rank is not None and (sheet.rank.header == sheet.stated_metric or not sheet.figures):
        yield _position(sheet.rank)
        used.add(POSITION)
    for cells in sheet.figures:
        if cells.header in taken or (cells.header != sheet.stated_metric and (cells.header in sides or _is_side(cells))):
            continue
        if len(used) == MAX_METRICS:
            return
        metric = _metric(cells, sheet, used, bounds[cells.header])
        used.add(metric.id)
        yield metric


def answered(metric: MetricGuess, sheet: RawSheet, answers: Answers) -> MetricGuess:
    """The metric that ranks the board, with the nature and the direction that the user stated. A count that ranks is points."""
    counts = metric.nature.value is Nature.COUNT
    ranks = Guess(value=Nature.POINTS, sure=metric.nature.sure, why="a count that ranks the board") if counts else metric.nature
    nature = stated(answers.nature) if answers.nature is not None else ranks
    if nature is not metric.nature:
        unit, scale = _unit(sheet.columns[metric.column], nature.value)
        metric = replace(metric, nature=nature, unit=unit, scale=scale)
    if metric.nature.value is Nature.POINTS:
        metric = replace(metric, low="", high="", plus_minus="")
    if answers.higher_is_better is not None:
        metric = replace(metric, higher_is_better=stated(answers.higher_is_better))
    return metric


def _metric(cells: Cells, sheet: RawSheet, used: set[str], bounds: Mapping[str, str]) -> MetricGuess:
    nature = Guess(value=Nature.LISTED, sure=0.8, why="a price") if cells.header in sheet.prices else nature_of(cells, sheet)
    if nature.value is Nature.POINTS and bounds:
        nature = Guess(value=Nature.TESTED, sure=0.6, why="its header says that it is counted, but it has an error")
    unit, scale = _unit(cells, nature.value)
    return MetricGuess(
        id=_id(cells.header, used),
        column=cells.header,
        title=cells.header.rpartition(".")[2] or cells.header,
        nature=nature,
        unit=unit,
        topic=_topic(cells, nature.value),
        higher_is_better=_direction(cells, sheet, nature.value),
        scale=scale,
        **bounds,
    )


def _position(rank: Cells) -> MetricGuess:
    """The rank itself, if nothing else ranks."""
    return MetricGuess(
        id=POSITION,
        column=rank.header,
        title="Position",
        nature=Guess(value=Nature.POINTS, sure=0.9, why="a place"),
        unit=Guess(value="", sure=0.9, why="a place has none"),
        topic=Guess(value="", sure=0.5, why="nothing states it"),
        higher_is_better=Guess(value=False, sure=0.9, why="the first place is the best"),
    )


def _id(header: str, used: set[str]) -> str:
    """A short id from the header's words, different from those in use."""
    leaf = [word for word in words_of(re.split(r"[.:@]", header)[-1]) if word.isascii() and word.isalnum()]
    full = [word for word in words_of(header) if word.isascii() and word.isalnum()]
    for words in (leaf, full):
        name = _BAD_ID.sub("_", "_".join(words)).strip("_")[:60]
        name = name if name[:1].isalpha() else f"m_{name}".rstrip("_")
        if words and name not in used:
            return name
    return next(f"{name}_{number}" for number in range(2, 10_000) if f"{name}_{number}" not in used)


def _price_unit(cells: Cells) -> tuple[str, str]:
    """The unit of a price, and the scale that converts the published value: most are per token, or per 1K or 1M of them."""
    text = " ".join(cells.words)
    if cells.values and max(cells.values) < 0.01:
        return "USD per 1M tokens", "1000000"
    if _PER_THOUSAND.search(text):
        return "USD per 1M tokens", "1000"
    return ("USD per 1M tokens" if {*cells.words} & TOKENS or _PER_MILLION.search(text) else "USD"), "1"


def _unit(cells: Cells, nature: Nature) -> tuple[Guess[str], str]:
    words = {*cells.words}
    signs = "".join(cells.known[:50])
    if (nature is Nature.LISTED and words & PRICE) or "$" in signs or words & {"$", "usd"}:
        unit, scale = _price_unit(cells)
        return Guess(value=unit, sure=0.7, why="a price"), scale
    if "%" in signs or "%" in words or words & {"percent", "percentage"}:
        return Guess(value="%", sure=0.95, why="a percent sign"), "1"
    if nature is Nature.POINTS:
        return Guess(value=unit_of(cells), sure=0.8, why="its header"), "1"
    if nature is Nature.FITTED and max(cells.values, default=0.0) >= LEAST_ELO:
        return Guess(value="Elo", sure=0.8, why="a rating"), "1"
    if nature is Nature.LIVE and words & {"tokens", "tps"}:
        return Guess(value="tokens/s", sure=0.8, why="its header"), "1"
    if words & {"ms", "msec", "millis", "milliseconds"}:
        return Guess(value="s", sure=0.8, why="its header says milliseconds"), "0.001"
    if nature is Nature.LIVE and words & {"seconds", "latency", "ttft", "s"}:
        return Guess(value="s", sure=0.7, why="its header"), "1"
    return Guess(value="", sure=0.6, why="nothing states it"), "1"


def _topic(cells: Cells, nature: Nature) -> Guess[str]:
    words = {*cells.words}
    topic = next((topic for topic, known in TOPICS.items() if words & known), "")
    if not topic or (topic == "price" and nature is not Nature.LISTED):  # the cost of a run is not a price
        return Guess(value="", sure=0.5, why="nothing states it")
    return Guess(value=topic, sure=0.7, why="its header")


def _is_elo(cells: Cells) -> bool:
    """Whether nearly all figures have the size and the spread of ratings."""
    middle = sorted(cells.values)[len(cells.values) // 20 : len(cells.values) - len(cells.values) // 20]
    if len(middle) < 3 or {*cells.leaf} & LIMIT or cells.distinct < 0.5:
        return False
    return middle[0] >= 600 and middle[-1] <= 3200 and middle[-1] - middle[0] >= 20


_BETTER: Mapping[Nature, tuple[bool, str]] = {Nature.LISTED: (False, "a price"), Nature.POINTS: (True, "counted")}
"""The direction of figures whose header states none."""


def _direction(cells: Cells, sheet: RawSheet, nature: Nature) -> Guess[bool | None]:
    is_higher, why = (False, "a price") if cells.header in sheet.prices else stated_direction(cells)
    if is_higher is None and nature in _BETTER:
        is_higher, why = _BETTER[nature]
    if is_higher and {*cells.leaf} & AVERAGE and not {*cells.words} & (HIGHER - AVERAGE) and sheet.leaning is False:
        is_higher, why = False, "the average of figures of which less is better"
    shown = _shown(cells, sheet)
    if is_higher is not None:
        if shown not in {None, is_higher}:
            return Guess(value=is_higher, sure=0.55, why=f"{why}, though the rows are in the other order")
        return Guess(value=is_higher, sure=0.8 if shown is None else 0.9, why=why)
    if shown is not None and sheet.rank is not None:
        return Guess(value=shown, sure=0.85, why="the rows are in its order, and a rank says so")
    if shown is not None:
        return Guess(value=shown, sure=0.72, why="the rows are in its order")
    if _is_elo(cells):
        return Guess(value=True, sure=0.7, why="on the Elo scale")
    if "tokens" in cells.words and cells.values and max(cells.values) >= MANY_TOKENS:
        return Guess(value=True, sure=0.7, why="numbers of tokens this large are usage, not length")
    if is_share(cells) and sheet.matrix >= MATRIX:
        return Guess(value=True, sure=0.7, why=f"one of {sheet.matrix} columns of figures between 0 and 100")
    return Guess(value=None, sure=0.0, why="nothing on the page shows whether higher or lower is better")


def _shown(cells: Cells, sheet: RawSheet) -> bool | None:
    """The direction that the order of the rows shows: the best entry comes first."""
    order = cells.order()
    best = max((abs(other.order()) for other in sheet.figures), default=0.0)
    if abs(order) < 0.9 or abs(order) < best - 1e-9 or len(cells.values) < 4:
        return None
    ranks = [place for place in sheet.rank.places if place is not None] if sheet.rank else []
    return order > 0 if ranks == sorted(ranks) else None


def _is_side(cells: Cells) -> bool:
    """Whether the header says that the column is a bound, a half-width or an error of another one."""
    words = {*cells.leaf}
    if words & (ERROR | HALF):
        return True
    bounded = words & {"bound", "ci", "rating", "score", "rank", "elo", "lower", "upper", "q025", "q975"}
    return bool(words & (BOUND_LOW | BOUND_HIGH)) and bool(bounded)


def _bounds_of(cells: Cells, sheet: RawSheet) -> dict[str, str]:
    """The columns of the interval around a figure: two bounds between which it lies, or one of half-widths."""
    own_words = {*cells.leaf} - {"score"}
    near = [other for other in sheet.columns.values() if (other is not cells and other.numeric >= 0.5) or {*other.leaf} & HALF]
    lows, highs = (
        [other for other in near if {*other.leaf} & words and _about({*other.leaf} - words - HALF, own_words)]
        for words in (BOUND_LOW, BOUND_HIGH)
    )
    for low, high in product(lows, highs):
        if _between(low, cells, high):
            return {"low": low.header, "high": high.header}
    if {*cells.leaf} & (FITTED | {"score", "rating", "accuracy"}) or len(sheet.figures) <= 4:
        for other in near:
            if {*other.leaf} & HALF and not {*other.leaf} & (BOUND_LOW | BOUND_HIGH) and _is_half(other, cells):
                return {"plus_minus": other.header}
    return {}


def _about(words: set[str], own_words: set[str]) -> bool:
    return not words or bool(words & own_words) or words <= {"bound", "rating", "score", "interval", "norm", "95", "90"}


def _between(low: Cells, cells: Cells, high: Cells) -> bool:
    rows = [
        (a, b, c)
        for a, b, c in zip(low.numbers, cells.numbers, high.numbers, strict=True)
        if a is not None and b is not None and c is not None
    ]
    return bool(rows) and all(a <= b <= c for a, b, c in rows)


def _is_half(half: Cells, cells: Cells) -> bool:
    if any(cell.lstrip("±+- ")[:1].isdigit() is False for cell in half.known[:20]):
        return False
    spread = max(cells.values) - min(cells.values)
    return not half.values or (min(half.values) >= 0 and max(half.values) <= max(spread, 1.0))


EVIDENT = 0.6
"""A lead below which another figure may as well rank the board: then a person is asked."""


def primary_of(sheet: RawSheet, metrics: Sequence[MetricGuess]) -> Guess[str]:
    """The id of the metric that ranks the board, "" if none does."""
    if sheet.stated_metric:
        return stated(next(metric.id for metric in metrics if metric.column == sheet.stated_metric))
    scored = sorted(
        ((_as_primary(metric, sheet), -at, metric) for at, metric in enumerate(metrics)), reverse=True, key=lambda it: it[:2]
    )
    if not scored:
        return Guess(value="", sure=0.3, why="no figure ranks")
    best, _, metric = scored[0]
    lead = best - scored[1][0] if len(scored) > 1 else EVIDENT
    why = "its header" if OVERALL & {*words_of(metric.column)} else "the first of the figures"
    if abs(sheet.columns[metric.column].order()) >= 0.95:
        why = "the rows are in its order"
    if best <= 0.4 or lead < EVIDENT:
        return Guess(value=metric.id, sure=0.5, why=why)
    return Guess(value=metric.id, sure=min(0.95, SURE + 0.15 * lead), why=why)


def _as_primary(metric: MetricGuess, sheet: RawSheet) -> float:
    """How likely the metric ranks the board."""
    column = sheet.columns[metric.column]
    leaf, words = {*column.leaf}, {*column.words}
    order = abs(column.order())
    ordered = 2.0 * (order >= 0.97) + 0.8 * (0.9 <= order < 0.97)
    points = ordered * min(1.0, len(column.values) / ENOUGH) + 1.2 * column.filled
    overall = 1.2 * bool(leaf & OVERALL) + 0.5 * bool(words & OVERALL)
    points += overall * (not words & ASIDE) + 0.4 * bool(leaf & (HIGHER | LOWER))
    points += 0.6 * bool(metric.low or metric.plus_minus) + 0.3 * bool(words & {"intelligence", "overall", "global"})
    points -= {Nature.COUNT: 1.6, Nature.LIVE: 1.0, Nature.LISTED: 0.4, Nature.POINTS: 0.4}.get(metric.nature.value, 0.0)
    points += 0.8 * bool(leaf & TOTALS and metric.nature.value is Nature.POINTS)
    points -= 1.4 * bool(words & ASIDE and metric.nature.value is not Nature.LISTED) + 0.5 * (column.distinct < 0.1)
    numbered = [int(word) for word in column.leaf if word.isdigit() and len(word) == 1]
    points += 0.05 * numbered[-1] if numbered else 0.0
    return points + 0.2 * bool(words & {"output", "completion"} and metric.nature.value is Nature.LISTED)
