"""Who came to stand above whom, how sure that is, and whether it holds."""

from dataclasses import replace
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import ELO, SCORE, History, brief, events_of, examples, line, metric, of, snapshot, tables

from tracker.events.overtake import SUSTAINED_AFTER, flips
from tracker.model import Metric
from tracker.order import certainty

LOWER = metric(better="lower")
SECOND = metric("coding", primary=False)
STATED = metric(stated_error=1.4)


def overtakes(*texts: str, on=SCORE, **more: object) -> list[str]:
    return brief(of("overtake", events_of(*texts, on=[on], **more)))


def pairs(on: Metric, before: dict[str, float], after: dict[str, float], moved: set[str]) -> set[tuple[str, str]]:
    """(subject, rival), from a look at every pair."""
    common = before.keys() & after.keys()
    return {
        (subject, rival)
        for subject in common
        for rival in common
        if on.better(before[rival], before[subject]) and on.better(after[subject], after[rival]) and {subject, rival} & moved
    }


@pytest.mark.parametrize("on", [SCORE, LOWER])
@given(before=tables(values=range(40, 48)), after=tables(values=range(40, 48)))
def test_flips_are_the_pairs_that_a_look_at_every_pair_finds(on: Metric, before: dict[str, int], after: dict[str, int]):
    moved = {key for key in before.keys() & after.keys() if before[key] != after[key]}
    actual = list(flips(on, before, after, moved=moved))
    assert (set(actual), len(actual)) == (pairs(on, before, after, moved), len(set(actual)))


@given(
    tables(values=range(40, 48)),
    st.dictionaries(st.sampled_from("abcdefghijkl"), st.integers(-49, 49)),
    st.sets(st.sampled_from("abcdef")),
)
def test_finer_decimals_overtake_nobody(before: dict[str, int], finer: dict[str, int], moved: set[str]):
    after = {key: value + finer.get(key, 0) / 100 + 3 * (key in moved) for key, value in before.items()}
    assert set(flips(SCORE, before, after, moved=moved)) == pairs(SCORE, before, after, moved)
    assert not set(flips(SCORE, before, after, moved=set()))


@given(st.lists(st.integers(0, 3000), min_size=2, max_size=8), st.sampled_from([1, 0]))
def test_a_board_that_is_only_rounded_has_no_events(values: list[int], decimals: int):
    fine = {f"m{place}": value / 100 for place, value in enumerate(values)}
    coarse = {key: f"{value:.{decimals}f}" for key, value in fine.items()}
    fine = {key: f"{value:.2f}" for key, value in fine.items()}
    assert {event.kind for event in events_of(line(fine), line(coarse))} <= {"new_leader"}


SCORED = st.tuples(st.integers(0, 60), st.sampled_from(("", "±1", "±4", "±15"))).map(lambda parts: f"{parts[0]}{parts[1]}")


@given(st.lists(SCORED, min_size=1, max_size=12), SCORED, st.sampled_from((None, 2.0, 9.0)))
def test_a_debut_counts_the_rows_that_a_look_at_every_row_finds_beyond_its_error(rows: list[str], own: str, error: float | None):
    on, names = metric(stated_error=error), [f"m{place}" for place in range(len(rows))]
    listed = line(dict(zip(names, rows, strict=True)))
    debuts = [event for event in of("overtake", events_of(listed, f"{listed} new:{own}", on=[on])) if event.grade == "debut"]
    shown = snapshot(f"{listed} new:{own}").measures(on.id)
    below = [shown[name] for name in names if on.better(shown["new"].value, shown[name].value)]
    known = error is not None or all(measure.half_width is not None for measure in (shown["new"], *below))
    beyond = sum(certainty(on, shown["new"], other) != "nominal" for other in below) if known else None
    assert [(event.facts["passed"], event.facts["beyond_error"]) for event in debuts] == ([(len(below), beyond)] if below else [])


def test_leaving_a_tie_is_not_an_overtake():
    assert overtakes("a:50 b:50 c:30", "a:50 b:55 c:30") == []


def test_reaching_a_tie_is_not_an_overtake():
    assert overtakes("a:50 b:40 c:30", "a:50 b:50 c:30") == []


def test_a_rise_above_several_entries_is_one_event_with_the_best_rival_first():
    assert overtakes("a:50 b:40 c:30 d:20 e:10", "a:50 b:40 c:30 d:45 e:10") == ["overtake/published_order d > b,c"]


