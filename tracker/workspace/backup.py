"""Copies a store into a folder that is itself a store, also while a daemon writes, and back.

The database is copied first, then the roots, then each index, then the bodies that it names. Whoever writes does so in the
opposite order, so a copy never names what it lacks. In the copy, an index takes its place after its bodies, and the database
last: a copy that was cut off can be continued.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from zlib import crc32

from tracker.errors import DeclarationError, StoreError
from tracker.model import BoardId, Sha256
from tracker.stores.archive import FileArchive, disk, roots
from tracker.stores.sqlite import SqliteStore
from tracker.stores.sqlite_errors import Damaged
from tracker.stores.sqlite_file import copy as copy_database
from tracker.workspace.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """What a copy holds, how many of the bodies it did not hold before, and how many it held damaged.

    `problems` are the bodies that are damaged in the store itself, one line each.
    """

    boards: int
    bodies: int
    new: int
    replaced: int
    problems: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class Bodies:
    """Compares bodies that the copy holds with the store's: each one in a week, and more up to `bytes_left` a time."""

    weekday: int
    bytes_left: int = 256_000_000
    there: int = 0
    new: int = 0
    replaced: int = 0
    problems: list[str] = field(default_factory=list)

    def are_equal(self, source: Path, target: Path) -> bool:
        """Whether the files have the same content, or are not compared this time."""
        size = source.stat().st_size
        if size == target.stat().st_size and self.bytes_left < size and crc32(source.name.encode()) % 7 != self.weekday:
            return True
        self.bytes_left -= size
        return source.read_bytes() == target.read_bytes()


def back_up_to(folder: Path, settings: Settings) -> Copied:
    """Copy the store into a new folder, or add to an earlier backup of it.

    Raises:
        DeclarationError: there is no store, or the folder has something else.
        StoreError: the store is damaged, or it is not the one of the earlier backup; the earlier backup is as it was.
    """
    settings.require_store()
    is_backup = (folder / settings.database.name).exists() or _unfinished(folder, settings.database.name).exists()
    if folder.exists() and any(folder.iterdir()) and not is_backup:
        raise DeclarationError(f"{folder}: is neither empty nor a backup; expected a folder for backups of this store")
    return _copied(settings.store, folder, settings.database.name)


def restore_from(folder: Path, settings: Settings) -> Copied:
    """Copy a backup to where the store is expected, and nothing is yet.

    Raises:
        DeclarationError: the folder is not a backup, or there is a store already.
        StoreError: the backup is damaged, or a later version wrote it.
    """
    if not (folder / settings.database.name).exists():
        raise DeclarationError(f"{folder}: has no {settings.database.name}; expected a backup (tracker backup DIR)")
    if settings.store.exists() and any(settings.store.iterdir()):
        raise DeclarationError(f"{settings.store}: is not empty; move it away, or name another folder (--store DIR)")
    unfinished = settings.store.with_name(f".{settings.store.name}.restoring")
    copied = _copied(folder, unfinished, settings.database.name)
    with disk.disk_errors("restore", settings.store):
        unfinished.replace(settings.store)
        disk.sync_folder(settings.store.parent.absolute())
    return copied


def _copied(source: Path, target: Path, database: str) -> Copied:
    archive, copy = FileArchive(source / "captures"), FileArchive(target / "captures")
    new = _unfinished(target, database)
    bodies = Bodies(weekday=date.today().weekday())  # noqa: DTZ011  # any day of the week will do
    with disk.disk_errors("backup", target):
        disk.make_folder(target)
        new.unlink(missing_ok=True)
        try:
            copy_database(source / database, new)
            with SqliteStore(new) as store:
                store.check()
        except Damaged as error:
            remedy = f"rebuild it first with: tracker --store {source} replay"
            raise StoreError(f"{source / database}: is damaged, so nothing was copied ({remedy})") from error
        sealed = _read(source / "captures" / roots.NAME)
        if not sealed.startswith(_read(target / "captures" / roots.NAME)):
            raise StoreError(
                f"{target}: has the captures of another store; expected an earlier state of these (use a new folder)"
            )
        boards = archive.boards()
        for board in boards:
            _copy_board(board, archive, copy, source / "captures" / board, target / "captures" / board, bodies)
        if sealed:
            disk.make_folder(target / "captures")
            disk.write_whole(target / "captures" / roots.NAME, sealed)
        for ending in ("-wal", "-shm"):  # of a store that was used in place
            (target / f"{database}{ending}").unlink(missing_ok=True)
        new.replace(target / database)
        disk.sync_folder(target)
    counts = {name: getattr(bodies, name) for name in ("new", "replaced")}
    return Copied(boards=len(boards), bodies=bodies.there, **counts, problems=tuple(bodies.problems))


def _unfinished(folder: Path, database: str) -> Path:
    """The copy of the database until all else is copied."""
    return folder / f".{database}.copying"


def _read(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def _copy_board(  # noqa: PLR0917  # from where to where
    board: BoardId, archive: FileArchive, copy: FileArchive, source: Path, target: Path, bodies: Bodies
) -> None:
    """Copy a board's captures, and count its bodies. One that differs is copied again if it is the store's that is sound."""
    _, end = archive.index(board)
    lines, before = archive.raw(board, 0, end), copy.raw(board, 0)
    if not lines.startswith(before[: before.rfind(b"\n") + 1]):
        raise StoreError(
            f"{board}: the backup in {target} has other captures; expected an earlier state of these (use a new folder)"
        )
    disk.make_folder(target / "bodies")
    held = {path.name for path in (target / "bodies").iterdir()}
    for path in (path for path in (source / "bodies").iterdir() if not path.name.startswith(disk.TEMPORARY)):
        bodies.there += 1
        there = target / "bodies" / path.name
        if path.name in held:
            if bodies.are_equal(path, there):
                continue
            try:
                archive.body(board, Sha256(path.name[:64]))
            except StoreError as error:
                bodies.problems.append(f"{error}; the backup has another file: {there}")
                continue
        disk.write_whole(there, path.read_bytes())
        bodies.new, bodies.replaced = bodies.new + (path.name not in held), bodies.replaced + (path.name in held)
    if lines != before:
        disk.write_whole(target / "index.jsonl", lines)
