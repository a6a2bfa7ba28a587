"""The publisher gave an entry another label under the same key."""

from __future__ import annotations

from collections.abc import Iterator

from tracker.events._event import make, party, proof
from tracker.model import Diff, EntryId, Event, Past

RULE = "rename/1"


def detect(diff: Diff, past: Past) -> Iterator[Event]:
    """A name the entry never bore is news; a flip back to one it bore, or another spelling, is only kept in the record.

    On a board whose key is the name, an entry that is the same under another key is renamed as well.
    """
    if diff.before is None:
        return
    for entry in diff.common:
        old, new = diff.before.entries[entry].name, diff.after.entries[entry].name
        if old != new:
            yield _event(diff, past, entry, entry, (old, new))
    for entry, had in sorted(diff.respelled.items()):
        yield _event(diff, past, entry, had, (diff.before.entries[had].name, diff.after.entries[entry].name))


def _event(diff: Diff, past: Past, entry: EntryId, had: EntryId, names: tuple[str, str]) -> Event:
    old, new = names
    assert diff.before is not None
    borne = past.known[had].names if had in past.known else frozenset((old,))
    grade = "flip" if new in borne else "spelling" if _letters(old) == _letters(new) else "new_name"
    told = grade == "new_name"
    return make(
        diff,
        rule=RULE,
        grade=grade,
        weight=25 if told else 5,
        told=told,
        subjects=[party(diff.after, entry)],
        headline=f"{old} is now listed as {new} on {diff.board.title}.",
        facts={"before": old, "after": new, "key_before": str(had)},
        evidence=[proof(diff.before, had), proof(diff.after, entry)],
    )


def _letters(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())
