"""Real cells and names: every metric cell of the CSV boards is read, no ordinary name is changed."""

import csv
import gzip
import io
import json
from pathlib import Path

import pytest

from tracker.model import Column, Metric, MetricId, Nature
from tracker.reading.cells import reader
from tracker.reading.names import clean_name

SCORE = Metric(id=MetricId("score"), title="", column=Column(sources=("score",)), nature=Nature.TESTED)
COLUMNS = {
    "ceps/aa_models_leaderboard": {
        "Artificial Analysis Intelligence Index",
        "Blended USD/1M Tokens",
        "Median Tokens/s",
        "Context Window",
    },
    "ceps/livebench_leaderboard": {"Global Average"},
    "ceps/lmarena_text_leaderboard": {"Score", "Votes"},
    "llm-leaderboard-csv/lmsys": {"arena_score", "arena_elo", "votes"},
    "llm-leaderboard-csv/huggingface_v2": {"average", "params_b", "co_cost_kg"},
    "alpaca-eval/v2-weighted": {"win_rate", "length_controlled_winrate", "standard_error"},
    "arena-catalog/mt-bench-table": {"MT-bench (score)", "MMLU"},
}


def rows(folder: Path) -> list[dict[str, str]]:
    table: list[dict[str, str]] = []
    for path in sorted(folder.iterdir()):
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        table += csv.DictReader(io.StringIO(raw.decode()))
    return table


@pytest.mark.slow
@pytest.mark.parametrize("board", COLUMNS)
def test_every_metric_cell_is_read(shared_data: Path, board: str):
    table = rows(shared_data / board)
    cells = {cell for row in table for name in COLUMNS[board] if (cell := row.get(name))}
    measures = [reader(SCORE)(cell) for cell in cells]
    assert sum(measure is not None for measure in measures) > 50


def test_half_widths_of_both_spellings_contain_their_scores(shared_data: Path):
    for row in rows(shared_data / "llm-leaderboard-csv/lmsys"):
        if half := row.get("95_pct_ci"):
            measure = reader(SCORE)(row.get("arena_score") or row.get("arena_elo"), plus_minus=half)
            assert measure is not None
            assert measure.low is not None


def test_no_labelled_name_is_changed(shared_data: Path):
    names = [json.loads(line)["raw_name"] for line in (shared_data / "names/dev_labels.jsonl").read_text().splitlines()]
    assert len(names) > 1000
    assert [name for name in names if clean_name(name) != name] == []


def test_a_footnote_glued_to_a_name_does_not_make_a_new_model(shared_data: Path):
    names = {row["Model"] for row in rows(shared_data / "ceps/livebench_leaderboard")}
    assert [name for name in names if "**" in name]
    assert all(clean_name(name) == name for name in names if "**" not in name)
    assert not [name for name in map(clean_name, names) if "*" in name or "question" in name]
