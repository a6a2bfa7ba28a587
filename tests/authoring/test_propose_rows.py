"""Every row of the page is an entry, or is left out with a reason; one odd row does not refuse a page."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.authoring.declaration import PageAddress, settled
from tracker.authoring.guess import propose
from tracker.authoring.proposal import NO_ANSWERS, SURE, Answers, Proposal
from tracker.authoring.rows import Omitted, balance, unused
from tracker.model import BoardId, Reading
from tracker.reading import read_capture

AT = PageAddress(board=BoardId("made/board"), title="A board", url="https://boards.example/x")
Row = tuple[str, object]
ROWS: list[Row] = [
    ("Kittiwake 5", 91.5),
    ("Pochard 2", 88),
    ("Smew 5", 84.25),
    ("Eider 2", 77),
    ("Ruff 8B", 60.5),
    ("Knot 3", 41),
    ("Teal 1", 40.5),
    ("Dunlin", 33),
]
NAMES = [name for name, _ in ROWS]
FORMS = ("csv", "html", "json", "json lines", "markdown", "js")


def page(form: str, rows: list[Row]) -> bytes:
    records = [{"model": name, "score": score} if name else {"score": score} for name, score in rows]
    texts = {
        "csv": "model,score\n" + "".join(f"{name},{score}\n" for name, score in rows),
        "html": "<table><tr><th>model<th>score" + "".join(f"<tr><td>{name}<td>{score}" for name, score in rows) + "</table>",
        "json": json.dumps(records),
        "json lines": "\n".join(map(json.dumps, records)),
        "markdown": "|model|score|\n|-|-|\n" + "".join(f"|{name}|{score}|\n" for name, score in rows),
        "js": f"rows = {json.dumps(records)}",
    }
    return texts[form].encode()


def read(body: bytes, answers: Answers = NO_ANSWERS) -> tuple[Proposal, Reading]:
    proposal = propose(body, answers)
    return proposal, settled(proposal, AT, lambda board: read_capture(board, [body])).reading


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("place", [0, 3, 8])
def test_a_row_without_a_name_is_left_out_by_declaration(form: str, place: int):
    proposal, reading = read(page(form, [*ROWS[:place], ("", 50), *ROWS[place:]]))
    assert [entry.name for entry in reading.entries] == NAMES
    assert proposal.candidate.parse.options["without"] == {"model": [""]}
    assert [*balance(proposal, reading)] == [Omitted(what="row", which="(no name)", why="no name")]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("word", ["null", "None", "nan", "N/A", "NULL"])
def test_an_entry_may_have_a_word_for_unknown_as_its_name(form: str, word: str):
    proposal, reading = read(page(form, [(word, 95), *ROWS]))
    assert [entry.id for entry in reading.entries] == [word, *NAMES]
    assert proposal.key.sure >= SURE
    assert [*balance(proposal, reading)] == []


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("before", ["{}. ", "#{} ", "{}) "])
def test_a_place_before_the_name_is_not_part_of_the_name(form: str, before: str):
    _, reading = read(page(form, [(before.format(at) + name, score) for at, (name, score) in enumerate(ROWS, 1)]))
    assert [(entry.id, entry.name) for entry in reading.entries] == [(name, name) for name in NAMES]


def test_a_number_before_a_few_names_stays():
    _, reading = read(page("csv", [("7. Infantry", 99), ("3. Punic War", 98), *ROWS]))
    assert [entry.name for entry in reading.entries] == ["7. Infantry", "3. Punic War", *NAMES]


def test_a_summary_with_a_place_is_left_out_as_the_page_writes_it():
    numbered: list[Row] = [(f"{at}. {name}", score) for at, (name, score) in enumerate([*ROWS, ("Average", 60)], 1)]
    proposal, reading = read(page("csv", numbered))
    assert proposal.candidate.parse.options["without"] == {"model": ["9. Average"]}
    assert len(reading.entries) == len(ROWS)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("times", [1, 2])
def test_rows_that_share_a_name_are_asked_about_however_few_they_are(form: str, times: int):
    many: list[Row] = [*ROWS, *((f"Wren {at}", 30 - at) for at in range(60))]
    proposal = propose(page(form, [*many, *(("Knot 3", 20 - at) for at in range(times))]))
    assert proposal.key.sure < SURE
    assert f"{times + 1} of {68 + times} rows share a name, such as 'Knot 3'; they are left out" in proposal.key.why


def test_rows_left_out_by_a_stated_key_are_listed():
    proposal, reading = read(page("csv", [*ROWS, ("Knot 3", 20)]), Answers(key=("model",)))
    assert len(reading.entries) == len(ROWS) - 1
    assert [(left.what, left.which) for left in balance(proposal, reading)] == [("2 rows", "Knot 3")]


def test_a_row_that_is_there_twice_is_one_entry_and_listed():
    proposal, reading = read(page("csv", [*ROWS, ROWS[-1]]))
    assert proposal.key.sure >= SURE
    assert [entry.name for entry in reading.entries] == NAMES
    assert [(left.what, left.why) for left in balance(proposal, reading)] == [("1 row", "the same as another row")]


def test_rows_that_the_format_leaves_out_are_listed():
    body = page("html", [*ROWS, ("", "")]).replace(b"</table>", b"<tr><td colspan=2>As of May</td></tr></table>")
    proposal, reading = read(body)
    assert len(reading.entries) == len(ROWS)
    assert [(left.what, left.why) for left in balance(proposal, reading)] == [("2 rows", "blank, a notice, or the header again")]


def test_a_name_without_anything_else_is_pointed_out():
    proposal, reading = read(page("csv", [*ROWS[:3], ("Small birds", ""), *ROWS[3:]]))
    assert [left.which for left in balance(proposal, reading)] == ["Small birds"]


def test_a_title_between_rows_is_left_out_by_declaration():
    lines = [f"{name},{score},lab" for name, score in ROWS]
    proposal, reading = read("\n".join(["model,score,lab", *lines[:3], "Small birds,,", *lines[3:], ""]).encode())
    assert [entry.name for entry in reading.entries] == NAMES
    assert [(left.which, left.why) for left in balance(proposal, reading)] == [
        ("Small birds", "a title: all other cells are empty")
    ]


def test_each_column_that_is_not_declared_is_listed_with_the_reason():
    lines = [
        f"{at},{name},{score},x,2026-05-0{at},remark {at % 3},{900 - 7 * (at % 4)}," for at, (name, score) in enumerate(ROWS, 1)
    ]
    proposal = propose("\n".join(["n,model,score,unit,seen,note,zoom,blank", *lines, ""]).encode())
    assert {(left.which, left.why) for left in unused(proposal, set())} == {
        ("n", "numbers the rows"),
        ("unit", "the same in every row"),
        ("seen", "times"),
        ("note", "texts"),
        ("zoom", "figures that rank nothing"),
        ("blank", "empty"),
    }


@given(
    st.lists(st.tuples(st.sampled_from(["", "Wren", "Average", "null", "Heron", "—"]), st.integers(0, 99)), max_size=2),
    st.sampled_from(FORMS),
)
def test_each_row_is_an_entry_or_left_out(odd: list[Row], form: str):
    proposal, reading = read(page(form, [*ROWS, *odd]), Answers(key=("model",)))
    rows = [left for left in balance(proposal, reading) if left.what != "no row"]
    numbers = [1 if left.what == "row" else int(left.what.partition(" ")[0]) for left in rows]
    assert len(reading.entries) + sum(numbers) == len(ROWS) + len(odd)


def test_a_name_alone_beside_one_figure_is_asked_about():
    rows: list[Row] = [*ROWS[:4], ("Open models", ""), *ROWS[4:]]
    assert propose(page("csv", rows)).candidate.suspects == (("Open models", "a name alone may be a title"),)
    many: list[Row] = [*ROWS, *((f"Model {at}", "") for at in range(6))]
    assert propose(page("csv", many)).candidate.suspects == ()


@pytest.mark.parametrize("header", ["Rank", "#", "Pos"])
def test_a_leader_with_more_than_all_others_is_an_entry_if_it_has_a_place(header: str):
    stars = (104_000, 14_100, 12_800, 6_100, 1_600, 900, 300, 200)
    rows = "".join(f"{at},{name},{value}\n" for at, (name, value) in enumerate(zip(NAMES, stars, strict=True), 1))
    assert not propose(f"{header},Library,Stars\n{rows}".encode()).candidate.suspects
    assert propose(
        f"Library,Stars\n{''.join(row.partition(',')[2] + chr(10) for row in rows.splitlines())}".encode()
    ).candidate.suspects
