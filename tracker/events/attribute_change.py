"""A stated property of an entry changed that is not a `lifecycle`: size, creator, slug, link, spelling; recorded only."""

from __future__ import annotations

from collections.abc import Iterator

from tracker.events.kind import EventKind, Folding, What
from tracker.events.lifecycle import grade_of, is_context
from tracker.events.making import make, party, stated_proofs
from tracker.model import BoardState, Diff, EntryId, Event, Metric, Move, Nature
from tracker.wording import listed, number

RULE = "attribute_change/2"


def detect(diff: Diff, past: BoardState) -> Iterator[Event]:  # noqa: ARG001  # all kinds have this signature
    """One event per property and pair of values, with all entries that changed in this way; both values are known."""
    if diff.before is None:
        return
    alike: dict[tuple[str, str, str], list[EntryId]] = {}
    for entry in (common for common in diff.common if common not in diff.doubtful):
        old, new = diff.before.entries[entry].attributes, diff.after.entries[entry].attributes
        for attribute in sorted(old.keys() & new.keys()) if old != new else ():
            before, after = old[attribute], new[attribute]
            if before.casefold() != after.casefold() and not grade_of(attribute, before, after):
                alike.setdefault((attribute, before, after), []).append(entry)
    for (attribute, before, after), entries in sorted(alike.items()):
        yield _event(diff, attribute, before, after, entries)
    for metric in diff.board.metrics:
        verdict = diff.metrics[metric.id]
        if metric.nature is Nature.LISTED and metric.topic != "price" and not is_context(metric) and verdict.usable:
            for entry, move in sorted(verdict.moves.items()):
                yield _listed(diff, metric, entry, move)


def _event(diff: Diff, attribute: str, before: str, after: str, entries: list[EntryId]) -> Event:
    who = [party(diff.after, entry) for entry in entries]
    return make(
        diff,
        rule=RULE,
        grade=attribute,
        weight=3,
        is_news=False,
        subjects=who,
        headline=f"{listed(who)}: {attribute.replace('_', ' ')} on {diff.board.title} changes from {before} to {after}.",
        facts={"attribute": attribute, "before": before, "after": after},
        evidence=stated_proofs(diff, entries[:10], attribute),
    )


def _listed(diff: Diff, metric: Metric, entry: EntryId, move: Move) -> Event:
    who = party(diff.after, entry)
    before, after = (number(measure.value, metric) for measure in (move.before, move.after))
    way = "drops" if move.after.value < move.before.value else "rises"
    return make(
        diff,
        rule=RULE,
        grade=metric.id,
        weight=5,
        is_news=False,
        subjects=[who],
        metric=metric.id,
        headline=f"{who.name}: {metric.title} on {diff.board.title} {way} from {before} to {after}.",
        facts={"attribute": metric.id, "before": move.before.value, "after": move.after.value},
    )


KIND = EventKind(
    RULE,
    (),
    detect,
    open_grades=True,
    folding=Folding(crowd=("changed attribute", "changed attributes")),
    explains={What.ATTRIBUTE: 20, What.VALUE: 23},
    why_recorded=lambda _: "not a property whose change is news",
)
