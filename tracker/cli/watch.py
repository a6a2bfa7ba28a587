"""`tracker watch`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import click

from tracker import watches
from tracker.cli._group import SuggestingGroup
from tracker.cli._open import Time, as_json, print_json, print_table, stamp, when
from tracker.errors import DeclarationError
from tracker.line import fold
from tracker.model import Board, BoardState, Event, EventFilter, Evidence, Party, Step
from tracker.model.names import Lexicon
from tracker.ports import Archive, Store
from tracker.watches import Firing, Held, Watch
from tracker.wording import safe
from tracker.workspace import Settings
from tracker.workspace.names import lexicon_of
from tracker.workspace.opening import board_of, kept, known


@click.group("watch", cls=SuggestingGroup)
def command() -> None:
    """List your watches, or show when they would have fired.

    A watch is a rule of yours over events or standings, in the file watches.toml of the schedules folder.
    """


@command.command("list")
@as_json
@click.pass_obj
def list_(settings: Settings, *, as_json: bool) -> None:
    """List the watches."""
    declared = _load(settings, lexicon_of(settings))
    if as_json:
        print_json({"name": one.name, "over": _over(one), "asks": dict(one.asks)} for one in declared)
    else:
        rows = ((one.name, _over(one), _asks(one)) for one in declared)
        print_table(("watch", "over", "asks for"), rows)


@command.command("test")
@click.argument("name", required=False)
@click.option("--board", help="Only on this board.")
@click.option("--since", type=Time(), help="Only what came about since that time (ISO, or an age such as 7d).")
@click.option("--until", type=Time(), help="Only what came about before that time.")
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
        boards = [board_of(settings, store, one) for one in only]
        found = [
            one
            for declared in boards
            for one in _over_history(declared, chosen, store, archive, lexicon)
            if (since is None or one.until >= since) and (until is None or one.until < until)
        ]
    found.sort(key=lambda one: (one.until, one.watch, one.board))
    if as_json:
        print_json(_row(one) for one in found)
        return
    for one in chosen:
        _print(one, [firing for firing in found if firing.watch == one.name])


def _load(settings: Settings, lexicon: Lexicon) -> tuple[Watch, ...]:
    return watches.load(settings.declaration("watches.toml"), lexicon)


def _chosen(declared: tuple[Watch, ...], name: str | None) -> tuple[Watch, ...]:
    chosen = tuple(one for one in declared if name is None or one.name == name)
    if not chosen and name is not None:
        raise DeclarationError(
            f'watch "{name}" is unknown; known: {", ".join(one.name for one in declared) or "none"} (tracker watch list)'
        )
    return chosen


def _over_history(board: Board, chosen: tuple[Watch, ...], store: Store, archive: Archive, lexicon: Lexicon) -> Iterator[Firing]:
    """What the watches say of a board's stored history, from its first reading on; with the events as they are stored."""
    asked = [one for one in chosen if watches.touches(one, board)]
    if not asked:
        return
    stored: dict[datetime, list[Event]] = {}
    for event in store.events(EventFilter(board=board.id)):
        stored.setdefault(event.recorded_at, []).append(event)
    lines, _ = archive.index(board.id)
    past, held = BoardState(), dict.fromkeys(asked, Held())
    for derived in fold.steps(board, lines, archive, before=None, past=past, lexicon=lexicon):
        step: Step = replace(derived, events=tuple(stored.get(derived.check.observed_at, ())))
        for one in asked:
            found, held[one] = watches.firings(one, board, step, past, held[one], lexicon=lexicon)
            yield from found
        past = step.past


# ── for people and programs ──────────────────────────────────────────────────────────────────────


def _over(watch: Watch) -> str:
    return "standings" if watch.standing else "events"


def _asks(watch: Watch) -> str:
    """What a watch asks for, as the file says it."""
    said = {key: " or ".join(map(str, value)) if isinstance(value, list) else value for key, value in watch.asks.items()}
    return ", ".join(f"{key} {str(value).lower() if isinstance(value, bool) else value}" for key, value in said.items())


def _row(one: Firing) -> dict[str, object]:
    return {
        "watch": one.watch,
        "board": one.board,
        "metric": one.metric,
        "after": stamp(one.after) or None,
        "until": stamp(one.until),
        "already": one.already,
        "headline": one.headline,
        "event": one.event,
        "subjects": [_party(party) for party in one.subjects],
        "value": one.value,
        "rank": one.rank,
        "leader": _party(one.leader) if one.leader else None,
        "leader_value": one.leader_value,
        "evidence": [_evidence(evidence) for evidence in one.evidence],
    }


def _party(party: Party) -> dict[str, object]:
    return {"entry": party.entry, "name": party.name, "model": party.model or None}


def _evidence(one: Evidence) -> dict[str, object]:
    return {"sha256": one.sha256, "observed_at": stamp(one.observed_at), "entry": one.entry, "metric": one.metric, "raw": one.raw}


def _print(watch: Watch, fired: list[Firing]) -> None:
    new = sum(not one.already for one in fired)
    click.echo(f"\n{safe(watch.name)}: {f'would have fired {new} times' if new != 1 else 'would have fired once'}")
    for one in fired:
        proof = f"event {one.event[:12]}" if one.event else f"evidence {one.evidence[0].sha256[:12]}"
        mark = "  (already so)" if one.already else ""
        click.echo(f"  {when(one.until)}  {safe(one.headline)}  [{proof}]{mark}")
