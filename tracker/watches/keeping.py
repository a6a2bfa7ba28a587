"""Runs all watches on one step of a board, and keeps their memory as text between two steps."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import msgspec

from tracker.errors import StoreError
from tracker.events.making import build
from tracker.model import Board, BoardId, BoardState, Diff, Event, EventId, Step
from tracker.model.names import Lexicon
from tracker.watches.firing import Firing, Held, firings, touches
from tracker.watches.matching import Watch

RULE = "watch/1"
_FORM = 1
"""The form of stored holds. It is part of the key, so that a hold of an older form begins again."""
_held = msgspec.json.Decoder(Held)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """The result of all watches at one step.

    `events` are made of standings that newly match a watch. `names` are the watches that fired, by these events and the matching
    ones of the step. `holds` is the memory of all watches over standings of the board, by `key_of`.
    """

    events: tuple[Event, ...] = ()
    names: Mapping[EventId, frozenset[str]] = field(default_factory=dict)
    holds: Mapping[str, str] = field(default_factory=dict)


def fire(  # noqa: PLR0917  # the order of the line: watches, their subject, the memory
    watches: Iterable[Watch], board: Board, step: Step, past: BoardState, holds: Mapping[str, str], lexicon: Lexicon
) -> Fired:
    """Run the watches on one step of a board. `past` is the board's state before it, `holds` is from the last `fire`.

    A watch without a hold begins with the snapshot before the step, since what already held is not news.

    Raises:
        StoreError: a hold cannot be read.
    """
    events: dict[EventId, Event] = {}
    names: dict[EventId, set[str]] = {}
    after: dict[str, str] = {}
    for watch in watches:
        held = _kept(watch, board.id, holds) or _begun(watch, board, step, lexicon)
        found, following = firings(watch, board, step, past, held, lexicon=lexicon)
        standings = [_event(firing, step) for firing in found if firing.event is None and not firing.already]
        events |= {event.id: event for event in standings}
        for event_id in (*(event.id for event in standings), *(firing.event for firing in found if firing.event is not None)):
            names.setdefault(event_id, set()).add(watch.name)
        if following.holds:
            after[key_of(watch)] = msgspec.json.encode(following, order="deterministic").decode()
    return Fired(events=tuple(events.values()), names={event: frozenset(fired) for event, fired in names.items()}, holds=after)


def key_of(watch: Watch) -> str:
    """The key of a watch's conditions and their resolved models, whatever its name: with other conditions it begins again."""
    names = [field.name for field in dataclasses.fields(watch) if field.name not in ("name", "asks")]
    asks = {name: getattr(watch, name) for name in names}
    return hashlib.sha256(json.dumps([_FORM, asks], default=dataclasses.asdict, sort_keys=True).encode()).hexdigest()[:16]


def _kept(watch: Watch, board: BoardId, holds: Mapping[str, str]) -> Held | None:
    """The watch's memory of the board, if any."""
    text = holds.get(key_of(watch)) if watch.standing else None
    try:
        return None if text is None else _held.decode(text)
    except msgspec.DecodeError as error:
        wrong = f'{board}: the memory of watch "{watch.name}" cannot be read: {error}'
        raise StoreError(f"{wrong}; expected what was stored; restore the store") from error


def _begun(watch: Watch, board: Board, step: Step, lexicon: Lexicon) -> Held:
    """The memory of the watch if it had begun with the snapshot before this step."""
    diff = step.diff
    if not watch.standing or diff is None or diff.before is None or not touches(watch, board):
        return Held()
    first = Diff(board=diff.board, before=None, after=replace(diff.before, entries=diff.entries_before))
    return firings(watch, board, replace(step, diff=first, events=()), BoardState(), Held(), lexicon=lexicon)[1]


def _event(firing: Firing, step: Step) -> Event:
    """The event of a firing over standings, found in the diff of the step."""
    assert step.diff is not None, "standings are of snapshots"
    before, after = step.diff.before, step.diff.after
    return build(
        board=firing.board,
        recorded_at=after.observed_at,
        digests=(before.digest if before else "", f"{after.digest} {firing.watch}"),
        rule=RULE,
        grade="became",
        weight=70,
        is_news=True,
        headline=firing.headline,
        subjects=firing.subjects,
        rivals=(firing.leader,) if firing.leader else (),
        metric=firing.metric,
        facts={
            "watch": firing.watch,
            "value": firing.value,
            "rank": firing.rank,
            "leader": firing.leader.entry if firing.leader else None,
            "leader_value": firing.leader_value,
        },
        evidence=firing.evidence,
        after=firing.after,
        until=firing.until,
    )
