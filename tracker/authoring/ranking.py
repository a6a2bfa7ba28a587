"""The metric that ranks a board, decided by evidence: the order of the rows, the published ranks, the header.

A price, a count or a time never ranks a board that has a score. Without evidence, a person is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from math import inf

from tracker.authoring.candidates import ENOUGH, is_figure
from tracker.authoring.columns import Cells
from tracker.authoring.metrics import POSITION
from tracker.authoring.proposal import SURE, Guess, MetricGuess, stated
from tracker.authoring.sheet import RawSheet, stated_direction
from tracker.authoring.words import ASIDE, AVERAGE, EFFORT, LIVE, MERIT, PHYSICAL, SPREAD, SUMMARY
from tracker.model import ROW, Nature

CONTRADICTED = 0.5
"""Published ranks of which a figure has a weaker order are not its ranks."""
SLACK = 1e-9
"""Relative error of computing with published decimals."""
REPEATED = 0.5
"""A figure with a smaller share of distinct values describes groups of entries."""
PLAIN = 2
"""The strength of a header such as `Score`. Of several figures in the order of the rows, no weaker one decides."""
_OPEN = 0.5
_WINS = frozenset(("win", "wins", "winrate"))
_DIGITS = re.compile(r"\d")
_FIGURE = re.compile(r"[+\-−±$€£¥(]? ?\d")


def primary_of(sheet: RawSheet, metrics: Sequence[MetricGuess], name: str) -> Guess[str]:
    """The id of the metric that ranks the board, "" if none does; less than sure if the page does not decide."""
    if sheet.stated_metric:
        return stated(next(metric.id for metric in metrics if sheet.stated_metric in (metric.label, metric.column)))
    if not metrics:
        return Guess(value="", sure=0.3, why="no figure ranks")
    if (said := next((each for each in metrics if each.column == sheet.candidate.ranked_by), None)) and _is_followed(said, sheet):
        return Guess(value=said.id, sure=0.95, why="the page says that it ranks by it")
    if metrics[0].id == POSITION and (unread := _unread(sheet)) is not None:
        why = f"the figures of {unread.header!r} cannot be read, such as {unread.known[0]!r}"
        return Guess(value=POSITION, sure=_OPEN, why=why)
    return _of_levels(metrics, [_level(metric, sheet, name) for metric in metrics], sheet)


def _of_levels(metrics: Sequence[MetricGuess], levels: Sequence[int], sheet: RawSheet) -> Guess[str]:
    """The metric of the lowest level that the evidence decides for; less than sure if there is evidence for another one too."""
    pool = [metric for metric, level in zip(metrics, levels, strict=True) if level == min(levels)]
    followed = _distinct([metric for metric in pool if _is_followed(metric, sheet)], sheet)
    others = [metric for metric in metrics if metric not in pool and _is_followed(metric, sheet)]
    if len(others) == 1 and not followed and _is_list_of(others[0], pool):
        pool, followed, others = others, others, []
    best, why = _by_evidence(pool, followed, sheet)
    is_size = bool(PHYSICAL & {*_cells(best, sheet).leaf}) and best in followed and _has_ranks(sheet)
    if not is_figure(_cells(best, sheet)) and best.id != POSITION and not is_size:
        return Guess(value=best.id, sure=_OPEN, why="only the order of the rows shows it")
    if doubt := _doubt(best, followed, others, sheet):
        return Guess(value=best.id, sure=_OPEN, why=doubt)
    if not followed and best.higher_is_better.value is None and (len(metrics) > 1 or _has_ranks(sheet)):
        why = ""
    if not followed and min(levels) > 0:
        why = ""  # prices, counts and times are also in lists that rank nothing
    return Guess(value=best.id, sure=0.9 if why and followed else 0.75 if why else _OPEN, why=why or _why_open(pool, followed))


def _doubt(best: MetricGuess, followed: Sequence[MetricGuess], others: Sequence[MetricGuess], sheet: RawSheet) -> str:
    """The evidence against the best of the lowest level, "" if there is none. The rows follow `others`, of higher levels, too."""
    if not followed:
        if others:
            return f"the rows follow {others[0].column}, which is not a score"
        return "no figure has the order of the published ranks" if _has_other_ranks(best, sheet) else ""
    both = _distinct([*followed, *others], sheet)
    column = _cells(best, sheet)
    computed = [cells for metric in others if _is_computed(column, cells := _cells(metric, sheet))]
    if any(len(cells.values) > len(column.values) for cells in computed):
        return f"{best.column} has no value in some rows"
    is_weak = _strength(best, sheet) < PLAIN
    is_weak = is_weak or all(stated_direction(_cells(metric, sheet))[0] is None for metric in followed)
    return _why_open(followed, both) if is_weak and len(both) > len(followed) else ""  # only its order makes a score of it


def _unread(sheet: RawSheet) -> Cells | None:
    """A column of texts that begin with figures, as a ranking has them, but that are not numbers."""
    others = (cells for cells in sheet.columns.values() if cells is not sheet.rank and not (cells.is_date or cells.is_numeric))
    return next(
        (cells for cells in others if 2 * sum(bool(_FIGURE.match(cell)) for cell in cells.known) > len(cells.cells)), None
    )


def _distinct(metrics: Sequence[MetricGuess], sheet: RawSheet) -> list[MetricGuess]:
    """The metrics without those that are computed from another one of more digits, such as a rate and the time of a call."""
    strongest = sorted(metrics, key=lambda metric: (-_strength(metric, sheet), -len({*_cells(metric, sheet).values})))
    found: list[MetricGuess] = []
    for metric in strongest:
        if not any(_is_computed(_cells(metric, sheet), _cells(other, sheet)) for other in found):
            found.append(metric)
    return [metric for metric in metrics if metric in found]


def _is_computed(column: Cells, other: Cells) -> bool:
    """Whether all values are, but for rounding, a multiple of the other's, of their inverses, or what they lack to a constant.

    Two figures that nearly agree are two figures, unless one is the other rounded.
    """
    pairs = [(a, b) for a, b in zip(other.numbers, column.numbers, strict=True) if a and b]
    if len(pairs) < ENOUGH:
        return False
    half, other_half = column.rounding, other.rounding
    if _agree((a + b - half - other_half, a + b + half + other_half) for a, b in pairs):
        return True
    gaps = [(b - a - half - other_half, b - a + half + other_half) for a, b in pairs]
    if _agree(gaps) and not _agree([*gaps, (0.0, 0.0)]):
        return True  # such as a time and the gap to the best
    if min(map(min, pairs)) <= 0:
        return False
    spans = [(max(a - other_half, 0.0), a + other_half, max(b - half, 0.0), b + half) for a, b in pairs]
    ratios = [(low / most, high / least if least else inf) for least, most, low, high in spans]
    if _agree([*ratios, (1.0, 1.0)]):
        return all(abs(a - b) <= max(half, other_half) * (half != other_half) for a, b in pairs)
    return _agree(ratios) or _agree((least * low, most * high) for least, most, low, high in spans)


def _agree(spans: Iterable[tuple[float, float]]) -> bool:
    """Whether one value lies in all spans."""
    lows, highs = zip(*spans, strict=True)
    highest, lowest = float(max(lows)), float(min(highs))
    return highest <= lowest + SLACK * abs(lowest)


def _level(metric: MetricGuess, sheet: RawSheet, name: str) -> int:
    """0 for a score, 1 for another figure of merit, 2 and 3 for what never ranks beside one of these."""
    column = _cells(metric, sheet)
    around = metric.column.rpartition(".")[0]
    is_object = any(f"{around}.{field}" in sheet.columns for field in ("id", "slug", "key", "name"))
    if around and is_object and not name.startswith(f"{around}."):
        return 3  # it describes another thing than the entry: the model that a provider serves
    is_effort = {*column.words} & EFFORT and "horizon" not in column.words
    if metric.nature.value in (Nature.LISTED, Nature.LIVE, Nature.COUNT) or is_effort:
        return 2
    is_counted = metric.nature.value is Nature.POINTS and not {*column.leaf} & MERIT
    return 1 if is_counted or {*column.words} & ASIDE or column.distinct < REPEATED else 0


def _cells(metric: MetricGuess, sheet: RawSheet) -> Cells:
    return sheet.columns[metric.label]


def _is_followed(metric: MetricGuess, sheet: RawSheet) -> bool:
    """Whether the rows, or the published ranks, are in the order of the metric, the best first."""
    column, is_higher = _cells(metric, sheet), metric.higher_is_better
    if sheet.candidate.better not in (None, sheet.order(column) > 0):
        return False  # the page says that the first is the best, and this is the worst there
    agrees = is_higher.value is None or is_higher.sure < SURE or is_higher.value is (sheet.order(column) > 0)
    return sheet.is_followed(column) and agrees


def _is_list_of(counted: MetricGuess, pool: Sequence[MetricGuess]) -> bool:
    """Whether a list is about what is counted, such as stars, because nothing shows that the other figures have any merit."""
    return counted.nature.value is Nature.POINTS and all(other.higher_is_better.value is None for other in pool)


def _has_other_ranks(metric: MetricGuess, sheet: RawSheet) -> bool:
    """Whether the page publishes ranks that the metric does not explain."""
    return _has_ranks(sheet) and metric.id != POSITION and abs(sheet.order(_cells(metric, sheet))) < CONTRADICTED


def _has_ranks(sheet: RawSheet) -> bool:
    """Whether the page publishes ranks."""
    return sheet.rank is not None and sheet.rank.header != ROW


def _by_evidence(pool: Sequence[MetricGuess], followed: Sequence[MetricGuess], sheet: RawSheet) -> tuple[MetricGuess, str]:
    """The likeliest metric, and the evidence for it, "" if that does not decide."""
    strengths = {metric.id: _strength(metric, sheet) for metric in pool}
    shown = "the published ranks follow it" if _has_ranks(sheet) else "the rows are in its order"
    likely = followed or pool
    strongest = max(strengths[metric.id] for metric in likely)
    best, *rivals = [metric for metric in likely if strengths[metric.id] == strongest]
    if rivals and followed and len(measured := [metric for metric in (best, *rivals) if metric.has_error]) == 1:
        return measured[0], f"{shown}, and its error is published"
    best = next((metric for metric in reversed(rivals) if _is_later(metric, best)), best)
    if len(followed) == 1:
        is_contradicted = any(strengths[metric.id] > max(strongest, 1) for metric in pool)
        return best, "" if is_contradicted else shown
    stated = [metric for metric in followed if stated_direction(_cells(metric, sheet))[0] is not None]
    if rivals or (strongest < PLAIN and len(stated) > 1):
        return best, ""
    return best, "its header" if strongest else "the only figure of merit" if len(pool) == 1 else ""


def _is_later(metric: MetricGuess, other: MetricGuess) -> bool:
    """Whether the headers differ in a number alone: `pass_rate_2` is the result after `pass_rate_1`."""
    return metric.title != other.title and _DIGITS.sub("", metric.title) == _DIGITS.sub("", other.title)


def _strength(metric: MetricGuess, sheet: RawSheet) -> int:
    """How clearly the header says that it ranks: 3 for `Overall`, PLAIN for `Score`, 1 for `Coding score`, 0 for others."""
    column = _cells(metric, sheet)
    leaf = {*column.leaf}
    if metric.higher_is_better.value is None or leaf & ASIDE:
        return 0
    if (leaf & SUMMARY and not leaf & _WINS) or (leaf & AVERAGE and _is_mean(column, sheet)):
        return 3
    return (PLAIN if leaf <= MERIT | {"total", "%", "arena"} else 1) if leaf & MERIT else 0


def _is_mean(column: Cells, sheet: RawSheet) -> bool:
    """Whether the values lie between the least and the greatest of the row's other figures."""
    others = [cells for cells in sheet.figures if cells is not column and not {*cells.words} & (EFFORT | LIVE)]
    if any(SPREAD & {*cells.leaf} for cells in others):
        return False
    rows = [[cells.numbers[row] for cells in others] for row in range(len(column.cells))]
    known = [(value, [number for number in row if number is not None]) for value, row in zip(column.numbers, rows, strict=True)]
    judged = [min(row) <= value <= max(row) for value, row in known if value is not None and len(row) > 1]
    return len(judged) >= ENOUGH and sum(judged) >= 0.95 * len(judged)


def _why_open(pool: Sequence[MetricGuess], followed: Sequence[MetricGuess]) -> str:
    if len(followed) > 1:
        return f"the rows are in the order of {len(followed)} figures"
    return "neither the order of the rows nor a header shows it" if len(pool) > 1 else "only its place shows it"
