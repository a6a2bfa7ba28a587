"""A table against its contract: what is understood, and everything that breaks it, at once."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.errors import ContractBroken
from tracker.model import (
    Board,
    BoardId,
    Bounds,
    Column,
    Contract,
    Kind,
    Measure,
    Metric,
    MetricId,
    Nature,
    Parse,
    Reading,
    Request,
    Table,
)
from tracker.reading.check import check, size_collapse

SCORE, PRICE, MATHS, CODE, MEAN = (MetricId(name) for name in ("score", "price", "maths", "code", "mean"))
DEFAULT = Contract()


def metric(name: MetricId, **more) -> Metric:
    return Metric(id=name, title=name, column=Column(sources=(name,)), nature=Nature.TESTED, **more)


METRICS = (metric(SCORE, primary=True, higher_is_better=True), metric(PRICE, higher_is_better=False))


def board(
    *, metrics: tuple[Metric, ...] = METRICS, key: tuple[str, ...] = ("id",), contract: Contract = DEFAULT, **more
) -> Board:
    return Board(
        id=BoardId("lmarena/text"),
        title="Text",
        page="",
        request=Request(url="https://example.invalid"),
        parse=Parse(format="csv_table"),
        key=tuple(Column(sources=(part,)) for part in key),
        name=Column(sources=("name",)),
        metrics=metrics,
        contract=contract,
        **more,
    )


def table(*lines: str, columns: str = "id,name,score,price", **more) -> Table:
    """Rows written as `a,Alpha,12,3`; an empty cell was not published."""
    rows = [[cell or None for cell in line.split(",")] for line in lines]
    return Table(columns=tuple(columns.split(",")), rows=rows, **more)


def broken(a_table: Table, a_board: Board) -> ContractBroken:
    with pytest.raises(ContractBroken) as caught:
        check(a_table, a_board)
    return caught.value


def codes(error: ContractBroken) -> list[str]:
    return [violation.code for violation in error.violations]


def scores(reading: Reading) -> dict[str, float]:
    return {entry.id: entry.measures[SCORE].value for entry in reading.entries}


# ── what is understood ───────────────────────────────────────────────────────────────────────────


def test_a_credible_table_becomes_a_reading_in_the_publishers_order():
    reading = check(table("b,Beta,12.5,3", "a,🥇 Alpha,11,"), board())
    assert [(entry.id, entry.name, entry.position) for entry in reading.entries] == [("b", "Beta", 1), ("a", "Alpha", 2)]
    assert reading.entries[0].measures == {SCORE: Measure(value=12.5, decimals=1, raw="12.5"), PRICE: Measure(value=3.0, raw="3")}
    assert reading.entries[1].measures.keys() == {SCORE}
    assert (reading.board, reading.metrics, reading.depth, reading.ambiguous) == (
        "lmarena/text",
        {SCORE, PRICE},
        None,
        frozenset(),
    )


def test_ranks_and_attributes_are_read_if_the_page_has_them():
    declared = board(
        rank=Column(sources=("place",), missing=frozenset({"0"})),
        attributes={"open": Column(sources=("open",), kind=Kind.FLAG), "lab": Column(sources=("lab",))},
    )
    reading = check(table("a,A,2,1,1st,Yes", "b,B,1,1,0,", columns="id,name,score,price,place,open"), declared)
    assert [(entry.rank, dict(entry.attributes)) for entry in reading.entries] == [(1, {"open": "true"}), (None, {})]


def test_a_key_of_several_parts_is_joined_and_only_its_first_part_must_be_there():
    reading = check(table("a,A,2,1", "a,,1,1", columns="id,effort,score,name"), board(key=("id", "effort")))
    assert [entry.id for entry in reading.entries] == ["a | A", "a | "]


def test_the_first_source_that_the_table_has_is_read():
    renamed = replace(METRICS[0], column=Column(sources=("rating", "score")))
    assert scores(check(table("a,A,2,1"), board(metrics=(renamed,)))) == {"a": 2.0}


def test_a_secondary_metric_without_a_column_is_not_among_the_metrics():
    assert check(table("a,A,2", columns="id,name,score"), board()).metrics == {SCORE}


def test_an_interval_in_columns_of_its_own_belongs_to_the_measure():
    with_sides = metric(
        SCORE, primary=True, low=Column(sources=("lo",)), high=Column(sources=("hi",)), estimated=Column(sources=("est",))
    )
    reading = check(table("a,A,5,4,7,true", "b,B,5,,,", columns="id,name,score,lo,hi,est"), board(metrics=(with_sides,)))
    assert [entry.measures[SCORE] for entry in reading.entries] == [
        Measure(value=5.0, low=4.0, high=7.0, estimated=True, raw="5"),
        Measure(value=5.0, raw="5"),
    ]


def test_a_value_without_the_one_that_appears_with_a_measurement_is_an_estimate():
    inferred = metric(SCORE, primary=True, measured_with=Column(sources=("tasks",), missing=frozenset({"n/m"})))
    rows, columns = ("a,A,5,12", "b,B,6,", "c,C,7,n/m", "d,D,8,0", "e,E,,"), "id,name,score,tasks"
    reading = check(table(*rows, columns=columns), board(metrics=(inferred,)))
    assert {key: entry.measures[SCORE].estimated for entry in reading.entries if (key := entry.id) != "e"} == {
        "a": False, "b": True, "c": True, "d": False,
    }  # fmt: skip
    assert SCORE not in reading.entries[-1].measures
    assert not check(table("b,B,6", columns="id,name,score"), board(metrics=(inferred,))).entries[0].measures[SCORE].estimated
    twice = check(table(*rows, "b,B,9,3", columns=columns), board(metrics=(inferred,), contract=Contract(duplicates="ambiguous")))
    assert (twice.unnamed, twice.unnamed_estimates) == ((6.0, 9.0), (6.0,))


def test_entries_know_their_body():
    reading = check(table("a,A,3,1", "b,B,2,1", "c,C,1,1", page_starts=(0, 2)), board())
    assert [entry.page for entry in reading.entries] == [0, 0, 1]


def test_facts_are_cleaned_and_a_stated_day_is_iso_where_it_can_be_read():
    reading = check(table("a,A,3,1", facts={"version": " v4.3 ", "stated_on": "Sep 13, 2026"}), board())
    assert (reading.version, reading.stated_on) == ("v4.3", "2026-09-13")
    both = check(table("a,A,3,1", facts={"version": "v4.3", "cost:version": " 2 ", "speed:version": "n/a"}), board())
    assert both.version == "v4.3\ncost: 2"
    odd = check(table("a,A,3,1", facts={"version": "null", "stated_on": "last week"}), board())
    assert (odd.version, odd.stated_on) == ("", "last week")


def test_an_unchanged_cell_is_the_identical_measure_in_the_next_reading():
    before, after = (check(table("a,A,60.2375,1"), board()) for _ in range(2))
    assert before.entries[0].measures[SCORE] is after.entries[0].measures[SCORE]


# ── means ────────────────────────────────────────────────────────────────────────────────────────

PARTS = (metric(MATHS), metric(CODE))
AVERAGE = replace(metric(MEAN, primary=True, mean_of=(MATHS, CODE)), column=Column(sources=()))


def test_a_mean_is_unknown_if_one_of_its_parts_is():
    reading = check(table("a,A,60.25,50.5*", "b,B,10,", columns="id,name,maths,code"), board(metrics=(*PARTS, AVERAGE)))
    assert reading.entries[0].measures[MEAN] == Measure(value=55.375, decimals=2, estimated=True, raw="mean of maths, code")
    assert MEAN not in reading.entries[1].measures


def test_a_mean_of_means_keeps_at_most_six_decimals():
    outer = replace(AVERAGE, id=MetricId("outer"), mean_of=(MEAN, MATHS))
    metrics = (*PARTS, replace(AVERAGE, primary=False), outer)
    reading = check(table("a,A,1.000000001,3", columns="id,name,maths,code"), board(metrics=metrics))
    assert reading.entries[0].measures[outer.id].value == pytest.approx(1.5, abs=1e-8)
    assert reading.entries[0].measures[outer.id].decimals == 6


def test_equal_parts_give_the_identical_mean():
    declared = board(metrics=(*PARTS, AVERAGE))
    before, after = (check(table("a,A,1,3", columns="id,name,maths,code"), declared) for _ in range(2))
    assert before.entries[0].measures[MEAN] is after.entries[0].measures[MEAN]


def test_a_primary_mean_without_a_part_breaks_the_contract():
    error = broken(table("a,A,1", columns="id,name,maths"), board(metrics=(*PARTS, AVERAGE)))
    assert [(violation.code, violation.column) for violation in error.violations] == [("missing_column", "code")]


def test_a_remark_that_is_glued_to_a_name_is_an_attribute_of_its_entry():
    reading = check(table("a,A**5th rank in unseen questions,5", "b,B,6", columns="id,name,score"), board())
    assert [(entry.name, entry.attributes) for entry in reading.entries] == [
        ("A", {"note": "5th rank in unseen questions"}),
        ("B", {}),
    ]


# ── keys that occur twice ────────────────────────────────────────────────────────────────────────

TWICE = table("a,A,1,1", "b,B,5,1", "a,A,3,1", "c,C,2,1")


@pytest.mark.parametrize(
    ("policy", "expected", "ambiguous"),
    [
        ("ambiguous", {"b": 5.0, "c": 2.0}, {"a"}),
        ("first", {"a": 1.0, "b": 5.0, "c": 2.0}, set()),
        ("best", {"b": 5.0, "a": 3.0, "c": 2.0}, set()),
    ],
)
def test_a_key_that_occurs_twice_means_what_the_board_declares(policy: str, expected: dict[str, float], ambiguous: set[str]):
    reading = check(TWICE, board(contract=Contract(duplicates=policy)))
    assert scores(reading) == expected
    assert [entry.id for entry in reading.entries] == list(expected)
    assert [entry.position for entry in reading.entries] == list(range(1, len(expected) + 1))
    assert reading.ambiguous == ambiguous


def test_the_best_of_a_metric_that_counts_down_is_the_lowest():
    falling = (replace(METRICS[0], higher_is_better=False), METRICS[1])
    assert scores(check(TWICE, board(metrics=falling, contract=Contract(duplicates="best"))))["a"] == 1.0


def test_of_equally_good_entries_the_first_stays_and_a_score_beats_none():
    lines = table("a,First,3,1", "a,Second,3,2", "b,Without,,1", "b,Some,0,1", "c,X,,1", "c,Y,,2")
    reading = check(lines, board(contract=Contract(duplicates="best")))
    assert [entry.name for entry in reading.entries] == ["First", "Some", "X"]


@pytest.mark.parametrize("policy", ["ambiguous", "first", "best"])
def test_identical_lines_are_one_entry(policy: str):
    reading = check(table("a,A,1,1", "b,B,2,1", "a,A,1,1"), board(contract=Contract(duplicates=policy)))
    assert [entry.id for entry in reading.entries] == ["a", "b"]
    assert not reading.ambiguous


def test_a_board_that_refuses_duplicates_names_each_and_identical_ones_too():
    error = broken(table("a,A,1,1", "b,B,2,1", "a,A,1,1", "a,A,9,1"), board())
    assert [(violation.code, violation.row, violation.value) for violation in error.violations] == [
        ("duplicate_key", 3, "a"),
        ("duplicate_key", 4, "a"),
    ]


# ── depth ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("depth", "total", "expected"),
    [
        *(("whole", None, None), ("whole", "3", None), ("whole", "1,000", 3), ("whole", "2", None), ("whole", "many", None)),
        *(("whole", "3.5", None), (3, None, 3), (2, None, 3), (4, None, None)),
        *(("varies", None, 3), ("varies", "3", None), ("varies", "300", 3)),
    ],
)
def test_the_depth_is_how_far_the_page_reaches(depth: str | int, total: str | None, expected: int | None):
    facts = {} if total is None else {"total": total}
    lines = table("a,A,3,1", "b,B,2,1", "c,C,1,1", facts=facts)
    assert check(lines, board(contract=Contract(depth=depth))).depth == expected


MODELS = ("a,A,80,1", "b,B,61,2", "c,C,51.5,6")


@pytest.mark.parametrize(
    ("row", "is_left_out"),
    [
        ("x,Average,64.2,3", True),
        ("x,MEAN,64.2,", True),
        ("x,Median,61,2", True),
        ("x,Durchschnitt,64.2,3.0", True),
        ("x,平均,64.2,3", True),
        ("x,Average,64.2,4.5", False),
        ("x,Average,70,3", False),
        ("x,Average,,", False),
        ("x,Averager,64.2,3", False),
    ],
)
def test_a_row_that_is_the_mean_of_all_others_is_left_out(row: str, is_left_out: bool):
    reading = check(table(MODELS[0], row, *MODELS[1:]), board())
    assert [entry.id for entry in reading.entries] == (["a", "b", "c"] if is_left_out else ["a", "x", "b", "c"])
    assert reading.left_out == ((row.split(",")[1],) if is_left_out else ())


def test_a_mean_of_two_or_of_equal_entries_shows_nothing():
    assert not check(table(*MODELS[:2], "x,Mean,70.5,1.5"), board()).left_out
    assert not check(table("a,A,5,1", "b,B,5,1", "c,C,5,1", "x,Mean,5,1"), board()).left_out


def test_a_row_without_a_key_is_named_with_the_option_that_leaves_it_out():
    violation, _ = broken(table(*MODELS, ",D,3,1", ",E,2,1"), board()).violations
    assert (violation.row, violation.expected) == (4, 'a text that names the entry, or parse.without = { "id" = "" }')


# ── what breaks the contract ─────────────────────────────────────────────────────────────────────


def test_every_violation_is_reported_at_once():
    contract = Contract(min_entries=10, bounds={SCORE: Bounds(min=0, max=100), PRICE: Bounds(min_filled=0.9)})
    error = broken(
        table("a,A,1 2,", "a,A,101,3", ",B,5 ±9,x", "c,,-1,", columns="id,name,score,price"),
        board(contract=contract),
    )
    assert Counter(codes(error)) == Counter(
        {"unreadable_cell": 2, "out_of_range": 2, "duplicate_key": 1, "empty_key": 1, "empty_name": 1}
        | {"fill_too_low": 1, "too_few_entries": 1}
    )


def test_the_message_is_one_line_and_names_board_found_expected_remedy():
    error = broken(table("a,A,1\n2,1"), board())
    assert "\n" not in str(error)
    assert str(error).startswith(
        "lmarena/text: 1 contract violation: unreadable_cell: column score row 1, found '1 2', expected "
    )
    assert str(error).endswith("; the capture is kept, and no snapshot was written (tracker board test lmarena/text --live)")


def test_an_empty_table_is_never_success():
    error = broken(Table(columns=("id", "name", "score"), rows=()), board(contract=Contract(min_entries=20)))
    assert codes(error) == ["no_entries"]
    assert "at least 20" in str(error)


@pytest.mark.parametrize(("lost", "named"), [("id", "id"), ("name", "name"), ("score", "score")])
def test_a_missing_required_column_is_named(lost: str, named: str):
    columns = "id,name,score,price".replace(lost, "renamed")
    error = broken(table("a,A,3,1", columns=columns), board())
    assert [(violation.code, violation.column) for violation in error.violations] == [("missing_column", named)]
    assert columns.replace(",", ", ") in str(error)


def test_all_lost_columns_are_named_together_with_the_cells_that_remain():
    error = broken(table("x,oops", columns="other,price"), board())
    assert sorted(codes(error)) == ["missing_column"] * 3 + ["unreadable_cell"]


@pytest.mark.parametrize(
    ("share", "prices", "is_refused"),
    [(0.9, "12 ", False), (0.9, "1 ", False), (0.9, "1  ", True), (0.9, " ", True), (1.0, "12 ", True), (0.5, "123   ", False)],
)
def test_one_value_may_be_missing_unless_all_must_be_filled(share: float, prices: str, is_refused: bool):
    lines = [f"{key},{key},3,{price.strip()}" for key, price in zip("abcdefg", prices, strict=False)]
    declared = board(contract=Contract(bounds={PRICE: Bounds(min_filled=share)}))
    if is_refused:
        assert codes(broken(table(*lines), declared)) == ["fill_too_low"]
    else:
        assert len(check(table(*lines), declared).entries) == len(prices)


def test_a_metric_that_must_be_filled_may_not_lose_its_column():
    error = broken(table("a,A,3", columns="id,name,score"), board(contract=Contract(bounds={PRICE: Bounds(min_filled=0.1)})))
    assert [(violation.code, violation.column) for violation in error.violations] == [("missing_column", "price")]


@pytest.mark.parametrize("cell", ["", "  ", "-", "N/A", "\u200b", "nan"])
def test_an_entry_without_a_key_is_refused(cell: str):
    assert codes(broken(table(f"{cell},A,3,1"), board())) == ["empty_key"]


@pytest.mark.parametrize("name", ["null", "None", "NaN", "N/A", "unknown"])
def test_a_word_for_unknown_may_be_the_name_that_identifies_an_entry(name: str):
    by_name = replace(board(), key=(Column(sources=("name",)),))
    assert [entry.id for entry in check(table(f"a,{name},3,1"), by_name).entries] == [name]


@pytest.mark.parametrize("cell", ["", "  ", "-", "—", "?", "$undefined"])
def test_a_name_of_nothing_identifies_no_entry(cell: str):
    by_name = replace(board(), key=(Column(sources=("name",)),))
    assert "empty_key" in codes(broken(table(f"a,{cell},3,1"), by_name))


@pytest.mark.parametrize("before", ["1. ", "12) ", "#3 ", "#4. ", "5th. ", " 6: "])
def test_the_place_before_a_numbered_name_is_not_part_of_it(before: str):
    numbered = Column(sources=("name",), kind=Kind.NUMBERED)
    entry = check(table(f"a,{before}Wren 2,3,1"), replace(board(), key=(numbered,), name=numbered)).entries[0]
    assert (entry.id, entry.name) == ("Wren 2", "Wren 2")


@pytest.mark.parametrize("name", ["2. ", "4o mini", "3.5 Wren", "1st", "Wren 1. Heron"])
def test_a_number_that_is_not_a_place_stays_in_a_numbered_name(name: str):
    numbered = Column(sources=("name",), kind=Kind.NUMBERED)
    entry = check(table(f"a,{name},3,1"), replace(board(), key=(numbered,), name=numbered)).entries[0]
    assert entry.name == name.strip()


@pytest.mark.parametrize("cell", ["", "  ", "-", "—", "\u200b"])
def test_an_entry_without_a_name_is_refused(cell: str):
    assert codes(broken(table(f"a,{cell},3,1"), board())) == ["empty_name"]


@pytest.mark.parametrize("name", ["tbd", "Unknown", "None"])
def test_a_word_for_unknown_may_be_a_models_name(name: str):
    assert check(table(f"a,{name},3,1"), board()).entries[0].name == name


def test_a_reversed_interval_differs_from_an_unreadable_cell():
    sided = replace(METRICS[0], low=Column(sources=("price",)))
    assert codes(broken(table("a,A,3,4"), board(metrics=(sided,)))) == ["interval_reversed"]


@pytest.mark.parametrize(("column", "cell"), [("rank", "zero"), ("open", "perhaps")])
def test_ranks_and_attributes_must_be_readable_too(column: str, cell: str):
    declared = board(rank=Column(sources=("rank",)), attributes={"open": Column(sources=("open",), kind=Kind.FLAG)})
    error = broken(table(f"a,A,3,{cell}", columns=f"id,name,score,{column}"), declared)
    assert [(violation.code, violation.column) for violation in error.violations] == [("unreadable_cell", column)]


def test_a_long_cell_does_not_make_a_long_message():
    assert len(str(broken(table(f"a,A,{'x' * 100_000},1"), board()))) < 500


# ── guards ───────────────────────────────────────────────────────────────────────────────────────

SEVEN = table(*(f"{key},{key},1,1" for key in "abcdefg"))


@pytest.mark.parametrize(
    ("sizes", "max_drop", "collapsed"),
    [
        ((10,), 0.3, False),
        ((11,), 0.3, True),
        ((10, 10, 1000), 0.3, False),
        ((), 0.0, False),
        ((8,), 0.0, True),
        ((5,), 0.0, False),
    ],
)
def test_a_collapse_is_measured_against_the_usual_size(sizes: tuple[int, ...], max_drop: float, collapsed: bool):
    declared = board(contract=Contract(max_drop=max_drop))
    doubt = size_collapse(check(SEVEN, declared), declared, sizes)
    assert (doubt is not None) == collapsed
    assert not collapsed or str(doubt).startswith("7 entries, expected at least ")


@pytest.mark.parametrize("contract", [Contract(depth="varies"), Contract(depth=5)])
def test_a_page_of_varying_depth_does_not_collapse(contract: Contract):
    reading = check(SEVEN, board(contract=contract))
    assert (reading.depth, size_collapse(reading, board(contract=contract), (500,))) == (7, None)


def test_a_board_that_states_its_total_does_not_collapse():
    cut = replace(SEVEN, facts={"total": "500"})
    reading = check(cut, board())
    assert (reading.depth, size_collapse(reading, board(), (500,))) == (7, None)


# ── against brute force ──────────────────────────────────────────────────────────────────────────

CELLS = st.one_of(st.none(), st.integers(-5, 105).map(str), st.sampled_from(["x", "N/A", "1 2"]))
ROWS = st.lists(st.tuples(st.sampled_from(["a", "b", "c", "d", ""]), CELLS, CELLS), min_size=1, max_size=12)


def number(cell: str | None) -> int | None:
    return int(cell) if cell and cell.lstrip("-").isdigit() else None


def chosen(rows: list[tuple[str, str | None, str | None]], policy: str) -> list[int]:
    """The rows that stay, by the words of `Contract.duplicates`, one row at a time."""
    kept = []
    for place, row in enumerate(rows):
        equals = [other for other in range(len(rows)) if rows[other][0] == row[0]]
        if policy == "ambiguous":
            stays = all(rows[other] == row for other in equals) and place == equals[0]
        elif policy == "best":
            worth = {other: -1000 if (own := number(rows[other][1])) is None else own for other in equals}
            stays = all(worth[place] > worth[other] or (worth[place] == worth[other] and place <= other) for other in equals)
        else:
            stays = place == equals[0]
        kept += [place] if stays else []
    return kept


@given(
    rows=ROWS,
    policy=st.sampled_from(["refuse", "ambiguous", "first", "best"]),
    least=st.integers(1, 5),
    share=st.sampled_from([0.0, 0.5, 0.9]),
)
def test_violations_and_entries_match_a_count_by_hand(rows, policy: str, least: int, share: float):
    bounds = {SCORE: Bounds(min=0, max=100, min_filled=share)}
    declared = board(contract=Contract(min_entries=least, duplicates=policy, bounds=bounds))
    lines = Table(columns=("id", "name", "score", "price"), rows=[(key, "N", score, price) for key, score, price in rows])
    kept = chosen(rows, policy)
    filled = sum(number(rows[place][1]) is not None for place in kept)
    keys = Counter(key for key, _, _ in rows)
    expected = Counter(
        {
            "unreadable_cell": sum(cell in {"x", "1 2"} for _, *cells in rows for cell in cells),
            "out_of_range": sum((own := number(score)) is not None and not 0 <= own <= 100 for _, score, _ in rows),
            "empty_key": keys[""],
            "duplicate_key": sum(count - 1 for key, count in keys.items() if key) if policy == "refuse" else 0,
            "too_few_entries": int(len(kept) < least),
            "fill_too_low": int(bool(kept) and filled / len(kept) < share and (filled == 0 or len(kept) - filled > 1)),
        }
    )
    if +expected:
        assert Counter(codes(broken(lines, declared))) == +expected
        return
    reading = check(lines, declared)
    assert [entry.id for entry in reading.entries] == [rows[place][0] for place in kept]
    assert reading.ambiguous == set(keys) - {entry.id for entry in reading.entries}


def test_half_an_interval_is_a_renamed_column():
    metric = Metric(
        id=MetricId("score"),
        title="Score",
        column=Column(sources=("score",)),
        nature=Nature.FITTED,
        higher_is_better=True,
        primary=True,
        low=Column(sources=("low",)),
        high=Column(sources=("high",)),
    )
    name = Column(sources=("name",))
    board = Board(
        id=BoardId("acme/text"),
        title="",
        page="",
        request=Request(url=""),
        parse=Parse(format="csv_table"),
        key=(name,),
        name=name,
        metrics=(metric,),
    )
    table = Table(columns=("name", "score", "low"), rows=[("a", "10", "9"), ("b", "8", "7")])
    with pytest.raises(ContractBroken, match="missing_column: column high"):
        check(table, board)


# ── cells of several figures ─────────────────────────────────────────────────────────────────────


def parts(*cells: str | None) -> Reading:
    """Two metrics, of the first and of the second figure of one column."""
    metrics = tuple(
        replace(metric(name, higher_is_better=False), column=Column(sources=("price",), part=part))
        for part, name in enumerate((PRICE, SCORE), 1)
    )
    rows = [[f"m{at}", f"M {at}", cell] for at, cell in enumerate(cells)]
    return check(Table(columns=("id", "name", "price"), rows=rows), board(metrics=metrics))


def test_two_metrics_read_the_two_figures_of_one_cell():
    reading = parts("$5 / $25", "—", "$0.25 / $1.50", None)
    assert [[measure.value for measure in entry.measures.values()] for entry in reading.entries] == [[5, 25], [], [0.25, 1.5], []]
    assert reading.entries[0].measures[SCORE].raw == "$25"


@pytest.mark.parametrize("cell", ["$5", "$5 (was $6) / $25", "free / free"])
def test_a_cell_with_another_number_of_figures_breaks_the_contract(cell: str):
    with pytest.raises(ContractBroken, match=r"unreadable_cell: column price row 3, found .* expected 2 figures"):
        parts("$5 / $25", "$3 / $15", cell, "$1 / $2", "$2", "$2 / $4")
