"""A report as Markdown (https://github.github.com/gfm/), for chats, issues and mails."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import tzinfo

from tracker.model import BoardReport, Health, Report, Story
from tracker.reports import words
from tracker.reports.brief import brief
from tracker.reports.cleaning import cleaned, link, markdown_escaped
from tracker.reports.style import Style


def render(report: Report, style: Style) -> str:
    """A heading per board and day, a list entry per story; names are escaped."""
    report = cleaned(report)
    head = [f"# {words.TITLE}", words.window(report, style.zone), markdown_escaped(words.opening(report))]
    boards = (block for board in report.boards if board.stories for block in _board(board, style))
    blocks = [*head, *_troubles(words.troubles(report), style.zone), *boards, *_silences(words.silences(report, style.zone))]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _troubles(boards: Iterable[Health], zone: tzinfo) -> Iterator[str]:
    rows = [
        f"| {board.state} | {_linked(board)} | {markdown_escaped(board.reason) or '—'} | {words.last_read(board, zone)} |"
        for board in boards
    ]
    if rows:
        yield "## Boards in trouble"
        yield "\n".join(["| state | board | reason | seen |", "|---|---|---|---|", *rows])


def _board(board: BoardReport, style: Style) -> Iterator[str]:
    yield f"## {_linked(board.health)}"
    if board.top:
        moves = [words.move(row, board.top) for row in board.top.rows]
        head = f"| rank | name | {markdown_escaped(words.measured(board.top))} | {'move' if any(moves) else ''} |"
        rows = [
            f"| {row.rank} | {markdown_escaped(row.name)} | {markdown_escaped(row.value)} | {move} |"
            for row, move in zip(board.top.rows, moves, strict=True)
        ]
        yield "\n".join([head, "|--:|---|--:|---|", *rows])
    for day in words.days(board, style.zone, by_weight=style.by_weight):
        if day.title:
            yield f"### {day.title}"
        stories = zip(day.stories, day.times, strict=True)
        yield "\n".join(line for story, time in stories for line in _story(story, board, time))
    yield from (markdown_escaped(note) for note in words.notes(board, style.zone))


def _story(story: Story, board: BoardReport, time: str) -> Iterator[str]:
    told = brief(story, board)
    yield f"- **{markdown_escaped(words.badge(story.lead))}**{f' · {time}' if time else ''}: {markdown_escaped(told.headline)}"
    yield from (f"  - {markdown_escaped(fact)}" for fact in told.facts)


def _silences(silences: Iterable[words.Silence]) -> Iterator[str]:
    for silence in silences:
        yield markdown_escaped(silence.sentence)
        if silence.boards:
            yield "\n".join(f"- {_linked(board)}" for board in silence.boards)


def _linked(health: Health) -> str:
    target = link(health.page)
    return f"[{markdown_escaped(health.title)}](<{target}>)" if target else markdown_escaped(health.title)
