"""The figures at `/metrics`, read with Prometheus' own parser."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_plain
from web_world import EMPTY, NOW, ask, board_vitals, full

from tracker.model import State
from tracker.query.vitals import RouteVitals, Vitals

GUIDE = Path(__file__).resolve().parents[2] / "docs/guide/monitoring.md"
Samples = Mapping[tuple[str, frozenset[tuple[str, str]]], float]


def samples(found: httpx.Response) -> Samples:
    assert found.status_code == 200, found.text
    read = read_openmetrics if "openmetrics" in found.headers["content-type"] else read_plain
    every = [sample for family in read(found.text) for sample in family.samples]
    named = {(sample.name, frozenset(sample.labels.items())): sample.value for sample in every}
    assert len(named) == len(every)
    return {name: value for name, value in named.items() if not name[0].startswith("process_")}


def figure(found: Samples, name: str, **labels: str) -> float:
    return found[name, frozenset(labels.items())]


def test_every_figure_is_shown_with_its_labels():
    found = samples(ask("/metrics", vitals=full()))
    expected = {
        ("tracker_build_info", ("version", version("leaderboard-tracker"))): 1,
        ("tracker_fetches_total", ("board", "acme/text"), ("outcome", "new")): 7,
        ("tracker_fetches_total", ("board", "acme/text"), ("outcome", "not_modified")): 11,
        ("tracker_fetch_bytes_total", ("board", "acme/text")): 123_456_789,
        ("tracker_read_seconds_total", ("board", "acme/text")): 1.5,
        ("tracker_detect_seconds_total", ("board", "acme/text")): 0.25,
        ("tracker_store_seconds_total", ("board", "acme/text")): 0.125,
        ("tracker_entries", ("board", "acme/text")): 509,
        ("tracker_last_success_age_seconds", ("board", "acme/text")): 61.5,
        ("tracker_failures", ("board", "acme/text")): 3,
        ("tracker_outbox_deliveries", ("route", "ops"), ("state", "waiting")): 4,
        ("tracker_outbox_deliveries", ("route", "ops"), ("state", "dead")): 2,
        ("tracker_outbox_deliveries", ("route", "chat"), ("state", "waiting")): 0,
        ("tracker_outbox_oldest_age_seconds", ("route", "ops")): 90,
        ("tracker_sent_total", ("route", "ops")): 13,
        ("tracker_send_failures_total", ("route", "ops")): 5,
        ("tracker_events_total", ("kind", "debut")): 17,
        ("tracker_notices_open",): 1,
    }
    assert {name: found.get((name[0], frozenset(name[1:]))) for name in expected} == expected


def test_a_board_is_in_exactly_one_of_all_states():
    found = samples(ask("/metrics", vitals=full()))
    for board, state in (("acme/text", State.BROKEN), ("acme/code", State.OK)):
        states = {state: figure(found, "tracker_board_state", board=board, state=state) for state in State}
        assert states == {other: float(other is state) for other in State}


def test_an_unknown_figure_is_absent_and_not_zero():
    names = {name for name, labels in samples(ask("/metrics", vitals=full())) if ("board", "acme/code") in labels}
    assert names.isdisjoint({"tracker_entries", "tracker_last_success_age_seconds"})
    ages = {labels for name, labels in samples(ask("/metrics", vitals=full())) if name == "tracker_outbox_oldest_age_seconds"}
    assert ages == {frozenset({("route", "ops")})}


def test_an_empty_tracker_still_shows_that_it_runs():
    found = samples(ask("/metrics", vitals=EMPTY))
    assert {name for name, _ in found} == {"tracker_build_info", "tracker_notices_open"}
    assert figure(found, "tracker_notices_open") == 0


def test_both_formats_have_the_same_figures():
    plain = ask("/metrics", vitals=full())
    opened = ask("/metrics", vitals=full(), headers={"accept": "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"})
    assert plain.headers["content-type"].startswith("text/plain")
    assert opened.headers["content-type"].startswith("application/openmetrics-text")
    assert samples(plain) == samples(opened)


NASTY = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(board=NASTY, route=NASTY, kind=NASTY)
@pytest.mark.parametrize("accept", ["text/plain", "application/openmetrics-text;version=1.0.0"])
def test_no_name_breaks_the_format(accept: str, board: str, route: str, kind: str):
    given_ = Vitals(
        at=NOW,
        boards=(board_vitals(board, fetches={"new": 2}),),
        routes=(RouteVitals(route=route, dead=3),),
        events={kind: 5},
        notices=(),
    )
    text = ask("/metrics", vitals=given_, headers={"accept": accept})
    written = [re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], line) for line in text.text.split("\n")]
    for name, label, value, figure_ in (
        ("tracker_fetches_total", "board", board, "2.0"),
        ("tracker_events_total", "kind", kind, "5.0"),
        ("tracker_outbox_deliveries", "route", route, "3.0"),
    ):
        wanted = f'{name}{{{label}="{value}"'
        (line,) = [row for row in written if row.startswith(wanted) and row.endswith(f"}} {figure_}")]
        assert line.count("\n") == value.count("\n")


def test_the_guide_names_exactly_the_figures():
    shown = {name for name, _ in samples(ask("/metrics", vitals=full()))}
    written = {
        line.split("`")[1].partition("{")[0]
        for line in GUIDE.read_text(encoding="utf-8").splitlines()
        if line.startswith("| `tracker_")
    }
    assert written == shown
