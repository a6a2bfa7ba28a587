"""The folders of artificial-analysis: the documented API, the older route, and the web page.

API: https://artificialanalysis.ai/data-api/docs
"""

from __future__ import annotations

from decimal import Decimal

from _made import Entry, Folder, Plain, Row, compact, known, lines, number, object_of, plain, pushes, text_row, uuid, without

PLAIN = 194
UNREAD = frozenset(
    (
        *("price_1m_cache_write_tokens", "median_time_to_first_answer_token_seconds", "median_end_to_end_response_time_seconds"),
        *("mmlu_pro", "livecodebench", "math_500", "aime", "price_1m_blended_3_to_1", "median_time_to_first_answer_token"),
    )
)
PAGE_SIZE = 200
"""Rows to a page, as the API sets it."""

# ── the documented API ───────────────────────────────────────────────────────────────────────────

INDEX = "artificial_analysis_intelligence_index"
CODING = "artificial_analysis_coding_index"
AGENTIC = "artificial_analysis_agentic_index"
MATH = "artificial_analysis_math_index"


def _free(name: str, slug: str, released: str | None, creator: str | None, **values: object) -> Row:
    """A row of the free route. What is not given is null: this route writes no zero for unknown."""
    get = values.get
    return {
        "id": get("id", uuid(name)),
        "name": name,
        "slug": slug,
        "release_date": released,
        "model_creator": creator and {"id": uuid(creator), "name": creator},
        "evaluations": {INDEX: get("index"), CODING: get("coding"), AGENTIC: get("agentic")},
        f"{INDEX}_cost": get("cost"),
        "pricing": {
            "price_1m_input_tokens": get("price_in"),
            "price_1m_output_tokens": get("price_out"),
            "price_1m_cache_hit_tokens": get("price_cached"),
            "price_1m_cache_write_tokens": get("price_write"),
        },
        "performance": {
            "median_output_tokens_per_second": get("speed"),
            "median_time_to_first_token_seconds": get("ttft"),
            "median_time_to_first_answer_token_seconds": get("ttft"),
            "median_end_to_end_response_time_seconds": get("end"),
        },
    }


def _entry(name: str, attributes: dict[str, object], measures: dict[str, object], *, key: str | None = None) -> Entry:
    return {"entry": key or uuid(name), "name": name, "attributes": attributes, "measures": measures}


def _free_plain(one: Plain) -> tuple[Row, Entry]:
    index, price, speed = number(one.score), number(one.price), number(one.speed)
    lab = one.lab if one.number % 4 == 0 else None
    row = _free(
        one.name,
        one.slug,
        one.released,
        lab,
        index=index,
        price_in=price,
        price_out=number(one.price and 4 * one.price),
        speed=speed,
    )
    attributes = known(slug=one.slug, creator=lab, released=one.released)
    measures = known(intelligence=index, price_in=price, price_out=number(one.price and 4 * one.price), speed=speed)
    return without(row, UNREAD), _entry(one.name, attributes, measures)


