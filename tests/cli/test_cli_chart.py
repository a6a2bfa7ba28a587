"""`tracker chart`: pictures as SVG and PNG, their values as a table and for programs, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_world import World
from svg import SVG, parsed

from tracker.charts import FORMS


@pytest.fixture
def filled(world: World) -> World:
    world.imported()
    return world


def title(path: Path) -> str:
    return parsed(path.read_text(encoding="utf-8")).findtext(f"{SVG}title") or ""


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_written_as_svg(filled: World, form: str):
    path = filled.folder / "chart.svg"
    ran = filled.run("chart", form, "acme/text", "-o", path)
    assert (ran.code, ran.out) == (0, "")
    assert ran.error == f"tracker: wrote {path}"
    assert title(path)


def test_the_same_store_gives_the_same_bytes(filled: World):
    paths = [filled.folder / name for name in ("one.svg", "two.svg")]
    for path in paths:
        filled.run("chart", "bump", "acme/text", "-o", path)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert title(paths[0]) == "Model G and Model B share the lead of Acme Arena"


def test_a_png_has_the_size_that_was_asked_for_and_is_the_same_every_time(filled: World):
    pytest.importorskip("resvg_py", reason="the extra png")
    path = filled.folder / "chart.png"
    pictures = []
    for theme in ("light", "light", "dark", "auto"):
        assert filled.run("chart", "dots", "acme/text", "--width", "390", "--theme", theme, "-o", path).code == 0
        pictures.append(path.read_bytes())
    assert pictures[0][:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(pictures[0][16:20]) == 2 * 390
    assert pictures[0] == pictures[1] == pictures[3]
    assert pictures[0] != pictures[2]


def test_without_a_file_the_last_values_are_a_table(filled: World):
    lines = [line.split() for line in filled.run("chart", "bump", "acme/text").out.splitlines() if line.strip()]
    assert lines[0] == ["line", "at", "rank", "entry", "value", "low", "high", "estimated"]
    assert lines[2] == ["Model", "G", "2026-03-05", "06:00", "UTC", "1", "Model", "G", "97", "False"]
    assert lines[-1] == ["Data:", "Acme,", "CC-BY-4.0"]


def test_programs_get_every_value(filled: World):
    rows = filled.run("chart", "bump", "acme/text", "--json").rows
    assert [row["value"] for row in rows if row["line"] == "Model A"] == [90, 90, 90, 90, 91]
    assert [row["rank"] for row in rows if row["line"] == "Model A"] == [1, 2, 3, 3, 3]
    assert {tuple(row) for row in rows} == {("line", "at", "rank", "entry", "value", "low", "high", "estimated")}
    assert tuple(filled.run("chart", "dots", "acme/text", "--json").rows[0]) == (
        "rank",
        "entry",
        "lab",
        "value",
        "low",
        "high",
        "estimated",
    )
    frontier = filled.run("chart", "frontier", "acme/text", "--json").rows[0]
    assert tuple(frontier) == ("entry", "lab", "best", "cost", "value", "low", "high", "estimated")
    assert tuple(filled.run("chart", "calendar", "acme/text", "--json").rows[0]) == ("day", "changed", "rebased")


def test_models_metrics_and_times_select_what_is_drawn(filled: World):
    rows = filled.run(
        "chart", "step", "acme/text", "--metric", "price", "--model", "Model A", "--since", "2026-03-02", "--json"
    ).rows
    assert [(row["line"], row["value"]) for row in rows] == [("Model A", value) for value in (2, 1.5, 1.5, 1.5)]
    assert {row["line"] for row in filled.run("chart", "bump", "acme/text", "--top", "2", "--json").rows} == {
        "Model G",
        "Model B",
    }


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (("pie", "acme/text"), 2, "'pie' is not one of 'bump', 'band'"),
        (("bump", "acme/txt"), 2, 'board "acme/txt" is unknown'),
        (("bump", "acme/text", "--metric", "scor"), 2, 'metric "scor" is unknown; did you mean "score"'),
        (("bump", "acme/text", "-o", "chart.gif"), 2, "expected FILE.svg or FILE.png"),
        (("bump", "acme/text", "-o", "missing/chart.svg"), 2, "cannot be written"),
        (("bump", "acme/text", "--width", "9"), 2, "280<=x<=1600"),
        (("bump", "acme/text", "--at", "2020-01-01"), 2, "was not read to 2020-01-01T23:59:59Z"),
        (("frontier", "acme/text", "--against", "speed"), 2, "has no speed to draw scores against; known: price, size"),
        (("bump", "acme/text", "--model", "Nightingale 7"), 2, "no board lists that model"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_one_line(filled: World, args: tuple[str, ...], code: int, words: str):
    ran = filled.run("chart", *args)
    assert ran.code == code
    assert words in ran.error
