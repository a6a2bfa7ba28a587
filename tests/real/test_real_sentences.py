"""Sentences as journalists, vendors and social posts write them, with the truth fixed from the raw files before they were run.

None may get a wrong verdict. A sentence that the record cannot settle, or that says more than a record can, must stay open.
"""

from __future__ import annotations

import pytest
from test_real_claims import store as store  # noqa: PLC0414  # the boards of those claims

from tracker import claims
from tracker.stores.sqlite import SqliteStore
from tracker.workspace.names import default_lexicon

pytestmark = pytest.mark.slow

TRUE = """
Claude Fable 5 takes the top spot on Artificial Analysis
Anthropic's Claude Fable 5 now leads the Artificial Analysis Intelligence Index with a score of 64.9
Claude Fable 5 dethrones Claude Opus 4.8 on the Artificial Analysis Intelligence Index
Claude Opus 4.8 took the lead on Artificial Analysis in May
GPT-5.5 became number one on Artificial Analysis in April 2026
GPT-5.5 trails Claude Fable 5 and Gemini 3.1 Pro trails GPT-5.5 on AA
Claude Opus 4.8 is second only to Claude Fable 5 on Artificial Analysis
GPT-5.5 slips to third on the Artificial Analysis Intelligence Index
Kimi K2.6 is the best open-weights model on Artificial Analysis
Moonshot's Kimi K2.6 tops all open-weights models on Artificial Analysis, but trails GPT-5.5 by 6.3 points
No open-weights model makes the top ten on Artificial Analysis
There is no open model in the top ten on Artificial Analysis
Kimi K2.6 beats Claude Sonnet 4.6 on Artificial Analysis
Kimi K2.6 (53.9) beats Claude Sonnet 4.6 (51.7) on the AA Intelligence Index
Kimi K2.6 outscores Claude Sonnet 4.6 (53.9 vs 51.7) on Artificial Analysis
On Artificial Analysis, Kimi K2.6 edges past Claude Sonnet 4.6
BREAKING: Kimi K2.6 beats Claude Sonnet 4.6 on AA!
🚨 Claude Fable 5 just took #1 on Artificial Analysis 🚨
Qwen3.7 Max is far behind Claude Fable 5 on AA
DeepSeek V4 Pro easily beats GPT-4.1 on Artificial Analysis
MiniMax-M3 is much cheaper than GPT-5.5 on Artificial Analysis
MiniMax-M3 costs $0.30 per million input tokens and $1.20 per million output tokens
GPT-5.5 costs $5 per million input tokens, according to Artificial Analysis
Gemini 3.1 Pro undercuts GPT-5.5 on price, per Artificial Analysis
Claude Fable 5 is twice as expensive as Claude Opus 4.8 on Artificial Analysis
Claude Opus 4.8 costs half as much as Claude Fable 5
Claude Opus 4.8 is 50% cheaper than Claude Fable 5
Grok 4.3 is cheaper than Grok 4.20, per Artificial Analysis
Closed models lead open-weights models by 11 points on Artificial Analysis
The best open-weights model trails the best closed model by 11 points on AA
Chinese models trail American models on Artificial Analysis
Anthropic leads OpenAI by 4.6 points on Artificial Analysis
OpenAI is ahead of Google on the Artificial Analysis Intelligence Index
Google trails both Anthropic and OpenAI on Artificial Analysis
Alibaba's Qwen3.7 Max is the strongest Chinese model on Artificial Analysis
Qwen3.7 Max ranks ninth on Artificial Analysis
GPT-5.5 is in the top 3 on Artificial Analysis
Gemini 3.5 Flash is among the top ten on AA
Claude Opus 4.8 scores 61.4 on the Artificial Analysis Intelligence Index
GPT-5.5 was the first model above 60 on the Artificial Analysis Intelligence Index
GPT-5.5 was the first model to break 60 on the AA index
Claude Fable 5 has led Artificial Analysis since June
Claude Fable 5 has been number one on Artificial Analysis since 10 June 2026
As of 1 June 2026, Claude Opus 4.8 leads Artificial Analysis
Gemini 3.1 Pro led Artificial Analysis on 16 April 2026
Kimi K2.6 does not beat GPT-5.5 on Artificial Analysis
GPT-5.5 still beats every open-weights model on AA
MiMo-V2.5-Pro matches Kimi K2.6 on Artificial Analysis
MiMo-V2.5-Pro is on par with Kimi K2.6 at a lower price, per Artificial Analysis
GLM-5.1 outperforms GPT-5.1 on Artificial Analysis
Open-weights GLM-5.1 beats GPT-5.1 on Artificial Analysis
DeepSeek V4 Pro, an open-weights model, beats GPT-5.1 on AA
Non-reasoning GPT-5.5 trails Kimi K2.6 on AA
Claude Opus 4.6 tops the LMArena text leaderboard
claude-opus-4-6-thinking leads Arena text with 1504 Elo
Claude Opus 4.6 is #1 on LMArena for both text and code
Claude Opus 4.6 beats Gemini 3 Pro on LMArena text
Claude Opus 4.6 is ahead of GPT-5.4 on the Arena code leaderboard by a wide margin
Anthropic holds the top spot on Arena code
GLM-5 is the best open model on Arena text
glm-5 leads open models on the LMArena code leaderboard
Gemini 3.1 Pro ranks third on LMArena text
No open model is in the top ten on LMArena text
Gemini 3.1 Pro comes in at 1494 on LMArena text
Claude Sonnet 4.6 is third on Arena code
On LiveBench 2024-11-25, Claude 3.5 Sonnet beats GPT-4o
o1 tops o3-mini in maths on LiveBench 2024-11-25
GPT-4o hallucinates less than Claude 3.5 Sonnet on Vectara
Gemini-2.0-Flash-001 has the lowest hallucination rate on Vectara
Gemini 2.0 Flash has a hallucination rate of 0.7% on Vectara
Qwen3.6 27B beats Qwen3.5 27B on Artificial Analysis
Qwen3.7 Max beats Qwen3.6 Max on AA by 4.8 points
"""
FALSE = """
GPT-5.5 leads the Artificial Analysis Intelligence Index
GPT-5.5 takes the crown from Claude Fable 5 on Artificial Analysis
Claude Fable 5 dethrones GPT-5.5 on Artificial Analysis
GPT-5.5 is second only to Claude Opus 4.8 on Artificial Analysis
Kimi K2.6 tops the Artificial Analysis leaderboard
Kimi K2.6 outperforms GPT-5.5 on Artificial Analysis
Kimi K2.6 (62.7) trails GPT-5.5 (65) on AA
Claude Fable 5 leads Artificial Analysis by 7 points
Claude Fable 5 scores 70 on the Artificial Analysis Intelligence Index
DeepSeek V4 Pro is the best open-weights model on Artificial Analysis
Kimi K2.6 is number one on Artificial Analysis
Qwen3.5 is in the top ten on Artificial Analysis
Gemini 3.1 Pro took the lead on Artificial Analysis in May
Claude Opus 4.7 led Artificial Analysis on 1 June 2026
Claude Fable 5 has led Artificial Analysis since April
GPT-5.5 is cheaper than Gemini 3.1 Pro on AA
Claude Opus 4.8 is cheaper than Kimi K2.6, per Artificial Analysis
MiniMax-M3 costs twice as much as GPT-5.5
GPT-5.5 costs $2 per million input tokens on Artificial Analysis
Google leads OpenAI on Artificial Analysis
Chinese models beat American models on Artificial Analysis
xAI's Grok 4.3 is number two on Artificial Analysis
Closed models lead open ones by 3.4 points on AA
DeepSeek V3.2 is on par with GPT-5.5 on AA
Claude Opus 4.8 was the first model above 60 on the Artificial Analysis Intelligence Index
GPT-5.4 tops LMArena text
Gemini 3.1 Pro leads the LMArena code leaderboard
Grok 4.20 beta1 beats Claude Opus 4.6 on LMArena text
GLM-5 tops the Arena text leaderboard
GPT-4o has a lower hallucination rate than Gemini-2.0-Flash-001 on Vectara
Claude 3.5 Sonnet has a hallucination rate of 1% on Vectara
Non-reasoning GPT-5.5 beats Kimi K2.6 on AA
"""
OPEN = """
Quantised Kimi K2.6 beats GLM-5.1 on AA
Some say GPT-5.5 beats Kimi K2.6 on AA
Kimi K2.6 is the best model you can run locally, per AA
GPT-5.5 isn't just better than Kimi K2.6 on AA, it is 10 points better
Kimi K2.6 is the cheapest model to score above 50 on AA
Claude Fable 5 is the best model by a startup on Artificial Analysis
Kimi K2.6 is the best non-American model on Artificial Analysis
GPT-5.5 reportedly beats Claude Opus 4.8 on AA
OpenAI says GPT-5.5 outperforms Kimi K2.6 on AA
GPT-6 beats Claude Fable 5 on Artificial Analysis
Kimi K2.6 beats GPT-5.5 on HELM
Qwen3.5 72B beats GPT-4 on Artificial Analysis
All open-weights models beat GPT-4.1 on AA
The leader beats Kimi K2.6 on AA
Kimi K2.6 beats every model its size on AA
GPT-5.5 will overtake Claude Fable 5 on AA
"""
SENTENCES = [
    (line, truth)
    for truth, text in (("supported", TRUE), ("contradicted", FALSE), ("", OPEN))
    for line in text.split("\n")
    if line
]
TRUE_PARAGRAPHS = """
Anthropic's Claude Fable 5 now leads the Artificial Analysis Intelligence Index with a score of 64.9. It dethrones Claude
Opus 4.8, which took the lead in May. GPT-5.5 slips to third on Artificial Analysis.

Kimi K2.6 is the best open-weights model on Artificial Analysis. The model, released in April, was trained by Moonshot. It
trails GPT-5.5 by 6.3 points on Artificial Analysis.

OpenAI says GPT-5.5 is its smartest model yet. On Artificial Analysis, GPT-5.5 trails Claude Fable 5 by 4.6 points. It costs
$5 per million input tokens.

The price war continues. Claude Opus 4.8 costs half as much as Claude Fable 5, and MiniMax-M3 is much cheaper than both.
MiniMax-M3 scores 54.7 on the Artificial Analysis Intelligence Index.

Chinese labs are closing the gap. Qwen3.7 Max ranks ninth on Artificial Analysis, and MiniMax-M3 beats Claude Opus 4.6
there. Still, American models lead Chinese models on Artificial Analysis.

On LMArena, Claude Opus 4.6 tops the text leaderboard with 1504 Elo. Gemini 3.1 Pro ranks third on LMArena text. GLM-5 is
the best open model on Arena text.

In coding, the picture is similar. Claude Opus 4.6 leads the Arena code leaderboard. GPT-5.4 is well behind on Arena code,
and no open model makes the top five there.

GPT-5.5 took the lead on Artificial Analysis in April. Claude Opus 4.8 overtook it a month later. Neither leads today.

Google's Gemini 3.1 Pro led Artificial Analysis on 16 April 2026. Since then it has slipped. Gemini 3.1 Pro trails GPT-5.5
by 3 points on AA.

DeepSeek V4 Pro, an open-weights model, beats GPT-5.1 on Artificial Analysis. It is also far cheaper. DeepSeek V4 Pro does
not beat Kimi K2.6 on AA.

Some analysts believe Kimi K2.6 beats Claude Opus 4.8. The figures disagree: Kimi K2.6 (53.9) trails Claude Opus 4.8 (61.4)
on the Artificial Analysis Intelligence Index.

Hallucinations remain a problem. Gemini 2.0 Flash has a hallucination rate of 0.7% on Vectara. GPT-4o has a hallucination
rate of 1.5% on Vectara, and Claude 3.5 Sonnet is worse.
"""
FALSE_PARAGRAPHS = """
Kimi K2.6 tops the Artificial Analysis Intelligence Index with a score of 63. GPT-5.5 trails Kimi K2.6 by 3 points on AA.

GPT-5.5 took the lead on Artificial Analysis in May. Closed models lead open ones by 3.4 points on AA. It costs $2.
"""
PARAGRAPHS = [
    (line, truth)
    for truth, text in (("supported", TRUE_PARAGRAPHS), ("contradicted", FALSE_PARAGRAPHS))
    for line in text.split("\n\n")
]
DECIDED = ("supported", "contradicted")
LEAST_DECIDED = 0.65


