import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from parsing import read

from tracker.errors import ParseError

README = """# Board

```
|Model|Score|
|--|--|
|in code|0|
```

## Newest
<!-- START -->
Last updated on March 10, 2026

|Model|Score %|Answer Rate|
|----|----:|:---:|
|**org/[kimi\\_k3](https://x.test/a_b)**|1.8 %|99.5&nbsp;%|
|a \\| b `c|d`|
| plain_name_here | <b>2</b><br>x | |

## Older models
| Model | Score | Date
|---|---|---
x | 1 | 2024
y | ~~2~~ 3 | 2025
z | 3 | 2025
w | 4 | 2025
"""


def test_marks_are_resolved_to_their_text():
    table = read("markdown_table", README, ["Model", "Score %", "Answer Rate"], headers=["Score %"])
    assert table.rows == [("org/kimi_k3", "1.8 %", "99.5 %"), ("a | b `c", "d`", ""), ("plain_name_here", "2\nx", "")]


def test_without_a_condition_the_longest_table_is_taken():
    assert read("markdown_table", README, ["Model", "Score"]).rows == [("x", "1"), ("y", "3"), ("z", "3"), ("w", "4")]


@pytest.mark.parametrize(("after", "first"), [("# Board", "org/kimi_k3"), ("START", "org/kimi_k3"), ("## Older", "x")])
def test_the_first_table_after_a_marker_is_taken(after, first):
    assert read("markdown_table", README, ["Model"], after=after).rows[0] == (first,)


def test_a_fact_is_searched_in_the_visible_text():
    facts = {"stated_on": "re:Last updated on (.+)"}
    assert read("markdown_table", README, ["Model"], facts=facts).facts == {"stated_on": "March 10, 2026"}


def test_line_ends_of_every_kind_count_alike():
    assert read("markdown_table", README.replace("\n", "\r\n"), ["Model"], after="## Older").rows[0] == ("x",)


@pytest.mark.parametrize(
    ("body", "options", "message"),
    [
        ("# No table here\n\ntext | with | pipes\n", {}, "found 0 tables, none fits at all; columns: none"),
        (
            README,
            {"headers": ["Price"]},
            r'found 2 tables, none fits headers = \["Price"\]; columns: Model, Score %, Answer Rate; Model',
        ),
        (README, {"after": "## Gone"}, "found no line with '## Gone'"),
        (README, {"after": "## Older", "headers": ["Score %"]}, "none fits headers = .* and after"),
        ("|Model|Score|\n|--|--|\n", {}, "found a table with the columns Model, Score and no rows"),
        ("|Name|Elo|\n|--|--|\n|a|1|\n", {}, r"none of the wanted columns \(Model\) in the table; it has Name, Elo"),
        ("<!DOCTYPE html><table><tr><td>Model</table>", {}, "found a page beginning"),
        ("> " * 50_000 + "x", {}, "found 0 tables"),
    ],
)
def test_a_text_without_the_table_is_refused(body, options, message):
    with pytest.raises(ParseError, match=message):
        read("markdown_table", body, ["Model"], **options)


CELL = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co", "Zl", "Zp"), exclude_characters="\\"), max_size=12
)


# A backslash in front of a pipe escapes the pipe, whatever stands before it: a cell cannot end in one.


def escaped(text):
    return "".join(f"\\{character}" if character in "\\`*_{}[]<>()#+-.!|~&$^=:;,'\"/?@%" else character for character in text)


@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=6))
def test_what_was_written_is_read(rows):
    body = "|A|B|\n|--|--|\n" + "".join(f"|{escaped(first)}|{escaped(second)}|\n" for first, second in rows)
    expected = [cells for cells in (tuple(" ".join(cell.split()) for cell in row) for row in rows) if any(cells)]
    assume(expected)
    assert read("markdown_table", body, ["A", "B"]).rows == expected


HEAD = "| Model | Score |\n|---|---|\n"


