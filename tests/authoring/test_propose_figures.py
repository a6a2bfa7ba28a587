"""Figures of an unknown page: the score and its error, prices, directions, units, and which of them ranks the board."""

from __future__ import annotations

import csv
import html
import io
import json
import random
import re
from collections.abc import Callable, Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import examples

from tracker.authoring.declaration import PageAddress, Settled, settled
from tracker.authoring.guess import propose
from tracker.authoring.proposal import SURE, Answers, MetricGuess, Proposal
from tracker.authoring.rows import unused
from tracker.authoring.words import leaf_of, remark_of, words_of
from tracker.model import BoardId, MetricId, Nature
from tracker.reading import read_capture

NAMES = ("Kittiwake 5", "Pochard 2", "Smew 5", "Eider 2", "Ruff 8B", "Knot 3", "Dunlin", "Teal 1")
ELOS = (1432, 1420, 1411, 1399, 1390, 1377, 1370, 1352)
SCORES = (81.2, 79.9, 78.6, 77.3, 76.0, 74.7, 73.4, 72.1)
MIXED = (41.5, 12.25, 77, 3.5, 60, 22.75, 90, 55.5)
VOTES = (20111, 15002, 31007, 9004, 12750, 8011, 40201, 7777)
PRICES = (1.0, 4.5, 0.3, 2.0, 15, 0.05, 7.5, 0.8)
SMALL = (0.4, 0.41, 0.39, 0.44, 0.42, 0.4, 0.38, 0.45)
Table = Mapping[str, Sequence[object]]


def as_html(table: Table) -> str:
    head = "".join(f"<th>{html.escape(name)}</th>" for name in table)
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in zip(*table.values(), strict=True))
    return f"<!DOCTYPE html><html><body><table><tr>{head}</tr>{rows}</table></body></html>"


def as_markdown(table: Table) -> str:
    lines = [[*table], ["---"] * len(table), *zip(*table.values(), strict=True)]
    return "# A board\n\n" + "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)


def as_csv(table: Table) -> str:
    written = io.StringIO()
    csv.writer(written).writerows([[*table], *zip(*table.values(), strict=True)])
    return written.getvalue()


def as_json(table: Table) -> str:
    return json.dumps([dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True)])


FORMATS: Mapping[str, Callable[[Table], str]] = {"html": as_html, "md": as_markdown, "csv": as_csv, "json": as_json}
every_format = pytest.mark.parametrize("form", sorted(FORMATS))


def proposed(table: Table, form: str = "csv", answers: Answers | None = None) -> Proposal:
    return propose(FORMATS[form](table).encode(), answers or Answers())


def declared(body: bytes, answers: Answers | None = None) -> Settled:
    at = PageAddress(board=BoardId("made/board"), title="A board", url="https://boards.example/x")
    return settled(propose(body, answers or Answers()), at, lambda board: read_capture(board, [body]))


def ranking(found: Proposal) -> MetricGuess:
    assert found.ranking is not None
    return found.ranking


def metric(found: Proposal, column: str) -> MetricGuess:
    return next(each for each in found.metrics if each.column.strip('"') == column)


def left_out(found: Proposal) -> dict[str, str]:
    return {each.which: each.why for each in unused(found, set())}


def metrics(found: Proposal) -> set[str]:
    return {each.column.strip('"') for each in found.metrics}


# ── a score with its interval ────────────────────────────────────────────────────────────────────

WITH_INTERVAL = (
    "Elo (95% CI)",
    "Rating (95% CI)",
    "Elo ± CI",
    "Score ± 95% CI",
    "Arena Elo (± 95%)",
    "Elo rating with CI",
    "Rating +/- CI",
    "Elo [95 % conf. int.]",
)
CELLS = {
    "1432 ±6": (1426, 1438),
    "1432 ± 6": (1426, 1438),
    "1432 (±6)": (1426, 1438),
    "1432 +5/-6": (1426, 1437),
    "1432 (+5/-6)": (1426, 1437),
    "1432 (1426-1438)": (1426, 1438),
    "1432 [1426, 1438]": (1426, 1438),
}


