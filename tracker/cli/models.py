"""`tracker models`."""

from __future__ import annotations

import click

from tracker.cli._open import as_json, day, print_json, print_table, stamp
from tracker.errors import DeclarationError
from tracker.model import Identity
from tracker.query.models import Card, Listing
from tracker.wording import safe, value
from tracker.workspace import Settings
from tracker.workspace.api import Workspace


@click.command("models")
@click.argument("name", required=False, default="")
@click.option("--lab", default="", help="Only models of this lab.")
@click.option("--family", default="", help="Only models of this family.")
@as_json
@click.pass_obj
def command(settings: Settings, name: str, lab: str, family: str, *, as_json: bool) -> None:
    """List models across boards: their names, and where each one ranks.

    Entries are taken together where their names surely mean the same model. Unsure ones stand alone, at the end.
    """
    with Workspace(settings) as workspace:
        found = workspace.models(name, lab=lab, family=family)
        known = found or workspace.models()
    if not found:
        raise DeclarationError(_nothing(name, lab, family, known))
    if as_json:
        print_json(_row(card) for card in found)
        return
    for card in found:
        _print(card)


def _nothing(name: str, lab: str, family: str, known: tuple[Card, ...]) -> str:
    asked = ", ".join(f'{key} "{value}"' for key, value in (("name", name), ("lab", lab), ("family", family)) if value)
    labs = sorted({card.who.lab for card in known} - {""})
    families = sorted({card.who.family for card in known if card.who.lab.casefold() == lab.casefold()} - {""})
    listed = (
        f"; families of that lab: {', '.join(families)}" if lab and families else f"; labs: {', '.join(labs)}" if labs else ""
    )
    return f"{asked or 'models'}: no model in the store{listed}"


def _row(card: Card) -> dict[str, object]:
    who = card.who
    return {
        "model": card.model,
        "names": list(card.names),
        "lab": who.lab,
        "country": who.country,
        "family": who.family,
        "generation": who.generation,
        "tier": who.tier,
        "size_total_b": who.size_total_b,
        "size_active_b": who.size_active_b,
        "confidence": who.confidence,
        "entries": [_place(place) for place in card.places],
    }


def _place(place: Listing) -> dict[str, object]:
    measure = place.measure
    return {
        "board": place.board,
        "entry": place.entry,
        "name": place.name,
        "names": sorted(place.names),
        "first_seen": stamp(place.first_seen),
        "last_seen": stamp(place.last_seen) or None,
        "metric": place.metric.id if place.metric else None,
        "rank": place.rank,
        "of": place.of,
        "value": measure.value if measure else None,
        "low": measure.low if measure else None,
        "high": measure.high if measure else None,
        "estimated": measure.estimated if measure else None,
    }


def _print(card: Card) -> None:
    title = safe(card.model or f"{card.names[0]} (unsure which model: stands alone)")
    click.echo(f"{title}{_of(card.who)}")
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


def _of(who: Identity) -> str:
    said = [part for part in (who.lab, who.family, who.generation, who.tier) if part]
    return f"  {safe(' · '.join(said))}" if said else ""


def _names(place: Listing) -> str:
    others = sorted(place.names - {place.name})
    return f"{place.name} (also {', '.join(others)})" if others else place.name
