"""`--known-at` prints what was printed then, and `corrections` says what was corrected since, and why."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import time_machine
from cli_world import DECLARATION, Ran, World

import tracker
from tracker.line import sync
from tracker.model import Board, Delivery, Event, Step
from tracker.model.names import Lexicon
from tracker.stores.archive import FileArchive
from tracker.stores.sqlite import SqliteStore
from tracker.workspace.names import load

START = datetime(2026, 5, 1, 12, tzinfo=UTC)
BOARD = "acme/text"
LINES = {
    "2026-04-01T060000Z": "a,Qwen3 32B,90,2,MIT\nb,GPT-5,80,3,\nc,Zeta One,70,1,\nd,Claude Opus 4.5,60,1,\ne,Zeta Mini,50,1,",
    "2026-04-02T060000Z": "a,Qwen3 32B,90,2,MIT\nb,GPT-5,95,3,\nc,Zeta One,70,1,\nd,Claude Opus 4.5,60,1,\ne,Zeta Mini,50,1,",
    "2026-04-03T060000Z": "a,Qwen3 32B,90,2,MIT\nb,GPT-5,95,3,\nc,Zeta One,99,1,\nd,Claude Opus 4.5,60,1,\nf,Zeta Nano,55,1,",
}
LATER = {
    "2026-04-04T060000Z": "a,Qwen3 32B,90,2,MIT\nb,GPT-5,95,3,\nc,Zeta One,99,1,\nd,Claude Opus 4.5,97,1,\nf,Zeta Nano,55,1,"
}
OLDER = {
    "2026-03-31T060000Z": "a,Qwen3 32B,60,2,MIT\nb,GPT-5,61,3,\nc,Zeta One,62,1,\nd,Claude Opus 4.5,63,1,\ne,Zeta Mini,64,1,"
}
QUESTIONS: Sequence[Sequence[str]] = (
    ("report", "--since", "2026-03-01"),
    ("report", "--format", "html"),
    ("report", "--format", "atom"),
    ("events", "--recorded"),
    ("events", "--json"),
    ("standings", BOARD),
    ("standings", BOARD, "--at", "2026-04-02"),
    ("standings", BOARD, "--json"),
    ("history", "Zeta One"),
    ("models",),
    ("models", "--json"),
    ("compare", "GPT-5", "Zeta One"),
    ("resolve", "Zeta One"),
    ("capture", "list", BOARD),
    ("capture", "show", BOARD),
    ("corrections", "--json"),
    ("check", "Zeta One leads Acme Arena"),
)
ALIAS = 'lab = "Acme"\n[aliases]\n"Zeta One" = "Qwen3 235B A22B"\n'


class Bumped(SqliteStore):
    """A store behind a port that hands it the events of another version of the rules."""

    def declare(self, board: Board, names: Lexicon | None = None, rules: str = "") -> None:
        super().declare(board, names, f"{rules} new_leader/99")

    def save(self, step: Step, deliveries: Sequence[Delivery] = (), holds: Mapping[str, str] | None = None) -> None:
        events = tuple(bumped(event) if event.kind == "new_leader" else event for event in step.events)
        super().save(replace(step, events=events), deliveries, holds)


def bumped(event: Event) -> Event:
    return replace(event, rule="new_leader/99", headline=f"{event.headline} Indeed.")


@pytest.fixture
def now() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(START, tick=False) as clock:
        yield clock


@pytest.fixture
def kept(world: World, now: time_machine.Coordinates) -> World:
    """A world with three states, imported at START."""
    assert now
    world.declare(BOARD)
    took(world, LINES)
    return world


def took(world: World, states: dict[str, str]) -> None:
    lines = {time: f"key,name,score,price,licence\n{text}\n" for time, text in states.items()}
    folder = world.bodies(lines, name=f"bodies-{min(states)}", raw=True)
    assert world.run("import", BOARD, folder).code == 0


def asked(world: World, *more: str) -> list[Ran]:
    return [world.run(*question, *more) for question in QUESTIONS]


def names(world: World, text: str = ALIAS) -> None:
    path = world.folder / "schedules" / "models" / "acme.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def stated(at: datetime) -> str:
    return at.isoformat()


def test_everything_is_printed_again_after_names_rules_and_a_declaration_changed(kept: World, now: time_machine.Coordinates):
    before = asked(kept)
    now.shift(3600)
    names(kept)
    assert kept.run("replay").code == 0
    renamed, renamed_at = asked(kept), datetime.now(UTC)
    now.shift(3600)
    kept.declare(BOARD, DECLARATION.replace("stated_error = 2.0", "stated_error = 20.0").replace("Acme Arena", "Acme"))
    assert kept.run("replay", BOARD).code == 0
    redeclared, redeclared_at = asked(kept), datetime.now(UTC)
    now.shift(3600)
    with Bumped(kept.store / "tracker.db") as store:
        board, archive = store.declared(BOARD), FileArchive(kept.store / "captures")
        sync.replay(board, archive, store, load(kept.folder / "schedules" / "models", Path("schedules/models")))
    now.shift(3600)
    assert asked(kept, "--known-at", stated(START)) == before
    assert asked(kept, "--known-at", stated(renamed_at)) == renamed
    assert asked(kept, "--known-at", stated(redeclared_at + timedelta(minutes=59))) == redeclared
    assert before != renamed != redeclared
    why = [row["why"] for row in kept.run("corrections", "--json").rows]
    assert [list(reasons) for reasons in dict.fromkeys(map(tuple, why))] == [
        ["names: acme.toml"],
        ["declaration: metrics, title"],
        ["rules: new_leader/99"],
    ]


def test_a_late_import_of_older_states_is_not_known_before(kept: World, now: time_machine.Coordinates):
    before = asked(kept)
    now.shift(60)
    took(kept, OLDER)
    assert asked(kept, "--known-at", stated(START)) == before
    rows = kept.run("corrections", "--json").rows
    assert {tuple(row["why"]) for row in rows} == {("captures",)}
    assert all(row["corrected_at"] == "2026-05-01T12:01:00Z" for row in rows)


def test_what_was_read_later_is_not_known_before(kept: World, now: time_machine.Coordinates):
    before = asked(kept)
    now.shift(60)
    took(kept, LATER)
    assert asked(kept) != before
    assert asked(kept, "--known-at", stated(START)) == before
    assert kept.run("corrections", "--json").rows == []


def test_a_replay_that_changes_nothing_corrects_nothing_and_keeps_the_size(kept: World, now: time_machine.Coordinates):
    tables = rows_of(kept)
    now.shift(60)
    assert kept.run("replay").code == 0
    assert kept.run("corrections", "--recorded").out == ""
    assert {table: count for table, count in rows_of(kept).items() if table.startswith("vintage")} == {
        table: count for table, count in tables.items() if table.startswith("vintage")
    }


def rows_of(world: World) -> dict[str, int]:
    with SqliteStore(world.store / "tracker.db", read_only=True) as store:
        tables = [name for (name,) in store.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND ? <> ''", BOARD)]
        return {name: len(store.rows(f"SELECT 1 FROM {name} WHERE ? <> ''", BOARD)) for name in tables}


def test_before_the_first_import_nothing_was_on_record(kept: World):
    ran = kept.run("report", "--known-at", "2026-04-30")
    assert ran.code == 2
    assert ran.error == (
        "tracker: --known-at 2026-04-30T23:59:59Z: nothing was on record then; expected a time from 2026-05-01T12:00:00Z on"
    )


def test_a_pause_is_reported_as_long_as_it_lasted(kept: World, now: time_machine.Coordinates):
    before = asked(kept)
    now.shift(60)
    assert kept.run("board", "pause", BOARD, "--reason", "moved").code == 0
    paused, paused_at = asked(kept), datetime.now(UTC)
    now.shift(60)
    assert kept.run("board", "resume", BOARD).code == 0
    assert paused != before
    assert asked(kept, "--known-at", stated(paused_at)) == paused
    assert asked(kept, "--known-at", stated(START)) == before


def test_corrections_are_a_feed(kept: World, now: time_machine.Coordinates):
    now.shift(60)
    took(kept, OLDER)
    rows = kept.run("corrections", "--json").rows
    feed = json.loads(kept.run("corrections", "--format", "jsonfeed").out)
    news = [row for row in rows if any(row[name] and row[name]["is_news"] for name in ("before", "after"))]
    assert news
    assert [item["id"].split(":")[3] for item in feed["items"]] == [row["event"] for row in reversed(news)]
    assert all("captures" in item["content_html"] for item in feed["items"])
    atom = ET.fromstring(kept.run("corrections", "--format", "atom").out)
    assert len(atom.findall("{http://www.w3.org/2005/Atom}entry")) == len(news)


def test_corrections_are_printed_with_their_reason(kept: World, now: time_machine.Coordinates):
    now.shift(3600)
    kept.declare(BOARD, DECLARATION.replace("stated_error = 2.0", "stated_error = 20.0"))
    assert kept.run("replay", BOARD).code == 0
    out = kept.run("corrections").out.splitlines()
    assert out[0] == "2026-05-01 13:00 UTC  acme/text: declaration: metrics"
    assert {line.split()[0] for line in out[1:]} <= {"withdrawn", "changed", "added", "now"}
    assert kept.run("corrections", "--until", "2026-04-30").out == ""


def test_a_copy_has_the_vintages_too(kept: World, now: time_machine.Coordinates):
    before = asked(kept)
    now.shift(60)
    took(kept, OLDER)
    assert kept.run("backup", kept.folder / "copy").code == 0
    there = ("--store", kept.folder / "copy", "--schedules", kept.folder / "schedules")
    assert [kept.plain(*there, *question, "--known-at", stated(START)) for question in QUESTIONS] == before
    assert kept.plain(*there, "corrections", "--json") == kept.run("corrections", "--json")


def spoil(path: Path, table: str) -> None:
    """Fill the first page of a table with rubbish, as a bad disk would."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xee" * size)


