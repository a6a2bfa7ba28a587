"""A model left a board: it should have been visible in two accepted snapshots, and was not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from tracker.events._predecessor import model_of
from tracker.events.kind import Detection, EventKind, Folding, What
from tracker.events.making import make
from tracker.model import BoardState, Comparability, Diff, Entry, EntryId, Event, Evidence, Party, name_tokens
from tracker.order import would_be_shown
from tracker.wording import listed

RULE = "departure/2"
Grade = StrEnum("Grade", "CONFIRMED MASS")
LEAST_APART = timedelta(hours=24)
"""A page that is broken for an afternoon must not make models leave it."""
PASSING = timedelta(hours=1)
"""An entry that the next reading, this soon, did not show any more was never listed for the news."""
MASS = 10
MASS_SHARE = 0.03
"""From this number of departures at once, and this share of the board, they are one decision of the publisher, and one event."""


def detect(diff: Diff, past: BoardState) -> Detection:
    """Departures that this snapshot confirms. An entry that returns before its departure is confirmed never left.

    The departure of an entry that was only seen in passing is not news, nor that of a row without a value, or whose model the
    page still listed when it left: remembers these rows.
    """
    replaced = _replaced(diff, past)
    events: list[Event] = []
    by_absence: defaultdict[object, list[EntryId]] = defaultdict(list)
    for entry in confirmed(diff, past):
        by_absence[past.known[entry].last_seen, past.known[entry].missing_since].append(entry)
    for entries in by_absence.values():
        if len(entries) >= MASS and len(entries) >= MASS_SHARE * len(diff.after.entries):
            events.append(_event(diff, past, entries, Grade.MASS))
        else:
            first = {past.known[entry].name: entry for entry in reversed(entries)}
            quiet = {*replaced, *(set(entries) - {*first.values()})}  # of several rows of one name, one is news
            events += (_event(diff, past, [entry], Grade.CONFIRMED, replaced=quiet) for entry in entries)
    return Detection(events=events, memory={"rows": replaced} if replaced else {})


def _replaced(diff: Diff, past: BoardState) -> list[EntryId]:
    """Rows that are not shown, and that had no value, or whose model had another row on the first page without them."""
    kept = (EntryId(entry) for entry in (past.memory.get("departure") or {}).get("rows", ()))
    rows = {entry for entry in kept if entry in past.known and not past.known[entry].departed}
    if diff.before is not None:
        rows |= may_be_listed(
            [diff.before.entries[entry] for entry in (*diff.missing, *diff.hidden)], diff.after.entries.values()
        )
        rows |= {entry for entry in diff.missing if diff.board.primary and not diff.before.entries[entry].measures}
    return sorted(rows - diff.after.entries.keys())


def may_be_listed(rows: Collection[Entry], others: Iterable[Entry]) -> set[EntryId]:
    """The rows that `may_be_one` with any of the others."""
    if not rows:
        return set()
    others = list(others)
    models, names = set(map(_bare_model, others)), {name_tokens(other.name) for other in others}
    beginnings = {name[:words] for name in names for words in range(1, len(name) + 1)}
    found = {row.id for row in rows if _bare_model(row) in models}
    for row in rows:
        name = name_tokens(row.name)
        is_longer = any(name[:words] in names for words in range(1, len(name) + 1))
        if row.who.model is None and (is_longer or name in beginnings):
            found.add(row.id)
    return found


def _bare_model(row: Entry) -> object:
    return model_of(replace(row, who=replace(row.who, harness="")) if row.who.harness else row)


def may_be_one(row: Entry, other: Entry) -> bool:
    """Whether two rows are of one model; of an unsure one, whether they state the same or one name adds words to the other."""
    own, others = _bare_model(row), _bare_model(other)
    if row.who.model is not None or own == others:
        return own == others
    shorter, longer = sorted((name_tokens(row.name), name_tokens(other.name)), key=len)
    return bool(shorter) and longer[: len(shorter)] == shorter


def confirmed(diff: Diff, past: BoardState) -> list[EntryId]:
    """Entries that are missing for the second time although they should be visible."""
    if diff.before is None:
        return []
    here = {*diff.after.entries, *diff.returned.values(), *diff.relisted.values()}
    return sorted(
        entry
        for entry, known in past.known.items()
        if known.missing_since is not None
        and not known.departed
        and entry not in here
        and diff.after.observed_at - known.missing_since >= LEAST_APART
        and must_show(diff, past, entry)
    )


def awaits_confirmation(past: BoardState, at: datetime) -> bool:
    """Whether an entry has been missing for so long that a second look, at that time, confirms its departure."""
    return any(
        known.missing_since is not None and not known.departed and at - known.missing_since >= LEAST_APART
        for known in past.known.values()
    )


def confirm(diff: Diff, past: BoardState) -> tuple[tuple[Event, ...], BoardState]:
    """The departures that a second look at the same page confirms, and the state after them."""
    known = {entry: replace(past.known[entry], departed=True) for entry in confirmed(diff, past)}
    return tuple(detect(diff, past).events), replace(past, known={**past.known, **known})


def is_gone(diff: Diff, past: BoardState, entry: EntryId) -> bool:
    """Whether its departure was reported, or is reported now."""
    return entry in past.known and (past.known[entry].departed or entry in confirmed(diff, past))


def must_show(diff: Diff, past: BoardState, entry: EntryId) -> bool:
    """Whether an entry that had left the page before would have to be visible now, were it still listed."""
    if past.capped_at == len(diff.after.entries) or diff.restart:
        return False
    return would_be_shown(diff, entry, None if rescaled(diff) else past.known[entry].primary)


def rescaled(diff: Diff) -> bool:
    """Whether older values of the primary metric say nothing about a place on this page."""
    primary = diff.board.primary
    verdict = diff.metrics.get(primary.id) if primary else None
    return verdict is not None and verdict.verdict is Comparability.REBASED


def _event(diff: Diff, past: BoardState, entries: list[EntryId], grade: Grade, *, replaced: Collection[EntryId] = ()) -> Event:
    first, after, title = past.known[entries[0]], diff.after, diff.board.title
    parties = [Party(entry=entry, name=past.known[entry].name) for entry in entries]
    alone = len(parties) == 1
    passing = first.missing_since is not None and first.missing_since - first.first_seen <= PASSING
    return make(
        diff,
        rule=RULE,
        grade=grade,
        weight=5 if passing or entries[0] in replaced else 35 if alone else 45,
        is_news=not passing and entries[0] not in replaced,
        subjects=parties,
        headline=f"{parties[0].name} is no longer listed on {title}."
        if alone
        else f"{len(parties)} entries left {title} at once, among them {listed(parties)}.",
        facts={
            "confirmed_at": after.observed_at.isoformat(),
            "last_values": {str(entry): past.known[entry].primary for entry in entries},
        },
        evidence=[
            *(
                Evidence(sha256=known.last_in, url=known.last_url, observed_at=known.last_seen, entry=entry, raw=known.name)
                for entry in entries[:20]
                if (known := past.known[entry]).last_seen is not None
            ),
            *(Evidence(sha256=body, url=after.url, observed_at=after.observed_at, entry=entries[0]) for body in after.sha256),
        ],
        after=first.last_seen,
        until=first.missing_since,
    )


KIND = EventKind(
    RULE,
    tuple(Grade),
    detect,
    folding=Folding(crowd=("departure", "departures")),
    explains={What.DEPARTURE: 10},
    why_recorded=lambda _: "another row of its model was still listed, it had no value, or it was listed for less than an hour",
)
