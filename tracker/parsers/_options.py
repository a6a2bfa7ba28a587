"""The options that every format has. A format declares its own in the struct `Options` beside its parser."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Annotated

from msgspec import Meta, Struct, field

from tracker.errors import ParseError
from tracker.parsers.decoding import DRESSING, REGEX, fold, names


class CommonOptions(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Options of every format."""

    facts: Annotated[
        dict[str, str],
        Meta(
            description="Name of a fact (version, stated_on, total) → `re:` and a regular expression with one group, searched in"
            " the text; or, in record formats, a path."
        ),
    ] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, locator in self.facts.items():
            if locator.startswith(REGEX):
                one_group(f"facts.{name}", locator)
            else:
                self.check_path(name, locator)

    def check_path(self, name: str, locator: str) -> None:
        """Check a fact's locator that is a path. Raises ValueError; formats without records have no paths."""
        raise ValueError(f"facts.{name} = {locator!r} must begin with {REGEX!r}: this format has no paths")


class TableOptions(CommonOptions, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Options of the formats whose rows have cells."""

    where: Annotated[dict[str, str], Meta(description="Column → exact text; rows with another text are left out.")] = field(
        default_factory=dict
    )
    without: Annotated[
        dict[str, str | tuple[str, ...]],
        Meta(
            description="Column → text, or a list of texts, in any letter case (empty: no text); rows with it, such as averages,"
            " are left out."
        ),
    ] = field(default_factory=dict)

    def rows_kept(self, column: Callable[[str], Sequence[str | None] | None], size: int) -> Sequence[int]:
        """The numbers of the rows, of `size`, that `where` and `without` keep. `column` gives the cells of a column.

        Raises:
            ParseError: no row is left.
        """
        kept = list(range(size))
        for option, rule in (("where", self.where), ("without", self.without)):
            for name, expected in rule.items():
                if (texts := column(name)) is None:
                    raise ParseError(f"found no column {name!r}, by which {option} chooses rows")
                excluded = Excluded(expected)
                kept = [
                    row for row in kept if ((texts[row] or "") == expected if option == "where" else texts[row] not in excluded)
                ]
                if not kept:
                    only = "no row" if option == "where" else "only rows"
                    raise ParseError(f"found {only} with {name} = {expected!r}; it has {names(map(repr, texts))}")
        return kept


class Excluded:
    """The texts of an option `without`. Letter case, white space and footnote marks around a text do not count."""

    def __init__(self, texts: str | tuple[str, ...]) -> None:
        self.texts = frozenset(map(bare, [texts] if isinstance(texts, str) else texts))

    def __contains__(self, text: object) -> bool:
        return isinstance(text, str | None) and bare(text or "") in self.texts


def bare(text: str) -> str:
    """A text in lower case, without footnote marks and sort arrows around it."""
    return fold(text).strip(DRESSING).casefold() or text


def one_group(option: str, locator: str) -> re.Pattern[str]:
    """The compiled regular expression of a locator `re:…`. Raises ValueError unless it has exactly one group."""
    pattern = compiled(locator.removeprefix(REGEX))
    if not locator.startswith(REGEX) or pattern.groups != 1:
        raise ValueError(f"{option} = {locator!r} must begin with {REGEX!r} and have exactly one group")
    return pattern


def compiled(pattern: str) -> re.Pattern[str]:
    """The compiled pattern. Raises ValueError."""
    try:
        return re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is not a regular expression: {error}") from error
