"""A state of a board in the past, and which of many states to take."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from tracker.model import Part
from tracker.wording import machine_time

EVERY: Mapping[str, str] = {"hour": "%Y-%m-%dT%H", "day": "%Y-%m-%d", "week": "%G-W%V", "month": "%Y-%m"}
"""Span (UTC) → the format of its name; of each span, the last state is taken."""


class Loaded(NamedTuple):
    """The bodies of a state with its time; `parts` as in a capture."""

    bodies: tuple[bytes, ...]
    observed_at: datetime
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PastState:
    """A state that a source has. `origin` says where it is from, and is the same whenever it is found again.

    `load` returns its bytes and their time, which may be another if the source answers with its nearest state; it raises Refused
    or Gone if there is no such state of the board. `content`, if known, is the same for the same bytes.
    """

    observed_at: datetime
    origin: str
    load: Callable[[], Loaded]
    content: str = ""
    content_type: str = ""


def in_order(
    states: Iterable[PastState], *, since: datetime | None = None, until: datetime | None = None, every: str = ""
) -> list[PastState]:
    """The states with `since` ≤ time < `until`, oldest first, one per second and, with `every`, one per span: the last."""
    kept: dict[object, PastState] = {}
    for state in sorted(states, key=lambda state: state.observed_at):
        if (since is not None and state.observed_at < since) or (until is not None and state.observed_at >= until):
            continue
        kept[state.observed_at.strftime(EVERY[every]) if every else state.observed_at] = state
    return list(kept.values())


def provenance(kind: str, place: str, **times: datetime) -> str:
    """The origin of a state, with the times that its source states: `git REPO@COMMIT:PATH author=… commit=…`."""
    return " ".join((kind, place, *(f"{name}={machine_time(at)}" for name, at in times.items())))
