"""Chats, mail and push services through apprise (https://github.com/caronc/apprise): over a hundred kinds of address.

apprise states a service's limits (length, title, form), so that nothing is cut or converted after us. Its log is the only place
with the reason of a refusal, which is read from there and freed of secrets.

A message that takes longer than `DEADLINE_S` counts as failed but may still arrive: then it can arrive twice, as documented.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tracker.errors import DeliveryError
from tracker.notify.channels._secrets import Filled, fill
from tracker.notify.messages import Limits, Message
from tracker.notify.routes import Route
from tracker.ports import Environment
from tracker.wording import clean

DEADLINE_S = 60.0
_MOST = 200_000
"""The most characters that any service is sent, whatever its own limit."""
_LONGEST_REASON = 300
_PREFERRED = ("html", "text", "markdown")
"""The form for a service that takes several: in HTML and plain text no part of a name can become markup."""
_MARKDOWN_ANYWAY = frozenset(("mmost", "mmosts", "zulip", "rocket", "rockets"))
"""Services that render Markdown in any message, though apprise calls it text."""
_STATUS = re.compile(r"(?:error|status|code)\D{0,3}([45]\d\d)\b", re.IGNORECASE)
_TOO_LARGE = re.compile(r"too (?:long|large|big)|exceeds? (?:the )?(?:max|limit|size)", re.IGNORECASE)
_RETRY_AFTER = re.compile(r"retry[-_ ]after(_ms)?\D{0,4}(\d+(?:\.\d+)?)", re.IGNORECASE)
_NEVER = frozenset((401, 403, 404, 410))
_LOGGERS = ("apprise", "urllib3.connectionpool")
"""The loggers that write while a message is sent; the second writes addresses with their tokens at DEBUG."""


@dataclass(slots=True, kw_only=True)
class Apprise:
    """One apprise address. `busy` is the thread of an unfinished message."""

    route: str
    service: Any
    address: Filled
    limits: Limits
    deadline_s: float = DEADLINE_S
    busy: threading.Thread | None = field(default=None, init=False)

    def send(self, message: Message) -> None:
        """Send it and wait up to the deadline. A message that exceeded its deadline must end before the next one begins."""
        if self.busy is not None and self.busy.is_alive():
            raise DeliveryError(
                f"{self.route}: still busy with the last message, expected it to be done; this one is tried again"
            )
        self._must_fit(message)
        accepted, logged = threading.Event(), list[str]()

        def run() -> None:
            try:
                with _overheard(logged):
                    if self.service.notify(body=message.body, title=message.title, body_format=_format(message.form)):
                        accepted.set()
            except Exception as error:  # noqa: BLE001  # a service may raise anything: it is the reason of the failure
                logged.append(f"{type(error).__name__}: {error}")

        self.busy = threading.Thread(target=run, name=f"notify {self.route}", daemon=True)
        self.busy.start()
        self.busy.join(self.deadline_s)
        if self.busy.is_alive():
            raise DeliveryError(f"{self.route}: not done after {self.deadline_s:g} s; it is tried again, and may arrive twice")
        if not accepted.is_set():
            raise self._refused(" ".join(logged))

    def _must_fit(self, message: Message) -> None:
        """Some services get other markup than ours, which may be longer."""
        convert: Callable[[str, object], str] | None = getattr(self.service, "dialect_convert", None)
        sent = convert(message.body, _format(message.form)) if convert else message.body
        if len(sent) > self.service.body_maxlen:
            raise DeliveryError(
                f"{self.route}: {len(sent)} characters as the service writes them, expected at most {self.service.body_maxlen}",
                too_large=True,
            )

    def _refused(self, logged: str) -> DeliveryError:
        """The error for what apprise logged, and whether a retry can help."""
        status = int(found[1]) if (found := _STATUS.search(logged)) else None
        reason = clean(self.address.scrub(logged))[:_LONGEST_REASON] or "it gave no reason"
        wait = _RETRY_AFTER.search(logged)
        return DeliveryError(
            f"{self.route}: the service refused it: {reason}",
            retry_after_s=float(wait[2]) / (1000 if wait[1] else 1) if wait else None,
            final=status in _NEVER,
            too_large=status == 413 or bool(_TOO_LARGE.search(logged)),
        )


@contextmanager
def _overheard(logged: list[str]) -> Iterator[None]:
    """Collect what this thread writes to apprise's loggers, and keep it out of every log: it may contain secrets."""
    thread = threading.get_ident()

    def keep(record: logging.LogRecord) -> bool:
        if record.thread != thread:
            return True
        if record.levelno >= logging.WARNING:
            logged.append(record.getMessage())
        return False

    loggers = [logging.getLogger(name) for name in _LOGGERS]
    for logger in loggers:
        logger.addFilter(keep)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(keep)


def open_route(route: Route, environment: Environment) -> Apprise:
    """The service at the route's address. Raises DeliveryError, final, without apprise, a readable address and all secrets."""
    try:
        from apprise import Apprise as Library  # noqa: PLC0415  # takes 0.3 s, and is an extra
    except ImportError:
        raise DeliveryError(
            f"{route.name}: apprise is not installed, which this channel needs; install the extra: leaderboard-tracker[notify]",
            final=True,
        ) from None
    address = fill(route.address, environment, route=route.name)
    logged: list[str] = []
    with _overheard(logged):
        service = Library.instantiate(address.text, suppress_exceptions=True)
    if service is None:
        reason = clean(address.scrub(" ".join(logged)))[:_LONGEST_REASON] or "it gave no reason"
        raise DeliveryError(f"{route.name}: apprise cannot read the address ({reason}); correct it", final=True)
    form = _chosen(service, route, address.text.partition(":")[0].casefold())
    limits = Limits(title=max(0, service.title_maxlen), body=min(service.body_maxlen, _MOST), form=form)
    return Apprise(route=route.name, service=service, address=address, limits=limits)


def _chosen(service: Any, route: Route, scheme: str) -> str:
    """The route's form, or the safest one that the service takes. A service with one form is set to the route's."""
    declared = service.notify_format
    forms = [form.value for form in (declared if isinstance(declared, tuple) else (declared,))]
    wanted = route.format or ("markdown" if scheme in _MARKDOWN_ANYWAY else "")
    if wanted == "json":
        raise DeliveryError(
            f'{route.name}: format = "json" is for webhooks and files; expected text, markdown or html', final=True
        )
    if wanted and wanted not in forms and not isinstance(declared, tuple):
        service.notify_format = _format(wanted)
    return wanted or next(form for form in _PREFERRED if form in forms)


def _format(form: str) -> object:
    from apprise import NotifyFormat  # noqa: PLC0415  # see open_route

    return NotifyFormat(form)
