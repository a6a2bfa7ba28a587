import gzip
import json

import pytest
from parsing import read

from tracker.errors import ParseError
from tracker.parsers.limits import MAX_BYTES

LINES = '{"name": "a", "score": 88.40, "at": {"lab": "x"}}\n\n{"name": "b", "score": 87}\n'


def test_each_line_is_a_record():
    table = read("json_lines", LINES, ["name", "score", "at.lab"])
    assert table.rows == [("a", "88.40", "x"), ("b", "87", None)]
    assert read("json_lines", LINES.replace("\n", "\r\n"), ["name"]).rows == [("a",), ("b",)]


def test_records_are_chosen_and_facts_found():
    table = read(
        "json_lines", LINES, ["name"], without={"name": "b"}, facts={"version": "[0].at.lab", "total": r're:"score": (\d+)'}
    )
    assert (table.rows, table.facts) == ([("a",)], {"version": "x", "total": "88"})


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('{"name": "a"}\n{"name": "b", "sc', "found broken JSON .* in line 2 of the body"),
        ('{"name": "a"}\n3\n', "found '3' as record 2 at the root, expected an object"),
        ('{"name": "a", "name": "b"}\n', "found name twice in one object"),
        ('{"name": NaN}\n', "found NaN, which is not JSON.* in line 1"),
        ("<html><body>x</body></html>", "found a page beginning"),
        ("\n \n", "empty body"),
    ],
)
def test_other_text_is_refused(body, message):
    with pytest.raises(ParseError, match=message):
        read("json_lines", body, ["name"])


@pytest.mark.parametrize("form", ["json_lines", "csv_table"])
def test_a_gzip_file_is_read_as_its_content(form):
    body = LINES if form == "json_lines" else "name,score\na,88.40\nb,87\n"
    assert read(form, gzip.compress(body.encode()), ["name"]).rows == [("a",), ("b",)]


def test_a_damaged_or_oversized_gzip_file_is_refused():
    packed = gzip.compress(LINES.encode() * 100)
    with pytest.raises(ParseError, match="found a gzip file with its end missing"):
        read("json_lines", packed[:-9], ["name"])
    with pytest.raises(ParseError, match="found a damaged gzip file"):
        read("json_lines", packed[:20] + b"x" * 20 + packed[40:], ["name"])
    bomb = gzip.compress(b" " * (MAX_BYTES + 1))
    with pytest.raises(ParseError, match="found a gzip file with more than 64,000,000 bytes"):
        read("json_lines", bomb, ["name"])


DATA = {
    "json_records": json.dumps([{"name": '<a href="https://hub.example/a-7b">a-7b</a>', "score": "<b>88</b>.4<sup>1</sup>"}]),
    "json_lines": json.dumps({"name": "<a href='#'>a-7b</a> <span>NEW</span>", "score": "88.4"}),
    "csv_table": 'name,score\n"<a href=""https://hub.example/a-7b"">a-7b</a>",88.4&nbsp;\n',
    "yaml_records": "- name: <b>a-7b</b>\n  score: '88.4<br>'\n",
    "js_literal": "const board = [{name: '<span>a-7b</span>', score: '88.4'}];",
}


@pytest.mark.parametrize("form", DATA)
def test_markup_in_data_is_read_as_the_text_it_shows(form):
    options = {"variable": "board"} if form == "js_literal" else {}
    assert read(form, DATA[form], ["name", "score"], **options).rows == [("a-7b", "88.4")]


@pytest.mark.parametrize("name", ["R&D 7B", "a < b", "x<y>z", "<think> 7B", "AT&T;x", "Q&A"])
def test_signs_that_are_not_markup_stay(name):
    assert read("json_records", json.dumps([{"name": name}]), ["name"]).rows == [(name,)]


def test_an_entity_in_data_is_the_character():
    assert read("json_records", '[{"name": "R&amp;D \\u0026lt; 7B"}]', ["name"]).rows == [("R&D < 7B",)]
