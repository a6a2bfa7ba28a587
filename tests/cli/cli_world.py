"""A folder with schedules, bodies and a store, and the command line run in this process like `tracker`."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tracker.cli import main

DECLARATION = """
title = "Acme Arena"
page = "https://acme.example/"
attribution = "Acme, CC-BY-4.0"
terms = "CC-BY-4.0"
cadence = "@daily"
[request]
url = "https://acme.example/text.csv"
[parse]
format = "csv_table"
[columns]
key = "key"
name = "name"
licence = "licence"
[metrics.score]
from = "score"
title = "Score"
nature = "tested"
topic = "overall"
higher_is_better = true
primary = true
stated_error = 2.0
[metrics.price]
from = "price"
title = "output price"
nature = "listed"
unit = "USD per 1M tokens"
topic = "price"
higher_is_better = false
[contract]
max_drop = 0.4
"""
BODIES: Mapping[str, str] = {
    "2026-03-01T060000Z": "a:90:2:MIT b:80:3 c:70:1 d:60:1 e:50:1 f:40:1",
    "2026-03-02T060000Z": "a:90:2:MIT b:95:3 c:70:1 d:60:1 e:50:1 f:40:1",
    "2026-03-03T060000Z": "a:90:1.5:Apache-2.0 b:95:3 c:70:1 d:60:1 e:50:1 g:97:9",
    "2026-03-04T060000Z": "a:90:1.5:Apache-2.0 b:95:3 c:70:1 d:60:1 e:50:1 g:97:9",
    "2026-03-05T060000Z": "a:91:1.5:Apache-2.0 b:95:3 c:70:1 d:60:1 e:50:1 g:97:9",
}
COLLAPSE = {"2026-03-06T060000Z": "a:91:1.5:Apache-2.0 b:95:3"}
CHALLENGE = "<!doctype html><html><head><title>Just a moment...</title></head><body>Checking</body></html>"


def csv(text: str) -> str:
    """`a:90:2.5:MIT`: key, score, price and licence; the name is the key in capitals, or what follows `=`."""
    lines = ["key,name,score,price,licence"]
    for part in text.split():
        key, score, price, licence = [*part.split(":"), "", "", ""][:4]
        lines.append(f"{key},Model {key.upper()},{score},{price},{licence}")
    return "\n".join(lines) + "\n"


_ABOUT_THE_STORE = re.compile(
    r"tracker: (created the store .*|There was no history .*|.*: no store here yet; tracker run creates it)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """The exit code and output of a command."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The printed objects, one per line."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def error(self) -> str:
        """The one line on stderr, except the report of a created or missing store."""
        (line,) = (line for line in self.err.splitlines() if not _ABOUT_THE_STORE.match(line))
        return line


IMPORTED: dict[tuple[object, ...], tuple[Path, Ran]] = {}
"""The files and output of `World.imported`, by the folder of all tests, the board and its states."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The folder, and the captured output of commands."""

    folder: Path
    captured: pytest.CaptureFixture[str]

    @property
    def store(self) -> Path:
        return self.folder / "snapshots"

    def declare(self, board: str, text: str = DECLARATION) -> None:
        path = self.folder / "schedules" / f"{board}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def bodies(self, states: Mapping[str, str], name: str = "bodies", *, raw: bool = False) -> Path:
        """A folder with those states."""
        (self.folder / name).mkdir(exist_ok=True)
        for time, text in states.items():
            (self.folder / name / f"{time}.csv").write_text(text if raw else csv(text), encoding="utf-8")
        return self.folder / name

    def run(self, *args: str | Path) -> Ran:
        """`tracker --store … --schedules … ARGS`."""
        (self.folder / "schedules").mkdir(exist_ok=True)
        return self.plain("--store", self.store, "--schedules", self.folder / "schedules", *args)

    def plain(self, *args: str | Path) -> Ran:
        """`tracker ARGS`."""
        self.captured.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(arg) for arg in args])
        out, err = self.captured.readouterr()
        assert isinstance(ended.value.code, int)
        return Ran(code=ended.value.code, out=out, err=err)

    def imported(self, states: Mapping[str, str] = BODIES, board: str = "acme/text") -> Ran:
        """Import the states of a board. The same ones into an empty folder are imported once, and copied from then on."""
        alone = not self.store.exists() and not (self.folder / "schedules").exists()
        self.declare(board)
        bodies = self.bodies(states)
        if not alone:
            return self.run("import", board, bodies)
        key = (self.folder.parent, board, tuple(states.items()))
        if key not in IMPORTED:
            kept = self.folder.parent / f"imported-{len(IMPORTED)}"
            IMPORTED[key] = kept, self.run("import", board, bodies)
            shutil.copytree(self.store, kept)
        else:
            shutil.copytree(IMPORTED[key][0], self.store)
        return IMPORTED[key][1]


def keys(rows: Sequence[Mapping[str, object]]) -> set[tuple[str, ...]]:
    return {tuple(row) for row in rows}
