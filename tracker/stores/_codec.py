"""How the history is written into the columns of the SQLite file and read back. A time is stored as whole seconds since 1970."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from tracker.model import Board, BoardState, Check, EntryId, Event, EventFilter, Evidence, Measure, MetricId, ModelId, Party

CHECK_COLUMNS = "board, observed_at, result, status, entries, url, sha256, message"
EVENT_COLUMNS = "event, board, recorded_at, kind, grade, weight, is_news, metric, after, until, headline, rule, body"
_EVENT_FIELDS = EVENT_COLUMNS.removeprefix("event, ").removesuffix(", body")
Record = TypeVar("Record")

decode_strings = msgspec.json.Decoder(list[str]).decode
_numbers = msgspec.json.Decoder(tuple[float | tuple[float, ...], ...]).decode
decode_board = msgspec.json.Decoder(Board).decode
decode_past = msgspec.json.Decoder(BoardState).decode
"""The state without its `known`."""


class _Body(msgspec.Struct):
    """The fields of an event that have no column of their own. A page is (sha256, url, time); evidence refers to it by number."""

    subjects: list[tuple[EntryId, str, ModelId]]
    rivals: list[tuple[EntryId, str, ModelId]]
    facts: dict[str, object]
    pages: list[tuple[str, str, int]]
    evidence: list[tuple[int, EntryId | None, MetricId | None, str | None]]


_body = msgspec.json.Decoder(_Body)


def encode_unnamed(values: tuple[float, ...], estimates: tuple[float, ...]) -> str:
    """The values of rows that name no entry, and, as a list at the end, those that are estimates, if any."""
    return msgspec.json.encode((*values, estimates) if estimates else values).decode()


def decode_unnamed(text: str) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """All values of rows that name no entry, and those that are estimates."""
    numbers = _numbers(text)
    values = tuple(number for number in numbers if isinstance(number, float))
    return values, next((number for number in numbers if isinstance(number, tuple)), ())


def encode_list(values: Sequence[str]) -> str:
    """A JSON list."""
    return msgspec.json.encode(values).decode()


def encode_past(past: BoardState) -> str:
    """A state without its `known`, which has its own table. Sets are sorted, so that equal states are equal texts."""
    return msgspec.json.encode(replace(past, known={}), order="deterministic").decode()


def encode_board(board: Board) -> str:
    """A declaration; it contains secrets by name only."""
    return msgspec.json.encode(board, order="deterministic", enc_hook=dict).decode()


def seconds(at: datetime) -> int:
    """The time as it is stored."""
    return int(at.timestamp())


def seconds_or_none(at: datetime | None) -> int | None:
    """The time as it is stored, if there is one."""
    return None if at is None else seconds(at)


def time_of(stored: int) -> datetime:
    """The stored time, in UTC."""
    return datetime.fromtimestamp(stored, UTC)


def time_or_none(stored: int | None) -> datetime | None:
    """The stored time, if there is one."""
    return None if stored is None else time_of(stored)


def row_of(whole: object, columns: str) -> tuple[object, ...]:
    """The fields of a record in these columns, each named as its field."""
    return tuple(_stored(getattr(whole, column)) for column in columns.split(", "))


def _stored(value: object) -> object:
    if isinstance(value, datetime):
        return seconds(value)
    return " ".join(value) if isinstance(value, tuple) else value


def record(kind: type[Record], columns: str, row: Sequence[object], **fields: object) -> Record:
    """The record of a row with these columns, each named as its field; `fields` replace some of them. Raises ValueError."""
    return msgspec.convert(dict(zip(columns.split(", "), row, strict=True)) | fields, kind, strict=False)


def measure_row(series: int, entry: int, at: int, measure: Measure) -> tuple[object, ...]:
    """A row of `measures`; the raw text is stored only if it differs from the formatted number."""
    raw = None if measure.raw == f"{measure.value:.{measure.decimals}f}" else measure.raw
    return series, entry, at, measure.value, measure.low, measure.high, 1 if measure.estimated else None, measure.decimals, raw


def measure_of(  # noqa: PLR0917  # the columns of a row
    value: float, low: float | None, high: float | None, estimated: int | None, decimals: int, raw: str | None
) -> Measure:
    """The measure of a row."""
    return Measure(
        value=value,
        low=low,
        high=high,
        estimated=bool(estimated),
        decimals=decimals,
        raw=f"{value:.{decimals}f}" if raw is None else raw,
    )


def check_of(row: Sequence[Any]) -> Check:
    """The check of a row of `checks`. Raises ValueError for an unknown result."""
    return record(Check, CHECK_COLUMNS, row, sha256=row[6].split())


def event_row(event: Event, place: int) -> tuple[object, ...]:
    """The columns `EVENT_COLUMNS`, and the event's place among those of its step."""
    pages: dict[tuple[str, str, int], int] = {}
    evidence = [
        (pages.setdefault((part.sha256, part.url, seconds(part.observed_at)), len(pages)), part.entry, part.metric, part.raw)
        for part in event.evidence
    ]
    body = _Body(
        subjects=[(party.entry, party.name, party.model) for party in event.subjects],
        rivals=[(party.entry, party.name, party.model) for party in event.rivals],
        facts=dict(event.facts),
        pages=list(pages),
        evidence=evidence,
    )
    return (*row_of(event, f"id, {_EVENT_FIELDS}"), msgspec.json.encode(body).decode(), place)


