"""The past of a board that is read from the dataset viewer of the Hugging Face Hub: the dated split `full`, as Parquet.

The viewer itself serves 100 rows at a time, so the states are written from the Parquet files in the form of its answers. Needs
pyarrow (extra `lake`).

Source: https://huggingface.co/docs/dataset-viewer/parquet
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from tracker.backfill.remote import PastServer
from tracker.backfill.states import Loaded, PastState, provenance
from tracker.errors import DeclarationError, Refused, Transient
from tracker.model import Board, Part, Request

SPLIT, DATE = "full", "leaderboard_publish_date"
MAX_BYTES = 1_000_000_000
_CONDITION = re.compile(r'"(\w+)"=\'([^\']*)\'')


def states(server: PastServer, dataset: str, cache: Path) -> Iterator[PastState]:
    """A state per publishing date, at midnight UTC. The files are kept in `cache`.

    Raises:
        DeclarationError: a request's `where` is more than a choice of values of one column.
        FetchError: the Hub does not serve the files.
    """
    board = server.board
    files = {part: _File(server, dataset, request, cache) for part, request in _requests(board).items()}
    for day in files[Part()].days:
        place = f"{server.address}/datasets/{dataset}:{board.request.params['config']}/{SPLIT}"
        yield PastState(
            observed_at=datetime(day.year, day.month, day.day, tzinfo=UTC),
            origin=provenance("hf", f"{place} {DATE}={day.isoformat()}"),
            load=partial(_load, board, files, day),
        )


def _requests(board: Board) -> Mapping[Part, Request]:
    return {Part(): board.request, **{Part(name=payload.name): payload.request for payload in board.payloads}}


class _File:
    """The rows of a request, in the files of its configuration."""

    def __init__(self, server: PastServer, dataset: str, request: Request, cache: Path) -> None:
        config = request.params["config"]
        self.where = _conditions(server.board, request.params.get("where", ""))
        folder = f"api/datasets/{dataset}/parquet/{config}/{SPLIT}"
        listed = server.json(folder)
        if not isinstance(listed, list) or not listed:
            raise Transient(f"{server.board.id}: {server.address}/{folder}: lists no files; expected Parquet files")
        self.paths = [self._fetched(server, f"{folder}/{number}.parquet", cache) for number in range(len(listed))]
        columns = [pq.read_table(path, columns=[DATE])[DATE] for path in self.paths]
        self.days = sorted({_day(value) for column in columns for value in pc.unique(column).to_pylist()})

    @staticmethod
    def _fetched(server: PastServer, path: str, cache: Path) -> Path:
        cache.mkdir(parents=True, exist_ok=True)
        kept = cache / path.replace("/", "--")
        kept.write_bytes(server.get(path, max_bytes=MAX_BYTES).body)
        return kept

    def rows(self, day: date) -> list[dict[str, Any]]:
        """The rows of a day, in the order of the files."""
        column, values = self.where
        found: list[dict[str, Any]] = []
        for path in self.paths:
            table = pq.read_table(path, filters=[(column, "in", values)] if values else None)
            found += [row for row in table.to_pylist() if _day(row[DATE]) == day]
        return found


def _day(value: object) -> date:
    return value if type(value) is date else date.fromisoformat(str(value)[:10])


def _conditions(board: Board, where: str) -> tuple[str, list[str]]:
    """The column and the values that a `where` allows: `"category"='a' or "category"='b'`."""
    pairs = [_CONDITION.fullmatch(part.strip()) for part in re.split(r"\bor\b", where)] if where else []
    columns = {pair[1] for pair in pairs if pair}
    if not all(pairs) or len(columns) > 1:
        raise DeclarationError(f"{board.id}: where = {where!r} cannot be applied to files; expected \"column\"='value' or …")
    return next(iter(columns), ""), [pair[2] for pair in pairs if pair]


def _load(board: Board, files: Mapping[Part, _File], day: date) -> Loaded:
    """The bodies of a day, one for the board and one for each payload."""
    optional = {Part(name=payload.name) for payload in board.payloads if not payload.required}
    bodies = {part: file.rows(day) for part, file in files.items()}
    missing = [part for part, rows in bodies.items() if not rows and part not in optional]
    if missing:
        raise Refused(f"{board.id}: no rows of {day} for {str(missing[0]) or 'the board'}")
    kept = {part: _body(rows) for part, rows in bodies.items() if rows}
    at = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return Loaded(bodies=tuple(kept.values()), observed_at=at, parts=tuple(kept) if len(kept) > 1 else ())


def _body(rows: list[dict[str, Any]]) -> bytes:
    """Rows as the viewer answers them."""
    shown = [{"row_idx": number, "row": row, "truncated_cells": []} for number, row in enumerate(rows)]
    return json.dumps({"rows": shown, "num_rows_total": len(shown)}, default=str, ensure_ascii=False).encode()
