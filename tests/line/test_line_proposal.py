"""A board that breaks says what seems to have replaced the column that is gone."""

from __future__ import annotations

from line_world import BOARD, SIX, at, board, csv

from tracker.clock import FixedClock
from tracker.line import intake, sync
from tracker.model import Capture, Event, EventFilter
from tracker.ports import Store
from tracker.stores.archive import FileArchive

RENAMED = csv(SIX).replace(b"score", b"rating_value", 1)


def take(archive: FileArchive, store: Store, number: float, body: bytes) -> None:
    fetched = Capture(board=BOARD, observed_at=at(number), url="https://acme.example/x", bodies=(body,))
    intake.take(board(), fetched, archive=archive, store=store, clock=FixedClock(at(number)))


def broken(store: Store) -> Event:
    (event,) = [one for one in store.events(EventFilter()) if one.kind == "board_broken"]
    return event


def test_board_broken_names_the_column_that_holds_what_the_old_one_held(archive: FileArchive, store: Store):
    take(archive, store, 0, csv(SIX))
    take(archive, store, 1, RENAMED)
    message = str(broken(store).facts["message"])
    assert "missing_column: column score" in message
    assert "column `score` is gone; `rating_value` looks like it (1.00 rank correlation with the last reading over 6" in message
    assert message.endswith(f"(tracker board heal {BOARD})")


def test_a_replay_says_the_same(archive: FileArchive, store: Store):
    take(archive, store, 0, csv(SIX))
    take(archive, store, 1, RENAMED)
    before = broken(store)
    sync.replay(board(), archive, store)
    assert broken(store) == before


def test_nothing_is_proposed_where_nothing_holds_it_or_there_was_no_reading(archive: FileArchive, store: Store):
    take(archive, store, 0, RENAMED)
    assert "looks like it" not in str(broken(store).facts["message"])
    take(archive, store, 1, csv(SIX))
    luck = {"a": 3, "b": 1, "c": 9, "d": 2, "e": 8, "f": 1}
    page = "key,name,luck,price,licence\n" + "".join(f"{key},{key.upper()},{figure},,\n" for key, figure in luck.items())
    take(archive, store, 2, page.encode())
    assert all(
        "looks like it" not in str(one.facts["message"]) for one in store.events(EventFilter()) if one.kind == "board_broken"
    )
