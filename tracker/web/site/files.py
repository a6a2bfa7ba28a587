"""The pages as static files: every view of the latest state, in each of its formats."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.errors import DeclarationError, StoreError
from tracker.model import Board, BoardId
from tracker.web.site.addresses import Asked, view
from tracker.web.site.views import has_frontier, has_page
from tracker.web.site.writing import Site, script, styles, written

if TYPE_CHECKING:
    from tracker.workspace.api import Workspace


def build(workspace: Workspace, folder: Path, site: Site, barred: Mapping[BoardId, Board]) -> Iterator[str]:
    """Write the site into a folder, and yield a line for each view that could not be made. The same store gives the same files.

    Raises:
        StoreError: the folder cannot be written.
    """
    site = replace(site, static=True)
    _write(folder / "style.css", styles())
    _write(folder / "site.js", script())
    for path in _paths(workspace, barred):
        try:
            found = view(workspace, path, Asked(), barred)
            if found is None:
                continue
            for form in found.formats:
                if form != "png":  # as large as all the others together
                    _write(_place(folder, path, form), written(found, form, site))
        except DeclarationError as error:
            yield f"{path or 'changes'}: {error}"


def _paths(workspace: Workspace, barred: Mapping[BoardId, Board]) -> Iterator[str]:
    yield from ("", "boards", "health", "about")
    for board in workspace.boards():
        if board.id not in barred and has_page(workspace, board):
            yield from (f"boards/{board.id}", f"boards/{board.id}/history")
            yield from (f"boards/{board.id}/frontier",) if has_frontier(workspace, board) else ()


def _place(folder: Path, path: str, form: str) -> Path:
    return folder / path / "index.html" if form == "html" else folder / f"{path or 'changes'}.{form}"


def _write(path: Path, body: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_bytes() != body:
            path.write_bytes(body)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror}; expected a writable folder") from error
