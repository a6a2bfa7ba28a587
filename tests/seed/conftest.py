"""The season served, and its boards as declared."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tracker import schedules
from tracker.cli._season import Season
from tracker.model import Board
from tracker.parsers import FORMATS, options_of


@pytest.fixture
def season() -> Iterator[Season]:
    with Season() as season:
        yield season


@pytest.fixture
def boards(season: Season, tmp_path: Path) -> Mapping[str, Board]:
    season.schedules(tmp_path / "schedules")
    declared = schedules.load(tmp_path / "schedules", {name: options_of(name) for name in FORMATS})
    assert declared.errors == {}
    return declared.boards
