"""Replaces a database that is damaged or missing: history from the archive, the service state as far as it can be read.

Source: docs/decisions/0044-damaged-state.md
"""

from __future__ import annotations

import json
import logging
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeGuard

from tracker.errors import StoreError
from tracker.line import sync
from tracker.line.sync import NEWS_FOR
from tracker.model import Board, BoardId, EventFilter, Notice
from tracker.model.names import Lexicon
from tracker.ports import Archive, Clock
from tracker.stores.archive import FileArchive, disk
from tracker.stores.locks import held
from tracker.stores.service_state import TABLES
from tracker.stores.sqlite import SqliteStore
from tracker.stores.sqlite_errors import disk_remedy, newer, store_error
from tracker.stores.sqlite_file import MIGRATIONS, NEWEST_MIGRATION
from tracker.stores.vintages import TABLES as VINTAGES
from tracker.wording import count, listed, machine_time
from tracker.workspace.declared import declared
from tracker.workspace.names import names_of
from tracker.workspace.service_backup import DECLARATIONS, POSITIONS, back_up_written
from tracker.workspace.settings import Settings

log = logging.getLogger("tracker.workspace")
ONCE_IN = timedelta(hours=1)
_UNNAMED_VERSION = "ledger"
"""The newest migration before backups named it."""
_PATIENCE_S = 600.0
_POSITIONS = (
    *(f"SELECT position FROM {table} WHERE board = ?" for table in ("_boards", "boards")),  # noqa: S608  # our own table names
    "SELECT max(start + length(lines)) FROM indices WHERE board = ?",
)
"""Where a file has up to which byte the index of a board was read."""
_FORMER = "what the record said earlier (--known-at, corrections; tracker backup copies it)"
_LOGS = ("-wal", "-shm")
_TIME = "%Y-%m-%dT%H%M%SZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """What a damaged database, or a backup, has of the tables that no replay restores. `version` is its newest migration.

    `positions` says up to which byte the index of each board had been read, as far as that is known.
    """

    version: str
    rows: Mapping[str, Sequence[tuple[Any, ...]]]
    positions: Mapping[BoardId, int]


@dataclass(slots=True, kw_only=True)
class _Unsure:
    """The boards of which news may be sent twice, or not at all: it is not known what had been read, or what had been sent.

    `are_kept`: all deliveries and receipts come from the damaged file, so that nothing is sent twice.
    """

    are_kept: bool
    again: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        again = f" Reported again, and may have been sent before: news of {listed(self.again)}." if self.again else ""
        silent = f" Not sent, and may not have been sent before: {listed(self.silent)} (tracker events)." if self.silent else ""
        return again + silent


@contextmanager
def store_of(settings: Settings, clock: Clock, say: Callable[[str], None]) -> Iterator[SqliteStore]:
    """The store, for writing. A missing or empty database is restored first, if there is a backup: `say` reports it.

    What was written is backed up at the end.
    """
    if _is_lost(settings):
        with held(settings.store / "locks" / "rescue", patience_s=_PATIENCE_S):
            if _is_lost(settings):  # another process has not restored it meanwhile
                say(rescue(settings, clock.now(), is_damaged=False))
    with SqliteStore(settings.database) as store:
        yield store
        back_up_written(settings, store, clock.now())


def rescue(settings: Settings, now: datetime, *, is_damaged: bool = True) -> str:
    """`rebuild` the database of a workspace; the caller makes sure that nobody has it open."""
    archive, lexicon = FileArchive(settings.captures), names_of(settings).lexicon
    return rebuild(
        settings.database,
        archive,
        declared(settings).boards,
        lexicon=lexicon,
        now=now,
        backup=settings.backup,
        is_damaged=is_damaged,
    )


def _is_lost(settings: Settings) -> bool:
    """Whether there was a history. An empty database without a backup may be one that another process begins to fill."""
    if settings.backup.exists():
        return _is_empty(settings.database)
    return settings.captures.is_dir() and not settings.database.exists()


def _is_empty(database: Path) -> bool:
    if not database.exists() or not database.stat().st_size:
        return True
    with SqliteStore(database) as store:
        return store.is_empty()


def check_pause(database: Path, now: datetime) -> None:
    """Refuse a second rescue within an hour: the disk is bad, and each one keeps a copy. Raises StoreError."""
    kept = [
        path for path in database.parent.glob(f"{_aside(database, None)}*") if not path.samefile(database)
    ]  # or it was cut off
    rescued = [at for path in kept if (at := _time_of(path)) is not None]
    last = max((at for at in rescued if timedelta(0) <= now - at < ONCE_IN), default=None)
    if last is not None:
        found = f"{database}: is damaged again, after it was rebuilt at {machine_time(last)}"
        raise StoreError(f"{found}; expected a sound disk (check the disk and the memory, then: tracker replay)")


def rebuild(
    database: Path,
    archive: Archive,
    boards: Mapping[BoardId, Board],
    *,
    lexicon: Lexicon,
    now: datetime,
    backup: Path | None = None,
    is_damaged: bool = True,
) -> str:
    """Replace a database that is damaged, otherwise missing or empty. Returns what was done, in sentences; sends nothing again.

    Nobody may have the file open. It is kept beside the new one, which is complete before it takes its place. Rows of the service
    that cannot be read come from the last `back_up`. A board is read as it was last declared, and as far as it had been read
    before: the next sync reports what came later.

    Raises:
        StoreError: the archive or the new file cannot be used either, or a later version wrote one of the files.
    """
    aside = _free(database, now)
    in_file = _in_file(database, archive.boards()) if is_damaged else None
    in_backup = _in_backup(backup) if backup is not None and backup.exists() else None
    new = database.with_name(f"{database.name}.new")
    for ending in ("", *_LOGS):
        new.with_name(new.name + ending).unlink(missing_ok=True)
    with SqliteStore(new) as store:
        lost, from_backup = _restore(store, in_file, in_backup)
        known = _restored_record(store, in_file)
        unsure = _Unsure(are_kept=not {"outbox", "receipts"}.intersection((*lost, *from_backup)))
        lost += [] if _has_record(in_file) and VINTAGES.issubset(in_file.rows) else [_FORMER]
        lost += _replay(store, archive, boards, lexicon, now, (in_file, in_backup), unsure)
        store.settle_record(known)
        message = _message(aside.name if is_damaged else "", from_backup, lost, unsure)
        if is_damaged:  # otherwise the caller says it
            log.error("store rebuilt", extra={"spoilt": aside.name, "what": message})
        if in_file is not None or in_backup is not None:
            store.service.open_notice(Notice(kind="store", subject="", message=message, since=now))
    _take_its_place(new, database, aside, keep=is_damaged)
    return message


def _message(aside: str, from_backup: Sequence[str], lost: Sequence[str], unsure: _Unsure) -> str:
    """What was done, what is lost, and what may be sent twice or not at all, in sentences."""
    if not aside and TABLES.issubset(lost):
        more = "".join(f"; {thing}" for thing in lost if thing not in TABLES)
        done = "There was no history and no usable service.bak: it was read again from the captures."
        return f"{done}{unsure} Lost, if there were any: pauses, deliveries and receipts{more}"
    kept = f"was damaged; it is at {aside}, and" if aside else "was missing or empty, and"
    older = f" As last backed up: {', '.join(from_backup)}." if from_backup else ""
    nothing = "nothing else" if unsure.silent else "nothing"
    return f"The database {kept} was rebuilt from the archive.{older}{unsure} Lost: {', '.join(lost) or nothing}"


def _aside(database: Path, now: datetime | None) -> str:
    """The name under which a damaged file is kept; without a time, its beginning."""
    return f"{database.name}.spoilt-{'' if now is None else f'{now.astimezone(UTC):{_TIME}}'}"


def _free(database: Path, now: datetime) -> Path:
    """The name of now, or of the next second in which none was kept."""
    while (aside := database.with_name(_aside(database, now))).exists():
        now += timedelta(seconds=1)
    return aside


def _time_of(aside: Path) -> datetime | None:
    with suppress(ValueError):
        return datetime.strptime(aside.name.partition(".spoilt-")[2], _TIME).replace(tzinfo=UTC)
    return None


def _take_its_place(new: Path, database: Path, aside: Path, *, keep: bool) -> None:
    """Replace the file in one step; keep it, and its log files, which belong to no other."""
    try:
        if keep:
            os.link(database, aside)
        for ending in _LOGS:
            with suppress(FileNotFoundError):
                database.with_name(database.name + ending).rename(aside.with_name(aside.name + ending))
        new.replace(database)
    except OSError as error:
        raise StoreError(f"{database}: cannot be replaced: {error.strerror}; {disk_remedy(database, error)}") from error


def _in_file(database: Path, boards: Sequence[BoardId]) -> _Source:
    """What can be read of a damaged file. Raises Newer, and StoreError if it cannot be opened at all."""
    queries = [(table, f"SELECT * FROM {table}") for table in sorted(TABLES)]  # noqa: S608  # our own table names
    for prefix in ("", "_"):  # a file of version 0.1 has tables without it, and no such views
        queries.append(("events", f"SELECT event, board, headline, body FROM {prefix}events"))  # noqa: S608  # as above
        queries.append((DECLARATIONS, f"SELECT board, declaration FROM {prefix}boards WHERE declaration IS NOT NULL"))  # noqa: S608  # as above
    queries += [(table, f"SELECT * FROM {table}") for table in (*sorted(VINTAGES), "_events")]  # noqa: S608  # as above
    rows, version = {}, NEWEST_MIGRATION
    try:
        old = sqlite3.connect(database)
    except sqlite3.Error as error:
        raise store_error(database, "open", error) from error
    with closing(old):
        old.text_factory = lambda raw: raw.decode(errors="surrogateescape")  # so that one bad text does not cost the others
        with suppress(sqlite3.Error, TypeError):
            version = str(old.execute("SELECT name FROM _sqlite_migrations ORDER BY rowid DESC LIMIT 1").fetchone()[0])
        for table, query in queries:
            with suppress(sqlite3.Error):
                rows[table] = old.execute(query).fetchall()
        positions = {board: position for board in boards if (position := _position(old, board))}
    return _Source(version=_known(version, database), rows=rows, positions=positions)


def _position(old: sqlite3.Connection, board: BoardId) -> int:
    """Up to which byte a damaged file had read the index of a board; 0 if it does not say so."""
    for query in _POSITIONS:
        with suppress(sqlite3.Error, TypeError, ValueError):
            if position := int((old.execute(query, (board,)).fetchone() or (0,))[0] or 0):
                return position
    return 0


def _in_backup(backup: Path) -> _Source | None:
    """What the backup has; None if it cannot be used. Raises Newer."""
    try:
        saved = json.loads(disk.regular(backup).read_text(encoding="utf-8"))
        version = str(saved.pop("version", _UNNAMED_VERSION))
        positions = {BoardId(board): int(position) for board, position in saved.pop(POSITIONS, ())}
        rows = {table: [tuple(row) for row in saved[table]] for table in saved}
    except OSError as error:
        if not isinstance(error, FileNotFoundError):  # it may be readable the next time, and nothing is lost until then
            expected = "expected the last backup of the service state (check the disk; to go on without it, move it away)"
            raise StoreError(f"{backup}: cannot be read: {error.strerror}; {expected}") from error
        log.warning("no backup", extra={"path": str(backup)})
        return None
    except (ValueError, TypeError, AttributeError) as error:
        log.error("backup not readable", extra={"path": str(backup), "error": str(error)})  # noqa: TRY400  # the message is enough
        return None
    return _Source(version=_known(version, backup), rows=rows, positions=positions)


def _known(version: str, path: Path) -> str:
    if version not in MIGRATIONS:
        raise newer(path, version)
    return version


def _restore(store: SqliteStore, in_file: _Source | None, in_backup: _Source | None) -> tuple[list[str], list[str]]:
    """Restore each table from the file or, where that has unreadable rows, also from the backup.

    Returns the tables that are not whole in either, and those from the backup.
    """
    lost, from_backup = [], []
    for table in sorted(TABLES):
        if in_file is not None and _restored(store, table, in_file):
            continue
        if in_backup is not None and _restored(store, table, in_backup):
            from_backup.append(table)
        else:
            lost.append(table)
    for source in filter(None, (in_backup, in_file)):
        store.restore_declarations(source.rows.get(DECLARATIONS, ()))
    if in_file is not None:
        store.service.restore("withdrawn", in_file.rows.get("events", ()))  # a replay removes those that it derives again
    return lost, from_backup


def _has_record(in_file: _Source | None) -> TypeGuard[_Source]:
    """Whether the file's tables of vintages, if it has any, are those of this version."""
    return in_file is not None and in_file.version == NEWEST_MIGRATION


