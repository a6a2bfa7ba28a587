"""`tracker install` prints the units, installs them only with --yes, and makes shells complete our words."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cli_world import World

from tracker.cli import COMMANDS
from tracker.cli._units import DAEMON, RUN, TIMER, UnitPlace, crontab, units
from tracker.cli.install import Machine, here, in_a_cache, install, place
from tracker.errors import DeclarationError, TrackerError
from tracker.workspace import Settings

PLACE = UnitPlace(tracker=Path("/venv/bin/tracker"), store=Path("/data/store"), schedules=Path("/data/schedules"))
COMPLETE = "import sys; from tracker.cli import main; main()"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine with systemd; its systemctl records its arguments, and fails if there is a file `broken` beside it."""
    systemctl = tmp_path / "systemctl"
    asked, broken = tmp_path / "asked", tmp_path / "broken"
    systemctl.write_text(
        f'#!/bin/sh\necho "$@" >> {asked}\nif [ -e {broken} ]; then echo "Failed to connect to bus" >&2; exit 1; fi\n',
        encoding="utf-8",
    )
    systemctl.chmod(0o755)
    return Machine(folder=tmp_path / "config" / "systemd" / "user", systemctl=systemctl)


def asked(machine: Machine) -> list[str]:
    """The calls of systemctl since the last time."""
    file = machine.folder.parents[2] / "asked"
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    file.unlink(missing_ok=True)
    return lines


def test_without_yes_everything_is_printed_and_nothing_is_done(machine, capsys):
    install(machine, PLACE)
    printed = capsys.readouterr().out
    (text,) = units(PLACE, scope="user").values()
    assert text in printed
    assert f"# {machine.folder}/{DAEMON}" in printed
    assert "systemctl --user enable --now tracker.service" in printed
    assert "loginctl enable-linger" in printed
    assert str(machine.folder.parents[1] / "tracker" / "env") in printed
    assert (machine.folder.exists(), asked(machine)) == (False, [])


def test_with_yes_the_units_are_written_and_started(machine):
    install(machine, PLACE, yes=True)
    assert {path.name: path.read_text(encoding="utf-8") for path in machine.folder.iterdir()} == units(PLACE, scope="user")
    assert asked(machine) == ["--user daemon-reload", "--user enable --now tracker.service"]


def test_the_timer_is_started_instead_of_its_service(machine):
    install(machine, PLACE, timer=True, yes=True)
    assert {path.name for path in machine.folder.iterdir()} == {RUN, TIMER}
    assert asked(machine) == ["--user daemon-reload", "--user enable --now tracker-run.timer"]


def test_installing_again_changes_no_file(machine, capsys):
    install(machine, PLACE, yes=True)
    before = (machine.folder / DAEMON).stat().st_mtime_ns
    install(machine, PLACE, yes=True)
    assert (machine.folder / DAEMON).stat().st_mtime_ns == before
    assert "as it was" in capsys.readouterr().out


def test_a_unit_that_differs_is_kept_and_nothing_else_is_written(machine):
    machine.folder.mkdir(parents=True)
    (machine.folder / TIMER).write_text("own\n", encoding="utf-8")
    with pytest.raises(DeclarationError, match=r"tracker-run\.timer: already exists and differs.*--force"):
        install(machine, PLACE, timer=True, yes=True)
    assert [path.name for path in machine.folder.iterdir()] == [TIMER]
    assert (machine.folder / TIMER).read_text(encoding="utf-8") == "own\n"
    assert asked(machine) == []


def test_force_replaces_the_unit_and_restarts_it(machine):
    machine.folder.mkdir(parents=True)
    (machine.folder / DAEMON).write_text("own\n", encoding="utf-8")
    install(machine, PLACE, yes=True, force=True)
    assert (machine.folder / DAEMON).read_text(encoding="utf-8") == units(PLACE, scope="user")[DAEMON]
    assert asked(machine)[1] == "--user try-restart tracker.service"


def test_a_refusal_of_systemctl_is_reported_with_its_reason(machine):
    (machine.folder.parents[2] / "broken").touch()
    with pytest.raises(TrackerError, match="daemon-reload: exit code 1, expected 0: Failed to connect to bus; the units are"):
        install(machine, PLACE, yes=True)
    assert (machine.folder / DAEMON).exists()


def test_without_systemd_the_crontab_line_is_printed(machine, capsys):
    install(Machine(folder=machine.folder, systemctl=None), PLACE)
    assert capsys.readouterr().out.splitlines()[-1] == crontab(PLACE)


def test_without_systemd_yes_is_refused_with_the_line(machine):
    with pytest.raises(DeclarationError, match="no systemd runs here, so nothing was written"):
        install(Machine(folder=machine.folder, systemctl=None), PLACE, yes=True)
    assert not machine.folder.exists()


def test_units_have_absolute_paths_of_program_and_folders(world: World):
    world.declare("acme/text")
    relative = Path(os.path.relpath(world.folder))
    found = place(Settings(store=relative / "snapshots", schedules=relative / "schedules"))
    assert all(path.is_absolute() for path in (found.tracker, found.store, found.schedules))
    assert found.schedules.samefile(world.folder / "schedules")
    assert found.tracker.name == "tracker"
    assert os.access(found.tracker, os.X_OK)


