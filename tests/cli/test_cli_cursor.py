"""`tracker events --cursor FILE` gives a program what is new, as `events --json` would print it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from cli_world import BODIES, World

FIRST = dict(list(BODIES.items())[:2])


def new(world: World, tmp_path: Path, *args: str) -> list[dict[str, object]]:
    """What one call with the cursor appends."""
    out = tmp_path / "out.jsonl"
    before = out.read_text(encoding="utf-8") if out.exists() else ""
    ran = world.run("events", "--json", "--cursor", tmp_path / "cursor", "-o", out, *args)
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    return [json.loads(line) for line in out.read_text(encoding="utf-8").removeprefix(before).splitlines()]


def test_each_call_gives_what_the_record_gained_since_the_last_one(world: World, tmp_path: Path):
    world.imported(FIRST)
    first = new(world, tmp_path)
    assert first == world.run("events", "--json").rows != []
    assert new(world, tmp_path) == []
    world.imported()
    rest = new(world, tmp_path)
    assert sorted(row["id"] for row in first + rest) == sorted(row["id"] for row in world.run("events", "--json").rows)


def test_what_a_replay_no_longer_finds_is_withdrawn_once(world: World, tmp_path: Path):
    world.imported()
    given = {row["id"]: row for row in new(world, tmp_path)}
    world.declare(
        "acme/text",
        (world.folder / "schedules/acme/text.toml")
        .read_text(encoding="utf-8")
        .replace("stated_error = 2.0", "stated_error = 50.0"),
    )
    assert world.run("replay", "acme/text").code == 0
    left = {row["id"] for row in world.run("events", "--json").rows}
    changes = new(world, tmp_path)
    withdrawn = {row["withdrawn"]: row for row in changes if "withdrawn" in row}
    assert set(withdrawn) == given.keys() - left != set()
    assert {row["id"] for row in changes if "id" in row} == left - given.keys()
    assert all((row["board"], row["headline"]) == ("acme/text", given[name]["headline"]) for name, row in withdrawn.items())
    assert new(world, tmp_path) == []


def test_board_kind_and_news_choose_what_is_given(world: World, tmp_path: Path):
    world.imported()
    kind = world.run("events", "--json", "--news").rows[0]["kind"]
    assert new(world, tmp_path, "--kind", kind, "--news") == world.run("events", "--json", "--kind", kind, "--news").rows
    assert new(world, tmp_path) == []


@pytest.mark.parametrize(
    ("args", "problem"),
    [
        (("--cursor", "c", "--model", "gpt"), "expected no filter but --board, --kind and --grade, found models"),
        (("-o", "out"), "--output goes with --cursor"),
    ],
)
def test_what_does_not_go_with_a_cursor_is_refused(world: World, args: tuple[str, ...], problem: str):
    world.imported(FIRST)
    ran = world.run("events", *args)
    assert (ran.code, problem in ran.error) == (2, True)


def test_the_cursor_of_another_store_is_refused(world: World, tmp_path: Path):
    world.imported()
    new(world, tmp_path)
    world.declare("acme/other")
    (world.store / "tracker.db").unlink()
    assert world.run("replay").code == 0
    ran = world.run("events", "--json", "--cursor", tmp_path / "cursor", "-o", tmp_path / "out.jsonl")
    assert ran.code == 0  # of one board the order is the same, so nothing was missed
    world.imported({"2026-02-01T060000Z": "a:1:1:MIT b:2:1:MIT", "2026-02-02T060000Z": "a:3:1:MIT b:2:1:MIT"}, "acme/other")
    (world.store / "tracker.db").unlink()
    assert world.run("replay").code == 0
    ran = world.run("events", "--json", "--cursor", tmp_path / "cursor", "-o", tmp_path / "out.jsonl")
    assert (ran.code, "this store has another past" in ran.error) == (2, True)


@pytest.mark.slow
@pytest.mark.parametrize("to_pipe", [True, False])
def test_ten_kills_at_any_time_lose_and_repeat_nothing(world: World, tmp_path: Path, *, to_pipe: bool):
    world.imported()
    out = tmp_path / "out.jsonl"
    command = [
        sys.executable,
        "-m",
        "tracker",
        "--store",
        str(world.store),
        "events",
        "--json",
        "--cursor",
        str(tmp_path / "cursor"),
    ]
    got = b""
    for number in range(11):
        args = command if to_pipe else [*command, "-o", str(out)]
        client = subprocess.Popen(args, stdout=subprocess.PIPE)
        try:
            got += client.communicate(timeout=0.05 * number if number < 10 else 60)[0]
        except subprocess.TimeoutExpired:
            client.send_signal(signal.SIGKILL)
            got += client.communicate()[0]
    text = got if to_pipe else out.read_bytes()
    assert [json.loads(line) for line in text.splitlines()] == world.run("events", "--json").rows
