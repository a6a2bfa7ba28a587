"""A report as Markdown (https://github.github.com/gfm/), for chats, issues and mails."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import tzinfo

from tracker.model import BoardReport, Health, Report, Story
from tracker.reports import words
from tracker.reports.cleaning import cleaned, link

_SIGNS = re.compile(r"[\\`*_\[\]<>|~&$]|(?<=\w):(?=//)|(?<=[wW]{3})\.|^[#+\-=]|^\d+(?=[.)])")
"""Signs that would begin markup, a bare link or, at the start, another block."""


def render(report: Report, *, width: int, colour: bool, zone: tzinfo) -> str:  # noqa: ARG001  # the same for every format
    """A heading per board, a list entry per story; names are escaped."""
    report = cleaned(report)
    head = [f"# {words.TITLE}", words.window(report, zone), words.summary(report)]
    boards = (block for board in report.boards if board.stories for block in _board(board, zone))
    blocks = [*head, *_troubles(words.troubles(report), zone), *boards, *_silences(words.silences(report, zone))]
    return "\n\n".join(block for block in blocks if block) + "\n"


def escape(text: str) -> str:
    r"""Text that Markdown shows unchanged: `|`, `*`, `_`, `[`, `]`, `<`, a leading `#` … get a `\`."""
    return _SIGNS.sub(lambda match: f"{match[0]}\\" if match[0].isdigit() else f"\\{match[0]}", text)


def _troubles(boards: Iterable[Health], zone: tzinfo) -> Iterator[str]:
    rows = [
        f"| {board.state} | {_linked(board)} | {escape(board.reason) or '—'} | {words.last_read(board, zone)} |"
        for board in boards
    ]
    if rows:
        yield "## Boards in trouble"
        yield "\n".join(["| state | board | reason | seen |", "|---|---|---|---|", *rows])


def _board(board: BoardReport, zone: tzinfo) -> Iterator[str]:
    yield f"## {_linked(board.health)}"
    yield "\n".join(line for story in board.stories for line in _story(story, zone))
    yield from (escape(note) for note in words.notes(board, zone))


def _story(story: Story, zone: tzinfo) -> Iterator[str]:
    lead = story.lead
    yield f"- **{escape(words.badge(lead))}** · {words.interval(lead, zone)}: {escape(lead.headline)}"
    yield from (f"  - {escape(aside)}" for aside in words.asides(story))


def _silences(silences: Iterable[words.Silence]) -> Iterator[str]:
    for silence in silences:
        yield escape(silence.sentence)
        if silence.boards:
            yield "\n".join(f"- {_linked(board)}" for board in silence.boards)


def _linked(health: Health) -> str:
    target = link(health.page)
    return f"[{escape(health.title)}](<{target}>)" if target else escape(health.title)
