"""Which entries a name means: the same model, or that very name, or the line it states; never more than it states."""

from __future__ import annotations

from dataclasses import replace

import kit
import pytest
from hypothesis import given
from hypothesis import strategies as st
from models_world import Record, who

from tracker.model import BoardId, EntryId, Identity
from tracker.query.find import BoardAt, Found, MatchKind, agrees, matching, meant, remembered, states, suggestions
from tracker.workspace.names import default_lexicon

QWEN = {"lab": "Alibaba", "family": "Qwen", "generation": "3.5"}
MODELS = {
    "q397": who("qwen-3.5-397b-a17b", **QWEN, size_total_b=397.0, size_active_b=17.0, reasoning="on"),
    "q397n": who("qwen-3.5-397b-a17b", **QWEN, size_total_b=397.0, size_active_b=17.0, reasoning="off"),
    "q9": who("qwen-3.5-9b", **QWEN, size_total_b=9.0),
    "q3": who("qwen-3-14b", **(QWEN | {"generation": "3"}), size_total_b=14.0),
    "gpt4": who("gpt-4", lab="OpenAI", family="GPT", generation="4"),
    "moving": who(None, lab="OpenAI", family="GPT"),
}
NAMES = {
    "q397": "Qwen3.5 397B (Reasoning)",
    "q397n": "Qwen3.5 397B",
    "q9": "Qwen3.5 9B",
    "q3": "Qwen3 14B",
    "gpt4": "GPT-4",
    "moving": "chatgpt-latest",
}


def state(board: str = "made/board", keys: str = "q397 q397n q9 q3 gpt4 moving") -> BoardAt:
    shown = kit.snapshot(" ".join(f"{key}:5" for key in keys.split()), names=NAMES, who=MODELS)
    return BoardAt(board=replace(kit.board(), id=BoardId(board)), snapshot=replace(shown, board=BoardId(board)))


def found(name: str, means: Identity, *boards: BoardAt) -> Found:
    return matching(name, means, boards or (state(),))


def keys(found: Found) -> list[str]:
    return [listed.entry.id for listed in found.entries]


def test_the_same_model_is_found_in_all_its_variants_on_all_boards():
    match = found("qwen 397", who("qwen-3.5-397b-a17b", **QWEN), state(), state("other/board", "q397 gpt4"))
    assert (match.way, keys(match)) == (MatchKind.MODEL, ["q397", "q397n", "q397"])
    assert {board: len(entries) for board, entries in match.by_board.items()} == {"made/board": 2, "other/board": 1}


def test_an_unsure_name_is_found_only_by_its_spelling_or_its_key():
    assert keys(found("ChatGPT Latest", who(None, lab="OpenAI", family="GPT"))) == ["moving"]
    assert (found("moving", who(None)).way, keys(found("moving", who(None)))) == (MatchKind.NAME, ["moving"])


def test_a_bare_name_means_the_snapshots_of_that_product_if_no_entry_has_it():
    whos = {
        "bare": who(None, lab="OpenAI", family="GPT", generation="4o"),
        "may": who("gpt-4o-0513", lab="OpenAI", family="GPT", generation="4o", date="2024-05"),
        "chat": who(None, lab="OpenAI", family="GPT", generation="4o"),
        "mini": who("gpt-4o-mini", lab="OpenAI", family="GPT", generation="4o", tier="mini"),
    }
    names = {"bare": "GPT-4o", "may": "GPT-4o (May '24)", "mini": "GPT-4o mini", "chat": "chatgpt-4o-latest"}

    def board(name: str, text: str) -> BoardAt:
        return BoardAt(board=replace(kit.board(), id=BoardId(name)), snapshot=kit.snapshot(text, names=names, who=whos))

    match = found("gpt-4o", whos["bare"], board("a/a", "bare:1 may:2"), board("b/b", "may:2 mini:3 chat:4"))
    assert (match.way, keys(match)) == (MatchKind.NAME, ["bare", "may"])
    assert {name: [listed.entry.id for listed in entries] for name, entries in match.by_board.items()} == {
        "a/a": ["bare"],
        "b/b": ["may"],
    }


def test_a_former_bare_name_does_not_hide_the_newer_snapshot():
    """The June entry was called by the plain name before there were two; now neither is."""
    line = {"lab": "Lunar", "family": "Mirth", "generation": "3", "tier": "mid"}
    whos = {"june": who(None, **line, date="2024-06"), "october": who(None, **line, date="2024-10")}
    names = {"june": "Mirth 3 Mid (June)", "october": "Mirth 3 Mid (October)"}
    shown = kit.snapshot("june:1 october:2", names=names, who=whos)
    board = BoardAt(board=kit.board(), snapshot=shown, names={EntryId("june"): frozenset({"Mirth 3 Mid"})})
    match = found("Mirth 3 Mid", who(None, **line), board)
    assert (match.way, keys(match)) == (MatchKind.NAME, ["june", "october"])
    assert keys(found("Mirth 3 Mid (June)", who(None, **line, date="2024-06"), board)) == ["june"]


