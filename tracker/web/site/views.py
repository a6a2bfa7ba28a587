"""The views of a workspace: what each one shows, in whatever format it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import TYPE_CHECKING, TypedDict
from urllib.parse import quote, urlencode

from tracker.charts import FORMS, Look, rows
from tracker.model import Board, BoardId, Chart, Health, MetricId, Report, Result
from tracker.query.filters import Filters, boards_of
from tracker.query.health import health
from tracker.query.since import looked_at
from tracker.query.standings import standing_json
from tracker.reports import event_json
from tracker.traits import price_metric
from tracker.wording import machine_time

if TYPE_CHECKING:
    from tracker.query.models import Listing
    from tracker.workspace.api import Workspace

Rows = Iterable[Mapping[str, object]]
Picture = Callable[[Look], str]
_SECOND, _FEED = timedelta(seconds=1), timedelta(days=14)
BADGE = "badge"
"""The picture that is for other pages."""
_HISTORY = ("bump", "band", "calendar")

FORMATS: Mapping[str, str] = {
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
    "atom": "application/atom+xml",
    "jsonfeed": "application/feed+json",
    "md": "text/markdown; charset=utf-8",
    "bib": "application/x-bibtex; charset=utf-8",
    "csl": "application/vnd.citationstyles.csl+json",
}
PICTURES, REPORTS, CITATIONS = frozenset(("svg", "png")), frozenset(("atom", "jsonfeed", "md")), frozenset(("bib", "csl"))
"""Format → content type. The HTML page is at the view's address with a slash, the others at the address with their ending."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteView:
    """One page, before its format is known; whatever is costly is made when it is asked for.

    `path` is its address without a slash at either end, with the query `query`; `frozen` is the query that keeps it as it is now.
    `known_at` is the vintage that `frozen` names, and `is_frozen` whether it was asked for. `values` are those of its template.
    `pictures` draw its charts by form, the first one by default. `source` is who publishes it, and where, for a citation.
    """

    path: str
    template: str
    title: str
    as_of: datetime | None
    rows: Callable[[], Rows]
    report: Callable[[], Report] | None = None
    query: str = ""
    frozen: str = ""
    known_at: datetime | None = None
    is_frozen: bool = False
    source: tuple[str, str] = ("", "")
    values: Callable[[], Mapping[str, object]] = dict
    pictures: Mapping[str, Picture] = field(default_factory=dict)

    @property
    def formats(self) -> tuple[str, ...]:
        """The formats in which it can be asked for."""
        missing = (PICTURES if not self.pictures else frozenset()) | (REPORTS if self.report is None else frozenset())
        missing |= CITATIONS if self.as_of is None else frozenset()
        return tuple(name for name in FORMATS if name not in missing)


class Frozen(TypedDict):
    """The addresses of a view now and for good."""

    query: str
    frozen: str
    known_at: datetime | None
    is_frozen: bool


def addresses(workspace: Workspace, only: Filters, *asked: tuple[str, str], **times: datetime | None) -> Frozen:
    """The query that asks for a view, and the one that keeps it as it is: at these times, as the record is known now."""
    known_at = workspace.settings.known_at or workspace.store.known_until()
    is_frozen = only.at is not None or workspace.settings.known_at is not None
    frozen = _query(*asked, **times, known_at=known_at)
    return Frozen(query=frozen if is_frozen else _query(*asked), frozen=frozen, known_at=known_at, is_frozen=is_frozen)


def changes(workspace: Workspace, only: Filters, barred: Collection[str] = (), cursor: str | None = None) -> SiteView:
    """What changed on the boards that are not `barred`: in the last week before the newest reading by default.

    After a cursor, the rows are what the record gained or lost, each with the cursor after it.
    """
    boards = tuple(board for board in workspace.boards() if board.id not in barred)
    meant = tuple(board.id for board in boards_of(Filters(boards=only.boards), boards))
    chosen = replace(only, boards=meant) if barred else only

    def report() -> Report:
        return workspace.illustrated(workspace.report(only=chosen))

    def events() -> Rows:
        return (event_json(event) for board in report().boards for story in board.stories for event in story.events)

    end = newest(workspace, meant)
    return SiteView(
        path="",
        template="changes.html",
        title="What changed",
        as_of=end,
        rows=events if cursor is None else lambda: _after(workspace, cursor, barred),
        report=report,
        **addresses(
            workspace,
            only,
            *(("board", name) for name in only.boards),
            *(("model", name) for name in only.models),
            since=only.since,
            until=only.until or (end + _SECOND if end else None),
        ),
        values=lambda: {"boards": boards, "only": only},
    )


