"""A stored declaration is the declaration: else every run would rewrite its board's history."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracker import schedules
from tracker.schedules.formats import _Formats
from tracker.stores.migrations import migrations
from tracker.stores.sqlite import SqliteStore
from tracker.stores.sqlite_file import NEWEST_MIGRATION

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_every_shipped_declaration_comes_back_as_it_was(tmp_path):
    boards = schedules.load(ROOT / "schedules", _Formats()).boards
    with SqliteStore(tmp_path / "tracker.db") as store:
        for board in boards.values():
            store.declare(board)
        assert {name: store.declared(name) for name in boards} == boards


def test_the_newest_migration_is_the_one_that_is_looked_for():
    assert migrations._migrations[-1].name == NEWEST_MIGRATION
