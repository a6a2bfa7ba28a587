"""The capture of a fetch, and its line in the archive's index."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tracker.model.ids import BoardId, Sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """The publisher's validators, for conditional requests (RFC 9110 §8.8)."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The part of a body: the payload `name` ("" for the board's own answers), and the `value` of `Each` in its request."""

    name: str = ""
    value: str = ""

    @classmethod
    def parse(cls, text: str) -> Part:
        """The part as written in the archive's index, or in the file name of a test."""
        name, _, value = text.partition("@")
        return cls(name=name, value=value)

    def __str__(self) -> str:
        """As the archive's index writes it: `name`, `@value` or `name@value`; empty for the board's own answer."""
        return f"{self.name}@{self.value}" if self.value else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """The bytes that one fetch received; several bodies, in order, if a board is spread over several answers.

    `url` never contains a secret: it is the declared one, with `${NAME}` as written, and `{newest}` replaced. `parts` has one
    element per body; it is empty if all bodies are the board's own pages. `origin` is the name of the imported file; empty if the
    tracker fetched the bodies itself.
    """

    board: BoardId
    observed_at: datetime
    url: str
    bodies: tuple[bytes, ...]
    status: int = 200
    content_type: str = ""
    validators: Validators = Validators()
    parts: tuple[Part, ...] = ()
    origin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """The publisher answered 304: the last capture is still valid."""

    board: BoardId
    observed_at: datetime
    url: str
    validators: Validators = Validators()


class Verdict(StrEnum):
    """The result of one fetch, or a decision, in the archive's index."""

    NEW = "new"
    REVISIT = "revisit"
    NOT_MODIFIED = "not_modified"
    REFUSED = "refused"
    GONE = "gone"
    TRANSIENT = "transient"
    ACCEPT = "accept"
    REJECT = "reject"
    STRIKE = "strike"
    """The fetch of that time does not count."""
    RESTORE = "restore"
    """It counts after all."""
    PRUNE = "prune"
    """The bodies of `sha256` were deleted; fetches before this line that brought one of them no longer count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexLine:
    """One line of a board's index: a fetch, or a person's decision about the reading of `observed_at`.

    `sha256` has one hash per body of the capture; it is empty if nothing was received. `parts` and `origin` are as in `Capture`.
    `received_at` is when the line was written, which an import does long after `observed_at`; None in lines of earlier versions.
    """

    observed_at: datetime
    url: str
    verdict: Verdict
    status: int = 0
    sha256: tuple[Sha256, ...] = ()
    etag: str | None = None
    last_modified: str | None = None
    content_type: str = ""
    error: str = ""
    by: str = ""
    reason: str = ""
    parts: tuple[Part, ...] = ()
    origin: str = ""
    received_at: datetime | None = field(default=None, compare=False)


def kept_and_pruned(lines: Iterable[IndexLine]) -> tuple[list[IndexLine], list[IndexLine]]:
    """The lines of an index without fetches whose bodies were deleted later, and these fetches."""
    kept: list[IndexLine] = []
    gone: list[IndexLine] = []
    deleted: set[Sha256] = set()
    for line in reversed(list(lines)):
        is_prune = line.verdict is Verdict.PRUNE
        (kept if is_prune or deleted.isdisjoint(line.sha256) else gone).append(line)
        deleted.update(line.sha256 if is_prune else ())
    return kept[::-1], gone[::-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """The capture that a process had begun with when it ended, and the number of processes whose end counts against it."""

    observed_at: datetime
    times: int


class Result(StrEnum):
    """The result of one line of the archive's index."""

    ACCEPTED = "accepted"
    QUARANTINED = "quarantined"
    REJECTED = "rejected"
    UNCHANGED = "unchanged"
    """The content does not differ from the last accepted one."""
    STILL_BROKEN = "still_broken"
    """The content does not differ, and the board was broken before."""
    UNREADABLE = "unreadable"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One fetch in the store. `entries` is the size of the reading, None if nothing could be read."""

    board: BoardId
    observed_at: datetime
    result: Result
    url: str
    sha256: tuple[Sha256, ...] = ()
    status: int = 0
    entries: int | None = None
    message: str = ""

    @property
    def was_read(self) -> bool:
        """Whether the page could be read and is believed, changed or not."""
        return self.result in (Result.ACCEPTED, Result.UNCHANGED)
