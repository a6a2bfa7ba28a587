"""The rows of a table that are not entries, and what a declaration makes of each row and column of the page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tracker.authoring.columns import Cells, cells_of
from tracker.authoring.intervals import intervals_of
from tracker.authoring.proposal import Candidate, Proposal
from tracker.model import Reading
from tracker.reading.lines import parts_of
from tracker.reading.names import clean_name, without_place
from tracker.wording import count

SUMMARY = re.compile(
    r"(?:(?:overall|grand|column) )?(?:average|avg\.?|mean|median|total|sum)(?: score)?"
    r"|(?:average |expert |non-expert )?humans?(?: (?:baseline|average|performance|experts?))?"
    r"|random(?: (?:baseline|guess(?:ing)?|chance))?",
    re.IGNORECASE,
)
"""Names of rows that are not models."""
MOST = 0.25
"""Maximum share of the rows that may be left out (0–1); if there are more, they are what the page is about."""
NUMBERED = 0.8
"""Minimum share of the names with a place before them (0–1) for the places to be no part of them."""
ENOUGH = 3
WORD = re.compile(r"^[^\W\d_]|[^\W\d_]{4,}")
"""What texts have that are not figures with a unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Something on the page that the declaration does not read: rows or a column, which, and why."""

    what: str
    which: str
    why: str


def entries_of(candidate: Candidate, name: str) -> Candidate:
    """The candidate without rows that are not entries, which its declaration leaves out, and with its names without places."""
    at = candidate.columns.index(name)
    found: dict[str, str] = {}
    for row in candidate.rows:
        if why := _why_not(row[at] or "", [cell for place, cell in enumerate(row) if place != at]):
            found[row[at] or ""] = why
    left_out = [(row[at] or "", found[row[at] or ""]) for row in candidate.rows if (row[at] or "") in found]
    if left_out and len(left_out) <= MOST * len(candidate.rows):
        options = {**candidate.parse.options, "without": {name: list(found)}}
        rows = [row for row in candidate.rows if (row[at] or "") not in found]
        parse = replace(candidate.parse, options=options)
        candidate = replace(candidate, parse=parse, rows=rows, left_out=(*candidate.left_out, *left_out))
    names = [row[at] or "" for row in candidate.rows]
    placed = sum(without_place(text) != text for text in names)
    if len(names) < ENOUGH or placed < NUMBERED * len(names):
        return candidate
    rows = [(*row[:at], without_place(row[at] or ""), *row[at + 1 :]) for row in candidate.rows]
    return replace(candidate, rows=rows, numbered=name)


def _why_not(name: str, others: Sequence[str | None]) -> str:
    """Why a row with this name and these other cells is not an entry, "" if it is one."""
    if not any(map(str.isalnum, clean_name(name))):
        return "no name"
    if len(others) > 1 and not any(cell and cell.strip() for cell in others):
        return "a title: all other cells are empty"
    return "sums up others, or is a baseline" if SUMMARY.fullmatch(without_place(name).strip()) else ""


def balance(proposal: Proposal, reading: Reading) -> Iterator[LeftOut]:
    """The rows on the page that are not entries of the reading: together as many as the page has more rows."""
    candidate = proposal.candidate
    for text, why in candidate.left_out:
        yield LeftOut(what="row", which=text.strip() or "(no name)", why=why)
    unread = candidate.seen - len(candidate.left_out) - len(candidate.rows)
    if unread > 0:
        yield LeftOut(what=count(unread, "row"), which="", why="blank, a notice, or the header again")
    bare = [entry.name for entry in reading.entries if not (entry.measures or entry.attributes or entry.rank)]
    if 0 < len(bare) < len(reading.entries):
        yield LeftOut(
            what="no row", which=", ".join(bare[:5]), why=f"{count(len(bare), 'entry', 'entries')} with a name alone: a title?"
        )
    repeated = len(candidate.rows) - len(reading.entries)
    if repeated > 0:
        ambiguous = ", ".join(sorted(reading.ambiguous)[:5])
        why = "the key does not say which of several rows is meant" if ambiguous else "the same as another row"
        yield LeftOut(what=count(repeated, "row"), which=ambiguous, why=why)


def unused(proposal: Proposal, dropped: set[str]) -> Iterator[LeftOut]:
    """The columns that the declaration does not name, besides those dropped with a reason of their own."""
    rank = (proposal.rank.value,) if proposal.rank else ()
    used = {*proposal.key.value, proposal.name.value, *rank, *(column for _, column in proposal.attributes), *dropped}
    used |= {side for each in proposal.metrics for side in (each.column, *each.sides)}
    columns = cells_of(proposal.candidate.columns, proposal.candidate.rows)
    unclear = intervals_of(columns).unclear
    for cells in columns:
        if cells.header not in used:
            yield LeftOut(what="column", which=cells.label, why=unclear.get(cells.label) or _use(cells))


def _use(cells: Cells) -> str:
    if not cells.known:
        return "empty"
    if len({*cells.known}) == 1:
        return "the same in every row"
    if cells.is_date or cells.is_time:
        return "times"
    if cells.numeric < 0.8:
        figures = sum(bool(parts_of(cell)) and not WORD.search(cell) for cell in cells.known)
        return "texts" if 2 * figures < len(cells.known) else f"a cell such as {cells.known[0]!r} is not one figure"
    return "numbers the rows" if cells.is_count_up else "figures that rank nothing"
