"""Does the daemon's memory grow? `python bench/soak.py [--boards 40] [--days 2000] [--trace]`.

Runs the daemon's loop over local boards that are read daily, with a clock that jumps from one time to the next. Every 100
days, it prints the memory of the process, the number of objects that Python's collector tracks and, with `--trace` (twice as
slow), the lines that hold more than at the first measurement. Boards list the same 24 models again and again, so the history
per model does not grow. Exit code 1 if the process grew by more than 10 % after the first fifth."""

from __future__ import annotations

import argparse
import gc
import logging
import os
import sys
import tempfile
import time
import tracemalloc
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "daemon")]

from years_world import START, Receiver, Script, one_certificate, years  # noqa: E402  # after its path

EVERY = 100
MOST_GROWTH = 0.1
DAILY = (("30 6 * * *", "Europe/Berlin", 31), ("5 2 * * *", "America/New_York", 29), ("0 9 * * *", "Asia/Tokyo", 47))
ROUTES = """
[[route]]
name = "digest"
channel = "webhook"
address = "HOOK/digest"
secret = "${HOOK_KEY}"
digest = "daily 08:00"
min_weight = 20
"""


def resident_mb() -> float:
    """Resident memory of this process, in MB (proc(5))."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def grown(first: tracemalloc.Snapshot | None) -> tracemalloc.Snapshot | None:
    """Print the lines that hold more memory than at the first measurement."""
    if not tracemalloc.is_tracing():
        return None
    ours = (tracemalloc.Filter(inclusive=False, filename_pattern=tracemalloc.__file__),)
    now = tracemalloc.take_snapshot().filter_traces(ours)
    for line in now.compare_to(first, "lineno")[:8] if first else ():
        print(f"      {line.size_diff / 1e3:+9.1f} KB {line.count_diff:+8d} objects  {line.traceback[0]}")
    return first or now


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--boards", type=int, default=40)
    arguments.add_argument("--days", type=int, default=2000)
    arguments.add_argument("--trace", action="store_true")
    arguments.add_argument("--scratch", type=Path, help="folder for the store; a disk in memory spares the real one")
    given = arguments.parse_args()
    logging.disable()
    script, receiver = (
        Script(seed=1, boards=given.boards, days=given.days, rhythms=DAILY, models=24, outages=0.2),
        Receiver(keep=0),
    )
    looks: list[float] = []
    first: tracemalloc.Snapshot | None = None
    with tempfile.TemporaryDirectory(dir=given.scratch) as scratch:
        os.environ["SSL_CERT_FILE"] = str(one_certificate(Path(scratch)))
        with years(Path(scratch), script, receiver.url, routes=ROUTES) as one:
            begin = time.perf_counter()
            for day in range(EVERY, given.days + 1, EVERY):
                one.run(START + timedelta(days=day))
                gc.collect()
                looks.append(resident_mb())
                took_s = time.perf_counter() - begin
                print(
                    f"day {day:5}: {looks[-1]:7.1f} MB resident, {len(gc.get_objects()):9,} objects,"
                    f" {one.turns:8,} turns, {took_s:5.0f} s",
                    flush=True,
                )
                first = grown(first)
                if given.trace and not tracemalloc.is_tracing():
                    tracemalloc.start()
    receiver.close()
    warm = looks[len(looks) // 5]
    growth = looks[-1] / warm - 1
    per_year = (looks[-1] - warm) / max(1, (len(looks) - 1 - len(looks) // 5) * EVERY) * 365
    print(f"from day {(len(looks) // 5 + 1) * EVERY} to day {len(looks) * EVERY}: {growth:+.1%}, {per_year:+.1f} MB a year")
    sys.exit(1 if growth > MOST_GROWTH else 0)


if __name__ == "__main__":
    main()
