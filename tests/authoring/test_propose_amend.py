"""A declaration is changed in one place, and all other bytes stay."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.authoring.amend import GONE, amended, toml_key, toml_value
from tracker.errors import DeclarationError

SHIPPED = sorted((Path(__file__).parents[2] / "schedules").glob("*/*.toml"))
BOARDS = [path for path in SHIPPED if path.parent.name not in {"models", "rules"} and not path.name.startswith("_")]
TEXT = """# what this is
title = "A # board" # not a comment inside

[columns]
key  = "id"
name = ["name", "title"]   # the first that is there

[metrics.score]
from = "rating" # stays
where = [
    1, # one
    2,
]

[metrics."odd id"]
from = 'a'
"""


def loaded(text: str) -> dict[str, object]:
    return tomllib.loads(text, parse_float=Decimal)


def test_only_the_value_changes_and_its_comment_stays():
    found = amended(TEXT, {("metrics", "score", "from"): ["rating", "score"]}, "a.toml")
    assert found == TEXT.replace('from = "rating" # stays', 'from = ["rating", "score"] # stays')


def test_a_list_over_several_lines_is_replaced_as_a_whole():
    found = amended(TEXT, {("metrics", "score", "where"): [3]}, "a.toml")
    assert "[3]\n\n[metrics." in found
    assert loaded(found)["metrics"]["score"] == {"from": "rating", "where": [3]}  # type: ignore[index]


def test_a_new_key_follows_the_last_key_of_its_table():
    found = amended(TEXT, {("columns", "rank"): "place"}, "a.toml")
    assert found == TEXT.replace("is there\n", 'is there\nrank = "place"\n')


def test_a_new_table_comes_last():
    assert amended(TEXT, {("contract", "depth"): "whole"}, "a.toml").endswith('\n[contract]\ndepth = "whole"\n')


def test_removing_a_key_removes_its_comment_and_nothing_else():
    assert amended(TEXT, {("metrics", "score", "from"): GONE}, "a.toml") == TEXT.replace('from = "rating" # stays\n', "")


def test_a_value_in_an_inline_table_is_changed_in_place():
    text = "score = { min = 0, max = 100 } # bounds\nother = 1\n"
    assert amended(text, {("score", "max"): 50}, "a.toml") == "score = { min = 0, max = 50 } # bounds\nother = 1\n"


def test_a_new_key_comes_before_the_comment_that_introduces_the_next_table():
    text = "[a]\nx = 1 # kept\n\n# what b is\n[b]\ny = 2\n"
    assert amended(text, {("a", "z"): 3}, "a.toml") == text.replace("# kept\n", "# kept\nz = 3\n")


def test_a_new_key_follows_a_last_line_without_a_line_end():
    assert amended("[a]\nx = 1", {("a", "z"): 3}, "a.toml") == "[a]\nx = 1\nz = 3\n"


def test_a_new_key_of_an_inline_table_is_written_into_it():
    text = "score = { min = 0 } # bounds\n"
    assert loaded(amended(text, {("score", "max"): 5}, "a.toml")) == {"score": {"min": 0, "max": 5}}


def test_a_new_key_of_a_dotted_table_is_dotted_too():
    assert amended("a.b = 1\nz = 2\n", {("a", "c"): 3}, "a.toml") == "a.b = 1\na.c = 3\nz = 2\n"


def test_several_changes_are_made_at_once_and_a_tuple_becomes_a_list():
    changes = {("columns", "key"): ("id", "slug"), ("columns", "name"): GONE, ("metrics", "odd id", "unit"): {"a b": [1]}}
    found = amended(TEXT, changes, "a.toml")
    assert '[columns]\nkey  = ["id", "slug"]\n\n[metrics.score]' in found
    assert found.endswith("from = 'a'\nunit = { \"a b\" = [1] }\n")


def test_removing_a_missing_key_changes_nothing():
    assert amended(TEXT, {("nowhere", "x"): GONE, ("columns", "x"): GONE}, "a.toml") == TEXT


def test_a_publishers_text_stays_on_its_line():
    found = amended(TEXT, {("columns", "key"): 'a"\u2028b\n\x00'}, "a.toml")
    assert 'key  = "a\\"\\u2028b\\u000A\\u0000"\n' in found


def test_a_quoted_key_is_found():
    assert amended(TEXT, {("metrics", "odd id", "from"): "b"}, "a.toml") == TEXT.replace("from = 'a'", 'from = "b"')


@pytest.mark.parametrize(
    "text",
    [
        *("a = \n", "[[rows]]\na = 1\n", "a = 1\na = 2\n", "rows = 1\n", "rows = [{ a = 1 }]\n"),
        *("a = " + "[" * 9_000, "a = 1\r", "\x00", "a" + ".a" * 40 + " = 1\n"),
    ],
)
def test_a_file_that_cannot_be_changed_safely_is_refused_in_one_line(text: str):
    with pytest.raises(DeclarationError, match=r"\Aa\.toml: [^\n\x00]+\Z"):
        amended(text, {("rows", "a"): 2}, "a.toml")


def test_the_refusal_names_the_keys_and_what_to_do():
    with pytest.raises(DeclarationError) as error:
        amended("a = 1\n", {("a", "b\n"): 2}, "a.toml")
    assert str(error.value) == "a.toml: a.b\\n cannot be changed safely by a program; change the file by hand"


@pytest.mark.slow
@pytest.mark.parametrize("path", BOARDS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_shipped_declaration_can_be_changed_with_all_its_comments_kept(path: Path):
    text = path.read_text(encoding="utf-8")
    before = loaded(text)
    places = [("metrics", name, "from") for name, metric in before["metrics"].items() if "from" in metric]
    for place in places[:1] + places[-1:]:
        found = amended(text, {place: ["a", "b # c"]}, path.name)
        after = loaded(found)
        after["metrics"][place[1]]["from"] = before["metrics"][place[1]]["from"]  # type: ignore[index]
        assert after == before
        changed = [(old, new) for old, new in zip(text.splitlines(), found.splitlines(), strict=True) if old != new]
        assert len(changed) == 1
        assert changed[0][1].partition("#")[0] != changed[0][0].partition("#")[0]


DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-1e6, max_value=1e6, places=3)
VALUES = st.recursive(
    st.text() | st.booleans() | st.integers(-(2**60), 2**60) | DECIMALS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@given(VALUES)
def test_every_written_value_reads_back(value: object):
    read = loaded(f"a = {toml_value(value)}\n")["a"]
    assert read == _as_read(value)


def _as_read(value: object) -> object:
    """Halves of characters, which no file can contain, become a replacement."""
    if isinstance(value, str):
        return (
            value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            if value.isascii()
            else "".join("\ufffd" if "\ud800" <= sign <= "\udfff" else sign for sign in value)
        )
    if isinstance(value, list):
        return [_as_read(member) for member in value]
    return {_as_read(key): _as_read(member) for key, member in value.items()} if isinstance(value, dict) else value


@given(st.text())
def test_no_text_breaks_out_of_its_line(text: str):
    written = f"{toml_key(text)} = {toml_value(text)}"
    assert len(written.splitlines()) == 1
    assert len(loaded(written)) == 1
