"""Answers become data frames whose columns have the types of the rows' fields."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from tracker.errors import DeclarationError
from tracker.model import BoardId, Verdict
from tracker.query.rows import Rows

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LIBRARIES = ("pandas", "polars", "pyarrow")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    name: str
    share: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    board: BoardId
    verdict: Verdict
    rank: int | None
    value: float
    sure: bool | None
    at: datetime
    parts: tuple[Part, ...]
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    parts: tuple[Part, ...]

    def table(self) -> tuple[Part, ...]:
        return self.parts


SAMPLES = (
    Sample(
        board=BoardId("acme/text"),
        verdict=Verdict.NEW,
        rank=1,
        value=2.5,
        sure=True,
        at=NOON,
        parts=(Part(name="a", share=0.5),),
        facts={"b": 1, "a": [NOON, frozenset({"y", "x"})]},
    ),
    Sample(board=BoardId("acme/code"), verdict=Verdict.GONE, rank=None, value=-1.0, sure=None, at=NOON, parts=(), facts={}),
)
CELLS = {
    "board": ["acme/text", "acme/code"],
    "verdict": ["new", "gone"],
    "rank": [1, None],
    "value": [2.5, -1.0],
    "sure": [True, None],
    "at": [NOON, NOON],
    "parts": ['[{"name":"a","share":0.5}]', "[]"],
    "facts": ['{"a":["2026-03-01T12:00:00Z",["x","y"]],"b":1}', "{}"],
}
TYPES = {"board": "s", "verdict": "s", "rank": "i", "value": "f", "sure": "b", "at": "t", "parts": "s", "facts": "s"}


def rows(*samples: Sample) -> Rows[Sample]:
    return Rows(samples, f"{__name__}:Sample")


def frame(of: Rows[Any], library: str) -> tuple[dict[str, list[object]], dict[str, str]]:
    """The cells of a frame, and the types of its columns in a letter each."""
    pytest.importorskip(library)
    if library == "pandas":
        shown = of.to_pandas()
        types = {name: {"d": "t", "I": "i", "o": "s"}.get(str(kind)[0], str(kind)[0]) for name, kind in shown.dtypes.items()}
        whole = shown.astype(object).where(shown.notna(), None)
        cells = {name: [cell.to_pydatetime() if types[name] == "t" else cell for cell in whole[name]] for name in whole}
        return cells, types
    shown = of.to_polars() if library == "polars" else of.to_arrow()
    kinds = shown.schema.items() if library == "polars" else [(field.name, field.type) for field in shown.schema]
    types = {name: {"d": "f", "u": "s"}.get(str(kind)[0].lower(), str(kind)[0].lower()) for name, kind in kinds}
    if library == "polars":
        types = {name: "t" if str(kind).startswith("Datetime") else types[name] for name, kind in kinds}
        return shown.to_dict(as_series=False), types
    return shown.to_pydict(), types


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_frame_has_each_field_with_its_type_and_json_for_records(library: str):
    assert frame(rows(*SAMPLES), library) == (CELLS, TYPES)


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_frame_without_rows_has_the_same_columns(library: str):
    assert frame(rows(), library) == ({name: [] for name in CELLS}, TYPES)


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_record_that_holds_a_table_has_a_row_for_each_of_its_rows(library: str):
    wholes = Rows([Whole(parts=(Part(name="a", share=1.0), Part(name="b"))), Whole(parts=())], f"{__name__}:Whole")
    assert frame(wholes, library)[0] == {"name": ["a", "b"], "share": [1.0, None]}


def test_rows_are_a_tuple():
    assert rows(*SAMPLES) == SAMPLES
    assert (rows(*SAMPLES)[0], len(rows()), rows().kind) == (SAMPLES[0], 0, Sample)


@pytest.mark.parametrize(("library", "method"), [("pandas", "to_pandas"), ("polars", "to_polars"), ("pyarrow", "to_arrow")])
def test_without_the_library_the_way_to_install_it_is_named(library: str, method: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(
        DeclarationError, match=f"{library} is not installed; expected it for {method} \\(pip install {library}\\)"
    ):
        getattr(rows(), method)()
