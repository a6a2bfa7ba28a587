"""Text in a picture: how wide it is, how it is shortened and wrapped. No font is known, so widths are those of a wide one."""

from __future__ import annotations

from functools import lru_cache
from html import escape

from tracker.wording import clean

_WIDTHS = {
    **dict.fromkeys("'ijlI", 0.28),
    **dict.fromkeys(" ,.:;/|!", 0.33),
    **dict.fromkeys("frt()[]-", 0.39),
    **dict.fromkeys("mMWw%@", 0.93),
    **dict.fromkeys("ABCDEGHKNOPQRSTUVXYZ&+=~<>", 0.7),
}
_USUAL, _WIDE = 0.61, 1.0
_LONGEST = 200
"""Characters of a name that are looked at: no picture has room for more."""


def width(text: str, size: float) -> float:
    """The width of a text at a font size, in pixels."""
    return size * _ems(text)


@lru_cache(maxsize=4096)
def _ems(text: str) -> float:
    """The width of a text in font sizes; a picture measures the beginnings of its texts again and again."""
    return sum(_WIDTHS.get(letter, _USUAL if ord(letter) < 0x2E80 else _WIDE) for letter in text)


def fit(text: str, room: float, size: float) -> str:
    """A published text, made safe, and shortened with `…` to that width."""
    text = clean(text[:_LONGEST])
    if width(text, size) <= room:
        return text
    while text and width(f"{text}…", size) > room:
        text = text[:-1]
    return f"{text.rstrip()}…"


def wrap(text: str, room: float, size: float, most: int = 3) -> list[str]:
    """The text on as few lines of that width as possible, about equally long, and at most `most`; the last is shortened."""
    lines = _filled(text, room, size, most)
    while len(lines) > 1 and len(narrower := _filled(text, room - size, size, most)) == len(lines) and narrower[-1][-1] != "…":
        lines, room = narrower, room - size
    return lines


def _filled(text: str, room: float, size: float, most: int) -> list[str]:
    lines: list[str] = []
    words = clean(text).split(" ")
    while words and len(lines) < most:
        taken = 1
        while taken < len(words) and width(" ".join(words[: taken + 1]), size) <= room:
            taken += 1
        rest = words if len(lines) == most - 1 else words[:taken]
        lines.append(fit(" ".join(rest), room, size))
        words = words[len(rest) :]
    return lines


def quoted(text: str) -> str:
    """A text as content or attribute of XML, without what is unsafe to show."""
    return escape(clean(text))
