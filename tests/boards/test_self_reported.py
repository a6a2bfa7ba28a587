"""Scores that a model's repository states and scores that the Hub verified are never ranked together."""

from __future__ import annotations

import json

import pytest
from _folders import BOARDS, bodies_of

from tracker.errors import ContractBroken
from tracker.model import BoardId, MetricId, Reading
from tracker.reading import read_capture

ON_THE_HUB = sorted(board for board in BOARDS if board.startswith("hf-benchmarks/"))
STATED, VERIFIED = MetricId("self_reported"), MetricId("verified")


def read(name: str, **changes: object) -> Reading:
    """The board's page, with other values of some fields in each row."""
    rows = [{**row, **changes} for row in json.loads(bodies_of(BoardId(name))[0][2])]
    return read_capture(BOARDS[BoardId(name)], [json.dumps(rows).encode()])


def test_six_benchmarks_of_the_hub_are_in_the_catalogue():
    assert len(ON_THE_HUB) >= 6


@pytest.mark.parametrize("name", ON_THE_HUB)
def test_no_entry_has_a_value_of_both_classes(name: str):
    classes = [frozenset(entry.measures) for entry in read(name).entries]
    assert set(classes) == {frozenset({STATED}), frozenset({VERIFIED})}


@pytest.mark.parametrize("name", ON_THE_HUB)
def test_a_page_without_verified_scores_is_read(name: str):
    entries = read(name, verified=False).entries
    assert [frozenset(entry.measures) for entry in entries] == [frozenset({STATED})] * 6


@pytest.mark.parametrize("name", ON_THE_HUB)
def test_a_page_of_verified_scores_alone_does_not_rank_them_as_stated_ones(name: str):
    with pytest.raises(ContractBroken, match="missing_column: column false:value"):
        read(name, verified=True)


@pytest.mark.parametrize("name", ON_THE_HUB)
def test_a_score_of_unknown_class_is_in_neither_ranking(name: str):
    board = BOARDS[BoardId(name)]
    rows = json.loads(bodies_of(BoardId(name))[0][2])
    del rows[0]["verified"]
    reading = read_capture(board, [json.dumps(rows).encode()])
    first = next(entry for entry in reading.entries if entry.name == rows[0]["modelId"])
    assert first.measures == {}
