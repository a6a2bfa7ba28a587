"""Boards of several pages: every page, in order, up to the declared end."""

import json
from math import ceil

import pytest
from fetch_world import PAGE, World, answer, make_board
from hypothesis import given
from hypothesis import strategies as st

from tracker.errors import Gone, Refused, Transient
from tracker.fetch.http import httpx
from tracker.model import Pagination, Validators


class Listing:
    """A publisher of `count` records in pages of `size`, that can be turned in each of the four ways."""

    def __init__(self, count: int, size: int = 2) -> None:
        self.records = list(range(count))
        self.size = size

    def __call__(self, request: httpx.Request) -> httpx.Response:
        asked = dict(request.url.params)
        first = (
            int(asked.get("offset") or asked.get("cursor", "0").removeprefix("c"))
            or (int(asked.get("page", "1")) - 1) * self.size
        )
        rows, following = self.records[first : first + self.size], first + self.size
        more = following < len(self.records)
        page = {"data": rows, "more": more, "next": f"c{following}" if more else None, "at": first}
        headers = {"link": f'<?cursor=c{following}>; rel="next", </>; rel="first"'} if more else {}
        return httpx.Response(200, headers=headers, content=iter([json.dumps(page).encode()]))


KINDS = {
    "page_number": {"param": "page", "records": "data"},
    "page_number with more": {"param": "page", "more": "more"},
    "offset": {"param": "offset", "records": "data", "size": 2},
    "offset with more": {"param": "offset", "more": "more", "size": 2},
    "cursor": {"param": "cursor", "next": "next"},
    "cursor with more": {"param": "cursor", "next": "next", "more": "more"},
    "link": {},
    "link with more": {"more": "more"},
}


def paged(kind: str, **options) -> Pagination:
    return Pagination(kind=kind.partition(" ")[0], **KINDS.get(kind, {}) | options)


def fetched(world: World, served, how: Pagination, **request) -> list:
    world.put("/models", served)
    captured = world.fetcher().fetch(make_board(pagination=how, **request))
    return [json.loads(body)["data"] for body in captured.bodies]


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@given(count=st.integers(0, 9))
def test_every_record_is_fetched_once_and_in_order(kind, count):
    world = World()
    bodies = fetched(world, Listing(count), paged(kind))
    world.close()
    assert [record for rows in bodies for record in rows] == list(range(count))
    assert len(bodies) == max(1, ceil(count / 2))


def test_pages_are_numbered_from_the_declared_start(world):
    fetched(world, Listing(3), paged("page_number with more"), params={"page": "7", "kind": "all"})
    assert world.pages == [f"{PAGE}?page=1&kind=all", f"{PAGE}?page=2&kind=all"]


def test_without_declared_records_the_page_itself_is_the_list(world):
    world.put("/models", answer(body=b"[1]"), answer(body=b"\xef\xbb\xbf[2]"), answer(body=b"[]"))
    captured = world.fetcher().fetch(make_board(pagination=paged("page_number", records="")))
    assert captured.bodies == (b"[1]", b"\xef\xbb\xbf[2]")


@pytest.mark.parametrize("kind", KINDS)
def test_more_pages_than_allowed_are_refused_not_cut(world, kind):
    with pytest.raises(Refused, match=r"more than 3 pages, expected no more; raise pagination.max_pages"):
        fetched(world, Listing(8), paged(kind, max_pages=3))


@pytest.mark.parametrize("kind", KINDS)
def test_exactly_the_allowed_number_of_pages_is_accepted(world, kind):
    assert len(fetched(world, Listing(6), paged(kind, max_pages=3))) == 3


def test_a_repeated_page_is_refused(world):
    world.put("/models", answer(body=b'{"data": [1]}'), answer(body=b'{"data": [2]}'), answer(body=b'{"data": [1]}'))
    with pytest.raises(Refused, match="page 3 repeats page 1"):
        world.fetcher().fetch(make_board(pagination=paged("page_number")))


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("page_number", b"<html>one moment</html>"),
        ("page_number", b'{"error": "rate limited"}'),
        ("page_number", b'{"data": {"a": 1}}'),
        ("page_number", b""),
        ("page_number", b"[" * 100_000),
        ("page_number with more", b'{"data": []}'),
        ("page_number with more", b'{"more": "yes"}'),
        ("cursor", b'{"next": {"page": 2}}'),
        ("cursor", b'{"next": true}'),
        ("cursor with more", b'{"more": true, "next": null}'),
        ("link with more", b'{"more": true}'),
    ],
)
@pytest.mark.parametrize("earlier", [0, 1])
def test_an_unreadable_page_is_never_the_last_one(world, kind, body, earlier):
    good = answer(body=b'{"data": [1], "more": true, "next": "c"}', link='<?x>; rel="next"')
    world.put("/models", *[good] * earlier, answer(body=body))
    with pytest.raises(Transient, match="a page cannot be read"):
        world.fetcher().fetch(make_board(pagination=paged(kind)))


