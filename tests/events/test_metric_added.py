"""A metric that a board shows for the first time, or again."""

import pytest
from kit import PRICE, SCORE, History, brief, line

FULL = {f"m{place:02}": 50 - place for place in range(12)}


def test_a_metric_that_appears_is_reported_once_and_its_values_are_not_news():
    history = History(SCORE, PRICE)
    history.show("a:50 b:40")
    (event,) = history.show("a:50 b:40", price="a:3")
    assert (brief([event]), event.headline) == (["metric_added/new @price"], "Board now has price for 1 of 2 entries.")
    assert history.show("a:50 b:40", price="a:3") == ()


@pytest.mark.parametrize("columns", [[], ["price"]])
def test_a_metric_that_was_lost_returns(columns: list[str]):
    history = History(SCORE, PRICE)
    history.show(line(FULL), price=line(FULL))
    history.show(line(FULL), columns=columns)
    history.show(line(FULL), columns=columns)
    (event,) = history.show(line(FULL), price=line(FULL))
    assert (brief([event]), event.headline) == (["metric_added/returned @price"], "Board shows price again for 12 of 12 entries.")


def test_a_metric_returns_once():
    history = History(SCORE, PRICE)
    for price in (line(FULL), "", line(FULL)):
        history.show(line(FULL), price=price)
    assert history.past.drifted == frozenset()
    assert history.show(line(FULL), price=line(FULL)) == ()


def test_a_first_primary_metric_makes_its_best_the_leader_without_news():
    history = History()
    history.show("a b")
    assert brief(history.show("a:50 b:40")) == ["metric_added/new"]
    assert history.past.leaders == {"score": ("a",)}
