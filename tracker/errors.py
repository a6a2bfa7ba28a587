"""Errors, by what the caller can do (retry, pause, fix the file, fix the parser).

Every message is one line: the board, what was found, what was expected, what to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


class TrackerError(Exception):
    """Base class of the tracker's errors. `exit_code` is the exit code of the command."""

    exit_code = 1


class DeclarationError(TrackerError):
    """A file in `schedules/` or a command's argument is wrong: file, key, value found, values allowed."""

    exit_code = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer of a server that led to an error: evidence for the archive, free of secrets, and cut if it is very long.

    `url` is the declared one, with `${NAME}` as written.
    """

    url: str
    observed_at: datetime
    status: int
    content_type: str
    body: bytes


class FetchError(TrackerError):
    """The board's page could not be fetched. `answer` is the server's answer, None if it sent none."""

    answer: Answer | None = None


class Transient(FetchError):
    """A timeout, 429 or 5xx: worth another try. `retry_after_s` is the publisher's request, if any."""

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Refused(FetchError):
    """robots.txt, 401, 403, 451, a challenge page, a login wall: the board is paused until a person decides."""


class Gone(FetchError):
    """404 or 410."""


class ParseError(TrackerError):
    """The bytes do not match their format. Names the place and the reason."""


class EncodingError(ParseError):
    """The bytes are damaged, or not text in the declared encoding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A reason why a table is not credible. `row` counts entries from 1; None means the whole table."""

    code: str
    column: str | None = None
    row: int | None = None
    value: str | None = None
    expected: str = ""

    def __str__(self) -> str:
        place = " ".join(part for part in (self.column and f"column {self.column}", self.row and f"row {self.row}") if part)
        found = "" if self.value is None else f"found {self.value!r}"
        wanted = self.expected and f"expected {self.expected}"
        return f"{self.code}: " + ", ".join(part for part in (place, found, wanted) if part)


class ContractBroken(TrackerError):
    """The table is not credible. Carries every violation."""

    def __init__(self, message: str, violations: Sequence[Violation] = ()) -> None:
        super().__init__(message)
        self.violations = tuple(violations)


class Poisonous(TrackerError):
    """Processes ended, as if killed, while they processed a capture, which is left out now."""


class Defect(TrackerError):
    """The tracker itself fails on a board, in a way that nobody foresaw. A capture is left out after two of them."""

    def __init__(self, board: str, error: Exception) -> None:
        what = f"{board}: {type(error).__name__} of the tracker's own: {error!s:.200}"
        super().__init__(f"{what}; what fails twice is left out; report it with the log (tracker --verbose run {board})")


class OutOfMemory(TrackerError):
    """A board's work needed more memory than the process may use. It is tried again, and no fault of a capture."""

    def __init__(self, board: str) -> None:
        super().__init__(f"{board}: more memory is needed than this process may use; raise its limit (ulimit -v, MemoryMax=)")


class StoreError(TrackerError):
    """The archive or the database cannot be read or written."""

    exit_code = 3


class DeliveryError(TrackerError):
    """A message could not be delivered; its deliveries stay in the outbox.

    `retry_after_s` is the channel's request, if any. `final`: this message will never be accepted (no such address, no key).
    `too_large`: a shorter one may be.
    """

    def __init__(self, message: str, *, retry_after_s: float | None = None, final: bool = False, too_large: bool = False) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
        self.final = final
        self.too_large = too_large
