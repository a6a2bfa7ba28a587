"""Sends what waits in the outbox, in a thread per route, so that a hanging channel delays no other; one worker per store."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from tracker.errors import StoreError
from tracker.model import Board, BoardId
from tracker.notify import Route
from tracker.notify.channels import open_channel
from tracker.notify.outbox import Delivered, deliver, exists_in
from tracker.ports import Clock, Environment, Store
from tracker.stores.locks import held
from tracker.workspace.declarations import Declared

PASS_EVERY_S = 15.0
"""Quiet hours end and digests are due without a wake-up of the worker."""

log = logging.getLogger("tracker.daemon")


def pass_once(
    store: Store, routes: tuple[Route, ...], boards: Mapping[BoardId, Board], clock: Clock, environment: Environment
) -> Delivered:
    """Send what is due now. The caller must hold the worker's lock. Raises StoreError."""
    return deliver(
        store.service, routes, lambda route: open_channel(route, environment), clock=clock, boards=boards, exists=exists_in(store)
    )


def lock_of(store: Path) -> Path:
    """The lock file of a store's worker."""
    return store / "locks" / "delivery"


class DeliveryWorker:
    """Call it with the current declarations, `fresh` if there is news; it returns at once. `opened` opens a store for a round."""

    def __init__(
        self, opened: Callable[[], AbstractContextManager[Store]], lock: Path, clock: Clock, environment: Environment
    ) -> None:
        self._opened = opened
        self._lock = lock
        self._clock = clock
        self._environment = environment
        self._declared = Declared()
        self._kick = threading.Event()
        self._stopping = False
        self._rounds: dict[str, threading.Thread] = {}
        self._thread = threading.Thread(target=self._run, name="delivery", daemon=True)
        self._thread.start()

    def __call__(self, declared: Declared, *, fresh: bool) -> None:
        """Take over the current declarations, and wake up if there is something new."""
        self._declared = declared
        if fresh:
            self._kick.set()

    def stop(self, within_s: float) -> None:
        """Begin nothing new, and wait for what is under way."""
        self._stopping = True
        self._kick.set()
        until = time.monotonic() + within_s
        for thread in (self._thread, *self._rounds.values()):
            thread.join(max(0.0, until - time.monotonic()))

    def _run(self) -> None:
        while not self._stopping:
            try:
                with held(self._lock):
                    self._send_out()
            except StoreError as error:
                log.warning("worker waits", extra={"why": str(error)})
                self._kick.wait(PASS_EVERY_S)

    def _send_out(self) -> None:
        """Repeat a round for each route, in parallel, so that a slow route delays no other."""
        while not self._stopping:
            declared = self._declared
            for route in declared.routes:
                if route.name not in self._rounds or not self._rounds[route.name].is_alive():
                    thread = threading.Thread(target=self._round, args=(route, declared), name=f"route {route.name}", daemon=True)
                    self._rounds[route.name] = thread
                    thread.start()
            self._kick.wait(PASS_EVERY_S)
            self._kick.clear()

    def _round(self, route: Route, declared: Declared) -> None:
        try:
            with self._opened() as store:
                pass_once(store, (route,), declared.boards, self._clock, self._environment)
        except StoreError as error:
            log.warning("worker waits", extra={"route": route.name, "why": str(error)})
        except Exception:
            log.exception("worker failed by a bug", extra={"route": route.name})
