"""A certain order that is reversed step by step, and an order of which nobody states an error."""

from collections.abc import Iterable, Mapping
from math import hypot

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import ELO, SCORE, History, brief, examples, line, metric, of

from tracker.model import Event, Metric

STATED = metric(stated_error=4.0)
RATING = metric(nature="fitted", stated_error=4.0)
BARE = metric(nature="fitted")
Page = Mapping[str, tuple[int, int | None]]
"""Value and half-width by key."""


def written(page: Page) -> str:
    return line({key: f"{value}" if width is None else f"{value}±{width}" for key, (value, width) in page.items()})


def shown(on: Metric, pages: Iterable[str], **more: object) -> list[list[str]]:
    """The overtakes of each page, those that wait to be sustained aside."""
    history = History(on)
    reports = [of("overtake", history.show(page, **more)) for page in pages]
    return [[text for text in brief(events) if "sustained" not in text] for events in reports]


# ── a naive reference: every pair of every page ──────────────────────────────────────────────────


def is_certain(on: Metric, one: tuple[int, int | None], other: tuple[int, int | None]) -> bool:
    gap, widths = abs(one[0] - other[0]), [width for width in (one[1], other[1]) if width is not None]
    if on.stated_error is not None:
        return gap > on.stated_error
    if len(widths) == 2:
        return gap > 0 and gap >= hypot(*widths)
    return gap > 0 and not widths and on.nature == "tested"


def reversals(on: Metric, pages: list[Page]) -> list[set[tuple[str, str]]]:
    """(subject, rival) per page: both shown, certainly in the other order than when it was last certain."""
    last: dict[frozenset[str], str] = {}
    found = []
    for page in pages:
        reversed_now = set()
        for upper in page:
            for lower in page:
                if on.better(page[upper][0], page[lower][0]) and is_certain(on, page[upper], page[lower]):
                    pair = frozenset((upper, lower))
                    if last.get(pair, upper) != upper:
                        reversed_now.add((upper, lower))
                    last[pair] = upper
        found.append(reversed_now)
    return found


def steps(on: Metric, pages: list[Page]) -> list[set[tuple[str, str]]]:
    """(subject, rival) per page: certainly above, and below at its last value, however uncertainly."""
    last: dict[str, tuple[int, int | None]] = {}
    found = []
    for page in pages:
        pairs = ((one, other) for one in page for other in page if one in last and other in last)
        found.append({
            (one, other)
            for one, other in pairs
            if on.better(last[other][0], last[one][0])
            and on.better(page[one][0], page[other][0])
            and is_certain(on, page[one], page[other])
        })  # fmt: skip
        last |= page
    return found


def reported(events: Iterable[Event]) -> set[tuple[str, str]]:
    """(subject, rival); an overtake that the next page takes back is withdrawn, so its rival is above again."""
    sure = [event for event in of("overtake", events) if event.grade in ("supported", "decisive", "published_order", "withdrawn")]
    pairs = ((event, subject.entry, rival.entry) for event in sure for subject in event.subjects for rival in event.rivals)
    return {(rival, subject) if event.grade == "withdrawn" else (subject, rival) for event, subject, rival in pairs}


@st.composite
def seasons(draw: st.DrawFn, widths: st.SearchStrategy[int | None]) -> list[Page]:
    """Pages of six entries that wander; now and then one is missing from a page, never from two in a row."""
    values = {key: 40 + 3 * place for place, key in enumerate("abcdef")}
    pages: list[Page] = []
    for _ in range(draw(st.integers(2, 8))):
        movers = draw(st.dictionaries(st.sampled_from("abcdef"), st.integers(-6, 6), max_size=2))
        values = {key: value + movers.get(key, 0) for key, value in values.items()}
        absent = draw(st.sampled_from(["", "", "", *"abcdef"]))
        gone = "abcdef".replace("".join(pages[-1]), "") if pages and len(pages[-1]) < 6 else ""
        around = {key: draw(widths) for key in values}
        pages.append({key: (value, around[key]) for key, value in values.items() if key != absent or gone or not pages})
    return pages


