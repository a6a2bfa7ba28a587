"""JSONTestSuite (https://github.com/nst/JSONTestSuite): what is JSON is read, anything else is refused.

The suite's `y_` and `n_` cases are in `json_test_suite.json`, those of invalid UTF-8 with escaped bytes. Parsers may choose in
the `i_` cases; ours are in DECIDED, with the reason.
"""

import json
from pathlib import Path

import pytest
from parsing import read

from tracker.errors import ParseError

SUITE = json.loads((Path(__file__).parent / "json_test_suite.json").read_text(encoding="utf-8"))
LONG = {"n_structure_100000_opening_arrays": "[" * 100_000, "n_structure_open_array_object": '[{"":' * 50_000}
CASES = {name: text.encode("utf-8", "surrogateescape") for name, text in {**SUITE, **LONG}.items()}
GOOD = sorted(name for name in CASES if name.startswith("y_"))
BAD = sorted(name for name in CASES if name.startswith("n_"))
WORDS = {True: "true", False: "false"}

DECIDED = {
    "a number stays as written; the cell refuses one that no float holds": [
        (b"123.456e-789", "123.456e-789"),
        (b"0.4e00669999999999999999999999999999999999999999", "0.4e00669999999999999999999999999999999999999999"),
        (b"-1e+9999", "-1e+9999"),
        (b"1.5e+9999", "1.5e+9999"),
        (b"-123123e100000", "-123123e100000"),
        (b"123123e100000", "123123e100000"),
        (b"123e-10000000", "123e-10000000"),
        (b"-123123123123123123123123123123", "-123123123123123123123123123123"),
        (b"100000000000000000000", "100000000000000000000"),
        (b"-237462374673276894279832749832423479823246327846", "-237462374673276894279832749832423479823246327846"),
    ],
    "half a surrogate pair is text that no cell shows, and no reason to lose the board": [
        (b'"\\uDADA"', "\udada"),
        (b'"\\uD888\\u1234"', "\ud888\u1234"),
        (b'"\\uD800\\n"', "\ud800\n"),
        (b'"\\uDd1ea"', "\udd1ea"),
        (b'"\\uD800\\uD800\\n"', "\ud800\ud800\n"),
        (b'"\\ud800"', "\ud800"),
        (b'"\\ud800abc"', "\ud800abc"),
        (b'"\\uDd1e\\uD834"', "\udd1e\ud834"),
        (b'"\\uDFAA"', "\udfaa"),
    ],
    "bytes that are not UTF-8 are refused without a declared charset, even beside valid ones": [
        (b'"\xe6\x97\xa5\xd1\x88\xfa"', None),
        (b'"\xed\xa0\x80"', None),
        (b'"\xff"', None),
        (b'"\xe9"', None),
        (b'"\x81"', None),
        (b'"\xf4\xbf\xbf\xbf"', None),
        (b'"\xc0\xaf"', None),
        (b'"\xfc\x83\xbf\xbf\xbf\xbf"', None),
        (b'"\xfc\x80\x80\x80\x80\x80"', None),
        (b'"\xe0\xff"', None),
    ],
}


def cell(value, columns=("x",)):
    """The value as a cell beside a name; without `columns` it is read past by the quick reader."""
    return read("json_records", b'[{"name": "a", "x": ' + value + b"}]", ["name", *columns]).rows[0][-1]


@pytest.mark.parametrize("name", [name for name in GOOD if "duplicated_key" not in name])
def test_json_is_read(name):
    value = json.loads(CASES[name].decode(), parse_float=str, parse_int=str)
    is_nested = isinstance(value, dict | list)
    assert cell(CASES[name]) == (
        json.dumps(value, ensure_ascii=False, separators=(",", ":")) if is_nested else WORDS.get(value, value)
    )
    assert cell(CASES[name], ()) == "a"


@pytest.mark.parametrize("name", [name for name in GOOD if "duplicated_key" in name])
def test_json_that_contradicts_itself_is_refused(name):
    with pytest.raises(ParseError, match="found a twice in one object"):
        cell(CASES[name])


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("columns", [("x",), ()])
def test_what_is_not_json_is_refused(name, columns):
    with pytest.raises(ParseError, match=r"broken JSON|NaN|Infinity|not UTF-8|expected UTF-8|nested too deeply"):
        cell(CASES[name], columns)


@pytest.mark.parametrize(("value", "expected"), [case for cases in DECIDED.values() for case in cases])
def test_a_doubtful_value_is_read_as_decided(value, expected):
    if expected is None:
        with pytest.raises(ParseError, match=r"not UTF-8|expected UTF-8"):
            cell(value)
    else:
        assert cell(value) == expected


@pytest.mark.parametrize("body", [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"])
def test_a_byte_order_mark_tells_the_encoding(body):
    codec = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}[body]
    assert read("json_records", body + '[{"name": "é"}]'.encode(codec), ["name"]).rows == [("é",)]


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32"])
def test_other_encodings_without_a_mark_are_refused(codec):
    with pytest.raises(ParseError):
        read("json_records", '[{"name": "é"}]'.encode(codec), ["name"])


def test_nesting_far_beyond_any_board_is_read_beside_the_records():
    assert cell(b"[" * 500 + b"]" * 500, ()) == "a"
