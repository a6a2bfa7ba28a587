"""What a report holds: the window, the boards and their order, gaps, what was seen."""

from dataclasses import replace
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import pytest
from report_world import ARENA, DAY, T0, checks, event, health, report

from tracker.model import BoardId, Event, Gap, Result, State
from tracker.reports import build, words


def test_the_window_includes_its_beginning_and_not_its_end():
    events = [event("early", at=T0 - DAY), event("first", at=T0), event("last", at=T0 + DAY)]
    built = build([health()], events, {}, since=T0, until=T0 + DAY)
    assert [story.lead.id for story in built.boards[0].stories] == ["first"]


def test_recorded_events_are_counted_and_become_stories_only_on_request():
    events = [event("news"), event("noise", "overtake", is_news=False)]
    quiet, loud = report(events).boards[0], report(events, news_only=False).boards[0]
    assert ([story.lead.id for story in quiet.stories], quiet.recorded) == (["news"], 1)
    assert ([story.lead.id for story in loud.stories], loud.recorded) == (["news", "noise"], 0)


def test_a_recorded_event_that_takes_back_what_is_reported_is_reported_too():
    def price(name: str, day: int, before: float, after: float, who: str = "Kimi", *, is_news: bool = False) -> Event:
        moved = event(name, "price_change", who, at=T0 + day * DAY, is_news=is_news)
        return replace(moved, facts={"before": before, "after": after})

    events = [
        price("back before", 0, 0.4, 0.6),
        price("drop", 1, 0.6, 0.5, is_news=True),
        price("step", 2, 0.5, 0.51),
        price("other", 3, 0.5, 0.6, "GLM"),
        price("back", 4, 0.51, 0.6),
    ]
    board = report(events).boards[0]
    assert ([story.lead.id for story in board.stories], board.recorded) == (["drop", "back"], 3)


def test_a_row_that_gets_its_former_label_back_under_its_former_key_is_reported_too():
    there = event("there", "rename", "Palm 2")
    back = event("back", "rename", "Palm", at=T0 + DAY, is_news=False)
    there = replace(there, facts={"before": "Palm", "after": "Palm 2", "key_before": "palm"})
    back = replace(back, facts={"before": "Palm 2", "after": "Palm", "key_before": "palm-2"})
    assert [story.lead.id for story in report([there, back]).boards[0].stories] == ["there", "back"]


def test_boards_are_ordered_by_their_weightiest_story_then_by_title_and_quiet_ones_last():
    boards = [
        health(BoardId("q/b"), "B"),
        health(BoardId("x/z"), "Z"),
        health(BoardId("x/y"), "Y"),
        health(BoardId("q/a"), "A"),
        health(),
    ]
    events = [event("1", board=BoardId("x/z")), event("2", board=BoardId("x/y")), event("3", weight=90)]
    built = report(events, *boards)
    assert [board.health.title for board in built.boards] == ["Artificial Analysis", "Y", "Z", "A", "B"]


def test_an_event_of_a_board_without_health_is_refused():
    with pytest.raises(ValueError, match="lmarena/text: event 1 is of a board without health"):
        report([event("1", board=ARENA)])


def test_a_board_given_twice_is_refused():
    with pytest.raises(ValueError, match="artificial-analysis/llms: is twice"):
        report([], health(), health())


def test_a_window_that_ends_before_it_begins_is_refused():
    with pytest.raises(ValueError, match="before it begins"):
        build([health()], [], {}, since=T0, until=T0 - DAY)


def test_the_same_event_given_twice_is_reported_once():
    assert report([event("1"), event("1")]) == report([event("1")])


def test_two_different_events_of_one_id_are_refused():
    with pytest.raises(ValueError, match="two different events have the id 1"):
        report([event("1"), replace(event("1"), weight=3)])


def test_a_pause_much_longer_than_the_usual_is_a_gap():
    built = report([], seen=checks(-6, -5, -4, -3, -2, -1, 0, 1, 9))
    assert built.boards[0].gaps == (Gap(after=T0 + DAY, until=T0 + 9 * DAY),)


def test_a_gap_reaches_back_to_the_last_snapshot_before_the_window():
    built = report([], seen=checks(-13, -12, -11, -10, -2, -1))
    assert built.boards[0].gaps == (Gap(after=T0 - 10 * DAY, until=T0 - 2 * DAY),)


def test_a_gap_that_ended_before_the_window_is_not_reported():
    assert report([], seen=checks(-30, -29, -28, -10, -9, -8)).boards[0].gaps == ()


