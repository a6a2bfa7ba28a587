"""`tracker watch`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import click

from tracker import watches
from tracker.cli._group import LazyGroup
from tracker.cli._open import Time, as_json, picked, print_json, print_table, when
from tracker.errors import DeclarationError
from tracker.line import fold
from tracker.model import Board, BoardState, Event, EventFilter, Party, Step
from tracker.model.names import Lexicon
from tracker.ports import Archive, Store
from tracker.watches import Firing, Held, Watch
from tracker.wording import safe
from tracker.workspace import Settings
from tracker.workspace.ids import known
from tracker.workspace.names import lexicon_of
from tracker.workspace.opening import board_of, kept


@click.group("watch", cls=LazyGroup)
def command() -> None:
    """List your watches, or show when they would have fired.

    A watch is your rule on events or standings, in the file watches.toml of the schedules folder.
    """


@command.command("list")
@as_json
@click.pass_obj
def list_(settings: Settings, *, as_json: bool) -> None:
    """List the watches."""
    declared = _load(settings, lexicon_of(settings))
    if as_json:
        print_json({"name": watch.name, "over": _over(watch), "asks": dict(watch.asks)} for watch in declared)
    else:
        print_table(("watch", "over", "asks for"), ((watch.name, _over(watch), _asks(watch)) for watch in declared))


@command.command("test")
@click.argument("name", required=False)
@click.option("--board", help="Only on this board.")
@click.option("--since", type=Time(), help="Only changes since that time (ISO, or an age such as 7d).")
@click.option("--until", type=Time(), help="Only changes before that time.")
@as_json
@click.pass_obj
def test(
    settings: Settings, name: str | None, board: str | None, since: datetime | None, until: datetime | None, *, as_json: bool
) -> None:
    """Run watches (or the one of that NAME) over history, and show when each would have fired."""
    lexicon = lexicon_of(settings)
    chosen = _chosen(_load(settings, lexicon), name)
    with kept(settings) as (archive, store):
        only = [known(settings, store, board)] if board else store.boards()
        firings = [
            firing
            for name in only
            for firing in _over_history(board_of(settings, store, name), chosen, store, archive, lexicon)
            if (since is None or firing.until >= since) and (until is None or firing.until < until)
        ]
    firings.sort(key=lambda firing: (firing.until, firing.watch, firing.board))
    if as_json:
        print_json(map(_row, firings))
        return
    for watch in chosen:
        _print(watch, [firing for firing in firings if firing.watch == watch.name])


def _load(settings: Settings, lexicon: Lexicon) -> tuple[Watch, ...]:
    return watches.load(settings.declaration("watches.toml"), lexicon)


def _chosen(declared: tuple[Watch, ...], name: str | None) -> tuple[Watch, ...]:
    chosen = tuple(watch for watch in declared if name is None or watch.name == name)
    if not chosen and name is not None:
        known = ", ".join(watch.name for watch in declared) or "none"
        raise DeclarationError(f'watch "{name}" is unknown; known: {known} (tracker watch list)')
    return chosen


def _over_history(board: Board, chosen: tuple[Watch, ...], store: Store, archive: Archive, lexicon: Lexicon) -> Iterator[Firing]:
    """The firings of the watches over a board's whole history, with the events as stored."""
    asked = [watch for watch in chosen if watches.touches(watch, board)]
    if not asked:
        return
    stored: dict[datetime, list[Event]] = {}
    for event in store.events(EventFilter(board=board.id)):
        stored.setdefault(event.recorded_at, []).append(event)
    lines, _ = archive.index(board.id)
    past, held = BoardState(), dict.fromkeys(asked, Held())
    for derived in fold.steps(board, lines, archive, before=None, past=past, lexicon=lexicon):
        step: Step = replace(derived, events=tuple(stored.get(derived.check.observed_at, ())))
        for watch in asked:
            firings, held[watch] = watches.firings(watch, board, step, past, held[watch], lexicon=lexicon)
            yield from firings
        past = step.past


def _over(watch: Watch) -> str:
    return "standings" if watch.standing else "events"


def _asks(watch: Watch) -> str:
    """The keys and values of a watch, as in its file."""
    return ", ".join(f"{key} {_text(value)}" for key, value in watch.asks.items())


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return " or ".join(map(str, value)) if isinstance(value, list) else str(value)


def _row(firing: Firing) -> dict[str, object]:
    return {
        **picked(firing, "watch board metric after until already headline event"),
        "subjects": [_party(party) for party in firing.subjects],
        **picked(firing, "value rank"),
        "leader": _party(firing.leader) if firing.leader else None,
        "leader_value": firing.leader_value,
        "evidence": [picked(evidence, "sha256 observed_at entry metric raw") for evidence in firing.evidence],
    }


def _party(party: Party) -> dict[str, object]:
    return {"entry": party.entry, "name": party.name, "model": party.model or None}


def _print(watch: Watch, fired: list[Firing]) -> None:
    new = sum(not firing.already for firing in fired)
    click.echo(f"\n{safe(watch.name)}: {f'would have fired {new} times' if new != 1 else 'would have fired once'}")
    for firing in fired:
        proof = f"event {firing.event[:12]}" if firing.event else f"evidence {firing.evidence[0].sha256[:12]}"
        mark = "  (already so)" if firing.already else ""
        click.echo(f"  {when(firing.until)}  {safe(firing.headline)}  [{proof}]{mark}")
