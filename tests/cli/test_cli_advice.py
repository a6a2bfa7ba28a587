"""Whatever happens to the database, a test follows the advice of the error to the letter, and loses nothing."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cli_world import World, csv

from tracker.errors import StoreError
from tracker.model import BoardId, Capture, Delivery, EventFilter, Pause
from tracker.stores import locks
from tracker.stores.archive import FileArchive
from tracker.stores.service_state import TABLES
from tracker.stores.sqlite import SqliteStore
from tracker.stores.sqlite_file import NEWEST_MIGRATION

AT = datetime(2026, 3, 7, tzinfo=UTC)
BOARD = BoardId("acme/text")
DERIVED = (
    *("_checks", "_entries", "_events", "_measures", "_metrics", "_parties"),
    *("identities", "ranks", "segments", "series", "snapshots", "texts"),
)


@pytest.fixture
def used(world: World) -> World:
    """A store with history, a board that a person paused, and deliveries that wait."""
    world.imported()
    with SqliteStore(world.store / "tracker.db") as store:
        store.service.post(Delivery(event=event, route="ops", queued_at=AT) for event in store.events(EventFilter()))
        store.service.route_since("log", AT)
        store.service.hold(BOARD, {"a watch": "{}"})
    assert world.run("board", "pause", BOARD, "--reason", "their lawyer wrote").code == 0
    return world


def database(world: World) -> Path:
    return world.store / "tracker.db"


def content(world: World) -> Mapping[str, list[tuple[object, ...]]]:
    """All rows, except notices of the rescue itself."""
    with closing(sqlite3.connect(database(world))) as file:
        tables = {name: sorted(file.execute(f"SELECT * FROM {name}"), key=repr) for name in (*DERIVED, *sorted(TABLES))}
    return tables | {"notices": [row for row in tables["notices"] if row[0] != "store"]}


def page_of(path: Path, table: str) -> None:
    """Overwrite the first page of a table, as a bad disk would."""
    with closing(sqlite3.connect(path)) as file:
        (root,) = file.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        (size,) = file.execute("PRAGMA page_size").fetchone()
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xee" * size)


def aside(world: World) -> str:
    """The name of the damaged file."""
    (path,) = (path for path in world.store.glob("tracker.db.spoilt-*") if not path.name.endswith(("-wal", "-shm")))
    return path.name


def execute(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path)) as file, file:
        assert file.execute(sql).rowcount != 0


DAMAGE: Mapping[str, Callable[[Path], object]] = {
    "garbage": lambda path: path.write_bytes(b"no database at all" * 900),
    "half of it": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "a page of checks": lambda path: page_of(path, "_checks"),
    "a page of measures": lambda path: page_of(path, "_measures"),
    "a page of pauses": lambda path: page_of(path, "pauses"),
    "a page of the outbox": lambda path: page_of(path, "outbox"),
    "a row of a board": lambda path: execute(path, "UPDATE _boards SET past = '{\"known\": 3'"),
    "a declaration": lambda path: execute(path, "UPDATE _boards SET declaration = substr(declaration, 3)"),
    "a text that is not UTF-8": lambda path: execute(path, "UPDATE pauses SET reason = CAST(x'C328' AS TEXT)"),
    "a time that is a text": lambda path: execute(path, "UPDATE pauses SET since = 'soon'"),
    "a delivery": lambda path: execute(path, "UPDATE outbox SET body = substr(body, 9)"),
    "a table that is gone": lambda path: execute(path, "DROP TABLE receipts"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_the_advice_for_a_damaged_database_restores_everything(used: World, damage: str):
    before = content(used)
    DAMAGE[damage](database(used))
    ran = used.run("replay")
    assert (ran.code, f"is at {aside(used)}, and was rebuilt" in ran.err) == (0, True)
    assert content(used) == before
    assert used.run("verify", "--all").code == 0


def archived(world: World, text: str) -> None:
    """A capture of an hour ago that was archived by a process which ended before it read it."""
    at = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    FileArchive(world.store / "captures").keep(Capture(board=BOARD, observed_at=at, url="u", bodies=(csv(text).encode(),)))


def log_route(world: World) -> None:
    route = '[[route]]\nname = "log"\nchannel = "file"\naddress = "/dev/null"\n'
    (world.folder / "schedules" / "routes.toml").write_text(route, encoding="utf-8")


def waiting(world: World) -> list[str]:
    return [row["headline"] for row in world.run("outbox", "list", "--route", "log", "--json").rows]


LATER = "a:99:1.5:Apache-2.0 b:95:3 c:70:1 d:60:1 e:50:1 g:97:9"
LEADS = "Model A leads Acme Arena (Score)"


@pytest.mark.parametrize("damage", [*DAMAGE, "none"])
def test_news_that_was_not_read_before_the_damage_is_reported_once_after_it(used: World, damage: str):
    log_route(used)
    archived(used, LATER)
    DAMAGE.get(damage, str)(database(used))
    ran = used.run("replay")
    assert (ran.code, ran.out.count(LEADS)) == (0, 1)
    before = content(used)
    assert [headline[: len(LEADS)] for headline in waiting(used)].count(LEADS) == 1
    again = used.run("replay")
    assert (again.code, again.err, content(used)) == (0, "", before)


def test_news_that_may_have_been_sent_since_the_backup_is_reported_and_named(used: World):
    log_route(used)
    backup = used.store / "service.bak"
    old = backup.read_bytes()
    archived(used, LATER)
    assert used.run("replay").code == 0
    backup.write_bytes(old)
    database(used).write_bytes(b"no database at all" * 900)
    ran = used.run("replay")
    assert (
        "Reported again, and may have been sent before: news of acme/text. Lost: what the record said earlier (--known-at"
        in ran.err
    )
    assert any(headline.startswith(LEADS) for headline in waiting(used))


def test_news_of_which_nothing_is_known_is_named_and_not_sent(used: World):
    log_route(used)
    archived(used, LATER)
    assert used.run("replay").code == 0
    (used.store / "service.bak").unlink()
    database(used).unlink()
    ran = used.run("replay")
    assert re.search(r"Not sent, and may not have been sent before: \d events of acme/text \(tracker events\)", ran.err)
    assert "There was no history and no usable service.bak: it was read again from the captures." in ran.err
    assert "Lost, if there were any: pauses, deliveries and receipts; what the record said earlier" in ran.err
    assert (waiting(used), ran.out.count(LEADS)) == ([], 0)


def test_a_backup_of_an_earlier_version_says_by_its_deliveries_what_was_sent(used: World):
    log_route(used)
    archived(used, LATER)
    assert used.run("replay").code == 0
    backup = used.store / "service.bak"
    saved = json.loads(backup.read_text(encoding="utf-8"))
    assert dict(saved.pop("positions"))[BOARD] > 0
    backup.write_text(json.dumps(saved), encoding="utf-8")
    before = content(used)
    database(used).unlink()
    ran = used.run("replay")
    assert ("As last backed up: counts, holds" in ran.err, "Not sent" in ran.err) == (True, False)
    assert content(used) == before


@pytest.mark.parametrize("command", [("events", "--json"), ("standings", "acme/text"), ("report",), ("status",)], ids=" ".join)
def test_damage_that_a_command_meets_names_the_command_that_repairs_it(used: World, command: tuple[str, ...]):
    before = content(used)
    for table in ("_events", "_checks", "snapshots"):
        page_of(database(used), table)
    ran = used.run(*command)
    (advice,) = re.findall(r"with: tracker (\w+)\)", ran.error)
    assert (ran.code, used.run(advice).code) == (3, 0)
    assert content(used) == before
    assert aside(used)


def gone(path: Path) -> None:
    path.unlink()


def empty(path: Path) -> None:
    path.write_bytes(b"")


def made_by_hand(path: Path) -> None:
    path.unlink()
    SqliteStore(path).close()


def gone_without_its_log(path: Path) -> None:
    path.with_name("tracker.db-wal").write_bytes(path.read_bytes()[:9000])
    path.unlink()


@pytest.mark.parametrize("loss", [gone, empty, made_by_hand, gone_without_its_log], ids=lambda loss: loss.__name__)
@pytest.mark.parametrize("command", [("run",), ("replay",), ("import", BOARD, "bodies")], ids=" ".join)
def test_a_missing_or_empty_database_is_restored_by_the_next_command_that_writes(
    used: World, loss: Callable[[Path], None], command: tuple[str, ...]
):
    before = content(used)
    loss(database(used))
    ran = used.run(*(used.folder / "bodies" if word == "bodies" else word for word in command))
    assert ran.code == 0
    assert re.search(
        r"tracker: The database was missing or empty, and was rebuilt from the archive\. .*Lost: what the record",
        ran.err,
    )
    assert content(used) == before
    assert used.run("run", BOARD).code == 2, "still paused"


def test_a_backup_of_a_later_version_is_refused_rather_than_ignored(used: World):
    database(used).unlink()
    backup = used.store / "service.bak"
    backup.write_text(backup.read_text(encoding="utf-8").replace(f'"{NEWEST_MIGRATION}"', '"trust"'), encoding="utf-8")
    ran = used.run("replay")
    assert (ran.code, "service.bak: was written by a later version" in ran.error) == (3, True)
    assert not database(used).exists()


def test_a_daemon_repairs_its_own_database(used: World):
    database(used).write_bytes(b"no database at all" * 900)
    with locks.held(used.store / "daemon.lock"):
        ran = used.run("replay")
    assert (ran.code, "daemon.lock: held by process" in ran.err) == (3, True)
    assert not list(used.store.glob("tracker.db.spoilt-*"))


def test_captures_without_a_database_and_a_backup_are_read_as_before(world: World):
    world.imported()
    before = content(world)
    database(world).unlink()
    (world.store / "service.bak").unlink()
    assert world.run("replay").code == 0
    assert content(world) == before


@pytest.mark.parametrize("garbage", [b"\x93\n" * 700, b"", b"{}\n" * 40], ids=["bytes", "nothing", "objects"])
def test_the_advice_for_an_index_of_garbage_restores_it(used: World, garbage: bytes):
    before, index = content(used), used.store / "captures/acme/text/index.jsonl"
    kept = index.read_bytes()
    index.write_bytes(garbage)
    audited = used.run("audit")
    assert audited.code == 1
    (advice,) = set(re.findall(r"with: tracker (replay \S+)", audited.out))
    assert (advice, used.run(*advice.split()).code) == ("replay acme/text", 0)
    assert (index.read_bytes(), content(used), used.run("audit").code) == (kept, before, 0)
    assert [path.read_bytes() for path in index.parent.glob("index.jsonl.damaged-*")] == [garbage]


@pytest.mark.parametrize("damage", ["flipped", "gone"])
def test_the_advice_for_a_damaged_body_restores_it(used: World, damage: str):
    body = min((used.store / "captures/acme/text/bodies").iterdir())
    whole = body.read_bytes()
    body.write_bytes(bytes([whole[0] ^ 1]) + whole[1:])
    if damage == "gone":
        body.unlink()
    audited = used.run("audit")
    advised = "import that state again" if damage == "gone" else "delete it and import that state again"
    assert (audited.code, advised in audited.out) == (1, True)
    body.unlink(missing_ok=True)
    assert used.run("import", BOARD, used.folder / "bodies").code == 0
    assert (used.run("audit").code, body.read_bytes()) == (0, whole)


# ── errors that are no damage ────────────────────────────────────────────────────────────────────


def pause(store: SqliteStore) -> None:
    store.service.pause(Pause(board=BOARD, since=AT, by="ann", reason="x" * 20_000))


def test_after_a_lock_the_same_command_works(used: World):
    before = content(used)
    with SqliteStore(database(used)) as store:
        store._connection.execute("PRAGMA busy_timeout = 1")
        with closing(sqlite3.connect(database(used), isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            with pytest.raises(StoreError, match="another process is writing it; wait for that process or end it"):
                pause(store)
        assert content(used) == before
        pause(store)
        assert store.service.pauses()[BOARD].by == "ann"


def test_after_a_full_disk_the_same_command_works(used: World):
    before = content(used)
    with SqliteStore(database(used)) as store:
        (pages,) = store._connection.execute("PRAGMA page_count").fetchone()
        store._connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StoreError, match="the disk or the quota is full; free some space, then run this again"):
            pause(store)
        assert content(used) == before
        store._connection.execute("PRAGMA max_page_count = 100000")
        pause(store)
        assert store.service.pauses()[BOARD].by == "ann"


def test_a_read_only_store_asks_for_permission_and_for_nothing_else(used: World):
    before = content(used)
    with SqliteStore(database(used), read_only=True) as store:
        assert store.service.pauses()[BOARD].reason == "their lawyer wrote"
        with pytest.raises(StoreError, match="this user cannot write it; make the file and its folder writable, or name another"):
            pause(store)
    assert content(used) == before
