"""The rows of `identities`: the model and the class of each entry, as a version of the names resolves its latest name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields

import msgspec

from tracker.model import Board, Diff, Entry, Identity
from tracker.traits import price_metric, traits

_FIELDS = tuple(field.name for field in fields(Identity))
WHO = ", ".join(_FIELDS)
"""The columns of an identity; `org` is the maker that the board states."""
COLUMNS = f"board, entry, version, org, {WHO}, size_total, size_active, open_weights, reasons, price"


def changed(diff: Diff) -> Iterator[Entry]:
    """The entries whose name, attributes or listed price are not those of their row."""
    before, price = diff.entries_before, price_metric(diff.board)
    for key, entry in diff.after.entries.items():
        was = before.get(key)
        same = was is not None and was.name == entry.name and was.attributes == entry.attributes
        if was is None or not same or (price is not None and was.measures.get(price.id) != entry.measures.get(price.id)):
            yield entry


def identity_row(board: Board, entry: Entry, ordinal: int, version: str) -> tuple[object, ...]:
    """The row of an entry, with the columns `COLUMNS`."""
    known = traits(entry, board)
    return (
        *(board.id, ordinal, version, entry.attributes.get("creator", "")),
        *(getattr(entry.who, name) for name in _FIELDS),
        *(known.size_total_b, known.size_active_b, known.open_weights, known.reasoning, known.price),
    )


def identity(columns: Sequence[object]) -> Identity:
    """The identity in the columns `WHO`. Raises ValueError."""
    return msgspec.convert(dict(zip(_FIELDS, columns, strict=True)), Identity, strict=False)