def _after(workspace: Workspace, cursor: str, barred: Collection[str]) -> Rows:
    for change in workspace.changes(cursor):
        if change.board not in barred:
            lost = {"withdrawn": change.id, "board": change.board, "headline": change.headline}
            yield {**(lost if change.event is None else event_json(change.event)), "cursor": change.cursor}


def board(workspace: Workspace, board: str, only: Filters, now: datetime | None = None) -> SiteView:
    """A board's ranking by a metric, now or at an earlier time; `at` snaps to the last reading by then.

    Raises:
        DeclarationError: there is no such board, metric or reading.
    """
    declared = workspace.board(board)
    chosen = Filters(metrics=only.metrics or ranking_metric(declared), at=only.at)
    (ranking,) = workspace.rankings(chosen, board=declared.id)[:1]
    looks = [check.observed_at for check in workspace.store.checks(declared.id) if check.result is Result.ACCEPTED]
    earlier = max((look for look in looks if look < ranking.observed_at), default=None)
    later = min((look for look in looks if look > ranking.observed_at), default=None)
    known_at = workspace.settings.known_at
    return SiteView(
        path=f"boards/{declared.id}",
        template="board.html",
        title=declared.title,
        as_of=ranking.observed_at,
        rows=lambda: (standing_json(row.standing, declared) for row in ranking.rows),
        report=partial(_board_report, workspace, declared, ranking.observed_at),
        source=(declared.attribution, declared.page),
        **addresses(workspace, only, ("metric", ranking.metric.id), at=ranking.observed_at),
        values=lambda: {
            "board": declared,
            "metric": ranking.metric,
            "metrics": [metric for metric in declared.metrics if metric.higher_is_better is not None],
            "rows": list(ranking.rows),  # the template cleans the texts that it shows
            "health": state_of(workspace, declared, now),
            "earlier": _query(("metric", ranking.metric.id), at=earlier, known_at=known_at) if earlier else "",
            "later": _query(("metric", ranking.metric.id), at=later, known_at=known_at) if later else "",
            "at": only.at,
            "has_frontier": has_frontier(workspace, declared),
        },
        pictures=pictures(workspace, declared, ("dots", BADGE), chosen),
    )


def history(workspace: Workspace, board: str, only: Filters, now: datetime | None = None) -> SiteView:
    """A board's order and scores over time, when it changed, and what its events were.

    Raises:
        DeclarationError: there is no such board, metric or reading.
    """
    declared = workspace.board(board)
    chosen = Filters(metrics=only.metrics or ranking_metric(declared), since=only.since, at=only.at)
    chart = workspace.chart("bump", declared.id, chosen)
    end = chart.head.read_until
    return SiteView(
        path=f"boards/{declared.id}/history",
        template="history.html",
        title=f"{declared.title} over time",
        as_of=end,
        rows=lambda: rows(chart),
        report=partial(_board_report, workspace, declared, end),
        source=(declared.attribution, declared.page),
        **addresses(workspace, only, ("metric", chart.head.metric.id), since=only.since, at=end),
        values=lambda: {
            "board": declared,
            "metric": chart.head.metric,
            "health": state_of(workspace, declared, now),
            "chart": chart,
        },
        pictures=pictures(workspace, declared, _HISTORY, chosen),
    )


def model(workspace: Workspace, name: str, only: Filters, barred: Collection[str] = ()) -> SiteView:
    """A model on every board that is not `barred`: its names, its places, its events.

    Raises:
        DeclarationError: no board lists that model.
    """
    boards = {declared.id: declared for declared in workspace.boards() if declared.id not in barred}
    found = workspace.find(name, boards=tuple(boards))
    places = [place for card in workspace.models(name) for place in card.places if place.board in boards]
    ranked = [board for board in found.by_board if boards[board].primary is not None]
    ranked.sort(key=lambda board: -len(looked_at(workspace.store, board)))
    end = newest(workspace, found.by_board)
    assert end is not None  # it is listed
    about = Filters(models=(name,), boards=tuple(found.by_board), since=end - _FEED, until=end + _SECOND)
    chosen = Filters(models=(name,), since=only.since, at=only.at)
    return SiteView(
        path=f"models/{quote(name, safe='')}",
        template="model.html",
        title=name,
        as_of=end,
        rows=lambda: map(_place, places),
        report=lambda: workspace.report(only=about),
        **addresses(workspace, only, since=only.since, at=end),
        values=lambda: {"who": found.who, "places": places, "boards": boards},
        pictures=pictures(workspace, boards[ranked[0]], ("band",), chosen) if ranked else {},
    )