def around(cell: str, elo: int) -> str:
    """The cell of another entry, with the same interval."""
    return re.sub(r"\d{4}", lambda match: str(int(match[0]) + elo - 1432), cell)


@pytest.mark.parametrize("header", WITH_INTERVAL)
@every_format
def test_a_score_with_its_interval_ranks_and_not_the_price(header: str, form: str):
    elos = [f"{ELOS[at * 3 % 8]} ±6" for at in range(8)]
    found = proposed({"Model": NAMES, header: elos, "Votes": VOTES, "Price / 1M out": PRICES}, form)
    assert ranking(found).column.strip('"') == header
    assert ranking(found).nature.value is Nature.FITTED
    assert (ranking(found).unit.value, ranking(found).higher_is_better.value) == ("Elo", True)
    assert found.primary.sure >= SURE
    assert metric(found, "Votes").interval == metric(found, "Price / 1M out").interval == {}


@pytest.mark.parametrize("cell", CELLS)
@every_format
def test_the_interval_of_a_cell_is_read(cell: str, form: str):
    table = {"Model": NAMES, "Elo (95% CI)": [around(cell, elo) for elo in ELOS], "Price": PRICES}
    first = {**declared(FORMATS[form](table).encode()).reading.entries[0].measures}[MetricId("elo")]
    assert (first.value, first.low, first.high) == (1432, *CELLS[cell])


@pytest.mark.parametrize(
    ("header", "factor"),
    [
        ("Accuracy (± SE)", 1.96),
        ("Accuracy ± stderr", 1.96),
        ("Accuracy ± std", 1.96),
        ("Accuracy (90% CI)", 1.19),
        ("Accuracy (95% CI)", None),
        ("Accuracy ±", None),
        ("Accuracy", None),
    ],
)
def test_the_half_width_of_another_level_is_converted(header: str, factor: float | None):
    found = proposed({"Model": NAMES, header: [f"{score} ± 0.4" for score in SCORES]})
    assert ranking(found).interval.get("half_width_factor") == factor
    assert ranking(found).has_error


# ── errors in columns of their own ───────────────────────────────────────────────────────────────

STANDARD_ERRORS = ("stderr", "std_err", "se", "std_error", "standard_error", "Std. Error", "SEM", "score_se", "acc_stderr")
HALF_WIDTHS = ("±", "ci", "95% CI", "CI (95%)", "moe", "margin", "score ±", "confidence_interval")


@pytest.mark.parametrize("header", [*STANDARD_ERRORS, *HALF_WIDTHS])
@every_format
def test_an_error_beside_a_score_is_its_error_and_no_metric(header: str, form: str):
    found = proposed({"model": NAMES, "score": SCORES, header: SMALL, "price": PRICES}, form)
    assert metrics(found) == {"score", "price"}
    assert ranking(found).column == "score"
    key = "standard_error" if header in STANDARD_ERRORS else "plus_minus"
    assert {name: str(column).strip('"') for name, column in ranking(found).interval.items()} == {key: header}


BOUNDS = (
    ("ci_low", "ci_high"),
    ("lower", "upper"),
    ("q025", "q975"),
    ("2.5%", "97.5%"),
    ("p2.5", "p97.5"),
    ("score_ci_lower", "score_ci_upper"),
    ("95% CI lower", "95% CI upper"),
    ("lower_bound", "upper_bound"),
    ("lo", "hi"),
    ("lb", "ub"),
    ("conf_low", "conf_high"),
)


