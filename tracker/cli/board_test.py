"""`tracker board test`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker.authoring import fixtures
from tracker.cli._open import as_json, cases_option, report_errors
from tracker.cli._print import print_json, print_problems, print_table
from tracker.clock import SystemClock
from tracker.errors import DeclarationError
from tracker.model import BoardId
from tracker.ports import Clock
from tracker.wording import count, safe
from tracker.workspace import Settings
from tracker.workspace.declared import chosen, declared
from tracker.workspace.opening import fetcher_of, history_if_any

if TYPE_CHECKING:
    from tracker.authoring.live_check import Lived
    from tracker.fetch.addresses import Resolve
    from tracker.fetch.http import Transport


@click.command("test")
@click.argument("boards", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Every board; the same as naming none.")
@click.option("--live", is_flag=True, help="Fetch each enabled board once and read it; nothing is kept.")
@cases_option
@click.option("--save", is_flag=True, help="Write what is read as the expectation; read it like code before you commit it.")
@as_json
@click.pass_obj
def command(
    settings: Settings, boards: tuple[str, ...], cases: Path | None, *, every: bool, live: bool, save: bool, as_json: bool
) -> int:
    """Read the pages kept in a board's test folder and compare with what is expected there; or, with --live, its real page.

    <cases>/<source>/<board>/page.* must give expected.json; every page in hostile/ must be refused with
    the error class its name ends in. --live says of each board whether it answers, can be read and keeps its
    contract, and what has drifted from the declaration.
    """
    if every and boards:
        raise DeclarationError(f'--all and "{safe(boards[0])}" were both given; expected names or --all')
    if live and save:
        raise DeclarationError("--live and --save were both given; a live page is not a test folder (tracker board new)")
    cases = cases or settings.cases
    if live:
        return check_live(settings, boards, cases, SystemClock(), as_json=as_json)
    return _check(settings, boards, cases, save=save, as_json=as_json)


def _check(settings: Settings, boards: tuple[str, ...], cases: Path, *, save: bool, as_json: bool) -> int:
    """Test the folders, print the results and wrong declarations, and return the exit code."""
    known = declared(settings)
    code = 0 if boards else report_errors(known.troubles.values())
    names = boards or tuple(board for board in known.boards if (cases / board).is_dir())
    results = [fixtures.try_folder(known.board(BoardId(name)), cases / name, save=save) for name in names]
    if as_json:
        print_json({"board": each.board, "ok": each.ok, "cases": each.cases, "problems": list(each.problems)} for each in results)
    else:
        for each in results:
            click.echo(f"{each.board}: {'ok' if each.ok else 'FAILED'}, {each.cases} pages")
            print_problems(each.problems)
    untested = len(known.boards) - len(names)
    if untested and not boards:
        click.echo(f"tracker: {untested} of {len(known.boards)} boards have no folder in {cases}, and were not tried", err=True)
    return max(code, 0 if all(each.ok for each in results) else 1)


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
    """Fetch the boards once, print the results and wrong declarations, and return the exit code."""
    from tracker.authoring import live_check  # noqa: PLC0415  # only with --live

    known = None if names else declared(settings)
    boards = list(known.boards.values()) if known else chosen(settings, names)
    code = report_errors(known.troubles.values()) if known else 0
    results: list[Lived] = []
    with history_if_any(settings) as store:
        pauses = store.service.pauses()
    with fetcher_of(settings, clock, transport=transport, resolve=resolve) as fetcher:
        for result in live_check.live(boards, fetcher, cases=cases, environment=os.environ, pauses=pauses):
            results.append(result)
            if as_json:
                print_json([{**asdict(result), "ok": result.ok}])
    if not as_json:
        _print_live(sorted(results, key=lambda result: result.board))
    return max(code, 0 if all(result.ok for result in results) else 1)


def _print_live(results: Sequence[Lived]) -> None:
    words = {True: "yes", False: "no", None: ""}
    rows = (
        (row.board, words[row.reachable], words[row.parsed], row.entries, row.contract, "; ".join(row.drift), row.terms)
        for row in results
    )
    header = ("board", "reachable", "parsed", "entries", "contract", "drift", "terms")
    print_table(header, rows, right=frozenset(("entries",)))
    for result in results:
        if result.problem:
            click.echo(safe(result.problem))
    asked = [result for result in results if result.terms == "ok"]
    good = [result for result in asked if result.ok]
    drifted = f"{sum(bool(result.drift) for result in good)} with drift"
    not_asked = len(results) - len(asked)
    click.echo(f"{count(len(asked), 'board')} fetched, {len(good)} read as declared ({drifted}), {not_asked} not fetched")
