"""A signed POST to a URL, according to https://www.standardwebhooks.com (Standard Webhooks 1.0.0)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Protocol

from tracker import fetch
from tracker.clock import SystemClock
from tracker.errors import DeliveryError, Transient
from tracker.fetch import Reply
from tracker.fetch.politeness import retry_after_s
from tracker.notify.channels._secrets import Filled, fill
from tracker.notify.messages import Limits, Message
from tracker.notify.routes import Route
from tracker.ports import Clock, Environment

PREFIX = "whsec_"
"""Precedes a secret in base64."""
_LARGEST = 256 * 1024
"""Bytes, because the JSON is ASCII. The standard recommends less than 20 KB; most receivers take at least 256 KB."""
_NEVER = frozenset((401, 403, 404, 410))
"""The receiver does not accept us, or does not exist; in the standard, 410 means "stop"."""
_LATER = frozenset((429, 503))


class Post(Protocol):
    """Sends a body (`tracker.fetch.post`)."""

    def __call__(self, url: str, *, to: str, headers: dict[str, str], body: bytes) -> Reply:
        """The answer. Raises Transient."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """One receiver. `key` signs the messages."""

    route: str
    address: Filled
    key: bytes = field(repr=False)
    post: Post
    clock: Clock
    limits: Limits

    def send(self, message: Message) -> None:
        """POST it once. Any 2xx is a receipt. Redirects are not followed: the body is for the declared address only."""
        body = message.body.encode()
        at = str(int(self.clock.now().timestamp()))
        headers = {
            "content-type": "application/json" if message.form == "json" else "text/plain; charset=utf-8",
            "webhook-id": message.id,
            "webhook-timestamp": at,
            "webhook-signature": signature(self.key, message.id, at, body),
        }
        try:
            answer = self.post(self.address.text, to=self.route, headers=headers, body=body)
        except Transient as error:
            raise DeliveryError(self.address.scrub(str(error))) from None  # the cause may repeat the address
        if not HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
            raise self._refused(answer)

    def _refused(self, answer: Reply) -> DeliveryError:
        """The error for a status other than 2xx, without the receiver's text: that may repeat the signature or the body."""
        status = answer.status
        asked = answer.headers.get("retry-after", "") if status in _LATER else ""
        return DeliveryError(
            f"{self.route}: the receiver answered {status}, expected 2xx",
            retry_after_s=retry_after_s(asked, self.clock.now()),
            final=status in _NEVER,
            too_large=status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        )


def signature(key: bytes, message: str, timestamp: str, body: bytes) -> str:
    """`v1,` and the base64 of the HMAC-SHA256 of `<id>.<timestamp>.<body>`."""
    signed = hmac.new(key, f"{message}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(signed).decode()}"


def open_route(route: Route, environment: Environment, post: Post = fetch.post, clock: Clock | None = None) -> Webhook:
    """The receiver at the route's address. Raises DeliveryError, final, for a missing or wrong address or secret."""
    if not route.address or not route.secret:
        raise DeliveryError(f"{route.name}: no address or no secret, expected both; add them to routes.toml", final=True)
    key = _key(fill(route.secret, environment, route=route.name).text, route)
    limits = Limits(body=_LARGEST, form=route.format or "json")
    address = fill(route.address, environment, route=route.name)
    return Webhook(route=route.name, address=address, key=key, post=post, clock=clock or SystemClock(), limits=limits)


def _key(secret: str, route: Route) -> bytes:
    """The bytes that sign: decoded from base64 after `whsec_`, otherwise the text itself."""
    if not secret.startswith(PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        raise DeliveryError(
            f"{route.name}: the value of {route.secret} begins with {PREFIX}, expected base64 after it; set it again", final=True
        ) from None
