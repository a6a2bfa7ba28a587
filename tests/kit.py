"""Boards, snapshots and their history from a line of text, so that a test reads like the board it speaks of.

`snapshot("a:1310±6 b:~1305 c")` is a board with a measured at 1310 ± 6, b estimated and c listed without a score.
Another metric is a keyword: `snapshot("a:70 b:60", price="a:3 b:0.25")`.
"""

import hashlib
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import settings
from hypothesis import strategies as st

from tracker.compare import compare
from tracker.events.detecting import advance, detect
from tracker.model import (
    Board,
    BoardId,
    BoardState,
    Column,
    Contract,
    Counted,
    CounterKey,
    Diff,
    Entry,
    EntryId,
    Event,
    Identity,
    Measure,
    Metric,
    MetricId,
    Nature,
    Parse,
    PublishedEntry,
    Request,
    Sha256,
    Snapshot,
    StoredSnapshot,
    Verdict,
)
from tracker.model.names import Lexicon

START = datetime(2026, 3, 2, 6, 0, 0, tzinfo=UTC)
PAGE = "https://board.test/models"
_CELL = re.compile(r"(~?)(-?\d+(?:\.(\d+))?(?:e-?\d+)?)(?:±(\d+(?:\.\d+)?))?")

ON_LINUX = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of a process is read as Linux tells it")


def metric(name: str = "score", nature: str = "tested", *, better: str | None = "higher", **more: object) -> Metric:
    """A metric whose title is its id; `better` is higher, lower or None."""
    more = {"primary": name == "score", "topic": "overall", **more}
    direction = None if better is None else better == "higher"
    column = Column(sources=(name,))
    return Metric(id=MetricId(name), title=name, column=column, nature=Nature(nature), higher_is_better=direction, **more)


SCORE = metric()
ELO = metric(nature="fitted")
PRICE = metric("price", "listed", better="lower", unit="USD per 1M tokens", topic="price")


def board(*metrics: Metric, **contract: object) -> Board:
    return Board(
        id=BoardId("made/board"),
        title="Board",
        page=PAGE,
        request=Request(url=PAGE),
        parse=Parse(format="csv_table"),
        key=(Column(sources=("key",)),),
        name=Column(sources=("name",)),
        metrics=metrics or (SCORE,),
        contract=Contract(**contract),
    )


def measure(text: str) -> Measure:
    match = _CELL.fullmatch(text)
    assert match, text
    value, width = float(match[2]), match[4]
    around = {} if width is None else {"low": value - float(width), "high": value + float(width)}
    return Measure(value=value, estimated=bool(match[1]), decimals=len(match[3] or ""), raw=text, **around)


def cells(text: str) -> dict[str, str]:
    """Key → cell; an empty cell where there is no value."""
    return {key: cell for key, _, cell in (part.partition(":") for part in text.split())}


def line(values: Mapping[str, object]) -> str:
    """The text of a board with those values, floats as a publisher would write them."""
    return " ".join(f"{key}:{value}" for key, value in values.items())


def snapshot(
    text: str,
    *,
    day: float = 0,
    depth: int | None = None,
    ambiguous: str = "",
    version: str = "",
    columns: Iterable[str] = (),
    names: Mapping[str, str] | None = None,
    attributes: Mapping[str, Mapping[str, str]] | None = None,
    who: Mapping[str, Identity] | None = None,
    **others: str,
) -> Snapshot:
    """A board as text shows it, observed so many days after START; the same content has the same bytes.

    `columns` are metrics whose column stands on the page without any value, `who` the models that keys stand for.
    """
    names, attributes, who = names or {}, attributes or {}, who or {}
    shown = {"score": cells(text), **{name: cells(cell) for name, cell in others.items()}}
    keys = list(dict.fromkeys(key for column in shown.values() for key in column))
    entries = {
        EntryId(key): Entry(
            id=EntryId(key),
            name=names.get(key, key),
            position=place,
            attributes=attributes.get(key, {}),
            measures={MetricId(name): measure(column[key]) for name, column in shown.items() if column.get(key)},
            who=who.get(key, Identity()),
        )
        for place, key in enumerate(keys, start=1)
    }
    filled = {metric for entry in entries.values() for metric in entry.measures}
    content = repr((shown, depth, ambiguous, version, sorted(columns), names, attributes))
    return Snapshot(
        board=BoardId("made/board"),
        observed_at=START + timedelta(days=day),
        url=PAGE,
        sha256=(Sha256(hashlib.sha256(content.encode()).hexdigest()),),
        entries=entries,
        depth=depth,
        ambiguous=frozenset(EntryId(key) for key in ambiguous.split()),
        metrics=frozenset(filled | {MetricId(column) for column in columns}),
        version=version,
    )


def unsure(stored: StoredSnapshot | None) -> Snapshot | None:
    """A snapshot from a store as `snapshot` makes them where no `who` is given: every model is unsure."""
    if stored is None or isinstance(stored, Snapshot):
        return stored
    entries = {key: Entry(**_values(entry), who=Identity()) for key, entry in stored.entries.items()}
    return Snapshot(**{**_values(stored), "entries": entries})


