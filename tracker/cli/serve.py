"""`tracker serve`."""

from __future__ import annotations

import os
import signal
import threading
from dataclasses import dataclass, replace
from datetime import datetime

import click

from tracker import web
from tracker.cli._open import report_errors, zone
from tracker.model.names import Lexicon
from tracker.web.site.writing import Site
from tracker.workspace import Settings
from tracker.workspace.api import Workspace
from tracker.workspace.sharing import barred_boards


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", type=click.IntRange(0, 65535), default=8788, show_default=True, help="The port; 0 takes a free one.")
@click.option("--public", is_flag=True, help="Let everybody who reaches the address read without a token.")
@click.pass_obj
def command(settings: Settings, host: str, port: int, *, public: bool) -> None:
    """Show what changed, boards and models in a web browser, until interrupted.

    Nothing can be changed there. Beyond this machine, clients need the token in TRACKER_HTTP_TOKEN, unless --public; the pages
    then leave out boards whose terms bar passing their content on.
    """
    with Workspace(settings, report_errors) as workspace:
        lexicon = workspace.lexicon
        barred = barred_boards(workspace) if public else {}

    about = Site(zone=zone(), public=public)
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    server = web.serve(web.site_app(_Opened(settings, lexicon), about, barred, web.token_of(os.environ)), address)
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    click.echo(f"tracker: open http://{server.address}/ (Ctrl-C ends)", err=True)
    stopped.wait()
    server.stop()


@dataclass(frozen=True, slots=True)
class _Opened:
    """Opens the workspace with the names of models that were read at the start."""

    settings: Settings
    lexicon: Lexicon

    def __call__(self, known_at: datetime | None = None) -> Workspace:
        workspace = Workspace(replace(self.settings, known_at=known_at))
        if known_at is None:
            workspace.lexicon = self.lexicon
        return workspace

    def stamp(self) -> object:
        """The state of the database's files."""
        database = self.settings.database
        files = (database, database.with_name(f"{database.name}-wal"))
        return tuple((stat.st_mtime_ns, stat.st_size) for file in files if file.exists() for stat in (file.stat(),))
