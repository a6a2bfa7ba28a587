"""An article is split into sentences; markdown is read as its words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.claims.sentences import split

TEXTS = {
    "A 3.5 beats B 4.1. C trails D!": ["A 3.5 beats B 4.1.", "C trails D!"],
    "A beats B vs. C. gpt-4 trails": ["A beats B vs. C.", "gpt-4 trails"],
    "# A beats B\n\nC trails D\nin coding": ["A beats B", "C trails D in coding"],
    "- **A** beats [B](https://b.example/x)\n- `C` trails D": ["A beats B", "C trails D"],
    "> A beats B\n\n1. C\n2. D": ["A beats B", "C", "D"],
    "- A. B\n\nC": ["A.", "B", "C"],
    "```\nA beats B\n```\nC trails D": ["C trails D"],
    "A beats B\n---\nC": ["A beats B", "C"],
    "<p>A beats B</p>": ["A beats B"],
    "": [],
}


@pytest.mark.parametrize(("text", "sentences"), TEXTS.items())
def test_markdown_is_read_as_sentences(text: str, sentences: list[str]):
    assert list(split(text)) == sentences


@given(st.text(alphabet=" ab.*_`[](){}<>#-\n!?0", max_size=200))
def test_no_letter_of_running_text_is_lost(text: str):
    """Only markup may go: code, addresses, tags."""
    if not set("`<[#~") & set(text):
        kept = "".join(split(text))
        assert [letter for letter in kept if letter in "ab"] == [letter for letter in text if letter in "ab"]
