"""Fetches all parts of a board: the newest release, one answer per value, its pages, and further payloads."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from urllib.parse import quote

import jmespath
import msgspec
from jmespath.exceptions import JMESPathError

from tracker.errors import FetchError, Gone, Refused, Transient
from tracker.fetch.answers import with_answer, without_secret
from tracker.fetch.http import Ask, Reply, join_url, origin_of
from tracker.fetch.pages import pages
from tracker.model import ASKED_FOR, NEWEST, Board, Each, Newest, Part, Payload, Request
from tracker.wording import listed

MAX_TRIES = 5
"""The most releases that are tried, newest first, until one is published."""
MAX_VALUE = 200
_RELEASE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_NUMBER = re.compile(r"[0-9]+")
MAX_MEMBERS = 10_000
_SHOWN = 8
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)
"""What the library raises for other files, and for damaged, encrypted or unknown archives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """Replies, the part of the board that each one is, and the address with its release."""

    replies: Sequence[Reply]
    parts: Sequence[Part]
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gatherer:
    """Fetches all parts of one board. `ask_for` makes a request from a declaration, `get` sends it."""

    board: Board
    ask_for: Callable[[Request], Ask]
    get: Callable[[Ask], Reply]
    now: Callable[[], datetime]

    def whole(self) -> Gathered:
        """All parts, the board's own answers first.

        Raises:
            Gone: no release is published.
            Refused: there is no release, too many values, or an address on another host.
            FetchError: from `get`, except `Gone` of an optional payload.
        """
        release, own = self._own()
        parts, replies = [part for part, _ in own], [reply for _, reply in own]
        for payload in self.board.payloads:
            try:
                found = self._further(payload, release, own)
            except Gone:
                if payload.required:
                    raise
                continue
            parts += [part for part, _ in found]
            replies += [reply for _, reply in found]
        return Gathered(replies=replies, parts=parts, url=self.board.request.url.replace(NEWEST, release or NEWEST))

    def _further(self, payload: Payload, release: str, own: Sequence[tuple[Part, Reply]]) -> list[tuple[Part, Reply]]:
        """The answers of one payload; the board's own if it sends the same request."""
        request = _filled(payload.request, NEWEST, release)
        if request == replace(_filled(self.board.request, NEWEST, release), newest=None):
            return [(replace(part, name=payload.name), reply) for part, reply in own]
        found = list(self._answers(request, payload.name))
        if not all(reply.body.startswith(payload.begins.encode()) for _, reply in found):
            raise Gone(
                f"{self.board.id}: the payload {payload.name} does not begin with {payload.begins!r}, so it is not published"
            )
        return found

    def _own(self) -> tuple[str, list[tuple[Part, Reply]]]:
        newest, request = self.board.request.newest, self.board.request
        if newest is None:
            return "", list(self._answers(request, ""))
        tried = self._releases(newest)[:MAX_TRIES]
        for release in tried:
            try:
                found = list(self._answers(_filled(request, NEWEST, release), ""))
            except Gone:
                continue
            if found and found[0][1].body.startswith(newest.begins.encode()):
                return release, found
        raise Gone(
            f"{self.board.id}: none of the releases {', '.join(tried)} answers with a body that begins with {newest.begins!r};"
            " correct request.newest"
        )

    def _answers(self, request: Request, name: str) -> Iterator[tuple[Part, Reply]]:
        """The answers to one request, with their parts."""
        if request.each is None:
            ask = self.ask_for(request)
            pagination = request.pagination
            replies = pages(ask, pagination, self.get, self.now) if pagination else [self.get(ask)]
            yield from ((Part(name=name), self._unpacked(ask, reply, request)) for reply in replies)
            return
        for value in self._values(request.each):
            ask = self.ask_for(_filled(request, ASKED_FOR, value))
            yield Part(name=name, value=value), self._unpacked(ask, self.get(ask), request)

    def _unpacked(self, ask: Ask, reply: Reply, request: Request) -> Reply:
        if not request.member:
            return reply
        try:
            return without_secret(ask, _with_member(ask, reply, request.member), self.now())
        except FetchError as error:
            raise error if error.answer else self._evident(error, ask, reply) from error.__cause__

    def _evident(self, error: FetchError, ask: Ask, reply: Reply) -> FetchError:
        return with_answer(error, ask, reply, self.now())

    def _releases(self, newest: Newest) -> list[str]:
        """The releases, the newest first, by their numbers."""
        ask = self.ask_for(Request(url=newest.url))
        reply = self.get(ask)
        if newest.follow:
            ask = self._followed(newest, ask, reply)
            reply = self.get(ask)
        text = reply.body.decode("utf-8", "replace")
        names = {_rewritten(name, newest.replace) for name in re.findall(newest.find, text)}
        numbers = {name: tuple(map(int, _NUMBER.findall(name))) for name in names if _RELEASE.fullmatch(name)}
        releases = sorted(numbers, key=lambda name: (numbers[name], name), reverse=True)
        if not releases:
            raise self._evident(
                Refused(f"{ask.place}: names no release {newest.find!r}; correct request.newest.find"), ask, reply
            )
        return releases

    def _followed(self, newest: Newest, ask: Ask, reply: Reply) -> Ask:
        link = re.search(newest.follow, reply.body.decode("utf-8", "replace"))
        try:
            url = join_url(reply.url, link[1]) if link else None
        except ValueError:
            url = None
        if url is None or origin_of(url) != origin_of(ask.url):
            error = Refused(f"{ask.place}: names no file of its own {newest.follow!r}; correct request.newest.follow")
            raise self._evident(error, ask, reply)
        return replace(ask, url=url)

    def _values(self, each: Each) -> Sequence[str]:
        if each.values:
            return each.values
        ask = self.ask_for(Request(url=each.url))
        reply = self.get(ask)
        try:
            values = jmespath.search(each.find or "@", msgspec.json.decode(reply.body))
        except (msgspec.DecodeError, JMESPathError, UnicodeDecodeError, RecursionError) as error:
            values = type(error).__name__
        texts = values if isinstance(values, list) else []
        if not texts or not all(isinstance(text, str) and 0 < len(text) <= MAX_VALUE and text.isprintable() for text in texts):
            raise self._evident(
                Transient(f"{ask.place}: no list of values at {each.find!r}, expected one; look at its answer"), ask, reply
            )
        if len(texts) > each.max_values:
            raise Refused(f"{ask.place}: {len(texts)} values, expected at most {each.max_values}; raise request.each.max_values")
        return list(dict.fromkeys(texts))