def _place(place: Listing) -> dict[str, object]:
    named = {name: getattr(place, name) for name in ("board", "entry", "name", "rank", "of", "first_seen", "last_seen")}
    return {**named, **{name: getattr(place.measure, name, None) for name in ("value", "low", "high", "estimated")}}


def overview(workspace: Workspace, barred: tuple[Board, ...] = (), now: datetime | None = None) -> SiteView:
    """All boards with their state; of those that are `barred`, only the name and a note."""
    left_out = {board.id for board in barred}
    shown = [(board, state_of(workspace, board, now)) for board in workspace.boards() if board.id not in left_out]
    return SiteView(
        path="boards",
        template="boards.html",
        title="Boards",
        as_of=max((state.last_checked for _, state in shown if state.last_checked), default=None),
        rows=lambda: (
            {"board": board.id, "title": board.title, "state": state.state, "entries": state.entries} for board, state in shown
        ),
        report=partial(workspace.report, [board.id for board, _ in shown]) if shown else None,
        **addresses(workspace, Filters()),
        values=lambda: {"shown": shown, "barred": barred, "has_page": partial(has_page, workspace)},
    )


def has_page(workspace: Workspace, board: Board) -> bool:
    """Whether there is anything to show of a board: it was read, and one of its metrics has an order."""
    return workspace.store.latest_bodies(board.id) is not None and bool(board.primary or ranking_metric(board))


def has_frontier(workspace: Workspace, board: Board) -> bool:
    """Whether two entries at least have a score and a listed price now."""
    price, metric = price_metric(board), board.primary
    snapshot = workspace.store.latest(board.id)
    if price is None or metric is None or snapshot is None:
        return False
    return sum({price.id, metric.id} <= entry.measures.keys() for entry in snapshot.entries.values()) > 1


def ranking_metric(board: Board) -> tuple[MetricId, ...]:
    """The metric to show of a board that none ranks: the first with an order; () if one ranks it."""
    ordered = (metric.id for metric in board.metrics if metric.higher_is_better is not None)
    return () if board.primary else tuple(ordered)[:1]


def pictures(workspace: Workspace, board: Board, forms: Iterable[str], only: Filters) -> dict[str, Picture]:
    """The charts of a board by form; each is made when it is first drawn."""
    return {form: partial(_drawn, form, cache(partial(workspace.chart, form, board.id, only))) for form in forms}


def _drawn(form: str, made: Callable[[], Chart], look: Look) -> str:
    return FORMS[form](made(), look)


def _board_report(workspace: Workspace, board: Board, end: datetime) -> Report:
    return workspace.report([board.id], since=end - _FEED, until=end + _SECOND)


def state_of(workspace: Workspace, board: Board, now: datetime | None) -> Health:
    """The state of a board at a time, by default (and at an earlier vintage) when it was last checked."""
    last = workspace.store.last_check(board.id)
    then = None if workspace.settings.known_at else now
    return health(board, workspace.store, now=then or (last.observed_at if last else datetime.now(UTC)))


def newest(workspace: Workspace, boards: Iterable[BoardId]) -> datetime | None:
    """When one of some boards was last checked."""
    return max((check.observed_at for board in boards if (check := workspace.store.last_check(board))), default=None)


def _query(*asked: tuple[str, str], known_at: datetime | None = None, **times: datetime | None) -> str:
    """A query string of some parameters and times; what is empty is left out."""
    dated = [(name, machine_time(at)) for name, at in (*times.items(), ("known_at", known_at)) if at is not None]
    at_last = len(dated) - (known_at is not None)
    return urlencode([*dated[:at_last], *(pair for pair in asked if pair[1]), *dated[at_last:]], quote_via=quote)
