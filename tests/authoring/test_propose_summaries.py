"""Rows that sum up the others are left out by the declaration that the wizard writes."""

import pytest

from tracker.authoring.guess import propose
from tracker.authoring.new import open_question
from tracker.authoring.proposal import NO_ANSWERS, Answers
from tracker.errors import DeclarationError

ROWS = [(f"Orion-{number}", 90 - number) for number in range(9)]


def page(form: str, names: list[str]) -> bytes:
    rows = [*ROWS, *((name, 50) for name in names)]
    if form == "md":
        text = "# Board\n\n| Model | Score |\n|---|---|\n" + "".join(f"| {name} | {score} |\n" for name, score in rows)
    elif form == "csv":
        text = "Model,Score\n" + "".join(f"{name},{score}\n" for name, score in rows)
    else:
        body = "".join(f"<tr><td>{name}</td><td>{score}</td></tr>" for name, score in rows)
        text = f"<table><thead><tr><th>Model</th><th>Score</th></tr></thead><tbody>{body}</tbody></table>"
    return text.encode()


@pytest.mark.parametrize("form", ["md", "csv", "html"])
@pytest.mark.parametrize("names", [["Average"], ["Mean", "Human baseline"], ["MEDIAN"], ["Random guessing"], ["Human"]])
def test_rows_that_are_not_models_are_left_out_by_declaration(form: str, names: list[str]):
    proposal = propose(page(form, names))
    assert proposal.candidate.parse.options["without"] == {"Model": names}
    assert len(proposal.candidate.rows) == len(ROWS)


@pytest.mark.parametrize("name", ["Humanoid-7B", "Averager 2", "Total Recall 7B", "RandomForest"])
def test_a_model_whose_name_begins_so_stays(name: str):
    proposal = propose(page("csv", [name]))
    assert "without" not in proposal.candidate.parse.options
    assert len(proposal.candidate.rows) == len(ROWS) + 1


@pytest.mark.parametrize("form", ["md", "csv", "html"])
@pytest.mark.parametrize(
    "name",
    ["Mean of all models", "Average (all)", "Human Panel", "Human transcriber", "Human (avg.)", "Random choice", "Majority class",
     "Baseline", "Superforecaster median forecast", "Avg. Mturker", "*Overall average*", "Mean across all systems"],
)  # fmt: skip
def test_a_name_of_words_for_sums_and_baselines_alone_is_left_out(form: str, name: str):
    proposal = propose(page(form, [name]))
    assert [why for _, why in proposal.candidate.left_out] == ["sums up others, or is a baseline"]
    assert len(proposal.candidate.rows) == len(ROWS)


@pytest.mark.parametrize("name", ["Human-2B", "Panel of Experts", "Choice 1", "Mean Teacher", "Overall-7", "All of Us"])
def test_an_entry_with_one_of_these_words_stays(name: str):
    proposal = propose(page("csv", [name]))
    assert len(proposal.candidate.rows) == len(ROWS) + 1


def several(last: tuple[object, ...], *, first: bool = False) -> bytes:
    rows = [(f"Orion-{at}", round(90.25 - 3.37 * at, 2), round(40.11 + 7.29 * (at * 5 % 9), 2)) for at in range(9)]
    lines = [*([last] if first else []), *rows, *([] if first else [last])]
    return "".join(",".join(map(str, line)) + "\n" for line in [("Model", "Score", "Recall"), *lines]).encode()


@pytest.mark.parametrize("first", [True, False])
def test_a_row_of_the_means_of_all_others_is_left_out_whatever_its_name(first: bool):
    found = propose(several(("Zusammen", 76.77, 69.27), first=first)).candidate
    assert found.left_out == (("Zusammen", "the mean of all others"),)


@pytest.mark.parametrize("last", [("Zusammen", 76.77, 69.31), ("Zusammen", 76.77, ""), ("Zusammen", 70.0, 69.27)])
def test_a_row_that_is_not_the_mean_in_several_columns_stays(last: tuple[object, ...]):
    assert propose(several(last)).candidate.left_out == ()


