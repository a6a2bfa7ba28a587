"""The derived tables of a board as rows with names instead of numbers, to compare what is recorded with what is derived."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tracker.model import BoardId, Result
from tracker.stores.sqlite import ENTRY_COLUMNS, SqliteStore
from tracker.stores.sqlite_file import Row
from tracker.wording import machine_time

_OF_SERIES = (
    "SELECT series.name, coalesce(e.key, 'entry ' || m.entry), m.valid_from, m.valid_to, {columns}"
    " FROM {table} AS m JOIN series USING (series) LEFT JOIN _entries AS e ON e.board = series.board AND e.entry = m.entry"
    " WHERE series.board = ?"
)
_QUERIES: Mapping[str, str] = {  # without messages and reasons, which another version may word differently
    "checks": "SELECT observed_at, result, status, entries, url, sha256 FROM _checks WHERE board = ?",
    "snapshots": "SELECT * FROM snapshots WHERE board = ?",
    "entries": f"SELECT entry, key, names, {ENTRY_COLUMNS} FROM _entries WHERE board = ?",  # noqa: S608  # our own columns
    "measures": _OF_SERIES.format(table="_measures", columns="value, low, high, estimated, decimals, raw"),
    "texts": _OF_SERIES.format(table="texts", columns="value"),
    "ranks": _OF_SERIES.format(table="ranks", columns="rank"),
    "segments": "SELECT name, started_at FROM segments JOIN series USING (series) WHERE board = ?",
    "events": "SELECT event FROM _events WHERE board = ?",
    "parties": "SELECT entry, event FROM _parties WHERE board = ?",
}


def differences(recorded: SqliteStore, derived: SqliteStore, board: BoardId) -> Iterator[str]:
    """How the tables of a board differ from those of another store, one line per table."""
    for table, query in _QUERIES.items():
        have, want = frozenset(recorded.rows(query, board)), frozenset(derived.rows(query, board))
        if have != want:
            wrong, missing = have - want, want - have
            such_as = f"recorded {_example(wrong)}, derived {_example(missing)}"
            yield f"{table}: {len(wrong)} of {len(have)} rows do not follow from the bytes, {len(missing)} are missing: {such_as}"


def state_differences(recorded: SqliteStore, derived: SqliteStore, board: BoardId) -> Iterator[str]:
    """At which accepted readings of another store the board's state is not the same, one line each."""
    for check in derived.checks(board):
        if check.result is Result.ACCEPTED and recorded.at(board, check.observed_at) != derived.at(board, check.observed_at):
            yield f"the state of {machine_time(check.observed_at)} does not follow from the bytes"


def _example(rows: frozenset[Row]) -> str:
    return " ".join(map(str, min(rows, key=repr))) if rows else "nothing"
