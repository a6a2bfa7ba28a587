"""The page on versions says what is true of the code, and what it calls stable is as it was."""

from __future__ import annotations

import re
import sqlite3
import tomllib
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tracker.cli import PIPE_CLOSED
from tracker.errors import TrackerError
from tracker.events.making import build
from tracker.model import BoardId, EntryId, Evidence, MetricId, ModelId, Party, Sha256
from tracker.stores.sqlite_file import NEWEST_MIGRATION, migrate
from tracker.stores.views import VIEWS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "versioning.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
COLUMNS = {
    "boards": "board title page attribution terms metric as_of entries checked_at result",
    "checks": "board observed_at result status entries url sha256 message",
    "entries": (
        "board entry name model variant lab country family generation size_total_b size_active_b open_weights reasoning price"
        " price_class first_seen last_seen departed names_version"
    ),
    "events": (
        "recorded_at board kind grade weight headline event metric subject rival subject_model rival_model subject_entry"
        " rival_entry subjects rivals after until is_news rule"
    ),
    "leaders": "board metric entry name valid_from valid_to segment",
    "listed": "board entry name valid_from valid_to",
    "measures": "board metric entry name value low high estimated valid_from valid_to unit segment",
    "metrics": "board metric title unit topic nature higher_is_better is_primary stated_error",
    "news": "recorded_at board kind grade weight headline event metric subject rival",
    "parties": "event board role entry name model",
    "rank_history": "board metric entry name rank valid_from valid_to",
    "standings_now": ("board metric rank entry name value low high estimated unit as_of since segment model lab"),
}
"""Of each view. A column may be added at the end; what is here stays."""
MIGRATIONS = ["history", "ledger", "news", "still_broken", "counted", "counters", "indices", "vintages", "documented", "changes"]
"""In order. One may be added at the end; what is here stays."""


def party(entry: str, name: str = "A", model: str = "") -> Party:
    return Party(entry=EntryId(entry), name=name, model=ModelId(model))


def event_id(**changes: Any) -> str:
    stated: dict[str, Any] = {
        "board": BoardId("acme/text"),
        "recorded_at": NOON,
        "digests": ("a" * 64, "b" * 64 + "+" + "c" * 64),
        "rule": "overtake/3",
        "grade": "decisive",
        "weight": 50,
        "is_news": True,
        "headline": "A overtakes B.",
        "subjects": (party("a"),),
        "rivals": (party("c"), party("b")),
        "metric": MetricId("score"),
        "facts": {"gap": 1},
        "evidence": (),
        "after": NOON - timedelta(days=1),
        "until": NOON,
    }
    return str(build(**{**stated, **changes}).id)


def test_an_event_has_the_same_id_as_in_earlier_releases():
    assert event_id() == "85897009cc4de090"
    assert event_id(metric=None, digests=("", "b" * 64), subjects=(), rivals=()) == "e8b90dedef8cc8f2"


@pytest.mark.parametrize(
    "changes",
    [
        {"rule": "new_leader/3"},
        {"board": BoardId("acme/code")},
        {"metric": MetricId("elo")},
        {"metric": None},
        {"grade": "supported"},
        {"subjects": (party("d"),)},
        {"rivals": (party("b"),)},
        {"digests": ("", "b" * 64 + "+" + "c" * 64)},
        {"digests": ("a" * 64, "d" * 64)},
        {"recorded_at": NOON + timedelta(seconds=1)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_changing_an_input_that_the_page_lists_changes_the_id(changes):
    assert event_id(**changes) != event_id()


@pytest.mark.parametrize(
    "changes",
    [
        {"rule": "overtake/4"},
        {"weight": 1},
        {"is_news": False},
        {"headline": "B falls."},
        {"subjects": (party("a", "Another", "acme-a"),)},
        {"rivals": (party("b"), party("c"))},
        {"facts": {}},
        {"evidence": (Evidence(sha256=Sha256("a" * 64), url="https://example.org", observed_at=NOON),)},
        {"after": None},
        {"until": NOON - timedelta(hours=1)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_changing_anything_else_keeps_the_id(changes):
    assert event_id(**changes) == event_id()


def test_the_page_lists_every_hashed_input():
    section = PAGE.partition("### Event ids")[2].partition("### JSON")[0]
    assert re.findall(r"^(\d)\. ", section, re.MULTILINE) == [str(number) for number in range(1, 10)]


def every_class(of: type[TrackerError]) -> set[type[TrackerError]]:
    return {of}.union(*(every_class(found) for found in of.__subclasses__()))


def test_the_page_explains_exactly_the_existing_exit_codes():
    section = PAGE.partition("### Exit codes")[2].partition("## What is not stable")[0]
    explained = {int(code) for code in re.findall(r"^\| (\d+) \|", section, re.MULTILINE)}
    assert explained == {0, PIPE_CLOSED, *(error.exit_code for error in every_class(TrackerError))}


def views(connection: sqlite3.Connection) -> dict[str, list[str]]:
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'view'")]
    return {name: [column[1] for column in connection.execute(f"PRAGMA table_info({name})")] for name in names}


def test_the_views_keep_their_columns():
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection)
        found = views(connection)
    assert {name: found[name][: len(columns.split())] for name, columns in COLUMNS.items()} == {
        name: columns.split() for name, columns in COLUMNS.items()
    }


def test_the_page_names_every_view():
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection)
        assert set(views(connection)) == set(VIEWS)
    assert [name for name in VIEWS if f"`{name}`" not in PAGE] == []


def test_migrations_are_only_ever_added_at_the_end():
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection)
        applied = [name for (name,) in connection.execute("SELECT name FROM _sqlite_migrations ORDER BY rowid")]
    assert applied[: len(MIGRATIONS)] == MIGRATIONS
    assert applied[-1] == NEWEST_MIGRATION


@pytest.mark.parametrize("page", ["cli.md", "events.md#as-json", "../guide/notify.md", "../../schedules/README.md"])
def test_the_page_leads_to_where_the_stable_keys_are_documented(page):
    assert f"]({page})" in PAGE


def test_the_page_names_the_environment_variables_that_the_code_reads():
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tracker").rglob("*.py"))
    assert sorted(name for name in set(re.findall(r'"(TRACKER_[A-Z_]+)"', code)) if f"`{name}`" not in PAGE) == []


def test_the_supported_versions_of_python_are_the_same_everywhere():
    classifiers = [text.rpartition(" ")[2] for text in PROJECT["classifiers"] if re.search(r"Python :: 3\.\d", text)]
    (row,) = re.findall(r"^\| Python ([\d., ]+?) \|", PAGE, re.MULTILINE)
    assert row.split(", ") == classifiers
    assert PROJECT["requires-python"] == f">={classifiers[0]}"


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"])
def test_readers_find_the_page_and_its_links_lead_somewhere(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "](docs/reference/versioning.md)" in text
    assert [link for link in re.findall(r"\]\(([^)#:]+)\)", text) if not (ROOT / link).exists()] == []
