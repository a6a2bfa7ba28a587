"""What an export holds: boards with their values over time, and what travels with them. A store is read row by row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from importlib.metadata import version
from typing import NamedTuple

from tracker.identity import resolve
from tracker.model import Board, BoardId, EntryId, Identity, Metric
from tracker.model.names import Lexicon
from tracker.ports import Archive, Store
from tracker.query.filters import EVERYTHING, EntryKey, Filters, metrics_of
from tracker.wording import machine_time

_NEVER = datetime.max.replace(tzinfo=UTC)


class ExportedValue(NamedTuple):
    """A period [valid_from, valid_to) with one published value of an entry's metric, as all tables write it: see `FIELDS`."""

    source: str
    board: str
    entry: str
    name: str
    model: str
    lab: str
    metric: str
    unit: str
    higher_is_better: bool | None
    valid_from: datetime
    valid_to: datetime | None
    value: float
    low: float | None
    high: float | None
    estimated: bool
    raw: str
    attribution: str


class FieldOfTable(NamedTuple):
    """A column: `type` is a word that CSVW, Data Package and `pyarrow` have an equal of."""

    name: str
    type: str
    about: str


FIELDS = (
    FieldOfTable("source", "string", "First half of the board's id"),
    FieldOfTable("board", "string", "Id of the board, <source>/<board>"),
    FieldOfTable("entry", "string", "The publisher's key of the entry"),
    FieldOfTable("name", "string", "Name of the entry, as last published"),
    FieldOfTable("model", "string", "Model that the name means, by the names of this version; empty if unsure"),
    FieldOfTable("lab", "string", "Who made the model; empty if unknown"),
    FieldOfTable("metric", "string", "Id of the metric"),
    FieldOfTable("unit", "string", "Unit of value, low and high; empty if none is declared"),
    FieldOfTable("higher_is_better", "boolean", "Direction of the metric; empty if it has none"),
    FieldOfTable("valid_from", "datetime", "First observation with this value, UTC"),
    FieldOfTable(
        "valid_to", "datetime", "First observation with another value or without the entry, UTC; empty if there is none"
    ),
    FieldOfTable("value", "number", "The value"),
    FieldOfTable("low", "number", "Lower bound at 95 %, if published"),
    FieldOfTable("high", "number", "Upper bound at 95 %, if published"),
    FieldOfTable("estimated", "boolean", "Whether the publisher calls it an estimate"),
    FieldOfTable("raw", "string", "The value as published"),
    FieldOfTable("attribution", "string", "Credit line to print wherever the content is shown"),
)
"""The columns of every table, in their order."""
EMPTY = frozenset(("model", "lab", "unit", "higher_is_better", "valid_to", "low", "high", "raw", "attribution"))
"""The columns that may be empty."""


