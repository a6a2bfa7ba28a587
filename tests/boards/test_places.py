"""Expected readings are written from the page, not captured from the parser: `places.tsv` gives the place of each value.

This file reads numbers and calculates without the tracker. A line of `places.tsv` is

    entry ⇥ field ⇥ file:line ⇥ text ⇥ how

`text` is the published text. `how` is empty if that is the value, `* 100` or `/ 1000` if it is scaled, `k`, `M` (or `K`, `m`,
`b` …) if the page writes thousands or millions so, `= (3 * 0.5 + 1.5) / 4` if it is computed from published numbers, `first
part` if a key has several parts, `cut` if a script ends within the text and the next one continues, and `the name of the file`
if it is in no body.
"""

from __future__ import annotations

import ast
import html
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
FOLDERS = sorted(places.parent.relative_to(HERE).as_posix() for places in HERE.glob("*/*/places.tsv"))
NUMBER = re.compile(r"[$€£]?\s?([+-]?)[$€£]?(\d{1,3}(?:,\d{3})+|\d*)(\.\d*)?([eE][+-]?\d+)?\s?(?:%|st|nd|rd|th)?")
LETTERS = {letter: Decimal(1000) ** power for power, letters in enumerate(("kK", "mM", "bB", "tT"), 1) for letter in letters}
"""What a letter behind a number stands for, where the line says that it stands there."""
CONSTANTS = {Decimal("1.96")}
"""Numbers with decimals that a computation may use although no page publishes them: the 95 % quantile."""
MAX_ARITHMETIC = 400
SEAM = re.compile(r'"\]\)</script>\n?<script>self\.__next_f\.push\(\[1,"')
"""Between two scripts of a Next.js page, which cut its text anywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One line of `places.tsv`. `line` is what stands at that line of that file, "" where only a file is named."""

    entry: str
    field: str
    file: str
    line: str
    text: str
    how: str


def places_of(folder: str) -> Iterator[Place]:
    for number, written in enumerate((HERE / folder / "places.tsv").read_text(encoding="utf-8").splitlines(), 1):
        cells = written.split("\t")
        assert len(cells) == 5, f"{folder}/places.tsv:{number}: {len(cells)} cells, expected 5"
        entry, field, place, text, how = cells
        file, _, line = place.partition(":")
        there = joined(folder, file, line) if how == "cut" else line_of(folder, file, line)
        yield Place(entry=entry, field=field, file=file, line=there, text=text, how="" if how == "cut" else how)


def line_of(folder: str, file: str, number: str) -> str:
    """A line of a body, "" where no number is given. Lines end as an editor counts them."""
    body = (HERE / folder / file).read_bytes().decode("utf-8-sig")
    lines = re.split(r"\r\n|\n|\r", body)
    assert not number or 1 <= int(number) <= len(lines), f"{folder}/{file}: no line {number}"
    return lines[int(number) - 1] if number else ""


def joined(folder: str, file: str, number: str) -> str:
    """A line and the next one, without the seam of two scripts between them."""
    return SEAM.sub("", line_of(folder, file, number) + line_of(folder, file, str(int(number) + 1)), count=1)


def expected_of(folder: str) -> list[dict[str, Any]]:
    """The expected entries, numbers as they are written."""
    text = (HERE / folder / "expected.json").read_text(encoding="utf-8")
    entries: list[dict[str, Any]] = json.loads(text, parse_float=Decimal, parse_int=Decimal)["entries"]
    return entries


