"""Measure cold starts against a bare interpreter: `python bench/start.py [ROUNDS]`.

The commands take turns, so a busy machine affects all of them. Prints medians of wall and CPU time.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
MAIN = "from tracker.cli import main; main()"
DECLARATION = """
title = "Bench"
page = "https://bench.example/"
[request]
url = "https://bench.example/board.csv"
[parse]
format = "csv_table"
[columns]
key = "key"
name = "key"
[metrics.score]
from = "score"
nature = "tested"
higher_is_better = true
primary = true
"""


def once(command: Sequence[str]) -> tuple[float, float]:
    """Wall and CPU seconds of one process."""
    begin = time.perf_counter()
    quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    child = os.posix_spawn(command[0], command, os.environ, file_actions=quiet)
    _, status, used = os.wait4(child, 0)
    wall = time.perf_counter() - begin
    if status:
        raise SystemExit(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")
    return wall, used.ru_utime + used.ru_stime


def history(folder: Path) -> list[str]:
    """A store with 500 entries in two states; the options that name it."""
    (folder / "schedules" / "bench").mkdir(parents=True)
    (folder / "schedules" / "bench" / "board.toml").write_text(DECLARATION, encoding="utf-8")
    for day in (1, 2):
        rows = "".join(f"m{number},{(number * 7919 + day) % 997}\n" for number in range(500))
        (folder / f"2026-03-0{day}T060000Z.csv").write_text(f"key,score\n{rows}", encoding="utf-8")
    options = ["--store", str(folder / "store"), "--schedules", str(folder / "schedules")]
    once([sys.executable, "-c", MAIN, *options, "import", "bench/board", *map(str, sorted(folder.glob("2026*")))])
    return options


def commands(options: Sequence[str]) -> Mapping[str, list[str]]:
    tracker = [sys.executable, "-c", MAIN]
    return {
        "python -c pass": [sys.executable, "-c", "pass"],
        "python -c 'import click'": [sys.executable, "-c", "import click"],
        "tracker --help": [*tracker, "--help"],
        "tracker standings --json": [*tracker, *options, "standings", "bench/board", "--json"],
        "tracker events --json": [*tracker, *options, "events", "--json"],
        "tracker boards": [*tracker, *options, "boards"],
    }


def main(rounds: str = "20") -> None:
    os.chdir(ROOT)
    with tempfile.TemporaryDirectory() as folder:
        wanted = commands(history(Path(folder)))
        for command in wanted.values():
            once(command)  # compiles what is not yet compiled
        times = [{name: once(command) for name, command in wanted.items()} for _ in range(int(rounds))]
    print(f"{'median of ' + rounds:28}{'wall ms':>9}{'ratio':>7}{'CPU ms':>9}{'ratio':>7}")
    bare = [median(one["python -c pass"][part] for one in times) for part in (0, 1)]
    for name in wanted:
        wall, cpu = (median(one[name][part] for one in times) for part in (0, 1))
        print(f"{name:28}{wall * 1e3:9.1f}{wall / bare[0]:7.2f}{cpu * 1e3:9.1f}{cpu / bare[1]:7.2f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
