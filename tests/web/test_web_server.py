"""Where the server listens, who may reach it, and an answer through a real socket."""

from __future__ import annotations

import http.client
import logging
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st
from web_world import FINE, full

from tracker import web
from tracker.errors import DeclarationError
from tracker.web import Address, parse_address
from tracker.web.server import Server


@pytest.mark.parametrize(
    ("text", "host", "port", "loopback"),
    [
        ("127.0.0.1:8787", "127.0.0.1", 8787, True),
        ("127.9.9.9:1", "127.9.9.9", 1, True),
        ("localhost:80", "127.0.0.1", 80, True),
        ("[::1]:8787", "::1", 8787, True),
        ("[::ffff:127.0.0.1]:1", "::ffff:127.0.0.1", 1, True),
        ("[::ffff:8.8.8.8]:1", "::ffff:8.8.8.8", 1, False),
        ("0.0.0.0:0", "0.0.0.0", 0, False),
        ("[::]:65535", "::", 65535, False),
        ("192.168.1.5:8787", "192.168.1.5", 8787, False),
    ],
)
def test_an_address_is_a_number_and_a_port(text: str, host: str, port: int, loopback: bool):
    found = parse_address(text)
    assert found.is_loopback is loopback
    assert parse_address(str(found)) == found
    assert found.port == port
    assert found == Address(host=found.host, port=port)
    assert found.host == host or "." in host  # a mapped address has two spellings


WRONG = [
    "",
    ":8787",
    "8787",
    "127.0.0.1",
    "127.0.0.1:",
    "127.0.0.1:65536",
    "127.0.0.1:-1",
    "127.0.0.1:٣",
    "::1:8787",
    "[::1]",
    "1.2.3:4",
]


@pytest.mark.parametrize(
    "text",
    [*WRONG, "example.org:80", "[127.0.0.1]:80", "http://127.0.0.1:80", "127.0.0.1:80/x", " 127.0.0.1:80", "127.0.0.1:80\n"],
)
def test_any_other_address_is_refused(text: str):
    with pytest.raises(DeclarationError, match=r"is not an address; expected 127\.0\.0\.1:8787, \[::1\]:8787 or localhost:8787"):
        parse_address(text)


@given(st.ip_addresses(), st.integers(0, 65535))
def test_every_address_survives_formatting(host: object, port: int):
    address = Address(host=str(host), port=port)
    assert parse_address(str(address)) == address


@pytest.mark.parametrize("address", ["0.0.0.0:0", "[::]:0"])
@pytest.mark.parametrize("token", [None, ""])
def test_a_public_address_without_a_token_is_refused(address: str, token: str | None):
    with pytest.raises(DeclarationError, match=r"others can reach this address and no token is set; set TRACKER_HTTP_TOKEN"):
        web.serve(web.app(lambda: FINE, full, token), address)


def test_a_port_in_use_is_an_error_at_once():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(DeclarationError, match=f"--http 127.0.0.1:{port}: cannot listen there: .+; expected a free port"):
            web.serve(web.app(lambda: FINE, full), f"127.0.0.1:{port}")


@pytest.fixture
def server() -> Iterator[Server]:
    running = web.serve(web.app(lambda: FINE, full, "open sesame"), "127.0.0.1:0")
    yield running
    running.stop()


def get(server: Server, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers by their names in small letters, and body."""
    with closing(http.client.HTTPConnection(server.address.host, server.address.port, timeout=10)) as connection:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()


def test_a_real_server_answers_and_does_not_name_its_software(server: Server):
    status, headers, body = get(server, "/healthz")
    assert (status, body) == (200, b"alive, the main loop turned 2 s ago\n")
    assert "server" not in headers
    assert get(server, "/metrics")[0] == 401
    status, _, body = get(server, "/metrics", Authorization="Bearer open sesame")
    assert status == 200
    assert b'tracker_entries{board="acme/text"} 509.0' in body


def test_stopping_frees_the_port_and_leaves_signals_alone():
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    server = web.serve(web.app(lambda: FINE, full), "127.0.0.1:0")
    assert [signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)] == before
    assert get(server, "/healthz")[0] == 200
    server.stop()
    server.stop()
    assert not server.alive
    socket.create_server(("127.0.0.1", server.address.port)).close()


def test_a_server_that_is_stopped_at_once_ends():
    server = web.serve(web.app(lambda: FINE, full), "127.0.0.1:0")
    server.stop()
    assert not server.alive


def test_the_servers_messages_go_through_our_log_and_no_access_is_logged(caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.INFO, "tracker"):
        server = web.serve(web.app(lambda: FINE, full), "127.0.0.1:0")
        get(server, "/healthz")
        get(server, "/nowhere?key=hunter2")
        server.stop()
    assert {record.name for record in caplog.records} == {"tracker.web.server", "tracker.web.pages"}
    (refused,) = [record for record in caplog.records if record.name == "tracker.web.pages"]
    assert (refused.message, vars(refused)["path"], vars(refused)["status"]) == ("page refused", "/nowhere", 404)
    assert "hunter2" not in caplog.text


@pytest.mark.slow
@pytest.mark.parametrize("library", ["starlette", "prometheus_client", "uvicorn"])
def test_a_missing_library_is_named_with_its_extra(library: str):
    code = f"""
import sys
sys.modules["{library}"] = None
from tracker import web
from tracker.errors import DeclarationError
try:
    app = web.app(lambda: None, lambda: None)
    web.serve(app, "127.0.0.1:0")
except DeclarationError as error:
    print(error)
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == f"--http: {library} is not installed; install the extra: leaderboard-tracker[web]\n"


def test_importing_the_package_loads_none_of_the_libraries():
    code = "import sys, tracker.web; print(sorted({'starlette', 'uvicorn', 'prometheus_client', 'httpx'} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"
