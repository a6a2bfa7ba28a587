"""How long questions take on a store of ten million observations (values of an entry, on a metric, at a reading).

    python bench/questions.py FOLDER [--states 1000] [--entries 500] [--metrics 20]

Makes the store once, through the normal pipeline. Then asks each question in Python and in SQL, cold (a new connection, and the
file dropped from the cache of the disk) and warm, and prints the median milliseconds of CPU of five.
"""

from __future__ import annotations

import argparse
import os
import random
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from made import HEAD, METRIC, START, model_name

from tracker import parsers, schedules
from tracker.line import intake
from tracker.model import EventFilter
from tracker.query.filters import Filters
from tracker.stores.archive import FileArchive
from tracker.stores.questions import Questions
from tracker.stores.sqlite import SqliteStore
from tracker.workspace import Settings
from tracker.workspace.api import Workspace
from tracker.workspace.names import default_lexicon

BOARD = "bench/large"
RUNS = 5


def declared(metrics: int) -> str:
    """The declaration: tested metrics, the first of which ranks the board, then a price and a speed."""
    text = HEAD.format(
        title="Bench", url="https://bench.example/large.csv", parse='format = "csv_table"', key="name", name="name"
    )
    text += 'creator = "lab"\nlicence = "licence"\n'
    for number in range(metrics):
        nature = {metrics - 1: "live", metrics - 2: "listed"}.get(number, "tested")
        topic = {"live": "speed", "listed": "price"}.get(nature, "coding" if number == 1 else "overall")
        unit = "USD per 1M tokens" if nature == "listed" else "points"
        more = "primary = true\nstated_error = 0.5" if number == 0 else ""
        higher = "false" if nature == "listed" else "true"
        text += METRIC.format(
            id=f"m{number}", column=f"m{number}", nature=nature, unit=unit, topic=topic, higher=higher, more=more
        )
    return text


def pages(states: int, entries: int, metrics: int) -> Iterator[str]:
    """CSV pages: each day one score in a hundred moves, speeds move a little, and one model in five days is new."""
    rng = random.Random(1)
    table: list[list[float]] = []
    for day in range(states):
        while len(table) < entries + day // 5:
            table.append([round(rng.uniform(5, 95), 1) for _ in range(metrics)])
        for row in table:
            for column in range(metrics - 2):
                if day and rng.random() < 0.01:
                    row[column] = round(min(99.0, max(1.0, row[column] + rng.uniform(-2, 3))), 1)
            row[-1] = round(row[-1] * rng.uniform(0.99, 1.01), 2)
        lines = ["name,lab,licence," + ",".join(f"m{number}" for number in range(metrics))]
        for number, row in enumerate(table):
            licence = "Apache-2.0" if number % 3 else "Proprietary"
            lines.append(f"{model_name(number)},Lab {number % 10},{licence}," + ",".join(map(str, row)))
        yield "\n".join(lines) + "\n"


def made(folder: Path, states: int, entries: int, metrics: int) -> None:
    """The store, unless it is there."""
    if (folder / "snapshots" / "tracker.db").exists():
        return
    path = folder / "schedules" / "bench" / "large.toml"
    path.parent.mkdir(parents=True)
    path.write_text(declared(metrics), encoding="utf-8")
    board = schedules.load(folder / "schedules", {name: parsers.options_of(name) for name in parsers.FORMATS}).board(BOARD)
    (folder / "pages").mkdir()
    for day, text in enumerate(pages(states, entries, metrics)):
        at = START + timedelta(days=day)
        (folder / "pages" / f"{at:%Y-%m-%dT%H%M%SZ}.csv").write_text(text, encoding="utf-8")
    started = time.process_time()
    with SqliteStore(folder / "snapshots" / "tracker.db") as store:
        archive = FileArchive(folder / "snapshots" / "captures")
        outcome = intake.import_bodies(
            board, sorted((folder / "pages").iterdir()), archive=archive, store=store, lexicon=default_lexicon()
        )
    print(f"made of {states} states in {time.process_time() - started:.0f} s of CPU: {outcome}"[:200])


