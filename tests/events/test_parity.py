"""A model at least level with one several times its size or price."""

from dataclasses import replace
from math import hypot

import pytest
from hypothesis import given
from hypothesis import strategies as st
from insight_world import model
from kit import ELO, PRICE, History, brief, examples, measure, metric, of

from tracker.model import Event, Identity

INDEX = metric(stated_error=1.5)
SECOND, THIRD, FOURTH = (metric(name, primary=False, stated_error=1.5) for name in ("second", "third", "fourth"))
BIG, SMALL = model("Old 1 70B", lab="Theirs"), model("New 2 14B", lab="Ours")
OTHERS = "x1:10 x2:10 x3:10 x4:10"


def parities(
    before: str, after: str, *, on: tuple = (INDEX,), who: dict[str, Identity] | None = None, **more: tuple[str, str]
) -> list[Event]:
    """The parity events of two days; other columns are (before, after)."""
    history = History(*on)
    who = who or {"big": BIG, "new": SMALL}
    history.show(f"{before} {OTHERS}", who=who, **{name: column[0] for name, column in more.items()})
    return of("parity", history.show(f"{after} {OTHERS}", who=who, **{name: column[1] for name, column in more.items()}))


def test_a_newcomer_within_the_error_of_a_model_five_times_its_size_is_news():
    (event,) = parities("big:60", "big:60 new:59")
    assert (brief([event]), event.is_news) == (["parity/size new > big"], True)
    assert event.headline == (
        "new (14B) is level with big (70B), 5 times its size, on Board (score): 59 against 60, within the error."
    )
    assert event.facts["level"] == {"score": [59.0, 60.0]}
    assert [(proof.entry, proof.raw) for proof in event.evidence] == [("new", "59"), ("big", "60")]


@pytest.mark.parametrize(("value", "reported"), [("58.5", True), ("58.4", None), ("61.5", True), ("61.6", False)])
def test_within_the_error_is_level_and_better_is_only_recorded(value: str, reported: bool | None):
    assert [event.is_news for event in parities("big:60", f"big:60 new:{value}")] == ([] if reported is None else [reported])


@pytest.mark.parametrize(("size", "is_parity"), [(23.3, True), (23.4, False)])
def test_the_rival_is_at_least_three_times_as_large(size: float, is_parity: bool):
    who = {"big": BIG, "new": model("New 2", lab="Ours", size_total_b=size)}
    assert bool(parities("big:60", "big:60 new:60", who=who)) is is_parity


def test_an_unknown_size_is_never_guessed():
    assert parities("big:60", "big:60 new:60", who={"big": BIG, "new": model("New 2", lab="Ours")}) == []
    assert parities("big:60", "big:60 new:60", who={"big": model("Old 1", lab="Theirs"), "new": SMALL}) == []
    active = model("Old 1", lab="Theirs", size_active_b=70.0)
    assert parities("big:60", "big:60 new:60", who={"big": active, "new": SMALL}) == []


def test_mixtures_are_compared_total_with_total_and_show_what_is_active():
    mixture = model("Old 1 400B", lab="Theirs", size_active_b=17.0)
    (event,) = parities("big:60", "big:60 new:60", who={"big": mixture, "new": SMALL})
    assert "(14B) is level with big (400B, 17B active), 28.6 times its size" in event.headline
    assert (event.facts["size_total_b"], event.facts["size_active_b"]) == ([14.0, 400.0], [None, 17.0])


def test_a_metric_that_states_no_error_shows_no_parity():
    assert parities("big:60", "big:60 new:60", on=(metric(),)) == []


def test_estimates_are_level_with_nobody():
    assert parities("big:60", "big:60 new:~60") == []
    assert parities("big:~60", "big:~60 new:60") == []


def by_intervals(new: str) -> list[Event]:
    others = "p:10±3 q:10±3 r:10±3 s:10±3 big:60±3"
    return parities(others, f"{others} new:{new}", on=(ELO,))


def test_intervals_give_parity_by_the_rule_of_overtakes():
    assert [event.is_news for event in by_intervals("55.8±3")] == [True]
    assert by_intervals("55.7±3") == []


def test_an_interval_far_wider_than_the_usual_one_shows_nothing():
    assert [event.is_news for event in by_intervals("56±6")] == [True]
    assert by_intervals("56±6.1") == []


