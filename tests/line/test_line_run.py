"""`run`: what a fetcher brings is kept, whatever it is, and one board's trouble never stops another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from line_world import BOARD, CHALLENGE, OTHER, SIX, START, URL, FakeFetcher, at, board, capture, csv, dump, keep, kinds
from memory_store import MemoryStore

from tracker.clock import FixedClock
from tracker.errors import DeclarationError, FetchError, Gone, Refused, StoreError, Transient
from tracker.line import intake, sync
from tracker.model import (
    Board,
    BoardId,
    Capture,
    EventFilter,
    IndexLine,
    Parse,
    Result,
    Sha256,
    StoredSnapshot,
    Unchanged,
    Validators,
    Verdict,
)
from tracker.ports import Store
from tracker.stores.archive import FileArchive
from tracker.stores.sqlite import SqliteStore
from tracker.stores.sqlite_errors import Replaced
from tracker.workspace.names import default_lexicon


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server sent instead of the board."""

    url: str = URL
    status: int = 403
    content_type: str = "text/html"
    body: bytes = CHALLENGE


def failed(error: FetchError, answer: Answer | None = None) -> FetchError:
    error.answer = answer
    return error


def run(archive: FileArchive, store: Store, fetcher: FakeFetcher, boards: Sequence[Board] = ()) -> list[sync.Outcome]:
    clock = FixedClock(at(9))
    return list(
        intake.run(boards or [board()], archive=archive, store=store, fetcher=fetcher, clock=clock, lexicon=default_lexicon())
    )


def test_nothing_is_archived_after_the_database_was_deleted(archive: FileArchive, tmp_path: Path):
    with SqliteStore(tmp_path / "tracker.db") as store:
        run(archive, store, FakeFetcher.saying(capture(0, csv(SIX))))
        (tmp_path / "tracker.db").unlink()
        with pytest.raises(Replaced):
            run(archive, store, FakeFetcher.saying(capture(1, csv(SIX + " g:99"))))
        with pytest.raises(Replaced):
            store.service.route_since("all", at(2))
    assert len(archive.index(BOARD)[0]) == 1


def test_a_capture_is_kept_and_synced(archive: FileArchive, store: Store):
    (outcome,) = run(archive, store, FakeFetcher.saying(capture(0, csv(SIX), etag='"1"')))
    assert (outcome.board, outcome.failed, outcome.error) == (BOARD, False, None)
    assert [check.result for check in outcome.checks] == [Result.ACCEPTED]
    assert len(store.latest(BOARD).entries) == 6
    assert archive.last(BOARD).etag == '"1"'


class Unread(MemoryStore):
    """A store whose last snapshot nobody may need."""

    def latest(self, board: BoardId) -> StoredSnapshot | None:
        raise AssertionError(f"the snapshot of {board} was loaded")


def test_a_page_that_did_not_change_is_synced_without_its_last_snapshot(tmp_path: Path):
    archive, store = FileArchive(tmp_path / "captures"), MemoryStore()
    run(archive, store, FakeFetcher.saying(capture(0, csv(SIX), etag='"1"')))
    unread = Unread()
    unread.__dict__.update(store.__dict__)
    same = FakeFetcher.saying(capture(1, csv(SIX)))
    unchanged = FakeFetcher.saying(Unchanged(board=BOARD, observed_at=at(2), url=URL, validators=Validators(etag='"1"')))
    gone = FakeFetcher.saying(failed(Transient("acme/text: timed out")))
    results = [check.result for fetcher in (same, unchanged, gone) for check in run(archive, unread, fetcher)[0].checks]
    assert results == [Result.UNCHANGED, Result.UNCHANGED, Result.FAILED]


