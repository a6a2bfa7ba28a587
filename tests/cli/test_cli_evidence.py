"""`tracker evidence`: a bundle that anyone can check without the tracker, and that refuses what was changed."""

from __future__ import annotations

import ast
import hashlib
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cli_world import BODIES, DECLARATION, World

from tracker.evidence.bundle import VERIFIER

pytest.importorskip("warcio")
BARRED = DECLARATION.replace('terms = "CC-BY-4.0"', 'terms = "no copies"\nredistribution = "barred"')


def ids(world: World, kind: str) -> dict[str, str]:
    """The headlines of a kind, by id."""
    return {row["id"]: row["headline"] for row in world.run("events", "--kind", kind, "--json").rows}


def bundled(world: World, event: str, *options: str) -> Path:
    """The folder with the unpacked bundle of an event."""
    ran = world.run("evidence", event, "-o", world.folder / "bundle.zip", *options)
    assert (ran.code, ran.err) == (0, "")
    with zipfile.ZipFile(world.folder / "bundle.zip") as bundle:
        bundle.extractall(world.folder / "bundle")
    return world.folder / "bundle"


def verified(folder: Path, *options: str | Path) -> tuple[int, str]:
    """The exit code and the last line of `verify.py`, in an environment without anything."""
    command = [sys.executable, "-I", "-S", "verify.py", *map(str, options)]
    ran = subprocess.run(command, cwd=folder, env={}, capture_output=True, text=True, encoding="utf-8", check=False)
    assert ran.stderr == ""
    return ran.returncode, ran.stdout.splitlines()[-1]


def test_the_program_needs_the_standard_library_alone_and_at_most_800_lines_of_code():
    text = VERIFIER.read_text(encoding="utf-8")
    lines, remarks = text.splitlines(), set[int]()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            remarks |= {*range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1)}
    imported = {match[1] for line in lines if (match := re.match(r"(?:from|import) (\w+)", line))}
    assert imported <= sys.stdlib_module_names
    assert sum(bool(line.partition("#")[0].strip()) for number, line in enumerate(lines, 1) if number not in remarks) <= 800


@pytest.mark.parametrize("kind", ["overtake", "debut", "departure", "new_leader", "price_change"])
def test_the_sentence_of_each_kind_follows_from_the_bytes(world: World, kind: str):
    world.imported()
    found = ids(world, kind)
    assert found
    for event, headline in found.items():
        assert verified(bundled(world, event)) == (0, f"Derived from the bytes: {headline}")


def test_the_same_record_gives_the_same_bundle(world: World):
    world.imported()
    event = next(iter(ids(world, "overtake")))
    for name in ("one.zip", "two.zip"):
        assert world.run("evidence", event[:10], "-o", world.folder / name).code == 0
    assert (world.folder / "one.zip").read_bytes() == (world.folder / "two.zip").read_bytes()


def test_the_bundle_explains_itself_to_people_and_to_machines(world: World):
    world.imported()
    event, headline = next(iter(ids(world, "overtake").items()))
    folder = bundled(world, event)
    readme = (folder / "README.md").read_text(encoding="utf-8")
    assert f"> {headline}" in readme
    assert "Data: Acme, CC-BY-4.0. Terms of the publisher: CC-BY-4.0." in readme
    crate = json.loads((folder / "ro-crate-metadata.json").read_bytes())
    listed = {part["@id"] for part in crate["@graph"] if part["@type"] == "File"}
    assert listed == {path.name for path in folder.iterdir()} - {"ro-crate-metadata.json"}


def test_a_public_bundle_of_a_barred_board_has_no_bytes_and_takes_them_from_a_file(world: World):
    world.imported()
    world.declare("acme/text", BARRED)
    event, headline = next(iter(ids(world, "overtake").items()))
    folder = bundled(world, event, "--public")
    assert b"Model B" not in (folder / "captures.warc").read_bytes()
    code, line = verified(folder)
    assert (code, "--body FILE" in line) == (2, True)
    bodies = sorted((world.folder / "bodies").iterdir())[:2]
    options = [option for body in bodies for option in ("--body", str(body))]
    assert verified(folder, *options[:2])[0] == 2
    assert verified(folder, *options) == (0, f"Derived from the bytes: {headline}")


def test_an_open_board_keeps_its_bytes_in_a_public_bundle(world: World):
    world.imported()
    assert verified(bundled(world, next(iter(ids(world, "overtake"))), "--public"))[0] == 0


