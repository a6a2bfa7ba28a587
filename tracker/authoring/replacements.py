"""Find the columns that replaced those that a board declares and its page no longer has.

Each column of the page is compared with the last reading: a header alone proves nothing. A repair adds a source after the
old one, so that earlier captures read as before, and is proposed only if the page then gives a credible reading.

Source: docs/decisions/0021-repairing-declarations.md (the thresholds, measured on real series)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from msgspec import structs

from tracker.authoring.changes import Place, Repair, repaired
from tracker.authoring.layouts import SAME_KEYS, DeclaredPart, layouts
from tracker.authoring.likeness import MIN_COMMON, MIN_COVER, Likeness, alike, likest, of_numbers, of_texts, spearman
from tracker.errors import TrackerError
from tracker.model import Board, Column, EntryId, Measure, Metric, Nature, Part, PublishedEntry, Reading, StoredSnapshot, Table
from tracker.reading.attributes import attribute_reader
from tracker.reading.cells import CellError, parse_rank, reader
from tracker.reading.columns import keys_of
from tracker.reading.names import clean_name
from tracker.reading.tables import PREFIX

MAX_BYTES = 16_000_000
"""Larger bodies are not searched."""
MAX_COMPARED = 10_000_000
"""Cells compared in all tables of a page; larger ones are not searched further."""
DRIFTING = frozenset((Nature.FITTED, Nature.LIVE, Nature.COUNT, Nature.POINTS))
"""Natures of which all values move between two readings."""

Read = Callable[[Board], Reading]
"""Read the capture with a changed declaration, as `reading.read_capture`. May raise TrackerError."""


Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Slot:
    """A declared column, with its values in the last reading (`old`) and the reader of its cells."""

    place: Place
    column: Column
    old: Mapping[EntryId, Measure] | Mapping[EntryId, str]
    read: Callable[[str | None], Measure | str | None]
    must: bool = False
    drifts: bool = False


def repairs(
    board: Board, bodies: Sequence[bytes], last: StoredSnapshot | Reading, *, parts: Sequence[Part] = (), read: Read
) -> tuple[Repair, ...]:
    """The changes with which these bodies read as the last reading did; none if that is not certain.

    `last` is the board's last credible reading. No content of the bodies raises.
    """
    entries = last.entries if isinstance(last, Reading) else tuple(last.entries.values())
    if sum(map(len, bodies)) > MAX_BYTES or len(entries) < MIN_COMMON:
        return ()
    changes: list[Repair] = []
    for part in _parts(board, bodies, parts):
        part_repairs = _part_repairs(board, part, entries)
        if part_repairs is None:
            return ()
        changes.extend(part_repairs)
    return tuple(changes) if changes and _is_credible(repaired(board, changes), entries, read) else ()


def _parts(board: Board, bodies: Sequence[bytes], parts: Sequence[Part]) -> Iterator[DeclaredPart]:
    """The board's own answer and each payload's, by its first body. Grouped rows are left out: their columns identify no row."""
    first: dict[str, bytes] = {}
    for part, body in zip(parts or [Part()] * len(bodies), bodies, strict=True):
        first.setdefault(part.name, body)
    if "" in first and board.parse.group is None:
        others = tuple(f"{payload.name}{PREFIX}" for payload in board.payloads)
        at: Place = ("columns", "key")
        yield DeclaredPart(
            prefix="", place=("parse",), key_place=at, parse=board.parse, key=board.key, body=first[""], others=others
        )
    for payload in board.payloads:
        if payload.name in first and payload.parse.group is None and not payload.means:
            at, prefix = ("payloads", payload.name), f"{payload.name}{PREFIX}"
            body, key_place = first[payload.name], (*at, "key")
            yield DeclaredPart(
                prefix=prefix, place=(*at, "parse"), key_place=key_place, parse=payload.parse, key=payload.key, body=body
            )


def _slots(board: Board, entries: Sequence[PublishedEntry]) -> Iterator[_Slot]:
    """Every declared column except the keys."""
    names = {entry.id: entry.name for entry in entries}
    yield _Slot(
        place=("columns", "name"), column=board.name, must=True, old=names, read=lambda cell: clean_name(cell or "") or None
    )
    if board.rank is not None:
        ranks = {entry.id: Measure(value=entry.rank) for entry in entries if entry.rank is not None}
        yield _Slot(place=("columns", "rank"), column=board.rank, old=ranks, read=_rank)
    for attribute, column in board.attributes.items():
        texts = {entry.id: entry.attributes[attribute] for entry in entries if attribute in entry.attributes}
        yield _Slot(place=("columns", attribute), column=column, old=texts, read=attribute_reader(column))
    for metric in board.metrics:
        yield from _metric_slots(board, metric, entries)


def _metric_slots(board: Board, metric: Metric, entries: Sequence[PublishedEntry]) -> Iterator[_Slot]:
    measures = {entry.id: entry.measures[metric.id] for entry in entries if metric.id in entry.measures}
    bare = replace(metric, low=None, high=None, plus_minus=None, estimated=None)
    place = ("metrics", metric.id)
    slot = partial(_Slot, drifts=metric.nature in DRIFTING)
    if metric.column.sources:
        bounds = board.contract.bounds.get(metric.id)
        must = metric.primary or (bounds is not None and bounds.min_filled > 0)
        yield slot(place=(*place, "from"), column=metric.column, must=must, old=measures, read=reader(bare))
    sides = (("low", "low", metric.low), ("high", "high", metric.high), ("plus_minus", "half_width", metric.plus_minus))
    for side, field, column in sides:
        if column is not None:
            values = ((entry, measure, getattr(measure, field)) for entry, measure in measures.items())
            old = {entry: structs.replace(measure, value=value) for entry, measure, value in values if value is not None}
            read = partial(_half_width, metric) if side == "plus_minus" else reader(replace(bare, column=column))
            yield slot(place=(*place, side), column=column, old=old, read=read)


def _rank(cell: str | None) -> Measure | None:
    rank = parse_rank(cell)
    return None if rank is None else Measure(value=rank)


def _half_width(metric: Metric, cell: str | None) -> Measure | None:
    """Read the half-width of an interval around 0."""
    measure = reader(replace(metric, low=None, high=None))("0", cell)
    return None if measure is None or measure.half_width is None else structs.replace(measure, value=measure.half_width)


def _part_repairs(board: Board, part: DeclaredPart, entries: Sequence[PublishedEntry]) -> list[Repair] | None:
    """The repairs that the part needs; None if a required column is gone and nothing replaced it."""
    slots = [slot for slot in _slots(board, entries) if part.inside(slot.column)]
    known = {entry.id for entry in entries}
    left = MAX_COMPARED
    for table, change in layouts(part, [source for slot in slots for source in part.inside(slot.column)], known):
        left -= len(table.columns) * (len(table.rows) * (len(_gone(part, table, slots)) + 1) + len(table.columns))
        if left < 0:
            return None
        part_repairs = _table_repairs(part, table, slots, known)
        if part_repairs is not None:
            return ([change] if change else []) + part_repairs
    return None


def _table_repairs(part: DeclaredPart, table: Table, slots: Sequence[_Slot], known: set[EntryId]) -> list[Repair] | None:
    """The replacement of each column that the table lacks; None if a required one has no certain replacement."""
    key = _key_repair(part, table, known)
    if key is None:
        return None
    rows = _rows_by_key(table, _key_with(part.key, key))
    used = {source for slot in slots for source in part.inside(slot.column)} & set(table.columns)
    gone = _gone(part, table, slots)
    matches = {slot.place: match for slot in gone if (match := _replacement(part, slot, table, rows, used)) is not None}
    matches = _without_rivals(matches)
    if any(slot.must and slot.place not in matches for slot in gone):
        return None
    return [*key, *(_column_repair(part, slot, matches[slot.place]) for slot in gone if slot.place in matches)]


def _gone(part: DeclaredPart, table: Table, slots: Sequence[_Slot]) -> list[_Slot]:
    """The columns with old values that the table lacks."""
    columns = set(table.columns)
    return [slot for slot in slots if slot.old and columns.isdisjoint(part.inside(slot.column))]


def _without_rivals(matches: Mapping[Place, Likeness]) -> dict[Place, Likeness]:
    """Each column only for the metric that it matches best; names and attributes may share a column."""
    best: dict[str, Likeness] = {}
    for place, match in matches.items():
        if place[0] == "metrics":
            best[match.column] = max(best.get(match.column, match), match, key=lambda likeness: likeness.closeness)
    return {place: match for place, match in matches.items() if place[0] != "metrics" or best[match.column] is match}


def _replacement(part: DeclaredPart, slot: _Slot, table: Table, rows: Mapping[EntryId, int], used: set[str]) -> Likeness | None:
    """The column of the table that has the values of the slot's column."""
    was = part.inside(slot.column)
    has_numbers = all(isinstance(value, Measure) for value in slot.old.values())
    free = [place for place, column in enumerate(table.columns) if not (has_numbers and column in used)]
    matches = (match for place in free if (match := _likeness(slot, table, place, rows, was)) is not None)
    return likest(_without_twins(matches, table))


