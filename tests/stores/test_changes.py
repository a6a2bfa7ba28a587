"""The order in which the record gained and lost events."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import examples
from store_world import BOARD, OTHER, board, save_all, scores

from tracker.errors import DeclarationError
from tracker.model import EventFilter, RecordChange
from tracker.stores.change_log import ChangeLog
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


def test_each_event_is_given_once_and_each_withdrawal_once_through_200_kills(tmp_path: Path):
    chance = Random(18)
    path, seen, cursor, kills = tmp_path / "tracker.db", list[RecordChange](), "", 0
    with SqliteStore(path) as store:
        save_all(store, board(), [scores(day, page) for day, page in enumerate(PAGES)])
    while kills < 200:
        with suppress(ZeroDivisionError), SqliteStore(path) as store, store.rewriting(BOARD):
            save_all(store, board(), [scores(day, page) for day, page in enumerate(chance.choices(PAGES, k=3))])
            if chance.random() < 0.6:
                kills += 1
                raise ZeroDivisionError  # the replay is killed
        if chance.random() < 0.4:
            with SqliteStore(path, read_only=True) as store:
                found = store.changes(cursor, chance.randint(1, 30))
            if chance.random() < 0.3:
                kills += 1  # the client is killed before it notes what it got
            elif found:
                seen, cursor = [*seen, *found], found[-1].cursor
    with SqliteStore(path) as store:
        while found := store.changes(cursor, 7):
            seen, cursor = [*seen, *found], found[-1].cursor
        events = {event.id for event in store.events(EventFilter())}
    for event in {change.id for change in seen}:
        turns = [change.withdrawn for change in seen if change.id == event]
        assert turns == [bool(number % 2) for number in range(len(turns))], "gained and withdrawn take turns"
        assert (event in events) is not turns[-1]
    assert events <= {change.id for change in seen}
    assert all(change.event is not None for change in seen if not change.withdrawn)


def test_what_came_and_went_between_two_calls_is_not_given():
    with SqliteStore(IN_MEMORY) as store:
        save_all(store, board(), [scores(0, PAGES[0]), scores(1, PAGES[1])])
        first = store.changes()
        for pages in (PAGES[:1], PAGES[:2], PAGES[:3], PAGES[:2]):
            with store.rewriting(BOARD):
                save_all(store, board(), [scores(day, page) for day, page in enumerate(pages)])
        assert store.changes(first[-1].cursor) == store.changes(first[-1].cursor, 1) == []
        assert [change.id for change in store.changes()] == [change.id for change in first]


def test_rows_that_belong_together_move_the_cursor_only_at_their_end():
    with SqliteStore(IN_MEMORY) as store:
        log = ChangeLog(store._connection)
        log.add(["a", "b"])
        log.add(["a"], withdrawn=True)
        log.add(["c", "a", "d"])
        rows = [(row.event, row.cursor.partition("-")[0]) for row in log.after("", 9)]
        assert rows == [("b", ""), ("c", ""), ("a", "5"), ("d", "6")]
        assert [row.event for row in log.after("", 1)] == ["b", "c", "a"]
        assert [row.event for row in log.after(log.after("", 1)[-1].cursor, 9)] == ["d"]
