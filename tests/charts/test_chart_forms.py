"""Each form of chart: its golden file, and what every picture promises."""

import gzip
import importlib
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import kit
import pytest
from charts_world import CHARTS, PRICE, SCORE, breaks, frontier, gap, head, line, lines, renamed, standing
from svg import SVG, across, crossed, parsed, styled, texts

import tracker.charts
from tracker.charts import FORMS, Look, Theme, rows
from tracker.model import Chart, LineChart, Metric

HOSTILE = {
    "markup": "<script>alert(1)</script>\"'&]]>",
    "right-to-left": "evil\u202egpj.exe \x1b[2J\u2028",
    "long": "Nightingale " * 500,
    "link": "javascript:alert(1)",
    "formula": "=cmd|' /C calc'!A0",
    "wide": "模型" * 40,
}


def title(svg: str) -> str:
    return parsed(svg).findtext(f"{SVG}title") or ""


@pytest.mark.parametrize("form", FORMS)
def test_a_chart_looks_as_it_did(form: str, golden: Callable[[str, str], None]):
    golden(f"{form}.svg", FORMS[form](CHARTS[form], Look()))


def test_every_form_is_a_file_and_every_file_a_form():
    folder = Path(tracker.charts.__file__).parent
    assert {path.stem for path in folder.glob("[a-z]*.py")} == set(FORMS)
    assert all(draw is importlib.import_module(f"tracker.charts.{form}").draw for form, draw in FORMS.items())


@pytest.mark.parametrize("width", [280, 390, 720, 1600])
@pytest.mark.parametrize("form", FORMS)
def test_a_chart_is_well_formed_small_and_the_same_every_time(form: str, width: int):
    svg = FORMS[form](CHARTS[form], Look(width=width))
    assert parsed(svg).tag == f"{SVG}svg"
    assert svg == FORMS[form](CHARTS[form], Look(width=width))
    assert len(gzip.compress(svg.encode())) <= 10_000
    assert title(svg)


@pytest.mark.parametrize("form", [form for form in FORMS if form not in ("sparkline", "badge")])
def test_a_chart_names_its_source_and_time_and_has_a_text_alternative(form: str):
    svg = FORMS[form](CHARTS[form], Look())
    shown = " ".join(texts(parsed(svg)))
    assert "Source: Acme, CC-BY-4.0, as read on 2026-03-0" in shown
    assert "as of 2026-03-" in shown.replace("  ", " ")
    assert (parsed(svg).findtext(f"{SVG}desc") or "").startswith(title(svg))


@pytest.mark.parametrize(
    ("form", "nature"), [("bump", "relative: falls when others rise"), ("step", "as listed by the publisher")]
)
def test_the_subtitle_says_what_kind_of_scale_it_is(form: str, nature: str):
    assert nature in " ".join(texts(parsed(FORMS[form](CHARTS[form], Look()))))


@pytest.mark.parametrize("form", ["bump", "band", "step"])
def test_no_line_crosses_a_re_base_and_the_break_is_labelled(form: str):
    svg = FORMS[form](CHARTS[form], Look())
    assert crossed(svg) == []
    assert "re-based 5 Mar" in texts(parsed(svg))
    whole = FORMS[form](replace(CHARTS[form], breaks=(), gaps=()), Look())
    longest, unbroken = (max(right - left for left, right in map(across, styled(parsed(each), "l"))) for each in (svg, whole))
    assert longest < unbroken


def test_a_slope_over_a_re_base_joins_nothing():
    svg = parsed(FORMS["slope"](lines(), Look()))
    assert styled(svg, "l") == []
    assert "re-based: not comparable" in texts(svg)
    joined = parsed(FORMS["slope"](replace(lines(), breaks=()), Look()))
    assert len(styled(joined, "l")) == 2  # the third was not listed at first


def test_no_line_crosses_a_gap():
    chart = replace(lines(), breaks=())
    root = parsed(FORMS["band"](chart, Look()))
    axis = [across(path) for path in styled(root, "z")]
    ends = max(right for left, right in axis if right - left > 50)
    assert not [
        span for path in styled(root, "l") if (span := across(path))[0] < ends - 1 and span[1] > ends + 1 and len(axis) > 9
    ]
    whole = FORMS["band"](replace(chart, gaps=()), Look())
    assert max(across(path)[1] for path in styled(root, "l")) < max(across(path)[1] for path in styled(parsed(whole), "l"))


@pytest.mark.parametrize("form", ["bump", "band", "dots"])
def test_an_estimate_is_hollow_and_the_picture_says_so(form: str):
    root = parsed(FORMS[form](CHARTS[form], Look()))
    assert styled(root, "o", "circle")
    measured = parsed(FORMS[form](_without_estimates(form), Look()))
    assert styled(measured, "o", "circle") == []
    assert form == "bump" or any("Hollow: estimated." in text for text in texts(root))


