"""`tracker boards` and `tracker board show`: declarations and their health."""

from __future__ import annotations

import re

import pytest
from cli_world import DECLARATION, World

from tracker.cli.boards import short

PAYLOAD = """
[payloads.cost]
key = "key"
required = false
[payloads.cost.request]
url = "https://acme.example/cost.csv"
[payloads.cost.parse]
format = "csv_table"
"""


def test_boards_shows_cadence_terms_and_why_a_board_is_not_read(world: World):
    world.imported()
    world.declare("acme/off", DECLARATION.replace('cadence = "@daily"', 'cadence = "5 4 * * *"\nenabled = false'))
    world.declare(
        "acme/key", DECLARATION.replace("[request]", '[request]\nheaders = { x-api-key = "${TRACKER_TEST_NO_SUCH_KEY}" }')
    )
    lines = {words[0]: line for line in world.run("boards").out.splitlines() if (words := line.split()) and "/" in words[0]}
    assert "@daily" in lines["acme/text"]
    assert "2026-03-05 06:00" in lines["acme/text"]
    assert "CC-BY-4.0" in lines["acme/text"]
    assert "5 4 * * *" in lines["acme/off"]
    assert " paused " in lines["acme/off"]
    assert "no key: set" in lines["acme/key"]


def test_each_board_is_one_line_for_another_program_however_long_it_is(world: World):
    world.imported()
    key = "TRACKER_TEST_" + "LONG_" * 30 + "KEY"
    world.declare("acme/key", DECLARATION.replace("[request]", f'[request]\nheaders = {{ x-api-key = "${{{key}}}" }}'))
    (line,) = [line for line in world.run("boards").out.splitlines() if "acme/key" in line]
    assert f"no key: set {key}" in line
    assert len(line) > 160


@pytest.mark.parametrize(("columns", "left"), [("200", 9), ("80", 5)])
def test_a_terminal_gets_the_columns_that_fit(world: World, monkeypatch: pytest.MonkeyPatch, columns: str, left: int):
    world.imported()
    world.declare("acme/off", DECLARATION.replace('cadence = "@daily"', 'cadence = "5 4 * * *"\nenabled = false'))
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", columns)
    lines = re.sub(r"\x1b\[[0-9;]*m", "", world.run("boards").out).splitlines()
    header = next(line for line in lines if line.strip())
    assert len(re.split(r"\s{2,}", header.strip())) == left
    assert sum("acme/" in line for line in lines) == 2, "no cell of an id is folded"
    assert max(map(len, lines)) <= int(columns)


def test_a_disabled_board_is_not_said_to_be_off_for_its_licence(world: World):
    world.imported()
    world.declare("acme/off", DECLARATION.replace('cadence = "@daily"', 'cadence = "@daily"\nenabled = false'))
    reasons = {row["board"]: row["reason"] for row in world.run("boards", "--json").rows}
    assert reasons == {"acme/text": reasons["acme/text"], "acme/off": "disabled; terms: CC-BY-4.0"}


def test_boards_as_json_has_declaration_and_health(world: World):
    world.imported()
    (row,) = world.run("boards", "--json").rows
    named = ("cadence", "time_zone", "terms", "format", "primary", "higher_is_better", "topic")
    assert tuple(row[name] for name in named) == ("@daily", "UTC", "CC-BY-4.0", "csv_table", "score", True, "overall")


@pytest.mark.parametrize(
    ("terms", "shown"),
    [
        ("CC-BY-4.0; documented API; 500 requests a day.", "CC-BY-4.0"),
        ("Data Platform Terms v1.1: internal use.", "Data Platform Terms v1.1"),
        ("MIT.", "MIT"),
        ("The site's terms forbid competing uses", "The site's terms forbid com…"),
        ("", ""),
    ],
)
def test_terms_are_shown_up_to_their_first_stop(terms: str, shown: str):
    assert short(terms) == shown


def test_board_show_names_requests_payloads_and_groups(world: World):
    text = DECLARATION.replace(
        'format = "csv_table"', 'format = "csv_table"\ngroup = { key = "key", by = "task", take = "mean" }'
    )
    newest = 'url = "https://acme.example/{newest}.csv"\nnewest = { url = "https://acme.example/", find = "(v[0-9]+)" }'
    text = text.replace('url = "https://acme.example/text.csv"', newest)
    world.declare("acme/text", text + PAYLOAD)
    world.store.mkdir()
    out = world.run("board", "show", "acme/text").out
    assert "  read: GET https://acme.example/{newest}.csv as csv_table, @daily UTC\n" in out
    assert "  newest release: found in https://acme.example/ by (v[0-9]+)\n" in out
    assert "  rows of one key are one, by task, take mean\n" in out
    assert "  payload cost: GET https://acme.example/cost.csv as csv_table, joined where it can be had\n" in out
    (row,) = world.run("board", "show", "acme/text", "--json").rows
    assert row["payloads"] == [
        {"name": "cost", "url": "https://acme.example/cost.csv", "format": "csv_table", "means": False, "required": False}
    ]
    assert row["group"] == {"key": ["key"], "by": "task", "take": "mean"}
    assert (row["newest"], row["last"]) == ("https://acme.example/", None)


def test_board_show_ends_with_the_five_best_entries_of_the_last_reading(world: World):
    world.imported()
    lines = world.run("board", "show", "acme/text").out.splitlines()
    assert lines[-6].startswith("last accepted 2026-03-05 06:00 UTC: 6 entries")
    assert [line.split()[:3] for line in lines[-5:-2]] == [["1.", "Model", "G"], ["2.", "Model", "B"], ["3.", "Model", "A"]]
    (row,) = world.run("board", "show", "acme/text", "--json").rows
    assert [(entry["rank"], entry["entry"], entry["value"]) for entry in row["last"]["head"]][:2] == [
        (1, "g", 97.0),
        (2, "b", 95.0),
    ]
    assert len(row["last"]["head"]) == 5


def test_a_publishers_names_cannot_control_the_terminal(world: World):
    world.declare("acme/text", DECLARATION.replace("Acme Arena", "Acme\\u001b[2J Arena"))
    assert "\x1b" not in world.run("board", "show", "acme/text").out
