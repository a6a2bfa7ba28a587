import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parsing import read

from tracker.errors import ParseError

CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)


def test_quoted_cells_may_contain_delimiters_quotes_and_newlines():
    body = '\ufeffmodel,score,note\n"a, b",1.50,"two\nlines"\n"say ""hi""",,x\n'
    assert read("csv_table", body, ["model", "score", "note"]).rows == [("a, b", "1.50", "two\nlines"), ('say "hi"', "", "x")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_header_shows_the_delimiter(delimiter):
    body = f"model{delimiter}score\na{delimiter}1\n"
    assert read("csv_table", body, ["model", "score"]).rows == [("a", "1")]


def test_a_header_of_many_columns_is_read():
    columns = [f"model-{number}" for number in range(20_000)]
    body = ",".join(columns) + "\n" + ",".join(["1"] * len(columns)) + "\n"
    assert read("csv_table", body, ["model-19999"]).rows == [("1",)]


def test_a_column_is_named_by_its_header_or_its_number():
    body = ",score,score,Size  (B)\nm,1,2,3\n"
    assert read("csv_table", body, ["$1", "score", "score (2)", "Size (B)", "", "$9"]).rows == [("m", "1", "2", "3", "m")]


def test_a_row_with_too_many_cells_is_refused_with_its_line():
    with pytest.raises(ParseError, match=r"found 3 cells in the row that ends at line 4, the header has 2"):
        read("csv_table", 'a,b\n"x\ny",1\n1,2,3\n', ["a"])


@pytest.mark.parametrize("row", ["4", "4,"])
def test_the_cells_that_a_row_lacks_are_unknown(row):
    assert read("csv_table", f"a,b,c\n1,2,3\n{row}\n7,8,9\n", ["a", "c"]).rows == [("1", "3"), ("4", None), ("7", "9")]


def test_a_last_row_without_its_cells_and_line_end_is_cut_off():
    with pytest.raises(ParseError, match="found a last row without its last cells and without a line end: the file is cut off"):
        read("csv_table", "a,b,c\n1,2,3\n4,5", ["a", "c"])
    assert read("csv_table", "a,b,c\n1,2,3\n4,5,6", ["a", "c"]).rows == [("1", "3"), ("4", "6")]


@pytest.mark.parametrize("row", [",,", " , ,", '"","",'])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_rows_without_text_are_left_out(row, place):
    lines = ["1,2,3", "4,5,6"]
    lines.insert(place, row)
    assert read("csv_table", "\n".join(["a,b,c", *lines, ""]), ["a", "c"]).rows == [("1", "3"), ("4", "6")]


@pytest.mark.parametrize("line", ['"x" ,1', 'x, "1"', '"x"  , "1" ', ' "x","1"  '])
def test_blanks_around_quotes_are_not_part_of_a_cell(line):
    name, figure = read("csv_table", f"a,b\n{line}\n", ["a", "b"]).rows[0]
    assert (name, figure.strip()) == ("x", "1")


def test_a_quoted_blank_and_comma_stay_in_their_cell():
    assert read("csv_table", 'a,b\n"x , y ",1\n"he said ""z"" , ok",2\n', ["a"]).rows == [("x , y ",), ('he said "z" , ok',)]


def test_trailing_empty_columns_are_allowed():
    assert read("csv_table", "a,b,\n1,2,\n3,4\n5,6,,\n", ["a", "b"]).rows == [("1", "2"), ("3", "4"), ("5", "6")]


def test_blank_lines_are_skipped():
    assert read("csv_table", "a,b\n\n1,2\n\n", ["a"]).rows == [("1",)]


def test_rows_can_be_filtered():
    body = "model,source\na,x\nb,y\nc,x\n"
    assert read("csv_table", body, ["model"], where={"source": "x"}).rows == [("a",), ("c",)]
    with pytest.raises(ParseError, match="no row with source = 'z'"):
        read("csv_table", body, ["model"], where={"source": "z"})


def test_in_the_wide_layout_the_last_row_with_values_is_current():
    body = ",gpt,kimi,old,none\n20240101,1,2,3,0.0\n20240102,1100.5,1200.25,0.0,\n20240103,,,,\n"
    table = read("csv_table", body, ["$key", "$value"], layout="wide", absent=["0.0"])
    assert table.rows == [("gpt", "1100.5"), ("kimi", "1200.25")]
    assert table.facts == {"row": "20240102"}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("<!DOCTYPE html><div id=root></div>", "found a page beginning"),
        ("model,score\n", r"found a header \(model, score\) and no rows"),
        ("only one column\nx\n", "found no delimiter"),
        ("name,value\na,1\n", r"none of the wanted columns \(model\), the header has name, value"),
        ('model,score\n"a,1\n', "broken CSV at line 2"),
        ('model,score\n"a"b,1\n', "broken CSV at line 2"),
        ("model,score\na," + "x" * 200_000, "broken CSV at line 2: "),
        (b"model,score\n\xe9,1\n", "byte 0xe9 at 12, expected UTF-8"),
    ],
)
def test_other_text_than_a_table_is_refused(body, message):
    with pytest.raises(ParseError, match=message):
        read("csv_table", body, ["model"])


