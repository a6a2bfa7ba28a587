"""What a publisher states of a model's life."""

import json

import pytest
from insight_world import model
from kit import PRICE, SCORE, History, brief, metric, of

from tracker.model import Event

Stated = dict[str, dict[str, str]]
INPUT = metric("input", "listed", better="lower", unit="USD per 1M tokens", topic="price", primary=False)
CONTEXT = metric("context", "listed", primary=False, topic="context")


def reported_in(*days: Stated, others: int = 10, **more: object) -> list[Event]:
    """The lifecycle events of the last day."""
    history = History()
    keys = " ".join([*days[0], *(f"other{place}" for place in range(others))])
    *earlier, last = days
    for stated in earlier:
        history.show(keys, attributes=stated, **more)
    return of("lifecycle", history.show(keys, attributes=last, **more))


def a(**stated: str) -> Stated:
    return {"a": stated}


@pytest.mark.parametrize(("before", "after", "grade", "headline", "reported"), [
    (a(deprecated="false"), a(deprecated="true"), "deprecated", "a is marked as deprecated on Board.", True),
    (a(deprecated="true"), a(deprecated="false"), "undeprecated", "a is no longer marked as deprecated on Board.", True),
    (a(open_weights="no"), a(open_weights="yes"), "weights_opened", "a now has open weights, says Board.", True),
    (a(open_weights="true"), a(open_weights="false"), "weights_closed", "a no longer has open weights, says Board.", False),
    (a(licence="MIT"), a(licence="Apache-2.0"), "licence", "a: licence on Board changes from MIT to Apache-2.0.", True),
    (a(license="MIT"), a(license="GPL"), "licence", "a: licence on Board changes from MIT to GPL.", True),
    (a(context="8000"), a(context="128000"), "context", "a: context window on Board changes from 8,000 to 128,000.", True),
    (a(context="128k"), a(context="1M"), "context", "a: context window on Board changes from 128k to 1M.", True),
    (a(context="128000"), a(context="131072"), "context", "a: context window on Board changes from 128,000 to 131,072.", False),
    (a(), a(expires="2026-04-30"), "expires", "a is to expire on 2026-04-30, says Board.", True),
    (
        a(expires="2026-04-30"), a(expires="2026-05-30"),
        "expires", "a is to expire on 2026-05-30, not on 2026-04-30, says Board.", True,
    ),
])  # fmt: skip
def test_each_grade_says_what_the_board_states(before: Stated, after: Stated, grade: str, headline: str, reported: bool):
    (event,) = reported_in(before, after)
    assert (event.grade, event.headline, event.is_news) == (grade, headline, reported)
    assert [proof.raw for proof in event.evidence] == [*(before["a"].values() or [None]), *after["a"].values()]


@pytest.mark.parametrize(("before", "after"), [
    (a(licence="MIT"), a(licence="Mit")),
    (a(licence="Apache 2.0"), a(licence="Apache-2.0")),
    (a(licence="MIT"), a()),
    (a(licence="MIT"), a(licence="Not disclosed")),
    (a(licence="Unknown license"), a(licence="MIT")),
    (a(), a(licence="MIT")),
    (a(), a(deprecated="true")),
    (a(open_weights="maybe"), a(open_weights="true")),
    (a(expires="2026-04-30"), a()),
    (a(slug="a-1"), a(slug="a-2")),
])  # fmt: skip
def test_a_spelling_an_unknown_side_and_other_properties_are_none(before: Stated, after: Stated):
    assert reported_in(before, after) == []


def test_a_change_is_reported_by_one_kind():
    history = History()
    history.show("a b c", attributes=a(licence="MIT", deprecated="false", slug="one"))
    events = history.show("a b c", attributes=a(licence="GPL", deprecated="true", slug="two"))
    assert sorted(brief(events)) == ["attribute_change/slug a", "lifecycle/deprecated a", "lifecycle/licence a"]


def test_a_flip_back_is_only_recorded():
    opened, closed = a(open_weights="true"), a(open_weights="false")
    (event,) = reported_in(opened, closed, opened)
    assert (event.grade, event.is_news, event.facts["flip"]) == ("weights_opened", False, True)
    (event,) = reported_in(closed, closed, opened)
    assert event.is_news is True


def test_variants_of_a_model_are_one_event_and_other_models_are_others():
    stated = {key: {"licence": "MIT"} for key in "abc"}
    changed = {key: {"licence": "GPL"} for key in "abc"}
    who = {"a": model("M 1"), "b": model("M 1"), "c": model("N 1")}
    assert brief(reported_in(stated, changed, who=who, others=40)) == ["lifecycle/licence a,b", "lifecycle/licence c"]


def test_many_models_with_the_same_change_are_one_event():
    stated, changed = ({f"m{place}": {"licence": licence} for place in range(4)} for licence in ("MIT", "GPL"))
    assert brief(reported_in(stated, changed, others=40)) == ["lifecycle/licence m0,m1,m2,m3"]


def test_a_days_deprecations_are_one_list_however_few():
    stated, changed = ({key: {"deprecated": flag} for key in "ab"} for flag in ("false", "true"))
    (event,) = reported_in(stated, changed)
    assert event.headline == "a and b are marked as deprecated on Board."


def test_a_property_that_changed_for_many_at_once_changed_its_format():
    stated, changed = ({f"m{place}": {"licence": licence} for place in range(5)} for licence in ("MIT", "GPL"))
    assert [event.is_news for event in reported_in(stated, changed, others=45)] == [False]
    assert [event.is_news for event in reported_in(stated, changed, others=46)] == [True]


def listed(before: dict[str, str], after: dict[str, str], *on) -> list[Event]:
    history = History(SCORE, *on)
    history.show("a:50 b:40 c:30 d:20 e:10", **before)
    return of("lifecycle", history.show("a:50 b:40 c:30 d:20 e:10", **after))


def test_a_listed_context_window_is_reported_when_it_doubles():
    (event,) = listed({"context": "a:8000 b:8000 c:8000"}, {"context": "a:128000 b:8000 c:8000"}, CONTEXT)
    assert event.headline == "a: context on Board changes from 8,000 to 128,000."
    assert [proof.raw for proof in event.evidence] == ["8000", "128000"]
    (event,) = listed({"context": "a:8000 b:8000 c:8000"}, {"context": "a:8192 b:8000 c:8000"}, CONTEXT)
    assert event.is_news is False


def test_a_price_that_falls_to_zero_is_a_price_change():
    assert listed({"price": "a:3 b:4"}, {"price": "a:0 b:4"}, PRICE) == []


def test_a_price_that_was_zero_before_is_not_news():
    assert listed({"price": "a:0 b:4"}, {"price": "a:0 b:4"}, PRICE) == []


def test_a_first_page_is_not_news():
    assert of("lifecycle", History().show("a", attributes=a(deprecated="true"))) == []


def test_the_memory_is_plain_ordered_and_bounded():
    history = History()
    keys = [f"m{place:03}" for place in range(600)]
    for licence in ("MIT", "GPL"):
        history.show(" ".join(keys), attributes={key: {"licence": licence} for key in keys})
    remembered = history.past.memory["lifecycle"]
    assert json.loads(json.dumps(remembered)) == remembered
    assert [entry for entry, _ in remembered] == keys[100:]
    assert remembered[0][1] == {"licence": ["MIT"]}
