"""A metric whose column is gone."""

from kit import PRICE, SCORE, History, brief


def test_a_column_that_is_gone_is_reported_once():
    history = History(SCORE, PRICE)
    history.show("a:50 b:40 c:30", price="a:3 b:4")
    (event,) = history.show("a:50 b:40 c:30")
    assert (brief([event]), event.headline) == (
        ["metric_removed/removed @price"],
        "Board no longer has price; 2 entries had a value.",
    )
    assert history.show("a:50 b:40 c:30") == ()


def test_an_empty_column_is_not_gone():
    history = History(SCORE, PRICE)
    history.show("a:50 b:40 c:30", price="a:3 b:4")
    assert history.show("a:50 b:40 c:30", columns=["price"]) == ()


def test_the_leader_keeps_the_lead_while_the_column_is_gone():
    history = History()
    for text in ("a:50 b:40", "a b", "a b"):
        history.show(text)
    assert history.past.leaders == {"score": ("a",)}
