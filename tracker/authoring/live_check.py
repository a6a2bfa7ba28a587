"""The live check: fetch each board once, keep nothing, and compare its page with its declaration."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tracker.errors import ContractBroken, FetchError, TrackerError
from tracker.line.intake import Fetches
from tracker.model import Board, BoardId, Capture, MetricId, Pause, Reading, Unchanged, Validators
from tracker.ports import Environment
from tracker.query.due import missing_keys
from tracker.reading import read_capture
from tracker.wording import host_of

DROP = 0.2
"""A metric whose filled share (0–1) is lower than in the test folder by more has drifted: the folders have holes on purpose."""
SILENT_HOSTS = 5
"""If the first hosts, this many, send nothing at all, the network is down and not the boards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lived:
    """The result for one board.

    `terms` is "ok", or why the board was not fetched. `reachable` and `parsed` are None if it was not tried; `contract` is
    "ok", the first violation, or "". `drift` has a line for each difference between declaration and page; drift is not a
    failure, because the contract has what a board needs. `problem` is the error, on one line.
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
        """Whether the board was read as declared, or was not fetched."""
        return self.terms != "ok" or self.contract == "ok"


def live(
    boards: Sequence[Board], fetcher: Fetches, *, cases: Path, environment: Environment, pauses: Mapping[BoardId, Pause]
) -> Iterator[Lived]:
    """Fetch each board once and read it, yielding each result as soon as it is known.

    Boards that are off, paused or without a key come first. `cases` has the test folders, with which the readings are
    compared. Requests are unconditional. One board's failure never stops another.

    Raises:
        FetchError: no host answers, so there is no network.
    """
    reasons = {board.id: _why_not(board, environment, pauses) for board in boards}
    yield from (Lived(board=board, terms=reason) for board, reason in reasons.items() if reason)
    asked = [board for board in boards if not reasons[board.id]]
    hosts = len({host_of(board.request.url) for board in asked})
    silent: set[str] | None = set()
    for board, fetched in fetcher.fetch_all([(board, Validators()) for board in asked]):
        if silent is None or not isinstance(fetched, FetchError) or fetched.answer is not None:
            silent = None  # any answer proves that there is a network
        else:
            silent.add(host_of(board.request.url))
            if hosts > 1 and len(silent) >= min(SILENT_HOSTS, hosts):
                raise FetchError(f"{len(silent)} hosts asked, none answers: is there a network? The last: {fetched}")
        yield _lived(board, fetched, cases / board.id / "expected.json")


def _why_not(board: Board, environment: Environment, pauses: Mapping[BoardId, Pause]) -> str:
    """Why a board is not fetched, "" if it is."""
    if not board.enabled:
        return f"off: {board.terms or 'no reason is given'}"
    if board.id in pauses:
        return f"paused by {pauses[board.id].by}: {pauses[board.id].reason}"
    missing = missing_keys(board, environment)
    return f"paused: no key {', '.join(missing)}" if missing else ""


def _lived(board: Board, fetched: Capture | Unchanged | FetchError, expected: Path) -> Lived:
    """The result of one fetch, compared with the reading in the board's test folder."""
    if isinstance(fetched, FetchError):
        return Lived(board=board.id, reachable=False, problem=str(fetched))
    assert isinstance(fetched, Capture), "the request is unconditional"
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
        drift=tuple(_drift(board, reading, _expected_shares(expected))),
        version=reading.version,
        stated_on=reading.stated_on,
    )


def _drift(board: Board, reading: Reading, before: Mapping[MetricId, float]) -> Iterator[str]:
    """The declared columns that no entry has, and the metrics filled much less than `before` (shares, 0–1)."""
    for metric in board.metrics:
        now = sum(metric.id in entry.measures for entry in reading.entries) / max(1, len(reading.entries))
        if not metric.parts and metric.id not in reading.metrics:
            yield f"no column {' or '.join(metric.column.sources)} ({metric.id})"
        elif now < before.get(metric.id, 0.0) - DROP:
            yield f"{metric.id} has a value in {now:.0%} of the entries, in the test folder in {before[metric.id]:.0%}"
    seen = {name for entry in reading.entries for name in entry.attributes}
    for name in sorted(board.attributes.keys() - seen):
        yield f"no entry has {name} ({' or '.join(board.attributes[name].sources)})"


def _expected_shares(expected: Path) -> dict[MetricId, float]:
    """The share of the expected entries that have a value, by metric; empty if the board has no test folder."""
    if not expected.is_file():
        return {}
    entries = json.loads(expected.read_text(encoding="utf-8"))["entries"]
    metrics = {metric for entry in entries for metric in entry["measures"]}
    return {MetricId(metric): sum(metric in entry["measures"] for entry in entries) / len(entries) for metric in metrics}
