"""A board that breaks names the command that finds what replaced the column that is gone; the event itself holds no guess."""

from __future__ import annotations

import pytest
from line_world import BOARD, SIX, at, board, csv

from tracker.clock import FixedClock
from tracker.line import intake, sync
from tracker.model import Capture, Event, EventFilter
from tracker.ports import Store
from tracker.stores.archive import FileArchive
from tracker.workspace.names import default_lexicon

RENAMED = csv(SIX).replace(b"score", b"rating_value", 1)


def take(archive: FileArchive, store: Store, number: float, body: bytes) -> None:
    fetched = Capture(board=BOARD, observed_at=at(number), url="https://acme.example/x", bodies=(body,))
    intake.take(board(), fetched, archive=archive, store=store, clock=FixedClock(at(number)), lexicon=default_lexicon())


def broken(store: Store) -> Event:
    (event,) = [event for event in store.events(EventFilter()) if event.kind == "board_broken"]
    return event


def test_board_broken_names_the_command_that_finds_what_replaced_a_column(archive: FileArchive, store: Store):
    take(archive, store, 0, csv(SIX))
    take(archive, store, 1, RENAMED)
    message = str(broken(store).facts["message"])
    assert "missing_column: column score" in message
    assert message.endswith(f"; if the page has changed, to find what replaced it: tracker board repair {BOARD}")


@pytest.mark.parametrize(
    "body",
    [
        csv(SIX).replace(b"80", b"eighty", 1).replace(b"70", b"seventy", 1),
        csv(SIX).replace(b"A", b"\xe9", 1),
        b"\x1f\x8b damaged",
    ],
)
def test_repair_is_not_named_where_no_column_is_gone(archive: FileArchive, store: Store, body: bytes):
    take(archive, store, 0, csv(SIX))
    take(archive, store, 1, body)
    assert "tracker board repair" not in str(broken(store).facts["message"])


def test_a_board_that_could_never_be_read_has_nothing_to_compare_with(archive: FileArchive, store: Store):
    take(archive, store, 0, RENAMED)
    assert "tracker board repair" not in str(broken(store).facts["message"])


def test_a_replay_says_the_same(archive: FileArchive, store: Store):
    take(archive, store, 0, csv(SIX))
    take(archive, store, 1, RENAMED)
    before = broken(store)
    sync.replay(board(), archive, store, lexicon=default_lexicon())
    assert broken(store) == before
