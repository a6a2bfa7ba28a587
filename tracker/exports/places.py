"""Where an export is written: beside its place first, so that a reader finds the old one or the new one, and never a half."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tracker.errors import DeclarationError, StoreError

METADATA = "_tracker-export.json"
"""The file in an exported folder that states what it is; a folder with it may be replaced. Readers of Parquet skip its name."""


def as_text(values: Mapping[str, object]) -> str:
    """JSON for files: indented, keys in the given order, other alphabets as they are."""
    return json.dumps(values, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


_BEGINNINGS = (b"source,board,", b'{"source"', b'{\n  "@context"', b'{\n  "generator"', b"PK\x03\x04", b"WARC/", b"\x1f\x8b")
"""How the files of an export begin: only such a file, or an empty one, is replaced."""


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """A file to write, which takes the place of `path` at the end.

    Raises:
        DeclarationError: a folder, a link, a device, or a file of another kind is at that place.
        StoreError: it cannot be written.
    """
    if path.is_dir():
        raise DeclarationError(f"{path}: is a folder; expected the name of a file (-o)")
    with _errors(path):
        if path.is_symlink() or (path.exists() and not _may_be_replaced(path)):
            raise DeclarationError(f"{path}: is not an earlier export, and is not replaced; expected another name (-o)")
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{path.name}.partial")
        try:
            yield partial
            os.replace(partial, path)  # noqa: PTH105  # as atomic as a rename is
        finally:
            partial.unlink(missing_ok=True)


def _may_be_replaced(path: Path) -> bool:
    if not path.is_file():  # a pipe or a device
        return False
    with path.open("rb") as file:
        begin = file.read(16)
    return not begin or begin.startswith(_BEGINNINGS)


@contextmanager
def new_folder(path: Path, form: str, metadata: Mapping[str, object]) -> Iterator[Path]:
    """A folder to fill, which takes the place of `path` at the end; it gets `METADATA`.

    Raises:
        DeclarationError: the place has something else than an earlier export of that format.
        StoreError: it cannot be written.
    """
    check_folder(path, form)
    with _errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        partial, old = path.with_name(f".{path.name}.partial"), path.with_name(f".{path.name}.old")
        for left in (partial, old):  # of an export that was killed
            shutil.rmtree(left, ignore_errors=True)
        try:
            partial.mkdir()
            yield partial
            (partial / METADATA).write_text(as_text({"format": form, **metadata}), encoding="utf-8")
            if path.exists():
                path.rename(old)
            partial.rename(path)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
            shutil.rmtree(old, ignore_errors=True)


def check_folder(path: Path, form: str) -> None:
    """Refuse a place with anything but an earlier export of that format. Raises DeclarationError."""
    if path.is_file():
        raise DeclarationError(f"{path}: is a file; expected the name of a folder for this format (-o)")
    if path.is_dir() and any(path.iterdir()) and _format_of(path) != form:
        found = f"an export of the format {_format_of(path)}" if _format_of(path) else "other files"
        raise DeclarationError(f"{path}: has {found}; expected an empty folder, or an earlier export of the format {form} (-o)")


def _format_of(path: Path) -> str:
    try:
        return str(json.loads((path / METADATA).read_text(encoding="utf-8"))["format"])
    except (OSError, ValueError, LookupError, TypeError):
        return ""


@contextmanager
def _errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror}; choose another place (-o)") from error
