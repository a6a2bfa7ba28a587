"""Entries through time, by name."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from tracker.errors import DeclarationError
from tracker.model import BoardId, EntryId, Event, EventFilter, Known, MetricId, Past, RankSpan, Span
from tracker.ports import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One entry through time on one board: its names, when it was listed, its values per metric and its ranks."""

    board: BoardId
    entry: EntryId
    known: Known
    values: dict[MetricId, Sequence[Span]]
    ranks: Sequence[RankSpan]
    events: Sequence[Event]


def history(name: str, store: Store, *, board: BoardId | None = None) -> tuple[Course, ...]:
    """Everything about the entries whose key or any name is `name` (case and width ignored); else those whose name contains it.

    Raises:
        DeclarationError: nothing bears that name.
    """
    boards = store.boards() if board is None else (board,)
    pasts = {one: store.past(one) for one in boards}
    found = _find(pasts, name, whole=True) or _find(pasts, name, whole=False)
    if not found:
        raise DeclarationError(
            f'"{name}": no entry bears that name; expected one that a board lists or listed (tracker standings BOARD)'
        )
    return tuple(_course(one, entry, pasts[one].known[entry], store) for one, entry in found)


def _find(pasts: dict[BoardId, Past], name: str, *, whole: bool) -> list[tuple[BoardId, EntryId]]:
    wanted = _folded(name)
    return [
        (board, entry)
        for board, past in sorted(pasts.items())
        for entry, known in sorted(past.known.items())
        if any(wanted == one if whole else wanted in one for one in map(_folded, (entry, *known.names)))
    ]


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _course(board: BoardId, entry: EntryId, known: Known, store: Store) -> Course:
    declared = store.declared(board)
    metrics = [metric.id for metric in declared.metrics] if declared else []
    values = {metric: spans for metric in metrics if (spans := store.spans(board, entry, metric))}
    events = tuple(store.events(EventFilter(board=board, entry=entry)))
    return Course(board=board, entry=entry, known=known, values=values, ranks=store.rank_spans(board, entry), events=events)
