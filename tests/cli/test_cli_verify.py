"""`tracker verify --all` derives every table again, and reads every body."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

import pytest
from cli_world import World

FORGERIES = {
    "measures": "UPDATE _measures SET value = 91.5 WHERE value = 91",
    "ranks": "UPDATE ranks SET rank = 9 WHERE rank = 1 AND valid_to IS NULL",
    "texts": "UPDATE texts SET value = 'GPL' WHERE value = 'MIT'",
    "segments": "DELETE FROM segments",
    "checks": "UPDATE _checks SET entries = entries + 1",
    "snapshots": "UPDATE snapshots SET depth = 3",
    "entries": "UPDATE _entries SET departed = 1 - departed",
    "events": "DELETE FROM _events WHERE kind = 'new_leader'",
    "parties": "DELETE FROM _parties WHERE entry = 1",
}


def forge(world: World, sql: str) -> None:
    with closing(sqlite3.connect(world.store / "tracker.db")) as file, file:
        assert file.execute(sql).rowcount > 0


def test_an_untouched_store_is_as_derived(world: World):
    world.imported()
    ran = world.run("verify", "--all")
    assert (ran.code, ran.err) == (0, "")


@pytest.mark.parametrize("table", FORGERIES)
def test_a_changed_row_of_any_table_is_found_named_and_repaired_by_the_named_command(world: World, table: str):
    world.imported()
    forge(world, FORGERIES[table])
    ran = world.run("verify", "--all")
    assert (ran.code, f"    {table}: " in ran.out) == (1, True)
    assert "acme/text  DOES NOT HOLD  the tables differ (tracker replay acme/text)" in ran.out
    (row,) = [row for row in world.run("verify", "--board", "acme/text", "--json").rows if "board" in row]
    assert [line.partition(":")[0] for line in row["differences"]] == [table]
    assert world.run("replay", "acme/text").code == 0
    assert world.run("verify", "--all").code == 0


def test_a_difference_shows_both_rows(world: World):
    world.imported()
    forge(world, FORGERIES["measures"])
    ran = world.run("verify", "--all")
    found = r"measures: 1 of \d+ rows do not follow .*, 1 are missing: recorded score a .* 91\.5 .*derived score a .* 91\."
    assert re.search(found, ran.out)


def test_each_damaged_body_is_named_and_other_boards_are_checked_all_the_same(world: World):
    world.imported(board="acme/vision")
    world.imported()
    for body in list((world.store / "captures/acme/text/bodies").iterdir())[:2]:
        body.write_bytes(b"spoilt")
    ran = world.run("verify", "--all")
    assert (ran.code, ran.err.count("is damaged")) == (3, 2)
    assert "holds" in ran.out


def test_verifying_writes_nothing(world: World):
    world.imported()
    before = {path: path.stat().st_mtime_ns for path in world.store.rglob("*")}
    world.run("verify", "--all")
    assert {
        path: path.stat().st_mtime_ns for path in world.store.rglob("*") if not path.name.endswith(("-wal", "-shm"))
    } == before
