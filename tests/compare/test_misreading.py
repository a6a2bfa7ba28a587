"""Values that look misread wait for a second reading."""

import pytest
from kit import board as made
from kit import metric, snapshot

from tracker.compare import doubts
from tracker.model import BoardState, Nature


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
