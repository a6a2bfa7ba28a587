"""Classes of models: open weights, sizes, labs, countries, reasoning or not, price bands; and the order of models in each."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import takewhile
from math import inf
from typing import NamedTuple

from msgspec import Struct

from tracker.events._lines import SYSTEM
from tracker.model import Board, BoardState, Comparability, Diff, Entry, EntryId, Metric, Snapshot, name_tokens
from tracker.traits import has_open_weights, licence_of, listed_price, price_metric, reasons, size_total

SIZES = (4, 15, 40, 80)
"""Bounds of the size classes, in 10⁹ parameters in total; a class holds everything up to its bound."""
_SMALL = frozenset(("micro", "mini", "nano", "small", "tiny"))
PRICES = (0.5, 2, 10)
"""Bounds of the price classes, in USD per 1M output tokens; a class holds everything up to its bound."""
_SIZE_CLASSES, _PRICE_CLASSES = ([f"size<={bound}" for bound in SIZES], [f"price<={bound}" for bound in PRICES])
_REASONING = {"on": "reasoning:on", "off": "reasoning:off", "unspecified": "reasoning"}
_LAB = "lab:"
ENOUGH = 5
"""To be the best, or the first, of fewer models is not news."""
_WEIGHTS: Mapping[str, int] = {"open": 30, "size": 22, "lab": 18, "country": 14, "price": 12, "reasoning": 8}
COUNTRIES: Mapping[str, str] = {
    "AE": "the Emirates", "CA": "Canada", "CH": "Switzerland", "CN": "China", "DE": "Germany", "ES": "Spain", "FR": "France",
    "GB": "Britain", "IL": "Israel", "IN": "India", "IT": "Italy", "JP": "Japan", "KR": "Korea", "SA": "Saudi Arabia",
    "SE": "Sweden", "SG": "Singapore", "TW": "Taiwan", "US": "the United States",
}  # fmt: skip
"""Countries in words; any other country is named by its two letters."""


class Roll(Struct, frozen=True, kw_only=True):
    """The measured members of each class as (standing, entry), the best first; `estimates` is the best estimate of each.

    `undecided`: by sort of class, the best standing of an entry that may be of it; a row that names no entry may be of any.
    """

    members: Mapping[str, Sequence[tuple[float, EntryId]]]
    undecided: Mapping[str, float]
    estimates: Mapping[str, float]

    def leaders(self, name: str) -> tuple[EntryId, ...]:
        """The members that share the best value of a class, by key."""
        members = self.members[name]
        return tuple(entry for _, entry in takewhile(lambda member: member[0] == members[0][0], members))

    def clouded(self, name: str, standing: float) -> bool:
        """Whether an entry that may be of the class ranks as high as this standing."""
        return self.undecided.get(sort_of(name), inf) <= standing


class _Sized(NamedTuple):
    """The labs of which a model's size is stated on a page, and the brands of these models, of one word, with their labs."""

    labs: frozenset[str] = frozenset()
    brands: Mapping[str, str] = {}


def classes(entry: Entry, board: Board, *, priced: bool = True) -> tuple[str, ...]:
    """The classes of an entry: `open`, `size<=15`, `lab:Google`, `country:CN`, `reasoning:off`, `price<=2`.

    An unknown trait gives no class, nor does the price unless `priced`: the field is not reliable.
    """
    return tuple(_classified(entry, price_metric(board) if priced else None, _Sized())[0])


def _classified(entry: Entry, price: Metric | None, sized: _Sized) -> tuple[list[str], list[str]]:
    """An entry's classes; and the sorts of classes to which it may belong, because a trait is unknown.

    Closed weights of unknown size do not count as a small model, nor does an unlisted price count as a low one; but where a board
    states no licence, a model may be small if its maker is not known, if its name has the brand of another lab's models of known
    size, or if it says that it is small and sizes of its lab's models are stated. A model that its name sizes smaller than the
    board, in another class, may be of either.
    """
    who = entry.who
    if who.kind == SYSTEM:
        return [], []  # not a model, so in no class
    names: list[str] = []
    undecided: list[str] = []
    is_open, size, cost = has_open_weights(entry), size_total(entry), listed_price(entry, price)
    reasoning, country = reasons(entry), entry.attributes.get("country") or ("" if who.guessed_lab else who.country)
    if is_open:
        names.append("open")
    if size is not None:
        names += _SIZE_CLASSES[bisect_left(SIZES, size) :]
    if cost is not None:
        names += _PRICE_CLASSES[bisect_left(PRICES, cost) :]
    if who.lab and not who.guessed_lab:
        names.append(f"{_LAB}{who.lab}")
    (undecided if reasoning == "unspecified" else names).append(_REASONING[reasoning])
    (names if country else undecided).append(f"country:{country}" if country else "country")
    may_be_small = _is_rounded(entry, size) or (size is None and (is_open or (is_open is None and _may_be_small(entry, sized))))
    undecided += [sort for sort, unknown in (("open", is_open is None), ("size", may_be_small)) if unknown]
    return names, undecided


def _is_rounded(entry: Entry, size: float | None) -> bool:
    """Whether an entry is of a class by the size in its name, which its stated size exceeds: 4.02B, called 4B."""
    named = entry.who.size_total_b
    return size is not None and named is not None and any(named <= bound < size for bound in SIZES)


