"""`tracker check`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path

import click

from tracker import claims
from tracker.claims import ClaimVerdict, Finding
from tracker.cli._open import as_json, boards_option, report_errors
from tracker.cli._print import print_json
from tracker.cli._time import AT, known_at
from tracker.errors import DeclarationError
from tracker.wording import count, safe
from tracker.workspace import Settings
from tracker.workspace.api import Workspace

_MOST_BYTES = 2_000_000


@click.command("check")
@click.argument("claim", required=False)
@click.option(
    "--file",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="An article (text or markdown) instead of CLAIM; its checkable sentences with their verdicts.",
)
@click.option("--explain", type=click.IntRange(min=1), metavar="N", help="The evidence of claim N of the list.")
@click.option("--at", type=AT, help="As of that time (ISO, or an age such as 7d).")
@boards_option
@known_at
@as_json
@click.pass_obj
def command(
    settings: Settings,
    claim: str | None,
    path: Path | None,
    explain: int | None,
    at: datetime | None,
    boards: Sequence[str],
    *,
    as_json: bool,
) -> int:
    """Check a sentence or an article about models against the record.

    Prints a verdict per claim: supported, contradicted, mixed, not comparable, not on record, not understood. One claim is
    printed with its evidence, several as a list. The exit code is 1 if no claim was understood, and otherwise 0.
    """
    text = _text(claim, path)
    with Workspace(settings, report_errors) as workspace:
        findings = workspace.check(text, at=at, boards=boards, article=path is not None)
    if explain is not None and explain > len(findings):
        raise DeclarationError(f"--explain {explain}: {count(len(findings), 'claim')} found; expected a number of the list")
    if as_json:
        print_json(map(claims.finding_json, findings))
    else:
        for line in _lines(findings, explain, article=path is not None):
            click.echo(safe(line))
    return int(all(finding.claim is None for finding in findings))


def _lines(findings: Sequence[Finding], explain: int | None, *, article: bool) -> Iterator[str]:
    """The tally, then the evidence of the only claim or of the one asked for, or a line for each.

    The claims of an article that are not understood share one line.
    """
    verdicts = Counter(finding.verdict for finding in findings)
    counts = ", ".join(f"{verdicts[verdict]} {verdict}" for verdict in ClaimVerdict if verdicts[verdict])
    yield f"{count(len(findings), 'claim')}: {counts}" if findings else "no claim found"
    if explain is not None or len(findings) == 1:
        yield from claims.finding_text(findings[(explain or 1) - 1])
        return
    unread = [number for number, finding in enumerate(findings, start=1) if article and finding.claim is None]
    for number, finding in enumerate(findings, start=1):
        if number not in unread:
            yield claims.finding_line(number, finding)
    if unread:
        yield f"not understood: {_ranges(unread)}"
    if findings:
        yield "evidence: --explain N"


def _ranges(numbers: Sequence[int]) -> str:
    """Ascending numbers: `5, 7-11`."""
    runs = (list(run) for _, run in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0]))
    ends = ((run[0][1], run[-1][1]) for run in runs)
    return ", ".join(f"{first}-{last}" if last > first else f"{first}" for first, last in ends)


def _text(claim: str | None, path: Path | None) -> str:
    if (claim is None) == (path is None):
        raise click.UsageError("expected one of CLAIM and --file")
    if path is None:
        return claim or ""
    try:
        size = path.stat().st_size
        if size > _MOST_BYTES:
            raise DeclarationError(f"{path}: {size} bytes; expected an article of at most {_MOST_BYTES}")
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise DeclarationError(f"{path}: no such file; expected an article (text or markdown)") from None
    except UnicodeDecodeError as error:
        raise DeclarationError(f"{path}: byte {error.start} is not UTF-8; expected a text") from error
