"""The documented views and the Python functions answer by one rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import kit
from hypothesis import given
from hypothesis import strategies as st
from models_world import Record, who

from tracker.model import Column
from tracker.query.facts import JOINED, ModelFacts, facts_of
from tracker.query.find import BoardAt
from tracker.query.leaders import leaders
from tracker.stores.sqlite import SqliteStore
from tracker.wording import machine_time

IN_MEMORY = Path(":memory:")
MODELS = tuple(replace(who(model), variant=variant) for model, variant in (("m", "m"), ("m", "m-high"), ("n", "n"), (None, None)))
ROW = st.tuples(
    st.sampled_from(MODELS),
    st.sampled_from((None, "true", "false")),
    st.sampled_from((None, "26", "27", "40")),
    st.sampled_from(("", "3", "9")),
    st.booleans(),
)
Rows = tuple[list[tuple[object, ...]], bool, int]
BOARDS = st.lists(st.tuples(st.lists(ROW, min_size=1, max_size=4), st.booleans(), st.integers(0, 2)), min_size=2, max_size=4)


def stated(row: Sequence[object], names: Sequence[str]) -> dict[str, str]:
    return {name: str(text) for name, text in zip(names, row[1:3], strict=False) if text}


def shown_on(board: str, rows: Sequence[tuple[object, ...]], store: SqliteStore, *, sized: bool, day: int) -> BoardAt:
    """Store a board whose last reading lists those rows that stay; `sized`: it has a column of sizes."""
    names = ("open_weights", "total_parameters") if sized else ("open_weights",)
    of = Record(kit.SCORE, kit.PRICE, store=store, board=board)
    of.board = replace(of.board, attributes={name: Column(sources=(name,)) for name in names})
    store.declare(of.board)
    for days, listed in ((day, rows), (1, [row for row in rows if row[-1]] or rows[:1])):
        keys = {str(place): row for place, row in enumerate(rows) if row in listed}
        of.show(
            " ".join(f"{key}:50" for key in keys),
            days=days,
            price=" ".join(f"{key}:{row[3]}" for key, row in keys.items()),
            who={key: replace(row[0], name=key) for key, row in keys.items()},
            attributes={
                key: {name: text for name, text in zip(names, row[1:3], strict=False) if text} for key, row in keys.items()
            },
        )
    return BoardAt(board=of.board, snapshot=of.last)


def as_in_view(known: ModelFacts) -> tuple[object, ...]:
    return (*(getattr(known.traits, name) for name in JOINED), *(known.sources.get(name) for name in JOINED))


@kit.examples(60)
@given(boards=BOARDS)
def test_an_entry_has_the_traits_that_the_commands_give_it_with_their_source(
    boards: list[Rows],
):
    with SqliteStore(IN_MEMORY) as store:
        states = [shown_on(f"b{place}/b", rows, store, sized=sized, day=day) for place, (rows, sized, day) in enumerate(boards)]
        for state in states:
            sized = [other for other in states if "total_parameters" in other.board.attributes]
            stating = {"open_weights": states, "price": states, "size_total_b": sized}
            want = {entry: as_in_view(known) for entry, known in facts_of(state, JOINED, stating.__getitem__).items()}
            sql = "SELECT entry, open_weights, size_total_b, price, open_source, size_source, price_source FROM entries"
            rows = store.rows(f"{sql} WHERE board = ? AND last_seen IS NULL", state.board.id)
            assert {entry: tuple(traits) for entry, *traits in rows} == want


CELL = st.sampled_from(("", "50", "55", "60", "60"))


def periods(of: Record) -> set[tuple[object, ...]]:
    """Who led by the function, each entry's times in a segment that follow each other joined."""
    joined: list[list[object]] = []
    times = [(entry, reign) for reign in leaders(of.board, of.board.metrics[0], of.store) for entry in reign.leaders]
    for entry, reign in sorted(times, key=lambda time: (time[0], time[1].since)):
        row = [entry, *(at and machine_time(at) for at in (reign.since, reign.until, reign.segment))]
        if joined and (joined[-1][0], joined[-1][2:]) == (entry, [row[1], row[3]]):
            joined[-1][2] = row[2]
        else:
            joined.append(row)
    return {tuple(row) for row in joined}


@kit.examples(60)
@given(
    days=st.lists(st.tuples(CELL, CELL, st.booleans()), min_size=1, max_size=8),
    rebase=st.sets(st.integers(2, 7), max_size=1),
)
def test_leaders_are_those_of_the_function_also_under_another_key(days: list[tuple[str, str, bool]], rebase: set[int]):
    with SqliteStore(IN_MEMORY) as store:
        of = Record(store=store)
        for number, (a, b, is_other) in enumerate(days):
            c, d = ("1 2" if not any(number >= day for day in rebase) else "7 9").split()
            of.show(f"{'A' if is_other else 'a'}:{a} b:{b} c:{c} d:{d} e:{float(c) * 3} f:{float(d) * 2}")
        sql = "SELECT entry, valid_from, valid_to, segment FROM leaders WHERE board = ?"
        assert set(store.rows(sql, of.board.id)) == periods(of)


def test_a_leader_under_another_key_leads_on_under_its_newest():
    with SqliteStore(IN_MEMORY) as store:
        of = Record(store=store)
        for key in ("a", "A", "a"):
            of.show(f"{key}:60 b:50 c:1 d:2")
        assert of.steps[1].diff.rekeyed == {"A": "a"}
        rows = store.rows("SELECT entry, name, valid_to FROM leaders WHERE board = ?", of.board.id)
        assert rows == [("a", "a", None)]
