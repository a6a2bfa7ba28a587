"""The record that sentences are checked against (`claims_world.made`)."""

import pytest
from claims_world import World, made


@pytest.fixture(scope="session")
def world() -> World:
    return made()
