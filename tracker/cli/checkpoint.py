"""`tracker checkpoint`."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.cli._open import as_json, report_errors
from tracker.cli._print import print_json
from tracker.wording import safe
from tracker.workspace import Settings
from tracker.workspace.api import Workspace


@click.command("checkpoint")
@click.option("--key", required=True, type=click.Path(path_type=Path), help="Private key of OpenSSH to sign with.")
@click.option("--log", required=True, type=click.Path(path_type=Path), help="File to append the checkpoint to.")
@as_json
@click.pass_obj
def command(settings: Settings, key: Path, log: Path, *, as_json: bool) -> None:
    """Sign the root of the archive, and append it to a log.

    Publish the log where others can copy it. Whoever holds a copy can show that the archive had these lines at that time:
    `ssh-keygen -Y verify` checks the signature of a statement, in the name space tracker-checkpoint.
    """
    with Workspace(settings, report_errors) as workspace:
        checkpoint = workspace.checkpoint(key, log)
    if as_json:
        print_json([{"statement": checkpoint.statement, "signature": checkpoint.signature}])
    else:
        click.echo(safe(f"{log}: {checkpoint.statement}"))
