"""Traits of a model, for comparing classes and lines: from its board, otherwise from its name; never a guess."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from tracker.model import Board, Entry, Identity, Metric, name_tokens

OPEN_LICENCES = (
    *("apache", "mit", "bsd", "cc-by", "cc by", "gpl", "openrail", "openmdw", "open weight", "open-weight", "open source"),
    *("open-source", "opensource"),
    *("llama", "gemma", "qwen", "nvidia open", "mistral research", "mrl", "jamba open", "deepseek", "glm", "kimi"),
    *("falcon", "yi licen"),
)
"""Beginnings of words in licences of downloadable weights."""
_OPEN = re.compile("|".join(rf"(?<![a-z]){re.escape(word)}{'(?![a-z])' * (len(word) == 3)}" for word in OPEN_LICENCES))
PRICE_WORDS = ("out", "blend", "in")
"""The words in the ids of price metrics, the best to compare first."""
_JUST_OPEN = frozenset(("open", "open license", "open licence", "open model"))
CLOSED_LICENCES = ("proprietary", "closed", "commercial api", "api only")
_CLOSED = re.compile("|".join(rf"(?<![a-z]){re.escape(word)}" for word in CLOSED_LICENCES))
_UNSTATED = re.compile(
    r"(?<![a-z])(?:un(?:disclosed|known|specified|stated|published|announced|released)|tb[acd]|pending|coming soon"
    r"|n(?:ot|on?|ever)[ -](?:yet[ -])?(?:[a-z]+ed|open|public|proprietary|available))(?![a-z])"
)
"""What says that a licence is not known, or only what it is not: `undisclosed`, `not open source`."""
_MIXTURE = re.compile(r"(?<![0-9])[0-9]{1,3} ?[x×] ?[0-9]", re.IGNORECASE)
_SIZES = re.compile(r"(?<![a-z0-9.])([0-9]{1,4}(?:\.[0-9]{1,3})?)b(?![a-z0-9])")
_ROUNDED = 1.5
"""Names round: `8x7B` has 47, not 56."""
_A_COUNT = 1_000_000
"""A number of parameters from this one on is a plain count; a smaller one is in 10⁹."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """An entry's class. None if neither the board nor the name states it.

    Sizes are in 10⁹ parameters. `reasoning` is `on`, `off` or `unspecified`; `price` is USD per 1M tokens (see `price_metric`).
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
        """Whether every parameter is active; None unless total and active are both stated."""
        if self.size_total_b is None or self.size_active_b is None:
            return None
        return self.size_total_b == self.size_active_b


def traits(entry: Entry, board: Board) -> Traits:
    """The traits of an entry's model."""
    stated, who = entry.attributes, entry.who
    active = _size(stated.get("active_parameters"))
    return Traits(
        who=who,
        open_weights=has_open_weights(entry),
        size_total_b=size_total(entry),
        size_active_b=active if active is not None else who.size_active_b,
        reasoning=reasons(entry),
        released=stated.get("released", ""),
        price=listed_price(entry, price_metric(board)),
    )


def has_open_weights(entry: Entry) -> bool | None:
    """Whether the weights can be downloaded, None if the board does not state it.

    A licence given as `open` is one, although it has no name.
    """
    if flag := entry.attributes.get("open_weights"):
        return flag == "true"
    licence = licence_of(entry).casefold()
    if is_unstated(licence):
        return None
    if _CLOSED.search(licence):
        return False
    return True if _OPEN.search(licence) or licence.strip() in _JUST_OPEN else None


def licence_of(entry: Entry) -> str:
    """The licence as the board states it, in either spelling of the attribute; empty if it states none."""
    return entry.attributes.get("licence") or entry.attributes.get("license") or ""


def is_unstated(licence: str) -> bool:
    """Whether a text in place of a licence states none, so that it is unknown: neither open nor closed."""
    return _UNSTATED.search(licence.casefold()) is not None


def reasons(entry: Entry) -> str:
    """`on`, `off` or `unspecified`, from the name, otherwise from the board."""
    if entry.who.reasoning != "unspecified":
        return entry.who.reasoning
    return {"true": "on", "false": "off"}.get(entry.attributes.get("reasoning", ""), "unspecified")


def listed_price(entry: Entry, metric: Metric | None) -> float | None:
    """The listed price of an entry by a price metric (`price_metric`), if any."""
    measure = entry.measures.get(metric.id) if metric else None
    return None if measure is None or measure.estimated else measure.value


def size_total(entry: Entry) -> float | None:
    """The number of parameters in 10⁹, from the board, otherwise from the name.

    None if the board's number is smaller than its active parameters, or far smaller than the name's: it is of the active ones.
    """
    who, total = entry.who, _size(entry.attributes.get("total_parameters"))
    if total is not None:
        least = max(_size(entry.attributes.get("active_parameters")) or 0.0, (who.size_total_b or 0.0) / _ROUNDED)
        return total if total >= least else None
    if who.size_total_b is None:
        return None
    no_total = _no_total(entry.name, mixture=who.size_active_b is not None) or _is_of_a_wrapper(entry.name, who.family)
    return None if no_total else who.size_total_b


@lru_cache(maxsize=8192)
def _no_total(name: str, *, mixture: bool) -> bool:
    """Whether a name has no total: in `8x7B` the experts share parameters, and of two sizes neither is the total."""
    return _MIXTURE.search(name) is not None or (not mixture and len(set(_SIZES.findall(name.casefold()))) > 1)


@lru_cache(maxsize=8192)
def _is_of_a_wrapper(name: str, family: str) -> bool:
    """Whether the size is that of a part joined before the model: `aligner-2b_nova-3-pro`."""
    parts, brand = name.casefold().split("_"), frozenset(name_tokens(family))
    own = [at for at, part in enumerate(parts) if brand and brand <= frozenset(name_tokens(part))]
    sized = [at for at, part in enumerate(parts) if _SIZES.search(part)]
    return bool(own and sized) and sized[-1] < own[0]


def open_size(entry: Entry) -> float | None:
    """The size of an entry with open weights; None for others, and if either is not stated."""
    return size_total(entry) if has_open_weights(entry) else None


def _size(stated: str | None) -> float | None:
    number = float(stated) if stated else 0.0
    if number <= 0:
        return None
    return number / 1e9 if number >= _A_COUNT else number


def price_metric(board: Board) -> Metric | None:
    """The listed price per token by which a board is compared: output, or blended, or input."""
    listed = [metric for metric in board.metrics if metric.topic == "price" and metric.unit.startswith("USD per 1M")]
    named = (metric for word in PRICE_WORDS for metric in listed if word in metric.id.removeprefix("price"))
    return next(named, listed[0] if listed else None)


def size_words(known: Traits) -> str:
    """A size as in headlines: `27.8B`, or with the active part of a mixture: `397B, 17B active`."""
    if known.size_total_b is None:
        return "size not stated"
    total = f"{known.size_total_b:,.4g}B"
    return total if known.size_active_b is None or known.dense else f"{total}, {known.size_active_b:,.4g}B active"
