"""Classes of models: open weights, sizes, labs, countries, reasoning or not, price bands; who stands where in each of them."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from math import inf

from tracker.events._lines import SYSTEM
from tracker.model import Board, BoardState, Comparability, Diff, Entry, EntryId, Metric, Snapshot
from tracker.traits import has_open_weights, listed_price, price_metric, reasons, size_total

SIZES = (4, 15, 40, 80)
"""Bounds of the size classes, in 10⁹ parameters in total; a class holds everything up to its bound."""
PRICES = (0.5, 2, 10)
"""Bounds of the price classes, in USD per 1M output tokens; a class holds everything up to its bound."""
_SIZE_CLASSES, _PRICE_CLASSES = (
    tuple(f"{sort}<={bound}" for bound in bounds) for sort, bounds in (("size", SIZES), ("price", PRICES))
)

_REASONING = {"on": "reasoning:on", "off": "reasoning:off", "unspecified": "reasoning"}
_LAB = "lab:"
ENOUGH = 5
"""To be the best, or the first, of fewer models is no news."""
_WEIGHTS: Mapping[str, int] = {"open": 30, "size": 22, "lab": 18, "country": 14, "price": 12, "reasoning": 8}
COUNTRIES: Mapping[str, str] = {
    "AE": "the Emirates",
    "CA": "Canada",
    "CH": "Switzerland",
    "CN": "China",
    "DE": "Germany",
    "ES": "Spain",
    "FR": "France",
    "GB": "Britain",
    "IL": "Israel",
    "IN": "India",
    "IT": "Italy",
    "JP": "Japan",
    "KR": "Korea",
    "SA": "Saudi Arabia",
    "SE": "Sweden",
    "SG": "Singapore",
    "TW": "Taiwan",
    "US": "the United States",
}
"""Countries in words; others are given by their two letters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """The measured members of each class as (standing, entry), the best first.

    `undecided`: by sort of class the best standing of an entry that may be of such a class; a row that names no entry may be of any.
    """

    members: Mapping[str, Sequence[tuple[float, EntryId]]]
    undecided: Mapping[str, float]

    def leaders(self, name: str) -> tuple[EntryId, ...]:
        """Who shares the best value of a class, by key."""
        members = self.members[name]
        return tuple(entry for standing, entry in takewhile(lambda one: one[0] == members[0][0], members))

    def clouded(self, name: str, standing: float) -> bool:
        """Whether something that may be of the class stands as high as that."""
        return self.undecided.get(sort_of(name), inf) <= standing


def classes(entry: Entry, board: Board, *, priced: bool = True) -> tuple[str, ...]:
    """The classes of an entry (`open`, `size<=15`, `lab:Google`, `country:CN`, `reasoning:off`, `price<=2`); an unknown trait gives none.

    Without `priced` the price classes are left out: the field cannot be relied on.
    """
    return tuple(_sorted_in(entry, price_metric(board) if priced else None)[0])


def _sorted_in(entry: Entry, price: Metric | None) -> tuple[list[str], list[str]]:
    """An entry's classes; and the sorts of classes of which nobody knows whether it belongs to them.

    Closed weights of unknown size are no small model that anyone could name; a price that is not listed is no listed price.
    """
    who = entry.who
    if who.kind == SYSTEM:
        return [], []  # no model, so none of any class
    found: list[str] = []
    undecided: list[str] = []
    is_open, size, cost = has_open_weights(entry), size_total(entry), listed_price(entry, price)
    reasoning, country = reasons(entry), entry.attributes.get("country") or who.country
    if is_open:
        found.append("open")
    if size is not None:
        found += _SIZE_CLASSES[bisect_left(SIZES, size) :]
    if cost is not None:
        found += _PRICE_CLASSES[bisect_left(PRICES, cost) :]
    if who.lab:
        found.append(f"{_LAB}{who.lab}")
    (undecided if reasoning == "unspecified" else found).append(_REASONING[reasoning])
    (found if country else undecided).append(f"country:{country}" if country else "country")
    undecided += [sort for sort, unknown in (("open", is_open is None), ("size", is_open and size is None)) if unknown]
    return found, undecided


