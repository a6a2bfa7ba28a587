import html

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import examples
from parsing import as_dicts, read

from tracker.errors import ParseError
from tracker.parsers.html_table import expand
from tracker.parsers.html_tree import root_of

ARENA = """<html><body><table class="w-full text-sm"><thead><tr><th><button>Rank<svg><title>sort</title></svg></button></th>
<th>Rank Spread</th><th>Model</th><th>Score</th><th>95%&nbsp;CI (±)</th></tr></thead><tbody>
<tr data-id="m1"><td><span>1</span></td><td><div><span>1</span><span>◄─►</span><span>2</span></div></td>
<td><svg><title>Anthropic</title></svg><div><a title="claude-opus-4-6" href="/x"><span>claude-opus…</span></a><div>Anthropic</div>
</div></td><td>1<b>496</b></td><td>±<!-- -->11</td></tr>
<tr data-id="m2"><td>2</td><td>1 ◄─► 3</td><td><a title="gemini-3-pro">gemini-3-pro</a></td><td>1486</td><td>±<!-- -->4</td></tr>
</tbody></table><p>Total Models <b>302</b></p></body></html>"""


def table(rows, head="<tr><th>Model<th>Score"):
    return f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>"


def test_cells_are_read_as_a_reader_sees_them():
    parsed = read("html_table", ARENA, ["Rank", "Rank Spread", "Model", "Score", "95% CI (±)"])
    assert parsed.rows == [
        ("1", "1◄─►2", "claude-opus…\nAnthropic", "1496", "±11"),
        ("2", "1 ◄─► 3", "gemini-3-pro", "1486", "±4"),
    ]


def test_selectors_and_attributes_are_columns_too():
    wanted = ["@data-id", "css:a@title", "css:a", "@href", "css:em", "css:a@none", "@none", "Score"]
    assert as_dicts(read("html_table", ARENA, wanted)) == [
        {"@data-id": "m1", "css:a@title": "claude-opus-4-6", "css:a": "claude-opus…", "@href": "/x", "Score": "1496"},
        {"@data-id": "m2", "css:a@title": "gemini-3-pro", "css:a": "gemini-3-pro", "@href": None, "Score": "1486"},
    ]


def test_facts_are_searched_in_the_visible_text():
    facts = {"total": r"re:Total Models\s*(\d+)", "version": "re:title=(.+)"}
    assert read("html_table", ARENA, ["Model"], facts=facts).facts == {"total": "302"}


def test_omitted_end_tags_are_understood():
    assert read("html_table", "<table><tr><th>Model<th>Score<tr><td>a<td>1<tr><td>b<td>2</table>", ["Model", "Score"]).rows == [
        ("a", "1"),
        ("b", "2"),
    ]


def test_without_header_cells_the_first_row_names_the_columns():
    assert read("html_table", "<table><tr><td>Model<td>Score<tr><td>a<td>1</table>", ["Score"]).rows == [("1",)]


def test_the_last_header_row_names_the_columns():
    head = "<tr><th rowspan=2>Model<th colspan=2>Price<th colspan=2>Speed<th>Context<tr><th>Input<th>Output<th>Median<th>P95<th>"
    assert read(
        "html_table", table("<tr><td>a<td>1<td>2<td>3<td>4<td>5", head), ["Model", "Input", "Output", "Median", "P95", "Context"]
    ).rows == [("a", "1", "2", "3", "4", "5")]


def test_equal_names_begin_with_their_group():
    head = "<tr><th>Model<th colspan=2>Text<th colspan=2>Vision<tr><th><th>Score<th>Votes<th>Score<th>CI"
    names = ["Model", "Text Score", "Votes", "Vision Score", "CI"]
    assert read("html_table", table("<tr><td>a<td>1<td>2<td>3<td>4", head), names).rows == [("a", "1", "2", "3", "4")]


def test_equal_headers_are_numbered():
    assert read("html_table", table("<tr><td>1<td>2<td>3", "<tr><th>A<th>A<th>A"), ["A", "A (2)", "A (3)"]).rows == [
        ("1", "2", "3")
    ]


def test_a_cell_is_in_every_place_it_spans():
    rows = "<tr><td rowspan=2>a<td>1<tr><td>2<tr><td>b<td rowspan=0>3<tr><td>c"
    assert read("html_table", table(rows), ["Model", "Score"]).rows == [("a", "1"), ("a", "2"), ("b", "3"), ("c", "3")]


def test_notices_repeated_headers_and_empty_rows_are_not_entries():
    rows = "<tr><td colspan=2>Open models<tr><td>a<td>1<tr><th>Model<th>Score<tr><td><td><div></div><tr><td>b"
    assert read("html_table", table(rows), ["Model", "Score"]).rows == [("a", "1"), ("b", None)]


