"""Keys come from the environment, go to the publisher, and nowhere else."""

import logging
import traceback

import pytest
from fetch_world import PAGE, answer, failing, make_board
from hypothesis import given
from hypothesis import strategies as st

from tracker.errors import FetchError, Gone, Refused, Transient
from tracker.fetch.client import ask_for
from tracker.fetch.http import httpx
from tracker.fetch.keys import Secrets
from tracker.model import Validators
from tracker.redaction import spellings

SECRET = "s3cr/t+Key=&%1"
KEY = {"API_KEY": SECRET}


def everything_said(error: FetchError, log: pytest.LogCaptureFixture) -> str:
    records = "".join(f"{record.getMessage()} {vars(record)}" for record in log.records)
    return "".join(traceback.format_exception(error)) + repr(vars(error)) + repr(error.answer) + records


def assert_untold(text: str) -> None:
    lowered = text.lower()
    assert [spelling for spelling in spellings(SECRET) if spelling.lower() in lowered] == []


@pytest.mark.parametrize("environment", [{}, {"API_KEY": ""}, {"OTHER": "x"}])
@pytest.mark.parametrize(
    "declared", [{"headers": {"X-Key": "Bearer ${API_KEY}"}}, {"params": {"key": "${API_KEY}"}}, {"url": PAGE + "?k=${API_KEY}"}]
)
def test_a_missing_key_pauses_the_board_before_any_request(world, environment, declared):
    with pytest.raises(Refused, match=r"^test/board: paused: no key: set API_KEY in the environment$"):
        world.fetcher(environment).fetch(make_board(**declared))
    assert world.asked == []


def test_every_missing_key_is_named_at_once(world):
    with pytest.raises(Refused, match="set A, B in"):
        world.fetcher().fetch(make_board(headers={"X": "${B} ${A}"}))


def test_keys_are_filled_in_where_they_are_named(world):
    world.put("/models", answer())
    board = make_board(PAGE + "?a=${API_KEY}", headers={"X-Key": "Bearer ${API_KEY}"}, params={"b": "${API_KEY}"})
    captured = world.fetcher(KEY).fetch(board)
    assert world.last.headers["x-key"] == f"Bearer {SECRET}"
    assert dict(world.last.url.params) == {"a": SECRET, "b": SECRET}
    assert captured.url == PAGE + "?a=${API_KEY}"
    assert_untold(repr(captured))


def test_a_key_in_the_url_cannot_change_the_host(world):
    world.put("/x@evil.test/", answer())
    world.put("/x%40evil.test%2F", answer())
    world.fetcher({"API_KEY": "x@evil.test/"}).fetch(make_board("https://board.test/${API_KEY}"))
    assert world.last.url.host == "board.test"


def leaving(secret_url: str):
    return answer(302, location=secret_url)


TROUBLES = {
    "an error page that repeats it": answer(401, f'{{"wrong key": "{SECRET}"}}'.encode(), content_type=f"text/{SECRET}"),
    "an escaped error page": answer(403, b"s3cr\\/t+Key=&%1 s3cr%2ft%2bKey%3d%26%251"),
    "a page that repeats it": answer(200, f"<a href='?k={SECRET}'>".encode()),
    "a redirect that repeats it": leaving(f"https://inside.test/{SECRET}?k={SECRET}"),
    "a redirect to what is no url": leaving(f"https://[{SECRET}"),
    "a redirect to no web": leaving(f"ftp://{SECRET}@board.test/{SECRET}"),
    "a redirect in circles": answer(302, location="/models"),
    "a coding that repeats it": answer(200, content_encoding=SECRET),
    "the library's text": failing(httpx.ConnectError(f"cannot reach https://board.test/?k={SECRET}")),
    "the library's refusal": failing(httpx.LocalProtocolError(f"Illegal header value b'{SECRET}'")),
    "a timeout": failing(httpx.ReadTimeout(SECRET)),
    "a server error": answer(500, SECRET.encode()),
}


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES.keys())
def test_no_error_repeats_a_key(world, caplog, trouble):
    caplog.set_level(logging.DEBUG)
    world.addresses["inside.test"] = ["10.0.0.1"]
    world.put("/models", trouble)
    board = make_board(headers={"X-Key": "${API_KEY}"}, params={"k": "${API_KEY}"})
    with pytest.raises(FetchError) as caught:
        world.fetcher(KEY).fetch(board)
    assert_untold(everything_said(caught.value, caplog))


