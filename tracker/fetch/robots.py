"""robots.txt: what a host lets us read, and how often (RFC 9309).

2xx: the rules of its first 500 KiB apply. 4xx: there are none. 5xx, 429 or unreachable: nothing is allowed for now.
The rules stay in memory for 24 hours. Loopback hosts are asked like any other.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus

from protego import Protego

from tracker.errors import Refused
from tracker.fetch.answers import AGAIN, failure
from tracker.fetch.http import Ask, Reply, origin_of
from tracker.fetch.politeness import LONGEST_WAIT_S
from tracker.ports import Clock

PRODUCT = "leaderboard-tracker"
"""The product token that a robots.txt addresses us by."""
MAX_BYTES = 500 * 1024
KEPT = timedelta(hours=24)
_RECORD = re.compile(r"\s*(user-?agent|allow|disallow|crawl-delay)\s*[:\s]\s*([^#\n\r]*)", re.IGNORECASE)
"""A record that concerns us. Its colon may be missing, and a remark may follow it."""
_TOKEN = re.compile(r"\*|[A-Za-z_-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The rules of one host's robots.txt for us. `file` is its URL, `read_at` when it was fetched."""

    file: str
    read_at: datetime
    parsed: Protego

    @property
    def delay_s(self) -> float:
        """Its Crawl-delay, at most `LONGEST_WAIT_S`; 0 without one."""
        return min(self.parsed.crawl_delay(PRODUCT) or 0.0, LONGEST_WAIT_S)

    def check(self, ask: Ask) -> None:
        """Raises Refused if the URL must not be fetched."""
        if not self.parsed.can_fetch(str(ask.url), PRODUCT):
            raise Refused(f"{ask.place}: {self.file} disallows it for {PRODUCT}; use another source or ask the publisher")


class Robots:
    """The rules of all hosts, each read once a day by `load` (which follows redirects and keeps the gap)."""

    def __init__(self, clock: Clock, load: Callable[[Ask], Reply]) -> None:
        self._clock = clock
        self._load = load
        self._known: dict[tuple[str, str, int | None], Rules] = {}

    def rules(self, ask: Ask) -> Rules:
        """The rules for the URL of `ask`.

        Raises:
            Transient: the host did not answer, so nothing is allowed for now.
            FetchError: from `load`.
        """
        origin = origin_of(ask.url)
        known = self._known.get(origin)
        if known is None or self._clock.now() - known.read_at >= KEPT:
            known = self._known[origin] = self._read(ask)
        return known

    def _read(self, ask: Ask) -> Rules:
        url = ask.url.copy_with(raw_path=b"/robots.txt")
        asked = replace(ask, url=url, method="GET", headers={}, keys=(), max_bytes=MAX_BYTES, cut=True)
        reply = self._load(asked)
        now = self._clock.now()
        if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR or reply.status in AGAIN:
            raise failure(asked, reply, now)
        return Rules(file=asked.shown(url), read_at=now, parsed=parsed(_text(reply)))


def _text(reply: Reply) -> str:
    """The rules as text; none for 4xx. Drops a last line that was cut, because half a path is another path."""
    if reply.status >= HTTPStatus.BAD_REQUEST:
        return ""
    whole = len(reply.body) < MAX_BYTES
    body = reply.body if whole else reply.body[: reply.body.rfind(b"\n") + 1]
    return body.decode("utf-8-sig", "replace")


def parsed(text: str) -> Protego:
    """The rules for us and for all. Product tokens are compared as a whole, and other records end no group (RFC 9309, 2.2)."""
    lines = []
    for line in re.split(r"\r\n?|\n", text):
        if (record := _RECORD.match(line)) is None:
            continue
        name, value = record[1].casefold(), record[2].strip()
        if not name.startswith("user"):
            lines.append(f"{name}: {value}")
        elif (token := _TOKEN.match(value)) is not None:
            lines.append(f"User-agent: {token[0] if token[0].casefold() in ('*', PRODUCT) else 'other'}")
    return Protego.parse("\n".join(lines))
