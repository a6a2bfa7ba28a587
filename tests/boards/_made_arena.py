"""The folder of lmarena's web page: https://arena.ai/leaderboard/text"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from _made import Entry, Folder, Plain, Row, compact, known, number, object_of, plain, pushes, without

PLAIN = 194
UNREAD = frozenset({"rankUpper", "rankLower", "modelUrl"})
LICENSES = ("Proprietary", "Apache 2.0", "MIT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the dataset. `low` and `high` are None where there are too few votes, `lab` is empty where it is unknown."""

    name: str
    lab: str
    license: str
    rating: float
    low: float | None
    high: float | None
    votes: int
    rank: int

    def entry(self) -> Entry:
        bounds = known(low=self.low, high=self.high)
        return {
            "entry": self.name,
            "name": self.name,
            "rank": self.rank,
            "attributes": known(creator=self.lab or None, license=self.license or None),
            "measures": {"score": {"value": self.rating, **bounds} if bounds else self.rating, "votes": self.votes},
        }


def _line(name: str, lab: str, license_: str, *figures: float | None) -> Line:
    rating, low, high, votes, rank = figures
    assert rating is not None
    return Line(
        name=name, lab=lab, license=license_, rating=rating, low=low, high=high, votes=int(votes or 0), rank=int(rank or 0)
    )


TRAPS = [
    _line(
        "kittiwake-5-max", "saltmarsh", "Proprietary", 1511.75, 1507.5, 1516.0, 38217, 1
    ),  # two share a rank, and the next is the third
    _line("kittiwake-5-high", "saltmarsh", "Proprietary", 1511.75, 1504.25, 1519.25, 5443, 1),  # the same rating to the digit
    _line("goosander-3 (harness)", "", "Proprietary", 1499.5, 1496.0, 1503.0, 9001, 3),  # an empty organisation
    _line("pochard-2-400b-a32b", "Mossgate", "MIT", 1498.0390625, None, None, 187, 4),  # too few votes for bounds
    _line("eider_2-preview", "rook & daughters", "", 1497.5, 1490.125, 1501.75, 3300, 4),  # an interval longer below, no licence
    _line(
        "smew-72b-instruct-0511", "Orrery Labs", "Apache 2.0", 1497, 1497, 1497, 120034, 6
    ),  # an interval of nothing, whole numbers
]


def _plain(one: Plain, licences: tuple[str, ...] = LICENSES) -> Line:
    rating = Decimal(1490) - Decimal("2.25") * one.number
    half = Decimal("2.5") + Decimal("0.25") * (one.number % 20)
    figures = (float(rating), float(rating - half), float(rating + half), 900 + 37 * one.number, 7 + one.number)
    return _line(one.slug, "" if one.number % 4 else one.lab.lower(), licences[one.number % len(licences)], *figures)


LINES = [*TRAPS, *map(_plain, plain(PLAIN))]
# ── the web page ─────────────────────────────────────────────────────────────────────────────────

Shown = tuple[Row, Entry]


def _shown(line: Line, **more: object) -> Row:
    place = {"rank": line.rank, "rankUpper": line.rank, "rankLower": line.rank + 2}
    return {
        **place,
        "modelKey": f"{line.name}-text",
        "modelDisplayName": line.name,
        "rating": line.rating,
        "ratingUpper": line.high,
        "ratingLower": line.low,
        "votes": line.votes,
        "modelOrganization": line.lab,
        "modelUrl": "",
        "license": line.license,
        **more,
    }


def _expected(line: Line, attributes: dict[str, object], prices: dict[str, object]) -> Entry:
    found = line.entry()
    key = {"entry": f"{line.name}-text"}
    return {
        **found,
        **key,
        "attributes": {**_mapping(found["attributes"]), **attributes},
        "measures": {**_mapping(found["measures"]), **prices},
    }


def _mapping(value: object) -> dict[str, object]:
    assert isinstance(value, dict)
    return value


def _costs(price_in: float, price_out: float, context: int) -> dict[str, object]:
    return {
        "inputPricePerMillion": price_in,
        "outputPricePerMillion": price_out,
        "contextLength": context,
        "pricePerImage": None,
        "pricePerSecond": None,
    }


def _shown_plain(line: Line, number_: int) -> Shown:
    if number_ % 8:
        return without(_shown(line), UNREAD), _expected(line, {}, {})
    price = number(Decimal("0.25") * (1 + number_ % 16))
    return _shown(line, **_costs(float(price or 0), 5, 131072)), _expected(
        line, {"context": "131072"}, {"price_in": price, "price_out": 5}
    )


