"""What words mean: verbs and comparatives, topics, classes, numbers. Tables only; `pieces.py` looks things up in them.

Phrases are written as `pieces.py` cuts them: lower case, without hyphens, `n't` and `'s` as words of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from tracker.claims._records import ModelGroup, Relation


def _all(phrases: str) -> tuple[str, ...]:
    """The phrases of a list that is written with semicolons."""
    return tuple(" ".join(phrase.split()) for phrase in phrases.split(";"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sense:
    """What a verb or a comparative claims.

    `swap`: the subject and the rival change places ("trails", "is beaten by"). `rival`: `must` be named, `may` be, or `no`.
    `topic` is one that the word itself brings (cheaper: price). `passing`: it speaks of overtaking. `per`: what a ratio divides by.
    `number`: of its verb, `one`, `many` or empty. `predecessor`: the rival is the one before it in its line. `superlative`: "the
    best". `price_word`: it states a share of a price and no order. `end`: `high` or `low`, where it speaks of the number itself.
    """

    relation: Relation
    swap: bool = False
    rival: str = "must"
    topic: str = ""
    passing: bool = False
    near: bool = False
    per: str = ""
    number: str = ""
    predecessor: bool = False
    superlative: bool = False
    price_word: bool = False
    end: str = ""


# ── verbs ────────────────────────────────────────────────────────────────────────────────────────

_ABOVE = _all(
    "beat; outperform; surpass; outscore; outrank; exceed; outclass; outdo; eclipse; defeat; crush; outshine; outpace; trounce"
)
_PASSING = _all("overtake; leapfrog; dethrone; overhaul; pass")
_LEVEL = _all("rival; match; equal")
_IRREGULAR: Mapping[str, tuple[str, str]] = {
    "beat": ("beat", "beaten"),
    "outdo": ("outdid", "outdone"),
    "overtake": ("overtook", "overtaken"),
    "leapfrog": ("leapfrogged", "leapfrogged"),
}
"""Past and participle; the others take -ed."""
_MOSTLY_OTHER_WORDS = frozenset(("pass", "passing", "equal"))
_UP = Sense(relation=Relation.ABOVE)
_EVEN = Sense(relation=Relation.LEVEL)


def _verbs() -> Iterator[tuple[str, Sense]]:
    for verbs, sense in ((_ABOVE, _UP), (_PASSING, replace(_UP, passing=True)), (_LEVEL, _EVEN)):
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


_AHEAD = """
    better than; ahead of; above; superior to; stronger than; smarter than; more capable than; more intelligent than; more accurate than;
    ranks above; rank above; ranked above; ranks higher than; rank higher than; ranked higher than; wins against; win against; wins over;
    edges out; edge out; edges; edged out; does better than; do better than; performs better than; perform better than;
    has the edge over; has an edge over; stands above; sits above; stronger model than; better model than; >
"""
_AHEAD_BY_MOVING = """
    pulls ahead of; pulled ahead of; pull ahead of; moves ahead of; moved ahead of; moves past; moved past; gets past; got past;
    goes past; jumps ahead of; jumped ahead of; knocks off; knocked off
"""
_BEHIND = """
    trails behind; trailing; trailing behind; trailed; behind; is behind; falls behind; fell behind; lags behind; lags; lagged behind;
    lagging behind; worse than; below; inferior to; weaker than; loses to; lost to; losing to; loses out to; ranks below; ranked below;
    ranks lower than; ranked lower than; stands below; sits below; falls short of; fell short of; no match for; less capable than;
    less accurate than; performs worse than; does worse than; <
"""
_ON_PAR = """
    on par with; on a par with; at par with; at parity with; on parity with; comparable to; comparable with; as good as; as strong as;
    as capable as; as smart as; ties with; tied with; ties; tie with; level with; neck and neck with; equal to; equivalent to;
    holds its own against; caught up with; caught up to; catches up with; catches up to; keeps up with; keeps pace with; a rival to; a match for; in the same league as; performs like; similar to; =
