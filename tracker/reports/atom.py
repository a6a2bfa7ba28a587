"""A report as an Atom feed (RFC 4287): one entry per story, so that a feed reader shows each once."""

from __future__ import annotations

from datetime import tzinfo
from io import StringIO

from feedgenerator import Atom1Feed

from tracker.model import BoardReport, Report, Story
from tracker.reports import words
from tracker.reports._templates import fill
from tracker.reports.cleaning import cleaned, link

_URN = "urn:leaderboard-tracker"


def render(report: Report, *, width: int, colour: bool, zone: tzinfo) -> str:  # noqa: ARG001  # the same for every format
    """The newest story first. The feed's own time is that of its newest event, or the window's end, never the current one."""
    report = cleaned(report)
    stories = [(board, story) for board in report.boards for story in board.stories]
    stories.sort(key=lambda pair: pair[1].lead.recorded_at, reverse=True)
    feed = Atom1Feed(**_feed(report, zone))
    newest = stories[0][1].lead.recorded_at if stories else report.until
    feed.latest_post_date = lambda: newest  # the library's own is the current time in a feed without entries
    for board, story in stories:
        feed.add_item(**_entry(board, story, zone))
    out = StringIO()
    feed.write(out, "utf-8")
    return f"{out.getvalue()}\n"


def _feed(report: Report, zone: tzinfo) -> dict[str, object]:
    """The head of the feed. A feed of one board has its own id, so that readers can subscribe to several."""
    boards = [board.health for board in report.boards]
    identity = f"{_URN}:report:{boards[0].board}" if len(boards) == 1 else f"{_URN}:report"
    sentences = [words.summary(report), *(silence.sentence for silence in words.silences(report, zone))]
    return {
        "title": f"{words.TITLE}: {boards[0].title}" if len(boards) == 1 else words.TITLE,
        "link": next((page for board in boards if (page := link(board.page))), identity),
        "description": " ".join(filter(None, sentences)) or None,
        "language": "en",
        "author_name": "leaderboard tracker",
        "feed_guid": identity,
        "feed_copyright": "; ".join(sorted({words.attribution(board) for board in report.boards if board.stories})) or None,
    }


def _entry(board: BoardReport, story: Story, zone: tzinfo) -> dict[str, object]:
    lead = story.lead
    return {
        "title": lead.headline,
        "link": link(board.health.page) or f"{_URN}:board:{board.health.board}",
        "description": None,
        "content": fill("entry.html", board=board, story=story, zone=zone),
        "unique_id": f"{_URN}:event:{lead.id}",
        "updateddate": lead.recorded_at,
        "categories": (lead.kind, board.health.board),
        "item_copyright": words.attribution(board),
    }