def event_from_row(row: Sequence[Any]) -> Event:
    """The event of a row with the columns `EVENT_COLUMNS`."""
    body = _body.decode(row[-1])
    evidence = tuple(
        Evidence(sha256=sha256, url=url, observed_at=time_of(at), entry=entry, metric=metric, raw=raw)
        for page, entry, metric, raw in body.evidence
        for sha256, url, at in [body.pages[page]]
    )
    subjects, rivals = _parties(body.subjects), _parties(body.rivals)
    fields = {"id": row[0], "subjects": subjects, "rivals": rivals, "facts": body.facts, "evidence": evidence}
    return record(Event, _EVENT_FIELDS, row[1:-1], **fields)


def where(wanted: EventFilter) -> tuple[str, list[object]]:
    """A filter as an SQL condition and its values."""
    parts: list[tuple[str, list[object]]] = [("1", [])]
    if wanted.board is not None:  # of an entry, its own events are read, not all of the board
        parts.append(("board = ?" if wanted.fact or wanted.entry is None else "+board = ?", [wanted.board]))
    for column, allowed in (("kind", wanted.kinds), ("grade", wanted.grades)):
        if allowed:
            parts.append((f"{column} IN ({', '.join('?' * len(allowed))})", list(allowed)))
    for comparison, at in ((">=", wanted.since), ("<", wanted.until)):
        if at is not None:
            parts.append((f"recorded_at {comparison} ?", [at.timestamp()]))
    if wanted.is_news is not None:
        parts.append(("is_news = ?", [int(wanted.is_news)]))
    if wanted.entry is not None:
        of_entry = "SELECT event FROM _parties JOIN _entries USING (board, entry) WHERE key = ?"
        of_board, board = ("", []) if wanted.board is None else (" AND board = ?", [wanted.board])
        parts.append((f"event IN ({of_entry}{of_board})", [wanted.entry, *board]))
    if wanted.fact:  # few bodies contain the word, and only those are parsed; of a fact with an index, only those are read
        word = wanted.fact.replace("'", "''")
        parts.append((f"instr(body, '\"{word}\":') AND json_type(body, ?) IS NOT NULL", [f"$.facts.{wanted.fact}"]))
    return " AND ".join(text for text, _ in parts), [value for _, values in parts for value in values]


def _parties(rows: list[tuple[EntryId, str, ModelId]]) -> tuple[Party, ...]:
    return tuple(Party(entry=entry, name=name, model=model) for entry, name, model in rows)
