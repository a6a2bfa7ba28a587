"""`tracker models`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import click

from tracker.cli._filters import MODELS, SHOWN, filters
from tracker.cli._open import as_json, report_errors
from tracker.cli._print import day, paged, picked, print_json, print_table
from tracker.cli._time import known_at
from tracker.errors import DeclarationError
from tracker.identity import nearest
from tracker.query.columns import RIGHT
from tracker.query.filters import Filters, unknown_word
from tracker.query.models import Card, CardRow, Listing, card_rows
from tracker.query.unsure import OpenName, open_names
from tracker.wording import safe, value
from tracker.workspace import Settings
from tracker.workspace.api import Workspace

_COLUMNS = ("model", "lab", "boards", "best_rank", "size", "open", "price", "first_seen")
"""The columns of a table of all models."""


@click.command("models")
@click.argument("name", required=False, default="")
@filters("boards", *MODELS, *SHOWN)
@click.option("--family", default="", help="Only models of this family.")
@click.option("--unsure", is_flag=True, help="Only listed names that need a person, and what would decide each.")
@known_at
@as_json
@click.pass_obj
@paged
def command(settings: Settings, name: str, family: str, only: Filters, *, unsure: bool, as_json: bool) -> None:
    """List models across boards: their names, and where each one ranks.

    With NAME, each board that lists the model; otherwise a table of all models. Entries are grouped if their names certainly mean
    the same model. Unsure ones are listed alone, at the end.
    """
    columns = only.columns or (() if as_json or name else _COLUMNS)
    with Workspace(settings, report_errors) as workspace:
        listings = workspace.listings(only, gone=True)
        cards = workspace.models(name, family=family, only=only, listings=listings)
        if not cards:
            raise _no_model(name, family, workspace.models())
        if unsure:
            _print_open(open_names(cards, workspace.lexicon), as_json=as_json)
            return
        rows = card_rows(cards, listings, only, columns)
    if as_json:
        print_json({**_row(row.card), **{column: row.value(column) for column in columns}} for row in rows)
    elif columns:
        print_table(columns, ([_cell(row, column) for column in columns] for row in rows), right=RIGHT | {"boards", "best_rank"})
    else:
        for row in rows:
            _print(row.card)


def _cell(row: CardRow, column: str) -> str:
    value = row.value(column)
    return day(value) if isinstance(value, datetime) else row.text(column)


def _print_open(names: Sequence[OpenName], *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                **picked(found, "name boards"),
                **picked(found.who, "model lab family generation"),
                **picked(found.question, "why answer"),
            }
            for found in names
        )
        return
    for found in names:
        click.echo(f"{safe(found.name)}  ({', '.join(found.boards)})")
        click.echo(f"  {safe(found.question.why)}; {safe(found.question.answer)}")


def _no_model(name: str, family: str, known: tuple[Card, ...]) -> DeclarationError:
    families = {card.who.family for card in known} - {""}
    if family and family.casefold() not in map(str.casefold, families):
        return unknown_word("family", family, families)
    near = nearest(name, {name for card in known for name in card.names})
    suggestion = f"; nearest: {', '.join(near)}" if near else ""
    return DeclarationError(f"{name or 'models'}: no model in the store matches{suggestion}")


def _row(card: Card) -> dict[str, object]:
    who = picked(card.who, "lab country family generation tier size_total_b size_active_b confidence")
    return {"model": card.model, "names": list(card.names), **who, "entries": list(map(_place, card.places))}


def _place(place: Listing) -> dict[str, object]:
    return {
        **picked(place, "board entry name"),
        "names": sorted(place.names),
        **picked(place, "first_seen last_seen"),
        "metric": place.metric.id if place.metric else None,
        **picked(place, "rank of"),
        **picked(place.measure, "value low high estimated"),
    }


def _print(card: Card) -> None:
    title = safe(card.model or f"{card.names[0]} (unsure which model: listed alone)")
    parts = [part for part in (card.who.lab, card.who.family, card.who.generation, card.who.tier) if part]
    click.echo(title + (f"  {safe(' · '.join(parts))}" if parts else ""))
    rows = [
        (
            place.board,
            _names(place),
            f"{place.rank} of {place.of}" if place.rank is not None else "",
            value(place.measure, place.metric),
            day(place.first_seen),
            day(place.last_seen) or "listed",
        )
        for place in card.places
    ]
    print_table(("board", "name", "rank", "value", "first seen", "last seen"), rows, right=frozenset(("rank", "value")))


def _names(place: Listing) -> str:
    others = sorted(place.names - {place.name})
    return f"{place.name} (also {', '.join(others)})" if others else place.name
