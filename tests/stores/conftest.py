"""Every store, for the suite that they share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from memory_store import MemoryStore

from tracker.ports import Store
from tracker.stores.sqlite import SqliteStore


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "memory":
        yield MemoryStore()
        return
    with SqliteStore(tmp_path / "tracker.db") as store:
        yield store
