"""The webhook, against a real server; the signature is checked with code that shares nothing with ours."""

import base64
import hashlib
import hmac
import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from messages_world import LEAD, OTHER, message
from receivers import Came, Web, web

from tracker import fetch
from tracker.clock import FixedClock
from tracker.errors import DeliveryError
from tracker.notify.channels import Channel, open_channel, webhook
from tracker.notify.routes import Route
from tracker.reports import event_json

AT = datetime(2026, 4, 18, 7, 0, 0, tzinfo=UTC)
KEY = b"a key of twenty-four byt"
ROUTE = Route(name="hook", channel="webhook", address="${HOOK}", secret="${HOOK_KEY}")


@pytest.fixture
def server() -> Iterator[Web]:
    with web() as world:
        yield world


def channel(server: Web, key: str = "plain words", path: str = "/in/t0ken-secret") -> Channel:
    environment = {"HOOK": f"http://{server.address}{path}", "HOOK_KEY": key}
    return webhook.open_route(ROUTE, environment, clock=FixedClock(AT))


def verified(came: Came, key: bytes) -> bool:
    """As a receiver would write it."""
    signed = b".".join([came.headers["webhook-id"].encode(), came.headers["webhook-timestamp"].encode(), came.body])
    version, _, value = came.headers["webhook-signature"].partition(",")
    return version == "v1" and hmac.compare_digest(base64.b64decode(value), hmac.new(key, signed, hashlib.sha256).digest())


def refusal(server: Web, status: int, headers: Mapping[str, str] | None = None) -> DeliveryError:
    server.answer = (status, headers or {}, b"no t0ken-secret")
    with pytest.raises(DeliveryError) as found:
        channel(server).send(message([LEAD], form="json"))
    assert "t0ken-secret" not in str(found.value)
    return found.value


def test_the_body_has_the_events_as_the_command_line_prints_them(server: Web):
    channel(server).send(message([LEAD, OTHER], form="json"))
    (came,) = server.came
    assert (came.method, came.path, came.headers["content-type"]) == ("POST", "/in/t0ken-secret", "application/json")
    assert came.json["events"] == json.loads(json.dumps([event_json(LEAD), event_json(OTHER)]))


def test_the_headers_are_those_of_standard_webhooks(server: Web):
    channel(server).send(message([LEAD], form="json"))
    headers = server.came[0].headers
    assert headers["webhook-id"] == "m1"
    assert headers["webhook-timestamp"] == str(int(AT.timestamp()))
    assert verified(server.came[0], b"plain words")
    assert not verified(server.came[0], b"other words")


def test_a_secret_in_base64_signs_with_its_bytes(server: Web):
    channel(server, f"whsec_{base64.b64encode(KEY).decode()}").send(message([LEAD], form="json"))
    assert verified(server.came[0], KEY)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl, as the guide's shell example does")
def test_the_guides_shell_example_finds_the_same_signature(server: Web):
    channel(server).send(message([LEAD], form="json"))
    came = server.came[0]
    signed = f"{came.headers['webhook-id']}.{came.headers['webhook-timestamp']}.".encode() + came.body
    found = subprocess.run(
        ["openssl", "dgst", "-sha256", "-hmac", "plain words", "-binary"], input=signed, capture_output=True, check=True
    )
    assert f"v1,{base64.b64encode(found.stdout).decode()}" == came.headers["webhook-signature"]


def test_a_retry_has_the_same_id(server: Web):
    receiver = channel(server)
    for _ in range(2):
        receiver.send(message([LEAD], form="json"))
    assert [came.headers["webhook-id"] for came in server.came] == ["m1", "m1"]


@pytest.mark.slow
@pytest.mark.parametrize("status", [200, 201, 204])
def test_any_2xx_is_a_receipt(server: Web, status: int):
    server.answer = (status, {}, b"")
    channel(server).send(message([LEAD], form="json"))
    assert len(server.came) == 1


@pytest.mark.parametrize("status", [401, 403, 404, 410, 413, 400, 500, 302])
def test_a_refusal_decides_about_the_next_try(server: Web, status: int):
    error = refusal(server, status)
    assert (error.final, error.too_large, error.retry_after_s) == (status in (401, 403, 404, 410), status == 413, None)
    assert f"answered {status}" in str(error)


@pytest.mark.slow
@pytest.mark.parametrize(("header", "wait"), [("120", 120.0), ("Sat, 18 Apr 2026 07:05:00 GMT", 300.0), ("soon", None)])
@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_receiver_says_when_to_come_back(server: Web, status: int, header: str, wait: float | None):
    assert refusal(server, status, {"Retry-After": header}).retry_after_s == wait


def test_a_redirect_is_not_followed(server: Web):
    refusal(server, 307, {"Location": f"http://{server.address}/elsewhere"})
    assert [came.path for came in server.came] == ["/in/t0ken-secret"]


def test_an_unreachable_receiver_is_retried_and_no_secret_is_shown():
    with web() as gone:
        closed = channel(gone)
    with pytest.raises(DeliveryError, match=r"^hook: ") as found:
        closed.send(message([LEAD], form="json"))
    assert not found.value.final
    assert "t0ken-secret" not in str(found.value)


@pytest.mark.parametrize("environment", [{}, {"HOOK": "http://a.test/"}, {"HOOK": "http://a.test/", "HOOK_KEY": ""}])
def test_a_missing_secret_is_a_final_error(environment: Mapping[str, str]):
    with pytest.raises(DeliveryError, match=r"HOOK_KEY in the environment|HOOK in the environment") as found:
        open_channel(ROUTE, environment)
    assert found.value.final


def test_a_secret_with_wrong_base64_is_refused_without_being_repeated():
    with pytest.raises(DeliveryError, match="HOOK_KEY") as found:
        open_channel(ROUTE, {"HOOK": "http://a.test/", "HOOK_KEY": "whsec_not base64!"})
    assert "not base64!" not in str(found.value)


def test_a_route_without_a_secret_is_refused():
    with pytest.raises(DeliveryError, match="no address or no secret"):
        open_channel(Route(name="hook", channel="webhook", address="http://a.test/"), {})


def test_only_the_beginning_of_an_endless_answer_is_kept(server: Web):
    server.answer = (200, {}, b"x" * 100_000)
    answer = fetch.post(f"http://{server.address}/", to="hook", headers={}, body=json.dumps({}).encode())
    assert (answer.status, len(answer.body)) == (200, 4096)


def test_the_guides_python_example_accepts_genuine_and_refuses_forged_messages(server: Web):
    guide = (Path(__file__).parents[2] / "docs" / "guide" / "notify.md").read_text()
    names: dict[str, Any] = {}
    exec(guide.partition("```python\n")[2].partition("```")[0], names)  # our own page
    channel(server).send(message([LEAD], form="json"))
    came, near = server.came[0], 10**10
    assert names["is_genuine"](came.headers, came.body, b"plain words", near)
    assert not names["is_genuine"](came.headers, came.body + b" ", b"plain words", near)
    assert not names["is_genuine"](came.headers, came.body, b"plain words", 0)
