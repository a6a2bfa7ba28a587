"""The wizard distinguishes what is counted (points) from what is scored, and asks where both are possible."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest

from tracker.authoring.declaration import PageAddress, settled
from tracker.authoring.guess import propose
from tracker.authoring.new import open_question
from tracker.authoring.proposal import NO_ANSWERS, SURE, Answers, MetricGuess, Proposal
from tracker.model import BoardId, Nature
from tracker.reading import read_capture

NAMES = ("Kestrel", "Merlin", "Osprey", "Heron", "Plover", "Curlew", "Dunlin", "Avocet")
COUNTS = (48_200, 31_950, 30_411, 12_007, 9_800, 4_321, 977, 85)
SCORES = (91.25, 88.5, 84.75, 80.5, 77.25, 71.5, 66.25, 60.5)


def csv_of(header: Sequence[str], *columns: Sequence[object]) -> bytes:
    rows = zip(*columns, strict=True)
    return "".join(",".join(map(str, row)) + "\n" for row in (header, *rows)).encode()


def guessed(body: bytes, column: str, answers: Answers = NO_ANSWERS) -> tuple[str, str]:
    """The nature and the unit of a column."""
    metric = metric_of(propose(body, answers), column)
    return metric.nature.value.value, metric.unit.value


def metric_of(proposal: Proposal, column: str) -> MetricGuess:
    return next(metric for metric in proposal.metrics if metric.column == column)


def flag(body: bytes, answers: Answers = NO_ANSWERS) -> str:
    question = open_question(propose(body, answers), answers)
    return question.flag if question else ""


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("Stars", "stars"),
        ("stargazers_count", "stars"),
        ("⭐ Stars", "stars"),
        ("Downloads", "downloads"),
        ("Downloads (30 days)", "downloads"),
        ("Likes", "likes"),
        ("Pulls", "pulls"),
        ("Votes", "votes"),
        ("Upvotes", "upvotes"),
        ("Points", "points"),
        ("النقاط", "points"),
        ("Pts", "points"),
        ("Wins", "wins"),
        ("Won", "wins"),
        ("Followers", "followers"),
        ("Citations", "citations"),
        ("Goals", "goals"),
        ("Gold medals", "medals"),
        ("Current players", "players"),
        ("Views (B)", "billion views"),
        ("Population", "people"),
        ("Revenue", ""),
        ("Total points", "points"),
    ],
)
def test_what_is_counted_is_points_with_its_unit(header: str, unit: str):
    body = csv_of(("Name", header), NAMES, COUNTS)
    assert (*guessed(body, header), flag(body)) == ("points", unit, "")


@pytest.mark.parametrize(
    "body",
    [
        json.dumps([{"name": name, "stars": count} for name, count in zip(NAMES, COUNTS, strict=True)]).encode(),
        "\n".join(["| Name | stars |", "|---|---|", *(f"| {n} | {c:,} |" for n, c in zip(NAMES, COUNTS, strict=True))]).encode(),
        b"<table><tr><th>Name</th><th>stars</th></tr>"
        + b"".join(f"<tr><td>{n}</td><td>{c:,}</td></tr>".encode() for n, c in zip(NAMES, COUNTS, strict=True))
        + b"</table>",
        csv_of(("Name", "stars"), NAMES, ("48.2k", "31.9k", "30.4k", "12k", "9.8k", "4.3k", "977", "85")),
    ],
    ids=["json", "markdown", "html", "thousands in csv"],
)
def test_counts_are_points_in_every_format(body: bytes):
    assert guessed(body, "stars") == ("points", "stars")


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("Average points", SCORES),
        ("Win rate", SCORES),
        ("Points per game", SCORES),
        ("Elo points", (1512, 1484, 1450, 1411, 1390, 1340, 1300, 1220)),
        ("Score", (912, 884, 850, 811, 790, 640, 500, 320)),
        ("Accuracy", SCORES),
        ("Downloads growth", SCORES),
    ],
)
def test_averages_rates_and_scores_are_not_counted(header: str, values: Sequence[float]):
    assert guessed(csv_of(("Name", header), NAMES, values), header)[0] in ("tested", "fitted")


@pytest.mark.parametrize("header", ["Votes", "Wins"])
@pytest.mark.parametrize(("beside", "nature"), [("Elo", "count"), ("Score", "count"), ("Forks", "points")])
def test_votes_are_a_sample_beside_a_score_and_points_by_themselves(header: str, beside: str, nature: str):
    values = [1500 - 20 * place for place in range(8)]
    body = csv_of(("Name", beside, header), NAMES, values, COUNTS)
    assert guessed(body, header, Answers(metric=beside))[0] == nature


@pytest.mark.parametrize("header", ["Votes", "Battles"])
def test_a_count_that_ranks_the_board_by_the_users_word_is_points(header: str):
    body = csv_of(("Name", "Elo", header), NAMES, [1500 - 20 * place for place in range(8)], COUNTS)
    assert guessed(body, header, Answers(metric=header))[0] == "points"
    assert guessed(body, header, Answers(metric=header, nature=Nature.COUNT))[0] == "count"


def test_a_total_of_what_is_counted_is_points():
    body = csv_of(("Country", "Gold", "Silver", "Total"), NAMES, range(40, 24, -2), range(30, 22, -1), range(70, 46, -3))
    assert guessed(body, "Total") == ("points", "")


def test_the_total_of_a_sample_is_a_count():
    rates = [wins / 8 for wins in range(700, 620, -10)]
    body = csv_of(
        ("Model", "win_rate", "n_wins", "n_total"), NAMES, rates, range(700, 620, -10), [805, 804, 803, 802, 801, 800, 799, 798]
    )
    assert guessed(body, "n_total")[0] == "count"


def test_points_with_an_interval_are_not_counted():
    body = csv_of(("Name", "Points", "CI"), NAMES, range(900, 500, -50), [3, 4, 3, 5, 3, 4, 5, 6])
    metric = metric_of(propose(body), "Points")
    assert (metric.nature.value.value, metric.interval) == ("tested", {"plus_minus": "CI"})
    assert metric.nature.sure < SURE


def test_points_with_other_decimals_are_scores():
    assert guessed(csv_of(("Player", "Points"), NAMES, SCORES), "Points") == ("tested", "")


def test_half_points_are_points():
    assert guessed(csv_of(("Player", "Points"), NAMES, (8.5, 8, 7.5, 7, 6.5, 5, 4.5, 2)), "Points") == ("points", "points")


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("Stars", (5, 5, 4, 4, 3, 2, 2, 1)),
        ("Multi", (22_456, 21_980, 20_112, 19_001, 18_432, 15_990, 9_870, 4_211)),
        ("Score", (4_310, 2_288, 2_201, 1_988, 1_890, 1_455, 987, 421)),
        ("Total", (2_310, 2_288, 2_201, 1_988, 1_890, 1_455, 987, 421)),
    ],
)
def test_the_user_is_asked_where_numbers_may_be_counted_or_scored(header: str, values: Sequence[float]):
    body = csv_of(("Name", header), NAMES, values)
    assert flag(body, Answers(higher_is_better=True, metric=header)) == "--nature points or --nature tested"
    for nature in (Nature.POINTS, Nature.TESTED):
        answers = Answers(higher_is_better=True, metric=header, nature=nature)
        assert (guessed(body, header, answers)[0], flag(body, answers)) == (nature.value, "")


def test_a_league_table_is_ranked_by_its_points():
    header = ("Pos", "Team", "Played", "Won", "Drawn", "Lost", "Goal difference", "Pts")
    won, lost = (20, 18, 17, 15, 14, 10, 8, 3), (3, 5, 5, 8, 8, 12, 15, 20)
    drawn = [30 - wins - losses for wins, losses in zip(won, lost, strict=True)]
    points = [3 * wins + draws for wins, draws in zip(won, drawn, strict=True)]
    body = csv_of(header, range(1, 9), NAMES, [30] * 8, won, drawn, lost, (40, 31, 29, 12, 3, -8, -30, -77), points)
    found = propose(body)
    assert found.primary.value == "pts"
    assert {metric.column: metric.nature.value.value for metric in found.metrics if metric.column != "Drawn"} == {
        "Won": "points",
        "Lost": "count",
        "Goal difference": "count",
        "Pts": "points",
    }


def test_the_declaration_reads_and_leaves_room_to_grow():
    body = csv_of(("Name", "Stars"), NAMES, COUNTS)
    at = PageAddress(board=BoardId("hub/stars"), title="Stars", url="https://hub.test/stars.csv")
    made = settled(propose(body), at, lambda board: read_capture(board, [body]))
    declared = tomllib.loads(made.text)
    assert declared["metrics"]["stars"]["nature"] == "points"
    assert declared["metrics"]["stars"]["higher_is_better"] is True
    assert declared["contract"]["stars"]["min"] == 0
    assert declared["contract"]["stars"]["max"] >= 10 * max(COUNTS)
    assert len(made.reading.entries) == len(NAMES)


def test_an_answer_of_points_drops_an_interval(tmp_path: Path):
    body = csv_of(("Name", "Score", "CI"), NAMES, SCORES, (1, 1, 1, 2, 2, 1, 1, 1))
    metric = metric_of(propose(body, Answers(metric="Score", nature=Nature.POINTS)), "Score")
    assert metric.interval == {}


@pytest.mark.parametrize("header", ["download_count", "star count", "likeCount"])
def test_a_count_of_one_thing_is_one_of_several(header: str):
    assert guessed(csv_of(("project", header), NAMES, COUNTS), header)[0] == "points"


def test_whole_numbers_of_what_is_solved_may_be_counted_or_scored():
    body = csv_of(("rank", "handle", "solved"), range(1, 9), NAMES, (11, 11, 10, 9, 8, 8, 5, 3))
    assert flag(body) == "--nature points or --nature tested"
    assert guessed(body, "solved")[1] == ""


def test_times_are_not_counted():
    marks = [f"2:{minute:02d}:{second:02d}" for minute, second in zip(range(1, 9), range(35, 43), strict=True)]
    assert flag(csv_of(("Rank", "Competitor", "Mark"), range(1, 9), NAMES, marks)) == ""
    assert guessed(csv_of(("Браузер", '"Время загрузки, мс"'), NAMES, COUNTS), "Время загрузки, мс")[0] == "tested"
