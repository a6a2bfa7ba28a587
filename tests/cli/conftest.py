"""The world of the command line (`cli_world.World`)."""

from pathlib import Path

import pytest
from cli_world import World


@pytest.fixture
def world(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> World:
    return World(folder=tmp_path, captured=capsys)