@pytest.mark.parametrize("bounds", BOUNDS, ids="-".join)
@every_format
def test_two_bounds_are_the_interval_of_the_score_between_them(bounds: tuple[str, str], form: str):
    low, high = ([round(score + side, 2) for score in SCORES] for side in (-0.4, 0.6))
    found = proposed({"model": NAMES, "score": SCORES, bounds[0]: low, bounds[1]: high, "price": PRICES}, form)
    assert metrics(found) == {"score", "price"}
    assert [str(column).strip('"') for column in ranking(found).interval.values()] == [*bounds]


@pytest.mark.parametrize("cell", ["[{}, {}]", "{}–{}", "({} - {})", "{} to {}"])
@every_format
def test_a_column_of_ranges_is_the_interval_of_the_score_before_it(cell: str, form: str):
    ranges = [cell.format(round(score - 1, 1), round(score + 2, 1)) for score in SCORES]
    body = FORMATS[form]({"model": NAMES, "score": SCORES, "95% CI": ranges, "price": PRICES}).encode()
    (first, *_) = declared(body).reading.entries
    assert [(m.value, m.low, m.high) for m in first.measures.values()] == [(81.2, 80.2, 83.2), (1.0, None, None)]


def test_each_of_several_scores_has_its_own_error():
    rows = [
        {"model": name, "scores": {"code": {"mean": score, "stderr": 0.4}, "math": {"mean": mixed, "stderr": 0.5}}}
        for name, score, mixed in zip(NAMES, SCORES, MIXED, strict=True)
    ]
    found = propose(json.dumps(rows).encode())
    assert {each.column: each.interval for each in found.metrics} == {
        f"scores.{topic}.mean": {"standard_error": f"scores.{topic}.stderr"} for topic in ("code", "math")
    }
    assert [each.title for each in found.metrics] == ["mean", "scores.math.mean"]


def test_bounds_in_an_object_of_their_own_belong_to_the_value_beside_it():
    rows = [
        {"name": name, "rating": elo, "rating_ci": {"low": elo - 5, "high": elo + 6}}
        for name, elo in zip(NAMES, ELOS, strict=True)
    ]
    found = propose(json.dumps(rows).encode())
    assert ranking(found).interval == {"low": "rating_ci.low", "high": "rating_ci.high"}


def test_the_columns_of_an_error_may_come_before_its_score():
    found = proposed(
        {"ci_high": [score + 1 for score in SCORES], "ci_low": [score - 1 for score in SCORES], "model": NAMES, "score": SCORES}
    )
    assert ranking(found).interval == {"low": "ci_low", "high": "ci_high"}


def test_the_interval_of_a_score_is_never_that_of_the_votes_or_the_price():
    found = proposed({"Model": NAMES, "Elo": ELOS, "Votes": VOTES, "Price": PRICES, "CI": [f"±{at + 4}" for at in range(8)]})
    assert {each.column: dict(each.interval) for each in found.metrics} == {"Elo": {"plus_minus": "CI"}, "Votes": {}, "Price": {}}


def test_a_deviation_is_left_out_with_the_reason():
    found = proposed({"model": NAMES, "score": SCORES, "std": SMALL})
    assert metrics(found) == {"score"}
    assert left_out(found) == {"std": "a deviation shows how results spread, which is not the error of a value"}


def test_the_best_and_the_worst_result_are_figures_if_nothing_lies_between_them():
    found = proposed({"model": NAMES, "high": SCORES, "low": [1, 2, 3, 4, 5, 6, 7, 7.5]})
    assert metrics(found) == {"high", "low"}


# ── two figures in one cell ──────────────────────────────────────────────────────────────────────

TWO_PRICES = ("Price (in/out)", "Price $/M Input / Output", "Cost in/out", "API price ($/M, input/output)", "Input/Output price")


