"""A served season, and its declared boards."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from season_world import declared

from tracker.cli._season import Season
from tracker.model import Board


@pytest.fixture
def season() -> Iterator[Season]:
    with Season() as season:
        yield season


@pytest.fixture
def boards(season: Season, tmp_path: Path) -> Mapping[str, Board]:
    return declared(season, tmp_path / "schedules")
