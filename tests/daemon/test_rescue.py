"""A damaged database is put aside and rebuilt; its service state is saved as far as it can be read."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from daemon_world import HOUR, OTHER, ROUTE, TEXT, Daemon, showing
from kit import counter
from msgspec import to_builtins
from sqlite_utils import Database

from tracker.daemon.opening import beside
from tracker.errors import StoreError
from tracker.model import BoardId, Capture, Counted, EventId, Pause, Receipt, Verdict
from tracker.stores.migrations import migrations
from tracker.stores.service_state import TABLES
from tracker.stores.sqlite import SqliteStore
from tracker.stores.sqlite_errors import Damaged, Replaced
from tracker.stores.sqlite_file import NEWEST_MIGRATION
from tracker.workspace.names import default_lexicon
from tracker.workspace.rescue import check_pause, rebuild
from tracker.workspace.service_backup import RECEIPTS, back_up

DERIVED = (
    *("_boards", "_checks", "_entries", "_events", "_measures", "_metrics", "_parties"),
    *("identities", "ranks", "segments", "series", "snapshots", "texts"),
)
KEPT = ("outbox", "receipts", "routes", "pauses", "notices", "counts")


@pytest.fixture
def used(daemon: Daemon) -> Daemon:
    """A daemon with history, news and a pause."""
    daemon.write("routes.toml", ROUTE)
    daemon.declare(cadence="@hourly")
    daemon.declare("other", cadence="@hourly")
    daemon.run(HOUR)
    daemon.answers[TEXT] = showing(OTHER)
    daemon.run(HOUR)
    daemon.store.service.pause(Pause(board=TEXT, since=daemon.now, by="ann", reason="terms"))
    assert daemon.news()
    return daemon


def tables(path: Path, names: tuple[str, ...]) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(path)) as connection:
        return {name: sorted(connection.execute(f"SELECT * FROM {name}").fetchall(), key=repr) for name in names}


def whole(daemon: Daemon) -> Path:
    """The one file that holds everything, with nobody at it."""
    daemon.store.close()
    path = daemon.folder / "tracker.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


def rebuilt(daemon: Daemon, path: Path) -> Path:
    """Rebuild the database; the damaged file's new path."""
    boards = daemon.loop.declared.boards
    rebuild(path, daemon.archive, boards, lexicon=daemon.loop.declared.lexicon, now=daemon.now)
    return max(path.parent.glob("tracker.db.spoilt-*"))


def spoil(path: Path, table: str) -> None:
    """Fill the pages of one table with rubbish, as a bad disk would."""
    with closing(sqlite3.connect(path)) as connection:
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xee" * size)


def used_up(path: Path) -> None:
    with SqliteStore(path) as store:
        list(store.checks(TEXT))
        store.latest(TEXT)


def error_of(path: Path) -> StoreError:
    """What using it comes to."""
    with pytest.raises(StoreError) as raised:
        used_up(path)
    return raised.value


def test_a_rebuilt_database_has_the_same_history_and_service_state(used: Daemon):
    path = whole(used)
    before, service = tables(path, DERIVED), tables(path, KEPT)
    spoil(path, "_checks")
    assert isinstance(error_of(path), Damaged)
    aside = rebuilt(used, path)
    assert tables(path, DERIVED) == before
    after = tables(path, KEPT)
    (notice,) = set(after.pop("notices")) - set(service.pop("notices"))
    assert after == service
    assert notice[:3] == (
        "store",
        "",
        f"The database was damaged; it is at {aside.name}, and was rebuilt from the archive. Lost: nothing",
    )


def test_unreadable_parts_of_the_service_state_are_named(used: Daemon):
    path = whole(used)
    before = tables(path, DERIVED)
    spoil(path, "pauses")
    spoil(path, "_checks")
    rebuilt(used, path)
    assert tables(path, DERIVED) == before
    with SqliteStore(path) as store:
        (notice,) = [notice for notice in store.service.notices() if notice.kind == "store"]
        assert notice.message.endswith("Lost: pauses")
        assert store.service.pauses() == {}
        assert store.service.deliveries()


