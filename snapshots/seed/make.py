"""Writes the season's bodies: `python snapshots/seed/make.py` → `captures/<source>/<board>/<time>.<ext>`, always the same bytes.

Sources, labs, models and figures are invented; the formats of the pages are those of real boards. README.md, in this folder,
lists what happens on which day, and a test compares the two."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

Figure = float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One line of `MODELS`. `size` is in 10⁹ parameters, None for closed weights; `index` and prices as on the first day."""

    name: str
    lab: str
    released: str
    size: int | None
    index: Figure
    price_in: Figure
    price_out: Figure

    @property
    def slug(self) -> str:
        """`Quillon-2 (max)` → `quillon-2-max`."""
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")


MODELS = """
Aurora 3 Ultra (high)  | Northwind Labs      | 2025-11-18 |     | 55.2 | 4    | 20
Quillon-2 (max)        | Quill Research      | 2025-09-30 |     | 54.1 | 5    | 25
Marl 4 Pro             | Pembroke Dynamics   | 2025-12-09 |     | 52.6 | 2    | 12
Ombre Grande 2         | Institut Verdigris  | 2025-10-14 |     | 51.9 | 2    | 8
Aurora 3 Ultra         | Northwind Labs      | 2025-11-18 |     | 50.3 | 4    | 20
Quillon-2 (high)       | Quill Research      | 2025-09-30 |     | 49.8 | 5    | 25
Foxglove 6 (thinking)  | Lantern Bay         | 2026-01-22 |     | 48.4 | 1.5  | 6
Damson Large           | Seventh Orchard     | 2025-08-05 |     | 47   | 3    | 9
Petrel 2 400B-A32B     | Grey Harbour        | 2025-12-02 | 400 | 46.1 | 0.6  | 2.4
Heron Max              | Mirrorlake          | 2025-10-28 |     | 45.5 | 1.2  | 6
Marl 4                 | Pembroke Dynamics   | 2025-12-09 |     | 44.2 | 1    | 5
Tessera 5              | Osprey Valley       | 2025-07-17 |     | 43.7 | 2.5  | 10
Quillon-2 (low)        | Quill Research      | 2025-09-30 |     | 43.7 | 5    | 25
Foxglove 6             | Lantern Bay         | 2026-01-22 |     | 42   | 1.5  | 6
Aurora 3 70B           | Northwind Labs      | 2025-11-18 | 70  | 41.3 | 0.4  | 1.6
Ombre 2 (preview)      | Institut Verdigris  | 2026-02-12 |     | 40.6 | 0.5  | 1.5
Damson Medium          | Seventh Orchard     | 2025-08-05 |     | 39.2 | 1    | 3
Sable 2 32B            | Kettle & Crane      | 2025-06-25 | 32  | 38   | 0.2  | 0.6
Petrel 2 90B           | Grey Harbour        | 2025-12-02 | 90  | 37.4 | 0.3  | 0.9
Heron                  | Mirrorlake          | 2025-10-28 |     | 36.1 | 0.4  | 1.6
Marl 4 Mini            | Pembroke Dynamics   | 2025-12-09 |     | 35.5 | 0.25 | 1
Tessera 5 Flash        | Osprey Valley       | 2025-07-17 |     | 34.8 | 0.3  | 1.2
Brindle 24B            | Tallow Works        | 2025-05-20 | 24  | 32.9 | 0.1  | 0.3
Quillon-2 mini         | Quill Research      | 2025-09-30 |     | 32.1 | 0.8  | 4
Sable 2 13B            | Kettle & Crane      | 2025-06-25 | 13  | 31.5 | 0.08 | 0.24
Foxglove 6 Lite        | Lantern Bay         | 2026-01-22 |     | 30.2 | 0.1  | 0.4
Aurora 3 14B           | Northwind Labs      | 2025-11-18 | 14  | 28.8 | 0.09 | 0.3
Damson Small           | Seventh Orchard     | 2025-08-05 |     | 27.5 | 0.15 | 0.45
Petrel 2 12B           | Grey Harbour        | 2025-12-02 | 12  | 25.9 | 0.06 | 0.18
Tessera Mini           | Osprey Valley       | 2026-02-03 |     | 24   | 0.1  | 0.35
Heron Nano             | Mirrorlake          | 2025-10-28 |     | 23.3 | 0.05 | 0.2
Ombre Petite           | Institut Verdigris  | 2025-10-14 | 9   | 21.7 | 0.04 | 0.12
Brindle 7B             | Tallow Works        | 2025-05-20 | 7   | 19.4 | 0.03 | 0.09
Sable 2 3B             | Kettle & Crane      | 2025-06-25 | 3   | 16.2 |      |
Marl Pocket 2B         | Pembroke Dynamics   | 2025-12-09 | 2   | 12.5 |      |
Damson Seed 1B         | Seventh Orchard     | 2026-02-19 | 1   |      |      |
Aurora 4 120B          | Northwind Labs      | 2026-03-03 | 120 | 42.9 | 0.5  | 2
Quillon-3 (max)        | Quill Research      | 2026-03-05 |     | 58.9 | 6    | 30
Quillon-3 (low)        | Quill Research      | 2026-03-05 |     | 49   | 6    | 30
"""
"""Name, lab, release, size, index, dollars per million tokens in and out. Who is not released yet is not listed yet."""


