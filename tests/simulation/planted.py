"""Bugs to plant: each is a change of the package that the simulation has to find. `python -m tests.simulation --planted`.

A bug is planted in a copy of the package, never in the checkout. Seeds are tried in order until a world goes wrong.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bug:
    """`old`, which is in `file` once, becomes `new`. `kinds` are incidents that show it, so that fewer worlds are needed."""

    name: str
    file: str
    old: str
    new: str
    kinds: tuple[str, ...]


BUGS = (
    Bug(
        name="a body is renamed before it is synced",
        kinds=("power", "outage"),
        file="stores/archive/disk.py",
        old="            file.flush()\n            os.fsync(file.fileno())\n        temporary.replace",
        new="            file.flush()\n        temporary.replace",
    ),
    Bug(
        name="a receipt is written before the message is sent",
        kinds=("channel",),
        file="notify/outbox.py",
        old="        try:\n            self._hand_over(channel, named)\n",
        new="        try:\n            self._receive(named)\n            self._hand_over(channel, named)\n",
    ),
    Bug(
        name="a message that could not be sent is given up",
        kinds=("channel",),
        file="notify/outbox.py",
        old="if final or tries >= MOST_TRIES:",
        new="if final or tries >= 1:",
    ),
    Bug(
        name="a doubtful page is not held",
        kinds=("wrong page",),
        file="line/fold.py",
        old="    if doubt is not None and decision is None:\n",
        new="    if False:\n",
    ),
    Bug(
        name="a wrong page is a re-base (F5)",
        kinds=("wrong page",),
        file="compare/wrong_page.py",
        old="    for metric in board.metrics:\n        old, new",
        new="    for metric in ():\n        old, new",
    ),
    Bug(
        name="a row that nobody would believe is believed (F6)",
        kinds=("odd page",),
        file="line/fold.py",
        old="doubted = doubts(board, known, after, past) if decision is None else {}",
        new="doubted = {}",
    ),
    Bug(
        name="one row silences a board (F7)",
        kinds=("odd page",),
        file="reading/check.py",
        old="most=0.0 if strict else MOST",
        new="most=0.0",
    ),
    Bug(
        name="a paused board is fetched",
        kinds=("pause",),
        file="daemon/loop.py",
        old="or self._store_failed_at is not None or self._is_paused(name):",
        new="or self._store_failed_at is not None:",
    ),
    Bug(
        name="a board that was unreachable is tried again after two days",
        kinds=("outage",),
        file="query/due.py",
        old="LONGEST_TRY = timedelta(hours=2)",
        new="TRY_AGAIN = LONGEST_TRY = timedelta(hours=48)",
    ),
    Bug(
        name="the lease of a board is not taken",
        kinds=("outage",),
        file="stores/archive/__init__.py",
        old="        return held(path, patience_s=self._lease_s, sleep=self._sleep)\n",
        new="        from contextlib import nullcontext\n\n        return nullcontext()\n",
    ),
    Bug(
        name="pauses are not restored",
        kinds=("pause", "damage", "no database"),
        file="workspace/rescue.py",
        old="    for table in sorted(TABLES):\n        if in_file",
        new='    for table in sorted(TABLES - {"pauses"}):\n        if in_file',
    ),
    Bug(
        name="a new database beside a backup stays empty (F3)",
        kinds=("pause", "no database"),
        file="workspace/rescue.py",
        old="    if settings.backup.exists():\n        return _is_empty(settings.database)\n",
        new="    if settings.backup.exists():\n        return False\n",
    ),
    Bug(
        name="a damaged file of hosts is a damaged history (F2)",
        kinds=("hosts",),
        file="stores/hosts.py",
        old="                if not is_damage(error):\n                    raise",
        new="                if True:\n                    raise",
    ),
    Bug(
        name="a departure is confirmed at once",
        kinds=("odd page",),
        file="events/departure.py",
        old="and diff.after.observed_at - known.missing_since >= LEAST_APART\n        and must_show",
        new="and must_show",
    ),
    Bug(
        name="a page that kills the tracker is read again and again (F1)",
        kinds=("poison",),
        file="line/sync.py",
        old="        archive.begin(board.id, Begun(observed_at=line.observed_at, times=times + (not desk.attended)))\n",
        new="",
    ),
    Bug(
        name="damage is not looked for at the start (F4)",
        kinds=("damage",),
        file="daemon/opening.py",
        old="        store.check()\n        if is_new:",
        new="        if is_new:",
    ),
    Bug(
        name="a shortened or garbled index is not restored (F8)",
        kinds=("index",),
        file="stores/archive/__init__.py",
        old="            if whole != current:\n",
        new="            if False:\n",
    ),
    Bug(
        name="a clock that was ahead is believed (F10)",
        kinds=("clock ahead",),
        file="line/dates.py",
        old="    return gap > max(_AHEAD, stored[-1] - stored[at], _USUAL_GAPS * gaps[len(gaps) // 2])\n",
        new="    return False\n",
    ),
    Bug(
        name="a Retry-After noted while the clock was ahead is believed",
        kinds=("clock ahead", "outage"),
        file="fetch/politeness.py",
        old="now < until <= now + timedelta(seconds=LONGEST_AWAY_S) else",
        new="now < until else",
    ),
    Bug(
        name="after the clock was set back, captures have its time",
        kinds=("clock back",),
        file="line/dates.py",
        old="    return stored[-1] + timedelta(seconds=1)\n",
        new="    return at\n",
    ),
    Bug(
        name="a step is stored in many transactions",
        kinds=("kill", "disk"),
        file="stores/sqlite.py",
        old='            self._connection.execute("BEGIN IMMEDIATE")\n            try:\n'
        "                self.check_place()\n                self._notice_others()\n                yield\n"
        '                self._connection.execute("COMMIT")\n',
        new="            try:\n                self._notice_others()\n                yield\n",
    ),
    Bug(
        name="a torn line stays at the end of an index",
        kinds=("kill", "disk", "index"),
        file="stores/archive/index.py",
        old="    if end == size:\n        return\n",
        new="    return\n",
    ),
)


def planted(bug: Bug, folder: Path) -> None:
    """A copy of the package with the bug. Raises ValueError if the package has changed too much for it."""
    shutil.copytree(ROOT / "tracker", folder / "tracker", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("schedules", "snapshots"):
        (folder / name).symlink_to(ROOT / name)
    path = folder / "tracker" / bug.file
    text = path.read_text(encoding="utf-8")
    if text.count(bug.old) != 1:
        raise ValueError(f"{bug.name}: tracker/{bug.file} has the text {text.count(bug.old)} times, expected once; adapt the bug")
    path.write_text(text.replace(bug.old, bug.new), encoding="utf-8")


def search(bug: Bug, seeds: int, *, start: int) -> tuple[int | None, float, str]:
    """The first seed from `start` on that finds it, the seconds that took, and what it found."""
    with tempfile.TemporaryDirectory() as scratch:
        planted(bug, Path(scratch))
        command = [sys.executable, "-P", str(ROOT / "tests" / "simulation"), "--stop", "--kinds", ",".join(bug.kinds)]
        command += ["--seeds", str(seeds), "--from", str(start)]
        environment = os.environ | {"PYTHONPATH": scratch, "PYTHONDONTWRITEBYTECODE": "1"}
        begin = time.perf_counter()
        ran = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=ROOT)
    took_s = time.perf_counter() - begin
    lines = [line for line in ran.stdout.splitlines() if line.startswith("seed ")]
    if ran.returncode == 0 or not lines:
        return None, took_s, ran.stderr.strip().rpartition("\n")[2]
    number, _, found = lines[0].removeprefix("seed ").partition(": ")
    return int(number), took_s, found


def report(names: str, seeds: int, *, start: int) -> Iterator[str]:
    """A line for each bug whose name contains `names`."""
    for bug in BUGS:
        if names in bug.name:
            seed, took_s, found = search(bug, seeds, start=start)
            yield f"{'NOT FOUND' if seed is None else f'seed {seed}'}  {took_s:.0f} s  {bug.name}: {found[:200]}"
