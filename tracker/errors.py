"""What can go wrong, by what the caller can do about it (retry, pause, fix the file, fix the parser).

Every message is one line: the board, what was found, what was expected, what to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class TrackerError(Exception):
    """Anything this tracker raises on purpose. `exit_code` is what the command line ends with."""

    exit_code = 1


class DeclarationError(TrackerError):
    """A file in `schedules/` or a command's argument is wrong: file, key, value found, values allowed."""

    exit_code = 2


class Answered(Protocol):
    """What a server sent with an error: evidence, free of secrets."""

    @property
    def url(self) -> str:
        """The declared address."""
        ...

    @property
    def status(self) -> int:
        """The HTTP status."""
        ...

    @property
    def content_type(self) -> str:
        """As sent."""
        ...

    @property
    def body(self) -> bytes:
        """What came, cut where it was very long."""
        ...


class FetchError(TrackerError):
    """The board's page could not be had. `answer` is what the server sent instead, None when it sent nothing."""

    answer: Answered | None = None


class Transient(FetchError):
    """A timeout, 429 or 5xx: worth another try. `retry_after_s` is what the publisher asked for, if it did."""

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Refused(FetchError):
    """robots.txt, 401, 403, 451, a challenge page, a login wall: the board is paused, a person decides."""


class Gone(FetchError):
    """404 or 410."""


class ParseError(TrackerError):
    """The bytes have not the shape of their format. Names the place and the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One way in which a table is not credible. `row` counts entries from 1; None where the whole table is meant."""

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
    """The table is not credible. Carries every violation at once."""

    def __init__(self, message: str, violations: Sequence[Violation] = ()) -> None:
        super().__init__(message)
        self.violations = tuple(violations)


class StoreError(TrackerError):
    """The archive or the database cannot be read or written."""

    exit_code = 3


class DeliveryError(TrackerError):
    """A message could not be delivered; its deliveries stay in the outbox.

    `retry_after_s` is what the channel asked for, if it did. `final`: the very same message will never be taken
    (no such address, no key). `too_large`: a shorter one might be.
    """

    def __init__(self, message: str, *, retry_after_s: float | None = None, final: bool = False, too_large: bool = False) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
        self.final = final
        self.too_large = too_large