def main() -> None:
    """Write every body beside this file."""
    here = Path(__file__).parent / "captures"
    for name, body in bodies():
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        (here / name).write_bytes(body)


def bodies() -> Iterable[tuple[str, bytes]]:
    """Every body with its path under `captures/`."""
    for board, (ending, days, write) in BOARDS.items():
        for day in days:
            yield f"{board}/2026-03-{day:02}T060000Z.{ending}", write(day).encode()


def chance(*of: object) -> float:
    """A number in [0, 1) that only depends on what it is asked for."""
    return int.from_bytes(hashlib.sha256(repr(of).encode()).digest()[:6]) / 2**48


def models() -> list[Model]:
    """`MODELS`, line by line."""
    return [_model([cell.strip() for cell in line.split("|")]) for line in MODELS.strip().splitlines()]


def _model(cells: Sequence[str]) -> Model:
    name, lab, released, size, *figures = cells
    index, price_in, price_out = (float(figure) if figure else None for figure in figures)
    return Model(
        name=name,
        lab=lab,
        released=released,
        size=int(size) if size else None,
        index=index,
        price_in=price_in,
        price_out=price_out,
    )


def listed(day: int) -> list[Model]:
    """The models released by then, in the order of `MODELS`."""
    return [model for model in models() if model.released <= f"2026-03-{day:02}"]


# ── meridian/llms: a Next.js flight page ─────────────────────────────────────────────────────────

ESTIMATED = {"tessera-mini": 7, "sable-2-3b": 32}
"""The day of March on which an estimate gives way to a measurement."""
MEASURED = {"tessera-mini": (7, 26.3), "sable-2-13b": (8, 33.4)}
"""From which day on another index is published."""
FULL_FLOATS, CHALLENGE, NO_PRICES, REBASED = 8, 9, 11, 13

CHALLENGE_PAGE = """<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title>
<meta name="robots" content="noindex,nofollow"/></head><body><div class="main-wrapper">
<h1>meridian.example</h1><p>Verifying you are human. This may take a few seconds.</p>
<noscript>Enable JavaScript and cookies to continue</noscript></div>
<script>window._cf_chl_opt={cType:'managed',cZone:'meridian.example'};</script></body></html>
"""

MERIDIAN_PAGE = """<!DOCTYPE html><html lang="en"><head><meta charSet="utf-8"/><title>Meridian: language models</title>
<!-- Invented for the demo of the leaderboard tracker: no such publisher, labs, models or figures. --></head><body><main>
<h1>Language models</h1><p>Meridian Intelligence Index v{version} incorporates 7 evaluations</p>
<table class="w-full text-sm"><thead><tr><th>Model</th><th>Creator</th><th>Meridian Intelligence Index</th></tr></thead><tbody>
{top}
</tbody></table></main>
<script>(self.__next_f=self.__next_f||[]).push([0])</script>
{pushes}
</body></html>
"""


def meridian(day: int) -> str:
    """The page of a day; the 4th shows what the 3rd showed, the 9th a challenge."""
    if day == CHALLENGE:
        return CHALLENGE_PAGE
    day = 3 if day == 4 else day
    rows = sorted((_row(model, day) for model in listed(day)), key=lambda row: str(row["slug"]))
    version = "2.1" if day >= REBASED else "2.0"
    best = sorted(listed(day), key=lambda model: -(model.index or 0))[:3]
    top = "\n".join(f"<tr><td>{one.name}</td><td>{one.lab}</td><td>{_index(one, day):.0f}</td></tr>" for one in best)
    pushes = "\n".join(_pushes(_stream(rows, version, day)))
    return MERIDIAN_PAGE.format(version=version, top=top, pushes=pushes)


