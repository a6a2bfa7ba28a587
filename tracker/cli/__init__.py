"""The command line: thin commands that mirror functions of the library, each imported only when called."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import click

from tracker.cli._commands import COMMANDS, GROUPS
from tracker.cli._group import EXIT_CODE, LazyGroup
from tracker.errors import TrackerError

_WITHOUT_WORKSPACE = frozenset({"init", "demo"})
"""Commands that make a folder of their own."""
_NO_MEMORY = (
    b"tracker: not enough memory; expected about 200 MB of address space (ulimit -v, LimitAS= or MemoryMax= of the service)\n"
)
PIPE_CLOSED, TERMINATED = 128 + 13, 128 + 15
"""The exit codes that a shell shows for a program ended by SIGPIPE or SIGTERM."""


class _Root(LazyGroup):
    def invoke(self, ctx: click.Context) -> int:
        """Run the command, and return its exit code. If the reader of its output is gone (`| head -1`), end as SIGPIPE would."""
        try:
            code: int | None = super().invoke(ctx)
        except (BrokenPipeError, SystemExit) as error:  # rich raises SystemExit for it, click would end with 1
            if BrokenPipeError not in {type(error), type(error.__context__)}:
                raise
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # buffered output is written at exit
            sys.exit(PIPE_CLOSED)
        at_least: int = ctx.meta.get(EXIT_CODE, 0)
        return max(code or 0, at_least)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # click's signature
        for title, commands in GROUPS.items():
            with formatter.section(title):
                formatter.write_dl([(name, text) for name, (_, text) in commands.items()])


@click.group(cls=_Root, later=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="leaderboard-tracker", prog_name="tracker")
@click.option(
    "--store",
    type=click.Path(path_type=Path),
    envvar="TRACKER_STORE",
    help="Folder of the store, or of a workspace; found from the current folder by default.",
)
@click.option(
    "--schedules",
    type=click.Path(path_type=Path),
    envvar="TRACKER_SCHEDULES",
    help="Use only the boards declared in this folder.",
)
@click.option("--tz", metavar="ZONE", help="Time zone of the times you type and read, such as Europe/Berlin.")
@click.option("--verbose", "-v", is_flag=True, help="Log each step to stderr.")
@click.pass_context
def cli(ctx: click.Context, store: Path | None, schedules: Path | None, tz: str | None, *, verbose: bool) -> None:
    """Track public leaderboards of AI models: keep every published state, and report what really changed."""
    if ctx.invoked_subcommand not in _WITHOUT_WORKSPACE:
        from tracker.cli._open import located  # noqa: PLC0415  # loaded when a command runs, not for --help

        ctx.obj = located(store, schedules, tz)
    if verbose:
        from tracker.log import configure  # noqa: PLC0415  # as above

        configure(verbose=True)


def main(args: Sequence[str] | None = None) -> NoReturn:
    """Run the command line. Errors are one line on stderr. Exit codes: 0 done, 1 board, 2 declaration or usage, 3 store."""
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _terminate)
    try:
        _refuse_blanks(sys.argv[1:] if args is None else args)
        sys.exit(cli(args, prog_name="tracker", standalone_mode=False))
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
    except (MemoryError, ImportError, RuntimeError, SystemError, OSError) as error:
        if _lacks_memory(error):
            os.write(2, _NO_MEMORY)  # anything else may need memory
            sys.exit(1)
        if not isinstance(error, OSError):
            raise
        name = error.filename or "the current folder, or the output"
        _fail(f"{name}: cannot be written or read: {error.strerror}; expected a path that you may use", 2)


def _terminate(*_: object) -> NoReturn:
    """End like after an error: half-written files are removed, and transactions undone."""
    os.write(2, b"tracker: stopped by SIGTERM; run the command again to go on\n")
    sys.exit(TERMINATED)


def _lacks_memory(error: Exception) -> bool:
    """Whether there is no memory for a value, a thread or a library."""
    said = ("can't start new thread", "failed to map segment", "annot allocate memory", "error return without exception set")
    return isinstance(error, MemoryError) or any(text in str(error) for text in said)


def _refuse_blanks(args: Sequence[str]) -> None:
    """A script's unset variable must not mean the current folder, or everything. Raises UsageError."""
    for before, arg in zip(("tracker", *args), args, strict=False):
        if not arg.strip():
            raise click.UsageError(f"an empty text follows {before!r}; expected a value, or neither")
        if arg.startswith("--") and arg.endswith("="):
            raise click.UsageError(f"nothing follows {arg!r}; expected a value, or to leave it out")


def _fail(message: str, code: int) -> NoReturn:
    """Exit with one line on stderr, which may quote a publisher."""
    from tracker.wording import safe  # noqa: PLC0415  # only after an error

    click.echo(f"tracker: {safe(message)}", err=True)
    sys.exit(code)