def test_a_kind_that_the_program_does_not_derive_is_not_verified(world: World):
    world.imported({**BODIES, "2026-03-06T060000Z": f"{BODIES['2026-03-05T060000Z']} h:99:0.1"})
    code, line = verified(bundled(world, next(iter(ids(world, "frontier")))))
    assert (code, line) == (2, "NOT VERIFIED: this program does not derive events of the kind frontier")


def test_an_unknown_event_is_refused(world: World):
    world.imported()
    ran = world.run("evidence", "ffff", "-o", world.folder / "bundle.zip")
    assert (ran.code, "ffff" in ran.error, (world.folder / "bundle.zip").exists()) == (2, True, False)


Change = Callable[[dict[str, Any]], None]


def _set(path: str, value: object) -> Change:
    def change(bundle: dict[str, Any]) -> None:
        *steps, last = (int(step) if step.isdigit() else step for step in path.split("."))
        place: Any = bundle
        for step in steps:
            place = place[step]
        place[last] = value

    return change


FORGED: dict[str, tuple[Change, int, str]] = {
    "the headline": (_set("event.headline", "Model B (96) overtakes Model A (90) on Acme Arena (Score)."), 1, "the bytes give “"),
    "the grade": (_set("event.grade", "decisive"), 1, "id of the event"),
    "the kind": (_set("event.kind", "debut"), 1, "id of the event"),
    "the winner": (_set("event.subjects.0.entry", "c"), 1, "id of the event"),
    "the loser": (_set("event.rivals.0.entry", "c"), 1, "id of the event"),
    "the name of the winner": (_set("event.subjects.0.name", "Model Z"), 1, "the bytes name b “Model B”"),
    "the time": (_set("event.recorded_at", "2026-03-02T07:00:00Z"), 1, "id of the event"),
    "the metric": (_set("event.metric", "price"), 1, "id of the event"),
    "the board of the event": (_set("event.board", "acme/code"), 1, "id of the event"),
    "the board of the declaration": (_set("board.id", "acme/code"), 1, "does not lead to the root"),
    "a cell": (_set("event.evidence.1.raw", "96"), 1, "rows.json differs"),
    "the hash of a cell's bytes": (_set("event.evidence.0.sha256", "0" * 64), 1, "rows.json differs"),
    "the title": (_set("board.title", "Another Arena"), 1, "the bytes give “"),
    "the column of the score": (_set("board.metrics.0.column.sources", ["price"]), 1, "in the bytes of"),
    "the direction": (_set("board.metrics.0.higher_is_better", False), 1, "was not above"),
    "the stated error": (_set("board.metrics.0.stated_error", 50.0), 1, "the bytes give the grade nominal"),
    "the digest before": (_set("digests.before", "0" * 64), 1, "id of the event"),
    "the time before": (_set("event.after", "2020-01-01T00:00:00Z"), 1, "the dates of the statement"),
    "the time after": (_set("event.until", "2026-03-02T07:00:00Z"), 1, "the dates of the statement"),
    "the root": (_set("root", "0" * 64), 1, "does not lead to the root"),
    "the time of a capture": (_set("captures.0.observed_at", "2026-02-01T06:00:00Z"), 1, "is not in index.jsonl"),
    "the bytes of a capture": (_set("captures.0.sha256", ["0" * 64]), 1, "is not in index.jsonl"),
    "the format of the bundle": (_set("format", 2), 2, "this program reads format 1"),
    "the format of the board": (_set("board.parse.format", "yaml_records"), 2, "does not read the format"),
}


@pytest.fixture
def overtake(world: World) -> Path:
    world.imported()
    return bundled(
        world, next(event for event, text in ids(world, "overtake").items() if text.startswith("Model B (95) overtakes"))
    )


def sign_again(folder: Path) -> None:
    """What a careful forger does: the RO-Crate has the hashes of the changed files."""
    crate = json.loads((folder / "ro-crate-metadata.json").read_bytes())
    for part in crate["@graph"]:
        if "sha256" in part:
            part["sha256"] = hashlib.sha256((folder / part["@id"]).read_bytes()).hexdigest()
    (folder / "ro-crate-metadata.json").write_text(json.dumps(crate), encoding="utf-8")


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_statement_is_refused_with_its_reason(overtake: Path, name: str):
    change, code, reason = FORGED[name]
    bundle = json.loads((overtake / "bundle.json").read_bytes())
    change(bundle)
    (overtake / "bundle.json").write_text(json.dumps(bundle), encoding="utf-8")
    found = verified(overtake)
    assert (found[0], "bundle.json was changed" in found[1]) == (1, True)
    sign_again(overtake)
    found = verified(overtake)
    assert (found[0], reason in found[1]) == (code, True), found


