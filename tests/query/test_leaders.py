"""Who led, from when to when."""

from __future__ import annotations

from datetime import datetime, timedelta

import kit
from hypothesis import given
from hypothesis import strategies as st
from models_world import Record, key, record

from tracker.model import Comparability
from tracker.query.leaders import Reign, leaders
from tracker.query.standings import standings


def day(number: float) -> datetime:
    return kit.START + timedelta(days=number)


def led(of: Record, **more: object) -> tuple[Reign, ...]:
    return leaders(of.board, of.board.metrics[0], of.store, **more)


def who(of: Record, **more: object) -> list[tuple[str, int, int | None]]:
    """`(leaders, first day, last day)` of each reign."""

    def number(at: datetime | None) -> int | None:
        return None if at is None else (at - kit.START).days

    return [(" ".join(reign.leaders), number(reign.since), number(reign.until)) for reign in led(of, **more)]


def test_a_reign_lasts_until_another_entry_is_better():
    of = record("a:60 b:50", "a:60 b:55", "a:60 b:70", "a:60 b:71")
    assert who(of) == [("a", 0, 2), ("b", 2, None)]
    first, second = led(of)
    assert (first.after, second.after, second.values, second.runners_up) == (None, day(1), (70, 71), ("a",))


def test_level_entries_lead_together():
    of = record("a:60 b:50", "a:60 b:60", "a:60 b:61")
    assert who(of) == [("a", 0, 1), ("a b", 1, 2), ("b", 2, None)]


def test_a_tie_that_finer_decimals_end_is_marked():
    of = record("a:60 b:60 c:50 d:40 e:30", "a:60.2 b:60.4 c:50.1 d:40.2 e:30.3")
    assert [(reign.leaders, reign.respelled) for reign in led(of)] == [(("a", "b"), False), (("b",), True)]
    of = record("a:60.0 b:60.0 c:50.0 d:40.0", "a:60.0 b:63.0 c:50.0 d:40.0")
    assert [reign.respelled for reign in led(of)] == [False, False]


def test_the_lead_is_over_the_next_value_and_says_whether_it_is_beyond_the_error():
    of = record("a:60±2 b:60±2 c:55±2", "a:60±2 b:61±2 c:55±2")
    first, second = led(of)
    assert (first.runners_up, first.lead, first.beyond_error) == (("c",), 5, True)
    assert (second.runners_up, second.lead, second.beyond_error) == (("a",), 1, False)
    assert led(record("a:60 b:50"))[0].beyond_error is None
    assert led(record("a:60"))[0].lead is None


def test_a_rebase_ends_a_reign_even_if_the_leader_stays():
    of = record("a:60 b:50 c:40 d:30", "a:60 b:50 c:40 d:30", "a:80 b:72 c:61 d:55")
    assert of.steps[-1].diff.metrics[kit.SCORE.id].verdict is Comparability.REBASED
    assert who(of) == [("a", 0, 2), ("a", 2, None)]
    assert led(of)[1].after is None


def test_among_some_entries_the_best_of_them_leads():
    of = record("a:60 b:50 c:40", "a:60 b:50 c:55", "a:60 b:58 c:55")
    assert who(of, among={key("b"), key("c")}) == [("b", 0, 1), ("c", 1, 2), ("b", 2, None)]
    assert who(of, among=set()) == []


def test_an_entry_under_another_key_goes_on_leading():
    of = record("a:60 b:50 c:1 d:2", "A:60 b:50 c:1 d:2")
    assert of.steps[-1].diff.rekeyed == {"A": "a"}
    assert who(of) == [("A", 0, None)]
    assert who(of, among={key("a")}) == [("A", 0, None)]


CELLS = st.sampled_from(["", "50", "55", "60", "~55", "50.4", "60±3"])


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=9), st.booleans())
def test_on_every_day_those_lead_that_have_rank_1(days: list[tuple[str, str, str]], better_high: bool):
    of = Record(kit.metric(better="higher" if better_high else "lower"))
    for a, b, c in days:
        of.show(f"a:{a} b:{b} c:{c} d:1e9" if not better_high else f"a:{a} b:{b} c:{c} d:1")
    reigns = led(of)
    for number in range(len(days)):
        at = day(number)
        (reign,) = (reign for reign in reigns if reign.since <= at and (reign.until is None or at < reign.until))
        first = {row.entry for row in standings(of.board, of.store, at=at) if row.rank == 1}
        assert set(reign.leaders) == first
