"""The first of a class of models above a reference: a model that people know, or one that once led the board.

"First" is as far as the record of the primary metric's values goes; a re-base starts a new record.
Source: docs/decisions/0004-overtakes.md
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from operator import itemgetter
from typing import Any

import msgspec
from msgspec import Struct, structs

from tracker.events._classes import ENOUGH, Roll, classes, enrol, is_priced, one_of, sort_of, weight_of, weightiest
from tracker.events._lines import SYSTEM
from tracker.events._newcomers import ARRIVALS, moved, newcomers
from tracker.events._predecessor import model_of
from tracker.events._values import (
    SAYS_NOTHING,
    drifted_value,
    grouped,
    is_comparable,
    keys_now,
    measured,
    ranked_primary,
    verdict_of,
)
from tracker.events.kind import Detection, EventKind
from tracker.events.making import both_proofs, make, party
from tracker.model import BoardState, Comparability, Diff, Entry, EntryId, Event, Measure, Metric, Nature
from tracker.order import best as best_of
from tracker.order import certainty
from tracker.wording import listed, number, span, unsure

RULE = "milestone/1"
Grade = StrEnum("Grade", "FIRST NOMINAL")


class Reference(Struct, frozen=True, kw_only=True):
    """A model by which others are measured. Without `tier`: the plain model of its generation. `size` is in 10⁹ parameters."""

    title: str
    lab: str
    family: str
    generation: str
    tier: str = ""
    size: float | None = None

    def means(self, entry: Entry) -> bool:
        """Whether an entry is this model, at any effort."""
        who = entry.who
        stated = (who.lab, who.family, who.generation, who.tier)
        is_own = not who.guessed_lab and who.kind != SYSTEM and self.size in (None, who.size_total_b)
        return is_own and stated == (self.lab, self.family, self.generation, self.tier)


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
"""Models that were the measure of their time, which the press still compares with: each led the boards of its day, or was the
best open model (Llama 3 70B, DeepSeek R1). Later models join when they lead a board (`led` in the memory)."""

_LABS = frozenset(reference.lab for reference in REFERENCES)
_LINES = frozenset((reference.lab, reference.family, reference.generation) for reference in REFERENCES)


def reference(entry: Entry) -> Reference | None:
    """The reference that an entry is, if it is one."""
    if entry.who.line not in _LINES:
        return None
    return next((candidate for candidate in REFERENCES if candidate.means(entry)), None)


_COUNTED = frozenset(("open", "size", "country", "price", "reasoning:off"))
"""Classes whose firsts count. A lab's is an overtake of lines, and a first model that reasons is not an achievement."""
_LED = 50
"""At most this number of former leaders are references, the latest."""
_FIRST, _NOMINAL = 40, 5


class Mark(Struct, frozen=True, kw_only=True):
    """A reference on the page: its best entry, its standing now, the better one of before and now, and its best value before.

    `since` is when it began to be one: who was above it until then is not remembered.
    """

    key: str
    title: str
    entry: EntryId
    now: float
    bar: float
    before: Measure | None
    since: str

    def was_passed(self, primary: Metric, entry: Entry | None) -> bool:
        """Whether an entry, as it was before, was above it then, beyond the error."""
        measure = measured(entry, primary)
        if measure is None or self.before is None or not primary.better(measure.value, self.before.value):
            return False
        return certainty(primary, measure, self.before) != "nominal"


class Feat(Struct, frozen=True, kw_only=True):
    """All members of a class above a mark, the best first, and those of them that are above it beyond the error.

    `is_first`: they came there in this diff, and the class was not reported there before. `again`: others of the class were there
    before, within the error. `clouded`: an entry that may be of the class is above the mark too. `few`: the class is too small
    for a first to be news.
    """

    name: str
    mark: Mark
    higher: tuple[EntryId, ...]
    sure: tuple[EntryId, ...]
    is_first: bool
    again: bool
    clouded: bool
    few: bool

    @property
    def grade(self) -> Grade:
        """`first` if a member is above the mark beyond the error."""
        return Grade.FIRST if self.sure else Grade.NOMINAL

    @property
    def entries(self) -> tuple[EntryId, ...]:
        """The members that the grade is about."""
        return self.sure or self.higher

    def order(self) -> tuple[object, ...]:
        """Sorts what can be news first, then the weightiest class, then the best reference."""
        return (self.clouded or self.few, *weightiest(self.name)[:2], self.mark.bar, self.name, self.mark.key)


