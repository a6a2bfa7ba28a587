"""Step 7, resolve: which model an entry is, by the grammar of names and the lexicon; unsure is an answer, a guess is not.

Within a board an entry is its publisher's own key, whatever its name is resolved to.
"""

from __future__ import annotations

from datetime import datetime

from tracker.identity.nearest import nearest
from tracker.identity.resolve import line_name, resolve
from tracker.model import Entry, PublishedEntry, Reading, Sha256, Snapshot, StoredSnapshot
from tracker.model.names import Lexicon

__all__ = ["identify", "line_name", "nearest", "resolve", "resolve_models"]


def identify(reading: Reading, *, observed_at: datetime, url: str, sha256: tuple[Sha256, ...], lexicon: Lexicon) -> Snapshot:
    """A reading with its models resolved, and where and when its bytes came from."""
    return Snapshot(
        board=reading.board,
        observed_at=observed_at,
        url=url,
        sha256=sha256,
        entries={entry.id: _resolved(entry, reading.board, lexicon) for entry in reading.entries},
        depth=reading.depth,
        ambiguous=reading.ambiguous,
        unnamed=reading.unnamed,
        metrics=reading.metrics,
        version=reading.version,
        stated_on=reading.stated_on,
    )


def resolve_models(stored: StoredSnapshot, lexicon: Lexicon) -> Snapshot:
    """A snapshot from a store with its models resolved."""
    return Snapshot(
        board=stored.board,
        observed_at=stored.observed_at,
        url=stored.url,
        sha256=stored.sha256,
        entries={key: _resolved(entry, stored.board, lexicon) for key, entry in stored.entries.items()},
        depth=stored.depth,
        ambiguous=stored.ambiguous,
        unnamed=stored.unnamed,
        metrics=stored.metrics,
        version=stored.version,
        stated_on=stored.stated_on,
    )


def _resolved(entry: PublishedEntry, source: str, lexicon: Lexicon) -> Entry:
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