def verdicts(store: SqliteStore, text: str) -> list[str]:
    return [str(found.verdict) for found in claims.check(text, store, lexicon=default_lexicon())]


@pytest.mark.parametrize(("sentence", "truth"), SENTENCES)
def test_no_verdict_is_wrong(store: SqliteStore, sentence: str, truth: str):
    assert {verdict for verdict in verdicts(store, sentence) if verdict in DECIDED} <= {truth}


@pytest.mark.parametrize(("paragraph", "truth"), PARAGRAPHS)
def test_no_verdict_on_a_paragraph_is_wrong(store: SqliteStore, paragraph: str, truth: str):
    found = claims.check(paragraph, store, lexicon=default_lexicon(), article=True)
    assert {str(finding.verdict) for finding in found} & set(DECIDED) <= {truth}
    assert not [finding for finding in found if finding.claim is not None and finding.claim.subject.name == "Moonshot"]


def test_a_third_of_the_claims_in_paragraphs_is_decided(store: SqliteStore):
    found = [
        str(finding.verdict)
        for text, _ in PARAGRAPHS
        for finding in claims.check(text, store, lexicon=default_lexicon(), article=True)
    ]
    assert sum(verdict in DECIDED for verdict in found) >= len(found) / 3


def test_most_sentences_are_decided(store: SqliteStore):
    decided = [sentence for sentence, truth in SENTENCES if truth in set(verdicts(store, sentence))]
    assert len(decided) >= LEAST_DECIDED * len(SENTENCES)
