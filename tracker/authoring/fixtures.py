"""A board's test folder: pages as received, their expected reading, and hostile pages to refuse."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tracker.errors import DeclarationError, TrackerError
from tracker.model import Board, Measure, Part, PublishedEntry, Reading
from tracker.reading import read_capture


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """The result of testing one folder; each problem is one line."""

    board: str
    cases: int
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether every page was read, or refused, as expected."""
        return not self.problems and self.cases > 0


def try_folder(board: Board, folder: Path, *, save: bool = False) -> Tested:
    """Compare the reading of the folder's bodies with `expected.json`, then try each page in `hostile/` instead of the first.

    `page.*` are the board's own bodies, in the order of their names, `<payload>.*` those of a payload; `@value` before the
    extension names the value of `each`.
    """
    bodies = bodies_in(board, folder)
    if all(part.name for part, _, _ in bodies):
        live = f"to read the page that is online now: tracker board test {board.id} --live"
        raise DeclarationError(f"{board.id}: {folder} has no page; expected page.<ext> as received ({live})")
    hostile = sorted((folder / "hostile").glob("*")) if (folder / "hostile").is_dir() else []
    board = for_an_excerpt(board, folder / "expected.json")
    problems = [
        *_page_problems(board, folder, bodies, save=save),
        *(text for page in hostile for text in _hostile_problems(board, page, bodies)),
    ]
    return Tested(board=board.id, cases=1 + len(hostile), problems=tuple(problems))


Body = tuple[Part, str, bytes]
"""The part of a capture in a file, the file's name, and its content."""

_NO_BODIES = frozenset({"expected.json", "places.tsv", "README.md"})


def bodies_in(board: Board, folder: Path) -> list[Body]:
    """The bodies in a test folder, the board's own first. A payload with the board's own URL needs no file."""
    paths = sorted(folder.iterdir()) if folder.is_dir() else []
    files = [path for path in paths if path.is_file() and path.name not in _NO_BODIES]
    stored = [(_part(path), path.name, path.read_bytes()) for path in files]
    bodies = [body for body in stored if not body[0].name]
    for payload in board.payloads:
        own = [body for body in stored if body[0].name == payload.name]
        if not own and payload.request.url == board.request.url:
            own = [(replace(part, name=payload.name), name, body) for part, name, body in bodies]
        bodies += own
    if strangers := sorted({name for _, name, _ in stored} - {name for _, name, _ in bodies}):
        raise DeclarationError(
            f"{board.id}: {folder / strangers[0]} is neither the board's page nor a payload of it; remove or rename the file"
        )
    return bodies


def _part(path: Path) -> Part:
    part = Part.parse(path.stem)
    payload = part.name.partition(".")[0]
    return replace(part, name="" if payload == "page" else payload)


def read(board: Board, bodies: Sequence[Body]) -> Reading:
    """The reading of the bodies. Raises as `reading.read_capture`."""
    return read_capture(board, [body for _, _, body in bodies], parts=[part for part, _, _ in bodies])


def instead(bodies: Sequence[Body], name: str, body: bytes) -> list[Body]:
    """The bodies with another instead of the board's own ones."""
    first = next(part for part, _, _ in bodies if not part.name)
    return [(first, name, body), *(other for other in bodies if other[0].name)]


def for_an_excerpt(board: Board, expected: Path) -> Board:
    """The board without a higher `min_entries` than expected of a page that may be an excerpt."""
    entries = len(json.loads(expected.read_text(encoding="utf-8"))["entries"]) if expected.exists() else 1
    least = min(board.contract.min_entries, max(1, entries))
    return replace(board, contract=replace(board.contract, min_entries=least))


def _page_problems(board: Board, folder: Path, bodies: list[Body], *, save: bool) -> list[str]:
    try:
        found = described(read(board, bodies))
    except TrackerError as error:
        return [f"{bodies[0][1]}: {error}"]
    expected = folder / "expected.json"
    if save:
        expected.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if not expected.exists():
        return [f"{expected} is missing; write it, or let --save write it and read it like code"]
    return differences(json.loads(expected.read_text(encoding="utf-8")), found)


def _hostile_problems(board: Board, page: Path, bodies: list[Body]) -> list[str]:
    wanted = page.name.split(".")[1] if page.name.count(".") > 1 else ""
    try:
        reading = read(board, instead(bodies, page.name, page.read_bytes()))
    except TrackerError as error:
        found = type(error).__name__
        return [] if found == wanted else [f"{page.name}: refused with {found}, expected {wanted}: {error}"]
    return [f"{page.name}: gave {len(reading.entries)} entries, expected {wanted}"]


def described(reading: Reading) -> dict[str, object]:
    """A reading as plain JSON values."""
    ambiguous = sorted(reading.ambiguous)
    head: dict[str, object] = {
        "depth": reading.depth,
        "version": reading.version,
        "stated_on": reading.stated_on,
        "ambiguous": ambiguous,
    }
    head["left_out"] = list(reading.left_out)
    return {**{key: value for key, value in head.items() if value}, "entries": [_entry(entry) for entry in reading.entries]}


def _entry(entry: PublishedEntry) -> dict[str, object]:
    rank = {"rank": entry.rank} if entry.rank is not None else {}
    measures = {metric: _measure(measure) for metric, measure in sorted(entry.measures.items())}
    attributes = dict(sorted(entry.attributes.items()))
    return {"entry": entry.id, "name": entry.name, **rank, "attributes": attributes, "measures": measures}


def _measure(measure: Measure) -> object:
    """The bare value, or an object if the measure has more than a value."""
    more = {"low": measure.low, "high": measure.high, "estimated": measure.estimated or None}
    known = {key: value for key, value in more.items() if value is not None}
    return {"value": measure.value, **known} if known else measure.value


def differences(expected: object, found: object, place: str = "") -> list[str]:
    """The differences of two readings, given as plain JSON values; one line each."""
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        return [
            text
            for key in sorted(expected.keys() | found.keys())
            for text in differences(expected.get(key), found.get(key), f"{place}.{key}" if place else str(key))
        ]
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        return [
            text
            for number, pair in enumerate(zip(expected, found, strict=True))
            for text in differences(*pair, f"{place}[{number}]")
        ]
    return [] if _close(expected, found) else [f"{place}: found {_short(found)}, expected {_short(expected)}"]


def _close(expected: object, found: object) -> bool:
    """Equal, or numbers that differ only by the noise of binary floats (a mean written down with four decimals is not)."""
    if isinstance(expected, float | int) and isinstance(found, float | int) and not isinstance(expected, bool):
        return abs(expected - found) <= 1e-9 * max(1.0, abs(expected))
    return expected == found


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else f"{text[:120]}…"
