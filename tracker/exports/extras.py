"""Loads the modules that need a package of an extra, and says which extra it is if that is missing."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from tracker.errors import DeclarationError

_EXTRAS = {"pyarrow": "lake", "warcio": "archive"}


def load(name: str, package: str = "tracker.exports") -> ModuleType:
    """A module of this package, or of another one. Raises DeclarationError if the package that it needs is not installed."""
    try:
        return import_module(f"{package}.{name}")
    except ModuleNotFoundError as error:
        if error.name not in _EXTRAS:
            raise
        extra = _EXTRAS[error.name]
        raise DeclarationError(f"{error.name} is not installed; install leaderboard-tracker with the extra [{extra}]") from error
