import pytest
from hypothesis import given
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
    assert table.rows == [("org/kimi_k3", "1.8 %", "99.5 %"), ("a | b `c", "d`", ""), ("plain_name_here", "2 x", "")]


def test_without_a_condition_the_longest_table_is_taken():
    assert read("markdown_table", README, ["Model", "Score"]).rows == [("x", "1"), ("y", "2 3"), ("z", "3"), ("w", "4")]


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
        ("# No table here\n\ntext | with | pipes\n", {}, "found 0 tables, none fits at all; their columns: none"),
        (
            README,
            {"headers": ["Price"]},
            r"found 2 tables, none fits headers = \('Price',\); their columns: Model, Score %, Answer Rate; Model",
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
    expected = [(" ".join(first.split()), " ".join(second.split())) for first, second in rows]
    assert read("markdown_table", body, ["A", "B"]).rows == expected