@pytest.mark.parametrize("header", TWO_PRICES)
@pytest.mark.parametrize("cell", ["${} / ${}", "{}/{}", "${} | ${}", "${} in, ${} out"])
@pytest.mark.parametrize("form", ["html", "csv", "json"])
def test_the_prices_of_input_and_output_in_one_cell_are_two_prices(header: str, cell: str, form: str):
    cells = [cell.format(price, 5 * price) for price in PRICES]
    body = FORMATS[form]({"Model": NAMES, "Score": SCORES, header: cells}).encode()
    (first, *_) = declared(body).reading.entries
    assert {name: measure.value for name, measure in first.measures.items()} == {
        "score": 81.2,
        "price_input": 1.0,
        "price_output": 5.0,
    }


def test_the_header_decides_which_price_comes_first():
    cells = [f"${5 * price} / ${price}" for price in PRICES]
    found = declared(as_csv({"Model": NAMES, "Score": SCORES, "Price (output/input)": cells}).encode())
    assert {name: measure.value for name, measure in found.reading.entries[0].measures.items()} == {
        "score": 81.2,
        "price_output": 5.0,
        "price_input": 1.0,
    }


def test_two_figures_that_the_header_does_not_explain_are_left_out_with_the_reason():
    found = proposed({"Model": NAMES, "Score": SCORES, "Pricing": [f"${price} / ${5 * price}" for price in PRICES]})
    assert metrics(found) == {"Score"}
    assert left_out(found) == {"Pricing": "a cell such as '$1.0 / $5.0' is not one figure"}


# ── directions ───────────────────────────────────────────────────────────────────────────────────

LESS_IS_BETTER = (
    "$/task",
    "Avg cost per task",
    "Average error",
    "Error rate (%)",
    "Mean latency (s)",
    "avg WER",
    "Average perplexity",
    "Mean steps",
    "Avg # steps",
    "Avg turns",
    "avg_time",
    "Avg. runtime (min)",
    "RunTime",
    "Solve time",
    "Failure rate",
    "Average rank",
    "EER",
    "Score (lower is better)",
)


@pytest.mark.parametrize("header", LESS_IS_BETTER)
@pytest.mark.parametrize("form", ["md", "json"])
def test_less_is_better_also_of_an_average(header: str, form: str):
    for table in ({"model": NAMES, header: MIXED}, {"Rank": range(1, 9), "model": NAMES, header: sorted(MIXED)}):
        direction = ranking(proposed(table, form)).higher_is_better
        assert (direction.value, direction.sure >= SURE) == (False, True)


@pytest.mark.parametrize("header", LESS_IS_BETTER[:-2])
def test_a_cost_an_error_or_a_time_never_ranks_a_board_in_the_order_of_its_score(header: str):
    found = proposed({"model": NAMES, header: MIXED, "Accuracy": SCORES})
    assert (ranking(found).column, found.primary.sure >= SURE) == ("Accuracy", True)


@pytest.mark.parametrize("header", ["Average tokens", "Mean Zog", "Total Zog", "Avg length"])
def test_average_beside_another_word_states_no_direction(header: str):
    found = proposed({"model": NAMES, "Accuracy": SCORES, header: MIXED})
    assert all(each.higher_is_better.value is None for each in found.metrics if each.column == header)


def test_the_published_ranks_show_the_direction_whatever_the_order_of_the_rows():
    order = [3, 1, 7, 2, 8, 5, 4, 6]
    rows = [(place, NAMES[place - 1], 10 + 3 * place) for place in order]
    found = proposed(dict(zip(("Rank", "Model", "Zog"), zip(*rows, strict=True), strict=True)))
    assert found.rank is not None
    assert ranking(found).higher_is_better.value is False
    assert ranking(found).higher_is_better.sure >= SURE


# ── which figure ranks ───────────────────────────────────────────────────────────────────────────