@dataclass(frozen=True, kw_only=True)
class Contents:
    """The boards to export, by id, and the conditions on metrics and times; `entries` fulfil those on models (None: all).

    A period that only overlaps the window is exported whole. `archive` is for exports of captures.
    """

    boards: tuple[Board, ...]
    store: Store
    archive: Archive
    lexicon: Lexicon
    only: Filters = EVERYTHING
    entries: frozenset[EntryKey] | None = None

    @property
    def names(self) -> str:
        """The version of the names of models: a hash of all that decides what a name means."""
        return self.lexicon.version

    def with_readings(self) -> tuple[Contents, tuple[Board, ...]]:
        """The same without the boards of which no reading was accepted, and these: only their captures can be exported."""
        empty = tuple(board for board in self.boards if self.store.latest(board.id) is None)
        return replace(self, boards=tuple(board for board in self.boards if board not in empty)), empty

    @cached_property
    def as_of(self) -> str:
        """The time of the newest observation of all boards; "" without any."""
        return max((self.as_of_board(board.id) for board in self.boards), default="")

    def as_of_board(self, board: BoardId) -> str:
        """The time of the board's newest observation, as text; "" without any."""
        last = self.store.last_check(board)
        return "" if last is None else machine_time(last.observed_at)

    def metrics_of(self, board: Board) -> list[Metric]:
        """The board's metrics that are exported, by id."""
        chosen = metrics_of(board, self.only) if self.only.metrics or self.only.topics else board.metrics
        return sorted(chosen, key=lambda metric: metric.id)

    def has(self, at: datetime) -> bool:
        """Whether an observation is in the window."""
        begins = self.only.since is None or at >= self.only.since
        return begins and (self.only.until is None or at < self.only.until) and (self.only.at is None or at <= self.only.at)

    def overlaps(self, valid_from: datetime, valid_to: datetime | None) -> bool:
        """Whether a period overlaps the window, and includes the time that is asked for, if one is."""
        only, ends = self.only, valid_to or _NEVER
        in_window = (only.until is None or valid_from < only.until) and (only.since is None or ends > only.since)
        return in_window and (only.at is None or valid_from <= only.at < ends)

    def includes(self, board: BoardId, entry: EntryId) -> bool:
        """Whether an entry fulfils the conditions on models."""
        return self.entries is None or (board, entry) in self.entries

    def metadata(self) -> dict[str, object]:
        """What travels with every export: attribution, terms, as-of time and the version of the names, for programs."""
        return {
            "generator": f"leaderboard-tracker {version('leaderboard-tracker')}",
            "as_of": self.as_of,
            "names_version": self.names,
            "boards": [self._credit(board) for board in self.boards],
        }

    def _credit(self, board: Board) -> dict[str, object]:
        return {
            "board": board.id,
            "title": board.title,
            "page": board.page,
            "attribution": board.attribution,
            "terms": board.terms,
            "redistribution": board.redistribution,
            "as_of": self.as_of_board(board.id),
            "metrics": {
                metric.id: {
                    "title": metric.title,
                    "unit": metric.unit,
                    "topic": metric.topic,
                    "nature": metric.nature,
                    "higher_is_better": metric.higher_is_better,
                    "primary": metric.primary,
                }
                for metric in self.metrics_of(board)
            },
        }

    def values(self, boards: Sequence[Board] | None = None) -> Iterator[ExportedValue]:
        """Every value of some boards, or all, by board, metric, entry and time; one at a time, whatever the store's size."""
        for board in self.boards if boards is None else boards:
            known = self.identities(board.id)
            for metric in self.metrics_of(board):
                for entry, who in known.items():
                    yield from self._values(board, metric, entry, who)

    def identities(self, board: BoardId) -> Mapping[EntryId, Identity]:
        """What the last name of each entry that the board ever listed means, by key."""
        latest = self.store.latest(board)
        listed = {} if latest is None else latest.entries
        known = {key: known for key, known in self.store.past(board).known.items() if self.includes(board, key)}
        creators = {entry: listed[entry].attributes.get("creator") for entry in known if entry in listed}
        return {entry: resolve(known[entry].name, creators.get(entry), board, lexicon=self.lexicon) for entry in sorted(known)}

    def _values(self, board: Board, metric: Metric, entry: EntryId, who: Identity) -> Iterator[ExportedValue]:
        for span in self.store.spans(board.id, entry, metric.id):
            if self.overlaps(span.valid_from, span.valid_to):
                measure = span.measure
                yield ExportedValue(
                    source=board.id.partition("/")[0],
                    board=board.id,
                    entry=entry,
                    name=who.name,
                    model=who.model or "",
                    lab=who.lab,
                    metric=metric.id,
                    unit=metric.unit,
                    higher_is_better=metric.higher_is_better,
                    valid_from=span.valid_from,
                    valid_to=span.valid_to,
                    value=measure.value,
                    low=measure.low,
                    high=measure.high,
                    estimated=measure.estimated,
                    raw=measure.raw,
                    attribution=board.attribution,
                )
