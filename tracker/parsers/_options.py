"""The options that every format has. Each format's own stand beside its parser, as a struct called `Options`."""

from __future__ import annotations

import re
from typing import Annotated

import msgspec

from tracker.parsers._paths import search
from tracker.parsers.decoding import REGEX


class CommonOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Options of every format."""

    facts: Annotated[
        dict[str, str],
        msgspec.Meta(
            description="Name of a fact (version, stated_on, total) → `re:` and a regular expression with one group, searched in the text; or, in record formats, a path."
        ),
    ] = msgspec.field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, locator in self.facts.items():
            check_locator(name, locator)


def check_locator(name: str, locator: str) -> None:
    """Raise ValueError when a fact's locator is neither a regular expression with one group nor a path."""
    if not locator.startswith(REGEX):
        search(locator)
        return
    one_group(f"facts.{name}", locator)


def one_group(option: str, locator: str) -> re.Pattern[str]:
    """The regular expression of a locator `re:…`, compiled. Raises ValueError when it is none, or has not exactly one group."""
    found = compiled(locator.removeprefix(REGEX))
    if not locator.startswith(REGEX) or found.groups != 1:
        raise ValueError(f"{option} = {locator!r} must begin with {REGEX!r} and have exactly one group")
    return found


def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern compiled. Raises ValueError when it is no regular expression."""
    try:
        return re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}") from error


def only_regex(facts: dict[str, str]) -> None:
    """Raise ValueError when a fact's locator is a path, for formats that have no records to find it in."""
    for name, locator in facts.items():
        if not locator.startswith(REGEX):
            raise ValueError(f"facts.{name} = {locator!r} must begin with {REGEX!r}: this format has no paths")
