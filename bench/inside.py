"""One piece of work inside a process: `PYTHON bench/inside.py WORK FILE…` prints its CPU seconds as JSON.

Runs under the interpreter of whoever does the work (the tracker's, a peer's), so it imports what it needs where it needs it. The
start of the process is not counted: the figure is the median of several rounds after one that warms up.
"""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from time import process_time

ROUNDS = 7
Work = Callable[[], object]


def tracker_parse(page: str, declaration: str) -> Work:
    """The tracker's table of a page, with every declared column."""
    from tracker.parsers import parse
    from tracker.reading.tables import columns_of

    board = _board(declaration)
    body = Path(page).read_bytes()
    wanted = columns_of(board, "", {})
    return lambda: parse(body, board.parse, wanted)


def tracker_day(declaration: str, *pages: str) -> Iterator[Work]:
    """The tracker's second day: read, resolve, compare, detect and remember, with the first day at hand."""
    from tempfile import mkdtemp

    from tracker.line import fold, intake
    from tracker.line.apart import read_line
    from tracker.model import BoardState
    from tracker.stores.archive import FileArchive
    from tracker.stores.sqlite import SqliteStore
    from tracker.workspace.names import default_lexicon

    board, folder, lexicon = _board(declaration), Path(mkdtemp()), default_lexicon()
    archive = FileArchive(folder / "captures")
    with SqliteStore(folder / "tracker.db") as store:
        intake.import_bodies(board, [Path(page) for page in pages], archive=archive, store=store, lexicon=lexicon)
    lines, _ = archive.index(board.id)
    for _ in range(ROUNDS + 1):
        steps = fold.steps(board, lines, archive, before=None, past=BoardState(), lexicon=lexicon, read=read_line)
        next(steps)
        yield lambda steps=steps: next(steps)


def dictionaries(old: str, new: str) -> Work:
    """The floor of a day: load the new table into dictionaries and compare the cells with yesterday's."""
    import csv

    def table(path: str) -> dict[str, dict[str, str]]:
        with Path(path).open(encoding="utf-8", newline="") as file:
            return {row["model"]: row for row in csv.DictReader(file)}

    before = table(old)

    def work() -> object:
        after = table(new)
        return [(key, name) for key, row in after.items() for name, cell in row.items() if before.get(key, {}).get(name) != cell]

    return work


def csv_diff(old: str, new: str) -> Work:
    from csv_diff import compare, load_csv

    def table(path: str) -> object:
        with Path(path).open(encoding="utf-8", newline="") as file:
            return load_csv(file, key="model")

    return lambda: compare(table(old), table(new))


def deepdiff(old: str, new: str) -> Work:
    import csv

    from deepdiff import DeepDiff

    def table(path: str) -> dict[str, dict[str, str]]:
        with Path(path).open(encoding="utf-8", newline="") as file:
            return {row["model"]: row for row in csv.DictReader(file)}

    return lambda: DeepDiff(table(old), table(new))


def pandas_html(page: str) -> Work:
    from io import BytesIO

    import pandas as pd

    body = Path(page).read_bytes()
    return lambda: pd.read_html(BytesIO(body))


def bs4_html(page: str) -> Work:
    from bs4 import BeautifulSoup

    body = Path(page).read_bytes()

    def work() -> object:
        rows = BeautifulSoup(body, "lxml").find_all("tr")
        return [[cell.get_text() for cell in row.find_all(["td", "th"])] for row in rows]

    return work


def lxml_html(page: str) -> Work:
    from lxml import html

    body = Path(page).read_bytes()
    return lambda: [[cell.text_content() for cell in row] for row in html.fromstring(body).iter("tr")]


def selectolax_html(page: str) -> Work:
    from selectolax.lexbor import LexborHTMLParser

    body = Path(page).read_bytes()

    def work() -> object:
        return [[cell.text() for cell in row.css("td, th")] for row in LexborHTMLParser(body).css("tr")]

    return work


def bs4_flight(page: str) -> Work:
    import re

    from bs4 import BeautifulSoup

    body = Path(page).read_bytes()

    def work() -> object:
        scripts = (script.string or "" for script in BeautifulSoup(body, "lxml").find_all("script"))
        pushes = (re.search(r"push\(\[1,(.*)\]\)", text, re.DOTALL) for text in scripts)
        stream = "".join(json.loads(push[1]) for push in pushes if push)
        return json.loads(stream.partition(":")[2])

    return work


def msgspec_flight(page: str) -> Work:
    """The floor: find the pushes, join them, decode the payload."""
    import msgspec

    body = Path(page).read_bytes()

    def work() -> object:
        pushes = (after.partition(b"])</script>")[0] for after in body.split(b"self.__next_f.push([1,")[1:])
        stream = "".join(msgspec.json.decode(push, type=str) for push in pushes)
        return msgspec.json.decode(stream.partition(":")[2])

    return work


def msgspec_json(page: str) -> Work:
    import msgspec

    body = Path(page).read_bytes()
    return lambda: msgspec.json.decode(body)


def typed_json(page: str) -> Work:
    """The floor: only the declared groups of each record become objects."""
    import msgspec

    record = msgspec.defstruct("Record", [("id", str), ("name", str), ("scores", dict[str, float]), ("prices", dict[str, float])])
    decoder = msgspec.json.Decoder(msgspec.defstruct("Answer", [("models", list[record])]))
    body = Path(page).read_bytes()
    return lambda: decoder.decode(body)


def _board(declaration: str) -> object:
    from tracker.parsers import FORMATS, options_of
    from tracker.schedules import load_board

    path = Path(declaration)
    return load_board(path, path.parents[1], {name: options_of(name) for name in FORMATS})


def main(name: str, *files: str) -> None:
    work = globals()[name](*files)
    each = work if isinstance(work, Iterator) else (work for _ in range(ROUNDS + 1))
    times = []
    for once in each:
        gc.collect()
        begin = process_time()
        once()
        times.append(process_time() - begin)
    peak = next(line for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
    print(json.dumps({"cpu_s": median(times[1:]), "peak_mb": int(peak.split()[1]) / 1_024}))


if __name__ == "__main__":
    main(*sys.argv[1:])
