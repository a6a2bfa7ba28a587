"""`tracker board show`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

import click

from tracker.cli._open import as_json
from tracker.cli._print import picked, print_json, print_table, when
from tracker.model import Board
from tracker.query.standings import standing_json, standings
from tracker.schedules import origin_of
from tracker.wording import number, safe
from tracker.workspace import Settings
from tracker.workspace.boards import STORE
from tracker.workspace.opening import board_of, check_named, history_if_any

SHOWN = 5
"""Entries shown of the last reading."""
_BETTER = {True: "higher", False: "lower", None: ""}


@click.command("show")
@click.argument("board")
@as_json
@click.pass_obj
def command(settings: Settings, board: str, *, as_json: bool) -> None:
    """Print a board's declaration: where it is read, its metrics, and the head of its last reading."""
    check_named(settings)
    with history_if_any(settings) as store:
        shown = board_of(settings, store, board)
        origin = origin_of(shown.id, settings.schedules, settings.shipped) or STORE
        latest = store.latest(shown.id)
        head = standings(shown, store)[:SHOWN] if latest is not None and shown.primary else ()
    if as_json:
        rows = [standing_json(row, shown) for row in head]
        last = latest and {"observed_at": latest.observed_at, "entries": len(latest.entries), "head": rows}
        print_json([{**_described(shown), "origin": origin, "last": last}])
        return
    click.echo(f"{safe(shown.title)}\n  page: {safe(shown.page)}")
    click.echo(f"  origin: {origin}")
    for line in _lines(shown):
        click.echo(f"  {safe(line)}")
    print_table(
        ("metric", "title", "unit", "better", "nature", "topic", ""),
        (
            (m.id, m.title, m.unit, _BETTER[m.higher_is_better], m.nature, m.topic, "primary" if m.primary else "")
            for m in shown.metrics
        ),
    )
    if latest is not None:
        click.echo(f"last accepted {when(latest.observed_at)}: {len(latest.entries)} entries (tracker standings {shown.id})")
    for row in head:
        click.echo(f"  {row.rank}. {safe(row.name)}  {'' if row.value is None else number(row.value, shown.primary)}")


def _lines(board: Board) -> Iterator[str]:
    """How a board is read, one line for each declared aspect."""
    request, group = board.request, board.parse.group
    yield f"read: {request.method} {request.url} as {board.parse.format}, {board.cadence} {board.time_zone}"
    if request.newest is not None:
        yield f"newest release: found in {request.newest.url} by {request.newest.find}"
    if request.each is not None:
        yield f"one answer for each of: {', '.join(request.each.values) or request.each.url}"
    if request.member:
        yield f"of the archive, the file {request.member}"
    if group is not None:
        yield f"rows of one {' and '.join(group.key)} are one{f', by {group.by}' if group.by else ''}, take {group.take}"
    for payload in board.payloads:
        use = "means of columns" if payload.means else "joined" if payload.required else "joined where it can be had"
        yield f"payload {payload.name}: {payload.request.method} {payload.request.url} as {payload.parse.format}, {use}"
    yield f"terms: {board.terms}"
    yield f"attribution: {board.attribution}"
    yield f"enabled: {'yes' if board.enabled else 'no'}"


def _described(board: Board) -> dict[str, object]:
    request = board.request
    return {
        "board": board.id,
        **picked(board, "title page"),
        "url": request.url,
        "format": board.parse.format,
        **picked(board, "cadence time_zone attribution terms enabled"),
        "member": request.member or None,
        "newest": request.newest and request.newest.url,
        "each": request.each and (list(request.each.values) or request.each.url),
        "group": board.parse.group and asdict(board.parse.group),
        "payloads": [
            {"name": each.name, "url": each.request.url, "format": each.parse.format, **picked(each, "means required")}
            for each in board.payloads
        ],
        "metrics": [picked(metric, "id title unit higher_is_better nature topic primary") for metric in board.metrics],
    }