@pytest.mark.parametrize(("on", "widths"), [
    (RATING, st.none()),
    (STATED, st.none()),
    (ELO, st.integers(1, 5)),
    (SCORE, st.none()),
    (metric(stated_error=4.0, better="lower"), st.none()),
])  # fmt: skip
@examples(150)
@given(data=st.data())
def test_every_certain_order_that_is_certainly_reversed_is_found_however_slowly(
    on: Metric, widths: st.SearchStrategy[int | None], data: st.DataObject
):
    pages = data.draw(seasons(widths))
    history = History(on)
    for page, slow, direct in zip(pages, reversals(on, pages), steps(on, pages), strict=True):
        found = reported(history.show(written(page)))
        if history.diff.metrics and not history.diff.metrics["score"].usable:
            return  # a re-based scale starts again
        assert slow <= found <= slow | direct


# ── what is said of it ───────────────────────────────────────────────────────────────────────────

SLOW = ("a:60 b:50 c:30 d:20", "a:60 b:57 c:30 d:20", "a:60 b:61 c:30 d:20", "a:60 b:66 c:30 d:20")


def test_an_overtake_within_the_error_is_reported_once_it_is_certain():
    assert shown(STATED, SLOW) == [[], [], ["overtake/nominal b > a"], ["overtake/supported b > a"]]


def test_a_slow_overtake_says_between_which_pages_it_happened():
    history = History(STATED)
    *_, (event,) = (of("overtake", history.show(page)) for page in SLOW)
    assert event.headline == (
        "b (66) overtakes a (60) on Board (score): passed within the error between 2026-03-02 and 2026-03-04,"
        " clearly ahead since 2026-03-05."
    )
    assert (event.is_news, event.facts["certain_until"]) == (True, {"a": "2026-03-02T06:00:00+00:00"})


def test_a_slow_fall_is_news_of_the_entry_that_fell():
    history = History(STATED)
    *_, (event,) = (
        of("overtake", history.show(page)) for page in ("a:60 b:50 c:3 d:2", "a:49 b:50 c:3 d:2", "a:44 b:50 c:3 d:2")
    )
    assert (brief([event]), event.is_news, event.facts["subject_moved"]) == (["overtake/supported b > a"], True, False)
    assert event.headline.startswith("a (44) falls behind b (50) on Board (score): passed within the error between")


def test_an_order_that_was_never_certain_cannot_be_reversed_slowly():
    assert shown(STATED, ["a:60 b:58 c:30 d:20", "a:60 b:61 c:30 d:20", "a:60 b:66 c:30 d:20"])[-1] == []


def test_an_order_that_only_wavers_is_not_reversed():
    pages = [f"a:60 b:{value} c:3 d:2" for value in (50, 58, 61, 55, 63)]
    assert shown(STATED, pages)[1:] == [
        [],
        ["overtake/nominal b > a"],
        ["overtake/supported a > b"],
        ["overtake/nominal b > a"],
    ]


def test_an_entry_back_after_a_page_without_it_is_compared_with_its_last_value():
    pages = ["a:1460±11 b:1400±11 c:1300±11", "a:1460±11 c:1300±11", "a:1460±11 b:1519±11 c:1300±11"]
    assert shown(ELO, pages) == [[], [], ["overtake/decisive b > a"]]


@pytest.mark.parametrize("away", ["a:60 c:30 d:55", "a:60 c:55 d:3", "a:60 c:55"])
def test_an_entry_that_is_back_overtakes_none_that_came_or_passed_its_last_value_while_it_was_away(away: str):
    *_, back = shown(STATED, ["a:60 b:40 c:30 d:3" if "d" in away else "a:60 b:40 c:30", away, f"b:70 {away}"])
    assert back == ["overtake/supported b > a"]


def test_an_entry_that_is_back_has_not_fallen_behind_one_that_was_above_it_before():
    assert shown(STATED, ["a:60 b:40 c:50", "a:60 c:30", "a:60 b:20 c:30"])[2] == []


def test_an_entry_that_is_back_states_its_last_value_and_the_page_with_it():
    history = History(ELO)
    pages = ["a:1460±11 b:1400±11 c:1300±11", "a:1460±11 c:1300±11", "a:1460±11 b:1519±11 c:1300±11"]
    *_, (event,) = (of("overtake", history.show(page)) for page in pages)
    assert (event.facts["before"], event.facts["after"], event.evidence[0].raw) == (1400.0, 1519.0, "1400±11")
    assert event.evidence[0].observed_at == history.past.known["b"].first_seen


def test_a_re_based_scale_begins_without_any_order():
    pages = [SLOW[0], SLOW[1], "a:6 b:5.9 c:3 d:2", "a:6 b:16 c:3 d:2"]
    assert shown(STATED, pages)[2] == []