FREE_TOP: list[tuple[Row, Entry]] = [
    (  # everything is measured; whole numbers have no point, costs stand in an object
        _free(
            "Kittiwake 5 (max)",
            "kittiwake-5",
            "2026-07-02",
            "Saltmarsh",
            index=61,
            coding=74,
            agentic=59.31,
            price_in=4,
            price_out=22,
            price_cached=0.5,
            price_write=6.75,
            speed=66.25,
            ttft=17.803,
            end=29.4,
            cost={"total_cost": 2711.0, "cost_per_task": {"total_cost": 2.7719}},
        ),
        _entry(
            "Kittiwake 5 (max)",
            {"slug": "kittiwake-5", "creator": "Saltmarsh", "released": "2026-07-02"},
            {
                "intelligence": 61,
                "coding": 74,
                "agentic": 59.31,
                "price_in": 4,
                "price_out": 22,
                "price_cached": 0.5,
                "speed": 66.25,
                "ttft": 17.803,
                "cost": 2711,
            },
        ),
    ),
    (  # the same name under another id: the id is the key; no cost per task; a price with the noise of a float
        _free(
            "Kittiwake 5 (max)",
            "kittiwake-5-0702",
            "2026-07-02",
            "Saltmarsh",
            id=uuid("kittiwake-again"),
            index=60.81,
            price_in=0.30000000000000004,
            price_out=1.2,
            cost={"total_cost": 23.17, "cost_per_task": None},
        ),
        _entry(
            "Kittiwake 5 (max)",
            {"slug": "kittiwake-5-0702", "creator": "Saltmarsh", "released": "2026-07-02"},
            {"intelligence": 60.81, "price_in": 0.3, "price_out": 1.2, "cost": 23.17},
            key=uuid("kittiwake-again"),
        ),
    ),
    (  # this route writes null for unknown, so 0 is truly free
        _free("Wren 9B", "wren-9b", "2026-02", "Mossgate", index=60.5, price_in=0, price_out=0, price_cached=0),
        _entry(
            "Wren 9B",
            {"slug": "wren-9b", "creator": "Mossgate", "released": "2026-02"},
            {"intelligence": 60.5, "price_in": 0, "price_out": 0, "price_cached": 0},
        ),
    ),
    (  # letters beyond ASCII, signs of HTML, a decomposed accent (e + U+0301) that is written as one letter
        _free("Pluvier <β> & Cie\u0301", "pluvier", "2026-05-01", "Rook & Daughters", index=59.99, agentic=0),
        _entry(
            "Pluvier <β> & Cié",
            {"slug": "pluvier", "creator": "Rook & Daughters", "released": "2026-05-01"},
            {"intelligence": 59.99, "agentic": 0},
            key=uuid("Pluvier <β> & Cie\u0301"),
        ),
    ),
    (  # no creator, no date
        _free("Anonymous Dunlin", "anonymous-dunlin", None, None, index=59.2),
        _entry("Anonymous Dunlin", {"slug": "anonymous-dunlin"}, {"intelligence": 59.2}),
    ),
    (  # tiny and huge figures
        _free(
            "Turnstone Nano",
            "turnstone-nano",
            "2026-06-18",
            "Isla Nine",
            index=58.4,
            price_in=0.0125,
            price_out=600,
            speed=2103.7,
            ttft=0.09,
        ),
        _entry(
            "Turnstone Nano",
            {"slug": "turnstone-nano", "creator": "Isla Nine", "released": "2026-06-18"},
            {"intelligence": 58.4, "price_in": 0.0125, "price_out": 600, "speed": 2103.7, "ttft": 0.09},
        ),
    ),
]
FREE_BOTTOM: list[tuple[Row, Entry]] = [
    (  # listed, not measured: the nulls stand last
        _free("Knot 2 (low)", "knot-2-low", "2026-09-30", "Orrery Labs", price_in=1, price_out=3),
        _entry(
            "Knot 2 (low)",
            {"slug": "knot-2-low", "creator": "Orrery Labs", "released": "2026-09-30"},
            {"price_in": 1, "price_out": 3},
        ),
    ),
    (  # nothing is known but that it is there
        _free("Sanderling", "sanderling", None, "Tamarack"),
        _entry("Sanderling", {"slug": "sanderling", "creator": "Tamarack"}, {}),
    ),
    (  # a publisher's null written as text in a field that is no number
        _free("Whimbrel 1.5", "whimbrel-1-5", "N/A", "Calder Works", coding=11.5),
        _entry("Whimbrel 1.5", {"slug": "whimbrel-1-5", "creator": "Calder Works"}, {"coding": 11.5}),
    ),
]


def _free_page(rows: list[Row], page: int, pages: int) -> bytes:
    pagination = {"page": page, "page_size": PAGE_SIZE, "total_pages": pages, "has_more": page < pages}
    return lines({"tier": "free", "intelligence_index_version": 4.3, "pagination": pagination, "data": rows}, "data")


