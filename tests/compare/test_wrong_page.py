"""A column that suddenly holds something else is doubted; a new scale of the same order is not."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import ELO, PRICE, SCORE, board, examples, line, measure, metric, snapshot

from tracker.compare import all_alike, wrong_page
from tracker.compare.drift import moved_apart
from tracker.compare.wrong_page import wrong_column
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
    "all equal": (lambda values: dict.fromkeys(values, 1300), "all 40 values of score are 1,300"),
    "signs flipped": (lambda values: {key: -value for key, value in values.items()}, "were from"),
    "a hundred times": (lambda values: {key: 100 * value for key, value in values.items()}, "100 times those before"),
    "a hundredth": (lambda values: {key: value / 100 for key, value in values.items()}, "0.01 times those before"),
    "names off by one row": (off_by_one, "those of other entries before"),
    "order reversed": (reversed_order, "those of other entries before"),
    "the votes": (lambda _: COUNTS, "40 values of score are those that votes had"),
    "an unknown column": (lambda _: {key: 1 + (at * 17) % 41 * 37 for at, key in enumerate(KEYS)}, "the order of score"),
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
        lambda at, value: value + (at * 13) % 20 - 10,
        lambda at, value: value + (at * 13) % 60 * (at % 9 == 0),
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


# ── another ranking of the same models ───────────────────────────────────────────────────────────


def scattered(deviation: float, *, offset: float = 0.0, factor: float = 1.0, seed: int = 1) -> dict[str, float]:
    chance = random.Random(seed)
    return {key: round(1300 + factor * (value - 1300) + offset + chance.gauss(0, deviation)) for key, value in SCORES.items()}


def stated(values: Mapping[str, float], error: float = 4) -> str:
    return line({key: f"{value}±{error}" for key, value in values.items()})


def held(after: str, *, score: Metric = ELO, before: str = stated(SCORES), **versions: str) -> str | None:
    old, new = (
        snapshot(text, day=day, version=versions.get(name, ""))
        for day, (name, text) in enumerate([("was", before), ("now", after)])
    )
    return wrong_page(board(score), old, new)


@pytest.mark.parametrize("deviation", [8, 15, 25, 40])
@pytest.mark.parametrize("offset", [0, -60, 35])
@pytest.mark.parametrize("factor", [1.0, 0.8])
def test_the_page_of_another_ranking_of_the_same_models_is_doubted(deviation: float, offset: float, factor: float):
    why = held(stated(scattered(deviation, offset=offset, factor=factor)))
    assert why is not None
    assert why.endswith("of 40 values of score moved far up or down, and not together")


def test_without_an_error_a_move_is_far_from_a_twenty_fifth_of_the_spread_on():
    far, near = line(scattered(15)), line(scattered(3))
    assert held(far, score=SCORE, before=line(SCORES)) is not None
    assert held(near, score=SCORE, before=line(SCORES)) is None


@pytest.mark.parametrize("deviation", [1, 2, 3])
@pytest.mark.parametrize("offset", [0, -60])
@pytest.mark.parametrize("factor", [1.0, 0.8])
def test_a_refit_and_a_new_scale_are_not_doubted(deviation: float, offset: float, factor: float):
    assert held(stated(scattered(deviation, offset=offset, factor=factor))) is None


def test_results_that_rise_alone_are_not_of_another_ranking():
    risen = {key: value + (30 if at % 3 == 0 else 2) for at, (key, value) in enumerate(SCORES.items())}
    assert held(stated(risen)) is None


def test_a_new_version_of_a_benchmark_explains_other_values():
    assert held(stated(scattered(25)), was="v1", now="v2") is None
    assert held(stated(scattered(25)), was="v2", now="v2") is not None


def test_prices_are_of_another_column_unless_they_change_by_one_factor():
    taxed = [(measure(f"{was}"), measure(f"{1.19 * was:.2f}")) for was in PRICES.values()]
    output = [(measure(f"{was}"), measure(f"{(3 + at % 3) * was}")) for at, was in enumerate(PRICES.values())]
    assert moved_apart(PRICE, taxed) == 0
    assert moved_apart(PRICE, output) > 20


@examples(60)
@given(
    moved=st.integers(0, 9),
    factor=st.floats(0.7, 1.4),
    offset=st.floats(-100, 100),
    seed=st.integers(0, 10_000),
)
def test_whatever_the_new_scale_a_few_true_moves_on_it_are_not_doubted(moved: int, factor: float, offset: float, seed: int):
    chance = random.Random(seed)
    pairs = [
        (measure(f"{value}±6"), 1300 + factor * (value - 1300) + offset + chance.uniform(-4, 4)) for value in SCORES.values()
    ]
    far = set(chance.sample(range(len(pairs)), moved))
    after = [value + (chance.choice((-90, 90)) if at in far else 0) for at, (_, value) in enumerate(pairs)]
    assert moved_apart(ELO, [(was, measure(f"{now:.1f}±6")) for (was, _), now in zip(pairs, after, strict=True)]) == 0


# ── all alike ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("score", [SCORE, ELO, metric(nature="points"), metric(nature="points", better="lower")])
@pytest.mark.parametrize(("entries", "value", "alike"), [(40, 0, True), (5, 1300, True), (4, 0, False)])
def test_values_that_rank_a_board_are_never_all_alike(score: Metric, entries: int, value: int, alike: bool):
    few = {key: SCORES[key] for key in KEYS[:entries]}
    found = all_alike(board(score, PRICE), snapshot(line(few)), snapshot(line(dict.fromkeys(few, value)), day=1))
    assert (found is not None) is alike


def test_values_that_were_alike_before_may_stay_so():
    two_kinds = line(dict(zip(KEYS, [1] * 20 + [0] * 20, strict=True)))
    zero = snapshot(line(dict.fromkeys(KEYS, 0)), day=1)
    assert all_alike(board(SCORE), snapshot(two_kinds), zero) is None
    assert all_alike(board(SCORE), snapshot(line(dict.fromkeys(KEYS, 5))), zero) is None


def test_prices_do_not_rank_a_board():
    before, after = snapshot(line(SCORES), price=line(PRICES)), snapshot(line(SCORES), day=1, price=line(dict.fromkeys(KEYS, 0)))
    assert all_alike(board(SCORE, PRICE), before, after) is None
    assert wrong_page(board(SCORE, PRICE), before, after) is not None


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
