"""Does an import survive a full disk? `sudo python bench/full_disk.py FOLDER [--board B] [--states 8] [--steps 24]`.

FOLDER has the bodies of one board. The script imports its first states many times onto a separate disk (tmpfs, so it needs the
right to mount), each time with less free space than an undisturbed import takes. Each import must exit with code 3 and one line,
and leave the database and the archive intact. Once there is space, the import runs again, and every row of every derived table
must equal that of the undisturbed import. Exit code 1 if anything differs.
tests/daemon/test_full_disk.py has a day of the daemon on a full disk.
"""

from __future__ import annotations

import argparse
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from tracker.model import BoardId
from tracker.stores.archive import FileArchive
from tracker.stores.service_state import TABLES

ROOT = Path(__file__).resolve().parents[1]
NOT_DERIVED = frozenset(("withdrawn", "changes", "_sqlite_migrations")) | TABLES
BLOCK = 4096
NO_SPACE = 3


def main() -> None:
    """Print a line per amount of space."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--board", default="artificial-analysis/llms")
    parser.add_argument("--schedules", type=Path, default=ROOT / "tests/real/schedules")
    parser.add_argument("--states", type=int, default=8)
    parser.add_argument("--steps", type=int, default=24)
    given = parser.parse_args()
    states = sorted(path for path in given.folder.iterdir() if path.name[:4].isdigit())[: given.states]
    with tempfile.TemporaryDirectory() as scratch:
        sys.exit(1 if differing(given, states, Path(scratch)) else 0)


@contextmanager
def disk(place: Path, size_bytes: int) -> Iterator[None]:
    """A small one, in memory, mounted within the block."""
    place.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size_bytes}", "tmpfs", place], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


def enlarge(place: Path) -> None:
    """Now there is space."""
    subprocess.run(["mount", "-o", "remount,size=1g", place], check=True)


def imported(given: argparse.Namespace, states: Sequence[Path], store: Path) -> tuple[int, list[str]]:
    """The exit code, and the lines on stderr."""
    tracker = [sys.executable, "-c", "from tracker.cli import main; main()"]
    command = [*tracker, "--store", store, "--schedules", given.schedules, "import", given.board, *states]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    return ran.returncode, ran.stderr.splitlines()


def rows(database: Path) -> Mapping[str, list[tuple[object, ...]]]:
    """Every row of every table that is derived from the archive."""
    with closing(sqlite3.connect(database)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: sorted(connection.execute(f"SELECT * FROM {name}"), key=repr) for name in tables if name not in NOT_DERIVED}


def is_whole(store: Path, board: BoardId) -> bool:
    """Whether neither the database nor the archive is damaged."""
    if (store / "tracker.db").exists():
        with closing(sqlite3.connect(store / "tracker.db")) as connection:
            if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                return False
    return not FileArchive(store / "captures").check(board)


def differing(given: argparse.Namespace, states: Sequence[Path], scratch: Path) -> int:
    """The number of imports that failed in another way, or differ from the undisturbed one."""
    whole, small, board = scratch / "whole", scratch / "small", BoardId(given.board)
    with disk(whole, 1 << 30):
        code, lines = imported(given, states, whole / "store")
        assert code == 0, lines
        expected = rows(whole / "store/tracker.db")
        taken = sum(path.stat().st_blocks * 512 for path in whole.rglob("*"))
    print(f"{len(states)} states undisturbed: {taken / 1e6:.1f} MB, {sum(map(len, expected.values())):,} rows")
    wrong = 0
    for step in range(given.steps):
        size = max(BLOCK * 4, int(taken * (step + 0.5) / given.steps) // BLOCK * BLOCK)
        with disk(small, size):
            code, lines = imported(given, states, small / "store")
            clean, intact = (code, len(lines)) == (NO_SPACE, 1), is_whole(small / "store", board)
            enlarge(small)
            again, _ = imported(given, states, small / "store")
            same = again == 0 and rows(small / "store/tracker.db") == expected
        wrong += not (clean and intact and same)
        print(
            f"{size / 1e6:6.2f} MB: exit {code}, {len(lines)} line, {'whole' if intact else 'SPOILT'}, then "
            f"{'the same' if same else 'DIFFERENT'}  {lines[-1][:110] if lines else ''}"
        )
    print(f"{given.steps} full disks, {wrong} wrong")
    return wrong


if __name__ == "__main__":
    main()
