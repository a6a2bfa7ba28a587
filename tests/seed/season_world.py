"""The boards of a served season."""

from collections.abc import Mapping
from pathlib import Path

from tracker import schedules
from tracker.cli._season import Season
from tracker.model import Board
from tracker.parsers import FORMATS, options_of


def declared(season: Season, folder: Path) -> Mapping[str, Board]:
    """The declarations, written to the folder with the address of the season."""
    season.schedules(folder)
    loaded = schedules.load(folder, {name: options_of(name) for name in FORMATS})
    assert loaded.errors == {}
    return loaded.boards
