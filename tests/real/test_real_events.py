"""Compares the events of the line with the changes of real boards, found in the raw files by brute force.

The expected half of a test does without the tracker: it loads JSON, CSV or Markdown and counts, in O(n²) where that is simplest.
"""

import csv
import gzip
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from memory_store import MemoryStore

from tracker import parsers, schedules
from tracker.compare import compare
from tracker.identity import identify
from tracker.line import intake, sync
from tracker.model import Board, Event, MetricId, Sha256, Snapshot
from tracker.reading import read_capture
from tracker.stores.archive import FileArchive
from tracker.workspace.names import default_lexicon

pytestmark = pytest.mark.slow

DEFINITIONS = schedules.load(Path(__file__).with_name("schedules"), {name: parsers.options_of(name) for name in parsers.FORMATS})
AA = "artificial-analysis/llms"
WHOLE_BOARDS = ("arena-ai/code", "arena-ai/search", "arena-ai/text-to-image", "llm-leaderboard-csv/lmsys")


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A series that was imported: its definition, its raw bodies by the time they were recorded, its events."""

    board: Board
    bodies: Mapping[datetime, bytes]
    outcome: sync.Outcome

    @property
    def events(self) -> Sequence[Event]:
        return self.outcome.events

    def reported(self, kind: str, day: str = "") -> list[Event]:
        """The told events of a kind, on a day (`2026-05-14`) or all."""
        return [
            event
            for event in self.events
            if event.kind == kind and event.is_news and event.recorded_at.isoformat().startswith(day)
        ]


Import = Callable[[str], Series]


@pytest.fixture(scope="module")
def imported(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Import:
    """Brings a series in, once."""

    @cache
    def bring(name: str) -> Series:
        board, paths = DEFINITIONS.board(name), sorted((shared_data / name).iterdir())
        archive = FileArchive(tmp_path_factory.mktemp("captures"))
        outcome = intake.import_bodies(board, paths, archive=archive, store=MemoryStore(), lexicon=default_lexicon())
        return Series(board=board, bodies={recorded(path): body(path) for path in paths}, outcome=outcome)

    return bring


def body(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def recorded(path: Path) -> datetime:
    return datetime.strptime(path.name.partition(".")[0], "%Y-%m-%dT%H%M%SZ").replace(tzinfo=UTC)


def days(events: Sequence[Event]) -> list[str]:
    return [event.recorded_at.date().isoformat() for event in events]


def subjects(event: Event) -> set[str]:
    return {str(party.entry) for party in event.subjects}


# ── Artificial Analysis, language models ─────────────────────────────────────────────────────────


@cache
def models_of(raw: bytes) -> dict[str, dict[str, Any]]:
    return {model["id"]: model for model in json.loads(raw)["models"]}


@pytest.fixture(scope="module")
def llms(imported: Import) -> Series:
    return imported(AA)


@pytest.fixture(scope="module")
def states(llms: Series) -> list[tuple[datetime, dict[str, dict[str, Any]]]]:
    return [(at, models_of(raw)) for at, raw in llms.bodies.items()]


def index_of(model: Mapping[str, Any]) -> float | None:
    """The measured index; an estimate is none."""
    values = model["evaluations"]
    name = "artificial_analysis_intelligence_index"
    return None if values.get(f"{name}_is_estimated") else values[name]


def best_of(models: Mapping[str, Mapping[str, Any]]) -> set[str]:
    measured = {key: value for key, model in models.items() if (value := index_of(model)) is not None}
    return {key for key, value in measured.items() if value == max(measured.values())}


def test_the_new_leaders_are_the_entries_that_lead(llms: Series, states: Any):
    expected = []
    for (_, before), (at, after) in pairwise(states):
        if fresh := best_of(after) - best_of(before):
            expected.append((at, fresh))
    leaders = [event for event in llms.reported("new_leader") if event.metric == "intelligence"]
    assert [(event.recorded_at, subjects(event)) for event in leaders] == expected
    slugs = [after[key]["slug"] for (at, after) in states for when, keys in expected if when == at for key in keys]
    assert slugs == ["claude-opus-4-7", "gpt-5-5", "claude-opus-4-8", "claude-fable-5"]


def test_a_tie_broken_by_finer_decimals_is_not_a_new_leader(llms: Series, states: Any):
    assert (len(best_of(states[0][1])), len(best_of(states[1][1]))) == (2, 1)
    assert best_of(states[1][1]) < best_of(states[0][1])
    assert llms.reported("new_leader", states[1][0].date().isoformat()) == []


def test_finer_decimals_are_not_a_revision_except_for_the_one_model_that_moved(llms: Series, states: Any):
    (before, after), at = next(
        ((old, new), at) for (_, old), (at, new) in pairwise(states) if at.date().isoformat() == "2026-05-14"
    )
    published = "artificial_analysis_intelligence_index"
    values = {
        key: (before[key]["evaluations"][published], after[key]["evaluations"][published]) for key in before.keys() & after.keys()
    }
    changed = {key: pair for key, pair in values.items() if pair[0] != pair[1]}
    moved = {key for key, (old, new) in changed.items() if abs(old - new) > 0.005}
    assert (len(changed), [after[key]["slug"] for key in moved]) == (469, ["deepseek-v4-flash-high"])

    day = [event for event in llms.events if event.recorded_at == at and event.metric == "intelligence"]
    (revision,) = (event for event in day if event.kind == "score_revision")
    assert (revision.grade, revision.is_news, subjects(revision)) == ("within_error", False, moved)  # 1.13 of 1.4
    assert {event.kind for event in day if event.is_news and subjects(event) & moved} == set()
    assert (revision.facts["before"], revision.facts["after"]) == (44.87, pytest.approx(45.998, abs=5e-4))


def test_nobody_leaves_while_the_page_is_cut_at_500_rows(llms: Series, states: Any):
    cut = [at for at, models in states if len(models) == 500]
    first = max(at for at, _ in states if at < cut[0])
    lost = states_at(states, first).keys() - states_at(states, cut[-1]).keys()
    back = lost & states[-1][1].keys()
    assert (cut[0].date().isoformat(), cut[-1].date().isoformat()) == ("2026-06-04", "2026-06-11")
    assert len(back) >= 7
    departures = [event for event in llms.events if event.kind == "departure"]
    assert [event for event in departures if event.until >= cut[0] and event.until <= cut[-1]] == []
    debuts = [event for event in llms.events if event.kind == "debut" and event.recorded_at > cut[-1]]
    assert [event for event in debuts if subjects(event) & back] == []
    assert llms.reported("board_partial", "2026-06")


def states_at(states: Any, at: datetime) -> dict[str, dict[str, Any]]:
    return next(models for when, models in states if when == at)


def test_the_reported_departures_are_of_models_that_were_missing_twice(llms: Series, states: Any):
    for event in llms.reported("departure"):
        absent = [models for at, models in states if event.until <= at <= event.recorded_at]
        before = max(at for at, _ in states if at < event.until)
        assert len(absent) >= 2
        assert not any(subjects(event) & models.keys() for models in absent)
        assert subjects(event) <= states_at(states, before).keys()


def test_every_model_that_was_never_listed_before_debuts_once(llms: Series, states: Any):
    seen = set(states[0][1])
    expected = []
    for _, models in states[1:]:
        expected += sorted(models.keys() - seen)
        seen |= models.keys()
    arrivals = [event for event in llms.events if event.kind == "debut" and event.grade not in ("re_entry", "first_score")]
    assert sorted(key for event in arrivals for key in subjects(event)) == sorted(expected)


def test_a_name_that_flips_is_reported_once(llms: Series, states: Any):
    names: dict[str, list[str]] = {}
    for _, models in states:
        for key, model in models.items():
            if names.setdefault(key, [model["name"]])[-1] != model["name"]:
                names[key].append(model["name"])
    flipping = {key for key, borne in names.items() if len(borne) > len(set(borne))}
    assert any("Claude Opus 4.6" in names[key][0] for key in flipping)
    reported = Counter(key for event in llms.reported("rename") for key in subjects(event))
    spellings = {key: {"".join(filter(str.isalnum, name.casefold())) for name in borne} for key, borne in names.items()}
    assert all(reported[key] == len(spelled) - 1 for key, spelled in spellings.items())


def test_a_slug_handed_to_another_model_is_neither_rename_nor_merge(llms: Series, states: Any):
    slug, at = "step-3-5-flash", next(at for at, _ in states if at.date().isoformat() == "2026-04-14")
    holders = {key for _, models in states for key, model in models.items() if model["slug"] == slug}
    (old,) = holders & states[0][1].keys()
    (new,) = holders - {old}
    assert states_at(states, at)[old]["slug"] == "step-3-5-flash-0202"
    assert not [event for event in llms.events if event.kind in ("rename", "departure") and subjects(event) & holders]
    debuts = [event for event in llms.events if event.kind == "debut" and subjects(event) & holders]
    assert [(event.recorded_at, subjects(event)) for event in debuts] == [(at, {new})]


def test_a_price_that_goes_empty_is_one_alarm_and_no_price(llms: Series, states: Any):
    name = "price_1m_blended_3_to_1"
    filled = [(at, sum(bool(model["pricing"].get(name)) for model in models.values())) for at, models in states]
    (emptied,) = [after[0] for before, after in pairwise(filled) if before[1] and not after[1]]
    (drift,) = (event for event in llms.events if event.kind == "field_drift")
    assert (drift.metric, drift.recorded_at) == ("price_blended", emptied)
    assert drift.facts["filled_before"] == max(count for at, count in filled if at == max(a for a, n in filled if n))
    assert [event for event in llms.reported("price_change", emptied.date().isoformat()) if event.metric == "price_blended"] == []


@pytest.mark.parametrize(("metric", "field"), [("price_in", "price_1m_input_tokens"), ("price_out", "price_1m_output_tokens")])
def test_the_reported_prices_are_those_that_changed(llms: Series, states: Any, metric: str, field: str):
    expected = []
    for (_, before), (at, after) in pairwise(states):
        for key in sorted(before.keys() & after.keys()):
            old, new = before[key]["pricing"].get(field), after[key]["pricing"].get(field)
            if old and new and abs(old - new) > 1e-6:
                expected.append((at, key))
    reported = [
        (event.recorded_at, key)
        for event in llms.events
        if (event.kind, event.metric) == ("price_change", metric)
        for key in subjects(event)
    ]
    assert sorted(reported) == sorted(expected)


def test_two_fetches_of_the_same_models_report_nothing(llms: Series, states: Any):
    same = [at for (_, before), (at, after) in pairwise(states) if before == after]
    assert len(same) >= 1
    assert [event for event in llms.events if event.recorded_at in same and event.is_news] == []


# ── Arena: pages cut where they please ───────────────────────────────────────────────────────────


def test_pages_cut_at_other_rows_each_day_have_no_departures(imported: Import):
    both = [imported("arena-ai/text"), imported("arena-ai/vision")]
    vanished = sum(len(before - after) for series in both for before, after in pairwise(map(names_of, series.bodies.values())))
    assert vanished > 200
    departures = [event for series in both for event in series.events if event.kind == "departure"]
    arrivals = [event for series in both for event in series.events if event.kind == "debut"]
    assert len(departures) <= 6
    assert 25 <= len(arrivals) <= 60
    assert max(Counter((event.board, *subjects(event)) for event in arrivals).values()) == 1


def names_of(raw: bytes) -> set[str]:
    return {model["model"] for model in json.loads(raw)["models"]}


@pytest.mark.parametrize(
    "name", ["arena-ai/code", "arena-ai/search", "arena-ai/text", "arena-ai/text-to-image", "arena-ai/vision"]
)
def test_a_day_with_the_same_models_and_scores_reports_nothing(imported: Import, name: str):
    series = imported(name)
    quiet = [
        at
        for (_, before), (at, after) in pairwise(series.bodies.items())
        if json.loads(before)["models"] == json.loads(after)["models"]
    ]
    assert len(quiet) >= 5
    later = ("departure", "overtake")  # confirmed by a second look, and sustained
    assert [event for event in series.events if event.recorded_at in quiet and event.kind not in later] == []


RENAMED = {
    "llm-leaderboard-csv/lmsys": {
        ("Gemini-Advanced-0514", "Gemini Advanced App (2024-05-14)"),
        ("Gemini-1.5-Pro-API-0409-Preview", "Gemini-1.5-Pro-Preview-0409"),
        ("command-r-plus-08-2024", "Command R+ (08-2024)"),
    },
    "arena-catalog/mt-bench-table": {
        ("Claude-v1", "Claude-1"),
        ("Claude-instant-v1", "Claude-instant-1"),
        ("Claude-2", "Claude-2.0"),
        ("WizardLM-13B", "WizardLM-13B-v1.0"),
    },
}
"""Names that really changed on boards whose key is the name, each looked up in the files on both sides of the change."""


@pytest.mark.parametrize("name", RENAMED)
def test_an_entry_that_continues_under_another_name_is_renamed_without_departure_or_debut(imported: Import, name: str):
    series = imported(name)
    renames = {(event.facts["before"], event.facts["after"]): event for event in series.events if event.kind == "rename"}
    assert renames.keys() >= RENAMED[name]
    for had, now in RENAMED[name]:
        since = renames[had, now].recorded_at
        debuts = [event for event in series.events if event.kind == "debut" and subjects(event) == {now}]
        departures = [event for event in series.events if event.kind == "departure" and subjects(event) & {had}]
        assert [event.headline for event in (*debuts, *departures) if event.recorded_at >= since] == []


# ── whole boards: why a rank changed ─────────────────────────────────────────────────────────────


def scores_of(name: str, raw: bytes) -> dict[str, float]:
    if name.startswith("arena-ai/"):
        return {model["model"]: model["score"] for model in json.loads(raw)["models"]}
    rows = csv.DictReader(io.StringIO(raw.decode()))
    return {row["model"]: float(row.get("arena_score") or row["arena_elo"]) for row in rows}


def rank(key: str, scores: Mapping[str, float], among: Iterator[str] | set[str] | None = None) -> int:
    """1 and one more for everybody better; ties share."""
    return 1 + sum(scores[other] > scores[key] for other in (scores if among is None else among))


def snapshots_of(series: Series) -> Iterator[Snapshot]:
    for at, raw in series.bodies.items():
        reading = read_capture(series.board, [raw])
        yield identify(reading, observed_at=at, url="", sha256=(Sha256(at.isoformat()),), lexicon=default_lexicon())


@pytest.mark.parametrize("name", WHOLE_BOARDS)
def test_every_survivors_rank_is_accounted_for(imported: Import, name: str):
    series = imported(name)
    raws = [scores_of(name, raw) for raw in series.bodies.values()]
    moved = 0
    for (before, after), (old, new) in zip(pairwise(snapshots_of(series)), pairwise(raws), strict=True):
        diff = compare(series.board, before, after)
        now = {had: entry for entry, had in diff.rekeyed.items()}
        expected = brute_force_moves({now.get(key, key): score for key, score in old.items()}, new)
        moves = diff.ranks
        assert {
            str(move.entry): (
                move.before,
                move.after,
                move.arrivals_above,
                move.departures_above,
                move.moves,
                move.unrounded,
            )
            for move in moves
        } == expected
        moved += len(expected)
    assert moved > 20


def under_new_spelling(old: Mapping[str, float], new: Mapping[str, float]) -> Mapping[str, float]:
    """The old scores, those whose name only changed in letter case and punctuation under the name they have now."""
    came = Counter(spelled(key) for key in new.keys() - old.keys())
    went = Counter(spelled(key) for key in old.keys() - new.keys())
    now = {spelled(key): key for key in new.keys() - old.keys()}
    both = {key for key in now if came[key] == went[key] == 1}
    return {now[spelled(key)] if key not in new and spelled(key) in both else key: score for key, score in old.items()}


def spelled(key: str) -> str:
    return "|".join(re.findall(r"\d+(?:\.\d+)*|[a-z]+|\+", key.lower()))


def brute_force_moves(old: Mapping[str, float], new: Mapping[str, float]) -> dict[str, tuple[int, ...]]:
    """Rank before and after, arrivals above, departures above, and the rest; in whole numbers, so nothing is rounded."""
    old = under_new_spelling(old, new)
    survivors, moves = old.keys() & new.keys(), {}
    for key in survivors:
        before, after = rank(key, old), rank(key, new)
        came = sum(new[other] > new[key] for other in new.keys() - survivors)
        went = sum(old[other] > old[key] for other in old.keys() - survivors)
        among = rank(key, new, set(survivors)) - rank(key, old, set(survivors))
        assert after - before == came - went + among
        if after != before or among:
            moves[key] = (before, after, came, went, among, 0)
    return moves


def is_rename(event: Event, at: datetime) -> bool:
    return event.kind == "rename" and event.recorded_at == at and "key_before" in event.facts


@pytest.mark.parametrize("name", WHOLE_BOARDS)
def test_the_rank_moves_that_are_kept_are_those_among_survivors(imported: Import, name: str):
    series = imported(name)
    expected = {}
    for (_, old), (at, new) in pairwise(series.bodies.items()):
        renamed = {event.facts["key_before"]: str(event.subjects[0].entry) for event in series.events if is_rename(event, at)}
        before = {renamed.get(key, key): score for key, score in scores_of(name, old).items()}
        moves = brute_force_moves(before, scores_of(name, new))
        expected |= {(at, key): move[4] for key, move in moves.items() if move[4]}
    kept = {}
    for event in series.events:
        if event.kind == "rank_move" and event.grade == "moved":
            kept |= {(event.recorded_at, key): event.facts["moves"] for key in subjects(event)}
        elif event.kind == "rank_move":
            kept |= {(event.recorded_at, key): facts["moves"] for key, facts in event.facts["moves"].items()}  # type: ignore[attr-defined]
    assert kept == expected


@pytest.mark.parametrize("name", WHOLE_BOARDS)
def test_no_reported_overtake_is_within_the_intervals(imported: Import, name: str):
    series = imported(name)
    for event in series.reported("overtake"):
        if event.grade == "debut":
            continue
        after = dict(intervals_of(name, series.bodies[event.recorded_at]))
        (subject,) = subjects(event)
        for rival in event.rivals:
            (score, half_width), (other_score, other_half_width) = after[subject], after[str(rival.entry)]
            assert (score - other_score) ** 2 >= half_width**2 + other_half_width**2


def intervals_of(name: str, raw: bytes) -> Iterator[tuple[str, tuple[float, float]]]:
    """Score and half-width; `+5/-4` is 4.5 wide to either side."""
    if name.startswith("arena-ai/"):
        yield from ((model["model"], (model["score"], model["ci"])) for model in json.loads(raw)["models"])
        return
    for row in csv.DictReader(io.StringIO(raw.decode())):
        sides = [int(side) for side in re.findall(r"\d+", row["95_pct_ci"])]
        yield row["model"], (float(row.get("arena_score") or row["arena_elo"]), sum(sides) / 2)


# ── one trap each ────────────────────────────────────────────────────────────────────────────────


def test_an_empty_list_is_reported_once_and_no_entry_leaves(imported: Import):
    series = imported("artificial-analysis/text-to-video")
    empty = [at for at, raw in series.bodies.items() if json.loads(raw)["models"] == []]
    assert [check.observed_at for check in series.outcome.checks if check.result == "unreadable"] == empty
    assert [event.recorded_at for event in series.events if event.kind == "board_broken" and event.is_news] == empty[:1]
    assert [event.kind for event in series.events if event.recorded_at in empty] == ["board_broken"]


def test_a_footnote_is_not_part_of_the_name(imported: Import):
    """On one day a model stands on top with `**5th rank in unseen questions …` in its name, on the next, the last, it is gone."""
    series = imported("ceps/livebench_leaderboard")
    name = "Gemini 3.1 Pro Preview High"
    listed = [at.date().isoformat() for at, raw in series.bodies.items() if name in raw.decode()]
    assert listed == ["2026-02-26"]
    assert f"{name}**5th rank" in next(raw.decode() for at, raw in series.bodies.items() if at.date().isoformat() == listed[0])
    about = [event for event in series.events if event.is_news and subjects(event) == {name}]
    assert {event.recorded_at.date().isoformat() for event in about} == set(listed)
    assert {event.kind for event in about} >= {"debut", "new_leader", "overtake"}
    assert [event for event in series.events if event.kind == "departure" and name in subjects(event)] == []
    assert not [event for event in series.events if "**" in event.headline]
    note = f" The page notes at {name}: “5th rank in unseen questions across all categories”."
    assert all(event.headline.endswith(note) for event in about)


def test_nobody_takes_over_while_the_leader_may_only_be_missing(imported: Import):
    series = imported("ceps/livebench_leaderboard")
    assert "2026-02-27" not in days(series.reported("new_leader"))


def test_columns_in_another_order_revise_only_the_scores_that_changed(imported: Import):
    series = imported("vectara/hallucination")
    accepted = [check.observed_at for check in series.outcome.checks if check.result == "accepted"]
    restarts = {event.recorded_at for event in series.events if event.kind == "methodology"}
    tables = [(at, *rates_of(series.bodies[at])) for at in accepted]
    orders = {header for _, header, _ in tables}
    expected = [
        (at, key)
        for (_, _, before), (at, _, after) in pairwise(tables)
        for key in sorted(before.keys() & after.keys())
        if before[key] != after[key] and at not in restarts
    ]
    revised = [
        (event.until, key)  # one that waited for a second reading is recorded later
        for event in series.events
        if event.kind == "score_revision" and event.metric == "hallucination_rate"
        for key in subjects(event)
    ]
    assert len(orders) == 3
    assert len(restarts) == 1
    assert len(revised) < 15
    assert sorted(revised) == sorted(expected)


def rates_of(raw: bytes) -> tuple[str, dict[str, float]]:
    """The header of the table, and each model's hallucination rate."""
    lines = [line.strip() for line in raw.decode().splitlines() if line.startswith("|")]
    start = next(at for at, line in enumerate(lines) if "Hallucination Rate" in line)
    at = [cell.strip() for cell in lines[start].strip("|").split("|")].index("Hallucination Rate")
    rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines[start + 2 :])
    return lines[start], {re.sub(r"\[([^\]]*)\].*", r"\1", row[0]): float(row[at].rstrip("% ")) for row in rows}


