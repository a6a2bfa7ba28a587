"""Who came, who went, and what a page could have shown."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import ELO, PRICE, SCORE, START, board, line, metric, pages, snapshot

from tracker.compare import commensurable, compare
from tracker.model import BoardId, Comparability, Diff

BOTH = board(SCORE, PRICE)


def two(before: str, after: str, *, was: dict[str, object] | None = None, now: dict[str, object] | None = None, on=SCORE) -> Diff:
    return compare(board(on), snapshot(before, **(was or {})), snapshot(after, day=1, **(now or {})))


def fates(diff: Diff) -> dict[str, str]:
    """arrived, revealed, missing, hidden → keys, those that are not empty."""
    actual = {fate: " ".join(getattr(diff, fate)) for fate in ("arrived", "revealed", "missing", "hidden")}
    return {fate: keys for fate, keys in actual.items() if keys}


def test_a_first_snapshot_changes_nothing():
    diff = compare(board(), None, snapshot("a:50 b:40"))
    assert diff == Diff(board=board(), before=None, after=snapshot("a:50 b:40"))


@pytest.mark.parametrize("day", [0, -1])
def test_a_snapshot_that_is_not_later_is_refused(day: int):
    with pytest.raises(ValueError, match="not later than"):
        compare(board(), snapshot("a:50"), snapshot("a:50", day=day))


def test_snapshots_of_two_boards_are_refused():
    with pytest.raises(ValueError, match="made/other"):
        compare(board(), snapshot("a:50"), replace(snapshot("a:50", day=1), board=BoardId("made/other")))


@pytest.mark.parametrize(("kept", "of", "same"), [(3, 6, True), (2, 6, False), (0, 4, True), (3, 5, True), (2, 5, False)])
def test_less_than_half_of_the_entries_in_common_is_another_table(kept: int, of: int, same: bool):
    before, after = (
        {f"{side}{place}" if place >= kept else f"m{place}": start + place for place in range(of)}
        for side, start in (("x", 50), ("y", 70))
    )
    actual = commensurable(board(SCORE), snapshot(line(before)), snapshot(line(after), day=1))
    assert (actual is None) is same
    assert same or f"{kept} of {of} entries in common" in actual


@pytest.mark.parametrize(("start", "ending", "same"), [(50, "", True), (70, "", False), (50, " · MIT", False)])
def test_another_key_column_of_the_same_rows_is_no_other_table(start: int, ending: str, same: bool):
    before, after = (
        snapshot(
            line({f"{side}{place}": first + place for place in range(6)}),
            day=day,
            names={f"{side}{place}": f"Model {place}{ending if day else ''}" for place in range(6)},
        )
        for day, (side, first) in enumerate((("x", 50), ("y", start)))
    )
    assert (commensurable(board(SCORE), before, after) is None) is same


def test_a_board_that_only_grew_or_shrank_is_the_same_table():
    small, large = (snapshot(line({f"m{place}": 50 for place in range(count)})) for count in (10, 60))
    assert commensurable(board(SCORE), small, large) is commensurable(board(SCORE), large, small) is None


def test_a_restart_compares_nothing_and_nobody_came_or_went():
    diff = compare(board(), snapshot("a:50 b:40"), snapshot("b:90 c:80", day=1), restart="accepted by ann")
    assert fates(diff) == {"revealed": "c", "hidden": "a"}
    assert (diff.common, diff.metrics["score"].verdict, diff.metrics["score"].reason) == (
        ("b",),
        Comparability.REBASED,
        "accepted by ann",
    )
    assert (diff.ranks, dict(diff.metrics["score"].moves)) == ((), {})


@given(pages(), pages(), st.randoms(use_true_random=False))
def test_the_order_of_the_entries_does_not_matter(first: dict, second: dict, chance):
    def shuffled(page: dict, day: int):
        straight = snapshot(day=day, **page)
        keys = list(straight.entries)
        chance.shuffle(keys)
        return straight, replace(straight, entries={key: straight.entries[key] for key in keys})

    (before, before_shuffled), (after, after_shuffled) = shuffled(first, 0), shuffled(second, 1)
    straight, mixed = compare(BOTH, before, after), compare(BOTH, before_shuffled, after_shuffled)
    assert mixed == straight
    assert [list(verdict.moves) for verdict in mixed.metrics.values()] == [
        list(verdict.moves) for verdict in straight.metrics.values()
    ]


@given(pages(), pages())
def test_every_entry_has_exactly_one_fate(first: dict, second: dict):
    before, after = snapshot(**first), snapshot(day=1, **second)
    diff = compare(BOTH, before, after)
    assert sorted([*diff.common, *diff.arrived, *diff.revealed]) == sorted(after.entries)
    assert sorted([*diff.common, *diff.missing, *diff.hidden]) == sorted(before.entries)


@given(pages())
def test_a_snapshot_against_its_later_self_shows_no_change(page: dict):
    diff = compare(BOTH, snapshot(**page), snapshot(day=1, **page))
    assert (fates(diff), diff.cap, diff.ranks) == ({}, None, ())
    assert all((verdict.moved, verdict.rounded, dict(verdict.moves)) == (0, 0, {}) for verdict in diff.metrics.values())


def test_on_a_whole_board_new_entries_arrived_and_absent_ones_are_missing():
    assert fates(two("a:50 b:40 c:30", "a:50 c:30 x:20")) == {"arrived": "x", "missing": "b"}


def test_an_entry_below_the_old_depth_is_revealed_not_arrived():
    diff = two("a:50 b:40 c:30", "a:50 b:40 x:35 c:30 y:30 z:20", was={"depth": 3}, now={"depth": 6})
    assert fates(diff) == {"arrived": "x", "revealed": "y z"}


def test_an_entry_below_the_new_depth_is_hidden_not_missing():
    diff = two("a:50 b:40 c:30 d:20 e:10", "a:50 c:30", was={"depth": 5}, now={"depth": 2})
    assert fates(diff) == {"missing": "b", "hidden": "d e"}


@pytest.mark.parametrize(("last", "fate"), [("b:33", "hidden"), ("b:33.1", "missing")])
def test_an_entry_must_stand_above_the_lowest_shown_by_more_than_its_interval(last: str, fate: str):
    diff = two(f"a:50±3 {last}±3 c:30±3", "a:50±3 c:30±3", was={"depth": 3}, now={"depth": 2})
    assert fates(diff) == {fate: "b"}


@pytest.mark.parametrize(("last", "fate"), [("b:31.4", "hidden"), ("b:31.5", "missing")])
def test_an_entry_must_stand_above_the_lowest_shown_by_more_than_the_stated_error(last: str, fate: str):
    diff = two(f"a:50 {last} c:30", "a:50 c:30", now={"depth": 2}, on=metric(stated_error=1.4))
    assert fates(diff) == {fate: "b"}


def test_where_lower_is_better_the_depth_is_counted_the_other_way():
    assert fates(two("a:10 b:20 c:30", "a:10 b:20", now={"depth": 2}, on=metric(better="lower"))) == {"hidden": "c"}


def test_an_entry_without_a_score_is_never_missed_on_a_page_of_limited_depth():
    assert fates(two("a:50 b", "a:50", now={"depth": 1})) == {"hidden": "b"}


def test_nothing_is_concluded_from_a_page_of_limited_depth_without_scores():
    assert fates(two("a:50 b:40", "a", was={"depth": 2}, now={"depth": 1})) == {"hidden": "b"}


def test_a_re_based_page_of_limited_depth_loses_and_gains_nobody():
    before, after = "a:90 b:85 c:80 d:75", "a:40 b:35 c:30 x:25"
    assert fates(two(before, after, was={"depth": 4}, now={"depth": 4})) == {"revealed": "x", "hidden": "d"}
    assert fates(two(after, before, was={"depth": 4}, now={"depth": 4})) == {"revealed": "d", "hidden": "x"}


def test_a_re_based_whole_board_still_reports_arrivals_and_departures():
    assert fates(two("a:90 b:85 c:80 d:75", "a:40 b:35 c:30 x:25")) == {"arrived": "x", "missing": "d"}


def rows(first: int, count: int) -> str:
    return line({f"m{place:04}": 5000 - place for place in range(first, first + count)})


LENGTHS = [10, 15, 20, 25, 30, 40, 50, 75, 100, 150, 200, 500]


def later(before: str, after: str, *sizes: int, seen_until: datetime | None = None) -> Diff:
    return compare(board(), snapshot(before), snapshot(after, day=3), sizes=sizes, seen_until=seen_until)


@pytest.mark.parametrize("count", LENGTHS)
def test_entries_displaced_at_the_length_of_a_page_that_a_board_grew_to_name_a_cap_and_nobody_is_missing(count: int):
    diff = later(rows(1, count), rows(0, count), count - 1, count)
    assert (diff.cap, diff.missing, diff.hidden, diff.fell_out) == (count, (), (f"m{count:04}",), ())


@pytest.mark.parametrize("count", LENGTHS)
def test_an_exchange_on_a_board_that_did_not_grow_is_a_departure_and_no_cap(count: int):
    for sizes in [(count,), (count, count, count), (count + 2, count), (count - 1, count + 1, count)]:
        diff = later(rows(0, count), rows(1, count), *sizes)
        assert (diff.cap, diff.missing) == (None, ("m0000",))


@pytest.mark.parametrize(("count", "cap"), [(10, None), (20, None), (40, None), (50, 50), (500, 500)])
def test_a_high_entry_was_not_pushed_off_a_small_page(count: int, cap: int | None):
    assert later(rows(0, count), rows(1, count), count - 1, count).cap == cap


@pytest.mark.parametrize("count", LENGTHS)
def test_the_last_of_a_page_that_always_has_its_usual_length_fell_out_of_the_top(count: int):
    diff = later(rows(1, count), rows(0, count), count, count)
    assert (diff.cap, diff.missing, diff.fell_out) == (None, (), (f"m{count:04}",))


@pytest.mark.parametrize(("count", "sizes"), [(6, ()), (9, ()), (13, (13, 13)), (37, (37,) * 7), (10, (10,)), (10, (11, 10, 10))])
def test_the_last_of_any_other_whole_board_left(count: int, sizes: tuple[int, ...]):
    diff = later(rows(1, count), rows(0, count), *sizes)
    assert (diff.cap, diff.missing, diff.fell_out) == (None, (f"m{count:04}",), ())


def test_a_page_seen_again_unchanged_is_another_reading_of_its_length():
    assert later(rows(1, 10), rows(0, 10), 10, seen_until=START + timedelta(days=1)).fell_out == ("m0010",)
    assert later(rows(1, 10), rows(0, 10), 10, seen_until=START).fell_out == ()


@pytest.mark.parametrize(("before", "after", "cap"), [(64, 50, 50), (73, 50, 50), (55, 50, 50), (54, 50, None), (63, 49, None)])
def test_five_entries_lost_at_once_down_to_the_length_of_a_page_name_a_cap(before: int, after: int, cap: int | None):
    diff = two(rows(0, before), rows(0, after))
    assert (diff.cap, len(diff.missing)) == (cap, 0 if cap else before - after)


@pytest.mark.parametrize("count", [9, 11, 35, 45, 55, 60, 80, 90, 110, 499, 501])
def test_entries_displaced_at_any_other_number_of_rows_left(count: int):
    diff = two(rows(0, count), rows(1, count))
    assert (diff.cap, diff.missing) == (None, ("m0000",))


def test_a_board_that_grows_to_a_round_number_while_others_leave_is_cut():
    assert two(rows(0, 97), rows(3, 100)).cap == 100


def test_a_board_that_shrinks_to_a_large_round_number_may_be_cut_to_a_small_one_by_chance():
    assert two(rows(0, 110), rows(0, 100)).cap == 100
    assert two(rows(0, 32), rows(0, 30)).cap is None


@pytest.mark.parametrize(("before", "after"), [(rows(0, 90), rows(0, 100)), (rows(0, 100), rows(0, 100))])
def test_a_round_number_of_rows_without_exchange_is_not_a_cap(before: str, after: str):
    assert two(before, after).cap is None


def test_a_page_of_declared_depth_has_no_cap():
    assert two(rows(0, 20), rows(1, 20), was={"depth": 20}, now={"depth": 20}).cap is None


def test_a_key_that_is_now_listed_twice_is_hidden():
    assert fates(two("a:50 b:40", "a:50", now={"ambiguous": "b"})) == {"hidden": "b"}


def test_a_key_that_was_listed_twice_did_not_arrive():
    assert fates(two("a:50", "a:50 b:40", was={"ambiguous": "b"})) == {"revealed": "b"}


def test_the_time_the_earlier_state_was_last_seen_is_kept():
    assert compare(board(), snapshot("a:50"), snapshot("a:51", day=9), seen_until=START).seen_until == START


def test_a_fitted_board_is_compared_down_to_its_depth_while_it_drifts():
    before = line({f"m{place:02}": f"{1500 - 5 * place}±6" for place in range(20)})
    after = line({f"m{place:02}": f"{1501 - 5 * place}±6" for place in range(18) if place != 4})
    diff = two(before, after, was={"depth": 20}, now={"depth": 17}, on=ELO)
    assert fates(diff) == {"missing": "m04", "hidden": "m18 m19"}
