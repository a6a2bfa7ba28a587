"""Where the real, dated pages stand: they may not be redistributed, so they live beside the checkout."""

import os
from pathlib import Path

import pytest

BESIDE = Path(__file__).resolve().parents[2].parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    folder = Path(os.environ.get("TRACKER_SHARED_DATA") or BESIDE)
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}; set TRACKER_SHARED_DATA to the folder that holds it")
    return folder
