"""What words mean: verbs and comparatives, topics, classes, numbers. Tables only; `pieces.py` looks things up in them.

Phrases are written as `pieces.py` cuts them: lower case, without hyphens, `n't` and `'s` as words of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product

from tracker.claims._records import COUNTRIES, ModelGroup, Relation


def _all(phrases: str) -> tuple[str, ...]:
    """The phrases of a list with semicolons."""
    return tuple(" ".join(phrase.split()) for phrase in phrases.split(";"))


def _set(phrases: str) -> frozenset[str]:
    return frozenset(_all(phrases))


def _combined(*lists: str) -> tuple[str, ...]:
    """A phrase for each choice of one part from every list; a part may be empty."""
    return tuple(" ".join(filter(None, parts)) for parts in product(*map(_all, lists)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sense:
    """What a verb or a comparative claims.

    `swap`: the subject and the rival change places ("trails", "is beaten by"). `rival`: `must` be named, `may` be, or `no`.
    `topic` is one that the word itself brings (cheaper: price). `passing`: it means overtaking. `per`: what a ratio divides by.
    `number`: of its verb, `one`, `many` or empty. `predecessor`: the rival is the one before it in its line. `superlative`: "the
    best". `noun`: it needs a form of `to be`. `degree`: `strong` or `weak`. `price_word`: it states a share of a price and no
    order. `end`: `high` or `low`, if it is about the number itself.
    """

    relation: Relation
    swap: bool = False
    rival: str = "must"
    topic: str = ""
    passing: bool = False
    per: str = ""
    number: str = ""
    predecessor: bool = False
    superlative: bool = False
    noun: bool = False
    degree: str = ""
    price_word: bool = False
    end: str = ""


# ── verbs ────────────────────────────────────────────────────────────────────────────────────────

_ABOVE = _all("beat; outperform; surpass; outscore; outrank; exceed; outdo; eclipse; defeat; outshine; outpace; best; top")
_FAR_ABOVE = _all("outclass; crush; trounce; demolish")
_PASSING = _all("overtake; leapfrog; overhaul; pass")
_LEVEL = _all("rival; match; equal")
_IRREGULAR: Mapping[str, tuple[str, str]] = {
    "beat": ("beat", "beaten"),
    "outdo": ("outdid", "outdone"),
    "overtake": ("overtook", "overtaken"),
    "leapfrog": ("leapfrogged", "leapfrogged"),
}
"""Past and participle; the others take -ed."""
_MOSTLY_OTHER_WORDS = frozenset(("pass", "passing", "equal", "best", "bests", "besting"))
_UP = Sense(relation=Relation.ABOVE)
_EVEN = Sense(relation=Relation.LEVEL)


def _verbs() -> Iterator[tuple[str, Sense]]:
    passing, far = replace(_UP, passing=True), replace(_UP, degree="strong")
    for verbs, sense in ((_ABOVE, _UP), (_FAR_ABOVE, far), (_PASSING, passing), (_LEVEL, _EVEN)):
        for verb in verbs:
            for form, number in _forms(verb).items():
                if form not in _MOSTLY_OTHER_WORDS:
                    yield form, replace(sense, number=number)
            yield f"{_past(verb)[1]} by", replace(sense, swap=True)


def _forms(verb: str) -> dict[str, str]:
    """Every form of a verb with the number it shows, if any."""
    third = f"{verb}es" if verb.endswith(("s", "sh", "ch", "o")) else f"{verb}s"
    past = [form for form in _past(verb) if form != verb]
    return {verb: "many", third: "one", **dict.fromkeys(past, ""), f"{verb.removesuffix('e')}ing": ""}


def _past(verb: str) -> tuple[str, str]:
    regular = f"{verb.removesuffix('e')}ed"
    return _IRREGULAR.get(verb, (regular, regular))


_AHEAD = (
    *_combined(
        "better; stronger; smarter; more capable; more intelligent; more accurate; stronger model; better model; higher rated",
        "than",
    ),
    *_combined("ranks; rank; ranked; sits; stands", "above; ahead of; higher than"),
    *_combined("performs; perform; does; do", "better than"),
    *_all("ahead of; above; superior to; wins against; win against; wins over; has the edge over; has an edge over; >"),
)
_AHEAD_BY_MOVING = (
    *_combined("pulls; pulled; pull; moves; moved; jumps; jumped", "ahead of"),
    *_combined("moves; moved; gets; got; goes; climbs; climbed; slips; slipped", "past"),
)
_BARELY_AHEAD = _combined("edges; edge; edged; edging; squeaks; squeaked; nudges; nudged", "out; past; ahead of; ")
_FAR_AHEAD = _all("blows past; blew past; towers over; runs circles around")
_BEHIND = (
    *_combined("worse; weaker; less capable; less accurate; performs worse; does worse", "than"),
    *_combined("ranks; ranked; sits; stands", "below; behind; lower than"),
    *_combined("trails; falls; fell; lags; lagged; lagging; trailing; trailed; ", "behind"),
    *_all("trailing; lags; below; inferior to; loses to; lost to; losing to; loses out to; falls short of; fell short of; <"),
)
_ON_PAR = """
    on par with; on a par with; at par with; at parity with; on parity with; comparable to; comparable with; as good as;
    as strong as; as capable as; as smart as; ties with; tied with; ties; tie with; level with; neck and neck with; equal to;
    equivalent to; caught up with; caught up to; catches up with; catches up to; keeps up with; keeps pace with; a rival to;
    a match for; in the same league as; performs like; similar to; =
