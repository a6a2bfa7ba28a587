"""A board that cannot be read is told once, changes nothing about its models, and recovers."""

from __future__ import annotations

import pytest
from line_world import BOARD, CHALLENGE, CUT, SIX, at, board, csv, keep, kinds, note

from tracker.line import sync
from tracker.model import Capture, Event, EventFilter, FailureStage, Result, Verdict
from tracker.ports import Store
from tracker.stores.archive import FileArchive
from tracker.workspace.names import default_lexicon

ONLY = {
    "challenge page": (CHALLENGE, FailureStage.PAGE, "Refused"),
    "cut off": (CUT, FailureStage.PARSE, "ParseError"),
    "empty": (b"", FailureStage.PARSE, "ParseError"),
    "header only": (b"key,name,score\n", FailureStage.PARSE, "ParseError"),
    "words for numbers": (csv(SIX.replace("90", "ninety").replace("80", "eighty")), FailureStage.CONTRACT, "ContractBroken"),
    "no key column": (csv(SIX).replace(b"key", b"id", 1), FailureStage.CONTRACT, "ContractBroken"),
    "a key three times": (csv(SIX + " a:1 a:2"), FailureStage.CONTRACT, "ContractBroken"),
}


def news(store: Store) -> list[Event]:
    return list(store.events(EventFilter(board=BOARD)))


@pytest.mark.parametrize("name", ONLY)
def test_a_page_that_cannot_be_read_breaks_the_board_and_keeps_its_state(archive: FileArchive, store: Store, name: str):
    body, trouble, error = ONLY[name]
    keep(archive, {0: csv(SIX), 1: body})
    outcome = sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    assert outcome.failed
    assert store.last_check(BOARD).result is Result.UNREADABLE
    assert len(store.latest(BOARD).entries) == 6
    (broken,) = news(store)
    assert (broken.kind, broken.grade, broken.facts["error"]) == ("board_broken", trouble.value, error)
    assert broken.evidence[0].sha256 == archive.index(BOARD)[0][1].sha256[0]
    assert archive.body(BOARD, broken.evidence[0].sha256) == body
    assert broken.facts["message"] == store.last_check(BOARD).message
    assert store.last_check(BOARD).message.startswith("acme/text: ")
    assert "\n" not in store.last_check(BOARD).message


def test_a_board_that_was_never_read_can_be_broken(archive: FileArchive, store: Store):
    keep(archive, {0: CHALLENGE, 1: CUT})
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    assert kinds(store) == ["board_broken/page"]
    assert store.latest(BOARD) is None


def test_a_board_is_reported_broken_once_and_recovered_once_however_long_it_lasts(archive: FileArchive, store: Store):
    keep(archive, {0: csv(SIX), 1: CHALLENGE, 2: CUT, 3: CHALLENGE, 4: csv("a:1 a:2"), 6: csv(SIX), 7: csv(SIX + " g:10")})
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    assert kinds(store) == ["board_broken/page", "board_recovered/broken", "debut/listing"]
    recovered = news(store)[1]
    assert (recovered.after, recovered.until) == (at(1), at(6))
    assert recovered.facts["lasted_s"] == 5 * 86_400


def test_broken_again_after_a_recovery_is_reported_again(archive: FileArchive, store: Store):
    keep(archive, {0: csv(SIX), 1: CUT, 2: csv(SIX), 3: CUT})
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    assert kinds(store) == ["board_broken/parse", "board_recovered/broken", "board_broken/parse"]
    assert len({event.id for event in news(store)}) == 3


def test_nobody_departs_while_a_board_is_broken(archive: FileArchive, store: Store):
    without_f = csv(SIX.replace(" f:40:1", ""))
    keep(archive, {0: csv(SIX), 1: without_f, 2: CUT, 3: CUT})
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    assert "departure/confirmed" not in kinds(store)
    keep(archive, {4: without_f})
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    assert kinds(store)[-1] == "departure/confirmed"
    assert (news(store)[-1].after, news(store)[-1].until) == (at(0), at(1))


@pytest.mark.parametrize("verdict", [Verdict.REFUSED, Verdict.GONE])
def test_a_page_that_is_refused_or_gone_breaks_the_board_until_its_state_is_seen_again(
    archive: FileArchive, store: Store, verdict: Verdict
):
    keep(archive, {0: csv(SIX)})
    note(archive, 1, verdict, status=404, error="acme/text: 404 at https://acme.example/text.csv")
    note(archive, 2, verdict, status=404, error="acme/text: 404 at https://acme.example/text.csv")
    outcome = sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    assert outcome.failed
    assert kinds(store) == ["board_broken/fetch"]
    message = "acme/text: 404 at https://acme.example/text.csv"
    assert news(store)[0].facts == {"error": verdict.value, "message": message, "failures": 1}
    note(archive, 3, Verdict.NOT_MODIFIED, status=304, sha256=archive.last(BOARD).sha256)
    assert not sync.sync_board(board(), archive, store, lexicon=default_lexicon()).failed
    assert kinds(store) == ["board_broken/fetch", "board_recovered/broken"]
    assert news(store)[1].headline == "Acme Arena reads again after 2 days; 2 readings in a row had failed."


