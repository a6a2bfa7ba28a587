"""The views that answer a question: models compared, the frontier of a board, and a claim checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import cache, partial
from typing import TYPE_CHECKING

from tracker.charts import FORMS, rows
from tracker.claims.rendering import finding_json
from tracker.errors import DeclarationError
from tracker.model import Board, BoardId, ChartSpot, FrontierChart
from tracker.query.compared import lists_only, verdict, versus_rows
from tracker.query.filters import Filters
from tracker.query.since import looked_at
from tracker.web.site.views import SiteView, addresses, newest, pictures, ranking_metric

if TYPE_CHECKING:
    from tracker.query.versus import Versus
    from tracker.workspace.api import Workspace

_LOOK_BACK = timedelta(days=30)


def compare(workspace: Workspace, only: Filters, barred: Mapping[BoardId, Board]) -> SiteView:
    """The first of two to five models against each of the others, on every board that lists both; with fewer, only the question.

    Raises:
        DeclarationError: no board lists one of the models.
    """
    boards = {board.id: board for board in workspace.boards() if board.id not in barred}
    chosen = Filters(metrics=only.metrics, at=only.at)
    first, *others = only.models if len(only.models) > 1 else ("",)
    found = [workspace.compare(first, other, boards=tuple(boards), only=chosen) for other in others]
    listing = {board: boards[board] for versus in found for board in _ranked(versus, boards)}
    most = max(listing.values(), key=lambda board: len(looked_at(workspace.store, board.id)), default=None)
    together = Filters(models=only.models, since=only.since, at=only.at)
    return SiteView(
        path="compare",
        template="compare.html",
        title=" and ".join(only.models) if found else "Compare models",
        as_of=max((pair.state.snapshot.observed_at for versus in found for pair in versus.pairs), default=None),
        rows=lambda: (row for versus in found for row in versus_rows(versus)),
        report=(lambda: workspace.report(only=Filters(models=only.models, boards=tuple(boards)))) if found else None,
        **addresses(workspace, only, *(("model", name) for name in only.models), at=only.at or newest(workspace, boards)),
        values=lambda: {
            "found": [(versus, tally(versus)) for versus in found],
            "names": only.models,
            "boards": boards,
            "verdict": verdict,
            "lists_only": lists_only,
        },
        pictures=pictures(workspace, most, ("band",), together) if most else {},
    )


def _ranked(versus: Versus, boards: Mapping[BoardId, Board]) -> Iterator[BoardId]:
    yield from (pair.state.board.id for pair in versus.pairs if boards[pair.state.board.id].primary is not None)


def tally(versus: Versus) -> Mapping[str, int]:
    """On how many scores each of two models is ahead beyond the error, of how many both have; and the same of listed prices."""
    both = [row for pair in versus.pairs for row in pair.rows if row.one and row.other and not row.estimated]
    scores, prices = [row for row in both if row.metric.ordered], [row for row in both if row.metric.is_cost]
    sure = [row.above for row in scores if row.beyond_error]
    return {
        "one": sure.count("one"),
        "other": sure.count("other"),
        "of": len(scores),
        "cheaper_one": sum(row.above == "one" for row in prices),
        "cheaper_other": sum(row.above == "other" for row in prices),
        "prices": len(prices),
    }


def frontier(workspace: Workspace, board: str, only: Filters, against: str) -> SiteView:
    """The entries of a board that none beats on both score and price (or size, or speed) at a time, and what moved.

    What moved is since `only.since`, 30 days by default.

    Raises:
        DeclarationError: there is no such board, metric or reading, or nothing to compare scores with.
    """
    declared = workspace.board(board)
    metrics = only.metrics or ranking_metric(declared)
    made = cache(partial(_frontier, workspace, declared, metrics, against))
    chart = made(only.at)
    end = chart.head.read_until
    before = _earlier(workspace, declared, metrics, against, only.since or end - _LOOK_BACK)
    best, was = ([spot for spot in each.spots if spot.best] if each else [] for each in (chart, before))
    return SiteView(
        path=f"boards/{declared.id}/frontier",
        template="frontier.html",
        title=f"{declared.title}: the frontier",
        as_of=end,
        rows=lambda: rows(chart),
        source=(declared.attribution, declared.page),
        **addresses(workspace, only, ("metric", chart.head.metric.id), ("against", against), since=only.since, at=end),
        values=lambda: {
            "board": declared,
            "chart": chart,
            "best": best,
            "before": before,
            "came": _without(best, was),
            "went": _without(was, best),
            "against": against,
            "costs": [metric for metric in declared.metrics if metric.is_cost or metric.nature == "live"],
        },
        pictures={"frontier": lambda look: FORMS["frontier"](chart, look)},
    )


def _frontier(workspace: Workspace, board: Board, metrics: tuple[str, ...], against: str, at: datetime | None) -> FrontierChart:
    made = workspace.chart("frontier", board.id, Filters(metrics=metrics, at=at), against=against)
    assert isinstance(made, FrontierChart)
    return made


def _earlier(workspace: Workspace, board: Board, metrics: tuple[str, ...], against: str, at: datetime) -> FrontierChart | None:
    """The frontier at an earlier time; None if it is not on record."""
    try:
        return _frontier(workspace, board, metrics, against, at)
    except DeclarationError:
        return None


def _without(spots: list[ChartSpot], others: list[ChartSpot]) -> list[ChartSpot]:
    names = {spot.name for spot in others}
    return [spot for spot in spots if spot.name not in names]


def check(
    workspace: Workspace, text: str, only: Filters, barred: Mapping[BoardId, Board], *, is_article: bool = False
) -> SiteView:
    """What the record says to a sentence, or to the checkable sentences of an article; without a text, only the question."""
    boards = tuple(board.id for board in workspace.boards() if board.id not in barred)
    findings = workspace.check(text, at=only.at, boards=boards if barred else (), article=is_article) if text else ()
    as_of = only.at or newest(workspace, boards)
    article = ("article", "yes") if is_article else ("article", "")
    return SiteView(
        path="check",
        template="check.html",
        title="Check a claim",
        as_of=as_of if findings else None,
        rows=lambda: map(finding_json, findings),
        **addresses(workspace, only, ("claim", text), article, at=as_of),
        values=lambda: {"claim": text, "findings": findings, "is_article": is_article, "at": only.at},
    )
