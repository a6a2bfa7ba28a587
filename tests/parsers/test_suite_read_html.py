"""The classes of the tests of pandas' `read_html` (https://github.com/pandas-dev/pandas), in cases of our own.

A case that pandas reads otherwise has its reason in the third column.
"""

import pytest
from parsing import read

from tracker.errors import ParseError

HIDDEN = "<span style='display:none;text-align:center'>x</span><span style='display: none'>y</span>"

TABLES = {
    "an empty table beside it": ("<thead><tr><th>A<th>B<tbody><tr><td>1<td>2</table><table><tbody></tbody>", "A B", [("1", "2")]),
    "several bodies": ("<thead><tr><th>A<th>B<tbody><tr><td>1<td>2<tbody><tr><td>3<td>4", "A B", [("1", "2"), ("3", "4")]),
    "one column": ("<thead><tr><th>A<tbody><tr><td>first", "A", [("first",)]),
    "a header cell in a row": ("<thead><tr><th>A<th>B<tbody><tr><td>x<th>y", "A B", [("x", "y")]),
    "a head without a row": ("<thead><th>A<th>B</thead><tbody><tr><td>x<td>y", "A B", [("x", "y")]),
    "plain cells in the head": ("<thead><tr><td>A<td>B<tbody><tr><td>x<td>y", "A B", [("x", "y")]),
    "no head": ("<tr><td>A<td>B<tr><td>x<td>1944", "A B", [("x", "1944")]),
    "an empty foot": ("<thead><tr><th>A<th>B<tbody><tr><td>x<td>y<tfoot></tfoot>", "A B", [("x", "y")]),
    "a foot above the body": ("<thead><tr><th>A<th>B<tfoot><tr><td>sum<td>1<tbody><tr><td>x<td>y", "A B", [("x", "y")]),
    "spans of 1": ("<tr><th>A<th colspan=1>B<th rowspan=1>C<tr><td>x<td>y<td>z", "A B C", [("x", "y", "z")]),
    "a span of columns and one of rows": (
        "<tr><td colspan=2>A<td>B<td rowspan=2>C<td>D<tr><td>x<td colspan=2>y<td>z",
        "A|A (2)|B|C|D",
        [("x", "y", "y", "C", "z")],
    ),
    "a span of both": (
        "<tr><td rowspan=2>A<td rowspan=2 colspan=3>B<td>C<tr><td>D",
        "A|B|B (2)|B (3)|C",
        [("A", "B", "B", "B", "D")],
    ),
    "a span at the end of a row": ("<tr><td>A<td rowspan=2>B<tr><td>x", "A B", [("x", "B")]),
    "spans to the end of the group": ("<tr><th>A<th>B<tr><td rowspan=0>x<td>1<tr><td>2", "A B", [("x", "1"), ("x", "2")]),
    "spans of no columns": ("<tr><th>A<th>B<tr><td colspan=0>x<td>1", "A B", [("x", "1")]),
    "spans with a unit": ("<tr><th>A<th>B<th>C<tr><td colspan='2px'>x<td>1", "A B C", [("x", "x", "1")]),
    "an empty header row": ("<thead><tr><th><th><tr><th>A<th>B<tbody><tr><td>x<td>y", "A B", [("x", "y")]),
    "groups above the header": (
        "<thead><tr><th rowspan=2>A<th colspan=2>P<tr><th>B<th>C<tbody><tr><td>x<td>1<td>2",
        "A B C",
        [("x", "1", "2")],
    ),
    "parts of the header in two rows": (
        "<thead><tr><th><th>Age<th>Party<tr><th>Name<th><th><tbody><tr><td>x<td>68<td>y",
        "Name Age Party",
        [("x", "68", "y")],
    ),
    "a row of filters below the header": (
        "<thead><tr><th>A<th>B<tr><th><input><th><select><option>All<option>y</select><tbody><tr><td>x<td>y",
        "A B",
        [("x", "y")],
    ),
    "hidden elements": (f"<tr><th>A<th>B<tr><td>1<td>2<tr><td>{HIDDEN}4<td>5", "A B", [("1", "2"), ("4", "5")]),
    "a hidden table": (
        f"<tr><th>A<th>B<tr><td>x {HIDDEN}<td>1</table><table style='display:none'><tr><td>x",
        "A B",
        [("x", "1")],
    ),
    "an unknown element": ("<tr><th>A<th>B<tr><td>spam<foobr />eggs<td>1", "A B", [("spameggs", "1")]),
    "links": ("<tr><th>A<th><a href=u>B</a><tr><td>x <a href=u>y</a> z<td><a href=u>1</a>", "A B", [("x y z", "1")]),
    "a table around it": ("<tr><td><table><tr><th>A<th>B<tr><td>1<td>2<tr><td>3<td>4</table>", "A B", [("1", "2"), ("3", "4")]),
    "marks for sorting": ("<thead><tr><th>A <span>▲</span><th>B<svg><path/></svg><tbody><tr><td>x<td>y", "A B", [("x", "y")]),
    "white space": ("<tr><th> A \n<th>B<tr><td>\n  x \t z<td> y ", "A B", [("x z", "y")]),
    "columns and a caption": (
        "<caption>C</caption><colgroup><col><col></colgroup><tr><th>A<th>B<tr><td>x<td>y",
        "A B",
        [("x", "y")],
    ),
    "unknown values": ("<thead><tr><th>A<tbody><tr><td> N/A<tr><td> NA", "A", [("N/A",), ("NA",)]),
    "another decimal sign": ("<tr><th>A<th>B<tr><td>x<td>1100#101", "A B", [("x", "1100#101")]),
}
DIFFERENCES = {
    "a foot is no entry: it sums up": ("<thead><tr><th>A<th>B<tbody><tr><td>x<td>y<tfoot><tr><td>sum<th>1", "A B", [("x", "y")]),
    "an empty row is no entry": ("<tr><th>A<th>B<tr><td>x<td>y<tr><td><td>", "A B", [("x", "y")]),
    "a row of all columns is a heading": ("<tr><th>A<th>B<tr><th colspan=2>Open<tr><td>x<td>y", "A B", [("x", "y")]),
    "a header cell alone in its row is a heading": ("<tr><th>A<th>B<tr><th>Open<th><tr><td>x<td>y", "A B", [("x", "y")]),
    "so is one below entries": ("<tr><th>A<th>B<tr><td>x<td>y<tr><th>Open<tr><td>z<td>1", "A B", [("x", "y"), ("z", "1")]),
    "the header is repeated for people": (
        "<tr><th>A<th>B<tr><td>x<td>y<tr><th>A<th>B<tr><td>z<td>1",
        "A B",
        [("x", "y"), ("z", "1")],
    ),
    "cells that a row lacks are unknown": ("<tr><th>A<th>B<tr><td>x<tr><td>z<td>1", "A B", [("x", None), ("z", "1")]),
    "a line break separates": ("<tr><th>A<th>B<tr><td>x<br>y<td>1", "A B", [("x\ny", "1")]),
    "the last header row names the columns": ("<tr><th>A<th>B<tr><th>C<th>D<tr><td>x<td>y", "C D", [("x", "y")]),
    "a table inside a cell is its text": ("<tr><th>A<th>B<tr><td>x<table><tr><td>y<td>z</table><td>1", "A B", [("x\ny\nz", "1")]),
    "text for screen readers is a note": ("<tr><th>A<th>B<tr><td>x<td>1<span class=sr-only>of 9</span>", "A B", [("x", "1")]),
}


