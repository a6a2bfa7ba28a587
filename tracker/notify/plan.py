"""Which letters of a route go out now, and in which message: digests, quiet hours, cool-down, and the cap per hour. Pure.

Source: docs/guide/notify.md
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from tracker import cadence
from tracker.events import TROUBLES
from tracker.model import BoardId, Event, How, Letter, Receipt
from tracker.notify.routes import WITHDRAWN, Route
from tracker.reports import fold

HOUR = timedelta(hours=1)
TROUBLES_GATHER = timedelta(minutes=15)
"""Trouble waits so long for more of it: boards of one host are read minutes apart, and when the host fails that is one message."""
UNREACHABLE_GATHER = timedelta(hours=1)
"""What is told only after hours of silence can wait for the other boards of the same host: each has its own rhythm of tries."""
MOST_UNANSWERED = 5
"""While so many messages wait for another try, no new one is begun: when the channel is back, what waited is told together."""
LONGEST_WAIT = timedelta(days=1)
"""No letter is put off for longer. One that seems to be was put off before the clock was set back, and is due."""
COUNTED = "+"
"""Follows the name of the message where a letter is only counted in it, so that another try tells and counts the same ones."""

_TROUBLES = frozenset((*TROUBLES, "board_recovered"))
_FRONTIER = "frontier"
_UNREACHABLE = "unreachable"
_EARLY = datetime.min.replace(tzinfo=UTC)
_CLOCK_SET_BACK = timedelta(minutes=1)
_LONG = timedelta(days=32)
"""In so long every daily, weekly and monthly digest had its hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Letters that make one message: those it tells, the weightiest first, and those it only counts.

    `message` is its name when it was tried before, empty when it is new.
    """

    told: tuple[Letter, ...]
    counted: tuple[Letter, ...] = ()
    message: str = ""

    @property
    def letters(self) -> tuple[Letter, ...]:
        """All of them."""
        return (*self.told, *self.counted)


def plan(route: Route, letters: Sequence[Letter], receipts: Sequence[Receipt], now: datetime) -> Sequence[Batch]:
    """The messages that go out on a route now, in their order.

    `letters` are those of the route that wait; `receipts` those of the route at least since `remembers(route, now)`. A message
    that was tried before goes out again as it was, and before what is new.
    """
    if is_quiet(route, now):
        return ()
    tried, fresh = _by_message(letters)
    slots = _slots(route, receipts, now)
    again = [batch for batch in tried if _is_due(_next_try(batch), now)][:slots]
    if len(tried) >= MOST_UNANSWERED:
        return again
    new = _digest(route, fresh, now) if route.digest else _at_once(route, fresh, _warm(route, tried, receipts, now), now)
    return [*again, *_capped(new, None if slots is None else slots - len(again))]


def is_quiet(route: Route, now: datetime) -> bool:
    """Whether nothing goes out on the route at that time."""
    return bool(route.quiet) and cadence.in_quiet(route.quiet, route.time_zone, now) is not None


def remembers(route: Route, now: datetime) -> datetime:
    """Since when receipts count for what goes out now."""
    return now - max(HOUR, timedelta(seconds=route.cool_down_s))


def message_of(route: Route, batch: Batch) -> str:
    """The name of a batch's message: the same for the same events on the same route, so that a receiver can tell a second try."""
    if batch.message:
        return batch.message
    events = sorted(letter.event.id for letter in batch.letters)
    return hashlib.sha256(json.dumps([route.name, events]).encode()).hexdigest()[:24]


def subject_of(event: Event) -> str:
    """What cools down after a message about it: a model (on whatever board), an entry, a board in trouble; else the event alone."""
    if event.kind in _TROUBLES:
        return f"board {event.board}"
    if len(event.subjects) == 1 or (event.subjects and event.kind == _FRONTIER):
        party = event.subjects[0]
        return f"model {party.model}" if party.model else f"entry {event.board} {party.entry}"
    return f"event {event.id}"


# ── tried before ─────────────────────────────────────────────────────────────────────────────────


def _by_message(letters: Iterable[Letter]) -> tuple[list[Batch], list[Letter]]:
    """The batches that were tried before, those that wait longest first, and the letters that are in none.

    A batch that has nothing to tell any more (it was dropped) is none: what it counted is told anew.
    """
    told: dict[str, list[Letter]] = {}
    counted: dict[str, list[Letter]] = {}
    for letter in letters:
        of = counted if letter.message.endswith(COUNTED) else told
        of.setdefault(letter.message.removesuffix(COUNTED), []).append(letter)
    fresh = told.pop("", [])
    fresh += [replace(letter, message="") for name, some in counted.items() if name not in told for letter in some]
    tried = [Batch(told=_ordered(some), counted=_ordered(counted.get(name, ())), message=name) for name, some in told.items()]
    return sorted(tried, key=lambda batch: (_next_try(batch), batch.message)), fresh


def _next_try(batch: Batch) -> datetime:
    """When the batch is due: with the first of its letters, since a person may have asked for that one."""
    return min(letter.not_before or _EARLY for letter in batch.letters)


def _is_due(at: datetime, now: datetime) -> bool:
    return not now < at <= now + LONGEST_WAIT


