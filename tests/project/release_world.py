"""A small project that can be released: a repository with one package, boards, a changelog and a lock. No network."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType

SCRIPT = Path(__file__).parents[2] / ".ci" / "release.py"
PYPROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "leaderboard-tracker"
version = "1.2.3"
description = "A small one."
readme = "README.md"
requires-python = ">=3.11"
license = "Apache-2.0"
license-files = ["LICENSE"]

[project.scripts]
tracker = "tracker.cli:main"
leaderboard-tracker = "tracker.cli:main"

[tool.hatch.build.targets.wheel]
packages = ["tracker"]

[tool.hatch.build.targets.wheel.force-include]
"schedules" = "tracker/_data/schedules"
"snapshots/seed" = "tracker/_data/seed"
"""
CHANGELOG = """\
# Changelog

## [Unreleased]

## [1.2.3] - 2026-03-01

### Added

- A thing.

## [1.2.2] - 2026-02-01

- An older thing.

[Unreleased]: https://example.org
"""
FILES = {
    "pyproject.toml": PYPROJECT,
    "CHANGELOG.md": CHANGELOG,
    "README.md": "# Small\n",
    "LICENSE": "Apache-2.0\n",
    ".gitignore": "/dist/\n/build/\n",
    "tests/test_nothing.py": "",
    "tracker/__init__.py": "",
    "tracker/py.typed": "",
    "tracker/cli/__init__.py": "",
    "tracker/cli/units/a.service.jinja": "unit\n",
    "tracker/reports/templates/report.html": "<p>\n",
    "schedules/models/acme.toml": "",
    "snapshots/seed/schedules/acme/text.toml": "",
    "snapshots/seed/captures/acme/text/2026-03-01T060000Z.csv": "a,b\n",
    **{f"schedules/acme/board-{number}.toml": "" for number in range(84)},
}


def script() -> ModuleType:
    """The release script as a module."""
    spec = importlib.util.spec_from_file_location("release_script", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Project:
    """The repository in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        nobody = {f"GIT_{role}_{what}": text for role in ("AUTHOR", "COMMITTER") for what, text in UNRESOLVED.items()}
        quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "UV_OFFLINE": "1"}
        self._environment = {**os.environ, **nobody, **quiet, "UV_CACHE_DIR": str(folder.parent / "uv-cache")}

    def create(self) -> Project:
        for name, text in FILES.items():
            self.write(name, text)
        self.run(sys.executable, "-m", "uv", "lock", "--quiet")
        self.git("init", "--quiet", "--initial-branch=main")
        self.commit()
        return self

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def replace(self, name: str, old: str, new: str) -> None:
        text = (self.folder / name).read_text(encoding="utf-8")
        assert old in text
        self.write(name, text.replace(old, new))

    def commit(self) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "A commit")

    def git(self, *words: str) -> str:
        return self.run("git", *words).stdout.strip()

    def run(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return subprocess.run(words, cwd=self.folder, env=self._environment, check=check, capture_output=True, text=True)

    def release(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run the script there."""
        return self.run(sys.executable, str(SCRIPT), *words, check=False)

    def refusals(self, *words: str) -> list[str]:
        """Run the script, which must refuse, leave no tag behind and build nothing. Its reasons."""
        before = self.git("tag")
        ran = self.release(*words)
        assert (ran.returncode, ran.stdout, self.git("tag")) == (1, "", before)
        assert not (self.folder / "dist").exists()
        return ran.stderr.splitlines()

    @property
    def built(self) -> list[str]:
        return sorted(path.name for path in (self.folder / "dist").iterdir())

    @property
    def wheel(self) -> Path:
        (path,) = (self.folder / "dist").glob("*.whl")
        return path


UNRESOLVED = {"NAME": "Nobody", "EMAIL": "nobody@example.org", "DATE": "2026-03-01T06:00:00Z"}


def changed(wheel: Path, into: Path, *, without: str = "", added: str = "") -> Path:
    """A copy of a wheel in another folder, without the files whose name begins so, or with one more."""
    copy = into / wheel.name
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(copy, "w") as new:
        for name in old.namelist():
            if not without or not name.startswith(without):
                new.writestr(name, old.read(name))
        if added:
            new.writestr(added, "")
    return copy
