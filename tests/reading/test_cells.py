"""What publishers write into a cell, and the number it stands for."""

from dataclasses import replace
from decimal import Decimal
from math import isfinite

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.model import Column, Kind, Measure, Metric, MetricId, Nature
from tracker.reading.cells import MISSING, CellError, parse_rank, reader

SCORE = Metric(id=MetricId("score"), title="Score", column=Column(sources=("Score",)), nature=Nature.TESTED)
PER_MILLION = replace(SCORE, scale=Decimal(1_000_000))


def missing(*texts: str) -> Metric:
    return replace(SCORE, column=Column(sources=("Score",), missing=frozenset(texts)))


def read(text: str, metric: Metric = SCORE, **sides: str | None) -> Measure | None:
    return reader(metric)(text, **sides)


def value(text: str) -> float:
    measure = read(text)
    assert measure is not None
    return measure.value


@pytest.mark.parametrize(
    ("text", "expected", "decimals"),
    [
        ("60.24", 60.24, 2),
        ("60.2375549867282", 60.2375549867282, 13),
        ("57", 57.0, 0),
        ("$482.1 B", 482.1e9, 0),
        ("5.", 5.0, 0),
        (".5", 0.5, 1),
        ("+3.5", 3.5, 1),
        ("-63.92", -63.92, 2),
        ("\u221263.92", -63.92, 2),
        ("12,730", 12730.0, 0),
        ("1,234,567.8", 1234567.8, 1),
        ("12\u00a0730", 12730.0, 0),
        ("12\u2009730", 12730.0, 0),
        ("$4.50", 4.5, 2),
        ("-$4.50", -4.5, 2),
        ("3 €", 3.0, 0),
        ("€3", 3.0, 0),
        ("$2.50 / 1M", 2.5, 2),
        ("$2.50 per 1M tokens", 2.5, 2),
        ("3.0 %", 3.0, 1),
        ("100\u00a0%", 100.0, 0),
        ("77.47%", 77.47, 2),
        ("🥇 65.4", 65.4, 1),
        ("✅ 12", 12.0, 0),
        ("65.4 🆕", 65.4, 1),
        ("1m", 1e6, 0),
        ("262k", 262_000.0, 0),
        ("11.3M", 11_300_000.0, 0),
        ("1.2345k", 1234.5, 1),
        ("1.2B", 1.2e9, 0),
        ("1.5e-06", 1.5e-06, 7),
        ("1e-05", 1e-05, 5),
        ("1e5", 1e5, 0),
        ("  7 ", 7.0, 0),
        ("7 Preliminary", 7.0, 0),
        ("–2.5", -2.5, 1),
        ("12†", 12.0, 0),
        ("[87.1](https://example.invalid/2026)", 87.1, 1),
        ("3.5 ‡", 3.5, 1),
        ("3 (–)", 3.0, 0),
        ("3 [=]", 3.0, 0),
    ],
)
def test_a_number_is_read_as_published(text: str, expected: float, decimals: int):
    assert read(text) == Measure(value=expected, decimals=decimals, raw=text.strip())


@pytest.mark.parametrize(
    ("text", "expected", "low", "high"),
    [
        ("1504 ±6", 1504.0, 1498.0, 1510.0),
        ("1504 ± 6", 1504.0, 1498.0, 1510.0),
        ("1504±6", 1504.0, 1498.0, 1510.0),
        ("1504 +- 6", 1504.0, 1498.0, 1510.0),
        ("1504 (±6)", 1504.0, 1498.0, 1510.0),
        ("1504 [+5, -6]", 1504.0, 1498.0, 1509.0),
        ("1504 (+5/-6)", 1504.0, 1498.0, 1509.0),
        ("71.2 (70.1-72.3)", 71.2, 70.1, 72.3),
        ("71.2% [70.1%, 72.3%]", 71.2, 70.1, 72.3),
        ("1,432 (1,427 to 1,438)", 1432.0, 1427.0, 1438.0),
        ("-0.2 (-0.4 – 0.1)", -0.2, -0.4, 0.1),
        ("-0.5 [-0.7, -0.2]", -0.5, -0.7, -0.2),
        ("-0.001 [-0.001, -0.000]", -0.001, -0.001, 0.0),
        ("–0.5 [–0.7, –0.2]", -0.5, -0.7, -0.2),
        ("0.1 [-0.1, 0.3]", 0.1, -0.1, 0.3),
        ("+0.5 [+0.2, +0.7]", 0.5, 0.2, 0.7),
        ("1504 [-5, 6]", 1504.0, 1499.0, 1510.0),
        ("0.1 [-0.1, +0.3]", 0.1, 0.0, 0.4),
        ("1504 +/- 6", 1504.0, 1498.0, 1510.0),
        ("1491 ±7 Preliminary", 1491.0, 1484.0, 1498.0),
        ("1561 +14/-14", 1561.0, 1547.0, 1575.0),
        ("1500 +5/-4", 1500.0, 1496.0, 1505.0),
        ("1500 -9/+8", 1500.0, 1491.0, 1508.0),
        ("1500 -7/6", 1500.0, 1493.0, 1506.0),
        ("1,312 ±5", 1312.0, 1307.0, 1317.0),
        ("**58.2%** ± 2.8%", 58.2, 55.4, 61.0),
        ("81.8% ± 2.0", 81.8, 79.8, 83.8),
    ],
)
def test_an_interval_within_the_cell_bounds_the_value(text: str, expected: float, low: float, high: float):
    measure = read(text)
    assert measure is not None
    assert (measure.value, measure.low, measure.high) == (expected, low, high)


