"""docs/reference/claims.md is true: its sentences are read as it says, and it lists every verdict and key."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from claims_world import World

from tracker.claims import ClaimVerdict, Relation, finding_json
from tracker.claims.judge import JUDGES
from tracker.claims.rendering import claim_text

PAGE = (Path(__file__).resolve().parents[2] / "docs/reference/claims.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[tuple[str, str]]:
    table = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    return [(term, meaning) for term, meaning in re.findall(r"^\| (.+?) \| (.+) \|$", table, re.MULTILINE)][1:]


@pytest.mark.parametrize(("sentence", "reading"), rows("What can be said"))
def test_a_sentence_of_the_page_is_read_as_it_says(world: World, sentence: str, reading: str):
    assert world.read(sentence) == [reading]


def test_the_page_lists_every_verdict():
    assert [term for term, _ in rows("Verdicts")] == [f"`{verdict}`" for verdict in ClaimVerdict]


def test_the_page_lists_every_relation_and_each_has_a_judge():
    assert [term for term, _ in rows("What each relation asks for")] == [f"`{relation}`" for relation in Relation]
    assert set(JUDGES) == set(Relation)


def test_every_key_of_the_json_is_explained(world: World):
    found = finding_json(world.only("Vega2 14B beats Vega1 70B on Acme Bench"))
    assert [term for term, _ in rows("`--json`")] == [f"`{key}`" for key in found]
    claim, (ground,) = found["claim"], found["grounds"]
    keys = {*claim, *ground, *ground["since"], *ground["figures"][0]}
    assert {key for key in keys if f"`{key}`" not in PAGE} == set()


def test_a_claim_is_read_back_whole(world: World):
    """The words of a reading change with everything that a claim says."""
    found = world.only("Vega2 14B beats Vega1 70B on Acme Bench")
    assert found.claim is not None
    changes = {
        "negated": True,
        "degree": "weak",
        "passing": True,
        "topic": "coding",
        "sources": ("x",),
        "relation": Relation.LEVEL,
    }
    said = {claim_text(replace(found.claim, **{key: value})) for key, value in changes.items()}
    assert len(said | {claim_text(found.claim)}) == len(changes) + 1
