"""Check that two commits derive the same history from the same pages: every event with its facts, and every table.

`make same-history BASE=COMMIT DATA=FOLDER` compares the checkout with another commit. FOLDER has `<source>/<board>/<time>.<ext>`
for the declarations under tests/real/schedules; without it, only the demo's season is compared. By hand:

    python bench/same_history.py record OUT.json CHECKOUT [FOLDER]
    python bench/same_history.py compare BEFORE.json AFTER.json

The command line of each checkout makes its history, which is read from the SQLite file, so the two need not share a module.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

DEMO = "demo"
NO_HISTORY = frozenset(
    ("changes", "counts", "indices", "_sqlite_migrations", "known", "vintages", "declaration_versions", "names", "ended_pauses")
)
"""Tables that hold how long something took, or which migrations ran when."""
FACTS = ("kind", "grade", "facts")
WORDING = ("headline", "weight", "worded")
WORDED_FACTS = ("message", "why")
"""Facts that quote an error or a reason of the tracker."""
PORT = re.compile(r"127\.0\.0\.1:\d+")
"""Where the demo was served, which differs from run to run."""
SHOWN = 5

History = dict[str, Any]


def main() -> int:
    match sys.argv[1:]:
        case ["record", out, checkout, *rest] if len(rest) < 2:
            Path(out).write_text(json.dumps(record(Path(checkout).resolve(), *map(Path, rest)), indent=1), encoding="utf-8")
            return 0
        case ["compare", before, after]:
            return compare(*(json.loads(Path(path).read_text(encoding="utf-8")) for path in (before, after)))
    print(__doc__)
    return 2


def record(checkout: Path, data: Path | None = None) -> dict[str, History]:
    """The history of the demo and of every series, by name."""
    series = sorted(_series(checkout, data)) if data else []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        made = pool.map(lambda name: (name, _made(checkout, name, data)), [DEMO, *series])
    return dict(made)


def _series(checkout: Path, data: Path) -> Iterator[str]:
    for definition in (checkout / "tests/real/schedules").glob("*/*.toml"):
        name = f"{definition.parent.name}/{definition.stem}"
        if (data / name).is_dir():
            yield name


def _made(checkout: Path, name: str, data: Path | None) -> History:
    with TemporaryDirectory() as folder:
        store = Path(folder, "store")
        args = ["demo"] if data is None or name == DEMO else ["import", name, str(data / name)]
        schedules = checkout / "tests/real/schedules"
        command = [sys.executable, "-m", "tracker", "--store", store, "--schedules", schedules, *args]
        ran = subprocess.run(
            command, env=os.environ | {"PYTHONPATH": str(checkout)}, cwd=folder, capture_output=True, check=False
        )
        if ran.returncode not in {0, 1}:  # 1: some state could not be read, as in every run
            raise SystemExit(f"{name}: tracker {args[0]} ended with {ran.returncode}: {ran.stderr.decode()[-500:]}")
        with closing(sqlite3.connect(store / "tracker.db")) as database:
            return {"tables": _tables(database), "events": _events(database)}


def _tables(database: sqlite3.Connection) -> Mapping[str, str]:
    """A hash of the rows of each table."""
    names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    hashes = {}
    for name in names:
        if name not in NO_HISTORY:
            rows = sorted(PORT.sub("demo", repr(row)) for row in database.execute(f'SELECT * FROM "{name}"'))
            hashes[name.lstrip("_")] = f"{len(rows)} rows {sha256(chr(10).join(rows).encode()).hexdigest()[:16]}"
    return hashes


def _events(database: sqlite3.Connection) -> Mapping[str, Mapping[str, Any]]:
    """What each event says, by id."""
    tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    table = "_events" if "_events" in tables else "events"  # until version 0.1
    rows = database.execute(f"SELECT event, kind, grade, weight, headline, body FROM {table} ORDER BY event")
    events = {}
    for event, kind, grade, weight, headline, body in rows:
        facts = json.loads(body)["facts"]
        worded = [facts.pop(name, None) for name in WORDED_FACTS]
        said = {"kind": kind, "grade": grade, "facts": facts, "headline": headline, "weight": weight, "worded": worded}
        events[event] = said
    return events


def compare(before: Mapping[str, History], after: Mapping[str, History]) -> int:
    """Print what differs, series by series; 1 if an event or its facts differ, 0 if at most the wording or a table does."""
    differs = before.keys() ^ after.keys()
    for name in sorted(differs):
        print(f"{name}: only {'before' if name in before else 'after'}")
    counts = Counter[str]()
    for name in sorted(before.keys() & after.keys()):
        one, other = before[name], after[name]
        counts["events"] += len(one["events"])
        found = list(_differences(one["events"], other["events"]))
        counts.update(what for what, _ in found)
        for what, line in found[:SHOWN]:
            print(f"{name}: {what}: {line}")
        tables = sorted({table for table, _ in one["tables"].items() ^ other["tables"].items()})
        counts["tables"] += len(tables)
        for table in tables:
            print(f"{name}: table {table}: {one['tables'].get(table, 'not there')} → {other['tables'].get(table, 'not there')}")
    reworded, tables_changed = counts["reworded"], counts["tables"]
    changed = sum(counts[what] for what in ("gone", "new", *FACTS))
    print(
        f"{len(before)} series, {counts['events']} events: {changed} differ, {reworded} reworded; {tables_changed} tables differ"
    )
    return 1 if changed or differs else 0


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The differences between the events of a series: the kind of difference, and where."""
    for event in before.keys() | after.keys():
        one, other = before.get(event), after.get(event)
        if one is None or other is None:
            there = one or other or {}
            yield ("gone" if one else "new"), f"{event} {there['kind']}/{there['grade']} {there['headline']}"
            continue
        for field in FACTS:
            if one[field] != other[field]:
                yield field, f"{event} {one['kind']}: {one[field]!r} → {other[field]!r}"
        if any(one[field] != other[field] for field in WORDING):
            said, now = ([version[field] for field in WORDING] for version in (one, other))
            yield "reworded", f"{event} {said} → {now}"


if __name__ == "__main__":
    sys.exit(main())
