"""Since when one entry stands above another."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import kit
from hypothesis import given
from hypothesis import strategies as st
from models_world import Record, key, record

from tracker.model import Comparability, Entry, Nature, Result, Step
from tracker.order import best_entry
from tracker.query.since import HowAbove, Interval, passed

DAY = timedelta(days=1)


def day(number: float) -> datetime:
    return kit.START + number * DAY


def asked(of: Record, upper: str = "a", lower: str = "b", **more: object) -> Interval | None:
    return passed(of.store, of.board.id, kit.SCORE.id, [key(upper)], [key(lower)], **more)


def test_a_passing_is_dated_by_the_last_look_before_and_the_first_after():
    of = record("a:50 b:60", "a:50 b:60", "a:70 b:60", "a:71 b:60")
    assert asked(of) == Interval(after=day(1), until=day(2), how=HowAbove.PASSING)


def test_an_entry_that_is_not_above_has_not_passed():
    of = record("a:50 b:60", "a:60 b:60")
    assert asked(of) is None
    assert asked(of, "b", "a") is None


def test_of_several_passings_the_last_counts():
    of = record("a:50 b:60", "a:70 b:60", "a:55 b:60", "a:80 b:60")
    assert asked(of) == Interval(after=day(2), until=day(3), how=HowAbove.PASSING)


def test_an_entry_that_enters_above_did_not_pass():
    of = record("b:60 c:1", "b:60 c:1", "b:60 c:1 a:70")
    assert asked(of) == Interval(after=day(1), until=day(2), how=HowAbove.ENTRY)


def test_above_since_the_other_entered_below_is_not_a_passing():
    of = record("a:70 c:1", "a:70 c:1 b:60")
    assert asked(of) == Interval(after=day(0), until=day(1), how=HowAbove.RIVAL_ENTRY)


def test_an_order_from_the_start_of_the_record_has_no_earlier_date():
    assert asked(record("a:70 b:60", "a:70 b:61")) == Interval(after=None, until=day(0), how=HowAbove.START)


def test_a_gap_in_the_values_of_one_side_is_not_a_passing():
    of = record("a:50 b:60", "a:70 b:60", "b:60", "a:70 b:60")
    assert asked(of) == Interval(after=day(0), until=day(1), how=HowAbove.PASSING)


def test_a_return_above_after_a_time_below_is_dated_from_when_it_was_last_seen_below():
    of = record("a:70 b:60 c:1", "a:50 b:60 c:1", "b:60 c:1", "a:70 b:60 c:1")
    assert asked(of) == Interval(after=day(1), until=day(3), how=HowAbove.PASSING)


def test_a_rebase_starts_a_new_count():
    before = "a:50 b:60 c:40 d:30"
    of = record(before, "a:70 b:60 c:40 d:30", "a:17 b:16 c:14 d:13")
    assert of.steps[-1].diff.metrics[kit.SCORE.id].verdict is Comparability.REBASED
    assert asked(of) == Interval(after=None, until=day(2), how=HowAbove.START)


def test_finer_decimals_are_not_a_passing():
    rest = "c:40.1 d:30.2 e:20.3 f:10.4"
    of = record(f"a:50.1 b:60.2 {rest}", f"a:60.2 b:60.2 {rest}", "a:60.24 b:60.21 c:40.12 d:30.23 e:20.31 f:10.42")
    assert not of.steps[-1].diff.metrics[kit.SCORE.id].moves
    assert asked(of) == Interval(after=day(0), until=day(1), how=HowAbove.PASSING)


def test_an_estimate_is_marked():
    assert asked(record("a:70 b:~60")) == Interval(after=None, until=day(0), how=HowAbove.START, estimated=True)
    assert asked(record("a:50 b:~60", "a:50 b:40")).estimated


def test_a_passing_can_be_asked_as_of_a_day():
    of = record("a:50 b:60", "a:70 b:60", "a:55 b:60")
    assert asked(of) is None
    assert asked(of, at=day(1)) == Interval(after=day(0), until=day(1), how=HowAbove.PASSING)
    assert asked(of, at=day(0)) is None


def test_a_change_of_key_keeps_the_course():
    of = record("a:50 b:60 c:1 d:2", "a:70 b:60 c:1 d:2", "A:70 b:60 c:1 d:2")
    assert of.steps[-1].diff.rekeyed == {"A": "a"}
    assert asked(of, "A") == Interval(after=day(0), until=day(1), how=HowAbove.PASSING)


# ── against the definition ───────────────────────────────────────────────────────────────────────

CELLS = st.sampled_from(["", "50", "55", "60", "~55", "50.4", "55.2", "55.4", "60±3"])


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=9), st.booleans())
def test_the_answer_equals_looking_at_every_day(days: list[tuple[str, str, str]], better_high: bool):
    of = Record(kit.metric(better="higher" if better_high else "lower"))
    for a, b, c in days:
        of.show(f"a:{a} b:{b} c:{c} d:1 e:2 f:3")
    assert asked(of) == by_day(of)


@given(st.lists(st.tuples(*[CELLS] * 4), min_size=1, max_size=9), st.booleans())
def test_with_several_entries_the_answer_equals_looking_at_the_best_of_each_side_every_day(
    days: list[tuple[str, ...]], better_high: bool
):
    of = Record(kit.metric(better="higher" if better_high else "lower"))
    for a, b, c, d in days:
        of.show(f"a:{a} b:{b} c:{c} d:{d} e:2 f:3 g:4")
    found = passed(of.store, of.board.id, kit.SCORE.id, [key("a"), key("c")], [key("b"), key("d")])
    assert found == by_day(of, "ac", "bd")


def by_day(of: Record, upper: str = "a", lower: str = "b") -> Interval | None:
    """The definition, day by day over the whole snapshots."""
    metric = of.board.metrics[0]
    rebased = [n for n, step in enumerate(of.steps) if n and step.diff.metrics[metric.id].verdict is Comparability.REBASED]
    steps = of.steps[rebased[-1] if rebased else 0 :]
    best = [tuple(best_entry(metric, _shown(step, side)) for side in (upper, lower)) for step in steps]
    pairs = [tuple(entry.measures[metric.id] if entry else None for entry in pair) for pair in best]
    above = [None if None in pair else metric.better(pair[0].value, pair[1].value) for pair in pairs]
    for n in range(len(steps) - 1, 0, -1):
        four = (*pairs[n - 1], *pairs[n])
        if None not in four and not any(measure.estimated for measure in four) and above[n] and not above[n - 1]:
            verdict, stay = steps[n].diff.metrics[metric.id], {entry.id for entry in (*best[n - 1], *best[n])}
            common = all({entry.id for entry in _shown(step, stay)} == stay for step in steps[n - 1 : n + 1])
            above[n - 1] = common and verdict.usable and not stay & verdict.moves.keys()
    if not above[-1]:
        return None
    last_not = max((n for n, upper in enumerate(above) if upper is False), default=None)
    first = next(n for n, upper in enumerate(above) if upper and (last_not is None or n > last_not))
    until, marked = steps[first].check.observed_at, any(measure.estimated for measure in pairs[first])
    if last_not is not None:
        marked = marked or any(measure.estimated for measure in pairs[last_not])
        return Interval(after=steps[last_not].check.observed_at, until=until, how=HowAbove.PASSING, estimated=marked)
    if first == 0:
        return Interval(after=None, until=until, how=HowAbove.START, estimated=marked)
    how = HowAbove.RIVAL_ENTRY if pairs[first - 1][0] is not None else HowAbove.ENTRY
    return Interval(after=steps[first - 1].check.observed_at, until=until, how=how, estimated=marked)


def _shown(step: Step, side: Iterable[str]) -> list[Entry]:
    """The entries of a side that have a value in the snapshot."""
    entries = (step.diff.after.entries.get(key(name)) for name in side)
    return [entry for entry in entries if entry is not None and kit.SCORE.id in entry.measures]


def test_finer_decimals_do_not_date_a_passing():
    of = Record(kit.SCORE)
    of.show("a:50 c:55 b:55.4 d:40 e:2 f:3 g:1")
    of.show("a:50.3 c:55.41 b:55.38 d:40.2 e:2.1 f:3.2 g:1.1")
    found = passed(of.store, of.board.id, kit.SCORE.id, [key("a"), key("c")], [key("b"), key("d")])
    assert found is not None
    assert found.how is HowAbove.START


def test_a_live_metric_is_dated_by_its_values():
    speed = kit.metric("speed", "live", topic="speed")
    of = Record(kit.SCORE, speed)
    of.show("a:1 b:2", speed="a:10 b:20")
    of.show("a:1 b:2", speed="a:30 b:20")
    assert speed.nature is Nature.LIVE
    assert of.steps[-1].check.result is Result.ACCEPTED
    assert passed(of.store, of.board.id, speed.id, [key("a")], [key("b")]) == Interval(
        after=day(0), until=day(1), how=HowAbove.PASSING
    )
