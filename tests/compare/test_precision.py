"""When two published numbers are the same number."""

from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import ELO, PRICE, SCORE, board, line, measure, metric, snapshot

from tracker.compare import compare
from tracker.compare.precision import finest_decimals, same, typical_decimals
from tracker.model import Comparability, MetricDiff

ONE_COLUMN = st.lists(st.integers(1, 99_999), min_size=1, max_size=20)


def verdict(before: dict[str, str], after: dict[str, str], *, on=SCORE) -> MetricDiff:
    two = [
        snapshot("" if on.id != "score" else line(values), **({} if on.id == "score" else {on.id: line(values)}), day=day)
        for day, values in enumerate((before, after))
    ]
    return compare(board(on), *two).metrics[on.id]


def same_text(text: str, other: str, *, typical: tuple[int, int]) -> bool:
    return same(measure(text), measure(other), typical=typical)


def test_a_column_has_the_decimals_that_most_of_its_values_have():
    assert typical_decimals([measure(cell) for cell in ("44.5", "44.51", "44.52", "3")]) == 2


def test_of_equally_frequent_decimals_the_larger_counts():
    assert typical_decimals([measure(cell) for cell in ("44.51", "44")]) == 2


def test_an_empty_column_has_no_decimals():
    assert typical_decimals([]) == finest_decimals([]) == 0


def test_a_dropped_zero_is_not_a_coarser_number():
    assert not same_text("44.5", "44.52", typical=(2, 2))


@pytest.mark.parametrize(("fine", "coarse", "agree"), [
    ("44.5149", "44.51", True),
    ("44.515", "44.51", True),
    ("44.515", "44.52", True),
    ("44.5151", "44.51", False),
    ("44.505", "44.51", True),
    ("44.5049", "44.51", False),
    ("-0.4", "0", True),
    ("1310.51", "1310", False),
])  # fmt: skip
def test_a_rounding_agrees_up_to_half_of_its_last_place(fine: str, coarse: str, agree: bool):
    decimals = len(fine.partition(".")[2]), len(coarse.partition(".")[2])
    assert same_text(fine, coarse, typical=decimals) is agree
    assert same_text(coarse, fine, typical=decimals[::-1]) is agree


@pytest.mark.parametrize(("text", "other"), [("0.30000000000000004", "0.3"), ("68.33333333333333", "68.33333333333334")])
def test_the_noise_of_binary_floats_is_not_a_move(text: str, other: str):
    assert same_text(text, other, typical=(1, 1))


def test_a_difference_of_the_size_of_noise_is_a_move_where_few_decimals_are_published():
    assert not same_text("0.0000002", "0.0000003", typical=(7, 7))


@given(ONE_COLUMN, st.integers(0, 3), st.sampled_from([SCORE, ELO]))
def test_rounding_a_column_to_any_coarser_precision_is_never_a_move(column: list[int], coarser: int, on):
    fine = {f"m{place}": Decimal(value).scaleb(-4) for place, value in enumerate(column)}
    rounded = {key: value.quantize(Decimal(1).scaleb(-coarser), ROUND_HALF_EVEN) for key, value in fine.items()}
    for before, after in ((fine, rounded), (rounded, fine)):
        actual = verdict(before, after, on=on)
        assert (actual.moved, dict(actual.moves)) == (0, {})
        assert actual.verdict is (Comparability.PRECISION if fine != rounded else Comparability.COMPARABLE)


@given(ONE_COLUMN, st.integers(0, 4), st.integers(1, 50), st.sampled_from([SCORE, metric("price", "listed", topic="price")]))
def test_a_real_change_in_a_column_of_the_same_precision_is_always_found(column: list[int], decimals: int, by: int, on):
    written = {f"m{place}": Decimal(value).scaleb(-decimals) for place, value in enumerate(column)}
    changed = written | {"m0": written["m0"] + Decimal(by).scaleb(-decimals)}
    assert verdict(written, changed, on=on).moves.keys() == {"m0"}


def test_only_the_one_that_truly_moved_is_found_among_many_that_were_rounded():
    before = {f"m{place}": f"{place}.123456789012345" for place in range(10, 60)}
    after = {key: value[:6] for key, value in before.items()} | {"m30": "31.5"}
    actual = verdict(before, after)
    assert (actual.verdict, actual.moves.keys(), actual.rounded) == (Comparability.COMPARABLE, {"m30"}, 49)


@pytest.mark.parametrize("rest", [{"b": "5", "c": "10"}, {"b": "5", "c": "10", "d": "0.25"}])
@pytest.mark.parametrize(("old", "new"), [("3", "3.4"), ("3", "2.5"), ("2.5", "3")])
def test_a_price_that_gets_or_loses_decimals_is_a_new_price(rest: dict[str, str], old: str, new: str):
    assert verdict({"a": old, **rest}, {"a": new, **rest}, on=PRICE).moves.keys() == {"a"}


def test_prices_rounded_all_at_once_are_not_new_prices():
    fine, coarse = ({"a": "0.0375", "b": "3", "c": "1.125", "d": "2.625"}, {"a": "0.04", "b": "3", "c": "1.13", "d": "2.62"})
    for before, after in ((fine, coarse), (coarse, fine)):
        actual = verdict(before, after, on=PRICE)
        assert (actual.verdict, actual.rounded) == (Comparability.PRECISION, 3)


@given(st.floats(0.001, 1000), st.integers(-3, 3))
def test_recomputing_a_full_float_is_not_a_move(value: float, ulps: int):
    again = value * (1 + ulps * 2.2e-16)
    assert same_text(f"{value:.16f}", f"{again:.16f}", typical=(16, 15))
