"""Numbers, names and spans as headlines say them; foreign text as every output shows it."""

import json
import re
import sys
import unicodedata
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import PRICE, metric

from tracker.model import EntryId, Measure, Party
from tracker.reading.names import clean_text
from tracker.toml import quoted
from tracker.wording import (
    UNSAFE,
    clean,
    day,
    difference,
    escaped,
    host_of,
    listed,
    machine_time,
    number,
    ordinal,
    period,
    relative,
    safe,
    span,
    sparkline,
    value,
    visible,
    when,
)


@pytest.mark.parametrize(("value", "words"), [
    (1310.0, "1,310"), (87.4, "87.4"), (87.456, "87.46"), (9.87654, "9.877"), (0.14, "0.14"), (0.0, "0"), (-3.5, "−3.5"),
    (10.0, "10"), (100.0, "100"), (128000.0, "128,000"), (1e-7, "1e-07"), (-12.0, "−12"),
])  # fmt: skip
def test_a_number_is_as_fine_as_it_is_small(value: float, words: str):
    assert number(value) == words


@pytest.mark.parametrize(
    ("value", "words"), [(3.0, "$3"), (2.5, "$2.50"), (0.25, "$0.25"), (0.075, "$0.075"), (1250.0, "$1,250"), (0.0, "$0")]
)
def test_a_price_is_in_dollars(value: float, words: str):
    assert number(value, PRICE) == words


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (12_345.0, "stars", "12,345 stars"),
        (1.0, "stars", "1"),
        (0.0, "likes", "0 likes"),
        (7.5, "points", "7.5 points"),
        (3.0, "", "3"),
    ],
)
def test_points_stand_with_their_unit(value: float, unit: str, words: str):
    assert number(value, metric(nature="points", unit=unit)) == words


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, ""), (1, "a"), (2, "a and b"), (3, "a, b and c"), (4, "a, b, c and 1 more"), (9, "a, b, c and 6 more")],
)
def test_a_long_list_counts_the_names_beyond_three(count: int, words: str):
    assert listed([Party(entry=EntryId(key), name=key) for key in "abcdefghi"[:count]]) == words
    assert listed("abcdefghi"[:count]) == words


def test_a_list_may_name_fewer_than_there_are():
    assert listed(["a"], of=1_235) == "a and 1,234 more"
    assert listed(["a", "b"], of=1) == "a and b"
    assert listed("abcde", None) == "a, b, c, d and e"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 seconds"), (1, "1 second"), (119, "119 seconds"), (120, "2 minutes"), (7199, "120 minutes"), (7200, "2 hours"),
     (47 * 3600, "47 hours"), (172_800, "2 days"), (3_600_000, "42 days"), (100_000_000, "1,157 days")],
)  # fmt: skip
def test_a_span_is_in_the_largest_unit_that_fits_twice(seconds: int, words: str):
    assert span(timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    ("url", "host"),
    [("https://Example.org:8443/x", "example.org"), ("http://[::1]/", "::1"), ("http://[", ""), ("x", ""), ("", "")],
)
def test_the_host_of_an_address_is_in_lower_case_without_its_port(url: str, host: str):
    assert host_of(url) == host


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


# ── foreign text ─────────────────────────────────────────────────────────────────────────────────

