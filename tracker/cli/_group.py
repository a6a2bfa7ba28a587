"""The class of every group of commands."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

EXIT_CODE = f"{__name__}.exit_code"
"""The key, in the `meta` of a context, of the exit code that a command has at least."""


class LazyGroup(click.Group):
    """A group that names the nearest command when one is mistyped.

    `later` maps commands to their module in this package and their short help. They are imported only when called, so
    that help and completion stay fast.
    """

    def __init__(self, *args: Any, later: Mapping[str, tuple[str, str]] | None = None, **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.later = later or {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*super().list_commands(ctx), *self.later]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.later:
            return super().get_command(ctx, cmd_name)
        command: click.Command = import_module(f"tracker.cli.{self.later[cmd_name][0]}").command
        return command

    def helps(self, ctx: click.Context) -> list[tuple[str, str]]:
        """Each command with its short help."""
        shown = {name: command.get_short_help_str(1_000) for name, command in self.commands.items()}
        shown |= {name: text for name, (_, text) in self.later.items()}
        return [(name, shown[name]) for name in self.list_commands(ctx)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(sorted(self.helps(ctx)))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem  # noqa: PLC0415  # only when a shell asks

        named = [CompletionItem(name, help=text) for name, text in self.helps(ctx) if name.startswith(incomplete)]
        return [*named, *click.Command.shell_complete(self, ctx, incomplete)]

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """The named command. Raises UsageError, with the nearest command if one is near."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from difflib import get_close_matches  # noqa: PLC0415  # only after a mistake

            near = get_close_matches(args[0], self.list_commands(ctx), n=1)
            suggestion = f"; did you mean {near[0]!r}?" if near else ""
            raise click.UsageError(f"{error.message.rstrip('.')}{suggestion}", ctx) from error
