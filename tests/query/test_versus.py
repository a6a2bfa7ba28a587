"""Two models side by side, on the pair that matches best, by the rule that overtakes follow."""

from __future__ import annotations

from datetime import timedelta

import kit
import pytest
from models_world import Record

from tracker.errors import DeclarationError
from tracker.query.since import HowAbove, Interval
from tracker.query.versus import Row, Versus, versus
from tracker.workspace.names import default_lexicon

NAMES = {
    "cr": "Claude Opus 4.6 (Reasoning)",
    "cn": "Claude Opus 4.6 (Non-reasoning)",
    "gr": "GPT-5.4 (Reasoning)",
    "gn": "GPT-5.4 (Non-reasoning)",
    "q": "Qwen3.5 9B",
}
CLAUDE, GPT, QWEN = "Claude Opus 4.6", "GPT-5.4", "Qwen3.5 9B"
VOTES = kit.metric("votes", "count", better=None)
SPEED = kit.metric("speed", "live", topic="speed")
MATHS = kit.metric("maths", topic="maths")
STARS = kit.metric(nature="points", unit="stars")


STATED = kit.metric(stated_error=2.0)


def of(*days: str, on: kit.Metric = STATED) -> Record:
    row = Record(on)
    for text in days:
        row.show(text, names=NAMES)
    return row


def row(found: Versus, metric: str = "score") -> Row:
    (pair,) = found.pairs
    (row,) = [row for row in pair.rows if row.metric.id == metric]
    return row


def test_values_are_of_one_snapshot_with_the_error_and_since_when():
    record = of("cr:50 gr:55 q:1", "cr:60 gr:55 q:1", "cr:61 gr:55 q:1")
    found = row(versus(CLAUDE, GPT, record.store, lexicon=default_lexicon()))
    assert (found.one.value, found.other.value, found.difference) == (61, 55, 6)
    assert (found.above, found.beyond_error, found.segment) == ("one", True, kit.START)
    day = timedelta(days=1)
    assert found.since == Interval(after=kit.START, until=kit.START + day, how=HowAbove.PASSING)
    turned = row(versus(GPT, CLAUDE, record.store, lexicon=default_lexicon()))
    assert (turned.above, turned.difference, turned.since) == ("other", -6, found.since)


def test_points_are_ahead_without_any_error():
    found = row(versus(CLAUDE, GPT, of("cr:500 gr:501", "cr:503 gr:502", on=STARS).store, lexicon=default_lexicon()))
    assert (found.above, found.difference, found.beyond_error) == ("one", 1, None)
    assert found.since is not None
    assert found.since.how is HowAbove.PASSING


@pytest.mark.parametrize(
    ("cells", "error", "beyond"),
    [
        ("cr:51 gr:50", 2.0, False),
        ("cr:52 gr:50", 2.0, False),
        ("cr:53 gr:50", 2.0, True),
        ("cr:53 gr:50", None, None),
        ("cr:53±1 gr:50±1", None, True),
        ("cr:53±3 gr:50±3", None, False),
        ("cr:53±1 gr:50", None, None),
    ],
)
def test_the_error_is_that_of_the_overtakes_and_unknown_if_none_is_stated(cells, error, beyond):
    found = row(versus(CLAUDE, GPT, of(cells, on=kit.metric(stated_error=error)).store, lexicon=default_lexicon()))
    assert (found.above, found.beyond_error) == ("one", beyond)


def test_equal_values_are_level_and_estimates_are_marked():
    level = row(versus(CLAUDE, GPT, of("cr:50 gr:50").store, lexicon=default_lexicon()))
    assert (level.above, level.since, level.estimated) == ("level", None, False)
    assert row(versus(CLAUDE, GPT, of("cr:50 gr:~40").store, lexicon=default_lexicon())).estimated


def test_a_metric_of_only_one_has_no_verdict_and_counts_are_left_out():
    record = Record(kit.SCORE, MATHS, VOTES)
    record.show("cr:50 gr:40", maths="cr:9", votes="cr:1 gr:2", names=NAMES)
    (pair,) = versus(CLAUDE, GPT, record.store, lexicon=default_lexicon()).pairs
    assert [row.metric.id for row in pair.rows] == ["score", "maths"]
    assert (pair.rows[1].one.value, pair.rows[1].other, pair.rows[1].above, pair.rows[1].difference) == (9, None, "", None)


