"""Names that were made to hurt: far too long, unseen characters, the other direction, patterns that make regexes slow."""

from __future__ import annotations

import pytest

from tracker.identity import nearest, resolve
from tracker.identity.tokens import LONGEST, clean, tokenize
from tracker.workspace.names import default_lexicon

PLAIN = resolve("Claude Opus 4.5", lexicon=default_lexicon()).model

HOSTILE = [
    "-" * 10_000,
    "1" * 10_000,
    "a1" * 5_000,
    "1." * 5_000,
    "(" * 10_000,
    "claude/" * 1_500,
    ": ".join(["x"] * 3_000),
    "v1-2-" * 2_000,
    "q4_k_" * 2_000,
    "may '" * 2_000,
    "\ufdfa" * LONGEST,
    "\u202eevil",
    "\x00\x01\x02",
    "٣٫٥ نموذج 7B",
    "模型 3.5 72B",
    "İstanbul ǅ ß 7B",
    "1 + 2 + 3 + 4 + 5 + 6 + 7 + 8",
    "+",
    "/",
    ": ",
    "a/",
    "()",
    "[]",
    "=",
    "v",
]


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_name_is_answered(name):
    assert resolve(name, name, name, lexicon=default_lexicon()).name == name


@pytest.mark.parametrize(
    "name",
    [
        "Claude\u200b Opus 4.5",
        "Claude Opus\u00a04.5",
        "\u202aClaude Opus 4.5\u202c",
        "Ｃｌａｕｄｅ Ｏｐｕｓ ４．５",
        "Claude Opus 4.5\ufe0f",
    ],
)
def test_invisible_characters_change_nothing(name):
    assert resolve(name, lexicon=default_lexicon()).model == PLAIN


def test_two_long_names_with_the_same_beginning_differ():
    first, other = (resolve("claude-opus-4-5-" + "x" * LONGEST + end, lexicon=default_lexicon()) for end in "ab")
    assert (first.model, other.model) == (None, None)
    assert "no name" in first.reason


@pytest.mark.parametrize("piece", ["1", "a", "-", "v1.", "1-", "q4-", "2024-", "3x", "e4", "may ", ">1", ".", "1p"])
def test_the_work_grows_no_faster_than_the_name(piece):
    """Counted in tokens and their pieces of text: nothing is read twice."""
    text = clean(piece * 200)
    assert sum(len(token.text) for token in tokenize(text)) <= len(text)


def test_nearest_suggests_only_similar_names():
    known = ("Claude Opus 4.5", "Claude Sonnet 4.5", "GPT-5", "Qwen3 235B A22B", "llama-7b")
    assert nearest("claude opus 45", known)[0] == "Claude Opus 4.5"
    assert nearest("llama-70b", known) == ("llama-7b",)
    assert nearest("zzzz", known) == ()
    assert nearest("", known) == ()
    assert nearest("Claude 4.5", known, most=1) in {("Claude Opus 4.5",), ("Claude Sonnet 4.5",)}
