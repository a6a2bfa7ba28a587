"""Step 3 of the line: a board and its last validators → its bytes, or the fact that they are unchanged."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from importlib import metadata
from typing import Self, TypeVar

from tracker.errors import DeclarationError, FetchError, Refused, StoreError, TrackerError, Transient
from tracker.fetch.addresses import Resolve, look_up, resolve_host
from tracker.fetch.answers import failure, without_secret
from tracker.fetch.gather import Gathered, Gatherer
from tracker.fetch.http import Ask, Reply, Transport, Wire, host_of, is_sendable, read_url
from tracker.fetch.keys import secrets_of
from tracker.fetch.politeness import NotYet, Pace
from tracker.fetch.redirects import follow
from tracker.fetch.retry import patiently
from tracker.fetch.robots import PRODUCT, Robots
from tracker.fetch.shared import Shared
from tracker.model import Board, Capture, Part, Request, Unchanged, Validators
from tracker.ports import Clock, Environment, Hosts
from tracker.redaction import Secrets

_T = TypeVar("_T")
log = logging.getLogger("tracker.fetch")

CONTACT = "TRACKER_CONTACT"
PROJECT = "https://github.com/leaderboard-tracker/leaderboard-tracker"
DEADLINE_S = 1800.0
MAX_VALIDATOR = 1024
"""Longer validators are not kept."""

Outcome = Capture | Unchanged | FetchError
Job = tuple[Board, Validators]


def user_agent_for(contact: str) -> str:
    """The user agent: our product token, its version, and a contact."""
    try:
        version = metadata.version(PRODUCT)
    except metadata.PackageNotFoundError:  # run from a checkout
        version = "0"
    return f"{PRODUCT}/{version} (+{contact})"


class Fetcher:
    """Fetches boards: politely, within bounds, and without a secret in anything it returns, raises or logs.

    `environment` has the secrets that boards name as `${NAME}`, and `TRACKER_CONTACT`. `transport`, `resolve` and `monotonic`
    replace the network, the system's resolver and the clock of a request. A board's whole fetch, with all pages and tries, is cut
    off after `deadline_s`. Threads may share it; it calls `hosts` from several threads, one call at a time.

    Raises:
        DeclarationError: a header cannot contain the contact.
    """

    def __init__(
        self,
        hosts: Hosts,
        clock: Clock,
        environment: Environment,
        *,
        transport: Transport | None = None,
        contact: str | None = None,
        resolve: Resolve = resolve_host,
        monotonic: Callable[[], float] = time.monotonic,
        deadline_s: float = DEADLINE_S,
    ) -> None:
        user_agent = user_agent_for(contact or environment.get(CONTACT) or PROJECT)
        if not is_sendable("user-agent", user_agent):
            raise DeclarationError(f"user agent = {user_agent!r}, expected visible ASCII; correct {CONTACT}")
        self._wire = Wire(user_agent=user_agent, transport=transport, monotonic=monotonic)
        self._pace = Pace(hosts, clock)
        self._robots = Robots(clock, lambda ask: follow(ask, self._in_turn, resolve))
        self._shared = Shared(clock)
        self._clock = clock
        self._environment = environment
        self._resolve = resolve
        self._monotonic, self._deadline_s = monotonic, deadline_s

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the network; nothing can be fetched afterwards."""
        self._wire.close()

    def fetch(self, board: Board, last: Validators = Validators()) -> Capture | Unchanged:  # noqa: B008 - a frozen record
        """Fetch a board once, with up to three tries per page.

        `last` are the validators of its last capture; a board of several pages is always fetched whole.

        Raises:
            Transient: not now; `retry_after_s` is the publisher's wish.
            Refused: a person must act: robots.txt, a status such as 403, no key, an address or size out of bounds.
            Gone: no such page or host.
            An error after an HTTP answer carries that answer (`FetchError.answer`).
        """
        shared = self._shared.of(board, last)
        if shared is not None:
            return shared
        ask = replace(ask_for(board, board.request, self._environment), until=self._monotonic() + self._deadline_s)
        gathered = self._noted(ask.host, lambda: self._gathered(board, ask, last))
        outcome = self._outcome(board, gathered, last)
        log.info("board fetched", extra={"board": board.id, "outcome": type(outcome).__name__, "bodies": len(gathered.replies)})
        self._shared.keep(board, last, outcome)
        return outcome

    def get(self, board: Board) -> Reply:
        """The answer to a board's request as it is, for other uses than a capture; as politely as `fetch`, which it raises as."""
        ask = ask_for(board, board.request, self._environment)
        return self._noted(ask.host, lambda: self._get(ask))

    def _noted(self, host: str, ask: Callable[[], _T]) -> _T:
        """The answer; that the host answered, or failed, is noted."""
        try:
            answer = ask()
        except NotYet:
            raise
        except Transient:
            self._pace.failed(host)
            raise
        except FetchError:
            self._pace.answered(host)
            raise
        self._pace.answered(host)
        return answer

    def _gathered(self, board: Board, ask: Ask, last: Validators) -> Gathered:
        """All parts of a board, in order. Only a board that is one answer can be fetched conditionally."""
        if not _is_one_answer(board):
            asks = partial(ask_for, board, environment=self._environment)
            return Gatherer(
                board=board, ask_for=asks, get=lambda part: self._get(replace(part, until=ask.until)), now=self._clock.now
            ).whole()
        validators = {"if-none-match": last.etag, "if-modified-since": last.last_modified}
        conditions = {name: value for name, value in validators.items() if value and is_sendable(name, value)}
        reply = self._get(replace(ask, headers={**ask.headers, **conditions}))
        return Gathered(replies=[reply], parts=[Part()], url=board.request.url)

    def fetch_all(self, jobs: Sequence[Job], *, workers: int = 8) -> Iterator[tuple[Board, Outcome]]:
        """Fetch many boards, several hosts in parallel and one request at a time per host; yield each when it is done.

        Whatever a fetch raises is its board's outcome (`as_failure`), except a StoreError, which ends only the boards of its host
        and is raised after all others are done. Leaving the iterator early ends each host after its current board.
        """
        groups = _by_host(jobs)
        done: queue.SimpleQueue[tuple[Board, Outcome] | None] = queue.SimpleQueue()
        stop = threading.Event()
        pool = ThreadPoolExecutor(max_workers=max(1, min(workers, len(groups))), thread_name_prefix="fetch")
        try:
            hosts = [pool.submit(self._fetch_host, group, done, stop) for group in groups]
            for _ in hosts:
                yield from iter(done.get, None)  # each host ends with a None
            for host in hosts:
                host.result()
        finally:
            stop.set()
            pool.shutdown(cancel_futures=True)

    def _fetch_host(
        self, jobs: Sequence[Job], done: queue.SimpleQueue[tuple[Board, Outcome] | None], stop: threading.Event
    ) -> None:
        """Fetch the boards of one host, one after another; then put a None."""
        try:
            for board, last in jobs:
                if stop.is_set():
                    return
                try:
                    outcome: Outcome = self.fetch(board, last)
                except StoreError:  # all boards need the memory of hosts
                    raise
                except Exception as error:  # noqa: BLE001  # a defect too is one board's trouble
                    outcome = as_failure(board, error)
                done.put((board, outcome))
        finally:
            done.put(None)

    def _get(self, ask: Ask) -> Reply:
        """One page, retried if that helps."""
        reply = patiently(lambda: self._try(ask), self._clock)
        return without_secret(ask, reply, self._clock.now())

    def _try(self, ask: Ask) -> Reply:
        reply = follow(ask, self._allowed, self._resolve)
        if reply.status == HTTPStatus.OK or (reply.status == HTTPStatus.NOT_MODIFIED and ask.conditional):
            return reply
        raise failure(ask, reply, self._clock.now())

    def _allowed(self, ask: Ask) -> Reply:
        """One request, if robots.txt allows it."""
        rules = self._robots.rules(ask)
        rules.check(ask)
        return self._in_turn(replace(ask, gap_s=max(ask.gap_s, rules.delay_s)))

    def _in_turn(self, ask: Ask) -> Reply:
        """One request at the host's turn. The host's name is looked up here, and again by the connection, if `ask.public`."""
        if not ask.public and not ask.allow_private:
            ask = self._pace.keep_public(ask, look_up(ask.host, self._resolve))
        with self._pace.turn(ask):
            reply = self._wire.send(ask)
        self._pace.heed(ask, reply)
        return reply

    def _outcome(self, board: Board, gathered: Gathered, last: Validators) -> Capture | Unchanged:
        first, now = gathered.replies[0], self._clock.now()
        validators = _validators(first) if _is_one_answer(board) else Validators()
        if first.status == HTTPStatus.NOT_MODIFIED:
            kept = Validators(etag=validators.etag or last.etag, last_modified=validators.last_modified or last.last_modified)
            return Unchanged(board=board.id, observed_at=now, url=gathered.url, validators=kept)
        return Capture(
            board=board.id,
            observed_at=now,
            url=gathered.url,
            bodies=tuple(reply.body for reply in gathered.replies),
            content_type=first.headers.get("content-type", ""),
            validators=validators,
            parts=tuple(gathered.parts) if any(part != Part() for part in gathered.parts) else (),
        )


