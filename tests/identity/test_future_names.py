"""Names that do not exist yet, in the styles of 15 kinds of publishers: the next release must resolve on its first day."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import pytest

from tracker.identity import resolve
from tracker.model import ModelId
from tracker.model.names import EMPTY_LEXICON, Lexicon
from tracker.workspace.names import default_lexicon

NAMES = Path(__file__).with_name("future_names.tsv")


class Row(NamedTuple):
    """A line of the file: which model the name means, and who writes so."""

    model: str
    style: str
    name: str
    creator: str


def rows() -> Iterator[Row]:
    for line in NAMES.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            yield Row(*line.split("\t"))


def pairs(known: Lexicon) -> tuple[list[tuple[str, str]], list[tuple[str, str]], list[tuple[str, str]]]:
    """The pairs found rightly, those merged falsely, and those missed."""
    read = [(row, resolve(row.name, row.creator or None, lexicon=known).model) for row in rows()]
    found: list[tuple[str, str]] = []
    false: list[tuple[str, str]] = []
    missed: list[tuple[str, str]] = []
    for (row, model), (other, others) in combinations(read, 2):
        is_one = model is not None and model == others
        if is_one or row.model == other.model:
            (found if is_one and row.model == other.model else false if is_one else missed).append((row.name, other.name))
    return found, false, missed


def test_the_names_are_many_and_of_many_styles():
    assert len(list(rows())) >= 150
    assert len({row.style for row in rows()}) >= 15


def test_names_of_next_years_models_meet_and_no_others_do():
    found, false, missed = pairs(default_lexicon())
    assert false == []
    assert len(found) >= 0.95 * (len(found) + len(missed)), missed


def test_without_a_lexicon_at_most_one_pair_in_a_hundred_is_wrong():
    found, false, missed = pairs(EMPTY_LEXICON)
    assert len(false) <= 0.01 * (len(found) + len(false)), false
    assert len(found) >= 0.55 * (len(found) + len(missed))


def model(name: str) -> ModelId | None:
    return resolve(name, lexicon=default_lexicon()).model


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Kimi K4 Thinking", "Kimi K4"),
        ("qwen4-next-80b-a3b-thinking", "qwen4-next-80b-a3b-instruct"),
        ("Qwen4 Next 80B (Reasoning)", "Qwen4 Next 80B Instruct"),
        ("DeepSeek V9 Thinking", "DeepSeek V9"),
        ("EXAONE 7 32B Thinking", "EXAONE 7 32B"),
    ],
)
def test_thinking_names_a_model_of_a_generation_that_nobody_listed(name, plain):
    assert model(name) is not None
    assert model(name) != model(plain)


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Kimi K2.5 Thinking", "Kimi K2.5"),
        ("DeepSeek V3.2 Thinking", "DeepSeek V3.2"),
        ("EXAONE 4.0 32B Thinking", "EXAONE 4.0 32B"),
        ("GLM-9 (Thinking)", "GLM-9"),
        ("glm-9:thinking", "glm-9"),
        ("claude-opus-9-thinking", "claude-opus-9"),
        ("qwen9-max-thinking-32k", "qwen9-max"),
    ],
)
def test_thinking_is_a_switch_where_it_is_declared_or_marked_as_one(name, plain):
    assert model(name) == model(plain) is not None
    assert resolve(name, lexicon=default_lexicon()).reasoning == "on"


@pytest.mark.parametrize(
    ("name", "plain", "reasoning"),
    [
        ("Qwen4 32B (recommended /no_think settings)", "Qwen4 32B", "off"),
        ("Qwen4 32B w/o thinking", "Qwen4 32B", "off"),
        ("Qwen4 32B (w/ thinking, via OpenRouter)", "Qwen4 32B Thinking", "on"),
        ("claude-opus-9-base", "claude-opus-9", "off"),
        ("Claude Opus 9 (no think, via official)", "claude-opus-9", "off"),
        ("GLM 9 (thinking, via z.ai)", "GLM 9", "on"),
        ("GPT-9 w/ tools", "GPT-9", "unspecified"),
        ("gpt-9 (w/o tools)", "GPT-9", "unspecified"),
        ("openai/gpt-9:online", "GPT-9", "unspecified"),
    ],
)
def test_prose_about_a_setting_is_not_part_of_the_name(name, plain, reasoning):
    assert model(name) == model(plain) is not None
    assert resolve(name, lexicon=default_lexicon()).reasoning == reasoning


@pytest.mark.parametrize(
    ("name", "generation", "size"),
    [
        ("qwen4-1-7b", "4", 1.7),  # no Qwen had a .1
        ("qwen4-5-9b", "4.5", 9),
        ("llama-5-1-8b", "5.1", 8),
        ("qwen4-1p7b", "4", 1.7),
        ("accounts/fireworks/models/glm-6p5v", "6.5", None),
        ("gemma1:7b", "1", 7),
        ("qwen4-30b-a3p5b", "4", 30),
    ],
)
def test_the_version_of_a_new_generation_differs_from_a_size_by_the_versions_of_its_family(name, generation, size):
    who = resolve(name, lexicon=default_lexicon())
    assert (who.generation, who.size_total_b) == (generation, size)


@pytest.mark.parametrize("account", ["xai-org", "XAI-Org", "xai_labs", "x-ai", "xai-inc"])
def test_an_account_may_add_a_word_to_the_name_of_its_lab(account):
    who = resolve(f"{account}/grok-6", lexicon=default_lexicon())
    assert (who.lab, who.model, who.guessed_lab) == ("xAI", "xai/grok-6", False)


def test_a_date_is_a_stamp_only_of_a_listed_generation():
    assert model("gpt-5.2-2025-12-11") == model("gpt-5.2")
    assert len({model("gpt-9-2027-02-03"), model("gpt-9-2027-05-11"), model("gpt-9")}) == 3
    assert model("claude-opus-9-20270203") == model("claude-opus-9")


def test_a_host_is_a_flag_of_the_variant():
    names = ("Qwen4 32B", "Qwen4 32B (via OpenRouter)", "Qwen4 32B (via Azure)", "qwen4-32b-maas")
    who = [resolve(name, lexicon=default_lexicon()) for name in names]
    assert len({identity.model for identity in who}) == 1
    assert len({identity.variant for identity in who}) == len(names)


@pytest.mark.parametrize("names", [("GPT-9", "GPT-9 w/ tools", "GPT-9 w/o tools", "openai/gpt-9:online")])
def test_tools_are_a_flag_of_the_variant(names):
    who = [resolve(name, lexicon=default_lexicon()) for name in names]
    assert len({identity.model for identity in who}) == 1
    assert len({identity.variant for identity in who}) == len(names)


@pytest.mark.parametrize(
    ("name", "plain", "is_one"),
    [
        ("frob-5-chat", "frob-5", False),
        ("frob-v2-chat", "frob-v2", True),
        ("Frob 2 Chat 70B", "Frob 2 70B", True),
        ("Frob 5 (Chat)", "Frob 5", True),
    ],
)
def test_chat_names_another_model_after_the_version_of_an_unknown_brand_without_sizes(name, plain, is_one):
    models = [resolve(spelled, lexicon=EMPTY_LEXICON).model for spelled in (name, plain)]
    assert (models[0] == models[1]) is is_one


def test_an_id_of_amazon_ends_in_the_version_of_its_interface():
    assert model("openai.gpt-oss-2-120b-1:0") == model("azure/gpt-oss-2-120b") == model("gpt-oss-2-120b")


@pytest.mark.parametrize(
    ("name", "plain"),
    [("nvidia/Llama-5-8B-Instruct-FP8", "Llama 5 8B"), ("snowflake/claude-opus-9", "Claude Opus 9")],
)
def test_a_known_lab_quantises_or_serves_the_models_of_others(name, plain):
    assert model(name) == model(plain) is not None


@pytest.mark.parametrize("name", ["joe/Llama-5-8B-Instruct-FP8", "nvidia/Llama-5-8B-Instruct", "joe/claude-opus-9"])
def test_any_other_copy_is_unsure(name):
    assert model(name) is None


def test_a_host_is_not_a_lab_with_a_word_added():
    assert resolve("Kittiwake 7B", "Perplexity Labs", lexicon=default_lexicon()).lab == ""
    assert resolve("Kittiwake 7B", "Mistral Labs", lexicon=default_lexicon()).lab == "Mistral AI"
