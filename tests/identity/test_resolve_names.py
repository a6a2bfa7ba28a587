"""Names as boards write them, and whom they stand for. One name a line; the groups are one model, the pairs never are."""

from __future__ import annotations

import pytest

from tracker.identity import line_name, resolve
from tracker.model import Confidence
from tracker.model.names import EMPTY_LEXICON
from tracker.workspace.names import default_lexicon

WHO = [
    # name, lab, family, generation, total, active, reasoning, effort
    ("Qwen3.5 397B A17B (Reasoning)", "Alibaba", "Qwen", "3.5", 397, 17, "on", ""),
    ("Claude Opus 4.6 (Adaptive Reasoning, Max Effort)", "Anthropic", "Claude", "4.6", None, None, "on", "max"),
    ("GPT-5.4 mini (xhigh)", "OpenAI", "GPT", "5.4", None, None, "unspecified", "xhigh"),
    ("Gemini 3.1 Pro Preview", "Google", "Gemini", "3.1", None, None, "unspecified", ""),
    ("gpt-oss-120B (high)", "OpenAI", "gpt-oss", "", 120, None, "unspecified", "high"),
    ("Llama 3.3 Nemotron Super 49B v1 (Reasoning)", "NVIDIA", "Nemotron", "1", 49, None, "on", ""),
    ("GPT-4o", "OpenAI", "GPT", "4o", None, None, "unspecified", ""),
    ("o3", "OpenAI", "o-series", "3", None, None, "unspecified", ""),
    ("Llama-4-Maverick-17B-128E-Instruct", "Meta", "Llama", "4", None, 17, "unspecified", ""),
    ("gemma-3n-E4B-it", "Google", "Gemma", "3n", None, 4, "unspecified", ""),
    ("qwen3-5-0-8b", "Alibaba", "Qwen", "3.5", 0.8, None, "unspecified", ""),
    ("exaone-4-0-1-2b-reasoning", "LG AI Research", "EXAONE", "4", 1.2, None, "on", ""),
    ("Ling-1T", "Ant Group", "Ling", "1", 1000, None, "unspecified", ""),
    ("Gemma 3 270M", "Google", "Gemma", "3", 0.27, None, "unspecified", ""),
    ("MiniMax-M2.1", "MiniMax", "MiniMax", "M2.1", None, None, "unspecified", ""),
    ("kimi-k2.5-thinking", "Moonshot AI", "Kimi", "K2.5", None, None, "on", ""),
    ("us.anthropic.claude-3-5-haiku-20241022-v1:0", "Anthropic", "Claude", "3.5", None, None, "unspecified", ""),
    ("accounts/fireworks/models/llama-v3p1-70b-instruct", "Meta", "Llama", "3.1", 70, None, "unspecified", ""),
    ("Nous: Hermes 3 405B Instruct", "Nous Research", "Hermes", "3", 405, None, "unspecified", ""),
    ("stablelm-2-1_6b-chat", "Stability AI", "StableLM", "2", 1.6, None, "unspecified", ""),
    ("allenai/OLMoE-1B-7B-0924-Instruct", "Ai2", "OLMoE", "", 7, 1, "unspecified", ""),
    ("ibm-granite/granite-3.0-3b-a800m-instruct", "IBM", "Granite", "3", 3, 0.8, "unspecified", ""),
    ("Google: Gemma 3n 2B (free)", "Google", "Gemma", "3n", 2, None, "unspecified", ""),
    ("Tülu 3 405B", "Ai2", "Tulu", "3", 405, None, "unspecified", ""),
    ("SWE-agent + Claude 3 Opus", "Princeton", "SWE-agent", "", None, None, "unspecified", ""),
]

