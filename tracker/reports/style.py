"""How a reader wants a report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, tzinfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """The wishes of a reader, of which each format heeds those that concern it.

    `width` (columns) and `colour` are for terminals. `by_weight`: the weightiest story first, instead of the newest day.
    `feed_url` is the address of a feed itself, `page_url` that of the HTML report to which its entries link.
    """

    width: int = 100
    colour: bool = False
    zone: tzinfo = UTC
    by_weight: bool = False
    feed_url: str = ""
    page_url: str = ""
