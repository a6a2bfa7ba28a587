"""What the words in a header say of a column: the direction, the unit, what it is. The field's usual words, and those of rankings of other things."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

_PIECES = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+(?:\.\d+)?|[%$#↑↓€£]")


@lru_cache(maxsize=4_096)
def words_of(header: str) -> tuple[str, ...]:
    """The words of a header or path in small letters: `medianOutputTokensPerSecond`, `pass@1`, `Acc. (%)`."""
    text = unicodedata.normalize("NFKC", header[:300])
    return tuple(piece.lower() for piece in _PIECES.findall(text))


def set_of(text: str) -> frozenset[str]:
    """The words of a list written on several lines."""
    return frozenset(text.split())


LOWER = set_of("""
    price prices pricing cost costs latency ms ttft ttfat seconds secs duration error errors err wer cer mer loss losses perplexity ppl rank
    hallucination hallucinations toxicity calibration ece rmse mse mae fid usd dollars strokes penalty penalties bias regret refusals
    crashes bugs failures emissions watts kwh delay fouls distance eer lap age incidents defects churn unemployment ↓ handicap deaths
    """)
"""More is worse."""
HIGHER = set_of("""
    score scores acc accuracy elo rating ratings win wins winrate won pass passed passing resolved solved f1 bleu rouge index average avg mean overall
    points pts stars stargazers downloads likes pulls votes users revenue throughput speed rtfx precision recall auc map ndcg em success
    correct arena intelligence quality goals installs forks subscribers views followers trending popularity consistency answer completeness
    robustness fairness efficiency eci elos coverage benchmark bench mmlu gpqa hle aime math gsm8k humaneval mbpp ifeval bbh musr arc
    hellaswag truthfulqa winogrande livecodebench swe coding reasoning language ↑ percentile gain improvement titles medals gold sales
    streams plays listeners grossing turnover capacity ugi share attendance worth gdp population citations hindex assists
    """)
"""More is better."""
PER_SECOND = (
    "tokens per second",
    "tokens s",
    "tok s",
    "tokens sec",
    "tps",
    "per second",
    "tokens per sec",
    "output speed",
    "per sec",
)
"""Rates, whose last word would say the contrary."""
RANK = set_of("rank ranking place position pos placement standing no nr #")
NAME = set_of(
    "name model models title player team app repo repository system entry display agent method competitor club driver product country song artist movie game"
)
ID = set_of("id key slug uuid permaslug folder dirname sha handle")
COUNT = set_of("""
    votes vote downloads likes pulls count appearances battles samples games played observations sessions puzzles
    tests cases trials questions downloads installs reviews num n
    """)
FITTED = set_of("elo rating elos eci glicko trueskill bt")
LIVE = set_of("speed latency throughput ttft ttfat seconds tokens tps trending rtfx uptime")
PRICE = set_of("price prices pricing cost costs usd dollars $")
CHANGE = set_of("change changes delta diff")
AVERAGE = set_of("average avg mean overall total global")
"""Of which more is as good as of what they are the average of."""
LIMIT = set_of("""
    context window limit length words max parameters params size date created updated released release modified year timestamp time elapsed version
    opacity color colour width height priority sort order zoom latitude longitude temperature frequency presence repetition seed top layer offset
    page port step month day week hour change delta diff
    """)
"""Words for numbers that are not a figure of merit."""
ASIDE = set_of("cost costs usd error std median estimated previous old input cache cached")
"""Words for figures beside the one that ranks."""
IN_AND_OUT = (set_of("input prompt in"), set_of("output completion completions out"))
"""Beside each other, and small: prices of what goes in and what comes out."""
BOUND_LOW = set_of("lower low q025 min lo lcb")
BOUND_HIGH = set_of("upper high q975 max hi ucb")
HALF = set_of("ci95 ci interval margin moe halfwidth pm confidence")
ERROR = set_of("stderr se std sd stdev sem variance deviation var")
OVERALL = set_of("overall average avg mean global total score rating elo index intelligence resolved main eci composite")
"""Which of the figures ranks, if the order of the rows does not say it."""

ATTRIBUTES: Mapping[str, frozenset[str]] = {
    "creator": set_of(
        "organization organisation org creator vendor company lab developer owner author provider publisher maker institution artist"
    ),
    "license": set_of("license licence"),
    "released": set_of("released release_date"),
    "country": set_of("country nation"),
    "open_weights": set_of("openweights open_weights"),
}
"""Attribute → the words that a header may consist of."""

TOPICS: Mapping[str, frozenset[str]] = {
    "price": PRICE,
    "speed": set_of("speed throughput tps"),
    "latency": set_of("latency ttft ttfat"),
    "coding": set_of("coding code swe humaneval mbpp livecodebench bigcodebench programming resolved"),
    "mathematics": set_of("math mathematics aime gsm8k olympiad"),
    "reasoning": set_of("reasoning gpqa hle arc zebra"),
}