ONE_MODEL = [
    (
        "Claude 3.5 Haiku",
        "claude-3-5-haiku-20241022",
        "Claude Haiku 3.5",
        "anthropic/claude-3.5-haiku",
        "Anthropic Claude-3-5-haiku",
    ),
    ("Claude Opus 4.1", "claude-4-1-opus-thinking", "claude-opus-4-1-20250805-thinking-16k", "Claude 4.1 Opus (Non-reasoning)"),
    ("llama-3-2-instruct-11b-vision", "Llama 3.2 11B Vision Instruct", "llama-3.2-vision-11b-instruct"),
    ("Meta-Llama-3.1-405B-Instruct-FP8", "llama-3.1-405b-instruct-bf16", "Llama 3.1 405B Instruct Turbo"),
    ("Qwen2.5 72B Instruct", "qwen-2.5-72b-instruct (bf16)", "Qwen2.5 Instruct 72B", "qwen2.5-72b-instruct-turbo"),
    ("Qwen3 235B A22B 2507 (Reasoning)", "qwen3-235b-a22b-thinking-2507", "Qwen: Qwen3 235B A22B Thinking 2507"),
    ("Nova Pro", "amazon.nova-pro-v1:0", "Amazon Nova Pro 1.0", "amazon/nova-pro-v1", "Amazon Nova-Pro-V1"),
    ("Command R+ (08-2024)", "command-r-plus-08-2024", "Command R+ (08-24)"),
    ("DeepSeek R1 0528 (May '25)", "deepseek-r1-0528", "DeepSeek R1 (2025-05-28)", "DeepSeek R1 05/28", "DeepSeek: R1 0528"),
    ("Mistral Small 3.1", "mistral-small-2503", "Mistral Small (2025-03)", "mistralai/mistral-small-3.1-24b-instruct"),
    ("Gemini 1.5 Pro (Sep '24)", "gemini-1.5-pro-002", "Gemini 1.5 Pro (Sep)"),
    ("Kimi K2 0905", "kimi-k2-0905-preview", "moonshotai/kimi-k2-0905"),
    ("Hermes 3 - Llama-3.1 70B", "hermes-3-llama-3.1-70b", "Nous: Hermes 3 70B Instruct"),
    ("LFM2 2.6B", "lfm2-2-6b"),
    ("MiniCPM-V 4.6 1.3B", "minicpm-v4-6-1-3b"),
    ("GPT-3.5 Turbo (0613)", "OpenAI: GPT-3.5 Turbo (older v0613)", "gpt-3.5-turbo-16k-0613"),
    ("GLM-4.5V (Reasoning)", "glm-4-5v", "Z.ai: GLM 4.5V"),
    ("GPT-5.1 Codex Max High", "OpenAI: GPT-5.1-Codex-Max", "gpt-5.1-codex-max"),
    ("claude-opus-4-6 Anthropic · Proprietary", "Claude Opus 4.6 (max)"),
    ("GLM 5", "z-ai/glm-5-20260211", "GLM-5 (Non-reasoning)"),
    ("Writer: Palmyra X5", "writer/palmyra-x5-20250428"),
    ("Qwen: Qwen3.5 Plus 2026-02-15", "qwen/qwen3.5-plus-20260216"),
    ("Kimi K2 0711", "moonshotai/Kimi-K2-Instruct"),
    ("Qwen3 Coder Next", "Qwen3-Coder-Next", "qwen/qwen3-coder-next"),
    ("Qwen3 235B A22B Instruct 2507", "qwen/qwen3-235b-a22b-2507"),
    ("baidu/ERNIE-4.5-21B-A3B-PT", "ERNIE 4.5 21B A3B"),
    ("Google: Nano Banana Pro (Gemini 3 Pro Image Preview)", "gemini_nano-banana-pro"),
    ("Nano Banana (Gemini 2.5 Flash Image)", "gemini-2.5-flash-image", "nano-banana"),
]

