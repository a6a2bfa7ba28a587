"""A report as an Atom feed (RFC 4287): one entry per story, so that a feed reader shows each once."""

from __future__ import annotations

from io import StringIO

from feedgenerator import Atom1Feed

from tracker.model import Report
from tracker.reports._feed import URN, Feed, feed
from tracker.reports.cleaning import cleaned
from tracker.reports.style import Style


def render(report: Report, style: Style) -> str:
    """The newest story first. The feed's own time is that of its newest event, or the window's end, never the current one."""
    return write(feed(cleaned(report), style))


def write(source: Feed) -> str:
    """A feed in this format."""
    atom = Atom1Feed(
        title=source.title,
        link=source.page or source.id,
        feed_url=source.url or None,
        description=source.description or None,
        language="en",
        author_name="leaderboard tracker",
        feed_guid=source.id,
        feed_copyright=source.attribution or None,
    )
    atom.latest_post_date = lambda: source.updated  # the library's own is the current time in a feed without entries
    for item in source.items:
        atom.add_item(
            title=item.title,
            link=item.url or f"{URN}:board:{item.tags[-1]}",
            description=None,
            content=item.html,
            unique_id=item.id,
            updateddate=item.at,
            categories=item.tags,
            item_copyright=item.attribution,
        )
    out = StringIO()
    atom.write(out, "utf-8")
    return f"{out.getvalue()}\n"
