"""Parity, gains, frontiers, releases and terms on the real boards, against the raw files read by brute force."""

import gzip
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from memory_store import MemoryStore

from tracker import parsers, schedules
from tracker.line import intake
from tracker.model import Event
from tracker.reports.folding import fold
from tracker.stores.archive import FileArchive
from tracker.workspace.names import default_lexicon

pytestmark = pytest.mark.slow

DEFINITIONS = schedules.load(Path(__file__).with_name("schedules"), {name: parsers.options_of(name) for name in parsers.FORMATS})
AA = "artificial-analysis/llms"
KINDS = ("parity", "generation_gain", "frontier", "regime_change", "lifecycle", "release_group")
ERROR = 1.4
Models = Mapping[str, Mapping[str, Any]]


@pytest.fixture(scope="module")
def states(shared_data: Path) -> dict[datetime, Models]:
    """The raw models by id, per state."""
    models_at = {}
    for path in sorted((shared_data / AA).iterdir()):
        at = datetime.strptime(path.name.partition(".")[0], "%Y-%m-%dT%H%M%SZ").replace(tzinfo=UTC)
        models_at[at] = {model["id"]: model for model in json.loads(gzip.decompress(path.read_bytes()))["models"]}
    return models_at


@pytest.fixture(scope="module")
def events(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Event, ...]:
    return season(AA, shared_data, tmp_path_factory.mktemp("captures"))


def season(board: str, shared_data: Path, folder: Path) -> tuple[Event, ...]:
    paths = sorted((shared_data / board).iterdir())
    return intake.import_bodies(
        DEFINITIONS.board(board), paths, archive=FileArchive(folder), store=MemoryStore(), lexicon=default_lexicon()
    ).events


def reported(events: tuple[Event, ...], kind: str) -> list[Event]:
    return [event for event in events if event.kind == kind and event.is_news]


def index_of(model: Mapping[str, Any]) -> float | None:
    """The measured index; an estimate is none."""
    scores, name = model["evaluations"], "artificial_analysis_intelligence_index"
    return None if scores.get(f"{name}_is_estimated") else scores.get(name)


def price_of(model: Mapping[str, Any]) -> float | None:
    return model["pricing"].get("price_1m_output_tokens") or None


def size_of(model: Mapping[str, Any]) -> float | None:
    return (model.get("capabilities") or {}).get("total_parameters")


def cheapest_for_their_score(models: Models) -> set[str]:
    """Nobody is as good for less, or better for as much; brute force."""
    points = {key: (score, cost) for key, model in models.items() if (score := index_of(model)) and (cost := price_of(model))}
    return {
        key
        for key, (score, cost) in points.items()
        if not any(other[0] >= score and other[1] <= cost and other != (score, cost) for other in points.values())
    }


def test_an_entry_reported_on_the_price_frontier_is_on_it_and_was_not_before(events: Any, states: Any):
    times = list(states)
    assert len(reported(events, "frontier")) >= 5
    for event in reported(events, "frontier"):
        before, after = states[times[times.index(event.recorded_at) - 1]], states[event.recorded_at]
        entered = {str(party.entry) for party in event.subjects}
        assert entered <= cheapest_for_their_score(after)
        assert not entered & cheapest_for_their_score(before)
        for entry in entered:
            cut = entry in before and price_of(before[entry]) != price_of(after[entry])
            assert cut or entry not in before or index_of(before[entry]) is None


