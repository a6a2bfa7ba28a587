"""Values that look misread wait for a second reading."""

import pytest
from kit import board as made
from kit import metric, snapshot

from tracker.compare import doubts
from tracker.model import BoardState, Column, Nature
from tracker.wording import number


def reason(before: str, after: str, **more: object) -> str | None:
    doubted = doubts(made(metric(**more)), snapshot(before), snapshot(after, day=2), BoardState())
    return next((doubt.why for doubt in doubted.values()), None)


@pytest.mark.parametrize(
    "after",
    [
        "a:14981 b:1450 c:1400 d:1390",
        "a:14980 b:1450 c:1400 d:1390",
        "a:149.8 b:1450 c:1400 d:1390",
        "a:1498 b:14503 c:1400 d:1390",
    ],
)
def test_a_value_with_digits_added_or_its_point_moved_is_doubted(after: str):
    assert reason("a:1498 b:1450 c:1400 d:1390", after) is not None


@pytest.mark.parametrize(("was", "now"), [("100", "1000"), ("40", "400"), ("100", "10"), ("2", "20"), ("0.5", "500")])
def test_a_round_or_short_value_moved_by_a_power_of_ten_is_doubted(was: str, now: str):
    assert reason(f"a:{was} b:35 c:34 d:33", f"a:{now} b:35 c:34 d:33") is not None


@pytest.mark.parametrize("now", ["11", "0.11", "110", "1100"])
def test_a_price_moved_by_a_power_of_ten_is_doubted(now: str):
    assert reason("a:1.1 b:0.8 c:0.5 d:3", f"a:{now} b:0.8 c:0.5 d:3", nature="listed") is not None


@pytest.mark.parametrize(("was", "now"), [("100", "1003"), ("10", "1014")])
def test_digits_behind_a_round_value_are_doubted(was: str, now: str):
    assert reason(f"a:{was} b:35 c:34 d:33", f"a:{now} b:35 c:34 d:33") is not None


def test_the_reason_gives_an_example():
    assert reason("a:88.4 b:85 c:80.2", "a:0.884 b:85 c:80.2") == (
        "score of a has digits added or its decimal point moved: 88.4 is now 0.884"
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a:1498 b:1450 c:1400", "a:1502 b:1450 c:1400"),
        ("a:2 b:30 c:40", "a:23 b:30 c:40"),
        ("a:88.4 b:85 c:80.2", "a:88.41 b:85 c:80.2"),
        ("a:88 b:85 c:80", "a:880 b:850 c:800"),
        ("a:12 b:85 c:80", "a:80 b:85 c:80"),
        ("a:0 b:85 c:80", "a:85 b:85 c:80"),
        ("a:88 b:85", "c:880 b:85"),
    ],
)
def test_an_ordinary_change_and_a_new_scale_are_not_doubted(before: str, after: str):
    assert reason(before, after) is None


@pytest.mark.parametrize("after", ["a:12345600", "a:1234567", "a:12345", "a:12340", "a:1", "a:0", "a:61727"])
def test_points_with_digits_added_or_mostly_lost_are_doubted(after: str):
    assert reason("a:123456 b:85000 c:80000", f"{after} b:85010 c:80020", nature="points") is not None


def test_the_reason_gives_the_points_that_were_lost():
    assert reason("a:123456 b:85000 c:80000", "a:12 b:85010 c:80020", nature="points") == (
        "score of a fell to less than half while others grow: 123,456 is now 12"
    )


@pytest.mark.parametrize(
    "after",
    ["a:130000 b:85010 c:80020", "a:61728 b:85010 c:80020", "a:12 b:80000 c:80020", "a:12 b:13 c:14", "a:123456 b:85000 c:80000"],
)
def test_points_that_grow_that_lose_less_or_that_often_fall_are_not_doubted(after: str):
    assert reason("a:123456 b:85000 c:80000", after, nature="points") is None


def test_few_points_may_be_lost():
    assert reason("a:99 b:850 c:800", "a:9 b:851 c:802", nature="points") is None
    assert reason("a:100 b:850 c:800", "a:49 b:851 c:802", nature="points") is not None


