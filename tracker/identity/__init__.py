"""Step 7, resolve: which model an entry is, by the grammar of names and the lexicon; unsure is an answer, a guess is not.

Within a board an entry is its publisher's own key, whatever its name is resolved to.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from tracker.identity.nearest import nearest
from tracker.identity.resolve import line_name, resolve
from tracker.model import Entry, Reading, Sha256, Snapshot
from tracker.model.names import Lexicon

__all__ = ["identify", "label", "line_name", "nearest", "resolve"]


def identify(reading: Reading, *, observed_at: datetime, url: str, sha256: tuple[Sha256, ...], lexicon: Lexicon) -> Snapshot:
    """A reading with its models resolved, and where and when its bytes came from."""
    return Snapshot(
        board=reading.board,
        observed_at=observed_at,
        url=url,
        sha256=sha256,
        entries={entry.id: _labelled(entry, reading.board, lexicon) for entry in reading.entries},
        depth=reading.depth,
        ambiguous=reading.ambiguous,
        unnamed=reading.unnamed,
        metrics=reading.metrics,
        version=reading.version,
        stated_on=reading.stated_on,
    )


def label(snapshot: Snapshot, lexicon: Lexicon) -> Snapshot:
    """A snapshot from a store, its entries resolved (again)."""
    return replace(snapshot, entries={key: _labelled(entry, snapshot.board, lexicon) for key, entry in snapshot.entries.items()})


def _labelled(entry: Entry, source: str, lexicon: Lexicon) -> Entry:
    who = resolve(entry.name, entry.attributes.get("creator"), source, lexicon=lexicon)
    return Entry(
        id=entry.id,
        name=entry.name,
        position=entry.position,
        rank=entry.rank,
        page=entry.page,
        attributes=entry.attributes,
        measures=entry.measures,
        who=who,
    )
