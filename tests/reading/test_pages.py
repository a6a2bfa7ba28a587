"""Pages that are no boards are recognised; boards that look a little like them are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.errors import Refused
from tracker.reading.pages import DATA_FORMATS, HEAD, MARKUP_FORMATS, recognise

FORMATS = (*DATA_FORMATS, *MARKUP_FORMATS)


def page(body: str = "", *, head: str = "", title: str = "Leaderboard") -> bytes:
    return f'<!DOCTYPE html><html lang="en"><head><title>{title}</title>{head}</head><body>{body}</body></html>'.encode()


def message_of(body: bytes, parser: str) -> str:
    try:
        recognise("arena/text", body, parser)
    except Refused as refused:
        return str(refused)
    return "let through"


TABLE = "<table><tr><th>Model</th><th>Score</th></tr><tr><td>Kimi K3</td><td>58.2</td></tr></table>"
FLIGHT = '<script>self.__next_f.push([1,"2:[{\\"model\\":\\"Kimi K3\\",\\"score\\":58.2}]"])</script>'
WORDS = "<p>" + "How we measure models on our private set of questions. " * 20 + "</p>"

NO_BOARDS = {
    "Cloudflare challenge": page("<h1>Checking your browser</h1>", title="Just a moment..."),
    "Cloudflare challenge page": page("<script>window._cf_chl_opt={cType:'managed'}</script>", title="example.invalid"),
    "Cloudflare block": page("<p>Sorry, you have been blocked</p>", title="Attention Required! | Cloudflare"),
    "Vercel Security Checkpoint": page("<p>We're verifying your browser</p>", title="Vercel Security Checkpoint"),
    "DataDome": page('<iframe src="https://geo.captcha-delivery.com/captcha/"></iframe>', title="example.invalid"),
    "PerimeterX": page('<div id="px-captcha"></div>', title="Access to this page has been denied"),
    "Akamai": page("<h1>Access Denied</h1>Reference&#32;&#35;18.2d1", title="Access Denied"),
    "Imperva": page('<iframe src="/_Incapsula_Resource?x=1"></iframe>', title=""),
    "AWS WAF": page("<script>window.awsWafCookieDomainList=[]</script>", title=""),
    "hCaptcha": page('<p>Are you human?</p><div class="h-captcha"></div>', title="One more step"),
    "reCAPTCHA": page('<form><div class="g-recaptcha"></div></form>', title="Verify"),
    "Turnstile": page(
        '<div class="cf-turnstile"></div><script src="https://challenges.cloudflare.com/x.js"></script>', title="Verify"
    ),
    "login page": page('<form action="/login"><input name="u"><input type="password" name="p"></form>' + WORDS, title="Welcome"),
    "login page with": page(FLIGHT + "<form><input type=password></form>", title="Log in to Arena"),
    "Next.js error page 404": page(
        FLIGHT + '<script>self.__next_f.push([1,"b:E{\\"digest\\":\\"NEXT_HTTP_ERROR_FALLBACK;404\\"}"])</script>'
    ),
    "Next.js error page": page(FLIGHT).replace(b"<html ", b'<html id="__next_error__" '),
    "empty until its script runs": page(
        '<noscript>You need JavaScript</noscript><div id="root"></div><script src="/main.js"></script>'
    ),
    "page that is empty until": page("<app-root>Loading…</app-root><script src=/main.js></script><svg><path d='M0 0'/></svg>"),
}


@pytest.mark.parametrize("parser", FORMATS)
@pytest.mark.parametrize("what", NO_BOARDS)
def test_a_page_that_is_not_a_board_is_named(what: str, parser: str):
    with pytest.raises(Refused) as refused:
        recognise("arena/text", NO_BOARDS[what], parser)
    message = str(refused.value)
    assert message.startswith("arena/text: ")
    assert what.removesuffix(" with") in message
    assert "; expected " in message
    assert "\n" not in message


def test_the_title_is_quoted_as_written():
    with pytest.raises(Refused, match=r'Cloudflare challenge page "Just a moment\.\.\."'):
        recognise("arena/text", NO_BOARDS["Cloudflare challenge"], "html_table")


BOARDS = {
    "a table behind a captcha script": page(TABLE, head='<script src="https://www.google.com/recaptcha/enterprise.js"></script>'),
    "a table beside Cloudflare's beacon": page(TABLE + '<script src="/cdn-cgi/challenge-platform/scripts/jsd/main.js"></script>'),
    "rows in flight data with the beacon": page(
        FLIGHT + '<script src="/cdn-cgi/challenge-platform/scripts/jsd/main.js"></script>'
    ),
    "rows in flight data with a captcha": page('<div id="__next"></div>' + FLIGHT + '<div class="g-recaptcha"></div>'),
    "a table with a login form": page('<form><input type="password"></form>' + TABLE),
    "flight data with a login form": page('<form><input type="password"></form>' + FLIGHT, title="Leaderboard"),
    "a rendered single-page app": page(f'<div id="root">{TABLE}</div><script src="/main.js"></script>'),
    "an app with its rows in the page": page(f'<div id="root">{WORDS}</div><script src="/main.js"></script>'),
    "a small page without script": page("<ul><li>Kimi K3 58.2</li></ul>"),
    "a board of captcha solving": page("<h1>Captcha Bench: access denied or not</h1>" + TABLE, title="CAPTCHA leaderboard"),
    "a table only after the head": page(
        "<p>x</p>" * HEAD + TABLE + "NEXT_HTTP_ERROR_FALLBACK;404", head="NEXT_HTTP_ERROR_FALLBACK;404"
    ),
    "a page in upper case": page(TABLE, head="<script>h-captcha</script>").upper(),
    "the bare flight stream": b'0:{"P":null}\n1:["$","div",null,{"children":"Just a moment..."}]\n',
}


@pytest.mark.parametrize("parser", MARKUP_FORMATS)
@pytest.mark.parametrize("what", BOARDS)
def test_a_board_is_let_through(what: str, parser: str):
    recognise("arena/text", BOARDS[what], parser)


DATA = {
    "json_records": b'{"data":[{"name":"<html>"}]}',
    "csv_table": b"model,score\n<b>Kimi</b>,58.2\n",
    "json_lines": b'{"model": "Kimi", "score": 58.2}\n',
    "yaml_records": b"- model: Kimi\n  score: 58.2\n",
    "markdown_table": b'<p align="center"><img src="x.png"></p>\n\n# Leaderboard\n\nJust a moment...\n\n|a|b|\n|-|-|\n',
}


@pytest.mark.parametrize("parser", DATA)
def test_data_is_let_through(parser: str):
    recognise("arena/text", DATA[parser], parser)
    recognise("arena/text", b"\xef\xbb\xbf" + DATA[parser], parser)


@pytest.mark.parametrize("parser", DATA)
@pytest.mark.parametrize("beginning", [b"", b"\xef\xbb\xbf", b"\r\n  ", b"<!-- cached -->\n", b'<?xml version="1.0"?>\n'])
def test_html_instead_of_data_is_named(parser: str, beginning: bytes):
    with pytest.raises(Refused, match=f'HTML page "Leaderboard"; expected {DATA_FORMATS[parser]}; check request.url'):
        recognise("arena/text", beginning + page(WORDS + TABLE), parser)


@pytest.mark.parametrize("parser", ["json_records", "csv_table", "yaml_records"])
def test_an_xml_error_instead_of_data_is_refused(parser: str):
    with pytest.raises(Refused, match="expected"):
        recognise("arena/text", b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', parser)


def test_json_may_be_inside_a_page():
    recognise("swebench/verified", page('<script type="application/json" id="leaderboard">[]</script>'), "json_records")


HOSTILE = [
    *(b"<html>" + b"<script>" * 9000, b"<html>" + b"<title" * 12000, b"<html><!--" * 6000, b"<!--" * 16000, b"<!--x-->" * 8000),
    *(
        b"<html><script><div id=root>" + b"<a" * 30000,
        b"<html><input " + b" type" * 12000 + b"password",
        b" " * 65000 + b"<html>",
    ),
    *(
        b"",
        b"\x00" * 100,
        b"<",
        b"\xff\xfe<\x00h\x00t\x00m\x00l\x00>\x00",
        b"<html><title>\xff\n\x1b[31m</title><div id=root><script>",
    ),
]


@pytest.mark.timeout(5)
@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("parser", FORMATS)
def test_hostile_bytes_are_judged_quickly_and_in_one_printable_line(body: bytes, parser: str):
    assert message_of(body, parser).isprintable()


@given(body=st.binary(max_size=200), parser=st.sampled_from(FORMATS), html=st.booleans())
def test_any_bytes_pass_or_are_refused(body: bytes, parser: str, html: bool):
    assert message_of(b"<html>" + body if html else body, parser).startswith(("arena/text: ", "let through"))


def test_only_the_head_of_a_page_is_examined():
    far = page("<p>x</p>" * HEAD + '<form><input type="password"></form><div class="h-captcha"></div>')
    recognise("arena/text", far, "html_table")


STATES = (
    'window.__STATE__={"teams":[%s]};',
    "var app = {'teams': [%s]}",
    'self.boot = JSON.parse("{\\"teams\\":[%s]}")',
    "window.rows = [%s]",
)


@pytest.mark.parametrize("state", STATES)
def test_a_page_of_little_text_with_a_list_in_its_state_is_let_through(state: str):
    quote = '\\"' if "JSON.parse" in state else '"'
    rows = ", ".join(f"{{{quote}team{quote}: {quote}Heron {at}{quote}, {quote}points{quote}: {90 - at}}}" for at in range(6))
    body = page(f'<div id="app">Loading…</div><script>{state % rows}</script>')
    recognise("arena/text", body, "js_literal")


def test_a_page_of_little_text_with_settings_alone_is_empty():
    settings = '{"api":{"url":"/v1"},"flags":{"ads":true},"user":null,"locale":"en"}'
    with pytest.raises(Refused, match="empty until its script runs"):
        recognise("arena/text", page(f'<div id="app"></div><script>window.__ENV__={settings}</script>'), "js_literal")