@pytest.mark.parametrize(
    ("text", "below", "above"),
    [
        ("6", 6, 6),
        ("±6", 6, 6),
        ("± 6", 6, 6),
        ("+5/-4", 4, 5),
        ("-9/+8", 9, 8),
        ("-7/6", 7, 6),
        ("7/-6", 6, 7),
        ("6.5", 6.5, 6.5),
    ],
)
def test_a_column_of_half_widths_bounds_the_value(text: str, below: float, above: float):
    measure = read("1500", plus_minus=text)
    assert measure is not None
    assert (measure.low, measure.high) == (1500 - below, 1500 + above)


def test_a_standard_error_becomes_a_95_percent_half_width():
    measure = read("50", replace(SCORE, half_width_factor=1.96), plus_minus="1.5")
    assert measure is not None
    assert (measure.low, measure.high) == (47.06, 52.94)


def test_columns_of_bounds_are_believed_before_half_widths_and_need_no_factor():
    measure = read("50 ±9", replace(SCORE, half_width_factor=1.96), plus_minus="8", low="49", high="52.5")
    assert measure is not None
    assert (measure.low, measure.high) == (49.0, 52.5)


@pytest.mark.parametrize(
    ("low", "high", "expected"), [("49", None, (49.0, None)), ("N/A", "52", (None, 52.0)), ("", "-", (None, None))]
)
def test_a_bound_that_is_not_stated_stays_unknown(low: str | None, high: str | None, expected: tuple[float | None, float | None]):
    measure = read("50", low=low, high=high)
    assert measure is not None
    assert (measure.low, measure.high) == expected


@pytest.mark.parametrize(("low", "high"), [("51", "52"), ("48", "49"), ("52", "48")])
def test_bounds_that_do_not_hold_the_value_are_refused(low: str, high: str):
    with pytest.raises(CellError) as refused:
        read("50", low=low, high=high)
    assert refused.value.code == "interval_reversed"


@pytest.mark.parametrize("text", ["19 E", "37*", "≈ 12", "~12", "12.5 (est.)", "12 estimated", "**12**\u00a0E"])
def test_an_estimate_is_marked(text: str):
    measure = read(text)
    assert measure is not None
    assert measure.estimated


@pytest.mark.parametrize(
    ("flag", "expected"), [("true", True), ("Yes", True), ("1", True), ("false", False), ("", False), (None, False)]
)
def test_a_column_may_mark_estimates(flag: str | None, expected: bool):
    measure = read("12", estimated=flag)
    assert measure is not None
    assert measure.estimated is expected


@pytest.mark.parametrize(
    "text",
    [None, "", "  ", "-", "–", "—", "--", "N/A", "n/a", "NA", "null", "None", "nan", "NaN", "Unknown", "?", "TBD", "$undefined"],
)
def test_the_ways_to_write_not_available_are_unknown_and_not_zero(text: str | None):
    assert read(text) is None


