"""Names as published keep their letters and lose what is glued to them."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.reading.names import BADGES, MAX_CHARS, clean_name, clean_text, fold_doubled, note_in


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Kimi   K3\n", "Kimi K3"),
        ("Kimi\u00a0K3", "Kimi K3"),
        ("🥇 GPT-5.5 (xhigh)", "GPT-5.5 (xhigh)"),
        ("🤠 ✅ SWE-agent + Claude 3 Opus", "SWE-agent + Claude 3 Opus"),
        ("🆕 claude-opus-4-6", "claude-opus-4-6"),
        ("claude-opus-4-6 🆕", "claude-opus-4-6"),
        ("✔\ufe0f Yi-Large", "Yi-Large"),
        ("Gemini 3.1 Pro Preview High**5th rank in unseen questions across all categories", "Gemini 3.1 Pro Preview High"),
        ("GPT-2 (Zero-Shot)*", "GPT-2 (Zero-Shot)"),
        ("Qwen3.5 27B†", "Qwen3.5 27B"),
        ("Kimi K3 [1]", "Kimi K3"),
        ("Kimi K3※1", "Kimi K3"),
        ("Kimi K3 ※", "Kimi K3"),
        ("Kimi K3[1][12]", "Kimi K3"),
        ("**Kimi K3**", "Kimi K3"),
        ("*claude-opus-4-6", "claude-opus-4-6"),
        ("Kimi **K3** Thinking", "Kimi K3 Thinking"),
        ("[Kimi K3](https://example.invalid/k3)", "Kimi K3"),
        ("[Kimi K3](models/k3) 🔥", "Kimi K3"),
        ("🔥 [Kimi K3](k3)", "Kimi K3"),
        ("Kimi [K3](2)", "Kimi [K3](2)"),
        ("🥈 [**Kimi K3**](https://example.invalid/k3) 🆕", "Kimi K3"),
        ("\x1b[31mKimi\x1b[0m K3", "Kimi K3"),
        ("\u202eKimi K3\u202c", "Kimi K3"),
        ("Ki\u200bmi\ufeff K3\x00", "Kimi K3"),
        ("Kimi\ud800 K3", "Kimi K3"),
        ("Cafe\u0301-7B", "Café-7B"),
        ("JuniperÂ\u00a06Â\u00a0Ultra", "Juniper 6 Ultra"),
        ("CafÃ©-7B", "Café-7B"),
        ("Kimi â€“ K3", "Kimi – K3"),
        ("CafÃ\u0083Â©-7B", "Café-7B"),
        ("Ã la carte é", "Ã la carte é"),
        ("GPT-4о", "GPT-4o"),
        ("Сlaude-3.5", "Claude-3.5"),
        ("Llаmа-3 7B", "Llama-3 7B"),
        ("Qwen2-72В", "Qwen2-72B"),
        ("Μistral Large", "Mistral Large"),
        ("GPT-4o¹", "GPT-4o"),
        ("GPT-4o 💎", "GPT-4o"),
        ("🤖 Bot", "Bot"),
        ("⚡️ Orion 2", "Orion 2"),
        ("Orion 2 👨‍🔬🎯", "Orion 2"),
        ("Orion (high)²", "Orion (high)"),
        ("Orion¹²", "Orion"),
        ("Orion¹,²", "Orion"),
        ("Orion§", "Orion"),
        ("🥇", ""),
        ("", ""),
    ],
)
def test_badges_and_footnotes_are_removed_from_a_name(text: str, expected: str):
    assert clean_name(text) == expected


@pytest.mark.parametrize(
    "name",
    [
        *(
            "gpt-4o-2024-05-13",
            "Qwen3.5 397B A17B (Reasoning)",
            "Kimi K3__tools",
            "o1-preview",
            "deepseek/deepseek-r1:free",
            "Phi-3.5-MoE",
        ),
        *(
            "claude-3-opus@20240229",
            "GPT-4.1 & Claude",
            "Gödel 7B",
            "通义千问-72B",
            "Яндекс GPT 5",
            "β-VAE",
            "YandexGPT Лайт",
            "Сара 2",
            "GPT-Ω",
            "Сайга 8B",
            "L'Agent",
            "C++ Coder",
            "Llama [beta]",
            "[1]",
            "<think>",
        ),
        *("x_y_z", "#1 Model", "Model (FC)", "Name (a)(b)", "50%-pruned"),
    ],
)
def test_an_ordinary_name_is_left_alone(name: str):
    assert clean_name(name) == name


WORD = st.text(alphabet=st.characters(categories=["Lu", "Ll", "Lo", "Nd"], include_characters="-._:/+"), min_size=1, max_size=12)
ORDINARY = st.lists(WORD, min_size=1, max_size=6).map(lambda words: unicodedata.normalize("NFC", " ".join(words)))


@given(name=ORDINARY, tail=st.sampled_from(["", " (high)", " (Reasoning, Max Effort)", ":free", " v2.1"]))
def test_letters_digits_and_common_signs_always_survive(name: str, tail: str):
    assert clean_name(name + tail) == name + tail


@given(text=st.one_of(st.text(max_size=60), st.text(alphabet=f"ab *[]()1/{BADGES}\u0301\u200b\x1b", max_size=40)))
def test_cleaning_twice_changes_nothing(text: str):
    once = clean_name(text)
    assert clean_name(once) == once
    assert clean_text(clean_text(text)) == clean_text(text)


@given(text=st.text(alphabet=st.characters(), max_size=80))
def test_invisible_characters_are_removed(text: str):
    for cleaned in (clean_name(text), clean_text(text)):
        assert not any(unicodedata.category(sign) in {"Cc", "Cs"} or sign in "\u200b\u202e\u2066\ufeff" for sign in cleaned)
        assert "  " not in cleaned
        cleaned.encode()


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("Gemini 3.1 Pro**5th rank in unseen questions", "5th rank in unseen questions"),
        ("**Kimi K3**", ""),
        ("Kimi **K3** Thinking", ""),
        ("Kimi K3**", ""),
        ("Kimi K3*", ""),
        ("[**Kimi K3**](https://example.invalid)**preview weights", "preview weights"),
        ("", ""),
    ],
)
def test_a_remark_that_is_glued_to_a_name_is_kept(text: str, note: str) -> None:
    assert note_in(text) == note


@pytest.mark.parametrize("text", ["x" * 5000, "[" * 5000, "**a" * 2000, "[[a](/b)" * 900, " " * 5000 + "x", "🥇" * 5000])
def test_a_long_name_is_cut(text: str):
    assert len(clean_name(text)) <= MAX_CHARS
    assert len(clean_text(text)) <= MAX_CHARS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Anthropic  Anthropic", "Anthropic"),
        ("Z AI\n Z AI", "Z AI"),
        ("Yi Yi", "Yi Yi"),
        ("Anthropic  OpenAI", "Anthropic  OpenAI"),
        ("Anthropic", "Anthropic"),
    ],
)
def test_an_organisation_written_twice_is_one(text: str, expected: str):
    assert fold_doubled(text) == expected
