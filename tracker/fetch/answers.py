"""The error for an HTTP status, and the answer that is kept as its evidence."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from tracker.errors import Answer, FetchError, Gone, Refused, Transient
from tracker.fetch.http import Ask, Reply
from tracker.fetch.politeness import retry_after_s

AGAIN = frozenset((408, 425, 429))
"""Client errors that mean "not now" rather than "not you" (timeout, too early, too many requests)."""
GONE = frozenset((404, 410))


def with_answer(error: FetchError, ask: Ask, reply: Reply, now: datetime) -> FetchError:
    """The same error, with the answer as its `answer`."""
    error.answer = Answer(
        url=ask.declared,
        observed_at=now,
        status=reply.status,
        content_type=ask.secrets.scrub(reply.headers.get("content-type", "")),
        body=ask.secrets.scrub_bytes(reply.body),
    )
    return error


def without_secret(ask: Ask, reply: Reply, now: datetime) -> Reply:
    """The reply, of which body and headers may be kept. Raises Refused if one of them repeats a secret."""
    headers = (reply.headers.get(name, "").encode() for name in ("content-type", "etag", "last-modified"))
    name = next(filter(None, map(ask.secrets.found_in, (reply.body, *headers))), None)
    if name is None:
        return reply
    error = Refused(f"{ask.place}: the answer repeats the value of {name}, which must not be kept; send it as a header")
    raise with_answer(error, ask, reply, now)


def failure(ask: Ask, reply: Reply, now: datetime) -> FetchError:
    """The error for a status other than success, with its answer."""
    answered = f"{ask.place}: answered {reply.status}, expected 200"
    server_error, success = reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR, reply.status < HTTPStatus.MULTIPLE_CHOICES
    if server_error or reply.status in AGAIN or success or reply.status == HTTPStatus.NOT_MODIFIED:
        wait_s = retry_after_s(reply.headers.get("retry-after", ""), now)
        return with_answer(Transient(f"{answered}; it is asked again later", retry_after_s=wait_s), ask, reply, now)
    if reply.status in GONE:
        return with_answer(Gone(f"{answered}; find where the board is now and correct request.url"), ask, reply, now)
    return with_answer(Refused(f"{answered}; check the board's key and the publisher's terms"), ask, reply, now)