@pytest.mark.parametrize(
    ("texts", "cell"),
    [
        (("0",), "0"),
        (("0",), "0.0"),
        (("0",), "$0.00"),
        (("0",), "0 %"),
        (("0",), "-0"),
        (("9007199254740991",), "9007199254740991"),
        (("-1",), "-1.0"),
        (("1,000",), "1000"),
        (("suspended",), "Suspended"),
    ],
)
def test_what_a_column_declares_missing_is_matched_as_text_and_as_number(texts: tuple[str, ...], cell: str):
    assert read(cell, missing(*texts)) is None


@pytest.mark.parametrize("cell", ["0.01", "10", "1", "-0.5"])
def test_a_number_near_a_missing_one_is_a_number(cell: str):
    assert read(cell, missing("0", "-1")) is not None


def test_a_zero_is_a_zero_by_default():
    assert value("0") == 0.0


UNREADABLE = [
    *(
        "57 62",
        "57 620",
        "3,5",
        "1.234,56",
        "0,730",
        "12,73",
        "1,2345",
        "1,234.5.6",
        "$5 / $25",
        "$2.50 / 1K",
        "12/15",
        "1e",
        "--5",
    ),
    *(
        "abc",
        "true",
        "inf",
        "-inf",
        "Infinity",
        "1e400",
        "1e-400",
        "1e99999",
        "0x10",
        "1_000",
        "١٢",
        "½",
        "²",
        "\ud800",
        "12\u200b",
    ),
    *(
        "\x1b[31m12\x1b[0m",
        "1504 ±",
        "1504 ±-6",
        "71.2 (72.3-70.1)",
        "71.2 (5, 3)",
        "71.2 (3)",
        "71.2 70.1-72.3",
        "1504 +6/+6",
        "1504 -6/-6",
        "±6",
        "+5/-4",
        "120 ms",
        "5 B",
        "12 – 14",
        "1504 [-6, -5]",
        "3 (–",
        "<b>5</b>",
        "*",
    ),
    "9" * 201,
]


@pytest.mark.parametrize("text", UNREADABLE)
def test_a_cell_without_exactly_one_number_is_refused(text: str):
    with pytest.raises(CellError) as refused:
        read(text)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 400


@pytest.mark.parametrize("half", ["6 7", "abc", "-6", "+5/+4", "-5/-4", "5/4", "±", "6" * 300])
def test_a_half_width_that_cannot_be_read_is_refused(half: str):
    with pytest.raises(CellError):
        read("1500", plus_minus=half)


def test_an_estimate_flag_that_says_neither_yes_nor_no_is_refused():
    with pytest.raises(CellError, match="yes or no"):
        read("12", estimated="perhaps")


@pytest.mark.parametrize(
    ("text", "scale", "expected", "decimals"),
    [
        ("0.000002", "1000000", 2.0, 0),
        ("0.0000025", "1000000", 2.5, 1),
        ("0.00000179", "1e6", 1.79, 2),
        ("1.5e-07", "1000000", 0.15, 2),
        ("0.123", "100", 12.3, 1),
        ("57", "0.01", 0.57, 2),
        ("3.25", "1", 3.25, 2),
    ],
)
def test_a_scale_is_applied_exactly_and_moves_the_decimals(text: str, scale: str, expected: float, decimals: int):
    measure = read(text, replace(SCORE, scale=Decimal(scale)))
    assert measure is not None
    assert (measure.value, measure.decimals, measure.raw) == (expected, decimals, text)


def test_a_scale_moves_the_interval_too():
    measure = read("0.000002", PER_MILLION, low="0.000001", high="0.000004")
    assert measure is not None
    assert (measure.low, measure.high) == (1.0, 4.0)


def test_the_same_text_is_the_identical_measure():
    assert read("60.24") is read("60.24")
    assert read("1504 ±6") is read("1504 ±6", replace(SCORE, title="Score"))
    assert read("50", low="49", high="51") is read("50", low="49", high="51")