def _may_be_small(entry: Entry, sized: _Sized) -> bool:
    who, words = entry.who, name_tokens(entry.name)
    if not who.lab or who.guessed_lab or any(sized.brands.get(word, who.lab) != who.lab for word in words):
        return True
    return who.lab in sized.labs and not _SMALL.isdisjoint(words)


def sort_of(name: str) -> str:
    """`open`, `size`, `price`, `reasoning`, `lab` or `country`."""
    return name.partition(":")[0].partition("<=")[0]


def weight_of(name: str) -> int:
    """How much a class matters to a reader, 0 to 30."""
    return _WEIGHTS[sort_of(name)]


def weightiest(name: str) -> tuple[int, float, str]:
    """Sorts classes by how much they matter; of sizes and of prices the widest first, which states the most."""
    return (-weight_of(name), -float(name.partition("<=")[2] or 0), name)


def words(name: str) -> str:
    """A class after `among`: `open weights`, `models with up to 15B stated parameters`, `models from China`."""
    sort, value = sort_of(name), name.replace("<=", ":").partition(":")[2]
    return {
        "open": "open weights",
        "size": f"models with up to {value}B stated parameters",
        "price": f"models listed at up to ${value} per 1M output tokens",
        "reasoning": "reasoning models" if value == "on" else "models that do not reason",
        "lab": f"{value}'{'' if value.endswith('s') else 's'} models",
        "country": f"models from {COUNTRIES.get(value, value)}",
    }[sort]


def one_of(name: str) -> str:
    """A member of a class, after `the first`: `open-weights model`, `model with up to 15B stated parameters`."""
    if name == "open":
        return "open-weights model"
    return words(name).replace("models", "model", 1).replace("that do not reason", "that does not reason")


def is_priced(diff: Diff, past: BoardState) -> bool:
    """Whether the prices of both snapshots are reliable."""
    metric = price_metric(diff.board)
    if metric is None or metric.id in past.drifted:
        return False
    verdict = diff.metrics.get(metric.id)
    return verdict is None or verdict.usable or verdict.verdict is Comparability.APPEARED


def enrol(board: Board, snapshot: Snapshot, metric: Metric, *, priced: bool) -> Roll:
    """The classes of all entries with a measured value."""
    return snapshot.once((metric.id, "classes", priced), lambda: _enrol(board, snapshot, metric, priced=priced))


def _enrol(board: Board, snapshot: Snapshot, metric: Metric, *, priced: bool) -> Roll:
    """`enrol`; entries with the same stated traits are classified once."""
    sign, price = metric.sort_key(1.0), price_metric(board) if priced else None
    costs = snapshot.measured(price.id) if price else {}
    sized = _sized(snapshot)
    members: defaultdict[str, list[tuple[float, EntryId]]] = defaultdict(list)
    labs: defaultdict[str, list[tuple[float, EntryId]]] = defaultdict(list)
    unnamed = min((sign * value for value in snapshot.unnamed), default=inf) if metric.primary else inf
    undecided = dict.fromkeys(_WEIGHTS, unnamed)
    alike: dict[tuple[object, ...], list[list[tuple[float, EntryId]]]] = {}
    for place in snapshot.standings(metric):
        entry = snapshot.entries[place[1]]
        key = _stated(entry, costs.get(place[1]), sized)
        joined = alike.get(key)
        if joined is None:
            names, unknown = _classified(entry, price, sized)
            joined = alike[key] = [members[name] for name in names if not name.startswith(_LAB)]
            undecided |= {sort: min(undecided[sort], place[0]) for sort in unknown}
        for places in joined:
            places.append(place)
        if entry.who.lab and entry.who.kind != SYSTEM and not entry.who.guessed_lab:
            labs[entry.who.lab].append(place)
    estimates: dict[str, float] = {}
    for guess in snapshot.values(metric.id).keys() - snapshot.measured(metric.id).keys():
        names, unknown = _classified(snapshot.entries[guess], price, sized)
        standing = sign * snapshot.entries[guess].measures[metric.id].value
        estimates |= {name: min(standing, estimates.get(name, inf)) for name in names}
        undecided |= {sort: min(undecided[sort], standing) for sort in unknown}
    labs_of = {f"{_LAB}{lab}": places for lab, places in labs.items()}
    return Roll(members={**members, **labs_of}, undecided=undecided, estimates=estimates)


def _sized(snapshot: Snapshot) -> _Sized:
    sized = [entry.who for entry in snapshot.entries.values() if entry.who.lab and size_total(entry) is not None]
    sure = [who for who in sized if not (who.guessed_lab or who.guessed_family)]
    brands = [(name_tokens(who.family), who.lab) for who in sure]
    return _Sized(frozenset(who.lab for who in sized), {words[0]: lab for words, lab in brands if len(words) == 1})


def _stated(entry: Entry, cost: float | None, sized: _Sized) -> tuple[object, ...]:
    """What `_classified` reads of an entry except its lab, with figures by their class: equal entries are in the same classes."""
    who, stated = entry.who, map(entry.attributes.get, ("country", "reasoning", "open_weights"))
    size = size_total(entry)
    is_small = _is_rounded(entry, size) or (size is None and _may_be_small(entry, sized))
    ranges = (None if size is None else bisect_left(SIZES, size), None if cost is None else bisect_left(PRICES, cost))
    return (who.country, who.guessed_lab, who.reasoning, who.kind, licence_of(entry), is_small, *stated, *ranges)
