"""Makes a `Board` from the tables of its file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import msgspec
from cronsim import CronSim, CronSimError

from tracker.cadence import covers_the_day, window
from tracker.model import CADENCES, Board, BoardId, Column, Group, Kind, Parse, PastSource, Payload, Window
from tracker.schedules.columns import (
    attributes_of,
    check_name,
    column_of,
    contract_of,
    key_of,
    metrics_of,
    missing_of,
    optional_column,
)
from tracker.schedules.requests import LIMITS, check_address, further_request, own_request
from tracker.schedules.shapes import REST, BackfillTable, BoardFile, DefaultsFile, Formats, GroupTable, PayloadTable, RequestTable
from tracker.schedules.tables import shaped, shaped_table
from tracker.toml import Wrong, dotted, in_toml_words, quoted, span_s, texts, time_zone, understood, unknown_value

_LONGEST_JITTER_S = 86_400.0


def board_from(tables: dict[str, Any], board: BoardId, formats: Formats) -> Board:
    """The board that the tables of its file declare. Raises Wrong."""
    normal = shaped(tables, BoardFile, "")
    parse = parse_of(normal["parse"], formats, "parse")
    file = msgspec.convert(normal, BoardFile)  # cannot fail: `shaped` has checked every value
    check_times(file)
    check_address(file.page, "page")
    metrics = metrics_of(file.metrics)
    key = key_of(file.columns.key)
    payloads = payloads_of(file, normal, formats, len(key))
    board_of_file = Board(
        id=board,
        title=file.title,
        page=file.page,
        request=own_request(file.request),
        parse=parse,
        key=key,
        name=column_of(file.columns.name, Kind.TEXT),
        rank=optional_column(file.columns.rank, Kind.NUMBER),
        attributes=attributes_of(file.columns.attributes),
        metrics=metrics,
        contract=contract_of(file.contract, metrics),
        cadence=file.cadence,
        time_zone=file.time_zone,
        jitter_s=_jitter(file.jitter),
        quiet=_quiet(file.quiet),
        attribution=file.attribution,
        terms=file.terms,
        redistribution=file.redistribution,
        enabled=file.enabled,
        payloads=payloads,
        backfill=_past(file.backfill),
    )
    return _with_missing(board_of_file, missing_of(file.missing)) if file.missing else board_of_file


def _past(table: BackfillTable | None) -> tuple[PastSource, ...]:
    """The sources of the board's past, those with the most exact times first."""
    if table is None:
        return ()
    sources: list[PastSource] = []
    if (git := table.git) is not None:
        by_commit = git.dates == "commit"
        sources.append(PastSource(kind="git", place=git.repository, path=git.path, every=git.every or "", by_commit=by_commit))
    if (hub := table.hf) is not None:
        sources.append(PastSource(kind="hf", place=hub.dataset, path=hub.path, every=hub.every or ""))
    if (page := table.wayback) is not None:
        sources.append(PastSource(kind="wayback", place=page.url, every=page.every or ""))
    return tuple(sources)


def check_times(file: BoardFile | DefaultsFile) -> None:
    """Refuse an impossible cadence, time zone, jitter or quiet hours. Raises Wrong."""
    _check_cadence(file.cadence)
    understood("time_zone", file.time_zone, time_zone)
    _jitter(file.jitter)
    _quiet(file.quiet)


def _jitter(span: str) -> float:
    seconds = understood("jitter", span, span_s)
    if seconds > _LONGEST_JITTER_S:
        raise Wrong(f"jitter = {quoted(span)} is longer than a day; expected at most 24h")
    return seconds


def _quiet(spans: Sequence[str]) -> tuple[Window, ...]:
    windows = tuple(understood(f"quiet[{at}]", text, window) for at, text in enumerate(spans))
    if covers_the_day(windows):
        remedy = "leave some time, or set enabled = false in the board"
        raise Wrong(f"quiet = {quoted(', '.join(spans))} covers the whole day; {remedy}")
    return windows