def test_a_table_inside_a_cell_is_a_cell():
    rows = "<tr><td>a<td><table><tr><td>x</td><td>y</td></tr></table></td></tr><tr><td>b<td>2"
    assert read("html_table", table(rows), ["Model", "Score"]).rows == [("a", "x\ny"), ("b", "2")]


TABLES = "".join(
    [
        "<div id=one>" + table("<tr><td>a<td>1<tr><td>b<td>2<tr><td>c<td>3") + "</div>",
        "<div id=two>" + table("<tr><td>d<td>4", "<caption>Lite</caption><tr><th>Model<th>Score<th>Date") + "</div>",
        "<div id=three><table><caption> The  Lite </caption><tr><th>Model<th>Score<tr><td>e<td>5</table></div>",
    ]
)


@pytest.mark.parametrize(
    ("options", "first"),
    [
        ({}, "a"),
        ({"select": "#two table"}, "d"),
        ({"select": "#three"}, "e"),
        ({"select": "div:nth-of-type(2), div:nth-of-type(3)", "first": True}, "d"),
        ({"select": "table:has(th:-soup-contains('Date'))"}, "d"),
        ({"headers": ["Model", "Date"]}, "d"),
        ({"caption": "The Lite"}, "e"),
        ({"first": True}, "a"),
    ],
)
def test_a_table_is_chosen_by_what_it_has(options, first):
    assert read("html_table", TABLES, ["Model"], **options).rows[0] == (first,)


def test_rows_need_not_be_table_rows():
    body = """<ul><li x-model><a href="/library/kimi"><span x-title>kimi</span></a><span x-pulls>11.3M</span></li>
    <li x-model><a href="/library/qwen"><span x-title>qwen</span></a></li><li>advert</li></ul>"""
    parsed = read("html_table", body, ["css:[x-title]", "css:[x-pulls]", "@href"], rows="li[x-model]")
    assert parsed.rows == [("kimi", "11.3M", "/library/kimi"), ("qwen", None, "/library/qwen")]
    assert read("html_table", f"<div id=x>{body}</div>{body}", ["@href"], rows="li[x-model]", select="#x").rows == [
        ("/library/kimi",),
        ("/library/qwen",),
    ]


NESTED = (
    "<div>" * 5000,
    "<svg>" + "<g>" * 5000,
    "<svg></svg>" + "<g/>" * 5000,
    "<svg/>" + "<g/>" * 5000,
    "<svg><div>" + "<g/>" * 5000 + "</svg>",
    "<!-- <svg> -->" + "<g/>" * 5000 + "</svg>",
    '<b title="<svg>">' + "<g/>" * 5000 + "</svg>",
)


@pytest.mark.parametrize(
    ("body", "options", "message"),
    [
        ("<html><title>Just a moment...</title></html>", {}, "found 0 tables, none with a header"),
        (table(""), {}, r"found a table with the columns Model, Score and no rows: the page was not loaded"),
        (table("<tr><td><div class=pulse></div><td>" * 3), {}, "3 rows, none of them with an entry"),
        (table("<tr><td><td>x"), {}, "1 rows without a value in Model, expected values: the page was not loaded"),
        (
            table("<tr><td>a<td>1", "<tr><th>Name<th>Elo"),
            {},
            r"none of the wanted columns \(Model\) in 1 rows; the columns are Name, Elo",
        ),
        (
            TABLES,
            {"headers": ["Model", "Price"]},
            r'found 3 tables, none with headers = \["Model", "Price"\]; columns: Model, Score; ',
        ),
        (TABLES, {"caption": "Full"}, 'none with caption = "Full"'),
        (TABLES, {"select": "#four"}, "nothing that fits select = '#four'"),
        (TABLES, {"rows": "li"}, "nothing that fits rows = 'li'"),
        ("<table><tr><th>Model<tr><td>a", {}, "the page is cut off"),
        *((opened + table("<tr><td>a<td>1"), {}, "nested deeper than 512 levels") for opened in NESTED),
        ("   ", {}, "empty body"),
        (b"<table>\xff</table>", {}, "byte 0xff at 7, expected UTF-8 or a declared charset"),
    ],
)
def test_a_page_without_the_table_is_refused(body, options, message):
    with pytest.raises(ParseError, match=message):
        read("html_table", body, ["Model"], **options)


def test_deep_elements_are_read():
    cell = "<td>" + "<div>" * 600 + "a" + "</div>" * 600
    assert read("html_table", table(f"<tr>{cell}<td>1"), ["Model"]).rows == [("a",)]
    assert read("html_table", table(f"<tr>{cell}<td>1"), ["css:div"], rows="tbody tr").rows == [("a",)]


