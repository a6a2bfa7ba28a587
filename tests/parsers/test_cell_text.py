"""What a person reads in a cell: the figure or the name, without what is set beside it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import examples

from tracker.parsers.cell_text import cell_text, markup_text
from tracker.parsers.html_tree import root_of


def read(cell):
    return cell_text(root_of(f"<table><tr><td>{cell}</td></tr></table>").css("td")[0])


@pytest.mark.parametrize(
    "cell",
    [
        "1498<sup>1</sup>",
        '1498<sup><a href="#n1">1</a></sup>',
        '1498 <a href="#fn-2">[2]</a>',
        "1498<sup>a</sup>",
        "1498<sup>1,2</sup>",
        "1498<sub>3</sub>",
        "1498<span>†</span>",
        "<b>1498</b><sup>*</sup>",
        "1498 <span>↑2</span>",
        "1498<span class='up'>▲ 12</span>",
        "1498 <small>(+6)</small>",
        "1498 <span>+6</span>",
        "1498 (<span>−6</span>)",
        "<s>1490</s> 1498",
        "<del>1490</del><ins>1498</ins>",
        "1498 <span>NEW</span>",
        "1498<span class=badge>New!</span>",
        "<div>1498</div><div>↓1</div>",
    ],
)
def test_labels_and_footnotes_are_not_part_of_a_figure(cell):
    assert read(cell) == "1498"


@pytest.mark.parametrize(
    "cell",
    [
        "Orion 1 <span>NEW</span>",
        "<a href='/orion'>Orion 1</a><sup>3</sup>",
        "Orion 1 <em>Open weights</em>",
        "Orion 1 <span>Apache 2.0</span>",
        "Orion 1 <span>↑ 3</span>",
        "Orion 1 <s>Orion 0</s>",
        "Orion 1<sup>*</sup>",
        "Orion 1 <span>[4]</span>",
        "Orion 1 <span>Top pick</span>",
        "<a href=u>Orion 1</a> <a href=p>paper</a> <a href=c>code</a>",
        "<a href=u>Orion 1</a> [<a href=p>Paper</a>, <a href=c>Code</a>]",
        "Orion 1 (<a href=p>paper</a>)",
        "<a href=u>Orion 1</a> <a href=p>[PDF]</a>",
        "<a href=u>Orion 1</a> <a href=d>details</a>",
    ],
)
def test_labels_and_footnotes_are_not_part_of_a_name(cell):
    assert read(cell) == "Orion 1"


@pytest.mark.parametrize(
    "cell",
    [
        "claude-opus-9<br>Anthropic",
        "<div>claude-opus-9</div><div>Anthropic</div>",
        "claude-opus-9 <small>Anthropic</small>",
        '<a href="/x">claude-opus-9</a> <span class="text-muted">Anthropic</span>',
        '<span class="name">claude-opus-9</span><span class="model-org">Anthropic</span>',
        "<p>claude-opus-9<p>Anthropic",
    ],
)
def test_a_label_is_on_a_line_of_its_own(cell):
    assert read(cell) == "claude-opus-9\nAnthropic"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("1<b>496</b>", "1496"),
        ("88<i>.4</i>", "88.4"),
        ("<span>88</span><span>.4</span>", "88.4"),
        ("<span>1498</span><span>12</span>", "1498 12"),
        ("85</br>12", "85\n12"),
        ("85</p>12", "85\n12"),
        ("85<center>12</center>", "85\n12"),
        ("1.2×10<sup>25</sup>", "1.2×10^25"),
        ("10<sup>3</sup>", "10^3"),
        ("3<sup>rd</sup>", "3rd"),
        ("CO<sub>2</sub>", "CO2"),
        ("GPT<span>-4</span>", "GPT-4"),
        ("GPT-4<span>o</span>", "GPT-4o"),
        ("GPT-4o <span>(high)</span>", "GPT-4o (high)"),
        ("1432 <span>±6</span>", "1432 ±6"),
        ("±<!-- -->11", "±11"),
        ("1432<sup>+6</sup><sub>-5</sub>", "1432"),
        ("<span>1</span><span>◄─►</span><span>2</span>", "1◄─►2"),
        ("<span>+5</span>/<span>-4</span>", "+5/-4"),
        ("<span>↑2</span>", "↑2"),
        ("<sup>1</sup>", "1"),
        ("<span>NEW</span>", "NEW"),
        ("<span>MIT</span>", "MIT"),
        ("", ""),
        ("<span hidden>9</span>88.4", "88.4"),
        ("<i style='display:none;display:inline'>8</i>8.4", "88.4"),
        ("<i style='display:inline; Display : None'>9</i>88.4", "88.4"),
        ("<i style='display:none!important;display:inline'>9</i>88.4", "88.4"),
        ("<i style='--display:none'>8</i>8.4", "88.4"),
        ("<i style='visibility:hidden;display:inline'>9</i>88.4", "88.4"),
        ("<span style='display: none'>9</span>88.4", "88.4"),
    ],
)
def test_parts_of_one_text_stay_together(cell, text):
    assert read(cell) == text


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('<div class="flex"><span>Orion 1</span><span class="text-xs">Northlab</span></div>', "Orion 1\nNorthlab"),
        ("Orion 1 <span class='font-small'>Northlab</span>", "Orion 1\nNorthlab"),
        ("Orion 1 <span class='text-xs'>(high)</span>", "Orion 1 (high)"),
        ("<span>Orion 1</span><span>Northlab</span>", "Orion 1 Northlab"),
        ("<span>Orion</span><span>Northlab</span>", "Orion Northlab"),
        ("<span>Orion</span><span>-1</span>", "Orion-1"),
        ("Open<span>Orion</span>", "OpenOrion"),
        ("<span>70</span><span>B</span>", "70B"),
        ("<a href=p>paper</a> <a href=c>code</a>", "paper code"),
        ("Orion <span>Code</span>", "Orion Code"),
    ],
)
def test_a_name_is_apart_from_the_label_in_the_next_element(cell: str, text: str):
    assert read(cell) == text


@examples(60)
@given(st.lists(st.sampled_from(["span", "b", "a", "small", "sup", "div", "code", "x-y"]), max_size=4), st.integers(0, 10**6))
def test_elements_around_a_figure_do_not_change_it(tags, figure):
    cell = "".join(f"<{tag}>" for tag in tags) + str(figure) + "".join(f"</{tag}>" for tag in reversed(tags))
    assert read(cell) == str(figure)


@examples(60)
@given(
    st.integers(0, 9999), st.integers(0, 9999), st.sampled_from(["span", "a", "small", "sup", "sub", "div", "label", "button"])
)
def test_the_digits_of_two_elements_never_make_one_number(figure, other, tag):
    assert read(f"{figure}<{tag}>{other}</{tag}>") in {
        str(figure),
        f"{figure} {other}",
        f"{figure}\n{other}",
        f"{figure}^{other}",
    }


def test_a_cell_of_very_many_tags_shows_its_text_without_them():
    assert markup_text("<b>" * 600 + "GPT &amp; co" + "</b>" * 600) == "GPT & co"
    assert markup_text("<b>" * 60_000 + "a" + "<i>b") == "a b"


@pytest.mark.parametrize(
    "cell",
    [
        "<span class=x>✅</span>Orion 5 <small>🆕</small>",
        "<i>🔥</i> Orion 5",
        "Orion 5<em>⭐</em><em>🏆</em>",
        "<div>🥇</div><div>Orion 5</div>",
        "<a href=#>🔗</a> <b>Orion 5</b> <span>🇪🇺</span>",
    ],
)
def test_emoji_in_elements_of_their_own_are_not_part_of_a_name(cell):
    assert read(cell) == "Orion 5"


@pytest.mark.parametrize(("cell", "text"), [("<span>✅</span>", "✅"), ("<b>🔥</b><i>⭐</i>", "🔥 ⭐"), ("Orion 🚀", "Orion 🚀")])
def test_emoji_stay_where_nothing_else_is_in_the_cell_or_in_its_own_text(cell, text):
    assert read(cell) == text
