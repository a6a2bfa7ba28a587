"""The clock and the daemon of a test (`daemon_world.Daemon`)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from daemon_world import OPENED, START, Daemon


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def daemon(tmp_path: Path, clock: time_machine.Traveller) -> Daemon:
    return Daemon(folder=tmp_path, traveller=clock)


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    while OPENED:
        OPENED.pop().close()
