"""Messages to a service manager, over a real socket (sd_notify(3))."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tracker.daemon.run import notifier, watchdog_s


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(tmp_path / "notify"))
        line.settimeout(10)
        yield line


def test_states_reach_the_manager_and_its_address_leaves_the_environment(manager: socket.socket):
    environment = {"NOTIFY_SOCKET": manager.getsockname()}
    say = notifier(environment)
    say("READY=1\nSTATUS=watching")
    say("WATCHDOG=1")
    assert [manager.recv(100) for _ in range(2)] == [b"READY=1\nSTATUS=watching", b"WATCHDOG=1"]
    assert environment == {}


def test_an_abstract_address_works():
    name = f"tracker-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(f"\0{name}")
        line.settimeout(10)
        notifier({"NOTIFY_SOCKET": f"@{name}"})("READY=1")
        assert line.recv(100) == b"READY=1"


@pytest.mark.parametrize("environment", [{}, {"NOTIFY_SOCKET": ""}, {"NOTIFY_SOCKET": "vsock:2:1234"}])
def test_without_a_manager_nothing_is_sent(environment: dict[str, str]):
    notifier(environment)("READY=1")


def test_a_missing_manager_does_not_end_the_daemon(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    notifier({"NOTIFY_SOCKET": str(tmp_path / "nobody")})("WATCHDOG=1")
    assert [record.getMessage() for record in caplog.records] == ["service manager not notified"]


@pytest.mark.parametrize(
    ("environment", "every_s"),
    [
        ({"WATCHDOG_USEC": "120000000"}, 60.0),
        ({"WATCHDOG_USEC": "120000000", "WATCHDOG_PID": str(os.getpid())}, 60.0),
        ({"WATCHDOG_USEC": "120000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({}, None),
    ],
)
def test_the_watchdog_is_answered_twice_as_often_as_it_asks(environment: dict[str, str], every_s: float | None):
    assert watchdog_s(environment) == every_s
    assert environment == {}
