"""A backup is a store: made while others write, continued when it was cut off, restored whole, and verified."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from cli_world import BODIES, COLLAPSE, World

from tracker.model import BoardId, Pause
from tracker.stores.sqlite import SqliteStore
from tracker.workspace.backup import Bodies

BOARD = BoardId("acme/text")
READ = (("standings", "acme/text"), ("events", "--json"), ("history", "Model A"), ("quarantine", "list"))


@pytest.fixture
def used(world: World) -> World:
    """A store with history and a pause."""
    world.imported(BODIES | COLLAPSE)
    assert world.run("board", "pause", BOARD, "--reason", "their lawyer wrote").code == 0
    return world


def seen(world: World) -> list[str]:
    return [world.run(*words).out for words in READ]


def content(folder: Path) -> dict[str, bytes]:
    """The captures of a store, and its pauses."""
    files = {str(path.relative_to(folder)): path.read_bytes() for path in (folder / "captures").rglob("*") if path.is_file()}
    with closing(sqlite3.connect(folder / "tracker.db")) as file:
        pauses = repr(file.execute("SELECT * FROM pauses").fetchall()).encode()
    return {name: body for name, body in files.items() if ".locks" not in name} | {"pauses": pauses}


def test_a_restored_backup_is_the_store_that_was_and_verifies(used: World):
    before, rows = seen(used), content(used.store)
    backup = used.folder / "backup"
    made = used.run("backup", backup)
    assert (made.code, made.out.startswith(f"{backup}: 1 board, 5 bodies, 5 of them new")) == (0, True)
    shutil.rmtree(used.store)
    restored = used.run("restore", backup)
    assert (restored.code, restored.out.splitlines()[-1]) == (0, "1 of 1 boards verified")
    assert (seen(used), content(used.store)) == (before, rows)
    assert used.run("run", BOARD).code == 2, "still paused"


def test_a_later_backup_into_the_same_folder_adds_what_is_new(used: World):
    backup = used.folder / "backup"
    used.run("backup", backup)
    used.run("import", BOARD, used.bodies({"2026-03-07T060000Z": "a:92:2 b:95:3 c:70:1 d:60:1 e:50:1 g:97:9"}, "more"))
    assert used.run("backup", backup).out.startswith(f"{backup}: 1 board, 6 bodies, 1 of them new")
    assert content(backup) == content(used.store)


def test_a_backup_is_itself_a_store(used: World):
    before = seen(used)
    used.run("backup", used.folder / "backup")
    assert [used.plain("--store", used.folder / "backup", *words).out for words in READ] == before


def test_a_backup_can_be_made_while_another_process_writes(used: World):
    rows = content(used.store)
    with SqliteStore(used.store / "tracker.db") as writer, writer._transaction():
        writer.service.pause(Pause(board=BOARD, since=writer.last_check(BOARD).observed_at, by="bob", reason="not yet"))
        assert used.run("backup", used.folder / "backup").code == 0
    assert content(used.folder / "backup") == rows


def test_a_capture_that_arrives_during_the_copy_is_not_half_in_it(used: World):
    """A writer stores bodies first, then the line, then the history: the copy takes them in the opposite order."""
    backup = used.folder / "backup"
    used.run("backup", backup)
    database = shutil.copy(backup / "tracker.db", used.folder / "old.db")
    used.run("import", BOARD, used.bodies({"2026-03-07T060000Z": "a:92:2 b:95:3 c:70:1 d:60:1 e:50:1 g:97:9"}, "more"))
    used.run("backup", backup)
    shutil.copy(database, backup / "tracker.db")  # as if the capture had arrived after the database was copied
    shutil.rmtree(used.store)
    assert used.run("restore", backup).code == 0
    assert "acme/text: 5 accepted" in used.run("replay").out


def test_a_copy_that_was_cut_off_is_continued(used: World):
    backup, rows = used.folder / "backup", content(used.store)
    used.run("backup", backup)
    (backup / "captures/acme/text/index.jsonl").unlink()
    for body in list((backup / "captures/acme/text/bodies").iterdir())[:2]:
        body.unlink()
    (backup / "captures/acme/text/bodies/.tmp-half").write_bytes(b"half")
    assert used.run("backup", backup).code == 0
    (backup / "captures/acme/text/bodies/.tmp-half").unlink()
    assert content(backup) == rows


def test_a_first_backup_that_was_cut_off_is_continued(used: World):
    backup = used.folder / "backup"
    backup.mkdir()
    (backup / ".tracker.db.copying").write_bytes(b"half")
    assert used.run("backup", backup).code == 0
    assert content(backup) == content(used.store)


def test_damage_does_not_reach_an_earlier_backup(used: World):
    backup = used.folder / "backup"
    used.run("backup", backup)
    rows = content(backup)
    (used.store / "tracker.db").write_bytes(b"no database" * 900)
    ran = used.run("backup", backup)
    assert (ran.code, "replay)" in ran.error, content(backup)) == (3, True, rows)
    assert used.run("replay").code == 0
    index = used.store / "captures/acme/text/index.jsonl"
    index.write_bytes(index.read_bytes().replace(b"text.csv", b"tent.csv"))
    ran = used.run("backup", backup)
    assert (ran.code, "has other captures" in ran.error, content(backup)["captures/acme/text/index.jsonl"]) == (
        3,
        True,
        rows["captures/acme/text/index.jsonl"],
    )


@pytest.mark.parametrize("damage", [b"rubbish", b""], ids=["another length", "empty"])
def test_a_body_that_rotted_in_the_backup_is_replaced(used: World, damage: bytes):
    backup = used.folder / "backup"
    used.run("backup", backup)
    rows, body = content(backup), next((backup / "captures/acme/text/bodies").iterdir())
    body.write_bytes(damage)
    ran = used.run("backup", backup)
    assert (ran.code, "0 of them new, 1 replaced, because the copy was damaged" in ran.out, content(backup)) == (0, True, rows)


def test_a_flipped_bit_in_the_backup_is_found(used: World):
    backup = used.folder / "backup"
    used.run("backup", backup)
    rows, body = content(backup), next((backup / "captures/acme/text/bodies").iterdir())
    body.write_bytes(bytes([body.read_bytes()[0] ^ 1]) + body.read_bytes()[1:])
    assert (used.run("backup", backup).code, content(backup)) == (0, rows)


def test_a_body_that_rotted_in_the_store_does_not_reach_the_backup(used: World):
    backup = used.folder / "backup"
    used.run("backup", backup)
    rows, body = content(backup), next((used.store / "captures/acme/text/bodies").iterdir())
    body.write_bytes(b"rubbish")
    ran = used.run("backup", backup)
    assert (ran.code, "is damaged" in ran.error, content(backup)) == (3, True, rows)
    assert ran.error.endswith(f"; the backup has another file: {backup / 'captures/acme/text/bodies' / body.name}")


def test_each_body_of_a_large_backup_is_compared_once_a_week(tmp_path: Path):
    pairs = [(tmp_path / f"a{number}", tmp_path / f"b{number}") for number in range(30)]
    for source, target in pairs:
        source.write_bytes(b"x")
        target.write_bytes(b"y")
    week = [Bodies(weekday=day, bytes_left=0) for day in range(7)]
    found = [[source for source, target in pairs if not bodies.are_equal(source, target)] for bodies in week]
    assert sorted(path for of_a_day in found for path in of_a_day) == sorted(source for source, _ in pairs)
    assert max(map(len, found)) < 15


def test_what_a_prune_deletes_is_said_first_and_is_never_called_damage(world: World):
    days = [(month, day) for month in (1, 2, 3) for day in range(1, 29, 3)]
    walk = {f"2026-0{month}-{day:02}T060000Z": f"a:{90 + month * 0.3 + day / 100:.2f}:2 b:80:3 c:70:1" for month, day in days}
    world.imported(walk)
    tried = world.run("prune", "--keep", "monthly", "--dry-run")
    assert re.fullmatch(r"acme/text: (\d\d) of 30 bodies, (\d\.\d kB)\nwould free \2\n", tried.out)
    files, values = len(list(world.store.rglob("*.raw"))), world.run("history", "Model A").out
    done = world.run("prune", "--keep", "monthly", BOARD)
    assert (done.code, done.out) == (0, tried.out.replace("would free", "freed"))
    assert len(list(world.store.rglob("*.raw"))) == files - int(done.out.split()[1])
    assert world.run("history", "Model A").out == values
    audited, verified = world.run("audit"), world.run("verify", "--all")
    assert (audited.code, "without the bodies of" in audited.out, audited.err) == (0, True, "")
    assert (verified.code, "the news and the states of the others are compared" in verified.out, verified.err) == (0, True, "")
    assert "pruned" in world.run("capture", "list", BOARD, "--last", "90").out
    replayed = world.run("replay")
    assert (replayed.code, "pruned captures left out" in replayed.out) == (0, True)
    assert world.run("verify", "--all").code == 0
    world.run("backup", world.folder / "backup")
    shutil.rmtree(world.store)
    assert world.run("restore", world.folder / "backup").code == 0


def test_a_damaged_backup_is_named_when_it_is_restored(used: World):
    backup = used.folder / "backup"
    used.run("backup", backup)
    shutil.rmtree(used.store)
    next((backup / "captures/acme/text/bodies").iterdir()).write_bytes(b"rubbish")
    ran = used.run("restore", backup)
    assert (ran.code, "is damaged" in ran.err, ran.out.splitlines()[-1]) == (3, True, "0 of 1 boards verified")


def test_a_changed_row_of_a_backup_is_found_when_it_is_restored(used: World):
    backup = used.folder / "backup"
    used.run("backup", backup)
    shutil.rmtree(used.store)
    with closing(sqlite3.connect(backup / "tracker.db")) as file, file:
        file.execute("UPDATE _measures SET value = 91.5 WHERE value = 91")
    ran = used.run("restore", backup)
    assert (ran.code, "    measures: 1 of " in ran.out, ran.out.splitlines()[-1]) == (1, True, "0 of 1 boards verified")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("backup", "."), "is neither empty nor a backup; expected a folder for backups of this store"),
        (("restore", "bodies"), "has no tracker.db; expected a backup (tracker backup DIR)"),
        (("restore", "backup"), "is not empty; move it away, or name another folder (--store DIR)"),
    ],
)
def test_nothing_is_overwritten(used: World, words: tuple[str, str], found: str):
    used.run("backup", used.folder / "backup")
    before = content(used.store)
    ran = used.run(words[0], used.folder / words[1])
    assert (ran.code, found in ran.error, content(used.store)) == (2, True, before)


def test_a_backup_of_a_later_version_is_refused_before_anything_is_there(used: World):
    backup = used.folder / "backup"
    used.run("backup", backup)
    shutil.rmtree(used.store)
    with closing(sqlite3.connect(backup / "tracker.db")) as file, file:
        file.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('tracker', 'trust', '')")
    ran = used.run("restore", backup)
    assert (ran.code, "was written by a later version" in ran.error, used.store.exists()) == (3, True, False)
