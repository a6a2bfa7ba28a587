"""The first of a class of models to stand above a reference: a model that people know, or one that once led the board.

first (beyond the error) · nominal (within it). Only what is measured, on both sides, on the primary
metric; "first" is as far as the record of these values goes, which a re-base begins anew.

Source: docs/decisions/0004-overtakes.md
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from operator import itemgetter
from typing import Any

from tracker.events._classes import ENOUGH, Roll, classes, enrol, is_priced, one_of, sort_of, weight_of, weightiest
from tracker.events._newcomers import drifted_value, has_value, moved, newcomers
from tracker.events.detection import Detection
from tracker.events.kind import EventKind
from tracker.events.making import both_proofs, make, party
from tracker.model import BoardState, Comparability, Diff, Entry, EntryId, Event, Measure, Metric, Nature
from tracker.order import certainty
from tracker.wording import number, span

RULE = "milestone/1"
Grade = StrEnum("Grade", "FIRST NOMINAL")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A model by which others are measured. Without `tier` the plain model of its generation is meant; `size` is in 10⁹ parameters."""

    title: str
    lab: str
    family: str
    generation: str
    tier: str = ""
    size: float | None = None

    def means(self, entry: Entry) -> bool:
        """Whether an entry is this model, at whatever effort."""
        who = entry.who
        stated = (who.lab, who.family, who.generation, who.tier)
        return stated == (self.lab, self.family, self.generation, self.tier) and self.size in (None, who.size_total_b)


REFERENCES = (
    Reference(title="GPT-3.5", lab="OpenAI", family="GPT", generation="3.5"),
    Reference(title="GPT-4", lab="OpenAI", family="GPT", generation="4"),
    Reference(title="GPT-4o", lab="OpenAI", family="GPT", generation="4o"),
    Reference(title="GPT-5", lab="OpenAI", family="GPT", generation="5"),
    Reference(title="o1", lab="OpenAI", family="o-series", generation="1"),
    Reference(title="o3", lab="OpenAI", family="o-series", generation="3"),
    Reference(title="Claude 3 Opus", lab="Anthropic", family="Claude", generation="3", tier="opus"),
    Reference(title="Claude 3.5 Sonnet", lab="Anthropic", family="Claude", generation="3.5", tier="sonnet"),
    Reference(title="Claude Opus 4.5", lab="Anthropic", family="Claude", generation="4.5", tier="opus"),
    Reference(title="Gemini 2.5 Pro", lab="Google", family="Gemini", generation="2.5", tier="pro"),
    Reference(title="Llama 3 70B", lab="Meta", family="Llama", generation="3", size=70),
    Reference(title="DeepSeek R1", lab="DeepSeek", family="DeepSeek", generation="R1"),
)
"""Models that were the measure of their time, by which the press still counts: each led the boards of its day, or was the best
that could be downloaded (Llama 3 70B, DeepSeek R1). Later ones join as they come to lead a board (`led` in the memory)."""

_LABS = frozenset(one.lab for one in REFERENCES)
_LINES = frozenset((one.lab, one.family, one.generation) for one in REFERENCES)


def reference(entry: Entry) -> Reference | None:
    """The reference that an entry is, if it is one."""
    if (entry.who.lab, entry.who.family, entry.who.generation) not in _LINES:
        return None
    return next((one for one in REFERENCES if one.means(entry)), None)


_ARRIVALS = frozenset(("entry", "first_score", "measured"))
_COUNTED = frozenset(("open", "size", "country", "price", "reasoning:off"))
"""Classes whose firsts count: a lab's is told as an overtake of lines, and to reason is no feat."""
_SAYS_NOTHING = (Comparability.DRIFTED, Comparability.VANISHED, Comparability.INCOMMENSURABLE)
_LED = 50
"""So many former leaders are references, the latest."""
_FIRST, _NOMINAL = 40, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A reference as it stands: its best measured entry, and the standing to pass, the better of before and now.

    `comparable`: it had a measured value before too.
    """

    key: str
    title: str
    entry: EntryId
    bar: float
    comparable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Height:
    """All of a class that stand above a mark, the best first, and those of them that do beyond the error."""

    name: str
    mark: Mark
    higher: tuple[EntryId, ...]
    sure: tuple[EntryId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feat:
    """The first of a class above a mark, the best first; `again`: some of the class stood above it before, within the error.

    `clouded`: something that may be of the class stands above the mark too. `few`: the class is too small for a first to be news.
    """

    name: str
    mark: Mark
    entries: tuple[EntryId, ...]
    grade: Grade
    clouded: bool
    again: bool
    few: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What is remembered: who led, which marks each class has passed, beyond or within the error, and each class's record.

    A record is [entry, name, value, since]; `since` is when the present segment began.
    """

    since: str = ""
    led: tuple[str, ...] = ()
    passed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    nominal: Mapping[str, frozenset[str]] = field(default_factory=dict)
    records: Mapping[str, Sequence[Any]] = field(default_factory=dict)


