"""What no replay can bring back: one suite for the service state of all stores."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import counter
from memory_store import MemoryStore
from sqlite_utils import Database
from store_world import BOARD, OTHER, START, answers, board, day, save_all, scores, steps

from tracker.errors import StoreError
from tracker.model import BoardId, Counted, Delivery, DeliveryOutcome, Event, EventFilter, EventId, Notice, Pause, Receipt, Step
from tracker.ports import ServiceState, Store
from tracker.stores.hosts import SqliteHosts
from tracker.stores.migrations import migrations
from tracker.stores.service_state import TABLES, UNSURE
from tracker.stores.sqlite import SqliteStore
from tracker.stores.views import RENAMED


@pytest.fixture
def service(store: Store) -> ServiceState:
    return store.service


def event(name: str, board_id: BoardId = BOARD) -> Event:
    return Event(
        id=EventId(name),
        kind="overtake",
        grade="supported",
        weight=50,
        is_news=True,
        board=board_id,
        metric=None,
        subjects=(),
        rivals=(),
        after=None,
        until=START,
        headline=f"{name} happened <b>“so”</b>.",
        facts={"gap": 1.5, "names": ["a", "ü"], "none": None},
        evidence=(),
        rule="made/1",
        recorded_at=START,
    )


def delivery(name: str, route: str = "r", days: int = 0, **more: object) -> Delivery:
    return Delivery(**{"event": event(name), "route": route, "queued_at": day(days), **more})


def receipt(name: str, route: str = "r", days: int = 1, **more: object) -> Receipt:
    return Receipt(**{"event": EventId(name), "route": route, "delivered_at": day(days), **more})


def waiting(service: ServiceState, route: str | None = None, *, dead: bool = False) -> list[str]:
    return [f"{delivery.event.id}>{delivery.route}" for delivery in service.deliveries(route, dead=dead)]


# ── the outbox ───────────────────────────────────────────────────────────────────────────────────


def test_a_delivery_is_kept_as_it_is(service: ServiceState):
    waiting = delivery("a", message="m", tries=3, not_before=day(2), error="down", dead=False)
    dead = delivery("b", dead=True)
    assert service.post([waiting, dead]) == 2
    assert list(service.deliveries()) == [waiting]
    assert list(service.deliveries(dead=True)) == [dead]


def test_an_event_is_posted_to_a_route_once(service: ServiceState):
    first = delivery("a")
    assert service.post([first, delivery("a", days=1), delivery("a", route="s")]) == 2
    assert service.post([delivery("a", days=2)]) == 0
    assert list(service.deliveries("r")) == [first]
    assert waiting(service) == ["a>r", "a>s"]


@pytest.mark.parametrize("how", DeliveryOutcome)
def test_an_event_with_a_receipt_is_not_posted_to_that_route_again(service: ServiceState, how: DeliveryOutcome):
    service.post([delivery("a"), delivery("a", route="s")])
    service.receive([receipt("a", how=how)])
    assert service.post([delivery("a", days=3)]) == 0
    assert waiting(service) == ["a>s"]
    assert [receipt.how for receipt in service.receipts()] == [how]


def test_a_dead_delivery_is_not_posted_again(service: ServiceState):
    service.post([delivery("a")])
    service.dead_letter([delivery("a")], error="gone")
    assert service.post([delivery("a")]) == 0
    assert (waiting(service), waiting(service, dead=True)) == ([], ["a>r"])


def test_deliveries_are_sorted_by_time_event_and_route(service: ServiceState):
    service.post([delivery("c"), delivery("a", days=1), delivery("b", "s"), delivery("b", "r"), delivery("a", "z")])
    assert waiting(service) == ["a>z", "b>r", "b>s", "c>r", "a>r"]
    assert waiting(service, "r") == ["b>r", "c>r", "a>r"]
    assert waiting(service, "none") == []


def test_a_delivery_is_bound_to_its_message_and_put_off_with_it(service: ServiceState):
    service.post([delivery("a"), delivery("b"), delivery("a", "s")])
    service.bind([delivery("a")], "m1")
    service.put_off([delivery("a")], not_before=day(1), error="timed out")
    service.put_off([delivery("a")], not_before=day(2), error="refused")
    found = {f"{delivery.event.id}>{delivery.route}": delivery for delivery in service.deliveries()}
    assert found["a>r"] == delivery("a", message="m1", tries=2, not_before=day(2), error="refused")
    assert (found["b>r"], found["a>s"]) == (delivery("b"), delivery("a", "s"))


def test_a_delivery_is_only_counted_until_it_is_bound_again(service: ServiceState):
    service.post([delivery("a"), delivery("b")])
    service.bind([delivery("a")], "m1", counted=True)
    service.put_off([delivery("a")], not_before=day(1), error="timed out")
    assert list(service.deliveries()) == [
        delivery("a", message="m1", counted=True, tries=1, not_before=day(1), error="timed out"),
        delivery("b"),
    ]
    service.bind([delivery("a")], "m2")
    assert [(delivery.message, delivery.counted) for delivery in service.deliveries()] == [("m2", False), ("", False)]


def test_a_dead_delivery_keeps_its_message_until_it_is_revived(service: ServiceState):
    service.post([delivery("a")])
    service.bind([delivery("a")], "m1")
    service.put_off([delivery("a")], not_before=day(9), error="timed out")
    service.dead_letter([delivery("a")], error="no such channel")
    assert list(service.deliveries(dead=True)) == [
        delivery("a", message="m1", tries=2, not_before=day(9), error="no such channel", dead=True)
    ]
    service.revive([delivery("a")])
    assert list(service.deliveries(dead=True)) == []
    assert list(service.deliveries()) == [delivery("a", message="m1", error="no such channel")]


def test_a_receipt_removes_its_delivery_and_the_first_receipt_counts(service: ServiceState):
    service.post([delivery("a"), delivery("b")])
    service.dead_letter([delivery("b")], error="x")
    service.receive([receipt("a", message="m", subject="model x"), receipt("b", days=2, how=DeliveryOutcome.DROPPED)])
    service.receive([receipt("a", days=5, how=DeliveryOutcome.DROPPED)])
    assert (waiting(service), waiting(service, dead=True)) == ([], [])
    assert list(service.receipts()) == [
        receipt("a", message="m", subject="model x"),
        receipt("b", days=2, how=DeliveryOutcome.DROPPED),
    ]


def test_receipts_are_filtered_by_route_and_time(service: ServiceState):
    service.receive([receipt("b", days=2), receipt("a", days=2), receipt("c", days=1), receipt("a", "s", days=3)])
    assert [(receipt.event, receipt.route) for receipt in service.receipts()] == [("c", "r"), ("a", "r"), ("b", "r"), ("a", "s")]
    assert [receipt.event for receipt in service.receipts("r", since=day(2))] == ["a", "b"]
    assert list(service.receipts("r", since=day(2) + timedelta(seconds=1))) == []


def test_only_deliveries_in_the_outbox_can_be_changed(service: ServiceState):
    nobody = [delivery("a")]
    service.bind(nobody, "m")
    service.put_off(nobody, not_before=day(1), error="x")
    service.dead_letter(nobody, error="x")
    service.revive(nobody)
    assert waiting(service) == waiting(service, dead=True) == []


def test_a_route_is_known_since_it_was_first_asked_for(service: ServiceState):
    assert service.route_since("r", day(1)) == day(1)
    assert service.route_since("r", day(3)) == day(1)
    assert service.route_since("s", day(5)) == day(5)


def test_a_route_that_was_first_asked_for_while_the_clock_was_ahead_counts_from_when_it_is_right(service: ServiceState):
    assert service.route_since("r", day(4)) == day(4)
    assert service.route_since("r", day(1)) == day(1) - UNSURE
    assert service.route_since("r", day(2)) == day(1) - UNSURE


# ── with the steps ───────────────────────────────────────────────────────────────────────────────


def step_at(number: int, store: Store) -> Step:
    past = store.past(BOARD)
    return next(iter(steps(board(), [scores(number, "a:90 b:80")], before=store.latest(BOARD), past=past)))


def test_deliveries_and_holds_are_saved_with_their_step(store: Store):
    store.save(step_at(0, store), [delivery("a")], {"w": "1", "v": "2"})
    assert waiting(store.service) == ["a>r"]
    assert store.service.holds(BOARD) == {"v": "2", "w": "1"}
    assert store.service.holds(OTHER) == {}
    store.save(step_at(1, store), [delivery("a"), delivery("b")], {"w": "3"})
    assert waiting(store.service) == ["a>r", "b>r"]
    assert store.service.holds(BOARD) == {"w": "3"}


def test_a_step_without_holds_keeps_them_and_an_empty_one_clears_them(store: Store):
    store.save(step_at(0, store), (), {"w": "1"})
    store.save(step_at(1, store))
    assert store.service.holds(BOARD) == {"w": "1"}
    store.save(step_at(2, store), (), {})
    assert store.service.holds(BOARD) == {}


def test_a_step_that_is_refused_leaves_no_delivery_and_no_hold(store: Store):
    store.save(step_at(3, store), (), {"w": "1"})
    with pytest.raises(StoreError, match="not later"):
        store.save(replace(step_at(4, store), check=store.last_check(BOARD)), [delivery("a")], {"w": "2"})
    assert waiting(store.service) == []
    assert store.service.holds(BOARD) == {"w": "1"}


def test_a_step_whose_deliveries_cannot_be_written_is_not_written_either(tmp_path: Path):
    with SqliteStore(tmp_path / "tracker.db") as store:
        store.save(step_at(0, store))
        store._connection.execute("CREATE TRIGGER full BEFORE INSERT ON outbox BEGIN SELECT RAISE(FAIL, 'disk full'); END")
        before = answers(store, BOARD, [day(0), day(1)])
        with pytest.raises(StoreError, match="disk full"):
            store.save(step_at(1, store), [delivery("a")], {"w": "1"})
        assert answers(store, BOARD, [day(0), day(1)]) == before
        assert store.service.holds(BOARD) == {}


def everything(service: ServiceState) -> dict[str, object]:
    return {
        "deliveries": list(service.deliveries()),
        "dead": list(service.deliveries(dead=True)),
        "receipts": list(service.receipts()),
        "holds": [dict(service.holds(board)) for board in (BOARD, OTHER)],
        "pauses": dict(service.pauses()),
        "notices": list(service.notices()),
        "ended": list(service.notices(ended=True)),
        "counts": dict(service.counts()),
    }


def filled(store: Store) -> dict[str, object]:
    """A store with content in every part of its service, and a board."""
    save_all(store, board(), [scores(number, "a:90 b:80") for number in range(3)])
    service = store.service
    service.post([delivery("a"), delivery("b"), delivery("c")])
    service.dead_letter([delivery("b")], error="x")
    service.receive([receipt("c")])
    store.save(step_at(3, store), (), {"w": "1"})
    service.pause(Pause(board=BOARD, since=day(1), by="ann", reason="terms"))
    service.open_notice(Notice(kind="clock", subject="", message="m", since=day(0)))
    service.open_notice(Notice(kind="route", subject="r", message="m", since=day(0)))
    service.close_notice("route", "r", day(1))
    service.count({counter(Counted.SENT, "r"): 2})
    service.route_since("r", day(1))
    held = everything(service)
    assert all(held.values())
    return held


def test_a_replay_does_not_change_the_service_state(store: Store):
    before = filled(store)
    with store.rewriting(BOARD):
        save_all(store, board(), [scores(0, "a:90")])
    assert everything(store.service) == before
    assert store.service.route_since("r", day(9)) == day(1)


def test_a_failed_rewriting_posts_nothing(store: Store):
    before = filled(store)
    with pytest.raises(ZeroDivisionError):
        _rewrite_and_fail(store)
    assert everything(store.service) == before
    store.service.post([delivery("z")])
    assert "z>r" in waiting(store.service)


def _rewrite_and_fail(store: Store) -> None:
    with store.rewriting(BOARD):
        store.declare(board())
        store.save(step_at(0, store), [delivery("y")], {"w": "2"})
        store.service.count({counter(Counted.SENT, "r"): 1})
        store.service.resume(BOARD)
        raise ZeroDivisionError


def test_a_rewriting_posts_its_deliveries_when_it_ends(store: Store):
    filled(store)
    with store.rewriting(BOARD):
        store.declare(board())
        store.save(step_at(0, store), [delivery("y")], {"w": "2"})
    assert "y>r" in waiting(store.service)
    assert store.service.holds(BOARD) == {"w": "2"}


# ── pauses, notices, counters ────────────────────────────────────────────────────────────────────


def test_a_board_is_paused_until_it_is_resumed_and_the_last_reason_holds(service: ServiceState):
    first = Pause(board=BOARD, since=day(0), by="ann", reason="terms")
    service.pause(first)
    service.pause(Pause(board=OTHER, since=day(0), by="tracker", reason="stuck"))
    again = replace(first, by="bob", reason="moved", since=day(1))
    service.pause(again)
    assert list(service.pauses()) == [OTHER, BOARD]
    assert service.pauses()[BOARD] == again
    assert [service.resume(BOARD), service.resume(BOARD)] == [True, False]
    assert list(service.pauses()) == [OTHER]


def notice(kind: str = "route", subject: str = "r", message: str = "m", days: float = 0) -> Notice:
    return Notice(kind=kind, subject=subject, message=message, since=START + timedelta(days=days))


def test_a_kind_and_subject_has_one_open_notice_which_is_posted_once(service: ServiceState):
    assert service.open_notice(notice(), [delivery("a")]) is True
    assert service.open_notice(notice(message="worse", days=1), [delivery("b")]) is False
    assert list(service.notices()) == [notice(message="worse")]
    assert waiting(service) == ["a>r"]
    assert service.open_notice(notice(subject="s"), [delivery("c")]) is True
    assert [notice.subject for notice in service.notices()] == ["r", "s"]


def test_the_end_of_a_notice_is_posted_once_and_it_may_begin_again(service: ServiceState):
    service.open_notice(notice())
    assert service.close_notice("route", "r", day(1), [delivery("over")]) == replace(notice(), ended_at=day(1))
    assert service.close_notice("route", "r", day(2), [delivery("again")]) is None
    assert service.close_notice("clock", "", day(2), [delivery("never")]) is None
    assert waiting(service) == ["over>r"]
    assert service.open_notice(notice(days=3)) is True
    assert list(service.notices()) == [notice(days=3)]
    assert list(service.notices(ended=True)) == [replace(notice(), ended_at=day(1))]


def test_a_notice_that_begins_again_in_the_second_it_began_is_open(service: ServiceState):
    service.open_notice(notice())
    service.close_notice("route", "r", day(0))
    assert service.open_notice(notice(message="again"))
    assert list(service.notices()) == [notice(message="again")]
    assert list(service.notices(ended=True)) == []


def test_the_last_hundred_ended_notices_are_kept_and_every_open_one(service: ServiceState):
    service.open_notice(notice("clock", ""))
    for number in range(130):
        service.open_notice(notice(days=number))
        service.close_notice("route", "r", day(number))
    ended = service.notices(ended=True)
    assert [notice.since for notice in ended] == [day(number) for number in range(30, 130)]
    assert [notice.kind for notice in service.notices()] == ["clock"]


def test_counters_add_up_and_are_sorted_by_name(service: ServiceState):
    service.count({counter(Counted.SENT, "r"): 1, counter(Counted.FETCH_BYTES, "b"): 10.0})
    service.count({counter(Counted.SENT, "r"): 2, counter(Counted.EVENTS, "debut"): 0.5})
    assert list(service.counts().items()) == [
        (counter(Counted.EVENTS, "debut"), 0.5),
        (counter(Counted.FETCH_BYTES, "b"), 10.0),
        (counter(Counted.SENT, "r"), 3),
    ]


# ── any sequence of operations ───────────────────────────────────────────────────────────────────

NAMES = st.lists(st.sampled_from("abcd"), max_size=3)
ROUTES = st.sampled_from("rs")
DAYS = st.integers(0, 6)
SUBJECTS = st.sampled_from("xy")
Operation = Callable[[ServiceState], object]


def _deliveries(names: Sequence[str], route: str, days: int) -> list[Delivery]:
    return [delivery(name, route, days) for name in names]


def _notice(subject: str, days: int, *, names: Sequence[str]) -> tuple[Notice, list[Delivery]]:
    return notice("route", subject, f"message {days}", days), _deliveries(names, "r", days)


OPERATIONS: st.SearchStrategy[Operation] = st.one_of(
    st.builds(lambda n, r, d: lambda service: service.post(_deliveries(n, r, d)), NAMES, ROUTES, DAYS),
    st.builds(
        lambda n, r, d, c: lambda service: service.bind(_deliveries(n, r, 0), f"m{d}", counted=c),
        NAMES,
        ROUTES,
        DAYS,
        st.booleans(),
    ),
    st.builds(
        lambda n, r, d: lambda service: service.put_off(_deliveries(n, r, 0), not_before=day(d), error=f"e{d}"),
        NAMES,
        ROUTES,
        DAYS,
    ),
    st.builds(lambda n, r, d: lambda service: service.dead_letter(_deliveries(n, r, 0), error=f"dead {d}"), NAMES, ROUTES, DAYS),
    st.builds(lambda n, r: lambda service: service.revive(_deliveries(n, r, 0)), NAMES, ROUTES),
    st.builds(
        lambda n, r, d, how: lambda service: service.receive(receipt(name, r, d, how=how) for name in n),
        NAMES,
        ROUTES,
        DAYS,
        st.sampled_from(DeliveryOutcome),
    ),
    st.builds(lambda r, d: lambda service: service.route_since(r, day(d)), ROUTES, DAYS),
    st.builds(
        lambda d, why: lambda service: service.pause(Pause(board=BOARD, since=day(d), by="ann", reason=why)),
        DAYS,
        st.sampled_from("pq"),
    ),
    st.just(lambda service: service.resume(BOARD)),
    st.builds(lambda s, d, n: lambda service: service.open_notice(*_notice(s, d, names=n)), SUBJECTS, DAYS, NAMES),
    st.builds(
        lambda s, d, n: lambda service: service.close_notice("route", s, day(d), _deliveries(n, "s", d)), SUBJECTS, DAYS, NAMES
    ),
    st.builds(
        lambda s, d: lambda service: service.count({counter(Counted.SENT, s): d, counter(Counted.EVENTS, s): d / 2}),
        SUBJECTS,
        DAYS,
    ),
)


@contextmanager
def _perhaps_rewriting(store: Store, *, rewrites: bool, fails: bool) -> Iterator[None]:
    """A stretch of operations: by themselves, or within a rewriting, which may fail at its end."""
    if not rewrites:
        yield
        return
    with suppress(ZeroDivisionError), store.rewriting(BOARD):
        yield
        if fails:
            raise ZeroDivisionError


@given(stretches=st.lists(st.tuples(st.booleans(), st.booleans(), st.lists(OPERATIONS, max_size=12)), max_size=4))
def test_all_service_states_answer_any_sequence_of_operations_alike(stretches: list[tuple[bool, bool, list[Operation]]]):
    with SqliteStore(Path(":memory:")) as sqlite:
        memory = MemoryStore()
        for rewrites, fails, operations in stretches:
            answers = []
            for store in (memory, sqlite):
                with _perhaps_rewriting(store, rewrites=rewrites, fails=fails):
                    answers.append([operation(store.service) for operation in operations])
            assert answers[0] == answers[1]
            assert everything(memory.service) == everything(sqlite.service)


# ── what it keeps between processes and versions ─────────────────────────────────────────────────


def test_the_service_state_survives_reopening_the_file(tmp_path: Path):
    with SqliteStore(tmp_path / "tracker.db") as store:
        before = filled(store)
    with SqliteStore(tmp_path / "tracker.db") as store:
        assert everything(store.service) == before


def test_another_connection_sees_a_delivery_as_soon_as_its_step_is_saved(tmp_path: Path):
    with SqliteStore(tmp_path / "tracker.db") as writer, SqliteStore(tmp_path / "tracker.db") as reader:
        writer.save(step_at(0, writer), [delivery("a")])
        assert waiting(reader.service) == ["a>r"]
        reader.service.receive([receipt("a")])
        assert writer.service.post([delivery("a")]) == 0


def database_of_0_1(path: Path) -> None:
    """A file as version 0.1 made it: only the first migration, with a board's history in it."""
    with closing(sqlite3.connect(path)) as connection:
        migrations.apply(Database(connection), stop_before="ledger")
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        assert tables.isdisjoint(TABLES - {"receipts", "withdrawn"})
    copied = path.with_name("new.db")
    with SqliteStore(copied) as store:
        save_all(store, board(), [scores(number, f"a:{90 + number} b:92") for number in range(4)])
        store.move_position(BOARD, 77)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("ATTACH ? AS new", (str(copied),))
        for table in sorted(tables - {"receipts", "_sqlite_migrations", "sqlite_sequence"}):
            now = f"_{table}" if table in RENAMED else table
            there = len(connection.execute(f"PRAGMA main.table_info({table})").fetchall())
            columns = ", ".join(row[1] for row in connection.execute(f"PRAGMA new.table_info({now})").fetchall()[:there])
            connection.execute(f"INSERT INTO main.{table} SELECT {columns} FROM new.{now}")


