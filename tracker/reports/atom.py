"""A report as an Atom feed (RFC 4287): one entry per story, so that a feed reader shows each once."""

from __future__ import annotations

from datetime import datetime
from io import StringIO

from tracker.model import BoardReport, Report, Story
from tracker.reports import _words as words
from tracker.reports._clean import cleaned, link
from tracker.reports._fold import events_of
from tracker.reports._templates import fill

_URN = "urn:leaderboard-tracker"


def render(report: Report, *, width: int, colour: bool) -> str:  # noqa: ARG001  # every format is asked in the same way
    """The newest story first. The feed's own time is that of its newest event, or the window's end: never the current one."""
    from feedgenerator import Atom1Feed  # noqa: PLC0415  # 40 ms that other formats do not need

    report = cleaned(report)
    pairs = [(board, story) for board in report.boards for story in board.stories]

    class Feed(Atom1Feed):  # type: ignore[misc]  # the library has no types
        def latest_post_date(self) -> datetime:
            """Without an entry the library would stamp the current time."""
            return _newest(report)

    identity = _identity(report)
    feed = Feed(
        title=_title(report),
        link=next((page for board in report.boards if (page := link(board.health.page))), identity),
        description=words.summary(report) or " ".join(silence.sentence for silence in words.silences(report)),
        language="en",
        author_name="leaderboard tracker",
        feed_guid=identity,
        feed_copyright="; ".join(sorted({_data(board) for board, _ in pairs})) or None,
    )
    for board, story in sorted(pairs, key=lambda pair: pair[1].lead.recorded_at, reverse=True):
        feed.add_item(**_entry(board, story))
    out = StringIO()
    feed.write(out, "utf-8")
    return out.getvalue() + "\n"


def _entry(board: BoardReport, story: Story) -> dict[str, object]:
    lead = story.lead
    return {
        "title": lead.headline,
        "link": link(board.health.page) or f"{_URN}:board:{board.health.board}",
        "unique_id": f"{_URN}:event:{lead.id}",
        "updateddate": lead.recorded_at,
        "description": None,
        "content": fill("entry.html", board=board, story=story),
        "categories": (lead.kind, board.health.board),
        "item_copyright": _data(board),
    }
