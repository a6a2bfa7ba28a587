"""Cells of several lines, in HTML, CSV and JSON: a name with its lab below it, a figure with a remark."""

from __future__ import annotations

import re
from collections.abc import Sequence

LINE = "\n"
INTERVAL = re.compile(r"\(?\s*(?:±|\+/-|[+\-−][0-9.,]+%?\s*/)")
FIGURES = re.compile(r"[0-9.,\s%$€£¥+\-−]+")
_PART = re.compile(
    r"(?:(?<![\w%.)])(?<![\w%.)]\s)[-−])?(?<![\w.])[$€£¥]?"
    r"(?:[0-9]+\.[0-9]+(?=,[0-9])|[0-9](?:[0-9.,]*[0-9])?)(?:[kKmMbBtT](?!\w)| ?%)?"
)


def one_line(cell: str | None) -> str | None:
    """The whole cell on one line."""
    return cell if cell is None or LINE not in cell else " ".join(cell.split())


def figure_line(cell: str | None) -> str | None:
    """The line of a figure, with an interval on the next line, if any. Of two lines with figures neither is left out."""
    if cell is None or LINE not in cell:
        return cell
    first, *others = _lines(cell)
    if not others or INTERVAL.match(others[0]):
        return " ".join((first, *others[:1]))
    return one_line(cell) if any(FIGURES.fullmatch(line) for line in others) else first


def parts_of(cell: str | None) -> list[str]:
    """The figures of a cell that holds several: `$5 / $25`, `[70.1, 72.3]`, `-0.2 – 0.4`; after a figure, a dash separates."""
    return _PART.findall(cell or "")


def name_lines(cells: Sequence[str | None]) -> Sequence[str | None]:
    """The first line of each cell, or the last, if it names as many entries as the whole cells; otherwise all lines."""
    if not any(cell and LINE in cell for cell in cells):
        return cells
    lines = [_lines(cell or "") for cell in cells]
    lines = [[line for line in parts if any(map(str.isalnum, line))] or parts for parts in lines]  # a line may be a mere badge
    entries = len({tuple(parts) for parts in lines})
    for at in (0, -1):
        if len({parts[at] for parts in lines}) == entries:
            return [parts[at] for parts in lines]
    return [" ".join(parts) for parts in lines]


def _lines(cell: str) -> list[str]:
    """At least one line."""
    return [" ".join(line.split()) for line in cell.splitlines() if line.strip()] or [""]
