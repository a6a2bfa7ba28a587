"""One zip with the rows as Parquet and CSV, described as a Data Package, with README, citation and terms.

Needs pyarrow (extra `lake`). Source: https://datapackage.org
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from tracker.exports import credits as texts
from tracker.exports import csv_file, parquet
from tracker.exports.contents import EMPTY, FIELDS, Contents
from tracker.exports.places import METADATA, as_text, new_file

CSV, PARQUET = "values.csv", "values.parquet"
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every file in the zip, so that the same rows are the same bytes."""
_BLOCK = 1 << 20


def write(contents: Contents, path: Path) -> int:
    """Write the zip."""
    with new_file(path) as partial, TemporaryDirectory() as folder:
        tables = Path(folder)
        with (tables / CSV).open("w", encoding="utf-8", newline="") as file:
            number = csv_file.write_rows(contents.values(), file)
        schema = parquet.schema(contents)
        with parquet.writer(tables / PARQUET, schema) as opened:
            for rows in parquet.batches(contents.values()):
                opened.write_table(parquet.table(rows, schema))
        with ZipFile(partial, "w") as archive:
            for name, text in _texts(contents, tables).items():
                archive.writestr(_member(name), text)
            for name in (CSV, PARQUET):
                _add(archive, tables / name)
    return number


def _texts(contents: Contents, tables: Path) -> dict[str, str]:
    return {
        "datapackage.json": as_text(_package(contents, tables)),
        "README.md": texts.readme(contents),
        "TERMS.md": texts.terms(contents),
        "CITATION.cff": texts.citation(contents),
        METADATA: as_text({"format": "bundle", **contents.metadata()}),
    }


def _package(contents: Contents, tables: Path) -> dict[str, Any]:
    fields = [
        {"name": field.name, "type": field.type, "description": field.about, "constraints": {"required": field.name not in EMPTY}}
        for field in FIELDS
    ]
    values = {"fields": fields, "missingValues": [""], "primaryKey": ["board", "metric", "entry", "valid_from"]}
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "leaderboards-over-time",
        "title": "Leaderboards over time",
        "version": contents.names,
        "created": contents.as_of,
        "sources": list(texts.sources(contents)),
        "resources": [
            {"name": "values", "type": "table", "path": CSV, "format": "csv", "mediatype": "text/csv", "encoding": "utf-8"}
            | _size(tables / CSV)
            | {"schema": values},
            {"name": "values-parquet", "path": PARQUET, "format": "parquet", "mediatype": "application/vnd.apache.parquet"}
            | {"schema": values},  # without size and hash, which no validator reads of Parquet
        ],
    }


def _size(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return {"bytes": path.stat().st_size, "hash": f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"}


def _member(name: str) -> ZipInfo:
    member = ZipInfo(name, _EPOCH)
    member.compress_type = ZIP_STORED if name == PARQUET else ZIP_DEFLATED
    member.external_attr = 0o644 << 16
    return member


def _add(archive: ZipFile, path: Path) -> None:
    with path.open("rb") as file, archive.open(_member(path.name), "w", force_zip64=True) as member:
        while block := file.read(_BLOCK):
            member.write(block)