HOUR = 1 / 24


def fail_for_now(archive: FileArchive, *hours: float) -> None:
    for number in hours:
        note(archive, 1 + number * HOUR, Verdict.TRANSIENT, error="acme/text: timed out after 30 s")


@pytest.mark.parametrize("hours", [(0,), (0, 5.99), (0, 9), (0, 1, 2, 3, 4, 5, 5.99)])
def test_a_passing_fault_of_less_than_six_hours_or_three_tries_makes_a_board_late_and_not_broken(
    archive: FileArchive, store: Store, hours: tuple[float, ...]
):
    keep(archive, {0: csv(SIX)})
    fail_for_now(archive, *hours)
    outcome = sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    assert outcome.failed
    assert news(store) == []
    past = store.past(BOARD)
    assert (past.broken_since, past.failing_since, past.failures, past.passing) == (None, at(1), len(hours), True)
    assert [check.result for check in store.checks(BOARD)][1:] == [Result.FAILED] * len(hours)


def test_a_passing_fault_that_lasts_breaks_the_board_once_from_its_first_failure_on(archive: FileArchive, store: Store):
    keep(archive, {0: csv(SIX)})
    fail_for_now(archive, 0, 1, 6, 12, 24)
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    (broken,) = news(store)
    assert (broken.kind, broken.grade, broken.recorded_at) == ("board_broken", "unreachable", at(1.25))
    assert (
        broken.headline
        == "Acme Arena could not be reached for 6 hours; the last accepted state remains in use until the page is readable again."
    )
    assert (store.past(BOARD).broken_since, store.past(BOARD).failures) == (at(1), 5)
    keep(archive, {3: csv(SIX)})
    assert not sync.sync_board(board(), archive, store, lexicon=default_lexicon()).failed
    assert kinds(store) == ["board_broken/unreachable", "board_recovered/broken"]
    recovered = news(store)[1]
    assert (recovered.after, recovered.until, recovered.facts["missed"]) == (at(1), at(3), 5)
    assert (store.past(BOARD).failing_since, store.past(BOARD).failures, store.past(BOARD).passing) == (None, 0, False)


def test_an_answer_between_two_faults_restarts_their_count(archive: FileArchive, store: Store):
    keep(archive, {0: csv(SIX)})
    fail_for_now(archive, 0, 3)
    keep(archive, {1 + 4 * HOUR: csv(SIX)})
    fail_for_now(archive, 5, 7, 10)
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    assert news(store) == []
    assert store.past(BOARD).failing_since == at(1 + 5 * HOUR)


def test_the_body_of_a_failed_fetch_is_never_read_as_a_board(archive: FileArchive, store: Store):
    keep(archive, {0: csv(SIX)})
    capture = Capture(board=BOARD, observed_at=at(1), url="u", bodies=(csv("x:1 y:2"),), status=403)
    archive.keep(capture, verdict=Verdict.REFUSED, error="acme/text: 403")
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    assert sorted(store.latest(BOARD).entries) == list("abcdef")
    assert store.last_check(BOARD).status == 403
    assert news(store)[0].evidence[0].sha256 == store.last_check(BOARD).sha256[0]


# ── silence ──────────────────────────────────────────────────────────────────────────────────────


def test_a_board_that_shows_the_same_for_too_long_is_stale_once_until_it_changes(archive: FileArchive, store: Store):
    keep(archive, {0: csv(SIX), 1: csv(SIX), 2: csv(SIX), 2.5: csv(SIX) + b"\n"})
    note(archive, 3, Verdict.NOT_MODIFIED, status=304, sha256=archive.last(BOARD).sha256)
    keep(archive, {9: csv(SIX), 10: csv(SIX), 11: csv(SIX + " g:10")})
    sync.sync_board(board(stale_after_s=2 * 86_400.0), archive, store, lexicon=default_lexicon())
    assert kinds(store) == ["board_stale/stale", "board_recovered/stale", "debut/listing"]
    stale, recovered = news(store)[:2]
    assert (stale.after, stale.recorded_at) == (at(0), at(2.5))
    assert (recovered.after, recovered.until) == (at(2.5), at(11))


def test_a_board_that_cannot_be_fetched_for_too_long_is_broken_and_not_also_stale(archive: FileArchive, store: Store):
    keep(archive, {0: csv(SIX)})
    for number in (1, 2, 3, 4):
        note(archive, number, Verdict.TRANSIENT, error="acme/text: timed out")
    sync.sync_board(board(stale_after_s=2 * 86_400.0), archive, store, lexicon=default_lexicon())
    assert kinds(store) == ["board_broken/unreachable"]
    assert news(store)[0].recorded_at == at(3)


def test_without_a_declared_limit_a_board_has_to_show_its_rhythm_first(archive: FileArchive, store: Store):
    keep(archive, {0: csv(SIX), 300: csv(SIX)})
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    assert kinds(store) == []