def _row(model: Model, day: int) -> dict[str, object]:
    slug, estimated = model.slug, day < ESTIMATED.get(model.slug, 0)
    cut = 0.5 if slug == "aurora-3-70b" and day >= 6 else 1
    return {
        "id": str(uuid5(NAMESPACE_URL, f"https://meridian.example/{slug}")),
        "slug": slug,
        "name": "Ombre 2" if slug == "ombre-2-preview" and day >= 6 else model.name,
        "modelCreatorName": model.lab,
        "releaseDate": model.released,
        "deprecated": False,
        "isOpenWeights": model.size is not None,
        "totalParameters": model.size,
        "intelligenceIndex": _short(_index(model, day)),
        "intelligenceIndexIsEstimated": estimated,
        "codingIndex": _short(_coding(model, day)),
        "gpqa": None if model.index is None else _short(round(0.28 + model.index / 100 + 0.06 * chance(slug, "gpqa"), 3)),
        "price1mInputTokens": _short(model.price_in and model.price_in * cut),
        "price1mOutputTokens": None if day == NO_PRICES else _short(model.price_out and model.price_out * cut),
        "medianOutputTokensPerSecond": model.price_in and _short(_speed(model, day)),
        "mmmuPro": "$undefined",
        "description": "$2b" if slug == "aurora-3-ultra-high" else None,
    }


def _short(figure: Figure) -> Figure:
    """As JavaScript writes it: without a zero behind the point."""
    return int(figure) if figure is not None and figure == int(figure) else figure


def _index(model: Model, day: int) -> Figure:
    since, value = MEASURED.get(model.slug, (0, model.index))
    index = value if day >= since else model.index
    if index is None or day < FULL_FLOATS:
        return index
    exact = index + 0.09 * (chance(model.slug, "digits") - 0.5)  # rounded to one decimal, it is the earlier value
    return exact if day < REBASED else 0.88 * exact - 1.3 * chance(model.slug, "v2.1")


def _coding(model: Model, day: int) -> Figure:
    if model.index is None:
        return None
    coding = round(0.9 * model.index + 6 * chance(model.slug, "coding"), 1)
    return coding if day < REBASED else round(0.93 * coding - 2 * chance(model.slug, "v2.1"), 1)


def _speed(model: Model, day: int) -> float:
    return round((30 + 150 * chance(model.slug, "speed")) * (0.9 + 0.2 * chance(model.slug, "speed", day)), 1)


def _stream(rows: Sequence[Mapping[str, object]], version: str, day: int) -> str:
    """The rows of the stream. The first list of models is a decoy: longer, and without figures; row 2b is counted in bytes."""
    slugs = [str(row["slug"]) for row in rows] + [f"retired-{number}" for number in range(1, 7)]
    decoy = [{"slug": slug, "effort": "high" if number % 2 else {"label": "High"}} for number, slug in enumerate(slugs)]
    text = "Aurora 3 Ultra — 極光, the northern light.\nThis line ends without a newline."
    board = {"models": rows, "version": version, "fetchedAt": f"$D2026-03-{day:02}T05:48:00.000Z"}
    return (
        '1:"$Sreact.fragment"\n3:I[37077,["2619","static/chunks/2619-seed.js"],"LeaderboardTable"]\n'
        ':HL["/_next/static/media/meridian.woff2","font",{"crossOrigin":""}]\n'
        f"1c:{_json(['$', '$L3', None, {'models': decoy}])}\n"
        f"2b:T{len(text.encode()):x},{text}20:{_json(['$', '$L3', None, board])}\n"
    )


def _pushes(stream: str) -> Iterable[str]:
    """The stream in pieces that end anywhere, each a JSON string that is safe inside a script."""
    for start in range(0, len(stream), 3001):
        literal = _json(stream[start : start + 3001])
        safe = literal.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
        yield f"<script>self.__next_f.push([1,{safe}])</script>"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


# ── colosseum/text: an HTML table with intervals ─────────────────────────────────────────────────

