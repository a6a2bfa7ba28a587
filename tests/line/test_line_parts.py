"""A board of several answers through the whole line: each body is kept with its part, and read again from the archive alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from line_world import BOARD, PRICE, SIX, at, board, csv

from tracker.clock import FixedClock
from tracker.line import apart, intake, sync
from tracker.model import Board, Capture, Column, EntryId, EventFilter, Newest, Parse, Part, Payload, Request, Result
from tracker.ports import Store
from tracker.stores.archive import FileArchive
from tracker.workspace.names import default_lexicon

BEFORE, AFTER = "https://acme.example/text_2026_01.csv", "https://acme.example/text_2026_07.csv"
COSTS = b"model,usd\na,7\nb,8\n"


def released() -> Board:
    """The price stands in a file of its own; each release of the board has its own address."""
    declared = board()
    cost = Payload(
        name="cost",
        request=Request(url="https://acme.example/cost_{newest}.csv"),
        parse=Parse(format="csv_table"),
        key=(Column(sources=("model",)),),
        required=False,
    )
    request = Request(url="https://acme.example/text_{newest}.csv", newest=Newest(url="https://acme.example/", find="(x)"))
    score, price = declared.metrics
    return replace(
        declared, request=request, payloads=(cost,), metrics=(score, replace(price, column=Column(sources=("cost:usd",))))
    )


def take(archive: FileArchive, store: Store, number: float, *bodies: bytes, url: str = BEFORE) -> sync.Outcome:
    parts = (Part(), Part(name="cost"))[: len(bodies)]
    fetched = Capture(board=BOARD, observed_at=at(number), url=url, bodies=bodies, parts=parts)
    return intake.take(released(), fetched, archive=archive, store=store, clock=FixedClock(at(number)), lexicon=default_lexicon())


def price_of(store: Store, entry: str) -> float | None:
    latest = store.latest(BOARD)
    assert latest is not None
    measure = latest.entries[EntryId(entry)].measures.get(PRICE)
    return None if measure is None else measure.value


def test_the_further_body_is_joined_and_the_release_is_the_version(archive: FileArchive, store: Store):
    assert take(archive, store, 0, csv(SIX), COSTS).checks[0].result is Result.ACCEPTED
    latest = store.latest(BOARD)
    assert latest is not None
    assert latest.version == "2026_01"
    assert (price_of(store, "a"), price_of(store, "c")) == (7, None)


def test_the_archive_knows_the_part_of_each_body(archive: FileArchive, store: Store):
    take(archive, store, 0, csv(SIX), COSTS)
    (line,), _ = archive.index(BOARD)
    assert line.parts == (Part(), Part(name="cost"))
    reading = apart.read_at(released(), at(0), archive)
    assert reading.entries[0].measures[PRICE].value == 7


def test_a_replay_reads_the_same(archive: FileArchive, store: Store):
    for number, costs in enumerate((COSTS, COSTS.replace(b"7", b"5"))):
        take(archive, store, number, csv(SIX), costs)
    before = [event.id for event in store.events(EventFilter())]
    assert before
    sync.replay(released(), archive, store, lexicon=default_lexicon())
    assert [event.id for event in store.events(EventFilter())] == before


def test_a_payload_that_changes_alone_is_a_change(archive: FileArchive, store: Store):
    take(archive, store, 0, csv(SIX), COSTS)
    outcome = take(archive, store, 1, csv(SIX), COSTS.replace(b"7", b"5"))
    assert [event.kind for event in outcome.events] == ["price_change"]


def test_a_new_release_is_a_new_scale_and_no_overtake(archive: FileArchive, store: Store):
    take(archive, store, 0, csv(SIX), COSTS)
    outcome = take(archive, store, 1, csv("a:40 b:80 c:70 d:60 e:50 f:90"), COSTS, url=AFTER)
    events = [(event.kind, event.grade) for event in outcome.events if event.metric != PRICE]
    assert events == [("methodology", "re-based"), ("new_leader", "rebased")]


@pytest.mark.parametrize("number", [1, 2])
def test_a_capture_from_before_the_payload_is_read_without_its_columns(archive: FileArchive, store: Store, number: int):
    assert take(archive, store, number, csv(SIX)).checks[0].result is Result.ACCEPTED
    assert price_of(store, "a") is None
