"""A lasting shift of a noisy value: speed, latency, or a rating once the drift of its board is taken out.

Three readings in a row, each about a day after the other, differ from the median of the five before them by more than 30 % and by
more than three robust standard deviations. A shift of the whole board is not a decline of any entry.

Source: docs/decisions/0014-parity-gains-frontiers.md
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from math import inf
from statistics import median
from typing import Any, NamedTuple

from msgspec import Struct, structs

from tracker.events._predecessor import model_of
from tracker.events._values import grouped
from tracker.events.kind import Detection, EventKind, Folding
from tracker.events.making import make, party, proof, whole_page
from tracker.model import BoardState, Diff, EntryId, Event, Evidence, Metric, MetricDiff, MetricId, Nature, Sha256, Snapshot
from tracker.wording import listed, number

RULE = "regime_change/1"
Grade = StrEnum("Grade", "BETTER WORSE")
HELD = 3
"""The number of readings for which a level has to hold."""
BEFORE = 5
"""The least number of readings before them with which it is compared."""
KEPT = BEFORE + HELD + 1
"""The number of readings that are remembered: an entry may be missing in one."""
LEAST_SHIFT = 0.3
_SPREADS = 3 * 1.4826
"""Three robust standard deviations, in median absolute deviations."""
_WATCHED = 500
"""The number of a board's entries, the best, that are watched for each metric."""
_DIGITS = 3
_ENOUGH = 8
"""The least number of entries that show a shift of the whole board."""
_APART = timedelta(hours=20)
"""Readings that follow each other faster count as one: publishers show medians over days."""
_NEWS_TO_RANK, _NEWS_RATIO = 10, 1.5


class _Reading(NamedTuple):
    """The bytes of one remembered reading."""

    sha256: tuple[Sha256, ...]
    url: str
    observed_at: datetime


class _Window(Struct, frozen=True, kw_only=True):
    """The last readings of one metric, and the values of each entry in them; None where it had none."""

    readings: Sequence[_Reading]
    values: Mapping[EntryId, Sequence[float | None]]


class _Shift(Struct, frozen=True, kw_only=True):
    """A level that held: the medians before and since, and the index of the last reading before it."""

    entry: EntryId
    before: float
    since: float
    last: int


def detect(diff: Diff, past: BoardState) -> Detection:
    """One event per model and metric, on the third reading of the new level, and only then; none if the whole board shifted.

    Its interval is the one in which the shift began. Remembers the last readings (`_plain`); the values before a shift are
    forgotten, as the next level is compared with the new one.
    """
    events: list[Event] = []
    windows: dict[MetricId, _Window] = {}
    for metric in diff.board.metrics:
        watched = metric.nature is Nature.LIVE or (metric.primary and metric.nature is Nature.FITTED)
        if not watched or metric.higher_is_better is None or metric.volatile:
            continue
        window = _window(diff, past, metric)
        if window is not None and window.readings[-1].observed_at == diff.after.observed_at:
            common = _common_shift(window)
            entries = sorted(window.values)
            shifts = [shift for entry in entries if (shift := _shift(diff, metric, entry, window.values[entry], common))]
            events += _events(diff, metric, window, shifts, common) if diff.before is not None else ()
            window = _without_old_levels(window, {shift.entry for shift in shifts}) if shifts else window
        if window is not None:
            windows[metric.id] = window
    return Detection(events=events, memory=_plain(dict(sorted(windows.items()))))


def _plain(windows: Mapping[MetricId, _Window]) -> dict[str, object]:
    """{"at": {metric: [[time, url, [sha256]]]}, "values": {entry: [per metric, by name: [value or null], or null]}}."""

    def short(values: Sequence[float | None]) -> list[float | None]:  # whole numbers without a point halve the length
        return [int(value) if value is not None and float(value).is_integer() else value for value in values]

    entries = sorted({entry for window in windows.values() for entry in window.values})
    return {
        "at": {
            str(name): [[reading.observed_at.isoformat(), reading.url, list(reading.sha256)] for reading in window.readings]
            for name, window in windows.items()
        },
        "values": {
            str(entry): [short(window.values[entry]) if entry in window.values else None for window in windows.values()]
            for entry in entries
        },
    }


def _without_old_levels(window: _Window, shifted: Collection[EntryId]) -> _Window:
    forgotten = (None,) * (len(window.readings) - HELD)
    values = {entry: (*forgotten, *shown[-HELD:]) if entry in shifted else shown for entry, shown in window.values.items()}
    return structs.replace(window, values=values)