TWO_MODELS = [
    ("Llama 3.1 8B Instruct", "Llama 3.1 70B Instruct"),
    ("Qwen3 30B A3B", "Qwen3 32B"),
    ("claude-3-5-sonnet-20240620", "claude-3-5-sonnet-20241022"),
    ("gpt-4o-2024-05-13", "gpt-4o-2024-08-06"),
    ("DeepSeek V3", "DeepSeek V3 0324"),
    ("Qwen3 VL 8B Instruct", "Qwen3 VL 8B Thinking"),
    ("GPT-5.1 Codex", "GPT-5.1 Codex Max"),
    ("GPT-5", "GPT-5 Chat"),
    ("gpt-5.2-chat-latest-20260210", "openai/gpt-5.2-chat-20251211"),
    ("reka-core-20240501", "reka-core-20240722"),
    ("moonshotai/Kimi-K2-Instruct", "moonshotai/Kimi-K2-Instruct-0905"),
    ("qwen/qwen3-235b-a22b-2507", "qwen/qwen3-235b-a22b-thinking-2507"),
    ("hunyuan-image-3.0", "hunyuan-image-3.0-instruct"),
    ("Gemma 3n E4B", "Gemma 3n E4B (May)"),
    ("Gemini 2.5 Flash", "Gemini 2.5 Flash-Lite"),
    ("Gemini 2.0 Flash", "Gemini 2.0 Flash Thinking Experimental (Jan '25)"),
    ("meta-llama/Llama-3.1-70B", "meta-llama/Llama-3.1-70B-Instruct"),
    ("Phi-3-mini-4k-instruct", "Phi-3-mini-128k-instruct"),
    ("MiniMax M1 40k", "MiniMax M1 80k"),
    ("deepseek-r1", "deepseek-r1-distill-llama-70b"),
    ("Grok 4.20", "Grok 4.2"),
    ("K2-V2 (high)", "Kimi K2 0905"),
    ("zephyr-7b-alpha", "zephyr-7b-beta"),
    ("Claude 3 Opus", "SWE-agent + Claude 3 Opus"),
    ("o3", "o3-mini"),
]

OPEN = [
    ("GPT-4o", "several snapshots"),
    ("deepseek-chat", "moving alias"),
    ("chatgpt-4o-latest", "moving alias"),
    ("mistral-large-latest", "several snapshots"),
    ("codestral-latest", "several"),
    ("gemini-9-pro-latest", "moving alias"),
    ("Claude 3.5 Sonnet", "several snapshots"),
    ("Optimus Alpha", "stealth name"),
    ("o1 and o1-preview", "several models"),
    ("Qwen3 235B A22B 2507", "a thinking and an instruct model"),
    ("Kimi K2 Instruct", "several snapshots"),
    ("Qwen3 VL 8B", "a thinking and an instruct model"),
    ("someone/Llama-3.1-8B-Instruct", "another's copy"),
    ("", "no name"),
    ("🦜", "no name"),
    ("(high)", "no brand"),
]


IDS = [
    ("Frobnicate 4 120B", "frobnicate-4-120b"),
    ("Quillon-3 Ultra Coder", "quillon-3-ultra-coder"),
    ("o1", "openai/o1"),
    ("o3-mini-high", "openai/o3-mini"),
    ("deepseek-r1-0528", "deepseek/deepseek-r1-0528"),
    ("GPT-4o mini", "openai/gpt-4o-mini"),
    ("gpt-4.1-2025-04-14", "openai/gpt-4.1"),
    ("Claude Opus 4.5", "anthropic/claude-4.5-opus"),
    ("Qwen3 VL 235B A22B Instruct", "alibaba/qwen-3-235b-vl"),
]

LINES = [
    ("GPT", "5", "GPT-5"),
    ("o-series", "3", "o3"),
    ("DeepSeek V", "4", "DeepSeek V4"),
    ("DeepSeek R", "1", "DeepSeek R1"),
    ("Claude", "4.5", "Claude 4.5"),
    ("Qwen", "3.5", "Qwen3.5"),
    ("Llama", "3", "Llama 3"),
    ("Kimi", "K2", "Kimi K2"),
    ("Frobnicate", "7", "Frobnicate 7"),
    ("Frobnicate", "", "Frobnicate"),
    ("", "7", ""),
]


@pytest.mark.parametrize(("name", "model"), IDS)
def test_an_id_reads_naturally_family_generation_tier_size_tune_date(name, model):
    assert resolve(name, lexicon=default_lexicon()).model == model


@pytest.mark.parametrize("hint", [None, "Quill Labs", "openrouter"])
def test_the_hint_of_an_unknown_lab_splits_no_model(hint):
    assert resolve("quillon-3", hint, lexicon=default_lexicon()).model == "quillon-3"


