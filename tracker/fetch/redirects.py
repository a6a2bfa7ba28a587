"""Follows redirects, checking each hop before it is fetched (RFC 9110 §15.4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from tracker.errors import Gone, Refused, Transient
from tracker.fetch.addresses import Resolve, is_public, says_no_such_host
from tracker.fetch.http import URL, Ask, Reply, host_of, join_url, origin_of

REDIRECTS = frozenset((301, 302, 303, 307, 308))
KEEP_METHOD = frozenset((307, 308))
MAX_REDIRECTS = 5
CREDENTIALS = frozenset(("authorization", "cookie", "proxy-authorization"))
"""Headers for one host only, even if they name no secret."""


def follow(ask: Ask, send: Callable[[Ask], Reply], resolve: Resolve) -> Reply:
    """The first reply that is not a redirect, at most `MAX_REDIRECTS` hops away.

    A hop may lead to the first host, wherever that is, or to a host with public addresses only, which is checked here by name
    and again on the connection (`Ask.public`).

    Raises:
        Refused: a redirect without a target, in a circle, or to an address that is not public.
        FetchError: from `send`, or because a new host's name cannot be resolved.
    """
    current = ask
    for _ in range(MAX_REDIRECTS):
        reply = send(current)
        if reply.status not in REDIRECTS:
            return reply
        current = _next(ask, current, reply, resolve)
    reply = send(current)
    if reply.status in REDIRECTS:
        raise Refused(f"{ask.place}: redirected more than {MAX_REDIRECTS} times, expected a page; correct request.url")
    return reply


def _next(first: Ask, current: Ask, reply: Reply, resolve: Resolve) -> Ask:
    location = reply.headers.get("location", "")
    if not location:
        raise Refused(f"{current.place}: answered {reply.status} without a target, expected 200; correct request.url")
    try:
        url = join_url(current.url, location)
    except ValueError as error:
        wrong = Refused(f"{current.place}: redirected to a target that is {error}; correct request.url")
        raise wrong from current.because(error)
    elsewhere = host_of(url) != first.host
    if elsewhere:
        _demand_public(first, url, resolve)
    method = current.method if reply.status in KEEP_METHOD else "GET"
    public, headers = first.public or elsewhere, _headers_for(url, current)
    keys = current.keys if headers is current.headers else ()
    return replace(current, url=url, method=method, headers=headers, public=public, keys=keys)


def _demand_public(first: Ask, url: URL, resolve: Resolve) -> None:
    host = host_of(url)
    try:
        private = [address for address in resolve(host) if not is_public(address)]
    except OSError as error:
        target = f"{first.place}: redirected to {first.secrets.scrub(host)!r}"
        if says_no_such_host(error):
            raise Gone(f"{target}, a host that does not exist; correct request.url") from first.because(error)
        raise Transient(f"{target}, whose address cannot be found now; it is asked again later") from first.because(error)
    if private:
        raise Refused(f"{first.place}: redirected to {first.shown(url)}, which is not a public address; correct request.url")


def _headers_for(url: URL, current: Ask) -> Mapping[str, str]:
    """All headers for the same origin, also from http to https; otherwise only those without secrets."""
    (scheme, *place), (next_scheme, *next_place) = origin_of(current.url), origin_of(url)
    if place == next_place and next_scheme in (scheme, "https"):
        return current.headers
    scrub = current.secrets.scrub
    return {name: value for name, value in current.headers.items() if name not in CREDENTIALS and scrub(value) == value}
