"""Attributes in one spelling per kind."""

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.model import Column, Kind
from tracker.reading.attributes import FULL_MONTHS, attribute_reader
from tracker.reading.cells import CellError


def read(text: str | None, kind: Kind, *missing: str) -> str | None:
    return attribute_reader(Column(sources=("x",), kind=kind, missing=frozenset(missing)))(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(("Yes", "true"), ("TRUE", "true"), ("1", "true"), ("✓", "true"), ("✅", "true")),
        *(("No", "false"), ("false", "false"), ("0", "false"), ("✗", "false"), ("❌", "false")),
        *((None, None), ("", None), ("N/A", None)),
    ],
)
def test_a_flag_is_true_or_false(text: str | None, expected: str | None):
    assert read(text, Kind.FLAG) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(("262k", "262000"), ("1,000,000", "1000000"), ("1m", "1000000"), ("1.50", "1.5"), ("100", "100"), ("1e-5", "0.00001")),
        *(("$0.60", "0.6"), ("-0", "0"), ("0.000", "0"), ("70B", "70000000000"), ("—", None)),
    ],
)
def test_a_number_is_plain_decimal_digits(text: str, expected: str | None):
    assert read(text, Kind.NUMBER) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(
            ("2026-04-09", "2026-04-09"),
            ("2024-4-2", "2024-04-02"),
            ("2025-12", "2025-12"),
            ("2023", "2023"),
            ("2023/10", "2023-10"),
        ),
        *(
            ("Feb 6, 2026", "2026-02-06"),
            ("March 25th, 2025", "2025-03-25"),
            ("1st Sept 2025", "2025-09-01"),
            ("February 2026", "2026-02"),
            ("Sept 3, 2025", "2025-09-03"),
            ("6 Feb 2026", "2026-02-06"),
        ),
        *(
            ("20251124", "2025-11-24"),
            ("1735689600", "2025-01-01"),
            ("1735689600000", "2025-01-01"),
            ("1735689600.0", "2025-01-01"),
        ),
        *(
            ("2026-10-03T06:00:00.000Z", "2026-10-03"),
            ("2026-10-03 23:59:59+02:00", "2026-10-03"),
            ("Oct 14, 2025 8:12 UTC", "2025-10-14"),
        ),
        *(("Unknown", None), ("", None), (None, None)),
    ],
)
def test_a_date_is_iso_and_as_exact_as_stated(text: str | None, expected: str | None):
    assert read(text, Kind.DATE) == expected


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        *(("perhaps", Kind.FLAG), ("Open", Kind.FLAG), ("2", Kind.FLAG)),
        *(("many", Kind.NUMBER), ("12 ±3", Kind.NUMBER), ("1 2", Kind.NUMBER), ("1e99", Kind.NUMBER), ("9" * 250, Kind.NUMBER)),
        *(
            ("04/05/2026", Kind.DATE),
            ("2026-02-30", Kind.DATE),
            ("2026-13", Kind.DATE),
            ("2026-00", Kind.DATE),
            ("1 week ago", Kind.DATE),
        ),
        *(
            ("0001-01-01", Kind.DATE),
            ("9999999999", Kind.DATE),
            ("Foo 2026", Kind.DATE),
            ("Q1 2026", Kind.DATE),
            ("12345", Kind.DATE),
        ),
    ],
)
def test_a_cell_of_another_kind_is_refused(text: str, kind: Kind):
    with pytest.raises(CellError):
        read(text, kind)


def test_a_text_is_cleaned_and_a_doubled_text_is_halved():
    assert read(" Apache\u00a02.0\u200b ", Kind.TEXT) == "Apache 2.0"
    assert read("Anthropic  Anthropic", Kind.TEXT) == "Anthropic"
    assert read("💬", Kind.TEXT) == "💬"
    assert read("\u200b", Kind.TEXT) is None


def test_what_a_column_declares_missing_is_unknown_in_every_spelling():
    assert read("0.0", Kind.NUMBER, "0") is None
    assert read("Not Disclosed", Kind.TEXT, "not disclosed") is None
    assert read("10", Kind.NUMBER, "0") == "10"


DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 12, 31))
WRITTEN = {
    "iso": date.isoformat,
    "bare": lambda day: f"{day.year}-{day.month}-{day.day}",
    "digits": lambda day: f"{day:%Y%m%d}",
    "month first": lambda day: f"{FULL_MONTHS[day.month - 1].title()} {day.day}, {day.year}",
    "short month": lambda day: f"{FULL_MONTHS[day.month - 1][:3].title()}. {day.day:02}, {day.year}",
    "day first": lambda day: f"{day.day} {FULL_MONTHS[day.month - 1][:3].title()} {day.year}",
    "stamp": lambda day: f"{day.isoformat()}T12:30:00Z",
}


@given(day=DAYS, way=st.sampled_from(sorted(WRITTEN)))
def test_a_day_written_in_any_way_is_that_day(day: date, way: str):
    assert read(WRITTEN[way](day), Kind.DATE) == day.isoformat()


@given(day=st.dates(min_value=date(2002, 1, 1), max_value=date(2100, 12, 31)), thousand=st.sampled_from([1, 1000]))
def test_seconds_and_milliseconds_since_1970_are_that_day(day: date, thousand: int):
    assert read(str(int(datetime.combine(day, time(7), UTC).timestamp()) * thousand), Kind.DATE) == day.isoformat()


@given(
    text=st.one_of(st.text(max_size=30), st.text(alphabet="0123456789-/:TZ. ,JanFeb", max_size=20)), kind=st.sampled_from(Kind)
)
def test_any_text_is_an_attribute_or_unknown_or_refused(text: str, kind: Kind):
    try:
        attribute = read(text, kind)
    except CellError:
        return
    assert attribute is None or read(attribute, kind) == attribute
