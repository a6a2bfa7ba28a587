"""`tracker outbox` and `tracker notify`: waiting deliveries, and a person's decisions on them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from cli_world import World

from tracker.model import BoardId, Delivery, DeliveryOutcome, Event, EventId
from tracker.stores.sqlite import SqliteStore

AT = datetime(2026, 3, 2, 12, 0, 0, tzinfo=UTC)
ROUTES = """
[[route]]
name = "news file"
channel = "file"
address = "{folder}/news.jsonl"
format = "json"
min_weight = 40
board = "acme/*"
digest = "daily 08:00 Europe/Berlin"
quiet = "22:00-07:00"

[[route]]
name = "wrong"
channel = "smoke"

[[route]]
name = "closed"
channel = "webhook"
address = "https://hooks.example/"
secret = "${SECRET_THAT_NOBODY_SET}"
"""


def event(name: str, weight: int = 50) -> Event:
    return Event(
        id=EventId(name),
        kind="overtake",
        grade="supported",
        weight=weight,
        is_news=True,
        board=BoardId("acme/text"),
        metric=None,
        subjects=(),
        rivals=(),
        after=None,
        until=AT,
        headline=f"{name} happened.",
        facts={},
        evidence=(),
        rule="made/1",
        recorded_at=AT,
    )


@pytest.fixture
def posted(world: World) -> World:
    """An outbox with a waiting, a postponed and a dead delivery, and one of another route."""
    with SqliteStore(world.store / "tracker.db") as store:
        deliveries = [Delivery(event=event(name), route="news file", queued_at=AT) for name in ("aaa1", "aab2", "bbb3")]
        store.service.post([*deliveries, Delivery(event=event("aaa1"), route="phone", queued_at=AT)])
        store.service.put_off([deliveries[1]], not_before=AT + timedelta(hours=1), error="the channel is down")
        store.service.dead_letter([deliveries[2]], error="no such room")
    return world


def left(world: World) -> list[tuple[str, str, str]]:
    return [(row["event"], row["route"], row["state"]) for row in world.run("outbox", "list", "--json").rows]


ALL = [
    ("aaa1", "news file", "waits"),
    ("aaa1", "phone", "waits"),
    ("aab2", "news file", "put off"),
    ("bbb3", "news file", "dead"),
]


def test_the_outbox_lists_waiting_and_dead_deliveries(posted: World):
    assert left(posted) == ALL
    row = posted.run("outbox", "list", "--json", "bbb3").rows[0]
    assert row == {
        "event": "bbb3",
        "route": "news file",
        "board": "acme/text",
        "kind": "overtake",
        "headline": "bbb3 happened.",
        "queued_at": "2026-03-02T12:00:00Z",
        "state": "dead",
        "message": "",
        "counted": False,
        "tries": 1,
        "not_before": None,
        "error": "no such room",
    }
    shown = posted.run("outbox", "list", "--route", "phone").out
    assert "aaa1 happened." in shown
    assert "aab2" not in shown


@pytest.mark.parametrize(
    ("args", "states"),
    [
        ((), {"aab2": "waits", "bbb3": "waits"}),
        (("bbb",), {"aab2": "put off", "bbb3": "waits"}),
        (("aab2", "bbb3", "--route", "news file"), {"aab2": "waits", "bbb3": "waits"}),
    ],
)
def test_retry_makes_dead_and_postponed_deliveries_due(posted: World, args: tuple[str, ...], states: dict[str, str]):
    ran = posted.run("outbox", "retry", *args)
    assert ran.code == 0
    assert {event: state for event, _, state in left(posted) if event != "aaa1"} == states
    with SqliteStore(posted.store / "tracker.db") as store:
        assert all(
            delivery.not_before is None for delivery in store.service.deliveries() if states.get(delivery.event.id) == "waits"
        )


def test_drop_removes_deliveries_for_good(posted: World):
    assert posted.run("outbox", "drop", "aa", "--route", "news file").out == "2 deliveries dropped\n"
    assert left(posted) == [ALL[1], ALL[3]]
    assert posted.run("outbox", "drop", "--route", "news file").out == "1 delivery dropped\n"
    with SqliteStore(posted.store / "tracker.db") as store:
        assert {receipt.how for receipt in store.service.receipts("news file")} == {DeliveryOutcome.DROPPED}
        assert store.service.post([Delivery(event=event("aaa1"), route="news file", queued_at=AT)]) == 0


@pytest.mark.parametrize(
    ("args", "error"),
    [
        (("drop",), "outbox drop: nothing is named; expected EVENT or --route ROUTE (tracker outbox list)"),
        (("drop", "--route", "nowhere"), 'route "nowhere": nothing of it is in the outbox; expected one of: news file, phone'),
        (("retry", "ccc"), 'event "ccc": not in the outbox; expected the beginning of an id (tracker outbox list)'),
        (
            ("drop", "bbb3", "--route", "phone"),
            'event "bbb3": not in the outbox; expected the beginning of an id (tracker outbox list)',
        ),
    ],
)
def test_an_unknown_route_or_event_is_an_error_and_changes_nothing(posted: World, args: tuple[str, ...], error: str):
    ran = posted.run("outbox", *args)
    assert (ran.code, ran.error) == (2, f"tracker: {error}")
    assert left(posted) == ALL


# ── routes ───────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def routed(posted: World) -> World:
    (posted.folder / "schedules").mkdir(exist_ok=True)
    (posted.folder / "schedules" / "routes.toml").write_text(ROUTES.replace("{folder}", str(posted.folder)), encoding="utf-8")
    return posted


def test_the_routes_are_listed_and_wrong_ones_are_errors(routed: World):
    ran = routed.run("notify", "list", "--json")
    assert ran.code == 2
    assert (
        ran.error
        == 'tracker: schedules/routes.toml: route "wrong": channel = "smoke" is unknown; known: apprise, file, stdout, webhook'
    )
    assert ran.rows == [
        {
            "route": "news file",
            "channel": "file",
            "enabled": True,
            "wants": "board acme/*; weight 40 or more",
            "when": "digest 0 8 * * *; quiet 22:00-07:00 (Europe/Berlin)",
            "waiting": 2,
            "dead": 1,
        },
        {
            "route": "closed",
            "channel": "webhook",
            "enabled": True,
            "wants": "all news",
            "when": "at once",
            "waiting": 0,
            "dead": 0,
        },
    ]
    assert "board acme/*; weight 40 or more" in routed.run("notify", "list").out


def test_without_a_file_there_are_no_routes(world: World):
    assert (world.run("notify", "list").code, world.run("notify", "list", "--json").rows) == (0, [])


def test_a_test_message_is_sent_at_once_and_leaves_the_outbox_alone(routed: World):
    ran = routed.run("notify", "test", "news file")
    assert (ran.code, ran.err) == (0, "")
    (line,) = (routed.folder / "news.jsonl").read_text(encoding="utf-8").splitlines()
    message = json.loads(line)
    assert message["title"] == 'This is a test of the route "news file": nothing has happened.'
    assert ran.out == f"news file: file took the test message {message['id']}\n"
    assert left(routed) == ALL


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("nowhere", 'route "nowhere" is unknown; known: closed, news file'),
        ("wrong", 'route "wrong": channel = "smoke" is unknown'),
        ("closed", "SECRET_THAT_NOBODY_SET"),
    ],
)
def test_a_test_message_that_cannot_be_sent_has_a_reason(routed: World, name: str, error: str):
    ran = routed.run("notify", "test", name)
    assert ran.code in (1, 2)
    assert error in ran.error
