"""Keys come from the environment, go to the publisher, and nowhere else."""

import base64
import codecs
import logging
import traceback
import zipfile
from io import BytesIO
from urllib.parse import quote

import pytest
from fetch_world import PAGE, answer, failing, make_board
from hypothesis import given
from hypothesis import strategies as st

from tracker.errors import FetchError, Gone, Refused, Transient
from tracker.fetch.client import ask_for
from tracker.fetch.http import httpx
from tracker.model import Validators
from tracker.redaction import Secrets, spellings

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


LONG = "aa_7Gh2/kQ9+xZt4-Lm8WvB1nR5sYc3D"


def split_by(gap: str) -> bytes:
    return gap.join((LONG[:5], LONG[5:12], LONG[12:20], LONG[20:])).encode()


ECHOES = {
    "base64": base64.b64encode(LONG.encode()),
    "base64 for addresses": base64.urlsafe_b64encode(LONG.encode()).rstrip(b"="),
    "base64 of a text that contains it": base64.b64encode(f"Bearer {LONG} x".encode()),
    "base64 in lines": base64.encodebytes(b"x" * 50 + LONG.encode() + b"x" * 50),
    "base64 with escapes": base64.b64encode(LONG.encode()).replace(b"+", b"\\u002b").replace(b"/", b"%2F"),
    "base64 of UTF-16": base64.b64encode(LONG.encode("utf-16-le")),
    "base64 of base64": base64.b64encode(base64.b64encode(LONG.encode())),
    "base64 of a text with base64 of a text": base64.b64encode(b"x: " + base64.b64encode(f"Bearer {LONG}".encode()) + b"!"),
    "base85": base64.b85encode(LONG.encode()),
    "base85 of a text that contains it": base64.b85encode(f"Bearer {LONG} x".encode()),
    "base85 of Adobe": base64.a85encode(LONG.encode()),
    "full-width letters": "".join(chr(ord(sign) + 0xFEE0) for sign in LONG).encode(),
    "mathematical letters": "".join(chr(0x1D41A + ord(sign) - 97) if sign.islower() else sign for sign in LONG).encode(),
    "base32": base64.b32encode(LONG.encode()),
    "hexadecimal": LONG.encode().hex().upper().encode(),
    "hexadecimal bytes": LONG.encode().hex(":").encode(),
    "a list of hexadecimal numbers": b", ".join(b"0x%02x" % byte for byte in LONG.encode()),
    "a list of numbers": str(list(LONG.encode())).encode(),
    "octal escapes": b"".join(b"\\%03o" % byte for byte in LONG.encode()),
    "percent-encoding of every byte": b"".join(b"%%%02X" % byte for byte in LONG.encode()),
    "percent-encoding twice": quote(quote(LONG, safe=""), safe="").encode(),
    "escapes of JSON": b"".join(b"\\u%04x" % byte for byte in LONG.encode()),
    "escapes of JSON in JSON": b"".join(b"\\\\u%04X" % byte for byte in LONG.encode()),
    "escapes of scripts": b"".join(b"\\x%02x" % byte for byte in LONG.encode()),
    "code points of scripts": b"".join(b"\\u{%x}" % byte for byte in LONG.encode()),
    "some signs as .NET writes them": LONG.replace("+", "\\u002B").replace("/", "\\u002F").encode(),
    "decimal references": "".join(f"&#{ord(sign)};" for sign in LONG).encode(),
    "hexadecimal references": "".join(f"&#x{ord(sign):04X};" for sign in LONG).encode(),
    "named references": LONG.replace("_", "&lowbar;").replace("+", "&plus;").replace("/", "&sol;").encode(),
    "references in references": "".join(f"&amp;#{ord(sign)};" for sign in LONG).encode(),
    "reversed": LONG[::-1].encode(),
    "reversed and in capitals": LONG[::-1].upper().encode(),
    "half of it, reversed and in capitals": LONG[:18][::-1].upper().encode(),
    "rot13": codecs.encode(LONG, "rot13").encode(),
    "UTF-16": LONG.encode("utf-16-le"),
    "UTF-32": LONG.encode("utf-32-be"),
    "references in UTF-16": "".join(f"&#{ord(sign)};" for sign in LONG).encode("utf-16-be"),
    "its second half": LONG[16:].encode(),
    "zero-width spaces": split_by("\u200b"),
    "soft hyphens as references": split_by("&shy;"),
    "a joiner as an escape": split_by("\\u200d"),
    "line ends": split_by("\r\n"),
    "line ends of JSON": split_by("\\n"),
    "spaces": " ".join(LONG).encode(),
    "markup": split_by("<wbr>"),
    "markup with attributes": split_by('</b><b class="a7">'),
    "escaped markup": split_by("&lt;b&gt;"),
    "emphasis": split_by("**"),
    "a sum of texts": split_by('" + "'),
    "a comment": split_by("<!-- a note -->"),
    "an attribute": b"<a href='?k=" + quote(LONG, safe="").encode() + b"'>",
}


