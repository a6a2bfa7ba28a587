"""What all values of a fitted board did together, and what is left of each one's own move."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import ELO, board, line, metric, snapshot

from tracker.compare import compare
from tracker.compare.drift import Drift, fit
from tracker.model import Comparability, MetricDiff

WIDTH = 6


def ratings(count: int = 40, step: float = 5.0) -> dict[str, float]:
    return {f"m{place:02}": 1500 - step * place for place in range(count)}


def refitted(
    by: float | None = 0.0, *, factor: float = 1.0, wobble: float = 0.0, width: float | None = WIDTH, **moved: float
) -> MetricDiff:
    """The verdict when every rating moves by the same, by a little chance, and some on their own."""
    chance, suffix = random.Random(7), "" if width is None else f"±{width}"
    before = ratings()
    after = {
        key: 1400 + factor * (value - 1400) + by + chance.uniform(-wobble, wobble) + moved.get(key, 0.0)
        for key, value in before.items()
    }
    old, new = ({key: f"{value:.2f}{suffix}" for key, value in ratings.items()} for ratings in (before, after))
    return compare(board(ELO), snapshot(line(old)), snapshot(line(new), day=1)).metrics["score"]


def significant(diff: MetricDiff) -> set[str]:
    return {entry for entry, move in diff.moves.items() if move.significant}


def test_a_refit_that_wobbles_is_comparable_and_nobody_moved():
    diff = refitted(wobble=1.0)
    assert (diff.verdict, diff.moved, significant(diff)) == (Comparability.COMPARABLE, 40, set())


def test_a_refit_by_one_sided_drift_is_taken_out_of_every_move():
    diff = refitted(by=-2.0)
    assert diff.verdict is Comparability.COMPARABLE
    assert diff.intercept == pytest.approx(-2.0)
    assert max(abs(move.shift) for move in diff.moves.values()) < 0.01


def test_a_true_move_shows_beside_the_drift_and_does_not_bend_it():
    diff = refitted(by=-2.0, m03=30.0, m20=-25.0, m21=-2.0)
    assert significant(diff) == {"m03", "m20"}
    assert diff.moves["m03"].shift == pytest.approx(30.0, abs=0.1)


@pytest.mark.parametrize("by", [10.0, -47.0])
def test_a_shift_beyond_the_intervals_with_one_sign_is_a_re_base(by: float):
    diff = refitted(by=by, wobble=1.0)
    assert (diff.verdict, dict(diff.moves)) == (Comparability.REBASED, {})
    assert diff.reason.startswith(f"100% of the values {'rose' if by > 0 else 'fell'}, by")
    assert diff.median_shift == pytest.approx(by, abs=0.5)


def test_a_scatter_within_the_intervals_is_not_a_re_base():
    assert refitted(wobble=8.0).verdict is Comparability.COMPARABLE


def test_a_scatter_beyond_the_intervals_is_a_re_base_as_it_is_another_ranking():
    diff = refitted(wobble=20.0)
    assert (diff.verdict, dict(diff.moves)) == (Comparability.REBASED, {})
    assert diff.reason.endswith("of 40 values moved far up or down, and not together")


def test_a_stretched_scale_is_a_re_base():
    diff = refitted(factor=1.2)
    assert diff.verdict is Comparability.REBASED
    assert "factor of 1.2" in diff.reason


@pytest.mark.parametrize("count", [30, 200])
def test_a_board_whose_order_was_lost_is_a_re_base_however_wide_its_intervals(count: int):
    old = [1500 - place / 10 for place in range(count)]
    new = old.copy()
    random.Random(5).shuffle(new)
    assert "no longer follow" in fit(list(zip(old, new, strict=True)), [500.0]).rebase


def test_a_stretch_within_the_intervals_is_taken_out_of_every_move():
    diff = refitted(factor=1.02)
    assert diff.verdict is Comparability.COMPARABLE
    assert (diff.slope, significant(diff)) == (pytest.approx(1.02), set())


@pytest.mark.parametrize("width", [None, WIDTH])
@given(by=st.floats(-0.9, 0.9))
def test_a_uniform_drift_makes_nobody_move_significantly(width: float | None, by: float):
    diff = refitted(by=round(by, 2), width=width)
    assert diff.verdict in (Comparability.COMPARABLE, Comparability.PRECISION)
    assert not significant(diff)


def test_without_intervals_a_move_is_compared_with_the_scatter_of_the_others():
    diff = refitted(wobble=0.5, width=None, m10=8.0)
    assert significant(diff) == {"m10"}


def test_without_intervals_a_shift_by_a_fiftieth_of_the_board_is_a_re_base():
    assert refitted(by=0.02 * 195, width=None).verdict is Comparability.REBASED


def test_a_last_place_left_by_rounded_ratings_is_not_a_move():
    before = {key: f"{value:.0f}" for key, value in ratings(step=7.3).items()}
    after = {key: f"{value + 0.4:.0f}" for key, value in ratings(step=7.3).items()}
    diff = compare(board(ELO), snapshot(line(before)), snapshot(line(after), day=1)).metrics["score"]
    assert diff.moved
    assert not significant(diff)


def test_the_same_holds_on_a_board_so_narrow_that_a_place_is_much_of_it():
    before = {f"m{place:02}": f"{100 + 1.3 * place:.0f}" for place in range(12)}
    after = {f"m{place:02}": f"{100.3 + 1.3 * place:.0f}" for place in range(12)}
    diff = compare(board(ELO), snapshot(line(before)), snapshot(line(after), day=1)).metrics["score"]
    assert (diff.verdict, diff.moved > 2, significant(diff)) == (Comparability.COMPARABLE, True, set())


def test_cutting_off_all_decimals_is_not_a_re_base():
    before = {f"m{place:02}": f"{1500 - 5 * place}.4±0.2" for place in range(12)}
    after = {key: cell.replace(".4±", "±") for key, cell in before.items()}
    assert (
        compare(board(ELO), snapshot(line(before)), snapshot(line(after), day=1)).metrics["score"].verdict
        is Comparability.PRECISION
    )


@given(st.lists(st.tuples(st.integers(900, 1500), st.integers(900, 1500)), max_size=7))
def test_fewer_than_eight_values_show_no_drift(pairs: list[tuple[int, int]]):
    assert fit(pairs, [1.0]) == Drift()


def test_eight_values_show_a_drift_but_no_slope():
    drift = fit([(1000 + 10 * place, 1001 + 11 * place) for place in range(8)], [50.0])
    assert (drift.slope, drift.intercept) == (1.0, pytest.approx(1 + 3.5))


@given(st.integers(8, 60), st.integers(-50, 50), st.sampled_from([1.0, 0.9, 1.1]), st.randoms(use_true_random=False))
def test_the_drift_does_not_depend_on_the_order_nor_on_a_fifth_of_true_moves(
    count: int, by: int, factor: float, chance: random.Random
):
    pairs = [(1000.0 + 7 * place, by + factor * (1000.0 + 7 * place)) for place in range(count)]
    clean = fit(pairs, [5.0])
    pairs[::12] = [(before, after + 1000) for before, after in pairs[::12]]
    bent = fit(pairs, [5.0])
    chance.shuffle(pairs)
    assert fit(pairs, [5.0]) == bent
    if count >= 30:
        assert bent.slope == pytest.approx(clean.slope) == pytest.approx(factor)
        assert bent.shift(*pairs[0]) in (pytest.approx(0, abs=1e-6), pytest.approx(1000))


def test_equal_ratings_shifted_together_are_a_re_base():
    assert fit([(1000.0, 1010.0)] * 8, []).rebase


def test_nothing_moved_is_nothing():
    assert fit([(1000.0 + place, 1000.0 + place) for place in range(50)], [6.0]) == Drift()


def test_what_a_drift_leaves_of_a_move():
    assert Drift(intercept=-2.0).shift(1000.0, 1010.0) == 12.0


def test_estimates_of_a_fitted_board_do_not_move():
    before = {key: f"~{value}" for key, value in ratings().items()}
    after = {key: f"~{value + 100 * (key == 'm03')}" for key, value in ratings().items()}
    diff = compare(board(metric(nature="fitted")), snapshot(line(before)), snapshot(line(after), day=1)).metrics["score"]
    assert (diff.verdict, dict(diff.moves)) == (Comparability.COMPARABLE, {})


@pytest.mark.parametrize(("factor", "rebased"), [(1.02, False), (0.98, False), (1.05, True)])
def test_a_stretch_is_a_re_base_only_if_it_moves_half_the_values_beyond_their_error(factor: float, rebased: bool):
    pairs = [(1000.0 + 10 * at, 1250 + factor * (10 * at - 250)) for at in range(51)]
    assert bool(fit(pairs, [3.0] * 51).rebase) is rebased
