"""Records of Every Eval Ever, one file per entry and board, with the values that are valid at the end of the export's window.

`data/<source>--<board>/<developer>/<model>/<uuid>.json`, as that project's repository expects.

Source: https://github.com/evaleval/every_eval_ever (eval.schema.json, version 0.2.1)
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from tracker.exports.contents import Contents
from tracker.exports.places import as_text, new_folder
from tracker.identity import resolve_models
from tracker.model import Board, BoardId, Entry, Measure, Metric, MetricId, Snapshot

SCHEMA = "0.2.1"
_RECORDS = uuid.UUID("8d3c2f53-6a54-5b1e-9b39-0d1f0f4b7c11")
"""The name space of the records' ids: the same state gets the same id."""
_NO_PATH = re.compile(r"[^A-Za-z0-9._-]+")
_IS_ODD = re.compile(r"[^A-Za-z0-9._ ()-]")
_LONGEST = 100


def write(contents: Contents, path: Path) -> int:
    """Write the folder `data/…`."""
    number = 0
    with new_folder(path, "eee", {**contents.metadata(), "omitted": omitted(contents)}) as folder:
        for board in contents.boards:
            for place, record in _records(contents, board):
                file = folder / "data" / place
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(as_text(record), encoding="utf-8")
                number += 1
    return number


def omitted(contents: Contents) -> Mapping[BoardId, list[MetricId]]:
    """Board → its metrics without a direction, which the schema demands: they are in no record."""
    metrics = {
        board.id: [metric.id for metric in contents.metrics_of(board) if metric.higher_is_better is None]
        for board in contents.boards
    }
    return {board: names for board, names in metrics.items() if names}


def _records(contents: Contents, board: Board) -> Iterator[tuple[str, Mapping[str, Any]]]:
    at = contents.only.at or (contents.only.until and contents.only.until - timedelta(seconds=1))
    stored = contents.store.at(board.id, at) if at else contents.store.latest(board.id)
    if stored is None:
        return
    snapshot = resolve_models(stored, contents.lexicon)
    metrics = [metric for metric in contents.metrics_of(board) if metric.higher_is_better is not None]
    lows = {metric.id: _bounds(snapshot, metric) for metric in metrics}
    for entry in (entry for entry in snapshot.entries.values() if contents.includes(board.id, entry.id)):
        results = [
            _result(board, metric, measure, lows[metric.id]) for metric in metrics if (measure := entry.measures.get(metric.id))
        ]
        if results:
            developer, model = _model(entry)
            record = _record(board, entry, snapshot, results, contents)
            name = uuid.uuid5(_RECORDS, f"{record['evaluation_id']}\n{entry.id}")
            yield f"{board.id.replace('/', '--')}/{developer}/{model}/{name}.json", record


def _record(board: Board, entry: Entry, snapshot: Snapshot, results: list[Any], contents: Contents) -> dict[str, Any]:
    developer, model = _model(entry)
    observed = str(int(snapshot.observed_at.timestamp()))
    return {
        "schema_version": SCHEMA,
        "evaluation_id": f"{board.id}/{developer}/{_path(entry.id)}/{observed}",
        "retrieved_timestamp": observed,
        "source_metadata": {
            "source_name": board.title,
            "source_type": "documentation",
            "source_organization_name": board.attribution or board.title,
            "source_organization_url": board.page,
            "evaluator_relationship": "other",
            "additional_details": {
                "board": board.id,
                "terms": board.terms,
                "sha256": " ".join(snapshot.sha256),
                "url": snapshot.url,
                "names_version": contents.names,
            },
        },
        "eval_library": {"name": "unknown", "version": "unknown"},
        "model_info": {
            "name": entry.name,
            "id": f"{developer}/{model}",
            "developer": entry.who.lab or "unknown",
            "additional_details": {"entry": entry.id},
        },
        "evaluation_results": results,
    }


def _result(board: Board, metric: Metric, measure: Measure, bounds: tuple[float, float]) -> dict[str, Any]:
    score: dict[str, Any] = {"score": measure.value, "details": {"raw": measure.raw, "estimated": str(measure.estimated).lower()}}
    if measure.low is not None and measure.high is not None:
        score["uncertainty"] = {"confidence_interval": {"lower": measure.low, "upper": measure.high, "confidence_level": 0.95}}
    return {
        "evaluation_name": f"{board.title}: {metric.title}",
        "source_data": {"dataset_name": board.title, "source_type": "url", "url": [board.page]},
        "metric_config": {
            "evaluation_description": metric.title,
            "lower_is_better": metric.higher_is_better is False,
            "score_type": "continuous",
            "min_score": bounds[0],
            "max_score": bounds[1],
            "additional_details": {"metric": metric.id, "unit": metric.unit, "topic": metric.topic, "nature": metric.nature},
        },
        "score_details": score,
    }


def _bounds(snapshot: Snapshot, metric: Metric) -> tuple[float, float]:
    """The least and greatest possible score, which the schema demands: of a share, its own; otherwise those on the board."""
    values = [*snapshot.values(metric.id).values(), *((0.0, 100.0 / metric.percent_factor) if metric.percent_factor else ())]
    return min(values, default=0.0), max(values, default=0.0)


def _model(entry: Entry) -> tuple[str, str]:
    """Developer and model as parts of a path."""
    developer, _, model = (entry.who.model or "").partition("/")
    return _path(developer or entry.who.lab or "unknown"), _path(model or entry.name) or _path(entry.id)


def _path(text: str) -> str:
    """A text as part of a path. What would be cut off or confused with another text ends with a hash of it."""
    path = _NO_PATH.sub("-", text).strip("-.")
    if path and len(path) <= _LONGEST and not _IS_ODD.search(text):
        return path
    return f"{path[:_LONGEST]}-{hashlib.sha256(text.encode()).hexdigest()[:8]}".lstrip("-")