@pytest.mark.parametrize("echo", ECHOES.values(), ids=ECHOES.keys())
def test_a_key_in_another_encoding_is_not_kept(world, echo):
    world.put("/models", answer(body=b'{"models": [], "you": "' + echo + b'."}'))
    with pytest.raises(Refused, match="the answer repeats the value of API_KEY") as caught:
        world.fetcher({"API_KEY": LONG}).fetch(make_board(headers={"X-Key": "${API_KEY}"}))
    assert echo not in caught.value.answer.body


def test_an_error_page_with_a_key_in_another_encoding_is_not_kept(world):
    world.put("/models", answer(403, b"bad key: " + ECHOES["base64"]))
    with pytest.raises(Refused, match="answered 403") as caught:
        world.fetcher({"API_KEY": LONG}).fetch(make_board(headers={"X-Key": "${API_KEY}"}))
    assert caught.value.answer.body == b"${API_KEY}"


@pytest.mark.parametrize("header", ["etag", "content_type", "last_modified"])
def test_a_header_with_a_key_in_another_encoding_is_not_kept(world, header):
    world.put("/models", answer(**{header: f'"{LONG.encode().hex()}"'}))
    with pytest.raises(Refused, match="the answer repeats"):
        world.fetcher({"API_KEY": LONG}).fetch(make_board(headers={"X-Key": "${API_KEY}"}))


def test_a_redirect_with_a_key_in_another_encoding_is_not_shown(world):
    world.addresses["inside.test"] = ["10.0.0.1"]
    world.put("/models", answer(302, location=f"https://inside.test/{LONG.encode().hex()}"))
    with pytest.raises(Refused) as caught:
        world.fetcher({"API_KEY": LONG}).fetch(make_board(headers={"X-Key": "${API_KEY}"}))
    assert LONG.encode().hex() not in str(caught.value)
    assert "${API_KEY}" in str(caught.value)


def test_a_key_in_a_file_of_an_archive_is_not_kept(world):
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("board.csv", f"name,score\n{LONG},1\n")
    world.put("/models", answer(body=packed.getvalue()))
    with pytest.raises(Refused, match="the answer repeats the value of API_KEY") as caught:
        world.fetcher({"API_KEY": LONG}).fetch(make_board(headers={"X-Key": "${API_KEY}"}, member="board.csv"))
    assert LONG.encode() not in caught.value.answer.body


@pytest.mark.parametrize(
    "page",
    [
        b"100%% of 50% are \\ and &nosuch; &amp &#; &#x; %zz \\u12 \\u{ <b <!-- unfinished",
        f"aa_7Gh2 {LONG[:11]} {LONG[-11:]}".encode(),
        b"%aa_7Gh2 &aa=1",
        LONG[:13].encode() + LONG[16:27].encode(),
    ],
)
def test_a_page_without_the_key_is_kept(world, page):
    world.put("/models", answer(body=page))
    assert world.fetcher({"API_KEY": LONG}).fetch(make_board(headers={"X-Key": "${API_KEY}"})).bodies == (page,)


def test_identifiers_that_share_half_of_a_key_are_kept(world):
    key, entry = b"6fa459ea-ee8a-11d2-90d4-0800200c9a66", b"7fb560fb-ff9b-11d2-90d4-0800200c9a66"
    world.put("/models", answer(body=entry))
    assert world.fetcher({"API_KEY": key.decode()}).fetch(make_board(headers={"X-Key": "${API_KEY}"})).bodies == (entry,)


@given(
    before=st.text("ab%&\\<>;x#u0", max_size=6),
    value=st.text("abcXYZ019_-+/=&%<\\", min_size=8, max_size=40),
    after=st.text(max_size=6),
)
def test_a_value_is_found_whatever_surrounds_it(before, value, after):
    assert Secrets({"N": value}).found_in(f"{before}{value}{after}".encode("utf-8", "surrogatepass")) == "N"


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
