"""The past of a file in a dataset of the Hugging Face Hub: each revision of the repository.

Source: https://huggingface.co/docs/hub/api
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from functools import partial

from tracker.backfill.remote import PastServer
from tracker.backfill.states import Loaded, PastState, provenance
from tracker.errors import DeclarationError, Transient
from tracker.model import Board
from tracker.reading.pages import recognise

ADDRESS = "https://huggingface.co"
GAP_S = 1.0
_MOST_PAGES = 1000
_RESOLVED = re.compile(r"/datasets/(?P<dataset>[^/]+/[^/]+)/(?:resolve|raw)/[^/]+/(?P<path>.+)")


def path_of(board: Board, dataset: str) -> str:
    """The file of a dataset that a board reads. Raises DeclarationError if its address is not one of the dataset."""
    match = _RESOLVED.search(board.request.url)
    if match is None or match["dataset"] != dataset:
        raise DeclarationError(f"{board.id}: does not read a file of {dataset}; name the file (--path)")
    return match["path"]


def states(server: PastServer, dataset: str, path: str) -> Iterator[PastState]:
    """The file at each revision of the main branch. Raises Transient, Refused or Gone if the Hub does not list them."""
    for page in range(_MOST_PAGES):
        commits = server.json(f"api/datasets/{dataset}/commits/main", {"p": str(page)})
        if not commits:
            return
        for commit in commits:
            try:
                sha, at = str(commit["id"]), datetime.fromisoformat(commit["date"]).replace(microsecond=0)
            except (TypeError, LookupError, ValueError) as error:
                raise Transient(f"{server.board.id}: {server.address}: answers with something else than commits") from error
            yield PastState(
                observed_at=at,
                origin=provenance("hf", f"{server.address}/datasets/{dataset}@{sha}:{path}", commit=at),
                load=partial(_load, server, f"datasets/{dataset}/resolve/{sha}/{path}", at),
            )


def _load(server: PastServer, path: str, at: datetime) -> Loaded:
    body = server.get(path).body
    recognise(server.board.id, body, server.board.parse.format)
    return Loaded(bodies=(body,), observed_at=at)