def test_parity_is_by_price_where_no_size_is_known():
    who = {"big": model("Old 1", lab="Theirs"), "new": model("New 2", lab="Ours")}
    prices = ("big:10 x1:1", "big:10 x1:1 new:2")
    (event,) = parities("big:60", "big:60 new:59", on=(INDEX, PRICE), who=who, price=prices)
    assert brief([event]) == ["parity/price new > big"]
    assert "new (price $2) is level with big (price $10), 5 times its price" in event.headline
    assert {(proof.entry, proof.metric, proof.raw) for proof in event.evidence} >= {("new", "price", "2"), ("big", "price", "10")}
    assert parities("big:60", "big:60 new:59", on=(INDEX, PRICE), who=who, price=("big:10", "big:10 new:2.1")) == []


def test_no_conclusion_from_prices_that_were_just_lost():
    who = {"big": model("Old 1", lab="Theirs"), "new": model("New 2", lab="Ours")}
    lost = ("big:10 x1:1 x2:1 x3:1 x4:1 x5:1 x6:1", "big:10 new:2 x6:1")
    assert parities("big:60 x5:9 x6:8", "big:60 new:59 x5:9 x6:8", on=(INDEX, PRICE), who=who, price=lost) == []


def on_four(new: tuple[str, str, str]) -> list[Event]:
    second, third, fourth = (("big:60", f"big:60 new:{value}") for value in new)
    return parities("big:60", "big:60 new:60", on=(INDEX, SECOND, THIRD, FOURTH), second=second, third=third, fourth=fourth)


def test_parity_must_hold_on_three_metrics_and_names_the_others():
    (event,) = on_four(("59", "61", "40"))
    assert event.headline.endswith("; so on 3 of 4 metrics with an error, not on fourth.")
    assert (sorted(event.facts["level"]), list(event.facts["behind"])) == (["score", "second", "third"], ["fourth"])
    assert on_four(("59", "40", "40")) == []


def test_a_board_with_two_such_metrics_needs_both():
    assert len(parities("big:60", "big:60 new:60", on=(INDEX, SECOND), second=("big:50", "big:50 new:50"))) == 1
    assert parities("big:60", "big:60 new:60", on=(INDEX, SECOND), second=("big:50", "big:50 new:40")) == []
    assert parities("big:60", "big:60 new:60", on=(INDEX, SECOND), second=("big:50", "big:50")) == []


def test_parity_that_most_metrics_without_an_error_contradict_is_not_news():
    plain = [metric(name, primary=False) for name in ("p", "q", "r")]
    worse = dict.fromkeys(("p", "q", "r"), ("big:60", "big:60 new:30"))
    (event,) = parities("big:60", "big:60 new:60", on=(INDEX, *plain), **worse)
    assert (event.is_news, event.facts["no_error_stated"]) == (False, {name: [30.0, 60.0] for name in ("p", "q", "r")})
    (event,) = parities("big:60", "big:60 new:60", on=(INDEX, *plain), **(worse | {"p": ("big:60", "big:60 new:61")}))
    assert event.is_news is True


def test_siblings_and_variants_of_the_model_are_not_rivals():
    assert parities("big:60", "big:60 new:60", who={"big": model("New 2 70B", lab="Ours"), "new": SMALL}) == []


def test_a_rival_is_the_best_variant_of_its_model():
    who = {"big": BIG, "best": BIG, "new": SMALL}
    assert parities("big:60 best:70", "big:60 best:70 new:60", who=who) == []


def test_an_entry_that_is_low_and_not_a_flagship_or_is_not_known_is_not_a_rival():
    who = {"big": BIG, "new": SMALL, "top": model("Best 1", lab="Theirs")}
    low = "top:90 a:80 b:80 c:80 d:80 e:80 f:80 big:60"
    assert parities(low, f"{low} new:60", who=who) == []
    assert parities("top:10", "top:10 big:60 new:60") == []


@pytest.mark.parametrize(("guessed", "found"), [(False, 1), (True, 0)])
def test_a_model_that_is_only_guessed_to_be_of_a_lab_is_not_its_flagship(guessed: bool, found: int):
    who = {"big": replace(BIG, guessed_lab=guessed), "new": SMALL}
    page = "a:90 b:80 c:70 big:60"
    assert len(parities(page, f"{page} new:60", who=who)) == found


def test_the_largest_within_the_error_is_the_most_telling():
    who = {"big": BIG, "huge": model("Old 3 700B", lab="Theirs"), "far": model("Old 4 900B", lab="Third"), "new": SMALL}
    (event,) = parities("big:60 huge:59 far:50", "big:60 huge:59 far:50 new:60", who=who)
    assert event.rivals[0].entry == "huge"