def test_success_logs_no_url(world, caplog):
    caplog.set_level(logging.DEBUG)
    world.put("/models", answer())
    world.fetcher(KEY).fetch(make_board(params={"k": "${API_KEY}"}))
    assert "board fetched" in caplog.text
    assert "https://" not in caplog.text
    assert_untold(caplog.text)


def test_other_users_of_the_library_keep_their_log(caplog):
    caplog.set_level(logging.INFO)
    with httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(204))) as client:
        client.get("https://elsewhere.test/")
    assert "elsewhere.test" in caplog.text


@pytest.mark.parametrize("value", ["line\nbreak", "tail\r\n", "\udc80broken"])
def test_a_key_with_unprintable_characters_pauses_the_board_and_is_not_shown(world, caplog, value):
    with pytest.raises(Refused, match="paused: the value of API_KEY has a line end") as caught:
        world.fetcher({"API_KEY": value}).fetch(make_board(params={"k": "${API_KEY}"}))
    assert world.asked == []
    assert value not in everything_said(caught.value, caplog)


@pytest.mark.parametrize("value", ["trailing ", "schlüssel"])
def test_a_key_unfit_for_a_header_is_refused_before_any_request_and_not_shown(world, caplog, value):
    with pytest.raises(Refused, match="'x-key' has characters that no header may contain") as caught:
        world.fetcher({"API_KEY": value}).fetch(make_board(headers={"X-Key": "${API_KEY}"}))
    assert world.asked == []
    assert value.strip() not in everything_said(caught.value, caplog)


def test_a_page_that_repeats_a_key_is_not_kept(world):
    world.put("/models", answer(body=f'{{"self": "{SECRET.upper()}"}}'.encode()))
    with pytest.raises(Refused, match="the answer repeats the value of API_KEY"):
        world.fetcher(KEY).fetch(make_board(headers={"X-Key": "${API_KEY}"}))


def test_a_validator_that_repeats_a_key_is_not_kept(world):
    world.put("/models", answer(304, etag=f'"{SECRET}"'))
    with pytest.raises(Refused, match="repeats"):
        world.fetcher(KEY).fetch(make_board(headers={"X-Key": "${API_KEY}"}), Validators(etag='"a"'))


def test_evidence_keeps_the_page_and_hides_the_key(world):
    world.put("/models", answer(403, f"key {SECRET} is blocked".encode()))
    with pytest.raises(Refused) as caught:
        world.fetcher(KEY).fetch(make_board(headers={"X-Key": "${API_KEY}"}))
    assert caught.value.answer.body == b"key ${API_KEY} is blocked"


def test_a_board_without_keys_may_publish_anything(world):
    world.put("/models", answer(body=SECRET.encode()))
    assert world.fetcher(KEY).fetch(make_board()).bodies == (SECRET.encode(),)


def test_the_repr_of_a_request_hides_its_keys():
    board = make_board(headers={"X-Key": "${API_KEY}"}, params={"k": "${API_KEY}"})
    ask = ask_for(board, board.request, KEY)
    assert_untold(repr(ask))


secret_texts = st.text(st.characters(codec="utf-8", exclude_characters="${}"), min_size=1, max_size=12)


@given(before=st.text(max_size=8), value=secret_texts, after=st.text(max_size=8))
def test_scrubbing_removes_every_spelling_of_a_value(before, value, after):
    secrets = Secrets({"N": value})
    for spelling in spellings(value):
        body = (before + spelling + after).encode("utf-8", "surrogatepass")
        assert secrets.found_in(body) == "N"
        rest = secrets.scrub_bytes(body).replace(b"${N}", b"\n$\n")
        assert value.encode() not in rest or value in "\n$\n"


def test_a_key_that_contains_another_is_hidden_whole():
    secrets = Secrets({"SHORT": "abc", "LONG": "xxabcxx"})
    assert secrets.scrub("k=xxABCxx, abc") == "k=${LONG}, ${SHORT}"


@pytest.mark.parametrize(("status", "kind"), [(404, Gone), (500, Transient)])
def test_errors_show_the_url_without_its_query(world, status, kind):
    world.put("/models", answer(status))
    with pytest.raises(kind, match=r"https://board.test/models: answered"):
        world.fetcher(KEY).fetch(make_board(PAGE + "?k=${API_KEY}"))
