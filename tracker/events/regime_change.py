"""A lasting shift of a noisy value: speed, latency, or a rating once the drift of its board is taken out.

A day's wobble is no news. A level is: three readings in a row, each about a day after the other, away
from the median of the five before them, by more than 30 % and more than three of their robust standard
deviations. What the whole board does together is nobody's decline.

Source: docs/decisions/0014-parity-gains-frontiers.md
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from math import inf
from statistics import median
from typing import Any

from tracker.events._predecessor import model_of
from tracker.events.detection import Detection
from tracker.events.kind import EventKind, Folding
from tracker.events.making import make, page_proofs, party, proof
from tracker.model import BoardState, Diff, EntryId, Event, Evidence, Metric, MetricDiff, MetricId, Nature, Sha256
from tracker.wording import listed, number, relative

RULE = "regime_change/1"
Grade = StrEnum("Grade", "BETTER WORSE BOARD")
HELD = 3
"""A level has to hold for so many readings."""
BEFORE = 5
"""It is judged against so many readings, at least, before them."""
KEPT = BEFORE + HELD + 1
"""So many readings are remembered: an entry may be missing in one."""
LEAST_SHIFT = 0.3
_SPREADS = 3 * 1.4826
"""Three robust standard deviations, in median absolute deviations."""
_WATCHED = 500
"""So many entries of a board, the best, are watched for each metric."""
_DIGITS = 3
_ENOUGH = 8
"""The board's own shift needs at least this many entries; fewer show none."""
_APART = timedelta(hours=20)
"""Readings that follow faster are one: publishers show medians over days."""
_TOLD_TO_RANK, _TOLD_RATIO = 10, 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """Which bytes one remembered reading came from."""

    observed_at: datetime
    url: str
    sha256: tuple[Sha256, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Window:
    """The last readings of one metric, and what each entry showed in them; None where it showed nothing."""

    readings: Sequence[_Reading]
    values: Mapping[EntryId, Sequence[float | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shift:
    """A level that held: medians before and since, and the place of the last reading before it."""

    entry: EntryId
    before: float
    since: float
    last: int


def detect(diff: Diff, past: BoardState) -> Detection:
    """One event per model and metric, on the third reading of the new level and never again for it; one if the whole board shifted.

    It is dated by the interval in which the shift began. Told of the ten best: a speed that changed by half or more, a
    rating that moved without having been reported as a revision.

    Remembers the last readings (`_plain`). What an entry showed before a shift is forgotten: the new level is what the next
    is compared with.
    """
    events: list[Event] = []
    windows: dict[MetricId, _Window] = {}
    for metric in _metrics(diff):
        window = _window(diff, past, metric)
        if window is not None and _is_new(window, diff):
            common = _common_shift(window)
            shifts = _shifts(diff, metric, window, common)
            events += _events(diff, metric, window, shifts, common) if diff.before is not None else ()
            window = _without_old_levels(window, {shift.entry for shift in shifts})
        if window is not None:
            windows[metric.id] = window
    return Detection(events=events, memory=_plain(dict(sorted(windows.items()))))


def _plain(windows: Mapping[MetricId, _Window]) -> dict[str, object]:
    """{"at": {metric: [[time, url, [sha256]]]}, "values": {entry: [per metric, by name: [value or null], or null]}}."""
    entries = sorted({entry for window in windows.values() for entry in window.values})
    return {
        "at": {
            str(name): [[one.observed_at.isoformat(), one.url, list(one.sha256)] for one in window.readings]
            for name, window in windows.items()
        },
        "values": {
            str(entry): [_short(window.values[entry]) if entry in window.values else None for window in windows.values()]
            for entry in entries
        },
    }


def _short(values: Sequence[float | None]) -> list[float | None]:
    """Whole numbers without a point: half the length of what is remembered."""
    return [int(value) if value is not None and float(value).is_integer() else value for value in values]


def _without_old_levels(window: _Window, shifted: Collection[EntryId]) -> _Window:
    if not shifted:
        return window
    forgotten = (None,) * (len(window.readings) - HELD)
    values = {entry: (*forgotten, *shown[-HELD:]) if entry in shifted else shown for entry, shown in window.values.items()}
    return replace(window, values=values)


def _metrics(diff: Diff) -> list[Metric]:
    """Live ones, and the fitted one that ranks the board."""
    return [
        one
        for one in diff.board.metrics
        if one.higher_is_better is not None
        and not one.volatile
        and (one.nature is Nature.LIVE or (one.primary and one.nature is Nature.FITTED))
    ]


def _is_new(window: _Window, diff: Diff) -> bool:
    """Whether this page brought the last of the readings."""
    return window.readings[-1].observed_at == diff.after.observed_at


# ── what is remembered ───────────────────────────────────────────────────────────────────────────


def _window(diff: Diff, past: BoardState, metric: Metric) -> _Window | None:
    """The readings of a metric with this one; those remembered where this page brings none, None where nothing is known."""
    remembered: Mapping[str, Any] = past.memory.get("regime_change", {})
    old = _from_json(remembered, metric.id) if metric.id in remembered.get("at", {}) else None
    verdict = diff.metrics.get(metric.id)
    if verdict is None or old is None or (verdict.moved and not verdict.usable):
        return _first(diff, metric)  # the first page, or another scale
    if not verdict.moved or diff.after.observed_at - old.readings[-1].observed_at < _APART:
        return old
    reading = _Reading(observed_at=diff.after.observed_at, url=diff.after.url, sha256=diff.after.sha256)
    shown = _shown(diff, metric)
    now = {had: entry for entry, had in diff.rekeyed.items()}
    before = {now.get(entry, entry): values for entry, values in old.values.items()}
    values = {
        entry: (*_moved_along(before.get(entry, [None] * len(old.readings)), verdict), shown.get(entry))[-KEPT:]
        for entry in (shown.keys() | (before.keys() & diff.after.entries.keys()))
    }
    known = {entry: kept for entry, kept in values.items() if any(value is not None for value in kept)}
    return _Window(readings=(*old.readings, reading)[-KEPT:], values=known)


def _first(diff: Diff, metric: Metric) -> _Window | None:
    shown = _shown(diff, metric)
    if not shown:
        return None
    reading = _Reading(observed_at=diff.after.observed_at, url=diff.after.url, sha256=diff.after.sha256)
    return _Window(readings=(reading,), values={entry: (value,) for entry, value in shown.items()})


def _shown(diff: Diff, metric: Metric) -> dict[EntryId, float]:
    """What the best of the board show of a metric, to three digits; ratings to a tenth."""
    has = {
        entry: measure.value
        for entry, one in diff.after.entries.items()
        if (measure := one.measures.get(metric.id)) is not None and not measure.estimated
    }
    if len(has) > _WATCHED:
        places = _places(diff)
        watched = sorted(has, key=lambda entry: (places.get(entry, inf), entry))[:_WATCHED]
        has = {entry: has[entry] for entry in watched}
    fitted = metric.nature is Nature.FITTED
    return {entry: round(value, 1) if fitted else float(f"{value:.{_DIGITS}g}") for entry, value in has.items()}


def _places(diff: Diff) -> dict[EntryId, float]:
    """What sorts the best of the board first; entries without a score have none."""
    primary = diff.board.primary
    scores = diff.after.values(primary.id) if primary else {}
    return {entry: primary.sort_key(score) for entry, score in scores.items()} if primary else {}


def _moved_along(values: Sequence[float | None], verdict: MetricDiff) -> list[float | None]:
    """Earlier values on the scale of now: the common drift of a fitted board is added to them."""
    if (verdict.intercept, verdict.slope) == (0.0, 1.0):
        return list(values)
    return [None if value is None else round(verdict.intercept + verdict.slope * value, 1) for value in values]


def _from_json(kept: Mapping[str, Any], metric: str) -> _Window:
    column = sorted(kept["at"]).index(metric)
    return _Window(
        readings=tuple(
            _Reading(observed_at=datetime.fromisoformat(at), url=url, sha256=tuple(map(Sha256, hashes)))
            for at, url, hashes in kept["at"][metric]
        ),
        values={
            EntryId(entry): [None if value is None else float(value) for value in shown[column]]
            for entry, shown in kept["values"].items()
            if shown[column] is not None
        },
    )


# ── shifts ───────────────────────────────────────────────────────────────────────────────────────


def _events(diff: Diff, metric: Metric, window: _Window, shifts: Sequence[_Shift], common: float) -> Iterator[Event]:
    if metric.nature is Nature.LIVE and abs(common - 1) > LEAST_SHIFT and _begins_now(window, common):
        yield _of_the_board(diff, metric, window, common)
    together: dict[object, list[_Shift]] = {}
    places = _places(diff) if shifts else {}
    for shift in shifts:
        model = model_of(diff.after.entries[shift.entry])
        together.setdefault((model, shift.last, shift.since > shift.before), []).append(shift)
    for alike in together.values():
        best_first = sorted(alike, key=lambda shift: (places.get(shift.entry, inf), shift.entry))
        yield _event(diff, metric, window, best_first, common)


def _common_shift(window: _Window) -> float:
    """By which factor the whole board shifted: the median over the entries that were there all along."""
    splits = [split for values in window.values.values() if (split := _split(values)) is not None]
    if len(splits) < _ENOUGH:
        return 1.0
    ratios = [after / before for split in splits if (before := median(split[0])) and (after := median(split[1]))]
    return median(ratios) if len(ratios) >= _ENOUGH else 1.0


def _split(values: Sequence[float | None]) -> tuple[list[float], list[float]] | None:
    """What an entry showed before the last three readings and in them; None where it was not there in all three, or too seldom before."""
    since = [value for value in values[-HELD:] if value is not None]
    before = [value for value in values[:-HELD] if value is not None]
    return (before, since) if len(since) == HELD and len(before) >= BEFORE else None


def _begins_now(window: _Window, common: float) -> bool:
    """Whether the reading before the last three was still at the old level for most of the board."""
    ratios = [
        last / level
        for values in window.values.values()
        if (split := _split(values)) is not None and (last := values[-HELD - 1]) is not None and (level := median(split[0]))
    ]
    return bool(ratios) and abs(median(ratios) - 1) < abs(common - 1) / 2


def _shifts(diff: Diff, metric: Metric, window: _Window, common: float) -> list[_Shift]:
    found = (_shift(diff, metric, entry, window.values[entry], common) for entry in sorted(window.values))
    return [one for one in found if one is not None]


def _shift(diff: Diff, metric: Metric, entry: EntryId, values: Sequence[float | None], common: float) -> _Shift | None:
    """The shift that this reading confirms: the last three beyond the error on one side, the one before them not."""
    split = _split(values)
    if split is None or entry not in diff.after.entries:
        return None
    before, since = split
    level = median(before)
    error = _error(diff, metric, entry, before, level)
    apart = [value / common - level if metric.nature is Nature.LIVE else value - level for value in (before[-1], *since)]
    side = 1 if apart[1] > 0 else -1
    if not all(side * one > error for one in apart[1:]) or side * apart[0] > error or len(set(since)) == 1:
        return None
    last = max(at for at, value in enumerate(values[:-HELD]) if value is not None)
    return _Shift(entry=entry, before=level, since=median(since), last=last)


def _error(diff: Diff, metric: Metric, entry: EntryId, before: Sequence[float], level: float) -> float:
    """By how much a value may differ from its level: 30 % (a rating: its half-width, or 2 % of the spread), or three spreads."""
    spread = _SPREADS * median(abs(value - level) for value in before)
    if metric.nature is Nature.LIVE:
        return max(spread, LEAST_SHIFT * abs(level))
    width = diff.after.entries[entry].measures[metric.id].half_width
    shown = [one.measures[metric.id].value for one in diff.after.entries.values() if metric.id in one.measures]
    return max(spread, width if width is not None else 0.02 * (max(shown) - min(shown)))


# ── telling ──────────────────────────────────────────────────────────────────────────────────────


def _event(diff: Diff, metric: Metric, window: _Window, alike: Sequence[_Shift], common: float) -> Event:
    best = alike[0]
    who = [party(diff.after, one.entry) for one in alike]
    is_news = _is_news(diff, metric, alike, window)
    return make(
        diff,
        rule=RULE,
        grade=_grade(metric, best),
        weight=30 if is_news else 4,
        is_news=is_news,
        subjects=who,
        metric=metric.id,
        headline=f"{listed(who)}: {metric.title} on {diff.board.title} went from about {number(best.before, metric)} to about"
        f" {number(best.since, metric)}{_unit(metric)}{_which(metric, alike)} and stayed there for {HELD} readings.",
        facts={
            "shifts": {
                str(one.entry): {"before": one.before, "since": one.since, "values": list(window.values[one.entry])}
                for one in alike
            },
            "readings": [one.observed_at.isoformat() for one in window.readings],
            "common_shift": round(common, 3),
        },
        evidence=[*_pages(window), *(proof(diff.after, one.entry, metric.id) for one in alike)],
        after=window.readings[best.last].observed_at,
        until=window.readings[-HELD].observed_at,
    )


def _which(metric: Metric, alike: Sequence[_Shift]) -> str:
    """Whose figures the headline gives, and on which scale."""
    return (" (the first of them)" if len(alike) > 1 else "") + (
        " on its present scale" if metric.nature is Nature.FITTED else ""
    )


def _of_the_board(diff: Diff, metric: Metric, window: _Window, common: float) -> Event:
    return make(
        diff,
        rule=RULE,
        grade=Grade.BOARD,
        weight=30,
        is_news=True,
        metric=metric.id,
        headline=f"{metric.title} of most entries on {diff.board.title} changed by about {relative(common - 1)} and stayed there for {HELD} readings;"
        " that is no change of single models.",
        facts={"common_shift": round(common, 3), "readings": [one.observed_at.isoformat() for one in window.readings]},
        evidence=[*_pages(window), *page_proofs(diff)],
        after=window.readings[-HELD - 1].observed_at,
        until=window.readings[-HELD].observed_at,
    )


def _grade(metric: Metric, shift: _Shift) -> Grade:
    return Grade.BETTER if metric.better(shift.since, shift.before) else Grade.WORSE


def _is_news(diff: Diff, metric: Metric, alike: Sequence[_Shift], window: _Window) -> bool:
    best = alike[0]
    places = _places(diff)
    place = places.get(best.entry, inf)
    ahead = sum(other < place for other in places.values())
    if ahead >= _TOLD_TO_RANK or place == inf:
        return False
    if metric.nature is Nature.FITTED:
        return not any(_was_a_revision(diff, metric, one, window) for one in alike)
    ratio = max(best.since, best.before) / min(best.since, best.before) if min(best.since, best.before) > 0 else 1.0
    return ratio >= _TOLD_RATIO


def _was_a_revision(diff: Diff, metric: Metric, shift: _Shift, window: _Window) -> bool:
    """Whether the first step alone was beyond the entry's interval, and so was reported when it came (`score_revision`)."""
    values = window.values[shift.entry]
    last, first = values[shift.last], values[-HELD]
    width = diff.after.entries[shift.entry].measures[metric.id].half_width or 0.0
    return last is not None and first is not None and abs(first - last) > width


def _unit(metric: Metric) -> str:
    return f" {metric.unit}" if metric.unit and not metric.unit.startswith("USD") and not metric.percent_factor else ""


def _pages(window: _Window) -> list[Evidence]:
    """The bytes of every reading but this one, whose cells are shown."""
    return [
        Evidence(sha256=sha256, url=one.url, observed_at=one.observed_at) for one in window.readings[:-1] for sha256 in one.sha256
    ]


KIND = EventKind(
    rule=RULE, grades=tuple(Grade), news=frozenset(Grade), detect=detect, folding=Folding(crowd=("level shift", "level shifts"))
)