def test_one_parity_is_news_per_release_also_on_another_day():
    who = {"big": BIG, "new": SMALL, "tiny": model("New 2 7B", lab="Ours"), "later": model("New 2 3B", lab="Ours")}
    history = History(INDEX)
    history.show(f"big:60 {OTHERS}", who=who)
    both = of("parity", history.show(f"big:60 new:60 tiny:60 {OTHERS}", who=who))
    assert [(event.subjects[0].entry, event.is_news) for event in both] == [("new", False), ("tiny", True)]
    (again,) = of("parity", history.show(f"big:60 new:60 tiny:60 later:60 {OTHERS}", who=who))
    assert (again.subjects[0].entry, again.is_news) == ("later", False)


def test_a_listed_entry_that_rises_beyond_its_error_becomes_level():
    (event,) = parities("big:60 new:50", "big:60 new:60")
    assert (brief([event]), event.is_news) == (["parity/size new > big"], True)
    assert parities("big:60 new:59", "big:60 new:60.9") == []


def test_a_first_page_an_arrival_below_the_depth_and_a_crowd_are_not_news():
    history = History(INDEX)
    assert of("parity", history.show("big:60 new:60", who={"big": BIG, "new": SMALL})) == []
    crowd = {f"n{place}": model(f"New {place + 2} 14B", lab="Ours") for place in range(40)}
    after = "big:60 " + " ".join(f"{key}:60" for key in crowd)
    assert parities("big:60", after, who={"big": BIG} | crowd) == []


# ── brute force ──────────────────────────────────────────────────────────────────────────────────

SIZES = (None, 1.0, 3.0, 10.0, 40.0)
CELL = st.tuples(st.integers(40, 50), st.sampled_from(["", "~"]), st.sampled_from(["±1", "±2"]), st.sampled_from(SIZES))
BOARD = st.dictionaries(st.sampled_from("abcdefgh"), CELL, max_size=8)


def level(first: tuple[float, float], second: tuple[float, float], *, lower: bool) -> bool:
    """Better, or worse by less than the two intervals together allow."""
    worse = first[0] > second[0] if lower else first[0] < second[0]
    gap = abs(first[0] - second[0])
    return not worse or gap < hypot(first[1], second[1])


@pytest.mark.slow
@pytest.mark.parametrize("better", ["higher", "lower"])
@examples(300)
@given(BOARD, CELL)
def test_the_rival_is_the_one_that_brute_force_finds(
    better: str, table: dict[str, tuple[int, str, str, float | None]], new: tuple[int, str, str, float | None]
):
    """Ties, estimates, unknown sizes and both directions; 1,000 boards in all."""
    rows = {key: f"{mark}{value}{width}" for key, (value, mark, width, _) in table.items()}
    who = {key: model(f"M{key} 1", lab=f"Lab {key}", size_total_b=size) for key, (*_, size) in table.items()}
    history = History(metric(nature="fitted", better=better))
    history.show(" ".join(f"{key}:{cell}" for key, cell in rows.items()), who=who, columns=["score"])
    rows["new"], who["new"] = f"{new[1]}{new[0]}{new[2]}", model("New 1", lab="New", size_total_b=new[3])
    actual = of("parity", history.show(" ".join(f"{key}:{cell}" for key, cell in rows.items()), who=who))
    assert [event.rivals[0].entry for event in actual] == brute_force(
        rows, {key: identity.size_total_b for key, identity in who.items()}, better
    )


def brute_force(rows: dict[str, str], sizes: dict[str, float | None], better: str) -> list[str]:
    shown = {key: measure(cell) for key, cell in rows.items()}
    has = {key: (measure.value, measure.half_width or 0.0) for key, measure in shown.items() if not measure.estimated}
    if "new" not in has or sizes["new"] is None or len(rows) < 2:
        return []
    widths = sorted(measure.half_width or 0.0 for measure in shown.values())
    usual = (widths[(len(widths) - 1) // 2] + widths[len(widths) // 2]) / 2
    if has["new"][1] > 2 * usual:
        return []
    lower = better == "lower"
    order = sorted(value if lower else -value for value, _ in has.values())
    half = order[(len(order) - 1) // 2]
    rivals = [
        key
        for key, value in has.items()
        if key != "new"
        and (value[0] if lower else -value[0]) <= half  # each is the best of its own lab
        and sizes[key] is not None
        and sizes[key] >= 3 * sizes["new"]
        and value[1] <= 2 * usual
        and level(has["new"], value, lower=lower)
    ]
    within = [key for key in rivals if level(has[key], has["new"], lower=lower)]
    place = {key: has[key][0] if lower else -has[key][0] for key in rivals}
    if within:
        return [min(within, key=lambda key: (-sizes[key], place[key], key))]
    return [min(rivals, key=lambda key: (place[key], key))] if rivals else []
