"""The parts of charts that can be stated as rules: runs, scales, labels, widths, colours."""

import itertools
from datetime import UTC, datetime, timedelta

import kit
import pytest
from charts_world import at, breaks, gap, head, line
from hypothesis import given
from hypothesis import strategies as st
from svg import crossed

from tracker.charts import COLOURS, FORMS, Look
from tracker.charts._runs import runs, stepped, thinned
from tracker.charts._scale import log_ticks, shown_range, spread, ticks, time_ticks
from tracker.charts._text import fit, width, wrap
from tracker.charts._theme import DARK, LIGHT
from tracker.model import ChartPoint, LineChart, Measure

pixels = st.lists(st.floats(0, 300), min_size=1, max_size=30).map(lambda heights: list(enumerate(heights)))
days = st.lists(st.integers(1, 11), max_size=3, unique=True).map(sorted)


@given(
    values=st.lists(st.lists(st.integers(40, 60) | st.none(), min_size=12, max_size=12), min_size=1, max_size=4),
    stops=days,
    gaps=st.lists(st.tuples(st.integers(0, 9), st.integers(1, 2)), max_size=2),
)
def test_no_line_of_any_form_crosses_a_re_base(values, stops, gaps):
    drawn = [
        line(
            f"L{place} " + " ".join("-" if value is None else f"{value}±2" for value in series),
            "".join(str(1 + place) for _ in series),
        )
        for place, series in enumerate(values)
        if any(value is not None for value in series)
    ]
    if not drawn:
        return
    chart = LineChart(
        head=head(days=11), lines=drawn, breaks=breaks(*stops), gaps=[gap(start, start + length) for start, length in gaps]
    )
    for form in ("bump", "band", "step"):
        assert crossed(FORMS[form](chart, Look())) == []


@given(st.lists(st.integers(0, 5) | st.none(), min_size=1, max_size=20), days, st.integers(0, 8))
def test_runs_are_the_points_with_a_value_cut_at_breaks_gaps_and_holes(values, stops, start):
    points = [ChartPoint(at=at(day), measure=None if value is None else Measure(value=value)) for day, value in enumerate(values)]
    cut = runs(points, breaks(*stops), (gap(start, start + 1),), lambda point: point.measure and point.measure.value)
    assert [point for run in cut for point in run] == [point for point in points if point.measure is not None]
    for place, point in enumerate(points[1:], start=1):
        together = any(point in run and points[place - 1] in run for run in cut)
        apart = place in stops or (place - 1 == start) or point.measure is None or points[place - 1].measure is None
        assert together is not apart


@given(pixels, st.floats(0, 20))
def test_a_thinned_line_stays_within_the_tolerance(line_of, tolerance):
    kept = thinned(line_of, tolerance)
    assert kept[0] == line_of[0]
    assert kept[-1] == line_of[-1]
    for (left, above), (right, below) in itertools.pairwise(kept):
        for x, y in line_of[left : right + 1]:
            assert abs(y - above - (below - above) * (x - left) / (right - left)) <= tolerance + 1e-6


@given(st.lists(st.integers(0, 3), min_size=1, max_size=20))
def test_a_stepped_line_holds_each_value_until_the_next(heights):
    corners = stepped([(float(x), float(y)) for x, y in enumerate(heights)])
    for x, height in enumerate(heights):
        assert [corner for corner in corners if corner[0] <= x][-1][1] == height
    assert all(one[0] == other[0] or one[1] == other[1] for one, other in itertools.pairwise(corners))


@given(st.lists(st.floats(0, 200), min_size=1, max_size=12), st.floats(5, 15))
def test_labels_are_apart_in_order_and_within_their_room(wanted, apart):
    places = spread(wanted, apart, 0, 200)
    order = sorted(range(len(wanted)), key=lambda place: wanted[place])
    moved = [places[place] for place in order]
    assert all(after - before >= apart - 1e-6 for before, after in itertools.pairwise(moved))
    assert min(moved) >= -1e-6
    assert max(moved) <= max(200, apart * (len(wanted) - 1)) + 1e-6


def test_labels_with_room_stay_where_they_are_wanted():
    assert spread([50, 10, 100], 15, 0, 200) == [50, 10, 100]
    assert spread([50, 50], 10, 0, 200) == [45, 55]


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(2, 10))
def test_ticks_are_round_few_and_within_the_range(low, length, most):
    found = ticks(low, low + length, most)
    assert len(found) <= most + 1
    assert all(low - length * 1e-6 <= tick <= low + length * (1 + 1e-6) for tick in found)


def test_ticks_of_prices_are_at_one_two_and_five():
    assert log_ticks(0.04, 3, 10) == pytest.approx([0.05, 0.1, 0.2, 0.5, 1, 2])
    assert log_ticks(0.01, 100, 5) == pytest.approx([0.01, 0.1, 1, 10, 100])


@given(st.integers(0, 2_000_000), st.integers(1, 200_000), st.integers(3, 12))
def test_ticks_of_time_are_few_and_within_the_period(start, hours, most):
    first = datetime(2023, 1, 1, tzinfo=UTC) + timedelta(minutes=start)
    last = first + timedelta(hours=hours)
    found = time_ticks(first, last, most, UTC)
    assert len(found) <= most + 1
    assert all(first <= tick <= last for tick, _ in found)
    assert len({label for _, label in found}) == len(found) or hours > 24


@pytest.mark.parametrize(
    ("metric", "cells", "least"),
    [
        (kit.metric(stated_error=1.4), ("57.2", "57.18"), 5.6),  # other decimals of the same number
        (kit.metric(nature="fitted"), ("1500±6", "1503±5"), 24),
        (kit.SCORE, ("80", "80.1"), 4.005),
        (kit.SCORE, ("40", "80"), 40),
        (kit.SCORE, ("0", "0"), 0),
    ],
)
def test_what_is_within_the_error_looks_small(metric, cells, least):
    low, high = shown_range(metric, map(kit.measure, cells))
    assert high - low == pytest.approx(least)
    assert low <= min(kit.measure(cell).value for cell in cells)


def test_the_first_tick_of_a_year_names_it():
    labels = [label for _, label in time_ticks(datetime(2025, 11, 20, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC), 6, UTC)]
    assert labels == ["Dec 2025", "Jan 2026", "Feb", "Mar"]


@given(st.text(max_size=60), st.floats(20, 400))
def test_a_shortened_text_fits(text, room):
    assert width(fit(text, room, 12), 12) <= room


def test_a_title_is_wrapped_into_lines_of_about_one_length():
    assert wrap("Heron leads Acme Arena, ahead of the Wren of Birds Incorporated", 300, 12) == [
        "Heron leads Acme Arena, ahead",
        "of the Wren of Birds Incorporated",
    ]


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_text_has_the_contrast_of_wcag_aa_and_shapes_theirs(colours):
    words = ["ink", "soft", *(f"c{number}" for number in range(COLOURS))]
    assert {name: ratio for name in words if (ratio := contrast(colours[name], colours["ground"])) < 4.5} == {}
    assert {name: ratio for name in ("ink", "soft") if (ratio := contrast(colours[name], colours["tint"])) < 4.5} == {}
    assert contrast(colours["grey"], colours["ground"]) >= 3
