"""Siblings of the oddities in `tests/oddities`, in every format in which each can occur: two entries, or a refusal."""

import codecs
from dataclasses import replace

import pytest
from every_format import TEXTS, figure, read, written
from parsing import stream

from tracker.errors import ContractBroken, ParseError
from tracker.model import Column, Kind

BOTH = [("Aurora", 90.0), ("Borea", 80.0)]
HEAD = "<tr><th>Model<th>Score"
ROWS = "<tr><td>Aurora<td>90<tr><td>Borea<td>80"
DATA = [form for form in TEXTS if form not in ("html_table", "markdown_table")]


def page(rows=ROWS, head=HEAD):
    return f"<!doctype html><html><body><table>{head}{rows}</table></body></html>"


def table(*rows, below=""):
    return "| Model | Score |\n|---|---|\n" + "".join(f"{row}\n" for row in rows) + below


def rows_in(form, body, score=None, **options):
    return read(form, body.encode() if isinstance(body, str) else body, score, **options)


def is_refused(form, body, score=None, **options):
    with pytest.raises((ParseError, ContractBroken)):
        rows_in(form, body, score, **options)
    return True


def is_90_or_refused(form, body):
    """Whether a figure with something beside it is 90 or refused: never another number."""
    try:
        return rows_in(form, body) == BOTH
    except ContractBroken:
        return True


# ── the tree of a page ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "body",
    [
        f"<html><body><p>x</p></body></html><table>{HEAD}{ROWS}</table>",
        f"<html><body><table>{HEAD}<tr><td>Aurora<td>90</body></html><tr><td>Borea<td>80</table>",
        f"<table>{HEAD}<tr><td>Aurora<td>9</body>0</td></tr><tr><td>Borea<td>80</table>",
        f"<html></html><html><body><table>{HEAD}{ROWS}</table></body></html>",
        f"<html><head><title>x</title><table>{HEAD}{ROWS}</table>",
        f"<html><body><div></body></html></div><table>{HEAD}{ROWS}</table>",
    ],
)
def test_an_early_end_of_the_document_ends_nothing(body):
    assert rows_in("html_table", body) == BOTH


@pytest.mark.parametrize(
    "body",
    [
        f"<table>{HEAD}<tr><td>Aurora<td>90</td></tr><td>Borea</td><td>80</td></tr></table>",
        "<table><thead><th>Model<th>Score</thead><tr><td>Aurora<td>90<tr><td>Borea<td>80</table>",
        f"<table><th>Model<th>Score{ROWS}</table>",
        f"<table>{HEAD}<tbody><td>Aurora<td>90<tr><td>Borea<td>80</table>",
        f"<table>{HEAD}</tr></tr><td>Aurora<td>90</tr><td>Borea<td>80</tr></table>",
        f"<table>{HEAD}<tr><td>Aurora<td>90</tr></tbody><td>Borea<td>80</table>",
    ],
)
def test_a_row_needs_no_tag(body):
    assert rows_in("html_table", body) == BOTH


STRAY = [
    "a href=x",
    "form",
    "div",
    "center",
    "font",
    "x-row",
    "p",
    "span",
    "label",
    "li",
    "i",
    "button",
    "section",
    "ul",
    "select",
]


@pytest.mark.parametrize("tag", [*STRAY, "b", "dl", "details", "nobr", "template></template", "script></script", "!-- x --"])
def test_a_stray_element_takes_no_row_with_it(tag):
    end = f"</{tag.split()[0]}>"
    for rows in (
        f"<{tag}><tr><td>Aurora<td>90</tr>{end}",
        f"<tr><{tag}><td>Aurora<td>90{end}",
        f"<{tag}><tr><td>Aurora<td>90</tr>",
    ):
        if (tag, end in rows) != ("select", False):
            assert rows_in("html_table", page(f"{rows}<tr><td>Borea<td>80")) == BOTH


@pytest.mark.parametrize(
    "body",
    [
        "<table><tr><td>Model<td rowspan=3><td>Score<tr><td>Aurora<td>90<tr><td>Borea<td>80</table>",
        "<table><tr><td>Model<td rowspan=0><td>Score<tr><td>Aurora<td>90<tr><td>Borea<td>80</table>",
        "<table><tr><td>Model<td rowspan='3x'><td>Score<tr><td>Aurora<td>90<tr><td>Borea<td>80</table>",
        "<table><tr><td rowspan=3><td>Model<td>Score<tr><td>Aurora<td>90<tr><td>Borea<td>80</table>",
        "<table><thead><tr><th rowspan=9>Model<th>Score</thead><tbody><tr><td>Aurora<td>90<tr><td>Borea<td>80</table>",
        "<table><tr><td>Model<td rowspan=2>Gap<td>Score<tr><td>Aurora<td>90<tr><td>Borea<td>x<td>80</table>",
        page("<tr><td>Aurora<td>1<td>90<tr><td>Borea<td>2<td>80", "<tr><th rowspan=2>Model<th colspan=2>X<tr><th>Cost<th>Score"),
    ],
)
def test_a_header_that_spans_rows_shifts_no_column(body):
    assert rows_in("html_table", body) == BOTH


