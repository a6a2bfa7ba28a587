"""Who enters a board, and how."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import SCORE, History, board, brief, cells, events_of, examples, line, metric, of, snapshot, tables

from tracker.compare import compare
from tracker.events.debut import detect
from tracker.model import BoardState, Event, Identity, ModelId


def debuts(*texts: str, **more: object) -> list[str]:
    return brief(of("debut", events_of(*texts, **more)))


def arrival(released: str | None) -> Event:
    attributes = {} if released is None else {"x": {"released": released, "creator": "Lab"}}
    (event,) = of("debut", events_of("a:50", "a:50 x:40", attributes=attributes))
    return event


@pytest.mark.parametrize(("released", "grade"), [
    (None, "listing"),
    ("", "listing"),
    ("soon", "listing"),
    ("2026-13-01", "listing"),
    ("2026-03-03", "release"),
    ("2026-03-09", "release"),
    ("2026-01-17", "release"),
    ("2026-01-16", "late_listing"),
    ("2026-02", "release"),
    ("2026-01", "late_listing"),
    ("2026", "late_listing"),
    ("2026-02-20T12:00:00Z", "release"),
])  # fmt: skip
def test_a_newcomer_is_released_or_listed_late_by_its_age_on_the_day(released: str | None, grade: str):
    event = arrival(released)
    assert (event.grade, event.until.date().isoformat()) == (grade, "2026-03-03")


def test_a_debut_states_its_place_value_and_maker():
    event = arrival("2026-03-01")
    assert event.headline == "x enters Board at rank 2 of 2 with 40 (score)."
    assert event.facts == {"of": 2, "creator": "Lab", "released": "2026-03-01", "value": 40.0, "estimated": False, "rank": 2}


def test_the_page_before_shows_that_it_was_not_there():
    assert [(proof.entry, proof.raw) for proof in arrival(None).evidence] == [("x", None), ("x", "40")]


def test_a_debut_with_an_estimate_says_so():
    (event,) = of("debut", events_of("a:50", "a:50 x:~60"))
    assert event.headline == "x enters Board at rank 1 of 2 with an estimated 60 (score)."


def test_a_debut_without_a_score_has_no_place():
    (event,) = of("debut", events_of("a:50", "a:50 x"))
    assert (event.headline, event.metric) == ("x enters Board.", None)


def test_a_debut_shares_the_rank_of_its_tie():
    (event,) = of("debut", events_of("a:50 b:40", "a:50 b:40 x:50"))
    assert event.facts["rank"] == 1


def test_the_higher_a_newcomer_ranks_the_more_it_weighs():
    values = {f"m{place:02}": 90 - 2 * place for place in range(40)}
    weights = [
        of("debut", events_of(line(values), line(values | {"x": 91 - 2 * place})))[0].weight for place in (0, 2, 9, 24, 39)
    ]
    assert weights == [85, 75, 65, 55, 45]


def test_an_entry_that_returns_before_its_departure_was_reported_is_not_news():
    assert debuts("a:50 b:40 c:30", "a:50 b:40", "a:50 b:40 c:30") == []


def test_an_entry_that_returns_after_its_reported_departure_has_re_entered():
    assert debuts("a:50 b:40 c:30", "a:50 b:40", "a:50 b:41", "a:50 b:40 c:30") == ["debut/re_entry c"]


def test_a_re_entry_can_leave_again():
    history = History()
    for text in ("a:50 b:40 c:30", "a:50 b:40", "a:50 b:41", "a:50 b:40 c:30", "a:50 b:40"):
        history.show(text)
    assert brief(of("departure", history.show("a:50 b:41"))) == ["departure/confirmed c"]


def test_an_entry_below_the_earlier_depth_is_only_recorded():
    history = History()
    history.show("a:50 b:40", depth=2)
    (event,) = of("debut", history.show("a:50 b:40 c:30", depth=3))
    assert (event.grade, event.is_news, event.weight) == ("revealed", False, 5)
    assert "the 3 shown" in event.headline


def test_a_revealed_entry_is_not_revealed_again():
    history = History()
    history.show("a:50 b:40", depth=2)
    history.show("a:50 b:40 c:30", depth=3)
    history.show("a:50 b:40", depth=2)
    assert history.show("a:50 b:40 c:30", depth=3) == ()


def test_a_key_that_was_listed_twice_and_is_now_listed_once_does_not_debut():
    history = History()
    history.show("a:50 b:40", ambiguous="c")
    assert history.show("a:50 b:40 c:30") == ()


def test_a_first_score_is_reported_as_such():
    (event,) = of("debut", events_of("a:50 x", "a:50 x:40"))
    assert (event.grade, event.headline) == ("first_score", "x gets its first score on Board at rank 2 of 2 with 40 (score).")


def test_an_estimate_is_a_first_score_and_its_measurement_is_none():
    assert debuts("a:50 x", "a:50 x:~40") == ["debut/first_score x"]
    assert debuts("a:50 x:~40", "a:50 x:41") == []


def test_scores_of_a_metric_that_appears_are_not_first_scores():
    assert debuts("a b c", "a:50 b:40 c:30") == []


@pytest.mark.parametrize("lost", [6, 12])
def test_scores_that_come_back_to_a_lost_field_are_not_first_scores(lost: int):
    full = {f"m{place:02}": 50 - place for place in range(12)}
    thin = {key: "" if place < lost else value for place, (key, value) in enumerate(full.items())}
    history = History()
    history.show(line(full))
    history.show(line(thin), columns=["score"])
    half = {key: "" if place < 2 else value for place, (key, value) in enumerate(full.items())}
    assert of("debut", history.show(line(half))) == []


def test_a_field_that_filled_again_has_first_scores_again():
    full = {f"m{place:02}": 50 - place for place in range(12)}
    thin = {key: "" if place < 6 else value for place, (key, value) in enumerate(full.items())}
    history = History()
    for values in (full, thin, full, full | {"x": ""}):
        history.show(line(values))
    assert brief(of("debut", history.show(line(full | {"x": 45})))) == ["debut/first_score x"]


def test_a_restarted_board_reveals_its_entries():
    history = History()
    history.show("a:50 b:40")
    events = of("debut", history.show("c:50 d:40", restart="accepted by ann"))
    assert brief(events) == ["debut/revealed c", "debut/revealed d"]
    assert events[0].headline == "c is in the new table of Board at rank 1 of 2 with 50 (score)."


def test_a_board_without_a_direction_gives_no_rank():
    on = metric(better=None)
    diff = compare(board(on), snapshot("a:50"), snapshot("a:50 x:60", day=1))
    (event,) = detect(diff, BoardState())
    assert (event.facts["rank"], event.headline) == (None, "x enters Board with 60 (score).")


def arrivals(count: int, *, listed: int = 20, on=SCORE) -> list[Event]:
    """This number of newcomers, from the bottom of the board up to its top."""
    old = {f"m{place:02}": 60 - place for place in range(listed)}
    new = {f"x{place:02}": 30 + place for place in range(count)}
    return of("debut", events_of(line(old), line(old | new), on=[on]))


def test_a_crowd_is_one_event_and_top_ten_arrivals_are_events_as_well():
    crowd, *each = arrivals(35)
    assert (crowd.grade, crowd.is_news, len(crowd.subjects)) == ("mass", True, 35)
    assert crowd.headline == "35 entries join Board at once, among them x00, x01, x02 and 32 more."
    assert len(each) == 35
    assert {event.facts["rank"] for event in each if event.is_news} == {
        event.facts["rank"] for event in each if event.facts["rank"] <= 10
    }


def test_a_crowd_counts_those_that_are_back():
    history, stays = History(), "s:50 t:40"
    for text in (f"{stays} x00:30 x01:29", stays, stays):
        history.show(text)
    crowd, *_ = of("debut", history.show(f"{stays} {line({f'x{place:02}': 30 - place / 2 for place in range(35)})}"))
    assert crowd.headline == "35 entries join Board at once, 2 of them again, among them x00, x01, x02 and 32 more."


@pytest.mark.parametrize(("count", "listed", "crowded"), [(29, 20, False), (30, 20, True), (30, 170, True), (30, 171, False)])
def test_thirty_and_a_seventh_of_the_board_are_a_crowd(count: int, listed: int, crowded: bool):
    assert (arrivals(count, listed=listed)[0].grade == "mass") is crowded


def test_a_crowd_on_a_board_without_ranks_is_one_event_only():
    crowd, *each = arrivals(35, on=metric(better=None))
    assert (crowd.is_news, any(event.is_news for event in each)) == (True, False)


def test_a_score_that_was_withdrawn_and_is_back_is_not_a_first_score():
    history = History()
    for text in ("a:50 b:40 c:30", "a:50 b:40 c", "a:50 b:40 c"):
        history.show(text)
    assert {event.kind for event in history.show("a:50 b:40 c:45")} == {"score_revision"}


def test_a_first_snapshot_has_no_debuts():
    assert list(detect(compare(board(SCORE), None, snapshot("a:50")), BoardState())) == []


def models(text: str) -> dict[str, Identity]:
    """Keys with their models: `a1:a a2:a b:b`."""
    return {key: Identity(model=ModelId(name)) for key, name in cells(text).items()}


VARIANTS = "a1:90 a2:89 a3:88 b1:80 b2:79 c:70 d:60"
WHO = models("a1:a a2:a a3:a b1:b b2:b c:c d:d x:x y:a")


def test_where_variants_crowd_a_board_the_place_among_the_models_is_given_too():
    (event,) = of("debut", events_of(VARIANTS, f"{VARIANTS} x:75", who=WHO))
    assert event.headline == "x enters Board at rank 6 of 8 (the third model) with 75 (score)."
    assert (event.facts["rank"], event.facts["place"]) == (6, 3)


@pytest.mark.parametrize("arrives", ["x:95", "y:65"])
def test_a_place_that_is_the_rank_or_that_of_a_further_variant_is_not_repeated(arrives: str):
    (event,) = of("debut", events_of(VARIANTS, f"{VARIANTS} {arrives}", who=WHO))
    assert " model" not in event.headline


@pytest.mark.parametrize(("cell", "place"), [("u:85", None), ("u:75", None), ("u:65", 3)])
def test_there_is_no_place_among_the_models_below_a_row_whose_model_is_not_sure(cell: str, place: int | None):
    (event,) = of("debut", events_of(f"{VARIANTS} {cell}", f"{VARIANTS} {cell} x:75", who=WHO | {"u": Identity()}))
    assert event.facts.get("place") == place


@examples(60)
@given(tables(values=range(40, 46), keys="abcdefgh"), st.lists(st.sampled_from("uvw"), min_size=9, max_size=9))
def test_the_place_of_a_newcomer_is_one_more_than_the_models_above_it(page: dict[str, int], names: list[str]):
    who = {key: Identity(model=ModelId(name)) for key, name in zip("abcdefghx", names, strict=True)}
    (event,) = of("debut", events_of(line(page | {"z": 1}), line(page | {"z": 1, "x": 43}), who=who))
    above = {who[key].model for key, value in page.items() if value > 43}
    place = 1 + len(above)
    expected = place if who["x"].model not in above and place < event.facts["rank"] else None
    assert event.facts.get("place") == expected


def test_another_row_of_a_listed_name_says_so_and_is_news_only_with_a_rank():
    history, names = History(), {"a": "Nova", "b": "Nova", "c": "Nova", "d": "Luna", "e": "Luna"}
    history.show("a:50 x:40", names=names)
    shown = of("debut", history.show("a:50 x:40 b:45 c d:30 e:20", names=names))
    assert [(event.headline, event.is_news) for event in shown] == [
        ("Another row of Nova enters Board at rank 2 of 5 with 45 (score).", True),
        ("Another row of Nova enters Board.", False),
        ("Luna enters Board at rank 4 of 5 with 30 (score).", True),
        ("Another row of Luna enters Board at rank 5 of 5 with 20 (score).", True),
    ]


def test_a_row_of_a_name_that_left_is_another_row_and_a_return_is_not():
    history, names = History(), {"a": "Nova", "b": "Nova"}
    for text in ("a:50 x:40", "x:40", "x:40"):
        history.show(text, names=names)
    assert [event.headline for event in of("debut", history.show("x:40 a:50", names=names))] == [
        "Nova is back on Board at rank 1 of 2 with 50 (score)."
    ]
    for _ in range(2):
        history.show("x:40", names=names)
    assert [event.headline for event in of("debut", history.show("x:40 b:12", names=names))] == [
        "Another row of Nova enters Board at rank 2 of 2 with 12 (score)."
    ]
