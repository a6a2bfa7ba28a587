"""Every publisher on this machine: a proxy that answers at the boards' own addresses with the pages of `tests/boards/`.

Which page is at which address follows from the declarations alone: each value of `each`, each page of a pagination and the
payloads have addresses of their own; members of one archive come in one ZIP file; a page on which releases are named is made
from the expressions that look for them. Everything else, robots.txt too, is not found.
"""

from __future__ import annotations

import io
import json
import re
import ssl
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, quote, urljoin, urlsplit

import jmespath
import trustme
from hypothesis import find, settings
from hypothesis import strategies as st

from tracker.authoring.fixtures import bodies_in
from tracker.model import ASKED_FOR, NEWEST, Board, Newest, Pagination, Request

Address = tuple[str, str, frozenset[tuple[str, str]]]
"""Host, path and parameters."""


class Publishers:
    """The running proxy. `url` is for HTTPS_PROXY, `ca` (in a file) for SSL_CERT_FILE, `asked` has the requests so far."""

    def __init__(self, boards: Iterable[Board], folder: Path) -> None:
        self.pages = pages_of(boards, folder)
        self.asked: list[Address] = []

    def __enter__(self) -> Self:
        ca = trustme.CA()
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        ca.issue_cert(*sorted({host for host, _, _ in self.pages})).configure_cert(self.context)
        self.ca = ca.cert_pem.bytes()
        self._server = _Server(self)
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # closing waits for them

    def __init__(self, publishers: Publishers) -> None:
        self.publishers = publishers
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    host = ""

    def do_CONNECT(self) -> None:
        """Be the host that is asked for: the client finds a certificate that it trusts."""
        self.host = self.path.removesuffix(":443")
        self.send_response(200)
        self.end_headers()
        plain = self.rfile, self.wfile
        with (
            self.server.publishers.context.wrap_socket(self.connection, server_side=True) as secured,
            secured.makefile("rb") as self.rfile,
            secured.makefile("wb", buffering=0) as self.wfile,
        ):
            self.handle_one_request()
        self.rfile, self.wfile = plain
        self.close_connection = True

    def do_GET(self) -> None:
        address = address_of(urljoin(f"https://{self.host}", self.path))
        self.server.publishers.asked.append(address)
        body = self.server.publishers.pages.get(address)
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


# ── which page is where ──────────────────────────────────────────────────────────────────────────


def address_of(url: str, params: Mapping[str, str] = {}) -> Address:
    parts = urlsplit(url)
    return parts.netloc, parts.path, frozenset({**dict(parse_qsl(parts.query)), **params}.items())


def pages_of(boards: Iterable[Board], folder: Path) -> Mapping[Address, bytes]:
    """The answer at each address that the boards' declarations ask for."""
    answers: dict[Address, list[_Answer]] = defaultdict(list)
    for board in boards:
        bodies = [_Body(part.name, part.value, body) for part, _, body in bodies_in(board, folder / board.id)]
        release, made = _releases(board.request.newest)
        requests = [("", board.request), *((payload.name, payload.request) for payload in board.payloads)]
        made += [
            answer
            for name, request in requests
            for answer in _answers(_filled(request, NEWEST, release), [body for body in bodies if body.payload == name])
        ]
        for answer in made:
            answers[answer.address].append(answer)
    return {address: _one(there) for address, there in answers.items()}


@dataclass(frozen=True, slots=True)
class _Body:
    """A file of a board's folder: of which payload it is, for which of `each`."""

    payload: str
    value: str
    body: bytes


@dataclass(frozen=True, slots=True)
class _Answer:
    """What is at an address; with a `member`, packed into an archive."""

    address: Address
    body: bytes
    member: str = ""


def _answers(request: Request, bodies: Sequence[_Body]) -> list[_Answer]:
    if request.each is not None:
        values, each = [body.value for body in bodies], request.each
        manifest = [_Answer(address_of(each.url), json.dumps({each.find: values}).encode())] if each.url else []
        filled = [(_filled(request, ASKED_FOR, body.value), body) for body in bodies]
        return manifest + [_Answer(address_of(one.url, one.params), body.body) for one, body in filled]
    if request.pagination is not None:
        return _paged(request, request.pagination, [body.body for body in bodies])
    (body,) = bodies
    return [_Answer(address_of(request.url, request.params), body.body, request.member)]


def _paged(request: Request, how: Pagination, bodies: Sequence[bytes]) -> list[_Answer]:
    """The pages from their offsets on, and the closing one without records."""
    assert how.kind == "offset", "other kinds need answers of their own here"
    answers, seen = [], 0
    for body in (*bodies, json.dumps({how.records: []}).encode()):
        answers.append(_Answer(address_of(request.url, {**request.params, how.param: str(seen)}), body))
        seen += len(jmespath.search(how.records, json.loads(body)))
    return answers


def _releases(newest: Newest | None) -> tuple[str, list[_Answer]]:
    """A release, and the pages on which it is named."""
    if newest is None:
        return "", []
    found = _example(newest.find)
    release = re.fullmatch(newest.find, found)[1]
    for old, new in newest.replace.items():
        release = release.replace(old, new)
    if not newest.follow:
        return release, [_Answer(address_of(newest.url), found.encode())]
    link = _example(newest.follow)
    at = urljoin(newest.url, re.fullmatch(newest.follow, link)[1])
    return release, [_Answer(address_of(newest.url), link.encode()), _Answer(address_of(at), found.encode())]


def _example(expression: str) -> str:
    """The simplest text that a regular expression finds."""
    texts = st.from_regex(expression, fullmatch=True, alphabet=st.characters(codec="ascii"))
    return find(texts, lambda _: True, settings=settings(database=None))


def _filled(request: Request, word: str, value: str) -> Request:
    params = {name: text.replace(word, value) for name, text in request.params.items()}
    return replace(request, url=request.url.replace(word, quote(value, safe="")), params=params)


def _one(answers: Sequence[_Answer]) -> bytes:
    """What boards that ask for the same address are all answered with."""
    if answers[0].member:
        return _archive({answer.member: answer.body for answer in answers})
    bodies = list(dict.fromkeys(answer.body for answer in answers))
    return bodies[0] if len(bodies) == 1 else _joined([json.loads(body) for body in bodies])


def _archive(members: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return packed.getvalue()


def _joined(documents: Sequence[Mapping[str, list[Any]]]) -> bytes:
    """Excerpts of one page as a page: the records of all, the fullest first, as each excerpt keeps one board whole."""
    records = {key: [record for document in documents for record in document[key]] for key in documents[0]}
    return json.dumps({key: sorted(there, key=lambda one: -len(json.dumps(one))) for key, there in records.items()}).encode()