def _restored_record(store: SqliteStore, in_file: _Source | None) -> frozenset[BoardId]:
    """Restore what the file has of vintages, and the events that a replay compares with its own. Returns the known boards."""
    if not _has_record(in_file):
        return frozenset()
    return store.restore_record({table: in_file.rows.get(table, ()) for table in (*sorted(VINTAGES), "_events")})


def _restored(store: SqliteStore, table: str, source: _Source) -> bool:
    """Restore the readable rows of a table. Returns whether these are all."""
    from tracker.stores.migrations import converted  # noqa: PLC0415  # loads sqlite-utils

    try:
        return store.service.restore(table, converted(table, source.rows[table], source.version))
    except (KeyError, sqlite3.Error):  # there is no such table, or it has other columns
        return False


def _replay(  # noqa: PLR0917  # the order of the work
    store: SqliteStore,
    archive: Archive,
    boards: Mapping[BoardId, Board],
    lexicon: Lexicon,
    now: datetime,
    sources: Sequence[_Source | None],
    unsure: _Unsure,
) -> list[str]:
    """Rebuild every board of the archive as far as it had been read. Returns the boards for which that is not possible."""
    lost, held = [], archive.boards()
    sent = {delivery.event.id for dead in (False, True) for delivery in store.service.deliveries(dead=dead)}
    sent.update(receipt.event for receipt in store.service.receipts())
    in_file, in_backup = ({} if source is None else source.positions for source in sources)
    for name in sorted({*held, *(name for name, _ in store.declarations())}):
        board = store.declared(name) or boards.get(name)
        if board is None or name not in held:
            lost.append(f"the history of {name}, {'which is not declared' if name in held else 'whose captures are gone'}")
            continue
        until = next((read for known in (in_file, in_backup) if _ends_line(archive, name, read := known.get(name, 0))), None)
        try:
            sync.replay(board, archive, store, lexicon, now=now, until=until)
        except StoreError as error:  # a damaged archive of one board does not stop the others
            if isinstance(error.__cause__, sqlite3.Error):
                raise
            log.error("history not rebuilt", extra={"board": name, "error": str(error)})  # noqa: TRY400  # the message is enough
            lost.append(f"the history of {name}, until its captures can be read (tracker replay {name})")
            continue
        if until is None:
            wanted = EventFilter(board=name, is_news=True, since=now - NEWS_FOR)
            if news := sum(event.id not in sent for event in store.events(wanted)):
                unsure.silent.append(f"{count(news, 'event')} of {name}")
        elif name not in in_file and not unsure.are_kept and archive.raw(name, until):
            unsure.again.append(name)
    return lost


def _ends_line(archive: Archive, board: BoardId, position: int) -> bool:
    """Whether a line of the index ends at the position, so that it may be the one that was noted."""
    return position > 0 and archive.raw(board, position - 1, position) == b"\n"
