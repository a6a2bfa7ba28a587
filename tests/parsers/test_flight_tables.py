"""Tables that a Next.js page streams as elements instead of as markup or records."""

import pytest
from parsing import pushed, read, stream

from tracker.authoring.guess import propose
from tracker.errors import ParseError

ROWS = (
    ("Heron", "1,389", "±5"),
    ("Smew", "1,361", "±6"),
    ("Ruff", "1,352", "±7"),
    ("Knot", "1,330", "±8"),
    ("Teal", "1,268", "±9"),
)


def element(tag, *children, **props):
    return ["$", tag, None, {**props, "children": children[0] if len(children) == 1 else [*children]}]


def row(name, score, error):
    link = element("$L9", element("a", name, href="/m"), prefetch=False)
    return element("tr", element("td", link), element("td", score, " ", element("span", error, className="text-xs")))


def table(*rows, tag="table", **props):
    head = element("thead", element("tr", element("th", "Model"), element("th", "Elo", colSpan=1)))
    return element(tag, head, element("tbody", *rows), **props)


def scores(rows, **options):
    body = pushed(stream(rows).decode())
    return read("html_table", body, ["Model", "Elo"], flight=True, **options).rows


EXPECTED = [("Heron", "1,389\n±5"), ("Smew", "1,361\n±6"), ("Ruff", "1,352\n±7"), ("Knot", "1,330\n±8"), ("Teal", "1,268\n±9")]


def test_a_table_of_elements_is_read_like_markup():
    assert scores({"2": element("section", element("h2", "Video"), table(*(row(*cells) for cells in ROWS)))}) == EXPECTED


def test_rows_that_are_streamed_later_are_in_their_place():
    late = {f"{at:x}": row(*cells) for at, cells in enumerate(ROWS, 16)}
    assert scores({"2": table(*(f"$L{name}" for name in late)), **late}) == EXPECTED


def test_hidden_rows_and_signs_of_markup_are_read_as_in_markup():
    hidden = element("tr", element("td", "Ghost"), element("td", "9"), style={"display": "none"})
    cells = [row("A < B & C", "1,200", "±5"), hidden, element("tr", element("td", "x"), element("td", None, True, "$undefined"))]
    assert scores({"2": table(*cells)}) == [("A < B & C", "1,200\n±5"), ("x", "")]


def test_one_of_several_tables_is_found_by_its_columns():
    other = element("table", element("tr", element("th", "Term"), element("th", "Meaning")), row("Elo", "a rating", ""))
    assert scores({"2": element("div", other, table(*(row(*cells) for cells in ROWS)))}, headers=["Elo"]) == EXPECTED


def test_a_row_that_contains_itself_is_refused():
    with pytest.raises(ParseError, match="found more than"):
        scores({"2": table("$L3"), "3": element("tr", element("td", "x"), "$L3")})


def test_a_stream_without_a_table_is_refused():
    with pytest.raises(ParseError, match="found 0 tables"):
        scores({"2": element("div", "nothing")})


@pytest.mark.parametrize("tag", ["table", "div"])
def test_the_wizard_declares_such_a_table(tag: str):
    body = {"2": table(*(row(*cells) for cells in ROWS))}
    if tag == "div":
        cells = [
            element("div", element("div", cell, role="cell"), element("div", score, role="cell"), role="row")
            for cell, score, _ in ROWS
        ]
        head = element(
            "div", element("div", "Model", role="columnheader"), element("div", "Elo", role="columnheader"), role="row"
        )
        body = {"2": element("div", head, *cells, role="table")}
    found = propose(pushed(stream(body).decode()))
    assert (found.candidate.parse.options, len(found.candidate.rows)) == ({"flight": True}, 5)
    assert (found.name.value, found.ranking and found.ranking.column) == ("Model", "Elo")
