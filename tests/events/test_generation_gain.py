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
    assert (brief([event]), event.is_news) == (["generation_gain/gain new > old"], True)
    assert event.headline == (
        "new scores 45 on Board (score), against 42 of old, its predecessor listed there; better on 1 of 2 metrics."
    )
    assert event.facts["gains"] == {
        "score": {"before": 42.0, "after": 45.0, "gain": 3.0, "beyond_error": True},
        "code": {"before": 30.0, "after": 25.0, "gain": -5.0, "beyond_error": None},
    }
    assert {(proof.entry, proof.metric, proof.raw) for proof in event.evidence} >= {
        ("new", "score", "45"),
        ("old", "score", "42"),
    }


@pytest.mark.parametrize(("value", "grade", "reported"), [("45", "gain", True), ("43.5", "level", False), ("40", "loss", True)])
def test_its_grade_is_by_the_error_of_the_metric(value: str, grade: str, reported: bool):
    assert [(event.grade, event.is_news) for event in gains("old:42", f"old:42 new:{value}")] == [(grade, reported)]


@pytest.mark.parametrize(("value", "grade", "reported"), [("45", "gain", True), ("43", "nominal", False), ("39", "loss", True)])
def test_without_a_stated_error_only_a_clear_difference_is_news(value: str, grade: str, reported: bool):
    (event,) = gains("old:42", f"old:42 new:{value}", on=(SCORE,))
    assert (event.grade, event.is_news) == (grade, reported)
    assert "no error margin published" in event.headline


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
def test_an_entry_of_another_mode_or_size_is_not_a_predecessor(other: Identity):
    (event,) = gains("old:42", "old:42 new:45", who={"old": other, "new": NEW})
    assert (event.grade, event.is_news, event.facts["predecessor"], event.facts["gains"]) == ("unmatched", False, None, {})
    assert event.headline.startswith("new has no predecessor to be compared with on Board: ")


def test_the_generation_of_a_model_is_not_that_of_an_agent_around_it():
    who = {key: model(f"Shell {generation}", kind="system") for key, generation in (("old", "4"), ("new", "4.5"))}
    (event,) = gains("old:42", "old:42 new:45", who=who)
    assert (event.is_news, event.facts["why"]) == (False, "it is built around a model, whose generation its name states")


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


def test_of_several_generations_the_one_just_before_counts():
    who = {"two": model("Qwen 2 32B"), "old": OLD, "new": NEW}
    (event,) = gains("two:20 old:42", "two:20 old:42 new:45", who=who)
    assert (event.rivals[0].entry, event.facts["predecessor"]["generation"]) == ("old", "3")


@pytest.mark.parametrize("between", [model("Qwen 3.2 4B"), model("Qwen 3.2 plus"), model("Qwen 3.2 32B", reasoning="on")])
def test_a_generation_is_never_skipped(between: Identity):
    (event,) = gains("old:42 odd:44", "old:42 odd:44 new:45", who={"old": OLD, "odd": between, "new": NEW})
    assert (event.is_news, event.facts["why"]) == (False, "no 3.2 of its tier, size, reasoning mode and effort is listed")


def test_a_tier_listed_with_a_plain_model_does_not_follow_a_tier_listed_alone():
    who = {"old": model("GPT 3.5 turbo"), "plain": model("GPT 4"), "new": model("GPT 4 turbo")}
    (event,) = gains("old:30 plain:40", "old:30 plain:40 new:50", who=who)
    assert (event.is_news, event.facts["why"]) == (False, "4 is listed without turbo too, and 3.5 is not")
    both = {"old": model("GPT 4 mini"), "former": model("GPT 4"), "plain": model("GPT 5"), "new": model("GPT 5 mini")}
    (event,) = gains("old:30 former:35 plain:40", "old:30 former:35 plain:40 new:50", who=both)
    assert (event.rivals[0].entry, event.is_news) == ("old", True)


def test_a_mixture_is_not_compared_with_what_does_not_say_it_is_one():
    who = {"old": model("Qwen 3 110B"), "new": model("Qwen 3.5 122B", size_active_b=10.0)}
    assert [event.grade for event in gains("old:42", "old:42 new:60", who=who)] == ["unmatched"]
    who["old"] = model("Qwen 3 110B", size_active_b=12.0)
    assert [event.grade for event in gains("old:42", "old:42 new:60", who=who)] == ["gain"]