def detect(diff: Diff, past: BoardState) -> Detection:
    """One event per entry and grade, with every first of its classes; none where another of the class may have been there before.

    Remembers when the segment began, who led, which references each class stood above, for ever, and each class's record in
    this segment.
    """
    primary, memory = diff.board.primary, _remembered(past)
    if primary is None or not primary.ranked:
        return Detection(events=(), memory={})
    verdict = diff.metrics[primary.id].verdict if diff.before else Comparability.APPEARED
    if verdict in _SAYS_NOTHING:
        return Detection(events=(), memory=_plain(memory))
    if verdict in (Comparability.REBASED, Comparability.APPEARED):
        memory = replace(memory, since=diff.after.observed_at.isoformat(), records={})
    roll = enrol(diff.board, diff.after, primary, priced=diff.before is None or is_priced(diff, past))
    heights = list(_heights(diff, past, primary, memory, roll))
    agents = _agents(diff, past, primary) if _can_tell(diff, past, primary) else frozenset()
    feats = [feat for height in heights if (feat := _feat(height, memory, roll, agents)) is not None]
    after = replace(
        memory,
        led=_led(diff, past, primary, memory),
        passed=_joined(memory.passed, [(height.name, height.mark.key) for height in heights if height.sure]),
        nominal=_joined(memory.nominal, [(height.name, height.mark.key) for height in heights]),
        records=_records(diff, primary, memory, roll),
    )
    return Detection(events=list(_events(diff, primary, memory, feats)), memory=_plain(after))


def _events(diff: Diff, primary: Metric, memory: Memory, feats: Iterable[Feat]) -> Iterator[Event]:
    together: dict[tuple[EntryId, Grade], list[Feat]] = {}
    for feat in feats:
        together.setdefault((feat.entries[0], feat.grade), []).append(feat)
    for _, alike in sorted(together.items()):
        yield _event(diff, primary, memory, sorted(alike, key=_order))


def _can_tell(diff: Diff, past: BoardState, primary: Metric) -> bool:
    return diff.before is not None and primary.ranked and diff.metrics[primary.id].usable and primary.id not in past.drifted


def _order(feat: Feat) -> tuple[object, ...]:
    """What is told first: what can be told, of the weightiest class, over the best reference."""
    return (feat.clouded or feat.few, *weightiest(feat.name)[:2], feat.mark.bar, feat.name, feat.mark.key)


# ── who stands above which reference ─────────────────────────────────────────────────────────────


def _marks(diff: Diff, past: BoardState, primary: Metric, memory: Memory) -> list[Mark]:
    """The references that have a measured value now."""
    known: dict[str, list[Entry]] = {}
    for one in diff.after.entries.values():
        found = reference(one) if one.who.lab in _LABS and has_value(one.measures.get(primary.id)) else None
        if found is not None:
            known.setdefault(found.title, []).append(one)
    marks = [_mark(diff, primary, title, title, entries) for title, entries in sorted(known.items())]
    named = {mark.entry for mark in marks}
    led = [diff.after.entries.get(entry) for entry in _led(diff, past, primary, memory) if entry not in named]
    listed = [one for one in led if one is not None and has_value(one.measures.get(primary.id))]
    return [*marks, *(_mark(diff, primary, f"entry {one.id}", one.name, [one]) for one in listed)]


def _mark(diff: Diff, primary: Metric, key: str, title: str, entries: Sequence[Entry]) -> Mark:
    best = min(entries, key=lambda one: (primary.sort_key(one.measures[primary.id].value), one.id))
    before = diff.before.entries if diff.before else {}
    had = [before[one.id].measures[primary.id] for one in entries if one.id in before and primary.id in before[one.id].measures]
    were = [primary.sort_key(drifted_value(diff, primary, one.value)) for one in had if not one.estimated]
    now = primary.sort_key(best.measures[primary.id].value)
    return Mark(key=key, title=title, entry=best.id, bar=min([now, *were]), comparable=bool(were))