def _without_estimates(form: str) -> Chart:
    if form == "dots":
        return replace(standing(), rows=standing().rows[:3])
    return LineChart(head=head(supported=True), lines=(line("Heron 90 91 92", "111"), line("Wren 80 81 82", "222")))


def test_the_period_after_the_last_reading_is_shaded():
    assert "not read yet" in texts(parsed(FORMS["band"](lines(as_of=9), Look())))
    assert "not read yet" not in texts(parsed(FORMS["band"](lines(), Look())))


def test_tied_lines_share_a_band():
    tied = LineChart(head=head(supported=True), lines=(line("Heron 90±2 91±2", "11"), line("Wren 89±2 91±2", "11")))
    apart = LineChart(head=head(supported=True), lines=(line("Heron 90±1 91±1", "11"), line("Wren 80±1 81±1", "22")))
    assert [len(styled(parsed(FORMS["bump"](chart, Look())), "v", "rect")) for chart in (tied, apart)] == [1, 0]


def test_lines_of_one_rank_keep_their_places():
    """Heron is better at first; then Wren, but not beyond the error."""
    chart = LineChart(head=head(supported=True), lines=(line("Heron 90 89 89", "111"), line("Wren 89 91 91", "111")))
    assert not any("C" in (path.get("d") or "") for path in styled(parsed(FORMS["bump"](chart, Look())), "l"))
    passed = LineChart(head=head(supported=True), lines=(line("Wren 89 95 95", "211"), line("Heron 90 89 89", "122")))
    assert all("C" in (path.get("d") or "") for path in styled(parsed(FORMS["bump"](passed, Look())), "l"))


def test_the_numbers_of_a_bump_chart_are_the_ranks_of_its_lines_and_not_a_count():
    tied = LineChart(head=head(days=1), lines=(line("Heron 90 91", "11"), line("Wren 90 90", "12"), line("Owl 80 90", "32")))
    numbers = [element.text for element in styled(parsed(FORMS["bump"](tied, Look())), "e", "text")]
    assert numbers == ["1", "1", "3", "1", "2", "2"]


@pytest.mark.parametrize(
    ("metric", "is_low_on_top"),
    [(SCORE, False), (PRICE, False), (kit.metric("errors", better="lower", unit="%"), True)],
    ids=["score", "price", "errors"],
)
@pytest.mark.parametrize("form", ["slope", "band"])
def test_the_better_score_is_higher_and_money_rises_with_its_amount(form: str, metric: Metric, *, is_low_on_top: bool):
    chart = LineChart(head=head(metric, days=1), lines=(line("Heron 4 2"), line("Wren 9 8")))
    drawn = styled(parsed(FORMS[form](chart, Look())), "l")
    wren, heron = (float((path.get("d") or "").split()[-1]) for path in drawn)  # the first line is drawn last
    assert (heron < wren) == is_low_on_top


def test_a_sparkline_rises_with_a_better_score():
    def rises(metric: Metric) -> bool:
        (drawn,) = styled(
            parsed(FORMS["sparkline"](LineChart(head=head(metric, days=1), lines=(line("Heron 9 2"),)), Look())), "l"
        )
        first, last = map(float, re.findall(r" ([0-9.]+)", drawn.get("d") or ""))
        return last < first

    errors = kit.metric("errors", better="lower", unit="%")
    assert (rises(SCORE), rises(errors)) == (False, True)


def pair(*texts: str) -> LineChart:
    return LineChart(head=head(), lines=[line(text) for text in texts])


def chosen(*texts: str) -> LineChart:
    """Of all lines of the board, only these: none of them may be said to lead it."""
    return replace(pair(*texts), head=replace(head(), chosen=True))


CHOSEN = "3 of the 5 chosen entries of Acme Arena are beaten by none on both score and output price"
HIDDEN = "Acme Arena: rows that share a name are first; of the others, Heron"
CHANGED = "Acme Arena changed on 3 of 4 days with a reading, most on 2026-03-05 (40 entries), when it was re-based"


