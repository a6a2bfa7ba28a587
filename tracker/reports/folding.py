"""Folds events into stories, so that a reader sees each thing once.

Three folds, each within one observation of one board: the events of one entry (a newcomer that takes the lead also makes a debut
and overtakes others), the siblings of one release, and similar events of many entries.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from math import inf
from typing import TYPE_CHECKING

from tracker.model import Event, Story

if TYPE_CHECKING:
    from tracker.events.kind import Folding

_MOST_ALIKE = 3
"""Stories of one such kind that stay separate; more become one story."""
_STANDS_ALONE = 51
"""Stories from this weight on are never one of many."""

Order = tuple[int, datetime, str]


def fold(events: Iterable[Event]) -> tuple[Story, ...]:
    """The stories of one board's events, the weightiest first; every event is in exactly one of them."""
    observations: dict[datetime, list[Event]] = {}
    for event in sorted(events, key=order):
        observations.setdefault(event.recorded_at, []).append(event)
    stories = [story for observed in observations.values() for story in _crowds(_siblings(_entries(observed)))]
    return tuple(sorted(stories, key=lambda story: order(story.lead)))


def order(event: Event) -> Order:
    """Sort the weightiest first, then the earliest, then by id."""
    return (-event.weight, event.recorded_at, event.id)


def subject(event: Event) -> tuple[str, str]:
    """The subject of an event: its only entry, or the first on a frontier; the event itself if it names none or several."""
    folding = folding_of(event)
    is_entry = not folding.alone and (len(event.subjects) == 1 or (event.subjects and folding.by_first))
    return ("entry", event.subjects[0].entry) if is_entry else ("event", event.id)


def folding_of(event: Event) -> Folding:
    """How reports fold the kind of an event."""
    from tracker import events  # noqa: PLC0415  # printing events as JSON needs no kinds

    return events.folding_of(event)


def _entries(events: Sequence[Event]) -> list[Story]:
    together: dict[tuple[str, str], list[Event]] = {}
    for event in events:
        together.setdefault(subject(event), []).append(event)
    return [Story(lead=lead, folded=tuple(others)) for lead, *others in together.values()]


def _merged(stories: Sequence[Story]) -> Story:
    """One story, led by the first."""
    lead, *folded = (event for story in stories for event in story.events)
    return Story(lead=lead, folded=tuple(folded))


def _siblings(stories: Sequence[Story]) -> list[Story]:
    """Merge a release and the debuts of its siblings into one story.

    The same for debuts of one creator released on one day, or of names that differ in a parenthesis at their end. The weightiest
    leads; among equals, which siblings mostly are, the best-ranked.
    """
    news = {story.lead.id: event for story in stories if (event := _release(story)) is not None}
    releases = _releases(news.values())
    together: dict[object, list[Story]] = {}
    for story in stories:
        event = news.get(story.lead.id)
        together.setdefault(story.lead.id if event is None else releases[event.id], []).append(story)
    return [_merged(sorted(group, key=_sibling_order)) for group in together.values()]


def _release(story: Story) -> Event | None:
    """The event of a story about a release: its debut, or the group of siblings."""
    return next((event for event in story.events if _is_group(event) or _is_debut(event)), None)


def _is_group(event: Event) -> bool:
    return folding_of(event).siblings and len(event.subjects) > 1


def _is_debut(event: Event) -> bool:
    return folding_of(event).debut and len(event.subjects) == 1


def _sibling_order(story: Story) -> tuple[int, float, Order]:
    debut = next((event for event in story.events if _is_debut(event)), None)
    rank = debut.facts.get("rank") if debut is not None else None
    return (-story.lead.weight, rank if isinstance(rank, int) else inf, order(story.lead))


def _releases(news: Iterable[Event]) -> dict[str, object]:
    """The release of each debut or group: events that share a key, directly or through others, share the release."""
    parents: dict[object, object] = {}
    firsts: dict[str, object] = {}
    for event in news:
        first, *others = _keys(event)
        firsts[event.id] = first
        for other in others:
            parents[_root(parents, other)] = _root(parents, first)
    return {event: _root(parents, first) for event, first in firsts.items()}


def are_siblings(event: Event, other: Event) -> bool:
    """Whether two events are about entries of one release."""
    return bool(event.subjects and other.subjects) and not set(_keys(event)).isdisjoint(_keys(other))


def _keys(event: Event) -> Iterator[tuple[str, ...]]:
    yield from (("entry", party.entry) for party in event.subjects)
    if _is_group(event):
        return
    yield ("name", _base(event.subjects[0].name))
    creator, released = event.facts.get("creator"), event.facts.get("released")
    if isinstance(creator, str) and isinstance(released, str) and creator and released:
        yield ("release", creator, released)


def _base(name: str) -> str:
    """A name without the parentheses at its end: "o3 (Reasoning) (high)" → "o3"."""
    base = name.rstrip()
    while base.endswith(")") and "(" in base:
        base = base[: base.rindex("(")].rstrip()
    return base or name


def _root(parents: dict[object, object], key: object) -> object:
    while (parent := parents.setdefault(key, key)) != key:
        parents[key] = parents[parent]
        key = parent
    return key


def _crowds(stories: Sequence[Story]) -> Iterator[Story]:
    crowds: dict[str, list[Story]] = {}
    for story in stories:
        folding = folding_of(story.lead)
        kinds = {event.kind for event in story.folded if not folding_of(event).consequence}
        is_alike = story.lead.weight < _STANDS_ALONE and kinds <= {story.lead.kind, folding.tells}
        if is_alike and folding.crowd and story.lead.grade not in folding.crowdless:
            crowds.setdefault(story.lead.kind, []).append(story)
        else:
            yield story
    for crowd in crowds.values():
        if len(crowd) > _MOST_ALIKE:
            yield _merged(sorted(crowd, key=lambda story: order(story.lead)))
        else:
            yield from crowd
