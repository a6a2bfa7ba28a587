"""YAML, JavaScript literals and JSON Lines, form by form: read as written, or refused with the reason.

Standards: https://yaml.org/spec/1.2.2/, https://tc39.es/ecma262/#sec-primary-expression-literals, https://jsonlines.org/
"""

import pytest
from parsing import read

from tracker.errors import ParseError

YAML = {
    "- n: a\n  x: 0o14\n": "0o14",
    "- n: a\n  x: 014\n": "014",  # octal in YAML 1.1, fourteen in YAML 1.2 and to people
    "- n: a\n  x: 190:20:30\n": "190:20:30",  # sexagesimal in YAML 1.1
    "- n: a\n  x: NO\n": "NO",  # a country, not false
    "- n: a\n  x: yes\n": "yes",
    "- n: a\n  x: 1_000\n": "1_000",
    "- n: a\n  x: .inf\n": ".inf",
    "- n: a\n  x: 1e3\n": "1e3",
    "- n: a\n  x: +1.50\n": "+1.50",
    "- n: a\n  x: 12e03\n": "12e03",
    "- n: a\n  x: 2026-11-20\n": "2026-11-20",
    "- n: a\n  x: =\n": "=",
    "- n: a\n  x:\t1\n": "1",
    "- n: a\n  x: 1\n  \t# tab\n": "1",
    "-\tn: a\n  x: 1\n": "1",
    "- n: a\n  x: 1 # note\n": "1",
    "- n: a\n  x: 1#2\n": "1#2",
    "- n: a\n  x: !!str 1\n": "1",
    "- n: a\n  x: !custom 1\n": "1",
    "- n: a\n  x: >-\n    1\n    2\n": "1 2",
    "- n: a\n  x: 'it''s'\n": "it's",
    '- n: a\n  x: "\\u00e9\\x41"\n': "éA",
    '- n: a\n  x: "1\\\n    2"\n': "12",
    "- n: a\n  x: 1 000\n": "1 000",
    "- n: a\n  x: [1, 2]\n": '["1","2"]',
    "- {n: a,x: 1}\n": "1",
    '[{"n": "a", "x": 1}]': "1",
    "- ? n\n  : a\n  ? x\n  : 1\n": "1",
    "---\n- n: a\n  x: 1\n...\n": "1",
    "%YAML 1.2\n---\n- n: a\n  x: 1\n": "1",
    "\ufeff# note\n\n- n: a\n  x: 1\n": "1",
    "- n: a\r\n  x: 1\r\n": "1",
    "- n: a\n  x: ~\n": None,
    "- n: a\n  x:\n": None,
    "- n: a\n  x: null\n": None,
    "- n: a\n  x: 'null'\n": "null",
    "- n: a\n  x: ''\n": "",
}
JS = {
    "d = [{n: 'a', x: 1,},]": "1",
    'const d = [{\'n\': "a", "x": 0x1F}];': "31",
    "let d = [{n: `a`, x: `1\r\n2`}]": "1\n2",
    "/* d = 1 */ var d = [{n: 'a' /* b */, x: 1 // c\n}], e = 2": "1",
    "// d = 1\nexport const d = [{n: 'a', x: .5}]": ".5",
    "window.d = [{n: 'a', x: 5.}]": "5.",
    "let d; d = [{n: 'a', x: +5}]": "5",
    "const d = [{n: 'a', x: - 5}]\nconst e = 1": "-5",
    "const d = [{n: 'a', x: 1_000}]": "1000",
    "const d = [{n: 'a', x: 0o17}]": "15",
    "const d = [{n: 'a', x: 0b11}]": "3",
    "const d = [{n: 'a', x: 1e3}]": "1e3",
    "const d = [{n: 'a', x: 10n}]": "10",
    "const d = [{n: 'a', x: NaN}]": None,
    "const d = [{n: 'a', x: undefined}]": None,
    "const d = [{n: 'a', x: -Infinity}]": None,
    "const d = [{n: 'a', x: void 0}]": None,
    "const d = [{n: 'a', x: !0}]": "true",
    "const d = [{n: 'a', x: 'it\\'s'}]": "it's",
    "const d = [{n: 'a', x: 'b\\\nc'}]": "bc",
    "const d = [{n: 'a', x: '\\x41\\u0042\\u{43}'}]": "ABC",
    'const d = [{n: "a", x: "\\ud83d\\ude00"}]': "😀",
    "const d = [{n: 'a', class: 1, 2: 3, x: 1}]": "1",
    'const d = JSON.parse(\'[{"n": "a", "x": 1.50}]\')': "1.50",
}
LINES = {
    '{"n": "a", "x": 1.50}\n': "1.50",
    '{"n": "a", "x": 1}\r\n\r\n': "1",
    '\ufeff{"n": "a", "x": 1}': "1",
    '{"n": "a", "x": "b\u2028c"}\n': "b\u2028c",
    '{"n": "a"}\n': None,
}
READ = [
    *(("yaml_records", {}, body, x) for body, x in YAML.items()),
    *(("js_literal", {"variable": "d"}, body, x) for body, x in JS.items()),
    *(("json_lines", {}, body, x) for body, x in LINES.items()),
]
REFUSED = (
    [
        ("yaml_records", {}, body, reason)
        for body, reason in {
            "- &d {x: 1}\n- {<<: *d, n: a}\n": "merge key at line 2",
            "- {n: a, <<: {x: 1}}\n": "a merge key at line 1",
            "- {n: a, x: 1, x: 2}\n": "found x twice in one object",
            "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n": "an alias",
            "---\n- n: a\n---\n- n: b\n": "2 YAML documents",
            "- n: a\n\tx: 1\n": "broken YAML",
            "- n: a: b\n": "broken YAML",
            "- n: *a*\n": "broken YAML",
            "- n: %a\n": "broken YAML",
            "- n: a\n x: 1\n": "broken YAML",
        }.items()
    ]
    + [
        ("js_literal", {"variable": "d"}, body, reason)
        for body, reason in {
            "d = [{n: 'a', n: 'b', x: 1}]": "found n twice in one object",
            "d = [{n: `a${1}`, x: 1}]": "expressions are not read",
            "d = [{n: 'a', x: 1 + 1}]": r"found '\+ 1",
            "d = [{n: 'a', x: f(1)}]": "names and calls are not read",
            "d = [{n, x: 1}]": "expected ':'",
            "d = [{...o, n: 'a'}]": "expected the name of a property",
            "d = [{['n']: 'a'}]": "expected the name of a property",
            "d = [{n: 'a', x() {}}]": "expected ':'",
            "d = [{n: 'a', x: 017}]": "expected a literal",  # octal to old scripts, an error to modules
            "d = [{n: 'a', x: 1__0}]": "expected a literal",
            "d = [{n: '\\103', x: 1}]": "expected escapes",
            "d = [{n: 'a\nb', x: 1}]": "expected a literal",
            "d = [{n: 'a'}, , {n: 'b'}]": "expected a literal",  # a hole is no record
            "d = [{n: 'a'}].sort()": "expected the end of the literal",
            "d = new Array({n: 'a'})": "names and calls are not read",
            "d = [{n: 'a'}]; d = [{n: 'b'}]": "2 assignments to d with different values",
            "export default [{n: 'a'}]": "no assignment to d",
        }.items()
    ]
    + [
        ("json_lines", {}, body, reason)
        for body, reason in {
            '{"n": "a"}{"n": "b"}\n': "Extra data, in line 1",
            '{"n": "a",\n"x": 1}\n': "in line 1",
            '{"n": "a"},\n{"n": "b"}\n': "Extra data, in line 1",
            '{"n": "a"}\n{"n": "b", "x":': "in line 2",
            '{"n": "a", "n": "b"}\n': "found n twice in one object",
            '{"n": "a", "x": NaN}\n': "set allow_nan = true",
            '[{"n": "a"}]\n': "a list of 1 as record 1",
            '["n", "x"]\n["a", 1]\n': "a list of 2 as record 1",
            "1\n": "found '1' as record 1",
            '# note\n{"n": "a"}\n': "in line 1",
        }.items()
    ]
)


@pytest.mark.parametrize(("form", "options", "body", "x"), READ)
def test_a_value_is_read_as_written(form, options, body, x):
    known = ["n", "x"] if x is not None or '"x"' in body or "x:" in body else ["n"]
    assert read(form, body, ["n", "x"], **options).rows == [("a", x)[: len(known)]]


@pytest.mark.parametrize(("form", "options", "body", "reason"), REFUSED)
def test_another_form_is_refused(form, options, body, reason):
    with pytest.raises(ParseError, match=reason):
        read(form, body, ["n", "x"], **options)


def test_nan_is_unknown_in_json_lines_if_declared():
    assert read("json_lines", '{"n": "a", "x": NaN}\n', ["n", "x"], allow_nan=True).rows == [("a", None)]
