"""Finds the lab and the brand line of a name, and the words that name them."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

from msgspec import Struct

from tracker.identity.known import KnownNames
from tracker.identity.makers import Maker, ProductLine
from tracker.identity.tokens import Token
from tracker.identity.vocabulary import COMMON

_NAMING = ("word", "number")
_Fit = tuple[frozenset[str], ProductLine]


class Brand(Struct, frozen=True, kw_only=True):
    """A line that a name mentions, with the places of its words among the tokens; the first is `at`."""

    line: ProductLine
    at: int
    places: frozenset[int]


def owner_of(prefixes: Sequence[str], known: KnownNames) -> str:
    """The innermost prefix that is not a host's, or empty."""
    return next((prefix for prefix in reversed(prefixes) if not known.is_host(prefix)), "")


def leading_maker(tokens: Sequence[Token], known: KnownNames) -> tuple[Maker | None, int]:
    """The lab that the first words name (`Google Gemini`, `CohereForAI c4ai-command-r`), and the number of tokens it takes.

    Leading hosts are skipped. The name of a brand is not a lab: `DeepSeek V3`, `Mistral Small`.
    """
    maker, taken = None, 0
    while count := _leading(tokens[taken:], known):
        spelling = "".join(token.text for token in tokens[taken : taken + count])
        maker = maker or known.makers.get(spelling)
        taken += count
    return maker, taken


def _leading(tokens: Sequence[Token], known: KnownNames) -> int:
    """The number of first tokens that spell a lab or a host, if more than flags follow."""
    if not tokens or tokens[0].text not in known.fronts:
        return 0
    for count in (3, 2, 1):
        spelling = "".join(token.text for token in tokens[:count] if token.bracket == 0)
        maker = known.makers.get(spelling)
        words = (token.text for token in tokens[count:] if token.kind == "word")
        only_flags = all(word in COMMON and word not in known.lines for word in words)
        if (maker is None and spelling not in known.hosts) or only_flags:
            continue
        if maker is None or not _is_brand(tokens, count, maker, known):
            return count
    return 0


def _is_brand(tokens: Sequence[Token], count: int, maker: Maker, known: KnownNames) -> bool:
    """Whether the leading words are themselves the only brand of that lab: `DeepSeek V3`, `Mistral Small`."""
    own = {token.text for token in tokens[:count]}
    rest = {token.text for token in tokens[count:]}
    words = own | rest
    if not any(phrase <= words for word in own for phrase, _ in known.lines.get(word, ())):
        return False
    others = (line for word in rest for phrase, line in known.lines.get(word, ()) if phrase <= rest and not _tiny(phrase))
    return all(line.maker is not maker for line in others)


def brands(tokens: Sequence[Token], known: KnownNames, makers: frozenset[str]) -> list[Brand]:
    """The lines that the tokens mention, in order. `makers`: the slugs of the labs that the name or its board states.

    Longer phrases come first and use up their words: `DeepSeek Coder` is not `DeepSeek` beside something else.
    """
    words = {token.text for token in tokens if token.kind in _NAMING}
    fitting = [(phrase, line) for word in words for phrase, line in known.lines.get(word, ()) if phrase <= words]
    if any(line.family.shared for _, line in fitting):
        fitting = _without_shared(fitting, len(words), makers)
    if len(fitting) > 1:
        fitting.sort(key=_longest_first)
    used: set[str] = set()
    chosen: list[Brand] = []
    for phrase, line in fitting:
        if not used.isdisjoint(phrase) or (_tiny(phrase) and not _opens(tokens, phrase)):
            continue
        used |= phrase
        spots = frozenset([index for index, token in enumerate(tokens) if token.text in phrase and token.kind in _NAMING])
        chosen.append(Brand(line=line, at=min(spots), places=spots))
    if len(chosen) > 1:
        chosen.sort(key=attrgetter("at"))
    return chosen


def _longest_first(fit: _Fit) -> tuple[int, int, str]:
    phrase, line = fit
    return -len(phrase), -sum(map(len, phrase)), line.slug


def _without_shared(fitting: list[_Fit], words: int, makers: frozenset[str]) -> list[_Fit]:
    """Without everyday words that are not a brand here: another lab's, beside a certain brand, or the whole name."""
    sure = any(not line.family.shared for _, line in fitting)
    return [
        (phrase, line)
        for phrase, line in fitting
        if not line.family.shared or (line.maker.slug in makers if makers else not sure and len(phrase) < words)
    ]


def _tiny(phrase: frozenset[str]) -> bool:
    return len(phrase) == 1 and len(next(iter(phrase))) == 1


def _opens(tokens: Sequence[Token], phrase: frozenset[str]) -> bool:
    """A single letter is a brand only at the front and joined to a number: o1, R1."""
    return len(tokens) > 1 and tokens[0].text in phrase and tokens[1].kind == "number" and tokens[0].end == tokens[1].start


def primary_of(mentioned: Sequence[Brand], tokens: Sequence[Token]) -> Brand | None:
    """The model's line: the first that is not a base model, or the first one; outside of brackets if possible."""
    if len(mentioned) < 2:
        return mentioned[0] if mentioned else None
    outside = [brand for brand in mentioned if tokens[brand.at].bracket == 0] or list(mentioned)
    return next((brand for brand in outside if not brand.line.family.base), outside[0])


def unknown_words(tokens: Sequence[Token], until: int) -> list[int]:
    """The places of the leading words without a known meaning: an unknown brand."""
    places: list[int] = []
    for index, token in enumerate(tokens[:until]):
        if token.kind != "word" or token.text in COMMON or token.bracket:
            if places:
                break
            continue
        places.append(index)
    return places
