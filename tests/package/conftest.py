"""The installed wheel and the checkout, each used by a new account."""

import os
import sys
from pathlib import Path

import pytest
from package_world import ROOT, Account

STATED = os.environ.get("TRACKER_WHEEL")


@pytest.fixture(scope="session")
def wheel() -> Path:
    """The environment that holds the wheel and what it needs, nothing else."""
    if not STATED:
        pytest.skip("TRACKER_WHEEL names no installed wheel; `make pytest` builds and installs one, and runs these tests")
    return (ROOT / STATED).absolute()


@pytest.fixture
def installed(wheel: Path, tmp_path: Path) -> Account:
    """Who has installed the wheel."""
    return Account(scripts=wheel / "bin", folder=tmp_path / "installed").create()


@pytest.fixture
def checkout(tmp_path: Path) -> Account:
    """Who runs the checkout."""
    return Account(scripts=Path(sys.executable).parent, folder=tmp_path / "checkout").create()
