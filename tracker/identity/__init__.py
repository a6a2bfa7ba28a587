"""Step 7, resolve: which model an entry is. Within a board that is the publisher's own key; nothing is guessed."""

from __future__ import annotations

from datetime import datetime

from tracker.model import Entry, ModelId, Reading, Sha256, Snapshot

__all__ = ["resolve"]


def resolve(reading: Reading, *, observed_at: datetime, url: str, sha256: tuple[Sha256, ...]) -> Snapshot:
    """A reading with its models resolved, and where and when its bytes came from."""
    return Snapshot(
        board=reading.board,
        observed_at=observed_at,
        url=url,
        sha256=sha256,
        entries={entry.id: _resolved(entry) for entry in reading.entries},
        depth=reading.depth,
        ambiguous=reading.ambiguous,
        unnamed=reading.unnamed,
        metrics=reading.metrics,
        version=reading.version,
        stated_on=reading.stated_on,
    )


def _resolved(entry: Entry) -> Entry:
    return Entry(
        id=entry.id,
        name=entry.name,
        position=entry.position,
        rank=entry.rank,
        page=entry.page,
        attributes=entry.attributes,
        measures=entry.measures,
        model=ModelId(entry.id),
    )
