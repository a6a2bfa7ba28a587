"""Cells of several lines."""

import pytest

from tracker.reading.lines import figure_line, name_lines, parts_of


@pytest.mark.parametrize(
    ("cells", "names"),
    [
        (["a\nLab", "b\nLab"], ["a", "b"]),
        (["Lab\na", "Lab\nb"], ["a", "b"]),
        (["a\nhigh", "a\nlow", "b\nhigh"], ["a high", "a low", "b high"]),
        (["a", "b\nLab", None], ["a", "b", ""]),
        (["a\nLab", "a\nLab", "b\nLab"], ["a", "a", "b"]),
        (["a\n\n  x  y", "b\r\nz"], ["a", "b"]),
        (["a", None], ["a", None]),
        (["✅\na\n🆕", "b", "🔥\nc"], ["a", "b", "c"]),
        (["✅", "🔥\n⭐"], ["✅", "🔥"]),
    ],
)
def test_a_name_is_the_line_that_differs_from_entry_to_entry(cells, names):
    assert name_lines(cells) == names


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("88.4", "88.4"),
        ("88.4\nof 500 questions", "88.4"),
        ("1432\n±6", "1432 ±6"),
        ("1432\n+6/-5", "1432 +6/-5"),
        ("1432\n±6\nof 12 votes", "1432 ±6"),
        ("85\n12", "85 12"),
        ("85\n(12)", "85"),
        (None, None),
    ],
)
def test_a_figure_is_read_without_the_remark_below_it(cell, text):
    assert figure_line(cell) == text


@pytest.mark.parametrize(
    ("cell", "figures"),
    [
        ("$5 / $25", ["$5", "$25"]),
        ("5/25", ["5", "25"]),
        ("$1.25/M in, $10/M out", ["$1.25", "$10"]),
        ("[70.1, 72.3]", ["70.1", "72.3"]),
        ("[70.1,72.3]", ["70.1", "72.3"]),
        ("1,427–1,438", ["1,427", "1,438"]),
        ("70.1 % - 72.3 %", ["70.1 %", "72.3 %"]),
        ("-0.5 – -0.2", ["-0.5", "-0.2"]),
        ("128k / 8k", ["128k", "8k"]),
        ("[427,438]", ["427,438"]),
        ("free", []),
        (None, []),
    ],
)
def test_the_figures_of_a_cell_keep_their_signs_and_groups(cell, figures):
    assert parts_of(cell) == figures
