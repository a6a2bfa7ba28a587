"""A board that is well again."""

from dataclasses import replace

import pytest
from kit import SCORE, START, History, board, brief, snapshot

from tracker.compare import compare
from tracker.events.board_recovered import changed, detect
from tracker.model import BoardState


def recovered(past: BoardState, after: str = "a:50 b:40", *, hours: float = 24) -> list:
    return list(detect(compare(board(), snapshot("a:50 b:40"), snapshot(after, day=hours / 24)), past))


@pytest.mark.parametrize(
    ("hours", "words"), [(1.5, "90 minutes"), (7, "7 hours"), (47, "47 hours"), (48, "2 days"), (24 * 57, "57 days")]
)
def test_a_broken_board_reads_again_after_a_time_in_words(hours: float, words: str):
    (event,) = recovered(BoardState(broken_since=START, broken_by="no table"), hours=hours)
    assert (brief([event]), event.headline) == (["board_recovered/broken"], f"Board reads again after {words}.")
    assert event.facts == {"since": START.isoformat(), "lasted_s": int(hours * 3600), "why": "no table", "missed": 0}


@pytest.mark.parametrize(("missed", "words"), [(1, "1 reading in a row had failed"), (9, "9 readings in a row had failed")])
def test_a_recovery_says_how_many_readings_were_missed(missed: int, words: str):
    (event,) = recovered(BoardState(broken_since=START, broken_by="no table", failing_since=START, failures=missed))
    assert event.headline == f"Board reads again after 24 hours; {words}."
    assert event.facts["missed"] == missed


def test_a_stale_board_recovers_only_when_its_content_changes():
    stale = BoardState(stale_since=START)
    assert recovered(stale) == []
    assert brief(recovered(stale, "a:50 b:41")) == ["board_recovered/stale"]


def test_a_board_that_is_well_does_not_recover():
    assert recovered(BoardState(), "a:50 b:41") == []


def test_after_a_recovery_nothing_is_open():
    history = History()
    history.show("a:50 b:40")
    history.past = replace(history.past, broken_since=START, broken_by="no table", stale_since=START)
    assert brief(history.show("a:50 b:41"))[:2] == ["board_recovered/broken", "board_recovered/stale"]
    assert (history.past.broken_since, history.past.broken_by, history.past.stale_since) == (None, "", None)


@pytest.mark.parametrize(("before", "after", "differs"), [
    ("a:50 b:40", "a:50 b:40", False),
    ("a:50 b:40", "b:40 a:50", False),
    ("a:50 b:40", "a:50 b:41", True),
    ("a:50 b:40", "a:50.01 b:40.02", True),
    ("a:50 b:40", "a:50 b:40 c", True),
    ("a:50 b:40", "a:50", True),
    ("a:50 b:40", "a:50 b", True),
    ("a:50 b", "a b:50", True),
    ("a:50 b:~40", "a:50 b:40", True),
    ("a:50±3 b:40", "a:50±4 b:40", True),
    ("a:50.0 b:40", "a:50 b:40", False),
])  # fmt: skip
def test_content_changes_with_entries_values_intervals_and_what_is_estimated(before: str, after: str, differs: bool):
    assert changed(compare(board(SCORE), snapshot(before), snapshot(after, day=1))) is differs


@pytest.mark.parametrize("more", [{"names": {"a": "Alpha"}}, {"attributes": {"a": {"licence": "MIT"}}}])
def test_content_changes_with_names_and_properties(more: dict[str, object]):
    assert changed(compare(board(), snapshot("a:50"), snapshot("a:50", day=1, **more)))


def test_a_first_snapshot_is_a_change():
    assert changed(compare(board(), None, snapshot("a:50")))
