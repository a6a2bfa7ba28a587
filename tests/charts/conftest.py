"""Charts as they are expected, in `golden/`; they change only through `pytest --accept`."""

from collections.abc import Callable
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    def same(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--accept"):
            path.write_bytes(text.encode())
        assert text == path.read_bytes().decode(), f"{name} differs; pytest --accept writes it anew, look at it in a browser"

    return same