def test_a_file_that_is_not_a_database_loses_the_service_state_and_the_notice_says_so(used: Daemon):
    path = whole(used)
    before = tables(path, DERIVED)
    path.write_bytes(b"all gone" * 1000)
    assert isinstance(error_of(path), Damaged)
    aside = rebuilt(used, path)
    assert tables(path, DERIVED) == before
    assert aside.read_bytes().startswith(b"all gone")
    with SqliteStore(path) as store:
        assert "Lost: counts, holds, notices, outbox, pauses, receipts, routes, withdrawn" in store.service.notices()[0].message


def test_unreadable_parts_of_the_service_state_come_from_the_backup(used: Daemon):
    backup = used.folder / "service.bak"
    back_up(used.store, backup, used.now)
    path = whole(used)
    service = tables(path, KEPT)
    path.write_bytes(b"all gone" * 1000)
    rebuild(path, used.archive, used.loop.declared.boards, lexicon=default_lexicon(), now=used.now, backup=backup)
    after = tables(path, KEPT)
    (notice,) = set(after.pop("notices")) - set(service.pop("notices"))
    assert after == service
    assert "As last backed up: counts, holds, notices, outbox, pauses, receipts, routes, withdrawn. Lost: what the record" in str(
        notice
    )


def test_a_backup_that_cannot_be_read_now_is_not_given_up(used: Daemon):
    backup = used.folder / "a folder instead of a file"
    backup.mkdir()
    path = whole(used)
    path.write_bytes(b"all gone" * 1000)
    with pytest.raises(StoreError, match="cannot be read"):
        rebuild(path, used.archive, used.loop.declared.boards, lexicon=default_lexicon(), now=used.now, backup=backup)
    assert path.read_bytes() == b"all gone" * 1000


def test_only_a_rescue_that_was_completed_delays_the_next_one(used: Daemon):
    path = whole(used)
    aside = path.with_name(f"{path.name}.spoilt-{used.now:%Y-%m-%dT%H%M%SZ}")
    aside.hardlink_to(path)
    check_pause(path, used.now)
    aside.unlink()
    aside.write_bytes(b"another file")
    with pytest.raises(StoreError, match="is damaged again"):
        check_pause(path, used.now)


@pytest.mark.slow
@pytest.mark.parametrize("text", ["", "{", "[]", '{"pauses": 3}', '{"pauses": [["acme/text"]]}'])
def test_an_unreadable_backup_does_not_stop_the_rebuild(used: Daemon, text: str):
    backup = used.folder / "service.bak"
    backup.write_text(text, encoding="utf-8")
    path = whole(used)
    path.write_bytes(b"all gone" * 1000)
    rebuild(path, used.archive, used.loop.declared.boards, lexicon=default_lexicon(), now=used.now, backup=backup)
    with SqliteStore(path) as store:
        assert "pauses" in store.service.notices()[0].message.partition("Lost: ")[2]


def of_version_0_2(used: Daemon) -> tuple[list[object], list[list[object]]]:
    """What the outbox, and the counters, of version 0.2 held for a delivery that is only counted in its message."""
    event = used.store.service.deliveries()[0].event
    fields = {key: value for key, value in to_builtins(event).items() if key != "is_news"}
    body = json.dumps(fields | {"told": True})  # phrase allowed: the name in version 0.1
    waits = ["later", "ops", 7, "m1+", 2, 9, "down", 0, body.replace(event.id, "later")]
    return waits, [["fetches", "acme/text new", 3]]


def expect_version_0_2(path: Path) -> None:
    with SqliteStore(path) as store:
        (waits,) = store.service.deliveries("ops")
        assert (waits.event.id, waits.event.is_news, waits.message, waits.counted) == ("later", True, "m1", True)
        assert store.service.counts() == {counter(Counted.FETCHES, "acme/text", Verdict.NEW): 3}


