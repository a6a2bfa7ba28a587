"""Years of the daemon against publishers that misbehave: `python bench/years.py [--boards 40] [--days 500] [--kills 200]`.

First, an undisturbed run: the content of the store must match the servers' own log (see tests/daemon/years_world.py). Then
the same run, killed with SIGKILL at random moments, and also at the moment when the receiver has a message and has not
answered yet. At the end, every row of every table except the counters must equal that of the undisturbed daemon, and a
message that arrived twice must have one id. With `--channel`: a receiver that fails, hangs and answers 413. Exit code 1 if
anything is wrong."""

from __future__ import annotations

import argparse
import logging
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "daemon")]

from years_world import (  # noqa: E402  # after its path
    CHANNEL_ROUTES,
    START,
    Place,
    Publishers,
    Receiver,
    Script,
    Years,
    capped,
    declare,
    kept_once,
    noted,
    one_certificate,
    oracle,
    years,
)

NOT_COMPARED = frozenset(("changes", "counts", "_sqlite_migrations"))


def rows(database: Path) -> Mapping[str, list[tuple[object, ...]]]:
    """Every row of every table but the counters, which count what was done twice as two."""
    with closing(sqlite3.connect(database)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: sorted(connection.execute(f"SELECT * FROM {name}"), key=repr) for name in tables if name not in NOT_COMPARED
        }


def differing(one: Path, other: Path) -> list[str]:
    """What differs between two stores, a line for each table and the first rows of it."""
    mine, theirs = rows(one), rows(other)
    found = []
    for table in sorted({*mine, *theirs}):
        only, more = set(mine.get(table, ())) - set(theirs.get(table, ())), set(theirs.get(table, ())) - set(mine.get(table, ()))
        if only or more:
            found.append(f"{table}: {len(only)} rows only undisturbed, {len(more)} only killed")
            found += [
                f"    {sign} {str(row)[:400]}" for sign, some in (("-", only), ("+", more)) for row in sorted(some, key=repr)[:4]
            ]
    return found


# ── killing ──────────────────────────────────────────────────────────────────────────────────────


class Axe:
    """Kills a child at moments spread over the simulated time: a little later at random, or when the receiver holds a message."""

    def __init__(self, script: Script, kills: int) -> None:
        self._rng = random.Random(f"{script.seed} kills")
        self._moments = sorted(START + (script.end - START) * self._rng.uniform(0, 0.99) for _ in range(kills))
        self._armed = ""
        self._struck = threading.Event()
        self.child: subprocess.Popen[bytes] | None = None
        self.kinds: Counter[str] = Counter()

    def at_the_door(self, _: int) -> None:
        """Called by the receiver when it has a message that it has not answered."""
        if self._armed == "before the answer":
            self._strike()
        elif self._armed == "after the answer":
            threading.Timer(self._rng.uniform(0.0002, 0.003), self._strike).start()

    def _strike(self) -> None:
        if self._armed and self.child is not None:
            self.kinds[self._armed] += 1
            self._armed = ""
            self.child.kill()
            self._struck.set()

    def fall(self, place: Place) -> None:
        """Kill the child once, or see it end."""
        assert self.child is not None
        kind = self._rng.choices(("any moment", "starting", "before the answer", "after the answer"), (60, 8, 16, 16))[0]
        self._struck.clear()
        moment = self._moments.pop(0)
        if kind != "starting":
            self._wait_until(moment, place)
        if kind in ("any moment", "starting"):
            with suppress(subprocess.TimeoutExpired):
                self.child.wait(self._rng.uniform(0, 0.05 if kind == "any moment" else 0.8))
                return
            self._armed = kind
            self._strike()
        else:
            self._armed = kind
            while not self._struck.wait(0.05) and self.child.poll() is None:
                pass
            self._armed = ""
        self.child.wait()

    def _wait_until(self, moment: datetime, place: Place) -> None:
        assert self.child is not None
        while self.child.poll() is None and noted(place.time) < moment:
            time.sleep(0.003)


def killed(given: argparse.Namespace, place: Place, axe: Axe, command: Sequence[str]) -> int:
    """Run the child to its end, killed as often as asked. How often it was."""
    done = 0
    while True:
        axe.child = subprocess.Popen(command, cwd=ROOT)
        if done < given.kills:
            axe.fall(place)
        if axe.child.wait() == 0:
            return done
        if axe.child.returncode != -9:
            raise SystemExit(f"the daemon ended by itself, with exit code {axe.child.returncode}")
        done += 1


