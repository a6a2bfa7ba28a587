"""All that is outside the process, simulated: time, network, and disk; installed at the borders of Python and of libraries."""

from __future__ import annotations

import io
import os
import random
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import httpx
import time_machine

from simulation.disk import Crash, Disk

START = datetime(2027, 1, 4, tzinfo=UTC)
WRITTEN_BACK = timedelta(seconds=60)
"""Linux writes back what is 30 s old, and looks every five (/proc/sys/vm/dirty_expire_centisecs)."""
ENVIRONMENT = {"HOOK_KEY": "whsec_c2ltdWxhdGVk"}

Answer = Callable[[httpx.Request], httpx.Response]


@dataclass(kw_only=True)
class Outside:
    """A machine with one disk. `answer` is the network: it gets each request, and may raise an error of httpx.

    `now` is what the clock shows, and `passed_s` the seconds that really passed.
    """

    disk: Disk
    answer: Answer
    now: datetime = START
    passed_s: float = 0.0
    output: io.StringIO = field(default_factory=io.StringIO)
    _travel: time_machine.Traveller | None = None

    def wait(self, span: timedelta) -> None:
        """Time passes."""
        self.passed_s += span.total_seconds()
        if span >= WRITTEN_BACK:
            self.disk.written_back()
        self.set_clock(self.now + span)

    def set_clock(self, now: datetime) -> None:
        """Somebody sets the clock."""
        self.now = now
        if self._travel is not None:
            self._travel.move_to(now)

    def _sleep(self, seconds: float) -> None:
        self.disk.alive()
        self.wait(timedelta(seconds=seconds))

    def _monotonic(self) -> float:
        return self.passed_s

    def _send(self, request: httpx.Request) -> httpx.Response:
        self.disk.alive()
        response = self.answer(request)
        self.disk.alive()  # whoever answered may have killed us meanwhile
        return response

    @contextmanager
    def installed(self, seed: int = 0) -> Iterator[None]:
        """Within the block, this machine is the machine."""

        class Transport(httpx.BaseTransport):
            def __init__(self, *_: object, **__: object) -> None:
                """Ignore what concerns real connections."""

            handle_request = staticmethod(self._send)

        with ExitStack() as stack:
            self._travel = stack.enter_context(time_machine.travel(self.now, tick=False))
            stack.enter_context(mock.patch.object(httpx._client, "HTTPTransport", Transport))
            stack.enter_context(mock.patch.object(time, "sleep", self._sleep))
            stack.enter_context(mock.patch.object(time, "monotonic", self._monotonic))
            stack.enter_context(mock.patch.object(socket, "getaddrinfo", _address))
            stack.enter_context(mock.patch.dict(os.environ, ENVIRONMENT))
            stack.enter_context(redirect_stdout(self.output))
            stack.enter_context(redirect_stderr(self.output))
            stack.enter_context(self.disk.installed())
            state = random.getstate()
            stack.callback(random.setstate, state)
            random.seed(seed)
            yield

    def process(self, work: Callable[[], object]) -> object:
        """What a process does: its result, or the error with which it ends. A crash is an error too, whatever hides it."""
        try:
            result = work()
        except Exception as error:  # noqa: BLE001  # it is judged
            result = error
        except Crash as crash:
            result = crash
        if not self.disk.dead:
            return result
        self.disk.revive()
        return Crash()


def _address(host: str, *_: Any, **__: Any) -> list[tuple[Any, ...]]:
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", 443))]