def _blended(entry: Entry) -> Entry:
    """With the mean of both prices, three parts in to one part out, where both are known."""
    measures = entry["measures"]
    assert isinstance(measures, dict)
    if not {"price_in", "price_out"} <= measures.keys():
        return entry
    blend = (3 * Decimal(str(measures["price_in"])) + Decimal(str(measures["price_out"]))) / 4
    return {**entry, "measures": {**measures, "price_blended": number(blend)}}


def free() -> Folder:
    """Two pages of the free route."""
    table = [*FREE_TOP, *map(_free_plain, plain(PLAIN)), *FREE_BOTTOM]
    rows = [row for row, _ in table]
    return Folder(
        pages={"page.1.json": _free_page(rows[:PAGE_SIZE], 1, 2), "page.2.json": _free_page(rows[PAGE_SIZE:], 2, 2)},
        entries=[_blended(entry) for _, entry in table],
        head={"version": "4.3"},
        short=_free_page([rows[0], *rows[5:8]], 1, 1),
    )


# ── the older route ──────────────────────────────────────────────────────────────────────────────

OLD = ("mmlu_pro", "gpqa", "hle", "livecodebench", "scicode", "math_500", "aime")
"""The benchmarks of the route's first year; later ones stand beside them and are not read."""


def _legacy(name: str, slug: str, released: str | None, creator: str, **values: object) -> Row:
    """A row of the older route: null where an evaluation is unknown, and 0 where a price or a speed is."""
    get = values.get
    indices = {INDEX: get("index"), CODING: get("coding"), MATH: get("math")}
    return {
        "id": get("id", uuid(name)),
        "name": name,
        "slug": slug,
        "release_date": released,
        "model_creator": {"id": uuid(creator), "name": creator, "slug": creator.lower().replace(" ", "-")},
        "evaluations": {**indices, **{one: get(one) for one in OLD}},
        "pricing": {
            "price_1m_blended_3_to_1": get("blended", 0),
            "price_1m_input_tokens": get("price_in", 0),
            "price_1m_output_tokens": get("price_out", 0),
        },
        "median_output_tokens_per_second": get("speed", 0),
        "median_time_to_first_token_seconds": get("ttft", 0),
        "median_time_to_first_answer_token": get("ttft", 0),
    }


def _legacy_plain(one: Plain) -> tuple[Row, Entry]:
    index, price, speed = number(one.score.quantize(Decimal("0.1"))), number(one.price), number(one.speed)
    row = _legacy(
        one.name,
        one.slug,
        one.released,
        one.lab,
        index=index,
        **known(price_in=price, price_out=price, blended=price, speed=speed),
    )
    attributes = known(slug=one.slug, creator=one.lab, released=one.released)
    return without(row, UNREAD), _entry(
        one.name, attributes, known(intelligence=index, price_in=price, price_out=price, speed=speed)
    )


