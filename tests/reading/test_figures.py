"""How a whole column writes its figures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import examples

from tracker.model import Bounds, Column, Metric, MetricId, Nature
from tracker.reading.figures import figures_of


def metric(unit):
    return Metric(id=MetricId("m"), title="M", column=Column(sources=("m",)), unit=unit, nature=Nature.TESTED)


def read(cells, unit="", maximum=None):
    found = figures_of(cells, metric(unit), Bounds(max=maximum))
    return list(found.cells), dict(found.refused)


@pytest.mark.parametrize(
    ("cells", "unit", "maximum", "expected"),
    [
        (["1.004", "992", "975"], "", None, ["1,004", "992", "975"]),
        (["1.004", "1.112", "975"], "Elo", None, ["1,004", "1,112", "975"]),
        (["1.234.567", "998"], "votes", None, ["1,234,567", "998"]),
        (["1.234,5", "998,2"], "", None, ["1,234.5", "998.2"]),
        (["87,125 %", "85,500 %"], "%", None, ["87.125 %", "85.500 %"]),
        (["87,125", "85,500"], "index", 100, ["87.125", "85.500"]),
        (["3,5", "4,125", "2"], "", None, ["3.5", "4.125", "2"]),
        (["0,912", "0,870"], "", None, ["0.912", "0.870"]),
        (["1.004", "1.012", "0.998"], "", None, ["1.004", "1.012", "0.998"]),
        (["54.321", "60.100"], "%", None, ["54.321", "60.100"]),
        (["1.004", "1", "0"], "", None, ["1.004", "1", "0"]),
        (["1,004", "998"], "Elo", None, ["1,004", "998"]),
        (["1,004.5", "998.25"], "", None, ["1,004.5", "998.25"]),
        (["12,730", "8,100"], "votes", None, ["12,730", "8,100"]),
        (["1,504 ±6", "1,498 ±5"], "Elo", None, ["1,504 ±6", "1,498 ±5"]),
        (["1.504 ±6", "998 ±5"], "Elo", None, ["1,504 ±6", "998 ±5"]),
    ],
)
def test_a_column_has_one_decimal_separator(cells, unit, maximum, expected):
    assert read(cells, unit, maximum) == (expected, {})


def test_a_cell_with_another_decimal_separator_than_its_column_is_refused():
    assert read(["88.4", "87.1", "80,2"]) == (["88.4", "87.1", None], {2: "a decimal point, as in other cells"})
    assert read(["88,4", "87,1", "80.2"]) == (["88.4", "87.1", None], {2: "a decimal comma, as in other cells"})


@pytest.mark.parametrize(
    ("cells", "unit", "row", "expected"),
    [
        (["$2.50", "¥8.00", "$0.80"], "USD per 1M tokens", 1, "an amount in USD per 1M tokens"),
        (["2.50", "€8.00", "0.80"], "USD", 1, "an amount in USD"),
        (["£8", "€2", "€3"], "EUR", 0, "an amount in EUR"),
        (["$2.50", "€8.00", "$0.80"], "", 1, "an amount in $, as in other cells"),
        (["91.0 %", "88.2 %", "0.91"], "%", 2, "a figure in %, as in other cells"),
        (["0.5", "45m", "0.8"], "s", 1, "a number of s"),
        (["1.2", "3k"], "ms", 1, "a number of ms"),
    ],
)
def test_a_cell_in_another_unit_than_its_column_is_refused(cells, unit, row, expected):
    found, refused = read(cells, unit)
    assert refused == {row: expected}
    assert found[row] is None


@pytest.mark.parametrize(
    ("cells", "unit"),
    [
        (["$2.50", "$0.80", "3"], "USD"),
        (["¥8.00", "¥2.00"], "CNY"),
        (["91.0 %", "88.2", "0.5 %"], "%"),
        (["45m", "3k"], "votes"),
        (["0.9 %", "0.5 %", "0.4"], "%"),
        ([None, "", "—", "n/a"], "USD"),
    ],
)
def test_a_column_in_one_unit_is_left_as_it_is(cells, unit):
    assert read(cells, unit) == (cells, {})


@examples(100)
@given(st.lists(st.integers(0, 99_999_999), min_size=2, max_size=8), st.integers(0, 2))
def test_both_ways_to_write_a_column_give_the_same_figures(numbers, decimals):
    points = [f"{number / 10**decimals:,.{decimals}f}" for number in numbers]
    commas = [text.translate(str.maketrans(".,", ",.")) for text in points]
    certain = decimals or any(text.count(",") > 1 for text in points)
    if certain:
        assert read(points) == (points, {})
        assert read(commas) == (points, {})
