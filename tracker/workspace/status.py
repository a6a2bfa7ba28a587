"""The state of a workspace: its boards, routes, notices and declarations, from the store alone."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from msgspec import Struct, field

from tracker import schedules
from tracker.clock import SystemClock
from tracker.model import Board, BoardId
from tracker.parsers import FORMATS
from tracker.ports import Store
from tracker.query.vitals import Vitals
from tracker.query.vitals import vitals as vitals_of
from tracker.schedules.shapes import REST
from tracker.stores import locks
from tracker.stores.locks import Holder
from tracker.stores.sqlite import SqliteStore
from tracker.workspace import Settings
from tracker.workspace.rules import other_errors

LEAST_FREE = 1_000_000
"""Bytes: the compressed body of a large board, and the database's log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The vitals of the declared boards (without schedules: of those in the store), the wrong declarations, and the daemon."""

    vitals: Vitals
    errors: tuple[str, ...]
    daemon: Holder | None
    disk: str = ""

    @property
    def troubled(self) -> bool:
        """Whether something needs attention. No daemon needs to run: a timer may do its work."""
        return self.vitals.troubled or bool(self.errors or self.disk)


def status(settings: Settings, store: SqliteStore) -> Status:
    """The present state of that store. Raises Damaged if its file is not sound."""
    store.check()
    boards, errors = _boards(settings, store)
    return Status(
        vitals=vitals_of(boards.values(), store, now=SystemClock().now(), environment=os.environ),
        errors=errors,
        daemon=locks.holder(settings.store / "daemon.lock"),
        disk=disk_trouble(settings, shutil.disk_usage(settings.store).free),
    )


def disk_trouble(settings: Settings, free: int) -> str:
    """Why nothing can be stored with this number of bytes free, "" if it can: a daemon without space cannot record it."""
    if free < LEAST_FREE:
        return f"{settings.store}: {free} bytes free; expected {LEAST_FREE} at least; make space"
    return "" if os.access(settings.database, os.W_OK) else f"{settings.database}: cannot be written; expected a writable file"


def _boards(settings: Settings, store: Store) -> tuple[Mapping[BoardId, Board], tuple[str, ...]]:
    """The boards, those with a wrong file as last read, and the errors. Boards no longer declared are left out."""
    found = schedules.load(settings.schedules, _ANY_OPTIONS, settings.shipped, settings.boards)
    wrong = [board for board in store.boards() if any(path.endswith(f"/{board}.toml") for path in found.errors)]
    broken = {board: last for board in wrong if (last := store.declared(board)) is not None}
    return {**broken, **found.boards}, tuple(map(str, (*found.troubles.values(), *other_errors(settings))))


class _AnyOptions(Struct):
    """The unchecked options of a format: checking them would load its parser."""

    options: dict[str, Any] = field(default_factory=dict, name=REST)


_ANY_OPTIONS = dict.fromkeys(FORMATS, _AnyOptions)
