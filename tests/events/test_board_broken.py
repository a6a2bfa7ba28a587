"""A board that cannot be read: told once, and nothing happened to its models."""

from datetime import timedelta

import pytest
from kit import PAGE, START, History, brief

from tracker.events import advance_failed, fail
from tracker.model import BoardId, Event, Failure, Past, Sha256, Suspect, Trouble


def failure(hours: int = 30, *, trouble: Trouble = Trouble.PARSE, passing: bool = False) -> Failure:
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
    told = []
    for one in failures:
        told.append(fail(history.board, one, history.past))
        history.past = advance_failed(history.past, one)
    return told


@pytest.mark.parametrize("trouble", Trouble)
def test_a_broken_board_is_told_once_until_it_reads_again(trouble: Trouble):
    history = History()
    history.show("a:50 b:40")
    first, second = failing(history, failure(30, trouble=trouble), failure(36, trouble=trouble))
    assert (brief(first), second) == ([f"board_broken/{trouble}"], ())
    assert first[0].headline.endswith("; its last accepted state stands until it reads again.")
    assert history.past.broken_since == START + timedelta(hours=30)


def test_the_event_carries_the_bytes_the_reason_and_the_interval():
    history = History()
    history.show("a:50 b:40")
    ((event,),) = failing(history, failure())
    assert event.facts == {"error": "ParseError", "message": "made/board: no table"}
    assert [(proof.sha256, proof.url) for proof in event.evidence] == [("page", PAGE)]
    assert (event.after, event.until, event.told) == (START, START + timedelta(hours=30), True)


def test_a_passing_fault_is_neither_told_nor_remembered():
    history = History()
    history.show("a:50 b:40")
    before = history.past
    assert failing(history, failure(passing=True)) == [()]
    assert history.past == before


def test_a_board_that_recovered_can_break_again():
    history = History()
    history.show("a:50 b:40")
    failing(history, failure(6))
    history.show("a:50 b:40")
    assert brief(failing(history, failure(30))[0]) == ["board_broken/parse"]


def test_a_board_that_never_read_is_broken_since_its_first_try():
    ((event,),) = failing(History(), failure(0))
    assert event.after is None


def test_only_quarantined_readings_are_remembered_as_suspects():
    suspect = Suspect(observed_at=START, entries=frozenset())
    assert advance_failed(Past(), failure(trouble=Trouble.QUARANTINE), suspect).suspects == (suspect,)
    assert advance_failed(Past(), failure(trouble=Trouble.PARSE), suspect).suspects == ()


def test_at_most_seven_suspects_are_remembered_and_an_accepted_snapshot_forgets_them():
    history = History()
    suspects = [Suspect(observed_at=START + timedelta(hours=hour), entries=frozenset()) for hour in range(9)]
    for suspect in suspects:
        history.past = advance_failed(history.past, failure(trouble=Trouble.QUARANTINE), suspect)
    assert history.past.suspects == tuple(suspects[-7:])
    history.show("a:50")
    assert (history.past.suspects, history.past.broken_since) == ((), None)
