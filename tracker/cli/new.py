"""`tracker board new`."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import click

from tracker.authoring.new import (
    Made,
    NewBoard,
    Question,
    address_of,
    fetched,
    is_address,
    make,
    primary_of,
    refuse,
)
from tracker.authoring.proposal import Answers, Guess, MetricGuess, Proposal
from tracker.cli._open import as_json, print_json, print_table
from tracker.clock import SystemClock
from tracker.errors import DeclarationError
from tracker.fetch import Fetcher
from tracker.wording import count, listed, safe
from tracker.workspace import Settings
from tracker.workspace.opening import hosts_if_any

MAX_SHOWN = 5
"""Candidate tables shown; the others are only counted."""


@click.command("new")
@click.argument("source")
@click.option("--id", "board", default=None, help="Board id, <source>/<board>; derived from host and title by default.")
@click.option("--key", multiple=True, help="Column that identifies an entry; repeat for a composite key.")
@click.option("--name", default=None, help="Column that holds the names of the entries.")
@click.option("--metric", default=None, help="Column that ranks the board.")
@click.option(
    "--higher-is-better/--lower-is-better",
    "higher",
    default=None,
    help="Whether higher or lower values of that column are better.",
)
@click.option("--table", type=click.IntRange(min=1), default=None, help="Number of the table to use, as listed.")
@click.option("--title", default=None, help="Title of the board; the page's by default.")
@click.option(
    "--header",
    "-H",
    "headers",
    multiple=True,
    help="Request header NAME=VALUE; write secrets as ${NAME}, read from the environment.",
)
@click.option("--url", default=None, help="URL from which a local file's page will be fetched.")
@click.option("--cases", type=click.Path(file_okay=False, path_type=Path), help="Folder of test folders; tests/boards beside the schedules by default.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Show what would be written; write nothing.")
@as_json
@click.pass_obj
def command(
    settings: Settings,
    source: str,
    board: str | None,
    key: tuple[str, ...],
    name: str | None,
    metric: str | None,
    higher: bool | None,
    table: int | None,
    title: str | None,
    headers: tuple[str, ...],
    url: str | None,
    cases: Path | None,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Declare a board from its page: find the table, say what its columns mean, write the declaration and its test.

    SOURCE is an address, fetched once and not archived, or a local file (pass --url for its address). In a terminal the
    command asks about anything it is unsure of; in a script it fails and names the flag that answers the question.
    """
    answers = Answers(key=key, name=name, metric=metric, higher_is_better=higher, table=table)
    new_board = NewBoard(
        url=address_of(source, url, dry_run=dry_run),
        file=None if is_address(source) else Path(source),
        board=board,
        title=title,
        headers=dict(map(_header, headers)),
        cases=cases or settings.cases,
        dry_run=dry_run,
        answers=answers,
    )
    made = make(
        settings,
        new_board,
        lambda: _fetch(settings, new_board),
        ask=_prompt if sys.stdin.isatty() and not as_json else refuse,
    )
    if as_json:
        print_json([_described(made)])
    else:
        _print(made, settings, new_board)
    sys.exit(0 if made.tested is None or made.tested.ok else 1)


def _header(given: str) -> tuple[str, str]:
    name, found, value = given.partition("=")
    if not found or not name.strip():
        raise DeclarationError(f'--header "{safe(given[:40])}" is not a header; expected NAME=VALUE, with secrets as ${{NAME}}')
    return name.strip(), value


def _fetch(settings: Settings, new_board: NewBoard) -> bytes:
    """The page, by a fetcher that keeps to when each host was asked by other runs, and stores nothing else."""
    with hosts_if_any(settings) as hosts, Fetcher(hosts, SystemClock(), os.environ, contact=settings.contact) as fetcher:
        return fetched(new_board, fetcher)


def _prompt(question: Question, proposal: Proposal, answers: Answers) -> Answers:
    click.echo(safe(f"Not sure {question.what}: {question.why}."), err=True)
    columns = [safe(column) for column in proposal.candidate.columns]
    match question.flag.split()[0]:
        case "--table":
            return replace(answers, table=click.prompt("Number of the table", type=click.IntRange(min=1), default=1, err=True))
        case "--key":
            return replace(answers, key=(_column("Column that identifies an entry", columns, proposal.key.value[0]),))
        case "--metric":
            primary = primary_of(proposal)
            return replace(
                answers, metric=_column("Column that ranks the board", columns, primary.column if primary else columns[0])
            )
        case _:
            return replace(answers, higher_is_better=click.confirm("Are higher values better?", default=None, err=True))


