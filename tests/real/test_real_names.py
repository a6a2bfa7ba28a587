"""The labelled names of the shared data, scored by the scorer that lies beside them; no less than these figures is right.

Beside them the names of one board that nobody labelled: its ids say which of them are one model.
"""

import gzip
import importlib.util
import json
import sys
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from kit import without_aliases

from tracker.identity import resolve
from tracker.model.names import EMPTY_LEXICON, Lab, Lexicon
from tracker.workspace.names import default_lexicon

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def scorer(shared_data: Path) -> ModuleType:
    """The scorer of the labelled names, from where they lie."""
    path = shared_data / "names" / "score.py"
    spec = importlib.util.spec_from_file_location("name_score", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as interpreter:
        interpreter.setattr(sys, "dont_write_bytecode", True)  # the folder is not ours to write to
        spec.loader.exec_module(module)
    return module


def without_releases(names: Lexicon) -> Lexicon:
    """The labs and families alone; nothing is known of single models, nor what their dates mean."""
    return replace(names, labs={place: _without_facts(lab) for place, lab in names.labs.items()})


def _without_facts(lab: Lab) -> Lab:
    families = tuple(replace(family, dates="snapshot") for family in lab.families)
    return replace(lab, families=families, releases=(), aliases={}, unsure=())


def scored(scorer: ModuleType, known: Lexicon) -> Mapping[str, Any]:
    resolver = scorer.Resolver(partial(resolve, lexicon=known))
    figures = scorer.score("dev", resolver, 0)
    assert resolver.failed == 0
    return figures


@pytest.fixture(scope="module")
def figures(scorer: ModuleType) -> Mapping[str, Any]:
    return scored(scorer, default_lexicon())


def test_names_of_one_model_are_found_and_no_others(figures):
    assert figures["cluster_model"]["p"] >= 0.995
    assert figures["cluster_model"]["f1"] >= 0.99
    assert figures["same_model"]["p"] >= 0.995


def test_no_trap_catches_more_than_one_in_fifty(figures):
    assert max(figures["trap_false_merge_rate"].values()) <= 0.02


def test_dated_names_are_not_merged_even_without_any_fact_of_release(scorer):
    assert scored(scorer, without_releases(default_lexicon()))["trap_false_merge_rate"]["snapshot-date"] <= 0.02


def test_lab_family_and_sizes_are_as_stated(figures):
    assert figures["org_acc"] >= 0.99
    assert figures["family_acc"] >= 0.99
    assert min(figures["size_total_acc"], figures["size_active_acc"]) >= 0.99
    assert max(figures["size_total_spurious"], figures["size_active_spurious"]) <= 0.001


def test_a_rename_differs_from_a_new_model(figures):
    assert figures["rename_vs_new"]["acc"] >= 0.95
    assert figures["rename_vs_new"]["new_recall"] == 1


def test_without_aliases_the_rules_still_find_them(scorer):
    figures = scored(scorer, without_aliases(default_lexicon()))
    assert figures["cluster_model"]["p"] >= 0.99
    assert figures["cluster_model"]["f1"] >= 0.94


def test_without_any_fact_of_release_nothing_is_merged_that_should_not_be(scorer):
    figures = scored(scorer, without_releases(default_lexicon()))
    assert figures["cluster_model"]["p"] >= 0.99
    assert figures["cluster_model"]["f1"] >= 0.8


def test_with_an_empty_lexicon_the_grammar_alone_answers(scorer):
    figures = scored(scorer, EMPTY_LEXICON)
    assert figures["cluster_model"]["p"] >= 0.98
    assert figures["cluster_model"]["f1"] >= 0.7
    assert figures["size_total_acc"] >= 0.99


def test_name_and_slug_of_one_id_are_one_model(shared_data):
    """Artificial Analysis, every lab: an id's name and its slug agree, unless the slug went from one model to another."""
    spelled: dict[str, dict[str, str]] = defaultdict(dict)
    for path in sorted((shared_data / "artificial-analysis" / "llms").glob("*.json.gz")):
        for published in json.loads(gzip.decompress(path.read_bytes()))["models"]:
            creator = published.get("model_creator") or {}
            spelled[published["id"]].update(dict.fromkeys((published["name"], published["slug"]), creator.get("name") or ""))
    models_of = {
        key: {resolve(name, lab, lexicon=default_lexicon()).model for name, lab in names.items()} - {None}
        for key, names in spelled.items()
    }
    torn = [key for key, models in models_of.items() if len(models) > 1]
    assert len(models_of) > 500
    assert len(torn) <= 0.04 * len(models_of), [sorted(spelled[key]) for key in torn]
