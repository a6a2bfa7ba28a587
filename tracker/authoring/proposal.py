"""A proposal for an undeclared page: which table is a leaderboard and what its columns mean, each with how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from tracker.model import Nature, Parse

T_co = TypeVar("T_co", covariant=True)

SURE = 0.7
"""From here on a guess is taken without asking."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess(Generic[T_co]):  # Python 3.11 has no `Guess[T]`
    """A value, how sure it is (0–1), and the reason in a few words. A value that the user stated has `sure` = 1."""

    value: T_co
    sure: float
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Something table-like on a page: how `parsers.parse` finds it again, its columns, and its rows as that gives them.

    `score` (0–1) is how like a leaderboard it is, `why` what speaks for and against it.
    """

    parse: Parse
    columns: tuple[str, ...]
    rows: Sequence[Sequence[str | None]]
    score: float
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricGuess:
    """One metric. `higher_is_better` None inside the guess: the direction is unknown. `low`, `high`, `plus_minus` are column names."""

    id: str
    column: str
    title: str
    nature: Guess[Nature]
    unit: Guess[str]
    topic: Guess[str]
    higher_is_better: Guess[bool | None]
    scale: str = "1"
    missing: tuple[str, ...] = ()
    low: str = ""
    high: str = ""
    plus_minus: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """How one candidate would be declared. `attributes` are attribute name → column; `primary` is a metric's id, "" where nothing ranks.

    `table` is which of the body's candidates it is, counted from 1. `duplicates` is what a key that occurs twice means, as in a
    contract.
    """

    candidate: Candidate
    table: Guess[int]
    key: Guess[tuple[str, ...]]
    name: Guess[str]
    rank: Guess[str] | None
    attributes: tuple[tuple[str, str], ...]
    metrics: tuple[MetricGuess, ...]
    primary: Guess[str]
    facts: tuple[tuple[str, str], ...]
    duplicates: str