@pytest.mark.parametrize(("family", "generation", "title"), LINES)
def test_a_line_is_named_as_people_write_it(family, generation, title):
    assert line_name(family, generation, lexicon=default_lexicon()) == title


def test_an_identity_has_its_line_title():
    assert [resolve(name, lexicon=default_lexicon()).line_title for name in ("o3-mini", "GPT-5.4 mini", "qwen3-5-0-8b", "")] == [
        "o3",
        "GPT-5.4",
        "Qwen3.5",
        "",
    ]


def test_only_an_id_in_a_path_has_a_stamp():
    """`lab/model-20260211` says when it was listed; a board's `model-20260211` says which snapshot it is."""
    path, plain, short = (
        resolve(name, lexicon=EMPTY_LEXICON).model for name in ("z/frob-5-20260211", "frob-5-20260211", "z/frob-5-0211")
    )
    assert path == resolve("Frob 5", lexicon=EMPTY_LEXICON).model
    assert plain == short == f"{path}-0211"


@pytest.mark.parametrize(("name", "stated"), [(name, tuple(stated)) for name, *stated in WHO], ids=[first[0] for first in WHO])
def test_a_name_resolves_to_its_model(name, stated):
    who = resolve(name, lexicon=default_lexicon())
    assert (who.lab, who.family, who.generation, who.size_total_b, who.size_active_b, who.reasoning, who.effort) == stated


@pytest.mark.parametrize("names", ONE_MODEL, ids=lambda names: names[0])
def test_every_spelling_is_one_model(names):
    models = {name: resolve(name, lexicon=default_lexicon()).model for name in names}
    assert len(set(models.values())) == 1, models
    assert None not in models.values()


@pytest.mark.parametrize(("first", "other"), TWO_MODELS)
def test_names_that_look_alike_are_two_models(first, other):
    assert resolve(first, lexicon=default_lexicon()).model != resolve(other, lexicon=default_lexicon()).model
    assert (
        resolve(first, lexicon=default_lexicon()).model is not None or resolve(other, lexicon=default_lexicon()).model is not None
    )


@pytest.mark.parametrize(("name", "why"), OPEN)
def test_an_ambiguous_name_is_unsure_with_a_reason(name, why):
    who = resolve(name, lexicon=default_lexicon())
    assert (who.model, who.variant, who.confidence) == (None, None, Confidence.UNSURE)
    assert why in who.reason


def test_an_unsure_name_still_has_its_lab():
    assert resolve("GPT-4o", lexicon=default_lexicon()).line == ("OpenAI", "GPT", "4o")
    assert (
        resolve("Optimus Alpha", lexicon=default_lexicon()).lab,
        resolve("Optimus Alpha", lexicon=default_lexicon()).family,
    ) == ("OpenAI", "GPT")


def test_the_confidence_shows_whether_a_person_decided():
    assert resolve("Claude Opus 4.5", lexicon=default_lexicon()).confidence is Confidence.STATED
    assert resolve("mistral-small-2503", lexicon=default_lexicon()).confidence is Confidence.ALIAS


def test_a_shared_word_is_the_brand_only_of_the_lab_that_is_named():
    assert resolve("Nova Pro", "Amazon", lexicon=default_lexicon()).family == "Nova"
    assert resolve("Nova 3", "Deepgram", lexicon=default_lexicon()).lab == "Deepgram"


def test_a_host_is_not_a_lab():
    assert resolve("gpt-4.1", "vertex_ai-language-models", lexicon=default_lexicon()).lab == "OpenAI"
    assert resolve("Frobnicate 7B", "openrouter", lexicon=default_lexicon()).lab == ""
    assert resolve("Frobnicate 7B", "Frob Labs", lexicon=default_lexicon()).lab == "Frob Labs"


def test_a_fine_tune_belongs_to_its_maker():
    who = resolve("huihui-ai/DeepSeek-R1-Distill-Qwen-14B-abliterated-v2", lexicon=default_lexicon())
    assert who.lab == "Huihui AI"
    assert who.model != resolve("deepseek-ai/DeepSeek-R1-Distill-Qwen-14B", lexicon=default_lexicon()).model


