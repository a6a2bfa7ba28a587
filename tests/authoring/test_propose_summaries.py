"""Rows that sum up the others are left out by the declaration that the wizard writes."""

import pytest

from tracker.authoring.guess import propose

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
