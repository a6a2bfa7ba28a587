"""The past of a board (`past_world.Past`)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from past_world import Past


@pytest.fixture
def past(tmp_path: Path) -> Iterator[Past]:
    past = Past(tmp_path)
    yield past
    past.store.close()
