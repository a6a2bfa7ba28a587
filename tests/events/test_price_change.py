"""A price that changed."""

from dataclasses import replace

import pytest
from kit import PRICE, SCORE, History, brief, line, metric, of, snapshot

from tracker.model import Event, MetricId


def prices(before: str, after: str, *, on=PRICE) -> tuple[Event, ...]:
    history = History(SCORE, on)
    history.show("", **{on.id: before})
    return history.show("", **{on.id: after})


def test_a_cut_and_a_rise_state_their_share():
    cut, rise = prices("a:3 b:0.25 c:10 d:1 e:2", "a:2.5 b:0.30 c:10 d:1 e:2")
    assert brief([cut, rise]) == ["price_change/cut a @price", "price_change/rise b @price"]
    assert cut.headline == "a: price on Board drops from $3 to $2.50 (−17 %)."
    assert (cut.facts["before"], cut.facts["after"], cut.is_news) == (3.0, 2.5, True)
    assert [proof.raw for proof in cut.evidence] == ["3", "2.5"]


def test_a_price_that_was_nothing_has_no_share():
    (event,) = prices("a:0 b:1 c:2", "a:3 b:1 c:2")
    assert (event.facts["change"], event.headline) == (None, "a: price on Board rises from $0 to $3.")


@pytest.mark.parametrize(("after", "weight"), [("9", 22), ("5", 35), ("20", 35), ("0", 50), ("40", 50)])
def test_the_larger_the_change_the_more_it_weighs(after: str, weight: int):
    (event,) = of("price_change", prices("a:10 b:1 c:2", f"a:{after} b:1 c:2"))
    assert event.weight == weight


def test_a_change_beyond_all_measure_still_has_a_weight():
    (event,) = prices("a:5e-324 b:1 c:2", "a:1 b:1 c:2")
    assert event.weight == 50


@pytest.mark.parametrize(("before", "after"), [("a:3 b:4", "a b:4"), ("a b:4", "a:3 b:4")])
def test_a_price_that_vanished_or_came_is_unknown_not_changed(before: str, after: str):
    assert of("price_change", prices(before, after)) == []


def test_prices_of_a_formula_that_changed_are_not_price_changes():
    assert [event.kind for event in prices("a:3 b:4 c:5 d:6", "a:2 b:3.2 c:7 d:6")] == ["methodology"]


def test_prices_of_an_emptied_field_are_an_alarm_not_a_price_change():
    before = " ".join(f"m{place}:3" for place in range(8))
    assert [event.kind for event in prices(before, before.replace(":3", ""))] == ["metric_removed"]


@pytest.mark.parametrize(("changed", "now", "grades"), [
    (8, {}, ["restated"]),
    (8, {"columns": ["price", "blended"]}, ["restated"]),
    (7, {}, ["cut"] * 7),
    (8, {"blended": "m00:5 m01:4 m02:3 m03:2 m04:1"}, ["cut"] * 8),
])  # fmt: skip
def test_many_prices_that_change_as_another_price_goes_are_one_event(changed: int, now: dict[str, object], grades: list[str]):
    history, blended = (
        History(SCORE, PRICE, replace(PRICE, id=MetricId("blended"), title="blended price")),
        "m00:5 m01:4 m02:3 m03:2 m04:1",
    )
    before = {f"m{place:02}": 10.0 + place for place in range(20)}
    after = {key: value - (1 + place / 9 if place < changed else 0) for place, (key, value) in enumerate(before.items())}
    history.show("", price=line(before), blended=blended)
    events = of("price_change", history.show("", price=line(after), **now))
    assert [event.grade for event in events] == grades
    assert all(event.is_news for event in events)
    if grades == ["restated"]:
        assert events[0].headline == (
            "price of 8 entries changes on Board at once, as blended price loses its values;"
            " that may be another source rather than their price."
        )
        assert (dict(events[0].facts), len(events[0].subjects)) == ({"others": ["blended price loses its values"], "count": 8}, 8)


