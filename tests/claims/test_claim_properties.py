"""No text crashes or hangs; claims turned round get the answer turned round; the clever ways agree with the plain ones."""

from __future__ import annotations

from collections.abc import Mapping

import kit
import pytest
from claims_world import METRICS, NAMES, World
from hypothesis import given
from hypothesis import strategies as st
from kit import examples

from tracker.claims._records import Amount
from tracker.claims.weight import Order, agrees, weigh
from tracker.claims.words import SENSES

SCRAPS = (*NAMES.values(), *list(SENSES)[::7], "in coding", "by 3 points", "not", "and", ",", "the 14B", "Vega2's 72B model", "it", "first", "top 3", "half", "open-weights", "on Duel Arena", "as of 2026-03-03", "since", "but", ";", "(", "per", "Acme Bench")  # fmt: skip
MEASURES = st.builds(
    lambda value, width, estimated: kit.measure(f"{'~' if estimated else ''}{value}{'' if width is None else f'±{width}'}"),
    st.integers(40, 60),
    st.sampled_from([None, 1, 3]),
    st.booleans(),
)


@pytest.mark.slow
@given(st.lists(st.sampled_from(SCRAPS), max_size=14).map(" ".join))
@examples(300)
def test_any_string_of_claim_words_has_an_answer(world: World, text: str):
    """Each finding quotes words of the text; whatever names a model is in one of them."""
    found = world.check(text)
    assert all(one.quote.split()[0] in text for one in found if one.quote)
    assert found or not any(one.isalpha() for one in text)


@given(st.text(max_size=300))
@examples(150)
def test_any_text_at_all_has_an_answer(world: World, text: str):
    assert all(one.verdict for one in world.check(text))


@pytest.mark.parametrize(
    "scrap", ["Vega2 14B beats Orion-4 ", "x", "( ", "[a](", "<a ", "\x00\x1b[31m", "* \n", "`"],
    ids=["claims", "word", "brackets", "links", "tags", "controls", "bullets", "code"],
)  # fmt: skip
@pytest.mark.parametrize("length", [2000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_a_text_of_any_length_comes_to_an_end(world: World, scrap: str, length: int):
    text = scrap * (length // len(scrap))
    assert len(world.check(text)) <= len(text)


PAIRS = st.tuples(st.sampled_from(sorted(NAMES.values())), st.sampled_from(sorted(NAMES.values()))).filter(
    lambda pair: pair[0] != pair[1]
)
TURNED = {"supported": "contradicted", "contradicted": "supported"}


@given(PAIRS, st.sampled_from(["", " in coding", " in maths", " on Duel Arena", " on Acme Bench", " in speed"]))
def test_trailing_is_being_beaten(world: World, pair: tuple[str, str], where: str):
    one, other = pair
    assert world.verdicts(f"{one} beats {other}{where}") == world.verdicts(f"{other} trails {one}{where}")
    assert world.verdicts(f"{one} beats {other}{where}") == world.verdicts(f"{other} is beaten by {one}{where}")


@given(PAIRS, st.sampled_from(["", " in coding", " on Duel Arena", " in speed"]))
def test_of_two_only_one_beats_the_other(world: World, pair: tuple[str, str], where: str):
    one, other = pair
    (forth,), (back,) = world.verdicts(f"{one} beats {other}{where}"), world.verdicts(f"{other} beats {one}{where}")
    assert back == TURNED.get(forth, forth)


@given(PAIRS, st.sampled_from(["", " in coding", " in price"]))
def test_not_turns_the_answer_round_and_unknown_stays_unknown(world: World, pair: tuple[str, str], where: str):
    one, other = pair
    (said,), (denied,) = world.verdicts(f"{one} beats {other}{where}"), world.verdicts(f"{one} does not beat {other}{where}")
    assert denied == TURNED.get(said, said)


@given(PAIRS)
def test_who_beats_is_at_least_on_par(world: World, pair: tuple[str, str]):
    one, other = pair
    if world.verdicts(f"{one} beats {other}") == ["supported"]:
        assert world.verdicts(f"{one} rivals {other}") == ["supported"]
        assert world.verdicts(f"{other} rivals {one}") == ["contradicted"]


# ── against the plain ways ───────────────────────────────────────────────────────────────────────


@given(st.sampled_from(METRICS), MEASURES, MEASURES, st.floats(1, 50))
def test_weighing_is_symmetric_and_never_against_the_order(metric: object, one: object, other: object, spread: float):
    forth, back = weigh(metric, one, other, spread), weigh(metric, other, one, spread)
    assert (forth.order.reverse, -forth.gap, forth.error) == (back.order, back.gap, back.error)
    if forth.order is Order.ABOVE:
        assert metric.better(one.value, other.value)


@given(st.integers(0, 400), st.integers(1, 400), st.integers(0, 2))
def test_a_figure_is_right_at_the_precision_it_is_written_with(one: int, other: int, decimals: int):
    gap = abs(one - other) / 7
    written = round(gap, decimals)
    amount = Amount(value=written, unit="points", decimals=decimals)
    assert agrees(amount, METRICS[0], one / 7, other / 7)[0]
    assert not agrees(
        Amount(value=written + 2 * 10**-decimals, unit="points", decimals=decimals), METRICS[0], one / 7, other / 7
    )[0]


@pytest.mark.slow
def test_every_verb_is_read(world: World):
    """Each phrase of the table makes one claim, or is said to want something."""
    wanting: Mapping[str, str] = {}
    for phrase in SENSES:
        written = phrase.replace("no . 1", "No. 1").replace("# 1", "#1")
        (said, *_) = world.read(f"Vega2 14B {written} Orion-4")
        if said.startswith("? "):
            wanting = {**wanting, phrase: said}
    known = ("does not say how they compare", "does not say how much", "does not say of what")
    assert {phrase: said for phrase, said in wanting.items() if not any(reason in said for reason in known)} == {}
