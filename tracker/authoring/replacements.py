"""What replaced the columns that a board's declaration names and its page no longer has.

Each column of the page is laid against the last reading: a header alone proves nothing. What is proposed adds a further source
behind the old one, so that earlier captures read as before, and is proposed only if the page then gives a credible reading.
What the thresholds are worth on real series: docs/decisions/0021-repairing-declarations.md
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from tracker.authoring.changes import Place, Repair, repaired
from tracker.authoring.layouts import SAME_KEYS, Look, _Layout, _layouts, _Part
from tracker.authoring.likeness import MIN_COMMON, MIN_COVER, Likeness, alike, likest, of_numbers, of_texts, spearman
from tracker.errors import TrackerError
from tracker.model import (
    Board,
    Column,
    EntryId,
    Measure,
    Metric,
    MetricId,
    Nature,
    Part,
    Payload,
    PublishedEntry,
    Reading,
    StoredSnapshot,
    Table,
)
from tracker.reading.attributes import attribute_reader
from tracker.reading.cells import CellError, parse_rank, reader
from tracker.reading.columns import keys_of
from tracker.reading.names import clean_name
from tracker.reading.tables import PREFIX

MAX_BYTES = 16_000_000
"""Larger bodies are not searched."""
DRIFTING = frozenset((Nature.FITTED, Nature.LIVE, Nature.COUNT))
"""Natures of which all values move between two readings. Others are not the same where most values are not."""

Read = Callable[[Board], Reading]
"""Read the capture with a changed declaration, as `reading.read_capture`. May raise TrackerError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Slot:
    """A declared column, with what the last reading had from it, and how a cell of it is read."""

    place: Place
    column: Column
    must: bool
    drifts: bool
    old: Mapping[EntryId, Measure] | Mapping[EntryId, str]
    read: Callable[[str | None], Measure | str | None]


def repairs(
    board: Board, bodies: Sequence[bytes], last: StoredSnapshot | Reading, *, parts: Sequence[Part] = (), read: Read, look: Look
) -> tuple[Repair, ...]:
    """What to change in a declaration so that these bodies read as the last reading did; nothing where that is not certain.

    `last` is the board's last credible reading. Never raises for what the bodies hold.
    """
    if sum(map(len, bodies)) > MAX_BYTES or len(_entries(last)) < MIN_COMMON:
        return ()
    found: list[Repair] = []
    for part in _parts(board, bodies, parts):
        part_repairs = _part_repairs(board, part, last, look)
        if part_repairs is None:
            return ()
        found.extend(part_repairs)
    return tuple(found) if found and _credible(repaired(board, found), last, read) else ()


# ── what a board is made of ──────────────────────────────────────────────────────────────────────


def _parts(board: Board, bodies: Sequence[bytes], parts: Sequence[Part]) -> Iterator[_Part]:
    """The board's own answer, and each payload's, by its first body; parts with grouped rows are left out, as their columns do not identify a row."""
    first: dict[str, bytes] = {}
    for part, body in zip(parts or [Part()] * len(bodies), bodies, strict=True):
        first.setdefault(part.name, body)
    if "" in first and board.parse.group is None:
        others = tuple(f"{payload.name}{PREFIX}" for payload in board.payloads)
        at: Place = ("columns", "key")
        yield _Part(prefix="", place=("parse",), key_place=at, parse=board.parse, key=board.key, body=first[""], others=others)
    for payload in board.payloads:
        if payload.name in first and payload.parse.group is None and not payload.means:
            yield _part_of(payload, first[payload.name])


def _part_of(payload: Payload, body: bytes) -> _Part:
    at = ("payloads", payload.name)
    return _Part(
        prefix=f"{payload.name}{PREFIX}", place=(*at, "parse"), key_place=(*at, "key"), parse=payload.parse, key=payload.key, body=body
    )  # fmt: skip


def _slots(board: Board, last: StoredSnapshot | Reading) -> Iterator[_Slot]:
    """Every declared column but the keys, of which the last reading had something."""
    entries = _entries(last)
    names = {entry.id: entry.name for entry in entries}
    yield _Slot(place=("columns", "name"), column=board.name, must=True, drifts=False, old=names, read=_name)
    if board.rank is not None:
        ranks = {entry.id: Measure(value=entry.rank) for entry in entries if entry.rank is not None}
        yield _Slot(place=("columns", "rank"), column=board.rank, must=False, drifts=False, old=ranks, read=_rank)
    for attribute, column in board.attributes.items():
        texts = {entry.id: entry.attributes[attribute] for entry in entries if attribute in entry.attributes}
        yield _Slot(
            place=("columns", attribute), column=column, must=False, drifts=False, old=texts, read=attribute_reader(column)
        )
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
    sides = (("low", metric.low), ("high", metric.high))
    for side, column in sides:
        if column is not None:
            old = {
                entry: replace(measure, value=value)
                for entry, measure in measures.items()
                if (value := getattr(measure, side)) is not None
            }
            yield slot(place=(*place, side), column=column, must=False, old=old, read=reader(replace(bare, column=column)))
    if metric.plus_minus is not None:
        widths = {
            entry: replace(measure, value=measure.half_width)
            for entry, measure in measures.items()
            if measure.half_width is not None
        }
        yield slot(
            place=(*place, "plus_minus"), column=metric.plus_minus, must=False, old=widths, read=partial(_half_width, metric)
        )