def test_an_hourly_scrape_reports_the_one_new_model(imported: Import):
    series = imported("arena-text-state/structured")
    lists = [{model["model_name"] for model in json.loads(raw)["models"]} for raw in series.bodies.values()]
    ((came,),) = [after - before for before, after in pairwise(lists) if after - before]
    assert [(event.kind, subjects(event)) for event in series.events if event.is_news] == [("debut", {came})]


def test_prices_per_token_are_reported_per_million(imported: Import):
    series = imported("openrouter/models")
    raws = [(at, {record["id"]: record["pricing"] for record in json.loads(raw)["data"]}) for at, raw in series.bodies.items()]
    expected = {
        (at, key, metric): (float(before[key][field]) * 1e6, float(after[key][field]) * 1e6)
        for (_, before), (at, after) in pairwise(raws)
        for key in before.keys() & after.keys()
        for metric, field in (("price_in", "prompt"), ("price_out", "completion"))
        if before[key][field] != after[key][field] and "-1" not in (before[key][field], after[key][field])
    }
    reported = {
        (event.recorded_at, key, str(event.metric)): (event.facts["before"], event.facts["after"])
        for event in series.events
        if event.kind == "price_change"
        for key in subjects(event)
    }
    assert reported.keys() == expected.keys()
    assert len(reported) > 30
    assert all(reported[model_id] == pytest.approx(expected[model_id], rel=1e-12) for model_id in reported)


