"""The catalogue in the README and docs/reference/boards.md is what `schedules/` declares (`--accept` rewrites both)."""

from __future__ import annotations

import re

import _catalogue
import pytest
from _catalogue import ROOT

README = ROOT / "README.md"
PAGE = ROOT / "docs" / "reference" / "boards.md"
_MARKED = re.compile(r"(<!-- catalogue:[^\n]*-->\n)(.*?)(<!-- end of the catalogue -->)", re.DOTALL)
BOARDS = _catalogue.boards()


def test_the_readme_lists_every_source_and_counts_what_is_there(request: pytest.FixtureRequest):
    text = README.read_text(encoding="utf-8")
    table = "\n".join([_catalogue.counts(BOARDS), "", *_catalogue.short_table(BOARDS), ""])
    true = _MARKED.sub(lambda found: f"{found[1]}{table}{found[3]}", text)
    assert len(_MARKED.findall(text)) == 1
    if request.config.getoption("--accept"):
        README.write_text(true, encoding="utf-8")
    assert README.read_text(encoding="utf-8") == true


def test_the_page_of_boards_is_what_is_declared(request: pytest.FixtureRequest):
    true = _catalogue.page(BOARDS)
    if request.config.getoption("--accept"):
        PAGE.write_text(true, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == true


def test_every_board_stands_in_both_with_its_address():
    readme, page = README.read_text(encoding="utf-8"), PAGE.read_text(encoding="utf-8")
    assert [board.id for board in BOARDS if f"]({board.page})" not in readme or f"[{board.id}]({board.page})" not in page] == []


def test_every_board_says_what_its_publisher_allows_and_whom_to_name():
    unsaid = {"", "not looked up"}  # the second is what `tracker board new` leaves to a person
    assert [board.id for board in BOARDS if board.terms in unsaid or not board.attribution] == []


def test_no_more_than_six_boards_have_code_of_their_own():
    assert len(_catalogue.code_files(BOARDS)) <= 6
