"""The steps of the grammar, each by itself: tokens, dates, sizes, runs of numbers."""

from __future__ import annotations

import pytest

from tracker.identity import dates, sizes
from tracker.identity.dates import Date
from tracker.identity.slots import joined
from tracker.identity.tokens import clean, split, tokenize


def pieces(name: str) -> list[tuple[str, str]]:
    return [(token.kind, token.text) for token in tokenize(split(clean(name))[1])]


@pytest.mark.parametrize(
    ("text", "date", "mark"),
    [
        ("20250514", Date(2025, 5, 14), "0514"),
        ("2025-05-14", Date(2025, 5, 14), "0514"),
        ("251201", Date(2025, 12, 1), "1201"),
        ("26-01-10", Date(2026, 1, 10), "0110"),
        ("0514", Date(None, 5, 14), "0514"),
        ("v0613", Date(None, 6, 13), "0613"),
        ("05-14", Date(None, 5, 14), "0514"),
        ("03/14", Date(None, 3, 14), "0314"),
        ("2507", Date(2025, 7), "2507"),
        ("24/02", Date(2024, 2), "2402"),
        ("25.01", Date(2025, 1), "2501"),
        ("2024-07", Date(2024, 7), "2407"),
        ("202411", Date(2024, 11), "2411"),
        ("08-2024", Date(2024, 8), "2408"),
        ("may '25", Date(2025, 5), "2505"),
        ("may' 25", Date(2025, 5), "2505"),
        ("sept 2024", Date(2024, 9), "2409"),
        ("june-24", Date(2024, 6, None, 24), "2406"),
        ("sep", Date(None, 9), "m09"),
    ],
)
def test_a_date_in_every_form(text, date, mark):
    assert pieces(f"model {text}")[1] in (("date", text), ("month", text))
    assert dates.read(text) == date
    assert date.mark == mark


@pytest.mark.parametrize(
    ("first", "other", "agree"),
    [
        (Date(2025, 5, 28), Date(None, 5, 28), True),
        (Date(2025, 5, 28), Date(2025, 5), True),
        (Date(2025, 5, 28), Date(None, 5), True),
        (Date(2025, 5, 28), Date(2024, 5), False),
        (Date(2025, 5, 28), Date(None, 5, 14), False),
        (Date(2024, 8, 6), dates.read("08-24"), True),
        (Date(2025, 8, 24), dates.read("08-24"), True),
        (Date(2025, 8, 6), dates.read("08-24"), False),
    ],
)
def test_dates_agree_when_they_can_be_one_day(first, other, agree):
    assert first.agrees(other) is agree
    assert other.agrees(first) is agree


@pytest.mark.parametrize(
    ("first", "other", "beside"),
    [
        (Date(2026, 2, 15), Date(2026, 2, 16), True),
        (Date(2025, 12, 31), Date(2026, 1, 1), True),
        (Date(2026, 2, 15), Date(2026, 2, 15), False),
        (Date(2026, 2, 15), Date(2026, 2, 17), False),
        (Date(None, 2, 15), Date(None, 2, 16), False),
        (Date(2026, 2, 30), Date(2026, 2, 28), False),
    ],
)
def test_whole_dates_a_day_apart_are_adjacent(first, other, beside):
    assert first.is_beside(other) is beside
    assert other.is_beside(first) is beside


@pytest.mark.parametrize(
    ("text", "total", "active"),
    [
        ("72B", 72, None),
        ("0.8b", 0.8, None),
        ("350M", 0.35, None),
        ("2.4T", 2400, None),
        ("8x7B", 56, None),
        ("A22B", None, 22),
        ("E4B", None, 4),
        ("17B-128E", None, 17),
        ("30B A3B", 30, 3),
        ("235B-A22B", 235, 22),
        ("1b-a400m", 1, 0.4),
        ("-1_6b", 1.6, None),
    ],
)
def test_a_size_in_every_form(text, total, active):
    pieces = tokenize(clean(text))
    experts = any(token.kind == "experts" for token in pieces)
    size = sizes.UNSTATED
    for token in pieces:
        if token.kind != "experts":
            size = size.joined(sizes.read(token.kind, token.text, experts=experts))
    assert (size.total, size.active) == (total, active)


@pytest.mark.parametrize("text", ["128k", "1M context", "q4_0", "2507", "fp8", "16e", "1080p", "8192", "4o", "v3"])
def test_other_tokens_are_not_sizes(text):
    assert not {"size", "active", "mixture"} & {kind for kind, _ in pieces(f"model {text}")}


@pytest.mark.parametrize(
    ("text", "generations", "read"),
    [
        ("x-3-5", (), ["3.5"]),
        ("x-3-5-8b", (), ["3.5", "8b"]),
        ("x-3-5-0-8b", (), ["3.5", "0.8b"]),
        ("x-3-8b", (), ["3", "8b"]),
        ("x-0-6b", (), ["0.6b"]),
        ("x-1-5b", (), ["1.5b"]),
        ("x-2-12-7b", (), ["2", "12.7b"]),
        ("x-2-6b", (), ["2", "6b"]),
        ("x-2-2-6b", ("2",), ["2", "2.6b"]),
        ("x-2-2-6b", ("2.2",), ["2.2", "6b"]),
        ("x-35", ("3.5",), ["3.5"]),
        ("x-35", (), ["35"]),
        ("x-m2p5", (), ["2.5"]),
        ("x-4-20-0309", ("4.20",), ["4.20", "0309"]),
        ("x-02-3", (), ["02", "3"]),
        ("x-v0-1", (), ["v0.1"]),
    ],
)
def test_numbers_split_by_dashes_are_joined(text, generations, read):
    pieces = joined(tokenize(text), {generation: generation for generation in generations})
    assert [token.text for token in pieces if token.kind != "word"] == read


@pytest.mark.parametrize(
    ("name", "prefixes", "body", "path"),
    [
        ("openrouter/meta-llama/llama-3-8b", ("openrouter", "meta-llama"), "llama-3-8b", True),
        ("us.anthropic.claude-3-haiku-20240307-v1:0", ("anthropic",), "claude-3-haiku-20240307", False),
        ("Meta: Llama 3 8B", ("meta",), "llama 3 8b", False),
        ("ollama/yi-coder:9b", ("ollama",), "yi-coder:9b", True),
        ("GPT-4 (03/14)", (), "gpt-4 (03/14)", False),
        ("openai/hf:01-ai/Yi-9B", ("openai", "hf", "01-ai"), "yi-9b", True),
        ("Command R+", (), "command r-plus", False),
    ],
)
def test_prefixes_are_split_off(name, prefixes, body, path):
    assert split(clean(name)) == (prefixes, body, path)
