"""One model across all boards: its names, where it was seen, and its ranks."""

from __future__ import annotations

from datetime import timedelta

import kit
from models_world import Record

from tracker.query.models import cards
from tracker.workspace.names import default_lexicon

NAMES = {"q": "Qwen3.5 27B", "qr": "Qwen3.5 27B (Reasoning)", "g": "GPT-4o mini", "x": "???"}
DAY = timedelta(days=1)


def two_boards() -> Record:
    first = Record(kit.SCORE, board="one/board")
    first.show("q:50 qr:60 g:60 x:1 h:~70", names=NAMES)
    first.show("q:50 qr:60 x:1 h:~70", names=NAMES | {"q": "Qwen 3.5 27B Instruct"})
    first.show("q:50 qr:60 x:1 h:~70", names=NAMES | {"q": "Qwen 3.5 27B Instruct"})
    second = Record(kit.metric(better="lower"), board="two/board", store=first.store)
    second.show("k:5±1 g:9 n:", names={"k": "qwen3.5-27b", "g": "gpt-4o-mini", "n": "Qwen3.5-27B-thinking"})
    return second


def card(name: str):
    (card,) = cards(two_boards().store, name=name, lexicon=default_lexicon())
    return card


def test_all_entries_of_a_model_are_on_one_card_with_every_name_it_has():
    qwen = card("Qwen3.5 27B")
    assert [(place.board, place.entry, place.rank, place.of) for place in qwen.places] == [
        ("one/board", "qr", 2, 4),
        ("one/board", "q", 3, 4),
        ("two/board", "k", 1, 2),
        ("two/board", "n", None, None),
    ]
    assert {"Qwen3.5 27B", "Qwen 3.5 27B Instruct", "qwen3.5-27b"} <= set(qwen.names)
    assert (qwen.places[2].measure.value, qwen.places[2].measure.low) == (5, 4)


def test_names_that_differ_only_in_case_are_always_in_one_order():
    names = ["QWEN3.5 27b", "Qwen3.5 27B", "Qwen3.5 27b", "qwen3.5 27B", "qwen3.5 27b"]
    board = Record(kit.SCORE)
    for name in reversed(names):
        board.show("q:50", names={"q": name})
    assert cards(board.store, lexicon=default_lexicon())[0].names == tuple(names)


def test_a_departed_entry_is_listed_with_its_last_value_and_no_rank():
    gpt = card("GPT-4o mini")
    gone = gpt.places[0]
    assert (gone.board, gone.rank, gone.of, gone.measure.value) == ("one/board", None, None, 60)
    assert (gone.first_seen, gone.last_seen) == (kit.START, kit.START)
    assert (gpt.places[1].board, gpt.places[1].rank, gpt.places[1].last_seen) == ("two/board", 2, None)


def test_unsure_entries_have_their_own_cards_at_the_end():
    everything = cards(two_boards().store, lexicon=default_lexicon())
    assert [card.names for card in everything if card.model is None][-1] == ("???",)
    sure = [card.model is not None for card in everything]
    assert sure == sorted(sure, reverse=True)


def test_a_lab_or_family_leaves_out_all_others():
    store = two_boards().store
    assert {card.who.lab for card in cards(store, lab="alibaba", lexicon=default_lexicon())} == {"Alibaba"}
    assert {card.who.family for card in cards(store, family="GPT", lexicon=default_lexicon())} == {"GPT"}
    assert cards(store, lab="Nobody", lexicon=default_lexicon()) == ()


def test_every_entry_is_on_exactly_one_card():
    store = two_boards().store
    places = [(place.board, place.entry) for card in cards(store, lexicon=default_lexicon()) for place in card.places]
    known = [(board, entry) for board in store.boards() for entry in store.past(board).known]
    assert sorted(places) == sorted(known)
