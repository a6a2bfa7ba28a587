"""The meaning of a candidate's columns, each with its certainty and reason. The rules know no board, site or file by name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, repeat

from tracker.authoring.candidates import likely, named_by, repeated_on, survey
from tracker.authoring.columns import MAX_ROWS, Cells, cells_of
from tracker.authoring.metrics import metrics_of, ranked
from tracker.authoring.proposal import NO_ANSWERS, SURE, Answers, Candidate, Guess, Proposal, stated
from tracker.authoring.ranking import primary_of
from tracker.authoring.rows import entries_of
from tracker.authoring.sheet import RawSheet, attribute_of
from tracker.authoring.words import ID, NAME, NAMING, PART_OF_NAME
from tracker.errors import DeclarationError
from tracker.model import ROW
from tracker.model.names import folded
from tracker.reading.lines import name_lines
from tracker.wording import listed

_HEADING = re.compile(r"css:(?:.* )?(?:a|h[1-6]|strong)(?:\.|$)")
"""Elements that pages name things in."""
CLOSE = 0.06
"""Candidates whose scores differ by less are equally likely."""
NEAR = 0.2
"""The same for two tables that both show that they rank their rows."""
LARGE = 10
"""Figures from here on may be shown without decimals."""
_OF_ROWS = frozenset(("model", "models", "name"))
"""Headers of names, which may repeat: a model has a row for each way to run it."""
_NOT_KEYS = frozenset(("url", "link", "href", "sha", "hash", "description", "note", "notes", "rank", "cursor"))
NEAR_NAME = 0.6
"""Two columns of texts whose points differ by less may both hold the names."""
LEAST_DISTINCT = 0.8
"""Minimum share of distinct texts (0–1) in a column that may hold the names as well as another one."""
SAME = 0.75
"""Share of figures and of rows (0–1) by which a table repeats another."""


def propose(body: bytes, answers: Answers = NO_ANSWERS) -> Proposal:
    """Propose a declaration for a page. What the user stated counts as certain.

    Raises:
        Refused, ParseError: as `candidates`.
        DeclarationError: a stated column is in no table, or the page has fewer tables.
    """
    return proposal_of(survey(body, by_order=answers.metric == ROW), answers)


def proposal_of(tables: Sequence[Candidate], answers: Answers) -> Proposal:
    """The proposal for one of the tables that `survey` finds. Raises as `propose`."""
    if answers.table is not None:
        fitting = list(tables[answers.table - 1 : answers.table]) if answers.table > 0 else []
        problem = f"table {answers.table} is not there, expected 1 to {len(tables)}"
        if fitting and not fitting[0].rows:
            raise DeclarationError(f"table {answers.table}: {fitting[0].why[0]}, expected one of the others")
    else:
        best = likely(tables, by_order=answers.metric == ROW)
        fitting = [candidate for candidate in best if not _missing(answers, candidate)]
        problem = f"no table has {', '.join(map(repr, answers.columns))}, expected among {', '.join(tables[0].columns[:30])}"
    if not fitting:
        raise DeclarationError(problem)
    table = stated(answers.table) if answers.table else _table(tables, fitting)
    return _proposal(tables, fitting[0], table, answers)


def _missing(answers: Answers, candidate: Candidate) -> list[str]:
    """The stated columns that a table lacks; one figure of cells that hold several is a column of its own."""
    missing = [column for column in answers.columns if column not in candidate.columns]
    labels = {cells.label for cells in cells_of(candidate.columns, candidate.rows)} if missing == [answers.metric] else set()
    return [] if answers.metric in labels else missing


def _table(tables: Sequence[Candidate], fitting: Sequence[Candidate]) -> Guess[int]:
    """The first candidate; unsure if another may be meant as well."""
    best, *others = fitting
    place = tables.index(best) + 1
    if best.parse.options.get("explode"):
        return Guess(value=place, sure=0.6, why="it joins lists that are apart on the page, of which each may be a leaderboard")
    rivals = [other for other in others if _is_rival(best, other)]
    alike = [other for other in tables if {*other.columns} == {*best.columns} and not (other.rows or other.doubt)]
    if rivals or alike:
        other = (rivals or alike)[0]
        named = f" ({other.place})" if other.place else ""
        more = f", and so do {len(rivals) + len(alike) - 1} more" if len(rivals) + len(alike) > 1 else ""
        return Guess(value=place, sure=0.6, why=f"table {tables.index(other) + 1}{named} looks like a leaderboard as well{more}")
    return Guess(value=place, sure=0.9, why="; ".join(best.why))


def _is_rival(best: Candidate, other: Candidate) -> bool:
    """Whether another table may be the leaderboard: a likely one, or one of the same columns, with other rows or figures."""
    near = other.score > best.score - (CLOSE if other.doubt else NEAR) or {*other.columns} == {*best.columns}
    return near and not (best.ranked_by and not other.ranked_by) and not _same_entries(best, other)


def _same_entries(candidate: Candidate, other: Candidate) -> bool:
    """Whether two tables of a page show the same entries with the same figures, such as a table and the data it is made of."""
    columns, further_columns = (cells_of(table.columns, table.rows[:MAX_ROWS]) for table in (candidate, other))
    rows = _figures_by_name(columns, named_by(columns))
    texts = [names for names in further_columns if names.is_text]
    others = max((_figures_by_name(further_columns, names) for names in texts), key=lambda by: len(by.keys() & rows), default={})
    common = rows.keys() & others.keys()
    if 2 * len(common) < min(len(rows), len(others)) or not common:
        return False
    pairs = [sorted((rows[name], others[name]), key=len) for name in common if rows[name] and others[name]]
    alike = sum(sum(_occurs(figure, more) for figure in few) >= SAME * len(few) for few, more in pairs)
    return alike >= SAME * len(pairs)


def _figures_by_name(columns: Sequence[Cells], names: Cells) -> dict[str, list[float]]:
    """The figures of each row, by its name."""
    numbers = [column.numbers for column in columns if column is not names]
    rows = zip(name_lines(names.cells), zip(*numbers, strict=True) if numbers else repeat(()), strict=False)
    return {name.strip(): [abs(figure) for figure in row if figure] for name, row in rows if name}


def _occurs(figure: float, others: Sequence[float]) -> bool:
    """Whether a figure is one of the others, rounded to three digits or, if one of them has no decimals, to a whole number."""
    near = 0.005 * figure if figure < LARGE else 0.0
    return any(
        abs(figure - other) <= (0.5 if figure >= LARGE and (figure.is_integer() or other.is_integer()) else max(near, 0.05))
        for other in others
    )


def _proposal(tables: Sequence[Candidate], candidate: Candidate, table: Guess[int], answers: Answers) -> Proposal:
    sheet = RawSheet(candidate, answers.metric)
    if missing := _missing(answers, candidate):
        raise DeclarationError(f"the table has no column {missing[0]!r}, expected among {', '.join(candidate.columns[:30])}")
    figures = sheet.columns.get(answers.metric or "")
    if figures is not None and figures.header != ROW and not figures.is_numeric and not any(figures.places):
        found = f"it has {figures.known[0]!r}" if figures.known else "it is empty"
        readable = [cells.header for cells in (sheet.rank, *sheet.figures) if cells not in (None, figures)]
        expected = f"figures, as in {listed(readable, 12)}" if readable else "figures"
        raise DeclarationError(f"column {answers.metric!r} cannot rank the board: {found}, expected {expected}")
    if answers.dots_group is not candidate.dots_group:
        return _proposal(tables, _with_dots(candidate, sheet, group=bool(answers.dots_group)), table, answers)
    name = stated(answers.name) if answers.name else _name(sheet)
    entries = entries_of(candidate, name.value, answers)
    if entries != candidate:
        return _proposal(tables, entries, table, answers)
    key, duplicates = _key(sheet, name.value, answers.key)
    metrics = tuple(metrics_of(sheet, {*key.value, name.value}))
    primary = primary_of(sheet, metrics, name.value)
    as_ranking, metrics = metrics, ranked(metrics, primary.value, sheet, answers)
    by_rows = sheet.rank is not None and sheet.rank.header == ROW
    why = "the order of the rows" if by_rows else "its header says so, and it counts from the top"
    return Proposal(
        tables=tables,
        candidate=candidate,
        table=table,
        key=key,
        name=name,
        rank=Guess(value=sheet.rank.header, sure=0.9, why=why) if sheet.rank else None,
        attributes=tuple(_attributes(sheet, {name.value})),
        metrics=metrics,
        as_ranking=as_ranking,
        primary=primary,
        duplicates=duplicates,
        stated_error=answers.stated_error,
    )


def _with_dots(candidate: Candidate, sheet: RawSheet, *, group: bool) -> Candidate:
    """The candidate with the meaning of its dots, and without those that group thousands."""
    dotted = [candidate.columns.index(cells.header) for cells in sheet.columns.values() if cells.has_open_dots and group]
    rows = [[cell and cell.replace(".", "") if at in dotted else cell for at, cell in enumerate(row)] for row in candidate.rows]
    return replace(candidate, rows=rows if dotted else candidate.rows, dots_group=group)


def names_of(columns: Sequence[Cells]) -> list[tuple[float, Cells]]:
    """The columns of texts that may name the entries, each with its points, the likeliest first."""
    texts = [cells for cells in columns if cells.is_text and len(cells.texts) >= 0.6 * len(cells.cells)]
    most = max((len(cells.texts) for cells in texts), default=0)
    scored = [(_as_name(cells, at) - 1.0 * (len(cells.texts) < most), cells) for at, cells in enumerate(texts)]
    return sorted(scored, key=lambda pair: -pair[0])


def _name(sheet: RawSheet) -> Guess[str]:
    """The column of names; unsure if its header does not say so and another column may as well hold them."""
    scored = names_of([*sheet.columns.values()])
    if not scored:
        return Guess(value=next(iter(sheet.columns)), sure=0.2, why="no column holds names")
    (best, cells), *others = scored
    second, other = others[0] if others else (0.0, cells)
    leaf = {*cells.leaf}
    if PART_OF_NAME & leaf:
        return Guess(value=cells.header, sure=0.6, why="it is a part of a name")
    rivals = [rival for _, rival in others if _names_each_row(rival)] if not (cells.unique or leaf & _OF_ROWS) else []
    if rivals:
        return Guess(value=rivals[0].header, sure=0.6, why=f"{cells.header!r} repeats, while each row has its own text there")
    # a country may be where the entries of another column are
    others_name = attribute_of(cells) and any(_names_each_row(rival) for _, rival in others)
    is_said = (NAMING & leaf and not others_name) or _HEADING.match(cells.header) or cells.header == "$key"
    as_likely = others_name or second > best - NEAR_NAME
    as_likely = as_likely and other.distinct > LEAST_DISTINCT and len(other.texts) >= len(cells.texts)
    if as_likely and not is_said:
        return Guess(value=cells.header, sure=0.6, why=f"{other.header!r} has names that differ as well")
    why = "its header says so" if NAMING & leaf else "the texts differ most"
    return Guess(value=cells.header, sure=min(0.95, max(SURE, 0.6 + 0.15 * best)), why=why)


def _names_each_row(cells: Cells) -> bool:
    """Whether a column has a text of its own in each row, which may be a name."""
    is_other = cells.is_prose or cells.is_date or cells.is_code or not (ID | _NOT_KEYS).isdisjoint(cells.leaf)
    return cells.unique and len(cells.texts) == len(cells.cells) and not is_other


def _as_name(cells: Cells, at: int) -> float:
    """How likely the column holds the names: by its header, its distinct texts and its position."""
    leaf = {*cells.leaf}
    points = 2.0 * cells.distinct + 0.4 * cells.filled - 0.03 * at
    if leaf & {"model", "models", "name", "title", "player", "app", "label", "display"}:
        points += 1.0 if leaf <= NAMING else cells.distinct  # the model of a database does not name it
    points -= 0.1 * ("team" in leaf) + 2.0 * bool(leaf & PART_OF_NAME)  # a team is whose a player, a system or a song is
    points += 0.3 * (leaf <= NAMING)
    points += 0.5 * bool(NAMING & leaf) - 1.2 * bool(attribute_of(cells)) - 0.4 * bool(leaf & (ID - {"key", "handle"}))
    return (
        points
        - 0.3 * cells.header.removeprefix("css:").count(".")
        + 0.3 * bool(_HEADING.match(cells.header))
        - 0.4 * cells.is_prose
        - 2.0 * (cells.is_code or len({*cells.texts}) == 1)
        - 1.0 * cells.header.startswith("^.")
        - 1.0 * (not {"paper", "publication", "citation"}.isdisjoint(cells.words))
        - 0.6 * bool(leaf & {"url", "link", "note", "notes", "description", "license", "short", "source", "family"})
    )


def _key(sheet: RawSheet, name: str, given: tuple[str, ...]) -> tuple[Guess[tuple[str, ...]], str]:
    """The key, `given` if the user stated it, and the contract's rule for a key that occurs twice."""
    if given:
        return stated(given), "refuse" if _is_unique(sheet, given) else "ambiguous"
    likely = (cells for cells in sheet.columns.values() if _may_be_key(cells) and (cells.header == name or not cells.is_position))
    best = max(likely, key=lambda cells: _as_key(cells, sheet.columns[name]), default=None)
    if best is not None:
        why = "unique in all rows, and called an id" if ID & {*best.leaf} else "unique in all rows"
        return Guess(value=(best.header,), sure=0.95 if best.header == name or ID & {*best.leaf} else 0.75, why=why), "refuse"
    if (date := repeated_on([*sheet.columns.values()], sheet.columns[name])) is not None:
        found = f"the table has the same entries for each {date.header!r}, which is a history"
        remedy = f"expected one row of each entry; with --key {name} --key {date.header} each date has entries of its own"
        raise DeclarationError(f"{found}; {remedy}")
    if together := _together(sheet, name):
        return Guess(value=together, sure=0.75, why="only together unique in all rows"), "refuse"
    names, rows = Counter(sheet.columns[name].cells), {*map(tuple, sheet.candidate.rows)}
    again = [text for text in names if names[text] > 1]
    if len(rows) == len(names):
        return Guess(value=(name,), sure=0.75, why="unique in all rows that differ"), "ambiguous"
    why = f"{sum(names[text] for text in again)} of {names.total()} rows share a name, such as {again[0]!r}; they are left out"
    return Guess(value=(name,), sure=0.5, why=why), "ambiguous"


def _may_be_key(cells: Cells) -> bool:
    known = cells.unique and not cells.is_count_up and not cells.is_date
    words = {*cells.leaf} - ({"link"} if cells.header.startswith("css:") else set())  # a class of links, not an address
    if not known or words & _NOT_KEYS:
        return False
    return cells.is_text or bool(ID & {*cells.leaf}) or (cells.header == "$key")


def _as_key(cells: Cells, names: Cells) -> float:
    leaf = {*cells.leaf}
    points = 3.0 * (cells.header == "$key") + 2.0 * bool(leaf & ID) + 1.5 * (cells is names) + 0.5 * bool(leaf & NAME)
    pairs = [(folded(text), folded(name or "")) for text, name in zip(cells.texts, names.cells, strict=True) if " " not in text]
    if len(pairs) == len(cells.texts) and all(name and text != name and text.startswith(name) for text, name in pairs):
        points += 2.0  # an id of the name with its settings
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