class Memory(Struct, frozen=True, kw_only=True):
    """Which entries led, and since when, which marks each class has passed, beyond or within the error, and each class's record.

    A record is [entry, name, value, since]; `since` is when the present segment began.
    """

    since: str = ""
    led: Sequence[str] = ()
    led_since: Mapping[str, str] = {}
    passed: Mapping[str, frozenset[str]] = {}
    nominal: Mapping[str, frozenset[str]] = {}
    records: Mapping[str, Sequence[Any]] = {}


def detect(diff: Diff, past: BoardState) -> Detection:
    """One event per entry and grade, with every first of its classes; none if another of the class may have been there before.

    Remembers a `Memory`: the passed references forever, the records of this segment.
    """
    primary, memory = ranked_primary(diff), msgspec.convert(past.memory.get("milestone") or {}, Memory)
    if primary is None:
        return Detection(events=(), memory={})
    verdict = verdict_of(diff, primary)
    if verdict in SAYS_NOTHING:
        return Detection(events=(), memory=_plain(memory))
    if verdict in (Comparability.REBASED, Comparability.APPEARED):
        memory = structs.replace(memory, since=diff.after.observed_at.isoformat(), records={})
    roll = enrol(diff.board, diff.after, primary, priced=diff.before is None or is_priced(diff, past))
    feats = list(_feats(diff, past, primary, memory, roll))
    after = structs.replace(
        memory,
        led=list(led := _led(diff, past, primary, memory)),
        led_since=led,
        passed=_joined(memory.passed, [feat for feat in feats if feat.sure]),
        nominal=_joined(memory.nominal, feats),
        records=_records(diff, primary, memory, roll),
    )
    firsts = grouped((feat for feat in feats if feat.is_first), lambda feat: (feat.entries[0], feat.grade))
    events = [_event(diff, primary, memory, sorted(group, key=Feat.order)) for _, group in sorted(firsts.items())]
    return Detection(events=events, memory=_plain(after))


def _marks(diff: Diff, past: BoardState, primary: Metric, memory: Memory) -> list[Mark]:
    known: dict[str, list[Entry]] = {}
    for entry in diff.after.entries.values():
        match = reference(entry) if entry.who.lab in _LABS and measured(entry, primary) else None
        if match is not None:
            known.setdefault(match.title, []).append(entry)
    marks = [_mark(diff, primary, title, title, entries, since=memory.since) for title, entries in sorted(known.items())]
    named = {mark.entry for mark in marks}
    led = {key: since for key, since in _led(diff, past, primary, memory).items() if key not in named}
    rows = (diff.after.entries.get(key) for key in led)
    shown = [entry for entry in rows if entry is not None and measured(entry, primary)]
    return [*marks, *(_mark(diff, primary, f"entry {entry.id}", entry.name, [entry], since=led[entry.id]) for entry in shown)]


def _mark(diff: Diff, primary: Metric, key: str, title: str, entries: Sequence[Entry], *, since: str) -> Mark:
    now, best = min((primary.sort_key(entry.measures[primary.id].value), entry.id) for entry in entries)
    before = diff.before.entries if diff.before else {}
    had = [measure for entry in entries if (measure := measured(before.get(entry.id), primary))]
    earlier = [primary.sort_key(drifted_value(diff, primary, measure.value)) for measure in had]
    return Mark(key=key, title=title, entry=best, now=now, bar=min([now, *earlier]), before=best_of(primary, had), since=since)


