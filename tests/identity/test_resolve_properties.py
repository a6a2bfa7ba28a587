"""What must hold for every name, on names put together at random from the parts that real ones have."""

from __future__ import annotations

import kit  # noqa: F401  # its hypothesis profile: a busy machine is no failure
from hypothesis import assume, given
from hypothesis import strategies as st

from tracker.identity import resolve
from tracker.model import Identity
from tracker.model.names import EMPTY_LEXICON, Lexicon
from tracker.workspace.names import default_lexicon

BRANDS = ("Claude", "Qwen", "Grok", "GLM", "Gemma", "Nemotron", "Frobnicate", "Zorblax")
"""Declared ones, and some that nobody knows."""
TIERS = ("", "Pro", "Mini", "Opus", "Flash Lite", "Turbo")
versions = st.builds("{}.{}".format, st.integers(2, 9), st.integers(1, 9))
sizes = st.sampled_from(("", "7B", "13B", "72B", "235B A22B", "350M", "1T", "8x22B"))
days = st.builds("{:02}{:02}".format, st.integers(1, 12), st.integers(1, 28))
EFFORTS = ("low", "high", "xhigh", "minimal")


@st.composite
def names(draw: st.DrawFn) -> str:
    parts = (draw(st.sampled_from(BRANDS)), draw(versions), draw(st.sampled_from(TIERS)), draw(sizes))
    return " ".join(part for part in parts if part)


lexicons = st.sampled_from((default_lexicon(), EMPTY_LEXICON))


def model(name: str, known: Lexicon) -> str:
    answer = resolve(name, lexicon=known).model
    assert answer is not None, name
    return answer


@given(names(), lexicons)
def test_case_and_separators_change_nothing(name, known):
    for spelled in (name.upper(), name.lower(), name.replace(" ", "-"), name.replace(" ", "_"), f"  {name}\t"):
        assert model(spelled, known) == model(name, known)


@given(names(), lexicons)
def test_a_dash_for_the_dot_of_a_version_changes_nothing(name, known):
    brand, version, *rest = name.split()
    assume(not rest or not rest[-1][0].isdigit() or len(rest) > 1)
    assert model("-".join((brand, version.replace(".", "-"), *rest)), known) == model(name, known)


@given(st.sampled_from(BRANDS), versions, st.sampled_from(TIERS), lexicons)
def test_tier_and_version_may_be_swapped(brand, version, tier, known):
    assert model(f"{brand} {version} {tier}", known) == model(f"{brand} {tier} {version}", known)


@given(names(), st.sampled_from(EFFORTS), lexicons)
def test_an_effort_makes_another_variant_of_the_same_model(name, effort, known):
    plain, flagged = resolve(name, lexicon=known), resolve(f"{name} ({effort})", lexicon=known)
    assert flagged.model == plain.model
    assert flagged.variant != plain.variant
    assert flagged.effort == effort


@given(names(), st.sampled_from(("fp8", "awq", "Q4_K_M", "bf16")), lexicons)
def test_a_quantisation_makes_another_variant_of_the_same_model(name, quant, known):
    plain, packed = resolve(name, lexicon=known), resolve(f"{name}-{quant}", lexicon=known)
    assert (packed.model, packed.quant) == (plain.model, quant.lower())
    assert packed.variant != plain.variant


@given(st.sampled_from(BRANDS), versions, sizes, sizes, lexicons)
def test_sizes_never_merge(brand, version, size, other_size, known):
    assume(size != other_size)
    assert model(f"{brand} {version} {size}", known) != model(f"{brand} {version} {other_size}", known)


@given(names(), days, days)
def test_dates_never_merge_unless_declared_as_stamps(name, one, other):
    assume(one != other)
    first, second = (model(f"{name} {day}", EMPTY_LEXICON) for day in (one, other))
    assert first != second
    assert model(name, EMPTY_LEXICON) not in (first, second)


@given(st.sampled_from(BRANDS), versions, versions, lexicons)
def test_generations_never_merge(brand, one, other, known):
    assume(one != other)
    assert model(f"{brand} {one}", known) != model(f"{brand} {other}", known)


@given(names(), lexicons)
def test_an_agent_is_not_its_model(name, known):
    who = resolve(f"Agentless + {name}", lexicon=known)
    assert who.kind == "system"
    assert who.model != model(name, known)


@given(st.text(max_size=400), st.one_of(st.none(), st.text(max_size=60)), lexicons)
def test_no_text_is_too_strange(name, hint, known):
    who = resolve(name, hint, "made/board", lexicon=known)
    assert isinstance(who, Identity)
    assert who.name == name
    assert (who.model is None) == (who.variant is None) == (who.confidence == "unsure")
    assert who.reason


@given(st.text(alphabet="0123456789.-_/v:bkm()ae+ ", max_size=240), lexicons)
def test_digits_and_signs_in_any_order_are_read_or_refused(name, known):
    assert resolve(name, lexicon=known).name == name