def test_a_fall_is_one_recorded_event_with_the_entries_now_above():
    (event,) = of("overtake", events_of("a:50 b:40 c:30 d:20 e:10", "a:25 b:40 c:30 d:20 e:10", on=[metric(stated_error=2.0)]))
    assert brief([event]) == ["overtake/supported b,c > a"]
    assert (event.is_news, event.facts["passed_by"]) == (False, 2)
    assert event.headline == "a (25) falls behind b (40) and 1 more on Board (score)."


def test_where_lower_is_better_the_smaller_value_overtakes():
    assert overtakes("a:1 b:2 c:3", "a:1 b:0.5 c:3", on=LOWER) == ["overtake/published_order b > a"]


@pytest.mark.parametrize("on", [metric(nature="live"), metric(nature="listed"), metric(better=None), metric(volatile=True)])
def test_a_metric_whose_order_is_not_news_has_no_overtakes(on: Metric):
    assert overtakes("a:50 b:40 c:30", "a:50 b:60 c:30 x:90", on=on) == []


def test_a_re_based_metric_has_no_overtakes_among_the_old_entries():
    assert overtakes("a:50 b:40 c:30 d", "a:20 b:30 c:40 d:60") == []


def test_estimates_neither_overtake_nor_are_overtaken():
    assert overtakes("a:50 b:~40 c:30 d:20", "a:50 b:~60 c:30 d:20") == []
    assert overtakes("a:~50 b:40 c:30 d:20", "a:~50 b:60 c:30 d:20 x:45 y:5") == ["overtake/debut x > c,d"]


def test_a_secondary_metric_has_overtakes_of_less_weight():
    (first,) = of("overtake", events_of("a:50 b:40 c:30", "a:50 b:60 c:30"))
    history = History(SCORE, SECOND)
    history.show("a:9 b:8 c:7", coding="a:50 b:40 c:30")
    (second,) = of("overtake", history.show("a:9 b:8 c:7", coding="a:50 b:60 c:30"))
    assert (brief([second]), second.weight < first.weight) == (["overtake/published_order b > a @coding"], True)


# ── how sure ─────────────────────────────────────────────────────────────────────────────────────

WIDTHS = st.none() | st.integers(0, 20)


def expected(gap: int, width: int | None, other_width: int | None, stated: float | None) -> str:
    """The grade, straight from the rule."""
    if stated is not None and gap <= stated:
        return "nominal"
    if width is None and other_width is None and stated is None:
        return "published_order" if gap else "nominal"
    if width is None or other_width is None:
        return "supported" if stated is not None else "nominal"
    if gap > width + other_width:
        return "decisive"
    z = gap / sqrt((width / 1.96) ** 2 + (other_width / 1.96) ** 2)
    return "supported" if z >= 1.96 - 1e-12 else "nominal"


@examples(200)
@given(st.integers(1, 30), WIDTHS, WIDTHS, st.none() | st.integers(0, 15))
def test_the_grade_follows_from_gap_intervals_and_stated_error(
    gap: int, width: int | None, other_width: int | None, stated: int | None
):
    around = ["" if width is None else f"±{width}" for width in (width, other_width)]
    texts = (f"a:{value}{around[0]} b:50{around[1]} c:1 d:2" for value in (49, 50 + gap))
    (event,) = of("overtake", events_of(*texts, on=[metric(stated_error=stated)]))
    assert (event.grade, event.is_news) == ((grade := expected(gap, width, other_width, stated)), grade != "nominal")


def test_rivals_are_grouped_by_how_sure_it_is():
    reported = of("overtake", events_of("a:60±2 b:56±2 c:50±2 d:40±2 e:30 f:20", "a:60±2 b:56±2 c:50±2 d:59±2 e:30 f:20"))
    assert brief(reported) == ["overtake/decisive d > c", "overtake/supported d > b"]
    assert [event.headline for event in reported] == [
        "d (59) overtakes c (50) on Board (score), with disjoint intervals.",
        "d (59) overtakes b (56) on Board (score).",
    ]