"""
_NEAR_TO = "close to; comes close to; come close to; close behind; within striking distance of"
_IN_FRONT = """
    number one; number 1; no 1; no . 1; # 1; ranks first; ranked first; rank first; comes first; came first; first place; in first place;
    takes first place; took first place; takes the lead; took the lead; in the lead; holds the lead; the leader; the new leader; leader;
    the top model; the top spot; takes the crown; takes the top spot; takes the throne; the number one; sits atop; atop
"""
_THE_BEST = """
    the best; best; the strongest; strongest; the smartest; smartest; the most capable; most capable; the most intelligent;
    most intelligent; the top scoring; top scoring; the top; the leading; the highest rated; highest rated; the most powerful; most powerful
"""
_GAINS = """
    gains over; gain over; improves on; improve on; improved on; improves over; improves upon; improved upon; improving on; improvement over;
    improvements over; improvement on; improvements on; progress over; step up from; leap over; leap from; jump over; jump from;
    upgrade over; advances over; advance over
"""
_OVER_ITS_OWN = _all("its predecessor; their predecessor; their predecessors; its predecessors; the previous generation")
_OVER = _all("""
    better than; beats; beat; outperforms; outperform; surpasses; improves on; improve on; improves over; improves upon; ahead of; above;
    gains over; improvement over; improvements over; progress over
""")
_CHEAPER = """
    cheaper; cheaper than; costs less than; cost less than; costing less than; costs less; less expensive than; less expensive; undercuts;
    undercut; undercutting; more affordable than; lower priced than
"""
_DEARER = "more expensive; more expensive than; costs more than; cost more than; costs more; pricier than; dearer than; pricier"
_COSTS = """
    costs; cost; priced at; costing; the price; the cost; the price of; the cost of; as much as; as expensive as; as cheap as