# ── what is in a cell ────────────────────────────────────────────────────────────────────────────

HIDDEN = [
    *("<span hidden>9</span>", "<span style='DISPLAY : NONE'>9</span>", "<span style='visibility:hidden'>9</span>"),
    *("<span style='color:red;display:none!important'>9</span>", "<span hidden=until-found>9</span>", "<template>9</template>"),
    *("<script>9</script>", "<style>9</style>", "<noscript>9</noscript>", "<data hidden value=9>9</data>", "<!-- 9 -->"),
    *("<svg><text>9</text></svg>", "<input type=hidden value=9>", "<span class='sr-only'>9</span>", "<object>9</object>"),
    *("<span class='visually-hidden'>9</span>", "<select hidden><option>9</select>", "<dialog>9</dialog>"),
    "<details><summary></summary><p hidden>9</p></details>",
]


@pytest.mark.parametrize("hidden", HIDDEN)
def test_what_is_hidden_in_a_cell_does_not_exist(hidden):
    assert rows_in("html_table", page(f"<tr><td>Aurora<td>{hidden}90<tr><td>Borea<td>80")) == BOTH
    assert rows_in("markdown_table", table(f"| Aurora | {hidden}90 |", "| Borea | 80 |")) == BOTH


@pytest.mark.parametrize("hiding", ["hidden", "hidden=''", "HIDDEN", "style='display:none'", "style='visibility:collapse'"])
def test_hidden_rows_columns_and_tables_do_not_exist(hiding):
    longer = "".join(f"<tr><td>Model {number}<td>{number}" for number in range(5))
    assert rows_in("html_table", page(f"{ROWS}<tr {hiding}><td>Old<td>99")) == BOTH
    assert rows_in("html_table", page(f"{ROWS}</tbody><tbody {hiding}><tr><td>Old<td>99")) == BOTH
    cells = f"<tr><td>Aurora<td {hiding}>99<td>90<tr><td>Borea<td {hiding}>99<td>80"
    assert rows_in("html_table", page(cells, f"<tr><th>Model<th {hiding}>Key<th>Score")) == BOTH
    assert rows_in("html_table", f"<table {hiding}>{HEAD}{longer}</table>{page()}") == BOTH
    assert rows_in("html_table", f"{page()}<div {hiding}><table>{HEAD}{longer}</table></div>") == BOTH
    assert rows_in("html_table", f"<div {hiding}>{page()}</div>") == BOTH  # a tab that is not selected


BESIDE = [
    *(
        "90<sup>1</sup>",
        "90<sup>†</sup>",
        "90<sup>※1</sup>",
        "90<sup>※</sup>",
        "90<a href='#n'>1</a>",
        "90 <span class=note>1</span>",
        "90<span class=footnote>12</span>",
    ),
    *(
        "90<span>↑2</span>",
        "90<span>(+2)</span>",
        "<s>89</s>90",
        "90<small>1</small>",
        "90<sub>a</sub>",
        "90<div>1,204 votes</div>",
    ),
    *("90<br>#1", "90<abbr title=x>*</abbr>", "90<span>🔥</span>", "90<mark>NEW</mark>", "90<sup>[1]</sup>", "90<ins>+2</ins>"),
    *(
        "90<span class=badge>1</span>",
        "90<span class='rank-change'>▲3</span>",
        "90<sup>2,3</sup>",
        "90<code>1</code>",
        "90<tt>1</tt>",
    ),
    *("90<button>1</button>", "90<label>1</label>", "90<q>1</q>", "90<kbd>1</kbd>", "90<time>1</time>", "90<x-note>1</x-note>"),
    *("90</br>12", "90</p>12", "90<center>12</center>", "90<menu>12</menu>", "90<hr>12", "90<ul><li>12</ul>", "90<h6>12</h6>"),
    *("90<pre>12</pre>", "90<option>12", "90<address>12</address>", "90<span style='display:block'>12</span>", "90<img>12"),
    *("90<input>12", "90<svg></svg>12", "90<meter>12</meter>", "90<iframe></iframe>12", "90<canvas></canvas>12"),
    *("90<select><option>1</select>12", "90<ruby>a<rt>12</rt></ruby>", "90<math>12</math>", "90<output>12</output>"),
]


@pytest.mark.parametrize("cell", BESIDE)
def test_what_is_beside_a_figure_is_never_part_of_it(cell):
    assert is_90_or_refused("html_table", page(f"<tr><td>Aurora<td>{cell}<tr><td>Borea<td>80"))
    assert is_90_or_refused("markdown_table", table(f"| Aurora | {cell} |", "| Borea | 80 |"))


@pytest.mark.parametrize(
    "cell", ["90[^1]", "90[1](#n)", "~~89~~ 90", "90 **NEW**", "90 (+2)", "90¹", "90\\*", "90 `NEW`", "90 ▲"]
)
def test_marks_beside_a_figure_in_markdown_are_not_part_of_it(cell):
    assert is_90_or_refused("markdown_table", table(f"| Aurora | {cell} |", "| Borea | 80 |"))


