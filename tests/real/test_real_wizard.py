"""What an unknown page is, on what boards really published: the scores of `bench/wizard.py` must stay above what was promised."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

pytestmark = pytest.mark.slow

TABLES, METRICS = 0.9, 0.85
"""The promised shares of the files that hold a board: the right table and key; the right figure and direction."""
NO_WALL = {"swebench/index/2023-10-09T030808Z.html.gz"}
"""A page whose table has two placeholders and no entry yet: a small ranking, as far as the page tells."""


@pytest.fixture(scope="module")
def wizard() -> ModuleType:
    path = Path(__file__).resolve().parents[2] / "bench" / "wizard.py"
    spec = importlib.util.spec_from_file_location("bench_wizard", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_tables_keys_figures_and_directions_are_as_reliable_as_promised(wizard: ModuleType, shared_data: Path):
    examples = shared_data.parent / "examples"
    verdicts = wizard.judged(shared_data, examples if examples.is_dir() else None, quick=True)
    boards = [verdict for verdict in verdicts if verdict.board]
    wrong = "\n".join(f"{verdict.file}: {verdict.said}" for verdict in boards if not (verdict.table and verdict.metric))
    assert len(boards) >= 30
    assert sum(verdict.table for verdict in boards) >= TABLES * len(boards), wrong
    assert sum(verdict.metric for verdict in boards) >= METRICS * len(boards), wrong
    proposed = {verdict.file for verdict in verdicts if not verdict.board and not verdict.table}
    assert proposed <= NO_WALL
    sure = [board for board in boards if board.sure]
    assert sum(not (verdict.table and verdict.metric) for verdict in sure) <= 0.1 * len(sure), wrong
