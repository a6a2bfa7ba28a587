"""The vitals as Prometheus reads them (docs/guide/monitoring.md has the table).

Source: https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
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
"""Values of the labels, and the figure; None where it is not known, which is another thing than 0."""


def exposition(vitals: Callable[[], Vitals], accept: str) -> tuple[bytes, str]:
    """The figures as text, and its content type: the plain format, or the OpenMetrics one if `accept` asks for it."""
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


def _of_boards(boards: Sequence[BoardVitals]) -> Iterator[_Family]:
    def rows(figure: Callable[[BoardVitals], float | None]) -> _Rows:
        return (((one.health.board,), figure(one)) for one in boards)

    fetches = (((one.health.board, verdict), amount) for one in boards for verdict, amount in one.fetches.items())
    states = (((one.health.board, state.value), float(one.health.state is state)) for one in boards for state in State)
    yield _counter("tracker_fetches", "Fetches by what they came to.", ("board", "outcome"), fetches)
    yield _counter("tracker_fetch_bytes", "Bytes received.", ("board",), rows(lambda one: one.fetch_bytes))
    yield _counter("tracker_read_seconds", "Seconds spent parsing and checking.", ("board",), rows(lambda one: one.read_s))
    yield _counter("tracker_detect_seconds", "Seconds spent comparing and detecting.", ("board",), rows(lambda one: one.detect_s))
    yield _counter("tracker_store_seconds", "Seconds spent storing.", ("board",), rows(lambda one: one.store_s))
    yield _gauge("tracker_entries", "Entries of the last accepted snapshot.", ("board",), rows(lambda one: one.health.entries))
    yield _gauge("tracker_board_state", "1 for the state the board is in, 0 for the others.", ("board", "state"), states)
    age = "Seconds since the board was last read without trouble."
    yield _gauge("tracker_last_success_age_seconds", age, ("board",), rows(lambda one: one.success_age_s))
    yield _gauge("tracker_failures", "Readings in a row that failed.", ("board",), rows(lambda one: one.failures))


def _of_delivery(vitals: Vitals) -> Iterator[_Family]:
    routes = vitals.routes
    deliveries = [
        ((one.route, state), amount) for one in routes for state, amount in (("waiting", one.waiting), ("dead", one.dead))
    ]
    oldest = [((one.route,), one.oldest_age_s) for one in routes]
    yield _gauge("tracker_outbox_deliveries", "Deliveries in the outbox.", ("route", "state"), deliveries)
    yield _gauge("tracker_outbox_oldest_age_seconds", "Age of the oldest delivery that waits.", ("route",), oldest)
    yield _counter("tracker_sent", "Letters delivered.", ("route",), [((one.route,), one.sent) for one in routes])
    failures = [((one.route,), one.send_failures) for one in routes]
    yield _counter("tracker_send_failures", "Tries to deliver that failed.", ("route",), failures)
    yield _counter("tracker_events", "Events detected.", ("kind",), [((kind,), count) for kind, count in vitals.events.items()])
    yield _gauge("tracker_notices_open", "Open troubles of the tracker's own.", (), [((), len(vitals.notices))])


def _counter(name: str, text: str, labels: tuple[str, ...], rows: _Rows) -> CounterMetricFamily:
    return _filled(CounterMetricFamily(name, text, labels=labels), rows)


def _gauge(name: str, text: str, labels: tuple[str, ...], rows: _Rows) -> GaugeMetricFamily:
    return _filled(GaugeMetricFamily(name, text, labels=labels), rows)


def _filled(family: _Counted, rows: _Rows) -> _Counted:
    for labels, figure in rows:
        if figure is not None:
            family.add_metric(labels, figure)
    return family
