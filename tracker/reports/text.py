"""A report for a terminal or a plain mail. Names are printed unchanged: rich sees no markup in them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from io import StringIO

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from tracker.model import BoardReport, Report, State, Story, Top
from tracker.reports import words
from tracker.reports.brief import brief
from tracker.reports.cleaning import cleaned
from tracker.reports.style import Style
from tracker.wording import listed

_NARROWEST = 40
"""Columns of the narrowest readable report."""
_MOST_NAMED = 12
"""Boards of which a sentence says that they have no news; the other formats link them all."""
_STATE_STYLES = {State.BROKEN: "bold red", State.STALE: "yellow", State.PAUSED: "cyan", State.PARTIAL: "yellow"}


def render(report: Report, style: Style) -> str:
    """Lines of at most `style.width` columns (at least 40), with ANSI codes if `style.colour` is set."""
    out = StringIO()
    console = _console(out, max(style.width, _NARROWEST), colour=style.colour)
    for block in _blocks(cleaned(report), style):
        console.print(block)
    return out.getvalue() if style.colour else "".join(f"{line.rstrip()}\n" for line in out.getvalue().split("\n")[:-1])


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


def _blocks(report: Report, style: Style) -> Iterator[RenderableType]:
    yield Text(words.TITLE, style="bold")
    yield Text(words.window(report, style.zone), style="dim")
    if opening := words.opening(report):
        yield Text(opening)
    yield from _troubles(report, style.zone)
    for board in report.boards:
        if board.stories:
            yield from _board(board, style)
    for silence in words.silences(report, style.zone):
        yield ""
        yield Text(silence.sentence)
        if silence.boards:
            yield _indented("  ", listed((board.title for board in silence.boards), _MOST_NAMED), "dim")


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


def _board(board: BoardReport, style: Style) -> Iterator[RenderableType]:
    yield ""
    yield Text(words.heading(board), style="bold underline")
    if board.top:
        yield _top(board.top)
    for day in words.days(board, style.zone, by_weight=style.by_weight):
        if day.title:
            yield ""
            yield Text(day.title, style="bold")
        for story, time in zip(day.stories, day.times, strict=True):
            yield from _story(story, board, time)
    for note in words.notes(board, style.zone):
        yield _indented("  ", note, "dim")


def _top(top: Top) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False, pad_edge=False)
    for justify in ("right", "left", "right", "left"):
        table.add_column(justify=justify, overflow="fold")
    for row in top.rows:
        table.add_row(f"  {row.rank}", Text(row.name), Text(row.value), words.move(row, top))
    return table


def _story(story: Story, board: BoardReport, time: str) -> Iterator[RenderableType]:
    told = brief(story, board)
    yield _indented("● ", told.headline, "bold" if story.lead.weight >= words.HEAVY else "")
    yield _indented("  ", words.meta(story, time), "dim")
    for fact in told.facts:
        yield _indented("  – ", fact)


def _indented(mark: str, text: str, style: str = "") -> RenderableType:
    """A text with its further lines aligned to its first word."""
    grid = Table.grid(expand=False)
    grid.add_column(width=len(mark), no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(Text(mark), Text(text, style=style))
    return grid
