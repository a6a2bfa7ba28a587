"""A board that cannot be read: reported once, and nothing happened to its models."""

from dataclasses import replace
from datetime import timedelta

import pytest
from kit import PAGE, START, History, brief

from tracker.events import KINDS, trouble_of
from tracker.events.detecting import advance_failed, fail
from tracker.model import BoardId, BoardState, Event, Failure, FailureStage, HeldReading, Sha256


def failure(hours: int = 30, *, trouble: FailureStage = FailureStage.PARSE, passing: bool = False) -> Failure:
    return Failure(
        board=BoardId("made/board"),
        observed_at=START + timedelta(hours=hours),
        url=PAGE,
        sha256=(Sha256("page"),),
        trouble=trouble,
        error="ParseError",
        message="made/board: no table",
        passing=passing,
    )


def failing(history: History, *failures: Failure) -> list[tuple[Event, ...]]:
    reported = []
    for failure in failures:
        reported.append(fail(history.board, failure, history.past))
        history.past = advance_failed(history.past, failure)
    return reported


@pytest.mark.parametrize("trouble", FailureStage)
def test_a_broken_board_is_reported_once_until_it_reads_again(trouble: FailureStage):
    history = History()
    history.show("a:50 b:40")
    first, second = failing(history, failure(30, trouble=trouble), failure(36, trouble=trouble))
    assert (brief(first), second) == ([f"board_broken/{trouble}"], ())
    assert first[0].grade in KINDS["board_broken"].grades
    assert first[0].grade in trouble_of(first[0]).shared
    assert first[0].headline.endswith("; the last accepted state remains in use until the page is readable again.")
    assert history.past.broken_since == START + timedelta(hours=30)


def test_the_headline_says_why_a_reading_is_in_quarantine():
    history = History()
    history.show("a:50 b:40")
    held = replace(failure(trouble=FailureStage.QUARANTINE), doubt="all 40 values of score are 0")
    ((event,),) = failing(history, held)
    assert event.headline == "Board is in quarantine: all 40 values of score are 0; the last accepted state remains in use."


def test_the_event_carries_the_bytes_the_reason_and_the_interval():
    history = History()
    history.show("a:50 b:40")
    ((event,),) = failing(history, failure())
    assert event.facts == {"error": "ParseError", "message": "made/board: no table", "failures": 1}
    assert [(proof.sha256, proof.url) for proof in event.evidence] == [("page", PAGE)]
    assert (event.after, event.until, event.is_news) == (START, START + timedelta(hours=30), True)


def passing(*hours: int) -> list[Failure]:
    return [failure(hour, trouble=FailureStage.FETCH, passing=True) for hour in hours]


def test_a_passing_fault_is_remembered_but_not_reported():
    history = History()
    history.show("a:50 b:40")
    assert failing(history, *passing(30)) == [()]
    past = history.past
    assert (past.failing_since, past.failures, past.passing) == (START + timedelta(hours=30), 1, True)
    assert past.broken_since is None


@pytest.mark.parametrize(("hours", "reported_at"), [
    ((30, 31, 36), 36),
    ((30, 31, 35, 36), 36),
    ((30, 31, 35), None),
    ((30, 36), None),
    ((30, 90, 91), 91),
    ((30, 31, 36, 40, 90), 36),
])  # fmt: skip
def test_a_passing_fault_is_reported_once_when_it_lasted_six_hours_over_three_tries(
    hours: tuple[int, ...], reported_at: int | None
):
    history = History()
    history.show("a:50 b:40")
    reported = [event for events in failing(history, *passing(*hours)) for event in events]
    assert [event.recorded_at for event in reported] == ([] if reported_at is None else [START + timedelta(hours=reported_at)])
    assert brief(reported) == ["board_broken/unreachable"] * len(reported)
    assert history.past.broken_since == (None if reported_at is None else START + timedelta(hours=30))


def test_an_unreachable_board_says_for_how_long_and_after_how_many_tries():
    history = History()
    history.show("a:50 b:40")
    ((), (), (event,)) = failing(history, *passing(30, 33, 36))
    assert (
        event.headline
        == "Board could not be reached for 6 hours; the last accepted state remains in use until the page is readable again."
    )
    assert event.facts["failures"] == 3


def test_a_fault_that_does_not_pass_after_passing_ones_breaks_at_once_and_dates_from_the_first():
    history = History()
    history.show("a:50 b:40")
    (), (event,) = failing(history, *passing(30), failure(31))
    assert (event.grade, event.facts["failures"]) == ("parse", 2)
    assert history.past.broken_since == START + timedelta(hours=30)


def test_a_reading_between_two_passing_faults_restarts_the_count():
    history = History()
    history.show("a:50 b:40")
    failing(history, *passing(6, 12))
    history.show("a:50 b:40")
    assert (history.past.failing_since, history.past.failures, history.past.passing) == (None, 0, False)
    assert failing(history, *passing(25, 31)) == [(), ()]


def test_a_board_that_recovered_can_break_again():
    history = History()
    history.show("a:50 b:40")
    failing(history, failure(6))
    history.show("a:50 b:40")
    assert brief(failing(history, failure(30))[0]) == ["board_broken/parse"]


def test_a_board_that_could_never_be_read_is_broken_since_its_first_try():
    ((event,),) = failing(History(), failure(0))
    assert event.after is None


def test_only_quarantined_readings_are_remembered_as_suspects():
    suspect = HeldReading(observed_at=START, entries=frozenset())
    assert advance_failed(BoardState(), failure(trouble=FailureStage.QUARANTINE), suspect).suspects == (suspect,)
    assert advance_failed(BoardState(), failure(trouble=FailureStage.PARSE), suspect).suspects == ()


def test_at_most_seven_suspects_are_remembered_and_an_accepted_snapshot_forgets_them():
    history = History()
    suspects = [HeldReading(observed_at=START + timedelta(hours=hour), entries=frozenset()) for hour in range(9)]
    for suspect in suspects:
        history.past = advance_failed(history.past, failure(trouble=FailureStage.QUARANTINE), suspect)
    assert history.past.suspects == tuple(suspects[-7:])
    history.show("a:50")
    assert (history.past.suspects, history.past.broken_since) == ((), None)
