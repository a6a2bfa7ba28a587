"""The meaning of a candidate's columns, each with its certainty and reason. The rules know no board, site or file by name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, islice

from tracker.authoring.candidates import candidates
from tracker.authoring.columns import MAX_ROWS, Cells, cells_of
from tracker.authoring.metrics import answered, metrics_of
from tracker.authoring.proposal import NO_ANSWERS, Answers, Candidate, Guess, MetricGuess, Proposal, stated
from tracker.authoring.ranking import primary_of
from tracker.authoring.sheet import RawSheet, attribute_of
from tracker.authoring.words import ID, NAME
from tracker.errors import DeclarationError
from tracker.model import ROW
from tracker.reading.lines import parts_of

_HEADING = re.compile(r"css:(?:a|h[1-6]|strong)\.")
"""Elements that pages name things in."""
SUMMARY = re.compile(
    r"(?:(?:overall|grand|column) )?(?:average|avg\.?|mean|median|total|sum)(?: score)?"
    r"|(?:average |expert |non-expert )?humans?(?: (?:baseline|average|performance|experts?))?"
    r"|random(?: (?:baseline|guess(?:ing)?|chance))?",
    re.IGNORECASE,
)
"""Names of rows that are not models."""
WORD = re.compile(r"^[^\W\d_]|[^\W\d_]{4,}")
MAX_UNUSED = 20
"""Maximum number of columns listed as left out."""
LEAST_NUMERIC = 0.5
CLOSE = 0.06
"""Candidates whose scores differ by less are equally likely."""


def propose(body: bytes, answers: Answers = NO_ANSWERS) -> Proposal:
    """Propose a declaration for a page. What the user stated counts as certain.

    Raises:
        Refused, ParseError: as `candidates`.
        DeclarationError: a stated column is in no table, or the page has fewer tables.
    """
    tables = candidates(body, by_order=answers.metric == ROW)
    if answers.table is not None:
        fitting = list(tables[answers.table - 1 : answers.table]) if answers.table > 0 else []
        problem = f"table {answers.table} is not there, expected 1 to {len(tables)}"
    else:
        fitting = [candidate for candidate in tables if set(answers.columns) <= set(candidate.columns)]
        problem = f"no table has {', '.join(map(repr, answers.columns))}, expected among {', '.join(tables[0].columns[:30])}"
    if not fitting:
        raise DeclarationError(problem)
    return _proposal(fitting[0], stated(answers.table) if answers.table else _table(tables, fitting), answers)


def _table(tables: Sequence[Candidate], fitting: Sequence[Candidate]) -> Guess[int]:
    """The first candidate; unsure if another is as likely and does not hold the same rows in another form."""
    best, *others = fitting
    place = tables.index(best) + 1
    rivals = [other for other in others if other.score > best.score - CLOSE and not _same_entries(best, other)]
    if rivals:
        return Guess(
            value=place, sure=0.6, why=f"{rivals[0].parse.format} of {len(rivals[0].rows)} rows looks equally like a leaderboard"
        )
    return Guess(value=place, sure=0.9, why="; ".join(best.why))


def _same_entries(candidate: Candidate, other: Candidate) -> bool:
    """Whether two tables of a page show the same entries with the same figures, such as a table and the data it is made of."""
    rows, others = _figures_by_name(candidate), _figures_by_name(other)
    common = rows.keys() & others.keys()
    if 2 * len(common) < min(len(rows), len(others)) or not common:
        return False
    pairs = [(rows[name], others[name]) for name in common if rows[name] and others[name]]
    alike = sum(2 * len(figures & further) >= min(len(figures), len(further)) for figures, further in pairs)
    return 2 * alike >= len(pairs)


def _figures_by_name(candidate: Candidate) -> dict[str, set[str]]:
    """The figures of each row, to three significant digits, by the text of the column that most likely names the rows."""
    columns = cells_of(candidate.columns, candidate.rows[:MAX_ROWS])
    names = max(columns, key=lambda cells: (cells.is_text and bool(NAME & {*cells.leaf}), cells.distinct))
    figures = zip(*(column.numbers for column in columns if column is not names), strict=True)
    rows = zip(names.cells, figures, strict=True) if len(columns) > 1 else ((name, ()) for name in names.cells)
    return {name.strip(): {f"{abs(figure):.2e}".partition("e")[0] for figure in row if figure} for name, row in rows if name}


def _proposal(candidate: Candidate, table: Guess[int], answers: Answers) -> Proposal:
    sheet = RawSheet(candidate, answers.metric)
    if missing := [column for column in answers.columns if column not in candidate.columns]:
        raise DeclarationError(f"the table has no column {missing[0]!r}, expected among {', '.join(candidate.columns[:30])}")
    name = stated(answers.name) if answers.name else _name(sheet)
    if summaries := _summaries(sheet.columns[name.value].known):
        return _proposal(_without(candidate, name.value, summaries), table, answers)
    key, duplicates = _key(sheet, name.value, answers.key)
    metrics = tuple(metrics_of(sheet, {*key.value, name.value}))
    primary = primary_of(sheet, metrics, name.value)
    metrics = tuple(answered(metric, sheet, answers) if metric.id == primary.value else metric for metric in metrics)
    by_rows = sheet.rank is not None and sheet.rank.header == ROW
    why = "the order of the rows" if by_rows else "its header says so, and it counts from the top"
    return Proposal(
        candidate=candidate,
        table=table,
        key=key,
        name=name,
        rank=Guess(value=sheet.rank.header, sure=0.9, why=why) if sheet.rank else None,
        attributes=tuple(_attributes(sheet, {name.value})),
        metrics=metrics,
        primary=primary,
        duplicates=duplicates,
        unused=_unused(sheet, metrics, {*key.value, name.value}),
        stated_error=answers.stated_error,
    )


def _unused(sheet: RawSheet, metrics: Sequence[MetricGuess], taken: set[str]) -> dict[str, str]:
    """The columns with figures that the declaration leaves out, each with the reason."""
    declared = {metric.column for metric in metrics} | taken | {column for _, column in _attributes(sheet, taken)}
    declared |= {sheet.rank.header} if sheet.rank is not None else set()
    reasons = {cells.header: _why_unused(cells) for cells in sheet.columns.values() if cells.label not in sheet.intervals.sides}
    reasons |= {sheet.columns[label].header: why for label, why in sheet.intervals.unclear.items()}
    return dict(islice(((column, why) for column, why in reasons.items() if why and column not in declared), MAX_UNUSED))


def _why_unused(cells: Cells) -> str:
    """Why a column with figures is not declared; "" for other columns."""
    if cells.is_date or cells.is_time or cells.is_count_up or not cells.known:
        return ""
    if cells.numeric >= LEAST_NUMERIC:
        return "its header does not name a figure of merit" if len({*cells.values}) > 1 else "all its values are equal"
    figures = sum(bool(parts_of(cell)) and not WORD.search(cell) for cell in cells.known)
    return f"a cell such as {cells.known[0]!r} is not one figure" if figures >= LEAST_NUMERIC * len(cells.known) else ""


def _summaries(names: Sequence[str]) -> list[str]:
    """The names of rows that sum up the others, or that people took part in; none if nothing else is listed."""
    found = list(dict.fromkeys(name for name in names if SUMMARY.fullmatch(name.strip())))
    return found if len(found) <= len(names) / 4 else []


def _without(candidate: Candidate, name: str, left_out: Sequence[str]) -> Candidate:
    """The candidate whose declaration leaves out the rows with these names."""
    at = candidate.columns.index(name)
    options = {**candidate.parse.options, "without": {name: list(left_out)}}
    rows = [row for row in candidate.rows if row[at] not in left_out]
    return replace(candidate, parse=replace(candidate.parse, options=options), rows=rows)


def _name(sheet: RawSheet) -> Guess[str]:
    texts = [cells for cells in sheet.columns.values() if cells.is_text and cells.filled >= 0.6]
    if not texts:
        return Guess(value=next(iter(sheet.columns)), sure=0.2, why="no column holds names")
    scored = sorted(((_as_name(cells, at), cells) for at, cells in enumerate(texts)), key=lambda pair: -pair[0])
    best, cells = scored[0]
    second = scored[1][0] if len(scored) > 1 else 0.0
    why = "its header says so" if NAME & {*cells.leaf} else "the texts differ most"
    return Guess(value=cells.header, sure=min(0.95, 0.6 + 0.15 * best + 0.1 * (best > second + 0.5)), why=why)


def _as_name(cells: Cells, at: int) -> float:
    """How likely the column holds the names: by its header, its distinct texts and its position."""
    leaf = {*cells.leaf}
    points = 2.0 * cells.distinct + 0.4 * cells.filled - 0.03 * at
    points += 1.0 * bool(leaf & {"model", "models", "name", "title", "player", "team", "app", "label", "display"})
    points += 0.5 * bool(NAME & leaf) - 1.2 * bool(attribute_of(cells)) - 0.4 * bool(leaf & (ID - {"key"}))
    return (
        points
        - 0.3 * cells.header.removeprefix("css:").count(".")
        + 0.3 * bool(_HEADING.match(cells.header))
        - 0.4 * cells.is_prose
        - 1.0 * cells.header.startswith("^.")
        - 0.6 * bool(leaf & {"url", "link", "note", "notes", "description", "license", "short", "source", "family"})
    )


def _key(sheet: RawSheet, name: str, given: tuple[str, ...]) -> tuple[Guess[tuple[str, ...]], str]:
    """The key, `given` if the user stated it, and the contract's rule for a key that occurs twice."""
    if given:
        return stated(given), "refuse" if _is_unique(sheet, given) else "ambiguous"
    best = max(filter(_may_be_key, sheet.columns.values()), key=lambda cells: _as_key(cells, name), default=None)
    if best is not None:
        why = "unique in all rows, and called an id" if ID & {*best.leaf} else "unique in all rows"
        return Guess(value=(best.header,), sure=0.95 if best.header == name or ID & {*best.leaf} else 0.75, why=why), "refuse"
    if together := _together(sheet, name):
        return Guess(value=together, sure=0.75, why="only together unique in all rows"), "refuse"
    repeated = 1 - sheet.columns[name].distinct
    sure = 0.72 if repeated < 0.1 else 0.5
    return Guess(value=(name,), sure=sure, why=f"{repeated:.0%} of its values occur again"), "ambiguous"


