"""The channels, one file each with `open_route`. A channel sends a message once; retrying is the outbox's task."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from tracker.notify.channels import apprise, file, stdout, webhook
from tracker.notify.messages import Limits, Message
from tracker.notify.routes import Route
from tracker.ports import Environment

__all__ = ["CHANNELS", "Channel", "Limits", "open_channel"]


class Channel(Protocol):
    """A destination of messages."""

    @property
    def limits(self) -> Limits:
        """The limits within which messages are composed."""

    def send(self, message: Message) -> None:
        """Send it once, and return when it was accepted. Raises DeliveryError; it states whether a retry helps."""


CHANNELS: Mapping[str, Callable[[Route, Environment], Channel]] = {
    "apprise": apprise.open_route,
    "webhook": webhook.open_route,
    "file": file.open_route,
    "stdout": stdout.open_route,
}


def open_channel(route: Route, environment: Environment) -> Channel:
    """The route's channel, with its secrets from the environment. Raises DeliveryError, final, if one is missing."""
    return CHANNELS[route.channel](route, environment)
