"""Failing hosts or a missing network: three silent hosts and none that answers."""

from __future__ import annotations

from datetime import timedelta

from daemon_world import START
from hypothesis import given
from hypothesis import strategies as st

from tracker.daemon.network import DARK_AFTER, PROBE_EVERY, Network

MINUTE = timedelta(minutes=1)


def test_one_silent_host_never_means_a_missing_network():
    network = Network()
    for minute in range(100):
        network.silent("a", START + minute * MINUTE)
    assert not network.dark
    assert not network.wants_a_probe(START + 200 * MINUTE)


def test_several_silent_hosts_mean_a_missing_network_since_the_first_of_them():
    network = Network()
    for minute, host in enumerate("abc"):
        assert not network.dark
        network.silent(host, START + minute * MINUTE)
    assert network.dark
    assert network.since == START


def test_any_answer_ends_the_outage():
    network = Network()
    for host in "abc":
        network.silent(host, START)
    assert network.answered() is True
    assert not network.dark
    assert network.since is None
    assert network.answered() is False


def test_one_host_is_asked_every_five_minutes():
    network = Network()
    for host in "abc":
        network.silent(host, START)
    assert not network.wants_a_probe(START + PROBE_EVERY - MINUTE)
    assert network.wants_a_probe(START + PROBE_EVERY)
    network.probes(START + PROBE_EVERY)
    assert not network.wants_a_probe(START + PROBE_EVERY + MINUTE)
    assert network.wants_a_probe(START + 2 * PROBE_EVERY)


@given(st.lists(st.sampled_from(["a", "b", "c", "d", "answer"]), max_size=30))
def test_the_network_is_missing_exactly_while_enough_hosts_were_silent_since_the_last_answer(heard: list[str]):
    network = Network()
    for number, one in enumerate(heard):
        if one == "answer":
            network.answered()
        else:
            network.silent(one, START + number * MINUTE)
        since = heard[: number + 1][::-1]
        quiet = since[: since.index("answer")] if "answer" in since else since
        assert network.dark is (len(set(quiet)) >= DARK_AFTER)
