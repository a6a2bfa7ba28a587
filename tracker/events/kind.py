"""What the rest of the tracker must know of an event kind: the record `KIND` at the end of each kind's file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from msgspec import Struct

from tracker.model import Board, BoardState, Diff, Event, Snapshot


class Detection(NamedTuple):
    """The events of a diff, and what to remember for the next one: plain JSON, kept in `BoardState.memory`."""

    events: Sequence[Event]
    memory: Any


Panel = Sequence[tuple[Board, Snapshot]]
"""Boards with a snapshot each, all of about the same time, entries resolved."""


class What(StrEnum):
    """The part of an entry that changed. A `departure` is not a change of the page: it confirms an absence."""

    APPEARANCE = "appearance"
    ABSENCE = "absence"
    DEPARTURE = "departure"
    KEY = "key"
    NAME = "name"
    ATTRIBUTE = "attribute"
    VALUE = "value"
    RANK = "rank"


class Folding(Struct, frozen=True, kw_only=True):
    """How reports fold the events of a kind into stories.

    `crowd`: the singular and plural under which many similar events of one day are one story ("3 renames").
    `crowdless`: grades of which each story stays apart, however many there are.
    `debut`: an entry enters the board; those of one release are one story ("And 2 more variants: GPT-6 mini, GPT-6 nano").
    `siblings`: the entries of a release enter together; their debuts fold into it (`release_group`).
    `newcomer`: such events about one entry are one piece of news ("GPT-6 enters …", "Also overtakes o3 (debut)"): the verb before
    its rivals, and the one without.
    `by_first`: its story is that of its first subject, however many it has (`frontier`, which several entries can enter).
    `alone`: each is a story of its own (`consensus`, which is about several boards).
    `consequence`: it follows from another change of the entry, and never keeps it out of a crowd (`rank_move`). `tells`: the kind
    of which it is the consequence, and which never keeps it out of a crowd either.
    """

    crowd: tuple[str, str] | None = None
    crowdless: frozenset[str] = frozenset()
    debut: bool = False
    siblings: bool = False
    newcomer: tuple[str, str] | None = None
    by_first: bool = False
    alone: bool = False
    consequence: bool = False
    tells: str = ""


class BoardTrouble(Struct, frozen=True, kw_only=True):
    """What a kind reports of a board that cannot be read or does not change.

    `shared`: by grade, the predicate for several boards of one host; boards whose grade is not in it are reported one by one.
    `ends`: the trouble is over. `slow`: grades reported only after hours, which can wait for the other boards of the host.
    """

    shared: Mapping[str, str]
    ends: bool = False
    slow: frozenset[str] = frozenset()


class Across(Struct, frozen=True, kw_only=True):
    """How a kind is computed from the events of several boards: from news of `kinds`, no more than `within` apart."""

    kinds: tuple[str, ...]
    within: timedelta
    detect: Callable[[Iterable[Event], Panel], Iterator[Event]]


class EventKind(Struct, frozen=True):
    """A kind of event. `rule` is `<name>/<version>`, `grades` are all it can have, `recorded` those of them that are never news.

    `detect` reads events from a diff, `across` from the events of several boards; a kind with neither is read from a failed or
    an unchanged reading. `open_grades`: publishers make the grades, which are names of properties or metrics.

    For why-not: `explains` ranks the kind among those that explain a change, the lowest first; `of_metric`: it is about a metric
    as a whole, and about those in `facts["metrics"]`; `why_recorded` states why an event of it is not news.
    For claims and queries: `places`: it states an entry's place on a metric. An event whose facts have `key_before` states which
    key an entry had before.
    """

    rule: str
    grades: tuple[str, ...]
    detect: Callable[[Diff, BoardState], Iterator[Event] | Detection] | None = None
    recorded: Collection[str] = ()
    across: Across | None = None
    open_grades: bool = False
    folding: Folding = Folding()
    trouble: BoardTrouble | None = None
    explains: Mapping[What, int] = {}
    of_metric: bool = False
    why_recorded: Callable[[Event], str] | None = None
    places: bool = False

    @property
    def name(self) -> str:
        """The kind, as in its events and in the name of its file."""
        return self.rule.partition("/")[0]

    @property
    def news(self) -> frozenset[str]:
        """The grades that can be news."""
        return frozenset(self.grades).difference(self.recorded)
