"""Bundles of random events of real series, verified in an empty environment without the tracker."""

import random
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from memory_store import MemoryStore

from tracker import parsers, schedules
from tracker.evidence import bundle
from tracker.line import intake
from tracker.model import EventFilter
from tracker.stores.archive import FileArchive
from tracker.workspace.names import default_lexicon

pytest.importorskip("warcio")
pytestmark = pytest.mark.slow

SERIES = (
    "alpaca-eval/v2-weighted",
    "artificial-analysis/llms",
    "livebench/table_2024_11_25",
    "llm-leaderboard-csv/lmsys",
    "llm-prices/openai",
)
CORE = ("debut", "departure", "rank_move", "overtake", "new_leader", "price_change", "methodology")
OF_EACH = 20


def test_no_true_sentence_is_contradicted_and_most_are_derived(shared_data: Path, tmp_path: Path):
    definitions = schedules.load(
        Path(__file__).with_name("schedules"), {name: parsers.options_of(name) for name in parsers.FORMATS}
    )
    outcomes: Counter[int] = Counter()
    for name in SERIES:
        board, archive, store = definitions.board(name), FileArchive(tmp_path / "captures"), MemoryStore()
        paths = sorted((shared_data / name).iterdir())
        intake.import_bodies(board, paths, archive=archive, store=store, lexicon=default_lexicon())
        events = [event for event in store.events(EventFilter(board=board.id)) if event.kind in CORE]
        source = bundle.EvidenceSource(board=board, store=store, archive=archive, lexicon=default_lexicon())
        for event in random.Random(22).sample(events, min(OF_EACH, len(events))):
            folder = tmp_path / event.id
            bundle.write(event, source, tmp_path / "bundle.zip")
            with zipfile.ZipFile(tmp_path / "bundle.zip") as packed:
                packed.extractall(folder)
            command = [sys.executable, "-I", "-S", "verify.py"]
            ran = subprocess.run(command, cwd=folder, env={}, capture_output=True, text=True, encoding="utf-8", check=False)
            assert ran.returncode in (0, 2), (name, event.headline, ran.stdout)
            assert ran.returncode or event.headline in ran.stdout
            outcomes[ran.returncode] += 1
    assert outcomes[0] >= 0.8 * outcomes.total(), outcomes
