import pkgutil

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from parsing import read

import tracker.parsers
from tracker.errors import DeclarationError, ParseError
from tracker.model import Parse, Table
from tracker.parsers import FORMATS, join, options_for, options_of, parse
from tracker.parsers._css import selector
from tracker.parsers.html_table import PLAIN

MODULES = {module.name for module in pkgutil.iter_modules(tracker.parsers.__path__)}


def test_every_format_has_a_file():
    assert set(FORMATS) <= MODULES


HELPERS = {"cell_text", "decoding", "devalue", "html_limits", "html_tree", "limits", "script_source", "strict_json"}
"""What formats share, and the proposer of declarations uses too."""


def test_every_file_is_a_format_or_a_helper():
    assert {name for name in MODULES if not name.startswith("_")} - HELPERS == set(FORMATS)


def test_no_format_is_registered_twice():
    assert len(FORMATS) == len(set(FORMATS))


@pytest.mark.parametrize("name", FORMATS)
def test_every_option_is_described(name):
    schema = msgspec.json.schema(options_of(name))
    (options,) = schema["$defs"].values()
    assert options["additionalProperties"] is False
    assert [key for key, value in options["properties"].items() if not value.get("description")] == []


def test_an_unknown_format_is_named_with_a_suggestion():
    with pytest.raises(
        DeclarationError, match=r'lab/board: parse.format = "html-tabel" is unknown; did you mean "html_table"\? known: csv_table'
    ):
        parse(b"x", Parse(format="html-tabel"), ["a"], "lab/board")


def test_an_unknown_option_is_named_with_the_known_ones():
    with pytest.raises(
        DeclarationError, match=r"lab/board: parse \(format json_records\): .*`recrods`; known: allow_nan, .*records"
    ):
        read("json_records", "[]", ["a"], recrods="data")


@pytest.mark.parametrize(
    ("form", "options"),
    [
        ("json_records", {"records": "data[?"}),
        ("json_records", {"records": "data", "first_of": ["a"]}),
        ("json_records", {"facts": {"version": "re:no group"}}),
        ("json_records", {"facts": {"version": "re:("}}),
        ("json_records", {"records": "data.lenght(@)"}),
        ("json_records", {"pairs": True, "header": "columns"}),
        ("json_records", {"cell": "value"}),
        ("json_records", {"header": "columns["}),
        ("json_records", {"without": {"a": 5}}),
        ("js_literal", {}),
        ("js_literal", {"variable": "const data"}),
        ("js_literal", {"variable": "data", "records": "["}),
        ("json_ld", {"name": "re:("}),
        ("html_table", {"select": "table["}),
        ("html_table", {"rows": ">>"}),
        ("html_table", {"facts": {"version": "a.path"}}),
        ("csv_table", {"delimiter": ",,"}),
        ("csv_table", {"layout": "tall"}),
        ("csv_table", {"inside": "`([^`]*)`"}),
        ("csv_table", {"inside": "re:no group"}),
        ("csv_table", {"facts": {"version": "a.path"}}),
        ("markdown_table", {"facts": {"version": "a.path"}}),
        ("flight", {}),
        ("flight", {"require": []}),
        ("flight", {"require": ["a"], "min_records": 0}),
        ("yaml_records", {"records": "]"}),
    ],
)
def test_a_wrong_option_is_a_declaration_error(form, options):
    with pytest.raises(DeclarationError, match=f"parse \\(format {form}\\)"):
        options_for(Parse(format=form, options=options), "lab/board")


def test_a_wrong_selector_of_a_column_is_a_declaration_error():
    with pytest.raises(DeclarationError, match="lab/board: html_table: columns: 'p\\[' is not a CSS selector"):
        read("html_table", "<table><tr><th>a<tr><td>1</table>", ["css:p["])


@given(st.from_regex(PLAIN, fullmatch=True))
def test_a_selector_that_is_not_looked_at_is_right(css: str):
    assert selector(css).pattern == css


def test_an_error_is_one_line_that_names_board_format_and_remedy():
    with pytest.raises(ParseError) as caught:
        read("yaml_records", "a: [1,\n  b: }\n", ["a"])
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("lab/board: yaml_records: found broken YAML")
    assert str(caught.value).endswith("(tracker board test lab/board --live)")


def test_joined_tables_keep_every_column_row_and_start():
    first = Table(columns=("a", "b"), rows=[("1", "2"), ("3", None)], facts={"version": "1"})
    two = Table(columns=("b", "c"), rows=[("4", "5")], facts={"version": "2", "total": "3"})
    joined = join([first, two, first])
    assert joined.columns == ("a", "b", "c")
    assert joined.rows == [("1", "2", None), ("3", None, None), (None, "4", "5"), ("1", "2", None), ("3", None, None)]
    assert joined.page_starts == (0, 2, 3)
    assert joined.facts == {"version": "1", "total": "3"}


def test_tables_with_the_same_columns_are_concatenated():
    tables = [Table(columns=("a",), rows=[("1",), ("2",)]), Table(columns=("a",), rows=[("3",)])]
    assert (join(tables).rows, join(tables).page_starts) == ([("1",), ("2",), ("3",)], (0, 2))


def test_one_table_joined_is_itself():
    table = Table(columns=("a",), rows=[("1",)])
    assert join([table]) is table


def test_joining_no_tables_is_an_error():
    with pytest.raises(ValueError, match="no tables"):
        join([])
