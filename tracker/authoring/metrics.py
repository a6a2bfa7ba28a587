"""The metrics of a candidate: the nature, unit, topic, direction and interval of each."""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from dataclasses import replace
from statistics import median

from tracker.authoring.candidates import is_mark, is_share
from tracker.authoring.columns import Cells
from tracker.authoring.likeness import spearman
from tracker.authoring.natures import LEAST_ELO, MANY_TOKENS, SCORES, nature_of, unit_of
from tracker.authoring.proposal import Answers, Guess, MetricGuess, stated
from tracker.authoring.sheet import RawSheet, direction_of, stated_direction
from tracker.authoring.words import (
    AVERAGE,
    HIGHER,
    LIMIT,
    LOWER,
    PRICE,
    SHARES,
    TOKENS,
    TOPICS,
    words_of,
)
from tracker.model import Nature

MAX_METRICS = 40
POSITION = "position"
CURRENCIES = {"$": "USD", "€": "EUR", "£": "GBP", "円": "JPY", "元": "CNY", "¥": "¥"}
WITHOUT_UNIT = ("latency", "ttft", "ttfat")
TIMES = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", *WITHOUT_UNIT), ("s", "1")),
    **dict.fromkeys(("ms", "msec", "millis", "milliseconds"), ("s", "0.001")),
    **dict.fromkeys(("min", "mins", "minutes"), ("min", "1")),
    **dict.fromkeys(("hours", "hrs"), ("h", "1")),
    "µs": ("s", "0.000001"),
    "ns": ("s", "0.000000001"),
}
"""Word of a header → the unit of time, and the factor that converts to it; a word for a unit goes before `latency`."""
UNKNOWN: Guess[bool | None] = Guess(value=None, sure=0.0, why="nothing on the page shows whether higher or lower is better")
ARROWS = frozenset("↑↓")
EFFORTS = frozenset(("steps", "turns", "iterations", "tokens"))
"""Efforts that may rank a board, but are neither good nor bad beside a score."""
MATRIX = 3
"""Minimum number of columns with decimals between 0 and 100 to take them for benchmark scores."""

_PER_MILLION = re.compile(r"(?:\$|usd|per|1) (?:m|million)\b")
_PER_THOUSAND = re.compile(r"(?:\$|usd|per|1) k tok")
_BRACKETS = re.compile(r"[(\[]([^()\[\]]+)[)\]]")
_BAD_ID = re.compile(r"[^a-z0-9]+")


def metrics_of(sheet: RawSheet, taken: set[str]) -> Iterator[MetricGuess]:
    """The figures, except those taken as key or name."""
    used: dict[str, str] = {}
    if sheet.rank is not None and (sheet.rank.header == sheet.stated_metric or not sheet.figures):
        yield _position(sheet.rank)
        used[POSITION] = "Position"
    for cells in sheet.figures:
        if cells.header in taken:
            continue
        if len(used) == MAX_METRICS:
            return
        metric = _metric(cells, sheet, used)
        used[metric.id] = metric.title
        yield metric


def ranked(metrics: Sequence[MetricGuess], primary: str, sheet: RawSheet, answers: Answers) -> tuple[MetricGuess, ...]:
    """The metrics of a board that is ranked by `primary`: where that is points, figures without a score move along with them."""
    ranking = next((_answered(metric, sheet, answers) for metric in metrics if metric.id == primary), None)
    settled = [ranking if ranking and metric.id == primary else _beside(metric, ranking, sheet) for metric in metrics]
    if ranking is None or ranking.nature.value is not Nature.POINTS:
        return tuple(settled)
    along = Guess(value=Nature.COUNT, sure=0.7, why="moves along with the points")
    return tuple(replace(metric, nature=along) if _moves_along(metric) else metric for metric in settled)


def _beside(metric: MetricGuess, primary: MetricGuess | None, sheet: RawSheet) -> MetricGuess:
    """A figure beside the one that ranks: the order of the rows says nothing about it, and whole numbers may be recorded."""
    column, nature = sheet.columns[metric.label], metric.nature.value
    direction = _direction(column, sheet, nature, ranks=False)
    is_stated = direction_of(column, column.leaf)[0] is not None
    is_counted = nature is Nature.POINTS and (primary is None or primary.nature.value is not Nature.POINTS)
    is_against = nature is Nature.TESTED and not is_stated and not _goes_with(column, primary, sheet)
    is_effort = nature is Nature.TESTED and EFFORTS & {*column.leaf} and ARROWS.isdisjoint(column.leaf)
    if is_effort or is_against or (is_counted and not is_stated):
        direction = UNKNOWN
    is_plain = is_counted or (nature is Nature.TESTED and metric.unit.value in ("", "tokens"))
    if direction.value is None and is_plain and all(value >= 0 and value == int(value) for value in column.values):
        why = "recorded, since nothing shows whether more or less is better"
        return replace(metric, higher_is_better=direction, nature=Guess(value=Nature.COUNT, sure=0.7, why=why))
    return replace(metric, higher_is_better=direction)


