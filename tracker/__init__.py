"""The leaderboard tracker: records public leaderboards of AI models, and reports what really changed.

>>> import tracker
>>> with tracker.open("snapshots") as workspace:  # doctest: +SKIP
...     for event in workspace.events():
...         print(event.recorded_at, event.headline)
"""

from __future__ import annotations

TYPE_CHECKING = False  # type checkers take it for typing.TYPE_CHECKING; `import tracker` costs next to nothing
if TYPE_CHECKING:
    from datetime import datetime
    from os import PathLike

    from tracker.workspace.api import Workspace

__all__ = ["open"]


def open(  # noqa: A001  # tracker.open, as in dbm, gzip and shelve
    path: str | PathLike[str] | None = None,
    *,
    store: str | PathLike[str] | None = None,
    schedules: str | PathLike[str] | None = None,
    known_at: datetime | None = None,
) -> Workspace:
    """Open a workspace, or a store, for reading: the one in the folder `path`, or the one that commands use here.

    `store` and `schedules` are the options of that name. With `known_at`, every question is answered as the record was at that
    time. Close the workspace, or use it in a `with` statement.

    Raises:
        DeclarationError: the folder holds no store, or `tracker.toml` is wrong.
        StoreError: the store cannot be read.
    """
    from pathlib import Path  # noqa: PLC0415  # as above

    from tracker.workspace.api import open_workspace  # noqa: PLC0415  # as above

    folder, stored, declared = (None if given is None else Path(given) for given in (path, store, schedules))
    return open_workspace(folder, store=stored, schedules=declared, known_at=known_at)
