"""What no replay restores: outbox, receipts, pauses, notices, counts and withdrawn events, in the history's file.

It shares the history's connection, so that a step and its deliveries are stored in one transaction.

Source: docs/decisions/0015-outbox.md
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

import msgspec
from msgspec import convert

from tracker.model import BoardId, Counted, CounterKey, Delivery, Event, Notice, Pause, Receipt, Verdict
from tracker.stores._codec import record, row_of, seconds, time_of

UNSURE = timedelta(days=7)
"""A route counts from this time ago if it was first read while the clock was ahead."""
_ENDED_NOTICES = 100
_event = msgspec.json.Decoder(Event)
_DELIVERY = "route, queued_at, message, counted, tries, not_before, error, dead"
_RECEIPT = "event, route, delivered_at, how, message, subject"
_PAUSE = "board, since, by, reason"
_NOTICE = "kind, subject, message, since, ended_at"
_OUTBOX = "event, route, queued_at, message, tries, not_before, error, dead, body, counted"

Transaction = Callable[[], AbstractContextManager[None]]
Row = tuple[Any, ...]
T = TypeVar("T")


def _receipt(row: Row) -> Receipt:
    return record(Receipt, _RECEIPT, row)


def _pause(row: Row) -> Pause:
    return record(Pause, _PAUSE, row)


def _notice(row: Row) -> Notice:
    return record(Notice, _NOTICE, row)


def _counter(row: Row) -> tuple[CounterKey, float]:
    what, subject, verdict, amount = row
    return CounterKey(what=Counted(what), subject=subject, verdict=Verdict(verdict) if verdict else None), float(amount)


_DECODERS: Mapping[str, Callable[[Row], object]] = {  # of the columns of `SELECT *`
    "receipts": _receipt,
    "outbox": lambda row: record(Delivery, _OUTBOX, row, event=_event.decode(row[8])),
    "routes": lambda row: time_of(convert(row, tuple[str, int])[1]),
    "holds": lambda row: convert(row, tuple[str, str, str]),
    "pauses": _pause,
    "notices": _notice,
    "counts": _counter,
    "withdrawn": lambda row: convert(row, tuple[str, str, str, str]),
}
TABLES = frozenset(_DECODERS)
"""The tables of the file that are not derived from the archive."""


def is_readable(table: str, row: Row) -> bool:
    """Whether a row of one of `TABLES` can be used as it is."""
    try:
        "".join(value for value in row if isinstance(value, str)).encode()
        _DECODERS[table](row)
    except (ValueError, TypeError, LookupError, OverflowError):
        return False
    return True


class SqliteServiceState:
    """Fulfils `ports.ServiceState` on a store's connection.

    `transaction` begins a transaction or joins the open one; `reading` turns errors of reading and decoding into StoreErrors;
    `now` tells when a pause ended.
    """

    def __init__(
        self, connection: sqlite3.Connection, transaction: Transaction, reading: Transaction, now: Callable[[], datetime]
    ) -> None:
        self._connection = connection
        self._now = now
        self._transaction = transaction
        self._reading = reading

    def post(self, deliveries: Iterable[Delivery]) -> int:
        sql = (
            f"INSERT INTO outbox (event, {_DELIVERY}, body) SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?"  # noqa: S608  # our own words
            " WHERE NOT EXISTS (SELECT 1 FROM receipts WHERE event = ? AND route = ?) ON CONFLICT DO NOTHING"
        )
        with self._transaction():
            return sum(self._connection.execute(sql, _delivery_row(delivery)).rowcount for delivery in deliveries)

    def deliveries(self, route: str | None = None, *, dead: bool = False) -> Sequence[Delivery]:
        where, values = ("route = ? AND", [route]) if route is not None else ("", [])
        sql = f"SELECT {_DELIVERY}, body FROM outbox WHERE {where} dead = ? ORDER BY queued_at, event, route"  # noqa: S608  # our own words
        return self._each(_delivery, sql, *values, int(dead))

    def bind(self, deliveries: Iterable[Delivery], message: str, *, counted: bool = False) -> None:
        self._change(
            "UPDATE outbox SET message = ?, counted = ? WHERE event = ? AND route = ?", deliveries, message, int(counted)
        )

    def put_off(self, deliveries: Iterable[Delivery], *, not_before: datetime, error: str) -> None:
        sql = "UPDATE outbox SET tries = tries + 1, not_before = ?, error = ? WHERE event = ? AND route = ?"
        self._change(sql, deliveries, seconds(not_before), error)

    def dead_letter(self, deliveries: Iterable[Delivery], *, error: str) -> None:
        self._change("UPDATE outbox SET tries = tries + 1, dead = 1, error = ? WHERE event = ? AND route = ?", deliveries, error)

    def revive(self, deliveries: Iterable[Delivery]) -> None:
        self._change("UPDATE outbox SET tries = 0, dead = 0, not_before = NULL WHERE event = ? AND route = ?", deliveries)

    def receive(self, receipts: Iterable[Receipt]) -> None:
        rows = [row_of(receipt, _RECEIPT) for receipt in receipts]
        with self._transaction():
            self._connection.executemany("INSERT OR IGNORE INTO receipts VALUES (?, ?, ?, ?, ?, ?)", rows)
            self._connection.executemany("DELETE FROM outbox WHERE event = ? AND route = ?", [row[:2] for row in rows])

    def receipts(self, route: str | None = None, *, since: datetime | None = None) -> Sequence[Receipt]:
        where, values = ["1"], list[object]()
        if route is not None:
            where, values = [*where, "route = ?"], [*values, route]
        if since is not None:
            where, values = [*where, "delivered_at >= ?"], [*values, seconds(since)]
        sql = f"SELECT {_RECEIPT} FROM receipts WHERE {' AND '.join(where)} ORDER BY delivered_at, event, route"  # noqa: S608  # our own words
        return self._each(_receipt, sql, *values)

    def route_since(self, route: str, now: datetime) -> datetime:
        first = "INSERT INTO routes VALUES (?, ?) ON CONFLICT DO UPDATE SET since = ? WHERE since > excluded.since"
        with self._transaction():
            self._connection.execute(first, (route, seconds(now), seconds(now - UNSURE)))
            return self._each(lambda row: time_of(row[0]), "SELECT since FROM routes WHERE route = ?", route)[0]

    def _change(self, sql: str, deliveries: Iterable[Delivery], *values: object) -> None:
        with self._transaction():
            self._connection.executemany(sql, [(*values, delivery.event.id, delivery.route) for delivery in deliveries])

    def holds(self, board: BoardId) -> Mapping[str, str]:
        return dict(self._each(tuple, "SELECT watch, body FROM holds WHERE board = ? ORDER BY watch", board))

    def hold(self, board: BoardId, holds: Mapping[str, str]) -> None:
        """Replace what the watches remember of a board; in the transaction of the step."""
        with self._transaction():
            self._connection.execute("DELETE FROM holds WHERE board = ?", (board,))
            self._connection.executemany("INSERT INTO holds VALUES (?, ?, ?)", [(board, *hold) for hold in sorted(holds.items())])

    def pause(self, pause: Pause) -> None:
        with self._transaction():
            self.resume(pause.board)
            self._connection.execute("INSERT INTO pauses VALUES (?, ?, ?, ?)", row_of(pause, _PAUSE))

    def resume(self, board: BoardId) -> bool:
        ended = f"INSERT INTO ended_pauses SELECT {_PAUSE}, ? FROM pauses WHERE board = ?"  # noqa: S608  # our own words
        with self._transaction():
            self._connection.execute(ended, (seconds(self._now()), board))
            return self._connection.execute("DELETE FROM pauses WHERE board = ?", (board,)).rowcount > 0

    def pauses(self) -> Mapping[BoardId, Pause]:
        pauses = self._each(_pause, f"SELECT {_PAUSE} FROM pauses ORDER BY board")  # noqa: S608  # our own words
        return {pause.board: pause for pause in pauses}

    def open_notice(self, notice: Notice, deliveries: Iterable[Delivery] = ()) -> bool:
        update = "UPDATE notices SET message = ? WHERE kind = ? AND subject = ? AND ended_at IS NULL"
        with self._transaction():
            if self._connection.execute(update, (notice.message, notice.kind, notice.subject)).rowcount:
                return False
            row = row_of(replace(notice, ended_at=None), _NOTICE)
            self._connection.execute(f"INSERT OR REPLACE INTO notices ({_NOTICE}) VALUES (?, ?, ?, ?, ?)", row)  # noqa: S608  # our own words
            self.post(deliveries)
            return True

    def close_notice(self, kind: str, subject: str, at: datetime, deliveries: Iterable[Delivery] = ()) -> Notice | None:
        where = "kind = ? AND subject = ? AND ended_at IS NULL"
        with self._transaction():
            opened = self._each(_notice, f"SELECT {_NOTICE} FROM notices WHERE {where}", kind, subject)  # noqa: S608  # our own words
            if not opened:
                return None
            self._connection.execute(f"UPDATE notices SET ended_at = ? WHERE {where}", (seconds(at), kind, subject))  # noqa: S608  # our own words
            kept = (
                f"SELECT rowid FROM notices WHERE ended_at IS NOT NULL ORDER BY ended_at DESC, rowid DESC LIMIT {_ENDED_NOTICES}"  # noqa: S608  # an int of ours
            )
            self._connection.execute(f"DELETE FROM notices WHERE ended_at IS NOT NULL AND rowid NOT IN ({kept})")  # noqa: S608  # an int of ours
            self.post(deliveries)
            return replace(opened[0], ended_at=at)

    def notices(self, *, ended: bool = False) -> Sequence[Notice]:
        which = "ended_at IS NOT NULL" if ended else "ended_at IS NULL"
        sql = f"SELECT {_NOTICE} FROM notices WHERE {which} ORDER BY since, kind, subject"  # noqa: S608  # our own words
        return self._each(_notice, sql)

    def count(self, amounts: Mapping[CounterKey, float]) -> None:
        sql = "INSERT INTO counts VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET amount = amount + excluded.amount"
        rows = [
            (key.what.value, key.subject, key.verdict.value if key.verdict else "", amount) for key, amount in amounts.items()
        ]
        with self._transaction():
            self._connection.executemany(sql, rows)

    def counts(self) -> Mapping[CounterKey, float]:
        return dict(self._each(_counter, "SELECT * FROM counts ORDER BY what, subject, verdict"))

    def rows(self, table: str) -> list[Row]:
        """All rows of one of `TABLES`, each of which can be decoded."""
        decode = _DECODERS[table]
        return self._each(lambda row: (decode(row), row)[1], f"SELECT * FROM {table}")  # noqa: S608  # our own table names

    def restore(self, table: str, rows: Iterable[Row]) -> bool:
        """Insert the readable rows of one of `TABLES`, unless their keys are taken. Returns whether all were readable.

        A delivery with a receipt is not restored.
        """
        rows = list(rows)
        good = [row for row in rows if is_readable(table, row)]
        with self._transaction():
            for row in good:
                signs = ", ".join("?" * len(row))
                self._connection.execute(f"INSERT OR IGNORE INTO {table} VALUES ({signs})", row)  # noqa: S608  # our own table names
            received = "SELECT 1 FROM receipts WHERE receipts.event = outbox.event AND receipts.route = outbox.route"
            self._connection.execute(f"DELETE FROM outbox WHERE EXISTS ({received})")  # noqa: S608  # our own words
        return len(good) == len(rows)

    def _each(self, decode: Callable[[Row], T], sql: str, *values: object) -> list[T]:
        with self._reading():
            return [decode(row) for row in self._connection.execute(sql, values)]


def _delivery(row: Row) -> Delivery:
    """The delivery of the columns `_DELIVERY` and the body."""
    return record(Delivery, _DELIVERY, row[:-1], event=_event.decode(row[-1]))


def _delivery_row(delivery: Delivery) -> tuple[object, ...]:
    """The columns of `post`: those of the outbox, then event and route again."""
    body = msgspec.json.encode(delivery.event, order="deterministic").decode()
    return delivery.event.id, *row_of(delivery, _DELIVERY), body, delivery.event.id, delivery.route
