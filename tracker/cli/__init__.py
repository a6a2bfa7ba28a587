"""The command line: thin commands, each mirroring a function of the library, each loaded only when it is called."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from tracker.cli._group import SuggestingGroup
from tracker.errors import TrackerError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

GROUPS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "Watch": {
        "run": ("run", "Fetch all boards, or those named, and report what changed."),
        "daemon": ("daemon", "Fetch each enabled board on schedule and report changes, until SIGTERM."),
        "status": ("status", "Show problems first, then the state of boards and deliveries."),
        "quarantine": ("quarantine", "List, show, accept or reject readings held back."),
        "outbox": ("outbox", "List pending deliveries, retry them, or drop them."),
        "notify": ("notify", "List the routes, or send a test message on one."),
        "watch": ("watch", "List your watches, or show when they would have fired."),
    },
    "Read": {
        "report": ("report", "Write a change report."),
        "events": ("events", "List events: what really changed."),
    },
    "Ask": {
        "standings": ("standings", "Show a board's ranking by a metric, now or at an earlier time."),
        "history": ("history", "Show a model's values, ranks and events over time."),
        "compare": ("compare", "Compare two models on every board that lists both."),
        "models": ("models", "List models across boards: their names, and where each one ranks."),
        "check": ("check", "Check a sentence or an article about models against the record."),
        "why-not": ("why_not", "Explain each change to a model: the event that reported it, or why none did."),
    },
    "Prove": {
        "verify": ("verify", "Derive events again from the stored bytes and compare."),
    },
    "Set up": {
        "init": ("init", "Create a workspace in a folder, by default the current one."),
        "boards": ("boards", "List the boards with their state."),
        "board": ("board", "Show, test, repair, pause or resume a board, or declare a new one."),
        "import": ("import_", "Import saved pages, named by timestamp, through the normal pipeline."),
        "replay": ("replay", "Rebuild the history from the archive and the declarations."),
        "resolve": ("resolve", "Show which model a name stands for, and why."),
        "install": ("install", "Show how to run the tracker as a service here, or install it."),
        "demo": ("demo", "Run a season of invented boards through the normal pipeline."),
    },
}
"""Group → command → (module in this package, what it does). The text is what the command's own help begins with."""
COMMANDS: Mapping[str, tuple[str, str]] = {name: command for group in GROUPS.values() for name, command in group.items()}


_WITHOUT_WORKSPACE = frozenset({"init", "demo"})
"""Commands that make a folder of their own."""
PIPE_CLOSED = 128 + 13
"""What a shell shows of a program that SIGPIPE ended."""


class _Lazy(SuggestingGroup):
    """Knows the names and short helps of its commands without importing them, so that `--help` stays fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click's signature
        if cmd_name not in COMMANDS:
            return None
        module, _ = COMMANDS[cmd_name]
        command: click.Command = importlib.import_module(f"tracker.cli.{module}").command
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The same names when a shell asks what can follow: it waits for the answer."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415  # only when a shell asks

        named = [CompletionItem(name, help=text) for name, (_, text) in COMMANDS.items() if name.startswith(incomplete)]
        return [*named, *click.Command.shell_complete(self, ctx, incomplete)]

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; where nobody reads its output any longer (`| head -1`), end as a program does that SIGPIPE ends."""
        try:
            return super().invoke(ctx)
        except (BrokenPipeError, SystemExit) as error:  # rich raises SystemExit for it, click would end with 1
            if BrokenPipeError not in {type(error), type(error.__context__)}:
                raise
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is still buffered is written at the exit
            sys.exit(PIPE_CLOSED)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # click's signature
        for title, commands in GROUPS.items():
            with formatter.section(title):
                formatter.write_dl([(name, text) for name, (_, text) in commands.items()])


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="leaderboard-tracker", prog_name="tracker")
@click.option("--store", type=click.Path(path_type=Path), envvar="TRACKER_STORE", help="Folder of the store, or of a workspace; found from the current folder by default.")  # fmt: skip
@click.option("--schedules", type=click.Path(path_type=Path), envvar="TRACKER_SCHEDULES", help="Use only the boards declared in this folder.")  # fmt: skip
@click.option("--tz", metavar="ZONE", help="Time zone of the times you type and read, such as Europe/Berlin.")
@click.option("--verbose", "-v", is_flag=True, help="Log what is done to stderr.")
@click.pass_context
def cli(ctx: click.Context, store: Path | None, schedules: Path | None, tz: str | None, *, verbose: bool) -> None:
    """Track public leaderboards of AI models: keep every published state, and say what really changed."""
    if ctx.invoked_subcommand not in _WITHOUT_WORKSPACE:
        from tracker.cli._open import located  # noqa: PLC0415  # loaded when a command runs, not for --help

        ctx.obj = located(store, schedules, tz)
    if verbose:
        from tracker.log import configure  # noqa: PLC0415  # as above

        configure(verbose=True)


def main(args: Sequence[str] | None = None) -> NoReturn:
    """Run the command line. Errors are one line on stderr; exit codes: 0 done, 1 a board failed, 2 declaration or usage, 3 store."""
    try:
        _refuse_blanks(sys.argv[1:] if args is None else args)
        sys.exit(cli(args, prog_name="tracker", standalone_mode=False) or 0)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(error.exit_code)
    except click.UsageError as error:
        of = error.ctx.command_path if error.ctx else "tracker"
        _fail(f"{error.format_message()} (see: {of} --help)", error.exit_code)
    except click.ClickException as error:
        _fail(error.format_message(), error.exit_code)
    except click.Abort:
        _fail("stopped", 1)
    except TrackerError as error:
        _fail(str(error), error.exit_code)
    except OSError as error:
        name = error.filename or "the current folder, or the output"
        _fail(f"{name}: cannot be written or read: {error.strerror}; expected a path that you may use", 2)


def _refuse_blanks(args: Sequence[str]) -> None:
    """A script's variable that is not set must not mean the current folder, or everything. Raises UsageError."""
    for before, arg in zip(("tracker", *args), args, strict=False):
        if not arg.strip():
            raise click.UsageError(f"an empty text follows {before!r}; expected a value, or neither")
        if arg.startswith("--") and arg.endswith("="):
            raise click.UsageError(f"nothing follows {arg!r}; expected a value, or to leave it out")


def _fail(message: str, code: int) -> NoReturn:
    """End with one line that says why; what a publisher wrote may be part of it."""
    from tracker.wording import safe  # noqa: PLC0415  # only in trouble

    click.echo(f"tracker: {safe(message)}", err=True)
    sys.exit(code)
