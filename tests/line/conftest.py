"""An archive in a temporary folder, and each kind of store beside it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from line_world import OPENED, fresh

from tracker.ports import Store
from tracker.stores.archive import FileArchive


@pytest.fixture
def archive(tmp_path: Path) -> FileArchive:
    return FileArchive(tmp_path / "captures")


@pytest.fixture(params=[pytest.param("memory", marks=pytest.mark.slow), "sqlite"])
def store(request: pytest.FixtureRequest) -> Store:
    return fresh(request.param)


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    while OPENED:
        OPENED.pop().close()
