"""JSON lines: one object per row, with the metadata in a file beside it.

Source: https://jsonlines.org
"""

from __future__ import annotations

import json
from pathlib import Path

from tracker.exports.contents import FIELDS, Contents
from tracker.exports.csv_file import BESIDE
from tracker.exports.places import as_text, new_file
from tracker.wording import escaped, machine_time

_NAMES = tuple(field.name for field in FIELDS)


def write(contents: Contents, path: Path) -> int:
    """Write the rows to a file, and the metadata beside it."""
    number = 0
    with new_file(path) as partial, partial.open("w", encoding="utf-8", newline="") as file:
        for number, row in enumerate(contents.values(), 1):  # noqa: B007  # the number of the last one is the result
            values = dict(zip(_NAMES, row, strict=True))
            file.write(f"{escaped(json.dumps(values, ensure_ascii=False, allow_nan=False, default=machine_time))}\n")
    with new_file(path.with_name(path.name + BESIDE)) as partial:
        partial.write_text(as_text(contents.metadata()), encoding="utf-8")
    return number
