"""A report as Markdown (https://github.github.com/gfm/), for chats, issues and mails."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import tzinfo

from tracker.model import BoardReport, Health, Report, Story
from tracker.reports import words
from tracker.reports.cleaning import cleaned, link, markdown_escaped


def render(report: Report, *, width: int, colour: bool, zone: tzinfo) -> str:  # noqa: ARG001  # the same for every format
    """A heading per board, a list entry per story; names are escaped."""
    report = cleaned(report)
    head = [f"# {words.TITLE}", words.window(report, zone), words.summary(report)]
    boards = (block for board in report.boards if board.stories for block in _board(board, zone))
    blocks = [*head, *_troubles(words.troubles(report), zone), *boards, *_silences(words.silences(report, zone))]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _troubles(boards: Iterable[Health], zone: tzinfo) -> Iterator[str]:
    rows = [
        f"| {board.state} | {_linked(board)} | {markdown_escaped(board.reason) or '—'} | {words.last_read(board, zone)} |"
        for board in boards
    ]
    if rows:
        yield "## Boards in trouble"
        yield "\n".join(["| state | board | reason | seen |", "|---|---|---|---|", *rows])


def _board(board: BoardReport, zone: tzinfo) -> Iterator[str]:
    yield f"## {_linked(board.health)}"
    yield "\n".join(line for story in board.stories for line in _story(story, zone))
    yield from (markdown_escaped(note) for note in words.notes(board, zone))


def _story(story: Story, zone: tzinfo) -> Iterator[str]:
    lead = story.lead
    yield f"- **{markdown_escaped(words.badge(lead))}** · {words.interval(lead, zone)}: {markdown_escaped(lead.headline)}"
    yield from (f"  - {markdown_escaped(aside)}" for aside in words.asides(story))


def _silences(silences: Iterable[words.Silence]) -> Iterator[str]:
    for silence in silences:
        yield markdown_escaped(silence.sentence)
        if silence.boards:
            yield "\n".join(f"- {_linked(board)}" for board in silence.boards)


def _linked(health: Health) -> str:
    target = link(health.page)
    return f"[{markdown_escaped(health.title)}](<{target}>)" if target else markdown_escaped(health.title)