def test_the_next_request_has_the_validators_of_the_last_content(archive: FileArchive, store: Store):
    first = FakeFetcher.saying(capture(0, csv(SIX), etag='"1"'), failed(Transient("acme/text: timed out")))
    run(archive, store, first)
    second = FakeFetcher.saying(
        Unchanged(board=BOARD, observed_at=at(10), url=URL, validators=Validators(etag='"1"', last_modified="Sun"))
    )
    (outcome,) = run(archive, store, second)
    assert (first.asked, second.asked) == ([Validators()], [Validators(etag='"1"')])
    assert [(check.result, check.status) for check in outcome.checks] == [(Result.UNCHANGED, 304)]
    assert archive.index(BOARD)[0][-1].sha256 == archive.last(BOARD).sha256


@pytest.mark.parametrize(
    ("error", "verdict", "kind"),
    [
        (Refused("acme/text: 403 at https://acme.example/text.csv"), Verdict.REFUSED, ["board_broken/fetch"]),
        (Gone("acme/text: 404 at https://acme.example/text.csv"), Verdict.GONE, ["board_broken/fetch"]),
        (Transient("acme/text: 503 at https://acme.example/text.csv"), Verdict.TRANSIENT, []),
    ],
)
@pytest.mark.parametrize("answered", [True, False])
def test_a_failed_fetch_is_an_index_line_with_the_servers_answer(
    archive: FileArchive, store: Store, error: FetchError, verdict: Verdict, kind: list[str], *, answered: bool
):
    error.answer = Answer() if answered else None
    (outcome,) = run(archive, store, FakeFetcher.saying(error))
    (line,) = archive.index(BOARD)[0]
    assert (line.verdict, line.error, line.observed_at) == (verdict, str(error), at(9))
    assert (line.status, line.content_type) == ((403, "text/html") if answered else (0, ""))
    assert [archive.body(BOARD, digest) for digest in line.sha256] == ([CHALLENGE] if answered else [])
    what = 'acme/text: Cloudflare challenge page "Just a moment..."' if answered else str(error)
    assert (outcome.failed, outcome.checks[0].result) == (True, Result.FAILED)
    assert outcome.checks[0].message.startswith(what)
    assert kinds(store) == kind
    assert archive.last(BOARD) is None


def test_two_fetches_and_a_failure_in_one_second_are_three_seconds(archive: FileArchive, store: Store):
    answers = [capture(9, csv(SIX)), capture(9, csv(SIX + " g:1")), failed(Transient("acme/text: timed out"), Answer())]
    run(archive, store, FakeFetcher.saying(*answers))
    assert [check.observed_at - at(9) for check in store.checks(BOARD)] == [timedelta(seconds=number) for number in range(3)]
    before = dump(store)
    sync.replay(board(), archive, store, lexicon=default_lexicon())
    assert dump(store) == before


def test_a_clock_that_was_set_back_a_little_does_not_rewrite_history(archive: FileArchive, store: Store):
    seconds = 1 / 86_400
    run(archive, store, FakeFetcher.saying(capture(1, csv(SIX)), capture(1 - 20 * seconds, csv(SIX + " g:1"))))
    assert [check.observed_at for check in store.checks(BOARD)] == [at(1), at(1) + timedelta(seconds=1)]


def test_a_state_imported_with_a_date_in_the_future_does_not_move_later_fetches_there(archive: FileArchive, store: Store):
    keep(archive, {9_000: csv(SIX)})
    run(archive, store, FakeFetcher.saying(capture(1, csv(SIX + " g:1"))))
    assert [check.observed_at for check in store.checks(BOARD)] == [at(1)]
    assert archive.newest(BOARD) == at(1)


def test_one_boards_trouble_does_not_stop_another(archive: FileArchive, store: Store):
    broken = replace(board(OTHER), parse=Parse(format="csv_table", options={"delimiter": "too long"}))
    third = board(type(BOARD)("acme/third"))
    script = {
        OTHER: [capture(0, csv(SIX), board_id=OTHER)],
        BOARD: [failed(Refused("acme/text: robots.txt says no"))],
        third.id: [capture(0, csv(SIX), board_id=third.id)],
    }
    outcomes = run(archive, store, FakeFetcher(script=script, asked=[]), [broken, board(), third])
    assert [(outcome.board, outcome.failed) for outcome in outcomes] == [(OTHER, True), (BOARD, True), (third.id, False)]
    assert isinstance(outcomes[0].error, DeclarationError)
    assert "acme/code: " in str(outcomes[0].error)
    assert len(store.latest(third.id).entries) == 6
    assert archive.boards() == (OTHER, BOARD, third.id)


