"""The options that choose what a question is about: one set, of which each command takes those that it can answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from math import inf, nan
from typing import Any

import click

from tracker.cli._time import AT, UNTIL, Time
from tracker.query.filters import Filters

Command = Callable[..., Any]
_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([MBT]?)", re.IGNORECASE)
_BILLIONS = {"m": 0.001, "": 1.0, "b": 1.0, "t": 1000.0}


class _Size(click.ParamType[float]):
    """A number of parameters, such as `40B`, `500M`, `1.5T`; without a letter in 10⁹."""

    name = "size"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, float):
            return value
        match = _SIZE.fullmatch(str(value).strip())
        if match is None:
            self.fail(f"{value!r} is not a size; expected a number of parameters such as 40B, 500M or 1.5T", param, ctx)
        return float(match[1]) * _BILLIONS[match[2].casefold()]


class _Dollars(click.ParamType[float]):
    name = "price"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            price = float(str(value).strip().removeprefix("$"))
        except ValueError:
            price = nan
        if not 0 <= price < inf:
            self.fail(f"{value!r} is not a price; expected US dollars per 1M tokens such as 2.50", param, ctx)
        return price


def _columns(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[str, ...]:  # noqa: ARG001  # click's signature
    return tuple(name.strip() for name in value.split(",") if name.strip()) if value else ()


def _several(field: str, *names: str, text: str, metavar: str = "NAME") -> Command:
    return click.option(*names, field, multiple=True, metavar=metavar, help=f"{text}; may be given several times.")


def _either(field: str, yes: str, no: str, *texts: str) -> Command:
    """Two options that exclude each other."""

    def decorate(command: Command) -> Command:
        @wraps(command)
        def decided(*args: object, **values: Any) -> object:
            is_yes, is_no = values.pop(f"is_{field}"), values.pop(f"not_{field}")
            if is_yes and is_no:
                raise click.UsageError(f"{yes} and {no} exclude each other; expected one of them")
            return command(*args, **values, **{field: is_yes or (False if is_no else None)})

        decided = click.option(no, f"not_{field}", is_flag=True, help=f"Only {texts[1]}.")(decided)
        return click.option(yes, f"is_{field}", is_flag=True, help=f"Only {texts[0]}.")(decided)

    return decorate


_TIME = "ISO, a day or month such as yesterday or April, or an age such as 7d"
_OPTIONS: Mapping[str, Command] = {
    "boards": _several("boards", "--board", text="Only these boards: an id, a source, or a pattern such as 'lmarena/*'"),
    "metrics": _several("metrics", "--metric", text="Only this metric", metavar="ID"),
    "topics": _several("topics", "--topic", text="Only metrics of this topic, such as coding", metavar="TOPIC"),
    "models": _several("models", "--model", text="Only this model, family or lab, in any spelling"),
    "rivals": _several("rivals", "--rival", text="Only where this model, family or lab was passed"),
    "labs": _several("labs", "--lab", text="Only models of this lab"),
    "countries": _several("countries", "--country", text="Only models of labs in this country (two letters)", metavar="CODE"),
    "open_weights": _either("open_weights", "--open", "--closed", "open weights", "closed ones"),
    "max_size": click.option("--max-size", type=_Size(), help="At most that many parameters (40B, 500M)."),
    "min_size": click.option("--min-size", type=_Size(), help="At least that many parameters."),
    "max_price": click.option("--max-price", type=_Dollars(), help="At most that price, in USD per 1M tokens."),
    "reasoning": _either("reasoning", "--reasoning", "--no-reasoning", "rows with reasoning on", "rows with it off"),
    "kinds": _several("kinds", "--kind", text="Only of this kind", metavar="KIND"),
    "grades": _several("grades", "--grade", text="Only of this grade", metavar="GRADE"),
    "since": click.option("--since", type=Time(), help=f"From that time on ({_TIME}); of a day, week or month its beginning."),
    "until": click.option("--until", type=UNTIL, help="Before that time; of a day, week or month through its end."),
    "at": click.option("--at", type=AT, help=f"As of that time ({_TIME}); of a day, week or month its end."),
    "top": click.option("--top", type=click.IntRange(min=1), help="At most that many rows."),
    "sort": click.option("--sort", default="", metavar="COLUMN", help="Order by this column; -COLUMN reverses the order."),
    "columns": click.option("--columns", callback=_columns, metavar="A,B", help="Show these columns, such as score,price,size."),
}
MODELS = ("models", "labs", "countries", "open_weights", "max_size", "min_size", "max_price", "reasoning")
"""The filters on models."""
METRICS = ("boards", "metrics", "topics")
"""The filters on boards and metrics."""
SHOWN = ("top", "sort", "columns")
"""What is shown of the answer."""


def filters(*fields: str) -> Callable[[Command], Command]:
    """Add the options of these fields of `Filters` to a command, which gets them as one `only`."""

    def decorate(command: Command) -> Command:
        @wraps(command)
        def filtered(*args: object, **values: Any) -> object:
            return command(*args, **_rest(values, fields), only=Filters(**{name: values[name] for name in fields}))

        for field in reversed(fields):
            filtered = _OPTIONS[field](filtered)
        return filtered

    return decorate


def _rest(values: Mapping[str, Any], fields: Iterable[str]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in set(fields)}
