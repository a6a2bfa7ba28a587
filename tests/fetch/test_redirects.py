"""Redirects: few, each checked, and never into a private network."""

import socket
from ipaddress import ip_address

import pytest
from fetch_world import PAGE, World, answer, make_board

from tracker.errors import Gone, Refused, Transient
from tracker.fetch.addresses import is_public, resolve_host

KEY = {"KEY": "s3cret-value"}


def redirected(world: World, location: str, status: int = 302) -> World:
    world.put("board.test/models", answer(status, location=location))
    world.put("/there", answer(body=b"there"))
    return world


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "location", ["/there", "there", "https://other.test/there", "//other.test/there#part", "http://board.test/there"]
)
def test_a_redirect_is_followed(world, status, location):
    assert redirected(world, location, status).fetcher().fetch(make_board()).bodies == (b"there",)


def test_the_capture_keeps_the_declared_url(world):
    assert redirected(world, "/there?token=1").fetcher().fetch(make_board()).url == PAGE


@pytest.mark.parametrize(("status", "method"), [(301, "GET"), (303, "GET"), (307, "POST"), (308, "POST")])
def test_the_method_is_kept_if_the_status_says_so(world, status, method):
    redirected(world, "/there", status).fetcher().fetch(make_board(method="POST"))
    assert world.last.method == method


def test_five_redirects_are_followed_and_six_are_not(world):
    hops = [answer(302, location=f"/models?{hop}") for hop in range(6)]
    world.put("/models", *hops[:5], answer(body=b"page"))
    assert world.fetcher().fetch(make_board()).bodies == (b"page",)
    world.put("/models", *hops)
    with pytest.raises(Refused, match="redirected more than 5 times"):
        world.fetcher().fetch(make_board())


@pytest.mark.parametrize(
    "location",
    [
        "",
        "ftp://other.test/x",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://user@other.test/",
        "https://u:p@other.test/",
        "https://[::1",
        "http://x:99999/",
    ],
)
def test_an_unusable_redirect_is_refused(world, location):
    with pytest.raises(Refused, match=r"correct request.url"):
        redirected(world, location).fetcher().fetch(make_board())
    assert world.pages == [PAGE]


PRIVATE = [
    "127.0.0.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "240.0.0.1", "255.255.255.255",
    "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fec0::1", "ff02::1",
    "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:80ff:fffe",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_a_redirect_to_a_private_address_is_refused_before_any_request(world, address):
    world.addresses["inside.test"] = ["93.184.216.34", address]
    with pytest.raises(Refused, match=r"redirected to https://inside.test/there, which is not a public address"):
        redirected(world, "https://inside.test/there").fetcher().fetch(make_board())
    assert world.pages == [PAGE]


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::1111", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"])
def test_public_addresses_are_public(address):
    assert is_public(ip_address(address))


@pytest.mark.parametrize("literal", ["127.0.0.1", "[::1]", "2130706433", "0x7f.1", "127.1"])
def test_an_embedded_address_is_detected(world, literal):
    redirected(world, f"http://{literal}/there")
    world._resolve = resolve_host
    with pytest.raises((Refused, Gone)):
        world.fetcher().fetch(make_board())
    assert world.pages == [PAGE]


def test_a_local_board_may_redirect_on_its_own_host_only(world):
    world.addresses["10.0.0.5"] = ["10.0.0.5"]
    world.put("/models", answer(302, location="/there"))
    world.put("/there", answer(302, location="http://10.0.0.5/there"))
    with pytest.raises(Refused, match="not a public address"):
        world.fetcher().fetch(make_board("http://127.0.0.1:8000/models"))
    assert world.pages == ["http://127.0.0.1:8000/models", "http://127.0.0.1:8000/there"]


