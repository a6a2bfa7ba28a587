"""`tracker board`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker.authoring import fixtures
from tracker.cli._group import SuggestingGroup
from tracker.cli._open import as_json, print_json, print_table, report_errors, report_wrong_boards, user, when
from tracker.cli.standings import as_row
from tracker.clock import SystemClock
from tracker.errors import DeclarationError
from tracker.model import Board, BoardId, Pause, StoredSnapshot
from tracker.ports import Clock
from tracker.query.standings import Standing, standings
from tracker.schedules import Schedules
from tracker.wording import number, safe
from tracker.workspace import Settings
from tracker.workspace.declared import chosen, declared
from tracker.workspace.opening import board_of, check_named, history_if_any, history_of, hosts_if_any

if TYPE_CHECKING:
    from tracker.authoring.live_check import Lived
    from tracker.fetch import Fetcher
    from tracker.fetch.addresses import Resolve
    from tracker.fetch.http import Transport


LATER: Mapping[str, tuple[str, str]] = {
    "new": (
        "new",
        "Declare a board from its page: find the table, say what its columns mean, write the declaration and its test.",
    ),
    "repair": ("repair", "Find what replaced the columns that a page no longer has, and show the change to the declaration."),
}
"""Commands that are loaded only when they are called → (module in this package, what it does)."""


class _WithLater(SuggestingGroup):
    """A group of which some commands are known by name and short help alone."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted((*super().list_commands(ctx), *LATER))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in LATER:
            return super().get_command(ctx, cmd_name)
        later: click.Command = import_module(f"tracker.cli.{LATER[cmd_name][0]}").command
        return later

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        here = {name: one.get_short_help_str(formatter.width) for name, one in self.commands.items()}
        rows = {**here, **{name: text for name, (_, text) in LATER.items()}}
        with formatter.section("Commands"):
            formatter.write_dl([(name, rows[name]) for name in self.list_commands(ctx)])


@click.group("board", cls=_WithLater)
def command() -> None:
    """Show, test, repair, pause or resume a board, or declare a new one."""


SHOWN = 5
"""Entries of the last reading that are shown."""


@command.command("show")
@click.argument("board")
@as_json
@click.pass_obj
def show(settings: Settings, board: str, *, as_json: bool) -> None:
    """Print a board's declaration: where it is read, its metrics, and the head of its last reading."""
    check_named(settings)
    with history_if_any(settings) as store:
        one = board_of(settings, store, board)
        latest = store.latest(one.id)
        head = standings(one, store)[:SHOWN] if latest is not None and one.primary else ()
    if as_json:
        print_json([{**_described(one), "last": None if latest is None else _last(one, latest, head)}])
        return
    click.echo(f"{safe(one.title)}\n  page: {safe(one.page)}")
    for line in _reads(one):
        click.echo(f"  {safe(line)}")
    print_table(
        ("metric", "title", "unit", "better", "nature", "topic", ""),
        (
            (m.id, m.title, m.unit, _better(m.higher_is_better), m.nature, m.topic, "primary" if m.primary else "")
            for m in one.metrics
        ),
    )
    if latest is not None:
        click.echo(f"last accepted {when(latest.observed_at)}: {len(latest.entries)} entries (tracker standings {one.id})")
    for each in head:
        click.echo(f"  {each.rank}. {safe(each.name)}  {'' if each.value is None else number(each.value, one.primary)}")


def _reads(board: Board) -> Iterator[str]:
    """How a board is read, one line for each thing that is declared of it."""
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


@command.command("pause")
@click.argument("board")
@click.option("--reason", required=True, help="Why; shown wherever the board's health is.")
@click.option("--by", default=None, help="Who decided; your user name by default.")
@click.pass_obj
def pause(settings: Settings, board: str, reason: str, by: str | None) -> None:
    """Do not fetch a board until it is resumed; a running daemon takes notice."""
    with history_of(settings) as store:
        one = declared(settings).board(board)
        paused = Pause(board=one.id, since=SystemClock().now(), by=safe(by or user()), reason=safe(reason))
        store.service.pause(paused)
    click.echo(f"{one.id}: paused (tracker board resume {one.id})")


@command.command("resume")
@click.argument("board")
@click.pass_obj
def resume(settings: Settings, board: str) -> None:
    """Fetch a paused board again, from its next time on."""
    with history_of(settings) as store:
        known = {str(one) for one in store.service.pauses()}
        if not store.service.resume(BoardId(board)):
            paused = ", ".join(sorted(known)) or "none"
            raise DeclarationError(f'board "{safe(board)}" is not paused; paused: {paused}')
    click.echo(f"{board}: resumed")


def _described(board: Board) -> dict[str, object]:
    return {
        "board": board.id,
        "title": board.title,
        "page": board.page,
        "url": board.request.url,
        "format": board.parse.format,
        "cadence": board.cadence,
        "time_zone": board.time_zone,
        "attribution": board.attribution,
        "terms": board.terms,
        "enabled": board.enabled,
        "member": board.request.member or None,
        "newest": board.request.newest and board.request.newest.url,
        "each": board.request.each and (list(board.request.each.values) or board.request.each.url),
        "group": board.parse.group and asdict(board.parse.group),
        "payloads": [
            {"name": one.name, "url": one.request.url, "format": one.parse.format, "means": one.means, "required": one.required}
            for one in board.payloads
        ],
        "metrics": [
            {
                "id": m.id,
                "title": m.title,
                "unit": m.unit,
                "higher_is_better": m.higher_is_better,
                "nature": m.nature,
                "topic": m.topic,
                "primary": m.primary,
            }
            for m in board.metrics
        ],
    }


