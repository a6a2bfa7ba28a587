"""A report as a JSON Feed (https://www.jsonfeed.org/version/1.1/): one item per story."""

from __future__ import annotations

import json

from tracker.model import Report
from tracker.reports._feed import Feed, Item, feed
from tracker.reports.cleaning import cleaned
from tracker.reports.style import Style
from tracker.wording import escaped, machine_time

VERSION = "https://jsonfeed.org/version/1.1"


def render(report: Report, style: Style) -> str:
    """The newest story first. Keys without a value are absent."""
    return write(feed(cleaned(report), style))


def write(source: Feed) -> str:
    """A feed in this format."""
    document = {
        "version": VERSION,
        "title": source.title,
        "home_page_url": source.page,
        "feed_url": source.url,
        "description": source.description,
        "language": "en",
        "authors": [{"name": "leaderboard tracker"}],
        "_attribution": source.attribution,
        "items": list(map(_item, source.items)),
    }
    present = {key: value for key, value in document.items() if value or key == "items"}
    return f"{escaped(json.dumps(present, ensure_ascii=False))}\n"


def _item(item: Item) -> dict[str, object]:
    values = {
        "id": item.id,
        "url": item.url,
        "title": item.title,
        "content_html": item.html,
        "date_published": machine_time(item.at),
        "tags": list(item.tags),
        "_attribution": item.attribution,
    }
    return {key: value for key, value in values.items() if value}
