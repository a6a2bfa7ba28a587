"""Which records of a document are the board's: `pairs`, `header`, `without`, `latest`; and the CSV `inside` a script."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parsing import as_dicts, pushed, read, stream

from tracker.errors import ParseError

TABLE = {
    "title": "Accuracy",
    "header": [{"value": "Model"}, {"value": "Mean  score", "lower_is_better": False}, {"value": "Trivia - EM"}, {"value": 5}],
    "rows": [
        [{"value": "Wren 2", "href": ""}, {"value": 0.850}, {"value": 1e-3}, {}],
        [{"value": "Heron"}, {"value": None, "description": "No matching runs"}, None, {"value": ["x"]}],
    ],
}
CELLS = {"records": "rows", "header": "header[].value", "cell": "value"}
TEXT = st.sampled_from(["", "a", "b", "1", "9", "10", "100", "2026-01-02", "2026-01-10", "01"])
RECORDS = st.lists(
    st.fixed_dictionaries({"n": st.integers()}, optional={"at": st.none() | TEXT, "to": TEXT}), min_size=1, max_size=7
)


def chosen(records, **options):
    return [row["n"] for row in as_dicts(read("json_records", json.dumps(records), ["n", "at"], **options))]


def test_pairs_are_records_of_a_key_and_a_value():
    body = '{"data": {"Reasoning": ["maze", "riddle"], "Coding": "sort", "none": null, "price": 1.50, "more": {"n": 2.0}}}'
    table = read("json_records", body, ["$key", "$value"], records="data", pairs=True)
    assert table.rows == [
        ("Reasoning", '["maze","riddle"]'),
        ("Coding", "sort"),
        ("none", None),
        ("price", "1.50"),
        ("more", '{"n":"2.0"}'),
    ]


@pytest.mark.parametrize("body", ["{}", "[]", "null", '["a"]', "5"])
def test_a_value_without_pairs_is_refused(body):
    with pytest.raises(ParseError, match="at the root, expected an object whose members are pairs"):
        read("json_records", body, ["$key"], pairs=True)


def test_rows_of_cells_are_named_by_their_header():
    table = read("json_records", json.dumps(TABLE), ["Model", "Mean score", "Trivia - EM", "5"], **CELLS)
    assert table.rows == [("Wren 2", "0.85", "0.001", None), ("Heron", None, None, '["x"]')]


@pytest.mark.parametrize(("form", "begin"), [("json_records", ""), ("js_literal", "data = ")])
def test_a_cell_may_be_the_value_itself(form, begin):
    body = begin + '{"columns": ["m", "s", "s"], "index": [0, 1], "data": [["wren", 1.50, 2], ["heron", null, 3]]}'
    options = {"records": "data", "header": "columns"} | ({"variable": "data"} if begin else {})
    assert read(form, body, ["m", "s", "s (2)"], **options).rows == [("wren", "1.50", "2"), ("heron", None, "3")]


def test_the_first_row_may_be_the_header():
    body = '[["m", "s"], ["wren", "1"], ["heron", "2"]]'
    assert read("json_records", body, ["s", "m"], records="[1:]", header="[0]").rows == [("1", "wren"), ("2", "heron")]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"header": None}, r"found nothing at header\[\].value, expected the list of column names"),
        ({"header": []}, "found a list of 0 at header"),
        ({"header": [{"value": {}}, {"value": "s"}]}, "found an empty object as name 1 at header.*, expected text"),
        ({"rows": None}, "found nothing at rows, expected a list of rows"),
        ({"rows": []}, "found a list of 0 at rows"),
        ({"rows": [TABLE["rows"][0], {"Model": 1}]}, "found an object with Model as row 2 at rows, expected a list of cells"),
        ({"rows": [TABLE["rows"][0], [{"value": 1}]]}, "found 1 cells in row 2 at rows, the header has 4"),
        ({"rows": [["Wren", {}, {}, {}]]}, "found 'Wren' in column 'Model' of row 1, expected a cell with value"),
        ({"rows": [[{"text": "Wren"}, {}, {}, {}]]}, "found none of the wanted columns"),
    ],
)
def test_rows_that_do_not_fit_their_header_are_refused(change, message):
    with pytest.raises(ParseError, match=message):
        read("json_records", json.dumps(TABLE | change), ["Model", "Mean score"], **CELLS)


def test_unwanted_records_are_left_out():
    body = (
        '{"sample_spec": {"mode": "one of"}, "wren": {"mode": "chat"}, "owl":'
        ' {"mode": "embedding"}, "kite": {"mode": 5}, "tit": {}}'
    )
    options = {"without": {"$key": "sample_spec", "mode": ["embedding", "5"], "gone": "x"}}
    assert read("json_records", body, ["$key"], **options).rows == [("wren",), ("tit",)]
    with pytest.raises(ParseError, match="found no record besides those with mode = 'a', 'b'"):
        read("json_records", '[{"mode": "a"}, {"mode": "b"}]', ["mode"], without={"mode": ["b", "a"]})


def test_only_the_latest_records_are_kept():
    days = [{"date": day, "m": name} for day, name in (("2026-03-01", "wren"), ("2026-03-02", "wren"), ("2026-03-02", "owl"))]
    body = json.dumps([*days, {"date": None, "m": "kite"}, {"m": "tit"}])
    assert read("json_records", body, ["m"], latest="date").rows == [("wren",), ("owl",)]
    with pytest.raises(ParseError, match="found no record with a value at day"):
        read("json_records", body, ["m"], latest="day")


def test_the_latest_is_chosen_among_the_filtered_records():
    body = '{"a": [{"v": 9, "on": true}, {"v": 10, "on": true}, {"v": 11, "on": false}, {"v": 12, "on": true, "by": "test"}]}'
    options = {"records": "a", "where": {"on": "true"}, "without": {"by": "test"}, "latest": "v"}
    assert read("json_records", body, ["v"], **options).rows == [("10",)]


def test_a_filter_on_the_outer_record_leaves_out_its_exploded_records():
    body = (
        '[{"id": "a", "d": "1", "h": [{"p": 1}, {"p": 2}]}, {"id": "b", "d": "2", "h":'
        ' [{"p": 2}, {"p": 3}]}, {"id": "c", "h": [{"p": 4}]}]'
    )
    options = {"explode": "h", "without": {"^.id": "c", "p": "3"}, "latest": "^.d"}
    assert read("json_records", body, ["^.id", "p"], **options).rows == [("b", "2")]


@pytest.mark.parametrize(
    ("form", "body", "options"),
    [
        ("yaml_records", "- {m: a, d: 2026-01-01}\n- {m: b, d: 2026-01-02}\n- {m: c, d: 2026-01-02}\n", {}),
        ("json_ld", '<script type="application/ld+json">{"@type": "Dataset", "data": %s}</script>', {}),
        (
            "flight",
            pushed(stream({"1": {"rows": [{"m": m, "d": d} for m, d in (("a", "1"), ("b", "2"), ("c", "2"))]}}).decode()),
            {"require": ["m"]},
        ),
    ],
)
def test_every_format_of_records_can_choose(form, body, options):
    rows = '[{"m": "a", "d": "1"}, {"m": "b", "d": "2"}, {"m": "c", "d": "2"}]'
    page = body.replace("%s", rows) if isinstance(body, str) else body
    assert read(form, page, ["m"], latest="d", without={"m": "c"}, **options).rows == [("b",)]


@given(RECORDS, st.lists(TEXT, max_size=3))
def test_without_takes_a_field_that_a_record_lacks_for_an_empty_one(records, unwanted):
    left = [str(record["n"]) for record in records if (record.get("to") or "") not in unwanted]
    if not left:
        with pytest.raises(ParseError, match="found no record besides"):
            chosen(records, without={"to": unwanted})
    else:
        assert chosen(records, without={"to": unwanted}) == left


@given(RECORDS)
def test_no_record_is_later_than_the_latest(records):
    texts = [record["at"] for record in records if record.get("at")]
    counts = all(text.isdigit() and text == str(int(text)) for text in texts)

    def behind(text, other):
        return int(text) > int(other) if counts else text > other

    latest = [str(r["n"]) for r in records if r.get("at") and not any(behind(other, r["at"]) for other in texts)]
    if not texts:
        with pytest.raises(ParseError, match="found no record with a value at at"):
            chosen(records, latest="at")
    else:
        assert chosen(records, latest="at") == latest


SCRIPT = "// figures\nbird_data = `model,elo\n*wren,1961.0\nowl,1565.4`;\nother = `model,elo\nkite,1`;\n"


def test_csv_inside_a_script_is_found_by_its_pattern():
    options = {"inside": r"re:bird_data\s*=\s*`([^`]*)`", "facts": {"version": r"re:// (\w+)"}}
    table = read("csv_table", SCRIPT, ["model", "elo"], **options)
    assert (table.rows, table.facts) == ([("*wren", "1961.0"), ("owl", "1565.4")], {"version": "figures"})


@pytest.mark.parametrize("body", ["model,elo\nwren,1\n", "bird_data = ` `;", "bird_data = `model,elo\nwren,1"])
def test_a_script_without_that_csv_is_refused(body):
    with pytest.raises(ParseError, match=r"found nothing by inside = .* expected CSV"):
        read("csv_table", body, ["model"], inside="re:bird_data = `([^`]*)`")


TABLES = {
    "csv_table": "Model,Score\na,1\nAverage,2\nb,3\nMean,4\n",
    "markdown_table": "| Model | Score |\n|---|---|\n| a | 1 |\n| **Average** | 2 |\n| b | 3 |\n| Mean | 4 |\n",
    "html_table": "<table><tr><th>Model<th>Score<tr><td>a<td>1<tr><td><b>Average</b><td>2<tr><td>b<td>3<tr><td>Mean<td>4</table>",
}


@pytest.mark.parametrize("form", TABLES)
def test_rows_are_chosen_by_a_column_that_no_metric_needs(form):
    assert read(form, TABLES[form], ["Score"], without={"Model": ["Average", "Mean"]}).rows == [("1",), ("3",)]
    assert read(form, TABLES[form], ["Score"], without={"Model": "Mean"}).rows == [("1",), ("2",), ("3",)]
    assert read(form, TABLES[form], ["Score"], where={"Model": "b"}).rows == [("3",)]
    assert read(form, TABLES[form], ["Score"], where={"Model": "b"}, without={"Score": "1"}).rows == [("3",)]


@pytest.mark.parametrize("form", TABLES)
def test_a_choice_that_leaves_no_row_is_refused(form):
    with pytest.raises(ParseError, match="found no row with Model = 'z'; it has 'a', 'Average', 'b', 'Mean'"):
        read(form, TABLES[form], ["Score"], where={"Model": "z"})
    with pytest.raises(ParseError, match="found only rows with Model = "):
        read(form, TABLES[form], ["Score"], without={"Model": ["a", "Average", "b", "Mean"]})
    with pytest.raises(ParseError, match="found no column 'Lab', by which without chooses rows"):
        read(form, TABLES[form], ["Score"], without={"Lab": "x"})


def test_rows_of_a_selector_are_chosen_by_a_selector():
    page = "<ul><li><b>a</b><i>1</i><li><b>Mean</b><i>2</i></ul>"
    assert read("html_table", page, ["css:i"], rows="li", without={"css:b": "Mean"}).rows == [("1",)]


def test_the_foot_of_a_table_sums_up_and_is_not_a_row():
    page = "<table><thead><tr><th>Model<th>Score<tbody><tr><td>a<td>1<tfoot><tr><td>Average<td>1</table>"
    assert read("html_table", page, ["Model"]).rows == [("a",)]


DRESSED = {
    "csv_table": "Model,{name},Votes\na,1,2\n",
    "markdown_table": "| Model | {name} | Votes |\n|---|---|---|\n| a | 1 | 2 |\n",
    "html_table": "<table><tr><th>Model<th>{name}<th>Votes<tr><td>a<td>1<td>2</table>",
}


@pytest.mark.parametrize("form", DRESSED)
@pytest.mark.parametrize("name", ["Score", "Score ▲", "Score ⬆\ufe0f", "↓ Score", "Score*", "Score†", "Score¹"])
@pytest.mark.parametrize("want", ["Score", "Score ▼"])
def test_sort_arrows_and_footnote_marks_do_not_change_a_column_s_name(form, name, want):
    assert read(form, DRESSED[form].format(name=name), [want, "Model"]).rows == [("1", "a")]
    assert read(form, DRESSED[form].format(name="Score¹ Score²"), ["Model", "Score"]).columns == ("Model",)


def test_of_columns_that_differ_only_in_a_mark_the_exact_one_is_meant():
    body = "Model,Score,Score*\na,1,2\n"
    assert read("csv_table", body, ["Score*", "Score"]).rows == [("2", "1")]
    assert read("csv_table", body, ["Score†", "Model"]).columns == ("Model",)


def test_a_footnote_in_a_header_cell_is_not_part_of_the_column_s_name():
    body = "<table><tr><th>Model<th>Score<sup>1</sup><tr><td>a<td>1</table>"
    assert read("html_table", body, ["Score"]).rows == [("1",)]
    assert read("html_table", body.replace("<sup>1</sup>", "<span>▲</span>"), ["Score"]).rows == [("1",)]


@pytest.mark.parametrize(
    ("form", "body", "column"),
    [
        ("csv_table", "model,score\nWren 2,61\n,7\nHeron,60\n", "model"),
        ("markdown_table", "|Model|Score|\n|-|-|\n|Wren 2|61|\n| |7|\n|Heron|60|\n", "Model"),
        ("html_table", "<table><tr><th>Model<th>Score<tr><td>Wren 2<td>61<tr><td><td>7<tr><td>Heron<td>60</table>", "Model"),
        ("json_records", '[{"model": "Wren 2"}, {"score": 7}, {}, null, {"model": "Heron"}]', "model"),
        ("yaml_records", "- model: Wren 2\n- score: 7\n- null\n- model: Heron\n", "model"),
    ],
)
def test_rows_without_a_text_can_be_left_out(form, body, column):
    assert read(form, body, [column], without={column: ""}).rows == [("Wren 2",), ("Heron",)]
