"""Resolves entries to models, by the grammar of names and the lexicon; the answer may be "unsure", never a guess.

Within a board an entry is identified by its publisher's key, whatever its name resolves to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from types import MappingProxyType

from tracker.identity.nearest import nearest
from tracker.identity.questions import OpenQuestion, question
from tracker.identity.resolve import line_name, resolve
from tracker.model import BoardId, Entry, Identity, PublishedEntry, Reading, Sha256, Snapshot, StoredSnapshot
from tracker.model.names import Lexicon

__all__ = ["OpenQuestion", "as_model", "identify", "line_name", "nearest", "question", "resolve", "resolve_models"]

_ONLY_READ = ("left_out", "unread", "places", "unended")


def identify(reading: Reading, *, observed_at: datetime, url: str, sha256: tuple[Sha256, ...], lexicon: Lexicon) -> Snapshot:
    """A reading with its models resolved, and with the time and the source of its bytes; without the rows that it left out."""
    content = {field.name: getattr(reading, field.name) for field in fields(reading) if field.name not in _ONLY_READ}
    content["entries"] = {entry.id: as_model(entry, reading.board, lexicon) for entry in reading.entries}
    return Snapshot(**content, observed_at=observed_at, url=url, sha256=sha256, names=lexicon.version)


def resolve_models(
    stored: StoredSnapshot, lexicon: Lexicon, known: Mapping[tuple[str, str], Identity] = MappingProxyType({})
) -> Snapshot:
    """A snapshot from a store with its models resolved; `known` are those of `Store.identities` for this lexicon."""
    content = {field.name: getattr(stored, field.name) for field in fields(StoredSnapshot) if field.init}
    content["entries"] = {key: as_model(entry, stored.board, lexicon, known) for key, entry in stored.entries.items()}
    return Snapshot(**content, names=lexicon.version)


def as_model(
    entry: PublishedEntry, board: BoardId, lexicon: Lexicon, known: Mapping[tuple[str, str], Identity] = MappingProxyType({})
) -> Entry:
    """The entry of a board with its model resolved, unless it is `known`."""
    maker = entry.attributes.get("creator")
    who = known.get((entry.name, maker or "")) or resolve(entry.name, maker, board, lexicon=lexicon)
    return Entry(
        id=entry.id,
        name=entry.name,
        position=entry.position,
        rank=entry.rank,
        page=entry.page,
        attributes=entry.attributes,
        measures=entry.measures,
        source=entry.source,
        who=who,
    )
