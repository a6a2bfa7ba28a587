"""What the line needs from the outside world, as protocols; `stores/`, `fetch/` and `clock` fulfil them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from tracker.model import BoardId, Capture, IndexLine, Sha256


class Clock(Protocol):
    """The time, and waiting for it."""

    def now(self) -> datetime:
        """Aware UTC."""
        ...

    def sleep(self, seconds: float) -> None:
        """Return after that many seconds (a test's clock returns at once)."""
        ...


class Hosts(Protocol):
    """When each host was last asked and when it may be asked again; survives between runs."""

    def last_request(self, host: str) -> datetime | None:
        """When we last asked this host, None if never."""
        ...

    def not_before(self, host: str) -> datetime | None:
        """The time a publisher asked us to wait for (Retry-After), None if none."""
        ...

    def note_request(self, host: str, at: datetime) -> None:
        """Remember that the host was asked at that time."""
        ...

    def note_not_before(self, host: str, at: datetime | None) -> None:
        """Remember (or forget, with None) that the host asked us to come back at that time."""
        ...


class Archive(Protocol):
    """Every distinct body once, and an append-only index of fetches and decisions per board."""

    def keep(self, capture: Capture) -> IndexLine:
        """Store the bodies not yet held and append one line (new, or revisit for the same bodies as the last content line)."""
        ...

    def note(self, board: BoardId, line: IndexLine) -> None:
        """Append a line that brings no new body: 304, a failed fetch, a person's decision."""
        ...

    def boards(self) -> tuple[BoardId, ...]:
        """Boards with an index, sorted."""
        ...

    def index(self, board: BoardId, offset: int = 0) -> tuple[Sequence[IndexLine], int]:
        """The lines that stand after `offset` bytes of the index, in file order, and the offset behind the last whole one."""
        ...

    def body(self, board: BoardId, sha256: Sha256) -> bytes:
        """The body of that hash, verified. Raises StoreError when it is missing or damaged."""
        ...


Environment = Mapping[str, str]
"""Where secrets come from: `os.environ`, or a test's dict."""
