"""A score that changed, or is gone."""

import pytest
from kit import SCORE, History, brief, events_of, line, metric, of

from tracker.model import Column


def revisions(*texts: str, on=SCORE) -> list[str]:
    return brief(of("score_revision", events_of(*texts, on=[on])))


def test_a_tested_score_without_an_error_is_reported_on_every_change():
    (event,) = of("score_revision", events_of("a:50 b:40 c:30", "a:50 b:41 c:30"))
    assert (event.grade, event.is_news) == ("beyond_error", True)
    assert event.headline == "b goes from 40 to 41 on Board (score), no error margin published."
    assert event.facts == {"before": 40.0, "after": 41.0, "shift": 1.0}


@pytest.mark.parametrize(
    ("after", "grade", "reported"),
    [("40.9", "within_error", False), ("41.4", "within_error", False), ("41.5", "beyond_error", True)],
)
def test_a_tested_score_within_its_stated_error_is_only_recorded(after: str, grade: str, reported: bool):
    (event,) = of("score_revision", events_of("a:50.0 b:40.0 c:30.0", f"a:50.0 b:{after} c:30.0", on=[metric(stated_error=1.4)]))
    assert (event.grade, event.is_news) == (grade, reported)


def test_a_fitted_rating_is_reported_only_beyond_drift_and_intervals():
    values = {f"m{place:02}": 1500 - 10 * place for place in range(12)}
    before, after = (line({key: f"{value + by}±6" for key, value in values.items()}) for by in (0, 2))
    small, moved = (after.replace("m05:1452", f"m05:{rating}") for rating in (1460, 1461))
    assert revisions(before, after, on=metric(nature="fitted")) == []
    assert revisions(before, small, on=metric(nature="fitted")) == []  # 8 is within the error of two readings ±6
    assert revisions(before, moved, on=metric(nature="fitted")) == ["score_revision/beyond_error m05"]


@pytest.mark.parametrize(
    "silent", [metric(nature="live"), metric(nature="count"), metric(nature="listed"), metric(volatile=True)]
)
def test_a_metric_that_is_not_a_score_is_not_revised(silent):
    assert revisions("a:50 b:40 c:30", "a:50 b:45 c:30", on=silent) == []


def test_a_withdrawn_score_is_reported_once():
    history = History()
    history.show("a:50 b:40 c:30")
    (event,) = history.show("a:50 b:40 c")
    assert event.headline == "c is still listed on Board, but its score of 30 (score) is gone."
    assert [proof.raw for proof in event.evidence] == ["30", None]
    assert history.show("a:50 b:40 c") == ()


def test_a_withdrawn_estimate_is_not_a_withdrawn_score():
    assert revisions("a:50 b:40 c:~30", "a:50 b:40 c") == []


def test_scores_lost_with_their_field_are_not_withdrawn():
    full = {f"m{place:02}": 50 - place for place in range(12)}
    assert revisions(line(full), line({key: "" if place < 6 else value for place, (key, value) in enumerate(full.items())})) == []


def test_a_withdrawn_value_of_a_secondary_metric_is_not_news():
    history = History(SCORE, metric("coding", primary=False))
    history.show("a:50 b:40", coding="a:9 b:8")
    assert history.show("a:50 b:40", coding="a:9") == ()


def test_a_re_based_score_is_not_a_revision_of_any_entry():
    assert revisions("a:50 b:40 c:30 d:20", "a:51 b:42 c:33 d:24") == []


def test_an_estimate_that_changed_is_not_a_revision():
    assert revisions("a:50 b:~40 c:30", "a:50 b:~45 c:30") == revisions("a:50 b:~40 c:30", "a:50 b:45 c:30") == []


PARTS = (metric(stated_error=1.4), metric("tasks", primary=False), metric("speed", "live", primary=False))


@pytest.mark.parametrize(("column", "grade", "reported"), [
    ("tasks", "unsure_origin", False),
    ("speed", "beyond_error", True),
])  # fmt: skip
def test_a_score_that_changes_as_another_score_appears_may_have_been_an_estimate(column: str, grade: str, reported: bool):
    history = History(*PARTS)
    history.show("a:50 b:40 c:30", **{column: "a:7"})
    (event,) = of("score_revision", history.show("a:50 b:45 c:30", **{column: "a:7 b:6"}))
    assert (event.grade, event.is_news) == (grade, reported)
    assert ("the earlier one may have been an estimate" in event.headline) is not reported


def test_the_former_score_of_a_row_with_another_key_may_have_been_an_estimate_too():
    history = History(*PARTS)
    history.show("a:50 GPT-5:40 c:30", tasks="a:7")
    (event,) = of("score_revision", history.show("a:50 gpt-5:45 c:30", tasks="a:7 gpt-5:6"))
    assert (event.grade, event.subjects[0].entry) == ("unsure_origin", "gpt-5")


def test_a_flag_of_the_publisher_says_which_score_was_an_estimate():
    history = History(metric(estimated=Column(sources=("guess",))), PARTS[1])
    history.show("a:50 b:40 c:30", tasks="a:7")
    assert brief(of("score_revision", history.show("a:50 b:45 c:30", tasks="a:7 b:6"))) == ["score_revision/beyond_error b"]


def test_a_new_column_says_nothing_about_the_origin_of_a_score():
    history = History(*PARTS)
    history.show("a:50 b:40 c:30")
    assert brief(of("score_revision", history.show("a:50 b:45 c:30", tasks="a:7 b:6"))) == ["score_revision/beyond_error b"]


def test_a_change_under_one_per_cent_is_news_only_where_an_error_is_published():
    for on, is_news in ((SCORE, False), (metric(stated_error=0.1), True)):
        (event,) = of("score_revision", events_of("a:50.0 b:40.0 c:30.0 d:20.0", "a:50.4 b:40.0 c:30.0 d:20.0", on=[on]))
        assert (event.grade, event.is_news) == ("beyond_error", is_news)
    (event,) = of("score_revision", events_of("a:50.0 b:40.0 c:30.0 d:20.0", "a:50.5 b:40.0 c:30.0 d:20.0"))
    assert event.is_news


@pytest.mark.parametrize(("revised", "news"), [(5, 5), (6, 1)])
def test_many_scores_of_an_entry_that_are_revised_at_once_are_one_item(revised: int, news: int):
    others = [f"m{place}" for place in range(revised - 1)]
    history = History(*(metric(name, primary=False) for name in (*others, "little")), SCORE)
    rest = "b:30 c:20 d:10 e:5"
    history.show(f"a:50 {rest}", little=f"a:50.0 {rest}", **dict.fromkeys(others, f"a:50 {rest}"))
    events = of("score_revision", history.show(f"a:45 {rest}", little=f"a:50.4 {rest}", **dict.fromkeys(others, f"a:45 {rest}")))
    reported = [event for event in events if event.is_news]
    assert (len(events), len(reported)) == (revised + 1, news)
    if news == 1:
        assert (reported[0].metric, reported[0].headline) == (
            "score",
            "a goes from 50 to 45 on Board (score), no error margin published. 6 more of its scores changed as well.",
        )
        assert {event.facts.get("reported_with") for event in events} == {None, reported[0].id}
