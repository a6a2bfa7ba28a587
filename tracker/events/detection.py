"""The result of detecting events of a kind in a diff."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from tracker.model import Event


class Detection(NamedTuple):
    """The events of a diff, and what to remember for the next one: plain JSON, kept in `BoardState.memory`."""

    events: Sequence[Event]
    memory: Any
