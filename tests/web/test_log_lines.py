"""One line per log record, whatever its content, and never with a secret."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta, timezone
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker import log
from tracker.redaction import HIDDEN

STAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
Logged = Callable[..., str]


@pytest.fixture
def unlogged() -> Iterator[None]:
    """The logger as it was before."""
    logger = logging.getLogger("tracker")
    before = (logger.handlers[:], logger.level, logger.propagate)
    yield
    logger.handlers[:], logger.propagate = before[0], before[2]
    logger.setLevel(before[1])


def logged(
    event: str, /, *, as_json: bool = False, secrets: Collection[str] = (), exc_info: object = None, **facts: object
) -> str:
    """The line of one record."""
    record = logging.makeLogRecord({"name": "tracker.x", "msg": event, "levelname": "INFO", "exc_info": exc_info, **facts})
    return log._Lines(as_json=as_json, secrets=secrets).format(record)


def test_a_line_for_people_has_time_level_event_and_keys():
    line = logged("board read", board="acme/text", entries=3, first=None)
    assert re.fullmatch(STAMP + r' info board read board="acme/text" entries=3 first=null', line), line


def test_a_line_for_programs_is_one_object():
    found = json.loads(logged("board read", as_json=True, board="acme/text", entries=3, share=0.5, ok=True))
    assert list(found) == ["time", "level", "event", "board", "entries", "share", "ok"]
    assert (found["level"], found["event"], found["entries"], found["share"], found["ok"]) == ("info", "board read", 3, 0.5, True)


@pytest.mark.parametrize("as_json", [False, True])
def test_times_are_utc_in_any_zone_of_the_machine(as_json: bool):
    assert "2026-04-18T06:18:33Z" in logged(
        "x", as_json=as_json, created=datetime.fromisoformat("2026-04-18T06:18:33Z").timestamp()
    )
    local = datetime(2026, 4, 18, 8, tzinfo=timezone(timedelta(hours=2)))
    assert "2026-04-18T06:00:00Z" in logged("x", as_json=as_json, due_at=local)


def test_a_key_cannot_take_the_place_of_the_time_or_the_event():
    found = json.loads(logged("board read", as_json=True, event="forged", level="error", time="never"))
    assert (found["event"], found["level"], found["event_"], found["level_"], found["time_"]) == (
        "board read",
        "info",
        "forged",
        "error",
        "never",
    )


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_numbers_outside_json_are_texts(value: float):
    assert json.loads(logged("x", as_json=True, value=value), parse_constant=pytest.fail)["value"] == str(value)


@given(event=st.text(), value=st.text(), key=st.text(min_size=1))
@pytest.mark.parametrize("as_json", [False, True])
def test_nothing_breaks_a_line_or_controls_a_terminal(as_json: bool, event: str, value: str, key: str):
    line = logged(event, as_json=as_json, board=value, nested={key: [value]})
    assert line.isascii()
    assert line.isprintable()


@given(event=st.text(), value=st.text())
def test_json_returns_what_was_logged(event: str, value: str):
    found = json.loads(logged(event, as_json=True, value=value))
    assert (found["event"], found["value"]) == (event, value)


@given(
    tail=st.text("abcXYZ019+/=&%'\"\\ é\t", min_size=6),
    around=st.text("._-", max_size=5),
    spelled=st.sampled_from([str, quote, quote_plus, lambda text: quote(text, safe=""), str.upper, str.lower]),
)
@pytest.mark.parametrize("as_json", [False, True])
def test_a_secret_is_hidden_anywhere_in_a_line(as_json: bool, tail: str, around: str, spelled: Callable[[str], str]):
    written = spelled(f"S#{tail}")
    text = f"{around}{written}{around}"
    error = ValueError(text)
    nested = {"headers": [text, {text: 1}], "why": error}
    line = logged(
        text,
        as_json=as_json,
        secrets=[f"S#{tail}", ""],
        exc_info=(ValueError, error, None),
        url=f"https://a.example/?key={text}",
        nested=nested,
    )
    assert line.count(f"{around}{HIDDEN}{around}") == 6
    assert [dump for dump in (written, json.dumps(written)[1:-1]) if dump.lower() in line.lower()] == []


@pytest.mark.parametrize("secret", ["k/e+y=1", 'quote"d', "näme", "a b&c"])
def test_the_usual_spellings_of_a_secret_are_hidden(secret: str):
    for text in (
        secret,
        quote(secret),
        quote(secret, safe=""),
        quote_plus(secret),
        json.dumps(secret)[1:-1],
        secret.replace("/", "\\/"),
    ):
        assert logged("x", value=text, secrets=[secret]).endswith('x value="***"')


def test_a_secret_in_another_encoding_hides_the_text_that_contains_it():
    key = "aa_7Gh2kQ9xZt4Lm8WvB1nR"
    line = logged("x", why=f"bad key {key[::-1]}", path="/x", secrets=[key])
    assert line.endswith('why="***" path="/x"')


def test_a_name_in_the_environment_does_not_hide_a_text_with_the_same_letters():
    assert logged("x", path="/var/lib/leaderboard_tracker", secrets=["leaderboard-tracker"]).endswith('leaderboard_tracker"')


def test_a_secret_that_is_a_number_and_one_within_another_are_hidden():
    assert logged("x", value=123456, other=12, secrets=["123456"]).endswith('value="***" other=12')
    assert logged("x", value="sk-abc-def", secrets=["abc", "sk-abc-def"]).endswith('value="***"')


def test_an_exception_is_logged_with_its_trace():
    try:
        raise ValueError("broken\ntwice")
    except ValueError as error:
        found = json.loads(logged("page failed", as_json=True, exc_info=(ValueError, error, error.__traceback__)))
    assert found["error"] == "ValueError: broken\ntwice"
    assert [re.fullmatch(r".*test_log_lines\.py:\d+ test_an_exception.*", way) is not None for way in found["raised_at"]] == [
        True
    ]


@pytest.mark.usefixtures("unlogged")
@pytest.mark.parametrize(("verbose", "events"), [(False, ["late"]), (True, ["read", "late"])])
def test_warnings_are_logged_and_the_rest_on_request(verbose: bool, events: list[str], capsys: pytest.CaptureFixture[str]):
    log.configure(verbose=verbose, as_json=True)
    logging.getLogger("tracker.line.intake").info("read")
    logging.getLogger("tracker.line.intake").warning("late")
    assert [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()] == events


@pytest.mark.usefixtures("unlogged")
def test_configuring_again_takes_the_new_secrets_and_logs_nothing_twice(capsys: pytest.CaptureFixture[str]):
    log.configure(verbose=False, secrets=["old-secret"])
    log.configure(verbose=False, secrets=["new-secret"])
    logging.getLogger("tracker").warning("x", extra={"value": "new-secret"})
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith('warning x value="***"')
