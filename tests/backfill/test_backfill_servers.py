"""A board's past is taken from archives on the network: completely, politely, and without pages that are not the board."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from past_world import BOARD, CHALLENGE, STATES, URL, Past, at, board, hub, page, wayback

from tracker.errors import DeclarationError, Refused
from tracker.fetch.http import httpx
from tracker.line import intake
from tracker.model import PastSource, Payload
from tracker.workspace.names import default_lexicon

WAYBACK = PastSource(kind="wayback", place=URL)
HUB = PastSource(kind="hf", place="acme/board", path="scores.csv")


def imported(folder: Path) -> list[tuple[str, str]]:
    """The events of an import of the same states."""
    folder.mkdir()
    past = Past(folder)
    (folder / "bodies").mkdir()
    paths = [folder / "bodies" / f"{at(number):%Y-%m-%dT%H%M%SZ}.csv" for number in STATES]
    for path, body in zip(paths, STATES.values(), strict=True):
        path.write_bytes(body)
    intake.import_bodies(board(), paths, archive=past.archive, store=past.store, lexicon=default_lexicon())
    events = past.events
    past.store.close()
    return events


def test_captures_of_wayback_give_the_history_of_an_import(past: Past, tmp_path: Path):
    past.servers(wayback(STATES))
    filled = past.take(WAYBACK)
    assert (filled.found, filled.kept, filled.refused) == (5, 5, {})
    assert past.times == [at(number) for number in STATES]
    assert past.events == imported(tmp_path / "imported") != []


def test_equal_bytes_are_requested_once(past: Past):
    servers = past.servers(wayback(STATES))
    past.take(WAYBACK)
    assert sum("/web/" in url for _, url in servers.asked) == 4, "the third repeats the second"


def test_each_state_names_its_capture(past: Past):
    past.servers(wayback(STATES))
    past.take(WAYBACK)
    line = past.archive.index(BOARD)[0][0]
    assert line.origin == f"wayback https://web.archive.org/web/20260301060000id_/{URL} captured=2026-03-01T06:00:00Z"
    assert line.url == URL


def test_a_second_backfill_asks_for_nothing_that_is_there(past: Past):
    past.servers(wayback(STATES))
    past.take(WAYBACK)
    servers = past.servers(wayback(STATES))
    filled = past.take(WAYBACK)
    assert (filled.kept, filled.known) == (0, 5)
    assert ["/cdx/" in url for _, url in servers.asked] == [True]


def test_requests_are_three_seconds_apart_and_one_at_a_time(past: Past):
    servers = past.servers(wayback(STATES))
    past.take(WAYBACK)
    times = [asked for asked, _ in servers.asked]
    assert min((later - earlier).total_seconds() for earlier, later in pairwise(times)) >= 3


def test_a_wait_that_the_server_asks_for_is_waited_and_said(past: Past):
    busy = httpx.Response(429, headers={"retry-after": "300"})
    servers = past.servers(wayback(STATES), busy)
    filled = past.take(WAYBACK)
    first, second, *_ = (asked for asked, _ in servers.asked)
    assert (second - first).total_seconds() >= 300
    assert "waiting 300 seconds" in past.said[0]
    assert filled.kept == 5


def test_a_server_that_fails_for_long_ends_the_job_and_the_next_run_goes_on(past: Past):
    servers = past.servers(wayback(STATES))
    cut = servers.answer
    servers.answer = lambda request: cut(request) if len(servers.asked) <= 3 else httpx.Response(503)
    filled = past.take(WAYBACK)
    assert (filled.kept, str(filled.error).startswith("acme/text: ")) == (3, True), "two bodies, one of them twice"
    past.servers(wayback(STATES))
    again = past.take(WAYBACK)
    assert (again.known, again.kept, again.error) == (3, 2, None)
    assert past.times == [at(number) for number in STATES]


def test_a_longer_wait_than_an_hour_is_left_to_another_run(past: Past):
    past.servers(wayback(STATES), httpx.Response(429, headers={"retry-after": "7200"}))
    with pytest.raises(Exception, match=r"429|stay away"):
        past.take(WAYBACK)


def test_an_archived_challenge_page_is_left_out(past: Past):
    past.servers(wayback({**STATES, 6: CHALLENGE, 7: b" \n"}))
    filled = past.take(WAYBACK)
    assert past.times == [at(number) for number in STATES]
    first, second = filled.refused.values()
    assert "Cloudflare challenge page" in first
    assert "is empty" in second


def test_a_capture_that_is_answered_with_its_neighbour_has_the_time_of_that(past: Past):
    past.servers(wayback({0: STATES[0], 1: STATES[1], 4: page("a:1 b:2 c:3")}, moved={4: 1}))
    past.take(WAYBACK)
    assert past.times == [at(0), at(1)]


def test_an_answer_from_elsewhere_is_refused(past: Past):
    answer = wayback(STATES)
    elsewhere = httpx.Response(302, headers={"location": "https://acme.example/text.csv"})

    def leading_away(request: httpx.Request) -> httpx.Response:
        if request.url.host == "acme.example":
            return httpx.Response(200, content=page("a:1 b:2 c:3"))
        return elsewhere if "/web/20260302" in request.url.path else answer(request)

    past.servers(leading_away)
    assert "answered from elsewhere" in next(iter(past.take(WAYBACK).refused.values()))
    assert past.times[0] == at(0)
    assert at(1) not in past.times


def test_a_long_index_is_read_page_by_page(past: Past):
    servers = past.servers(wayback(STATES, page_rows=2))
    assert past.take(WAYBACK).kept == 5
    assert sum("/cdx/" in url for _, url in servers.asked) == 3


def test_an_empty_index_has_no_states(past: Past):
    past.servers(lambda _: httpx.Response(200, content="[]"))
    assert past.take(WAYBACK).found == 0


def test_limits_choose_states(past: Past):
    past.servers(wayback(STATES))
    past.take(WAYBACK, since=at(1), until=at(9))
    assert past.times == [at(1), at(2), at(5)]


def test_of_each_span_the_last_state_is_taken(past: Past):
    past.servers(wayback({0: STATES[0], 0.1: STATES[1], 0.2: STATES[5], 1: STATES[9]}))
    past.take(replace(WAYBACK, every="day"))
    assert past.times == [at(0.2), at(1)]


def test_revisions_of_a_dataset_are_taken_with_the_time_of_their_commit(past: Past, tmp_path: Path):
    past.servers(hub(STATES))
    filled = past.take(HUB)
    assert (filled.kept, past.times) == (5, [at(number) for number in STATES])
    assert past.events == imported(tmp_path / "imported")
    assert past.archive.index(BOARD)[0][0].origin.endswith(":scores.csv commit=2026-03-01T06:00:00Z")


def test_a_revision_without_the_file_is_a_gap(past: Past):
    past.servers(hub({**STATES, 3: None}))
    filled = past.take(HUB)
    assert (filled.kept, len(filled.refused), at(3) in past.times) == (5, 1, False)


def test_the_file_of_a_dataset_is_the_one_that_the_board_reads(past: Past):
    servers = past.servers(hub(STATES))
    declared = board("https://huggingface.co/datasets/acme/board/resolve/main/scores.csv")
    assert past.take(replace(HUB, path=""), declared).kept == 5
    with pytest.raises(DeclarationError, match="does not read a file of acme/other"):
        past.take(PastSource(kind="hf", place="acme/other"), declared)
    assert servers.asked


def test_a_board_of_several_answers_is_refused(past: Past):
    past.servers(wayback(STATES))
    declared = board()
    payload = Payload(name="costs", request=declared.request, parse=declared.parse, key=declared.key)
    with pytest.raises(DeclarationError, match="several answers"):
        past.take(WAYBACK, replace(declared, payloads=(payload,)))


def test_robots_txt_is_obeyed(past: Past):
    servers = past.servers(wayback(STATES))
    answer = servers.__call__

    def refusing(request: httpx.Request) -> httpx.Response:
        return (
            httpx.Response(200, content=b"User-agent: *\nDisallow: /\n") if request.url.path == "/robots.txt" else answer(request)
        )

    past.asking = refusing
    with pytest.raises(Refused, match=r"robots\.txt"):
        past.take(WAYBACK)
