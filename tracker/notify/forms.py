"""Lines of plain text → a message in one form, cut to a length before markup is added, so that no cut falls inside it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from html import escape as escape_html
from itertools import groupby

from tracker.errors import DeliveryError
from tracker.reports.cleaning import link, markdown_escaped
from tracker.wording import clean

_SUMMONS = re.compile(r"<(?=[!@#&/:\w]|$)(?!\d)")
"""Begins a mention or command in Slack (`<!channel>`, `<@U1>`) and Discord (`<@&1>`, `<:name:1>`, `</command:1>`), unlike `<15B`.
At the end of a text, what follows may make it one."""
_OUR_KEYS = r"depth|duplicates|each|format|headers|member|newest|pagination|params|records|select|url|[a-z]+_[a-z_]+"
"""Keys of a declaration that a message may tell a person to correct (`parse.select`); no top-level domain is called so."""
_DOMAIN_DOT = re.compile(
    rf"(?:^|(?<=\S))(?:\.(?=[^\W\d_]{{2}})(?!(?:{_OUR_KEYS})\b)|[\uff0e\u3002\uff61](?=[A-Za-z]{{2}}))"
    r"|(?<=\d)\.(?=\d{1,3}\.\d{1,3}\.\d{1,3}(?!\d))"
)
"""A dot that may belong to a domain (`evil.example/x`, `o1.pro`) or an IPv4 address, unlike those of `GPT-4.5` and of `e.g.`."""
_SENTENCE_ENDS = re.compile(r"[.!?…](?=\s)")
_WORTH_CUTTING = 24
"""A line that would keep fewer characters is left out."""
_LEAST_HEADLINE = 4
"""If even the shortest message is too long, this much of the headline is better than none."""


class Role(StrEnum):
    """The role of a line in a message."""

    HEADLINE = "headline"
    NOTE = "note"
    HEADING = "heading"
    ENTRY = "entry"
    ASIDE = "aside"
    FOOT = "foot"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLine:
    """One line: plain text, then a page and a command.

    The `url` is shown in full, so that it survives a channel that removes markup. `story` is the number of the line's story,
    from 0, if it belongs to one.
    """

    role: Role
    text: str
    url: str = ""
    command: str = ""
    story: int | None = None


Rendered = Callable[[Sequence[TextLine]], str]


def calm(text: str) -> str:
    """Foreign text on one line in which no chat finds a mention, a link or a command.

    `@` becomes the full-width `＠` (`@everyone`, `@here`, `@room`, Telegram's `@name`), and the dot of a domain, which chats and
    mail programs link even without `http`, the one dot leader `․`. Only a program reads them differently.
    """
    return _DOMAIN_DOT.sub("․", quiet(text))


def quiet(text: str) -> str:
    """The same, but with its domains, which are those of a declaration: the terms of publishers may demand them."""
    quiet = _SUMMONS.sub("‹", clean(text)).replace("@", "＠")
    return quiet.replace("://", ": //").replace("](", "] (")


def page(url: str) -> str:
    """An address that can be opened and mentions nobody; empty if it is not one."""
    return link(clean(url)).replace("@", "%40")


def shorten(text: str, most: int) -> str:
    """The text in `most` characters: cut after a sentence if that keeps half of them, otherwise after a word, with `…`."""
    if len(text) <= most:
        return text
    ends = [found.end() for found in _SENTENCE_ENDS.finditer(text, 0, most + 1) if found.end() <= most]
    if ends and ends[-1] >= most / 2:
        return text[: ends[-1]]
    if most < 1:
        return ""
    word = text.rfind(" ", 0, most)
    return f"{text[: word if word > 0 else most - 1].rstrip()}…"


def as_text(lines: Sequence[TextLine]) -> str:
    """For terminals, plain mail, and chats that show plain text."""
    return _paragraphs(lines, lambda line: _TEXT_MARKS[line.role] + _joined(line.text, line.url, line.command))


def as_markdown(lines: Sequence[TextLine]) -> str:
    """CommonMark; foreign text is escaped."""
    return _paragraphs(lines, _markdown, between_feet="  \n")


def as_html(lines: Sequence[TextLine]) -> str:
    """Well-formed markup with few tags, so that a chat that ignores some of them shows little noise."""
    return "".join(_html_block(role, [_html(line) for line in group]) for role, group in groupby(lines, key=_block))


FORMS: Mapping[str, Rendered] = {"text": as_text, "markdown": as_markdown, "html": as_html}
_TEXT_MARKS = {Role.HEADLINE: "", Role.NOTE: "", Role.HEADING: "", Role.ENTRY: "• ", Role.ASIDE: "  – ", Role.FOOT: ""}
_MARKDOWN_MARKS = {**_TEXT_MARKS, Role.ENTRY: "- ", Role.ASIDE: "  - "}
_LISTED = (Role.ENTRY, Role.ASIDE)
_STRONG = (Role.HEADLINE, Role.HEADING)


def _block(line: TextLine) -> str:
    """The block of a line: the lines of a list are one."""
    return "list" if line.role in _LISTED else line.role.value


def _paragraphs(lines: Sequence[TextLine], shown: Callable[[TextLine], str], *, between_feet: str = "\n") -> str:
    groups = [(block, [shown(line) for line in group]) for block, group in groupby(lines, key=_block)]
    return "\n\n".join((between_feet if block == Role.FOOT else "\n").join(group) for block, group in groups)


def _joined(*parts: str) -> str:
    """`Evidence: ` and what follows it, separated by commas."""
    text, *named = parts
    return text + ", ".join(part for part in named if part)


def _markdown(line: TextLine) -> str:
    target = f"[{markdown_escaped(line.url)}](<{line.url}>)" if line.url else ""
    text = _joined(markdown_escaped(line.text), target, f"`{line.command}`" if line.command else "")
    return f"**{text}**" if line.role in _STRONG else f"{_MARKDOWN_MARKS[line.role]}{text}"


def _html(line: TextLine) -> str:
    target = f'<a href="{escape_html(line.url)}">{escape_html(line.url)}</a>' if line.url else ""
    return _joined(escape_html(line.text), target, f"<code>{escape_html(line.command)}</code>" if line.command else "")


def _html_block(kind: str, shown: Sequence[str]) -> str:
    if kind == "list":
        return f"<ul>{''.join(f'<li>{line}</li>' for line in shown)}</ul>"
    return "".join(f"<p><b>{line}</b></p>" if kind in _STRONG else f"<p>{line}</p>" for line in shown)


def fit(
    head: Sequence[TextLine],
    middle: Sequence[TextLine],
    tails: Callable[[int], Sequence[Sequence[TextLine]]],
    *,
    form: str,
    most: int,
) -> tuple[str, int]:
    """The message in at most `most` characters, and how many lines of `middle` it contains whole.

    `tails` gives the choices of last lines for a number of whole middle lines, the longest first. If the message is too long,
    lines at the end of the middle go first; then the headline is shortened; then a shorter tail is taken.

    Raises:
        DeliveryError: final; not even the shortest tail and a few words fit.
    """
    rendered = FORMS[form]

    def text(whole: int, *cut: TextLine) -> str:
        return rendered([*head, *middle[:whole], *cut, *tails(whole)[0]])

    whole = bisect_left(range(len(middle) + 1), x=True, key=lambda count: len(text(count)) > most) - 1
    while whole > 0 and len(text(whole)) > most:  # the tail may have grown as the middle shrank
        whole -= 1
    if whole < 0 or len(text(whole)) > most:
        return _headline_and(tails(0), head[:1], rendered, most), 0
    part = _cut(middle[whole], lambda line: len(text(whole, line)) <= most) if whole < len(middle) else None
    if part is not None and part != middle[whole]:  # a line left out only for a longer tail would be shown and counted
        return text(whole, part), whole
    while whole > 0 and middle[whole - 1].role is Role.HEADING:  # nothing would follow it
        whole -= 1
    return text(whole), whole


def _headline_and(tails: Sequence[Sequence[TextLine]], head: Sequence[TextLine], rendered: Rendered, most: int) -> str:
    for tail, least in [*((tail, _WORTH_CUTTING) for tail in tails), (tails[-1], _LEAST_HEADLINE)]:
        if not head and len(bare := rendered(tail)) <= most:
            return bare
        if head and (part := _cut(head[0], lambda line: len(rendered([line, *tail])) <= most, least)):  # noqa: B023  # called at once
            return rendered([part, *tail])
    raise DeliveryError(
        f"{most} characters are too few for a headline and its evidence; choose a channel that takes more", final=True
    )


def _cut(line: TextLine, fits: Callable[[TextLine], bool], least: int = _WORTH_CUTTING) -> TextLine | None:
    """The line shortened until it fits; None if too little would be left, or if the line is not a sentence."""
    if line.role in (Role.NOTE, Role.HEADING, Role.FOOT):
        return None
    ends = range(min(least, len(line.text)), len(line.text) + 1)
    room = bisect_left(ends, x=True, key=lambda most: not fits(replace(line, text=shorten(line.text, most))))
    while room > 0:
        part = replace(line, text=shorten(line.text, ends[room - 1]))
        if fits(part):
            return part
        room -= 1
    return None
