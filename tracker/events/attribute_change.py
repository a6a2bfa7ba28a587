"""A stated property of an entry changed that is no `lifecycle`: size, creator, slug, link, spelling; kept in the record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tracker.events.kind import EventKind, Folding, What
from tracker.events.lifecycle import grade_of, is_context
from tracker.events.making import both_proofs, make, party, proof
from tracker.model import BoardState, Diff, EntryId, Event, Evidence, Metric, Move, Nature
from tracker.wording import listed, number

RULE = "attribute_change/2"


def detect(diff: Diff, past: BoardState) -> Iterator[Event]:  # noqa: ARG001  # every kind is asked in the same way
    """One event per property and pair of values, naming all entries that changed alike; none is told. Unknown on either side is no change."""
    if diff.before is None:
        return
    alike: dict[tuple[str, str, str], list[EntryId]] = {}
    for entry in diff.common:
        old, new = diff.before.entries[entry].attributes, diff.after.entries[entry].attributes
        for attribute in sorted(old.keys() & new.keys()) if old != new else ():
            before, after = old[attribute], new[attribute]
            if before.casefold() != after.casefold() and not grade_of(attribute, before, after):
                alike.setdefault((attribute, before, after), []).append(entry)
    for (attribute, before, after), entries in sorted(alike.items()):
        yield _event(diff, attribute, (before, after), entries)
    for metric in diff.board.metrics:
        verdict = diff.metrics[metric.id]
        if metric.nature is Nature.LISTED and metric.topic != "price" and not is_context(metric) and verdict.usable:
            for entry, move in sorted(verdict.moves.items()):
                yield _listed(diff, metric, entry, move)


def _event(diff: Diff, attribute: str, values: tuple[str, str], entries: list[EntryId]) -> Event:
    who = [party(diff.after, entry) for entry in entries]
    return make(
        diff,
        rule=RULE,
        grade=attribute,
        weight=3,
        is_news=False,
        subjects=who,
        headline=f"{listed(who)}: {attribute.replace('_', ' ')} goes from {values[0]} to {values[1]}, says {diff.board.title}.",
        facts={"attribute": attribute, "before": values[0], "after": values[1]},
        evidence=_proofs(diff, attribute, entries[:10]),
    )


def _proofs(diff: Diff, attribute: str, entries: list[EntryId]) -> list[Evidence]:
    """The same entries on both pages, with what each says of the property."""
    snapshots = [snapshot for snapshot in (diff.before, diff.after) if snapshot is not None]
    return [
        replace(proof(snapshot, entry), raw=snapshot.entries[entry].attributes.get(attribute))
        for entry in entries
        for snapshot in snapshots
    ]


def _listed(diff: Diff, metric: Metric, entry: EntryId, move: Move) -> Event:
    who = party(diff.after, entry)
    before, after = move.before.value, move.after.value
    return make(
        diff,
        rule=RULE,
        grade=metric.id,
        weight=5,
        is_news=False,
        subjects=[who],
        metric=metric.id,
        headline=f"{who.name}: {metric.title} goes from {number(before, metric)} to {number(after, metric)}, says {diff.board.title}.",
        facts={"attribute": metric.id, "before": before, "after": after},
        evidence=both_proofs(diff, [entry], metric.id),
    )


KIND = EventKind(
    rule=RULE,
    grades=(),
    news=frozenset(),
    detect=detect,
    open_grades=True,
    folding=Folding(crowd=("changed attribute", "changed attributes")),
    explains={What.ATTRIBUTE: 20, What.VALUE: 23},
    why_recorded=lambda _: "not a property whose change is news",
)
