"""Reports as they are expected, in `golden/`; they change only through `pytest --accept`."""

from collections.abc import Callable
from pathlib import Path
from xml.etree.ElementTree import canonicalize

import pytest

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    def same(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--accept"):
            path.write_bytes(text.encode())
        rendered, expected = text, path.read_bytes().decode()
        if path.suffix == ".xml":  # `<link/>` and `<link></link>` are one; which it is, a library decides
            rendered, expected = canonicalize(rendered), canonicalize(expected)
        assert rendered == expected, f"{name} differs; pytest --accept writes it anew"

    return same
