"""The live check: each board fetched once and read, nothing kept, and what that shows about its declaration.

A function over a fetcher and boards, like `intake.run`; it is here because only the command line and the nightly check call it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tracker.errors import ContractBroken, FetchError, TrackerError
from tracker.line.intake import Fetches
from tracker.model import Board, BoardId, Capture, MetricId, Pause, Reading, Unchanged, Validators
from tracker.ports import Environment
from tracker.query.due import missing_keys
from tracker.reading import read_capture
from tracker.wording import host_of

DROP = 0.2
"""So much less of a metric filled than in the board's test folder is drift: the folders are excerpts, full of holes on purpose."""
SILENT_HOSTS = 5
"""If the first hosts asked, this many, send nothing at all, the network is down and not the boards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lived:
    """The result for one board. `reachable`, `parsed`: None where it was not tried; `contract`: "ok", the first violation, or "".

    `terms` says "ok", or why the board was not asked at all. `drift` is what the declaration says and the page does not, one line each;
    it fails nothing, for what a board cannot do without is in its contract. `problem` is the error, on one line.
    """

    board: BoardId
    terms: str = "ok"
    reachable: bool | None = None
    parsed: bool | None = None
    entries: int | None = None
    contract: str = ""
    drift: tuple[str, ...] = ()
    version: str = ""
    stated_on: str = ""
    problem: str = ""

    @property
    def ok(self) -> bool:
        """Whether the board was read as declared, or need not be."""
        return self.terms != "ok" or self.contract == "ok"


def live(
    boards: Sequence[Board],
    fetcher: Fetches,
    *,
    cases: Path,
    environment: Environment,
    pauses: Mapping[BoardId, Pause] | None = None,
) -> Iterator[Lived]:
    """Fetch each board once and read it, yielding each result as soon as it is known; boards that are off, paused or without a key come first.

    `cases` holds the test folders, with which the readings are compared. Nothing is kept, and no earlier answer is asked for as changed
    or not. One board's trouble never stops another.

    Raises:
        FetchError: nothing answers anywhere, so there is no network.
    """
    reasons = {board.id: why_not(board, environment, pauses or {}) for board in boards}
    yield from (Lived(board=board, terms=reason) for board, reason in reasons.items() if reason)
    asked = [board for board in boards if not reasons[board.id]]
    silence = _Silence(hosts=len({host_of(board.request.url) for board in asked}))
    for board, fetched in fetcher.fetch_all([(board, Validators()) for board in asked]):
        silence.heard(board, fetched)
        yield lived(board, fetched, cases / board.id / "expected.json")


def why_not(board: Board, environment: Environment, pauses: Mapping[BoardId, Pause]) -> str:
    """Why a board is not asked, "" where it is."""
    if not board.enabled:
        return f"off: {board.terms or 'no reason is given'}"
    if board.id in pauses:
        return f"paused by {pauses[board.id].by}: {pauses[board.id].reason}"
    missing = missing_keys(board, environment)
    return f"paused: no key {', '.join(missing)}" if missing else ""


def lived(board: Board, fetched: Capture | Unchanged | FetchError, expected: Path) -> Lived:
    """What came of one fetch, read and compared with what the board's test folder expects."""
    if isinstance(fetched, FetchError):
        return Lived(board=board.id, reachable=False, problem=str(fetched))
    if isinstance(fetched, Unchanged):
        return Lived(
            board=board.id, reachable=False, problem=f"{board.id}: found 304, expected the page; it was not asked for changes"
        )
    try:
        reading = read_capture(board, fetched.bodies, parts=fetched.parts, url=fetched.url, content_type=fetched.content_type)
    except ContractBroken as error:
        first = str(error.violations[0]) if error.violations else str(error)
        return Lived(board=board.id, reachable=True, parsed=True, contract=first, problem=str(error))
    except TrackerError as error:
        return Lived(board=board.id, reachable=True, parsed=False, problem=str(error))
    return Lived(
        board=board.id,
        reachable=True,
        parsed=True,
        entries=len(reading.entries),
        contract="ok",
        drift=tuple(drift(board, reading, _filled_in(expected))),
        version=reading.version,
        stated_on=reading.stated_on,
    )


def drift(board: Board, reading: Reading, before: Mapping[MetricId, float]) -> Iterator[str]:
    """What is declared and not there: columns that no entry has, and metrics filled much less than `before` (shares, 0-1)."""
    for metric in board.metrics:
        now = filled(reading, metric.id)
        if not metric.parts and metric.id not in reading.metrics:
            yield f"no column {' or '.join(metric.column.sources)} ({metric.id})"
        elif now < before.get(metric.id, 0.0) - DROP:
            yield f"{metric.id} has a value in {now:.0%} of the entries, in the test folder in {before[metric.id]:.0%}"
    seen = {name for entry in reading.entries for name in entry.attributes}
    for name in sorted(board.attributes.keys() - seen):
        yield f"no entry has {name} ({' or '.join(board.attributes[name].sources)})"


def filled(reading: Reading, metric: MetricId) -> float:
    """The share of entries that have a value of it, 0-1."""
    return sum(metric in entry.measures for entry in reading.entries) / max(1, len(reading.entries))


def _filled_in(expected: Path) -> dict[MetricId, float]:
    """The share of the expected entries that have a value, by metric; nothing where the board has no test folder."""
    if not expected.is_file():
        return {}
    entries = json.loads(expected.read_text(encoding="utf-8"))["entries"]
    metrics = {metric for entry in entries for metric in entry["measures"]}
    return {MetricId(metric): sum(metric in entry["measures"] for entry in entries) / len(entries) for metric in metrics}


@dataclass(slots=True, kw_only=True)
class _Silence:
    """The hosts that have sent nothing so far. Any answer proves that there is a network."""

    hosts: int
    silent: set[str] = field(default_factory=set)
    answered: bool = False

    def heard(self, board: Board, fetched: Capture | Unchanged | FetchError) -> None:
        """Take note of an outcome. Raises FetchError when nothing answers anywhere."""
        self.answered = self.answered or not isinstance(fetched, FetchError) or fetched.answer is not None
        self.silent.add(host_of(board.request.url))
        if not self.answered and self.hosts > 1 and len(self.silent) >= min(SILENT_HOSTS, self.hosts):
            raise FetchError(f"{len(self.silent)} hosts asked, none answers: is there a network? The last: {fetched}")


def row(result: Lived) -> tuple[str, ...]:
    """A line of the table for people."""
    words = {True: "yes", False: "no", None: ""}
    entries = "" if result.entries is None else str(result.entries)
    return (
        result.board,
        words[result.reachable],
        words[result.parsed],
        entries,
        result.contract,
        "; ".join(result.drift),
        result.terms,
    )


HEADER = ("board", "reachable", "parsed", "entries", "contract", "drift", "terms")


def summary(results: Iterable[Lived]) -> str:
    """One line on all of them."""
    seen = list(results)
    asked = [result for result in seen if result.terms == "ok"]
    good = [result for result in asked if result.ok]
    moved = [result for result in good if result.drift]
    return (
        f"{len(asked)} boards asked, {len(good)} read as declared ({len(moved)} with drift), {len(seen) - len(asked)} not asked"
    )