"""
_BETTER = _all("better; higher; superior")
_PER_PARAMETER = (
    *(
        f"{better} {score} {to} {size}{ratio}"
        for better in _BETTER
        for score in ("performance", "intelligence", "score", "quality")
        for to in ("to", "per")
        for size in ("parameter", "parameters", "size", "weight")
        for ratio in ("", " ratio")
    ),
    *_all(
        "more parameter efficient; better parameter efficiency; more intelligence per parameter; more performance per parameter"
    ),
)
_PER_DOLLAR = (
    *(
        f"{better} {ratio}"
        for better in _BETTER
        for ratio in _all("""
            price performance; price performance ratio; price to performance; price to performance ratio; performance to price ratio;
            performance per dollar; intelligence per dollar; value for money; cost efficiency
        """)
    ),
    *_all("more cost efficient; more cost effective; more intelligence per dollar"),
)


def _senses() -> Iterator[tuple[str, Sense]]:
    """Phrase by phrase; a later meaning of the same words replaces an earlier one."""
    down = replace(_UP, swap=True)
    lead, best = Sense(relation=Relation.LEAD, rival="no"), Sense(relation=Relation.LEAD, rival="no", superlative=True)
    price, speed = (
        Sense(relation=Relation.PRICE, rival="may", topic="price"),
        Sense(relation=Relation.ABOVE, rival="may", topic="speed"),
    )
    ratio = Sense(relation=Relation.RATIO, rival="may")
    yield from _verbs()
    for phrases, sense in (
        ("leads; tops", Sense(relation=Relation.LEAD, rival="may", number="one")),
        ("lead; top", Sense(relation=Relation.LEAD, rival="may", number="many")),
        ("led; leading; topped; topping", Sense(relation=Relation.LEAD, rival="may")),
        (_AHEAD, _UP),
        (_AHEAD_BY_MOVING, replace(_UP, passing=True)),
        (_BEHIND, down),
        ("trails", replace(down, number="one")),
        ("trail; lag; lag behind; fall behind; lose to", replace(down, number="many")),
        (_ON_PAR, _EVEN),
        (_NEAR_TO, replace(_EVEN, near=True)),
        (_IN_FRONT, lead),
        (_THE_BEST, best),
        ("the cheapest; cheapest; the least expensive; lowest priced", replace(best, topic="price")),
        ("the fastest; fastest; the quickest", replace(best, topic="speed")),
        ("the highest; highest; the highest scoring; highest scoring", replace(best, end="high")),
        ("the lowest; lowest", replace(best, end="low")),
        ("higher than; scores higher than; score higher than; scored higher than", replace(_UP, end="high")),
        ("lower than; scores lower than; score lower than; scored lower than", replace(_UP, end="low")),
        (_GAINS, Sense(relation=Relation.GAIN)),
        (_CHEAPER, price),
        (_DEARER, replace(price, swap=True)),
        (_COSTS, replace(price, price_word=True)),
        ("faster; faster than; quicker than; as fast as; as quick as; the speed of; the speed", speed),
        ("slower; slower than", replace(speed, swap=True)),
        ("hallucinates less than; hallucinate less than; hallucinates less often than", replace(_UP, topic="hallucination")),
        ("hallucinates more than; hallucinate more than; hallucinates more often than", replace(down, topic="hallucination")),
    ):
        yield from ((phrase, sense) for phrase in _all(phrases))
    yield from ((phrase, replace(ratio, per="parameters")) for phrase in _PER_PARAMETER)
    yield from ((phrase, replace(ratio, per="price")) for phrase in _PER_DOLLAR)
    own = Sense(relation=Relation.GAIN, rival="may", predecessor=True)
    yield from ((f"{over} {what}", own) for over in _OVER for what in _OVER_ITS_OWN)


SENSES: Mapping[str, Sense] = dict(_senses())
"""Phrase → what it claims."""
FIRSTS = frozenset(_all("first; the first; a first; become first; the very first"))

# ── topics ───────────────────────────────────────────────────────────────────────────────────────


def _under(topics: Mapping[str, str]) -> dict[str, str]:
    return {spelling: topic for topic, spellings in topics.items() for spelling in _all(spellings)}


SYNONYMS: Mapping[str, str] = _under(
    {
        "maths": "maths; math; mathematics; mathematical; mathematical reasoning",
        "coding": "coding; code; programming; software engineering; coding tasks; writing code",
        "agents": "agents; agentic; agent; agentic tasks; agentic work; tool use; agentic coding",
        "reasoning": "reasoning; logic; logical reasoning",
        "price": "price; prices; pricing; cost; costs",
        "speed": "speed; throughput; output speed; tokens per second",
        "latency": "latency; time to first token; response time",
        "knowledge": "knowledge; world knowledge; general knowledge",
        "vision": "vision; image understanding; multimodal understanding",
        "text to image": "text to image; image; images; image generation",
        "text to video": "text to video; video; video generation",
        "search": "search; web search",
        "instruction following": "instruction following; following instructions; instructions",
        "language": "language; language understanding",
        "data analysis": "data analysis",
        "hallucination": "hallucination; hallucinations; factuality; hallucination rate",
        "context": "context; context window; context length",
        "overall": "overall; general; intelligence; overall intelligence; general intelligence",
    }
)
"""A topic as people write it → one word for it. Boards' own topics are read through the same table, so that `math` is `maths`."""
EVERY = "every benchmark"
EVERYWHERE = frozenset(
    _all(
        """
        every benchmark; all benchmarks; across the board; every metric; all metrics; every test; all tests; everything; everywhere;
        every task; all tasks; every category; all categories; every domain; all domains; every area; all areas; all fronts
        """
    )
)
"""A topic that means every metric whose order is news."""
NARROW = frozenset(_all("coding; agents; vision; search; text to image; text to video; maths"))
"""A board named after one of these says nothing of models in general."""

# ── classes ──────────────────────────────────────────────────────────────────────────────────────

