"""`tracker demo`."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from tracker import reports
from tracker.cli._open import program
from tracker.cli._print import when
from tracker.cli._season import Season
from tracker.clock import FixedClock
from tracker.errors import DeclarationError
from tracker.line import intake
from tracker.shipped import SEED
from tracker.stores import locks
from tracker.stores.sqlite import SqliteStore
from tracker.web.site.files import build
from tracker.web.site.writing import Site
from tracker.workspace import Settings
from tracker.workspace.api import Workspace
from tracker.workspace.declared import chosen
from tracker.workspace.names import default_lexicon
from tracker.workspace.opening import fetching

_MARK = ".made-by-tracker-demo"


@click.command("demo")
@click.option(
    "--store",
    "folder",
    type=click.Path(path_type=Path),
    help="Folder to make, snapshots/demo by default; an earlier demo there is replaced.",
)
@click.option("--seed", type=click.Path(exists=True, file_okay=False, path_type=Path), default=SEED, help="Folder of the season.")
@click.pass_context
def command(ctx: click.Context, folder: Path | None, seed: Path) -> None:
    """Run a season of invented boards through the normal pipeline.

    The boards are served over HTTP on 127.0.0.1 and fetched day by day into a new store, as `tracker run` does it. No
    key and no internet are needed. All sources, labs, models and figures are invented.
    """
    folder = folder or ctx.find_root().params["store"] or Path("snapshots/demo")
    settings = Settings(store=folder, schedules=folder / "schedules")
    settings.check_store()
    with emptied(folder):
        with Season(seed) as season:
            season.schedules(settings.schedules)
            SqliteStore(settings.database).close()
            play(settings, season)
        with Workspace(settings) as workspace:
            store = workspace.store
            report = workspace.report(since=min(check.observed_at for board in store.boards() for check in store.checks(board)))
            report = workspace.illustrated(report)
            list(build(workspace, folder / "site", Site(), {}))
        for form, name in (("html", "report.html"), ("markdown", "report.md")):
            (folder / name).write_text(reports.render(report, form), encoding="utf-8")
    click.echo()
    click.echo(reports.render(report, "text"))
    tracker = f"{program(ctx)} --store {folder}"
    click.echo(f"The same report: {folder}/report.html and {folder}/report.md. Try next:")
    click.echo(f"  {tracker} standings meridian/llms --top 10")
    click.echo(f"  {tracker} events --kind overtake --json")
    click.echo(f"  {tracker} verify --all")
    pages = shlex.join(("python3", "-m", "http.server", "--directory", str(folder / "site"), "8788"))
    click.echo(f"  {pages}    # then open http://127.0.0.1:8788/")


def play(settings: Settings, season: Season) -> None:
    """Fetch all boards on each day of the season through the normal pipeline, at that day's time."""
    boards, lexicon = chosen(settings, []), default_lexicon()
    click.echo(f"{len(boards)} boards, {len(season.days)} days, served on 127.0.0.1")
    for number, day in enumerate(season.days):
        season.day = number
        clock = FixedClock(day)
        with fetching(settings, clock) as (archive, store, fetcher):
            ran = intake.run(boards, archive=archive, store=store, fetcher=fetcher, clock=clock, lexicon=lexicon)
            outcomes = list(ran)
        results = ", ".join(f"{outcome.board} {check.result}" for outcome in outcomes for check in outcome.checks)
        news = sum(event.is_news for outcome in outcomes for event in outcome.events)
        click.echo(f"  {when(day)}  {news:2d} new events  {results}")


@contextmanager
def emptied(folder: Path) -> Iterator[None]:
    """Make the folder, replacing only an earlier demo, and keep other demos out of it.

    Raises:
        DeclarationError: the folder has anything else.
        Taken: another demo is at work there.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARK).exists():
        raise DeclarationError(f"{folder}: has files that no demo made; expected a new folder (tracker demo --store DIR)")
    folder.mkdir(parents=True, exist_ok=True)
    with locks.held(folder / _MARK):
        for path in folder.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif path.name != _MARK:
                path.unlink()
        yield
