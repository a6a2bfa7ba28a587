"""Boards that are more than one answer: the newest release, one answer per value, one file of an archive, further payloads."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from io import BytesIO

import pytest
from fetch_world import World, answer, make_board

from tracker.errors import Gone, Refused, Transient
from tracker.model import Board, Capture, Each, Newest, Parse, Part, Payload, Request, Unchanged, Validators

HOST = "https://board.test"
INDEX = b'<!doctype html><script src="/static/js/main.5e77.js"></script>'
SCRIPT = b'["2025-11-25","2026-06-25","2026-07-22","2024-06-24"]'
NEWEST = Newest(
    url=f"{HOST}/",
    follow=r'src="(/static/js/main\.[0-9a-f]+\.js)"',
    find=r"(20\d\d-\d\d-\d\d)",
    replace={"-": "_"},
    begins="model,",
)


def released(**more: object) -> Board:
    return make_board(f"{HOST}/table_{{newest}}.csv", newest=replace(NEWEST, **more))


def payload(name: str = "cost", *, url: str = f"{HOST}/cost.csv", required: bool = True, **request: object) -> Payload:
    return Payload(name=name, request=Request(url=url, **request), parse=Parse(format="csv_table"), required=required)


def capture(world: World, board: Board, environment: dict[str, str] | None = None) -> Capture:
    fetched = world.fetcher(environment).fetch(board, Validators(etag='"old"'))
    assert isinstance(fetched, Capture)
    return fetched


def site(world: World) -> None:
    world.put("/", answer(body=INDEX))
    world.put("/static/js/main.5e77.js", answer(body=SCRIPT))


# ── the newest release ───────────────────────────────────────────────────────────────────────────


def test_the_newest_published_release_is_fetched_and_is_in_the_url(world: World):
    site(world)
    world.put("/table_2026_06_25.csv", answer(body=b"model,a\nx,1\n"))
    fetched = capture(world, released())
    assert fetched.url == f"{HOST}/table_2026_06_25.csv"
    assert fetched.bodies == (b"model,a\nx,1\n",)
    assert fetched.parts == ()
    assert fetched.validators == Validators()


def test_a_release_answered_with_the_shell_of_the_site_is_not_published(world: World):
    site(world)
    world.put("/table_2026_07_22.csv", answer(body=INDEX))
    world.put("/table_2026_06_25.csv", answer(body=b"model,a\nx,1\n"))
    assert capture(world, released()).url.endswith("table_2026_06_25.csv")


def test_releases_are_compared_by_their_numbers(world: World):
    world.put("/", answer(body=b"v1.9.0 v1.15.0 v1.2.0"))
    world.put("/v1.15.0.csv", answer(body=b"x"))
    board = make_board(f"{HOST}/{{newest}}.csv", newest=Newest(url=f"{HOST}/", find=r"(v[0-9.]+[0-9])"))
    assert capture(world, board).url == f"{HOST}/v1.15.0.csv"


def test_all_payloads_have_the_same_release(world: World):
    site(world)
    world.put("/table_2026_06_25.csv", answer(body=b"model,a\nx,1\n"))
    world.put("/cost_2026_06_25.csv", answer(body=b"model,usd\nx,2\n"))
    board = replace(released(), payloads=(payload(url=f"{HOST}/cost_{{newest}}.csv"),))
    fetched = capture(world, board)
    assert fetched.parts == (Part(), Part(name="cost"))
    assert fetched.bodies[1] == b"model,usd\nx,2\n"


def test_without_a_published_release_the_board_is_gone_and_the_tried_ones_are_named(world: World):
    site(world)
    with pytest.raises(
        Gone, match="2026_07_22, 2026_06_25, 2025_11_25, 2024_06_24 answers with a body that begins with 'model,'"
    ):
        world.fetcher().fetch(released())


def test_at_most_five_releases_are_tried(world: World):
    world.put("/", answer(body=b" ".join(b"2026-01-%02d" % day for day in range(1, 20))))
    with pytest.raises(Gone):
        world.fetcher().fetch(released(follow=""))
    assert len([page for page in world.pages if "table" in page]) == 5


@pytest.mark.parametrize("page", [b"nothing here", b"2026/../../etc"])
def test_a_page_that_names_no_release_is_refused_and_kept_as_evidence(world: World, page: bytes):
    world.put("/", answer(body=page))
    with pytest.raises(Refused, match=r"names no release .* correct request.newest.find") as caught:
        world.fetcher().fetch(released(follow="", find=r"(2026\S+)"))
    evidence = caught.value.answer
    assert evidence is not None
    assert evidence.body == page


@pytest.mark.parametrize("target", [b"https://other.test/main.js", b"//127.0.0.1/main.js", b"http://board.test/main.js"])
def test_the_page_may_only_link_to_its_own_site(world: World, target: bytes):
    world.put("/", answer(body=b'src="' + target + b'"'))
    with pytest.raises(Refused, match="names no file of its own"):
        world.fetcher().fetch(released(follow=r'src="([^"]+)"'))
    assert len(world.pages) == 1


def test_a_release_cannot_change_other_parts_of_the_address(world: World):
    world.put("/", answer(body=b"<2026/../x?y=1> <2026-01-01>"))
    world.put("/table_2026-01-01.csv", answer(body=b"model,"))
    assert capture(world, released(follow="", find=r"<([^>]+)>", replace={})).url == f"{HOST}/table_2026-01-01.csv"


# ── one answer per value ─────────────────────────────────────────────────────────────────────────


def test_each_value_is_fetched_and_names_its_body(world: World):
    world.put("/a.json", answer(body=b"1"))
    world.put("/b.json", answer(body=b"2"))
    fetched = capture(world, make_board(f"{HOST}/{{each}}.json", each=Each(values=("a", "b"))))
    assert fetched.parts == (Part(value="a"), Part(value="b"))
    assert fetched.bodies == (b"1", b"2")


def test_the_values_may_come_from_a_list_at_another_address(world: World):
    world.put("/manifest.json", answer(body=b'{"runs": ["x/y", "z", "z"]}'))
    world.put("/x%2Fy.json", answer(body=b"1"))
    world.put("/x/y.json", answer(body=b"1"))
    world.put("/z.json", answer(body=b"2"))
    fetched = capture(world, make_board(f"{HOST}/{{each}}.json", each=Each(url=f"{HOST}/manifest.json", find="runs")))
    assert fetched.parts == (Part(value="x/y"), Part(value="z"))
    assert f"{HOST}/x%2Fy.json" in world.pages


@pytest.mark.parametrize(
    "body", [b"<html>", b"{}", b'{"runs": []}', b'{"runs": [1]}', b'{"runs": ["\\u001b[2J"]}', b'{"runs": {}}']
)
def test_an_unreadable_list_of_values_is_retried_later(world: World, body: bytes):
    world.put("/manifest.json", answer(body=body))
    with pytest.raises(Transient, match="no list of values at 'runs'") as caught:
        world.fetcher().fetch(make_board(f"{HOST}/{{each}}.json", each=Each(url=f"{HOST}/manifest.json", find="runs")))
    assert caught.value.answer is not None


def test_more_values_than_declared_are_refused_not_cut(world: World):
    world.put("/manifest.json", answer(body=b'{"runs": ["a", "b", "c"]}'))
    each = Each(url=f"{HOST}/manifest.json", find="runs", max_values=2)
    with pytest.raises(Refused, match="3 values, expected at most 2"):
        world.fetcher().fetch(make_board(f"{HOST}/{{each}}.json", each=each))


def test_a_missing_value_does_not_make_the_board_smaller(world: World):
    world.put("/a.json", answer(body=b"1"))
    with pytest.raises(Gone):
        world.fetcher().fetch(make_board(f"{HOST}/{{each}}.json", each=Each(values=("a", "b"))))


# ── further payloads ─────────────────────────────────────────────────────────────────────────────


def test_a_missing_payload_stops_the_board_only_if_it_is_required(world: World):
    world.put("/models", answer(body=b"own"))
    with pytest.raises(Gone):
        world.fetcher().fetch(replace(make_board(), payloads=(payload(),)))
    fetched = capture(world, replace(make_board(), payloads=(payload(required=False),)))
    assert fetched.bodies == (b"own",)
    assert fetched.parts == ()


def test_a_payload_with_another_beginning_than_declared_is_missing(world: World):
    world.put("/models", answer(body=b"own"))
    world.put("/cost.csv", answer(body=b"<!doctype html><p>the page that stands for every address</p>"))
    optional = replace(payload(required=False), begins="model,")
    assert capture(world, replace(make_board(), payloads=(optional,))).bodies == (b"own",)
    with pytest.raises(Gone, match="the payload cost does not begin with 'model,'"):
        world.fetcher().fetch(replace(make_board(), payloads=(replace(optional, required=True),)))
    world.put("/cost.csv", answer(body=b"model,usd"))
    assert capture(world, replace(make_board(), payloads=(optional,))).bodies == (b"own", b"model,usd")


def test_a_payload_that_is_temporarily_unavailable_stops_the_board_for_now(world: World):
    world.put("/models", answer(body=b"own"))
    world.put("/cost.csv", answer(503))
    with pytest.raises(Transient):
        world.fetcher().fetch(replace(make_board(), payloads=(payload(required=False),)))


def test_a_payload_with_the_boards_own_request_is_not_fetched_again(world: World):
    site(world)
    world.put("/table_2026_06_25.csv", answer(body=b"model,a\nx,1\n"))
    again = payload("levels", url=f"{HOST}/table_{{newest}}.csv", gap_s=0.0)
    fetched = capture(world, replace(released(), payloads=(again,)))
    assert (fetched.parts, len(set(fetched.bodies))) == ((Part(), Part(name="levels")), 1)
    assert len([page for page in world.pages if "2026_06_25" in page]) == 1


def test_the_key_of_a_payload_is_sent_to_it_alone(world: World):
    world.put("/models", answer(body=b"own"))
    world.put("/cost.csv", answer(body=b"more"))
    board = replace(make_board(), payloads=(payload(headers={"X-Key": "${COST_KEY}"}),))
    with pytest.raises(Refused, match="no key: set COST_KEY"):
        world.fetcher().fetch(board)
    capture(world, board, {"COST_KEY": "hush-hush"})
    sent = {str(request.url): request.headers.get("x-key") for request in world.asked}
    assert sent[f"{HOST}/cost.csv"] == "hush-hush"
    assert [value for url, value in sent.items() if not url.endswith("cost.csv")] == [None] * (len(sent) - 1)


def test_a_board_of_several_answers_is_always_fetched_whole(world: World):
    world.put("/models", answer(body=b"own", etag='"one"'))
    world.put("/cost.csv", answer(body=b"more"))
    fetched = capture(world, replace(make_board(), payloads=(payload(),)))
    assert fetched.validators == Validators()
    assert all("if-none-match" not in request.headers for request in world.asked)


# ── one file of an archive ───────────────────────────────────────────────────────────────────────


def packed(**files: bytes) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name.replace("__", "/"), body)
    return buffer.getvalue()


def member(world: World, body: bytes, name: str = "gpqa.csv", **request: object) -> Capture:
    world.put("/models", answer(body=body))
    return capture(world, make_board(member=name, **request))


def test_only_the_named_file_of_an_archive_is_kept(world: World):
    assert member(world, packed(**{"data__gpqa.csv": b"a,b\n", "data__other.csv": b"c\n"})).bodies == (b"a,b\n",)


def test_a_full_path_wins_over_a_file_of_that_name(world: World):
    assert member(world, packed(**{"x__gpqa.csv": b"1", "gpqa.csv": b"2"})).bodies == (b"2",)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (packed(**{"a.csv": b"1"}), "no file called 'gpqa.csv' in the archive, which has 'a.csv'"),
        (packed(**{"a__gpqa.csv": b"1", "b__gpqa.csv": b"2"}), "2 files called 'gpqa.csv'"),
        (packed(**{"gpqa.csv": bytes(2_000_000)}), "more than 100000 bytes"),
    ],
    ids=["absent", "twice", "bomb"],
)
def test_an_archive_without_exactly_that_file_is_refused(world: World, body: bytes, words: str):
    with pytest.raises(Refused, match=words):
        member(world, body, max_bytes=100_000)


@pytest.mark.parametrize("spoil", ["html", "cut", "damaged"])
def test_an_unreadable_archive_is_retried_and_kept_as_evidence(world: World, spoil: str):
    whole = packed(**{"gpqa.csv": b"a,b\n" * 500})
    body = {"html": b"<html>", "cut": whole[:-30], "damaged": whole[:45] + b"\0\0\0\0" + whole[49:]}[spoil]
    with pytest.raises(Transient, match="not a readable ZIP archive") as caught:
        member(world, body)
    assert caught.value.answer is not None


# ── one answer for several boards ────────────────────────────────────────────────────────────────


def test_boards_with_the_same_request_share_one_answer(world: World):
    world.put("/models", answer(body=b"all of them"))
    boards = [make_board(id=f"test/{name}") for name in "abc"]
    fetched = [outcome for _, outcome in world.fetcher().fetch_all([(board, Validators()) for board in boards])]
    assert {outcome.board: outcome.bodies for outcome in fetched} == {board.id: (b"all of them",) for board in boards}
    assert world.pages == [f"{HOST}/models"]


def test_a_board_that_is_fetched_again_sends_its_own_request(world: World):
    world.put("/models", answer(body=b"first"), answer(body=b"second"))
    fetcher = world.fetcher()
    assert [fetcher.fetch(make_board()).bodies for _ in range(2)] == [(b"first",), (b"second",)]


def test_an_answer_is_shared_for_two_minutes(world: World):
    world.put("/models", answer(body=b"first"), answer(body=b"second"))
    fetcher = world.fetcher()
    fetcher.fetch(make_board(id="test/a"))
    world.clock.sleep(119)
    assert fetcher.fetch(make_board(id="test/b")).bodies == (b"first",)
    world.clock.sleep(2)
    assert fetcher.fetch(make_board(id="test/c")).bodies == (b"second",)


@pytest.mark.parametrize("other", [{"headers": {"accept": "a/b"}}, {"params": {"q": "1"}}, {"method": "POST"}, {"member": "x"}])
def test_boards_with_different_requests_share_nothing(world: World, other: dict[str, object]):
    world.put("/models", answer(body=packed(x=b"1")))
    fetcher = world.fetcher()
    fetcher.fetch(make_board(id="test/a"))
    fetcher.fetch(make_board(id="test/b", **other))
    assert len(world.pages) == 2


def test_an_unchanged_answer_is_shared_only_between_boards_with_the_same_validators(world: World):
    world.put("/models", answer(304), answer(body=b"whole"))
    fetcher = world.fetcher()
    same, none = Validators(etag='"one"'), Validators()
    assert isinstance(fetcher.fetch(make_board(id="test/a"), same), Unchanged)
    assert isinstance(fetcher.fetch(make_board(id="test/b"), same), Unchanged)
    assert isinstance(fetcher.fetch(make_board(id="test/c"), none), Capture)
    assert len(world.pages) == 2