@pytest.mark.parametrize(
    ("name", "change", "code", "reason"),
    [
        ("captures.warc", (b"Model B,95", b"Model B,96"), 1, "belong to no capture"),
        ("captures.warc", (b"WARC/1.1", b"WARD/1.1"), 1, "does not begin a record"),
        ("index.jsonl", (b'"status":200', b'"status":201'), 1, "line 1 does not follow"),
        ("index.jsonl", (b"\n", b""), 1, "is cut off"),
        ("rows.json", (b'"raw": "95"', b'"raw": "96"'), 1, "rows.json differs"),
        ("bundle.json", (b"{", b""), 1, "the bundle is damaged"),
    ],
)
def test_a_forged_file_is_refused_with_its_reason(overtake: Path, name: str, change: tuple[bytes, bytes], code: int, reason: str):
    path, (old, new) = overtake / name, change
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new))
    found = verified(overtake)
    assert (found[0], f"{name} was changed" in found[1]) == (1, True)
    sign_again(overtake)
    found = verified(overtake)
    assert (found[0], reason in found[1]) == (code, True), found


def forged(folder: Path, change: Change) -> tuple[int, str]:
    """What the program says of a statement that has the id and the hashes that follow from it."""
    bundle = json.loads((folder / "bundle.json").read_bytes())
    change(bundle)
    event = bundle["event"]
    parties = (sorted(party["entry"] for party in event[side]) for side in ("subjects", "rivals"))
    parts = [event["kind"], event["board"], event["metric"], event["grade"], *parties, *bundle["digests"].values()]
    at = datetime.fromisoformat(event["recorded_at"]).isoformat()
    event["id"] = hashlib.sha256(json.dumps([*parts, at]).encode()).hexdigest()[:16]
    (folder / "bundle.json").write_text(json.dumps(bundle), encoding="utf-8")
    (folder / "rows.json").write_text(json.dumps(event["evidence"]), encoding="utf-8")
    sign_again(folder)
    return verified(folder)


def test_a_statement_without_cells_is_refused(overtake: Path):
    assert forged(overtake, _set("event.evidence", [])) == (1, "DOES NOT HOLD: the statement cites no cell")


def test_an_old_change_is_not_verified_as_a_later_one(world: World):
    world.imported({**BODIES, "2026-03-06T060000Z": f"{BODIES['2026-03-05T060000Z']} h:99:0.1"})
    debut = bundled(world, next(event for event, text in ids(world, "debut").items() if "Model H" in text))
    later, pages = json.loads((debut / "bundle.json").read_bytes()), (debut / "captures.warc").read_bytes()
    folder = bundled(world, next(event for event, text in ids(world, "price_change").items() if "Model A" in text))
    (folder / "captures.warc").write_bytes((folder / "captures.warc").read_bytes() + pages)

    def change(bundle: dict[str, Any]) -> None:
        bundle["captures"] += later["captures"]
        bundle["digests"]["after"] = later["digests"]["after"]
        bundle["event"]["recorded_at"] = bundle["event"]["until"] = later["event"]["recorded_at"]

    code, line = forged(folder, change)
    assert (code, "other pages came between" in line) == (2, True), line


def test_a_part_of_the_entries_that_moved_is_not_verified_as_all_of_them(world: World):
    world.imported({"2026-03-01T060000Z": "a:80.3 b:80 c:60.3 d:60", "2026-03-02T060000Z": "a:79.8 b:80 c:59.8 d:60"})
    folder = bundled(world, next(iter(ids(world, "rank_move"))))

    def change(bundle: dict[str, Any]) -> None:
        bundle["event"]["subjects"] = bundle["event"]["subjects"][:1]

    code, line = forged(folder, change)
    assert (code, "other entries of that grade" in line) == (2, True), line


def test_a_missing_file_is_named(overtake: Path):
    (overtake / "captures.warc").unlink()
    assert verified(overtake) == (2, "NOT VERIFIED: the file captures.warc is missing")
