"""A declaration is changed at one place, and every other byte of it stays."""

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
BOARDS = [path for path in SHIPPED if path.parent.name != "models" and not path.name.startswith("_")]
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


def test_a_key_that_is_not_there_comes_behind_the_last_one_of_its_table():
    found = amended(TEXT, {("columns", "rank"): "place"}, "a.toml")
    assert found == TEXT.replace("is there\n", 'is there\nrank = "place"\n')


def test_a_table_that_is_not_there_comes_last():
    assert amended(TEXT, {("contract", "depth"): "whole"}, "a.toml").endswith('\n[contract]\ndepth = "whole"\n')


def test_a_key_that_goes_takes_its_comment_with_it_and_nothing_else():
    assert amended(TEXT, {("metrics", "score", "from"): GONE}, "a.toml") == TEXT.replace('from = "rating" # stays\n', "")


def test_a_value_inside_an_inline_table_is_changed_in_it():
    text = "score = { min = 0, max = 100 } # bounds\nother = 1\n"
    assert amended(text, {("score", "max"): 50}, "a.toml") == "score = { min = 0, max = 50 } # bounds\nother = 1\n"


def test_a_quoted_key_is_found():
    assert amended(TEXT, {("metrics", "odd id", "from"): "b"}, "a.toml") == TEXT.replace("from = 'a'", 'from = "b"')


@pytest.mark.parametrize("text", ["a = \n", "[[rows]]\na = 1\n", "a = 1\na = 2\n"])
def test_a_file_that_cannot_be_changed_for_certain_is_left_to_a_person(text: str):
    with pytest.raises(DeclarationError, match=r"^a\.toml: "):
        amended(text, {("rows", "a"): 2}, "a.toml")


@pytest.mark.slow
@pytest.mark.parametrize("path", BOARDS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_shipped_declaration_can_be_changed_with_all_its_comments_kept(path: Path):
    text = path.read_text(encoding="utf-8")
    before = loaded(text)
    places = [("metrics", name, "from") for name, one in before["metrics"].items() if "from" in one]  # type: ignore[attr-defined]
    for place in places[:1] + places[-1:]:
        found = amended(text, {place: ["a", "b # c"]}, path.name)
        after = loaded(found)
        after["metrics"][place[1]]["from"] = before["metrics"][place[1]]["from"]  # type: ignore[index]
        assert after == before
        changed = [(old, new) for old, new in zip(text.splitlines(), found.splitlines(), strict=True) if old != new]
        assert len(changed) == 1
        assert changed[0][1].partition("#")[0] != changed[0][0].partition("#")[0]


@given(st.recursive(st.text() | st.booleans() | st.integers(-(2**60), 2**60) | st.decimals(allow_nan=False, allow_infinity=False, min_value=-1e6, max_value=1e6, places=3), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3), max_leaves=8))  # fmt: skip
def test_what_is_written_is_read_again(value: object):
    read = loaded(f"a = {toml_value(value)}\n")["a"]
    assert read == _as_read(value)


def _as_read(value: object) -> object:
    """Halves of characters cannot be kept in any file."""
    if isinstance(value, str):
        return (
            value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            if value.isascii()
            else "".join("\ufffd" if "\ud800" <= sign <= "\udfff" else sign for sign in value)
        )
    if isinstance(value, list):
        return [_as_read(one) for one in value]
    return {_as_read(key): _as_read(one) for key, one in value.items()} if isinstance(value, dict) else value


@given(st.text())
def test_no_text_breaks_out_of_its_line(text: str):
    written = f"{toml_key(text)} = {toml_value(text)}"
    assert len(written.splitlines()) == 1
    assert len(loaded(written)) == 1