_COUNTRIES: Mapping[str, str] = {
    "CN": "chinese",
    "US": "american; us based; us models; us model; us labs",
    "FR": "french",
    "KR": "korean; south korean",
    "CA": "canadian",
    "IL": "israeli",
    "AE": "emirati",
    "JP": "japanese",
    "DE": "german",
}
GROUPS: Mapping[str, ModelGroup] = {
    **dict.fromkeys(
        _all("open source; open weights; open weight; openly licensed; opensource; open model; open models; open llm; open llms"),
        ModelGroup(open_weights=True),
    ),
    **dict.fromkeys(_all("closed; proprietary; closed source; closed weights; closed weight"), ModelGroup(open_weights=False)),
    **dict.fromkeys(_all("non reasoning; non thinking; without reasoning"), ModelGroup(reasoning="off")),
    **dict.fromkeys(_all("reasoning model; reasoning models; thinking model; thinking models"), ModelGroup(reasoning="on")),
    **{word: ModelGroup(country=country) for country, words in _COUNTRIES.items() for word in _all(words)},
}

# ── numbers ──────────────────────────────────────────────────────────────────────────────────────

_ONE_TO_TWELVE = _all("one; two; three; four; five; six; seven; eight; nine; ten; eleven; twelve")
_FIRST_TO_TENTH = _all("first; second; third; fourth; fifth; sixth; seventh; eighth; ninth; tenth")
NUMBERS: Mapping[str, int] = dict(zip(_ONE_TO_TWELVE, range(1, 13), strict=True)) | {
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
    "fifty": 50,
    "hundred": 100,
}
ORDINALS: Mapping[str, int] = dict(zip(_FIRST_TO_TENTH, range(1, 11), strict=True))
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
BOUNDS: Mapping[str, str] = _under(
    {
        "least": "more than; over; at least; upwards of",
        "most": "less than; under; at most; up to; no more than",
        "about": "about; around; roughly; approximately; circa; some",
    }
)
# ── scores ───────────────────────────────────────────────────────────────────────────────────────

SCORES: Mapping[str, str] = _under(
    {
        "": """
            scores; scored; score; scoring; a score of; with a score of; score of; gets; got; get; reaches; reached; reach; hits; hit; hitting;
            achieves; achieved; achieve; posts; posted; earns; earned; has; with; at; sits at; stands at; is at; comes in at; came in at;
            rated at; rated; runs at; an elo of; elo of; rating of; of; :; —; –; -; =
        """,
        "over": """
            breaks; broke; break; cracks; cracked; crack; crosses; crossed; cross; tops; topped; passes; passed; pass; surpasses;
            surpassed; surpass; exceeds; exceeded; exceed; clears; cleared; clear; beats; beat
        """,
    }
)
"""What may stand before the figure of a score, and the bound that it brings."""
WEAK_SCORES = frozenset(_all("gets; got; get; has; with; at; of; :; —; –; -; ="))
"""Those of them that need a unit, or a figure of two digits: `has 3 in the top ten` is no score."""
COSTS = frozenset(_all("costs; cost; costing; priced at; is priced at; at; charges"))
"""The same before a price."""
SCORE_BOUNDS: Mapping[str, str] = _under(
    {
        "over": "above; over; more than; higher than; beyond; north of",
        "under": "below; under; less than; lower than",
        "least": "at least; no less than",
        "most": "at most; no more than; up to",
        "about": "about; around; roughly; approximately; ~",
    }
)
BARE_BOUNDS = frozenset(_all("above; over; below; under"))
"""Those that make a score without a verb: `the first model above 50`."""
AFTER_SCORES = frozenset(
    (
        ";",
        *_all(
            "on; in; at; for; and; ,; .; :; ); !; ?; while; but; —; –; (; according; per; via; as; now; today; whereas; with; |"
        ),
    )
)
"""What may follow the figure of a score; before any other word it is a figure of something else."""
_MONTHS = """
    january jan; february feb; march mar; april apr; may; june jun; july jul; august aug; september sep sept; october oct; november nov;
    december dec
"""
MONTHS: Mapping[str, int] = {name: place for place, names in enumerate(_all(_MONTHS), start=1) for name in names.split()}