SHOWN_TRAPS: list[Shown] = [
    (_shown(TRAPS[0], **_costs(4, 22, 1048576)), _expected(TRAPS[0], {"context": "1048576"}, {"price_in": 4, "price_out": 22})),
    (
        _shown(TRAPS[1], **_costs(0.05, 0.4, 1000000)),
        _expected(TRAPS[1], {"context": "1000000"}, {"price_in": 0.05, "price_out": 0.4}),
    ),
    (_shown(TRAPS[2], **_costs(0, 0, 0)), _expected(TRAPS[2], {}, {})),  # 0 is unknown: no free model, no context of nothing
    (_shown(TRAPS[3], **_costs(0.0, 1.5, 262144)), _expected(TRAPS[3], {"context": "262144"}, {"price_out": 1.5})),
    (_shown(TRAPS[4], releaseType="preview"), _expected(TRAPS[4], {}, {})),  # the fields are absent
    (
        _shown(TRAPS[5], **(_costs(2, 6, 0) | {"contextLength": "$undefined"})),
        _expected(TRAPS[5], {}, {"price_in": 2, "price_out": 6}),
    ),
]
RECOUNTED = "kittiwake-5-max-v2-text"
"""A re-counted entry has another key than its name says."""


def _table() -> list[Shown]:
    (row, entry), *others = SHOWN_TRAPS
    first = ({**row, "modelKey": RECOUNTED}, {**entry, "entry": RECOUNTED})
    return [first, *others, *(_shown_plain(line, at) for at, line in enumerate(LINES[len(TRAPS) :]))]


def _stream(rows: list[Row]) -> str:
    arena = {
        "slug": "text",
        "title": "Text",
        "categories": "$Q19",
        "groups": "$Q1a",
        "hasStyleControl": True,
        "symmetricCi": True,
    }
    board = (
        ("arenaSlug", '"text"'),
        ("leaderboardSlug", '"overall"'),
        ("params", '{"category":"overall","styleControl":true}'),
        ("category", '"$19:0:1"'),
        ("entries", f"[{','.join(compact(row) for row in rows)}]"),
        ("voteCutoffISOString", '"2026-09-13T16:00:00.000Z"'),
        ("totalVotes", "7015338"),
        ("totalModels", str(len(rows))),
    )
    heatmap = [
        {
            "type": "win_fraction_heatmap",
            "data": {"models": ["kittiwake-5-max", "smew-72b-instruct-0511"], "values": [[0.5, 0.6], [0.4, 0.5]]},
        }
    ]
    picker = [{"rating": 1000, "modelDisplayName": f"a{at}"} for at in range(1, 21)]
    return "".join(
        (
            '2:I[9133,[],""]\n18:I[70221,["3391","static/chunks/ef79.js"],"default"]\n:HL["/_next/static/media/face.woff2","font"]\n',
            f'a:["$","$L18",null,{{"initialModels":{compact(picker)}}}]\n',
            '19:[["overall",{"name":"overall","title":"Overall","icon":"🏆🏆🏆"}],["coding",{"name":"coding","title":"Coding","icon":"💻"}]]\n',
            '1a:[["language",{"name":"language","title":"Language"}]]\n',
            f'b:["$","$L18",null,{{"arena":{compact(arena)},"leaderboard":{object_of(board)},"plots":{compact(heatmap)}}}]\n',
        )
    )


def _page(rows: list[Row], size: int) -> bytes:
    return f"""<!DOCTYPE html><html lang="en"><head><title>Text Arena - Arena Leaderboard</title></head><body><main><h1>Text Arena</h1>
<div><span>Last Updated</span><span>Sep 13, 2026</span></div><div><span>Total Votes</span><span>7,015,338</span></div><nav>/ 🏆 Overall / Style Control</nav>
<table class="w-full caption-bottom text-sm"><thead class="[&amp;_tr]:border-b"><tr><th><button>Rank<svg></svg></button></th><th>Rank Spread</th><th>Model</th><th>Score</th><th>Votes</th></tr></thead>
<tbody><tr><td><span>1</span></td><td><div><span>1</span><span>◄─►</span><span>3</span></div></td><td><span title="kittiwake-5-max">kittiwake-5-max</span></td><td><span>1512</span> <span>±<!-- -->4</span></td><td>38,217</td></tr></tbody></table>
</main>
{pushes(_stream(rows), size, ("🏆", "1511.75"))}
</body></html>
""".encode()


def text_page() -> Folder:
    """The web page, in the layout since the summer of 2026."""
    table = _table()
    rows = [row for row, _ in table]
    return Folder(
        pages={"page.html": _page(rows, 6007)},
        entries=[entry for _, entry in table],
        head={"stated_on": "2026-09-13"},
        short=_page(rows[:5], 401),
    )


FOLDERS = {"lmarena/text-page": text_page}
