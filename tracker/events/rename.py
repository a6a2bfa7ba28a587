"""The publisher gave an entry another label under the same key, or another key under the same label."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import NamedTuple

from tracker.events.kind import EventKind, Folding, What
from tracker.events.making import make, party, proof
from tracker.events.new_leader import leaders
from tracker.model import BoardState, Diff, Entry, EntryId, Event, Evidence, Party, spelling_of
from tracker.wording import listed, number

RULE = "rename/1"
_WHY = {
    "new_name": "one of several rows of that name",
    "flip": "a flip back to an earlier name",
    "spelling": "the same name in another spelling",
    "doubtful": "it is not certain which row has this label now",
}
Grade = StrEnum("Grade", "NEW_NAME FLIP SPELLING RELISTED DOUBTFUL")


def detect(diff: Diff, past: BoardState) -> Iterator[Event]:
    """A name that the entry never had is news; a flip back to an earlier name, or another spelling, is only recorded.

    On a board whose key is the name, an entry that continues under another key is renamed as well. A name that is re-listed
    under another key, with other values, is news and nothing else: it may be another version. Where it is not certain whether a
    row has another label now, or which, that is recorded, and nothing else; it is news if such a row leads.
    """
    if diff.before is None:
        return
    for entry in diff.common:
        old, new = diff.before.entries[entry].name, diff.after.entries[entry].name
        if old != new and entry not in diff.doubtful:
            yield _event(diff, past, entry, old, new)
    for entry, key in sorted(diff.returned.items()):
        former, new = _former(diff, past, key), diff.after.entries[entry].name
        if former.name != new:
            yield replace(_event(diff, past, entry, former.name, new), evidence=(former.proof, proof(diff.after, entry)))
    for entry, key in sorted(diff.relisted.items()):
        if entry not in diff.doubtful:
            yield _relisted(diff, entry, key, _former(diff, past, key))
    for entry, keys in sorted(diff.doubtful.items()):
        yield _doubtful(diff, entry, [(key, _former(diff, past, key)) for key in keys])


class _Former(NamedTuple):
    """An entry under its former key: its name, its primary value, and where it was last."""

    name: str
    value: float | None
    proof: Evidence


def _former(diff: Diff, past: BoardState, key: EntryId) -> _Former:
    primary = diff.board.primary
    if diff.before is not None and key in diff.before.entries:
        value = diff.before.values(primary.id).get(key) if primary else None
        return _Former(diff.before.entries[key].name, value, proof(diff.before, key, primary.id if primary else None))
    known = past.known[key]
    seen = known.last_seen or known.first_seen
    last = Evidence(sha256=known.last_in, url=known.last_url, observed_at=seen, entry=key, raw=known.name)
    return _Former(known.name, known.primary, last)


def _relisted(diff: Diff, entry: EntryId, key: EntryId, former: _Former) -> Event:
    primary = diff.board.primary
    was, now = former.value, diff.after.values(primary.id).get(entry) if primary else None
    figures = ""
    if primary is not None and was is not None and now is not None and was != now:
        figures = f", with {number(now, primary)} after {number(was, primary)} ({primary.title})"
    return make(
        diff,
        rule=RULE,
        grade=Grade.RELISTED,
        weight=20,
        is_news=True,
        subjects=[party(diff.after, entry)],
        metric=primary.id if primary and figures else None,
        headline=f"{diff.after.entries[entry].name} is re-listed on {diff.board.title} under a new id{figures};"
        " the two may be different versions.",
        facts={"listed_as": str(key), "before": was, "after": now},
        evidence=[former.proof, proof(diff.after, entry, primary.id if primary else None)],
    )


def _doubtful(diff: Diff, entry: EntryId, fitting: Sequence[tuple[EntryId, _Former]]) -> Event:
    parties, leads = [Party(entry=key, name=former.name) for key, former in fitting], _leads_instead(diff, entry, fitting)
    name, where = diff.after.entries[entry].name, diff.board.title
    headline = f"{name} on {where} may be the new label of {listed(parties)}."
    if leads:
        headline = f"{name} leads {where}{leads}; it may be another run, or the new label of {listed(parties)}, which led."
    return make(
        diff,
        rule=RULE,
        grade=Grade.DOUBTFUL,
        weight=60 if leads else 5,
        is_news=bool(leads),
        subjects=[party(diff.after, entry)],
        rivals=parties,
        headline=headline,
        facts={"fits": [str(key) for key, _ in fitting]},
        evidence=[*(former.proof for _, former in fitting), proof(diff.after, entry)],
    )


def _leads_instead(diff: Diff, entry: EntryId, fitting: Sequence[tuple[EntryId, _Former]]) -> str:
    """The metric and value by which a row leads the board alone, where the only one whose new label it may be led; or empty."""
    primary = diff.board.primary
    if primary is None or diff.before is None or leaders(diff.after, primary) != (entry,):
        return ""
    if len(fitting) != 1 or fitting[0][0] not in leaders(diff.before, primary):
        return ""
    return f" ({primary.title}) with {number(diff.after.entries[entry].measures[primary.id].value, primary)}"


def _event(diff: Diff, past: BoardState, entry: EntryId, old: str, new: str) -> Event:
    key_before = diff.rekeyed.get(entry) or diff.returned.get(entry, entry)
    earlier = past.known[key_before].names if key_before in past.known else frozenset((old,))
    grade = Grade.FLIP if new in earlier else Grade.SPELLING if spelling_of(old) == spelling_of(new) else Grade.NEW_NAME
    is_one_of_several = _is_repeated(diff.entries_before.values(), old) or _is_repeated(diff.after.entries.values(), new)
    is_news = grade == Grade.NEW_NAME and not is_one_of_several
    who = f"A row of {old}" if is_one_of_several else old
    unmasked = is_news and _is_unmasked(diff, entry)
    return make(
        diff,
        rule=RULE,
        grade=grade,
        weight=97 if unmasked else 25 if is_news else 5,
        is_news=is_news,
        subjects=[party(diff.after, entry)],
        headline=f"{who}{', which leads,' if unmasked else ''} is now listed as {new} on {diff.board.title}.",
        facts={"before": old, "after": new, "key_before": str(key_before)},
    )


def _is_repeated(entries: Iterable[Entry], name: str) -> bool:
    return sum(entry.name == name for entry in entries) > 1


def _is_unmasked(diff: Diff, entry: EntryId) -> bool:
    """Whether the leader of the board gets a name that states its lab, after one that did not."""
    assert diff.before is not None
    primary, old, new = diff.board.primary, diff.before.entries.get(entry), diff.after.entries[entry].who
    masked = old is not None and (not old.who.lab or old.who.guessed_lab)
    return masked and bool(new.lab) and not new.guessed_lab and primary is not None and entry in leaders(diff.after, primary)


KIND = EventKind(
    RULE,
    tuple(Grade),
    detect,
    recorded=(Grade.FLIP, Grade.SPELLING),
    folding=Folding(crowd=("rename", "renames")),
    explains={What.KEY: 10, What.NAME: 10, What.APPEARANCE: 5},
    why_recorded=lambda event: _WHY.get(event.grade, "the same row under another name"),
)