def test_a_host_that_was_public_must_stay_so_also_after_a_restart(world):
    world.put("/models", answer())
    world.fetcher().fetch(make_board())
    for addresses in (["127.0.0.1"], ["10.0.0.1", "::1"], ["93.184.216.34", "192.168.0.1"]):
        world.addresses["board.test"] = addresses
        with pytest.raises(Refused, match=r"'board.test' has a private address now.*or set request.allow_private = true"):
            world.fetcher().fetch(make_board())
    assert world.pages == [PAGE]


def test_a_host_that_moves_into_the_network_between_two_hops_is_refused(world):
    def moving(request):
        world.addresses["board.test"] = ["127.0.0.1"]
        return answer(302, location="https://board.test:8443/there")(request)

    world.put("/models", moving)
    with pytest.raises(Refused, match="has a private address now"):
        world.fetcher().fetch(make_board())
    assert world.pages == [PAGE]


def test_a_person_may_allow_a_host_to_become_private(world):
    world.put("/models", answer(body=b"within"))
    world.fetcher().fetch(make_board())
    world.addresses["board.test"] = ["10.0.0.1"]
    assert world.fetcher().fetch(make_board(allow_private=True)).bodies == (b"within",)


def test_a_host_that_was_never_public_may_stay_private(world):
    world.put("/models", answer())
    world.addresses["board.test"] = ["10.0.0.1"]
    world.fetcher().fetch(make_board())
    world.fetcher().fetch(make_board())
    assert len(world.pages) == 2


def test_a_host_that_cannot_be_looked_up_is_left_to_the_connection(world):
    def resolve(_):
        raise socket.gaierror(socket.EAI_AGAIN, "x")

    world.put("/models", answer())
    world._resolve = resolve
    world.fetcher().fetch(make_board())
    assert world.pages == [PAGE]


def test_a_redirect_to_an_unknown_host_is_gone_unless_the_resolver_failed(world):
    def resolve(errno):
        def fail(_):
            raise socket.gaierror(errno, "x")

        return fail

    redirected(world, "https://nowhere.test/there")
    for errno, kind in ((socket.EAI_NONAME, Gone), (socket.EAI_AGAIN, Transient)):
        world._resolve = resolve(errno)
        with pytest.raises(kind, match=r"redirected to 'nowhere.test'"):
            world.fetcher().fetch(make_board())


def test_the_robots_of_the_new_host_are_checked(world):
    world.put("other.test/robots.txt", answer(body=b"User-agent: *\nDisallow: /there\n"))
    with pytest.raises(Refused, match=r"https://other.test/robots.txt disallows"):
        redirected(world, "https://other.test/there").fetcher().fetch(make_board())


@pytest.mark.parametrize(
    ("location", "kept"),
    [
        ("/there", True),
        ("https://board.test:443/there", True),
        ("https://other.test/there", False),
        ("https://board.test:8443/there", False),
        ("http://board.test/there", False),
        ("https://sub.board.test/there", False),
    ],
)
def test_keys_are_sent_only_to_their_host(world, location, kept):
    headers = {"X-Key": "${KEY}", "Authorization": "plain", "Accept": "text/csv"}
    redirected(world, location).fetcher(KEY).fetch(make_board(headers=headers))
    sent = world.last.headers
    assert ("x-key" in sent, "authorization" in sent) == (kept, kept)
    assert sent["accept"] == "text/csv"


def test_keys_are_sent_from_http_to_https_of_the_same_host(world):
    redirected(world, "https://board.test/there").fetcher(KEY).fetch(
        make_board("http://board.test/models", headers={"X-Key": "${KEY}"})
    )
    assert world.last.headers["x-key"] == "s3cret-value"


def test_keys_are_not_sent_again_after_a_second_redirect(world):
    world.put("other.test/back", answer(302, location="https://board.test/there"))
    redirected(world, "https://other.test/back").fetcher(KEY).fetch(make_board(headers={"X-Key": "${KEY}"}))
    assert str(world.last.url) == "https://board.test/there"
    assert "x-key" not in world.last.headers
