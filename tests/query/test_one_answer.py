"""One name, one answer: every command means the same entries by the same spelling."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import kit
import pytest

from tracker.claims._records import Mention
from tracker.claims.record import Record
from tracker.compare import compare
from tracker.errors import DeclarationError
from tracker.events.detecting import advance, detect
from tracker.identity import resolve_models
from tracker.model import BoardId, BoardState, Check, Result, Step
from tracker.ports import Store
from tracker.query.find import remembered, states
from tracker.stores.sqlite import SqliteStore
from tracker.watches.matching import chosen, pattern
from tracker.workspace import Settings
from tracker.workspace.api import Workspace
from tracker.workspace.names import default_lexicon

ARENA = {
    "claude-opus-4-6-thinking": "claude-opus-4-6-thinking",
    "claude-opus-4-6": "claude-opus-4-6",
    "gpt-5.4-high": "gpt-5.4-high",
    "gpt-4o-2024-05-13": "gpt-4o-2024-05-13",
    "gpt-4o-mini-2024-07-18": "gpt-4o-mini-2024-07-18",
    "chatgpt-4o-latest-20250326": "chatgpt-4o-latest-20250326",
    "qwen3.5-397b-a17b": "qwen3.5-397b-a17b",
    "qwen3-14b": "qwen3-14b",
    "llama-3-70b-instruct": "llama-3-70b-instruct",
    "deepseek-v3.2-thinking": "deepseek-v3.2-thinking",
    "gemini-3-pro": "gemini-3-pro",
    "kimi-k2.5-thinking": "kimi-k2.5-thinking",
}
INDEX = {
    "u1": "Claude Opus 4.6 (max)",
    "u2": "Claude Opus 4.6",
    "u3": "GPT-5.4 (high)",
    "u4": "GPT-5.4 (low)",
    "u5": "GPT-4o (May '24)",
    "u6": "GPT-4o mini",
    "u7": "Qwen3.5 397B A17B (Reasoning)",
    "u8": "Qwen3.5 9B (Reasoning)",
    "u9": "Qwen3 14B (Reasoning)",
    "u10": "Llama 3 Instruct 70B",
    "u11": "DeepSeek V3.2 (Reasoning)",
    "u12": "Gemini 3 Pro Preview (high)",
    "u13": "Kimi K2.5 (Reasoning)",
    "u14": "Claude Sonnet 4.6",
}
SPELLINGS = """
Claude Opus 4.6|claude-opus-4-6|claude opus 4.6|CLAUDE OPUS 4.6|Claude 4.6 Opus|anthropic/claude-opus-4.6|claude-opus-4-6-thinking
Opus 4.6|Claude Opus 4.6 (max)|Claude Opus 4.6 Thinking|Claude Sonnet 4.6|claude-sonnet-4-6|Sonnet 4.6|Claude 4.6|Claude
GPT-5.4|gpt 5.4|gpt-5.4|GPT5.4|openai/gpt-5.4|GPT-5.4 (high)|gpt-5.4-high|GPT-5.4 high|GPT-5.4 (low)|GPT-5.4 low|GPT-5.4 (medium)
GPT-5|gpt-5.4-mini|GPT-4o|gpt-4o|GPT 4o|gpt4o|GPT-4o (May '24)|gpt-4o-2024-05-13|GPT-4o mini|gpt-4o-mini|gpt-4o-mini-2024-07-18
chatgpt-4o-latest|ChatGPT-4o|chatgpt-4o-latest-20250326|GPT-4|gpt-4-turbo|OpenAI GPT-4o|GPT-4o (Aug '24)|GPT
Qwen3.5|qwen 3.5|Qwen 3.5|Qwen3.5 397B|qwen3.5-397b-a17b|Qwen3.5 397B A17B|Qwen3.5-397B-A17B|Qwen/Qwen3.5-397B-A17B|Qwen3.5 9B
qwen3.5-9b|Qwen3.5 72B|Qwen3.5 14B|Qwen3|Qwen3 14B|qwen3-14b|Qwen 3 14B|Qwen3-14B|Qwen3 32B|Qwen2.5|Qwen|Alibaba Qwen3.5
Llama 3|llama-3-70b-instruct|Llama 3 70B|Meta-Llama-3-70B-Instruct|meta-llama/Llama-3-70B-Instruct|llama3 70b|Llama 3 Instruct 70B
Llama 3 8B|Llama 3.1 70B|Llama|DeepSeek V3.2|deepseek-v3.2|DeepSeek-V3.2|deepseek v3.2 thinking|DeepSeek V3.2 (Reasoning)|DeepSeek
DeepSeek V3|Gemini 3 Pro|gemini-3-pro|Gemini 3 Pro Preview|google/gemini-3-pro|Gemini 3|Gemini 3 Flash|Gemini|Kimi K2.5|kimi-k2.5
Kimi K2.5 Thinking|moonshotai/Kimi-K2.5|Kimi K2|Kimi K3|Kimi|u1|u13|nobody|\u202ekimi|🙂
"""
NAMES = [name for line in SPELLINGS.strip().splitlines() for name in line.split("|")]


def fill(store: Store) -> None:
    """Two boards that call the same models by other names; each has been read twice, and the first lost an entry."""
    names = default_lexicon()
    for board, entries in (("arena/text", ARENA), ("index/llms", INDEX)):
        declared = replace(kit.board(), id=BoardId(board))
        store.declare(declared)
        before, past = None, BoardState()
        for day in range(2):
            listed = [key for key in entries if key != "kimi-k2.5-thinking" or day == 0]
            shown = kit.snapshot(" ".join(f"{key}:{90 - at}" for at, key in enumerate(listed)), day=day, names=entries)
            after = resolve_models(replace(shown, board=declared.id), names)
            diff = compare(declared, before, after)
            detected = detect(diff, past)
            past = advance(past, diff, detected)
            check = Check(board=declared.id, observed_at=after.observed_at, result=Result.ACCEPTED, url=after.url)
            store.save(Step(check=check, past=past, diff=diff, events=detected.events))
            before = after


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder = tmp_path_factory.mktemp("snapshots")
    with SqliteStore(folder / "tracker.db") as store:
        fill(store)
    with Workspace(Settings(store=folder, schedules=folder)) as opened:
        yield opened


Places = set[tuple[str, str]]


def of_history(name: str, workspace: Workspace) -> Places:
    try:
        return {(course.board, course.entry) for course in workspace.history(name)}
    except DeclarationError:
        return set()


def of_standings(name: str, workspace: Workspace) -> Places:
    places: Places = set()
    for board in workspace.boards():
        with suppress(DeclarationError):
            places |= {(board.id, row.entry) for row in workspace.standings(board.id, model=name)}
    return places


def of_models(name: str, workspace: Workspace) -> Places:
    found = workspace.models(name)
    return {(place.board, place.entry) for card in found for place in card.places}


def of_why_not(name: str, workspace: Workspace) -> Places:
    try:
        return {(board, listed.entry.id) for board, rows in workspace.find(name).by_board.items() for listed in rows}
    except DeclarationError:
        return set()


def of_check(name: str, workspace: Workspace) -> Places:
    store = workspace.store
    record = Record(store=store, states=states(store, lexicon=default_lexicon()), lexicon=default_lexicon())
    mention = Mention(text=name, name=name)
    return {(state.board.id, entry) for state in record.states for entry in record.ever_on(state, mention)}


def of_watch(name: str, workspace: Workspace) -> Places:
    store = workspace.store
    everything = remembered(store, states(store, lexicon=default_lexicon()), default_lexicon())
    pages = [(state.board, state.snapshot) for state in everything]
    return {(board.id, entry) for board, page in pages for entry in chosen([pattern(name, default_lexicon())], board, page)}


def test_there_are_a_hundred_spellings():
    assert len(set(NAMES)) == len(NAMES) >= 100


@pytest.mark.parametrize("name", NAMES)
def test_a_spelling_means_the_same_entries_to_every_command(name: str, workspace: Workspace):
    answers = {ask.__name__: sorted(ask(name, workspace)) for ask in (of_history, of_models, of_why_not, of_check, of_watch)}
    assert answers == dict.fromkeys(answers, answers["of_models"])
    assert of_standings(name, workspace) == set(answers["of_models"]) - {("arena/text", "kimi-k2.5-thinking")}, "it has left"


@pytest.mark.parametrize(
    ("name", "entries"),
    [
        ("Claude Opus 4.6", "claude-opus-4-6 claude-opus-4-6-thinking u1 u2"),
        ("GPT-5.4 high", "gpt-5.4-high u3"),
        ("GPT-4o", "gpt-4o-2024-05-13 u5"),
        ("gpt-4o-2024-05-13", "gpt-4o-2024-05-13 u5"),
        ("GPT-4o mini", "gpt-4o-mini-2024-07-18 u6"),
        ("Qwen3.5 72B", ""),
        ("Qwen3 14B", "qwen3-14b u9"),
        ("Kimi K2.5", "kimi-k2.5-thinking u13"),
        ("GPT-4", ""),
    ],
)
def test_a_name_means_that_model_and_no_other(name: str, entries: str, workspace: Workspace):
    assert sorted(entry for _, entry in of_models(name, workspace)) == entries.split()
