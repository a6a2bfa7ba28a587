"""Checks a table against its board's contract: a reading, or all violations at once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from statistics import median

from tracker.errors import ContractBroken, Violation
from tracker.model import Board, Bounds, EntryId, Measure, Metric, MetricId, PublishedEntry, Reading, Table
from tracker.reading.attributes import parse_date
from tracker.reading.cells import MISSING, CellError, bounded, parse_number
from tracker.reading.columns import (
    Measures,
    Sheet,
    bounds_of,
    read_attributes,
    read_keys,
    read_measures,
    read_names,
    read_ranks,
    sheet_of,
)
from tracker.reading.names import clean_text
from tracker.reading.summaries import summaries
from tracker.reading.unread import MOST, note_negatives, places_of, unread_rows, without_names, without_values
from tracker.wording import count, percent


def check(table: Table, board: Board, page_commas: Callable[[], bool | None] = lambda: False, *, strict: bool = False) -> Reading:
    """The reading of a table: typed measures, the publisher's keys, names as published.

    `page_commas` says whether the whole page has decimal commas, as `has_decimal_commas`.
    A metric other than the primary one may lack its column, unless the contract demands values; it is then not in `metrics`.

    Raises:
        ContractBroken: with every violation. Rows that cannot be read are left out instead, if they are few, unless
            the reading is `strict`.
    """
    sheet = sheet_of(table)
    measures: Measures = read_measures(sheet, board, page_commas)
    keys, names = read_keys(sheet, board), read_names(sheet, board)
    ranks, attributes = read_ranks(sheet, board), read_attributes(sheet, board)
    _judge_ranges(sheet, board, measures)
    note_negatives(sheet, board, measures)
    unread = unread_rows(sheet, board, keys, most=0.0 if strict else MOST)
    if unread:
        keys, measures = without_names(keys, unread), without_values(measures, unread)
    rows, ambiguous = _kept(sheet, board, keys, measures, unread.keys())
    summed = summaries(names, measures)
    rows = [row for row in rows if row not in summed]
    unnamed = _unnamed(board, keys, ambiguous - {EntryId(keys[row]) for row in unread}, measures)
    depth = _depth(table, board, seen=len(table.rows) - len(summed))
    _judge_fill(sheet, board, measures, rows)
    _judge_size(sheet, board, entries=len(rows))
    if sheet.wrong:
        raise _broken(board, [*sheet.wrong, *unread.values()])
    return Reading(
        board=board.id,
        entries=tuple(
            PublishedEntry(
                id=EntryId(keys[row]),
                name=names[row],
                position=position,
                rank=ranks[row] if ranks else None,
                page=bisect_right(table.page_starts, row) - 1,
                attributes={name: text for name, column in attributes.items() if (text := column[row]) is not None},
                measures={metric: measure for metric, column in measures.items() if (measure := column[row]) is not None},
            )
            for position, row in enumerate(rows, 1)
        ),
        depth=depth,
        ambiguous=ambiguous,
        unnamed=tuple(sorted(measure.value for measure in unnamed)),
        unnamed_estimates=tuple(sorted(measure.value for measure in unnamed if measure.estimated)),
        metrics=frozenset(measures),
        version=_versions(table),
        stated_on=_stated_on(table),
        left_out=tuple(names[row] for row in summed),
        unread={EntryId(keys[row]): str(violation) for row, violation in unread.items()},
        places=places_of(board, keys, unread, measures),
    )


def size_collapse(reading: Reading, board: Board, sizes: Sequence[int]) -> str | None:
    """Why a reading has too few entries compared with the `sizes` accepted last; None if it has enough.

    A board that is not shown whole never collapses: where its page ends is the publisher's choice.
    """
    entries, max_drop = len(reading.entries), board.contract.max_drop
    if board.contract.depth != "whole" or reading.depth is not None or not sizes:
        return None
    usual = median(sizes)
    if usual - entries <= max_drop * usual + 1e-9:
        return None
    expected = f"at least {usual * (1 - max_drop):.0f}, usually {usual:g} (contract.max_drop = {max_drop:g})"
    return f"{count(entries, 'entry', 'entries')}, expected {expected}"


def _kept(
    sheet: Sheet, board: Board, keys: Sequence[str], measures: Measures, unread: AbstractSet[int]
) -> tuple[list[int], frozenset[EntryId]]:
    """The rows that become entries, in order, and the ambiguous keys."""
    places: dict[str, list[int]] = {}
    for row, key in enumerate(keys):
        places.setdefault(key, []).append(row)
    if len(places) == len(keys) and not unread:
        return list(range(len(sheet.table.rows))), frozenset()
    chosen = {
        key: None if unread and not unread.isdisjoint(rows) else _chosen(sheet, board, rows, measures)
        for key, rows in places.items()
    }
    ambiguous = frozenset(EntryId(key) for key, row in chosen.items() if row is None)
    return sorted(row for row in chosen.values() if row is not None), ambiguous


def _unnamed(board: Board, keys: Sequence[str], ambiguous: frozenset[EntryId], measures: Measures) -> list[Measure]:
    """The primary values of the rows with ambiguous keys, which count in the ranks of the board."""
    column = measures.get(board.primary.id, ()) if board.primary else ()
    left_out = (measure for key, measure in zip(keys, column, strict=False) if EntryId(key) in ambiguous)
    return [measure for measure in left_out if measure is not None]


def _chosen(sheet: Sheet, board: Board, rows: Sequence[int], measures: Measures) -> int | None:
    """The row among those with one key that is its entry; None if the key is ambiguous."""
    distinct = {tuple(sheet.table.rows[row]): row for row in reversed(rows)}  # the first of identical rows
    policy = board.contract.duplicates  # undeclared ones are among the unread rows
    if len(distinct) == 1 or policy in {"", "first", "refuse"}:
        return rows[0]
    return _best(rows, board.primary, measures) if policy == "best" else None


def _best(rows: Sequence[int], primary: Metric | None, measures: Measures) -> int:
    """The row with the best primary value; the first one if they are equal or the metric has no direction."""
    if primary is None or primary.id not in measures:
        return rows[0]
    sign = {True: 1.0, False: -1.0, None: 0.0}[primary.higher_is_better]
    column = measures[primary.id]
    values = {row: measure.value for row in rows if (measure := column[row]) is not None}
    return max(values, key=lambda row: sign * values[row]) if values else rows[0]


def _judge_ranges(sheet: Sheet, board: Board, measures: Measures) -> None:
    for metric, bounds, name in _bounded(sheet, board, measures):
        lowest = float("-inf") if bounds.min is None else bounds.min
        highest = float("inf") if bounds.max is None else bounds.max
        for row, measure in enumerate(measures[metric], 1):
            if measure is not None and not lowest <= measure.value <= highest:
                expected = f"from {lowest:g} to {highest:g}"
                sheet.note("out_of_range", column=name, row=row, value=measure.raw, expected=expected)


def _judge_fill(sheet: Sheet, board: Board, measures: Measures, rows: Sequence[int]) -> None:
    for metric, bounds, name in _bounded(sheet, board, measures):
        filled = sum(measures[metric][row] is not None for row in rows)
        most = len(rows) - bounds.min_filled * len(rows)
        if len(rows) - filled > (max(most, 1) if filled and bounds.min_filled < 1 else most) + 1e-9:
            expected = f"at least {percent(bounds.min_filled)} filled"
            sheet.note("fill_too_low", column=name, value=f"{filled} of {len(rows)}", expected=expected)


def _bounded(sheet: Sheet, board: Board, measures: Measures) -> Iterator[tuple[MetricId, Bounds, str]]:
    """The metrics with bounds that the table has, with the name of their column."""
    for metric in board.metrics:
        if metric.id in measures and metric.id in board.contract.bounds:
            yield metric.id, bounds_of(board, metric.id), sheet.source(metric.column) or metric.id


def _judge_size(sheet: Sheet, board: Board, *, entries: int) -> None:
    least = board.contract.min_entries
    if not sheet.table.rows:
        sheet.note("no_entries", value="0", expected=f"at least {max(1, least)}")
    elif entries < least:
        sheet.note("too_few_entries", value=f"{entries}", expected=f"at least {least}")


def _depth(table: Table, board: Board, *, seen: int) -> int | None:
    """The number of entries that the page shows (`seen`), None if that is the whole board."""
    total, declared = _total(table), board.contract.depth
    if declared == "whole":
        return seen if total is not None and total > seen else None
    if declared == "varies":
        return None if total == seen else seen
    return seen if seen >= int(declared) else None


def _total(table: Table) -> int | None:
    """The number of entries that the publisher states; None unless it is a whole number."""
    try:
        number = parse_number(bounded(table.facts.get("total")))
    except CellError:
        return None
    return int(number) if number.adjusted() < 12 and number == number.to_integral_value() else None


def _stated_on(table: Table) -> str:
    """The board's own date, in ISO 8601 if it can be read, otherwise as published."""
    stated = _fact(table, "stated_on")
    try:
        return parse_date(stated)
    except CellError:
        return stated


_OF_A_PAYLOAD = ":version"


def _versions(table: Table) -> str:
    """The version of the board's own answer, and those of payloads, each on a line of its own."""
    further = ((name.removesuffix(_OF_A_PAYLOAD), name) for name in sorted(table.facts) if name.endswith(_OF_A_PAYLOAD))
    lines = [f"{payload}: {text}" for payload, name in further if (text := _fact(table, name))]
    return "\n".join([_fact(table, "version"), *lines])


def _fact(table: Table, name: str) -> str:
    text = clean_text(table.facts.get(name, ""))
    return "" if text.casefold() in MISSING else text


def _broken(board: Board, wrong: Sequence[Violation]) -> ContractBroken:
    first, remedy = "; ".join(map(str, wrong[:3])), f"no snapshot was written (tracker board test {board.id} --live)"
    message = f"{board.id}: {count(len(wrong), 'contract violation')}: {first}; the capture is kept, and {remedy}"
    return ContractBroken(message, wrong)
