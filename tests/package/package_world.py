"""A program run in an empty folder, by an account whose environment leads nowhere else."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
Listing = Mapping[str, bytes]
"""Path → content, empty for a folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a command ended with."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The objects it printed, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A new user of the `tracker` in the folder `scripts`: `folder` holds their home, and `here`, where they are."""

    scripts: Path
    folder: Path

    @property
    def here(self) -> Path:
        return self.folder / "here"

    def create(self) -> Account:
        for name in ("home", "here"):
            (self.folder / name).mkdir(parents=True)
        return self

    def run(self, *words: str, program: str = "tracker", at: Path | None = None, **environment: str) -> Ran:
        """Run a program of the package in a folder, which must not end in a traceback."""
        home = self.folder / "home"
        own = {
            "PATH": f"{self.scripts}:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "HOME": str(home),
            "XDG_DATA_HOME": str(home / "share"),
        }
        ran = subprocess.run(
            [self.scripts / program, *words],
            cwd=at or self.here,
            env=own | environment,
            check=False,
            capture_output=True,
            encoding="utf-8",
        )
        assert "Traceback" not in ran.stderr, ran.stderr
        return Ran(code=ran.returncode, out=ran.stdout, err=ran.stderr)

    def done(self, *words: str, at: Path | None = None, **environment: str) -> Ran:
        """The same for a command that must succeed and complain of nothing."""
        ran = self.run(*words, at=at, **environment)
        complaints = [line for line in ran.err.splitlines() if not line.startswith("tracker: created the store ")]
        assert (ran.code, complaints) == (0, []), f"{ran.out}\n{ran.err}"
        return ran

    def listing(self) -> Listing:
        """Everything that this account has."""
        found = sorted(self.folder.rglob("*"))
        return {str(path.relative_to(self.folder)): path.read_bytes() if path.is_file() else b"" for path in found}