def _filled(request: Request, word: str, value: str) -> Request:
    """The request with the word replaced by a value, percent-encoded in the address, so that it adds no part to it."""
    params = {name: text.replace(word, value) for name, text in request.params.items()}
    return replace(request, url=request.url.replace(word, quote(value, safe="")), params=params)


def _rewritten(name: str, changes: Mapping[str, str]) -> str:
    for old, new in changes.items():
        name = name.replace(old, new)
    return name


def _with_member(ask: Ask, reply: Reply, member: str) -> Reply:
    """The reply with a file of the ZIP archive as its body, named by its path, or by its last part if that is unique.

    Raises:
        Transient: the body is not a readable ZIP archive.
        Refused: it has no such file, several, more than 10,000 in all, or one larger than `ask.max_bytes`.
    """
    try:
        with zipfile.ZipFile(BytesIO(reply.body)) as archive:
            name = _member_name(ask, archive.namelist(), member)
            with archive.open(name) as file:
                body = file.read(ask.max_bytes + 1)
    except _BROKEN as error:
        raise Transient(f"{ask.place}: the answer is not a readable ZIP archive; look at its answer") from error
    if len(body) > ask.max_bytes:
        raise Refused(
            f"{ask.place}: {member} in it has more than {ask.max_bytes} bytes; raise request.max_bytes if that is right"
        )
    return replace(reply, body=body)


def _member_name(ask: Ask, names: list[str], member: str) -> str:
    if len(names) > MAX_MEMBERS:
        raise Refused(f"{ask.place}: an archive of {len(names)} files, expected at most {MAX_MEMBERS}; correct request.url")
    if member in names:
        return member
    matches = [name for name in names if name.rpartition("/")[2] == member]
    if len(matches) == 1:
        return matches[0]
    count = f"{len(matches)} files" if matches else "no file"
    near = listed([repr(name[:80]) for name in matches or names], _SHOWN)
    raise Refused(f"{ask.place}: {count} called {member!r} in the archive, which has {near}; correct request.member")