def _without_twins(matches: Iterable[Likeness], table: Table) -> list[Likeness]:
    """Of columns that are equal cell by cell, the one with the closest header; it names the others."""
    equal: dict[tuple[str | None, ...], list[Likeness]] = {}
    for match in matches:
        place = table.columns.index(match.column)
        equal.setdefault(tuple(row[place] for row in table.rows), []).append(match)
    best = [(max(twins, key=lambda twin: twin.header), twins) for twins in equal.values()]
    return [replace(match, twins=tuple(twin.column for twin in twins if twin is not match)) for match, twins in best]


def _likeness(slot: _Slot, table: Table, place: int, rows: Mapping[EntryId, int], was: Sequence[str]) -> Likeness | None:
    column = table.columns[place]
    try:
        values = {entry: slot.read(table.rows[row][place]) for entry, row in rows.items() if entry in slot.old}
    except CellError:  # the cell of another column
        return None
    if old_numbers := _of_type(Measure, slot.old):
        return of_numbers(column, was, old_numbers, _of_type(Measure, values), drifts=slot.drifts)
    return of_texts(column, was, _of_type(str, slot.old), _of_type(str, values))


def _of_type(kind: type[Value], values: Mapping[EntryId, object]) -> dict[EntryId, Value]:
    return {entry: value for entry, value in values.items() if isinstance(value, kind)}


