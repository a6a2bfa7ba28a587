"""Does an import survive being killed? `python bench/kill.py FOLDER [--kills 50] [--states 8] [--git] [--each 1]`.

FOLDER has the bodies of one board. The script imports its first states in a child process and kills it with SIGKILL at moments
spread evenly over an undisturbed run, `--each` times in a row. Then it runs the import again, and every row of every derived
table must equal that of the undisturbed import. With `--git`, it is a backfill from a repository with a commit per state, which
must give the history of the import, killed or not. Exit code 1 if one differs.
"""

from __future__ import annotations

import argparse
import gzip
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from tracker.stores.service_state import TABLES

ROOT = Path(__file__).resolve().parents[1]
OF_THE_CLOCK = frozenset(("indices", "known", "vintages", "declaration_versions", "names"))
"""What was known when: by the clock of the machine."""
NOT_DERIVED = frozenset(("withdrawn", "changes", "_sqlite_migrations")) | TABLES | OF_THE_CLOCK


def rows(database: Path) -> Mapping[str, list[tuple[object, ...]]]:
    """Every row of every table that is derived from the archive."""
    with closing(sqlite3.connect(database)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {
            name: sorted(connection.execute(f"SELECT * FROM {name}"), key=repr) for name in tables if name not in NOT_DERIVED
        }
        found["_boards"] = [(board, *rest) for board, _, *rest in found["_boards"]]  # without the place in the index
        return found


def stored(database: Path) -> int:
    """The number of states that a store has stored."""
    if not database.exists():
        return 0
    with closing(sqlite3.connect(database)) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = '_checks'").fetchone():
            return 0
        return int(connection.execute("SELECT count(*) FROM _checks").fetchone()[0])


def imported(command: Sequence[str | Path], *, killed_after_s: float | None = None) -> float:
    """Run an import, or the beginning of one. How long it took, in seconds."""
    begin = time.perf_counter()
    with subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, cwd=ROOT) as child:
        try:
            child.wait(killed_after_s)
        except subprocess.TimeoutExpired:
            child.kill()
    return time.perf_counter() - begin


def commit(states: Sequence[Path], repository: Path) -> None:
    """A repository with a commit per state, dated by the name of its file."""
    who = {f"GIT_{role}_{key}": "p" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}
    subprocess.run(["git", "init", "--quiet", repository], check=True)
    for state in states:
        at = f"{state.name[:13]}:{state.name[13:15]}:{state.name[15:17]}Z"
        body = state.read_bytes()
        (repository / "board").write_bytes(gzip.decompress(body) if state.suffix == ".gz" else body)
        environment = {**os.environ, **who, "GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at}
        subprocess.run(["git", "add", "."], cwd=repository, check=True)
        subprocess.run(["git", "commit", "--quiet", "--message", at], cwd=repository, env=environment, check=True)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--board", default="artificial-analysis/llms")
    arguments.add_argument("--schedules", type=Path, default=ROOT / "tests" / "real" / "schedules")
    arguments.add_argument("--kills", type=int, default=50)
    arguments.add_argument("--states", type=int, default=8)
    arguments.add_argument("--git", action="store_true")
    arguments.add_argument("--each", type=int, default=1)
    given = arguments.parse_args()
    states = sorted(path for path in given.folder.iterdir() if path.name[:4].isdigit())[: given.states]
    with tempfile.TemporaryDirectory() as scratch:
        sys.exit(1 if differing(given, states, Path(scratch)) else 0)


def differing(given: argparse.Namespace, states: Sequence[Path], scratch: Path) -> int:
    """The number of killed imports that differ from the undisturbed one."""

    def command(store: Path) -> list[str | Path]:
        tracker = [sys.executable, "-c", "from tracker.cli import main; main()"]
        options = ["--store", store, "--schedules", given.schedules]
        if given.git and store.name != "imported":
            return [*tracker, *options, "backfill", "git", scratch / "repository", "board", "--board", given.board]
        return [*tracker, *options, "import", given.board, *states]

    if given.git:
        commit(states, scratch / "repository")
        imported(command(scratch / "imported"))
    took_s = imported(command(scratch / "undisturbed"))
    expected = rows(scratch / ("imported" if given.git else "undisturbed") / "tracker.db")
    if rows(scratch / "undisturbed" / "tracker.db") != expected:
        print("the undisturbed backfill differs from the import")
    print(f"{len(states)} states undisturbed: {took_s:.1f} s, {sum(map(len, expected.values())):,} rows")
    wrong, progress = 0, []
    for number in range(given.kills):
        store = scratch / "killed"
        shutil.rmtree(store, ignore_errors=True)
        for _ in range(given.each):
            imported(command(store), killed_after_s=took_s * (number + 0.5) / given.kills)
        progress.append(stored(store / "tracker.db"))
        imported(command(store))
        same = rows(store / "tracker.db") == expected
        wrong += not same
        print(
            f"kill {number + 1:3}: {progress[-1]} of {len(states)} states were stored; then {'the same' if same else 'DIFFERENT'}"
        )
    print(f"{given.kills} kills, {wrong} different; stored when killed: {sorted(set(progress))}")
    return wrong


if __name__ == "__main__":
    main()