def _oldest(letters: Iterable[Letter], now: datetime) -> datetime:
    """When the first of them was queued; long ago if that is in the future: then the clock was set back, and nobody knows."""
    first = min(letter.queued_at for letter in letters)
    return first if first <= now + _CLOCK_SET_BACK else now - _LONG


def _order(letter: Letter) -> tuple[int, datetime, str]:
    """The weightiest first, then the earliest, as in a report."""
    return (-letter.event.weight, letter.event.recorded_at, letter.event.id)


def _ordered(letters: Iterable[Letter]) -> tuple[Letter, ...]:
    return tuple(sorted(letters, key=_order))


# ── the cap ──────────────────────────────────────────────────────────────────────────────────────


def _slots(route: Route, receipts: Iterable[Receipt], now: datetime) -> int | None:
    """How many messages may still go out, None where there is no cap. Receipts from the future (a clock set back) do not count."""
    if route.most_per_hour is None:
        return None
    sent = {one.message for one in receipts if one.how is How.SENT and now - HOUR < one.delivered_at <= now}
    return max(0, route.most_per_hour - len(sent))


def _capped(batches: Sequence[Batch], slots: int | None) -> Sequence[Batch]:
    """As many batches as there are slots, the weightiest first; the last one counts what all the others would have told."""
    ordered = sorted(batches, key=lambda batch: _order(batch.told[0]))
    if slots is None or len(ordered) <= slots:
        return ordered
    if slots == 0:
        return ()
    *whole, last = ordered[:slots]
    return [*whole, replace(last, counted=_ordered(one for batch in ordered[slots:] for one in batch.told))]


# ── new ones ─────────────────────────────────────────────────────────────────────────────────────


def _digest(route: Route, letters: Sequence[Letter], now: datetime) -> Sequence[Batch]:
    """Everything in one batch, once the digest's hour has come since the oldest letter was queued."""
    if not letters or not all(_is_due(letter.not_before or _EARLY, now) for letter in letters):
        return ()
    assert route.digest is not None, "only digests have an hour"
    due = next(cadence.firings(route.digest, route.time_zone, _oldest(letters, now)), None)
    return () if due is None or due > now else [Batch(told=_ordered(letters))]


def _at_once(route: Route, letters: Iterable[Letter], warm: frozenset[str], now: datetime) -> Sequence[Batch]:
    """A batch for all trouble, and one for each story; of those whose subject has cooled down and that have waited for others."""
    due = (letter for letter in letters if _is_due(letter.not_before or _EARLY, now))
    ready = [letter for letter in due if subject_of(letter.event) not in warm]
    gather = timedelta(seconds=route.gather_s)
    troubles = [one for one in ready if one.event.kind in _TROUBLES]
    silent = all(one.event.grade == _UNREACHABLE for one in troubles)
    trouble = _gathered(troubles, max(gather, UNREACHABLE_GATHER if silent else TROUBLES_GATHER), now)
    news = _gathered((one for one in ready if one.event.kind not in _TROUBLES), gather, now)
    groups = _stories(news)
    groups = _joined(groups) if route.cool_down_s else groups
    return [Batch(told=_ordered(group)) for group in (trouble, *groups) if group]


def _gathered(letters: Iterable[Letter], gather: timedelta, now: datetime) -> Sequence[Letter]:
    """The letters, if the first of them has waited long enough; else none."""
    every = tuple(letters)
    return every if every and _oldest(every, now) + gather <= now else ()


def _stories(letters: Iterable[Letter]) -> list[Sequence[Letter]]:
    boards: dict[BoardId, dict[str, Letter]] = {}
    withdrawn: dict[BoardId, Sequence[Letter]] = {}
    for letter in letters:
        if letter.event.kind == WITHDRAWN:  # a reading that was wrong takes all of its news with it
            withdrawn[letter.event.board] = [*withdrawn.get(letter.event.board, ()), letter]
        else:
            boards.setdefault(letter.event.board, {})[letter.event.id] = letter
    return [*withdrawn.values()] + [
        [of_board[event.id] for event in (story.lead, *story.folded)]
        for of_board in boards.values()
        for story in fold(letter.event for letter in of_board.values())
    ]


def _joined(groups: Iterable[Sequence[Letter]]) -> list[Sequence[Letter]]:
    """Groups that share a subject as one: after the first message the others would have to wait for it to cool down."""
    joined: list[tuple[set[str], list[Letter]]] = []
    for group in groups:
        subjects, letters = {subject_of(letter.event) for letter in group}, list(group)
        apart = []
        for other in joined:
            if other[0] & subjects:
                subjects, letters = subjects | other[0], other[1] + letters
            else:
                apart.append(other)
        joined = [*apart, (subjects, letters)]
    return [letters for _, letters in joined]


def _warm(route: Route, tried: Iterable[Batch], receipts: Iterable[Receipt], now: datetime) -> frozenset[str]:
    """Subjects that had a message so lately that the next one waits, or that are to have one as soon as it can be delivered."""
    if not route.cool_down_s:
        return frozenset()
    start = now - timedelta(seconds=route.cool_down_s)
    lately = {one.subject for one in receipts if one.how is How.SENT and start < one.delivered_at <= now}
    return frozenset(lately | {subject_of(letter.event) for batch in tried for letter in batch.told})
