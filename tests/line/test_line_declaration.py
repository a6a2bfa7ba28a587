"""A changed declaration rewrites the history, unless it would lose it: then the previous one stays in force."""

from __future__ import annotations

from dataclasses import replace

import pytest
from line_world import BOARD, SIX, at, board, capture, csv, dump, keep

from tracker.clock import FixedClock
from tracker.errors import DeclarationError
from tracker.line import intake, sync
from tracker.line.sync import Outcome, Telling
from tracker.model import Board, Column, DeliveryOutcome, EventFilter, MetricId, Receipt, Result
from tracker.notify import Route
from tracker.ports import Store
from tracker.stores.archive import FileArchive
from tracker.workspace.names import default_lexicon

LEXICON = default_lexicon()
TELLING = Telling(routes=(Route(name="all", channel="stdout"),), since={"all": at(0)})
E_LEADS = SIX.replace("e:50", "e:95")
SIX_AGAIN, E_LEADS_AGAIN = (text.replace("f:40", "f:41") for text in (SIX, E_LEADS))
"""Not the same bytes as before: those would wait for a second reading."""
LOST = (
    "acme/text: the changed declaration is not applied, the previous one is in force: with the changed one, the capture of "
    "2026-03-01T06:00:00Z, which was accepted, is unreadable: 1 contract violation: missing_column: column scor"
)


def typo(declared: Board) -> Board:
    """The same board with a source that no page has."""
    score, *others = declared.metrics
    return replace(declared, metrics=(replace(score, column=Column(sources=("scor",))), *others))


def take(archive: FileArchive, store: Store, number: float, text: str, declared: Board) -> Outcome:
    return intake.take(
        declared,
        capture(number, csv(text)),
        archive=archive,
        store=store,
        clock=FixedClock(at(number)),
        telling=TELLING,
        lexicon=LEXICON,
    )


def send(store: Store, number: float) -> int:
    waiting = store.service.deliveries("all")
    store.service.receive(
        Receipt(event=delivery.event.id, route="all", delivered_at=at(number), how=DeliveryOutcome.SENT) for delivery in waiting
    )
    return len(waiting)


def test_a_declaration_that_reads_no_earlier_capture_is_not_applied(archive: FileArchive, store: Store):
    take(archive, store, 0, SIX, board())
    take(archive, store, 1, E_LEADS, board())
    assert send(store, 1)
    outcome = take(archive, store, 2, SIX_AGAIN, typo(board()))
    assert str(outcome.refused).startswith(LOST)
    assert str(outcome.refused).endswith("; correct the file, or apply it with: tracker replay acme/text")
    assert isinstance(outcome.refused, DeclarationError)
    assert [check.result for check in outcome.checks] == [Result.ACCEPTED]
    assert not [delivery for delivery in store.service.deliveries() if delivery.event.kind in {"withdrawn", "board_broken"}]
    assert store.withdrawn(BOARD) == []
    assert store.declared(BOARD) == board()


def test_after_the_correction_the_history_is_as_if_nothing_had_happened(archive: FileArchive, store: Store):
    for number, text, declared in ((0, SIX, board()), (1, E_LEADS, typo(board())), (2, SIX, board())):
        outcome = take(archive, store, number, text, declared)
    assert outcome.refused is None
    after = dump(store)
    sync.replay(board(), archive, store, LEXICON)
    assert dump(store) == after


def test_what_is_not_read_takes_effect_even_if_the_rest_is_refused(archive: FileArchive, store: Store):
    take(archive, store, 0, SIX, board())
    take(archive, store, 1, SIX, replace(typo(board()), title="Another title"))
    assert store.declared(BOARD) == replace(board(), title="Another title")


def test_a_replay_applies_a_declaration_that_loses_history_unless_it_is_careful(archive: FileArchive, store: Store):
    take(archive, store, 0, SIX, board())
    careful = sync.replay(typo(board()), archive, store, LEXICON, careful=True)
    assert str(careful.refused).startswith(LOST)
    assert store.declared(BOARD) == board()
    assert sync.replay(typo(board()), archive, store, LEXICON).refused is None
    assert store.declared(BOARD) == typo(board())


def test_a_declaration_that_withdraws_most_sent_events_is_not_applied(archive: FileArchive, store: Store):
    for number, text in enumerate((SIX, E_LEADS, SIX_AGAIN, E_LEADS_AGAIN, SIX.replace("f:40", "f:42"))):
        take(archive, store, number, text, board())
    sent = send(store, 4)
    score, *others = board().metrics
    renamed = replace(board(), metrics=(replace(score, id=MetricId("rating")), *others))
    outcome = take(archive, store, 5, SIX_AGAIN, renamed)
    assert f"{sent} of {sent} sent events no longer follow; correct the file" in str(outcome.refused)
    assert send(store, 5) == 0


def test_a_declaration_that_was_broken_before_is_corrected_at_once(archive: FileArchive, store: Store):
    take(archive, store, 0, SIX, typo(board()))
    outcome = take(archive, store, 1, SIX, board())
    assert outcome.refused is None
    assert [check.result for check in store.checks(BOARD)] == [Result.ACCEPTED, Result.UNCHANGED]


def test_a_rewriting_reports_only_what_is_new(archive: FileArchive, store: Store):
    keep(archive, {0: csv(SIX), 1: csv(E_LEADS), 2: csv(SIX_AGAIN)})
    first = sync.sync_board(board(), archive, store, LEXICON)
    assert (first.new_checks, first.new_events, first.differing) == (first.checks, first.events, 0)
    without_price = replace(board(), metrics=board().metrics[:1])
    outcome = take(archive, store, 3, E_LEADS_AGAIN, without_price)
    assert len(outcome.checks) == 4
    assert [check.observed_at for check in outcome.new_checks] == [at(3)]
    known = {event.id for event in first.events}
    assert {event.id for event in outcome.new_events} == {event.id for event in outcome.events} - known
    assert {event.recorded_at for event in outcome.new_events} == {at(3)}
    assert outcome.differing == len(known - {event.id for event in outcome.events})


def test_events_that_were_withdrawn_before_are_not_new_again(archive: FileArchive, store: Store):
    keep(archive, {0: csv(SIX), 1: csv(E_LEADS)})
    sync.sync_board(board(), archive, store, LEXICON)
    sync.replay(typo(board()), archive, store, LEXICON)
    assert not any(event.kind == "new_leader" for event in store.events(EventFilter(board=BOARD)))
    outcome = sync.sync_board(board(), archive, store, LEXICON)
    assert any(event.kind == "new_leader" for event in outcome.events)
    assert outcome.new_events == ()


@pytest.mark.parametrize("declared", [board(), replace(board(), title="Another title")])
def test_the_same_reading_rewrites_nothing(archive: FileArchive, store: Store, declared: Board):
    take(archive, store, 0, SIX, board())
    assert take(archive, store, 1, E_LEADS, declared).rebuilt is None
