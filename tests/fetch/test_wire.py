"""Requests over real sockets on the loopback."""

import gzip
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from fetch_world import World, make_board

from tracker.errors import Refused, Transient
from tracker.fetch.http import Ask, Wire, httpx, read_url
from tracker.model import Capture, Unchanged

BODY = b"name,score\nqwen,71.5\n" * 200


class Page(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/robots.txt":
            self._send(404, b"")
        elif self.path == "/away":
            self._send(302, b"", ("location", f"http://localhost:{self.server.server_port}/board"))
        elif self.headers["if-none-match"] == '"v1"':
            self._send(304, b"")
        else:
            self._send(200, gzip.compress(BODY), ("content-encoding", "gzip"), ("etag", '"v1"'))

    def _send(self, status: int, body: bytes, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in (*headers, ("content-length", str(len(body))), ("x-seen", self.headers.get("x-key", ""))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_) -> None:
        """Stay silent."""


@pytest.fixture(autouse=True)
def _direct(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")


@pytest.fixture
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as serving:
        thread = threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{serving.server_port}/board"
        serving.shutdown()
        thread.join()


@contextmanager
def raw_server(play: Callable[[socket.socket], None]) -> Iterator[str]:
    """One connection, played by hand until the block ends: a sender whose reader has gone may be blocked for minutes."""
    accepted: list[socket.socket] = []

    def serve() -> None:
        connection, _ = listening.accept()
        accepted.append(connection)
        with connection:
            play(connection)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        for connection in accepted:
            with suppress(OSError):  # it has ended by itself
                connection.shutdown(socket.SHUT_RDWR)
        thread.join()


@contextmanager
def wire() -> Iterator[Wire]:
    opened = Wire(user_agent="test")
    try:
        yield opened
    finally:
        opened.close()


def ask(url: str, **options) -> Ask:
    return Ask(board="test/board", declared=url, url=read_url(url), **options)


def test_a_page_and_its_304_over_a_real_socket(server):
    world = World()
    fetcher = world.fetcher({"KEY": "s3cret-value"}, transport=None)
    board = make_board(server, headers={"X-Key": "${KEY}"})
    captured = fetcher.fetch(board)
    assert isinstance(captured, Capture)
    assert captured.bodies == (BODY,)
    assert isinstance(fetcher.fetch(board, captured.validators), Unchanged)
    world.close()


def test_the_library_logs_nothing_of_our_requests(server, caplog):
    caplog.set_level(logging.DEBUG)
    world = World()
    world.fetcher({"KEY": "s3cret-value"}, transport=None).fetch(
        make_board(server, headers={"X-Key": "${KEY}"}, params={"k": "${KEY}"})
    )
    world.close()
    assert "s3cret-value" not in caplog.text
    assert {record.name for record in caplog.records} <= {"tracker.fetch"}


def test_a_closed_port_is_transient():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with wire() as opened, pytest.raises(Transient, match=r"the connection failed \(connection refused\)"):
        opened.send(ask(f"http://127.0.0.1:{port}/"))


def test_nothing_is_sent_to_a_private_address_that_must_be_public():
    received = []
    with (
        raw_server(lambda connection: received.append(connection.recv(100))) as url,
        wire() as opened,
        pytest.raises(Refused, match="not public"),
    ):
        opened.send(ask(url, public=True))
    assert received == [b""]


def test_a_name_that_resolves_to_a_private_address_after_the_check_gains_nothing(server):
    world = World()
    world.addresses["localhost"] = ["93.184.216.34"]
    with pytest.raises(Refused, match="a redirect led to an address that is not public"):
        world.fetcher(transport=None).fetch(make_board(server.replace("/board", "/away")))
    world.close()


def endless(head: bytes, drop: bytes) -> Callable[[socket.socket], None]:
    def play(connection: socket.socket) -> None:
        connection.recv(10_000)
        try:
            connection.sendall(head)
            while True:
                connection.sendall(drop)
        except OSError:
            return

    return play


@pytest.mark.slow
@pytest.mark.parametrize(
    ("head", "drop", "message"),
    [
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n", r"not done after 0.4 s"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n",
            b"0;x=" + b"y" * 99,
            "remote protocol error",
        ),
    ],
    ids=["interim answers without end", "a chunk header without end"],
)
def test_an_endless_answer_is_cut_off(head, drop, message):
    with raw_server(endless(head, drop)) as url, wire() as opened, pytest.raises(Transient, match=message):
        opened.send(ask(url, timeout_s=0.1))  # it comes back at all


def test_a_truncated_body_is_an_error():
    def play(connection: socket.socket) -> None:
        connection.recv(10_000)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")

    with raw_server(play) as url, wire() as opened, pytest.raises(Transient, match="remote protocol error"):
        opened.send(ask(url))


def sent(data: bytes) -> Callable[[socket.socket], None]:
    """Sends these bytes and ends the connection."""

    def play(connection: socket.socket) -> None:
        connection.recv(10_000)
        with suppress(OSError):
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            connection.recv(1)

    return play


OK, CHUNKED, GZIP = b"HTTP/1.1 200 OK\r\n", b"transfer-encoding: chunked\r\n\r\n", b"content-encoding: gzip\r\n\r\n"
FAILED = {
    "headers without end": OK + b"a: b\r\n" * 40_000,
    "a header without end": OK + b"a: " + b"b" * 300_000,
    "a status without end": b"HTTP/1.1 200 " + b"O" * 300_000,
    "a NUL in a header": OK + b"a: b\0c\r\ncontent-length: 2\r\n\r\nhi",
    "another protocol": OK.replace(b"200 OK", b"101 Switching Protocols") + b"upgrade: x\r\n\r\nhello",
    "a status below 100": b"HTTP/1.1 099 X\r\ncontent-length: 2\r\n\r\nhi",
    "two lengths": OK + b"content-length: 2\r\ncontent-length: 5\r\n\r\nhello",
    "a length below zero": OK + b"content-length: -5\r\n\r\nhello",
    "a length of 50 digits": OK + b"content-length: " + b"9" * 50 + b"\r\n\r\nhello",
    "a chunk below zero": OK + CHUNKED + b"-5\r\nhello\r\n0\r\n\r\n",
    "no last chunk": OK + CHUNKED + b"5\r\nhello\r\n",
    "trailers without end": OK + CHUNKED + b"1\r\na\r\n0\r\n" + b"a: b\r\n" * 40_000,
    "a transfer in gzip": OK + b"transfer-encoding: gzip, chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
    "no headers": b"name,score\nqwen,71.5\n",
    "nothing": b"",
    "gzip of gzip": OK + b"content-encoding: gzip, gzip\r\n\r\n" + gzip.compress(gzip.compress(b"a")),
    "zstd": OK + b"content-encoding: zstd\r\n\r\n\x28\xb5\x2f\xfd\x04\x00",
    "brotli": OK + b"content-encoding: br\r\n\r\n\x0b\x02\x80hello\x03",
    "gzip and more": OK + GZIP + gzip.compress(b"a") + b"more",
}
REPLIES = {
    "a 204 with a body": (b"HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\nhello", (204, b"")),
    "a length and chunks": (OK + b"content-length: 3\r\n" + CHUNKED + b"5\r\nhello\r\n0\r\n\r\n", (200, b"hello")),
    "a thousand members of gzip": (OK + GZIP + gzip.compress(b"a") * 1000, (200, b"a" * 1000)),
    "an error in zstd": (b"HTTP/1.1 403 X\r\ncontent-encoding: zstd\r\n\r\n\x28\xb5\x2f\xfd", (403, b"")),
    "interim answers": (b"HTTP/1.1 103 Early Hints\r\nlink: <x>\r\n\r\n" * 99 + OK + b"\r\nhi", (200, b"hi")),
}


@pytest.mark.parametrize("answer", FAILED.values(), ids=FAILED.keys())
def test_a_hostile_answer_is_a_transient_failure(answer):
    with raw_server(sent(answer)) as url, wire() as opened, pytest.raises(Transient):
        opened.send(ask(url))


@pytest.mark.parametrize(
    "answer", [GZIP + gzip.compress(bytes(50_000_000)), GZIP + gzip.compress(b"") * 9_000], ids=["bomb", "empty"]
)
def test_a_bomb_is_refused_at_its_limit(answer):
    with raw_server(sent(OK + answer)) as url, wire() as opened, pytest.raises(Refused, match="more than 1000 bytes"):
        opened.send(ask(url, max_bytes=1000))


@pytest.mark.parametrize(("answer", "reply"), REPLIES.values(), ids=REPLIES.keys())
def test_an_odd_answer_is_read_as_the_standard_says(answer, reply):
    with raw_server(sent(answer)) as url, wire() as opened:
        found = opened.send(ask(url))
    assert (found.status, found.body) == reply


def test_a_silent_server_is_given_up_after_the_timeout():
    def play(connection: socket.socket) -> None:
        while connection.recv(10_000):
            pass

    with raw_server(play) as url, wire() as opened, pytest.raises(Transient, match=r"no answer within 0.05 s"):
        opened.send(ask(url, timeout_s=0.05))


def test_a_response_that_its_transport_read_is_accepted():
    transport = httpx.MockTransport(
        lambda _: httpx.Response(200, content=gzip.compress(BODY), headers={"content-encoding": "gzip"})
    )
    assert Wire(user_agent="test", transport=transport).send(ask("https://board.test/")).body == BODY
