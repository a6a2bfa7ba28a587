"""Why-not: every mechanical change of an entry has exactly one reason, or the event that reported it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import kit
import pytest
from hypothesis import given
from hypothesis import strategies as st
from models_world import Record, key, record
from msgspec import structs

from tracker.events import KINDS
from tracker.model import Diff, Step
from tracker.query.why_not import Explained, What, explain, explain_diff

ELSE = "c:40 d:30 e:20 f:10 g:5 h:4"


def last(of: Record, entry: str = "a") -> list[Explained]:
    """What the last day did to an entry."""
    return [row for row in explain(of.steps, [key(entry)]) if row.until == of.steps[-1].check.observed_at]


def reason(of: Record, what: str = "value", entry: str = "a") -> str:
    (row,) = [row for row in last(of, entry) if row.change.what == what]
    assert not row.is_news
    return row.reason


def reported(of: Record, what: str = "value", entry: str = "a") -> str:
    (row,) = [row for row in last(of, entry) if row.change.what == what]
    assert row.is_news
    (event,) = [event for event in of.steps[-1].events if event.id == row.event]
    assert event.is_news
    return f"{event.kind}/{event.grade}"


# ── values ───────────────────────────────────────────────────────────────────────────────────────


def test_a_news_change_names_its_event():
    assert reported(record(f"a:50 b:45 {ELSE}", f"a:55 b:45 {ELSE}")) == "score_revision/beyond_error"


def test_finer_decimals_are_the_same_number():
    of = record("a:44.87 b:45.12 c:40.11 d:30.55", "a:44.8712 b:45.1199 c:40.1101 d:30.5512")
    assert reason(of) == "the same number at the published precision"


def test_a_rebase_is_reported_as_one_event():
    of = record(f"a:50 b:45 {ELSE}", "a:17 b:16 c:14 d:13 e:12 f:11 g:10 h:9")
    assert reported(of) == "methodology/re-based"


def test_a_move_within_the_stated_error_says_so():
    of = record(f"a:50 b:45 {ELSE}", f"a:51 b:45 {ELSE}", on=[kit.metric(stated_error=2.0)])
    assert reason(of) == "within the stated error: moved by 1, not beyond 2"


def test_a_move_within_the_intervals_says_so():
    of = record(f"a:50±3 b:45±3 {ELSE}", f"a:52±3 b:45±3 {ELSE}")
    assert reason(of) == "within the intervals: moved by 2, not beyond 4.243"


def test_a_refit_is_not_news():
    of = record("a:1300 b:1200 c:1100 d:1000", "a:1300.9 b:1200 c:1100 d:1000", on=[kit.ELO])
    assert reason(of) == "within the scatter of the refit: moved by 0.9 once the common drift is taken out"


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("~50", "~60", "an estimate, not a measurement"),
        ("50", "~60", "a measurement became an estimate, and estimates are not news"),
        ("", "~60", "an estimate, not a measurement"),
        ("~60", "", "an estimate was taken back"),
        ("50±2", "50±3", "only its interval changed"),
        ("50", "5e1", "the same number, written differently"),
    ],
)
def test_estimates_and_spellings_are_not_news(before, after, why):
    assert reason(record(f"a:{before} b:45 {ELSE}", f"a:{after} b:45 {ELSE}", on=[kit.metric("score", primary=False)])) == why


def test_an_estimate_that_becomes_a_measurement_is_reported():
    assert reported(record(f"a:~50 b:45 {ELSE}", f"a:55 b:45 {ELSE}")) == "estimate_measured/measured"


def test_live_readings_and_counts_are_not_news():
    speed, votes = kit.metric("speed", "live", topic="speed"), kit.metric("votes", "count", better=None)
    of = Record(kit.SCORE, speed, votes)
    of.show(f"a:50 {ELSE}", speed="a:10 b:20", votes="a:1 b:2")
    of.show(f"a:50 {ELSE}", speed="a:30 b:20", votes="a:7 b:2")
    assert {row.change.of: row.reason for row in last(of)} == {
        "speed": "live metric: single readings are not news",
        "votes": "counts are expected to change and are not news",
    }


def test_growing_points_are_not_news_and_neither_is_a_place_that_others_took():
    of = Record(kit.metric(nature="points"))
    of.show("a:50 b:45 c:40")
    of.show("a:52 b:47 c:51")
    ahead = "another leader and overtakes among the ten best are news"
    assert {row.change.what: row.reason for row in last(of)} == {
        "value": f"points are expected to change: {ahead}",
    }
    assert {row.change.what: row.reason for row in last(of, "b")} == {
        "value": f"points are expected to change: {ahead}",
        "rank": f"ranks by points: {ahead}, not each move",
    }
    assert reported(of, "value", "c") == "overtake/decisive"


def test_a_lost_field_is_reported_once_and_its_return_is_recorded():
    of = Record(kit.SCORE, kit.PRICE)
    of.show(f"a:50 {ELSE}", price="a:3 c:1 d:1 e:1 f:1 g:1")
    of.show(f"a:50 {ELSE}", price="c:1")
    assert reported(of) == "field_drift/thinned"
    of.show(f"a:50 {ELSE}", price="a:3 c:1")
    assert reason(of) == "it comes back with a field that had lost its values"


def test_a_first_value_on_another_metric_has_nothing_to_be_compared_with():
    of = Record(kit.SCORE, kit.metric("maths", topic="maths"))
    of.show(f"a:50 {ELSE}", maths="c:1 d:2")
    of.show(f"a:50 {ELSE}", maths="a:0.5 c:1 d:2")
    assert reason(of) == "a first value: there is none of its own to compare it with"


def test_a_change_too_small_to_print_shows_the_printed_value():
    of = record("a:50.001 b:45.002 c:40.003 d:30.004 e:1.001", "a:50.002 b:45.002 c:40.003 d:30.004 e:1.001")
    assert reason(of) == "reads the same in print: 50"


# ── ranks ────────────────────────────────────────────────────────────────────────────────────────


def test_a_slide_behind_newcomers_is_arithmetic():
    of = record(f"a:50 b:45 {ELSE}", f"x:90 y:80 z:70 a:50 b:45 {ELSE}")
    assert reason(of, "rank") == "moved only because 3 arrived above"


def test_a_climb_after_departures_is_arithmetic():
    assert reason(record(f"x:90 a:50 b:45 {ELSE}", f"a:50 b:45 {ELSE}"), "rank") == "moved only because 1 left above"


def test_a_rank_that_others_took_is_nominal_and_a_move_of_its_own_is_reported():
    of = record(f"a:50 b:45 {ELSE}", f"a:50 b:60 {ELSE}")
    assert reason(of, "rank") == "rank move nominal: no measured value of its own moved that way beyond its error"
    assert reported(of, "rank", "b") == "new_leader/nominal"


@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if kind.why_recorded])
def test_the_reason_that_a_kind_gives_comes_before_the_general_rules(kind: str):
    of = record(f"a:50 b:45 {ELSE}", f"x:90 a:50 b:45 {ELSE}")
    diff, past = of.steps[-1].diff, of.steps[-2].past
    assert diff is not None
    recorded = replace(next(event for event in of.steps[-1].events if event.kind == "debut"), kind=kind, grade="", is_news=False)
    why, explained = KINDS[kind].why_recorded, KINDS[kind].explains
    assert why is not None
    for entry, what in (("x", What.APPEARANCE), ("a", What.RANK)):
        about = replace(recorded, subjects=(structs.replace(recorded.subjects[0], entry=key(entry)),))
        rows = [row for row in explain_diff(diff, [about], past, key(entry)) if row.change.what == what]
        assert [row.reason == why(about) for row in rows] == [what in explained and why(about) != ""]


def test_ranks_across_a_rebase_are_not_compared():
    of = record("a:50 b:45 c:40 d:30", "a:11 b:16 c:14 d:13")
    assert reason(of, "rank") == "neither values nor ranks are compared (re-based)"


# ── coming and going ─────────────────────────────────────────────────────────────────────────────


def test_the_first_snapshot_is_compared_with_nothing():
    assert reason(record("a:50"), "appearance") == "the board's first snapshot: there is nothing to compare it with"


def test_an_arrival_is_reported_and_a_return_without_a_departure_is_not():
    of = record(f"b:45 {ELSE}", f"a:50 b:45 {ELSE}")
    assert reported(of, "appearance") == "debut/listing"
    of.show(f"b:45 {ELSE}")
    assert reason(of, "absence") == "one absence is not a departure: a second snapshot must confirm it"
    of.show(f"a:50 b:45 {ELSE}")
    assert reason(of, "appearance") == "it comes back without ever having been reported as gone: one absence is not confirmed"


def test_a_confirmed_absence_is_reported_at_the_second_look():
    of = record(f"a:50 b:45 {ELSE}", f"b:45 {ELSE}", f"b:45 {ELSE}")
    assert reported(of, "departure") == "departure/confirmed"


def test_below_the_depth_nothing_is_known():
    of = Record(kit.SCORE, depth="varies")
    of.show("a:50 b:45 c:40", depth=3)
    of.show("b:45 x:44 c:43.5", depth=3)
    of.show("b:45 x:44 a:10", depth=3)
    assert [row.reason for row in explain(of.steps, [key("a")])][1:] == [
        "one absence is not a departure: a second snapshot must confirm it",
        "it comes back without ever having been reported as gone: one absence is not confirmed",
    ]
    of.show("b:45 x:44 c:43", depth=3)
    assert reason(of, "absence") == "below the depth: the page need not show it"
    of.show("b:45 x:44 a:10", depth=3)
    assert reason(of, "appearance") == (
        "it comes back without ever having been reported as gone: the page did not show it, and need not have"
    )


def test_a_repeated_or_corrected_statement_is_not_news():
    of = Record(kit.SCORE, kit.metric("context", "listed", topic="context"))
    for weights, context in (("true", 400), ("false", 350), ("true", 350)):
        of.show(f"a:50 {ELSE}", context=f"a:{context} b:9", attributes={"a": {"open_weights": weights}})
    reasons = [(row.change.of, row.reason) for row in explain(of.steps, [key("a")]) if row.change.of]
    assert reasons == [
        ("open_weights", "published weights cannot be called back: the publisher corrects what it stated"),
        ("context", "the context window changed by less than is news"),
        ("open_weights", "it goes back to what was stated before"),
    ]


def test_a_score_of_unsure_origin_is_not_said_to_be_within_an_error():
    of = Record(kit.SCORE, kit.metric("coding", primary=False))
    of.show(f"a:50 {ELSE}", coding="c:1 d:2 e:3 f:4")
    of.show(f"a:20 {ELSE}", coding="a:9 c:1 d:2 e:3 f:4")
    (row,) = [row for row in last(of) if row.change.of == "score"]
    assert row.reason == "of unsure origin: the earlier score may have been an estimate, or that of another row"


def test_an_entry_on_a_whole_board_is_never_below_its_depth():
    of = record(f"a:50 b:45 {ELSE}")
    of.show(f"x:50 y:45 {ELSE}")
    assert {reason(of, "absence", entry) for entry in "ab"} <= {
        "its name is listed under another key",
        "it may be listed under another label: it is not certain which row that is",
        "another row has its values now: it may be listed under that name",
        "one absence is not a departure: a second snapshot must confirm it",
    }


def test_a_lead_that_is_only_recorded_explains_the_rank():
    of = Record(kit.ELO)
    rest = " ".join(f"m{place}:{20 - place}±3" for place in range(12))
    of.show(f"a:50±3 b:49±3 {rest}")
    of.show(f"a:49±3 b:50±3 {rest}")
    assert reason(of, "rank", "b") == "leads within the error of the values"


def test_changes_of_names_keys_and_attributes_are_explained():
    of = Record(kit.SCORE)
    of.show(f"a:50 {ELSE}", names={"a": "Alpha"}, attributes={"a": {"licence": "MIT", "slug": "x", "note": "y"}})
    of.show(f"a:50 {ELSE}", names={"a": "ALPHA"}, attributes={"a": {"licence": "mit", "slug": "z", "tier": "1"}})
    assert {(row.change.what, row.change.of): row.reason for row in last(of)} == {
        ("name", ""): "the same name in another spelling",
        ("attribute", "licence"): "the same but for capitals and punctuation",
        ("attribute", "slug"): "not a property whose change is news",
        ("attribute", "note"): "no longer stated: unknown is not a change",
        ("attribute", "tier"): "stated for the first time: what was unknown did not change",
    }


def test_a_table_that_was_replaced_explains_everything_at_once():
    of = record(f"a:50 b:45 {ELSE}")
    of.show(f"a:51 q:1 {ELSE}", restart="a person said so")
    assert {row.reason for row in last(of)} == {
        "another table than before is shown, and nothing in the two is compared (a person said so)"
    }


# ── the demand ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.slow
@given(st.lists(kit.pages(), min_size=2, max_size=4))
def test_every_change_of_every_entry_has_exactly_one_explanation(days):
    of = Record(kit.SCORE, kit.PRICE)
    for page in days:
        of.show(**page)
    entries = sorted({entry for step in of.steps for entry in step.diff.after.entries})
    found = list(explain(of.steps, entries))
    for step in of.steps:
        mine = [row for row in found if row.until == step.check.observed_at]
        named = Counter(
            (row.change.entry, row.change.what, row.change.of) for row in mine if row.change.what is not What.DEPARTURE
        )
        assert named == Counter(differences(step.diff))
        assert all(row.reason for row in mine)
        for row in mine:
            assert row.is_news == told_by(step, row)


def differences(diff: Diff) -> list[tuple[str, str, str]]:
    """What differs between two pages, by looking at everything."""
    found = []
    old, new = (diff.before.entries if diff.before else {}), diff.after.entries
    for entry in {*old, *new}:
        if (entry in old) != (entry in new):
            found.append((entry, "appearance" if entry in new else "absence", ""))
            continue
        was, now = old[entry], new[entry]
        found += [(entry, "name", "")] * (was.name != now.name) + [(entry, "key", "")] * (entry in diff.rekeyed)
        for what, before, after in (("attribute", was.attributes, now.attributes), ("value", was.measures, now.measures)):
            found += [(entry, what, of) for of in {*before, *after} if before.get(of) != after.get(of)]
        ranks = [place(snapshot, entry) for snapshot in (diff.before, diff.after)]
        found += [(entry, "rank", "")] * (None not in ranks and ranks[0] != ranks[1])
    return found


def place(snapshot, entry):
    scores = {key: row.measures["score"].value for key, row in snapshot.entries.items() if "score" in row.measures}
    return None if entry not in scores else 1 + sum(value > scores[entry] for value in scores.values())


def told_by(step: Step, row: Explained) -> bool:
    """Whether the event it names is news, and is one of that day."""
    return any(event.id == row.event and event.is_news for event in step.events)
