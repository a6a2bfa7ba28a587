"""An entry that was missing for a reading and is back under another key."""

from __future__ import annotations

import pytest
from line_world import BOARD, SIX, board, csv, dump, fresh, keep

from tracker.line import sync
from tracker.model import EventFilter
from tracker.stores.archive import FileArchive
from tracker.workspace.names import default_lexicon

OLD = "id-1,Claude 4.5 Opus,65,3,\n"
SECONDS = 1 / 86400


def told(archive: FileArchive, *rows: str) -> list[tuple[str, bool]]:
    """The events after a day on which the entry was missing for 28 seconds, as `kind/grade`, and whether they are news."""
    store = fresh("sqlite")
    pages = (csv(SIX, end=OLD), csv(SIX), csv(SIX, end=rows[0]), csv(SIX, end=rows[-1]))
    keep(archive, dict(zip((0, 1, 1 + 28 * SECONDS, 4), pages, strict=True)))
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    events = store.events(EventFilter(board=BOARD))
    again = fresh("sqlite")
    sync.sync_board(board(), archive, again, lexicon=default_lexicon())
    assert dump(store) == dump(again)
    return [(f"{event.kind}/{event.grade}", event.is_news) for event in events]


@pytest.mark.parametrize(("row", "expected"), [
    ("id-2,claude-opus-4-5,65,3,\n", [("rename/new_name", True)]),
    ("id-2,claude-4.5-opus,65,3,\n", [("rename/spelling", False)]),
    ("id-2,Claude 4.5 Opus,65,3,\n", []),
    ("id-2,Claude 4.5 Opus,66,3,\n", [("rename/relisted", True)]),
    ("id-1,Claude 4.5 Opus,65,3,\n", []),
])  # fmt: skip
def test_an_entry_that_is_back_under_another_key_neither_left_nor_entered(
    archive: FileArchive, row: str, expected: list[tuple[str, bool]]
):
    assert told(archive, row) == expected


@pytest.mark.parametrize("row", ["id-2,claude-opus-4-5,66,3,\n", "id-2,Claude 4.5 Sonnet,65,3,\n", "id-2,claude-opus-4-5,,3,\n"])
def test_another_value_or_variant_is_another_entry(archive: FileArchive, row: str):
    kinds = [kind for kind, _ in told(archive, row)]
    assert "debut/listing" in kinds
    assert "departure/confirmed" in kinds


def test_the_event_shows_where_the_entry_was_last(archive: FileArchive):
    store = fresh("sqlite")
    keep(archive, dict(enumerate((csv(SIX, end=OLD), csv(SIX), csv(SIX, end="id-2,claude-opus-4-5,65,3,\n")))))
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    (event,) = store.events(EventFilter(board=BOARD))
    assert event.headline == "Claude 4.5 Opus is now listed as claude-opus-4-5 on Acme Arena."
    assert event.facts["key_before"] == "id-1"
    first, last = event.evidence
    assert [(proof.entry, proof.raw) for proof in event.evidence] == [("id-1", "Claude 4.5 Opus"), ("id-2", "claude-opus-4-5")]
    assert OLD.encode() in archive.body(BOARD, first.sha256)
    assert OLD.encode() not in archive.body(BOARD, last.sha256)
