"""An installed wheel does what a checkout does, without one, and commands that only read create nothing."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from package_world import ROOT, Account

pytestmark = pytest.mark.slow

LOAD_ALL = """
from tracker.cli import COMMANDS, cli
for name in COMMANDS:
    cli.main([name, "--help"], standalone_mode=False)
"""
READING = {
    "": 2,
    "--help": 0,
    "--version": 0,
    "boards": 0,
    "boards --json": 0,
    "board show lmarena/text": 0,
    "board test": 0,
    "board test lmarena/text": 2,
    "resolve gpt-4o-mini-2024-07-18": 0,
    "install --user": 0,
    "install --completion bash": 0,
    "install --completion zsh": 0,
    "install --completion fish": 0,
    "watch list": 0,
    "notify list": 0,
    "check 'GPT-4o leads LiveBench'": 2,
    "status": 2,
    "standings lmarena/text": 2,
    "report": 2,
    "events": 2,
    "verify --all": 2,
    "outbox list": 2,
}
"""Commands that only read, with their exit codes where nothing was fetched yet: 2 where they need a store."""


def test_the_imported_package_is_the_installed_one(wheel: Path, tmp_path: Path):
    words = [wheel / "bin" / "python", "-c", "import tracker, sys; print(tracker.__file__, *sys.path, sep='\\n')"]
    found = subprocess.run(words, cwd=tmp_path, env={}, check=True, capture_output=True, text=True).stdout.splitlines()
    assert Path(found[0]).is_relative_to(wheel)
    assert [path for path in found if path.startswith(str(ROOT)) and not path.startswith(str(wheel))] == []


def test_the_demo_prints_the_same_as_in_a_checkout(installed: Account, checkout: Account):
    assert installed.done("demo").out == checkout.done("demo").out
    assert (installed.here / "snapshots" / "demo" / "report.html").is_file()


def test_the_boards_are_the_same_as_in_the_checkout(installed: Account, checkout: Account):
    boards = installed.done("boards", "--json").rows
    assert len(boards) >= 84
    assert {board["origin"] for board in boards} == {"shipped"}
    assert boards == checkout.done("boards", "--json").rows


def test_a_model_is_resolved_as_in_the_checkout(installed: Account, checkout: Account):
    found = installed.done("resolve", "gpt-4o-mini-2024-07-18", "--json").rows
    assert [model["lab"] for model in found] == ["OpenAI"]
    assert found == checkout.done("resolve", "gpt-4o-mini-2024-07-18", "--json").rows


def test_both_names_of_the_program_run(installed: Account):
    assert installed.run("--version", program="leaderboard-tracker") == installed.done("--version")


def test_every_command_loads_with_the_runtime_dependencies_alone(wheel: Path, tmp_path: Path):
    ran = subprocess.run([wheel / "bin" / "python", "-c", LOAD_ALL], cwd=tmp_path, env={}, check=False, capture_output=True)
    assert (ran.returncode, ran.stderr) == (0, b"")


@pytest.mark.parametrize(("line", "code"), READING.items())
def test_a_command_that_only_reads_creates_nothing_and_names_no_file_of_a_checkout(
    installed: Account, wheel: Path, line: str, code: int
):
    before = installed.listing()
    ran = installed.run(*shlex.split(line))
    assert (ran.code, installed.listing()) == (code, before)
    named = [Path(path) for path in re.findall(rf"{re.escape(str(ROOT))}[^\s'\":;,)]*", ran.out + ran.err)]
    assert [path for path in named if not path.is_relative_to(wheel) or not path.exists()] == []


def test_a_service_would_run_the_installed_program(installed: Account, wheel: Path):
    ran = installed.run("install", "--user")
    assert (ran.code, f"{wheel}/bin/tracker " in ran.out) == (0, True)


@pytest.mark.parametrize(
    ("typed", "expected"), [("tracker sta", {"standings", "status"}), ("tracker run lmarena/te", {"lmarena/text"})]
)
def test_a_shell_completes_commands_and_shipped_boards(installed: Account, typed: str, expected: set[str]):
    before = installed.listing()
    asked = {"_TRACKER_COMPLETE": "bash_complete", "COMP_WORDS": typed, "COMP_CWORD": str(len(typed.split()) - 1)}
    words = {line.partition(",")[2] for line in installed.done(**asked).out.splitlines()}
    assert words >= expected
    assert installed.listing() == before