def test_the_facts_state_which_entry_moved():
    (event,) = of("overtake", events_of("a:50 b:40 c:30", "a:35 b:40 c:30"))
    assert event.facts == {"before": 50.0, "after": 35.0, "subjects": {"b": [40.0, 40.0]}, "passed_by": 1, "subject_moved": False}
    assert [proof.raw for proof in event.evidence] == ["50", "35", "40", "40"]
    (event,) = of("overtake", events_of("a:50 b:40 c:30", "a:50 b:55 c:30"))
    assert event.facts == {"before": 40.0, "after": 55.0, "rivals": {"a": [50.0, 50.0]}, "passed": 1, "subject_moved": True}
    assert [proof.raw for proof in event.evidence] == ["40", "55", "50", "50"]


def test_a_fall_past_many_names_a_hundred_of_those_passed_and_counts_them_all():
    before = line({"up": 1, **{f"m{place:03}": 1000 - place for place in range(150)}})
    (event,) = of("overtake", events_of(before, before.replace("up:1", "up:2000")))
    assert (len(event.rivals), event.facts["passed"], len(event.evidence)) == (100, 150, 202)
    assert event.headline.startswith("up (2,000) overtakes m000 (1,000) and 149 more on Board")


@pytest.mark.parametrize(("arrives", "expected_events"), [
    ("x:60", ["overtake/debut x > a,b,c"]),
    ("x:45", ["overtake/debut x > b,c"]),
    ("x:40", ["overtake/debut x > c"]),
    ("x:20", []),
    ("x", []),
    ("x:~45", []),
])  # fmt: skip
def test_a_newcomer_lands_above_those_it_is_better_than(arrives: str, expected_events: list[str]):
    assert overtakes("a:50 b:40 c:30", f"a:50 b:40 c:30 {arrives}") == expected_events


def test_a_first_score_lands_above_those_it_is_better_than():
    assert overtakes("a:50 b:40 c:30 x", "a:50 b:40 c:30 x:45") == ["overtake/debut x > b,c"]


def test_two_newcomers_do_not_overtake_each_other():
    assert overtakes("a:50", "a:50 x:60 y:55") == ["overtake/debut x > a", "overtake/debut y > a"]


def test_a_newcomer_names_its_ten_best_rivals_and_counts_all():
    values = {f"m{place:02}": 50 - place for place in range(12)}
    (event,) = of("overtake", events_of(line(values), line(values | {"x": 60})))
    assert [party.entry for party in event.rivals] == sorted(values)[:10]
    assert (event.facts["passed"], event.facts["rank"]) == (12, 1)


def test_a_newcomer_counts_those_it_passed_beyond_the_error():
    (event,) = of("overtake", events_of("a:50.0 b:40.0 c:30.0", "a:50.0 b:40.0 c:30.0 x:41.0", on=[STATED]))
    assert (event.facts["passed"], event.facts["beyond_error"]) == (2, 1)


def test_the_rows_passed_beyond_the_error_are_counted_among_all_that_are_passed():
    history = History(STATED)
    history.take(replace(snapshot("a:50.0 b:40.0 c:30.0"), unnamed=(20.0, 10.0), unnamed_estimates=(10.0,)))
    page = replace(snapshot("a:50.0 b:40.0 c:30.0 x:41.0 y:25.0", day=1), unnamed=(20.0, 10.0), unnamed_estimates=(10.0,))
    event = of("overtake", history.take(page))[0]
    assert [event.facts[name] for name in ("passed", "beyond_error", "estimates_below")] == [4, 3, 1]


@pytest.mark.parametrize(
    ("before", "after", "beyond"),
    [
        ("a:50 b:40", "a:50 b:40 x:45", None),
        ("a:50±2 b:40±2", "a:50±2 b:40±2 x:45±2", 1),
        ("a:50±2 b:40±2 c:44±2", "a:50±2 b:40±2 c:44±2 x:45±2", 1),
        ("a:50±2 b:40±2", "a:50±2 b:40±2 x:45", None),
        ("a:50±2 b:40±2 c:30", "a:50±2 b:40±2 c:30 x:45±2", None),
    ],
)
def test_without_a_stated_error_no_number_of_rows_is_beyond_it(before: str, after: str, beyond: int | None):
    (event,) = of("overtake", events_of(before, after))
    assert event.facts["beyond_error"] == beyond


def test_a_newcomer_among_values_without_any_error_says_so():
    (event,) = of("overtake", events_of("a:50 b:40 c:30", "a:50 b:40 c:30 x:45"))
    assert event.headline == "x (45) enters Board (score) at rank 2, above b (40) and 1 more, no error margin published."


