"""The history goes on where the index was, even if the file was shortened, garbled, joined or replaced meanwhile."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from line_world import BOARD, SEASON, SIX, FakeFetcher, at, board, capture, csv, dump, fresh, keep, note
from memory_store import MemoryStore

from tracker.clock import FixedClock
from tracker.errors import StoreError
from tracker.line import intake, sync
from tracker.model import Event, EventFilter, Verdict
from tracker.ports import Store
from tracker.stores.archive import FileArchive
from tracker.workspace.names import default_lexicon

LAST = csv("a:99:2:MIT b:80:3 c:70:1 d:60:1 e:50:1 f:40:1")


def index_of(archive: FileArchive) -> Path:
    return archive._root / BOARD / "index.jsonl"


def synced(archive: FileArchive, store: Store) -> None:
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())


def fetched(archive: FileArchive, store: Store, number: float, body: bytes) -> sync.Outcome:
    """What `tracker run` does."""
    (outcome,) = intake.run(
        [board()],
        archive=archive,
        store=store,
        fetcher=FakeFetcher.saying(capture(number, body)),
        clock=FixedClock(at(number)),
        lexicon=default_lexicon(),
    )
    return outcome


def events(store: Store) -> list[Event]:
    return list(store.events(EventFilter()))


def shortened(whole: bytes) -> bytes:
    return b"".join(whole.splitlines(keepends=True)[:-1])


def much_shortened(whole: bytes) -> bytes:
    return whole.splitlines(keepends=True)[0]


def cut(whole: bytes) -> bytes:
    return whole[:-70]


def garbled(whole: bytes) -> bytes:
    return whole[:-150] + b"\xee" * 149 + b"\n"


def garbled_in_the_middle(whole: bytes) -> bytes:
    return whole[:300] + b"\xee" * 30 + whole[330:]


def joined(whole: bytes) -> bytes:
    return whole.replace(b"}\n{", b"}{", 2)


def gone(_: bytes) -> bytes:
    return b""


DAMAGE = (shortened, much_shortened, cut, garbled, garbled_in_the_middle, joined, gone)


@pytest.fixture
def undisturbed(tmp_path: Path, archive: FileArchive, store: Store) -> tuple[object, list[Event]]:
    """A season that was read, with a decision; what it would be with one more fetch and nothing damaged."""
    keep(archive, SEASON)
    synced(archive, store)
    note(archive, 2, Verdict.REJECT, by="ann", reason="wrong page")
    synced(archive, store)
    other = FileArchive(Path(shutil.copytree(archive._root, tmp_path / "other")))
    keep(other, {20: LAST})
    copy = fresh("memory" if isinstance(store, MemoryStore) else "sqlite")
    sync.sync_board(board(), other, copy, lexicon=default_lexicon())
    return dump(copy), events(copy)


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: damage.__name__)
def test_a_fetch_after_damage_restores_the_index_and_its_news_is_recorded(
    archive: FileArchive, store: Store, undisturbed: tuple[object, list[Event]], damage: Callable[[bytes], bytes]
):
    whole = index_of(archive).read_bytes()
    index_of(archive).write_bytes(damage(whole))
    outcome = fetched(archive, store, 20, LAST)
    if damage is garbled_in_the_middle:  # of the same length: noticed by what reads all of it
        sync.replay(board(), archive, store, lexicon=default_lexicon(), careful=True)
    assert (outcome.error, outcome.rebuilt) == (None, None)
    assert index_of(archive).read_bytes().startswith(whole)
    assert (dump(store), events(store)) == undisturbed


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: damage.__name__)
def test_a_replay_of_a_damaged_index_loses_nothing(archive: FileArchive, store: Store, damage: Callable[[bytes], bytes]):
    keep(archive, SEASON)
    synced(archive, store)
    whole, before = index_of(archive).read_bytes(), dump(store)
    index_of(archive).write_bytes(damage(whole))
    sync.replay(board(), archive, store, lexicon=default_lexicon())
    assert (index_of(archive).read_bytes(), dump(store)) == (whole, before)


def restored_from_an_old_copy(archive: FileArchive, store: Store, folder: Path) -> None:
    """Captures that were copied before the last of three fetches, all of whose lines have the same length."""
    bodies = [csv(SIX.replace("b:80", f"b:9{number}")) for number in range(3)]
    keep(archive, dict(enumerate(bodies[:2])))
    synced(archive, store)
    shutil.copytree(archive._root, folder / "copy")
    keep(archive, {2: bodies[2]})
    synced(archive, store)
    shutil.rmtree(archive._root)
    shutil.copytree(folder / "copy", archive._root)


def test_captures_restored_from_an_old_copy_are_noticed_although_a_line_ends_at_the_stored_position(
    archive: FileArchive, store: Store, tmp_path: Path
):
    restored_from_an_old_copy(archive, store, tmp_path)
    before = dump(store)
    again = FileArchive(archive._root)
    outcome = fetched(again, store, 3, LAST)
    assert outcome.exit_code == 3
    assert "lacks the capture of 2026-03-03T06:00:00Z, which the history has, and its body is gone; restore" in str(outcome.error)
    assert again.last(BOARD).observed_at == at(3), "it is kept all the same"
    for careful in (sync.sync_board, lambda *args, lexicon: sync.replay(*args, lexicon=lexicon, careful=True)):
        with pytest.raises(StoreError, match="its body is gone"):
            careful(board(), again, store, lexicon=default_lexicon())
    assert dump(store) == before


def test_a_replay_of_the_named_board_gives_up_only_the_state_whose_body_is_gone(
    archive: FileArchive, store: Store, tmp_path: Path
):
    restored_from_an_old_copy(archive, store, tmp_path)
    again = FileArchive(archive._root)
    keep(again, {3: LAST})
    sync.replay(board(), again, store, lexicon=default_lexicon())
    assert [check.observed_at for check in store.checks(BOARD)] == [at(0), at(1), at(3)]
    assert fetched(again, store, 4, csv(SIX)).error is None


def test_a_store_of_an_earlier_version_remembers_the_index_from_the_next_sync(archive: FileArchive, store: Store):
    keep(archive, SEASON)
    synced(archive, store)
    whole = index_of(archive).read_bytes()
    with store.rewriting(BOARD):  # as if it knew the position alone
        lines = archive.index(BOARD)[0]
        assert sync._store(board(), lines, sync.Desk(archive=archive, store=store, lexicon=default_lexicon())) is not None
        store.move_position(BOARD, len(whole))
    synced(archive, store)
    assert store.indexed(BOARD) == whole


def test_a_replay_without_a_memory_of_the_index_refuses_to_drop_a_state_that_the_archive_has(archive: FileArchive, store: Store):
    keep(archive, SEASON)
    with store.rewriting(BOARD):
        desk = sync.Desk(archive=archive, store=store, lexicon=default_lexicon())
        sync._store(board(), archive.index(BOARD)[0], desk)
    before = dump(store)
    index_of(archive).write_bytes(shortened(index_of(archive).read_bytes()))
    with pytest.raises(StoreError, match="the index lacks the capture of 2026-03-09T06:00:00Z, which the history has"):
        sync.replay(board(), archive, store, lexicon=default_lexicon())
    assert dump(store) == before


@pytest.mark.parametrize("command", ["sync", "replay"])
def test_an_index_that_was_appended_to_itself_is_restored(archive: FileArchive, store: Store, command: str):
    keep(archive, {number: csv(f"a:{90 + number}:1 b:80:1") for number in range(3)})
    sync.sync_board(board(), archive, store, default_lexicon())
    index, before = archive._root / BOARD / "index.jsonl", dump(store)
    text = index.read_bytes()
    index.write_bytes(text + text)
    assert any(f"to restore it: tracker replay {BOARD}" in problem for problem in archive.check(BOARD))
    work = sync.sync_board if command == "sync" else sync.replay
    work(board(), archive, store, default_lexicon())
    assert (index.read_bytes(), archive.check(BOARD), dump(store)) == (text, (), before)


def test_a_line_that_was_changed_before_it_was_read_is_refused(archive: FileArchive, store: Store):
    keep(archive, {0: csv("a:90:1 b:80:1")})
    sync.sync_board(board(), archive, store, default_lexicon())
    keep(archive, {1: csv("a:91:1 b:80:1")})
    index = archive._root / BOARD / "index.jsonl"
    index.write_bytes(index.read_bytes().replace(b"2026-03-02", b"2026-03-03"))
    with pytest.raises(StoreError, match="was changed; restore the file from a copy"):
        sync.sync_board(board(), archive, store, default_lexicon())
