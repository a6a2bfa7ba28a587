"""Each kind of store, empty."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from memory_store import MemoryStore

from tracker.ports import Store
from tracker.stores.sqlite import SqliteStore


@pytest.fixture(params=[pytest.param("memory", marks=pytest.mark.slow), "sqlite"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    if request.param == "memory":
        yield MemoryStore()
        return
    with SqliteStore(Path(":memory:")) as store:
        yield store
