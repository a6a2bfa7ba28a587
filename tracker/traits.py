"""What a model is, for comparing classes and lines: what its board states of it, else what its name states; never a guess."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from tracker.model import Board, Entry, Identity, Metric

OPEN_LICENCES = (
    *("apache", "mit", "bsd", "cc-by", "cc by", "gpl", "openrail", "openmdw", "open weights", "open-weights", "open source"),
    *(
        "llama",
        "gemma",
        "qwen",
        "nvidia open",
        "mistral research",
        "mrl",
        "jamba open",
        "deepseek",
        "glm",
        "kimi",
        "falcon",
        "yi licen",
    ),
)
"""What a word of a licence text begins with when the weights can be downloaded."""
_OPEN = re.compile("|".join(rf"(?<![a-z]){re.escape(word)}" for word in OPEN_LICENCES))
CLOSED_LICENCES = ("proprietary", "closed", "commercial api", "api only")
_MIXTURE = re.compile(r"(?<![0-9])[0-9]{1,3} ?[x×] ?[0-9]", re.IGNORECASE)
_SIZES = re.compile(r"(?<![a-z0-9.])([0-9]{1,4}(?:\.[0-9]{1,3})?)b(?![a-z0-9])")
_A_COUNT = 1_000_000
"""A number of parameters so large is a plain count; a smaller one is in 10⁹."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """An entry's class. None where neither the board nor the name states it.

    Sizes are in 10⁹ parameters. `dense` is True only where active and total are both stated and
    the same. `reasoning` is `on`, `off` or `unspecified`; `price` is USD per 1M output tokens (blended where that is all there is).
    """

    who: Identity
    open_weights: bool | None
    size_total_b: float | None
    size_active_b: float | None
    reasoning: str
    released: str
    price: float | None

    @property
    def dense(self) -> bool | None:
        """Whether every parameter is active; None where that is not stated."""
        if self.size_total_b is None or self.size_active_b is None:
            return None
        return self.size_total_b == self.size_active_b


def traits(entry: Entry, board: Board) -> Traits:
    """What is known of an entry's model."""
    stated, who = entry.attributes, entry.who
    active = _size(stated.get("active_parameters"))
    return Traits(
        who=who,
        open_weights=_open(stated),
        size_total_b=size_total(entry),
        size_active_b=active if active is not None else who.size_active_b,
        reasoning=_reasoning(stated, who),
        released=stated.get("released", ""),
        price=listed_price(entry, price_metric(board)),
    )


def has_open_weights(entry: Entry) -> bool | None:
    """Whether the weights can be downloaded, None where the board does not say."""
    return _open(entry.attributes)


def reasons(entry: Entry) -> str:
    """`on`, `off` or `unspecified`: as the name says, else the board."""
    return _reasoning(entry.attributes, entry.who)


def listed_price(entry: Entry, metric: Metric | None) -> float | None:
    """What an entry costs by a price metric (`price_metric`), where a price is listed."""
    measure = entry.measures.get(metric.id) if metric else None
    return None if measure is None or measure.estimated else measure.value


def size_total(entry: Entry) -> float | None:
    """The number of parameters in 10⁹, as the board states it, else the name."""
    total = _size(entry.attributes.get("total_parameters"))
    return total if total is not None else _size_of_name(entry)


def _size_of_name(entry: Entry) -> float | None:
    who = entry.who
    return None if who.size_total_b is None or _no_total(entry.name, mixture=who.size_active_b is not None) else who.size_total_b


@lru_cache(maxsize=8192)
def _no_total(name: str, *, mixture: bool) -> bool:
    """`8x7B` shares what its experts have in common, so it states no total; and of two sizes neither is the whole's."""
    return _MIXTURE.search(name) is not None or (not mixture and len(set(_SIZES.findall(name.casefold()))) > 1)


def open_size(entry: Entry) -> float | None:
    """The size of an entry whose weights are open; None of others, and where either is not stated."""
    return size_total(entry) if _open(entry.attributes) else None


def _size(stated: str | None) -> float | None:
    number = float(stated) if stated else 0.0
    if number <= 0:
        return None
    return number / 1e9 if number >= _A_COUNT else number


def _open(stated: Mapping[str, str]) -> bool | None:
    if flag := stated.get("open_weights"):
        return flag == "true"
    licence = (stated.get("licence") or "").casefold()
    if any(word in licence for word in CLOSED_LICENCES):
        return False
    return True if _OPEN.search(licence) else None


def _reasoning(stated: Mapping[str, str], who: Identity) -> str:
    if who.reasoning != "unspecified":
        return who.reasoning
    return {"true": "on", "false": "off"}.get(stated.get("reasoning", ""), "unspecified")


def price_metric(board: Board) -> Metric | None:
    """The listed price per token that a board is compared by: output, else blended, else input."""
    listed = [one for one in board.metrics if one.topic == "price" and one.unit.startswith("USD per 1M")]
    for word in ("out", "blend", "in"):
        if found := next((one for one in listed if word in one.id.removeprefix("price")), None):
            return found
    return listed[0] if listed else None


def size_words(known: Traits) -> str:
    """A size as a headline states it: `27.8B`, of a mixture with what is active: `397B, 17B active`."""
    if known.size_total_b is None:
        return "size not stated"
    total = f"{known.size_total_b:,.4g}B"
    return total if known.size_active_b is None or known.dense else f"{total}, {known.size_active_b:,.4g}B active"
