"""Every shipped definition reads its source's true format, and refuses what is not its board."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from _folders import BOARDS, DECLARED, HERE, bodies_of, excerpt, expected_of, found_in, hostile_of

from tracker.authoring import fixtures
from tracker.errors import ContractBroken, TrackerError
from tracker.model import Board, BoardId, Metric, MetricId
from tracker.reading import read_capture

CODES: Mapping[str, frozenset[str]] = {
    what: frozenset(codes.split())
    for what, codes in {
        "duplicate-key": "duplicate_key",
        "interval-reversed": "interval_reversed",
        "negative": "out_of_range",
        "negative-count": "out_of_range",
        "no-score": "fill_too_low",
        "price-out-of-range": "out_of_range",
        "prices-vanish": "missing_column",
        "renamed-key-column": "missing_column",
        "renamed-name-column": "missing_column",
        "renamed-price": "missing_column",
        "renamed-primary-column": "missing_column",
        "renamed-score": "missing_column",
        "renamed-scores": "missing_column",
        "renamed-task": "missing_column",
        "score-out-of-range": "out_of_range interval_reversed",
        "truncated": "too_few_entries",
        "truncated-between-fields": "fill_too_low",
        "unreadable-cell": "unreadable_cell",
    }.items()
}
"""The violations in the names of pages that break the contract; one of several, since a high score may leave its interval."""
WORDS = {
    "alias": "an alias",
    "bad-key": "found nothing at",
    "challenge": "Cloudflare challenge page",
    "empty": "empty body|found 0 flight rows",
    "error": "found nothing at|an object with error at the root",
    "html": "HTML page|found no assignment",
    "indexing": "found nothing at rows",
    "json": "expected a flight row",
    "loading": "found nothing at",
    "login-wall": "login page",
    "next-error": "Next.js error page",
    "no-entries": "none with a list",
    "no-models": "found no records at|found nothing at",
    "no-number": "expected one number",
    "no-such-board": "found nothing at|found no record with",
    "no-such-category": "found nothing at|found no record with",
    "not-found": "none fits|none with headers|found nothing|list of records|broken JSON",
    "not-the-map": "found no record with",
    "only-a-header": "no rows",
    "other-category": "no record with",
    "other-items": "found nothing that fits",
    "renamed-heading": "found no line with",
    "renamed-key-column": "none fits headers|none with headers|none with a list|found no column",
    "renamed-primary-column": "none fits headers|none with headers|none with a list|found no column",
    "renamed-task": "not a column of the board",
    "renamed-variable": "found no assignment|found nothing by inside",
    "row-missing": "leads nowhere",
    "row-too-long": "the header has",
    "shell": "none with a list",
    "truncated-in-a-row": "cut off",
    "truncated": (
        "cut off|broken (JSON|YAML|CSV)|cells in the row|and no rows|found no <script|found 0 JSON-LD"
        " objects|none fits|found nothing by inside|found the end|found no line with"
    ),
    "unreadable-cell": "expected one number",
    "unrendered": "empty until its script runs",
}
"""What the message (a regular expression) says of a page that could not be read at all."""
FOLLOWS = {"too_few_entries", "fill_too_low"}
"""Violations that may come with another: most hostile pages are short, and a cell that cannot be read fills nothing."""


@pytest.fixture(params=sorted(BOARDS))
def board(request: pytest.FixtureRequest) -> Board:
    return BOARDS[request.param]


def names_of(board: Board) -> list[str]:
    """The files that are bodies of the board, its own first."""
    return list(dict.fromkeys(name for _, name, _ in bodies_of(board.id)))


def test_every_definition_has_a_folder_and_every_folder_a_definition():
    folders = {f"{page.parent.parent.name}/{page.parent.name}" for page in HERE.glob("*/*/expected.json")}
    assert DECLARED.errors == {}
    assert folders == set(BOARDS)


def test_a_board_reads_its_page_and_refuses_the_hostile_ones(board: Board):
    tested = fixtures.try_folder(board, HERE / board.id)
    assert tested.problems == ()
    assert tested.cases == 1 + len(hostile_of(board.id))


def test_every_board_meets_hostile_pages_of_all_kinds():
    met = {board: {page.name.split(".")[1] for page in hostile_of(board)} for board in BOARDS}
    assert met == {board: {"Refused", "ParseError", "ContractBroken"} for board in BOARDS}


def complaint(board: BoardId, page: Path) -> str | None:
    """What is wrong with how a hostile page was refused; None if nothing is."""
    what = page.name.split(".")[0]
    try:
        fixtures.read(BOARDS[board], fixtures.instead(bodies_of(board), page.name, page.read_bytes()))
    except ContractBroken as broken:
        codes = {violation.code for violation in broken.violations}
        is_right, message = bool(codes & CODES[what]) and codes <= FOLLOWS | CODES[what], str(broken)
    except TrackerError as error:
        is_right, message = re.search(WORDS[what], str(error)) is not None, str(error)
    else:
        return "it was let through"
    is_one_line = message.startswith(f"{board}: ") and "\n" not in message
    return None if is_right and is_one_line else message


def test_every_hostile_page_is_refused_for_the_reason_it_is_named_for(board: Board):
    complaints = {page.name: complaint(board.id, page) for page in hostile_of(board.id)}
    assert complaints == dict.fromkeys(complaints)


def test_no_two_hostile_pages_of_a_board_are_the_same():
    counted = {board: Counter(page.read_bytes() for page in hostile_of(board)) for board in BOARDS}
    assert [board for board, bodies in counted.items() if bodies.total() > len(bodies)] == []


# ── the expectations ─────────────────────────────────────────────────────────────────────────────


def last_with(entries: list[dict[str, Any]], metric: MetricId) -> dict[str, Any] | None:
    return next((entry for entry in reversed(entries) if entry["measures"].get(metric) is not None), None)


def altered(value: Any) -> Any:
    return {**value, "value": altered(value["value"])} if isinstance(value, dict) else value * 1.01 + 0.01


def test_an_unknown_value_is_left_out_of_what_is_expected(board: Board):
    entries = expected_of(board.id)["entries"]
    nulls = [(entry["entry"], metric) for entry in entries for metric, value in entry["measures"].items() if value is None]
    assert nulls == [], f"{board.id}/expected.json has null; leave an unknown value out"


def test_every_metric_is_expected_somewhere():
    entries = {board: expected_of(board)["entries"] for board in BOARDS}
    unseen = {
        (board_id, metric.id)
        for board_id, board in BOARDS.items()
        for metric in board.metrics
        if not last_with(entries[board_id], metric.id)
    }
    assert unseen == {("artificial-analysis/llms", "gpqa"), ("artificial-analysis/llms", "hle")}  # only who pays gets these


def test_one_changed_value_of_each_metric_is_seen(board: Board):
    expected = expected_of(board.id)
    changed = [(entry, metric.id) for metric in board.metrics if (entry := last_with(expected["entries"], metric.id))]
    for entry, metric in changed:
        entry["measures"][metric] = altered(entry["measures"][metric])
    assert len(fixtures.differences(expected, found_in(board.id))) == len(changed)


def test_a_changed_name_attribute_number_or_order_of_entries_is_seen(board: Board):
    expected = expected_of(board.id)
    first, *others = expected["entries"]
    spoilt: Mapping[str, list[Any]] = {
        "name": [{**first, "name": first["name"] + " "}, *others],
        "attribute": [{**first, "attributes": {**first["attributes"], "colour": "grey"}}, *others],
        "lost entry": others,
        "order": [*others, first],
    }
    unseen = [
        how for how, entries in spoilt.items() if not fixtures.differences({**expected, "entries": entries}, found_in(board.id))
    ]
    assert unseen == []


# ── the folders ──────────────────────────────────────────────────────────────────────────────────


def test_every_folder_gives_the_place_of_each_value():
    assert {places.parent.relative_to(HERE).as_posix() for places in HERE.glob("*/*/places.tsv")} == set(BOARDS)


def test_every_file_in_a_folder_is_used():
    files = {
        path.relative_to(HERE).as_posix() for path in HERE.glob("*/*/**/*") if path.is_file() and "__pycache__" not in path.parts
    }
    read = {
        f"{board.id}/{name}"
        for board in BOARDS.values()
        for name in ("README.md", "expected.json", "places.tsv", *names_of(board))
    }
    hostile = {page.relative_to(HERE).as_posix() for board in BOARDS for page in hostile_of(board)}
    assert files == read | hostile


def sources(metric: Metric) -> Iterator[tuple[str, ...]]:
    """The columns that its values may stand in, for each of its parts."""
    columns = [] if metric.parts else [metric.column, metric.low, metric.high, metric.estimated]
    return (column.sources for column in columns if column)


def is_named(source: str, text: str) -> bool:
    """Whether a README names a column, or its part after the name of a payload, a group or an outer object."""
    path = source.replace('"', "")
    printed = path.replace("\ufe0f", "")  # which asks for a sign in colour
    return any(f"`{spelling}`" in text for spelling in (source, path, printed, path.rpartition(":")[2], path.rpartition(".")[2]))


def test_the_readme_names_the_column_of_every_number_and_the_origin_of_the_page(board: Board):
    text = (HERE / board.id / "README.md").read_text(encoding="utf-8")
    pages = {"page@…" if "@" in name else name for name in names_of(board)}
    assert [name for name in pages if f"`{name}`" not in text and f"{name[:-1]}" not in text] == []
    unnamed = [
        source for metric in board.metrics for source in sources(metric) if not any(is_named(column, text) for column in source)
    ]
    assert unnamed == []
    assert re.search("invented|as fetched", text)


# ── shapes that stand in no folder ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["lite", "test"])
def test_the_older_shape_of_swebench_is_read_by_name(name: str):
    """Before August 2024 each board had a list of its own, without folders and with figures as text."""
    rows = [{"name": f"Agent {at}", "resolved": f"{at}.25", "date": "2024-04-02", "oss": False} for at in range(30, 20, -1)]
    reading = read_capture(BOARDS[BoardId(f"swebench/{name}")], [json.dumps({f"{name}_leaderboard": rows}).encode()])
    resolved = [(entry.id, entry.measures[MetricId("resolved")].value) for entry in reading.entries]
    assert resolved == [(f"Agent {at}", at + 0.25) for at in range(30, 20, -1)]


PAID: Mapping[str, object] = {
    "reasoning_model": True,
    "context_window_tokens": 131072,
    "parameters": {"total": 21, "active": 4},
    "licensing": {"is_open_weights": True},
}


def test_a_paid_answer_of_artificial_analysis_fills_what_the_free_one_lacks():
    board = BOARDS[BoardId("artificial-analysis/llms")]
    first, second = (json.loads(body) for _, _, body in bodies_of(board.id))
    first["data"][0] = {**first["data"][0], **PAID}
    first["data"][0]["evaluations"] |= {"gpqa_diamond": 0.69, "hle": 0.1}
    first["data"][1] = {**first["data"][1], "parameters": None}
    full, bare = read_capture(excerpt(board.id), [json.dumps(column).encode() for column in (first, second)]).entries[:2]
    assert full.measures[MetricId("gpqa")].value == 69
    assert full.measures[MetricId("hle")].value == 10
    assert dict(full.attributes).items() >= {
        ("reasoning", "true"),
        ("context", "131072"),
        ("total_parameters", "21"),
        ("active_parameters", "4"),
        ("open_weights", "true"),
    }
    assert "total_parameters" not in bare.attributes


def test_a_board_of_several_pages_reads_every_one_and_says_which(board: Board):
    own = [part for part in bodies_of(board.id) if not part[0].name]
    reading = fixtures.read(excerpt(board.id), bodies_of(board.id))
    assert {entry.page for entry in reading.entries} == set(range(len(own)))
