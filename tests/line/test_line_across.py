"""What several boards say together is worked out from the store, and is the same in whatever order they were read."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from line_world import BOARD, OTHER, at, board, csv, fresh, keep

from tracker.line import panel, sync
from tracker.model import BoardId, Event
from tracker.ports import Store
from tracker.stores.archive import FileArchive
from tracker.workspace.names import default_lexicon

PASSED = {0: csv("claude-opus-4.6:80 gpt-5.2:90"), 1: csv("claude-opus-4.6:95 gpt-5.2:90")}
LATER = {number + 3: body for number, body in PASSED.items()}


def read(store: Store, archive: FileArchive, order: Sequence[BoardId]) -> None:
    keep(archive, PASSED, BOARD)
    keep(archive, LATER, OTHER)
    for name in order:
        sync.sync_board(board(name), archive, store, lexicon=default_lexicon())


def reported(store: Store, since: float = 0, until: float = 30, **more: object) -> list[tuple[str, str]]:
    return [(event.kind, event.grade) for event in events_across(store, since, until, **more)]


def events_across(store: Store, since: float = 0, until: float = 30, **more: object) -> tuple[Event, ...]:
    return panel.across(store, since=at(since), until=at(until), lexicon=default_lexicon(), **more)


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_an_overtake_on_two_boards_is_reported_in_any_order_of_reading(kind: str, tmp_path):
    stores = [fresh(kind), fresh(kind)]
    for number, (store, order) in enumerate(zip(stores, [(BOARD, OTHER), (OTHER, BOARD)], strict=True)):
        read(store, FileArchive(tmp_path / str(number)), order)
    assert reported(stores[0]) == [("consensus", "agreed")]
    assert events_across(stores[0]) == events_across(stores[1])


def test_it_is_reported_only_in_the_window_of_the_later_board(archive: FileArchive):
    store = fresh("memory")
    read(store, archive, (BOARD, OTHER))
    assert reported(store, 0, 3) == []
    assert reported(store, 3, 5) == [("consensus", "agreed")]
    assert reported(store, 5, 30) == []


def test_boards_outside_the_query_do_not_count(archive: FileArchive):
    store = fresh("memory")
    read(store, archive, (BOARD, OTHER))
    assert reported(store, boards=[BOARD]) == []


def test_the_standings_are_those_of_the_moment_of_the_report(archive: FileArchive):
    store = fresh("memory")
    read(store, archive, (BOARD, OTHER))
    keep(archive, {10: PASSED[0]}, BOARD)
    sync.sync_board(board(BOARD), archive, store, lexicon=default_lexicon())
    (agreed,) = events_across(store, until=11)
    assert (agreed.grade, agreed.subjects[0].entry, agreed.recorded_at) == ("agreed", "claude-opus-4.6", at(4))
    assert events_across(store, until=10) == (agreed,)


def test_a_window_gives_what_its_moments_give_one_by_one(archive: FileArchive):
    store = fresh("memory")
    rows = [
        "claude-opus-4.6:80 gpt-5.2:90 glm-5:70",
        "claude-opus-4.6:95 gpt-5.2:90 glm-5:97",
        "gpt-5.2:99 glm-5:71 claude-opus-4.6:98",
    ]
    pages = {number: csv(text) for number, text in enumerate(rows)}
    for name, shift in ((BOARD, 0), (OTHER, 0.5)):
        keep(archive, {number + shift: body for number, body in pages.items()}, name)
        sync.sync_board(board(name), archive, store, lexicon=default_lexicon())
    halves = [number / 2 for number in range(12)]
    one_by_one = [event for begin in halves for event in events_across(store, begin, begin + 0.5)]
    assert len({event.recorded_at for event in one_by_one}) > 1
    assert list(events_across(store, 0, 6)) == one_by_one
