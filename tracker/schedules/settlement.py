"""Reads `rules/<name>.toml`: a published rule for who is first on a board."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct

from tracker.errors import DeclarationError
from tracker.toml import Wrong, at, meant, place_of, quoted, table, tables, text_of, time_zone, understood

Criterion = Literal["score", "rank_upper_bound", "votes", "released", "alphabet"]


class SettlementRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys of a rule. Criteria count in their order: each one decides among those that the ones before leave level."""

    title: Annotated[str, Meta(min_length=1, max_length=200, description="What the rule asks")]
    source: Annotated[str, Meta(min_length=1, max_length=300, description="Where the wording is published")]
    wording: Annotated[str, Meta(min_length=1, max_length=500, description="The rule in words")]
    order: Annotated[
        list[Criterion],
        Meta(
            min_length=1,
            description="Criteria: score; rank_upper_bound (the number of entries whose interval is wholly better); votes (the"
            " metric `votes`, more first); released (earlier first); alphabet (of labs, or of names)",
        ),
    ]
    metrics: Annotated[
        list[str], Meta(description="The metric of the score: the first of these that the board has; by default its primary one")
    ] = []
    winner: Annotated[Literal["entry", "lab"], Meta(description="What is first: an entry, or the lab of its model")] = "entry"
    time: Annotated[str, Meta(description="Time of the check on a day, such as 12:00")] = "23:59"
    zone: Annotated[str, Meta(description="Time zone of the check")] = "UTC"

    def check_at(self, day: datetime) -> datetime:
        """The time of the check on a day."""
        return datetime.combine(day.date(), time.fromisoformat(self.time), ZoneInfo(self.zone))


def load_rule(name: str, folders: tuple[Path, ...]) -> SettlementRule:
    """The rule of that name in the first folder that has it.

    Raises:
        DeclarationError: there is none, or the file is wrong.
    """
    names = {path.stem for folder in folders for path in folder.glob("*.toml")}
    if name not in names:
        raise DeclarationError(f"rule {quoted(name)} is unknown{meant(name, names)}")
    path = next(path for folder in folders if (path := folder / f"{name}.toml").is_file())
    with at(place_of(path, path.parent)):
        rule = table(tables(text_of(path)), SettlementRule)
        understood("zone", rule.zone, time_zone)
        try:
            time.fromisoformat(rule.time)
        except ValueError as error:
            raise Wrong(f"time = {quoted(rule.time)} is not a time of day; expected one such as 12:00") from error
    return rule
