"""The vitals in the formats of Prometheus (docs/guide/monitoring.md has the table).

Source: https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from importlib.metadata import version
from typing import TypeVar

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from tracker.model import State
from tracker.query.vitals import BoardVitals, Vitals

_Family = CounterMetricFamily | GaugeMetricFamily | InfoMetricFamily
_Counted = TypeVar("_Counted", CounterMetricFamily, GaugeMetricFamily)
_Rows = Iterable[tuple[tuple[str, ...], float | None]]
"""Values of the labels, and the figure; None if it is unknown, which differs from 0."""


def exposition(vitals: Callable[[], Vitals], accept: str) -> tuple[bytes, str]:
    """The figures as text, and its content type: the plain format, or OpenMetrics if `accept` asks for it."""
    encode, content_type = choose_encoder(accept)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(vitals()))
    ProcessCollector(registry=registry)
    return encode(registry), content_type


class _Figures(Collector):
    def __init__(self, vitals: Vitals) -> None:
        self._vitals = vitals

    def collect(self) -> Iterator[_Family]:
        yield InfoMetricFamily("tracker_build", "What is running.", {"version": version("leaderboard-tracker")})
        yield from _of_boards(self._vitals.boards)
        yield from _of_delivery(self._vitals)


def _filled(kind: type[_Counted], name: str, text: str, labels: tuple[str, ...], rows: _Rows) -> _Counted:
    family = kind(name, text, labels=labels)
    for values, figure in rows:
        if figure is not None:
            family.add_metric(values, figure)
    return family


_counter = partial(_filled, CounterMetricFamily)
_gauge = partial(_filled, GaugeMetricFamily)


def _of_boards(boards: Sequence[BoardVitals]) -> Iterator[_Family]:
    def rows(figure: Callable[[BoardVitals], float | None]) -> _Rows:
        return (((board.health.board,), figure(board)) for board in boards)

    fetches = (((board.health.board, verdict), amount) for board in boards for verdict, amount in board.fetches.items())
    states = (((board.health.board, state.value), float(board.health.state is state)) for board in boards for state in State)
    yield _counter("tracker_fetches", "Fetches by what they came to.", ("board", "outcome"), fetches)
    yield _counter("tracker_fetch_bytes", "Bytes received.", ("board",), rows(lambda board: board.fetch_bytes))
    yield _counter("tracker_read_seconds", "Seconds spent parsing and checking.", ("board",), rows(lambda board: board.read_s))
    yield _counter(
        "tracker_detect_seconds", "Seconds spent comparing and detecting.", ("board",), rows(lambda board: board.detect_s)
    )
    yield _counter("tracker_store_seconds", "Seconds spent storing.", ("board",), rows(lambda board: board.store_s))
    yield _gauge(
        "tracker_entries", "Entries of the last accepted snapshot.", ("board",), rows(lambda board: board.health.entries)
    )
    yield _gauge("tracker_board_state", "1 for the state the board is in, 0 for the others.", ("board", "state"), states)
    age = "Seconds since the board was last read without trouble."
    yield _gauge("tracker_last_success_age_seconds", age, ("board",), rows(lambda board: board.success_age_s))
    yield _gauge("tracker_failures", "Readings in a row that failed.", ("board",), rows(lambda board: board.failures))


def _of_delivery(vitals: Vitals) -> Iterator[_Family]:
    routes = vitals.routes
    deliveries = [
        ((route.route, state), amount) for route in routes for state, amount in (("waiting", route.waiting), ("dead", route.dead))
    ]
    oldest = [((route.route,), route.oldest_age_s) for route in routes]
    yield _gauge("tracker_outbox_deliveries", "Deliveries in the outbox.", ("route", "state"), deliveries)
    yield _gauge("tracker_outbox_oldest_age_seconds", "Age of the oldest delivery that waits.", ("route",), oldest)
    yield _counter("tracker_sent", "Messages sent.", ("route",), [((route.route,), route.sent) for route in routes])
    failures = [((route.route,), route.send_failures) for route in routes]
    yield _counter("tracker_send_failures", "Tries to deliver that failed.", ("route",), failures)
    yield _counter("tracker_events", "Events detected.", ("kind",), [((kind,), count) for kind, count in vitals.events.items()])
    yield _gauge("tracker_notices_open", "Open troubles of the tracker's own.", (), [((), len(vitals.notices))])
