"""Merges rows that belong together (`model.Group`): the categories of a rating, the mean of a thousand problems."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from tracker.errors import ParseError
from tracker.model import Group, Table
from tracker.reading.means import mean_text

PREFIX = ":"
Cells = Sequence[str | None]


def needed(group: Group, columns: Iterable[str]) -> tuple[str, ...]:
    """The columns of the ungrouped rows from which these columns are made."""
    bare = [column.partition(PREFIX)[2] for column in columns if group.by and PREFIX in column]
    by = (group.by,) if group.by else ()
    return tuple(dict.fromkeys((*group.key, *by, *columns, *bare)))


def grouped(table: Table, group: Group, columns: Sequence[str], *, numbers: Collection[str]) -> Table:
    """One row per key, in the order in which keys first occur, with those of the columns that any row has.

    `take = mean` applies to the columns in `numbers`; of any other it takes the first value.

    Raises:
        ParseError: a column to group by is absent, two rows have a cell for one place, or a cell of a mean is not a number.
    """
    places = {column: at for at, column in enumerate(table.columns)}
    missing = [column for column in (*group.key, *([group.by] if group.by else [])) if column not in places]
    if missing:
        raise ParseError(f"found no column {missing[0]!r} to group by among {', '.join(table.columns)}")
    bins = _bins(table, group, places)
    wanted = tuple(column for column in dict.fromkeys(columns) if _source(column, group, places, bins) is not None)
    merged = [_row(key, rows, wanted, group, places, numbers) for key, rows in bins.items()]
    return Table(columns=wanted, rows=merged, facts=table.facts, page_starts=_page_starts(table, bins))


@dataclass(frozen=True, slots=True)
class _Bin:
    """The rows of one key, by the value of `by` (or under ""), in the publisher's order."""

    first: int
    rows: dict[str, list[Cells]] = field(default_factory=dict)

    def all(self) -> Iterable[Cells]:
        """All its rows."""
        return (row for rows in self.rows.values() for row in rows)


def _bins(table: Table, group: Group, places: Mapping[str, int]) -> Mapping[tuple[str | None, ...], _Bin]:
    keys = [places[column] for column in group.key]
    by = places[group.by] if group.by else None
    bins: dict[tuple[str | None, ...], _Bin] = {}
    for number, row in enumerate(table.rows):
        merged = bins.setdefault(tuple(row[at] for at in keys), _Bin(number))
        merged.rows.setdefault("" if by is None else row[by] or "", []).append(row)
    return bins


def _source(
    column: str, group: Group, places: Mapping[str, int], bins: Mapping[tuple[str | None, ...], _Bin]
) -> tuple[str | None, int] | None:
    """The value of `by` and the place of a column's cells, None without any. A column of that very name wins."""
    if column in places:
        return None, places[column]
    value, prefix, bare = column.partition(PREFIX)
    if not (group.by and prefix and bare in places) or not any(value in merged.rows for merged in bins.values()):
        return None
    return value, places[bare]


def _row(  # noqa: PLR0917  # one row of a table
    key: tuple[str | None, ...],
    merged: _Bin,
    columns: Sequence[str],
    group: Group,
    places: Mapping[str, int],
    numbers: Collection[str],
) -> tuple[str | None, ...]:
    cells = []
    for column in columns:
        source = _source(column, group, places, {key: merged})
        value, at = (None, None) if source is None else source
        rows = () if at is None else merged.all() if value is None else merged.rows[value]
        take = group.take if value is not None or not group.by else "first"
        cells.append(_cell([row[at] for row in rows if at is not None], take, column, key, mean=column in numbers))
    return tuple(cells)


def _cell(cells: Sequence[str | None], take: str, column: str, key: tuple[str | None, ...], *, mean: bool) -> str | None:
    place = f"{column} of {' | '.join(map(str, key))}"
    if take == "mean" and mean and cells:
        return mean_text(cells, place)
    distinct = list(dict.fromkeys(cell for cell in cells if cell is not None))
    if take == "only" and len(distinct) > 1:
        raise ParseError(f"found {distinct[0]!r} and {distinct[1]!r} in {place}, expected one; set parse.group.take")
    return distinct[0] if distinct else None


def _page_starts(table: Table, bins: Mapping[tuple[str | None, ...], _Bin]) -> tuple[int, ...]:
    """A merged row is on the page of the first of its rows."""
    pages = [bisect_right(table.page_starts, merged.first) - 1 for merged in bins.values()]
    counts = [pages.count(page) for page in range(len(table.page_starts))]
    return tuple(accumulate(counts[:-1], initial=0))
