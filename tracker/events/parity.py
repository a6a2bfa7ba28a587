"""A model is at least level with one several times its size or price: "the 14B rivals the 70B".

Level means: better, or worse by no more than the error that the metric states. A metric without an error proves no level, nor
does a value whose interval is far wider than usual on the board. Sizes are never guessed.

Source: docs/decisions/0014-parity-gains-frontiers.md
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from operator import itemgetter

from msgspec import Struct

from tracker.events._level import Comparison, Judge
from tracker.events._newcomers import newly_measured
from tracker.events._predecessor import best_of_each, model_of, release_of
from tracker.events._values import is_whole, ranked_primary
from tracker.events.kind import Detection, EventKind
from tracker.events.making import make, party, proof
from tracker.model import Board, BoardState, Diff, Entry, EntryId, Event, Metric, MetricId
from tracker.traits import Traits, price_metric, size_words, traits
from tracker.wording import number

RULE = "parity/1"
Grade = StrEnum("Grade", "SIZE PRICE")
TIMES_THE_SIZE, TIMES_THE_PRICE = 3.0, 5.0
_ONE_RELEASE = timedelta(days=90)
"""The time in which at most one parity of a release is news."""
_LOOKED_AT = 200
"""If no larger entry is within the error, this number of entries that are clearly worse is tried, the best first."""


class _Rival(Struct, frozen=True, kw_only=True):
    """A larger or more expensive entry, by how much, and whether the two lie within the error of each other."""

    entry: EntryId
    by: Grade
    ratio: float
    within: bool
    standing: float


def detect(diff: Diff, past: BoardState) -> Detection:
    """At most one event per newcomer, or entry that rose beyond its error, with its most telling rival. One is news per release.

    News if the two lie within the error of each other, for the best variant of a model, unless most metrics without an error
    contradict it. Remembers when a parity of which release was last reported: {release: time}.
    """
    parities, now = _parities(diff, past), diff.after.observed_at
    remembered: dict[str, str] = past.memory.get("parity", {})
    recent = {release: at for release, at in remembered.items() if now - datetime.fromisoformat(at) < _ONE_RELEASE}
    best: dict[str, Event] = {}
    for event, release in parities:
        if event.is_news and release not in recent and (release not in best or event.weight > best[release].weight):
            best[release] = event
    news = {event.id for event in best.values()}
    return Detection(
        events=[
            event if event.id in news else replace(event, is_news=False, weight=min(event.weight, 10)) for event, _ in parities
        ],
        memory=recent | {release: event.recorded_at.isoformat() for release, event in sorted(best.items())},
    )


def _parities(diff: Diff, past: BoardState) -> list[tuple[Event, str]]:
    """An event for each entry that has a rival, with its release."""
    primary = ranked_primary(diff)
    if primary is None or diff.before is None:
        return []
    moves = ((entry, move) for entry, move in diff.metrics[primary.id].moves.items() if move.significant)
    risen = {entry for entry, move in moves if primary.sort_key(move.shift) < 0 and not move.after.estimated}
    fresh = newly_measured(diff, past)
    if not fresh and not risen:
        return []
    field = _Field(diff, past, primary)
    had = Judge(diff, past, primary, diff.before) if risen else None
    parities = []
    for entry in sorted({*fresh, *risen}):
        rival = field.rival(entry, had if entry in risen else None)
        if rival is not None:
            release = "/".join(release_of(diff.after.entries[entry]) or (entry,))
            parities.append((_event(diff, field, entry, *rival), release))
    return parities


class _Field:
    """The measured entries of a page, the best variant of each model in the order of the board, and which of them are notable."""

    def __init__(self, diff: Diff, past: BoardState, primary: Metric) -> None:
        self.snapshot, self.board, self.judge = diff.after, diff.board, Judge(diff, past, primary, diff.after)
        price = price_metric(diff.board)
        self.price = price if price is not None and is_whole(diff, past, price) else None
        standings = diff.after.standings(primary)
        ordered, self.standing = [standing for standing, _ in standings], {entry: standing for standing, entry in standings}
        self.top_third, upper_half = (ordered[(len(ordered) - 1) // part] if ordered else 0.0 for part in (3, 2))
        self.best = best_of_each(diff.after, primary)
        order = [place for place in standings if place[1] in self.best]
        who = {entry: diff.after.entries[entry].who for entry in self.best}
        own = ((who[entry].lab, entry) for _, entry in reversed(order) if who[entry].lab and not who[entry].guessed_lab)
        self.flagships = frozenset(dict(own).values())
        known = diff.before.entries if diff.before is not None else {}
        leads = {entry for at, entry in order if at <= self.top_third or (entry in self.flagships and at <= upper_half)}
        self._notable = [(at, entry) for at, entry in order if entry in known and entry in leads]
        self._traits: dict[EntryId, Traits] = {}

    def traits(self, entry: EntryId) -> Traits:
        """What is known of an entry, computed once."""
        if entry not in self._traits:
            self._traits[entry] = traits(self.snapshot.entries[entry], self.board)
        return self._traits[entry]

    def rival(self, entry: EntryId, had: Judge | None) -> tuple[_Rival, Comparison] | None:
        """The most telling rival: the largest one within the error, otherwise the best one that is clearly worse.

        With `had`, the judge of the page before, only a rival with whom it was not level there.
        """
        for rival in sorted(self._rivals(entry), key=_telling) if self.judge.can_judge(entry) else ():
            compared = self.judge.compare(entry, rival.entry)
            if compared is not None and (had is None or had.compare(entry, rival.entry) is None):
                return rival, compared
        return None

    def _rivals(self, entry: EntryId) -> Iterator[_Rival]:
        """Larger and more expensive entries that it is at least level with on the metric that ranks the board."""
        entries, own, standing = self.snapshot.entries, self.traits(entry), self.standing[entry]
        error = self.judge.error(entry)
        start = bisect_left(self._notable, standing - error, key=itemgetter(0))
        end = bisect_right(self._notable, standing + error, key=itemgetter(0))
        for at, other in self._notable[start : end + _LOOKED_AT]:
            ratios = self._ratios(own, self.traits(other))
            within = self.judge.is_within(entry, other) if ratios else False
            if not ratios or (at < standing and not within) or _are_related(entries[entry], entries[other]):
                continue
            yield from (_Rival(entry=other, by=by, ratio=ratio, within=within, standing=at) for by, ratio in ratios.items())

    def _ratios(self, own: Traits, other: Traits) -> dict[Grade, float]:
        """By how much the other is larger and more expensive, if by enough."""
        ratios = {}
        if own.size_total_b and other.size_total_b and other.size_total_b >= TIMES_THE_SIZE * own.size_total_b:
            ratios[Grade.SIZE] = other.size_total_b / own.size_total_b
        if self.price is not None and own.price and other.price and other.price >= TIMES_THE_PRICE * own.price:
            ratios[Grade.PRICE] = other.price / own.price
        return ratios


def _are_related(entry: Entry, other: Entry) -> bool:
    """Whether they are the same model, or siblings of one release, and so not rivals."""
    release = release_of(entry)
    return model_of(entry) == model_of(other) or (release is not None and release == release_of(other))


def _telling(rival: _Rival) -> tuple[object, ...]:
    """Sorts the most telling first: within the error, by size rather than price, and then the largest, or the best."""
    return (not rival.within, rival.by != Grade.SIZE, -rival.ratio if rival.within else 0.0, rival.standing, rival.entry)


def _event(diff: Diff, field: _Field, entry: EntryId, rival: _Rival, compared: Comparison) -> Event:
    board, primary = diff.board, field.judge.primary
    own, other = field.traits(entry), field.traits(rival.entry)
    who, passed = party(diff.after, entry), party(diff.after, rival.entry)
    values = compared.held[primary.id]
    level = "is level with" if rival.within else "stands above"
    error = ", within the error" if rival.within and values[0] != values[1] else ""
    metrics = [metric.id for metric in field.judge.metrics if metric.id in compared.held or metric.id in compared.failed]
    metrics += [field.price.id] if rival.by == Grade.PRICE and field.price is not None else []
    return make(
        diff,
        rule=RULE,
        grade=rival.by,
        weight=(50 if rival.by == Grade.SIZE else 45) + min(10, int(rival.ratio)),
        is_news=rival.within and entry in field.best and _is_mostly_level(field, compared),
        subjects=[who],
        rivals=[passed],
        metric=primary.id,
        headline=f"{who.name} ({_figure(board, rival, own)}) {level} {passed.name} ({_figure(board, rival, other)}),"
        f" {rival.ratio:.3g} times its {rival.by}, on {board.title} ({primary.title}):"
        f" {number(values[0], primary)} against {number(values[1], primary)}{error}{_scope(field, compared)}.",
        facts={
            "by": rival.by,
            "ratio": round(rival.ratio, 3),
            "within_error": rival.within,
            "size_total_b": [own.size_total_b, other.size_total_b],
            "size_active_b": [own.size_active_b, other.size_active_b],
            "price": [own.price, other.price],
            "reasoning": [own.reasoning, other.reasoning],
            "level": _as_facts(compared.held),
            "behind": _as_facts(compared.failed),
            "no_error_stated": _as_facts(compared.unjudged),
            "rival_in_top_third": rival.standing <= field.top_third,
            "rival_is_flagship": rival.entry in field.flagships,
        },
        evidence=[proof(diff.after, key, metric) for metric in metrics for key in (entry, rival.entry)],
    )


def _as_facts(values: Mapping[MetricId, list[float]]) -> dict[str, list[float]]:
    return {str(metric): pair for metric, pair in values.items()}


def _is_mostly_level(field: _Field, compared: Comparison) -> bool:
    """Whether metrics without an error do not contradict it: the rival's value is better on at most two in three of them."""
    metrics = [metric for metric in field.judge.metrics if metric.id in compared.unjudged]
    below = sum(metric.better(other, own) for metric in metrics for own, other in [compared.unjudged[metric.id]])
    return 3 * below <= 2 * len(metrics)


def _figure(board: Board, rival: _Rival, known: Traits) -> str:
    price = price_metric(board)
    if rival.by == Grade.PRICE and price is not None and known.price is not None:
        return f"{price.title} {number(known.price, price)}"
    return size_words(known)


def _scope(field: _Field, compared: Comparison) -> str:
    """The number of metrics on which it holds, and those on which it does not."""
    judge = field.judge
    judged = len(compared.held) + len(compared.failed)
    words = f"; so on {len(compared.held)} of {judged} metrics with an error"
    if len(judge.judging) == 1:
        words = "" if len(judge.metrics) == 1 else ", on the one metric with an error"
    behind = [metric.title for metric in judge.metrics if metric.id in compared.failed]
    return words + (f", not on {', '.join(behind)}" if behind else "")


KIND = EventKind(RULE, tuple(Grade), detect)
