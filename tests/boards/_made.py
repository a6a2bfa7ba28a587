"""What the generated test folders share: plain rows, JSON with one record to a line, and Next.js flight pages.

Every lab, model, address and figure is invented. The expected values come from the tables in the
`_made_*` modules, never from the tracker's own reading.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from uuid import NAMESPACE_URL, uuid5

Row = Mapping[str, object]
"""A record as the publisher writes it."""
Entry = Mapping[str, object]
"""An entry as `expected.json` says it."""

LABS = ("Calder Works", "Fennel AI", "Isla Nine", "Mossgate", "Orrery Labs", "Rook & Daughters", "Saltmarsh", "Tamarack")
FAMILIES = (
    "Bramble",
    "Dovetail",
    "Gable",
    "Harrow",
    "Juniper",
    "Nettle",
    "Oriel",
    "Pewter",
    "Quarry",
    "Sorrel",
    "Umber",
    "Wicker",
)
VARIANTS = ("", " Mini", " (high)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A generated test folder: its pages by name, what they must be read as, and a short page for the hostile ones."""

    pages: Mapping[str, bytes]
    entries: Sequence[Entry]
    head: Mapping[str, object] = field(default_factory=dict)
    short: bytes

    @property
    def expected(self) -> bytes:
        """The text of `expected.json`, one entry to a line."""
        return lines({**self.head, "entries": self.entries}, "entries")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """A model without surprises. `score` falls with `number`; every fifth has a date and a speed, every sixth a price."""

    number: int

    @property
    def name(self) -> str:
        family, rest = FAMILIES[self.number % 12], self.number // 12
        return f"{family} {1 + rest // 3}{VARIANTS[rest % 3]}"

    @property
    def slug(self) -> str:
        return slug(self.name)

    @property
    def lab(self) -> str:
        return LABS[self.number % 8]

    @property
    def released(self) -> str | None:
        return None if self.number % 5 else f"2025-{1 + self.number % 12:02d}-{1 + self.number % 28:02d}"

    @property
    def score(self) -> Decimal:
        return Decimal("57.9") - Decimal("0.25") * self.number

    @property
    def price(self) -> Decimal | None:
        return Decimal("0.05") * (1 + self.number % 40) if self.number % 6 == 0 else None

    @property
    def speed(self) -> Decimal | None:
        return Decimal("30.5") + self.number if self.number % 5 == 0 else None


def plain(count: int) -> list[Plain]:
    """So many models, the best first; no two have the same name."""
    return [Plain(number=number) for number in range(count)]


def slug(name: str) -> str:
    """`Bramble 2 (high)` → `bramble-2-high`."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def uuid(name: str) -> str:
    """The same id for the same name."""
    return str(uuid5(NAMESPACE_URL, f"https://boards.example.org/{name}"))


def without(row: Row, unread: frozenset[str]) -> Row:
    """The row, and the objects in it, without some fields: plain rows leave out what no board reads, to be small."""
    inner = (
        (name, without(value, unread) if isinstance(value, dict) else value) for name, value in row.items() if name not in unread
    )
    return dict(inner)


def number(value: Decimal | None) -> float | int | None:
    """As JSON writes it: whole numbers without a point."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def known(**values: object) -> dict[str, object]:
    """Those that are known."""
    return {name: value for name, value in values.items() if value is not None}


def compact(value: object) -> str:
    """JSON without white space."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def lines(document: Mapping[str, object], records: str) -> bytes:
    """The document as JSON, with each of its records on a line of its own."""
    parts = [f'"{name}":{_listed(value) if name == records else compact(value)}' for name, value in document.items()]
    return ("{" + ",\n".join(parts) + "}\n").encode()


def _listed(rows: object) -> str:
    assert isinstance(rows, list)
    return "[\n" + ",\n".join(compact(row) for row in rows) + "\n]"


# ── Next.js flight pages ─────────────────────────────────────────────────────────────────────────


def text_row(name: str, text: str) -> str:
    """A row of text: its length is counted in bytes, and no newline ends it."""
    return f"{name}:T{len(text.encode()):x},{text}"


def pushes(stream: str, size: int, within: Sequence[str]) -> str:
    """The stream in scripts of at most so many UTF-16 units, wherever that cuts, and cut in the middle of these texts."""
    scripts = [f"<script>self.__next_f.push([1,{_literal(piece)}])</script>" for piece in _pieces(stream, size, within)]
    return "\n".join(["<script>(self.__next_f=self.__next_f||[]).push([0])</script>", *scripts])


def _pieces(stream: str, size: int, within: Sequence[str]) -> Iterator[str]:
    """A sign beyond the first plane may be cut in two, as JavaScript's strings are."""
    units = stream.encode("utf-16-le")
    middles = [(units.index(text.encode("utf-16-le")) // 2 + len(text.encode("utf-16-le")) // 4) * 2 for text in within]
    cuts = sorted({*range(0, len(units), 2 * size), *middles, len(units)})
    for start, end in pairwise(cuts):
        yield units[start:end].decode("utf-16-le", "surrogatepass")


def _literal(piece: str) -> str:
    text = re.sub(r"[\ud800-\udfff]", lambda half: f"\\u{ord(half[0]):04x}", json.dumps(piece, ensure_ascii=False))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def object_of(pairs: Iterable[tuple[str, str]]) -> str:
    """A JSON object of texts that are JSON already."""
    return "{" + ",".join(f'"{name}":{text}' for name, text in pairs) + "}"
