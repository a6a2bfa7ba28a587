"""The rows of `make bench` on stores that have grown, on a board of a million cells, and on a page that the wizard reads."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import made
from rows import FLOOR, TRACKER, Case, Row, Setting

FEW, MANY = 40, 240
LARGE = (50_000, 20)
COPY = 'rm -rf "$1" && cp -r "$0" "$1" && shift && exec "$@"'
"""Runs a command on a copy of a store, which then has the same state before each round."""


def grown(setting: Setting) -> Iterator[Row]:
    """A large board, a long history, questions about it, and a new declaration."""
    yield _large(setting, setting.scratch / "large")
    yield from _long(setting, setting.scratch / "long")
    yield _declared_by_the_wizard(setting, setting.scratch / "wizard")


def _on_a_copy(setting: Setting, store: Path, declared: Path, *arguments: str | Path) -> Sequence[str | Path]:
    copy = store.with_name(f"{store.name}-copy")
    return ["sh", "-c", COPY, store, copy, *setting.tracker(copy, declared, *arguments)]


def _import(setting: Setting, store: Path, declared: Path, states: Sequence[Path]) -> None:
    command = [str(part) for part in setting.tracker(store, declared, "import", "bench/board", *states)]
    subprocess.run(command, check=True, capture_output=True)


def _board(folder: Path, columns: int) -> Path:
    schedule = folder / "schedules" / "bench" / "board.toml"
    schedule.parent.mkdir(parents=True)
    schedule.write_text(made.table_declaration("https://bench.example/board", "csv_table", columns), encoding="utf-8")
    return folder / "schedules"


def _pages(folder: Path, entries: int, columns: int, days: int) -> None:
    tables = ([made.header(columns), *made.rows(entries, columns, day)] for day in range(days))
    made.dated(folder / "pages", [made.csv_page(table) for table in tables], "csv")


def _large(setting: Setting, folder: Path) -> Row:
    (old, new), (entries, columns) = made.days(folder / "pages", "csv", 2), LARGE

    def prepare() -> None:
        _pages(folder, entries, columns, 2)
        _import(setting, folder / "store", _board(folder, columns), [old])

    command = _on_a_copy(setting, folder / "store", folder / "schedules", "import", "bench/board", new)
    floor = Case(who=FLOOR, command=setting.inside("dictionaries", old, new), reported=True)
    work = f"one more state, {entries:,} × {columns}"
    return Row(work=work, prepare=prepare, cases=(Case(who=TRACKER, command=command), floor), most={FLOOR: 10.7})


def _long(setting: Setting, folder: Path) -> Iterator[Row]:
    """The same board with a short and a long history; the questions are asked of the long one."""
    declared, days = folder / "schedules", made.days(folder / "pages", "csv", MANY + 1)

    def prepare() -> None:
        _pages(folder, 200, 6, MANY + 1)
        _board(folder, 6)
        for held in (FEW, MANY):
            _import(setting, folder / str(held), declared, days[:held])

    def more(held: int) -> Sequence[str | Path]:
        return _on_a_copy(setting, folder / str(held), declared, "import", "bench/board", days[held])

    cases = (Case(who=TRACKER, command=more(MANY)), Case(who=f"with {FEW}", command=more(FEW)))
    yield Row(work=f"one more state, {MANY} held", prepare=prepare, cases=cases, most={f"with {FEW}": 1.2})
    bare = Case(who=FLOOR, command=(setting.python, "-c", "pass"))
    for question in (("models", made.model_name(1)), ("standings", "bench/board", "--at", days[FEW].name[:10]), ("report",)):
        own = Case(who=TRACKER, command=setting.tracker(folder / str(MANY), declared, *question))
        yield Row(work=f"{question[0]}, {MANY} states held", prepare=prepare, cases=(own, bare))


def _declared_by_the_wizard(setting: Setting, folder: Path) -> Row:
    page, declared = folder / "page.json", folder / "schedules"

    def prepare() -> None:
        declared.mkdir(parents=True)
        page.write_bytes(made.json_page(made.records(430, 0)))

    answers = (
        "--url",
        "https://bench.example/page.json",
        "--id",
        "bench/new",
        "--metric",
        "scores.overall",
        "--higher-is-better",
    )
    command = setting.tracker(folder / "store", declared, "board", "new", page, *answers)
    own = Case(who=TRACKER, command=command, fresh=(declared / "bench" / "new.toml",))
    floor = Case(who=FLOOR, command=setting.inside("msgspec_json", page), reported=True)
    return Row(work="board new, JSON of 2 MB", prepare=prepare, cases=(own, floor))
