"""The verdict on one metric between two snapshots, before the change of any entry counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from statistics import median

from tracker.compare.drift import FALLBACK_HALF_WIDTH, Drift, fit, moved_apart
from tracker.compare.precision import finest_decimals, same, typical_decimals
from tracker.model import (
    Comparability,
    EntryId,
    Measure,
    Metric,
    MetricDiff,
    MetricId,
    Move,
    Nature,
    StoredSnapshot,
    is_new_version,
    name_tokens,
)
from tracker.order import error_between

_LOST_FIELD = 0.3
"""A field is lost when this share of the common entries that had it no longer has it."""
_LOST_AT_LEAST = 5
_HALF, _THIRD, _TENTH, _ONE_SIDED = 0.5, 1 / 3, 0.1, 0.9
_FEW = 3
_MANY = 10
_OUTLIER = 20
"""A value that moved this many times as far as the median did not move with the others."""
_BEGUN, _FAR, _ALIKE = 5, 0.05, 0.5
"""The number of values that begin a new scale, their least shift as a share of the spread, and how far the shifts may differ."""
_EVERY_DIGIT = (99, 99)

_Pairs = Mapping[EntryId, tuple[Measure, Measure]]


def judge(
    metric: Metric,
    before: StoredSnapshot,
    after: StoredSnapshot,
    common: tuple[EntryId, ...],
    *,
    scores: frozenset[MetricId] = frozenset(),
) -> MetricDiff:
    """Decide what the values of one metric may be used for, and list the moves if they are comparable.

    Shares are of the common entries that have a measured (not an estimated) value in both snapshots; only their moves count. A
    volatile metric is kept, but never compared. `scores` are the board's tested metrics.
    """
    had, has = before.measures(metric.id), after.measures(metric.id)
    sizes = MetricDiff(metric=metric.id, verdict=Comparability.COMPARABLE, filled_before=len(had), filled_after=len(has))
    absent = _absent(had, has, common=common, has_column=metric.id in after.metrics)
    judged = None if absent is None else replace(sizes, verdict=absent[0], reason=absent[1])
    if judged is not None and judged.verdict is not Comparability.DRIFTED:
        return judged
    both = {entry: (had[entry], has[entry]) for entry in common if entry in had and entry in has}
    if not both:
        return judged or replace(sizes, verdict=Comparability.INCOMMENSURABLE, reason="no value in common")
    differing = {entry: pair for entry, pair in both.items() if pair[0] is not pair[1] and pair[0].value != pair[1].value}
    if not differing:  # an ordinary day
        return judged or replace(sizes, common=len(both))
    decimals: Callable[[Iterable[Measure]], int] = finest_decimals if metric.nature is Nature.LISTED else typical_decimals
    typical = (decimals(had.values()), decimals(has.values()))
    pairs = (both, _moved(metric, differing, typical))
    diff = _compared(metric, before, after, sizes, pairs=pairs, unequal=len(differing))
    if judged is not None:  # a re-base that also drops values is a re-base
        is_rebase = diff.verdict is Comparability.REBASED
        return replace(diff, reason=f"{diff.reason}; {judged.reason}") if is_rebase else judged
    return _with_origins(diff, metric, before, after, scores)


def _with_origins(
    diff: MetricDiff, metric: Metric, before: StoredSnapshot, after: StoredSnapshot, scores: frozenset[MetricId]
) -> MetricDiff:
    """The moves, of unsure origin if another score of the entry appears with them, in a column that was there before."""
    companions = (scores & before.metrics) - {metric.id}
    if metric.estimated or metric.nature is not Nature.TESTED or not companions:
        return diff
    moves = dict(diff.moves)
    for entry, move in diff.moves.items():
        if companions & (after.entries[entry].measures.keys() - before.entries[entry].measures.keys()):
            moves[entry] = replace(move, significant=False, unsure_origin=True)
    return replace(diff, moves=moves)


def _compared(
    metric: Metric,
    before: StoredSnapshot,
    after: StoredSnapshot,
    sizes: MetricDiff,
    *,
    pairs: tuple[_Pairs, _Pairs],
    unequal: int,
) -> MetricDiff:
    """`pairs` are all, and those that moved; `unequal` is the number of those that are not equal."""
    both, moved = pairs
    measured = {entry: pair for entry, pair in both.items() if not (pair[0].estimated or pair[1].estimated)}
    fitted = metric.nature is Nature.FITTED
    widths = (now.half_width for _, now in both.values())
    values = [(was.value, now.value) for was, now in (both if fitted else moved).values()]
    drift = fit(values, [width for width in widths if width is not None]) if fitted else Drift()
    diff = replace(
        sizes,
        common=len(both),
        moved=len(moved),
        rounded=unequal - len(moved),
        median_shift=median([now - was for was, now in values] or [0.0]),
        intercept=drift.intercept,
        slope=drift.slope,
    )
    measured_moves = {entry: pair for entry, pair in moved.items() if entry in measured}
    silent = metric.volatile or metric.nature in (Nature.LIVE, Nature.COUNT)
    counted = f"{len(moved)} of {len(both)} values moved"
    reason = ""
    if moved and not silent:
        reason = drift.rebase or _rebased(metric, before, after, (measured, measured_moves), counted)
        if not reason and fitted and (apart := moved_apart(metric, [*measured.values()])):
            reason = f"{apart} of {len(both)} values moved far up or down, and not together"
        if not reason and metric.nature is Nature.TESTED and _begins_a_scale(metric, measured, measured_moves, before):
            reason = f"{counted}, all one way and alike, as onto a new scale"
    if reason:
        return replace(diff, verdict=Comparability.REBASED, reason=reason)
    return replace(
        diff,
        verdict=Comparability.PRECISION if not moved else Comparability.COMPARABLE,
        moves={} if silent else _moves(metric, measured_moves, drift, both),
    )


def _moved(metric: Metric, differing: _Pairs, typical: tuple[int, int]) -> _Pairs:
    """The pairs that are more than two roundings of one number.

    A listed value is a fact: it counts as rounded only if several changed in this way at once. Every digit of points counts.
    """
    typical = _EVERY_DIGIT if metric.exact else typical
    moved = {entry: pair for entry, pair in differing.items() if not same(*pair, typical=typical)}
    if metric.nature is not Nature.LISTED:
        return moved
    exact = {entry: pair for entry, pair in differing.items() if not same(*pair, typical=(max(typical), max(typical)))}
    return exact if len(exact) - len(moved) < _FEW else moved


def _absent(
    had: Mapping[EntryId, Measure], has: Mapping[EntryId, Measure], *, common: tuple[EntryId, ...], has_column: bool
) -> tuple[Comparability, str] | None:
    """The verdict and its reason if the metric, or most of its values, is missing on one side."""
    if not had:
        return Comparability.APPEARED if has else Comparability.INCOMMENSURABLE, "no value before"
    if not has and not has_column:
        return Comparability.VANISHED, "the column is gone"
    had_of_common = sum(entry in had for entry in common)
    lost = sum(entry in had and entry not in has for entry in common)
    if lost >= _LOST_AT_LEAST and lost >= _LOST_FIELD * had_of_common:
        return Comparability.DRIFTED, f"{lost} of {had_of_common} entries lost their value"
    return None


def _rebased(metric: Metric, before: StoredSnapshot, after: StoredSnapshot, values: tuple[_Pairs, _Pairs], counted: str) -> str:
    """Why the scale of a tested or listed metric changed, or points were reset; empty if not.

    `values` are the measured ones, and those of them that moved; they decide. `counted` states how many of all moved.
    """
    both, moved = values
    tested = metric.nature is Nature.TESTED
    if metric.accumulates:
        return _reset(both, moved)
    if not moved or metric.nature not in (Nature.TESTED, Nature.LISTED):
        return ""
    old, new = before.version_for(metric), after.version_for(metric)
    if tested and is_new_version(old, new):
        return f"version {old} became {new}"
    columns, share = before.metrics ^ after.metrics, len(moved) / len(both)
    if len(moved) >= _FEW and share >= _HALF:
        return counted
    if tested and columns and len(moved) >= _FEW and share >= _TENTH:
        return f"{counted} as the columns changed ({', '.join(sorted(columns))})"
    ups = sum(b.value > a.value for a, b in moved.values())
    one_way = max(ups, len(moved) - ups)
    sizes = [abs(after.value - before.value) for before, after in moved.values()]
    together = max(sizes) <= _OUTLIER * median(sizes)  # otherwise some were re-graded, and one has another result
    if tested and len(moved) >= _MANY and share >= _THIRD and one_way >= _ONE_SIDED * len(moved) and together:
        return f"{counted}, {one_way / len(moved):.0%} of them one way"
    return ""


def _begins_a_scale(metric: Metric, both: _Pairs, moved: _Pairs, snapshot: StoredSnapshot) -> bool:
    """Whether the values that moved are the first on a new scale.

    Models of several makers moved one way, far, and by about the same amount or factor, which results of new runs do not.
    """
    makers = {name_tokens(snapshot.entries[entry].name)[:1] for entry in moved}
    shifts = [after.value - before.value for before, after in moved.values()]
    if len(moved) < _BEGUN or len(makers) < _FEW or min(shifts) < 0 < max(shifts):
        return False
    values = [before.value for before, _ in both.values()]
    far = max(_FAR * (max(values) - min(values)), 2 * (metric.stated_error or 0.0))
    factors = [after.value / before.value - 1 for before, after in moved.values() if before.value]
    alike = _is_common(shifts) or (len(factors) == len(shifts) and _is_common(factors))
    return alike and abs(median(shifts)) >= far


def _is_common(shifts: Sequence[float]) -> bool:
    middle = median(shifts)
    return all(abs(shift - middle) <= _ALIKE * abs(middle) for shift in shifts)


def _reset(both: _Pairs, moved: _Pairs) -> str:
    """Why counting started again, such as for a new season; empty if it did not. That all values grow is ordinary."""
    fell = sum(2 * after.value < before.value for before, after in moved.values())
    return f"{fell} of {len(both)} values fell to less than half" if fell >= _FEW and fell >= _HALF * len(both) else ""


def _moves(metric: Metric, moved: _Pairs, drift: Drift, both: _Pairs) -> dict[EntryId, Move]:
    scatter = _scatter(drift, both) if metric.nature is Nature.FITTED else 0.0
    moves = {}
    for entry, (before, after) in moved.items():
        shift = drift.shift(before.value, after.value)
        beyond = abs(shift) > _error(metric, before, after, scatter)
        moves[entry] = Move(before=before, after=after, shift=shift, significant=beyond)
    return moves


def _error(metric: Metric, before: Measure, after: Measure, scatter: float) -> float:
    """The largest move that means nothing. Zero if a metric that is not fitted states no error."""
    error = error_between(metric, before, after)
    if error is not None or metric.nature is not Nature.FITTED:
        return error or 0.0
    last_place = 10.0 ** -max(before.decimals, after.decimals)  # what is left of nothing without the drift of two rounded numbers
    return max(scatter, last_place + 1e-9 * max(1.0, abs(before.value)))


def _scatter(drift: Drift, both: _Pairs) -> float:
    """The error of a fitted board that publishes none: three robust standard deviations of what the drift leaves.

    Most values may not move at all, so it is at least the share of the spread that replaces an interval.
    """
    left = [abs(drift.shift(before.value, after.value)) for before, after in both.values()]
    values = [before.value for before, _ in both.values()]
    return max(3 * 1.4826 * median(left), FALLBACK_HALF_WIDTH * (max(values) - min(values)))
