"""The tables of a body, each read again as it would be declared, the most like a leaderboard first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from math import log2

from tracker.authoring.columns import Cells
from tracker.authoring.leads import Lead, leads
from tracker.authoring.proposal import Candidate
from tracker.authoring.words import AVERAGE, COUNT, HIGHER, ID, LIMIT, LOWER, NAME, PRICE, RANK, words_of
from tracker.errors import ParseError, TrackerError
from tracker.model import ROW, Parse, Table
from tracker.parsers import numbered, parse
from tracker.reading.pages import recognise

MAX_LEADS = 300
MAX_READ = 10
"""So many leads are read, those with most cells first."""
MAX_LOOSE = 3
"""Kinds of repeated elements looked at, at most: each takes a second on a large page."""
MAX_ROWS = 5_000
"""Rows beyond these are not looked at."""
MIN_ROWS = 2
PLAIN_ENOUGH = 0.7
"""A table or data that is so like a leaderboard needs no other reading of the page."""
LEAST = 0.4
"""A candidate that is less like a leaderboard is none."""
_NO_FIGURES = "no column of figures"
_NAMELESS = "no column of names"
_HEADLESS = "its header looks like a row"
_COMMA = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:\.\d{3})+),(?:\d{1,2}|\d{4,})\s?%?")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?%?")


def candidates(body: bytes, *, by_order: bool = False) -> tuple[Candidate, ...]:
    """The best first; at least one. `by_order`: rows are ranked by their order, so that each has its place in the column `$row`.

    Raises:
        Refused: it is a challenge page, a login wall, an error page, an empty shell.
        ParseError: there is nothing on it that looks like a ranking.
    """
    recognise("the page", body, "html_table")
    found = sorted(_found(body, by_order), key=lambda one: (-one.score, _is_within(one)))
    like = [candidate for candidate in found if candidate.score >= LEAST]
    if not like:
        seen = (
            "; ".join(f"{candidate.parse.format} of {len(candidate.rows)} rows, {candidate.why[-1]}" for candidate in found[:3])
            or "no table of any kind"
        )
        names = any(_NO_FIGURES in candidate.why and _NAMELESS not in candidate.why for candidate in found[:3])
        remedy = f" (--metric '{ROW}' where the order of the rows ranks them)" if names and not by_order else ""
        raise ParseError(f"found {seen}; expected rows with names and figures{remedy}")
    return tuple(like)


def _found(body: bytes, by_order: bool) -> list[Candidate]:
    """Repeated elements are costly to read, and are looked at where no table and no data is like a leaderboard."""
    known = sorted(islice(leads(body), MAX_LEADS), key=lambda lead: -min(lead.size or MAX_ROWS, 400) * min(len(lead.columns), 12))
    found = _read_all(body, [lead for lead in known if not lead.loose], by_order)
    if not any(candidate.score >= PLAIN_ENOUGH for candidate in found):
        found += _read_all(body, [lead for lead in known if lead.loose][:MAX_LOOSE], by_order)
    return found


def _read_all(body: bytes, wanted: Sequence[Lead], by_order: bool) -> list[Candidate]:
    found: dict[tuple[tuple[str, ...], int], Candidate] = {}
    for lead in wanted[:MAX_READ]:
        read = _read(body, lead)
        if read is not None and len(read[1].rows) >= MIN_ROWS:
            spec, table = read
            table = numbered(table) if by_order else table
            found.setdefault((table.columns, len(table.rows)), _judged(spec, table))
    return list(found.values())


def _read(body: bytes, lead: Lead) -> tuple[Parse, Table] | None:
    """The first way of declaring it in which the parsers give that table."""
    for way in lead.ways:
        try:
            table = parse(body, way, lead.columns)
        except TrackerError:
            continue
        if lead.size and way.format in ("html_table", "markdown_table", "flight") and not _is_it(table, lead):
            continue
        return way, table
    return None


def _is_it(table: Table, lead: Lead) -> bool:
    """Whether it is the table that was seen: its columns, and not more rows than it has, nor far fewer."""
    return len(table.columns) >= 0.9 * len(lead.columns) and 0.5 * lead.size <= len(table.rows) <= lead.size


# ── how like a leaderboard ───────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was seen of the columns of a table."""

    names: int
    named: bool
    figures: int
    worded: int
    counts: int
    ordered: bool
    ranked: bool
    placed: bool
    comma: str


def _judged(spec: Parse, table: Table) -> Candidate:
    columns = [Cells(header=name, cells=[row[at] for row in table.rows[:MAX_ROWS]]) for at, name in enumerate(table.columns)]
    look = _look(columns)
    headless = _is_headless(columns)
    score = _score(look, len(table.rows)) - _oddness(table) - 0.5 * headless
    return Candidate(
        parse=spec,
        columns=table.columns,
        rows=table.rows,
        score=round(max(score, 0.0), 3),
        why=(*_why(look, len(table.rows)), *([_HEADLESS] if headless else ())),
    )


