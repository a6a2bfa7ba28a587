"""The same small table in every format, and what is read of it: a name and a figure in each row."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import yaml
from kit import board, metric
from parsing import stream

from tracker.model import Column, Kind, Metric, Parse
from tracker.reading import read_capture

Rows = Sequence[tuple[str, str]]

NAME = Column(sources=("Model",))
OPTIONS: Mapping[str, Mapping[str, object]] = {
    "html_table": {},
    "markdown_table": {},
    "csv_table": {},
    "json_records": {},
    "json_lines": {},
    "yaml_records": {},
    "js_literal": {"variable": "rows"},
    "flight": {"require": ["Model"], "min_records": 1},
}
TEXTS = tuple(OPTIONS)


def figure(**more: object) -> Metric:
    """The metric of the column Score."""
    return replace(metric(**more), column=Column(sources=("Score",), kind=Kind.NUMBER))


def written(form: str, rows: Rows) -> bytes:
    """The table with its cells as plain text."""
    records = [{"Model": name, "Score": score} for name, score in rows]
    if form == "html_table":
        lines = ("".join(f"<td>{html.escape(cell)}</td>" for cell in row) for row in rows)
        return f"<table><tr><th>Model<th>Score{''.join(f'<tr>{line}</tr>' for line in lines)}</table>".encode()
    if form == "markdown_table":
        lines = (" | ".join(re.sub(r"([^\w\s])", r"\\\1", cell) if cell.isascii() else cell for cell in row) for row in rows)
        return ("| Model | Score |\n|---|---|\n" + "".join(f"| {line} |\n" for line in lines)).encode()
    if form == "csv_table":
        file = io.StringIO()
        csv.writer(file).writerows([("Model", "Score"), *rows])
        return file.getvalue().encode()
    if form == "json_lines":
        return "".join(json.dumps(record) + "\n" for record in records).encode()
    if form == "yaml_records":
        return yaml.safe_dump(records, allow_unicode=True).encode()
    if form == "flight":  # which writes a leading $ twice
        return stream(
            {"1": [{key: cell.replace("$", "$$", cell.startswith("$")) for key, cell in row.items()} for row in records]}
        )
    return (("const rows = " if form == "js_literal" else "") + json.dumps(records)).encode()


def read(form: str, body: bytes, score: Metric | None = None, **options: object) -> list[tuple[str, float | None]]:
    """The names and figures of a page. Raises ParseError and ContractBroken."""
    score = score or figure()
    declared = replace(
        board(score), parse=Parse(format=form, options={**OPTIONS[form], **options}), key=(NAME,), name=NAME, rank=None
    )
    entries = read_capture(declared, [body]).entries
    measures = [(entry.name, entry.measures.get(score.id)) for entry in entries]
    return [(name, measure and measure.value) for name, measure in measures]
