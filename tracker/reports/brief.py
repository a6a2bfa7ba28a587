"""A story in a headline of at most 90 characters and at most four facts of at most 110, below a heading that names its board.

Nothing is left out of a sentence that is too long: what follows its last clause that fits becomes the next fact.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from tracker.model import BoardReport, Event, Story
from tracker.reports.folding import folding_of
from tracker.reports.words import Asides, asides, more_events
from tracker.wording import NO_ERROR

HEADLINE, FACT, MOST_FACTS = 90, 110, 4
_CONNECTIVES = (
    "above after against ahead all also among and at before behind below better but by for from no now of on over since than the"
    " under until up which with within worse"
)
_COLON = ": "
_BREAKS = (
    re.compile(r"; "),
    re.compile(r", (?=(?:" + "|".join(_CONNECTIVES.split()) + r") |\d)"),
    re.compile(_COLON),
    re.compile(r" and (?=(?:makes|puts) )| (?=with [$\d])"),
)
"""Where a sentence can end early, the best place first."""
_LEAST = 0.2
"""The share of the limit that the part before a break must fill."""


class Brief(Struct, frozen=True, kw_only=True):
    """A story's sentences."""

    headline: str
    facts: tuple[str, ...] = ()


def brief(story: Story, board: BoardReport) -> Brief:
    """The story without the names of its board and of the metric that ranks it, and without its subject in the facts."""
    lead = story.lead
    headline, *tail = _parts(lead.headline if folding_of(lead).alone else _without_board(lead.headline, board), HEADLINE)
    return Brief(headline=headline, facts=tuple(_facts(tail, asides(story), lead, board)))


def _facts(facts: list[str], others: Asides, lead: Event, board: BoardReport) -> list[str]:
    """At most four: the rest of the headline, then other events as far as they fit, then the crowd and the number left out."""
    facts += _parts(others.also(1), FACT) if others.same else ()
    crowds = [part for line in others.named(FACT) for part in _parts(line, FACT)]
    sentences = [list(_parts(_about(event, lead, board), FACT)) for event in others.rest]
    room = MOST_FACTS - len(facts) - len(crowds)
    taken = 0
    while taken < len(sentences) and len(sentences[taken]) + (taken + 1 < len(sentences)) <= room:
        room -= len(sentences[taken])
        taken += 1
    shown = [*facts, *(part for sentence in sentences[:taken] for part in sentence), *crowds]
    if taken < len(sentences):
        shown = [*shown[: MOST_FACTS - 1], more_events(len(sentences) - taken)]
    return shown[:MOST_FACTS]


def _about(event: Event, lead: Event, board: BoardReport) -> str:
    """The event in a sentence; on the subject of the lead it begins with the verb, such as `Scores 57.28, against 52.95`."""
    sentence = _without_board(event.headline, board)
    if len(event.subjects) != 1 or [party.entry for party in event.subjects] != [party.entry for party in lead.subjects]:
        return sentence
    verb = re.sub(r"^(?:\([^()]*\)|:) ", "", sentence.removeprefix(event.subjects[0].name).lstrip())
    return verb[:1].upper() + verb[1:]


def _without_board(sentence: str, board: BoardReport) -> str:
    if board.top and not board.top.has_error and f"({board.top.metric})" in sentence:
        sentence = sentence.replace(NO_ERROR, "")  # the heading says it
    title = re.escape(board.health.title)
    metric = re.escape(board.top.metric) if board.top else r"(?!)"
    other = r"\((?=\S)([^()]*(?:\([^()]*\)[^()]*)*)\)"
    sentence = re.sub(rf"(?: on| of| in)? {title} (?!\({metric}\)){other}", r" on \1", sentence)
    place = rf"{title}(?: \({metric}\))?"
    sentence = re.sub(rf"(?:,? (?:on|of|in|says))? {place}(?=[.:;,]|$)", "", sentence)
    sentence = re.sub(rf"(?: (?:on|of|in))? {place}(?!\w)", "", sentence)
    return re.sub(rf"(?<=[\d%]) \({metric}\)", "", sentence)


def _parts(sentence: str, limit: int) -> Iterator[str]:
    """The sentence in parts of at most `limit` characters, the later ones of at most FACT."""
    while len(sentence) > limit:
        head, sentence = _split(sentence, limit)
        yield head
        limit = FACT
    yield sentence


def _split(sentence: str, limit: int) -> tuple[str, str]:
    """The part up to the last clause that fits, with a full stop; a part between words, or of a long word, ends in `…`."""
    for place in _BREAKS:
        fitting = [match for match in place.finditer(sentence, 0, limit + 1) if _ends_clause(sentence, match, limit)]
        if fitting:
            tail = sentence[fitting[-1].end() :]
            return f"{sentence[: fitting[-1].start()]}.", tail[:1].upper() + tail[1:]
    spaces = [place for place in range(int(_LEAST * limit), limit - 1) if sentence[place] == " "]
    between = [place for place in spaces if _is_balanced(sentence[:place])]
    commas = [place for place in between if sentence[place - 1] == "," and place > limit // 2]
    cut = (commas or between or spaces or [limit - 2])[-1]
    return f"{sentence[:cut]} …", f"… {sentence[cut:].lstrip()}"


def _ends_clause(sentence: str, match: re.Match[str], limit: int) -> bool:
    head = sentence[: match.start()]
    if match[0] == _COLON and _COLON in head:
        return False  # what follows the first is a list, of boards such as `Arena: text` perhaps
    return _LEAST * limit <= len(head) < limit and _is_balanced(head)


def _is_balanced(text: str) -> bool:
    return text.count("(") == text.count(")")