"""
_FIRST_PLACE = """
    the number one spot; the # 1 spot; number one; number 1; # 1; no 1; no . 1; the top spot; top spot; first place; first;
    the first place; the crown; the throne; the lead; pole position; the # 1 position
"""
_TAKES = "takes; took; taking; takes over; seizes; claims; claimed; grabs; grabbed; captures; snags; nabs"
_IN_FRONT = (
    *_combined("ranks; ranked; rank; comes; came; sits; stands; in; at; comes in; sits in; sits at; holds", _FIRST_PLACE),
    *_combined("at; sits at; stands at; sits", "the top; the top of the leaderboard"),
    *_all("number one; number 1; no 1; no . 1; # 1; first place; the number one; sits atop; atop"),
)
_TAKES_THE_LEAD = (
    *_combined(f"{_TAKES}; moves to; moves into; moved into; climbs to; rises to; jumps to", _FIRST_PLACE),
    *_combined("climbs to; rises to; jumps to; moves to", "the top; the top of the leaderboard"),
)
_DETHRONES = (
    *_all("dethrones; dethroned; dethroning; unseats; unseated; usurps"),
    *_combined(_TAKES, _FIRST_PLACE, "from; away from"),
)
_SECOND_TO = _all("second only to; behind only; trails only; trailing only; bested only by; beaten only by; surpassed only by")
_LEADER = _all("the leader; the new leader; leader; the top model; the new # 1; the front runner")
_THE_BEST = """
    the best; best; the strongest; strongest; the smartest; smartest; the most capable; most capable; the most intelligent;
    most intelligent; the top scoring; top scoring; the top; the leading; the highest rated; highest rated; the most powerful;
    most powerful
"""
_GAINS = """
    gains over; gain over; improves on; improve on; improved on; improves over; improves upon; improved upon; improving on;
    improvement over; improvements over; improvement on; improvements on; progress over; step up from; leap over; leap from;
    jump over; jump from; upgrade over; advances over; advance over
"""
_OVER_ITS_OWN = _combined(
    """
    better than; beats; beat; outperforms; outperform; surpasses; improves on; improve on; improves over; improves upon; ahead of;
    above; gains over; improvement over; improvements over; progress over
""",
    "its predecessor; their predecessor; their predecessors; its predecessors; the previous generation",
)
_CHEAPER = """
    cheaper; cheaper than; costs less than; cost less than; costing less than; costs less; less expensive than; less expensive;
    undercuts; undercut; undercutting; more affordable than; lower priced than
"""
_MORE_EXPENSIVE = "more expensive; more expensive than; costs more than; cost more than; costs more; pricier than; pricier"
_COSTS = """
    costs; cost; priced at; costing; the price; the cost; the price of; the cost of; as much as; as expensive as; as cheap as
"""
_BETTER = "better; higher; superior"
_PER_PARAMETER = (
    *_combined(
        _BETTER,
        "performance; intelligence; score; quality",
        "to parameter; to parameters; to size; to weight; per parameter; per parameters; per size; per weight",
        "; ratio",
    ),
    *_all(
        "more parameter efficient; better parameter efficiency; more intelligence per parameter; more performance per parameter"
    ),
)
_PER_DOLLAR = (
    *_combined(
        _BETTER,
        """
    price performance; price performance ratio; price to performance; price to performance ratio; performance to price ratio;
    performance per dollar; intelligence per dollar; value for money; cost efficiency
