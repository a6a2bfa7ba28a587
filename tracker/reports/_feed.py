"""What the feeds share: the stories, the newest first, with their ids and addresses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

from msgspec import Struct

from tracker.model import Board, BoardId, BoardReport, Correction, Report, Story
from tracker.reports import words
from tracker.reports._templates import fill
from tracker.reports.cleaning import cleaned, link
from tracker.reports.style import Style

URN = "urn:leaderboard-tracker"


class Item(Struct, frozen=True, kw_only=True):
    """A story in a feed. `html` is its text with the evidence."""

    id: str
    url: str
    title: str
    html: str
    at: datetime
    tags: tuple[str, ...]
    attribution: str


class Feed(Struct, frozen=True, kw_only=True):
    """A feed. Its id and address differ between installations if each states its own `feed_url`; `updated` is never now."""

    id: str
    url: str
    page: str
    title: str
    description: str
    attribution: str
    updated: datetime
    items: tuple[Item, ...]


def feed(report: Report, style: Style) -> Feed:
    """The feed of a cleaned report. A feed of one board has its own id, so that readers can subscribe to several."""
    boards = [board.health for board in report.boards]
    own = f"report:{boards[0].board}" if len(boards) == 1 else "report"
    sentences = [words.summary(report), *(silence.sentence for silence in words.silences(report, style.zone))]
    items = [_item(board, story, style) for board in report.boards for story in board.stories]
    items.sort(key=lambda item: item.at, reverse=True)
    return Feed(
        id=f"urn:uuid:{uuid5(NAMESPACE_URL, style.feed_url)}" if style.feed_url else f"{URN}:{own}",
        url=style.feed_url,
        page=style.page_url or next((page for board in boards if (page := link(board.page))), ""),
        title=f"{words.TITLE}: {boards[0].title}" if len(boards) == 1 else words.TITLE,
        description=" ".join(filter(None, sentences)),
        attribution="; ".join(sorted({words.attribution(board) for board in report.boards if board.stories})),
        updated=items[0].at if items else report.until,
        items=tuple(items),
    )


def correction_feed(corrections: Sequence[Correction], boards: Mapping[BoardId, Board], style: Style) -> Feed:
    """The feed of corrections, the newest first."""
    found = [cleaned(correction) for correction in reversed(corrections)]
    shown = {correction.board: cleaned(boards[correction.board]) for correction in found if correction.board in boards}
    return Feed(
        id=f"urn:uuid:{uuid5(NAMESPACE_URL, style.feed_url)}" if style.feed_url else f"{URN}:corrections",
        url=style.feed_url,
        page=next((page for board in shown.values() if (page := link(board.page))), ""),
        title=f"{words.TITLE}: corrections",
        description="Events that were withdrawn, changed or added after they were recorded, and why.",
        attribution="; ".join(sorted({board.attribution for board in shown.values() if board.attribution})),
        updated=found[0].corrected_at if found else datetime.fromtimestamp(0, UTC),
        items=tuple(_correction(correction, shown.get(correction.board)) for correction in found),
    )


def _correction(correction: Correction, board: Board | None) -> Item:
    attribution = board.attribution if board else ""
    return Item(
        id=f"{URN}:correction:{correction.event.id}:{correction.vintage}",
        url=link(board.page) if board else "",
        title=f"{correction.how.capitalize()}: {correction.event.headline}",
        html=fill("correction.html", correction=correction, attribution=attribution),
        at=correction.corrected_at,
        tags=(correction.how, correction.board),
        attribution=attribution,
    )


def _item(board: BoardReport, story: Story, style: Style) -> Item:
    lead = story.lead
    own_page = f"{style.page_url}#event-{lead.id}" if style.page_url else link(board.health.page)
    return Item(
        id=f"{URN}:event:{lead.id}",
        url=own_page,
        title=lead.headline,
        html=fill("entry.html", board=board, story=story, zone=style.zone),
        at=lead.recorded_at,
        tags=(lead.kind, board.health.board),
        attribution=words.attribution(board),
    )