def _name(cell: str | None) -> str | None:
    return clean_name(cell or "") or None


def _rank(cell: str | None) -> Measure | None:
    rank = parse_rank(cell)
    return None if rank is None else Measure(value=rank)


def _half_width(metric: Metric, cell: str | None) -> Measure | None:
    """Read the half-width of an interval around 0."""
    found = reader(replace(metric, low=None, high=None))("0", cell)
    return None if found is None or found.half_width is None else replace(found, value=found.half_width)


def _entries(last: StoredSnapshot | Reading) -> tuple[PublishedEntry, ...]:
    return last.entries if isinstance(last, Reading) else tuple(last.entries.values())


# ── repairing one part ─────────────────────────────────────────────────────────────────────────────


def _part_repairs(board: Board, part: _Part, last: StoredSnapshot | Reading, look: Look) -> list[Repair] | None:
    """What the part needs; None where something is gone that it cannot do without, and nothing replaced it."""
    slots = [slot for slot in _slots(board, last) if part.inside(slot.column)]
    known = {entry.id for entry in _entries(last)}
    for layout in _layouts(part, [source for slot in slots for source in part.inside(slot.column)], known, look):
        part_repairs = _laid(part, layout, slots, known)
        if part_repairs is not None:
            return ([layout.change] if layout.change else []) + part_repairs
    return None


def _laid(part: _Part, layout: _Layout, slots: Sequence[_Slot], known: set[EntryId]) -> list[Repair] | None:
    """What replaced each column that the table lacks; None where a required one has no certain replacement."""
    table = layout.table
    key = _key_repair(part, table, known)
    if key is None:
        return None
    entries = _named_rows(table, _key_with(part.key, key))
    used = {source for slot in slots for source in part.inside(slot.column)} & set(table.columns)
    gone = [slot for slot in slots if slot.old and not set(part.inside(slot.column)) & set(table.columns)]
    found = _assigned({slot.place: _replacement(part, slot, table, entries, used) for slot in gone})
    if any(slot.must and slot.place not in found for slot in gone):
        return None
    return [*key, *(_column_repair(part, slot, found[slot.place]) for slot in gone if slot.place in found)]


def _assigned(found: Mapping[Place, Likeness | None]) -> dict[Place, Likeness]:
    """Each column for the place it fits best only; names and attributes may share a column."""
    best: dict[str, Likeness] = {}
    for place, likeness in found.items():
        if likeness is not None and place[0] == "metrics":
            best[likeness.column] = max(best.get(likeness.column, likeness), likeness, key=_closeness)
    return {
        place: likeness
        for place, likeness in found.items()
        if likeness is not None and (place[0] != "metrics" or best[likeness.column] is likeness)
    }


def _closeness(likeness: Likeness) -> tuple[float, float, float]:
    return (round(likeness.same, 1), -(likeness.distance or 0.0), likeness.header)


def _replacement(part: _Part, slot: _Slot, table: Table, entries: Mapping[EntryId, int], used: set[str]) -> Likeness | None:
    """The column of the table that holds what the slot's column held."""
    was = part.inside(slot.column)
    of_numbers_only = all(isinstance(value, Measure) for value in slot.old.values())
    free = [column for column in table.columns if not (of_numbers_only and column in used)]
    found = (one for column in free if (one := _likeness(slot, table, column, entries, was)) is not None)
    return likest(_told_apart(found, table))


def _told_apart(found: Iterable[Likeness], table: Table) -> list[Likeness]:
    """Of columns that are equal cell by cell the one whose header is likest, which names the others."""
    equal: dict[tuple[str | None, ...], list[Likeness]] = {}
    for likeness in found:
        place = table.columns.index(likeness.column)
        equal.setdefault(tuple(row[place] for row in table.rows), []).append(likeness)
    best = [(max(twins, key=lambda like: like.header), twins) for twins in equal.values()]
    return [replace(likeness, twins=tuple(twin.column for twin in twins if twin is not likeness)) for likeness, twins in best]


def _likeness(slot: _Slot, table: Table, column: str, entries: Mapping[EntryId, int], was: Sequence[str]) -> Likeness | None:
    place = table.columns.index(column)
    numbers: dict[EntryId, Measure] = {}
    texts: dict[EntryId, str] = {}
    try:
        for entry, row in entries.items():
            value = slot.read(table.rows[row][place]) if entry in slot.old else None
            if isinstance(value, Measure):
                numbers[entry] = value
            elif value is not None:
                texts[entry] = value
    except CellError:  # a cell that is not what the slot promises: another column
        return None
    old_numbers = {entry: value for entry, value in slot.old.items() if isinstance(value, Measure)}
    if old_numbers:
        return of_numbers(column, was, old_numbers, numbers, number=_value, decimals=_decimals, drifts=slot.drifts)
    return of_texts(column, was, {entry: value for entry, value in slot.old.items() if isinstance(value, str)}, texts)