@pytest.mark.parametrize("form", DATA)
@pytest.mark.parametrize(
    "cell",
    [
        *("90¹", "90 ¹", "90*", "90†", "90 ↑2", "90 (↑2)", "90 (+2)", "90 [1]", "90 NEW", "90 🔥", "90<sup>1</sup>", "90 ▲ 3"),
        *("90\n12", "90<br>12", "90</br>12", "90<p>12</p>", "90\r\n12", "90\u202812", "90\t12", "<td>90</td>", "`90`", "**90**"),
    ],
)
def test_marks_beside_a_figure_in_data_are_not_part_of_it(form, cell):
    assert is_90_or_refused(form, written(form, [("Aurora", cell), ("Borea", "80")]))


NAMES = [
    *(
        "Aurora <span>NEW</span>",
        "Aurora<sup>1</sup>",
        "Aurora<sup>※1</sup>",
        "Aurora <span class=badge>Open</span>",
        "Aurora<br><small>Acme</small>",
    ),
    *("Aurora<div class=org>Acme</div>", "Aurora <i>🔥</i>", "Aurora <a href='#n'>[1]</a>", "<del>Aurora 0</del> Aurora"),
    *(
        "Aurora <span class='tag'>Reasoning</span>",
        "Aurora <span>↑2</span>",
        "<span class=rank>1</span> Aurora",
        "<img alt=x>Aurora",
    ),
    *("Aurora <span class='license'>Apache 2.0</span>", "Aurora<span class=sr-only> (opens in a new tab)</span>"),
]
MARKED = ["Aurora **NEW**", "Aurora[^1]", "Aurora ![](x.svg)", "Aurora `NEW`", "Aurora [1](#n)", "Aurora \\[1\\]", "🥇 Aurora"]


@pytest.mark.parametrize("cell", NAMES)
def test_what_is_beside_a_name_is_never_part_of_it(cell):
    assert rows_in("html_table", page(f"<tr><td>{cell}<td>90<tr><td>Borea<td>80")) == BOTH


@pytest.mark.parametrize("cell", MARKED)
def test_marks_beside_a_name_in_markdown_are_not_part_of_it(cell):
    assert rows_in("markdown_table", table(f"| {cell} | 90 |", "| Borea | 80 |")) == BOTH


@pytest.mark.parametrize("form", TEXTS)
@pytest.mark.parametrize(
    "cell", ["Aurora¹", "Aurora ¹", "Aurora [1]", "Aurora*", "Aurora 🔥", "Aurora ↑2", "Aurora (↓1)", "Aurora †"]
)
def test_marks_after_a_name_are_not_part_of_it(form, cell):
    assert rows_in(form, written(form, [(cell, "90"), ("Borea", "80")])) == BOTH


@pytest.mark.parametrize("form", TEXTS)
@pytest.mark.parametrize(
    ("name", "known"),
    [
        *(("GPT-4о", "GPT-4o"), ("Сlaude-3.5", "Claude-3.5"), ("GPT-4o\u200b", "GPT-4o"), ("Gеmini 3", "Gemini 3")),
        *(("Μistral", "Mistral"), ("GPT\u00ad-4o", "GPT-4o"), ("Llаmа 4", "Llama 4"), ("ЯндексGPT", "ЯндексGPT")),
        *(("Grοk 4", "Grok 4"), ("GРТ-4o", "GPT-4o"), ("DеepSеek-V3", "DeepSeek-V3"), ("КimiK2", "KimiK2"), ("Phі-4", "Phi-4")),
    ],
)
def test_a_letter_of_another_script_is_the_similar_one(form, name, known):
    assert rows_in(form, written(form, [(name, "90"), ("Borea", "80")])) == [(known, 90.0), ("Borea", 80.0)]


@pytest.mark.parametrize("form", DATA)
@pytest.mark.parametrize(
    ("cell", "name"),
    [
        *(
            ('<a href="https://h.example/a">acme/a-7b</a>', "acme/a-7b"),
            ("R&amp;D", "R&D"),
            ("<b>a</b>", "a"),
            ("a&nbsp;b", "a b"),
        ),
        *(("a &lt;7B&gt;", "a <7B>"), ("[a-7b](https://h.example/a)", "a-7b"), ("**a-7b**", "a-7b"), ("`a-7b`", "a-7b")),
        *(("a &#8211; b", "a – b"), ("<div>a</div>", "a"), ("<svg><title>x</title></svg>a", "a"), ("<img src=x>a", "a")),
        *(
            ("a < b > c", "a < b > c"),
            ("<unk>", "<unk>"),
            ("a<sup>1</sup>", "a"),
            ("&quot;a&quot;", '"a"'),
            ("a &amp b", "a &amp b"),
        ),
        *(("🔶 <a href='x'>a</a>", "a"), ("<details>a</details>", "a"), ("<kbd>a</kbd>", "a"), ("<A HREF='x'>a</A>", "a")),
        *(("&eacute;a", "éa"), ("<td>a</td>", "a"), ("<!-- c -->a", "a"), ("<del>b</del> a", "a"), ("a &middot; b", "a · b")),
    ],
)
def test_markup_in_data_is_read_as_text(form, cell, name):
    assert rows_in(form, written(form, [(cell, "90"), ("Borea", "80")])) == [(name, 90.0), ("Borea", 80.0)]