def sort_of(name: str) -> str:
    """`open`, `size`, `price`, `reasoning`, `lab` or `country`."""
    return name.partition(":")[0].partition("<=")[0]


def weight_of(name: str) -> int:
    """How much a class matters to a reader, 0 to 30."""
    return _WEIGHTS[sort_of(name)]


def bound_of(name: str) -> float:
    """The upper bound of a size or a price class; 0 for another."""
    return float(name.partition("<=")[2] or 0)


def weightiest(name: str) -> tuple[int, float, str]:
    """Sorts classes by what they matter; of sizes and of prices the widest first, which says the most."""
    return (-weight_of(name), -bound_of(name), name)


def words(name: str) -> str:
    """A class after `among`: `open weights`, `models up to 15B`, `models from China`."""
    sort, value = sort_of(name), name.replace("<=", ":").partition(":")[2]
    return {
        "open": "open weights",
        "size": f"models of up to {value}B parameters",
        "price": f"models of up to ${value} per 1M output tokens",
        "reasoning": "reasoning models" if value == "on" else "models that do not reason",
        "lab": f"{value}'{'' if value.endswith('s') else 's'} models",
        "country": f"models from {COUNTRIES.get(value, value)}",
    }[sort]


def one_of(name: str) -> str:
    """One of a class, after `the first`: `open-weights model`, `model of up to 15B parameters`."""
    several = words(name)
    if name == "open":
        return "open-weights model"
    return several.replace("models", "model", 1).replace("that do not reason", "that does not reason")


def is_priced(diff: Diff, past: BoardState) -> bool:
    """Whether the prices of both snapshots can be relied on."""
    metric = price_metric(diff.board)
    if metric is None or metric.id in past.drifted:
        return False
    verdict = diff.metrics.get(metric.id)
    return verdict is None or verdict.usable or verdict.verdict is Comparability.APPEARED


def enrol(board: Board, snapshot: Snapshot, metric: Metric, *, priced: bool) -> Roll:
    """The classes of all entries with a measured value. Entries that are stated alike are sorted in once."""
    sign, price = metric.sort_key(1.0), price_metric(board) if priced else None
    costs = snapshot.measured(price.id) if price else {}
    members: defaultdict[str, list[tuple[float, EntryId]]] = defaultdict(list)
    labs: defaultdict[str, list[tuple[float, EntryId]]] = defaultdict(list)
    unnamed = min((sign * value for value in snapshot.unnamed), default=inf) if metric.primary else inf
    undecided = dict.fromkeys(_WEIGHTS, unnamed)
    alike: dict[tuple[object, ...], list[list[tuple[float, EntryId]]]] = {}
    for place in sorted((sign * value, entry) for entry, value in snapshot.measured(metric.id).items()):
        one = snapshot.entries[place[1]]
        key = _stated(one, costs.get(place[1]))
        joined = alike.get(key)
        if joined is None:
            found, unknown = _sorted_in(one, price)
            joined = alike[key] = [members[name] for name in found if not name.startswith(_LAB)]
            undecided |= {sort: min(undecided[sort], place[0]) for sort in unknown}
        for those in joined:
            those.append(place)
        if one.who.lab and one.who.kind != SYSTEM:
            labs[one.who.lab].append(place)
    return Roll(members={**members, **{f"{_LAB}{lab}": those for lab, those in labs.items()}}, undecided=undecided)


def _stated(entry: Entry, cost: float | None) -> tuple[object, ...]:
    """All that `_sorted_in` reads of an entry but its lab, figures by their class: entries that agree in it are in the same classes."""
    who, stated, size = entry.who, entry.attributes.get, size_total(entry)
    return (
        who.country,
        who.reasoning,
        who.kind,
        stated("country"),
        stated("reasoning"),
        stated("open_weights"),
        stated("licence"),
        None if size is None else bisect_left(SIZES, size),
        None if cost is None else bisect_left(PRICES, cost),
    )
