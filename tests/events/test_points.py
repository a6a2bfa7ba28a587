"""News of boards that count: stars, downloads, league points, and places on charts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import History, brief, events_of, examples, line, measure, metric, of, tables

from tracker.order import certainty

STARS = metric(nature="points", topic="popularity", unit="stars")
PLACES = metric(nature="points", better="lower")


def news(*texts: str, on=STARS, **more: object) -> list[str]:
    return brief(event for event in events_of(*texts, on=[on], **more) if event.is_news)


def growing(rows: int, day: int) -> dict[str, int]:
    """A board on which every entry grows every day, without any overtake."""
    return {f"m{row:02}": 100 * (rows - row) + day for row in range(rows)}


def test_a_board_on_which_everything_grows_has_no_events():
    history = History(STARS)
    assert [event for day in range(10) for event in history.show(line(growing(30, day)))] == []


def test_an_overtake_by_one_star_is_certain():
    (event,) = of("overtake", events_of("a:500 b:490 c:480", "a:501 b:491 c:492", on=[STARS]))
    assert brief([event]) == ["overtake/decisive c > b"]
    assert event.headline == "c (492 stars) overtakes b (491 stars) on Board (score)."


def test_a_new_first_place_is_reported_with_both_counts():
    events = events_of("a:12345 b:12300", "a:12350 b:12400", on=[STARS])
    (event,) = of("new_leader", events)
    assert (brief([event]), event.is_news) == (["new_leader/supported b > a"], True)
    assert event.headline == "b leads Board (score) with 12,400 stars, ahead of a (12,350 stars), which led before."


def test_sharing_the_first_place_is_reported():
    (event,) = of("new_leader", events_of("a:30 b:29", "a:30 b:30", on=[STARS]))
    assert event.headline == "b shares the lead on Board (score) with 30 stars, with a."


@pytest.mark.parametrize(("mover", "reported"), [("m10", True), ("m11", False)])
def test_overtakes_are_news_among_the_ten_best(mover: str, reported: bool):
    before = growing(20, 0)
    (event,) = of("overtake", events_of(line(before), line(growing(20, 1) | {mover: before[mover] + 150}), on=[STARS]))
    assert (event.subjects[0].entry, event.is_news) == (mover, reported)


def test_overtakes_in_counts_beside_the_score_are_recorded():
    side = metric("stars", "points", primary=False)
    history = History(metric(), side)
    history.show("a:50 b:40", stars="a:500 b:490")
    (event,) = history.show("a:50 b:40", stars="a:501 b:502")
    assert (brief([event]), event.is_news) == (["overtake/decisive b > a @stars"], False)


def test_below_the_ten_best_counts_beside_the_score_have_no_events():
    side = metric("stars", "points", primary=False)
    history = History(metric(), side)
    before = growing(20, 0)
    history.show("a:50 b:40", stars=line(before))
    assert history.show("a:50 b:40", stars=line(growing(20, 1) | {"m15": before["m15"] + 150})) == ()


@pytest.mark.parametrize(("mover", "recorded"), [("m100", True), ("m101", False)])
def test_overtakes_are_recorded_among_the_hundred_best(mover: str, recorded: bool):
    before = growing(120, 0)
    events = of("overtake", events_of(line(before), line(growing(120, 1) | {mover: before[mover] + 150}), on=[STARS]))
    assert [event.is_news for event in events] == [False] * recorded


@pytest.mark.parametrize("others", ["", "z:90 "])
def test_an_overtake_by_way_of_a_tie_is_reported_without_a_word_on_errors(others: str):
    history = History(STARS)
    for counts in ("a:30 b:29 c:5", "a:30 b:30 c:5"):
        history.show(others + counts)
    (event,) = of("overtake", history.show(others + "a:30 b:31 c:5"))
    assert (event.is_news, event.headline) == (True, "b (31 stars) overtakes a (30 stars) on Board (score).")


def test_an_entry_that_comes_back_above_one_that_was_above_it_overtakes_it():
    history = History(STARS)
    for counts in ("z:90 a:30 b:29 c:3 d:2", "z:91 a:30 c:3 d:2"):
        history.show(counts)
    (event,) = of("overtake", history.show("z:92 a:31 b:35 c:3 d:2"))
    assert event.headline == "b (35 stars) overtakes a (31 stars) on Board (score)."


def test_moves_in_rank_are_one_recorded_event_without_a_word_on_errors():
    events = events_of(line(growing(20, 0)), line(growing(20, 1) | {"m10": 1160, "m15": 660}), on=[STARS])
    (event,) = of("rank_move", events)
    assert (event.grade, event.is_news, len(event.subjects)) == ("nominal", False, 4)
    assert event.headline == "4 entries changed rank on Board (score)."


def test_one_deep_fall_is_not_an_overtake_by_everyone_below():
    before = growing(12, 0)
    events = events_of(line(before), line(growing(12, 1) | {"m01": 450}), on=[STARS])
    assert brief(of("overtake", events)) == ["overtake/decisive m02,m03,m04,m05,m06,m07 > m01"]
    assert brief(event for event in events if event.is_news) == ["score_revision/beyond_error m01"]


@pytest.mark.parametrize(
    ("after", "who", "rose"),
    [
        ("a:1000 b:1010", "b", True),
        ("a:900 b:1010", "b", True),
        ("a:960 b:970", "b", True),
        ("a:940 b:951", "a", False),
        ("a:940 b:950", "a", False),
        ("a:948 b:1003", "b", True),
    ],
)
def test_the_mover_is_the_one_whose_move_the_overtake_needed(after: str, who: str, rose: bool):
    (event,) = of("overtake", events_of("a:1000 b:950 c:10", f"{after} c:11", on=[STARS]))
    assert event.facts["subject_moved"] is rose
    assert (event.subjects if rose else event.rivals)[0].entry == who
    assert event.is_news is rose


def test_points_that_are_taken_away_are_reported_near_the_top():
    (event,) = of("score_revision", events_of(line(growing(12, 0)), line(growing(12, 1) | {"m01": 1050}), on=[STARS]))
    assert event.headline == "m01 goes from 1,100 stars to 1,050 stars on Board (score)."


def test_a_loss_from_the_ten_best_to_a_lower_rank_is_reported():
    assert news(line(growing(20, 0)), line(growing(20, 1) | {"m09": 700})) == ["score_revision/beyond_error m09"]


def test_a_loss_further_down_is_recorded():
    (event,) = of("score_revision", events_of(line(growing(20, 0)), line(growing(20, 1) | {"m15": 350}), on=[STARS]))
    assert event.is_news is False


def test_one_loss_on_a_small_board_is_out_of_the_ordinary():
    assert news(line(growing(6, 0)), line(growing(6, 1) | {"m01": 450})) == ["score_revision/beyond_error m01"]


def test_a_count_that_is_no_longer_published_is_reported_as_a_value():
    (event,) = of("score_revision", events_of("a:500 b:490 c:480", "a:501 b c:481", on=[STARS]))
    assert event.headline == "b is still listed on Board, but its value of 490 stars (score) is gone."


def test_equal_counts_are_in_no_certain_order():
    assert certainty(STARS, measure("30"), measure("30")) == "nominal"
    assert certainty(STARS, measure("31"), measure("30")) == "decisive"


@pytest.mark.parametrize("lost", [1, 10])
def test_a_loss_below_one_per_cent_is_not_reported(lost: int):
    after = growing(12, 1) | {"m01": 1100 - lost}
    assert news(line(growing(12, 0)), line(after)) == []


def test_where_many_counts_fall_as_downloads_of_a_week_do_a_fall_is_ordinary():
    before = growing(12, 0)
    assert news(line(before), line({key: round(0.8 * value) for key, value in before.items()})) == []


def test_a_new_season_is_one_event_and_nobody_overtakes_anybody():
    events = events_of("a:80 b:70 c:60 d:50", "a:0 b:3 c:1 d:3", on=[STARS])
    assert brief(events) == ["methodology/re-based"]
    assert "4 of 4 values fell to less than half" in events[0].headline


def test_chart_places_have_leaders_and_overtakes():
    assert news("a:1 b:2 c:3 d:4", "a:2 b:1 c:3 d:4", on=PLACES) == ["new_leader/supported b > a", "overtake/decisive b > a"]


def test_headlines_on_a_chart_state_no_value_beside_the_place():
    chart = {f"m{place:02}": place for place in range(1, 15)}
    debut = of("debut", events_of(line(chart), line({key: place + 1 for key, place in chart.items()} | {"new": 1}), on=[PLACES]))
    assert [event.headline for event in debut] == ["new enters Board at rank 1 of 15 (score)."]
    (lead,) = of("new_leader", events_of("a:1 b:2 c:3", "a:2 b:1 c:3", on=[PLACES]))
    assert lead.headline == "b leads Board (score), ahead of a (2), which led before."


def test_whoever_is_in_the_first_place_leads_though_nobody_knows_where_the_last_one_went():
    chart = {f"m{place:02}": place for place in range(1, 15)}
    after = {key: place - 1 for key, place in chart.items() if place > 1} | {"new": 14}
    events = events_of(line(chart), line(after), on=[PLACES])
    assert brief(of("new_leader", events)) == ["new_leader/succession m02 > m01"]


@pytest.mark.parametrize(("place", "departs"), [(12, True), (13, False), (14, False)])
def test_an_entry_that_newcomers_may_have_pushed_off_the_chart_does_not_depart(place: int, departs: bool):
    history = History(PLACES)
    chart = {f"m{at:02}": at for at in range(1, 15)}
    history.show(line(chart))
    gone = {f"m{place:02}", "m07"}
    rest = sorted((at for key, at in chart.items() if key not in gone))
    moved = {f"m{at:02}": now for now, at in enumerate(rest, start=3)} | {"x": 1, "y": 2}
    history.show(line(moved))
    events = [event for day in range(2) for event in history.show(line(moved))]
    assert (f"departure/confirmed m{place:02}" in brief(events)) is departs
    assert "departure/confirmed m07" in brief(events)


def test_the_last_of_a_chart_whose_place_a_newcomer_has_does_not_depart():
    history = History(PLACES)
    chart = {f"m{at:02}": at for at in range(1, 15)}
    for after in (chart, *[{**chart, "new": 14}] * 3):
        events = history.show(line({key: place for key, place in after.items() if key != "m14" or "new" not in after}))
        assert of("departure", events) == []


def test_a_place_inherited_from_one_that_fell_is_not_an_overtake():
    chart = {f"m{place:02}": place for place in range(1, 15)}
    after = {key: place - (3 < place <= 9) for key, place in chart.items()} | {"m03": 9}
    events = events_of(line(chart), line(after), on=[PLACES])
    assert brief(of("overtake", events)) == ["overtake/decisive m04,m05,m06,m07,m08,m09 > m03"]
    assert [event for event in events if event.is_news] == []


def test_a_jump_up_the_chart_is_one_overtake_of_all_it_passed():
    chart = {f"m{place:02}": place for place in range(1, 15)}
    after = {key: place + (3 <= place < 12) for key, place in chart.items()} | {"m12": 3}
    (event,) = [event for event in events_of(line(chart), line(after), on=[PLACES]) if event.is_news]
    assert event.headline == "m12 (3) overtakes m03 (4) and 8 more on Board (score)."


def test_a_newcomer_is_reported_with_its_rank():
    events = events_of(line(growing(8, 0)), line(growing(8, 1) | {"new": 650}), on=[STARS])
    (event,) = of("debut", events)
    assert event.headline == "new enters Board at rank 3 of 9 with 650 stars."


def test_half_points_are_different_results():
    assert news("a:8 b:7.5 c:7 d:6", "a:8 b:8.5 c:7 d:6", on=STARS) == ["new_leader/supported b > a", "overtake/decisive b > a"]
    assert news("a:8 b:7.5 c:7 d:6", "a:8 b:8 c:7 d:6", on=STARS) == ["new_leader/nominal b > a"]


def test_no_class_line_or_milestone_is_read_from_counts():
    kinds = {event.kind for event in events_of("a:500 b:490 c:480", "x:900 a:501 b:502 c:481", on=[STARS])}
    assert kinds == {"new_leader", "debut", "overtake", "rank_move"}


@examples(60)
@given(before=tables(values=range(1, 40)), growth=st.dictionaries(st.sampled_from("abcdefghijkl"), st.integers(0, 30)))
def test_every_strict_reversal_by_growth_is_an_overtake_of_the_one_that_rose(before: dict[str, int], growth: dict[str, int]):
    after = {key: value + growth.get(key, 0) for key, value in before.items()}
    events = of("overtake", events_of(line(before), line(after), on=[STARS]))
    found = {(event.subjects[0].entry, rival.entry) for event in events for rival in event.rivals}
    expected = {(a, b) for a in before for b in before if before[a] < before[b] and after[a] > after[b]}
    assert found == expected
    assert all(event.is_news and event.grade == "decisive" for event in events) or len(before) > 10


@examples(60)
@given(st.lists(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 9)), min_size=1, max_size=6))
def test_every_entry_that_reaches_the_first_place_is_reported_once_until_it_loses_it(days: list[dict[str, int]]):
    history, counts = History(STARS), {key: 20 - place for place, key in enumerate("abcdef")}
    history.show(line(counts))
    leading = {"a"}
    for growth in days:
        counts = {key: value + growth.get(key, 0) for key, value in counts.items()}
        best = {key for key, value in counts.items() if value == max(counts.values())}
        events = of("new_leader", history.show(line(counts)))
        assert [{party.entry for party in event.subjects} for event in events] == [best - leading] * bool(best - leading)
        assert all(event.is_news for event in events)
        leading = best
