"""Asks a server for the past of a board: one request at a time, waiting as long as the server asks for."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tracker.errors import Transient
from tracker.fetch import Fetcher
from tracker.fetch.http import Reply
from tracker.model import Board, Request
from tracker.ports import Clock
from tracker.wording import count

LONGEST_WAIT_S = 3600.0
"""A server that asks for more ends the job; another run goes on where it was."""
_TRIES = 6
_PAUSE_S = 30.0
"""The first pause after a failure without a Retry-After; each further one is twice as long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastServer:
    """A server that has the past of a board; `address` has no slash at its end. `say` gets a line about each wait."""

    board: Board
    address: str
    fetcher: Fetcher
    clock: Clock
    gap_s: float
    say: Callable[[str], object]

    def get(self, path: str, params: Mapping[str, str] | None = None, *, max_bytes: int = 0) -> Reply:
        """The answer for a path. Raises Gone, Refused, or Transient after several tries."""
        declared = self.board.request
        request = Request(
            url=f"{self.address}/{path}",
            params=params or {},
            gap_s=self.gap_s,
            timeout_s=max(declared.timeout_s, 60.0),
            max_bytes=max_bytes or declared.max_bytes,
        )
        for tried in range(_TRIES):
            try:
                return self.fetcher.get(replace(self.board, request=request, payloads=()))
            except Transient as error:
                wait_s = error.retry_after_s or _PAUSE_S * 2**tried
                if tried == _TRIES - 1 or wait_s > LONGEST_WAIT_S:
                    raise
                self.say(f"{error}; waiting {count(round(wait_s), 'second')}")
                self.clock.sleep(wait_s)
        raise AssertionError("the last try returns or raises")

    def json(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        """The decoded answer. Raises Transient if it is not JSON, as a page of an overloaded server."""
        reply = self.get(path, params)
        try:
            return json.loads(reply.body or b"[]")
        except ValueError as error:
            raise Transient(f"{self.board.id}: {self.address}/{path}: is not JSON; expected a list; try again later") from error
