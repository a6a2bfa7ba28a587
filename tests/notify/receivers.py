"""Receivers on this machine: a web server and a mail server that remember what came."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message as Mail
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller


@dataclass
class Came:
    """One request as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Web:
    """A web server; `answer` is the status, headers and body it gives to the next requests."""

    port: int = 0
    came: list[Came] = field(default_factory=list)
    answer: tuple[int, Mapping[str, str], bytes] = (200, {}, b"{}")
    wait: Callable[[], object] = bool

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"


@contextmanager
def web() -> Iterator[Web]:
    world = Web()

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            world.came.append(Came(self.command, self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            world.wait()
            status, headers, answer = world.answer
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", "Content-Length": str(len(answer)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer)

        do_POST = do_PUT = do_GET = handle_any  # noqa: N815  # the names http.server calls

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        world.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield world
        server.shutdown()
        thread.join()


@dataclass
class Post:
    """A mail server's box."""

    port: int = 0
    mails: list[Mail] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  # the name aiosmtpd calls
        self.mails.append(message_from_bytes(envelope.content))
        return "250 kept"


@contextmanager
def post_office() -> Iterator[Post]:
    box = Post()
    controller = Controller(box, hostname="127.0.0.1", port=0)
    # aiosmtpd connects to its own port to see that it is there: port 0 must be known before
    import socket  # noqa: PLC0415

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        box.port = controller.port = free.getsockname()[1]
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