DECIDED: Mapping[str, tuple[str, Table]] = {
    "the rows are in its order": ("AIME", {"Model": NAMES, "MMLU": MIXED, "GPQA": MIXED[::-1], "AIME": SCORES}),
    "the ranks follow it": (
        "Zog",
        {"Rank": (2, 1, 4, 3, 6, 5, 8, 7), "Model": NAMES, "Acc": MIXED, "Zog": (9.5, 10, 7, 8.5, 5, 6, 3, 4)},
    ),
    "overall in its header": (
        "Overall",
        {"Model": NAMES, "Math score": MIXED[::-1], "Overall": MIXED, "Code score": (*MIXED[3:], 1, 2, 3)},
    ),
    "an average of the others": (
        "Average",
        {"Model": NAMES, "Math": (40, 12, 78, 4, 61, 20, 91, 55.5), "Code": (43, 13, 76, 3, 59, 24, 89, 55), "Average": MIXED},
    ),
    "no other figure of merit": ("Points", {"Rating ID": range(1000, 1056, 7), "Player": NAMES, "Points": MIXED}),
    "the only score beside counts": (
        "Elo",
        {"Model": NAMES, "Votes": VOTES, "Price": PRICES, "Elo": [ELOS[at * 3 % 8] for at in range(8)]},
    ),
    "points in a league": (
        "Pts",
        {
            "Pos": range(1, 9),
            "Team": NAMES,
            "W": range(28, 12, -2),
            "GF": range(90, 50, -5),
            "Pts": (89, 82, 80, 73, 63, 56, 55, 51),
        },
    ),
}
OPEN: Mapping[str, Table] = {
    "neither order nor header": {"Model": NAMES, "MMLU": MIXED, "GPQA": MIXED[::-1], "AIME": (*MIXED[3:], 1, 2, 3)},
    "rows in the order of the price": {"Model": NAMES, "Score": MIXED, "Price": sorted(PRICES)},
    "rows in the order of the cost": {"Model": NAMES, "Pass rate": MIXED, "Avg cost": sorted(PRICES)},
    "other ranks": {"Rank": range(1, 9), "Model": NAMES, "Score": MIXED, "Votes": VOTES},
    "rows in the order of two": {"Model": NAMES, "Math": SCORES, "Code": ELOS},
    "an overall figure and another order": {"Model": NAMES, "Overall": MIXED, "Math": SCORES},
    "a price list": {"Product": NAMES, "Price": PRICES},
    "a stock list": {"Product": NAMES, "Price": PRICES, "Stock": VOTES},
    "a list of countries": {"Country": sorted(NAMES), "Population": VOTES},
    "a timetable": {"Train": NAMES, "Duration": (45, 50, 62, 70, 33, 31, 28, 29)},
    "two prices": {"Model": NAMES, "Input price": PRICES, "Output price": [5 * price for price in PRICES]},
    "an average of something else": {"Model": NAMES, "Zag": MIXED, "Zog": MIXED[::-1], "Average": [900 + each for each in MIXED]},
}


@pytest.mark.parametrize("case", DECIDED)
@every_format
def test_evidence_decides_which_figure_ranks(case: str, form: str):
    column, table = DECIDED[case]
    found = proposed(table, form)
    assert ranking(found).column.strip('"') == column
    assert found.primary.sure >= SURE


@pytest.mark.parametrize("case", OPEN)
@every_format
def test_without_evidence_a_person_is_asked_which_figure_ranks(case: str, form: str):
    assert proposed(OPEN[case], form).primary.sure < SURE


ASIDE: Table = {
    "Price": PRICES,
    "Avg cost per task": PRICES[::-1],
    "Votes": VOTES,
    "Latency (s)": MIXED,
    "id": range(905, 913),
    "Release Date": [f"2026-0{at + 1}-01" for at in range(8)],
    "Params (B)": (70, 72, 8, 3, 12, 405, 32, 14),
    "stderr": SMALL,
}