def as_failure(board: Board, error: Exception) -> FetchError:
    """The error of a fetch. A failure of our own is in the board's record too, and retried like any other."""
    if isinstance(error, FetchError):
        log.info("board not fetched", extra={"board": board.id, "outcome": type(error).__name__})
        return error
    if isinstance(error, TrackerError):  # for example, the disk is full and hosts cannot be noted
        return Transient(f"{board.id}: not asked: {error}")
    log.error("fetch failed by a bug", extra={"board": board.id}, exc_info=error)
    return Transient(f"{board.id}: {type(error).__name__} of the tracker's own: {error}; expected a fetch; see the log")


def _is_one_answer(board: Board) -> bool:
    request = board.request
    return not (request.pagination or request.newest or request.each or request.member or board.payloads)


def ask_for(board: Board, request: Request, environment: Mapping[str, str]) -> Ask:
    """A request of the board or of one of its payloads, with its secrets filled in and the board's limits.

    Raises:
        Refused: a secret is missing, or the declared request cannot be sent.
    """
    secrets = secrets_of(board, environment)
    try:
        url = read_url(secrets.fill_url(request.url))
    except ValueError as error:
        raise Refused(f"{board.id}: request.url = {request.url!r} is {error}; correct it") from None
    if request.params:
        url = url.copy_merge_params({name: secrets.fill(value) for name, value in request.params.items()})
    return Ask(
        board=board.id,
        declared=request.url,
        url=url,
        method=request.method,
        headers=_headers(board, request, secrets),
        secrets=secrets,
        timeout_s=board.request.timeout_s,
        max_bytes=board.request.max_bytes,
        gap_s=board.request.gap_s,
        keys=tuple(secrets.values) or (host_of(url),),
        max_per_day=board.request.max_per_day,
        allow_private=board.request.allow_private,
    )


def _headers(board: Board, request: Request, secrets: Secrets) -> Mapping[str, str]:
    headers = {name.lower(): secrets.fill(value) for name, value in request.headers.items()}
    for name, value in headers.items():
        if not is_sendable(name, value):
            raise Refused(
                f"{board.id}: request.headers: {name!r} has characters that no header may contain; correct it or its key"
            )
    return headers


def _validators(reply: Reply) -> Validators:
    """The validators of a reply, for the next conditional request."""
    values = ((name, reply.headers.get(name, "")) for name in ("etag", "last-modified"))
    etag, modified = (value if is_sendable(name, value) and 0 < len(value) <= MAX_VALIDATOR else None for name, value in values)
    return Validators(etag=etag, last_modified=modified)


def _by_host(jobs: Sequence[Job]) -> list[list[Job]]:
    """The jobs by host, in order. An unreadable URL is a group of its own."""
    groups: dict[str, list[Job]] = {}
    for board, last in jobs:
        try:
            host = host_of(read_url(board.request.url))
        except ValueError:
            host = board.request.url
        groups.setdefault(host, []).append((board, last))
    return list(groups.values())