""",
    ),
    *_all("more cost efficient; more cost effective; more intelligence per dollar"),
)


_DOWN = replace(_UP, swap=True)
_LEAD = Sense(relation=Relation.LEAD, rival="no")
_BEST = replace(_LEAD, superlative=True)
_CHEAP = Sense(relation=Relation.PRICE, rival="may", topic="price")
_FASTER = replace(_UP, rival="may", topic="speed")
_RATIO = Sense(relation=Relation.RATIO, rival="may")
_MEANINGS = (
    ("leads; tops", replace(_LEAD, rival="may", number="one")),
    ("lead; top", replace(_LEAD, rival="may", number="many")),
    ("led; leading; topped; topping", replace(_LEAD, rival="may")),
    (_AHEAD, _UP),
    (_AHEAD_BY_MOVING, replace(_UP, passing=True)),
    (_BARELY_AHEAD, replace(_UP, degree="weak")),
    (_FAR_AHEAD, replace(_UP, degree="strong")),
    (("no match for",), replace(_DOWN, degree="strong")),
    (_BEHIND, _DOWN),
    ("trails; bows to", replace(_DOWN, number="one")),
    ("trail; lag; lag behind; fall behind; lose to", replace(_DOWN, number="many")),
    (_ON_PAR, _EVEN),
    ("holds its own against", _EVEN),  # phrase allowed: articles use it
    (_IN_FRONT, _LEAD),
    (_LEADER, replace(_LEAD, noun=True)),
    (_TAKES_THE_LEAD, replace(_LEAD, passing=True)),
    (_DETHRONES, replace(_LEAD, rival="must", passing=True)),
    (_SECOND_TO, Sense(relation=Relation.RANK)),
    (_THE_BEST, _BEST),
    ("the cheapest; cheapest; the least expensive; lowest priced", replace(_BEST, topic="price")),
    ("the fastest; fastest; the quickest", replace(_BEST, topic="speed")),
    ("the highest; highest; the highest scoring; highest scoring", replace(_BEST, end="high")),
    ("the lowest; lowest", replace(_BEST, end="low")),
    ("higher than; scores higher than; score higher than; scored higher than", replace(_UP, end="high")),
    ("lower than; scores lower than; score lower than; scored lower than", replace(_UP, end="low")),
    (_GAINS, Sense(relation=Relation.GAIN)),
    (_CHEAPER, _CHEAP),
    (_MORE_EXPENSIVE, replace(_CHEAP, swap=True)),
    ("dearer than", replace(_CHEAP, swap=True)),  # phrase allowed: articles use it
    (_COSTS, replace(_CHEAP, price_word=True)),
    ("faster; faster than; quicker than; as fast as; as quick as; the speed of; the speed", _FASTER),
    ("slower; slower than", replace(_FASTER, swap=True)),
    ("hallucinates less than; hallucinate less than; hallucinates less often than", replace(_UP, topic="hallucination")),
    ("hallucinates more than; hallucinate more than; hallucinates more often than", replace(_DOWN, topic="hallucination")),
)


def _senses() -> Iterator[tuple[str, Sense]]:
    """Phrase by phrase; a later meaning of the same words replaces an earlier one."""
    yield from _verbs()
    for phrases, sense in _MEANINGS:
        yield from dict.fromkeys(_all(phrases) if isinstance(phrases, str) else phrases, sense).items()
    yield from dict.fromkeys(_PER_PARAMETER, replace(_RATIO, per="parameters")).items()
    yield from dict.fromkeys(_PER_DOLLAR, replace(_RATIO, per="price")).items()
    yield from dict.fromkeys(_OVER_ITS_OWN, Sense(relation=Relation.GAIN, rival="may", predecessor=True)).items()


SENSES: Mapping[str, Sense] = dict(_senses())
"""Phrase → what it claims."""
FIRSTS = _set("first; the first; a first; become first; the very first")

# ── topics ───────────────────────────────────────────────────────────────────────────────────────


_TOPICS = """
    maths; math; mathematics; mathematical; mathematical reasoning
    coding; code; programming; software engineering; coding tasks; writing code
    agents; agentic; agent; agentic tasks; agentic work; tool use; agentic coding
    reasoning; logic; logical reasoning
    price; prices; pricing; cost; costs
    speed; throughput; output speed; tokens per second
    latency; time to first token; response time
    knowledge; world knowledge; general knowledge
    vision; image understanding; multimodal understanding
    text to image; image; images; image generation
    text to video; video; video generation
    search; web search
    instruction following; following instructions; instructions
    language; language understanding
    data analysis
    hallucination; hallucinations; factuality; hallucination rate
    context; context window; context length
    overall; general; intelligence; overall intelligence; general intelligence
