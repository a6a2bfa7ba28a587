"""Reads figures from the words of a sentence: scores, prices, gains, ranks, sizes and dates.

The patterns run over words that are each followed by a blank, so that the blanks of a match count its words. Phrases and
optional parts are possessive: the longest phrase is taken, and never a part of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from tracker.claims import words
from tracker.claims._records import Amount, ModelGroup, Period, PieceKind, Place

Reading = tuple[int, PieceKind, object]
"""How many words from the first on are a figure, of which kind, and its value."""


class Score(Struct, frozen=True, kw_only=True):
    """A figure and the topic that it brings: empty, `speed`, `price`, `input price` or `output price`."""

    amount: Amount
    topic: str = ""


def read(tokens: Sequence[str], now: datetime) -> Reading | None:
    """The figure that begins with the first of these words; a month without a year is the last such month that began by `now`."""
    text = "".join(f"{token} " for token in tokens)
    return next((reading for reader in _READERS if (reading := reader(text))), None) or _period(text, now)


def _any(name: str, phrases: Iterable[str]) -> str:
    """A group for the longest of these phrases."""
    longest_first = sorted(phrases, key=len, reverse=True)
    return f"(?P<{name}>(?>{'|'.join(f'{re.escape(phrase)} ' for phrase in longest_first)}))"


def _used(match: re.Match[str]) -> int:
    return match[0].count(" ")


def _text(match: re.Match[str], group: str) -> str:
    return (match[group] or "").rstrip()


def _amount(number: str, unit: str, bound: str) -> Amount:
    plain = number.replace(",", "").lstrip("$")
    value = float(words.NUMBERS.get(plain) or plain)
    return Amount(value=value, unit=unit, decimals=len(plain.partition(".")[2]), bound=bound, text=number)


_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
_SCORE = re.compile(
    f"{_any('verb', words.SCORES)}?+{_any('bound', words.SCORE_BOUNDS)}?+(?P<number>{_NUMBER}) "
    f"{_any('unit', words.SCORE_UNITS)}?+(?={_any('after', words.AFTER_SCORES)}|$)"
)
_TWO_DIGITS = 10
_PRICE = re.compile(
    f"(?:{_any('verb', words.COSTS)}{_any('bound', words.SCORE_BOUNDS)}?+)?+"
    rf"\$(?P<first>{_NUMBER}) (?:/ \$(?P<second>{_NUMBER}) )?+"
    "(?:per|/|for|a) (?:(?:1|one|a) )?+(?:million|m|1m|mtok|mtokens) (?P<what>(?:(?:input|in|output|out|tokens|token) ){0,2}+)"
    "(?!(?:cheaper|more|less|dearer|lower|higher|than) )"  # phrase allowed: articles use it
)
_ENDS = {"input": "input price", "in": "input price", "output": "output price", "out": "output price"}


def _score(text: str) -> Reading | None:
    """`scores 57`, `above 50`, `runs at 108 tokens per second`."""
    match = _SCORE.match(text)
    if match is None:
        return None
    verb, bound, unit = _text(match, "verb"), _text(match, "bound"), words.SCORE_UNITS.get(_text(match, "unit"), "")
    bare = not verb and text.partition(" ")[0] not in words.BARE_BOUNDS
    amount = _amount(match["number"], unit, words.SCORE_BOUNDS.get(bound) or words.SCORES.get(verb, ""))
    if bare or (verb in words.WEAK_SCORES and not unit and amount.value < _TWO_DIGITS):
        return None
    topic = {"tokens/s": "speed", "tokens": "context"}.get(unit, "context" if "context" in verb else "")
    return _used(match), PieceKind.SCORE, (Score(amount=amount, topic=topic),)


def _price(text: str) -> Reading | None:
    """`costs $5 per million input tokens`, `at $5/$25 per 1M tokens`: for input, then for output."""
    match = _PRICE.match(text)
    if match is None:
        return None
    topics = ["input price", "output price"]
    if not match["second"]:
        topics = ["price", *(_ENDS[word] for word in match["what"].split() if word in _ENDS)][-1:]
    prices, bound = (match["first"], match["second"]), words.SCORE_BOUNDS.get(_text(match, "bound"), "")
    scores = (Score(amount=_amount(price, "usd", bound), topic=topic) for price, topic in zip(prices, topics, strict=False))
    return _used(match), PieceKind.SCORE, tuple(scores)


_UNDER = re.compile(
    rf"(?:under|below) \$(?P<number>{_NUMBER}) (?:per|/|a) (?:(?:1|one|a) )?+(?:million|m|1m) (?P<end>input|output) (?:tokens )?+"
)


def _cheap(text: str) -> Reading | None:
    """`under $1 per million output tokens`: a class."""
    match = _UNDER.match(text)
    price = (f"{match['end']} price", float(match["number"].replace(",", ""))) if match else None
    return (_used(match), PieceKind.GROUP, ModelGroup(under_usd=price)) if match else None


_GAIN = re.compile(
    f"{_any('bound', words.BOUNDS)}?+(?:{_any('share', words.SHARES)}|(?P<number>\\$?{_NUMBER}|{'|'.join(words.NUMBERS)}) "
    rf"(?:(?P<points>percentage point\S* )|{_any('unit', words.GAP_UNITS)}(?:(?<=elo ){_any('more', words.GAP_UNITS)})?+))"
)


def _gain(text: str) -> Reading | None:
    """`3.5 points`, `40 %`, `twice`, `half`, `2x`, `more than 5 points`; a number must have a unit."""
    match = _GAIN.match(text)
    if match is None:
        return None
    bound = words.BOUNDS.get(_text(match, "bound"), "")
    if share := _text(match, "share"):
        return _used(match), PieceKind.AMOUNT, Amount(value=words.SHARES[share], unit="times", decimals=1, bound=bound or "about")
    unit = "points" if match["points"] else words.GAP_UNITS[_text(match, "unit")]
    return _used(match), PieceKind.AMOUNT, _amount(match["number"], unit, bound)


_COUNT = rf"(?P<count>\d{{1,3}}|{'|'.join(words.NUMBERS)}) "
_MOVES = f"(?:{_any('up', words.RISES)}|{_any('down', words.FALLS)})"
_TOP = re.compile(
    rf"(?:{_MOVES}|(?:the|ranks|ranked|rank|in|makes|make) (?:the )?+)?+(?P<exact>top |(?:number|#|no \. |no|rank) ?){_COUNT}"
)
_ORDINAL = re.compile(
    rf"(?:{_MOVES}|(?P<ranks>ranks|ranked|rank) (?:in )?+|(?P<is>sits|stands|comes|came|is) (?:in )?+|(?:the|in) )?+(?:the )?+"
    rf"(?:(?P<figure>\d{{1,3}}) (?:st|nd|rd|th) |{_any('word', words.ORDINALS)})"
    r"(?:(?P<model>(?:best |strongest )?+model )|(?P<place>(?=(?:place|overall|on) ))|"
    r"(?P<end>(?=[,;.!] |$|(?:in|among|and|behind|per) )))?+"
)
_SIZE = re.compile(
    "(?P<bound>(?:under|below|sub|≤|<|over|above|>|≥|(?:smaller|less|up|fewer|larger|bigger) (?:than|to)) )?+"
    rf"\$?(?P<number>{_NUMBER}) (?:b|billion|bn) (?:(?:parameter|parameters|params) )*+"
)


def _top(text: str) -> Reading | None:
    """`top 3`, `the top ten`, `number two`, `# 4`, `slips to No. 3`."""
    match = _TOP.match(text)
    place = words.NUMBERS.get(match["count"]) or int(match["count"]) if match else 0
    if match is None or not place or (match["exact"] != "top " and place == 1 and not _moved(match)):
        return None
    return _used(match), PieceKind.TOP, Place(top=place, exact=match["exact"] != "top ", moved=_moved(match))


def _ordinal(text: str) -> Reading | None:
    """`ranks fifth`, `second place`, `3rd overall`, `the fifth best model`, `slips to third`; the first is a verb of its own."""
    match = _ORDINAL.match(text)
    if match is None:
        return None
    placed = match["ranks"] or match["model"] or match["place"] is not None or (match["is"] and match["end"] is not None)
    if not placed and not _moved(match):
        return None
    place = int(match["figure"]) if match["figure"] else words.ORDINALS[_text(match, "word")]
    if place <= (0 if match["figure"] else 1):
        return None
    return _used(match), PieceKind.TOP, Place(top=place, exact=True, moved=_moved(match), models=bool(match["model"]))


def _moved(match: re.Match[str]) -> str:
    return "up" if match["up"] else "down" if match["down"] else ""


def _size(text: str) -> Reading | None:
    """`under 15B`, `≤ 40B`, `below 4 billion parameters`; or a size by itself, `14B`."""
    match = _SIZE.match(text)
    if match is None:
        return None
    size = float(match["number"].replace(",", ""))
    bound = (match["bound"] or "").partition(" ")[0]
    if not bound:
        return _used(match), PieceKind.SIZE, size
    if bound in ("over", "above", ">", "≥", "larger", "bigger"):
        return _used(match), PieceKind.GROUP, ModelGroup(over_b=size)
    return _used(match), PieceKind.GROUP, ModelGroup(under_b=size + (1e-9 if bound in ("≤", "up") else 0))


_AT = re.compile("(?:(?P<since>since|from)|as of|as at|on|in|by|at) ")
_DATE_FILL = frozenset((",", "st", "nd", "rd", "th", "the", "of"))
_ORDERS = ("ymd", "dmy", "mdy", "my", "ym", "y", "dm", "md", "m")
_LONGEST_DATE = 6


def _period(text: str, now: datetime) -> Reading | None:
    """`since 2026-05-14`, `as of 14 May 2026`, `in May 2026`, `since April`."""
    match = _AT.match(text)
    following = text[match.end() :].split()[:_LONGEST_DATE] if match else []
    parts = [(place, word) for place, word in enumerate(following, start=1) if word not in _DATE_FILL]
    for order in _ORDERS:
        date = dict(zip(order, (word for _, word in parts), strict=False))
        if match is None or len(date) < len(order) or ("y" not in date and date["m"] not in words.MONTHS):
            continue
        years = [date["y"]] if "y" in date else [str(now.year), str(now.year - 1)]
        read = (_days(year, date.get("m"), date.get("d")) for year in years)
        if days := next((days for days in read if days and ("y" in date or days[0] <= now)), None):
            kind = PieceKind.SINCE if match["since"] else PieceKind.AT
            return _used(match) + parts[len(order) - 1][0], kind, Period(text="", start=days[0], end=days[1])
    return None


def _days(year: str, month: str | None, day: str | None) -> tuple[datetime, datetime] | None:
    """The first day of a date and the first after it; None if it is not a date."""
    number = words.MONTHS.get(month or "") or (int(month) if month and re.fullmatch(r"\d\d", month) else 0 if month else 1)
    if not re.fullmatch(r"20\d\d", year) or not re.fullmatch(r"\d{1,2}", day or "1"):
        return None
    try:
        start = datetime(int(year), number, int(day or 1), tzinfo=UTC)
    except ValueError:
        return None
    if day:
        return start, start + timedelta(days=1)
    if month:
        return start, start.replace(year=start.year + number // 12, month=number % 12 + 1)
    return start, start.replace(year=start.year + 1)


_READERS: tuple[Callable[[str], Reading | None], ...] = (_price, _cheap, _score, _top, _ordinal, _size, _gain)
"""The first that reads something wins."""
