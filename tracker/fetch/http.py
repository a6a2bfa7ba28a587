"""The only access to the network: one request, one reply, within its time and size, without a trace in a log.

The rest of this package uses `Ask` and `Reply`. The library is httpx, dormant since 0.28.1, or, if it is installed (the extra
`leaderboard-tracker[httpx2]`), its maintained fork httpx2 with the same API.

Addresses: a request that must stay public (`Ask.public`) is checked on the connection, before a byte is sent, so a name that
resolves differently between check and connect gains nothing. Through a proxy (HTTPS_PROXY etc.) only the check by name remains.

Time: from sending to the last byte a request takes at most `TOTAL_FACTOR` times its timeout, and ends when its fetch has to; then
its socket is shut. Before there is a socket only the plain timeout applies, once per address of the host.
"""

from __future__ import annotations

import logging
import os
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from http.cookiejar import DefaultCookiePolicy
from ipaddress import ip_address
from math import inf
from typing import TYPE_CHECKING, Any

from tracker.errors import FetchError, Refused, Transient
from tracker.fetch.addresses import causes, is_public, says_no_such_host
from tracker.fetch.inflate import Garbled, Inflater
from tracker.model import BoardId
from tracker.redaction import Secrets

if TYPE_CHECKING:
    import httpx
else:
    try:
        import httpx2 as httpx
    except ImportError:
        import httpx

URL = httpx.URL
Transport = httpx.BaseTransport

TOTAL_FACTOR = 4
EVIDENCE_BYTES = 256 * 1024
"""The most that is kept of an error page."""
ANSWER_BYTES = 4096
"""The most that is kept of the answer to a POST."""
SENDER = "leaderboard-tracker"
MAX_PLACE = 200
ASIDE = "tracker_location"
BODILESS = frozenset((301, 302, 303, 304, 307, 308))
"""Statuses whose body adds nothing to their headers."""
CONDITIONS = ("if-none-match", "if-modified-since")
PORTS = range(1, 65_536)
FIELD_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""RFC 9110 §5.1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request as it is sent, with its secrets; never shown whole.

    `declared` is the board's URL as declared. Names in `headers` are lower-case. `cut` keeps the first `max_bytes` of a longer
    body instead of refusing it. `public` demands a public address, unless `allow_private`. The request counts for each of the
    `keys`, which may be used `max_per_day` times; 0 is any number. It ends at `until` on the sender's clock.
    """

    board: BoardId
    declared: str
    url: URL = field(repr=False)
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    content: bytes = field(default=b"", repr=False)
    secrets: Secrets = field(default_factory=Secrets)
    timeout_s: float = 30.0
    max_bytes: int = 32_000_000
    gap_s: float = 2.0
    cut: bool = False
    public: bool = False
    allow_private: bool = False
    keys: tuple[str, ...] = ()
    max_per_day: int = 0
    until: float = inf

    @property
    def host(self) -> str:
        """Lower-case, IDNA-encoded, without port."""
        return host_of(self.url)

    @property
    def place(self) -> str:
        """The board and the URL without its query, as an error may show them."""
        return f"{self.board}: {self.shown(self.url)}"

    @property
    def conditional(self) -> bool:
        """Whether a 304 answers it."""
        return any(name in self.headers for name in CONDITIONS)

    def shown(self, url: URL) -> str:
        """A URL without user, query and secrets, cut to a readable length."""
        path = url.raw_path.partition(b"?")[0].decode("ascii")
        text = self.secrets.scrub(f"{url.scheme}://{url.netloc.decode('ascii')}{path}")
        return text if len(text) <= MAX_PLACE else f"{text[:MAX_PLACE]}…"

    def because(self, error: BaseException) -> BaseException | None:
        """The error for `raise ... from`; None if its text could repeat a secret."""
        return None if self.secrets else error


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The answer of `url`. Names in `headers` are lower-case; `next_link` is the Link header's rel=next."""

    url: URL = field(repr=False)
    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    next_link: str = field(default="", repr=False)


def read_url(text: str) -> URL:
    """A URL that can be fetched, without its fragment. Raises ValueError without any part of the text."""
    try:
        url = URL(text)
        usable = (
            bool(url.host) and url.scheme in ("http", "https") and not url.userinfo and (url.port is None or url.port in PORTS)
        )
    except (httpx.InvalidURL, ValueError):
        raise ValueError("not a URL that can be read") from None
    if not usable:
        raise ValueError("not an http or https URL with a host and without a user")
    return url.copy_with(fragment=None)


def join_url(base: URL, reference: str) -> URL:
    """The URL in a Location or Link header at `base`. Raises ValueError as `read_url` does."""
    try:
        joined = str(base.join(reference))
    except (httpx.InvalidURL, ValueError):
        raise ValueError("not a URL that can be read") from None
    return read_url(joined)


