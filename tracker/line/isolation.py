"""Keeps the trouble of one board from the others."""

from __future__ import annotations

import logging

from tracker.errors import Defect, OutOfMemory, StoreError, TrackerError
from tracker.model import BoardId
from tracker.stores.sqlite_errors import is_of_all

log = logging.getLogger("tracker.line")


def of_one(board: BoardId, error: Exception) -> TrackerError:
    """The error as one of this board alone. A defect of the tracker is logged with the places that raised it.

    Raises the error itself if it concerns every board: the disk or the database fails. A board for which there is not enough
    memory says nothing of the others: what its work had reserved is free again.
    """
    if isinstance(error, StoreError) and is_of_all(error):
        raise error
    if isinstance(error, TrackerError):
        trouble = error
    else:
        trouble = OutOfMemory(board) if isinstance(error, MemoryError) else Defect(board, error)
    level = logging.ERROR if isinstance(trouble, Defect) else logging.INFO
    log.log(level, "board not synced", extra={"board": board}, exc_info=error)
    return trouble