def test_another_key_column_is_not_an_exodus(imported: Import):
    """On 2024-01-10 every key changes, and 64 of 65 names stay with their scores: it is the same table, with three new rows."""
    series = imported("arena-catalog/mt-bench-table")
    day = [event for event in series.events if event.recorded_at.date().isoformat() == "2024-01-10"]
    assert not [event for event in day if event.kind == "methodology"]
    new = {event.subjects[0].name for event in day if event.kind == "debut" and event.is_news}
    assert new == {"Mistral Medium", "Llama2-70B-SteerLM-Chat", "Gemini Pro (Dev)"}
    assert not [event for event in series.events if event.kind == "departure" and event.until.isoformat()[:7] == "2024-01"]


def test_the_lead_changes_where_the_raw_history_has_another_best(imported: Import):
    series = imported("lmarena-history/elo-wide")
    best = []
    for at, raw in series.bodies.items():
        lines = [line.split(",") for line in raw.decode().splitlines() if line]
        scores = dict(zip(lines[0][1:], map(float, lines[-1][1:]), strict=True))
        best.append((at, max(scores, key=lambda name: scores[name])))
    expected = [(at, name) for (_, before), (at, name) in pairwise(best) if name != before]
    leaders = [event for event in series.events if event.kind == "new_leader" and event.metric == MetricId("score")]
    assert [(event.recorded_at, *subjects(event)) for event in leaders] == expected
