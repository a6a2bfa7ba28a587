import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parsing import as_dicts, literal, read

from tracker.errors import ParseError

BOARD = """
/* made by hand; const board = [{name: "in a comment", score: 1}]; */
const help = "const board = [{name: 'in a string', score: 2}];";
const more = `let board = [{name: "in a template", ${ help ? `nested ${"}"}` : '' }}]`;
const clean = (text) => text.replace(/["'`\\/]/g, "").length / 2 / 1;
// the rows
const board = [
  { rank: "-", name: 'Human baseline*', score: "83.7%", "date-added": null, },
  { rank: "1st", "date-added": "2026-01-02", name: "O\\'Wren \\u00e9\\x21 \\u{1F426}",
    score: +61.50, flags: [!0, !1, void 0], /* seen */ },
  { rank: `2nd`, name: `Heron
1`, score: .5, $: undefined, 7: NaN, votes: 1_000 , hex: 0xFF, low: -1.50e-3, },
];
board.sort((a, b) => a.score - b.score);
"""
KEYS = ["rank", "name", "score", "date-added", "flags", "$", "7", "votes", "hex", "low"]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(), inside, max_size=4),
    max_leaves=12,
)


def row(body, **options):
    return as_dicts(read("js_literal", body, ["a"], variable="data", **options))


def test_a_literal_as_people_write_it_is_read_with_its_numbers_as_written():
    table = read("js_literal", BOARD, KEYS, variable="board", without={"rank": "-"})
    assert as_dicts(table) == [
        dict.fromkeys(KEYS)
        | {"rank": "1st", "date-added": "2026-01-02", "name": "O'Wren é! 🐦", "score": "61.50", "flags": "[true,false,null]"},
        dict.fromkeys(KEYS)
        | {"rank": "2nd", "name": "Heron\n1", "score": ".5", "votes": "1000", "hex": "255", "low": "-1.50e-3"},
    ]


def test_the_variable_is_searched_in_the_scripts_of_a_page():
    body = (
        '<!doctype html><p>const data = [{a: "text"}]</p><script type="application/json">{"data": 1}</script>'
        "<script type=text/template>data = [{a: 'template'}]</script><script>window.data = [{a: 'x < y'}]</script>"
    )
    assert row(body) == [{"a": "x < y"}]


@pytest.mark.parametrize(
    "body",
    [
        'var data = [{"a": "1"}]',
        'let data=[{"a":1,}];data.map(f)',
        "export const data = [{a: 1}] // done",
        "window.data = [{a: 1}];",
        "self . data=[{a: 1}]",
        "(globalThis.data = [{a: 1}])",
        "f()\ndata = [{a: 1}]\nf()",
        "if (x) { data = [{a: 1}] }",
        "const other = [1, 2], f = (a, b) => a / b, data = [{a: 1}], last = 3;",
        "const half = 4 / 2, text = 'a/b'; const data = [{a: 1}]",
        "if (/[/'\"]/.test(x)) y = i++ / 2\nconst data = [{a: 1}]",
        "const data = JSON.parse('[{\"a\": 1}]');",
        'const data = JSON.parse(`[{"a": "\\x31"}]`);',
        "const data = [{a: 1}];\nconst data = [ { 'a': 1 } ];",
        "data == [{a: 2}]; data += [{a: 3}]; x.data = [{a: 4}]; ({data: [{a: 5}]}); const data = [{a: 1}]",
        "const database = [{a: 2}]; const data /* = */ = [{a: 1}]",
        "\ufeffconst data = [{a: 1}]",
    ],
)
def test_an_assignment_is_found_as_it_is_written(body):
    assert row(body) == [{"a": "1"}]


def test_a_name_with_parts_is_another_name():
    assert row("App.data = [{a: 2}]; data = [{a: 1}]") == [{"a": "1"}]
    assert read("js_literal", "window.App.data = [{a: 2}]; data = [{a: 1}]", ["a"], variable="App.data").rows == [("2",)]