def test_a_backup_of_an_earlier_version_is_migrated(used: Daemon):
    waits, counts = of_version_0_2(used)
    backup = used.folder / "service.bak"
    backup.write_text(json.dumps({"outbox": [waits], "counts": counts}), encoding="utf-8")
    path = whole(used)
    path.write_bytes(b"all gone" * 1000)
    rebuild(path, used.archive, used.loop.declared.boards, lexicon=default_lexicon(), now=used.now, backup=backup)
    expect_version_0_2(path)


def test_a_damaged_file_of_an_earlier_version_is_migrated(used: Daemon):
    waits, counts = of_version_0_2(used)
    path = whole(used)
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        migrations.apply(Database(connection), stop_before="news")
        connection.execute("INSERT INTO outbox VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", waits)
        connection.execute("INSERT INTO counts VALUES (?, ?, ?)", counts[0])
        connection.commit()
    rebuilt(used, path)
    expect_version_0_2(path)


def receipt(event: str, at: datetime) -> Receipt:
    return Receipt(event=EventId(event), route="r", delivered_at=at)


def test_old_receipts_are_left_out_of_the_backup(used: Daemon):
    backup = used.folder / "service.bak"
    used.store.service.receive([receipt("old", used.now - timedelta(days=32))])
    used.store.service.receive([receipt(f"new{number}", used.now - timedelta(days=30)) for number in range(RECEIPTS)])
    back_up(used.store, backup, used.now)
    names = [row[0] for row in json.loads(backup.read_text(encoding="utf-8"))["receipts"]]
    assert len(names) == RECEIPTS
    assert "old" not in names


def test_the_latest_receipts_are_backed_up_even_if_the_clock_is_ahead(used: Daemon):
    backup = used.folder / "service.bak"
    used.store.service.receive([receipt("sent", used.now)])
    back_up(used.store, backup, used.now + timedelta(days=400))
    assert [row[0] for row in json.loads(backup.read_text(encoding="utf-8"))["receipts"]] == ["sent"]


def test_a_rebuilt_database_sends_nothing_again(used: Daemon):
    path = whole(used)
    with SqliteStore(path) as store:
        deliveries = store.service.deliveries()
    spoil(path, "_checks")
    rebuilt(used, path)
    with SqliteStore(path) as store:
        assert store.service.deliveries() == deliveries


def test_the_daemon_continues_with_the_rebuilt_database(used: Daemon):
    path = whole(used)
    spoil(path, "_checks")
    rebuilt(used, path)
    used._opened()  # as the next loop does
    used.run(2 * HOUR)
    assert len(used.results("acme/other")) == 5
    assert used.open() == {}
    assert ("store", "") in used.ended()


def test_the_daemon_reports_once_what_it_had_not_read_before_the_damage(used: Daemon):
    other = BoardId("acme/other")
    used.traveller.shift(timedelta(seconds=5))
    body = showing(OTHER)(used.loop.declared.boards[other]).bodies
    used.archive.keep(Capture(board=other, observed_at=used.now, url="u", bodies=body))
    path, before = whole(used), len(used.archive.index(other)[0])
    spoil(path, "_checks")
    rebuilt(used, path)
    used._opened()
    told = [headline for headline in used.news() if "Acme other" in headline]
    used.run(60)
    assert told == []
    assert [headline for headline in used.news() if headline.startswith("Model B leads Acme other")]
    assert len(used.archive.index(other)[0]) == before, "it is reported before the board is fetched again"
    assert len(used.news()) == len(set(used.news()))


def test_two_rebuilds_keep_both_damaged_files(used: Daemon):
    path = whole(used)
    spoil(path, "_checks")
    first = rebuilt(used, path)
    spoil(path, "_checks")
    used.traveller.shift(timedelta(seconds=5))
    second = rebuilt(used, path)
    assert first != second
    assert first.exists()
    assert second.exists()


