"""`tracker board repair`: the change to a declaration as a diff, applied only with --apply."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_world import BODIES, CHALLENGE, DECLARATION, World, csv
from click.testing import CliRunner

from tracker.cli.repair import command
from tracker.stores.sqlite import SqliteStore
from tracker.workspace import Settings
from tracker.workspace.declared import chosen

LAST = "a:91:1.5:Apache-2.0 b:95:3 c:70:1 d:60:1 e:50:1 g:97:9"
RENAMED = csv(LAST).replace("score", "rating_value", 1)


@pytest.fixture
def broken(world: World) -> World:
    """A board with a history whose newest page has another header."""
    assert world.imported().code == 0
    folder = world.folder / "later"
    folder.mkdir()
    (folder / "2026-03-07T060000Z.csv").write_text(RENAMED, encoding="utf-8")
    world.run("import", "acme/text", folder)
    return world


def declaration(world: World) -> str:
    return (world.folder / "schedules/acme/text.toml").read_text(encoding="utf-8")


def test_the_event_names_the_command_that_finds_the_replacement(broken: World):
    ran = broken.run("events", "--kind", "board_broken", "--json")
    assert "tracker board repair acme/text" in ran.out


def test_the_change_is_shown_as_a_diff_and_nothing_is_changed(broken: World):
    ran = broken.run("board", "repair", "acme/text")
    assert ran.code == 0
    assert '-from = "score"' in ran.out
    assert '+from = ["score", "rating_value"]' in ran.out
    assert "it then reads 6 entries:" in ran.out
    assert "nothing was changed; to change the file: tracker board repair acme/text --apply" in ran.out
    assert declaration(broken) == DECLARATION


def test_with_apply_the_file_changes_and_the_history_continues(broken: World):
    ran = broken.run("board", "repair", "acme/text", "--apply")
    assert ran.code == 0
    assert declaration(broken) == DECLARATION.replace('from = "score"', 'from = ["score", "rating_value"]')
    assert broken.run("replay", "acme/text").code == 0
    states = broken.run("boards", "--json").rows
    assert [row["state"] for row in states if row["board"] == "acme/text"] in (["ok"], ["stale"])
    kinds = [row["kind"] for row in broken.run("events", "--json").rows]
    assert "board_broken" not in kinds


def test_programs_get_the_repair_as_json(broken: World):
    (row,) = broken.run("board", "repair", "acme/text", "--json").rows
    assert (row["board"], row["entries"], row["applied"]) == ("acme/text", 6, False)
    assert row["repairs"][0]["column"] == "rating_value"
    assert row["lost"] == []


def test_a_board_that_reads_needs_no_repair(world: World):
    world.imported()
    ran = world.run("board", "repair", "acme/text")
    assert ran.code == 1
    assert "reads as it is declared; nothing to repair" in ran.error


def test_a_board_without_a_reading_cannot_be_repaired(world: World):
    world.declare("acme/text")
    SqliteStore(world.store / "tracker.db").close()
    (world.folder / "page.csv").write_text(RENAMED, encoding="utf-8")
    ran = world.run("board", "repair", "acme/text", "--file", world.folder / "page.csv")
    assert ran.code == 2
    assert "no reading was ever accepted" in ran.error


@pytest.mark.parametrize("page", [CHALLENGE, "a,b\n1,2\n3,4\n"])
def test_no_certain_repair_is_one_line_and_exit_code_1(world: World, page: str):
    world.imported(BODIES)
    file = Path(world.folder / "page.csv")
    file.write_text(page, encoding="utf-8")
    ran = world.run("board", "repair", "acme/text", "--file", file)
    assert ran.code == 1
    assert "nothing on the page is certain to replace what is gone" in ran.error
    assert declaration(world) == DECLARATION


def test_a_change_that_reads_earlier_captures_differently_needs_lose_earlier(world: World):
    world.imported(BODIES)
    rows = [line.split(",") for line in csv(LAST).splitlines()]
    table = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows[1:])
    head = "".join(f"<th>{cell}</th>" for cell in rows[0])
    file = world.folder / "page.html"
    file.write_text(f"<html><body><table><tr>{head}</tr>{table}</table></body></html>", encoding="utf-8")
    shown = world.run("board", "repair", "acme/text", "--file", file)
    assert 'format = "html_table"' in shown.out
    assert "careful: captures accepted before would be read differently" in shown.out
    refused = world.run("board", "repair", "acme/text", "--file", file, "--apply")
    assert refused.code == 2
    assert "not applied: captures accepted before would be read differently" in refused.error
    assert declaration(world) == DECLARATION
    assert world.run("board", "repair", "acme/text", "--file", file, "--apply", "--lose-earlier").code == 0
    assert 'format = "html_table"' in declaration(world)


def test_a_file_can_replace_the_newest_capture(world: World):
    world.imported(BODIES)
    file = world.folder / "page.csv"
    file.write_text(RENAMED, encoding="utf-8")
    assert '+from = ["score", "rating_value"]' in world.run("board", "repair", "acme/text", "--file", file).out
    both = world.run("board", "repair", "acme/text", "--file", file, "--url", "https://acme.example/")
    assert both.code == 2
    assert "--url and --file exclude each other" in both.error


def test_a_shipped_board_is_repaired_in_a_file_of_the_user(broken: World):
    shipped, own = broken.folder / "schedules", broken.folder / "own"
    settings = Settings(store=broken.store, schedules=own, shipped=shipped)
    ran = CliRunner().invoke(command, ["acme/text", "--apply"], obj=settings)
    assert (ran.exit_code, declaration(broken)) == (0, DECLARATION)
    repaired = (own / "acme/text.toml").read_text(encoding="utf-8")
    assert repaired == DECLARATION.replace('from = "score"', 'from = ["score", "rating_value"]')
    (board,) = chosen(settings, ["acme/text"])
    assert board.metrics[0].column.sources == ("score", "rating_value")
