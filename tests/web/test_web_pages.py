"""Alive, ready, and for whom: the pages of the daemon."""

from __future__ import annotations

import pytest
from web_world import EMPTY, FINE, ask, full

from tracker.errors import StoreError
from tracker.web import STUCK_AFTER_S, Probe

PAGES = ("/healthz", "/readyz", "/metrics")
TOKEN = "pâss word-7"  # what a shell lets through, a header carries as bytes


def shown(token: str, scheme: str = "Bearer") -> dict[str, bytes]:
    return {"authorization": f"{scheme} {token}".encode()}


@pytest.mark.parametrize(
    ("path", "text"), [("/healthz", "alive, the main loop turned 2 s ago\n"), ("/readyz", "ready, 3 boards\n")]
)
def test_a_daemon_that_turns_is_alive_and_ready(path: str, text: str):
    found = ask(path)
    assert (found.status_code, found.text) == (200, text)


@pytest.mark.parametrize(("idle_s", "status"), [(0, 200), (STUCK_AFTER_S, 200), (STUCK_AFTER_S + 0.1, 503), (9999, 503)])
def test_a_main_loop_that_no_longer_turns_is_neither_alive_nor_ready(idle_s: float, status: int):
    probe = Probe(idle_s=idle_s, boards=3)
    assert [ask(path, probe=probe).status_code for path in ("/healthz", "/readyz")] == [status, status]


def test_each_reason_not_to_be_ready_has_a_line_and_none_makes_it_dead():
    probe = Probe(idle_s=STUCK_AFTER_S + 1, boards=0, troubles=("store: disk\nfull", "schedules: no such folder"))
    found = ask("/readyz", probe=probe)
    assert (found.status_code, found.text.splitlines()) == (
        503,
        ["the main loop has not turned for 901 s", "no board is declared", "store: disk full", "schedules: no such folder"],
    )
    alive = Probe(idle_s=1, boards=0, troubles=("store: disk full",))
    assert (ask("/healthz", probe=alive).status_code, ask("/readyz", probe=alive).status_code) == (200, 503)


def test_an_error_of_the_probe_is_a_line_and_not_a_crash():
    def probe() -> Probe:
        raise StoreError("tracker.db: locked; expected it free")

    found = ask("/readyz", probe=probe)
    assert (found.status_code, found.text) == (503, "tracker.db: locked; expected it free\n")


def test_a_client_sees_nothing_of_a_bug():
    def vitals() -> object:
        raise KeyError("secret-word")

    found = ask("/metrics", vitals=vitals)
    assert found.status_code == 500
    assert "secret-word" not in found.text


@pytest.mark.parametrize("path", ["/", "/metric", "/metrics/", "/healthz/x", "//metrics", "/docs"])
def test_other_paths_are_not_found(path: str):
    assert ask(path).status_code == 404


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_pages_are_only_read(path: str, method: str):
    found = ask(path, method=method)
    assert (found.status_code, set(found.headers["allow"].replace(" ", "").split(","))) == (405, {"GET", "HEAD"})


@pytest.mark.parametrize("path", PAGES)
def test_a_head_is_answered_without_a_body(path: str):
    assert ask(path, method="HEAD").status_code == 200


@pytest.mark.parametrize("path", ["/readyz", "/metrics", "/nowhere"])
def test_with_a_token_everything_but_healthz_requires_it(path: str):
    without = ask(path, token=TOKEN)
    assert (without.status_code, without.headers["www-authenticate"]) == (401, "Bearer")
    assert ask(path, token=TOKEN, headers=shown(TOKEN)).status_code == (404 if path == "/nowhere" else 200)
    assert ask("/healthz", token=TOKEN).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        shown(""),
        shown(TOKEN[:-1]),
        shown(f"{TOKEN}x"),
        shown(TOKEN.upper()),
        shown(TOKEN, scheme="Basic"),
        shown(TOKEN, scheme=""),
        {"authorization": TOKEN.encode()},
        {"x-token": TOKEN.encode()},
    ],
)
def test_a_wrong_token_is_refused(headers: dict[str, bytes]):
    assert ask("/metrics", vitals=full(), token=TOKEN, headers=headers).status_code == 401


def test_the_scheme_is_case_insensitive():
    assert ask("/metrics", token=TOKEN, headers=shown(TOKEN, scheme="bearer")).status_code == 200


def test_an_empty_token_does_not_count_as_a_token():
    assert ask("/metrics", token="").status_code == 200


def test_vitals_are_read_again_at_each_request():
    asked = []

    def vitals() -> object:
        asked.append(1)
        return EMPTY

    for _ in range(3):
        ask("/metrics", probe=FINE, vitals=vitals)
    assert len(asked) == 3
