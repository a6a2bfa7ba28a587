"""`tracker import`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from tracker.cli._open import as_json, report_errors
from tracker.cli._outcome import complain, report_refusal, summary
from tracker.cli._print import print_json
from tracker.cli._progress import counted
from tracker.clock import SystemClock
from tracker.line import bodies, intake
from tracker.reports.jsonl import event_json
from tracker.workspace import Settings
from tracker.workspace.declared import chosen
from tracker.workspace.names import names_of
from tracker.workspace.opening import opened

_CLOCKS_DIFFER = timedelta(days=1)


@click.command("import")
@click.argument("board")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=True, path_type=Path))
@as_json
@click.pass_obj
def command(settings: Settings, board: str, paths: tuple[Path, ...], *, as_json: bool) -> int:
    """Import saved pages, named by timestamp, through the normal pipeline.

    PATHS are files named YYYY-MM-DDTHHMMSSZ.ext[.gz], or folders of them, in any order; or WARC files (*.warc, *.warc.gz),
    as tracker export warc writes them. Bodies that were imported before are not stored again. Exit code 1 when the newest
    one could not be accepted.
    """
    (declared,) = chosen(settings, [board])
    found = [file for path in paths for file in (sorted(path.iterdir()) if path.is_dir() else [path])]
    warcs = [path for path in found if path.name.endswith((".warc", ".warc.gz"))]
    files = [path for path in found if path not in warcs]
    if warcs and files:
        raise click.UsageError("WARC files and other files cannot be imported together; import them one after the other")
    bodies.dated(files, SystemClock().now() + _CLOCKS_DIFFER)  # refuse other files before a store is created
    names = names_of(settings)
    report_errors(names.errors)
    with opened(settings) as (archive, store):
        now = SystemClock().now()
        take_in = intake.import_warcs if warcs else intake.import_bodies
        with counted(archive, "captures", of=len(files)) as read:
            outcome = take_in(declared, warcs or files, archive=read, store=store, lexicon=names.lexicon, now=now)
        report_refusal(outcome, store, now)
        archive.seal(now)
    if as_json:
        print_json(event_json(event) for event in outcome.events)
        complain(outcome)
    else:
        summary(outcome)
    return 1 if outcome.failed else 0
