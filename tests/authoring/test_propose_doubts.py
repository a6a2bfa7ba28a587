"""Doubts of the wizard: which questions are asked together, what is no ranking, and which directions have no evidence."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

import pytest

from tracker.authoring.declaration import PageAddress, Settled, settled
from tracker.authoring.guess import propose
from tracker.authoring.new import open_question, refuse
from tracker.authoring.proposal import NO_ANSWERS, Answers, MetricGuess, Proposal
from tracker.errors import DeclarationError
from tracker.model import BoardId, Nature
from tracker.reading import read_capture

NAMES = ("Kittiwake 5", "Pochard 2", "Smew 5", "Eider 2", "Ruff 8B", "Knot 3", "Dunlin", "Teal 1")
SCORES = (81.2, 79.9, 78.6, 77.3, 76.0, 74.7, 73.4, 72.1)
MIXED = (41.5, 12.25, 77, 3.5, 60, 22.75, 90, 55.5)
WHOLE = (41, 12, 77, 3, 60, 22, 90, 55)


def table(*columns: tuple[str, Sequence[object]]) -> str:
    header = " | ".join(name for name, _ in columns)
    rows = (" | ".join(map(str, row)) for row in zip(*(cells for _, cells in columns), strict=True))
    return f"| {header} |\n|{'---|' * len(columns)}\n" + "".join(f"| {row} |\n" for row in rows)


def proposed(*columns: tuple[str, Sequence[object]], before: str = "", answers: Answers = NO_ANSWERS) -> Proposal:
    return propose(f"# A board\n\n{before}\n\n{table(*columns)}".encode(), answers)


def beside(found: Proposal) -> dict[str, bool | None]:
    """The directions of the figures that do not rank."""
    return {metric.column: metric.higher_is_better.value for metric in found.metrics if metric.id != found.primary.value}


def primary(found: Proposal) -> MetricGuess:
    assert found.ranking is not None
    return found.ranking


def declared(body: str, answers: Answers) -> Settled:
    at = PageAddress(board=BoardId("made/board"), title="A board", url="https://boards.example/x")
    return settled(propose(body.encode(), answers), at, lambda board: read_capture(board, [body.encode()]))


def question(found: Proposal, answers: Answers = NO_ANSWERS) -> str:
    asked = open_question(found, answers)
    return f"{asked.what}: {asked.why}" if asked else ""


def refusal(found: Proposal, answers: Answers = NO_ANSWERS) -> str:
    asked = open_question(found, answers)
    assert asked is not None
    with pytest.raises(DeclarationError) as raised:
        refuse(asked, found, answers)
    return str(raised.value)


# ── the directions of figures beside the one that ranks ──────────────────────────────────────────


@pytest.mark.parametrize("header", ["Steps", "Cores", "Drawn", "Turns", "Reasoning tokens", "Iterations", "Seats"])
def test_a_whole_number_beside_a_score_is_recorded_without_a_direction(header: str):
    found = proposed(("Model", NAMES), ("Score", SCORES), (header, WHOLE))
    assert (beside(found), {metric.column: metric.nature.value.value for metric in found.metrics}[header]) == (
        {header: None},
        "count",
    )


@pytest.mark.parametrize("header", ["FP", "FN", "RTF", "Goals against", "exceptions", "timeouts", "Empty", "conceded"])
def test_less_is_better_of_what_goes_wrong(header: str):
    assert beside(proposed(("Model", NAMES), ("Score", SCORES), (header, WHOLE))) == {header: False}


def test_the_order_of_the_rows_gives_only_the_figure_that_ranks_a_direction():
    found = proposed(("Model", NAMES), ("Score", SCORES), ("zog", [value / 7 for value in SCORES[::-1]]))
    assert beside(found) == {"zog": None}


def test_a_figure_among_benchmarks_that_falls_when_the_score_rises_has_no_direction():
    columns = [(name, [round(value - step, 1) for value in SCORES]) for step, name in enumerate(("maze", "plan", "riddle"))]
    against = [round(100 - value, 1) for value in SCORES]
    found = proposed(("Model", NAMES), ("Overall", SCORES), *columns, ("text_edit", against))
    assert beside(found) == {"maze": True, "plan": True, "riddle": True, "text_edit": None}


@pytest.mark.parametrize("header", ["ratingCount", "vote_count", "review count", "Rating count"])
def test_a_count_of_ratings_is_not_a_rating(header: str):
    found = proposed(("Film", NAMES), ("Rating", [9.2, 9.1, 9.0, 8.9, 8.8, 8.7, 8.6, 8.5]), (header, range(2000, 1200, -100)))
    assert (primary(found).column, primary(found).nature.value.value) == ("Rating", "tested")
    assert [metric.nature.value.value for metric in found.metrics if metric.column == header] == ["count"]


@pytest.mark.parametrize(("header", "unit"), [("S", ""), ("s1", ""), ("S01 ratio", ""), ("latency_s", "s"), ("Decode (s)", "s")])
def test_an_s_is_seconds_only_at_the_end_of_a_header_of_several_words(header: str, unit: str):
    found = proposed(("Model", NAMES), (header, MIXED), answers=Answers(metric=header))
    assert primary(found).unit.value == unit


# ── the figure that ranks ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "words", ["Ranked by **zog (all)**", "Sorted by zog (all), best first", "The models are ordered by the zog (all)."]
)
def test_the_page_says_which_of_several_sorted_figures_ranks(words: str):
    columns = (("Model", NAMES), ("zig", [value - 1 for value in SCORES]), ("zog (all)", [value**2 for value in SCORES]))
    assert question(proposed(*columns)).startswith("which column ranks the board")
    found = proposed(*columns, before=words)
    assert (primary(found).column, found.primary.why) == ("zog (all)", "the page says that it ranks by it")


def test_a_figure_that_the_page_names_but_the_rows_do_not_follow_decides_nothing():
    found = proposed(("Model", NAMES), ("zig", SCORES), ("zog", MIXED), before="Ranked by zog.")
    assert primary(found).column == "zig"


@pytest.mark.parametrize(
    "computed",
    [
        [round(100 * value / SCORES[0]) for value in SCORES],
        [round(1000 / value, 2) for value in SCORES],
        [round(100 - value, 1) for value in SCORES],
    ],
    ids=["a share of the best", "the inverse", "the rest to 100"],
)
def test_a_figure_computed_from_another_one_does_not_compete(computed: Sequence[float]):
    found = proposed(("Library", NAMES), ("zig", SCORES), ("zog", computed))
    assert (primary(found).column, found.primary.sure) == ("zig", 0.9)


def test_two_figures_in_the_order_of_the_rows_that_are_not_computed_from_each_other_are_asked_about():
    found = proposed(("Model", NAMES), ("zig", SCORES), ("zog", (99, 61, 60, 44, 21, 20, 19, 3)))
    assert "the rows are in the order of 2 figures" in question(found)


def test_a_count_of_a_group_never_wins_because_the_rows_are_in_its_order():
    groups = [
        (f"{name} GM", [round(value / 7 + step, 2) for value in MIXED]) for step, name in enumerate(("Task", "Maze", "Plan"))
    ]
    found = proposed(("Agent", NAMES), *groups, ("Maze valid", (6, 6, 6, 6, 5, 5, 4, 4)))
    assert question(found).startswith("which column ranks the board")


def test_a_better_header_than_that_of_the_figure_in_order_is_asked_about():
    found = proposed(("Team", NAMES), ("Recall", SCORES), ("Total score", ("", "", "", *MIXED[3:])))
    assert question(found).startswith("which column ranks the board")


@pytest.mark.parametrize("cell", ["{} zorkmids to {}", "{}/{}", "{} of {} won"])
def test_places_do_not_rank_in_silence_beside_figures_that_cannot_be_read(cell: str):
    found = proposed(("Rank", range(1, 9)), ("Model", NAMES), ("Result", [cell.format(value, value + 1) for value in WHOLE]))
    assert "the figures of 'Result' cannot be read" in question(found)


@pytest.mark.parametrize("mark", ["*", "?", "***"])
def test_a_mark_in_place_of_a_figure_is_unknown_however_many_there_are(mark: str):
    body = table(("Rank", range(1, 9)), ("Team", NAMES), ("Recall", MIXED), ("Total score", [mark] * 5 + [60.5, 50.25, 4]))
    found = declared(body, Answers(metric="Total score", higher_is_better=True))
    assert [len(entry.measures) for entry in found.reading.entries] == [1, 1, 1, 1, 1, 2, 2, 2]


@pytest.mark.parametrize("cell", ["good", "1 to 2 to 3", "see notes"])
def test_an_answer_that_names_a_column_without_figures_is_an_error_that_names_it(cell: str):
    with pytest.raises(DeclarationError, match=re.escape(f"column 'Result' cannot rank the board: it has '{cell}'")):
        proposed(("Model", NAMES), ("Result", [cell] * 8), ("Score", MIXED), answers=Answers(metric="Result"))


# ── intervals ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("low", "high"), [("Min WER", "Max WER"), ("Min", "Max"), ("Best", "Worst"), ("Low", "High")])
def test_extremes_around_a_figure_are_not_an_interval(low: str, high: str):
    found = proposed(("Model", NAMES), ("Avg WER", SCORES), (low, [value / 9 for value in SCORES]), (high, [100] * 7 + [300]))
    assert all(not metric.interval for metric in found.metrics)


# ── tables that are not rankings ──────────────────────────────────────────────────────────────────


def test_a_table_of_each_against_each_is_not_a_second_leaderboard():
    against = [(name, [round(50 + step - row * 1.5, 1) for row in range(8)]) for step, name in enumerate(NAMES)]
    elos = ("Elo", range(1500, 1100, -50))
    body = f"## Ratings\n\n{table(('Model', NAMES), elos)}\n## Head to head\n\n{table(('Model', NAMES), *against)}"
    found = propose(body.encode())
    assert (primary(found).column, found.table.sure) == ("Elo", 0.9)


def test_a_table_that_continues_the_places_of_another_is_not_a_second_leaderboard():
    first = table(("Month", ("1.", "2.", "3.", "4.", "5.", "6.", "7.", "8.")), ("Language", NAMES), ("Ratings", SCORES))
    others = [(f"Other {number}", round(70 - number / 2, 1)) for number in range(12)]
    rest = table(
        ("Position", range(9, 21)), ("Language", [name for name, _ in others]), ("Ratings", [value for _, value in others])
    )
    found = propose(f"## The best\n\n{first}\n## The others\n\n{rest}".encode())
    assert (found.candidate.place, found.table.sure) == ("The best", 0.9)


UNRANKED = {
    "a timetable": table(
        ("Time", ("9:00", "9:30", "10:00", "11:00")), ("Room", ("Auk", "Tern", "Teal", "Knot")), ("Seats", (120, 80, 60, 75))
    ),
    "a phone list": table(("Person", NAMES), ("Office", range(100, 124, 3)), ("Phone", range(4100, 4156, 7))),
    "exchange rates": table(
        ("Currency", ("Euro", "Yen", "Lev", "Zloty")), ("Spot", (1.09, 162.4, 1.95, 4.3)), ("Change", (0.1, -0.2, 0, 0.3))
    ),
    "a catalogue": table(("Title", NAMES), ("Stock", WHOLE), ("weight_g", range(100, 380, 35))),
    "map features": table(("Station", NAMES), ("elevation_m", range(400, 1176, 97)), ("opened", range(1950, 1958))),
    "builds": table(("job", NAMES), ("shards", (1, 2, 4, 8, 16, 32, 64, 128)), ("memory", (4, 8, 16, 32, 64, 128, 256, 512))),
}


@pytest.mark.parametrize("what", sorted(UNRANKED))
def test_the_only_question_about_a_page_that_ranks_nothing_is_whether_it_is_a_leaderboard(what: str):
    found = propose(UNRANKED[what].encode())
    assert refusal(found).startswith("whether the table is a leaderboard is not certain (nothing shows that it ranks its rows)")
    assert refusal(found).count("; pass --") == 1


# ── questions ────────────────────────────────────────────────────────────────────────────────────


def test_a_script_is_asked_everything_at_once():
    half, other = [round(value / 2 + 0.05, 2) for value in SCORES], [round(value * 3) for value in MIXED]
    body = "".join(
        f"## {name}\n\n{table(('Model', NAMES), ('zig', half), ('zog', cells))}\n" for name, cells in (("A", other), ("B", WHOLE))
    )
    message = refusal(propose(body.replace(str(half[0]), "1.5").encode()))
    assert re.findall(r"pass (--[a-z-]+)", message) == ["--table", "--metric", "--higher-is-better"]
    assert "whether higher or lower `zig` and `zog` is better" in message


def test_all_figures_are_named_with_the_question_which_of_them_ranks():
    columns = [(f"z{number}", [value + number * (-1) ** row for row, value in enumerate(MIXED)]) for number in range(12)]
    message = refusal(proposed(("Model", NAMES), ("Rank", range(1, 9)), *columns))
    assert all(f"`z{number}`" in message for number in range(12))


@pytest.mark.parametrize("header", ["zog", "Cores", "FPS"])
def test_rows_that_rise_show_no_direction_without_a_word_for_it(header: str):
    found = proposed(("Model", NAMES), ("MMLU", MIXED), (header, range(90, 258, 21)))
    assert primary(found).column == header
    assert question(found) == f"whether higher or lower `{header}` is better: the rows are in its order"


@pytest.mark.parametrize("header", ["Members", "Players", "Visitors", "Contributors"])
def test_what_is_counted_beside_a_score_is_recorded(header: str):
    found = proposed(("#", range(1, 9)), ("Team", NAMES), (header, WHOLE), ("Score", SCORES))
    assert (primary(found).column, beside(found)) == ("Score", {header: None})


@pytest.mark.parametrize("header", ["FPS per $", "tokens per dollar", "Score per $"])
def test_a_figure_per_price_is_not_a_price(header: str):
    found = proposed(("GPU", NAMES), (header, MIXED), answers=Answers(metric=header))
    assert primary(found).nature.value.value != "listed"


@pytest.mark.parametrize("header", ["Request", "Median wait", "First word"])
def test_times_among_benchmarks_are_not_better_when_higher(header: str):
    columns = [(name, [value - step for value in SCORES]) for step, name in enumerate(("maze", "plan", "riddle"))]
    times = [f"{value / 10:.2f} s" for value in SCORES]
    found = proposed(("Model", NAMES), ("Overall", SCORES), *columns, (header, times))
    assert beside(found)[header] is None


def test_points_in_several_tests_are_scores_and_those_of_a_league_are_not():
    scores = [value * 50 for value in WHOLE]
    found = proposed(("CPU", NAMES), ("Single-core points", scores), ("Multi-core points", [value * 7 for value in scores]))
    assert {metric.nature.value.value for metric in found.metrics} == {"tested"}
    found = proposed(("Team", NAMES), ("Home points", WHOLE), ("Points", sorted(scores, reverse=True)))
    assert primary(found).nature.value.value == "points"


# ── error rates whose columns are called by their data sets ──────────────────────────────────────

SETS = (
    ("Calls", (69.2, 28.9, 32.2, 34.2, 28.2, 48.7, 24.8, 70.1)),
    ("Read", MIXED),
    ("Wide", (2.5, 9.1, 3.3, 8.7, 4.4, 7.2, 1.9, 5.5)),
)


def on_sets(heading: str, sets: Sequence[tuple[str, Sequence[object]]] = SETS) -> str:
    answers = Answers(metric="Calls")
    return question(propose(f"## {heading}\n\n{table(('Model', NAMES), *sets)}".encode(), answers), answers)


@pytest.mark.parametrize("heading", ["WER", "Word error rate", "CER (%)", "ASR benchmark: WER", "EER on calls", "Hallucinations"])
def test_a_heading_of_errors_leaves_the_direction_of_its_columns_open(heading: str):
    assert on_sets(heading).startswith("whether higher or lower `Calls` is better")


@pytest.mark.parametrize("heading", ["Results", "Accuracy (%)", "Scores over time"])
def test_columns_of_marks_are_better_if_higher_under_other_headings(heading: str):
    assert on_sets(heading) == ""


def test_columns_beside_one_that_exceeds_a_hundred_need_not_be_marks():
    assert on_sets("Results", (*SETS, ("Noise", (69.2, 148.7, 32.2, 34.2, 28.2, 48.7, 24.8, 70.1)))).startswith(
        "whether higher or"
    )


# ── published ranks by a column that cannot be read ──────────────────────────────────────────────

RACE = (
    ("Place", range(1, 9)),
    ("Runner", NAMES),
    ("Bib", (4, 11, 17, 21, 27, 3, 8, 15)),
    ("Finish", [f"2/0{at}/11" for at in range(8)]),
)


def test_a_figure_beside_published_ranks_that_it_does_not_follow_is_asked_about():
    text = refusal(proposed(*RACE))
    assert text.startswith("which column ranks the board is not certain")
    assert text.endswith("; pass --metric COLUMN; `Place` 1, 2, 3")


def test_a_column_that_cannot_be_read_is_refused_with_those_that_can():
    with pytest.raises(
        DeclarationError, match=r"'Finish' cannot rank the board: it has '2/00/11', expected figures, as in Place$"
    ):
        proposed(*RACE, answers=Answers(metric="Finish"))


def test_published_ranks_rank_the_board_if_the_user_says_so():
    found = proposed(*RACE, answers=Answers(metric="Place"))
    assert (primary(found).id, question(found, Answers(metric="Place"))) == ("position", "")


# ── histories ────────────────────────────────────────────────────────────────────────────────────


def history(days: int, names: Sequence[str] = NAMES) -> list[tuple[str, str, float]]:
    return [(f"2026-11-{day:02}", name, 1400 - 30 * at + day / 4) for day in range(1, days + 1) for at, name in enumerate(names)]


@pytest.mark.parametrize("days", [2, 3, 20])
@pytest.mark.parametrize("missing", [(), (3,), (0, 9)])
def test_a_history_of_the_same_entries_is_refused_with_the_date_column(days: int, missing: tuple[int, ...]):
    days += bool(missing)
    rows = [row for at, row in enumerate(history(days)) if at not in missing]
    columns = zip(("Day", "Model", "Rating"), zip(*rows, strict=True), strict=True)
    with pytest.raises(DeclarationError, match=r"same entries for each 'Day'.*expected one row of each entry"):
        proposed(*columns)


def test_a_history_beside_the_current_table_gives_way_to_it():
    current = table(("Model", NAMES), ("Rating", SCORES))
    dated = table(*zip(("Day", "Model", "Rating"), zip(*history(20), strict=True), strict=True))
    assert propose(f"# Now\n\n{current}\n\n# Before\n\n{dated}".encode()).candidate.columns == ("Model", "Rating")


def test_the_dates_of_releases_make_no_history():
    days = ["2026-11-01", "2026-11-02"] * 4
    assert proposed(("Rank", range(1, 9)), ("Model", NAMES), ("Added", days), ("Rating", SCORES)).key.value == ("Model",)


def test_times_that_differ_in_every_row_make_no_history():
    times, tiers = [f"2026-11-0{day} 10:00:00" for day in range(1, 9)], ["Tier one"] * 8
    columns = (("Rank", range(1, 9)), ("Model", NAMES), ("Tier", tiers), ("Sent", times), ("Score", SCORES))
    assert question(proposed(*columns)) == ""


def test_a_key_with_the_date_keeps_each_row_of_a_history():
    columns = zip(("Day", "Model", "Rating"), zip(*history(3), strict=True), strict=True)
    found = proposed(*columns, answers=Answers(metric="Rating", key=("Model", "Day")))
    assert (found.key.value, found.duplicates) == (("Model", "Day"), "refuse")


@pytest.mark.parametrize(
    ("header", "other", "values"),
    [
        ("Public score", "Private score", (81.3, 79.7, 78.9, 77.0, 76.4, 74.5, 73.9, 72.0)),
        ("top_score", "median_score", (61.2, 59.9, 58.6, 47.3, 46.0, 44.7, 33.4, 32.1)),
        ("average_score", "p50_horizon_length", (912.5, 560, 433, 401.5, 300, 127, 94, 17)),
    ],
)
def test_two_figures_that_nearly_agree_or_are_called_by_other_words_are_asked_about(
    header: str, other: str, values: Sequence[float]
):
    for columns in (((header, SCORES), (other, values)), ((other, values), (header, SCORES))):
        found = proposed(("Model", NAMES), *columns)
        assert "the rows are in the order of 2 figures" in question(found)
        assert {header, other} <= {metric.column for metric in found.metrics}


def test_a_figure_that_is_another_one_rounded_does_not_compete_with_it():
    found = proposed(("Model", NAMES), ("Elo", (1432.4, 1420.2, 1411.9, 1390.0, 1388.6, 1377.1, 1360.5, 1301.3)),
                     ("Elo rounded", (1432, 1420, 1412, 1390, 1389, 1377, 1360, 1301)))  # fmt: skip
    assert (primary(found).column, found.primary.sure >= 0.7) == ("Elo", True)


def test_a_number_without_a_word_for_merit_does_not_win_over_a_speed_in_the_same_order():
    cores, speed = (
        (900100, 800300, 700250, 500400, 400050, 300700, 200900, 100450),
        (17.42, 13.53, 10.12, 5.6, 4.7, 4.3, 3.7, 3.1),
    )
    found = proposed(("System", NAMES), ("Cores", cores), ("Rmax (PFlop/s)", speed))
    assert "which column ranks the board" in question(found)
    answered = proposed(("System", NAMES), ("Cores", cores), ("Rmax (PFlop/s)", speed), answers=Answers(nature=Nature.POINTS))
    assert "which column ranks the board" in question(answered, Answers(nature=Nature.POINTS))


# ── words that are not what they seem ────────────────────────────────────────────────────────────


@pytest.mark.parametrize("header", ["Time to first token (s)", "TTFT first token (sec)"])
def test_the_time_to_the_first_token_is_not_a_rate(header: str):
    found = proposed(("Model", NAMES), (header, (0.21, 0.3, 0.42, 0.55, 0.61, 0.78, 0.9, 1.4)))
    assert (primary(found).higher_is_better.value, question(found)) == (False, "")


@pytest.mark.parametrize("header", ["Overall", "Average"])
def test_an_overall_figure_that_the_published_ranks_follow_is_better_if_higher(header: str):
    lower = [("Steps", WHOLE), ("Cost ($)", MIXED), ("Time (s)", [value / 2 for value in MIXED])]
    found = proposed(("Rank", range(1, 9)), ("Agent", NAMES), (header, SCORES), *lower)
    assert (primary(found).column, primary(found).higher_is_better.value, question(found)) == (header, True, "")


@pytest.mark.parametrize("header", ["Over-refusal", "Opp points", "Bytes"])
def test_less_is_better_of_refusals_of_what_opponents_get_and_of_bytes(header: str):
    assert beside(proposed(("Model", NAMES), ("Score", SCORES), (header, MIXED))) == {header: False}


def test_an_arrow_states_the_direction_of_steps():
    assert beside(proposed(("Model", NAMES), ("Score", SCORES), ("Mean steps (↓)", MIXED))) == {"Mean steps (↓)": False}


def test_numbers_of_the_size_of_ratings_beside_a_score_are_not_ratings():
    assert beside(proposed(("Library", NAMES), ("Score", SCORES), ("gz", (1702, 1433, 1891, 1204, 2010, 1599, 1310, 1688)))) == {
        "gz": None
    }


def test_what_a_run_emits_is_not_a_price():
    found = proposed(("Model", NAMES), ("Score", SCORES), ("co2_cost", MIXED))
    assert [metric.unit.value for metric in found.metrics if metric.column == "co2_cost"] == [""]


def test_the_last_part_of_a_path_that_says_nothing_gives_way_to_the_part_before():
    entries = [
        {"name": name, "elo": {"value": score * 16}, "winRate": score / 100} for name, score in zip(NAMES, SCORES, strict=True)
    ]
    found = propose(json.dumps(entries).encode())
    assert (primary(found).column, primary(found).id, primary(found).title) == ("elo.value", "elo", "elo")
    assert question(found).startswith("how large the error of `elo.value` is")


def test_the_nature_is_asked_together_with_whether_the_table_is_a_leaderboard():
    found = proposed(("Thing", NAMES), ("QPS", (6100, 9900, 6000, 1300, 2100, 4400, 1900, 2000)), ("zag", MIXED))
    assert refusal(found).count("--nature points or --nature tested") == 1


def test_places_that_may_rank_the_board_are_listed_once_with_their_first_values():
    found = proposed(("Rank", range(1, 9)), ("Model", NAMES), ("Result", [f"{value} zorkmids to 1" for value in WHOLE]))
    assert refusal(found).count("`Rank`") == 1
    assert "`Rank` 1, 2, 3" in refusal(found)


def test_the_bound_of_a_rank_is_not_a_bound_of_the_rating():
    ratings = (1432.5, 1420.2, 1411.7, 1390.1, 1388.8, 1377.3, 1360.4, 1301.9)
    bounds = [
        ("rank_ub", range(1, 9)),
        *((name, [value + by for value in ratings]) for name, by in (("elo_lower", -6), ("elo_upper", 5))),
    ]
    found = proposed(("Model", NAMES), *bounds, ("elo_rating", ratings))
    assert (primary(found).column, primary(found).interval) == ("elo_rating", {"low": "elo_lower", "high": "elo_upper"})


# ── figures of which the page shows too little ───────────────────────────────────────────────────

DOTTED = [f"{22 - at}.{911 - 37 * at}" for at in range(8)]


def test_dots_that_may_separate_decimals_or_group_thousands_are_asked_about():
    asked = refusal(proposed(("Name", NAMES), ("Score", DOTTED)))
    assert "pass --decimal-dots or --grouping-dots" in asked


@pytest.mark.parametrize("other", [("Gain", [0.5] * 8), ("Share", ["12.5 %"] * 8)])
def test_figures_with_decimals_beside_them_show_what_dots_mean(other: tuple[str, Sequence[object]]):
    assert question(proposed(("Name", NAMES), ("Score", DOTTED), other)) == ""


@pytest.mark.parametrize(("group", "first"), [(False, 22.911), (True, 22_911.0)])
def test_the_answer_about_dots_is_declared(group: bool, first: float):
    body = table(("Name", NAMES), ("Score", DOTTED))
    found = declared(body, Answers(dots_group=group))
    assert found.board.primary is not None
    assert found.reading.entries[0].measures[found.board.primary.id].value == first


def test_a_figure_beside_the_score_whose_dots_are_open_is_left_out():
    found = declared(table(("Name", NAMES), ("Score", WHOLE[::-1]), ("Coding score", DOTTED)), Answers(metric="Score"))
    assert "group thousands" in found.left_out["Coding score"]


def test_the_first_of_two_figures_in_a_cell_ranks_though_the_other_has_no_direction():
    cells = [f"{100 - 2 * at}.5% ({250.5 + 90 * (at % 2)} fps)" for at in range(8)]
    found = declared(table(("Card", NAMES), ("Medium", cells)), Answers(metric="Medium", higher_is_better=True))
    assert found.board.primary is not None
    assert found.reading.entries[0].measures[found.board.primary.id].value == 100.5
    assert [*found.left_out] == ["Medium: fps"]


def test_each_figure_of_a_cell_can_be_named():
    cells = [f"{100 - 2 * at}.5% ({250 - 9 * at} fps)" for at in range(8)]
    answers = Answers(metric="Medium: fps", higher_is_better=True)
    assert primary(proposed(("Card", NAMES), ("Medium", cells), answers=answers)).part == 2


def test_a_sort_mark_in_one_header_shows_what_ranks():
    found = proposed(("Name", NAMES), ("Recall", SCORES), ("F1 ▼", SCORES))
    assert (primary(found).column, question(found)) == ("F1 ▼", "")


def test_large_amounts_are_not_times():
    found = proposed(
        ("Rank", range(1, 9)), ("Title", NAMES), ("Gross", [f"${2_900_000_000 - 9_000_000 * at:,}" for at in range(8)])
    )
    assert primary(found).column == "Gross"


def test_figures_as_large_as_times_are_asked_about_if_the_ranks_follow_them():
    found = proposed(
        ("Rank", range(1, 9)), ("Coin", NAMES), ("Cap", [1_810_806_919_036 - 90_000_000_000 * at for at in range(8)])
    )
    assert question(found) == "which column ranks the board: only the order of the rows shows it"


def test_times_rank_nothing_though_the_rows_are_in_their_order():
    created = [1_780_000_000 - 86_400 * at for at in range(8)]
    found = proposed(("Model", NAMES), ("Created", created), ("Input price", MIXED))
    assert "`Created`" not in refusal(found)


def test_a_figure_without_a_value_for_the_leader_does_not_rank_in_place_of_the_one_it_is_computed_from():
    caps = [18_108_069_190_360 - 900_000_000_000 * at for at in range(8)]
    found = proposed(
        ("Rank", range(1, 9)), ("Coin", NAMES), ("Market cap", caps), ("Diluted", ["", *(round(cap * 1.05) for cap in caps[1:])])
    )
    assert question(found) == "which column ranks the board: Diluted has no value in some rows"


def test_a_figure_with_a_word_for_limits_is_offered_if_the_rows_follow_no_other():
    found = proposed(("Rank", range(1, 9)), ("City", NAMES), ("Hours per year", range(151, 143, -1)), ("Time per km", MIXED))
    assert "`Hours per year`" in refusal(found)


def test_of_two_figures_computed_from_each_other_the_one_with_more_digits_ranks():
    seconds = (2.1, 2.19, 2.22, 3.7, 3.71, 3.8, 3.97, 6.37)
    found = proposed(("×", [round(each / 2.1, 1) for each in seconds]), ("Program", NAMES), ("secs", seconds))
    assert (primary(found).column, primary(found).higher_is_better.value) == ("secs", False)


SHARES = [f"{30 - 3 * at}.5 %" for at in range(8)]


def test_a_weak_header_does_not_decide_between_figures_in_the_order_of_the_ranks():
    found = proposed(("Rank", range(1, 9)), ("Country", NAMES), ("Emissions (Mt)", SCORES), ("Share", SHARES))
    asked = refusal(found)
    assert asked.startswith("which column ranks the board is not certain (the rows are in the order of 2 figures)")
    assert "whether higher or lower `Emissions (Mt)` is better" in asked


def test_a_column_that_numbers_the_rows_can_rank_them_whatever_it_is_called():
    chart = (("This week", range(1, 9)), ("Title", NAMES), ("Weeks", WHOLE))
    assert "`This week` itself" in refusal(proposed(*chart))
    found = proposed(*chart, answers=Answers(metric="This week"))
    assert (primary(found).id, question(found, Answers(metric="This week"))) == ("position", "")


@pytest.mark.parametrize("said", ["Showing 1 to 8 of 1,250 entries", "1–8 of 1250", "1-8 / 1250"])
def test_a_page_that_says_that_it_shows_a_part_is_not_declared_whole(said: str):
    found = declared(f"{table(('Model', NAMES), ('Score', SCORES))}\n{said}\n", NO_ANSWERS)
    assert found.reading.depth == 8
    assert "shows this many of 1250" in found.text


def test_an_answer_that_counts_more_records_than_it_has_is_not_declared_whole():
    records = [{"model": name, "score": score} for name, score in zip(NAMES, SCORES, strict=True)]
    assert declared(json.dumps({"total": 250, "rows": records}), NO_ANSWERS).reading.depth == 8


@pytest.mark.parametrize("said", ["Showing 1 to 8 of 8 entries", "Showing 1 to 10 of 99 entries", ""])
def test_other_counts_leave_a_page_whole(said: str):
    found = declared(f"{table(('Model', NAMES), ('Score', SCORES))}\n{said}\n", NO_ANSWERS)
    assert 'depth       = "whole"' in found.text


def test_totals_of_the_entries_do_not_count_them():
    records = [{"model": name, "total": 9_000 - 7 * at} for at, name in enumerate(NAMES)]
    assert proposed_from(records).candidate.total == 0


def proposed_from(records: object) -> Proposal:
    return propose(json.dumps(records).encode())


NAMED = ("Ada", "Ben", "Cleo", "Dan", "Eve", "Fay", "Gus", "Hal")


@pytest.mark.parametrize(
    ("whose", "who"), [("Team", "Rider"), ("Team", "Jockey"), ("Driver", "Squad member"), ("Country", "Startup")]
)
def test_what_repeats_names_nobody_where_each_row_has_a_text_of_its_own(whose: str, who: str):
    found = proposed(("Pos", range(1, 9)), (who, NAMED), (whose, ("Red", "Red", *"ABCDEF")), ("Points", range(80, 0, -10)))
    assert found.name.value == who
    assert whose != "Team" or "'Team' repeats" in question(found)


def test_a_model_may_repeat_beside_a_text_of_each_row():
    found = proposed(("Scaffold", NAMED), ("Model", ("Red", "Red", *"ABCDEF")), ("Score", MIXED))
    assert found.name.value == "Model"


def test_a_cursor_is_not_a_key():
    found = proposed(("cursor", [f"c{number}" for number in range(8)]), ("Model", NAMED), ("Score", MIXED))
    assert found.key.value == ("Model",)


# ── what the page says of its order ──────────────────────────────────────────────────────────────

SLOWER = (1.25, 1.5, 2.75, 3.0, 4.5, 6.25, 8.0, 9.5)


@pytest.mark.parametrize(
    ("said", "cells", "is_higher"),
    [
        ("Fastest first.", SLOWER, False),
        ("The best engines come first.", SCORES, True),
        ("Lower is better.", SLOWER, False),
        ("<p>Higher values <b>are better</b></p>", SCORES, True),
        ("More is better", SCORES, True),
    ],
)
@pytest.mark.parametrize("named", ["Engine X", "Detector", "Graphics card"])
def test_the_page_says_that_its_only_order_ranks(said: str, cells: Sequence[object], is_higher: bool, named: str):
    found = proposed((named, NAMES), ("email", MIXED), ("zog", cells), before=said)
    assert (question(found), primary(found).column, primary(found).higher_is_better.value) == ("", "zog", is_higher)


@pytest.mark.parametrize("said", ["Higher is better.", "", "Better late than never.", "First come, first served."])
def test_an_order_that_the_page_does_not_explain_is_asked_about(said: str):
    found = proposed(("Engine X", NAMES), ("email", MIXED), ("zog", SLOWER), before=said)
    assert question(found).startswith("whether the table is a leaderboard")


@pytest.mark.parametrize("header", ["Price", "Price ($)", "Cost in USD"])
def test_prices_in_order_rank_nothing_whatever_the_page_says(header: str):
    found = proposed(
        ("Offer", NAMES), (header, [round(3 * value) for value in SLOWER]), before="Sorted by price. Lower is better."
    )
    assert question(found).startswith("whether the table is a leaderboard")


@pytest.mark.parametrize("header", ["Zog Spy", "Zog", "Zig (zog)"])
def test_ranked_by_a_column_in_the_order_of_the_rows_is_a_ranking(header: str):
    found = proposed(("Graphics card", NAMES), (header, SCORES), ("Memory", MIXED), before=f"Ranked by {header}.")
    assert (question(found), primary(found).column) == ("", header)


@pytest.mark.parametrize(
    ("header", "is_lower"),
    [("Time (s)", True), ("Time to finish", True), ("Net time", True), ("Time Trial", False), ("Time Spy", False)],
)
def test_time_before_another_noun_is_not_a_time(header: str, is_lower: bool):
    found = proposed(("Model", NAMES), (header, MIXED), answers=Answers(metric=header))
    assert (primary(found).higher_is_better.value is False) is is_lower


@pytest.mark.parametrize("other", ["Score", "Rating", "Points %"])
def test_of_figures_in_the_same_order_the_one_with_a_published_error_ranks(other: str):
    ratings = [round(value * 20) for value in SCORES]
    found = proposed(("Rank", range(1, 9)), ("Name", NAMES), ("Elo", ratings), ("±", [6, 7, 8, 6, 7, 9, 6, 7]), (other, SCORES))
    assert (question(found), primary(found).column) == ("", "Elo")


@pytest.mark.parametrize("header", ["Peak memory (MB)", "RAM (GB)", "VRAM GiB", "Bib", "Startnummer"])
def test_memory_and_starting_numbers_do_not_rank_before_times(header: str):
    found = proposed(("Program", NAMES), (header, WHOLE), ("Time (s)", SLOWER))
    assert (question(found), primary(found).column, primary(found).higher_is_better.value) == ("", "Time (s)", False)


def test_a_price_list_in_no_order_is_asked_whether_it_is_a_leaderboard():
    found = proposed(("Model", NAMES), ("Input ($)", MIXED), ("Output ($)", [2 * value + 1 for value in WHOLE]))
    assert question(found).startswith("whether the table is a leaderboard")


def test_a_script_is_asked_at_once_what_dots_and_the_figures_that_they_group_mean():
    message = refusal(proposed(("Name", NAMES), ("Zog", DOTTED)))
    assert re.findall(r"pass (--[a-z-]+)", message) == ["--decimal-dots", "--nature"]
    assert "(with --grouping-dots)" in message


def test_a_figure_in_the_other_order_than_the_page_says_is_not_the_one_that_ranks():
    sizes = [round(1000 * value) for value in SLOWER]
    found = proposed(("Program", NAMES), ("Compressed bytes", sizes), ("Seconds", SCORES), before="Lower is better.")
    assert (question(found), primary(found).column) == ("", "Compressed bytes")


@pytest.mark.parametrize("header", ["Height (m)", "Length (km)", "Width"])
def test_sizes_rank_where_published_ranks_follow_them(header: str):
    found = proposed(("Rank", range(1, 9)), ("Name", NAMES), (header, SCORES), ("Floors", WHOLE))
    assert (question(found), primary(found).column, primary(found).higher_is_better.value) == ("", header, True)


@pytest.mark.parametrize("header", ["Year", "Timestamp", "Version"])
def test_a_numbered_list_in_order_of_time_is_asked_about(header: str):
    found = proposed(("No", range(1, 9)), ("Name", NAMES), (header, range(1990, 2030, 5)), ("Floors", WHOLE))
    assert question(found) != ""


@pytest.mark.parametrize("named", ["Name", "Model", "Product", "Offer"])
def test_names_with_prices_in_order_are_asked_about(named: str):
    found = proposed((named, NAMES), ("Price", [f"${value}" for value in SLOWER]), before="Sorted by: price, low to high")
    assert question(found).startswith("whether the table is a leaderboard")


@pytest.mark.parametrize("small", ["<small>/100</small>", "<small>of 100</small>", "<div>points</div>"])
def test_a_figure_above_a_note_is_a_figure(small: str):
    cards = "".join(
        f"<div class=card><h3>{name}</h3><div class=box>{score}{small}</div></div>"
        for name, score in zip(NAMES, SCORES, strict=True)
    )
    found = propose(f"<html><body>{cards}</body></html>".encode(), Answers(metric="css:div.box"))
    assert [row[found.candidate.columns.index("css:div.box")].split()[0] for row in found.candidate.rows] == [*map(str, SCORES)]
    assert primary(found).samples[0].startswith("81.2")


def test_a_gap_to_the_best_is_the_same_figure_as_the_time():
    gaps = [round(value - SLOWER[0], 2) for value in SLOWER]
    found = proposed(("Driver", NAMES), ("Time", SLOWER), ("Gap", gaps))
    assert (question(found), primary(found).column) == ("", "Time")


# ── names, years, statistics and lists of goods ──────────────────────────────────────────────────


def named(*columns: tuple[str, Sequence[object]]) -> str:
    return proposed(*columns).name.value


def test_a_column_of_one_repeated_text_names_no_entries():
    assert named(("provider", NAMES), ("model", ["Draco-70B"] * 8), ("tps", SCORES)) == "provider"


def test_codes_of_countries_do_not_name_the_entries_beside_the_countries():
    lands = ("Norway", "Finland", "Malta", "Chile", "Togo", "Laos", "Peru", "Fiji")
    assert named(("Country", lands), ("ISO3", [land[:3].upper() for land in lands]), ("Score", SCORES)) == "Country"


def test_a_header_that_is_the_word_for_an_entry_names_them_before_a_longer_one():
    runs = [f"{name}_bf16" for name in NAMES]
    assert named(("eval_name", runs), ("Type", ["chat"] * 8), ("Model", NAMES), ("Average", SCORES)) == "Model"


def test_a_name_with_its_settings_identifies_an_entry():
    runs = [f"{name.replace(' ', '_')}_bf16" for name in NAMES]
    found = proposed(("eval_name", runs), ("Model", NAMES), ("Average", SCORES))
    assert (found.name.value, found.key.value) == ("Model", ("eval_name",))


def test_years_in_the_order_of_the_rows_do_not_rank():
    found = proposed(("Rank", range(1, 9)), ("Mountain", NAMES), ("First ascent", range(1950, 1958)), ("Height", SCORES))
    assert primary(found).column == "Height"


def test_an_average_beside_the_least_and_the_most_does_not_summarise_of_other_figures():
    figures = (("Mean", SCORES), ("Avg", MIXED), ("Min", [value - 1 for value in MIXED]), ("Max", [value + 1 for value in MIXED]))
    assert primary(proposed(("Name", NAMES), *figures)).column == "Mean"


def test_a_numbered_list_of_prices_is_asked_about_whether_it_ranks():
    prices = [f"{price} €" for price in (6.5, 7.0, 7.5, 8.0, 8.5, 9.0, 9.5, 10.5)]
    found = proposed(("No.", range(1, 9)), ("Dish", NAMES), ("small", prices), ("large", prices))
    assert question(found) == "whether the table is a leaderboard: nothing shows that it ranks its rows"


def test_goods_with_stars_and_prices_are_asked_about_whether_they_are_ranked():
    prices = [f"${price}" for price in (899, 1299, 499, 999, 1999, 799, 1099, 599)]
    found = proposed(("title", NAMES), ("stars", (4.1, 4.8, 3.9, 4.4, 4.2, 4.6, 3.5, 4.9)), ("price", prices))
    assert question(found) == "whether the table is a leaderboard: nothing shows that it ranks its rows"


@pytest.mark.parametrize("headers", [("replicas", "memory_mb", "port"), ("batch", "epochs", "seed"), ("status", "bytes", "took")])
def test_sizes_and_settings_are_asked_about_whether_they_rank(headers: Sequence[str]):
    found = proposed(("name", NAMES), *((header, WHOLE[at:] + WHOLE[:at]) for at, header in enumerate(headers)))
    assert question(found) == "whether the table is a leaderboard: nothing shows that it ranks its rows"


def test_strokes_around_par_are_better_if_they_are_fewer():
    strokes = ("-11", "-9", "-7", "-4", "-1", "E", "+2", "+5")
    found = proposed(("POS", range(1, 9)), ("PLAYER", NAMES), ("SCORE", strokes))
    assert (question(found), primary(found).higher_is_better.value) == ("", False)


def test_unnamed_errors_belong_to_the_score_not_to_the_figure_before_them():
    sides = (("Lower CI", [score - 2 for score in SCORES]), ("Upper CI", [score + 2 for score in SCORES]))
    found = proposed(("Country", NAMES), ("CPI score", SCORES), ("Sources", (7, 9, 8, 10, 6, 7, 8, 9)), *sides)
    assert primary(found).interval == {"low": "Lower CI", "high": "Upper CI"}


def test_parts_of_one_whole_are_read():
    found = proposed(("Model", NAMES), ("Correct", [f"{part}/50" for part in (48, 47, 45, 44, 40, 33, 30, 21)]))
    assert (primary(found).column, primary(found).part, primary(found).samples) == ("Correct", 1, ("48", "47", "45"))


def test_parts_of_several_wholes_are_not():
    parts = [f"{part}/{part + 2}" for part in (48, 47, 45, 44, 40, 33, 30, 21)]
    assert question(proposed(("Rank", range(1, 9)), ("Model", NAMES), ("Correct", parts))).endswith("such as '48/50'")


def test_flags_beside_names_do_not_make_a_table_one_of_flags():
    cards = "".join(
        f'<article class="card"><a class="who">{name}</a><b class="score">{score}</b><i class="flag">{land}</i></article>'
        for name, score, land in zip(NAMES, SCORES, ("CN", "US", "CN", "PL", "US", "AU", "DE", "PH"), strict=True)
    )
    found = propose(f"<html><body><main>{cards}</main></body></html>".encode())
    assert (question(found), found.name.value) == ("", "css:a.who")


def test_a_repeated_kind_of_model_does_not_name_the_entries():
    kinds = ("Relational", "Document", "Relational", "Graph", "Relational", "Relational", "Graph", "Document")
    assert named(("Rank", range(1, 9)), ("DBMS", NAMES), ("Database Model", kinds), ("Score", SCORES)) == "DBMS"


def test_wins_rank_before_losses_in_the_same_order():
    found = proposed(("rank", range(1, 9)), ("name", NAMES), ("wins", range(25, 9, -2)), ("losses", range(5, 21, 2)))
    assert (question(found), primary(found).column) == ("", "wins")


def test_the_places_of_an_earlier_edition_do_not_rank():
    places = (("Nov 2025", range(1, 9)), ("Nov 2024", (1, 3, 2, 4, 6, 7, 8, 10)))
    found = proposed(*places, ("Programming Language", NAMES), ("Ratings", [f"{score}%" for score in SCORES]))
    assert (question(found), [metric.column for metric in found.metrics]) == ("", ["Ratings"])


def test_the_title_of_a_paper_does_not_name_its_method():
    rows = [
        {"method": name, "accuracy": score, "paper": {"title": f"On {name}"}} for name, score in zip(NAMES, SCORES, strict=True)
    ]
    assert propose(json.dumps(rows).encode()).name.value == "method"


def test_whiskers_are_the_ends_of_an_interval():
    sides = (("upperwhisker", [score + 0.5 for score in SCORES]), ("lowerwhisker", [score - 0.5 for score in SCORES]))
    assert primary(proposed(("Country", NAMES), ("Ladder score", SCORES), *sides)).interval == {
        "low": "lowerwhisker",
        "high": "upperwhisker",
    }
