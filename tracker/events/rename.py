"""The publisher gave an entry another label under the same key."""

from __future__ import annotations

from collections.abc import Iterator

from tracker.events._event import both_proofs, make, party
from tracker.model import Diff, Event, Past

RULE = "rename/1"


def detect(diff: Diff, past: Past) -> Iterator[Event]:
    """A name the entry never bore is news; a flip back to one it bore is only kept in the record."""
    if diff.before is None:
        return
    for entry in diff.common:
        old, new = diff.before.entries[entry].name, diff.after.entries[entry].name
        if old == new:
            continue
        borne = past.known[entry].names if entry in past.known else frozenset((old,))
        again = new in borne
        yield make(
            diff,
            rule=RULE,
            grade="flip" if again else "new_name",
            weight=5 if again else 25,
            told=not again,
            subjects=[party(diff.after, entry)],
            headline=f"{old} is now listed as {new} on {diff.board.title}.",
            facts={"before": old, "after": new},
            evidence=both_proofs(diff, [entry]),
        )