def asked(workspace: Workspace, at: str) -> dict[str, Callable[[], object]]:
    """The questions in Python."""
    then = START + timedelta(days=500)
    week = Filters(since=START + timedelta(days=700), until=START + timedelta(days=707))
    name = model_name(17)
    return {
        "standings now": lambda: workspace.standings(BOARD),
        "standings at": lambda: workspace.standings(BOARD, at=then, metric="m3"),
        "rankings, open below 40B": lambda: workspace.rankings(Filters(open_weights=True, max_size=40), board=BOARD),
        "leaders": lambda: workspace.leaders(board=BOARD),
        "history of a model, a metric": lambda: workspace.history(name, metric="m1"),
        "events of a week": lambda: workspace.events(EventFilter(since=week.since, until=week.until)),
        "models NAME": lambda: workspace.models(name),
        "compare": lambda: workspace.compare(name, model_name(18)),
        "changes after a cursor": lambda: workspace.changes(at, top=100),
        "report of a week": lambda: workspace.report([BOARD], since=week.since, until=week.until),
    }


OF_ENTRY = f"board = '{BOARD}' AND entry = '{model_name(17)}'"
SQL = {
    "standings_now of a metric": f"SELECT * FROM standings_now WHERE board = '{BOARD}' AND metric = 'm0' ORDER BY rank",
    "standings_now of another": f"SELECT * FROM standings_now WHERE board = '{BOARD}' AND metric = 'm3' ORDER BY rank",
    "measures of an entry": f"SELECT * FROM measures WHERE {OF_ENTRY} AND metric = 'm1'",
    "rank_history of an entry": f"SELECT * FROM rank_history WHERE {OF_ENTRY} AND metric = 'm0'",
    "rank_history, another metric": f"SELECT count(*) FROM rank_history WHERE board = '{BOARD}' AND metric = 'm3'",
    "leaders": f"SELECT * FROM leaders WHERE board = '{BOARD}' AND metric = 'm0'",
    "entries, open": f"SELECT * FROM entries WHERE board = '{BOARD}' AND open_weights AND size_total_b <= 40",
    "news, the last ten": "SELECT * FROM news LIMIT 10",
    "events of a week": "SELECT * FROM events WHERE recorded_at >= '2028-02-01' AND recorded_at < '2028-02-08'",
    "checks": f"SELECT * FROM checks WHERE board = '{BOARD}' ORDER BY observed_at DESC LIMIT 10",
    "boards": "SELECT * FROM boards",
}


def forget(database: Path) -> None:
    """Drop the file from the cache of the disk."""
    with database.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def measured(make: Callable[[], Callable[[], object]], database: Path) -> tuple[float, float]:
    """Milliseconds of CPU of a question, cold and warm."""
    cold, warm = [], []
    for _ in range(RUNS):
        forget(database)
        ask = make()
        for times in (cold, warm):
            started = time.process_time()
            ask()
            times.append((time.process_time() - started) * 1000)
    return statistics.median(cold), statistics.median(warm)


def main() -> None:
    """Make the store, and print a line per question."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    for name, default in (("states", 1000), ("entries", 500), ("metrics", 20)):
        parser.add_argument(f"--{name}", type=int, default=default)
    args = parser.parse_args()
    made(args.folder, args.states, args.entries, args.metrics)
    database = args.folder / "snapshots" / "tracker.db"
    with closing(sqlite3.connect(database)) as connection:
        (rows,) = connection.execute("SELECT count(*) FROM measures").fetchone()
        (events,) = connection.execute("SELECT count(*) FROM events").fetchone()
    seen = sum(args.entries + day // 5 for day in range(args.states)) * args.metrics
    size = database.stat().st_size
    print(f"{seen:,} observations, {rows:,} rows, {events:,} events, {size / 1e6:.0f} MB, {size / seen:.1f} bytes each")
    settings = Settings(store=args.folder / "snapshots", schedules=args.folder / "schedules", store_is_named=True)
    with Workspace(settings) as first:
        cursor = first.changes(top=1)[-1].cursor
        names = tuple(asked(first, cursor))
    for name in names:
        cold, warm = measured(lambda name=name: asked(Workspace(settings), cursor)[name], database)
        print(f"{name:32} {cold:8.1f} {warm:8.1f}")
    for name, query in SQL.items():

        def ask(query: str = query) -> object:
            with Questions(database, read_only=True) as asked_file, asked_file.ask(query) as answer:
                return list(answer)

        cold, warm = measured(lambda ask=ask: ask, database)
        print(f"sql: {name:27} {cold:8.1f} {warm:8.1f}")


if __name__ == "__main__":
    main()
