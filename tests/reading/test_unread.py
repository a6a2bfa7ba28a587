"""A few rows that cannot be read do not refuse a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tracker.errors import ContractBroken
from tracker.model import Board, BoardId, Bounds, Column, Contract, Metric, MetricId, Nature, Parse, Reading, Request
from tracker.reading import read_capture

SCORE = MetricId("score")
FORMATS = ("csv_table", "html_table", "markdown_table")
NAMES = ["💥", "***", "-", "", "\u200b", "\u202e", "$undefined"]
FIGURES = ["½", ">1500", "(1500)", "true", "[]", "9" * 400, "12 34"]


def board(form: str = "csv_table", *, key: str = "name", score: Bounds | None = None, **contract: object) -> Board:
    column = Column(sources=("score",))
    metric = Metric(id=SCORE, title="Score", column=column, nature=Nature.TESTED, higher_is_better=True, primary=True)
    return Board(
        id=BoardId("acme/text"),
        title="Acme",
        page="",
        request=Request(url="https://acme.example/"),
        parse=Parse(format=form),
        key=(Column(sources=(key,)),),
        name=Column(sources=("name",)),
        metrics=(metric,),
        contract=Contract(bounds={SCORE: score} if score else {}, **contract),
    )


def rows(size: int) -> list[list[str]]:
    """Rows of a table, the best one first."""
    return [[f"model-{place:03}", str(1500 - place)] for place in range(size)]


def page(form: str, table: Sequence[Sequence[str]]) -> bytes:
    lines = [["name", "score"], *table]
    if form == "csv_table":
        return "".join(",".join(line) + "\n" for line in lines).encode()
    if form == "markdown_table":
        pipes = ["|" + "|".join(line) + "|\n" for line in lines]
        return "".join([pipes[0], "|---|---|\n", *pipes[1:]]).encode()
    cells = [
        "".join(f"<t{kind}>{cell}</t{kind}>" for cell in line)
        for line, kind in zip(lines, ["h", *"d" * len(lines)], strict=False)
    ]
    return f"<table>{''.join(f'<tr>{line}</tr>' for line in cells)}</table>".encode()


def read(table: Sequence[Sequence[str]], declared: Board | None = None) -> Reading:
    declared = declared or board()
    return read_capture(declared, [page(declared.parse.format, table)])


def places(reading: Reading) -> list[float]:
    return [measure.value for measure in reading.places.values()]


def left_out(reading: Reading) -> list[str]:
    return [why.partition(":")[0] for why in reading.unread.values()]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", NAMES[:3])
def test_a_row_without_a_name_is_left_out_and_keeps_its_place(form: str, name: str):
    reading = read([[name, "2000"], *rows(40)], board(form))
    assert len(reading.entries) == 40
    assert left_out(reading) in (["empty_name"], ["empty_key"])
    assert places(reading) == [2000.0]


@pytest.mark.parametrize("name", NAMES)
def test_whatever_names_nobody_is_left_out(name: str):
    reading = read([[name, "2000"], *rows(40)])
    (key,) = reading.unread
    assert (len(reading.entries), reading.ambiguous) == (40, {key})
    assert not any(map(str.isalnum, key))


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("figure", FIGURES[:4])
def test_a_row_with_a_figure_that_cannot_be_read_is_left_out_in_every_format(form: str, figure: str):
    reading = read([["odd", figure], *rows(40)], board(form))
    assert (len(reading.entries), left_out(reading)) == (40, ["unreadable_cell"])
    assert (reading.ambiguous, places(reading)) == ({"odd"}, [])


@pytest.mark.parametrize("figure", FIGURES)
def test_a_row_with_a_figure_that_cannot_be_read_is_left_out(figure: str):
    assert len(read([["odd", figure], *rows(40)]).entries) == 40


@pytest.mark.parametrize("again", ["model-007", "model-007**", "🏆model-007", "[model-007](http://x)", "model-007 [1]"])
def test_a_duplicate_leaves_out_every_row_of_its_key(again: str):
    reading = read([*rows(40), [again, "3000"]])
    assert (len(reading.entries), left_out(reading)) == (39, ["duplicate_key"])
    assert (reading.ambiguous, places(reading)) == ({"model-007"}, [])


def test_two_rows_of_one_key_that_agree_have_one_place():
    reading = read([*rows(40), ["model-007", "1493"]])
    assert (reading.ambiguous, places(reading), reading.unnamed) == ({"model-007"}, [1493.0], ())


@pytest.mark.parametrize(("policy", "kept", "out"), [("first", 40, []), ("best", 40, []), ("ambiguous", 39, [])])
def test_declared_duplicates_are_treated_as_declared(policy: str, kept: int, out: list[str]):
    reading = read([*rows(40), ["model-007", "3000"]], board(duplicates=policy))
    assert (len(reading.entries), left_out(reading)) == (kept, out)


def test_declared_refusal_of_duplicates_refuses_the_table():
    with pytest.raises(ContractBroken, match="duplicate_key"):
        read([*rows(40), ["model-007", "3000"]], board(duplicates="refuse"))


@pytest.mark.parametrize("form", FORMATS)
def test_a_row_with_surplus_cells_is_left_out_and_its_figures_with_it(form: str):
    reading = read([*rows(40), ["Foo", "12", "88.1"]], board(form))
    assert (len(reading.entries), left_out(reading)) == (40, ["surplus_cells"])
    assert (reading.ambiguous, places(reading)) == ({"Foo"}, [])


def test_each_row_without_a_key_counts():
    reading = read([["", "2000"], ["-", "1900"], *rows(100)])
    assert (len(reading.unread), sorted(places(reading))) == (2, [1900.0, 2000.0])


@pytest.mark.parametrize("form", FORMATS)
def test_more_rows_with_surplus_cells_refuse_the_table(form: str):
    with pytest.raises(ContractBroken, match=r"found .3 cells"):
        read([*rows(40), ["Foo", "12", "88.1"], ["Bar", "13", "88.1"]], board(form))


@pytest.mark.parametrize(("size", "few"), [(5, 1), (49, 1), (50, 1), (99, 1), (100, 2), (249, 4), (250, 5)])
def test_two_per_cent_of_the_rows_and_at_least_one_may_be_left_out(size: int, few: int):
    def with_odd(number: int) -> list[list[str]]:
        return [*rows(size - number), *([f"odd-{at}", "½"] for at in range(number))]

    assert len(read(with_odd(few)).unread) == few
    with pytest.raises(ContractBroken, match=f"{few + 1} contract violations"):
        read(with_odd(few + 1))


def test_a_row_with_two_violations_counts_once():
    declared = board(key="score")
    assert len(read([*rows(40), ["", "-"]], declared).unread) == 1


def test_one_row_of_four_is_not_few():
    with pytest.raises(ContractBroken, match="unreadable_cell"):
        read([*rows(3), ["odd", "½"]])


def test_a_lost_column_refuses_the_table_whatever_else_is_wrong():
    with pytest.raises(ContractBroken, match="missing_column"):
        read([["💥", "1"], *rows(40)], board(key="id"))


def test_a_table_with_too_few_readable_rows_is_refused_and_names_the_others():
    with pytest.raises(ContractBroken, match=r"too_few_entries.*unreadable_cell"):
        read([["odd", "½"], *rows(40)], board(min_entries=41))


def test_a_value_out_of_bounds_is_left_out_without_a_place():
    declared = board(score=Bounds(min=0, max=2000))
    reading = read([["odd", "9999"], *rows(40)], declared)
    assert (left_out(reading), places(reading)) == (["out_of_range"], [])
    assert len(reading.entries) == 40
    with pytest.raises(ContractBroken, match="out_of_range"):
        read([["odd", "9999"], *rows(8)], declared)


def test_a_strict_reading_leaves_out_nothing():
    with pytest.raises(ContractBroken, match="unreadable_cell"):
        read_capture(board(), [page("csv_table", [["odd", "½"], *rows(40)])], strict=True)


def priced(prices: Sequence[str], nature: Nature = Nature.LISTED, **bounds: object) -> Reading:
    price = Metric(id=MetricId("price"), title="Price", column=Column(sources=("price",)), nature=nature, higher_is_better=False)
    contract = Contract(bounds={price.id: Bounds(**bounds)} if bounds else {})
    lines = ["name,score,price", *(f"{','.join(row)},{text}" for row, text in zip(rows(len(prices)), prices, strict=True))]
    declared = replace(board(), contract=contract, metrics=(*board().metrics, price))
    return read_capture(declared, ["\n".join([*lines, ""]).encode()])


@pytest.mark.parametrize("nature", [Nature.LISTED, Nature.COUNT])
def test_a_price_or_a_count_below_zero_is_left_out(nature: Nature):
    assert left_out(priced(["1"] * 19 + ["-1"], nature)) == ["out_of_range"]


def test_negative_figures_that_may_be_right_are_read():
    assert left_out(priced(["1"] * 18 + ["-1"] * 2)) == []
    assert left_out(priced(["1"] * 19 + ["-1"], Nature.TESTED)) == []
    assert left_out(priced(["1"] * 19 + ["-1"], min=-10)) == []


@pytest.mark.parametrize("name", ["Fo\x01o", "\u202eooF", "Foo\x7f"])
def test_a_name_with_control_characters_is_left_out(name: str):
    assert left_out(read([*rows(40), [name, "1400"]])) == ["unreadable_cell"]
    assert left_out(read([*rows(40), [name, "1400"], [f"{name}2", "1390"]])) == []
