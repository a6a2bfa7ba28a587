"""The publisher gave an entry another label under the same key."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from tracker.events.kind import EventKind, Folding, What
from tracker.events.making import make, party
from tracker.model import BoardState, Diff, EntryId, Event, name_tokens

RULE = "rename/1"
Grade = StrEnum("Grade", "NEW_NAME FLIP SPELLING")


def detect(diff: Diff, past: BoardState) -> Iterator[Event]:
    """A name that the entry never had is news; a flip back to an earlier name, or another spelling, is only recorded.

    On a board whose key is the name, an entry that continues under another key is renamed as well.
    """
    if diff.before is None:
        return
    for entry in diff.common:
        old, new = diff.before.entries[entry].name, diff.after.entries[entry].name
        if old != new:
            yield _event(diff, past, entry, old, new)


def _event(diff: Diff, past: BoardState, entry: EntryId, old: str, new: str) -> Event:
    key_before = diff.rekeyed.get(entry, entry)
    earlier = past.known[key_before].names if key_before in past.known else frozenset((old,))
    grade = Grade.FLIP if new in earlier else Grade.SPELLING if name_tokens(old) == name_tokens(new) else Grade.NEW_NAME
    is_news = grade == Grade.NEW_NAME
    return make(
        diff,
        rule=RULE,
        grade=grade,
        weight=25 if is_news else 5,
        is_news=is_news,
        subjects=[party(diff.after, entry)],
        headline=f"{old} is now listed as {new} on {diff.board.title}.",
        facts={"before": old, "after": new, "key_before": str(key_before)},
    )


def why_recorded(event: Event) -> str:
    """Why an event of this kind is not news."""
    return "a flip back to an earlier name" if event.grade == Grade.FLIP else "the same name in another spelling"


KIND = EventKind(
    rule=RULE,
    grades=tuple(Grade),
    news=frozenset((Grade.NEW_NAME,)),
    detect=detect,
    folding=Folding(crowd=("rename", "renames")),
    explains={What.KEY: 10, What.NAME: 10},
    why_recorded=why_recorded,
)