def _led(diff: Diff, past: BoardState, primary: Metric, memory: Memory) -> tuple[EntryId, ...]:
    """Everyone who led the board until now, under the keys they have now, the latest last."""
    now = {had: entry for entry, had in diff.rekeyed.items()}
    every = dict.fromkeys((*memory.led, *past.leaders.get(primary.id, ())))
    return tuple(EntryId(now.get(EntryId(entry), EntryId(entry))) for entry in every)[-_LED:]


def _agents(diff: Diff, past: BoardState, primary: Metric) -> frozenset[EntryId]:
    """Entries that came to their values in this diff, by an arrival or a rise beyond the error."""
    came = {entry for entry, how in newcomers(diff, past, primary).items() if how in _ARRIVALS}
    moves = diff.metrics[primary.id].moves
    return frozenset(came | {entry for entry in moved(diff, primary, up=True) if moves[entry].significant})


def _heights(diff: Diff, past: BoardState, primary: Metric, memory: Memory, roll: Roll) -> Iterator[Height]:
    """Each class and each reference that is not of it, where some of the class stand above, and have not been told to by more than the error."""
    counted = [(name, members, memory.passed.get(name, frozenset())) for name, members in roll.members.items() if _counts(name)]
    for mark in _marks(diff, past, primary, memory):
        own = classes(diff.after.entries[mark.entry], diff.board)
        theirs = diff.after.entries[mark.entry].measures[primary.id]
        for name, members, passed in counted:
            if members[0][0] < mark.bar and mark.key not in passed and name not in own:
                higher = [entry for _, entry in members[: bisect_left(members, mark.bar, key=itemgetter(0))]]
                sure = [one for one in higher if certainty(primary, _measure(diff, primary, one), theirs) != "nominal"]
                yield Height(name=name, mark=mark, higher=tuple(higher), sure=tuple(sure))


def _counts(name: str) -> bool:
    return name in _COUNTED or sort_of(name) in _COUNTED


def _measure(diff: Diff, primary: Metric, entry: EntryId) -> Measure:
    return diff.after.entries[entry].measures[primary.id]


def _feat(height: Height, memory: Memory, roll: Roll, agents: frozenset[EntryId]) -> Feat | None:
    """A first, when all of the class that stand above came there in this diff, and the class has not been told there before."""
    name, mark = height.name, height.mark
    grade, entries = (Grade.FIRST, height.sure) if height.sure else (Grade.NOMINAL, height.higher)
    been = frozenset() if height.sure else memory.nominal.get(name, frozenset())
    if mark.key in been or not mark.comparable or not agents.issuperset(entries):
        return None
    again = not agents.issuperset(height.higher) or mark.key in memory.nominal.get(name, frozenset())
    return Feat(
        name=name,
        mark=mark,
        entries=entries,
        grade=grade,
        clouded=roll.clouded(name, mark.bar),
        again=again,
        few=len(roll.members[name]) < ENOUGH,
    )


# ── the event ────────────────────────────────────────────────────────────────────────────────────


def _event(diff: Diff, primary: Metric, memory: Memory, found: Sequence[Feat]) -> Event:
    first = found[0]
    is_news = first.grade == Grade.FIRST and not first.clouded and not first.few
    best = first.entries[0]
    marks = list(dict.fromkeys(feat.mark.entry for feat in found))
    return make(
        diff,
        rule=RULE,
        grade=first.grade,
        weight=_FIRST + weight_of(first.name) if is_news else _NOMINAL,
        is_news=is_news,
        subjects=[party(diff.after, best)],
        rivals=[party(diff.after, entry) for entry in marks],
        metric=primary.id,
        headline=_headline(diff, primary, memory, found),
        facts={
            "value": _measure(diff, primary, best).value,
            "record_since": memory.since,
            "firsts": [_feat_facts(diff, primary, memory, feat) for feat in found],
        },
        evidence=both_proofs(diff, dict.fromkeys((*first.entries, *marks)), primary.id),
    )


