"""Wherever the package touches the disk, one failure there leaves the store whole, and the next run completes the work."""

import pytest

from simulation.faults import SCENARIOS, Scenario, Tally, tries

NAMED = {scenario.name: scenario for scenario in SCENARIOS}


@pytest.mark.slow
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_failure_at_any_place_leaves_a_whole_store_that_the_next_run_completes(scenario: Scenario):
    tally = Tally()
    assert list(tries(scenario, tally, depth=0)) == []
    assert tally.tried >= 5


def test_a_pause_survives_a_backup_that_cannot_be_renamed():
    tally = Tally()
    assert list(tries(NAMED["pause"], tally, depth=1, only="rename")) == []
    assert tally.tried >= 3


def test_a_run_that_cannot_note_how_far_it_came_leaves_a_store_that_holds():
    tally = Tally()
    assert list(tries(NAMED["run of one board"], tally, depth=1, only="write tracker.db-wal&_transaction&FULL")) == []
    assert tally.tried == 2