def test_a_name_in_front_of_brackets_is_found_if_nothing_else_is():
    board = BoardAt(board=kit.board(), snapshot=kit.snapshot("a:1", names={"a": "Banjo Pro (Mirth 3 Image)"}))
    assert keys(found("banjo pro", who(None), board)) == ["a"]
    assert keys(found("banjo", who(None), board)) == []


def test_an_entry_of_that_very_name_is_not_its_line():
    """A lab before a colon is not a part of the name: the plain product is listed, and the small one is another."""
    line = {"lab": "Lunar", "family": "Mirth", "generation": "3"}
    whos = {"plain": who("mirth-3", **line), "nano": who("mirth-3-nano", **line, tier="nano")}
    names = {"plain": "Lunar: Mirth 3", "nano": "Lunar: Mirth 3 Nano"}
    board = BoardAt(board=kit.board(), snapshot=kit.snapshot("plain:1 nano:2", names=names, who=whos))
    assert keys(meant("Mirth 3", whos["plain"], [board])) == ["plain"]


def test_a_line_is_all_that_agrees_with_what_the_name_states():
    match = found("Qwen3.5", who(None, **QWEN))
    assert (match.way, keys(match)) == (MatchKind.LINE, ["q397", "q397n", "q9"])
    assert keys(found("Qwen", who(None, lab="Alibaba", family="Qwen"))) == ["q397", "q397n", "q9", "q3"]
    assert keys(found("Qwen3.5 reasoning", who(None, **QWEN, reasoning="on"))) == ["q397"]


def test_a_size_that_is_not_listed_does_not_mean_the_other_sizes():
    match = found("Qwen3.5 72B", who("qwen-3.5-72b", **QWEN, size_total_b=72.0))
    assert (match.way, match.entries) == (MatchKind.NOT, ())
    assert {listed.entry.id for listed in match.line} == {"q397", "q397n", "q9"}
    assert set(suggestions(match, (state(),))) == {"Qwen3.5 397B (Reasoning)", "Qwen3.5 397B", "Qwen3.5 9B"}


def test_a_name_that_is_not_found_has_suggestions_that_look_like_it():
    match = found("Qwen3.5 9C", who(None))
    assert (match.way, match.nearest[0]) == (MatchKind.NOT, "Qwen3.5 9B")
    assert found("", who(None)).way is MatchKind.NOT


@pytest.mark.parametrize("lab", ["", "Alibaba"])
def test_an_unknown_lab_is_not_another_lab(lab):
    assert keys(found("Qwen3.5", who(None, family="qwen", generation="3.5", lab=lab))) == ["q397", "q397n", "q9"]
    assert found("Qwen3.5", who(None, family="Qwen", lab="Elsewhere")).way is MatchKind.NOT


FLAGS = st.fixed_dictionaries(
    {},
    optional={
        "size_total_b": st.sampled_from([9.0, 72.0]),
        "tier": st.sampled_from(["mini", "pro"]),
        "reasoning": st.sampled_from(["on", "off", "unspecified"]),
        "date": st.sampled_from(["2025-05", "2026-01"]),
        "preview": st.booleans(),
    },
)


@given(FLAGS, FLAGS)
def test_a_model_agrees_if_it_has_everything_that_is_stated(mine, theirs):
    nothing = {"reasoning": "unspecified", "preview": False}
    stated = {key: value for key, value in mine.items() if value != nothing.get(key)}
    assert agrees(Identity(**mine), Identity(**theirs)) == (stated.items() <= (nothing | theirs).items())
    assert agrees(Identity(), Identity(**theirs))


# ── what the store remembers ─────────────────────────────────────────────────────────────────────


def test_states_are_the_last_accepted_ones_or_those_of_a_day():
    of = Record(kit.SCORE)
    of.show("a:1 b:2")
    of.show("a:3")
    (now,) = states(of.store, lexicon=default_lexicon())
    (then,) = states(of.store, at=kit.START, lexicon=default_lexicon())
    assert ([*now.snapshot.entries], [*then.snapshot.entries]) == (["a"], ["a", "b"])
    assert states(of.store, at=kit.START.replace(year=2020), lexicon=default_lexicon()) == ()
    assert all(entry.who.name == entry.name for entry in now.snapshot.entries.values())


def test_departed_entries_are_remembered_as_they_were_last_seen():
    of = Record(kit.SCORE)
    for text in ("a:1 b:2 c:9", "a:1 b:3 c:9", "a:1 c:9", "a:1 c:9", "A:1 c:9"):
        of.show(text)
    (whole,) = remembered(of.store, states(of.store, lexicon=default_lexicon()), lexicon=default_lexicon())
    assert {key: entry.measures["score"].value for key, entry in whole.snapshot.entries.items()} == {"A": 1, "b": 3, "c": 9}