def test_a_wide_table_without_values_is_refused():
    with pytest.raises(ParseError, match="no row with a value"):
        read("csv_table", ",a,b\n20240101,,\n", ["$key"], layout="wide")
    with pytest.raises(ParseError, match="no model with a value in the last row"):
        read("csv_table", ",a,b\n20240101,0,0\n", ["$key"], layout="wide", absent=["0"])


@given(
    st.lists(st.tuples(CELL, CELL, CELL).filter(lambda cells: any(map(str.strip, cells))), min_size=1, max_size=6),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_what_was_written_is_read(rows, delimiter, end):
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows([("a", "b", "c"), *rows])
    assert read("csv_table", file.getvalue(), ["a", "b", "c"]).rows == rows


TITLES = {
    "a line alone": "Board of birds\n",
    "padded lines": "Board of birds,,\nAs of May 2026,,\n\n",
    "a quoted line with commas": '"Birds, ranked, by hand"\n',
    "a remark with commas": "# Source: one, two\n",
    "remarks": "# made by hand\n# 12 of May, 2026\n",
}


@pytest.mark.parametrize("above", TITLES.values(), ids=TITLES)
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_titles_and_remarks_above_the_header_are_skipped(above, delimiter):
    table = "Model,Score,Lab\nWren 2,61.5,Moor\nHeron,60,Fen\n".replace(",", delimiter)
    rows = read(
        "csv_table", (above if '"' in above or "#" in above else above.replace(",", delimiter)) + table, ["Model", "Score"]
    )
    assert rows.rows == [("Wren 2", "61.5"), ("Heron", "60")]


@pytest.mark.parametrize("header", ["#,Model,Score", ",Model,Score", "#Nr,Model,Score", "Nr,,"])
def test_a_first_line_that_names_columns_is_not_a_title(header):
    assert len(read("csv_table", f"{header}\n1,Wren 2,61.5\n2,Heron,60\n", ["$2"]).rows) == 2


def test_words_in_the_second_line_are_not_a_header_without_a_figure_below_them():
    assert read("csv_table", "Model,\nWren 2,Moor\nHeron,Fen\n", ["Model", "$2"]).rows == [("Wren 2", "Moor"), ("Heron", "Fen")]


def test_the_first_row_of_a_table_without_a_header_is_an_entry():
    rows = read("csv_table", "1,Ruff,91.5\n2,Smew,90\n3,Knot\n", ["$2", "$3"], headless=True).rows
    assert rows == [("Ruff", "91.5"), ("Smew", "90"), ("Knot", None)]
