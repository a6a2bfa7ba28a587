"""The class of every group of commands."""

from __future__ import annotations

import click


class SuggestingGroup(click.Group):
    """Names the nearest of its commands when one is mistyped."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is named. Raises UsageError, with the nearest command if one is near."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from difflib import get_close_matches  # noqa: PLC0415  # only in trouble

            near = get_close_matches(args[0], self.list_commands(ctx), n=1)
            suggestion = f"; did you mean {near[0]!r}?" if near else ""
            raise click.UsageError(f"{error.message.rstrip('.')}{suggestion}", ctx) from error
