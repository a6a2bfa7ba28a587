"""Charts as tests see them: their elements, their texts, and where their lines begin and end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

SVG = "{http://www.w3.org/2000/svg}"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)


def styled(root: ET.Element, style: str, tag: str = "path") -> list[ET.Element]:
    """The elements of a tag that have one of the classes."""
    return [each for each in root.iter(f"{SVG}{tag}") if style in (each.get("class") or "").split()]


def across(path: ET.Element) -> tuple[float, float]:
    """The leftmost and the rightmost pixel of a path of M, L, H and C."""
    xs: list[float] = []
    for command, words in re.findall(r"([MLHCZ])([^MLHCZ]*)", path.get("d") or ""):
        numbers = [float(number) for number in NUMBER.findall(words)]
        xs += numbers if command == "H" else numbers[::2]
    return min(xs), max(xs)


def texts(root: ET.Element) -> list[str]:
    return ["".join(each.itertext()) for each in root.iter(f"{SVG}text")]


def crossed(svg: str, styles: Sequence[str] = ("l", "r")) -> list[tuple[float, float]]:
    """The paths of values that begin left of a re-base and end at it or beyond: there must be none."""
    root = parsed(svg)
    stops = [across(path)[0] for path in styled(root, "p") if across(path)[0] == across(path)[1]]
    spans = [across(path) for style in styles for path in styled(root, style)]
    return [(left, right) for left, right in spans for stop in stops if left < stop - 0.15 and right > stop - 0.15]
