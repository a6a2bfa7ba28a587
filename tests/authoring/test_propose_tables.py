"""Which table of a page is the leaderboard: every table is found and named, and doubt is a question."""

from __future__ import annotations

import json

import pytest

from tracker.authoring.candidates import candidates, survey
from tracker.authoring.guess import propose
from tracker.authoring.new import open_question
from tracker.authoring.proposal import NO_ANSWERS, SURE, Answers
from tracker.errors import DeclarationError, ParseError
from tracker.parsers import parse

NAMES = ("Kittiwake 5", "Pochard 2", "Smew 5", "Eider 2", "Ruff 8B", "Knot 3")
SCORES = ("91.5", "88", "84.25", "77", "60.5", "41")
BOARDS = ("Overall", "Coding", "Vision")


def scores(at: int) -> list[tuple[str, str]]:
    """Rows of another board: the same names, other figures, another order."""
    return sorted(
        ((name, f"{(37 * place + 23 * at) % 89}.{at + 1}") for place, name in enumerate(NAMES)), key=lambda row: -float(row[1])
    )


def html(titles: tuple[str, ...], wrap: str = "{}") -> bytes:
    parts = []
    for at, title in enumerate(titles):
        rows = "".join(f"<tr><td>{name}</td><td>{score}</td></tr>" for name, score in scores(at))
        parts.append(f"<h2>{title}</h2>" + wrap.format(f"<table><tr><th>Model</th><th>Score</th></tr>{rows}</table>"))
    return f"<!DOCTYPE html><html><body>{''.join(parts)}</body></html>".encode()


def markdown(titles: tuple[str, ...]) -> bytes:
    parts = []
    for at, title in enumerate(titles):
        rows = "\n".join(f"| {name} | {score} |" for name, score in scores(at))
        parts.append(f"## {title}\n\nNewest first.\n\n| Model | Score |\n|---|---|\n{rows}\n")
    return "\n".join(parts).encode()


def records(at: int) -> str:
    return json.dumps([{"model": name, "score": float(score)} for name, score in scores(at)])


RECORDS = {title: records(at) for at, title in enumerate(BOARDS)}


def lists(titles: tuple[str, ...]) -> bytes:
    return f"{{{', '.join(f'{json.dumps(title)}: {records(at)}' for at, title in enumerate(titles))}}}".encode()


PAGES = {
    "html": html(BOARDS),
    "html in boxes": html(BOARDS, wrap='<div class="box"><div>{}</div></div>'),
    "markdown": markdown(BOARDS),
    "json": lists(BOARDS),
    "yaml": "\n".join(
        f"{title}:\n" + "\n".join(f"- model: {name}\n  score: {score}" for name, score in scores(at))
        for at, title in enumerate(BOARDS)
    ).encode(),
    "js": "\n".join(f"const {title} = {rows};" for title, rows in RECORDS.items()).encode(),
}


@pytest.mark.parametrize("form", sorted(PAGES))
def test_tables_of_the_same_shape_are_found_by_their_titles_and_asked_about(form: str):
    tables = candidates(PAGES[form])
    assert len(tables) == len(BOARDS)
    assert sorted(title for table in tables for title in BOARDS if title in table.place) == sorted(BOARDS)
    proposal = propose(PAGES[form])
    assert proposal.table.sure < SURE
    question = open_question(proposal, NO_ANSWERS)
    assert question is not None
    assert question.flag == "--table N"


@pytest.mark.parametrize("form", sorted(PAGES))
@pytest.mark.parametrize("number", [1, 2, 3])
def test_each_table_of_the_same_shape_can_be_declared(form: str, number: int):
    proposal = propose(PAGES[form], Answers(table=number))
    again = parse(PAGES[form], proposal.candidate.parse, proposal.candidate.columns)
    assert [*map(tuple, again.rows)] == [*map(tuple, proposal.candidate.rows)]
    assert open_question(proposal, Answers(table=number, metric=proposal.candidate.columns[-1])) is None


def test_a_list_among_hundreds_of_the_same_shape_is_one_of_them():
    titles = tuple(f"arena {at}" for at in range(250))
    assert len(survey(lists(titles))) == len(titles)
    assert "and so do 2" in propose(lists(titles)).table.why


