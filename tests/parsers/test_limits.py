"""What is larger than any board is refused before it is processed, in little time and memory."""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import ON_LINUX, examples
from parsing import read

from tracker.errors import ParseError
from tracker.parsers import limits
from tracker.parsers.limits import MAX_CELLS, MAX_COLUMNS, MAX_NODES, MAX_PIECES, MAX_ROWS, MAX_TEXT, values_in

HEAD = "<table><tr><th>name<th>score"
PIPES = "|name|score|\n|---|---|\n"
ROW = b'{"name":"a","score":1}'
OPTIONS = {"js_literal": {"variable": "data"}, "flight": {"require": ["name"]}}
AROUND = {
    "json_records": (b"", b""),
    "yaml_records": (b"", b""),
    "js_literal": (b"data = ", b";"),
    "json_ld": (b'<script type="application/ld+json">{"@type": "Dataset", "data":', b"}</script>"),
    "flight": (b'0:{"rows":', b"}\n"),
}
"""The formats in which a JSON document can be."""
DOCUMENTS = tuple(AROUND)


def inside(form: str, document: bytes) -> bytes:
    before, after = AROUND[form]
    return before + document + after


def records(form: str, number: int) -> bytes:
    """A table of that many rows."""
    if form in DOCUMENTS:
        return inside(form, b"[" + b",".join([ROW] * number) + b"]")
    if form == "json_lines":
        return b"\n".join([ROW] * number)
    if form == "html_table":
        return (HEAD + "<tr><td>a<td>1" * number + "</table>").encode()
    return (
        (PIPES if form == "markdown_table" else "name,score\n") + ("|a|1|\n" if form == "markdown_table" else "a,1\n") * number
    ).encode()


def refused(form: str, body: bytes, message: str) -> None:
    begun = time.process_time()
    with pytest.raises(ParseError, match=message):
        read(form, body, ["name", "score"], **OPTIONS.get(form, {}))
    assert time.process_time() - begun < 4


@pytest.mark.parametrize("form", [*DOCUMENTS, "csv_table", "html_table", "json_lines", "markdown_table"])
def test_more_rows_than_any_board_has_are_refused(form: str):
    most = limits.MAX_LINES if form == "markdown_table" else MAX_ROWS
    refused(form, records(form, most + 2), f"found (more than )?{most:,}|expected at most {most:,}")


@pytest.mark.slow
@pytest.mark.parametrize("form", [*DOCUMENTS, "csv_table", "html_table", "json_lines", "markdown_table"])
def test_a_table_of_fifty_thousand_rows_and_twenty_columns_is_read(form: str):
    names = ["name", "score", *(f"m{number}" for number in range(18))]
    rows = [[f"model-{row}", *(f"{row * column % 9973 / 100}" for column in range(19))] for row in range(50_000)]
    if form in (*DOCUMENTS, "json_lines"):
        lines = [json.dumps(dict(zip(names, row, strict=True))).encode() for row in rows]
        body = b"\n".join(lines) if form == "json_lines" else inside(form, b"[" + b",".join(lines) + b"]")
    elif form == "html_table":
        head = "".join(f"<th>{name}</th>" for name in names)
        lines = ["".join(f"<td>{cell}</td>" for cell in row) for row in rows]
        body = f"<table><tr>{head}</tr>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>".encode()
    else:
        sep, more = ("|", [["---"] * 20]) if form == "markdown_table" else (",", [])
        body = "".join(f"{sep.join(row)}\n" for row in [names, *more, *rows]).encode()
    assert len(read(form, body, ["name", "score"], **OPTIONS.get(form, {})).rows) == 50_000


WIDE = ",".join(f'"k{number}": 1' for number in range(MAX_COLUMNS + 1)).encode()


@pytest.mark.parametrize("form", [*DOCUMENTS, "json_lines"])
def test_a_record_of_more_keys_than_any_board_has_columns_is_refused(form: str):
    record = b'{"name": "a", ' + WIDE + b"}"
    body = record if form == "json_lines" else inside(form, b"[" + b",".join([record] * 3) + b"]")
    refused(form, body, f"columns, expected at most {MAX_COLUMNS:,}")