# ── small words ──────────────────────────────────────────────────────────────────────────────────

NEGATIONS = frozenset(
    _all(
        "not; n't; no longer; fails to; fail to; failed to; cannot; can not; unable to; does not; did not; do not; is not; are not; no"
    )
)
NEARLY = frozenset(_all("nearly; almost; practically; virtually; all but; not quite"))
HEDGES = frozenset(
    _all("""
        may; might; could; would; should; will; shall; can; if; unless; expected to; expects; expect; reportedly; allegedly; supposedly;
        rumoured; rumored; claims to; claim to; aims to; plans to; likely to; likely; probably; possibly; perhaps; maybe; hopes; hoped;
        claims; claimed; boasts; touts; believes; thinks; argues; alleges; promises to; trying to; tries to; set to; about to; seems to; appears to; seem to; appear to
    """)
)
"""A sentence of what may be, or of what somebody says, is no statement that a record can bear out."""
TURNS = frozenset(
    _all("""
        or; nor; neither; either; except; without; most; few; several; many; before; after; until; once; never; always; sometimes; only;
        rarely; often; usually; none; nothing; instead; rather; used; unlike; than; was; were; had; previously; formerly; yesterday;
        tomorrow; week; month; last; ago; since; soon; where; when; whenever;
        false; wrong; untrue; myth; denies; deny; denied; doubt; doubts; doubtful; hardly; scarcely; contrary; refutes; question; whether; why; how;
        fake; incorrect; debunked; against; between; versus; vs
    """)
)
"""Words that change what a sentence says; where one is left over the claim is not understood."""
EVERY_ONE = frozenset(_all("all; every; each; any"))
"""Words that speak of all of a class or line, and not of its best."""
SOME_ONE = frozenset(_all("a; an; some; one"))
"""Words that speak of one of a class, whichever."""
PASTS = frozenset(("was", "were", "had"))
JOINS = frozenset((",", *_all("and; as well as; both; &; plus; and also; along with; /")))
BREAKS = frozenset((";", *_all("while; but; whereas; :; —; –; with; yet; though; although; however; (; ); |; …; also; then; so")))
REFERENCES = frozenset(
    _all("it; its; they; their; this model; the model; which; that; who; both models; the family; the line; these models")
)
PREPOSITIONS = frozenset(_all("in; on; at; for; across; regarding; in terms of; when it comes to"))
ATTRIBUTIONS = frozenset(
    _all("per; according to; via; source :; as measured by; as ranked by; measured by; data from; figures from; from")
)
FILLERS = frozenset(
    _all("""
        the; a; an; is; are; be; been; being; has; have; having; does; do; did; now; currently; today; still; already; to; as; of; 's; s;
        model; models; family; series; line; lineup; llm; llms; ai; language model; language models; version; variant; variants; versions;
        release; generation; benchmark; benchmarks; leaderboard; leaderboards; board; boards; ranking; rankings; index; chart; charts;
        scores; score; scoring; points; test; tests; tasks; list; new; latest; other; all; any; every; each; its; their; this; these; those;
        even; just; too; there; here; itself; in; on; at; for; by; becomes; became; become; ranked; ranks; rank; gets; got; get; comes; came; stands; sits;
        scored; place; position; spot; world; released; breaking; report; performance; capability; capabilities; quality; results; result;
        right; .; !; ?; "; “; ”; '; ’; ‘; -; *
    """)
)
INTENSITIES = frozenset(
    _all("""
        far; much; clearly; easily; significantly; substantially; slightly; narrowly; comfortably; decisively; vastly; considerably;
        dramatically; marginally; convincingly; handily; well; way; barely; soundly; consistently; strongly; massively; greatly; big; huge;
        large; massive; significant; major; small; modest; impressive; clear; notable; solid; strong; dramatic; substantial; surprising;
        surprisingly; impressively; remarkably; a bit; a little; a lot
    """)
)
"""How much, in words: quoted as not judged."""