def test_every_newcomer_on_the_upper_half_of_the_price_frontier_is_reported(events: Any, states: Any):
    announced = {(event.recorded_at, str(party.entry)) for event in reported(events, "frontier") for party in event.subjects}
    for (_, before), (at, after) in list(pairwise(states.items()))[1:]:  # the first pair changes the schema
        scores = sorted(score for entry in after.values() if (score := index_of(entry)))
        for key in cheapest_for_their_score(after) - before.keys():
            assert index_of(after[key]) < scores[len(scores) // 2] or (at, key) in announced


def test_parity_is_within_the_stated_error_of_a_much_larger_or_more_expensive_model(events: Any, states: Any):
    assert len(reported(events, "parity")) >= 5
    for event in reported(events, "parity"):
        after = states[event.recorded_at]
        new, rival = (after[str(parties[0].entry)] for parties in (event.subjects, event.rivals))
        assert abs(index_of(new) - index_of(rival)) <= ERROR
        if event.grade == "size":
            assert size_of(rival) >= 3 * size_of(new)
        else:
            assert price_of(rival) >= 5 * price_of(new)
        better = [
            index_of(entry) for entry in after.values() if entry["name"].partition(" (")[0] == rival["name"].partition(" (")[0]
        ]
        assert max(score for score in better if score) == index_of(rival)


def test_gains_are_the_differences_of_the_published_indices(events: Any, states: Any):
    assert len(reported(events, "generation_gain")) >= 8
    for event in reported(events, "generation_gain"):
        after = states[event.recorded_at]
        new, old = (after[str(parties[0].entry)] for parties in (event.subjects, event.rivals))
        assert event.facts["gains"]["intelligence"]["gain"] == pytest.approx(index_of(new) - index_of(old), abs=1e-9)
        assert abs(index_of(new) - index_of(old)) > ERROR
        assert new["creator"]["name"] == old["creator"]["name"]
        assert new["release_date"] is None or old["release_date"] is None or new["release_date"] > old["release_date"]


def test_the_founding_gains_over_the_generation_before_are_found(events: Any):
    gains = {(event.subjects[0].name, event.rivals[0].name) for event in reported(events, "generation_gain")}
    assert gains >= {
        ("Qwen3.6 35B A3B (Reasoning)", "Qwen3.5 35B A3B (Reasoning)"),
        ("GPT-5.5 (xhigh)", "GPT-5.4 (xhigh)"),
        ("Claude Opus 4.8 (Adaptive Reasoning, Max Effort)", "Claude Opus 4.7 (Adaptive Reasoning, Max Effort)"),
    }


NEWEST = [
    ("arena-catalog/leaderboard-text", "gemini-2.5-flash-preview-04-17", "gemini-2.0-flash-001"),
    ("arena-catalog/leaderboard-vision", "claude-3-7-sonnet-20250219", "claude-3-5-sonnet-20241022"),
    ("livebench/table_2024_11_25", "llama-3.3-70b-instruct-turbo", "meta-llama-3.1-70b-instruct-turbo"),
]


@pytest.mark.parametrize(("board", "newcomer", "before"), NEWEST)
def test_a_gain_is_over_the_newest_of_the_generation_before(
    board: str, newcomer: str, before: str, shared_data: Path, tmp_path: Path
):
    gains = reported(season(board, shared_data, tmp_path), "generation_gain")
    assert (newcomer, before) in {(event.subjects[0].name, event.rivals[0].name) for event in gains}


UNSURE = [
    ("llm-leaderboard-csv/lmsys", ("Gemini-1.5-Pro-Exp-0801", "Gemini-2.0-Flash-Exp", "Llama-3.3-70B-Instruct")),
    ("livebench/table_2024_11_25", ("gemini-2.0-flash-exp",)),
    ("ceps/aa_models_leaderboard", ("GLM-5",)),
    ("ceps/lmarena_text_leaderboard", ("qwen3.5-122b-a10b",)),
    ("arena-catalog/mt-bench-table", ("GPT-4-Turbo",)),
    ("alpaca-eval/v1-gpt4", ("gpt4_turbo",)),
]


@pytest.mark.parametrize(("board", "newcomers"), UNSURE)
def test_without_a_clear_predecessor_no_gain_is_reported(
    board: str, newcomers: tuple[str, ...], shared_data: Path, tmp_path: Path
):
    gains = [event for event in season(board, shared_data, tmp_path) if event.kind == "generation_gain"]
    is_news = {event.subjects[0].name: event.is_news for event in gains if event.subjects[0].name in newcomers}
    assert is_news == dict.fromkeys(newcomers, False)


def test_a_model_under_another_key_is_not_a_release_and_names_are_as_published(shared_data: Path, tmp_path: Path):
    old, new = (
        reported(season(board, shared_data, tmp_path / board), "release_group")
        for board in ("arena-catalog/mt-bench-table", "llm-leaderboard-csv/lmsys")
    )
    assert old
    assert "2024-02-02" not in {f"{event.recorded_at:%Y-%m-%d}" for event in old}
    (yi,) = [event for event in new if "Yi-Lightning" in event.headline]
    assert yi.headline.startswith("01.AI's Yi-Lightning enters ")


def test_an_entry_that_leaves_the_frontier_is_no_better_and_no_cheaper_than_one_that_enters(events: Any, states: Any):
    pairs = 0
    for event in reported(events, "frontier"):
        after = states[event.recorded_at]
        for gone in (after[str(party.entry)] for party in event.rivals):
            entering = [after[str(party.entry)] for party in event.subjects]
            assert any(index_of(newcomer) >= index_of(gone) and price_of(newcomer) <= price_of(gone) for newcomer in entering)
            pairs += 1
    assert pairs >= 5


def test_weights_reported_as_opened_were_listed_as_closed_before_and_never_as_open(events: Any, states: Any):
    expected = set()
    seen: dict[str, set[object]] = {}
    for at, models in states.items():
        for key, model in models.items():
            now = (model.get("open_weights") or {}).get("is_open_weights")
            if now is True and seen.get(key) == {False}:
                expected.add((at, key))
            if now is not None:
                seen.setdefault(key, set()).add(now)
    opened = [event for event in reported(events, "lifecycle") if event.grade == "weights_opened"]
    assert {(event.recorded_at, str(party.entry)) for event in opened for party in event.subjects} == expected


def test_every_reported_deprecation_happened_that_day(events: Any, states: Any):
    expected = {
        (at, key)
        for (_, before), (at, after) in pairwise(states.items())
        for key in before.keys() & after.keys()
        if before[key].get("deprecated") is False and after[key].get("deprecated") is True
    }
    deprecated = [event for event in reported(events, "lifecycle") if event.grade == "deprecated"]
    assert {(event.recorded_at, str(party.entry)) for event in deprecated for party in event.subjects} == expected


def test_siblings_of_a_release_are_of_one_creator_and_were_not_there_before(events: Any, states: Any):
    times = list(states)
    assert len(reported(events, "release_group")) >= 5
    for event in reported(events, "release_group"):
        before, after = states[times[times.index(event.recorded_at) - 1]], states[event.recorded_at]
        keys = [str(party.entry) for party in event.subjects]
        assert len({after[key]["creator"]["name"] for key in keys}) == 1
        assert not set(keys) & before.keys()


def test_on_the_median_day_with_news_these_kinds_add_at_most_two_stories(events: Any):
    added = []
    for at in sorted({event.recorded_at for event in events if event.is_news}):
        day = [event for event in events if event.is_news and event.recorded_at == at]
        added.append(len(fold(day)) - len(fold(event for event in day if event.kind not in KINDS)))
    assert sorted(added)[len(added) // 2] <= 2