def _column(text: str, columns: Sequence[str], default: str) -> str:
    chosen: str = click.prompt(text, type=click.Choice(list(columns)), default=safe(default), err=True)
    return chosen


# ── what is printed ─────────────────────────────────────────────────────────────────────────────────

Line = tuple[str, str, str, str]
"""What a column means, the column, how sure that is, and why."""


def lines_of(proposal: Proposal, left_out: Mapping[str, str]) -> list[Line]:
    """The proposal column by column."""
    lines = [_line("key", proposal.key, " + ".join(proposal.key.value)), _line("name", proposal.name, proposal.name.value)]
    if proposal.rank is not None and proposal.rank.value not in left_out:
        lines.append(_line("rank", proposal.rank, proposal.rank.value))
    lines += [(name, column, "", "") for name, column in proposal.attributes if column not in left_out]
    for metric in proposal.metrics:
        if metric.column not in left_out:
            lines.append(_metric_line(metric, proposal))
    return [*lines, *(("left out", column, "", why) for column, why in left_out.items())]


def _line(meaning: str, guess: Guess[object], column: str) -> Line:
    return (meaning, column, f"{guess.sure:.2f}", guess.why)


def _metric_line(metric: MetricGuess, proposal: Proposal) -> Line:
    direction = {True: "higher is better", False: "lower is better", None: "no direction"}[metric.higher_is_better.value]
    primary = "ranks the board; " if metric.id == proposal.primary.value else ""
    unit = f", {metric.unit.value}" if metric.unit.value else ""
    return (
        f"metric {metric.id}",
        metric.column,
        f"{metric.higher_is_better.sure:.2f}",
        f"{primary}{direction}{unit} ({metric.higher_is_better.why})",
    )


def _print(made: Made, settings: Settings, new_board: NewBoard) -> None:
    click.echo(f"{safe(new_board.url)}: {count(len(made.candidates), 'table')} that may be a leaderboard")
    rows = [
        (
            number,
            f"{candidate.score:.2f}",
            candidate.parse.format,
            len(candidate.rows),
            listed(candidate.columns, 6),
            "; ".join(candidate.why),
        )
        for number, candidate in enumerate(made.candidates[:MAX_SHOWN], 1)
    ]
    print_table(("table", "score", "format", "rows", "columns", "why"), rows, right=frozenset({"score", "rows"}))
    click.echo(f"proposed as {made.at.board} ({safe(made.at.title)}):")
    print_table(("meaning", "column", "sure", "why"), lines_of(made.proposal, made.settled.left_out), right=frozenset({"sure"}))
    if made.tested is None:
        click.echo("\n".join(map(safe, made.settled.text.splitlines())))
        click.echo(f"{len(made.settled.reading.entries)} entries; nothing was written")
        return
    hostile = sum(name.startswith("hostile/") for name in made.files)
    others = ", ".join(name for name in made.files if not name.startswith("hostile/"))
    click.echo(f"wrote {settings.schedules / made.at.board}.toml")
    click.echo(f"wrote {new_board.cases / made.at.board}/: {others}, {hostile} pages to refuse")
    click.echo(
        f"{made.at.board}: {'ok' if made.tested.ok else 'FAILED'}, {made.tested.cases} pages, {len(made.settled.reading.entries)} entries"
    )
    for problem in made.tested.problems:
        click.echo(f"    {safe(problem)}")
    click.echo("next: read the publisher's terms and state them in the file, and compare expected.json with the page")


def _described(made: Made) -> dict[str, object]:
    return {
        "board": made.at.board,
        "title": made.at.title,
        "candidates": [
            {"score": table.score, "format": table.parse.format, "rows": len(table.rows), "columns": list(table.columns), "why": list(table.why)}
            for table in made.candidates
        ],
        "proposal": [dict(zip(("meaning", "column", "sure", "why"), line, strict=True)) for line in lines_of(made.proposal, made.settled.left_out)],
        "entries": len(made.settled.reading.entries),
        "declaration": made.settled.text,
        "files": sorted(made.files),
        "written": made.tested is not None,
        "ok": made.tested.ok if made.tested else None,
        "problems": list(made.tested.problems) if made.tested else [],
    }  # fmt: skip
