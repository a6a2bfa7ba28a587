import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parsing import as_dicts, read

from tracker.errors import ParseError

NAMES = st.text(min_size=1, max_size=20)
NUMBERS = st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False))


def test_numbers_stay_as_published():
    body = (
        '{"data": [{"id": "a", "score": 60.20, "votes": 1e5, "big": 9007199254740993,'
        ' "small": -0, "long": 0.1000000000000000055511151231257827}]}'
    )
    table = read("json_records", body, ["id", "score", "votes", "big", "small", "long"], records="data")
    assert table.rows == [("a", "60.20", "1e5", "9007199254740993", "-0", "0.1000000000000000055511151231257827")]


def test_booleans_null_and_nothing_differ_from_text():
    table = read("json_records", '[{"a": true, "b": null}, {"a": false, "b": "x"}, {"b": "", "c": 0}]', ["a", "b"])
    assert table.rows == [("true", None), ("false", "x"), (None, "")]


def test_records_without_a_value_are_left_out():
    body = '[{"a": "x"}, {"a": null}, {}, {"a": "", "b": " "}, {"b": "y"}]'
    assert read("json_records", body, ["a"]).rows == [("x",), (None,)]


def test_a_column_that_no_record_has_is_absent():
    table = read("json_records", '[{"a": 1, "b": null}]', ["a", "b", "c", "a.d"])
    assert table.columns == ("a", "b")


def test_a_nested_value_is_compact_json():
    table = read("json_records", '[{"tags": ["Ä", "b"], "more": {"x": true}}]', ["tags", "more"])
    assert table.rows == [('["Ä","b"]', '{"x":true}')]


def test_paths_reach_into_objects_and_lists():
    body = '[{"a": {"b": [{"c": 1}, {"c": 2}]}}, {"a": {"b": []}}, {"a": null, "d": 1}]'
    assert as_dicts(read("json_records", body, ["a.b[1].c"])) == [{"a.b[1].c": "2"}, {"a.b[1].c": None}, {"a.b[1].c": None}]


@pytest.mark.parametrize("key", ["a.b", "pass@1", "#Params (B)", "Average ⬆️", "humaneval+", "x[0]", "rows[].row", "Size (B"])
def test_a_path_is_first_tried_as_a_literal_key(key):
    assert as_dicts(read("json_records", json.dumps([{key: 1, "a": {"b": 2}}]), [key])) == [{key: "1"}]


@pytest.mark.parametrize("key", ["a.b", "pass@1", "#Params (B)", "x[0]", "Size (B)", "Size (B", "["])
def test_a_key_that_no_record_has_is_not_a_column(key):
    assert read("json_records", '[{"b": 1}, {"b": 2}]', [key, "b"]).columns == ("b",)


def test_a_key_with_dots_is_found_inside_too():
    assert read("json_records", '[{"scores": {"gpt-4.1": {"v": 7}}}]', ["scores.gpt-4.1.v"]).rows == [("7",)]


def test_a_path_that_is_not_dotted_is_a_jmespath():
    body = '[{"cats": [{"label": "x", "elo": 1}, {"label": "all", "elo": 2}]}]'
    assert read("json_records", body, ["cats[?label == 'all'] | [0].elo"]).rows == [("2",)]


def test_an_object_of_objects_gives_its_keys():
    body = '{"full": {"m1": {"rating": 1.5}, "m2": {"rating": 2.5}}, "coding": {"m1": {"rating": 9}}}'
    assert read("json_records", body, ["$key", "rating"], records="full").rows == [("m1", "1.5"), ("m2", "2.5")]


def test_rows_of_the_hugging_face_api_are_reached():
    body = '{"rows": [{"row_idx": 0, "row": {"m": "a", "category": "overall"}}, {"row": {"m": "b", "category": "math"}}]}'
    assert read("json_records", body, ["m"], records="rows[].row", where={"category": "overall"}).rows == [("a",)]


