"""What the record said at an earlier time: since when it has each check, and the rows that a rewriting replaced.

Source: docs/decisions/0071-vintages.md
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from tracker.model import BoardId, BoardState
from tracker.model.names import EMPTY_LEXICON, Lexicon
from tracker.stores._codec import EVENT_COLUMNS, event_from_row, seconds

_NEVER = 1 << 40
"""The end of a row that the present history has, since the vintage of its beginning."""
_STATED = ("changed_at", "broken_since", "broken_by", "stale_since", "capped_at", "cap_told", "failures", "left_out")
"""The fields of a board's state that a report states."""
_NOTHING = BoardState()
_lexicon = msgspec.json.Decoder(Lexicon)


class _Table(NamedTuple):
    """A table with transaction time. `key` begins with its board or series; rows are valid from `began` to `ended`."""

    name: str
    key: tuple[str, ...]
    began: str
    ended: str = ""
    source: str = ""

    @property
    def vintage(self) -> str:
        return f"vintage_{self.name.removeprefix('_')}"

    @property
    def rows(self) -> str:
        return self.source or f"main.{self.name}"

    @property
    def place(self) -> str:
        return "series" if self.key[0] == "series" else "board"

    def of_board(self) -> str:
        """A condition on its rows, with the board as a parameter."""
        return "board = ?1" if self.place == "board" else "series IN (SELECT series FROM main.series WHERE board = ?1)"


_SPAN = ("series", "entry", "valid_from")
_ENTRIES = "(SELECT *, NULL AS valid_to FROM main._entries UNION ALL SELECT * FROM main.entry_versions)"
_PARTIES = "(SELECT parties.*, recorded_at FROM main._parties AS parties JOIN main._events USING (event))"
_TABLES = (
    _Table("_checks", ("board", "observed_at"), "observed_at"),
    _Table("snapshots", ("board", "observed_at"), "observed_at"),
    _Table("entry_versions", ("board", "entry", "valid_from"), "valid_from", "valid_to", _ENTRIES),
    _Table("states", ("board", "valid_from"), "valid_from"),
    *(_Table(name, _SPAN, "valid_from", "valid_to") for name in ("_measures", "texts", "ranks")),
    _Table("segments", ("series", "started_at"), "started_at"),
    _Table("_events", ("event",), "recorded_at"),
    _Table("_parties", ("board", "entry", "event"), "recorded_at", source=_PARTIES),
)
TABLES = frozenset(("known", "vintages", "declaration_versions", "names", "ended_pauses", *(table.vintage for table in _TABLES)))
"""The tables that no replay restores, besides those of the service."""
_EVENTS = next(table for table in _TABLES if table.name == "_events")


class Basis(NamedTuple):
    """What a history is made with: the declaration as text, the hash of the names, and the versions of the rules."""

    declaration: str
    names: str
    rules: str


