"""What every test may ask of the command line."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--accept", action="store_true", help="write what the tests found as the expected files; read the change like code"
    )
