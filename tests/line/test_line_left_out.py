"""A row that cannot be read or believed costs nobody else anything, and says nothing about its own entry."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest
from line_world import BOARD, SCORE, at, board, dump, fresh, keep, kinds, note

from tracker.line import sync
from tracker.model import EntryId, Event, EventFilter, Result, State, Verdict
from tracker.ports import Store
from tracker.query.health import health
from tracker.query.standings import standings
from tracker.stores.archive import FileArchive
from tracker.workspace.names import default_lexicon

HEAD = "key,name,score,price,licence"
BASE = {f"m{number:02}": f"{1500 - 10 * number}" for number in range(40)}
"""The leader is m00 with 1500, then m01 with 1490."""
PARTIAL, WHOLE = "board_partial/rows", "board_recovered/partial"


def page(changes: Mapping[str, str] | None = None, *more: str, without: str = "") -> bytes:
    """The base with other scores, without some keys, and with more lines before all others."""
    values = {**BASE, **(changes or {})}
    lines = [f"{key},{key.upper()},{score},1," for key, score in values.items() if key not in without.split()]
    return "\n".join([HEAD, *more, *lines, ""]).encode()


def read(archive: FileArchive, store: Store, *bodies: bytes) -> list[str]:
    keep(archive, dict(enumerate(bodies)))
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    return kinds(store)


def ranks(store: Store) -> dict[str, int | None]:
    return {row.entry: row.rank for row in standings(board(), store)}


def events(store: Store, kind: str) -> list[Event]:
    return [event for event in store.events(EventFilter(board=BOARD)) if event.kind == kind]


# ── unreadable ───────────────────────────────────────────────────────────────────────────────────

ODD = {
    "no key": page(None, ",,1600,1,"),
    "a name of emoji": page(None, "x,💥,1600,1,"),
    "no name": page(None, "x,N/A!,½,1,"),
    "a duplicate": page(None, "m20,M20,1600,1,"),
    "surplus cells": page(None, "x,X,1,1600,1,,1,2"),
    "the leader's score": page({"m00": "½"}),
    "the leader's name": page(None, "m00,***,1500,1,", without="m00"),
    "the leader's key": page(None, "***,***,1500,1,", without="m00"),
    "the leader's row": page(None, "***,***,½,1,", without="m00"),
}


@pytest.mark.parametrize("odd", ODD)
def test_a_row_that_cannot_be_read_is_neither_departure_move_nor_lead(archive: FileArchive, store: Store, odd: str):
    assert read(archive, store, page(), ODD[odd], ODD[odd] + b"\n", page(), page() + b"\n") == [PARTIAL, WHOLE]
    assert {check.result for check in store.checks(BOARD)} == {Result.ACCEPTED}


@pytest.mark.parametrize("odd", [name for name in ODD if name.startswith("the leader")])
def test_nobody_is_promoted_because_a_row_above_cannot_be_read(archive: FileArchive, store: Store, odd: str):
    read(archive, store, page(), ODD[odd], ODD[odd] + b"\n")
    shown = ranks(store)
    assert "m00" not in shown
    assert [shown[f"m{number:02}"] for number in (1, 2, 39)] == [2, 3, 40]


def test_the_rows_left_out_are_listed_in_the_check_and_in_the_state_of_the_board(archive: FileArchive, store: Store):
    read(archive, store, page(), page({"m07": "pending?"}))
    row = "unreadable_cell: column score row 8, found 'pending?'"
    assert store.last_check(BOARD).message.startswith(f"acme/text: 1 row is left out: {row}")
    found = health(board(), store, now=at(1) + timedelta(hours=1))
    assert (found.state, found.reason[:26]) == (State.PARTIAL, "1 row is left out: unreada")
    assert [why.startswith(row) for why in found.left_out] == [True]
    (told,) = events(store, "board_partial")
    assert told.is_news
    assert list(told.facts["left_out"]) == ["m07"]


def test_true_changes_of_others_are_reported_while_a_row_is_left_out(archive: FileArchive, store: Store):
    found = read(archive, store, page(), page({"m07": "½", "m05": "1600"}))
    assert "new_leader/supported" in found
    assert PARTIAL in found


def test_what_changed_while_a_row_was_left_out_is_reported_when_it_is_read_again(archive: FileArchive, store: Store):
    odd = page({"m05": "½"})
    found = read(archive, store, page(), odd, odd + b"\n", page({"m05": "1600"}))
    assert "new_leader/supported" in found
    (revised,) = events(store, "score_revision")
    before, after = revised.evidence
    assert (before.raw, after.raw) == ("1450", "1600")
    assert (before.observed_at, after.observed_at) == (at(0), at(3))
    assert b"1450" in archive.body(BOARD, before.sha256)
    (span, again) = store.spans(BOARD, EntryId("m05"), SCORE)
    assert (span.valid_to, again.valid_from) == (at(1), at(3))


def test_a_model_whose_first_row_cannot_be_read_makes_its_debut_when_it_can(archive: FileArchive, store: Store):
    found = read(archive, store, page(), page(None, "new,New,½,1,"), page(None, "new,New,1600,1,"))
    assert found[0] == PARTIAL
    assert {"debut/listing", "new_leader/debut"} <= set(found[1:])


def test_a_row_of_a_boards_first_page_that_is_read_later_does_not_make_its_debut(archive: FileArchive, store: Store):
    assert read(archive, store, page({"m05": "½"}), page()) == [PARTIAL, WHOLE]


def test_an_entry_that_leaves_while_a_strange_row_stays_departs(archive: FileArchive, store: Store):
    odd = "💥,💥,1600,1,"
    left = page(None, odd, without="m30")
    found = read(archive, store, page(), page(None, odd), left, left + b"\n", left + b"\n\n")
    assert found == [PARTIAL, "departure/confirmed"]


def test_an_entry_that_goes_as_a_strange_row_comes_does_not_depart(archive: FileArchive, store: Store):
    odd = page(None, "💥,💥,1200,1,", without="m30")
    assert read(archive, store, page(), odd, odd + b"\n", odd + b"\n\n", page()) == [PARTIAL, WHOLE]


def test_an_entry_that_is_gone_after_its_row_could_not_be_read_departs(archive: FileArchive, store: Store):
    gone = page(without="m30")
    assert read(archive, store, page(), page({"m30": "½"}), gone, gone + b"\n", gone + b"\n\n") == [
        PARTIAL,
        WHOLE,
        "departure/confirmed",
    ]


# ── incredible ───────────────────────────────────────────────────────────────────────────────────

ABSURD = {
    "an absurd score": page({"m20": "99999"}),
    "a huge number": page({"m20": "1e308"}),
    "a score of zero": page({"m20": "-20000"}),
    "digits added": page({"m20": "13001"}),
    "a moved point": page({"m20": "130"}),
    "another model": page(None, "new,New,77777,1,"),
}


@pytest.mark.parametrize("absurd", ABSURD)
def test_a_row_that_nobody_would_believe_waits_for_a_second_reading(archive: FileArchive, store: Store, absurd: str):
    assert read(archive, store, page(), ABSURD[absurd]) == [PARTIAL]
    (told,) = events(store, "board_partial")
    assert not told.is_news
    keep(archive, {2: page()})
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    assert kinds(store) == [PARTIAL, WHOLE]
    assert not events(store, "board_recovered")[0].is_news
    assert health(board(), store, now=at(2) + timedelta(hours=1)).state is State.OK


@pytest.mark.parametrize("again", ["the same bytes", "not modified", "other bytes"])
@pytest.mark.parametrize("absurd", ["an absurd score", "another model"])
def test_a_second_reading_that_shows_the_same_is_believed(archive: FileArchive, store: Store, absurd: str, again: str):
    read(archive, store, page(), ABSURD[absurd])
    if again == "not modified":
        note(archive, 2, Verdict.NOT_MODIFIED, status=304, sha256=archive.last(BOARD).sha256)
    else:
        keep(archive, {2: ABSURD[absurd] + (b"\n" if again == "other bytes" else b"")})
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    grade, change = ("supported", "score_revision/beyond_error") if absurd == "an absurd score" else ("debut", "debut/listing")
    assert {f"new_leader/{grade}", change} <= set(kinds(store))
    assert store.past(BOARD).left_out == {}


def test_another_absurd_value_waits_again(archive: FileArchive, store: Store):
    assert read(archive, store, page(), page({"m20": "99999"}), page({"m20": "50000"})) == [PARTIAL]
    assert set(store.past(BOARD).left_out) == {"m20"}


def test_an_absurd_value_does_not_take_the_lead_from_anybody(archive: FileArchive, store: Store):
    read(archive, store, page(), ABSURD["another model"])
    assert ranks(store) == {key: number for number, key in enumerate(BASE, 1)}


def test_an_entry_keeps_its_place_while_its_value_is_doubted(archive: FileArchive, store: Store):
    read(archive, store, page(), ABSURD["an absurd score"])
    assert [ranks(store)[key] for key in ("m19", "m21")] == [20, 22]


def test_many_doubtful_values_hold_back_the_whole_reading(archive: FileArchive, store: Store):
    assert read(archive, store, page(), page({"m20": "13001", "m21": "12901"})) == ["board_broken/quarantine"]
    assert "2 entries have doubtful values, such as Score of M20" in store.last_check(BOARD).message


def test_the_history_is_the_same_however_its_captures_arrive(archive: FileArchive, store: Store):
    days = [page(), ODD["the leader's name"], ABSURD["an absurd score"], ABSURD["an absurd score"], page({"m03": "½"}), page()]
    read(archive, store, *days)
    whole = fresh("memory")
    sync.sync_board(board(), archive, whole, lexicon=default_lexicon())
    late, other = FileArchive(archive._root.with_name("late")), fresh("memory")
    for number in (0, 2, 4, 1, 3, 5):
        keep(late, {number: days[number]})
        sync.sync_board(board(), late, other, lexicon=default_lexicon())
    assert dump(other) == dump(whole)
    before = dump(store)
    sync.replay(board(), archive, store, lexicon=default_lexicon())
    assert dump(store) == before