def _goes_with(column: Cells, primary: MetricGuess | None, sheet: RawSheet) -> bool:
    """Whether a figure rises with the one that ranks, if more of that is better."""
    if primary is None or not primary.higher_is_better.value or primary.label not in sheet.columns:
        return True
    other = sheet.columns[primary.label]
    pairs = [(a, b) for a, b in zip(column.numbers, other.numbers, strict=True) if a is not None and b is not None]
    return (spearman([a for a, _ in pairs], [b for _, b in pairs]) or 0.0) > 0


def _moves_along(metric: MetricGuess) -> bool:
    """Whether a figure beside points is anything but a score."""
    return metric.nature.value is Nature.TESTED and not metric.unit.value and not SCORES & {*words_of(metric.column)}


def _answered(metric: MetricGuess, sheet: RawSheet, answers: Answers) -> MetricGuess:
    """The metric that ranks the board, with the nature and the direction that the user stated. A count that ranks is points."""
    counts = metric.nature.value is Nature.COUNT
    ranks = Guess(value=Nature.POINTS, sure=metric.nature.sure, why="a count that ranks the board") if counts else metric.nature
    nature = stated(answers.nature) if answers.nature is not None else ranks
    if nature is not metric.nature:
        unit, scale = _unit(sheet.columns[metric.label], nature.value)
        metric = replace(metric, nature=nature, unit=unit, scale=scale)
    if metric.nature.value is Nature.POINTS:
        metric = replace(metric, interval={})
    if answers.higher_is_better is not None:
        metric = replace(metric, higher_is_better=stated(answers.higher_is_better))
    return metric


def _metric(cells: Cells, sheet: RawSheet, used: Mapping[str, str]) -> MetricGuess:
    nature = Guess(value=Nature.LISTED, sure=0.8, why="a price") if cells.header in sheet.prices else nature_of(cells, sheet)
    interval = sheet.intervals.keys.get(cells.label, {})
    if nature.value is Nature.POINTS and (interval or cells.has_intervals):
        nature = Guess(value=Nature.TESTED, sure=0.6, why="its header says that it is counted, but it has an error")
    unit, scale = _unit(cells, nature.value)
    return MetricGuess(
        id=_id(cells, used),
        column=cells.header,
        part=cells.part,
        label=cells.label,
        title=_title(cells, used.values()),
        nature=nature,
        unit=unit,
        topic=_topic(cells, nature.value),
        higher_is_better=_direction(cells, sheet, nature.value),
        scale=scale,
        interval=interval,
        has_error=bool(interval) or cells.has_intervals,
        samples=tuple(cells.known[:3]),
        has_open_dots=cells.has_open_dots and sheet.candidate.dots_group is None and unit.value not in ("%", "ratio", "s"),
    )


def _position(rank: Cells) -> MetricGuess:
    """The rank itself, if nothing else ranks."""
    return MetricGuess(
        id=POSITION,
        column=rank.header,
        label=rank.header,
        title="Position",
        nature=Guess(value=Nature.POINTS, sure=0.9, why="a place"),
        unit=Guess(value="", sure=0.9, why="a place has none"),
        topic=Guess(value="", sure=0.5, why="nothing states it"),
        higher_is_better=Guess(value=False, sure=0.9, why="the first place is the best"),
        samples=tuple(rank.known[:3]),
    )


def _id(cells: Cells, used: Container[str]) -> str:
    """A short id from the header's words, different from those in use."""
    name = ""
    for words in (cells.leaf, cells.words):
        name = _BAD_ID.sub("_", "_".join(word for word in words if word.isascii() and word.isalnum())).strip("_")[:60]
        name = name if name[:1].isalpha() else f"m_{name}".rstrip("_")
        if name not in used and name != "m":
            return name
    return next(f"{name}_{number}" for number in range(1 + (name != "m"), 10_000) if f"{name}_{number}" not in used)


