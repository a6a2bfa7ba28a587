"""Run the simulation: `python -m tests.simulation --seeds 300`, `--seed 17` to repeat one, `--faults`, `--planted`, `--soak`."""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from simulation import faults, planted, soak  # after its path
from simulation.seeds import Outcome, outcome_of  # as above
from simulation.world import INCIDENTS  # as above


def main() -> int:
    """Do what the arguments say. Returns 1 if anything is wrong."""
    arguments = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    arguments.add_argument("--seeds", type=int, default=300, help="how many worlds")
    arguments.add_argument("--from", type=int, default=0, dest="start", help="the first seed")
    arguments.add_argument("--seed", type=int, help="only this world, with all that happens in it")
    arguments.add_argument("--stop", action="store_true", help="stop at the first world that goes wrong")
    arguments.add_argument("--kinds", default=",".join(dict.fromkeys(INCIDENTS)), help="what may happen, separated by commas")
    arguments.add_argument("--jobs", type=int, default=1, help="processes")
    arguments.add_argument("--faults", action="store_true", help="fail each place that touches the disk instead")
    arguments.add_argument(
        "--every", action="store_true", help="with --faults: each operation, not only the first and last of a place"
    )
    arguments.add_argument(
        "--only", default="", help="with --faults or --planted: only those whose text contains this (A&B: both)"
    )
    arguments.add_argument("--planted", action="store_true", help="find the planted bugs instead")
    arguments.add_argument("--soak", type=int, metavar="DAYS", help="run a daemon of --boards for so long instead, with --kills")
    arguments.add_argument("--boards", type=int, default=40)
    arguments.add_argument("--kills", type=int, default=0)
    given = arguments.parse_args()
    logging.disable()
    kinds = [kind for kind in INCIDENTS if kind in given.kinds.split(",")]
    if given.soak:
        return soak.run(given.soak, boards=given.boards, kills=given.kills)
    if given.planted:
        lines = []
        for line in planted.report(given.only, given.seeds, start=given.start):
            lines.append(line)
            print(line, flush=True)
        return int(any(line.startswith("NOT FOUND") for line in lines))
    if given.faults:
        return _faults(given)
    if given.seed is not None:
        outcome = outcome_of(given.seed, kinds)
        print("\n".join((*outcome.happened, *(f"seed {given.seed}: {problem}" for problem in outcome.problems))))
        return int(bool(outcome.problems))
    return _seeds(range(given.start, given.start + given.seeds), kinds, jobs=given.jobs, stop=given.stop)


def _seeds(seeds: Sequence[int], kinds: Sequence[str], *, jobs: int, stop: bool) -> int:
    begin, wrong = time.perf_counter(), 0
    with ProcessPoolExecutor(jobs) as pool:
        work = partial(outcome_of, kinds=kinds)
        for outcome in map(work, seeds) if jobs == 1 else pool.map(work, seeds, chunksize=4):
            wrong += bool(outcome.problems)
            _print(outcome)
            if stop and wrong:
                return 1
    print(f"{len(seeds)} worlds in {time.perf_counter() - begin:.0f} s: {wrong} went wrong")
    return int(bool(wrong))


def _print(outcome: Outcome) -> None:
    for problem in outcome.problems[:5]:
        print(f"seed {outcome.seed}: {problem}", flush=True)
    if outcome.problems:
        print(f"    again: python -m tests.simulation --seed {outcome.seed}", flush=True)


def _faults(given: argparse.Namespace) -> int:
    begin = time.perf_counter()
    tally, found = faults.run(depth=given.depth, only=given.only)
    for failure in found:
        print(f"{failure.scenario}: {failure.operation}: {failure.fault}")
        print("\n".join(f"    {problem}" for problem in failure.wrong[:4]), flush=True)
    took_s = time.perf_counter() - begin
    tried = f"{len(tally.sites)} places, {tally.operations} operations, {tally.tried} faults in {took_s:.0f} s"
    print(f"{tried}: {len(found)} went wrong")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
