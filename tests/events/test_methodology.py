"""A scale that changed: one event, and nothing about single models from it."""

from dataclasses import replace

import pytest
from kit import ELO, PRICE, SCORE, History, brief, events_of, line, metric, of, snapshot

from tracker.model import Column

SECOND = metric("coding", primary=False)


def test_a_re_based_board_is_one_event_and_none_but_its_other_leader():
    event, leader = events_of("a:50.0 b:40.0 c:30.0 d:20.0", "a:10.0 b:45.0 c:25.0 d:33.0")
    assert brief([leader]) == ["new_leader/rebased b > a"]
    assert (brief([event]), event.weight, event.is_news) == (["methodology/re-based"], 90, True)
    assert (
        event.headline == "Board re-based score: 4 of 4 values moved, median shift 0; values before and after cannot be compared."
    )
    figures = {"reason": "4 of 4 values moved", "moved": 4, "common": 4, "share": 1.0, "median_shift": 0.0}
    assert event.facts == {"metrics": {"score": figures}, "version": ""}


def test_several_metrics_re_based_on_one_day_are_one_event_that_names_the_primary_first():
    history = History(SECOND, SCORE, PRICE)
    history.show("a:50 b:40 c:30", coding="a:1 b:2 c:3", price="a:1 b:2 c:3")
    (event,) = of("methodology", history.show("a:55 b:45 c:35", coding="a:4 b:5 c:6", price="a:1 b:2 c:3"))
    assert (event.metric, list(event.facts["metrics"])) == ("score", ["coding", "score"])
    assert event.headline.startswith("Board re-based score and 1 more: 3 of 3 values moved")


def test_a_secondary_metric_alone_weighs_less_and_leaves_the_primary_its_news():
    history = History(SCORE, SECOND)
    history.show("a:50 b:40 c:30", coding="a:1 b:2 c:3")
    reported = history.show("a:50 b:60 c:30", coding="a:4 b:5 c:6")
    assert [event.weight for event in of("methodology", reported)] == [60]
    assert {event.kind for event in reported if event.metric == "coding"} == {"methodology"}
    assert {"new_leader", "overtake"} <= {event.kind for event in reported if event.metric == "score"}


def test_a_shifted_fitted_board_is_one_event():
    values = {f"m{place:02}": 1500 - 5 * place for place in range(20)}
    before, after = (line({key: f"{value + by}±6" for key, value in values.items()}) for by in (0, -47))
    (event,) = events_of(before, after, on=[ELO])
    assert "100% of the values fell, by 47 in the median" in event.headline


@pytest.mark.parametrize(("then", "back"), [("a:50 b:41 c:30 d:20 e:15 f:12", True), ("a:70 b:61 c:52 d:41 e:37 f:34", False)])
def test_a_re_base_that_the_next_change_undoes_says_so(then: str, back: bool):
    first, second = "a:50 b:40 c:30 d:20 e:15 f:12", "a:150 b:140 c:130 d:120 e:115 f:112"
    undone = [event for event in events_of(first, second, then) if event.kind == "methodology"][-1]
    assert ("the values of 2026-03-02 are back" in undone.headline) is back


def test_the_day_after_a_re_base_is_compared_again():
    reported = events_of("a:50 b:40 c:30 d:20", "a:10 b:45 c:25 d:33", "a:10 b:45 c:50 d:33")
    assert "overtake" in {event.kind for event in reported}
    assert "methodology" not in {event.kind for event in reported}


@pytest.mark.parametrize(
    ("nature", "after", "says"),
    [("tested", "a:50 b:40 c:30", "no value moved"), ("fitted", "a:50 b:41 c:30", "1 value moved, as between two of its")],
)
def test_a_new_version_of_values_that_still_compare_is_reported(nature: str, after: str, says: str):
    history = History(metric(nature=nature))
    history.show("a:50 b:40 c:30", version="v1")
    assert not history.show("a:50 b:40 c:30", version="1")
    (event,) = of("methodology", history.show(after, version="v2"))
    assert (event.grade, event.is_news, event.facts["before"], event.facts["version"]) == ("version", True, "1", "v2")
    assert event.headline.startswith(f"Board states version v2, no longer 1; {says}")


