"""The meaning of the columns of an unknown page, its certainty, and that irrelevant differences change nothing."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import examples

from tracker.authoring.columns import Cells
from tracker.authoring.guess import propose
from tracker.authoring.new import open_question
from tracker.authoring.proposal import NO_ANSWERS, SURE, Answers, MetricGuess, Proposal
from tracker.errors import DeclarationError, ParseError
from tracker.model import ROW, Nature

WRONG = Path(__file__).parent / "wrong"
NAMES = ("Kittiwake 5", "Pochard 2", "Smew 5", "Eider 2", "Ruff 8B", "Knot 3", "Dunlin", "Teal 1")


def csv_of(header: Sequence[str], *columns: Sequence[object]) -> bytes:
    lines = [",".join(header), *(",".join(map(str, row)) for row in zip(*columns, strict=True))]
    return ("\n".join(lines) + "\n").encode()


def primary(found: Proposal) -> MetricGuess:
    return next(metric for metric in found.metrics if metric.id == found.primary.value)


def metric(found: Proposal, column: str) -> MetricGuess:
    return next(metric for metric in found.metrics if metric.column == column)


def falling(first: float, step: float) -> list[float]:
    return [round(first - step * at, 3) for at in range(len(NAMES))]


# ── key, name, rank ──────────────────────────────────────────────────────────────────────────────


def test_an_id_that_distinguishes_the_rows_is_the_key_and_the_name_stays_the_name():
    rows = [{"id": f"m-{7 * at % 16:04x}", "name": name, "score": 90.5 - at} for at, name in enumerate(NAMES)]
    found = propose(json.dumps(rows).encode())
    assert (found.key.value, found.name.value) == (("id",), "name")
    assert found.key.sure >= SURE


@pytest.mark.parametrize("header", ["Driver", "system", "Method", "Player", "Song"])
@pytest.mark.parametrize("teams", [("Ash", "Birch", "Cedar", "Elm") * 2, tuple("ABCDEFGH")])
def test_entries_are_not_named_by_their_teams(header: str, teams: Sequence[str]):
    found = propose(
        csv_of(("Pos.", "team", header, "Pts."), range(1, 9), [f"Team {team}" for team in teams], NAMES, range(80, 0, -10))
    )
    assert (found.name.value, found.key.value) == (header, (header,))


def test_teams_are_named_by_a_column_of_teams():
    found = propose(csv_of(("Pos.", "Team", "City", "Pts."), range(1, 9), NAMES, ["Arden", "Brill"] * 4, range(80, 0, -10)))
    assert (found.name.value, found.key.value) == ("Team", ("Team",))


def test_a_column_that_numbers_the_rows_is_not_a_key():
    found = propose(csv_of(("id", "model", "score"), range(1, 9), NAMES, falling(90, 3.5)))
    assert found.key.value == ("model",)


RUNTIMES = ("zag 1.0", "zig 2.1", "zog 0.9", "zug 3", "zeg 1.4", "zyg 2", "zogg 7", "zagg 4.4")


@pytest.mark.parametrize("header", ["Framework", "library", "Handle", "userName", "Package"])
def test_what_is_compared_names_the_entries_in_any_column(header: str):
    found = propose(csv_of(("Runtime", header, "Score"), RUNTIMES, NAMES, falling(90, 3.5)))
    assert (found.name.value, asked(found)) == (header, [])


@pytest.mark.parametrize("first", [RUNTIMES, NAMES])
def test_the_user_is_asked_which_of_two_columns_of_texts_names_the_entries(first: Sequence[str]):
    other = NAMES if first is RUNTIMES else RUNTIMES
    found = propose(csv_of(("Zork", "Quux", "Score"), first, other, falling(90, 3.5)))
    assert asked(found) == ["which column names the entries"]
    chosen = propose(csv_of(("Zork", "Quux", "Score"), first, other, falling(90, 3.5)), Answers(name="Quux"))
    assert (chosen.name.value, asked(chosen, Answers(name="Quux"))) == ("Quux", [])


@pytest.mark.parametrize("known", [8, 5])
def test_an_identity_goes_before_a_part_of_a_name(known: int):
    rows: list[dict[str, object]] = [
        {"firstName": "Ann", "handle": name, "rating": 2400 - 31 * at} for at, name in enumerate(NAMES)
    ]
    for at in range(known):
        rows[at]["lastName"] = f"Teal {at}"
    assert propose(json.dumps(rows).encode()).name.value == "handle"


def test_a_part_of_a_name_alone_is_asked_about():
    rows = [{"firstName": f"Ann {at % 3}", "lastName": name, "rating": 2400 - 31 * at} for at, name in enumerate(NAMES)]
    assert "which column names the entries" in asked(propose(json.dumps(rows).encode()))


def asked(found: Proposal, answers: Answers = NO_ANSWERS) -> list[str]:
    question = open_question(found, answers)
    return [question.what] if question is not None and not question.is_optional else []


def test_repeated_names_need_a_second_key_column():
    names = [NAMES[at // 2] for at in range(8)]
    found = propose(csv_of(("Model", "Effort", "Score"), names, ["low", "high"] * 4, falling(90, 3.5)))
    assert found.key.value == ("Model", "Effort")


def test_the_second_column_of_a_key_makes_the_rows_unique():
    names, labs = [NAMES[at // 2] for at in range(8)], ["one", "one", "two", "two"] * 2
    found = propose(csv_of(("Model", "Lab", "Effort", "Score"), names, labs, ["low", "high"] * 4, falling(90, 3.5)))
    assert found.key.value == ("Model", "Effort")


def test_the_user_is_asked_about_names_that_no_column_distinguishes():
    found = propose(csv_of(("Model", "Score"), [NAMES[at // 2] for at in range(8)], falling(90, 3.5)))
    assert found.key.sure < SURE
    assert found.duplicates == "ambiguous"


def test_ranks_are_not_metrics():
    found = propose(csv_of(("Rank", "Player", "Rating"), range(1, 9), NAMES, falling(2850, 11.5)))
    assert found.rank is not None
    assert found.rank.value == "Rank"
    assert [metric.column for metric in found.metrics] == ["Rating"]


def test_columns_of_makers_licences_and_releases_are_attributes():
    header = ("Model", "Organization", "License", "Release Date", "Score")
    dates = [f"2026-0{at + 1}-01" for at in range(8)]
    found = propose(csv_of(header, NAMES, ["lab"] * 4 + ["other"] * 4, ["MIT"] * 8, dates, falling(90, 3.5)))
    assert dict(found.attributes) == {"creator": "Organization", "license": "License", "released": "Release Date"}


# ── direction, unit, nature ──────────────────────────────────────────────────────────────────────

BETTER = {
    "Accuracy (%)": True,
    "Elo": True,
    "winRate": True,
    "pass@1": True,
    "output_tokens_per_second": True,
    "Throughput (tokens/s)": True,
    "stargazers": True,
    "downloads": True,
    "F1 ↑": True,
    "WER": False,
    "avg_wer ↓": False,
    "Latency (s)": False,
    "medianTimeToFirstTokenSeconds": False,
    "price_out": False,
    "Cost ($)": False,
    "Hallucination Rate": False,
    "calibration_error": False,
    "perplexity": False,
}


@pytest.mark.parametrize("header", sorted(BETTER))
def test_the_header_decides_the_direction_whatever_the_order(header: str):
    figures = [41.5, 12.25, 77, 3.5, 60, 22.75, 90, 55.5]
    found = propose(csv_of(("Model", header), NAMES, figures))
    assert primary(found).higher_is_better.value is BETTER[header]


def test_a_price_change_is_not_a_price_and_has_no_direction():
    body = csv_of(
        ("Coin", "market_cap", "price_change_percentage_24h"), NAMES, falling(9000, 950), [1.5, -2, 0, 3.25, -1, 2, 0.5, -4]
    )
    found = metric(propose(body), "price_change_percentage_24h")
    assert (found.unit.value, found.nature.value, found.higher_is_better.value) == ("%", Nature.TESTED, None)


def test_records_are_preferred_to_the_single_item_lists_inside_them():
    rows = [
        {"driver": name, "points": 400 - 31 * at, "teams": [{"name": f"Team {at}", "wins": at}]} for at, name in enumerate(NAMES)
    ]
    found = propose(json.dumps({"standings": rows}).encode())
    assert dict(found.candidate.parse.options) == {"records": "standings"}


def test_a_figure_beside_an_icon_is_read_by_its_own_class():
    rows = "".join(
        f'<article class="Box-row"><h2><a class="Link" href="/{at}"><span>own/</span> {name}</a></h2>'
        f'<p class="about">What {name} is for, in a few words</p><div class="f6">'
        f'<a class="Link Link--muted" href="/{at}/stars"><svg></svg> {9000 - 700 * at:,}</a>'
        f'<b class="new">{at} stars today</b></div></article>'
        for at, name in enumerate(NAMES)
    )
    found = propose(f"<html><body>{rows}</body></html>".encode())
    assert (found.name.value, primary(found).column) == ("css:a.Link", "css:a.Link--muted")
    assert found.key.value == ("css:a.Link",)
    at = found.candidate.columns.index("css:a.Link--muted")
    assert [row[at] for row in found.candidate.rows[:2]] == ["9,000", "8,300"]


def test_milliseconds_are_converted_to_seconds():
    found = metric(propose(csv_of(("Model", "ttft_ms"), NAMES, range(200, 280, 10))), "ttft_ms")
    assert (found.unit.value, found.scale) == ("s", "0.001")


@pytest.mark.parametrize(
    ("header", "first", "unit", "nature"),
    [("Rating", 2850.5, "Elo", Nature.FITTED), ("Rating", 9.5, "", Nature.TESTED), ("BT", 2.5, "", Nature.FITTED)],
)
def test_a_rating_of_a_few_points_is_not_elo(header: str, first: float, unit: str, nature: Nature):
    found = primary(propose(csv_of(("Film", header), NAMES, falling(first, 0.25))))
    assert (found.unit.value, found.nature.value) == (unit, nature)


@pytest.mark.parametrize("higher", [True, False])
def test_falling_rows_show_the_direction_and_rising_ones_are_asked_about(higher: bool):
    figures = falling(97.5, 7.25)
    found = propose(csv_of(("Model", "Zog"), NAMES, figures if higher else figures[::-1]))
    direction = primary(found).higher_is_better
    assert direction.value is higher
    assert (direction.sure >= SURE) is higher  # any list may rise


def test_the_user_is_asked_if_header_and_order_contradict_each_other():
    found = propose(csv_of(("Model", "Score"), NAMES, falling(97.5, 7.25)[::-1]))
    assert primary(found).higher_is_better.sure < SURE


def test_without_a_hint_the_direction_is_not_guessed():
    found = propose(csv_of(("Model", "Zog"), NAMES, [410, 122, 770, 35, 600, 227, 900, 555]))
    assert primary(found).higher_is_better.value is None


def test_a_lower_average_of_error_rates_is_better():
    columns = [[9.5, 3.5, 7, 8, 2.5, 6, 5.5, 4], [4, 2.5, 6, 8, 3.5, 7, 9.5, 5.5]]
    found = propose(csv_of(("Model", "avg", "Clean WER", "Other WER"), NAMES, [5, 3, 6, 8, 2, 7, 9, 4.5], *columns))
    assert metric(found, "avg").higher_is_better.value is False


def test_prices_per_token_are_converted_to_a_million_tokens():
    rows = [
        {"id": name, "pricing": {"prompt": f"{0.000001 * (at + 1):.7f}", "completion": f"{0.000002 * (at + 1):.7f}"}}
        for at, name in enumerate(NAMES)
    ]
    found = metric(propose(json.dumps(rows).encode()), "pricing.completion")
    assert (found.scale, found.unit.value, found.nature.value) == ("1000000", "USD per 1M tokens", Nature.LISTED)
    assert found.higher_is_better.value is False


PRICES = {
    "Price (output, $/1M tokens)": "USD per 1M tokens",
    "Cost per 1M tokens": "USD per 1M tokens",
    "Cost per million tokens": "USD per 1M tokens",
    "$/M output": "USD per 1M tokens",
    "Output $/1M": "USD per 1M tokens",
    "Price ($/MTok)": "USD per 1M tokens",
    "price_1m_output_tokens": "USD per 1M tokens",
    "pricing.price_1m_input_tokens": "USD per 1M tokens",
    "Input token price (USD)": "USD per 1M tokens",
    "USD per 1M": "USD per 1M tokens",
    "Blended price": "USD",
    "Cost per task ($)": "USD",
}


def third_of(header: str) -> MetricGuess:
    """The metric of a column with that header, beside the score."""
    quoted = f'"{header}"'
    return metric(propose(csv_of(("Model", "Score", quoted), NAMES, falling(90, 3.5), [15, 4, 60, 2.5, 8, 0.5, 1.25, 3])), header)


@pytest.mark.parametrize(("header", "unit"), PRICES.items())
def test_a_price_per_token_is_a_price_and_not_a_speed(header: str, unit: str):
    found = third_of(header)
    assert (found.nature.value, found.unit.value, found.topic.value) == (Nature.LISTED, unit, "price")
    assert (found.higher_is_better.value, found.scale) == (False, "1")


@pytest.mark.parametrize("header", ["Output tokens per second", "Speed per dollar", "tokens/s", "Output Speed"])
def test_a_speed_is_not_a_price(header: str):
    found = third_of(header)
    assert found.nature.value is Nature.LIVE


def test_prices_per_thousand_tokens_are_converted_to_a_million_tokens():
    body = csv_of(("Model", "Score", "Price per 1K tokens"), NAMES, falling(90, 3.5), [0.5, 0.25, 1, 2, 0.75, 0.1, 0.2, 0.3])
    found = metric(propose(body), "Price per 1K tokens")
    assert (found.unit.value, found.scale) == ("USD per 1M tokens", "1000")


def test_columns_of_input_and_output_are_prices():
    rows = [{"id": name, "input": 0.25 * (at + 1), "output": 2 + at} for at, name in enumerate(NAMES)]
    found = propose(json.dumps({"prices": rows}).encode())
    assert {metric.column: metric.higher_is_better.value for metric in found.metrics} == {"input": False, "output": False}


def test_prices_may_say_free_or_contact_sales():
    prices = ["$2.50", "Free", "$1.00", "Contact sales", "$0.80", "Free", "$3.00", "TBD"]
    found = propose(csv_of(("Model", "Score", "Input price"), NAMES, falling(91, 1.5), prices))
    assert next(metric for metric in found.metrics if metric.column == "Input price").topic.value == "price"


def test_votes_are_counts_and_a_rating_is_fitted_and_has_its_interval():
    ratings = falling(1510, 9.5)
    header = ("Model", "Rating", "rating_lower", "rating_upper", "Votes")
    found = propose(
        csv_of(
            header, NAMES, ratings, [rating - 4 for rating in ratings], [rating + 5 for rating in ratings], range(900, 1700, 100)
        )
    )
    rating = primary(found)
    assert (rating.column, rating.interval) == ("Rating", {"low": "rating_lower", "high": "rating_upper"})
    assert (rating.nature.value, metric(found, "Votes").nature.value) == (Nature.FITTED, Nature.COUNT)


def test_bounds_that_exclude_the_rating_are_not_its_interval():
    ratings = falling(1510, 9.5)
    header = ("Model", "Rating", "rating_lower", "rating_upper")
    found = propose(csv_of(header, NAMES, ratings, [rating + 4 for rating in ratings], [rating + 9 for rating in ratings]))
    assert primary(found).interval == {}


def test_a_half_width_beside_a_rating_is_its_interval():
    found = propose(
        csv_of(("Model", "Elo", "95% CI"), NAMES, falling(1510, 9.5), ["±6", "±7", "±5", "±9", "±4", "±6", "±8", "±12"])
    )
    assert primary(found).interval == {"plus_minus": "95% CI"}
    assert len(found.metrics) == 1


# ── other rankings ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("header", "figures", "better"),
    [
        (("Rank", "App", "Downloads (M)"), falling(90, 7), True),
        (("#", "Player", "Rating"), falling(2839, 8), True),
        (("Place", "Repository", "Stars"), falling(90_000, 7_000), True),
        (("Pos", "Driver", "Points"), falling(400, 31), True),
        (("Pos", "Team", "Penalties"), falling(90, 7)[::-1], False),
    ],
)
def test_rankings_outside_the_field_are_read_too(header: Sequence[str], figures: Sequence[float], better: bool):
    found = propose(csv_of(header, range(1, 9), NAMES, figures))
    assert (found.name.value, found.rank and found.rank.value) == (header[1], header[0])
    assert (primary(found).column, primary(found).higher_is_better.value) == (header[2], better)


# ── the user's answers ─────────────────────────────────────────────────────────────────────────────────────────


def test_the_users_answers_are_accepted():
    body = csv_of(
        ("slug", "Model", "Zog", "Accuracy"), [name.lower() for name in NAMES], NAMES, [5, 1, 9, 2, 7, 3, 8, 4], falling(90, 3)
    )
    found = propose(body, Answers(key=("slug",), name="slug", metric="Zog", higher_is_better=False))
    assert (found.key.value, found.name.value, primary(found).column) == (("slug",), "slug", "Zog")
    assert (primary(found).higher_is_better.value, primary(found).higher_is_better.sure) == (False, 1.0)


def test_a_missing_column_or_table_is_named():
    body = csv_of(("Model", "Score"), NAMES, falling(90, 3))
    with pytest.raises(DeclarationError, match="no table has 'Elo', expected among Model, Score"):
        propose(body, Answers(metric="Elo"))
    with pytest.raises(DeclarationError, match="table 2 is not there, expected 1 to 1"):
        propose(body, Answers(table=2))


def test_the_user_is_asked_about_two_equally_likely_tables():
    rows = lambda names: "".join(f"<tr><td>{name}</td><td>{90 - at}</td></tr>" for at, name in enumerate(names))  # noqa: E731
    head = "<tr><th>Model</th><th>{}</th></tr>"
    page = "".join(
        f"<table>{head.format(title)}{rows(names)}</table>"
        for title, names in (("Score", NAMES), ("Points", [name[::-1] for name in NAMES]))
    )
    assert propose(f"<html><body>{page}</body></html>".encode()).table.sure < SURE
    assert propose(f"<html><body>{page}</body></html>".encode(), Answers(table=2)).table.sure == 1.0


# ── charts, and tables without a header ──────────────────────────────────────────────────────────


def test_a_chart_with_only_places_is_ranked_by_them():
    found = propose(csv_of(("Rank", "App", "Developer"), range(1, 9), NAMES, list("abcabcab")))
    assert (found.key.value, found.rank and found.rank.value) == (("App",), "Rank")
    assert [(metric.id, metric.column, metric.nature.value, metric.higher_is_better.value) for metric in found.metrics] == [
        ("position", "Rank", Nature.POINTS, False)
    ]


def test_places_in_a_table_with_figures_are_not_a_metric():
    found = propose(csv_of(("Rank", "App", "Downloads"), range(1, 9), NAMES, [90, 80, 70, 60, 50, 40, 30, 20]))
    assert [metric.column for metric in found.metrics] == ["Downloads"]


def test_a_list_ranked_only_by_its_order_is_read_if_the_user_says_so():
    body = json.dumps(
        {"results": [{"id": str(900 + 7 * at), "name": name, "kind": "apps"} for at, name in enumerate(NAMES)]}
    ).encode()
    with pytest.raises(ParseError, match=r"no column of figures; .* \(--metric '\$row' where the order of the rows ranks them\)"):
        propose(body)
    found = propose(body, Answers(metric=ROW))
    assert (found.name.value, primary(found).column, primary(found).higher_is_better.value) == ("name", ROW, False)
    assert [row[-1] for row in found.candidate.rows] == [str(at) for at in range(1, 9)]


def test_the_refusal_suggests_no_order_if_no_column_has_names():
    with pytest.raises(ParseError) as raised:
        propose(csv_of(("a", "b"), range(8), range(0, 16, 2)))
    assert ROW not in str(raised.value)


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(("91.5", "Ruff", "7"), id="a figure with decimals"),
        pytest.param(("1,5", "Ruff", "7"), id="a decimal comma"),
        pytest.param(("91%", "Ruff", "7"), id="a share"),
    ],
)
def test_no_row_of_a_table_without_a_header_is_lost_and_a_person_says_what_ranks(header: tuple[str, str, str]):
    lines = [";".join(header), *(f"{80.25 - at};{name};{at}" for at, name in enumerate(NAMES))]
    found = propose("\n".join(lines).encode())
    assert (found.candidate.rows[0], found.name.value) == (header, "$2")
    asked = open_question(found, Answers())
    assert asked is not None
    assert (asked.why, "`$1`" in asked.choices) == ("its columns have no headers", True)


def test_a_first_row_from_which_the_places_count_on_is_not_a_header():
    found = propose(csv_of(("1", "Ruff", "2900"), range(2, 10), NAMES, [2890, 2880, 2875, 2870, 2860, 2850, 2840, 2830]))
    assert len(found.candidate.rows) == 9
    assert found.candidate.doubt == "its columns have no headers"


@pytest.mark.parametrize("years", [("2024", "2025"), ("1", "2")])
def test_years_and_rounds_are_headers(years: tuple[str, str]):
    found = propose(csv_of(("Player", *years), NAMES, falling(91.5, 6.25), falling(88.25, 4.5)))
    assert {metric.column for metric in found.metrics} == {*years}


@pytest.mark.parametrize(("first", "values"), [("91,5", [91.5, 90.5]), ("1.291,50", [1291.5, 1290.5]), ("91,5 %", [91.5, 90.5])])
def test_figures_with_a_decimal_comma_are_figures(first: str, values: list[float]):
    lines = ["Modell;Punkte", *(f"{name};{first.replace('91', str(91 - at))}" for at, name in enumerate(NAMES))]
    found = propose("\n".join(lines).encode())
    column = [row[1] for row in found.candidate.rows]
    assert Cells(header="Punkte", cells=column).values[:2] == values
    assert primary(found).higher_is_better.value is True


def test_a_number_may_be_the_header_of_a_text_column():
    found = propose(csv_of(("Player", "3.5", "Score"), NAMES, ["yes", "no"] * 4, falling(91.5, 6.25)))
    assert [metric.column for metric in found.metrics] == ["Score"]


def test_the_place_ranks_a_table_with_figures_if_the_user_says_so():
    found = propose(
        csv_of(("Rank", "App", "Downloads"), range(1, 9), NAMES, [90, 80, 70, 60, 50, 40, 30, 20]), Answers(metric="Rank")
    )
    assert (primary(found).id, primary(found).column, primary(found).higher_is_better.value) == ("position", "Rank", False)


def test_shared_places_are_places():
    found = propose(csv_of(("Pos", "Player", "Total"), ["1", "T2", "T2", "4", "T5", "T5", "7", "8"], NAMES, range(270, 278)))
    assert found.rank is not None
    assert found.rank.value == "Pos"
    assert primary(found).higher_is_better.value is False


# ── properties ───────────────────────────────────────────────────────────────────────────────────

COLUMNS = {
    "rank": [*range(1, 9)],
    "model": list(NAMES),
    "organization": ["a", "b", "a", "c", "b", "a", "c", "a"],
    "score": falling(91.5, 6.25),
    "latency_s": [3.5, 1.25, 9, 2, 7, 3, 8, 4],
    "votes": [900, 120, 77, 3000, 41, 56, 800, 12],
}


def summary(found: Proposal) -> tuple[object, ...]:
    return found.key.value, found.name.value, primary(found).column, primary(found).higher_is_better.value, dict(found.attributes)


@given(st.permutations(sorted(COLUMNS)))
def test_the_order_of_the_columns_does_not_change_the_proposal(order: Sequence[str]):
    body = csv_of(order, *(COLUMNS[name] for name in order))
    assert summary(propose(body)) == (("model",), "model", "score", True, {"creator": "organization"})


@examples(20)
@given(st.integers(2, 12), st.randoms(use_true_random=False))
def test_navigation_and_footers_do_not_change_the_proposal(links: int, order: random.Random):
    header = "".join(f"<th>{name}</th>" for name in COLUMNS)
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in zip(*COLUMNS.values(), strict=True))
    board = f"<table><tr>{header}</tr>{rows}</table>"
    nav = (
        "<table><tr><th>Page</th></tr>"
        + "".join(f"<tr><td><a href='/{at}'>Page {at}</a></td></tr>" for at in range(links))
        + "</table>"
    )
    footer = "<table><tr><th>Contact</th><th>Address</th></tr><tr><td>mail</td><td>somewhere</td></tr></table>"
    parts = [board, nav, footer]
    order.shuffle(parts)
    found = propose(f"<html><body>{''.join(parts)}</body></html>".encode())
    assert summary(found) == (("model",), "model", "score", True, {"creator": "organization"})


# ── what it gets wrong ───────────────────────────────────────────────────────────────────────────

MISTAKES = {
    "golf.csv": (("Player",), "Score", True, "fewer strokes are better, and the page, ordered by name, says it nowhere"),
    "years.html": (
        ("Film",),
        "Seen",
        True,
        "what ranks is how often it was seen this week, not the column that the rows are ordered by",
    ),
    "two-tables.html": (("Model",), "Score", True, "this year's table is the second; the longer one of last year is taken"),
    "notes.md": (("Model",), "Score", True, "names carry a footnote's number: Smew 5 of last month is Smew 51 now"),
    "share.json": (("name",), "share_of_errors", False, "a share of all errors found is a merit of a checker"),
}
"""Page → the proposed key, metric and direction, and the right one, as in docs/decisions/0019-reading-unknown-pages.md."""


@pytest.mark.parametrize("name", sorted(MISTAKES))
def test_five_pages_give_these_wrong_proposals(name: str):
    key, column, better, _ = MISTAKES[name]
    found = propose((WRONG / name).read_bytes())
    assert (found.key.value, primary(found).column, primary(found).higher_is_better.value) == (key, column, better)


@pytest.mark.parametrize("key", ["row-{}", "c{}", "t{}", "entry_{}", "item {}"])
@pytest.mark.parametrize("start", [0, 1, 40])
def test_a_text_that_numbers_the_rows_identifies_no_entry(key: str, start: int):
    names = ("Heron", "Smew", "Ruff", "Knot", "Teal", "Dunlin")
    rows = "".join(f"{key.format(start + at)},{name},{90.5 - at}\n" for at, name in enumerate(names))
    assert propose(f"id,model,score\n{rows}".encode()).key.value == ("model",)


def test_ids_with_numbers_that_do_not_follow_the_rows_identify_the_entries():
    names = (("t9", "Heron"), ("t4", "Smew"), ("t7", "Ruff"), ("t1", "Knot"))
    rows = "".join(f"{key},{name},{90.5 - at}\n" for at, (key, name) in enumerate(names))
    assert propose(f"id,model,score\n{rows}".encode()).key.value == ("id",)


@pytest.mark.parametrize(
    ("named", "where"), [("Institution", "Country"), ("Company", "Country"), ("Bank", "Nation"), ("Startup", "country")]
)
def test_a_country_beside_other_names_of_each_row_is_not_taken_for_the_name(named: str, where: str):
    rows = (("Delft", "NL"), ("Zurich", "CH"), ("Imperial", "GB"), ("Tokyo", "JP"), ("Toronto", "CA"), ("Lund", "SE"))
    text = "".join(f"{at},{name},{country},{96.5 - at}\n" for at, (name, country) in enumerate(rows, 1))
    found = propose(f"Rank,{named},{where},Score\n{text}".encode()).name
    assert found.value == named or found.sure < SURE


def test_a_country_that_alone_differs_names_the_rows():
    rows = (
        ("Ghana", "Africa"),
        ("Kenya", "Africa"),
        ("Peru", "America"),
        ("Chile", "America"),
        ("Nepal", "Asia"),
        ("Laos", "Asia"),
    )
    text = "".join(f"{at},{name},{region},{96.5 - at}\n" for at, (name, region) in enumerate(rows, 1))
    found = propose(f"Rank,Country,Region,Score\n{text}".encode()).name
    assert (found.value, found.sure >= SURE) == ("Country", True)
