"""What the line puts into the outbox: news of live readings, once, in the transaction of the step that brought it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from kit import counter
from line_world import BOARD, OTHER, SEASON, SIX, FakeFetcher, at, board, capture, csv, files, fresh, keep, note

from tracker.clock import FixedClock
from tracker.errors import StoreError, Transient
from tracker.line import intake, proof, sync
from tracker.line.sync import Telling
from tracker.model import Counted, Delivery, EventFilter, Result, Step, Unchanged, Verdict
from tracker.notify import Route
from tracker.ports import Store
from tracker.stores.archive import FileArchive
from tracker.stores.sqlite import SqliteStore
from tracker.watches import Watch
from tracker.watches.matching import pattern
from tracker.workspace.names import default_lexicon

SECONDS = (Counted.READ_SECONDS, Counted.DETECT_SECONDS, Counted.STORE_SECONDS)

ALL = Route(name="all", channel="stdout")
B_LEADS = SIX.replace("b:80", "b:95")
TWO = "a:90:2:MIT b:95:3"


def telling(*routes: Route, since: float = 0, watches: Sequence[Watch] = ()) -> Telling:
    routes = routes or (ALL,)
    return Telling(routes=routes, watches=tuple(watches), since={route.name: at(since) for route in routes})


def run(archive: FileArchive, store: Store, number: float, text: str, audience: Telling | None = None) -> sync.Outcome:
    """A live reading on that day."""
    return take(archive, store, capture(number, csv(text)), audience or telling(), now=number)


def take(archive: FileArchive, store: Store, fetched: object, audience: Telling | None, *, now: float) -> sync.Outcome:
    return intake.take(
        board(), fetched, archive=archive, store=store, clock=FixedClock(at(now)), telling=audience, lexicon=default_lexicon()
    )


def posted(store: Store, route: str = "all") -> list[str]:
    """`kind@day` of the deliveries that wait."""
    return [f"{delivery.event.kind}@{(delivery.event.recorded_at - at(0)).days}" for delivery in store.service.deliveries(route)]


def news_ids(store: Store, since: float = 0) -> list[str]:
    return sorted(event.id for event in store.events(EventFilter(is_news=True, since=at(since))))


# ── what is told ─────────────────────────────────────────────────────────────────────────────────


def test_every_news_event_of_live_readings_is_queued_once_and_no_other(archive: FileArchive, store: Store):
    for number, body in SEASON.items():
        take(archive, store, capture(number, body), telling(), now=number)
    deliveries = store.service.deliveries()
    assert sorted(delivery.event.id for delivery in deliveries) == news_ids(store)
    assert len(news_ids(store)) < len(list(store.events(EventFilter())))
    assert all(
        (delivery.queued_at, delivery.route, delivery.tries) == (delivery.event.recorded_at, "all", 0) for delivery in deliveries
    )


def test_a_delivery_has_the_event_as_the_store_has_it(archive: FileArchive, store: Store):
    run(archive, store, 0, SIX)
    run(archive, store, 1, B_LEADS)
    deliveries = store.service.deliveries()
    assert deliveries
    assert [delivery.event for delivery in deliveries] == [store.event(delivery.event.id) for delivery in deliveries]


def test_without_routes_nothing_is_queued(archive: FileArchive, store: Store):
    for number, text in enumerate((SIX, B_LEADS)):
        take(archive, store, capture(number, csv(text)), None, now=number)
    assert news_ids(store)
    assert list(store.service.deliveries()) == []


def test_a_route_gets_only_events_recorded_since_it_was_declared(archive: FileArchive, store: Store):
    run(archive, store, 0, SIX, telling(since=3))
    run(archive, store, 1, B_LEADS, telling(since=3))
    assert posted(store) == []
    run(archive, store, 3, SIX.replace("f:40", "f:41"), telling(since=3))
    assert "new_leader@3" in posted(store)
    assert sorted(delivery.event.id for delivery in store.service.deliveries()) == news_ids(store, since=3) != news_ids(store)


def test_the_store_remembers_since_when_a_route_is_declared(archive: FileArchive, store: Store):
    assert Telling.of((ALL,), (), store, at(1)).since == {"all": at(1)}
    assert Telling.of((ALL,), (), store, at(5)).since == {"all": at(1)}


def test_imports_report_nothing_and_later_readings_nothing_about_them(archive: FileArchive, store: Store, tmp_path):
    paths = files(tmp_path / "bodies", {0: csv(SIX), 1: csv(B_LEADS)})
    intake.import_bodies(board(), paths, archive=archive, store=store, lexicon=default_lexicon())
    assert news_ids(store)
    run(archive, store, 2, B_LEADS)
    assert posted(store) == []


def test_captures_of_a_killed_run_are_reported_by_the_next(archive: FileArchive, store: Store):
    run(archive, store, 0, SIX)
    keep(archive, {1: csv(B_LEADS)})
    take(archive, store, Unchanged(board=BOARD, observed_at=at(2), url="u"), telling(), now=2)
    assert "new_leader@1" in posted(store)
    assert sorted(delivery.event.id for delivery in store.service.deliveries()) == news_ids(store)


@pytest.mark.parametrize(("number", "reported"), [(12.9, False), (13, True), (19, True)])
def test_of_a_late_older_state_only_the_news_of_the_last_seven_days_is_reported(
    archive: FileArchive, store: Store, number: float, reported: bool
):
    run(archive, store, 0, SIX)
    run(archive, store, 20, SIX)
    keep(archive, {number: csv(B_LEADS)})
    sync.sync_board(board(), archive, store, telling=telling(), lexicon=default_lexicon())
    at_that_time = [delivery for delivery in store.service.deliveries() if delivery.event.recorded_at == at(number)]
    assert bool(at_that_time) is reported
    assert any(event.recorded_at == at(number) for event in store.events(EventFilter(is_news=True)))


@pytest.mark.parametrize(("later", "reported"), [(7, True), (8.5, False)])
def test_the_news_of_a_quarantined_reading_is_reported_if_it_is_accepted_within_seven_days(
    archive: FileArchive, store: Store, later: float, reported: bool
):
    run(archive, store, 0, SIX)
    run(archive, store, 1, TWO)
    assert store.last_check(BOARD).result is Result.QUARANTINED
    run(archive, store, 1 + later, SIX)
    assert "new_leader@1" not in posted(store)
    proof.decide(
        board(),
        at(1),
        Verdict.ACCEPT,
        by="ann",
        reason="seen",
        archive=archive,
        store=store,
        telling=telling(),
        lexicon=default_lexicon(),
    )
    assert ("new_leader@1" in posted(store)) is reported


def test_a_replay_reports_nothing_twice(archive: FileArchive, store: Store):
    for number, body in SEASON.items():
        take(archive, store, capture(number, body), telling(), now=number)
    before = list(store.service.deliveries())
    sync.replay(board(), archive, store, telling=telling(), lexicon=default_lexicon())
    assert list(store.service.deliveries()) == before


# ── nothing is lost ──────────────────────────────────────────────────────────────────────────────


class Stops:
    """A store whose disk is full at the save of that number, before or after it wrote."""

    def __init__(self, store: Store, at_save: int) -> None:
        self._store, self._left = store, at_save

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    def save(self, step: Step, deliveries: Sequence[Delivery] = (), holds: Mapping[str, str] | None = None) -> None:
        self._left -= 1
        if self._left == 0:
            raise StoreError("the disk is full")
        self._store.save(step, deliveries, holds)


@pytest.mark.slow
@pytest.mark.parametrize("at_save", range(1, 5))
def test_a_run_that_is_stopped_between_two_steps_loses_no_delivery_and_no_hold(archive: FileArchive, store: Store, at_save: int):
    season = {0: csv(SIX), 1: csv(B_LEADS), 2: csv(SIX) + b"\n", 3: csv(SIX + " g:97:1")}
    audience = telling(watches=(SECOND,))
    undisturbed = fresh("memory")
    keep(archive, season)
    sync.sync_board(board(), archive, undisturbed, telling=audience, lexicon=default_lexicon())
    assert len({delivery.queued_at for delivery in undisturbed.service.deliveries()}) == 3
    with pytest.raises(StoreError, match="full"):
        sync.sync_board(board(), archive, Stops(store, at_save), telling=audience, lexicon=default_lexicon())
    assert len(list(store.checks(BOARD))) == at_save - 1
    sync.sync_board(board(), archive, store, telling=audience, lexicon=default_lexicon())
    assert list(store.service.deliveries()) == list(undisturbed.service.deliveries())
    assert store.service.holds(BOARD) == undisturbed.service.holds(BOARD) != {}


# ── watches over standings ───────────────────────────────────────────────────────────────────────

SECOND = Watch(name="second", subjects=(pattern("b", lexicon=default_lexicon()),), top=2)
WATCHED = Route(name="all", channel="stdout", watches=("second",), news_only=False)
B_THIRD, B_SECOND = SIX.replace("b:80", "b:65"), SIX


def fired(store: Store) -> list[str]:
    return [delivery for delivery in posted(store) if delivery.startswith("watch@")]


def other(text: str) -> str:
    """The page with other bytes: the same ones as before the last page would wait for a second reading."""
    return text.replace("f:40", "f:41")


def test_holds_survive_between_two_runs(archive: FileArchive, store: Store):
    audience = telling(WATCHED, watches=(SECOND,))
    for number, text in enumerate((B_THIRD, B_SECOND, B_SECOND + "\n", other(B_THIRD), other(B_SECOND))):
        run(archive, store, number, text, audience)
    assert fired(store) == ["watch@1", "watch@4"]


def test_a_new_watch_does_not_report_what_already_held(archive: FileArchive, store: Store):
    run(archive, store, 0, B_SECOND)
    run(archive, store, 1, SIX.replace("c:70", "c:71"), telling(WATCHED, watches=(SECOND,)))
    assert fired(store) == []


def test_after_an_import_a_watch_begins_again_without_reporting_what_already_held(archive: FileArchive, store: Store, tmp_path):
    audience = telling(WATCHED, watches=(SECOND,))
    run(archive, store, 0, B_THIRD, audience)
    assert store.service.holds(BOARD) != {}
    intake.import_bodies(
        board(), files(tmp_path / "bodies", {1: csv(B_SECOND)}), archive=archive, store=store, lexicon=default_lexicon()
    )
    assert store.service.holds(BOARD) == {}
    run(archive, store, 2, SIX.replace("c:70", "c:71"), audience)
    assert fired(store) == []
    run(archive, store, 3, other(B_THIRD), audience)
    run(archive, store, 4, other(B_SECOND), audience)
    assert fired(store) == ["watch@4"]


# ── counters ─────────────────────────────────────────────────────────────────────────────────────


def test_fetches_bytes_events_and_seconds_are_counted(archive: FileArchive, store: Store):
    bodies = [csv(SIX), csv(B_LEADS), csv(B_LEADS)]
    for number, body in enumerate(bodies):
        take(archive, store, capture(number, body), None, now=number)
    take(archive, store, Unchanged(board=BOARD, observed_at=at(4), url="u"), None, now=4)
    take(archive, store, Transient("acme/text: timed out"), None, now=5)
    counts = dict(store.service.counts())
    assert all(counts.pop(counter(what, BOARD)) > 0 for what in SECONDS)
    assert counts.pop(counter(Counted.FETCH_BYTES, BOARD)) == sum(map(len, bodies))
    kinds = {key: amount for key, amount in counts.items() if key.what is Counted.EVENTS}
    assert sum(kinds.values()) == len(list(store.events(EventFilter())))
    assert kinds[counter(Counted.EVENTS, "new_leader")] == 1
    assert {key: amount for key, amount in counts.items() if key not in kinds} == {
        counter(Counted.FETCHES, BOARD, Verdict.NEW): 2,
        counter(Counted.FETCHES, BOARD, Verdict.NOT_MODIFIED): 1,
        counter(Counted.FETCHES, BOARD, Verdict.REVISIT): 1,
        counter(Counted.FETCHES, BOARD, Verdict.TRANSIENT): 1,
    }


def test_an_import_and_a_replay_count_nothing(archive: FileArchive, store: Store, tmp_path):
    intake.import_bodies(board(), files(tmp_path / "bodies", SEASON), archive=archive, store=store, lexicon=default_lexicon())
    sync.replay(board(), archive, store, lexicon=default_lexicon())
    assert store.service.counts() == {}


def test_boards_that_run_together_report_only_their_own_events(archive: FileArchive, store: Store):
    for number, texts in enumerate(((SIX, SIX), (B_LEADS, SIX))):
        answers = {
            board_id: (capture(number, csv(text), board_id=board_id),)
            for board_id, text in zip((BOARD, OTHER), texts, strict=True)
        }
        fetcher = FakeFetcher(script=answers, asked=[])
        boards = [board(), board(OTHER)]
        outcomes = intake.run(
            boards,
            archive=archive,
            store=store,
            fetcher=fetcher,
            clock=FixedClock(at(number)),
            telling=telling(),
            lexicon=default_lexicon(),
        )
        assert [outcome.failed for outcome in outcomes] == [False, False]
    assert {delivery.event.board for delivery in store.service.deliveries()} == {BOARD}


def test_a_failing_board_is_reported_too(archive: FileArchive, store: Store):
    run(archive, store, 0, SIX)
    note(archive, 1, Verdict.GONE, status=404, error="acme/text: 404")
    sync.sync_board(board(), archive, store, telling=telling(), lexicon=default_lexicon())
    assert posted(store) == ["board_broken@1"]


def test_a_step_whose_deliveries_cannot_be_written_is_not_stored_and_is_reported_by_the_next_run(
    archive: FileArchive, tmp_path: Path
):
    with SqliteStore(tmp_path / "tracker.db") as store:
        run(archive, store, 0, SIX)
        with closing(sqlite3.connect(tmp_path / "tracker.db")) as other:
            other.execute("CREATE TRIGGER full BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'the outbox is full'); END")
        with pytest.raises(StoreError):
            run(archive, store, 1, B_LEADS)
        assert [check.observed_at for check in store.checks(BOARD)] == [at(0)]
        assert news_ids(store) == []
        with closing(sqlite3.connect(tmp_path / "tracker.db")) as other:
            other.execute("DROP TRIGGER full")
        sync.sync_board(board(), archive, store, telling=telling(), lexicon=default_lexicon())
        assert sorted(delivery.event.id for delivery in store.service.deliveries()) == news_ids(store) != []
