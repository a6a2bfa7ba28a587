"""The world a fetcher is tested in (`fetch_world.World`)."""

from collections.abc import Iterator

import pytest
from fetch_world import World


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    yield world
    world.close()
