"""The words of headers and their meaning: direction, unit, role. The field's usual words, and those of other rankings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import zip_longest

from tracker.authoring.foreign import FOREIGN, LONGEST

_PIECES = re.compile(
    r"(?<![A-Za-z])(?:[Ff]1(?!\d)|GSM8K|gsm8k|RTFx|m(?:AP|AR|IoU)|nDCG|IoU)|[a-zA-Z]*[\u00c0-\u024f][a-zA-Z\u00c0-\u024f]*|(?:[^\W\d_a-zA-Z\u00c0-\u024f]|[\u064b-\u0652\u0900-\u0963\u0971-\u0dff])+"
    r"|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+(?:\.\d+)?|[%$#↑↓€£±]"
)
_ABBREVIATED = re.compile(r"\bstd\.(?= [^\W\d_])(?! (?:dev|err|error)\b)", re.IGNORECASE)
"""`std.` before the word for a figure: `std. MAE`."""
_MARKS = str.maketrans("⬆⬇İ", "↑↓I")
_LEAF = re.compile(r'(?:.*[\w\])"]\.(?=[^\W\d]|["$])|.*:|@)?(.+)', re.DOTALL)
"""The last part of a path; a dot before a space or a digit does not separate."""
_TERM = re.compile(r'css:dt:-soup-contains\("(.*)"\) \+ dd')
_NTH = re.compile(r":nth-of-type\(\d+\)")
_QUOTED = re.compile(r'.*"([^"]+)"')
_ERROR = r"(?:±|\+/-|\b(?:ci|conf\w*|interval|margin|std\w*|sd|s\.?e\.?m?|stderr|9[059] ?%))"
_REMARK = re.compile(rf"(.*?\w.*?)\s*((?:[(\[][^()\[\]]*{_ERROR}[^()\[\]]*[)\]]|(?:±|\+/-).*))\s*", re.IGNORECASE)


@lru_cache(maxsize=4_096)
def words_of(header: str) -> tuple[str, ...]:
    """The lower-case words of a header or path, in English: `medianOutputTokensPerSecond`, `pass@1`, `Acc. (%)`, `平均得分`."""
    text = _ABBREVIATED.sub("standard", _NTH.sub("", unicodedata.normalize("NFKC", header[:300])))
    if text[1:2].isalpha() or text[1:].isdigit():  # such as `$value`, `$1`
        text = text.removeprefix("$")
    words = [word for piece in _PIECES.findall(text.translate(_MARKS)) for word in _translated(piece.lower())]
    pairs = zip_longest(words, words[1:])
    return tuple(f"{word}s" if after == "count" and f"{word}s" in COUNTED else word for word, after in pairs)


def _translated(word: str) -> Iterator[str]:
    """The English words of a foreign one. Scripts without spaces are searched for the longest known parts."""
    if word in FOREIGN or word.isascii() or word[-1] < "\u2e80":
        yield FOREIGN.get(word, word)
        return
    at, unknown = 0, ""
    while at < len(word):
        part = next((word[at : at + size] for size in range(LONGEST, 0, -1) if word[at : at + size] in FOREIGN), "")
        if part and unknown:
            yield unknown
        unknown = "" if part else unknown + word[at]
        if part:
            yield FOREIGN[part]
        at += len(part) or 1
    if unknown:
        yield unknown


def leaf_of(header: str) -> str:
    """The last part of a path: `completion` of `pricing.completion`, `2.5%` of `score."2.5%"`; a header itself."""
    header = _NTH.sub("", header)
    if match := _TERM.fullmatch(header):
        return match[1]
    if header.endswith('"') and (quoted := _QUOTED.fullmatch(header)):
        return quoted[1]
    match = _LEAF.fullmatch(header)
    return match[1] if match else header


def remark_of(header: str) -> tuple[str, str]:
    """A header without the remark on its error, and the remark: `Elo (95% CI)`, `Score ± SE`. A remark alone is a header."""
    match = _REMARK.fullmatch(header)
    return (match[1], match[2]) if match else (header, "")


def set_of(text: str) -> frozenset[str]:
    """The words of a list that may span lines."""
    return frozenset(text.split())


LOWER = set_of("""
    price prices pricing cost costs latency ms ttft ttfat seconds secs duration error errors err wer cer mer loss losses
    exceptions timeouts empty invalid fp fn against conceded ns µs
    perplexity ppl rank hallucination hallucinations toxicity calibration ece rmse mse mae fid usd dollars strokes penalty
    penalties bias regret refusals crashes bugs failures emissions watts kwh delay fouls distance eer lap age incidents
    defects churn unemployment ↓ handicap deaths time runtime elapsed steps turns iterations failure fail failed fid mape
    rtf energy wh joules carbon refusal opp opponent opponents allowed gap bytes ram vram kb mb gb kib mib gib
    """)
"""Lower is better."""
HIGHER = set_of("""
    score scores acc accuracy elo rating ratings win wins winrate won pass passed passing resolved solved f1 bleu rouge index
    average avg mean overall points pts stars stargazers downloads likes pulls votes users revenue throughput speed rtfx
    precision recall auc map ndcg em success correct arena intelligence quality goals installs forks subscribers views
    followers trending popularity consistency answer completeness robustness fairness efficiency eci elos coverage benchmark
    bench eval mmlu gpqa hle aime math gsm8k humaneval mbpp ifeval bbh musr arc hellaswag truthfulqa winogrande livecodebench swe
    coding reasoning language ↑ percentile gain improvement titles medals gold sales streams plays listeners grossing
    comet chrf meteor iou miou mar auroc psnr ssim dice kappa mcc
    turnover capacity ugi share attendance worth gdp population citations hindex assists horizon
    """)
"""Higher is better."""
PER_SECOND = re.compile(r"\b(?:per (?:second|sec|s)|(?<!first )(?:tokens?|tok|t) (?:s|sec|second)|tps|output speed)\b")
"""Rates, whose last word alone would mean the opposite direction."""
RANK = set_of("rank ranking place position pos placement standing no nr #")
NAME = set_of(
    "name model models title player team app repo repository system entry display agent method competitor club driver product"
    " country song artist movie game"
)
NAMING = NAME | set_of("framework library package engine tool project username nickname login user handle")
"""What a column of names may be called, in tables of any kind."""
PART_OF_NAME = set_of("first last middle given forename surname")
"""A part of the name of a person."""
ID = set_of("id key slug uuid permaslug folder dirname sha handle")
COUNT = set_of("""
    votes vote downloads likes pulls count appearances battles samples games played observations sessions puzzles
    tests cases trials questions downloads installs reviews num n matches rounds losses lost defeats
    """)
COUNTED = set_of("stars stargazers downloads likes installs forks subscribers followers members users views plays upvotes")
"""Plurals that headers such as `download_count` have as singulars."""
FITTED = set_of("elo rating elos eci glicko trueskill bt")
SPREAD = set_of("min max minimum maximum median p50 p90 p95 p99")
"""Statistics of a measurement: an average beside them is one too, not that of other figures."""
STARTERS = set_of("bib jersey dorsal dossard startnummer")
"""Numbers that starters wear."""
GENERIC = set_of("value estimate")
"""The last part of a path that says nothing about the figure: `elo.value`."""
TIME_OF = set_of(
    "to per of for in at until taken elapsed spent used total limit s sec secs seconds ms min minutes h hours hh"
    " mm ss gap behind lost % ↓ ↑ average avg mean median"
)
"""Words after `time` that leave it the head of a header; before any other it only describes: `Time Trial`, `Time horizon`."""
LIVE = set_of("speed latency throughput ttft ttfat seconds tps trending rtfx rtf uptime")
PRICE = set_of("price prices pricing cost costs usd dollars $")
TOKENS = set_of("token tokens tok")
CHANGE = set_of("change changes delta diff")
AVERAGE = set_of("average avg mean overall total global")
"""The direction of these is that of the figures they combine."""
LIMIT = set_of("""
    context window limit length words max parameters params size date created updated released release modified year
    timestamp idx version opacity color colour width height priority sort order zoom latitude longitude temperature
    frequency presence repetition seed top layer offset page port step month day week hour change delta diff
    """)
"""Numbers that are not figures of merit."""
PHYSICAL = set_of("height length width")
"""Limits that rank a board if published ranks follow them."""
ENERGY = set_of("energy wh kwh watts emissions carbon co 2")
EFFORT = ENERGY - {"co", "2"} | set_of(
    "price prices pricing cost costs usd dollars $ time runtime elapsed duration seconds ns µs steps turns iterations tokens"
    " ram vram kb mb gb kib mib gib gap"
)
"""What a result takes, beside the result itself."""
SHARES = set_of(
    "acc accuracy precision recall f1 em success correct pass passed resolved solved winrate wer cer rate rates share"
)
"""Figures that are a share of something: a ratio of 0 to 1, or a percentage."""
ASIDE = set_of("std best worst estimated previous old input cache cached")
"""Figures beside the one that ranks."""
IN_AND_OUT = (set_of("input prompt in"), set_of("output completion completions out"))
"""Side by side and with small values: the prices of input and output."""
BOUND_LOW = set_of("lower low 025 2.5 lo lcb lb lowerbound lowerci lowerwhisker")
BOUND_HIGH = set_of("upper high 975 97.5 hi ucb ub upperbound upperci upperwhisker")
HALF = set_of("ci interval margin moe halfwidth pm confidence conf ± uncertainty")
STANDARD_ERROR = set_of("stderr se sem err")
DEVIATION = set_of("std stddev sd stdev variance deviation var")
AROUND = set_of(
    "bound bounds whisker limit norm est 90 95 99 % q p quantile percentile half width standard error of in cl boot bootstrap"
)
"""Words beside those of an interval that name no figure."""
SUMMARY = set_of("overall global composite intelligence eci")
"""The figure that ranks, whatever else its header says."""
MERIT = set_of("score rating elo index resolved main points pts")
"""The figure that ranks, if no other has such a header."""

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
