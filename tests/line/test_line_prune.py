"""Bodies that nothing needs are deleted: the news, its evidence, the chain and the index stay, whatever happens on the way."""

from __future__ import annotations

import random
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import examples
from line_world import BOARD, at, board, csv, dump, fresh, keep, note

from tracker.errors import StoreError
from tracker.line import prune, sync
from tracker.line.prune import Pruned
from tracker.model import Event, EventFilter, IndexLine, Verdict, kept_and_pruned
from tracker.ports import Store
from tracker.stores.archive import FileArchive
from tracker.stores.archive.bodies import sha256_of
from tracker.stores.sqlite import SqliteStore
from tracker.workspace.names import default_lexicon

NOW = at(400)


def walk(seed: int, states: int = 40) -> Mapping[float, bytes]:
    """A state every third day: most change one score within the error, some by more; models come and go."""
    chance = random.Random(seed)
    scores = {key: 90.0 - 4 * number for number, key in enumerate("abcdefghij")}
    pages = {}
    for number in range(states):
        key = chance.choice(sorted(scores))
        scores[key] = round(
            scores[key] + chance.choice([0.1, -0.1, 0.3, -0.4, *([7.0, -6.0] if chance.random() < 0.2 else [])]), 1
        )
        gone = {chance.choice("hij")} if chance.random() < 0.1 else set()
        pages[3.0 * number] = csv(" ".join(f"{entry}:{score}:1" for entry, score in scores.items() if entry not in gone))
    return pages


def synced(archive: FileArchive, store: Store) -> None:
    sync.sync_board(board(), archive, store, default_lexicon(), now=NOW)


def pruned(archive: FileArchive, store: Store, **how: bool) -> Pruned:
    done = prune.prune(board(), archive, store, default_lexicon(), NOW, by="ann", **how)
    synced(archive, store)
    return done


def news(store: Store) -> list[Event]:
    return list(store.events(EventFilter(board=BOARD, is_news=True)))


def bodies(archive: FileArchive) -> int:
    return sum(1 for _ in (archive._root / BOARD / "bodies").iterdir())


@pytest.fixture
def used(archive: FileArchive, store: Store) -> FileArchive:
    keep(archive, walk(3))
    synced(archive, store)
    return archive


def test_pruning_deletes_bodies_and_leaves_the_history_as_it_is(used: FileArchive, store: Store):
    before, text, held = dump(store), used.raw(BOARD, 0), bodies(used)
    done = pruned(used, store)
    assert (done.of, bodies(used)) == (held, held - done.bodies)
    assert done.bodies >= 10
    assert done.bytes > 0
    assert dump(store) == before
    assert used.raw(BOARD, 0).startswith(text)
    assert used.check(BOARD) == ()


def test_a_trial_deletes_nothing(used: FileArchive, store: Store):
    text, held = used.raw(BOARD, 0), bodies(used)
    tried = pruned(used, store, is_trial=True)
    assert (used.raw(BOARD, 0), bodies(used)) == (text, held)
    assert pruned(used, store) == tried


@examples(12)
@given(seed=st.integers(0, 10_000))
def test_a_replay_after_pruning_gives_the_same_news_with_all_its_evidence(seed: int, tmp_path_factory: pytest.TempPathFactory):
    archive, store = FileArchive(tmp_path_factory.mktemp("captures")), fresh("sqlite")
    keep(archive, walk(seed))
    synced(archive, store)
    before, last = news(store), store.latest(BOARD)
    pruned(archive, store)
    sync.replay(board(), archive, store, default_lexicon(), now=NOW)
    assert news(store) == before
    assert store.latest(BOARD) == last
    for evidence in (evidence for event in before for evidence in event.evidence):
        assert archive.body(BOARD, evidence.sha256)
    months = {at(3.0 * number).month for number in range(40)}
    assert {check.observed_at.month for check in store.checks(BOARD)} == months


def test_a_second_prune_finds_nothing_more(used: FileArchive, store: Store):
    assert pruned(used, store).bodies
    text = used.raw(BOARD, 0)
    assert (pruned(used, store).bodies, used.raw(BOARD, 0)) == (0, text)


