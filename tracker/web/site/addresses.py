"""From an address to a view: the one place that reads what a stranger typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tracker.charts import Look, Theme
from tracker.errors import DeclarationError
from tracker.model import Board, BoardId
from tracker.query.filters import Filters
from tracker.query.times import EXPECTED, Edge, time_of
from tracker.web.site import evidence, questions
from tracker.web.site.views import FORMATS, SiteView, board, changes, history, model, overview

if TYPE_CHECKING:
    from tracker.workspace.api import Workspace

LONGEST, LONGEST_QUERY = 200, 8_000
"""Characters of a path or a parameter, and of all parameters as they are sent."""
MOST_MODELS = 5
_LENGTHS = {"claim": 2_000}

_TIMES = ("since", "until", "at", "known_at")
_KNOWN = frozenset(("board", "metric", "model", "width", "theme", "chart", "against", "claim", "article", *_TIMES))
_YEARS = range(1970, 2200)
_WIDTHS = range(280, 1601)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the query of an address asks for: the filters, the vintage, and the form and look of its picture.

    `cursor`: what changed after it, and "" for ever, instead of news. `before` is `since` for two states that are compared:
    the last one of that day.
    """

    only: Filters = Filters()  # noqa: RUF009  # frozen
    known_at: datetime | None = None
    picture: str = ""
    look: Look = Look()  # noqa: RUF009  # frozen
    cursor: str | None = None
    before: datetime | None = None
    against: str = ""
    claim: str = ""
    is_article: bool = False


def split(path: str) -> tuple[str, str]:
    """The path of a view and its format: `boards/acme/text.csv` is `boards/acme/text` as `csv`."""
    bare, _, ending = path.rpartition(".")
    if ending in FORMATS and ending != "html" and bare:
        return bare.removesuffix("/"), ending
    return path.removesuffix("/"), "html"


def asked(query: Iterable[tuple[str, str]], *, takes_cursor: bool = False) -> Asked:
    """What a query asks for; a parameter that is empty is not one. With `takes_cursor`, `since` may be a cursor.

    Raises:
        DeclarationError: a parameter is unknown, too long, given too often or no time.
    """
    given: dict[str, list[str]] = {}
    for name, value in query:
        if name not in _KNOWN:
            raise DeclarationError(f"the filter {name[:40]!r} is unknown; expected one of: {', '.join(sorted(_KNOWN))}")
        if len(value) > (longest := _LENGTHS.get(name, LONGEST)):
            raise DeclarationError(f"{name} has {len(value)} characters; expected at most {longest}")
        if value.strip() or (takes_cursor and name == "since"):
            given.setdefault(name, []).append(value.strip())
    for name, values in given.items():
        if len(values) > (most := MOST_MODELS if name == "model" else 1):
            raise DeclarationError(f"{name} is given {len(values)} times; expected at most {most}")
    first = {name: values[0] for name, values in given.items()}
    cursor = first.pop("since") if takes_cursor and "since" in first and not _is_time(first["since"]) else None
    times = {name: _time(name, first[name]) for name in _TIMES if name in first}
    return Asked(
        only=Filters(
            boards=tuple(given.get("board", ())),
            metrics=tuple(given.get("metric", ())),
            models=tuple(given.get("model", ())),
            since=times.get("since"),
            until=times.get("until"),
            at=times.get("at"),
        ),
        known_at=times.get("known_at"),
        picture=first.get("chart", ""),
        look=_look(first),
        cursor=cursor,
        before=_time("before", first["since"]) if "since" in first else None,
        against=first.get("against", ""),
        claim=first.get("claim", ""),
        is_article="article" in first,
    )


def _is_time(text: str) -> bool:
    try:
        _time("since", text)
    except DeclarationError:
        return False
    return True


def _time(name: str, text: str) -> datetime:
    """A time as people type it; of a day `since` means the beginning, `at` and `until` the end. Days are in UTC."""
    try:
        at = time_of(text, datetime.now(UTC), {"since": Edge.BEGIN, "until": Edge.END}.get(name, Edge.LAST))
    except (ValueError, OverflowError) as error:
        raise DeclarationError(f"{name} is not a time; expected {EXPECTED}") from error
    if at.year not in _YEARS:
        raise DeclarationError(f"{name} is in the year {at.year}; expected one from {_YEARS.start} to {_YEARS.stop - 1}")
    return at


def _look(query: Mapping[str, str]) -> Look:
    width, theme = query.get("width", "720"), query.get("theme", "auto")
    if not (width.isascii() and width.isdecimal() and len(width) < 5 and int(width) in _WIDTHS):
        raise DeclarationError(f"width is not one; expected {_WIDTHS.start} to {_WIDTHS.stop - 1} pixels")
    if theme not in set(Theme):
        raise DeclarationError(f"theme is not one; expected one of: {', '.join(Theme)}")
    return Look(width=int(width), theme=Theme(theme))


def view(
    workspace: Workspace, path: str, wanted: Asked, barred: Mapping[BoardId, Board], now: datetime | None = None
) -> SiteView | None:
    """The view at a path, None if there is none. Boards that are `barred` have no view, and are left out of the others.

    Boards are stale or late as of `now`, by default as of their last reading.

    Raises:
        DeclarationError: a parameter means nothing that the store has.
    """
    only = wanted.only
    if path != "boards" and barred.keys() >= set(workspace.store.boards()):
        raise DeclarationError("no board on record may be passed on; expected one whose terms allow it")
    match path.split("/"):
        case [""] | ["changes"]:
            return None if any(name in barred for name in only.boards) else changes(workspace, only, barred, wanted.cursor)
        case ["boards"]:
            return overview(workspace, tuple(barred.values()), now)
        case ["compare"]:
            return questions.compare(workspace, only, barred)
        case ["check"]:
            return questions.check(workspace, wanted.claim, only, barred, is_article=wanted.is_article)
        case ["health"]:
            return evidence.states(workspace, barred, now)
        case ["about"]:
            return evidence.about(workspace, barred)
        case ["models", *names] if names and any(names):
            return model(workspace, "/".join(names), only, barred)
        case ["boards", source, name, *more]:
            return None if BoardId(f"{source}/{name}") in barred else _of_board(workspace, f"{source}/{name}", more, wanted, now)
    return None


def _of_board(workspace: Workspace, name: str, more: list[str], wanted: Asked, now: datetime | None) -> SiteView | None:
    match more:
        case []:
            return board(workspace, name, wanted.only, now)
        case ["history"]:
            return history(workspace, name, wanted.only, now)
        case ["frontier"]:
            return questions.frontier(workspace, name, replace(wanted.only, since=wanted.before), wanted.against)
        case ["capture"]:
            return evidence.capture(workspace, name, replace(wanted.only, since=wanted.before))
    return None