EVERY_SIGN = tuple(map(chr, range(sys.maxunicode + 1)))
ACTING = frozenset(("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))
VISIBLE_FORMATS = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
"""Signs that stand around a number and are seen, though Unicode counts them among the format characters."""
SHOWN_AS_NOTHING = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
ANY_TEXT = st.text(st.characters(exclude_categories=()))
WRITERS = (safe, clean, visible, escaped, clean_text, quoted)


def is_unsafe(sign: str) -> bool:
    return (unicodedata.category(sign) in ACTING and sign not in VISIBLE_FORMATS) or sign in SHOWN_AS_NOTHING


def test_every_invisible_or_active_character_is_in_the_table():
    table = re.compile(f"[{UNSAFE}]")
    assert [sign for sign in EVERY_SIGN if is_unsafe(sign) and not table.match(sign)] == []


def test_no_character_in_the_table_is_visible():
    table = re.compile(f"[{UNSAFE}]")
    others = [sign for sign in EVERY_SIGN if table.match(sign) and not is_unsafe(sign)]
    assert {unicodedata.category(sign) for sign in others if not "\U000e0100" <= sign <= "\U000e01ef"} <= {"Cn"}


@pytest.mark.parametrize("write", WRITERS, ids=lambda write: write.__name__)
def test_no_way_to_write_a_text_lets_an_unsafe_character_through(write: Callable[[str], str]):
    for start in range(0, len(EVERY_SIGN), 64):
        written = write("x".join(EVERY_SIGN[start : start + 64]))
        assert not any(map(is_unsafe, written)), hex(start)


@pytest.mark.parametrize("write", [safe, clean, visible, escaped, clean_text], ids=lambda write: write.__name__)
@given(text=ANY_TEXT)
def test_safe_text_stays_unchanged(write: Callable[[str], str], text: str):
    once = write(text)
    assert write(once) == once
    assert len(once.splitlines()) < 2


@given(ANY_TEXT)
def test_escaped_json_has_the_same_values(text: str):
    assert json.loads(escaped(json.dumps({"name": text}, ensure_ascii=False))) == {"name": text}


@pytest.mark.parametrize(
    ("write", "written"),
    [
        (safe, "a  b c\xa0d red"),
        (clean, "a b c d red"),
        (visible, r"a  b\u200b\nc\xa0d \x1b[31mred"),
        (escaped, "a  b\\u200b\\u000ac\xa0d \\u001b[31mred"),
    ],
    ids=lambda given: getattr(given, "__name__", ""),
)
def test_ways_to_write_a_text_differ_in_blanks_and_in_whether_the_character_is_named(write: Callable[[str], str], written: str):
    assert write("a  b\u200b\nc\xa0d \x1b[31mred") == written


def test_emoji_keep_their_variation():
    assert clean("✔\ufe0f Kimi K3") == "✔\ufe0f Kimi K3"


# ── times ────────────────────────────────────────────────────────────────────────────────────────

LATE = datetime(2026, 3, 28, 23, 30, 59, 999_999, tzinfo=UTC)
BERLIN, SAO_PAULO = ZoneInfo("Europe/Berlin"), ZoneInfo("America/Sao_Paulo")


def test_a_time_for_programs_is_in_utc_to_the_second():
    assert machine_time(LATE) == "2026-03-28T23:30:59Z"
    assert machine_time(LATE.astimezone(BERLIN)) == "2026-03-28T23:30:59Z"


def test_a_time_for_people_names_its_zone():
    assert when(LATE) == "2026-03-28 23:30 UTC"
    assert when(LATE, ZoneInfo("UTC")) == "2026-03-28 23:30 UTC"
    assert when(LATE, BERLIN) == "2026-03-29 00:30 CET"
    assert when(LATE, SAO_PAULO) == "2026-03-28 20:30 UTC-03"
    assert when(LATE, timezone(timedelta(hours=5, minutes=30))) == "2026-03-29 05:00 UTC+05:30"


def test_a_date_is_that_of_the_zone():
    assert (day(LATE), day(LATE, BERLIN)) == ("2026-03-28", "2026-03-29")


def test_a_period_names_its_zone_twice_only_where_the_clock_was_changed():
    assert period(LATE, LATE + timedelta(hours=1), BERLIN) == "2026-03-29 00:30 to 2026-03-29 01:30 CET"
    assert period(LATE, LATE + timedelta(hours=2), BERLIN) == "2026-03-29 00:30 CET to 2026-03-29 03:30 CEST"
    assert period(LATE, LATE, joined="and") == "2026-03-28 23:30 and 2026-03-28 23:30 UTC"


# ── shares ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (0.6019, "ratio", "60.19 %"),
        (0.602, "ratio", "60.2 %"),
        (0.602, "share", "60.2 %"),
        (60.2, "%", "60.2 %"),
        (0.00123, "ratio", "0.123 %"),
        (1.0, "ratio", "100 %"),
        (0.0, "ratio", "0 %"),
        (-0.05, "ratio", "−5 %"),
        (0.602, "index", "0.602"),
    ],
)
def test_a_share_is_in_per_cent_however_it_is_published(value: float, unit: str, words: str):
    assert number(value, metric(unit=unit)) == words


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (0.032, "ratio", "3.2 points"),
        (3.2, "%", "3.2 points"),
        (0.01, "ratio", "1 point"),
        (-0.01, "ratio", "−1 points"),
        (12.0, "Elo", "12"),
    ],
)
def test_shares_are_points_apart(value: float, unit: str, words: str):
    assert difference(value, metric(unit=unit)) == words


