"""How the tracker of a workspace is: its boards, routes, notices and declarations, from the store alone."""

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
from tracker.workspace import Settings

LEAST_FREE = 1_000_000
"""Bytes: a body of a large board, squeezed, and the database's log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The vitals of the declared boards (without schedules: of those the store knows), what is wrong with the declarations, and the daemon, if one runs."""

    vitals: Vitals
    errors: tuple[str, ...]
    daemon: Holder | None
    disk: str = ""

    @property
    def troubled(self) -> bool:
        """Whether somebody should look. That no daemon runs is no trouble: a timer may do its work."""
        return self.vitals.troubled or bool(self.errors or self.disk)


def status(settings: Settings, store: Store) -> Status:
    """How the tracker of that store is now."""
    boards, errors = _boards(settings, store)
    return Status(
        vitals=vitals_of(boards.values(), store, now=SystemClock().now(), environment=os.environ),
        errors=errors,
        daemon=locks.holder(settings.store / "daemon.lock"),
        disk=disk_trouble(settings, shutil.disk_usage(settings.store).free),
    )


def disk_trouble(settings: Settings, free: int) -> str:
    """Why nothing more can be stored with so many bytes free, empty where it can: a daemon that waits for space cannot write that down."""
    if free < LEAST_FREE:
        return f"{settings.store}: {free} bytes free; expected {LEAST_FREE} at least; make space"
    return "" if os.access(settings.database, os.W_OK) else f"{settings.database}: cannot be written; expected a writable file"


def _boards(settings: Settings, store: Store) -> tuple[Mapping[BoardId, Board], tuple[str, ...]]:
    """A board whose file is wrong now is taken as it was last read; one that is no longer declared is left out."""
    known = {board: one for board in store.boards() if (one := store.declared(board)) is not None}
    found = schedules.load(settings.schedules, _ANY_OPTIONS, settings.shipped, settings.boards)
    broken = {board: one for board, one in known.items() if any(path.endswith(f"/{board}.toml") for path in found.errors)}
    return {**broken, **found.boards}, tuple(str(error) for error in found.troubles.values())


class _AnyOptions(Struct):
    """The options of a format as they stand: to check them, its parser and what that needs would have to be loaded."""

    options: dict[str, Any] = field(default_factory=dict, name=REST)


_ANY_OPTIONS = dict.fromkeys(FORMATS, _AnyOptions)
