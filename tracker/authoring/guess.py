"""What the columns of one candidate mean, each with how sure that is and why. The rules are general: no board, site or file is known by name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from tracker.authoring.candidates import MAX_ROWS, candidates
from tracker.authoring.columns import Cells
from tracker.authoring.metrics import metrics_of, primary_of
from tracker.authoring.proposal import Candidate, Guess, Proposal
from tracker.authoring.sheet import RawSheet, attribute_of
from tracker.authoring.words import ID, NAME
from tracker.errors import DeclarationError
from tracker.model import ROW

_HEADING = re.compile(r"css:(?:a|h[1-6]|strong)\.")
"""Elements that pages name things in."""
CLOSE = 0.06
"""A candidate whose score is so near is as like a leaderboard."""


def propose(
    body: bytes,
    *,
    key: Sequence[str] | None = None,
    name: str | None = None,
    metric: str | None = None,
    higher_is_better: bool | None = None,
    table: int | None = None,
) -> Proposal:
    """How the body would be declared. What the user states counts as certain; `table` picks a candidate, counted from 1.

    Raises:
        Refused, ParseError: as `candidates`.
        DeclarationError: a stated column is in no table, or the page has fewer tables.
    """
    found = candidates(body, by_order=metric == ROW)
    told = [column for column in (*(key or ()), name, metric) if column]
    fitting = (
        [candidate for candidate in found if set(told) <= set(candidate.columns)]
        if table is None
        else list(found[table - 1 : table] if table > 0 else ())
    )
    if not fitting:
        raise DeclarationError(_no_such(found, told, table))
    chosen = Guess(value=table, sure=1.0, why="stated") if table else _table(found, fitting)
    return guessed(fitting[0], chosen, key=key, name=name, metric=metric, higher_is_better=higher_is_better)


def _table(found: Sequence[Candidate], fitting: Sequence[Candidate]) -> Guess[int]:
    """The first candidate; unsure where another is as good and does not hold the same rows in another form."""
    best, *others = fitting
    place = found.index(best) + 1
    rivals = [other for other in others if other.score > best.score - CLOSE and not _are_one(best, other)]
    if rivals:
        return Guess(value=place, sure=0.6, why=f"{rivals[0].parse.format} of {len(rivals[0].rows)} rows is as like one")
    return Guess(value=place, sure=0.9, why="; ".join(best.why))


def _are_one(candidate: Candidate, other: Candidate) -> bool:
    """Whether two tables of a page show the same entries: a table and the data it is made of."""
    texts = [{cell for row in table.rows[:MAX_ROWS] for cell in row if cell} for table in (candidate, other)]
    names = [
        max(
            (Cells(header=name, cells=[row[at] for row in table.rows[:MAX_ROWS]]) for at, name in enumerate(table.columns)),
            key=_named_by,
        )
        for table in (candidate, other)
    ]
    return any(
        len({*column.known} & cells) >= 0.5 * len({*column.known}) > 0
        for column, cells in zip(names, reversed(texts), strict=True)
    )


def _named_by(cells: Cells) -> tuple[bool, float]:
    return cells.is_text and bool(NAME & {*cells.leaf}), cells.distinct


def _no_such(found: Sequence[Candidate], told: Sequence[str], table: int | None) -> str:
    if table is not None:
        return f"table {table} is not there, expected 1 to {len(found)}"
    return f"no table has {', '.join(map(repr, told))}, expected among {', '.join(found[0].columns[:30])}"


def guessed(
    candidate: Candidate,
    table: Guess[int] | None = None,
    *,
    key: Sequence[str] | None = None,
    name: str | None = None,
    metric: str | None = None,
    higher_is_better: bool | None = None,
) -> Proposal:
    """The proposal for one candidate."""
    sheet = RawSheet(candidate, metric)
    missing = [column for column in (*(key or ()), name, metric) if column and column not in sheet.columns]
    if missing:
        raise DeclarationError(f"the table has no column {missing[0]!r}, expected among {', '.join(candidate.columns[:30])}")
    named = Guess(value=name, sure=1.0, why="stated") if name else _name(sheet)
    keyed, duplicates = _told_key(sheet, key) if key else _key(sheet, named.value)
    metrics = tuple(metrics_of(sheet, {*keyed.value, named.value}))
    primary = primary_of(sheet, metrics)
    if higher_is_better is not None:
        direction = Guess(value=higher_is_better, sure=1.0, why="stated")
        metrics = tuple(
            replace(guessed, higher_is_better=direction) if guessed.id == primary.value else guessed for guessed in metrics
        )
    return Proposal(
        candidate=candidate,
        table=table or Guess(value=1, sure=1.0, why="stated"),
        key=keyed,
        name=named,
        rank=_rank(sheet),
        attributes=tuple(_attributes(sheet, {named.value})),
        metrics=metrics,
        primary=primary,
        facts=(),
        duplicates=duplicates,
    )


# ── name and key ─────────────────────────────────────────────────────────────────────────────────


def _name(sheet: RawSheet) -> Guess[str]:
    texts = [cells for cells in sheet.columns.values() if cells.is_text and cells.filled >= 0.6]
    scored = sorted(((_as_name(one, at), one) for at, one in enumerate(texts)), key=lambda pair: -pair[0])
    if not scored:
        first = next(iter(sheet.columns))
        return Guess(value=first, sure=0.2, why="no column holds names")
    best, one = scored[0]
    second = scored[1][0] if len(scored) > 1 else 0.0
    why = "its header says so" if NAME & {*one.leaf} else "the texts differ most"
    return Guess(value=one.header, sure=min(0.95, 0.6 + 0.15 * best + 0.1 * (best > second + 0.5)), why=why)


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


def _told_key(sheet: RawSheet, key: Sequence[str]) -> tuple[Guess[tuple[str, ...]], str]:
    return Guess(value=tuple(key), sure=1.0, why="stated"), "refuse" if _is_unique(sheet, key) else "ambiguous"


def _key(sheet: RawSheet, name: str) -> tuple[Guess[tuple[str, ...]], str]:
    """The key, and what a key that occurs twice means."""
    alone = sorted((cells for cells in sheet.columns.values() if _may_be_key(cells)), key=lambda one: -_as_key(one, name))
    if alone:
        best = alone[0]
        why = "unique in all rows, and called an id" if ID & {*best.leaf} else "unique in all rows"
        return Guess(value=(best.header,), sure=0.95 if best.header == name or ID & {*best.leaf} else 0.75, why=why), "refuse"
    together = _together(sheet, name)
    if together:
        return Guess(value=together, sure=0.75, why="only together unique in all rows"), "refuse"
    repeated = 1 - sheet.columns[name].distinct
    return Guess(
        value=(name,), sure=0.72 if repeated < 0.1 else 0.5, why=f"{repeated:.0%} of its values occur again"
    ), "ambiguous"


def _may_be_key(cells: Cells) -> bool:
    known = cells.unique and not cells.is_count_up and not cells.is_date
    words = {*cells.leaf} - ({"link"} if cells.header.startswith("css:") else set())  # a class of links, not an address
    if not known or words & {"url", "link", "href", "sha", "hash", "description", "note", "notes", "rank"}:
        return False
    return cells.is_text or bool(ID & {*cells.leaf}) or (cells.header == "$key")


def _as_key(cells: Cells, name: str) -> float:
    leaf = {*cells.leaf}
    points = 3.0 * (cells.header == "$key") + 2.0 * bool(leaf & ID) + 1.5 * (cells.header == name) + 0.5 * bool(leaf & NAME)
    points -= (
        1.0 * cells.header.removeprefix("css:").count(".") + 0.8 * bool(attribute_of(cells)) + 0.5 * cells.header.startswith("_")
    )
    return points - 2.0 * (cells.numeric > 0.5) - 0.5 * bool(leaf & {"short", "canonical", "repo", "hugging", "face"})


def _together(sheet: RawSheet, name: str) -> tuple[str, ...]:
    """The name and the fewest texts besides that make the rows unique."""
    others = [
        cells.header
        for cells in sheet.columns.values()
        if cells.header != name
        and cells.filled >= 0.5
        and (cells.is_text or cells.is_date or ID & {*cells.leaf})
        and cells.distinct < 1
    ][:12]
    for many in (1, 2):
        for further in combinations(others, many):
            if _is_unique(sheet, (name, *further)):
                return (name, *further)
    return ()


def _is_unique(sheet: RawSheet, key: Sequence[str]) -> bool:
    rows = list(zip(*(sheet.columns[one].cells for one in key), strict=True))
    return len(set(rows)) == len(rows)


# ── rank and attributes ──────────────────────────────────────────────────────────────────────────


def _rank(sheet: RawSheet) -> Guess[str] | None:
    if sheet.rank is None:
        return None
    why = "the order of the rows" if sheet.rank.header == ROW else "its header says so, and it counts from the top"
    return Guess(value=sheet.rank.header, sure=0.9, why=why)


def _attributes(sheet: RawSheet, taken: set[str]) -> Iterator[tuple[str, str]]:
    used: set[str] = set()
    for cells in sheet.columns.values():
        name = attribute_of(cells)
        if name and name not in used and cells.header not in taken and cells.known:
            used.add(name)
            yield name, cells.header
