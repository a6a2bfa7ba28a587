"""The rows of a table that are not entries, and what a declaration makes of each row and column of the page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from statistics import fmean

from tracker.authoring.columns import Cells, cells_of
from tracker.authoring.intervals import intervals_of
from tracker.authoring.proposal import Answers, Candidate, Proposal
from tracker.authoring.words import NAME, RANK, set_of, words_of
from tracker.errors import DeclarationError
from tracker.model import Reading
from tracker.reading.lines import parts_of
from tracker.reading.names import clean_name, without_place
from tracker.wording import count

STATISTICS = set_of("average averages averaged avg mean median total sum overall media medio")
BASELINES = set_of(
    "human humans superforecaster superforecasters turker turkers mturker mturkers annotator annotators crowdworkers layperson"
    " random chance majority baseline"
)
AGGREGATES = set_of(
    "world worldwide global earth eu european union europe asia africa america americas oecd eurozone asean rest other others all"
)
"""The words of names that sum up others on some boards, and on others are entries like any."""
BESIDE = set_of(
    "of the all for and on a over across model models system systems entry entries team teams grand column row score scores"
    " performance accuracy level expert experts non panel panels guess guesser guessing choice choices class classifier group"
    " forecast forecasts forecaster transcriber transcribers transcription participant participants public professional"
    " rater raters"
    " de des du del della delle dei di do da dos das la le les el los las der die den von alle aller todos todas tous tutti i все"
    " всех по の 的 के"
)
"""The words of which the names of rows consist that sum up others, or are baselines."""
MOST = 0.25
"""Maximum share of the rows that may be left out (0–1); if there are more, they are what the page is about."""
SEVERAL = 2
"""Columns of means by which a row is known to sum up the others, and rows above the first place that may do so."""
DIFFERENT = 80
"""Units of rounding across which figures must spread, so that none is their mean by chance."""
SLACK = 1e-9
MANY = 5
"""Rows from which a sum says something."""
NUMBERED = 0.8
"""Minimum share of the names with a place before them (0–1) for the places to be no part of them."""
ENOUGH = 3
_DIGIT = re.compile(r"\d")
WORD = re.compile(r"^[^\W\d_]|[^\W\d_]{4,}")
"""What texts have that are not figures with a unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Omitted:
    """Something on the page that the declaration does not read: rows or a column, which, and why."""

    what: str
    which: str
    why: str


def entries_of(candidate: Candidate, name: str, answers: Answers) -> Candidate:
    """The candidate without rows that are not entries, which its declaration leaves out, and with its names without places.

    What the user said of a row decides; its `suspects` are rows of which only a person can say whether they are entries.
    """
    at = candidate.columns.index(name)
    names = [row[at] or "" for row in candidate.rows]
    if unknown := {*answers.without, *answers.entries} - {clean_name(text) for text in (*names, *dict(candidate.left_out))}:
        raise DeclarationError(f"no row is named {min(unknown)!r}, expected a name such as {names[0]!r}")
    found: dict[str, str] = {}
    for text, row in zip(names, candidate.rows, strict=True):
        if why := _why_not(text, [cell for place, cell in enumerate(row) if place != at]):
            found[text] = why
    columns = cells_of(candidate.columns, candidate.rows)
    found |= {names[row]: "the mean of all others" for row in _means(columns)}
    found |= {text: "left out by the user" for text in names if clean_name(text) in answers.without}
    found = {text: why for text, why in found.items() if clean_name(text) not in answers.entries}
    left_out = [(text, found[text]) for text in names if text in found]
    if left_out and len(left_out) <= max(MOST * len(names), len(answers.without)):
        options = {**candidate.parse.options, "without": {name: list(found)}}
        rows = [row for row, text in zip(candidate.rows, names, strict=True) if text not in found]
        parse = replace(candidate.parse, options=options)
        candidate = replace(candidate, parse=parse, rows=rows, left_out=(*candidate.left_out, *left_out))
    names = [row[at] or "" for row in candidate.rows]
    said = {*answers.without, *answers.entries}
    doubts = {clean_name(text): "its name may sum up others" for text in names if _may_sum_up(text)}
    doubts |= {clean_name(names[row]): why for row, why in _doubtful(cells_of(candidate.columns, candidate.rows))}
    bare = [
        names[row] for row, cells in enumerate(candidate.rows) if not any(cell for place, cell in enumerate(cells) if place != at)
    ]
    doubts |= {clean_name(text): "a name alone may be a title" for text in bare if len(bare) <= ENOUGH}
    candidate = replace(candidate, suspects=tuple((text, why) for text, why in doubts.items() if text not in said))
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
    plain = without_place(name)
    words = _words_in(plain)
    if words & NAME and words <= NAME and not any(parts_of(cell) for cell in others):
        return "the header again"
    is_summary = words <= STATISTICS | BASELINES | BESIDE and words & (STATISTICS | BASELINES) and not _DIGIT.search(plain)
    return "sums up others, or is a baseline" if is_summary else ""


