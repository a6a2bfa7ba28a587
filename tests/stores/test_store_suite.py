"""The one suite for all stores: what `ports.Store` promises. The memory store is the brute-force oracle of the others."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import examples
from memory_store import MemoryStore, stored
from sqlite_utils import Database
from store_world import (
    BOARD,
    ENTRIES,
    OTHER,
    PRICE,
    SCORE,
    START,
    Fault,
    answers,
    board,
    day,
    entry,
    measure,
    save_all,
    scores,
    sha,
    snapshot,
    steps,
)

from tracker.errors import StoreError
from tracker.model import Board, BoardId, BoardState, EntryId, Event, EventFilter, FailureStage, MetricId, Nature, Snapshot, Step
from tracker.ports import Store
from tracker.stores.hosts import SqliteHosts
from tracker.stores.migrations import migrations
from tracker.stores.sqlite import SqliteStore
from tracker.stores.sqlite_file import MIGRATIONS

IN_MEMORY = Path(":memory:")


A_WEEK = (
    scores(0, "a:90 b:80 c:70 d:60 e:50"),
    scores(1, "a:90 b:80 c:85 d:60 e:50 f:95"),
    Fault(at=day(2)),
    scores(3, "a:90 c:85 d:60 e:50 f:95"),
    scores(4, "a:90 c:85 d:60 e:50 f:95 g"),
    scores(5, "a:90 b:80 c:85 d:60 e:50 f:95 g:40"),
)


# ── an empty store ───────────────────────────────────────────────────────────────────────────────


def test_an_unknown_board_has_no_history(store: Store):
    assert store.boards() == ()
    assert store.position(BOARD) == 0
    assert store.past(BOARD) == BoardState()
    assert store.latest(BOARD) is None
    assert store.latest_bodies(BOARD) is None
    assert store.at(BOARD, day(3)) is None
    assert store.last_check(BOARD) is None
    assert store.declared(BOARD) is None
    assert store.event("abc") is None
    assert list(store.checks(BOARD)) == list(store.events(EventFilter())) == list(store.withdrawn(BOARD)) == []


def test_a_board_that_is_only_declared_is_not_listed(store: Store):
    store.declare(board())
    store.move_position(BOARD, 12)
    assert store.boards() == ()
    assert store.past(BOARD) == BoardState()
    assert store.declared(BOARD) == board()


# ── what was saved ───────────────────────────────────────────────────────────────────────────────


def test_the_latest_snapshot_is_the_accepted_one_without_positions(store: Store):
    saved = save_all(store, board(), A_WEEK)
    assert saved[-1].diff is not None
    assert store.latest(BOARD) == stored(saved[-1].diff.after)
    assert store.latest_bodies(BOARD) == store.latest(BOARD).sha256
    assert {entry.position for entry in store.latest(BOARD).entries.values()} == {0}


def test_published_ranks_come_back_as_they_were_at_each_time(store: Store):
    save_all(store, board(), [scores(0, "a:90 b:80"), scores(1, "b:80 a:90 c:70")])
    assert {key: entry.rank for key, entry in store.at(BOARD, day(0)).entries.items()} == {"a": 1, "b": 2}
    assert {key: entry.rank for key, entry in store.latest(BOARD).entries.items()} == {"a": 2, "b": 1, "c": 3}


def test_a_rank_that_the_board_no_longer_states_is_unknown(store: Store):
    after = scores(1, "a:91 b:80")
    unranked = replace(after, entries={key: replace(entry, rank=None) for key, entry in after.entries.items()})
    save_all(store, board(), [scores(0, "a:90 b:80"), unranked])
    assert {entry.rank for entry in store.latest(BOARD).entries.values()} == {None}
    assert {entry.rank for entry in store.at(BOARD, day(0)).entries.values()} == {1, 2}


def test_a_board_is_shown_as_of_each_time(store: Store):
    save_all(store, board(), A_WEEK)
    assert store.at(BOARD, START - timedelta(seconds=1)) is None
    assert store.at(BOARD, day(0)).observed_at == day(0)
    assert store.at(BOARD, day(1) - timedelta(seconds=1)).observed_at == day(0)
    assert sorted(store.at(BOARD, day(2)).entries) == ["a", "b", "c", "d", "e", "f"]
    assert sorted(store.at(BOARD, day(3)).entries) == ["a", "c", "d", "e", "f"]
    assert store.at(BOARD, day(99)) == store.latest(BOARD)
    for metrics in ([SCORE], []):
        assert store.at(BOARD, day(99), metrics) == store.latest(BOARD, metrics)


def test_only_the_metrics_asked_for_are_shown_as_of_a_time(store: Store):
    save_all(store, board(), [snapshot(day(0), [entry("a", 90, 1.5), entry("b", None, 2.5)])])
    shown = store.at(BOARD, day(1), [SCORE])
    assert {key: sorted(entry.measures) for key, entry in shown.entries.items()} == {"a": ["score"], "b": []}
    assert store.at(BOARD, day(1), [MetricId("nonsense")]).entries["a"].measures == {}


def test_values_are_kept_as_half_open_spans_that_end_while_an_entry_is_away(store: Store):
    save_all(store, board(), A_WEEK)
    assert [(span.valid_from, span.valid_to, span.measure.value) for span in store.spans(BOARD, EntryId("c"), SCORE)] == [
        (day(0), day(1), 70),
        (day(1), None, 85),
    ]
    assert [(span.valid_from, span.valid_to) for span in store.spans(BOARD, EntryId("b"), SCORE)] == [
        (day(0), day(3)),
        (day(5), None),
    ]
    assert list(store.spans(BOARD, EntryId("b"), PRICE)) == []


def test_ranks_are_kept_as_spans(store: Store):
    save_all(store, board(), A_WEEK)
    assert [(span.valid_from, span.valid_to, span.rank) for span in store.rank_spans(BOARD, EntryId("a"))] == [
        (day(0), day(1), 1),
        (day(1), None, 2),
    ]
    assert [span.rank for span in store.rank_spans(BOARD, EntryId("g"))] == [7]


def test_a_rebase_starts_a_segment(store: Store):
    save_all(store, board(), [scores(0, "a:90 b:80 c:70"), scores(1, "a:45 b:40 c:35")])
    begun = [(segment.metric, segment.started_at) for segment in store.segments(BOARD)]
    assert begun == [("price", day(0)), ("score", day(0)), ("score", day(1))]
    assert store.segments(BOARD)[-1].reason == "3 of 3 values moved"


def test_checks_have_their_results_and_are_sorted_oldest_first(store: Store):
    saved = save_all(store, board(), A_WEEK)
    assert list(store.checks(BOARD)) == [step.check for step in saved]
    assert store.last_check(BOARD) == saved[-1].check
    assert [check.status for check in store.checks(BOARD)] == [200, 200, 503, 200, 200, 200]


def test_the_past_is_that_of_the_last_step(store: Store):
    saved = save_all(store, board(), A_WEEK[:3])
    assert store.past(BOARD) == saved[-1].past
    assert store.past(BOARD).broken_since == day(2)


def test_each_board_has_its_own_position(store: Store):
    store.move_position(BOARD, 100)
    store.move_position(OTHER, 7)
    store.move_position(BOARD, 250)
    assert (store.position(BOARD), store.position(OTHER)) == (250, 7)


def test_a_declaration_comes_back_as_it_was_and_the_last_one_counts(store: Store):
    first = board()
    changed = replace(first, title="Acme Arena II", metrics=first.metrics[:1], contract=replace(first.contract, depth=20))
    store.declare(first)
    store.declare(changed)
    assert store.declared(BOARD) == changed
    assert store.declared(BOARD).request.headers == {"x-key": "${ACME_KEY}"}


def test_an_attribute_called_page_is_not_the_page_of_the_entry(store: Store):
    link = {"page": "https://acme.example/a", "licence": "MIT"}
    save_all(store, board(), [snapshot(day(0), [entry("a", 1, attributes=link), entry("b", 2, page=1, attributes=link)])])
    shown = store.latest(BOARD).entries
    assert [(entry.page, entry.attributes) for entry in shown.values()] == [(0, link), (1, link)]


@pytest.mark.parametrize(
    "odd",
    [
        measure(0.0, raw="-0.0"),
        measure(0.1 + 0.2, 17, raw="0.30000000000000004"),
        measure(1504.0, 0, low=1498.0, high=1510.0, raw="1504 ±6"),
        measure(19.0, 0, estimated=True, raw="19 E"),
        measure(1e300, 0),
        measure(5e-324, 3, raw="5e-324"),
        measure(44.5, 2, raw="44.50"),
    ],
    ids=lambda measure: measure.raw[:12],
)
def test_a_measure_comes_back_to_the_last_bit_with_the_cell_as_published(store: Store, odd):
    save_all(store, board(), [snapshot(day(0), [replace(entry("a"), measures={SCORE: odd})])])
    found = store.latest(BOARD).entries[EntryId("a")].measures[SCORE]
    assert found == odd == store.spans(BOARD, EntryId("a"), SCORE)[0].measure
    assert repr(found.raw) == repr(odd.raw)


@pytest.mark.parametrize("key", ["", " ", "x' OR 1=1 --", 'q"q', "a\x00b", "日本語 🥇", "e\u0301", "-1", "%_", "a\nb"])
def test_any_text_is_a_key(store: Store, key: str):
    save_all(store, board(), [snapshot(day(0), [entry(key, 1.0), entry("other", 2.0)]), snapshot(day(1), [entry(key, 3.0)])])
    assert sorted(store.latest(BOARD).entries) == [key]
    assert [span.measure.value for span in store.spans(BOARD, EntryId(key), SCORE)] == [1.0, 3.0]
    assert key in {event.subjects[0].entry for event in store.events(EventFilter(entry=EntryId(key)))}


def test_two_boards_with_the_same_keys_do_not_touch(store: Store):
    save_all(store, board(), A_WEEK)
    alone = answers(store, BOARD, [day(3)])
    save_all(store, board(OTHER), [scores(0, "a:1 b:2", board_id=OTHER), scores(9, "b:5", board_id=OTHER)])
    both = answers(store, BOARD, [day(3)])
    assert store.boards() == (OTHER, BOARD)
    assert {key: both[key] for key in ("latest", "at", "spans", "ranks", "past", "checks", "segments")} == {
        key: alone[key] for key in ("latest", "at", "spans", "ranks", "past", "checks", "segments")
    }
    assert sorted(store.latest(OTHER).entries) == ["b"]


def test_a_metric_that_is_no_longer_declared_ends_with_the_next_snapshot(store: Store):
    whole = board()
    first = next(steps(whole, [snapshot(day(0), [entry("a", 1.0, 2.0)])]))
    store.save(first)
    score_only = replace(whole, metrics=whole.metrics[:1])
    later = steps(score_only, [snapshot(day(1), [entry("a", 1.0)])], before=store.latest(BOARD), past=store.past(BOARD))
    store.save(next(later))
    assert sorted(store.latest(BOARD).entries[EntryId("a")].measures) == ["score"]
    assert [span.valid_to for span in store.spans(BOARD, EntryId("a"), PRICE)] == [day(1)]


# ── what is refused ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("number", [1, 0])
def test_a_step_that_is_not_later_than_the_last_is_refused_and_leaves_no_trace(store: Store, number: int):
    save_all(store, board(), [scores(1, "a:90 b:80")])
    before = answers(store, BOARD, [day(1)])
    with pytest.raises(StoreError, match=r"acme/text: a step at .* is not later than the last stored; another run stored it"):
        store.save(next(steps(board(), [scores(number, "a:1")])))
    assert answers(store, BOARD, [day(1)]) == before


# ── events ───────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def recorded(store: Store) -> list[Event]:
    week = save_all(store, board(), A_WEEK)
    other = save_all(store, board(OTHER), [scores(1, "a:5 b:4", board_id=OTHER), scores(3, "b:9 a:5", board_id=OTHER)])
    events = [event for step in (*week, *other) for event in step.events]
    return sorted(events, key=lambda event: (event.recorded_at, event.board))


FILTERS = {
    "all": (EventFilter(), lambda _: True),
    "board": (EventFilter(board=OTHER), lambda event: event.board == OTHER),
    "kinds": (EventFilter(kinds=("overtake", "debut")), lambda event: event.kind in ("overtake", "debut")),
    "grades": (EventFilter(grades=("nominal", "parse")), lambda event: event.grade in ("nominal", "parse")),
    "since": (EventFilter(since=day(3)), lambda event: event.recorded_at >= day(3)),
    "until": (EventFilter(until=day(3)), lambda event: event.recorded_at < day(3)),
    "since a fraction": (EventFilter(since=day(3) + timedelta(milliseconds=1)), lambda event: event.recorded_at > day(3)),
    "news": (EventFilter(is_news=True), lambda event: event.is_news),
    "recorded only": (EventFilter(is_news=False), lambda event: not event.is_news),
    "fact": (EventFilter(fact="of"), lambda event: "of" in event.facts),
    "entry": (EventFilter(entry=EntryId("c")), lambda event: "c" in {party.entry for party in (*event.subjects, *event.rivals)}),
    "several": (
        EventFilter(board=BOARD, kinds=("overtake",), is_news=True, since=day(1), until=day(2), entry=EntryId("b")),
        lambda event: (
            event.board == BOARD
            and event.kind == "overtake"
            and event.is_news
            and event.recorded_at == day(1)
            and "b" in {party.entry for party in (*event.subjects, *event.rivals)}
        ),
    ),
    "none": (EventFilter(kinds=("nonsense",)), lambda _: False),
    "not SQL": (EventFilter(kinds=("' OR 1 --",)), lambda _: False),
}


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_passes_the_matching_events_in_order(store: Store, recorded: list[Event], name: str):
    wanted, passes = FILTERS[name]
    expected = [event for event in recorded if passes(event)]
    assert list(store.events(wanted)) == expected
    assert expected or name in ("none", "not SQL")


def test_every_event_comes_back_whole_by_the_beginning_of_its_id(store: Store, recorded: list[Event]):
    assert len(recorded) >= 10
    for event in recorded:
        assert store.event(event.id) == store.event(event.id[:12]) == event


def test_the_beginning_of_several_ids_is_refused_and_an_unknown_one_finds_nothing(store: Store, recorded: list[Event]):
    with pytest.raises(StoreError, match="event ids start with that; give more characters"):
        store.event("")
    assert store.event("not an id") is None
    assert store.event("%") is None
    assert store.event(recorded[0].id + "0") is None


# ── rewriting ─────────────────────────────────────────────────────────────────────────────────────


def test_a_rewritten_board_has_only_its_new_history_and_its_withdrawn_events(store: Store):
    old = save_all(store, board(), A_WEEK)
    store.move_position(BOARD, 99)
    with store.rewriting(BOARD):
        assert store.position(BOARD) == 0
        assert store.latest(BOARD) is None
        assert store.past(BOARD) == BoardState()
        new = save_all(store, board(), A_WEEK[:2])
    assert list(store.checks(BOARD)) == [step.check for step in new]
    assert store.latest(BOARD) == stored(new[-1].diff.after)
    gone = {event.id for step in old for event in step.events} - {event.id for step in new for event in step.events}
    assert list(store.withdrawn(BOARD)) == sorted(gone) != []


def test_an_event_that_is_found_again_is_no_longer_withdrawn(store: Store):
    save_all(store, board(), A_WEEK)
    for states in (A_WEEK[:2], A_WEEK):
        with store.rewriting(BOARD):
            save_all(store, board(), states)
    assert list(store.withdrawn(BOARD)) == []


def test_a_failed_rewriting_changes_nothing(store: Store):
    save_all(store, board(), A_WEEK)
    store.move_position(BOARD, 99)
    before = answers(store, BOARD, [day(1), day(4)])
    with pytest.raises(ZeroDivisionError):
        _spoil(store, replace(board(), title="Another"))
    assert answers(store, BOARD, [day(1), day(4)]) == before
    store.save(_next_step(store, scores(6, "a:1")))
    assert store.last_check(BOARD).observed_at == day(6)


def _spoil(store: Store, of: Board) -> None:
    with store.rewriting(BOARD):
        save_all(store, of, [scores(0, "x:1 y:2"), Fault(at=day(1))])
        store.move_position(BOARD, 5)
        raise ZeroDivisionError


def test_a_refused_step_within_a_rewriting_undoes_all_of_it(store: Store):
    save_all(store, board(), A_WEEK)
    before = answers(store, BOARD, [day(1)])
    later, earlier = (next(steps(board(), [scores(number, "a:1 b:2")])) for number in (4, 2))
    with pytest.raises(StoreError, match="not later"):
        _save_within(store, later, earlier)
    assert answers(store, BOARD, [day(1)]) == before


def _save_within(store: Store, *steps: Step) -> None:
    with store.rewriting(BOARD):
        for step in steps:
            store.save(step)


def test_a_rewriting_of_one_board_leaves_the_others(store: Store):
    save_all(store, board(OTHER), [scores(0, "a:1 b:2", board_id=OTHER), scores(1, "a:3 b:2", board_id=OTHER)])
    save_all(store, board(), A_WEEK)
    before = list(store.events(EventFilter(board=OTHER)))
    latest = store.latest(OTHER)
    with store.rewriting(BOARD):
        save_all(store, board(), A_WEEK[:1])
    assert list(store.events(EventFilter(board=OTHER))) == before != []
    assert store.latest(OTHER) == latest
    assert list(store.withdrawn(OTHER)) == []


# ── all stores alike: random histories ───────────────────────────────────────────────────────────

_SCORES = st.sampled_from([10.0, 20.0, 20.5, 30.0, 40.0, 0.0])
_MEASURES = st.one_of(
    st.builds(measure, _SCORES),
    st.builds(lambda value: measure(value, low=value - 3, high=value + 3, raw=f"{value} ±3"), _SCORES),
    st.builds(lambda value: measure(value, 0, estimated=True, raw=f"{value:.0f} E"), _SCORES),
)
_ENTRIES = st.fixed_dictionaries(
    {"name": st.sampled_from(["Alpha", "Beta"]), "page": st.integers(0, 1)},
    optional={"licence": st.sampled_from(["MIT", "Apache-2.0"]), "link": st.just("https://acme.example/"), "score": _MEASURES}
    | {"price": st.sampled_from([0.5, 2.0])},
)
_STATES = st.lists(
    st.one_of(
        st.dictionaries(st.sampled_from(ENTRIES), _ENTRIES, min_size=1, max_size=len(ENTRIES)),
        st.sampled_from([FailureStage.PARSE, FailureStage.FETCH]),
    ),
    min_size=1,
    max_size=7,
)


def _entry(key: EntryId, drawn: dict[str, object]):
    attributes = {name: drawn[place] for name, place in (("licence", "licence"), ("page", "link")) if place in drawn}
    measures = {SCORE: drawn["score"]} if "score" in drawn else {}
    if "price" in drawn:
        measures[PRICE] = measure(drawn["price"], 2)
    return entry(key, name=drawn["name"], page=drawn["page"], attributes=attributes, measures=measures)


def _states(drawn: list[object]) -> list[Snapshot | Fault]:
    states: list[Snapshot | Fault] = []
    for number, state in enumerate(drawn):
        if isinstance(state, FailureStage):
            states.append(Fault(at=day(number), trouble=state))
        else:
            of = [_entry(key, numbers) for key, numbers in state.items()]
            guesses = (1.5,) if number % 2 else ()
            twice = {"unnamed": (0.5, *guesses), "unnamed_estimates": guesses} if number % 3 else {}
            more = twice | {"sha256": (sha(f"{number}"), sha(f"{number}b")), "depth": len(of) if number % 3 == 2 else None}
            states.append(snapshot(day(number), of, version=f"v{number % 2}" if number % 5 == 4 else "", **more))
    return states


STATES = _STATES.map(_states)
NATURES = st.sampled_from([Nature.TESTED, Nature.FITTED])


def _times(states: list[Snapshot | Fault]) -> list[datetime]:
    whole = [day(number) for number in range(-1, len(states) + 1)]
    return sorted([*whole, *(at + timedelta(hours=7) for at in whole)])


def _of_nature(nature: Nature):
    score, price = board().metrics
    return board(metrics=(replace(score, nature=nature), price))


@pytest.mark.slow
@examples(60)
@given(states=STATES, nature=NATURES)
def test_every_store_answers_every_question_alike(states: list[Snapshot | Fault], nature: Nature):
    memory = MemoryStore()
    save_all(memory, _of_nature(nature), states)
    with SqliteStore(IN_MEMORY) as sqlite:
        save_all(sqlite, _of_nature(nature), states)
        assert answers(sqlite, BOARD, _times(states)) == answers(memory, BOARD, _times(states))


@examples(40)
@given(states=STATES)
def test_the_naive_store_shows_the_last_accepted_snapshot(states: list[Snapshot | Fault]):
    memory = MemoryStore()
    save_all(memory, board(), states)
    accepted = [state for state in states if isinstance(state, Snapshot)]
    for at in _times(states):
        until = [state for state in accepted if state.observed_at <= at]
        assert memory.at(BOARD, at) == (stored(until[-1]) if until else None)


@examples(25)
@given(states=STATES, data=st.data())
def test_a_fold_continues_alike_after_the_store_was_reopened(
    tmp_path_factory: pytest.TempPathFactory, states: list[Snapshot | Fault], data: st.DataObject
):
    cuts = data.draw(st.sets(st.integers(1, len(states)), max_size=2))
    path = tmp_path_factory.mktemp("store") / "tracker.db"
    with ExitStack() as opened:
        store = opened.enter_context(SqliteStore(path))
        store.declare(board())
        for number, state in enumerate(states):
            if number in cuts:
                opened.close()
                store = opened.enter_context(SqliteStore(path))
            for step in steps(board(), [state], before=store.latest(BOARD), past=store.past(BOARD)):
                store.save(step)
        memory = MemoryStore()
        save_all(memory, board(), states)
        assert answers(store, BOARD, _times(states)) == answers(memory, BOARD, _times(states))


@pytest.mark.slow
@examples(25)
@given(first=STATES, second=STATES, fails=st.booleans())
def test_all_stores_rewrite_a_board_alike(first: list[Snapshot | Fault], second: list[Snapshot | Fault], *, fails: bool):
    memory = MemoryStore()
    with SqliteStore(IN_MEMORY) as sqlite:
        for store in (memory, sqlite):
            save_all(store, board(), first)
            _rewrite(store, second, fails=fails)
        assert answers(sqlite, BOARD, _times(second)) == answers(memory, BOARD, _times(second))


def _rewrite(store: Store, states: list[Snapshot | Fault], *, fails: bool) -> None:
    try:
        with store.rewriting(BOARD):
            save_all(store, board(), states)
            if fails:
                raise ZeroDivisionError
    except ZeroDivisionError:
        assert fails


# ── one file ─────────────────────────────────────────────────────────────────────────────────────


def test_a_reopened_file_gives_the_same_answers(tmp_path: Path):
    with SqliteStore(tmp_path / "tracker.db") as store:
        save_all(store, board(), A_WEEK)
        store.move_position(BOARD, 77)
        before = answers(store, BOARD, [day(1), day(4)])
    with SqliteStore(tmp_path / "tracker.db") as store:
        assert answers(store, BOARD, [day(1), day(4)]) == before


def test_a_published_rank_is_stored_only_when_it_changes(tmp_path: Path):
    with SqliteStore(tmp_path / "tracker.db") as store:
        save_all(store, board(), [scores(0, "a:90 b:80 c:70"), scores(1, "a:91 b:80 c:70"), scores(2, "a:91 c:81 b:80")])
    assert _published_ranks(tmp_path / "tracker.db") == [("a", "1"), ("b", "2"), ("b", "3"), ("c", "2"), ("c", "3")]


def test_a_store_written_before_ranks_were_stored_gets_them_with_the_next_reading(tmp_path: Path):
    path = tmp_path / "tracker.db"
    with SqliteStore(path) as store:
        save_all(store, board(), [scores(0, "a:90 b:80")])
    with closing(sqlite3.connect(path)) as old, old:
        old.execute("DELETE FROM texts WHERE series IN (SELECT series FROM series WHERE name = '$rank')")
        old.execute("DELETE FROM series WHERE name = '$rank'")
    with SqliteStore(path) as store:
        assert {entry.rank for entry in store.latest(BOARD).entries.values()} == {None}
        store.save(_next_step(store, scores(1, "a:90 b:81")))
        assert {key: entry.rank for key, entry in store.latest(BOARD).entries.items()} == {"a": 1, "b": 2}


def _published_ranks(path: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as stored:
        sql = (
            "SELECT key, value FROM texts JOIN series USING (series)"
            " JOIN _entries AS e ON e.board = series.board AND e.entry = texts.entry WHERE series.name = '$rank'"
        )
        return sorted(stored.execute(sql))


def test_a_second_connection_sees_a_step_whole_and_forgets_its_caches(tmp_path: Path):
    states = list(A_WEEK)
    with SqliteStore(tmp_path / "tracker.db") as first, SqliteStore(tmp_path / "tracker.db") as second:
        save_all(first, board(), states[:2])
        assert second.past(BOARD) == first.past(BOARD)
        with second.rewriting(BOARD):
            saved = save_all(second, board(), [scores(0, "z:9 a:90 b:80"), scores(1, "z:9 a:90 b:80 q:3")])
        assert first.past(BOARD) == saved[-1].past
        step = _next_step(first, scores(7, "q:3 z:8 a:90 c:1"))
        first.save(step)
        memory = MemoryStore()
        save_all(memory, board(), [scores(0, "z:9 a:90 b:80"), scores(1, "z:9 a:90 b:80 q:3"), scores(7, "q:3 z:8 a:90 c:1")])
        assert first.latest(BOARD) == memory.latest(BOARD)
        assert second.past(BOARD) == step.past


def _next_step(store: Store, state: Snapshot) -> Step:
    return next(steps(board(), [state], before=store.latest(BOARD), past=store.past(BOARD)))


def _not_a_database(path: Path) -> None:
    path.write_bytes(b"this is no database, but a text that is longer than its header" * 20)


def _a_folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (_not_a_database, "is damaged: file is not a database; expected the SQLite file that the tracker wrote"),
        (_a_folder, "cannot open the store: .* expected a writable SQLite file"),
    ],
)
def test_a_file_of_another_program_is_refused_in_one_line_and_closed(tmp_path: Path, spoil: Callable[[Path], None], problem: str):
    path = tmp_path / "tracker.db"
    spoil(path)
    with pytest.raises(StoreError, match=rf"tracker\.db: {problem}"):
        SqliteStore(path)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sql", "ask"),
    [
        ("UPDATE _events SET body = '{'", lambda store: list(store.events(EventFilter()))),
        ("UPDATE _events SET body = '{\"subjects\": 3}'", lambda store: list(store.events(EventFilter()))),
        ("UPDATE _events SET body = replace(body, '[[0,', '[[7,')", lambda store: list(store.events(EventFilter()))),
        ("UPDATE _boards SET past = 'x'", lambda store: store.past(BOARD)),
        ("UPDATE _boards SET declaration = '[]'", lambda store: store.declared(BOARD)),
        ("UPDATE _entries SET names = '3'", lambda store: store.past(BOARD)),
        ("UPDATE snapshots SET metrics = ''", lambda store: store.latest(BOARD)),
        ("UPDATE _checks SET result = 'perfect'", lambda store: list(store.checks(BOARD))),
        ("DROP TABLE _checks", lambda store: list(store.checks(BOARD))),
        ("DROP TABLE _events", lambda store: list(store.events(EventFilter()))),
        ("DELETE FROM _entries WHERE key = 'a'", lambda store: store.latest(BOARD)),
    ],
)
def test_a_damaged_row_is_a_store_error(tmp_path: Path, sql: str, ask: Callable[[SqliteStore], object]):
    path = tmp_path / "tracker.db"
    with SqliteStore(path) as store:
        save_all(store, board(), A_WEEK)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(sql)
        connection.commit()
    with SqliteStore(path) as store, pytest.raises(StoreError, match="tracker replay") as caught:
        ask(store)
    assert "\n" not in str(caught.value)


@pytest.mark.slow
def test_processes_that_open_a_new_file_at_once_all_get_it(tmp_path: Path):
    for number in range(10):
        meet = Barrier(4)

        def opened(path: Path = tmp_path / f"{number}.db", meet: Barrier = meet) -> tuple[BoardId, ...]:
            meet.wait()
            with SqliteStore(path) as store:
                return store.boards()

        with ThreadPoolExecutor(4) as pool:
            assert [opening.result() for opening in [pool.submit(opened) for _ in range(4)]] == [()] * 4


def test_opening_looks_for_exactly_the_migrations_that_there_are(tmp_path: Path):
    with SqliteStore(tmp_path / "tracker.db") as store:
        applied = migrations.applied(Database(store._connection))
    assert tuple(migration.name for migration in applied) == MIGRATIONS
    assert tuple(migration.name for migration in migrations._migrations) == MIGRATIONS


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (EventFilter(board=BOARD, fact="key_before"), "events_with_key_before (board=?)"),
        (EventFilter(board=BOARD, fact="key_before", entry=EntryId("a")), "events_with_key_before (board=?)"),
        (EventFilter(board=BOARD, entry=EntryId("a")), "sqlite_autoindex__events_1 (event=?)"),
        (EventFilter(board=BOARD, since=day(1)), "events_by_board (board=? AND recorded_at>?)"),
    ],
)
def test_events_are_found_by_an_index_that_fits_the_question(tmp_path: Path, wanted: EventFilter, index: str):
    asked: list[str] = []
    with SqliteStore(tmp_path / "tracker.db") as store:
        save_all(store, board(), A_WEEK)
        store._connection.set_trace_callback(asked.append)
        list(store.events(wanted))
        store._connection.set_trace_callback(None)
        (question,) = asked
        plan = [row[-1] for row in store._connection.execute(f"EXPLAIN QUERY PLAN {question}")]
    assert f"SEARCH _events USING INDEX {index}" in plan
    assert not any(step.startswith("SCAN") for step in plan)


def test_series_have_the_same_numbers_in_whatever_order_boards_arrive(tmp_path: Path):
    rows = []
    for name, order in (("one", (BOARD, OTHER)), ("two", (OTHER, BOARD))):
        with SqliteStore(tmp_path / f"{name}.db") as store:
            for board_id in order:
                save_all(store, board(board_id), [scores(0, "a:90 b:80", board_id=board_id)])
        with closing(sqlite3.connect(tmp_path / f"{name}.db")) as connection:
            rows.append(connection.execute("SELECT * FROM _measures ORDER BY 1, 2, 3").fetchall())
    assert rows[0] == rows[1] != []


def test_only_what_changed_takes_rows(tmp_path: Path):
    same = "a:90 b:80 c:70 d:60 e:50"
    with SqliteStore(tmp_path / "tracker.db") as store:
        save_all(store, board(), [scores(number, same) for number in range(10)])
    with closing(sqlite3.connect(tmp_path / "tracker.db")) as connection:
        counts = {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("_measures", "texts", "ranks", "_checks", "snapshots")
        }
    assert counts == {"_measures": 5, "texts": 10, "ranks": 5, "_checks": 10, "snapshots": 10}


def test_hosts_are_remembered_between_runs(tmp_path: Path):
    with closing(SqliteHosts(tmp_path / "hosts.db")) as hosts:
        assert (hosts.last_request("acme.example"), hosts.not_before("acme.example")) == (None, None)
        hosts.note_not_before("acme.example", day(1))
        hosts.note_request("acme.example", day(0))
    with closing(SqliteHosts(tmp_path / "hosts.db")) as hosts:
        assert (hosts.last_request("acme.example"), hosts.not_before("acme.example")) == (day(0), day(1))
        hosts.note_not_before("acme.example", None)
        hosts.note_request("acme.example", day(2))
        assert (hosts.last_request("acme.example"), hosts.not_before("acme.example")) == (day(2), None)
