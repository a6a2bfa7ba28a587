"""Numbers, names and spans as headlines say them."""

from datetime import timedelta

import pytest
from kit import PRICE

from tracker.model import EntryId, Measure, Party
from tracker.wording import names, number, span, value


@pytest.mark.parametrize(("value", "words"), [
    (1310.0, "1,310"), (87.4, "87.4"), (87.456, "87.46"), (9.87654, "9.877"), (0.14, "0.14"), (0.0, "0"), (-3.5, "−3.5"), (10.0, "10"),
    (100.0, "100"), (128000.0, "128,000"), (1e-7, "1e-07"), (-12.0, "−12"),
])  # fmt: skip
def test_a_number_is_as_fine_as_it_is_small(value: float, words: str):
    assert number(value) == words


@pytest.mark.parametrize(
    ("value", "words"), [(3.0, "$3"), (2.5, "$2.50"), (0.25, "$0.25"), (0.075, "$0.075"), (1250.0, "$1,250"), (0.0, "$0")]
)
def test_a_price_is_in_dollars(value: float, words: str):
    assert number(value, PRICE) == words


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, ""), (1, "a"), (2, "a and b"), (3, "a, b and c"), (4, "a, b, c and 1 more"), (9, "a, b, c and 6 more")],
)
def test_names_are_counted_beyond_three(count: int, words: str):
    assert names([Party(entry=EntryId(key), name=key) for key in "abcdefghi"[:count]]) == words


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "0 minutes"), (1, "1 minute"), (59, "59 minutes"), (119, "119 minutes"), (120, "2 hours"), (2880, "2 days")],
)
def test_a_span_is_in_the_unit_that_fits_it(minutes: int, words: str):
    assert span(timedelta(minutes=minutes)) == words


@pytest.mark.parametrize(
    ("measure", "words"),
    [
        (None, ""),
        (Measure(value=1488.0, low=1480.0, high=1496.0), "1,488 [1,480, 1,496]"),
        (Measure(value=57.17, estimated=True), "~57.17"),
        (Measure(value=57.17, low=55.0), "57.17"),
    ],
)
def test_a_value_comes_with_its_interval_and_a_mark_if_it_is_an_estimate(measure: Measure | None, words: str):
    assert value(measure) == words


def test_a_price_is_in_dollars_everywhere():
    assert value(Measure(value=0.25, low=0.2, high=1.0), PRICE) == "$0.25 [$0.20, $1]"
