"""What people ask of the record: a board's order, a model's course, a board's health."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from memory_store import MemoryStore
from query_world import BOARD, OTHER, PRICE, SCORE, SPEED, at, board, entry, note, save

from tracker.cadence import next_due
from tracker.errors import DeclarationError
from tracker.model import EntryId, EntryRecord, Request, Result, State, Step
from tracker.ports import Store
from tracker.query.due import missing_keys
from tracker.query.health import health as health_of
from tracker.query.history import history
from tracker.query.standings import standings
from tracker.workspace.names import default_lexicon

# ── standings ────────────────────────────────────────────────────────────────────────────────────


def order(store: Store, **wanted: object) -> list[tuple[int | None, str, float | None]]:
    return [(row.rank, row.name, row.value) for row in standings(board(), store, **wanted)]


def test_standings_share_ranks_and_put_those_without_a_value_last(store: Store):
    save(store, 0, [entry("d", 70), entry("a", 90), entry("z"), entry("c", 80), entry("b", 80), entry("y")])
    assert order(store) == [(1, "A", 90), (2, "B", 80), (2, "C", 80), (4, "D", 70), (None, "Y", None), (None, "Z", None)]


def test_standings_of_a_metric_where_less_is_better_and_of_one_without_a_direction(store: Store):
    save(store, 0, [entry("a", 90, 5), entry("b", 80, 2), entry("c", 70, 9)])
    assert order(store, metric=PRICE) == [(1, "B", 2), (2, "A", 5), (3, "C", 9)]
    assert order(store, metric=SPEED) == [(None, "A", 5), (None, "B", 2), (None, "C", 9)]


def test_standings_as_of_a_time(store: Store):
    save(store, 0, [entry("a", 90), entry("b", 80)])
    save(store, 2, [entry("a", 90), entry("b", 95)])
    assert order(store, at=at(1)) == [(1, "A", 90), (2, "B", 80)]
    assert order(store, at=at(2)) == order(store) == [(1, "B", 95), (2, "A", 90)]


def test_a_standing_has_the_interval_and_says_whether_it_is_estimated(store: Store):
    save(store, 0, [entry("a", 90, estimated=True)])
    (row,) = standings(board(), store)
    assert (row.entry, row.low, row.high, row.estimated) == ("a", 89, 91, True)


def test_a_standing_has_the_published_rank_as_of_the_time_whatever_the_metric(store: Store):
    save(store, 0, [replace(entry("a", 50, 1), rank=2), replace(entry("b", 60, 2), rank=1)])
    save(store, 1, [replace(entry("a", 50, 1), rank=1), replace(entry("b", 60, 2))])
    published = [(row.name, row.rank, row.published_rank) for row in standings(board(), store)]
    assert published == [("B", 1, None), ("A", 2, 1)]
    assert [row.published_rank for row in standings(board(), store, metric=PRICE, at=at(0))] == [2, 1]


def test_standings_of_an_unknown_metric_or_time_are_refused(store: Store):
    with pytest.raises(DeclarationError, match=r"acme/text: nothing was accepted; expected a snapshot \(tracker run acme/text\)"):
        standings(board(), store)
    save(store, 1, [entry("a", 90)])
    with pytest.raises(DeclarationError, match="nothing was accepted by 2026-03-01T06:00:00"):
        standings(board(), store, at=at(0))
    with pytest.raises(DeclarationError, match='metric "taste" is unknown; known: price, score, speed'):
        standings(board(), store, metric="taste")
    without_primary = replace(board(), metrics=board().metrics[1:])
    with pytest.raises(DeclarationError, match="no metric ranks this board; expected one of: price, speed"):
        standings(without_primary, store)


@given(values=st.lists(st.sampled_from([None, 1.0, 2.0, 2.5, 3.0]), min_size=1, max_size=8))
def test_a_rank_is_one_more_than_the_number_of_better_values(values: list[float | None]):
    store = MemoryStore()
    save(store, 0, [entry(f"e{number}", value) for number, value in enumerate(values)])
    rows = standings(board(), store)
    assert sorted(str(row.value) for row in rows) == sorted(map(str, values))
    for row in rows:
        better = [value for value in values if value is not None and row.value is not None and value > row.value]
        assert row.rank == (None if row.value is None else 1 + len(better))


# ── history ──────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def course(store: Store) -> Store:
    save(store, 0, [entry("gpt-4", 90, 2, name="GPT-4"), entry("qwen", 80, 1, name="Qwen 3.5"), entry("o", 1, name="Other")])
    save(
        store, 1, [entry("gpt-4", 90, 2, name="GPT-4 (old)"), entry("qwen", 95, 1, name="Qwen 3.5"), entry("o", 1, name="Other")]
    )
    save(store, 1, [entry("gpt-4", 50, name="GPT-4")], board(OTHER))
    return store


def test_history_finds_an_entry_by_key_or_by_any_name_it_ever_had(course: Store):
    for name in ("gpt-4", "GPT-4", "  gpt-4  (OLD) ", "ＧＰＴ-4"):
        found = history(name, course, boards=(BOARD,), lexicon=default_lexicon())
        assert [(listed.board, listed.entry, listed.known.name) for listed in found] == [(BOARD, "gpt-4", "GPT-4 (old)")]


def test_boards_come_in_order_and_a_part_of_a_name_is_not_a_name(course: Store):
    assert [(listed.board, listed.entry) for listed in history("gpt-4", course, lexicon=default_lexicon())] == [
        (OTHER, "gpt-4"),
        (BOARD, "gpt-4"),
    ]
    with pytest.raises(DeclarationError, match='"wen": no board lists that model'):
        history("wen", course, lexicon=default_lexicon())


def test_a_course_has_values_ranks_and_the_events_of_its_entry(course: Store):
    (listed,) = history("qwen", course, lexicon=default_lexicon())
    assert [(span.measure.value, span.valid_from, span.valid_to) for span in listed.values[SCORE]] == [
        (80, at(0), at(1)),
        (95, at(1), None),
    ]
    assert [(span.rank, span.valid_to) for span in listed.ranks] == [(2, at(1)), (1, None)]
    assert set(listed.values) == {SCORE, PRICE, SPEED}
    assert "new_leader" in {event.kind for event in listed.events}
    assert all("qwen" in {party.entry for party in (*event.subjects, *event.rivals)} for event in listed.events)


def test_a_model_that_nobody_lists_is_refused(course: Store):
    with pytest.raises(DeclarationError, match='"claude": no board lists that model'):
        history("claude", course, lexicon=default_lexicon())
    with pytest.raises(DeclarationError, match="no board lists that model"):
        history("qwen", course, boards=(OTHER,), lexicon=default_lexicon())


# ── health ───────────────────────────────────────────────────────────────────────────────────────


def health(store: Store, days: float, **changes: object) -> tuple[State, str]:
    found = health_of(board(**changes), store, now=at(days), environment={})
    return found.state, found.reason


def test_a_board_that_reads_is_ok_and_says_when_it_is_due(store: Store):
    save(store, 0, [entry("a", 90), entry("b", 80)])
    note(store, 1, Result.UNCHANGED)
    found = health_of(board(cadence="17 */6 * * *"), store, now=at(1.1), environment={})
    assert (found.state, found.reason, found.entries, found.title, found.attribution) == (State.OK, "", 2, "Acme Arena", "Acme")
    assert (found.last_checked, found.last_accepted, found.last_changed) == (at(1), at(0), at(0))
    assert found.due_at == datetime(2026, 3, 2, 6, 17, tzinfo=UTC)


def test_a_board_that_was_never_read_is_due_and_says_so(store: Store):
    found = health_of(board(), store, now=at(0), environment={})
    assert (found.state, found.reason) == (State.NEVER_READ, "")
    assert (found.entries, found.last_checked, found.last_accepted, found.due_at) == (None, None, None, None)


def test_a_disabled_board_is_paused_with_its_terms(store: Store):
    save(store, 0, [entry("a", 90)])
    assert health(store, 99, enabled=False, terms="no automated access") == (State.PAUSED, "disabled; terms: no automated access")
    assert health_of(board(enabled=False), store, now=at(99)).due_at is None


def test_a_board_without_its_key_is_paused_only_if_an_environment_is_given(store: Store):
    keyed = board(request=Request(url="https://a.example/${WHERE}", headers={"x": "Bearer ${KEY}"}, params={"p": "${KEY}"}))
    assert missing_keys(keyed, {"WHERE": ""}) == ("WHERE", "KEY")
    assert missing_keys(keyed, {"WHERE": "x", "KEY": "y"}) == ()
    assert health_of(keyed, store, now=at(0), environment={}).reason == "no key: set WHERE, KEY"
    assert health_of(keyed, store, now=at(0)).state is State.NEVER_READ


def test_a_broken_board_says_why_until_it_reads_again(store: Store):
    save(store, 0, [entry("a", 90)])
    note(store, 1, Result.FAILED, "acme/text: 404")
    assert health(store, 1.1) == (State.BROKEN, "404")
    assert health_of(board(), store, now=at(1.1)).entries == 1
    save(store, 2, [entry("a", 90)])
    assert health(store, 2.1) == (State.OK, "")


def test_a_board_that_missed_three_readings_is_stale(store: Store):
    save(store, 0, [entry("a", 90)])
    assert health(store, 2.9) == (State.OK, "")
    assert health(store, 3.1) == (State.STALE, "not read since 2026-03-01 06:00 UTC")


def test_a_board_that_did_not_answer_is_broken_at_its_third_try_if_that_is_six_hours_later(store: Store):
    save(store, 0, [entry("a", 90)])
    for days in (1, 1.2):
        note(store, days, Result.FAILED, "acme/text: timed out", passing=True)
        assert health(store, days) == (State.OK, "timed out")
    note(store, 1.25, Result.FAILED, "acme/text: timed out", passing=True)
    assert health(store, 1.25) == (State.BROKEN, "timed out")


def test_a_board_that_never_answered_is_broken_too(store: Store):
    for days in range(3):
        note(store, days, Result.FAILED, "acme/text: timed out", passing=True)
    assert health(store, 2) == (State.BROKEN, "timed out")


def test_a_board_whose_answers_brought_no_reading_was_never_read(store: Store):
    note(store, 0, Result.UNCHANGED)
    later = replace(store.last_check(BOARD), observed_at=at(0.1))
    store.save(Step(check=later, past=replace(store.past(BOARD), seen_until=at(0.1))))
    assert health(store, 0.1) == (State.NEVER_READ, "")


def test_a_board_that_is_not_tried_again_after_a_fault_is_stale(store: Store):
    note(store, 0, Result.FAILED, "acme/text: timed out", passing=True)
    note(store, 1, Result.FAILED, "acme/text: timed out", passing=True)
    assert health(store, 4) == (State.STALE, "not read since 2026-03-01 06:00 UTC: acme/text: timed out")


def test_a_board_that_is_unchanged_for_too_long_is_stale_and_a_cut_one_is_partial(store: Store):
    save(store, 0, [entry("a", 90)])
    past = replace(store.past(BOARD), stale_since=at(1))
    step_check = replace(store.last_check(BOARD), observed_at=at(1))
    store.save(Step(check=step_check, past=past))
    assert health(store, 1) == (State.STALE, "the content has not changed since 2026-03-01 06:00 UTC")
    capped = replace(past, stale_since=None, capped_at=500, cap_told=True)
    store.save(Step(check=replace(step_check, observed_at=at(2)), past=capped))
    assert health(store, 2) == (State.PARTIAL, "cut off at 500 rows")
    gone = {EntryId(name): EntryRecord(name=name, names=frozenset((name,)), first_seen=at(0), last_seen=at(1)) for name in "bcde"}
    store.save(Step(check=replace(step_check, observed_at=at(3)), past=replace(capped, known={**capped.known, **gone})))
    assert health(store, 3) == (State.PARTIAL, "cut off at 500 rows; not shown: b, c, d and 1 more")


# ── cadence ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("cadence", "zone", "after", "due"),
    [
        ("@daily", "UTC", "2026-03-01T06:00:00+00:00", "2026-03-02T00:00:00+00:00"),
        ("@hourly", "UTC", "2026-03-01T06:00:00+00:00", "2026-03-01T07:00:00+00:00"),
        ("0 6 * * *", "Europe/Berlin", "2026-03-28T12:00:00+00:00", "2026-03-29T04:00:00+00:00"),
        ("0 6 * * *", "Europe/Berlin", "2026-03-27T12:00:00+00:00", "2026-03-28T05:00:00+00:00"),
        ("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00+00:00", "2026-03-29T01:00:00+00:00"),
        ("0 0 * * 0", "UTC", "2026-03-02T00:00:00+00:00", "2026-03-08T00:00:00+00:00"),
    ],
)
def test_a_board_is_due_by_the_clock_of_its_own_zone(cadence: str, zone: str, after: str, due: str):
    declared = board(cadence=cadence, time_zone=zone)
    assert next_due(declared, datetime.fromisoformat(after)) == datetime.fromisoformat(due)


@given(hours=st.integers(0, 9000), cadence=st.sampled_from(["@hourly", "@daily", "@weekly", "@monthly", "17 */6 * * *"]))
def test_a_due_time_is_the_first_one_after(hours: int, cadence: str):
    after = at(0) + timedelta(hours=hours)
    due = next_due(board(cadence=cadence, time_zone="America/New_York"), after)
    assert due > after
    assert next_due(board(cadence=cadence, time_zone="America/New_York"), due - timedelta(seconds=1)) == due
