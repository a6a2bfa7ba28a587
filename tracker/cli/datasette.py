"""`tracker datasette`."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from tracker.cli._group import EXIT_CODE
from tracker.errors import DeclarationError
from tracker.workspace import Settings

_MISSING = "datasette is not installed; expected it beside the tracker (pip install datasette, or the extra explore)"


@click.command("datasette", context_settings={"ignore_unknown_options": True})
@click.option("--metadata", "only", type=click.Path(dir_okay=False, path_type=Path), help="Only write the metadata to this file.")
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def command(ctx: click.Context, only: Path | None, options: tuple[str, ...]) -> None:
    """Browse the documented views with Datasette.

    The views are explained, and the tables behind them hidden. Other options, such as --port 8001 or --open, are those of
    `datasette serve`.
    """
    settings = ctx.ensure_object(Settings)
    settings.require_store()
    text = json.dumps(_metadata(settings.database), indent=2) + "\n"
    if only is not None:
        only.write_text(text, encoding="utf-8")
        click.echo(f"wrote {only}; to use it: datasette {settings.database} --metadata {only}")
        return
    if find_spec("datasette") is None:
        raise DeclarationError(_MISSING)
    with TemporaryDirectory() as folder:
        metadata = Path(folder, "metadata.json")
        metadata.write_text(text, encoding="utf-8")
        serve = [sys.executable, "-m", "datasette", "serve", str(settings.database), "--metadata", str(metadata), *options]
        ctx.meta[EXIT_CODE] = subprocess.call(serve)  # noqa: S603  # options of the person who runs it


def _metadata(database: Path) -> Mapping[str, object]:
    """Datasette's metadata: the views with their columns explained, and every table hidden."""
    from tracker.stores.questions import Questions  # noqa: PLC0415  # slow to load
    from tracker.stores.views import VIEWS  # noqa: PLC0415  # as above

    with Questions(database, read_only=True) as file, file.ask("SELECT name FROM sqlite_schema WHERE type = 'table'") as tables:
        hidden = {name: {"hidden": True} for (name,) in tables}
    views = {name: {"description": view.about, "columns": dict(view.columns)} for name, view in VIEWS.items()}
    return {
        "title": "Leaderboards of AI models",
        "description": "Values belong to their publishers: boards.attribution and boards.terms say whom to credit.",
        "databases": {database.stem: {"tables": {**hidden, **views}}},
    }
