"""`make same-history` tells a changed event from one that is only worded differently."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

PATH = Path(__file__).resolve().parents[2] / "bench" / "same_history.py"


@pytest.fixture(scope="module")
def same_history() -> ModuleType:
    spec = importlib.util.spec_from_file_location("same_history", PATH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def made(**changed: Any) -> dict[str, Any]:
    """The history of one series with one event."""
    event = {"kind": "debut", "grade": "listing", "facts": {"rank": 3}, "headline": "A enters", "weight": 50, "worded": [None]}
    return {"demo": {"tables": {"events": "1 rows ab"}, "events": {"id1": event | changed}}}


def test_equal_histories_do_not_differ(same_history: ModuleType, capsys: pytest.CaptureFixture[str]):
    assert same_history.compare(made(), made()) == 0
    assert capsys.readouterr().out == "1 series, 1 events: 0 differ, 0 reworded; 0 tables differ\n"


@pytest.mark.parametrize("changed", [{"kind": "overtake"}, {"grade": "reentry"}, {"facts": {"rank": 4}}])
def test_another_kind_grade_or_fact_is_a_difference(same_history: ModuleType, changed: dict[str, Any]):
    assert same_history.compare(made(), made(**changed)) == 1


@pytest.mark.parametrize("changed", [{"headline": "A is new"}, {"weight": 51}, {"worded": ["why"]}])
def test_another_wording_or_weight_is_not_a_difference(
    same_history: ModuleType, capsys: pytest.CaptureFixture[str], changed: dict[str, Any]
):
    assert same_history.compare(made(), made(**changed)) == 0
    assert "1 reworded" in capsys.readouterr().out


def test_a_missing_event_or_series_is_a_difference(same_history: ModuleType):
    gone = {"demo": {"tables": {"events": "0 rows cd"}, "events": {}}}
    assert same_history.compare(made(), gone) == 1
    assert same_history.compare(gone, made()) == 1
    assert same_history.compare(made(), {}) == 1
