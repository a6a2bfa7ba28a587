"""Unit words behind figures: `88.4点`, `85 ms`, `12.3 pts`, `1 500 EUR`. All figures of a column must have the same."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from tracker.model import Metric

CURRENCY_WORDS = {
    **dict.fromkeys(("us$", "usd", "dollar", "dollars"), "$"),
    **dict.fromkeys(("eur", "euro", "euros"), "€"),
    **dict.fromkeys(("gbp", "pound", "pounds"), "£"),
    **dict.fromkeys(("cny", "rmb", "jpy", "yen", "yuan", "円", "元"), "¥"),
}
NO_UNIT = frozenset(("e", "est", "est.", "estimate", "estimated", "preliminary", "provisional", "new", "to", "or", "and", "per"))
"""Words behind figures that are remarks, or parts of an interval or a rate."""
SPELLED = {
    **dict.fromkeys(("sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("msec", "millis", "millisecond", "milliseconds"), "ms"),
    **dict.fromkeys(("mins", "minute", "minutes"), "min"),
    **dict.fromkeys(("hr", "hrs", "hour", "hours"), "h"),
    **dict.fromkeys(("day", "days"), "d"),
    **dict.fromkeys(("percent", "pct"), "%"),
    **dict.fromkeys(("st", "nd", "rd"), "th"),
}
POWERS = {
    **dict.fromkeys(("thousand", "thousands", "tsd", "тыс", "千"), 3),
    **dict.fromkeys(("万", "萬"), 4),
    **dict.fromkeys(("million", "millions", "mio", "mln", "mn", "млн"), 6),
    **dict.fromkeys(("億", "亿"), 8),
    **dict.fromkeys(("billion", "billions", "bn", "mrd", "млрд"), 9),
}
TIMES = {"s": Decimal(1), "min": Decimal(60), "h": Decimal(3600), "d": Decimal(86400)}
PREFIXES = {"": 0, "n": -9, "µ": -6, "μ": -6, "u": -6, "m": -3, "k": 3, "K": 3, "M": 6, "G": 9, "T": 12}

_PER_MILLION = re.compile(r" ?(?:/|per) ?1?[mM](?: ?tok(?:en)?s?)?(?!\w)")
CURRENCY_FIRST = re.compile(r"(?<![^\W\d_])(US\$|USD|EUR|GBP|CNY|RMB|JPY) ?(?=[0-9.])")
"""`US$8`, `USD 0.80`."""
FIGURE = re.compile(r"[(\[]?[≈~]? ?[+\-\u2212]?[$€£¥]?\.?[0-9]")
"""The beginning of a cell with a figure."""
_UNIT = re.compile(
    r"(?<=[0-9%])(?P<power>[kKmMbBtT](?![^\W\d_]))? ?"
    r"(?P<unit>(?![eE][+-]?[0-9]|[kKmMbBtT](?!\w|/))[°µμ]?[^\W\d_]+(?:/[^\W\d_]+)?\.?(?:(?: [^\W\d_]+){1,2}\Z)?)(?![\w/])"
)
"""A single k, m, b or t may be a unit or a power of ten, so it is neither."""
_DURATION = re.compile(
    r"(?:\+ )?(?=\d)(?:(\d+) ?d(?:ays?)?,? ?)?(?:(\d+) ?h(?:(?:ou)?rs?)?,? ?)?"
    r"(?:(\d+) ?(?:m(?:in(?:ute)?s?)?(?!s)|['’′](?!['’′])),? ?)?"
    r"(?:(\d+(?:\.\d+)?) ?(?:s(?:ec(?:ond)?s?)?|['’′]{2}|[\"”″]),? ?)?(?:(\d{1,3}) ?ms)?"
)
"""`1h 34m 40s`, `33 min 32 s`, `1m 36s 040ms`, `76h 00' 32''`, `2 days 3 hours`."""
_CLOCK = re.compile(r"()(?:(\d+):(?=\d\d:))?(\d+):([0-5]\d(?:\.\d+)?)()")
"""`2:01:09`, `2:18.28`. A column of `1:34` alone may be minutes, hours or a result of two teams."""
_PHYSICAL = re.compile(rf"(?P<prefix>[{''.join(PREFIXES)}]?)(?P<base>s|Wh|W|V|A|Hz|B|J|g)")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitColumn:
    """Cells without their unit. `refused` maps the rows with another unit to the expected figure."""

    cells: Sequence[str | None]
    refused: dict[int, str] = field(default_factory=dict)
    unit: str = ""


class Quantity(NamedTuple):
    """The base of a unit, and its size in that base: ms → (s, 0.001)."""

    base: str
    size: Decimal


def in_one_unit(cells: Sequence[str | None]) -> UnitColumn:
    """The cells without the unit that all figures have; currencies as their signs. Without units the cells are unchanged.

    Durations in several units, such as `1h 34m 40s` and `2:18.28`, become seconds, if all figures of the column are durations.
    """
    if (seconds := _in_seconds(cells)) is not None:
        return UnitColumn(cells=seconds, unit="s")
    cells = [cell and CURRENCY_FIRST.sub(lambda found: CURRENCY_WORDS[found[1].casefold()], cell) for cell in cells]
    masked = {row: _PER_MILLION.sub("", cell) for row, cell in enumerate(cells) if cell and FIGURE.match(cell)}
    signed = {row: _UNIT.sub(_as_sign, cell) for row, cell in masked.items()}
    words = {row: [found["unit"] for found in _UNIT.finditer(cell) if _is_unit(found["unit"])] for row, cell in signed.items()}
    counted = Counter(_alike(word) for found in words.values() for word in dict.fromkeys(found))
    if not counted and signed == masked:
        return UnitColumn(cells=cells)
    bare = {row: _UNIT.sub(_without_unit, cell).strip() for row, cell in signed.items()}
    found = [bare.get(row, cell) for row, cell in enumerate(cells)]
    if not counted:
        return UnitColumn(cells=found)
    usual = counted.most_common(1)[0][0]
    name = next(word for found in words.values() for word in found if _alike(word) == usual)
    expected = f"a figure in {name}, as in other cells"
    same = (
        ({usual}, set()) if _quantity(name) is None else ({usual},)
    )  # a bare figure among points is one; among ms it may be in s
    refused = {row: expected for row, found in words.items() if {*map(_alike, found)} not in same}
    return UnitColumn(cells=found, refused=refused, unit=name)


def _in_seconds(cells: Sequence[str | None]) -> Sequence[str | None] | None:
    """The cells in seconds; None unless all figures are durations and some have two units. Seconds alone keep their decimals."""
    form = _CLOCK if any(cell and ":" in cell for cell in cells) else _DURATION
    found = {row: match for row, cell in enumerate(cells) if cell and (match := form.fullmatch(cell.strip()))}
    figures = sum(bool(cell and FIGURE.match(cell)) for cell in cells)
    if len(found) < figures or not any(sum(map(bool, match.groups())) > 1 for match in found.values()):
        return None
    if form is _CLOCK and not any(match[2] or "." in match[4] for match in found.values()):
        return None
    sizes = (*map(Decimal, (86400, 3600, 60, 1)), Decimal("0.001"))
    seconds = {
        row: sum(Decimal(part or 0) * size for part, size in zip(match.groups(), sizes, strict=True))
        for row, match in found.items()
    }
    return [f"{seconds[row]:f}" if row in seconds else cell for row, cell in enumerate(cells)]


def contradiction(unit: str, metric: Metric) -> str:
    """The figure that the declaration expects, if the unit on the page is another one; "" otherwise.

    A unit that is converted by the metric's scale is the declared one: 85 ms are 0.085 s with a scale of 0.001. Words such as
    `pts` contradict only units that can be measured.
    """
    declared, published = _quantity(metric.unit), _quantity(unit)
    if declared and published and declared.base == published.base and published.size == metric.scale * declared.size:
        return ""
    if not metric.unit or (not declared and _alike(unit) in map(_alike, metric.unit.split())):
        return ""
    is_money = not CURRENCY_WORDS.keys().isdisjoint(metric.unit.casefold().split())
    return f"a figure in {metric.unit}, not in {unit}" if declared or published or is_money else ""


def is_time(unit: str) -> bool:
    """Whether a unit is one of time."""
    quantity = _quantity(unit)
    return quantity is not None and quantity.base == "s"


def _as_sign(found: re.Match[str]) -> str:
    sign = CURRENCY_WORDS.get(found["unit"].casefold())
    return f"{found['power'] or ''} {sign}" if sign else found[0]


def _without_unit(found: re.Match[str]) -> str:
    return found["power"] or "" if _is_unit(found["unit"]) else found[0]


def _is_unit(word: str) -> bool:
    return word.casefold().partition(" ")[0] not in NO_UNIT


def _alike(word: str) -> str:
    """One spelling of a unit: `seconds` is s, `vote` is votes; the case of short units counts (MB, Mb)."""
    word = word.rstrip(".")
    lower, _, further = word.casefold().partition(" ")
    if further:
        return f"{lower.removesuffix('s')} {further}"
    return SPELLED.get(lower) or (word if _PHYSICAL.fullmatch(word) else lower.removesuffix("s"))


def _quantity(unit: str) -> Quantity | None:
    """The quantity of a unit of measurement; None for any other word."""
    name = _alike(unit)
    if name in TIMES:
        return Quantity("s", TIMES[name])
    if name == "%":
        return Quantity("%", Decimal(1))
    if name in POWERS:
        return Quantity("number", Decimal(1).scaleb(POWERS[name]))
    match = _PHYSICAL.fullmatch(name)
    return Quantity(match["base"], Decimal(1).scaleb(PREFIXES[match["prefix"]])) if match else None