def host_of(url: URL) -> str:
    """The host of a URL, lower-case and IDNA-encoded."""
    return url.raw_host.decode("ascii")


def origin_of(url: URL) -> tuple[str, str, int | None]:
    """Scheme, host and port; the port is None if it is the scheme's default."""
    return url.scheme, host_of(url), url.port


def is_sendable(name: str, value: str) -> bool:
    """Whether a header can be sent unchanged: visible ASCII, spaces only inside."""
    return FIELD_NAME.fullmatch(name) is not None and value.isascii() and value.isprintable() and value == value.strip()


class Wire:
    """Sends one request per call, from any thread. Follows no redirect, retries nothing, keeps no cookies."""

    def __init__(
        self, *, user_agent: str, transport: Transport | None = None, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        # No connection is reused: each request opens its own, so that its address and its time are checked.
        self._client = httpx.Client(
            transport=transport, limits=httpx.Limits(max_keepalive_connections=0), event_hooks={"response": [_set_location_aside]}
        )
        self._client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=()))
        self._ours = {"user-agent": user_agent, "accept-encoding": "gzip, deflate", "connection": "close"}
        self._monotonic = monotonic

    def close(self) -> None:
        """Release the library's resources."""
        self._client.close()

    def send(self, ask: Ask) -> Reply:
        """Send a request once.

        Raises:
            Transient: no complete answer came in time.
            Refused: the request cannot be sent, the answer is too large, or the address is not public though it must be.
            Gone: there is no such host.
        """
        total_s = min(TOTAL_FACTOR * ask.timeout_s, ask.until - self._monotonic())
        if total_s <= 0:
            raise _late(ask, total_s)
        with _unlogged(), closing(_Watch(ask, total_s)) as watch:
            try:
                return self._exchange(ask, watch)
            except (httpx.HTTPError, httpx.InvalidURL, Garbled, UnicodeError, TimeoutError) as error:
                is_late = watch.expired or isinstance(error, TimeoutError)
                late = _late(ask, total_s) if is_late else _translated(ask, error, direct=watch.direct)
                raise late from ask.because(error)

    def _exchange(self, ask: Ask, watch: _Watch) -> Reply:
        deadline = self._monotonic() + watch.total_s
        request = self._client.build_request(
            ask.method,
            ask.url,
            headers={**ask.headers, **self._ours},
            content=ask.content or None,
            timeout=ask.timeout_s,
            extensions={"trace": watch.see},
        )
        response = self._client.send(request, stream=True, follow_redirects=False)
        with closing(response):
            body = b"" if response.status_code in BODILESS else self._body(ask, response, deadline)
        if watch.expired:  # a body without a length ends where its socket is shut
            raise TimeoutError
        next_link = response.links.get("next", {}).get("url", "")
        headers = {**response.headers, **response.extensions[ASIDE]}
        return Reply(url=ask.url, status=response.status_code, headers=headers, body=body, next_link=next_link)

    def _body(self, ask: Ask, response: httpx.Response, deadline: float) -> bytes:
        """The inflated body; of an error page only what is readable."""
        if response.status_code == HTTPStatus.OK:
            return self._inflated(ask, response, deadline)
        try:
            return self._inflated(replace(ask, max_bytes=EVIDENCE_BYTES, cut=True), response, deadline)
        except Garbled:
            return b""

    def _inflated(self, ask: Ask, response: httpx.Response, deadline: float) -> bytes:
        coding, chunks = _as_sent(response)
        inflater = Inflater(coding, ask.max_bytes)
        for chunk in chunks:
            if self._monotonic() > deadline:
                raise TimeoutError
            if not inflater.feed(chunk):
                if ask.cut:
                    return inflater.body
                raise Refused(
                    f"{ask.place}: more than {ask.max_bytes} bytes, expected no more; raise request.max_bytes if it has grown"
                )
        inflater.finish()
        return inflater.body


class _Watch:
    """Watches the connection of one request (httpx's `trace` extension): checks its address, and shuts it when time is up."""

    def __init__(self, ask: Ask, total_s: float) -> None:
        self.expired = False
        self.direct = True
        self.total_s = total_s
        self._ask = ask
        self._stream: Any = None
        self._timer = threading.Timer(total_s, self._expire)
        self._timer.daemon = True
        self._timer.start()

    def close(self) -> None:
        """Stop watching."""
        self._timer.cancel()

    def see(self, event: str, facts: Mapping[str, Any]) -> None:
        """Called by the library at each step of a request, in the sending thread."""
        if event.endswith("connect_tcp.started"):
            self.direct = facts["host"] == self._ask.host  # otherwise it is a proxy's
        elif event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._connected(facts["return_value"])

    def _connected(self, stream: Any) -> None:
        self._stream = stream
        if self.expired:
            stream.close()
            raise TimeoutError
        peer = stream.get_extra_info("server_addr")
        if self._ask.public and self.direct and not is_public(ip_address(peer[0])):
            stream.close()
            raise Refused(f"{self._ask.place}: its name or a redirect led to an address that is not public; check request.url")

    def _expire(self) -> None:
        self.expired = True
        connection = self._stream and self._stream.get_extra_info("socket")
        if connection:
            with suppress(OSError):  # it has already ended; not TLS's shutdown, which unwraps while another thread reads
                socket.socket.shutdown(connection, socket.SHUT_RDWR)


