"""How pasts and events are written into text columns and read back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec

from tracker.model import Board, BoardId, BoardState, EntryId, Event, EventFilter, EventId, Evidence, MetricId, ModelId, Party

EVENT_COLUMNS = "event, board, recorded_at, kind, grade, weight, is_news, metric, after, until, headline, rule, body"

_strings = msgspec.json.Decoder(list[str])
_numbers = msgspec.json.Decoder(tuple[float, ...])
_board = msgspec.json.Decoder(Board)
_past = msgspec.json.Decoder(BoardState)


class _Body(msgspec.Struct):
    """What of an event stands in no column of its own. A page is (sha256, url, seconds); evidence points to it by number."""

    subjects: list[tuple[str, str, str]]
    rivals: list[tuple[str, str, str]]
    facts: dict[str, object]
    pages: list[tuple[str, str, int]]
    evidence: list[tuple[int, str | None, str | None, str | None]]


_body = msgspec.json.Decoder(_Body)


def encode_strings(values: Collection[str]) -> str:
    """A sorted JSON list."""
    return msgspec.json.encode(sorted(values)).decode()


def decode_strings(text: str) -> list[str]:
    """The strings of a JSON list."""
    return _strings.decode(text)


def encode_numbers(values: tuple[float, ...]) -> str:
    """A JSON list."""
    return msgspec.json.encode(values).decode()


def decode_numbers(text: str) -> tuple[float, ...]:
    """The numbers of a JSON list."""
    return _numbers.decode(text)


def encode_past(past: BoardState) -> str:
    """A past without its `known`, which has a table of its own; sets sorted, so that equal pasts are equal texts."""
    return msgspec.json.encode(replace(past, known={}), order="deterministic").decode()


def decode_past(text: str) -> BoardState:
    """The past without its `known`."""
    return _past.decode(text)


def encode_board(board: Board) -> str:
    """A declaration; secrets are in it by name only."""
    return msgspec.json.encode(board, order="deterministic", enc_hook=_plain_mapping).decode()


def _plain_mapping(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} cannot stand in a declaration")


def decode_board(text: str) -> Board:
    """The declaration."""
    return _board.decode(text)


def event_row(event: Event, place: int) -> tuple[object, ...]:
    """The columns of `events`, in the order of the table."""
    pages: dict[tuple[str, str, int], int] = {}
    evidence = [
        (pages.setdefault((one.sha256, one.url, int(one.observed_at.timestamp())), len(pages)), one.entry, one.metric, one.raw)
        for one in event.evidence
    ]
    body = _Body(
        subjects=[(party.entry, party.name, party.model) for party in event.subjects],
        rivals=[(party.entry, party.name, party.model) for party in event.rivals],
        facts=dict(event.facts),
        pages=list(pages),
        evidence=list(evidence),
    )
    return (
        event.id,
        event.board,
        int(event.recorded_at.timestamp()),
        place,
        event.kind,
        event.grade,
        event.weight,
        int(event.is_news),
        event.metric,
        None if event.after is None else int(event.after.timestamp()),
        int(event.until.timestamp()),
        event.headline,
        event.rule,
        msgspec.json.encode(body).decode(),
    )


def event_from_row(row: tuple[Any, ...]) -> Event:
    """The event of a row with the columns EVENT_COLUMNS."""
    event, board, recorded_at, kind, grade, weight, is_news, metric, after, until, headline, rule, text = row
    body = _body.decode(text)
    return Event(
        id=EventId(event),
        kind=kind,
        grade=grade,
        weight=weight,
        is_news=bool(is_news),
        board=BoardId(board),
        metric=None if metric is None else MetricId(metric),
        subjects=_parties(body.subjects),
        rivals=_parties(body.rivals),
        after=None if after is None else _time(after),
        until=_time(until),
        headline=headline,
        facts=body.facts,
        evidence=tuple(_evidence(body.pages[page], entry, metric, raw) for page, entry, metric, raw in body.evidence),
        rule=rule,
        recorded_at=_time(recorded_at),
    )


def where(wanted: EventFilter) -> tuple[str, list[object]]:
    """The condition of a filter in SQL, with its values."""
    parts: list[tuple[str, list[object]]] = [("1", [])]
    if wanted.board is not None:
        parts.append(("board = ?", [wanted.board]))
    for column, allowed in (("kind", wanted.kinds), ("grade", wanted.grades)):
        if allowed:
            parts.append((f"{column} IN ({', '.join('?' * len(allowed))})", list(allowed)))
    for comparison, at in ((">=", wanted.since), ("<", wanted.until)):
        if at is not None:
            parts.append((f"recorded_at {comparison} ?", [at.timestamp()]))
    if wanted.is_news is not None:
        parts.append(("is_news = ?", [int(wanted.is_news)]))
    if wanted.entry is not None:
        of_entry = "SELECT event FROM parties JOIN entries USING (board, entry) WHERE key = ?"
        parts.append((f"event IN ({of_entry})", [wanted.entry]))
    if wanted.fact:  # few bodies have the word at all, and only those are parsed
        parts.append(("instr(body, ?) AND json_type(body, ?) IS NOT NULL", [wanted.fact, f"$.facts.{wanted.fact}"]))
    return " AND ".join(text for text, _ in parts), [value for _, values in parts for value in values]


def _parties(rows: list[tuple[str, str, str]]) -> tuple[Party, ...]:
    return tuple(Party(entry=EntryId(entry), name=name, model=ModelId(model)) for entry, name, model in rows)


def _evidence(page: tuple[str, str, int], entry: str | None, metric: str | None, raw: str | None) -> Evidence:
    sha256, url, seconds = page
    return Evidence(
        sha256=sha256,
        url=url,
        observed_at=_time(seconds),
        entry=None if entry is None else EntryId(entry),
        metric=None if metric is None else MetricId(metric),
        raw=raw,
    )


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