def test_the_options_of_documents_apply_here_too():
    body = (
        'const data = {as_of: "2026-03-04", names: ["m", "a"], rows: [["wren", 1], ["heron", 2]], parts: {x: [1, "2"], y: .5}};'
    )
    facts = {"stated_on": "as_of", "second": 're:"heron", (\\d)'}
    table = read("js_literal", body, ["m", "a"], variable="data", records="rows", header="names", facts=facts)
    assert (table.rows, table.facts) == ([("wren", "1"), ("heron", "2")], {"stated_on": "2026-03-04", "second": "2"})
    pairs = read("js_literal", body, ["$key", "$value"], variable="data", records="parts", pairs=True)
    assert pairs.rows == [("x", '["1","2"]'), ("y", ".5")]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("load()", r"found 'load\(\)' at line 2 of the script, expected a literal: names and calls are not read"),
        ("[{a: b}]", "found 'b}]"),
        ("[{a}]", "found '}]' at line 2 of the script, expected ':'"),
        ("[{a() {}}]", r"found '\(\) {}}]'"),
        ("[{...other}]", r"found '\.\.\.other}]"),
        ("[{[a]: 1}]", "expected the name of a property"),
        ("[{a: 1}].map(f)", r"found '\.map\(f\)' at line 2 of the script, expected the end of the literal"),
        ("[{a: 1}]\n  .map(f)", r"found '\.map\(f\)' at line 3"),
        ("[{a: 1}] || other", "expected the end of the literal"),
        ("[{a: 1}][0]", "expected the end of the literal"),
        ("[{a: 1, b: .5}].map(f)", "expected the end of the literal"),
        ("[{a: 1 + 1}]", r"found '\+ 1}]"),
        ("[{a: `x ${y}`}]", r"found '`x \${y}`}]"),
        ("[{a: new Date(5)}]", r"found 'new Date\(5\)}]"),
        ("[{a: /x/}]", "expressions are not read"),
        ("[{a: -'1'}]", "expected a number after its sign"),
        ("[{a: !x}]", "expected 0 or 1"),
        ("[{a: 1},, {a: 2}]", "found ', {a: 2}]"),
        ("[{a: 010}]", "found '010}]"),
        ("[{a: 1_}]", "found '1_}]"),
        ("[{a: 0x" + "f" * 50 + "}]", "a number of at most 40 characters"),
        ("[{a: '\\u12'}]", "expected escapes such as"),
        ("[{a: '\\u{110000}'}]", "escapes of characters that exist"),
        ("[{a: '\\01'}]", "expected escapes such as"),
        ("JSON.parse(text)", "expected JSON.parse of one string"),
        ("JSON.stringify('1')", "expected JSON.parse of one string"),
        ("JSON.parse('[{')", "found broken JSON"),
        ("[{a: 1}", "found the end at line 2 of the script, expected ']'"),
        ("[{a: 'x\n'}]", "expected a literal"),
        ("", "found the end at line 2"),
        ("[" * 200, "records of at most 60 levels"),
        ("[{a: " * 100, "records of at most 60 levels"),
        ('[{"a": ' * 100_000, "nested too deeply"),
        ("[]", "found no records"),
        ("5", "found '5' at the root"),
        ("[{b: 1}]", "found none of the wanted columns"),
    ],
)
def test_other_values_than_a_literal_of_records_are_refused(value, message):
    with pytest.raises(ParseError, match=message):
        row("// rows\nconst data = " + value)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("const board = [{a: 1}]", "found no assignment to data, expected data = … in a script"),
        ("// const data = [{a: 1}]", "found no assignment"),
        ("const text = 'const data = [{a: 1}]'", "found no assignment"),
        ("const text = `\nconst data = [{a: 1}]`", "found no assignment"),
        ("const found = /data = [{a: 1}]/", "found no assignment"),
        ("({data: [{a: 1}]})", "found no assignment"),
        ("f(data = [{a: 1}])", "found no assignment"),
        ("<script type='application/json'>data = [{a: 1}]</script>", "found no assignment"),
        ("<p>data = [{a: 1}]</p>", "found no assignment"),
        ("const data = [{a: 1}]; const data = [{a: 1.0}]", "found 2 assignments to data with different values"),
        ("<script>data = [{a: 1}]</script><script>data = [{a: 2}]</script>", "found 2 assignments to data with different"),
        ("const data = [{a: 1}]; data = data.filter(f)", r"found 'data\.filter\(f\)' at line 1"),
        ("data = [{a: 1}];" * 21, "found more than 20 assignments to data"),
        ("const text = 'open\nconst data = [{a: 1}]", "found .* at line 1 of the script, it does not end"),
        ("const text = `open\nconst data = [{a: 1}]", "it does not end"),
        ("/* open\nconst data = [{a: 1}]", "it does not end"),
        ("x = /open\nconst data = [{a: 1}]", "it does not end"),
    ],
)
def test_a_value_is_never_guessed(body, message):
    with pytest.raises(ParseError, match=message):
        row(body)


