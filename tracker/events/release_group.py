"""Several models of one release enter a board together: one item for all its sizes, efforts and modes of reasoning.

Source: docs/decisions/0014-parity-gains-frontiers.md
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile
from math import inf

from tracker.events._arrivals import arrivals
from tracker.events._predecessor import Line, Lines, model_of, release_of
from tracker.events.kind import EventKind, Folding, What
from tracker.events.making import make, party, proof
from tracker.model import BoardState, Diff, Entry, EntryId, Event, MetricId, name_tokens
from tracker.order import competition_ranks
from tracker.traits import size_words, traits
from tracker.wording import number

RULE = "release_group/1"
Grade = StrEnum("Grade", "RELEASE LISTING LATE_LISTING ADDITION")
_WEIGHT = {Grade.RELEASE: 52, Grade.LISTING: 47, Grade.LATE_LISTING: 37, Grade.ADDITION: 30}
_BY_RANK = ((1, 40), (3, 30), (10, 20), (25, 10))
"""As a debut weighs, and a little more, so that the group leads the story of its siblings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """Siblings, the best first; `ranks` has those with a value, `listed` names siblings that were on the board before."""

    line: Line
    siblings: Sequence[Entry]
    grades: Sequence[str]
    ranks: Mapping[EntryId, int]
    listed: Sequence[str]

    @property
    def grade(self) -> Grade:
        if self.listed:
            return Grade.ADDITION
        return next(grade for grade in (Grade.RELEASE, Grade.LISTING, Grade.LATE_LISTING) if grade in self.grades)


def detect(diff: Diff, past: BoardState) -> Iterator[Event]:
    """One event for the siblings (same lab, family and generation) of which two or more arrive in one diff; told as one item.

    `addition`: siblings were listed before, so the release itself is older. What was merely
    `revealed`, came back, came in a crowd or goes on under another key is no release.
    """
    together: dict[Line, list[EntryId]] = {}
    came = _new(diff, arrivals(diff, past))
    for entry in sorted(came):
        line = release_of(diff.after.entries[entry])
        if line is not None and diff.after.entries[entry].who.generation:
            together.setdefault(line, []).append(entry)
    groups = {line: entries for line, entries in together.items() if len(entries) > 1}
    if not groups:
        return
    ranks = _ranks(diff)
    lines = Lines(diff.after, diff.board, [diff.after.entries[entries[0]] for entries in groups.values()])
    for line, entries in sorted(groups.items()):
        siblings = sorted(
            (diff.after.entries[entry] for entry in entries), key=lambda one: (ranks.get(one.id, inf), one.name, one.id)
        )
        listed = sorted(one.name for one in _before(diff).values() if release_of(one) == line)
        group = _Group(line=line, siblings=siblings, grades=[came[entry] for entry in entries], ranks=ranks, listed=listed)
        yield _event(diff, group, lines)


def _new(diff: Diff, came: Mapping[EntryId, str]) -> dict[EntryId, str]:
    """Arrivals without those whose model stood there before, or whose values are all those of one that is missing now."""
    models = {one.who.model for one in _before(diff).values()} - {None}
    left = [shown for entry in diff.missing if (shown := _shown(_before(diff)[entry]))]
    return {
        entry: grade
        for entry, grade in came.items()
        if diff.after.entries[entry].who.model not in models and _shown(diff.after.entries[entry]) not in left
    }


def _shown(entry: Entry) -> dict[MetricId, float]:
    return {metric: measure.value for metric, measure in entry.measures.items()}


def _before(diff: Diff) -> Mapping[EntryId, Entry]:
    return diff.before.entries if diff.before is not None else {}


def _ranks(diff: Diff) -> Mapping[EntryId, int]:
    primary = diff.board.primary
    if primary is None or not primary.ranked:
        return {}
    return competition_ranks(primary, diff.after.values(primary.id), diff.after.unnamed)