PICTURES = (
    "| ![A chart](x.png) | |",
    "| ![a](x) ![b](y) | |",
    "| | ![A chart][x] |",
    "| [![A chart](x.png)](https://x.example) | |",
    '| <img src="x.png" alt="A chart"> | |',
)


# ── rows ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("row", ["| | |", "|  |  |", "| &nbsp; | |", "|||", "| <!-- x --> | |", "| ![](x) | |", *PICTURES])
def test_a_blank_row_in_markdown_is_left_out(row):
    assert rows_in("markdown_table", table("| Aurora | 90 |", row, "| Borea | 80 |")) == BOTH


@pytest.mark.parametrize("row", [",", '"",""', " , ", ",,,", "\t,", "\u00a0,\u00a0", '" ",'])
def test_a_blank_row_in_csv_is_left_out(row):
    assert rows_in("csv_table", f"Model,Score\nAurora,90\n{row}\nBorea,80\n{row}\n") == BOTH


@pytest.mark.parametrize(
    "row",
    [
        *(
            "<tr><td><td>",
            "<tr>",
            "<tr><td>&nbsp;<td>",
            "<tr><td colspan=2><hr>",
            "<tr><td><span hidden>x</span><td>",
            "<tr><th><th>",
        ),
        *("<tr><td colspan=2>&#8203;", "<tr><td><img src=x><td>", "<tr><td><!-- x --><td>"),
    ],
)
def test_a_blank_row_in_html_is_left_out(row):
    assert rows_in("html_table", page(f"<tr><td>Aurora<td>90{row}<tr><td>Borea<td>80")) == BOTH


@pytest.mark.parametrize(
    ("form", "body"),
    [
        ("json_records", '[{"Model":"Aurora","Score":90},{"Model":"","Score":""},{"Model":"Borea","Score":80}]'),
        ("json_records", '[{"Model":"Aurora","Score":90},{"Model":null,"Score":null},{},{"Model":"Borea","Score":80}]'),
        ("json_lines", '{"Model":"Aurora","Score":90}\n{}\n{"Model":"Borea","Score":80}\n'),
        ("yaml_records", "- {Model: Aurora, Score: 90}\n- {Model: , Score: }\n- {}\n- {Model: Borea, Score: 80}\n"),
        ("js_literal", "rows = [{Model: 'Aurora', Score: 90}, {Model: '', Score: null}, {Model: 'Borea', Score: 80}]"),
        ("flight", stream({"1": [{"Model": "Aurora", "Score": "90"}, {"Model": ""}, {"Model": "Borea", "Score": "80"}]})),
    ],
)
def test_a_record_without_a_value_is_left_out(form, body):
    assert rows_in(form, body) == BOTH


def test_a_record_with_other_values_is_not_blank():
    assert is_refused("json_records", '[{"Model":"Aurora","Score":90},{"name":"Cove"},{"Model":"Borea","Score":80}]')


def test_a_picture_beside_a_figure_names_its_row():
    assert rows_in("markdown_table", table("| ![Aurora](x.png) | 90 |", "| Borea | 80 |")) == BOTH


@pytest.mark.parametrize("form", DATA)
@pytest.mark.parametrize("cell", ['<img src="x.png" alt="A chart">', "<div><svg></svg></div>", "&nbsp;"])
def test_a_row_of_a_picture_in_data_is_left_out(form, cell):
    assert rows_in(form, written(form, [("Aurora", "90"), (cell, ""), ("Borea", "80")])) == BOTH


def aria(
    rows,
    role="table",
    cell="cell",
    head='<div role="row"><div role="columnheader">Model</div><i role="columnheader">Score</i></div>',
):
    lines = (
        f'<div role="row"><b role="rowheader">{name}</b><span><i role="{cell}">{score}</i></span></div>' for name, score in rows
    )
    return f'<!doctype html><body><div role="{role}" aria-label="x">{head}<div role="rowgroup">{"".join(lines)}</div></div>'


TWO = (("Aurora", "90"), ("Borea", "80"))


@pytest.mark.parametrize(
    "body",
    [
        aria(TWO),
        aria(TWO, "grid", "gridcell"),
        aria(TWO, "treegrid", "gridcell"),
        aria((*TWO[:1], ("", ""), *TWO[1:])),
        aria(TWO).replace("</b>", '</b><span role="cell" hidden>7</span>'),
        aria(TWO) + "<table><tr><th>Model<th>Score<tr><td>x<td>1</table>",
        aria(TWO).replace(
            '<div role="row"><div', '<div role="row"><i role="columnheader" aria-colspan="2">All</i></div><div role="row"><div'
        ),
        f'<div role="table"><table>{HEAD}{ROWS}</table></div>',
        f'<table role="grid">{HEAD}{ROWS}</table>'.replace("<tr>", "<tr role=row>"),
    ],
)
def test_elements_with_the_roles_of_a_table_are_one(body):
    assert rows_in("html_table", body) == BOTH


