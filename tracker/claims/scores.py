"""Reads the figure of a score, a speed or a price from the words of a sentence: `scores 57`, `above 50`, `costs $5 per million tokens`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tracker.claims._records import Amount
from tracker.claims.words import AFTER_SCORES, BARE_BOUNDS, COSTS, SCORE_BOUNDS, SCORES, WEAK_SCORES

_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_DOLLARS = re.compile(r"\$\d+(?:,\d{3})*(?:\.\d+)?")
_UNITS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("elo", "points"), "points"),
    (("percentage", "points"), "points"),
    (("tokens", "per", "second"), "tokens/s"),
    (("tokens", "/", "second"), "tokens/s"),
    (("tokens", "/", "s"), "tokens/s"),
    (("tok", "/", "s"), "tokens/s"),
    (("t", "/", "s"), "tokens/s"),
    (("tps",), "tokens/s"),
    *(((word,), "points") for word in ("points", "point", "pts", "elo")),
    *(((word,), "percent") for word in ("%", "percent")),
)
_TWO_DIGITS = 10
_COMPARING = frozenset(("cheaper", "more", "less", "dearer", "lower", "higher", "than"))
_MILLION = frozenset(("million", "m", "1m", "mtok", "mtokens"))
_ENDS = {"input": "input price", "in": "input price", "output": "output price", "out": "output price"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A figure and the topic that it brings: empty, `speed`, `price`, `input price` or `output price`."""

    amount: Amount
    topic: str = ""


def read(words: Sequence[str]) -> tuple[int, tuple[Score, ...]] | None:
    """How many words from the first on state a score, and its figures (two of a price like `$5/$25`); None where they do not."""
    return _price(words) or _score(words)


def _score(words: Sequence[str]) -> tuple[int, tuple[Score, ...]] | None:
    used, bound = _longest(words, SCORES)
    more, closer = _longest(words[used:], SCORE_BOUNDS)
    if not (used or (more and words[0] in BARE_BOUNDS)):
        return None
    at = used + more
    if at >= len(words) or not _NUMBER.fullmatch(words[at]):
        return None
    unit_words, unit = next((one for one in _UNITS if tuple(words[at + 1 : at + 1 + len(one[0])]) == one[0]), ((), ""))
    end = at + 1 + len(unit_words)
    if end < len(words) and words[end] not in AFTER_SCORES:
        return None
    if " ".join(words[:used]) in WEAK_SCORES and not unit and float(words[at].replace(",", "")) < _TWO_DIGITS:
        return None
    topic = "speed" if unit == "tokens/s" else ""
    return end, (Score(amount=_amount(words[at], unit, closer or bound), topic=topic),)


def _price(words: Sequence[str]) -> tuple[int, tuple[Score, ...]] | None:
    """`costs $5 per million input tokens`, `at $5/$25 per 1M tokens`: to read, then to write."""
    used, _ = _longest(words, dict.fromkeys(COSTS, ""))
    more, bound = _longest(words[used:], SCORE_BOUNDS)
    at = used + more
    if (more and not used) or at >= len(words) or not _DOLLARS.fullmatch(words[at]):
        return None
    prices = [words[at]]
    at += 1
    if len(words) > at + 1 and words[at] == "/" and _DOLLARS.fullmatch(words[at + 1]):
        prices.append(words[at + 1])
        at += 2
    found = _per_million(words, at)
    if found is None:
        return None
    end, topic = found
    if words[end : end + 1] and words[end] in _COMPARING:
        return None
    topics = ("input price", "output price") if len(prices) == 2 else (topic,)
    return end, tuple(
        Score(amount=_amount(price[1:], "usd", bound), topic=each) for price, each in zip(prices, topics, strict=True)
    )


def _per_million(words: Sequence[str], at: int) -> tuple[int, str] | None:
    """Where `per million input tokens` ends, and which price it is."""
    if at >= len(words) or words[at] not in ("per", "/", "for", "a"):
        return None
    at += 1
    at += int(at < len(words) and words[at] in ("1", "one", "a"))
    if at >= len(words) or words[at] not in _MILLION:
        return None
    at += 1
    topic = "price"
    for word in words[at : at + 2]:
        if word not in _ENDS and word not in ("tokens", "token"):
            break
        topic = _ENDS.get(word, topic)
        at += 1
    return at, topic


def _longest(words: Sequence[str], phrases: Mapping[str, str]) -> tuple[int, str]:
    """The longest phrase of a table that begins here: how many words, and its meaning."""
    for size in range(min(4, len(words)), 0, -1):
        if (meaning := phrases.get(" ".join(words[:size]))) is not None:
            return size, meaning
    return 0, ""


def _amount(number: str, unit: str, bound: str) -> Amount:
    plain = number.replace(",", "")
    return Amount(value=float(plain), unit=unit, decimals=len(plain.partition(".")[2]), bound=bound, text=number)
