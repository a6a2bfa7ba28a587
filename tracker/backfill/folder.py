"""The past of a board in a folder of dated files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

from tracker.backfill.states import Loaded, PastState
from tracker.line.bodies import dated, read_body


def states(folder: Path, max_bytes: int, *, not_after: datetime) -> Iterator[PastState]:
    """The files `YYYY-MM-DDTHHMMSSZ.ext[.gz]`. Raises DeclarationError if a file's name has no time, or one in the future."""
    for at, path in dated(sorted(path for path in folder.rglob("*") if path.is_file()), not_after):
        yield PastState(observed_at=at, origin=f"file {path.name}", load=partial(_load, path, max_bytes, at))


def _load(path: Path, max_bytes: int, at: datetime) -> Loaded:
    return Loaded(bodies=(read_body(path, max_bytes),), observed_at=at)
