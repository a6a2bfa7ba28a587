r"""The log on stderr, one line per event: `time level event key=value …`, or JSON. No line contains a secret.

Times are UTC. Foreign text cannot break a line or control a terminal: everything beyond plain ASCII is written as `\uXXXX`.
"""

from __future__ import annotations

import json
import logging
import math
import sys
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from traceback import extract_tb

from tracker.redaction import HIDDEN, Secrets
from tracker.wording import machine_time

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}
_HEAD = ("time", "level", "event")
_OURS = ("time", "level")


class _Lines(logging.Formatter):
    def __init__(self, *, as_json: bool, secrets: Collection[str]) -> None:
        super().__init__()
        self._as_json = as_json
        self._secrets = Secrets({str(number): value for number, value in enumerate(secrets)}, mask=HIDDEN)

    def format(self, record: logging.LogRecord) -> str:
        facts = {f"{key}_" if key in _HEAD else key: value for key, value in vars(record).items() if key not in _STANDARD}
        line = {
            "time": machine_time(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **facts,
            **_raised(record),
        }
        safe = {key: value if key in _OURS else self._plain(value) for key, value in line.items()}
        return json.dumps(safe) if self._as_json else _human(safe)

    def _plain(self, value: object) -> object:
        """The value as JSON, without secrets."""
        if isinstance(value, Mapping):
            return {self._secrets.scrub(str(key)): self._plain(part) for key, part in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self._plain(part) for part in value]
        if isinstance(value, datetime):
            return machine_time(value)
        known = value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value))
        text = self._secrets.scrub(str(value))
        return value if known and text == str(value) else text


def _raised(record: logging.LogRecord) -> dict[str, object]:
    """The exception of a line (`log.exception`): its message, and where it was raised, innermost first."""
    if not record.exc_info or record.exc_info[1] is None:
        return {}
    error = first = record.exc_info[1]
    while first.__cause__ is not None:
        first = first.__cause__
    way = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(extract_tb(first.__traceback__))]
    return {"error": f"{type(error).__name__}: {error}", "raised_at": way}


def _human(line: Mapping[str, object]) -> str:
    stamp, level, event = (line[key] for key in _HEAD)
    rest = [f"{json.dumps(key)[1:-1]}={json.dumps(value)}" for key, value in line.items() if key not in _HEAD]
    return " ".join([f"{stamp} {level} {json.dumps(event)[1:-1]}", *rest])


def configure(*, verbose: bool, as_json: bool = False, secrets: Collection[str] = ()) -> None:
    """Send the tracker's own log to stderr: warnings, or with `verbose` everything.

    `secrets` are the values that declarations name as `${NAME}`; no line contains them. Call it again when they change.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines(as_json=as_json, secrets=secrets))
    logger = logging.getLogger("tracker")
    logger.handlers[:] = [handler]
    logger.setLevel(logging.INFO if verbose else logging.WARNING)
    logger.propagate = False


def name_facts() -> None:
    """Write warnings with their facts also in commands that do not `configure` the log."""
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(_Lines(as_json=False, secrets=()))
