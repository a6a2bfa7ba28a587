"""`tracker evidence`."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.cli._open import report_errors
from tracker.evidence.verify import KINDS
from tracker.wording import safe
from tracker.workspace import Settings
from tracker.workspace.api import Workspace


@click.command("evidence")
@click.argument("event", metavar="ID")
@click.option("-o", "--output", "path", required=True, type=click.Path(path_type=Path), help="ZIP file to write.")
@click.option("--public", is_flag=True, help="Without the bytes if the board's terms bar passing them on.")
@click.pass_obj
def command(settings: Settings, event: str, path: Path, *, public: bool) -> None:
    """Write a bundle with which anyone can check an event offline.

    ID is an event's id or its beginning. The bundle has the publisher's bytes, their place in the archive, and verify.py, which
    needs only Python and derives the sentence from the bytes: run `python -I verify.py` in the unpacked folder.
    """
    with Workspace(settings, report_errors) as workspace:
        found = workspace.evidence(event, path, public=public)
        click.echo(safe(f"{path}: evidence for: {found.headline}"))
        if found.kind not in KINDS:
            click.echo(
                f"verify.py does not derive events of the kind {found.kind}; the bundle has the bytes and their place only"
            )
