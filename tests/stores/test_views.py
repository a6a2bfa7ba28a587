"""The documented views say what the Python functions say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from kit import examples
from store_world import BOARD, PRICE, SCORE, Fault, board, day, entry, save_all, scores, snapshot

from tracker.identity import as_model
from tracker.model import EntryId, EventFilter, MetricId, PublishedEntry, Result
from tracker.model.names import Lab, Lexicon
from tracker.query.standings import standings
from tracker.stores.sqlite import SqliteStore
from tracker.stores.views import VIEWS
from tracker.wording import machine_time

IN_MEMORY = Path(":memory:")
STATES = st.lists(
    st.lists(st.tuples(*[st.sampled_from((None, 1.0, 2.0, 3.0))] * 2), min_size=1, max_size=4), min_size=1, max_size=6
)
NAMES = Lexicon(version="v1")


def ranked(store: SqliteStore, metric: MetricId, at: datetime | None) -> Mapping[EntryId, int]:
    return {row.entry: row.rank for row in standings(board(), store, metric=metric, at=at) if row.rank is not None}


def in_view(rows: Sequence[tuple[object, ...]], at: str) -> Mapping[object, object]:
    """The ranks of (entry, rank, from, to) at a time."""
    return {entry: rank for entry, rank, start, end in rows if str(start) <= at and (end is None or str(end) > at)}


@examples(40)
@given(states=STATES, ambiguous=st.sets(st.integers(0, 5)), gone=st.sets(st.integers(1, 5), max_size=1))
def test_the_ranks_of_every_metric_are_those_of_the_standings_at_every_reading(
    states: list[list[tuple[float | None, float | None]]], ambiguous: set[int], gone: set[int]
):
    shown = [
        snapshot(
            day(number),
            [entry("abcd"[place], *values) for place, values in enumerate(state)],
            ambiguous=frozenset({EntryId("z")} if number in ambiguous else ()),
        )
        for number, state in enumerate(states)
        if number not in gone
    ]
    with SqliteStore(IN_MEMORY) as store:
        save_all(store, board(), shown)
        for metric in (SCORE, PRICE):
            sql = f"SELECT entry, rank, valid_from, valid_to FROM rank_history WHERE board = ? AND metric = '{metric}'"
            history = store.rows(sql, BOARD)
            for state in shown:
                want = ranked(store, metric, state.observed_at)
                at = machine_time(state.observed_at)
                assert in_view(history, at) == want
                sql = f"SELECT entry, segment, valid_from, valid_to FROM leaders WHERE board = ? AND metric = '{metric}'"
                starts = [segment.started_at for segment in store.segments(BOARD) if segment.metric == metric]
                segment = machine_time(max(start for start in starts if start <= state.observed_at))
                assert in_view(store.rows(sql, BOARD), at) == {entry: segment for entry, rank in want.items() if rank == 1}
            sql = f"SELECT entry, rank FROM standings_now WHERE board = ? AND metric = '{metric}' AND rank > 0"
            assert dict(store.rows(sql, BOARD)) == ranked(store, metric, None)
        spans = store.rows(
            "SELECT entry, metric, valid_from FROM rank_history WHERE board = ? GROUP BY 1, 2, 3 HAVING count(*) > 1", BOARD
        )
        assert spans == []


def test_a_period_without_a_value_ends_a_rank_and_a_change_elsewhere_does_not():
    states = [
        snapshot(day(0), [entry("a", 9, 1), entry("b", 8, 2)]),
        snapshot(day(1), [entry("a", 9.5, 1), entry("b", 8, 2)]),
        snapshot(day(2), [entry("a", 9.5), entry("b", 8, 2)]),
        snapshot(day(3), [entry("a", 9.5, 1), entry("b", 8, 2)]),
    ]
    with SqliteStore(IN_MEMORY) as store:
        save_all(store, board(), states)
        days = "substr(valid_from, 9, 2), substr(valid_to, 9, 2)"
        sql = f"SELECT entry, rank, {days} FROM rank_history WHERE board = ? AND metric = 'price'"
        assert sorted(store.rows(sql, BOARD)) == [
            ("a", 1, "01", "03"),
            ("a", 1, "04", None),
            ("b", 1, "03", "04"),
            ("b", 2, "01", "03"),
            ("b", 2, "04", None),
        ]


def test_measures_have_a_unit_and_the_segment_in_which_they_can_be_compared():
    declared = replace(board(), metrics=tuple(replace(metric, unit="points") for metric in board().metrics))
    states = [scores(0, "a:90 b:80 c:70 d:60"), scores(1, "a:45 b:40 c:35 d:30"), scores(2, "a:45 b:40 c:35 d:31")]
    with SqliteStore(IN_MEMORY) as store:
        save_all(store, declared, states)
        assert [segment.started_at for segment in store.segments(BOARD) if segment.metric == SCORE] == [day(0), day(1)]
        sql = (
            "SELECT value, valid_from, valid_to, unit, segment FROM measures WHERE board = ? AND entry = 'd' ORDER BY valid_from"
        )
        times = [machine_time(day(number)) for number in range(3)]
        assert store.rows(sql, BOARD) == [
            (60.0, times[0], times[1], "points", times[0]),
            (30.0, times[1], times[2], "points", times[1]),
            (31.0, times[2], None, "points", times[1]),
        ]
        assert store.rows("SELECT value, as_of, since, segment FROM standings_now WHERE board = ? AND entry = 'd'", BOARD) == [
            (31.0, times[2], times[2], times[1])
        ]


def test_boards_checks_and_names_are_views_with_times_that_carry_a_zone():
    states = [scores(0, "a:90 b:80"), Fault(at=day(1)), scores(2, "a:90")]
    with SqliteStore(IN_MEMORY) as store:
        save_all(store, board(), states)
        times = [machine_time(day(number)) for number in range(3)]
        sql = "SELECT title, metric, as_of, entries, checked_at, result FROM boards WHERE board = ?"
        assert store.rows(sql, BOARD) == [("Acme Arena", "score", times[2], 1, times[2], "accepted")]
        sql = "SELECT observed_at, result FROM checks WHERE board = ? ORDER BY 1"
        assert store.rows(sql, BOARD) == list(zip(times, (Result.ACCEPTED, Result.UNREADABLE, Result.ACCEPTED), strict=True))
        sql = "SELECT name, valid_from, valid_to FROM listed WHERE board = ? AND entry = 'b'"
        assert store.rows(sql, BOARD) == [("B", times[0], times[2])]


def test_events_name_subject_and_rival_and_news_are_those_that_are_news():
    with SqliteStore(IN_MEMORY) as store:
        save_all(store, board(), [scores(0, "a:90 b:80"), scores(1, "a:90 b:95")])
        events = list(store.events(EventFilter()))
        sql = (
            "SELECT event, kind, grade, metric, subject, rival, subject_entry, rivals FROM events WHERE board = ? ORDER BY event"
        )
        assert store.rows(sql, BOARD) == sorted(
            (
                *(event.id, event.kind, event.grade, event.metric),
                *(parties[0].name if parties else None for parties in (event.subjects, event.rivals)),
                *(event.subjects[0].entry if event.subjects else None, len(event.rivals)),
            )
            for event in events
        )
        news = [event for (event,) in store.rows("SELECT event FROM news WHERE board = ?", BOARD)]
        assert sorted(news) == sorted(event.id for event in events if event.is_news) != []
        parties = {(event.id, "rival", party.entry, party.name) for event in events for party in event.rivals}
        found = store.rows("SELECT event, role, entry, name FROM parties WHERE board = ?", BOARD)
        assert {row for row in found if row[1] == "rival"} == parties != set()


def test_an_entry_has_its_model_and_class_also_after_it_left():
    def resolved(state: str, number: int, **more: str) -> object:
        entries = [PublishedEntry(id=EntryId(name), name=name, position=1, attributes=more) for name in state.split()]
        return snapshot(day(number), [as_model(entry, BOARD, NAMES) for entry in entries], names=NAMES.version)

    sql = (
        "SELECT name, model, size_total_b, open_weights, last_seen IS NULL, names_version FROM entries WHERE board = ? ORDER BY 1"
    )
    with SqliteStore(IN_MEMORY) as store:
        save_all(store, board(), [resolved("Nova-7b Orion-70b", 0, licence="MIT"), resolved("Nova-7b", 1, licence="MIT")])
        assert store.rows(sql, BOARD) == [("Nova-7b", "nova-7b", 7.0, 1, 1, "v1"), ("Orion-70b", "orion-70b", 70.0, 1, 0, "v1")]
        assert {name: who.model for (name, _), who in store.identities(BOARD, "v1").items()} == {
            "Nova-7b": "nova-7b",
            "Orion-70b": "orion-70b",
        }
        assert store.identities(BOARD, "v2") == {}
        names = Lexicon(labs={"acme.toml": Lab(lab="Acme", aliases={"Orion-70b": "Nova-7b"})}, version="v2")
        store.identify(board(), "v2", lambda entry: as_model(entry, BOARD, names))
        assert [(row[0], row[1], row[3:]) for row in store.rows(sql, BOARD)] == [
            ("Nova-7b", "nova-7b", (1, 1, "v2")),
            ("Orion-70b", "nova-7b", (1, 0, "v2")),
        ]


def test_each_column_of_a_view_is_explained():
    assert [name for name, view in VIEWS.items() if not all((view.about, *view.columns.values()))] == []
