"""No text crashes or hangs; reversed claims get reversed answers; optimised code agrees with plain code."""

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

PHRASES = """
    in coding; by 3 points; not; and; ,; the 14B; Vega2's 72B model; it; first; top 3; half; open-weights; on Duel Arena;
    as of 2026-03-03; since; but; (; per; Acme Bench
"""
SCRAPS = (*NAMES.values(), *list(SENSES)[::7], *(phrase.strip() for phrase in PHRASES.split(";")), ";")
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
    assert all(finding.quote.split()[0] in text for finding in found if finding.quote)
    assert found or not any(finding.isalpha() for finding in text)


@given(st.text(max_size=300))
@examples(150)
def test_any_text_at_all_has_an_answer(world: World, text: str):
    assert all(finding.verdict for finding in world.check(text))


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
def test_trailing_is_the_same_as_being_beaten(world: World, pair: tuple[str, str], where: str):
    model, other = pair
    assert world.verdicts(f"{model} beats {other}{where}") == world.verdicts(f"{other} trails {model}{where}")
    assert world.verdicts(f"{model} beats {other}{where}") == world.verdicts(f"{other} is beaten by {model}{where}")


@given(PAIRS, st.sampled_from(["", " in coding", " on Duel Arena", " in speed"]))
def test_of_two_only_one_beats_the_other(world: World, pair: tuple[str, str], where: str):
    model, other = pair
    (forth,), (back,) = world.verdicts(f"{model} beats {other}{where}"), world.verdicts(f"{other} beats {model}{where}")
    assert back == TURNED.get(forth, forth)


@given(PAIRS, st.sampled_from(["", " in coding", " in price"]))
def test_not_reverses_the_answer_and_unknown_stays_unknown(world: World, pair: tuple[str, str], where: str):
    model, other = pair
    (said,), (denied,) = world.verdicts(f"{model} beats {other}{where}"), world.verdicts(f"{model} does not beat {other}{where}")
    assert denied == TURNED.get(said, said)


@given(PAIRS)
def test_a_model_that_beats_another_is_at_least_on_par(world: World, pair: tuple[str, str]):
    model, other = pair
    if world.verdicts(f"{model} beats {other}") == ["supported"]:
        assert world.verdicts(f"{model} rivals {other}") == ["supported"]
        assert world.verdicts(f"{other} rivals {model}") == ["contradicted"]


# ── against the plain ways ───────────────────────────────────────────────────────────────────────


@given(st.sampled_from(METRICS), MEASURES, MEASURES, st.floats(1, 50))
def test_weighing_is_symmetric_and_never_against_the_order(metric: object, measure: object, other: object, spread: float):
    forth, back = weigh(metric, measure, other, spread), weigh(metric, other, measure, spread)
    assert (forth.order.reverse, -forth.gap, forth.error) == (back.order, back.gap, back.error)
    if forth.order is Order.ABOVE:
        assert metric.better(measure.value, other.value)


@given(st.integers(0, 400), st.integers(1, 400), st.integers(0, 2))
def test_a_figure_is_right_at_the_precision_it_is_written_with(value: int, other: int, decimals: int):
    gap = abs(value - other) / 7
    written = round(gap, decimals)
    amount = Amount(value=written, unit="points", decimals=decimals)
    assert agrees(amount, METRICS[0], value / 7, other / 7)[0]
    assert not agrees(
        Amount(value=written + 2 * 10**-decimals, unit="points", decimals=decimals), METRICS[0], value / 7, other / 7
    )[0]


@pytest.mark.slow
def test_every_verb_is_read(world: World):
    """Each phrase of the table makes one claim, or is said to want something."""
    wanting: Mapping[str, str] = {}
    for phrase, sense in SENSES.items():
        copula = "is " if sense.noun else ""
        written = phrase.replace("no . 1", "No. 1").replace("# 1", "#1")
        (said, *_) = world.read(f"Vega2 14B {copula}{written} Orion-4")
        if said.startswith("? "):
            wanting = {**wanting, phrase: said}
    known = ("does not say how they compare", "does not say how much", "does not say of what")
    assert {phrase: said for phrase, said in wanting.items() if not any(reason in said for reason in known)} == {}