@pytest.mark.parametrize("table", ["_measures", "segments", "_checks"])
def test_a_damaged_database_is_rebuilt_with_its_vintages(kept: World, now: time_machine.Coordinates, table: str):
    before = asked(kept)
    now.shift(60)
    took(kept, OLDER)
    corrected, corrections = asked(kept), kept.run("corrections", "--json").out
    now.shift(60)
    spoil(kept.store / "tracker.db", table)
    assert kept.run("replay").code == 0
    assert kept.run("corrections", "--json").out == corrections
    assert asked(kept, "--known-at", stated(START)) == before
    assert asked(kept, "--known-at", stated(START + timedelta(seconds=60))) == corrected == asked(kept)


def test_an_event_that_a_rescue_derives_otherwise_is_kept_as_first_recorded(kept: World, now: time_machine.Coordinates):
    now.shift(60)
    path = kept.store / "tracker.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        (event,) = connection.execute("SELECT event FROM _events WHERE kind = 'new_leader' LIMIT 1").fetchone()
        connection.execute("UPDATE _events SET headline = 'As an earlier version said it.' WHERE event = ?", (event,))
    before = asked(kept)
    now.shift(60)
    spoil(path, "segments")
    assert kept.run("replay").code == 0
    (row,) = kept.run("corrections", "--json").rows
    assert (row["event"], row["how"], row["changed"]) == (event, "changed", ["headline"])
    assert row["before"]["headline"] == "As an earlier version said it."
    assert asked(kept, "--known-at", stated(START + timedelta(seconds=60)))[0] == before[0]


