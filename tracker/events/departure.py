"""A model left a board: it would have had to be visible in two accepted snapshots, and was not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from enum import StrEnum

from tracker.events.kind import EventKind, What
from tracker.events.making import make
from tracker.model import BoardState, Comparability, Diff, EntryId, EntryRecord, Event, Evidence, Party
from tracker.order import would_be_shown
from tracker.wording import listed

RULE = "departure/1"
Grade = StrEnum("Grade", "CONFIRMED MASS")
LEAST_APART = timedelta(hours=1)
"""Two looks at one page within minutes are one look."""
MASS = 10
MASS_SHARE = 0.03
"""So many entries, and so large a share, gone at once are one decision of the publisher, told as one."""


def detect(diff: Diff, past: BoardState) -> Iterator[Event]:
    """Departures confirmed by this snapshot. The baseline is untouched: who returns unconfirmed never left."""
    gone = confirmed(diff, past)
    together: dict[object, list[EntryId]] = {}
    for entry in gone:
        together.setdefault((past.known[entry].last_seen, past.known[entry].missing_since), []).append(entry)
    for entries in together.values():
        if len(entries) >= MASS and len(entries) >= MASS_SHARE * len(diff.after.entries):
            yield _event(diff, past, entries, Grade.MASS)
        else:
            for entry in entries:
                yield _event(diff, past, [entry], Grade.CONFIRMED)


def confirmed(diff: Diff, past: BoardState) -> list[EntryId]:
    """Entries missing for the second time although they would have to be visible."""
    if diff.before is None:
        return []
    return sorted(
        entry
        for entry, known in past.known.items()
        if known.missing_since is not None
        and not known.departed
        and entry not in diff.after.entries
        and diff.after.observed_at - known.missing_since >= LEAST_APART
        and must_show(diff, past, entry)
    )


def must_show(diff: Diff, past: BoardState, entry: EntryId) -> bool:
    """Whether an entry that had left the page before would have to be visible now, were it still listed."""
    if past.capped_at == len(diff.after.entries) or restarted(diff):
        return False
    return would_be_shown(diff, entry, None if rescaled(diff) else past.known[entry].primary)


def rescaled(diff: Diff) -> bool:
    """Whether older values of the primary metric say nothing about a place on this page."""
    primary = diff.board.primary
    verdict = diff.metrics.get(primary.id) if primary else None
    return verdict is not None and verdict.verdict is Comparability.REBASED


def restarted(diff: Diff) -> bool:
    """Whether another table was taken for the same board."""
    return bool(diff.restart)


def _event(diff: Diff, past: BoardState, entries: list[EntryId], grade: Grade) -> Event:
    first = past.known[entries[0]]
    parties = [Party(entry=entry, name=past.known[entry].name) for entry in entries]
    one = len(parties) == 1
    headline = f"{listed(parties)} {'is' if one else 'are'} no longer listed on {diff.board.title}"
    if not one:
        headline = f"{len(parties)} entries left {diff.board.title} at once, among them {listed(parties)}"
    return make(
        diff,
        rule=RULE,
        grade=grade,
        weight=35 if one else 45,
        is_news=True,
        subjects=parties,
        headline=f"{headline}.",
        facts={
            "confirmed_at": diff.after.observed_at.isoformat(),
            "last_values": {str(entry): past.known[entry].primary for entry in entries},
        },
        evidence=[*(_last(past.known[entry], entry) for entry in entries[:20]), *_absent(diff, entries)],
        after=first.last_seen,
        until=first.missing_since,
    )


def _last(known: EntryRecord, entry: EntryId) -> Evidence:
    assert known.last_seen is not None
    return Evidence(sha256=known.last_in, url=known.last_url, observed_at=known.last_seen, entry=entry, raw=known.name)


def _absent(diff: Diff, entries: list[EntryId]) -> list[Evidence]:
    after = diff.after
    return [Evidence(sha256=sha256, url=after.url, observed_at=after.observed_at, entry=entries[0]) for sha256 in after.sha256]


KIND = EventKind(rule=RULE, grades=tuple(Grade), news=frozenset(Grade), detect=detect, explains={What.DEPARTURE: 10})