@pytest.mark.parametrize(
    "row",
    [
        "| [Orion][m] | 88.4 |",
        "| [Orion][] | 88.4 |",
        "| [Orion] | 88.4 |",
        "| [Orion][M] | [88.4][m] |",
        "| Orion | 88.4<sup>1</sup> |",
        "| Orion[^1] | 88.4[^2] |",
        "| [Orion][m] [^note] | **88.4** [^2][^3] |",
        "| Orion<sup>[1](#n)</sup> | 88.4 <small>±</small> |",
        "| Orion <span>NEW</span> | ~~87.1~~ 88.4 |",
        "| **Orion** | <b>88</b>.4 |",
        "| <!-- rank 1 --> Orion | <span hidden>9</span>88.4 |",
    ],
)
def test_a_row_is_read_as_a_person_reads_it(row):
    body = HEAD + row + "\n\n[m]: https://lab.example/orion\n[orion]: https://lab.example/orion\n"
    body += "\n[^1]: A note.\n[^2]: https://lab.example/note\n"
    name, score = read("markdown_table", body, ["Model", "Score"]).rows[0]
    assert (name, score.split("\n")[0]) == ("Orion", "88.4")


@pytest.mark.parametrize("space", ["&nbsp;", "&#8239;", "\u00a0", "\u202f", "\u2009"])
def test_a_no_break_space_groups_digits(space):
    assert read("markdown_table", HEAD + f"| Orion | 1{space}504 |\n", ["Score"]).rows == [("1\u00a0504",)]


def test_a_row_with_more_cells_than_the_header_is_refused():
    body = HEAD + "| Orion | 88.4 |\n| Fo|o | 80.1 |\n"
    with pytest.raises(ParseError, match=r"found 3 cells in line 4, the header has 2: '\| Fo\|o \| 80.1 \|'"):
        read("markdown_table", body, ["Model", "Score"])


@pytest.mark.parametrize("row", ["| Fo\\|o | 80.1 |", "Fo\\|o | 80.1", "| Fo\\|o | 80.1 | |", "| Fo\\|o | 80.1"])
def test_an_escaped_bar_and_empty_cells_shift_nothing(row):
    assert read("markdown_table", f"{HEAD}{row}\n", ["Model", "Score"]).rows == [("Fo|o", "80.1")]


def test_cells_that_the_header_never_names_are_left_out():
    assert read("markdown_table", f"{HEAD}| a | 1 | x |\n| b | 2 | y |\n", ["Score"]).rows == [("1",), ("2",)]


def test_a_row_with_fewer_cells_than_the_header_lacks_the_last_ones():
    assert read("markdown_table", f"{HEAD}| a |\n| b | 2 |\n", ["Model", "Score"]).rows == [("a", ""), ("b", "2")]


def test_empty_rows_are_left_out():
    assert read("markdown_table", f"{HEAD}| a | 1 |\n| | |\n|  |  |\n| b | 2 |\n", ["Model"]).rows == [("a",), ("b",)]


TABLE = HEAD + "| a | 1 |\n"


@pytest.mark.parametrize(
    "body",
    [
        f"## Overall\n\nSoon.\n\n## Coding\n\n{TABLE}",
        f"## Overall\n\nSoon.\n\n# Coding\n\n{TABLE}",
        f"Overall\n-------\n\nSoon.\n\nCoding\n------\n\n{TABLE}",
        f"# Boards\n\nOverall scores:\n\n# Coding\n\ntext\n\n# More\n\n{TABLE}",
        f"<h2>Overall</h2>\n\nSoon.\n\n<h2>Coding</h2>\n\n{TABLE}",
    ],
)
def test_the_table_of_another_section_is_not_taken(body):
    with pytest.raises(ParseError, match='found 1 table, none fits after = "Overall"'):
        read("markdown_table", body, ["Model"], after="Overall")


@pytest.mark.parametrize(
    "body",
    [
        f"## Overall\n\n### Full table\n\n{TABLE}",
        f"Overall:\n\n{TABLE}",
        f"<!-- Overall -->\n\n## Leaderboard\n\n{TABLE}",
        f"# Boards\n\nOverall:\n\ntext\n\n{TABLE}\n# More",
        f"<!-- Overall -->\n{TABLE}",
    ],
)
def test_the_table_of_the_marker_s_section_is_taken(body):
    assert read("markdown_table", body, ["Model"], after="Overall").rows == [("a",)]


PIPES = "\n| Model |\n|---|\n| {} |\n\n"


