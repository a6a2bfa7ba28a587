"""The pages over a small store of invented boards, asked without a socket."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from tracker import web
from tracker.cli import main
from tracker.model import Board, BoardId
from tracker.model.names import EMPTY_LEXICON
from tracker.web.site.writing import Site
from tracker.workspace import Settings
from tracker.workspace.api import Workspace

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
[metrics.score]
from = "score"
title = "Score"
nature = "tested"
topic = "overall"
higher_is_better = true
primary = true
[metrics.price]
from = "price"
title = "Output price"
nature = "listed"
unit = "USD per 1M tokens"
topic = "price"
higher_is_better = false
[contract]
max_drop = 0.9
"""
HOSTILE = {
    "e": "<script>alert(1)</script>",
    "f": "=cmd|' /C calc'!A0",
    "g": "javascript:alert(1)",
    "h": "evil\u202egpj",
}
PRICES = {"a": "5", "b": "4", "c": "0.5", "d": "9"}
STATES = ("a:90 b:80 c:70 e:60 f:50 g:40 h:30", "a:90 b:95 c:70 e:60 f:50 g:40 h:30", "a:90 b:95 c:71 e:62 f:50 g:40 h:30")
ABOUT = Site(url="https://site.example")


def body(state: str) -> str:
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(("key", "name", "score", "price"))
    for key, score in (cell.split(":") for cell in state.split()):
        writer.writerow((key, HOSTILE.get(key, f"Heron {key.upper()}"), score, PRICES.get(key, "")))
    return target.getvalue()


def filled(folder: Path) -> Settings:
    """A store with two boards of three days; the terms of the second bar passing it on."""
    for name, more in (("acme/text", ""), ("acme/secret", 'redistribution = "barred"\n')):
        path = folder / "schedules" / f"{name}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(DECLARATION.replace("Acme Arena", name).replace('cadence = "@daily"\n', f'cadence = "@daily"\n{more}'))
        pages = folder / name.replace("/", "-")
        pages.mkdir()
        for day, state in enumerate(STATES, start=1):
            (pages / f"2026-03-0{day}T060000Z.csv").write_text(body(state), encoding="utf-8")
        with pytest.raises(SystemExit) as ended:
            main(["--store", str(folder / "store"), "--schedules", str(folder / "schedules"), "import", name, str(pages)])
        assert ended.value.code == 0
    return Settings(store=folder / "store", schedules=folder / "schedules")


@dataclass(frozen=True, slots=True)
class Opened:
    """A workspace for each request; the stamp changes when the database does."""

    settings: Settings

    def __call__(self, known_at: datetime | None = None) -> Workspace:
        workspace = Workspace(replace(self.settings, known_at=known_at))
        workspace.lexicon = EMPTY_LEXICON
        return workspace

    def stamp(self) -> object:
        stat = self.settings.database.stat()
        return stat.st_mtime_ns, stat.st_size


def get(
    settings: Settings,
    path: str,
    *,
    about: Site = ABOUT,
    barred: Mapping[BoardId, Board] | None = None,
    token: str | None = None,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
) -> httpx.Response:
    """The answer of one page."""
    return ask(web.site_app(Opened(settings), about, barred or {}, token), path, method=method, headers=headers)


def ask(app: Starlette, path: str, *, method: str = "GET", headers: Mapping[str, str] | None = None) -> httpx.Response:
    """The answer of pages that are already there."""

    async def answer() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://tracker.test") as client:
            return await client.request(method, path, headers=headers)

    return asyncio.run(answer())
