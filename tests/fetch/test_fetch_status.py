"""The outcome of one page: a capture, `Unchanged`, or an error that states what can be done."""

import socket
from datetime import timedelta

import pytest
from fetch_world import PAGE, START, answer, failing, make_board

from tracker.errors import DeclarationError, FetchError, Gone, Refused, Transient
from tracker.fetch.http import httpx
from tracker.model import Capture, Unchanged, Validators


def test_a_page_becomes_a_capture(world):
    world.put(
        "/models",
        answer(body=b"[1, 2]", content_type="application/json", etag='"a"', last_modified="Fri, 10 Apr 2026 05:00:00 GMT"),
    )
    assert world.fetcher().fetch(make_board()) == Capture(
        board="test/board",
        observed_at=START,
        url=PAGE,
        bodies=(b"[1, 2]",),
        status=200,
        content_type="application/json",
        validators=Validators(etag='"a"', last_modified="Fri, 10 Apr 2026 05:00:00 GMT"),
    )


def test_validators_are_sent_back_and_304_means_unchanged(world):
    world.put("/models", answer(304, etag='"b"'))
    last = Validators(etag='W/"a"', last_modified="Fri, 10 Apr 2026 05:00:00 GMT")
    outcome = world.fetcher().fetch(make_board(), last)
    assert outcome == Unchanged(
        board="test/board", observed_at=START, url=PAGE, validators=Validators(etag='"b"', last_modified=last.last_modified)
    )
    assert world.last.headers["if-none-match"] == 'W/"a"'
    assert world.last.headers["if-modified-since"] == last.last_modified


def test_an_unconditional_304_is_an_error(world):
    world.put("/models", answer(304))
    with pytest.raises(Transient, match="answered 304, expected 200"):
        world.fetcher().fetch(make_board())


def test_a_validator_unfit_for_a_header_is_neither_kept_nor_sent(world):
    world.put("/models", answer(etag="x" * 2000))
    captured = world.fetcher().fetch(make_board(), Validators(etag='"a"\r\nHost: evil'))
    assert "if-none-match" not in world.last.headers
    assert captured.validators == Validators()


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        *((status, Refused) for status in (300, 400, 401, 402, 403, 405, 407, 418, 451)),
        *((status, Gone) for status in (404, 410)),
        *((status, Transient) for status in (202, 204, 408, 425, 429, 500, 502, 503, 504, 520)),
    ],
)
def test_a_status_decides_what_can_be_done(world, status, kind):
    world.put("/models", answer(status, b"why", content_type="text/plain"))
    with pytest.raises(FetchError, match=f"^test/board: https://board.test/models: answered {status}, expected 200") as caught:
        world.fetcher().fetch(make_board())
    assert type(caught.value) is kind
    evidence = caught.value.answer
    assert (evidence.status, evidence.body, evidence.content_type, evidence.url) == (status, b"why", "text/plain", PAGE)


def test_a_transient_error_is_tried_three_times_at_growing_intervals(world):
    world.put("/models", answer(503), answer(502), answer(body=b"third"))
    assert world.fetcher().fetch(make_board()).bodies == (b"third",)
    first, second = world.clock.slept
    assert 1 <= first <= 2 <= second <= 3


def test_after_three_tries_the_last_error_is_raised(world):
    world.put("/models", answer(500), answer(502), answer(504), answer())
    with pytest.raises(Transient, match="answered 504"):
        world.fetcher().fetch(make_board())
    assert len(world.pages) == 3


@pytest.mark.parametrize("status", [403, 404])
def test_a_permanent_error_is_tried_once(world, status):
    world.put("/models", answer(status))
    with pytest.raises(FetchError):
        world.fetcher().fetch(make_board())
    assert len(world.pages) == 1


@pytest.mark.parametrize(
    ("error", "kind", "text"),
    [
        (httpx.ReadTimeout("slow"), Transient, r"no answer within 30 s \(read timeout\)"),
        (httpx.ConnectError("down"), Transient, r"the connection failed \(connect error\)"),
        (httpx.RemoteProtocolError("cut off"), Transient, r"the connection failed \(remote protocol error\)"),
        (httpx.LocalProtocolError("bad header"), Refused, "the request cannot be sent"),
    ],
)
def test_a_network_error_names_its_kind_and_keeps_its_cause(world, error, kind, text):
    world.put("/models", failing(error))
    with pytest.raises(kind, match=text) as caught:
        world.fetcher().fetch(make_board())
    assert caught.value.__cause__ is error
    assert caught.value.answer is None


def unknown(errno: int) -> httpx.ConnectError:
    error = httpx.ConnectError("[Errno] Name or service not known")
    error.__cause__ = socket.gaierror(errno, "Name or service not known")
    return error


