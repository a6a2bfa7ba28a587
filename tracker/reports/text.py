"""A report for a terminal or a plain mail. Names are printed unchanged: rich sees no markup in them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from io import StringIO

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from tracker.model import BoardReport, Report, State, Story
from tracker.reports import words
from tracker.reports.cleaning import cleaned

_NARROWEST = 40
"""Columns of the narrowest readable report."""
_STATE_STYLES = {State.BROKEN: "bold red", State.STALE: "yellow", State.PAUSED: "cyan", State.PARTIAL: "yellow"}
_HEAVY = 80
"""A story of this weight or more is printed in bold."""


def render(report: Report, *, width: int, colour: bool, zone: tzinfo) -> str:
    """Lines of at most `width` columns (at least 40), with ANSI codes if `colour` is set."""
    out = StringIO()
    console = _console(out, max(width, _NARROWEST), colour=colour)
    for block in _blocks(cleaned(report), zone):
        console.print(block)
    return out.getvalue() if colour else "".join(f"{line.rstrip()}\n" for line in out.getvalue().split("\n")[:-1])


def _console(out: StringIO, width: int, *, colour: bool) -> Console:
    """A console that ignores the environment, so that the same report is the same text everywhere."""
    return Console(
        file=out,
        width=width,
        color_system="standard" if colour else None,
        force_terminal=colour,
        no_color=not colour,
        force_jupyter=False,
        legacy_windows=False,
        markup=False,
        emoji=False,
        highlight=False,
        _environ={},
    )


def _blocks(report: Report, zone: tzinfo) -> Iterator[RenderableType]:
    yield Text(words.TITLE, style="bold")
    yield Text(words.window(report, zone), style="dim")
    if summary := words.summary(report):
        yield Text(summary)
    yield from _troubles(report, zone)
    for board in report.boards:
        if board.stories:
            yield from _board(board, zone)
    for silence in words.silences(report, zone):
        yield ""
        yield Text(silence.sentence)
        if silence.boards:
            yield _indented("  ", ", ".join(board.title for board in silence.boards), "dim")


def _troubles(report: Report, zone: tzinfo) -> Iterator[RenderableType]:
    boards = words.troubles(report)
    if not boards:
        return
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False, pad_edge=False)
    for board in boards:
        reason = f"{board.reason} ({words.last_read(board, zone)})".lstrip()
        table.add_row(Text(board.state, style=_STATE_STYLES[board.state]), Text(board.title, style="bold"), Text(reason))
    yield ""
    yield Text("Boards in trouble", style="bold underline")
    yield table


def _board(board: BoardReport, zone: tzinfo) -> Iterator[RenderableType]:
    yield ""
    yield Text(board.health.title, style="bold underline")
    for story in board.stories:
        yield from _story(story, zone)
    for note in words.notes(board, zone):
        yield _indented("  ", note, "dim")


def _story(story: Story, zone: tzinfo) -> Iterator[RenderableType]:
    lead = story.lead
    yield _indented("● ", lead.headline, "bold" if lead.weight >= _HEAVY else "")
    yield _indented("  ", f"{words.badge(lead)}, {words.interval(lead, zone)}", "dim")
    for aside in words.asides(story):
        yield _indented("  – ", aside)


def _indented(mark: str, text: str, style: str = "") -> RenderableType:
    """A text with its further lines aligned to its first word."""
    grid = Table.grid(expand=False)
    grid.add_column(width=len(mark), no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(Text(mark), Text(text, style=style))
    return grid