"""
SYNONYMS: Mapping[str, str] = {phrase: topics[0] for topics in map(_all, _TOPICS.strip().splitlines()) for phrase in topics}
"""A topic as people write it → one word for it, the first of its line. Boards' own topics are looked up here too."""
NARROW = _set("coding; agents; vision; search; text to image; text to video; maths")
"""A board named after one of these does not rank models in general."""

# ── classes ──────────────────────────────────────────────────────────────────────────────────────

GROUPS: Mapping[str, ModelGroup] = {
    **dict.fromkeys(
        _all("open source; open weights; open weight; openly licensed; opensource; open"),
        ModelGroup(open_weights=True),
    ),
    **dict.fromkeys(_all("closed; proprietary; closed source; closed weights; closed weight"), ModelGroup(open_weights=False)),
    **dict.fromkeys(_all("non reasoning; non thinking; without reasoning; without thinking"), ModelGroup(reasoning="off")),
    **dict.fromkeys(_combined("reasoning; thinking", "model; models"), ModelGroup(reasoning="on")),
    **{word.casefold(): ModelGroup(country=code) for code, word in COUNTRIES.items()},
    **dict.fromkeys(_all("us; us based; u . s ."), ModelGroup(country="US")),
}

# ── numbers ──────────────────────────────────────────────────────────────────────────────────────

_NUMBERS = _all(
    "one; two; three; four; five; six; seven; eight; nine; ten; eleven; twelve; fifteen; twenty; thirty; fifty; hundred"
)
_ORDINALS = _all("first; second; third; fourth; fifth; sixth; seventh; eighth; ninth; tenth")
NUMBERS: Mapping[str, int] = dict(zip(_NUMBERS, (*range(1, 13), 15, 20, 30, 50, 100), strict=True))
ORDINALS: Mapping[str, int] = {word: place for place, word in enumerate(_ORDINALS, start=1)}
RISES = _combined("climbs; rises; jumps; moves up; climbed; rose; jumped; moved up", "to", "; the")
FALLS = _combined("slips; falls; drops; slides; slipped; fell; dropped; slid", "to", "; the")
"""What may precede a rank to which a model moved."""
SHARES: Mapping[str, float] = {
    "half": 0.5,
    **dict.fromkeys(("a third", "one third"), 1 / 3),
    "two thirds": 2 / 3,
    **dict.fromkeys(("a quarter", "one quarter"), 0.25),
    "three quarters": 0.75,
    **dict.fromkeys(("a fifth", "one fifth"), 0.2),
    **dict.fromkeys(("a tenth", "one tenth"), 0.1),
    **dict.fromkeys(("twice", "double"), 2.0),
    **dict.fromkeys(("thrice", "triple"), 3.0),
}


def _under(**phrases: str) -> dict[str, str]:
    """Phrase → the key under which it is listed."""
    return {phrase: key for key, listed in phrases.items() for phrase in _all(listed)}


BOUNDS: Mapping[str, str] = _under(
    least="more than; over; at least; upwards of",
    most="less than; under; at most; up to; no more than",
    about="about; around; roughly; approximately; circa; some; nearly; almost",
)

# ── scores ───────────────────────────────────────────────────────────────────────────────────────

_SCORING = _all("""
    scores; scored; score; scoring; a score of; with a score of; score of; gets; got; get; reaches; reached; reach; hits; hit;
    hitting; achieves; achieved; achieve; posts; posted; earns; earned; has; with; at; sits at; stands at; is at; comes in at;
    came in at; rated at; rated; runs at; an elo of; elo of; rating of; of; :; —; –; -; =
""")
_EXCEEDING = """
    breaks; broke; break; cracks; cracked; crack; crosses; crossed; cross; tops; topped; passes; passed; pass; surpasses;
    surpassed; surpass; exceeds; exceeded; exceed; clears; cleared; clear; beats; beat
"""
SCORES: Mapping[str, str] = {**dict.fromkeys(_SCORING, ""), **_under(over=_EXCEEDING)}
"""What may precede the figure of a score, and the bound that it brings."""
WEAK_SCORES = _set("gets; got; get; has; with; at; of; :; —; –; -; =")
"""Those of them that need a unit, or a figure of two digits: `has 3 in the top ten` does not state a score."""
COSTS = _set("costs; cost; costing; priced at; is priced at; at; charges")
"""The same before a price."""
SCORE_BOUNDS: Mapping[str, str] = _under(
    over="above; over; more than; higher than; beyond; north of",
    under="below; under; less than; lower than",
    least="at least; no less than",
    most="at most; no more than; up to",
    about="about; around; roughly; approximately; ~",
)
BARE_BOUNDS = _set("above; over; below; under")
"""Those that make a score without a verb: `the first model above 50`."""
AFTER_SCORES = _set("""
    on; in; at; for; and; ,; .; :; ); !; ?; while; but; —; –; (; according; per; via; as; now; today; whereas; with; |
""") | {";"}
"""What may follow the figure of a score; before any other word it is a figure of something else."""
_MONTHS = """
    january jan; february feb; march mar; april apr; may; june jun; july jul; august aug; september sep sept; october oct;
    november nov; december dec
"""
MONTHS: Mapping[str, int] = {name: place for place, names in enumerate(_all(_MONTHS), start=1) for name in names.split()}

