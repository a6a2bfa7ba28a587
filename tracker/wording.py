"""Formats numbers, times, spans and lists, and makes published text safe to show: one rule each, for every output."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:  # `tracker --help` shows text safely and does without the model
    from tracker.model import Measure, Metric, Party


def number(value: float, metric: Metric | None = None, *beside: float) -> str:
    """A value: at most two decimals from ten up, four significant digits below; more if another value beside it would read alike.

    Dollars are as listed, with cents: `$0.25`. Shares are always in per cent, with the same number of digits: `60.19 %`. Points
    are exact, and stand with their unit: `12,345 stars`.
    """
    text = plain = _number(value, metric)
    decimals = 2
    others = [other for other in beside if other != value and _number(other, metric) == text]
    while others and decimals < _MOST_DECIMALS:
        decimals += 1
        text = _number(value, metric, decimals)
        others = [other for other in others if _number(other, metric, decimals) == text]
    return plain if others else text


_MOST_DECIMALS = 7
"""Beyond these, values differ by the noise of binary floats."""


def _number(value: float, metric: Metric | None, decimals: int | None = None) -> str:
    if metric is not None and metric.percent_factor:
        return f"{_number(value * metric.percent_factor, None, decimals)} %"
    sign, size = ("−" if value < 0 else ""), abs(value)
    if metric is not None and metric.unit.startswith("USD"):
        in_cents = abs(size - round(size, 2)) < 1e-9
        return (
            sign
            + "$"
            + (f"{size:,.2f}".removesuffix(".00") if in_cents else f"{size:,.{decimals or 6}{'f' if decimals else 'g'}}")
        )
    text = f"{size:,.{decimals or 2}f}" if size >= 10 or decimals else f"{size:.4g}"
    unit = f" {metric.unit}" if metric is not None and metric.exact and metric.unit and size != 1 else ""
    return sign + (text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text) + unit


def difference(value: float, metric: Metric, *of: float) -> str:
    """The difference of two values of a metric, or their error: as `number`, but `3.2 points` of shares.

    With the values it is the difference `of`, it has no more decimals than they show, unless it would read as zero.
    """
    factor = metric.percent_factor or 1
    value *= factor
    if of:
        value = round(value, max(len(number(each * factor).partition(".")[2]) for each in of)) or value
    if metric.percent_factor is None:
        return number(value, metric)
    points = number(value)
    return f"{points} {'point' if points == '1' else 'points'}"


def percent(share: float) -> str:
    """A share in whole per cent: `50 %`."""
    return f"{share * 100:.0f} %"


def relative(share: float) -> str:
    """A relative change in whole per cent: `+12 %`, `−50 %`."""
    return f"{share * 100:+.0f} %".replace("-", "−")


def value(measure: Measure | None, metric: Metric | None = None) -> str:
    """A measure with `~` before an estimate, and its interval; "" for None: `~$0.25`, `1,488 [1,480, 1,496]`."""
    if measure is None:
        return ""
    return f"{'~' if measure.estimated else ''}{number(measure.value, metric)}{interval(measure, metric)}"


def interval(measure: Measure, metric: Metric | None = None) -> str:
    """The interval of a measure, to follow its value: ` [1,480, 1,496]`, or "" if none is published."""
    if measure.low is None or measure.high is None:
        return ""
    return f" [{number(measure.low, metric)}, {number(measure.high, metric)}]"


NO_ERROR = ", no error margin published"
"""The reservation on a difference whose error is unknown."""


def unsure(metric: Metric, *measures: Measure) -> str:
    """The reservation on an uncertain difference, to follow it: within the error, or no error published. None on points."""
    if metric.exact:
        return ""
    if metric.stated_error is not None or any(measure.half_width is not None for measure in measures):
        return ", within the error of the values"
    return NO_ERROR


_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def ordinal(place: int) -> str:
    """`fifth`, `11th`, `23rd`."""
    if place <= len(_ORDINALS):
        return _ORDINALS[place - 1]
    last = "th" if place % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place}{last}"


def span(lasted: timedelta) -> str:
    """A duration in the largest unit that fits into it twice: `47 hours`, `3 days`."""
    seconds = lasted.total_seconds()
    units = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))
    unit, length = next(((unit, length) for unit, length in units if seconds >= 2 * length), units[-1])
    return count(round(seconds / length), unit)


def machine_time(at: datetime) -> str:
    """A time for programs, and for copying into commands: `2026-04-18T06:18:33Z` (RFC 3339)."""
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def when(at: datetime, zone: tzinfo = UTC) -> str:
    """A time for people, with the name of their zone: `2026-04-18 06:18 UTC`, `2026-04-18 08:18 CEST`."""
    return f"{_minute(at, zone)} {_name(at, zone)}"


def day(at: datetime, zone: tzinfo = UTC) -> str:
    """The date of a time in a zone: `2026-04-18`."""
    return at.astimezone(zone).date().isoformat()


def period(start: datetime, end: datetime, zone: tzinfo = UTC, *, joined: str = "to") -> str:
    """Two times for people: `2026-04-11 00:00 to 2026-04-18 00:00 UTC`; each with its zone if the clock changed between them."""
    first = _minute(start, zone) if _name(start, zone) == _name(end, zone) else when(start, zone)
    return f"{first} {joined} {when(end, zone)}"


def _minute(at: datetime, zone: tzinfo) -> str:
    return at.astimezone(zone).replace(tzinfo=None).isoformat(" ", timespec="minutes")


def _name(at: datetime, zone: tzinfo) -> str:
    """`UTC`, `CEST`; `UTC-03` of a zone without a name."""
    name = at.astimezone(zone).tzname() or ""
    return name if name.isalpha() else f"UTC{name.removeprefix('UTC')}"


def listed(things: Iterable[str | Party], most: int | None = 3, *, of: int = 0) -> str:
    """`A, B and C`, or `A, B, C and 4 more` if there are more than `most`; `of` is the number of things if not all are given."""
    names = [thing if isinstance(thing, str) else thing.name for thing in things]
    shown = names[:most]
    unnamed = max(of, len(names)) - len(shown)
    if shown and unnamed > 0:
        return f"{', '.join(shown)} and {unnamed:,} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


_BARS = "▁▂▃▄▅▆▇█"
_LEVEL = 0.002


def sparkline(values: Sequence[float], most: int = 24) -> str:
    """A series as a row of bars, one for each value, or for each of `most` equal parts of it its last value.

    Values within 0.2 % of each other are level: finer decimals change nothing.
    """
    shown = [values[(place + 1) * len(values) // most - 1] for place in range(most)] if len(values) > most else list(values)
    if not shown or max(shown) - min(shown) <= _LEVEL * max(map(abs, shown)):
        return _BARS[0] * len(shown)
    low, high = min(shown), max(shown)
    return "".join(_BARS[int((value - low) / (high - low) * (len(_BARS) - 1) + 0.5)] for value in shown)


def host_of(url: str) -> str:
    """The host of an address in lower case, without its port; "" if there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""A spreadsheet runs a cell that begins with one of these. https://owasp.org/www-community/attacks/CSV_Injection"""


