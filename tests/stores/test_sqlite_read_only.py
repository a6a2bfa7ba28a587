"""A store that may not be written, on a read-only medium or as somebody else's, can still be read."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from tracker.errors import StoreError
from tracker.model import BoardId
from tracker.stores.migrations import migrations
from tracker.stores.sqlite import SqliteStore
from tracker.stores.sqlite_file import MIGRATIONS


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A closed store."""
    path = tmp_path / "odd name? #1" / "tracker.db"
    with SqliteStore(path) as store:
        store.move_position(BoardId("acme/text"), 7)
    return path


def test_a_read_only_file_is_read_without_new_files_beside_it(path: Path):
    with SqliteStore(path, read_only=True) as store:
        assert store.position(BoardId("acme/text")) == 7
        assert [file.name for file in path.parent.iterdir()] == ["tracker.db"]


def test_a_read_only_file_is_read_while_another_process_writes(path: Path):
    with SqliteStore(path) as writer, SqliteStore(path, read_only=True) as reader:
        writer.move_position(BoardId("acme/text"), 8)
        assert reader.position(BoardId("acme/text")) == 8


def test_a_read_only_copy_with_a_log_shows_what_only_the_log_has(path: Path):
    with SqliteStore(path) as writer:
        writer.move_position(BoardId("acme/text"), 8)
        copy = path.parent / "copy"
        copy.mkdir()
        for ending in ("", "-wal"):
            shutil.copy(f"{path}{ending}", copy)
    with SqliteStore(copy / "tracker.db", read_only=True) as reader:
        assert reader.position(BoardId("acme/text")) == 8
        with pytest.raises(StoreError, match="make the file and its folder writable"):
            reader.move_position(BoardId("acme/text"), 9)
    assert sorted(file.name for file in copy.iterdir()) == ["tracker.db", "tracker.db-wal"]


def test_writing_to_a_read_only_file_is_an_error(path: Path):
    with SqliteStore(path, read_only=True) as store, pytest.raises(StoreError, match="cannot"):
        store.move_position(BoardId("acme/text"), 8)


@pytest.mark.parametrize("newest", MIGRATIONS[:-1])
def test_a_read_only_file_of_an_earlier_version_is_read_and_not_changed(tmp_path: Path, newest: str):
    path = tmp_path / "tracker.db"
    with closing(sqlite3.connect(path)) as connection:
        migrations.apply(Database(connection), stop_before=MIGRATIONS[MIGRATIONS.index(newest) + 1])
        table = "_boards" if newest in MIGRATIONS[MIGRATIONS.index("documented") :] else "boards"
        connection.execute(f"INSERT INTO {table} (board, position) VALUES ('acme/text', 7)")
        connection.commit()
    before = path.read_bytes()
    with SqliteStore(path, read_only=True) as store:
        assert (store.position(BoardId("acme/text")), store.service.pauses()) == (7, {})
        with pytest.raises(StoreError, match="make the file and its folder writable"):
            store.move_position(BoardId("acme/text"), 9)
    assert (path.read_bytes(), [file.name for file in tmp_path.iterdir()]) == (before, ["tracker.db"])