LEGACY_TRAPS: list[tuple[Row, Entry]] = [
    (  # indices have one decimal and none when whole; benchmarks are shares with every digit
        _legacy(
            "Kittiwake 4",
            "kittiwake-4",
            "2026-01-15",
            "Saltmarsh",
            index=60.3,
            coding=74,
            math=90.2,
            gpqa=0.921583333333333,
            hle=0.513,
            scicode=0.5207,
            blended=8.5,
            price_in=4,
            price_out=22,
            speed=48.211,
            ttft=17.803,
        ),
        _entry(
            "Kittiwake 4",
            {"slug": "kittiwake-4", "creator": "Saltmarsh", "released": "2026-01-15"},
            {
                "intelligence": 60.3,
                "coding": 74,
                "math": 90.2,
                "gpqa": 92.1583333333333,
                "hle": 51.3,
                "scicode": 52.07,
                "price_in": 4,
                "price_out": 22,
                "speed": 48.211,
                "ttft": 17.803,
            },
        ),
    ),
    (  # 0 is no price and no speed here, but an evaluation of 0 is one (null means unknown there)
        _legacy("Dunlin 1", "dunlin-1", "2024-03-17", "Isla Nine", index=6, coding=0, gpqa=0),
        _entry(
            "Dunlin 1",
            {"slug": "dunlin-1", "creator": "Isla Nine", "released": "2024-03-17"},
            {"intelligence": 6, "coding": 0, "gpqa": 0},
        ),
    ),
    (  # the same unknowns with a point
        _legacy(
            "Dunlin 1.5", "dunlin-1-5", "2024-09-02", "Isla Nine", index=7.1, price_in=0.0, price_out=0.0, speed=0.0, ttft=0.0
        ),
        _entry("Dunlin 1.5", {"slug": "dunlin-1-5", "creator": "Isla Nine", "released": "2024-09-02"}, {"intelligence": 7.1}),
    ),
    (  # half priced
        _legacy("Ruff 8B", "ruff-8b", "2025-11-11", "Fennel AI", index=19.5, price_in=0.1, price_out=0, blended=0.075),
        _entry(
            "Ruff 8B",
            {"slug": "ruff-8b", "creator": "Fennel AI", "released": "2025-11-11"},
            {"intelligence": 19.5, "price_in": 0.1},
        ),
    ),
    (  # old benchmarks only, no index
        _legacy("Curlew", "curlew", None, "Mossgate", math=41, hle=1.0, mmlu_pro=0.81, math_500=0.96, aime=0.53),
        _entry("Curlew", {"slug": "curlew", "creator": "Mossgate"}, {"math": 41, "hle": 100}),
    ),
    (  # the same name, another id
        _legacy("Curlew", "curlew-0611", "2025-06-11", "Mossgate", id=uuid("curlew-again"), index=22),
        _entry(
            "Curlew",
            {"slug": "curlew-0611", "creator": "Mossgate", "released": "2025-06-11"},
            {"intelligence": 22},
            key=uuid("curlew-again"),
        ),
    ),
]


def _legacy_page(rows: list[Row]) -> bytes:
    return lines({"status": 200, "prompt_options": {"parallel_queries": 1, "prompt_length": 1000}, "data": rows}, "data")


def legacy() -> Folder:
    """One body of the older route."""
    generated = list(map(_legacy_plain, plain(PLAIN)))
    table = [*generated[:5], *LEGACY_TRAPS, *generated[5:]]
    rows = [row for row, _ in table]
    return Folder(
        pages={"page.json": _legacy_page(rows)}, entries=[_blended(entry) for _, entry in table], short=_legacy_page(rows[4:8])
    )


# ── the web page ─────────────────────────────────────────────────────────────────────────────────


def _shown(name: str, slug: str, released: str | None, creator: str, **values: object) -> Row:
    """A row of the page's full list, with the fields that are read; those that are unknown are mostly absent."""
    get = values.get
    figures = known(
        price1mInputTokens=get("price_in"), price1mOutputTokens=get("price_out"), medianOutputTokensPerSecond=get("speed")
    )
    return {
        "id": get("id", uuid(name)),
        "slug": slug,
        "name": name,
        "modelCreatorName": creator,
        "releaseDate": released,
        "deprecated": get("deprecated", False),
        "isReasoning": get("reasoning", False),
        "intelligenceIndex": get("index"),
        "intelligenceIndexIsEstimated": get("estimated", False),
        **figures,
        "isOpenWeights": get("open_weights", False),
        **{key: value for key, value in values.items() if any(letter.isupper() for letter in key) or key in {"gpqa", "hle"}},
    }


def _facts(slug: str, creator: str, released: str | None, *, reasoning: bool = False, open_weights: bool = False, deprecated: bool = False, **more: str) -> dict[str, object]:  # fmt: skip
    flags = {"deprecated": deprecated, "reasoning": reasoning, "open_weights": open_weights}
    return known(
        slug=slug, creator=creator, released=released, **{name: str(flag).lower() for name, flag in flags.items()}, **more
    )


