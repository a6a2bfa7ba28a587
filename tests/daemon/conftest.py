"""The clock and the daemon of a test (`daemon_world.Daemon`)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from daemon_world import START, Daemon


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def daemon(tmp_path: Path, clock: time_machine.Traveller) -> Iterator[Daemon]:
    made = Daemon(folder=tmp_path, traveller=clock)
    yield made
    made.store.close()