def test_unknown_names_resolve_by_rule_alone():
    who = resolve("Frobnicate-3.5 Pro 72B A9B Instruct (Reasoning, High Effort)", lexicon=EMPTY_LEXICON)
    assert (who.family, who.generation, who.tier) == ("Frobnicate", "3.5", "pro")
    assert (who.size_total_b, who.size_active_b, who.reasoning, who.effort) == (72, 9, "on", "high")
    assert who.model == resolve("frobnicate-pro-3-5-72b-instruct", lexicon=EMPTY_LEXICON).model
    assert who.confidence is Confidence.STATED


def test_flags_make_variants_of_one_model():
    names = ["o3-mini", "o3-mini (high)", "o3-mini-2025-01-31-low", "o3-mini (diff)"]
    assert len({resolve(name, lexicon=default_lexicon()).model for name in names}) == 1
    assert len({resolve(name, lexicon=default_lexicon()).variant for name in names}) == len(names)


@pytest.mark.parametrize("name", ["o3-mini-best-of-16", "o3-mini (cons@64)", "o3-mini maj@16", "o3-mini pass@1"])
def test_a_choice_among_several_answers_is_another_run_of_the_same_model(name: str):
    plain, chosen = (resolve(text, lexicon=default_lexicon()) for text in ("o3-mini", name))
    assert (chosen.model, chosen.generation) == (plain.model, plain.generation)
    assert chosen.harness
    assert chosen.variant != plain.variant


def test_a_name_of_two_boards_with_and_without_the_makers_name_is_one():
    assert (
        resolve("Google Gemini-2.5-Pro", lexicon=default_lexicon()).model
        == resolve("gemini-2.5-pro", "Google", "arena-ai/text", lexicon=default_lexicon()).model
    )


GUESSED = [
    # name, creator according to the board, lab, whether it is a guess
    ("Llama-3-8B-Instruct", "", "Meta", False),
    ("Llama-3-8B-Magpie", "", "Meta", True),
    ("Meta-Llama-3-70B-Instruct-abliterated", "", "Meta", True),
    ("Meta-Llama-3-70B-joes-mix", "", "Meta", True),
    ("meta-llama/Llama-3-8B-Magpie", "", "Meta", False),
    ("Llama-3-8B-Magpie", "Meta", "Meta", False),
    ("joe/llama-3-70b-merge", "", "joe", True),
    ("joe/Kittiwake-7B", "", "joe", True),
    ("Kittiwake 7B", "Saltmarsh", "Saltmarsh", False),
    ("Composio SWE-Kit", "", "Cognition", True),
    ("Composio SWE-Kit", "Composio", "Composio", False),
    ("Composio SWE-Kit + Claude Opus 4.5", "", "Cognition", True),
    ("Composio SWE-Kit + Claude Opus 4.5", "Composio", "Composio", False),
    ("OrionStar-Yi-34B-Chat", "", "01.AI", True),
    ("OrionStar-Yi-34B-Chat", "OrionStar", "OrionStar", False),
    ("Qwen3-235B-A22B-Thinking-2507", "", "Alibaba", False),
    ("DeepSeek V3.1 Terminus", "", "DeepSeek", False),
    ("deepseek-r1-distill-llama-70b", "", "DeepSeek", False),
    ("Llama-3.1-Tulu-3-70B", "", "Ai2", False),
    ("GLM-4.6", "Tsinghua/Zhipu", "Z.ai", False),
    ("ChatGLM2-6B", "Tsinghua University", "Z.ai", False),
    ("Gemini 3 Pro", "Google DeepMind", "Google", False),
    ("GPT-5", "Azure", "OpenAI", False),
    ("aligner-2b_claude-3-opus-20240229", "", "Anthropic", True),
    ("Microsoft Phi-3.5-MoE-instruct", "", "Microsoft", False),
    ("joe/phi-2-instruct", "", "Microsoft", True),
    ("Phi-4-mini-uncensored", "", "Microsoft", True),
    ("gpt-oss-20b-abliterated", "", "OpenAI", True),
    ("openai/gpt-oss-20b-abliterated", "", "OpenAI", False),
    ("GPT-4o fine-tuned", "", "OpenAI", True),
    ("GPT-5 (MyShell)", "", "OpenAI", True),
    ("Llama 3 70B", "Community", "Meta", True),
    ("Kittiwake 7B", "Third party", "", False),
    ("Llama 3 70B", "Unknown", "Meta", False),
    ("GPT-5 (MyShell)", "OpenAI", "OpenAI", False),
    ("GPT-5 (high)", "", "OpenAI", False),
    ("internlm2-chat-20b-ExPO", "", "Shanghai AI Lab", True),
    ("Meta Llama 3 8B Lumimaid", "", "Meta", True),
    ("Meta Llama 3 8B Lumimaid", "NeverSleep", "NeverSleep", False),
    ("togethercomputer/GPT-JT-6B", "", "OpenAI", True),
    ("unsloth/Llama-3.2-1B-Instruct", "", "Meta", False),
    ("qwen2-vl-7b-instruct", "Aliaba", "Alibaba", False),
]