@pytest.mark.parametrize(
    "body", [aria(()), aria(TWO).replace("columnheader", "x"), '<div role="table"><p>Aurora 90</div>', aria(TWO, role="list")]
)
def test_roles_without_rows_or_a_header_are_refused(body):
    assert is_refused("html_table", body)


@pytest.mark.parametrize(
    ("form", "body", "options"),
    [
        (
            "markdown_table",
            "| Model | Score | Cost |\n|---|---|---|\n| Au|rora | 90 | 1 |\n| Borea | 80 | 2 |\n| C | 70 | 2 |\n",
            {},
        ),
        (
            "markdown_table",
            "| Model | Score | Cost |\n|---|---|---|\n| Aurora | 9|0 | 1 |\n| Borea | 80 | 2 |\n| C | 70 | 2 |\n",
            {},
        ),
        ("csv_table", "Model,Score,Cost\nAu,rora,90,1\nBorea,80,2\n", {}),
        ("html_table", page("<tr><td>Aurora<td>x<td>90<tr><td>Borea<td>80<tr><td>C<td>70"), {}),
        ("json_records", '{"c":["Model","Score"],"d":[["Aurora",90],["Borea",80,1]]}', {"records": "d", "header": "c"}),
        ("js_literal", "rows = {c: ['Model', 'Score'], d: [['Aurora', 90, 1], ['Borea', 80]]}", {"records": "d", "header": "c"}),
    ],
)
def test_a_row_with_too_many_cells_is_refused(form, body, options):
    assert is_refused(form, body, **options)


@pytest.mark.parametrize(
    ("form", "body"),
    [
        ("markdown_table", table("| Aurora |", "| Borea | 80 |")),
        ("csv_table", "Model,Score\nAurora\nBorea,80\n"),
        ("html_table", page("<tr><td>Aurora<tr><td>Borea<td>80")),
        ("json_records", '[{"Model":"Aurora"},{"Model":"Borea","Score":80}]'),
        ("yaml_records", "- {Model: Aurora}\n- {Model: Borea, Score: 80}\n"),
    ],
)
def test_cells_that_a_row_lacks_are_unknown(form, body):
    assert rows_in(form, body) == [("Aurora", None), ("Borea", 80.0)]


@pytest.mark.parametrize("form", TEXTS)
@pytest.mark.parametrize("name", ["Average", "average", "AVERAGE *", "Average¹", "Average  "])
def test_an_excluded_row_is_left_out_however_it_is_written(form, name):
    body = written(form, [("Aurora", "90"), ("Borea", "80"), (name, "85")])
    assert rows_in(form, body, without={"Model": "Average"}) == BOTH


@pytest.mark.parametrize("form", TEXTS)
def test_a_model_whose_name_begins_like_an_excluded_row_stays(form):
    body = written(form, [("Aurora", "90"), ("Average Joe", "80")])
    assert rows_in(form, body, without={"Model": ["Average", "Mean"]}) == [("Aurora", 90.0), ("Average Joe", 80.0)]


@pytest.mark.parametrize(
    ("form", "body"),
    [
        ("json_records", '[{"Model":"Aurora","Score":90,"Score":91},{"Model":"Borea","Score":80}]'),
        ("json_records", '[{"Model":"Aurora","Score":90,"\\u0053core":91},{"Model":"Borea","Score":80}]'),
        ("json_records", '[{"Model":"Aurora","Score":90,"Score":90},{"Model":"Borea","Score":80}]'),
        ("yaml_records", "- {Model: Aurora, Score: 90, 'Score': 91}\n- {Model: Borea, Score: 80}\n"),
        ("js_literal", "rows = [{Model: 'Aurora', Score: 90, \"Score\": 91}, {Model: 'Borea', Score: 80}]"),
        ("json_lines", '{"Model":"Aurora","Score":90,"Score":91}\n{"Model":"Borea","Score":80}\n'),
        ("flight", '1:[{"Model":"Aurora","Score":"90","Score":"91"},{"Model":"Borea","Score":"80"}]\n'),
        ("csv_table", "Model,Score\nAurora,90\nBorea,80\nAurora,70\n"),
        ("markdown_table", table("| Aurora | 90 |", "| Borea | 80 |", "| Aurora | 70 |")),
        ("html_table", page(f"{ROWS}<tr><td>Aurora<td>70")),
    ],
)
def test_the_last_of_two_values_never_wins(form, body):
    assert is_refused(form, body)


def test_a_doubled_key_elsewhere_in_a_flight_stream_changes_nothing():
    body = '1:[{"Model":"Aurora","Score":"90"},{"Model":"Borea","Score":"80"}]\n2:{"a":1,"a":2,"x":"$1"}\n'
    assert rows_in("flight", body) == BOTH