@pytest.mark.parametrize(
    ("after", "body"),
    [
        ("**Overall**", "**Overall**\n\n{}**Coding**\n" + PIPES.format("b")),
        ("**Overall**", "**Overall**\n\n{}---\n" + PIPES.format("b")),
        ("Overall", "__Overall__\n\n{}## Coding\n" + PIPES.format("b")),
        ("Overall ranking:", "Overall ranking:\n\nof today\n\n{}---\n\nCoding ranking:\n" + PIPES.format("b")),
        ("Overall ranking:", "Overall ranking:\n\nof today\n\n{}**Coding**\n" + PIPES.format("b")),
        (
            "<summary>Overall",
            "<details><summary>Overall</summary>\n\n{}</details>\n<details><summary>Coding</summary>\n" + PIPES.format("b"),
        ),
        ("Overall", "<details>\n<summary>Overall</summary>\n\n{}</details>\n\nCoding\n" + PIPES.format("b")),
    ],
)
def test_a_section_ends_at_a_bold_line_a_rule_and_the_end_of_its_details(after: str, body: str):
    assert read("markdown_table", body.replace("{}", PIPES.format("a")).encode(), ["Model"], after=after).rows == [("a",)]
    with pytest.raises(ParseError, match="none fits after"):
        read("markdown_table", body.replace("{}", "soon\n\n").encode(), ["Model"], after=after)


@pytest.mark.parametrize(
    ("after", "before"),
    [
        ("## Overall", "## Overall\n\n**Of today**\n\n---\n\n<details>\n<summary>Rules</summary>\n</details>\n"),
        ("<!-- here -->", "<!-- here -->\n\n**Overall**\n"),
        ("<!-- here -->", "<!-- here -->\n---\n"),
        ("Overall ranking", "Overall ranking\n\n**Note:** of today\n\n<details>\n"),
    ],
)
def test_a_section_goes_on_at_bold_lines_and_rules_that_do_not_end_it(after: str, before: str):
    assert read("markdown_table", (before + PIPES.format("a")).encode(), ["Model"], after=after).rows == [("a",)]


@pytest.mark.parametrize("delimiters", ["|---|---|", "|---|---", "---|---", "|-|:-:|", "|---|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_delimiter_row_shorter_than_the_header_is_completed(delimiters, end):
    body = end.join(["# Birds", "", "|Model|Score|Votes|", delimiters, "|Wren 2|61|9|", "|Heron|60|8|", ""])
    assert read("markdown_table", body, ["Model", "Votes"]).rows == [("Wren 2", "9"), ("Heron", "8")]


@pytest.mark.parametrize("line", ["---", "- - -", "|Wren 2|", "a | b"])
def test_a_line_of_another_kind_below_a_line_with_cells_makes_no_table(line):
    with pytest.raises(ParseError, match="found 0 tables"):
        read("markdown_table", f"Model | Score | Votes\n{line}\n", ["Model"])


def test_the_first_row_is_the_header_below_an_empty_one():
    body = "| | |\n|---|---|\n| **Model** | Score |\n| Wren 2 | 61 |\n"
    assert read("markdown_table", body, ["Model", "$2"]).rows == [("Wren 2", "61")]


def test_a_column_without_a_name_has_a_number():
    assert read("markdown_table", "| |Score|\n|-|-|\n|Wren 2|61|\n", ["$1", "Score"]).rows == [("Wren 2", "61")]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (r"$71.2_{\pm 0.3}$", "71.2 ± 0.3"),
        (r"$71.2 \pm 0.3$", "71.2 ± 0.3"),
        (r"$\mathbf{71.2} \pm 0.3$", "71.2 ± 0.3"),
        (r"**$71.2_{\pm 0.3}$**", "71.2 ± 0.3"),
        (r"$\textbf{71.2\%}$", "71.2%"),
        ("$5 / $25", "$5 / $25"),
        (r"$\tau$-bench", r"$\tau$-bench"),
    ],
)
def test_a_figure_in_tex_is_read(written: str, shown: str):
    assert read("markdown_table", f"| m | s |\n|---|---|\n| a | {written} |\n", ["s"]).rows == [(shown,)]