def inert(text: str) -> str:
    """A text for a cell, after an apostrophe if a spreadsheet would take it for a formula; numbers stay as they are."""
    if not text.startswith(_FORMULA):
        return text
    try:
        float(text)
    except ValueError:
        return f"'{text}"
    return text


def shortened(text: str) -> str:
    """At most 160 characters: a cell or an address can be of any length."""
    return text if len(text) <= 160 else f"{text[:159]}…"


def count(number: int, singular: str, plural: str = "") -> str:
    """`1 story`, `12 stories`; the plural is made with an s by default."""
    return f"{number:,} {singular if number == 1 else plural or f'{singular}s'}"


_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-_]|\x9b[0-?]*[ -/]*[@-~]")
UNSAFE = (
    "\x00-\x1f\x7f-\x9f\u2028\u2029"  # control characters and line ends
    "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # zero width, bidi marks and overrides
    "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"  # letters and marks that are invisible
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"  # format controls of single scripts
    "\U000e0000-\U000e0fff"  # tags
    "\ue000-\uf8ff\U000f0000-\U0010ffff"  # private use
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"  # not allowed in files, or in XML
)
"""The characters that are invisible or act on a terminal, for the brackets of a regular expression.

A constant instead of Unicode's categories, so that names are equal under every Python. It excludes the variation selectors of
emoji.
"""
_UNSAFE = re.compile(f"[{UNSAFE}]")
_UNSAFE_OR_BLANK = re.compile(f"[{UNSAFE}\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")


def safe(text: str) -> str:
    """Text on one line without escape sequences and unsafe characters; a line end becomes a blank, and blanks stay."""
    return _UNSAFE.sub(lambda sign: " " if sign[0].isspace() else "", _ESCAPES.sub("", text))


def clean(text: str) -> str:
    """`safe`, with single blanks and none at the ends, for names and sentences; cleaning twice changes nothing."""
    return " ".join(safe(text).split())


def visible(text: str) -> str:
    r"""Text on one line with unsafe characters and unusual blanks spelled out (`\u200b`, `\xa0`).

    For messages on files, paths and keys, where an invisible character may be the error.
    """
    return _UNSAFE_OR_BLANK.sub(lambda sign: sign[0].encode("unicode_escape").decode(), text)


def escaped(json: str) -> str:
    r"""JSON with unsafe characters as `\uXXXX`: the same values on one line, without effect on a terminal."""
    return _UNSAFE.sub(lambda sign: _escape(sign[0]), json)


def _escape(sign: str) -> str:
    units = sign.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at] << 8 | units[at + 1]:04x}" for at in range(0, len(units), 2))