@pytest.mark.parametrize(
    "rows",
    [
        '2:D{"time":1}\n2:D"$4"\n2:90\n3:80\n',
        '2:90\n2:D{"t":1}\n3:80\n',
        '2:90\n3:80\n4:W["x"]\n',
        ":N1\n2:90\n3:80\n",
        '2:J{"e":1}\n2:90\n3:80\n',
    ],
)
def test_rows_about_rows_hide_no_value(rows):
    records = '1:[{"Model":"Aurora","Score":"$2"},{"Model":"Borea","Score":"$3"}]\n'
    assert rows_in("flight", records + rows) == BOTH
    assert is_refused("flight", records + '2:90\n3:E{"digest":"x"}\n')
    assert is_refused("flight", records + '2:90\n3:D{"t":1}\n')


# ── Markdown, CSV and YAML ───────────────────────────────────────────────────────────────────────

SECTIONS = "## Overall\n\n{}\n\n## Coding\n\n| Model | Score |\n|---|---|\n| Aurora | 90 |\n| Borea | 80 |\n"


@pytest.mark.parametrize(
    "text", ["Coming soon", "", "No data.\n\n### Sub\n\ntext", "```\n| Model | Score |\n|---|---|\n| X | 1 |\n```"]
)
@pytest.mark.parametrize("heading", ["## Coding", "Coding\n------", "<h2>Coding</h2>", "# Coding"])
def test_the_table_of_another_section_is_never_taken(text, heading):
    assert is_refused("markdown_table", SECTIONS.replace("## Coding", heading).format(text), after="## Overall")


@pytest.mark.parametrize(
    "cell",
    [
        *("[Aurora][m]", "[Aurora][]", "[Aurora]", "[**Aurora**][m]", "[`Aurora`][m]", "**[Aurora][m]**", "[Aurora][M]"),
        *("![Aurora][m]", "[![Aurora][m]][m]", "[Aurora](<x y>)", "[Aurora](x 'T')", "[Aurora][m][^1]", "_[Aurora][m]_"),
    ],
)
def test_the_text_of_a_link_is_the_name(cell):
    below = '\n[m]: https://x.example/\n[aurora]: <https://x.example/>  "T"\n'
    assert rows_in("markdown_table", table(f"| {cell} | 90 |", "| Borea | 80 |", below=below)) == BOTH


@pytest.mark.parametrize(
    "body",
    [
        '"Model" ,"Score"\n"Aurora" ,90\n"Borea" , "80" \n',
        ' "Model", "Score"\r\n"Aurora"  ,"90" \r\n"Borea" ,"80" \r\n',
        '"Model" ; "Score"\n"Aurora" ; "90"\n"Borea";80\n',
        'Model\tScore\n"Aurora" \t90\n"Borea"\t80\n',
        "Model , Score\nAurora , 90\nBorea , 80\n",
    ],
)
def test_blanks_around_cells_are_not_part_of_them(body):
    assert rows_in("csv_table", body) == BOTH


@pytest.mark.parametrize(
    "body",
    [
        "- Model: Aurora\n  Score: 90\n \t\n- Model: Borea\n  Score: 80\n",
        "- Model: Aurora\r\n\t\r\n  Score: 90\r\n- Model: Borea\r\n  Score: 80\r\n",
        "- Model: Aurora\t# x\n  Score:\t90\t\n-\tModel: Borea\n  Score: 80\n\t\n",
        "- Model: Aurora\n\t# note\n  Score: 90\n- Model: Borea\n  Score: 80\n",
        "- {Model: Aurora,\tScore: 90}\n- {Model:\tBorea, Score: 80}\n",
        "---\t\n- Model: 'Aurora'\t\n  Score: \"90\"\t\n- Model: Borea\n  Score: 80\n",
    ],
)
def test_tabs_that_indent_nothing_are_blanks(body):
    assert rows_in("yaml_records", body) == BOTH


# ── headers ──────────────────────────────────────────────────────────────────────────────────────

TITLES = [
    *("Score ▲", "Score*", "Score ↓", "Score¹", "Score†", "Score 🔽", "⬆ Score", "Score ⓘ", "Score ℹ️", "Score 🏆", " Score "),
]
SPANS = [
    *("Score<sup>1</sup>", "Score<span class=tooltiptext>Higher is better</span>", "Score <button>⇅</button>", "<b>Score</b>"),
    *("Score <svg><title>sort</title></svg>", "<a href=#>Score</a>", "Score <small>↑</small>", "Sco<wbr>re", "<div>Score</div>"),
    *(
        "<span>Score</span><span class=sr-only>: activate to sort</span>",
        "Score <span class=badge>NEW</span>",
        "Score <del>old</del>",
    ),
    *(
        "Score <sup><a href='#n'>[2]</a></sup>",
        "Score <abbr title=x>ⓘ</abbr>",
        "Score <img src=i>",
        "Score <span hidden>x</span>",
    ),
]
MARKED_TITLES = [
    "Score\\*",
    "Score[^1]",
    "**Score**",
    "[Score](x 'y')",
    "Score ![](i.svg)",
    "`Score`",
    "~~Old~~ Score",
    "Score &uarr;",
]