@pytest.mark.parametrize(
    ("form", "body"),
    [
        ("csv_table", "a," * (MAX_COLUMNS + 1) + "\n" + "1," * (MAX_COLUMNS + 1) + "\n"),
        ("html_table", "<table><tr>" + "<th>x" * (MAX_COLUMNS + 1) + "<tr><td>1</table>"),
        ("html_table", "<table><tr><th>x</tr>" + "<tr>" + "<td>x" * 110_000 + "</table>"),
    ],
)
def test_a_table_of_more_columns_than_any_board_has_is_refused(form: str, body: str):
    refused(form, body.encode(), f"expected at most {MAX_COLUMNS:,}")


@pytest.mark.parametrize("form", DOCUMENTS[:1] + DOCUMENTS[2:])
@pytest.mark.parametrize("value", ["{}", "[]", "12", '""'])
def test_a_document_of_more_values_than_any_board_has_is_refused_unread(form: str, value: str):
    refused(
        form, inside(form, b"[" + b",".join([value.encode()] * (MAX_NODES + 1)) + b"]"), f"values, expected at most {MAX_NODES:,}"
    )


def test_commas_in_texts_are_not_values():
    assert read("json_records", json.dumps([{"name": ", {[" * 8_000 + '"\\'}] * 70), ["name"]).rows[0][0].startswith(", {[")


@examples(200)
@given(
    st.recursive(
        st.none() | st.integers() | st.text('",{[\\a'),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text('",{[\\a', max_size=4), inner, max_size=4),
        max_leaves=30,
    )
)
def test_values_are_counted_as_a_reader_of_json_would(document: object):
    def signs(node: object) -> int:
        if isinstance(node, dict | list):
            members = node.values() if isinstance(node, dict) else node
            return 1 + max(len(node) - 1, 0) + sum(map(signs, members))
        return 0

    assert values_in(json.dumps(document).encode()) == signs(document)


def test_strings_longer_than_a_step_of_the_count_are_still_strings():
    long = "," * 1_500_000
    assert values_in(json.dumps([long, "a", {"b": long}]).encode()) == 4


@pytest.mark.parametrize(
    ("form", "cell", "message"),
    [
        ("json_records", "x" * (MAX_TEXT + 1), "characters in one cell"),
        ("csv_table", "x" * (MAX_TEXT + 1), "characters in one cell"),
        ("html_table", "x" * (MAX_TEXT + 1), "characters in one cell"),
        ("html_table", "<b>x</b>" * (MAX_PIECES + 1), "elements in one cell"),
        ("markdown_table", "[" * (MAX_PIECES + 1), "marks in one cell"),
        ("markdown_table", "[a](" * MAX_PIECES, "marks in one cell"),
        ("markdown_table", "**a" * MAX_PIECES, "marks in one cell"),
        ("markdown_table", "[" * (limits.MAX_MARKS + 1), "marks, expected at most"),
    ],
)
def test_a_cell_that_costs_more_than_any_text_is_refused(form: str, cell: str, message: str):
    bodies = {
        "json_records": json.dumps([{"name": cell, "score": 1}]),
        "csv_table": f"name,score\n{cell},1\n",
        "html_table": f"{HEAD}<tr><td>{cell}<td>1</table>",
        "markdown_table": f"{PIPES}|{cell}|1|\n",
    }
    refused(form, bodies[form].encode(), message)


@pytest.mark.parametrize(
    ("form", "body", "message"),
    [
        ("html_table", lambda: HEAD + "</table>" + "<p>" * (limits.MAX_ELEMENTS + 1), "elements, expected at most"),
        ("html_table", lambda: HEAD + "</table>" + "</p>" * (limits.MAX_ELEMENTS + 1), "elements, expected at most"),
        ("html_table", lambda: "<table></table>" * (limits.MAX_TABLES + 1), "tables, expected at most"),
        ("csv_table", lambda: "name,score\n" + "," * (MAX_CELLS + 1), "cells, expected at most"),
        ("csv_table", lambda: "name,score\n" + "\n" * (MAX_ROWS + 1), "more than 100,000 rows"),
        ("markdown_table", lambda: "|a" * (MAX_CELLS + 1) + "\n", "cells, expected at most"),
        ("js_literal", lambda: "<script></script>" * (limits.MAX_SCRIPTS + 1), "scripts, expected at most"),
        ("js_literal", lambda: ("data = [" + "1," * 1000 + "1];\n") * 1600, "values, expected at most"),
        ("flight", lambda: "0:[]\n" * (MAX_ROWS + 1), "flight rows, expected at most"),
        (
            "flight",
            lambda: (
                "<p>"
                + "<script>__next_f.push([1,0])</script>" * 10
                + "<script>"
                + '__next_f.push([1,"a"]);' * (MAX_ROWS + 1)
                + "</script>"
            ),
            "more than 100,000 pushes",
        ),
        (
            "flight",
            lambda: "".join(f"{number:x}:[{ROW.decode()},{ROW.decode()},{ROW.decode()}]\n" for number in range(200)),
            "lists in rows of their own",
        ),
    ],
)
def test_a_page_that_costs_more_than_any_board_is_refused(form: str, body: Callable[[], str], message: str):
    refused(form, body().encode(), message)