def test_a_newcomer_that_shares_its_rank_says_so():
    events = events_of("a:50 b:40 c:30", "a:50 b:40 c:30 x:50", on=[STATED])
    assert [event.headline for event in events if event.kind in ("debut", "overtake")] == [
        "x enters Board at joint rank 1 of 4 with 50 (score).",
        "x (50) enters Board (score) at joint rank 1, above b (40) and 1 more.",
    ]


@pytest.mark.parametrize(
    ("unnamed", "note"),
    [((), ""), ((43.0,), ", the next listed before under a unique name"), ((35.0,), ""), ((48.0,), "")],
)
def test_a_row_of_a_shared_name_between_a_newcomer_and_the_next_entry_is_not_passed_over(unnamed: tuple[float, ...], note: str):
    history = History(STATED)
    history.take(replace(snapshot("a:50.0 b:40.0 c:30.0"), unnamed=unnamed))
    event = of("overtake", history.take(replace(snapshot("a:50.0 b:40.0 c:30.0 x:45.0", day=1), unnamed=unnamed)))[0]
    assert f"above b (40{note})" in event.headline


@pytest.mark.parametrize(
    ("after", "news"),
    [
        ("a:49.9±1 b:43±1 c:30±1", ["overtake/decisive a > b"]),
        ("a:46±1 b:43±1 c:30±1", ["overtake/decisive a > b"]),
    ],
)
def test_on_a_fitted_metric_an_entry_that_fell_beyond_its_error_falls_behind_one_that_did_not_move(after: str, news: list[str]):
    before, rest = "a:45.9±1 b:47±1 c:30±1", " ".join(f"m{place}:{20 - place}±1" for place in range(12))
    (event,) = of("overtake", events_of(f"{before} {rest}", f"{after} {rest}", on=[ELO]))
    assert (brief([event]), event.is_news) == (news, True)
    assert event.headline.startswith("a (49.9) overtakes b" if "49.9" in after else "b (43) falls behind a (46)")


def test_a_listed_entry_does_not_enter_when_it_gets_a_score():
    (event,) = of("overtake", events_of("a:50 b:40 x", "a:50 b:40 x:45"))
    assert event.headline == "x (45) gets its first score on Board (score) at rank 2, above b (40), no error margin published."


@pytest.mark.parametrize(("place", "reported"), [(9, True), (10, False)])
def test_a_newcomer_is_news_down_to_the_tenth_rank(place: int, reported: bool):
    values = {f"m{place:02}": 50 - place for place in range(12)}
    (event,) = of("overtake", events_of(line(values), line(values | {"x": 50.5 - place})))
    assert (event.facts["rank"], event.is_news) == (place + 1, reported)


def test_an_entry_that_returns_before_its_departure_is_confirmed_overtakes_nobody():
    assert overtakes("a:50 b:40 c:30", "b:40 c:30", "a:50 b:40 c:30") == []


def test_a_return_after_a_reported_departure_is_not_a_debut():
    assert overtakes("a:50 b:40 c:30", "b:40 c:30", "b:40 c:31", "a:35 b:40 c:31") == []


def test_a_revealed_entry_overtakes_nobody():
    history = History(SCORE)
    history.show("a:50 b:40", depth=2)
    assert of("overtake", history.show("a:50 b:40 x:40 c:30", depth=4)) == []


def test_values_that_come_back_to_a_lost_field_are_not_first_scores():
    full = {f"m{place:02}": 50 - place for place in range(12)}
    thin = {key: "" if place < 6 else value for place, (key, value) in enumerate(full.items())}
    assert events_of(line(full), line(thin), line(full)) == ()


def test_values_that_come_back_to_a_secondary_field_are_not_first_scores():
    full = {f"m{place:02}": 50 - place for place in range(12)}
    thin = {key: "" if place < 6 else value for place, (key, value) in enumerate(full.items())}
    history = History(SCORE, SECOND)
    reported = [history.show(line(full), coding=line(values)) for values in (full, thin, full)]
    assert (brief(reported[1]), reported[2]) == (["field_drift/thinned @coding"], ())


def test_a_first_score_while_the_field_is_thin_is_one():
    full = {f"m{place:02}": 50 - place for place in range(12)} | {"x": ""}
    thin = {key: "" if place < 6 else value for place, (key, value) in enumerate(full.items())}
    assert overtakes(line(full), line(thin), line(thin | {"x": 60})) == ["overtake/debut x > m06,m07,m08,m09,m10,m11"]


