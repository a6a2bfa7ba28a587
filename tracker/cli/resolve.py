"""`tracker resolve`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields

import click

from tracker import identity
from tracker.cli._open import as_json, print_json
from tracker.model import Identity
from tracker.model.names import Lexicon
from tracker.ports import Store
from tracker.query.find import MatchKind, matching, remembered, states, suggestions
from tracker.wording import safe
from tracker.workspace import Settings
from tracker.workspace.names import lexicon_of
from tracker.workspace.opening import history_if_any, ids, unknown


@click.command("resolve")
@click.argument("name")
@click.option("--org", help="The lab that a board states beside the name.")
@click.option("--source", help="The board the name stands on, or its source.")
@as_json
@click.pass_obj
def command(settings: Settings, name: str, org: str | None, source: str | None, *, as_json: bool) -> None:
    """Show which model a name stands for, and why.

    Nearest models are those of the store that look alike: a suggestion, never a match.
    """
    lexicon = lexicon_of(settings)
    with history_if_any(settings) as store:
        if source is not None:
            _check_source(source, ids(settings).union(store.boards()))
        who = identity.resolve(name, org, source, lexicon=lexicon)
        same, near = _known(store, name, who, lexicon)
    if as_json:
        print_json([{**_fields(who), "listed": same, "nearest": near}])
        return
    for key, value in _fields(who).items():
        if value not in ("", None, False):
            click.echo(f"{key + ':':17} {safe(str(value))}")
    for title, shown in (("listed as:", same), ("nearest:", near)):
        for number, one in enumerate(shown):
            click.echo(f"{'' if number else title:17} {safe(one)}")


def _check_source(source: str, boards: Collection[str]) -> None:
    """Refuse what is neither one of the boards nor the source of one. Raises DeclarationError."""
    if source not in boards and source not in {board.partition("/")[0] for board in boards}:
        raise unknown(source, boards)


def _fields(who: Identity) -> dict[str, object]:
    return {field.name: getattr(who, field.name) for field in fields(who)}


def _known(store: Store, name: str, who: Identity, lexicon: Lexicon) -> tuple[list[str], list[str]]:
    """Names under which the store lists that model, and, where it does not, the nearest."""
    everything = remembered(store, states(store, lexicon=lexicon), lexicon)
    found = matching(name, who, everything)
    exact = found.entries if found.way in (MatchKind.MODEL, MatchKind.NAME) else ()
    same = sorted({one.entry.name for one in exact})
    return same, [] if same else list(suggestions(found, everything))
