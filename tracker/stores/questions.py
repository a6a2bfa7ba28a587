"""Answers a query that a person wrote, from a connection that can only read, within limits of rows and time.

Source: docs/reference/sql.md
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tracker.errors import DeclarationError
from tracker.stores.sqlite_errors import is_damage
from tracker.stores.sqlite_file import Row, SqliteFile

ROWS, SECONDS = 10_000, 10.0
"""The limits by default."""
_ALLOWED = frozenset((sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE))
_STEPS = 20_000
"""Between two looks at the clock."""
_LONGEST = 20_000_000
"""Bytes of a value, which a query could otherwise make as large as the memory."""


class Selected:
    """The rows of a query, read as they are needed; `cut` is known at their end: there are more than the limit."""

    def __init__(self, columns: tuple[str, ...], rows: Iterator[Row], most: int) -> None:
        self.columns, self.cut = columns, False
        self._rows, self._most = rows, most

    def __iter__(self) -> Iterator[Row]:
        for number, row in enumerate(self._rows):
            if number == self._most:
                self.cut = True
                return
            yield row


class Questions(SqliteFile):
    """A database, open for reading alone."""

    @contextmanager
    def ask(self, query: str, *, rows: int = ROWS, seconds: float = SECONDS) -> Iterator[Selected]:
        """Selected one SELECT; with `rows` or `seconds` 0, without that limit.

        Raises:
            DeclarationError: the query is wrong, would write, or takes too long.
            Damaged: the file is damaged.
        """
        ends = time.monotonic() + seconds if seconds else float("inf")
        self._connection.set_authorizer(_authorize)
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
        self._connection.set_progress_handler(lambda: time.monotonic() > ends, _STEPS)
        try:
            cursor = self._connection.execute(query)
            if cursor.description is None:
                raise DeclarationError("sql: the query gives no rows; expected a SELECT (docs/reference/sql.md)")
            yield Selected(tuple(column[0] for column in cursor.description), cursor, rows or -1)
        except (sqlite3.Error, sqlite3.Warning) as error:
            if isinstance(error, sqlite3.Error) and is_damage(error):
                with self._storing("read"):
                    raise
            raise DeclarationError(f"sql: {_problem(str(error), seconds)}") from error


def _authorize(action: int, _name: str | None, value: str | None, *_: str | None) -> int:
    allowed = action in _ALLOWED or (action == sqlite3.SQLITE_FUNCTION and value != "load_extension")
    return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY


def _problem(message: str, seconds: float) -> str:
    if message == "interrupted":
        return f"the query takes longer than {seconds:g} s; expected one that names board and metric, or --seconds 0"
    if "one statement at a time" in message:
        return "there are several statements; expected one SELECT"
    if message.startswith(("not authorized", "authorization denied", "access to")):
        return f"the query would write or change the database ({message}); expected a SELECT, which only reads"
    if message.startswith(("no such table", "no such column")):
        return f"{message}; expected a view and a column that docs/reference/sql.md lists"
    return f"{message}; expected a SELECT in SQLite's dialect (docs/reference/sql.md)"
