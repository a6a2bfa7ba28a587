"""Nobody can hold the server's connections: not by silence, by a byte now and then, by not reading, or by their number."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field

import h11
import pytest
import uvicorn
from uvicorn.server import ServerState
from web_world import FINE, full

from tracker import web
from tracker.errors import DeclarationError
from tracker.web.connections import ANSWERED_WITHIN_S, ASKS_WITHIN_S, MOST_OPEN, Connection
from tracker.web.server import Server

REQUEST = b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n"
TOKEN = "a token of some length"


@pytest.fixture
def server() -> Iterator[Server]:
    running = web.serve(web.app(lambda: FINE, full, TOKEN), "127.0.0.1:0")
    yield running
    running.stop()


def connected(server: Server) -> socket.socket:
    return socket.create_connection((server.address.host, server.address.port), timeout=10)


def exchanged(server: Server, request: bytes) -> bytes:
    """All that the server sends until it closes the connection."""
    with closing(connected(server)) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65_536), b""))


@pytest.mark.parametrize(
    "sent", [b"", b"GET /healthz HT", REQUEST[:-2], REQUEST, b"POST /healthz HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n"]
)
def test_many_idle_and_half_sent_connections_do_not_keep_healthz_from_answering(server: Server, sent: bytes):
    with ExitStack() as stack:
        for _ in range(2 * MOST_OPEN):
            connection = stack.enter_context(closing(connected(server)))
            connection.sendall(sent)
        assert exchanged(server, REQUEST.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n")).startswith(b"HTTP/1.1 200 ")


METRICS = REQUEST.replace(b"healthz", b"metrics")
HOSTILE = {
    "HTTP/0.9": b"GET /metrics\r\n",
    "no version": b"GET /metrics \r\nhost: x\r\n\r\n",
    "two lengths": b"GET /metrics HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\ncontent-length: 30\r\n\r\n",
    "length and chunks": b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"
    + METRICS,
    "a signed length": b"GET /metrics HTTP/1.1\r\nhost: x\r\ncontent-length: +4\r\n\r\nabcd",
    "an unknown coding": b"GET /metrics HTTP/1.1\r\nhost: x\r\ntransfer-encoding: xchunked\r\n\r\n",
    "a NUL in the path": b"GET /metrics\0 HTTP/1.1\r\nhost: x\r\n\r\n",
    "a NUL in a header": b"GET /metrics HTTP/1.1\r\nhost: x\0y\r\n\r\n",
    "a folded header": b"GET /metrics HTTP/1.1\r\nhost: x\r\nauthorization:\r\n Bearer x\r\n\r\n",
    "a space before the colon": b"GET /metrics HTTP/1.1\r\nhost : x\r\n\r\n",
    "no host": b"GET /metrics HTTP/1.1\r\n\r\n",
    "endless headers": b"GET /metrics HTTP/1.1\r\n" + b"a: " + b"b" * 200_000,
    "very many headers": b"GET /metrics HTTP/1.1\r\nhost: x\r\n" + b"a: b\r\n" * 20_000,
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64) + b"\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "an absolute address": b"GET http://127.0.0.1/metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
    "a path with its dots": b"GET /healthz/../metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
    "an encoded path": b"GET /%6detrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
    "an upgrade": b"GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: upgrade, close\r\nupgrade: websocket\r\n\r\n",
    "two tokens": b"GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer x\r\nauthorization: Bearer "
    + TOKEN.encode()
    + b"\r\n\r\n",
}


@pytest.mark.parametrize("request_", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_request_shows_nothing_and_harms_nobody(server: Server, request_: bytes):
    with closing(connected(server)) as connection:
        try:
            connection.sendall(request_)
            connection.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda: connection.recv(65_536), b""))
        except OSError:
            answer = b""
    assert b"tracker_" not in answer
    assert b" 200 " not in answer
    assert b" 500 " not in answer
    assert exchanged(server, REQUEST.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n")).startswith(b"HTTP/1.1 200 ")


def test_requests_sent_at_once_are_answered_one_after_the_other(server: Server):
    answer = exchanged(server, REQUEST * 50 + b"GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
    assert answer.count(b"HTTP/1.1 200 ") == 50
    assert answer.count(b"HTTP/1.1 401 ") == 1


@dataclass
class Timer:
    due: float
    call: Callable[[], object]
    cancelled: bool = False

    def cancel(self) -> None:
        self.cancelled = True


@dataclass
class Loop:
    """A loop whose time passes when a test says so, and which runs no task."""

    now: float = 0.0
    timers: list[Timer] = field(default_factory=list)

    def time(self) -> float:
        return self.now

    def call_later(self, delay_s: float, call: Callable[[], object]) -> Timer:
        self.timers.append(Timer(self.now + delay_s, call))
        return self.timers[-1]

    def create_task(self, task, **_):
        task.close()
        return type("Task", (), {"add_done_callback": lambda _, __: None})()

    def passes(self, seconds: float) -> None:
        self.now += seconds
        for timer in [timer for timer in self.timers if not timer.cancelled and timer.due <= self.now]:
            timer.cancelled = True
            timer.call()


@dataclass
class Pipe:
    """The transport of a connection."""

    aborted: bool = False

    def abort(self) -> None:
        self.aborted = True

    def get_extra_info(self, _: str) -> None:
        return None

    def is_closing(self) -> bool:
        return self.aborted

    def write(self, _: bytes) -> None: ...
    def close(self) -> None: ...
    def pause_reading(self) -> None: ...
    def resume_reading(self) -> None: ...


def opened(loop: Loop, state: ServerState) -> tuple[Connection, Pipe]:
    config = uvicorn.Config(web.app(lambda: FINE, full), interface="asgi3", lifespan="off", ws="none", log_config=None)
    connection, pipe = Connection(config, state, {}, loop), Pipe()
    connection.connection_made(pipe)
    return connection, pipe


def test_a_connection_without_a_whole_request_in_time_is_closed_however_many_bytes_came():
    loop = Loop()
    connection, pipe = opened(loop, ServerState())
    for number in range(9):
        loop.passes(ASKS_WITHIN_S / 10)
        connection.data_received(REQUEST[number : number + 1])
    assert not pipe.aborted
    loop.passes(ASKS_WITHIN_S / 10)
    assert pipe.aborted


def test_each_request_has_its_own_time():
    loop = Loop()
    connection, pipe = opened(loop, ServerState())
    loop.passes(ASKS_WITHIN_S - 1)
    connection.data_received(REQUEST)
    loop.passes(ANSWERED_WITHIN_S - 1)
    assert not pipe.aborted
    connection.conn.send(h11.Response(status_code=200, headers=[("content-length", "0")]))
    connection.conn.send(h11.EndOfMessage())
    connection.cycle.response_complete = True
    connection.on_response_complete()
    connection.data_received(REQUEST[:9])
    loop.passes(ASKS_WITHIN_S - 1)
    assert not pipe.aborted
    loop.passes(1)
    assert pipe.aborted


def test_a_response_that_is_not_received_in_time_ends():
    loop = Loop()
    connection, pipe = opened(loop, ServerState())
    connection.data_received(REQUEST)
    loop.passes(ANSWERED_WITHIN_S)
    assert pipe.aborted


def test_a_closed_connection_waits_for_nothing():
    loop = Loop()
    connection, pipe = opened(loop, ServerState())
    connection.connection_lost(None)
    loop.passes(ASKS_WITHIN_S)
    assert not pipe.aborted


def test_of_too_many_connections_the_one_that_has_waited_longest_is_closed():
    loop, state = Loop(), ServerState()
    asking, *others = [opened(loop, state) for _ in range(MOST_OPEN) if not loop.passes(0.01)]
    asking[0].data_received(REQUEST)
    newest = opened(loop, state)
    assert [pipe.aborted for _, pipe in (asking, *others, newest)] == [False, True, *[False] * (MOST_OPEN - 1)]


@pytest.mark.parametrize("token", ["a", "0123456789abcde"])
def test_a_short_token_is_refused(token: str):
    expected = rf"TRACKER_HTTP_TOKEN has {len(token)} characters, expected at least 16: .*openssl rand -hex 16"
    with pytest.raises(DeclarationError, match=expected) as caught:
        web.token_of({web.TOKEN: token})
    assert token not in str(caught.value).split()


@pytest.mark.parametrize(("environment", "token"), [({}, None), ({web.TOKEN: ""}, None), ({web.TOKEN: TOKEN}, TOKEN)])
def test_a_long_token_or_none_is_accepted(environment: dict[str, str], token: str | None):
    assert web.token_of(environment) == token
