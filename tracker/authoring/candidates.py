"""The tables of a body, each read as its declaration would read it, the likeliest leaderboard first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from math import log2

from tracker.authoring.columns import MAX_ROWS, Cells, cells_of
from tracker.authoring.leads import Lead, leads
from tracker.authoring.proposal import Candidate
from tracker.authoring.words import AVERAGE, BOUND_HIGH, BOUND_LOW, COUNT, HIGHER, ID, LIMIT, LOWER, NAME, PRICE, RANK, words_of
from tracker.errors import ParseError, TrackerError
from tracker.model import ROW, Parse, Table
from tracker.parsers import numbered, parse
from tracker.reading.pages import recognise

MAX_LEADS = 300
MAX_READ = 10
"""Maximum number of leads read, those with the most cells first."""
MAX_LOOSE = 3
"""Maximum kinds of repeated elements examined: each takes a second on a large page."""
MIN_ROWS = 2
PLAIN_ENOUGH = 0.7
"""If a table has at least this score, repeated elements are not examined."""
LEAST = 0.4
"""The lowest score of a leaderboard."""
_NO_FIGURES = "no column of figures"
_NAMELESS = "no column of names"
_HEADLESS = "its header looks like a row"
_COMMA = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:\.\d{3})+),(?:\d{1,2}|\d{4,})\s?%?")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?%?")


def candidates(body: bytes, *, by_order: bool = False) -> tuple[Candidate, ...]:
    """At least one, the best first. `by_order`: the order of the rows ranks them, so the column `$row` holds their ranks.

    Raises:
        Refused: the page is a challenge, a login wall, an error page or an empty shell.
        ParseError: nothing on the page looks like a ranking.
    """
    recognise("the page", body, "html_table")
    # Of two equally likely tables, the one whose rows are not inside other records is simpler.
    tables = sorted(
        _tables(body, by_order), key=lambda table: (-table.score, any(name.startswith("^.") for name in table.columns))
    )
    likely = tuple(candidate for candidate in tables if candidate.score >= LEAST)
    if not likely:
        best = tables[:3]
        seen = "; ".join(f"{candidate.parse.format} of {len(candidate.rows)} rows, {candidate.why[-1]}" for candidate in best)
        names = any(_NO_FIGURES in candidate.why and _NAMELESS not in candidate.why for candidate in best)
        remedy = f" (--metric '{ROW}' where the order of the rows ranks them)" if names and not by_order else ""
        raise ParseError(f"found {seen or 'no table of any kind'}; expected rows with names and figures{remedy}")
    return likely


def _tables(body: bytes, by_order: bool) -> list[Candidate]:
    """Repeated elements are costly to read, so they are examined only if nothing else looks like a leaderboard."""
    largest = sorted(
        islice(leads(body), MAX_LEADS), key=lambda lead: -min(lead.size or MAX_ROWS, 400) * min(len(lead.columns), 12)
    )
    tables = _read_all(body, [lead for lead in largest if not lead.loose], by_order)
    if not any(candidate.score >= PLAIN_ENOUGH for candidate in tables):
        tables += _read_all(body, [lead for lead in largest if lead.loose][:MAX_LOOSE], by_order)
    return tables


def _read_all(body: bytes, wanted: Sequence[Lead], by_order: bool) -> list[Candidate]:
    tables: dict[tuple[tuple[str, ...], int], Candidate] = {}
    for lead in wanted[:MAX_READ]:
        if (read := _read(body, lead)) is not None and len(read[1].rows) >= MIN_ROWS:
            spec, table = read
            table = numbered(table) if by_order else table
            tables.setdefault((table.columns, len(table.rows)), _judged(spec, table))
    return list(tables.values())


def _read(body: bytes, lead: Lead) -> tuple[Parse, Table] | None:
    """The first declaration with which the parsers give that table."""
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
    """Whether the parsers gave the table of the lead: its columns, and not more rows or far fewer."""
    return len(table.columns) >= 0.9 * len(lead.columns) and 0.5 * lead.size <= len(table.rows) <= lead.size


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signs:
    """The signs of a leaderboard that the columns of a table give.

    `names` and `figures` count columns; of the figures, `worded` have a word for merit and `counts` one for a count.
    `named`: a header says so; `ranked`, `placed`: a column of ranks, or of places from 1 on; `comma`: a decimal comma.
    """

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
    columns = cells_of(table.columns, table.rows)
    signs = _signs(columns)
    headless = _is_headless(columns)
    score = _score(signs, len(table.rows)) - _oddness(table) - 0.5 * headless
    return Candidate(
        parse=spec,
        columns=table.columns,
        rows=table.rows,
        score=round(max(score, 0.0), 3),
        why=(*_why(signs, len(table.rows)), *([_HEADLESS] if headless else ())),
    )


def _is_headless(columns: Sequence[Cells]) -> bool:
    """Whether the header is really the first row: it has a figure with decimals, or a place from which the rows count on."""
    bounds = BOUND_LOW | BOUND_HIGH  # 2.5% and 97.5%
    numbers = [
        cells for cells in columns if _NUMBER.fullmatch(cells.header) and cells.numeric >= 0.8 and not bounds & {*cells.words}
    ]
    if any(not cells.header.lstrip("+-").isdigit() for cells in numbers):
        return True
    return any(cells.places[:3] == [int(cells.header) + step for step in (1, 2, 3)] for cells in numbers)


def _signs(columns: Sequence[Cells]) -> _Signs:
    names = [cells for cells in columns if _names(cells)]
    figures = [cells for cells in columns if is_figure(cells)]
    worded = [cells for cells in figures if (LOWER | HIGHER) & {*cells.words}]
    return _Signs(
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
    least = 0.01 if NAME & {*cells.leaf} else 0.5
    return cells.is_text and cells.filled >= 0.8 and cells.distinct >= least


def _has_commas(cells: Cells) -> bool:
    """Whether the column has figures as much of Europe writes them: 91,5 or 1.204,50."""
    return bool(cells.known) and sum(bool(_COMMA.fullmatch(cell)) for cell in cells.known) >= 0.8 * len(cells.known)


def _counts(cells: Cells) -> bool:
    """Whether the column lists places from 1 on; ties may share one."""
    known = [place for place in cells.places if place is not None]
    if len(known) < len(cells.cells) or known[:1] != [1]:
        return False
    return all(0 <= after - before <= 1 + known.count(before) for before, after in pairwise(known))


def is_figure(cells: Cells) -> bool:
    """Whether the column may be a figure of merit: numbers that differ, and are not places, times, limits or flags."""
    if cells.numeric < 0.8 or cells.filled < 0.1 or len({*cells.values}) < 2:
        return False
    if cells.is_count_up or cells.is_time or cells.is_date:
        return False
    merit = (LOWER | HIGHER) - AVERAGE - RANK
    if ID & {*cells.leaf[-1:]}:
        return False
    return bool(merit & {*cells.leaf} or PRICE & {*cells.words}) or not LIMIT & {*cells.words}


def _score(signs: _Signs, rows: int) -> float:
    """The likeness to a leaderboard (0–1), which needs both names and figures."""
    if not signs.names or not (signs.figures or signs.placed):
        return 0.1 * bool(signs.names) + 0.1 * bool(signs.figures)
    points = 0.42 + 0.06 * min(signs.figures, 4) / 2 + 0.16 * min(log2(rows) / 9, 1)
    points -= 0.3 * (0 < signs.figures == signs.counts and not signs.ordered and not signs.ranked)
    points += 0.1 * signs.named + 0.1 * min(signs.worded, 3) / 2 + 0.08 * signs.ordered + 0.06 * signs.ranked
    return min(points, 1.0)


def _oddness(table: Table) -> float:
    """Points deducted for a transposed table, and for rows named only by the records around them."""
    is_transposed = len(table.rows) < 6 and len(table.columns) > 8 * len(table.rows)
    own = [column for column in table.columns if not column.startswith("^.")]
    is_nameless = len(own) < len(table.columns) and not any(NAME & {*words_of(column)} or column == "id" for column in own)
    return 0.3 * is_transposed + 0.2 * is_nameless


def _why(signs: _Signs, rows: int) -> Iterator[str]:
    yield f"{rows} rows"
    if signs.names:
        yield "a column of names" if signs.named else "a column of texts that differ"
    if signs.ranked:
        yield "a column of ranks"
    if signs.ordered:
        yield "rows in the order of a figure"
    if signs.figures or signs.placed:
        yield f"{signs.figures} columns of figures" if signs.figures else "places alone"
    elif signs.comma:
        yield f"figures with a decimal comma ({signs.comma}), which is not read"
    else:
        yield _NO_FIGURES
    if not signs.names:
        yield _NAMELESS
