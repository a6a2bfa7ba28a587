"""The history in one SQLite file: change-only, half-open intervals per (series, entry), and events with their evidence.

Everything but `withdrawn` and the service's tables can be rebuilt from the archive. A step is one transaction of prepared
`executemany`s.

Source: docs/decisions/0006-history.md
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from tracker.clock import SystemClock
from tracker.errors import StoreError
from tracker.model import (
    Board,
    BoardId,
    BoardState,
    Check,
    Correction,
    Delivery,
    Diff,
    Entry,
    EntryId,
    EntryRecord,
    Event,
    EventFilter,
    EventId,
    Identity,
    Measure,
    MetricId,
    PublishedEntry,
    RankSpan,
    RecordChange,
    Segment,
    Sha256,
    Snapshot,
    Span,
    Step,
    StoredSnapshot,
)
from tracker.model.names import Lexicon
from tracker.stores import _codec, vintages
from tracker.stores._changes import NAME, PAGE, RANK, measure_changes, new_segments, rank_changes, text_changes
from tracker.stores._codec import CHECK_COLUMNS, check_of, measure_of, measure_row, record, row_of, seconds, time_of, time_or_none
from tracker.stores._identities import COLUMNS as IDENTITY_COLUMNS
from tracker.stores._identities import WHO, changed, identity, identity_row
from tracker.stores.change_log import ChangeLog, LogEntry
from tracker.stores.service_state import TABLES, SqliteServiceState
from tracker.stores.sqlite_errors import REBUILD, Damaged
from tracker.stores.sqlite_file import Row, SqliteFile
from tracker.traits import price_metric

ENTRY_COLUMNS = "name, first_seen, last_seen, last_in, last_url, last_value, missing_since, departed, scored"
_ENTRY_FIELDS = ENTRY_COLUMNS.replace("last_value", "primary")
_MEASURE_COLUMNS = "value, low, high, estimated, decimals, raw"
_SNAPSHOT_COLUMNS = "board, observed_at, url, sha256, depth, version, stated_on"
_DERIVED_BY_SERIES = ("_measures", "texts", "ranks", "segments")
_DERIVED_BY_BOARD = (
    *("_checks", "_entries", "_events", "_parties", "entry_versions", "identities", "indices", "snapshots", "states"),
)
ENDLESS = 1 << 60
"""Later than every stored time."""
_ALL_TABLES = TABLES.union(vintages.TABLES, _DERIVED_BY_SERIES, _DERIVED_BY_BOARD, ("_boards", "_metrics", "changes", "series"))
_WITHDRAWN = "SELECT board, headline FROM withdrawn WHERE event = ?"
_NOW = SystemClock().now


class SqliteStore(SqliteFile):
    """The history of all boards; fulfils `ports.Store`. Open it with `with SqliteStore(path) as store:`, or close it.

    With `known_at`, it is read only, and answers as it would have answered then. `now` tells the time of each transaction.
    """

    def __init__(
        self,
        path: Path,
        *,
        read_only: bool | None = None,
        now: Callable[[], datetime] = _NOW,
        known_at: datetime | None = None,
    ) -> None:
        super().__init__(path, read_only=True if known_at is not None else read_only)
        self._ordinals: dict[BoardId, dict[EntryId, int]] = {}
        self._series: dict[tuple[BoardId, str, str], int] = {}
        self._pasts: dict[BoardId, BoardState] = {}
        self._version = 0
        self._service = SqliteServiceState(self._connection, self._transaction, self._reading, now)
        self._vintages = vintages.Vintages(self._connection, now)
        self._log, self._is_rewriting = ChangeLog(self._connection), False
        self._known_at = known_at
        if known_at is not None:
            with self._storing("read"):
                self._connection.execute("PRAGMA query_only = OFF")
                vintages.show(self._connection, known_at)
                self._connection.execute("PRAGMA query_only = ON")

    @property
    def service(self) -> SqliteServiceState:
        return self._service

    # ── writing ──────────────────────────────────────────────────────────────────────────────────

    def position(self, board: BoardId) -> int:
        row = self._one("SELECT position FROM _boards WHERE board = ?", board)
        with self._decoding(board):
            return int(row[0]) if row else 0

    def move_position(self, board: BoardId, position: int, lines: bytes = b"") -> None:
        with self._transaction():
            self._note("position", board, position)
            if lines:
                row = board, position - len(lines), lines, hashlib.sha256(lines).digest()
                self._insert("INTO indices", "board, start, lines, sha256", [row])

    def indexed(self, board: BoardId, *, last: bool = False) -> bytes:
        limit = "DESC LIMIT 1" if last else ""
        rows = self._all(f"SELECT lines, sha256 FROM indices WHERE board = ? ORDER BY start {limit}", board)  # noqa: S608  # our own words
        with self._decoding(f"the index of {board}"):
            if any(hashlib.sha256(lines).digest() != sha256 for lines, sha256 in rows):
                raise ValueError("its hash is another")  # as an undecodable one would
            return b"".join(lines for lines, _ in rows)

    def _note(self, column: str, board: BoardId, value: object) -> None:
        sql = f"INSERT INTO _boards (board, {column}) VALUES (?, ?) ON CONFLICT DO UPDATE SET {column} = excluded.{column}"  # noqa: S608  # our own columns
        self._run(sql, board, value)

    def declare(self, board: Board, names: Lexicon | None = None, rules: str = "") -> None:
        text = _codec.encode_board(board)
        with self._transaction():
            self._vintages.declare(board.id, text, names, rules)
            if (self._one("SELECT declaration FROM _boards WHERE board = ?", board.id) or (None,))[0] != text:
                self._note("declaration", board.id, text)

    def declared(self, board: BoardId) -> Board | None:
        row = self._one("SELECT declaration FROM _boards WHERE board = ?", board)
        with self._decoding(board):
            return None if row is None or row[0] is None else _codec.decode_board(row[0])

    def declarations(self) -> list[tuple[BoardId, str]]:
        """Every board's declaration, as stored."""
        rows = self._all("SELECT board, declaration FROM _boards WHERE declaration IS NOT NULL ORDER BY board")
        return [(BoardId(board), text) for board, text in rows]

    def positions(self) -> list[tuple[BoardId, int]]:
        """Up to which byte the index of each board is stored, as `position`."""
        return [(BoardId(board), position) for board, position in self._all("SELECT board, position FROM _boards ORDER BY board")]

    def restore_declarations(self, rows: Iterable[Sequence[object]]) -> None:
        """Note declarations that another file of `declarations` holds; those that cannot be read are left out."""
        for _, text in rows:
            with suppress(ValueError, TypeError):
                self._note("declaration", _codec.decode_board(str(text)).id, text)

    def rows(self, query: str, board: BoardId) -> list[Row]:
        """The rows of a query about one board."""
        return self._all(query, board)

    def is_empty(self) -> bool:
        """Whether nothing was ever stored: no check of a board, and no row of the service."""
        return not any(self._one(f"SELECT 1 FROM {table}") for table in ("_checks", *sorted(TABLES)))  # noqa: S608  # our own table names

    def check(self) -> None:
        """Read the whole file, and decode what no replay restores and each board's state. Raises Damaged."""
        super().check()
        there = {name for (name,) in self._all("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if missing := ", ".join(sorted(_ALL_TABLES - there)):
            raise Damaged(f"{self._path}: has no table {missing}; expected every table of the tracker ({REBUILD})")
        for table in sorted(TABLES):
            self._service.rows(table)
        for board, past, declaration in self._all("SELECT board, past, declaration FROM _boards"):
            with self._decoding(board):
                _codec.decode_past(past)
                if declaration is not None:
                    _codec.decode_board(declaration)

    def save(self, step: Step, deliveries: Sequence[Delivery] = (), holds: Mapping[str, str] | None = None) -> None:
        board = step.check.board
        with self._transaction():
            last = self.last_check(board)
            if last is not None and last.observed_at >= step.check.observed_at:
                raise StoreError(
                    f"{board}: a step at {step.check.observed_at} is not later than the last stored;"
                    " another run stored it, run the command again"
                )
            self._insert("INTO _checks", CHECK_COLUMNS, [row_of(step.check, CHECK_COLUMNS)])
            self._save_past(board, step.past, seconds(step.check.observed_at))
            if step.diff is not None:
                self._save_snapshot(step.diff.after)
                self._save_changes(step.diff)
                self._save_identities(step.diff.board, changed(step.diff), step.diff.after.names)
                if step.diff.before is None:
                    self._note("names", board, step.diff.after.names)
            self._save_events(board, step.events)
            if deliveries:
                self._service.post(deliveries)
            if holds is not None:
                self._service.hold(board, holds)
        self._pasts[board] = step.past

    @contextmanager
    def rewriting(self, board: BoardId) -> Iterator[None]:
        with self._transaction():
            old = self._connection.execute(
                "SELECT event, board, headline, body FROM _events WHERE board = ?", (board,)
            ).fetchall()
            with self._vintages.rewriting(board):
                self._forget(board)
                self._is_rewriting = True
                try:
                    yield
                finally:
                    self._is_rewriting = False
                    self._drop_caches(board)
            self._connection.executemany("INSERT OR REPLACE INTO withdrawn VALUES (?, ?, ?, ?)", old)
            self._run("DELETE FROM withdrawn WHERE event IN (SELECT event FROM _events)")
            self._log.rewritten(board)

    def _forget(self, board: BoardId) -> None:
        for table in _DERIVED_BY_SERIES:
            self._run(f"DELETE FROM {table} WHERE series IN (SELECT series FROM series WHERE board = ?)", board)  # noqa: S608  # our own table names
        for table in _DERIVED_BY_BOARD:
            self._run(f"DELETE FROM {table} WHERE board = ?", board)  # noqa: S608  # our own table names
        self._run("DELETE FROM _boards WHERE board = ?", board)
        self._drop_caches(board)

    def _drop_caches(self, board: BoardId) -> None:
        self._ordinals.pop(board, None)
        self._pasts.pop(board, None)
        self._series = {key: series for key, series in self._series.items() if key[0] != board}

    def identities(self, board: BoardId, version: str) -> dict[tuple[str, str], Identity]:
        sql = f"SELECT org, {WHO} FROM identities WHERE board = ? AND version = ?"  # noqa: S608  # our own columns
        rows = self._all(sql, board, version) if version else ()
        with self._decoding(board):
            known = [(org, identity(columns)) for org, *columns in rows]
        return {(who.name, org): who for org, who in known}

    def identify(self, board: Board, version: str, resolve: Callable[[PublishedEntry], Entry]) -> None:
        older = "SELECT 1 FROM _boards WHERE board = ? AND names IS NOT ? AND EXISTS (SELECT 1 FROM _entries WHERE board = ?)"
        if self._one(older, board.id, version, board.id) is not None:
            with self._transaction():
                self._save_identities(board, map(resolve, self._last_seen(board)), version)
                self._note("names", board.id, version)

    def _save_identities(self, board: Board, entries: Iterable[Entry], version: str) -> None:
        rows = (identity_row(board, entry, self._ordinal(board.id, entry.id), version) for entry in entries)
        self._insert("OR REPLACE INTO identities", IDENTITY_COLUMNS, rows)

    def _last_seen(self, board: Board) -> Iterable[PublishedEntry]:
        """Every entry that was ever listed, as it was last, with its listed price alone."""
        price, name = price_metric(board), board.id.replace("'", "''")
        ever = f"SELECT entry AS number, coalesce(last_seen, {ENDLESS - 1}) AS seen FROM _entries WHERE board = '{name}'"  # noqa: S608  # as above
        seen = f"(SELECT seen FROM ({ever}) WHERE number = entry)"  # noqa: S608  # as above
        where = f"valid_from <= {seen} AND coalesce(valid_to, {ENDLESS}) > {seen}"
        return self._entries(board.id, frozenset([price.id] if price else []), where).values()

    def _save_past(self, board: BoardId, past: BoardState, at: int) -> None:
        before = self.past(board)
        self._note("past", board, _codec.encode_past(past))
        self._vintages.saved(board, at, before, past)
        changed = [
            (entry, known)
            for entry, known in past.known.items()
            if (was := before.known.get(entry)) is not known and was != known
        ]
        former = f"INSERT INTO entry_versions SELECT *, {at} FROM _entries WHERE board = ? AND key = ?"  # noqa: S608  # an int
        self._connection.executemany(former, ((board, entry) for entry, _ in changed if entry in before.known))
        rows = [
            (
                board,
                self._ordinal(board, entry),
                entry,
                _codec.encode_list(sorted(known.names)),
                *row_of(known, _ENTRY_FIELDS),
                at,
            )
            for entry, known in sorted(changed)
        ]
        self._insert("OR REPLACE INTO _entries", f"board, entry, key, names, {ENTRY_COLUMNS}, valid_from", rows)

    def _save_snapshot(self, snapshot: Snapshot) -> None:
        lists = [_codec.encode_list(sorted(values)) for values in (snapshot.metrics, snapshot.ambiguous)]
        lists.append(_codec.encode_unnamed(snapshot.unnamed, snapshot.unnamed_estimates))
        columns = f"{_SNAPSHOT_COLUMNS}, entries, metrics, ambiguous, unnamed"
        self._insert("INTO snapshots", columns, [(*row_of(snapshot, _SNAPSHOT_COLUMNS), len(snapshot.entries), *lists)])

    def _insert(self, into: str, columns: str, rows: Iterable[tuple[object, ...]]) -> None:
        signs = ", ".join("?" for _ in columns.split(", "))
        self._connection.executemany(f"INSERT {into} ({columns}) VALUES ({signs})", rows)  # noqa: S608  # our own names

    def _save_changes(self, diff: Diff) -> None:
        board, at = diff.board.id, seconds(diff.after.observed_at)
        numbers = [
            (self._serial(board, "metric", metric), self._ordinal(board, entry), was, now)
            for metric, entry, was, now in measure_changes(diff)
        ]
        self._close("_measures", at, ((series, entry) for series, entry, was, _ in numbers if was is not None))
        rows = (measure_row(series, entry, at, now) for series, entry, _, now in numbers if now is not None)
        self._connection.executemany("INSERT INTO _measures VALUES (?, ?, ?, NULL, ?, ?, ?, ?, ?, ?)", rows)
        texts = [
            (self._serial(board, "text", name), self._ordinal(board, entry), was, now)
            for name, entry, was, now in text_changes(diff)
        ]
        self._replace("texts", at, texts)
        if (changes := list(rank_changes(diff))) and diff.board.primary is not None:
            series = self._serial(board, "rank", diff.board.primary.id)
            self._replace("ranks", at, [(series, self._ordinal(board, entry), was, now) for entry, was, now in changes])
        segments = [(self._serial(board, "metric", new.metric), at, new.reason) for new in new_segments(diff)]
        self._connection.executemany("INSERT INTO segments VALUES (?, ?, ?)", segments)

    def _replace(self, table: str, at: int, changes: Sequence[tuple[int, int, object, object]]) -> None:
        """End the former values of (series, entry), and begin the new ones."""
        self._close(table, at, ((series, entry) for series, entry, was, _ in changes if was is not None))
        rows = ((series, entry, at, now) for series, entry, _, now in changes if now is not None)
        self._connection.executemany(f"INSERT INTO {table} VALUES (?, ?, ?, NULL, ?)", rows)  # noqa: S608  # our own table names

    def _close(self, table: str, at: int, keys: Iterable[tuple[int, int]]) -> None:
        sql = f"UPDATE {table} SET valid_to = {at} WHERE series = ? AND entry = ? AND valid_to IS NULL"  # noqa: S608  # our own names and an int
        self._connection.executemany(sql, keys)

    def _save_events(self, board: BoardId, events: Sequence[Event]) -> None:
        if not events:
            return
        rows = (_codec.event_row(event, place) for place, event in enumerate(events))
        self._insert("INTO _events", f"{_codec.EVENT_COLUMNS}, place", rows)
        if not self._is_rewriting:
            self._log.add(event.id for event in events)
        parties = {
            (board, self._ordinal(board, party.entry), event.id) for event in events for party in (*event.subjects, *event.rivals)
        }
        self._connection.executemany("INSERT INTO _parties VALUES (?, ?, ?)", sorted(parties))

    # ── surrogate keys ───────────────────────────────────────────────────────────────────────────

    def _ordinal(self, board: BoardId, entry: EntryId) -> int:
        """An entry's number within its board, in the order of first sight, then of keys."""
        known = self._ordinals.get(board)
        if known is None:
            rows = self._connection.execute("SELECT key, entry FROM _entries WHERE board = ?", (board,))
            known = self._ordinals[board] = {EntryId(key): ordinal for key, ordinal in rows}
        if entry not in known:
            known[entry] = len(known) + 1
        return known[entry]

    def _serial(self, board: BoardId, kind: str, name: str) -> int:
        """A series' number: a hash of its names, so that it is the same in every store, in whatever order boards arrive."""
        key = board, kind, name
        if key not in self._series:
            digest = hashlib.sha256("\n".join(key).encode()).digest()
            series = int.from_bytes(digest[:6]) >> 1
            self._run("INSERT OR IGNORE INTO series VALUES (?, ?, ?, ?)", series, *key)
            if self._one("SELECT board, kind, name FROM series WHERE series = ?", series) != key:
                raise StoreError(f"{board}: series {kind} {name!r} has the same number as another; rename the metric")
            self._series[key] = series
        return self._series[key]

    # ── reading ──────────────────────────────────────────────────────────────────────────────────

    def boards(self) -> tuple[BoardId, ...]:
        return tuple(BoardId(board) for (board,) in self._all("SELECT DISTINCT board FROM _checks ORDER BY board"))

    def past(self, board: BoardId) -> BoardState:
        self._notice_others()
        if board not in self._pasts:
            row = self._one("SELECT past FROM _boards WHERE board = ?", board)
            if row is None:
                return BoardState()
            with self._decoding(board):
                self._pasts[board] = replace(_codec.decode_past(row[0]), known=self._known(board))
        return self._pasts[board]

    def _known(self, board: BoardId) -> dict[EntryId, EntryRecord]:
        sql = f"SELECT key, names, {ENTRY_COLUMNS} FROM _entries WHERE board = ?"  # noqa: S608  # our own columns
        return {
            EntryId(key): record(EntryRecord, _ENTRY_FIELDS, row, names=_codec.decode_strings(names))
            for key, names, *row in self._all(sql, board)
        }

    def latest(self, board: BoardId, metrics: Iterable[MetricId] | None = None) -> StoredSnapshot | None:
        row = self._one("SELECT max(observed_at) FROM snapshots WHERE board = ?", board)
        only = None if metrics is None else frozenset(metrics)
        return None if row is None or row[0] is None else self._snapshot(board, row[0], only, "valid_to IS NULL")

    def latest_bodies(self, board: BoardId) -> tuple[Sha256, ...] | None:
        row = self._one("SELECT sha256 FROM snapshots WHERE board = ? ORDER BY observed_at DESC LIMIT 1", board)
        with self._decoding(board):
            return None if row is None else tuple(map(Sha256, row[0].split()))

    def at(self, board: BoardId, at: datetime, metrics: Iterable[MetricId] | None = None) -> StoredSnapshot | None:
        row = self._one("SELECT max(observed_at) FROM snapshots WHERE board = ? AND observed_at <= ?", board, int(at.timestamp()))
        if row is None or row[0] is None:
            return None
        with self._decoding(board):
            then = int(row[0])
        where = f"valid_from <= {then} AND (valid_to IS NULL OR valid_to > {then})"
        return self._snapshot(board, then, None if metrics is None else frozenset(metrics), where)

    def _snapshot(self, board: BoardId, at: int, only: frozenset[MetricId] | None, where: str) -> StoredSnapshot:
        sql = f"SELECT metrics, ambiguous, unnamed, {_SNAPSHOT_COLUMNS} FROM snapshots WHERE board = ? AND observed_at = ?"  # noqa: S608  # our own columns
        metrics, ambiguous, unnamed, *row = self._one(sql, board, at) or ()
        with self._decoding(board):
            entries = self._entries(board, only, where)
            values, estimates = _codec.decode_unnamed(unnamed)
            return record(
                StoredSnapshot,
                _SNAPSHOT_COLUMNS,
                row,
                sha256=row[3].split(),
                entries={entry: entries[entry] for entry in sorted(entries)},
                metrics=_codec.decode_strings(metrics),
                ambiguous=_codec.decode_strings(ambiguous),
                unnamed=values,
                unnamed_estimates=estimates,
            )

    def _entries(self, board: BoardId, only: frozenset[MetricId] | None, where: str) -> dict[EntryId, PublishedEntry]:
        keys = {ordinal: EntryId(key) for ordinal, key in self._all("SELECT entry, key FROM _entries WHERE board = ?", board)}
        texts, measures = self._texts_where(board, where), self._measures_where(board, only, where)
        return {
            keys[ordinal]: PublishedEntry(
                id=keys[ordinal],
                name=text.pop(NAME),
                position=0,
                rank=int(text.pop(RANK)) if RANK in text else None,
                page=int(text.pop(PAGE, 0)),
                attributes=text,
                measures=measures.get(ordinal, {}),
            )
            for ordinal, text in texts.items()
        }

    def _texts_where(self, board: BoardId, where: str) -> dict[int, dict[str, str]]:
        texts: dict[int, dict[str, str]] = {}
        for series, name in self._all("SELECT series, name FROM series WHERE board = ? AND kind = 'text'", board):
            sql = f"SELECT entry, value FROM texts WHERE series = ? AND {where}"  # noqa: S608  # our own condition
            for entry, value in self._all(sql, series):
                texts.setdefault(entry, {})[name] = value
        return {entry: dict(sorted(text.items())) for entry, text in texts.items() if NAME in text}

    def _measures_where(self, board: BoardId, only: frozenset[MetricId] | None, where: str) -> dict[int, dict[MetricId, Measure]]:
        measures: dict[int, dict[MetricId, Measure]] = {}
        for series, name in self._all("SELECT series, name FROM series WHERE board = ? AND kind = 'metric'", board):
            metric = MetricId(name)
            if only is None or metric in only:
                sql = f"SELECT entry, {_MEASURE_COLUMNS} FROM _measures WHERE series = ? AND {where}"  # noqa: S608  # our own condition
                for entry, *measure in self._all(sql, series):
                    measures.setdefault(entry, {})[metric] = measure_of(*measure)
        return measures

    def checks(self, board: BoardId) -> Iterator[Check]:
        for row in self._each("SELECT * FROM _checks WHERE board = ? ORDER BY observed_at", board):
            with self._decoding(board):
                check = check_of(row)
            yield check

    def last_check(self, board: BoardId) -> Check | None:
        return next(iter(self.recent(board, 1)), None)

    def recent(self, board: BoardId, most: int) -> Sequence[Check]:
        rows = self._all("SELECT * FROM _checks WHERE board = ? ORDER BY observed_at DESC LIMIT ?", board, most)
        with self._decoding(board):
            return [check_of(row) for row in rows]

    def spans(self, board: BoardId, entry: EntryId, metric: MetricId) -> Sequence[Span]:
        with self._decoding(board):
            return [
                Span(valid_from=time_of(start), valid_to=time_or_none(end), measure=measure_of(*rest))
                for start, end, *rest in self._intervals(board, entry, "metric", metric, "_measures", _MEASURE_COLUMNS)
            ]

    def rank_spans(self, board: BoardId, entry: EntryId) -> Sequence[RankSpan]:
        with self._decoding(board):
            rows = self._intervals(board, entry, "rank", None, "ranks", "rank")
            return [record(RankSpan, "valid_from, valid_to, rank", row) for row in rows]

    def _intervals(  # noqa: PLR0917  # the parts of a query
        self, board: BoardId, entry: EntryId, kind: str, name: str | None, table: str, columns: str
    ) -> list[Row]:
        """The rows of one entry in the series of that kind and name (None: any), oldest first."""
        number = self._one("SELECT entry FROM _entries WHERE board = ? AND key = ?", board, entry)
        named = self._all(
            "SELECT series FROM series WHERE board = ? AND kind = ? AND name = coalesce(?, name)", board, kind, name
        )
        if number is None or not named:
            return []
        series = ", ".join(str(int(row[0])) for row in named)
        sql = f"SELECT valid_from, valid_to, {columns} FROM {table} WHERE series IN ({series}) AND entry = ? ORDER BY valid_from"  # noqa: S608  # our own names and ints
        return self._all(sql, number[0])

    def segments(self, board: BoardId) -> Sequence[Segment]:
        sql = "SELECT name, started_at, reason FROM segments JOIN series USING (series) WHERE board = ? ORDER BY started_at, name"
        with self._decoding(board):
            return [record(Segment, "metric, started_at, reason", row) for row in self._all(sql, board)]

    def events(self, wanted: EventFilter) -> Iterator[Event]:
        where, values = _codec.where(wanted)
        sql = f"SELECT {_codec.EVENT_COLUMNS} FROM _events WHERE {where} ORDER BY recorded_at, board, place"  # noqa: S608  # our own columns and conditions
        for row in self._each(sql, *values):
            yield self._event(row)

    def event(self, event: str) -> Event | None:
        sql = f"SELECT {_codec.EVENT_COLUMNS} FROM _events WHERE substr(event, 1, ?) = ? LIMIT 2"  # noqa: S608  # our own columns
        rows = self._all(sql, len(event), event)
        if len(rows) > 1:
            raise StoreError(f"event {event!r}: several event ids start with that; give more characters")
        return self._event(rows[0]) if rows else None

    def _event(self, row: Row) -> Event:
        with self._decoding(f"event {row[0]}"):
            return _codec.event_from_row(row)

    def restore_record(self, rows: Mapping[str, Iterable[Row]]) -> frozenset[BoardId]:
        """Before a rescue: insert usable rows of `vintages.TABLES` and `events`. Returns the boards that are known."""
        with self._transaction():
            for table, found in rows.items():
                vintages.restore(self._connection, table, found)
            return frozenset(BoardId(board) for (board,) in self._all("SELECT DISTINCT board FROM known"))

    def settle_record(self, known: Collection[BoardId]) -> None:
        """After a rescue, with what `restore_record` returned: the record has each other board since it was observed."""
        with self._transaction():
            vintages.settle(self._connection, known)

    def corrections(self) -> Iterator[Correction]:
        with self._storing("read"), self._decoding("vintages"):
            for board, vintage, at, why, before, after in vintages.corrections(self._connection, _codec.EVENT_COLUMNS):
                if before == after:  # only its place among those of its step is another
                    continue
                yield Correction(
                    board=BoardId(board),
                    vintage=vintage,
                    corrected_at=time_of(at),
                    why=tuple(_codec.decode_strings(why)),
                    before=None if before is None else self._event(before),
                    after=None if after is None else self._event(after),
                )

    def known_since(self) -> datetime | None:
        """Since when anything is on record."""
        (first,) = self._one("SELECT min(known_from) FROM known") or (None,)
        return time_or_none(first)

    def known_until(self) -> datetime | None:
        """The last time the record, the names or a declaration changed; `known_at` that time, the answers are those of now."""
        tables = " UNION ALL ".join(f"SELECT known_from FROM {table}" for table in ("known", "names", "declaration_versions"))  # noqa: S608  # ours
        (last,) = self._one(f"SELECT max(known_from) FROM ({tables})") or (None,)  # noqa: S608  # as above
        return time_or_none(last)

    def names(self) -> Lexicon | None:
        """The names in use at `known_at`, or last; None if none were noted by then."""
        with self._storing("read"), self._decoding("names"):
            return vintages.names_at(self._connection, self._known_at)

    def changes(self, cursor: str = "", most: int = 1_000) -> Sequence[RecordChange]:
        """What the record gained or lost after a cursor ("": from the beginning), in that order, as `ChangeLog.after`.

        Raises:
            DeclarationError: the cursor is not one of this store.
        """
        with self._reading("changes"):
            self._connection.execute("BEGIN")  # a replay in between would take events away
            try:
                return [self._change(row) for row in self._log.after(cursor, most)]
            finally:
                self._connection.execute("ROLLBACK")

    def _change(self, logged: LogEntry) -> RecordChange:
        rows = self._all(f"SELECT {_codec.EVENT_COLUMNS} FROM _events WHERE event = ?", logged.event)  # noqa: S608  # our own columns
        event = self._event(rows[0]) if rows else None
        board, headline = (event.board, event.headline) if event else self._one(_WITHDRAWN, logged.event) or ("", "")
        return RecordChange(
            id=logged.event,
            board=BoardId(board),
            headline=headline,
            event=None if logged.withdrawn else event,
            withdrawn=logged.withdrawn,
            cursor=logged.cursor,
        )

    def withdrawn(self, board: BoardId) -> Sequence[EventId]:
        return [EventId(event) for (event,) in self._all("SELECT event FROM withdrawn WHERE board = ? ORDER BY event", board)]

    # ── plumbing ─────────────────────────────────────────────────────────────────────────────────

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """All or nothing. Within another transaction (a step's, a rewriting's), that one decides."""
        if self._connection.in_transaction:
            yield
            return
        with self._storing("write"):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                self.check_place()
                self._notice_others()
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # a full disk has already ended it
                    self._connection.execute("ROLLBACK")
                self._forget_caches()
                raise

    def _notice_others(self) -> None:
        """Forget what is cached if another connection has written since."""
        (version,) = self._one("PRAGMA data_version") or (0,)
        if version != self._version:
            self._forget_caches()
            self._version = version

    def _forget_caches(self) -> None:
        self._ordinals.clear()
        self._series.clear()
        self._pasts.clear()