def test_many_prices_that_change_as_another_one_is_new_are_one_event():
    history = History(SCORE, PRICE, replace(PRICE, id=MetricId("blended"), title="blended price"))
    history.show("", price=line({f"m{place:02}": 10 + place for place in range(20)}))
    after = {f"m{place:02}": 10 + place - (1 + place / 9 if place < 8 else 0) for place in range(20)}
    (event,) = of("price_change", history.show("", price=line(after), blended="m00:5 m01:4"))
    assert event.facts["others"] == ["blended price is new"]


def cut(count: int, *creators: str, by: float = 0.8) -> list[str]:
    """The events when this number of prices change by one ratio, those of one creator after another."""
    before = {f"m{place:02}": 10 * (place + 1) for place in range(count)}
    still = {f"z{place:02}": 5 for place in range(count + 5)}
    after = {key: round(value * by, 2) for key, value in before.items()}
    made = {key: {"creator": creators[place % len(creators)]} for place, key in enumerate(before)}
    history = History(SCORE, PRICE)
    history.show("", price=line(before | still), attributes=made)
    return [event.grade for event in history.show("", price=line(after | still), attributes=made)]


@pytest.mark.parametrize(("count", "grades"), [(7, ["cut"] * 7), (8, ["uniform"]), (20, ["uniform"])])
def test_eight_prices_of_one_creator_that_change_by_one_ratio_are_one_story(count: int, grades: list[str]):
    assert cut(count, "Lab") == grades


def test_prices_of_several_creators_are_separate_events():
    assert cut(14, "Lab", "Other") == ["cut"] * 14
    assert cut(16, "Lab", "Other") == ["uniform"] * 2


@pytest.mark.parametrize("on", [metric("speed", "live", topic="price"), metric("price", "listed", topic="price", volatile=True)])
def test_a_metric_that_is_not_compared_has_no_price_changes(on):
    assert prices("a:3 b:4 c:5", "a:2 b:4 c:5", on=on) == ()


def week(*prices: str, days: float = 1) -> list[bool]:
    """Whether each change of the price of a is news, `days` apart."""
    history = History(SCORE, PRICE)
    told = []
    for number, price in enumerate(prices):
        events = history.take(snapshot("a:3 b:2 c:1", day=number * days, price=f"a:{price} b:1 c:2"))
        told += [event.is_news for event in of("price_change", events)]
    return told


def test_a_change_under_five_per_cent_is_recorded_and_not_news():
    assert week("10.00", "9.60") == [False]
    assert week("10.00", "9.50") == [True]


def test_a_small_change_is_recorded_also_if_the_week_adds_up_to_more():
    assert week("10.00", "9.70", "9.40") == [False, False]
    assert week("10.00", "9.70", "9.40", days=8) == [False, False]


def test_a_price_that_returns_within_a_week_is_news_only_to_withdraw_what_was_reported():
    assert week("10", "20", "10") == [True, True]
    assert week("10", "9.7", "10") == [False, False]
    assert week("10", "20", "10", "20") == [True, True, True]
    assert week("10", "10.3", "20", "10.3") == [False, True, True]
    assert week("10", "10.3", "20", "20.5", "20") == [False, True, False, False]


def test_the_return_of_a_reported_price_names_the_change_that_it_withdraws():
    history = History(SCORE, PRICE)
    for number, price in enumerate(("10", "20", "10")):
        events = history.take(snapshot("a:3 b:2", day=number, price=f"a:{price} b:1"))
    (event,) = of("price_change", events)
    assert event.headline == "a: price on Board is back at $10, after $20: the change of 2026-03-03 is withdrawn."
    assert (event.grade, event.weight, event.facts["before"], event.facts["after"]) == ("returned", 20, 20.0, 10.0)


def test_a_price_that_returns_after_a_week_changed_again():
    assert week("10", "20", "10", days=8) == [True, True]
    history = History(SCORE, PRICE)
    for number, price in enumerate(("10", "20", "10")):
        events = history.take(snapshot("a:3 b:2", day=8 * number, price=f"a:{price} b:1"))
    assert [event.grade for event in of("price_change", events)] == ["cut"]


def test_a_halved_price_weighs_as_much_as_a_doubled_one():
    events = of("price_change", prices("a:10 b:10 c:2", "a:5 b:20 c:2"))
    assert len({event.weight for event in events}) == 1
