"""Measure how long each kind takes to detect the events of a day on a large board: `python bench/detect.py [ENTRIES]`.

A generated board: 10,000 entries of 40 labs, four scores and a price. On the second day, one entry in a hundred is new, one in a
hundred is gone and one in two hundred moved, as on the busier days of real boards. CPU seconds, the best of three.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import process_time

from tracker.compare import compare
from tracker.events import KINDS
from tracker.events.detecting import advance, detect
from tracker.events.kind import Detection
from tracker.model import (
    Board,
    BoardId,
    BoardState,
    Column,
    Entry,
    EntryId,
    Event,
    Identity,
    Measure,
    Metric,
    MetricId,
    ModelId,
    Nature,
    Parse,
    Request,
    Sha256,
    Snapshot,
)

LABS, FAMILIES, GENERATIONS = 40, 3, 6
START = datetime(2026, 3, 2, tzinfo=UTC)
TOPICS = {"score": "overall", "coding": "coding", "maths": "maths", "agents": "agents", "price_out": "price"}


def board() -> Board:
    return Board(
        id=BoardId("made/large"),
        title="Large",
        page="https://large.test",
        request=Request(url="https://large.test"),
        parse=Parse(format="csv_table"),
        key=(Column(sources=("key",)),),
        name=Column(sources=("name",)),
        metrics=tuple(_metric(name, topic) for name, topic in TOPICS.items()),
    )


def _metric(name: str, topic: str) -> Metric:
    price = topic == "price"
    return Metric(
        id=MetricId(name),
        title=name,
        column=Column(sources=(name,)),
        nature=Nature.LISTED if price else Nature.TESTED,
        unit="USD per 1M tokens" if price else "index",
        topic=topic,
        higher_is_better=not price,
        primary=name == "score",
        stated_error=1.0 if name == "score" else None,
    )


def entry(number: int, chance: random.Random) -> Entry:
    lab, family, generation = chance.randrange(LABS), chance.randrange(FAMILIES), chance.randrange(GENERATIONS)
    size = chance.choice([None, 3.0, 8.0, 14.0, 32.0, 70.0, 400.0])
    who = Identity(
        name=f"model {number}",
        lab=f"lab {lab}",
        country=chance.choice(["US", "CN", "FR", "KR"]),
        family=f"family {lab}.{family}",
        generation=str(generation),
        size_total_b=size,
        reasoning=chance.choice(["on", "off", "unspecified"]),
        model=ModelId(f"model-{number}"),
    )
    return Entry(
        id=EntryId(f"e{number:05}"),
        name=f"model {number}",
        position=number,
        attributes={"open_weights": "true" if size else "false"},
        measures={MetricId(name): _measure(chance, generation) for name in TOPICS},
        who=who,
    )


def _measure(chance: random.Random, generation: int) -> Measure:
    value = round(chance.gauss(40 + 4 * generation, 8), 2)
    return Measure(value=abs(value), decimals=2, raw=str(abs(value)))


def next_day(entries: dict[EntryId, Entry], chance: random.Random) -> dict[EntryId, Entry]:
    kept = {key: _moved(one, chance) for key, one in entries.items() if chance.random() > 0.01}
    fresh = (entry(number, chance) for number in range(len(entries), len(entries) + len(entries) // 100))
    return kept | {one.id: one for one in fresh}


def _moved(one: Entry, chance: random.Random) -> Entry:
    if chance.random() > 0.005:
        return one
    measures = {name: replace(was, value=round(was.value + chance.gauss(0, 1), 2)) for name, was in one.measures.items()}
    return replace(one, measures=measures)


def snapshot(entries: dict[EntryId, Entry], day: int) -> Snapshot:
    return Snapshot(
        board=BoardId("made/large"),
        observed_at=START + timedelta(days=day),
        url="https://large.test",
        sha256=(Sha256(f"{day:064}"),),
        entries=entries,
        metrics=frozenset(MetricId(name) for name in TOPICS),
    )


def seconds(work: Callable[[], object]) -> float:
    """The best of three, in CPU time."""
    found = []
    for _ in range(3):
        start = process_time()
        work()
        found.append(process_time() - start)
    return min(found)


def main(count: int) -> None:
    chance, declared = random.Random(7), board()
    before = {one.id: one for one in (entry(number, chance) for number in range(count))}
    first, second = snapshot(before, 0), snapshot(next_day(before, chance), 1)
    past = BoardState()
    start = compare(declared, None, first)
    past = advance(past, start, detect(start, past))
    diff = compare(declared, first, second)
    total = 0.0
    for name, detect_kind in ((name, kind.detect) for name, kind in KINDS.items() if kind.detect is not None):
        spent = seconds(lambda detect_kind=detect_kind: events_of(detect_kind(diff, past)))
        events = events_of(detect_kind(diff, past))
        total += spent
        print(f"{spent:7.3f} s  {name:20} {len(events):5} events, {sum(event.is_news for event in events)} news")
    print(f"{total:7.3f} s  all kinds, with what they remember")


def events_of(found: Iterable[Event] | Detection) -> list[Event]:
    """The events of one kind, also of one that remembers something."""
    return list(found.events if isinstance(found, Detection) else found)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