@examples(40)
@given(st.permutations([*ASIDE, "Model", "Score"]), st.integers(1, 8), st.randoms(use_true_random=False))
def test_no_figure_beside_the_score_ever_ranks_a_board_in_silence(columns: Sequence[str], number: int, order: random.Random):
    table = {"Model": NAMES, "Score": SCORES, **{name: ASIDE[name] for name in columns[:number] if name in ASIDE}}
    rows = [*zip(*table.values(), strict=True)]
    order.shuffle(rows)
    shuffled = dict(zip(table, zip(*rows, strict=True), strict=True))
    found = proposed({name: shuffled[name] for name in columns if name in shuffled})
    assert ranking(found).column == "Score" or found.primary.sure < SURE


# ── titles, ids and units ────────────────────────────────────────────────────────────────────────

HEADERS = st.lists(st.sampled_from(["Score", "score", "SCORE", "Score (95% CI)", "得分", "mean", "a.mean", "b.mean"]), min_size=2)


@examples(40)
@given(HEADERS)
def test_ids_and_titles_of_metrics_are_unique(headers: Sequence[str]):
    written = io.StringIO()
    rows = ([name, *(score - at for at in range(len(headers)))] for name, score in zip(NAMES, SCORES, strict=True))
    csv.writer(written).writerows([["Model", *headers], *rows])
    found = propose(written.getvalue().encode()).metrics
    assert len({each.id for each in found}) == len({each.title.casefold() for each in found}) == len(found)


UNITS = {
    "Accuracy": (SCORES, "%"),
    "accuracy": ([score / 100 for score in SCORES], "ratio"),
    "pass@1": (SCORES, "%"),
    "WER": (MIXED, "%"),
    "Time (s)": (MIXED, "s"),
    "Runtime (min)": (MIXED, "min"),
    "50% time horizon (min)": (MIXED, "min"),
    "Score (%)": (SCORES, "%"),
    "Elo (95% CI)": (ELOS, "Elo"),
    "Points": (VOTES, "points"),
    "Stars": (VOTES, "stars"),
    "Votes": (VOTES, "votes"),
    "Tokens": (VOTES, "tokens"),
    "Tokens/s": (MIXED, "tokens/s"),
    "req/s": (MIXED, ""),
    "Revenue ($M)": (VOTES, "USD"),
    "Kosten (€)": (PRICES, "EUR"),
    "Score": (SCORES, ""),
}


@pytest.mark.parametrize("header", UNITS)
def test_the_header_and_the_values_show_the_unit(header: str):
    values, unit = UNITS[header]
    assert metric(proposed({"Model": NAMES, header: values}), header).unit.value == unit


# ── other languages ──────────────────────────────────────────────────────────────────────────────

LANGUAGES = {
    "Chinese": ("排名", "模型", "综合得分", "价格", "overall_score"),
    "traditional Chinese": ("名次", "模型", "準確率", "價格", "accuracy"),
    "Japanese": ("順位", "モデル", "スコア", "価格", "score"),
    "Korean": ("순위", "모델", "점수", "가격", "score"),
    "Russian": ("Место", "Модель", "Средний балл", "Цена", "average_score"),
    "Greek": ("Κατάταξη", "Μοντέλο", "Βαθμολογία", "Price", "score"),
    "Arabic": ("الترتيب", "النموذج", "الدرجة", "السعر", "score"),
    "German": ("Rang", "Modell", "Punkte", "Preis", "points"),
    "Spanish": ("Puesto", "Modelo", "Puntuación", "Precio", "score"),
    "French": ("Rang", "Modèle", "Exactitude", "Prix", "accuracy"),
}


@pytest.mark.parametrize("language", LANGUAGES)
@every_format
def test_headers_in_other_languages_are_understood(language: str, form: str):
    rank, model, score, price, name = LANGUAGES[language]
    found = proposed({rank: range(1, 9), model: NAMES, score: SCORES, price: PRICES}, form)
    assert found.rank is not None
    assert [each.strip('"') for each in (found.rank.value, found.name.value, ranking(found).column)] == [rank, model, score]
    assert (ranking(found).id, found.primary.sure >= SURE) == (name, True)
    assert metric(found, price).higher_is_better.value is False


