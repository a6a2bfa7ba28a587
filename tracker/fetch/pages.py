"""Fetches a board page by page, up to its last page (`model.Pagination`). An unreadable page raises: it is never the last."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import TypeVar

import jmespath
import msgspec
from jmespath.exceptions import JMESPathError

from tracker.errors import FetchError, Refused, Transient
from tracker.fetch.answers import with_answer
from tracker.fetch.http import Ask, Reply, join_url, origin_of
from tracker.model import Pagination

BOM = b"\xef\xbb\xbf"
T = TypeVar("T")


def pages(ask: Ask, pagination: Pagination, get: Callable[[Ask], Reply], now: Callable[[], datetime]) -> list[Reply]:
    """All pages in order. `Ask.max_bytes` bounds their sum. A last page without records is left out.

    Raises:
        Refused: more than `max_pages`, a repeated page, a link to another host.
        Transient: a page in which the declared expressions find nothing usable; it is kept as the error's answer.
        FetchError: from `get`.
    """
    replies: list[Reply] = []
    seen = 0
    current: Ask | None = _first(ask, pagination)
    while current is not None:
        reply = get(replace(current, max_bytes=ask.max_bytes - sum(len(earlier.body) for earlier in replies)))
        try:
            current, seen = _turn(ask, pagination, replies, reply, seen)
        except FetchError as error:
            with_answer(error, ask, reply, now())
            raise
    return replies


def _turn(ask: Ask, pagination: Pagination, replies: list[Reply], reply: Reply, seen: int) -> tuple[Ask | None, int]:
    """Append a page unless it is an empty last one. Returns the request for the next page, and the records seen so far."""
    for number, earlier in enumerate(replies, 1):
        if earlier.body == reply.body:
            repeated = f"page {len(replies) + 1} repeats page {number}, expected another; correct request.pagination"
            raise Refused(f"{ask.place}: {repeated}")
    page = _Page(ask, pagination, reply, seen)
    if page.is_closing and replies:
        return None, seen
    if len(replies) == pagination.max_pages:
        raise Refused(f"{ask.place}: more than {pagination.max_pages} pages, expected no more; raise pagination.max_pages")
    replies.append(reply)
    return page.next_ask(len(replies)), page.seen_after


def _first(ask: Ask, pagination: Pagination) -> Ask:
    starts = {"page_number": pagination.start, "offset": 0}
    return _with_param(ask, pagination.param, starts[pagination.kind]) if pagination.kind in starts else ask


@dataclass(frozen=True)
class _Page:
    """One answer with its board's pagination; decoded once, and only if an expression needs it."""

    ask: Ask
    pagination: Pagination
    reply: Reply
    seen: int
    """Records on earlier pages."""

    @cached_property
    def seen_after(self) -> int:
        """Records up to this page, if they are counted."""
        return self.seen + (len(self._records()) if self._counts_records else 0)

    @property
    def _counts_records(self) -> bool:
        return self.pagination.kind == "offset" and bool(self.pagination.records or not self.pagination.more)

    @cached_property
    def is_closing(self) -> bool:
        """Whether it has no records, if that ends the board."""
        how = self.pagination
        if how.more or not (how.records or how.kind in ("page_number", "offset")):
            return False
        return not self._records()

    def next_ask(self, count: int) -> Ask | None:
        """The request for the page after this one, the `count`-th; None if this is the last."""
        more = self.pagination.more
        if self.is_closing or (more and not self._checked(more, bool, "true or false")):
            return None
        following = STEPS[self.pagination.kind](self, count)
        if following is None and more:
            raise self._unreadable("more pages announced, but no way to the next", "a cursor or link")
        return following

    def numbered(self, count: int) -> Ask:
        """By page number."""
        return _with_param(self.ask, self.pagination.param, self.pagination.start + count)

    def offset(self, count: int) -> Ask:
        """By the number of records received, because a server may return fewer than requested."""
        before = self.seen_after if self._counts_records else self.pagination.size * count
        return _with_param(self.ask, self.pagination.param, before)

    def cursor(self, _: int) -> Ask | None:
        """By the cursor on this page."""
        cursor = self._find(self.pagination.next)
        if cursor is None or cursor == "":
            return None
        if isinstance(cursor, bool) or not isinstance(cursor, (str, int)):
            raise self._unreadable(f"{self.pagination.next!r} finds {_kind(cursor)}", "a text or a whole number")
        return _with_param(self.ask, self.pagination.param, cursor)

    def link(self, _: int) -> Ask | None:
        """By the Link header's rel=next, on the same host only, because the board's headers are sent along."""
        if not self.reply.next_link:
            return None
        try:
            url = join_url(self.reply.url, self.reply.next_link)
        except ValueError as error:
            raise Refused(f"{self.ask.place}: the link to the next page is {error}; correct request.pagination") from None
        if origin_of(url) != origin_of(self.ask.url):
            raise Refused(
                f"{self.ask.place}: the next page is at {self.ask.shown(url)}, expected the same host; correct request.url"
            )
        return replace(self.ask, url=url)

    def _records(self) -> list[object]:
        return self._checked(self.pagination.records or "@", list, "a list of records")

    def _checked(self, path: str, kind: type[T], expected: str) -> T:
        value = self._find(path)
        if isinstance(value, kind):
            return value
        actual = _kind(value)
        raise self._unreadable(f"{path!r} finds {actual}", expected)

    def _find(self, path: str) -> object:
        try:
            value: object = jmespath.search(path, self._document)
        except (JMESPathError, RecursionError) as error:
            raise self._unreadable(f"nothing can be looked up at {path!r}", "a value there") from self.ask.because(error)
        return value

    @cached_property
    def _document(self) -> object:
        try:
            document: object = msgspec.json.decode(self.reply.body.removeprefix(BOM))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise self._unreadable("another format", "JSON") from self.ask.because(error)
        return document

    def _unreadable(self, found: str, expected: str) -> Transient:
        return Transient(f"{self.ask.place}: a page cannot be read: {found}, expected {expected}; look at its answer")


STEPS: Mapping[str, Callable[[_Page, int], Ask | None]] = {
    "page_number": _Page.numbered,
    "cursor": _Page.cursor,
    "offset": _Page.offset,
    "link": _Page.link,
}


def _with_param(ask: Ask, name: str, value: str | int) -> Ask:
    return replace(ask, url=ask.url.copy_set_param(name, str(value)))


_KINDS = {type(None): "nothing", bool: "true or false", int: "a number", float: "a number", str: "a text"}
_KINDS |= {list: "a list", dict: "an object"}


def _kind(value: object) -> str:
    """The kind of a value, in words of JSON."""
    return _KINDS.get(type(value), "something")
