"""Which labs passed which, and who came to lead which class, on a real board: counted from the raw files, against what is told.

Nothing of the tracker works in the expected half of a test; labs are the creators that the publisher states.
"""

import gzip
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from memory_store import MemoryStore

from tracker import parsers, schedules
from tracker.line import intake
from tracker.model import Event
from tracker.stores.archive import FileArchive
from tracker.workspace.names import default_lexicon

pytestmark = pytest.mark.slow

DEFINITIONS = schedules.load(Path(__file__).with_name("schedules"), {name: parsers.options_of(name) for name in parsers.FORMATS})
BOARD, INDEX, ERROR = "artificial-analysis/llms", "artificial_analysis_intelligence_index", 1.4
Models = Mapping[str, Mapping[str, Any]]


@pytest.fixture(scope="module")
def states(shared_data: Path) -> list[tuple[datetime, Models]]:
    return [(_at(path), _models(path)) for path in sorted((shared_data / BOARD).iterdir())]


@pytest.fixture(scope="module")
def events(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Sequence[Event]:
    archive = FileArchive(tmp_path_factory.mktemp("captures"))
    paths = sorted((shared_data / BOARD).iterdir())
    return intake.import_bodies(
        DEFINITIONS.board(BOARD), paths, archive=archive, store=MemoryStore(), lexicon=default_lexicon()
    ).events


def _at(path: Path) -> datetime:
    return datetime.strptime(path.name.partition(".")[0], "%Y-%m-%dT%H%M%SZ").replace(tzinfo=UTC)


def _models(path: Path) -> Models:
    return {model["id"]: model for model in json.loads(gzip.decompress(path.read_bytes()))["models"]}


def measured(models: Models) -> dict[str, float]:
    """The index of each entry that has one; an estimate is none."""
    values = {key: model["evaluations"] for key, model in models.items()}
    return {
        key: value[INDEX]
        for key, value in values.items()
        if value.get(INDEX) is not None and not value.get(f"{INDEX}_is_estimated")
    }


def best_of_labs(models: Models) -> dict[str, tuple[float, str]]:
    bests: dict[str, tuple[float, str]] = {}
    for key, value in measured(models).items():
        lab = models[key].get("creator", {}).get("name") or models[key]["model_creator"]["name"]
        bests[lab] = max(bests.get(lab, (0.0, "")), (value, key))
    return bests


def passes(before: Models, after: Models) -> Iterator[tuple[str, str]]:
    """(best entry of the riser, best entry of the rival): beyond the error, by an entry, over a lab that stays in the top ten."""
    had, has = best_of_labs(before), best_of_labs(after)
    were, are = (sorted(bests, key=lambda lab: -bests[lab][0])[:10] for bests in (had, has))
    ten = {lab for lab in were if lab in are}
    for riser, (value, key) in has.items():
        for rival in ten:
            was_above = riser in had and had[riser][0] > had[rival][0]
            if (
                rival in has
                and rival != riser
                and not was_above
                and value > has[rival][0] + ERROR
                and key not in measured(before)
            ):
                yield key, has[rival][1]


def test_the_labs_reported_to_pass_others_are_those_whose_best_did(states: Any, events: Sequence[Event]):
    expected: dict[datetime, set[tuple[str, str]]] = {}
    for (_, before), (at, after) in pairwise(states):
        if passed_pairs := set(passes(before, after)):
            expected[at] = passed_pairs
    reported: dict[datetime, set[tuple[str, str]]] = {}
    for event in events:
        if event.kind == "line_overtake" and event.is_news and event.metric == "intelligence" and event.facts["level"] == "lab":
            names = {party.name: party.entry for party in event.rivals}
            rivals = [names[rival["passed"]] for rival in event.facts["rivals"] if rival["told"]]
            reported.setdefault(event.recorded_at, set()).update((event.subjects[0].entry, rival) for rival in rivals)
    assert reported == expected
    assert sum(map(len, expected.values())) > 20


def classes(model: Mapping[str, Any]) -> Iterator[str]:
    size, price = (model.get("capabilities") or {}).get("total_parameters"), model["pricing"].get("price_1m_output_tokens")
    if (model.get("open_weights") or {}).get("is_open_weights"):
        yield "open"
    if size:
        yield from (f"size<={bound}" for bound in (4, 15, 40, 80) if (size / 1e9 if size > 1e6 else size) <= bound)
    if price:
        yield from (f"price<={bound}" for bound in (0.5, 2, 10) if price <= bound)


def rounded_down(models: Models, name: str) -> list[str]:
    """The models that are of a size class by their names, but not by their exact sizes."""
    if not name.startswith("size<="):
        return []
    bound = float(name.removeprefix("size<="))
    stated = {key: re.search(r"\b(\d+(?:\.\d+)?)B\b", models[key]["name"]) for key in measured(models)}
    return [key for key, size in stated.items() if size and float(size[1]) <= bound and name not in classes(models[key])]


def leaders(models: Models) -> dict[str, tuple[float, str]]:
    best: dict[str, tuple[float, str]] = {}
    for key, value in measured(models).items():
        for name in classes(models[key]):
            best[name] = max(best.get(name, (0.0, "")), (value, key))
    return best


def test_the_new_leaders_of_open_weights_sizes_and_prices_are_the_entries_that_lead(states: Any, events: Sequence[Event]):
    expected = set()
    for (_, before), (at, after) in pairwise(states):
        had, has, top = leaders(before), leaders(after), max(measured(after).values())
        for name in had.keys() & has.keys():
            value, key = has[name]
            is_new = key not in measured(before) and value > had[name][0] + ERROR and value < top
            if is_new and not any(measured(after)[other] > value for other in rounded_down(after, name)):
                expected.add((at, name, key))
    reported = {
        (event.recorded_at, class_["class"], event.subjects[0].entry)
        for event in events
        if event.kind == "class_leader"
        for class_ in event.facts["classes"]
        if class_["told"] and class_["class"].partition("<")[0] in ("open", "size", "price")
    }
    assert reported == expected
    assert len(expected) >= 8


def test_no_milestone_is_reported_for_a_class_that_already_had_one_above_that_reference(states: Any, events: Sequence[Event]):
    reported = [event for event in events if event.kind == "milestone" and event.is_news]
    assert reported
    for event in reported:
        before = max((state for state in states if state[0] < event.recorded_at), key=lambda state: state[0])[1]
        first = event.facts["firsts"][0]
        if first["class"].partition("<")[0] in ("open", "size", "price"):
            assert leaders(before)[first["class"]][0] < first["reference_value"] < event.facts["value"] - ERROR


def test_the_median_day_with_news_has_at_most_two_of_them(events: Sequence[Event]):
    insights = [event for event in events if event.is_news and event.kind in ("line_overtake", "class_leader", "milestone")]
    per_day: dict[datetime, int] = {}
    for event in insights:
        per_day[event.recorded_at] = per_day.get(event.recorded_at, 0) + 1
    days = {event.recorded_at for event in events if event.is_news}
    counts = sorted(per_day.get(day, 0) for day in days)
    assert counts[len(counts) // 2] <= 2
