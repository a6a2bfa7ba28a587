"""Every parser against every page that is not what it should be: it raises, and never guesses, hangs or crashes."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import examples
from parsing import as_dicts, pushed, read, stream

from tracker.errors import ParseError
from tracker.parsers import FORMATS

MODELS = [{"name": f"model-{number}", "score": 1500 - number * 3.25, "note": "ünï ±5"} for number in range(6)]
WANTED = ["name", "score"]

GOOD = {
    "csv_table": ("name,score,note\n" + "".join(f'{m["name"]},{m["score"]},"{m["note"]}"\n' for m in MODELS), {}),
    "flight": (
        pushed(stream({"2b": "ünï\n".encode(), "1": {"models": MODELS}, "3": "!I[1]"}).decode(), [30, 200]).decode(),
        {"require": WANTED},
    ),
    "html_table": (
        "<html><body><p>x</p><table><thead><tr><th>name<th>score</thead>"
        + "".join(f"<tr><td><b>{m['name']}</b></td><td>{m['score']}<!-- -->!</td></tr>" for m in MODELS)
        + "</table></body></html>",
        {},
    ),
    "js_literal": (
        "// board\nconst data = [\n" + "".join(f"  {{ name: '{m['name']}', score: {m['score']}, }},\n" for m in MODELS) + "];\n",
        {"variable": "data"},
    ),
    "json_ld": (f'<p>x</p><script type="application/ld+json">{json.dumps({"@type": "Dataset", "data": MODELS})}</script>', {}),
    "json_records": (json.dumps({"data": MODELS}), {"records": "data"}),
    "markdown_table": ("# Board\n\n|name|score|\n|--|--|\n" + "".join(f"|**{m['name']}**|{m['score']} %|\n" for m in MODELS), {}),
    "json_lines": ("".join(json.dumps(m) + "\n" for m in MODELS), {}),
    "yaml_records": ("".join(f"- name: {m['name']}\n  score: {m['score']}\n  note: {m['note']}\n" for m in MODELS), {}),
}
WHOLE = ("flight", "js_literal", "json_ld", "json_records", "html_table")
"""Formats that say where they end: a part of one is refused. Of the others what is there is read, and `reading/` counts it."""

BODIES = {
    "empty": "",
    "blank": " \n\t\n",
    "cloudflare": (
        "<!DOCTYPE html><html><head><title>Just a"
        " moment...</title></head><body><script>window._cf_chl_opt={};</script></body></html>"
    ),
    "login": '<html><body><form action="/login"><input name="user"><input type="password"></form></body></html>',
    "shell": '<!doctype html><html><body><noscript>Enable JavaScript</noscript><div id="root"></div></body></html>',
    "comment": "<!-- nothing -->",
    "null": "null",
    "empty list": "[]",
    "empty object": "{}",
    "api error": '{"error": "Too Many Requests"}',
    "plain text": "Internal Server Error",
    "deep lists": "[" * 200_000,
    "deep objects": '{"a":' * 200_000,
    "deep elements": "<div>" * 200_000,
    "deep quotes": "> " * 100_000,
    "unclosed tags": "<script " * 200_000,
    "half scripts": "<script>" * 200_000,
    "half pushes": "<script>__next_f.push([1," * 50_000,
    "one long line": "a" * 2_000_000,
    "many pipes": "|" * 200_000,
    "many brackets": "[](" * 60_000,
    "many stars": "*a_" * 60_000,
    "many quotes": '"' * 200_001,
    "zeros": b"\0" * 100_000,
    "not utf-8": b"\xff\xfe\xfa" * 1000,
    "image": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20,
    "half scripts with data": "<script>data=[`${" * 20_000,
    "half expressions": "data=(/[" * 40_000,
    "gzip": b"\x1f\x8b\x08\x00" + bytes(range(256)),
}


@pytest.mark.parametrize("form", FORMATS)
def test_the_good_page_is_read(form):
    body, options = GOOD[form]
    table = read(form, body, WANTED, **options)
    assert [row[0] for row in table.rows] == [model["name"] for model in MODELS]


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("form", FORMATS)
def test_a_page_without_a_board_is_refused_at_once(form, name):
    begun = time.process_time()
    with pytest.raises(ParseError, match=f"^lab/board: {form}: found "):
        read(form, BODIES[name], WANTED, **GOOD[form][1])
    assert time.process_time() - begun < 8


@pytest.mark.parametrize("form", FORMATS)
def test_a_page_whose_columns_were_renamed_is_refused(form):
    body, options = GOOD[form]
    renamed = body.replace("name", "title").replace("score", "elo")
    with pytest.raises(ParseError):
        read(form, renamed, WANTED, **options)


@pytest.mark.parametrize("form", FORMATS)
def test_a_page_with_one_renamed_column_has_the_other_column(form):
    body, options = GOOD[form]
    if form == "flight":
        options = {"require": ["name"]}
    table = read(form, body.replace("score", "elo"), WANTED, **options)
    assert table.columns == ("name",)


@pytest.mark.parametrize("form", FORMATS)
def test_a_page_that_is_cut_off_is_refused_or_read_to_the_cut(form):
    body, options = GOOD[form]
    raw = body.encode()
    full = as_dicts(read(form, body, WANTED, **options))
    for end in range(0, len(raw), 3):
        try:
            table = read(form, raw[:end], WANTED, **options)
        except ParseError:
            continue
        cut = as_dicts(table)
        assert cut[:-1] == full[: len(cut) - 1]
        assert form not in WHOLE or cut == full


@pytest.mark.parametrize("form", FORMATS)
@examples(60)
@given(st.data())
def test_damage_is_refused_or_leaves_a_table(form, data):
    raw = GOOD[form][0].encode()
    start = data.draw(st.integers(0, len(raw)))
    damaged = raw[:start] + data.draw(st.binary(max_size=12)) + raw[start + data.draw(st.integers(0, 40)) :]
    try:
        table = read(form, damaged, WANTED, **GOOD[form][1])
    except ParseError:
        return
    assert set(table.columns) <= set(WANTED)
    assert table.rows
    assert all(len(row) == len(table.columns) for row in table.rows)
    assert all(cell is None or isinstance(cell, str) for row in table.rows for cell in row)


@pytest.mark.parametrize("form", FORMATS)
@examples(40)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.text(max_size=200).map(str.encode),
        st.text('<>&/|-*[]{}":,\n atbledrh0$', max_size=200).map(str.encode),
    )
)
def test_noise_is_refused(form, noise):
    with pytest.raises(ParseError):
        read(form, noise, WANTED, **GOOD[form][1])
