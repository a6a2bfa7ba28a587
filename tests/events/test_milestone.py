"""The first of a class above a reference: once, beyond the error, and only as far as the record goes."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import History, examples, line, metric, of, snapshot

from tracker.events.milestone import REFERENCES, reference
from tracker.model import Entry, EntryId, Event, Identity, Metric

STATED = metric(stated_error=1.4)
GPT4 = Identity(lab="OpenAI", country="US", family="GPT", generation="4", reasoning="off")
LLAMA = Identity(lab="Meta", country="US", family="Llama", generation="3", size_total_b=70, reasoning="off")


def other(size: float | None = None) -> Identity:
    return Identity(lab="Alibaba", country="CN", family="Qwen", generation="3", size_total_b=size, reasoning="on")


class Season(History):
    """A board with GPT-4 under g, Llama 3 70B under l; keys that begin with o have open weights and are small."""

    def tells(self, text: str, who: dict[str, Identity] | None = None, **more: object) -> list[Event]:
        keys = [cell.partition(":")[0] for cell in text.split()]
        attributes = {key: {"open_weights": str(key[0] in "ol").lower()} for key in keys}
        named = {key: {"g": GPT4, "l": LLAMA}.get(key, other(8.0 if key[0] == "o" else None)) for key in keys} | (who or {})
        return of("milestone", self.show(text, **{"attributes": attributes, "who": named, **more}))


BOARD = "top:95.0 g:60.0 l:50.0 o1:45.0 o2:40.0 o3:35.0 o4:30.0 o5:25.0"


def reached(*texts: str, on: Metric = STATED) -> list[Event]:
    season = Season(on)
    for text in texts[:-1]:
        season.tells(text)
    return season.tells(texts[-1])


def test_the_former_record_of_the_same_entry_is_its_own_best():
    season = Season(STATED)
    season.tells(BOARD)
    (event,) = season.tells(BOARD.replace("l:50.0", "l:65.0"))
    assert "l (65) is the first open-weights model on record (from 2026-03-02) above GPT-4" in event.headline
    assert "; its own best was 50." in event.headline


def firsts(events: list[Event]) -> list[tuple[str, str]]:
    return [(row["class"], row["reference"]) for event in events for row in event.facts["firsts"]]


def test_the_first_open_weights_model_above_a_reference_is_news_with_the_former_record():
    season = Season(STATED)
    season.tells(BOARD)
    (event,) = season.tells(f"{BOARD} o6:65.0")
    assert (event.grade, event.is_news) == ("first", True)
    assert event.headline == (
        "o6 (65) is the first open-weights model on record (from 2026-03-02) above GPT-4 (best: g, 60) on Board (score);"
        " until now the best was l (50), for at least 24 hours."
    )
    assert event.facts["firsts"][0]["record_before"] == {
        "entry": "l",
        "name": "l",
        "value": 50.0,
        "since": "2026-03-02T06:00:00+00:00",
    }
    assert [(proof.entry, proof.raw) for proof in event.evidence][:4] == [
        ("o6", None),
        ("o6", "65.0"),
        ("g", "60.0"),
        ("g", "60.0"),
    ]


def test_a_model_of_the_class_is_not_a_reference_for_the_class():
    actual = firsts(reached(BOARD, f"{BOARD} o6:55.0"))
    assert ("open", "Llama 3 70B") not in actual
    assert ("size<=15", "Llama 3 70B") in actual


def test_each_milestone_is_reported_only_once():
    season = Season(STATED)
    season.tells(BOARD)
    assert ("open", "GPT-4") in firsts(season.tells(f"{BOARD} o6:65.0"))
    assert firsts(season.tells(f"{BOARD} o6:65.0 o7:70.0")) == []
    assert firsts(season.tells(f"{BOARD}")) == []
    assert firsts(season.tells(f"{BOARD} o7:70.0")) == []


def test_entries_above_at_the_beginning_are_remembered_silently():
    season = Season(STATED)
    assert season.tells(f"{BOARD} o6:65.0") == []
    assert firsts(season.tells(f"{BOARD} o6:65.0 o7:70.0")) == []


def test_a_first_within_the_error_is_recorded_and_reported_later_beyond_the_error():
    season = Season(STATED)
    season.tells(BOARD)
    (near,) = [event for event in season.tells(f"{BOARD} o6:61.4") if ("open", "GPT-4") in firsts([event])]
    assert (near.grade, near.is_news) == ("nominal", False)
    assert ", within the error of the values" in near.headline
    (event,) = season.tells(f"{BOARD} o6:61.4 o7:61.5")
    assert (event.grade, event.is_news, event.subjects[0].entry) == ("first", True, "o7")
    assert "), by more than the error, on Board" in event.headline


def test_an_entry_that_rose_reaches_a_milestone_too_and_one_that_did_not_move_does_not():
    assert ("open", "GPT-4") in firsts(reached(BOARD, BOARD.replace("o1:45.0", "o1:65.0")))
    assert (
        firsts(reached(BOARD.replace("o1:45.0", "o1:55.0"), BOARD.replace("o1:45.0", "o1:55.0").replace("g:60.0", "g:50.0")))
        == []
    )


def test_estimates_reach_nothing_and_are_not_references():
    assert firsts(reached(BOARD, f"{BOARD} o6:~65.0")) == []
    assert ("open", "GPT-4") not in firsts(
        reached(BOARD.replace("g:60.0", "g:~60.0"), f"{BOARD.replace('g:60.0', 'g:~60.0')} o6:65.0")
    )


def test_a_reference_that_is_listed_only_now_is_passed_silently():
    without = BOARD.replace("g:60.0 ", "")
    season = Season(STATED)
    season.tells(without)
    season.tells(f"{without} o6:65.0")
    assert season.tells(f"{BOARD} o6:65.0") == []
    assert ("open", "GPT-4") not in firsts(season.tells(f"{BOARD} o6:65.0 o7:70.0"))


def test_a_former_leader_of_the_board_is_a_reference():
    season = Season(STATED)
    season.tells("a:70.0 o1:45.0 o2:40.0 o3:35.0 o4:30.0 o5:25.0")
    season.tells("a:70.0 b:80.0 o1:45.0 o2:40.0 o3:35.0 o4:30.0 o5:25.0")
    actual = season.tells("a:70.0 b:80.0 o1:45.0 o2:40.0 o3:35.0 o4:30.0 o5:25.0 o6:75.0")
    assert ("open", "a") in firsts(actual)
    assert season.past.memory["milestone"]["led"] == ["a", "b"]


def test_the_record_of_a_former_leader_begins_when_it_led():
    season, rest = Season(STATED), "o2:40.0 o3:35.0 o4:30.0 o5:25.0"
    season.tells(f"a:60.0 o1:70.0 {rest}")
    season.tells(f"a:60.0 o1:45.0 {rest}")
    (event,) = season.tells(f"a:60.0 o1:45.0 o6:75.0 {rest}")
    assert "the first open-weights model on record (from 2026-03-03) above a (60)" in event.headline
    assert event.facts["record_since"].startswith("2026-03-03")
    (event,) = season.tells(f"a:60.0 o1:45.0 o6:75.0 {rest} c:95") or season.tells(f"a:60.0 o1:45.0 o6:75.0 {rest} c:95 o7:99")
    assert "on record (from 2026-03-05) above c (95)" in event.headline


def test_an_entry_of_unknown_licence_above_the_reference_may_have_been_the_first():
    season = Season(STATED)
    season.tells(f"{BOARD} x:80.0", attributes={key: {"open_weights": "true"} for key in ("l", "o1", "o2", "o3", "o4", "o5")})
    known = {key: {"open_weights": "true"} for key in ("l", "o1", "o2", "o3", "o4", "o5", "o6")}
    actual = season.tells(f"{BOARD} x:80.0 o6:65.0", attributes=known)
    clouded = [row["clouded"] for event in actual for row in event.facts["firsts"] if row["class"] == "open"]
    assert clouded == [True]


def test_an_entry_that_was_below_the_depth_reaches_nothing():
    season = Season(STATED, depth="varies")
    season.tells("top:95.0 g:60.0 l:50.0 o1:45.0", depth=4)
    assert season.tells("top:95.0 g:60.0 l:50.0 o1:45.0 o2:40.0 o3:35.0", depth=6) == []


def test_a_re_base_starts_a_new_record_and_reports_nothing():
    season = Season(STATED)
    season.tells(BOARD)
    assert season.tells(f"{BOARD} o6:65.0", restart="another table") == []
    memory = season.past.memory["milestone"]
    assert (memory["since"], memory["records"]["open"][:3]) == ("2026-03-03T06:00:00+00:00", ["o6", "o6", 65.0])
    assert firsts(season.tells(f"{BOARD} o6:65.0 o7:70.0")) == []


def test_a_record_is_as_old_as_the_entry_that_holds_it():
    season = Season(STATED)
    for text in (BOARD, f"{BOARD} o6:55.0", f"{BOARD} o6:55.0", f"{BOARD} o6:56.0"):
        season.tells(text)
    assert season.past.memory["milestone"]["records"]["open"] == ["o6", "o6", 56.0, "2026-03-03T06:00:00+00:00"]


def test_the_memory_is_plain():
    season = Season(STATED)
    for text in (BOARD, f"{BOARD} o6:65.0"):
        season.tells(text)
    memory = season.past.memory["milestone"]
    assert json.loads(json.dumps(memory)) == memory


@pytest.mark.parametrize("model_", REFERENCES, ids=lambda reference: reference.title)
def test_a_reference_means_its_own_entries_and_not_a_smaller_sibling(model_):
    who = Identity(lab=model_.lab, family=model_.family, generation=model_.generation, tier=model_.tier, size_total_b=model_.size)
    mini = Identity(lab=model_.lab, family=model_.family, generation=model_.generation, tier="mini", size_total_b=model_.size)
    entries = [Entry(id=EntryId("e"), name="e", position=1, who=named) for named in (who, mini)]
    assert [reference(entry) for entry in entries] == [model_, None]


@pytest.mark.slow
@examples(200)
@given(
    st.dictionaries(st.sampled_from(["o1", "o2", "o3", "c1"]), st.integers(50, 70)),
    st.dictionaries(st.sampled_from(["o4", "o5"]), st.integers(50, 70)),
    st.integers(55, 65),
)
def test_a_newcomer_is_first_when_no_other_of_its_class_was_surely_above(before: dict[str, int], new: dict[str, int], bar: int):
    season = Season(STATED)
    season.tells(f"top:95 g:{bar} {line(before)}")
    actual = season.tells(f"top:95 g:{bar} {line(before | new)}")
    reported = {event.subjects[0].entry for event in actual if event.grade == "first" and ("open", "GPT-4") in firsts([event])}
    above = {key for key, value in (before | new).items() if key[0] == "o" and value - bar > 1.4}
    best = max((new[key] for key in above & new.keys()), default=0)
    expected = {min(key for key in above if new[key] == best)} if above and above <= new.keys() else set()
    assert reported == expected


def test_a_tune_of_somebody_else_is_not_the_reference():
    own = Identity(lab="Meta", family="Llama", generation="3", size_total_b=70)
    entry = snapshot("a:50", who={"a": own}).entries["a"]
    assert reference(entry) is not None
    assert reference(replace(entry, who=replace(own, guessed_lab=True))) is None
    assert reference(replace(entry, who=replace(own, kind="system"))) is None


def test_who_came_to_be_above_because_the_reference_fell_is_not_first_when_it_rises_later():
    season = Season(STATED)
    base = BOARD.replace("l:50.0", "l:20.0")
    days = [base, *(base.replace("g:60.0", f"g:{g}").replace("o1:45.0", f"o1:{o1}") for g, o1 in ((43, 45), (44, 45), (44, 48)))]
    assert [firsts(season.tells(text)) for text in days] == [[]] * 4


def test_who_was_above_an_entry_before_it_was_a_reference_is_not_first():
    before, after = BOARD.replace("l:50.0", "l:65.0"), BOARD.replace("l:50.0", "l:68.0")
    season = Season(STATED)
    season.tells(before, who={"g": other()})
    assert firsts(season.tells(after)) == []


def test_a_small_rise_above_a_reference_that_fell_far_is_not_a_first():
    base = BOARD.replace("l:50.0", "l:20.0")
    season = Season(STATED)
    season.tells(base)
    assert firsts(season.tells(base.replace("g:60.0", "g:43.0").replace("o1:45.0", "o1:47.0"))) == []
    assert firsts(season.tells(base.replace("g:60.0", "g:43.0").replace("o1:45.0", "o1:62.0"))) == []
