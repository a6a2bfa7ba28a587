"""An event holds when the stored bytes say what it says; what differs is told."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from line_world import BOARD, SEASON, board, csv, keep

from tracker.errors import StoreError
from tracker.line import proof, sync
from tracker.model import Event, EventFilter, Verdict
from tracker.stores.archive import FileArchive
from tracker.stores.sqlite import SqliteStore
from tracker.workspace.names import default_lexicon


@pytest.fixture
def store(archive: FileArchive, tmp_path: Path) -> Iterator[SqliteStore]:
    keep(archive, SEASON)
    with SqliteStore(tmp_path / "tracker.db") as store:
        sync.sync_board(board(), archive, store, lexicon=default_lexicon())
        yield store


def events(store: SqliteStore) -> list[Event]:
    return list(store.events(EventFilter()))


def tamper(tmp_path: Path, sql: str) -> None:
    with closing(sqlite3.connect(tmp_path / "tracker.db")) as connection:
        changed = connection.execute(sql).rowcount
        connection.commit()
    assert changed > 0


def test_every_event_holds(archive: FileArchive, store: SqliteStore):
    verified = proof.verify(events(store), board(), archive, lexicon=default_lexicon())
    assert [verification.event for verification in verified] == events(store)
    assert [verification.differences for verification in verified if not verification.holds] == []
    assert len(verified) > 15


def test_every_cell_an_event_quotes_is_in_the_bytes_it_names(archive: FileArchive, store: SqliteStore):
    quoted = [proof for event in events(store) for proof in event.evidence if proof.raw is not None]
    assert len(quoted) > 30
    for quoted_proof in quoted:
        lines = archive.body(BOARD, quoted_proof.sha256).decode().splitlines()
        (row,) = [line.split(",") for line in lines if line.startswith(f"{quoted_proof.entry},")]
        assert quoted_proof.raw in row


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sql", "difference"),
    [
        ("UPDATE _events SET grade = 'decisive' WHERE kind = 'new_leader'", "grade: recorded 'decisive', derived 'supported'"),
        ("UPDATE _events SET is_news = 1 - is_news WHERE kind = 'new_leader'", "is_news: recorded False, derived True"),
        ("UPDATE _events SET until = until + 60 WHERE kind = 'new_leader'", "until: recorded datetime"),
        ("UPDATE _events SET after = NULL WHERE kind = 'new_leader'", "after: recorded None, derived datetime"),
        ("UPDATE _events SET rule = 'new_leader/0' WHERE kind = 'new_leader'", "rule: recorded 'new_leader/0'"),
        ("UPDATE _events SET kind = 'demotion' WHERE kind = 'new_leader'", "kind: recorded 'demotion', derived 'new_leader'"),
        ("UPDATE _events SET recorded_at = recorded_at + 1 WHERE kind = 'new_leader'", "recorded_at: recorded datetime"),
        ("UPDATE _events SET body = replace(body, '\"95\"', '\"96\"') WHERE kind = 'new_leader'", "evidence: recorded"),
        ("UPDATE _events SET body = replace(body, '\"B\"', '\"Q\"') WHERE kind = 'new_leader'", "subjects: recorded"),
        ("UPDATE _events SET event = 'ffff' || substr(event, 5) WHERE kind = 'new_leader'", "do not give this new_leader"),
    ],
)
def test_a_tampered_event_does_not_hold_and_its_differences_are_listed(
    archive: FileArchive, store: SqliteStore, tmp_path: Path, sql: str, difference: str
):
    untouched = {event.id: event for event in events(store)}
    tamper(tmp_path, sql)
    verified = proof.verify(events(store), board(), archive, lexicon=default_lexicon())
    spoilt = [verification for verification in verified if not verification.holds]
    assert {verification.event.id for verification in spoilt} == {
        event.id for event in events(store) if untouched.get(event.id) != event
    }
    assert len(spoilt) >= 1
    assert difference in " | ".join(spoilt[0].differences)


@pytest.mark.parametrize(
    ("sql", "difference"),
    [
        (
            "UPDATE _events SET headline = 'B is first.' WHERE kind = 'new_leader'",
            "headline: recorded 'B is first.', derived 'B leads",
        ),
        ("UPDATE _events SET weight = weight - 1 WHERE kind = 'new_leader'", "weight: recorded 94, derived 95"),
        (
            "UPDATE _events SET body = replace(body, 'Cloudflare challenge', 'challenge') WHERE kind = 'board_broken'",
            "message: recorded 'acme/text: challenge",
        ),
    ],
)
def test_an_event_in_the_words_of_another_version_holds_and_is_marked_as_reworded(
    archive: FileArchive, store: SqliteStore, tmp_path: Path, sql: str, difference: str
):
    tamper(tmp_path, sql)
    verified = proof.verify(events(store), board(), archive, lexicon=default_lexicon())
    assert all(verification.holds for verification in verified)
    reworded = [line for verification in verified for line in verification.reworded]
    assert difference in " | ".join(reworded)


def test_an_event_of_another_board_does_not_hold(archive: FileArchive, store: SqliteStore):
    other = replace(events(store)[0], id="0" * 16)
    (verified,) = proof.verify([other], board(), archive, lexicon=default_lexicon())
    assert verified.differences == (f"the stored bytes and the present declaration do not give this {other.kind}",)


def test_a_damaged_body_is_a_store_error_and_not_a_verdict(archive: FileArchive, store: SqliteStore):
    body = next(path for path in (archive._root / BOARD / "bodies").iterdir() if path.suffix == ".raw")
    body.write_bytes(body.read_bytes().replace(b"90", b"91", 1) if b"90" in body.read_bytes() else b"x")
    with pytest.raises(StoreError, match="is damaged"):
        proof.verify(events(store), board(), FileArchive(archive._root), lexicon=default_lexicon())


def test_a_lost_body_is_a_store_error(archive: FileArchive, store: SqliteStore):
    next((archive._root / BOARD / "bodies").iterdir()).unlink()
    with pytest.raises(StoreError, match="is missing"):
        proof.verify(events(store), board(), FileArchive(archive._root), lexicon=default_lexicon())


def test_verifying_writes_nothing(archive: FileArchive, store: SqliteStore):
    before = {path: path.stat().st_mtime_ns for path in archive._root.rglob("*")}
    proof.verify(events(store), board(), archive, lexicon=default_lexicon())
    assert {path: path.stat().st_mtime_ns for path in archive._root.rglob("*")} == before


def test_a_decision_is_part_of_what_is_derived(archive: FileArchive, store: SqliteStore):
    keep(archive, {9: csv("a:45:1.5 b:47.5:3")})
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    held = next(check for check in store.checks(BOARD) if check.result == "quarantined")
    proof.decide(
        board(), held.observed_at, Verdict.ACCEPT, by="ann", reason="", archive=archive, store=store, lexicon=default_lexicon()
    )
    assert all(verification.holds for verification in proof.verify(events(store), board(), archive, lexicon=default_lexicon()))
