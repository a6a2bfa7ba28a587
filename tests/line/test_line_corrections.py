"""What was sent and does not follow any more is taken back on the route that told it, once."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from line_world import BOARD, OTHER, SIX, URL, at, board, capture, csv, fresh, keep

from tracker.clock import FixedClock
from tracker.errors import StoreError
from tracker.line import intake, proof, sync
from tracker.line.sync import Telling
from tracker.model import BoardId, Delivery, DeliveryOutcome, Event, EventFilter, IndexLine, Receipt, Result, Verdict
from tracker.notify import Route
from tracker.notify.outbox import exists_in
from tracker.ports import Store
from tracker.stores.archive import FileArchive
from tracker.workspace.names import default_lexicon

ALL, OTHERS = Route(name="all", channel="stdout"), Route(name="others", channel="stdout")
E_LEADS = SIX.replace("e:50", "e:95")
TWO = "a:90:2:MIT b:95:3"


def telling(*routes: Route) -> Telling:
    routes = routes or (ALL,)
    return Telling(routes=routes, since={route.name: at(0) for route in routes})


def run(archive: FileArchive, store: Store, number: float, text: str, of: BoardId = BOARD) -> None:
    fetched = capture(number, csv(text), board_id=of)
    sent = telling(ALL, OTHERS)
    intake.take(
        board(of), fetched, archive=archive, store=store, clock=FixedClock(at(number)), telling=sent, lexicon=default_lexicon()
    )


def send(store: Store, number: float = 1, route: str = "all", how: DeliveryOutcome = DeliveryOutcome.SENT) -> list[Event]:
    """Everything that waits for a route and still stands has gone out."""
    waiting = store.service.deliveries(route)
    deliveries = [
        delivery for delivery in waiting if delivery.event.kind == "withdrawn" or store.event(delivery.event.id) is not None
    ]
    store.service.receive(
        Receipt(event=delivery.event.id, route=route, delivered_at=at(number), how=how) for delivery in deliveries
    )
    return [delivery.event for delivery in deliveries]


def decide(archive: FileArchive, store: Store, number: float, verdict: Verdict, sent: Telling | None) -> None:
    proof.decide(
        board(),
        at(number),
        verdict,
        by="ann",
        reason="seen",
        archive=archive,
        store=store,
        telling=sent,
        lexicon=default_lexicon(),
    )


def corrections(store: Store, route: str | None = None) -> Sequence[Delivery]:
    return [delivery for delivery in store.service.deliveries(route) if delivery.event.kind == "withdrawn"]


@pytest.fixture
def sent(archive: FileArchive, store: Store) -> list[Event]:
    """Events of a reading of day 1, sent that day on one of two routes; day 2 shows the board as it had been."""
    run(archive, store, 0, SIX)
    run(archive, store, 1, E_LEADS)
    events = send(store)
    run(archive, store, 2, SIX)
    assert "new_leader" in {event.kind for event in events}
    return events


def test_a_sent_event_that_is_withdrawn_is_corrected_on_that_route(archive: FileArchive, store: Store, sent: list[Event]):
    decide(archive, store, 1, Verdict.REJECT, telling(ALL, OTHERS))
    deliveries = corrections(store)
    assert {delivery.event.facts["event"] for delivery in deliveries} == {event.id for event in sent}
    assert {(delivery.route, delivery.queued_at, delivery.event.recorded_at) for delivery in deliveries} == {
        ("all", at(2), at(2))
    }
    leader = next(event for event in sent if event.kind == "new_leader")
    (taken_back,) = [delivery.event for delivery in deliveries if delivery.event.facts == {"event": leader.id}]
    assert taken_back.headline == f"Withdrawn: {leader.headline}"
    assert (taken_back.weight, taken_back.board, taken_back.is_news) == (leader.weight, BOARD, True)
    assert store.event(taken_back.id) is None


def test_waiting_dropped_and_counted_deliveries_are_not_corrected(archive: FileArchive, store: Store):
    run(archive, store, 0, SIX)
    run(archive, store, 1, E_LEADS)
    dropped = store.service.deliveries("others")[0].event.id
    store.service.receive([Receipt(event=dropped, route="others", delivered_at=at(1), how=DeliveryOutcome.DROPPED)])
    send(store, route="all", how=DeliveryOutcome.COUNTED)
    decide(archive, store, 1, Verdict.REJECT, telling(ALL, OTHERS))
    assert corrections(store) == []


def test_an_event_that_still_follows_is_not_corrected(archive: FileArchive, store: Store, sent: list[Event]):
    sync.replay(board(), archive, store, telling=telling(), lexicon=default_lexicon())
    assert corrections(store) == []
    assert all(store.event(event.id) for event in sent)


def test_without_routes_nothing_is_corrected(archive: FileArchive, store: Store, sent: list[Event]):
    decide(archive, store, 1, Verdict.REJECT, None)
    assert store.event(sent[0].id) is None
    assert corrections(store) == []


@pytest.mark.parametrize("route", [Route(name="all", channel="stdout", enabled=False), OTHERS])
def test_a_route_that_is_off_gets_no_correction(archive: FileArchive, store: Store, sent: list[Event], route: Route):
    decide(archive, store, 1, Verdict.REJECT, telling(route))
    assert store.event(sent[0].id) is None
    assert corrections(store) == []


@pytest.mark.parametrize(("newest", "taken_back"), [(31, True), (31.1, False)])
def test_a_delivery_older_than_thirty_days_is_not_corrected(
    archive: FileArchive, store: Store, sent: list[Event], newest: float, taken_back: bool
):
    run(archive, store, newest, SIX)
    decide(archive, store, 1, Verdict.REJECT, telling())
    assert store.event(sent[0].id) is None
    assert bool(corrections(store)) is taken_back


def test_another_board_is_not_affected(archive: FileArchive, store: Store, sent: list[Event]):
    run(archive, store, 0, SIX, of=OTHER)
    run(archive, store, 1, E_LEADS, of=OTHER)
    others = send(store)
    decide(archive, store, 1, Verdict.REJECT, telling())
    assert {delivery.event.board for delivery in corrections(store)} == {BOARD}
    assert {event.id for event in sent} <= {delivery.event.facts["event"] for delivery in corrections(store)}
    assert all(store.event(event.id) for event in others if event.board == OTHER)


def test_an_event_is_corrected_once_however_often_it_comes_and_goes(archive: FileArchive, store: Store, sent: list[Event]):
    decide(archive, store, 1, Verdict.REJECT, telling())
    first = {delivery.event.id for delivery in corrections(store)}
    send(store, 3)
    decide(archive, store, 1, Verdict.ACCEPT, telling())
    assert all(store.event(event.id) for event in sent)
    assert corrections(store) == []
    decide(archive, store, 1, Verdict.REJECT, telling())
    assert store.event(sent[0].id) is None
    assert corrections(store) == []
    assert first == {receipt.event for receipt in store.service.receipts("all", since=at(3))} - {event.id for event in sent}


def test_a_correction_that_waits_while_its_event_comes_again_is_not_sent(archive: FileArchive, store: Store, sent: list[Event]):
    decide(archive, store, 1, Verdict.REJECT, telling())
    deliveries = corrections(store)
    assert [exists_in(store)(delivery) for delivery in deliveries] == [True] * len(sent)
    decide(archive, store, 1, Verdict.ACCEPT, telling())
    assert [exists_in(store)(delivery) for delivery in deliveries] == [False] * len(sent)


def test_a_failed_rewrite_corrects_nothing(archive: FileArchive, store: Store, sent: list[Event]):
    line = IndexLine(observed_at=at(1), url=URL, verdict=Verdict.REJECT, by="ann", reason="seen")
    archive.note(BOARD, line)
    with pytest.raises(StoreError, match="full"):
        sync.sync_board(board(), archive, _NoPosition(store), telling=telling(), lexicon=default_lexicon())
    assert corrections(store) == []
    assert all(store.event(event.id) for event in sent)
    sync.sync_board(board(), archive, store, telling=telling(), lexicon=default_lexicon())
    assert len(corrections(store)) == len(sent)


class _NoPosition:
    """A store whose disk is full after the last step of a rewriting."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    def move_position(self, *_: object) -> None:
        raise StoreError("the disk is full")