def _event(diff: Diff, group: _Group, lines: Lines) -> Event:
    primary, grade = diff.board.primary, group.grade
    best = group.siblings[0]
    rank = group.ranks.get(best.id)
    bonus = next((extra for limit, extra in _BY_RANK if rank is not None and rank <= limit), 0)
    predecessor = lines.predecessor(best)
    return make(
        diff,
        rule=RULE,
        grade=grade,
        weight=_WEIGHT[grade] + bonus,
        is_news=True,
        subjects=[party(diff.after, one.id) for one in group.siblings],
        metric=primary.id if primary and rank is not None else None,
        headline=f"{_what_happened(diff, group)}{_best(diff, group, best)}.",
        facts={
            "lab": _lab(best),
            "family": best.who.family,
            "generation": best.who.generation,
            "models": _models(group.siblings),
            "variants": len(group.siblings),
            "siblings": [_facts(diff, one, group.ranks) for one in group.siblings],
            "listed_before": list(group.listed),
            "predecessor": str(predecessor.entry) if predecessor.entry else None,
            "no_predecessor": predecessor.why,
        },
        evidence=[
            proof(diff.after, one.id, primary.id if primary and primary.id in one.measures else None) for one in group.siblings
        ],
    )


def _what_happened(diff: Diff, group: _Group) -> str:
    verb = {
        Grade.RELEASE: "enters {board} with",
        Grade.LISTING: "enters {board} with",
        Grade.LATE_LISTING: "is listed on {board}, some time after its release, with",
        Grade.ADDITION: "grows on {board} by",
    }[group.grade]
    return f"{_name(group)} {verb.format(board=diff.board.title)} {_count(group)}"


def _name(group: _Group) -> str:
    """`Alibaba's Qwen3.5`: what all siblings' names begin with, else their line where one of them states its generation."""
    best, every = group.siblings[0], [one.name for one in group.siblings]
    lab, who, shared = _lab(best), best.who, _shared(every)
    name = shared or who.family
    if not _states(shared, who.generation) and any(_states(one, who.generation) for one in every):
        name = who.line_title or f"{who.family} {who.generation}"
    if not lab or name_tokens(name)[: len(name_tokens(lab))] == name_tokens(lab):
        return name
    return f"{lab}{chr(39) if lab.endswith('s') else chr(39) + 's'} {name}"


def _states(name: str, generation: str) -> bool:
    """Whether a name states a generation: 3.5 stands in `claude-3-5-haiku`, 1 in no `Yi-Lightning`."""
    words, wanted = (name_tokens(text.replace(".", " ")) for text in (name, generation))
    return any(words[at : at + len(wanted)] == wanted for at in range(len(words)))


def _shared(names: Sequence[str]) -> str:
    """What names begin with alike, cut where a word or a number ends in all of them and before any parenthesis."""
    same = takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False))
    alike = "".join(letters[0] for letters in same).partition("(")[0]
    while alike and any(name[len(alike) : len(alike) + 1].isalnum() and alike[-1].isalnum() for name in names):
        alike = alike[:-1]
    return alike.rstrip(" -_/:")


def _lab(entry: Entry) -> str:
    return entry.who.lab or entry.attributes.get("creator", "")


def _count(group: _Group) -> str:
    """`8 models in 14 variants`; of what was listed before, only how many more variants."""
    variants, models = len(group.siblings), _models(group.siblings)
    if group.listed:
        return f"{variants} more variants"
    if models == variants:
        return f"{models} models"
    return f"{models} model{'s' if models > 1 else ''} in {variants} variants"


def _models(siblings: Sequence[Entry]) -> int:
    return len({model_of(one) for one in siblings})


def _best(diff: Diff, group: _Group, best: Entry) -> str:
    primary, rank = diff.board.primary, group.ranks.get(best.id)
    if primary is None or rank is None:
        return f", among them {best.name}"
    measure, unscored = best.measures[primary.id], len(group.siblings) - sum(one.id in group.ranks for one in group.siblings)
    return (
        f"; the best{'' if unscored == 0 else ' with a score'}, {best.name}, at rank {rank} with {'an estimated ' if measure.estimated else ''}"
        f"{number(measure.value, primary)} ({primary.title})"
    )


def _facts(diff: Diff, one: Entry, ranks: Mapping[EntryId, int]) -> dict[str, object]:
    known, primary = traits(one, diff.board), diff.board.primary
    measure = one.measures.get(primary.id) if primary else None
    return {
        "entry": str(one.id),
        "name": one.name,
        "rank": ranks.get(one.id),
        "value": measure.value if measure else None,
        "estimated": measure.estimated if measure else None,
        "size": size_words(known),
        "size_total_b": known.size_total_b,
        "size_active_b": known.size_active_b,
        "reasoning": known.reasoning,
        "effort": known.who.effort,
        "price": known.price,
    }


KIND = EventKind(
    rule=RULE,
    grades=tuple(Grade),
    news=frozenset(Grade),
    detect=detect,
    folding=Folding(siblings=True),
    explains={What.APPEARANCE: 20},
)
