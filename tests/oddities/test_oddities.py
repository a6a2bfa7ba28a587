"""Oddities of real pages, each as two or three days of a small board: what is read, and what is reported.

`expected.json` of a folder has, for each day, the standings after it and the kinds of its events. (`--accept` rewrites it.)
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tracker import schedules
from tracker.line import sync
from tracker.model import Board, BoardId, Capture, EventFilter
from tracker.query.standings import standings
from tracker.schedules.formats import formats
from tracker.stores.archive import FileArchive
from tracker.stores.sqlite import SqliteStore
from tracker.workspace.names import default_lexicon

HERE = Path(__file__).parent
ODDITIES = sorted(path.parent.name for path in HERE.glob("*/board.toml"))
BOARD = BoardId("acme/b")


def days(oddity: str, folder: Path) -> dict[str, dict[str, object]]:
    """The standings and the news of each day."""
    declared = folder / "schedules" / "acme" / "b.toml"
    declared.parent.mkdir(parents=True)
    declared.write_bytes((HERE / oddity / "board.toml").read_bytes())
    board = schedules.load_board(declared, folder / "schedules", formats())
    with SqliteStore(folder / "tracker.db") as store:
        return dict(_days(board, HERE / oddity, FileArchive(folder / "captures"), store))


def _days(board: Board, oddity: Path, archive: FileArchive, store: SqliteStore) -> Iterator[tuple[str, dict[str, object]]]:
    for page in sorted(oddity.glob("2026-*")):
        at = datetime.strptime(page.stem, "%Y-%m-%dT%H%M%SZ").replace(tzinfo=UTC)
        archive.keep(Capture(board=BOARD, observed_at=at, url=board.request.url, bodies=(page.read_bytes(),)))
        sync.sync_board(board, archive, store, lexicon=default_lexicon())
        rows = standings(board, store) if store.at(BOARD, at) is not None else ()
        events = store.events(EventFilter(board=BOARD, since=at))
        shown = [[row.name, row.value] for row in rows]
        yield page.name, {"standings": shown, "events": sorted(f"{event.kind}/{event.grade}" for event in events)}


@pytest.mark.parametrize("oddity", ODDITIES)
def test_an_odd_page_is_read_as_a_person_reads_it(oddity: str, tmp_path: Path, request: pytest.FixtureRequest):
    seen, expected = days(oddity, tmp_path), HERE / oddity / "expected.json"
    if request.config.getoption("--accept"):
        expected.write_text(json.dumps(seen, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    assert seen == json.loads(expected.read_text(encoding="utf-8"))
