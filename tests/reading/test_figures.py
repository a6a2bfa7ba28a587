"""How a whole column writes its figures."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import examples

from tracker.model import Bounds, Column, Metric, MetricId, Nature
from tracker.reading.cells import CellError, parse_number
from tracker.reading.figures import figures_of, has_decimal_commas
from tracker.reading.units import in_one_unit


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


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1 893 402 117", "998 004 221", "57 300"], ["1893402117", "998004221", "57300"]),
        (["1 504", "998", "975"], ["1504", "998", "975"]),
        (["12 730 €", "8 100 €"], ["12730 €", "8100 €"]),
        (["1 234,50", "998,25"], ["1234.50", "998.25"]),
        (["1 504 ±6", "1 498 ±5"], ["1504 ±6", "1498 ±5"]),
        (["+12 504", "-2 250"], ["+12504", "-2250"]),
        (["12 730 votes", "9 100 votes"], ["12730", "9100"]),
        (["117 050", "893 402"], ["117050", "893402"]),
    ],
)
def test_plain_spaces_group_digits_if_the_whole_column_shows_it(cells, expected):
    assert read(cells) == (expected, {})


@pytest.mark.parametrize("cells", [["$2.50", "US$8", "USD 0.80", "0.50 USD"], ["USD 2.50", "USD 8", "USD 0.80", "USD 0.50"]])
def test_a_currency_may_be_a_word_before_or_behind_an_amount(cells):
    found, refused = read(cells, "USD per 1M tokens")
    assert [parse_number(cell) for cell in found] == list(map(Decimal, ("2.50", "8", "0.80", "0.50")))
    assert not refused
    assert read([*cells, "EUR 2", "A$3"], "USD")[1].keys() == {4}
    with pytest.raises(CellError):
        parse_number("A$3")


@pytest.mark.parametrize(
    "cells",
    [
        ["57 62", "1 893 402"],
        ["1 504", "2 498", "3 490"],  # a place and a score
        ["85 100", "82 100"],  # of 100
        ["300 410", "290 415"],  # two scores
        ["1 504", "12"],
        ["1 504", "99", "104730"],
        ["1 2345"],
        ["3.5 120", "4.5 130"],
    ],
)
def test_spaces_that_may_separate_two_numbers_stay(cells):
    assert read(cells) == (cells, {})


def commas(*columns):
    return figures_of(["22.911", "22.604"], metric(""), Bounds(), lambda _: has_decimal_commas(columns))


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ([["699,00", "589,90"]], ["22,911", "22,604"]),
        ([["1.204,50 €"], ["16", "24"]], ["22,911", "22,604"]),
        ([["87,3 %"], ["GPT-4.5"]], ["22,911", "22,604"]),
        ([["12.5 s", "13.25 s"]], ["22.911", "22.604"]),
        ([["1,204.50"]], ["22.911", "22.604"]),
    ],
)
def test_other_columns_decide_where_one_alone_cannot(columns, expected):
    assert commas(*columns).cells == expected


@pytest.mark.parametrize("columns", [[["16", "24"]], [["3,5"], ["4.5"]], [["1,204"]], []])
def test_a_dot_that_nothing_on_the_page_explains_is_refused_with_the_key_that_does(columns):
    found = commas(*columns)
    assert found.cells == [None, None]
    assert set(found.refused.values()) == {
        "a dot with a clear meaning: contract.m = { max = 999 } for decimals, { min = 1000 } for thousands"
    }


@pytest.mark.parametrize(
    ("bounds", "expected"), [(Bounds(max=100), "22.911"), (Bounds(min=1000), "22,911"), (Bounds(min=1000, max=50_000), "22,911")]
)
def test_the_limits_of_a_metric_decide_first(bounds, expected):
    assert figures_of(["22.911"], metric(""), bounds, lambda _: None).cells == [expected]


@pytest.mark.parametrize(
    ("cells", "unit", "bare"),
    [
        (["88.4点", "87.9点"], "", ["88.4", "87.9"]),
        (["0,0585 V", "0,06 V"], "V", ["0.0585", "0.06"]),
        (["12.3 pts", "1 pt"], "points", ["12.3", "1"]),
        (["88.4点", "87.9点", "77.5"], "", ["88.4", "87.9", "77.5"]),
        (["85 ms", "120 ms"], "ms", ["85", "120"]),
        (["3.2 GB", "12 GB"], "GB", ["3.2", "12"]),
        (["7,5 s", "6,25 s"], "", ["7.5", "6.25"]),
        (["85 sec", "120 seconds"], "s", ["85", "120"]),
        (["85 ±3 ms", "120 ms ±4 ms"], "ms", ["85 ±3", "120 ±4"]),
        (["≈ 85 tok/s", "120 tok/s"], "tokens/s", ["≈ 85", "120"]),
        (["1 234 EUR", "998 EUR"], "EUR", ["1234 €", "998 €"]),
        (["2,250円", "1,500円"], "JPY", ["2,250 ¥", "1,500 ¥"]),
        (["70B params", "8B params"], "", ["70B", "8B"]),
        (["12 votes", "—", None, "1 vote", "N/A"], "votes", ["12", "—", None, "1", "N/A"]),
    ],
)
def test_a_unit_behind_every_figure_is_the_columns(cells, unit, bare):
    assert read(cells, unit) == (bare, {})


@pytest.mark.parametrize(
    ("cells", "unit", "rows"),
    [
        (["85 ms", "1.2 s", "90 ms"], "", {1}),
        (["85 ms", "90"], "ms", {1}),
        (["5 million", "800"], "", {1}),
        (["12 pts", "13 goals", "11 pts"], "", {1}),
        (["85 ms", "90 ms"], "s", {0, 1}),
        (["3.2 GB", "12 GB"], "MB", {0, 1}),
        (["85 ms", "90 ms"], "%", {0, 1}),
        (["12 EUR", "13 EUR"], "USD", {0, 1}),
        (["12 CHF", "13 CHF"], "USD", {0, 1}),
        (["5 million", "6 million"], "views", {0, 1}),
        (["2 h 5 min", "3 h 1 min"], "h", {0, 1}),
        (["3.2 GB", "800 MB"], "", {1}),
    ],
)
def test_another_unit_than_that_of_the_column_or_its_declaration_is_refused(cells, unit, rows):
    assert set(read(cells, unit)[1]) == rows


def test_a_unit_that_the_scale_converts_is_the_declared_one():
    declared = replace(metric("s"), scale=Decimal("0.001"))
    assert figures_of(["85 ms", "90 ms"], declared, Bounds()).cells == ["85", "90"]
    assert figures_of(["85 s", "90 s"], declared, Bounds()).cells == [None, None]


@pytest.mark.parametrize(
    "cells", [["12k", "3M"], ["19 E", "20 est."], ["1e-5", "2E+3"], ["5 m", "6 m"], ["$2.50 / 1M tokens", "$3"]]
)
def test_powers_and_remarks_are_not_units(cells):
    assert read(cells) == (cells, {})


# ── durations and places ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("cells", "seconds"),
    [
        (["1h 34m 40s", "1h 35m 02.5s", "59m 3s"], [5680, 5702.5, 3543]),
        (["1m 36s 040ms", "96m 42s", "59s 7ms"], [96.04, 5802, 59.007]),
        (["76h 00' 32''", "4h 58’ 2”", "+ 00h 06′ 13″"], [273632, 17882, 373]),
        (["33 min 32 s", "31 min", "30 minutes 05 seconds"], [2012, 1860, 1805]),
        (["1 day 2 hours", "—", "5 hrs"], [93600, None, 18000]),
        (["2:18.28", "2:18.33", "1:02:00"], [138.28, 138.33, 3720]),
        (["2:01:09", "58:30", "—"], [7269, 3510, None]),
    ],
)
def test_durations_of_several_units_are_read_in_seconds(cells: list[str], seconds: list[float | None]):
    found = in_one_unit(cells)
    assert found.unit == "s"
    assert [float(cell) if cell and cell[0].isdigit() else None for cell in found.cells] == seconds


@pytest.mark.parametrize(
    "cells",
    [["45m", "3m"], ["1h 34m 40s", "12"], ["1h 34m 40s", "12 points"], ["5 h", "3 h"], ["1:34", "2:05"], ["2:01:09", "3:1"]],
)
def test_one_unit_or_a_figure_without_any_makes_no_durations(cells: list[str]):
    assert in_one_unit(cells).unit != "s"


@pytest.mark.parametrize("cells", [["2,825 stars today", "1 star today"], ["12 votes this week", "9 votes this week"]])
def test_a_unit_may_have_several_words(cells: list[str]):
    found = in_one_unit(cells)
    assert [cell and cell.split()[0] for cell in cells] == [*found.cells]
    assert len(found.unit.split()) > 1


def test_ordinals_of_all_endings_are_one_column():
    found = in_one_unit(["1st", "2nd", "3rd", "4th"])
    assert (found.cells, found.refused) == (["1", "2", "3", "4"], {})


WHOLE = [str(1500 - place) for place in range(12)]


@pytest.mark.parametrize(
    ("odd", "unit", "expected"),
    [
        ("99%", "", "a figure without %, as in other cells"),
        ("1,49", "", "a whole number, as in other cells"),
        ("99%", "%", None),
        ("1,490", "", None),
        ("1490.5", "", None),
    ],
)
def test_one_cell_of_a_long_column_that_is_written_otherwise_is_refused(odd: str, unit: str, expected: str | None):
    assert read([*WHOLE, odd], unit)[1] == ({12: expected} if expected else {})
    assert read([*WHOLE[:8], odd], unit)[1] == {}
    assert read([*WHOLE, odd, odd], unit)[1] == {}


def test_one_decimal_comma_stands_on_a_page_with_decimal_commas():
    found = figures_of([*WHOLE, "1485,5"], metric(""), Bounds(), commas=lambda _: True)
    assert (found.cells[-1], found.refused) == ("1485.5", {})


@pytest.mark.parametrize("unit", ["", "%", " Elo"])
def test_a_score_of_more_digits_than_an_integer_may_have_does_not_end_the_reading(unit: str):
    dotted = [f"1.{500 + row}{unit}" for row in range(20)]
    whole, spaced = [f"{'9' * 4_301}{unit}", "1504"], ["1 504", f"{'9' * 4_301} 504"]
    for cells in (dotted + whole, spaced + whole, whole):
        assert len(read(cells, unit.strip())[0]) == len(cells)


PLAIN = st.tuples(st.integers(0, 12_000), st.text("0123456789", min_size=1, max_size=5)).map(
    lambda parts: f"{parts[0]}.{parts[1]}"
)


@examples(200)
@given(st.lists(PLAIN | st.integers(0, 12_000).map(str), min_size=1, max_size=6))
def test_one_figure_that_groups_no_thousands_shows_what_the_points_of_its_column_mean(cells: list[str]):
    parts = [cell.split(".") for cell in cells if "." in cell]
    certain = any(len(decimals) != 3 or whole.startswith("0") or len(whole) > 3 for whole, decimals in parts)
    assert has_decimal_commas([cells]) is (False if certain else None)
    if certain:
        assert read(cells) == (cells, {})


@pytest.mark.parametrize("word", ["E", "Even", "EVEN", "Par", "PAR"])
@pytest.mark.parametrize("cells", [["-22", "-4", "+1"], ["−3", "+2", "+10"], ["-2", "-1", "-"], ["+1", "0", "+4"]])
def test_even_par_is_zero_among_strokes_above_and_below_par(word: str, cells: list[str]):
    assert read([*cells, word])[0] == [*cells, "0"]


@pytest.mark.parametrize("cells", [["4", "3", "E"], ["A", "B", "E"], ["4.5", "3.5", "Par"], ["E", "E", "12"]])
def test_the_same_words_among_other_figures_are_not(cells: list[str]):
    assert read(cells)[0] == cells