def test_the_name_of_a_lab_does_not_make_a_difference():
    who = {
        "old": model("Llama 3 70B", lab="Meta"),
        "mid": model("Llama 3.1 70B", lab="Meta", name="Meta-Llama-3.1-70B-Instruct"),
        "new": model("Llama 3.3 70B", lab="Meta"),
    }
    (event,) = gains("old:20 mid:40", "old:20 mid:40 new:50", who=who)
    assert (event.rivals[0].entry, event.is_news) == ("mid", True)
    who["mid"] = model("Llama 3.1 70B", lab="Meta", name="facebookai llama 3.1 70b")
    (event,) = gains("old:20 mid:40", "old:20 mid:40 new:50", who=who, attributes={"mid": {"creator": "Facebook AI"}})
    assert event.rivals[0].entry == "mid"


FLASH, NEXT = "Gemini 1.5 flash", model("Gemini 2.0 flash", name="gemini-2.0-flash-exp", preview=True)


def dated(first: dict[str, object], second: dict[str, object], **more: object) -> Event:
    """The gain of a newcomer where its generation before has two revisions, `a` the better one."""
    who = {"a": model(FLASH, key="a", **first), "b": model(FLASH, key="b", **second), "new": NEXT}
    (event,) = gains("a:42 b:41", "a:42 b:41 new:60", who=who, **more)
    return event


@pytest.mark.parametrize(("older", "newer"), [
    ({"date": "2024-06-20"}, {"date": "2024-10-22"}),
    ({"date": "2023-12"}, {"date": "2024-01-25"}),
    ({"preview": True}, {}),
    ({"preview": True}, {"name": "gemini-1.5-flash-001"}),
    ({"name": "gemini-1.5-flash-001"}, {"name": "gemini-1.5-flash-002"}),
    ({}, {"date": "12-10"}),
])  # fmt: skip
def test_the_newest_revision_of_the_generation_before_counts(older: dict[str, object], newer: dict[str, object]):
    assert [party.entry for party in dated(older, newer).rivals] == ["b"]
    assert [party.entry for party in dated(newer, older).rivals] == ["a"]


@pytest.mark.parametrize(("first", "second"), [
    ({"date": "11-06", "preview": True}, {"date": "01-25", "preview": True}),
    ({"name": "gemini-1.5-flash-002"}, {"date": "08-27", "preview": True}),
    ({}, {"date": "08-27", "preview": True}),
])  # fmt: skip
def test_revisions_whose_order_is_unclear_give_no_number(first: dict[str, object], second: dict[str, object]):
    for event in (dated(first, second), dated(second, first)):
        assert (event.is_news, event.facts["why"]) == (False, "it is unclear which 1.5 like it is the newest")


def test_the_stated_day_of_release_decides_which_revision_is_the_newest():
    days = {"a": {"released": "2023-11-06"}, "b": {"released": "2024-01-25"}}
    event = dated({"date": "11-06", "preview": True}, {"date": "01-25", "preview": True}, attributes=days)
    assert event.rivals[0].entry == "b"


@pytest.mark.parametrize(("twice", "grade"), [("Qwen-3.2", "unmatched"), ("c0ffee-17", "unmatched"), ("x-Gwen-2", "gain")])
def test_a_key_listed_twice_that_may_be_of_the_family_prevents_a_comparison(twice: str, grade: str):
    who = {"old": OLD, "new": NEW, "x1": model("Gwen 1")}
    (event,) = gains("old:42", "old:42 new:45", who=who, ambiguous=twice)
    assert (event.grade, event.is_news) == (grade, grade == "gain")
    assert grade == "gain" or event.facts["why"] == f'"{twice}" stands there more than once and may be of its family'


@pytest.mark.parametrize(("unit", "share"), [("USD", "."), ("s", "; better on 2 of 2 metrics.")])
def test_what_a_run_costs_is_not_among_the_metrics_on_which_it_is_better(unit: str, share: str):
    run = metric("run", better="lower", unit=unit, topic="coding", primary=False)
    (event,) = gains("old:42", "old:42 new:45", on=(INDEX, run), run="old:30 new:25")
    assert event.headline.endswith(f"its predecessor listed there{share}")
    assert event.facts["gains"]["run"]["gain"] == 5.0


@pytest.mark.parametrize(("old", "grade"), [("Qwen3 32B", "gain"), ("b1946ac9", "unmatched")])
def test_a_key_listed_twice_without_a_family_is_not_of_one_that_all_its_keys_state(old: str, grade: str):
    who = {old.replace(" ", "-"): OLD, "Qwen3.5-27B": NEW}
    key, new = who
    (event,) = gains(f"{key}:42", f"{key}:42 {new}:45", who=who, ambiguous="EXAONE-4.0-32B")
    assert event.grade == grade


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