def _values(record: PublishedEntry | StoredSnapshot) -> dict[str, object]:
    return {field.name: getattr(record, field.name) for field in fields(record) if field.init}


class History:
    """A board that is looked at once a day; what was shown, what it meant, and what is remembered of it."""

    def __init__(self, *metrics: Metric, **contract: object) -> None:
        self.board = board(*metrics, **contract)
        self.past = BoardState()
        self.diff: Diff | None = None
        self.day = -1

    def show(self, text: str, *, restart: str = "", **more: object) -> tuple[Event, ...]:
        """The events of the next day's snapshot."""
        self.day += 1
        return self.take(snapshot(text, day=self.day, **more), restart=restart)

    def take(self, after: Snapshot, *, restart: str = "") -> tuple[Event, ...]:
        self.diff = compare(self.board, self.diff.after if self.diff else None, after, restart=restart, sizes=self.past.sizes)
        detected = detect(self.diff, self.past)
        self.past = advance(self.past, self.diff, detected)
        return detected.events


def events_of(*texts: str, on: Sequence[Metric] = (SCORE,), **more: object) -> tuple[Event, ...]:
    """The events of the last of some snapshots."""
    history = History(*on)
    for text in texts[:-1]:
        history.show(text)
    return history.show(texts[-1], **more)


def brief(events: Iterable[Event]) -> list[str]:
    """`kind/grade subjects > rivals @metric`, the metric only where it is not the score; for comparing at a glance."""
    return [_brief(event) for event in events]


def _brief(event: Event) -> str:
    subjects, rivals = (",".join(party.entry for party in parties) for parties in (event.subjects, event.rivals))
    where = f" @{event.metric}" if event.metric not in (None, "score") else ""
    return f"{event.kind}/{event.grade}" + (subjects and f" {subjects}") + (rivals and f" > {rivals}") + where


def counter(what: Counted, subject: str, verdict: Verdict | None = None) -> CounterKey:
    """The key of a counter."""
    return CounterKey(what=what, subject=subject, verdict=verdict)


def of(kind: str, events: Iterable[Event]) -> list[Event]:
    return [event for event in events if event.kind == kind]


# ── chance ───────────────────────────────────────────────────────────────────────────────────────

USUAL_EXAMPLES = 60


def without_aliases(names: Lexicon) -> Lexicon:
    """The labs, families and releases, without any name that is spelled out: no aliases and no unsure names."""
    return replace(names, labs={place: replace(lab, aliases={}, unsure=()) for place, lab in names.labs.items()})


def examples(number: int) -> settings:
    """Try a property with so many examples in a full run, with proportionally fewer in a quick one (`conftest.py`)."""
    return settings(max_examples=max(number * settings.default.max_examples // USUAL_EXAMPLES, 5))


KEYS = tuple("abcdefghijkl")


def tables(
    *, values: Iterable[int] = range(40, 60), keys: Sequence[str] = KEYS, least: int = 0
) -> st.SearchStrategy[dict[str, int]]:
    """Some of the entries with values among few, so that ties are common."""
    return st.dictionaries(st.sampled_from(keys), st.sampled_from(sorted(values)), min_size=least)


@st.composite
def pages(draw: st.DrawFn, *, depths: bool = True) -> dict[str, object]:
    """The arguments of a snapshot with everything that can happen to a board: ties, estimates, holes, renames, depth, prices."""
    keys = draw(st.lists(st.sampled_from(KEYS), unique=True, max_size=len(KEYS)))
    cell = st.one_of(st.just(""), st.integers(40, 60).map(str), st.sampled_from(["~50", "50.5", "50.51", "55±3", "52±1"]))
    text = " ".join(f"{key}:{draw(cell)}" for key in keys)
    price = " ".join(f"{key}:{draw(st.sampled_from(['', '3', '0.25', '10']))}" for key in keys)
    return {
        "text": text,
        "price": price,
        "depth": draw(st.sampled_from([None, None, len(keys)])) if depths else None,
        "ambiguous": draw(st.sampled_from(["", "", "zz", "yy zz"])),
        "version": draw(st.sampled_from(["", "v1", "v2"])),
        "names": {key: draw(st.sampled_from([key, key.upper()])) for key in keys},
        "attributes": {key: {"licence": draw(st.sampled_from(["MIT", "closed"]))} for key in keys},
        "columns": ("score", "price"),
    }


def lacks(program: str, package: str) -> NoReturn:
    """Skip a test that needs a program which is not here. Under CI, which installs Debian's package, that is a failure."""
    why = f"no {program} (Debian: apt-get install {package})"
    pytest.fail(why) if os.environ.get("TRACKER_CI") else pytest.skip(why)


def begins(message: str) -> str:
    """The pattern of a message that begins so; `…` stands for words that are a library's, not ours."""
    return r"\A" + ".*".join(re.escape(part.strip(" ")) for part in message.split("…"))