def _may_be_key(cells: Cells) -> bool:
    known = cells.unique and not cells.is_count_up and not cells.is_date
    words = {*cells.leaf} - ({"link"} if cells.header.startswith("css:") else set())  # a class of links, not an address
    if not known or words & {"url", "link", "href", "sha", "hash", "description", "note", "notes", "rank"}:
        return False
    return cells.is_text or bool(ID & {*cells.leaf}) or (cells.header == "$key")


def _as_key(cells: Cells, name: str) -> float:
    leaf = {*cells.leaf}
    points = 3.0 * (cells.header == "$key") + 2.0 * bool(leaf & ID) + 1.5 * (cells.header == name) + 0.5 * bool(leaf & NAME)
    nested = cells.header.removeprefix("css:").count(".")
    points -= 1.0 * nested + 0.8 * bool(attribute_of(cells)) + 0.5 * cells.header.startswith("_")
    return points - 2.0 * (cells.numeric > 0.5) - 0.5 * bool(leaf & {"short", "canonical", "repo", "hugging", "face"})


def _together(sheet: RawSheet, name: str) -> tuple[str, ...]:
    """The name and the fewest other columns that make the rows unique."""
    others = [
        cells.header
        for cells in sheet.columns.values()
        if cells.header != name
        and cells.filled >= 0.5
        and (cells.is_text or cells.is_date or ID & {*cells.leaf})
        and cells.distinct < 1
    ][:12]
    keys = ((name, *further) for number in (1, 2) for further in combinations(others, number))
    return next((key for key in keys if _is_unique(sheet, key)), ())


def _is_unique(sheet: RawSheet, key: Sequence[str]) -> bool:
    rows = list(zip(*(sheet.columns[column].cells for column in key), strict=True))
    return len(set(rows)) == len(rows)


def _attributes(sheet: RawSheet, taken: set[str]) -> Iterator[tuple[str, str]]:
    used: set[str] = set()
    for cells in sheet.columns.values():
        name = attribute_of(cells)
        if name and name not in used and cells.header not in taken and cells.known:
            used.add(name)
            yield name, cells.header
