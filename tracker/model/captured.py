"""What a fetch received, and the line of the archive's index that records it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tracker.model.ids import BoardId, Sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What the publisher gave us to ask "has it changed?" with (RFC 9110 §8.8)."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a body of a capture belongs to: the payload `name` ("" for the board's own answers), and the `value` of `Each` that it was asked for with."""

    name: str = ""
    value: str = ""

    @classmethod
    def parse(cls, text: str) -> Part:
        """The part that the archive's index, or the name of a test's file, calls `text`."""
        name, _, value = text.partition("@")
        return cls(name=name, value=value)

    def __str__(self) -> str:
        """As the archive's index writes it: `name`, `@value` or `name@value`; empty for the board's own answer."""
        return f"{self.name}@{self.value}" if self.value else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """The bytes one fetch received. Several bodies where a board is spread over several answers, in their order.

    `url` never contains a secret: it is the declared one, with `${NAME}` left as it stands, and `{newest}` filled in.
    `parts` has one for each body; none at all where all are the board's own pages.
    """

    board: BoardId
    observed_at: datetime
    url: str
    bodies: tuple[bytes, ...]
    status: int = 200
    content_type: str = ""
    validators: Validators = Validators()
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """The publisher answered 304: the last capture still holds."""

    board: BoardId
    observed_at: datetime
    url: str
    validators: Validators = Validators()


class Verdict(StrEnum):
    """What one fetch came to, as the archive's index says it."""

    NEW = "new"
    REVISIT = "revisit"
    NOT_MODIFIED = "not_modified"
    REFUSED = "refused"
    GONE = "gone"
    TRANSIENT = "transient"
    ACCEPT = "accept"
    REJECT = "reject"


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexLine:
    """One line of a board's index: a fetch, or a person's decision about the reading of `observed_at`.

    `sha256` holds one hash per body of the capture; empty when nothing was received. `parts` is as in `Capture`.
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
