import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from parsing import read

from tracker.errors import ParseError

TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="\ufeff\ufffe\uffff"),
    max_size=20,
)


def test_scalars_stay_as_written():
    body = """
- dirname: 2024-12-21--a
  time: 1:30
  flag: no
  date: 2024-12-21
  hash: 0123456
  odd: 1e04567
  cost: 0.0000
- dirname: "null"
  time: null
  flag: ~
  date:
  hash: ''
"""
    table = read("yaml_records", body, ["dirname", "time", "flag", "date", "hash", "odd", "cost"])
    assert table.rows == [
        ("2024-12-21--a", "1:30", "no", "2024-12-21", "0123456", "1e04567", "0.0000"),
        ("null", None, None, None, "", None, None),
    ]


def test_records_inside_and_facts_are_found_by_path():
    body = "version: 1.10\nmodels:\n  gpt: {score: 1}\n  kimi: {score: 2}\n"
    table = read("yaml_records", body, ["$key", "score"], records="models", facts={"version": "version"})
    assert (table.rows, table.facts) == ([("gpt", "1"), ("kimi", "2")], {"version": "1.10"})


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("- &a {m: 1}\n- *a\n", "an alias at line 2"),
        ("a: &x [1]\nb: [*x, *x]\n", "an alias at line 2"),
        ("- {m: 1}\n---\n- {m: 2}\n", "found 2 YAML documents"),
        ("# only a comment\n", "found 0 YAML documents"),
        ("- ? [1, 2]\n  : x\n", "key that is not text at line 1"),
        ("just text", "found 'just text' at the root"),
        ("[]", "no records"),
        ("- [m]\n", "as record 1"),
        ("- m: 1\n bad\n", "broken YAML"),
        ("- n: 1\n", "none of the wanted columns"),
        ("<html></html>", "found a page"),
    ],
)
def test_other_yaml_than_a_plain_list_of_records_is_refused(body, message):
    with pytest.raises(ParseError, match=message):
        read("yaml_records", body, ["m"])


@pytest.mark.parametrize("opening", ["[", "- ", "{a: "])
def test_deep_nesting_is_refused_by_us_or_by_the_library(opening):
    with pytest.raises(ParseError, match=r"more than 60 levels|broken YAML"):
        read("yaml_records", opening * 100_000, ["m"])


def test_nesting_just_past_our_own_limit_is_refused():
    with pytest.raises(ParseError, match="more than 60 levels at line 1"):
        read("yaml_records", "[" * 62 + "]" * 62, ["m"])


def test_a_python_tag_builds_nothing():
    table = read("yaml_records", '- m: !!python/object/apply:os.system ["true"]\n', ["m"])
    assert table.rows == [('["true"]',)]


@given(st.lists(st.fixed_dictionaries({"name": TEXT, "score": TEXT}), min_size=1, max_size=6))
def test_what_was_written_is_read(records):
    body = yaml.safe_dump(records, allow_unicode=True)
    table = read("yaml_records", body, ["name", "score"])
    rows = [(record["name"], record["score"]) for record in records]
    assert table.rows == ([row for row in rows if "".join(row).strip()] or rows)


@pytest.mark.parametrize(
    "body",
    [
        "- name: a\n  score: 1\n\t\n- name: b\n  score: 2\n",
        "- name: a\n  score: 1\n  \t \n\n- name: b\n  score: 2\n",
        "-\tname: a\n  score: 1\n-\tname: b\n  score: 2\n",
        "-\t\tname: a\n  score: 1\n- name: b\n  score: 2\n",
    ],
)
def test_tabs_that_indent_nothing_are_blanks(body):
    assert read("yaml_records", body, ["name", "score"]).rows == [("a", "1"), ("b", "2")]


@pytest.mark.parametrize("rest", ["", "# Heading\n\nText.\n", "<div>{{ site.rows }}</div>\n", "\n\nName | b\n"])
def test_the_front_matter_of_a_page_is_its_document(rest):
    body = f"---\ntitle: t\nrows:\n  - {{m: a, s: 1.50}}\n---\n{rest}"
    assert read("yaml_records", body, ["m", "s"], records="rows").rows == [("a", "1.50")]


@pytest.mark.parametrize(
    "text", ["- name: &m Heron\n  score: 3\n", "- &first\n  name: Heron\n  score: 3\n", "- {name: Heron, score: &s 3}\n"]
)
def test_an_anchor_that_no_alias_uses_is_ignored(text: str):
    assert read("yaml_records", text, ["name", "score"]).rows == [("Heron", "3")]
