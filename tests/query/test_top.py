"""The first rows of a board in a report, and their moves within its window."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from kit import START, metric
from models_world import Record
from query_world import at, board, entry, save

from tracker.model import TopRow
from tracker.ports import Store
from tracker.query.top import top


def rows(store: Store, since: float, until: float) -> list[tuple[int, int | None, str, str]]:
    made = top(board(), store, since=at(since), until=at(until))
    return [(row.rank, row.was, row.name, row.value) for row in made.rows] if made else []


def test_the_best_five_are_shown_with_the_rank_they_had_before_the_window(store: Store):
    save(store, 0, [entry(key, 90 - place) for place, key in enumerate("abcdef")])
    save(
        store, 1, [entry("f", 99), entry("g", 95, estimated=True), *(entry(key, 90 - place) for place, key in enumerate("abcde"))]
    )
    assert rows(store, 1, 2) == [
        (1, 6, "F", "99"),
        (2, None, "G", "~95"),
        (3, 1, "A", "90"),
        (4, 2, "B", "89"),
        (5, 3, "C", "88"),
    ]


def test_a_reading_at_the_end_of_the_window_is_not_in_it(store: Store):
    save(store, 0, [entry("a", 90), entry("b", 80)])
    save(store, 1, [entry("a", 90), entry("b", 95)])
    assert rows(store, 0, 1) == [(1, None, "A", "90"), (2, None, "B", "80")]


def test_without_a_reading_before_the_window_nothing_is_said_to_be_new(store: Store):
    save(store, 0, [entry("a", 90)])
    made = top(board(), store, since=at(0), until=at(1))
    assert made is not None
    assert made.has_error
    assert (made.metric, made.rows, made.is_compared) == ("Score", (TopRow(rank=1, was=None, name="A", value="90"),), False)


def test_a_board_without_an_order_or_without_a_reading_has_no_top(store: Store):
    assert top(board(), store, since=at(0), until=at(1)) is None
    save(store, 0, [entry("a", 90)])
    unranked = replace(board(), metrics=tuple(replace(metric, primary=False) for metric in board().metrics))
    assert top(unranked, store, since=at(0), until=at(1)) is None


def test_a_board_of_points_shows_the_counts_with_their_unit():
    record = Record(metric(nature="points", unit="stars"))
    record.show("a:1200 b:1100")
    record.show("a:1210 b:1300")
    made = top(record.board, record.store, since=START + timedelta(hours=12), until=START + timedelta(days=2))
    assert made is not None
    assert [(row.rank, row.was, row.name, row.value) for row in made.rows] == [
        (1, 2, "b", "1,300 stars"),
        (2, 1, "a", "1,210 stars"),
    ]


def test_an_entry_under_another_key_is_not_new():
    record = Record(metric(nature="points"))
    record.show("ollama:1200 LocalAI:1100 vllm:900")
    record.show("ollama:1200 Local_AI:1110 vllm:900 sglang:800")
    record.show("ollama:1200 Local-A.I:1120 vllm:900 sglang:800")
    made = top(record.board, record.store, since=START + timedelta(hours=12), until=START + timedelta(days=1.5))
    assert made is not None
    assert [(row.was, row.name) for row in made.rows] == [(1, "ollama"), (2, "Local_AI"), (3, "vllm"), (None, "sglang")]
