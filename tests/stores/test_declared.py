"""A stored declaration equals the declaration; otherwise every run would rewrite its board's history."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracker import schedules
from tracker.schedules.formats import _Formats
from tracker.stores.sqlite import SqliteStore

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_every_shipped_declaration_survives_the_store(tmp_path):
    boards = schedules.load(ROOT / "schedules", _Formats()).boards
    with SqliteStore(tmp_path / "tracker.db") as store:
        for board in boards.values():
            store.declare(board)
        assert {name: store.declared(name) for name in boards} == boards
