"""Saves what no replay restores outside the database: whoever changed it does so at its end, the daemon every five minutes.

Source: docs/decisions/0044-damaged-state.md
"""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tracker.errors import StoreError
from tracker.stores.archive import disk
from tracker.stores.locks import held
from tracker.stores.service_state import TABLES
from tracker.stores.sqlite import SqliteStore
from tracker.stores.sqlite_errors import disk_remedy
from tracker.stores.sqlite_file import NEWEST_MIGRATION
from tracker.workspace.settings import Settings

RECEIPTS_FOR = timedelta(days=31)
"""Older receipts are not backed up: no news is that old."""
RECEIPTS = 1_000
"""The latest receipts are, whatever the clock says: it may be ahead."""
_PATIENCE_S = 60.0
DECLARATIONS, POSITIONS = "declarations", "positions"
"""The keys of the declarations, and of how far each index was read, beside those of `TABLES`."""


def back_up(store: SqliteStore, path: Path, now: datetime) -> None:
    """Save the service state, without old receipts, outside the database, if it has changed and is not empty.

    Raises:
        StoreError: the file cannot be written.
        Damaged: the database is damaged; the last backup is kept.
    """
    if store.is_empty():
        return
    with held(path.parent / "locks" / "service.bak", patience_s=_PATIENCE_S):  # another process may be at its end too
        _write(store, path, now)


def _write(store: SqliteStore, path: Path, now: datetime) -> None:
    rows: dict[str, Any] = {table: store.service.rows(table) for table in sorted(TABLES)}
    delivered = sorted((row[2] for row in rows["receipts"]), reverse=True)
    since = min(int((now - RECEIPTS_FOR).timestamp()), (delivered[RECEIPTS - 1 :] or [0])[0])
    rows["receipts"] = [row for row in rows["receipts"] if row[2] >= since]
    rows |= {DECLARATIONS: store.declarations(), POSITIONS: store.positions(), "version": NEWEST_MIGRATION}
    text = json.dumps(rows)
    new = path.with_name(f"{path.name}.new")
    try:
        if path.exists() and disk.regular(path).read_text(encoding="utf-8", errors="replace") == text:
            return
        store.check()
        with new.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror}; {disk_remedy(path, error)}") from error


def back_up_written(settings: Settings, store: SqliteStore, now: datetime) -> None:
    """`back_up`, unless this process wrote nothing."""
    if store.has_written:
        back_up(store, settings.backup, now)