def test_unknown_words_of_another_language_can_be_declared():
    table = {"Модель": NAMES, "Зог": MIXED}
    assert ranking(proposed(table)).higher_is_better.value is None
    found = declared(as_csv(table).encode(), Answers(metric="Зог", higher_is_better=True))
    assert [each.title for each in found.board.metrics] == ["Зог"]


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("平均得分", ("average", "score")),
        ("输入价格", ("input", "price")),
        ("魅力值", ("魅力值",)),
        ("Elo评分", ("elo", "score")),
        ("Средний балл", ("average", "score")),
        ("Puntuación", ("score",)),
        ("f1_macro", ("f1", "macro")),
        ("q025", ("q", "025")),
    ],
)
def test_the_words_of_a_header_are_english(header: str, words: tuple[str, ...]):
    assert words_of(header) == words


@pytest.mark.parametrize(
    ("header", "leaf"),
    [
        ("pricing.completion", "completion"),
        ("Avg. Rank", "Avg. Rank"),
        ("p97.5", "p97.5"),
        ('scores."2.5%"', "2.5%"),
        ("css:td.score", "score"),
        ("pass@1", "pass@1"),
    ],
)
def test_a_dot_in_a_header_is_not_always_that_of_a_path(header: str, leaf: str):
    assert leaf_of(header) == leaf


@pytest.mark.parametrize(
    ("header", "split"),
    [
        ("Elo (95% CI)", ("Elo", "(95% CI)")),
        ("Score ± SE", ("Score", "± SE")),
        ("Score (hard)", ("Score (hard)", "")),
        ("95% CI", ("95% CI", "")),
        ("±", ("±", "")),
    ],
)
def test_a_remark_on_the_error_is_not_part_of_the_header(header: str, split: tuple[str, str]):
    assert remark_of(header) == split


@pytest.mark.parametrize("cell", ["{}/{}", "{} (1)", "1:{}", "{} of 100 pts"])
def test_a_score_that_cannot_be_read_is_listed_and_nothing_ranks_in_its_place(cell: str):
    found = proposed(
        {"Rank": range(1, 9), "Model": NAMES, "Score": [cell.format(score, score + 9) for score in SCORES], "Votes": VOTES}
    )
    assert found.primary.sure < SURE
    assert left_out(found) == {"Score": f"a cell such as {cell.format(81.2, 90.2)!r} is not one figure"}


def test_stars_rank_a_list_whose_other_figures_have_no_direction():
    stars = [9_000 - 700 * at for at in range(8)]
    found = proposed({"Repository": NAMES, "Stars": stars, "Open issues": [17, 3, 41, 5, 29, 8, 11, 2]})
    assert (ranking(found).column, found.primary.sure >= SURE) == ("Stars", True)


@pytest.mark.parametrize(
    ("first", "value"),
    [
        ("91,5", 91.5),
        ("1.291,50", 1291.5),
        ("91,5 %", 91.5),
        ("0,9158", 0.9158),
        ("91,5 s", 91.5),
        ("91 402 117", 91_402_117),
    ],
)
def test_a_column_with_decimal_commas_spaces_or_units_is_read(first: str, value: float) -> None:
    lines = ["Modell;Punkte", *(f"{name};{first.replace('91', str(91 - at))}" for at, name in enumerate(NAMES))]
    found = declared("\n".join(lines).encode(), Answers(higher_is_better=True, nature=Nature.TESTED))
    assert found.reading.entries[0].measures[found.board.primary.id].value == value


def test_other_columns_show_that_dots_group_thousands() -> None:
    lines = ["Modell;Punkte;Preis (€)", *(f"{name};{22 - at}.911;{699 - at},00" for at, name in enumerate(NAMES))]
    found = declared("\n".join(lines).encode(), Answers(metric="Punkte", higher_is_better=True))
    assert found.reading.entries[0].measures[found.board.primary.id].value == 22911


