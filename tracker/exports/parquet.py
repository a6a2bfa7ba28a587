"""Parquet in the layout of Hive, by source, board and year (of `valid_from`). Needs pyarrow (extra `lake`)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tracker.exports.contents import EMPTY, FIELDS, Contents, ExportedValue
from tracker.exports.places import new_folder
from tracker.model import Board

ROWS = 20_000
"""Rows of a row group, which is what is in memory at a time."""
_TYPES = {"string": pa.string(), "boolean": pa.bool_(), "datetime": pa.timestamp("s", tz="UTC"), "number": pa.float64()}


def write(contents: Contents, path: Path) -> int:
    """Write a folder `source=S/board=B/year=Y/part-0.parquet`."""
    with new_folder(path, "parquet", contents.metadata()) as folder:
        return sum(_write_board(contents, board, folder) for board in contents.boards)


def _write_board(contents: Contents, board: Board, folder: Path) -> int:
    source, _, name = board.id.partition("/")
    return write_years(contents, board, folder / f"source={source}" / f"board={name}", "year={}/part-0.parquet", hive=True)


def write_years(contents: Contents, board: Board, folder: Path, name: str, *, hive: bool = False) -> int:
    """Write a board's rows to one file per year and return their number; `{}` in the name is the year.

    `hive`: without the columns that the names of the folders state.
    """
    fields, number = ("source", "board") if hive else (), 0
    with ExitStack() as stack:
        writers: dict[int, pq.ParquetWriter] = {}
        for rows in batches(contents.values((board,))):
            by_year: dict[int, list[ExportedValue]] = {}
            for row in rows:
                by_year.setdefault(row.valid_from.year, []).append(row)
            for year, of_year in by_year.items():
                if year not in writers:
                    path = folder / name.format(year)
                    path.parent.mkdir(parents=True, exist_ok=True)
                    writers[year] = stack.enter_context(writer(path, schema(contents, without=fields)))
                writers[year].write_table(table(of_year, writers[year].schema))
            number += len(rows)
    return number


def batches(rows: Iterable[ExportedValue]) -> Iterator[tuple[ExportedValue, ...]]:
    """The rows in the portions in which they are written."""
    left = iter(rows)
    while portion := tuple(islice(left, ROWS)):
        yield portion


@contextmanager
def writer(path: Path, of: pa.Schema) -> Iterator[pq.ParquetWriter]:
    """A writer whose bytes depend on the rows alone."""
    with pq.ParquetWriter(path, of, compression="zstd") as opened:
        yield opened


def schema(contents: Contents, without: tuple[str, ...] = ()) -> pa.Schema:
    """The typed columns, each with its meaning; units, attribution and terms are in the metadata of the file."""
    columns = [
        pa.field(field.name, _TYPES[field.type], nullable=field.name in EMPTY, metadata={"description": field.about})
        for field in FIELDS
        if field.name not in without
    ]
    return pa.schema(
        columns, metadata={"tracker": json.dumps(contents.metadata(), ensure_ascii=False), "units": _units(contents)}
    )


def _units(contents: Contents) -> str:
    units: Mapping[str, Mapping[str, str]] = {
        board.id: {metric.id: metric.unit for metric in contents.metrics_of(board)} for board in contents.boards
    }
    return json.dumps(units, ensure_ascii=False)


def table(rows: Iterable[ExportedValue], of: pa.Schema) -> pa.Table:
    """The rows as columns of that schema."""
    columns = dict(zip((field.name for field in FIELDS), zip(*rows, strict=True), strict=True))
    return pa.table([pa.array(columns[name], of.field(name).type) for name in of.names], schema=of)