@pytest.mark.parametrize(
    ("path", "is_cached"), [("/home/ann/.cache/uv/archive-v0/x/bin/tracker", True), ("/opt/bin/tracker", False)]
)
def test_a_program_in_a_cache_is_recognised(path: str, is_cached: bool):  # pytest passes it by name
    assert in_a_cache(Path(path)) is is_cached


def test_a_missing_schedules_folder_is_refused(world: World):
    ran = world.plain("--store", world.store, "--schedules", world.folder / "nowhere", "install", "--user")
    assert (ran.code, "no such folder; expected a folder of declarations" in ran.error) == (2, True)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ((), "neither --user nor --completion was given"),
        (("--user", "--completion", "bash"), "--user and --completion were both given"),
    ],
)
def test_exactly_one_thing_to_install_is_required(world: World, words: tuple[str, ...], found: str):
    ran = world.run("install", *words)
    assert (ran.code, f"{found}; expected one of --user and --completion SHELL" in ran.error) == (2, True)


def test_a_service_for_a_missing_store_is_printed_with_a_warning(world: World):
    world.declare("acme/text")
    ran = world.run("install", "--user")
    assert (ran.code, ran.err) == (0, f"tracker: {world.store}: no store here yet; tracker run creates it\n")
    world.imported()
    assert world.run("install", "--user").err == ""


def test_the_command_prints_the_units_or_the_crontab_of_this_machine(world: World):
    world.declare("acme/text")
    ran = world.run("install", "--user")
    assert ran.code == 0
    assert str(world.store) in ran.out
    assert ("[Service]" in ran.out) == (here().systemctl is not None)


# ── completion ───────────────────────────────────────────────────────────────────────────────────


def completed(world: World, line: str) -> list[str]:
    """The completions that bash gets for that line."""
    words = line.split(" ")
    env = {**os.environ, "_TRACKER_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    ran = subprocess.run([sys.executable, "-c", COMPLETE], env=env, cwd=world.folder, capture_output=True, text=True, check=True)
    assert ran.stderr == ""
    return [kind.partition(",")[2] for kind in ran.stdout.splitlines() if kind]


@pytest.mark.slow
def test_a_shell_completes_every_command(world: World):
    assert completed(world, "tracker ") == list(COMMANDS)
    assert completed(world, "tracker qua") == ["quarantine"]


@pytest.mark.slow
def test_a_shell_completes_options_and_their_choices(world: World):
    assert "--timer" in completed(world, "tracker install --t")
    assert completed(world, "tracker install --completion ") == ["bash", "zsh", "fish"]


@pytest.mark.parametrize("command", [pytest.param("run", marks=pytest.mark.slow), "standings"])
def test_a_shell_completes_boards_by_their_files_including_wrong_and_shipped_ones(world: World, command):
    world.declare("acme/text")
    world.declare("acme/broken", "this is no TOML")
    world.declare("models/acme")
    world.declare("zeta/vision")
    assert completed(world, f"tracker --schedules schedules {command} ") == ["acme/broken", "acme/text", "zeta/vision"]
    assert set(completed(world, f"tracker {command} ")) > {"acme/broken", "acme/text", "zeta/vision", "lmarena/text"}
    assert completed(world, f"tracker {command} acme/t") == ["acme/text"]
    assert completed(world, f"tracker --schedules elsewhere {command} ") == []


def test_completing_a_command_imports_no_command(world: World):
    code = f"import atexit, sys\natexit.register(lambda: print(*sorted(sys.modules), file=sys.stderr))\n{COMPLETE}"
    env = {**os.environ, "_TRACKER_COMPLETE": "bash_complete", "COMP_WORDS": "tracker ", "COMP_CWORD": "1"}
    ran = subprocess.run([sys.executable, "-c", code], env=env, cwd=world.folder, capture_output=True, text=True, check=True)
    assert [name for name in ran.stderr.split() if re.match(r"tracker\.(cli\.[^_]|line|model)", name)] == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_each_shell_calls_this_program(world: World, shell):
    ran = world.plain("install", "--completion", shell)
    assert (ran.code, ran.err) == (0, "")
    assert f"_TRACKER_COMPLETE={shell}_complete" in ran.out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_itself_can_read_the_script(world: World, shell):
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not on this machine")
    script = world.plain("install", "--completion", shell).out
    words = [program, "--no-execute"] if shell == "fish" else [program, "-n"]
    ran = subprocess.run(words, input=script, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not on this machine")
def test_bash_completes_with_the_script(world: World):
    world.declare("acme/text")
    script = world.plain("install", "--completion", "bash").out.replace("complete -o nosort -F", "complete -F")
    ask = (
        f"{script}\nCOMP_WORDS=(tracker run ac) COMP_CWORD=2\n_tracker_completion tracker ac run\n"
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )
    folder = world.folder / "bin"
    folder.mkdir()
    (folder / "tracker").write_text(f"#!{sys.executable}\n{COMPLETE}\n", encoding="utf-8")
    (folder / "tracker").chmod(0o755)
    env = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
    ran = subprocess.run(["bash", "--norc", "-c", ask], env=env, cwd=world.folder, capture_output=True, text=True, check=False)
    assert (ran.stdout, ran.stderr) == ("acme/text\n", "")