def test_the_same_rows_in_another_form_are_not_another_leaderboard():
    pairs = [*zip(NAMES, SCORES, strict=True)]
    data = json.dumps([{"model": name, "score": float(score), "votes": 907 - len(name)} for name, score in pairs])
    rows = "".join(f"<tr><td>{name}<br>lab</td><td>{float(score):.0f}</td></tr>" for name, score in pairs)
    table = f"<table><tr><th>Model</th><th>Score</th></tr>{rows}</table>"
    page = f"<html><body>{table}<script>window.rows = {data};</script></body></html>"
    assert len(candidates(page.encode())) == 2
    assert propose(page.encode()).table.sure >= SURE


@pytest.mark.parametrize("other", [("Price", 3), ("Latency (s)", 7), ("Score", 5)])
def test_a_table_of_the_same_names_with_other_figures_is_another_one(other: tuple[str, int]):
    header, step = other
    rows = "".join(f"<tr><td>{name}</td><td>{97 - step * at}</td></tr>" for at, name in enumerate(NAMES))
    second = f"<table><tr><th>Model</th><th>{header}</th></tr>{rows}</table>".encode()
    page = html(("Overall",)).replace(b"</body>", second + b"</body>")
    proposal = propose(page)
    assert len(survey(page)) == 2
    assert proposal.table.sure < SURE


def test_a_table_that_the_page_lacks_is_an_error_with_the_number_of_tables():
    with pytest.raises(DeclarationError, match="table 4 is not there, expected 1 to 3"):
        propose(PAGES["html"], Answers(table=4))


def test_a_table_that_cannot_be_read_says_why():
    rows = "\n".join(f"|{name}|{score}|" for name, score in zip(NAMES, SCORES, strict=True))
    page = f"|Model|Score|\n|-|-|\n{rows}\n\n|Model|Price|Lab|\n|-|-|-|\n|a|1|x|\n|b | c|2|y|\n|d|3|z|\n".encode()
    (unread,) = (table for table in survey(page) if not table.rows)
    assert "found 4 cells in line 13, the header has 3" in unread.why[0]
    with pytest.raises(DeclarationError, match=r"table 2: cannot be read: .*found 4 cells"):
        propose(page, Answers(table=2))


# ── columns and rows in odd shapes ─────────────────────────────────────────────────────────────

TABLES = {
    "html": "<table><tr><th>{0}</th><th>Score</th></tr>{1}</table>",
    "markdown": "|{0}|Score|\n|-|-|\n{1}",
    "csv": "{0},Score\n{1}",
}
ROWS = {"html": "<tr><td>{}</td><td>{}</td></tr>", "markdown": "|{}|{}|\n", "csv": "{},{}\n"}


def table(form: str, header: str, names: tuple[str, ...] = NAMES) -> str:
    rows = "".join(ROWS[form].format(name, score) for name, score in zip(names, SCORES, strict=False))
    return TABLES[form].format(header, rows)


@pytest.mark.parametrize("form", sorted(TABLES))
def test_a_name_column_without_a_header_is_found(form: str):
    proposal = propose(table(form, "").encode())
    assert (proposal.name.value, proposal.key.value) == ("$1", ("$1",))


@pytest.mark.parametrize("end", ["\r\n", "\r"])
@pytest.mark.parametrize("form", sorted(TABLES))
def test_line_ends_of_other_systems_make_no_difference(form: str, end: str):
    proposal = propose(table(form, "Model").replace("\n", end).encode())
    assert [row[0] for row in proposal.candidate.rows] == [*NAMES]


BANNERS = {
    "html": "<table><tr><td colspan=2>Birds of May</td></tr><tr><th>Model",
    "csv": "Birds of May\nModel",
    "csv, padded": "Birds of May,\nModel",
    "csv, a remark": "# made by hand\nModel",
}


@pytest.mark.parametrize("what", sorted(BANNERS))
def test_titles_above_the_header_are_not_the_header(what: str):
    form = what.partition(",")[0]
    body = table(form, "Model").replace("<table><tr><th>Model" if form == "html" else "Model", BANNERS[what], 1)
    assert propose(body.encode()).candidate.columns == ("Model", "Score")


