"""One line on stderr per thing that happened: `time level event key=value …`, or JSON."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


class _Lines(logging.Formatter):
    def __init__(self, *, as_json: bool) -> None:
        super().__init__()
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        facts = {key: value for key, value in vars(record).items() if key not in _STANDARD}
        line = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **facts,
        }
        return json.dumps(line, default=str) if self._as_json else _human(line)


def _human(line: Mapping[str, object]) -> str:
    head = [str(line[key]) for key in ("time", "level", "event")]
    rest = [f"{key}={json.dumps(value, default=str)}" for key, value in line.items() if key not in ("time", "level", "event")]
    return " ".join(head + rest)


def configure(*, verbose: bool, as_json: bool = False) -> None:
    """Send the tracker's own log to stderr: warnings, or with `verbose` everything it did."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines(as_json=as_json))
    logger = logging.getLogger("tracker")
    logger.handlers[:] = [handler]
    logger.setLevel(logging.INFO if verbose else logging.WARNING)
    logger.propagate = False
