"""Reads `schedules/models/*.toml`: labs, families and aliases, as people wrote them down."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lexicon:
    """What is known of labs, families and names beyond the grammar."""


EMPTY = Lexicon()


def load(folder: Path) -> Lexicon:
    """The lexicon of a folder of TOML files; empty where there is none."""
    return EMPTY


@cache
def shipped() -> Lexicon:
    """The lexicon of the project's own `schedules/models`."""
    return load(Path(__file__).parents[1] / "schedules" / "models")
