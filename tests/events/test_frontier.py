"""Who enters and leaves the frontier of score against price, size and speed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import PRICE, SCORE, START, History, brief, examples, metric, of, snapshot

from tracker.events.frontier import Point, dominator, frontier
from tracker.model import EntryId, Event

SPEED = metric("speed", "live", topic="speed", primary=False)


def seen(*days: dict[str, object], on: tuple = (SCORE, PRICE)) -> list[Event]:
    """The frontier events of the last day."""
    history = History(*on)
    *earlier, last = days
    for day in earlier:
        history.show(**day)
    return of("frontier", history.show(**last))


def day(text: str, price: str = "", **more: object) -> dict[str, object]:
    return {"text": text, "price": price, **more}


def on_it(points: dict[EntryId, Point]) -> set[EntryId]:
    """Brute force: nobody is as good for less, or better for as much."""
    return {
        entry
        for entry, (standing, cost) in points.items()
        if not any(
            other_standing <= standing and other_cost <= cost and (other_standing, other_cost) != (standing, cost)
            for other_standing, other_cost in points.values()
        )
    }


POINTS = st.dictionaries(
    st.sampled_from([EntryId(key) for key in "abcdefghijklmnop"]),
    st.tuples(st.integers(0, 8).map(float), st.integers(0, 8).map(float)),
)


@examples(400)
@given(POINTS)
def test_the_frontier_is_what_nothing_dominates(points: dict[EntryId, Point]):
    actual = frontier(points)
    assert set(actual) == on_it(points)
    assert len(actual) == len(set(actual))
    assert [points[entry][1] for entry in actual] == sorted(points[entry][1] for entry in actual)


@given(POINTS)
def test_every_entry_off_the_frontier_is_dominated_by_one_on_it(points: dict[EntryId, Point]):
    actual = frontier(points)
    for entry, point in points.items():
        by = dominator(actual, points, point)
        assert (by is None) == (entry in actual)
        assert by is None or (points[by][0] <= point[0] and points[by][1] <= point[1] and points[by] != point)


CELL = st.one_of(st.just(""), st.integers(40, 48).map(str), st.integers(40, 48).map("~{}".format))
COST = st.sampled_from(["", "1", "2", "3", "4"])
TABLE = st.dictionaries(st.sampled_from("abcdefgh"), st.tuples(CELL, COST), max_size=8)


def page(table: dict[str, tuple[str, str]]) -> dict[str, object]:
    return {
        "text": " ".join(f"{key}:{cell}" for key, (cell, _) in table.items()),
        "price": " ".join(f"{key}:{cost}" for key, (_, cost) in table.items()),
        "columns": ("score", "price"),
    }


@pytest.mark.slow
@pytest.mark.parametrize("better", ["higher", "lower"])
@examples(300)
@given(TABLE)
def test_the_memory_is_the_frontier_of_the_measured_values(better: str, table: dict[str, tuple[str, str]]):
    """Ties, nulls, estimates and both directions; 1,000 boards in all."""
    history = History(metric(better=better), PRICE)
    history.show(**page(table))
    sign = -1 if better == "higher" else 1
    known = {EntryId(key): (cell, float(cost)) for key, (cell, cost) in table.items() if cell and cost}
    points = {key: (sign * float(cell.strip("~")), cost) for key, (cell, cost) in known.items()}
    real = {key: point for key, point in points.items() if "~" not in known[key][0]}
    everyone = on_it(points)
    remembered = history.past.memory["frontier"].get("price")
    if sum(key not in real for key in everyone) > 0.1 * len(everyone):
        assert remembered is None
    else:
        assert {key: tuple(point) for key, point in remembered.items()} == {key: real[key] for key in on_it(real)}


def test_a_newcomer_that_joins_in_the_upper_half_is_news_with_the_entries_that_leave():
    (event,) = seen(day("a:60 b:50 c:40", "a:10 b:5 c:1"), day("a:60 b:50 c:40 new:55", "a:10 b:5 c:1 new:4"))
    assert (brief([event]), event.is_news) == (["frontier/price new > b @price"], True)
    assert event.headline == (
        "new enters the frontier of score against price on Board: no other of known price scores as high for less,"
        " or higher at that price (55, $4); b leaves it."
    )
    assert [(row["entry"], row["cause"]) for row in event.facts["entered"]] == [("new", "new model")]
    assert event.facts["left"] == [{"entry": "b", "cause": "dominated", "by": "new"}]
    assert [row["entry"] for row in event.facts["frontier"]] == ["c", "new", "a"]
    assert ("new", "price", "4") in {(proof.entry, proof.metric, proof.raw) for proof in event.evidence}


@pytest.mark.parametrize(("waits", "cause"), [(14, "first price of a new model"), (15, "price newly stated")])
def test_the_first_price_of_a_model_that_is_new_belongs_to_its_arrival(waits: int, cause: str):
    listed, priced = "a:60 b:50 c:40", "a:10 b:5 c:1"
    unpriced = [day(f"{listed} new:55", priced)] * waits
    (event,) = seen(day(listed, priced), *unpriced, day(f"{listed} new:55", f"{priced} new:4"))
    assert ([row["cause"] for row in event.facts["entered"]], event.is_news) == ([cause], waits == 14)
    (event,) = seen(day(f"{listed} new:55", priced), day(f"{listed} new:55", f"{priced} new:4"))
    assert ([row["cause"] for row in event.facts["entered"]], event.is_news) == (["price newly stated"], False)


def test_entries_that_a_newcomer_dominates_are_named_and_others_that_leave_are_counted():
    before = day("a:60 b:50 c:40 e:35", "a:10 b:5 c:2 e:1")
    (event,) = seen(before, day("a:60 b:50 c:40 e:35 new:55", "a:10 b:5 c:2 e:2.5 new:4"))
    assert brief([event]) == ["frontier/price new > b @price"]
    assert event.headline.endswith("; b and 1 other leave it.")
    assert [(row["entry"], row["cause"], row["by"]) for row in event.facts["left"]] == [
        ("b", "dominated", "new"),
        ("e", "price rise", "c"),
    ]


def test_a_newcomer_in_the_lower_half_is_only_recorded():
    (event,) = seen(day("a:60 b:50 c:40", "a:10 b:5 c:3"), day("a:60 b:50 c:40 new:30", "a:10 b:5 c:3 new:1"))
    assert (event.is_news, event.subjects[0].entry) == (False, "new")


@pytest.mark.parametrize(
    ("price", "text", "cause", "reported"),
    [
        ("a:10 b:5 c:1 d:6", "a:60 b:50 c:40 d:55", "price cut", True),
        ("a:10 b:5 c:1 d:8", "a:60 b:50 c:40 d:65", "score change", False),
    ],
)
def test_a_cheaper_and_a_better_model_enter_for_that_cause(price: str, text: str, cause: str, reported: bool):
    start = day("a:60 b:50 c:40 d:55", "a:10 b:5 c:1 d:11")
    events = seen(day("a:60 b:50 c:40 d:50", "a:10 b:5 c:1 d:8") if cause == "score change" else start, day(text, price))
    (event,) = events
    assert [(row["entry"], row["cause"]) for row in event.facts["entered"]] == [("d", cause)]
    assert event.is_news is reported


def test_a_price_that_rises_leaves_and_makes_room():
    (event,) = seen(day("a:60 b:50 c:45 d:40", "a:10 b:5 c:6 d:1"), day("a:60 b:50 c:45 d:40", "a:10 b:11 c:6 d:1"))
    assert event.facts["left"] == [{"entry": "b", "cause": "price rise", "by": "a"}]
    assert [(row["entry"], row["cause"]) for row in event.facts["entered"]] == [("c", "nothing of its own")]
    assert event.is_news is False


def test_equal_pairs_share_the_frontier():
    (event,) = seen(day("a:60 b:50", "a:10 b:5"), day("a:60 b:50 twin:50", "a:10 b:5 twin:5"))
    assert brief([event]) == ["frontier/price twin @price"]


def test_nobody_joins_because_another_was_not_shown_for_a_day():
    season = [day("a:60 b:50 c:45 d:40", "a:10 b:5 c:6 d:1"), day("a:60 c:45 d:40", "a:10 c:6 d:1")]
    assert seen(*season) == []
    assert seen(*season, season[0]) == []


def test_nobody_joins_because_the_price_of_another_is_not_shown():
    season = [day("a:60 b:50 c:45 d:40", "a:10 b:5 c:6 d:1"), day("a:60 b:50 c:45 d:40", "a:10 c:6 d:1")]
    assert seen(*season) == []
    assert seen(*season, season[0]) == []


def test_a_withdrawn_score_makes_room():
    before = day("a:60 b:50 c:45 d:40", "a:10 b:5 c:6 d:1")
    (event,) = seen(before, day("a:60 b c:45 d:40", "a:10 b:5 c:6 d:1"))
    assert [(row["entry"], row["cause"]) for row in event.facts["left"]] == [("b", "score no longer stated")]
    assert ([row["entry"] for row in event.facts["entered"]], event.is_news) == (["c"], False)


def test_the_frontier_is_empty_when_the_last_measured_score_is_withdrawn():
    (event,) = seen(day("a:60 b:~50 c:~40", "a:10"), day("a b:~50 c:~40", "a:10"))
    assert [row["cause"] for row in event.facts["left"]] == ["score no longer stated"]
    assert (event.facts["entered"], event.facts["frontier"], event.is_news) == ([], [], False)


def test_a_confirmed_departure_makes_room():
    season = [
        day("a:60 b:50 c:45 d:40", "a:10 b:5 c:6 d:1"),
        day("a:60 c:45 d:40", "a:10 c:6 d:1"),
        day("a:60 c:45 d:41", "a:10 c:6 d:1"),
    ]
    (event,) = seen(*season)
    assert [(row["entry"], row["cause"]) for row in event.facts["left"]] == [("b", "departure")]
    assert ([row["entry"] for row in event.facts["entered"]], event.is_news) == (["c"], False)


def test_finer_decimals_move_nobody():
    before = day("a:60 b:50 c:50 d:40", "a:10 b:5 c:5 d:1")
    after = day("a:60.01 b:50.03 c:49.98 d:40.02", "a:10 b:5 c:5 d:1")
    assert seen(before, after) == []


def test_a_re_based_score_moves_nobody_and_starts_again():
    start, rebased = day("a:60 b:50 c:40", "a:10 b:5 c:1"), day("a:30 b:45 c:20", "a:10 b:5 c:1")
    assert seen(start, rebased) == []
    (event,) = seen(start, rebased, day("a:30 b:45 c:20 new:44", "a:10 b:5 c:1 new:2"))
    assert brief([event]) == ["frontier/price new @price"]


def many(price: bool) -> dict[str, object]:
    keys = [f"m{place}" for place in range(12)]
    costs = " ".join(f"{key}:{place + 1}" for place, key in enumerate(keys)) if price else "m0:1 m1:2"
    return day(" ".join(f"{key}:{40 + place}" for place, key in enumerate(keys)), costs, columns=("price",))


def test_a_field_that_lost_its_values_is_refused_until_it_has_them_again():
    assert seen(many(price=True), many(price=False)) == []
    assert seen(many(price=True), many(price=False), many(price=True)) == []


def test_estimates_are_never_on_the_frontier_and_too_many_of_them_prevent_it():
    assert seen(day("a:60 b:50", "a:10 b:5"), day("a:60 b:50 x:~55", "a:10 b:5 x:4")) == []
    cheap = " ".join(f"c{place}:{20 + place}" for place in range(20))
    costs = " ".join(f"c{place}:{1 + place / 100}" for place in range(20))
    (event,) = seen(day(f"a:60 {cheap}", f"a:10 {costs}"), day(f"a:60 {cheap} x:~55 y:50", f"a:10 {costs} x:4 y:5"))
    assert brief([event]) == ["frontier/price y @price"]


def test_a_first_page_is_not_news():
    assert seen(day("a:60 b:50", "a:10 b:5")) == []


def test_size_counts_among_open_weights_only_and_is_only_recorded():
    opened = {key: {"open_weights": "true", "total_parameters": size} for key, size in (("a", "70"), ("b", "7"), ("new", "14"))}
    opened["closed"] = {"open_weights": "false", "total_parameters": "8"}
    before = {"text": "a:60 b:40 closed:55", "attributes": opened}
    (event,) = seen(before, {"text": "a:60 b:40 closed:55 new:50", "attributes": opened})
    assert (brief([event]), event.is_news) == (["frontier/size new"], False)
    assert "(50, 14B)" in event.headline


def test_sizes_that_vanish_at_once_are_a_lost_field():
    sizes = {f"m{place}": {"open_weights": "true", "total_parameters": str(place + 1)} for place in range(8)}
    text = " ".join(f"m{place}:{40 + place}" for place in range(8))
    assert seen({"text": text, "attributes": sizes}, {"text": text, "attributes": {"m0": sizes["m0"], "m7": sizes["m7"]}}) == []


def test_a_speed_that_varies_moves_nobody_and_a_fast_newcomer_is_only_recorded():
    before = {"text": "a:60 b:50", "speed": "a:10 b:50"}
    assert seen(before, {"text": "a:60 b:50", "speed": "a:70 b:50"}, on=(SCORE, SPEED)) == []
    (event,) = seen(before, {"text": "a:60 b:50 new:55", "speed": "a:10 b:50 new:90"}, on=(SCORE, SPEED))
    assert (brief([event]), event.is_news) == (["frontier/speed new > b @speed"], False)


def test_an_entry_under_a_new_spelling_of_its_key_did_not_leave():
    history = History(SCORE, PRICE)
    history.take(snapshot("big-one:60 b:50 c:40 d:30", price="big-one:10 b:5 c:1 d:2"))
    again = snapshot("Big One:60".replace(" ", "_") + " b:50 c:40 d:30", price="Big_One:10 b:5 c:1 d:2", day=1)
    assert again.observed_at > START
    assert of("frontier", history.take(again)) == []
