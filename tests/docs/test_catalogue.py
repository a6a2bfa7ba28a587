"""docs/reference/boards.md is what `schedules/` declares and the README counts it (`--accept` rewrites both)."""

from __future__ import annotations

import re

import _catalogue
import pytest
from _catalogue import ROOT

README = ROOT / "README.md"
PAGE = ROOT / "docs" / "reference" / "boards.md"
BOARDS = _catalogue.boards()


def test_the_readme_counts_the_boards_that_ship(request: pytest.FixtureRequest):
    text = README.read_text(encoding="utf-8")
    before, heading, section = text.partition("## Boards\n")
    counts = re.findall(r"\d+", _catalogue.counts(BOARDS))[:5]
    numbers = iter(counts)
    true = before + heading + re.sub(r"\d+", lambda _: next(numbers), section, count=len(counts))
    if request.config.getoption("--accept"):
        README.write_text(true, encoding="utf-8")
    assert README.read_text(encoding="utf-8") == true, f"the README should count {', '.join(counts)}; --accept writes it"


def test_the_page_of_boards_matches_the_declarations(request: pytest.FixtureRequest):
    true = _catalogue.page(BOARDS)
    if request.config.getoption("--accept"):
        PAGE.write_text(true, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == true


def test_every_board_is_on_the_page_with_its_address():
    page = PAGE.read_text(encoding="utf-8")
    assert [board.id for board in BOARDS if f"[{board.id}]({board.page})" not in page] == []


def test_every_board_states_its_terms_and_attribution():
    unsaid = {"", "not looked up"}  # the second is what `tracker board new` leaves to a person
    assert [board.id for board in BOARDS if board.terms in unsaid or not board.attribution] == []


def test_every_board_states_whether_it_may_be_passed_on():
    unsaid = []
    for board in BOARDS:
        path = ROOT / "schedules" / f"{board.id}.toml"
        texts = (file.read_text(encoding="utf-8") for file in (path, path.with_name("_defaults.toml")) if file.exists())
        if not any("\nredistribution = " in text for text in texts):
            unsaid.append(board.id)
    assert unsaid == []


def test_no_board_whose_terms_bar_redistribution_may_be_passed_on():
    bars = re.compile(r"not redistributed|no redistribution|never redistributed|forbid|bar copying", re.IGNORECASE)
    open_apis = {"openrouter/models"}  # its terms forbid scraping the site, not passing on what the documented API answers
    wrong = [board.id for board in BOARDS if bars.search(board.terms) and board.redistribution != "barred"]
    assert set(wrong) == open_apis


def test_no_more_than_six_boards_have_code_of_their_own():
    assert len(_catalogue.code_files(BOARDS)) <= 6
