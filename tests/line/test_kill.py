"""An import that is killed at any moment ends, when it is run again, in the tables of one that was left alone."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from line_world import at, csv, dump, files

from tracker import schedules
from tracker.line import intake, sync
from tracker.model import Board, BoardId
from tracker.parsers import FORMATS, options_of
from tracker.stores.archive import FileArchive
from tracker.stores.sqlite import SqliteStore
from tracker.workspace.names import default_lexicon

ROOT = Path(__file__).resolve().parents[2]
BOARD = BoardId("acme/text")
STATES = 8
DECLARATION = """
title = "Acme Arena"
page = "https://acme.example/"
[request]
url = "https://acme.example/text.csv"
[parse]
format = "csv_table"
[columns]
key = "key"
name = "name"
licence = "licence"
[metrics.score]
from = "score"
nature = "tested"
higher_is_better = true
primary = true
[metrics.price]
from = "price"
nature = "listed"
topic = "price"
higher_is_better = false
"""
DELAYS_S = (0.0, 0.004, 0.01, 0.02, 0.035, 0.06, 0.1, 0.2)
"""After the first line of the index was seen: from the first bodies to the last steps of the store."""


def state(number: int) -> bytes:
    """300 entries, some of which move, come and go each day."""
    entries = (f"m{row}:{(row * 7919 + (number if row % 11 == 0 else 0)) % 997}:{row % 9 + number // 3}" for row in range(300))
    return csv(" ".join(entry for row, entry in enumerate(entries) if (row + number) % 97))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    (folder / "schedules" / "acme").mkdir(parents=True)
    (folder / "schedules" / "acme" / "text.toml").write_text(DECLARATION, encoding="utf-8")
    files(folder / "bodies", {number: state(number) for number in range(STATES)})
    return folder


@pytest.fixture(scope="module")
def declared(world: Path) -> Board:
    return schedules.load(world / "schedules", {name: options_of(name) for name in FORMATS}).board(BOARD)


@pytest.fixture(scope="module")
def undisturbed(world: Path, declared: Board) -> Mapping[str, object]:
    return finished(world, declared, world / "undisturbed")


def finished(world: Path, board: Board, folder: Path) -> Mapping[str, object]:
    """What the store holds after an import that was not killed."""
    with SqliteStore(folder / "tracker.db") as store:
        paths = sorted((world / "bodies").iterdir())
        archive = FileArchive(folder / "captures")
        outcome = intake.import_bodies(board, paths, archive=archive, store=store, lexicon=default_lexicon())
        assert not outcome.failed
        assert archive.check(BOARD) == ()
        assert store.position(BOARD) == archive.index(BOARD)[1]
        return dump(store)


def kill(world: Path, folder: Path, delay_s: float) -> int:
    """Import in a process of its own, killed so long after it began to write. How many states had been settled by then."""
    command = [sys.executable, "-c", "from tracker.cli import main; main()"]
    where = ["--store", str(folder), "--schedules", str(world / "schedules")]
    index = folder / "captures" / BOARD / "index.jsonl"
    with subprocess.Popen(
        [*command, *where, "import", BOARD, str(world / "bodies")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT
    ) as child:
        while child.poll() is None and not (index.exists() and index.stat().st_size):
            time.sleep(0.0005)
        time.sleep(delay_s)
        child.kill()
    if not (folder / "tracker.db").exists():
        return 0
    with SqliteStore(folder / "tracker.db") as store:
        return len(list(store.checks(BOARD)))


@pytest.mark.slow
def test_an_import_killed_at_any_moment_goes_on_to_the_same_tables(
    world: Path, declared: Board, undisturbed: Mapping[str, object], tmp_path: Path
):
    done = []
    for number, delay_s in enumerate(DELAYS_S):
        folder = tmp_path / f"{number}"
        done.append(kill(world, folder, delay_s))
        assert finished(world, declared, folder) == undisturbed, f"killed after {delay_s} s with {done[-1]} states settled"
    assert done[0] < STATES, "no kill came before the end: the delays say nothing"


@pytest.mark.slow
def test_an_import_killed_again_and_again_ends_in_the_same_tables(
    world: Path, declared: Board, undisturbed: Mapping[str, object], tmp_path: Path
):
    done = [kill(world, tmp_path, delay_s) for delay_s in (0.0, 0.05, 0.0)]
    assert done == sorted(done)
    assert finished(world, declared, tmp_path) == undisturbed
    assert len(undisturbed["_checks"]) == STATES
    assert at(STATES - 1).timestamp() == max(row[1] for row in undisturbed["_checks"])


@pytest.mark.slow
def test_a_replay_killed_halfway_leaves_the_old_history(world: Path, declared: Board, tmp_path: Path):
    before = finished(world, declared, tmp_path)
    code = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from tracker.model import BoardId\n"
        "from tracker.model.names import EMPTY_LEXICON\n"
        "from tracker.stores.archive import FileArchive\n"
        "from tracker.stores.sqlite import SqliteStore\n"
        "from tracker.line import fold\n"
        "from tracker.line.apart import read_line\n"
        "store, archive = SqliteStore(Path(sys.argv[1]) / 'tracker.db'), FileArchive(Path(sys.argv[1]) / 'captures')\n"
        "board = store.declared(BoardId('acme/text'))\n"
        "with store.rewriting(board.id):\n"
        "    lines, _ = archive.index(board.id)\n"
        "    known = {'before': None, 'past': store.past(board.id), 'lexicon': EMPTY_LEXICON}\n"
        "    for step in fold.steps(board, lines[:5], archive, **known, read=read_line):\n"
        "        store.save(step)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, check=False, cwd=ROOT)
    assert (killed.returncode, killed.stderr) == (-9, b"")
    with SqliteStore(tmp_path / "tracker.db") as store:
        assert dump(store) == before
        sync.replay(declared, FileArchive(tmp_path / "captures"), store, lexicon=default_lexicon())
        assert dump(store) == before
