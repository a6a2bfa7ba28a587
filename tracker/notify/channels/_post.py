"""The door to the network that channels are given."""

from __future__ import annotations

from typing import Protocol

from tracker.fetch.http import Reply


class Post(Protocol):
    """Sends a body (`tracker.fetch.post`)."""

    def __call__(self, url: str, *, to: str, headers: dict[str, str], body: bytes) -> Reply:
        """The answer. Raises Transient."""
