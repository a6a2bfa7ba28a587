"""Where the store and the declarations are, and what the workspace says for all commands."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from tracker.errors import DeclarationError, StoreError


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`store` holds `captures/` (the truth) and `tracker.db` (derived), `schedules` the user's declarations.

    `shipped` is the folder of declarations that `schedules` overlays, None where `schedules` stands alone; of its boards,
    those are followed whose id matches a glob in `boards`. `contact` goes into the user agent. `time_zone` is the IANA name
    of the zone in which times are typed and shown to people. `folder` is that of the `tracker.toml`, if there is one.
    `store_is_named`: by an option or the environment, and not as the workspace that has it.
    """

    store: Path
    schedules: Path
    shipped: Path | None = None
    boards: tuple[str, ...] = ("*",)
    contact: str = ""
    time_zone: str = "UTC"
    folder: Path | None = None
    store_is_named: bool = False

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
    def hosts(self) -> Path:
        """The file that remembers when each host was asked."""
        return self.store / "hosts.db"

    def declaration(self, name: str) -> Path:
        """`watches.toml` or `routes.toml`: the user's if it is there, otherwise the shipped one. It need not exist."""
        own = self.schedules / name
        return own if self.shipped is None or own.exists() else self.shipped / name

    @property
    def declarations(self) -> tuple[Path, ...]:
        """The folders that hold declarations, the user's first."""
        return (self.schedules,) if self.shipped in {None, self.schedules} else (self.schedules, self.shipped)

    @property
    def has_store(self) -> bool:
        """Whether there is a store. Raises StoreError where the folder does not let us see."""
        try:
            return self.database.exists()
        except OSError as error:
            raise StoreError(f"{self.store}: cannot be read: {error.strerror}; expected a folder that you may read") from error

    def check_store(self) -> None:
        """Refuse a store that is, or would stand in, something else than a folder. Raises StoreError."""
        there = next(path for path in (self.store.absolute(), *self.store.absolute().parents) if os.path.lexists(path))
        if not os.path.isdir(there):  # noqa: PTH112  # it never raises
            found = "is no folder" if there == self.store.absolute() else f"{there} is no folder"
            raise StoreError(f"{self.store}: {found}; expected the store's folder, or the name of a new one (--store)")

    def require_store(self) -> None:
        """Refuse a store that is not there. Raises DeclarationError, or StoreError."""
        if not self.has_store:
            raise DeclarationError(
                f"{self.store}: no tracker.db here; expected a store (tracker run, tracker import, or --store DIR)"
            )
