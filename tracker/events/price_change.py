"""A listed price changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from math import inf, isclose, log2

from tracker.events._values import grouped, keys_now
from tracker.events.kind import Detection, EventKind, Folding, What
from tracker.events.making import both_proofs, make, party
from tracker.model import BoardState, Comparability, Diff, EntryId, Event, Metric, Move, Nature
from tracker.wording import day, listed, number, relative

RULE = "price_change/1"
Grade = StrEnum("Grade", "CUT RISE RETURNED UNIFORM RESTATED")
_LOST = (Comparability.VANISHED, Comparability.DRIFTED)
UNIFORM = 8
"""From this number on, prices of one creator that change by one ratio at once are one event, or all, as another goes."""
LEAST = 0.05
"""The smallest change that is news, as a share of the oldest price of the week."""
_WEEK_S = timedelta(days=7).total_seconds()
Recent = Mapping[EntryId, list[list[float]]]
"""By entry the prices it had within the last week, the oldest first, each with the time when it ended, in seconds since 1970, and
1 if that was news."""


def detect(diff: Diff, past: BoardState) -> Detection:
    """Every change between two known prices; news from 5 % on.

    A price that returns within a week to what it was is news only if it withdraws what was reported since.
    A price that vanished is unknown, not free. When another price comes or loses its values, many changes are one event: they may
    be of another source. Remembers the prices of the last week.
    """
    events: list[Event] = []
    memory: dict[str, Recent] = {}
    for metric in diff.board.metrics if diff.before is not None else ():
        verdict = diff.metrics[metric.id]
        if metric.nature is not Nature.LISTED or metric.topic != "price":
            continue
        recent, reported = _recent(diff, past, metric), set[EntryId]()
        moves = {entry: move for entry, move in verdict.moves.items() if not move.unsure_origin}
        others = _others_changed(diff) if len(moves) >= UNIFORM else ()
        for entries in ([sorted(moves)] if others else _with_one_ratio(diff, moves)) if verdict.usable else ():
            is_news = {entry: _is_news(moves[entry], recent.get(entry, [])) for entry in entries}
            reported |= {entry for entry in entries if is_news[entry]}
            if others:
                events.append(_restated(diff, metric, entries, others, is_news=any(is_news.values())))
            elif len(entries) >= UNIFORM:
                events.append(_uniform(diff, metric, entries, moves, is_news=any(is_news.values())))
            else:
                for entry in entries:
                    left = _left(moves[entry], recent.get(entry, []))
                    events.append(_event(diff, metric, entry, moves[entry], is_news=is_news[entry], left=left))
        now = diff.after.observed_at.timestamp()
        ended = {entry: [*recent.get(entry, []), [move.before.value, now, entry in reported]] for entry, move in moves.items()}
        if kept := recent | ended:
            memory[metric.id] = kept
    return Detection(events=events, memory=memory)


def _recent(diff: Diff, past: BoardState, metric: Metric) -> dict[EntryId, list[list[float]]]:
    """The prices of the last week, under the keys that the entries have now."""
    since, now = diff.after.observed_at.timestamp() - _WEEK_S, keys_now(diff)
    plain = past.memory.get(KIND.name, {}).get(metric.id, {})
    recent = {now.get(entry, entry): [[*price, 0][:3] for price in prices if price[1] > since] for entry, prices in plain.items()}
    return {entry: prices for entry, prices in recent.items() if prices}


def _is_news(move: Move, recent: Sequence[Sequence[float]]) -> bool:
    """Whether a price changed by 5 % or more, and is as far from the oldest of the week.

    If it is one of these again: whether a change since then was reported.
    """
    back = [at for at, (price, *_) in enumerate(recent) if isclose(price, move.after.value)]
    if back:
        return any(was_news for _, _, was_news in recent[back[-1] :])
    earlier = (recent[0][0] if recent else move.before.value, move.before.value)
    return all(abs(move.after.value - price) >= LEAST * abs(price) * (1 - 1e-9) for price in earlier)


def _left(move: Move, recent: Sequence[Sequence[float]]) -> float | None:
    """When the price was left to which it returns, in seconds since 1970."""
    return next((ended for price, ended, _ in reversed(recent) if isclose(price, move.after.value)), None)


def _with_one_ratio(diff: Diff, moves: Mapping[EntryId, Move]) -> list[list[EntryId]]:
    """The entries of each creator whose prices changed by the same ratio, in the order of their keys."""
    values = {entry: (move.before.value, move.after.value) for entry, move in moves.items()}
    ratios = {entry: round(after / before, 3) if before else inf for entry, (before, after) in values.items()}
    return list(grouped(sorted(moves), lambda entry: (_creator(diff, entry), ratios[entry])).values())


def _creator(diff: Diff, entry: EntryId) -> str:
    return diff.after.entries[entry].attributes.get("creator", "")


def _others_changed(diff: Diff) -> list[str]:
    """`blended price loses its values`: the prices that came or went, all or most, so that the rest may be of another source."""
    prices = ((metric, diff.metrics[metric.id].verdict) for metric in diff.board.metrics if metric.topic == "price")
    ways = {Comparability.APPEARED: "is new", **dict.fromkeys(_LOST, "loses its values")}
    return [f"{metric.title} {ways[verdict]}" for metric, verdict in prices if metric.nature is Nature.LISTED and verdict in ways]


def _restated(diff: Diff, metric: Metric, entries: list[EntryId], others: Sequence[str], *, is_news: bool) -> Event:
    title = diff.board.title
    headline = (
        f"{metric.title} of {len(entries)} entries changes on {title} at once, as {listed(others, None)};"
        " that may be another source rather than their price."
    )
    return _together(diff, metric, Grade.RESTATED, entries, headline, is_news=is_news, others=list(others))


def _uniform(diff: Diff, metric: Metric, entries: list[EntryId], moves: Mapping[EntryId, Move], *, is_news: bool) -> Event:
    change, creator = _change(moves[entries[0]]), _creator(diff, entries[0])
    by = "from zero" if change is None else relative(change)
    headline = (
        f"{metric.title} of {len(entries)} {creator + ' ' if creator else ''}entries changes by the same {by} at once,"
        f" says {diff.board.title}; that may be its formula rather than their price."
    )
    return _together(diff, metric, Grade.UNIFORM, entries, headline, is_news=is_news, change=change)


def _together(
    diff: Diff,
    metric: Metric,
    grade: Grade,
    entries: Sequence[EntryId],
    headline: str,
    *,
    is_news: bool,
    **facts: object,
) -> Event:
    return make(
        diff,
        rule=RULE,
        grade=grade,
        weight=35 if is_news else 5,
        is_news=is_news,
        subjects=[party(diff.after, entry) for entry in entries],
        metric=metric.id,
        headline=headline,
        facts={**facts, "count": len(entries)},
        evidence=both_proofs(diff, entries[:10], metric.id),
    )


def _event(diff: Diff, metric: Metric, entry: EntryId, move: Move, *, is_news: bool, left: float | None) -> Event:
    who, change = party(diff.after, entry), _change(move)
    before, after = (number(measure.value, metric) for measure in (move.before, move.after))
    by = f" ({relative(change)})" if change is not None else ""
    grade, way = (Grade.CUT, "drops") if move.after.value < move.before.value else (Grade.RISE, "rises")
    known = min(move.before.value, move.after.value) > 0
    steps = abs(log2(move.after.value / move.before.value)) if known else inf  # how often it was halved or doubled
    weight, what = 20 + int(min(30.0, 15 * steps)), f"{way} from {before} to {after}{by}"
    if is_news and left is not None:
        since = day(datetime.fromtimestamp(left, UTC))
        grade, weight, what = Grade.RETURNED, 20, f"is back at {after}, after {before}: the change of {since} is withdrawn"
    return make(
        diff,
        rule=RULE,
        grade=grade,
        weight=weight if is_news else 5,
        is_news=is_news,
        subjects=[who],
        metric=metric.id,
        headline=f"{who.name}: {metric.title} on {diff.board.title} {what}.",
        facts={"before": move.before.value, "after": move.after.value, "change": change},
    )


def _change(move: Move) -> float | None:
    """By what share of the earlier price; None from zero."""
    return (move.after.value - move.before.value) / move.before.value if move.before.value else None


KIND = EventKind(
    RULE,
    tuple(Grade),
    detect,
    folding=Folding(crowd=("price change", "price changes")),
    explains={What.VALUE: 22},
    why_recorded=lambda _: f"a price is news from {LEAST:.0%} on, unless it returns within a week",
)
