"""The settings of a workspace, which hold for all commands."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tracker.errors import DeclarationError, StoreError


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`store` has `captures/` (the truth) and `tracker.db` (derived), `schedules` the user's declarations.

    `shipped` is the folder of declarations that `schedules` overlays, None if it overlays none; `boards` are globs for the ids
    of the shipped boards to follow. `contact` is part of the user agent. `time_zone` is the IANA zone of times that people type
    and read. `folder` is that of `tracker.toml`, if there is one. `store_is_named`: an option or the environment names the store
    itself, not its workspace. `known_at`: questions are answered as the record was at that time.
    """

    store: Path
    schedules: Path
    shipped: Path | None = None
    boards: tuple[str, ...] = ("*",)
    contact: str = ""
    time_zone: str = "UTC"
    folder: Path | None = None
    store_is_named: bool = False
    known_at: datetime | None = None

    @property
    def captures(self) -> Path:
        """The archive's folder."""
        return self.store / "captures"

    @property
    def cases(self) -> Path:
        """The folder of the boards' test folders, beside the user's declarations."""
        return self.schedules.parent / "tests" / "boards"

    @property
    def database(self) -> Path:
        """The history's file."""
        return self.store / "tracker.db"

    @property
    def backup(self) -> Path:
        """The file with the last backup of what cannot be derived from the captures."""
        return self.store / "service.bak"

    @property
    def hosts(self) -> Path:
        """The file with the time of the last request to each host."""
        return self.store / "hosts.db"

    def declaration(self, name: str) -> Path:
        """The path of `watches.toml` or `routes.toml`: the user's if it exists, otherwise the shipped one."""
        own = self.schedules / name
        return own if self.shipped is None or own.exists() else self.shipped / name

    @property
    def declarations(self) -> tuple[Path, ...]:
        """The folders of declarations, the user's first."""
        return (self.schedules,) if self.shipped in {None, self.schedules} else (self.schedules, self.shipped)

    @property
    def has_store(self) -> bool:
        """Whether there is a store. Raises StoreError if the folder cannot be read."""
        try:
            return self.database.exists()
        except OSError as error:
            raise StoreError(f"{self.store}: cannot be read: {error.strerror}; expected a folder that you may read") from error

    def check_store(self) -> None:
        """Refuse a store that is not a folder, or is inside something else. Raises StoreError."""
        own = self.store.absolute()
        nearest = next(path for path in (own, *own.parents) if os.path.lexists(path))
        if not os.path.isdir(nearest):  # noqa: PTH112  # it never raises
            problem = "is not a folder" if nearest == own else f"{nearest} is not a folder"
            raise StoreError(f"{self.store}: {problem}; expected the store's folder, or the name of a new one (--store)")

    def require_store(self) -> None:
        """Refuse a store that does not exist. Raises DeclarationError, or StoreError."""
        if not self.has_store:
            raise DeclarationError(
                f"{self.store}: no tracker.db here; expected a store (tracker run, tracker import, or --store DIR)"
            )
