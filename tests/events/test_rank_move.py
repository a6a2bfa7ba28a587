"""Places won and lost among the survivors."""

import pytest
from kit import ELO, History, brief, events_of, line, metric, of


def moved(*texts: str, on=None) -> list[str]:
    return brief(of("rank_move", events_of(*texts, on=[on or metric()])))


def test_a_climb_by_an_own_move_is_news_and_the_others_are_one_recorded_event():
    reported = of("rank_move", events_of("a:50 b:40 c:30 d:20", "a:50 b:40 c:30 d:45"))
    assert brief(reported) == ["rank_move/moved d", "rank_move/nominal b,c"]
    assert [event.is_news for event in reported] == [True, False]
    assert reported[0].headline == "d climbs 2 places on Board (score), from rank 4 to 2, no error margin published."
    assert reported[1].facts["moves"]["b"] == {
        "before": 2,
        "after": 3,
        "arrivals_above": 0,
        "departures_above": 0,
        "moves": 1,
        "unrounded": 0,
    }


def test_a_fall_by_an_own_move_is_news():
    reported = of("rank_move", events_of("a:50 b:40 c:30 d:20", "a:50 b:25 c:30 d:20"))
    assert reported[0].headline == "b falls 1 place on Board (score), from rank 2 to 3, no error margin published."


def test_a_climb_past_newcomers_names_no_published_ranks():
    reported = of("rank_move", events_of("a:50 b:40 c:30 d:20", "x:90 a:50 b:40 c:30 d:45"))
    assert (
        reported[0].headline
        == "d climbs 2 places on Board (score) among the entries that were there before, no error margin published."
    )


def test_a_slide_behind_newcomers_is_not_a_move():
    assert moved("a:50 b:40 c:30", "x:90 y:80 a:50 b:40 c:30") == []


def test_a_climb_because_others_left_is_not_a_move():
    assert moved("a:50 b:40 c:30", "b:40 c:30") == []


def test_a_place_won_within_the_error_is_quiet():
    assert moved("a:50±3 b:49±3 c:30±3", "a:50±3 b:51±3 c:30±3") == ["rank_move/nominal b,a"]
    assert moved("a:1500±3 b:1499±3 c:1400±3", "a:1500±3 b:1501±3 c:1400±3", on=ELO) == ["rank_move/nominal b,a"]


@pytest.mark.parametrize(
    ("before", "after", "is_news"),
    [
        ("a:50 b:40 c:30", "a:50 b:40 c:50.5", False),
        ("a:50 b:40 c:30", "a:50 b:40 c:51.9", False),
        ("a:50 b:40 c:30", "a:50 b:40 c:52.1", True),
        ("a:50 b:40 c:30", "a:39.5 b:40 c:30", False),
        ("a:50 b:40 c:30", "a:37.5 b:40 c:30", True),
        ("a:~50 b:40 c:30", "a:~50 b:55 c:30", False),
    ],
    ids=["just above", "within the error", "beyond it", "just below", "below beyond it", "past an estimate"],
)
def test_a_large_move_to_within_the_error_of_the_nearest_entry_is_only_recorded(before: str, after: str, is_news: bool):
    events = of("rank_move", events_of(before, after, on=[metric(stated_error=2.0)]))
    (moved_event,) = [event for event in events if event.grade == "moved"]
    assert (moved_event.is_news, "within_error" in moved_event.facts) == (is_news, not is_news)


def test_the_headline_of_the_quiet_moves_names_an_error_only_if_one_is_published():
    (one,) = of("rank_move", events_of("a:50 b:40 c:30 d:20", "a:50 b:40 c:30 d:35"))[1:]
    assert one.headline == "1 entry changed rank on Board (score), no error margin published."
    (two,) = of("rank_move", events_of("a:50±3 b:49±3 c:30±3", "a:50±3 b:51±3 c:30±3"))
    assert two.headline == "2 entries changed rank on Board (score), within the error of the values."


@pytest.mark.parametrize(("before", "after", "reserved"), [
    ("a:50±3 b:49±3 c:30±3 d:12±3", "a:50±3 b:51±3 c:30±3 d:~40", "1 of them{}, the others within the error of the values"),
    ("a:50 b:~40 c:30", "a:50 b:~20 c:30", "1 of them{}, no error margin published"),
    ("a:~50 b:~40", "a:~50 b:~60", "all of them{}"),
])  # fmt: skip
def test_estimates_among_the_quiet_moves_are_counted(before: str, after: str, reserved: str):
    (event,) = of("rank_move", events_of(before, after))
    assert event.headline.endswith(f" changed rank on Board (score), {reserved.format(' with an estimate before or now')}.")


def test_an_entry_that_others_passed_although_it_rose_did_not_fall_by_itself():
    rest = "e:19.1 f:18.1 g:17.1 h:16.1"
    assert moved(f"a:50.11 b:40.27 c:30.3 d:20.2 {rest}", f"a:50.11 b:40.31 c:41.5 d:42.6 {rest}") == [
        "rank_move/moved d",
        "rank_move/nominal b",
    ]


def test_a_tie_broken_by_finer_decimals_is_not_a_move():
    assert moved("a:50 b:50 c:30", "a:50.12 b:49.81 c:30.02") == []


def test_a_live_order_has_no_moves():
    assert moved("a:50 b:40 c:30", "a:50 b:60 c:30", on=metric(nature="live")) == []


def test_a_move_of_one_place_is_news_among_the_ten_best_only():
    values = {f"m{place:02}": 100 - 2 * place for place in range(20)}
    for mover, value, is_news in (("m09", 85, True), ("m14", 75, False), ("m15", 75, True)):
        history = History(metric(stated_error=0.1))
        history.show(line(values))
        (event,) = [event for event in of("rank_move", history.show(line(values | {mover: value}))) if event.grade == "moved"]
        assert (event.subjects[0].entry, event.is_news) == (mover, is_news)


def test_of_the_moves_of_a_day_the_three_nearest_the_top_are_news():
    before = " ".join(f"e{place:02}:{90 - 2 * place}" for place in range(30))
    after = " ".join(f"e{place:02}:{(90 - 2 * place) - (9 if place % 5 == 0 else 0)}" for place in range(30))
    moved = [event for event in of("rank_move", events_of(before, after)) if event.grade == "moved"]
    assert [event.subjects[0].entry for event in moved if event.is_news] == ["e00", "e05", "e10"]
    assert [event.subjects[0].entry for event in moved if not event.is_news] == ["e15", "e20", "e25"]