def test_a_live_reading_has_no_since_and_no_error():
    record = Record(kit.SCORE, SPEED)
    record.show("cr:50 gr:40", speed="cr:9 gr:7", names=NAMES)
    found = row(versus(CLAUDE, GPT, record.store, lexicon=default_lexicon()), "speed")
    assert (found.above, found.since, found.beyond_error) == ("one", None, None)


def pairs(found: Versus) -> list[tuple[str, str]]:
    return [(pair.one.id, pair.other.id) for pair in found.pairs]


def test_variants_are_matched_by_their_reasoning_mode_then_the_best_are_taken():
    store = of("cr:60 cn:50 gr:40 gn:55").store
    assert pairs(versus(CLAUDE, GPT, store, lexicon=default_lexicon())) == [("cr", "gr")]
    assert pairs(versus(CLAUDE, "GPT-5.4 (Non-reasoning)", store, lexicon=default_lexicon())) == [("cn", "gn")]
    assert pairs(versus("Claude Opus 4.6 (Reasoning)", "GPT-5.4 (Non-reasoning)", store, lexicon=default_lexicon())) == [
        ("cr", "gn")
    ]
    assert pairs(versus(CLAUDE, QWEN, of("cr:60 cn:70 q:1").store, lexicon=default_lexicon())) == [("cn", "q")]


def test_an_unstated_mode_matches_any_and_an_effort_implies_reasoning():
    record = Record(STATED)
    record.show("cr:60 cn:50 gr:40 gn:35", names=NAMES | {"cr": "Claude Opus 4.6 (max)", "gr": "GPT-5.4 (xhigh)"})
    assert pairs(versus(CLAUDE, GPT, record.store, lexicon=default_lexicon())) == [("cr", "gr")]
    assert pairs(versus(CLAUDE, "GPT-5.4 (Non-reasoning)", record.store, lexicon=default_lexicon())) == [("cn", "gn")]
    small = Record(STATED)
    small.show("cr:60 cn:50 q:40 big:45", names=NAMES | {"q": "Qwen3.5 Plus", "big": "Qwen3.5 397B A17B (Reasoning)"})
    assert pairs(versus(CLAUDE, "Qwen3.5", small.store, lexicon=default_lexicon())) == [("cr", "big")]


def test_all_pairs_can_be_asked_for_the_best_match_first():
    found = pairs(versus(CLAUDE, GPT, of("cr:60 cn:50 gr:40 gn:55").store, every=True, lexicon=default_lexicon()))
    assert found[0] == ("cr", "gr")
    assert sorted(found) == [("cn", "gn"), ("cn", "gr"), ("cr", "gn"), ("cr", "gr")]


def test_a_model_is_not_compared_with_itself():
    store = of("cr:60 cn:50").store
    assert pairs(versus(CLAUDE, "Claude Opus 4.6 (Reasoning)", store, lexicon=default_lexicon())) == [("cn", "cr")]
    assert all(first != second for first, second in pairs(versus(CLAUDE, CLAUDE, store, every=True, lexicon=default_lexicon())))
    with pytest.raises(DeclarationError, match="are the same entry on every board; expected two models"):
        versus(QWEN, QWEN, of("q:1").store, lexicon=default_lexicon())


def test_boards_that_list_only_one_are_named_and_a_day_can_be_asked_for():
    record = of("cr:60 gr:70")
    other = Record(kit.SCORE, store=record.store, board="other/board")
    other.show("cr:1", names=NAMES)
    other.show("cr:1 gr:2", names=NAMES)
    assert len(versus(CLAUDE, GPT, record.store, lexicon=default_lexicon()).pairs) == 2
    then = versus(CLAUDE, GPT, record.store, at=kit.START, lexicon=default_lexicon())
    assert (len(then.pairs), then.only_one, then.only_other) == (1, ("other/board",), ())
    assert len(versus(CLAUDE, GPT, record.store, boards=[other.board.id], lexicon=default_lexicon()).pairs) == 1


def test_a_model_that_is_not_listed_is_refused_with_those_of_its_line():
    with pytest.raises(DeclarationError, match=r'"Qwen3.5 72B": no board lists that model; listed of that line: Qwen3.5 9B \('):
        versus("Qwen3.5 72B", GPT, of("gr:1 q:2").store, lexicon=default_lexicon())
