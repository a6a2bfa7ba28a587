"""`tracker board new`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import click

from tracker.authoring.declaration import NO_ERROR
from tracker.authoring.new import Made, NewBoard, Question, fetched, make, page_at, refuse
from tracker.authoring.proposal import Answers, Candidate, Proposal
from tracker.cli._open import as_json, cases_option
from tracker.cli._print import picked, print_json, print_problems, print_table
from tracker.clock import SystemClock
from tracker.errors import DeclarationError
from tracker.model import Nature
from tracker.wording import count, listed, safe
from tracker.workspace import Settings
from tracker.workspace.opening import fetcher_of

TABLE = "--table N"
"""The flag of the question which table is meant."""
MAX_SHOWN = 30
"""Maximum number of tables, and of things left out, that are shown to people."""


@click.command("new")
@click.argument("source")
@click.option("--id", "board", default=None, help="Board id, <source>/<board>; derived from host and title by default.")
@click.option("--key", multiple=True, help="Column that identifies an entry; repeat for a composite key.")
@click.option("--name", default=None, help="Column that holds the names of the entries.")
@click.option("--metric", default=None, help="Column that ranks the board.")
@click.option(
    "--higher-is-better/--lower-is-better",
    "higher_is_better",
    default=None,
    help="Whether higher or lower values of that column are better.",
)
@click.option(
    "--nature", type=click.Choice([nature.value for nature in Nature]), default=None, help="How the values of that column behave."
)
@click.option(
    "--stated-error",
    type=click.FloatRange(min=0),
    default=None,
    help="The publisher's error of the difference between two entries, at 95 %, in the unit of that column.",
)
@click.option("--without", multiple=True, metavar="NAME", help="Name of a row that is not an entry, such as a total; repeatable.")
@click.option(
    "--entry",
    "entries",
    multiple=True,
    metavar="NAME",
    help="Name of a row that is an entry; repeatable.",
)
@click.option(
    "--grouping-dots/--decimal-dots",
    "dots_group",
    default=None,
    help="Whether dots such as that of 22.911 group thousands or separate decimals.",
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
@click.option(
    "--allow-private", is_flag=True, help="Fetch an address in a private network, as `tracker run` does a declared one."
)
@click.option("--with-tests", is_flag=True, help="Also write a test folder, with pages that must be refused.")
@cases_option
@click.option("--dry-run", is_flag=True, help="Show what would be written; write nothing.")
@as_json
@click.pass_obj
def command(
    settings: Settings,
    /,
    source: str,
    *,
    url: str | None,
    headers: tuple[str, ...],
    cases: Path | None,
    dry_run: bool,
    as_json: bool,
    **given: Any,  # the other options, by the names of the fields that they fill
) -> int:
    """Declare a board from its page: find the table, say what its columns mean, list what is left out, write the declaration.

    SOURCE is an address, fetched once and not archived, or a local file (pass --url for its address). In a terminal the
    command asks about anything it is unsure of; in a script it fails and names the flag that answers the question.
    """
    address, file = page_at(source, url, dry_run=dry_run)
    answers = {field.name: given.pop(field.name) for field in fields(Answers)}
    answers["nature"] = Nature(answers["nature"]) if answers["nature"] else None
    new_board = NewBoard(
        url=address,
        file=file,
        headers=dict(map(_header, headers)),
        cases=cases or settings.cases,
        dry_run=dry_run,
        answers=Answers(**answers),
        **given,
    )
    ask = _prompt if sys.stdin.isatty() and not as_json else _refuse
    made = make(settings, new_board, lambda: _fetch(settings, new_board), ask=ask, progress=_progress)
    print_json([_described(made, new_board)]) if as_json else _print(made, settings, new_board)
    return 0 if made.tested is None or made.tested.ok else 1


def _header(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise DeclarationError(f'--header "{safe(text[:40])}" is not a header; expected NAME=VALUE, with secrets as ${{NAME}}')
    return name.strip(), value


def _fetch(settings: Settings, new_board: NewBoard) -> bytes:
    with fetcher_of(settings, SystemClock()) as fetcher:
        return fetched(new_board, fetcher)


def _progress(step: str) -> None:
    if sys.stderr.isatty():
        click.echo(f"{step} …", err=True)


def _refuse(question: Question, proposal: Proposal, answers: Answers) -> Answers:
    if question.flag == TABLE:
        _print_tables(proposal.tables, to_stderr=True)
    return refuse(question, proposal, answers)


def _prompt(question: Question, proposal: Proposal, answers: Answers) -> Answers:
    shown = f" {question.choices}" if question.choices else ""
    click.echo(safe(f"Not sure {question.what}: {question.why}.{shown}"), err=True)
    columns = [safe(column) for column in proposal.candidate.columns]
    match question.flag.split()[0]:
        case "--table":
            _print_tables(proposal.tables, to_stderr=True)
            return replace(answers, table=click.prompt("Number of the table", type=click.IntRange(min=1), default=1, err=True))
        case "--decimal-dots":
            return replace(answers, dots_group=click.confirm("Do the dots group thousands?", default=None, err=True))
        case "--key":
            return replace(answers, key=(_column("Column that identifies an entry", columns, proposal.key.value[0]),))
        case "--entry":
            name, _ = proposal.candidate.suspects[0]
            if click.confirm(f"Is {safe(name)} an entry?", default=None, err=True):
                return replace(answers, entries=(*answers.entries, name))
            return replace(answers, without=(*answers.without, name))
        case "--name":
            return replace(answers, name=_column("Column that names the entries", columns, proposal.name.value))
        case "--metric":
            default = proposal.ranking.column if proposal.ranking else columns[0]
            return replace(answers, metric=_column("Column that ranks the board", columns, default))
        case "--nature":
            natures = click.Choice([Nature.POINTS.value, Nature.TESTED.value])
            nature = click.prompt("Counted without any error (points), or scored (tested)?", type=natures, err=True)
            return replace(answers, nature=Nature(nature))
        case "--stated-error":
            text = "Error of the difference between two entries, at 95 % (empty: not published)"
            error = click.prompt(text, type=click.FloatRange(min=0), default=-1.0, show_default=False, err=True)
            return replace(answers, stated_error=error if error >= 0 else None)
        case _:
            return replace(answers, higher_is_better=click.confirm("Are higher values better?", default=None, err=True))


def _column(text: str, columns: Sequence[str], default: str) -> str:
    chosen: str = click.prompt(text, type=click.Choice(list(columns)), default=safe(default), err=True)
    return chosen


_MEANING = ("meaning", "column", "confidence", "why")
_DIRECTIONS = {True: "higher is better", False: "lower is better", None: "no direction"}


def _meanings(made: Made) -> Iterator[tuple[str, str, str, str]]:
    """The meaning of each column, the column, the certainty and the reason; then the rows and columns left out."""
    proposal, left_out = made.proposal, made.settled.left_out
    yield "key", " + ".join(proposal.key.value), f"{proposal.key.sure:.2f}", proposal.key.why
    for meaning, guess in (("name", proposal.name), ("rank", proposal.rank)):
        if guess is not None and (meaning == "name" or guess.value not in left_out):
            yield meaning, guess.value, f"{guess.sure:.2f}", guess.why
    yield from ((name, column, "", "") for name, column in proposal.attributes if column not in left_out)
    for metric in proposal.metrics:
        if left_out.keys().isdisjoint((metric.column, metric.label)):
            direction = metric.higher_is_better
            primary = "ranks the board; " if metric.id == proposal.primary.value else ""
            unit = f", {metric.unit.value}" if metric.unit.value else ""
            points = "points, " if metric.nature.value is Nature.POINTS else ""
            shown = f"{points}{_DIRECTIONS[direction.value]}{unit} ({direction.why})"
            shown = shown if proposal.has_direction(metric) else f"a count{unit}"
            why = f"{primary}{shown}"
            yield f"metric {metric.id}", metric.column, f"{direction.sure:.2f}", why
    for column, texts in made.settled.unknown.items():
        yield "unknown", column, "", f"cannot be read as figures: {', '.join(texts)}"
    yield from (("left out", column, "", why) for column, why in left_out.items())
    yield from (("left out", f"{left.what} {left.which}".strip(), "", left.why) for left in made.left_out[:MAX_SHOWN])


def _print_tables(tables: Sequence[Candidate], *, to_stderr: bool = False) -> None:
    """The tables of the page, by the number that `--table` takes."""
    header = ("table", "score", "format", "place", "rows", "columns", "first names", "why")
    rows = (
        (number, f"{table.score:.2f}", table.parse.format, table.place, table.seen, *_contents(table), "; ".join(table.why))
        for number, table in enumerate(tables[:MAX_SHOWN], 1)
    )
    print_table(header, rows, right=frozenset({"score", "rows"}), spare=("format", "place"), to_stderr=to_stderr)
    if len(tables) > MAX_SHOWN:
        click.echo(f"and {count(len(tables) - MAX_SHOWN, 'smaller table')}, which --json lists too", err=to_stderr)


def _contents(table: Candidate) -> tuple[str, str]:
    return listed(table.columns, 6), ", ".join(table.names)


def _print(made: Made, settings: Settings, new_board: NewBoard) -> None:
    click.echo(f"{safe(new_board.url)}: {count(len(made.proposal.tables), 'table')}")
    _print_tables(made.proposal.tables)
    click.echo(f"proposed as {made.at.board} ({safe(made.at.title)}), from table {made.proposal.table.value}:")
    print_table(_MEANING, _meanings(made), right=frozenset({"sure"}))
    if len(made.left_out) > MAX_SHOWN:
        click.echo(f"and {len(made.left_out) - MAX_SHOWN} more rows or columns left out, which --json lists too")
    entries = f"{count(len(made.settled.reading.entries), 'entry', 'entries')} of {count(made.proposal.candidate.seen, 'row')}"
    if made.proposal.lacks_error and made.proposal.ranking is not None:
        click.echo(f"{NO_ERROR[made.proposal.ranking.nature.value]} If the publisher states one, pass --stated-error.")
    if new_board.dry_run:
        click.echo("\n".join(map(safe, made.settled.text.splitlines())))
        click.echo(f"{entries}; nothing was written")
        return
    click.echo(f"wrote {settings.schedules / made.at.board}.toml")
    if made.tested is None:
        click.echo(f"{made.at.board}: {entries}")
        click.echo("next: read the publisher's terms and state them in the file, and compare the entries with the page")
        return
    hostile = sum(name.startswith("hostile/") for name in made.files)
    others = ", ".join(name for name in made.files if not name.startswith("hostile/"))
    click.echo(f"wrote {new_board.cases / made.at.board}/: {others}, {hostile} pages to refuse")
    click.echo(f"{made.at.board}: {'ok' if made.tested.ok else 'FAILED'}, {made.tested.cases} pages, {entries}")
    print_problems(made.tested.problems)
    click.echo("next: read the publisher's terms and state them in the file, and compare expected.json with the page")


def _described(made: Made, new_board: NewBoard) -> dict[str, object]:
    return {
        **picked(made.at, "board title"),
        "candidates": [
            {"score": table.score, "format": table.parse.format, "rows": table.seen, **picked(table, "place columns names why")}
            for table in made.proposal.tables
        ],
        "table": made.proposal.table.value,
        "proposal": [dict(zip(_MEANING, meaning, strict=True)) for meaning in _meanings(made)],
        "rows": made.proposal.candidate.seen,
        "entries": len(made.settled.reading.entries),
        "left_out": [picked(left, "what which why") for left in made.left_out],
        "declaration": made.settled.text,
        "files": sorted(made.files),
        "written": not new_board.dry_run,
        "ok": made.tested.ok if made.tested else None,
        "problems": made.tested.problems if made.tested else (),
    }
