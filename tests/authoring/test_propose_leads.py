"""Every table-like part of a body is found, and its declaration reads it exactly."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.authoring.candidates import candidates, survey
from tracker.authoring.guess import propose
from tracker.authoring.proposal import Answers, Candidate
from tracker.errors import ParseError, Refused, TrackerError
from tracker.parsers import parse

NAMES = ("Kittiwake 5", "Pochard 2", "Smew 5", "Eider 2", "Ruff 8B", "Knot 3")
SCORES = ("91.5", "88", "84.25", "77", "60.5", "41")
RECORDS = [
    {"model": name, "score": float(score), "lab": f"lab {at % 3}"}
    for at, (name, score) in enumerate(zip(NAMES, SCORES, strict=True))
]
ROWS = "".join(f"<tr><td>{name}</td><td>{score}</td></tr>" for name, score in zip(NAMES, SCORES, strict=True))
TABLE = f"<table><thead><tr><th>Model</th><th>Score</th></tr></thead><tbody>{ROWS}</tbody></table>"


def page(inside: str) -> bytes:
    return f"<!DOCTYPE html><html><head><title>A board</title></head><body><h1>A board</h1>{inside}</body></html>".encode()


def flight(records: object) -> bytes:
    stream = f'1:["$","$L2",null,{{"rows":{json.dumps(records)}}}]\n'
    half = len(stream) // 2
    pushes = "".join(f"<script>self.__next_f.push([1,{json.dumps(part)}])</script>" for part in (stream[:half], stream[half:]))
    return page(f"<p>Loading</p>{pushes}")


def csv_of(delimiter: str = ",") -> bytes:
    return "\n".join(delimiter.join(row) for row in (("model", "score"), *zip(NAMES, SCORES, strict=True))).encode()


PAIRS = [*zip(NAMES, SCORES, strict=True)]
MARKDOWN = ("# Board", "", "| Model | Score |", "|---|---|", *(f"| {name} | {score} |" for name, score in PAIRS))
LITERAL = ", ".join(f'{{model: "{name}", score: {score},}}' for name, score in PAIRS)
BODIES = {
    "html_table": page(TABLE),
    "json_records": json.dumps({"meta": {"n": 6}, "data": {"rows": RECORDS}}).encode(),
    "csv_table": csv_of(),
    "markdown_table": "\n".join(MARKDOWN).encode(),
    "yaml_records": "\n".join(f"- model: {name}\n  score: {score}" for name, score in PAIRS).encode(),
    "flight": flight(RECORDS),
    "js_literal": f"const other = 1;\nconst board = [{LITERAL}];".encode(),
    "json_ld": page(
        '<script type="application/ld+json">'
        + json.dumps({"@type": "Dataset", "name": "Scores", "data": RECORDS})
        + "</script><p>" + "words " * 60 + "</p>"
    ),
}  # fmt: skip


def names_in(candidate: Candidate) -> set[str]:
    return {cell for row in candidate.rows for cell in row if cell in NAMES}


@pytest.mark.parametrize("form", sorted(BODIES))
def test_a_board_is_found_completely_in_each_format(form: str):
    found = candidates(BODIES[form])
    assert found[0].parse.format == form
    assert names_in(found[0]) == {*NAMES}


@pytest.mark.parametrize("form", sorted(BODIES))
def test_the_declaration_of_a_candidate_reads_the_same_rows(form: str):
    for candidate in candidates(BODIES[form]):
        again = parse(BODIES[form], candidate.parse, candidate.columns)
        assert (again.columns, [*map(tuple, again.rows)]) == (candidate.columns, [*map(tuple, candidate.rows)])


CELL_OBJECTS = [[{"value": name}, {"value": float(score)}] for name, score in PAIRS]
PRICED = {name: {"name": name, "price": 5 + at % 3} for at, name in enumerate(NAMES)}
TEMPLATE = "\n".join(f"{name},{score}" for name, score in PAIRS)


@pytest.mark.parametrize(
    ("document", "options"),
    [
        ({name: {"elo": 1200 + at, "votes": at} for at, name in enumerate(NAMES)}, {}),
        ({"full": {name: {"elo": 1200 + at} for at, name in enumerate(NAMES)}}, {"records": "full"}),
        ({name: float(score) for name, score in PAIRS}, {"pairs": True}),
        (
            {"columns": ["model", "score"], "data": [(name, float(score)) for name, score in PAIRS]},
            {"records": "data", "header": "columns"},
        ),
        (
            {"header": [{"value": "model"}, {"value": "score"}], "rows": CELL_OBJECTS},
            {"records": "rows", "header": "header[].value", "cell": "value"},
        ),
        ({lab: {"models": PRICED} for lab in ("one", "two")}, {"explode": "models"}),
        ({"model": dict(enumerate(NAMES)), "score": dict(enumerate(map(float, SCORES)))}, {"by_column": True}),
        (
            {"title": "A board", "x": NAMES, "y": [*map(float, SCORES)]},
            {"records": "{x: x, y: y}", "by_column": True},
        ),
        (
            {"columns": ["score", "votes"], "index": NAMES, "data": [[float(score), 9] for score in SCORES]},
            {"records": "data", "header": "columns", "keys": "index"},
        ),
        ({"labs": {"one": RECORDS[:3], "two": RECORDS[3:]}}, {"records": "labs", "pairs": True, "explode": "$value"}),
        (
            {
                "cols": [{"id": "A", "label": "Model"}, {"id": "B", "label": "Score"}],
                "rows": [{"c": [{"v": name}, {"v": float(score)}]} for name, score in PAIRS],
            },
            {"records": "rows[].c", "header": "cols[].label", "cell": "v"},
        ),
        ([[name, float(score)] for name, score in PAIRS], {}),
        (f"show({json.dumps(RECORDS)});", {"variable": "show()"}),
        (f"new Vue({{ el: app, data: {{ rows: {json.dumps(RECORDS)} }} }})", {"variable": "data:", "records": "rows"}),
        (
            f"var head = ['model', 'score'];\nvar rows = {json.dumps(PAIRS)};",
            {"variable": ("rows", "head"), "records": "rows", "header": "head"},
        ),
        (f"---\nrows: {json.dumps(RECORDS)}\n---\n# A page\n", {"records": "rows"}),
        (f"const x = 1;\nconst rows = `model,score\n{TEMPLATE}`;", {"inside": r"re:\brows\s*=\s*`([^`]*)`"}),
    ],
)
def test_data_in_unusual_shapes_is_found(document: object, options: dict[str, object]):
    body = (document if isinstance(document, str) else json.dumps(document)).encode()
    found = candidates(body)[0]
    assert dict(found.parse.options) == options
    assert names_in(found) == {*NAMES}


def test_lists_of_the_same_entries_are_not_joined():
    found = survey(json.dumps({"overall": RECORDS, "coding": [{**record, "score": 7.5} for record in RECORDS]}).encode())
    assert all("explode" not in candidate.parse.options for candidate in found)


def test_the_payload_of_a_page_that_devalue_packed_is_found():
    packed: list[object] = [["ShallowReactive", 1], {"rows": 2}, []]
    places = packed[2]
    assert isinstance(places, list)
    for record in RECORDS:
        places.append(len(packed))
        packed += [{name: len(packed) + at for at, name in enumerate(record, 1)}, *record.values()]
    script = f'<script type="application/json" id="__NUXT_DATA__">{json.dumps(packed)}</script>'
    found = candidates(page(script))[0]
    assert found.parse.options == {"script": "__NUXT_DATA__", "devalue": True, "records": "rows"}
    assert names_in(found) == {*NAMES}


def test_a_table_with_one_column_per_model_is_transposed():
    head = "day," + ",".join(f"model {at}" for at in range(14))
    days = "\n".join(f"2026010{day}," + ",".join(str(1000 + 7 * at + day) for at in range(14)) for day in (1, 2, 3))
    (found,) = candidates(f"{head}\n{days}\n".encode())
    assert dict(found.parse.options) == {"layout": "wide"}
    assert found.rows[0] == ("model 0", "1003")


def test_repeated_elements_are_rows_if_there_is_no_table():
    items = "".join(
        f'<li class="entry" data-rank="{at}"><b class="title">{name}</b><i class="downloads">{900 - at}k</i></li>'
        for at, name in enumerate(NAMES, 1)
    )
    found = candidates(page(f"<ol>{items}</ol>" + "<p>words and words</p>" * 20))[0]
    assert found.parse.format == "html_table"
    assert names_in(found) == {*NAMES}


def test_rows_with_their_data_in_attributes_are_found():
    rows = "".join(f'<tr data-model="{name}" data-elo="{1500 - 9 * at}"><td><i></i></td></tr>' for at, name in enumerate(NAMES))
    found = candidates(page(f"<table><tr><th></th></tr>{rows}</table>"))[0]
    assert dict(found.parse.options) == {"rows": "tr[data-model]"}
    assert found.columns == ("@data-model", "@data-elo")


def test_each_of_several_tables_is_identified_by_its_headers():
    other = TABLE.replace("<th>Score</th>", "<th>Price</th>").replace("</tbody>", "<tr><td>Extra</td><td>3</td></tr></tbody>")
    found = candidates(page(TABLE + other))
    assert {candidate.columns for candidate in found} == {("Model", "Score"), ("Model", "Price")}


def test_a_list_in_a_list_is_found_by_its_name():
    boards = [{"name": name, "results": RECORDS[at:]} for at, name in enumerate(("Lite", "Verified"))]
    places = {str(candidate.parse.options["records"]) for candidate in candidates(json.dumps({"boards": boards}).encode())}
    assert places >= {"boards[?name=='Lite'] | [0].results", "boards[?name=='Verified'] | [0].results"}


# ── no board ─────────────────────────────────────────────────────────────────────────────────────

NO_BOARDS = {
    "challenge": b"<!DOCTYPE html><html><head><title>Just a moment...</title></head>"
    b"<body><script>window._cf_chl_opt={}</script></body></html>",
    "login": b'<!DOCTYPE html><html><head><title>Sign in</title></head><body><form><input type="password"></form></body></html>',
    "shell": b'<!doctype html><html><head><script src="/m.js"></script></head><body><div id="root"></div></body></html>',
    "error": b'{"error": {"code": 401, "message": "no key"}}',
    "not found": page("<p>What you look for is not here.</p>"),
    "only a header": page("<table><tr><th>Model</th><th>Score</th></tr></table>"),
    "skeleton": page("<table><tr><th>Model</th><th>Score</th></tr>" + "<tr><td></td><td></td></tr>" * 9 + "</table>"),
    "commits": json.dumps([{"sha": f"{at:040x}", "commit": {"message": f"fix {at}"}} for at in range(9)]).encode(),
    "categories": json.dumps({"Reasoning": ["a", "b"], "Coding": ["c"]}).encode(),
    "prose": b"Nothing but words stands here.\nAnd here too.\n",
    "empty": b"  ",
    "a list of links": page("<ul>" + "".join(f'<li class="nav"><a href="/{name}">{name}</a></li>' for name in NAMES) + "</ul>"),
    "only counts": json.dumps([{"name": name, "count": at % 3} for at, name in enumerate(NAMES)]).encode(),
}


@pytest.mark.parametrize("what", sorted(NO_BOARDS))
def test_nothing_is_proposed_for_a_page_without_a_board(what: str):
    with pytest.raises((Refused, ParseError)) as raised:
        candidates(NO_BOARDS[what])
    assert "\n" not in str(raised.value)


# ── hostile ──────────────────────────────────────────────────────────────────────────────────────

HOSTILE = {
    "deep JSON": b"[" * 50_000 + b"]" * 50_000,
    "deep page": b"<div>" * 50_000,
    "wide CSV": (",".join(f"c{at}" for at in range(60_000)) + "\n" + ",".join("1" for _ in range(60_000)) + "\n").encode() * 2,
    "noise": bytes(range(256)) * 400,
    "NaN": b'[{"m": "a", "s": NaN}, {"m": "b", "s": Infinity}, {"m": "c", "s": 1}]',
    "cut flight": BODIES["flight"][:-60],
    "many objects": json.dumps({f"k{at}": {"a": at} for at in range(20_000)}).encode(),
    "spans": page(
        '<table><tr><th colspan="1000000">Model</th></tr>'
        + '<tr><td rowspan="65000" colspan="1000">x</td></tr>' * 50
        + "</table>"
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("what", sorted(HOSTILE))
def test_a_hostile_body_is_refused_or_read(what: str):
    try:
        found = candidates(HOSTILE[what])
    except TrackerError:
        return
    assert len(found) <= 10


@given(st.binary(max_size=400))
def test_any_bytes_are_refused_or_read(body: bytes):
    try:
        found = candidates(body)
    except TrackerError:
        return
    assert found


DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=30,
)


@given(DOCUMENTS)
def test_any_document_is_refused_or_reads_as_proposed(document: object):
    body = json.dumps(document).encode()
    try:
        found = candidates(body)
    except TrackerError:
        return
    for candidate in found:
        assert parse(body, candidate.parse, candidate.columns).columns == candidate.columns


def cards(inside: str, tag: str = "div") -> bytes:
    """Cards with a class; `{name}`, `{score}` and `{at}` are those of each entry."""
    texts = [inside.format(name=name, score=score, at=at) for at, (name, score) in enumerate(zip(NAMES, SCORES, strict=True), 1)]
    return page("".join(f'<{tag} class="p-2 card">{text}</{tag}>' for text in texts))


@pytest.mark.parametrize(
    ("inside", "name", "score"),
    [
        ("<h3>{name}</h3><dl><div><dt>Accuracy</dt><dd>{score}%</dd></div><div><dt>Cost</dt><dd>${at}</dd></div></dl>",
         "css:h3", 'css:dt:-soup-contains("Accuracy") + dd'),
        ('<h2><a class="t" href="#"><span class="o">own /</span> {name}</a></h2><b class="s">{score}</b>', "css:a.t", "css:b.s"),
        ('<b class="t">{name}</b><div class="s">{score}<span class="e">±0.4</span></div>', "css:b.t", "css:div.s"),
        ('<b class="t">{name}</b><p><i itemprop="ratingValue">{score}</i></p>', "css:b.t", "css:[itemprop=ratingValue]"),
        ("<div>{at}</div><div>{name}</div><div>{score}</div>", "css:div:nth-of-type(2)", "css:div:nth-of-type(3)"),
    ],
    ids=["terms", "a name with the owner before it", "an error in an element of its own", "microdata", "cells without classes"],
)  # fmt: skip
@pytest.mark.parametrize("tag", ["div", "article", "li"])
def test_the_parts_of_a_card_are_columns(inside: str, name: str, score: str, tag: str):
    found = next(each for each in survey(cards(inside, tag)) if {name, score} <= {*each.columns})
    at = found.columns.index(name), found.columns.index(score)
    assert [str(row[at[0]]).split("/")[-1].strip() for row in found.rows] == [*NAMES]
    assert [str(row[at[1]])[: len(text)] for row, text in zip(found.rows, SCORES, strict=True)] == [*SCORES]


def test_rows_may_be_links():
    found = next(each for each in survey(cards("<div>{at}</div><div>{name}</div><div>{score}</div>", "a")) if each.rows)
    assert [row[1] for row in found.rows] == [*NAMES]


def test_the_first_class_that_selects_a_part_names_its_column():
    inside = (
        '<div class="flex"><i class="n">{at}</i></div><div class="flex main"><span>{name}</span></div><b class="s">{score}</b>'
    )
    found = next(each for each in survey(cards(inside)) if "css:b.s" in each.columns)
    assert "css:div.main" in found.columns


@pytest.mark.parametrize("attribute", ['data-target="app.data"', 'class="board"', 'name="rows"'])
def test_data_in_a_script_is_found_by_any_attribute_that_no_other_script_has(attribute: str):
    scripts = f'<script type="application/json" {attribute}>{json.dumps(RECORDS)}</script>'
    found, *_ = candidates(page('<script type="application/json" id="other">{"a": 1}</script>' + scripts))
    assert found.parse.options["script"] == attribute.replace('"', "")
    assert len(found.rows) == len(RECORDS)


def test_a_figure_with_another_unit_in_brackets_gives_two_columns():
    cells = [f"<td>{name}</td><td>{score}% ({score}0 fps)</td>" for name, score in zip(NAMES, SCORES, strict=True)]
    rows = "".join(f"<tr>{cell}</tr>" for cell in cells)
    body = page(f"<table><thead><tr><th>Card</th><th>Ultra</th></tr></thead><tbody>{rows}</tbody></table>")
    found = propose(body, Answers(metric="Ultra", higher_is_better=True))
    assert [(metric.part, metric.label) for metric in found.metrics] == [(1, "Ultra: %"), (2, "Ultra: fps")]
    assert found.ranking is not None
    assert found.ranking.samples[:2] == ("91.5%", "88%")


@pytest.mark.parametrize(
    "text", ["- name: &m Heron\n  score: 3\n- *m\n", "a: &a {x: 1}\nb: {<<: *a}\n", "- name: [Heron\n- b: 3\n"]
)
def test_yaml_that_is_not_read_is_refused_with_the_reason(text: str):
    with pytest.raises(ParseError, match=r"yaml_records of 0 rows, cannot be read: found (an alias|a merge key|broken YAML)"):
        propose(text.encode())


LISTS = {
    "bold names": "<li><b>{name}</b> <span>{score} points</span></li>",
    "linked names": "<li><a href='/x'>{name}</a><em>{score}</em></li>",
    "plain names": "<li>{name}: <strong>{score}</strong></li>",
    "plain figures": "<li><b>{name}</b> – {score} pts</li>",
    "two spans": "<li><span>{name}</span> <span>{score}</span></li>",
    "a class on the figure": "<li><strong>{name}</strong> <span class=pts>{score}</span></li>",
}


@pytest.mark.parametrize("around", ["<ol>{}</ol>", "<ul id=ranking>{}</ul>", "<ol class=board>{}</ol>"])
@pytest.mark.parametrize("form", LISTS)
def test_a_list_of_names_and_figures_is_found(form: str, around: str):
    items = "".join(LISTS[form].format(name=name, score=score) for name, score in PAIRS)
    menu = "<ul class=menu><li>Home</li><li>About</li></ul>"
    best = candidates(page(menu + around.format(items)))[0]
    table = parse(page(menu + around.format(items)), best.parse, best.columns)
    assert {name for name, _ in PAIRS} in [{*column} for column in zip(*table.rows, strict=True)]
    assert any([(cell or "").split()[0] for cell in column] == [*SCORES] for column in zip(*table.rows, strict=True))


def test_a_list_of_links_is_not_a_leaderboard():
    items = "".join(f"<li><a href='/x'>{name}</a></li>" for name in NAMES)
    with pytest.raises(ParseError):
        candidates(page(f"<ul>{items}</ul>"))


TEXTS, FIGURES = json.dumps(NAMES), f"[{', '.join(SCORES)}]"
DATA = f"{{label: 'Score', color: '#4b9', data: {FIGURES}}}"
CHART = f"{{labels: {TEXTS}, datasets: [{DATA}]}}"
OTHER = '{"name": "Old", "data": [1, 2, 3]}'
CHARTS = {
    "chart.js": f"var chart = {CHART};",
    "the argument of a call": f"new Chart(el.at('c'), {{type: 'bar', data: {CHART}, options: {{f: (e) => e}}}});",
    "two variables": f"const labels = {TEXTS};\nconst Score = {FIGURES};\n",
    "highcharts": f"Highcharts.chart('c', {{xAxis: {{categories: {TEXTS}}}, series: [{{name: 'Score', data: {FIGURES}}}]}});",
    "json": f'{{"x": {{"categories": {TEXTS}}}, "series": [{{"name": "Score", "data": {FIGURES}}}, {OTHER}]}}',
    "in a page": f"<html><body><canvas></canvas><script>var c = {CHART};</script>",
    "two series": f"c = {{labels: {TEXTS}, sets: [{DATA}, {{label: 'Cost', data: [3, 1, 4, 2, 6, 5]}}]}};",
}


@pytest.mark.parametrize("form", CHARTS)
def test_the_labels_and_the_values_of_a_chart_are_a_table(form: str):
    found = propose(CHARTS[form].encode(), Answers(table=1))
    table = parse(CHARTS[form].encode(), found.candidate.parse, found.candidate.columns)
    assert {*PAIRS} <= {(row[0], row[1]) for row in table.rows}
    assert found.ranking is not None
    assert found.ranking.column in ("Score", "Score:", '"Score:"')


@pytest.mark.parametrize("values", [[1, 2], [1, 2, 3, 4, 5, 6, 7], ["a", "b", "c", "d", "e", "f"]])
def test_lists_of_other_lengths_or_of_texts_alone_are_not_a_chart(values: list[object]):
    body = json.dumps({"x": {"names": NAMES}, "y": {"values": values}})
    with pytest.raises(ParseError):
        candidates(body.encode())


def test_cells_without_names_of_their_own_are_not_taken_for_kinds_of_rows():
    items = "".join(f"<li><span>{name}</span><span>GBR</span><span>{score}</span></li>" for name, score in PAIRS)
    best = candidates(page(f"<ul id=results>{items}</ul>"))[0]
    assert not any("named by" in why for why in best.why)