def _led(diff: Diff, past: BoardState, primary: Metric, memory: Memory) -> dict[EntryId, str]:
    """All entries that led the board until now, under the keys they have now, the latest last, and since when in this segment."""
    now, last = keys_now(diff), diff.before.observed_at.isoformat() if diff.before else memory.since
    leaders = dict.fromkeys(past.leaders.get(primary.id, ()), last) | dict.fromkeys(memory.led, memory.since)
    leaders = {entry: max(memory.since, memory.led_since.get(entry, since)) for entry, since in leaders.items()}
    order = dict.fromkeys((*memory.led, *leaders))
    return {EntryId(now.get(EntryId(entry), EntryId(entry))): leaders[entry] for entry in [*order][-_LED:]}


def _feats(diff: Diff, past: BoardState, primary: Metric, memory: Memory, roll: Roll) -> Iterator[Feat]:
    """Each class and reference outside it, if members are above it that were not reported there beyond the error."""
    counted = [(name, members, memory.passed.get(name, frozenset())) for name, members in roll.members.items() if _counts(name)]
    agents: set[EntryId] = set()  # came to their values in this diff, by an arrival or a rise beyond the error
    if is_comparable(diff, past, primary):
        risen, moves = moved(diff, primary, up=True), diff.metrics[primary.id].moves
        agents = {entry for entry, way in newcomers(diff, past, primary).items() if way in ARRIVALS}
        agents |= {entry for entry in risen if moves[entry].significant}
    for mark in _marks(diff, past, primary, memory):
        own = classes(diff.after.entries[mark.entry], diff.board)
        bar = _measure(diff, primary, mark.entry)
        for name, members, passed in counted:
            if members[0][0] < mark.now and mark.key not in passed and name not in own:
                higher = [entry for _, entry in members[: bisect_left(members, mark.now, key=itemgetter(0))]]
                sure = [entry for entry in higher if certainty(primary, _measure(diff, primary, entry), bar) != "nominal"]
                near = mark.key in memory.nominal.get(name, ())
                caused = agents.issuperset(sure or higher) and (bool(sure) or not near)
                yield Feat(
                    name=name,
                    mark=mark,
                    higher=tuple(higher),
                    sure=tuple(sure),
                    is_first=caused and _is_first(diff, primary, mark, higher),
                    again=near or not agents.issuperset(higher),
                    clouded=roll.clouded(name, mark.bar),
                    few=len(members) < ENOUGH,
                )


def _is_first(diff: Diff, primary: Metric, mark: Mark, higher: Sequence[EntryId]) -> bool:
    """Whether entries above a mark passed its better value, so that it did not only fall, and none was there before."""
    before = diff.before.entries if diff.before else {}
    passed = mark.before is not None and primary.sort_key(_measure(diff, primary, higher[0]).value) < mark.bar
    return passed and not any(mark.was_passed(primary, before.get(entry)) for entry in higher)


def _counts(name: str) -> bool:
    return name in _COUNTED or sort_of(name) in _COUNTED


def _measure(diff: Diff, primary: Metric, entry: EntryId) -> Measure:
    return diff.after.entries[entry].measures[primary.id]


def _event(diff: Diff, primary: Metric, memory: Memory, feats: Sequence[Feat]) -> Event:
    first, best = feats[0], feats[0].entries[0]
    is_news = first.grade == Grade.FIRST and not (first.clouded or first.few or diff.after.entries[best].who.guessed_lab)
    marks = list(dict.fromkeys(feat.mark.entry for feat in feats))
    return make(
        diff,
        rule=RULE,
        grade=first.grade,
        weight=_FIRST + weight_of(first.name) if is_news else _NOMINAL,
        is_news=is_news,
        subjects=[party(diff.after, best)],
        rivals=[party(diff.after, entry) for entry in marks],
        metric=primary.id,
        headline=_headline(diff, primary, memory, first),
        facts={
            "value": _measure(diff, primary, best).value,
            "record_since": first.mark.since,
            "firsts": [_feat_facts(diff, primary, memory, feat) for feat in feats],
        },
        evidence=both_proofs(diff, dict.fromkeys((*first.entries, *marks)), primary.id),
    )