def test_a_damaged_index_of_one_board_does_not_stop_the_others(archive: FileArchive, store: Store):
    keep(archive, {0: csv(SIX)})
    (archive._root / BOARD / "index.jsonl").write_bytes(b"not an index line\n")
    script = {
        BOARD: [capture(1, csv(SIX))],
        OTHER: [capture(1, csv(SIX), board_id=OTHER)],
    }
    outcomes = intake.run(
        [board(), board(OTHER)],
        archive=archive,
        store=store,
        fetcher=FakeFetcher(script=script, asked=[]),
        clock=FixedClock(START),
        lexicon=default_lexicon(),
    )
    damaged, other = outcomes
    assert (damaged.exit_code, other.exit_code) == (3, 0)
    assert "line 1 is damaged" in str(damaged.error)
    assert other.readings == 1


def test_a_defect_with_one_board_does_not_stop_the_others(archive: FileArchive, store: Store, caplog: pytest.LogCaptureFixture):
    nonsense = replace(capture(1, csv(SIX)), bodies=("text, no bytes",))  # what no fetch ever returns
    script = {BOARD: [nonsense], OTHER: [capture(1, csv(SIX), board_id=OTHER)]}
    wrong, other = run(archive, store, FakeFetcher(script=script, asked=[]), [board(), board(OTHER)])
    assert (wrong.exit_code, other.readings) == (1, 1)
    assert str(wrong.error).startswith("acme/text: TypeError of the tracker's own: ")
    assert [(record.levelname, record.exc_info is not None) for record in caplog.records] == [("ERROR", True)]


class Cramped(FileArchive):
    """An archive on a machine without the memory for the bytes of one board."""

    def keep(self, capture: Capture) -> IndexLine:
        if capture.board == BOARD:
            raise MemoryError
        return super().keep(capture)


def test_a_board_for_which_the_memory_does_not_suffice_does_not_stop_the_others(tmp_path: Path, store: Store):
    script = {name: [capture(1, csv(SIX), board_id=name)] for name in (BOARD, OTHER)}
    large, other = run(Cramped(tmp_path), store, FakeFetcher(script=script, asked=[]), [board(), board(OTHER)])
    assert (large.exit_code, other.readings) == (1, 1)
    assert str(large.error).startswith("acme/text: more memory is needed than this process may use; raise its limit (ulimit -v")


def test_each_board_is_synced_as_soon_as_it_is_fetched(archive: FileArchive, store: Store):
    seen: list[tuple[str, ...]] = []

    class Slow:
        def fetch_all(self, jobs: Sequence[tuple[Board, Validators]]) -> Iterator[tuple[Board, object]]:
            for declared, _ in jobs:
                yield declared, capture(0, csv(SIX), board_id=declared.id)
                seen.append(store.boards())

    list(
        intake.run(
            [board(), board(OTHER)],
            archive=archive,
            store=store,
            fetcher=Slow(),
            clock=FixedClock(START),
            lexicon=default_lexicon(),
        )
    )
    assert seen == [(BOARD,), (OTHER, BOARD)]


def test_a_missing_body_is_a_store_error_and_keeps_the_history(archive: FileArchive, store: Store):
    keep(archive, {0: csv(SIX)})
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    before = dump(store)
    gone = IndexLine(observed_at=at(1), url=URL, verdict=Verdict.NOT_MODIFIED, sha256=(Sha256("0" * 64),))
    archive.note(BOARD, gone)
    with pytest.raises(StoreError, match="is missing"):
        sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    assert dump(store) == before
    assert list(store.events(EventFilter())) == []
