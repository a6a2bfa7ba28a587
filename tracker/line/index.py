"""Reads a board's index from where the store is, and restores it first if it is no longer what was read before.

Source: docs/decisions/0045-restored-indices.md
"""

from __future__ import annotations

from collections.abc import Sequence

from tracker.errors import StoreError
from tracker.model import BoardId, Check, IndexLine
from tracker.ports import Archive, Store
from tracker.stores.archive.chain import walk
from tracker.stores.sqlite_errors import Newer, is_of_all
from tracker.wording import machine_time


def is_behind(board: BoardId, archive: Archive, store: Store) -> bool:
    """Whether the index has lines that the store lacks, or is no longer the one that was stored."""
    return not _is_intact(board, archive, store) or bool(archive.raw(board, store.position(board)))


def check(board: BoardId, archive: Archive, store: Store) -> None:
    """Restore the index if it no longer ends, up to the stored position, as it did. The caller holds the lease.

    Raises:
        StoreError: it cannot be restored without losing a state.
    """
    if not _is_intact(board, archive, store):
        archive.restore_index(board, store.indexed(board))
    if (position := store.position(board)) and not store.indexed(board, last=True):  # stored by an earlier version
        piece = archive.raw(board, 0, position)
        if len(piece) == position and piece.endswith(b"\n"):
            store.move_position(board, position, piece)


def new_lines(board: BoardId, archive: Archive, store: Store) -> tuple[Sequence[IndexLine], bytes]:
    """The lines after the stored position, and their bytes. Raises as `check`."""
    check(board, archive, store)
    if not _follows(board, archive, store):
        archive.restore_index(board, store.indexed(board))
    return _read(board, archive, store, store.position(board))


def all_lines(board: BoardId, archive: Archive, store: Store, *, drop: bool = False) -> tuple[Sequence[IndexLine], bytes, int]:
    """All lines, their bytes, and the byte up to which the store has read them.

    The index is compared with everything that was stored of it, and restored.

    Raises:
        StoreError: a stored state would be lost: unless its body is gone, and `drop` gives it up.
    """
    known, read = store.indexed(board), store.position(board)
    if archive.raw(board, 0, len(known)) != known or not _follows(board, archive, store):
        read = archive.restore_index(board, known, drop=drop)
    lines, whole = _read(board, archive, store, 0, drop=drop)
    listed = {line.observed_at for line in lines}
    for lost in (check for check in store.checks(board) if check.sha256 and check.observed_at not in listed):
        if not drop or _has_bodies(lost, archive):
            what = f"the index lacks the capture of {machine_time(lost.observed_at)}, which the history has"
            raise StoreError(f"{board}: {what}; restore index.jsonl from a copy of the archive; the history is unchanged")
    return lines, whole, read


def changed(board: BoardId, archive: Archive, store: Store) -> tuple[str, ...]:
    """Whether the index no longer is what was read of it, as a line; none if it is."""
    known = store.indexed(board)
    is_same = archive.raw(board, 0, len(known)) == known
    return () if is_same else (f"{board}: the index is no longer what was read of it; restore it with: tracker replay {board}",)


def _is_intact(board: BoardId, archive: Archive, store: Store) -> bool:
    """Compare the last stored piece of the index, and read its last line: the length of the index does not matter."""
    piece, position = store.indexed(board, last=True), store.position(board)
    try:
        archive.newest(board)
    except StoreError as error:
        if isinstance(error, Newer) or is_of_all(error):
            raise
        return False
    return archive.raw(board, position - len(piece), position) == piece


def _follows(board: BoardId, archive: Archive, store: Store) -> bool:
    """Whether the lines after the stored position follow from those before them: those of another index do not."""
    piece, position = store.indexed(board, last=True), store.position(board)
    rest = archive.raw(board, position)
    if not rest or (piece and max(walk(piece + rest).problems, default=0) <= piece.count(b"\n")):
        return True
    whole = archive.raw(board, 0)
    return max(walk(whole).problems, default=0) <= whole.count(b"\n", 0, position)


def _read(board: BoardId, archive: Archive, store: Store, start: int, *, drop: bool = False) -> tuple[Sequence[IndexLine], bytes]:
    try:
        lines, end = archive.index(board, start)
    except StoreError as error:
        if isinstance(error, Newer) or is_of_all(error):
            raise
        archive.restore_index(board, store.indexed(board), drop=drop)
        lines, end = archive.index(board, start)
    return lines, archive.raw(board, start, end)


def _has_bodies(check: Check, archive: Archive) -> bool:
    try:
        return all(archive.body(check.board, sha256) is not None for sha256 in check.sha256)
    except StoreError as error:
        if is_of_all(error):
            raise
        return False