@pytest.mark.parametrize(("name", "creator", "lab", "guessed"), GUESSED)
def test_the_board_states_the_maker_better_than_a_brand_in_the_name(name: str, creator: str, lab: str, guessed: bool):
    who = resolve(name, creator, lexicon=default_lexicon())
    assert (who.lab, who.guessed_lab) == (lab, guessed)


@pytest.mark.parametrize("name", ["NovaTune-Llama-3.1-8B", "BAAI/OPI-Llama-3.1-8B-Instruct"])
def test_the_generation_of_a_base_model_is_not_that_of_a_model_built_on_it(name: str):
    assert resolve(name, lexicon=default_lexicon()).generation == ""
    assert resolve("Llama-3.1-8B", lexicon=default_lexicon()).generation == "3.1"


def test_another_makers_model_is_not_of_the_line_that_its_name_states():
    known, other = (resolve("Llama 3.1 8B Magpie", maker, lexicon=default_lexicon()) for maker in ("Meta", "Acme"))
    assert (known.guessed_family, other.lab, other.family, other.guessed_family) == (False, "Acme", "Llama", True)


@pytest.mark.parametrize("name", ["Claude Code (Opus 4.5)", "Codex CLI (GPT-5)", "GPT-5 Scaffold", "Qwen3-32B-MoA"])
def test_a_tool_around_a_model_is_a_system(name: str):
    assert resolve(name, lexicon=default_lexicon()).kind == "system"


@pytest.mark.parametrize("name", ["Tsinghua University", "tsinghua-ai4s", "Tsinghua Solver 2"])
def test_a_partner_of_a_lab_is_not_the_lab(name: str):
    assert resolve(name, lexicon=default_lexicon()).lab != "Z.ai"


@pytest.mark.parametrize(
    ("name", "guessed"), [("GPT-5", False), ("G9", True), ("OrionStar 14B", True), ("Fireball-Llama-3", True)]
)
def test_the_first_words_of_an_unknown_name_are_a_guess_at_its_family(name: str, guessed: bool):
    assert resolve(name, lexicon=default_lexicon()).guessed_family is guessed


@pytest.mark.parametrize(("name", "generation"), [("Nova Pro", "1.0"), ("amazon-nova-experimental-chat-26-01-10", "")])
def test_an_experiment_is_not_of_the_first_generation(name, generation):
    assert resolve(name, lexicon=default_lexicon()).generation == generation


@pytest.mark.parametrize(("name", "generation"), [
    ("Smaug-Qwen2-72B-Instruct", ""), ("Smaug-Llama-3-70B", ""), ("Smaug-2-72B", "2"), ("Hermes-3-Llama-3-70B", "3"),
])  # fmt: skip
def test_the_version_of_a_base_model_is_not_a_generation_of_what_is_built_on_it(name: str, generation: str):
    assert resolve(name, lexicon=default_lexicon()).generation == generation