def test_a_departed_entry_is_forgotten():
    history = History(STATED)
    for page in ("a:60 b:50 c:3 d:2", "a:60 c:3 d:2", "a:60 c:3 d:2", "a:60 c:9 d:2"):
        history.show(page)
    assert history.past.memory["overtake"] == {}
    assert brief(of("overtake", history.show("a:60 b:70 c:9 d:2"))) == []


def test_what_is_remembered_of_a_board_that_stands_still_is_nothing():
    history = History(STATED)
    for day in range(3):
        history.show(f"a:60 b:50 c:{30 + day} d:20")
    assert history.past.memory["overtake"] == {}


# ── no error published ───────────────────────────────────────────────────────────────────────────


def test_a_new_score_above_others_is_news_at_once_where_no_error_is_published():
    history = History(SCORE)
    history.show("a:50 b:40 c:30 d:20 e:10")
    (event,) = of("overtake", history.show("a:50 b:40 c:30 d:20 e:45"))
    assert (brief([event]), event.is_news) == (["overtake/published_order e > b,c,d"], True)
    assert event.headline == "e (45) overtakes b (40) and 2 more on Board (score), no error margin published."


def test_the_highest_place_has_the_most_weight_where_no_error_is_published():
    values = {f"m{place:02}": 100 - place for place in range(20)}
    history = History(SCORE)
    history.show(line(values))
    events = of("overtake", history.show(line(values | {"m19": 100.5, "m18": 99.5, "m17": 94.5, "m16": 85.5})))
    by_place = {event.subjects[0].entry: event.weight for event in events}
    assert by_place["m19"] > by_place["m18"] > by_place["m17"] > by_place["m16"]


def test_a_reversed_published_order_is_withdrawn_at_the_next_reading():
    history = History(SCORE)
    for page in ("a:50 b:40 c:30 d:20", "a:50 b:60 c:30 d:20"):
        history.show(page)
    (event,) = of("overtake", history.show("a:50 b:40 c:30 d:20"))
    assert (brief([event]), event.is_news) == (["overtake/withdrawn b > a"], True)
    assert event.headline == "b is below a again on Board (score): its overtake of 2026-03-03 is withdrawn."


def test_a_rival_that_rises_by_itself_withdraws_nothing():
    pages = ["a:50 b:40 c:30 d:20", "a:50 b:60 c:30 d:20", "a:70 b:60 c:30 d:20"]
    assert shown(SCORE, pages)[-1] == ["overtake/published_order a > b"]


def test_an_order_that_held_once_is_not_withdrawn():
    pages = ["a:50 b:40 c:30 d:20", "a:50 b:60 c:30 d:20", "a:50 b:60 c:30 d:21", "a:50 b:40 c:30 d:21"]
    assert shown(SCORE, pages)[-1] == ["overtake/published_order a > b"]


def test_a_rating_without_an_error_must_hold_for_three_changes():
    pages = ["a:50 b:40 c:30", "a:50 b:60 c:30", *(f"a:50 b:60 c:{day}" for day in (31, 32, 33, 34))]
    assert shown(BARE, pages) == [[], ["overtake/nominal b > a"], [], [], ["overtake/published_order b > a"], []]


def test_a_rating_that_returns_before_is_not_reported():
    pages = ["a:50 b:40 c:30", "a:50 b:60 c:30", "a:50 b:49 c:30", *(f"a:50 b:49 c:{day}" for day in (31, 32, 33))]
    assert [text for texts in shown(BARE, pages) for text in texts if "published" in text] == []


def test_finer_decimals_do_not_make_a_published_order():
    assert shown(SCORE, ["a:50.1 b:50.2 c:30.0 d:20.0", "a:50 b:50 c:30 d:20", "a:50.12 b:50.11 c:30.01 d:20.04"])[-1] == []


def test_on_a_further_metric_only_the_top_is_news():
    values = {f"m{place:02}": 100 - place for place in range(20)}
    for mover, value, is_news in (("m19", 95.5, True), ("m19", 85.5, False)):
        history = History(SCORE, metric("coding", primary=False, topic="coding"))
        history.show(line(values), coding=line(values))
        (event,) = of("overtake", history.show(line(values), coding=line(values | {mover: value})))
        assert (event.grade, event.is_news) == ("published_order", is_news)
