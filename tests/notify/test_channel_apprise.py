"""apprise: what a refusal means, what is never body, and a service that hangs."""

import logging
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from messages_world import LEAD, message
from receivers import Web, web

from tracker.errors import DeliveryError
from tracker.notify.channels import open_channel
from tracker.notify.channels.apprise import Apprise
from tracker.notify.routes import Route

TOKEN = "s3cr3t-t0k3n-abcdef"


@pytest.fixture
def server() -> Iterator[Web]:
    with web() as world:
        yield world


def opened(server: Web, route: str = "json://{}/" + TOKEN, form: str = "") -> Apprise:
    made = open_channel(
        Route(name="team", channel="apprise", address="${WHERE}", format=form), {"WHERE": route.format(server.address)}
    )
    assert isinstance(made, Apprise)
    return made


def refusal(server: Web, status: int, body: bytes = b"") -> DeliveryError:
    server.answer = (status, {}, body)
    with pytest.raises(DeliveryError, match=r"^team: the service refused it") as found:
        opened(server).send(message([LEAD]))
    return found.value


@pytest.mark.slow
@pytest.mark.parametrize("status", [401, 403, 404, 413, 429, 400, 500])
def test_a_refusal_decides_about_the_next_try(server: Web, status: int):
    error = refusal(server, status)
    assert (error.final, error.too_large) == (status in (401, 403, 404), status == 413)


@pytest.mark.slow
def test_no_secret_reaches_an_error_or_a_log(server: Web, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    assert TOKEN not in str(refusal(server, 500, f"no {TOKEN}".encode()))
    assert TOKEN not in caplog.text
    assert TOKEN not in repr(opened(server))


@pytest.mark.slow
def test_other_users_of_apprise_in_the_process_keep_their_log(server: Web, caplog: pytest.LogCaptureFixture):
    refusal(server, 500)
    logging.getLogger("apprise").warning("somebody else's")
    assert "somebody else's" in caplog.text


def test_a_service_that_hangs_is_given_up_on_and_not_started_twice(server: Web):
    go_on = threading.Event()
    server.wait = lambda: go_on.wait(30)
    channel = opened(server)
    channel.deadline_s = 0.05
    with pytest.raises(DeliveryError, match=r"not done after 0\.05 s") as late:
        channel.send(message([LEAD]))
    with pytest.raises(DeliveryError, match="still busy"):
        channel.send(message([LEAD]))
    go_on.set()
    assert channel.busy is not None
    channel.busy.join(30)
    assert not late.value.final
    assert len(server.came) == 1


def test_a_message_longer_than_the_service_takes_is_too_large_before_it_is_sent(server: Web):
    channel = opened(server)
    with pytest.raises(DeliveryError) as found:
        channel.send(replace(message([LEAD]), body="x" * 40_000))
    assert found.value.too_large
    assert not server.came


def test_the_form_of_the_route_is_sent(server: Web):
    assert opened(server, form="markdown").limits.form == "markdown"


def test_apprise_refuses_the_json_form(server: Web):
    with pytest.raises(DeliveryError, match='format = "json"') as found:
        opened(server, form="json")
    assert found.value.final


def test_an_address_apprise_cannot_read_is_refused_for_good_without_being_repeated(server: Web):
    with pytest.raises(DeliveryError, match="cannot read the address") as found:
        opened(server, "nosuch://" + TOKEN)
    assert found.value.final
    assert TOKEN not in str(found.value)


def test_a_missing_secret_is_a_final_error():
    with pytest.raises(DeliveryError, match="no SLACK in the environment") as found:
        open_channel(Route(name="team", channel="apprise", address="${SLACK}"), {})
    assert found.value.final