@pytest.mark.parametrize(
    ("bomb", "message"),
    [
        ("<div>" * 20_000, "deeper than 512 levels"),
        ("<div>" * 10_000 + "</div>" * 10_000, "deeper than 512 levels"),
        ("<DIV>" * 10_000 + "</p>" * 10_000, "deeper than 512 levels"),
        ("<x-y></z>" * 10_000, "deeper than 512 levels"),
        ("<table><td>" * 10_000, "deeper than 512 levels"),
        ("<a><div>" * 10_000, "deeper than 512 levels"),
        ("<svg>" + "<g>" * 10_000 + "</g>" * 10_000 + "</svg>", "deeper than 512 levels"),
        ("<p " + " ".join(f"a{number}" for number in range(5000)) + ">", "more than 1000 attributes"),
        ("<p " + " ".join(f'a{number} = ">"' for number in range(5000)) + ">", "more than 1000 attributes"),
        ("<p>" + "".join(f"<b id={number}>" for number in range(1000)) + "<p>x" * 1000, "formatting elements open at once"),
        ("".join(f"<font size={number}>" for number in range(9)) + "<p>x" * 100_000, "formatting elements open at once"),
    ],
)
def test_a_page_that_would_cost_far_more_than_its_bytes_is_refused(bomb, message):
    with pytest.raises(ParseError, match=message):
        read("html_table", table("<tr><td>a<td>1") + bomb, ["Model"])


@pytest.mark.parametrize(
    "page",
    [
        "<p>text" * 30_000,
        "<ul>" + "<li>text <b>x</b>" * 30_000 + "</ul>",
        "<div><span>x</span></div>" * 30_000,
        "<script>" + "a < b && c " * 30_000 + "</script>",
        "<img src='data:" + "AAAA" * 30_000 + "'>",
        "x > y " * 30_000,
    ],
)
def test_a_large_page_is_not_a_costly_one(page):
    assert read("html_table", table("<tr><td>a<td>1") + page, ["Model"]).rows == [("a",)]


@pytest.mark.parametrize(
    "rows",
    [
        "<tr>" + "<td colspan=99999999>x" * 30,
        pytest.param("<tr>" + "<td colspan=1000 rowspan=65534>x" * 4 + "<tr><td>" * 3000, marks=pytest.mark.slow),
        "<tr>" + "<td colspan=1000>x" * 20_000,
    ],
)
def test_spans_cannot_take_any_amount_of_memory(rows):
    with pytest.raises(ParseError, match="spans over more than 20000 columns or 2000000 cells"):
        read("html_table", table(rows), ["Model"])


@pytest.mark.parametrize("written", ["99999999", "-1", "0", "x", "", "１", "1.5"])
def test_an_odd_span_is_one_or_capped(written):
    assert read("html_table", table(f'<tr><td>a<td colspan="{written}">1<td>'), ["Model", "Score"]).rows == [("a", "1")]


def test_latin_1_means_what_browsers_mean_by_it():
    body = '<meta http-equiv="Content-Type" content="text/html; charset=ISO-8859-1">' + table("<tr><td>caf\xe9 \x93x\x94<td>1")
    assert read("html_table", body.encode("latin-1"), ["Model"]).rows == [("café “x”",)]


def test_a_page_may_declare_its_charset():
    body = '<html><head><meta charset="windows-1251"></head>' + table("<tr><td>Яндекс<td>1") + "</html>"
    assert read("html_table", body.encode("windows-1251"), ["Model"]).rows == [("Яндекс",)]


SPANS = st.integers(0, 4)


@examples(150)
@given(st.lists(st.lists(st.tuples(SPANS, SPANS), max_size=4), min_size=1, max_size=5))
def test_spans_are_expanded_as_by_hand(rows):
    written = "".join(
        "<tr>" + "".join(f'<td colspan="{across}" rowspan="{down}">x</td>' for across, down in row) + "</tr>" for row in rows
    )
    trs = root_of(f"<table>{written}</table>").css("tr")
    assert [list(line) for line in expand(trs)] == by_hand([list(tr.iter()) for tr in trs])


def by_hand(rows):
    """The standard's algorithm, place by place; where two cells overlap, which it calls an error, the first keeps its column."""
    grid = {}
    for y, cells in enumerate(rows):
        x = 0
        for cell in cells:
            while (x, y) in grid:
                x += 1
            across, down = max(int(cell.attributes["colspan"]), 1), int(cell.attributes["rowspan"]) or len(rows)
            free = [place for place in range(x, x + across) if (place, y) not in grid]
            grid |= {(place, below): cell for place in free for below in range(y, min(y + down, len(rows)))}
            x += across
    return [[grid.get((x, y)) for x in range(max((gx for gx, gy in grid if gy == y), default=-1) + 1)] for y in range(len(rows))]