def test_two_metrics_do_not_share_what_they_remember():
    assert reader(SCORE)("2") != reader(PER_MILLION)("2")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", 1),
        ("1.0", 1),
        ("#3", 3),
        ("1st", 1),
        ("22nd", 22),
        ("🥇", 1),
        ("🥈", 2),
        ("🥉", 3),
        ("🥇 1", 1),
        ("T2", 2),
        ("=2", 2),
        ("T-3", 3),
        ("No. 4", 4),
        ("3位", 3),
        ("1er", 1),
        ("2º", 2),
        ("4.=", 4),
        ("2=", 2),
        ("1,204", 1204),
        ("3.", 3),
        ("1 (↑2)", 1),
        ("1 ↓ 1", 1),
        ("4▲", 4),
        ("12 (▼3)", 12),
        ("2¹", 2),
        ("-", None),
        (None, None),
    ],
)
def test_a_rank_is_read_as_published(text: str | None, expected: int | None):
    assert parse_rank(text) == expected


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "T", "TT2", "2T", "A2", "first", "9007199254740991", "1 2", "1◄─►2"])
def test_a_cell_without_a_rank_is_refused(text: str):
    with pytest.raises(CellError):
        parse_rank(text)


# ── properties ───────────────────────────────────────────────────────────────────────────────────

NUMBERS = st.decimals(min_value=-9_999_999, max_value=9_999_999, places=3)
WAYS = {
    "plain": "{0:f}".format,
    "thousands": "{0:,f}".format,
    "no-break": lambda number: f"{number:,f}".replace(",", "\u00a0"),
    "thin": lambda number: f"{number:,f}".replace(",", "\u2009"),
    "minus": lambda number: f"{number:f}".replace("-", "\u2212"),
    "percent": "{0:f} %".format,
    "bold": "**{0:f}%**".format,
    "estimate": "{0:f} E".format,
    "starred": "{0:f}*".format,
    "medal": "🥇 {0:f}".format,
    "half-width": "{0:,f} ±12".format,
    "sides": "{0:f} +5/-4".format,
    "scientific": "{0:e}".format,
    "price": lambda number: f"{'-' if number < 0 else ''}${abs(number):,f} / 1M",
}


@given(number=NUMBERS, way=st.sampled_from(sorted(WAYS)))
def test_a_number_written_in_any_way_reads_back_to_itself(number: Decimal, way: str):
    assert value(WAYS[way](number)) == float(number)


@given(number=st.decimals(min_value=0, max_value=999, places=2), suffix=st.sampled_from(["k", "K", "m", "M", "b", "B", "t"]))
def test_a_suffix_multiplies(number: Decimal, suffix: str):
    assert value(f"{number}{suffix}") == float(number * {"k": 10**3, "m": 10**6, "b": 10**9, "t": 10**12}[suffix.lower()])


@given(
    number=st.floats(allow_nan=False, allow_infinity=False, min_value=-1e300, max_value=1e300).filter(
        lambda x: x == 0 or abs(x) > 1e-300
    )
)
def test_any_float_that_a_program_prints_reads_back_to_itself(number: float):
    measure = read(repr(number))
    assert measure is not None
    assert measure.value == number
    assert measure.decimals == max(0, -int(Decimal(repr(number)).as_tuple().exponent))


SOUP = st.one_of(st.text(max_size=40), st.text(alphabet="0123456789.,+-±/ %$€kmBEe*≈~🥇\u00a0\u2212()?", max_size=24))


@given(text=SOUP, half=st.none() | SOUP, low=st.none() | SOUP, high=st.none() | SOUP, estimated=st.none() | SOUP)
def test_any_text_is_a_finite_measure_or_unknown_or_refused(
    text: str, half: str | None, low: str | None, high: str | None, estimated: str | None
):
    try:
        measure = read(text, plus_minus=half, low=low, high=high, estimated=estimated)
    except CellError:
        return
    if measure is None:
        assert text.strip().casefold() in MISSING
        return
    assert isfinite(measure.value)
    assert measure.low is None or (isfinite(measure.low) and measure.low <= measure.value)
    assert measure.high is None or (isfinite(measure.high) and measure.high >= measure.value)
    assert measure.decimals >= 0
    assert any(sign.isdigit() for sign in measure.raw)


@given(text=SOUP)
def test_any_text_is_a_rank_or_none_or_refused(text: str):
    try:
        rank = parse_rank(text)
    except CellError:
        return
    assert rank is None or rank >= 1


@pytest.mark.parametrize(("low", "high"), [("9", "8"), ("-9", "+8"), ("−9", "8.0")])
def test_a_bound_may_be_a_distance_from_the_value(low: str, high: str):
    below, above = (Column(sources=(name,), kind=Kind.DISTANCE) for name in ("-", "+"))
    measure = read("3620", replace(SCORE, low=below, high=above), low=low, high=high)
    assert measure is not None
    assert (measure.low, measure.high) == (3611, 3628)
