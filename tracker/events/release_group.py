"""Several models of one release enter a board together: one item for all its sizes, efforts and modes of reasoning.

Source: docs/decisions/0014-parity-gains-frontiers.md
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import takewhile
from math import inf

from msgspec import Struct

from tracker.events import debut
from tracker.events._newcomers import arrivals
from tracker.events._predecessor import Line, Lines, contains, release_of
from tracker.events._values import ordered_primary
from tracker.events.kind import EventKind, Folding, What
from tracker.events.making import make, party, proof
from tracker.model import BoardState, Diff, Entry, EntryId, Event, MetricId, name_tokens
from tracker.traits import size_words, traits
from tracker.wording import count, number

RULE = "release_group/1"
Grade = StrEnum("Grade", "RELEASE LISTING LATE_LISTING ADDITION")
_WEIGHT = {Grade.RELEASE: 52, Grade.LISTING: 47, Grade.LATE_LISTING: 37, Grade.ADDITION: 30}
"""A little more than the debuts, so that the group leads the story of its siblings."""


class _Group(Struct, frozen=True, kw_only=True):
    """Siblings, the best first, and their name; `listed` are the entries, and the keys of several rows, of that name before.

    `ranks` has those with a value, `places` is that of the best variant of each among the models.
    """

    name: str
    siblings: Sequence[Entry]
    grades: Sequence[str]
    ranks: Mapping[EntryId, int]
    places: Mapping[EntryId, int]
    listed: Sequence[str]

    @property
    def grade(self) -> Grade:
        if self.listed:
            return Grade.ADDITION
        return next(grade for grade in (Grade.RELEASE, Grade.LISTING, Grade.LATE_LISTING) if grade in self.grades)


def detect(diff: Diff, past: BoardState) -> Iterator[Event]:
    """One event for the siblings (same lab, family and generation) of which two or more arrive in one diff.

    `addition`: the name that they share was listed before, be it of another generation. Rows of one name, and entries that were
    merely `revealed`, came back, came in a crowd or continue under another key are not a release.
    """
    if diff.before is None:
        return
    together: dict[Line, list[EntryId]] = {}
    before = {key: diff.after.entries.get(key, entry) for key, entry in diff.before.entries.items()}  # by today's names
    came = _new(diff, before, arrivals(diff, past))
    for entry in sorted(came):
        line = release_of(diff.after.entries[entry])
        if line is not None and diff.after.entries[entry].who.generation:
            together.setdefault(line, []).append(entry)
    groups = {line: entries for line, entries in together.items() if len({diff.after.entries[key].name for key in entries}) > 1}
    if not groups:
        return
    ranks = debut.ranks(diff) if ordered_primary(diff) else {}
    places = debut.model_places(diff, ranks)
    lines = Lines(diff.after, diff.board, [diff.after.entries[entries[0]] for entries in groups.values()])
    for _, entries in sorted(groups.items()):
        arrived = (diff.after.entries[entry] for entry in entries)
        siblings = sorted(arrived, key=lambda sibling: (ranks.get(sibling.id, inf), sibling.name, sibling.id))
        name = _name(siblings)
        listed = sorted(
            [entry.name for entry in before.values() if _has_name(entry, name, siblings[0])]
            + [key for key in diff.before.ambiguous if _words(key) >= _words(name)]
        )
        grades = [came[entry] for entry in entries]
        group = _Group(name=name, siblings=siblings, grades=grades, ranks=ranks, places=places, listed=listed)
        yield _event(diff, group, lines)


def _new(diff: Diff, before: Mapping[EntryId, Entry], came: Mapping[EntryId, str]) -> dict[EntryId, str]:
    """Arrivals without those whose model was listed before, or that have all values of an entry that is missing now."""
    models = {entry.who.model for entry in before.values()} - {None}
    left = [shown for entry in diff.missing if (shown := _shown(before[entry]))]
    return {
        entry: grade
        for entry, grade in came.items()
        if diff.after.entries[entry].who.model not in models and _shown(diff.after.entries[entry]) not in left
    }


def _shown(entry: Entry) -> dict[MetricId, float]:
    return {metric: measure.value for metric, measure in entry.measures.items()}


def _event(diff: Diff, group: _Group, lines: Lines) -> Event:
    primary, grade = diff.board.primary, group.grade
    best = group.siblings[0]
    rank = group.ranks.get(best.id)
    predecessor = lines.predecessor(best)
    return make(
        diff,
        rule=RULE,
        grade=grade,
        weight=_WEIGHT[grade] + debut.rank_bonus(rank),
        is_news=True,
        subjects=[party(diff.after, sibling.id) for sibling in group.siblings],
        metric=primary.id if primary and rank is not None else None,
        headline=f"{_what_happened(diff, group)}{_best(diff, group, best)}.",
        facts={
            "lab": best.who.lab,
            "family": best.who.family,
            "generation": best.who.generation,
            "models": _models(group.siblings),
            "variants": len(group.siblings),
            "siblings": [_facts(diff, sibling, group.ranks) for sibling in group.siblings],
            "listed_before": list(group.listed),
            "predecessor": str(predecessor.entry) if predecessor.entry else None,
            "no_predecessor": predecessor.why,
        },
        evidence=[
            proof(diff.after, sibling.id, primary.id if primary and primary.id in sibling.measures else None)
            for sibling in group.siblings
        ],
    )


def _what_happened(diff: Diff, group: _Group) -> str:
    title, variants, models, name = diff.board.title, len(group.siblings), _models(group.siblings), _of_lab(group)
    if group.grade == Grade.ADDITION:
        return f"{name} grows on {title} by {_counted(models, variants, 'more ')}"
    late = group.grade == Grade.LATE_LISTING
    enters = f"is listed on {title}, some time after its release, with" if late else f"enters {title} with"
    return f"{name} {enters} {_counted(models, variants)}"


def _counted(models: int | None, variants: int, more: str = "") -> str:
    """`2 models in 5 variants`; entries where it is not known whether they are variants."""
    if models is None:
        return count(variants, f"{more}entry", f"{more}entries")
    return f"{count(models, f'{more}model')}{f' in {variants} variants' if models != variants else ''}"


def _name(siblings: Sequence[Entry]) -> str:
    """`Qwen3.5`: the common beginning of the siblings' names, or their line if only some names state its generation."""
    who, names = siblings[0].who, [sibling.name.rpartition("/")[2] for sibling in siblings]  # a path is not part of a name
    shared = _shared(names)
    if not _states(shared, who.generation) and any(_states(sibling, who.generation) for sibling in names):
        return _line_title(siblings[0])
    return shared or who.family