def _is_headless(columns: Sequence[Cells]) -> bool:
    """Whether the header is really the first row: it holds a figure with decimals, or a place that the rows continue counting from."""
    numbers = [cells for cells in columns if _NUMBER.fullmatch(cells.header) and cells.numeric >= 0.8]
    broken = any(not cells.header.lstrip("+-").isdigit() for cells in numbers)
    return broken or any(
        [int(cells.header), *cells.places[:3]] == list(range(int(cells.header), int(cells.header) + 4)) for cells in numbers
    )


def _look(columns: Sequence[Cells]) -> Look:
    names = [cells for cells in columns if _names(cells)]
    figures = [cells for cells in columns if is_figure(cells)]
    worded = [cells for cells in figures if (LOWER | HIGHER) & {*cells.words}]
    return Look(
        names=len(names),
        named=any(NAME & {*cells.words} for cells in names),
        figures=len(figures),
        worded=len(worded),
        counts=sum(bool(COUNT & {*cells.leaf}) for cells in figures if cells not in worded),
        ordered=any(abs(cells.order()) >= 0.95 for cells in figures),
        ranked=any(cells.header == ROW or (RANK & {*cells.leaf} and cells.numeric >= 0.8) for cells in columns),
        comma=next((cells.known[0] for cells in columns if _has_commas(cells)), ""),
        placed=any(cells.header == ROW or (RANK & {*cells.leaf} and _counts(cells)) for cells in columns),
    )


def _names(cells: Cells) -> bool:
    """Whether the column names the rows; in a long table a name may occur in several rows."""
    return (
        cells.is_text
        and cells.filled >= 0.8
        and (cells.distinct >= 0.5 or (bool(NAME & {*cells.leaf}) and cells.distinct >= 0.01))
    )


def _has_commas(cells: Cells) -> bool:
    """Whether it holds figures as much of Europe writes them: 91,5 or 1.204,50."""
    return bool(cells.known) and sum(bool(_COMMA.fullmatch(cell)) for cell in cells.known) >= 0.8 * len(cells.known)


def _counts(cells: Cells) -> bool:
    """Whether it is a list of places from 1 on, shared ones too."""
    known = [place for place in cells.places if place is not None]
    return (
        len(known) == len(cells.cells) and known[:1] == [1] and all(0 <= b - a <= 1 + known.count(a) for a, b in pairwise(known))
    )


def is_figure(cells: Cells) -> bool:
    """Whether it may be a figure of merit: numbers that differ, no places, no times, no limits, no flags."""
    if (
        cells.numeric < 0.8
        or cells.filled < 0.1
        or cells.is_count_up
        or cells.is_time
        or cells.is_date
        or len({*cells.values}) < 2
    ):
        return False
    merit = (LOWER | HIGHER) - AVERAGE - RANK
    return bool(merit & {*cells.leaf} or PRICE & {*cells.words}) or not (LIMIT & {*cells.words} or ID & {*cells.leaf})


def _score(look: Look, rows: int) -> float:
    """Points for what leaderboards have, to a share of 1. Without names or figures it is none."""
    if not look.names or not (look.figures or look.placed):
        return 0.1 * bool(look.names) + 0.1 * bool(look.figures)
    points = 0.42 + 0.06 * min(look.figures, 4) / 2 + 0.16 * min(log2(rows) / 9, 1)
    points -= 0.3 * (0 < look.figures == look.counts and not look.ordered and not look.ranked)
    points += 0.1 * look.named + 0.1 * min(look.worded, 3) / 2 + 0.08 * look.ordered + 0.06 * look.ranked
    return min(points, 1.0)


def _oddness(table: Table) -> float:
    """Points deducted for a transposed table, and for rows whose names are only in the elements around them."""
    sideways = len(table.rows) < 6 and len(table.columns) > 8 * len(table.rows)
    within = [column for column in table.columns if not column.startswith("^.")]
    inside = len(within) < len(table.columns) and not any(NAME & {*words_of(one)} or one == "id" for one in within)
    return 0.3 * sideways + 0.2 * inside


def _is_within(candidate: Candidate) -> bool:
    """Whether its rows are inside other records: of two equally likely tables the simpler is chosen."""
    return any(column.startswith("^.") for column in candidate.columns)


def _why(look: Look, rows: int) -> Iterator[str]:
    yield f"{rows} rows"
    if look.names:
        yield "a column of names" if look.named else "a column of texts that differ"
    if look.ranked:
        yield "a column of ranks"
    if look.ordered:
        yield "rows in the order of a figure"
    if look.figures or look.placed:
        yield f"{look.figures} columns of figures" if look.figures else "places alone"
    elif look.comma:
        yield f"figures with a decimal comma ({look.comma}), which is not read"
    else:
        yield _NO_FIGURES
    if not look.names:
        yield _NAMELESS