def _check_cadence(cadence: str) -> None:
    cron = CADENCES.get(cadence, cadence)
    if cadence.startswith("@") and cadence not in CADENCES:
        raise Wrong(unknown_value("cadence", cadence, CADENCES))
    if len(cron.split()) != 5:
        raise Wrong(f"cadence = {quoted(cadence)} has {len(cron.split())} fields; expected minute hour day month weekday")
    try:
        next(CronSim(cron, datetime(2024, 1, 1)))  # noqa: DTZ001 - only checks whether the expression ever fires
    except CronSimError as error:
        raise Wrong(f"cadence = {quoted(cadence)} is not a cron expression: {error}") from error
    except StopIteration as error:
        raise Wrong(f"cadence = {quoted(cadence)} never fires; expected a date that exists") from error


def _with_missing(board: Board, missing: frozenset[str]) -> Board:
    """The board with its own values for unknown in every column."""

    def more(column: Column | None) -> Any:
        return None if column is None else replace(column, missing=column.missing | missing)

    columns = ("column", "low", "high", "plus_minus", "estimated", "measured_with")
    metrics = tuple(replace(metric, **{name: more(getattr(metric, name)) for name in columns}) for metric in board.metrics)
    attributes = MappingProxyType({name: more(column) for name, column in board.attributes.items()})
    return replace(board, rank=more(board.rank), attributes=attributes, metrics=metrics)


def parse_of(table: dict[str, Any], formats: Formats, place: str) -> Parse:
    """A `[parse]` table with the options of its format. Raises Wrong."""
    name, options = table["format"], table[REST]
    if name not in formats:
        raise Wrong(unknown_value(f"{place}.format", name, formats))
    normal = shaped_table(options, formats[name], place)
    try:
        msgspec.convert(normal, formats[name])
    except msgspec.ValidationError as error:
        raise Wrong(f"{place}: {in_toml_words(str(error))}") from error
    group = msgspec.convert(table["group"], GroupTable) if "group" in table else None
    return Parse(
        format=name,
        options=MappingProxyType(_plain(normal)),
        group=None if group is None else Group(key=texts(group.key), by=group.by, take=group.take),
    )


def payloads_of(file: BoardFile, normal: Mapping[str, Any], formats: Formats, key_parts: int) -> tuple[Payload, ...]:
    """The `[payloads]`; each needs as many key columns as the board. Raises Wrong."""
    payloads = []
    for name, table in file.payloads.items():
        place = dotted("payloads", name)
        check_name(name, place)
        parse = parse_of(normal["payloads"][name]["parse"], formats, f"{place}.parse")
        payloads.append(_payload(name, place, table, parse, file.request, key_parts))
    return tuple(payloads)


def _payload(  # noqa: PLR0917  # the parts of one payload
    name: str, place: str, table: PayloadTable, parse: Parse, board: RequestTable, key_parts: int
) -> Payload:
    key = () if table.key is None else key_of(table.key)
    if table.means and key:
        raise Wrong(f"{place}.key has no meaning beside means; remove it")
    if not table.means and len(key) != key_parts:
        raise Wrong(f"{place}.key has {len(key)} columns; expected {key_parts}, as columns.key has")
    request = further_request(table.request, f"{place}.request", newest=board.newest)
    limits = {name: getattr(board, name) for name in LIMITS}
    request = replace(request, **limits)
    return Payload(
        name=name, request=request, parse=parse, key=key, means=table.means, required=table.required, begins=table.begins
    )


def _plain(value: Any) -> Any:
    """Exact decimals converted to ordinary numbers, as parsers need."""
    if isinstance(value, dict):
        return {key: _plain(value) for key, value in value.items()}
    if isinstance(value, list):
        return [_plain(value) for value in value]
    return float(value) if isinstance(value, Decimal) else value
