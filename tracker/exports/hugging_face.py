"""The layout of a Hugging Face dataset: a card, and a configuration per board with one Parquet file per year.

`datasets.load_dataset(FOLDER, "lmarena--text")` reads it offline. Needs pyarrow (extra `lake`).

Source: https://huggingface.co/docs/hub/datasets-manual-configuration
"""

from __future__ import annotations

from pathlib import Path

from tracker.exports import credits as texts
from tracker.exports.contents import Contents
from tracker.exports.parquet import write_years
from tracker.exports.places import new_folder
from tracker.model import BoardId


def write(contents: Contents, path: Path) -> int:
    """Write the folder of a dataset, ready to be pushed to a repository."""
    with new_folder(path, "hf", contents.metadata()) as folder:
        number = 0
        filled = []
        for board in contents.boards:
            rows = write_years(contents, board, folder / "data" / configuration(board.id), "{}.parquet")
            filled += [board.id] if rows else []
            number += rows
        (folder / "README.md").write_text(_card(contents, filled), encoding="utf-8")
        (folder / "TERMS.md").write_text(texts.terms(contents), encoding="utf-8")
        (folder / "CITATION.cff").write_text(texts.citation(contents), encoding="utf-8")
        return number


def configuration(board: BoardId) -> str:
    """The name of a board's configuration."""
    return board.replace("/", "--")


def _card(contents: Contents, filled: list[BoardId]) -> str:
    names = map(configuration, filled)
    configs = [{"config_name": name, "data_files": [{"split": "train", "path": f"data/{name}/*.parquet"}]} for name in names]
    front = {
        "pretty_name": "Leaderboards over time",
        "license": "other",
        "license_name": "terms-of-each-board",
        "license_link": "TERMS.md",
        "tags": ["leaderboard", "benchmark", "time-series"],
        "configs": configs,
    }
    return f"---\n{texts.as_yaml(front)}\n---\n\n{texts.readme(contents)}"