NOT_IN_THE_ARENA = {"tessera-mini", "sable-2-3b", "damson-seed-1b", "aurora-4-120b", "quillon-3-low"}
RATINGS = {
    "quillon-2-max": (1487, 4),
    "aurora-3-ultra-high": (1485, 5),
    "marl-4-pro": (1478, 4),
    "quillon-2-high": (1474, 5),
    "aurora-3-ultra": (1471, 6),
    "ombre-grande-2": (1468, 5),
    "damson-large": (1456, 4),
    "heron-max": (1449, 4),
    "foxglove-6-thinking": (1443, 4),
    "quillon-3-max": (1482, 9),
}
"""Ratings with their half-widths; everybody else follows below, 5 to 9 points apart."""
OVERTAKE, LEFT, ENTERS = 5, 6, 10
AFTER_OVERTAKE = {"quillon-2-max": -1, "aurora-3-ultra-high": 2, "foxglove-6-thinking": 20}

COLOSSEUM_PAGE = """<!DOCTYPE html><html lang="en"><head><title>Colosseum: text</title>
<!-- Invented for the demo of the leaderboard tracker: no such publisher, labs, models or figures. --></head><body><main>
<h1>Text Colosseum</h1><div><span>Last Updated</span> <span>Mar {day}, 2026</span></div>
<div><span>Total Votes</span> <span>{votes:,}</span></div><div><span>Total Models</span> <span>{total}</span></div>
<table class="w-full caption-bottom text-sm"><thead><tr><th><button>Rank<svg></svg></button></th><th>Rank Spread</th><th>Model</th>\
<th>Score</th><th>Votes</th><th>Price $/M</th></tr></thead><tbody>
{rows}
</tbody></table></main></body></html>
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """A model in the arena, its half-width in points of rating."""

    model: Model
    score: int
    half: int
    votes: int


def colosseum(day: int) -> str:
    """The page of a day; each refit moves nearly everybody by a point."""
    there = (one for one in _fighters() if _is_there(one[0].slug, day))
    board = sorted((_rating(*one, day) for one in there), key=lambda one: -one.score)
    rows = "\n".join(_line(one, board) for one in board)
    return COLOSSEUM_PAGE.format(day=day, votes=sum(one.votes for one in board), total=len(board), rows=rows)


def _fighters() -> Iterable[tuple[Model, int, int]]:
    """Model, first rating and half-width of everybody who ever fights here."""
    score = 1443
    for model in models():
        slug, half = model.slug, 3 + int(5 * chance(model.slug, "half"))
        if slug in NOT_IN_THE_ARENA:
            continue
        if slug in RATINGS:
            yield model, *RATINGS[slug]
            continue
        score -= 5 + int(5 * chance(slug, "gap"))
        yield model, score, half


def _is_there(slug: str, day: int) -> bool:
    return (slug != "ombre-petite" or day < LEFT) and (slug != "quillon-3-max" or day >= ENTERS)


def _rating(model: Model, first: int, half: int, day: int) -> Rating:
    wobble = 0 if model.slug in RATINGS or day == 2 else round(2 * chance(model.slug, "refit", day) - 1)
    drift = 1 if day >= 3 else 0  # the whole board, which is not news
    jump = AFTER_OVERTAKE.get(model.slug, 0) if day >= OVERTAKE else 0
    votes = int(4000 + 60000 * chance(model.slug, "votes")) + 37 * day
    return Rating(model=model, score=first + wobble + drift + jump, half=half, votes=votes)


def _line(one: Rating, board: Sequence[Rating]) -> str:
    rank = 1 + sum(other.score > one.score for other in board)
    best = 1 + sum(other.score - other.half > one.score + one.half for other in board)
    worst = sum(other.score + other.half >= one.score - one.half for other in board)
    price = f"${_short(one.model.price_in)} / ${_short(one.model.price_out)}" if one.model.price_in else "N/A"
    licence = "Open weights" if one.model.size else "Proprietary"
    return (
        f"<tr><td><span>{rank}</span></td><td><div><span>{best}</span><span>◄─►</span><span>{worst}</span></div></td>"
        f'<td><div><span title="{one.model.slug}">{one.model.slug}</span>'
        f'<span class="text-xs">{one.model.lab.replace("&", "&amp;")} · {licence}</span></div></td>'
        f"<td><span>{one.score}</span> <span>±<!-- -->{one.half}</span></td><td>{one.votes:,}</td><td>{price}</td></tr>"
    )


# ── veritas/hallucination: a Markdown table in a README ──────────────────────────────────────────

RATES = (
    *(1.8, 2.1, 2.1, 2.9, 3.3, 3.3, 3.3, 4.1, 4.1, 4.8, 5.1, 5.1, 5.6, 5.6, 5.6, 5.9, 6.7, 6.7),
    *(7.2, 8.0, 8.0, 8.0, 9.3, 9.9, 9.9, 11.4, 12.2, 12.2, 13.5, 15.0, 17.9, 20.2),
)
RETESTED = 15
"""The place in `RATES` of the model that is tested again."""

VERITAS_PAGE = """# Veritas: hallucination leaderboard

