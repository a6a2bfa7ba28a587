"""Stated properties that changed."""

import pytest
from kit import SCORE, History, brief, metric, of

from tracker.model import Event


def changes(before: dict[str, dict[str, str]], after: dict[str, dict[str, str]]) -> list[Event]:
    history = History()
    keys = " ".join(before)
    history.show(keys, attributes=before)
    return of("attribute_change", history.show(keys, attributes=after))


def sizes(*each: str) -> dict[str, dict[str, str]]:
    return {f"m{place}": {"total_parameters": size} for place, size in enumerate(each)}


def test_a_changed_property_is_recorded_with_both_sides():
    (event,) = changes(sizes("754", "7"), sizes("744", "7"))
    assert (brief([event]), event.is_news, event.weight) == (["attribute_change/total_parameters m0"], False, 3)
    assert event.headline == "m0: total parameters on Board changes from 754 to 744."
    assert event.facts == {"attribute": "total_parameters", "before": "754", "after": "744"}
    assert [proof.raw for proof in event.evidence] == ["754", "744"]


@pytest.mark.parametrize(("attribute", "before", "after"), [
    ("licence", "MIT", "GPL"), ("open_weights", "false", "true"), ("deprecated", "false", "true"), ("context", "8000", "128000"),
    ("expires", "2026-03-01", "2026-04-01"),
])  # fmt: skip
def test_a_lifecycle_change_is_not_reported_twice(attribute: str, before: str, after: str):
    history = History()
    history.show("a", attributes={"a": {attribute: before}})
    kinds = [event.kind for event in history.show("a", attributes={"a": {attribute: after}})]
    assert kinds == ["lifecycle"]


def test_another_spelling_of_a_licence_is_only_recorded():
    (event,) = changes({"a": {"licence": "Apache 2.0"}}, {"a": {"licence": "Apache-2.0"}})
    assert (event.grade, event.is_news) == ("licence", False)


def test_entries_with_the_same_change_are_one_event():
    reported = changes(sizes("7", "7", "70", "7"), sizes("8", "8", "7", "7"))
    assert brief(reported) == ["attribute_change/total_parameters m0,m1", "attribute_change/total_parameters m2"]


def test_another_letter_case_is_not_a_change():
    assert changes({"a": {"slug": "One"}}, {"a": {"slug": "one"}}) == []


def test_a_property_that_is_unknown_on_either_side_is_not_a_change():
    assert changes({"a": {"slug": "one"}, "b": {}}, {"a": {}, "b": {"slug": "one"}}) == []


def test_many_entries_are_counted_and_ten_of_them_shown():
    (event,) = changes(sizes(*["7"] * 30), sizes(*["8"] * 30))
    assert (len(event.subjects), len(event.evidence)) == (30, 20)
    assert event.headline.startswith("m0, m1, m10 and 27 more: total parameters on Board changes")


def test_a_listed_number_other_than_a_price_or_a_context_is_a_property():
    parameters = metric("parameters", "listed", primary=False, topic="")
    history = History(SCORE, parameters)
    history.show("a:50 b:40 c:30", parameters="a:8000 b:8000 c:8000")
    (event,) = history.show("a:50 b:40 c:30", parameters="a:128000 b:8000 c:8000")
    assert (brief([event]), event.is_news) == (["attribute_change/parameters a @parameters"], False)
    assert event.headline == "a: parameters on Board rises from 8,000 to 128,000."
