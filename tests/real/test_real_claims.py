"""Claims about the real boards: ten per family of verdicts, five in odd English, and fifty as people write them.

The reason beside each is what the raw files say. A separate script read the figures from the files (JSON, CSV and Markdown,
without the tracker), and `test_the_reasons_are_what_the_files_say` reads the decisive ones again.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tracker import claims, parsers, schedules
from tracker.claims import Finding
from tracker.line import intake
from tracker.stores.archive import FileArchive
from tracker.stores.sqlite import SqliteStore
from tracker.workspace.names import default_lexicon

pytestmark = pytest.mark.slow

DEFINITIONS = schedules.load(Path(__file__).with_name("schedules"), {name: parsers.options_of(name) for name in parsers.FORMATS})
AA = "artificial-analysis/llms"
BOARDS = (
    AA,
    "arena-ai/text",
    "arena-ai/code",
    "livebench/table_2024_11_25",
    "livebench/table_2024_08_31",
    "vectara/hallucination",
)

SUPPORTED = {
    "Qwen3.5 outperforms GPT-4 on the Artificial Analysis Intelligence Index": "45.05 against an estimate of 12.75, error 1.4",
    "GPT-5.5 (xhigh) beats Claude Opus 4.6 on Artificial Analysis": "60.24 against 52.95",
    "Gemini 3.1 Pro trails GPT-5.5 by 3 points on AA": "57.18 against 60.24: 3.06",
    "MiMo-V2.5-Pro rivals Kimi K2.6, per Artificial Analysis": "53.83 against 53.90, error 1.4",
    "No open-weights model beats GPT-5.5 on Artificial Analysis": "the best is Kimi K2.6 with 53.90",
    "Gemini 3.1 Pro is cheaper than Claude Opus 4.6, according to Artificial Analysis": "$2 and $12 against $5 and $25",
    "On Artificial Analysis, Qwen3.5 improves on Qwen3": "like for like: 27B 42.07 against Qwen3 32B 16.53, …",
    "As of 2026-05-14, GPT-5.5 (xhigh) is number one on Artificial Analysis": "60.24; Claude Opus 4.8 only enters on 05-29",
    "o3-mini trails o1 in maths on LiveBench": "77.29 against 80.32, a gap of 3.03 where 2 % of the spread is 1.5",
    "Claude 3.5 Sonnet beats Llama 3.1 405B on LiveBench 2024-08-31": "60.33 against 53.24",
}
CONTRADICTED = {
    "GPT-5.5 (xhigh) leads the Artificial Analysis Intelligence Index": "60.24; Claude Fable 5 has 64.88",
    "Kimi K2.6 is the first open-weights model to beat Gemini 3 Pro on Artificial Analysis": "GLM-5.1 stood at 51.41 before",
    "The best open-weights model trails GPT-5.5 by 9 points on Artificial Analysis": "53.90 against 60.24: 6.33",
    "DeepSeek V3.2 matches GPT-5 on Artificial Analysis": "41.71 against 44.63, error 1.4",
    "DeepSeek V3.2 costs half as much as GPT-5 on Artificial Analysis": "$0.30 against $1.25 to read: 0.24",
    "Llama 3.1 405B trails DeepSeek V2.5 on LiveBench 2024-08-31": "53.24 against 47.31",
    "GPT-4 has the lowest hallucination rate on Vectara": "1.8; Gemini-2.0-Flash-001 has 0.7",
    "Qwen3.5 is in the top ten on Artificial Analysis": "45.05 is far below the tenth",
    "Qwen3.5 27B is 5 points better than Qwen3 32B on AA": "42.07 against 16.53: 25.54",
    "Gemini 3.1 Pro has lower latency than GPT-5.5 on AA": "22.9 s against 0.93 s without reasoning",
}
MIXED = {
    "Llama 3.1 405B is above GPT-4o (Nov '24) on Artificial Analysis": ("mixed", "17.38 against 17.32, error 1.4"),
    "GPT-5.5 overtook GPT-5.4 on Artificial Analysis": ("mixed", "above, by its entry on 04-24, never by passing"),
    "o3-mini beats o1 overall on LiveBench": ("mixed", "75.88 against 75.67: no error stated, too near"),
    "claude-opus-4-6-thinking beats claude-opus-4-6 on Arena text": ("mixed", "1504 ± 6 against 1499 ± 5"),
    "Claude Opus 4.6 outperforms GPT-5.4 in coding": ("mixed", "1546 against 1457 in the arena, 48.09 against 57.25 on AA"),
    "GPT-5 beats Gemini 2.5 Pro": ("mixed", "44.63 against 34.63 on AA, 1434 ± 5 against 1448 ± 3 in the arena"),
    "Qwen3.5 outperforms GPT-4 in maths, per Artificial Analysis": ("not comparable", "no maths figure for either"),
    "Qwen3.5 outperforms GPT-4 in reasoning, per Artificial Analysis": ("not comparable", "no GPQA and no HLE for GPT-4"),
    "GPT-4.5 is more expensive than GPT-4o on Artificial Analysis": ("not comparable", "no price for GPT-4.5"),
    "Qwen3.5 9B has a better performance-to-parameter ratio than GPT-5.5": ("not comparable", "a ratio is not judged"),
}
NOT_ON_RECORD = {
    "Qwen3.5 72B beats GPT-4": "the line is listed in other sizes",
    "Qwen3.5 14B rivals Llama 3 70B": "the line is listed in other sizes",
    "Foobar-9 beats GPT-4": "no such model",
    "Qwen3.5 overtook GPT-4 on AA": "above already where the record begins, 2026-04-09",
    "Kimi K2.5 is the first open-source model to beat GPT-4.1 on AA": "46.8 against 26.3 already on 2026-04-09",
    "Qwen3.5 is a first for open source: better performance-to-parameter ratio": "listed already where the record begins",
    "GPT-4o beats Claude 3.5 Sonnet, according to HELM": "no such board",
    "As of 2026-01-01, Qwen3.5 beats GPT-4 on Artificial Analysis": "the record begins on 2026-04-09",
    "Qwen3.5 has been ahead of GPT-4 since 2025-12-01 on AA": "the record begins on 2026-04-09",
}
ODD_ENGLISH = {
    "gpt-5.5 it beats claude opus 4.6, on the artificial analysis": "supported",
    "GPT-4 gets beaten by Qwen 3.5 on AA!!!": "supported",
    "BREAKING: Kimi K2.6 > GPT-4.1 (Artificial Analysis)": "supported",
    "The Claude Opus 4.6 by Anthropic, it trails behind the GPT 5.5 of OpenAI on AA index": "supported",
    "Is the Qwen3.5 better as GPT-4?": "not understood",
}
PLAIN = {
    # all of a class is not its best
    "All open-weights models beat GPT-5 on AA": (["not understood"], "the best has 53.90, most of 279 stand below 44.63"),
    "GPT-5 does not beat any open model on AA": (["not understood"], "it beats most, and not the best"),
    "GPT-5.5 beats every open-weights model on AA": (["supported"], "60.24; the best has 53.90"),
    "An open-weights model beats GPT-5 on AA": (["supported"], "53.90 against 44.63"),
    "The best open model is 11 points behind the best closed model on AA": (["supported"], "53.90 against 64.88: 10.98"),
    "Open-source Kimi K2.6 tops the Artificial Analysis index": (["contradicted"], "the best open one, not the best"),
    "Among open-weights models, Kimi K2.6 leads AA": (["supported"], "53.90; MiMo-V2.5-Pro has 53.83"),
    "Gemini 3.5 Flash is the cheapest model in the top 10 on AA": (["not understood"], "$1.50 to read is; $9 to write is not"),
    # a part of the sentence is wrong
    "Claude Fable 5 leads AA by 10 points": (["contradicted"], "64.88 against 61.44"),
    "Claude Fable 5 leads AA by 3.4 points": (["supported"], "64.88 against 61.44"),
    "Claude Fable 5 has led AA since May 2026": (["contradicted"], "it entered on 06-10"),
    "Claude Fable 5 has led AA since June 2026": (["supported"], "it entered on 06-10"),
    "Kimi K2.6 has been in the top 15 on AA since 2026-01-01": (["contradicted"], "it entered on 04-22"),
    "Claude Fable 5 almost leads AA": (["not understood"], "it leads"),
    "Claude Opus 4.7 led AA in April 2026": (["mixed"], "from 04-18 until GPT-5.5 entered on 04-24"),
    "GPT-5.5 led AA on 2026-05-01": (["supported"], "60.24 in the file of 04-30, which held until 05-13"),
    "GPT-5.5 led AA on 2026-05-01 but trails Fable 5": (["not understood"] * 2, "is the second as of that day?"),
    "Gemini 3.1 Pro is almost twice as fast as GPT-5.5": (["supported"], "132.5 against 65.9 tokens per second"),
    "In coding, GPT-5.5 is cheaper than Kimi K2.6": (["contradicted"], "$5 against $0.95: a price, not a coding score"),
    # scores
    "Kimi K2.6 scores 53.9 on the AA Intelligence Index": (["supported"], "53.90"),
    "Kimi K2.6 scores 57 on the AA index": (["contradicted"], "53.90"),
    "MiniMax-M3 scores over 55 on the AA index": (["contradicted"], "54.67"),
    "- **Claude Opus 4.8**: 61.4 on the AA Intelligence Index": (["supported"], "61.44"),
    "GPT-5.5 scores 58.9 on AA": (["mixed"], "58.87 is that of its high effort, 60.24 of xhigh"),
    "GPT-4 scores above 12 on the Intelligence Index": (["mixed"], "12.75, an estimate"),
    "GPT-5.5 scores 94% on GPQA Diamond": (["supported"], "0.935"),
    "GPT-5.5 scores 80": (["not comparable"], "on some board that is not kept, perhaps"),
    "Claude Opus 4.8 is priced at $5/$25 per million tokens": (["supported"] * 2, "5 and 25"),
    "GPT-5.5 costs $5 per million tokens": (["mixed"], "to read; 30 to write"),
    "Claude Opus 4.6 tops the LMArena text leaderboard with 1504 Elo": (["supported"] * 2, "1504 ± 6"),
    "Kimi K2.6 is the first open-weights model above 50 on the Intelligence Index": (["contradicted"], "GLM-5.1 had 51.4 before"),
    "GLM-5.1 is the first open-weights model above 50 on the Intelligence Index": (["not on record"], "already on 04-09"),
    "GPT-5.5 is the first model to hit 60 on AA's Intelligence Index": (["supported"], "60.24 on 04-24"),
    "Claude Opus 4.8 is the first model to score above 60 on AA": (["contradicted"], "GPT-5.5 on 04-24"),
    # names
    "Sonnet 4.6 trails Opus 4.8 on AA": (["supported"], "51.72 against 61.44"),
    "Kimi K2.6 beats both Opus 4.6 and Sonnet 4.6 on AA": (["mixed", "supported"], "52.95 and 51.72 against 53.90"),
    "chatgpt-4o-latest beats GPT-4o on LiveBench 2024-11-25": (["supported"], "64.75 against 55.33 of gpt-4o-2024-08-06"),
    "Claude 3.5 Sonnet beats GPT-4o on LiveBench 2024-11-25": (["supported"], "59.03 against 55.33"),
    "claude-opus-4-6 is now #2 on LMArena text": (["supported"], "its thinking variant is first"),
    "Grok 4.20 beta1 ranks 4th on LMArena text": (["supported"], "1491"),
    "xAI trails Google on AA": (["supported"], "53.20 against 57.18"),
    "GPT-5.5 is OpenAI's best on AA": (["supported"], "60.24; GPT-5.4 has 57.25"),
    "GPT-5.5, the successor to GPT-5.4, is OpenAI's best": (["not understood"], "that it is the successor is not judged"),
    "Qwen 3.5's mid-size model beats GPT-4": (["not understood"], "nothing says which that is"),
    # lower is better
    "DeepSeek R1 hallucinates less than GPT-4o on Vectara": (["contradicted"], "far above 1.5 %"),
    "GPT-4o has a hallucination rate of 1.5% on Vectara": (["supported"], "1.5"),
    "Llama 3.1 405B has a hallucination rate below 3% on Vectara": (["contradicted"], "3.9"),
    # what is no statement
    "Moonshot claims Kimi K2.6 beats GPT-5.5": (["not understood"], "what somebody says"),
    "GPT-5.4 vs Claude Opus 4.6": (["not understood"], "it does not say who is ahead"),
    "GPT-5.5 beats Claude Opus 4.8 on 3 of 4 benchmarks": (["not understood"], "it does not say on which"),
}
FOUNDING = (
    "Qwen3.5's 72B model outperforms GPT-4 in reasoning and maths, the 14B rivals Llama 3 70B, with big gains over Qwen3 and"
    " a first for open source: better performance-to-parameter ratio, per Artificial Analysis."
)


@pytest.fixture(scope="module")
def store(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteStore]:
    folder = tmp_path_factory.mktemp("claims")
    with SqliteStore(folder / "tracker.db") as opened:
        for name in BOARDS:
            paths = sorted((shared_data / name).iterdir())
            intake.import_bodies(
                DEFINITIONS.board(name), paths, archive=FileArchive(folder / "captures"), store=opened, lexicon=default_lexicon()
            )
        yield opened


def only(text: str, store: SqliteStore) -> Finding:
    (found,) = claims.check(text, store, lexicon=default_lexicon())
    return found


@pytest.mark.parametrize(("claim", "reason"), SUPPORTED.items())
def test_supported(store: SqliteStore, claim: str, reason: str):
    found = only(claim, store)
    assert found.verdict == "supported", (reason, found.reason)
    assert all(figure.sha256 for ground in found.grounds for figure in ground.figures)


@pytest.mark.parametrize(("claim", "reason"), CONTRADICTED.items())
def test_contradicted(store: SqliteStore, claim: str, reason: str):
    found = only(claim, store)
    assert found.verdict == "contradicted", (reason, found.reason)


@pytest.mark.parametrize(("claim", "answer"), MIXED.items())
def test_mixed_or_not_comparable(store: SqliteStore, claim: str, answer: tuple[str, str]):
    verdict, reason = answer
    found = only(claim, store)
    assert found.verdict == verdict, (reason, found.reason)


@pytest.mark.parametrize(("claim", "reason"), NOT_ON_RECORD.items())
def test_not_on_record(store: SqliteStore, claim: str, reason: str):
    found = only(claim, store)
    assert found.verdict == "not on record", (reason, found.reason)


@pytest.mark.parametrize(("claim", "verdict"), ODD_ENGLISH.items())
def test_odd_english(store: SqliteStore, claim: str, verdict: str):
    assert only(claim, store).verdict == verdict


@pytest.mark.parametrize(("claim", "answer"), PLAIN.items())
def test_as_people_write(store: SqliteStore, claim: str, answer: tuple[list[str], str]):
    verdicts, reason = answer
    found = claims.check(claim, store, lexicon=default_lexicon())
    assert [str(finding.verdict) for finding in found] == verdicts, (reason, [finding.reason for finding in found])


# ── the founding article ─────────────────────────────────────────────────────────────────────────


def test_the_founding_article_comes_out_right(store: SqliteStore):
    reasoning, maths, small, gains, first = claims.check(FOUNDING, store, lexicon=default_lexicon())
    assert [finding.verdict for finding in (reasoning, maths, small, gains, first)] == [
        *["not on record"] * 3,
        "supported",
        "not on record",
    ]
    sizes = ("Qwen3.5: listed sizes 0.8B, 2B, 4B, 9B, 27B, 35B-A3B, 122B-A10B, 397B-A17B",)
    assert reasoning.suggestions == maths.suggestions == small.suggestions == sizes
    (in_reasoning,), (in_maths,) = reasoning.instead, maths.instead
    assert in_reasoning.verdict == in_maths.verdict == "not comparable"
    assert "no figure published for either" in in_maths.reason
    (overall,) = in_maths.instead
    (ground,) = overall.grounds
    assert (overall.verdict, ground.metric) == ("supported", "intelligence")
    assert ground.since is not None
    assert ground.since.how == "start"
    assert [figure.estimated for figure in ground.figures] == [False, True]
    assert any("estimate" in caveat for caveat in ground.caveats)
    (like_for_like,) = gains.grounds
    pairs = [caveat for caveat in like_for_like.caveats if " against " in caveat]
    assert len(pairs) >= 10
    assert "Qwen3.5 27B (Reasoning) 42.07 against Qwen3 32B (Reasoning) 16.53: +25.54" in pairs
    assert first.reason == "it does not say better than which model"


def test_the_reasons_are_what_the_files_say(shared_data: Path):
    """The decisive figures of the table, from the last file of the series by JSON alone."""
    path = max((shared_data / AA).iterdir())
    models: dict[str, Any] = {model["name"]: model for model in json.loads(gzip.decompress(path.read_bytes()))["models"]}
    index = {name: model["evaluations"]["artificial_analysis_intelligence_index"] for name, model in models.items()}
    assert models["GPT-4"]["evaluations"]["artificial_analysis_intelligence_index_is_estimated"] is True
    qwen = {name: value for name, value in index.items() if name.startswith("Qwen3.5 ") and value is not None}
    assert max(qwen, key=lambda name: qwen[name]) == "Qwen3.5 397B A17B (Reasoning)"
    assert round(qwen["Qwen3.5 397B A17B (Reasoning)"], 2) == 45.05
    assert not [name for name in qwen if " 72B" in name or " 14B" in name]
    assert round(index["GPT-5.5 (xhigh)"] - index["Gemini 3.1 Pro Preview"]) == 3
    is_open = {name for name, model in models.items() if (model["open_weights"] or {}).get("is_open_weights")}
    assert max((name for name in is_open if index[name] is not None), key=lambda name: index[name]) == "Kimi K2.6"
    assert sum(value is not None and value > qwen["Qwen3.5 397B A17B (Reasoning)"] for value in index.values()) >= 10
    assert all(model["evaluations"].get("artificial_analysis_math_index") is None for model in models.values())
    assert models["GPT-4"]["evaluations"].get("gpqa") is None
    best = {name: value for name, value in index.items() if value is not None}
    assert sorted(best, key=lambda name: -best[name])[:3] == [
        "Claude Fable 5 (Adaptive Reasoning, Max Effort, Opus 4.8 Fallback)",
        "Claude Opus 4.8 (Adaptive Reasoning, Max Effort)",
        "GPT-5.5 (xhigh)",
    ]
    assert [round(best[name], 2) for name in ("Kimi K2.6", "MiniMax-M3", "GPT-5.5 (high)")] == [53.90, 54.67, 58.87]
    assert any(best[name] < index["GPT-5 (high)"] for name in is_open & best.keys())
    assert models["GPT-4.5 (Preview)"]["pricing"]["price_1m_output_tokens"] is None
    assert models["DeepSeek V3.2 (Reasoning)"]["pricing"]["price_1m_input_tokens"] / 1.25 < 0.25
