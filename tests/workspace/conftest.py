"""A demo season that the tests of the Python API share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

import tracker
from tracker.cli import cli
from tracker.workspace.api import Workspace


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("api") / "demo"
    assert CliRunner().invoke(cli, ["demo", "--store", str(folder)], catch_exceptions=False).exit_code == 0
    return folder


@pytest.fixture(scope="package")
def workspace(demo: Path) -> Iterator[Workspace]:
    with tracker.open(demo) as opened:
        yield opened