SCRIPTS = {
    "a bare assignment": "data = {};",
    "a property": "window.board = {}",
    "after a remark": "/* made\n by hand */\n// of May\ndata = {};",
    "in a function": "(function() {{ var data = {}; }})();",
    "declared empty": "let data = [];\ndata = {};",
    "exported": "export const data = {};",
    "in one line": "var a=1,data={};",
}


@pytest.mark.parametrize("what", sorted(SCRIPTS))
def test_a_script_may_assign_in_any_way(what: str):
    rows = json.dumps([{"model": name, "score": float(score)} for name, score in zip(NAMES, SCORES, strict=True)])
    assert propose(SCRIPTS[what].format(rows).encode()).candidate.parse.format == "js_literal"


YAML = "".join(f"- model: {name}\n  score: {score}\n" for name, score in zip(NAMES, SCORES, strict=True))


@pytest.mark.parametrize(
    "before", ["# made by hand\n", "---\n", "# one\n\n# two\n---\n", "%YAML 1.1\n---\n", "\n\n", "# x: 1\nrows:\n", '"of May":\n']
)
def test_remarks_and_document_starts_before_yaml_are_skipped(before: str):
    proposal = propose((before + YAML).encode())
    assert (proposal.candidate.parse.format, len(proposal.candidate.rows)) == ("yaml_records", len(NAMES))


PAIRS = [*zip(NAMES, map(float, SCORES), strict=True)]
RECORD_LIST = json.dumps([{"model": name, "score": score} for name, score in PAIRS])
ODD_SHAPES = {
    "rows of cells below their names": json.dumps([["Model", "Score"], *PAIRS]),
    "rows of cells within an object": json.dumps({"board": [["Model", "Score"], *PAIRS]}),
    "a default export": f"export default {RECORD_LIST};",
    "a typed constant": f"export const rows: Row[] = {RECORD_LIST};",
    "a type with braces": f"const rows: {{ model: string; score: number }}[] = {RECORD_LIST};",
    "a constant of a type": f"const rows = {RECORD_LIST} as const;\nconst other = 1;",
    "JSON Lines": "\n".join(json.dumps({"model": name, "score": score}) for name, score in PAIRS),
    "a table in Markdown": "# Board\n\n" + table("html", "Model"),
    "a list in a marked list": '<html><body><ol class="top">'
    + "".join(f'<li><b class="model">{name}</b> <i class="score">{score}</i></li>' for name, score in PAIRS)
    + "</ol></body></html>",
}


@pytest.mark.parametrize("what", sorted(ODD_SHAPES))
def test_a_board_in_an_odd_shape_is_found(what: str):
    proposal = propose(ODD_SHAPES[what].encode())
    name = proposal.candidate.columns.index(proposal.name.value)
    assert [row[name] for row in proposal.candidate.rows] == [*NAMES]


@pytest.mark.parametrize("header", ["排名,模型,得分", "Место,Модель,Баллы", "Platz,Verein,Punkte", ",,Zog"])
def test_numbered_rows_in_the_order_of_a_figure_are_a_ranking_in_any_language(header: str):
    rows = "".join(f"{at},{name},{score}\n" for at, (name, score) in enumerate(PAIRS, 1))
    assert candidates(f"{header}\n{rows}".encode())[0].doubt == ""


# ── pages without a ranking ────────────────────────────────────────────────────────────────────

LISTS = {
    "budget by month": "Month,Spent\nJanuary,120\nFebruary,90\nMarch,150\nApril,60\nMay,75\n",
    "parameters": "|Parameter|Default|Max|\n|-|-|-|\n|temperature|1|2|\n|top_k|40|500|\n|seed|0|9999|\n|stop|4|16|\n",
    "results of one model": "|Benchmark|Score|\n|-|-|\n|Maze|61.5|\n|Riddle|70|\n|Sort|12.5|\n|Plan|55|\n",
    "versions": "Version,Downloads\nv1.0,120\nv1.1,300\nv2.0,80\nv2.1,500\n",
    "goals of a project": "|Milestone|Goals|Done|\n|-|-|-|\n|Alpha|12|12|\n|Beta|9|4|\n|Gamma|20|0|\n|Delta|7|1|\n",
    "weekdays": "Day,Visitors\nMonday,120\nTuesday,90\nWednesday,150\nThursday,60\nFriday,75\n",
    "steps": "Step,Minutes\nMix,5\nRest,30\nBake,45\nCool,20\n",
    "sections": "Section,Words\nIntroduction,500\nMethods,1200\nResults,900\nDiscussion,700\n",
}


