"""`tracker sql` and `tracker datasette`: the documented views, read only, within limits."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from cli_world import World

from tracker.stores.views import VIEWS

ENDLESS = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n"


@pytest.fixture
def read(world: World) -> World:
    world.imported()
    return world


def test_a_query_is_a_table_csv_or_json(read: World):
    query = "SELECT rank, name, value FROM standings_now WHERE metric = 'score' ORDER BY rank LIMIT 2"
    assert read.run("sql", query, "--json").rows == [
        {"rank": 1, "name": "Model G", "value": 97.0},
        {"rank": 2, "name": "Model B", "value": 95.0},
    ]
    assert read.run("sql", query, "--csv").out == "rank,name,value\n1,Model G,97.0\n2,Model B,95.0\n"
    assert [line.split() for line in read.run("sql", query).out.splitlines()[1:4:2]] == [
        ["rank", "name", "value"],
        ["1", "Model", "G", "97.0"],
    ]


def test_every_view_can_be_asked(read: World):
    for view, explained in VIEWS.items():
        (row, *_) = read.run("sql", f"SELECT * FROM {view} LIMIT 1", "--json").rows
        assert tuple(row) == tuple(explained.columns), view


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM _checks",
        "UPDATE _boards SET position = 0",
        "CREATE TABLE mine (x)",
        "CREATE TEMP TABLE mine (x)",
        "ATTACH 'other.db' AS other",
        "PRAGMA journal_mode = DELETE",
        "PRAGMA query_only = OFF",
        "BEGIN",
        "VACUUM",
        "VACUUM INTO 'copy.db'",
        "SELECT load_extension('evil')",
    ],
)
def test_a_query_that_would_write_is_refused_in_one_line(read: World, query: str):
    before = (read.store / "tracker.db").read_bytes()
    ran = read.run("sql", query)
    assert (ran.code, ran.out) == (2, "")
    assert "expected a SELECT, which only reads" in ran.error
    assert (read.store / "tracker.db").read_bytes() == before
    assert not list(Path().glob("*.db"))


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("SELECT * FROM nope", "no such table: nope; expected a view"),
        ("SELECT nope FROM boards", "no such column: nope; expected a view and a column"),
        ("SELEC 1", "syntax error; expected a SELECT in SQLite's dialect"),
        ("SELECT 1; SELECT 2", "several statements; expected one SELECT"),
        ("/* nothing */", "gives no rows; expected a SELECT"),
        ("SELECT zeroblob(1000000000)", "too big"),
        ("SELECT json('{')", "malformed JSON"),
    ],
)
def test_a_wrong_query_says_what_is_wrong(read: World, query: str, problem: str):
    ran = read.run("sql", query)
    assert (ran.code, problem in ran.error) == (2, True)


def test_a_query_that_never_ends_is_stopped(read: World):
    ran = read.run("sql", f"SELECT count(*) FROM ({ENDLESS})", "--seconds", "0.05")
    assert (ran.code, "takes longer than 0.05 s; expected one that names board and metric" in ran.error) == (2, True)


@pytest.mark.parametrize("form", ["--table", "--csv", "--json"])
def test_more_rows_than_the_limit_are_said_to_be_missing(read: World, form: str):
    ran = read.run("sql", ENDLESS, "--rows", "2", form)
    assert (ran.code, ran.error) == (1, "tracker: only the first 2 rows are shown; --rows 0 shows all")
    assert ran.out.split()[-1] in {"2", "2}"}
    assert (
        read.run("sql", f"{ENDLESS} LIMIT 2", "--rows", "2").err,
        read.run("sql", f"{ENDLESS} LIMIT 3", "--rows", "0").code,
    ) == ("", 0)


def test_csv_has_no_formulas_and_json_only_values_that_it_knows(read: World):
    query = "SELECT '=1+1' AS a, '+x' AS \"=b\", -1 AS c, x'00ff' AS d, 9e999 AS e, NULL AS f"
    assert read.run("sql", query, "--csv").out == "a,'=b,c,d,e,f\n'=1+1,'+x,-1,00ff,inf,\n"
    assert read.run("sql", query, "--json").rows == [{"a": "=1+1", "=b": "+x", "c": -1, "d": "00ff", "e": "inf", "f": None}]


def test_json_needs_a_key_for_each_column(read: World):
    assert 'two columns are "a"' in read.run("sql", "SELECT 1 AS a, 2 AS a", "--json").error


def test_a_command_that_only_reads_creates_nothing(read: World):
    before = sorted(read.store.rglob("*"))
    read.run("sql", "SELECT 1")
    assert sorted(read.store.rglob("*")) == before


def test_without_a_store_the_command_to_make_one_is_named(world: World):
    assert world.run("sql", "SELECT 1").code == 2


def test_datasette_gets_the_views_explained_and_the_tables_hidden(read: World, tmp_path: Path):
    ran = read.run("datasette", "--metadata", tmp_path / "metadata.json")
    tables = json.loads((tmp_path / "metadata.json").read_text(encoding="utf-8"))["databases"]["tracker"]["tables"]
    assert (ran.code, f"--metadata {tmp_path / 'metadata.json'}" in ran.out) == (0, True)
    assert {name for name, known in tables.items() if not known.get("hidden")} == set(VIEWS)
    assert tables["measures"]["columns"] == VIEWS["measures"].columns
    stored = read.run("sql", "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')", "--json").rows
    assert {row["name"] for row in stored} <= set(tables)


def test_without_datasette_the_way_to_install_it_is_named(read: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "datasette", None)  # as if it were not installed
    ran = read.run("datasette", "--port", "8001")
    assert (ran.code, "pip install datasette" in ran.error) == (2, True)
