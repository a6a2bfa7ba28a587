"""Another label under the same key."""

from dataclasses import replace

import pytest
from kit import History, brief, of

from tracker.model import Identity


def renames(*labels: str) -> list[tuple[list[str], list[bool]]]:
    history = History()
    reported = [of("rename", history.show("a:50 b:40", names={"a": label})) for label in labels]
    return [(brief(events), [event.is_news for event in events]) for events in reported]


def test_a_new_label_is_news_and_a_flip_back_is_only_recorded():
    assert renames("Alpha", "Alpha 2", "Alpha", "Alpha 2") == [
        ([], []),
        (["rename/new_name a"], [True]),
        (["rename/flip a"], [False]),
        (["rename/flip a"], [False]),
    ]


def test_a_label_that_is_also_the_key_flips_back_and_forth_without_news():
    history, grades = History(), []
    for label in ("a", "a-high", "a", "a-high", "a"):
        grades += [event.grade for event in of("rename", history.show(f"{label}:51.25 b:40.5 c:30.75"))]
    assert grades == ["new_name", "flip", "flip", "flip"]


def test_a_third_label_is_reported_again():
    assert renames("Alpha", "Alpha 2", "Alpha 3")[-1] == (["rename/new_name a"], [True])


def test_another_spelling_is_only_recorded():
    assert renames("GPT 5 Pro", "GPT-5 Pro", "gpt-5 pro")[1:] == [(["rename/spelling a"], [False])] * 2


def test_a_rename_is_neither_a_departure_nor_a_debut():
    history = History()
    history.show("a:50", names={"a": "Alpha"})
    (event,) = history.show("a:50", names={"a": "Alpha 2"})
    assert event.headline == "Alpha is now listed as Alpha 2 on Board."
    assert [proof.raw for proof in event.evidence] == ["Alpha", "Alpha 2"]


def test_a_label_from_before_a_departure_is_remembered():
    history = History()
    for text, label in (("a:50 b:1", "Alpha"), ("a:50 b:1", "Alpha 2"), ("b:1", ""), ("b:2", ""), ("a:50 b:1", "Alpha 2")):
        history.show(text, names={"a": label} if label else None)
    (event,) = of("rename", history.show("a:50 b:1", names={"a": "Alpha"}))
    assert event.grade == "flip"


OWN = Identity(lab="Lab", family="Real")


@pytest.mark.parametrize(("page", "was", "now", "unmasked"), [
    ("a:50 b:40", Identity(), OWN, True),
    ("a:50 b:40", replace(OWN, guessed_lab=True), OWN, True),
    ("a:50 b:60", Identity(), OWN, False),
    ("a:50 b:40", OWN, OWN, False),
    ("a:50 b:40", Identity(), Identity(), False),
    ("a b", Identity(), OWN, False),
])  # fmt: skip
def test_the_real_name_of_a_leader_that_had_a_codename_is_the_top_story(page: str, was: Identity, now: Identity, unmasked: bool):
    history = History()
    history.show(page, names={"a": "falcon-mask"}, who={"a": was})
    (event,) = of("rename", history.show(page, names={"a": "Real 5"}, who={"a": now}))
    assert event.is_news
    assert (event.weight > 95) is unmasked
    assert event.headline == f"falcon-mask{', which leads,' if unmasked else ''} is now listed as Real 5 on Board."


@pytest.mark.parametrize("names", [("One", "One", "Two", "One"), ("One", "Two", "Two", "Two")])
def test_a_new_label_of_one_of_several_rows_of_a_name_is_only_recorded(names: tuple[str, ...]):
    history = History()
    history.show("a:50 b:40", names={"a": names[0], "b": names[1]})
    (event,) = of("rename", history.show("a:50 b:40", names={"a": names[2], "b": names[3]}))
    assert (event.grade, event.is_news) == ("new_name", False)
    assert event.headline == "A row of One is now listed as Two on Board."
