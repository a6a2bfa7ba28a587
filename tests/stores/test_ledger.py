"""What no replay can bring back: one suite for the ledgers of all stores."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from memory_store import MemoryStore
from sqlite_utils import Database
from store_world import BOARD, OTHER, START, answers, board, day, save_all, scores, steps

from tracker.errors import StoreError
from tracker.model import BoardId, Event, EventFilter, EventId, How, Letter, Notice, Pause, Receipt, Step
from tracker.ports import Ledger, Store
from tracker.stores.hosts import SqliteHosts
from tracker.stores.ledger import TABLES
from tracker.stores.migrations import migrations
from tracker.stores.sqlite import SqliteStore


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "memory":
        yield MemoryStore()
        return
    with SqliteStore(tmp_path / "tracker.db") as store:
        yield store


@pytest.fixture
def ledger(store: Store) -> Ledger:
    return store.ledger


def event(name: str, board_id: BoardId = BOARD) -> Event:
    return Event(
        id=EventId(name),
        kind="overtake",
        grade="supported",
        weight=50,
        told=True,
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


def letter(name: str, route: str = "r", days: int = 0, **more: object) -> Letter:
    return Letter(**{"event": event(name), "route": route, "queued_at": day(days), **more})


def receipt(name: str, route: str = "r", days: int = 1, **more: object) -> Receipt:
    return Receipt(**{"event": EventId(name), "route": route, "delivered_at": day(days), **more})


def waiting(ledger: Ledger, route: str | None = None, *, dead: bool = False) -> list[str]:
    return [f"{one.event.id}>{one.route}" for one in ledger.letters(route, dead=dead)]


# ── the outbox ───────────────────────────────────────────────────────────────────────────────────


def test_a_letter_is_kept_as_it_is(ledger: Ledger):
    one = letter("a", message="m", tries=3, not_before=day(2), error="down", dead=False)
    dead = letter("b", dead=True)
    assert ledger.post([one, dead]) == 2
    assert list(ledger.letters()) == [one]
    assert list(ledger.letters(dead=True)) == [dead]


def test_an_event_is_posted_to_a_route_once(ledger: Ledger):
    first = letter("a")
    assert ledger.post([first, letter("a", days=1), letter("a", route="s")]) == 2
    assert ledger.post([letter("a", days=2)]) == 0
    assert list(ledger.letters("r")) == [first]
    assert waiting(ledger) == ["a>r", "a>s"]


@pytest.mark.parametrize("how", How)
def test_an_event_with_a_receipt_is_not_posted_to_that_route_again(ledger: Ledger, how: How):
    ledger.post([letter("a"), letter("a", route="s")])
    ledger.receive([receipt("a", how=how)])
    assert ledger.post([letter("a", days=3)]) == 0
    assert waiting(ledger) == ["a>s"]
    assert [one.how for one in ledger.receipts()] == [how]


def test_a_dead_letter_is_not_posted_again(ledger: Ledger):
    ledger.post([letter("a")])
    ledger.bury([letter("a")], error="gone")
    assert ledger.post([letter("a")]) == 0
    assert (waiting(ledger), waiting(ledger, dead=True)) == ([], ["a>r"])


def test_letters_stand_by_time_then_event_then_route(ledger: Ledger):
    ledger.post([letter("c"), letter("a", days=1), letter("b", "s"), letter("b", "r"), letter("a", "z")])
    assert waiting(ledger) == ["a>z", "b>r", "b>s", "c>r", "a>r"]
    assert waiting(ledger, "r") == ["b>r", "c>r", "a>r"]
    assert waiting(ledger, "none") == []


def test_a_letter_is_bound_to_its_message_and_put_off_with_it(ledger: Ledger):
    ledger.post([letter("a"), letter("b"), letter("a", "s")])
    ledger.bind([letter("a")], "m1")
    ledger.put_off([letter("a")], not_before=day(1), error="timed out")
    ledger.put_off([letter("a")], not_before=day(2), error="refused")
    found = {f"{one.event.id}>{one.route}": one for one in ledger.letters()}
    assert found["a>r"] == letter("a", message="m1", tries=2, not_before=day(2), error="refused")
    assert (found["b>r"], found["a>s"]) == (letter("b"), letter("a", "s"))


def test_a_buried_letter_is_dead_until_it_is_revived_and_keeps_its_message(ledger: Ledger):
    ledger.post([letter("a")])
    ledger.bind([letter("a")], "m1")
    ledger.put_off([letter("a")], not_before=day(9), error="timed out")
    ledger.bury([letter("a")], error="no such channel")
    assert list(ledger.letters(dead=True)) == [
        letter("a", message="m1", tries=2, not_before=day(9), error="no such channel", dead=True)
    ]
    ledger.revive([letter("a")])
    assert list(ledger.letters(dead=True)) == []
    assert list(ledger.letters()) == [letter("a", message="m1", error="no such channel")]


def test_receipts_take_letters_out_dead_or_not_and_the_first_of_them_holds(ledger: Ledger):
    ledger.post([letter("a"), letter("b")])
    ledger.bury([letter("b")], error="x")
    ledger.receive([receipt("a", message="m", subject="model x"), receipt("b", days=2, how=How.DROPPED)])
    ledger.receive([receipt("a", days=5, how=How.DROPPED)])
    assert (waiting(ledger), waiting(ledger, dead=True)) == ([], [])
    assert list(ledger.receipts()) == [receipt("a", message="m", subject="model x"), receipt("b", days=2, how=How.DROPPED)]


def test_receipts_are_asked_for_by_route_and_time(ledger: Ledger):
    ledger.receive([receipt("b", days=2), receipt("a", days=2), receipt("c", days=1), receipt("a", "s", days=3)])
    assert [(one.event, one.route) for one in ledger.receipts()] == [("c", "r"), ("a", "r"), ("b", "r"), ("a", "s")]
    assert [one.event for one in ledger.receipts("r", since=day(2))] == ["a", "b"]
    assert list(ledger.receipts("r", since=day(2) + timedelta(seconds=1))) == []


def test_what_is_not_in_the_outbox_cannot_be_bound_put_off_buried_or_revived_into_it(ledger: Ledger):
    nobody = [letter("a")]
    ledger.bind(nobody, "m")
    ledger.put_off(nobody, not_before=day(1), error="x")
    ledger.bury(nobody, error="x")
    ledger.revive(nobody)
    assert waiting(ledger) == waiting(ledger, dead=True) == []


def test_a_route_is_known_since_it_was_first_asked_for(ledger: Ledger):
    assert ledger.route_since("r", day(1)) == day(1)
    assert ledger.route_since("r", day(0)) == day(1)
    assert ledger.route_since("s", day(5)) == day(5)


# ── with the steps ───────────────────────────────────────────────────────────────────────────────


def step_at(number: int, store: Store) -> Step:
    past = store.past(BOARD)
    return next(iter(steps(board(), [scores(number, "a:90 b:80")], before=store.latest(BOARD), past=past)))


def test_letters_and_holds_are_saved_with_their_step(store: Store):
    store.save(step_at(0, store), [letter("a")], {"w": "1", "v": "2"})
    assert waiting(store.ledger) == ["a>r"]
    assert store.ledger.holds(BOARD) == {"v": "2", "w": "1"}
    assert store.ledger.holds(OTHER) == {}
    store.save(step_at(1, store), [letter("a"), letter("b")], {"w": "3"})
    assert waiting(store.ledger) == ["a>r", "b>r"]
    assert store.ledger.holds(BOARD) == {"w": "3"}


def test_a_step_that_says_nothing_of_holds_leaves_them_and_one_with_none_empties_them(store: Store):
    store.save(step_at(0, store), (), {"w": "1"})
    store.save(step_at(1, store))
    assert store.ledger.holds(BOARD) == {"w": "1"}
    store.save(step_at(2, store), (), {})
    assert store.ledger.holds(BOARD) == {}


def test_a_step_that_is_refused_leaves_no_letter_and_no_hold(store: Store):
    store.save(step_at(3, store), (), {"w": "1"})
    with pytest.raises(StoreError, match="not later"):
        store.save(replace(step_at(4, store), check=store.last_check(BOARD)), [letter("a")], {"w": "2"})
    assert waiting(store.ledger) == []
    assert store.ledger.holds(BOARD) == {"w": "1"}


def test_a_step_whose_letters_cannot_be_written_is_not_written_either(tmp_path: Path):
    with SqliteStore(tmp_path / "tracker.db") as store:
        store.save(step_at(0, store))
        store._connection.execute("CREATE TRIGGER full BEFORE INSERT ON outbox BEGIN SELECT RAISE(FAIL, 'disk full'); END")
        before = answers(store, BOARD, [day(0), day(1)])
        with pytest.raises(StoreError, match="disk full"):
            store.save(step_at(1, store), [letter("a")], {"w": "1"})
        assert answers(store, BOARD, [day(0), day(1)]) == before
        assert store.ledger.holds(BOARD) == {}


def everything(ledger: Ledger) -> dict[str, object]:
    return {
        "letters": list(ledger.letters()),
        "dead": list(ledger.letters(dead=True)),
        "receipts": list(ledger.receipts()),
        "holds": [dict(ledger.holds(one)) for one in (BOARD, OTHER)],
        "pauses": dict(ledger.pauses()),
        "notices": list(ledger.notices()),
        "ended": list(ledger.notices(ended=True)),
        "counts": dict(ledger.counts()),
    }


def filled(store: Store) -> dict[str, object]:
    """A store with something in every part of its ledger, and a board."""
    save_all(store, board(), [scores(number, "a:90 b:80") for number in range(3)])
    ledger = store.ledger
    ledger.post([letter("a"), letter("b"), letter("c")])
    ledger.bury([letter("b")], error="x")
    ledger.receive([receipt("c")])
    store.save(step_at(3, store), (), {"w": "1"})
    ledger.pause(Pause(board=BOARD, since=day(1), by="ann", reason="terms"))
    ledger.open_notice(Notice(kind="clock", subject="", message="m", since=day(0)))
    ledger.open_notice(Notice(kind="route", subject="r", message="m", since=day(0)))
    ledger.close_notice("route", "r", day(1))
    ledger.count({("sent", "r"): 2})
    ledger.route_since("r", day(1))
    held = everything(ledger)
    assert all(held.values())
    return held


def test_a_replay_leaves_the_ledger_as_it_is(store: Store):
    before = filled(store)
    with store.rewriting(BOARD):
        save_all(store, board(), [scores(0, "a:90")])
    assert everything(store.ledger) == before
    assert store.ledger.route_since("r", day(9)) == day(1)


def test_a_rewriting_that_fails_leaves_nothing_of_what_was_posted_in_it(store: Store):
    before = filled(store)
    with pytest.raises(ZeroDivisionError):
        _rewrite_and_fail(store)
    assert everything(store.ledger) == before
    store.ledger.post([letter("z")])
    assert "z>r" in waiting(store.ledger)


def _rewrite_and_fail(store: Store) -> None:
    with store.rewriting(BOARD):
        store.declare(board())
        store.save(step_at(0, store), [letter("y")], {"w": "2"})
        store.ledger.count({("sent", "r"): 1})
        store.ledger.resume(BOARD)
        raise ZeroDivisionError


def test_what_a_rewriting_posts_is_there_when_it_ends(store: Store):
    filled(store)
    with store.rewriting(BOARD):
        store.declare(board())
        store.save(step_at(0, store), [letter("y")], {"w": "2"})
    assert "y>r" in waiting(store.ledger)
    assert store.ledger.holds(BOARD) == {"w": "2"}


# ── pauses, notices, counters ────────────────────────────────────────────────────────────────────


def test_a_board_is_paused_until_it_is_resumed_and_the_last_reason_holds(ledger: Ledger):
    first = Pause(board=BOARD, since=day(0), by="ann", reason="terms")
    ledger.pause(first)
    ledger.pause(Pause(board=OTHER, since=day(0), by="tracker", reason="stuck"))
    again = replace(first, by="bob", reason="moved", since=day(1))
    ledger.pause(again)
    assert list(ledger.pauses()) == [OTHER, BOARD]
    assert ledger.pauses()[BOARD] == again
    assert [ledger.resume(BOARD), ledger.resume(BOARD)] == [True, False]
    assert list(ledger.pauses()) == [OTHER]


def notice(kind: str = "route", subject: str = "r", message: str = "m", days: float = 0) -> Notice:
    return Notice(kind=kind, subject=subject, message=message, since=START + timedelta(days=days))


def test_of_a_kind_and_subject_there_is_one_open_notice_told_once(ledger: Ledger):
    assert ledger.open_notice(notice(), [letter("a")]) is True
    assert ledger.open_notice(notice(message="worse", days=1), [letter("b")]) is False
    assert list(ledger.notices()) == [notice(message="worse")]
    assert waiting(ledger) == ["a>r"]
    assert ledger.open_notice(notice(subject="s"), [letter("c")]) is True
    assert [one.subject for one in ledger.notices()] == ["r", "s"]


def test_a_notice_that_ends_is_told_once_and_may_begin_again(ledger: Ledger):
    ledger.open_notice(notice())
    assert ledger.close_notice("route", "r", day(1), [letter("over")]) == replace(notice(), ended_at=day(1))
    assert ledger.close_notice("route", "r", day(2), [letter("again")]) is None
    assert ledger.close_notice("clock", "", day(2), [letter("never")]) is None
    assert waiting(ledger) == ["over>r"]
    assert ledger.open_notice(notice(days=3)) is True
    assert list(ledger.notices()) == [notice(days=3)]
    assert list(ledger.notices(ended=True)) == [replace(notice(), ended_at=day(1))]


def test_a_notice_that_begins_again_in_the_second_it_began_is_open(ledger: Ledger):
    ledger.open_notice(notice())
    ledger.close_notice("route", "r", day(0))
    assert ledger.open_notice(notice(message="again"))
    assert list(ledger.notices()) == [notice(message="again")]
    assert list(ledger.notices(ended=True)) == []


def test_the_last_hundred_ended_notices_are_kept_and_every_open_one(ledger: Ledger):
    ledger.open_notice(notice("clock", ""))
    for number in range(130):
        ledger.open_notice(notice(days=number))
        ledger.close_notice("route", "r", day(number))
    ended = ledger.notices(ended=True)
    assert [one.since for one in ended] == [day(number) for number in range(30, 130)]
    assert [one.kind for one in ledger.notices()] == ["clock"]


def test_counters_add_up_and_stand_by_name(ledger: Ledger):
    ledger.count({("sent", "r"): 1, ("fetch_bytes", "b"): 10.0})
    ledger.count({("sent", "r"): 2, ("events", "debut"): 0.5})
    assert list(ledger.counts().items()) == [(("events", "debut"), 0.5), (("fetch_bytes", "b"), 10.0), (("sent", "r"), 3)]


# ── any sequence of operations ───────────────────────────────────────────────────────────────────

NAMES = st.lists(st.sampled_from("abcd"), max_size=3)
ROUTES = st.sampled_from("rs")
DAYS = st.integers(0, 6)
SUBJECTS = st.sampled_from("xy")
Operation = Callable[[Ledger], object]


def _letters(names: Sequence[str], route: str, days: int) -> list[Letter]:
    return [letter(name, route, days) for name in names]


def _notice(subject: str, days: int, *, names: Sequence[str]) -> tuple[Notice, list[Letter]]:
    return notice("route", subject, f"message {days}", days), _letters(names, "r", days)


OPERATIONS: st.SearchStrategy[Operation] = st.one_of(
    st.builds(lambda n, r, d: lambda one: one.post(_letters(n, r, d)), NAMES, ROUTES, DAYS),
    st.builds(lambda n, r, d: lambda one: one.bind(_letters(n, r, 0), f"m{d}"), NAMES, ROUTES, DAYS),
    st.builds(lambda n, r, d: lambda one: one.put_off(_letters(n, r, 0), not_before=day(d), error=f"e{d}"), NAMES, ROUTES, DAYS),
    st.builds(lambda n, r, d: lambda one: one.bury(_letters(n, r, 0), error=f"dead {d}"), NAMES, ROUTES, DAYS),
    st.builds(lambda n, r: lambda one: one.revive(_letters(n, r, 0)), NAMES, ROUTES),
    st.builds(
        lambda n, r, d, how: lambda one: one.receive(receipt(name, r, d, how=how) for name in n),
        NAMES,
        ROUTES,
        DAYS,
        st.sampled_from(How),
    ),
    st.builds(lambda r, d: lambda one: one.route_since(r, day(d)), ROUTES, DAYS),
    st.builds(
        lambda d, why: lambda one: one.pause(Pause(board=BOARD, since=day(d), by="ann", reason=why)), DAYS, st.sampled_from("pq")
    ),
    st.just(lambda one: one.resume(BOARD)),
    st.builds(lambda s, d, n: lambda one: one.open_notice(*_notice(s, d, names=n)), SUBJECTS, DAYS, NAMES),
    st.builds(lambda s, d, n: lambda one: one.close_notice("route", s, day(d), _letters(n, "s", d)), SUBJECTS, DAYS, NAMES),
    st.builds(lambda s, d: lambda one: one.count({("sent", s): d, ("events", s): d / 2}), SUBJECTS, DAYS),
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
def test_any_sequence_of_operations_is_answered_alike_by_all_ledgers(stretches: list[tuple[bool, bool, list[Operation]]]):
    with SqliteStore(Path(":memory:")) as sqlite:
        memory = MemoryStore()
        for rewrites, fails, operations in stretches:
            said = []
            for store in (memory, sqlite):
                with _perhaps_rewriting(store, rewrites=rewrites, fails=fails):
                    said.append([operation(store.ledger) for operation in operations])
            assert said[0] == said[1]
            assert everything(memory.ledger) == everything(sqlite.ledger)


# ── what it keeps between processes and versions ─────────────────────────────────────────────────


def test_the_ledger_is_there_when_the_file_is_opened_again(tmp_path: Path):
    with SqliteStore(tmp_path / "tracker.db") as store:
        before = filled(store)
    with SqliteStore(tmp_path / "tracker.db") as store:
        assert everything(store.ledger) == before


def test_another_connection_sees_a_letter_as_soon_as_its_step_is_saved(tmp_path: Path):
    with SqliteStore(tmp_path / "tracker.db") as writer, SqliteStore(tmp_path / "tracker.db") as reader:
        writer.save(step_at(0, writer), [letter("a")])
        assert waiting(reader.ledger) == ["a>r"]
        reader.ledger.receive([receipt("a")])
        assert writer.ledger.post([letter("a")]) == 0


def database_of_0_1(path: Path) -> None:
    """A file as version 0.1 made it: only the first migration, with a board's history in it."""
    with closing(sqlite3.connect(path)) as connection:
        migrations.apply(Database(connection), stop_before="ledger")
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        assert tables.isdisjoint(TABLES - {"receipts"})
    copied = path.with_name("new.db")
    with SqliteStore(copied) as store:
        save_all(store, board(), [scores(number, f"a:{90 + number} b:92") for number in range(4)])
        store.move_position(BOARD, 77)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("ATTACH ? AS new", (str(copied),))
        for table in sorted(tables - {"receipts", "_sqlite_migrations", "sqlite_sequence"}):
            connection.execute(f"INSERT INTO main.{table} SELECT * FROM new.{table}")


def test_a_database_of_version_0_1_keeps_its_history_and_gains_the_ledger(tmp_path: Path):
    database_of_0_1(tmp_path / "tracker.db")
    times = [day(number) for number in range(4)]
    with SqliteStore(tmp_path / "tracker.db") as old, SqliteStore(tmp_path / "new.db") as new:
        assert answers(old, BOARD, times) == answers(new, BOARD, times)
        assert old.position(BOARD) == 77
        assert list(old.events(EventFilter()))
        assert set(everything(old.ledger).keys()) == set(everything(new.ledger).keys())
        assert old.ledger.post([letter("a")]) == 1
        old.ledger.receive([receipt("a", subject="model x")])
        assert list(old.ledger.receipts()) == [receipt("a", subject="model x")]
        old.save(step_at(4, old), [letter("b")])
        assert waiting(old.ledger) == ["b>r"]


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