def test_a_share_comes_with_its_interval_in_per_cent():
    assert value(Measure(value=0.6, low=0.55, high=0.65), metric(unit="ratio")) == "60 % [55 %, 65 %]"


def test_different_shares_with_four_decimals_never_look_equal():
    """Whether a revision is news follows from whether its figures read alike."""
    assert len({number(share / 10_000, metric(unit="ratio")) for share in range(10_001)}) == 10_001


def test_a_difference_has_no_more_decimals_than_its_values():
    assert difference(3.206, metric(), 51.77, 48.56) == "3.21"
    assert difference(3.0, metric(), 51.77, 48.56) == "3"
    assert difference(0.0004, metric(), 51.77, 51.77) == "0.0004"
    assert difference(0.01277, metric(unit="ratio"), 0.7148, 0.7276) == "1.28 points"
    assert difference(3.206, metric()) == "3.206"


def test_a_relative_change_has_its_sign():
    assert [relative(share) for share in (0.118, -0.5, 0.0, 2.5)] == ["+12 %", "−50 %", "+0 %", "+250 %"]


def test_an_ordinal_is_a_word_up_to_ten():
    assert [ordinal(place) for place in (1, 5, 10, 11, 12, 21, 22, 33, 101, 111)] == [
        *("first", "fifth", "tenth", "11th", "12th", "21st", "22nd", "33rd", "101st", "111th")
    ]


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ([], ""),
        ([5], "▁"),
        ([1, 2, 3, 8], "▁▂▃█"),
        ([8, 1], "█▁"),
        ([92, 92.02], "▁▁"),
        ([0, 0], "▁▁"),
        (range(48), "▁▁▂▂▂▃▃▃▃▄▄▄▅▅▅▆▆▆▆▇▇▇██"),
    ],
)
def test_a_sparkline_has_a_bar_for_each_value_or_part(values: Sequence[float], line: str):
    assert sparkline(values) == line


@pytest.mark.parametrize(
    ("value", "beside", "unit", "words"),
    [
        (72.9041, (72.9037,), "", "72.9041"),
        (72.9037, (72.9041, 60.0), "", "72.9037"),
        (72.9, (72.9,), "", "72.9"),
        (72.9, (60.0,), "", "72.9"),
        (0.729041, (0.729037,), "share", "72.9041 %"),
        (3.0000012, (3.0000011,), "USD", "$3.0000012"),
        (1300.004, (1300.0049,), "elo", "1,300.004"),
        (0.1 + 0.2, (0.3,), "", "0.3"),
        (91.355721393, (91.35572139,), "", "91.36"),
    ],
)
def test_two_values_beside_each_other_do_not_look_alike(value: float, beside: tuple[float, ...], unit: str, words: str):
    assert number(value, metric(unit=unit), *beside) == words
