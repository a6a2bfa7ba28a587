"""Costly pages are read in a process of their own, with the same result and within limits."""

from __future__ import annotations

import gzip
import resource
from dataclasses import replace
from types import MappingProxyType

import pytest
from kit import board, metric

from tracker.errors import ContractBroken, ParseError, TrackerError
from tracker.line import apart
from tracker.line.apart import COSTLY_MARKS, Budget
from tracker.model import Board, Column, Parse, Part, Reading

PAGES = {
    "csv_table": b"Model,Score\nheron,90.50\nteal,88\n",
    "html_table": b"<table><tr><th>Model<th>Score<tr><td>heron<td>90.50<tr><td>teal<td>88</table>",
    "js_literal": b'rows = [{Model: "heron", Score: 90.50}, {Model: "teal", Score: 88}]',
    "json_records": b'[{"Model": "heron", "Score": 90.50}, {"Model": "teal", "Score": 88}]',
    "markdown_table": b"|Model|Score|\n|---|---|\n|heron|90.50|\n|teal|88|\n",
}
OPTIONS = {"js_literal": {"variable": "rows"}}


def declared(form: str) -> Board:
    column, figure = Column(sources=("Model",)), replace(metric(), column=Column(sources=("Score",)))
    parse = Parse(format=form, options=MappingProxyType(OPTIONS.get(form, {})))
    return replace(board(figure), parse=parse, key=(column,), name=column, attributes=MappingProxyType({}))


def outcome(read: apart.Read, board: Board, body: bytes, **more: object) -> Reading | tuple[type, str, object]:
    try:
        return read(board, [body], parts=[Part()], url="https://board.test/models", **more)
    except TrackerError as error:
        return type(error), str(error), getattr(error, "violations", None)


@pytest.mark.slow
@pytest.mark.parametrize("form", PAGES)
def test_another_process_reads_every_format_as_this_one_does(form: str):
    reading = outcome(apart.read, declared(form), PAGES[form], alone=True)
    assert isinstance(reading, Reading)
    assert reading == outcome(apart.here, declared(form), PAGES[form])


@pytest.mark.parametrize(("body", "kind"), [(b"Model\n", ParseError), (b"Model,Score\na,1\na,2\n", ContractBroken)])
def test_the_errors_of_another_process_are_those_of_this_one(body: bytes, kind: type):
    found = outcome(apart.read, declared("csv_table"), body, alone=True)
    assert found == outcome(apart.here, declared("csv_table"), body)
    assert isinstance(found, tuple)
    assert found[0] is kind


KEY = "aa_7Gh2kQ9xZt4Lm8WvB1nR"
SPLIT = KEY[:5] + "<span hidden>of ours</span>" + KEY[5:]
ECHOES = {
    "in a name": f"<tr><td>{SPLIT}<td>90",
    "in a figure": f"<tr><td>heron<td>{SPLIT}",
    "reversed": f"<tr><td>{KEY[::-1]}<td>90",
}


@pytest.mark.parametrize("echo", ECHOES.values(), ids=ECHOES.keys())
def test_a_key_that_a_parser_puts_together_is_not_read(echo: str):
    keyed = declared("html_table")
    keyed = replace(keyed, request=replace(keyed.request, headers={"X-Key": "${ACME_KEY}"}))
    page = f"<table><tr><th>Model<th>Score{echo}<tr><td>teal<td>88</table>".encode()
    found = outcome(apart.read, keyed, page, environment={"ACME_KEY": KEY})
    told = "made/board: found the value of ACME_KEY on the page, expected no key there; replace the key"
    assert found == (ParseError, told, None)
    assert isinstance(outcome(apart.read, keyed, PAGES["html_table"], environment={"ACME_KEY": KEY}), Reading)


LONG = b"Model,Score\n" + b"".join(b"model-%d,%d\n" % (number, number) for number in range(99_000))


@pytest.mark.parametrize(
    ("budget", "within"),
    [
        pytest.param(
            Budget(memory_bytes=150_000_000), "30 s of CPU time and 150,000,000 bytes of memory", marks=pytest.mark.slow
        ),
        (Budget(wall_s=0.01), "0.01 s"),
    ],
)
def test_a_page_that_takes_too_much_time_or_memory_is_refused(budget: Budget, within: str):
    found = outcome(apart.read, declared("csv_table"), LONG, alone=True, budget=budget)
    message = f"made/board: found a page that is not read within {within}, expected a board; look at it"
    assert found == (ParseError, message, None)


@pytest.mark.slow
def test_a_page_that_takes_too_much_cpu_time_is_refused():
    body = b";" * 8_000_000 + PAGES["js_literal"]
    found = outcome(apart.read, declared("js_literal"), body, budget=Budget(cpu_s=1))
    assert isinstance(found, tuple)
    assert "not read within 1 s of CPU time" in found[1]


def children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


PADDING = b" " * 1000
LARGE = {
    "more than eight megabytes": ("csv_table", b"\n" * 8_000_001),
    "more than two megabytes of Markdown": ("markdown_table", b"\n" * 200_000 + PADDING * 2_000),
    "many tags": ("html_table", b"<i></i>" * (COSTLY_MARKS // 2 + 1)),
    "many attributes": ("html_table", b"<i>" + (b"<br" + b" a" * 900 + b">") * (COSTLY_MARKS // 900 + 1)),
    "many delimiters": ("csv_table", b",\n" * (COSTLY_MARKS + 1)),
    "eight megabytes inflated": ("csv_table", gzip.compress(b"\n" * 8_000_001)),
}
ORDINARY = {
    "four megabytes": ("html_table", b"<p>text and more text</p>" * 160_000),
    "much white space": ("html_table", b"<p>\n" + b" " * 3_000_000 + b"</p>"),
    "small": ("csv_table", b"Model,Score\na,1\n"),
    "a damaged gzip file": ("csv_table", gzip.compress(b"a,b\n" * 100)[:-9]),
}


@pytest.mark.parametrize("name", [*LARGE, *ORDINARY])
def test_only_costly_pages_start_another_process(name: str):
    form, body = {**LARGE, **ORDINARY}[name]
    before = children_s()
    assert isinstance(outcome(apart.read, declared(form), body), tuple) or name == "small"
    assert (children_s() > before) == (name in LARGE)


def test_a_defect_in_another_process_is_a_defect_here_too():
    broken = replace(declared("csv_table"), name=None)
    with pytest.raises(RuntimeError, match="AttributeError: 'NoneType' object has no attribute"):
        apart.read(broken, [PAGES["csv_table"]], alone=True)