@pytest.mark.parametrize("title", [*TITLES, *SPANS])
def test_marks_around_a_title_in_html_are_not_part_of_it(title):
    assert rows_in("html_table", page(head=f"<tr><th>Model<th>{title}")) == BOTH


@pytest.mark.parametrize("title", [*TITLES, *MARKED_TITLES])
def test_marks_around_a_title_in_markdown_are_not_part_of_it(title):
    assert rows_in("markdown_table", f"| Model | {title} |\n|---|---|\n| Aurora | 90 |\n| Borea | 80 |\n") == BOTH


@pytest.mark.parametrize("title", TITLES)
def test_marks_around_a_title_in_csv_are_not_part_of_it(title):
    assert rows_in("csv_table", f"Model,{title}\nAurora,90\nBorea,80\n") == BOTH


# ── bytes ────────────────────────────────────────────────────────────────────────────────────────

LUMIERE = [("Lumière", 90.0), ("Borea", 80.0)]
META = "<meta charset={}>" + page(ROWS.replace("Aurora", "Lumière")) + "<p>{}</p>"


@pytest.mark.parametrize("charset", ["iso-8859-1", "windows-1252", "utf-8", "shift_jis", "gb2312"])
@pytest.mark.parametrize("strays", [1, 5])
def test_stray_bytes_beside_a_table_change_no_name(charset, strays):
    body = META.format(charset, "X" * strays).encode().replace(b"X", b"caf\xe9 ")
    if strays == 1 or charset in ("iso-8859-1", "windows-1252", "utf-8"):
        assert rows_in("html_table", body) == LUMIERE
    else:
        assert is_refused("html_table", body)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("markdown_table", table("| Lumière | 90 |", "| Borea | 80 |", below="\nX\n")),
        ("csv_table", "Model,Score,Note\nLumière,90,\nBorea,80,X\n"),
        ("json_records", '[{"Model":"Lumière","Score":90},{"Model":"Borea","Score":80,"x":"X"}]'),
        ("json_lines", '{"Model":"Lumière","Score":90}\n{"Model":"Borea","Score":80,"x":"X"}\n'),
        ("yaml_records", '- {Model: Lumière, Score: 90}\n- {Model: Borea, Score: 80, x: "X"}\n'),
        ("js_literal", 'rows = [{Model: "Lumière", Score: 90}, {Model: "Borea", Score: 80}] // X'),
    ],
)
def test_a_stray_byte_outside_the_cells_changes_nothing(form, text):
    assert rows_in(form, text.encode().replace(b"X", b"\xe9")) == LUMIERE
    assert is_refused(form, text.encode().replace("è".encode(), b"\xe8").replace(b"X", b"\xe9"))


@pytest.mark.parametrize(
    ("charset", "name"),
    [("windows-1251", "Люмьер"), ("gb2312", "豆包"), ("iso-8859-1", "Lumière"), ("koi8-r", "Люмьер"), ("big5", "豆包")],
)
def test_the_declared_encoding_is_read(charset, name):
    body = META.format(charset, "").replace("Lumière", name).encode({"gb2312": "gbk"}.get(charset, charset))
    assert rows_in("html_table", body) == [(name, 90.0), ("Borea", 80.0)]


def test_a_byte_order_mark_goes_before_the_declared_encoding():
    assert rows_in("html_table", codecs.BOM_UTF8 + META.format("iso-8859-1", "").encode()) == LUMIERE
    assert rows_in("html_table", META.format("utf-8", "").encode("utf-16")) == LUMIERE


# ── figures of a column ──────────────────────────────────────────────────────────────────────────

ELO, VOTES, PERCENT = figure(unit="Elo"), figure(nature="count", unit="votes"), figure(unit="%")
PRICE = figure(unit="USD per 1M tokens", topic="price", nature="listed", better="lower")
SECONDS = figure(unit="s", better="lower")


