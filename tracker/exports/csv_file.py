"""CSV (RFC 4180), with metadata in the form of CSV on the Web beside it.

Source: https://www.w3.org/TR/tabular-metadata/
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TextIO

from tracker.exports.contents import EMPTY, FIELDS, Contents, ExportedValue
from tracker.exports.places import as_text, new_file
from tracker.wording import inert, machine_time

BESIDE = "-metadata.json"
"""The ending that CSV on the Web gives to the metadata of a file."""


def write(contents: Contents, path: Path) -> int:
    """Write the rows to a file, and the metadata beside it."""
    with new_file(path) as partial, partial.open("w", encoding="utf-8", newline="") as file:
        number = write_rows(contents.values(), file)
    write_metadata(contents, path)
    return number


def write_rows(rows: Iterable[ExportedValue], file: TextIO) -> int:
    """Write a header and the rows, and return their number."""
    number, writer = 0, csv.writer(file, lineterminator="\n")
    writer.writerow(field.name for field in FIELDS)
    for number, row in enumerate(rows, 1):  # noqa: B007  # the number of the last one is the result
        writer.writerow(map(cell, row))
    return number


def write_metadata(contents: Contents, path: Path) -> None:
    """Write what travels with a table as CSV on the Web, beside it."""
    with new_file(path.with_name(path.name + BESIDE)) as partial:
        partial.write_text(as_text(_metadata(contents, path.name)), encoding="utf-8")


def _metadata(contents: Contents, name: str) -> Mapping[str, object]:
    columns = [
        {"name": field.name, "datatype": field.type, "dc:description": field.about, "required": field.name not in EMPTY}
        for field in FIELDS
    ]
    key = ["board", "metric", "entry", "valid_from"]
    return {
        "@context": "http://www.w3.org/ns/csvw",
        "url": name,
        "tableSchema": {"columns": columns, "primaryKey": key},
        **{f"tracker:{key}": value for key, value in contents.metadata().items()},
    }


def cell(value: object) -> str:
    """A cell as text: a time in RFC 3339, a number exactly, and a text that no spreadsheet takes for a formula."""
    written = _WRITTEN.get(type(value))
    return str(value) if written is None else written(value)


_WRITTEN: Mapping[type, Callable[..., str]] = {
    str: inert,
    datetime: machine_time,
    float: repr,
    bool: lambda value: "true" if value else "false",
    type(None): lambda _: "",
}