def test_a_score_that_was_withdrawn_and_is_back_overtakes_nobody():
    assert overtakes("a:50 b:40 c:30", "a:50 b:40 c", "a:50 b:40 c:45") == []


def test_a_measurement_after_a_withdrawn_estimate_is_a_first_score():
    assert overtakes("a:50 b:40 c:~30", "a:50 b:40 c", "a:50 b:40 c:45") == ["overtake/debut c > b"]


def test_a_fall_is_the_change_and_not_the_entries_that_did_not_move():
    stated = metric(stated_error=1.4)
    (event,) = of("overtake", events_of("a:50.0 b:40.0 c:30.0", "a:35.0 b:40.0 c:30.0", on=[stated]))
    assert (event.grade, event.is_news) == ("supported", False)


def test_on_the_day_of_a_re_base_newcomers_debut_but_first_scores_do_not():
    actual = overtakes("a:50 b:40 c:30 d", "a:20 b:30 c:40 d:60 x:35")
    assert actual == ["overtake/debut x > b,a"]


def test_a_secondary_metric_without_a_topic_has_no_debuts():
    history = History(SCORE, metric("votes", primary=False, topic=""))
    history.show("a:50", votes="a:5")
    assert brief(of("overtake", history.show("a:50 x:60", votes="a:5 x:6"))) == ["overtake/debut x > a"]


def after_an_overtake(*texts: str) -> list[list[str]]:
    """The overtakes reported as sustained on each of the following days, after x overtook a and b by entering."""
    history = History()
    history.show("a:50 b:40 c:30 d:20 e:1")
    history.show("a:50 b:40 c:30 d:20 e:1 x:60")
    return [[event for event in brief(history.show(text)) if "sustained" in event] for text in texts]


HOLDS = [f"a:50 b:40 c:30 d:20 e:{day} x:60" for day in range(2, 9)]


def test_an_overtake_is_sustained_exactly_after_three_further_changes():
    assert SUSTAINED_AFTER == 3
    assert after_an_overtake(*HOLDS) == [[], [], ["overtake/sustained x > a,b,c,d,e"], [], [], [], []]


def test_a_board_that_shows_the_same_again_sustains_nothing_and_delays_nothing():
    shown = [HOLDS[0], HOLDS[0], HOLDS[1], HOLDS[1], HOLDS[1], HOLDS[2], HOLDS[2]]
    assert after_an_overtake(*shown) == [[], [], [], [], [], ["overtake/sustained x > a,b,c,d,e"], []]


def test_an_overtake_is_sustained_over_the_rivals_that_still_stand_below():
    shown = [HOLDS[0], "a:50 b:40 d:20 e:9 x:45", HOLDS[2]]
    assert after_an_overtake(*shown)[-1] == ["overtake/sustained x > b,d,e"]


@pytest.mark.parametrize("gap", ["a:50 b:40 c:30 d:20 e:2", "a:50 b:40 c:30 d:20 e:2 x", "a:5 b:4 c:3 d:2 e:2 x:6"])
def test_an_overtake_that_cannot_be_seen_any_more_is_not_sustained(gap: str):
    assert after_an_overtake(HOLDS[0], gap, *HOLDS[2:]).count([]) == 7


def test_a_rival_that_catches_up_to_a_tie_is_no_longer_below():
    shown = [HOLDS[0], "a:50 b:40 c:30 d:20 e:9 x:50", HOLDS[2]]
    assert after_an_overtake(*shown)[-1] == ["overtake/sustained x > b,c,d,e"]


def test_where_lower_is_better_an_overtake_holds_while_it_stays_below():
    history = History(LOWER)
    for text in ("a:5 b:6 c:7 d:8", "a:5 b:6 c:7 d:8 x:1", "a:5 b:6 c:7 d:9 x:1", "a:5 b:6 c:7 d:8 x:1"):
        history.show(text)
    assert "overtake/sustained x > a,b,c,d" in brief(history.show("a:5 b:6 c:7 d:9 x:1"))


