"""What CONTRIBUTING.md says a new event kind, page format, report format and board cost, tried on a copy of the package."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from difflib import ndiff
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
NEW_FILES = {
    "tracker/events/doubled.py": '''
"""A score doubled, or more."""

from enum import StrEnum

from tracker.events.kind import Detection, EventKind, Folding, What
from tracker.events.making import both_proofs, make, party

RULE = "doubled/1"


class Grade(StrEnum):
    """The grades of this kind."""

    AT_ONCE = "at_once"


def detect(diff, past):
    """One event for each entry. Remembers how many there have been."""
    moves = diff.metrics[diff.board.primary.id].moves if diff.before else {}
    doubled = sorted(entry for entry, move in moves.items() if move.after.value >= 2 * move.before.value)
    events = [_event(diff, entry, 50 - place) for place, entry in enumerate(doubled)]
    return Detection(events=events, memory=past.memory.get("doubled", 0) + len(events))


def _event(diff, entry, weight):
    who, metric = party(diff.after, entry), diff.board.primary.id
    return make(
        diff,
        rule=RULE,
        grade=Grade.AT_ONCE,
        weight=weight,
        is_news=True,
        subjects=[who],
        metric=metric,
        headline=f"{who.name} doubled its score on {diff.board.title}.",
        facts={},
        evidence=both_proofs(diff, [entry], metric),
    )


KIND = EventKind(
    RULE,
    tuple(Grade),
    detect,
    folding=Folding(crowd=("doubled score", "doubled scores")),
    explains={What.VALUE: 1},
)
''',
    "tracker/parsers/colons.py": '''
"""Lines of names and values: `key: a; score: 1`."""

from tracker.model import Table
from tracker.parsers._options import CommonOptions


class Options(CommonOptions, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Only those of every format."""


def parse(body, options, wanted):
    """A row for each line."""
    rows = [dict(cell.split(": ") for cell in line.split("; ")) for line in body.decode().splitlines()]
    return Table(columns=tuple(wanted), rows=[[row.get(name) for name in wanted] for row in rows])
''',
    "tracker/reports/headlines.py": '''
"""Only the headlines, with what is folded below them."""

from tracker.reports import words


def render(report, style):
    """A line for each."""
    stories = [story for board in report.boards for story in board.stories]
    return "".join(f"{line}\\n" for story in stories for line in (story.lead.headline, *words.asides(story).named()))
''',
    "schedules/made/board.toml": """
title = "Made"
page = "https://made.test/"
terms = "invented"

[request]
url = "https://made.test/board"

[parse]
format = "colons"

[columns]
key = "key"
name = "key"

[metrics.score]
from = "score"
nature = "listed"
unit = "points"
topic = "size"
higher_is_better = true
primary = true
""",
    "schedules/watches.toml": '[[watch]]\nname = "doubled"\nkind = "doubled"\n',
}
REGISTRIES = {
    "tracker/events/__init__.py": ("_FILES = (\n", "doubled"),
    "tracker/parsers/__init__.py": ("FORMATS: tuple[str, ...] = (\n", "colons"),
    "tracker/reports/__init__.py": ("FORMATS: tuple[str, ...] = (\n", "headlines"),
}
STATES = {
    f"2026-03-0{2 + day}T000000Z.txt": "".join(f"key: m{n}; score: {(10 + n) * (4 if day and n < 5 else 1)}\n" for n in range(20))
    for day in range(2)
}
"""Twenty entries, of which five have four times their score on the second day."""
ROWS = {
    "a board in a known format": "0",
    "a page format": "1 in `tracker/parsers/__init__.py`",
    "an event kind": "1 in `tracker/events/__init__.py`, and its row in `docs/reference/events.md`",
    "a report format": "1 in `tracker/reports/__init__.py`, and its name in `docs/reference/cli.md`",
}
"""What the table says of the four."""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package with the new files and one line in each registry, and what was added already imported."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(ROOT / "tracker", folder / "tracker", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "schedules/models", folder / "schedules/models")
    for name, text in (*NEW_FILES.items(), *((f"states/{name}", text) for name, text in STATES.items())):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text.lstrip(), encoding="utf-8")
    for name, (start, line) in REGISTRIES.items():
        text = (folder / name).read_text(encoding="utf-8")
        assert text.count(start) == 1
        (folder / name).write_text(text.replace(start, f'{start}    "{line}",\n'), encoding="utf-8")
    run(folder, "import", "made/board", "states")
    return folder


def run(folder: Path, *args: str) -> str:
    command = [sys.executable, "-m", "tracker", "--store", "store", "--schedules", "schedules", *args]
    environment = os.environ | {"PYTHONPATH": str(folder)}
    ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False, text=True)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_an_event_kind_a_page_format_and_a_report_format_are_one_line_each_elsewhere_and_a_board_is_none(copy: Path):
    touched = {}
    for path in (
        path for name in ("tracker", "schedules") for path in (copy / name).rglob("*") if path.suffix in {".py", ".toml"}
    ):
        name = path.relative_to(copy).as_posix()
        if name not in NEW_FILES:
            lines = [(folder / name).read_text(encoding="utf-8").splitlines() for folder in (ROOT, copy)]
            touched[name] = sum(line[0] in "+-" for line in ndiff(*lines)) if lines[0] != lines[1] else 0
    assert {name: count for name, count in touched.items() if count} == dict.fromkeys(REGISTRIES, 1)


def test_the_table_states_these_numbers():
    rows = re.findall(r"^\| ([^|]+) \|[^|]+\| ([^|]+) \|$", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert {what: elsewhere for what, elsewhere in rows if what in ROWS} == ROWS


def test_events_of_the_new_kind_are_listed_by_kind_and_grade(copy: Path):
    events = [json.loads(line) for line in run(copy, "events", "--kind", "doubled", "--grade", "at_once", "--json").splitlines()]
    assert [event["headline"] for event in events] == [f"m{n} doubled its score on Made." for n in range(5)]


def test_the_new_report_folds_the_new_kind_as_its_record_says(copy: Path):
    headline, aside = run(copy, "report", "--format", "headlines", "--since", "2026-03-01").splitlines()
    assert (headline, aside) == ("m0 doubled its score on Made.", "And 4 more doubled scores: m1, m2, m3 and m4.")


def test_the_new_kind_explains_a_change_as_its_record_says(copy: Path):
    rows = [json.loads(line) for line in run(copy, "why-not", "m1", "--json").splitlines()]
    assert {row["reason"] for row in rows if row["what"] == "value"} == {"reported as doubled (at_once)"}


def test_a_watch_may_name_the_new_kind(copy: Path):
    assert "doubled" in run(copy, "watch", "list")


def test_events_of_the_new_kind_are_derived_again_from_the_bytes(copy: Path):
    assert "does not hold" not in run(copy, "verify", "--board", "made/board")