@every_format
@pytest.mark.parametrize(
    ("cells", "header", "unit"),
    [
        (["88.4点", "87.9点", "86.3点", "82.0点", "81.7点", "80.2点", "79.9点", "71.0点"], "Score", "点"),
        ([f"{value} pts" for value in SCORES], "Score", "pts"),
        ([f"{value} ms" for value in SCORES], "Latency", "s"),
        ([f"{value:.1f} V" for value in SCORES], "Accuracy", "V"),
        ([f"{value:,.0f}円" for value in VOTES], "Price", "JPY"),
    ],
)
def test_a_word_behind_every_figure_is_the_unit(form: str, cells: Sequence[str], header: str, unit: str) -> None:
    body = FORMATS[form]({"Model": NAMES, header: cells}).encode()
    found = declared(body, Answers(metric=header, higher_is_better=True))
    assert next(metric.unit for metric in found.board.metrics if metric.primary) == unit


# ── distances to the ends of an interval ─────────────────────────────────────────────────────────

BELOW, ABOVE = (9, 11, 9, 8, 10, 12, 12, 15), (7, 11, 9, 9, 10, 12, 11, 15)


@pytest.mark.parametrize("header", ["Elo", "Rating", "Score", "Elo rating"])
@pytest.mark.parametrize("signs", ["+-", "+−", "-+"])
@every_format
def test_plus_and_minus_beside_a_rating_are_its_distances(header: str, signs: str, form: str):
    sides = {sign: ABOVE if sign == "+" else BELOW for sign in signs}
    first = {**declared(FORMATS[form]({"Model": NAMES, header: ELOS, **sides}).encode()).reading.entries[0].measures}
    (measure,) = first.values()
    assert (measure.value, measure.low, measure.high) == (ELOS[0], ELOS[0] - 9, ELOS[0] + 7)


@pytest.mark.parametrize(
    ("header", "plus", "minus"),
    [
        ("Points", (9, 8, 7, 6, 5, 4, 3, 2), (0, 1, 2, 3, 4, 5, 6, 7)),
        ("Rating", (9, 8, 7, 6, 5, 4, 3, 2), (0, 1, 2, 3, 4, 5, 6, 7)),
        ("Elo", (900, 800, 700, 600, 500, 400, 300, 200), (900, 800, 700, 600, 500, 400, 300, 200)),
    ],
)
def test_what_is_won_and_lost_is_not_an_interval(header: str, plus: Sequence[int], minus: Sequence[int]):
    found = proposed({"Team": NAMES, header: ELOS, "+": plus, "-": minus})
    assert ranking(found).interval == {}


# ── abbreviations before the word for a figure ───────────────────────────────────────────────────


@pytest.mark.parametrize("header", ["std. MAE (%)", "Std. RMSE", "avg. WER", "avg. error rate", "Avg. MAE"])
@every_format
def test_standard_and_average_may_be_abbreviated_before_a_figure(header: str, form: str):
    others = {f"{name} (meV)": [18.4, 20.3, 14.1, 16.6, 19.2, 15.5, 17.7, 21.0] for name in ("HOMO", "LUMO")}
    found = proposed({"Model": NAMES, **others, header: [0.98, 1.04, 1.11, 1.22, 1.31, 1.4, 1.52, 1.77]}, form)
    assert (ranking(found).column.strip('"'), ranking(found).higher_is_better.value) == (header, False)
    assert found.primary.sure >= SURE


@pytest.mark.parametrize("header", ["Std. Dev.", "Std. Error", "Score std.", "std. Score", "std"])
def test_a_deviation_of_another_figure_is_none_itself(header: str):
    found = proposed({"Model": NAMES, "Score": SCORES, header: [1.8, 2.0, 1.4, 1.6, 1.9, 1.5, 1.7, 2.1]})
    assert [metric.column for metric in found.metrics] == ["Score"]
