"""How often clients may ask what is costly to answer."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from math import ceil
from threading import Lock

PER_CLIENT, IN_ALL = 30, 120
"""Questions in a minute."""
_WINDOW_S = 60


class Limiter:
    """Counts questions by the minute; `clock` is in seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, Lock()
        self._window, self._asked = -1, Counter[str]()

    def wait_s(self, client: str) -> int:
        """Count a question; how many seconds the client has to wait to ask it, 0 if it need not."""
        now = self._clock()
        with self._lock:
            if int(now // _WINDOW_S) != self._window:
                self._window = int(now // _WINDOW_S)
                self._asked.clear()
            if self._asked[client] >= PER_CLIENT or self._asked.total() >= IN_ALL:
                return ceil(_WINDOW_S - now % _WINDOW_S)
            self._asked[client] += 1
            return 0
