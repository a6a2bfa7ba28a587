"""The identity of every entry in the database is that of the names with which the board was last synced."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from line_world import BOARD, board, keep

from tracker.line.sync import replay, sync_board
from tracker.model.names import Lab, Lexicon
from tracker.stores.archive import FileArchive
from tracker.stores.sqlite import SqliteStore

NAMES = Lexicon(version="v1")
RENAMED = Lexicon(labs={"acme.toml": Lab(lab="Acme", aliases={"Orion-70b": "Nova-7b"})}, version="v2")


def page(*names: str, price: int = 2) -> bytes:
    rows = [f"{name},{name},{90 - place},{price},MIT" for place, name in enumerate(names)]
    return "\n".join(["key,name,score,price,licence", *rows, ""]).encode()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with SqliteStore(tmp_path / "tracker.db") as store:
        yield store


def rows(store: SqliteStore) -> list[tuple[object, ...]]:
    return store.rows(
        "SELECT name, model, price, last_seen IS NULL, names_version FROM entries WHERE board = ? ORDER BY 1", BOARD
    )


def test_other_names_resolve_every_entry_again_with_the_next_sync(archive: FileArchive, store: SqliteStore):
    keep(archive, {0: page("Nova-7b", "Orion-70b", "Vega-1b"), 1: page("Nova-7b", "Vega-1b", price=3)})
    sync_board(board(), archive, store, NAMES)
    assert rows(store) == [
        ("Nova-7b", "nova-7b", 3.0, 1, "v1"),
        ("Orion-70b", "orion-70b", 2.0, 0, "v1"),
        ("Vega-1b", "vega-1b", 3.0, 1, "v1"),
    ]
    sync_board(board(), archive, store, RENAMED)
    assert [row[1:] for row in rows(store)] == [("nova-7b", 3.0, 1, "v2"), ("nova-7b", 2.0, 0, "v2"), ("vega-1b", 3.0, 1, "v2")]
    synced = rows(store)
    replay(board(), archive, store, RENAMED)
    assert rows(store) == synced


def test_a_store_of_an_earlier_version_gets_its_identities_with_the_next_sync(
    archive: FileArchive, store: SqliteStore, tmp_path: Path
):
    keep(archive, {0: page("Nova-7b", "Orion-70b", "Vega-1b")})
    sync_board(board(), archive, store, NAMES)
    before = rows(store)
    with closing(sqlite3.connect(tmp_path / "tracker.db")) as old, old:
        old.execute("DELETE FROM identities")
        old.execute("UPDATE _boards SET names = NULL")
    sync_board(board(), archive, store, NAMES)
    assert rows(store) == before