def test_the_first_path_that_finds_something_is_taken():
    options = {"first_of": ["leaderboards[?name == 'Test'].results[]", "test_leaderboard"]}
    assert read("json_records", '{"leaderboards": [{"name": "Test", "results": [{"name": "n"}]}]}', ["name"], **options).rows == [
        ("n",)
    ]
    assert read("json_records", '{"test_leaderboard": [{"name": "o"}]}', ["name"], **options).rows == [("o",)]
    with pytest.raises(ParseError, match=r"found nothing at leaderboards.* or test_leaderboard"):
        read("json_records", '{"other": []}', ["name"], **options)


def test_exploded_records_reach_the_outer_record():
    body = (
        '{"m": [{"id": "a", "h": [{"p": 1, "to": null}, {"p": 2}]}, {"id": "b",'
        ' "h": []}, {"id": "c"}, {"id": "d", "h": [{"p": 3}]}]}'
    )
    table = read("json_records", body, ["^.id", "p"], records="m", explode="h")
    assert table.rows == [("a", "1"), ("a", "2"), ("d", "3")]


def test_two_levels_of_objects_give_both_keys():
    body = '{"openai": {"models": {"gpt-5": {"cost": 1}}}, "kimi": {"models": {"k3": {"cost": 2}}}}'
    table = read("json_records", body, ["^.$key", "$key", "cost"], explode="models")
    assert table.rows == [("openai", "gpt-5", "1"), ("kimi", "k3", "2")]


def test_facts_are_found_by_path_and_by_pattern_and_may_be_absent():
    facts = {"version": "meta.version", "stated_on": 're:"updated": "([^"]+)', "total": "meta.none"}
    table = read(
        "json_records",
        '{"meta": {"version": 4.10}, "updated": "2026-01-02", "data": [{"a": 1}]}',
        ["a"],
        records="data",
        facts=facts,
    )
    assert table.facts == {"version": "4.10", "stated_on": "2026-01-02"}


def test_nan_is_refused_unless_allowed():
    body = '[{"a": NaN, "b": 1}, {"a": -Infinity, "b": 2}]'
    with pytest.raises(ParseError, match="NaN, which is not JSON; set allow_nan = true"):
        read("json_records", body, ["a", "b"])
    assert read("json_records", body, ["a", "b"], allow_nan=True).rows == [(None, "1"), (None, "2")]


def test_json_in_a_script_of_a_page_is_found_by_its_id():
    body = (
        """<html><script>var a = "</b>";</script><SCRIPT type='application/json' id=board-data>[{"a": "x < y"}]</SCRIPT></html>"""
    )
    assert read("json_records", body, ["a"], script="board-data").rows == [("x < y",)]
    with pytest.raises(ParseError, match='no <script id="other">'):
        read("json_records", body, ["a"], script="other")


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_skipped(mark):
    assert read("json_records", '[{"a": "é"}]'.encode(mark), ["a"]).rows == [("é",)]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("[]", "found no records at the root, expected at least one: the list is empty"),
        ("null", "found nothing at the root, expected a list of records"),
        ("{}", "found an empty object at the root"),
        ('{"error": "Invalid API key."}', "found an object with error at the root"),
        ('[{"a": 1}, 5]', "found '5' as record 2 at the root, expected an object"),
        ("[null]", "found no records at the root"),
        ('[{"a": 1}, ["b"]]', "found a list of 1 as record 2"),
        ('[{"b": 1}]', r"found none of the wanted columns \(a\) in 1 records; they have b"),
        ('[{"a": 1}', "found broken JSON at line 1 column 10"),
        ("<html>Just a moment</html>", "found a page beginning '<html>Just a moment"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a":' * 100_000, "nested too deeply"),
    ],
)
def test_the_error_for_a_body_without_records_names_its_content(body, message):
    with pytest.raises(ParseError, match=message):
        read("json_records", body, ["a"])


def test_the_error_for_a_filter_that_leaves_nothing_lists_the_values():
    with pytest.raises(ParseError, match="no record with category = 'overall'; it has 'math'"):
        read("json_records", '[{"a": 1, "category": "math"}]', ["a"], where={"category": "overall"})