def test_a_sustained_overtake_names_the_event_it_confirms():
    history = History()
    history.show("a:50 b:40 c:30 d:20 e:1")
    (debut,) = of("overtake", history.show("a:50 b:40 c:30 d:20 e:1 x:60"))
    *_, (sustained,) = (of("overtake", history.show(text)) for text in HOLDS[:3])
    assert sustained.facts == {"event": debut.id, "since": debut.until.isoformat(), "held": 3}
    assert (sustained.is_news, history.past.pending) == (False, ())


def test_a_nominal_overtake_does_not_wait_to_be_sustained():
    history = History(STATED)
    for text in ("a:50.0 b:49.5 c:30.0", "a:50.0 b:50.5 c:30.0"):
        history.show(text)
    assert history.past.pending == ()


def test_a_supported_overtake_on_a_fitted_board_holds_while_it_drifts():
    history = History(ELO)
    values = {f"m{place:02}": 1500 - 10 * place for place in range(12)}
    history.show(line({key: f"{value}±4" for key, value in values.items()}))
    actual = []
    for day in range(5):
        values = {key: value + day % 2 for key, value in values.items()} | {"m05": 1600 + day}
        actual += [
            event
            for event in brief(history.show(line({key: f"{value}±4" for key, value in values.items()})))
            if event.startswith("overtake")
        ]
    assert actual == ["overtake/decisive m05 > m00,m01,m02,m03,m04", "overtake/sustained m05 > m00,m01,m02,m03,m04"]


def test_a_score_that_may_replace_an_estimate_overtakes_nobody():
    history = History(STATED, SECOND)
    history.show("a:50 b:40 c:30", coding="a:7 c:7")
    passed = history.show("a:50 b:55 c:30", coding="a:7 b:6 c:7")
    assert brief(of("overtake", passed)) == ["overtake/unsure_origin b > a"]
    assert {event.kind for event in passed if event.is_news and event.rivals} <= {"new_leader"}
    history.show("a:50 b:55 c:30 d:52", coding="a:7 b:6 c:7")
    fell = history.show("a:50 b:55 c:30 d:45", coding="a:7 b:6 c:7 d:5")
    assert brief(of("overtake", fell)) == ["overtake/unsure_origin a > d"]


@pytest.mark.parametrize(
    ("others", "unnamed", "ending"),
    [
        ("c:30 d:~20", (), "above b (40), 1 more and 1 estimate"),
        ("c:~30 d:~20 e:~60", (), "above b (40) and 2 estimates"),
        ("c:30 d:20", (35.0, 90.0), "above b (40) and 3 more"),
        ("", (), "above b (40)"),
        ("c:30 new2:45", (), "above b (40, the next listed before) and 2 more"),
    ],
    ids=["an estimate is said", "a higher estimate is not below", "rows of one name", "nobody more", "another newcomer is next"],
)
def test_a_debut_counts_all_rows_below_it_and_says_which_are_estimates(others: str, unnamed: tuple[float, ...], ending: str):
    history = History()
    listed_before = " ".join(cell for cell in others.split() if not cell.startswith("new"))
    history.take(replace(snapshot(f"a:80 b:40 {listed_before}"), unnamed=unnamed))
    events = history.take(replace(snapshot(f"a:80 b:40 new:50 {others}", day=1), unnamed=unnamed))
    (event,) = [event for event in of("overtake", events) if event.subjects[0].entry == "new"]
    assert event.headline.endswith(f"{ending}, no error margin published.")


def test_values_that_would_read_alike_are_stated_as_exactly_as_they_differ():
    pass_, lead = (
        of(kind, events_of("a:72.9037 b:72.8 c:9.5", "a:72.9037 b:72.9041 c:9.5"))[0].headline
        for kind in ("overtake", "new_leader")
    )
    assert pass_ == "b (72.9041) overtakes a (72.9037) on Board (score), no error margin published."
    assert lead.startswith("b leads Board (score) with 72.9041, ahead of a (72.9037)")
    (debut,) = of("overtake", events_of("a:72.9037 b:72.8 c:9.5", "a:72.9037 b:72.8 c:9.5 n:72.9041"))
    assert debut.headline.startswith("n (72.9041) enters Board (score) at rank 1, above a (72.9037) and 2 more")


def test_values_that_differ_by_float_noise_neither_lead_nor_overtake():
    events = events_of("a:91.35572139 b:72.8 c:9.5", "a:91.35572139 b:72.8 c:9.5 n:91.355721393")
    assert [event for event in events if event.is_news and event.kind in ("overtake", "new_leader")] == []