# ── small words ──────────────────────────────────────────────────────────────────────────────────

NEGATIONS = _set("""
    not; n't; fails to; fail to; failed to; cannot; can not; unable to; does not; did not; do not; is not; are not; no
""")
HEDGES = _set("""
    may; might; could; would; should; will; shall; can; if; unless; expected to; expects; expect; reportedly; allegedly;
    supposedly; rumoured; rumored; claims to; claim to; aims to; plans to; likely to; likely; probably; possibly; perhaps; maybe;
    hopes; hoped; claims; claimed; boasts; touts; believes; thinks; argues; alleges; promises to; trying to; tries to; set to;
    about to; seems to; appears to; seem to; appear to; say; says; said; saying; believe; think; argue; insist; insists; suggest;
    suggests; report; reports; hear; heard; rumour; rumor; leak; leaks; leaked; touted; predicts; predict; tells;
    imagine; suppose; feels; feel; guess; bet; wonder; hope; hopefully; supposed to; according to some
""")
"""A sentence about what may be, or what somebody says, cannot be checked against a record."""
TURNS = _set("""
    or; nor; neither; either; except; without; most; few; several; many; before; after; until; once; never; always; sometimes;
    only; rarely; often; usually; none; nothing; instead; rather; used; unlike; than; was; were; had; previously; formerly;
    yesterday; tomorrow; week; month; last; ago; since; soon; where; when; whenever; false; wrong; untrue; myth; denies; deny;
    denied; doubt; doubts; doubtful; hardly; scarcely; contrary; refutes; question; whether; why; how; fake; incorrect; debunked;
    against; between; versus; vs; longer; second; runner; across the board; former; ex; ought
""")
"""Words that change what a sentence says; if one is left over, the claim is not understood."""
EVERY_ONE = _set("all; every; each; any")
"""Words that mean all of a class or line, and not its best."""
SOME_ONE = _set("a; an; some; one")
"""Words that mean any one of a class."""
PASTS = frozenset(("was", "were", "had"))
JOINS = _set(",; and; as well as; both; &; plus; and also; along with; /")
BREAKS = _set("while; but; whereas; :; —; –; with; yet; though; although; however; (; ); |; …; also; then; so") | {";"}
AMONG = _set("among; amongst; of; in; for; at; within")
"""What may precede the class among which a model is the best."""
REFERENCES = _set("it; its; they; their; this model; the model; which; that; who; these models")
PREPOSITIONS = _set("in; on; at; for; across; regarding; in terms of; when it comes to")
ATTRIBUTIONS = _set("per; according to; via; source :; as measured by; as ranked by; measured by; data from; figures from; from")
FILLERS = _set("""
    the; a; an; there is; there are; is; are; be; been; being; has; have; having; does; do; did; now; right now; currently;
    today; still; already; to; as; of; among; 's; s; model; models; family; series; line; lineup; llm; llms; ai; language model;
    language models; system; systems; benchmark; benchmarks; leaderboard; leaderboards; board; boards; ranking; rankings; index;
    chart; charts; scores; score; scoring; points; test; tests; tasks; list; other; all; any; every; each; its; their; even; in;
    on; at; for; by; becomes; became; become; ranked; ranks; rank; gets; got; get; comes; came; stands; sits; scored; place;
    position; spot; in the world; world 's; breaking; news; update; wow; yes; btw; fyi; icymi; performance; capability;
    capabilities; quality; results; .; !; ?; "; “; ”; '; ’; ‘; -; *
""")
DEGREES: Mapping[str, str] = _under(
    strong="""
    far; by far; much; clearly; easily; significantly; substantially; comfortably; decisively; vastly; considerably; dramatically;
    convincingly; handily; well; way; soundly; massively; greatly; big; huge; large; massive; significant; major; clear; dramatic;
    substantial; a lot; by a wide margin; by a large margin; by a mile; by a landslide; hugely; a clear
""",
    weak="slightly; narrowly; marginally; barely; small; modest; a bit; a little; by a hair; by a whisker; by a narrow margin",
)
"""How much, in words: judged by the error (`weight.Weight`)."""
