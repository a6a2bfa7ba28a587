"""The tables of one capture become the one table that its board declares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.errors import ParseError
from tracker.model import Board, BoardId, Column, Group, Metric, MetricId, Nature, Parse, Payload, Request, Table
from tracker.reading.groups import grouped, needed
from tracker.reading.means import mean_text
from tracker.reading.tables import OWN, columns_of, combine, specs, wanted

REQUEST = Request(url="https://boards.example/x")


def table(text: str, *, starts: tuple[int, ...] = (0,), **facts: str) -> Table:
    """Lines of cells parted by blanks, the first one the header; `~` is nothing."""
    header, *rows = [line.split() for line in text.strip().splitlines()]
    return Table(
        columns=tuple(header),
        rows=[tuple(None if cell == "~" else cell for cell in row) for row in rows],
        facts=facts,
        page_starts=starts,
    )


def metric(name: str, source: str) -> Metric:
    return Metric(id=MetricId(name), title=name, column=Column(sources=(source,)), nature=Nature.TESTED, higher_is_better=True)


def board(
    *sources: str, payloads: Sequence[Payload] = (), group: Group | None = None, key: tuple[str, ...] = ("model",)
) -> Board:
    return Board(
        id=BoardId("test/board"),
        title="T",
        page="https://boards.example/",
        request=REQUEST,
        parse=Parse(format="csv_table", group=group),
        key=tuple(Column(sources=(part,)) for part in key),
        name=Column(sources=(key[0],)),
        metrics=tuple(metric(f"m{at}", source) for at, source in enumerate(sources)),
        payloads=tuple(payloads),
    )


def payload(name: str = "cost", *, means: bool = False, group: Group | None = None, key: tuple[str, ...] = ("model",)) -> Payload:
    columns = () if means else tuple(Column(sources=(part,)) for part in key)
    return Payload(name=name, request=REQUEST, parse=Parse(format="csv_table", group=group), key=columns, means=means)


def combined(declared: Board, own: Table, **further: Table) -> Table:
    """As a capture with these answers gives it: each has those of the wanted columns that it has."""

    answers, tables = {OWN: own, **further}, dict[str, Table]()
    for name in specs(declared):
        if name in answers:
            columns = [column for column in columns_of(declared, name, tables) if column in answers[name].columns]
            rows = [tuple(row[answers[name].columns.index(column)] for column in columns) for row in answers[name].rows]
            tables[name] = replace(answers[name], columns=tuple(columns), rows=rows)
    return combine(declared, tables)


def cells(result: Table) -> Mapping[str, Mapping[str, str | None]]:
    return {str(row[0]): dict(zip(result.columns[1:], row[1:], strict=True)) for row in result.rows}


def test_a_board_of_one_answer_is_that_answer():
    own = table("model a\nx 1\ny 2")
    assert combined(board("a"), own) == own


# ── payloads ─────────────────────────────────────────────────────────────────────────────────────


def test_a_payload_adds_columns_to_its_entries():
    result = combined(board("a", "cost:usd", payloads=[payload()]), table("model a\nx 1\ny 2"), cost=table("model usd\nz 9\ny 3"))
    assert {name: row["cost:usd"] for name, row in cells(result).items()} == {"x": None, "y": "3"}


def test_a_composite_key_must_match_in_every_column():
    declared = board("a", "cost:usd", payloads=[payload(key=("name", "how"))], key=("model", "effort"))
    result = combined(declared, table("model effort a\nx low 1\nx high 2"), cost=table("name how usd\nx high 7\nx medium 8"))
    assert [dict(zip(result.columns, row, strict=True))["cost:usd"] for row in result.rows] == [None, "7"]


def test_an_absent_payload_has_no_columns():
    result = combined(board("a", "cost:usd", payloads=[payload()]), table("model a\nx 1"))
    assert result.columns == ("model", "a")


def test_a_payload_without_a_common_key_is_an_error_not_an_empty_column():
    with pytest.raises(
        ParseError, match=r"\A\w+/\w+: the payload cost has no key in common with the board: 'X9', expected such as 'x'; correct"
    ):
        combined(board("a", "cost:usd", payloads=[payload()]), table("model a\nx 1"), cost=table("model usd\nX9 3"))


def test_a_table_without_the_boards_key_is_left_to_the_contract():
    result = combined(board("a", "cost:usd", payloads=[payload()]), table("system a\nx 1"), cost=table("model usd\nx 3"))
    assert result.columns == ("a",)


def test_two_rows_of_a_payload_for_one_key_must_be_equal():
    declared = board("a", "cost:usd", payloads=[payload()])
    assert cells(combined(declared, table("model a\nx 1"), cost=table("model usd\nx 3\nx 3")))["x"]["cost:usd"] == "3"
    with pytest.raises(ParseError, match="two rows of the key 'x' that differ"):
        combined(declared, table("model a\nx 1"), cost=table("model usd\nx 3\nx 4"))


def test_facts_and_pages_are_those_of_the_boards_own_answers():
    own = table("model a\nx 1\ny 2", starts=(0, 1), version="7")
    result = combined(board("a", "cost:usd", payloads=[payload()]), own, cost=table("model usd\nx 3", version="8"))
    assert (result.facts, result.page_starts) == ({"version": "7", "cost:version": "8"}, (0, 1))


# ── groups ───────────────────────────────────────────────────────────────────────────────────────

LONG = "model lab category rating\nx L overall 10\ny ~ overall 20\nx ~ math 11\ny M math 19\nz N math 5"


def test_categories_become_columns_side_by_side():
    result = combined(board("overall:rating", "math:rating", group=Group(key=("model",), by="category")), table(LONG))
    assert cells(result) == {
        "x": {"overall:rating": "10", "math:rating": "11"},
        "y": {"overall:rating": "20", "math:rating": "19"},
        "z": {"overall:rating": None, "math:rating": "5"},
    }


def test_a_category_that_no_row_has_is_an_absent_column():
    result = combined(board("overall:rating", "coding:rating", group=Group(key=("model",), by="category")), table(LONG))
    assert result.columns == ("model", "overall:rating")


def test_a_column_without_a_category_is_the_first_value_of_the_rows():
    result = grouped(table(LONG), Group(key=("model",), by="category"), ["model", "lab"], numbers=())
    assert result.rows == [("x", "L"), ("y", "M"), ("z", "N")]


def test_a_payload_may_be_grouped_as_well():
    style = payload("style", group=Group(key=("model",), by="category"))
    result = combined(board("a", "style:math:rating", payloads=[style]), table("model a\nx 1\ny 2"), style=table(LONG))
    assert {name: row["style:math:rating"] for name, row in cells(result).items()} == {"x": "11", "y": "19"}


def test_a_second_cell_for_one_place_is_an_error_unless_it_is_equal():
    group = Group(key=("model",), by="category")
    again = f"{LONG}\nx L math "
    assert grouped(table(again + "11"), group, ["model", "math:rating"], numbers=()).rows[0] == ("x", "11")
    with pytest.raises(ParseError, match=r"found '11' and '12' in math:rating of x, expected one; .*parse.group.take"):
        grouped(table(again + "12"), group, ["model", "math:rating"], numbers=())


def test_the_first_of_several_cells_is_taken_where_that_is_declared():
    result = grouped(
        table(f"{LONG}\nx L math 12"), Group(key=("model",), by="category", take="first"), ["math:rating"], numbers=()
    )
    assert result.rows[0] == ("11",)


def test_a_mean_is_unknown_where_one_of_its_cells_is():
    group = Group(key=("model",), take="mean")
    result = grouped(table("model s\nx 1\nx 2\ny 1\ny ~\nz -\nz 4"), group, ["model", "s"], numbers={"s"})
    assert result.rows == [("x", "1.5"), ("y", None), ("z", None)]


def test_a_mean_of_text_is_an_error():
    with pytest.raises(ParseError, match="s of x"):
        grouped(table("model s\nx 1\nx soon"), Group(key=("model",), take="mean"), ["model", "s"], numbers={"s"})


def test_an_absent_column_to_group_by_is_named():
    with pytest.raises(ParseError, match="found no column 'category' to group by among model, s"):
        grouped(table("model s\nx 1"), Group(key=("model",), by="category"), ["model", "s"], numbers=())


def test_a_grouped_row_is_on_the_page_of_its_first_row():
    result = grouped(table(LONG, starts=(0, 2, 4)), Group(key=("model",), by="category"), ["model"], numbers=())
    assert result.page_starts == (0, 2, 2)


LETTERS = st.sampled_from("abc")
ROWS = st.lists(st.tuples(LETTERS, LETTERS, st.integers(-99, 99)), min_size=1, max_size=30)


@given(ROWS)
def test_grouped_means_match_a_calculation_by_hand(rows: list[tuple[str, str, int]]):
    group = Group(key=("m",), by="c", take="mean")
    columns = ["m", *(f"{value}:s" for value in "abc")]
    assert set(needed(group, columns)) >= {"m", "c", "s"}
    source = Table(columns=("m", "c", "s"), rows=[(model, category, str(score)) for model, category, score in rows])
    result = grouped(source, group, columns, numbers=set(columns))
    for row in result.rows:
        for column, cell in zip(result.columns[1:], row[1:], strict=True):
            scores = [score for model, category, score in rows if (model, category) == (row[0], column[0])]
            assert (cell is None) == (not scores)
            if cell is not None:
                assert abs(Decimal(cell) - Decimal(sum(scores)) / len(scores)) < Decimal(1) / len(scores) / 2
    assert {row[0] for row in result.rows} == {model for model, _, _ in rows}


# ── means ────────────────────────────────────────────────────────────────────────────────────────

LISTS = Table(columns=("$key", "$value"), rows=[("Reasoning", '["a","b"]'), ("Coding", '["c"]')])


def test_a_payload_may_name_the_columns_of_a_mean_and_the_mean_of_all_means():
    declared = board("cats:Reasoning", "cats:*", payloads=[payload("cats", means=True)])
    result = combined(declared, table("model a b c\nx 1 2 4\ny 1 - 4"), cats=LISTS)
    assert cells(result)["x"] | cells(result)["y"] == {"a": "1", "b": "-", "c": "4", "cats:Reasoning": None, "cats:*": None}
    assert (cells(result)["x"]["cats:Reasoning"], cells(result)["x"]["cats:*"]) == ("1.5", "2.75")


def test_a_listed_column_that_the_board_lacks_is_an_error():
    declared = board("cats:*", payloads=[payload("cats", means=True)])
    with pytest.raises(ParseError, match="the payload cats lists 'c', which is not a column of the board"):
        combined(declared, table("model a b\nx 1 2"), cats=LISTS)


@pytest.mark.parametrize("value", ['"a"', "[]", '["a","a"]', "[1]", "{", None])
def test_a_value_that_is_not_a_list_is_an_error(value: str | None):
    declared = board("cats:*", payloads=[payload("cats", means=True)])
    with pytest.raises(ParseError, match="payload cats"):
        combined(declared, table("model a b c\nx 1 2 3"), cats=Table(columns=("$key", "$value"), rows=[("R", value)]))


@given(st.lists(st.decimals(-100, 100, places=3), min_size=1, max_size=40))
def test_a_mean_has_enough_decimals_to_distinguish_any_two(numbers: list[Decimal]):
    result = mean_text([str(number) for number in numbers], "here")
    assert result is not None
    assert abs(Decimal(result) - sum(numbers) / len(numbers)) < Decimal("0.001") / len(numbers) / 2 + Decimal("1e-20")


# ── what is asked for ────────────────────────────────────────────────────────────────────────────


def test_declared_columns_are_wanted_once_and_in_order():
    assert wanted(board("a", "cost:usd", "a")) == ("model", "a", "cost:usd")