def test_a_pause_shorter_than_three_days_is_never_a_gap():
    assert report([], seen=checks(-3, -2.75, -2.5, -2.25, -2, 0.9)).boards[0].gaps == ()


def test_a_slow_board_has_no_gap_at_its_usual_pace():
    assert report([], seen=checks(-40, -33, -26, -19, -12, -2, 8)).boards[0].gaps == ()


def test_an_unchanged_board_was_seen_and_a_failed_or_unreadable_one_was_not():
    before = checks(-3, -2, -1)
    still = checks(2, 5, result=Result.UNCHANGED)
    assert report([], seen=before, still=still, again=checks(8)).boards[0].gaps == ()
    for result in (Result.FAILED, Result.QUARANTINED, Result.STILL_BROKEN):
        blind = checks(2, 5, result=result)
        built = report([], seen=before, blind=blind, again=checks(8)).boards[0]
        assert (built.gaps, built.checks) == ((Gap(after=T0 - DAY, until=T0 + 8 * DAY),), 4), result


def test_a_single_check_has_no_pause_and_so_no_gap():
    assert report([], seen=checks(0)).boards[0].gaps == ()


def test_checks_outside_the_window_are_not_counted():
    assert report([], seen=checks(-9, -4, 0, 9, 10)).boards[0].checks == 3


# ── in words ─────────────────────────────────────────────────────────────────────────────────────


def test_a_report_without_news_says_so_plainly():
    boards = [health(BoardId(f"x/{name}"), name) for name in ("A", "B", "C")]
    seen = {name: checks(0, 1, 2, 3, board=BoardId(f"x/{name}")) for name in ("A", "B", "C")}
    assert [silence.sentence for silence in words.silences(report([], *boards, **seen), UTC)] == [
        "Nothing changed on 3 boards (12 checks)."
    ]


def test_one_board_and_one_check_are_singular():
    assert [silence.sentence for silence in words.silences(report([], seen=checks(-9, 0)), UTC)] == [
        "Nothing changed on 1 board (1 check)."
    ]


def test_a_first_reading_is_not_reported_as_unchanged():
    quiet = report([], health(), health(ARENA, "Arena"), first=checks(0), later=checks(-9, 0, board=ARENA))
    assert [(silence.sentence, [board.title for board in silence.boards]) for silence in words.silences(quiet, UTC)] == [
        ("First reading of 1 board: nothing to compare it with yet.", ["Artificial Analysis"]),
        ("Nothing changed on 1 board (1 check).", ["Arena"]),
    ]
    assert [silence.sentence for silence in words.silences(report([], seen=checks(0, 1)), UTC)] == [
        "Nothing changed on 1 board (2 checks)."
    ]


def test_a_board_that_was_never_read_or_is_disabled_is_not_in_trouble():
    built = report([], health(state=State.NEVER_READ), health(ARENA, "Arena", state=State.PAUSED, enabled=False))
    assert words.troubles(built) == ()
    assert [silence.sentence for silence in words.silences(built, UTC)] == ["Never read: 1 board."]


def test_a_board_with_recorded_changes_is_not_reported_as_unchanged():
    built = report([event("noise", is_news=False)], seen=checks(0, 1))
    assert [silence.sentence for silence in words.silences(built, UTC)] == [
        "No news on 1 board (2 checks); 1 smaller change recorded but not reported."
    ]


def test_a_board_without_checks_is_not_reported_as_unchanged():
    built = report([], health(), health(ARENA, "Arena"), failed=checks(0, result=Result.FAILED))
    assert [silence.sentence for silence in words.silences(built, UTC)] == ["Not seen in this time: 2 boards."]


@pytest.mark.parametrize("state", [State.BROKEN, State.STALE, State.PAUSED])
def test_a_board_in_trouble_is_listed_as_such_and_not_as_unchanged(state: State):
    built = report([], health(state=state), seen=checks(0))
    assert words.troubles(built) == (health(state=state),)
    assert words.silences(built, UTC) == ()


def test_the_worst_trouble_comes_first():
    states = [State.PARTIAL, State.PAUSED, State.OK, State.STALE, State.BROKEN]
    boards = [health(BoardId(f"x/{state}"), state, state=state) for state in states]
    assert [troubled.title for troubled in words.troubles(report([], *boards))] == ["broken", "stale", "paused", "partial"]