def test_a_database_of_version_0_1_keeps_its_history_and_gains_the_service_state(tmp_path: Path):
    database_of_0_1(tmp_path / "tracker.db")
    times = [day(number) for number in range(4)]
    with SqliteStore(tmp_path / "tracker.db") as old, SqliteStore(tmp_path / "new.db") as new:
        assert answers(old, BOARD, times) == answers(new, BOARD, times)
        assert old.position(BOARD) == 77
        assert list(old.events(EventFilter()))
        assert set(everything(old.service).keys()) == set(everything(new.service).keys())
        assert old.service.post([delivery("a")]) == 1
        old.service.receive([receipt("a", subject="model x")])
        assert list(old.service.receipts()) == [receipt("a", subject="model x")]
        old.save(step_at(4, old), [delivery("b")])
        assert waiting(old.service) == ["b>r"]


def test_a_file_with_the_old_name_of_is_news_keeps_its_news(tmp_path: Path):
    path = tmp_path / "tracker.db"
    with closing(sqlite3.connect(path)) as connection:
        migrations.apply(Database(connection), stop_before="news")
        for name, is_news in (("a", True), ("b", False)):
            waits = msgspec.to_builtins(delivery(name).event)
            fields = {key: value for key, value in waits.items() if key != "is_news"}
            body = json.dumps(fields | {"told": is_news})  # phrase allowed: the name in version 0.1
            connection.execute("INSERT INTO outbox VALUES (?, 'r', 0, '', 0, NULL, '', 0, ?)", (name, body))
            connection.execute(
                "INSERT INTO events VALUES"
                " (?, 'acme/text', 0, 0, 'overtake', 'decisive', 5, ?, NULL, NULL, 0, 'A.', 'overtake/3', ?)",
                (name, is_news, '{"subjects":[],"rivals":[],"facts":{},"pages":[],"evidence":[]}'),
            )
        connection.commit()
    with SqliteStore(path) as store:
        assert [waiting.event for waiting in store.service.deliveries()] == [
            delivery("a").event,
            replace(delivery("b").event, is_news=False),
        ]
        assert [(event.id, event.is_news) for event in store.events(EventFilter())] == [("a", True), ("b", False)]


def test_a_hosts_file_of_version_0_1_keeps_its_times_and_gains_failures(tmp_path: Path):
    path = tmp_path / "hosts.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE hosts (host TEXT PRIMARY KEY, last_request INTEGER, not_before INTEGER) WITHOUT ROWID")
        connection.execute("INSERT INTO hosts VALUES ('acme.example', ?, ?)", (_seconds(day(0)), _seconds(day(1))))
        connection.commit()
    for failures in (0, 3):
        with closing(SqliteHosts(path)) as hosts:
            assert (hosts.last_request("acme.example"), hosts.not_before("acme.example")) == (day(0), day(1))
            assert hosts.failures("acme.example") == failures
            hosts.note_failures("acme.example", 3)
            assert (hosts.failures("acme.example"), hosts.failures("other.example")) == (3, 0)


def _seconds(at: datetime) -> int:
    return int(at.timestamp())