def _window(diff: Diff, past: BoardState, metric: Metric) -> _Window | None:
    """The readings of a metric with this one; only the remembered ones if this page has no new one, None if nothing is known."""
    remembered: Mapping[str, Any] = past.memory.get("regime_change", {})
    old = _from_json(remembered, metric.id) if metric.id in remembered.get("at", {}) else None
    reading = _Reading(diff.after.sha256, diff.after.url, diff.after.observed_at)
    verdict = diff.metrics.get(metric.id)
    if verdict is None or old is None or (verdict.moved and not verdict.usable):  # the first page, or another scale
        values: dict[EntryId, Sequence[float | None]] = {entry: (value,) for entry, value in _shown(diff, metric).items()}
        return _Window(readings=(reading,), values=values) if values else None
    if not verdict.moved or reading.observed_at - old.readings[-1].observed_at < _APART:
        return old
    shown, now = _shown(diff, metric), {before: now for now, before in diff.rekeyed.items()}
    before = {now.get(entry, entry): values for entry, values in old.values.items()}
    values = {
        entry: (*_moved_along(before.get(entry, [None] * len(old.readings)), verdict), shown.get(entry))[-KEPT:]
        for entry in (shown.keys() | (before.keys() & diff.after.entries.keys()))
    }
    known = {entry: kept for entry, kept in values.items() if any(value is not None for value in kept)}
    return _Window(readings=(*old.readings, reading)[-KEPT:], values=known)


def _shown(diff: Diff, metric: Metric) -> dict[EntryId, float]:
    """The values of a metric of the best of the board, to three digits; ratings to a tenth."""
    has = diff.after.measured(metric.id)
    if len(has) > _WATCHED:
        places = _places(diff)
        watched = sorted(has, key=lambda entry: (places.get(entry, inf), entry))[:_WATCHED]
        has = {entry: has[entry] for entry in watched}
    fitted = metric.nature is Nature.FITTED
    return {entry: round(value, 1) if fitted else float(f"{value:.{_DIGITS}g}") for entry, value in has.items()}


def _places(diff: Diff) -> dict[EntryId, float]:
    """The standings that sort the best of the board first; entries without a score have none."""
    primary = diff.board.primary
    return {entry: primary.sort_key(score) for entry, score in diff.after.values(primary.id).items()} if primary else {}


def _moved_along(values: Sequence[float | None], verdict: MetricDiff) -> list[float | None]:
    """Earlier values on the present scale: the common drift of a fitted board is added to them."""
    if (verdict.intercept, verdict.slope) == (0.0, 1.0):
        return list(values)
    return [None if value is None else round(verdict.intercept + verdict.slope * value, 1) for value in values]


def _from_json(kept: Mapping[str, Any], metric: str) -> _Window:
    column = sorted(kept["at"]).index(metric)
    return _Window(
        readings=[
            _Reading(tuple(map(Sha256, hashes)), url, datetime.fromisoformat(at)) for at, url, hashes in kept["at"][metric]
        ],
        values={
            EntryId(entry): [None if value is None else float(value) for value in shown[column]]
            for entry, shown in kept["values"].items()
            if shown[column] is not None
        },
    )


def _events(diff: Diff, metric: Metric, window: _Window, shifts: Sequence[_Shift], common: float) -> Iterator[Event]:
    places = _places(diff) if shifts else {}
    alike_by = grouped(shifts, lambda shift: (model_of(diff.after.entries[shift.entry]), shift.last, shift.since > shift.before))
    for alike in alike_by.values():
        best_first = sorted(alike, key=lambda shift: (places.get(shift.entry, inf), shift.entry))
        yield _event(diff, metric, window, best_first, common)


def _common_shift(window: _Window) -> float:
    """The factor by which the whole board shifted: the median over the entries that were there throughout."""
    splits = [split for values in window.values.values() if (split := _split(values)) is not None]
    ratios = [after / before for split in splits if (before := median(split[0])) and (after := median(split[1]))]
    return median(ratios) if len(ratios) >= _ENOUGH else 1.0


def _split(values: Sequence[float | None]) -> tuple[list[float], list[float]] | None:
    """The values before the last three readings and in them; None if one of the three is missing, or too many before."""
    since = [value for value in values[-HELD:] if value is not None]
    before = [value for value in values[:-HELD] if value is not None]
    return (before, since) if len(since) == HELD and len(before) >= BEFORE else None