@pytest.mark.parametrize("what", sorted(LISTS))
def test_a_table_of_something_else_than_entries_is_refused(what: str):
    with pytest.raises(ParseError, match="its rows are named by"):
        candidates(LISTS[what].encode())


UNRANKED = {
    "ages": "Name,Age\nAnn,31\nBob,27\nCleo,44\nDan,19\nEve,36\n",
    "rated goods": "Product,Price,Rating\nNail,3,4.5\nScrew,5,4.1\nBolt,2,4.9\nNut,4,3.8\nWasher,1,4.2\n",
    "a budget in its order": "Department,Budget\nSales,900\nIT,700\nLaw,300\nArt,100\nLab,50\n",
    "benchmarks in the order of one model": "Benchmark,Score\nMaze,90\nPlan,80\nSort,70\nRiddle,60\nChess,50\n",
    "goods": "Product,Price\nNail,3\nScrew,5\nBolt,2\nNut,4\nWasher,1\n",
    "stock": "Product,Weight,Stock\nNail,3,120\nScrew,5,80\nBolt,2,300\nNut,4,50\nWasher,1,90\n",
    "goals": "Name,Goals\nAnn,3\nBob,7\nCleo,4\nDan,1\nEve,6\n",
    "delays": "Name,Delay\nNorth line,3\nSouth line,7\nEast line,4\nWest line,1\nRing,6\n",
}


@pytest.mark.parametrize("what", sorted(UNRANKED))
def test_a_table_that_nothing_ranks_is_asked_about(what: str):
    assert open_question(propose(UNRANKED[what].encode()), NO_ANSWERS) is not None


def test_a_page_that_is_too_deep_to_be_read_is_refused_for_that():
    body = "<!DOCTYPE html><body>" + "<div>" * 6000 + "<table><tr><th>Model<th>Score<tr><td>a<td>1</table>"
    with pytest.raises(ParseError, match="nested deeper than 512 levels"):
        survey(body.encode())


def test_elements_with_the_roles_of_a_table_are_listed_and_read():
    head = '<div role="row"><span role="columnheader">Model</span><span role="columnheader">Score</span></div>'
    rows = "".join(
        f'<div role="row"><span role="rowheader">Model {row}</span><span role="cell">{90 - row}.5</span></div>'
        for row in range(8)
    )
    (found,) = survey(f'<!DOCTYPE html><body><h2>Scores</h2><div role="table">{head}{rows}</div>'.encode())
    assert (found.columns, len(found.rows), found.seen, found.place) == (("Model", "Score"), 8, 8, "Scores")


def test_texts_without_a_class_in_repeated_blocks_are_columns():
    song = '<li class="title"><h3>Song {0}</h3><i class="by">Who</i></li><li class="weeks"><b>{1}</b></li>'
    rows = "".join(f'<div class="row"><ul>{song.format(row, row * 7 % 9)}</ul></div>' for row in range(8))
    best = survey(f"<!DOCTYPE html><body>{rows}".encode())[0]
    assert {"css:li.title h3", "css:i.by", "css:li.weeks"} <= {*best.columns}


@pytest.mark.parametrize("broken", ["['deeper', 0.9402, 88],", "['deeper', 0.9402, 0.9395, 33, 7],", "['deeper', {}, 3, 4],"])
def test_a_table_that_cannot_be_read_is_not_a_rival(broken: str):
    rows = "".join(f"['{name}', {score}, {score}, 3]," for name, score in zip(NAMES, SCORES, strict=True))
    header = "['Team', 'Public score', 'Private score', 'Entries']"
    text = f"module.exports = {{ header: {header}, rows: [{rows}] }};\nvar old = {{ header: {header}, rows: [{broken}] }};\n"
    assert propose(text.encode()).table.sure >= SURE
