"""The units in `contrib/systemd/` are what `tracker install` writes, and systemd's own tools find nothing wrong in them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.cli._units import DAEMON, RUN, TIMER, UnitPlace, units
from tracker.errors import DeclarationError
from tracker.workspace import find

FOLDER = Path(__file__).parents[2] / "contrib" / "systemd"
SYSTEM = UnitPlace(tracker=Path("/opt/tracker/bin/tracker"), store=Path("/etc/tracker"))
USER = UnitPlace(tracker=Path("%h/.local/bin/tracker"), store=Path("%h/.local/share/leaderboard-tracker"))
ANALYZE = shutil.which("systemd-analyze")
needs_systemd = pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not on this machine")
WORST = 2.0
"""`systemd-analyze security` calls anything up to here OK (0 is a process that may do nothing)."""


def expected() -> dict[str, str]:
    """Path under `contrib/systemd/` → text. A `%h` is the home folder there, and not part of a name."""
    system = {**units(SYSTEM, scope="system"), **units(SYSTEM, scope="system", timer=True)}
    user = {**units(USER, scope="user"), **units(USER, scope="user", timer=True)}
    return {**system, **{f"user/{name}": text.replace("%%h", "%h") for name, text in user.items()}}


def test_the_units_in_contrib_are_those_of_the_templates(request):
    if request.config.getoption("--accept"):
        for name, text in expected().items():
            (FOLDER / name).write_text(text, encoding="utf-8")
    files = {str(path.relative_to(FOLDER)): path.read_text(encoding="utf-8") for path in FOLDER.rglob("*.*") if path.is_file()}
    assert files == expected()


def test_a_users_unit_names_the_workspace_in_which_commands_look():
    data = find(None, None, here=Path("/nowhere"), environment={"XDG_DATA_HOME": "/home/ann/.local/share"}).store.parent
    assert str(USER.store).replace("%h", "/home/ann") == str(data)


def test_a_system_unit_can_write_where_the_guide_puts_its_store():
    guide = (FOLDER.parents[1] / "docs" / "guide" / "install.md").read_text(encoding="utf-8")
    (state,) = settings(units(SYSTEM, scope="system")[DAEMON], "StateDirectory")
    assert f"tracker init {SYSTEM.store}\n" in guide
    assert f'store = "/var/lib/{state}"' in guide


def written(folder: Path, scope: str, program: Path) -> list[Path]:
    """Every unit of that scope in the folder, with a program that exists: `verify` looks for it."""
    place = UnitPlace(tracker=program, store=Path("/var/lib/tracker"), schedules=folder / "schedules")
    texts = {**units(place, scope=scope), **units(place, scope=scope, timer=True)}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in (DAEMON, RUN, TIMER)]


def program(folder: Path, name: str = "tracker") -> Path:
    path = folder / name
    path.write_text("#!/bin/sh\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def analyze(*args: str | Path) -> subprocess.CompletedProcess[str]:
    assert ANALYZE is not None
    return subprocess.run([ANALYZE, *map(str, args)], capture_output=True, text=True, check=False)


def complaints(folder: Path, scope: str, *paths: Path) -> list[str]:
    """What `verify` says of our units, without what it says of the machine's own. It is silent about a user's units where it
    has no folder for its run-time files, and logs to the journal if it can."""
    assert ANALYZE is not None
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(folder), "SYSTEMD_LOG_TARGET": "console", "SYSTEMD_COLORS": "0"}
    words = [ANALYZE, "verify", "--man=no", f"--{scope}", *map(str, paths)]
    ran = subprocess.run(words, capture_output=True, text=True, check=False, env=environment)
    assert "Failed to initialize manager" not in ran.stderr
    return [line for line in ran.stderr.splitlines() if "tracker" in line]


@needs_systemd
@pytest.mark.parametrize("scope", ["system", "user"])
def test_systemd_verifies_every_unit(tmp_path, scope):
    assert complaints(tmp_path, scope, *written(tmp_path, scope, program(tmp_path))) == []


@needs_systemd
@pytest.mark.parametrize("scope", ["system", "user"])
def test_a_setting_that_systemd_does_not_know_would_be_seen(tmp_path, scope):
    (unit, *_) = written(tmp_path, scope, program(tmp_path))
    unit.write_text(unit.read_text(encoding="utf-8").replace("RestrictRealtime=yes", "RestrictRealtime=often"), encoding="utf-8")
    (complaint,) = complaints(tmp_path, scope, unit)
    assert "often" in complaint


@needs_systemd
def test_a_program_whose_path_needs_quoting_is_found_by_systemd(tmp_path):
    odd = tmp_path / "my $HOME is 100% é; {x} #1"
    odd.mkdir()
    (unit, *_) = written(tmp_path, "user", program(odd))
    assert complaints(tmp_path, "user", unit) == []
    (odd / "tracker").unlink()
    (complaint,) = complaints(tmp_path, "user", unit)
    assert "is not executable" in complaint


@needs_systemd
@pytest.mark.parametrize("name", [DAEMON, RUN])
def test_the_exposure_of_a_system_unit_is_rated_ok(tmp_path, name):
    written(tmp_path, "system", program(tmp_path))
    ran = analyze("security", "--offline=true", "--no-pager", f"--threshold={int(WORST * 10)}", tmp_path / name)
    rated = re.search(r"Overall exposure level for \S+: ([\d.]+) (\w+)", ran.stdout)
    assert rated is not None, ran.stdout + ran.stderr
    assert (ran.returncode, rated[2]) == (0, "OK")
    assert float(rated[1]) <= WORST


@needs_systemd
def test_the_timer_fires_four_times_an_hour():
    stated = re.search(r"OnCalendar=(.+)", units(USER, scope="user", timer=True)[TIMER])
    assert stated is not None
    ran = analyze("calendar", "--iterations=5", "--base-time=2026-03-01 00:00 UTC", stated[1])
    assert re.findall(r"(\d\d:\d\d):00 UTC$", ran.stdout, re.MULTILINE) == ["00:03", "00:18", "00:33", "00:48", "01:03"]


def settings(text: str, key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", text, re.MULTILINE)


@pytest.mark.parametrize("scope", ["system", "user"])
def test_systemd_waits_longer_than_the_daemon_takes_to_stop(scope):
    (text,) = units(SYSTEM, scope=scope).values()
    assert int(settings(text, "TimeoutStopSec")[0]) > 60


def test_a_users_unit_needs_nothing_that_only_root_can_give():
    text = "".join(units(USER, scope="user").values()) + "".join(units(USER, scope="user", timer=True).values())
    privileged = ("DynamicUser", "StateDirectory", "CapabilityBoundingSet", "Protect", "Private", "RemoveIPC", "User=")
    assert [line for line in text.splitlines() if line.startswith(privileged)] == []


@pytest.mark.parametrize("sign", ["\n", "\r", "\0", "\x1b"])
def test_a_path_that_no_unit_can_hold_is_refused(sign):
    with pytest.raises(DeclarationError, match="control character"):
        units(UnitPlace(tracker=Path("/t"), store=Path(f"/a{sign}b"), schedules=Path("/s")), scope="user")


@needs_systemd
@pytest.mark.parametrize("sign", ["'", '"', "\\"])
def test_a_program_that_systemd_would_not_start_is_refused(tmp_path, sign):
    odd = tmp_path / f"a{sign}b"
    odd.mkdir()
    with pytest.raises(DeclarationError, match="systemd starts no program with"):
        units(UnitPlace(tracker=odd / "tracker", store=Path("/a"), schedules=Path("/s")), scope="user")
    unit = tmp_path / DAEMON
    quoted = str(program(odd)).replace("\\", r"\\").replace('"', r"\"")
    unit.write_text(f'[Service]\nExecStart="{quoted}"\n', encoding="utf-8")
    assert any("special characters" in line for line in complaints(tmp_path, "user", unit))


def unquoted(line: str) -> list[str]:
    """`ExecStart=` as systemd splits it: quotes and backslashes (systemd.syntax), then `%%`, then `$$` except in the program."""
    words = re.findall(r'"((?:[^"\\]|\\.)*)"|([^"\s]+)', line)
    plain = [re.sub(r"\\(.)", r"\1", quoted) if quoted else bare for quoted, bare in words]
    program, *args = [word.replace("%%", "%") for word in plain]
    return [program, *(arg.replace("$$", "$") for arg in args)]


PATHS = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1).map(lambda text: Path("/x" + text))


PROGRAMS = PATHS.filter(lambda path: not {"'", '"', "\\"} & set(str(path)))


@given(tracker=PROGRAMS, store=PATHS, schedules=PATHS)
def test_every_path_comes_out_of_the_unit_as_it_went_in(tracker, store, schedules):
    (text,) = units(UnitPlace(tracker=tracker, store=store, schedules=schedules), scope="user").values()
    (line,) = settings(text, "ExecStart")
    assert unquoted(line) == [str(tracker), "--store", str(store), "--schedules", str(schedules), "daemon"]
