"""What is known of a model: from its own board, otherwise from others, and never by guessing between two statements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import kit
import pytest
from models_world import who

from tracker.model import BoardId, Column, EntryId, Identity
from tracker.query.facts import JOINED, ModelFacts, facts_of
from tracker.query.filters import Filters
from tracker.query.find import BoardAt
from tracker.query.listings import unstated

PRICE_IN = kit.metric("price_in", "listed", better="lower", unit="USD per 1M tokens", topic="price")
A = who("a")


def at(
    board: str,
    text: str,
    prices: str = "",
    *,
    models: Mapping[str, Identity],
    stated: Mapping[str, Mapping[str, str]] | None = None,
    day: float = 0,
) -> BoardAt:
    """A board with scores and prices, whose entries stand for those models."""
    snapshot = kit.snapshot(text, price=prices, who=models, attributes=stated or {}, day=day)
    columns = {name: Column(sources=(name,)) for name in ("open_weights", "total_parameters")}
    declared = replace(kit.board(kit.SCORE, kit.PRICE), id=BoardId(board), attributes=columns)
    return BoardAt(board=declared, snapshot=replace(snapshot, board=declared.id))


def facts(own: BoardAt, *others: BoardAt, key: str = "a") -> ModelFacts:
    return facts_of(own, JOINED, lambda _: others)[EntryId(key)]


OWN = at("own/board", "a:60", models={"a": A})


def test_what_the_board_states_itself_is_not_replaced():
    own = at("own/board", "a:60", "a:5", models={"a": A}, stated={"a": {"open_weights": "true"}})
    known = facts(own, at("b/b", "x:1", "x:9", models={"x": A}, stated={"x": {"open_weights": "false"}}))
    assert (known.traits.price, known.traits.open_weights, known.sources) == (5, True, {})


def test_what_it_lacks_is_that_of_the_same_model_elsewhere():
    other = at("b/b", "x:1", "x:9", models={"x": A}, stated={"x": {"open_weights": "true", "total_parameters": "27"}})
    known = facts(OWN, other)
    assert (known.traits.price, known.traits.open_weights, known.traits.size_total_b) == (9, True, 27)
    assert known.sources == dict.fromkeys(JOINED, "b/b")
    assert known.price_of == kit.PRICE


def test_another_model_or_an_unsure_one_says_nothing():
    assert facts(OWN, at("b/b", "x:1", "x:9", models={"x": who("b")})).traits.price is None
    unsure = at("own/board", "a:60", models={"a": who()})
    assert facts(unsure, at("b/b", "x:1", "x:9", models={"x": who()})).traits.price is None


def test_of_several_prices_that_read_last_counts():
    old, new = (at(f"b/{day}", "x:1", f"x:{price}", models={"x": A}, day=day) for day, price in ((1, 9), (2, 7)))
    known = facts(OWN, old, new)
    assert (known.traits.price, known.sources["price"]) == (7, "b/2")
    assert facts(OWN, new, old) == known


@pytest.mark.parametrize(("variants", "price"), [(("low", "high"), 9), (("low", "mid"), None)])
def test_the_price_is_that_of_the_same_variant_or_of_all_of_them(variants: tuple[str, str], price: float | None):
    models = {key: replace(A, variant=variant) for key, variant in zip("xy", variants, strict=True)}
    own = at("own/board", "a:60", models={"a": replace(A, variant="high")})
    assert facts(own, at("b/b", "x:1 y:2", "x:3 y:9", models=models)).traits.price == price
    assert facts(own, at("b/b", "x:1 y:2", "x:4 y:4", models=models)).traits.price == 4


@pytest.mark.parametrize(
    ("name", "one", "other", "known"),
    [
        ("total_parameters", "671", "685", 671),
        ("total_parameters", "27", "40", None),
        ("open_weights", "true", "true", True),
        ("open_weights", "true", "false", None),
    ],
)
def test_boards_that_differ_leave_a_trait_unknown(name: str, one: str, other: str, known: object):
    boards = [
        at(f"b/{day}", "x:1", models={"x": A}, stated={"x": {name: text}}, day=-day)
        for day, text in enumerate((one, other), start=1)
    ]
    trait = {"total_parameters": "size_total_b"}.get(name, name)
    assert getattr(facts(OWN, *boards).traits, trait) == known


def test_the_kind_of_a_price_is_known():
    known = facts(at("own/board", "a:60", "a:5", models={"a": A}))
    assert known.price_kind == "price"
    assert replace(known, price_of=PRICE_IN).price_kind == "in"


# ── conditions ───────────────────────────────────────────────────────────────────────────────────


def model(**traits: object) -> ModelFacts:
    known = facts(OWN)
    lab = Identity(lab="Z.ai", country="CN")
    return replace(known, traits=replace(known.traits, **{"who": lab, **traits}))


@pytest.mark.parametrize(
    ("only", "verdict"),
    [
        (Filters(), ()),
        (Filters(labs=("z-ai", "OpenAI")), ()),
        (Filters(labs=("OpenAI",)), None),
        (Filters(countries=("cn",)), ()),
        (Filters(max_size=27), ()),
        (Filters(max_size=26.9), None),
        (Filters(min_size=27), ()),
        (Filters(min_size=27.1), None),
        (Filters(open_weights=True), ()),
        (Filters(open_weights=False), None),
        (Filters(max_price=2), ("price",)),
        (Filters(reasoning=False), ("reasoning",)),
        (Filters(max_price=2, max_size=1), None),
        (Filters(max_price=2, reasoning=True, labs=("Z.ai",)), ("price", "reasoning")),
    ],
)
def test_a_condition_holds_or_not_or_cannot_be_judged(only: Filters, verdict: tuple[str, ...] | None):
    assert unstated(model(size_total_b=27.0, open_weights=True), only) == verdict


def test_a_price_of_zero_is_a_price():
    assert unstated(model(price=0.0), Filters(max_price=0)) == ()
    assert unstated(model(price=0.1), Filters(max_price=0)) is None