@pytest.mark.parametrize("name", TABLES | DIFFERENCES)
def test_a_table_has_the_cells_that_people_see(name):
    rows, columns, expected = (TABLES | DIFFERENCES)[name]
    wanted = columns.split("|") if "|" in columns else columns.split()
    assert read("html_table", f"<table>{rows}</table>", wanted).rows == expected


@pytest.mark.parametrize(
    "rows",
    [
        "<tr><td rowspan=3>A<td rowspan=3>B",  # pandas reads the header two times more
        "<tr><th>A<th>B<tr><td colspan=99999>x",  # a notice only
        "<thead><tr><th>A<th>B<tbody><tr><td>x<td>y<td>z<tr><td>x<td>y",  # a cell too many may have shifted the others
        "<thead><tr><th>A<th>B",
    ],
)
def test_a_table_without_certain_entries_is_refused(rows):
    with pytest.raises(ParseError):
        read("html_table", f"<table>{rows}</table>", ["A", "B"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_every_encoding_of_the_web_is_read(encoding):
    page = f"<meta charset={encoding}><table><tr><th>A<th>B<tr><td>Lëtz<td>1</table>"
    assert read("html_table", page.encode(encoding), ["A"]).rows == [("Lëtz",)]


def test_utf_32_is_refused_as_browsers_do():
    with pytest.raises(ParseError):
        read("html_table", "<table><tr><th>A<th>B<tr><td>Lëtz<td>1</table>".encode("utf-32"), ["A"])
