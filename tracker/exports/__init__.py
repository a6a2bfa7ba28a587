"""Writes what a store holds in formats that other tools read: one module per format, deterministic bytes, rows as a stream."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tracker.exports.contents import Contents
from tracker.exports.extras import load

FORMATS: Mapping[str, str] = {
    "csv": "csv_file",
    "jsonl": "jsonl_file",
    "parquet": "parquet",
    "bundle": "bundle",
    "hf": "hugging_face",
    "eee": "eee",
    "warc": "warc",
    "git": "git_layout",
}
"""Name → the module in this package; its `write(contents, path)` returns the number of rows, records or states."""

UNITS: Mapping[str, str] = {"warc": "record", "git": "state", "eee": "record"}
"""What a format counts, if not rows."""


def write(form: str, contents: Contents, path: Path) -> int:
    """Export to a file or, for formats of several files, a folder, and return the number of rows, records or states.

    An earlier export of the same format at that place is replaced as a whole; a failed export leaves it as it was.

    Raises:
        DeclarationError: something else is at that place, or the format needs a package that is not installed.
        StoreError: the store cannot be read, or the place cannot be written.
    """
    number: int = load(FORMATS[form]).write(contents, path)
    return number


def prepared(form: str, contents: Contents) -> tuple[Contents, list[str]]:
    """What a format can hold of the contents, and a line on each part that it cannot."""
    if form == "warc":
        return contents, []
    remarks = []
    contents, empty = contents.with_readings()
    if empty:
        remarks.append(f"{', '.join(board.id for board in empty)}: left out: no reading was accepted yet")
    if form == "eee" and (omitted := load("eee").omitted(contents)):
        named = "; ".join(f"{board}: {', '.join(metrics)}" for board, metrics in omitted.items())
        remarks.append(f"left out: metrics without a direction, which every record needs (higher_is_better): {named}")
    return contents, remarks
