"""The wheel holds what it must and nothing else, and one built from the sdist is the same."""

from __future__ import annotations

import runpy
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
from package_world import ROOT

pytestmark = pytest.mark.slow

CHECKS = runpy.run_path(str(ROOT / ".ci" / "release.py"))
"""The functions by which a release is checked."""
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


@pytest.fixture
def built(wheel: Path) -> Path:
    """The file that was installed."""
    (path,) = (ROOT / "dist").glob("*.whl")
    return path


def build(source: Path, target: str, into: Path) -> Path:
    words = [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(into)]
    subprocess.run(words, cwd=source, check=True, capture_output=True)
    (made,) = into.iterdir()
    return made


def test_the_wheel_is_complete_and_contains_no_tests_stores_or_caches(built: Path):
    assert list(CHECKS["faults"](built, VERSION)) == []


def test_every_shipped_declaration_and_capture_is_in_the_wheel(built: Path):
    folders = {"schedules": "schedules", "snapshots/seed/schedules": "seed/schedules", "snapshots/seed/captures": "seed/captures"}
    shipped = {
        f"tracker/_data/{inside}/{path.relative_to(ROOT / folder).as_posix()}": path.read_bytes()
        for folder, inside in folders.items()
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
    }
    with zipfile.ZipFile(built) as archive:
        assert {name: archive.read(name) for name in archive.namelist() if name.startswith("tracker/_data/")} == shipped


def test_a_wheel_built_from_the_sdist_is_the_same(built: Path, tmp_path: Path):
    sdist = build(ROOT, "sdist", tmp_path / "sdist")
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    again = build(tmp_path / sdist.name.removesuffix(".tar.gz"), "wheel", tmp_path / "wheel")
    assert list(CHECKS["differences"](built, again)) == []