def test_a_report_on_no_board_says_so():
    built = build([], [], {}, since=T0, until=T0 + DAY)
    assert [silence.sentence for silence in words.silences(built, UTC)] == ["There are no boards to report on."]


def test_gaps_of_a_quiet_board_are_reported_too():
    built = report([], seen=checks(-6, -5, -4, -3, -2, 4))
    assert words.silences(built, UTC)[-1].sentence == (
        "Artificial Analysis: No snapshot between 2026-04-16 06:18 and 2026-04-22 06:18 UTC (6 days):"
        " what happened then is dated only by its ends."
    )


def test_a_change_seen_over_more_than_48_hours_is_dated_by_both_ends():
    assert words.interval(event("1", after=T0 - 13 * DAY), UTC) == "between 2026-04-05 06:18 and 2026-04-18 06:18 UTC"
    assert words.interval(event("1", after=T0 - 2 * DAY - timedelta(seconds=1)), UTC).startswith("between 2026-04-16 06:18 and")
    assert words.interval(event("1", after=T0 - 2 * DAY), UTC) == "2026-04-18 06:18 UTC"
    assert words.interval(event("1", after=None), UTC) == "2026-04-18 06:18 UTC"


def test_what_happened_is_dated_in_the_zone_of_the_reader():
    berlin = ZoneInfo("Europe/Berlin")
    assert words.interval(event("1"), berlin) == "2026-04-18 08:18 CEST"
    assert words.interval(event("1", after=T0 - 30 * DAY), berlin) == "between 2026-03-19 07:18 CET and 2026-04-18 08:18 CEST"


def test_every_board_with_stories_names_whose_data_it_is():
    built = report([event("1"), event("2", board=ARENA)], health(), health(ARENA, "Chatbot Arena", attribution=""))
    assert [words.notes(board, UTC)[-1] for board in built.boards] == [
        "Data: Artificial Analysis, example",
        "Data: Chatbot Arena",
    ]


def test_stories_are_grouped_by_the_day_of_the_reader_with_the_newest_first_or_all_by_weight():
    events = [event("old", weight=90, at=T0), event("light", weight=10, at=T0 + DAY), event("heavy", weight=50, at=T0 + DAY)]
    (board,) = report(events).boards

    def shown(zone: str, *, by_weight: bool = False) -> list[tuple[str, list[str]]]:
        days = words.days(board, ZoneInfo(zone), by_weight=by_weight)
        return [(day.title, [story.lead.id for story in day.stories]) for day in days]

    assert shown("UTC") == [
        ("Sunday, 2026-04-19, 06:18 UTC", ["heavy", "light"]),
        ("Saturday, 2026-04-18, 06:18 UTC", ["old"]),
    ]
    assert shown("Pacific/Honolulu")[0][0] == "Saturday, 2026-04-18, 20:18 HST"
    assert shown("UTC", by_weight=True) == [("", ["old", "heavy", "light"])]


def test_what_was_confirmed_later_says_since_when_it_has_been_so():
    gone = replace(event("gone", "departure", at=T0 + DAY), until=T0)
    (board,) = report([gone]).boards
    assert [day.title for day in words.days(board, UTC)] == ["Sunday, 2026-04-19, since 2026-04-18 06:18 UTC"]


def test_a_window_after_the_newest_reading_says_when_that_was():
    built = report([], health(last_checked=T0 - 20 * DAY))
    (silence,) = words.silences(built, UTC)
    assert silence.sentence == "Not seen in this time: 1 board; the newest reading is of 2026-03-29 06:18 UTC."


def test_a_window_of_the_past_does_not_say_when_a_board_was_read_after_it():
    built = report([], health(last_checked=T0 - 20 * DAY), health(ARENA, "Arena", last_checked=T0 + 20 * DAY))
    assert [silence.sentence for silence in words.silences(built, UTC)] == ["Not seen in this time: 2 boards."]


def test_a_report_opens_with_the_weightiest_stories_of_two_models():
    leads = event("1", "new_leader", "A", grade="debut", weight=95, headline="A leads.")
    same = event("2", "overtake", "A", grade="debut", weight=90, headline="A passes B.", at=T0 + DAY)
    other = event("3", "new_leader", "C", grade="debut", weight=85, headline="C leads.", at=T0 + 2 * DAY)
    assert words.opening(report([leads, same, other])) == "3 stories on 1 board. A leads. C leads."
    assert words.opening(report([event("1", "debut", "A", weight=40)])) == "1 story on 1 board."
    assert words.opening(report([])) == ""