def test_only_the_best_of_a_release_is_news():
    who = {"old": OLD, "old4": model("Qwen 3 4B"), "new": NEW, "new4": model("Qwen 3.5 4B")}
    events = gains("old:42 old4:30", "old:42 old4:30 new:45 new4:35", who=who)
    assert [(event.subjects[0].entry, event.is_news) for event in events] == [("new", True), ("new4", False)]


def test_a_variant_worse_than_another_of_its_model_is_not_news():
    who = {
        "old": model("Qwen 3 32B", reasoning="off"),
        "think": model("Qwen 3.5 27B", reasoning="on"),
        "new": model("Qwen 3.5 27B", reasoning="off"),
    }
    (event,) = gains("old:42 think:50", "old:42 think:50 new:45", who=who)
    assert (event.grade, event.is_news) == ("gain", False)


def test_a_refresh_of_a_listed_generation_is_not_news():
    who = {
        "old": OLD,
        "may": model("Qwen 3.5 27B", key="may", date="2026-05"),
        "new": model("Qwen 3.5 27B", key="june", date="2026-06"),
    }
    (event,) = gains("old:42 may:44", "old:42 may:44 new:46", who=who)
    assert (event.rivals[0].entry, event.is_news) == ("old", False)


@pytest.mark.parametrize("sibling", [
    model("Qwen 3.5 27B", key="x", preview=True),
    model("Qwen 3.5 27B", key="x", name="Qwen API 3.5"),
    model("Qwen 3.5", key="x", reasoning="on"),
])  # fmt: skip
def test_any_listed_variant_of_its_generation_makes_it_a_refresh(sibling: Identity):
    (event,) = gains("old:42 sib:44", "old:42 sib:44 new:46", who={"old": OLD, "sib": sibling, "new": NEW})
    assert (event.rivals[0].entry, event.grade, event.is_news) == ("old", "gain", False)


def test_another_size_of_its_generation_makes_it_no_refresh():
    (event,) = gains("old:42 small:30", "old:42 small:30 new:46", who={"old": OLD, "small": model("Qwen 3.5 4B"), "new": NEW})
    assert event.is_news is True


def test_a_first_score_is_reported_when_it_comes():
    assert gains("old:42", "old:42 new") == []
    (event,) = gains("old:42 new", "old:42 new:45")
    assert (brief([event]), event.is_news) == (["generation_gain/gain new > old"], True)
    (event,) = gains("old:42 new:~44", "old:42 new:45")
    assert event.is_news is True


def test_an_old_model_that_is_listed_late_is_only_recorded():
    dated = {"new": {"released": "2025-01-01"}}
    (event,) = gains("old:42", "old:42 new:45", attributes=dated)
    assert (event.grade, event.is_news) == ("gain", False)


def test_a_first_page_is_not_news():
    assert of("generation_gain", History(INDEX).show("old:42 new:45", who={"old": OLD, "new": NEW})) == []


@pytest.mark.parametrize(("first", "second"), [
    ("3", "3.5"), ("3.5", "4"), ("2.5", "3"), ("4o", "5"), ("4.5", "5"), ("V3.2", "V4"), ("K2.5", "K2.6"), ("1.5", "2"),
    ("2501", "2503"),
])  # fmt: skip
def test_numbers_order_generations(first: str, second: str):
    assert is_earlier(first, second)
    assert not is_earlier(second, first)
    assert not is_unclear(first, second)


@pytest.mark.parametrize(("first", "second"), [("4", "4o"), ("4o", "4.1"), ("4.20", "4.3"), ("3.1", "2503")])
def test_generations_that_numbers_do_not_order_are_unclear(first: str, second: str):
    assert not is_earlier(first, second)
    assert not is_earlier(second, first)
    assert is_unclear(first, second)
    assert is_unclear(second, first)


@pytest.mark.parametrize(("first", "second"), [("V3", "R1"), ("3", "3"), ("3.0", "3")])
def test_another_letter_is_another_line_and_the_same_number_the_same_generation(first: str, second: str):
    assert (is_earlier(first, second), is_earlier(second, first), is_unclear(first, second)) == (False, False, False)


def test_a_word_is_not_a_generation():
    assert order_of("nova") is None
    assert order_of("") is None


GENERATION = st.one_of(
    st.integers(0, 9).map(str), st.tuples(st.integers(0, 9), st.integers(0, 9)).map(lambda pair: f"{pair[0]}.{pair[1]}")
)


@given(GENERATION, GENERATION)
def test_plain_generations_are_ordered_as_decimals(first: str, second: str):
    assert is_earlier(first, second) == (float(first) < float(second))
    assert not is_unclear(first, second)
