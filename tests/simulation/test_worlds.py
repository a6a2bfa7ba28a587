"""Whatever goes wrong in a world: true states enter history once, only they are news, and news arrives once and on time."""

from pathlib import Path

import pytest

from simulation import oracle
from simulation.planted import BUGS, ROOT, Bug
from simulation.seeds import outcome_of
from simulation.world import Incident, World

SEEDS, AT_ONCE = 300, 15
FOUND: tuple[int, ...] = (40022, 100040, 100108, 100120)
"""Seeds beyond these that once found a bug, which is fixed."""


@pytest.mark.slow
@pytest.mark.parametrize("first", [*range(0, SEEDS, AT_ONCE), *FOUND])
def test_what_goes_wrong_in_a_world_harms_nothing_true(first: int):
    outcomes = [outcome_of(seed) for seed in range(first, first + (AT_ONCE if first < SEEDS else 1))]
    wrong = {f"python -m tests.simulation --seed {outcome.seed}": outcome.problems for outcome in outcomes if outcome.problems}
    assert wrong == {}


def test_a_killed_daemon_reports_each_state_once(tmp_path: Path):
    world = World(seed=1, root=tmp_path, days=1.2, boards=1, incidents_per_day=0)
    world.incidents.append(Incident(at_s=10_000, what="kill", board=world.names[0], detail="TORN_CRASH"))
    world._queue = list(world.incidents)
    world.run()
    assert oracle.problems(world) == []
    assert world.seen["processes killed"] == 1
    assert world.seen["served well"] > 3


def test_a_state_that_never_entered_history_is_noticed(tmp_path: Path):
    world = World(seed=1, root=tmp_path, days=1.2, boards=1, incidents_per_day=0)
    world.run()
    (first, *_) = world.serves
    world.serves.append(type(first)(board=first.board, passed_s=1.0, kind="", sha256="0" * 64, number=77, must=True))
    assert any("states [77] were served well" in problem for problem in oracle.problems(world))


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_bug_is_planted_in_one_place(bug: Bug):
    assert (ROOT / "tracker" / bug.file).read_text(encoding="utf-8").count(bug.old) == 1


def test_a_world_is_the_same_each_time():
    first, again = (outcome_of(5, ("wrong page", "kill")) for _ in range(2))
    assert first == again
    assert first.problems == ()
