"""A column that suddenly holds something else is doubted; a new scale of the same order is not."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import ELO, PRICE, SCORE, board, examples, line, metric, snapshot

from tracker.compare import wrong_column, wrong_page
from tracker.model import EntryId, Metric

VOTES = metric("votes", "count")
KEYS = [EntryId(f"m{number:02}") for number in range(40)]
SCORES = {key: 1500 - 7 * at for at, key in enumerate(KEYS)}
COUNTS = {key: 20_000 + (at * 7919) % 9973 for at, key in enumerate(KEYS)}
PRICES = {key: 1 + (at * 37) % 41 / 4 for at, key in enumerate(KEYS)}
Values = Mapping[EntryId, float]


def off_by_one(values: Values) -> dict[EntryId, float]:
    return dict(zip(KEYS, [*list(values.values())[1:], values[KEYS[0]]], strict=True))


def reversed_order(values: Values) -> dict[EntryId, float]:
    return dict(zip(KEYS, list(values.values())[::-1], strict=True))


def reason(scores: Values, *, votes: Values = COUNTS, price: Values = PRICES, score: Metric = SCORE) -> str | None:
    before = snapshot(line(SCORES), votes=line(COUNTS), price=line(PRICES))
    after = snapshot(line(scores), day=1, votes=line(votes), price=line(price))
    return wrong_page(board(score, VOTES, PRICE), before, after)


WRONG: Mapping[str, tuple[Callable[[Values], Values], str]] = {
    "all zero": (lambda values: dict.fromkeys(values, 0), "all 40 values of score are 0"),
    "all equal": (lambda values: dict.fromkeys(values, 1300), "all 40 values of score are 1300"),
    "signs flipped": (lambda values: {key: -value for key, value in values.items()}, "were from"),
    "a hundred times": (lambda values: {key: 100 * value for key, value in values.items()}, "100 times those before"),
    "a hundredth": (lambda values: {key: value / 100 for key, value in values.items()}, "0.01 times those before"),
    "names off by one row": (off_by_one, "those of other entries before"),
    "order reversed": (reversed_order, "those of other entries before"),
    "the votes": (lambda _: COUNTS, "40 values of score are those that votes had"),
    "an unknown column": (lambda _: {key: 1 + (at * 17) % 41 * 37 for at, key in enumerate(KEYS)}, "rank correlation"),
}


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("score", [SCORE, ELO])
def test_a_wrong_column_is_doubted(wrong: str, score: Metric):
    change, why = WRONG[wrong]
    found = reason(change(SCORES), score=score)
    assert found is not None
    assert why in found


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_column_is_doubted_among_a_few_true_changes(wrong: str):
    changed = {**WRONG[wrong][0](SCORES), KEYS[3]: 1499, KEYS[8]: 1333}
    if wrong.startswith("all"):
        changed = WRONG[wrong][0](SCORES)
    assert reason(changed) is not None


def test_swapped_headers_are_doubted():
    assert reason(COUNTS, votes=SCORES) == "40 values of score are those that votes had"
    assert reason(SCORES, votes=PRICES, price=COUNTS) == "40 values of votes are those that price had"


@pytest.mark.parametrize(
    "change",
    [
        lambda at, value: value + 10,
        lambda at, value: value - 47,
        lambda at, value: round(value * 1.02, 3),
        lambda at, value: value + (at * 13) % 60 - 30,
        lambda at, value: value + 0.001 * at,
        lambda at, value: value + 100 * (at % 7 == 0),
        lambda at, value: value / 2 + 600,
    ],
)
@pytest.mark.parametrize("score", [SCORE, ELO])
def test_a_new_scale_that_keeps_most_of_the_order_is_not_doubted(change: Callable[[int, float], float], score: Metric):
    assert reason({key: change(at, value) for at, (key, value) in enumerate(SCORES.items())}, score=score) is None


def test_too_few_values_are_not_judged():
    few = {key: SCORES[key] for key in KEYS[:7]}
    assert wrong_column(SCORE, few, dict.fromkeys(few, 0)) is None
    few = {key: SCORES[key] for key in KEYS[:8]}
    assert wrong_column(SCORE, few, dict.fromkeys(few, 0)) is not None


def test_less_than_half_of_the_values_are_not_judged():
    assert reason({**SCORES, **dict.fromkeys(KEYS[:19], 0)}) is None


def test_places_points_and_live_figures_change_their_order():
    for other in (metric(nature="points", better="lower"), metric(nature="points"), metric(nature="live"), metric(volatile=True)):
        assert wrong_column(other, SCORES, reversed_order(SCORES)) is None
        assert wrong_column(other, SCORES, dict.fromkeys(KEYS, 0)) is not None


@examples(60)
@given(
    values=st.lists(st.integers(100, 10_000), min_size=8, max_size=60, unique=True),
    wrong=st.sampled_from(["all zero", "all equal", "signs flipped", "a hundred times", "a hundredth"]),
)
def test_whatever_the_values_a_wrong_column_is_doubted(values: list[int], wrong: str):
    before = {EntryId(str(at)): float(value) for at, value in enumerate(values)}
    assert wrong_column(SCORE, before, WRONG[wrong][0](before)) is not None


@examples(60)
@given(values=st.lists(st.integers(100, 10_000), min_size=8, max_size=60, unique=True), turn=st.integers(1, 59))
def test_whatever_the_values_names_that_moved_are_doubted(values: list[int], turn: int):
    turn %= len(values)
    before = {EntryId(str(at)): float(value) for at, value in enumerate(values)}
    after = dict(zip(before, map(float, values[turn:] + values[:turn]), strict=True))
    assert (wrong_column(SCORE, before, after) is not None) == (turn != 0)


@examples(60)
@given(
    values=st.lists(st.integers(100, 10_000), min_size=8, max_size=60, unique=True),
    factor=st.floats(0.8, 1.25),
    scatter=st.floats(0, 0.01),
)
def test_whatever_the_values_a_stretch_of_the_scale_is_not_doubted(values: list[int], factor: float, scatter: float):
    before = {EntryId(str(at)): float(value) for at, value in enumerate(sorted(values))}
    after = {key: value * factor * (1 + scatter * (-1) ** at) for at, (key, value) in enumerate(before.items())}
    overlap = min(after.values()) <= max(before.values()) and max(after.values()) >= min(before.values())
    assert (wrong_column(SCORE, before, after) is None) == overlap
