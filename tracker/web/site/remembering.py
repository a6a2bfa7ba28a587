"""A store that remembers its answers for as long as nothing is stored, so that requests share what is the same for all."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from threading import Lock
from typing import Any

from tracker.ports import Store

_PER_BOARD = frozenset(("boards", "declared", "past", "last_check", "checks", "identities", "segments", "latest"))
"""Questions with few answers: about a board as it is."""
_MOST = {"at": 200, "events": 200, "spans": 20_000}
"""Questions with an answer for each time or entry, and how many answers are kept: the last ones."""


class Remembered:
    """What a version of a store answered. Threads may share it."""

    def __init__(self) -> None:
        self._kept: dict[object, object] = {}
        self._last: dict[str, OrderedDict[object, object]] = {name: OrderedDict() for name in _MOST}
        self._lock = Lock()

    def of(self, name: str, about: tuple[object, ...], ask: Callable[[], object]) -> object:
        """The answer to a question, asked if it is new. Two threads may ask at the same time."""
        last = self._last.get(name)
        kept, key = self._kept if last is None else last, (name, about)
        with self._lock:
            if key in kept:
                return kept[key]
        answer = ask()
        with self._lock:
            kept[key] = answer
            if last is not None and len(last) > _MOST[name]:
                last.popitem(last=False)
        return answer


class Remembering:
    """A store whose answers are kept in `answers`, which must be those of the same version and vintage of it."""

    def __init__(self, store: Store, answers: Remembered) -> None:
        self._store, self._answers = store, answers

    def __getattr__(self, name: str) -> Any:  # whatever the store has
        """What the store has of that name."""
        asked = getattr(self._store, name)
        if name not in _PER_BOARD and name not in _MOST:
            return asked

        def answer(*of: object) -> object:
            fixed = tuple(map(_fixed, of))
            return self._answers.of(name, fixed, lambda: _fixed(asked(*fixed)))

        return answer


def _fixed(value: object) -> object:
    """The same, as something that can be read again: an iterator and a list as a tuple."""
    return tuple(value) if isinstance(value, Iterator | list) else value