class Vintages:
    """Writes into a store's tables of vintages, in the transactions of the store. `now` is the clock of the known times."""

    def __init__(self, connection: sqlite3.Connection, now: Callable[[], datetime]) -> None:
        self._run = connection.execute
        self._now = now
        self._bases: dict[BoardId, Basis] = {}
        self._hashed: tuple[Lexicon, str] = (EMPTY_LEXICON, "")
        self._is_rewriting = False

    def declare(self, board: BoardId, declaration: str, names: Lexicon | None, rules: str) -> None:
        """Note with what the next steps of a board are made."""
        self._bases[board] = basis = Basis(declaration, self._noted(names), rules)
        last = self._run(
            "SELECT declaration FROM declaration_versions WHERE board = ? ORDER BY known_from DESC LIMIT 1", (board,)
        )
        if (last.fetchone() or (None,))[0] != declaration:
            self._run("INSERT OR REPLACE INTO declaration_versions VALUES (?, ?, ?)", (board, self._second(), declaration))
        if not self._is_rewriting:
            self._run("INSERT OR IGNORE INTO vintages VALUES (?, 0, ?, 0, '[]', ?, ?, ?)", (board, self._second(), *basis))

    def _noted(self, names: Lexicon | None) -> str:
        """The hash of the names, which are noted unless they are the last."""
        if names is None:
            return ""
        if self._hashed[0] is not names:
            self._hashed = names, hashlib.sha256(_encoded(names)).hexdigest()
        sha256 = self._hashed[1]
        if self._run("SELECT sha256 FROM names ORDER BY known_from DESC LIMIT 1").fetchone() != (sha256,):
            body = zlib.compress(_encoded(names), 9)
            self._run("INSERT OR REPLACE INTO names VALUES (?, ?, ?)", (self._second(), sha256, body))
        return sha256

    def saved(self, board: BoardId, at: int, before: BoardState, after: BoardState) -> None:
        """Note that the record has a board's step of this time, and the state after it, if a report would state it otherwise."""
        stated = _stated(after)
        if stated != _stated(before):
            self._run("INSERT INTO states VALUES (?, ?, ?)", (board, at, msgspec.json.encode(stated).decode()))
        if not self._is_rewriting:
            self._know(board, at)

    def _know(self, board: BoardId, until: int) -> None:
        vintage = "SELECT coalesce(max(vintage), 0) FROM vintages WHERE board = ?1"
        sql = f"INSERT INTO known VALUES (?1, ({vintage}), ?2, ?3) ON CONFLICT DO UPDATE SET until = excluded.until"
        self._run(sql, (board, self._second(), until))

    def _second(self) -> int:
        return seconds(self._now())

    @contextmanager
    def rewriting(self, board: BoardId) -> Iterator[None]:
        """Keep the rows that the block replaces, if it changes any up to the last check of before: then begin a vintage."""
        seen = self._last(board)
        for table in _TABLES:
            self._run(f"DROP TABLE IF EXISTS temp.was_{table.name}")
            sql = f"CREATE TEMP TABLE was_{table.name} AS SELECT * FROM {table.rows} WHERE {table.of_board()}"
            self._run(sql, (board,))
        self._is_rewriting = True
        try:
            yield
        finally:
            self._is_rewriting = False
        self._keep(board, seen)
        for table in _TABLES:
            self._run(f"DROP TABLE temp.was_{table.name}")

    def _last(self, board: BoardId) -> int | None:
        """The time of the last check."""
        last: int | None = self._run("SELECT max(observed_at) FROM _checks WHERE board = ?", (board,)).fetchone()[0]
        return last

    def _keep(self, board: BoardId, seen: int | None) -> None:
        last = self._last(board)
        noted = "SELECT vintage, declaration, names, rules FROM vintages WHERE board = ? ORDER BY vintage DESC LIMIT 1"
        row = self._run(noted, (board,)).fetchone()
        vintage, before = (row[0], Basis(*row[1:])) if row else (0, None)
        basis = self._bases.get(board) or before or Basis("{}", "", "")
        if seen is not None:
            self._renumber(board)
        tables, until = (_TABLES, seen) if seen is not None else ((_EVENTS,), self._known_until(board))
        is_new = until is not None and {self._moved(table, board, vintage + 1, until) for table in tables} >= {True}
        if is_new:
            why = json.dumps(self._reasons(before, basis, board, seen) if before else ["not noted by the version before"])
            row = (board, vintage + 1, self._second(), last or 0, why, *basis)
            self._run("INSERT INTO vintages VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        else:
            update = "DO UPDATE SET declaration = excluded.declaration, names = excluded.names, rules = excluded.rules"
            sql = f"INSERT INTO vintages VALUES (?, ?, ?, 0, '[]', ?, ?, ?) ON CONFLICT {update}"
            self._run(sql, (board, vintage, self._second(), *basis))
        if is_new or (last is not None and (until is None or last > until)):
            self._know(board, last or 0)

    def _renumber(self, board: BoardId) -> None:
        """Number the entries of former vintages as the new history does; those that it lacks get negative numbers."""
        run = self._run
        known = "SELECT key, entry FROM main.vintage_entry_versions WHERE board = ?1 AND key IS NOT NULL"
        former = f"(SELECT key, entry FROM temp.was_entry_versions UNION {known}) former"
        new = "coalesce(now.entry, iif(former.entry < 0, former.entry, NULL))"
        run("CREATE TEMP TABLE IF NOT EXISTS numbers (old INTEGER PRIMARY KEY, new INTEGER)")
        run("DELETE FROM numbers")
        joined = f"{former} LEFT JOIN main._entries now ON now.board = ?1 AND now.key = former.key"
        run(f"INSERT INTO numbers SELECT former.entry, {new} FROM {joined}", (board,))
        run("UPDATE numbers SET new = (SELECT min(0, min(old)) FROM numbers) - old WHERE new IS NULL")
        if run("SELECT 1 FROM numbers WHERE old <> new").fetchone() is None:
            return
        number = "UPDATE {} SET entry = (SELECT new FROM numbers WHERE old = entry)"
        for table in (table for table in _TABLES if "entry" in table.key):
            run(number.format(f"temp.was_{table.name}"))
            run(f"{number.format(f'main.{table.vintage}')} WHERE {table.of_board()}", (board,))

    def _known_until(self, board: BoardId) -> int | None:
        """Up to when the record had a board, if its history is lost and only that is known."""
        until: int | None = self._run("SELECT max(until) FROM known WHERE board = ?", (board,)).fetchone()[0]
        return until

    def _moved(self, table: _Table, board: BoardId, vintage: int, seen: int) -> bool:
        """Move the rows that the new history lacks into the vintages, and note the keys of those that it adds."""
        name, keys, never = f"main.{table.vintage}", ", ".join(table.key), f"to_vintage = {_NEVER}"
        shown = _as_of(table, seen, _columns(self._run, table))
        now = f"SELECT {shown} FROM {table.rows} WHERE {table.of_board()} AND {table.began} <= {seen}"
        was = f"SELECT * FROM temp.was_{table.name}"
        since = " AND ".join(f"noted.{key} = gone.{key}" for key in table.key)
        began = (
            f"max(coalesce((SELECT max(from_vintage) FROM {name} noted WHERE {never} AND {since}), 0), (SELECT"
            f" coalesce(max(vintage), 0) FROM vintages WHERE board = ?1 AND vintage > 0 AND seen < gone.{table.began}))"
        )
        gone = self._run(f"INSERT INTO {name} SELECT {began}, {vintage}, gone.* FROM ({was} EXCEPT {now}) gone", (board,))
        if gone.rowcount:
            moved = f"SELECT {keys} FROM {name} WHERE to_vintage = {vintage} AND {table.of_board()}"
            self._run(f"DELETE FROM {name} WHERE {never} AND ({keys}) IN ({moved})", (board,))
        columns = ", ".join(dict.fromkeys((*table.key, table.place)))
        added = f"SELECT {vintage}, {_NEVER}, {columns} FROM ({now} EXCEPT {was})"
        new = self._run(f"INSERT INTO {name} (from_vintage, to_vintage, {columns}) {added}", (board,))
        return bool(gone.rowcount + new.rowcount)

    def _reasons(self, before: Basis, now: Basis, board: BoardId, seen: int | None) -> list[str]:
        """What differs from what the history before was made with, one phrase each."""
        was = "SELECT observed_at, sha256 FROM temp.was__checks"
        shows = f"SELECT observed_at, sha256 FROM main._checks WHERE board = ?1 AND observed_at <= {seen or 0}"
        other = f"SELECT 1 FROM ({was} EXCEPT {shows}) UNION ALL SELECT 1 FROM ({shows} EXCEPT {was})"
        differs = {
            "declaration": _changed(json.loads(before.declaration or "{}"), json.loads(now.declaration)),
            "names": _changed(*(_files(self._names(sha256)) for sha256 in (before.names, now.names))),
            "rules": sorted(set(now.rules.split()).difference(before.rules.split())),
        }
        reasons = [f"{what}: {', '.join(parts)}" for what, parts in differs.items() if parts]
        return [*reasons, *(["captures"] if self._run(other, (board,)).fetchone() else [])] or ["a decision, or an update"]

    def _names(self, sha256: str) -> Lexicon:
        """The names with that hash; none if they are not kept."""
        row = self._run("SELECT body FROM names WHERE sha256 = ?", (sha256,)).fetchone()
        return EMPTY_LEXICON if row is None else _lexicon.decode(zlib.decompress(row[0]))


def _encoded(names: Lexicon) -> bytes:
    return msgspec.json.encode(names, order="deterministic", enc_hook=dict)


def restore(connection: sqlite3.Connection, table: str, rows: Iterable[Sequence[Any]]) -> None:
    """Insert the rows that can be used of one of `TABLES`, or of the events that a replay compares with its own."""
    columns = [name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")]
    for row in rows:
        with suppress(sqlite3.Error, ValueError, TypeError, LookupError, OverflowError):  # damaged
            values = dict(zip(columns, row, strict=True))
            if values.get("body") is not None and "headline" in values:
                event_from_row([values[name] for name in EVENT_COLUMNS.split(", ")])
            connection.execute(f"INSERT OR IGNORE INTO {table} VALUES ({', '.join('?' * len(row))})", row)


def settle(connection: sqlite3.Connection, known: Collection[BoardId]) -> None:
    """After a rescue: drop events of boards that could not be read; boards other than those `known` were when observed."""
    run = connection.execute
    run("DELETE FROM _events WHERE board NOT IN (SELECT board FROM _checks)")
    for (board,) in run("SELECT DISTINCT board FROM _checks").fetchall():
        if board not in known:
            run("DELETE FROM known WHERE board = ?", (board,))
            run("INSERT INTO known SELECT board, 0, observed_at, observed_at FROM _checks WHERE board = ?", (board,))


def names_at(connection: sqlite3.Connection, at: datetime | None) -> Lexicon | None:
    """The names that were in use at a time, or last (None); None if none were noted by then."""
    sql = "SELECT body FROM names WHERE known_from <= ? ORDER BY known_from DESC LIMIT 1"
    row = connection.execute(sql, (_NEVER if at is None else seconds(at),)).fetchone()
    return None if row is None else _lexicon.decode(zlib.decompress(row[0]))


def show(connection: sqlite3.Connection, at: datetime) -> None:
    """Show the record as it was at a time: temporary views of the tables, which queries find first."""
    then, run = seconds(at), connection.execute
    run("CREATE TEMP TABLE cuts (board TEXT PRIMARY KEY, vintage INTEGER, cut INTEGER, kept INTEGER) WITHOUT ROWID")
    run("CREATE TEMP TABLE series_cuts (series INTEGER PRIMARY KEY, vintage INTEGER, cut INTEGER, kept INTEGER)")
    kept = "SELECT min(seen) FROM vintages WHERE vintages.board = known.board AND vintages.vintage > known.vintage"
    run(
        f"INSERT INTO cuts SELECT board, vintage, max(until), min(max(until), coalesce(({kept}), {_NEVER})) FROM known JOIN"
        " (SELECT board, max(vintage) AS vintage FROM known WHERE known_from <= ?1 GROUP BY board) USING (board, vintage)"
        " WHERE known_from <= ?1 GROUP BY board",
        (then,),
    )
    run("INSERT INTO series_cuts SELECT series, vintage, cut, kept FROM series JOIN cuts USING (board)")
    for table in _TABLES:
        run(f"CREATE TEMP VIEW {table.name} AS {_then(table, _columns(run, table))}")
    run("CREATE TEMP VIEW _entries AS SELECT * FROM temp.entry_versions WHERE valid_to IS NULL")
    declaration = (
        "SELECT declaration FROM main.declaration_versions noted WHERE noted.board = cuts.board"
        f" ORDER BY known_from > {then}, iif(known_from > {then}, known_from, -known_from) LIMIT 1"
    )
    state = "SELECT body FROM temp.states WHERE states.board = cuts.board ORDER BY valid_from DESC LIMIT 1"
    run(
        "CREATE TEMP VIEW _boards AS SELECT board, 0 AS position,"
        f" coalesce(({state}), '{{}}') AS past, ({declaration}) AS declaration FROM temp.cuts"
    )
    pause = "SELECT board, since, by, reason FROM main"
    run(
        f"CREATE TEMP VIEW pauses AS {pause}.pauses WHERE since <= {then}"
        f" UNION ALL {pause}.ended_pauses WHERE since <= {then} AND until > {then}"
    )


def corrections(connection: sqlite3.Connection, columns: str) -> Iterator[tuple[Any, ...]]:
    """(board, vintage, known_from, why, before, after) for each event that a vintage changed, oldest first.

    `before` and `after` have these columns of `events`, or are None.
    """
    run = connection.execute
    for board, vintage, known_from, why in run(
        "SELECT board, vintage, known_from, why FROM main.vintages WHERE vintage > 0 ORDER BY known_from, board, vintage"
    ).fetchall():
        of_board = (board, vintage)
        before = run(f"SELECT {columns} FROM main.vintage_events WHERE board = ? AND to_vintage = ?", of_board)
        gone = {row[0]: row for row in before}
        kept = f"SELECT {columns} FROM main.vintage_events WHERE board = ?1 AND from_vintage = ?2 AND to_vintage < {_NEVER}"
        live = (
            f"SELECT {columns} FROM main._events WHERE board = ?1 AND event IN"
            f" (SELECT event FROM main.vintage_events WHERE board = ?1 AND from_vintage = ?2 AND to_vintage = {_NEVER})"
        )
        new = {row[0]: row for row in run(f"{kept} UNION ALL {live}", of_board)}
        for event in sorted(gone.keys() | new.keys()):
            yield board, vintage, known_from, why, gone.get(event), new.get(event)


def _columns(run: Callable[[str], sqlite3.Cursor], table: _Table) -> Sequence[str]:
    """The columns of a table, with the time of its validity."""
    return [name for _, name, *_ in run(f"PRAGMA main.table_info({table.vintage})")][2:]


def _as_of(table: _Table, cut: object, columns: Sequence[str], row: str = "") -> str:
    """The columns of a row up to a time: what ended later had not ended."""
    ended, prefix = table.ended, f"{row}." if row else ""
    return ", ".join(
        f"iif({prefix}{ended} > {cut}, NULL, {prefix}{ended}) AS {ended}" if column == ended else f"{prefix}{column}"
        for column in columns
    )


def _then(table: _Table, columns: Sequence[str]) -> str:
    """The rows that the record had: those of now that no later vintage added, and those that a later one replaced."""
    cuts = "cuts" if table.place == "board" else "series_cuts"
    noted = f"main.{table.vintage}"
    same = " AND ".join(f"noted.{key} = row.{key}" for key in table.key)
    shown = _as_of(table, "known.cut", columns, "row")
    join = f"JOIN temp.{cuts} known ON known.{table.place} = row.{table.place} WHERE row.{table.began} <= known"
    later = f"SELECT 1 FROM {noted} noted WHERE {same} AND noted.to_vintage = {_NEVER} AND noted.from_vintage > known.vintage"
    between = f"row.from_vintage <= known.vintage AND row.to_vintage > known.vintage AND row.to_vintage < {_NEVER}"
    return (
        f"SELECT {shown} FROM {table.rows} row {join}.kept AND NOT EXISTS ({later})"
        f" UNION ALL SELECT {shown} FROM {noted} row {join}.cut AND {between}"
    )


def _files(names: Lexicon) -> dict[str, object]:
    """The content of names, by file."""
    return {place.rpartition("/")[2]: lab for place, lab in names.labs.items()} | {"hosts.toml": names.hosts}


def _stated(state: BoardState) -> dict[str, object]:
    """What a report states of a board's state; of its changes the last, and nothing that is as in a new one."""
    values = {name: getattr(state, name) for name in _STATED} | {"changed_at": state.changed_at[-1:]}
    return {name: value for name, value in values.items() if value != getattr(_NOTHING, name)}


def _changed(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """The keys whose values differ."""
    return sorted(key for key in before.keys() | now.keys() if before.get(key) != now.get(key))
