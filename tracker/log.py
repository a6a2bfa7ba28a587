r"""One line on stderr per thing that happened: `time level event key=value …`, or JSON. No line holds a secret.

Times are UTC. What a publisher wrote cannot break a line or drive a terminal: beyond plain ASCII everything stands as `\uXXXX`.
"""

from __future__ import annotations

import json
import logging
import math
import re
import sys
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from html import escape
from traceback import extract_tb
from urllib.parse import quote, quote_plus

from tracker.wording import machine_time

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}
_HEAD = ("time", "level", "event")
_OURS = ("time", "level")
HIDDEN = "***"
"""What stands in a line where a secret would."""


class _Lines(logging.Formatter):
    def __init__(self, *, as_json: bool, secrets: Collection[str]) -> None:
        super().__init__()
        self._as_json = as_json
        self._secret = _any_spelling(secrets)

    def format(self, record: logging.LogRecord) -> str:
        facts = {f"{key}_" if key in _HEAD else key: value for key, value in vars(record).items() if key not in _STANDARD}
        line = {
            "time": machine_time(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **facts,
            **_raised(record),
        }
        told = {key: value if key in _OURS else self._plain(value) for key, value in line.items()}
        return json.dumps(told) if self._as_json else _human(told)

    def _plain(self, value: object) -> object:
        """A value as JSON has it, without a secret in any text of it."""
        if isinstance(value, Mapping):
            return {self._scrubbed(str(key)): self._plain(one) for key, one in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self._plain(one) for one in value]
        if isinstance(value, datetime):
            return machine_time(value)
        known = value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value))
        scrubbed = self._scrubbed(str(value))
        return value if known and scrubbed == str(value) else scrubbed

    def _scrubbed(self, text: str) -> str:
        return text if self._secret is None else self._secret.sub(HIDDEN, text)


def _any_spelling(secrets: Collection[str]) -> re.Pattern[str] | None:
    """Finds each secret as it is, percent-encoded, and as it stands in JSON and HTML; None where there is none.

    A secret that contains another one is found whole. An empty one is none.
    """
    spellings = {
        spelling
        for secret in secrets
        for spelling in (
            secret,
            quote(secret, safe=""),
            quote(secret),
            quote_plus(secret),
            json.dumps(secret)[1:-1],
            secret.replace("/", "\\/"),
            escape(secret),
        )
        if secret
    }
    if not spellings:
        return None
    longest_first = sorted(spellings, key=lambda text: (-len(text), text))
    return re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE)  # hosts and escapes have no case


def _raised(record: logging.LogRecord) -> dict[str, object]:
    """The exception that came with a line (`log.exception`): what it says, and the way to it, innermost first."""
    if not record.exc_info or record.exc_info[1] is None:
        return {}
    error = record.exc_info[1]
    way = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(extract_tb(error.__traceback__))]
    return {"error": f"{type(error).__name__}: {error}", "raised_at": way}


def _human(line: Mapping[str, object]) -> str:
    stamp, level, event = (line[key] for key in _HEAD)
    rest = [f"{json.dumps(key)[1:-1]}={json.dumps(value)}" for key, value in line.items() if key not in _HEAD]
    return " ".join([f"{stamp} {level} {json.dumps(event)[1:-1]}", *rest])


def configure(*, verbose: bool, as_json: bool = False, secrets: Collection[str] = ()) -> None:
    """Send the tracker's own log to stderr: warnings, or with `verbose` everything it did.

    `secrets` are the values that declarations name as `${NAME}`; none of them stands in any line from here on. Call it
    again when they change.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines(as_json=as_json, secrets=secrets))
    logger = logging.getLogger("tracker")
    logger.handlers[:] = [handler]
    logger.setLevel(logging.INFO if verbose else logging.WARNING)
    logger.propagate = False
