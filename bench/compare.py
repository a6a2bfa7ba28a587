"""Measure the tracker beside its peers and a floor, in turns, in one run: `python bench/compare.py [--data FOLDER] [--rounds 5]`.

Prints ratios and writes the medians to `bench/results.json`. `--than FILE` compares the ratios with those of an earlier run and
ends with exit code 1 if one is more than 15 % worse: `make bench` writes, the nightly workflow compares. All figures are CPU
seconds.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from statistics import median

import grown
import peers
import rows
import timing

RESULTS = Path(__file__).resolve().parent / "results.json"
WORSE = 1.15
"""A ratio that grew by this factor is a failure."""


def prepare(row: rows.Row, prepared: set[Callable[[], None]]) -> None:
    """Install the row's peers and write its inputs, unless an earlier row did."""
    for case in row.cases:
        if case.who in peers.PEERS:
            peers.install(case.who)
    if row.prepare not in prepared:
        child = multiprocessing.get_context("fork").Process(target=row.prepare)
        child.start()  # another process, as the peak of a measured child's memory is at least this one's
        child.join()
        if child.exitcode:
            raise SystemExit(f"{row.work}: the preparation failed")
        prepared.add(row.prepare)


def measured(row: rows.Row, rounds: int) -> dict[str, dict[str, float]]:
    """The medians of everyone's rounds after one that is not counted; they take turns."""
    costs: dict[str, list[timing.Cost]] = {case.who: [] for case in row.cases}
    for _ in range(rounds + 1):
        row.before()
        for case in row.cases:
            for path in case.fresh:
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
            costs[case.who].append(timing.run(case.command, reported=case.reported))
    found = {}
    for case in row.cases:
        counted = costs[case.who][1:]
        found[case.who] = {
            "cpu_s": round(median(cost.cpu_s for cost in counted), 5),
            "peak_mb": round(median(cost.peak_mb for cost in counted), 1),
        } | ({"bytes": _size(case.leaves)} if case.leaves else {})
    return found


def _size(path: Path) -> int:
    return sum(file.stat().st_size for file in (path.rglob("*") if path.is_dir() else [path]) if file.is_file())


def ratios(found: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """The tracker's CPU time relative to everyone else's."""
    return {who: round(found[rows.TRACKER]["cpu_s"] / cost["cpu_s"], 3) for who, cost in found.items() if who != rows.TRACKER}


def shown(row: rows.Row, found: Mapping[str, Mapping[str, float]]) -> str:
    """One line: the work, the tracker's time, and each ratio with its target."""
    own = found[rows.TRACKER]
    cells = []
    for who, ratio in ratios(found).items():
        most = row.most.get(who)
        mark = "" if most is None else f" (at most {most:g}{'' if ratio <= most else ', missed'})"
        cells.append(f"{ratio:g} × {who}{mark}")
    size = f", {own['bytes'] / 1e6:.1f} MB" if "bytes" in own else ""
    return f"{row.work:54}{own['cpu_s'] * 1e3:10,.1f} ms, {own['peak_mb']:.0f} MB of memory{size}: {'; '.join(cells)}"


def worsened(
    before: Mapping[str, Mapping[str, Mapping[str, float]]], now: Mapping[str, Mapping[str, Mapping[str, float]]]
) -> list[str]:
    """The ratios of both runs that grew by more than 15 %."""
    return [
        f"{work}: {was:g} × {who} became {ratio:g}"
        for work, found in now.items()
        if work in before
        for who, ratio in ratios(found).items()
        if who in before[work] and ratio > WORSE * (was := ratios(before[work])[who])
    ]


def main(arguments: Sequence[str]) -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, help="the folder of shared series, for the rows on real states")
    options.add_argument("--python", type=Path, default=Path(sys.executable), help="the interpreter with the tracker's wheel")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--only", default="", help="the rows whose work contains this")
    options.add_argument("--results", type=Path, default=RESULTS)
    options.add_argument("--than", type=Path, help="the results of an earlier run")
    given = options.parse_args(arguments)
    before = json.loads(given.than.read_text(encoding="utf-8"))["rows"] if given.than else {}
    now: dict[str, dict[str, dict[str, float]]] = {}
    prepared: set[Callable[[], None]] = set()
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        setting = rows.Setting(python=given.python.absolute(), scratch=Path(scratch), data=given.data)
        for row in chain(rows.rows(setting), grown.grown(setting)):
            if given.only in row.work:
                prepare(row, prepared)
                now[row.work] = measured(row, given.rounds)
                print(shown(row, now[row.work]), flush=True)
    about = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "rounds": given.rounds,
        "peers": peers.versions(),
    }
    given.results.write_text(json.dumps({"about": about, "rows": now}, indent=1) + "\n", encoding="utf-8")
    worse = worsened(before, now)
    print(*(f"worse by more than 15 %: {line}" for line in worse), sep="\n", end="\n" if worse else "")
    return 1 if worse else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