CELL = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), max_size=12)


@examples(60)
@given(st.lists(st.tuples(CELL.filter(lambda text: text.split()), CELL), min_size=1, max_size=6))
def test_what_was_written_is_read(rows):
    written = "".join(f"<tr><td>{html.escape(name)}</td><td><i>{html.escape(score)}</i></td></tr>" for name, score in rows)
    parsed = read("html_table", table(written, "<tr><th>名<th>値"), ["名", "値"])
    assert parsed.rows == [(" ".join(name.split()), " ".join(score.split())) for name, score in rows]


@pytest.mark.parametrize("row", ["<tr><td>c<td>3<td>4", "<tr><td>c<td><i></i><td>3", "<tr><td colspan=2>c<td>3"])
def test_a_row_with_more_cells_than_the_header_is_refused(row):
    with pytest.raises(ParseError, match="found 3 cells in row 3, the header has 2: c"):
        read("html_table", table(f"<tr><td>a<td>1<tr><td>b<td>2{row}"), ["Model", "Score"])


@pytest.mark.parametrize(
    "rows", ["<tr><td>a<td>1<td>x<tr><td>b<td>2<td>y<tr><td>c<td>3", "<tr><td>a<td>1<td><tr><td>b<td>2<td> "]
)
def test_cells_that_the_header_does_not_name_are_left_out(rows):
    assert read("html_table", table(rows), ["Model", "Score"]).rows[:2] == [("a", "1"), ("b", "2")]


def test_the_cells_that_a_row_lacks_are_unknown():
    assert read("html_table", table("<tr><td>a<tr><td>b<td>2"), ["Model", "Score"]).rows == [("a", None), ("b", "2")]


TITLE = "<tr><td colspan=2>Birds of May</td></tr>"
WORDS = "<tr><td>Model</td><td>Score</td></tr>"
EMPTY = "<tr><th></th><th></th></tr>"


@pytest.mark.parametrize(
    "head",
    [
        f"{TITLE}{WORDS}",
        f"{TITLE}{EMPTY}{WORDS}",
        f"<thead>{TITLE}</thead>{WORDS}",
        f"<thead>{EMPTY}</thead><tbody>{WORDS}</tbody>",
        f"{EMPTY}<thead>{WORDS}</thead>",
        f"<tr></tr>{TITLE}<tr><th>Model<th>Score</tr>",
    ],
)
def test_titles_and_empty_rows_above_the_header_name_no_column(head):
    body = f"<table>{head}<tr><td>Wren 2</td><td>61</td></tr><tr><td>Heron</td><td>60</td></tr></table>"
    assert read("html_table", body, ["Model", "Score"]).rows == [("Wren 2", "61"), ("Heron", "60")]


def test_a_row_with_a_figure_below_a_title_is_not_a_header():
    body = f"<table>{TITLE}<tr><td>Wren 2</td><td>61</td></tr><tr><td>Heron</td><td>60</td></tr></table>"
    assert len(read("html_table", body, ["Birds of May", "$2"]).rows) == 2


def test_a_column_without_a_name_has_a_number():
    body = table("<tr><td>Wren 2<td>61<tr><td>Heron<td>60", head="<tr><th><th>Score")
    assert read("html_table", body, ["$1", "Score", "$3", "$0"]).rows == [("Wren 2", "61"), ("Heron", "60")]


def test_many_empty_rows_above_a_table_take_no_time():
    body = "<table>" + "<tbody><tr><td></td></tr></tbody>" * 20_000 + "</table>"
    with pytest.raises(ParseError, match="found 1 table, none with a header"):
        read("html_table", body, ["Model"])


def test_a_page_with_a_logo_in_each_of_many_rows_is_read():
    logo = '<svg viewBox="0 0 24 24"><title>x</title><g><path d="M12 2" fill="none"/></g><path d="M1"/></svg>'
    rows = "".join(f"<tr><td><div>{logo}model-{row}</div></td><td>{row}</td></tr>" for row in range(3000))
    assert len(read("html_table", table(rows), ["Model", "Score"]).rows) == 3000


def test_the_row_below_the_column_letters_of_a_sheet_is_the_header():
    head = "<thead><tr><th></th><th>A</th><th>B</th></tr></thead>"
    rows = "".join(
        f"<tr><th>{at}</th><td>{name}</td><td>{score}</td></tr>"
        for at, name, score in ((1, "Model", "Elo"), (2, "Ruff", 91), (3, "Smew", 90))
    )
    table = read("html_table", f"<table>{head}<tbody>{rows}</tbody></table>", ["Model", "Elo"])
    assert table.rows == [("Ruff", "91"), ("Smew", "90")]
