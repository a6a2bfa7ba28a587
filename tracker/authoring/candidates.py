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
"""Of repeated elements only so many kinds, as each takes a second on a large page."""
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
    like = [one for one in found if one.score >= LEAST]
    if not like:
        seen = (
            "; ".join(f"{one.parse.format} of {len(one.rows)} rows, {one.why[-1]}" for one in found[:3]) or "no table of any kind"
        )
        names = any(_NO_FIGURES in one.why and _NAMELESS not in one.why for one in found[:3])
        remedy = f" (--metric '{ROW}' where the order of the rows ranks them)" if names and not by_order else ""
        raise ParseError(f"found {seen}; expected rows with names and figures{remedy}")
    return tuple(like)


def _found(body: bytes, by_order: bool) -> list[Candidate]:
    """Repeated elements are costly to read, and are looked at where no table and no data is like a leaderboard."""
    known = sorted(islice(leads(body), MAX_LEADS), key=lambda lead: -min(lead.size or MAX_ROWS, 400) * min(len(lead.columns), 12))
    found = _read_all(body, [lead for lead in known if not lead.loose], by_order)
    if not any(one.score >= PLAIN_ENOUGH for one in found):
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
    """Whether what stands for the header is the first row: a figure with decimals, or a place that the rows go on counting from."""
    numbers = [one for one in columns if _NUMBER.fullmatch(one.header) and one.numeric >= 0.8]
    broken = any(not one.header.lstrip("+-").isdigit() for one in numbers)
    return broken or any(
        [int(one.header), *one.places[:3]] == list(range(int(one.header), int(one.header) + 4)) for one in numbers
    )


def _look(columns: Sequence[Cells]) -> Look:
    names = [one for one in columns if _names(one)]
    figures = [one for one in columns if is_figure(one)]
    worded = [one for one in figures if (LOWER | HIGHER) & {*one.words}]
    return Look(
        names=len(names),
        named=any(NAME & {*one.words} for one in names),
        figures=len(figures),
        worded=len(worded),
        counts=sum(bool(COUNT & {*one.leaf}) for one in figures if one not in worded),
        ordered=any(abs(one.order()) >= 0.95 for one in figures),
        ranked=any(one.header == ROW or (RANK & {*one.leaf} and one.numeric >= 0.8) for one in columns),
        comma=next((one.known[0] for one in columns if _has_commas(one)), ""),
        placed=any(one.header == ROW or (RANK & {*one.leaf} and _counts(one)) for one in columns),
    )


def _names(one: Cells) -> bool:
    """Whether it names the rows; in a long table a name stands in several of them."""
    return one.is_text and one.filled >= 0.8 and (one.distinct >= 0.5 or (bool(NAME & {*one.leaf}) and one.distinct >= 0.01))


def _has_commas(one: Cells) -> bool:
    """Whether it holds figures as much of Europe writes them: 91,5 or 1.204,50."""
    return bool(one.known) and sum(bool(_COMMA.fullmatch(cell)) for cell in one.known) >= 0.8 * len(one.known)


def _counts(one: Cells) -> bool:
    """Whether it is a list of places from 1 on, shared ones too."""
    known = [place for place in one.places if place is not None]
    return len(known) == len(one.cells) and known[:1] == [1] and all(0 <= b - a <= 1 + known.count(a) for a, b in pairwise(known))


def is_figure(one: Cells) -> bool:
    """Whether it may be a figure of merit: numbers that differ, no places, no times, no limits, no flags."""
    if one.numeric < 0.8 or one.filled < 0.1 or one.is_count_up or one.is_time or one.is_date or len({*one.values}) < 2:
        return False
    merit = (LOWER | HIGHER) - AVERAGE - RANK
    return bool(merit & {*one.leaf} or PRICE & {*one.words}) or not (LIMIT & {*one.words} or ID & {*one.leaf})


def _score(look: Look, rows: int) -> float:
    """Points for what leaderboards have, to a share of 1. Without names or figures it is none."""
    if not look.names or not (look.figures or look.placed):
        return 0.1 * bool(look.names) + 0.1 * bool(look.figures)
    points = 0.42 + 0.06 * min(look.figures, 4) / 2 + 0.16 * min(log2(rows) / 9, 1)
    points -= 0.3 * (0 < look.figures == look.counts and not look.ordered and not look.ranked)
    points += 0.1 * look.named + 0.1 * min(look.worded, 3) / 2 + 0.08 * look.ordered + 0.06 * look.ranked
    return min(points, 1.0)


def _oddness(table: Table) -> float:
    """Points off for a table that lies on its side, and for rows whose names stand only around them."""
    sideways = len(table.rows) < 6 and len(table.columns) > 8 * len(table.rows)
    within = [one for one in table.columns if not one.startswith("^.")]
    inside = len(within) < len(table.columns) and not any(NAME & {*words_of(one)} or one == "id" for one in within)
    return 0.3 * sideways + 0.2 * inside


def _is_within(one: Candidate) -> bool:
    """Whether its rows stand within other records: of two that are as like a leaderboard the plainer one is taken."""
    return any(column.startswith("^.") for column in one.columns)


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
