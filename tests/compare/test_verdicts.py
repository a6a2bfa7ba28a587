"""What the values of one metric may be used for between two snapshots, for every nature."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import ELO, PRICE, SCORE, board, line, metric, snapshot

from tracker.compare import compare
from tracker.model import Column, Comparability, Metric, MetricDiff

NATURES = ("tested", "fitted", "live", "listed", "count", "points")


def two(before: str, after: str, *, on: Metric = SCORE, versions: tuple[str, str] = ("", ""), **more: object) -> MetricDiff:
    old, new = (snapshot(text, day=day, version=versions[day], **more) for day, text in enumerate((before, after)))
    return compare(board(on), old, new).metrics[on.id]


def shifted(count: int, moved: int, *, ups: int | None = None, on: Metric = SCORE, tail: str = "") -> MetricDiff:
    """`moved` of `count` values move, `ups` of them up."""
    ups = moved if ups is None else ups
    before = {f"m{place:03}": 40 + place for place in range(count)}
    after = {
        key: value + (0 if place >= moved else 1 if place < ups else -1) for place, (key, value) in enumerate(before.items())
    }
    return two(line(before) + tail, line(after) + tail, on=on)


@pytest.mark.parametrize(("count", "moved", "ups", "rebased"), [
    (100, 50, 25, True),
    (100, 49, 25, False),
    (7, 3, 3, False),
    (6, 3, 2, True),
    (4, 2, 2, False),
    (2, 2, 2, False),
    (1, 1, 1, False),
    (102, 34, 34, True),
    (102, 34, 31, True),
    (102, 34, 30, False),
    (102, 34, 3, True),
    (103, 34, 34, False),
    (24, 9, 9, False),
    (30, 10, 10, True),
])  # fmt: skip
def test_half_of_the_values_moved_or_a_third_one_way_is_a_re_base(count: int, moved: int, ups: int, rebased: bool):
    actual = shifted(count, moved, ups=ups)
    assert actual.verdict is (Comparability.REBASED if rebased else Comparability.COMPARABLE)
    assert (actual.moved, actual.common, len(actual.moves)) == (moved, count, 0 if rebased else moved)


@pytest.mark.parametrize(("rise", "rebased"), [(20, True), (21, False)])
def test_values_that_were_graded_again_beside_one_new_result_do_not_make_a_new_scale(rise: int, rebased: bool):
    before = {f"m{place:02}": 40 + place for place in range(30)}
    after = {key: value + (rise if place == 0 else place < 12) for place, (key, value) in enumerate(before.items())}
    assert (two(line(before), line(after)).verdict is Comparability.REBASED) is rebased


@pytest.mark.parametrize(
    ("after", "reset"),
    [
        ("a:19 b:14 c:9 d:41 e:31 f:21", True),
        ("a:19 b:14 c:10 d:41 e:31 f:21", False),
        ("a:19 b:14 c:21 d:41 e:31 f:21", False),
        ("a:41 b:31 c:21 d:41 e:31 f:21", False),
        ("a:400 b:300 c:200 d:400 e:300 f:200", False),
    ],
)
def test_points_start_again_if_half_of_them_fall_to_less_than_half(after: str, reset: bool):
    actual = two("a:40 b:30 c:20 d:40 e:30 f:20", after, on=metric(nature="points"))
    assert actual.verdict is (Comparability.REBASED if reset else Comparability.COMPARABLE)


def test_two_entries_that_fall_do_not_start_the_points_again():
    actual = two("a:40 b:30 c:20", "a:4 b:3 c:21", on=metric(nature="points"))
    assert actual.verdict is Comparability.COMPARABLE


def test_every_digit_of_points_counts():
    actual = two("a:8 b:7.5 c:7 d:6", "a:8 b:8 c:7 d:6", on=metric(nature="points"))
    assert (actual.moved, actual.rounded) == (1, 0)


def test_a_new_version_with_a_single_moved_value_is_a_re_base():
    assert two("a:50 b:60 c:70", "a:51 b:60 c:70", versions=("v1", "v2")).reason == "version v1 became v2"


def test_the_version_of_a_payload_counts_for_its_own_metrics():
    cost = replace(SCORE, column=Column(sources=("cost:usd",)))
    other = ("4\ncost: 1", "4\ncost: 2")
    assert two("a:50 b:60 c:70", "a:51 b:60 c:70", on=cost, versions=other).reason == "version 1 became 2"
    assert two("a:50 b:60 c:70", "a:51 b:60 c:70", versions=other).verdict is Comparability.COMPARABLE
    mean = replace(SCORE, column=Column(sources=()))
    assert two("a:50 b:60 c:70", "a:51 b:60 c:70", on=mean, versions=other).verdict is Comparability.COMPARABLE
    own = ("4\ncost: 1", "5\ncost: 1")
    assert two("a:50 b:60 c:70", "a:51 b:60 c:70", on=cost, versions=own).verdict is Comparability.COMPARABLE
    assert two("a:50 b:60 c:70", "a:51 b:60 c:70", versions=own).reason == "version 4 became 5"


@pytest.mark.parametrize("versions", [("v1", "v1"), ("", "v2"), ("v1", ""), ("v4.1", "4.1")])
def test_a_version_that_is_the_same_or_unknown_says_nothing(versions: tuple[str, str]):
    assert two("a:50 b:60 c:70", "a:51 b:60 c:70", versions=versions).verdict is Comparability.COMPARABLE


def test_a_new_version_in_which_nothing_moved_is_not_a_re_base():
    assert two("a:50 b:60", "a:50 b:60", versions=("v1", "v2")).verdict is Comparability.COMPARABLE


def test_a_re_base_states_its_median_shift():
    assert two("a:50.00 b:60.00 c:70.00 d:80.00", "a:50.14 b:61.00 c:70.14 d:80.14").median_shift == pytest.approx(0.14)


def test_a_re_base_shows_though_most_of_the_board_is_estimated():
    estimates = " " + " ".join(f"e{place}:~{place}" for place in range(60))
    actual = shifted(10, 10, tail=estimates)
    assert (actual.verdict, actual.common) == (Comparability.REBASED, 70)


@pytest.mark.parametrize(("before", "after"), [("a:~50", "a:55"), ("a:50", "a:~55"), ("a:~50", "a:~55")])
def test_a_pair_with_an_estimate_is_not_a_move(before: str, after: str):
    actual = two(f"{before} b:60 c:70", f"{after} b:60 c:70")
    assert (actual.verdict, actual.moved, dict(actual.moves)) == (Comparability.COMPARABLE, 1, {})


def test_estimates_alone_never_re_base():
    assert two("a:~1 b:~2 c:~3 d:~4", "a:~5 b:~6 c:~7 d:~8").verdict is Comparability.COMPARABLE


@pytest.mark.parametrize(("after", "beyond"), [("a:51.4", False), ("a:51.5", True), ("a:48.6", False), ("a:48.5", True)])
def test_a_move_is_significant_beyond_the_error_that_is_stated_between_two_readings(after: str, beyond: bool):
    assert two("a:50 b:60 c:70", f"{after} b:60 c:70", on=metric(stated_error=1.4)).moves["a"].significant is beyond


def test_a_stated_error_is_believed_before_intervals():
    assert two("a:50±9 b:60 c:70", "a:53±9 b:60 c:70", on=metric(stated_error=2.0)).moves["a"].significant


@pytest.mark.parametrize(("before", "after", "beyond"), [
    ("a:50±3", "a:54.9±4", False),
    ("a:50±4", "a:54.9±3", False),
    ("a:50±3", "a:55.1±4", True),
    ("a:50", "a:52.5±3", False),
    ("a:50", "a:53.5±3", True),
    ("a:50.00", "a:50.01", True),
])  # fmt: skip
def test_without_a_stated_error_the_intervals_of_both_readings_count_and_without_any_every_move(
    before: str, after: str, beyond: bool
):
    assert two(f"{before} b:60 c:70", f"{after} b:60 c:70").moves["a"].significant is beyond


def test_a_listed_value_that_changed_is_a_significant_move():
    old, new = (snapshot("", day=day, price=text) for day, text in enumerate(("a:3 b:4 c:5", "a:2.5 b:4 c:5")))
    moves = compare(board(PRICE), old, new).metrics["price"].moves
    assert [(entry, move.shift, move.significant) for entry, move in moves.items()] == [("a", -0.5, True)]


def test_a_listed_formula_that_changed_for_most_is_a_re_base():
    assert shifted(480, 350, ups=175, on=metric(nature="listed")).verdict is Comparability.REBASED


def test_a_third_of_listed_values_going_one_way_are_price_cuts():
    assert shifted(90, 31, on=metric(nature="listed")).verdict is Comparability.COMPARABLE


def test_a_version_says_nothing_about_listed_values():
    assert two("a:3 b:4", "a:5 b:4", on=metric(nature="listed"), versions=("v1", "v2")).verdict is Comparability.COMPARABLE


@pytest.mark.parametrize(
    "silent", [metric(nature="live"), metric(nature="count"), metric(volatile=True), metric(nature="fitted", volatile=True)]
)
def test_live_counted_and_volatile_values_all_move_and_say_nothing(silent: Metric):
    actual = shifted(40, 40, on=silent)
    assert (actual.verdict, actual.moved, dict(actual.moves)) == (Comparability.COMPARABLE, 40, {})


def thinned(had: int, lost: int, *, nature: str = "tested", unscored: int = 0) -> MetricDiff:
    before = {f"m{place:02}": "50" for place in range(had)} | {f"u{place:02}": "" for place in range(unscored)}
    after = before | {f"m{place:02}": "" for place in range(lost)}
    return two(line(before), line(after), on=metric(nature=nature), columns=["score"])


@pytest.mark.parametrize("nature", NATURES)
@pytest.mark.parametrize(
    ("had", "lost", "drifted"), [(20, 6, True), (20, 5, False), (5, 5, True), (16, 5, True), (17, 5, False), (10, 4, False)]
)
def test_a_field_that_lost_a_third_of_its_values_has_drifted(nature: str, had: int, lost: int, drifted: bool):
    actual = thinned(had, lost, nature=nature)
    assert (actual.verdict is Comparability.DRIFTED) is drifted
    assert (actual.filled_before, actual.filled_after) == (had, had - lost)


def test_the_loss_is_measured_on_those_that_had_a_value():
    assert thinned(6, 5, unscored=60).verdict is Comparability.DRIFTED


def test_entries_that_left_are_not_lost_values():
    before = line({f"m{place}": 50 for place in range(20)})
    assert two(before, line({f"m{place}": 50 for place in range(8)})).verdict is Comparability.COMPARABLE


def test_a_metric_appears_when_nobody_had_a_value():
    assert two("a b c", "a:50 b:60 c").verdict is Comparability.APPEARED


def test_a_metric_vanishes_when_its_column_is_gone():
    assert two("a:50 b:60", "a b").verdict is Comparability.VANISHED


def test_a_few_values_lost_from_a_column_that_remains_say_nothing():
    assert two("a:50 b:60", "a b", columns=["score"]).verdict is Comparability.INCOMMENSURABLE


def test_no_value_on_either_side_says_nothing():
    assert two("a b", "a b", columns=["score"]).verdict is Comparability.INCOMMENSURABLE


def test_values_of_entries_that_have_none_in_common_say_nothing():
    assert two("a:50 b", "a b:60").reason == "no value in common"


@pytest.mark.parametrize("nature", NATURES)
@given(values=st.dictionaries(st.sampled_from("abcdefghijkl"), st.integers(-5, 60), min_size=1))
def test_the_same_values_are_comparable_and_nothing_moved(nature: str, values: dict[str, int]):
    actual = two(line(values), line(values), on=metric(nature=nature))
    assert (actual.verdict, actual.moved, actual.rounded, dict(actual.moves)) == (Comparability.COMPARABLE, 0, 0, {})


@given(st.dictionaries(st.sampled_from("abcdefghijkl"), st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1))
def test_the_figures_of_a_verdict_are_what_a_plain_count_gives(pairs: dict[str, tuple[int, int]]):
    before, after = ({key: pair[side] for key, pair in pairs.items()} for side in (0, 1))
    actual = two(line(before), line(after))
    changed = {key for key, (old, new) in pairs.items() if old != new}
    one_way = max(sum(new > old for old, new in pairs.values()), sum(new < old for old, new in pairs.values()))
    half = len(changed) >= 3 and 2 * len(changed) >= len(pairs)
    third = len(changed) >= 10 and 3 * len(changed) >= len(pairs) and one_way >= 0.9 * len(changed)
    assert actual.moved == len(changed)
    assert (actual.verdict is Comparability.REBASED) is (half or third)
    assert actual.moves.keys() == (set() if half or third else changed)


def test_a_fitted_board_is_not_re_based_by_the_share_that_moved():
    before = {f"m{place:02}": 1500 - 5 * place for place in range(40)}
    after = {key: value + (-1) ** place for place, (key, value) in enumerate(before.items())}
    assert two(line(before), line(after), on=ELO).verdict is Comparability.COMPARABLE


def test_a_tenth_that_moved_while_columns_changed_is_a_re_base():
    before = snapshot(" ".join(f"m{place:02}:{90 - place}" for place in range(30)), columns=("score", "old"))
    moved = " ".join(f"m{place:02}:{90 - place + (3 if place < 3 else 0)}" for place in range(30))
    same_columns = snapshot(moved, day=1, columns=("score", "old"))
    other_columns = snapshot(moved, day=1, columns=("score", "new"))
    verdicts = [compare(board(SCORE), before, after).metrics[SCORE.id] for after in (same_columns, other_columns)]
    assert [diff.verdict for diff in verdicts] == [Comparability.COMPARABLE, Comparability.REBASED]
    assert verdicts[1].reason == "3 of 30 values moved as the columns changed (new, old)"


def test_a_re_base_that_also_drops_values_is_a_re_base():
    before = {f"m{place:02}": 90 - place for place in range(20)}
    after = {key: "" if place < 8 else value - 20 for place, (key, value) in enumerate(before.items())}
    diff = two(line(before), line(after))
    assert (diff.verdict, diff.reason) == (
        Comparability.REBASED,
        "12 of 12 values moved; 8 of 20 entries lost their value",
    )


def test_the_number_that_moved_counts_all_rows_and_only_measured_ones_decide():
    before = {f"m{place:02}": f"{'~' if place >= 6 else ''}{90 - place}" for place in range(20)}
    after = {key: f"{'~' if place >= 6 else ''}{50 - place}" for place, key in enumerate(before)}
    assert two(line(before), line(after)).reason == "20 of 20 values moved"
    measured_stay = {key: before[key] if place < 6 else cell for place, (key, cell) in enumerate(after.items())}
    assert two(line(before), line(measured_stay)).verdict is Comparability.COMPARABLE


MAKERS = ("Alpha 1", "Beta 2", "Gamma 3", "Alpha 1 mini", "Delta")


def begun(shifts: tuple[float, ...], *, names: tuple[str, ...] = MAKERS, on: Metric = SCORE) -> Comparability:
    """The verdict on 40 entries, of which the first move by these amounts."""
    before = {f"m{place:02}": 70 - place for place in range(40)}
    after = {key: value + (shifts[place] if place < len(shifts) else 0) for place, (key, value) in enumerate(before.items())}
    labels = dict(zip(before, names, strict=False))
    return two(line(before), line(after), names=labels, on=on).verdict


@pytest.mark.parametrize("shifts", [(-6, -5, -6, -5, -7), (5, 5, 5, 5, 5), (-14, -13.8, -13.6, -13.4, -13.2)])
def test_a_few_models_of_several_makers_that_shift_alike_begin_a_new_scale(shifts: tuple[float, ...]):
    assert begun(shifts) is Comparability.REBASED


@pytest.mark.parametrize(("shifts", "names"), [
    ((-6, -5, -6, -5), MAKERS),
    ((-6, -5, 6, -5, -7), MAKERS),
    ((-6, -1, -6, -20, -7), MAKERS),
    ((-1, -1, -1, -1, -1), MAKERS),
    ((-6, -5, -6, -5, -7), tuple(f"Alpha 1 ({effort})" for effort in "abcde")),
])  # fmt: skip
def test_fewer_mixed_unlike_or_small_moves_and_variants_of_one_model_are_moves(shifts: tuple[float, ...], names: tuple[str, ...]):
    assert begun(shifts, names=names) is Comparability.COMPARABLE


def test_moves_within_twice_the_stated_error_do_not_begin_a_scale():
    assert begun((-5,) * 5, on=metric(stated_error=3.0)) is Comparability.COMPARABLE
    assert begun((-7,) * 5, on=metric(stated_error=3.0)) is Comparability.REBASED
