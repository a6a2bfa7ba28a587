"""The floor of an import: decode each state, compare every field with the state before, store changed cells and the body.

`PYTHON bench/floor_import.py FOLDER RECORDS KEY FILE…`, with the tracker's interpreter. It knows nothing of models, errors or
events.
"""

from __future__ import annotations

import gzip
import hashlib
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

try:
    from compression import zstd
except ImportError:  # before Python 3.14
    from backports import zstd


def flat(record: Mapping[str, object], path: str = "") -> Iterator[tuple[str, object]]:
    for name, cell in record.items():
        if isinstance(cell, dict):
            yield from flat(cell, f"{path}{name}.")
        else:
            yield f"{path}{name}", cell if isinstance(cell, str | int | float | None) else repr(cell)


def main(folder: Path, records: str, key: str, *paths: str) -> None:
    folder.mkdir(parents=True)
    database = sqlite3.connect(folder / "floor.db")
    database.execute("create table cells (entry text, field text, state int, value)")
    before: dict[str, dict[str, object]] = {}
    for state, path in enumerate(paths):
        kept = Path(path).read_bytes()
        body = gzip.decompress(kept) if path.endswith(".gz") else kept
        (folder / hashlib.sha256(body).hexdigest()).write_bytes(zstd.compress(body, 3))
        after = {str(record[key]): dict(flat(record)) for record in msgspec.json.decode(body)[records]}
        changed = (
            (entry, field, state, value)
            for entry, cells in after.items()
            if (old := before.get(entry, {})) != cells
            for field, value in cells.items()
            if old.get(field) != value
        )
        database.executemany("insert into cells values (?, ?, ?, ?)", changed)
        database.commit()
        before = after
    database.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