How often a model adds what the text does not say. *(Invented for the demo of the leaderboard tracker: no such publisher, labs, models or figures.)*

<!-- LEADERBOARD_START -->
Last updated on March {day}, 2026

|Model|{rate}|Factual Consistency Rate|Answer Rate|Average Summary Length (Words)|
|----|----:|----:|----:|----:|
{rows}
<!-- LEADERBOARD_END -->

## Other names

|API|Model|
|---|---|
|not|the leaderboard|
"""


def veritas(day: int) -> str:
    """The README of a day; on the 8th the first column of figures has another name."""
    shuffled = sorted(models()[:36], key=lambda model: chance(model.slug, "veritas"))
    rates = dict(zip(shuffled, RATES, strict=False))
    if day >= 6:
        rates |= {model: 5.9 for model in listed(day) if model.slug == "aurora-4-120b"}
    if day >= 10:
        rates[shuffled[RETESTED]] = 4.4
    ordered = sorted(rates.items(), key=lambda pair: (pair[1], pair[0].slug))
    rate = "Hallucinations (%)" if day == 8 else "Hallucination Rate"
    return VERITAS_PAGE.format(day=day, rate=rate, rows="\n".join(_veritas_line(*pair) for pair in ordered))


def _veritas_line(model: Model, rate: float) -> str:
    name = f"{model.lab.split()[0].lower()}/{model.slug}"
    written = name.replace("-2-", r"\_2\_") if model.lab == "Grey Harbour" else name
    answered = 100 - round(9 * chance(model.slug, "answers")) / 10
    return f"|{written}|{rate} %|{100 - rate:.1f} %|{answered:.1f} %|{60 + 90 * chance(model.slug, 'words'):.1f}|"


# ── livewell/table: a CSV whose averages nobody publishes ────────────────────────────────────────

TASKS = ("code_completion", "code_generation", "math_comp", "olympiad", "theory_of_mind", "zebra_puzzle")
COLUMNS = ("model", *TASKS)
CAPPED = {5: 30, 6: 30}
"""The days on which the table is cut, and after which row."""
LATE = {"aurora-4-120b": 5, "damson-medium": 5, "tessera-5-flash": 6}
"""When they are listed first; the others from the first day on."""
UNTESTED, FIRST_SCORE = "damson-small", 12


def livewell(day: int) -> str:
    """The table of a day, best first; the order is ours, because it has no average."""
    known = [model for model in listed(day) if _level(model) and day >= LATE.get(model.slug, 0)]
    lines = sorted(
        (_tasks(model, day) for model in known), key=lambda line: -sum(float(cell) for cell in line[1:] if cell != "-")
    )
    return "".join(",".join(line) + "\n" for line in [COLUMNS, *lines[: CAPPED.get(day)]])


def _level(model: Model) -> Figure:
    """What the tasks scatter around; None for models that are not on this board."""
    return None if model.index is None or model.slug.startswith("quillon-3") else 18 + 1.2 * model.index


def _tasks(model: Model, day: int) -> tuple[str, ...]:
    level = _level(model) or 0.0
    cells = [f"{level + 8 * chance(model.slug, task) - 4:.3f}" for task in TASKS]
    if model.slug == UNTESTED and day < FIRST_SCORE:
        cells[-1] = "-"
    return model.slug, *cells


BOARDS: Mapping[str, tuple[str, Sequence[int], Callable[[int], str]]] = {
    "meridian/llms": ("html", range(2, 14), meridian),
    "colosseum/text": ("html", (2, 3, 5, 6, 7, 10, 12), colosseum),
    "veritas/hallucination": ("md", (2, 6, 8, 10), veritas),
    "livewell/table": ("csv", (2, 5, 6, 9, 12), livewell),
}
"""Ending, the days of March 2026 with a body, and who writes it."""

if __name__ == "__main__":
    main()
