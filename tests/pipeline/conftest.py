"""An archive in a temporary folder, and each kind of store beside it."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pipeline_world import fresh

from tracker.ports import Store
from tracker.stores.archive import FileArchive
from tracker.stores.sqlite import SqliteStore


@pytest.fixture
def archive(tmp_path: Path) -> FileArchive:
    return FileArchive(tmp_path / "captures")


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    store = fresh(request.param)
    if isinstance(store, SqliteStore):
        with closing(store):
            yield store
    else:
        yield store
