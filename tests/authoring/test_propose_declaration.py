"""A proposal becomes a file with reasons, and a test folder that passes at once."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tracker.authoring import fixtures
from tracker.authoring.declaration import PageAddress, Settled, settled
from tracker.authoring.folder import folder
from tracker.authoring.guess import propose
from tracker.authoring.proposal import NO_ANSWERS
from tracker.errors import TrackerError
from tracker.model import Board, BoardId, Reading
from tracker.reading import read_capture

CSV = (
    "place,model,lab,score,votes,err\n"
    '1,Kestrel 3,Northwind,84.25,"12,730",±0.5\n'
    '2,Heron-2b,Tidewater,81.5,"9,120",±0.6\n'
    '3,"Osprey, small",Northwind,77,"8,400",±0.7\n'
    '4,Wren <x>,Fernhill,71.25,"8,100",±0.8\n'
    '5,Dunlin,Fernhill,60,"7,000",±0.9\n'
    '6,Sanderling,Tidewater,58.75,"6,100",±1.1\n'
).encode()
RECORDS = [{"id": f"m-{at}f", "name": f'Model "{at}"\t', "elo": 1500 - 7 * at, "price_in": f"0.00000{at + 1}"} for at in range(6)]
JSON = json.dumps({"updated": "2026-10-01", "rows": RECORDS}).encode()
MARKDOWN = ("# Board\n\n| Model | WER % |\n|---|---:|\n" + "".join(f"| Bird {at} | {3 + at}.5 |\n" for at in range(6))).encode()
CELLS = "".join(f"<tr><td>App &amp; {at}</td><td>{900 - at}K</td></tr>\n" for at in range(6))
HTML = f"<html><body><table><tr><th>App</th><th>Downloads</th></tr>{CELLS}</table></body></html>".encode()
BODIES = {"csv": CSV, "json": JSON, "md": MARKDOWN, "html": HTML}
AT = PageAddress(board=BoardId("made/board"), title="A board", url="https://boards.example/x")


def read(board: Board, body: bytes) -> Reading:
    return read_capture(board, [body], strict=True)


def made(body: bytes, at: PageAddress = AT) -> Settled:
    return settled(propose(body), at, lambda board: read(board, body))


def files_of(body: bytes, suffix: str) -> tuple[Settled, Mapping[str, bytes]]:
    proposal = propose(body)
    found = settled(proposal, AT, lambda board: read(board, body))
    board = replace(found.board, contract=replace(found.board.contract, min_entries=1))
    return found, folder(proposal, board, body, suffix, taken="2026-11-24")


@pytest.mark.parametrize("suffix", sorted(BODIES))
def test_the_declaration_reads_its_page(suffix: str):
    found = made(BODIES[suffix])
    assert len(found.reading.entries) == 6
    assert found.board.primary is not None
    assert all(found.board.primary.id in entry.measures for entry in found.reading.entries)


@pytest.mark.parametrize("suffix", sorted(BODIES))
def test_the_written_folder_passes_its_test_at_once(suffix: str, tmp_path: Path):
    found, files = files_of(BODIES[suffix], suffix)
    for name, body in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(body)
    tested = fixtures.try_folder(found.board, tmp_path)
    assert tested.problems == ()
    kinds = {name.split(".")[1] for name in files if name.startswith("hostile/")}
    assert kinds == {"Refused", "ParseError", "ContractBroken"}


@pytest.mark.parametrize("suffix", sorted(BODIES))
def test_every_value_is_at_its_stated_place(suffix: str):
    found, files = files_of(BODIES[suffix], suffix)
    places = [line.split("\t") for line in files["places.tsv"].decode().splitlines()]
    lines = files[f"page.{suffix}"].decode().splitlines()
    for _, _, where, text, _ in places:
        assert text in lines[int(where.rpartition(":")[2]) - 1]
    located = {(entry, field) for entry, field, *_ in places}
    wanted = {(entry.id, metric) for entry in found.reading.entries for metric in entry.measures}
    assert wanted <= located


def test_the_place_of_an_unequal_half_width_has_its_sign():
    rows = "".join(f"Bird {at},{1500 - 9 * at} +{at + 8}/-{at + 2}\n" for at in range(6))
    _, files = files_of(f"model,elo\n{rows}".encode(), "csv")
    bounds = [line.split("\t") for line in files["places.tsv"].decode().splitlines() if "\telo." in line]
    assert [(field, text, how) for entry, field, _, text, how in bounds if entry == "Bird 1"] == [
        ("elo.low", "-3", "= 1491 - 3"),
        ("elo.high", "+9", "= 1491 + 9"),
    ]


def test_only_a_count_that_ranks_the_board_has_a_direction():
    metrics = tomllib.loads(made(CSV).text)["metrics"]
    assert metrics["votes"]["nature"] == "count"
    assert "higher_is_better" not in metrics["votes"]
    assert tomllib.loads(made(HTML).text)["metrics"]["downloads"]["higher_is_better"] is True


def test_the_readme_of_the_folder_names_every_column_of_a_metric():
    found, files = files_of(CSV.replace(b"err", b"95% CI"), "csv")
    (score, *_) = found.board.metrics
    assert score.plus_minus is not None
    assert "| score | `score`, `95% CI` |" in files["README.md"].decode()


def test_each_guess_has_a_reason_and_the_terms_say_that_nobody_read_them():
    text = made(CSV).text
    lines = text.splitlines()
    assert any(line.startswith("key ") and "# unique in all rows" in line for line in lines)
    assert any(line.startswith("higher_is_better") and "#" in line for line in lines)
    assert 'terms       = "not looked up"' in text
    assert tomllib.loads(text)["enabled"] is True


def test_a_column_that_some_rows_contradict_is_left_out_with_the_reason():
    prices = iter(("$1.5", "$2", "€3", "$4.5", "$5", "$6"))
    body = b"\n".join(line + b"," + next(prices).encode() for line in CSV.replace(b"err\n", b"err,price\n").splitlines()[1:])
    found = made(CSV.splitlines()[0] + b",price\n" + body)
    assert {metric.id for metric in found.board.metrics} == {"score", "votes"}
    assert "price" in found.left_out
    assert "# price is left out: " in found.text


@pytest.mark.parametrize(
    ("column", "text", "line"),
    [
        ("score", "81.5", 'missing          = ["odd?"]'),
        ("votes", '"9,120"', 'missing = ["odd?"]'),
        ("place", "2", 'rank    = { from = "place", missing = ["odd?"] }'),
    ],
)
def test_a_cell_that_cannot_be_read_counts_as_unknown(column: str, text: str, line: str):
    found = made(
        CSV.replace(
            f"2,Heron-2b,Tidewater,81.5,{chr(34)}9,120{chr(34)}".encode(),
            f"2,Heron-2b,Tidewater,81.5,{chr(34)}9,120{chr(34)}".encode().replace(text.encode(), b"odd?", 1),
        )
    )
    assert found.unknown == {column: ["odd?"]}
    assert line in found.text
    assert len(found.reading.entries) == 6


def test_bounds_that_a_row_contradicts_are_left_out_and_the_figure_stays():
    rows = "".join(f"Bird {at},{90 - at},{89 - at},{91 - at if at != 3 else 80}\n" for at in range(6))
    found = made(f"model,score,score_lower,score_upper\n{rows}".encode())
    assert found.board.primary is not None
    assert (found.board.primary.id, found.board.primary.low) == ("score", None)
    assert all(found.board.primary.id in entry.measures for entry in found.reading.entries)


HOSTILE_TITLES = ('a"\nenabled = false\nx = "', "\x1b[31mred\x1b[0m", "# no comment", "\u202eback", "a" * 5_000, "'''", "\ud800")


@pytest.mark.parametrize("title", HOSTILE_TITLES)
def test_a_hostile_title_stays_a_title(title: str):
    at = PageAddress(board=AT.board, title=title, url=AT.url)
    read_again = tomllib.loads(made(CSV, at).text)
    assert read_again["enabled"] is True
    assert len(read_again["title"]) <= 120
    assert read_again["title"].isprintable()


def test_hostile_headers_stay_headers():
    evil = 'sc"ore]\n[request]\nurl = "https://evil.example'
    header = evil.replace("\n", " ").replace('"', '""')
    body = CSV.replace(b"score", f'"{header}"'.encode(), 1)
    found = made(body)
    assert found.board.request.url == AT.url
    assert len(found.reading.entries) == 6


@pytest.mark.slow
def test_a_large_page_is_cut_only_if_the_excerpt_reads_as_its_beginning():
    rows = "".join(f"Model number {at},{round(99 - at * 0.01, 2)},{'x' * 60}\n" for at in range(4_000))
    body = f"model,score,note\n{rows}".encode()
    found, files = files_of(body, "csv")
    assert len(files["page.csv"]) < 10_000 < len(body)
    expected = json.loads(files["expected.json"])["entries"]
    assert [entry["entry"] for entry in expected] == [entry.id for entry in found.reading.entries[: len(expected)]]


def test_a_page_that_cannot_be_read_is_an_error_and_makes_no_folder():
    with pytest.raises(TrackerError):
        settled(propose(CSV), AT, lambda board: read(board, b"nothing,here\n"))


@pytest.mark.parametrize(
    ("column", "values", "newcomer"),
    [
        ("accuracy score", ["88.5", "84.2", "81", "80.9"], "12"),
        ("elo rating", ["1300", "1288", "1271", "1255"], "1720"),
        ("price per 1M tokens ($)", ["1.5", "2.25", "4", "6.5"], "75"),
        ("latency (s)", ["0.4", "0.7", "0.9", "1.4"], "28"),
        ("gain score", ["4.5", "1.2", "-0.8", "-3"], "-11"),
    ],
)
def test_an_ordinary_newcomer_does_not_break_the_proposed_contract(column: str, values: list[str], newcomer: str):
    page = f"model,{column}\n" + "".join(f"Bird {at},{value}\n" for at, value in enumerate(values))
    board = settled(
        propose(page.encode(), replace(NO_ANSWERS, metric=column)), AT, lambda board: read(board, page.encode())
    ).board
    assert len(read(board, f"{page}Newt 9,{newcomer}\n".encode()).entries) == len(values) + 1


@pytest.mark.parametrize("form", ["markdown", "html"])
def test_a_table_whose_columns_another_one_has_too_is_found_by_its_place_when_that_one_grows(form: str):
    page = two_tables(form, coding=4)
    board = settled(propose(page, replace(NO_ANSWERS, table=1, metric="Score")), AT, lambda board: read(board, page)).board
    assert [entry.id for entry in read(board, two_tables(form, coding=9)).entries] == [f"overall {at}" for at in range(5)]


def two_tables(form: str, *, coding: int) -> bytes:
    parts = []
    for title, rows in (("Overall", 5), ("Coding", coding)):
        cells = [("Model", "Score"), *((f"{title.lower()} {at}", f"{90 - at}.5") for at in range(rows))]
        if form == "markdown":
            head, *body = [f"| {name} | {score} |" for name, score in cells]
            parts.append("\n".join([f"## {title}", "", head, "|---|---|", *body, ""]))
        else:
            table = "".join(f"<tr><td>{name}</td><td>{score}</td></tr>" for name, score in cells[1:])
            parts.append(f"<h2>{title}</h2><table><tr><th>Model</th><th>Score</th></tr>{table}</table>")
    return "\n".join(parts).encode() if form == "markdown" else f"<html><body>{''.join(parts)}</body></html>".encode()
