"""A uvicorn in its own thread: no signal handlers, no access log, and its messages in our log."""

from __future__ import annotations

import logging
import socket
from threading import Thread

import uvicorn
from starlette.applications import Starlette

from tracker.errors import DeclarationError
from tracker.web.address import TOKEN, Address
from tracker.web.connections import Connection

log = logging.getLogger(__name__)
_FINISHES_WITHIN_S = 2


class Server:
    """Listens from its creation until `stop()`, at `address`, which has the actual port."""

    def __init__(self, app: Starlette, address: Address) -> None:
        """Bind and begin to answer. Raises DeclarationError if the address is in use, or public without a token."""
        if not address.is_loopback and not app.state.guarded:
            raise DeclarationError(
                f"--http {address}: others can reach this address and no token is set;"
                f" set {TOKEN}, or listen on 127.0.0.1:{address.port}"
            )
        self._socket = _bound(address)
        self.address = Address(host=address.host, port=self._socket.getsockname()[1])
        logger = logging.getLogger("uvicorn")
        logger.handlers[:] = [_Relay()]
        logger.setLevel(logging.INFO)
        logger.propagate = False
        self._server = uvicorn.Server(_config(app))
        self._thread = Thread(target=self._server.run, args=([self._socket],), name="tracker-http", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether it still answers."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """Finish current answers within a few seconds, and close. May be called twice."""
        self._server.should_exit = True
        self._thread.join(_FINISHES_WITHIN_S + 5)
        if self.alive:
            log.warning("http server does not stop", extra={"address": str(self.address)})
        self._socket.close()


def _bound(address: Address) -> socket.socket:
    """A socket that already listens, so that a port in use is an error at once and not in a thread."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    try:
        return socket.create_server((address.host, address.port), family=family, backlog=128)
    except OSError as error:
        raise DeclarationError(f"--http {address}: cannot listen there: {error.strerror}; expected a free port") from error


def _config(app: Starlette) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="asyncio",
        http=Connection,
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_FINISHES_WITHIN_S,
    )


class _Relay(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        log.log(record.levelno, "http server", extra={"said": record.getMessage()}, exc_info=record.exc_info)