@pytest.mark.parametrize(
    ("form", "chart", "finding"),
    [
        ("bump", lines(), "Heron and Wren share the lead of Acme Arena"),
        ("badge", standing(), "Heron 2 and Wren (high) share the lead of Acme Arena, 2026-03-07"),
        ("dots", standing(), "Heron 2 and Wren (high) share the lead of Acme Arena"),
        ("frontier", frontier(), "3 of 5 entries of Acme Arena are beaten by none on both score and output price"),
        ("calendar", CHARTS["calendar"], CHANGED),
        ("band", pair("Heron 90±1 95±1", "Wren 91±1 70±1"), "Heron leads Acme Arena, ahead of Wren"),
        ("band", pair("Heron 90 ~95", "Wren 91 70"), "Wren leads Acme Arena"),
        ("slope", pair("Heron 90±1 91±1", "Wren 70±1 80±1"), "Wren gains most among the first 2 of Acme Arena, 10 from 70 to 80"),
        ("band", replace(pair("Heron 90 95", "Wren 91 70"), head=replace(head(), hidden_lead=True)), HIDDEN),
        ("band", chosen("Heron 90 95", "Wren 91 70"), "Heron is ahead of Wren on Acme Arena"),
        ("bump", chosen("Heron 90", "Wren 90"), "Heron and Wren are level on Acme Arena"),
        ("band", chosen("Wren 90 95"), "Wren on Acme Arena"),
        ("frontier", replace(frontier(), head=replace(head(), chosen=True)), CHOSEN),
        (
            "slope",
            LineChart(head=head(PRICE), lines=(line("Heron 4 2"),)),
            "Heron falls most among the first 1 of Acme Arena, $2 from $4 to $2",
        ),
        ("slope", lines(), "Heron and Wren share the lead of Acme Arena"),
    ],
)
def test_the_title_states_the_finding(form: str, chart: Chart, finding: str):
    assert title(FORMS[form](chart, Look())) == finding


def test_a_title_does_not_state_a_change_of_price_over_a_re_base_or_of_an_estimate():
    cheap = kit_price("Heron $ 4 4 2 2")
    assert title(FORMS["step"](cheap, Look())) == "Heron: price falls from $4 to $2 (−50 %), first seen 2026-03-04"
    for quiet in (replace(cheap, breaks=breaks(2)), kit_price("Heron $ 4 4 ~2 ~2")):
        assert title(FORMS["step"](quiet, Look())) == "Acme Arena: no change of price is known since 2026-03-02 (1 line shown)"


def test_a_price_that_changed_while_nobody_looked_is_a_change():
    chart = replace(kit_price("Heron $ 4 4 2 2"), gaps=(gap(1, 2),))
    assert title(FORMS["step"](chart, Look())).startswith("Heron: price falls from $4 to $2")


def test_a_price_that_was_read_once_has_no_course():
    chart = LineChart(head=head(PRICE, days=0), lines=(line("Heron 4"), line("Wren 5")))
    assert title(FORMS["step"](chart, Look())) == "Acme Arena: price of 2 lines, read once"


def kit_price(text: str) -> LineChart:
    return LineChart(head=head(CHARTS["step"].head.metric, days=3), lines=(line(text.replace("$ ", "")),))


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("form", [form for form in FORMS if form != "calendar"])
def test_a_hostile_name_is_text_and_short(form: str, name: str):
    svg = FORMS[form](renamed(name)[form], Look())
    root = parsed(svg)
    known = {"svg", "title", "desc", "style", "rect", "g", "path", "circle", "text", "tspan"}
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= known
    assert "\u202e" not in svg
    assert "\x1b" not in svg
    assert max(map(len, texts(root)), default=0) < 250
    assert len(svg) < 30_000


@pytest.mark.parametrize("width", [390, 720])
@pytest.mark.parametrize("form", ["band", "step", "slope"])
def test_labels_do_not_overlap(form: str, width: int):
    crowd = [line(f"Line{number} {70 + number / 50:.2f} {80 + number / 50:.2f}") for number in range(12)]
    root = parsed(FORMS[form](LineChart(head=head(days=1), lines=crowd), Look(width=width)))
    places = [(element.get("x"), float(element.get("y") or 0)) for element in styled(root, "t", "text")]
    assert len(places) >= 12
    assert all(abs(one[1] - other[1]) >= 14 for one, other in combinations(places, 2) if one[0] == other[0])


def test_a_chart_without_its_own_styles_is_for_a_page_that_has_them():
    assert "<style>" not in FORMS["bump"](lines(), Look(styled=False))
    assert "prefers-color-scheme:dark" in FORMS["bump"](lines(), Look())
    assert "var(" not in FORMS["bump"](lines(), Look(theme=Theme.DARK))


def test_a_table_has_every_value_of_the_chart():
    assert [row["value"] for row in rows(lines()) if row["line"] == "Heron"] == [90, 91, 95, 70, 72, 73]
    assert [row["entry"] for row in rows(standing())] == ["Heron 2", "Wren (high)", "Finch", "Rook"]
    assert [row["cost"] for row in rows(frontier()) if row["best"]] == [10, 0.5, 0.04]
    assert [row["changed"] for row in rows(CHARTS["calendar"])] == [0, 3, 40, 2]
