"""What all declarations have in common: how a file is read, how a value is judged, and how it is said in one line."""

from __future__ import annotations

import errno
import os
import re
import traceback
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import begins
from msgspec import Meta, Struct

from tracker import toml
from tracker.errors import DeclarationError
from tracker.toml import Wrong
from tracker.wording import safe

SECRET = "xoxb17a9c3f04e5d6b7c8d9e"
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class Rocket(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Annotated[str, Meta(description="What it is called")]
    stage: Literal["first", "last"] | Annotated[int, Meta(ge=1)] | None = None
    key: str = ""


def refused(values: dict[str, object]) -> str:
    with pytest.raises(Wrong) as caught:
        toml.table(values, Rocket, secret=("key",))
    return str(caught.value)


# ── files ────────────────────────────────────────────────────────────────────────────────────────


def test_an_error_begins_with_its_place():
    with pytest.raises(DeclarationError, match=r"^schedules/x\.toml: it is$"), toml.at("schedules/x.toml"):
        raise Wrong("it is")


def test_an_absent_file_is_empty_only_if_it_is_optional(tmp_path: Path):
    assert toml.text_of(tmp_path / "no.toml", optional=True) == ""
    with pytest.raises(Wrong, match=f"^cannot be read: {os.strerror(errno.ENOENT)}$"):
        toml.text_of(tmp_path / "no.toml")
    (tmp_path / "file").write_text("")
    with pytest.raises(Wrong, match=f"^cannot be read: {os.strerror(errno.ENOTDIR)}$"):
        toml.text_of(tmp_path / "file" / "no.toml", optional=True)


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.toml")
    with pytest.raises(Wrong, match=r"^is not a regular file; expected a TOML file$"):
        toml.text_of(tmp_path / "pipe.toml", optional=True)


@pytest.mark.parametrize("size", [9, 10])
def test_a_file_of_the_size_allowed_is_read_whole(tmp_path: Path, size: int):
    (tmp_path / "a.toml").write_text("#" * size)
    assert toml.text_of(tmp_path / "a.toml", max_bytes=10) == "#" * size


def test_a_longer_file_is_refused(tmp_path: Path):
    (tmp_path / "a.toml").write_text("#" * 11)
    with pytest.raises(Wrong, match=r"^has 11 bytes; expected at most 10$"):
        toml.text_of(tmp_path / "a.toml", max_bytes=10)


@pytest.mark.parametrize(
    "text",
    [
        f'a = "{SECRET}" x',
        f"[[route]\n{SECRET}",
        f"a = {{ {SECRET} = 1, {SECRET} = 2 }}",
        f"a = 1\n[{SECRET}]\n[{SECRET}]",
        f'a = "{SECRET}',
    ],
)  # fmt: skip
def test_neither_the_message_nor_its_cause_repeats_a_file_of_secrets(text: str):
    with pytest.raises(Wrong, match=r"^is not valid TOML \(at ") as caught:
        toml.tables(text, secret=True)
    assert SECRET not in "".join(line for line in traceback.format_exception_only(caught.value))
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_the_message_on_any_other_file_says_what_is_wrong():
    with pytest.raises(Wrong, match=r"^is not valid TOML: .+"):
        toml.tables("a = 1\na = 2")


# ── values ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"nmae": "x"}, 'nmae is unknown; did you mean "name"? known: key, name, stage'),
        ({"na\nme": "x"}, '"na\\nme" is unknown; did you mean "name"? known: key, name, stage'),
        ({}, "name is missing (what it is called)"),
        ({"name": 3}, "name = 3: … text … whole number … (what it is called)"),
        ({"name": "x", "stage": "frist"}, ('stage = "frist" is unknown; did you mean "first"? known:'
            ' first, last; or a whole number')),
        ({"name": "x", "stage": 0}, "stage = 0: … whole number … 1"),
        ({"name": "x", "key": [SECRET]}, "key = (not shown): … text … list"),
    ],
)  # fmt: skip
def test_a_wrong_table_names_the_key_what_was_found_and_what_is_expected(values: dict[str, object], message: str):
    assert re.search(begins(message) + r"\Z", refused(values))


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("Expected `int`, got `str`", "expected whole number, found text"),
        ("Expected `int | float | null`, got `array`", "expected whole number or number, found list"),
        ("Expected `decimal | float`, got `object`", "expected number, found table"),
        ("Expected `bool` or none", "expected true or false or none"),
        ("Something new about `date`", "something new about date"),
    ],
)
def test_the_types_of_a_message_are_named_in_the_words_of_toml(message: str, words: str):
    assert toml.in_toml_words(message) == words


def test_a_right_table_takes_its_shape():
    values: Any = {"name": "x", "stage": 2}
    assert toml.table(values, Rocket) == Rocket(name="x", stage=2)


@given(st.integers(0, 99_999), st.sampled_from(sorted(UNITS)))
def test_a_span_is_its_number_of_seconds(number: int, unit: str):
    assert toml.span_s(f"{number}{unit}") == timedelta(**{UNITS[unit]: number}).total_seconds()


@pytest.mark.parametrize("text", ["", "6", "h", "-6h", "6 h", "6H", "1.5h", "6h30m", "100000s", "٣h", "6h\n"])
def test_any_other_text_is_not_a_span(text: str):
    with pytest.raises(ValueError, match=r"^not a span of time; expected a number and s, m, h, d or w"):
        toml.span_s(text)


def test_a_span_may_have_a_minimum():
    assert toml.span_s("0h") == 0
    with pytest.raises(ValueError, match="not a span"):
        toml.span_s("0h", least=1)


@pytest.mark.parametrize("text", ["", "Europe/Berln", "../etc/passwd", "/etc/localtime", "a\0b", "America", "\ud800"])
def test_a_place_without_a_clock_is_not_a_time_zone(text: str):
    with pytest.raises(Wrong, match=r"^time_zone = ") as caught:
        toml.understood("time_zone", text, toml.time_zone)
    assert str(caught.value).isprintable()


@given(st.text(st.characters(), max_size=200))
def test_a_quoted_value_is_one_short_line(text: str):
    message = toml.quoted(text)
    assert safe(message) == message
    assert message.startswith('"')
    assert len(message) <= 2 + 80 * len("\\U0010ffff")
