"""Watches beside the line: what each fires with at one step, and what it must remember of the board, as text between two steps."""

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
from tracker.watches.declaration import Watch
from tracker.watches.firing import Firing, Held, firings, touches

RULE = "watch/1"
_FORM = 1
"""The form in which holds are written; another one is another key, so that a hold of an older form begins anew."""
_held = msgspec.json.Decoder(Held)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """What the watches say of one step.

    `events` are made of standings that newly fulfil a watch. `names`: for them and for every event of the step that a watch
    fired with, the watches that did. `holds` is what all watches over standings remember of the board from here on, by `key_of`.
    """

    events: tuple[Event, ...] = ()
    names: Mapping[EventId, frozenset[str]] = field(default_factory=dict)
    holds: Mapping[str, str] = field(default_factory=dict)


def fire(  # noqa: PLR0917  # the line's own order: who asks, of what, beside what is remembered
    watches: Iterable[Watch], board: Board, step: Step, past: BoardState, holds: Mapping[str, str], lexicon: Lexicon
) -> Fired:
    """What watches say of one step of a board. `past` is what was remembered before it, `holds` what the last `fire` gave.

    A watch that holds nothing yet of a board that has a history begins with the step's `before`: what was so already is no news.

    Raises:
        StoreError: a hold cannot be read.
    """
    events: dict[EventId, Event] = {}
    names: dict[EventId, set[str]] = {}
    after: dict[str, str] = {}
    for watch in watches:
        held = _kept(watch, board.id, holds) or _begun(watch, board, step, lexicon)
        found, following = firings(watch, board, step, past, held, lexicon=lexicon)
        made = {event.id: event for one in found if one.event is None and not one.already for event in (_event(one, step),)}
        events |= made
        for event in (*made, *(one.event for one in found if one.event is not None)):
            names.setdefault(event, set()).add(watch.name)
        if following.holds:
            after[key_of(watch)] = msgspec.json.encode(following, order="deterministic").decode()
    return Fired(events=tuple(events.values()), names={event: frozenset(found) for event, found in names.items()}, holds=after)


def key_of(watch: Watch) -> str:
    """Names what a watch asks, whatever the watch is called: one that asks for something else begins anew.

    What the lexicon makes of its models is part of it.
    """
    asks = {one.name: getattr(watch, one.name) for one in dataclasses.fields(watch) if one.name not in ("name", "asks")}
    return hashlib.sha256(json.dumps([_FORM, asks], default=dataclasses.asdict, sort_keys=True).encode()).hexdigest()[:16]


def _kept(watch: Watch, board: BoardId, holds: Mapping[str, str]) -> Held | None:
    """What the watch remembers of the board, None if nothing yet."""
    text = holds.get(key_of(watch)) if watch.standing else None
    try:
        return None if text is None else _held.decode(text)
    except msgspec.DecodeError as error:
        raise StoreError(
            f'{board}: what watch "{watch.name}" remembers cannot be read: {error}; expected what was stored; restore the store'
        ) from error


def _begun(watch: Watch, board: Board, step: Step, lexicon: Lexicon) -> Held:
    """What the watch would remember had it begun with the snapshot before this step."""
    diff = step.diff
    if not watch.standing or diff is None or diff.before is None or not touches(watch, board):
        return Held()
    first = Diff(board=diff.board, before=None, after=replace(diff.before, entries=diff.entries_before))
    return firings(watch, board, replace(step, diff=first, events=()), BoardState(), Held(), lexicon=lexicon)[1]


def _event(firing: Firing, step: Step) -> Event:
    """A firing over a standing as an event: found in the diff it came about in, by the watch of that name."""
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
