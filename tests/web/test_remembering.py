"""Answers of a store that requests share: asked once for each version, and never more than there is room for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import cast

from tracker.ports import Store
from tracker.web.site.remembering import Remembered, Remembering


class Counting:
    """Answers with what it was asked, and counts how often."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()

    def checks(self, board: str) -> Iterator[str]:
        self.asked["checks"] += 1
        yield from (board, "checked")

    def at(self, board: str, day: int, metrics: tuple[str, ...] | None = None) -> tuple[object, ...]:
        self.asked["at"] += 1
        return board, day, metrics

    def event(self, name: str) -> str:
        self.asked["event"] += 1
        return name


def test_requests_of_one_version_ask_once_and_read_as_often_as_they_like():
    store, answers = Counting(), Remembered()
    for _ in range(3):
        remembering = Remembering(cast("Store", store), answers)
        assert list(remembering.checks("a")) == list(remembering.checks("a")) == ["a", "checked"]
        assert [remembering.at("a", 1, iter(["m"])), remembering.at("a", 1, ["m"])] == [("a", 1, ("m",))] * 2
        assert remembering.event("e") == "e"
    assert store.asked == {"checks": 1, "at": 1, "event": 3}


def test_another_version_asks_again():
    store = Counting()
    for _ in range(2):
        Remembering(cast("Store", store), Remembered()).at("a", 1)
    assert store.asked["at"] == 2


def test_a_client_that_asks_for_every_time_fills_no_memory():
    store, answers = Counting(), Remembered()
    remembering = Remembering(cast("Store", store), answers)
    for day in (*range(1000), 999, 0):
        assert remembering.at("a", day) == ("a", day, None)
    assert store.asked["at"] == 1001
