"""`tracker board new`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import click

from tracker.authoring.declaration import NO_ERROR
from tracker.authoring.new import Made, NewBoard, Question, fetched, make, page_at, refuse
from tracker.authoring.proposal import Answers, Proposal
from tracker.cli._open import as_json, cases_option, picked, print_json, print_problems, print_table
from tracker.clock import SystemClock
from tracker.errors import DeclarationError
from tracker.model import Nature
from tracker.wording import count, listed, safe
from tracker.workspace import Settings
from tracker.workspace.opening import fetcher_of

MAX_SHOWN = 5
"""Maximum number of candidate tables shown."""


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
@click.option(
    "--nature", type=click.Choice([nature.value for nature in Nature]), default=None, help="How the values of that column behave."
)
@click.option(
    "--stated-error",
    type=click.FloatRange(min=0),
    default=None,
    help="The publisher's error of the difference between two entries, at 95 %, in the unit of that column.",
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
@cases_option
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
    nature: str | None,
    stated_error: float | None,
    table: int | None,
    title: str | None,
    headers: tuple[str, ...],
    url: str | None,
    cases: Path | None,
    *,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Declare a board from its page: find the table, say what its columns mean, write the declaration and its test.

    SOURCE is an address, fetched once and not archived, or a local file (pass --url for its address). In a terminal the
    command asks about anything it is unsure of; in a script it fails and names the flag that answers the question.
    """
    address, file = page_at(source, url, dry_run=dry_run)
    new_board = NewBoard(
        url=address,
        file=file,
        board=board,
        title=title,
        headers=dict(map(_header, headers)),
        cases=cases or settings.cases,
        dry_run=dry_run,
        answers=Answers(
            key=key,
            name=name,
            metric=metric,
            nature=Nature(nature) if nature else None,
            higher_is_better=higher,
            stated_error=stated_error,
            table=table,
        ),
    )
    ask = _prompt if sys.stdin.isatty() and not as_json else refuse
    made = make(settings, new_board, lambda: _fetch(settings, new_board), ask=ask)
    if as_json:
        print_json([_described(made)])
    else:
        _print(made, settings, new_board)
    return 0 if made.tested is None or made.tested.ok else 1


def _header(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise DeclarationError(f'--header "{safe(text[:40])}" is not a header; expected NAME=VALUE, with secrets as ${{NAME}}')
    return name.strip(), value


def _fetch(settings: Settings, new_board: NewBoard) -> bytes:
    with fetcher_of(settings, SystemClock()) as fetcher:
        return fetched(new_board, fetcher)


def _prompt(question: Question, proposal: Proposal, answers: Answers) -> Answers:
    shown = f" {question.choices}" if question.choices else ""
    click.echo(safe(f"Not sure {question.what}: {question.why}.{shown}"), err=True)
    columns = [safe(column) for column in proposal.candidate.columns]
    match question.flag.split()[0]:
        case "--table":
            return replace(answers, table=click.prompt("Number of the table", type=click.IntRange(min=1), default=1, err=True))
        case "--key":
            return replace(answers, key=(_column("Column that identifies an entry", columns, proposal.key.value[0]),))
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


def _meanings(proposal: Proposal, left_out: Mapping[str, str]) -> Iterator[tuple[str, str, str, str]]:
    """The meaning of each column, the column, the certainty and the reason."""
    yield "key", " + ".join(proposal.key.value), f"{proposal.key.sure:.2f}", proposal.key.why
    for meaning, guess in (("name", proposal.name), ("rank", proposal.rank)):
        if guess is not None and (meaning == "name" or guess.value not in left_out):
            yield meaning, guess.value, f"{guess.sure:.2f}", guess.why
    yield from ((name, column, "", "") for name, column in proposal.attributes if column not in left_out)
    for metric in proposal.metrics:
        if metric.column not in left_out:
            direction = metric.higher_is_better
            primary = "ranks the board; " if metric.id == proposal.primary.value else ""
            unit = f", {metric.unit.value}" if metric.unit.value else ""
            points = "points, " if metric.nature.value is Nature.POINTS else ""
            shown = f"{points}{_DIRECTIONS[direction.value]}{unit} ({direction.why})"
            shown = shown if proposal.has_direction(metric) else f"a count{unit}"
            why = f"{primary}{shown}"
            yield f"metric {metric.id}", metric.column, f"{direction.sure:.2f}", why
    yield from (("left out", column, "", why) for column, why in left_out.items())


def _print(made: Made, settings: Settings, new_board: NewBoard) -> None:
    click.echo(f"{safe(new_board.url)}: {count(len(made.candidates), 'table')} that may be a leaderboard")
    rows = (
        (number, f"{table.score:.2f}", table.parse.format, len(table.rows), listed(table.columns, 6), "; ".join(table.why))
        for number, table in enumerate(made.candidates[:MAX_SHOWN], 1)
    )
    print_table(("table", "score", "format", "rows", "columns", "why"), rows, right=frozenset({"score", "rows"}))
    click.echo(f"proposed as {made.at.board} ({safe(made.at.title)}):")
    print_table(_MEANING, _meanings(made.proposal, made.settled.left_out), right=frozenset({"sure"}))
    if made.proposal.lacks_error:
        click.echo(NO_ERROR)
    if made.tested is None:
        click.echo("\n".join(map(safe, made.settled.text.splitlines())))
        click.echo(f"{len(made.settled.reading.entries)} entries; nothing was written")
        return
    hostile = sum(name.startswith("hostile/") for name in made.files)
    others = ", ".join(name for name in made.files if not name.startswith("hostile/"))
    click.echo(f"wrote {settings.schedules / made.at.board}.toml")
    click.echo(f"wrote {new_board.cases / made.at.board}/: {others}, {hostile} pages to refuse")
    result = f"{'ok' if made.tested.ok else 'FAILED'}, {made.tested.cases} pages"
    click.echo(f"{made.at.board}: {result}, {len(made.settled.reading.entries)} entries")
    print_problems(made.tested.problems)
    click.echo("next: read the publisher's terms and state them in the file, and compare expected.json with the page")


def _described(made: Made) -> dict[str, object]:
    meanings = _meanings(made.proposal, made.settled.left_out)
    return {
        **picked(made.at, "board title"),
        "candidates": [
            {"score": table.score, "format": table.parse.format, "rows": len(table.rows), **picked(table, "columns why")}
            for table in made.candidates
        ],
        "proposal": [dict(zip(_MEANING, meaning, strict=True)) for meaning in meanings],
        "entries": len(made.settled.reading.entries),
        "declaration": made.settled.text,
        "files": sorted(made.files),
        "written": made.tested is not None,
        "ok": made.tested.ok if made.tested else None,
        "problems": made.tested.problems if made.tested else (),
    }
