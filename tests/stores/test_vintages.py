"""A store asked as of a time answers as it did then, whatever was stored and rewritten since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

import kit
import pytest
from hypothesis import given
from hypothesis import strategies as st
from store_world import BOARD, OTHER, START, Fault, answers, board, day, entry, scores, snapshot, steps

from tracker.clock import FixedClock
from tracker.errors import StoreError
from tracker.model import Board, BoardId, Snapshot
from tracker.stores import vintages
from tracker.stores.sqlite import SqliteStore

STATED = ("known", "broken_since", "broken_by", "stale_since", "capped_at", "cap_told", "left_out")
LATER = START + timedelta(days=400)

State = Snapshot | Fault
names = st.sampled_from("abcdef")
shown = st.dictionaries(names, st.integers(min_value=1, max_value=9), min_size=2)


@st.composite
def states(draw: st.DrawFn, board_id: BoardId) -> list[State]:
    """Up to six days of a board: scores, renames, and a page that cannot be read."""
    found: list[State] = []
    for number in sorted(draw(st.sets(st.integers(min_value=0, max_value=9), min_size=1, max_size=6))):
        if draw(st.integers(min_value=0, max_value=5)) == 0:
            found.append(Fault(at=day(number)))
            continue
        rows = [
            entry(key, 10 * score, 1.5, name=draw(st.sampled_from((key.upper(), f"{key.upper()} 2"))))
            for key, score in draw(shown).items()
        ]
        found.append(snapshot(day(number), rows, board_id=board_id))
    return found


def answer(store: SqliteStore) -> Mapping[str, object]:
    """Everything that the record says of both boards, as far as it is kept of earlier times."""
    said: dict[str, object] = {}
    for board_id in (BOARD, OTHER):
        told = dict(answers(store, board_id, [day(number) for number in range(10)]))
        past = store.past(board_id)
        said[board_id] = {
            **{name: value for name, value in told.items() if name not in {"position", "withdrawn", "past"}},
            "past": {name: getattr(past, name) for name in STATED},
            "changed": past.changed_at[-1:],
        }
    return said


class Record:
    """A store whose clock moves on with each operation, and its answers at each of these times."""

    def __init__(self, folder: Path) -> None:
        self.path, self.clock = folder / "tracker.db", FixedClock(LATER)
        self.store = SqliteStore(self.path, now=self.clock.now)
        self.said: dict[datetime, Mapping[str, object]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.store.close()

    def save(self, declared: Board, days: Sequence[State]) -> None:
        """Append the days that are later than the last."""
        last, past = self.store.last_check(declared.id), self.store.past(declared.id)
        later = [state for state in days if last is None or _time(state) > last.observed_at]
        self.store.declare(declared)
        for step in list(steps(declared, later, before=self.store.latest(declared.id), past=past)):
            self.store.save(step)
        self._ask()

    def rewrite(self, declared: Board, days: Sequence[State], *, fails: bool = False) -> None:
        try:
            with self.store.rewriting(declared.id):
                self.store.declare(declared)
                for step in steps(declared, days):
                    self.store.save(step)
                if fails:
                    raise LookupError
        except LookupError:
            pass
        self._ask()

    def _ask(self) -> None:
        self.said[self.clock.now()] = answer(self.store)
        self.clock.sleep(60)

    def check(self) -> None:
        for at, said in self.said.items():
            with SqliteStore(self.path, known_at=at + timedelta(seconds=59)) as then:
                assert answer(then) == said


def _time(state: State) -> datetime:
    return state.at if isinstance(state, Fault) else state.observed_at


operation = st.tuples(st.sampled_from(("save", "rewrite", "fail")), st.sampled_from((BOARD, OTHER)), st.sampled_from(("", "New")))


@kit.examples(30)
@given(st.data())
def test_the_answer_at_a_time_is_what_the_record_said_then(data: st.DataObject):
    with TemporaryDirectory() as folder, Record(Path(folder)) as record:
        for name, board_id, title in data.draw(st.lists(operation, min_size=2, max_size=6)):
            declared = board(board_id, title=title or "Acme Arena")
            days = data.draw(states(board_id))
            if name == "save":
                record.save(declared, days)
            else:
                record.rewrite(declared, days, fails=name == "fail")
        record.check()


def test_what_comes_after_a_history_that_was_cut_short_was_not_known_before(tmp_path: Path):
    with Record(tmp_path) as record:
        record.save(board(), [scores(0, "a:90 b:80"), scores(1, "a:90 b:95")])
        record.rewrite(board(), [scores(0, "a:90 b:80")])
        record.save(board(), [scores(1, "a:90 b:85")])
        record.rewrite(board(), [scores(0, "a:91 b:80"), scores(1, "a:90 b:85")])
        record.check()


def test_entries_that_get_other_numbers_do_not_fill_the_vintages(tmp_path: Path):
    with Record(tmp_path) as record:
        record.save(board(), [scores(1, "b:80 c:70"), scores(2, "b:80 c:70 d:60")])
        record.rewrite(board(), [scores(0, "a:90"), scores(1, "a:90 b:80 c:70"), scores(2, "a:90 b:80 c:70 d:60")])
        record.rewrite(board(), [scores(1, "b:80 c:70"), scores(2, "b:80 c:70 d:60")])
        record.rewrite(board(), [scores(2, "d:60 b:80 c:70")])
        record.check()
        moved = record.store.rows(
            "SELECT entry FROM vintage_measures WHERE from_vintage = 0 AND to_vintage = 1 AND ? <> ''", BOARD
        )
        assert moved == []


def test_a_rewriting_that_changes_nothing_keeps_nothing(tmp_path: Path):
    days = [scores(0, "a:90 b:80"), Fault(at=day(1)), scores(2, "a:90 b:95 c:99")]
    with Record(tmp_path) as record:
        record.save(board(), days)
        record.rewrite(board(), days)
        record.rewrite(board(), [*days, scores(3, "a:97 b:95 c:99")])
        record.check()
        kept = sorted(vintages.TABLES - {"known", "vintages", "declaration_versions", "names"})
        assert [record.store.rows(f"SELECT 1 FROM {table} WHERE ? <> ''", BOARD) for table in kept] == [[]] * len(kept)
        assert list(record.store.corrections()) == []


def test_a_store_that_is_asked_as_of_a_time_is_not_written(tmp_path: Path):
    with Record(tmp_path) as record:
        record.save(board(), [scores(0, "a:90 b:80")])
        with SqliteStore(record.path, known_at=LATER) as then, pytest.raises(StoreError, match="cannot write"):
            then.move_position(BOARD, 9)
