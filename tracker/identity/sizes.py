"""Sizes in names, in 10⁹ parameters: 72B, 350M, 1T, 8x7B, A22B, A400M, E4B, 17B-128E, 1B-7B."""

from __future__ import annotations

from msgspec import Struct

_UNITS = {"b": 1.0, "t": 1000.0, "m": 0.001}


class Size(Struct, frozen=True):
    """Total and active parameters, if stated. `experts`: their number follows (17B-128E), so the model has its own name."""

    total: float | None = None
    active: float | None = None
    experts: bool = False

    def joined(self, other: Size) -> Size:
        """Both together; the first statement wins."""
        return Size(
            self.total if self.total is not None else other.total,
            self.active if self.active is not None else other.active,
            self.experts or other.experts,
        )

    def as_read(self, other: Size) -> Size:
        """The stated sizes with the other's figures: an alias may correct a size (`lfm-2.2-6b` is 2.6B), not add one."""
        total = other.total if self.total is not None and other.total is not None else self.total
        active = other.active if self.active is not None and other.active is not None else self.active
        return Size(total, active)

    @property
    def mark(self) -> str:
        """The size as in ids: the total, or the active part if there is no total."""
        if self.total is not None:
            return f"{self.total:g}b"
        return f"a{self.active:g}b" if self.active is not None and not self.experts else ""


UNSTATED = Size()


def read(kind: str, text: str, *, experts: bool = False) -> Size:
    """The size of a token. `experts`: a number of experts follows, so it is the active part (17B-128E)."""
    if kind == "mixture":
        count, _, each = text[:-1].partition("x")
        return Size(total=float(count) * float(each))
    if kind == "active":
        return Size(active=_number(text[1:]))
    number = _number(text)
    return Size(active=number, experts=True) if experts else Size(total=number)


def _number(text: str) -> float:
    return round(float(text[:-1].replace("p", ".")) * _UNITS[text[-1]], 6)
