"""Tables and inline rules of GitHub Flavored Markdown (https://github.github.com/gfm/), as the text that a reader sees.

Each rule has our own examples. The cases that we read otherwise than GitHub are in DIFFERENCES, with the reason.
"""

import pytest
from parsing import read

from tracker.errors import ParseError

HEAD = "| Model | Score |\n|---|---|\n"
BELOW = "\n[r]: /u\n[^1]: A note.\n"

INLINE = {
    "code": [
        ("`a`", "a"),
        ("`a\\|b`", "a|b"),
        ("`` a`b ``", "a`b"),
        ("` `` `", "``"),
        ("`  `", ""),
        ("`a  b`", "a b"),
        ("`foo\\`bar`", "foo\\bar`"),
        ("`<b>x</b>`", "<b>x</b>"),
        ("`&amp;`", "&amp;"),
        ("`~~a~~`", "~~a~~"),
        ("`[a](u)`", "[a](u)"),
        ("`**a**`", "**a**"),
        ("`[^1]`", "[^1]"),
        ("`a_b`", "a_b"),
        ("`88.4`", "88.4"),
    ],
    "escapes": [
        ("\\*a\\*", "*a*"),
        ("\\a", "\\a"),
        ("\\\\", "\\"),
        ("\\`a\\`", "`a`"),
        ("\\[a](b)", "[a](b)"),
        ("\\<br>a", "<br>a"),
        ("\\&nbsp;a", "&nbsp;a"),
        ("a\\|b", "a|b"),
        ("\\~12", "~12"),
        ("\\-5", "-5"),
        ("\\_a\\_", "_a_"),
        ("a\\", "a\\"),
        ("88.4\\*", "88.4*"),
    ],
    "emphasis": [
        ("*a*", "a"),
        ("**a**", "a"),
        ("***a***", "a"),
        ("_a_", "a"),
        ("__a__", "a"),
        ("a_b_c", "a_b_c"),
        ("a__b__c", "a__b__c"),
        ("_a_b_", "a_b"),
        ("a*b*c", "abc"),
        ("a * b", "a * b"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("**a*b", "**a*b"),
        ("*foo**bar*", "foo**bar"),
        ("***foo** bar*", "foo bar"),
        ("**foo", "**foo"),
        ("foo*", "foo*"),
        ("foo**", "foo**"),
        ("**a_ b**", "a_ b"),
        ("**88**.4", "88.4"),
        ("**1**504", "1504"),
        ("__88.4__", "88.4"),
    ],
    "links": [
        ("[a](u)", "a"),
        ('[a](u "t")', "a"),
        ("[a](<u v>)", "a"),
        ("[a]( u )", "a"),
        ("[**a**](u)", "a"),
        ("**[a](u)**", "a"),
        ("[`a`](u)", "a"),
        ("[a [b] c](u)", "a [b] c"),
        ("[a](u v)", "[a](u v)"),
        ("[]( u)", ""),
        ("[![alt](i)](u)", "alt"),
        ("[a](u_(b))", "a"),
        ("[a][r]", "a"),
        ("[r][]", "r"),
        ("[r]", "r"),
        ("[x]", "[x]"),
        ("[x][y]", "[x][y]"),
        ("[a](", "[a]("),
        ("[88](u)[.4](u)", "88.4"),
    ],
    "images": [
        ("![alt](i.png)", "alt"),
        ("![](i.png)", ""),
        ("![a *b*](i)", "a b"),
        ("![alt][r]", "alt"),
        ("![88.4](i.png)", "88.4"),
    ],
    "autolinks": [
        ("<https://a.example/x>", "https://a.example/x"),
        ("<me@a.example>", "me@a.example"),
        ("<mailto:x@y>", "mailto:x@y"),
        ("<m:abc>", "<m:abc>"),
        ("https://a.example", "https://a.example"),
        ("https://x_y_z.example", "https://x_y_z.example"),
        ("www.a.example", "www.a.example"),
    ],
    "entities": [
        ("&amp;", "&"),
        ("&lt;b&gt;", "<b>"),
        ("&copy;", "©"),
        ("&#35;", "#"),
        ("&#x22;", '"'),
        ("&nbsp;a", "a"),
        ("&x;", "&x;"),
        ("&copy", "&copy"),
        ("R&D", "R&D"),
        ("&amp;amp;", "&amp;"),
        ("&#0;", "\ufffd"),
        ("&frac12;", "½"),
        ("88.4&nbsp;%", "88.4 %"),
        ("88.4 &plusmn; 2", "88.4 ± 2"),
    ],
    "strikethrough": [
        ("~~a~~ b", "b"),
        ("~a~ b", "b"),
        ("~~87~~ 88.4", "88.4"),
        ("~1490~ 1498", "1498"),
        ("~~1490~~1498", "1498"),
        ("**~~a~~ b**", "b"),
        ("a ~ b", "a ~ b"),
        ("~~~a~~~", "~~~a~~~"),
        ("~12", "~12"),
        ("~12 ~13", "~12 ~13"),
        ("~12 to ~13", "~12 to ~13"),
        ("~~a~ b", "~~a~ b"),
        ("~~ a ~~", "~~ a ~~"),
        ("~~a ~b~ c~~ d", "d"),
    ],
    "elements": [
        ("<b>a</b>", "a"),
        ("a<br>b", "a\nb"),
        ("a<br/>b", "a\nb"),
        ("a<!-- c -->b", "ab"),
        ("<!-- c -->", ""),
        ("<span style='display:none'>9</span>a", "a"),
        ("<del>1</del> 2", "2"),
        ("<kbd>a</kbd>", "a"),
        ("a <b", "a <b"),
        ("a<b", "a<b"),
        ("a < b > c", "a < b > c"),
        ("<3", "<3"),
        ("<details><summary>a</summary>b</details>", "a\nb"),
        ("x<y>z", "xz"),
        ("<u>88.4</u>", "88.4"),
    ],
    "no blocks in cells": [("# a", "# a"), ("- a", "- a"), ("1. a", "1. a"), ("> a", "> a"), (":rocket: a", ":rocket: a")],
}

DIFFERENCES = {
    "text struck out is no value, unless a cell has no other": [("~~a~~", "a"), ("~a~", "a"), ("~~a~~ b", "b")],
    "footnotes are not part of a name or figure, defined or not": [("a[^1]", "a"), ("a [^2] b", "a b"), ("88.4[^1]", "88.4")],
    "nor are links to notes": [
        ("1498[1](#n1)", "1498"),
        ("1498[[1]](#n1)", "1498"),
        ("[1498](u)[1](#n)", "1498"),
        ("1498[†](#n)", "1498"),
        ("1498 [a](#n)", "1498"),
    ],
    "nor badges, deltas and logos": [
        ("1498 **NEW**", "1498"),
        ("Orion 1 **NEW**", "Orion 1"),
        ("Orion 1 `NEW`", "Orion 1"),
        ("[Orion 1](u) *New!*", "Orion 1"),
        ("Orion 1 ![new](new.png)", "Orion 1"),
        ("![Lab](logo.svg) Orion 1", "Orion 1"),
        ("**1498** *(+6)*", "1498"),
        ("1498 _↑2_", "1498"),
        ("1498 `↑2`", "1498"),
    ],
    "nor a star in code": [("foo`*`", "foo")],
    "digits of two elements are two numbers": [("[1498](u)[1](u)", "1498 1"), ("`1`504", "1 504"), ("**1498** `1`", "1498 1")],
    "white space is folded in code too": [("`a \t b`", "a b")],
}


@pytest.mark.parametrize(("markdown", "text"), [case for cases in (INLINE | DIFFERENCES).values() for case in cases])
def test_a_cell_is_read_as_it_is_shown(markdown, text):
    body = f"{HEAD}| {markdown} | 1 |\n{BELOW}"
    assert read("markdown_table", body, ["Model", "Score"]).rows == [(text, "1")]


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        ("| a | b |\n| --- | --- |\n| c | d |\n", [("c", "d")]),
        ("| a | b |\n| :-: | -----------: |\nc | d\n", [("c", "d")]),
        ("a | b\n-|-\nc | d\n", [("c", "d")]),
        ("| a | b\n| --- | ---\n| c\n| d | e\n", [("c", ""), ("d", "e")]),
        ("| a | b | x |\n| --- | --- | --- |\n| c || d |\n", [("c", "")]),
        ("| a | b |\n| - | - |\n| c | d | \n| e | f |   \n", [("c", "d"), ("e", "f")]),
        ("|a|b|\n|:--|--:|\n|c|d|\n\n|e|f|\n", [("c", "d")]),
        ("|a|b|\n|---|---|\n|c|d|\n> quote\n", [("c", "d")]),
        ("|a|b|\n|---|---|\n|c|d|\n# Heading\n", [("c", "d")]),
        ("|a|b|\n|---|---|\n|c|d|\n- item\n", [("c", "d")]),
        ("|a|b|\n|---|---|\n|c|d|\n```\ncode\n```\n", [("c", "d")]),
        ("|a|b|\n|---|---|\n|c|d|\nplain\n\nplain\n", [("c", "d"), ("plain", "")]),
        ("text before\n|a|b|\n|---|---|\n|c|d|\n", [("c", "d")]),
        ("> | a | b |\n> | --- | --- |\n> | c | d |\n", [("c", "d")]),
        ("- | a | b |\n  | --- | --- |\n  | c | d |\n", [("c", "d")]),
        ("   | a | b |\n   | --- | --- |\n   | c | d |\n", [("c", "d")]),
        ("| _a_ | [b](u) |\n|---|---|\n| c | d |\n", [("c", "d")]),
        ("| a | b |\n|---|---|\n| c \\| `\\|` | **\\|** |\n", [("c | |", "|")]),
        ("| a | b |\r\n|---|---|\r\n| c | d |\r\n", [("c", "d")]),
        # GitHub shows no table, other sites do: the delimiter row is shorter than the header.
        ("| a | b | x |\n| --- | --- |\n| c | d | e |\n", [("c", "d")]),
    ],
)
def test_a_table_has_the_rows_that_are_shown(body, rows):
    assert read("markdown_table", body, ["a", "b"]).rows == rows


@pytest.mark.parametrize(
    "body",
    [
        "| a | b |\n\n| c | d |\n",
        "| a | b |\n| c | d |\n",
        "    | a | b |\n    | --- | --- |\n    | c | d |\n",
        "```\n| a | b |\n| --- | --- |\n| c | d |\n```\n",
        "| a | b |\n| --- : --- |\n| c | d |\n",
        "<!--\n| a | b |\n| --- | --- |\n| c | d |\n-->\n",
    ],
)
def test_text_that_is_shown_as_text_is_not_read_as_a_table(body):
    with pytest.raises(ParseError, match="found 0 tables"):
        read("markdown_table", body, ["a", "b"])


def test_a_table_without_rows_is_not_an_empty_board():
    with pytest.raises(ParseError, match="no rows"):
        read("markdown_table", "| a | b |\n| --- | --- |\n", ["a", "b"])


def test_cells_that_github_drops_are_refused_since_they_may_have_shifted():
    with pytest.raises(ParseError, match="found 3 cells in line 4, the header has 2"):
        read("markdown_table", "| a | b |\n| --- | --- |\n| c | d |\n| e | f | g |\n", ["a", "b"])
