"""A message as lines of plain text → its text in one form (text, markdown, html), cut to a length.

Only plain text is ever cut, and markup is put around what is left: so no cut can fall inside a link, a tag or an escape.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from html import escape as escape_html
from itertools import groupby

from tracker.errors import DeliveryError
from tracker.reports.cleaning import link
from tracker.reports.markdown import escape as escape_markdown
from tracker.wording import clean

_SUMMONS = re.compile(r"<(?=[!@#&/:\w]|$)(?!\d)")
"""How Slack (`<!channel>`, `<@U1>`) and Discord (`<@&1>`, `<:name:1>`, `</command:1>`) begin what is more than text; `<15B` is not
among it. At the end of a text, what is put behind it may make a call of it."""
_SENTENCE_ENDS = re.compile(r"[.!?…](?=\s)")
_WORTH_CUTTING = 24
"""A line of which fewer characters would remain is left out whole."""


_LEAST_HEADLINE = 4
"""Where even the barest message is too long, so much of the headline is better than no message."""


class Room(StrEnum):
    """What a line is in a message."""

    HEADLINE = "headline"
    NOTE = "note"
    HEADING = "heading"
    ENTRY = "entry"
    ASIDE = "aside"
    FOOT = "foot"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLine:
    """One line: plain text, then what is called by name. `url` is a page, shown as it is so that it survives where markup is taken away; `command` is what can be typed.

    `story` counts the stories from 0; it is None for lines that belong to none.
    """

    place: Room
    text: str
    url: str = ""
    command: str = ""
    story: int | None = None


Rendered = Callable[[Sequence[TextLine]], str]


# ── foreign text ─────────────────────────────────────────────────────────────────────────────────


def calm(text: str) -> str:
    """Foreign text on one line, in which no chat finds somebody to call, a link or a command.

    `@` becomes the full-width `＠` (`@everyone`, `@here`, `@room`, Telegram's `@name`): a reader sees the same, a program does not.
    """
    quiet = _SUMMONS.sub("‹", clean(text)).replace("@", "＠")
    return quiet.replace("://", ": //").replace("](", "] (")


def page(url: str) -> str:
    """An address that can be followed and calls nobody; empty where it cannot."""
    return link(clean(url)).replace("@", "%40")


def shorten(text: str, most: int) -> str:
    """At most so many characters: up to the end of a sentence where that keeps half of it, else of a word, with `…`."""
    if len(text) <= most:
        return text
    ends = [found.end() for found in _SENTENCE_ENDS.finditer(text, 0, most + 1) if found.end() <= most]
    if ends and ends[-1] >= most / 2:
        return text[: ends[-1]]
    if most < 1:
        return ""
    word = text.rfind(" ", 0, most)
    return f"{text[: word if word > 0 else most - 1].rstrip()}…"


# ── forms ────────────────────────────────────────────────────────────────────────────────────────


def as_text(lines: Sequence[TextLine]) -> str:
    """For terminals, plain mails and chats that are told it is plain text."""
    return _paragraphs(lines, lambda line: _TEXT_MARKS[line.place] + _joined(line.text, line.url, line.command))


def as_markdown(lines: Sequence[TextLine]) -> str:
    """CommonMark, everything foreign escaped."""
    return _paragraphs(lines, _markdown, between_feet="  \n")


def as_html(lines: Sequence[TextLine]) -> str:
    """Well-formed markup of few tags, so that what a chat does not know of it does little harm."""
    return "".join(_html_block(place, [_html(line) for line in group]) for place, group in groupby(lines, key=_block))


FORMS: Mapping[str, Rendered] = {"text": as_text, "markdown": as_markdown, "html": as_html}
_TEXT_MARKS = {Room.HEADLINE: "", Room.NOTE: "", Room.HEADING: "", Room.ENTRY: "• ", Room.ASIDE: "  – ", Room.FOOT: ""}
_MARKDOWN_MARKS = {**_TEXT_MARKS, Room.ENTRY: "- ", Room.ASIDE: "  - "}
_LISTED = (Room.ENTRY, Room.ASIDE)
_STRONG = (Room.HEADLINE, Room.HEADING)


def _block(line: TextLine) -> str:
    """Lines of a list stand together."""
    return "list" if line.place in _LISTED else line.place.value


def _paragraphs(lines: Sequence[TextLine], shown: Callable[[TextLine], str], *, between_feet: str = "\n") -> str:
    groups = [(block, [shown(line) for line in group]) for block, group in groupby(lines, key=_block)]
    return "\n\n".join((between_feet if block == Room.FOOT else "\n").join(group) for block, group in groups)


def _joined(*parts: str) -> str:
    """`Evidence: ` and what follows it, separated by commas."""
    text, *named = parts
    return text + ", ".join(part for part in named if part)


def _markdown(line: TextLine) -> str:
    target = f"[{escape_markdown(line.url)}](<{line.url}>)" if line.url else ""
    said = _joined(escape_markdown(line.text), target, f"`{line.command}`" if line.command else "")
    return f"**{said}**" if line.place in _STRONG else f"{_MARKDOWN_MARKS[line.place]}{said}"


def _html(line: TextLine) -> str:
    target = f'<a href="{escape_html(line.url)}">{escape_html(line.url)}</a>' if line.url else ""
    return _joined(escape_html(line.text), target, f"<code>{escape_html(line.command)}</code>" if line.command else "")


def _html_block(kind: str, shown: Sequence[str]) -> str:
    if kind == "list":
        return f"<ul>{''.join(f'<li>{one}</li>' for one in shown)}</ul>"
    return "".join(f"<p><b>{one}</b></p>" if kind in _STRONG else f"<p>{one}</p>" for one in shown)


# ── lengths ──────────────────────────────────────────────────────────────────────────────────────


def fit(
    head: Sequence[TextLine],
    middle: Sequence[TextLine],
    tails: Callable[[int], Sequence[Sequence[TextLine]]],
    *,
    form: str,
    most: int,
) -> tuple[str, int]:
    """The text in at most so many characters, and how many lines of `middle` stand whole in it.

    `tails` gives the last lines for so many lines of the middle, from the fullest to the barest. The middle gives way first, from
    its end; then the headline is shortened; then a barer tail is taken; the barest stays.

    Raises:
        DeliveryError: final; not even the barest tail and a few words would fit.
    """
    rendered = FORMS[form]

    def text(whole: int, *cut: TextLine) -> str:
        return rendered([*head, *middle[:whole], *cut, *tails(whole)[0]])

    whole = bisect_left(range(len(middle) + 1), x=True, key=lambda count: len(text(count)) > most) - 1
    while whole > 0 and len(text(whole)) > most:  # the tail's own words may have grown as the middle shrank
        whole -= 1
    if whole < 0 or len(text(whole)) > most:
        return _headline_and(tails(0), head[:1], rendered, most), 0
    part = _cut(middle[whole], lambda line: len(text(whole, line)) <= most) if whole < len(middle) else None
    if part is not None and part != middle[whole]:  # a whole line that only a longer tail kept out would be told and counted
        return text(whole, part), whole
    while whole > 0 and middle[whole - 1].place is Room.HEADING:  # nothing would stand under it
        whole -= 1
    return text(whole), whole


def _headline_and(tails: Sequence[Sequence[TextLine]], head: Sequence[TextLine], rendered: Rendered, most: int) -> str:
    for tail, least in [*((tail, _WORTH_CUTTING) for tail in tails), (tails[-1], _LEAST_HEADLINE)]:
        if not head and len(bare := rendered(tail)) <= most:
            return bare
        if head and (part := _cut(head[0], _fits_with(tail, rendered, most), least)):
            return rendered([part, *tail])
    raise DeliveryError(
        f"{most} characters are too few for a headline and its evidence; choose a channel that takes more", final=True
    )


def _fits_with(tail: Sequence[TextLine], rendered: Rendered, most: int) -> Callable[[TextLine], bool]:
    return lambda line: len(rendered([line, *tail])) <= most


def _cut(line: TextLine, fits: Callable[[TextLine], bool], least: int = _WORTH_CUTTING) -> TextLine | None:
    """The line shortened until it fits; None where hardly anything would be left, or for a line that is no sentence."""
    if line.place in (Room.NOTE, Room.HEADING, Room.FOOT):
        return None
    ends = range(min(least, len(line.text)), len(line.text) + 1)
    room = bisect_left(ends, x=True, key=lambda most: not fits(replace(line, text=shorten(line.text, most))))
    while room > 0:
        part = replace(line, text=shorten(line.text, ends[room - 1]))
        if fits(part):
            return part
        room -= 1
    return None