def _feat_facts(diff: Diff, primary: Metric, memory: Memory, feat: Feat) -> dict[str, object]:
    record = memory.records.get(feat.name)
    return {
        "class": feat.name,
        "reference": feat.mark.title,
        "reference_value": _measure(diff, primary, feat.mark.entry).value,
        "with": [diff.after.entries[entry].name for entry in feat.entries[1:]],
        "clouded": feat.clouded,
        "few": feat.few,
        "within_error_before": feat.again,
        "record_before": None if record is None else dict(zip(("entry", "name", "value", "since"), record, strict=True)),
    }


def _headline(diff: Diff, primary: Metric, memory: Memory, first: Feat) -> str:
    """`X (52.3) is the first open-weights model above GPT-5 (51, best: GPT-5 (high)) on …`."""
    who, mark = diff.after.entries[first.entries[0]], diff.after.entries[first.mark.entry]
    measures = [entry.measures[primary.id] for entry in (who, mark)]
    values = [measure.value for measure in measures]
    value, bar = (number(own, primary, *values) for own in values)
    best = "" if first.mark.title == mark.name else f"best: {mark.name}, "
    by = ", by more than the error," if first.again and first.grade != Grade.NOMINAL else ""
    error = unsure(primary, *measures) if first.grade == Grade.NOMINAL else ""
    others = [entry for key in first.entries[1:] if model_of(entry := diff.after.entries[key]) != model_of(who)]
    beside = f", with {listed([entry.name for entry in others], 2)}," if others else ""
    return (
        f"{who.name} ({value}) is{beside} the first {one_of(first.name)} on record (from {first.mark.since[:10]}) above"
        f" {first.mark.title} ({best}{bar}){by}"
        f" on {diff.board.title} ({primary.title}){error}{_record(diff, primary, memory, first)}."
    )


def _record(diff: Diff, primary: Metric, memory: Memory, feat: Feat) -> str:
    """The former record of the class, and how long it lasted: "at least" if it was there when the record began.

    Its value is stated if it was published: on a fitted board, the value of an entry that is no longer listed is only computed.
    """
    record = memory.records.get(feat.name)
    if record is None:
        return ""
    entry, name, value, since = record
    published = primary.nature is not Nature.FITTED or (diff.before is not None and entry in diff.before.entries)
    lasted = span(diff.after.observed_at - datetime.fromisoformat(since))
    at_least = "at least " if since == memory.since else ""
    bar = number(value, primary) if published else ""
    if entry in feat.entries[:1]:
        return f"; its own best was {bar}" if bar else ""
    return f"; until now the best was {name}{f' ({bar})' if bar else ''}, for {at_least}{lasted}"


def _joined(before: Mapping[str, frozenset[str]], feats: Iterable[Feat]) -> dict[str, frozenset[str]]:
    keys = dict(before)
    for feat in feats:
        keys[feat.name] = keys.get(feat.name, frozenset()) | {feat.mark.key}
    return keys


def _records(diff: Diff, primary: Metric, memory: Memory, roll: Roll) -> dict[str, Sequence[Any]]:
    """The best value of each class so far: the present value of its entry, or if it has none the last one, with common drift."""
    kept: dict[str, Sequence[Any]] = {}
    for name, (entry, title, value, since) in memory.records.items():
        measure = measured(diff.after.entries.get(entry), primary)
        kept[name] = [entry, title, measure.value if measure else drifted_value(diff, primary, value), since]
    for name, members in roll.members.items():
        (standing, entry), was = members[0], kept.get(name)
        if _counts(name) and (was is None or standing < primary.sort_key(was[2])):
            since = was[3] if was is not None and was[0] == entry else diff.after.observed_at.isoformat()
            kept[name] = [entry, diff.after.entries[entry].name, primary.sort_key(standing), since]
    return kept


def _plain(memory: Memory) -> object:
    return msgspec.to_builtins(memory, order="deterministic")


KIND = EventKind(RULE, tuple(Grade), detect, recorded=(Grade.NOMINAL,), places=True)
