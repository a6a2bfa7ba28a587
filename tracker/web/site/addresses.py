"""From an address to a view: the one place that reads what a stranger typed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tracker.errors import DeclarationError
from tracker.model import Board, BoardId
from tracker.query.filters import Filters
from tracker.query.times import EXPECTED, Edge, time_of
from tracker.web.site.views import FORMATS, SiteView, board, changes, history, model, overview

if TYPE_CHECKING:
    from tracker.workspace.api import Workspace

LONGEST = 200
"""Characters of a path or of a parameter."""
_FILTERS = frozenset(("board", "metric", "model", "since", "until", "at", "width", "theme", "chart"))


def split(path: str) -> tuple[str, str]:
    """The path of a view and its format: `boards/acme/text.csv` is `boards/acme/text` as `csv`."""
    bare, _, ending = path.rpartition(".")
    if ending in FORMATS and ending != "html" and bare:
        return bare.removesuffix("/"), ending
    return path.removesuffix("/"), "html"


def filters(query: Mapping[str, str]) -> Filters:
    """The filters in an address; a filter that is empty is not one.

    Raises:
        DeclarationError: one is unknown, too long or no time.
    """
    given = {name: value.strip() for name, value in query.items() if value.strip()}
    for name, value in given.items():
        if name not in _FILTERS:
            raise DeclarationError(f"the filter {name[:40]!r} is unknown; expected one of: {', '.join(sorted(_FILTERS))}")
        if len(value) > LONGEST:
            raise DeclarationError(f"{name} has {len(value)} characters; expected at most {LONGEST}")
    times = {name: _time(name, given[name]) for name in ("since", "until", "at") if name in given}
    boards, metrics, models = ((given[name],) if name in given else () for name in ("board", "metric", "model"))
    return Filters(
        boards=boards, metrics=metrics, models=models, since=times.get("since"), until=times.get("until"), at=times.get("at")
    )


def _time(name: str, text: str) -> datetime:
    """A time as people type it; of a day `since` means the beginning, `at` and `until` the end. Days are in UTC."""
    try:
        return time_of(text, datetime.now(UTC), {"since": Edge.BEGIN, "until": Edge.END}.get(name, Edge.LAST))
    except (ValueError, OverflowError) as error:
        raise DeclarationError(f"{name} is not a time; expected {EXPECTED}") from error


def view(workspace: Workspace, path: str, only: Filters, barred: Mapping[BoardId, Board]) -> SiteView | None:
    """The view at a path, None if there is none. Boards that are `barred` have no view, and are left out of the others.

    Raises:
        DeclarationError: a filter means nothing that the store has.
    """
    match path.split("/"):
        case [""] | ["changes"]:
            return None if any(name in barred for name in only.boards) else changes(workspace, only, barred)
        case ["boards"]:
            return overview(workspace, tuple(barred.values()))
        case ["boards", source, name]:
            return None if BoardId(f"{source}/{name}") in barred else board(workspace, f"{source}/{name}", only)
        case ["boards", source, name, "history"]:
            return None if BoardId(f"{source}/{name}") in barred else history(workspace, f"{source}/{name}", only)
        case ["models", *names] if names and any(names):
            return model(workspace, "/".join(names), only, barred)
    return None
