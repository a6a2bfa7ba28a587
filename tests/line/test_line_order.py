"""The history is what the archive says, in whatever order, in however many calls, however often it was brought in."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import examples
from line_world import BOARD, CHALLENGE, CUT, OTHER, SEASON, SIX, at, board, csv, dump, files, fresh, keep, kinds, note

from tracker.errors import DeclarationError, StoreError
from tracker.line import fold, intake, sync
from tracker.line.apart import read_line
from tracker.model import EntryId, EventFilter, Result, Verdict
from tracker.ports import Store
from tracker.stores.archive import FileArchive
from tracker.workspace.names import default_lexicon


def synced(kind: str, states: Mapping[float, bytes], calls: Iterable[Iterable[float]], folder: Path) -> Mapping[str, object]:
    """What a fresh store holds after the states were brought in by those calls."""
    archive, store = FileArchive(folder), fresh(kind)
    for call in calls:
        keep(archive, {number: states[number] for number in call})
        sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    assert store.position(BOARD) == archive.index(BOARD)[1]
    return dump(store)


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_the_season_has_every_kind_of_trouble_and_news(kind: str, archive: FileArchive):
    store = fresh(kind)
    keep(archive, SEASON)
    outcome = sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    assert [check.result for check in outcome.checks] == [
        Result.ACCEPTED,
        Result.ACCEPTED,
        Result.UNCHANGED,
        Result.ACCEPTED,
        Result.UNREADABLE,
        Result.UNREADABLE,
        Result.ACCEPTED,
        Result.ACCEPTED,
        Result.QUARANTINED,
        Result.ACCEPTED,
    ]
    assert {event.kind for event in store.events(EventFilter())} >= {
        "new_leader",
        "overtake",
        "debut",
        "departure",
        "price_change",
        "lifecycle",
        "board_broken",
        "board_recovered",
        "methodology",
    }


@pytest.mark.slow
@examples(12)
@given(data=st.data())
@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_the_order_and_the_number_of_imports_never_matter(kind: str, data: st.DataObject):
    states = data.draw(st.dictionaries(st.sampled_from(sorted(SEASON)), st.sampled_from(list(SEASON.values())), min_size=2))
    order = data.draw(st.permutations(sorted(states)))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(order) - 1), max_size=4)))
    calls = [order[start:end] for start, end in zip([0, *cuts], [*cuts, None], strict=True)]
    with TemporaryDirectory() as first, TemporaryDirectory() as other:
        at_once = synced(kind, states, [sorted(states)], Path(first))
        assert synced(kind, states, calls, Path(other)) == at_once


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["memory", "sqlite"])
@pytest.mark.parametrize("order", [sorted(SEASON, reverse=True), [8, 0, 4, 3, 7, 1, 6, 4.5, 2, 5]], ids=["backwards", "mixed"])
def test_states_that_arrive_one_by_one_end_in_the_same_tables(kind: str, order: list[float], tmp_path: Path):
    one_by_one = synced(kind, SEASON, [[number] for number in order], tmp_path / "one")
    assert one_by_one == synced(kind, SEASON, [sorted(SEASON)], tmp_path / "other")


def test_a_replay_ends_in_the_same_tables_and_withdraws_nothing(archive: FileArchive, store: Store):
    keep(archive, SEASON)
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    before = dump(store)
    outcome = sync.replay(board(), archive, store, lexicon=default_lexicon())
    assert dump(store) == before
    assert len(outcome.checks) == len(SEASON)
    assert list(store.withdrawn(BOARD)) == []


def test_a_replay_after_the_declaration_changed_withdraws_what_no_longer_follows(archive: FileArchive, store: Store):
    keep(archive, SEASON)
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    before = {event.id: event for event in store.events(EventFilter(board=BOARD))}
    sync.replay(board(max_drop=1.0), archive, store, lexicon=default_lexicon())
    now = {event.id for event in store.events(EventFilter(board=BOARD))}
    assert list(store.withdrawn(BOARD)) == sorted(before.keys() - now)
    assert "board_broken/quarantine" in {f"{before[event_id].kind}/{before[event_id].grade}" for event_id in before.keys() - now}
    assert store.declared(BOARD) == board(max_drop=1.0)


def test_syncing_again_changes_nothing(archive: FileArchive, store: Store):
    keep(archive, SEASON)
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    before = dump(store)
    again = sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    assert (again.checks, again.events, again.failed) == ((), (), False)
    assert dump(store) == before


def test_importing_again_changes_nothing(archive: FileArchive, store: Store, tmp_path: Path):
    paths = files(tmp_path / "bodies", SEASON)
    first = intake.import_bodies(board(), paths, archive=archive, store=store, lexicon=default_lexicon())
    before, index = dump(store), archive.index(BOARD)
    again = intake.import_bodies(board(), reversed(paths), archive=archive, store=store, lexicon=default_lexicon())
    assert (len(first.checks), len(again.checks)) == (len(SEASON), 0)
    assert dump(store) == before
    assert archive.index(BOARD) == index


def test_bodies_may_be_gzipped(archive: FileArchive, store: Store, tmp_path: Path):
    path = tmp_path / "2026-03-01T060000Z.csv.gz"
    path.write_bytes(gzip.compress(csv(SIX)))
    intake.import_bodies(board(), [path], archive=archive, store=store, lexicon=default_lexicon())
    assert len(store.latest(BOARD).entries) == 6
    assert archive.body(BOARD, archive.last(BOARD).sha256[0]) == csv(SIX)


@pytest.mark.parametrize(
    ("name", "stored", "expected"),
    [
        ("latest.csv", b"", "the name has no time; expected YYYY-MM-DDTHHMMSSZ.ext"),
        ("2026-02-30T060000Z.csv", b"", "the name has no time"),
        ("2026-03-01T060000Z.csv.gz", b"no gzip at all", "cannot be read: "),
        ("2026-03-01T060000Z.csv.gz", gzip.compress(csv(SIX), mtime=0)[:-9], "cannot be read"),
        ("2026-03-01T060000Z.csv.gz", gzip.compress(b"", mtime=0)[:10] + b"\xff" * 30, "cannot be read: "),
        ("2026-03-01T060000Z.csv", b"x" * 2001, "more than 2000 bytes; raise request.max_bytes"),
        ("2026-03-01T060000Z.csv.gz", gzip.compress(bytes(2_000_000), 9, mtime=0), "more than 2000 bytes"),
    ],
    ids=["no time", "no such day", "no gzip", "cut gzip", "bad deflate", "too large", "bomb"],
)
def test_a_file_that_is_not_a_dated_body_is_refused_in_one_line(
    archive: FileArchive, tmp_path: Path, name: str, stored: bytes, expected: str
):
    path = tmp_path / name
    path.write_bytes(stored)
    small = replace(board(), request=replace(board().request, max_bytes=2000))
    with pytest.raises(DeclarationError) as caught:
        intake.import_bodies(small, [path], archive=archive, store=fresh("memory"), lexicon=default_lexicon())
    assert expected in str(caught.value)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)
    assert archive.boards() == ()


def test_another_body_for_a_time_that_has_one_is_refused(archive: FileArchive, store: Store, tmp_path: Path):
    intake.import_bodies(board(), files(tmp_path / "one", {0: csv(SIX)}), archive=archive, store=store, lexicon=default_lexicon())
    with pytest.raises(StoreError, match="a board has one state at a time"):
        intake.import_bodies(
            board(), files(tmp_path / "two", {0: csv("a:1")}), archive=archive, store=store, lexicon=default_lexicon()
        )
    assert len(store.latest(BOARD).entries) == 6


# ── lines that bring no new body ─────────────────────────────────────────────────────────────────


def test_the_same_body_again_changes_nothing(archive: FileArchive, store: Store):
    keep(archive, {0: csv(SIX), 1: csv(SIX)})
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    assert [(check.result, check.message) for check in store.checks(BOARD)] == [("accepted", ""), ("unchanged", "")]
    assert list(store.events(EventFilter())) == []


def test_other_bytes_with_the_same_content_are_accepted_without_an_event(archive: FileArchive, store: Store):
    keep(archive, {0: csv(SIX), 1: csv(SIX).replace(b"\n", b"\r\n")})
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    assert [check.result for check in store.checks(BOARD)] == ["accepted", "accepted"]
    assert list(store.events(EventFilter())) == []
    assert store.past(BOARD).changed_at == (at(0),)


def test_a_304_keeps_the_last_state_and_moves_on_when_it_was_last_seen(archive: FileArchive, store: Store):
    keep(archive, {0: csv(SIX)})
    note(archive, 1, Verdict.NOT_MODIFIED, status=304, sha256=archive.last(BOARD).sha256)
    keep(archive, {2: csv(SIX + " g:99")})
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    assert [(check.result, check.status) for check in store.checks(BOARD)][1] == ("unchanged", 304)
    (leader,) = store.events(EventFilter(kinds=("new_leader",)))
    assert (leader.after, leader.until) == (at(1), at(2))


@pytest.mark.parametrize("days", [0.9, 1])
def test_a_304_a_day_later_confirms_a_departure(archive: FileArchive, store: Store, days: float):
    keep(archive, {0: csv(SIX), 1: csv(SIX.replace(" c:70", ""))})
    note(archive, 1 + days, Verdict.NOT_MODIFIED, status=304, sha256=archive.last(BOARD).sha256)
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    assert kinds(store) == (["departure/confirmed"] if days == 1 else [])
    note(archive, 4, Verdict.NOT_MODIFIED, status=304, sha256=archive.last(BOARD).sha256)
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    assert kinds(store) == ["departure/confirmed"]


def test_a_304_without_a_state_changes_nothing(archive: FileArchive, store: Store):
    note(archive, 0, Verdict.NOT_MODIFIED, status=304)
    assert sync.sync_board(board(), archive, store, lexicon=default_lexicon()).failed is False
    assert store.latest(BOARD) is None


def test_a_304_leaves_a_board_that_was_never_read_broken(archive: FileArchive, store: Store):
    note(archive, 0, Verdict.REFUSED, status=403, error="acme/text: 403")
    note(archive, 1, Verdict.NOT_MODIFIED, status=304)
    assert sync.sync_board(board(), archive, store, lexicon=default_lexicon()).failed
    assert [(check.result, check.message) for check in store.checks(BOARD)] == [
        ("failed", "acme/text: 403"),
        ("still_broken", "acme/text: 403"),
    ]
    assert store.past(BOARD).broken_since == at(0)
    assert store.past(BOARD).seen_until is None


def test_a_body_imported_for_the_second_of_a_failed_fetch_takes_its_place(archive: FileArchive, store: Store):
    note(archive, 0, Verdict.TRANSIENT, error="acme/text: timed out")
    note(archive, 1, Verdict.TRANSIENT, error="acme/text: timed out")
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    keep(archive, {0: csv(SIX)})
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    before = dump(store)
    assert [check.result for check in store.checks(BOARD)] == ["accepted", "failed"]
    sync.replay(board(), archive, store, lexicon=default_lexicon())
    assert dump(store) == before


def test_of_two_failures_in_one_second_the_first_counts(archive: FileArchive, store: Store):
    note(archive, 0, Verdict.TRANSIENT, error="first")
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    note(archive, 0, Verdict.TRANSIENT, error="second")
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    before = dump(store)
    assert [check.message for check in store.checks(BOARD)] == ["first"]
    sync.replay(board(), archive, store, lexicon=default_lexicon())
    assert dump(store) == before


def test_lines_that_were_stored_before_a_crash_noted_the_position_are_not_stored_twice(archive: FileArchive, store: Store):
    keep(archive, SEASON)
    lines, _ = archive.index(BOARD)
    store.declare(board())
    first = fold.steps(board(), lines, archive, before=None, past=store.past(BOARD), lexicon=default_lexicon(), read=read_line)
    for _ in range(4):
        store.save(next(first))
    assert store.position(BOARD) == 0
    outcome = sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    assert len(outcome.checks) == len(SEASON) - 4
    whole = fresh("memory")
    sync.sync_board(board(), archive, whole, lexicon=default_lexicon())
    assert list(store.events(EventFilter())) == list(whole.events(EventFilter()))


def test_boards_in_one_archive_and_store_do_not_touch(archive: FileArchive, store: Store):
    keep(archive, SEASON)
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    before = kinds(store)
    keep(archive, {0: csv("a:1 b:2"), 3: CHALLENGE, 4: CUT}, OTHER)
    sync.sync_board(board(OTHER), archive, store, lexicon=default_lexicon())
    assert kinds(store) == before
    assert kinds(store, board=OTHER) == ["board_broken/page"]


def test_another_way_of_reading_rewrites_what_was_stored(archive: FileArchive, store: Store):
    keep(archive, {0: csv(SIX), 1: csv(SIX, end="\n")})
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    first, *others = board().metrics
    reversed_board = replace(board(), metrics=(replace(first, higher_is_better=False), *others))
    sync.sync_board(replace(board(), title="Another title"), archive, store, lexicon=default_lexicon())
    assert store.declared(BOARD).title == "Another title"
    assert [span.rank for span in store.rank_spans(BOARD, EntryId("a"))] == [1]
    sync.sync_board(reversed_board, archive, store, lexicon=default_lexicon())
    assert [span.rank for span in store.rank_spans(BOARD, EntryId("a"))] == [6]
