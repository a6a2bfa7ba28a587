"""A board's test folder: pages as received, the reading expected of them, and hostile pages that must be refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tracker import pipeline
from tracker.errors import DeclarationError, TrackerError
from tracker.model import Board, Entry, Measure, Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """What became of one folder; `problems` one line each."""

    board: str
    cases: int
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether every page was read, or refused, as expected."""
        return not self.problems and self.cases > 0


def try_folder(board: Board, folder: Path, *, save: bool = False) -> Tested:
    """Read `page.*` (several in the order of their names), compare with `expected.json`, then try every page of `hostile/`."""
    pages = sorted(folder.glob("page*"))
    if not pages:
        raise DeclarationError(f"{board.id}: {folder} has no page; expected page.<ext> as received")
    hostile = sorted((folder / "hostile").glob("*")) if (folder / "hostile").is_dir() else []
    problems = [
        *_page_problems(board, folder, pages, save=save),
        *(text for page in hostile for text in _hostile_problems(board, page)),
    ]
    return Tested(board=board.id, cases=1 + len(hostile), problems=tuple(problems))


def _page_problems(board: Board, folder: Path, pages: list[Path], *, save: bool) -> list[str]:
    try:
        found = described(pipeline.read(board, [page.read_bytes() for page in pages]))
    except TrackerError as error:
        return [f"{pages[0].name}: {error}"]
    expected = folder / "expected.json"
    if save:
        expected.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if not expected.exists():
        return [f"{expected} is missing; write it, or let --save write it and read it like code"]
    return _differences(json.loads(expected.read_text(encoding="utf-8")), found)


def _hostile_problems(board: Board, page: Path) -> list[str]:
    wanted = page.name.split(".")[1] if page.name.count(".") > 1 else ""
    try:
        reading = pipeline.read(board, [page.read_bytes()])
    except TrackerError as error:
        found = type(error).__name__
        return [] if found == wanted else [f"{page.name}: refused with {found}, expected {wanted}: {error}"]
    return [f"{page.name}: gave {len(reading.entries)} entries, expected {wanted}"]


def described(reading: Reading) -> dict[str, object]:
    """A reading as plain JSON values."""
    head = {
        "depth": reading.depth,
        "version": reading.version,
        "stated_on": reading.stated_on,
        "ambiguous": sorted(reading.ambiguous),
    }
    return {**{key: value for key, value in head.items() if value}, "entries": [_entry(entry) for entry in reading.entries]}


def _entry(entry: Entry) -> dict[str, object]:
    rank = {"rank": entry.rank} if entry.rank is not None else {}
    measures = {metric: _measure(measure) for metric, measure in sorted(entry.measures.items())}
    return {
        "entry": entry.id,
        "name": entry.name,
        **rank,
        "attributes": dict(sorted(entry.attributes.items())),
        "measures": measures,
    }


def _measure(measure: Measure) -> object:
    """The bare value, or an object where there is more to say."""
    more = {"low": measure.low, "high": measure.high, "estimated": measure.estimated or None}
    known = {key: value for key, value in more.items() if value is not None}
    return {"value": measure.value, **known} if known else measure.value


def _differences(expected: object, found: object, place: str = "") -> list[str]:
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        return [
            text
            for key in sorted(expected.keys() | found.keys())
            for text in _differences(expected.get(key), found.get(key), f"{place}.{key}" if place else str(key))
        ]
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        return [
            text
            for number, (one, other) in enumerate(zip(expected, found, strict=True))
            for text in _differences(one, other, f"{place}[{number}]")
        ]
    same = _close(expected, found)
    return [] if same else [f"{place}: found {_short(found)}, expected {_short(expected)}"]


def _close(expected: object, found: object) -> bool:
    """Equal, or numbers that differ only by the noise of binary floats (a mean written down with four decimals is not)."""
    if isinstance(expected, float | int) and isinstance(found, float | int) and not isinstance(expected, bool):
        return abs(expected - found) <= 1e-9 * max(1.0, abs(expected))
    return expected == found


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else f"{text[:120]}…"