def values_of(entry: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What needs a place: key, name and rank of an entry, and its measures with their intervals."""
    yield from ((field, entry[field]) for field in ("entry", "name", "rank") if field in entry)
    for metric, measure in entry["measures"].items():
        whole = measure if isinstance(measure, dict) else {"value": measure}
        yield metric, whole["value"]
        yield from ((f"{metric}.{end}", whole[end]) for end in ("low", "high") if end in whole)


# ── reading what is written ──────────────────────────────────────────────────────────────────────


def number(text: str) -> Decimal:
    """A number as pages write it: `1,504`, `$0.25`, `77.47%`, `7.5e-08`, `1st`, `T4` (a shared place)."""
    match = NUMBER.fullmatch(text.strip().replace("−", "-").removeprefix("T"))
    if not match or not (match[2] or len(match[3] or "") > 1):
        raise ValueError(f"{text!r} is no number")
    sign, whole, rest, exponent = match.groups("")
    return Decimal(f"{sign}{whole.replace(',', '')}{rest}{exponent}")


def computed(text: str) -> Decimal:
    """The value of `+ - * /` between numbers."""
    assert len(text) <= MAX_ARITHMETIC, f"{len(text)} characters of arithmetic"
    return _value(ast.parse(text.strip(), mode="eval").body, text.strip())


OPERATIONS: Mapping[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: Decimal.__add__,
    ast.Sub: Decimal.__sub__,
    ast.Mult: Decimal.__mul__,
    ast.Div: Decimal.__truediv__,
}


def _value(node: ast.expr, text: str) -> Decimal:
    if isinstance(node, ast.Constant):
        return Decimal(ast.get_source_segment(text, node) or "")
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand, text)
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATIONS:
        return OPERATIONS[type(node.op)](_value(node.left, text), _value(node.right, text))
    raise ValueError(f"{text!r} is no plain arithmetic")


def literals(text: str) -> set[Decimal]:
    """The numbers that a computation begins with."""
    return {Decimal(literal) for literal in re.findall(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+", text)}


def readings(text: str) -> set[str]:
    """The meanings of a text: itself, or unescaped as in HTML, JSON, CSV and JavaScript; accents are composed."""
    unescaped = re.sub(r"\\u([0-9a-fA-F]{4})", lambda code: chr(int(code[1], 16)), text)
    plain = {text, html.unescape(text), text.replace('""', '"'), re.sub(r"\\(.)", r"\1", unescaped)}
    return {" ".join(unicodedata.normalize("NFC", form).split()) for form in plain}


def digits(number: Decimal) -> tuple[int, ...]:
    """Its significant digits: a price per token and the same per million have the same."""
    return number.normalize().as_tuple().digits


def bodies_of(folder: str) -> Iterator[str]:
    """What the pages of a folder hold; the hostile ones stand in a folder of their own."""
    ours = {"README.md", "expected.json", "places.tsv"}
    yield from (path.read_text("utf-8-sig") for path in (HERE / folder).iterdir() if path.is_file() and path.name not in ours)


def is_in(text: str, line: str) -> bool:
    """Whether a text stands in a line as a whole: a number is no part of a longer one."""
    if not re.fullmatch(r"[\d.,eE+-]+", text):
        return text in line
    return re.search(rf"(?<![\d.])(?<![^\w\s]-)(?<!\s-){re.escape(text)}(?!\d|\.\d)", line) is not None


# ── what a place says ────────────────────────────────────────────────────────────────────────────


def trouble(place: Place, value: Any) -> str | None:
    """Why a place does not show the value, None where it does."""
    if place.how == "the name of the file":
        return None if place.text in place.file and place.text == value else f"{place.text!r} is not {value!r}"
    if not place.line or (place.text and not is_in(place.text, place.line)):
        return f"{place.text!r} does not stand there: {place.line.strip()[:100]!r}"
    return text_trouble(place, value) if isinstance(value, str) else number_trouble(place, value)


def text_trouble(place: Place, value: str) -> str | None:
    wanted = value.split(" | ", maxsplit=1)[0] if place.how == "first part" else value
    if place.how not in ("", "first part"):
        return f"how = {place.how!r}, expected nothing or 'first part'"
    return None if place.text and " ".join(wanted.split()) in readings(place.text) else f"{place.text!r} is not {wanted!r}"


def number_trouble(place: Place, value: Decimal) -> str | None:
    try:
        shown = shown_by(place)
    except (ValueError, ArithmeticError, SyntaxError) as error:
        return str(error)
    if place.how:  # what is computed or scaled may be written with fewer decimals, though never with others
        return None if abs(shown - value) <= half_unit(value) else f"shows {shown}, expected {value}"
    return None if shown == value else f"shows {shown}, expected {value}"


def half_unit(value: Decimal) -> Decimal:
    """Half of the last decimal that is written: one may round a half either way."""
    return Decimal(1).scaleb(min(0, int(value.as_tuple().exponent))) / 2


def shown_by(place: Place) -> Decimal:
    if place.how.startswith("="):
        return computed(place.how[1:])
    if place.how in LETTERS:
        return number(place.text.strip().removesuffix(place.how)) * LETTERS[place.how]
    return computed(f"{number(place.text)} {place.how}") if place.how else number(place.text)


@pytest.mark.slow
@pytest.mark.parametrize("folder", FOLDERS)
def test_every_expected_value_has_exactly_one_place(folder: str):
    wanted = Counter((entry["entry"], field) for entry in expected_of(folder) for field, _ in values_of(entry))
    named = Counter((place.entry, place.field) for place in places_of(folder))
    assert sorted((named - wanted).elements()) == [], "places of nothing that is expected, or two of one value"
    assert sorted((wanted - named).elements()) == [], "expected values without a place"


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_expected_value_is_at_its_place(folder: str):
    values = {(entry["entry"], field): value for entry in expected_of(folder) for field, value in values_of(entry)}
    known = [place for place in places_of(folder) if (place.entry, place.field) in values]
    wrong = [(place.entry, place.field, trouble(place, values[place.entry, place.field])) for place in known]
    assert [(entry, field, why) for entry, field, why in wrong if why] == []


@pytest.mark.slow
@pytest.mark.parametrize("folder", FOLDERS)
def test_a_computation_begins_with_published_numbers(folder: str):
    published = {digits(literal) for body in bodies_of(folder) for literal in literals(body)}
    for place in places_of(folder):
        if place.how.startswith("="):
            used = literals(place.how)
            assert not place.text or abs(number(place.text)) in used, place
            fractions = {literal for literal in used - CONSTANTS if literal != literal.to_integral_value()}
            assert {fraction for fraction in fractions if digits(fraction) not in published} == set(), place


# ── what the rules are worth ─────────────────────────────────────────────────────────────────────


def place(
    text: str, how: str = "", line: str = '"elo": 1504.5, "votes": "1,200", "name": "A &amp; B", "share": "77.47%", "left": -6'
) -> Place:
    return Place(entry="a", field="elo", file="page@b.json", line=line, text=text, how=how)


@pytest.mark.parametrize(
    ("given", "value"),
    [
        (place("1504.5"), Decimal("1504.5")),
        (place("1,200"), Decimal(1200)),
        (place("77.47%", "/ 100"), Decimal("0.7747")),
        (place("1504.5", "* 1000"), Decimal(1504500)),
        (place("12.5k", "k", line="about 12.5k votes"), Decimal(12500)),
        (place("", "= (3 * 0.5 + 1.5) / 4"), Decimal("0.75")),
        (place("", "= 2 / 3"), Decimal("0.67")),
        (place("", "= 1 / 8"), Decimal("0.13")),
        (place("-6"), Decimal(-6)),
        (place("A &amp; B"), "A & B"),
        (place("A &amp; B", "first part"), "A & B | high"),
        (place("b", "the name of the file"), "b"),
    ],
)
def test_a_place_shows_its_value(given: Place, value: Any):
    assert trouble(given, value) is None


@pytest.mark.parametrize(
    ("given", "value"),
    [
        (place("1504"), Decimal(1504)),
        (place("504.5"), Decimal("504.5")),
        (place("6"), Decimal(6)),
        (place("1505"), Decimal(1505)),
        (place("1504.5"), Decimal(1505)),
        (place("12.5k", line="about 12.5k votes"), Decimal(12500)),
        (place("", "= 2 / 3"), Decimal("0.66")),
        (place("", "= 2 ** 3"), Decimal(8)),
        (place("", "= __import__('os')"), Decimal(0)),
        (place("", "= 1 / 0"), Decimal(0)),
        (place("A &amp; B"), "A and B"),
        (place(""), ""),
        (place("A &amp; B", "the same, nearly"), "A & B"),
        (place("c", "the name of the file"), "c"),
    ],
)
def test_a_place_that_does_not_show_its_value_is_found(given: Place, value: Any):
    assert trouble(given, value) is not None