def _feat_facts(diff: Diff, primary: Metric, memory: Memory, feat: Feat) -> dict[str, object]:
    holder = memory.records.get(feat.name)
    return {
        "class": feat.name,
        "reference": feat.mark.title,
        "reference_value": _measure(diff, primary, feat.mark.entry).value,
        "with": [diff.after.entries[entry].name for entry in feat.entries[1:]],
        "clouded": feat.clouded,
        "few": feat.few,
        "within_error_before": feat.again,
        "record_before": None if holder is None else dict(zip(("entry", "name", "value", "since"), holder, strict=True)),
    }


def _headline(diff: Diff, primary: Metric, memory: Memory, found: Sequence[Feat]) -> str:
    """`X (52.3) is the first open-weights model above GPT-5 (51, best: GPT-5 (high)) on …`."""
    first = found[0]
    who, mark = diff.after.entries[first.entries[0]], diff.after.entries[first.mark.entry]
    value, theirs = (number(one.measures[primary.id].value, primary) for one in (who, mark))
    over = (
        f"{first.mark.title} ({theirs})" if first.mark.title == mark.name else f"{first.mark.title} (best: {mark.name}, {theirs})"
    )
    how = (
        ", within the error of the values" if first.grade == Grade.NOMINAL else ", by more than the error" if first.again else ""
    )
    return (
        f"{who.name} ({value}) is the first {one_of(first.name)} on record above {over} on {diff.board.title}"
        f" ({primary.title}){how}{_record(diff, primary, memory, first)}; the record begins on {memory.since[:10]}."
    )


def _record(diff: Diff, primary: Metric, memory: Memory, feat: Feat) -> str:
    """Who held the record of the class before, and how long: at least so long where it was there at the beginning.

    The value is said where it is one that was published: on a fitted board an unlisted holder's is only reckoned.
    """
    holder = memory.records.get(feat.name)
    if holder is None:
        return ""
    entry, name, value, since = holder
    published = primary.nature is not Nature.FITTED or (diff.before is not None and entry in diff.before.entries)
    lasted = span(diff.after.observed_at - datetime.fromisoformat(since))
    at_least = "at least " if since == memory.since else ""
    return f"; until now the best was {name}{f' ({number(value, primary)})' if published else ''}, for {at_least}{lasted}"


# ── remembered ───────────────────────────────────────────────────────────────────────────────────


def _joined(before: Mapping[str, frozenset[str]], more: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    every = dict(before)
    for name, key in more:
        every[name] = every.get(name, frozenset()) | {key}
    return every


def _records(diff: Diff, primary: Metric, memory: Memory, roll: Roll) -> dict[str, Sequence[Any]]:
    """The best value of each class so far; of one that is still shown as it is shown now."""
    kept = {name: _carried(diff, primary, record) for name, record in memory.records.items()}
    for name, members in roll.members.items():
        if not _counts(name):
            continue
        standing, entry = members[0]
        was = kept.get(name)
        if was is None or standing < primary.sort_key(was[2]):
            since = was[3] if was is not None and was[0] == entry else diff.after.observed_at.isoformat()
            kept[name] = (entry, diff.after.entries[entry].name, primary.sort_key(standing), since)
    return kept


def _carried(diff: Diff, primary: Metric, record: Sequence[Any]) -> Sequence[Any]:
    """A record by the value that its holder has now; where it has none, by its last one, the common drift added."""
    entry, name, value, since = record
    one = diff.after.entries.get(entry)
    measure = one.measures.get(primary.id) if one else None
    now = measure.value if measure is not None and not measure.estimated else drifted_value(diff, primary, value)
    return (entry, name, now, since)


def _remembered(past: BoardState) -> Memory:
    stored = past.memory.get("milestone") or {}
    sets = {name: {one: frozenset(keys) for one, keys in stored.get(name, {}).items()} for name in ("passed", "nominal")}
    return Memory(since=stored.get("since", ""), led=tuple(stored.get("led", ())), records=stored.get("records", {}), **sets)


def _plain(memory: Memory) -> dict[str, object]:
    return {
        "since": memory.since,
        "led": list(memory.led),
        "passed": {name: sorted(keys) for name, keys in sorted(memory.passed.items())},
        "nominal": {name: sorted(keys) for name, keys in sorted(memory.nominal.items())},
        "records": {name: list(record) for name, record in sorted(memory.records.items())},
    }


KIND = EventKind(rule=RULE, grades=tuple(Grade), news=frozenset((Grade.FIRST,)), detect=detect, places=True)
