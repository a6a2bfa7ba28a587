"""A field that lost its values: an alarm, once, and no conclusions."""

from kit import PRICE, SCORE, History, brief, line

FULL = {f"m{place:02}": 50 - place for place in range(12)}
THIN = {key: "" if place < 6 else value for place, (key, value) in enumerate(FULL.items())}
EMPTY = dict.fromkeys(FULL, "")


def test_a_thinned_field_is_one_alarm_and_nothing_else():
    history = History()
    history.show(line(FULL))
    (event,) = history.show(line(THIN))
    assert (brief([event]), event.is_news) == (["field_drift/thinned"], True)
    assert event.headline == "Board: score lost many of its values (12 before, 6 now); nothing is concluded from it."
    assert len({proof.sha256 for proof in event.evidence}) == 2


def test_an_emptied_field_is_one_alarm():
    history = History()
    history.show(line(FULL))
    (event,) = history.show(line(EMPTY), columns=["score"])
    assert brief([event]) == ["field_drift/emptied"]
    assert "lost all its values (12 before, 0 now)" in event.headline


def test_the_alarm_is_reported_once_and_its_end_is_silent():
    history = History()
    for values in (FULL, THIN):
        history.show(line(values))
    assert [history.show(line(values)) for values in (THIN, THIN, FULL, FULL)] == [()] * 4


def test_a_field_that_is_lost_again_is_reported_again():
    history = History()
    for values in (FULL, THIN, FULL):
        history.show(line(values))
    assert brief(history.show(line(THIN))) == ["field_drift/thinned"]


def test_every_lost_field_has_its_alarm():
    history = History(SCORE, PRICE)
    history.show(line(FULL), price=line(FULL))
    assert brief(history.show(line(EMPTY), price=line(THIN), columns=["score"])) == [
        "field_drift/emptied",
        "field_drift/thinned @price",
    ]


def test_fewer_than_five_lost_values_do_not_raise_an_alarm():
    history = History(SCORE, PRICE)
    history.show("a:5 b:4 c:3 d:2", price="a:5 b:4 c:3 d:2")
    assert history.show("a:5 b:4 c:3 d:2", price="a b c d", columns=["price"]) == ()