@pytest.mark.parametrize("form", TEXTS)
@pytest.mark.parametrize(
    ("cells", "score", "values"),
    [
        (("1.004", "998", "970"), ELO, (1004, 998, 970)),
        (("1.504", "1.498", "1.470"), VOTES, (1504, 1498, 1470)),
        (("12.345", "9.876", "998"), ELO, (12345, 9876, 998)),
        (("87,1", "85,55", "80"), PERCENT, (87.1, 85.55, 80)),
        (("1.504,5", "998,2", "970,0"), ELO, (1504.5, 998.2, 970)),
        (("87.125", "85.500", "80.250"), PERCENT, (87.125, 85.5, 80.25)),
        (("1'504", "998", "970"), ELO, (1504, 998, 970)),
        (("1.004 ± 5", "998 ± 4", "970 ± 4"), ELO, (1004, 998, 970)),
        (("$1.250", "$2.500", "$0.800"), PRICE, (1.25, 2.5, 0.8)),
        (("1\u00a0504", "1\u202f498", "970"), ELO, (1504, 1498, 970)),
        (("1\u2009504", "1\u2007498", "970"), ELO, (1504, 1498, 970)),
        (("12\u00a0345\u00a0678", "1\u00a0504\u00a0±\u00a06", "970"), ELO, (12345678, 1504, 970)),
        (("1\u00a0504,5", "998,2", "970,1"), ELO, (1504.5, 998.2, 970.1)),
        (("91%", "88 %", "85"), PERCENT, (91, 88, 85)),
        (("$2.50 / 1M", "$3/M", "$1"), PRICE, (2.5, 3, 1)),
        (("1 893 402 117", "998 004 221", "57 300"), VOTES, (1893402117, 998004221, 57300)),
        (("1 504 ± 6", "1 498 ± 5", "970 ± 4"), ELO, (1504, 1498, 970)),
        (("1 504,5", "1 498,25", "970,1"), ELO, (1504.5, 1498.25, 970.1)),
        (("2 250 USD", "1 500 USD", "80 USD"), PRICE, (2250, 1500, 80)),
        (("0,0585 s", "0,06 s", "1,5 s"), SECONDS, (0.0585, 0.06, 1.5)),
        (("88.4点", "87.9点", "70点"), ELO, (88.4, 87.9, 70)),
        (("12.3 pts", "12 pts.", "1 pt"), ELO, (12.3, 12, 1)),
        (("0.45 sec", "1 second", "2 s"), SECONDS, (0.45, 1, 2)),
    ],
)
def test_a_column_of_figures_is_read_as_a_whole(form, cells, score, values):
    names = ("Aurora", "Borea", "Cove")
    body = written(form, list(zip(names, cells, strict=True)))
    assert rows_in(form, body, score) == list(zip(names, values, strict=True))


@pytest.mark.parametrize("form", TEXTS)
@pytest.mark.parametrize(
    ("cell", "score"),
    [
        *(
            (cell, PRICE)
            for cell in ("¥8.00", "8.00 €", "CNY 8.00", "8 元", "₹80", "A$8.00", "HK$8", "$2.50 / 1K", "5 7", "8 CHF", "1 234")
        ),
        *((cell, PERCENT) for cell in ("0.91", "91 ‰", "87,5")),
        *((cell, SECONDS) for cell in ("45m", "1.2 min", "450 ms", "0,45 s")),
    ],
)
def test_a_figure_in_another_unit_than_its_column_is_refused(form, cell, score):
    others = {PRICE: ("$7.00", "$0.80"), PERCENT: ("88.2%", "85.1%"), SECONDS: ("0.8", "0.9")}[score]
    assert is_refused(form, written(form, [("Aurora", cell), ("Borea", others[0]), ("Cove", others[1])]), score)


# ── what the page shows beside a column ──────────────────────────────────────────────────────────


@pytest.mark.parametrize("form", ["csv_table", "html_table", "markdown_table"])
@pytest.mark.parametrize(
    ("prices", "score"),
    [
        (("699,00", "589,90"), (22911, 22604)),
        (("1.204,50 €", "998,00 €"), (22911, 22604)),
        (("87,3 %", "80,1 %"), (22911, 22604)),
        (("0,0585 V", "0,06 V"), (22911, 22604)),
        (("699.00", "589.90"), (22.911, 22.604)),
        (("12.5 s", "13.25 s"), (22.911, 22.604)),
        (("16", "24"), None),
        (("3,5", "text"), (22911, 22604)),
        (("GPT-4.5", "o3,5"), None),
        (("1,204", "1,100"), None),
    ],
)
def test_an_undeclared_column_shows_what_a_dot_means(form, prices, score):
    cells = [("Model", "Score", "Price"), *(zip(("Aurora", "Borea"), ("22.911", "22.604"), prices, strict=True))]
    body = {
        "csv_table": "\n".join(";".join(row) for row in cells),
        "html_table": f"<table>{''.join('<tr><td>' + '<td>'.join(row) for row in cells)}</table>",
        "markdown_table": "\n".join("| " + " | ".join(row) + " |" for row in (cells[0], ("---",) * 3, *cells[1:])) + "\n",
    }[form]
    if score is None:
        assert is_refused(form, body)
    else:
        assert rows_in(form, body) == list(zip(("Aurora", "Borea"), score, strict=True))


@pytest.mark.parametrize("form", ["json_records", "json_lines", "yaml_records", "js_literal", "flight"])
def test_a_number_of_data_has_a_decimal_point(form):
    assert rows_in(form, written(form, [("Aurora", "22.911"), ("Borea", "22.604")])) == [("Aurora", 22.911), ("Borea", 22.604)]


@pytest.mark.parametrize("form", TEXTS)
def test_a_declared_word_for_unknown_may_have_a_unit(form):
    votes = replace(figure(unit="votes"), column=Column(sources=("Score",), kind=Kind.NUMBER, missing=frozenset({"0 votes"})))
    body = written(form, [("Aurora", "90 votes"), ("Borea", "0 votes"), ("Cove", "80 votes")])
    assert rows_in(form, body, votes) == [("Aurora", 90.0), ("Borea", None), ("Cove", 80.0)]
