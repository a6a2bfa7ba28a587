"""One world after the other, each in a folder of its own."""

from __future__ import annotations

import tempfile
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from simulation import oracle
from simulation.faults import fast_folder
from simulation.world import INCIDENTS, World


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a world; `happened` tells what went wrong in it, line by line."""

    seed: int
    problems: tuple[str, ...]
    happened: tuple[str, ...]


def outcome_of(seed: int, kinds: Sequence[str] = INCIDENTS) -> Outcome:
    """Run a world in which only these kinds of incidents happen. A trace is a problem like others."""
    with tempfile.TemporaryDirectory(dir=fast_folder()) as scratch:
        world = World(seed=seed, root=Path(scratch), kinds=kinds)
        try:
            world.run()
            problems = oracle.problems(world)
        except Exception as error:  # noqa: BLE001  # it is printed
            place = traceback.extract_tb(error.__traceback__)[-1]
            problems = [*world.wrong, f"{type(error).__name__}: {error} ({place.filename}:{place.lineno})"]
        incidents = (
            f"{incident.at_s / 3600:6.1f} h  {incident.what} {incident.detail}  {incident.board}" for incident in world.incidents
        )
        counts = ", ".join(f"{amount} {what}" for what, amount in oracle.summary(world).items())
        return Outcome(seed=seed, problems=tuple(problems), happened=(*incidents, counts))
