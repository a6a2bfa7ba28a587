"""Weeks of the daemon with failing publishers, compared with the servers' log; `bench/years.py` runs years."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from years_world import (
    CHANNEL_ROUTES,
    LASTING,
    PASSING,
    RHYTHMS,
    START,
    Arrived,
    Place,
    Receiver,
    Script,
    Served,
    capped,
    kept_once,
    one_certificate,
    oracle,
    outages,
    served,
    years,
)

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weeks:
    """A run that is over, and what the receiver had of it."""

    script: Script
    place: Place
    arrived: list[Arrived]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = one_certificate(tmp_path_factory.mktemp("certificate"))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SSL_CERT_FILE", str(path))
        yield path


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory, certificate: Path) -> Weeks:
    """Twelve boards for twelve days, with more trouble than usual."""
    script, receiver = Script(seed=11, boards=12, days=12, rhythms=RHYTHMS[1:], outages=6), Receiver()
    place = Place(root=tmp_path_factory.mktemp("weeks"))
    with years(place.root, script, receiver.url) as world:
        world.run(script.end)
    receiver.close()
    return Weeks(script=script, place=place, arrived=receiver.arrived)


@pytest.fixture
def spoilt(weeks: Weeks, tmp_path: Path) -> Weeks:
    """A copy of it, to be tampered with."""
    shutil.copytree(weeks.place.root, tmp_path / "copy")
    return Weeks(script=weeks.script, place=Place(root=tmp_path / "copy"), arrived=weeks.arrived)


@pytest.mark.slow
def test_good_answers_of_the_servers_are_in_history_once_and_bad_ones_are_not(weeks: Weeks):
    wrong, seen = oracle(weeks.script, weeks.place, arrived=weeks.arrived)
    assert wrong == []
    assert seen["states served well"] > 150
    assert seen["outages that must be news"] >= 3
    assert seen["receipts"] > 150


@pytest.mark.slow
def test_the_servers_had_transient_and_lasting_failures(weeks: Weeks):
    kinds = Counter(fetch.kind for fetches in served(weeks.place.log).values() for fetch in fetches)
    assert len(kinds.keys() & set(PASSING)) >= 4
    assert len(kinds.keys() & set(LASTING)) >= 4


@pytest.mark.slow
@pytest.mark.parametrize(
    ("tampered", "found"),
    [
        ("DELETE FROM _checks WHERE (board, observed_at) = (SELECT board, min(observed_at) FROM _checks)", "not in the history"),
        ("UPDATE _checks SET observed_at = observed_at + 1 WHERE result = 'unchanged'", "not served well"),
        ("UPDATE _measures SET value = value + 1", "the snapshot says"),
        ("DELETE FROM _events WHERE kind = 'board_broken'", "was news 0 times"),
        ("UPDATE _events SET recorded_at = recorded_at + 7 WHERE kind = 'overtake'", "which was a failed fetch"),
        ("DELETE FROM receipts WHERE route = 'news'", "is in 0 places"),
    ],
)  # fmt: skip
def test_the_servers_log_contradicts_a_tampered_store(spoilt: Weeks, tampered: str, found: str):
    with closing(sqlite3.connect(spoilt.place.database)) as connection:
        assert connection.execute(tampered).rowcount > 0
        connection.commit()
    wrong, _ = oracle(spoilt.script, spoilt.place, arrived=spoilt.arrived)
    assert any(found in problem for problem in wrong), wrong[:5]


def test_failing_fetches_in_a_row_are_one_outage():
    def fetch(hour: int, kind: str) -> Served:
        return Served(board="a/b", at=START + timedelta(hours=hour), kind=kind, sha256="")

    fetches = [fetch(0, ""), fetch(1, "half"), fetch(2, "gone"), fetch(3, ""), fetch(4, "error")]
    assert list(outages(fetches)) == [([fetches[1], fetches[2]], fetches[3]), ([fetches[4]], None)]


@pytest.mark.slow
def test_a_receiver_that_fails_hangs_and_refuses_large_messages_gets_everything_once(tmp_path: Path, certificate: Path):
    def behave(number: int, length: int) -> str:
        return ("error", "ok", "hang", "ok", "ok")[number % 5] if length < 20_000 else "large"

    script, receiver, place = Script(seed=2, boards=6, days=4), Receiver(behave), Place(root=tmp_path)
    with years(place.root, script, receiver.url, routes=CHANNEL_ROUTES, post_s=0.1) as world:
        world.run(script.end)
    receiver.close()
    wrong, seen = kept_once(place, receiver.arrived)
    assert wrong == []
    assert capped(receiver.arrived, "capped", 3) == []
    assert seen["deliveries only counted"] > 0
    assert all(seen[f"answered {answer}"] > 0 for answer in ("ok", "error", "hang", "large")), seen


@pytest.mark.slow
def test_a_repeatedly_killed_daemon_ends_with_the_same_store(tmp_path: Path):
    size = ["--boards", "5", "--days", "3", "--kills", "12", "--scratch", str(tmp_path)]
    command = [sys.executable, str(ROOT / "bench" / "years.py"), *size]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ, cwd=ROOT)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "0 lines differ" in ran.stdout