# ── a reading that later ones agree with ─────────────────────────────────────────────────────────


def test_a_quarantine_that_resolves_itself_corrects_its_alarm_and_nothing_else(archive: FileArchive, store: Store):
    run(archive, store, 0, SIX)
    run(archive, store, 1, E_LEADS)
    for number in (2, 2.6):
        run(archive, store, number, TWO)
    sent = send(store, 3)
    assert store.last_check(BOARD).result is Result.QUARANTINED
    run(archive, store, 3.2, TWO)
    assert len(store.latest(BOARD).entries) == 2
    (broken,) = [event for event in sent if event.kind == "board_broken"]
    assert [delivery.event.facts["event"] for delivery in corrections(store, "all")] == [broken.id]


def test_events_after_a_reading_that_a_replay_accepts_are_not_corrected(archive: FileArchive, store: Store):
    run(archive, store, 0, SIX)
    run(archive, store, 1, SIX)
    run(archive, store, 5, SIX.replace("c:70", "c:99"))
    sent = send(store, 5)
    assert sent
    keep(archive, {1.5: csv(TWO), 2.1: csv(TWO), 2.8: csv(TWO), 3: csv(SIX), 3.1: csv(SIX), 4.3: csv(SIX)})
    sync.sync_board(board(), archive, store, telling=telling(), lexicon=default_lexicon())
    assert Result.QUARANTINED not in {check.result for check in store.checks(BOARD) if check.entries == 2}
    gone = {event.id for event in sent if store.event(event.id) is None}
    assert {delivery.event.facts["event"] for delivery in corrections(store, "all")} == gone
    assert len(gone) < len(sent)


class _NeverReadWhole(FileArchive):
    """An archive whose user is killed when a replay begins."""

    def index(self, board: BoardId, offset: int = 0) -> tuple[Sequence[IndexLine], int]:
        if not offset:
            raise StoreError("killed")
        return super().index(board, offset)


def test_a_kill_before_a_reading_is_accepted_loses_nothing_after_it(archive: FileArchive, store: Store):
    season = {0: csv(SIX), 1: csv(TWO), 2: csv(TWO), 2.5: csv(TWO), 3: csv("a:90:2 b:96:3"), 4: csv("a:90:2 b:97:3")}
    keep(archive, {0: season[0], 1: season[1]})
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    keep(archive, {number: body for number, body in season.items() if number > 1})
    with pytest.raises(StoreError, match="killed"):
        sync.sync_board(board(), _NeverReadWhole(archive._root), store, lexicon=default_lexicon())
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    undisturbed = fresh("memory")
    sync.replay(board(), archive, undisturbed, lexicon=default_lexicon())
    assert list(store.checks(BOARD)) == list(undisturbed.checks(BOARD))
    assert len(list(store.checks(BOARD))) == len(season)
    assert list(store.events(EventFilter())) == list(undisturbed.events(EventFilter()))