def test_a_place_may_become_ten_times_as_low():
    assert reason("a:12 b:85 c:80", "a:120 b:85 c:80", nature="points", better="lower") is None


def test_counts_and_live_figures_may_change_tenfold():
    for nature in (Nature.COUNT, Nature.LIVE):
        assert reason("a:15 b:85 c:80", "a:1.5 b:85 c:80", nature=nature) is None


def scores(*values: float) -> str:
    return " ".join(f"m{place}:{value:g}" for place, value in enumerate(values))


SPREAD = [1500 - 10 * place for place in range(24)]
"""From 1500 to 1270; half of the spread without one end is 110 or 115."""


@pytest.mark.parametrize("nature", ["tested", "fitted"])
@pytest.mark.parametrize(
    ("place", "now"), [(0, 0), (0, 99), (12, 1.49), (0, 149.2), (3, 3000), (0, 1330), (23, 1500), (12, 1650)]
)
def test_a_score_that_moves_half_as_far_as_the_others_are_apart_is_doubted(nature: str, place: int, now: float):
    after = [now if at == place else value for at, value in enumerate(SPREAD)]
    was = f"{SPREAD[place]:,}"
    assert reason(scores(*SPREAD), scores(*after), nature=nature) == f"score of m{place} jumped from {was} to {number(now)}"


@pytest.mark.parametrize(("place", "now"), [(0, 1400), (23, 1380), (12, 1490), (23, 1520 - 115 - 30)])
def test_a_smaller_move_is_not_doubted(place: int, now: float):
    after = [now if at == place else value for at, value in enumerate(SPREAD)]
    assert reason(scores(*SPREAD), scores(*after)) is None


def test_a_move_within_few_scores_is_not_doubted_and_one_out_of_them_is():
    before = scores(90, 85, 80, 70, 65, 60)
    assert reason(before, scores(90, 85, 80, 70, 65, 95)) is None
    assert reason(before, scores(90, 85, 80, 70, 65, 20)) is not None


def test_a_move_of_less_than_a_tenth_is_not_doubted_however_close_the_others_are():
    before = [90 - place / 10 for place in range(24)]
    assert reason(scores(*before), scores(98, *before[1:])) is None
    assert reason(scores(*before), scores(99, *before[1:])) is not None


def test_moves_within_the_others_are_doubted_only_on_the_metric_that_ranks_the_board():
    before, after = scores(*SPREAD), scores(1330, *SPREAD[1:])
    assert reason(before, after, primary=False) is None
    assert reason(before, scores(0, *SPREAD[1:]), primary=False) is not None


def test_a_score_that_was_far_out_comes_back_without_a_doubt():
    assert reason(scores(0, *SPREAD[1:]), scores(*SPREAD)) is None


def test_scores_of_most_entries_that_jump_are_not_doubted_one_by_one():
    assert reason(scores(*SPREAD), scores(*(value - 300 for value in SPREAD))) is None


def test_one_score_that_is_gone_is_doubted_and_two_are_not():
    assert reason("a:1498 b:1450 c:1400", "a:1498 b c:1400") == "score of b is gone: it was 1,450"
    assert reason("a:1498 b:1450 c:1400", "a:1498 b c") is None


def test_points_that_double_out_of_the_others_are_doubted():
    before = [3000 - 100 * place for place in range(24)]
    assert reason(scores(*before), scores(6000, *before[1:]), nature="points") is not None
    assert reason(scores(*before), scores(5990, *before[1:]), nature="points") is None
    assert reason(scores(*before), scores(*before[:-1], 2800), nature="points") is None


def test_an_error_as_large_as_the_whole_board_is_doubted():
    interval = {"low": Column(sources=("low",)), "high": Column(sources=("high",))}
    before = "a:1498±4 b:1450±4 c:1400±4"
    assert reason(before, "a:1498±99 b:1450±4 c:1400±4", **interval) == "score of a has an error of 99, which was 4"
    assert reason(before, "a:1498±98 b:1450±4 c:1400±4", **interval) is None
    assert reason(before, "a:1498±99 b:1450±4 c:1400±4") is None
    assert reason("a:1498±30 b:1450±4 c:1400±4", "a:1498±300 b:1450±4 c:1400±4", **interval) is None
