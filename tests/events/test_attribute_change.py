"""Stated properties that changed."""

from kit import SCORE, History, brief, metric, of

from tracker.model import Event


def changes(before: dict[str, dict[str, str]], after: dict[str, dict[str, str]], *, others: int = 0) -> list[Event]:
    history = History()
    keys = " ".join([*before, *(f"other{place}" for place in range(others))])
    history.show(keys, attributes=before)
    return of("attribute_change", history.show(keys, attributes=after))


def licences(*each: str) -> dict[str, dict[str, str]]:
    return {f"m{place}": {"licence": licence} for place, licence in enumerate(each)}


def test_a_licence_that_changed_is_told_with_both_sides():
    (event,) = changes(licences("MIT", "closed"), licences("Apache-2.0", "closed"))
    assert (brief([event]), event.told) == (["attribute_change/licence m0"], True)
    assert event.headline == "m0: licence goes from MIT to Apache-2.0, says Board."
    assert event.facts == {"attribute": "licence", "before": "MIT", "after": "Apache-2.0"}
    assert len(event.evidence) == 2


def test_open_weights_weigh_more():
    (event,) = changes({"a": {"open_weights": "no"}}, {"a": {"open_weights": "yes"}})
    assert (event.weight, event.headline) == (60, "a: open weights goes from no to yes, says Board.")


def test_entries_that_changed_alike_are_one_event():
    told = changes(licences("MIT", "MIT", "closed", "MIT"), licences("GPL", "GPL", "MIT", "MIT"))
    assert brief(told) == ["attribute_change/licence m0,m1", "attribute_change/licence m2"]


def test_another_letter_case_is_no_change():
    assert changes(licences("MIT"), licences("Mit")) == []


def test_a_property_that_is_unknown_on_either_side_is_no_change():
    assert changes({"a": {"licence": "MIT"}, "b": {}}, {"a": {}, "b": {"licence": "MIT"}}) == []


def test_a_property_that_is_no_news_is_only_kept_in_the_record():
    (event,) = changes({"a": {"slug": "a-1"}}, {"a": {"slug": "a-2"}})
    assert (event.told, event.weight) == (False, 3)


def test_a_property_that_changed_for_many_at_once_changed_its_format():
    one, five = licences(*["MIT"] * 4), licences(*["MIT"] * 5)
    assert [event.told for event in changes(one, licences(*["GPL"] * 4))] == [True]
    assert [event.told for event in changes(five, licences(*["GPL"] * 5))] == [False]
    assert [event.told for event in changes(five, licences(*["GPL"] * 5), others=45)] == [False]
    assert [event.told for event in changes(five, licences(*["GPL"] * 5), others=46)] == [True]


def test_a_format_is_recognised_over_all_values_of_a_property_together():
    before, after = (
        licences("MIT", "GPL", "BSD", "Apache", "closed"),
        licences("mit licence", "gnu gpl", "bsd-3", "apache-2.0", "proprietary"),
    )
    assert [event.told for event in changes(before, after)] == [False] * 5


def test_many_entries_are_counted_and_ten_of_them_shown():
    (event,) = changes(licences(*["MIT"] * 30), licences(*["GPL"] * 30))
    assert (len(event.subjects), len(event.evidence)) == (30, 20)
    assert event.headline.startswith("m0, m1, m10 and 27 more: licence goes")


def test_a_listed_number_that_is_no_price_is_a_property():
    context = metric("context", "listed", primary=False, topic="")
    history = History(SCORE, context)
    history.show("a:50 b:40 c:30", context="a:8000 b:8000 c:8000")
    (event,) = history.show("a:50 b:40 c:30", context="a:128000 b:8000 c:8000")
    assert brief([event]) == ["attribute_change/context a @context"]
    assert event.headline == "a: context goes from 8,000 to 128,000, says Board."
