"""The order in which the record gained and lost events."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import examples
from store_world import BOARD, OTHER, board, save_all, scores

from tracker.errors import DeclarationError
from tracker.model import EventFilter, RecordChange
from tracker.stores.sqlite import SqliteStore

IN_MEMORY = Path(":memory:")
PAGES = ("a:90 b:80", "a:90 b:95", "a:99 b:95 c:1", "c:100 a:90 b:95")


def lived_through(changes: list[RecordChange]) -> Counter[str]:
    """How often each event is there for a client that saw these changes."""
    there = Counter[str]()
    for change in changes:
        there[change.id] += -1 if change.withdrawn else 1
    return +there


@examples(40)
@given(
    histories=st.lists(st.lists(st.sampled_from(PAGES), min_size=1, max_size=4), min_size=1, max_size=4),
    most=st.integers(1, 5),
    looks=st.sets(st.integers(0, 3)),
)
def test_a_client_knows_the_events_of_the_store_whatever_was_rewritten(histories: list[list[str]], most: int, looks: set[int]):
    with SqliteStore(IN_MEMORY) as store:
        store.declare(board())
        seen: list[RecordChange] = []
        for number, pages in enumerate(histories):
            with store.rewriting(BOARD):
                save_all(store, board(), [scores(day, page) for day, page in enumerate(pages)])
            while number in {*looks, len(histories) - 1} and (found := store.changes(seen[-1].cursor if seen else "", most)):
                assert len(found) <= most
                seen += found
        known = lived_through(seen)
        assert known == Counter(event.id for event in store.events(EventFilter()))
        assert all(change.event is not None for change in seen if known[change.id] and not change.withdrawn)


def test_events_come_in_the_order_in_which_they_were_recorded_not_dated():
    with SqliteStore(IN_MEMORY) as store:
        save_all(store, board(), [scores(5, PAGES[0]), scores(6, PAGES[1])])
        save_all(store, board(OTHER), [scores(0, PAGES[0], board_id=OTHER), scores(1, PAGES[1], board_id=OTHER)])
        boards = [change.board for change in store.changes()]
        assert boards == sorted(boards, reverse=True)
        assert set(boards) == {BOARD, OTHER}


def test_a_replay_that_finds_the_same_adds_nothing_and_one_that_does_not_withdraws_by_name():
    pages = [scores(0, PAGES[0]), scores(1, PAGES[1])]
    with SqliteStore(IN_MEMORY) as store:
        save_all(store, board(), pages)
        before = store.changes()
        with store.rewriting(BOARD):
            save_all(store, board(), pages)
        assert store.changes() == before
        with store.rewriting(BOARD):
            save_all(store, board(), pages[:1])
        lost = store.changes(before[-1].cursor)
        assert {(change.id, change.headline, change.withdrawn) for change in lost} == {
            (change.id, change.headline, True)
            for change in before
            if change.event is not None and change.event.until == pages[1].observed_at
        }
        with store.rewriting(BOARD):
            save_all(store, board(), pages)
        assert [change.id for change in store.changes(lost[-1].cursor)] == [
            change.id for change in before if change.id in {change.id for change in lost}
        ]


def test_a_rewriting_that_fails_leaves_the_order_as_it_was():
    with SqliteStore(IN_MEMORY) as store:
        save_all(store, board(), [scores(0, PAGES[0]), scores(1, PAGES[1])])
        before = store.changes()
        with suppress(ZeroDivisionError), store.rewriting(BOARD):
            save_all(store, board(), [scores(0, PAGES[2])])
            raise ZeroDivisionError
        assert store.changes() == before


@pytest.mark.parametrize("cursor", ["x", "1", "1-", "9-ab", "1-0", "-1-ab"])
def test_a_cursor_of_another_store_is_refused(cursor: str):
    with SqliteStore(IN_MEMORY) as store:
        save_all(store, board(), [scores(0, PAGES[0]), scores(1, PAGES[1])])
        with pytest.raises(DeclarationError, match=f'cursor "{cursor}"'):
            store.changes(cursor)


def test_a_store_that_went_another_way_does_not_take_the_cursor():
    with SqliteStore(IN_MEMORY) as store, SqliteStore(IN_MEMORY) as other:
        save_all(store, board(), [scores(0, PAGES[0]), scores(1, PAGES[1])])
        save_all(other, board(), [scores(0, PAGES[0]), scores(1, PAGES[2]), scores(2, PAGES[3])])
        with pytest.raises(DeclarationError, match="another past"):
            other.changes(store.changes()[-1].cursor)
