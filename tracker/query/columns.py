"""The columns that people may ask for beside a ranking: what is known of a model, and the other metrics of a board."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from tracker.model import Board, MetricId
from tracker.query.filters import Filters, check_words
from tracker.query.ranking import RankedRow, Ranking
from tracker.wording import count, listed, number, relative

AnyRow = TypeVar("AnyRow")
if TYPE_CHECKING:  # as in `ranking`
    from tracker.query.facts import ModelFacts

FACTS: Mapping[str, Callable[[ModelFacts], object]] = {
    "model": lambda facts: facts.traits.who.model,
    "lab": lambda facts: facts.traits.who.lab or None,
    "country": lambda facts: facts.traits.who.country or None,
    "family": lambda facts: facts.traits.who.family or None,
    "size": lambda facts: facts.traits.size_total_b,
    "active_size": lambda facts: facts.traits.size_active_b,
    "open": lambda facts: facts.traits.open_weights,
    "reasoning": lambda facts: facts.traits.reasoning if facts.traits.reasoning != "unspecified" else None,
    "released": lambda facts: facts.traits.released or None,
    "price": lambda facts: facts.traits.price,
}
"""Column → its value; None if nothing states it. Sizes are in 10⁹ parameters, prices in USD per 1M tokens."""
TRAITS = {"size": "size_total_b", "open": "open_weights", "price": "price", "cheaper": "price"}
"""The columns that other boards may state, and the trait."""
RANKED: Mapping[str, Callable[[RankedRow], object]] = {
    "rank": lambda row: row.standing.rank,
    "published": lambda row: row.standing.published_rank,
    "name": lambda row: row.standing.name,
    "score": lambda row: row.standing.value,
    "low": lambda row: row.standing.low,
    "high": lambda row: row.standing.high,
    "was": lambda row: row.moved.was if row.moved is not None else None,
    "own_move": lambda row: row.moved.own if row.moved is not None else None,
    "above_since": lambda row: row.above.until if row.above is not None else None,
    "above_by": lambda row: str(row.above.how) if row.above is not None else None,
    "beyond_error": lambda row: row.beyond_error,
    "cheaper": lambda row: row.price_ratio < 1 if row.price_ratio is not None else None,
}
"""Column of a ranking → its value."""
RIGHT = frozenset(("rank", "published", "score", "low", "high", "size", "active_size", "price"))
"""The columns of numbers."""


def judged_columns(only: Filters) -> tuple[str, ...]:
    """The columns by which the conditions choose, of those that other boards may state."""
    return tuple(name for name, trait in TRAITS.items() if trait in only.traits and name != "cheaper")


def wanted_traits(only: Filters) -> tuple[str, ...]:
    """The traits that the columns and the order ask for, of those that other boards may state."""
    return tuple(TRAITS[name] for name in (*only.columns, only.sort.removeprefix("-")) if name in TRAITS)


def check_columns(only: Filters, boards: Iterable[Board], own: Iterable[str] = RANKED) -> None:
    """Refuse columns that none of the boards has. Raises DeclarationError, with the nearest."""
    known = {*own, *FACTS, *(metric.id for board in boards for metric in board.metrics)}
    check_words("column", only.columns, known)
    check_words("column", [name for name in (only.sort.removeprefix("-"),) if name], known)


def ranked_value(row: RankedRow, name: str) -> object:
    """The value of a column in a row; None if it has none."""
    if name in RANKED:
        return RANKED[name](row)
    if name in FACTS:
        return FACTS[name](row.facts) if row.facts is not None else None
    measure = row.measures.get(MetricId(name))
    return measure.value if measure is not None else None


def ranked_text(row: RankedRow, name: str, ranking: Ranking) -> str:
    """The same for people: `=3` for a rank that others share, `~` before an estimate."""
    value, standing = ranked_value(row, name), row.standing
    if name == "own_move":
        return _move(row)
    if value is None:
        return ""
    if name == "rank":
        return f"{'=' if standing.tied > 1 else ''}{standing.rank}"
    if name in ("score", "low", "high") and isinstance(value, float):
        return ("~" if name == "score" and standing.estimated else "") + number(value, ranking.metric)
    if isinstance(value, bool) and name == "beyond_error":
        return "yes" if value else "no"
    if name == "cheaper" and row.price_ratio is not None:
        return f"{'yes' if value else 'no'}, {relative(row.price_ratio - 1)}"
    if name in FACTS and row.facts is not None:
        return fact_text(row.facts, name)
    measure = row.measures.get(MetricId(name))
    if measure is None:
        return str(value)
    return ("~" if measure.estimated else "") + number(measure.value, ranking.board.metric(MetricId(name)))


def _move(row: RankedRow) -> str:
    """`▲2` what an entry did itself; `(▼3)` if only others came or went above it; `new`."""
    moved, rank = row.moved, row.standing.rank
    if moved is None or moved.own is None or moved.was is None or rank is None:
        return "new" if moved is not None and moved.is_new else ""
    net = moved.was - rank
    arrow = _arrow(moved.own) if moved.own else ""
    return " ".join(filter(None, (arrow, f"({_arrow(net)})" if net != moved.own and net else "")))


def _arrow(places: int) -> str:
    return f"{'▲' if places > 0 else '▼'}{abs(places)}"


def fact_text(facts: ModelFacts, name: str) -> str:
    """A fact for people: `27B`, `open`, `$10`; "" if nothing states it."""
    value = FACTS[name](facts)
    if isinstance(value, bool):
        return "open" if value else "closed"
    if isinstance(value, float):
        return f"{value:,.4g}B" if name != "price" else number(value, facts.price_of)
    return "" if value is None else str(value)


def in_order(ranking: Ranking, only: Filters) -> tuple[RankedRow, ...]:
    """The rows in the order that is asked for, best or smallest first, those without a value last; at most `top`."""
    name, rows = only.sort.removeprefix("-"), list(ranking.rows)
    if name:
        metrics = {metric.id: metric for metric in ranking.board.metrics} | {MetricId("score"): ranking.metric}
        best = metrics[MetricId(name)].sort_key if name in metrics else None
        rows = by_value(rows, lambda row: ranked_value(row, name), best, reverse=only.sort.startswith("-"))
    return tuple(rows[: only.top])


def best_rows(rows: Iterable[RankedRow], of: str) -> tuple[RankedRow, ...]:
    """The first row of each `family`, `lab` or `model`; a row of which it is not known stands for itself."""
    seen: dict[object, RankedRow] = {}
    for row in rows:
        group = ranked_value(row, of)
        if of == "family" and group is not None:
            group = (ranked_value(row, "lab"), group)
        seen.setdefault(group or ("", row.standing.entry), row)
    return tuple(seen.values())


def by_value(
    rows: Sequence[AnyRow],
    value: Callable[[AnyRow], object],
    best: Callable[[float], float] | None = None,
    *,
    reverse: bool,
) -> list[AnyRow]:
    """Rows by a value, the smallest (or that which `best` makes it) first, unless reversed; those without one last."""

    def key(row: AnyRow) -> tuple[float, str]:
        found = value(row)
        if isinstance(found, datetime):
            return found.timestamp(), ""
        if isinstance(found, (int, float)):
            return best(found) if best else found, ""
        return 0, str(found).casefold()

    with_value = sorted((row for row in rows if value(row) is not None), key=key, reverse=reverse)
    return [*with_value, *(row for row in rows if value(row) is None)]


def source_lines(sources: Mapping[str, Sequence[str]]) -> list[str]:
    """Which other boards state a trait, for people."""
    names = {trait: column for column, trait in reversed(TRAITS.items())}
    return [f"{names[trait]} of {listed(boards, None)} where this board states none" for trait, boards in sources.items()]


def notes(facts: Iterable[ModelFacts], columns: Collection[str], unknown: Mapping[str, int]) -> tuple[str, ...]:
    """Where the columns that the board itself lacks come from, of which kind the prices are, and which rows are left out."""
    from tracker.query.facts import sources_of  # noqa: PLC0415  # an answer without facts does without

    known = list(facts)
    lines = source_lines(sources_of(known, dict.fromkeys(TRAITS[column] for column in columns if column in TRAITS)))
    prices = {stated.price_of.title for stated in known if stated.price_of is not None and stated.traits.price is not None}
    if "price" in columns and prices:
        lines.append(f"price: {listed(sorted(prices), None)} in USD per 1M tokens")
    lines += [f"{count(rows, 'row')} left out: {name} not stated" for name, rows in sorted(unknown.items())]
    return tuple(lines)
