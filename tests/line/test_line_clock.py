"""Whatever the machine's clock says: every true change is reported once, on time, and no capture is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import examples
from line_world import BOARD, SIX, FakeFetcher, at, board, capture, csv, dump, fresh, keep

from tracker.clock import FixedClock
from tracker.errors import DeclarationError
from tracker.line import dates, intake, proof, sync
from tracker.line.sync import Outcome, Telling
from tracker.model import Capture, DeliveryOutcome, EventFilter, IndexLine, Receipt, Result, Unchanged, Verdict
from tracker.notify import Route
from tracker.ports import Store
from tracker.query.due import due_at
from tracker.stores.archive import FileArchive
from tracker.wording import machine_time
from tracker.workspace.names import default_lexicon

ALL = Route(name="all", channel="stdout")
PLAIN = "a:90 b:80 c:70 d:60 e:50 f:40"
LEADERS = (PLAIN, *(f"{PLAIN} {key}:{95 + 3 * number}" for number, key in enumerate("ghij")))
"""A board with a new leader in each state after the first."""


class Machine:
    """Reads the board on a true day while its clock is some days ahead, and sends the news at once."""

    def __init__(self, archive: FileArchive, store: Store) -> None:
        self.archive, self.store = archive, store
        self.told: list[str] = []

    def run(self, day: float, text: str, *, ahead: float = 0, ahead_of_fetch: float | None = None) -> Outcome:
        """`ahead_of_fetch`: the clock at the time of the fetch, if it was set afterwards."""
        fetched = day + (ahead if ahead_of_fetch is None else ahead_of_fetch)
        body = replace(capture(fetched, csv(text)), content_type="text/csv")
        now = at(day + ahead)
        telling = Telling.of((ALL,), (), self.store, now)
        (outcome,) = intake.run(
            [board()],
            archive=self.archive,
            store=self.store,
            fetcher=FakeFetcher.saying(body),
            clock=FixedClock(now),
            telling=telling,
            lexicon=default_lexicon(),
        )
        self._send(now)
        return outcome

    def _send(self, now: datetime) -> None:
        for delivery in self.store.service.deliveries("all"):
            event, stands = delivery.event, self.store.event(delivery.event.id) is not None
            how = DeliveryOutcome.SENT if stands or event.kind == "withdrawn" else DeliveryOutcome.DROPPED
            self.store.service.receive([Receipt(event=event.id, route="all", delivered_at=now, how=how)])
            if how is DeliveryOutcome.SENT and event.kind in ("new_leader", "withdrawn"):
                self.told.append(f"{event.kind} {','.join(party.entry for party in event.subjects)}".strip())

    @property
    def times(self) -> list[datetime]:
        return [check.observed_at for check in self.store.checks(BOARD)]

    @property
    def notices(self) -> list[str]:
        return [notice.message for notice in self.store.service.notices() if notice.kind == "clock"]


@pytest.fixture
def machine(archive: FileArchive, store: Store) -> Machine:
    machine = Machine(archive, store)
    machine.run(0, LEADERS[0])
    return machine


def leads(*keys: str) -> list[str]:
    return [f"new_leader {key}" for key in keys]


@pytest.mark.parametrize("ahead", [0.1, 0.5, 3, 10])
def test_a_first_run_of_a_clock_that_is_ahead_costs_no_route_its_news(archive: FileArchive, store: Store, ahead: float):
    machine = Machine(archive, store)
    machine.run(300, LEADERS[0], ahead=ahead)
    for number in (1, 2, 3):
        machine.run(300 + number / 20, LEADERS[number])
    machine.run(310, LEADERS[4])
    assert machine.told == leads("g", "h", "i", "j")


@pytest.mark.parametrize("ahead", [31, 400, 3_000])
def test_one_run_of_a_clock_that_is_ahead_is_set_aside_and_repeats_nothing(machine: Machine, ahead: float):
    machine.run(1, LEADERS[1])
    outcome = machine.run(2, LEADERS[2], ahead=ahead)
    assert outcome.checks == ()
    assert machine.told == leads("g")
    for day in (3, 4):
        machine.run(day, LEADERS[day])
    assert machine.told == leads("g", "i", "j")
    assert machine.times == [at(day) for day in (0, 1, 3, 4)]
    (notice,) = machine.notices
    assert notice.startswith(f"acme/text: the capture of {at(2 + ahead):%Y-%m-%dT%H:%M:%SZ} is dated ")
    assert notice.endswith(f"tracker capture strike acme/text {at(2 + ahead):%Y-%m-%dT%H:%M:%SZ}")


@pytest.mark.parametrize("ahead", [0.5, 3, 20, 400])
def test_several_runs_of_a_clock_that_is_ahead_tell_each_change_once(machine: Machine, ahead: float):
    for day, by in ((0.25, 0), (0.5, 0), (1, ahead), (1.25, ahead), (1.5, ahead)):
        machine.run(day, LEADERS[1], ahead=by)
    machine.run(1.75, LEADERS[2], ahead=ahead)
    assert machine.told == leads("g", "h")
    for day, text in ((2, LEADERS[2]), (3, LEADERS[3]), (4, LEADERS[4])):
        machine.run(day, text)
    assert machine.told == leads("g", "h", "i", "j")


def test_history_that_was_dated_ahead_is_dated_again_when_the_clock_is_right(machine: Machine):
    for day in (1, 1.25, 1.5):
        machine.run(day, LEADERS[1], ahead=400)
    assert len(machine.times) == 4
    machine.run(2, LEADERS[1])
    assert machine.times == [at(0), at(2)]
    assert machine.told == leads("g")


@pytest.mark.parametrize("runs", [1, 3])
def test_a_date_that_later_captures_prove_wrong_changes_nothing_when_it_comes(machine: Machine, runs: int):
    for run in range(runs):
        machine.run(1 + run / 4, LEADERS[1], ahead=40)
    for day in (2, 3):
        machine.run(day, LEADERS[4] if day == 3 else LEADERS[2])
    told = list(machine.told)
    machine.run(41.5, LEADERS[4])
    machine.run(42, LEADERS[4])
    assert machine.told == told
    wrong = [check for check in machine.store.checks(BOARD) if check.result is Result.REJECTED]
    assert [check.observed_at for check in wrong] == [at(41 + run / 4) for run in range(runs)]
    assert {check.message for check in wrong} == {dates.MISDATED}
    assert machine.store.last_check(BOARD).result is not Result.REJECTED
    assert machine.notices == []
    before = dump(machine.store)
    sync.replay(board(), machine.archive, machine.store, default_lexicon(), now=at(43))
    assert dump(machine.store) == before


def test_captures_that_are_imported_later_prove_nothing(machine: Machine):
    machine.run(10, LEADERS[1])
    keep(machine.archive, {1: csv(LEADERS[0]), 5: csv(LEADERS[2])})
    sync.sync_board(board(), machine.archive, machine.store, default_lexicon(), now=at(10))
    assert {check.result for check in machine.store.checks(BOARD)} <= {Result.ACCEPTED, Result.UNCHANGED}


@pytest.mark.parametrize("behind", [0.1, 1, 5, 365, 20_000])
def test_a_clock_that_is_set_back_costs_nothing(machine: Machine, behind: float):
    for day in range(1, 4):
        machine.run(day, LEADERS[0])
    machine.run(3.25, LEADERS[1], ahead=-behind)
    assert machine.told == leads("g")
    now = at(3.25 - behind) + timedelta(minutes=1)
    assert now < due_at(board(), machine.store, now) <= now + timedelta(days=1)
    assert len(machine.notices) == (behind > 1)
    machine.run(3.5, LEADERS[2], ahead=-behind)
    machine.run(4, LEADERS[3])
    assert machine.told == leads("g", "h", "i")
    assert machine.times == sorted(machine.times)
    assert machine.times[:4] == [at(0), at(1), at(2), at(3)]
    assert machine.notices == []


@pytest.mark.parametrize("fetched", [-400, -1, 1, 400])
def test_a_clock_that_is_set_during_a_fetch_costs_nothing(machine: Machine, fetched: float):
    machine.run(1, LEADERS[0])
    machine.run(2, LEADERS[1], ahead_of_fetch=fetched)
    assert machine.told == leads("g")
    machine.run(3, LEADERS[2])
    assert machine.told == leads("g", "h")
    assert machine.times == sorted(machine.times)
    assert machine.times[-1] == at(3)


def test_a_capture_enters_history_once_the_clock_has_passed_it(machine: Machine):
    machine.run(1, LEADERS[1], ahead=100)
    assert machine.times == [at(0)]
    outcome = machine.run(102, LEADERS[2])
    assert machine.times == [at(0), at(101), at(102)]
    assert machine.told == leads("g", "h")
    assert (outcome.aside, machine.notices) == ("", [])


def test_a_capture_after_a_long_pause_enters_history_at_the_next_run(machine: Machine):
    machine.run(200, LEADERS[1])
    assert machine.times == [at(0)]
    assert "dated 200 days after the fetch before it" in machine.notices[0]
    now = at(200) + timedelta(minutes=1)
    assert now < due_at(board(), machine.store, now) < at(200.1)
    machine.run(200.1, LEADERS[1])
    assert machine.times == [at(0), at(200), at(200.1)]
    assert (machine.told, machine.notices) == (leads("g"), [])


def test_imports_may_have_long_gaps(archive: FileArchive, store: Store):
    machine = Machine(archive, store)
    keep(archive, {0: csv(SIX), 100: csv(SIX)})
    machine.run(300, LEADERS[1])
    assert machine.times == [at(0), at(100), at(300)]


def test_a_replay_sets_the_same_aside(machine: Machine):
    machine.run(1, LEADERS[1], ahead=400)
    machine.run(2, LEADERS[2])
    before = dump(machine.store)
    outcome = sync.replay(board(), machine.archive, machine.store, default_lexicon(), now=at(2))
    assert dump(machine.store) == before
    assert outcome.aside == machine.notices[0]
    other = fresh("memory")
    sync.sync_board(board(), machine.archive, other, default_lexicon(), now=at(2))
    assert [check.observed_at for check in other.checks(BOARD)] == machine.times


def test_a_304_is_read_like_the_capture_that_it_confirms(machine: Machine):
    machine.run(1, LEADERS[1], ahead=400)
    unchanged = Unchanged(board=BOARD, observed_at=at(2), url="u")
    (outcome,) = intake.run(
        [board()],
        archive=machine.archive,
        store=machine.store,
        fetcher=FakeFetcher.saying(unchanged),
        clock=FixedClock(at(2)),
        lexicon=default_lexicon(),
    )
    assert [check.result for check in outcome.checks] == [Result.ACCEPTED]
    assert machine.archive.index(BOARD)[0][-1].content_type == "text/csv"


# ── struck ───────────────────────────────────────────────────────────────────────────────────────


def decide(machine: Machine, day: float, verdict: Verdict) -> Outcome:
    return proof.decide(
        board(),
        at(day),
        verdict,
        by="ann",
        reason="a clock",
        archive=machine.archive,
        store=machine.store,
        lexicon=default_lexicon(),
        now=at(5),
    )


def test_a_capture_that_is_struck_leaves_no_trace_and_can_be_restored(machine: Machine):
    machine.run(1, LEADERS[1])
    machine.run(2, LEADERS[0])
    before = dump(machine.store)
    decide(machine, 1, Verdict.STRIKE)
    assert machine.times == [at(0), at(2)]
    struck = machine.archive.index(BOARD)[0][-1]
    assert (struck.verdict, struck.by, struck.reason) == (Verdict.STRIKE, "ann", "a clock")
    decide(machine, 1, Verdict.RESTORE)
    assert dump(machine.store) == before
    decide(machine, 1, Verdict.STRIKE)
    sync.replay(board(), machine.archive, machine.store, default_lexicon())
    assert machine.times == [at(0), at(2)]


def test_a_struck_capture_is_no_longer_set_aside(machine: Machine):
    machine.run(1, LEADERS[1], ahead=400)
    decide(machine, 401, Verdict.STRIKE)
    assert machine.notices == []
    machine.run(500, LEADERS[2])
    machine.run(500.1, LEADERS[2])
    assert machine.times == [at(0), at(500), at(500.1)]
    assert machine.told == leads("h")


@pytest.mark.parametrize(
    ("day", "verdict", "wrong"),
    [(9, Verdict.STRIKE, "no fetch"), (0, Verdict.RESTORE, "a fetch that counts"), (1, Verdict.STRIKE, "a fetch that is struck")],
)
def test_a_decision_that_does_not_fit_is_refused(machine: Machine, day: float, verdict: Verdict, wrong: str):
    machine.run(1, LEADERS[1])
    decide(machine, 1, Verdict.STRIKE)
    with pytest.raises(DeclarationError, match=f"acme/text: {wrong} at .*tracker capture list acme/text"):
        decide(machine, day, verdict)


# ── a clock that is ahead from the first fetch on ──

RELEASED = (dates.EARLIEST - at(0)).days + 2
"""A day after the tracker was released."""


@pytest.mark.parametrize("ahead", [0.5, 3, 400])
@pytest.mark.parametrize("runs", [1, 2, 4])
def test_a_clock_that_was_ahead_from_the_first_fetch_on_tells_each_change_once_and_on_time(
    archive: FileArchive, store: Store, ahead: float, runs: int
):
    machine, days = Machine(archive, store), [RELEASED + number / 16 for number in range(5)]
    for day, text in zip(days[:runs], LEADERS[:runs], strict=True):
        machine.run(day, text, ahead=ahead)
    outcome = machine.run(days[runs], LEADERS[runs])
    assert f"the clock was ahead for {runs} fetch" in outcome.aside
    for number in range(runs + 1, 5):
        assert machine.run(days[number], LEADERS[number]).aside == ""
    assert machine.told == leads(*"ghij")
    assert machine.times[runs:] == [at(day) for day in days[runs:]]
    assert machine.times[runs - 1] == at(days[runs]) - timedelta(seconds=1)
    assert [len(list(store.events(EventFilter(kinds=("new_leader",)))))] == [4]
    assert machine.notices == []
    before = dump(store)
    sync.replay(board(), archive, store, default_lexicon(), now=at(days[-1]))
    assert dump(store) == before


@pytest.mark.parametrize(("ahead", "seen"), [((400, 800), "ghij"), ((400, 0, 400), "gij"), ((40, 3), "ghij")])
def test_a_clock_that_is_ahead_again_and_again_tells_each_change_once(
    archive: FileArchive, store: Store, ahead: tuple[float, ...], seen: str
):
    """A state that only one run ahead has seen, after a right one, is set aside."""
    machine = Machine(archive, store)
    for number in range(5):
        machine.run(RELEASED + number / 4, LEADERS[number], ahead=dict(enumerate(ahead)).get(number, 0))
    assert sorted(machine.told) == leads(*seen)


def test_what_was_dated_again_is_dated_as_before_once_it_is_restored(archive: FileArchive, store: Store):
    machine = Machine(archive, store)
    machine.run(RELEASED, LEADERS[0], ahead=400)
    outcome = machine.run(RELEASED + 1, LEADERS[1])
    wrong = at(RELEASED + 400)
    assert outcome.aside.endswith(f"tracker capture restore acme/text {machine_time(wrong)}")
    later = wrong + timedelta(hours=1)
    proof.decide(
        board(), wrong, Verdict.RESTORE, by="ann", reason="x", archive=archive, store=store, lexicon=default_lexicon(), now=later
    )
    assert wrong in machine.times


def test_a_fetch_that_took_its_time_comes_after_what_is_dated_again(archive: FileArchive, store: Store):
    machine = Machine(archive, store)
    machine.run(RELEASED, LEADERS[0], ahead=400)
    machine.run(RELEASED + 1, LEADERS[1], ahead_of_fetch=-1 / 24)
    assert machine.told == leads("g")
    fetched = at(RELEASED + 1 - 1 / 24)
    assert machine.times == [fetched - timedelta(seconds=1), fetched]


def test_what_was_dated_a_second_apart_is_dated_by_when_it_was_written(tmp_path: Path, store: Store):
    """As an earlier version dated what followed a first fetch that was a year ahead."""
    days = [RELEASED + 400, RELEASED + 1, RELEASED + 2]
    for number, day in enumerate(days):
        archive = FileArchive(tmp_path, clock=FixedClock(at(day)))
        dated = at(days[0]) + timedelta(seconds=number)
        body = csv(LEADERS[number])
        archive.keep(Capture(board=BOARD, observed_at=dated, url="u", bodies=(body,), content_type="text/csv"))
    sync.sync_board(board(), archive, store, default_lexicon(), now=at(RELEASED + 401))
    machine = Machine(archive, store)
    machine.run(RELEASED + 3, LEADERS[3])
    assert machine.times == [at(RELEASED + 1) - timedelta(seconds=1), *(at(RELEASED + day) for day in (1, 2, 3))]


def test_a_clock_before_the_release_was_set_back(archive: FileArchive, store: Store):
    machine = Machine(archive, store)
    machine.run(RELEASED, LEADERS[0])
    machine.run(RELEASED + 1, LEADERS[1], ahead=-400)
    machine.run(RELEASED + 2, LEADERS[2])
    assert machine.told == leads("g", "h")
    assert machine.times == [at(RELEASED), at(RELEASED) + timedelta(seconds=1), at(RELEASED + 2)]


def test_a_printed_event_is_not_printed_again_with_another_date(machine: Machine):
    for day in (1, 1.25, 1.5):
        outcome = machine.run(day, LEADERS[1], ahead=40)
    assert [event.kind for event in outcome.new_events if event.kind == "new_leader"] in ([], ["new_leader"])
    outcome = machine.run(2, LEADERS[2])
    assert [event.subjects[0].entry for event in outcome.new_events if event.kind == "new_leader"] == ["h"]


# ── dates ────────────────────────────────────────────────────────────────────────────────────────


def lines(*days: float) -> list[IndexLine]:
    return [IndexLine(observed_at=at(day), url="u", verdict=Verdict.NOT_MODIFIED) for day in days]


@examples(200)
@given(gaps=st.lists(st.integers(1, 48), min_size=1, max_size=40), back=st.integers(1, 10_000))
def test_a_clock_that_is_set_back_never_removes_regular_history(gaps: list[int], back: int):
    """The gaps are hours; none is long among the others."""
    stored = [at(sum(gaps[:number]) / 24) for number in range(len(gaps) + 1)]
    now = stored[-1] - timedelta(hours=back)
    fetches = [IndexLine(observed_at=time, url="u", verdict=Verdict.NOT_MODIFIED) for time in stored]
    assert dates.set_aside(fetches, stored, now) == dates.set_aside(fetches, [], now) == {}
    assert dates.dated(now, stored[-1], stored) > stored[-1]


@examples(100)
@given(number=st.integers(1, 40), every=st.sampled_from([6, 12, 24]), ahead=st.integers(1, 100_000), later=st.integers(0, 20))
def test_whatever_lies_far_ahead_of_regular_history_is_set_aside(number: int, every: int, ahead: int, later: int):
    """Far: by more than two days, than three usual gaps, and than what lies there lasts. All is in hours."""
    regular = [at(run * every / 24) for run in range(number)]
    far = max(48, 3 * every, 6 * later) + ahead
    wrong = [regular[-1] + timedelta(hours=far + 6 * run) for run in range(later + 1)]
    now = regular[-1] + timedelta(hours=6)
    fetches = [IndexLine(observed_at=time, url="u", verdict=Verdict.NOT_MODIFIED) for time in (*regular, *wrong)]
    assert list(dates.set_aside(fetches, [*regular, *wrong], now)) == list(dates.set_aside(fetches, [], now)) == wrong
    assert dates.dated(now, wrong[-1], [*regular, *wrong]) == now


def test_a_date_that_later_fetches_prove_wrong_is_set_aside_after_the_history_was_lost():
    fetches = lines(0, 0.5, 3.5, 1, 1.5, 2)
    assert list(dates.set_aside(fetches, [], at(2.5))) == [at(3.5)]


def test_a_capture_that_waits_for_the_clock_still_waits_after_the_history_was_lost():
    fetches = [IndexLine(observed_at=at(day), url="u", verdict=Verdict.NOT_MODIFIED) for day in (0, 40)]
    assert list(dates.set_aside(fetches, [], at(40))) == [at(40)]
    assert dates.set_aside(fetches, [], at(41)) == {}


def test_two_fetches_of_one_second_are_a_second_apart():
    assert dates.dated(at(1), at(1), [at(0)]) == at(1) + timedelta(seconds=1)
    assert dates.set_aside(lines(0, 1), [at(0)], at(1)) == {}
