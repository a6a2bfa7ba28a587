"""Reads `[columns]`, `[metrics]` and `[contract]`: the columns, what they measure, and when the values are credible."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from types import MappingProxyType

import msgspec

from tracker.model import TOPICS, Bounds, Column, Contract, Kind, Metric, MetricId, Nature
from tracker.schedules.shapes import REST, BoundTable, ColumnTable, ContractTable, MetricTable
from tracker.toml import Wrong, check_words, dotted, keys, meant, quoted, span_s, texts, understood, unknown_value

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")

KINDS: Mapping[str, Kind] = MappingProxyType(
    dict.fromkeys(("released", "expires"), Kind.DATE)
    | dict.fromkeys(("open_weights", "reasoning", "deprecated"), Kind.FLAG)
    | dict.fromkeys(("total_parameters", "active_parameters", "context", "max_output"), Kind.NUMBER)
)
"""Attributes whose name decides their kind; any other one is text."""
_NORMAL_95 = 1.96  # half-width of a 95 % interval in standard errors of a normal distribution


def missing_of(values: Iterable[str | float]) -> frozenset[str]:
    """Values that mean unknown, as texts."""
    return frozenset(str(value) for value in values)


def column_of(declared: str | Sequence[str] | ColumnTable | BoundTable, kind: Kind) -> Column:
    """A column in any of its three spellings."""
    if not isinstance(declared, ColumnTable | BoundTable):
        return Column(sources=texts(declared), kind=kind)
    kind = Kind(declared.kind) if declared.kind else kind
    return Column(sources=texts(declared.from_), missing=missing_of(declared.missing), kind=kind, part=declared.part)


def optional_column(declared: str | Sequence[str] | ColumnTable | BoundTable | None, kind: Kind) -> Column | None:
    """The column, or None if none is declared."""
    return None if declared is None else column_of(declared, kind)


def key_of(declared: str | ColumnTable | Sequence[str | list[str] | ColumnTable]) -> tuple[Column, ...]:
    """The parts of a key."""
    parts = [declared] if isinstance(declared, (str, ColumnTable)) else declared
    return tuple(column_of(part, Kind.TEXT) for part in parts)


def attributes_of(declared: Mapping[str, str | list[str] | ColumnTable]) -> Mapping[str, Column]:
    """The attributes, each of its declared kind, or of the kind of its name. Raises Wrong."""
    for name in declared:
        check_name(name, dotted("columns", name))
    return MappingProxyType({name: column_of(column, KINDS.get(name, Kind.TEXT)) for name, column in declared.items()})


def check_name(name: str, place: str) -> None:
    """Refuse a name that is not a plain id. Raises Wrong."""
    if not _NAME.fullmatch(name):
        raise Wrong(f"{place} is not a name; use a-z, 0-9 and '_', beginning with a letter, 64 at most")


def metrics_of(tables: Mapping[str, MetricTable]) -> tuple[Metric, ...]:
    """The metrics in order. Raises Wrong."""
    for at, (name, table) in enumerate(tables.items()):
        place = dotted("metrics", name)
        check_name(name, place)
        if name in keys(ContractTable):
            raise Wrong(f"{place} has the name of the key contract.{name}; choose another id")
        _check_origin(table, place, tuple(tables)[:at], tuple(tables)[at:])
        _check_interval(table, place)
        _check_error(table, place)
        check_words(f"{place}.topic", [table.topic] if table.topic else [], TOPICS)
        _check_direction(table, place)
    first, *others = [name for name, table in tables.items() if table.primary] or [""]
    if others:
        raise Wrong(f"metrics.{others[0]}.primary = true, but metrics.{first} is primary already; a board has one at most")
    return tuple(_metric(MetricId(name), table) for name, table in tables.items())


_ORIGINS = ("from", "mean_of", "blend_of")
_OF_A_COLUMN = (
    "missing",
    "part",
    "low",
    "high",
    "plus_minus",
    "half_width_factor",
    "standard_error",
    "estimated",
    "measured_with",
)


def _check_origin(table: MetricTable, place: str, earlier: Sequence[str], later: Sequence[str]) -> None:
    given = [key for key, value in zip(_ORIGINS, (table.from_, table.mean_of, table.blend_of), strict=True) if value]
    if not given:
        expected = "expected a column, or mean_of = [metrics] or blend_of = { metric = weight } instead"
        raise Wrong(f"{place}.from is missing; {expected}")
    if len(given) > 1:
        raise Wrong(f"{place} has both {given[0]} and {given[1]}; keep one")
    for key in (*_OF_A_COLUMN, "scale") if given != ["from"] else ():
        if getattr(table, key) != getattr(MetricTable(nature=table.nature), key):
            raise Wrong(f"{place}.{key} has no meaning beside {given[0]}; remove it")
    for at, part in enumerate(table.mean_of):
        _check_part(part, f"{place}.mean_of[{at}]", earlier, later)
        if part in table.mean_of[:at]:
            raise Wrong(f'{place}.mean_of[{at}] = "{part}" occurs twice; remove one')
    for part, weight in table.blend_of.items():
        _check_part(part, f"{place}.blend_of", earlier, later)
        if not weight.is_finite() or weight <= 0:
            raise Wrong(f"{place}.blend_of.{part} = {quoted(weight)}; expected a weight above 0")
    if not table.scale.is_finite() or table.scale <= 0:
        raise Wrong(f"{place}.scale = {quoted(table.scale)}; expected a number above 0")


def _check_part(part: str, place: str, earlier: Sequence[str], later: Sequence[str]) -> None:
    if part in later:
        raise Wrong(f'{place} = "{part}" is not declared above this metric; move [metrics.{part}] above it')
    if part not in earlier:
        raise Wrong(unknown_value(place, part, earlier))


def _check_interval(table: MetricTable, place: str) -> None:
    if (table.low is None) != (table.high is None):
        present, absent = ("low", "high") if table.high is None else ("high", "low")
        raise Wrong(f"{place}.{absent} is missing; {present} requires it")
    given = [key for key in ("low", "plus_minus", "standard_error") if getattr(table, key) is not None]
    if len(given) > 1:
        raise Wrong(f"{place} has both {given[0]} and {given[1]}; keep one way to state the interval")
    if table.estimated is not None and table.measured_with is not None:
        raise Wrong(f"{place} has both estimated and measured_with; keep the flag")
    if table.half_width_factor is not None and table.standard_error is not None:
        raise Wrong(f"{place}.half_width_factor is 1.96 with standard_error; remove it, or use plus_minus")


def _check_error(table: MetricTable, place: str) -> None:
    """Points are exact: an error of theirs would be ignored."""
    stated = [key for key in ("stated_error", "low", "plus_minus", "standard_error") if getattr(table, key) is not None]
    if stated and table.nature == "points":
        raise Wrong(f'{place}.{stated[0]} has no meaning with nature = "points", which are exact; remove it')


def _check_direction(table: MetricTable, place: str) -> None:
    if table.higher_is_better is not None:
        return
    if table.primary:
        raise Wrong(f"{place}.higher_is_better is missing; a primary metric ranks the board, so expected true or false")
    if table.nature != "count":
        raise Wrong(f'{place}.higher_is_better is missing; expected true or false, as its nature is "{table.nature}"')


def _metric(metric: MetricId, table: MetricTable) -> Metric:
    factor = _NORMAL_95 if table.standard_error is not None else table.half_width_factor
    return Metric(
        id=metric,
        title=table.title or metric.replace("_", " ").capitalize(),
        column=Column(sources=texts(table.from_ or ()), missing=missing_of(table.missing), kind=Kind.NUMBER, part=table.part),
        nature=Nature(table.nature),
        unit=table.unit,
        topic=table.topic,
        higher_is_better=table.higher_is_better,
        primary=table.primary,
        scale=table.scale,
        low=optional_column(table.low, Kind.NUMBER),
        high=optional_column(table.high, Kind.NUMBER),
        plus_minus=optional_column(table.plus_minus if table.standard_error is None else table.standard_error, Kind.NUMBER),
        half_width_factor=1.0 if factor is None else factor,
        estimated=optional_column(table.estimated, Kind.FLAG),
        measured_with=optional_column(table.measured_with, Kind.TEXT),
        stated_error=table.stated_error,
        volatile=table.volatile,
        mean_of=tuple(MetricId(part) for part in table.mean_of),
        blend_of=tuple((MetricId(part), weight) for part, weight in table.blend_of.items()),
    )


def contract_of(table: ContractTable, metrics: Sequence[Metric]) -> Contract:
    """The contract, with bounds for declared metrics. Raises Wrong."""
    known = {metric.id for metric in metrics}
    for name, bounds in table.metrics.items():
        if name not in known:
            names = {*keys(ContractTable), *known} - {REST}
            raise Wrong(f"{dotted('contract', name)} is neither a key nor a metric{meant(name, names)}")
        if bounds.min is not None and bounds.max is not None and bounds.min > bounds.max:
            raise Wrong(f"contract.{name}.min = {quoted(bounds.min)} is above its max {quoted(bounds.max)}")
    if isinstance(table.depth, int) and table.min_entries > table.depth:
        raise Wrong(f"contract.min_entries = {quoted(table.min_entries)} is more than contract.depth {quoted(table.depth)} shows")
    if table.duplicates == "best" and not any(metric.primary for metric in metrics):
        raise Wrong('contract.duplicates = "best" needs a metric with primary = true; declare one, or use "first"')
    stale_after, bounds_of, span = table.stale_after, table.metrics.items(), partial(span_s, least=1)
    return Contract(
        depth=table.depth,
        min_entries=table.min_entries,
        max_drop=table.max_drop,
        duplicates=table.duplicates or "",
        bounds=MappingProxyType({MetricId(name): Bounds(**msgspec.structs.asdict(bounds)) for name, bounds in bounds_of}),
        stale_after_s=stale_after if stale_after is None else understood("contract.stale_after", stale_after, span),
    )
