"""A report as an Atom feed (RFC 4287): one entry per story, so that a feed reader shows each once."""

from __future__ import annotations

from datetime import tzinfo
from io import StringIO

from tracker.model import BoardReport, Report, Story
from tracker.reports import words
from tracker.reports._templates import fill
from tracker.reports.cleaning import cleaned, link

_URN = "urn:leaderboard-tracker"

Told = tuple[BoardReport, Story]


def render(report: Report, *, width: int, colour: bool, zone: tzinfo) -> str:  # noqa: ARG001  # every format is asked in the same way
    """The newest story first. The feed's own time is that of its newest event, or the window's end: never the current one."""
    from feedgenerator import Atom1Feed  # noqa: PLC0415  # 40 ms that other formats do not need

    report = cleaned(report)
    told = [(board, story) for board in report.boards for story in board.stories]
    feed = Atom1Feed(**_feed(report, told, zone))
    newest = max((story.lead.recorded_at for _, story in told), default=report.until)
    feed.latest_post_date = lambda: newest  # of a feed without entries the library's own says "now"
    for board, story in sorted(told, key=lambda one: one[1].lead.recorded_at, reverse=True):
        feed.add_item(**_entry(board, story, zone))
    out = StringIO()
    feed.write(out, "utf-8")
    return f"{out.getvalue()}\n"


def _feed(report: Report, told: list[Told], zone: tzinfo) -> dict[str, object]:
    """What stands above the entries. A feed of one board has its own id, so that readers can hold several."""
    boards = [board.health for board in report.boards]
    identity = f"{_URN}:report:{boards[0].board}" if len(boards) == 1 else f"{_URN}:report"
    said = [words.summary(report), *(silence.sentence for silence in words.silences(report, zone))]
    return {
        "title": f"{words.TITLE}: {boards[0].title}" if len(boards) == 1 else words.TITLE,
        "link": next((page for one in boards if (page := link(one.page))), identity),
        "description": " ".join(sentence for sentence in said if sentence) or None,
        "language": "en",
        "author_name": "leaderboard tracker",
        "feed_guid": identity,
        "feed_copyright": "; ".join(sorted({words.attribution(board) for board, _ in told})) or None,
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
