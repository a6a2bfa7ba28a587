"""Do other programs read from every export what the store holds? Two steps, because the programs need a venv of their own:

    python bench/exports.py make FOLDER [--store STORE]        # with the tracker: exports, and the rows of the store
    VENV/bin/python bench/exports.py check FOLDER              # pandas polars duckdb frictionless datasets pyarrow warcio, git

Without a store, `make` fills one with what publishers should not do: names that are formulas, paths, 5,000 characters or control
characters, metrics that appear and vanish, new keys, estimates, new titles, a board with one entry and one without a reading.
Exit code 1 if a format differs in a row, or a program cannot open it.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import sqlite3
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FORMATS = ("csv", "jsonl", "parquet", "bundle", "hf", "eee", "warc", "git")
KEYS = ("board", "metric", "entry", "name", "valid_from", "valid_to", "value", "low", "high", "estimated", "raw")
NAMES = (
    '=HYPERLINK("http://x")', "+1 Model", "-2 Model", "@sum", "\t=1", "\u202eevil.exe", "../../etc/passwd", "C:\\con/aux",
    "a\nb\r\nc", "x" * 5000, "bell \x07\x1b[31m", "NA", "null", "NaN", "1e5", "007", "True", 'quo"ted, comma;', " padded ",
    "Ünïcøde 模型", "<b>b</b>",
)  # fmt: skip
DECLARATION = """
title = {title}
page = "https://{board}.example/"
attribution = "=Acme, 'CC' \\"BY\\"; https://acme.example"
terms = "CC-BY-4.0"
[request]
url = "https://{board}.example/data.json"
[parse]
format = "json_records"
records = "rows"
[columns]
key = "key"
name = "name"
[metrics.score]
from = "score"
nature = "tested"
higher_is_better = true
primary = true
low = "low"
high = "high"
estimated = "guess"
[metrics.price]
from = "price"
nature = "listed"
unit = "USD per 1M tokens"
higher_is_better = false
[metrics.votes]
from = "votes"
nature = "count"
"""


def states(names: Iterable[str], number: int) -> str:
    """A state of the hostile board: prices vanish on days 4 to 6, intervals come on day 3, and keys change on day 8."""
    rows = []
    for place, name in enumerate(names):
        row = {
            "key": f"k{place}",
            "name": name,
            "score": 50.0 + place + (number * (place % 3)) / 7,
            "guess": place % 5 == number % 5,
        }
        row |= {"price": 0.1 * (place + 1) + (number // 4)} if not 4 <= number < 7 else {}
        row |= {"low": row["score"] - 1, "high": row["score"] + 2} if number >= 3 else {}
        row |= {"votes": 1_000_000 + number // 3 + place} if place % 2 else {}
        row |= {"key": f"new/{place}"} if number >= 8 and place % 4 == 0 else {}
        rows.append(row)
    return json.dumps({"rows": rows})


def made(folder: Path) -> tuple[Path, Path]:
    """A hostile store, and its schedules."""
    store, schedules = folder / "store", folder / "schedules"
    boards = {"acme/text": NAMES, "acme/one": NAMES[:1], "odd/board": [f"Model {n}" for n in range(30)], "odd/never": []}
    for board, names in boards.items():
        path, bodies = schedules / f"{board}.toml", folder / "bodies" / board
        path.parent.mkdir(parents=True, exist_ok=True)
        bodies.mkdir(parents=True, exist_ok=True)
        for number in range(10):
            at = datetime(2025, 12, 27, 6, tzinfo=UTC) + timedelta(days=number)
            (bodies / f"{at:%Y-%m-%dT%H%M%SZ}.json").write_text(states(names, number), encoding="utf-8")
        for title in ("=A/B: ../\u202ex 'q' \"q\"", "Renamed, since"):
            path.write_text(DECLARATION.format(board=board.replace("/", "-"), title=json.dumps(title)), encoding="utf-8")
            tracker(store, schedules, "import", board, bodies)
    return store, schedules


def tracker(store: Path, schedules: Path | None, *arguments: str | Path) -> None:
    options = [*(("--schedules", str(schedules)) if schedules else ()), *map(str, arguments)]
    command = [sys.executable, "-c", "from tracker.cli import main; main()", "--store", str(store), *options]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    print(f"tracker {' '.join(map(str, arguments))[:70]}: {ran.returncode} {(ran.stdout + ran.stderr).strip()[-200:]}")


def make(folder: Path, store: Path | None) -> None:
    schedules = None
    if store is None:
        store, schedules = made(folder)
    for form in FORMATS:
        tracker(store, schedules, "export", form, "-o", folder / f"out-{form}{'.warc.gz' if form == 'warc' else ''}")
    with closing(sqlite3.connect(store / "tracker.db")) as connection:
        query = """
            SELECT s.board, s.name, e.key, e.name, m.valid_from, m.valid_to, m.value, m.low, m.high, coalesce(m.estimated, 0),
              m.raw, m.decimals
            FROM series s JOIN _measures m USING (series) JOIN _entries e ON e.board = s.board AND e.entry = m.entry"""
        rows = [dict(zip((*KEYS, "decimals"), values, strict=True)) for values in connection.execute(query)]
    for each in rows:
        if each["raw"] is None:  # it is the value with that number of decimals
            each["raw"] = f"{each['value']:.{each['decimals'] or 0}f}"
    (folder / "rows.json").write_text(json.dumps(rows), encoding="utf-8")


def seconds(value: Any) -> int | None:
    """A time in any form that the programs give, in seconds."""
    if value is None or str(value) in {"", "nan", "NaT"}:
        return None
    text = str(value).replace("Z", "+00:00")
    at = datetime.fromisoformat(text)
    return round((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())


def number(value: Any) -> float | None:
    return None if value is None or value == "" or (isinstance(value, float) and math.isnan(value)) else float(value)


def row(values: Mapping[str, Any], *, csv: bool = False) -> tuple[object, ...]:
    """A row of a table, without the apostrophe that keeps formulas out of spreadsheets."""

    def text(key: str) -> str:
        value = "" if values[key] is None else str(values[key])
        return value[1:] if csv and re.match(r"'[=+\-@\t\r\n]", value) else value

    board = text("board") if "/" in text("board") else f"{text('source')}/{text('board')}"
    times, figures = (
        map(seconds, (values["valid_from"], values["valid_to"])),
        (number(values[key]) for key in ("value", "low", "high")),
    )
    return (
        board,
        text("metric"),
        text("entry"),
        text("name"),
        *times,
        *figures,
        str(values["estimated"]).lower() in {"true", "1"},
        text("raw"),
    )


def tables(folder: Path) -> Mapping[str, Callable[[], Iterable[tuple[object, ...]]]]:
    """How each program reads the rows of each table."""
    import datasets
    import duckdb
    import frictionless
    import pandas as pd
    import polars as pl

    lake, csv, jsonl, hf = (folder / f"out-{form}" for form in ("parquet", "csv", "jsonl", "hf"))
    glob = str(lake / "**" / "*.parquet")

    def by_duckdb(source: str, *, csv: bool = False) -> Iterable[tuple[object, ...]]:
        duckdb.sql("SET TimeZone = 'UTC'")
        answer = duckdb.sql(f"FROM {source}")
        return [row(dict(zip(answer.columns, values, strict=True)), csv=csv) for values in answer.fetchall()]

    def by_datasets() -> Iterable[tuple[object, ...]]:
        names = datasets.get_dataset_config_names(str(hf))
        sets = (datasets.load_dataset(str(hf), name, split="train", cache_dir=str(folder / "cache")) for name in names)
        return [row(values) for each in sets for values in each]

    def by_frictionless() -> Iterable[tuple[object, ...]]:
        (folder / "package").mkdir(exist_ok=True)
        with zipfile.ZipFile(folder / "out-bundle") as bundle:
            bundle.extractall(folder / "package")
        package = frictionless.Package(str(folder / "package" / "datapackage.json"))
        report = package.validate()
        assert report.valid, report.flatten(["message"])[:3]
        return [
            row(values.to_dict() if hasattr(values, "to_dict") else values, csv=True)
            for values in package.get_resource("values").read_rows()
        ]

    def by_pandas(table: Any, *, csv: bool = False) -> Iterable[tuple[object, ...]]:
        return [row(values, csv=csv) for values in table.astype(object).to_dict("records")]

    def by_polars(table: Any, *, csv: bool = False) -> Iterable[tuple[object, ...]]:
        return [row(values, csv=csv) for values in table.to_dicts()]

    every, text = {"infer_schema_length": None}, {"schema_overrides": {"raw": pl.String}}
    exact = {"lines": True, "dtype": False, "convert_dates": False, "precise_float": True}
    sniffed = "sample_size = -1, types = {'raw': 'VARCHAR'}"
    return {
        "csv: pandas": lambda: by_pandas(pd.read_csv(csv, keep_default_na=False, dtype=str), csv=True),
        "csv: polars": lambda: by_polars(pl.read_csv(csv, **every, **text), csv=True),
        "csv: duckdb": lambda: by_duckdb(f"read_csv('{csv}', {sniffed})", csv=True),
        "jsonl: pandas": lambda: by_pandas(pd.read_json(jsonl, **exact)),
        "jsonl: polars": lambda: by_polars(pl.read_ndjson(jsonl, **every)),
        "jsonl: duckdb": lambda: by_duckdb(f"read_json('{jsonl}', format = 'newline_delimited', sample_size = -1)"),
        "parquet: pandas": lambda: by_pandas(pd.read_parquet(lake)),
        "parquet: polars": lambda: by_polars(pl.scan_parquet(glob, hive_partitioning=True).collect()),
        "parquet: duckdb": lambda: by_duckdb(f"read_parquet('{glob}', hive_partitioning = true)"),
        "bundle: frictionless": by_frictionless,
        "bundle: pandas": lambda: by_pandas(pd.read_parquet(folder / "package" / "values.parquet")),
        "hf: datasets": by_datasets,
    }


def now(expected: Iterable[tuple[Any, ...]]) -> Counter[tuple[object, ...]]:
    """The values that are valid now: board, metric, entry, value, low, high, raw."""
    return Counter((r[0], r[1], r[2], *r[6:9], r[10]) for r in expected if r[5] is None)


def records(folder: Path) -> Counter[tuple[object, ...]]:
    found: Counter[tuple[object, ...]] = Counter()
    for path in sorted((folder / "out-eee" / "data").rglob("*.json")):
        record = json.loads(path.read_text(encoding="utf-8"))
        board, entry = (
            record[key]["additional_details"][name] for key, name in (("source_metadata", "board"), ("model_info", "entry"))
        )
        for result in record["evaluation_results"]:
            score = result["score_details"]
            interval = score.get("uncertainty", {}).get("confidence_interval", {})
            metric = result["metric_config"]["additional_details"]["metric"]
            found[
                board, metric, entry, score["score"], interval.get("lower"), interval.get("upper"), score["details"]["raw"]
            ] += 1
    return found


def in_git(folder: Path) -> Counter[tuple[object, ...]]:
    """The values of the newest commit; the number of commits is checked against the states."""
    out = folder / "out-git"
    subprocess.run(["git", "fsck", "--strict"], cwd=out, check=True, capture_output=True)
    files = subprocess.run(
        ["git", "ls-files", "-z", "*/*.json"], cwd=out, check=True, capture_output=True, text=True
    ).stdout.split("\0")
    found: Counter[tuple[object, ...]] = Counter()
    for state in (json.loads((out / name).read_text(encoding="utf-8")) for name in files if name):
        for entry in state["entries"]:
            for metric, value in entry["values"].items():
                bounds = value.get("low"), value.get("high")
                found[state["board"], metric, entry["entry"], value["value"], *bounds, value.get("raw", "")] += 1
    return found


def in_warc(folder: Path) -> str:
    import hashlib

    from warcio.archiveiterator import ArchiveIterator

    bodies, named = set(), set()
    with (folder / "out-warc.warc.gz").open("rb") as file:
        for record in ArchiveIterator(file):
            content = record.content_stream().read()
            if record.rec_type == "resource":
                bodies.add(hashlib.sha256(content).hexdigest())
            elif record.rec_type == "metadata":
                named.update(json.loads(content)["line"].get("sha256", ()))
    return f"{len(bodies)} bodies" if bodies == named else f"DIFFERENT: {len(bodies ^ named)} bodies"


def of_store(values: Mapping[str, Any]) -> tuple[object, ...]:
    times = {key: values[key] and datetime.fromtimestamp(values[key], UTC) for key in ("valid_from", "valid_to")}
    return row({**values, **times})


def check(folder: Path) -> int:
    """The number of formats that differ or cannot be opened."""
    expected = [of_store(values) for values in json.loads((folder / "rows.json").read_text(encoding="utf-8"))]
    wrong = 0
    todo = [(name, read, Counter(expected)) for name, read in tables(folder).items()]
    directed = Counter({key: n for key, n in now(expected).items() if key[1] not in omitted(folder).get(str(key[0]), ())})
    todo += [("eee", lambda: records(folder), directed), ("git", lambda: in_git(folder), now(expected))]
    for name, read, rows in todo:
        try:
            found = Counter(read())
        except Exception as error:  # noqa: BLE001  # each program raises errors of its own, and all are reported
            found, said = Counter(), f"{type(error).__name__}: {str(error)[:300]}"
        else:
            said = f"{found.total():,} rows"
        missing, more = rows - found, found - rows
        wrong += bool(missing or more)
        shown = [str(each)[:200] for each in (*list(missing)[:1], *list(more)[:1])]
        print(f"{name:22} {said}; {missing.total()} missing, {more.total()} too many {shown or ''}")
    print(f"{'warc: warcio':22} {(said := in_warc(folder))}")
    return wrong + said.startswith("DIFF")


def omitted(folder: Path) -> Mapping[str, list[str]]:
    return json.loads((folder / "out-eee" / "_tracker-export.json").read_text(encoding="utf-8"))["omitted"]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("step", choices=("make", "check"))
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--store", type=Path)
    given = arguments.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    sys.exit(make(given.folder.absolute(), given.store) if given.step == "make" else int(check(given.folder.absolute()) > 0))


if __name__ == "__main__":
    main()
