"""A board spread over several bodies: each fact names the page it stands on, before and after."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

from line_world import BOARD, FakeFetcher, board, capture, csv, dump, fresh

from tracker.clock import FixedClock
from tracker.line import intake, proof, sync
from tracker.model import ROW, Column, EventFilter, Evidence, Parse
from tracker.ports import Store
from tracker.reading import read_capture
from tracker.stores.archive import FileArchive
from tracker.workspace.names import default_lexicon

TOP, END = csv("a:90:2 b:80:3 c:70:1"), csv("d:60:1 e:50:1 f:40:1")
NEW_TOP, NEW_END = csv("d:95:1 a:90:2 b:80:4"), csv("c:70:1 e:50:1 f:40:1")


def fetched(archive: FileArchive, store: Store, *captures: tuple[float, bytes, bytes]) -> None:
    script = [capture(number, *bodies) for number, *bodies in captures]
    list(
        intake.run(
            [board()],
            archive=archive,
            store=store,
            fetcher=FakeFetcher.saying(*script),
            clock=FixedClock(script[-1].observed_at),
            lexicon=default_lexicon(),
        )
    )


def named(body: bytes) -> str:
    return sha256(body).hexdigest()


def pages(evidence: tuple[Evidence, ...]) -> list[tuple[str, str]]:
    return [(str(proof.entry), proof.sha256) for proof in evidence]


def test_row_numbers_continue_from_page_to_page():
    """Pages that rank by their order alone have it in the column `$row`."""
    ranked = board()
    score, _ = ranked.metrics
    chart = replace(
        ranked,
        parse=Parse(format="json_records"),
        rank=Column(sources=(ROW,)),
        metrics=(replace(score, column=Column(sources=(ROW,)), higher_is_better=False),),
    )
    reading = read_capture(
        chart, [b'[{"key":"b","name":"B","$row":7},{"key":"a","name":"A"}]', b'[{"key":"d","name":"D"},{"key":"c","name":"C"}]']
    )
    assert [(entry.id, entry.rank, entry.measures[score.id].value) for entry in reading.entries] == [
        ("b", 1, 1),
        ("a", 2, 2),
        ("d", 3, 3),
        ("c", 4, 4),
    ]


def test_the_pages_of_one_capture_are_one_snapshot(archive: FileArchive, store: Store):
    fetched(archive, store, (0, TOP, END))
    latest = store.latest(BOARD)
    assert latest.sha256 == (named(TOP), named(END))
    assert {key: entry.page for key, entry in latest.entries.items()} == {"a": 0, "b": 0, "c": 0, "d": 1, "e": 1, "f": 1}


def test_evidence_names_the_page_before_and_after(archive: FileArchive, store: Store):
    fetched(archive, store, (0, TOP, END), (1, NEW_TOP, NEW_END))
    (leader,) = store.events(EventFilter(kinds=("new_leader",)))
    assert {("d", named(NEW_TOP)), ("a", named(TOP))} <= set(pages(leader.evidence))
    assert set(pages(leader.evidence)) <= {("d", named(END)), ("d", named(NEW_TOP)), ("a", named(TOP)), ("a", named(NEW_TOP))}
    overtake = next(store.events(EventFilter(kinds=("overtake",))))
    assert pages(overtake.evidence)[:2] == [("d", named(END)), ("d", named(NEW_TOP))]
    assert ("c", named(TOP)) in pages(overtake.evidence)
    assert ("c", named(NEW_END)) in pages(overtake.evidence)


def test_every_quoted_cell_is_on_its_page(archive: FileArchive, store: Store):
    without_e = csv("c:70:1 f:40:1 g:99")
    fetched(archive, store, (0, TOP, END), (1, NEW_TOP, NEW_END), (2, NEW_TOP, without_e), (3, NEW_TOP, without_e + b"\n"))
    quoted = [proof for event in store.events(EventFilter()) for proof in event.evidence if proof.raw is not None]
    assert {event.kind for event in store.events(EventFilter())} >= {"debut", "departure", "overtake", "price_change"}
    for shown in quoted:
        rows = [line.split(",") for line in archive.body(BOARD, shown.sha256).decode().splitlines()]
        assert [row for row in rows if row[0] == shown.entry and shown.raw in row], shown


def test_the_same_pages_again_are_unchanged_and_swapped_ones_are_not_news(archive: FileArchive, store: Store):
    fetched(archive, store, (0, TOP, END), (1, TOP, END), (2, END, TOP))
    assert [check.result for check in store.checks(BOARD)] == ["accepted", "unchanged", "accepted"]
    assert list(store.events(EventFilter())) == []
    assert store.latest(BOARD).entries["a"].page == 1


def test_pages_are_kept_over_a_reopened_fold(archive: FileArchive, store: Store):
    for number, *bodies in ((0, TOP, END), (1, END, TOP), (2, NEW_TOP, NEW_END)):
        fetched(archive, store, (number, *bodies))
    whole = fresh("sqlite")
    sync.sync_board(board(), archive, whole, lexicon=default_lexicon())
    assert list(whole.events(EventFilter())) == list(store.events(EventFilter())) != []
    whole.close()
    if isinstance(store, type(whole)):
        before = dump(store)
        sync.replay(board(), archive, store, lexicon=default_lexicon())
        assert dump(store) == before


def test_every_event_from_several_pages_holds(archive: FileArchive, store: Store):
    fetched(archive, store, (0, TOP, END), (1, NEW_TOP, NEW_END), (2, TOP, END))
    verified = proof.verify(list(store.events(EventFilter())), board(), archive, lexicon=default_lexicon())
    assert len(verified) > 5
    assert all(verification.holds for verification in verified)
