"""What a model is, for comparing classes and lines: what its board states of it, else what its name states; never a guess."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tracker.model import Board, Entry, Identity, Metric, MetricId

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
        "yi",
    ),
)
"""What a licence text begins with, or contains, when the weights can be downloaded."""
CLOSED_LICENCES = ("proprietary", "closed", "commercial api", "api only")
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
    total, active = _size(stated.get("total_parameters")), _size(stated.get("active_parameters"))
    return Traits(
        who=who,
        open_weights=_open(stated),
        size_total_b=total if total is not None else who.size_total_b,
        size_active_b=active if active is not None else who.size_active_b,
        reasoning=_reasoning(stated, who),
        released=stated.get("released", ""),
        price=_price(entry, board),
    )


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
    return True if any(word in licence for word in OPEN_LICENCES) else None


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


def _price(entry: Entry, board: Board) -> float | None:
    metric = price_metric(board)
    measure = entry.measures.get(MetricId(metric.id)) if metric else None
    return None if measure is None or measure.estimated else measure.value