def twice(receiver: Receiver) -> tuple[int, list[str]]:
    """How many messages came more than once, and the events that came under two names."""
    times = Counter(one.id for one in receiver.arrived)
    names: dict[tuple[str, str], set[str]] = {}
    for one in receiver.arrived:
        for event in one.events:
            names.setdefault((event, one.route), set()).add(one.id)
    return sum(count - 1 for count in times.values()), [f"{name}: {sorted(ids)}" for name, ids in names.items() if len(ids) > 1]


# ── the runs ─────────────────────────────────────────────────────────────────────────────────────


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--boards", type=int, default=40)
    arguments.add_argument("--days", type=int, default=500)
    arguments.add_argument("--kills", type=int, default=200)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--channel", action="store_true")
    arguments.add_argument("--scratch", type=Path, help="folder for the stores; a disk in memory spares the real one")
    arguments.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    arguments.add_argument("--port", type=int, default=0, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    logging.disable()
    script = Script(seed=given.seed, boards=given.boards, days=given.days)
    if given.child:
        with Years(Place(root=given.child), script, port=given.port) as one:
            one.run(script.end)
        return
    with tempfile.TemporaryDirectory(dir=given.scratch) as scratch:
        os.environ["SSL_CERT_FILE"] = str(one_certificate(Path(scratch)))
        wrong = channel(given, script, Path(scratch)) if given.channel else disturbed(given, script, Path(scratch))
    print("\n".join(wrong[:60]) if wrong else "nothing is wrong")
    sys.exit(1 if wrong else 0)


def disturbed(given: argparse.Namespace, script: Script, scratch: Path) -> list[str]:
    """The run undisturbed, and killed; everything that is wrong."""
    publishers = Publishers(script, lambda: START, scratch / "port.jsonl")  # to find a port that is free on every host
    publishers.close()

    def command(place: Place, hook: str) -> list[str]:
        declare(script, place.schedules, port=publishers.port, hook=hook)
        options = {"child": place.root, "port": publishers.port, "boards": given.boards, "days": given.days, "seed": given.seed}
        return [sys.executable, __file__, *(str(part) for name, value in options.items() for part in (f"--{name}", value))]

    calm, rough, receiver = Place(root=scratch / "calm"), Place(root=scratch / "rough"), Receiver()
    begin = time.perf_counter()
    subprocess.run(command(calm, receiver.url), check=True, cwd=ROOT)
    took_s = time.perf_counter() - begin
    receiver.close()
    wrong, seen = oracle(script, calm, arrived=receiver.arrived)
    print(f"{given.boards} boards, {given.days} days undisturbed: {took_s:.0f} s; {len(wrong)} wrong")
    print("".join(f"  {amount:8,} {what}\n" for what, amount in seen.items()), end="", flush=True)
    if not given.kills:
        return wrong
    axe = Axe(script, given.kills)
    receiver = Receiver(before=axe.at_the_door)
    begin = time.perf_counter()
    kills = killed(given, rough, axe, command(rough, receiver.url))
    receiver.close()
    again, two_names = twice(receiver)
    differences = differing(calm.database, rough.database)
    print(
        f"killed {kills} times in {time.perf_counter() - begin:.0f} s"
        f" ({', '.join(f'{n} {kind}' for kind, n in axe.kinds.items())})"
    )
    print(
        f"  {len(receiver.arrived):,} messages came, {again} of them a second time under their name,"
        f" {len(two_names)} events under two"
    )
    print(f"  {sum(map(len, rows(rough.database).values())):,} rows compared; {len(differences)} lines differ")
    return [*wrong, *two_names, *differences, *([f"{again} messages came twice in {kills} kills"] if again > kills else [])]


def channel(given: argparse.Namespace, script: Script, scratch: Path) -> list[str]:
    """A receiver that fails 30 % of the time, hangs 3 %, and finds larger messages too large."""
    rng = random.Random(f"{given.seed} channel")

    def behave(_: int, length: int) -> str:
        drawn = rng.random()
        return "error" if drawn < 0.3 else "hang" if drawn < 0.33 else "large" if length > 20_000 else "ok"

    receiver, place = Receiver(behave), Place(root=scratch / "channel")
    with years(place.root, script, receiver.url, routes=CHANNEL_ROUTES, post_s=0.1) as one:
        one.run(script.end)
    receiver.close()
    again, two_names = twice(receiver)
    wrong, seen = kept_once(place, receiver.arrived)
    print("".join(f"  {amount:8,} {what}\n" for what, amount in seen.items()), end="")
    print(f"  {again:8,} tries of a message that had come before (it failed, hung or was too large), all under its name")
    return [*wrong, *two_names, *capped(receiver.arrived, "capped", 3)]


if __name__ == "__main__":
    main()
