"""Who left a board; who is only out of sight; who could not be seen at all."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import START, History, brief, line, of, snapshot

from tracker.events.departure import may_be_listed, may_be_one
from tracker.events.detecting import advance_failed
from tracker.model import BoardId, Entry, EntryId, Failure, FailureStage, Identity, ModelId


def rows(first: int, count: int) -> str:
    return line({f"m{place:04}": 5000 - place for place in range(first, first + count)})


def seen(*pages: str | tuple[str, dict[str, object]]) -> list[list[str]]:
    """The departures reported with each page."""
    shown = [page if isinstance(page, tuple) else (page, {}) for page in pages]
    history = History(depth="varies" if any("depth" in more for _, more in shown) else "whole")
    return [brief(of("departure", history.show(text, **more))) for text, more in shown]


FULL, GONE = "a:50 b:40 c:30", "a:50 c:30"
NAMES = st.lists(st.sampled_from(["a", "b", "2"]), max_size=3).map(" ".join)
WHO = st.builds(
    Identity,
    family=st.sampled_from(["", "F"]),
    generation=st.sampled_from(["", "2"]),
    model=st.sampled_from([None, None, ModelId("x/y"), ModelId("x/z")]),
    harness=st.sampled_from(["", "diff"]),
)
ROWS = st.lists(st.tuples(NAMES, WHO), max_size=5)


@given(ROWS, ROWS)
def test_the_rows_that_may_be_listed_are_those_that_a_look_at_every_pair_finds(gone: list, shown: list):
    rows, others = (
        [Entry(id=EntryId(f"{side}{place}"), name=name, position=place, who=who) for place, (name, who) in enumerate(named)]
        for side, named in (("old", gone), ("new", shown))
    )
    assert may_be_listed(rows, others) == {row.id for row in rows if any(may_be_one(row, other) for other in others)}


def test_a_departure_is_reported_once_with_the_second_snapshot_that_lacks_the_entry():
    assert seen(FULL, GONE, GONE, GONE) == [[], [], ["departure/confirmed b"], []]


def test_an_entry_that_returns_earlier_never_left():
    assert seen(FULL, GONE, FULL, GONE, FULL) == [[], [], [], [], []]


@pytest.mark.parametrize(("minutes", "reported"), [(60, []), (1439, []), (1440, ["departure/confirmed b"])])
def test_a_departure_is_confirmed_a_day_later(minutes: int, reported: list[str]):
    history = History()
    history.show(FULL)
    history.show(GONE)
    assert brief(of("departure", history.take(snapshot(GONE, day=1 + minutes / 1440)))) == reported


def test_each_absence_is_counted_from_its_own_start():
    assert seen(FULL, GONE, FULL, GONE, GONE)[-1] == ["departure/confirmed b"]


def test_a_departure_is_dated_by_the_interval_in_which_it_happened():
    history = History()
    for text in (FULL, FULL, GONE):
        history.show(text)
    (event,) = of("departure", history.show(GONE))
    assert [(when - START).days for when in (event.after, event.until, event.recorded_at)] == [1, 2, 3]
    assert event.headline == "b is no longer listed on Board."


def test_a_departure_shows_the_last_page_that_had_the_entry_and_the_one_that_confirms():
    history = History()
    history.show(FULL)
    was = history.diff.after
    history.show(GONE)
    (event,) = of("departure", history.show(GONE))
    assert [(proof.sha256, proof.raw) for proof in event.evidence] == [(was.digest, "b"), (history.diff.after.digest, None)]
    assert event.facts["last_values"] == {"b": 40.0}


def test_the_baseline_is_the_last_snapshot_whether_or_not_a_departure_is_open():
    history = History()
    history.show(FULL)
    history.show(GONE)
    history.show("a:50 c:31")
    assert (list(history.diff.before.entries), history.diff.missing) == (["a", "c"], ())


def depth(count: int) -> dict[str, object]:
    return {"depth": count}


def test_an_entry_below_the_depth_is_not_gone():
    assert seen((FULL, depth(3)), ("a:50 b:40", depth(2)), ("a:50 b:40", depth(2)), ("a:50 b:41", depth(2))) == [[]] * 4


def test_an_entry_above_the_depth_is_gone():
    assert seen((FULL, depth(3)), (GONE, depth(2)), (GONE, depth(2)))[-1] == ["departure/confirmed b"]


def test_nobody_leaves_a_board_that_should_be_whole_and_shows_less():
    history = History(depth="whole")
    reported = [of("departure", history.show(*page[:1], **page[1])) for page in ((FULL, {}), (GONE, depth(2)), (GONE, depth(2)))]
    assert reported == [[]] * 3


def test_an_entry_that_a_deeper_page_would_show_is_gone_after_two_such_pages():
    four, lower = "a:50 b:40 c:30 d:20", "a:50 b:40 d:20"
    assert seen((four, depth(4)), ("a:50 b:40", depth(2)), (lower, depth(3)), (lower, depth(3))) == [
        [],
        [],
        [],
        ["departure/confirmed c"],
    ]


def test_an_absence_that_was_seen_once_is_confirmed_by_the_next_page_deep_enough():
    assert seen((FULL, depth(3)), (GONE, depth(2)), ("a:50", depth(1)), (GONE, depth(2))) == [
        [],
        [],
        [],
        ["departure/confirmed b"],
    ]


def test_values_of_an_old_scale_confirm_no_departure_on_a_page_of_limited_depth():
    before, after = "a:90 b:85 c:80 d:75", "a:40 b:35 c:30 x:25"
    pages = [(before, depth(4)), (after, depth(4)), (after, depth(4)), ("a:40 b:36 c:30 x:25", depth(4))]
    assert seen(*pages) == [[]] * 4


def test_an_absence_before_a_re_base_is_not_confirmed_by_the_new_scale():
    shown = ["a:90 b:85 c:80 d:75", "a:90 c:80 d:75", "a:40 c:30 d:25", "a:40 c:30 d:26"]
    assert seen(*((text, depth(len(text.split()))) for text in shown)) == [[]] * 4


def test_nobody_leaves_while_the_page_is_cut_at_a_round_number_of_rows():
    assert seen(rows(0, 97), rows(3, 100), rows(3, 100), rows(4, 100), rows(0, 103)) == [[]] * 5


def test_an_entry_still_absent_when_the_page_is_whole_again_has_left():
    reported = seen(rows(0, 97), rows(1, 100), rows(1, 101), rows(1, 102))
    assert reported == [[], [], [], ["departure/confirmed m0000"]]


def test_an_absence_before_the_cap_is_not_confirmed_by_it():
    assert seen(rows(0, 99), rows(1, 98), rows(2, 100), rows(2, 100)) == [[]] * 4


def test_a_key_listed_twice_did_not_leave_and_interrupts_an_absence():
    twice = (GONE, {"ambiguous": "b"})
    assert seen(FULL, twice, twice, FULL) == [[]] * 4
    assert seen(FULL, GONE, twice, GONE, GONE) == [[], [], [], [], ["departure/confirmed b"]]


@pytest.mark.parametrize("trouble", FailureStage)
def test_a_board_that_cannot_be_read_confirms_nothing(trouble: FailureStage):
    history = History()
    history.show(FULL)
    history.show(GONE)
    waiting = history.past.known
    failure = Failure(board=BoardId("made/board"), observed_at=START, url="", sha256=(), trouble=trouble, error="", message="")
    history.past = advance_failed(history.past, failure)
    assert history.past.known == waiting
    assert of("departure", history.show(FULL)) == []


def test_a_restart_with_another_table_makes_nobody_leave():
    history = History()
    history.show(rows(0, 12))
    history.show(rows(1, 11))
    reported = [history.show(rows(500, 12), restart="accepted by ann")] + [history.show(rows(500, 12 + day)) for day in range(3)]
    assert [of("departure", events) for events in reported] == [[]] * 4


def test_after_a_restart_the_new_entries_can_leave():
    history = History()
    history.show(rows(0, 12))
    for text in (rows(500, 12), rows(501, 12), rows(501, 12)):
        reported = history.show(text, restart="accepted by ann" if text == rows(500, 12) else "")
    assert brief(of("departure", reported)) == ["departure/confirmed m0500"]


@pytest.mark.parametrize(("gone", "of_all", "together"), [(10, 110, True), (9, 109, False), (10, 420, False), (13, 420, True)])
def test_ten_and_a_thirtieth_of_the_board_gone_at_once_are_one_event(gone: int, of_all: int, together: bool):
    reported = seen(rows(0, of_all + 1), rows(gone, of_all - gone + 1), rows(gone, of_all - gone + 1))[-1]
    assert len(reported) == (1 if together else gone)
    assert reported[0].startswith("departure/mass m0000,m0001" if together else "departure/confirmed m0000")


def test_departures_of_different_days_are_separate_events():
    assert seen("a:5 b:4 c:3 d:2", "a:5 b:4 c:3", "a:5 b:4", "a:5 b:4")[2:] == [
        ["departure/confirmed d"],
        ["departure/confirmed c"],
    ]


@pytest.mark.parametrize(("minutes", "reported"), [(4, False), (60, False), (61, True)])
def test_the_departure_of_an_entry_that_was_seen_in_passing_is_not_news(minutes: int, reported: bool):
    history = History()
    history.take(snapshot(GONE))
    history.take(snapshot(FULL, day=1))
    history.take(snapshot(GONE, day=1 + minutes / 1440))
    (event,) = of("departure", history.take(snapshot(GONE, day=3)))
    assert event.is_news is reported


def test_an_entry_that_fell_out_of_a_top_n_is_recorded_and_never_departs():
    history = History()
    history.show(rows(2, 10))
    history.show(rows(1, 10))
    (event,) = [event for event in history.show(rows(0, 10)) if event.kind == "rank_move"]
    assert (event.grade, event.is_news, event.headline) == ("fell_out", False, "m0010 fell out of the top 10 of Board.")
    for _ in range(3):
        assert of("departure", history.show(rows(0, 10))) == []


LAB_A, LAB_B = Identity(model=ModelId("lab/a")), Identity(model=ModelId("lab/b"))


def test_rows_of_one_name_that_leave_together_are_one_piece_of_news():
    history, names = History(), {"g": "One", "h": "One", "i": "Two"}
    for text in ("a:50 b:30 g:40 h:20 i:10", "a:50 b:30", "a:51 b:30"):
        events = of("departure", history.show(text, names=names))
    assert [(event.subjects[0].entry, event.is_news) for event in events] == [("g", True), ("h", False), ("i", True)]


UNSURE = Identity(lab="Lab", family="Claude", generation="3.5", tier="sonnet")


@pytest.mark.parametrize(
    ("gone", "other", "who", "is_news"),
    [
        ("old", "new", {"old": LAB_A, "new": LAB_A}, False),
        ("old", "new", {"old": LAB_A, "new": LAB_B}, True),
        ("o1", "o1 mini", {"o1": LAB_A, "o1 mini": LAB_B}, True),
        ("Cohere", "Cohere-R", {}, False),
        ("Cohere", "Anthropic", {}, True),
        ("sonnet (diff)", "sonnet (whole)", {"sonnet (diff)": replace(UNSURE, harness="diff"), "sonnet (whole)": UNSURE}, False),
        ("sonnet (diff)", "haiku (whole)", {"sonnet (diff)": UNSURE, "haiku (whole)": replace(UNSURE, tier="haiku")}, True),
    ],
)
@pytest.mark.parametrize("stays", [True, False])
def test_a_row_whose_model_is_still_listed_leaves_without_news(gone: str, other: str, who: dict, is_news: bool, stays: bool):
    history, keys = History(), {"g": gone, "o": other}
    known = {"names": keys, "who": {key: who[name] for key, name in keys.items() if name in who}}
    history.show("a:50 g:40 b:30" + (" o:20" if stays else ""), **known)
    history.show("a:50 b:30 o:20", **known)
    (event,) = of("departure", history.show("a:51 b:30", **known))
    assert (event.subjects[0].entry, event.is_news) == ("g", is_news)
