"""Connections of the server that cannot be held open: idle, half-sent and unread ones end."""

from __future__ import annotations

from asyncio import BaseTransport, TimerHandle, Transport
from typing import cast

from uvicorn.protocols.http.h11_impl import H11Protocol

ASKS_WITHIN_S = 10.0
"""The longest wait for a whole request, from the connection or from the last response on; a byte now and then is no more."""
ANSWERED_WITHIN_S = 120.0
"""The longest time for a response to be made and received."""
MOST_OPEN = 128
"""With more connections, the one that has waited longest is closed, so a new request is answered whatever the others do."""


class Connection(H11Protocol):
    """One connection, and what uvicorn does with it, within these limits."""

    _deadline: TimerHandle | None = None
    since = 0.0
    """When it began to wait."""

    def connection_made(self, transport: BaseTransport) -> None:
        """Begin to wait for a request. If there are too many connections, close one."""
        super().connection_made(cast("Transport", transport))
        self._wait(ASKS_WITHIN_S)
        if len(self.connections) > MOST_OPEN:
            others = (connection for connection in self.connections if isinstance(connection, Connection))
            longest = min(others, key=lambda connection: connection.since)
            self.connections.discard(longest)
            longest.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        super().connection_lost(exc)
        if self._deadline is not None:
            self._deadline.cancel()

    def handle_events(self) -> None:
        """Answer what was received. A new request has its own time."""
        before = self.cycle
        super().handle_events()
        if self.cycle is not before:
            self._wait(ANSWERED_WITHIN_S)

    def on_response_complete(self) -> None:
        """Wait for the next request, which may have been received already."""
        self._wait(ASKS_WITHIN_S)
        super().on_response_complete()

    def _wait(self, most_s: float) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self.since = self.loop.time()
        self._deadline = self.loop.call_later(most_s, self.transport.abort)