def test_a_path_that_cannot_be_applied_is_a_parse_error():
    with pytest.raises(ParseError, match="cannot be applied"):
        read("json_records", '{"data": 5}', ["a"], records="sort_by(data, &x)")


@given(st.lists(st.fixed_dictionaries({"name": NAMES, "score": NUMBERS}, optional={"note": st.none()}), min_size=1, max_size=8))
def test_what_was_written_is_read(records):
    body = json.dumps({"data": records})
    table = read("json_records", body, ["name", "score"], records="data")
    assert table.rows == [(record["name"], json.dumps(record["score"])) for record in records]


def test_outer_records_without_any_inner_one_are_refused():
    with pytest.raises(ParseError, match="found no records at h inside any of 2 records"):
        read("json_records", '[{"h": []}, {"h": null}]', ["p"], explode="h")


@pytest.mark.parametrize(
    "document",
    [
        {"model": {"0": "Ruff", "1": "Smew"}, "score": {"0": 61.50, "1": 60}},
        {"model": ["Ruff", "Smew"], "score": [61.5, 60]},
    ],
)
def test_an_object_of_columns_is_read_by_row(document):
    table = read("json_records", json.dumps({"data": document}), ["model", "score"], records="data", by_column=True)
    assert table.rows == [("Ruff", "61.5"), ("Smew", "60")]


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"a": [1, 2], "b": [1]}, "as column 'b' at the root, expected the same rows"),
        ({"a": {"0": 1}, "b": {"1": 1}}, "as column 'b' at the root, expected the same rows"),
        ({"a": [1], "b": 7}, "found '7' as column 'b'"),
        ({"a": 7}, "found '7' as column 'a' at the root, expected a list or an object"),
        ([1], "expected an object of columns"),
    ],
)
def test_columns_of_different_rows_are_refused(document, message):
    with pytest.raises(ParseError, match=message):
        read("json_records", json.dumps(document), ["a"], by_column=True)


def test_rows_without_names_have_numbered_columns():
    assert read("json_records", '[["Ruff", 61.5], ["Smew", 60]]', ["$2", "$1"]).rows == [("61.5", "Ruff"), ("60", "Smew")]


def test_names_of_rows_in_a_list_of_their_own_are_keys():
    body = '{"columns": ["em"], "index": ["Ruff", "Smew"], "data": [[61.5], [60]]}'
    options = {"records": "data", "header": "columns", "keys": "index"}
    assert read("json_records", body, ["$key", "em"], **options).rows == [("Ruff", "61.5"), ("Smew", "60")]
    with pytest.raises(ParseError, match="found a list of 1 at index, expected the names of 2 rows"):
        read("json_records", body.replace('"Ruff", ', ""), ["em"], **options)


PACKED = [["ShallowReactive", 1], {"rows": 2, "at": 9}, [3, 6], {"name": 4, "score": 5}, "Ruff", 61.50, {"name": 7, "score": 8}]
PACKED += ["Smew", "3", ["Date", "2026-11-28"]]


def test_a_document_that_devalue_packed_is_read():
    page = f'<div id="__nuxt"></div><script type="application/json" id="__NUXT_DATA__">{json.dumps(PACKED)}</script>'
    options = {"script": "__NUXT_DATA__", "devalue": True, "records": "rows", "facts": {"at": "at"}}
    table = read("json_records", page, ["name", "score"], **options)
    assert (table.rows, table.facts) == ([("Ruff", "61.5"), ("Smew", "3")], {"at": "2026-11-28"})


@pytest.mark.parametrize("packed", ["[]", "{}", '[["Reactive", 9]]', '[["Ref", 1], {"a": "x"}]'])
def test_a_reference_that_leads_nowhere_is_refused(packed):
    with pytest.raises(ParseError, match=r"expected the place of one of|packed"):
        read("json_records", packed, ["a"], devalue=True)