def _line_title(entry: Entry) -> str:
    return entry.who.line_title or f"{entry.who.family} {entry.who.generation}"


def _has_name(entry: Entry, name: str, sibling: Entry) -> bool:
    """Whether an entry of the siblings' line has the name that they share, its words in any order.

    A name that does not state their generation is also that of the others of their family.
    """
    if release_of(entry) != release_of(sibling):
        return (
            entry.who.line[:2] == sibling.who.line[:2]
            and not _states(name, sibling.who.generation)
            and _words(entry.name) >= _words(name)
        )
    return name in (_line_title(sibling), sibling.who.family) or _words(entry.name) >= _words(name)


def _of_lab(group: _Group) -> str:
    """`Alibaba's Qwen3.5`."""
    lab, name = group.siblings[0].who.lab, group.name
    if not lab or name_tokens(name)[: len(name_tokens(lab))] == name_tokens(lab):
        return name
    return f"{lab}' {name}" if lab.endswith("s") else f"{lab}'s {name}"


def _states(name: str, generation: str) -> bool:
    """Whether a name states a generation: `claude-3-5-haiku` states 3.5, `Yi-Lightning` does not state 1."""
    return contains(*(name_tokens(text.replace(".", " ")) for text in (name, generation)))


def _words(name: str) -> frozenset[str]:
    return frozenset(name_tokens(name.replace(".", " ")))


def _shared(names: Sequence[str]) -> str:
    """The common beginning of names, cut where a word or a number ends in all of them and before any parenthesis."""
    same = takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False))
    alike = "".join(letters[0] for letters in same).partition("(")[0]
    while alike and any(name[len(alike) : len(alike) + 1].isalnum() and alike[-1].isalnum() for name in names):
        alike = alike[:-1]
    return alike.rstrip(" -_/:")


def _models(siblings: Sequence[Entry]) -> int | None:
    """The number of models; None if one is not sure."""
    models = {sibling.who.model for sibling in siblings}
    return None if None in models else len(models)


def _best(diff: Diff, group: _Group, best: Entry) -> str:
    primary, rank = diff.board.primary, group.ranks.get(best.id)
    if primary is None or rank is None:
        return f", among them {best.name}"
    measure, unscored = best.measures[primary.id], any(sibling.id not in group.ranks for sibling in group.siblings)
    value = f"{'an estimated ' if measure.estimated else ''}{number(measure.value, primary)}"
    place = debut.among_models(group.places.get(best.id))
    which = f"the best{' of them' if group.listed else ''}{' with a score' if unscored else ''}"
    return f"; {which}, {best.name}, at rank {rank}{place} with {value} ({primary.title})"


def _facts(diff: Diff, entry: Entry, ranks: Mapping[EntryId, int]) -> dict[str, object]:
    known, primary = traits(entry, diff.board), diff.board.primary
    measure = entry.measures.get(primary.id) if primary else None
    return {
        "entry": str(entry.id),
        "name": entry.name,
        "rank": ranks.get(entry.id),
        "value": measure.value if measure else None,
        "estimated": measure.estimated if measure else None,
        "size": size_words(known),
        "size_total_b": known.size_total_b,
        "size_active_b": known.size_active_b,
        "reasoning": known.reasoning,
        "effort": known.who.effort,
        "price": known.price,
    }


KIND = EventKind(RULE, tuple(Grade), detect, folding=Folding(siblings=True), explains={What.APPEARANCE: 20})
