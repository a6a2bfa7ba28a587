"""Why a rank changed: arrivals above, departures above, moves among the survivors, ties that finer decimals broke."""

import pytest
from hypothesis import given
from kit import SCORE, board, line, metric, snapshot, tables
from msgspec import structs

from tracker.compare import compare
from tracker.compare.ranks import account
from tracker.model import Metric, RankMove

LOWER = metric(better="lower")


def rank(of: str, values: dict[str, float], on: Metric) -> int:
    """1 + the number of entries strictly above, counted one by one."""
    return 1 + sum(on.better(value, values[of]) for value in values.values())


def moves(before: str, after: str, **more: object) -> dict[str, tuple[int, ...]]:
    """Entry → (rank before, after, arrivals above, departures above, moves, unrounded)."""
    diff = compare(board(), snapshot(before), snapshot(after, day=1, **more))
    return {move.entry: structs.astuple(move)[1:] for move in diff.ranks}


@pytest.mark.parametrize("on", [SCORE, LOWER])
@given(before=tables(), after=tables())
def test_the_account_is_exact_and_equals_a_count_of_every_pair(on: Metric, before: dict[str, int], after: dict[str, int]):
    survivors = before.keys() & after.keys()
    old, new = ({key: values[key] for key in survivors} for values in (before, after))
    expected = {
        key: RankMove(
            entry=key,
            before=rank(key, before, on),
            after=rank(key, after, on),
            arrivals_above=sum(on.better(after[other], after[key]) for other in after.keys() - before.keys()),
            departures_above=sum(on.better(before[other], before[key]) for other in before.keys() - after.keys()),
            moves=rank(key, new, on) - rank(key, old, on),
            unrounded=0,
        )
        for key in survivors
    }
    actual = account(on, before, after)
    assert {move.entry: move for move in actual} == {
        key: move for key, move in expected.items() if move.before != move.after or move.moves
    }
    assert [(move.after, move.entry) for move in actual] == sorted((move.after, move.entry) for move in actual)


@given(tables(), tables(), tables())
def test_the_parts_always_add_up_also_where_values_were_rounded(
    before: dict[str, int], after: dict[str, int], others: dict[str, int]
):
    rounded = frozenset(before.keys() & others.keys())
    for move in account(SCORE, before, after, rounded=rounded):
        assert move.after - move.before == move.arrivals_above - move.departures_above + move.moves + move.unrounded


@given(tables(least=1))
def test_unrounding_every_value_moves_nobody(before: dict[str, int]):
    after = {key: value + place / 100 for place, (key, value) in enumerate(sorted(before.items()))}
    assert all(move.moves == 0 for move in account(SCORE, before, after, rounded=frozenset(before)))


def test_a_slide_behind_newcomers_is_not_a_move():
    assert moves("a:50 b:40 c:30", "x:60 y:60 a:50 b:40 c:30") == {
        "a": (1, 3, 2, 0, 0, 0),
        "b": (2, 4, 2, 0, 0, 0),
        "c": (3, 5, 2, 0, 0, 0),
    }


def test_a_climb_because_others_left_is_not_a_move():
    assert moves("a:50 b:40 c:30", "c:30") == {"c": (3, 1, 0, 2, 0, 0)}


def test_an_arrival_and_a_departure_that_cancel_out_change_no_rank():
    assert moves("a:50 b:40 c:30", "x:45 b:40 c:30") == {}


def test_a_move_that_an_arrival_hides_is_still_reported():
    assert moves("a:50 b:40 c:30 d:20", "x:60 a:50 c:45 b:40 d:20")["c"] == (3, 3, 1, 0, -1, 0)


def test_joining_a_tie_takes_the_best_rank_of_the_group():
    assert moves("a:50 b:40 c:30 d:20", "a:50 b:40 c:40 d:20") == {"c": (3, 2, 0, 0, -1, 0)}


def test_leaving_a_tie_downwards_moves_only_the_one_that_fell():
    assert moves("a:50 b:50 c:30 d:20", "a:50 b:49 c:30 d:20") == {"b": (1, 2, 0, 0, 1, 0)}


def test_a_tie_broken_by_finer_decimals_is_not_a_move():
    assert moves("a:50 b:50 c:30", "a:50.12 b:49.81 c:30.02") == {"b": (1, 2, 0, 0, 0, 1)}


def test_a_re_based_board_gives_no_account():
    assert moves("a:50 b:40 c:30", "a:20 b:41 c:31") == {}


@pytest.mark.parametrize("unranked", [metric(better=None), metric("other")])
def test_a_board_without_a_direction_or_a_primary_metric_has_no_ranks(unranked: Metric):
    two = [snapshot("", day=day, **{unranked.id: text}) for day, text in enumerate(("a:1 b:2 c:3", "a:9 b:2 c:3"))]
    assert compare(board(unranked), *two).ranks == ()


@given(tables())
def test_a_snapshot_against_its_later_self_has_no_rank_moves(values: dict[str, int]):
    assert compare(board(), snapshot(line(values)), snapshot(line(values), day=1)).ranks == ()
