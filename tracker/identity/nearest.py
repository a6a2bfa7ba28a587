"""Suggests similar names to a person; never a reason to merge ("llama-70b" and "llama-7b" are 96 % alike)."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

from tracker.identity.tokens import LONGEST, clean, split, tokenize

_WORTH_NAMING = 0.45
"""Below this likeness a suggestion misleads."""


def nearest(name: str, known_names: Iterable[str], most: int = 5) -> tuple[str, ...]:
    """The names most similar to `name`, best first.

    Half of the likeness is the share of common words and numbers, the other half that of common characters in order.
    """
    wanted = _pieces(name)
    scored = ((-_likeness(wanted, _pieces(known)), known) for known in set(known_names))
    return tuple(known for likeness, known in sorted(scored)[:most] if -likeness >= _WORTH_NAMING)


def _pieces(name: str) -> tuple[str, ...]:
    _, body, _ = split(clean(name[:LONGEST]))
    return tuple(token.text.removeprefix("v") if token.kind == "number" else token.text for token in tokenize(body))


def _likeness(name: tuple[str, ...], other: tuple[str, ...]) -> float:
    if not name or not other:
        return 0.0
    shared = 2 * len(set(name) & set(other)) / (len(set(name)) + len(set(other)))
    letters = SequenceMatcher(None, " ".join(name), " ".join(other), autojunk=False)
    if shared == 0 and letters.quick_ratio() < 2 * _WORTH_NAMING:
        return 0.0
    return (shared + letters.ratio()) / 2