def _words_in(name: str) -> set[str]:
    """The words of a name, in English."""
    return {word for word in words_of(name) if word.isalpha()}


def _may_sum_up(name: str) -> bool:
    words = _words_in(name)
    return bool(words & AGGREGATES) and words <= AGGREGATES | {"of", "the"}


def _means(columns: Sequence[Cells]) -> Iterator[int]:
    """The first or last row, if its figures are the means of those of all other rows in several columns, and differ in none."""
    for row in (0, -1):
        judged = [mean for cells in columns if (mean := _is_mean(cells, row)) is not None]
        if len(judged) >= SEVERAL and all(judged):
            yield row


def _is_mean(cells: Cells, row: int) -> bool | None:
    """Whether the figure of a row is the mean of the others; None if the column has too few figures, or few that differ."""
    others = [value for value in (cells.numbers[1:] if row == 0 else cells.numbers[:-1]) if value is not None]
    own = cells.numbers[row] if cells.numbers else None
    if own is None or len(others) < ENOUGH or not cells.is_numeric or max(others) - min(others) < DIFFERENT * cells.rounding:
        return None
    return abs(own - fmean(others)) <= cells.rounding * (1 + SLACK) + SLACK * abs(own)


def _doubtful(columns: Sequence[Cells]) -> Iterator[tuple[int, str]]:
    """The rows above the first place that have none, and a first or last row with at least the sum of all others."""
    for cells in columns:
        places = cells.places if RANK & {*cells.leaf} else []
        first = next((row for row, place in enumerate(places) if place), 0)
        if first <= SEVERAL and places[first : first + 1] == [1] and all(places[first:]):
            yield from ((row, f"it stands above place 1 of {cells.header!r} without a place") for row in range(first))
    ranked = [cells for cells in columns if RANK & {*cells.leaf} and any(cells.places)]
    for cells, row in product(columns, (0, -1)):
        if any(ranks.places[row] for ranks in ranked):
            continue  # what sums up others has no place among them
        values = cells.numbers
        known = [value for value in values if value is not None]
        if len(known) < MANY or len(known) < len(values) or min(known) <= 0 or any(value % 1 for value in known):
            continue
        if not (cells.is_count_up or cells.is_time) and max(known) > 100 and 2 * known[row] >= sum(known):
            yield row, f"its {cells.header!r} is at least the sum of all others"


def balance(proposal: Proposal, reading: Reading) -> Iterator[Omitted]:
    """The rows on the page that are not entries of the reading: together as many as the page has more rows."""
    candidate = proposal.candidate
    for text, why in candidate.left_out:
        yield Omitted(what="row", which=text.strip() or "(no name)", why=why)
    unread = candidate.seen - len(candidate.left_out) - len(candidate.rows)
    if unread > 0:
        yield Omitted(what=count(unread, "row"), which="", why="blank, a notice, or the header again")
    bare = [entry.name for entry in reading.entries if not (entry.measures or entry.attributes or entry.rank)]
    if 0 < len(bare) < len(reading.entries):
        yield Omitted(
            what="no row", which=", ".join(bare[:5]), why=f"{count(len(bare), 'entry', 'entries')} with a name alone: a title?"
        )
    repeated = len(candidate.rows) - len(reading.entries)
    if repeated > 0:
        ambiguous = ", ".join(sorted(reading.ambiguous)[:5])
        why = "the key does not say which of several rows is meant" if ambiguous else "the same as another row"
        yield Omitted(what=count(repeated, "row"), which=ambiguous, why=why)


def unused(proposal: Proposal, dropped: set[str]) -> Iterator[Omitted]:
    """The columns that the declaration does not name, besides those dropped with a reason of their own."""
    rank = (proposal.rank.value,) if proposal.rank else ()
    used = {*proposal.key.value, proposal.name.value, *rank, *(column for _, column in proposal.attributes), *dropped}
    used |= {side for each in proposal.metrics for side in (each.column, *each.sides)}
    columns = cells_of(proposal.candidate.columns, proposal.candidate.rows)
    unclear = intervals_of(columns).unclear
    for cells in columns:
        if cells.header not in used:
            yield Omitted(what="column", which=cells.label, why=unclear.get(cells.label) or _use(cells))


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
