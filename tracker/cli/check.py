"""`tracker check`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from tracker import claims
from tracker.claims import ClaimVerdict
from tracker.cli._open import Time, as_json, boards_option, print_json, report_errors
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
@click.option("--at", type=Time(), help="As of that time (ISO, or an age such as 7d).")
@boards_option
@as_json
@click.pass_obj
def command(
    settings: Settings, claim: str | None, path: Path | None, at: datetime | None, boards: Sequence[str], *, as_json: bool
) -> None:
    """Check a sentence or an article about models against the record.

    Prints a verdict per claim (supported, contradicted, mixed, not comparable, not on record, not understood) with its
    evidence. The exit code is 0 whatever the verdict.
    """
    text = _text(claim, path)
    with Workspace(settings, report_errors) as workspace:
        findings = workspace.check(text, at=at, boards=boards, article=path is not None)
    if as_json:
        print_json(map(claims.finding_json, findings))
        return
    for finding in findings:
        for line in claims.finding_text(finding):
            click.echo(safe(line))
        click.echo()
    verdicts = Counter(finding.verdict for finding in findings)
    counts = ", ".join(f"{verdicts[verdict]} {verdict}" for verdict in ClaimVerdict if verdicts[verdict])
    click.echo(f"{count(len(findings), 'claim')}: {counts}" if findings else "no claim found")


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
