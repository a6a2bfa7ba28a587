"""`make bench` computes ratios and finds those that became worse."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

import pytest

BENCH = Path(__file__).resolve().parents[2] / "bench"


@pytest.fixture(scope="module")
def compare() -> ModuleType:
    sys.path.insert(0, str(BENCH))
    try:
        return importlib.import_module("compare")
    finally:
        sys.path.remove(str(BENCH))


def costs(tracker: float, peer: float) -> dict[str, dict[str, dict[str, float]]]:
    return {"import": {"tracker": {"cpu_s": tracker}, "git-history": {"cpu_s": peer}}}


def test_a_ratio_is_the_time_of_the_tracker_over_that_of_the_other(compare: ModuleType):
    assert compare.ratios(costs(2.0, 8.0)["import"]) == {"git-history": 0.25}


@pytest.mark.parametrize(("tracker", "worse"), [(1.14, []), (1.16, ["import: 1 × git-history became 1.16"])])
def test_a_ratio_that_grew_by_more_than_15_percent_is_worse(compare: ModuleType, tracker: float, worse: list[str]):
    assert compare.worsened(costs(1.0, 1.0), costs(tracker, 1.0)) == worse


def test_a_busier_machine_is_not_worse(compare: ModuleType):
    assert compare.worsened(costs(1.0, 4.0), costs(2.0, 8.0)) == []


def test_a_row_or_peer_of_one_run_only_is_not_compared(compare: ModuleType):
    assert compare.worsened({}, costs(9.0, 1.0)) == []
    assert compare.worsened({"import": {"tracker": {"cpu_s": 1.0}}}, costs(9.0, 1.0)) == []


def test_a_failed_command_is_named_with_the_end_of_its_errors(compare: ModuleType):
    command = [sys.executable, "-c", "import sys; sys.exit('no such board')"]
    with pytest.raises(compare.timing.Failed, match=r"exit code 1\nno such board"):
        compare.timing.run(command)


def test_the_generated_pages_are_the_same_bytes_every_time_and_change_from_day_to_day(compare: ModuleType):
    made = compare.rows.made
    assert made.json_page(made.records(20, 1)) == made.json_page(made.records(20, 1))
    assert made.records(2_000, 0) != made.records(2_000, 1)