@given(VALUES, st.sampled_from(["const data = %s;", "var x = 1\nwindow.data=%s", "<script>let data = %s\n</script>"]))
def test_json_is_read_as_by_a_json_parser(value, script):
    written = literal([{"a": value}])
    assert row(script.replace("%s", written)) == as_dicts(read("json_records", written, ["a"]))


@given(VALUES)
def test_json_in_the_freer_form_of_javascript_is_read_alike(value):
    written = json.dumps([{"a": value}])
    assert row(f"data = [/* no JSON */ {written[1:-1]},]") == as_dicts(read("json_records", written, ["a"]))


@pytest.mark.parametrize("empty", ["let data = [];", "var data = null;", "let data = {};", 'let data = "";', "let data;"])
def test_a_name_that_is_declared_empty_has_the_value_assigned_later(empty):
    assert row(f"{empty}\ndata = [{{a: 1}}];") == [{"a": "1"}]


@pytest.mark.parametrize(
    ("body", "variable"),
    [
        ("export default [{a: 1}];", "default"),
        ("const x = 1;\nexport default [{a: 1}]\n", "default"),
        ("const data: Row[] = [{a: 1}];", "data"),
        ("let data: Array<{ a: number; b?: string }> = [{a: 1}];", "data"),
        ("const other: string = 'x', data: Row[] = [{a: 1}];", "data"),
        ("const data = [{a: 1}] as const;", "data"),
        ("const data = [{a: 1}] satisfies Row[];\nconst more = 2;", "data"),
    ],
)
def test_types_and_default_exports_are_read(body, variable):
    assert as_dicts(read("js_literal", body, ["a"], variable=variable)) == [{"a": "1"}]


@pytest.mark.parametrize(
    "body", ["const data: Row[];\nf(data);", "switch (x) { default: y = [{a: 1}] }", "x ? data : y = [{a: 1}]"]
)
def test_a_colon_elsewhere_assigns_nothing(body):
    with pytest.raises(ParseError, match="found no assignment"):
        read("js_literal", body, ["a"], variable="data")


@pytest.mark.parametrize("script", ["window.board = board;", "self.board=board", "if (x) { window.board = board }"])
def test_a_name_that_is_assigned_to_itself_has_one_value(script: str):
    table = read("js_literal", f'const board = [{{"a": 1}}, {{"a": 2}}];\n{script}\n', ["a"], variable="board")
    assert [*as_dicts(table)] == [{"a": "1"}, {"a": "2"}]


@pytest.mark.parametrize(
    ("body", "variable"),
    [
        ('/*O_o*/\ngoogle.visualization.Query.setResponse({"rows": [{"a": 1}]});', "google.visualization.Query.setResponse()"),
        ('$("#t").DataTable({rows: [{a: 1}]})', "DataTable()"),
        ("kit.start(app, {data: 1}); draw({rows: [{a: 1}]}, x => x)", "draw()"),
    ],
)
def test_the_argument_of_a_call_is_read(body, variable):
    assert as_dicts(read("js_literal", body, ["a"], variable=variable, records="rows")) == [{"a": "1"}]


def test_a_property_of_an_object_in_code_is_read():
    body = "new Vue({ data: { rows: [{a: 1}, {a: 2}] }, methods: { sort() { return this.rows.map(row => ({ a: row })) } } })"
    assert as_dicts(read("js_literal", body, ["a"], variable="rows:")) == [{"a": "1"}, {"a": "2"}]


def test_the_names_of_the_columns_may_be_in_another_variable():
    body = 'var heads = ["a", "b"];\nvar rows = [[1, 2], [3, 4]];\nwindow.rows = rows;'
    table = read("js_literal", body, ["a", "b"], variable=("rows", "heads"), records="rows", header="heads")
    assert table.rows == [("1", "2"), ("3", "4")]
