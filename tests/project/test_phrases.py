"""`.ci/phrases.py` finds what is not plain English, in prose alone, and what it covers stays free of it."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
COVERED = {
    ".ci",
    ".github",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Makefile",
    "README.md",
    "SECURITY.md",
    "bench",
    "contrib",
    "docs",
    "schedules",
    "snapshots/README.md",
    "snapshots/seed/README.md",
    "snapshots/seed/make.py",
    "snapshots/seed/schedules",
    "tests",
    "tracker",
}
"""Only ever add to it."""


@pytest.fixture(scope="module")
def phrases() -> ModuleType:
    spec = importlib.util.spec_from_file_location("phrases", ROOT / ".ci" / "phrases.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["phrases"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def found(phrases: ModuleType, name: str, text: str) -> list[tuple[int, str]]:
    return [(finding.line, finding.phrase) for finding in phrases.findings(Path(name), text)]


def test_what_is_covered_is_free_of_the_phrases(phrases: ModuleType):
    assert [str(finding) for path in phrases.COVERED for finding in phrases.check(ROOT / path)] == []


def test_what_was_covered_stays_covered(phrases: ModuleType):
    assert set(phrases.COVERED) >= COVERED


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("It stands in the file.", "stands in"),
        ("No entry bears that name.", "bears that"),
        ("No two bear one name.", "bear one"),
        ("At most so many points.", "so many"),
        ("The file says not where.", "says not"),
        ("The table has not the column.", "has not"),
        ("A slug is no id.", "is no id"),
        ("The title; else the id.", "; else"),
        ("It is told once.", "told"),
        ("Untold events are kept.", "Untold"),
        ("It tells two of them apart.", "tells two of them apart"),
        ("The store is settled.", "settled"),
        ("The letter is dead; bury it in the ledger.", "bury"),
        ("Lay two models side by side.", "Lay two models side by side"),
        ("It mends what is broken.", "mends"),
        ("It is so\nmuch.", "so much"),
        ("Its state stands until it reads again.", "stands until"),
        ("Another table is as like one.", "is as like"),
        ("A board says no error.", "says no"),
        ("It is kept to in any case.", "to in any case"),
        ("Above, by values that state no error.", "by values that"),
        ("Which is the newest is not plain.", "is not plain"),
        ("It was so when the record begins.", "It was so when"),
        ("The page as it came.", "as it came"),
    ],
)
def test_a_retired_phrase_is_found(phrases: ModuleType, text: str, phrase: str):
    assert (1, phrase) in found(phrases, "docs/page.md", text)


@pytest.mark.parametrize(
    "text",
    [
        "There is no news. It is no longer read, and has not changed.",
        "It does what it is told to do. The page has not been read, not as many as that.",
        "Run `told`.\n\n```console\nit stands in the way\n```\n[is news](told.md)",
        "Anything else, or else nothing. It is not a number.",
        "Names consist of letters and digits; a bare letter is refused. They match in any case.",
    ],
)
def test_plain_english_and_code_are_left_alone(phrases: ModuleType, text: str):
    assert found(phrases, "docs/page.md", text) == []


def test_comments_and_strings_of_python_are_prose_and_its_code_is_not(phrases: ModuleType):
    code = 'told = {"told": 1}  # told once\nx = f"{told}, so "  "many times"\nif told: pass\nelse: pass\n'
    code += '"""It\nis no id: `told`."""\n'
    assert found(phrases, "tracker/x.py", code) == [(1, "told"), (2, "so many"), (6, "is no id")]


def test_of_a_test_file_only_the_names_of_tests_are_read(phrases: ModuleType):
    code = 'def test_it_is_told_once():\n    assert "so many" == said  # stands in\n'
    assert found(phrases, "tests/x/test_x.py", code) == [(1, "told")]


def test_of_other_files_only_the_comments_are_read(phrases: ModuleType):
    assert found(phrases, "schedules/x.toml", 'told = "so many"  # it stands in\n') == [(1, "stands in")]


def test_of_the_changelog_only_what_is_not_released_is_read(phrases: ModuleType):
    text = "told\n## [Unreleased]\nso many\n## [1.0.0] - 2026-01-01\nstands in\n"
    assert found(phrases, "CHANGELOG.md", text) == [(3, "so many")]


@pytest.mark.parametrize(("reason", "lines"), [(" the title of a book", []), ("", [(1, "told")])])
def test_a_line_may_be_exempt_with_a_reason(phrases: ModuleType, reason: str, lines: list[tuple[int, str]]):
    assert found(phrases, "tracker/x.py", f"# told  phrase allowed:{reason}\n") == lines


def test_a_finding_says_where_what_and_what_to_write(phrases: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    page = tmp_path / "page.md"
    page.write_text("Fine.\n\nAt most so\nmany.\n", encoding="utf-8")
    assert phrases.main([str(page)]) == 1
    assert capsys.readouterr().out == f'{page}:3: "so many": write "at most N", "by N", or the number\n'


def test_no_phrase_found_is_exit_code_0(phrases: ModuleType, tmp_path: Path):
    (tmp_path / "page.md").write_text("Fine.\n", encoding="utf-8")
    assert phrases.main([str(tmp_path)]) == 0
