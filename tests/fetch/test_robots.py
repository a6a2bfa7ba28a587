"""robots.txt according to RFC 9309: rules, none, or nothing for now."""

from datetime import timedelta

import pytest
from fetch_world import answer, failing, make_board

from tracker.errors import Refused, Transient
from tracker.fetch.http import httpx
from tracker.fetch.robots import MAX_BYTES

ALL = b"User-agent: *\nDisallow: /\n"


def robots(world, *answers, **environment):
    world.put("/robots.txt", *answers)
    world.put("/models", answer())
    return world.fetcher(environment)


@pytest.mark.parametrize(
    "rules",
    [
        ALL,
        b"User-Agent: Leaderboard-Tracker\nDisallow: /models\n",
        b"\xef\xbb\xbfuser-agent: *\r\ndisallow: /mod*s$\r\n",
        ALL + b"\xff\xfe junk",
    ],
)
def test_a_disallowed_page_is_refused_before_any_request_and_names_the_file(world, rules):
    with pytest.raises(Refused, match=r"https://board.test/robots.txt disallows it for leaderboard-tracker"):
        robots(world, answer(body=rules)).fetch(make_board())
    assert world.pages == []


@pytest.mark.parametrize(
    "rules",
    [
        b"",
        b"<html>an app</html>",
        b"User-agent: other\nDisallow: /\n",
        ALL + b"User-agent: leaderboard-tracker\nAllow: /\n",
        ALL + b"Allow: /models\n",
    ],
)
def test_an_allowed_page_is_fetched(world, rules):
    assert robots(world, answer(body=rules)).fetch(make_board()).bodies == (b"the page",)


def test_a_rule_may_be_about_the_query(world):
    fetcher = robots(world, answer(body=b"User-agent: *\nDisallow: /*?page=\n"))
    fetcher.fetch(make_board())
    with pytest.raises(Refused):
        fetcher.fetch(make_board(params={"page": "1"}))


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_without_a_file_everything_is_allowed(world, status):
    assert robots(world, answer(status, ALL)).fetch(make_board())


@pytest.mark.parametrize("trouble", [answer(500, ALL), answer(503), answer(429), failing(httpx.ConnectTimeout("x"))])
def test_an_unavailable_file_allows_nothing_for_now(world, trouble):
    with pytest.raises(Transient, match=r"robots.txt"):
        robots(world, trouble).fetch(make_board())
    assert world.pages == []
    assert len(world.asked) == 3


def test_a_file_that_is_available_again_is_used(world):
    assert robots(world, answer(503), answer(404)).fetch(make_board())


def test_redirects_to_the_file_are_followed(world):
    world.put("other.test/rules", answer(body=ALL))
    with pytest.raises(Refused, match=r"https://board.test/robots.txt disallows"):
        robots(world, answer(301, location="https://other.test/rules")).fetch(make_board())


def test_the_file_is_read_once_a_day_per_origin(world):
    fetcher = robots(world, answer(404))
    read = []
    for hours in (0, 23, 2):
        world.clock.sleep(hours * 3600)
        fetcher.fetch(make_board())
        read.append(len(world.asked) - len(world.pages))
    assert read == [1, 1, 2]
    fetcher.fetch(make_board("http://board.test:8080/models"))
    assert len(world.asked) - len(world.pages) == 3


def test_a_loopback_host_is_asked_too(world):
    with pytest.raises(Refused):
        robots(world, answer(body=ALL)).fetch(make_board("http://127.0.0.1:8000/models"))


def test_only_the_first_500_kib_count_and_no_half_line(world):
    filler = b"# filler\n" * (MAX_BYTES // 9 + 1)
    rule = b"Disallow: /models/private\n"
    head = b"User-agent: *\n"
    cut_inside = head + filler[: MAX_BYTES - len(head) - len(b"Disallow: /models") - 1] + b"\n" + rule
    assert cut_inside[:MAX_BYTES].endswith(b"Disallow: /models")
    assert robots(world, answer(body=cut_inside + ALL)).fetch(make_board())


def test_crawl_delay_widens_the_gap(world):
    robots(world, answer(body=b"User-agent: *\nCrawl-delay: 10\n")).fetch(make_board(gap_s=2.0))
    file_at, page_at = world.asked_at
    assert timedelta(seconds=10) <= page_at - file_at <= timedelta(seconds=11)


@pytest.mark.parametrize(("written", "most"), [("86400", 61), ("-1", 0), ("nan", 0), ("soon", 0)])
def test_an_absurd_crawl_delay_is_bounded(world, written, most):
    robots(world, answer(body=b"User-agent: *\nCrawl-delay: %s\n" % written.encode())).fetch(make_board())
    assert sum(world.clock.slept) <= most


def test_no_key_is_sent_for_the_file(world):
    fetcher = robots(world, answer(404), KEY="s3cret-value")
    fetcher.fetch(make_board(headers={"X-Key": "${KEY}"}))
    assert [request.headers.get("x-key") for request in world.asked] == [None, "s3cret-value"]