def _set_location_aside(response: httpx.Response) -> None:
    """Hide a redirect from the library, which parses it even if it must not follow it, and fails if it cannot."""
    response.extensions[ASIDE] = {"location": response.headers.pop("location", "")}


def _as_sent(response: httpx.Response) -> tuple[str, Iterator[bytes]]:
    """The coding and the bytes as sent; a transport may have read, and so inflated, the response already."""
    if response.is_stream_consumed:
        return "", iter((response.content,))
    return response.headers.get("content-encoding", ""), response.iter_raw()


def _late(ask: Ask, total_s: float) -> Transient:
    """That a request, of that many seconds at most, is not done; fewer than usual are those that its whole fetch had left."""
    is_whole = total_s < TOTAL_FACTOR * ask.timeout_s
    slow = "the whole fetch is not done by its deadline, and was cut off" if is_whole else f"not done after {total_s:g} s"
    return Transient(f"{ask.place}: {slow}, expected within {ask.timeout_s:g} s; it is asked again later")


def _translated(ask: Ask, error: Exception, *, direct: bool) -> FetchError:
    """Our error for the library's, without its text, which may repeat a secret. Not `direct` means through a proxy."""
    reason = _reason(error)
    if isinstance(error, Garbled):
        return Transient(f"{ask.place}: {ask.secrets.scrub(str(error))}; it is asked again later")
    if isinstance(error, httpx.TimeoutException):
        return Transient(f"{ask.place}: no answer within {ask.timeout_s:g} s ({reason}); it is asked again later")
    if direct and says_no_such_host(error):
        host = ask.secrets.scrub(ask.host)  # a machine without a network finds no host either, so this is not `Gone`
        return Transient(
            f"{ask.place}: no such host {host!r}, or no network; it is asked again later (otherwise correct request.url)"
        )
    if isinstance(error, httpx.TransportError) and not isinstance(error, (httpx.LocalProtocolError, httpx.UnsupportedProtocol)):
        return Transient(f"{ask.place}: the connection failed ({reason}); it is asked again later")
    return Refused(f"{ask.place}: the request cannot be sent ({reason}); check request.url, headers and params")


def _reason(error: Exception) -> str:
    """Why the connection failed, in words of our own."""
    for cause in reversed(causes(error)):
        if isinstance(cause, ssl.SSLError) and cause.reason:
            return str(cause.reason).replace("_", " ").lower()
        if isinstance(cause, socket.gaierror):
            return "the host's name cannot be looked up"
        if isinstance(cause, OSError) and cause.errno:
            return os.strerror(cause.errno).lower()
    return re.sub(r"\B(?=[A-Z])", " ", type(error).__name__).lower()


def post(url: str, *, to: str, headers: Mapping[str, str], body: bytes, timeout_s: float = 15.0) -> Reply:
    """Send a body once, without following redirects. Errors name the receiver as `to`; the answer is cut after 4 KB.

    From the first to the last byte it takes at most `TOTAL_FACTOR` times the timeout.

    Raises:
        Transient: no answer came, or the request cannot be sent; the message says which.
    """
    try:
        ask = Ask(
            board=BoardId(to),
            declared="",
            url=read_url(url),
            method="POST",
            headers={name.lower(): value for name, value in headers.items()},
            content=body,
            timeout_s=timeout_s,
            max_bytes=ANSWER_BYTES,
            cut=True,
        )
        with closing(Wire(user_agent=SENDER)) as wire:
            return wire.send(ask)
    except ValueError as error:
        raise Transient(f"{to}: the address is {error}; correct it") from error
    except FetchError as error:
        raise Transient(str(error).partition(";")[0]) from error


_OURS: ContextVar[bool] = ContextVar("tracker_fetch_request", default=False)
"""True while this thread sends one of our requests."""

_LOGGERS = (
    "httpx",
    "httpx2",
    *(f"{core}.{part}" for core in ("httpcore", "httpcore2") for part in ("connection", "http11", "http2", "proxy", "socks")),
)
"""The loggers that write URLs with their query (httpx at INFO) or headers (httpcore at DEBUG)."""


for _name in _LOGGERS:  # a filter, not a level: other users of the library in this process keep their log
    logging.getLogger(_name).addFilter(lambda _: not _OURS.get())


@contextmanager
def _unlogged() -> Iterator[None]:
    token = _OURS.set(True)
    try:
        yield
    finally:
        _OURS.reset(token)
