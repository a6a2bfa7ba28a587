"""Real messages through apprise to five kinds of service, each a real server on this machine: headline first, evidence last."""

from collections.abc import Iterator
from html import unescape
from urllib.parse import urlsplit

import pytest
from messages_world import ARENA, DEBUT, LEAD, OTHER, boards
from receivers import Post, Web, post_office, web

from tracker.notify.channels import open_channel
from tracker.notify.messages import Message, compose
from tracker.notify.routes import Route

COMMAND = "tracker verify 3c7213a00910"


@pytest.fixture
def server() -> Iterator[Web]:
    with web() as world:
        yield world


@pytest.fixture
def mailbox() -> Iterator[Post]:
    with post_office() as box:
        yield box


def send(url: str) -> Message:
    """Four events on one route whose whole address is a secret."""
    channel = open_channel(Route(name="team", channel="apprise", address="${WHERE}"), {"WHERE": url})
    sent = compose([OTHER, LEAD, DEBUT, ARENA], (), route="team", id="m1", boards=boards(), limits=channel.limits)
    channel.send(sent)
    return sent


def test_a_mail_has_the_headline_as_its_subject_and_the_evidence_as_its_last_line(mailbox: Post):
    send(f"mailto://127.0.0.1:{mailbox.port}?from=tracker@board.test&to=you@board.test&mode=insecure")
    mail = mailbox.mails[0]
    parts = {part.get_content_type(): part.get_payload(decode=True).decode() for part in mail.walk() if not part.is_multipart()}
    assert str(mail["Subject"]).replace("\n", "") == f"{LEAD.headline} (and 2 more)"
    assert " ".join(parts["text/plain"].split()).endswith(f"Evidence: https://aa.example/models, {COMMAND}")
    assert f"<code>{COMMAND}</code></p>" in parts["text/html"]
    assert '<a href="https://aa.example/models">' in parts["text/html"]


def test_ntfy_gets_the_headline_as_title_and_the_evidence_last(server: Web):
    send(f"ntfy://{server.address}/boards")
    came = server.came[0].json
    assert came["topic"] == "boards"
    assert came["title"] == f"{LEAD.headline} (and 2 more)"
    assert came["message"].splitlines()[-1] == f"Evidence: https://aa.example/models, {COMMAND}"


def test_mattermost_gets_markdown_that_begins_with_the_headline(server: Web):
    send(f"mmost://{server.address}/abcdefghijklmnopqrstuvwx")
    text = server.came[0].json["text"]
    assert text.startswith(f"**{LEAD.headline}**")
    assert text.endswith(f"Evidence: [https\\://aa.example/models](<https://aa.example/models>), `{COMMAND}`")


def test_gotify_gets_a_title_and_plain_text(server: Web):
    send(f"gotify://{server.address}/token1234567890")
    came = server.came[0].json
    assert came["title"].startswith(LEAD.headline)
    assert came["message"].endswith(COMMAND)


def test_a_matrix_webhook_gets_the_headline_and_the_evidence(server: Web):
    send(f"matrix://user:{'t' * 64}@{server.address}?mode=matrix")
    text = unescape(server.came[-1].json["text"]).replace("\xa0", " ")
    assert LEAD.headline in text
    assert COMMAND in text


def test_json_gets_the_title_and_the_message(server: Web):
    send(f"json://{server.address}/hook")
    came = server.came[0].json
    assert urlsplit(server.came[0].path).path.rstrip("/") == "/hook"
    assert came["title"].startswith(LEAD.headline)
    assert COMMAND in came["message"]


@pytest.mark.parametrize(
    ("url", "limit", "form"),
    [
        (f"tgram://123456789:{'x' * 35}/12345", 4096, "html"),
        ("discord://123456789012345678/abcdefghijklmnopqrstuvwxyz0123456789", 2000, "text"),
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#boards", 35_000, "text"),
    ],
)
def test_apprise_states_the_limits_of_hosted_services(url: str, limit: int, form: str):
    limits = open_channel(Route(name="team", channel="apprise", address="${WHERE}"), {"WHERE": url}).limits
    assert limits.form == form
    assert limits.body <= limit