def _shift(diff: Diff, metric: Metric, entry: EntryId, values: Sequence[float | None], common: float) -> _Shift | None:
    """The shift that this reading confirms: the last three beyond the error on one side, the one before them not."""
    split = _split(values)
    if split is None or entry not in diff.after.entries:
        return None
    before, since = split
    level = median(before)
    apart = [value / common - level if metric.nature is Nature.LIVE else value - level for value in (before[-1], *since)]
    side = 1 if apart[1] > 0 else -1
    least = min(side * gap for gap in apart[1:])
    if least <= 0 or len(set(since)) == 1:
        return None
    error = _error(diff, metric, entry, before, level)
    if least <= error or side * apart[0] > error:
        return None
    last = max(at for at, value in enumerate(values[:-HELD]) if value is not None)
    return _Shift(entry=entry, before=level, since=median(since), last=last)


def _error(diff: Diff, metric: Metric, entry: EntryId, before: Sequence[float], level: float) -> float:
    """How far a value may be from its level: 30 % (a rating: its half-width, or 2 % of the spread), or three spreads."""
    spread = _SPREADS * median(abs(value - level) for value in before)
    if metric.nature is Nature.LIVE:
        return max(spread, LEAST_SHIFT * abs(level))
    width = diff.after.entries[entry].measures[metric.id].half_width
    return max(spread, width if width is not None else 0.02 * _spread(diff.after, metric))


def _spread(page: Snapshot, metric: Metric) -> float:
    """The distance between the highest and the lowest value of a metric."""
    shown = page.values(metric.id).values()
    return page.once((metric.id, "spread"), lambda: max(shown) - min(shown))


def _event(diff: Diff, metric: Metric, window: _Window, alike: Sequence[_Shift], common: float) -> Event:
    best = alike[0]
    who = [party(diff.after, shift.entry) for shift in alike]
    before, since = number(best.before, metric), number(best.since, metric)
    unit = f" {metric.unit}" if metric.unit and not metric.unit.startswith("USD") and not metric.percent_factor else ""
    of_first = " (the first of them)" if len(alike) > 1 else ""
    scale = " on its present scale" if metric.nature is Nature.FITTED else ""
    is_news = _is_news(diff, metric, alike, window)
    return make(
        diff,
        rule=RULE,
        grade=Grade.BETTER if metric.better(best.since, best.before) else Grade.WORSE,
        weight=30 if is_news else 4,
        is_news=is_news,
        subjects=who,
        metric=metric.id,
        headline=f"{listed(who)}: {metric.title} on {diff.board.title} went from about {before} to about {since}"
        f"{unit}{of_first}{scale} and stayed there for {HELD} readings.",
        facts={
            "shifts": {
                str(shift.entry): {"before": shift.before, "since": shift.since, "values": list(window.values[shift.entry])}
                for shift in alike
            },
            "readings": [reading.observed_at.isoformat() for reading in window.readings],
            "common_shift": round(common, 3),
        },
        evidence=[*_pages(window), *(proof(diff.after, shift.entry, metric.id) for shift in alike)],
        after=window.readings[best.last].observed_at,
        until=window.readings[-HELD].observed_at,
    )


def _is_news(diff: Diff, metric: Metric, alike: Sequence[_Shift], window: _Window) -> bool:
    best, places = alike[0], _places(diff)
    place = places.get(best.entry, inf)
    if place == inf or sum(other < place for other in places.values()) >= _NEWS_TO_RANK:
        return False
    if metric.nature is Nature.FITTED:
        return not any(_was_a_revision(diff, metric, shift, window) for shift in alike)
    low, high = sorted((best.before, best.since))
    return low > 0 and high / low >= _NEWS_RATIO


def _was_a_revision(diff: Diff, metric: Metric, shift: _Shift, window: _Window) -> bool:
    """Whether the first step alone was beyond the entry's interval, and so was reported when it came (`score_revision`)."""
    last, first = (window.values[shift.entry][at] for at in (shift.last, -HELD))
    width = diff.after.entries[shift.entry].measures[metric.id].half_width or 0.0
    return last is not None and first is not None and abs(first - last) > width


def _pages(window: _Window) -> list[Evidence]:
    """The bytes of every reading except this one, whose cells are evidence themselves."""
    return [page for reading in window.readings[:-1] for page in whole_page(*reading)]


KIND = EventKind(RULE, tuple(Grade), detect, folding=Folding(crowd=("level shift", "level shifts")))
