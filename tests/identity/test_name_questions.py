"""What only a person can know about a name, and where they would write it."""

from __future__ import annotations

import pytest

from tracker.identity import OpenQuestion, question, resolve
from tracker.workspace.names import default_lexicon


def asked(name: str, creator: str = "") -> OpenQuestion | None:
    return question(resolve(name, creator, lexicon=default_lexicon()), default_lexicon())


@pytest.mark.parametrize(
    ("name", "why", "answer"),
    [
        ("GPT-4o", "several snapshots", "bare under [[releases]], or an alias, in schedules/models/openai.toml"),
        ("gemini-9-pro-latest", "moving alias", '"gemini-9-pro-latest" = "…" under [aliases] in schedules/models/google.toml'),
        ("someone/Llama-3.1-8B-Instruct", "another's copy", "if the weights are the same"),
        ("Qwen3 VL 8B", "a thinking and an instruct model", "schedules/models/alibaba.toml"),
        ("Optimus Alpha", "stealth name", "schedules/models/openai.toml"),
        ("(high)", "no brand", "declare another column as name"),
        ("Llama-3-8B-Magpie", "Meta may not be the maker", '"Llama" under [[families]]'),
        ("Kittiwake 7B", "no lab is known", "declare creator under [columns]"),
        (
            "Kimi K4 Thinking",
            "whether thinking is a switch of Kimi K4",
            "hybrid or thinking of Kimi in schedules/models/moonshot.toml",
        ),
        ("gpt-9-2027-02-03", "whether the dates of GPT 9 are mere stamps", 'add "9" to generations of GPT'),
    ],
)
def test_an_open_name_has_a_question_and_the_place_of_its_answer(name, why, answer):
    found = asked(name)
    assert found is not None
    assert why in found.why
    assert answer in found.answer


@pytest.mark.parametrize(
    ("name", "creator"),
    [
        ("GPT-5.4 mini (xhigh)", ""),
        ("Kimi K2 Thinking", ""),
        ("Kimi K4", ""),
        ("Phi 9 Reasoning", ""),
        ("Kittiwake 7B", "Saltmarsh"),
        ("claude-opus-9-20270203-thinking", ""),
        ("Baidu: ERNIE 4.5 21B A3B Thinking", ""),
        ("gpt-5.2-2025-12-11", ""),
        ("gpt-9", ""),
    ],
)
def test_a_name_that_is_read_with_certainty_has_none(name, creator):
    assert asked(name, creator) is None
