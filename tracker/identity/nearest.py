"""Names that look like another: for a person to choose from, never to merge by ("llama-70b" and "llama-7b" are 96 % alike)."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

from tracker.identity.tokens import LONGEST, clean, split, tokens

_WORTH_NAMING = 0.45
"""Below that likeness a suggestion misleads."""


def nearest(name: str, known_names: Iterable[str], most: int = 5) -> tuple[str, ...]:
    """The names most like `name`, the most alike first; none where nothing is.

    Half of the likeness are the words and numbers that both have, half the letters in their order.
    """
    wanted = _pieces(name)
    scored = [(_likeness(wanted, _pieces(known)), known) for known in dict.fromkeys(known_names)]
    close = sorted((one for one in scored if one[0] >= _WORTH_NAMING), key=lambda one: (-one[0], one[1]))
    return tuple(known for _, known in close[:most])


def _pieces(name: str) -> tuple[str, ...]:
    _, body, _ = split(clean(name[:LONGEST]))
    return tuple(token.text.removeprefix("v") if token.kind == "number" else token.text for token in tokens(body))


def _likeness(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    if not one or not other:
        return 0.0
    shared = 2 * len(set(one) & set(other)) / (len(set(one)) + len(set(other)))
    letters = SequenceMatcher(None, " ".join(one), " ".join(other), autojunk=False)
    if shared == 0 and letters.quick_ratio() < 2 * _WORTH_NAMING:
        return 0.0
    return (shared + letters.ratio()) / 2
