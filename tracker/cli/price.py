"""`tracker price`."""

from __future__ import annotations

import click

from tracker.cli._filters import METRICS, filters
from tracker.cli._open import as_json, report_errors
from tracker.cli._print import day, paged, picked, print_json, print_table, when
from tracker.cli._time import known_at
from tracker.query.filters import Filters
from tracker.query.prices import PriceAt
from tracker.wording import value
from tracker.workspace import Settings
from tracker.workspace.api import Workspace


@click.command("price")
@click.argument("model")
@filters(*METRICS, "at")
@known_at
@as_json
@click.pass_obj
@paged
def command(settings: Settings, model: str, only: Filters, *, as_json: bool) -> None:
    """Show what a model cost at a time, and how exactly that is known.

    Now by default. The price was last seen at the last look before that time; the next look may show another.
    """
    with Workspace(settings, report_errors) as workspace:
        found = workspace.price(model, only=only)
    if as_json:
        print_json(map(_row, found))
        return
    rows = [
        (price.board, price.name, price.metric.title, value(price.measure, price.metric), _began(price), *_seen(price))
        for price in found
    ]
    print_table(("board", "name", "price of", "price", "since", "last seen", "then"), rows, right=frozenset(("price",)))


def _row(price: PriceAt) -> dict[str, object]:
    return {
        **picked(price, "board entry name"),
        "metric": price.metric.id,
        "unit": price.metric.unit,
        **picked(price.measure, "value estimated raw"),
        **picked(price, "after since seen_at next_at"),
        "next_value": price.next.value if price.next else None,
        "is_certain": price.is_certain,
    }


def _began(price: PriceAt) -> str:
    since = day(price.since)
    return f"{day(price.after)} … {since}" if price.after is not None and day(price.after) != since else since


def _seen(price: PriceAt) -> tuple[str, str]:
    if price.next_at is None:
        return when(price.seen_at), "not read again"
    then = value(price.next, price.metric) or "no price"
    return when(price.seen_at), "the same" if price.is_certain else f"{then} at {when(price.next_at)}"