@pytest.mark.slow
def test_a_script_of_more_code_than_any_page_has_is_refused():
    with pytest.raises(ParseError, match="more than 4,500,000 pieces of code"):
        read("js_literal", ";" * (limits.MAX_TOKENS + 1) + "data = [1]", ["name"], variable="data")


@pytest.mark.parametrize(
    "code", ["other = [{}];", 'other = ["a", -1.5, true, {{"b": null, "c": .5}}], more = "x";', "f('a', 1)\n", '"a"\n']
)
def test_an_assignment_after_a_row_of_values_is_found(code: str):
    body = code.format(*[[1]] if "{}" in code else []) + 'data = [{"name": "a", "score": 1}]\n"x", 1'
    assert read("js_literal", body.replace('\n"x", 1', ""), ["name"], variable="data").rows == [("a",)]


ATTACKS = {
    "30 MB of <th>": ("html_table", '"<table><tr>" + "<th>" * 7_500_000 + "</table>"'),
    "ten million objects": ("json_records", '"[" + "{}," * 10_000_000 + "{}]"'),
    "400,000 rows": ("html_table", '"<table><tr><th>name" + "<tr><td>a" * 400_000 + "</table>"'),
    "five million brackets in a cell": ("markdown_table", '"|name|\\n|---|\\n|" + "[" * 5_000_000 + "|\\n"'),
    "a million links in a cell": ("markdown_table", '"|name|\\n|---|\\n|" + "[a](" * 1_000_000 + "|\\n"'),
    "a million bold texts in a cell": ("markdown_table", '"|name|\\n|---|\\n|" + "**a" * 1_000_000 + "|\\n"'),
    "ten thousand assignments": ("js_literal", '("data = [" + "1," * 1000 + "1];\\n") * 10_000'),
    "eight million rows": ("csv_table", '"name,score\\n" + "a,1\\n" * 8_000_000'),
    "a million columns": ("csv_table", '",".join(f"c{n}" for n in range(1_000_000)) + "\\n" + "1," * 1_000_000'),
    "a million keys": ("json_records", '"{" + ",".join(f"\\"k{n}\\": 1" for n in range(1_000_000)) + "}"'),
    "a million keys of YAML": ("yaml_records", '"\\n".join(f"k{n}: 1" for n in range(1_000_000))'),
    "a million keys of flight data": ("flight", '"0:{" + ",".join(f"\\"k{n}\\": 1" for n in range(1_000_000)) + "}\\n"'),
}
PROGRAM = """
import re, sys
from pathlib import Path
from tracker.errors import ParseError
from tracker.model import Parse
from tracker.parsers import parse
form, options = sys.argv[1], eval(sys.argv[2])
body = sys.stdin.buffer.read()
try:
    parse(body, Parse(format=form, options=options), ["name"])
except ParseError:
    print(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""


@pytest.mark.slow
@ON_LINUX
@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_refused_within_300_megabytes(name: str):
    form, made = ATTACKS[name]
    body = eval(made).encode()  # a text of this file
    command = [sys.executable, "-c", PROGRAM, form, repr(OPTIONS.get(form, {}))]
    ended = subprocess.run(command, input=body, capture_output=True, check=True, preexec_fn=_limited)  # no threads
    assert int(ended.stdout) < 300_000


def _limited() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (20, 20))


def test_a_message_does_not_repeat_a_long_header_of_the_page():
    body = b"<table><tr><th>name<th>" + b"&amp;" * 50_000 + b"</table>"
    with pytest.raises(ParseError) as raised:
        read("html_table", body, ["name", "score"])
    assert len(str(raised.value)) < 1000


def test_the_reference_lists_every_limit():
    text = (Path(__file__).parents[2] / "docs" / "reference" / "formats.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| `(MAX_\w+)` \| ([0-9,]+) \|", text, re.MULTILINE))
    assert listed == {name: f"{value:,}" for name, value in vars(limits).items() if name.startswith("MAX_")}
