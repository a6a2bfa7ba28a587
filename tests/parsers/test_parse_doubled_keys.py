"""A key that a mapping has twice: no format lets the last one win."""

import pytest
from parsing import read

from tracker.errors import ParseError

MAPS = {
    "json_records": '{"a": {"score": 9}, "b": {"score": 2}, "a": {"score": 1}}',
    "yaml_records": "a:\n  score: 9\nb:\n  score: 2\na:\n  score: 1\n",
    "js_literal": "const board = {a: {score: 9}, b: {score: 2}, 'a': {score: 1}};",
}
OPTIONS = {"js_literal": {"variable": "board"}}
RECORDS = {
    "json_records": '[{"name": "a", "score": 9, "score": 1}, {"name": "b", "score": 2}]',
    "yaml_records": "- name: a\n  score: 9\n  score: 1\n- name: b\n  score: 2\n",
    "js_literal": "const board = [{name: 'a', score: 9, score: 1}, {name: 'b', score: 2}];",
}
NESTED = {
    "json_records": '[{"name": "a", "at": {"score": 9, "score": 1}}, {"name": "b", "at": {"score": 2}}]',
    "yaml_records": "- name: a\n  at:\n    score: 9\n    score: 1\n",
    "js_literal": "const board = [{name: 'a', at: {score: 9, score: 1}}];",
}


@pytest.mark.parametrize("form", MAPS)
def test_an_entry_that_a_map_has_twice_is_two_entries(form):
    parsed = read(form, MAPS[form], ["$key", "score"], **OPTIONS.get(form, {}))
    assert parsed.rows == [("a", "9"), ("b", "2"), ("a", "1")]


def test_a_pair_that_an_object_has_twice_is_two_entries():
    parsed = read("json_records", '{"a": 9, "b": 2, "\\u0061": 1}', ["$key", "$value"], pairs=True)
    assert parsed.rows == [("a", "9"), ("b", "2"), ("a", "1")]


@pytest.mark.parametrize("form", RECORDS)
def test_a_field_that_a_record_has_twice_is_refused(form):
    with pytest.raises(ParseError, match="found score twice in one object, expected each key once"):
        read(form, RECORDS[form], ["name", "score"], **OPTIONS.get(form, {}))


@pytest.mark.parametrize("form", NESTED)
@pytest.mark.parametrize("path", ["at.score", "at.score || `0`", "at.*"])
def test_a_field_that_an_object_in_a_record_has_twice_is_refused(form, path):
    with pytest.raises(ParseError, match="found score twice in one object, expected each key once"):
        read(form, NESTED[form], ["name", path], **OPTIONS.get(form, {}))


def test_a_repeated_key_that_is_not_read_does_no_harm():
    body = '{"about": {"x": 1, "x": 2}, "data": [{"name": "a", "score": 9}]}'
    assert read("json_records", body, ["name", "score"], records="data").rows == [("a", "9")]
