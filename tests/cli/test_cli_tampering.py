"""A thousand random changes of an archive: `tracker audit` finds each, and names the board.

A compressed file has a few bits that decide nothing: with another value the same bytes come out of it. Such a change leaves
everything that the archive states as it was, and does not count.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_world import World

from tracker.model import BoardId, Sha256
from tracker.stores.archive import FileArchive
from tracker.workspace.api import open_workspace

pytestmark = pytest.mark.slow

TAMPERINGS = 1_000


def _flip(path: Path, chance: random.Random) -> None:
    """One bit of one byte is another."""
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def _drop_bytes(path: Path, chance: random.Random) -> None:
    content = path.read_bytes()
    start = chance.randrange(len(content))
    path.write_bytes(content[:start] + content[start + chance.randrange(1, 40) :])


def _insert_bytes(path: Path, chance: random.Random) -> None:
    content = path.read_bytes()
    start = chance.randrange(len(content))
    path.write_bytes(content[:start] + chance.randbytes(chance.randrange(1, 40)) + content[start:])


def _lines(path: Path, chance: random.Random, change: Callable[[list[bytes], int], None]) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    change(lines, chance.randrange(len(lines)))
    path.write_bytes(b"".join(lines))


def _drop_line(path: Path, chance: random.Random) -> None:
    _lines(path, chance, lambda lines, at: lines.pop(at) and None)


def _repeat_line(path: Path, chance: random.Random) -> None:
    _lines(path, chance, lambda lines, at: lines.insert(at, lines[at]))


def _move_line(path: Path, chance: random.Random) -> None:
    _lines(path, chance, lambda lines, at: lines.insert((at + 1) % (len(lines) - 1), lines.pop(at)))


def _delete(path: Path, chance: random.Random) -> None:
    path.unlink()


def _content(archive: FileArchive, path: Path) -> bytes:
    """The body in a file, whose hash is compared."""
    return archive.body(BoardId("acme/text"), Sha256(path.name[:64]))


OF_INDEX = (_flip, _drop_bytes, _insert_bytes, _drop_line, _repeat_line, _move_line, _delete)
OF_BODY = (_flip, _drop_bytes, _insert_bytes, _delete)


def test_each_of_a_thousand_random_changes_is_found_and_its_place_is_named(world: World):
    world.imported()
    captures, chance = world.store / "captures", random.Random(22)
    index = captures / "acme/text/index.jsonl"
    bodies = sorted((captures / "acme/text/bodies").iterdir())
    done: Counter[str] = Counter()
    with open_workspace(store=world.store, schedules=world.folder / "schedules") as workspace:
        assert workspace.audit() == ()
        contents, unread = {path: _content(workspace.archive, path) for path in bodies}, 0
        while done.total() < TAMPERINGS:
            path = index if chance.random() < 0.5 else chance.choice(bodies)
            change = chance.choice(OF_INDEX if path == index else OF_BODY)
            before = path.read_bytes()
            change(path, chance)
            if path.exists() and path.read_bytes() == before:
                continue
            problems = workspace.audit()
            if not problems and path in bodies and _content(workspace.archive, path) == contents[path]:
                unread += 1
                path.write_bytes(before)
                continue
            assert problems, (change.__name__, path.name)
            assert all("acme/text" in problem for problem in problems), problems
            done[change.__name__] += 1
            path.write_bytes(before)
    assert unread < TAMPERINGS / 50
    assert len(done) == len({*OF_INDEX, *OF_BODY})
