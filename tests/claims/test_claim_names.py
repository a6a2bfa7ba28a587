"""Which stretches of a sentence name models: as the record spells them, in other spellings, and never another model."""

from __future__ import annotations

import pytest
from claims_world import SCORE, World

from tracker.claims import names
from tracker.identity import resolve
from tracker.model import Entry, EntryId, Identity
from tracker.model.names import EMPTY_LEXICON
from tracker.query.find import states

FOUND = {
    "Vega2 14B beats Orion-4": ["Vega2 14B", "Orion-4"],
    "vega2-14b beats ORION-4": ["vega2-14b", "ORION-4"],
    "Stellar's Vega2 14B beats Orion-4": ["Vega2 14B", "Orion-4"],
    "Vega2 72B and Foobar-9": ["Vega2 72B", "Foobar-9"],
    "Zeta 4 Pro beats Lumen 3 Pro.": ["Zeta 4 Pro", "Lumen 3 Pro"],
    "Stellar beats Lunar Labs": ["Stellar", "Lunar Labs"],
    "In 2026 the top 3 cost 5 points": [],
    "They were released in May 2026": [],
}


@pytest.mark.parametrize(("sentence", "found"), FOUND.items())
def test_names_are_found_in_any_spelling(world: World, sentence: str, found: list[str]):
    entries = [entry for state in states(world.store, lexicon=EMPTY_LEXICON) for entry in state.snapshot.entries.values()]
    known = names.vocabulary(entries, lambda name: resolve(name, lexicon=EMPTY_LEXICON))
    assert [named.mention.name for named in names.find(sentence, known)] == found


def test_a_short_name_means_the_only_family_with_that_word():
    """`Prime` is of Sol alone; `Pro` and `Wide` are words of several."""
    names_of = {"Sol Prime 4": "Sol", "Sol Wide 4": "Sol", "Luna Wide 2": "Luna", "Luna Pro 2": "Luna"}
    entries = [
        Entry(id=EntryId(name), name=name, position=place, who=Identity(name=name, family=family))
        for place, (name, family) in enumerate(names_of.items(), start=1)
    ]
    known = names.vocabulary(entries, lambda name: resolve(name, lexicon=EMPTY_LEXICON))
    assert known.shorts == {"prime": "Sol"}
    assert [named.mention.name for named in names.find("Prime 4 beats prime-5", known)] == ["Sol Prime 4", "Sol prime-5"]
    assert [named.mention.name for named in names.find("Prime numbers are 4 to 1", known)] == []


def test_a_plus_is_a_part_of_a_name():
    world = World()
    world.board("acme/plus", "Acme Bench", SCORE)
    world.show("acme/plus", "cp:60 o4:50 c1:40")
    said = ("Calyx-1+ beats Orion-4", "Calyx-1 beats Orion-4", "Orion-4+ beats Calyx-1", "Calyx-1+ scores 60 on Acme Bench")
    assert [world.verdicts(sentence) for sentence in said] == [
        ["supported"],
        ["contradicted"],
        ["not on record"],
        ["supported"],
    ]


def test_a_comma_ends_a_name_except_in_its_brackets():
    listed = ("Lunar Wide 4", "Sol 2 (High Fast)")
    entries = [Entry(id=EntryId(name), name=name, position=1, who=Identity(name=name)) for name in listed]
    known = names.vocabulary(entries, lambda name: resolve(name, lexicon=EMPTY_LEXICON))
    assert [named.mention.name for named in names.find("Lunar Wide 4 beats Sol 2 (High, Fast)", known)] == list(listed)
    assert "Lunar Wide 4" not in [named.mention.name for named in names.find("For Lunar, Wide 4 leads", known)]


def test_the_adjective_of_a_country_is_not_a_name_though_one_begins_with_it():
    world = World()
    world.board("acme/country", "Acme Bench", SCORE)
    world.show("acme/country", "cn:60 o4:50")
    assert world.read("Orion-4 is the best Chinese model") == ["Orion-4 best among Chinese models overall"]
    assert world.read("Chinese-Calyx-1 beats Orion-4") == ["Chinese-Calyx-1 above Orion-4 overall"]


def test_another_size_of_a_line_is_not_on_record(world: World):
    found = world.only("Vega2 72B beats Orion-4")
    assert (found.verdict, found.suggestions) == ("not on record", ("Vega2: listed sizes 7B, 14B",))
    assert [other.verdict for other in found.instead] == ["supported"]


def test_an_unknown_model_is_never_another_one(world: World):
    found = world.only("Orion-6 beats Orion-4")
    assert (found.verdict, found.grounds) == ("not on record", ())
    assert "Orion-6" in found.reason


def test_boards_that_are_not_asked_give_no_figures(world: World):
    found = world.only("Vega2 14B beats Orion-4 in coding", boards=("duel/arena",))
    assert found.verdict == "not comparable"


def test_a_vague_word_is_not_guessed_to_mean_one_of_a_line(world: World):
    assert world.read("Vega2's mid-size model beats Orion-4") == [
        '? "mid" is not understood, and may change the meaning; ask without it'
    ]