def _shown_plain(one: Plain) -> tuple[Row, Entry]:
    index, price, speed = number(one.score), number(one.price), number(one.speed)
    row = _shown(
        one.name,
        one.slug,
        one.released,
        one.lab,
        index=index,
        price_in=price,
        price_out=price,
        speed=speed,
        reasoning=one.number % 2 == 0,
    )
    measures = known(intelligence=index, price_in=price, price_out=price, speed=speed)
    return row, _entry(one.name, _facts(one.slug, one.lab, one.released, reasoning=one.number % 2 == 0), measures)


SHOWN_TRAPS: list[tuple[Row, Entry]] = [
    (  # everything; "$undefined" is unknown; the description is a row of its own
        _shown(
            "Kittiwake 5 (max)",
            "kittiwake-5",
            "2026-07-02",
            "Saltmarsh",
            index=61.1847,
            reasoning=True,
            codingIndex=73.6,
            agenticIndex=59.31,
            gpqa=0.912,
            hle=0.4471,
            price_in=4,
            price_out=22,
            cacheHitPrice=0.5,
            speed=66.25,
            medianTimeToFirstTokenSeconds=17.803,
            contextWindowTokens=1048576,
            shortName="Kittiwake 5",
            price1mBlended3To1=None,
            codingIndexVersion=None,
            licenseName="Proprietary",
            mmmuPro="$undefined",
            totalParameters="$undefined",
            description="$2b",
        ),
        _entry(
            "Kittiwake 5 (max)",
            _facts("kittiwake-5", "Saltmarsh", "2026-07-02", reasoning=True, license="Proprietary", context="1048576"),
            {
                "intelligence": 61.1847,
                "coding": 73.6,
                "agentic": 59.31,
                "gpqa": 91.2,
                "hle": 44.71,
                "price_in": 4,
                "price_out": 22,
                "price_cached": 0.5,
                "speed": 66.25,
                "ttft": 17.803,
            },
        ),
    ),
    (  # an estimate, sizes in billions, a date as flight writes dates
        _shown(
            "Pochard 2 400B-A32B",
            "pochard-2",
            "$D2026-08-18T00:00:00.000Z",
            "Mossgate",
            index=35.7,
            estimated=True,
            open_weights=True,
            licenseName="MIT",
            totalParameters=400.5,
            activeParameters=32,
            contextWindowTokens=262144,
        ),
        _entry(
            "Pochard 2 400B-A32B",
            _facts(
                "pochard-2",
                "Mossgate",
                "2026-08-18",
                open_weights=True,
                license="MIT",
                context="262144",
                total_parameters="400.5",
                active_parameters="32",
            ),
            {"intelligence": {"value": 35.7, "estimated": True}},
        ),
    ),
    (  # a name that begins with a dollar has a second one before it
        _shown("$$mall Teal", "small-teal", None, "Fennel AI", id=uuid("small-teal"), index=9, price_in=0.01, price_out=0),
        _entry(
            "$mall Teal",
            _facts("small-teal", "Fennel AI", None),
            {"intelligence": 9, "price_in": 0.01, "price_out": 0},
            key=uuid("small-teal"),
        ),
    ),
    (  # withdrawn by its publisher, still listed; signs of HTML in its name
        _shown("Eider <2> & Co", "eider-2", "2024-11-20", "Rook & Daughters", index=14.2, deprecated=True),
        _entry("Eider <2> & Co", _facts("eider-2", "Rook & Daughters", "2024-11-20", deprecated=True), {"intelligence": 14.2}),
    ),
    (  # no index
        _shown("Smew Preview", "smew-preview", "2026-09-30", "Orrery Labs", intelligenceIndexIsEstimated="$undefined"),
        _entry("Smew Preview", _facts("smew-preview", "Orrery Labs", "2026-09-30"), {}),
    ),
    (  # the model of the day: sent with the page's head, and named by a reference in the list
        _shown("Goosander 3", "goosander-3", "2026-09-12", "Tamarack", index=52.75, reasoning=True, gpqa=0.8, speed=101.5),
        _entry(
            "Goosander 3",
            _facts("goosander-3", "Tamarack", "2026-09-12", reasoning=True),
            {"intelligence": 52.75, "gpqa": 80, "speed": 101.5},
        ),
    ),
]
OF_THE_DAY = 5
"""Place of the model of the day among the traps."""
DESCRIPTION = 'A wader — 三趾鷗 — of open water.\n7:["this line is text"]\nIt ends without a newline.'
FOOT = text_row("2b", DESCRIPTION) + '30:["$","footer",null,{"children":["© ","2026"]}]\n'


