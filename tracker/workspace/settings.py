"""Where things are kept and who we say we are, from options and the environment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`store` holds `captures/` (the truth) and `tracker.db` (derived); `schedules` holds the declarations."""

    store: Path
    schedules: Path

    @property
    def captures(self) -> Path:
        """The archive's folder."""
        return self.store / "captures"

    @property
    def database(self) -> Path:
        """The history's file."""
        return self.store / "tracker.db"

    @property
    def hosts(self) -> Path:
        """The file that remembers when each host was asked."""
        return self.store / "hosts.db"