def _title(cells: Cells, used: Collection[str]) -> str:
    """The last part of the header; the whole path, or a number, if another metric has that title."""
    path = cells.label.replace('"', "")
    titles = (cells.title, path, *(f"{path} ({number})" for number in range(2, MAX_METRICS + 2)))
    return next(title for title in titles if title.casefold() not in {other.casefold() for other in used})


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
    currency = next(
        (name for sign, name in CURRENCIES.items() if sign in signs or name in signs or {sign, name.lower()} & words), ""
    )
    if (nature is Nature.LISTED and words & PRICE) or currency:
        unit, scale = _price_unit(cells) if nature is Nature.LISTED else (currency, "1")
        return Guess(value=unit.replace("USD", currency or "USD"), sure=0.7, why="a price"), scale
    if cells.unit:
        unit, scale = TIMES.get(cells.unit, (cells.unit, "1"))
        return Guess(value=unit, sure=0.9, why="the word behind its figures"), scale
    in_brackets = words_of(_BRACKETS.findall(cells.title)[-1]) if _BRACKETS.search(cells.title) else ()
    if "%" in signs or ("%" in words and not {*in_brackets} & {*TIMES}) or words & {"percent", "percentage"}:
        return Guess(value="%", sure=0.95, why="a percent sign"), "1"
    if nature in (Nature.POINTS, Nature.COUNT):
        return Guess(value=unit_of(cells), sure=0.8, why="its header"), "1"
    if nature is Nature.FITTED and max(cells.values, default=0.0) >= LEAST_ELO:
        return Guess(value="Elo", sure=0.8, why="a rating"), "1"
    if "tokens" in words:
        return Guess(value="tokens/s" if cells.is_rate else "tokens", sure=0.8, why="its header"), "1"
    if cells.is_rate:
        return Guess(value="", sure=0.6, why="a rate per second"), "1"
    times = (word for word in cells.words if word in TIMES and (word != "s" or _ends(cells)))
    if word := min(times, key=WITHOUT_UNIT.__contains__, default=""):
        unit, scale = TIMES[word]
        return Guess(value=unit, sure=0.8, why=f"{word!r} in its header"), scale
    is_ratio = max(cells.values, default=0.0) <= 1
    is_whole = not is_ratio and all(map(float.is_integer, cells.values))  # a number of what is solved
    if words & SHARES and cells.values and not is_whole and min(cells.values) >= 0 and max(cells.values) <= 100:
        return Guess(value="ratio" if is_ratio else "%", sure=0.7, why="a share, by its header and values"), "1"
    return Guess(value="", sure=0.6, why="nothing states it"), "1"


def _ends(cells: Cells) -> bool:
    """Whether `s` ends a header of several words, as units do: `latency_s`, `Decode (s)`; not `S`, `s1`."""
    return len(cells.leaf) > 1 and cells.leaf[-1] == "s"


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


def _direction(cells: Cells, sheet: RawSheet, nature: Nature, *, ranks: bool = True) -> Guess[bool | None]:
    """The direction by the header, and for the figure that `ranks` the board also by the order of the rows."""
    is_higher, why = (False, "a price") if cells.header in sheet.prices else stated_direction(cells)
    if is_higher is None and nature in _BETTER:
        is_higher, why = _BETTER[nature]
    shown = _shown(cells, sheet) if ranks else None
    if is_higher and {*cells.leaf} & AVERAGE and not {*cells.words} & (HIGHER - AVERAGE) and sheet.leaning is False and not shown:
        is_higher, why = False, "the average of figures of which less is better"
    if is_higher is not None:
        if shown not in {None, is_higher}:
            return Guess(value=is_higher, sure=0.55, why=f"{why}, though the rows are in the other order")
        return Guess(value=is_higher, sure=0.8 if shown is None else 0.9, why=why)
    if shown is not None and (sheet.rank is not None or shown is sheet.candidate.better):
        said = "a rank" if sheet.rank is not None else "the page"
        return Guess(value=shown, sure=0.85, why=f"the rows are in its order, and {said} says so")
    if shown is not None:  # any list may rise, such as by price; rankings seldom do without a word for it
        return Guess(value=shown, sure=0.72 if shown else 0.6, why="the rows are in its order")
    if ranks and _is_elo(cells):
        return Guess(value=True, sure=0.7, why="on the Elo scale")
    if "tokens" in cells.words and cells.values and max(cells.values) >= MANY_TOKENS:
        return Guess(value=True, sure=0.7, why="numbers of tokens this large are usage, not length")
    may_be_mark = is_share(cells) if ranks else is_mark(cells)
    has_time = _unit(cells, nature)[0].value in {unit for unit, _ in TIMES.values()}
    if may_be_mark and not has_time and sheet.matrix >= MATRIX and sheet.leaning is not False and not _may_be_errors(sheet):
        return Guess(value=True, sure=0.7, why=f"one of {sheet.matrix} columns of figures between 0 and 100")
    return UNKNOWN


def _may_be_errors(sheet: RawSheet) -> bool:
    """Whether the table's heading names what should be low, such as `WER`, or some figures of a like column exceed 100."""
    if {*words_of(sheet.candidate.place)} & LOWER - {"time", "age", "bias"}:
        return True
    unknown = [cells.values for cells in sheet.figures if stated_direction(cells)[0] is None]
    broken = (values for values in unknown if any(value % 1 for value in values))
    return any(0 <= min(values) <= median(values) <= 100 < max(values) < 200 for values in broken)


def _shown(cells: Cells, sheet: RawSheet) -> bool | None:
    """The direction that the published ranks show, or the order of the rows: the best entry comes first."""
    order = sheet.order(cells)
    best = max((abs(sheet.order(other)) for other in sheet.figures), default=0.0)
    return order > 0 if abs(order) >= max(0.9, best - 1e-9) and len(cells.values) >= 4 else None
