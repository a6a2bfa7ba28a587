"""Across the real series: since when, why not and watches, against the raw files read by brute force."""

import gzip
import json
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from tracker import parsers, schedules, watches
from tracker.line import fold
from tracker.line.apart import read_line
from tracker.model import BoardId, BoardState, Capture, EntryId, MetricId, Step
from tracker.query.since import HowAbove, looked_at, passed
from tracker.query.versus import versus
from tracker.query.why_not import What, explain
from tracker.stores.archive import FileArchive
from tracker.stores.sqlite import SqliteStore
from tracker.watches.matching import Classes
from tracker.workspace.names import default_lexicon

pytestmark = pytest.mark.slow

DEFINITIONS = schedules.load(Path(__file__).with_name("schedules"), {name: parsers.options_of(name) for name in parsers.FORMATS})
BOARD, INDEX = BoardId("artificial-analysis/llms"), MetricId("intelligence")
PAIRS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The series in a store, its steps, and its raw rows by day."""

    store: SqliteStore
    steps: Sequence[Step]
    days: Mapping[datetime, Mapping[str, Mapping[str, object]]]

    def value(self, at: datetime, key: str) -> float | None:
        row = self.days[at].get(key)
        return None if row is None else row["evaluations"].get("artificial_analysis_intelligence_index")


@pytest.fixture(scope="module")
def world(shared_data: Path, tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("models")
    board, paths = DEFINITIONS.board(BOARD), sorted((shared_data / BOARD).iterdir())
    archive = FileArchive(folder / "captures")
    with SqliteStore(folder / "tracker.db") as store:
        for path in paths:
            archive.keep(
                Capture(board=BOARD, observed_at=observed(path), url=board.page, bodies=(gzip.decompress(path.read_bytes()),))
            )
        steps = tuple(
            fold.steps(
                board, archive.index(BOARD)[0], archive, before=None, past=BoardState(), lexicon=default_lexicon(), read=read_line
            )
        )
        store.declare(board)
        for step in steps:
            store.save(step)
        yield World(store=store, steps=steps, days={observed(path): rows(path) for path in paths})


def observed(path: Path) -> datetime:
    return datetime.strptime(path.name.partition(".")[0], "%Y-%m-%dT%H%M%SZ").replace(tzinfo=UTC)


def rows(path: Path) -> dict[str, Mapping[str, object]]:
    raw = json.loads(gzip.decompress(path.read_bytes()))
    return {row["id"]: row for row in raw.get("models") or raw.get("data")}


def test_the_date_since_which_one_model_leads_another_matches_the_files(world: World):
    times = list(world.days)
    listed = [key for key in world.days[times[-1]] if world.value(times[-1], key) is not None]
    chance, looks = random.Random(7), looked_at(world.store, BOARD)
    ways = Counter()
    for _ in range(PAIRS):
        model_key, other = chance.sample(listed, 2)
        answer = passed(world.store, BOARD, INDEX, [EntryId(model_key)], [EntryId(other)], looks=looks)
        above = [order(world.value(at, model_key), world.value(at, other)) for at in times]
        assert (answer.until if answer else None) == since(times, above), (model_key, other)
        ways[answer.how if answer else None] += 1
    assert min(ways[None], ways[HowAbove.START], ways[HowAbove.ENTRY]) > 20


def order(own: float | None, other: float | None) -> bool | None:
    return None if own is None or other is None else own > other


def since(times: Sequence[datetime], above: Sequence[bool | None]) -> datetime | None:
    if not above[-1]:
        return None
    last_not = max((place for place, is_above in enumerate(above) if is_above is False), default=-1)
    return next(at for at, time_ in list(zip(times, above, strict=True))[last_not + 1 :] if time_)


def test_every_change_of_the_series_has_one_explanation_and_few_are_news(world: World):
    entries = {entry for step in world.steps for entry in step.diff.after.entries}
    explanations = list(explain(world.steps, entries))
    named = Counter(
        (explanation.until, explanation.change.entry, explanation.change.what, explanation.change.of)
        for explanation in explanations
    )
    assert set(named.values()) == {1}
    ids = {event.id for step in world.steps for event in step.events}
    assert all(explanation.reason and (explanation.event is None or explanation.event in ids) for explanation in explanations)
    values = [explanation for explanation in explanations if explanation.change.what is What.VALUE]
    assert sum(value.reason == "the same number at the published precision" for value in values) > 4000
    assert sum(explanation.reason.startswith("live metric") for explanation in values) > 10_000


def test_each_value_of_the_index_that_differs_in_the_files_is_explained(world: World):
    times = list(world.days)
    expected = {
        (at, key)
        for before, at in pairwise(times)
        for key in world.days[at].keys() & world.days[before].keys()
        if world.value(before, key) != world.value(at, key)
    }
    explanations = explain(world.steps, {entry for step in world.steps for entry in step.diff.after.entries})
    explained = {
        (explanation.until, explanation.change.entry)
        for explanation in explanations
        if explanation.change.of == INDEX and explanation.change.what is What.VALUE
    }
    assert expected <= explained


@pytest.mark.parametrize("points", [4.0, 5.8, 8.0])
def test_a_watch_on_open_weights_fires_when_the_files_say_so(world: World, points: float):
    """From the second state on, the first whose rows say whose weights are open."""
    watch = watches.Watch(name="near", classes=Classes(open_weights=True), within=points)
    held, past, fired = watches.Held(), BoardState(), []
    for step in world.steps:
        new_firings, held = watches.firings(watch, DEFINITIONS.board(BOARD), step, past, held, lexicon=default_lexicon())
        fired += [firing for firing in new_firings if not firing.already]
        past = step.past
    near = {at: any(gap <= points for gap in gaps(world, at)) for at in world.days}
    assert [firing.until for firing in fired] == [
        at for before, at in pairwise([*world.days][1:]) if near[at] and not near[before]
    ]
    assert all(firing.evidence[0].raw for firing in fired)


def gaps(world: World, at: datetime) -> list[float]:
    """How far behind the best measured value each measured model with open weights stands."""
    measured = {
        key: float(value)
        for key, row in world.days[at].items()
        if (value := world.value(at, key)) is not None
        and not row["evaluations"].get("artificial_analysis_intelligence_index_is_estimated")
    }
    open_ones = [key for key in measured if (world.days[at][key].get("open_weights") or {}).get("is_open_weights")]
    return [round(max(measured.values()) - measured[key], 9) for key in open_ones]


def test_the_founding_comparison_is_by_entry_or_from_the_start_and_by_an_estimate(world: World):
    comparison = versus("Qwen3.5 397B A17B (Reasoning)", "GPT-4", world.store, lexicon=default_lexicon())
    (pair,) = comparison.pairs
    index = next(row for row in pair.rows if row.metric.id == INDEX)
    assert (pair.one.name, pair.other.name) == ("Qwen3.5 397B A17B (Reasoning)", "GPT-4")
    assert (index.above, index.beyond_error, index.estimated) == ("one", True, True)
    assert index.since is not None
    assert index.since.how is not HowAbove.PASSING
    maths = [row for row in pair.rows if row.metric.topic == "maths"]
    assert all(row.other is None and row.above == "" for row in maths)
