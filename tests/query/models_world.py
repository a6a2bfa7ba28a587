"""Boards of the kit, recorded day by day into a store, for the questions people ask across them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import kit
from memory_store import MemoryStore

from tracker.compare import compare
from tracker.events.detecting import advance, detect
from tracker.model import Board, BoardId, BoardState, Check, EntryId, Event, Identity, Metric, ModelId, Result, Snapshot, Step
from tracker.ports import Store


def who(model: str | None = None, **more: object) -> Identity:
    """An identity made by hand."""
    return Identity(model=ModelId(model) if model else None, variant=model, **more)


class Record:
    """Boards that are looked at once a day; `steps` are what each look added."""

    def __init__(self, *metrics: Metric, store: Store | None = None, board: str = "made/board", **contract: object) -> None:
        self.store = store or MemoryStore()
        self.board: Board = replace(kit.board(*metrics, **contract), id=BoardId(board))
        self.past, self.last, self.day = BoardState(), None, -1
        self.steps: list[Step] = []
        self.store.declare(self.board)

    def show(self, text: str, *, restart: str = "", days: float = 1, **more: object) -> tuple[Event, ...]:
        """The events of the next day's snapshot."""
        self.day += days
        return self.take(replace(kit.snapshot(text, day=self.day, **more), board=self.board.id), restart=restart)

    def take(self, after: Snapshot, *, restart: str = "") -> tuple[Event, ...]:
        diff = compare(self.board, self.last, after, restart=restart)
        detected = detect(diff, self.past)
        self.past = advance(self.past, diff, detected)
        check = Check(
            board=self.board.id, observed_at=after.observed_at, result=Result.ACCEPTED, url=after.url, entries=len(after.entries)
        )
        self.steps.append(Step(check=check, past=self.past, diff=diff, events=detected.events))
        self.store.save(self.steps[-1])
        self.last = after
        return detected.events


def record(*texts: str, on: Sequence[Metric] = (kit.SCORE,), **more: object) -> Record:
    """A record of some days."""
    days = Record(*on, **more)
    for text in texts:
        days.show(text)
    return days


def key(name: str) -> EntryId:
    return EntryId(name)
