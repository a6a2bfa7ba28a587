"""What a publisher states about a model's life: deprecated, another licence or context, weights opened, to expire.

A change needs a known value on both sides, except for a date of expiry. Other properties are `attribute_change`.
Source: docs/decisions/0014-parity-gains-frontiers.md
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Any

from msgspec import Struct

from tracker.events._predecessor import model_of
from tracker.events._values import grouped, keys_now
from tracker.events.kind import Detection, EventKind, Folding, What
from tracker.events.making import both_proofs, make, party, stated_proofs
from tracker.model import BoardState, Diff, EntryId, Event, Metric, MetricId, Nature, name_tokens
from tracker.traits import is_unstated
from tracker.wording import listed, number

RULE = "lifecycle/1"
Grade = StrEnum("Grade", "DEPRECATED UNDEPRECATED LICENCE CONTEXT WEIGHTS_OPENED WEIGHTS_CLOSED EXPIRES")
_TRUE = frozenset(("true", "yes", "1"))
_FALSE = frozenset(("false", "no", "0"))
_FORMAT_SHARE, _FORMAT_LEAST = 0.1, 5
"""If this share and number of entries change a property at once, the publisher changed its format, not the models."""
_SEVERAL = 3
"""More models than this that change in the same way on one day are one event."""
_LISTS = frozenset((Grade.DEPRECATED, Grade.UNDEPRECATED, Grade.EXPIRES))
"""Grades whose changes of one day are one event, however few."""
_REMEMBERED = 500
"""The former statements of this number of entries are remembered, those that changed last."""
_PROVEN = 10
_TITLES = {"license": "licence", "context": "context window"}
_WEIGHT = {
    Grade.WEIGHTS_OPENED: 60,
    Grade.LICENCE: 35,
    Grade.DEPRECATED: 32,
    Grade.CONTEXT: 30,
    Grade.EXPIRES: 30,
    Grade.UNDEPRECATED: 20,
    Grade.WEIGHTS_CLOSED: 20,
}
_CONTEXT_RATIO = 2.0
"""A context window is news if it at least doubled or halved; smaller changes come from how it is counted, or served."""
_FLAGS = {
    "deprecated": (Grade.DEPRECATED, Grade.UNDEPRECATED),
    "open_weights": (Grade.WEIGHTS_OPENED, Grade.WEIGHTS_CLOSED),
}
_TEXTS = {"licence": Grade.LICENCE, "license": Grade.LICENCE, "context": Grade.CONTEXT}
_ATTRIBUTES = _FLAGS.keys() | _TEXTS.keys() | {"expires"}
_Former = dict[EntryId, dict[str, list[str]]]
"""The former statements of each property of entries."""


class _Change(Struct, frozen=True, kw_only=True):
    """One stated property of one entry. `metric` is set where it is a column of numbers."""

    entry: EntryId
    grade: Grade
    attribute: str
    before: str
    after: str
    metric: MetricId | None = None


def detect(diff: Diff, past: BoardState) -> Detection:
    """One event per grade, pair of statements and model; one for all if more than three models change in the same way.

    Remembers former statements: [[entry, {property: [statements]}]], those that changed last at the end.
    """
    former = _remembered(diff, past)
    if diff.before is None or diff.restart:
        return Detection(events=(), memory=_plain(former))
    stated = list(_stated(diff))
    changes = [*stated, *_listed(diff)]
    counts = Counter(change.attribute for change in changes)
    formats = {name for name, count in counts.items() if count >= _FORMAT_LEAST and count >= _FORMAT_SHARE * len(diff.common)}
    events = [_event(diff, alike, former, formatted=alike[0].attribute in formats) for alike in _together(diff, changes)]
    return Detection(events=events, memory=_plain(_with_changes(former, stated)))


def _with_changes(former: _Former, changes: Sequence[_Change]) -> _Former:
    kept = dict(former)
    for change in changes:
        statements = kept.pop(change.entry, {})
        before = [value for value in statements.get(change.attribute, []) if value != change.before]
        kept[change.entry] = statements | {change.attribute: [*before, change.before]}
    return kept


def _plain(former: _Former) -> list[list[Any]]:
    return [[str(entry), statements] for entry, statements in former.items()][-_REMEMBERED:]


def _remembered(diff: Diff, past: BoardState) -> _Former:
    now = keys_now(diff)
    remembered: list[tuple[str, dict[str, list[str]]]] = past.memory.get("lifecycle", [])
    return {now.get(EntryId(entry), EntryId(entry)): statements for entry, statements in remembered}


def _stated(diff: Diff) -> Iterator[_Change]:
    assert diff.before is not None
    for entry in (common for common in diff.common if common not in diff.doubtful):  # others have the key of another row
        old, new = diff.before.entries[entry].attributes, diff.after.entries[entry].attributes
        if old == new:
            continue
        seen = set()
        for attribute in sorted(_ATTRIBUTES & (old.keys() | new.keys())):
            before, after = old.get(attribute, ""), new.get(attribute, "")
            grade = grade_of(attribute, before, after)
            if grade and grade not in seen:  # a board may have `licence` and `license`
                seen.add(grade)
                yield _Change(entry=entry, grade=grade, attribute=attribute, before=before, after=after)


def grade_of(attribute: str, before: str, after: str) -> Grade | None:
    """The grade of a change of a property; None if it is not a change of this kind. Unknown is empty."""
    if before == after:
        return None
    if attribute in _FLAGS:
        on, off = _FLAGS[attribute]
        old, new = before.casefold(), after.casefold()
        return on if old in _FALSE and new in _TRUE else off if old in _TRUE and new in _FALSE else None
    if attribute in _TEXTS:  # another letter case or punctuation is the same text
        stated = all(text and not is_unstated(text) for text in (before, after))
        return _TEXTS[attribute] if stated and name_tokens(before) != name_tokens(after) else None
    return Grade.EXPIRES if attribute == "expires" and after else None


def _listed(diff: Diff) -> Iterator[_Change]:
    """Context windows as listed numbers."""
    for metric in filter(is_context, diff.board.metrics):
        verdict = diff.metrics[metric.id]
        for entry, move in sorted(verdict.moves.items()) if verdict.usable else ():
            before, after = (number(measure.value, metric) for measure in (move.before, move.after))
            yield _Change(entry=entry, grade=Grade.CONTEXT, attribute=metric.id, before=before, after=after, metric=metric.id)


def is_context(metric: Metric) -> bool:
    """Whether a listed metric is the context window."""
    return metric.nature is Nature.LISTED and "context" in (metric.topic, metric.id)


def _together(diff: Diff, changes: Sequence[_Change]) -> list[list[_Change]]:
    """Changes that are one piece of news: the same change of one model, or of many models."""
    groups: list[list[_Change]] = []
    alike = grouped(changes, lambda change: (change.grade, change.attribute, change.before, change.after))
    for (grade, *_), several in sorted(alike.items()):
        models = grouped(several, lambda change: model_of(diff.after.entries[change.entry]))
        groups.extend([several] if len(models) > _SEVERAL or grade in _LISTS else models.values())
    return groups


def _event(diff: Diff, alike: Sequence[_Change], former: _Former, *, formatted: bool) -> Event:
    flips = all(change.after in former.get(change.entry, {}).get(change.attribute, ()) for change in alike)
    first, who = alike[0], [party(diff.after, change.entry) for change in alike]
    is_news = not flips and not formatted and first.grade != Grade.WEIGHTS_CLOSED and not _is_small(first)
    entries = [change.entry for change in alike[:_PROVEN]]
    return make(
        diff,
        rule=RULE,
        grade=first.grade,
        weight=_WEIGHT[first.grade] if is_news else 3,
        is_news=is_news,
        subjects=who,
        metric=first.metric,
        headline=f"{listed(who)}{_predicate(diff, first, many=len(who) > 1)}.",
        facts={"attribute": first.attribute, "before": first.before, "after": first.after, "flip": flips, "format": formatted},
        evidence=both_proofs(diff, entries, first.metric) if first.metric else stated_proofs(diff, entries, first.attribute),
    )


def _is_small(change: _Change) -> bool:
    """Whether a context window changed by too little to be news. A change of a text without a number is never small."""
    try:
        low, high = sorted(float(text.replace(",", "")) for text in (change.before, change.after))
    except ValueError:
        return False
    return change.grade == Grade.CONTEXT and 0 < high < _CONTEXT_RATIO * low


def _in_words(text: str) -> str:
    """A count with its thousands apart; any other text as it is."""
    return f"{int(text):,}" if text.isascii() and text.isdecimal() else text


def _predicate(diff: Diff, change: _Change, *, many: bool) -> str:
    are, have, board = *(("are", "have") if many else ("is", "has")), diff.board.title
    title = diff.board.metric(change.metric).title if change.metric else _TITLES.get(change.attribute, change.attribute)
    changes = f": {title} on {board} changes from {_in_words(change.before)} to {_in_words(change.after)}"
    return {
        Grade.DEPRECATED: f" {are} marked as deprecated on {board}",
        Grade.UNDEPRECATED: f" {are} no longer marked as deprecated on {board}",
        Grade.WEIGHTS_OPENED: f" now {have} open weights, says {board}",
        Grade.WEIGHTS_CLOSED: f" no longer {have} open weights, says {board}",
        Grade.LICENCE: changes,
        Grade.CONTEXT: changes,
        Grade.EXPIRES: f" {are} to expire on {change.after}{f', not on {change.before}' if change.before else ''}, says {board}",
    }[change.grade]


def why_recorded(event: Event) -> str:
    """Why an event of this kind is not news."""
    if event.facts.get("flip"):
        return "it goes back to what was stated before"
    if event.facts.get("format"):
        return "it changed for many entries at once: the publisher changed its format, not the models"
    if event.grade == Grade.WEIGHTS_CLOSED:
        return "published weights cannot be called back: the publisher corrects what it stated"
    return "the context window changed by less than is news"


KIND = EventKind(
    RULE,
    tuple(Grade),
    detect,
    recorded=(Grade.WEIGHTS_CLOSED,),
    folding=Folding(crowd=("changed term", "changed terms")),
    explains={What.ATTRIBUTE: 10, What.VALUE: 24},
    why_recorded=why_recorded,
)
