"""A daemon of many boards for years, in one process: its memory must stay flat, also if it is killed often."""

from __future__ import annotations

import resource
import tempfile
import time
from pathlib import Path

from simulation import oracle
from simulation.faults import fast_folder
from simulation.pages import DAY
from simulation.world import World

EVERY_DAYS = 200


def run(days: int, *, boards: int, kills: int) -> int:
    """Print the memory every 200 days, and what went wrong at the end. Returns 1 if anything did."""
    with tempfile.TemporaryDirectory(dir=fast_folder()) as scratch:
        world = World(seed=1, root=Path(scratch), days=days, boards=boards, incidents_per_day=0.1, kills=kills)
        begin, step = time.perf_counter(), EVERY_DAYS if days >= EVERY_DAYS else max(1, days // 5)
        world.each(step * DAY, lambda: print(_line(world, begin), flush=True))
        world.run()
        problems = oracle.problems(world)
        print(_line(world, begin))
        print("\n".join(problems[:40]) or "nothing is wrong")
        print(", ".join(f"{amount} {what}" for what, amount in oracle.summary(world).items()))
        return int(bool(problems))


def _line(world: World, begin: float) -> str:
    kib = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize() // 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    day, took_s = world.passed_s / DAY, time.perf_counter() - begin
    return (
        f"day {day:5.0f}: {kib / 1024:6.1f} MB now, {peak / 1024:6.1f} MB at most, {len(world.serves):,} requests, {took_s:.0f} s"
    )
