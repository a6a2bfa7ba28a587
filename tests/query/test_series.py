"""What charts show of a board: lines per lab, ranks beyond the error, readings, re-bases, and what is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations, pairwise

import kit
import pytest
from hypothesis import given
from hypothesis import strategies as st
from query_world import BOARD, OTHER, PRICE, SCORE, at, board, entry, note, save

from tracker.errors import DeclarationError
from tracker.model import Board, ChartBreak, Entry, LineChart, Measure, Metric, Result
from tracker.model.names import EMPTY_LEXICON, Lexicon
from tracker.order import is_apart
from tracker.ports import Store
from tracker.query.pictures import chart
from tracker.query.series import COLOURED, CONTEXT, MOST_READINGS, LineOf, Wanted, ranked, sampled, series
from tracker.workspace.names import default_lexicon

NAMED = {"g": "GPT-5.4 (Reasoning)", "h": "GPT-5.2", "c": "Claude Opus 4.6 (Reasoning)", "x": "Heron 9"}


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return default_lexicon()


def listed(scores: Mapping[str, float], prices: Mapping[str, float] = {}, *, of: Mapping[str, str] = NAMED) -> list[Entry]:
    return [entry(key, score, prices.get(key), name=of.get(key, f"Row {key}")) for key, score in scores.items()]


def drawn(store: Store, lexicon: Lexicon = EMPTY_LEXICON, **wanted: object) -> LineChart:
    return series(board(), store, lexicon, Wanted(**wanted))


def values(found: LineChart) -> dict[str, list[float | None]]:
    return {line.label: [point.measure.value if point.measure else None for point in line.points] for line in found.lines}


def test_a_line_is_the_best_entry_of_a_lab(store: Store, lexicon: Lexicon):
    save(store, 0, listed({"g": 80, "h": 70, "c": 75, "x": 50}))
    save(store, 1, listed({"g": 60, "h": 70, "c": 75, "x": 50}))
    found = drawn(store, lexicon)
    assert values(found) == {"Anthropic": [75, 75], "OpenAI": [80, 70], "Heron 9": [50, 50]}
    assert [point.holder for point in found.lines[1].points] == ["GPT-5.4 (Reasoning)", "GPT-5.2"]


def test_a_line_per_entry_shows_every_one(store: Store, lexicon: Lexicon):
    save(store, 0, listed({"g": 80, "h": 70, "c": 75}))
    assert list(values(drawn(store, lexicon, line_of=LineOf.ENTRY))) == [NAMED["g"], NAMED["c"], NAMED["h"]]
    assert list(values(drawn(store, lexicon, line_of=LineOf.ENTRY, entries=frozenset("h")))) == [NAMED["h"]]


def test_every_reading_has_a_point_also_where_nothing_changed_and_where_the_entry_was_not_listed(store: Store):
    save(store, 0, listed({"a": 80}))
    note(store, 1, Result.UNCHANGED)
    save(store, 2, listed({"a": 81, "b": 90}))
    found = drawn(store)
    assert values(found) == {"Row b": [None, None, 90], "Row a": [80, 80, 81]}
    assert [point.at for point in found.lines[0].points] == [at(0), at(1), at(2)]
    assert (found.head.since, found.head.read_until, found.head.as_of) == (at(0), at(2), at(2))


def test_a_period_leaves_out_other_readings_and_a_later_time_is_kept_for_the_axis(store: Store):
    for day in range(4):
        save(store, day, listed({"a": 80.0 + day, "b": 10}))
    found = drawn(store, since=at(1), at=at(2.5))
    assert values(found)["Row a"] == [81, 82]
    assert (found.head.read_until, found.head.as_of) == (at(2), at(2.5))
    with pytest.raises(DeclarationError, match="acme/text: was not read from 2026-04-10T06:00:00Z; expected a reading to draw"):
        drawn(store, since=at(40))


def test_an_entry_that_left_is_context_unless_it_is_asked_for(store: Store):
    save(store, 0, listed({"a": 80, "b": 90, "c": 10}))
    save(store, 1, listed({"a": 80, "c": 10}))
    assert [line.label for line in drawn(store).context] == ["Row b"]
    assert values(drawn(store, entries=frozenset("b"))) == {"Row b": [90, None]}


def test_an_entry_keeps_its_line_under_a_new_key(store: Store):
    rows = {"a": 80.5, "b": 71.25, "c": 62.5, "d": 55.75, "e": 49.5}
    save(store, 0, listed(rows, of={}))
    save(store, 1, [replace(row, id=kit.EntryId("z"), name="Row a") if row.id == "a" else row for row in listed(rows, of={})])
    assert values(drawn(store))["Row a"] == [80.5, 80.5]


def test_a_re_base_is_a_break_with_its_reason(store: Store):
    save(store, 0, listed({key: 50.0 + place for place, key in enumerate("abcdefgh")}))
    save(store, 1, listed({key: 40.0 + 2 * place for place, key in enumerate("abcdefgh")}))
    save(store, 2, listed({key: 40.0 + 2 * place for place, key in enumerate("abcdefgh")}))
    found = drawn(store)
    assert [(stop.at, "8 of 8 values moved" in stop.reason) for stop in found.breaks] == [(at(1), True)]
    assert drawn(store, since=at(1)).breaks == ()  # it begins there


def test_a_long_pause_is_a_gap(store: Store):
    for day in (0, 1, 2, 3, 20):
        save(store, day, listed({"a": 80.0 + day / 10}))
    assert [(pause.after, pause.until) for pause in drawn(store).gaps] == [(at(3), at(20))]


def test_only_the_best_lines_have_a_name(store: Store):
    save(store, 0, listed({f"k{number}": 90.0 - 3 * number for number in range(40)}))
    found = drawn(store)
    assert (len(found.lines), len(found.context)) == (COLOURED, CONTEXT)
    assert [line.label for line in drawn(store, top=2).lines] == ["Row k0", "Row k1"]


def test_a_row_without_a_name_of_its_own_may_be_first(store: Store):
    save(store, 0, listed({"a": 80, "b": 70}), unnamed=(75.0,))
    assert not drawn(store).head.hidden_lead
    save(store, 1, listed({"a": 80, "b": 70}), unnamed=(95.0,))
    assert drawn(store).head.hidden_lead
    assert chart("dots", board(), store, EMPTY_LEXICON, Wanted()).head.hidden_lead


@pytest.mark.parametrize("form", ["bump", "band", "dots", "slope"])
def test_a_chart_of_some_entries_says_so(store: Store, form: str):
    save(store, 0, listed({"a": 80, "b": 70, "d": 60}))
    assert not chart(form, board(), store, EMPTY_LEXICON, Wanted()).head.chosen
    assert chart(form, board(), store, EMPTY_LEXICON, Wanted(entries=frozenset("b"))).head.chosen


def test_a_metric_without_values_or_unknown_is_refused(store: Store):
    save(store, 0, listed({"a": 80}))
    with pytest.raises(DeclarationError, match="acme/text: no entry has a value of price then"):
        drawn(store, metric=PRICE)
    with pytest.raises(DeclarationError, match='metric "scor" is unknown; did you mean "score"'):
        drawn(store, metric="scor")
    with pytest.raises(DeclarationError, match="speed has no order"):
        chart("bump", board(), store, EMPTY_LEXICON, Wanted(metric=kit.MetricId("speed")))


# ── ranks ────────────────────────────────────────────────────────────────────────────────────────


def ranks(metric: Metric, *columns: str, stops: Sequence[int] = ()) -> dict[str, list[int | None]]:
    """Ranks of `a:90±2 b:80±2` at one reading after the other."""
    cells = [kit.cells(column) for column in columns]
    keys = sorted({key for column in cells for key in column})
    measures = {key: [kit.measure(column[key]) if key in column else None for column in cells] for key in keys}
    times = [at(day) for day in range(len(columns))]
    return ranked(metric, measures, times, [ChartBreak(at=at(stop), reason="") for stop in stops])


def test_lines_that_the_error_does_not_separate_share_a_rank():
    assert ranks(kit.ELO, "a:90±2 b:89±2 c:80±2") == {"a": [1], "b": [1], "c": [3]}
    assert ranks(kit.SCORE, "a:90 b:89 c:89") == {"a": [1], "b": [2], "c": [2]}


def test_a_line_passes_another_only_when_that_is_certain():
    assert ranks(kit.ELO, "a:90±2 b:80±2", "a:90±2 b:91±2", "a:90±2 b:99±2") == {"a": [1, 1, 2], "b": [2, 1, 1]}


def test_a_line_that_falls_moves_itself_and_no_other():
    stated = kit.metric(stated_error=3.0)
    assert ranks(stated, "a:50 b:48 c:46 d:44", "a:42 b:48 c:46 d:44") == {"a": [1, 3], "b": [1, 1], "c": [3, 1], "d": [3, 3]}


def test_nothing_is_remembered_across_a_re_base():
    pages = ("a:90±2 b:80±2", "a:90±2 b:91±2 c:70±2", "a:90±2 b:91±2 c:92±2")
    assert ranks(kit.ELO, *pages, stops=[1]) == {"a": [1, 1, 1], "b": [2, 1, 1], "c": [None, 3, 1]}


def test_a_line_that_is_not_listed_has_no_rank_and_counts_in_none():
    assert ranks(kit.ELO, "a:90±2 b:80±2", "b:80±2", "a:90±2 b:80±2") == {"a": [1, None, 1], "b": [2, 1, 2]}


@given(st.lists(kit.tables(keys="abcdef", values=range(40, 50)), min_size=1, max_size=6), st.sets(st.integers(1, 5)))
def test_ranks_contradict_no_certain_order_and_change_only_with_values(states, stops):
    metric = kit.metric(stated_error=3.0)
    found = ranks(metric, *(kit.line(state) for state in states), stops=sorted(stops))
    for reading, state in enumerate(states):
        assert {key for key, each in found.items() if each[reading] is not None} == set(state)
        for key, other in combinations(state, 2):
            one, two = Measure(value=state[key]), Measure(value=state[other])
            if is_apart(metric, one, two):
                assert (found[key][reading] < found[other][reading]) == (state[key] > state[other])
                assert found[key][reading] != found[other][reading]
        if reading and reading not in stops and state == states[reading - 1]:
            assert all(each[reading] == each[reading - 1] for each in found.values())


@given(st.lists(st.integers(1, 200), min_size=1, max_size=300), st.sets(st.integers(0, 299), max_size=4))
def test_sampled_readings_are_few_and_keep_both_sides_of_each_break(pauses, places):
    looks = [at(0)]
    for pause in pauses:
        looks.append(at((looks[-1] - at(0)).total_seconds() / 86_400 + pause / 24))
    stops = [ChartBreak(at=looks[place], reason="") for place in sorted(places) if 0 < place < len(looks)]
    found = sampled(looks, stops)
    assert set(found) <= set(looks)
    assert len(found) <= MOST_READINGS + 2 + 2 * len(stops)
    assert {looks[0], looks[-1]} <= set(found)
    assert found == sorted(found)
    for stop in stops:
        assert stop.at in found
        assert looks[looks.index(stop.at) - 1] in found


# ── the other forms ──────────────────────────────────────────────────────────────────────────────


def test_a_standing_shows_each_model_once_and_ranks_beyond_the_error(store: Store, lexicon: Lexicon):
    twice = {**NAMED, "y": "GPT-5.4 (Non-reasoning)"}
    save(store, 0, listed({"g": 80, "y": 60, "c": 79.5, "h": 70}, of=twice))
    found = chart("dots", board(), store, lexicon, Wanted())
    assert [(row.rank, row.name) for row in found.rows] == [(1, NAMED["g"]), (1, NAMED["c"]), (3, NAMED["h"])]
    assert found.of == 3


def test_a_frontier_marks_what_none_beats_on_both_sides(store: Store):
    save(store, 0, listed({"a": 80, "b": 70, "d": 60, "e": 50}, {"a": 10, "b": 12, "d": 2, "e": 3}))
    found = chart("frontier", _priced(), store, EMPTY_LEXICON, Wanted())
    assert {spot.name: spot.best for spot in found.spots} == {"Row a": True, "Row b": False, "Row d": True, "Row e": False}


def test_a_frontier_needs_two_entries_with_both_values(store: Store):
    save(store, 0, listed({"a": 80, "b": 70}, {"a": 10}))
    with pytest.raises(DeclarationError, match="1 entries state both score and Price; expected two"):
        chart("frontier", _priced(), store, EMPTY_LEXICON, Wanted())
    with pytest.raises(DeclarationError, match="has no weight to draw scores against; known: price, size, speed"):
        chart("frontier", _priced(), store, EMPTY_LEXICON, Wanted(against="weight"))


def _priced() -> Board:
    metrics = [replace(each, topic="price", unit="USD per 1M tokens") if each.id == PRICE else each for each in board().metrics]
    return board(metrics=tuple(metrics))


def test_a_calendar_counts_entries_that_changed_and_not_other_decimals_of_the_same_number(store: Store):
    def rows(scores: Mapping[str, float], decimals: int) -> list[Entry]:
        return [published(row, decimals) for row in listed(scores)]

    save(store, 0, rows({"a": 57.2, "b": 50.1, "c": 40.0, "d": 30.0, "e": 20.0}, 1))
    save(store, 1, rows({"a": 57.18, "b": 50.12, "c": 40.03, "d": 30.01, "e": 20.04}, 2))
    save(store, 2, rows({"a": 59.3, "b": 50.12, "c": 40.03, "d": 30.01, "e": 20.04, "f": 11.0}, 2))
    note(store, 3, Result.UNCHANGED)
    found = chart("calendar", board(), store, EMPTY_LEXICON, Wanted())
    assert list(found.changed.items()) == [(at(day).date(), number) for day, number in enumerate((0, 0, 2, 0))]


def published(row: Entry, decimals: int) -> Entry:
    measure = Measure(value=row.measures[SCORE].value, decimals=decimals)
    return replace(row, measures={SCORE: measure})


def test_steps_show_of_each_lab_the_entry_that_changed_most(store: Store, lexicon: Lexicon):
    scores = {"g": 80.0, "h": 70.0, "c": 75.0}
    save(store, 0, listed(scores, {"g": 10, "h": 2, "c": 5}))
    save(store, 1, listed(scores, {"g": 10, "h": 1, "c": 5}))
    found = chart("step", _priced(), store, lexicon, Wanted())
    assert values(found) == {NAMED["h"]: [2, 1], NAMED["c"]: [5, 5]}


def test_a_slope_has_the_first_and_the_last_reading(store: Store):
    for day in range(3):
        save(store, day, listed({"a": 80.0 + day, "b": 10}))
    assert values(chart("slope", board(), store, EMPTY_LEXICON, Wanted()))["Row a"] == [80, 82]


def test_an_unknown_form_is_refused_with_those_there_are(store: Store):
    with pytest.raises(DeclarationError, match='form "pie" is unknown; known: badge, band, bump, calendar'):
        chart("pie", board(), store, EMPTY_LEXICON, Wanted())


def test_boards_do_not_mix(store: Store):
    save(store, 0, listed({"a": 80}))
    save(store, 0.5, listed({"z": 10}), board(OTHER))
    assert all(before < after for before, after in pairwise(sorted(store.boards())))
    assert list(values(drawn(store))) == ["Row a"]
    assert drawn(store).head.board == board(BOARD).title
