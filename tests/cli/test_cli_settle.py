"""`tracker settle`: who was first, against a naive count over the published rows."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from cli_world import World

STATES: Mapping[str, str] = {
    "2026-03-01T060000Z": "claude-x:90:2 gpt-y:80:3 qwen-z:70:1",
    "2026-03-05T060000Z": "claude-x:90:2 gpt-y:90:3 qwen-z:70:1",
    "2026-03-09T060000Z": "claude-x:90:2 gpt-y:95:3 qwen-z:70:1",
}


def settled(world: World, at: str, rule: str = "first") -> tuple[int, dict[str, object]]:
    ran = world.run("settle", rule, "acme/text", "--at", at, "--json")
    (row,) = ran.rows
    return ran.code, row


def test_the_last_reading_before_the_time_answers(world: World):
    world.imported(STATES)
    code, row = settled(world, "2026-03-02T00:00Z")
    assert (code, row["settled"], row["winner"]["entry"], row["runner_up"]["entry"]) == (0, True, "claude-x", "gpt-y")
    assert (row["before"], row["after"], row["tie_break"]) == ("2026-03-01T06:00:00Z", "2026-03-05T06:00:00Z", "")


def test_a_tie_names_the_criterion_that_decided(world: World):
    world.imported(STATES)
    _, row = settled(world, "2026-03-05T06:00:00Z")
    assert (row["winner"]["entry"], row["tie_break"]) == ("claude-x", "alphabet")


def test_another_winner_at_the_next_reading_is_stated(world: World):
    world.imported(STATES)
    _, row = settled(world, "2026-03-08T00:00Z")
    assert (row["winner"]["entry"], row["winner_after"]["entry"], row["certain"]) == ("claude-x", "gpt-y", False)
    assert "The next reading has another winner" in world.run("settle", "first", "acme/text", "--at", "2026-03-08").out


@pytest.mark.parametrize("at", ["2026-02-28T00:00Z", "2026-03-09T06:00:00Z", "2027-01-01T00:00Z"])
def test_a_time_outside_of_the_readings_has_no_answer(world: World, at: str):
    world.imported(STATES)
    code, row = settled(world, at)
    assert (code, row["settled"], row["reason"]) == (1, False, "no state covers T")


def test_a_day_is_checked_at_the_time_and_in_the_zone_of_the_rule(world: World):
    world.imported(STATES)
    assert settled(world, "2026-03-08", "arena-score")[1]["at"] == "2026-03-09T03:59:00Z"
    assert settled(world, "2026-03-08", "arena-rank")[1]["at"] == "2026-03-08T16:00:00Z"


def test_a_lab_wins_with_its_best_entry_and_the_runner_up_is_of_another(world: World):
    world.imported({time: text.replace("gpt-y", "claude-y") for time, text in STATES.items()})
    ran = world.run("settle", "arena-score", "acme/text", "--at", "2026-03-02T00:00Z", "--json")
    assert ran.rows[0]["settled"] is True
    names = [ran.rows[0][place]["lab"] for place in ("winner", "runner_up")]
    assert len({*names}) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('title = "T"\nsource = "S"\nwording = "W"\norder = ["height"]', "height"),
        ('title = "T"\nsource = "S"\nwording = "W"\norder = ["score"]\ntime = "25:00"', "is not a time of day"),
        ('title = "T"\nsource = "S"\nwording = "W"\norder = ["score"]\nmetrics = ["elo"]', "the rule needs one of: elo"),
    ],
)
def test_a_rule_that_cannot_be_applied_is_refused_in_one_line(world: World, text: str, message: str):
    world.imported(STATES)
    (world.folder / "schedules/rules").mkdir()
    (world.folder / "schedules/rules/own.toml").write_text(text, encoding="utf-8")
    ran = world.run("settle", "own", "acme/text", "--at", "2026-03-02T00:00Z")
    assert (ran.code, message in ran.error) == (2, True), ran.error


def test_an_unknown_rule_is_refused_with_those_that_exist(world: World):
    world.imported(STATES)
    assert "arena-score" in world.run("settle", "arena-scor", "acme/text", "--at", "2026-03-02").error
