"""Who leads a class of models, and by what; nobody because the leader could not be seen."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import ELO, SCORE, History, brief, examples, line, metric, of

from tracker.events._classes import classes, enrol
from tracker.model import Event, Identity, Metric, ModelId

STATED = metric(stated_error=1.4)
PRICE = metric("price_out", "listed", better="lower", unit="USD per 1M tokens", topic="price", primary=False)
NAMES = "abcdefghijklmnopqrstuvwxyz"


def model(lab: str = "lab", size: float | None = None, country: str = "US", reasoning: str = "on") -> Identity:
    return Identity(lab=lab, family="family", country=country, size_total_b=size, reasoning=reasoning)


class Season(History):
    """A board whose entries are open if their key begins with o, otherwise closed; its class events."""

    def events_of(self, text: str, who: dict[str, Identity] | None = None, **more: object) -> list[Event]:
        keys = [cell.partition(":")[0] for cell in text.split()]
        attributes = {key: {"open_weights": "true" if key.startswith("o") else "false"} for key in keys}
        named = {key: model() for key in keys} | (who or {})
        return of("class_leader", self.show(text, **{"attributes": attributes, "who": named, **more}))


CLOSED = "c1:90.0 c2:80.0 c3:70.0"
OPEN = "o1:60.0 o2:50.0 o3:40.0 o4:30.0"


def led(*texts: str, on: Metric = STATED, **more: object) -> list[Event]:
    season = Season(on)
    for text in texts[:-1]:
        season.events_of(text)
    return season.events_of(texts[-1], **more)


def led_classes(event: Event) -> list[str]:
    return [row["class"] for row in event.facts["classes"]]


def test_a_newcomer_leads_among_open_weights():
    (event,) = led(f"{CLOSED} {OPEN}", f"{CLOSED} {OPEN} o5:65.0")
    assert (brief([event]), event.is_news, led_classes(event)) == (["class_leader/debut o5 > o1"], True, ["open"])
    assert event.headline == "o5 leads among open weights on Board (score) with 65, ahead of o1 (60)."
    assert [(proof.entry, proof.raw) for proof in event.evidence] == [
        ("o5", None),
        ("o5", "65.0"),
        ("o1", "60.0"),
        ("o1", "60.0"),
    ]


@pytest.mark.parametrize(("after", "grade", "reported"), [("61.5", "supported", True), ("61.4", "nominal", False)])
def test_an_entry_that_rose_leads_beyond_the_error_or_within_it(after: str, grade: str, reported: bool):
    board = f"{CLOSED} {OPEN} o5:20.0"
    (event,) = led(board, board.replace("o2:50.0", f"o2:{after}"))
    assert (event.grade, event.is_news) == (grade, reported)


def test_several_classes_led_on_one_day_are_one_event_with_the_weightiest_first():
    who = {
        key: model("other", size, "CN") for key, size in zip(("o1", "o2", "o3", "o4", "o5"), (70, 30, 30, 30, 14), strict=True)
    }
    season = Season(STATED)
    season.events_of(f"{CLOSED} {OPEN}", who)
    (event,) = season.events_of(f"{CLOSED} {OPEN} o5:65.0", who)
    assert led_classes(event) == ["open", "size<=80", "size<=40", "lab:other", "country:CN"]
    assert event.headline == (
        "o5 leads among open weights on Board (score) with 65, ahead of o1 (60);"
        " also among models with up to 80B stated parameters and models from China."
    )


def test_the_leader_of_the_whole_board_is_not_news_as_leader_of_a_class():
    (event,) = led(f"{CLOSED} {OPEN}", f"{CLOSED} {OPEN} o5:95.0")
    assert (event.is_news, event.facts["leads_board"], led_classes(event)[0]) == (False, True, "open")


def test_a_class_of_few_models_is_not_news():
    (event,) = led(f"{CLOSED} o1:60.0 o2:50.0", f"{CLOSED} o1:60.0 o2:50.0 o5:65.0")
    assert (event.is_news, event.facts["classes"][0]["members"]) == (False, 3)


def test_a_labs_best_is_recorded_and_not_news():
    who = {f"l{place:02}": model(f"lab {place:02}", None, "US", "unspecified") for place in range(12)}
    who |= {"new": model("lab 09", None, "US", "unspecified"), "low": model("lab 11", None, "US", "unspecified")}
    board = line({f"l{place:02}": 90 - 3 * place for place in range(12)})
    season = Season(STATED)
    season.events_of(board, who)
    actual = {event.subjects[0].entry: event.is_news for event in season.events_of(f"{board} new:66 low:59", who)}
    assert actual == {"new": False, "low": False}


def test_the_leader_is_ahead_of_the_next_of_the_class_now_whoever_led_it_before():
    (event,) = [event for event in led(f"{CLOSED} {OPEN}", f"{CLOSED} {OPEN} o5:65.0 o6:63.5") if event.is_news]
    assert event.headline == "o5 leads among open weights on Board (score) with 65, ahead of o6 (63.5)."
    assert ("o6", "63.5") in [(proof.entry, proof.raw) for proof in event.evidence]


def test_a_variant_of_the_leader_itself_is_not_what_it_is_ahead_of():
    who = {key: replace(model(), model=ModelId("lab/m")) for key in ("o5", "o6")}
    season = Season(STATED)
    season.events_of(f"{CLOSED} {OPEN}")
    (event,) = [event for event in season.events_of(f"{CLOSED} {OPEN} o5:65.0 o6:63.5", who) if event.is_news]
    assert event.headline == "o5 leads among open weights on Board (score) with 65, ahead of o1 (60)."


@pytest.mark.parametrize(("key", "reported"), [("lab/one", False), ("lab/two", True)])
def test_another_row_of_the_model_that_led_is_no_other_leader(key: str, reported: bool):
    season = Season(STATED)
    who = {entry: replace(model(), model=ModelId(name)) for entry, name in (("o1", "lab/one"), ("o5", key))}
    season.events_of(f"{CLOSED} {OPEN}", who={"o1": who["o1"]})
    (event,) = season.events_of(f"{CLOSED} {OPEN} o5:65.0", who=who)
    assert event.is_news is reported


def test_with_an_entry_of_unknown_licence_in_between_nobody_is_next():
    season = Season(STATED)
    shown = {
        key: {"open_weights": "true" if key[0] == "o" else "false"} for key in ["c1", "c2", "c3", "o1", "o2", "o3", "o4", "o5"]
    }
    season.events_of(f"{CLOSED} {OPEN} x:62.0", attributes=shown)
    (event,) = season.events_of(f"{CLOSED} {OPEN} x:62.0 o5:65.0", attributes=shown)
    assert (event.is_news, event.headline) == (True, "o5 leads among open weights on Board (score) with 65.")


def test_size_classes_take_what_is_stated_and_leave_out_what_is_not():
    season = Season(SCORE)
    season.events_of("a:50", who={"a": model(size=15.0)})
    entry = season.diff.after.entries["a"]
    assert [name for name in classes(entry, season.board) if name.startswith("size")] == ["size<=15", "size<=40", "size<=80"]
    season.events_of("b:50", who={"b": model(size=None)})
    assert not [name for name in classes(season.diff.after.entries["b"], season.board) if name.startswith("size")]


def test_a_system_of_several_models_is_of_no_class():
    season = Season(SCORE)
    season.events_of("o:50", who={"o": Identity(lab="lab", kind="system")})
    assert classes(season.diff.after.entries["o"], season.board) == ()


# ── not by what could not be seen ────────────────────────────────────────────────────────────────

ROWS = " ".join(f"z{place:02}:{20 - place}.0" for place in range(12))
FULL = f"{CLOSED} {OPEN} {ROWS}"
WITHOUT = FULL.replace("o1:60.0 ", "")


def test_nobody_inherits_a_lead_from_one_that_is_merely_missing():
    season = Season(STATED)
    reported = [season.events_of(text) for text in (FULL, WITHOUT, FULL)]
    assert reported == [[], [], []]


def test_an_entry_better_than_the_missing_leader_was_leads():
    season = Season(STATED)
    season.events_of(FULL)
    assert brief(season.events_of(f"{WITHOUT} o5:55.0")) == []
    (event,) = season.events_of(f"{WITHOUT} o5:55.0 o6:65.0")
    assert (brief([event]), event.headline) == (
        ["class_leader/debut o6 > o1"],
        "o6 leads among open weights on Board (score) with 65, ahead of o5 (55); before, o1 led, no longer listed.",
    )


def test_a_lead_left_by_a_departure_is_a_succession_and_not_news():
    season = Season(STATED)
    for text in (FULL, WITHOUT):
        season.events_of(text)
    (event,) = season.events_of(WITHOUT)
    assert (brief([event]), event.is_news) == (["class_leader/succession o2 > o1"], False)
    assert event.headline.endswith("as o1 has no measured value there any more.")
    assert season.events_of(WITHOUT) == []


def test_a_newly_stated_trait_makes_a_leader_but_not_news():
    season = Season(STATED)
    season.events_of(f"{CLOSED} {OPEN}", {"o2": model(size=3.0), "o3": model(size=2.0)})
    (event,) = season.events_of(f"{CLOSED} {OPEN}", {"o1": model(size=4.0), "o2": model(size=3.0), "o3": model(size=2.0)})
    assert (brief([event]), event.is_news) == (["class_leader/classified o1 > o2"], False)
    assert led_classes(event) == ["size<=80", "size<=40", "size<=15", "size<=4"]
    assert event.headline.endswith(", by what is stated of them now.")


@pytest.mark.parametrize(
    ("name", "lab", "clouded"),
    [
        ("Fi-3-mini-128k", "lab", True),
        ("Fi-3-mini-128k", "other", False),
        ("Fi-3-large", "lab", False),
        ("Minimax", "lab", False),
    ],
)
def test_a_higher_entry_that_is_called_small_may_be_of_any_size_class_if_its_lab_states_sizes(
    name: str, lab: str, clouded: bool
) -> None:
    history, who = History(STATED), {key: model(size=3.0) for key in ("a", "b", "c", "d", "n")}
    more = {"names": {"x": name}, "who": who | {"x": model(lab)}}
    history.show("x:90 a:80 b:70 c:60 d:50", **more)
    (event,) = of("class_leader", history.show("x:90 a:80 b:70 c:60 d:50 n:85", **more))
    assert [row["clouded"] for row in event.facts["classes"] if row["class"] == "size<=4"] == [clouded]


@pytest.mark.parametrize(
    ("named", "total", "clouded"), [(4.0, "4020000000", True), (4.0, "3990000000", False), (5.0, "5.3", False)]
)
def test_a_higher_entry_whose_name_rounds_its_size_into_a_class_leaves_it_open(named: float, total: str, clouded: bool):
    history, who = History(STATED), {key: model(size=3.0) for key in ("a", "b", "c", "d", "n")} | {"x": model(size=named)}
    more = {"who": who, "attributes": {"x": {"total_parameters": total}}}
    history.show("x:84 a:80 b:70 c:60 d:50", **more)
    reported = of("class_leader", history.show("x:84 a:80 b:70 c:60 d:50 n:82", **more))
    rows = [row for event in reported for row in event.facts["classes"] if row["class"] == "size<=4"]
    assert [row["clouded"] for row in rows] == ([] if total < "4" else [clouded])


@pytest.mark.parametrize(
    ("above", "clouded"),
    [
        (Identity(name="Nova KTO", lab="Tuners", family="Tuned"), True),
        (Identity(name="Whatever", lab="", family=""), True),
        (Identity(name="Whatever", lab="Lab", guessed_lab=True), True),
        (Identity(name="Closed 4", lab="Closers", family="Closed"), False),
        (Identity(name="Nova Max", lab="Lab", family="Nova"), False),
    ],
)
def test_a_higher_entry_that_may_be_small_leaves_the_size_classes_open(above: Identity, clouded: bool):
    history = History(STATED)
    who = {key: Identity(name=f"Nova {key}", lab="Lab", family="Nova", size_total_b=3.0) for key in ("a", "b", "c", "d", "n")}
    more = {"who": who | {"x": above}, "names": {"x": above.name}}
    history.show("x:84 a:80 b:70 c:60 d:50", **more)
    (event,) = of("class_leader", history.show("x:84 a:80 b:70 c:60 d:50 n:82", **more))
    assert [row["clouded"] for row in event.facts["classes"] if row["class"] == "size<=4"] == [clouded]


def test_a_higher_entry_of_unknown_licence_leaves_the_class_open():
    season = Season(STATED)
    season.events_of(f"{CLOSED} {OPEN} x:75.0")
    stated = {"o": "true", "c": "false"}
    shown = {key: {"open_weights": stated[key[0]]} for key in ("c1", "c2", "c3", "o1", "o2", "o3", "o4", "o5")}
    (event,) = season.events_of(f"{CLOSED} {OPEN} x:75.0 o5:65.0", attributes=shown)
    assert (event.is_news, event.facts["classes"][0]["clouded"]) == (False, True)


def test_estimates_lead_nothing():
    assert led(f"{CLOSED} {OPEN}", f"{CLOSED} {OPEN} o5:~65.0") == []


def test_after_a_re_base_or_another_table_only_later_leaders_are_new():
    season = Season(STATED)
    season.events_of(f"{CLOSED} {OPEN}")
    assert season.events_of(f"{CLOSED} {OPEN} o5:65.0", restart="another table") == []
    assert brief(season.events_of(f"{CLOSED} {OPEN} o5:65.0 o6:68.0")) == ["class_leader/debut o6 > o5"]


def test_an_entry_from_below_the_depth_leads_silently():
    season = Season(SCORE, depth="varies")
    season.events_of("c1:90 c2:80 o1:70", depth=3)
    assert season.events_of("c1:90 c2:80 o1:70 p:60", {"p": model("other")}, depth=4) == []
    assert season.past.memory["class_leader"]["lab:other"] == [["p"], 60.0]


@pytest.mark.parametrize("lost", ["", "c1:3"])
def test_price_classes_wait_while_the_price_field_has_lost_its_values(lost: str):
    scores = line({f"c{place}": 90 - place for place in range(8)})
    prices = line(dict.fromkeys((f"c{place}" for place in range(8)), 3))
    season = Season(STATED, PRICE)
    season.events_of(scores, price_out=prices)
    before = season.past.memory["class_leader"]["price<=10"]
    actual = season.events_of(f"{scores} n:95", price_out=f"{lost} n:1", columns=["score", "price_out"])
    assert not any("price" in name for event in actual for name in led_classes(event))
    assert season.past.memory["class_leader"]["price<=10"] == before


def test_a_drift_of_a_fitted_board_moves_the_last_value_of_a_missing_leader_along():
    values = {f"c{place:02}": 1500 - 10 * place for place in range(12)} | {"o1": 1450, "o2": 1400}
    season = Season(ELO)
    season.events_of(line({key: f"{value}±4" for key, value in values.items()}))
    season.events_of(line({key: f"{value + 1}±4" for key, value in values.items() if key != "o1"}))
    assert season.past.memory["class_leader"]["open"] == [["o1"], 1451.0]


# ── oracle ───────────────────────────────────────────────────────────────────────────────────────

CELLS = st.integers(40, 46).map(str) | st.just("")


@examples(200)
@given(
    st.dictionaries(st.sampled_from(["o1", "o2", "o3", "c1", "c2"]), CELLS, min_size=2),
    st.dictionaries(st.sampled_from(["o4", "o5", "c3"]), CELLS),
)
def test_a_newcomer_leads_open_weights_when_it_is_above_every_open_one(before: dict[str, str], new: dict[str, str]):
    season = Season(SCORE)
    season.events_of(line(before), columns=["score"])
    actual = season.events_of(line(before | new), columns=["score"])
    named = {party.entry for event in actual for party in event.subjects if "open" in led_classes(event)}
    old = [int(value) for key, value in before.items() if key.startswith("o") and value]
    fresh = {key: int(value) for key, value in new.items() if key.startswith("o") and value}
    best = max(fresh.values(), default=0)
    expected = {key for key, value in fresh.items() if value == best >= max(old)} if old and fresh and best >= max(old) else set()
    assert named == expected


TRAITS: dict[str, list[object]] = {
    "lab": ["", "one", "two"],
    "country": ["", "US", "CN"],
    "kind": ["", "llm", "system"],
    "reasoning": ["on", "off", "unspecified"],
    "size_total_b": [None, 4.0, 4.1, 15.0, 70.0, 400.0],
}
STATED_OF: dict[str, list[str]] = {
    "open_weights": ["", "", "", "true", "false"],
    "licence": ["", "MIT", "Proprietary", "unheard of"],
    "total_parameters": ["", "3", "32000000000", "0"],
    "reasoning": ["", "true", "false"],
    "country": ["", "FR", "US"],
}
LISTED = ["", "0.5", "0.6", "2", "10", "30", "~1"]


@st.composite
def alike_but_for_one(draw: st.DrawFn) -> dict[str, tuple[dict[str, object], dict[str, str], str]]:
    """Entries of one drawn kind, each with one of its traits changed: traits, what the board states, price."""
    kind = {name: draw(st.sampled_from(choices)) for name, choices in TRAITS.items()}
    stated = {name: draw(st.sampled_from(choices)) for name, choices in STATED_OF.items()}
    price = draw(st.sampled_from(LISTED))
    actual = {}
    for key in draw(st.lists(st.sampled_from(NAMES), unique=True, min_size=2, max_size=12)):
        edit = draw(
            st.sampled_from([*(("who", name) for name in TRAITS), *(("stated", name) for name in STATED_OF), ("price", "")])
        )
        traits_, on_page = dict(kind), dict(stated)
        if edit[0] == "who":
            traits_[edit[1]] = draw(st.sampled_from(TRAITS[edit[1]]))
        elif edit[0] == "stated":
            on_page[edit[1]] = draw(st.sampled_from(STATED_OF[edit[1]]))
        actual[key] = (traits_, {name: text for name, text in on_page.items() if text}, draw(st.sampled_from([price, *LISTED])))
    return actual


@pytest.mark.slow
@examples(300)
@given(alike_but_for_one(), st.data(), st.booleans())
def test_the_roll_has_every_entry_in_exactly_its_classes_the_best_first(
    drawn: dict[str, tuple[dict[str, object], dict[str, str], str]], data: st.DataObject, priced: bool
):
    scores = {key: data.draw(CELLS) for key in drawn}
    season = History(SCORE, PRICE)
    season.show(
        line(scores),
        price_out=line({key: price for key, (_, _, price) in drawn.items()}),
        who={key: Identity(**traits) for key, (traits, _, _) in drawn.items()},
        attributes={key: stated for key, (_, stated, _) in drawn.items()},
        columns=["score", "price_out"],
    )
    entries, expected = season.diff.after.entries, {}
    for key, score in scores.items():
        for name in classes(entries[key], season.board, priced=priced) if score else ():
            expected.setdefault(name, []).append((-float(score), key))
    roll = enrol(season.board, season.diff.after, SCORE, priced=priced)
    assert roll.members == {name: sorted(members) for name, members in expected.items()}


def test_the_memory_is_plain():
    season = Season(STATED)
    season.events_of(f"{CLOSED} {OPEN}")
    memory = season.past.memory["class_leader"]
    assert (json.loads(json.dumps(memory)), memory["open"]) == (memory, [["o1"], 60.0])


@pytest.mark.parametrize("estimate", ["~70", "~50"])
def test_a_higher_estimate_in_the_class_is_said(estimate: str):
    board = f"{CLOSED} {OPEN} o6:{estimate}"
    (event,) = led(board, f"{board} o5:65.0")
    assert ("with 65, among measured values, ahead of o1" in event.headline) is (estimate == "~70")


def test_a_higher_estimate_that_may_be_of_the_class_silences_it():
    known = {key: {"open_weights": "true"} for key in ("o1", "o2", "o3", "o4", "o5")}
    season = Season(STATED)
    season.events_of(f"{OPEN} u:~70", attributes=known)
    assert [event.is_news for event in season.events_of(f"{OPEN} u:~70 o5:65.0", attributes=known)] == [False]


def test_a_model_whose_maker_is_a_guess_leads_no_class_and_no_lab():
    tuned = replace(model("Meta"), guessed_lab=True)
    season = Season(STATED)
    season.events_of(f"{CLOSED} {OPEN}", {key: model("Meta") for key in ("o1", "o2", "o3", "o4", "c1", "c2", "c3")})
    (event,) = season.events_of(f"{CLOSED} {OPEN} o5:65.0", {"o5": tuned})
    assert (event.is_news, led_classes(event)) == (False, ["open"])


@pytest.mark.parametrize(("second", "caveat"), [("63.5", ""), ("63.7", ", within the error of the values")])
def test_a_lead_within_the_error_of_the_entry_that_it_is_ahead_of_says_so(second: str, caveat: str):
    (event,) = led(f"{CLOSED} {OPEN}", f"{CLOSED} {OPEN} o5:65.0 o6:{second}")
    assert event.headline == f"o5 leads among open weights on Board (score) with 65, ahead of o6 ({second}){caveat}."
