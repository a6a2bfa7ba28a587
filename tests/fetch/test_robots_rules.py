"""Which paths the rules of a robots.txt allow us, by the cases of RFC 9309 and of Google's parser."""

import pytest

from tracker.fetch.robots import PRODUCT, parsed

RULES = [
    ("user-agent: leaderboard-tracker\ndisallow: /\n", {"/x": False}),
    ("foo: leaderboard-tracker\nbar: /\n", {"/x": True}),
    ("user-agent leaderboard-tracker\ndisallow /\n", {"/x": False}),
    (
        (
            "allow: /foo/bar/\n\nuser-agent: leaderboard-tracker\ndisallow: /\nallow: /x/\nuser-agent: BarBot\n"
            "disallow: /\nallow: /y/\n\n\nallow: /w/\nuser-agent: BazBot\n\nuser-agent: leaderboard-tracker\n"
            "allow: /z/\ndisallow: /\n"
        ),
        {
            "/x/b": True,
            "/z/d": True,
            "/y/c": False,
            "/foo/bar/": False,
        },
    ),
    (
        (
            "allow: /foo/bar/\n\nuser-agent: FooBot\ndisallow: /\nallow: /x/\nuser-agent: leaderboard-tracker\n"
            "disallow: /\nallow: /y/\n\n\nallow: /w/\nuser-agent: BazBot\n\nuser-agent: FooBot\nallow: /z/\n"
            "disallow: /\n"
        ),
        {
            "/y/c": True,
            "/w/a": True,
            "/z/d": False,
            "/foo/bar/": False,
        },
    ),
    (
        (
            "allow: /foo/bar/\n\nuser-agent: FooBot\ndisallow: /\nallow: /x/\nuser-agent: BarBot\ndisallow: /\n"
            "allow: /y/\n\n\nallow: /w/\nuser-agent: leaderboard-tracker\n\nuser-agent: FooBot\nallow: /z/\n"
            "disallow: /\n"
        ),
        {
            "/z/d": True,
            "/foo/bar/": False,
        },
    ),
    ("User-agent: BarBot\nSitemap: https://foo.bar/sitemap\nUser-agent: *\nDisallow: /\n", {"/": False}),
    ("User-agent: leaderboard-tracker\nSitemap: https://foo.bar/sitemap\nUser-agent: *\nDisallow: /\n", {"/": False}),
    ("User-agent: leaderboard-tracker\nInvalid-Unknown-Line: unknown\nUser-agent: *\nDisallow: /\n", {"/": False}),
    ("USER-AGENT: leaderboard-tracker\nALLOW: /x/\nDISALLOW: /\n", {"/x/y": True, "/a/b": False}),
    ("user-agent: leaderboard-tracker\nallow: /x/\ndisallow: /\n", {"/x/y": True, "/a/b": False}),
    ("uSeR-aGeNt: leaderboard-tracker\nAlLoW: /x/\ndIsAlLoW: /\n", {"/x/y": True, "/a/b": False}),
    ("User-Agent: leaderboard-tracker BAR\nAllow: /x/\nDisallow: /\n", {"/x/y": True, "/a/b": False}),
    ("User-Agent: LEADERBOARD-TRACKER bar\nAllow: /x/\nDisallow: /\n", {"/x/y": True, "/a/b": False}),
    ("", {"/x/y": True}),
    ("user-agent: *\nallow: /\nuser-agent: leaderboard-tracker\ndisallow: /\n", {"/x/y": False}),
    ("user-agent: *\nallow: /\nuser-agent: FooBot\ndisallow: /\n", {"/x/y": True}),
    ("user-agent: FooBot\nallow: /\nuser-agent: BarBot\ndisallow: /\nuser-agent: BazBot\ndisallow: /\n", {"/x/y": True}),
    ("user-agent: leaderboard-tracker\ndisallow: /x/\n", {"/x/y": False}),
    ("user-agent: leaderboard-tracker\ndisallow: /X/\n", {"/x/y": True}),
    ("user-agent: leaderboard-tracker\ndisallow: /x/page.html\nallow: /x/\n", {"/x/page.html": False}),
    ("user-agent: leaderboard-tracker\nallow: /x/page.html\ndisallow: /x/\n", {"/x/page.html": True}),
    ("user-agent: leaderboard-tracker\ndisallow: \nallow: \n", {"/x/page.html": True}),
    ("user-agent: leaderboard-tracker\ndisallow: /\nallow: /\n", {"/x/page.html": True}),
    ("user-agent: leaderboard-tracker\ndisallow: /x\nallow: /x/\n", {"/x": False, "/x/": True}),
    ("user-agent: leaderboard-tracker\ndisallow: /x/page.html\nallow: /x/page.html\n", {"/x/page.html": True}),
    ("user-agent: leaderboard-tracker\nallow: /page\ndisallow: /*.html\n", {"/page.html": False, "/page": True}),
    ("user-agent: leaderboard-tracker\nallow: /x/page.\ndisallow: /*.html\n", {"/x/page.html": True, "/x/y.html": False}),
    ("User-agent: *\nDisallow: /x/\nUser-agent: leaderboard-tracker\nDisallow: /y/\n", {"/x/page": True, "/y/page": False}),
    (
        "User-agent: leaderboard-tracker\nDisallow: /\nAllow: /foo/bar?qux=taz&baz=http://foo.bar?tar&par\n",
        {
            "/foo/bar?qux=taz&baz=http://foo.bar?tar&par": True,
        },
    ),
    ("User-agent: leaderboard-tracker\nDisallow: /\nAllow: /foo/bar/ツ\n", {"/foo/bar/%E3%83%84": True}),
    ("User-agent: leaderboard-tracker\nDisallow: /\nAllow: /foo/bar/%E3%83%84\n", {"/foo/bar/%E3%83%84": True}),
    ("User-agent: leaderboard-tracker\nDisallow: /\nAllow: /foo/bar/%62%61%7A\n", {"/foo/bar/%62%61%7A": True}),
    (
        "User-agent: leaderboard-tracker\nDisallow: /foo/bar/quz\nAllow: /foo/*/qux\n",
        {
            "/foo/bar/quz": False,
            "/foo/quz": True,
            "/foo//quz": True,
            "/foo/bax/quz": True,
        },
    ),
    (
        "User-agent: leaderboard-tracker\nDisallow: /foo/bar$\nAllow: /foo/bar/qux\n",
        {
            "/foo/bar": False,
            "/foo/bar/qux": True,
            "/foo/bar/": True,
            "/foo/bar/baz": True,
        },
    ),
    (
        "User-agent: leaderboard-tracker\n# Disallow: /\nDisallow: /foo/quz#qux\nAllow: /\n",
        {
            "/foo/bar": True,
            "/foo/quz": False,
        },
    ),
    ("User-agent: leaderboard-tracker/1.0\nDisallow: /\n", {"/acme": False}),
    ("User-agent: leaderboard-tracker (the crawler)\nDisallow: /\n", {"/acme": False}),
    ("User-agent: *\nDisallow: /\n\nUser-agent: leaderboard-tracker/1.0\nAllow: /acme\n", {"/acme": True}),
    ("User-agent: leaderboard-tracker\nNoindex: /old\nUser-agent: *\nDisallow: /\n", {"/acme": False}),
    ("User-agent: leaderboard\nDisallow: /\n", {"/acme": True}),
    ("User-agent: tracker\nDisallow: /\n", {"/acme": True}),
    ("User-agent: leaderboard-trackers\nDisallow: /\n", {"/acme": True}),
    ("User-Agent: foo\rAllow: /some/path\rUser-Agent: leaderboard-tracker\r\rDisallow: /\r", {"/x": False}),
    ("user agent: leaderboard-tracker\ndisallow: /\n", {"/x": True}),
]


@pytest.mark.parametrize(("rules", "paths"), RULES)
def test_the_rules_allow_and_disallow_these_paths(rules: str, paths: dict[str, bool]):
    rule_set = parsed(rules)
    assert {path: rule_set.can_fetch(f"https://board.test{path}", PRODUCT) for path in paths} == paths


def test_an_encoded_letter_is_that_letter_as_the_standard_says_unlike_googles_parser():
    rules = parsed("User-agent: *\nDisallow: /\nAllow: /foo/bar/%62%61%7A\n")
    assert rules.can_fetch("https://board.test/foo/bar/baz", PRODUCT)


def test_a_delay_may_have_a_remark():
    assert parsed("User-agent: *\nCrawl-delay: 7 # seconds\n").crawl_delay(PRODUCT) == 7