def _last(board: Board, latest: StoredSnapshot, head: Sequence[Standing]) -> dict[str, object]:
    return {"observed_at": latest.observed_at, "entries": len(latest.entries), "head": [as_row(one, board) for one in head]}


def _better(higher: bool | None) -> str:
    return "" if higher is None else "higher" if higher else "lower"


@command.command("test")
@click.argument("boards", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Every board; the same as naming none.")
@click.option("--live", is_flag=True, help="Fetch each enabled board once and read it; nothing is kept.")
@click.option("--cases", type=click.Path(file_okay=False, path_type=Path), help="Folder of test folders; tests/boards beside the schedules by default.")  # fmt: skip
@click.option("--save", is_flag=True, help="Write what is read as the expectation; read it like code before you commit it.")
@as_json
@click.pass_obj
def test(
    settings: Settings, boards: tuple[str, ...], cases: Path | None, *, every: bool, live: bool, save: bool, as_json: bool
) -> None:
    """Read the pages kept in a board's test folder and compare with what is expected there; or, with --live, its real page.

    <cases>/<source>/<board>/page.* must give expected.json; every page in hostile/ must be refused with
    the error class its name ends in. --live says of each board whether it answers, can be read and keeps its
    contract, and what has drifted from the declaration.
    """
    if every and boards:
        raise DeclarationError(f'--all and "{safe(boards[0])}" were both given; expected names or --all')
    if live and save:
        raise DeclarationError("--live and --save were both given; a live page is no test folder (tracker board new)")
    cases = cases or settings.cases
    if live:
        sys.exit(check_live(settings, boards, cases, SystemClock(), as_json=as_json))
    sys.exit(_test(settings, boards, cases, save=save, as_json=as_json))


def _test(settings: Settings, boards: tuple[str, ...], cases: Path, *, save: bool, as_json: bool) -> int:
    """Try the folders, print what became of them, and return the exit code; declarations that are wrong are reported."""
    known = declared(settings)
    code = 0 if boards else report_errors(known.troubles.values())
    names = boards or tuple(board for board in known.boards if (cases / board).is_dir())
    results = [fixtures.try_folder(known.board(BoardId(name)), cases / name, save=save) for name in names]
    if as_json:
        print_json({"board": one.board, "ok": one.ok, "cases": one.cases, "problems": list(one.problems)} for one in results)
    else:
        for one in results:
            click.echo(f"{one.board}: {'ok' if one.ok else 'FAILED'}, {one.cases} pages")
            for problem in one.problems:
                click.echo(f"    {safe(problem)}")
    untested = len(known.boards) - len(names)
    if untested and not boards:
        click.echo(f"tracker: {untested} of {len(known.boards)} boards have no folder in {cases}, and were not tried", err=True)
    return max(code, 0 if all(one.ok for one in results) else 1)


def check_live(
    settings: Settings,
    names: tuple[str, ...],
    cases: Path,
    clock: Clock,
    *,
    as_json: bool = False,
    transport: Transport | None = None,
    resolve: Resolve | None = None,
) -> int:
    """Fetch the boards once, print how they are, and return the exit code; declarations that are wrong are reported.

    `transport` and `resolve` stand for the network and the system's resolver, as in a `Fetcher`.
    """
    from tracker.authoring import live_check  # noqa: PLC0415  # only with --live

    found = Schedules(boards={one.id: one for one in chosen(settings, names)}, errors={}) if names else declared(settings)
    boards = list(found.boards.values())
    code = report_wrong_boards(found, is_all=False)
    results: list[live_check.Lived] = []
    with _asking(settings, clock, transport, resolve) as fetcher:
        for one in live_check.live(boards, fetcher, cases=cases, environment=os.environ, pauses=_pauses(settings)):
            results.append(one)
            if as_json:
                print_json([{**asdict(one), "ok": one.ok}])
    if not as_json:
        _print_live(sorted(results, key=lambda one: one.board))
    return max(code, 0 if all(one.ok for one in results) else 1)


def _print_live(results: Sequence[Lived]) -> None:
    from tracker.authoring import live_check  # noqa: PLC0415  # as above

    print_table(live_check.HEADER, map(live_check.row, results), right=frozenset(("entries",)))
    for one in results:
        if one.problem:
            click.echo(safe(one.problem))
    click.echo(live_check.summary(results))


@contextmanager
def _asking(settings: Settings, clock: Clock, transport: Transport | None, resolve: Resolve | None) -> Iterator[Fetcher]:
    """A fetcher that remembers when it asked each host, and neither archive nor store."""
    from tracker.fetch import Fetcher  # noqa: PLC0415  # only with --live
    from tracker.fetch.addresses import resolve_host  # noqa: PLC0415  # as above

    with (
        hosts_if_any(settings) as hosts,
        Fetcher(
            hosts, clock, os.environ, contact=settings.contact, transport=transport, resolve=resolve or resolve_host
        ) as fetcher,
    ):
        yield fetcher


def _pauses(settings: Settings) -> Mapping[BoardId, Pause]:
    """Which boards an operator has paused, as far as there is a store that says so."""
    with history_if_any(settings) as store:
        return store.service.pauses()
