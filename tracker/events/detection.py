"""What a kind of event makes of a diff."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from tracker.model import Event


class Detection(NamedTuple):
    """The events of a diff, and what is remembered for the next one: plain JSON, found again in `BoardState.memory`."""

    events: Sequence[Event]
    memory: Any
