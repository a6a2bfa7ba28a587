"""The words of headers and their meaning: direction, unit, role. The field's usual words, and those of other rankings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

_PIECES = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+(?:\.\d+)?|[%$#↑↓€£]")


@lru_cache(maxsize=4_096)
def words_of(header: str) -> tuple[str, ...]:
    """The lower-case words of a header or path: `medianOutputTokensPerSecond`, `pass@1`, `Acc. (%)`."""
    text = unicodedata.normalize("NFKC", header[:300])
    if text[1:2].isalpha() or text[1:].isdigit():  # such as `$value`, `$1`
        text = text.removeprefix("$")
    return tuple(piece.lower() for piece in _PIECES.findall(text))


def set_of(text: str) -> frozenset[str]:
    """The words of a list that may span lines."""
    return frozenset(text.split())


LOWER = set_of("""
    price prices pricing cost costs latency ms ttft ttfat seconds secs duration error errors err wer cer mer loss losses
    perplexity ppl rank hallucination hallucinations toxicity calibration ece rmse mse mae fid usd dollars strokes penalty
    penalties bias regret refusals crashes bugs failures emissions watts kwh delay fouls distance eer lap age incidents
    defects churn unemployment ↓ handicap deaths
    """)
"""Lower is better."""
HIGHER = set_of("""
    score scores acc accuracy elo rating ratings win wins winrate won pass passed passing resolved solved f1 bleu rouge index
    average avg mean overall points pts stars stargazers downloads likes pulls votes users revenue throughput speed rtfx
    precision recall auc map ndcg em success correct arena intelligence quality goals installs forks subscribers views
    followers trending popularity consistency answer completeness robustness fairness efficiency eci elos coverage benchmark
    bench mmlu gpqa hle aime math gsm8k humaneval mbpp ifeval bbh musr arc hellaswag truthfulqa winogrande livecodebench swe
    coding reasoning language ↑ percentile gain improvement titles medals gold sales streams plays listeners grossing
    turnover capacity ugi share attendance worth gdp population citations hindex assists
    """)
"""Higher is better."""
PER_SECOND = ("per sec", "tokens s", "tok s", "tps", "output speed")
"""Rates, whose last word alone would mean the opposite direction."""
RANK = set_of("rank ranking place position pos placement standing no nr #")
NAME = set_of(
    "name model models title player team app repo repository system entry display agent method competitor club driver product"
    " country song artist movie game"
)
ID = set_of("id key slug uuid permaslug folder dirname sha handle")
COUNT = set_of("""
    votes vote downloads likes pulls count appearances battles samples games played observations sessions puzzles
    tests cases trials questions downloads installs reviews num n
    """)
FITTED = set_of("elo rating elos eci glicko trueskill bt")
LIVE = set_of("speed latency throughput ttft ttfat seconds tokens tps trending rtfx uptime")
PRICE = set_of("price prices pricing cost costs usd dollars $")
TOKENS = set_of("token tokens tok")
CHANGE = set_of("change changes delta diff")
AVERAGE = set_of("average avg mean overall total global")
"""The direction of these is that of the figures they combine."""
LIMIT = set_of("""
    context window limit length words max parameters params size date created updated released release modified year
    timestamp time elapsed version opacity color colour width height priority sort order zoom latitude longitude temperature
    frequency presence repetition seed top layer offset page port step month day week hour change delta diff
    """)
"""Numbers that are not figures of merit."""
ASIDE = set_of("cost costs usd error std median estimated previous old input cache cached")
"""Figures beside the one that ranks."""
IN_AND_OUT = (set_of("input prompt in"), set_of("output completion completions out"))
"""Side by side and with small values: the prices of input and output."""
BOUND_LOW = set_of("lower low q025 min lo lcb")
BOUND_HIGH = set_of("upper high q975 max hi ucb")
HALF = set_of("ci95 ci interval margin moe halfwidth pm confidence")
ERROR = set_of("stderr se std sd stdev sem variance deviation var")
OVERALL = set_of("overall average avg mean global total score rating elo index intelligence resolved main eci composite")
"""The figure that ranks, if the order of the rows does not show it."""

ATTRIBUTES: Mapping[str, frozenset[str]] = {
    "creator": set_of(
        "organization organisation org creator vendor company lab developer owner author provider publisher maker institution"
        " artist"
    ),
    "license": set_of("license licence"),
    "country": set_of("country nation"),
}
"""Attribute → the words of its header."""

TOPICS: Mapping[str, frozenset[str]] = {
    "price": PRICE,
    "speed": set_of("speed throughput tps"),
    "latency": set_of("latency ttft ttfat"),
    "coding": set_of("coding code swe humaneval mbpp livecodebench bigcodebench programming resolved"),
    "maths": set_of("math mathematics aime gsm8k olympiad"),
    "reasoning": set_of("reasoning gpqa hle arc zebra"),
}