def _stream(records: list[str], of_the_day: Row) -> str:
    """The rows of the page: a hint, an import, a longer list of lighter models, a text, and the list itself."""
    light: list[Row] = [
        {"slug": "l0", "name": "Light", "effort": {"label": "Max"}},
        *({"slug": f"l{at}", "name": "Light"} for at in range(1, len(records) + 9)),
    ]
    props = object_of((("models", f"[{','.join(records)}]"), ("fetchedAt", '"$D2026-10-03T06:12:31.000Z"')))
    return "".join(
        (
            '1:"$Sreact.fragment"\n3:I[60119,["4407","static/chunks/4407.js"],"LeaderboardTable"]\n',
            ':HL["/_next/static/media/face.woff2","font",{"crossOrigin":""}]\n',
            f'1a:["$","$L3",null,{{"heading":"Model of the day 🪶","spotlight":{compact(of_the_day)}}}]\n',
            f'1c:["$","$L3",null,{{"models":{compact(light)}}}]\n',
            f'20:["$","$L3",null,{props}]\n',
            FOOT,
        )
    )


def _page(stream: str, size: int) -> bytes:
    dataset = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": "Intelligence",
        "data": [{"label": "Kittiwake 5 (max)", "intelligenceIndex": 61.18}],
    }
    return f"""<!DOCTYPE html><html lang="en"><head><meta charSet="utf-8"/><title>LLM Leaderboard</title>
<script type="application/ld+json">{compact(dataset)}</script></head><body><main><h1>LLM Leaderboard</h1>
<p>Artificial Analysis Intelligence Index v<!-- -->4.3<!-- --> incorporates 9 evaluations</p>
<table class="w-full caption-bottom text-sm rounded"><thead><tr><th></th><th colspan="2">Features</th><th>Intelligence</th></tr>
<tr><th>Model</th><th>Context Window</th><th>Creator</th><th>Artificial Analysis Intelligence Index</th></tr></thead>
<tbody><tr><td>Kittiwake 5 (max)</td><td>1m</td><td>Saltmarsh</td><td>61</td></tr><tr><td>Pochard 2 400B-A32B</td><td>262k</td><td>Mossgate</td><td>37*</td></tr></tbody></table>
</main>
{pushes(stream, size, ("🪶", "三趾鷗", "61.1847"))}
</body></html>
""".encode()


def page() -> Folder:
    """The web page: the list of models in no order of rank."""
    generated = list(map(_shown_plain, plain(PLAIN)))
    table = [*generated[:40], *SHOWN_TRAPS, *generated[40:]]
    of_the_day = SHOWN_TRAPS[OF_THE_DAY]
    records = ['"$1a:props:spotlight"' if pair is of_the_day else compact(pair[0]) for pair in table]
    return Folder(
        pages={"page.html": _page(_stream(records, of_the_day[0]), 7919)},
        entries=[_blended(entry) for _, entry in table],
        head={"version": "4.3"},
        short=_page(_stream([*records[39:42], records[45]], of_the_day[0]), 701),
    )


FOLDERS = {"artificial-analysis/llms": free, "artificial-analysis/llms-legacy": legacy, "artificial-analysis/llms-page": page}