def test_an_unknown_host_may_mean_a_missing_network_and_is_retried(world):
    world.put("/models", failing(unknown(socket.EAI_NONAME)))
    with pytest.raises(Transient, match=r"no such host 'board.test', or no network"):
        world.fetcher().fetch(make_board())
    world.put("/models", failing(unknown(socket.EAI_AGAIN)))
    with pytest.raises(Transient):
        world.fetcher().fetch(make_board())


def test_a_body_beyond_the_cap_is_refused_not_cut(world):
    world.put("/models", answer(body=b"x" * 101))
    with pytest.raises(Refused, match=r"more than 100 bytes, expected no more; raise request.max_bytes"):
        world.fetcher().fetch(make_board(max_bytes=100))
    world.put("/models", answer(body=b"x" * 100))
    assert world.fetcher().fetch(make_board(max_bytes=100)).bodies == (b"x" * 100,)


def test_a_damaged_body_is_an_error(world):
    world.put("/models", answer(body=b"<html>", content_encoding="gzip"))
    with pytest.raises(Transient, match="not a gzip stream"):
        world.fetcher().fetch(make_board())


def test_a_damaged_error_page_does_not_hide_its_status(world):
    world.put("/models", answer(404, b"<html>", content_encoding="br"))
    with pytest.raises(Gone) as caught:
        world.fetcher().fetch(make_board())
    assert caught.value.answer.body == b""


def test_a_long_error_page_is_kept_in_part(world):
    world.put("/models", answer(403, b"x" * 300_000))
    with pytest.raises(Refused, match="answered 403") as caught:
        world.fetcher().fetch(make_board())
    assert len(caught.value.answer.body) == 256 * 1024


def test_a_slow_drip_is_cut_off_at_four_timeouts(world):
    ticks = iter(range(0, 10_000, 9))
    served = []

    def drip():
        while True:
            served.append(b"x")
            yield b"x"

    def dripping(request):
        return answer(body=drip())(request)

    world.put("/models", dripping)
    with pytest.raises(Transient, match="not done after 40 s, expected within 10 s"):
        world.fetcher(monotonic=lambda: next(ticks)).fetch(make_board(timeout_s=10.0))
    assert len(served) < 20


def test_requests_name_us_and_the_encodings_we_accept(world):
    world.put("/models", answer())
    world.fetcher({"TRACKER_CONTACT": "ops@example.org"}).fetch(
        make_board(headers={"User-Agent": "Mozilla/5.0", "Accept-Encoding": "br"})
    )
    for request in world.asked:
        assert request.headers["user-agent"].startswith("leaderboard-tracker/")
        assert request.headers["user-agent"].endswith(" (+ops@example.org)")
        assert request.headers["accept-encoding"] == "gzip, deflate"


def test_without_a_contact_the_project_is_named(world):
    world.put("/models", answer())
    world.fetcher().fetch(make_board())
    assert "(+https://github.com/leaderboard-tracker/leaderboard-tracker)" in world.last.headers["user-agent"]


def test_a_contact_unfit_for_a_header_is_a_wrong_declaration(world):
    with pytest.raises(DeclarationError, match="correct TRACKER_CONTACT"):
        world.fetcher({"TRACKER_CONTACT": "jürgen\n"})


def test_no_cookie_is_sent_back(world):
    world.put("/models", answer(set_cookie="session=1; Path=/"))
    fetcher = world.fetcher()
    fetcher.fetch(make_board())
    fetcher.fetch(make_board())
    assert "cookie" not in world.last.headers


def test_params_join_those_of_the_url(world):
    world.put("/models", answer())
    world.fetcher().fetch(make_board(f"{PAGE}?a=1", params={"b": "2 &"}, method="POST"))
    assert world.last.method == "POST"
    assert dict(world.last.url.params) == {"a": "1", "b": "2 &"}


def test_a_url_without_params_is_sent_unchanged(world):
    world.put("/models", answer())
    world.fetcher().fetch(make_board(f"{PAGE}?_rsc&b=%2f"))
    assert world.pages == [f"{PAGE}?_rsc&b=%2f"]


@pytest.mark.parametrize(
    "url", ["ftp://board.test/x", "https://", "https://u:p@board.test/", "no url", "https://[::1", "https://board.test:x/"]
)
def test_an_unusable_url_is_refused_before_any_request(world, url):
    with pytest.raises(Refused, match=r"request.url"):
        world.fetcher().fetch(make_board(url))
    assert world.asked == []


@pytest.mark.parametrize("declared", [{"headers": {"X-A": "bé"}}, {"headers": {"X A": "b"}}, {"headers": {"X": "a\r\nB: c"}}])
def test_an_unusable_request_is_refused_before_it_is_sent(world, declared):
    with pytest.raises(Refused, match=r"request.(method|headers)"):
        world.fetcher().fetch(make_board(**declared))
    assert world.asked == []


def test_the_time_of_a_capture_is_its_arrival(world):
    world.put("/models", answer(503), answer())
    captured = world.fetcher().fetch(make_board())
    assert START < captured.observed_at == world.clock.now() <= START + timedelta(seconds=3)
