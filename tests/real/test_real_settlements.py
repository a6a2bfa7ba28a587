"""Every month's end of a real history, settled under each rule, equals a count over the raw files."""

import csv
import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest
from memory_store import MemoryStore

from tracker import parsers, schedules
from tracker.line import intake
from tracker.query.settle import settle
from tracker.schedules.settlement import load_rule
from tracker.shipped import SCHEDULES
from tracker.stores.archive import FileArchive
from tracker.workspace.names import default_lexicon

pytestmark = pytest.mark.slow

BOARD = "lmarena-history/elo-wide"


def first_in(path: Path) -> str:
    """The model with the best score of the last row of a file: one column per model, 0.0 where it is not listed."""
    header, *_, last = csv.reader(gzip.decompress(path.read_bytes()).decode().splitlines())
    return max(zip(header[1:], last[1:], strict=True), key=lambda pair: (float(pair[1]), pair[0]))[0]


@pytest.fixture(scope="module")
def history(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[MemoryStore, dict[datetime, str]]:
    definitions = schedules.load(
        Path(__file__).with_name("schedules"), {name: parsers.options_of(name) for name in parsers.FORMATS}
    )
    archive, store = FileArchive(tmp_path_factory.mktemp("captures")), MemoryStore()
    paths = sorted((shared_data / BOARD).iterdir())
    intake.import_bodies(definitions.board(BOARD), paths, archive=archive, store=store, lexicon=default_lexicon())
    times = {datetime.strptime(path.name[:18], "%Y-%m-%dT%H%M%SZ").replace(tzinfo=UTC): first_in(path) for path in paths}
    return store, times


@pytest.mark.parametrize("rule", ["first", "arena-score", "arena-rank"])
def test_the_winner_at_each_months_end_is_that_of_the_raw_file(history: tuple[MemoryStore, dict[datetime, str]], rule: str):
    store, raw = history
    board = store.declared(BOARD)
    stated = load_rule(rule, (SCHEDULES / "rules",))
    days = [datetime(year, month, day, tzinfo=UTC) for year, month, day in ((2024, 10, 31), (2024, 11, 30), (2024, 12, 31))]
    days += [*raw, datetime(2025, 1, 31, tzinfo=UTC)]
    found = {}
    for day in days:
        at = stated.check_at(day)
        answer = settle(stated, board, store, default_lexicon(), at=at)
        covered = any(time <= at for time in raw) and any(time > at for time in raw)
        expected = raw[max(time for time in raw if time <= at)] if covered else None
        found[day] = answer.winner.entry if answer else None
        assert found[day] == expected, day
    assert sum(entry is not None for entry in found.values()) >= 10