def test_a_new_version_of_a_payload_is_that_of_its_metrics():
    history = History(SCORE, replace(SECOND, column=Column(sources=("cost:usd",))))
    history.show("a:50 b:40", coding="a:3 b:2", version="4\ncost: 1")
    (event,) = history.show("a:50 b:40", coding="a:3 b:2", version="4\ncost: 2")
    assert event.headline.startswith("Board states version 2 of coding, no longer 1; no value moved")


def test_a_new_version_is_named():
    history = History()
    history.show("a:50 b:40 c:30", version="v1")
    (event,) = history.show("a:50 b:41 c:30", version="v2")
    assert (event.facts["version"], "version v1 became v2" in event.headline) == ("v2", True)


def test_a_restart_states_its_reason():
    history = History()
    history.show("a:50 b:40")
    (event,) = of("methodology", history.show("c:50 d:40", restart="accepted by ann: 0 of 2 entries in common"))
    assert event.grade == "another_table"
    assert (
        event.headline
        == "Board shows another table than before (0 of 2 entries were listed under these keys); its history starts again."
    )
    assert event.facts["reason"] == "accepted by ann: 0 of 2 entries in common"


def test_a_board_that_was_only_rounded_was_not_re_based():
    assert events_of("a:50.125 b:40.25 c:30.5 d:20.75", "a:50.1 b:40.3 c:30.5 d:20.8") == ()


def estimates(before: int, after: int, of: int = 20, *, on=SCORE) -> list[tuple[str, bool]]:
    pages = [line({f"m{at}": f"{'~' * (at < guessed)}{40 + at}" for at in range(of)}) for guessed in (before, after)]
    return [(event.headline, event.is_news) for event in events_of(*pages, on=[on]) if event.grade == "estimates"]


def test_a_jump_in_the_share_of_estimates_is_one_event():
    assert estimates(3, 9) == [("Board now estimates score for 9 of 20 rows; before, for 3 of 20.", True)]
    assert estimates(9, 3) == [("Board now estimates score for 3 of 20 rows; before, for 9 of 20.", True)]


def test_the_estimates_of_rows_that_name_no_entry_count_too():
    history = History()
    for day, (before, unnamed) in enumerate(((3, (7.0, 8.0)), (9, (7.0,)))):
        text = " ".join(f"m{at}:{'~' if at < before else ''}{at}" for at in range(20))
        events = history.take(replace(snapshot(text, day=day), unnamed=(7.0, 8.0), unnamed_estimates=unnamed))
    (event,) = [event for event in of("methodology", events) if event.grade == "estimates"]
    assert event.headline == "Board now estimates score for 10 of 22 rows; before, for 5 of 22."


def test_a_few_estimates_more_or_less_are_not_a_jump():
    assert estimates(3, 7) == []
    assert estimates(3, 12, of=100) == []
    assert len(estimates(3, 13, of=100)) == 1
    assert estimates(1, 7, on=metric(volatile=True)) == []


def test_a_page_that_begins_or_stops_to_mark_estimates_is_not_a_jump():
    assert estimates(0, 9) == estimates(9, 0) == []


def test_new_entries_with_estimates_are_not_a_jump():
    assert [
        event.grade for event in of("methodology", events_of("a:5 b:4", "a:5 b:4 " + " ".join(f"n{at}:~3" for at in range(9))))
    ] == []


def test_jumps_on_several_metrics_are_one_event_that_names_the_primary_first():
    history = History(SECOND, SCORE)
    for guessed in (1, 7):
        keys = {f"m{at}": "~" * (at < guessed) for at in range(10)}
        events = history.show(
            line({key: f"{mark}5" for key, mark in keys.items()}), coding=line({key: f"{mark}7" for key, mark in keys.items()})
        )
    (event,) = of("methodology", events)
    assert event.headline.startswith("Board now estimates score and 1 more for 7 of 10 rows")
    assert event.facts["metrics"]["coding"] == {"estimates_before": 1, "estimates": 7, "common": 10}
