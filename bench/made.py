"""Invented boards for the measurements: the same bytes on every machine, in the shapes that real boards have."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
SCORES = ("overall", "coding", "maths", "reasoning", "agentic", *(f"test_{number}" for number in range(1, 9)))
PRICES = ("price_in", "price_out", "price_cache", "price_blended")
FILLER = 145
"""Fields of a record that nobody declares: real ones have as many."""
HEAD = """
title = "{title}"
page = "https://bench.example/"
[request]
url = "{url}"
gap_s = 0
[parse]
{parse}
[columns]
key = "{key}"
name = "{name}"
"""
METRIC = """
[metrics.{id}]
from = "{column}"
nature = "{nature}"
unit = "{unit}"
topic = "{topic}"
higher_is_better = {higher}
{more}
"""


def model_name(number: int) -> str:
    """A name with a lab, a generation and a variant."""
    labs = ("Aurora", "Brindle", "Colder", "Damson", "Ember", "Foxglove", "Gantry", "Heron", "Indigo", "Juniper")
    variants = ("", " Mini", " Pro", " Max", " (thinking)", " 8B", " 70B", " Instruct")
    return f"{labs[number % 10]} {number // 80 + 1}.{number % 7}{variants[number // 10 % 8]} {number}"


def value(number: int, column: int, day: int, *, moving: int = 200) -> float:
    """A figure that changes for one in `moving` entries a day, and never goes back."""
    chance = random.Random(number * 1_009 + column)
    moves = sum((number + column * 7 + past * 13) % moving == 0 for past in range(1, day + 1))
    return round(chance.uniform(5, 95) + moves * 0.8, 4)


def rows(count: int, columns: int, day: int, *, moving: int = 200) -> list[list[str]]:
    """Rows of a name and figures; one entry in a hundred is new each day."""
    listed = range(count + day * max(1, count // 100))
    return [
        [model_name(number), *(f"{value(number, column, day, moving=moving)}" for column in range(columns))] for number in listed
    ]


def header(columns: int) -> list[str]:
    return ["model", *(f"c{number}" for number in range(columns))]


def csv_page(table: Sequence[Sequence[str]]) -> bytes:
    return "".join(",".join(row) + "\n" for row in table).encode()


def html_page(table: Sequence[Sequence[str]]) -> bytes:
    """A page as static generators write it, with classes and links in the cells."""
    head = "".join(f'<th scope="col" class="px-4 py-2">{cell}</th>' for cell in table[0])
    body = "\n".join(
        f'<tr class="border-b"><td><a href="/models/{number}">{row[0]}</a></td>'
        + "".join(f'<td class="px-4">{cell}</td>' for cell in row[1:])
        + "</tr>"
        for number, row in enumerate(table[1:])
    )
    return f"<!doctype html><title>Bench</title><table><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table>\n".encode()


def records(count: int, day: int, *, filler: int = FILLER) -> list[dict[str, object]]:
    """Records as a JSON interface gives them: nested groups, most of them undeclared."""
    return [_record(number, day, filler) for number in range(count + day * max(1, count // 200))]


def _record(number: int, day: int, filler: int) -> dict[str, object]:
    chance = random.Random(number)
    return {
        "id": f"{chance.getrandbits(64):016x}",
        "name": model_name(number),
        "slug": model_name(number).lower().replace(" ", "-"),
        "creator": {"id": f"{number % 10}", "name": model_name(number).split()[0], "country": "US"},
        "scores": {name: value(number, place, day) for place, name in enumerate(SCORES)},
        "prices": {name: round(value(number, 50 + place, day, moving=900) / 10, 2) for place, name in enumerate(PRICES)},
        "details": {f"field_{place}": round(chance.uniform(0, 1), 12) for place in range(filler)},
    }


def json_page(found: Sequence[object]) -> bytes:
    return json.dumps({"models": found}).encode()


def flight_page(found: Sequence[object]) -> bytes:
    """A page of Next.js, whose records come as text in scripts."""
    payload = f'5:["$","div",null,{{"models":{json.dumps(found, separators=(",", ":"))}}}]\n'
    pieces = (payload[start : start + 20_000] for start in range(0, len(payload), 20_000))
    scripts = "".join(f"<script>self.__next_f.push([1,{json.dumps(piece)}])</script>" for piece in pieces)
    return f"<!doctype html><html><body><div>Bench</div>{scripts}</body></html>\n".encode()


def table_declaration(url: str, parse: str, columns: int, title: str = "Bench") -> str:
    """The declaration of a board whose table is `rows`: the first column of figures is primary."""
    head = HEAD.format(title=title, url=url, parse=f'format = "{parse}"', key="model", name="model")
    return head + "".join(
        _metric(
            f"c{number}", f"c{number}", primary=number == 0, nature="tested", unit="index", topic="overall" if not number else ""
        )
        for number in range(columns)
    )


def records_declaration(url: str, parse: str = "json_records", title: str = "Bench") -> str:
    """The declaration of a board whose records are those of `records`: 17 metrics."""
    path = 'records = "models"' if parse == "json_records" else 'require = ["id", "name"]'
    head = (
        HEAD.format(title=title, url=url, parse=f'format = "{parse}"\n{path}', key="id", name="name")
        + 'creator = "creator.name"\n'
    )
    scores = (
        _metric(
            name,
            f"scores.{name}",
            primary=not place,
            nature="tested",
            unit="index",
            topic="" if name.startswith("test") else name,
        )
        for place, name in enumerate(SCORES)
    )
    prices = (
        _metric(name, f"prices.{name}", primary=False, nature="listed", unit="USD per 1M tokens", topic="price")
        for name in PRICES
    )
    return head + "".join((*scores, *prices))


def _metric(name: str, column: str, *, primary: bool, nature: str, unit: str, topic: str) -> str:
    more = "primary = true\nstated_error = 1.4" if primary else ""
    higher = "false" if nature == "listed" else "true"
    return METRIC.format(id=name, column=column, nature=nature, unit=unit, topic=topic, higher=higher, more=more)


def days(folder: Path, suffix: str, count: int) -> list[Path]:
    """The files of the first days, by the names from which `tracker import` takes their dates."""
    return [folder / f"{START + timedelta(days=day):%Y-%m-%dT%H%M%SZ}.{suffix}" for day in range(count)]


def dated(folder: Path, pages: Sequence[bytes], suffix: str) -> list[Path]:
    """The pages as such files."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = days(folder, suffix, len(pages))
    for path, page in zip(paths, pages, strict=True):
        path.write_bytes(page)
    return paths
