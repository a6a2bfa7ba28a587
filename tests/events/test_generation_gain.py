"""A newcomer against its own predecessor, like for like."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from insight_world import model
from kit import SCORE, History, brief, metric, of

from tracker.events._predecessor import is_earlier, is_unclear, order_of
from tracker.model import Event, Identity

INDEX, CODE = metric(stated_error=1.5), metric("code", primary=False)
OLD, NEW = model("Qwen 3 32B"), model("Qwen 3.5 27B")
OTHERS = "x1:10 x2:20 x3:30 x4:40"


def gains(
    before: str, after: str, *, who: dict[str, Identity] | None = None, on: tuple = (INDEX,), **more: object
) -> list[Event]:
    history = History(*on)
    who = {"old": OLD, "new": NEW} if who is None else who
    history.show(f"{before} {OTHERS}", who=who)
    return of("generation_gain", history.show(f"{after} {OTHERS}", who=who, **more))


def test_a_newcomer_is_compared_with_the_generation_before_it():
    (event,) = gains("old:42", "old:42 new:45", on=(INDEX, CODE), code="old:30 new:25")
    assert (brief([event]), event.told) == (["generation_gain/gain new > old"], True)
    assert event.headline == (
        "new scores 45 on Board (score), against 42 of old, the latest earlier one of its line listed there like for like;"
        " better on 1 of 2 metrics they share."
    )
    assert event.facts["gains"] == {
        "score": {"before": 42.0, "after": 45.0, "gain": 3.0, "beyond_error": True},
        "code": {"before": 30.0, "after": 25.0, "gain": -5.0, "beyond_error": None},
    }
    assert {(proof.entry, proof.metric, proof.raw) for proof in event.evidence} >= {
        ("new", "score", "45"),
        ("old", "score", "42"),
    }


@pytest.mark.parametrize(("value", "grade", "told"), [("45", "gain", True), ("43.5", "level", False), ("40", "loss", True)])
def test_its_grade_is_by_the_error_of_the_metric(value: str, grade: str, told: bool):
    assert [(event.grade, event.told) for event in gains("old:42", f"old:42 new:{value}")] == [(grade, told)]


@pytest.mark.parametrize(("value", "grade", "told"), [("45", "gain", True), ("43", "nominal", False), ("39", "loss", True)])
def test_without_a_stated_error_only_a_clear_difference_is_told(value: str, grade: str, told: bool):
    (event,) = gains("old:42", f"old:42 new:{value}", on=(SCORE,))
    assert (event.grade, event.told) == (grade, told)
    assert "by values that state no error" in event.headline


def test_lower_is_better_where_the_board_says_so():
    (event,) = gains("old:42", "old:42 new:38", on=(metric(better="lower", stated_error=1.5),))
    assert (event.grade, event.facts["gains"]["score"]["gain"]) == ("gain", 4.0)


@pytest.mark.parametrize("other", [
    model("Qwen 3 14B"),
    model("Qwen 3"),
    model("Qwen 3 32B", lab="Another"),
    model("Qwen 3 32B max"),
    model("Qwen 3 32B", tune="coder"),
    model("Qwen 3 32B", kind="vision"),
    model("Qwen 3 32B", reasoning="on"),
    model("Qwen 3 32B", name="Qwen VL 3 32B"),
    model("Gwen 3 32B"),
    model("Qwen 3.5 32B"),
    model("Qwen 4 32B"),
])  # fmt: skip
def test_what_is_not_like_for_like_is_no_predecessor(other: Identity):
    (event,) = gains("old:42", "old:42 new:45", who={"old": other, "new": NEW})
    assert (event.grade, event.told, event.facts["predecessor"], event.facts["gains"]) == ("unmatched", False, None, {})
    assert event.headline.startswith("new has no predecessor to be compared with on Board: ")


def test_modes_and_efforts_are_matched():
    lines = ("Claude 4 opus", "Claude 4.5 opus")
    who = {
        "off": model(lines[0], reasoning="off", key="c4"),
        "low": model(lines[0], reasoning="on", effort="low", key="c4"),
        "max": model(lines[0], reasoning="on", effort="max", key="c4"),
        "new": model(lines[1], reasoning="on", effort="max"),
    }
    (event,) = gains("off:50 low:60 max:55", "off:50 low:60 max:55 new:70", who=who)
    assert (event.rivals[0].entry, event.facts["effort"]) == ("max", ["max", "max"])


def test_of_several_generations_the_highest_below_counts_and_one_between_is_named():
    who = {"two": model("Qwen 2 32B"), "old": OLD, "wrong": model("Qwen 3.2 4B"), "new": NEW}
    (event,) = gains("two:20 old:42 wrong:30", "two:20 old:42 wrong:30 new:45", who=who)
    assert (event.rivals[0].entry, event.facts["skipped_generations"]) == ("old", ["3.2"])
    assert "listed there like for like (no 3.2 is)" in event.headline


def test_a_generation_between_is_no_predecessor_where_no_size_is_stated():
    who = {"two": model("Phi 2"), "three": model("Phi 3", reasoning="on"), "new": model("Phi 4")}
    (event,) = gains("two:20 three:30", "two:20 three:30 new:45", who=who)
    assert event.facts["why"] == "no 3 like it is listed, and no size is stated"


def test_generations_whose_order_is_unclear_give_no_number():
    who = {"old": model("Grok 4"), "odd": model("Grok 4.20"), "new": model("Grok 4.3")}
    (event,) = gains("old:40 odd:45", "old:40 odd:45 new:50", who=who)
    assert event.facts["why"] == "4.20 and 4.3 cannot be put in order"


def test_a_predecessor_that_is_not_measured_gives_no_number():
    (event,) = gains("old:~42", "old:~42 new:45")
    assert event.facts["why"] == "its predecessor old has no measured score"


def test_a_metric_that_one_of_them_lacks_gives_no_number_and_is_named():
    (event,) = gains("old:42", "old:42 new:45", on=(INDEX, CODE), code="old:30")
    assert (list(event.facts["gains"]), event.facts["missing"]) == (["score"], ["code"])


def test_only_the_best_of_a_release_is_told():
    who = {"old": OLD, "old4": model("Qwen 3 4B"), "new": NEW, "new4": model("Qwen 3.5 4B")}
    events = gains("old:42 old4:30", "old:42 old4:30 new:45 new4:35", who=who)
    assert [(event.subjects[0].entry, event.told) for event in events] == [("new", True), ("new4", False)]


def test_a_variant_that_comes_after_a_better_one_of_its_model_is_not_told():
    who = {
        "old": model("Qwen 3 32B", reasoning="off"),
        "think": model("Qwen 3.5 27B", reasoning="on"),
        "new": model("Qwen 3.5 27B", reasoning="off"),
    }
    (event,) = gains("old:42 think:50", "old:42 think:50 new:45", who=who)
    assert (event.grade, event.told) == ("gain", False)


def test_a_refresh_of_a_generation_that_was_there_is_not_told():
    who = {
        "old": OLD,
        "may": model("Qwen 3.5 27B", key="may", date="2026-05"),
        "new": model("Qwen 3.5 27B", key="june", date="2026-06"),
    }
    (event,) = gains("old:42 may:44", "old:42 may:44 new:46", who=who)
    assert (event.rivals[0].entry, event.told) == ("old", False)


def test_a_first_score_is_told_when_it_comes():
    assert gains("old:42", "old:42 new") == []
    (event,) = gains("old:42 new", "old:42 new:45")
    assert (brief([event]), event.told) == (["generation_gain/gain new > old"], True)
    (event,) = gains("old:42 new:~44", "old:42 new:45")
    assert event.told is True


def test_an_old_model_that_is_listed_late_is_kept_in_the_record():
    dated = {"new": {"released": "2025-01-01"}}
    (event,) = gains("old:42", "old:42 new:45", attributes=dated)
    assert (event.grade, event.told) == ("gain", False)


def test_a_first_page_is_no_news():
    assert of("generation_gain", History(INDEX).show("old:42 new:45", who={"old": OLD, "new": NEW})) == []


# ── the order of generations ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("one", "other"), [
    ("3", "3.5"), ("3.5", "4"), ("2.5", "3"), ("4o", "5"), ("4.5", "5"), ("V3.2", "V4"), ("K2.5", "K2.6"), ("1.5", "2"), ("2501", "2503"),
])  # fmt: skip
def test_numbers_order_generations(one: str, other: str):
    assert is_earlier(one, other)
    assert not is_earlier(other, one)
    assert not is_unclear(one, other)


@pytest.mark.parametrize(("one", "other"), [("4", "4o"), ("4o", "4.1"), ("4.20", "4.3"), ("3.1", "2503")])
def test_what_numbers_do_not_order_is_unclear(one: str, other: str):
    assert not is_earlier(one, other)
    assert not is_earlier(other, one)
    assert is_unclear(one, other)
    assert is_unclear(other, one)


@pytest.mark.parametrize(("one", "other"), [("V3", "R1"), ("3", "3"), ("3.0", "3")])
def test_another_letter_is_another_line_and_the_same_number_the_same_generation(one: str, other: str):
    assert (is_earlier(one, other), is_earlier(other, one), is_unclear(one, other)) == (False, False, False)


def test_a_word_is_no_generation():
    assert order_of("nova") is None
    assert order_of("") is None


GENERATION = st.one_of(
    st.integers(0, 9).map(str), st.tuples(st.integers(0, 9), st.integers(0, 9)).map(lambda pair: f"{pair[0]}.{pair[1]}")
)


@given(GENERATION, GENERATION)
def test_plain_generations_are_ordered_as_decimals(one: str, other: str):
    assert is_earlier(one, other) == (float(one) < float(other))
    assert not is_unclear(one, other)