def _column_repair(part: DeclaredPart, slot: _Slot, match: Likeness) -> Repair:
    proof = f"the same text for {match.same:.0%} of {match.common} common entries"
    if match.order is not None:
        same = f", {match.same:.0%} of them with the same value" if match.same >= 0.01 else ""
        proof = f"{match.order:.2f} rank correlation with the last reading over {match.common} common entries{same}"
    twins = f"; {_quoted(match.twins, 'and')} has the same values" if match.twins else ""
    why = f"column {_quoted(part.inside(slot.column), 'or')} is gone; `{match.column}` looks like it ({proof}{twins})"
    column = f"{part.prefix}{match.column}"
    return Repair(place=slot.place, sure=match.sure, why=why, was=slot.column.sources, column=column)


def _quoted(columns: Sequence[str], joined: str) -> str:
    return f" {joined} ".join(f"`{column}`" for column in columns)


def _key_repair(part: DeclaredPart, table: Table, known: set[EntryId]) -> list[Repair] | None:
    """The replacement of the one part of the key that is gone, [] if none is; None if no replacement is certain."""
    gone = [at for at, column in enumerate(part.key) if not set(column.sources) & set(table.columns)]
    if not gone:
        common = known.intersection(keys_of(table, part.key))  # enough of the entries to compare anything with them?
        return [] if len(common) >= max(MIN_COMMON, MIN_COVER * len(known)) else None
    if len(gone) > 1:
        return None
    at = gone[0]
    tried = {column: _share(table, _with_part(part.key, at, column), known) for column in table.columns}
    best = max(tried, key=lambda column: (round(tried[column], 2), alike(column, part.key[at].sources)), default=None)
    if best is None or tried[best] < SAME_KEYS:
        return None
    was, share = part.key[at].sources, f"{tried[best]:.0%} of the {len(known)} keys of the last reading"
    why = f"column {_quoted(was, 'or')} is gone; `{best}` looks like it ({share})"
    place = part.key_place if len(part.key) == 1 else (*part.key_place, str(at))
    return [Repair(place=place, sure=tried[best], why=why, was=was, column=best)]


def _share(table: Table, key: Sequence[Column], known: set[EntryId]) -> float:
    """The share of the known keys that this key gives (0–1); 0 if too many rows share a key, or too few keys are known."""
    keys = keys_of(table, key)
    common = known.intersection(keys)
    is_unique = len(set(keys)) >= 0.9 * len(keys)
    return len(common) / len(known) if is_unique and len(common) >= MIN_COMMON else 0.0


def _with_part(key: Sequence[Column], at: int, column: str) -> tuple[Column, ...]:
    return tuple(replace(key_column, sources=(column,)) if place == at else key_column for place, key_column in enumerate(key))


def _key_with(key: Sequence[Column], changes: Sequence[Repair]) -> tuple[Column, ...]:
    for repair in changes:
        at = int(repair.place[-1]) if repair.place[-1].isdecimal() else 0
        key = _with_part(key, at, repair.column)
    return tuple(key)


def _rows_by_key(table: Table, key: Sequence[Column]) -> dict[EntryId, int]:
    """The row of each key that occurs once."""
    keys = keys_of(table, key)
    counted = Counter(keys)
    return {EntryId(text): row for row, text in enumerate(keys) if counted[text] == 1}


def _is_credible(board: Board, entries: Sequence[PublishedEntry], read: Read) -> bool:
    """Whether the repaired board still reads the page as the same board: its entries, in much the same order."""
    try:
        new = {entry.id: entry for entry in read(board).entries}
    except TrackerError:  # the repairs give no reading
        return False
    common = [(entry, new[entry.id]) for entry in entries if entry.id in new]
    if len(common) < max(MIN_COMMON, MIN_COVER * len(entries)):
        return False
    if board.primary is None:
        return True
    metric = board.primary.id
    both = [(old.measures[metric], now.measures[metric]) for old, now in common if metric in old.measures.keys() & now.measures]
    order = spearman([old.value for old, _ in both], [now.value for _, now in both])
    return order is None or order >= 0.9
