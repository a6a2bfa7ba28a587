"""Sentences about a board that counts stars: exact where the board is named, and no evidence of quality elsewhere."""

import pytest
from claims_world import World, made
from kit import metric

STARS = metric(nature="points", topic="popularity", unit="stars")


@pytest.fixture(scope="module")
def world() -> World:
    world = made()
    world.board("hub/stars", "Hub Stars", STARS)
    world.show("hub/stars", "v14:12345 o5:12300 w70:900 l3:900")
    world.board("hub/likes", "Hub Likes", metric(nature="points"))
    world.show("hub/likes", "v14:12345 o5:12300 w70:900 l3:900")
    world.show("hub/stars", "v14:12350 o5:12400 w70:910 l3:910")
    return world


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        ("Orion-5 leads Hub Stars", "supported"),
        ("Orion-5 overtook Vega2 14B on Hub Stars", "supported"),
        ("Vega2 14B beats Orion-5 on Hub Stars", "contradicted"),
        ("Vega1 70B beats Lumen 3 Pro on Hub Stars", "contradicted"),
        ("Vega1 70B is on par with Lumen 3 Pro on Hub Stars", "supported"),
        ("Orion-5 scores 12400 on Hub Stars", "supported"),
        ("Vega2 14B is second on Hub Stars", "supported"),
    ],
)
def test_the_counts_decide_where_their_board_is_named(world: World, sentence: str, verdict: str):
    assert world.only(sentence).verdict == verdict


def test_counts_are_compared_without_a_word_on_errors(world: World):
    reason = world.only("Orion-5 beats Vega2 14B on Hub Stars").reason
    assert reason == "Orion-5 12,400 stars against Vega2 14B 12,350 stars: 50 stars above, as listed"


@pytest.mark.parametrize("sentence", ["Orion-5 beats Vega2 14B", "Orion-5 beats Vega2 14B on everything"])
def test_stars_are_not_evidence_that_a_model_is_better(world: World, sentence: str):
    assert {"hub/stars", "hub/likes"}.isdisjoint(ground.board for ground in world.only(sentence).grounds)
