"""What a board and a name state of a model; what neither states is not known."""

from dataclasses import replace

import pytest
from kit import SCORE, board, snapshot

from tracker.model import Entry, Identity
from tracker.traits import size_total, traits


def entry(name: str, total: float | None = None, active: float | None = None, **stated: str) -> Entry:
    who = Identity(name=name, size_total_b=total, size_active_b=active)
    return snapshot("a:50", names={"a": name}, who={"a": who}, attributes={"a": stated}).entries["a"]


def size(name: str, total: float | None, active: float | None = None, **stated: str) -> float | None:
    return traits(entry(name, total, active, **stated), board(SCORE)).size_total_b


@pytest.mark.parametrize(
    ("licence", "is_open"),
    [
        ("MIT", True),
        ("open-source", True),
        ("CC-BY-NC (non-commercial)", True),
        ("Proprietary", False),
        ("Closed source", False),
        ("Undisclosed", None),
        ("not disclosed", None),
        ("Unknown license", None),
        ("Not open source", None),
        ("Non-proprietary", None),
        ("not yet released (MIT planned)", None),
        ("Mitigated", None),
        ("", None),
    ],
)
def test_a_licence_that_is_not_stated_is_neither_open_nor_closed(licence: str, is_open: bool | None):
    assert traits(entry("Nova 3", licence=licence), board(SCORE)).open_weights is is_open
    assert traits(entry("Nova 3", license=licence), board(SCORE)).open_weights is is_open


def test_a_board_that_states_a_size_knows_better_than_the_name():
    assert size("Qwen3.5 122B A10B", 122.0, 10.0, total_parameters="125") == 125.0
    assert size("Qwen3.5 122B A10B", 122.0, 10.0) == 122.0
    assert size("x", None, total_parameters="7000000000") == 7.0


def test_a_number_of_active_parameters_is_not_a_total():
    assert size("DeepSeek Coder V2 Lite", None, total_parameters="2.4", active_parameters="16") is None
    assert size("Qwen3 30B A3B", 30.0, 3.0, total_parameters="3.3") is None
    assert size("Mixtral 8x7B", 56.0, total_parameters="12.9") is None
    assert size("Gemma 3 4B", 4.0, total_parameters="4.3") == 4.3


@pytest.mark.parametrize("name", ["Mixtral 8x7B Instruct", "WizardLM-2-8x22B", "mixtral 8 x 7b"])
def test_experts_times_their_size_is_not_a_total(name: str):
    assert size(name, 56.0) is None
    assert size(name, 56.0, total_parameters="46.7") == 46.7


def test_of_two_models_in_a_name_neither_states_the_size_of_the_whole():
    assert size("aligner-2b_qwen1.5-72b-chat", 2.0) is None
    assert size("OLMoE-1B-7B", 7.0, 1.0) == 7.0
    assert size("Llama 3.1 70B", 70.0) == 70.0


@pytest.mark.parametrize(
    ("name", "family", "total"),
    [
        ("aligner-2b_nova-3-pro", "Nova", None),
        ("nova-3-2b_chat", "Nova", 2.0),
        ("nova_3_2b", "Nova", 2.0),
        ("my-nova-2b_nova-3-pro", "Nova", 2.0),
        ("aligner-2b_pro", "", 2.0),
    ],
)
def test_a_part_that_is_joined_before_a_model_does_not_state_its_size(name: str, family: str, total: float | None) -> None:
    listed = entry(name, 2.0)
    assert size_total(replace(listed, who=replace(listed.who, family=family))) == total


@pytest.mark.parametrize(
    ("licence", "is_open"),
    [
        ("Apache 2.0", True),
        ("MIT", True),
        ("open", True),
        ("Modified MIT", True),
        ("Llama 3.1 Community", True),
        ("Yi License", True),
        ("Open", True),
        ("OpenAI terms", None),
        ("not open", None),
        ("Proprietary", False),
        ("Limited use", None),
        ("Permitted", None),
        ("Trying", None),
        ("", None),
    ],
)
def test_a_licence_is_open_by_its_words_and_not_by_letters_within_them(licence: str, is_open: bool | None):
    assert traits(entry("a", licence=licence), board(SCORE)).open_weights is is_open