def _value(measure: Measure) -> float:
    return measure.value


def _decimals(measure: Measure) -> int:
    return measure.decimals


def _column_repair(part: _Part, slot: _Slot, found: Likeness) -> Repair:
    was = part.inside(slot.column)
    return Repair(
        place=slot.place, sure=found.sure, why=_why(was, found), was=slot.column.sources, column=f"{part.prefix}{found.column}"
    )


def _why(was: Sequence[str], found: Likeness) -> str:
    gone = " or ".join(f"`{column}`" for column in was)
    entries = f"{found.common} common entries"
    twins = f"; {' and '.join(f'`{twin}`' for twin in found.twins)} has the same values" if found.twins else ""
    if found.order is None:
        return f"column {gone} is gone; `{found.column}` looks like it (the same text for {found.same:.0%} of {entries}{twins})"
    same = f", {found.same:.0%} of them with the same value" if found.same >= 0.01 else ""
    return f"column {gone} is gone; `{found.column}` looks like it ({found.order:.2f} rank correlation with the last reading over {entries}{same}{twins})"


# ── keys ─────────────────────────────────────────────────────────────────────────────────────────


def _key_repair(part: _Part, table: Table, known: set[EntryId]) -> list[Repair] | None:
    """What replaced the one part of the key that is gone, [] where none is; None where no replacement is certain."""
    gone = [at for at, column in enumerate(part.key) if not set(column.sources) & set(table.columns)]
    if not gone:
        return [] if _keys_cover(table, part.key, known) else None
    if len(gone) > 1:
        return None
    at = gone[0]
    tried = {column: _share(table, _with_part(part.key, at, column), known) for column in table.columns}
    best = max(tried, key=lambda column: (round(tried[column], 2), alike(column, part.key[at].sources)), default=None)
    if best is None or tried[best] < SAME_KEYS:
        return None
    why = f"column {' or '.join(f'`{source}`' for source in part.key[at].sources)} is gone; `{best}` looks like it ({tried[best]:.0%} of the {len(known)} keys of the last reading)"
    place = part.key_place if len(part.key) == 1 else (*part.key_place, str(at))
    return [Repair(place=place, sure=tried[best], why=why, was=part.key[at].sources, column=best)]


def _keys_cover(table: Table, key: Sequence[Column], known: set[EntryId]) -> bool:
    """Whether enough of the known entries are there under their keys to lay anything against them."""
    there = known & {EntryId(text) for text in keys_of(table, key)}
    return len(there) >= MIN_COMMON and len(there) >= MIN_COVER * len(known)


def _share(table: Table, key: Sequence[Column], known: set[EntryId]) -> float:
    """The share of the known keys that this key gives; 0 where it names several rows alike, and none of them is known."""
    keys = keys_of(table, key)
    there = known & {EntryId(text) for text in keys}
    unique = len(set(keys)) >= 0.9 * len(keys)
    return len(there) / len(known) if unique and len(there) >= MIN_COMMON else 0.0


def _with_part(key: Sequence[Column], at: int, column: str) -> tuple[Column, ...]:
    return tuple(replace(key_column, sources=(column,)) if place == at else key_column for place, key_column in enumerate(key))


def _key_with(key: Sequence[Column], found: Sequence[Repair]) -> tuple[Column, ...]:
    for repair in found:
        at = int(repair.place[-1]) if repair.place[-1].isdecimal() else 0
        key = _with_part(key, at, repair.column)
    return tuple(key)


def _named_rows(table: Table, key: Sequence[Column]) -> dict[EntryId, int]:
    """The row of each key that occurs once."""
    keys = keys_of(table, key)
    rows = {EntryId(text): row for row, text in enumerate(keys)}
    if len(rows) == len(keys):
        return rows
    twice: set[str] = set()
    seen: set[str] = set()
    for text in keys:
        (twice if text in seen else seen).add(text)
    return {entry: row for entry, row in rows.items() if entry not in twice}


# ── the board as it would be ─────────────────────────────────────────────────────────────────────


def _credible(board: Board, last: StoredSnapshot | Reading, read: Read) -> bool:
    """Whether the repaired board reads the page as the same board: its entries, in much the same order."""
    try:
        reading = read(board)
    except TrackerError:  # what was found does not give a reading: nothing is proposed
        return False
    old, new = {entry.id: entry for entry in _entries(last)}, {entry.id: entry for entry in reading.entries}
    common = [entry for entry in old if entry in new]
    if len(common) < max(MIN_COMMON, MIN_COVER * len(old)):
        return False
    return board.primary is None or _same_order(board.primary.id, [(old[entry], new[entry]) for entry in common])


def _same_order(metric: MetricId, pairs: Sequence[tuple[PublishedEntry, PublishedEntry]]) -> bool:
    both = [
        (old.measures[metric].value, new.measures[metric].value)
        for old, new in pairs
        if metric in old.measures and metric in new.measures
    ]
    order = spearman([old for old, _ in both], [new for _, new in both]) if both else None
    return order is None or order >= 0.9
