"""The worker sends what waits, beside the loop, and is one per store."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from daemon_world import HOUR, OTHER, ROUTE, TEXT, Daemon, showing
from kit import counter

from tracker.clock import SystemClock
from tracker.daemon.delivery import DeliveryWorker, lock_of, pass_once
from tracker.errors import StoreError
from tracker.model import Counted
from tracker.stores.locks import held
from tracker.stores.sqlite import SqliteStore
from tracker.workspace.declarations import Declared

PATIENCE_S = 30.0


@pytest.fixture
def used(daemon: Daemon) -> Daemon:
    """A daemon with news for a route that writes a file."""
    daemon.write("routes.toml", ROUTE.replace('"stdout"', f'"file"\naddress = "{daemon.folder}/sent.txt"'))
    daemon.declare(cadence="@hourly")
    daemon.run(HOUR / 2)
    daemon.answers[TEXT] = showing(OTHER)
    daemon.run(HOUR)
    assert daemon.news()
    return daemon


def sent(daemon: Daemon) -> str:
    path = daemon.folder / "sent.txt"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def soon(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.01)


def test_a_pass_sends_what_waits_once_and_counts_it(used: Daemon):
    declared = used.loop.declared
    for _ in range(2):
        pass_once(used.store, declared.routes, declared.boards, SystemClock(), {})
    assert used.news() == []
    assert len([line for line in sent(used).splitlines() if "Model B leads" in line]) == 1
    assert used.store.service.counts()[counter(Counted.SENT, "all")] == len(
        {receipt.message for receipt in used.store.service.receipts("all")}
    )


def test_a_failing_channel_is_counted_and_loses_nothing(used: Daemon):
    (used.folder / "sent.txt").mkdir()
    declared, waiting = used.loop.declared, used.news()
    pass_once(used.store, declared.routes, declared.boards, SystemClock(), {})
    assert used.store.service.counts()[counter(Counted.SEND_FAILURES, "all")] == 1
    assert used.news() == waiting


def worker(daemon: Daemon) -> DeliveryWorker:
    return DeliveryWorker(lambda: SqliteStore(daemon.folder / "tracker.db"), lock_of(daemon.folder), SystemClock(), {})


def test_news_is_sent_as_soon_as_the_delivery_worker_is_notified(used: Daemon):
    sends = worker(used)
    sends(used.loop.declared, fresh=True)
    soon(lambda: "Model B leads" in sent(used))
    sends.stop(PATIENCE_S)
    assert not [thread for thread in threading.enumerate() if thread.name == "worker"]


def test_a_delivery_worker_without_routes_sends_nothing(used: Daemon):
    sends = worker(used)
    sends(Declared(), fresh=True)
    sends.stop(PATIENCE_S)
    assert sent(used) == ""
    assert used.news()


def test_there_is_one_delivery_worker_per_store(used: Daemon, caplog: pytest.LogCaptureFixture):
    with held(lock_of(used.folder)):
        sends = worker(used)
        sends(used.loop.declared, fresh=True)
        soon(lambda: "worker waits" in caplog.messages)
        sends.stop(PATIENCE_S)
        assert sent(used) == ""


def test_a_store_that_cannot_be_opened_does_not_end_the_delivery_worker(used: Daemon, caplog: pytest.LogCaptureFixture):
    tries = 0

    def opened() -> SqliteStore:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise StoreError("tracker.db: cannot open the store: unable to open database file")
        return SqliteStore(used.folder / "tracker.db")

    sends = DeliveryWorker(opened, lock_of(used.folder), SystemClock(), {})
    sends(used.loop.declared, fresh=True)
    soon(lambda: "worker waits" in caplog.messages)
    sends(used.loop.declared, fresh=True)
    soon(lambda: "Model B leads" in sent(used))
    sends.stop(PATIENCE_S)


def test_the_lock_of_the_delivery_worker_is_in_the_store(tmp_path: Path):
    assert lock_of(tmp_path) == tmp_path / "locks" / "delivery"


def test_a_hanging_route_delays_no_other(daemon: Daemon):
    with socket.create_server(("127.0.0.1", 0)) as deaf:  # accepts the connection, and never answers
        address = f"http://127.0.0.1:{deaf.getsockname()[1]}/"
        hangs = f'[[route]]\nname = "a hangs"\nchannel = "webhook"\naddress = "{address}"\nsecret = "${{HOOK}}"\n'
        daemon.write("routes.toml", hangs + ROUTE.replace('"stdout"', f'"file"\naddress = "{daemon.folder}/sent.txt"'))
        daemon.declare(cadence="@hourly")
        daemon.run(HOUR / 2)
        daemon.answers[TEXT] = showing(OTHER)
        daemon.run(HOUR)
        clock, database = SystemClock(), daemon.folder / "tracker.db"
        sends = DeliveryWorker(lambda: SqliteStore(database), lock_of(daemon.folder), clock, {"HOOK": "0123456789abcdef"})
        began = time.monotonic()
        sends(daemon.loop.declared, fresh=True)
        soon(lambda: "Model B leads" in sent(daemon))
        assert time.monotonic() - began < 12, "the webhook is given up after 15 s"
        sends.stop(0.0)
    assert daemon.store.service.deliveries("a hangs")