def test_a_database_of_an_earlier_version_knows_each_capture_since_it_was_observed(kept: World, now: time_machine.Coordinates):
    spoil(kept.store / "tracker.db", "known")
    now.shift(60)
    assert kept.run("replay").code == 0
    rows = kept.run("standings", BOARD, "--known-at", "2026-04-02T07:00Z", "--json").rows
    assert [row["observed_at"] for row in rows[:1]] == ["2026-04-02T06:00:00Z"]


def test_python_answers_as_of_a_time_too(kept: World, now: time_machine.Coordinates):
    first = len(kept.run("events", "--json").rows)
    now.shift(60)
    took(kept, LATER)
    with tracker.open(store=kept.store, schedules=kept.folder / "schedules", known_at=START) as workspace:
        assert len(list(workspace.events())) == first
        assert workspace.corrections() == ()
    with pytest.raises(ValueError, match="no time zone"):
        tracker.open(store=kept.store, known_at=START.replace(tzinfo=None))


def test_an_export_has_the_record_of_then_and_what_has_none_refuses(kept: World, now: time_machine.Coordinates):
    first, again = kept.folder / "first.csv", kept.folder / "again.csv"
    assert kept.run("export", "csv", "-o", first).code == 0
    now.shift(3600)
    took(kept, LATER)
    assert kept.run("export", "csv", "--known-at", "2026-05-01T12:30Z", "-o", again).code == 0
    assert again.read_bytes() == first.read_bytes()
    refused = (("export", "warc", "-o", again), ("sql", "SELECT 1"), ("events", "--cursor", kept.folder / "cursor"))
    for args in refused:
        ran = kept.run(*args, "--known-at", "2026-05-01T12:30Z")
        assert (ran.code, ran.out, ran.error[:21]) == (2, "", "tracker: --known-at: ")
    with tracker.open(kept.store, known_at=START + timedelta(minutes=30)) as then:
        assert {row.observed_at.day for row in then.captures(BOARD)} == {1, 2, 3}
        assert then.corrections().to_arrow().num_rows == 0
