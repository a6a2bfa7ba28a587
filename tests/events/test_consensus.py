"""Several boards about first model: agreement, contradiction, and silence where they are not sure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import product
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import SCORE, History, metric, of, snapshot
from msgspec import structs

from tracker.events.consensus import AGREES_WITHIN, Panel, _percentiles, _seats, detect
from tracker.model import Board, BoardId, EntryId, Event, Identity, ModelId, Snapshot

STATED = metric(stated_error=2.0)
CODING = replace(SCORE, topic="coding")
ELSEWHERE = "maker/"


def seen(shown: Snapshot, board: Board, modes: Mapping[str, str]) -> Snapshot:
    """With every entry resolved to a model of its key, `b-high` to the model of `b`; `x…` stays unsure."""
    entries = {key: replace(entry, who=_who(key, modes)) for key, entry in shown.entries.items()}
    return replace(shown, entries=entries, board=board.id)


def _who(key: str, modes: Mapping[str, str]) -> Identity:
    model = None if key.startswith("x") else ModelId(ELSEWHERE + key.partition("-")[0])
    variant = model and f"{model}{key.partition('-')[2] and '#'}{key.partition('-')[2]}"
    return Identity(name=key, model=model, variant=variant, reasoning=modes.get(key, "unspecified"))


class Place:
    """A board of its own, shown day by day."""

    def __init__(
        self, name: str, on=STATED, day: int = -1, site: str = "", modes: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self.modes = modes
        self.history = History(on)
        self.history.board = replace(
            self.history.board, id=BoardId(f"made/{name}"), title=name.title(), page=f"https://{site or name}.example/board"
        )
        self.history.day = day
        self.events: list[Event] = []

    def show(self, *texts: str) -> "Place":
        """Each text is the page of the next day."""
        for text in texts:
            self.history.day += 1
            page = snapshot(text, day=self.history.day)
            self.events += self.history.take(seen(page, self.history.board, self.modes))
        return self

    @property
    def seat(self) -> tuple[Board, Snapshot]:
        assert self.history.diff is not None
        return self.history.board, self.history.diff.after


def consensus(*places: Place) -> list[Event]:
    return list(detect([event for place in places for event in place.events], [place.seat for place in places]))


def pairs_of(events: list[Event]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(event.grade, event.subjects[0].model, tuple(party.model for party in event.rivals)) for event in events]


PASSED = ("a:50 b:60", "a:65 b:60")


def test_two_boards_that_report_the_same_overtake_agree():
    first, second = Place("one").show(*PASSED), Place("two", day=4).show(*PASSED)
    (event,) = consensus(first, second)
    assert pairs_of([event]) == [("agreed", "maker/a", ("maker/b",))]
    assert event.headline == "2 boards report that a passed b: One and Two."
    assert (event.board, event.recorded_at) == ("made/two", second.events[-1].recorded_at)
    assert set(event.facts["events"]) == {of("overtake", place.events)[0].id for place in (first, second)}
    assert {evidence.sha256 for evidence in event.evidence} >= {first.seat[1].sha256[0], second.seat[1].sha256[0]}


def test_what_a_page_notes_at_the_riser_is_quoted_once():
    places = [Place(name).show(*PASSED) for name in ("one", "two")]
    notes = {"a": {"note": "unseen questions"}, "b": {"note": "of another model"}}
    seats = []
    for board, page in (place.seat for place in places):
        noted = {key: replace(entry, attributes=notes[key]) for key, entry in page.entries.items()}
        seats.append((board, replace(page, entries=noted)))
    (event,) = detect([event for place in places for event in place.events], seats)
    assert event.headline == "2 boards report that a passed b: One and Two. The page notes at a: “unseen questions”."


def both(*places: Place) -> list[Event]:
    return consensus(*(place.show(*PASSED) for place in places))


def test_boards_of_one_publisher_count_as_one_voice():
    (apart,) = both(Place("one"), Place("two"))
    (event,) = both(Place("one", site="www.board"), Place("two", site="board"))
    assert event.headline == "2 boards of 1 publisher report that a passed b: One and Two."
    assert (event.facts["publishers"], len(apart.facts["publishers"])) == (["board.example"], 2)
    assert (apart.is_news, event.is_news) == (True, False)
    (three,) = both(Place("one", site="board"), Place("two", site="board"), Place("four"))
    assert three.is_news
    assert three.headline == "3 boards of 2 publishers report that a passed b: Four, One and Two."


def test_one_more_board_of_a_publisher_that_agreed_before_is_not_news():
    first, second = Place("one", site="board"), Place("two", day=4, site="other")
    (agreed,) = both(first, second)
    (again,) = both(first, second, Place("three", day=9, site="board"))
    (others,) = both(first, second, Place("four", day=9, site="third"))
    assert [event.is_news for event in (agreed, again, others)] == [True, False, True]


def test_a_model_is_named_without_its_variant():
    places = Place("one").show("a-high:50 b:60", "a-high:65 b:60"), Place("two").show(*PASSED)
    (event,) = consensus(*places)
    assert event.is_news
    assert event.headline == "2 boards report that a passed b: One and Two."


@pytest.mark.parametrize(
    ("elsewhere", "is_news"),
    [
        (("a-high:50 b:60", "a-high:65 b:60"), True),
        (("a-low:50 b:60 a-high:40", "a-low:65 b:60 a-high:40"), True),
        (("a-low:50 b:60 a-high:70", "a-low:65 b:60 a-high:70"), False),
        (("a:50 b:60 a-high:70", "a:65 b:60 a-high:70"), True),
    ],
    ids=["its only row", "its best row", "another row than its best", "the same variant"],
)
def test_reports_agree_about_one_variant_or_about_the_best_of_a_model(elsewhere: tuple[str, str], is_news: bool):
    (event,) = consensus(Place("one").show(*PASSED), Place("two").show(*elsewhere))
    assert (event.grade, event.is_news) == ("agreed", is_news)


@pytest.mark.parametrize(
    ("label", "is_preview", "other", "named"),
    [
        ("A 3 (high)", False, "", "A 3"),
        ("A 3 (0324)", False, "", "A 3 (0324)"),
        ("A 3 (May '25)", False, "", "A 3 (May '25)"),
        ("A 3 (Beta)", True, "", "A 3 (Beta)"),
        ("A 3 (high)", False, "a-3", "A 3 (high)"),
    ],
    ids=["an effort", "a date", "a month", "a preview", "another row has the short name"],
)
def test_a_consensus_names_no_other_version_than_the_one_whose_rows_did_it(
    label: str, is_preview: bool, other: str, named: str
) -> None:
    def relabelled(seat: tuple[Board, Snapshot]) -> tuple[Board, Snapshot]:
        entries = dict(seat[1].entries)
        entries["a"] = replace(entries["a"], name=label, who=replace(entries["a"].who, variant="a#v", preview=is_preview))
        entries["c"] = replace(entries["c"], name=other or "c")
        return seat[0], replace(seat[1], entries=entries)

    places = [Place(name).show("a:50 b:60 c:1", "a:65 b:60 c:1") for name in ("one", "two")]
    events = [
        replace(event, subjects=tuple(structs.replace(party, name=label) for party in event.subjects))
        for place in places
        for event in place.events
    ]
    (event,) = detect(events, [relabelled(place.seat) for place in places])
    assert event.headline == f"2 boards report that {named} passed b: One and Two."


def test_three_boards_are_named_as_people_name_them():
    (event,) = both(Place("one"), Place("three"), Place("two"))
    assert event.headline == "3 boards report that a passed b: One, Three and Two."


def test_another_variant_of_a_model_already_above_is_not_news():
    first, second = Place("one"), Place("two")
    assert [event.grade for event in both(first, second)] == ["agreed"]
    second.show("a:65 b:60 a-high:70")
    assert of("overtake", second.events)[-1].subjects[0].entry == "a-high"
    assert consensus(first, second) == []


def test_a_model_that_was_passed_back_can_pass_again():
    first, second = Place("one"), Place("two")
    both(first, second)
    second.show(*PASSED)
    (event,) = consensus(first, second)
    assert (event.grade, event.recorded_at) == ("agreed", second.events[-1].recorded_at)


def test_a_board_with_the_opposite_order_contradicts():
    first, second = Place("one").show(*PASSED), Place("two").show("a:40 b:70")
    (event,) = consensus(first, second)
    assert pairs_of([event]) == [("contradicted", "maker/a", ("maker/b",))]
    assert event.headline == "a passed b on One; Two has it below, beyond the error."
    assert event.facts["below_on"] == ["made/two"]
    assert event.facts["percentiles"] == {"made/one": 1.0, "made/two": 0.0}
    assert event.facts["spread"] == 1.0


def test_a_board_where_a_variant_still_waits_for_its_value_contradicts_nobody():
    first, second = Place("one"), Place("two").show("a:40 a-high:~41 b:70")
    assert both(first) == []
    assert consensus(first, second) == []


@pytest.mark.parametrize(("mode", "grades"), [("on", ["contradicted"]), ("unspecified", ["contradicted"]), ("off", [])])
def test_a_variant_that_does_not_reason_says_nothing_of_one_that_does(mode: str, grades: list[str]):
    first, second = Place("one", modes={"a": "on"}), Place("two", modes={"a": mode}).show("a:40 b:70")
    assert both(first) == []
    assert [event.grade for event in consensus(first, second)] == grades


@pytest.mark.parametrize(
    "elsewhere",
    ["a:69 b:70", "a:70 b:70", "b:70", "a:40 b:~70", "xa:40 xb:70", "a:40"],
    ids=["within the error", "equal", "not listed", "an estimate", "models not sure", "the rival is not listed"],
)
def test_a_board_that_is_not_sure_says_nothing(elsewhere: str):
    first, second = Place("one").show(*PASSED), Place("two").show(elsewhere)
    assert consensus(first, second) == []


def test_a_board_without_a_stated_error_contradicts_nobody():
    first, second = Place("one").show(*PASSED), Place("two", on=SCORE).show("a:40 b:70")
    assert consensus(first, second) == []


def test_boards_of_different_topics_are_not_compared():
    first, second = Place("one").show(*PASSED), Place("two", on=replace(STATED, topic="coding")).show("a:40 b:70")
    assert consensus(first, second) == []


def test_a_board_that_already_has_the_order_joins_without_news():
    first, second = Place("one").show(*PASSED), Place("two").show("a:80 b:70")
    (event,) = consensus(first, second)
    assert (event.grade, event.is_news, event.facts["already_above_on"]) == ("joined", False, ["made/two"])


def test_an_overtake_that_was_undone_is_not_an_agreement():
    first, second = Place("one").show(*PASSED, "a:50 b:60"), Place("two").show(*PASSED)
    assert [event.grade for event in consensus(first, second) if event.subjects[0].model == "maker/a"] == ["contradicted"]


def test_a_board_that_was_not_seen_for_long_has_no_say():
    first, second = Place("one").show(*PASSED), Place("two", day=AGREES_WITHIN.days + 3).show(*PASSED)
    assert consensus(first, second) == []


def test_overtakes_far_apart_are_not_one_piece_of_news():
    first, second = Place("one").show(*PASSED), Place("two", day=AGREES_WITHIN.days + 3).show(*PASSED)
    first.history.day = AGREES_WITHIN.days
    first.show(PASSED[1])
    assert [event.grade for event in consensus(first, second)] == ["joined"]


def test_the_best_variant_represents_its_model():
    first, second = Place("one").show(*PASSED), Place("two").show("a:40 b:30 b-high:70")
    assert [event.grade for event in consensus(first, second)] == ["contradicted"]


def test_one_subject_and_the_same_boards_are_one_event():
    first, second = (Place(name).show("a:50 b:60 c:61", "a:70 b:60 c:61") for name in ("one", "two"))
    assert pairs_of(consensus(first, second)) == [("agreed", "maker/a", ("maker/b", "maker/c"))]


@given(st.permutations([0, 1, 2]))
def test_the_order_of_boards_and_events_does_not_matter(order: list[int]):
    places = [Place("one").show(*PASSED), Place("two", day=3).show(*PASSED), Place("three").show("a:40 b:70")]
    assert consensus(*(places[number] for number in order)) == consensus(*places)


@given(st.lists(st.dictionaries(st.sampled_from("abcde"), st.integers(40, 50)), min_size=1, max_size=3))
def test_percentiles_are_the_share_of_models_below_or_level(boards: list[dict[str, int]]):
    places = [
        Place(f"p{number}").show(" ".join(f"{key}:{value}" for key, value in shown.items()))
        for number, shown in enumerate(boards)
    ]
    panel: Panel = [place.seat for place in places]
    for model in "abcde":
        expected = {
            place.seat[0].id: round(1 - sum(value > shown[model] for value in shown.values()) / (len(shown) - 1), 4)
            for place, shown in zip(places, boards, strict=True)
            if model in shown and len(shown) > 1
        }
        assert _percentiles(ModelId(ELSEWHERE + model), _seats(panel)) == expected


@given(
    st.lists(
        st.tuples(
            st.dictionaries(st.sampled_from("abcd"), st.integers(40, 60)),
            st.dictionaries(st.sampled_from("abcd"), st.integers(40, 60)),
        ),
        min_size=2,
        max_size=3,
    )
)
def test_agreement_is_what_a_look_at_every_pair_and_board_finds(shown: list[tuple[dict[str, int], dict[str, int]]]):
    places = [Place(f"p{number}") for number in range(len(shown))]
    for place, days in zip(places, shown, strict=True):
        for values in days:
            place.show(" ".join(f"{key}:{value}" for key, value in values.items()))
    actual = {(event.grade, event.subjects[0].entry, rival.entry) for event in consensus(*places) for rival in event.rivals}
    expected = set()
    for subject, rival in product("abcd", repeat=2):
        orders = [_now(values[1], subject, rival) for values in shown]
        reports = [
            order == 1 and any(_has(event, subject, rival) for event in place.events)
            for order, place in zip(orders, places, strict=True)
        ]
        if subject == rival or not any(reports):
            continue
        others = [order for order, is_report in zip(orders, reports, strict=True) if not is_report]
        if -1 in others:
            expected.add(("contradicted", subject, rival))
        elif sum(reports) > 1:
            expected.add(("agreed", subject, rival))
        elif 1 in others:
            expected.add(("joined", subject, rival))
    assert actual == expected


def _now(values: dict[str, int], subject: str, rival: str) -> int:
    """1 above and -1 below beyond the stated error of 2, otherwise 0."""
    if subject not in values or rival not in values or abs(values[subject] - values[rival]) <= 2:
        return 0
    return 1 if values[subject] > values[rival] else -1


def _has(event: Event, subject: str, rival: str) -> bool:
    return (
        event.kind == "overtake"
        and event.is_news
        and EntryId(subject) in {party.entry for party in event.subjects}
        and EntryId(rival) in {party.entry for party in event.rivals}
    )


def test_events_between_other_models_say_nothing():
    first, second = (Place(name).show("xa:50 b:60", "xa:65 b:60") for name in ("one", "two"))
    assert consensus(first, second) == []
    assert timedelta(0) < AGREES_WITHIN