def counted(*rows: tuple[str, int]) -> bytes:
    body = "".join(f"<tr><td>{name}</td><td>{stars}</td></tr>" for name, stars in rows)
    return f"<table><tr><th>Project</th><th>Stars</th></tr>{body}</table>".encode()


STARS = [(f"orion-{at}", 9_000 - 1_017 * at) for at in range(7)]


@pytest.mark.parametrize(("name", "stars"), [("Everything", 41_700), ("World", 9_100), ("EU-27", 9_100), ("All", 9_100)])
def test_the_user_is_asked_whether_a_row_that_may_sum_up_the_others_is_an_entry(name: str, stars: int):
    found = propose(counted((name, stars), *STARS))
    asked = open_question(found, NO_ANSWERS)
    assert asked is not None
    assert (asked.what, asked.flag) == (f"whether `{name}` is an entry", "--entry NAME or --without NAME")
    for answers, rows in ((Answers(entries=(name,)), 8), (Answers(without=(name,)), 7)):
        answered = propose(counted((name, stars), *STARS), answers)
        assert (len(answered.candidate.rows), answered.candidate.suspects) == (rows, ())


def test_a_row_above_the_first_place_without_a_place_is_asked_about():
    rows = "".join(f"<tr><td>{at}</td><td>Orion-{at}</td><td>{90 - at}</td></tr>" for at in range(1, 9))
    body = (
        f"<table><tr><th>Rank</th><th>Model</th><th>Score</th></tr><tr><td>–</td><td>Zusammen</td><td>95</td></tr>{rows}</table>"
    )
    assert propose(body.encode()).candidate.suspects == (("Zusammen", "it stands above place 1 of 'Rank' without a place"),)


@pytest.mark.parametrize(("answers", "rows"), [(Answers(entries=("Human",)), 10), (Answers(without=("Orion-3",)), 8)])
def test_the_user_decides_which_rows_are_entries(answers: Answers, rows: int):
    assert len(propose(page("csv", ["Human"]), answers).candidate.rows) == rows


def test_an_answer_that_names_no_row_is_an_error():
    with pytest.raises(DeclarationError, match="no row is named 'Lyra'"):
        propose(page("csv", []), Answers(without=("Lyra",)))


def test_a_header_of_two_levels_of_plain_cells_is_a_header():
    rows = "".join(
        f"<tr><td>Orion-{at}</td><td>{2900 - 17 * at}</td><td>+{9 + at}</td><td>−{8 + at}</td></tr>" for at in range(8)
    )
    body = (
        f"<table><tr><td rowspan=2>Name</td><td colspan=3>Rating</td></tr><tr><td>Elo</td><td>+</td><td>−</td></tr>{rows}</table>"
    )
    found = propose(body.encode())
    assert (found.candidate.columns, len(found.candidate.rows)) == (("Name", "Elo", "+", "−"), 8)
    assert [metric.column for metric in found.metrics] == ["Elo"]


def test_a_header_in_the_middle_of_a_table_is_left_out():
    rows = [*ROWS[:5], ("Model", "Score"), *ROWS[5:]]
    body = "| Model | Score |\n|---|---|\n" + "".join(f"| {name} | {score} |\n" for name, score in rows)
    assert len(propose(body.encode()).candidate.rows) == len(ROWS)


BASELINES = ("Mensch (Mittelwert)", "人类", "人类平均", "人間の平均", "Humano (promedio)", "Media humana",
             "Humain", "Moyenne des modèles",
             "Человек", "Среднее", "متوسط البشر", "मानव", "औसत", "মানুষ", "انسان", "Média humana", "평균", "İnsan")  # fmt: skip


@pytest.mark.parametrize("form", ["md", "csv", "html"])
@pytest.mark.parametrize("name", BASELINES)
def test_means_and_people_are_recognised_in_other_languages(form: str, name: str):
    proposal = propose(page(form, [name]))
    assert [text for text, _ in proposal.candidate.left_out] == [name]


@pytest.mark.parametrize("name", ["Mensch-7B", "人类语言模型 2", "Média Labs", "Человек-паук 3", "Humanoide", "Media Lab XL"])
def test_an_entry_with_a_word_for_people_or_means_in_its_name_stays(name: str):
    assert not propose(page("csv", [name])).candidate.left_out