def test_an_unreadable_page_is_kept_as_evidence(world):
    world.put("/models", answer(body=b"<html>", content_type="text/html"))
    with pytest.raises(Transient) as caught:
        world.fetcher().fetch(make_board(pagination=paged("page_number")))
    assert (caught.value.answer.status, caught.value.answer.body) == (200, b"<html>")


def test_an_error_on_a_later_page_is_an_error_of_the_board(world):
    world.put("/models", answer(body=b'{"data": [1]}'), answer(404))
    with pytest.raises(Gone):
        world.fetcher().fetch(make_board(pagination=paged("page_number")))


def test_a_page_that_fails_once_is_retried(world):
    world.put("/models", answer(body=b'{"data": [1]}'), answer(500), answer(body=b'{"data": []}'))
    assert len(world.fetcher().fetch(make_board(pagination=paged("page_number"))).bodies) == 1


def test_a_board_of_several_pages_is_never_fetched_conditionally(world):
    world.put("/models", Listing(3))
    captured = world.fetcher().fetch(make_board(pagination=paged("cursor")), Validators(etag='"a"'))
    assert not any("if-none-match" in request.headers for request in world.asked)
    assert captured.validators == Validators()


def test_the_cap_applies_to_the_sum_of_all_pages(world):
    sizes = [len(json.dumps({"data": [0, 1], "more": True, "next": "c2", "at": 0}))] * 3
    with pytest.raises(Refused, match=r"raise request.max_bytes"):
        fetched(world, Listing(6), paged("cursor"), max_bytes=sum(sizes) - 20)


@pytest.mark.parametrize(
    "link", ["https://other.test/models?2", "http://board.test/models?2", "https://board.test:444/?2", "https://[::1"]
)
def test_the_next_page_must_be_on_the_same_host(world, link):
    world.put("/models", answer(body=b"{}", link=f'<{link}>; rel="next"'))
    with pytest.raises(Refused, match=r"the next page is at|the link to the next page is"):
        world.fetcher().fetch(make_board(pagination=Pagination(kind="link")))
    assert len(world.pages) == 1


def test_every_page_is_requested_with_the_keys(world):
    world.put("/models", Listing(5))
    board = make_board(pagination=paged("link"), headers={"X-Key": "${KEY}"}, gap_s=1.0)
    world.fetcher({"KEY": "s3cret-value"}).fetch(board)
    sent = [request.headers["x-key"] for request in world.asked if request.url.path == "/models"]
    assert sent == ["s3cret-value"] * 3


@given(st.integers(1, 12), st.integers(1, 5))
def test_a_server_that_returns_fewer_records_than_requested_loses_none(count: int, size: int):
    world = World()
    world.put("/models", Listing(count, size))
    how = Pagination(kind="offset", param="offset", records="data", size=5, max_pages=20)
    capture = world.fetcher().fetch(make_board(pagination=how), Validators())
    world.close()
    assert [row for body in capture.bodies for row in json.loads(body)["data"]] == list(range(count))


def test_a_fetch_of_many_slow_pages_ends_at_its_deadline_in_one_line(world):
    now = iter(range(0, 100_000, 9))  # every look at the clock is nine seconds after the last one
    world.put("/models", Listing(1000))
    board = make_board(pagination=Pagination(kind="page_number", param="page", records="data", max_pages=500), timeout_s=10.0)
    with pytest.raises(Transient, match="the whole fetch is not done by its deadline, and was cut off") as caught:
        world.fetcher(monotonic=lambda: next(now), deadline_s=600.0).fetch(board)
    assert "\n" not in str(caught.value)
    assert 2 < len(world.pages) < 40
