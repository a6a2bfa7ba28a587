"""The crontab line runs what it should, whatever the paths are."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest
from cronsim import CronSim
from hypothesis import given
from hypothesis import strategies as st
from kit import examples

from tracker.cli._units import UnitPlace, crontab
from tracker.errors import DeclarationError

CRONTAB = Path(__file__).parents[2] / "contrib" / "crontab"
PLACE = UnitPlace(tracker=Path("/opt/tracker/bin/tracker"), store=Path("/etc/tracker"))
SHOW = "#!{python}\nimport json, pathlib, sys\npathlib.Path({seen!r}).write_text(json.dumps(sys.argv[1:]))\nprint('noise')\n"


def test_the_line_in_contrib_is_the_one_that_install_prints():
    lines = CRONTAB.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#")] == [crontab(PLACE)]


def parts(line: str) -> tuple[str, str]:
    """The times and the command, as cron takes a line apart: `%` ends the command unless it is escaped (crontab(5))."""
    fields = line.split(maxsplit=5)
    assert "%" not in fields[5].replace(r"\%", "")
    return " ".join(fields[:5]), fields[5].replace(r"\%", "%")


def test_its_times_are_every_quarter_of_an_hour():
    times, _ = parts(crontab(PLACE))
    firings = list(islice(CronSim(times, datetime(2026, 3, 1, 23, 50, tzinfo=UTC)), 5))
    assert [at.strftime("%d %H:%M") for at in firings] == ["02 00:00", "02 00:15", "02 00:30", "02 00:45", "02 01:00"]


@pytest.mark.parametrize("name", ["plain", "a b", "50 % $HOME `x` 'q' \"d\" \\ ; & é"])
def test_a_shell_runs_it_with_the_paths_as_they_are_and_says_nothing(tmp_path, name):
    folder = tmp_path / name
    folder.mkdir()
    program = folder / "tracker"
    program.write_text(SHOW.format(python=sys.executable, seen=str(tmp_path / "seen")), encoding="utf-8")
    program.chmod(0o755)
    _, command = parts(crontab(UnitPlace(tracker=program, store=folder / "store", schedules=folder / "schedules")))
    ran = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=True)
    assert (ran.stdout, ran.stderr) == ("", "")
    seen = json.loads((tmp_path / "seen").read_text(encoding="utf-8"))
    assert seen == ["--store", str(folder / "store"), "--schedules", str(folder / "schedules"), "run", "--due"]


@examples(200)
@given(st.text().map(lambda text: Path("/" + text)))
def test_it_is_one_line_or_refused(path):
    place = UnitPlace(tracker=path, store=path, schedules=path)
    if any(ord(sign) < 32 or ord(sign) == 127 for sign in str(path)):
        with pytest.raises(DeclarationError):
            crontab(place)
    else:
        assert "\n" not in crontab(place)
        parts(crontab(place))