def test_a_prune_that_was_killed_before_it_deleted_is_completed_by_the_next(used: FileArchive, store: Store, tmp_path: Path):
    folder = used._root / BOARD / "bodies"
    shutil.copytree(folder, tmp_path / "before")
    left = bodies(used) - pruned(used, store).bodies
    for number, body in enumerate(sorted((tmp_path / "before").iterdir())):
        if number % 2:  # as if it had been killed halfway
            shutil.copy(body, folder / body.name)
    again = FileArchive(used._root)
    assert again.check(BOARD) == ()
    synced(again, store)
    assert pruned(again, store).bodies == 0
    assert bodies(again) == left


def test_a_prune_that_was_killed_before_its_record_was_read_stops_no_command(used: FileArchive, store: Store):
    before, held = dump(store), bodies(used)
    deleted = prune.prune(board(), used, store, default_lexicon(), NOW, by="ann").bodies  # killed here
    with SqliteStore(Path(":memory:")) as derived:
        sync.derive(board(), used, derived, default_lexicon(), until=store.position(BOARD))
        assert list(derived.events(EventFilter(is_news=True))) == news(store)
    assert pruned(used, store).bodies == 0
    assert (dump(store), bodies(used)) == (before, held - deleted)


def test_a_replay_of_a_half_pruned_board_leaves_out_what_is_gone(used: FileArchive, store: Store):
    before = news(store)
    deleted = prune.prune(board(), used, store, default_lexicon(), NOW, by="ann").bodies
    outcome = sync.replay(board(), used, store, default_lexicon(), now=NOW, until=store.position(BOARD))
    assert outcome.readings <= 40 - deleted
    assert news(store) == before
    synced(used, store)
    assert news(store) == before


def test_a_body_that_comes_again_counts_again(used: FileArchive, store: Store):
    pruned(used, store)
    hashes = {sha256_of(page): page for page in walk(3).values()}
    _, gone = kept_and_pruned(used.index(BOARD)[0])
    (sha256,) = gone[0].sha256
    keep(used, {399: hashes[sha256]})
    synced(used, store)
    assert store.last_check(BOARD).observed_at == at(399)
    pruned(used, store)
    assert used.body(BOARD, sha256) == hashes[sha256]
    assert used.check(BOARD) == ()


def test_a_pruned_body_is_not_called_damaged(used: FileArchive, store: Store):
    pruned(used, store)
    _, gone = kept_and_pruned(used.index(BOARD)[0])
    with pytest.raises(StoreError, match=r"body \w+ was deleted by tracker prune at .*; nothing is wrong"):
        used.body(BOARD, gone[0].sha256[0])


def test_an_index_that_lost_its_end_after_pruning_is_restored(used: FileArchive, store: Store):
    pruned(used, store)
    index = used._root / BOARD / "index.jsonl"
    text = index.read_bytes()
    index.write_bytes(text[: len(text) // 2])
    again = FileArchive(used._root)
    synced(again, store)
    assert (index.read_bytes(), again.check(BOARD)) == (text, ())


def test_captures_that_were_not_read_yet_stop_pruning(used: FileArchive, store: Store):
    keep(used, {130: csv("a:1:1")})
    with pytest.raises(StoreError, match="captures that were not read yet; nothing was deleted"):
        prune.prune(board(), used, store, default_lexicon(), NOW, by="ann")


def test_the_body_of_a_reading_that_was_decided_or_held_is_kept(used: FileArchive, store: Store):
    line = used.index(BOARD)[0][7]
    note(used, 21, Verdict.REJECT, by="ann", reason="x", sha256=line.sha256)
    synced(used, store)
    pruned(used, store)
    assert used.body(BOARD, line.sha256[0])


def test_a_fetch_before_a_prune_line_is_gone_and_one_after_it_is_not():
    def line(verdict: Verdict, *hashes: str) -> IndexLine:
        return IndexLine(observed_at=NOW, url="u", verdict=verdict, sha256=hashes)

    lines = [line(Verdict.NEW, "a"), line(Verdict.NEW, "b", "c"), line(Verdict.PRUNE, "a", "c"), line(Verdict.NEW, "a")]
    kept, gone = kept_and_pruned(lines)
    assert (kept, gone) == (lines[2:], lines[:2])