def test_a_full_disk_or_a_lock_is_not_a_damaged_file(used: Daemon):
    with closing(sqlite3.connect(used.folder / "tracker.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError) as raised:
            used.store.service.pause(Pause(board=TEXT, since=used.now, by="ann", reason="x"))
    assert not isinstance(raised.value, Damaged)


def test_a_board_whose_archive_is_damaged_too_is_named_and_does_not_stop_the_others(used: Daemon):
    path = whole(used)
    damaged = [
        capture
        for capture in (used.folder / "captures/acme/other").rglob("*")
        if capture.is_file() and capture.name != "index.jsonl"
    ]
    assert damaged
    for body in damaged:
        body.write_bytes(b"x")
    spoil(path, "_checks")
    rebuilt(used, path)
    with SqliteStore(path) as store:
        assert len(list(store.checks(TEXT))) == 3
        assert list(store.checks(BoardId("acme/other"))) == []
        ending = "Lost: the history of acme/other, until its captures can be read (tracker replay acme/other)"
        assert store.service.notices()[-1].message.endswith(ending)


def test_a_board_whose_captures_could_not_be_read_during_a_rebuild_is_read_again_by_the_next_daemon(used: Daemon):
    path, folder = whole(used), used.folder / "captures/acme/other"
    bodies = [body for body in folder.rglob("*") if body.is_file() and body.name != "index.jsonl"]
    for body in bodies:
        body.rename(body.with_suffix(".away"))
        body.mkdir()
    spoil(path, "_checks")
    rebuilt(used, path)
    for body in bodies:
        body.rmdir()
        body.with_suffix(".away").rename(body)
    used._opened()
    assert list(used.store.checks(BoardId("acme/other"))) == []
    asked = len(used.times("acme/other"))
    used.run(60)
    assert len(used.results("acme/other")) == 3
    assert len(used.times("acme/other")) == asked, "what the archive has is not fetched again"
    assert len(used.news()) == len(set(used.news()))


@pytest.mark.parametrize("backed_up", [False, True])
def test_a_daemon_reads_no_board_into_a_deleted_database_and_reports_the_change_afterwards(used: Daemon, backed_up: bool):
    path, backup, other = used.folder / "tracker.db", used.folder / "service.bak", BoardId("acme/other")
    if backed_up:
        back_up(used.store, backup, used.now)
    lines = len(used.archive.index(other)[0])
    for file in used.folder.glob("tracker.db*"):
        file.unlink()
    used.answers[other] = showing(OTHER)
    used.pass_by(HOUR)
    with pytest.raises(Replaced, match="was replaced or deleted while it was in use"):
        used.loop.turn()
    assert len(used.archive.index(other)[0]) == lines
    with pytest.raises(Replaced):
        beside(used.store, path)
    assert not path.exists(), "the worker that delivers creates no empty one"
    boards, lexicon = used.loop.declared.boards, used.loop.declared.lexicon
    message = rebuild(path, used.archive, boards, lexicon=lexicon, now=used.now, backup=backup, is_damaged=False)
    assert backed_up == ("Lost: what the record said earlier" in message)
    used._opened()
    used.run()
    assert [headline for headline in used.news() if headline.startswith("Model B leads Acme other")]


def test_a_message_that_names_news_that_was_not_sent_does_not_say_that_nothing_is_lost(used: Daemon):
    backup, path = used.folder / "service.bak", whole(used)
    saved = {**{table: [] for table in TABLES}, "declarations": [], "positions": [], "version": NEWEST_MIGRATION}
    backup.write_text(json.dumps(saved), encoding="utf-8")
    path.unlink()
    boards, lexicon = used.loop.declared.boards, used.loop.declared.lexicon
    message = rebuild(path, used.archive, boards, lexicon=lexicon, now=used.now, backup=backup, is_damaged=False)
    assert "Not sent, and may not have been sent before" in message
    assert "Lost: what the record said earlier" in message
